/*
 * tune.c: a search finds what was planted, depends on data, options and seed only, goes on where it
 * was killed, and writes a log of trainings that anyone can repeat.
 */
#include <glia/glia.h>
#include <jansson.h>
#include <math.h>

#include "test.h"

/* Runs a line that must succeed. */
static char *text_of(const char *line) {
    result r = run("%s", line);
    if (r.status != 0) fail_msg("%s\n exit status %d: %s", line, r.status, r.err);
    free(r.err);
    return r.out;
}

static void must(const char *line) { free(text_of(line)); }

static json_t *json_of(const char *line) {
    char *text = text_of(line);
    json_t *j = json_loads(text, 0, NULL);
    if (!j) fail_msg("%s\n printed no JSON:\n%s", line, text);
    free(text);
    return j;
}

static double number(const json_t *j, const char *key) {
    return json_number_value(json_object_get(j, key));
}

/* ----------------------------------------------------------------------------------- the log -- */

enum { MOST = 200, SETTINGS = 6 };

typedef struct line { /* of the log; NaN: an empty cell */
    double trial, rung, epochs, cost;
    double value[SETTINGS]; /* lr, width, depth, l2, dropout, batch */
    char command[400];
} line;

static double cell(char **text) {
    char *end = strchr(*text, ',');
    assert_non_null(end);
    double v = end == *text ? NAN : strtod(*text, NULL);
    *text = end + 1;
    return v;
}

static char *path_in_scratch(const char *name) {
    static char path[600];
    snprintf(path, sizeof path, "%s/%s", scratch(), name);
    return path;
}

/* An independent reading: number cells without quotes, then the command, quoted or not. */
static int read_log(const char *name, line *lines) {
    char *text = slurp(path_in_scratch(name)), *rest = text, *row = strsep(&rest, "\n");
    int n = 0;
    assert_string_equal(row, "trial,rung,epochs,lr,width,depth,l2,dropout,batch,val_cost,val_score,"
                             "seconds,command");
    while ((row = strsep(&rest, "\n")) && *row) {
        line *l = &lines[n++];
        assert_true(n < MOST);
        l->trial = cell(&row), l->rung = cell(&row), l->epochs = cell(&row);
        for (int i = 0; i < SETTINGS; i++) l->value[i] = cell(&row);
        l->cost = cell(&row);
        cell(&row), cell(&row);
        bool quoted = *row == '"';
        snprintf(l->command, sizeof l->command, "%s", row + quoted);
        if (quoted) *strrchr(l->command, '"') = '\0';
    }
    free(text);
    return n;
}

/* ----------------------------------------------------------------------------- what it finds -- */

static void a_planted_setting_is_found(void **state) {
    (void)state; /* a chessboard of 16 fields is too much for 32 units in so many epochs */
    json_t *j = json_of("$GLIA tune board.csv --epochs 60 --trials 12 --range width=64,128 --range "
                        "lr=0.003:0.03 --range l2=1e-7:1e-6 --range dropout=0 -o p.glia --json -q");
    double own = number(j, "default_val_cost"),
           best = number(json_object_get(j, "best"), "val_cost");
    if (!(best < 0.8 * own)) fail_msg("glia's own choice: %g, best: %g", own, best);
    json_decref(j);
}

static void it_never_ends_above_glias_own_choice(void **state) {
    (void)state;
    json_t *j = json_of("$GLIA tune slope.csv --trials 3 --range lr=1e-9 -o n.glia --json -q");
    assert_int_equal(number(json_object_get(j, "best"), "trial"), 1);
    assert_true(number(json_object_get(j, "best"), "val_cost") == number(j, "default_val_cost"));
    must("$GLIA train slope.csv -o n2.glia -q && $GLIA predict n.glia slope.csv -o n.csv -q && "
         "$GLIA predict n2.glia slope.csv -o n2.csv -q && cmp n.csv n2.csv");
    json_decref(j);
}

/* All bytes, but for the order of options in the note "command". */
static void expect_same_model(const char *one, const char *two) {
    glia_ctx *g = glia_open(NULL);
    const char *const name[] = {one, two};
    for (int i = 0; i < 2; i++) {
        glia_model *m = glia_model_load(g, path_in_scratch(name[i]));
        assert_non_null(m);
        assert_int_equal(glia_model_set_note(m, "command", NULL), GLIA_OK);
        assert_int_equal(glia_model_save(m, path_in_scratch(i ? "two.glia" : "one.glia")), GLIA_OK);
        glia_model_free(m);
    }
    glia_close(g);
    must("cmp one.glia two.glia");
}

static void the_best_model_is_the_one_that_its_command_trains(void **state) {
    (void)state;
    json_t *j = json_of("$GLIA tune small.csv --test board.csv --epochs 27 --seed 3 --trials 9 -o "
                        "b.glia --json -q");
    const char *command = json_string_value(json_object_get(j, "command"));
    assert_memory_equal(command, "glia train ", 11);
    char again[700];
    snprintf(again, sizeof again, "$GLIA %s -o b2.glia -q", command + 5);
    must(again);
    expect_same_model("b.glia", "b2.glia");
    json_decref(j);
}

/* ----------------------------------------------------------------------------- what it obeys -- */

static void seed_decides(void **state) {
    (void)state;
    must("for n in 1 2; do $GLIA tune small.csv --epochs 27 --trials 9 --seed $n --log s$n.csv -o "
         "s.glia -q; cut -d, -f4 s$n.csv >s$n.cut; done; ! cmp -s s1.cut s2.cut");
}

/* All but seconds: model, log, what is printed as the search goes on, and the report. */
static void threads_do_not(void **state) {
    (void)state;
    static const char *const searches[] = {
        "small.csv --epochs 27 --trials 1",
        "small.csv --epochs 27 --trials 3",
        "small.csv --epochs 27 --trials 14",
        "small.csv --epochs 27 --trials 40 --range width=4,8 --range depth=1",
        "slope.csv --epochs 5 --trials 9",
        "slope.csv --epochs 27 --hidden 8 --optimizer sgd --trials 9 --range lr=0.01:1000",
        "small.csv --hidden none --trials 7 --test board.csv",
    };
    for (size_t i = 0; i < sizeof searches / sizeof *searches; i += EVERY) {
        char text[900];
        snprintf(
            text, sizeof text,
            "for n in 1 2 3; do $GLIA tune %s --threads $n --log s$n.csv -o s.glia >s$n.txt && "
            "mv s.glia s$n.glia && cut -d, -f1-11,13- s$n.csv >s$n.cut && "
            "grep -E '^[* ] +[0-9]+ +[0-9]/' s$n.txt | sed 's/ *[^ ]*$//' >s$n.rows && "
            "grep -E '^  best  |^  the same model' s$n.txt >s$n.best && "
            "test -s s$n.rows && test -s s$n.best || exit 1; done; "
            "for n in 2 3; do for x in glia cut rows best; do "
            "cmp s1.$x s$n.$x || exit 1; done; done",
            searches[i]);
        must(text);
    }
}

/* Those that were told are where a search goes on, whoever has trained them. */
static void a_search_goes_on_with_other_threads(void **state) {
    (void)state;
    must("$GLIA tune small.csv --epochs 27 --trials 16 --threads 1 --log w.csv -o w.glia -q; "
         "for n in 3 9 20; do head -$n w.csv >x.csv; $GLIA tune small.csv --epochs 27 --trials 16 "
         "--threads 3 --log x.csv --resume -o x.glia -q && cmp w.glia x.glia || exit 1; "
         "cut -d, -f1-11,13- w.csv >w.cut; cut -d, -f1-11,13- x.csv | cmp - w.cut || exit 1; done");
}

static void what_is_given_is_fixed(void **state) {
    (void)state;
    line l[MOST];
    must("$GLIA tune small.csv --epochs 27 --hidden 7 --optimizer sgd --batch 16 --trials 5 "
         "--log f.csv -o f.glia -q");
    int n = read_log("f.csv", l);
    for (int i = 0; i < n; i++) {
        assert_true(isnan(l[i].value[1]) && isnan(l[i].value[2]) && isnan(l[i].value[5]));
        assert_true(l[i].trial == 1 || (l[i].value[0] > 0 && l[i].value[3] > 0));
        assert_non_null(strstr(l[i].command, " --hidden 7 "));
        assert_non_null(strstr(l[i].command, " --optimizer sgd "));
        assert_non_null(strstr(l[i].command, " --batch 16"));
    }
    must("$GLIA tune small.csv --hidden none --trials 4 --log f.csv -o f.glia -q");
    n = read_log("f.csv", l);
    assert_int_equal(n, 4); /* each goes to the optimum, in one training */
    for (int i = 1; i < n; i++) {
        assert_true(l[i].value[3] > 0);
        for (int k = 0; k < SETTINGS; k++) assert_true(k == 3 || isnan(l[i].value[k]));
        assert_null(strstr(l[i].command, "--epochs"));
    }
}

static void fixing_one_setting_leaves_the_draws_of_the_others(void **state) {
    (void)state;
    line a[MOST], b[MOST];
    must("$GLIA tune small.csv --epochs 2 --trials 6 --log a.csv -o a.glia -q");
    must("$GLIA tune small.csv --epochs 2 --trials 6 --lr 0.01 --log b.csv -o b.glia -q");
    int n = read_log("a.csv", a);
    assert_int_equal(n, 6);
    assert_int_equal(read_log("b.csv", b), n);
    for (int i = 1; i < n; i++)
        for (int k = 1; k < SETTINGS; k++) assert_true(a[i].value[k] == b[i].value[k]);
}

static void draws_stay_within_their_ranges(void **state) {
    (void)state;
    line l[MOST];
    must("$GLIA tune small.csv --epochs 2 --trials 60 --range lr=0.01:0.02,width=3,5 --range "
         "depth=2:3 --range dropout=0.1:0.2,l2=0,0.5 --log r.csv -o r.glia -q");
    int n = read_log("r.csv", l), fives = 0, deep = 0, above = 0;
    assert_int_equal(n, 60);
    for (int i = 1; i < n; i++) {
        const double *v = l[i].value;
        assert_true(v[0] >= 0.01 && v[0] <= 0.02);
        assert_true((v[1] == 3 || v[1] == 5) && (v[2] == 2 || v[2] == 3));
        assert_true((v[3] == 0 || v[3] == 0.5) && v[4] >= 0.1 && v[4] <= 0.2);
        fives += v[1] == 5, deep += v[2] == 3;
        above += v[0] > sqrt(0.01 * 0.02); /* the middle of a logarithmic scale */
        char hidden[40];
        snprintf(hidden, sizeof hidden, " --hidden %g,%g%s ", v[1], v[1],
                 v[2] == 3 ? v[1] == 3 ? ",3" : ",5" : "");
        assert_non_null(strstr(l[i].command, hidden));
    }
    /* Each half of 59 draws: at least 15 and at most 44, five deviations from the mean. */
    assert_in_range(fives, 11, 48);
    assert_in_range(deep, 11, 48);
    assert_in_range(above, 11, 48);
}

static void wrong_options_are_refused(void **state) {
    (void)state;
    static const struct {
        const char *options;
        int status;
        const char *words;
    } wrong[] = {
        {"--range lr=1:0.1", 2, "0 < LOW <= HIGH"},
        {"--range lr=0:1", 2, "range lr: --lr is '0'"},
        {"--range wdith=16", 2, "did you mean 'width'?"},
        {"--range lr", 2, "expected NAME=LOW:HIGH"},
        {"--range lr=", 2, "range lr: '' is no number"},
        {"--range =1", 2, "expected NAME=LOW:HIGH"},
        {"--range width=1.5", 2, "no whole number from 1 to 65536"},
        {"--range width=16,,32", 2, "range width: '' is no whole number"},
        {"--range depth=1:1000", 2, "no whole number from 1 to 32"},
        {"--range dropout=0:5", 2, "range dropout: --dropout is '5', expected a number"},
        {"--range batch=8 --batch 8", 2, "the options fix batch"},
        {"--range width=8 --net 'dense 3'", 2, "the options fix width"},
        {"--range lr=0.1:1 --hidden none", 2, "the options fix lr, or leave no use for it"},
        {"--hidden 3 --lr 1 --l2 0 --dropout 0 --batch 9", 2, "fix everything"},
        {"--val none", 2, "--val is none"},
        {"--trials 0", 2, "--trials: expected a whole number from 1"},
        {"--time soon", 2, "--time is 'soon', expected a time such as 90s, 2m or 1.5h"},
        {"--time -3m", 2, "--time is '-3m'"},
        {"--resume", 2, "--log FILE.csv"},
        {"--log -", 2, "goes to a file"},
        {"--log no/where.csv", 4, "the folder does not exist"},
        {"--log small.csv", 2, "would be replaced"},
        {"--target nothing", 3, "no column 'nothing'"},
    };
    for (size_t i = 0; i < sizeof wrong / sizeof *wrong; i++) {
        result r = run("rm -f w.glia; $GLIA tune small.csv %s -o w.glia -q", wrong[i].options);
        if (r.status != wrong[i].status || !strstr(r.err, wrong[i].words))
            fail_msg("%s\n exit status %d: %s", wrong[i].options, r.status, r.err);
        result_free(&r);
        assert_int_not_equal(access(path_in_scratch("w.glia"), F_OK), 0);
    }
}

static void few_validation_rows_are_warned_of(void **state) {
    (void)state;
    static const struct {
        const char *options;
        bool few;
    } sets[] = {{"small.csv", true}, {"board.csv --val small.csv", true}, {"wide.csv", false}};
    must("cp board.csv wide.csv; for i in 1 2 3 4 5; do tail -n +2 board.csv >>wide.csv; done");
    for (size_t i = 0; i < 3; i++) {
        result r = run("$GLIA tune %s --epochs 2 --trials 1 -o v.glia", sets[i].options);
        assert_int_equal(r.status, 0);
        assert_int_equal(strstr(r.err, "validation rows are few") != NULL, sets[i].few);
        result_free(&r);
    }
}

/* --------------------------------------------------------------------------------- the rungs -- */

static bool has(const line *l, int n, double trial, double rung) {
    for (int i = 0; i < n; i++)
        if (l[i].trial == trial && l[i].rung == rung) return true;
    return false;
}

/* How many of the first n lines stand on a rung at no higher cost, trial 1 left out. */
static int rank_on(const line *l, int n, double rung, double cost, int *count) {
    int rank = 0;
    *count = 0;
    for (int i = 0; i < n; i++) {
        if (l[i].rung != rung || l[i].trial == 1) continue;
        ++*count;
        rank += l[i].cost <= cost;
    }
    return rank;
}

static double cost_on(const line *l, int n, double trial, double rung) {
    for (int i = 0; i < n; i++)
        if (l[i].trial == trial && l[i].rung == rung) return l[i].cost;
    return NAN;
}

static void the_best_third_goes_on(void **state) {
    (void)state;
    line l[MOST];
    json_t *j = json_of("$GLIA tune small.csv --epochs 27 --trials 28 --log t.csv -o t.glia --json "
                        "-q");
    int n = read_log("t.csv", l), on[4] = {0};
    assert_int_equal(n, json_array_size(json_object_get(j, "trainings")));
    assert_true(l[0].trial == 1 && l[0].rung == 3 && l[0].epochs == 27);
    for (int i = 1; i < n; i++) {
        int rung = (int)l[i].rung, count;
        on[rung]++;
        assert_false(has(l, i, l[i].trial, rung)); /* once only */
        assert_true(l[i].epochs == (rung == 1 ? 3 : rung == 2 ? 9 : 27));
        if (rung == 1) continue;
        double before = cost_on(l, i, l[i].trial, rung - 1);
        int rank = rank_on(l, i, rung - 1, before, &count);
        assert_true(rank <= count / 3);
    }
    assert_int_equal(on[1], 27);
    assert_true(on[2] >= 9 &&
                on[3] >= 3); /* more where one was promoted early and then overtaken */
    double least = INFINITY;
    for (int i = 0; i < n; i++) least = fmin(least, l[i].cost);
    assert_true(least == number(json_object_get(j, "best"), "val_cost"));
    json_decref(j);

    must("$GLIA tune small.csv --epochs 27 --trials 2 --log t.csv -o t.glia -q");
    assert_int_equal(read_log("t.csv", l), 4); /* a single trial goes all the way, too */
}

static void divergence_is_a_result(void **state) {
    (void)state;
    line l[MOST];
    must("$GLIA tune slope.csv --epochs 27 --hidden 8 --optimizer sgd --trials 4 --range "
         "lr=100000:1000000 --log d.csv -o d.glia -q");
    int n = read_log("d.csv", l);
    assert_int_equal(n, 4); /* none of them goes on */
    assert_true(l[0].cost > 0);
    for (int i = 1; i < n; i++) assert_true(isnan(l[i].cost));
    must("cp d.csv d2.csv; $GLIA tune slope.csv --epochs 27 --hidden 8 --optimizer sgd --trials 4 "
         "--range lr=100000:1000000 --log d2.csv --resume -o d2.glia -q && cmp d.csv d2.csv && "
         "cmp d.glia d2.glia");
    result r = run("$GLIA tune slope.csv --epochs 27 --hidden 8 --optimizer sgd --lr 1e6 --trials "
                   "3 -o e.glia -q");
    assert_int_equal(r.status, 1);
    assert_non_null(strstr(r.err, "every training diverged"));
    result_free(&r);
}

/* ---------------------------------------------------------------------------------- going on -- */

#define SEARCH "$GLIA tune small.csv --epochs 27 --trials 16 --range batch=16,32"

static void a_killed_search_goes_on_to_the_same_end(void **state) {
    (void)state;
    must(SEARCH " --log u.csv -o u.glia -q; cut -d, -f1-11,13- u.csv >u.cut");
    for (int lines = 2; lines < 20; lines += 8) {
        char command[1200];
        snprintf(command, sizeof command,
                 "rm -f k.csv k.glia; " SEARCH " --log k.csv -o k.glia -q & "
                 "while [ $(cat k.csv 2>/dev/null | wc -l) -lt %d ]; do sleep 0.01; done; "
                 "kill -KILL $!; wait $!; printf '99,1,3' >>k.csv; " SEARCH
                 " --log k.csv --resume -o k.glia -q && cmp k.glia u.glia && "
                 "cut -d, -f1-11,13- k.csv | cmp - u.cut",
                 lines);
        must(command);
    }
    must("head -3 u.csv >k.csv; " SEARCH " --log k.csv --resume -o k.glia -q && cmp k.glia u.glia");
}

static void a_finished_search_can_be_made_longer(void **state) {
    (void)state;
    must("$GLIA tune small.csv --epochs 27 --trials 24 --log l.csv -o l.glia -q");
    must("$GLIA tune small.csv --epochs 27 --trials 9 --log m.csv -o m.glia -q && "
         "$GLIA tune small.csv --epochs 27 --trials 24 --log m.csv --resume -o m.glia -q && "
         "cmp l.glia m.glia");
    must("cp m.csv m2.csv; $GLIA tune small.csv --epochs 27 --trials 24 --log m.csv --resume -o "
         "m2.glia -q && cmp m.csv m2.csv && cmp m.glia m2.glia"); /* nothing left to do */
}

static void the_log_of_another_search_is_refused(void **state) {
    (void)state;
    must("$GLIA tune small.csv --epochs 9 --trials 4 --log o.csv -o o.glia -q; cp o.csv o2.csv; "
         "echo a,b >no.csv; echo 1,2 >>no.csv");
    static const struct {
        const char *line, *words;
    } wrong[] = {
        {"$GLIA tune small.csv --epochs 9 --trials 4 --seed 2 --log o.csv", "is another search"},
        {"$GLIA tune small.csv --epochs 9 --trials 4 --range lr=0.1:1 --log o.csv", "trial 2"},
        {"$GLIA tune slope.csv --epochs 9 --trials 4 --log o.csv", "trial 1 on rung 3 was"},
        {"$GLIA tune small.csv --epochs 9 --trials 4 --log no.csv", "no log of glia tune"},
        {"mkdir -p other; cp small.csv other; sed -i 's/^0.1/0.2/' other/small.csv; cp o.csv "
         "other; "
         "cd other; $GLIA tune small.csv --epochs 9 --trials 4 --log o.csv",
         "the data, or glia itself, are not those"},
    };
    for (size_t i = 0; i < sizeof wrong / sizeof *wrong; i++) {
        result r = run("(%s --resume -o o3.glia -q)", wrong[i].line);
        if (r.status != 3 || !strstr(r.err, wrong[i].words))
            fail_msg("%s\n exit status %d: %s", wrong[i].line, r.status, r.err);
        result_free(&r);
    }
    must("cmp o.csv o2.csv"); /* and it stays as it was */
}

static void ctrl_c_leaves_the_best_model_so_far(void **state) {
    (void)state;
    result r = run("$GLIA tune small.csv --trials 100000 --epochs 27 --log c.csv -o c.glia -q & "
                   "while [ $(cat c.csv 2>/dev/null | wc -l) -lt 6 ]; do sleep 0.01; done; "
                   "kill -INT $!; wait $!");
    if (r.status != 130) fail_msg("exit status %d: %s", r.status, r.err);
    assert_non_null(strstr(r.out, "stopped: interrupted"));
    must("$GLIA eval c.glia small.csv -q");
    result_free(&r);
}

static void time_ends_a_search(void **state) {
    (void)state;
    json_t *j = json_of("$GLIA tune small.csv --epochs 27 --time 0.3s --json -q -o time.glia");
    assert_string_equal(json_string_value(json_object_get(j, "stopped")), "time");
    assert_true(json_array_size(json_object_get(j, "trainings")) >= 1);
    json_decref(j);
    must("$GLIA tune small.csv --epochs 27 --time 1e-9s --trials 9 -q -o time.glia | grep -q "
         "'with --time the result depends'");
}

/* -------------------------------------------------------------------------------------- sets -- */

static double drawn(uint64_t *state) {
    *state = *state * 6364136223846793005u + 1442695040888963407u;
    return (double)(*state >> 11) / 9007199254740992.0;
}

static void write_sets(void) {
    uint64_t s = 1;
    FILE *board = fopen(path_in_scratch("board.csv"), "w"),
         *small = fopen(path_in_scratch("small.csv"), "w"),
         *slope = fopen(path_in_scratch("slope.csv"), "w");
    fprintf(board, "x,y,field\n");
    fprintf(small, "x,y,field\n");
    fprintf(slope, "x,y,value\n");
    for (int i = 0; i < 500; i++) {
        double x = drawn(&s), y = drawn(&s);
        const char *field = ((int)(4 * x) + (int)(4 * y)) % 2 ? "black" : "white";
        fprintf(i < 400 ? board : small, "%.4f,%.4f,%s\n", x, y, field);
        if (i < 100) fprintf(slope, "%.4f,%.4f,%.4f\n", x, y, 3 * x - y + 0.1 * drawn(&s));
    }
    fclose(board);
    fclose(small);
    fclose(slope);
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(a_planted_setting_is_found),
        cmocka_unit_test(it_never_ends_above_glias_own_choice),
        cmocka_unit_test(the_best_model_is_the_one_that_its_command_trains),
        cmocka_unit_test(seed_decides),
        cmocka_unit_test(threads_do_not),
        cmocka_unit_test(a_search_goes_on_with_other_threads),
        cmocka_unit_test(what_is_given_is_fixed),
        cmocka_unit_test(fixing_one_setting_leaves_the_draws_of_the_others),
        cmocka_unit_test(draws_stay_within_their_ranges),
        cmocka_unit_test(wrong_options_are_refused),
        cmocka_unit_test(few_validation_rows_are_warned_of),
        cmocka_unit_test(the_best_third_goes_on),
        cmocka_unit_test(divergence_is_a_result),
        cmocka_unit_test(a_killed_search_goes_on_to_the_same_end),
        cmocka_unit_test(a_finished_search_can_be_made_longer),
        cmocka_unit_test(the_log_of_another_search_is_refused),
        cmocka_unit_test(ctrl_c_leaves_the_best_model_so_far),
        cmocka_unit_test(time_ends_a_search),
    };
    write_sets();
    return cmocka_run_group_tests_name("tune", tests, NULL, NULL);
}
