/*
 * values.c: targets of values that are more than a mean of numbers: counts, quantiles, logarithms.
 * Optima and scores are compared with scikit-learn's, or with what is made here from the answers.
 */
#include "evaluate.h"

#include "context.h"

enum { ROWS = 400 };

/* n: counts of a rate exp(0.3 + a - b); v: b's noise grows with a; p: a product of noise, above 0
 * with a long tail; z: like p, with zeros. */
static const char generate[] =
    "BEGIN { srand(7); print \"a,b,n,v,p,z\"; for (i = 0; i < %d; i++) { a = rand(); b = rand(); "
    "rate = exp(0.3 + a - b); limit = exp(-rate); product = rand(); for (n = 0; product > limit; "
    "n++) product *= rand(); e = rand() + rand() + rand() + rand() - 2; p = exp(5 + 2.5 * a + 0.5 "
    "* b + 1.5 * e); print a \",\" b \",\" n \",\" 3 * a - b + (0.2 + a) * e \",\" p \",\" (p < "
    "250 ? 0 : p) } }";

static int make_file(void **state) {
    char line[2000];
    snprintf(line, sizeof line, generate, ROWS);
    result r = run("awk '%s' >v.csv", line);
    result_free(&r);
    return open_context(state);
}

static void succeeds(const char *line) {
    result r = run("%s", line);
    if (r.status != 0) fail_msg("%s: %s%s", line, r.out, r.err);
    result_free(&r);
}

static char *output_of(const char *line) {
    result r = run("%s", line);
    if (r.status != 0) fail_msg("%s: %s%s", line, r.out, r.err);
    char *text = strdup(r.out);
    result_free(&r);
    return text;
}

static const char *path_of(const char *name) {
    static char path[2][600];
    static int turn;
    snprintf(path[turn ^= 1], sizeof path[0], "%s/%s", scratch(), name);
    return path[turn];
}

/* ------------------------------------------------------------------------------------ losses -- */

static void count_row(void *user, const glia_check_row *row) {
    int64_t *checked = user;
    *checked += row->checked;
    if (!(row->difference < 1e-8)) fail_msg("'%s' differs by %.2e", row->param, row->difference);
}

static void gradients_of_counts_and_quantiles_are_right(void **state) {
    (void)state;
    static const struct {
        const char *net, *loss;
        int labels;
    } cases[] = {{"dense 5 tanh, dense 2 exp", NULL, 2},
                 {"dense 1 exp", "poisson", 1},
                 {"dense 5 tanh, dense 3", "pinball:0.1:0.5:0.9", 1},
                 {"dense 4 silu, a: dense 2, output, from a, dense 1 exp",
                  "pinball:0.2:0.7, poisson", 2}};
    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
        double x[9 * 3], y[9 * 2];
        int64_t checked = 0;
        for (int k = 0; k < 27; k++) x[k] = sin(1 + 2.7 * k);
        for (int k = 0; k < 18; k++) y[k] = k % 4;
        glia_model_options o = {.loss = cases[i].loss, .dtype = GLIA_F64, .seed = 3};
        glia_model *m = glia_model_new(g, 3, cases[i].net, &o);
        if (!m) fail_msg("%s: %s", cases[i].net, glia_message(g));
        glia_check_options check = {.l2 = 0.1, .row = count_row, .user = &checked};
        assert_int_equal(glia_model_check(g, m, glia_tensor_f64(x, 9, 3),
                                          glia_tensor_f64(y, 9, cases[i].labels), &check),
                         GLIA_OK);
        assert_true(checked > 3);
        glia_model_free(m);
    }
}

static void losses_are_refused_where_they_do_not_fit(void **state) {
    (void)state;
    static const char *const cases[][3] = {
        {"dense 1", "poisson", "poisson needs an exp output, but the network 'dense 1' ends"},
        {"dense 1 exp", "mse", "exp goes with the loss poisson, not with 'mse'"},
        {"dense 2", "pinball:0.5", "loss pinball has 1 quantile for 2 outputs: one each"},
        {"dense 1", "pinball:1.5", "1.5"},
        {"dense 1 exp relu", NULL, "exp must be the last word"},
    };
    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
        glia_model_options o = {.loss = cases[i][1]};
        assert_null(glia_model_new(g, 3, cases[i][0], &o));
        if (!strstr(glia_message(g), cases[i][2])) fail_msg("%s: %s", cases[i][0], glia_message(g));
    }
}

/* A rate may be too large for a float's exp: the cost stays finite, and so do the answers. */
static void a_wild_logit_gives_a_finite_cost(void **state) {
    (void)state;
    glia_model *m = glia_model_new(g, 1, "dense 1 exp", &(glia_model_options){.init = "zeros"});
    float x[] = {1, 2}, y[] = {1, 3}, answer[2];
    glia_tensor w = glia_model_param(m, 0);
    *(float *)w.data = 1000;
    glia_history *h = NULL;
    glia_fit_options o = {.epochs = 1, .lr = 1e-12, .batch = GLIA_FULL_BATCH};
    assert_int_equal(glia_model_fit(m, glia_tensor_f32(x, 2, 1), glia_tensor_f32(y, 2, 1), &o, &h),
                     GLIA_OK);
    assert_true(isfinite(h->cost[0]));
    glia_predictor *p = glia_predictor_new(g, m, 2);
    glia_predictor_run(p, glia_tensor_f32(x, 2, 1), glia_tensor_f32(answer, 2, 1));
    assert_true(isfinite(answer[1]) && answer[1] > 1e17);
    glia_predictor_free(p);
    glia_history_free(g, h);
    glia_model_free(m);
    y[0] = -1;
    m = glia_model_new(g, 1, "dense 1 exp", NULL);
    assert_int_equal(glia_model_fit(m, glia_tensor_f32(x, 2, 1), glia_tensor_f32(y, 2, 1), &o,
                                    NULL),
                     GLIA_INPUT);
    assert_non_null(strstr(glia_message(g), "row 1 is -1, expected 0 or more"));
    glia_model_free(m);
}

/* ------------------------------------------------------------------------------------ counts -- */

static void a_linear_model_of_counts_ends_where_scikit_learn_does(void **state) {
    (void)state;
    need_sklearn();
    succeeds("$GLIA train v.csv --target n --task count --ignore v,p,z --hidden none --l2 0 "
             "--precision f64 -q -o n.glia >/dev/null && $GLIA predict n.glia v.csv -q >n.out");
    write_file(
        "counts.py",
        "import json, numpy as np\n"
        "from sklearn.linear_model import PoissonRegressor\n"
        "from sklearn.metrics import mean_poisson_deviance\n"
        "t = np.genfromtxt('v.csv', delimiter=',', skip_header=1)\n"
        "mine = np.genfromtxt('n.out', skip_header=1)\n"
        "m = PoissonRegressor(alpha=0, tol=1e-12, max_iter=100000).fit(t[:, :2], t[:, 2])\n"
        "p = m.predict(t[:, :2])\n"
        "print(json.dumps({'off': abs(mine / p - 1).max(), 'd2': m.score(t[:, :2], t[:, 2]),\n"
        "                  'deviance': mean_poisson_deviance(t[:, 2], mine)}))\n");
    json_t *theirs = json_of("/usr/bin/python3 counts.py"),
           *mine = json_of("$GLIA eval n.glia v.csv --json -q");
    close_to("a rate beside theirs", at(theirs, "off"), 0, 1e-4);
    close_to("deviance", at(mine, "deviance"), at(theirs, "deviance"), 1e-12);
    close_to("d2", at(mine, "d2"), at(theirs, "d2"), 1e-6);
    json_decref(theirs), json_decref(mine);
}

static void what_cannot_be_counted_is_refused_with_its_line(void **state) {
    (void)state;
    static const struct {
        const char *line;
        int status;
        const char *message;
    } cases[] = {
        {"train bad.csv --target n --task count", 3,
         "line 5, column 'n': found '-2', expected a count, 0 or more"},
        {"eval n0.glia bad.csv", 3, "line 5, column 'n': found '-2', expected a count, 0 or more"},
        {"train v.csv --target n --loss poisson --task regression", 2, "say --task count"},
        {"train v.csv --target n --task count --target-transform log", 2,
         "--target-transform is for values; this target has counts"},
        {"train v.csv --target n --task count --class-weight balanced", 2,
         "--class-weight is for classes"},
        {"train v.csv --target n --task counts", 2, "did you mean 'count'"},
    };
    succeeds("awk -F, 'BEGIN { OFS = \",\" } NR == 5 { $3 = -2 } { print }' v.csv >bad.csv; $GLIA "
             "train v.csv --target n --task count --epochs 2 -q -o n0.glia");
    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++)
        refuses(cases[i].status, cases[i].message, "$GLIA %s %s", cases[i].line,
                strncmp(cases[i].line, "train", 5) ? "" : "-q -o bad.glia");
}

static void what_looks_counted_is_told_once(void **state) {
    (void)state;
    char *said =
             output_of("$GLIA train v.csv --target n --epochs 1 --task regression -o r.glia 2>&1 "
                       ">/dev/null"),
         *plain = output_of("$GLIA train v.csv --target v --epochs 1 -o r.glia 2>&1 >/dev/null");
    assert_non_null(strstr(said, "if they count something, --task count learns rates"));
    assert_null(strstr(plain, "count"));
    free(said), free(plain);
}

/* --------------------------------------------------------------------------------- quantiles -- */

static void linear_quantiles_are_nearly_those_of_a_linear_programme(void **state) {
    (void)state;
    need_sklearn();
    succeeds("$GLIA train v.csv --target v --quantiles 0.9,0.1,0.5 --ignore n,p,z --hidden none "
             "--lr 0.01 --epochs 200 --val none --schedule cosine -q -o q.glia");
    write_file(
        "quantiles.py",
        "import json, numpy as np\n"
        "from sklearn.linear_model import QuantileRegressor\n"
        "from sklearn.metrics import mean_pinball_loss as pinball\n"
        "t = np.genfromtxt('v.csv', delimiter=',', skip_header=1)\n"
        "def best(q):\n"
        "    m = QuantileRegressor(quantile=q, alpha=0, solver='highs').fit(t[:, :2], t[:, 3])\n"
        "    return pinball(t[:, 3], m.predict(t[:, :2]), alpha=q)\n"
        "print(json.dumps({'pinball': sum(best(q) for q in (0.1, 0.5, 0.9)) / 3}))\n");
    json_t *theirs = json_of("/usr/bin/python3 quantiles.py"),
           *mine = json_of("$GLIA eval q.glia v.csv --json -q");
    double least = at(theirs, "pinball");
    assert_true(at(mine, "pinball") >= least * (1 - 1e-6));
    close_to("pinball", at(mine, "pinball"), least, 0.01 * least);
    json_decref(theirs), json_decref(mine);
}

static void quantiles_ascend_and_are_scored_each(void **state) {
    (void)state;
    succeeds(
        "$GLIA train v.csv --target v --quantiles 0.1,0.5,0.9 --ignore n,p,z --epochs 30 -q -o "
        "q.glia");
    glia_model *m = glia_model_load(g, path_of("q.glia"));
    glia_table *t = glia_table_read(g, path_of("v.csv"), NULL);
    glia_evaluation *e = glia_model_evaluate(g, m, t, 1);
    assert_non_null(e);
    assert_int_equal(glia_model_quantiles(m), 3);
    assert_true(glia_model_quantile(m, 2) == 0.9 && isnan(glia_model_quantile(m, 3)));
    double inside = 0, below[3] = {0}, width = 0, loss[3] = {0};
    for (int i = 0; i < ROWS; i++) {
        const double *q = e->answers.value + 3 * i;
        double y = e->truth[i];
        assert_true(q[0] <= q[1] && q[1] <= q[2]);
        inside += (q[0] <= y && y <= q[2]) / (double)ROWS;
        width += (q[2] - q[0]) / ROWS;
        for (int k = 0; k < 3; k++) {
            double p = glia_model_quantile(m, k), off = y - q[k];
            below[k] += (y <= q[k]) / (double)ROWS;
            loss[k] += (off >= 0 ? p * off : (p - 1) * off) / ROWS;
        }
    }
    const glia_metrics *s = &e->scores;
    assert_string_equal(s->score[1].name, "coverage");
    close_to("coverage", s->score[1].value, inside, 1e-12);
    close_to("width", s->score[2].value, width, 1e-12);
    close_to("pinball", s->score[0].value, (loss[0] + loss[1] + loss[2]) / 3, 1e-12);
    assert_int_equal(s->targets, 3);
    for (int k = 0; k < 3; k++) {
        close_to("pinball of one", s->target[k].score[0].value, loss[k], 1e-12);
        close_to("below", s->target[k].score[1].value, below[k], 1e-12);
    }
    assert_true(s->baseline > s->score[0].value && inside > 0.7 && inside < 0.9);
    glia_evaluation_free(g, e);
    glia_table_free(t);
    glia_model_free(m);
    char *out = output_of("$GLIA predict q.glia v.csv -q | head -1; $GLIA predict q.glia v.csv -q "
                          "--json | grep -c '\"v_q90\"'");
    assert_string_equal(out, "v_q10,v_q50,v_q90\n400\n");
    free(out);
}

static void quantiles_that_make_no_sense_are_refused(void **state) {
    (void)state;
    static const char *const cases[][2] = {
        {"--target v --quantiles 0.1,1.5",
         "--quantiles has '1.5', expected numbers between 0 and 1"},
        {"--target v --quantiles 0.1,0.1", "--quantiles names 0.1 twice"},
        {"--target v,p --quantiles 0.1,0.9", "--quantiles is for one target, and there are 2"},
        {"--target v --quantiles 0.5 --task multiclass", "--quantiles is for values"},
        {"--target v --quantiles 0.5 --loss mse", "leave --loss out"},
    };
    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++)
        refuses(2, cases[i][1], "$GLIA train v.csv %s -q -o bad.glia", cases[i][0]);
}

/* -------------------------------------------------------------------------------- logarithms -- */

/* Long tails alone, and not where somebody said that y itself is meant. */
static void a_logarithm_is_taken_on_clear_evidence(void **state) {
    (void)state;
    static const struct {
        const char *options, *learned;
    } cases[] = {
        {"--target p", "learned as (log y - "},
        {"--target p --target-transform none", "learned as (y - "},
        {"--target p --hidden none", "learned as (y - "},
        {"--target p --loss mae", "learned as (y - "},
        {"--target v", "learned as (y - "},
        {"--target z", "learned as (y - "},
        {"--target z --target-transform log", "learned as (log(1 + y) - "},
        {"--target p --hidden none --target-transform log", "learned as (log y - "},
        {"--target p --quantiles 0.5 --target-transform log", "learned as (log y - "},
    };
    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
        char line[300];
        snprintf(line, sizeof line,
                 "$GLIA train v.csv %s --epochs 2 -q -o l.glia >/dev/null && $GLIA show l.glia",
                 cases[i].options);
        char *out = output_of(line);
        if (!strstr(out, cases[i].learned)) fail_msg("%s: %s", cases[i].options, out);
        free(out);
    }
    char *said = output_of("$GLIA train v.csv --target p --epochs 2 -o l.glia 2>&1 >/dev/null");
    assert_non_null(strstr(said, "a long tail above 0, so log y is learned"));
    assert_non_null(strstr(said, "--target-transform none overrules it"));
    free(said);
    result r = run("$GLIA train v.csv --target v --target-transform log -q -o bad.glia");
    assert_int_equal(r.status, 3);
    assert_non_null(strstr(r.err, "expected a number above -1, for log(1 + y) is learned"));
    result_free(&r);
}

/* Answers in the target's units, whose sum over what was learned from is the target's. */
static void answers_of_a_logarithm_are_means(void **state) {
    (void)state;
    succeeds(
        "$GLIA train v.csv --target p,z --target-transform log --ignore v,n --val none --epochs "
        "40 -q -o l.glia");
    glia_model *m = glia_model_load(g, path_of("l.glia"));
    glia_table *t = glia_table_read(g, path_of("v.csv"), NULL);
    glia_evaluation *e = glia_model_evaluate(g, m, t, 0);
    assert_non_null(e);
    double said[2] = {0}, is[2] = {0};
    for (int i = 0; i < 2 * ROWS; i++) {
        said[i % 2] += e->answers.value[i] + i % 2, is[i % 2] += e->truth[i] + i % 2;
        assert_true(e->truth[i] == ((const double *)glia_table_values(t, 4 + i % 2).data)[i / 2]);
    }
    close_to("sum", said[0], is[0], 1e-9 * is[0]);
    close_to("sum with zeros", said[1], is[1], 1e-9 * is[1]);
    glia_evaluation_free(g, e);
    glia_table_free(t);
    glia_model_free(m);
}

/* ----------------------------------------------------------------------------- the whole way -- */

static void folds_trials_reports_and_checkpoints_take_them(void **state) {
    (void)state;
    static const char *const of[] = {"--target n --task count", "--target v --quantiles 0.2,0.8",
                                     "--target p"};
    static const char *const score[] = {"deviance", "pinball", "rmse"};
    for (int i = 0; i < 3; i++) {
        char line[1200];
        snprintf(line, sizeof line,
                 "$GLIA train v.csv %s --folds 3 --epochs 5 -q -o f.glia --report r.html && $GLIA "
                 "eval f.glia v.csv --plot --report e.html && $GLIA tune v.csv %s --trials 2 "
                 "--epochs 9 -q -o t.glia && $GLIA show f.glia --json >/dev/null && $GLIA check "
                 "v.csv %s -q && $GLIA train v.csv %s --epochs 6 --threads 1 -q -o a.glia && $GLIA "
                 "train v.csv %s --epochs 6 --threads 2 -q -o b.glia --monitor %s && $GLIA train "
                 "v.csv %s --epochs 6 --threads 2 -q --checkpoint c.ck -o c.glia",
                 of[i], of[i], of[i], of[i], of[i], score[i], of[i]);
        succeeds(line);
        char *out =
            output_of("$GLIA predict a.glia v.csv -q | cksum; $GLIA predict c.glia v.csv -q "
                      "| cksum; grep -c 'deviance\\|pinball\\|rmse' r.html");
        char *second = strchr(out, '\n') + 1;
        assert_memory_equal(out, second, (size_t)(second - out));
        free(out);
    }
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(gradients_of_counts_and_quantiles_are_right),
        cmocka_unit_test(losses_are_refused_where_they_do_not_fit),
        cmocka_unit_test(a_wild_logit_gives_a_finite_cost),
        cmocka_unit_test(a_linear_model_of_counts_ends_where_scikit_learn_does),
        cmocka_unit_test(what_cannot_be_counted_is_refused_with_its_line),
        cmocka_unit_test(what_looks_counted_is_told_once),
        cmocka_unit_test(linear_quantiles_are_nearly_those_of_a_linear_programme),
        cmocka_unit_test(quantiles_ascend_and_are_scored_each),
        cmocka_unit_test(quantiles_that_make_no_sense_are_refused),
        cmocka_unit_test(a_logarithm_is_taken_on_clear_evidence),
        cmocka_unit_test(answers_of_a_logarithm_are_means),
        cmocka_unit_test(folds_trials_reports_and_checkpoints_take_them),
    };
    return cmocka_run_group_tests_name("values", tests, make_file, close_context);
}
