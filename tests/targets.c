/*
 * targets.c: models of several targets. Scores are compared with those that are made here, from
 * the answers and the file; what one target has, each of several has, too.
 */
#include "evaluate.h"

#include "context.h"

enum { ROWS = 200 };

static int make_file(void **state) {
    result r =
        run("awk 'BEGIN { srand(4); print \"a,b,y1,y2,l1,l2\"; for (i = 0; i < %d; i++) { a = "
            "rand(); b = rand(); print a \",\" b \",\" 2 * a + b \",\" 1000 * a * b \",\" (a > 0.5 "
            "? \"yes\" : \"no\") \",\" (a + b + 0.3 * rand() > 1) } }' >m.csv",
            ROWS);
    result_free(&r);
    return open_context(state);
}

static glia_table *read_table(const char *name) {
    char path[600];
    snprintf(path, sizeof path, "%s/%s", scratch(), name);
    glia_table *t = glia_table_read(g, path, NULL);
    if (!t) fail_msg("%s", glia_message(g));
    return t;
}

static glia_model *learn(const char *target, const char *ignore, const glia_table *t) {
    glia_recipe *r = glia_recipe_new(g);
    const char *const said[][2] = {{"target", target},
                                   {"ignore", ignore},
                                   {"epochs", "20"},
                                   {"val", "none"}};
    for (int i = 0; i < 4; i++)
        assert_int_equal(glia_recipe_set(r, said[i][0], said[i][1]), GLIA_OK);
    glia_model *m = glia_train(g, &(glia_train_job){.recipe = r, .train = t}, NULL);
    if (!m) fail_msg("%s", glia_message(g));
    glia_recipe_free(r);
    return m;
}

static double named(const glia_metrics *m, const char *name) {
    for (int i = 0; i < m->scores; i++)
        if (strcmp(m->score[i].name, name) == 0) return m->score[i].value;
    return NAN;
}

static void values_are_scored_each_in_its_own_units(void **state) {
    (void)state;
    glia_table *t = read_table("m.csv");
    glia_model *m = learn("y1,y2", "l1,l2", t);
    assert_int_equal(glia_model_targets(m), 2);
    assert_string_equal(glia_model_target(m, 1), "y2");
    assert_int_equal(glia_model_classes(m), 0);
    glia_evaluation *e = glia_model_evaluate(g, m, t, 1);
    assert_non_null(e);
    assert_int_equal(e->scores.targets, 2);
    double all = 0, r2 = 0;
    for (int k = 0; k < 2; k++) {
        const double *y = glia_table_values(t, 2 + k).data;
        double squares = 0, sum = 0, around = 0;
        for (int i = 0; i < ROWS; i++) sum += y[i];
        for (int i = 0; i < ROWS; i++) {
            squares += pow(e->answers.value[2 * i + k] - y[i], 2);
            around += pow(y[i] - sum / ROWS, 2);
            close_to("truth", e->truth[2 * i + k], y[i], 1e-9);
        }
        const glia_metrics *one = &e->scores.target[k];
        close_to("mse", named(one, "mse"), squares / ROWS, 1e-9 * squares);
        close_to("r2", named(one, "r2"), 1 - squares / around, 1e-12);
        close_to("baseline", one->baseline, sqrt(around / ROWS), 1e-9);
        assert_true(one->score[0].low < one->score[0].value);
        all += squares / ROWS / 2, r2 += named(one, "r2") / 2;
    }
    close_to("mean mse", named(&e->scores, "mse"), all, 1e-9 * all);
    close_to("mean r2", named(&e->scores, "r2"), r2, 1e-12);
    assert_true(r2 > 0.8);
    assert_int_equal(e->mistakes, ROWS);
    glia_evaluation_free(g, e);
    glia_model_free(m);
    glia_table_free(t);
}

static void labels_are_scored_each_by_itself(void **state) {
    (void)state;
    glia_table *t = read_table("m.csv");
    glia_model *m = learn("l1,l2", "y1,y2", t);
    assert_string_equal(glia_model_note(m, "task"), "multilabel");
    assert_string_equal(glia_model_target_class(m, 0, 1), "yes");
    assert_string_equal(glia_model_target_class(m, 1, 1), "1");
    glia_evaluation *e = glia_model_evaluate(g, m, t, 1);
    assert_non_null(e);
    const double *l2 = glia_table_values(t, 5).data;
    double right = 0, loss = 0;
    int64_t wrong_rows = 0;
    for (int i = 0; i < ROWS; i++) {
        double p = e->answers.value[2 * i + 1];
        assert_int_equal(e->answers.class_index[2 * i + 1], p > 0.5);
        right += (p > 0.5) == (l2[i] == 1);
        loss -= log(l2[i] == 1 ? p : 1 - p);
        wrong_rows += (double)e->answers.class_index[2 * i] != e->truth[2 * i] ||
                      (double)e->answers.class_index[2 * i + 1] != e->truth[2 * i + 1];
    }
    const glia_metrics *one = &e->scores.target[1];
    close_to("accuracy", named(one, "accuracy"), right / ROWS, 1e-15);
    close_to("loss", named(one, "loss"), loss / ROWS, 1e-6);
    assert_int_equal(one->confusion[0] + one->confusion[1] + one->confusion[2] + one->confusion[3],
                     ROWS);
    assert_true(one->curves->roc_points > 0);
    close_to("mean", named(&e->scores, "accuracy"),
             (named(&e->scores.target[0], "accuracy") + right / ROWS) / 2, 1e-15);
    assert_int_equal(e->mistakes, wrong_rows);
    glia_evaluation_free(g, e);
    glia_model_free(m);
    glia_table_free(t);
}

static void predictions_have_a_column_for_each(void **state) {
    (void)state;
    result r =
        run("$GLIA train m.csv --target y2,y1 --ignore l1,l2 --epochs 3 -q -o v.glia >/dev/null && "
            "$GLIA predict v.glia m.csv -q | head -1 && $GLIA train m.csv --target l1,l2 --ignore "
            "y1,y2 --epochs 3 -q -o l.glia >/dev/null && $GLIA predict l.glia m.csv -q | head -1");
    assert_string_equal(r.out, "y2,y1\nl1,l2,P(l1=yes),P(l2=1)\n");
    result_free(&r);
    /* rows without header: all columns of training, or those without the targets */
    r = run(
        "tail -n +2 m.csv >bare.csv && cut -d, -f1,2,5,6 bare.csv >short.csv && $GLIA predict "
        "v.glia "
        "m.csv -q >a && $GLIA predict v.glia bare.csv --no-header -q >b && $GLIA predict v.glia "
        "short.csv --no-header -q >c && cmp a b && cmp a c");
    if (r.status != 0) fail_msg("%s%s", r.out, r.err);
    result_free(&r);
    json_t *j = json_of("$GLIA predict l.glia m.csv --json -q"),
           *first = json_array_get(json_object_get(j, "predictions"), 0);
    assert_int_equal(json_object_size(json_object_get(first, "prediction")), 2);
    assert_true(at(json_object_get(first, "probabilities"), "l2") <= 1);
    json_decref(j);
    j = json_of("$GLIA eval l.glia m.csv --json");
    json_t *l1 = json_object_get(json_object_get(j, "targets"), "l1");
    assert_string_equal(json_string_value(json_object_get(l1, "positive")), "yes");
    assert_int_equal(json_array_size(json_object_get(l1, "confusion")), 2);
    json_decref(j);
}

static void folds_trials_and_reports_take_them(void **state) {
    (void)state;
    result r = run(
        "$GLIA train m.csv --target l1,l2 --ignore y1,y2 --folds 3 --epochs 5 -q -o f.glia "
        "--report r.html && $GLIA eval f.glia m.csv --plot --report e.html && grep -q 'Each "
        "target' r.html && grep -q 'l2 = 1' e.html && $GLIA tune m.csv --target y1,y2 --trials 2 "
        "--epochs 9 -q -o t.glia && $GLIA train m.csv --target y1,y2 --ignore l1,l2 "
        "--sample-weight "
        "a -q --epochs 9 -o few.glia");
    if (r.status != 0) fail_msg("%s%s", r.out, r.err);
    assert_non_null(strstr(r.out, "l1 = 'yes'"));
    assert_non_null(strstr(r.out, "the scores above are means over the 2 targets"));
    result_free(&r);
}

static void targets_that_do_not_go_together_are_refused(void **state) {
    (void)state;
    static const struct {
        const char *line;
        int status;
        const char *message;
    } cases[] = {
        {"train m.csv --target y1,l1", 3,
         "the targets 'y1' (values) and 'l1' (two classes) cannot be learned together, expected "
         "all of "
         "values or all of two classes; say --task regression, or train a model for each"},
        {"train m.csv --target y1,y1", 2, "--target names column 'y1' twice"},
        {"train m.csv --target y1,y3", 3, "there is no column 'y3'"},
        {"train m.csv --target l1,l2 --threshold f1", 2,
         "--threshold f1 is chosen for one target, and there are 2"},
        {"train m.csv --target l1,l2 --class-weight balanced", 2,
         "--class-weight is for one target, and there are 2"},
        {"train gap.csv --target y1,y2", 3,
         "line 7, column 'y2': the target is missing in 2 of 200 rows (lines 7, 9)"},
        {"eval t2.glia m.csv --importance", 2, "importance is measured on one target"},
    };
    result made =
        run("awk -F, 'BEGIN { OFS = \",\" } NR == 7 { $4 = \"\" } NR == 9 { $3 = \"\" } { print }' "
            "m.csv >gap.csv; $GLIA train m.csv --target y1,y2 --epochs 2 -q -o t2.glia");
    result_free(&made);
    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
        result r = run("$GLIA %s %s", cases[i].line,
                       strncmp(cases[i].line, "train", 5) ? "" : "-q -o bad.glia");
        if (r.status != cases[i].status || !strstr(r.err, cases[i].message))
            fail_msg("%s: status %d: %s", cases[i].line, r.status, r.err);
        result_free(&r);
    }
    result r = run("$GLIA train gap.csv --target y1,y2 --bad-rows skip --epochs 2 -q -o gap.glia");
    assert_int_equal(r.status, 0);
    result_free(&r);
    r = run("$GLIA train m.csv --target y1,l2 --task regression --epochs 2 -q -o both.glia");
    assert_int_equal(r.status, 0);
    result_free(&r);
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(values_are_scored_each_in_its_own_units),
        cmocka_unit_test(labels_are_scored_each_by_itself),
        cmocka_unit_test(predictions_have_a_column_for_each),
        cmocka_unit_test(folds_trials_and_reports_take_them),
        cmocka_unit_test(targets_that_do_not_go_together_are_refused),
    };
    return cmocka_run_group_tests_name("targets", tests, make_file, close_context);
}
