/*
 * told.c: what the program tells of its own accord: each thing where it is true, once, and with
 * numbers that say something.
 */
#include "evaluate.h"

static int times(const char *text, const char *part) {
    int count = 0;
    for (const char *at = text; (at = strstr(at, part)); at += strlen(part)) count++;
    return count;
}

static result succeeds(const char *line) {
    result r = run("%s", line);
    if (r.status != 0) fail_msg("%s\nended with %d: %s", line, r.status, r.err);
    return r;
}

static void expect(const result *r, int count, const char *part) {
    int found = times(r->out, part) + times(r->err, part);
    if (found != count)
        fail_msg("'%s' is told %d times, expected %d:\n%s%s", part, found, count, r->err, r->out);
}

/* y follows from u; with `turned` the other way round. Names of the columns as given. */
static void write_rows(const char *name, const char *head, int turned, int classes) {
    char text[20000];
    int n = snprintf(text, sizeof text, "%s\n", head);
    for (int i = 0; i < 200; i++) {
        double u = sin(i * 1.3) * (turned ? -1 : 1), v = cos(i * 0.7), y = sin(i * 1.3) + 0.1 * v;
        n += snprintf(text + n, sizeof text - (size_t)n, "%.4f,%.4f,", u, v);
        if (classes) n += snprintf(text + n, sizeof text - (size_t)n, "%s\n", y > 0 ? "on" : "off");
        else n += snprintf(text + n, sizeof text - (size_t)n, "%.4f\n", 5 + y);
    }
    write_file(name, text);
}

/* What was learned is wrong of all other rows: the mean, and the more frequent class, know more. */
static void worse_than_no_model_is_told_of_rows_that_were_not_learned(void **state) {
    (void)state;
    write_rows("c.csv", "u,v,y", 0, 1);
    write_rows("ct.csv", "u,v,y", 1, 1);
    write_rows("v.csv", "u,v,y", 0, 0);
    write_rows("vt.csv", "u,v,y", 1, 0);
    result r = succeeds("$GLIA train c.csv --target y --test ct.csv --doctor off -o c.glia");
    expect(&r, 1, "warning: the model is worse than no model on the test rows: accuracy 0.0");
    expect(&r, 1, "where the most frequent class alone has 0.5");
    result_free(&r);
    r = succeeds("$GLIA train v.csv --target y --val vt.csv --doctor off -o v.glia --json");
    expect(&r, 1, "worse than no model on the validation rows: rmse 0.9");
    expect(&r, 1, "where their mean alone has 0.7");
    result_free(&r);
    r = succeeds("$GLIA eval v.glia vt.csv");
    expect(&r, 1, "worse than no model on the given rows");
    result_free(&r);
    r = succeeds("$GLIA train c.csv --target y --class-weight balanced --test ct.csv -o w.glia && "
                 "$GLIA eval c.glia c.csv && $GLIA eval v.glia v.csv");
    expect(&r, 0, "worse than no model");
    result_free(&r);
}

static void a_training_that_was_best_at_once_is_told(void **state) {
    (void)state;
    write_rows("v.csv", "u,v,y", 0, 0);
    write_rows("vt.csv", "u,v,y", 1, 0);
    result r = succeeds("$GLIA train v.csv --target y --val vt.csv --doctor off "
                        "-o e.glia");
    expect(&r, 1,
           "warning: validation was best after the first of 31 epochs: the learning rate "
           "0.002 is too large, or there is no more to learn; try --lr 0.0002");
    result_free(&r);
    r = succeeds("$GLIA train v.csv --target y --val vt.csv --epochs 1 -o e.glia && "
                 "$GLIA train v.csv --target y -o e.glia");
    expect(&r, 0, "best after the first of");
    result_free(&r);
}

/* A guess is told with the option that overrules it; what was named, or has the name of a target,
 * is none. */
static void a_target_that_nobody_named_is_told(void **state) {
    (void)state;
    write_rows("g.csv", "u,v,colour", 0, 1);
    write_rows("n.csv", "u,v,target", 0, 1);
    result r = succeeds("$GLIA train g.csv -o g.glia");
    expect(&r, 1,
           "the target is 'colour', the last column, since none was named (--target names "
           "another)");
    result_free(&r);
    r = succeeds("$GLIA train g.csv --target colour -o g.glia; $GLIA train g.csv --target -1 -o "
                 "g.glia; $GLIA train n.csv -o n.glia; $GLIA predict g.glia g.csv | head -1; "
                 "$GLIA eval g.glia g.csv");
    expect(&r, 0, "the last column");
    result_free(&r);
}

static void advice_is_given_once(void **state) {
    (void)state;
    write_rows("g.csv", "u,v,colour", 0, 1);
    result r = succeeds("$GLIA train g.csv --target colour -q -o g.glia >log; "
                        "$GLIA eval g.glia g.csv --cost 5:1 --top");
    expect(&r, 1, "on other rows than those that it is measured on");
    result_free(&r);
    /* What the doctor has said of a gap the line about it does not say again. */
    r = succeeds(
        "$GLIA demo moons --rows 60 --write few.csv && $GLIA demo moons --rows 600 --seed 2 "
        "--write many.csv && $GLIA train few.csv --target y --test many.csv --hidden 99 "
        "--epochs 2000 --lr 0.01 --val none -o o.glia");
    expect(&r, 0, "it overfits");
    result_free(&r);
}

/* Errors red, warnings yellow, where somebody looks at a terminal that can. */
static void colours_are_for_terminals(void **state) {
    (void)state;
    if (system("which script >/dev/null 2>&1") != 0) skip();
    write_rows("v.csv", "u,v,y", 0, 0);
    write_rows("vt.csv", "u,v,y", 1, 0);
    static const char *const environments[] = {"TERM=xterm", "TERM=xterm NO_COLOR=1", "TERM=dumb"};
    for (int i = 0; i < 3; i++) {
        result r =
            run("env -u NO_COLOR %s script -qec \"$GLIA train nothing.csv; $GLIA train v.csv "
                "--target y --val vt.csv -o c.glia\" /dev/null",
                environments[i]);
        expect(&r, i == 0, "glia: \033[31merror: \033[0mcannot read 'nothing.csv'");
        expect(&r, i == 0, "glia: \033[33mwarning: \033[0mno-signal");
        if (i > 0) expect(&r, 0, "\033[3");
        result_free(&r);
    }
}

/* What bash offers behind these words, in one line. */
static char *offered(const char *words) {
    result r =
        run("bash -c '. ./completion; COMP_WORDS=(%s \"\"); COMP_CWORD=$((${#COMP_WORDS[@]} - 1)); "
            "_glia; echo \"${COMPREPLY[@]}\"'",
            words);
    if (r.status != 0) fail_msg("%s", r.err);
    free(r.err);
    return r.out;
}

static void words_are_completed(void **state) {
    (void)state;
    if (system("which bash >/dev/null 2>&1") != 0) skip();
    result made = run("$GLIA help --completion >completion; touch some.csv");
    result_free(&made);
    static const struct {
        const char *words, *has;
    } cases[] = {
        {"glia", "train tune predict"},
        {"glia train x.csv --optimizer", "auto sgd momentum nesterov rmsprop adam adamw lbfgs"},
        {"glia train x.csv --activation",
         "sigmoid tanh relu leaky_relu linear elu gelu silu softplus"},
        {"glia train x.csv --task", "auto binary multiclass regression count ordinal"},
        {"glia train x.csv --schedule", "constant step exp inverse cosine plateau"},
        {"glia train x.csv --loss", "cross_entropy mse mae huber poisson pinball"},
        {"glia train x.csv --monitor", "loss"},
        {"glia train x.csv --format", "csv tsv libsvm"},
        {"glia train x.csv --init", "auto zeros normal uniform lecun xavier he orthogonal"},
        {"glia explain m.glia x.csv --lang", "en zh"},
        {"glia demo", "flower moons"},
        {"glia course", "basics logistic"},
        {"glia help", "train tune"},
        {"glia train", "some.csv"},
        {"glia train x.csv --test", "some.csv"},
    };
    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
        char *out = offered(cases[i].words);
        if (!strstr(out, cases[i].has)) fail_msg("%s: %s", cases[i].words, out);
        free(out);
    }
}

/* An option that would do nothing is refused, and rows skipped are counted together. */
static void what_would_do_nothing_is_refused(void **state) {
    (void)state;
    write_rows("v.csv", "u,v,y", 0, 0);
    result made =
        run("$GLIA train v.csv --target y --epochs 2 -q -o l.glia >log; "
            "cp l.glia l2.partial.glia; $GLIA train v.csv --target y --epochs 2 -o l2.glia");
    assert_non_null(strstr(made.err, "'l2.partial.glia' is of an earlier training"));
    result_free(&made);
    refuses(2, "--verify and --plan are two views", "$GLIA show l.glia --plan --verify");
    refuses(2, "--threshold chooses classes",
            "$GLIA predict l.glia v.csv --layer 1 --threshold 0.5");
    refuses(2, "leave --unit out", "$GLIA explain l.glia v.csv --json --unit 1:1");
    refuses(2, "--likenesses is of pictures that are read from files, and 'v.csv' has none",
            "$GLIA train v.csv --target y --likenesses off -o l.glia");
    refuses(2, "--likenesses is of pictures", "$GLIA train v.csv --init l.glia --likenesses off");
    result r = run("printf 'u,v,y\n1,2,a\n2,3,b\n3,4\n4,5,\n5,6,a\n7,8,b\n' >skip.csv && $GLIA "
                   "train skip.csv --target y --bad-rows skip --epochs 2 -o s.glia");
    assert_non_null(strstr(r.err, "skip.csv: 1 more skipped, 2 of 6 rows in all"));
    result_free(&r);
}

static void one_row_is_told_of_as_one(void **state) {
    (void)state;
    write_file("three.csv", "u,y\n1,1.5\n2,2.5\n3,2.25\n");
    write_file("five.csv", "u,y\n1,1.5\n2,2.5\n3,2.25\n4,3\n5,4.5\n");
    result r = run("$GLIA train three.csv --target y --val 0.34 --epochs 1 -o t.glia");
    expect_in(r.err, "validation: 1 of 3 rows (seed 1) decides when to stop; 2 rows train\n");
    result_free(&r);
    r = run("$GLIA train five.csv --target y --val 0.8 --epochs 1 -o t.glia");
    expect_in(r.err, "validation: 4 of 5 rows (seed 1) decide when to stop; 1 row trains\n");
    result_free(&r);
    r = run("$GLIA train three.csv --target y --val 0.34 --epochs 1 --report t.html --lang zh -o "
            "t.glia");
    char path[600];
    snprintf(path, sizeof path, "%s/t.html", scratch());
    char *h = slurp(path);
    expect_in(h, "<li>验证：3 行中的 1 行（随机种子 1）决定何时停止；2 行用于训练</li>");
    free(h);
    result_free(&r);
}

/* Of counts the deviance tells whether the mean would do better. */
static void counts_that_are_worse_than_their_mean_are_told(void **state) {
    (void)state;
    result r = run("awk 'BEGIN { srand(5); print \"a,b,n\"; for (i = 0; i < 60; i++) print rand() "
                   "\",\" rand() \",\" int(9 * rand()) }' >n.csv && head -40 n.csv >few.csv && "
                   "(head -1 n.csv; tail -20 n.csv) >rest.csv && $GLIA train few.csv --target n "
                   "--task count --hidden 64,64 --val none --plain --lr 0.05 --epochs 300 --test "
                   "rest.csv -o n.glia");
    assert_non_null(strstr(r.err, "worse than no model on the test rows: d2 -"));
    result_free(&r);
}

/* The layers of the model that stands on the line. */
static void layers_are_completed(void **state) {
    (void)state;
    if (system("which bash >/dev/null 2>&1") != 0) skip();
    write_rows("v.csv", "u,v,y", 0, 0);
    result made = run("$GLIA help --completion >completion; mkdir -p bin; ln -sf $GLIA bin/glia; "
                      "$GLIA train v.csv --target y --hidden 3,2 --epochs 2 -q -o l.glia >log");
    if (made.status) fail_msg("%s", made.err);
    result_free(&made);
    result r = run("PATH=$PWD/bin:$PATH bash -c '. ./completion; COMP_WORDS=(glia predict l.glia "
                   "v.csv --layer fc); COMP_CWORD=5; _glia; echo \"${COMPREPLY[@]}\"'");
    assert_string_equal(r.out, "fc1 fc2 fc3\n");
    result_free(&r);
}

/* zsh and fish have the same tables: read by the shells where they are, else by their text. */
static void other_shells_are_completed(void **state) {
    (void)state;
    result r = run("$GLIA help --completion=zsh >_glia && $GLIA help --completion=fish >f.fish && "
                   "cat _glia f.fish");
    static const char *const parts[] = {
        "#compdef glia",
        "    train|fit) options=(--output ",
        "    --optimizer) values=(auto sgd momentum ",
        "    --lang) values=(en zh)",
        "    --init) values=(auto zeros normal uniform lecun xavier he orthogonal)",
        "    --layer) for model in $words",
        "operands=(flower moons ",
        "-n '__fish_seen_subcommand_from train fit' -l init -r -a 'auto zeros ",
        "-l layer -r -a '(__glia_layers)'",
        "-n '__fish_seen_subcommand_from demo' -f -a 'flower moons ",
        NULL};
    for (const char *const *part = parts; *part; part++)
        if (!strstr(r.out, *part)) fail_msg("no %s", *part);
    result_free(&r);
    if (system("which zsh >/dev/null 2>&1") == 0) {
        r = run("zsh -f -c 'compdef() { :; }; . ./_glia; compadd() { shift; print -r -- $@; }; "
                "_files() { print files; }; words=(glia train x.csv --init \"\"); CURRENT=5; "
                "_glia; words=(glia demo \"\"); CURRENT=3; _glia'");
        assert_string_equal(r.err, "");
        assert_non_null(
            strstr(r.out, "auto zeros normal uniform lecun xavier he orthogonal\nfiles\n"));
        assert_non_null(strstr(r.out, "flower moons"));
        result_free(&r);
    }
    if (system("which fish >/dev/null 2>&1") == 0) {
        r = run(
            "HOME=$PWD fish --no-config -c 'source f.fish; complete -C \"glia train x.csv --init "
            "xa\"; complete -C \"glia demo moo\"; complete -C \"glia tra\"'");
        assert_non_null(strstr(r.out, "xavier"));
        assert_non_null(strstr(r.out, "moons"));
        assert_non_null(strstr(r.out, "train\t"));
        result_free(&r);
    }
    refuses(2, "--completion: expected bash, zsh or fish, found 'csh'",
            "$GLIA help --completion=csh");
}

/* A picture, an archive or a folder in the place of a model is named as what it is. */
static void what_is_no_model_is_named(void **state) {
    (void)state;
    write_rows("v.csv", "u,v,y", 0, 0);
    write_file("picture", "\x89PNG\r\n\x1a\n");
    write_file("page", "<!DOCTYPE html><html></html>");
    write_file("program", "\x7f"
                          "ELF\2\1\1");
    refuses(3, "'picture' is data, not a model file (pictures); usage: glia predict MODEL",
            "$GLIA predict picture v.csv");
    refuses(3, "'page' is not a glia model file, it is a web page (HTML)", "$GLIA eval page v.csv");
    refuses(3, "'program' is not a glia model file, it is a program", "$GLIA show program");
    refuses(3, "'.' is data, not a model file (pictures)", "$GLIA show .");
    refuses(3, "'v.csv' is data, not a model file; usage", "$GLIA show v.csv");
    refuses(3, "it is a program, and this kind of file is not read", "$GLIA train program");
}

/* Four digits that count, however small: a loss of 0.00003 is not 0.0000. */
static void small_numbers_keep_their_digits(void **state) {
    (void)state;
    write_rows("s.csv", "u,v,y", 0, 1);
    result r =
        succeeds("$GLIA train s.csv --target y --hidden 8 --epochs 3000 --lr 0.05 --val none "
                 "-q -o s.glia && $GLIA eval s.glia s.csv");
    expect(&r, 0, "0.0000");
    assert_non_null(strstr(r.out, "e-0"));
    result_free(&r);
}

/* A column of which `data` says what `train` says, with the same count, whatever is put aside. */
static void a_number_for_missing_cells_is_counted_alike(void **state) {
    (void)state;
    char text[8000] = "temp,a,y\n";
    size_t n = strlen(text);
    for (int i = 0; i < 200; i++)
        n += (size_t)snprintf(text + n, sizeof text - n, "%g,%.3f,%.3f\n",
                              i % 5 ? 20 + 0.1 * (i % 50) : -999, sin(i), cos(2 * i));
    write_file("m.csv", text);
    result r = succeeds("$GLIA data m.csv && $GLIA train m.csv --doctor off -o m.glia");
    expect(&r, 2, "column 'temp': -999 comes 40 times, far from all other numbers");
    result_free(&r);
}

/* Numbers that only happen to be sums, words that only look like answers. */
static void what_is_no_slip_is_not_told(void **state) {
    (void)state;
    write_file("n.csv", "a,b,wind,y\n0,1,N,1\n0,2,E,2\n1,3,S,3\n0,6,W,4\n0,12,N,5\n1,24,E,7\n");
    write_file("p.csv", "code,k,y\n1,0,A\n1,1,B\n2,2,A\n4,3,B\n8,4,A\n16,5,B\n");
    write_file("q.csv", "x,answer\n1,yes\n2,no\n3,maybe\n4,yes\n5,no\n6,maybe\n7,YES!\n8,no\n");
    result r = succeeds("$GLIA data n.csv; $GLIA data p.csv; $GLIA data q.csv");
    expect(&r, 0, "the sums of those above");
    expect(&r, 0, "may all mean");
    expect(&r, 0, "differ in case");
    result_free(&r);
}

/* All days are below 13 there: only training knows. */
static void the_order_of_dates_that_fit_both_is_told(void **state) {
    (void)state;
    write_file("d.csv", "d,y\n13/04/2020,1\n02/04/2020,2\n05/06/2020,3.5\n14/06/2020,2.5\n");
    write_file("n.csv", "d\n03/04/2020\n04/03/2020\n");
    result r = succeeds("$GLIA train d.csv --epochs 1 --val none --doctor off -o d.glia && "
                        "$GLIA predict d.glia n.csv");
    expect(&r, 1, "column 'd': dates such as '03/04/2020' are read with the day first, as in");
    result_free(&r);
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(a_number_for_missing_cells_is_counted_alike),
        cmocka_unit_test(what_is_no_slip_is_not_told),
        cmocka_unit_test(worse_than_no_model_is_told_of_rows_that_were_not_learned),
        cmocka_unit_test(a_training_that_was_best_at_once_is_told),
        cmocka_unit_test(a_target_that_nobody_named_is_told),
        cmocka_unit_test(advice_is_given_once),
        cmocka_unit_test(colours_are_for_terminals),
        cmocka_unit_test(what_is_no_model_is_named),
        cmocka_unit_test(words_are_completed),
        cmocka_unit_test(layers_are_completed),
        cmocka_unit_test(what_would_do_nothing_is_refused),
        cmocka_unit_test(one_row_is_told_of_as_one),
        cmocka_unit_test(counts_that_are_worse_than_their_mean_are_told),
        cmocka_unit_test(other_shells_are_completed),
        cmocka_unit_test(small_numbers_keep_their_digits),
        cmocka_unit_test(the_order_of_dates_that_fit_both_is_told),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
