/*
 * evaluate.c: scores, curves, calibration, thresholds, folds and importances, against scikit-learn,
 * closed forms, and the plain way round.
 */
#include <jansson.h>
#include <math.h>

#include "base/random.h"
#include "test.h"
#include "train/curves.h"

static glia_ctx *g;

/* Writes text into a file of the scratch folder. */
static void write_file(const char *name, const char *text) {
    char path[600];
    snprintf(path, sizeof path, "%s/%s", scratch(), name);
    FILE *f = fopen(path, "w");
    assert_non_null(f);
    fputs(text, f);
    fclose(f);
}

static json_t *json_of(const char *line) {
    result r = run("%s", line);
    if (r.status != 0) fail_msg("%s\n exit status %d: %s", line, r.status, r.err);
    json_t *j = json_loads(r.out, 0, NULL);
    if (!j) fail_msg("%s\n printed no JSON:\n%s", line, r.out);
    result_free(&r);
    return j;
}

static double at(const json_t *j, const char *key) {
    const json_t *v = json_object_get(j, key);
    if (!json_is_number(v)) fail_msg("\"%s\" is no number", key);
    return json_number_value(v);
}

static double item(const json_t *list, size_t i) {
    return json_number_value(json_array_get(list, i));
}

static void need_sklearn(void) {
    if (system("/usr/bin/python3 -c 'import sklearn' 2>/dev/null") == 0) return;
    print_message("# skipped: python3-sklearn is not here\n");
    skip();
}

static void close_to(const char *what, double found, double expected, double tolerance) {
    if (!(fabs(found - expected) <= tolerance))
        fail_msg("%s is %.17g, expected %.17g", what, found, expected);
}

/* ---------------------------------------------------------------------------- fixed answers -- */

enum { ROWS = 400, MOST_CLASSES = 4 };

/* Made-up answers with many ties: probabilities of two decimals. */
typedef struct answers {
    gl_answers a;
    double value[ROWS * MOST_CLASSES], label[ROWS];
    int64_t class_index[ROWS], confusion[MOST_CLASSES * MOST_CLASSES];
    glia_curves curves;
    glia_metrics scores;
} answers;

static void fill_binary(answers *s, int rows, double grain) {
    gl_rng r = gl_rng_new(5, GL_STREAM_TEST, 0);
    for (int i = 0; i < rows; i++) {
        double p = gl_rng_uniform(&r);
        s->label[i] = gl_rng_uniform(&r) < 0.15 + 0.6 * p;
        s->value[i] = grain > 0 ? fmin(fmax(round(p / grain) * grain, 0.001), 0.999) : p;
        s->class_index[i] = s->value[i] > 0.5;
    }
    s->a = (gl_answers){.rows = rows, .outputs = 1, .classes = 2};
}

static void fill_classes(answers *s, int classes) {
    gl_rng r = gl_rng_new(6, GL_STREAM_TEST, 0);
    for (int i = 0; i < ROWS; i++) {
        double sum = 0, *p = &s->value[i * classes];
        s->label[i] = (double)gl_rng_below(&r, classes);
        for (int k = 0; k < classes; k++) {
            p[k] = 1 + (double)gl_rng_below(&r, 5) + 2 * (k == (int)s->label[i]);
            sum += p[k];
        }
        for (int k = 0; k < classes; k++) {
            p[k] /= sum;
            if (p[k] > p[s->class_index[i]]) s->class_index[i] = k;
        }
    }
    s->a = (gl_answers){.rows = ROWS, .outputs = classes, .classes = classes};
}

/* The loss that a network would give along with them. */
static void measure(answers *s) {
    double loss = 0;
    for (int64_t i = 0; i < s->a.rows; i++) {
        double p = s->a.outputs > 1    ? s->value[i * s->a.outputs + (int64_t)s->label[i]]
                   : s->label[i] > 0.5 ? s->value[i]
                                       : 1 - s->value[i];
        loss -= log(p) / (double)s->a.rows;
    }
    s->a.value = s->value, s->a.label = s->label, s->a.class_index = s->class_index;
    s->a.loss = loss;
    assert_int_equal(gl_measure(g, &s->a, s->confusion, &s->curves, &s->scores), GLIA_OK);
}

static void write_answers(const answers *s) {
    char path[600];
    snprintf(path, sizeof path, "%s/answers.csv", scratch());
    FILE *f = fopen(path, "w");
    for (int64_t i = 0; i < s->a.rows; i++) {
        fprintf(f, "%g", s->label[i]);
        for (int64_t k = 0; k < s->a.outputs; k++)
            fprintf(f, ",%.17g", s->value[i * s->a.outputs + k]);
        fputc('\n', f);
    }
    fclose(f);
}

static double score(const glia_metrics *m, const char *name) {
    for (int i = 0; i < m->scores; i++)
        if (strcmp(m->score[i].name, name) == 0) return m->score[i].value;
    fail_msg("there is no score %s", name);
    return NAN;
}

/* Each score that scikit-learn gave, and each has an interval around it. */
static void compare_scores(const answers *s, const json_t *theirs) {
    const char *name;
    json_t *v;
    json_object_foreach((json_t *)theirs, name, v) {
        if (json_is_number(v)) close_to(name, score(&s->scores, name), json_number_value(v), 1e-12);
    }
    for (int i = 0; i < s->scores.scores; i++) {
        const glia_score *k = &s->scores.score[i];
        if (!(k->low <= k->value && k->value <= k->high && k->low < k->high))
            fail_msg("%s: %g is not between %g and %g", k->name, k->value, k->low, k->high);
    }
}

/* -------------------------------------------------------------------------- against sklearn -- */

static const char scikit_binary[] =
    "import json, numpy as np\n"
    "from sklearn.metrics import *\n"
    "from sklearn.calibration import calibration_curve\n"
    "y, p = np.loadtxt('answers.csv', delimiter=',').T\n"
    "said = p > 0.5\n"
    "fpr, tpr, t = roc_curve(y, p, drop_intermediate=False)\n"
    "precision, recall, u = precision_recall_curve(y, p)\n"
    "share, mean = calibration_curve(y, p, n_bins=10)\n"
    "print(json.dumps(dict(loss=log_loss(y, p), accuracy=accuracy_score(y, said),\n"
    "  precision=precision_score(y, said), recall=recall_score(y, said), f1=f1_score(y, said),\n"
    "  auc=roc_auc_score(y, p), average_precision=average_precision_score(y, p),\n"
    "  brier=brier_score_loss(y, p), roc=[*map(list, zip(fpr, tpr, t))][1:],\n"
    "  pr=[*map(list, zip(recall, precision, u))], bins=[*map(list, zip(mean, share))])))\n";

/* Every point but the first is one of theirs. */
static void points_are_among(const char *name, const glia_curve_point *p, int count,
                             const json_t *theirs) {
    for (int i = 1; i < count; i++) {
        bool found = false;
        for (size_t k = 0; k < json_array_size(theirs); k++) {
            const json_t *t = json_array_get(theirs, k);
            found = found || (fabs(item(t, 0) - p[i].x) < 1e-12 &&
                              fabs(item(t, 1) - p[i].y) < 1e-12 && item(t, 2) == p[i].threshold);
        }
        if (!found) fail_msg("%s has no point %g, %g at %g", name, p[i].x, p[i].y, p[i].threshold);
    }
}

static void two_classes_score_as_in_scikit_learn(void **state) {
    (void)state;
    static answers s;
    need_sklearn();
    fill_binary(&s, ROWS, 0.01);
    measure(&s);
    write_answers(&s);
    write_file("binary.py", scikit_binary);
    json_t *theirs = json_of("/usr/bin/python3 binary.py"), *bins = json_object_get(theirs, "bins");
    compare_scores(&s, theirs);
    points_are_among("roc", s.curves.roc, s.curves.roc_points, json_object_get(theirs, "roc"));
    points_are_among("pr", s.curves.pr, s.curves.pr_points, json_object_get(theirs, "pr"));
    size_t k = 0;
    for (int i = 0; i < GLIA_BINS; i++) {
        if (s.curves.bin[i].rows == 0) continue;
        close_to("mean", s.curves.bin[i].mean, item(json_array_get(bins, k), 0), 1e-12);
        close_to("share", s.curves.bin[i].share, item(json_array_get(bins, k++), 1), 1e-12);
    }
    assert_int_equal(k, json_array_size(bins));
    json_decref(theirs);
}

static void more_classes_score_as_in_scikit_learn(void **state) {
    (void)state;
    static answers s;
    need_sklearn();
    fill_classes(&s, MOST_CLASSES);
    measure(&s);
    write_answers(&s);
    write_file("classes.py",
               "import json, numpy as np\n"
               "from sklearn.metrics import *\n"
               "d = np.loadtxt('answers.csv', delimiter=',')\n"
               "y, p = d[:, 0], d[:, 1:]\n"
               "said = p.argmax(1)\n"
               "print(json.dumps(dict(loss=log_loss(y, p), accuracy=accuracy_score(y, said),\n"
               "  macro_f1=f1_score(y, said, average='macro'),\n"
               "  auc=roc_auc_score(y, p, multi_class='ovr', average='macro'))))\n");
    json_t *theirs = json_of("/usr/bin/python3 classes.py");
    compare_scores(&s, theirs);
    json_decref(theirs);
}

static const char scikit_regression[] =
    "import json, sys\n"
    "from sklearn.metrics import *\n"
    "y, p = [[float(v) for v in open(f)] for f in ('truth', 'guess')]\n"
    "print(json.dumps(dict(mse=mean_squared_error(y, p), rmse=mean_squared_error(y, p, "
    "squared=False),\n"
    "  mae=mean_absolute_error(y, p), r2=r2_score(y, p))))\n";

static void values_score_as_in_scikit_learn(void **state) {
    (void)state;
    static const char *const names[] = {"mse", "rmse", "mae", "r2"};
    need_sklearn();
    write_file("regression.py", scikit_regression);
    json_t *ours =
        json_of("awk 'BEGIN { srand(3); print \"a,y\"; for (i = 0; i < 80; i++) { a = "
                "rand(); print a \",\" a * a + rand() / 4 } }' >v.csv\n"
                "$GLIA train v.csv --epochs 30 --precision f64 -o v.glia --quiet >/dev/null\n"
                "tail -n +2 v.csv | cut -d, -f2 >truth\n"
                "$GLIA predict v.glia v.csv --quiet | tail -n +2 >guess\n"
                "$GLIA eval v.glia v.csv --json");
    json_t *theirs = json_of("/usr/bin/python3 regression.py");
    for (int i = 0; i < 4; i++) close_to(names[i], at(ours, names[i]), at(theirs, names[i]), 1e-9);
    json_decref(ours);
    json_decref(theirs);
}

/* ---------------------------------------------------------------------------------- curves -- */

static void long_curves_are_thinned_and_keep_their_ends(void **state) {
    (void)state;
    static answers s;
    fill_binary(&s, ROWS, 0);
    measure(&s);
    const glia_curves *c = &s.curves;
    assert_in_range(c->roc_points, 100, GLIA_CURVE_POINTS);
    assert_in_range(c->pr_points, 100, GLIA_CURVE_POINTS);
    assert_true(c->roc[0].x == 0 && c->roc[0].y == 0 && isinf(c->roc[0].threshold));
    assert_true(c->pr[0].x == 0 && c->pr[0].y == 1);
    assert_true(c->roc[c->roc_points - 1].x == 1 && c->roc[c->roc_points - 1].y == 1);
    assert_true(c->pr[c->pr_points - 1].x == 1);
    for (int i = 1; i < c->roc_points; i++) {
        assert_true(c->roc[i].x >= c->roc[i - 1].x && c->roc[i].y >= c->roc[i - 1].y);
        assert_true(c->roc[i].threshold < c->roc[i - 1].threshold);
    }
}

static void one_class_alone_has_no_curves(void **state) {
    (void)state;
    static answers s;
    fill_binary(&s, 40, 0.1);
    for (int i = 0; i < 40; i++) s.label[i] = 1;
    measure(&s);
    assert_int_equal(s.curves.roc_points, 0);
    assert_int_equal(s.curves.pr_points, 0);
    assert_true(isnan(score(&s.scores, "auc")));
    close_to("average precision", score(&s.scores, "average_precision"), 1, 0);
}

static void answers_that_are_no_numbers_end_the_list(void **state) {
    (void)state;
    static answers s;
    fill_binary(&s, 60, 0.1);
    for (int i = 0; i < 60; i += 3) s.value[i] = NAN;
    measure(&s);
    assert_true(s.curves.roc_points > 2);
}

/* |mean - share| over the bins, by hand: 4 rows of 0.2, one of which is 1; 6 of 0.9, all 1. */
static void the_calibration_error_is_the_textbooks(void **state) {
    (void)state;
    static answers s;
    for (int i = 0; i < 10; i++) {
        s.value[i] = i < 4 ? 0.2 : 0.9;
        s.label[i] = i == 0 || i >= 4;
        s.class_index[i] = s.value[i] > 0.5;
    }
    s.a = (gl_answers){.rows = 10, .outputs = 1, .classes = 2};
    measure(&s);
    close_to("error", s.curves.calibration_error, 0.4 * 0.05 + 0.6 * 0.1, 1e-15);
    assert_int_equal(s.curves.bin[1].rows, 4);
    assert_int_equal(s.curves.bin[8].rows, 6);
}

/* ------------------------------------------------------------------------------ thresholds -- */

/* An aim at a threshold, counted afresh. */
static double aim_at(const answers *s, const char *aim, double threshold) {
    double c[4] = {0};
    for (int64_t i = 0; i < s->a.rows; i++)
        c[2 * (s->label[i] == 1) + (s->value[i] > threshold)] += 1;
    if (strcmp(aim, "accuracy") == 0) return (c[0] + c[3]) / (double)s->a.rows;
    if (strcmp(aim, "f1") == 0) return 2 * c[3] / (2 * c[3] + c[1] + c[2]);
    return c[3] / (c[2] + c[3]) + c[0] / (c[0] + c[1]) - 1;
}

static void no_threshold_is_better_than_the_best(void **state) {
    (void)state;
    static answers s;
    for (int grained = 0; grained < 2; grained++) {
        fill_binary(&s, ROWS, grained * 0.05);
        measure(&s);
        for (int k = 0; k < 3; k++) {
            const glia_threshold *best = &s.curves.best[k];
            close_to(best->name, best->value, aim_at(&s, best->name, best->threshold), 1e-12);
            for (int i = 0; i <= 1000; i++)
                assert_true(aim_at(&s, best->name, i / 1000.0) <= best->value + 1e-12);
        }
    }
}

#define NOISY                                                                                      \
    "awk 'BEGIN { srand(4); print \"a,b,y\"; for (i = 0; i < 500; i++) { a = rand(); b = rand(); " \
    "print a \",\" b \",\" (a + 0.6 * rand() > 1.15) } }' >noisy.csv\n"

static void a_threshold_for_f1_is_stored_said_and_used(void **state) {
    (void)state;
    result r =
        run(NOISY "$GLIA train noisy.csv --threshold f1 --val 0.4 -o f1.glia --json >f1.json &&"
                  " $GLIA train noisy.csv --val 0.4 -o half.glia --quiet --json >half.json &&"
                  " $GLIA show f1.glia --json");
    if (r.status != 0) fail_msg("%s", r.err);
    char *said = strstr(r.err, "glia: threshold: ");
    double threshold = said ? strtod(said + strlen("glia: threshold: "), NULL) : NAN;
    assert_true(threshold > 0 && threshold < 1);
    assert_non_null(strstr(r.err, "the best f1 on 200 validation rows"));
    result_free(&r);

    char line[300];
    snprintf(line, sizeof line, "$GLIA eval half.glia noisy.csv --threshold %.17g --json",
             threshold);
    json_t *moved = json_of(line), *stored = json_of("$GLIA eval f1.glia noisy.csv --json");
    assert_true(
        json_equal(json_object_get(moved, "confusion"), json_object_get(stored, "confusion")));
    json_decref(moved);
    json_decref(stored);
    json_t *f1 = json_of("cat f1.json"), *half = json_of("cat half.json");
    assert_true(at(json_object_get(json_object_get(f1, "metrics"), "val"), "f1") >=
                at(json_object_get(json_object_get(half, "metrics"), "val"), "f1"));
    json_decref(f1);
    json_decref(half);
}

static void a_threshold_that_is_given_counts_in_training_scores(void **state) {
    (void)state;
    json_t *trained =
               json_of(NOISY "$GLIA train noisy.csv --val none --epochs 5 --threshold 0.2 -o "
                             "n.glia --json --quiet"),
           *measured = json_of("$GLIA eval n.glia noisy.csv --json");
    json_t *train = json_object_get(json_object_get(trained, "metrics"), "train");
    assert_true(
        json_equal(json_object_get(train, "confusion"), json_object_get(measured, "confusion")));
    json_decref(trained);
    json_decref(measured);
}

static void a_threshold_needs_validation_rows_of_both_classes(void **state) {
    (void)state;
    static const struct {
        const char *line;
        int status;
        const char *message;
    } cases[] = {
        {"--threshold f1 --val none", 2,
         "--threshold f1 is chosen on validation rows, and there are "
         "none; give --val 0.2"},
        {"--threshold youden --hidden none", 2, "--threshold youden is chosen on validation rows"},
        {"--threshold best", 2,
         "--threshold is 'best', expected a number from 0 to 1, accuracy, f1 "
         "or youden"},
        {"--threshold f1 --val one.csv", 3, "the 3 validation rows are all of one class"},
    };
    result made = run(NOISY "printf 'a,b,y\\n0.1,0.1,0\\n0.2,0.3,0\\n0.1,0.4,0\\n' >one.csv");
    result_free(&made);
    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
        result r = run("$GLIA train noisy.csv %s -o bad.glia --quiet", cases[i].line);
        if (r.status != cases[i].status || !strstr(r.err, cases[i].message))
            fail_msg("%s: status %d: %s", cases[i].line, r.status, r.err);
        result_free(&r);
    }
}

/* ------------------------------------------------------------------------------------ folds -- */

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

/* Quantiles of Student's t from a printed table. */
static void the_mean_of_folds_has_students_interval(void **state) {
    (void)state;
    static const struct {
        int folds;
        double t;
    } cases[] = {{2, 12.7062}, {3, 4.30265}, {6, 2.57058}, {11, 2.22814}};
    make_flowers();
    for (size_t i = 0; i < 4; i++) {
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
    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
        result r =
            run("$GLIA train flowers.csv %s -o bad.glia --quiet; s=$?; test ! -e bad.glia && "
                "exit $s",
                cases[i].line);
        if (r.status != cases[i].status || !strstr(r.err, cases[i].message))
            fail_msg("%s: status %d: %s", cases[i].line, r.status, r.err);
        result_free(&r);
    }
    result r = run("sed '2s/a$/rare/' flowers.csv >rare.csv; $GLIA train rare.csv --folds 3 -o "
                   "bad.glia --quiet");
    if (r.status != 3 || !strstr(r.err, "fold ") || !strstr(r.err, "rare"))
        fail_msg("status %d: %s", r.status, r.err);
    result_free(&r);
}

/* ------------------------------------------------------------------------------ importances -- */

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

static const char scikit_importance[] =
    "import json, os, subprocess, numpy as np\n"
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
    "r = permutation_importance(Model(), X, y, scoring=score, n_repeats=25, random_state=0)\n"
    "print(json.dumps({n: [m, s] for n, m, s in zip(names, r.importances_mean,\n"
    "  r.importances_std)}))\n";

static void importances_are_those_of_scikit_learn(void **state) {
    (void)state;
    need_sklearn();
    make_planted();
    write_file("importance.py", scikit_importance);
    json_t *ours = json_of("$GLIA train planted.csv -o both.glia --quiet >/dev/null; $GLIA eval "
                           "both.glia planted.csv --importance=25 --json"),
           *theirs = json_of("/usr/bin/python3 importance.py"), *v;
    const char *name;
    json_object_foreach(theirs, name, v) {
        double error = item(v, 1) / sqrt(25); /* of either mean */
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
        cmocka_unit_test(two_classes_score_as_in_scikit_learn),
        cmocka_unit_test(more_classes_score_as_in_scikit_learn),
        cmocka_unit_test(values_score_as_in_scikit_learn),
        cmocka_unit_test(long_curves_are_thinned_and_keep_their_ends),
        cmocka_unit_test(one_class_alone_has_no_curves),
        cmocka_unit_test(answers_that_are_no_numbers_end_the_list),
        cmocka_unit_test(the_calibration_error_is_the_textbooks),
        cmocka_unit_test(no_threshold_is_better_than_the_best),
        cmocka_unit_test(a_threshold_for_f1_is_stored_said_and_used),
        cmocka_unit_test(a_threshold_that_is_given_counts_in_training_scores),
        cmocka_unit_test(a_threshold_needs_validation_rows_of_both_classes),
        cmocka_unit_test(every_row_is_in_one_fold_and_classes_are_spread_evenly),
        cmocka_unit_test(a_fold_is_a_training_on_the_other_rows_alone),
        cmocka_unit_test(folds_leave_the_model_as_it_is),
        cmocka_unit_test(the_mean_of_folds_has_students_interval),
        cmocka_unit_test(folds_that_cannot_be_are_refused),
        cmocka_unit_test(a_text_column_is_shuffled_as_a_whole),
        cmocka_unit_test(importances_are_those_of_scikit_learn),
        cmocka_unit_test(importances_of_values_are_rmse_gained),
    };
    return cmocka_run_group_tests_name("evaluate", tests, open_context, close_context);
}
