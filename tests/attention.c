/*
 * attention.c: what attention, causal or not, and positions see of a sequence, and that a small
 * encoder learns what depends on order. Values and gradients are in pytorch.c, graph.c and
 * kernel.c.
 */
#include "test.h"

#include "base/random.h"
#include <math.h>

#include "context.h"

enum { STEPS = 6, FEATURES = 4, WIDTH = STEPS * FEATURES };

static glia_model *model(int64_t inputs, const char *text, const char *init) {
    glia_model_options o = {.dtype = GLIA_F64, .init = init, .seed = 7};
    glia_model *m = glia_model_new(g, inputs, text, &o);
    if (!m) fail_msg("%s: %s", text, glia_message(g));
    return m;
}

/* rows x outputs answers. */
static void predict(const glia_model *m, double *x, int64_t rows, double *answers) {
    glia_predictor *p = glia_predictor_new(g, m, rows);
    glia_tensor xs = glia_tensor_f64(x, rows, glia_model_inputs(m)),
                ys = glia_tensor_f64(answers, rows, glia_model_outputs(m));
    assert_int_equal(glia_predictor_run(p, xs, ys), GLIA_OK);
    glia_predictor_free(p);
}

/* Two samples: the second has the steps of the first in another order. */
static void draw_turned(double x[2 * WIDTH]) {
    static const int from[STEPS] = {3, 5, 0, 1, 4, 2};
    gl_rng r = gl_rng_new(1, GL_STREAM_TEST, 1);
    for (int i = 0; i < WIDTH; i++) x[i] = gl_rng_normal(&r);
    for (int t = 0; t < STEPS; t++)
        memcpy(x + WIDTH + (size_t)t * FEATURES, x + (size_t)from[t] * FEATURES,
               FEATURES * sizeof *x);
}

static double difference(const char *text) {
    double x[2 * WIDTH], y[2];
    draw_turned(x);
    glia_model *m = model(WIDTH, text, "xavier");
    predict(m, x, 2, y);
    glia_model_free(m);
    return fabs(y[0] - y[1]);
}

static void order_means_something_behind_positions_alone(void **state) {
    (void)state;
    assert_true(difference("sequence 6 4, attention 2, attention 4, global_pool, dense 1") < 1e-14);
    assert_true(difference("sequence 6 4, positions, attention 2, global_pool, dense 1") > 1e-3);
    assert_true(difference("sequence 6 4, attention 2 causal yes, global_pool, dense 1") > 1e-3);
}

/* A step is changed: what those before it answer keeps its bits, what it and all behind it answer
 * does not. */
static void who_is_causal_sees_nothing_behind_itself(void **state) {
    (void)state;
    double x[2 * WIDTH], y[2 * WIDTH];
    glia_model *m = model(WIDTH, "sequence 6 4, attention 2 causal yes", "xavier");
    draw_turned(x);
    for (int changed = 0; changed < STEPS; changed++) {
        memcpy(x + WIDTH, x, WIDTH * sizeof *x);
        x[WIDTH + changed * FEATURES] += 1;
        predict(m, x, 2, y);
        for (int i = 0; i < WIDTH; i++)
            if ((y[i] == y[WIDTH + i]) != (i / FEATURES < changed))
                fail_msg("step %d of %d, changed in step %d", i / FEATURES, STEPS, changed);
    }
    glia_model_free(m);
}

/* q, k and v have weights of their own, drawn for as many values as they go to together. */
static void weights_are_those_of_four_layers(void **state) {
    (void)state;
    glia_model *m = model(WIDTH, "sequence 6 4, conv 200 1, attention 8", "auto");
    glia_layer l = glia_model_layer(m, 1);
    glia_tensor w = glia_model_param(m, glia_model_find_param(m, "attention2.w")),
                wo = glia_model_param(m, glia_model_find_param(m, "attention2.wo"));
    double squares[2] = {0};
    assert_string_equal(l.op, "attention");
    assert_string_equal(l.activation, "linear");
    assert_string_equal(glia_model_layer_init(m, 1), "xavier");
    assert_int_equal(l.in, 200), assert_int_equal(l.units, 200);
    assert_int_equal(l.w[0], 600), assert_int_equal(l.w[1], 200);
    assert_int_equal(l.u[0], 0);
    assert_int_equal(l.parameters, 4 * 200 * 200 + 4 * 200);
    for (int i = 0; i < 600 * 200; i++) squares[0] += pow(((double *)w.data)[i], 2) / (600 * 200);
    for (int i = 0; i < 200 * 200; i++) squares[1] += pow(((double *)wo.data)[i], 2) / (200 * 200);
    assert_true(fabs(squares[0] * (200 + 600) / 2 - 1) < 0.03);
    assert_true(fabs(squares[1] * (200 + 200) / 2 - 1) < 0.03);
    glia_model_free(m);
}

/* ---------------------------------------------------------------------------------- learning -- */

enum { TASK = 12, TRAIN = 1500, TEST = 500 };

/* Among noise one step of about 2 and one of about -2: whether the first came first. */
static void draw_task(double *x, double *y, int64_t rows, uint64_t seed) {
    gl_rng r = gl_rng_new(seed, GL_STREAM_TEST, 2);
    for (int64_t i = 0; i < rows; i++) {
        int64_t up = gl_rng_below(&r, TASK), down = (up + 1 + gl_rng_below(&r, TASK - 1)) % TASK;
        for (int64_t t = 0; t < TASK; t++)
            x[i * TASK + t] = 2 * (t == up) - 2 * (t == down) + gl_rng_uniform(&r) - 0.5;
        y[i] = up < down;
    }
}

/* The network of docs/network.md, of TEST rows that it has not seen. */
static double share_right(const char *steps) {
    static double x[TRAIN * TASK], y[TRAIN], answers[TEST];
    char text[300];
    snprintf(text, sizeof text,
             "sequence 12, %s, layer_norm, attention 4, b: add a, layer_norm, conv 32 1 relu, "
             "conv 16 1, add b, layer_norm, global_pool, dense 1 sigmoid",
             steps);
    glia_model *m = glia_model_new(g, TASK, text, &(glia_model_options){.seed = 1});
    if (!m) fail_msg("%s: %s", text, glia_message(g));
    draw_task(x, y, TRAIN, 1);
    glia_fit_options o = {.epochs = 16, .batch = 32, .lr = 0.01, .seed = 1};
    assert_int_equal(glia_model_fit(m, glia_tensor_f64(x, TRAIN, TASK),
                                    glia_tensor_f64(y, TRAIN, 1), &o, NULL),
                     GLIA_OK);
    draw_task(x, y, TEST, 2);
    predict(m, x, TEST, answers);
    int right = 0;
    for (int i = 0; i < TEST; i++) right += (answers[i] > 0.5) == (y[i] > 0.5);
    glia_model_free(m);
    return (double)right / TEST;
}

static void an_encoder_learns_what_came_first(void **state) {
    (void)state;
    double with = share_right("conv 16 1, a: positions"), without = share_right("a: conv 16 1");
    print_message("# %.3f of the test rows are right, %.3f without positions\n", with, without);
    assert_true(with > 0.9);
    assert_true(without < 0.6);
}

/* ------------------------------------------------------------------------------ command line -- */

static void an_encoder_is_shown_and_explained(void **state) {
    (void)state;
    static const char *const cases[][2] = {
        {"show t.glia --equations",
         "  A1 := A1 + p1      p1 (12, 1)\n"
         "  for t, s = 1 .. 3, head by head, d = 2:\n"
         "    (Q_t, K_t, V_t) = W2 A1_t + b2, each cut into its heads\n"
         "    P_ts = exp(Q_t' K_s / sqrt(d)) / sum of that over s      s <= t, else P_ts = 0\n"
         "    H_t = sum over s of P_ts V_s, the heads below each other\n"
         "  Z2_t = Wo2 H_t + bo2      W2 (12, 4)  b2 (12, 1)  Wo2 (4, 4)  bo2 (4, 1)  Z2 (3x4, "
         "m)\n"},
        {"show t.glia --equations",
         "    dW2 += (dQ_t, dK_t, dV_t) A1_t', db2 += (dQ_t, dK_t, dV_t), dWo2 += dZ2_t H_t', dbo2 "
         "+= dZ2_t\n"
         "  gradients are sums over t and samples      dW2 (12, 4)  db2 (12, 1)  dWo2 (4, 4)  dbo2 "
         "(4, 1)\n"
         "  dA1 = W2' (dQ_t, dK_t, dV_t), step by step      (3x4, m)\n"
         "  dp1 = sum of dA1 over samples      (12, 1)\n"},
        {"show t.glia --equations", "\n  p := p - lr dp\n"},
        {"explain t.glia t.csv --row 1", "z^[2] = attention(positions1)"},
        {"explain t.glia t.csv --row 1", "dW^[2] = sum over steps d(q, k, v)^[2]_t positions1_tT"},
        {"explain t.glia t.csv --row 1", "dWo^[2] = sum over steps dz^[2]_t a_tT"},
        {"explain t.glia t.csv --row 1,2", "dp = sum_i dpositions1(i)"},
        {"show t.glia --plan", "attention"},
    };
    result made = run("printf 'a,b,c,y\\n1,2,3,4\\n2,3,1,5\\n3,1,2,7\\n4,2,2,1\\n' >t.csv; "
                      "$GLIA train t.csv --net 'sequence 3, conv 4 1 tanh, positions learned yes, "
                      "attention 2 causal yes' --epochs 2 -o t.glia");
    if (made.status) fail_msg("%s", made.err);
    result_free(&made);
    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
        result r = run("$GLIA %s", cases[i][0]);
        if (r.status || !strstr(r.out, cases[i][1]))
            fail_msg("%s: no\n%s\nin\n%s%s", cases[i][0], cases[i][1], r.out, r.err);
        result_free(&r);
    }
    result r = run("$GLIA explain t.glia t.csv --unit 2:1");
    if (r.status != 2 || !strstr(r.err, "layer 2 is attention"))
        fail_msg("%d: %s", r.status, r.err);
    result_free(&r);
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(order_means_something_behind_positions_alone),
        cmocka_unit_test(who_is_causal_sees_nothing_behind_itself),
        cmocka_unit_test(weights_are_those_of_four_layers),
        cmocka_unit_test(an_encoder_learns_what_came_first),
        cmocka_unit_test(an_encoder_is_shown_and_explained),
    };
    return cmocka_run_group_tests_name("attention", tests, open_context, close_context);
}
