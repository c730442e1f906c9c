/*
 * gradient.c: is backward propagation right? Differences of the cost say so on 200 random networks,
 * textbook loops say so on 50, a calculation by hand says so on one; and a gradient that is wrong
 * on purpose is found.
 */
#include "test.h"

#include "nets.h"
#include "oracle.h"
#include "product/model.h"
#include <math.h>

#include "context.h"

/* ----------------------------------------------------------------------- against differences -- */

typedef struct tally {
    const net *n;
    int64_t checked, kinks;
    double worst;
} tally;

static void count_row(void *user, const glia_check_row *row) {
    tally *t = user;
    t->checked += row->checked;
    t->kinks += row->kinks;
    if (row->difference > t->worst) t->worst = row->difference;
    if (!(row->difference < 1e-7)) {
        fail_msg(
            "%s, loss %s, %d rows, l2 %g: '%s' differs by %.2e (backward %.17g, differences %.17g)",
            t->n->text, losses[t->n->loss], (int)t->n->rows, t->n->l2, row->param, row->difference,
            row->worst_analytic, row->worst_numeric);
    }
}

#ifdef __SANITIZE_ADDRESS__
enum { COMPONENTS = 20, LEAST = 5000 }; /* of a parameter; of all: five times slower */
#else
enum { COMPONENTS = 200, LEAST = 50000 };
#endif

static void check_network(int i, const net *n, tally *t) {
    if (!n->m) fail_msg("network %d, %s: %s", i, n->text, glia_message(g));
    glia_check_options o = {.l2 = n->l2, .max_components = COMPONENTS, .row = count_row, .user = t};
    t->n = n;
    glia_status status = glia_model_check(g, n->m, glia_tensor_f64(n->x, n->rows, n->inputs),
                                          glia_tensor_f64(n->y, n->rows, n->labels), &o);
    if (status != GLIA_OK) fail_msg("network %d, %s: %s", i, n->text, glia_message(g));
}

static void print_tally(const tally *t) {
    print_message(
        "# %lld components compared, %lld at bends left out, worst relative difference %.1e\n",
        (long long)t->checked, (long long)t->kinks, t->worst);
}

static void random_networks_have_right_gradients(void **state) {
    (void)state;
    bool seen[ACTIVATIONS][LOSSES][2] = {0};
    tally t = {0};
    for (int i = 0; i < 200; i++) {
        net n = net_random(g, GLIA_F64, 2026, i, i % 7 == 3 ? 0.4 : 0);
        check_network(i, &n, &t);
        for (int l = 0; l < n.layers - net_is_linked(&n); l++)
            seen[n.act[l]][n.loss][n.l2 > 0] = true;
        net_free(&n);
    }
    for (int a = 0; a < ACTIVATIONS; a++) {
        for (int loss = 0; loss < LOSSES; loss++) {
            if (!seen[a][loss][0] || !seen[a][loss][1])
                fail_msg("%s with %s was not tried", activations[a], losses[loss]);
        }
    }
    print_tally(&t);
    assert_true(t.checked > 4 * t.kinks);
    assert_true(t.checked > LEAST);
}

static void random_normalised_networks_have_right_gradients(void **state) {
    (void)state;
    tally t = {0};
    for (int i = 0; i < 60; i += EVERY) {
        net n = net_normed(g, GLIA_F64, 2027, i, i % 7 == 3 ? 0.4 : 0);
        check_network(i, &n, &t);
        net_free(&n);
    }
    print_tally(&t);
    assert_true(t.checked > 4 * t.kinks);
}

/* -------------------------------------------------------------------- against textbook loops -- */

typedef struct runs { /* what a training plan gave: J, output, gradients in the store's order */
    double cost, *gradient, *output;
} runs;

static runs run_library(const net *n) {
    const glia_model *m = n->m;
    runs r = {0, calloc((size_t)m->net->count, 8), calloc((size_t)(n->rows * m->net->outputs), 8)};
    gl_plan *plan = gl_compile(
        g, m->net,
        &(gl_plan_spec){.mode = GL_TRAIN, .rows = n->rows, .l2 = n->l2, .update = GL_KERNELS});
    gl_knobs knobs = {0};
    assert_true(gl_store_take(m->net->store, GL_GRADIENTS));
    gl_bind(plan, &(gl_binding){.room = {[GL_X] = n->x, [GL_LABELS] = n->y},
                                .store = m->net->store,
                                .knobs = &knobs});
    assert_true(gl_run(plan));
    r.cost = gl_cost(plan);
    gl_store_get(m->net->store, GL_GRADIENTS, 0, m->net->count, r.gradient);
    gl_plan_free(plan);
    glia_predictor *p = glia_predictor_new(g, m, n->rows);
    assert_int_equal(glia_predictor_run(p, glia_tensor_f64(n->x, n->rows, n->inputs),
                                        glia_tensor_f64(r.output, n->rows, m->net->outputs)),
                     GLIA_OK);
    glia_predictor_free(p);
    return r;
}

static runs run_oracle(const net *n) {
    const glia_model *m = n->m;
    runs r = {0, calloc((size_t)m->net->count, 8), calloc((size_t)(n->rows * m->net->outputs), 8)};
    oracle o = {.layers = n->layers, .loss = losses[n->loss], .lambda = n->l2};
    for (int l = 0; l < n->layers; l++) {
        const gl_param *w = &m->net->param[2 * l], *b = w + 1;
        const double *weights = gl_store_at(m->net->store, GL_WEIGHTS, 0);
        o.layer[l] = (oracle_layer){w->cols,
                                    w->rows,
                                    activations[n->act[l]],
                                    weights + w->offset,
                                    weights + b->offset,
                                    r.gradient + w->offset,
                                    r.gradient + b->offset};
    }
    r.cost = oracle_run(&o, n->x, n->y, n->rows, n->labels, r.output);
    return r;
}

static void free_runs(runs *r) {
    free(r->gradient);
    free(r->output);
}

/* ||a - b|| / ||b|| */
static double distance(const double *a, const double *b, int64_t n) {
    double d = 0, size = 0;
    for (int64_t i = 0; i < n; i++) d += (a[i] - b[i]) * (a[i] - b[i]), size += b[i] * b[i];
    return d == 0 ? 0 : sqrt(d / size);
}

static void values_costs_and_gradients_equal_textbook_loops(void **state) {
    (void)state;
    for (int i = 0; i < 50; i++) {
        net n = net_random(g, GLIA_F64, 7, i, 0);
        runs ours = run_library(&n), theirs = run_oracle(&n);
        if (distance(ours.output, theirs.output, n.rows * n.m->net->outputs) > 1e-12)
            fail_msg("%s: outputs differ", n.text);
        if (distance(&ours.cost, &theirs.cost, 1) > 1e-12) {
            fail_msg("%s: J is %.17g, loops say %.17g", n.text, ours.cost, theirs.cost);
        }
        for (int p = 0; p < n.m->net->params; p++) {
            const gl_param *w = &n.m->net->param[p];
            double d =
                distance(ours.gradient + w->offset, theirs.gradient + w->offset, w->rows * w->cols);
            if (d > 1e-12)
                fail_msg("%s, loss %s: gradient of %s differs by %.2e", n.text, losses[n.loss],
                         w->name, d);
        }
        free_runs(&ours);
        free_runs(&theirs);
        net_free(&n);
    }
}

/* ----------------------------------------------------------------------------------- by hand -- */

static void assert_close(const double *found, const double *expected, int n, const char *what) {
    for (int i = 0; i < n; i++) {
        if (!(fabs(found[i] - expected[i]) <= 1e-15)) {
            fail_msg("%s [%d] is %.17g, by hand %.17g", what, i, found[i], expected[i]);
        }
    }
}

/* z1 = (2, -0.5, -2, 3.5), a1 = (2, 0, 0, 3.5), z2 = 0.5, a2 = 1 / (1 + e^-0.5), y = 1 */
static void three_four_one_network_equals_calculation_by_hand(void **state) {
    (void)state;
    const double a2 = 0.6224593312018546, d = a2 - 1, h = d / 2; /* d = dz2, h = dz2 W2 for 0.5 */
    static double x[] = {1, 2, -1}, y[] = {1};
    // clang-format off
    static const double weights[] = {
        1, 0, -1,   0.5, -1, 0,   -1, 1, 2,   0, 2, 1, /* W1, unit by unit */
        0.5, -1, 2, 1,                                 /* W2 */
        0, 1, -1, 0.5,                                 /* b1 */
        -4,                                            /* b2 */
    };
    const double gradient[] = {
        h, 2 * h, -h,   0, 0, 0,   0, 0, 0,   d, 2 * d, -d,
        2 * d, 0, 0, 3.5 * d,
        h, 0, 0, d,
        d,
    };
    // clang-format on
    net n = {.layers = 2, .inputs = 3, .units = {4, 1}, .act = {2, 0}, .rows = 1, .labels = 1};
    n.x = x, n.y = y;
    n.m = glia_model_new(g, 3, "dense 4 relu, dense 1 sigmoid",
                         &(glia_model_options){.dtype = GLIA_F64});
    assert_int_equal(n.m->net->count, 21);
    gl_store_put(n.m->net->store, GL_WEIGHTS, 0, sizeof weights / sizeof *weights, weights);
    runs ours = run_library(&n), theirs = run_oracle(&n);
    assert_close(ours.output, &a2, 1, "a2");
    assert_close(&ours.cost, &(double){0.47407698418010663}, 1, "J"); /* log(1 + e^-0.5) */
    assert_close(ours.gradient, gradient, 21, "gradient");
    assert_close(theirs.gradient, gradient, 21, "gradient of the loops");
    free_runs(&ours);
    free_runs(&theirs);
    glia_model_free(n.m);
}

/* ------------------------------------------------------------------------ the check, checked -- */

static const char *iris(void) {
    need_shared("data/tabular/iris.csv");
    return shared_path("data/tabular/iris.csv");
}

static int times_found(const char *text, const char *word) {
    int n = 0;
    for (const char *at = text; (at = strstr(at, word)); at++) n++;
    return n;
}

static void check_of_iris_gives_a_verdict_per_parameter(void **state) {
    (void)state;
    result r = run("$GLIA check %s --target species --hidden 8,5 --quiet", iris());
    assert_int_equal(r.status, 0);
    for (const char *const *name =
             (const char *[]){"fc1.w", "fc1.b", "fc2.w", "fc2.b", "fc3.w", "fc3.b", NULL};
         *name; name++) {
        assert_non_null(strstr(r.out, *name));
    }
    assert_int_equal(times_found(r.out, "  right\n"), 6);
    assert_int_equal(times_found(r.out, "WRONG"), 0);
    assert_non_null(strstr(r.out, "every gradient is right"));
    result_free(&r);
}

/* glia-wrong is glia with one kernel of backward propagation 1% off. The environment may say how to
 * run it. */
#define WRONG "${WRONG:-" BUILD_ROOT "/tests/glia-wrong}"

static void wrong_gradients_are_found_and_named(void **state) {
    (void)state;
    static const struct {
        const char *kernel, *options, *param; /* param: the first wrong one */
    } cases[] = {
        {"colsum", "", "fc1.b"},
        {"gemm", "--hidden 6,9", "fc1.w"},
        {"gemm_cols", "--hidden 2", "fc1.w"},
        {"relu_b", "", "fc1.w"},
        {"sigmoid_b", "--activation sigmoid", "fc1.w"},
        {"tanh_b", "--activation tanh", "fc1.w"},
        {"leaky_relu_b", "--activation leaky_relu", "fc1.w"},
        {"elu_b", "--activation elu", "fc1.w"},
        {"gelu_b", "--activation gelu", "fc1.w"},
        {"silu_b", "--activation silu", "fc1.w"},
        {"softplus_b", "--activation softplus", "fc1.w"},
        {"softmax_ce_b", "--hidden none", "fc1.w"},
        {"mse_b", "--target sepal_length --hidden none", "fc1.w"},
        {"mae_b", "--target sepal_length --loss mae --hidden none", "fc1.w"},
        {"huber_b", "--target sepal_length --loss huber --hidden none", "fc1.w"},
        {"decay", "--l2 0.5", "fc1.w"},
        {"coldot", "--norm batch", "batch_norm1.gamma"},
        {"unit_norm_b", "--norm batch", "fc1.w"},
        {"row_norm_b", "--norm layer", "fc1.w"},
    };
    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
        const char *target = strstr(cases[i].options, "--target") ? "" : "--target species";
        const char *hidden = strstr(cases[i].options, "--hidden") ? "" : "--hidden 6,4";
        char message[64];
        snprintf(message, sizeof message, "the gradient of '%s' is wrong", cases[i].param);
        result r = run("GLIA_WRONG=%s " WRONG " check %s %s %s %s --quiet", cases[i].kernel, iris(),
                       target, hidden, cases[i].options);
        if (r.status != 1)
            fail_msg("%s %s: exit status %d, expected 1: %s", cases[i].kernel, cases[i].options,
                     r.status, r.err);
        if (!strstr(r.err, message))
            fail_msg("%s %s: '%s', expected '%s'", cases[i].kernel, cases[i].options, r.err,
                     message);
        if (!strstr(r.out, "WRONG")) fail_msg("%s: no verdict WRONG in %s", cases[i].kernel, r.out);
        result_free(&r);
    }
}

static void the_same_program_finds_nothing_when_nothing_is_wrong(void **state) {
    (void)state;
    result r = run(WRONG " check %s --target species --hidden 6,4 --quiet", iris());
    assert_int_equal(r.status, 0);
    assert_int_equal(times_found(r.out, "WRONG"), 0);
    result_free(&r);
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(random_networks_have_right_gradients),
        cmocka_unit_test(random_normalised_networks_have_right_gradients),
        cmocka_unit_test(values_costs_and_gradients_equal_textbook_loops),
        cmocka_unit_test(three_four_one_network_equals_calculation_by_hand),
        cmocka_unit_test(check_of_iris_gives_a_verdict_per_parameter),
        cmocka_unit_test(wrong_gradients_are_found_and_named),
        cmocka_unit_test(the_same_program_finds_nothing_when_nothing_is_wrong),
    };
    return cmocka_run_group_tests(tests, open_context, close_context);
}
