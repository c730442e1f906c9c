/*
 * folds.c: cross-validation and permutation importance, against scikit-learn, printed tables, and
 * the plain way round.
 */
#include <jansson.h>
#include <math.h>

#include "evaluate.h"

#include "context.h"

/* ------------------------------------------------------------------------------------- folds -- */

/* 83 rows, classes of 50, 26 and 7, one number and one text. */
static void make_flowers(void) {
    result r =
        run("awk 'BEGIN { srand(8); print \"size,colour,kind\"; for (i = 0; i < 83; i++) { k = "
            "i < 50 ? \"a\" : i < 76 ? \"b\" : \"c\"; print rand() + (k == \"b\") + 3 * (k == "
            "\"c\") \",\" (rand() < 0.5 ? \"red\" : \"blue\") \",\" k } }' >flowers.csv");
    result_free(&r);
}

static glia_table *read_table(const char *name) {
    char path[600];
    snprintf(path, sizeof path, "%s/%s", scratch(), name);
    glia_table *t = glia_table_read(g, path, NULL);
    if (!t) fail_msg("%s", glia_message(g));
    return t;
}

static void every_row_is_in_one_fold_and_classes_are_spread_evenly(void **state) {
    (void)state;
    enum { FOLDS = 5, FLOWERS = 83 };
    int64_t fold[FLOWERS], again[FLOWERS], count[3][FOLDS] = {{0}}, all[FOLDS] = {0};
    make_flowers();
    glia_table *t = read_table("flowers.csv");
    assert_int_equal(glia_table_folds(t, "kind", FOLDS, 1, fold), GLIA_OK);
    const int32_t *kind = glia_table_values(t, 2).data;
    for (int i = 0; i < FLOWERS; i++) {
        assert_in_range(fold[i], 0, FOLDS - 1);
        count[kind[i]][fold[i]]++;
        all[fold[i]]++;
    }
    for (int a = 0; a < FOLDS; a++) {
        for (int b = 0; b < FOLDS; b++) {
            for (int k = 0; k < 3; k++) assert_true(count[k][a] - count[k][b] <= 1);
            assert_true(all[a] - all[b] <= 1);
        }
    }
    assert_int_equal(glia_table_folds(t, "kind", FOLDS, 1, again), GLIA_OK);
    assert_memory_equal(fold, again, sizeof fold);
    assert_int_equal(glia_table_folds(t, "kind", FOLDS, 2, again), GLIA_OK);
    assert_memory_not_equal(fold, again, sizeof fold);
    assert_int_equal(glia_table_folds(t, "kind", FLOWERS + 1, 1, again), GLIA_USAGE);
    glia_table_free(t);
}

/* Fold k by hand: two files, a training on one, an evaluation on the other. */
static void check_fold(const json_t *found, const glia_table *t, const int64_t *fold, int k) {
    int64_t rows[2][128], n[2] = {0};
    char path[2][600];
    for (int64_t i = 0; i < glia_table_rows(t); i++) {
        int inside = fold[i] == k;
        rows[inside][n[inside]++] = i;
    }
    for (int inside = 0; inside < 2; inside++) {
        snprintf(path[inside], sizeof path[0], "%s/part%d.csv", scratch(), inside);
        assert_int_equal(glia_table_write(t, path[inside], rows[inside], n[inside]), GLIA_OK);
    }
    json_t *j = json_of("$GLIA train part0.csv --test part1.csv -o part.glia --quiet --json");
    json_t *expected = json_object_get(json_object_get(j, "metrics"), "test");
    assert_int_equal((int64_t)at(found, "rows"), n[1]);
    close_to("loss", at(found, "loss"), at(expected, "loss"), 0);
    close_to("accuracy", at(found, "accuracy"), at(expected, "accuracy"), 0);
    close_to("macro_f1", at(found, "macro_f1"), at(expected, "macro_f1"), 0);
    json_decref(j);
}

/* So nothing of the rows left out can have come in: not by scaling, not by any choice. */
static void a_fold_is_a_training_on_the_other_rows_alone(void **state) {
    (void)state;
    int64_t fold[128];
    make_flowers();
    glia_table *t = read_table("flowers.csv");
    json_t *j = json_of("$GLIA train flowers.csv --folds 3 -o folds.glia --json --quiet"),
           *folds = json_object_get(json_object_get(j, "folds"), "fold");
    assert_int_equal(json_array_size(folds), 3);
    assert_int_equal(glia_table_folds(t, "kind", 3, 1, fold), GLIA_OK);
    for (int k = 0; k < 3; k++) check_fold(json_array_get(folds, (size_t)k), t, fold, k);
    json_decref(j);
    glia_table_free(t);
}

static void folds_leave_the_model_as_it_is(void **state) {
    (void)state;
    make_flowers();
    result r = run("$GLIA train flowers.csv --quiet -o without.glia >/dev/null && $GLIA train "
                   "flowers.csv --folds 3 --quiet -o with.glia && cmp without.glia with.glia");
    if (r.status != 0) fail_msg("%s", r.err);
    assert_non_null(strstr(r.out, "95% from"));
    assert_non_null(strstr(r.out, "Student's t interval of the mean, 2 degrees of freedom"));
    result_free(&r);
}

/* "rare" is in one row: the fold that has it has no row to learn it from, and takes it for another.
 */
static void a_class_of_one_row_stops_no_folds(void **state) {
    (void)state;
    result r =
        run("awk 'BEGIN { srand(3); print \"x,kind\"; for (i = 0; i < 60; i++) { k = i == 7 ? "
            "\"rare\" : i % 25 == 4 ? \"b\" : i % 2 ? \"a\" : \"c\"; print rand() + (k == "
            "\"a\") \",\" k } }' >rare.csv");
    result_free(&r);
    json_t *j = json_of("$GLIA train rare.csv --folds 5 -o rare.glia --json --quiet"),
           *found = json_object_get(json_object_get(j, "folds"), "fold");
    double sum = 0;
    for (size_t k = 0; k < 5; k++) {
        assert_true(at(json_array_get(found, k), "loss") > 0);
        sum += at(json_array_get(found, k), "macro_f1");
    }
    close_to("mean", at(json_object_get(json_object_get(j, "folds"), "mean"), "macro_f1"), sum / 5,
             1e-12);
    json_decref(j);
    /* the rare row is measured as wrong: one answer a row, none of them right */
    j = json_of("$GLIA eval rare.glia rare.csv --json");
    assert_int_equal(json_array_size(json_object_get(j, "confusion")), 4);
    json_decref(j);
}

/* Of the five folds one has the positive row: recall is its own, and null elsewhere. */
static void a_fold_without_a_class_has_no_recall(void **state) {
    (void)state;
    result r =
        run("awk 'BEGIN { srand(3); print \"x,hit\"; for (i = 0; i < 60; i++) print rand() \",\" "
            "(i == 7 ? \"yes\" : \"no\") }' >one.csv");
    result_free(&r);
    json_t *j = json_of("$GLIA train one.csv --folds 5 -o one.glia --json --quiet");
    json_t *folds = json_object_get(j, "folds"), *found = json_object_get(folds, "fold");
    int without = 0;
    for (size_t k = 0; k < 5; k++)
        if (json_is_null(json_object_get(json_array_get(found, k), "recall"))) without++;
    assert_int_equal(without, 4);
    close_to("recall", at(json_object_get(folds, "mean"), "recall"), 0, 0);
    assert_string_equal(json_string_value(json_object_get(j, "positive")), "yes");
    json_decref(j);
    r = run("$GLIA train one.csv --folds 5 -o one.glia --quiet");
    assert_non_null(
        strstr(r.out, "recall: 1 of 5 folds have one; the rows of the others lack a class"));
    result_free(&r);
}

/* Two positive rows: a fold that has one trains on the other, and none is left to validate on. */
static void a_fold_that_can_choose_no_threshold_keeps_a_half(void **state) {
    (void)state;
    result r =
        run("awk 'BEGIN { srand(3); print \"x,hit\"; for (i = 0; i < 60; i++) print rand() \",\" "
            "(i == 7 || i == 30 ? \"yes\" : \"no\") }' >two.csv && $GLIA train two.csv --folds 5 "
            "--threshold f1 --val 0.4 -o two.glia --quiet");
    if (r.status != 0) fail_msg("%s", r.err);
    result_free(&r);
}

/* The checkpoint is that of the training behind them, with any number of threads. */
static void folds_go_with_a_checkpoint(void **state) {
    (void)state;
    result r = run("$GLIA train flowers.csv --epochs 30 --quiet -o plain.glia >/dev/null && "
                   "for n in 1 3; do $GLIA train flowers.csv --epochs 30 --folds 3 --threads $n "
                   "--checkpoint f.ckpt --resume --quiet -o kept.glia >/dev/null && "
                   "cmp plain.glia kept.glia && test ! -e f.ckpt || exit 1; done");
    if (r.status != 0) fail_msg("%s%s", r.out, r.err);
    result_free(&r);
}

/* Quantiles of Student's t from a printed table. */
static void the_mean_of_folds_has_students_interval(void **state) {
    (void)state;
    static const struct {
        int folds;
        double t;
    } cases[] = {{2, 12.7062}, {3, 4.30265}, {6, 2.57058}, {11, 2.22814}};
    make_flowers();
    for (size_t i = 0; i < 4; i += EVERY) {
        char line[200];
        snprintf(line, sizeof line,
                 "$GLIA train flowers.csv --epochs 3 --folds %d -o t.glia --json --quiet",
                 cases[i].folds);
        json_t *j = json_of(line), *f = json_object_get(j, "folds"),
               *each = json_object_get(f, "fold");
        double mean = 0, squares = 0, n = cases[i].folds;
        for (size_t k = 0; k < json_array_size(each); k++)
            mean += at(json_array_get(each, k), "loss") / n;
        for (size_t k = 0; k < json_array_size(each); k++)
            squares += pow(at(json_array_get(each, k), "loss") - mean, 2);
        double half = cases[i].t * sqrt(squares / (n - 1) / n);
        const json_t *range = json_object_get(json_object_get(f, "interval"), "loss");
        close_to("mean", at(json_object_get(f, "mean"), "loss"), mean, 1e-12);
        close_to("low", item(range, 0), mean - half, 1e-5 * half);
        close_to("high", item(range, 1), mean + half, 1e-5 * half);
        json_decref(j);
    }
}

static void folds_that_cannot_be_are_refused(void **state) {
    (void)state;
    static const struct {
        const char *line;
        int status;
        const char *message;
    } cases[] = {
        {"--folds 1", 2, "--folds: expected a whole number from 2"},
        {"--folds 84", 2, "84 folds of 83 rows"},
        {"--folds some", 2, "--folds: expected a whole number"},
    };
    make_flowers();
    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++)
        refuses(cases[i].status, cases[i].message,
                "$GLIA train flowers.csv %s -o bad.glia --quiet; s=$?; test ! -e bad.glia && "
                "exit $s",
                cases[i].line);
}

/* ------------------------------------------------------------------------------- importances -- */

/* The class follows from `mark` alone; `twin` is the text of it; `noise` says nothing. */
static void make_planted(void) {
    result r =
        run("awk 'BEGIN { srand(9); print \"noise,mark,place,y\"; for (i = 0; i < 400; i++) { m "
            "= int(3 * rand()); print rand() \",\" rand() + (m == 1) \",p\" m \",\" (m == 1 ? "
            "\"yes\" : \"no\") } }' >planted.csv\n"
            "$GLIA train planted.csv --ignore mark -o planted.glia --quiet >/dev/null");
    if (r.status != 0) fail_msg("%s", r.err);
    result_free(&r);
}

static const json_t *column_named(const json_t *j, const char *name) {
    size_t i;
    json_t *c;
    json_array_foreach(json_object_get(json_object_get(j, "importance"), "columns"), i, c) {
        if (strcmp(json_string_value(json_object_get(c, "column")), name) == 0) return c;
    }
    fail_msg("no importance of %s", name);
    return NULL;
}

/* Shuffled, the answers agree with the truth only by chance: p p + q q. */
static void a_text_column_is_shuffled_as_a_whole(void **state) {
    (void)state;
    make_planted();
    json_t *j = json_of("$GLIA eval planted.glia planted.csv --importance=30 --json"),
           *rows = json_object_get(j, "confusion");
    double no = item(json_array_get(rows, 0), 0) / 400,
           yes = item(json_array_get(rows, 1), 1) / 400;
    close_to("accuracy", at(j, "accuracy"), 1, 0);
    close_to("place", at(column_named(j, "place"), "drop"), 1 - no * no - yes * yes, 0.02);
    close_to("noise", at(column_named(j, "noise"), "drop"), 0, 0.01);
    const json_t *first =
        json_array_get(json_object_get(json_object_get(j, "importance"), "columns"), 0);
    assert_ptr_equal(first, column_named(j, "place"));
    assert_int_equal(json_array_size(json_object_get(json_object_get(j, "importance"), "columns")),
                     2);
    const json_t *range = json_object_get(first, "interval");
    assert_true(item(range, 0) < at(first, "drop") && at(first, "drop") < item(range, 1));
    json_t *again = json_of("$GLIA eval planted.glia planted.csv --importance=30 --json");
    assert_true(json_equal(j, again));
    json_decref(again);
    json_decref(j);
}

/* Each repeat starts the program once a column. */
static const int repeats = EVERY > 1 ? 5 : 25;

static const char scikit_importance[] =
    "import json, os, subprocess, sys, numpy as np\n"
    "from sklearn.inspection import permutation_importance\n"
    "rows = [line.rstrip().split(',') for line in open('planted.csv')]\n"
    "names, X = rows[0][:-1], np.array([r[:-1] for r in rows[1:]], dtype=object)\n"
    "y = np.array([r[-1] for r in rows[1:]])\n"
    "class Model:\n"
    "    def fit(self, X, y): pass\n"
    "    def predict(self, X):\n"
    "        text = '\\n'.join([','.join(names)] + [','.join(r) for r in X])\n"
    "        out = subprocess.run([os.environ['GLIA'], 'predict', 'both.glia', '-', '--quiet'],\n"
    "                             input=text, capture_output=True, text=True, check=True).stdout\n"
    "        return np.array([line.split(',')[0] for line in out.splitlines()[1:]])\n"
    "def score(m, X, y): return (m.predict(X) == y).mean()\n"
    "r = permutation_importance(Model(), X, y, scoring=score, n_repeats=int(sys.argv[1]),\n"
    "  random_state=0)\n"
    "print(json.dumps({n: [m, s] for n, m, s in zip(names, r.importances_mean,\n"
    "  r.importances_std)}))\n";

static void importances_are_those_of_scikit_learn(void **state) {
    (void)state;
    need_sklearn();
    make_planted();
    write_file("importance.py", scikit_importance);
    char line[200];
    snprintf(line, sizeof line,
             "$GLIA train planted.csv -o both.glia --quiet >/dev/null; $GLIA eval both.glia "
             "planted.csv --importance=%d --json",
             repeats);
    json_t *ours = json_of(line), *v;
    snprintf(line, sizeof line, "/usr/bin/python3 importance.py %d", repeats);
    json_t *theirs = json_of(line);
    const char *name;
    json_object_foreach(theirs, name, v) {
        double error = item(v, 1) / sqrt(repeats); /* of either mean */
        close_to(name, at(column_named(ours, name), "drop"), item(v, 0),
                 4 * sqrt(2) * error + 1e-9);
    }
    json_decref(ours);
    json_decref(theirs);
}

static void importances_of_values_are_rmse_gained(void **state) {
    (void)state;
    json_t *j =
        json_of("awk 'BEGIN { srand(3); print \"a,b,y\"; for (i = 0; i < 300; i++) { a = rand(); "
                "print a \",\" rand() \",\" 5 * a } }' >line.csv\n"
                "$GLIA train line.csv --hidden none -o line.glia --quiet >/dev/null\n"
                "$GLIA eval line.glia line.csv --importance --json");
    const json_t *i = json_object_get(j, "importance");
    assert_string_equal(json_string_value(json_object_get(i, "score")), "rmse");
    assert_int_equal(json_integer_value(json_object_get(i, "repeats")), 5);
    /* two independent draws of 5 a: sqrt(2) times the deviation, 5 / sqrt(12) */
    close_to("a", at(column_named(j, "a"), "drop"), 5 * sqrt(2.0 / 12), 0.15);
    close_to("b", at(column_named(j, "b"), "drop"), 0, 0.01);
    json_decref(j);
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(every_row_is_in_one_fold_and_classes_are_spread_evenly),
        cmocka_unit_test(a_fold_is_a_training_on_the_other_rows_alone),
        cmocka_unit_test(folds_leave_the_model_as_it_is),
        cmocka_unit_test(folds_go_with_a_checkpoint),
        cmocka_unit_test(a_class_of_one_row_stops_no_folds),
        cmocka_unit_test(a_fold_without_a_class_has_no_recall),
        cmocka_unit_test(a_fold_that_can_choose_no_threshold_keeps_a_half),
        cmocka_unit_test(the_mean_of_folds_has_students_interval),
        cmocka_unit_test(folds_that_cannot_be_are_refused),
        cmocka_unit_test(a_text_column_is_shuffled_as_a_whole),
        cmocka_unit_test(importances_are_those_of_scikit_learn),
        cmocka_unit_test(importances_of_values_are_rmse_gained),
    };
    return cmocka_run_group_tests_name("folds", tests, open_context, close_context);
}
