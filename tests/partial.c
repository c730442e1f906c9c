/*
 * partial.c: a training that is stopped leaves the best that it had: from C, and by Ctrl-C.
 */
#include "test.h"

#include <math.h>

#include "context.h"

/* ------------------------------------------------------------------------------- the library -- */

static int64_t stop_at; /* updates */

static int stop(void *user, const glia_progress *p) {
    (void)user;
    return !p->trial && p->updates >= stop_at;
}

static int stop_all(void *user, const glia_progress *p) {
    (void)user;
    return p->updates >= stop_at;
}

static glia_model *train_until(int64_t updates, const char *epochs, int partial,
                               const glia_table *rows, const glia_table *val,
                               glia_report **report) {
    glia_recipe *r = glia_recipe_new(g);
    glia_recipe_set(r, "target", "price");
    glia_recipe_set(r, "lr", "0.05"); /* goes up and down */
    glia_recipe_set(r, "batch", "16");
    glia_recipe_set(r, "epochs", epochs);
    glia_recipe_set(r, "early-stop", "1000");
    stop_at = updates;
    glia_model *m = glia_train(g,
                               &(glia_train_job){.recipe = r,
                                                 .train = rows,
                                                 .val = val,
                                                 .progress = stop,
                                                 .partial = partial},
                               report);
    glia_recipe_free(r);
    return m;
}

/* After 41 epochs and a bit, the weights are those of the best of the 41: the same that a training
 * of as many epochs as that would end with. */
static void the_best_weights_are_kept(void **state) {
    (void)state;
    glia_table *rows = glia_table_generate(g, "houses", 400, 1),
               *val = glia_table_generate(g, "houses", 200, 2);
    glia_report *report, *whole;
    glia_model *m = train_until(25 * 41 + 3, "100", 1, rows, val, &report);
    if (!m) fail_msg("%s", glia_message(g));
    assert_int_equal(glia_code(g), GLIA_INTERRUPTED);
    assert_int_equal(report->partial, 1);
    assert_int_equal(report->history->epochs, 41);
    assert_string_equal(report->history->stopped, "interrupted");
    int64_t best = report->history->best_epoch;
    assert_in_range(best, 0, 39); /* else the last weights would do */
    assert_non_null(
        strstr(glia_model_note(m, "partial"), "after 41 of 100 epochs and 1028 updates"));
    char epochs[24];
    snprintf(epochs, sizeof epochs, "%d", (int)best + 1);
    glia_model *same = train_until(1 << 30, epochs, 0, rows, val, &whole);
    assert_int_equal(whole->partial, 0);
    glia_predictions *a = glia_model_apply(g, m, val), *b = glia_model_apply(g, same, val);
    for (int64_t i = 0; i < a->rows; i++) assert_true(a->value[i] == b->value[i]);
    glia_predictions_free(g, a);
    glia_predictions_free(g, b);
    glia_report_free(g, report);
    glia_report_free(g, whole);
    glia_model_free(m);
    glia_model_free(same);
    glia_table_free(rows);
    glia_table_free(val);
}

static void nothing_is_kept_unless_it_is_wanted(void **state) {
    (void)state;
    glia_table *rows = glia_table_generate(g, "houses", 400, 1);
    glia_report *report;
    assert_null(train_until(100, "100", 0, rows, rows, &report));
    assert_null(report);
    assert_int_equal(glia_code(g), GLIA_INTERRUPTED);
    glia_table_free(rows);
}

/* 200 rows: two networks learn, and the final one may have begun when the first is stopped. */
static void of_few_rows_the_measured_network_is_kept(void **state) {
    (void)state;
    glia_table *rows = glia_table_generate(g, "moons", 200, 1);
    glia_report *report;
    stop_at = 40;
    glia_model *m =
        glia_train(g, &(glia_train_job){.train = rows, .progress = stop, .partial = 1}, &report);
    if (!m) fail_msg("%s", glia_message(g));
    assert_int_equal(report->partial, 1);
    assert_int_equal(report->refit_epochs, 0);
    assert_true(report->val.rows > 0);
    glia_report_free(g, report);
    glia_model_free(m);
    glia_table_free(rows);
}

/* ------------------------------------------------------------------------------- the command -- */

static void signals_leave_a_model_that_works(void **state) {
    (void)state;
    static const char *const train =
        "$GLIA train rows.csv --target price --hidden 300,300 --epochs 1000000 "
        "--val none --early-stop 0 -o never.glia";
    /* timeout sends to the process and again to its group; the second command surely sends two. */
    result made = run("$GLIA demo houses --rows 300 --write rows.csv");
    result_free(&made);
    result r =
        run("timeout --preserve-status -s INT 0.6 %s; echo $?; ls | grep never; rm never.*\n"
            "%s & sleep 0.6; kill -TERM $!; kill -TERM $!; wait $!; echo $?; ls | grep never",
            train, train);
    assert_string_equal(r.out, "130\nnever.partial.glia\n130\nnever.partial.glia\n");
    const char *said =
        "glia: error: interrupted; the last weights so far are in 'never.partial.glia'";
    const char *first = strstr(r.err, said);
    assert_non_null(first);
    assert_non_null(strstr(first + 1, said));
    result_free(&r);
    r = run(
        "$GLIA show never.partial.glia && $GLIA predict never.partial.glia rows.csv | head -n 1");
    if (r.status != 0) fail_msg("%s", r.err);
    assert_non_null(strstr(r.out, "interrupted after "));
    assert_non_null(strstr(r.out, "prediction"));
    result_free(&r);
}

/* A fold that was stopped would be scored as if it had learned. */
static void folds_that_are_stopped_have_no_scores(void **state) {
    (void)state;
    glia_table *rows = glia_table_generate(g, "houses", 400, 1);
    glia_recipe *r = glia_recipe_new(g);
    glia_recipe_set(r, "target", "price");
    stop_at = 10;
    assert_null(glia_cross_validate(
        g, &(glia_train_job){.recipe = r, .train = rows, .progress = stop_all, .partial = 1}, 3));
    assert_int_equal(glia_code(g), GLIA_INTERRUPTED);
    glia_recipe_free(r);
    glia_table_free(rows);
    result said =
        run("$GLIA demo houses --rows 3000 --write many.csv; timeout --preserve-status -s "
            "INT 0.5 $GLIA train many.csv --target price --folds 5 --epochs 100000 "
            "--early-stop 0 -o folds.glia; echo $?; ls | grep folds");
    assert_non_null(strstr(said.out, "130\n"));
    assert_null(strstr(said.out, "folds.glia"));
    assert_null(strstr(said.out, "mean"));
    assert_non_null(strstr(said.err, "interrupted"));
    result_free(&said);
}

static void with_validation_rows_the_best_weights_are_said(void **state) {
    (void)state;
    result r =
        run("$GLIA demo houses --rows 3000 --write long.csv && "
            "$GLIA demo houses --rows 500 --seed 2 --write val.csv && "
            "timeout --preserve-status -s INT 0.6 $GLIA train long.csv --val val.csv --lr 0.05 "
            "--batch 8 --epochs 100000 --early-stop 100000 --log never.csv -o best.glia; "
            "echo $?; $GLIA eval best.partial.glia val.csv --json -q");
    const char *json = strchr(r.out, '{');
    if (!json || !strstr(r.out, "\n130\n")) fail_msg("%s%s", r.out, r.err);
    assert_non_null(strstr(r.err, "the best weights so far are in 'best.partial.glia'"));
    result_free(&r);
    r = run("$GLIA show best.partial.glia; ls never.csv best.glia");
    assert_non_null(strstr(r.out, "these weights were the best on validation rows"));
    assert_null(strstr(r.out, "never.csv"));
    result_free(&r);
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(the_best_weights_are_kept),
        cmocka_unit_test(nothing_is_kept_unless_it_is_wanted),
        cmocka_unit_test(of_few_rows_the_measured_network_is_kept),
        cmocka_unit_test(signals_leave_a_model_that_works),
        cmocka_unit_test(folds_that_are_stopped_have_no_scores),
        cmocka_unit_test(with_validation_rows_the_best_weights_are_said),
    };
    return cmocka_run_group_tests(tests, open_context, close_context);
}
