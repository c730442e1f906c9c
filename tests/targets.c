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
        {"train m.csv --target l1,l2 --class-weight maybe:3", 2, "there is no class 'maybe'"},
        {"train m.csv --target l1,l2 --monitor coverage", 2, "no score 'coverage' to monitor"},
        {"train gap.csv --target y1,y2", 3,
         "line 7, column 'y2': the target is missing in 2 of 200 rows (lines 7, 9)"},
    };
    result made =
        run("awk -F, 'BEGIN { OFS = \",\" } NR == 7 { $4 = \"\" } NR == 9 { $3 = \"\" } { print }' "
            "m.csv >gap.csv; $GLIA train m.csv --target y1,y2 --epochs 2 -q -o t2.glia");
    result_free(&made);
    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++)
        refuses(cases[i].status, cases[i].message, "$GLIA %s %s", cases[i].line,
                strncmp(cases[i].line, "train", 5) ? "" : "-q -o bad.glia");
    result r = run("$GLIA train gap.csv --target y1,y2 --bad-rows skip --epochs 2 -q -o gap.glia");
    assert_int_equal(r.status, 0);
    result_free(&r);
    r = run("$GLIA train m.csv --target y1,l2 --task regression --epochs 2 -q -o both.glia");
    assert_int_equal(r.status, 0);
    result_free(&r);
}

static void succeeds(const char *line) {
    result r = run("%s", line);
    if (r.status != 0) fail_msg("%s: %s%s", line, r.out, r.err);
    result_free(&r);
}

/* As scikit-learn's compute_sample_weight: the weights of a row's classes, multiplied. */
static void weights_of_classes_are_multiplied(void **state) {
    (void)state;
    succeeds(
        "awk -F, 'NR == FNR { if (FNR > 1) { n[1 $5]++; n[2 $6]++; rows++ } next } FNR == 1 { "
        "print $0 \",w\"; next } { printf \"%s,%.17g\\n\", $0, rows / 2 / n[1 $5] * rows / 2 / "
        "n[2 $6] }' m.csv m.csv >w.csv && $GLIA train w.csv --target l1,l2 --ignore y1,y2,w "
        "--class-weight balanced --val none --epochs 5 -q -o a.glia && $GLIA train w.csv "
        "--target l1,l2 --ignore y1,y2 --sample-weight w --val none --epochs 5 -q -o b.glia && "
        "$GLIA predict a.glia m.csv -q >a && $GLIA predict b.glia m.csv -q >b && cut -d, -f3,4 "
        "a | paste -d, - b | awk -F, 'NR > 1 && ($1 - $5)^2 + ($2 - $6)^2 > 1e-10 { exit 1 }'");
    result r =
        run("$GLIA train m.csv --target l1,l2 --ignore y1,y2 --class-weight yes:2,1:3 --epochs "
            "2 -o a.glia 2>&1 | grep weights");
    assert_non_null(strstr(r.out, "class weights of target 'l1': no 1, yes 2"));
    assert_non_null(strstr(r.out, "class weights of target 'l2': 0 1, 1 3"));
    result_free(&r);
}

static void each_target_has_a_threshold_of_its_own(void **state) {
    (void)state;
    succeeds(
        "$GLIA train m.csv --target l1,l2 --ignore y1,y2 --threshold f1 --val 0.3 --epochs 4 -q "
        "-o h.glia");
    char path[600];
    snprintf(path, sizeof path, "%s/h.glia", scratch());
    glia_model *m = glia_model_load(g, path);
    glia_table *t = read_table("m.csv");
    const char *note = glia_model_note(m, "threshold"), *comma = strchr(note, ',');
    assert_non_null(comma);
    double limit[] = {atof(note), atof(comma + 1)};
    assert_true(limit[0] != limit[1]);
    glia_predictions *p = glia_model_apply(g, m, t);
    for (int i = 0; i < 2 * ROWS; i++)
        assert_int_equal(p->class_index[i], p->value[i] > limit[i % 2]);
    glia_predictions_free(g, p);
    assert_int_equal(glia_model_set_note(m, "threshold", "1"), GLIA_OK);
    p = glia_model_apply(g, m, t);
    for (int i = 0; i < 2 * ROWS; i++) assert_int_equal(p->class_index[i], 0);
    glia_predictions_free(g, p);
    glia_table_free(t);
    glia_model_free(m);
}

static void importance_is_of_all_targets(void **state) {
    (void)state;
    succeeds(
        "$GLIA train m.csv --target y1,y2 --ignore l1,l2 --epochs 40 -q -o v.glia; $GLIA train "
        "m.csv --target l1,l2 --ignore y1,y2 --epochs 40 -q -o l.glia; $GLIA train m.csv "
        "--target y1 --ignore l1,l2,y2 --quantiles 0.2,0.8 --epochs 40 -q -o q.glia");
    static const char *const of[][2] = {{"v", "r2"}, {"l", "accuracy"}, {"q", "pinball"}};
    for (int i = 0; i < 3; i++) {
        char line[200];
        snprintf(line, sizeof line, "$GLIA eval %s.glia m.csv --importance --json -q", of[i][0]);
        json_t *j = json_of(line), *found = json_object_get(j, "importance");
        assert_string_equal(json_string_value(json_object_get(found, "score")), of[i][1]);
        close_to(of[i][1], at(found, "value"), at(j, of[i][1]), 1e-9);
        json_t *columns = json_object_get(found, "columns");
        assert_int_equal(json_array_size(columns), 2);
        for (size_t k = 0; k < 2; k++) assert_true(at(json_array_get(columns, k), "drop") > 0);
        json_decref(j);
    }
}

static void any_score_of_several_can_be_monitored(void **state) {
    (void)state;
    succeeds(
        "$GLIA train m.csv --target l1,l2 --ignore y1,y2 --monitor f1 --epochs 9 -q -o a.glia && "
        "$GLIA train m.csv --target y1,y2 --ignore l1,l2 --monitor r2 --epochs 9 -q -o a.glia");
}

/* Four positives in 200 rows: some fold keeps none for its validation part. */
static void a_fold_without_the_monitored_score_takes_the_cost(void **state) {
    (void)state;
    result r =
        run("awk -F, 'BEGIN { OFS = \",\" } { print $1, $2, NR == 1 ? \"rare\" : NR %% 50 == 0 }' "
            "m.csv >rare.csv; $GLIA train rare.csv --target rare --monitor auc --val 0.1 --folds 4 "
            "--epochs 3 -o a.glia");
    if (!strstr(r.err,
                "its validation rows cannot have the score 'auc'; the cost tells its best epoch"))
        fail_msg("%s", r.err);
    assert_null(strstr(r.err, "error: fold"));
    result_free(&r);
}

static void months_with_zeros_in_front_are_numbers_when_said(void **state) {
    (void)state;
    succeeds(
        "awk -F, 'BEGIN { OFS = \",\" } NR == 1 { print \"a,month\"; next } { printf "
        "\"%s,%02d\\n\", $1, 1 + NR % 12 }' m.csv >months.csv && $GLIA train months.csv --number "
        "month --epochs 2 -q -o a.glia | grep -q 'regression: month' && $GLIA eval a.glia "
        "months.csv -q >/dev/null");
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(values_are_scored_each_in_its_own_units),
        cmocka_unit_test(labels_are_scored_each_by_itself),
        cmocka_unit_test(predictions_have_a_column_for_each),
        cmocka_unit_test(folds_trials_and_reports_take_them),
        cmocka_unit_test(targets_that_do_not_go_together_are_refused),
        cmocka_unit_test(weights_of_classes_are_multiplied),
        cmocka_unit_test(each_target_has_a_threshold_of_its_own),
        cmocka_unit_test(importance_is_of_all_targets),
        cmocka_unit_test(any_score_of_several_can_be_monitored),
        cmocka_unit_test(a_fold_without_the_monitored_score_takes_the_cost),
        cmocka_unit_test(months_with_zeros_in_front_are_numbers_when_said),
    };
    return cmocka_run_group_tests_name("targets", tests, make_file, close_context);
}
