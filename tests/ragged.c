/*
 * ragged.c: sequences of different lengths. A sample is what it would be in a network of its own
 * that has as many steps as it, whatever stands behind its last step and beside it in a
 * mini-batch; and what would count the steps that are not there is refused. That gradients are
 * right is shown in graph.c and pytorch.c, that kernels keep their contract in kernel.c.
 */
#include "test.h"

#include "base/random.h"
#include "product/model.h"
#include <math.h>

#include "context.h"

enum { STEPS = 6, FEATURES = 3, COLUMNS = 1 + STEPS * FEATURES, ROWS = 23, MOST_OUTPUTS = 24 };

/* Behind 'sequence' or 'ragged', its steps and its features. Of the last three an answer has a
 * place for each step. */
static const char *const nets[] = {
    "gru 5, dense 2 softmax",
    "lstm 4 steps all, rnn 3 relu 1, dense 1 sigmoid",
    "a: gru 4 steps all reset before, lstm 4 steps all, mul a, global_pool, dense 2 linear",
    "x: conv 3 1 linear, a: rnn 3 steps all, from x, reverse, gru 3 steps all, reverse, concat a, "
    "gru 4, dense 1 linear",
    "conv 4 3 pad same sigmoid, conv 4 2 pad same dilation 2 softplus, leaky_relu, "
    "pool 2 stride 1 pad same, mean_pool 3 stride 1 pad 1, elu, global_pool, dense 2 softmax",
    "conv 4 1 linear, a: positions, layer_norm, attention 2, b: add a, layer_norm, conv 6 1 relu, "
    "conv 4 1 linear, add b, global_pool, dense 2 softmax",
    "a: positions learned yes, attention 3 causal yes, add a, layer_norm, gru 4, dense 1 linear",
    "a: conv 3 5 pad same relu, dropout 0.5, lstm 3 steps all, silu, add a, gelu, gru 2 steps all",
    "conv 2 4 pad same softplus",
    "gru 3 steps all, conv 3 1 softmax",
};
enum { NETS = sizeof nets / sizeof *nets, PER_STEP = NETS - 3 };

/* 0 steps and all of them among the first. */
static int steps_of(int row) { return row < 2 ? row * STEPS : row * 5 % (STEPS + 1); }

static glia_model *build(const char *inlet, int64_t inputs, const char *rest, glia_dtype dtype) {
    char text[400];
    snprintf(text, sizeof text, "%s, %s", inlet, rest);
    glia_model_options o = {.dtype = dtype, .seed = 3, .init = "xavier"};
    glia_model *m = glia_model_new(g, inputs, text, &o);
    if (!m) fail_msg("%s: %s", text, glia_message(g));
    for (int i = 0; i < glia_model_params(m); i++) { /* b, too, with the numbers of every length */
        glia_tensor w = glia_model_param(m, i);
        gl_rng r = gl_rng_new(7, GL_STREAM_TEST, (uint64_t)i);
        for (int64_t k = 0; k < glia_tensor_count(&w, 0); k++)
            gl_put(w.data, dtype, k, 0.5 * gl_rng_normal(&r));
    }
    return m;
}

static glia_model *build_ragged(int i, glia_dtype dtype) {
    char inlet[40];
    snprintf(inlet, sizeof inlet, "ragged %d %d", STEPS, FEATURES);
    return build(inlet, COLUMNS, nets[i], dtype);
}

/* Rows of X: how many steps, those, and `behind` in all places behind them. */
static void fill(double *x, double behind) {
    for (int i = 0; i < ROWS; i++) {
        gl_rng r = gl_rng_new(1, GL_STREAM_TEST, (uint64_t)i);
        x[i * COLUMNS] = steps_of(i);
        for (int k = 1; k < COLUMNS; k++) {
            const double v = gl_rng_normal(&r);
            x[i * COLUMNS + k] = k <= steps_of(i) * FEATURES ? v : behind;
        }
    }
}

static int64_t predict(glia_model *m, const double *x, int64_t rows, double *y) {
    int64_t outputs = m->net->outputs;
    glia_predictor *p = glia_predictor_new(g, m, 7);
    glia_status status = glia_predictor_run(p, glia_tensor_f64((double *)x, rows, m->net->inputs),
                                            glia_tensor_f64(y, rows, outputs));
    if (status != GLIA_OK) fail_msg("%s", glia_message(g));
    glia_predictor_free(p);
    return outputs;
}

/* Answers of a row with n steps against those of a network over n steps. */
static void check_alone(int i, const double *row, const double *got, int64_t outputs) {
    char inlet[40];
    int n = (int)row[0];
    double y[MOST_OUTPUTS] = {0};
    snprintf(inlet, sizeof inlet, "sequence %d %d", n, FEATURES);
    if (n > 0) {
        glia_model *m = build(inlet, (int64_t)n * FEATURES, nets[i], GLIA_F64);
        predict(m, row + 1, 1, y);
        glia_model_free(m);
    }
    if (n == 0 && i < PER_STEP) return; /* no such network: the_empty_sequence_has_a_state */
    for (int64_t k = 0; k < outputs; k++)
        if (!(fabs(got[k] - y[k]) < 1e-13))
            fail_msg("%s, %d steps: answer %d is %.17g, alone %.17g", nets[i], n, (int)k, got[k],
                     y[k]);
}

static void a_sample_is_what_it_would_be_alone(void **state) {
    (void)state;
    double x[ROWS * COLUMNS], y[ROWS * MOST_OUTPUTS];
    fill(x, 3);
    for (int i = 0; i < NETS; i++) {
        glia_model *m = build_ragged(i, GLIA_F64);
        int64_t outputs = predict(m, x, ROWS, y);
        for (int k = 0; k < ROWS; k++) check_alone(i, x + k * COLUMNS, y + k * outputs, outputs);
        glia_model_free(m);
    }
}

/* What stands behind a state of 0, and behind a mean of nothing. */
static void the_empty_sequence_has_a_state_of_0(void **state) {
    (void)state;
    static const char *const layers[] = {"rnn 4", "lstm 4", "gru 4", "gru 4 reset before",
                                         "global_pool"};
    double x[COLUMNS] = {0}, y[1];
    for (size_t i = 0; i < sizeof layers / sizeof *layers; i++) {
        char rest[60], inlet[40];
        snprintf(inlet, sizeof inlet, "ragged %d %d", STEPS, FEATURES);
        snprintf(rest, sizeof rest, "%s, dense 1 linear", layers[i]);
        glia_model *m = build(inlet, COLUMNS, rest, GLIA_F64);
        glia_tensor b = glia_model_param(m, glia_model_params(m) - 1);
        for (int k = 0; k < glia_model_params(m); k++)
            if (strstr(glia_model_param_name(m, k), "fc") &&
                strstr(glia_model_param_name(m, k), ".b"))
                b = glia_model_param(m, k);
        predict(m, x, 1, y);
        assert_true(y[0] == *(double *)b.data);
        glia_model_free(m);
    }
}

/* --------------------------------------------------------------------- what stands behind -- */

/* Weights and cost of three updates, in one array. */
static int64_t train(glia_model *m, const double *x, const double *y, double *out) {
    glia_fit_options o = {.epochs = 3, .batch = 9, .lr = 0.01, .seed = 5};
    int64_t n = m->net->count;
    if (glia_model_fit(m, glia_tensor_f64((double *)x, ROWS, COLUMNS),
                       glia_tensor_f64((double *)y, ROWS, m->net->labels), &o, NULL) != GLIA_OK)
        fail_msg("%s", glia_message(g));
    gl_store_get(m->net->store, GL_WEIGHTS, 0, n, out);
    out[n] = glia_model_cost(g, m, glia_tensor_f64((double *)x, ROWS, COLUMNS),
                             glia_tensor_f64((double *)y, ROWS, m->net->labels));
    return n + 1;
}

static void fill_labels(double *y, const glia_model *m, double behind) {
    int64_t labels = m->net->labels, steps = labels >= STEPS ? STEPS : 0;
    gl_rng r = gl_rng_new(2, GL_STREAM_TEST, 0);
    for (int64_t k = 0; k < ROWS * labels; k++) {
        bool there = !steps || k % labels / (labels / steps) < steps_of((int)(k / labels));
        const double v = (double)gl_rng_below(&r, 2);
        y[k] = there ? v : behind;
    }
}

static void what_stands_behind_the_last_step_changes_nothing(void **state) {
    (void)state;
    static const double behind[] = {0, 1e300, -1, NAN, INFINITY};
    double x[ROWS * COLUMNS], y[ROWS * MOST_OUTPUTS], first[2][2000] = {{0}};
    for (int i = 0; i < NETS; i++)
        for (int k = 0; k < 5; k++) {
            double out[2][2000];
            glia_model *m = build_ragged(i, GLIA_F64);
            fill(x, behind[k]);
            fill_labels(y, m, isfinite(behind[k]) ? behind[k] / 1e200 : 5);
            int64_t n = predict(m, x, ROWS, out[0]) * ROWS;
            int64_t w = train(m, x, y, out[1]);
            if (k == 0) memcpy(first, out, sizeof out);
            assert_memory_equal(first[0], out[0], (size_t)n * sizeof(double));
            assert_memory_equal(first[1], out[1], (size_t)w * sizeof(double));
            glia_model_free(m);
        }
}

static void values_behind_the_last_step_are_0_and_so_are_gradients(void **state) {
    (void)state;
    double x[ROWS * COLUMNS], y[ROWS * MOST_OUTPUTS];
    fill(x, NAN);
    for (int i = 0; i < NETS; i++) {
        int looked = 0;
        glia_model *m = build_ragged(i, GLIA_F64);
        fill_labels(y, m, 1);
        glia_trace *t = glia_model_trace(g, m, glia_tensor_f64(x, ROWS, COLUMNS),
                                         glia_tensor_f64(y, ROWS, m->net->labels), NULL);
        for (int s = 0; s < t->steps; s++) {
            const glia_tensor *both[] = {&t->step[s].value, &t->step[s].gradient};
            for (int node = 0; node < m->net->nodes; node++) {
                const gl_node *of = &m->net->node[node];
                if (strcmp(of->name, t->step[s].name) != 0 || !of->lengths) continue;
                int64_t wide = of->width, n = of->shape.dim[1];
                for (int64_t k = 0; k < 2 * ROWS * wide; k++) {
                    const glia_tensor *a = both[k / (ROWS * wide)];
                    int64_t at = k % (ROWS * wide), row = at / wide, step = at % wide / n;
                    if (!a->data || step < steps_of((int)row)) continue;
                    if (glia_tensor_value(a, at) != 0)
                        fail_msg("%s: %s has %g behind the end of row %d", nets[i], of->name,
                                 glia_tensor_value(a, at), (int)row);
                    looked++;
                }
            }
        }
        assert_true(looked > 0 || i == 0);
        glia_trace_free(g, t);
        glia_model_free(m);
    }
}

/* ------------------------------------------------------------------------------------ bits -- */

/* Wide enough for threads to be worth it; lengths in an order that has long ones in every part. */
static void fit_wide(glia_dtype dtype, int threads, void *weights) {
    enum { N = 128, T = 12, F = 4, WIDE = 1 + T * F };
    glia_ctx *own = glia_open(&(glia_settings){.threads = threads});
    glia_model_options o = {.seed = 1, .dtype = dtype};
    glia_model *m =
        glia_model_new(own, WIDE,
                       "x: ragged 12 4, a: lstm 64 steps all, from x, reverse, gru 64 "
                       "steps all reset before, reverse, concat a, gru 64 steps all, "
                       "conv 32 3 pad same sigmoid, attention 4, rnn 64, dense 8 softmax",
                       &o);
    if (!m) fail_msg("%s", glia_message(own));
    double x[N * WIDE], y[N];
    gl_rng r = gl_rng_new(1, GL_STREAM_TEST, 99);
    for (int i = 0; i < N * WIDE; i++) x[i] = i % WIDE ? gl_rng_normal(&r) : (double)(i * 7 % 13);
    for (int i = 0; i < N; i++) y[i] = (double)gl_rng_below(&r, 8);
    glia_fit_options fit = {.epochs = 1, .batch = 50, .seed = 2};
    assert_int_equal(glia_model_fit(m, glia_tensor_f64(x, N, WIDE), glia_tensor_f64(y, N, 1), &fit,
                                    NULL),
                     GLIA_OK);
    memcpy(weights, gl_store_at(m->net->store, GL_WEIGHTS, 0),
           (size_t)m->net->count * glia_dtype_size(dtype));
    glia_model_free(m);
    glia_close(own);
}

static void any_number_of_threads_gives_the_same_bits(void **state) {
    (void)state;
    enum { ROOM = 1 << 20 };
    char *one = calloc(1, ROOM), *many = calloc(1, ROOM);
    for (int precision = 0; precision < 2; precision++) {
        glia_dtype dtype = precision ? GLIA_F64 : GLIA_F32;
        fit_wide(dtype, 1, one);
        for (int threads = 2; threads <= 8; threads *= 2) {
            fit_wide(dtype, threads, many);
            assert_memory_equal(one, many, ROOM);
        }
    }
    free(one), free(many);
}

static void one_row_gives_the_bits_of_a_batch(void **state) {
    (void)state;
    double x[ROWS * COLUMNS], all[ROWS * MOST_OUTPUTS], one[MOST_OUTPUTS];
    fill(x, NAN);
    for (int i = 0; i < NETS; i++) {
        glia_model *m = build_ragged(i, i % 2 ? GLIA_F32 : GLIA_F64);
        int64_t outputs = predict(m, x, ROWS, all);
        for (int k = 0; k < ROWS; k++) {
            predict(m, x + k * COLUMNS, 1, one);
            assert_memory_equal(one, all + k * outputs, (size_t)outputs * sizeof *one);
        }
        glia_model_free(m);
    }
}

/* --------------------------------------------------------------------------------- refusals -- */

static void what_would_count_steps_that_are_not_there_is_refused(void **state) {
    (void)state;
    static const char *const wrong[][2] = {
        {"dense 2", "'fc1' would count what stands behind the last step of a sample of 'ragged 6 "
                    "3'; put a layer in front of it that gives its last state, 'gru 32' say, or "
                    "'global_pool'"},
        {"flatten, dense 2", "'flatten1' would count"},
        {"conv 3 1, reshape 3 6, gru 2, dense 1", "'reshape1' would count"},
        {"gru 4 steps all, batch_norm, gru 2, dense 1", "'batch_norm1' would count"},
        {"pad 1 0, gru 2, dense 1", "'pad1' would count"},
        {"upsample 2, gru 2, dense 1", "'upsample1' would count"},
        {"conv_transpose 4 3, gru 2, dense 1", "'conv_transpose1' would count"},
        {"gru 4 steps 2, gru 2, dense 1", "'gru1' is to give the last 2 steps, and samples have "
                                          "different numbers of them"},
        {"conv 4 3, gru 2, dense 1", "'conv1' makes 4x4 of the steps of 'ragged 6 3'"},
        {"conv 4 3 stride 2 pad same, gru 2, dense 1", "'conv1' has a stride of 2"},
        {"pool 2, gru 2, dense 1", "'pool1' has a stride of 2"},
        {"gru 4 steps all, sigmoid", "'sigmoid_ce1' would count"},
    };
    for (size_t i = 0; i < sizeof wrong / sizeof *wrong; i++) {
        char text[200];
        snprintf(text, sizeof text, "ragged 6 3, %s", wrong[i][0]);
        glia_model *m = glia_model_new(g, COLUMNS, text, NULL);
        if (m || !strstr(glia_message(g), wrong[i][1]))
            fail_msg("%s: %s", text, m ? "no error" : glia_message(g));
    }
    assert_null(glia_model_new(g, 2 * COLUMNS,
                               "a: ragged 6 3, b: ragged 6 3, add a, gru 2, dense 1", NULL));
    assert_non_null(strstr(glia_message(g), "'add1': steps of 'ragged 6 3' and others"));
    assert_null(glia_model_new(g, COLUMNS - 1, "ragged 6 3, gru 2, dense 1", NULL));
    assert_non_null(strstr(glia_message(g), "ragged 6x3 needs more columns than the 18 that there "
                                            "are, of which one says how many steps"));
}

static void lengths_that_cannot_be_are_refused(void **state) {
    (void)state;
    static const struct {
        double length;
        const char *says;
    } wrong[] = {{7, "x: row 3, column 1 is 7, expected how many of its steps a sample of 'ragged "
                     "6 3' has, a whole number from 0 to 6"},
                 {-1, "column 1 is -1"},
                 {2.5, "column 1 is 2.5"},
                 {NAN, "column 1 is nan"}};
    double x[ROWS * COLUMNS], y[ROWS] = {0};
    glia_model *m = build_ragged(0, GLIA_F32);
    for (size_t i = 0; i < sizeof wrong / sizeof *wrong; i++) {
        fill(x, 0);
        x[2 * COLUMNS] = wrong[i].length;
        glia_status status = glia_model_fit(m, glia_tensor_f64(x, ROWS, COLUMNS),
                                            glia_tensor_f64(y, ROWS, 1), NULL, NULL);
        assert_int_equal(status, GLIA_INPUT);
        if (!strstr(glia_message(g), wrong[i].says)) fail_msg("%s", glia_message(g));
    }
    fill(x, 0);
    x[5 * COLUMNS + 1] = NAN; /* a step that is there */
    assert_true(steps_of(5) > 0);
    assert_int_equal(glia_model_fit(m, glia_tensor_f64(x, ROWS, COLUMNS),
                                    glia_tensor_f64(y, ROWS, 1), NULL, NULL),
                     GLIA_INPUT);
    assert_non_null(strstr(glia_message(g), "x: row 6, column 2 is NaN"));
    glia_model_free(m);
}

/* By file, line and column, wherever rows are read: predict answered a length of 7 of 3 steps. */
static void a_table_with_another_length_is_refused_with_its_line(void **state) {
    (void)state;
    char text[4000] = "n,a,b,c,y\n";
    for (int i = 0; i < 120; i++)
        snprintf(text + strlen(text), sizeof text - strlen(text), "%d,%d,%d,%d,%s\n", 1 + i % 3,
                 i % 5, i % 4, i % 2, i % 7 > 3 ? "p" : "q");
    write_file("rows.csv", text);
    static const char train[] = "$GLIA train %s --number n,a,b,c --scale none --net 'ragged 3 1, "
                                "gru 2, dense 1 sigmoid' --epochs 1 -q -o %s";
    result r = run(train, "rows.csv", "rows.glia");
    if (r.status) fail_msg("%s", r.err);
    result_free(&r);
    strcat(text, "7,1,2,3,p\n");
    write_file("more.csv", text);
    write_file("half.csv", "n,a,b,c,y\n1,1,2,3,p\n1.5,1,2,3,q\n");
    static const char *const lines[] = {"$GLIA predict rows.glia more.csv",
                                        "$GLIA eval rows.glia more.csv"};
    for (int i = 0; i < 3; i++) {
        r = i < 2 ? run("%s", lines[i]) : run(train, "more.csv", "more.glia");
        assert_int_equal(r.status, 3);
        expect_in(r.err, "more.csv, line 122, column 'n': 7, expected how many of its steps the "
                         "sample of 'ragged 3 1' has, a whole number from 0 to 3");
        result_free(&r);
    }
    r = run("$GLIA predict rows.glia half.csv --bad-rows skip");
    assert_int_equal(r.status, 0);
    expect_in(r.err, "half.csv, line 3: skipped: column 'n': 1.5, expected how many");
    result_free(&r);
}

static void its_equations_say_so(void **state) {
    (void)state;
    glia_model *m = build_ragged(0, GLIA_F64);
    char *text = glia_model_equations(m), *plan = glia_model_plan(m, "train", 4);
    static const char *const says[] = {
        "  n = row 1 of X: of 6 steps a sample has the first n, whose values are the other rows, "
        "6x3\n",
        "  for t = 1 .. n, from states 0 on:\n", "  A1 = H_n, 0 where n = 0      W1 (15, 3)",
        "  for t = n .. 1, with dH = 0 behind the last:\n"};
    for (size_t i = 0; i < sizeof says / sizeof *says; i++)
        if (!strstr(text, says[i])) fail_msg("no '%s' in\n%s", says[i], text);
    assert_non_null(strstr(plan, "lengths      lengths=lengths1"));
    assert_non_null(strstr(plan, "last         y=gru1"));
    glia_text_free(g, text), glia_text_free(g, plan);
    glia_port port = glia_model_input_port(m, 0);
    assert_int_equal(port.columns, COLUMNS);
    assert_int_equal(port.dim[0], STEPS);
    assert_int_equal(port.dim[1], FEATURES);
    glia_model_free(m);
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(a_sample_is_what_it_would_be_alone),
        cmocka_unit_test(the_empty_sequence_has_a_state_of_0),
        cmocka_unit_test(what_stands_behind_the_last_step_changes_nothing),
        cmocka_unit_test(values_behind_the_last_step_are_0_and_so_are_gradients),
        cmocka_unit_test(any_number_of_threads_gives_the_same_bits),
        cmocka_unit_test(one_row_gives_the_bits_of_a_batch),
        cmocka_unit_test(what_would_count_steps_that_are_not_there_is_refused),
        cmocka_unit_test(lengths_that_cannot_be_are_refused),
        cmocka_unit_test(a_table_with_another_length_is_refused_with_its_line),
        cmocka_unit_test(its_equations_say_so),
    };
    return cmocka_run_group_tests_name("ragged", tests, open_context, close_context);
}
