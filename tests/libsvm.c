/*
 * libsvm.c: sparse text rows, against scikit-learn's reading, published scores, and what every
 * mistake in them must name.
 */
#include <zlib.h>

#include "base/random.h"
#include "table/table.h"
#include "evaluate.h"

static glia_ctx *g;

static const char *path_of(const char *name) {
    static char path[700];
    snprintf(path, sizeof path, "%s/%s", scratch(), name);
    return path;
}

static glia_table *read_text(const char *text, const char *format) {
    glia_read_options options = {.format = format};
    write_file("rows", text);
    return glia_table_read(g, path_of("rows"), &options);
}

/* ------------------------------------------------------------------------------------ tables -- */

/* A table as "name name | 1 2 | 3 4". */
static void expect(const char *text, const char *format, const char *expected) {
    char found[512] = "", cell[64];
    glia_table *t = read_text(text, format);
    if (!t) fail_msg("%s: %s", text, glia_message(g));
    for (int64_t i = -1; i < glia_table_rows(t); i++) {
        if (i >= 0) strcat(found, " |");
        for (int j = 0; j < glia_table_columns(t); j++) {
            if (i >= 0) glia_table_cell(t, i, j, cell, sizeof cell);
            const char *word = i < 0 ? glia_table_column(t, j).name : cell;
            snprintf(found + strlen(found), sizeof found - strlen(found), " %s", word);
        }
    }
    assert_string_equal(found + 1, expected);
    assert_string_equal(glia_table_target_hint(t), "label");
    glia_table_free(t);
}

static void rows_become_columns_and_a_label(void **state) {
    (void)state;
    static const char *const same = "f1 f2 f3 label | 0.5 0 -2 1 | 0 3 0 -1";
    expect("+1 1:0.5 3:-2\n-1 2:3\n", NULL, same);
    expect("+1 1:0.5 3:-2\n-1 2:3", NULL, same);
    expect("+1 1:0.5 3:-2\r\n-1 2:3\r\n", NULL, same);
    expect("# two rows\n\n+1\t1:.5  3:-2 # the first\n \t\n-1 2:3e0 \n", NULL, same);
    expect("\xEF\xBB\xBF+1 1:0.5 3:-2\n-1 2:3\n", "libsvm", same);
    expect("1 qid:7 1:0.5 3:-2\n-1 qid:8 2:3\n", NULL, same);
    expect("2.5 0:1 2:4\n7\n", NULL, "f0 f1 f2 label | 1 0 4 2.5 | 0 0 0 7");
    expect("1\n2\n", "libsvm", "label | 1 | 2");
    expect("1 2:3\n", "svmlight", "f1 f2 label | 0 3 1");
}

static void other_texts_stay_tables(void **state) {
    (void)state;
    static const char *const texts[] = {"a b\n1 2\n3 4\n", "time,y\n12:30,1\n", "1 2\n3 4\n",
                                        "1 2:3\n2 x\n", "when 1:2\n9 1:3\n"};
    for (size_t i = 0; i < sizeof texts / sizeof *texts; i++) {
        glia_table *t = read_text(texts[i], NULL);
        if (!t || gl_table_find(t, "label") >= 0) fail_msg("%s: read as sparse rows", texts[i]);
        glia_table_free(t);
    }
    glia_table *t = read_text("1 2:3\n2 4:5\n", "csv");
    assert_true(t && glia_table_columns(t) == 2 && gl_table_find(t, "label") < 0);
    glia_table_free(t);
}

/* The first line may be longer than what is looked at. */
static void long_rows_are_recognised(void **state) {
    (void)state;
    static char text[60000];
    size_t n = (size_t)sprintf(text, "1");
    for (int k = 1; k <= 5000; k++) n += (size_t)sprintf(text + n, " %d:%d", k, k % 7);
    glia_table *t = read_text(text, NULL);
    assert_true(t && glia_table_columns(t) == 5001 && gl_table_find(t, "f5000") == 4999);
    glia_table_free(t);
}

static void names_and_gzip_are_recognised(void **state) {
    (void)state;
    static const char *const names[] = {"x.libsvm", "x.svm", "x.libsvm.gz", "bare.gz"};
    for (int i = 0; i < 4; i++) {
        gzFile f = gzopen(path_of(names[i]), i < 2 ? "wbT" : "wb");
        assert_true(f && gzputs(f, "1 1:2\n0 2:1\n") > 0);
        gzclose(f);
        glia_table *t = glia_table_read(g, path_of(names[i]), NULL);
        if (!t) fail_msg("%s: %s", names[i], glia_message(g));
        assert_int_equal(glia_table_columns(t), 3);
        glia_table_free(t);
    }
    result r = run("printf '1 1:2\\n0 2:1\\n' | $GLIA data - --format libsvm --json");
    assert_int_equal(r.status, 0);
    assert_non_null(strstr(r.out, "\"label\""));
    result_free(&r);
}

/* ---------------------------------------------------------------------------------- mistakes -- */

static void mistakes_are_named(void **state) {
    (void)state;
    static const char *const pair = "expected index:value";
    static const struct {
        const char *text, *place, *says;
    } cases[] = {
        {"1 1:2\n1 x\n", "line 2, field 2: found 'x'", pair},
        {"1 1:2\n1 3:\n", "line 2, field 2: found '3:'", pair},
        {"1 1:2 :4\n", "line 1, field 3: found ':4'", pair},
        {"1 1:2 -3:4\n", "line 1, field 3: found '-3:4'", pair},
        {"1 1.5:4\n", "line 1, field 2: found '1.5:4'", pair},
        {"1 1:nan\n", "line 1, field 2: found '1:nan'", "a finite number"},
        {"1 1:2 2:inf\n", "line 1, field 3: found '2:inf'", "a finite number"},
        {"1 1:1e999\n", "line 1, field 2: found '1:1e999'", "a finite number"},
        {"1 1:0x10\n", "line 1, field 2: found '1:0x10'", pair},
        {"1 2:1 2:3\n", "line 1, field 3: found '2:3'", "expected an index above 2"},
        {"# c\n\n1 5:1 2:3\n", "line 3, field 3: found '2:3'", "expected an index above 5"},
        {"1 qid:x 2:3\n", "line 1, field 2: found 'qid:x'", pair},
        {"1 2:3 qid:1\n", "line 1, field 3: found 'qid:1'", pair},
        {"1,3 2:3\n", "line 1, field 1: found '1,3'", "rows of several labels are not read"},
        {"cat 2:3\n", "line 1, field 1: found 'cat'", "a label that is a finite number"},
        {"nan 2:3\n", "line 1, field 1: found 'nan'", "a label that is a finite number"},
        {"1 1:2\n3:4\n", "line 2, field 1: found '3:4'", "expected the label first"},
        {"", "the file is empty", "expected rows such as"},
        {"# only this\n\n", "the file is empty", "expected rows such as"},
        {"1 1:2\n0 1:1 1000000000000:3\n",
         "line 2, field 3: found index 1000000000000, expected 65536 at most", "1.6e+04 GB"},
        {"1 99999999999999999999:3\n", "line 1, field 2: found '99999999999999999999:3'", pair},
    };
    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
        glia_table *t = read_text(cases[i].text, "libsvm");
        const char *said = glia_message(g);
        if (t || !strstr(said, cases[i].place) || !strstr(said, cases[i].says))
            fail_msg("%s: said '%s'\nexpected '%s', '%s'", cases[i].text, t ? "nothing" : said,
                     cases[i].place, cases[i].says);
        assert_int_equal(glia_code(g), GLIA_INPUT);
    }
}

static void mutated_rows_do_no_harm(void **state) {
    (void)state;
    static const char whole[] = "+1 1:0.5 3:-2 # one\n-1 qid:3 2:3\r\n\n2.5\n1 7:1e3 12:.25\n";
    gl_rng r = gl_rng_new(11, GL_STREAM_TEST, 0);
    glia_read_options options = {.format = "libsvm"};
    int good = 0;
    for (int i = 0; i < 2000; i++) {
        char text[sizeof whole];
        memcpy(text, whole, sizeof whole);
        for (int64_t k = gl_rng_below(&r, 4); k >= 0; k--) {
            char any = (char)gl_rng_below(&r, 256), likely = "0123456789:.#-+ \n\t"[any & 15];
            text[gl_rng_below(&r, sizeof whole - 1)] = gl_rng_below(&r, 2) ? any : likely;
        }
        FILE *f = fopen(path_of("mutated"), "wb");
        assert_non_null(f);
        fwrite(text, 1, (size_t)gl_rng_below(&r, sizeof whole), f);
        fclose(f);
        glia_table *t = glia_table_read(g, path_of("mutated"), i % 2 ? &options : NULL);
        if (!t) assert_true(*glia_message(g));
        good += t != NULL;
        glia_table_free(t);
    }
    print_message("# %d of 2000 were tables\n", good);
    assert_in_range(good, 100, 1900);
}

/* ----------------------------------------------------------------------------- other readers -- */

/* What `glia data --convert` writes, beside scikit-learn's matrix of the same file. */
static void the_numbers_are_those_of_scikit_learn(void **state) {
    (void)state;
    static const char *const names[] = {"a1a", "a1a.t", "heart_scale"};
    need_shared("data/libsvm/a1a.t");
    need_sklearn();
    write_file("same.py",
               "import sys, numpy as np\n"
               "from sklearn.datasets import load_svmlight_file\n"
               "x, y = load_svmlight_file(sys.argv[1])\n"
               "ours = np.loadtxt('ours.csv', delimiter=',', skiprows=1)\n"
               "assert ours.shape == (x.shape[0], x.shape[1] + 1), ours.shape\n"
               "assert (ours[:, :-1] == x.toarray()).all() and (ours[:, -1] == y).all()\n"
               "print(ours.shape)\n");
    for (int i = 0; i < 3; i++) {
        char name[64];
        snprintf(name, sizeof name, "data/libsvm/%s", names[i]);
        result r = run("$GLIA data '%s' --convert ours.csv --quiet && "
                       "/usr/bin/python3 same.py '%s'",
                       shared_path(name), shared_path(name));
        if (r.status != 0) fail_msg("%s: %s%s", names[i], r.out, r.err);
        result_free(&r);
    }
}

static double accuracy(const json_t *j, const char *part) {
    return at(json_object_get(json_object_get(j, "metrics"), part), "accuracy");
}

/* The data's own baseline: C = 1, the features as they are. */
static void a1a_reaches_the_published_accuracy(void **state) {
    (void)state;
    need_shared("data/libsvm/a1a.t");
    char line[3000];
    snprintf(line, sizeof line,
             "$GLIA train '%s' --hidden none --test '%s' --l2 %.17g --precision f64 --json "
             "--quiet -o a1a.glia",
             shared_path("data/libsvm/a1a"), shared_path("data/libsvm/a1a.t"), 1 / 1605.0);
    json_t *j = json_of(line);
    print_message("# train %.4f, test %.4f\n", accuracy(j, "train"), accuracy(j, "test"));
    close_to("train accuracy", accuracy(j, "train"), 0.8548, 0.00005 + 1 / 1605.0);
    close_to("test accuracy", accuracy(j, "test"), 0.8429, 0.00005 + 1 / 30956.0);
    json_decref(j);
}

/* ----------------------------------------------------------------------- beside other tables -- */

/* Rows of three features; f3 decides. */
static void write_training(void) {
    char text[4000];
    size_t n = 0;
    for (int i = 0; i < 60; i++)
        n += (size_t)sprintf(text + n, "%d 1:%d 2:%g 3:%d\n", i % 2, 1 + i % 5, 0.1 * (i % 7),
                             i % 2 * 20 - 8);
    write_file("train.svm", text);
}

static void what_a_file_does_not_name_is_zero(void **state) {
    (void)state;
    write_training();
    write_file("few.svm", "0 1:2\n1\n");
    write_file("zeros.svm", "0 1:2 2:0 3:0\n1 1:0 3:0\n");
    result r = run("$GLIA train train.svm --hidden 4 --epochs 3 --quiet -o m.glia 2>train.err && "
                   "$GLIA predict m.glia zeros.svm >zeros.out && $GLIA predict m.glia few.svm | "
                   "cmp - zeros.out && $GLIA eval m.glia few.svm --importance");
    if (r.status != 0) fail_msg("exit %d: %s", r.status, r.err);
    assert_null(strstr(r.err, "warning"));
    result_free(&r);
}

static void what_training_did_not_know_is_left_out_with_a_warning(void **state) {
    (void)state;
    write_training();
    write_file("more.svm", "0 1:2 4:7\n");
    write_file("csv.csv", "f1,f2\n1,2\n");
    result r = run("$GLIA train train.svm --hidden 4 --epochs 3 --quiet -o m.glia && "
                   "$GLIA predict m.glia more.svm");
    assert_int_equal(r.status, 0);
    assert_non_null(strstr(r.err, "more.svm: training had no column 'f4'; it is not used"));
    result_free(&r);
    r = run("$GLIA predict m.glia csv.csv"); /* a table leaves no zeros out */
    assert_int_equal(r.status, 3);
    assert_non_null(strstr(r.err, "csv.csv: column 'f3' is missing"));
    result_free(&r);
}

static void zero_stays_zero_unless_another_scale_is_said(void **state) {
    (void)state;
    write_training();
    result r = run("$GLIA train train.svm --hidden 4 --epochs 2 --val none --quiet -o m.glia && "
                   "$GLIA show m.glia");
    assert_int_equal(r.status, 0);
    assert_non_null(strstr(r.out, "divided by 5"));  /* f1 */
    assert_non_null(strstr(r.out, "as it is"));      /* f2 */
    assert_non_null(strstr(r.out, "divided by 12")); /* f3: the largest magnitude */
    result_free(&r);
}

static void tables_work_with_every_command(void **state) {
    (void)state;
    write_training();
    static const char *const lines[] = {
        "$GLIA train train.svm --folds 3 --epochs 3 --quiet -o m.glia",
        "$GLIA tune train.svm --trials 2 --epochs 2 --quiet -o t.glia",
        "$GLIA data train.svm --split 0.5,0.5",
        "$GLIA check m.glia train.svm",
        "$GLIA train train.svm --test train.svm --ignore f2 --epochs 3 --quiet -o m.glia",
    };
    for (size_t i = 0; i < sizeof lines / sizeof *lines; i++) {
        result r = run("%s", lines[i]);
        if (r.status != 0) fail_msg("%s: exit %d: %s", lines[i], r.status, r.err);
        result_free(&r);
    }
}

static int open_context(void **state) {
    (void)state;
    g = glia_open(NULL);
    return g ? 0 : -1;
}

static int close_context(void **state) {
    (void)state;
    glia_close(g);
    return 0;
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(rows_become_columns_and_a_label),
        cmocka_unit_test(other_texts_stay_tables),
        cmocka_unit_test(long_rows_are_recognised),
        cmocka_unit_test(names_and_gzip_are_recognised),
        cmocka_unit_test(mistakes_are_named),
        cmocka_unit_test(mutated_rows_do_no_harm),
        cmocka_unit_test(the_numbers_are_those_of_scikit_learn),
        cmocka_unit_test(a1a_reaches_the_published_accuracy),
        cmocka_unit_test(what_a_file_does_not_name_is_zero),
        cmocka_unit_test(what_training_did_not_know_is_left_out_with_a_warning),
        cmocka_unit_test(zero_stays_zero_unless_another_scale_is_said),
        cmocka_unit_test(tables_work_with_every_command),
    };
    return cmocka_run_group_tests_name("libsvm", tests, open_context, close_context);
}
