/*
 * evaluate.c: scores, curves, calibration and thresholds, against scikit-learn, closed forms, and
 * the plain way round.
 */
#include <jansson.h>
#include <math.h>

#include "base/random.h"
#include "evaluate.h"
#include "score/curves.h"

#include "context.h"

/* ----------------------------------------------------------------------------- fixed answers -- */

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
    assert_int_equal(gl_measure(g, &s->a, GL_DEEP, s->confusion, &s->curves, &s->scores), GLIA_OK);
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

/* --------------------------------------------------------------------------- against sklearn -- */

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

/* ------------------------------------------------------------------------------------ curves -- */

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

/* -------------------------------------------------------------------------------- thresholds -- */

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
    assert_non_null(strstr(r.err, "the best f1 of '1' on 200 validation rows"));
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

/* Recall of a class is its diagonal place over its row, precision that over its column. */
static void scores_are_of_the_positive_class(void **state) {
    (void)state;
    static const char *const said[] = {"", "--positive low", "--positive high"};
    static const char *const positive[] = {"low", "low", "high"};
    result r = run(NOISY "sed 's/,0$/,high/; s/,1$/,low/' noisy.csv >named.csv");
    result_free(&r);
    for (int i = 0; i < 3; i++) {
        r = run("$GLIA train named.csv --epochs 5 -q %s -o named.glia && $GLIA eval named.glia "
                "named.csv",
                said[i]);
        char line[64];
        snprintf(line, sizeof line, "recall of '%s'", positive[i]);
        if (r.status != 0 || !strstr(r.out, line)) fail_msg("%s%s", r.out, r.err);
        result_free(&r);
        json_t *j = json_of("$GLIA eval named.glia named.csv --json"),
               *confusion = json_object_get(j, "confusion");
        double n[4];
        for (int k = 0; k < 4; k++)
            n[k] = json_number_value(
                json_array_get(json_array_get(confusion, (size_t)k / 2), (size_t)k % 2));
        assert_string_equal(json_string_value(json_object_get(j, "positive")), positive[i]);
        close_to("recall", at(j, "recall"), n[3] / (n[2] + n[3]), 1e-15);
        close_to("precision", at(j, "precision"), n[3] / (n[1] + n[3]), 1e-15);
        json_decref(j);
    }
    /* its probability is the one that a threshold is compared with */
    r = run("$GLIA predict named.glia named.csv --threshold 0 -q | cut -d, -f1 | sort -u");
    assert_non_null(strstr(r.out, "high"));
    assert_null(strstr(r.out, "low"));
    result_free(&r);
}

static void a_positive_class_that_is_not_there_is_refused(void **state) {
    (void)state;
    static const struct {
        const char *line, *message;
    } cases[] = {
        {"--target y --positive 2", "--positive: there is no class '2', expected 0 or 1"},
        {"--target a --positive 1", "--positive is for two classes; 'a' has values"},
        {"--target y --task multiclass --positive 1",
         "--positive is for two classes; 'y' has more"},
    };
    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++)
        refuses(2, cases[i].message, NOISY "$GLIA train noisy.csv %s -o bad.glia --quiet",
                cases[i].line);
}

/* Three rows of class 0, one of which is taken for class 1. */
static void of_no_rows_there_is_no_recall(void **state) {
    (void)state;
    const double value[] = {0.1, 0.2, 0.9}, label[] = {0, 0, 0};
    const int64_t class_index[] = {0, 0, 1};
    gl_answers a = {.rows = 3,
                    .outputs = 1,
                    .classes = 2,
                    .value = value,
                    .class_index = class_index,
                    .label = label};
    int64_t confusion[4];
    glia_metrics m;
    assert_int_equal(gl_measure(g, &a, GL_SCORES, confusion, NULL, &m), GLIA_OK);
    assert_true(isnan(gl_score_value(&m, "recall")));
    assert_true(isnan(gl_score_value(&m, "f1")));
    assert_true(gl_score_value(&m, "precision") == 0);
    const double three[] = {1, 0, 0, 1, 0, 0, 0, 1, 0}, labels[] = {0, 0, 1};
    const int64_t said[] = {0, 0, 1};
    int64_t table[9];
    a = (gl_answers){.rows = 3,
                     .outputs = 3,
                     .classes = 3,
                     .value = three,
                     .class_index = said,
                     .label = labels};
    assert_int_equal(gl_measure(g, &a, GL_SCORES, table, NULL, &m), GLIA_OK);
    assert_true(gl_score_value(&m, "macro_f1") == 1); /* of classes 0 and 1; 2 has no rows */
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
    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++)
        refuses(cases[i].status, cases[i].message, "$GLIA train noisy.csv %s -o bad.glia --quiet",
                cases[i].line);
}

/* ------------------------------------------------------------------------------- evaluations -- */

static int64_t sum_of_confusion(const glia_metrics *m) {
    int64_t sum = 0;
    for (int64_t i = 0; i < m->classes * m->classes; i++) sum += m->confusion[i];
    return sum;
}

/* Nothing that an evaluation points to is taken back by the next one. */
static void two_evaluations_stand_beside_each_other(void **state) {
    (void)state;
    glia_table *few = glia_table_generate(g, "moons", 60, 1),
               *many = glia_table_generate(g, "moons", 200, 2);
    glia_train_job job = {.train = few};
    glia_model *m = glia_train(g, &job, NULL);
    if (!m) fail_msg("%s", glia_message(g));
    glia_evaluation *a = glia_model_evaluate(g, m, few, 1), *b = glia_model_evaluate(g, m, many, 1);
    assert_true(a && b);
    assert_int_equal(sum_of_confusion(&a->scores), 60);
    assert_int_equal(sum_of_confusion(&b->scores), 200);
    assert_true(a->scores.curves && b->scores.curves && a->scores.curves != b->scores.curves);
    glia_evaluation_free(g, b);
    assert_int_equal(sum_of_confusion(&a->scores), 60);
    assert_true(a->scores.curves->roc_points > 0);
    glia_evaluation_free(g, a);
    glia_evaluation_free(g, NULL);

    glia_model *arrays = glia_model_new(g, 2, "dense 1 sigmoid", NULL); /* knows no columns */
    assert_null(glia_model_evaluate(g, arrays, few, 1));
    assert_int_equal(glia_code(g), GLIA_INPUT);
    glia_model_free(arrays);
    glia_model_free(m);
    glia_table_free(many);
    glia_table_free(few);
}

/* Everything that an evaluation says, beside what a prediction and the table say. It reads W as it
 * lies, where a prediction has turned it, and so may add up in another order. */
static void check_evaluation(const glia_model *m, const glia_table *t, const glia_evaluation *e) {
    glia_predictions *p = glia_model_apply(g, m, t);
    glia_tensor target = glia_table_values(t, e->target);
    int64_t wrong = 0, values = p->rows * p->outputs;
    assert_int_equal(e->answers.rows, p->rows);
    for (int64_t i = 0; i < values; i++)
        assert_true(fabs(e->answers.value[i] - p->value[i]) <= 1e-5 * (1 + fabs(p->value[i])));
    for (int64_t i = 0; i < p->rows; i++) {
        double truth = glia_tensor_value(&target, i);
        if (!p->class_index) {
            assert_true(fabs(e->truth[i] - truth) <= 1e-6 * fabs(truth));
            continue;
        }
        char cell[64];
        glia_table_cell(t, i, e->target, cell, sizeof cell);
        assert_string_equal(glia_model_class(m, (int64_t)e->truth[i]), cell);
        assert_int_equal(e->answers.class_index[i], p->class_index[i]);
        wrong += (double)p->class_index[i] != e->truth[i];
    }
    assert_int_equal(e->mistakes, p->class_index ? wrong : p->rows);
    for (int64_t i = 0; i < e->mistakes; i++) {
        const glia_mistake *k = &e->mistake[i];
        double size = p->class_index ? glia_predictions_probability(&e->answers, k->row,
                                                                    p->class_index[k->row])
                                     : fabs(e->answers.value[k->row] - e->truth[k->row]);
        assert_true(k->size == size && (i == 0 || k[-1].size >= size));
        if (p->class_index) assert_true((double)p->class_index[k->row] != e->truth[k->row]);
    }
    glia_predictions_free(g, p);
}

static void an_evaluation_knows_truth_answers_and_mistakes(void **state) {
    (void)state;
    static const char *const sets[] = {"moons", "flower", "houses", "digits"};
    for (int i = 0; i < 4; i++) {
        glia_table *t = glia_table_generate(g, sets[i], 300, 1),
                   *new = glia_table_generate(g, sets[i], 700, 2);
        glia_recipe *r = glia_recipe_new(g);
        assert_int_equal(glia_recipe_set(r, "epochs", "5"), GLIA_OK);
        assert_int_equal(glia_recipe_set(r, "l2", "0"), GLIA_OK);
        glia_model *m = glia_train(g, &(glia_train_job){.recipe = r, .train = t}, NULL);
        glia_evaluation *e = m ? glia_model_evaluate(g, m, new, 0) : NULL;
        if (!e) fail_msg("%s: %s", sets[i], glia_message(g));
        assert_null(e->scores.curves);
        check_evaluation(m, new, e);
        glia_evaluation_free(g, e);
        glia_model_free(m);
        glia_recipe_free(r);
        glia_table_free(new);
        glia_table_free(t);
    }
}

static void the_file_that_was_learned_from_is_recognised(void **state) {
    (void)state;
    result r = run("awk 'BEGIN { for (i = 0; i < 60; i++) print i %% 7 \",\" i %% 3 \",\" 2 * (i "
                   "%% 7) + i %% 3 }' "
                   ">known.csv && head -n 50 known.csv >part.csv && "
                   "$GLIA train known.csv --epochs 3 --quiet -o known.glia");
    assert_int_equal(r.status, 0);
    result_free(&r);
    r = run("$GLIA eval known.glia known.csv --json");
    assert_non_null(strstr(r.err, "known.csv is the data that the model has learned from"));
    result_free(&r);
    r = run("$GLIA eval known.glia part.csv --json");
    assert_null(strstr(r.err, "learned from"));
    result_free(&r);
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(the_file_that_was_learned_from_is_recognised),
        cmocka_unit_test(two_classes_score_as_in_scikit_learn),
        cmocka_unit_test(more_classes_score_as_in_scikit_learn),
        cmocka_unit_test(values_score_as_in_scikit_learn),
        cmocka_unit_test(one_class_alone_has_no_curves),
        cmocka_unit_test(answers_that_are_no_numbers_end_the_list),
        cmocka_unit_test(the_calibration_error_is_the_textbooks),
        cmocka_unit_test(no_threshold_is_better_than_the_best),
        cmocka_unit_test(a_threshold_for_f1_is_stored_said_and_used),
        cmocka_unit_test(a_threshold_that_is_given_counts_in_training_scores),
        cmocka_unit_test(scores_are_of_the_positive_class),
        cmocka_unit_test(a_positive_class_that_is_not_there_is_refused),
        cmocka_unit_test(of_no_rows_there_is_no_recall),
        cmocka_unit_test(a_threshold_needs_validation_rows_of_both_classes),
        cmocka_unit_test(two_evaluations_stand_beside_each_other),
        cmocka_unit_test(an_evaluation_knows_truth_answers_and_mistakes),
    };
    return cmocka_run_group_tests_name("evaluate", tests, open_context, close_context);
}
