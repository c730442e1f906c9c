/*
 * ordinal.c: classes in an order. The optimum of a linear model is compared with one that scipy
 * finds, scores with scikit-learn's.
 */
#include "evaluate.h"

#include "context.h"

enum { ROWS = 500 };

/* Four grades of a score with logistic noise, as numbers, as words of a scale, as other words. */
static int make_file(void **state) {
    result r =
        run("awk 'BEGIN { srand(5); print \"a,b,grade,word,metal\"; split(\"low Medium HIGH "
            "very_high\", w); split(\"tin bronze silver gold\", m); w[4] = \"very high\"; for (i "
            "= 0; i < %d; i++) { a = rand(); b = rand(); u = rand(); z = 3 * a - 2 * b + log(u "
            "/ (1 - u)); g = 1 + (z > -1) + (z > 0.5) + (z > 2.5); print a \",\" b \",\" g "
            "\",\" w[g] \",\" m[g] } }' >o.csv",
            ROWS);
    result_free(&r);
    return open_context(state);
}

static char *output_of(const char *line) {
    result r = run("%s", line);
    if (r.status != 0) fail_msg("%s: %s%s", line, r.out, r.err);
    char *text = strdup(r.out);
    result_free(&r);
    return text;
}

static void the_optimum_is_that_of_proportional_odds(void **state) {
    (void)state;
    need_sklearn();
    free(output_of(
        "$GLIA train o.csv --target grade --task ordinal --ignore word,metal --hidden none "
        "--l2 0 --precision f64 -q -o o.glia >/dev/null && $GLIA predict o.glia o.csv -q "
        ">o.out"));
    write_file(
        "ordinal.py",
        "import json, numpy as np\n"
        "from scipy.optimize import minimize\n"
        "from sklearn.metrics import cohen_kappa_score as kappa, mean_absolute_error as mae\n"
        "t = np.genfromtxt('o.csv', delimiter=',', skip_header=1, usecols=(0, 1, 2))\n"
        "x, y = t[:, :2], t[:, 2].astype(int) - 1\n"
        "mine = np.genfromtxt('o.out', delimiter=',', skip_header=1)\n"
        "def p(v):\n"
        "    c = np.concatenate(([-1e9], v[2:], [1e9])) - (x @ v[:2])[:, None]\n"
        "    s = 1 / (1 + np.exp(-np.clip(c, -700, 700)))\n"
        "    return s[:, 1:] - s[:, :-1]\n"
        "def J(v): return -np.log(np.maximum(p(v)[range(len(y)), y], 1e-300)).mean()\n"
        "v = minimize(J, [0, 0, -1, 0, 1], method='BFGS', options={'gtol': 1e-8}).x\n"
        "print(json.dumps({'off': abs(mine[:, 1:] - p(v)).max(), 'loss': J(v),\n"
        "  'kappa': kappa(y + 1, mine[:, 0].astype(int), weights='quadratic'),\n"
        "  'rank_mae': mae(y + 1, mine[:, 0])}))\n");
    json_t *theirs = json_of("/usr/bin/python3 ordinal.py"),
           *mine = json_of("$GLIA eval o.glia o.csv --json -q");
    close_to("a probability beside theirs", at(theirs, "off"), 0, 1e-4);
    close_to("loss", at(mine, "loss"), at(theirs, "loss"), 1e-8);
    close_to("kappa", at(mine, "kappa"), at(theirs, "kappa"), 1e-12);
    close_to("rank_mae", at(mine, "rank_mae"), at(theirs, "rank_mae"), 1e-12);
    json_decref(theirs), json_decref(mine);
}

static void classes_stand_in_their_order(void **state) {
    (void)state;
    static const char *const cases[][2] = {
        {"--target grade --ignore word,metal", "prediction,P(1),P(2),P(3),P(4)\n"},
        {"--target word --ignore grade,metal",
         "prediction,P(low),P(Medium),P(HIGH),P(very high)\n"},
        {"--target metal --ignore grade,word --order tin,bronze,silver,gold,platinum",
         "prediction,P(tin),P(bronze),P(silver),P(gold)\n"},
        {"--target grade --ignore word,metal --order 4,3,2,1", "prediction,P(4),P(3),P(2),P(1)\n"},
    };
    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
        char line[400];
        snprintf(line, sizeof line,
                 "$GLIA train o.csv --task ordinal %s --epochs 2 -q -o c.glia >/dev/null && $GLIA "
                 "predict c.glia o.csv -q | head -1",
                 cases[i][0]);
        char *out = output_of(line);
        assert_string_equal(out, cases[i][1]);
        free(out);
    }
}

static void an_order_that_nothing_tells_is_asked_for(void **state) {
    (void)state;
    static const struct {
        const char *line;
        int status;
        const char *message;
    } cases[] = {
        {"--target metal --task ordinal", 2,
         "nothing tells the order of the classes of 'metal'; say "
         "--order with these, lowest first: bronze,gold,silver,tin"},
        {"--target metal --task ordinal --order tin,gold", 2, "--order lacks the class 'bronze'"},
        {"--target metal --order tin,gold", 2, "--order is for --task ordinal"},
        {"--target grade,word --task ordinal", 3, "cannot be learned together"},
        {"--target grade --task ordinal --threshold 0.3", 2, "--threshold is for two classes"},
    };
    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++)
        refuses(cases[i].status, cases[i].message, "$GLIA train o.csv %s -q -o bad.glia",
                cases[i].line);
}

static void count_row(void *user, const glia_check_row *row) {
    int64_t *checked = user;
    *checked += row->checked;
    if (!(row->difference < 1e-8)) fail_msg("'%s' differs by %.2e", row->param, row->difference);
}

static void gradients_are_right_and_probabilities_add_up(void **state) {
    (void)state;
    double x[9 * 3], y[9], p[9 * 4];
    int64_t checked = 0;
    for (int k = 0; k < 27; k++) x[k] = 3 * sin(1 + 2.7 * k);
    for (int k = 0; k < 9; k++) y[k] = k % 4;
    glia_model_options o = {.dtype = GLIA_F64, .seed = 3};
    glia_model *m = glia_model_new(g, 3, "dense 5 tanh, dense 1 linear, ordinal 4 softmax", &o);
    if (!m) fail_msg("%s", glia_message(g));
    char *text = glia_model_text(m);
    assert_string_equal(text, "dense 5 tanh, dense 1 linear, ordinal 4 softmax");
    glia_text_free(g, text);
    int gaps = glia_model_find_param(m, "ordinal1.d");
    double *d = glia_model_param(m, gaps).data;
    d[0] = -2, d[1] = 1.5;
    glia_check_options check = {.l2 = 0.1, .row = count_row, .user = &checked};
    assert_int_equal(glia_model_check(g, m, glia_tensor_f64(x, 9, 3), glia_tensor_f64(y, 9, 1),
                                      &check),
                     GLIA_OK);
    assert_int_equal(checked, 15 + 5 + 5 + 1 + 2);
    d[0] = -800; /* a gap of nothing: a class that nobody is of */
    ((double *)glia_model_param(m, 0).data)[0] = 1e6;
    glia_predictor *q = glia_predictor_new(g, m, 9);
    assert_int_equal(glia_predictor_run(q, glia_tensor_f64(x, 9, 3), glia_tensor_f64(p, 9, 4)),
                     GLIA_OK);
    for (int i = 0; i < 9; i++)
        close_to("sum", p[4 * i] + p[4 * i + 1] + p[4 * i + 2] + p[4 * i + 3], 1, 1e-12);
    glia_predictor_free(q);
    glia_model_free(m);
    assert_null(glia_model_new(g, 3, "dense 2, ordinal 4 softmax", NULL));
    assert_non_null(strstr(glia_message(g), "write 'dense 1 linear, ordinal 4 softmax'"));
}

static void folds_trials_reports_and_checks_take_them(void **state) {
    (void)state;
    free(output_of(
        "$GLIA train o.csv --target grade --task ordinal --ignore word,metal --folds 3 --epochs 5 "
        "-q "
        "-o f.glia --report r.html --monitor kappa && $GLIA eval f.glia o.csv --plot --importance "
        "--report e.html && grep -q kappa e.html && $GLIA tune o.csv --target grade --task ordinal "
        "--ignore word,metal --trials 2 --epochs 9 -q -o t.glia && $GLIA check o.csv --target "
        "grade "
        "--task ordinal --ignore word,metal -q && $GLIA train o.csv --target grade --task ordinal "
        "--ignore word,metal --class-weight balanced --epochs 4 --threads 1 -q -o a.glia && $GLIA "
        "train o.csv --target grade --task ordinal --ignore word,metal --class-weight balanced "
        "--epochs 4 --threads 2 -q -o b.glia && $GLIA predict a.glia o.csv -q >a && $GLIA predict "
        "b.glia o.csv -q >b && cmp a b"));
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(the_optimum_is_that_of_proportional_odds),
        cmocka_unit_test(classes_stand_in_their_order),
        cmocka_unit_test(an_order_that_nothing_tells_is_asked_for),
        cmocka_unit_test(gradients_are_right_and_probabilities_add_up),
        cmocka_unit_test(folds_trials_reports_and_checks_take_them),
    };
    return cmocka_run_group_tests_name("ordinal", tests, make_file, close_context);
}
