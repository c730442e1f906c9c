/*
 * graph.c: networks that are no chains: residual and two-branch ones, several inputs and outputs,
 * shapes. Their gradients are those of differences, their values those of plain loops, and they
 * keep every promise that chains keep: equal bits, text and file round trips, resumed trainings.
 */
#include "test.h"

#include "base/random.h"
#include "product/model.h"
#include <math.h>

#include "context.h"
#include "formulas.h"

typedef struct graph {
    int64_t inputs;
    const char *text, *loss;
} graph;

/* Written as the library writes them again. */
static const graph graphs[] = {
    {6, "dense 7 relu, a: dense 5 tanh, dense 5 linear, add a, relu, dense 3 softmax", NULL},
    {6, "a: dense 5 silu, b: dense 5 tanh, dense 5 gelu, add a b, dense 1 sigmoid", NULL},
    {4,
     "a: dense 6 tanh, dense 3 sigmoid, b: dense 4 linear, from a, dense 3 relu, concat b, "
     "dense 2 linear",
     "mse"},
    {5, "a: dense 4 tanh, dense 4 sigmoid, mul a, dense 2 softmax", NULL},
    {5, "a: dense 4 sigmoid, mul a, b: dense 4 linear, add b, dense 1 linear", "huber:0.7"},
    {3, "x: input 3, dense 3 tanh, add x, dense 2 softmax", NULL},
    {7,
     "p: input 4, q: input 3, dense 5 relu, c: dense 4 tanh, from p, dense 4 linear, add c, "
     "concat p q, dense 3 softmax",
     NULL},
    {6, "t: dense 8 tanh, dense 3 softmax, output, from t, dense 2 relu, dense 1 linear", NULL},
    {6,
     "t: dense 8 tanh, dense 2 sigmoid, output, from t, u: dense 4 elu, dense 1 linear, output, "
     "from u, add u, dense 3 softmax",
     "cross_entropy, huber:1.5, cross_entropy"},
    {12,
     "a: image 2 2 3, dense 12 tanh, b: reshape 2 2 3, reshape 4 3, reshape 2 2 3, concat a b, "
     "flatten, dense 2 softmax",
     NULL},
    {12, "sequence 4 3, flatten, a: dense 6 relu, layer_norm, add a, batch_norm, dense 2 softmax",
     NULL},
    {6,
     "a: dense 5 relu, b: dense 5 sigmoid, from a, c: dense 5 tanh, add a b c, mul c, "
     "dense 1 sigmoid",
     "mse"},
    {6, "a: dense 9 relu, dropout 0.3, dense 9 tanh, add a, dense 1 sigmoid", NULL},
    {4, "p: dense 1 sigmoid, output, from p, dense 3 softmax", NULL},
    {24,
     "image 4 3 2, a: conv 4 3x3 pad same tanh, conv 4 3x3 pad 1x1 linear, add a, relu, "
     "batch_norm, "
     "global_pool, dense 3 softmax",
     NULL},
    {20,
     "image 5 4 1, conv 3 2x3 stride 2x1 pad 1x1 sigmoid, mean_pool 2x2 stride 1x1 pad 1x1, "
     "dense 2 linear",
     "mse"},
    {24, "sequence 12 2, conv 4 3 dilation 2 silu, pool 2, conv 2 2 groups 2 tanh, dense 1 sigmoid",
     NULL},
    {24,
     "image 3 4 2, x: conv 4 2x2 pad same groups 2 relu, p: pool 2x2 stride 1x1 pad same, from x, "
     "conv 4 1x1 linear, add p, conv 2 3x3 stride 2x2 pad 1x1 linear, dense 2 softmax",
     NULL},
    {12,
     "image 2 3 2, a: conv 3 2x2 pad same tanh, upsample 2x3, crop 1x2 1x4, add a, pad 1x0 0x2, "
     "conv 2 2x2 sigmoid, pad 1x1, dense 2 softmax",
     NULL},
    {12,
     "image 2 2 3, conv 4 2x2 pad same linear, batch_norm, relu, conv_transpose 6 3x3 stride "
     "2x2 pad 1x1 groups 2 output_pad 1x1 tanh, conv_transpose 2 2x2 dilation 2x2 linear, "
     "dense 2 softmax",
     NULL},
    {12,
     "sequence 4 3, a: conv_transpose 4 2 stride 2 relu, conv_transpose 4 3 pad 1 linear, add a, "
     "conv_transpose 4 3 stride 4 pad same silu, pool 2, dense 1 sigmoid",
     NULL},
    {24,
     "sequence 8 3, pad 2 0, conv 4 3 sigmoid, upsample 3, crop 4 1, global_pool, dense 1 linear",
     "mse"},
    {24, "sequence 8 3, lstm 5 steps all, lstm 4, dense 2 softmax", NULL},
    {24, "sequence 8 3, gru 5 steps 3, layer_norm, gru 4, dense 1 sigmoid", NULL},
    {24, "sequence 8 3, gru 5 steps 3 reset before, gru 4 reset before, dense 1 sigmoid", NULL},
    {24, "sequence 8 3, rnn 5 steps all relu 1, rnn 7, dense 1 linear", "mse"},
    {24,
     "x: sequence 6 4, a: lstm 3 steps all, from x, reverse, lstm 3 steps all, reverse, concat a, "
     "b: conv 6 3 pad same tanh, gru 6 steps all, add b, relu, global_pool, dense 3 softmax",
     NULL},
    {12, "image 3 4 1, conv 2 2x2 tanh, reshape 2 6, dropout 0.3, gru 4 steps all, dense 2 softmax",
     NULL},
    {21, "ragged 5 4, lstm 3 steps all, gru 4, dense 1 sigmoid", NULL},
    {24,
     "x: sequence 6 4, a: lstm 3 steps all state_dropout 0.4, from x, reverse, rnn 3 steps all "
     "state_dropout 0.2 relu 1, reverse, concat a, gru 4 steps 2 state_dropout 0.5 reset before, "
     "gru 3 state_dropout 0.25, dense 2 softmax",
     NULL},
    {21,
     "x: ragged 5 4, a: gru 3 steps all reset before, from x, reverse, rnn 3 steps all, reverse, "
     "concat a, b: conv 6 3 pad same sigmoid, conv 6 1 softplus, add b, pool 3 stride 1 pad same, "
     "global_pool, dense 3 softmax",
     NULL},
    {21, "ragged 5 4, conv 3 2 pad same tanh, mean_pool 2 stride 1 pad same, lstm 2 steps all",
     "huber:0.7"},
    {23,
     "p: input 2, q: ragged 5 4, conv 4 4 pad same gelu, gru 5, c: dense 4 tanh, from p, "
     "dense 4 linear, add c, dense 2 softmax",
     NULL},
    {6,
     "x: sequence 6 1, embedding 4 5, a: gru 3, from x, embedding 7 2 tanh, lstm 3, concat a, "
     "dense 2 softmax",
     NULL},
    {10,
     "p: input 2, x: ragged 7 1, a: embedding 4 3, gru 3, c: dense 2 tanh, from a, relu, reverse, "
     "rnn 2, concat c p, dense 2 softmax",
     NULL},
    {7,
     "p: input 3, input 4, embedding 4 2 relu, c: flatten, from p, dense 3 tanh, concat c, "
     "dense 1 linear",
     "mse"},
    {24, "sequence 8 3, conv 6 1 tanh, attention 2, dense 2 softmax", NULL},
    {7, "ragged 6 1, embedding 5 4, a: positions, attention 2, add a, global_pool, dense 2 softmax",
     NULL},
    {21,
     "ragged 5 4, a: positions learned yes, layer_norm, attention 2, add a, layer_norm, "
     "attention 4 causal yes, global_pool, dense 2 softmax",
     NULL},
    {24,
     "sequence 6 4, a: positions learned yes, attention 4 causal yes, add a, b: layer_norm, "
     "conv 6 1 silu, conv 4 1 linear, add b, layer_norm, global_pool, dense 1 sigmoid",
     NULL},
    {24,
     "sequence 6 4, positions, a: layer_norm, attention 1, dropout 0.2, add a, b: attention 2, "
     "tanh, mul b, dense 1 linear",
     "mse"},
    {24, "image 3 4 2, conv 5 2x2 tanh, layer_norm, dense 2 softmax", NULL},
    {12, "image 2 3 2, conv 5 2x2 pad same tanh, conv 3 1x1 softmax", NULL},
    {24, "sequence 8 3, a: lstm 4 steps all, conv 2 1 softmax, output, from a, conv 1 1 linear",
     NULL},
    {16, "ragged 5 3, gru 4 steps all, conv 3 1 softmax", NULL},
};
enum { GRAPHS = sizeof graphs / sizeof *graphs, ROWS = 24, MOST = 24 };

typedef struct data {
    double x[ROWS * MOST], y[ROWS * MOST];
    glia_tensor xs, ys;
} data;

static glia_model *build(int i, glia_dtype dtype) {
    glia_model_options o = {.loss = graphs[i].loss, .dtype = dtype, .seed = 3, .init = "xavier"};
    glia_model *m = glia_model_new(g, graphs[i].inputs, graphs[i].text, &o);
    if (!m) fail_msg("%s: %s", graphs[i].text, glia_message(g));
    return m;
}

/* Labels of each head: class numbers, probabilities or values. */
static void fill(data *d, const glia_model *m, int i) {
    gl_rng r = gl_rng_new(1, GL_STREAM_TEST, (uint64_t)i);
    const gl_net *net = m->net;
    bool ids = false; /* 0 is none of them */
    for (int k = 0; k < net->nodes; k++) ids |= net->node[k].op->looks_up;
    for (int64_t k = 0; k < ROWS * net->inputs; k++)
        d->x[k] = ids ? (double)gl_rng_below(&r, 5) : gl_rng_normal(&r);
    for (int k = 0; k < net->inlets; k++)
        for (int64_t row = 0; row < ROWS && gl_is_ragged(&net->inlet[k]); row++)
            d->x[row * net->inputs + net->inlet[k].first] =
                (double)gl_rng_below(&r, net->inlet[k].shape.dim[0] + 1);
    for (int64_t k = 0; k < ROWS * net->heads; k++) {
        const gl_head *h = &net->head[k % net->heads];
        const gl_op *loss = gl_loss_of(net, h)->op;
        for (int64_t j = 0; j < h->labels; j++)
            d->y[k / net->heads * net->labels + h->label + j] =
                loss->classes ? (double)gl_rng_below(&r, h->width / h->labels)
                : loss->link  ? gl_rng_uniform(&r)
                              : gl_rng_normal(&r);
    }
    d->xs = glia_tensor_f64(d->x, ROWS, net->inputs),
    d->ys = glia_tensor_f64(d->y, ROWS, net->labels);
}

/* --------------------------------------------------------------------------------- gradients -- */

static void compare_row(void *user, const glia_check_row *row) {
    if (row->difference < 1e-8 && row->checked > 0) return;
    fail_msg("%s: '%s' differs by %.2e", (const char *)user, row->param, row->difference);
}

static void gradients_are_those_of_differences(void **state) {
    (void)state;
    for (int i = 0; i < GRAPHS; i++) {
        if (strstr(graphs[i].text, "dropout")) continue; /* the cost changes by chance */
        data d;
        glia_model *m = build(i, GLIA_F64);
        fill(&d, m, i);
        glia_check_options o = {.row = compare_row, .user = (void *)graphs[i].text, .l2 = 0.01};
        assert_int_equal(glia_model_check(g, m, d.xs, d.ys, &o), GLIA_OK);
        glia_model_free(m);
    }
}

/* ------------------------------------------------------------------------------------ values -- */

static const double *param(const glia_model *m, const char *name) {
    int i = glia_model_find_param(m, name);
    assert_true(i >= 0);
    return glia_model_param(m, i).data;
}

static void dense(const double *w, const double *b, const double *x, int64_t n, int64_t k,
                  double *z) {
    for (int64_t j = 0; j < n; j++) {
        z[j] = b[j];
        for (int64_t p = 0; p < k; p++) z[j] += w[j * k + p] * x[p];
    }
}

static void predict_all(const glia_model *m, const data *d, double *out) {
    glia_predictor *p = glia_predictor_new(g, m, ROWS);
    assert_int_equal(glia_predictor_run(p, d->xs, glia_tensor_f64(out, ROWS, m->net->outputs)),
                     GLIA_OK);
    glia_predictor_free(p);
}

/* Graph 6, by hand: two inputs, a sum, values side by side. */
static void values_are_those_of_plain_loops(void **state) {
    (void)state;
    data d;
    double out[ROWS * 3];
    glia_model *m = build(6, GLIA_F64);
    fill(&d, m, 6);
    predict_all(m, &d, out);
    for (int64_t i = 0; i < ROWS; i++) {
        const double *p = d.x + i * 7, *q = p + 4;
        double z[8], c[4], all[11], y[3], sum = 0;
        dense(param(m, "fc1.w"), param(m, "fc1.b"), q, 5, 3, z);
        for (int j = 0; j < 5; j++) z[j] = z[j] > 0 ? z[j] : 0;
        dense(param(m, "fc2.w"), param(m, "fc2.b"), z, 4, 5, c);
        dense(param(m, "fc3.w"), param(m, "fc3.b"), p, 4, 4, z);
        for (int j = 0; j < 4; j++) all[j] = z[j] + tanh(c[j]);
        memcpy(all + 4, p, 4 * sizeof *p);
        memcpy(all + 8, q, 3 * sizeof *q);
        dense(param(m, "fc4.w"), param(m, "fc4.b"), all, 3, 11, y);
        for (int j = 0; j < 3; j++) sum += y[j] = exp(y[j]);
        for (int j = 0; j < 3; j++) assert_true(fabs(out[i * 3 + j] - y[j] / sum) < 1e-13);
    }
    glia_model_free(m);
}

/* Graph 7 has two: its cost is the sum of theirs, and each can be had alone. */
static void the_cost_of_heads_is_the_sum_of_theirs(void **state) {
    (void)state;
    data d;
    double out[ROWS * 4], cost = 0;
    glia_model *m = build(7, GLIA_F64);
    fill(&d, m, 7);
    predict_all(m, &d, out);
    glia_port first = glia_model_output_port(m, 0), second = glia_model_output_port(m, 1);
    assert_int_equal(glia_model_output_ports(m), 2);
    assert_string_equal(first.activation, "softmax");
    assert_string_equal(second.loss, "mse");
    assert_int_equal(second.first, 3);
    assert_int_equal(second.first_label, 1);
    for (int64_t i = 0; i < ROWS; i++) {
        double e = out[i * 4 + 3] - d.y[i * 2 + 1];
        cost += (e * e - log(out[i * 4 + (int64_t)d.y[i * 2]])) / ROWS;
    }
    assert_true(fabs(glia_model_cost(g, m, d.xs, d.ys) - cost) < 1e-12);
    glia_model_free(m);
}

static void arrays_stand_side_by_side(void **state) {
    (void)state;
    float a[] = {1, 2, 3, 4}, room[10];
    uint8_t b[] = {5, 6, 7, 8, 9, 10};
    glia_tensor parts[] = {glia_tensor_f32(a, 2, 2), {GLIA_U8, 3, {2, 3, 1}, b}};
    glia_tensor out = glia_tensor_f32(room, 2, 5), narrow = glia_tensor_f32(room, 2, 4);
    const float expected[] = {1, 2, 5, 6, 7, 3, 4, 8, 9, 10};
    assert_int_equal(glia_tensor_beside(g, parts, 2, &out), GLIA_OK);
    assert_memory_equal(room, expected, sizeof expected);
    assert_int_equal(glia_tensor_beside(g, parts, 2, &narrow), GLIA_USAGE);
    parts[1].dim[0] = 3;
    assert_int_equal(glia_tensor_beside(g, parts, 2, &out), GLIA_USAGE);
}

/* -------------------------------------------------------------------------------------- bits -- */

static void assert_same_weights(const glia_model *a, const glia_model *b, const char *text) {
    size_t size = (size_t)a->net->count * glia_dtype_size(a->net->dtype);
    if (memcmp(gl_store_at(a->net->store, GL_WEIGHTS, 0), gl_store_at(b->net->store, GL_WEIGHTS, 0),
               size) != 0)
        fail_msg("%s: the weights differ", text);
}

static const glia_fit_options options = {.epochs = 4, .batch = 7, .lr = 0.01, .seed = 5};

/* Wide enough for threads to be worth it. */
static const graph wide = {
    64,
    "dense 256 relu, a: dense 256 tanh, dense 256 relu, add a, b: dense 256 relu, from a, dense "
    "256 gelu, concat b, dense 8 softmax",
    NULL};

static const graph picture = {
    64,
    "image 8 8, conv 16 3x3 pad same relu, pool 2, conv_transpose 16 4x4 stride 2 pad same "
    "linear, batch_norm, relu, upsample 2, crop 6 0x1, pad 0 1x2, dense 8 softmax",
    NULL};

static const graph stepwise = {
    64,
    "sequence 16 4, lstm 64 steps all, gru 64 steps all reset before, gru 64 steps all, rnn 64, "
    "dense 8 softmax",
    NULL};

static const graph encoder = {
    64,
    "sequence 16 4, conv 32 1 linear, a: positions learned yes, attention 4, add a, b: layer_norm, "
    "conv 64 1 relu, conv 32 1 linear, add b, layer_norm, attention 2 causal yes, global_pool, "
    "dense 8 softmax",
    NULL};

static glia_model *train(const graph *of, int threads) {
    enum { N = 256 };
    glia_ctx *own = glia_open(&(glia_settings){.threads = threads});
    glia_model *m = glia_model_new(own, of->inputs, of->text, &(glia_model_options){.seed = 1});
    if (!m) fail_msg("%s: %s", of->text, glia_message(own));
    float *x = malloc(N * 64 * sizeof *x), y[N];
    gl_rng r = gl_rng_new(1, GL_STREAM_TEST, 99);
    for (int i = 0; i < N * 64; i++) x[i] = (float)gl_rng_normal(&r);
    for (int i = 0; i < N; i++) y[i] = (float)gl_rng_below(&r, 8);
    glia_fit_options o = {.epochs = 2, .batch = 100, .seed = 2};
    assert_int_equal(glia_model_fit(m, glia_tensor_f32(x, N, 64), glia_tensor_f32(y, N, 1), &o,
                                    NULL),
                     GLIA_OK);
    free(x);
    return m;
}

static void free_with_context(glia_model *m) {
    glia_ctx *own = m->g;
    glia_model_free(m);
    glia_close(own);
}

static void bits_do_not_depend_on_threads(void **state) {
    (void)state;
    static const int threads[] = {2, 3, 8};
    static const graph *const all[] = {&wide, &picture, &stepwise, &encoder};
    for (int i = 0; i < 4; i++) {
        glia_model *one = train(all[i], 1);
        for (int k = 0; k < 3; k++) {
            glia_model *m = train(all[i], threads[k]);
            assert_same_weights(one, m, all[i]->text);
            free_with_context(m);
        }
        free_with_context(one);
    }
}

static void a_batch_gives_the_bits_of_single_rows(void **state) {
    (void)state;
    for (int i = 0; i < GRAPHS; i++) {
        data d;
        double all[ROWS * MOST], one[MOST];
        glia_model *m = build(i, i % 2 ? GLIA_F32 : GLIA_F64);
        int64_t n = m->net->inputs, outputs = m->net->outputs;
        fill(&d, m, i);
        predict_all(m, &d, all);
        glia_predictor *p = glia_predictor_new(g, m, 1);
        for (int64_t k = 0; k < ROWS; k++) {
            glia_tensor x = glia_tensor_f64(d.x + k * n, 1, n),
                        y = glia_tensor_f64(one, 1, outputs);
            assert_int_equal(glia_predictor_run(p, x, y), GLIA_OK);
            assert_memory_equal(one, all + k * outputs, (size_t)outputs * sizeof *one);
        }
        glia_predictor_free(p);
        glia_model_free(m);
    }
}

/* ------------------------------------------------------------------------------- round trips -- */

static void text_and_file_give_the_same_network(void **state) {
    (void)state;
    char path[600];
    snprintf(path, sizeof path, "%s/graph.glia", scratch());
    for (int i = 0; i < GRAPHS; i++) {
        data d;
        double before[ROWS * MOST], after[ROWS * MOST];
        glia_model *m = build(i, GLIA_F32);
        char *text = glia_model_text(m);
        assert_string_equal(text, graphs[i].text);
        glia_text_free(g, text);
        fill(&d, m, i);
        predict_all(m, &d, before);
        assert_int_equal(glia_model_save(m, path), GLIA_OK);
        glia_model *again = glia_model_load(g, path);
        if (!again) fail_msg("%s: %s", graphs[i].text, glia_message(g));
        predict_all(again, &d, after);
        assert_memory_equal(before, after, sizeof *before * ROWS * (size_t)m->net->outputs);
        assert_string_equal(glia_model_loss(m), glia_model_loss(again));
        char *equations = glia_model_equations(again);
        assert_non_null(equations);
        glia_text_free(g, equations);
        glia_model_free(m);
        glia_model_free(again);
    }
}

static int stop_at(void *user, const glia_progress *p) { return p->updates == *(int64_t *)user; }

/* Stopped at several updates, in a chain of resumes. */
static void a_resumed_training_gives_the_same_bits(void **state) {
    (void)state;
    char path[600];
    snprintf(path, sizeof path, "%s/graph.ckpt", scratch());
    for (int i = 0; i < GRAPHS; i++) {
        data d;
        glia_model *whole = build(i, GLIA_F32), *parts = NULL;
        fill(&d, whole, i);
        assert_int_equal(glia_model_fit(whole, d.xs, d.ys, &options, NULL), GLIA_OK);
        glia_checkpoint at = {.path = path, .seconds = GLIA_EVERY_UPDATE};
        for (int64_t stop = 3; stop <= 12; stop += 4, at.resume = 1) {
            glia_fit_options o = options;
            o.progress = stop_at, o.user = &stop;
            glia_model_free(parts);
            parts = build(i, GLIA_F32);
            assert_int_equal(glia_model_fit_resumable(parts, d.xs, d.ys, &o, &at, NULL),
                             GLIA_INTERRUPTED);
        }
        glia_model_free(parts);
        parts = build(i, GLIA_F32);
        assert_int_equal(glia_model_fit_resumable(parts, d.xs, d.ys, &options, &at, NULL), GLIA_OK);
        assert_same_weights(whole, parts, graphs[i].text);
        remove(path);
        glia_model_free(whole);
        glia_model_free(parts);
    }
}

/* ------------------------------------------------------------------------------------ errors -- */

static void wrong_graphs_are_refused_with_the_place(void **state) {
    (void)state;
    static const struct {
        int64_t inputs;
        const char *text, *loss, *says;
    } wrong[] = {
        {4, "dense 3, add b, dense 1", NULL, "no value before it is named 'b'"},
        {4, "dense 4, add x, dense 1", NULL, "named 'x'; begin with 'x: input 4'"},
        {4, "t: dense 3, a: dense 1 sigmoid, output, from t, dense 1", NULL, "leave its label out"},
        {2, "x: input 2, dense 1, output, from x, tanh, softmax", NULL, "before output 2"},
        {2, "x: input 2, dense 1, output, from x, sigmoid", NULL, "before output 2"},
        {4, "t: dense 3, a: dense 2 softmax, output, from t, dense 1", NULL, "takes no label"},
        {4, "first: dense 3, dense 3, add frist, dense 1", NULL, "did you mean 'first'?"},
        {4, "a: dense 3, dense 4, add a, dense 1", NULL, "shape 4 and one of shape 3"},
        {4, "a: dense 3, dense 4, mul a a, dense 1", NULL, "this op reads no more values"},
        {4, "a: dense 3, add", NULL, "add needs the name of what it reads"},
        {4, "a: dense 3, a: dense 4", NULL, "position 13: this label stands twice"},
        {4, "9a: dense 3", NULL, "a label begins with a letter"},
        {4, "a: dense 3 softmax", NULL, "no layer can read it"},
        {4, "a: dense 3, dense 4, from a, dense 1", NULL, "no layer reads 'fc2'"},
        {4, "image 2 3, dense 1", NULL, "image 2x3x1 needs more columns than the 4"},
        {4, "input 3, dense 1", NULL, "its inputs have 3 columns, the data has 4"},
        {4, "p: input 2, input 2, dense 1", NULL, "no layer reads input 1"},
        {4, "dense 2, input 4, dense 1", NULL, "declare every input"},
        {4, "dense 6, reshape 4 2, dense 1", NULL,
         "6 values of shape 6 cannot be given the shape 4x2"},
        {4, "t: dense 3, dense 1, output, from t, dense 2", "mse, mae, mse", "has 2 outputs"},
        {4, "t: dense 3, dense 1, output, from t, dense 2, output, from t, dense 1", "mse, mae",
         "output 3"},
        {4, "dense 3 softmax, output, dense 1", NULL, "position 26: say what is read behind"},
        {4, "output, dense 2", NULL, "no layer makes this output"},
        {4, "conv 3 2x2, dense 2", NULL, "begin the network with 'image HEIGHT WIDTH CHANNELS'"},
        {12, "image 3 4 1, pool 2x2, conv 3 2x2, dense 2", NULL,
         "'conv1': its kernel reaches over 2x2, and what it reads is 1x2x1"},
        {12, "image 3 4 1, conv 3 2x2 dilation 3, dense 2", NULL, "reaches over 4x4"},
        {12, "image 3 4 1, pool 2x2 pad 2, dense 2", NULL,
         "its pad is 2x2, expected less than its kernel reaches, 2x2"},
        {12, "image 3 2 2, conv 3 2x2 groups 2, dense 2", NULL,
         "2 groups, expected a number that divides its 2 channels and its 3 filters"},
        {12, "image 3 4 1, conv 3 2x2 stride 2 stride 2, dense 2", NULL, "stands twice"},
        {12, "image 3 4 1, conv 3 2x2 stride, dense 2", NULL,
         "conv's stride is '', expected a whole number from 1 to 4096, or two, as in '3x3'"},
        {12, "image 3 4 1, conv 3 2x2 pad all, dense 2", NULL,
         "expected 'same', or a whole number"},
        {12, "image 3 4 1, conv 3 2y2, dense 2", NULL, "conv's kernel is '2y2'"},
        {12, "sequence 6 2, conv 3 2x2, dense 2", NULL, "write 'kernel 2'"},
        {12, "image 3 4 1, conv 3 2x2 strid 2, dense 2", NULL, "strid"},
        {12, "image 3 4 1, conv 3, dense 2", NULL, "conv needs its kernel, 'conv 20 3x3' say"},
        {12, "image 3 4 1, pool, dense 2", NULL, "pool needs its kernel, 'pool 3x3' say"},
        {12, "global_pool, dense 2", NULL, "needs a picture or a sequence"},
        {12, "upsample 2, dense 2", NULL, "'upsample1' needs a picture or a sequence"},
        {12, "image 3 4, upsample 0, dense 2", NULL, "upsample's factor is '0', expected"},
        {12, "image 3 4, upsample, dense 2", NULL, "upsample needs its factor, 'upsample 3x3' say"},
        {12, "sequence 6 2, upsample 2x2, dense 2", NULL, "write 'factor 2'"},
        {12, "image 3 4, crop 1x2, dense 2", NULL,
         "'crop1': it takes 2 rows and 4 columns away, and what it reads is 3x4x1"},
        {12, "image 3 4, crop 0 3x0, dense 2", NULL, "it takes 3 rows and 0 columns away"},
        {12, "image 3 4, pad 1 1 1, dense 2", NULL, "unknown layer or activation '1'"},
        {12, "image 3 4, pad -1, dense 2", NULL, "pad's before is '-1', expected a whole number"},
        {12, "pad 1, dense 2", NULL, "'pad1' needs a picture or a sequence"},
        {1, "sequence 1, upsample 4096, upsample 4096, upsample 4096, upsample 4096, dense 1", NULL,
         "'upsample4': its values do not fit into any memory"},
        {1, "image 1 1, upsample 4096, upsample 4096, upsample 4096, dense 1", NULL,
         "'upsample3': its values do not fit into any memory"},
        {12, "image 3 4, conv_transpose 2 3x3 pad 3, dense 2", NULL, "its pad of 3x3 leaves -1x0"},
        {1, "image 1 1, conv_transpose 2 3 pad 2, dense 2", NULL,
         "'conv_transpose1': its pad of 2x2 leaves -1x-1 of what it makes of 1x1x1"},
        {12, "image 3 4, conv_transpose 2 2 stride 2 output_pad 2, dense 2", NULL,
         "its output_pad is 2x2, expected less than its stride, 2x2"},
        {12, "image 3 4, conv_transpose 2 2 stride 2 pad same output_pad 1, dense 2", NULL,
         "'pad same' says how large it is; leave 'output_pad' out"},
        {12, "image 3 4, conv_transpose 3 2 groups 2, dense 2", NULL,
         "2 groups, expected a number that divides its 1 channels and its 3 filters"},
        {12, "image 3 4, conv 2 2 output_pad 1, dense 2", NULL, "'output_pad'"},
        {12, "lstm 3, dense 2", NULL,
         "'lstm1' goes over the steps of a sequence, and what it reads is 12; begin the network "
         "with 'sequence STEPS FEATURES'"},
        {12, "sequence 3 4, gru 3, lstm 5, dense 2", NULL,
         "'lstm2' goes over steps, and 'gru1' gives its last state alone, 3; let it give all: "
         "'gru 3 steps all'"},
        {12, "sequence 3 4, rnn 3 steps 4, dense 2", NULL,
         "'rnn1' is to give the last 4 steps, and reads 3"},
        {12, "sequence 3 4, lstm 3 relu 1, dense 2", NULL, "unknown layer or activation '1'"},
        {12, "sequence 3 4, gru 3 reset behind, dense 2", NULL,
         "gru's reset is 'behind', expected after or before"},
        {12, "sequence 3 4, lstm, dense 2", NULL, "lstm needs its units, 'lstm 20' say"},
        {12, "sequence 3 4, lstm 3 steps last, dense 2", NULL,
         "lstm's steps is 'last', expected 'all', or a whole number"},
        {12, "image 3 4, reverse, dense 2", NULL, "'reverse1' goes over the steps of a sequence"},
        {12, "sequence 3 4, attention 3, dense 2", NULL,
         "'attention1': 3 heads, expected a number that divides the 4 numbers of each step"},
        {12, "sequence 3 4, attention, dense 2", NULL, "attention needs its heads, 'attention 20'"},
        {12, "sequence 3 4, attention 2 causal 1, dense 2", NULL,
         "attention's causal is '1', expected no or yes"},
        {12, "image 3 4, attention 2, dense 2", NULL,
         "'attention1' goes over the steps of a sequence, and what it reads is 3x4x1"},
        {12, "sequence 3 4, gru 4, attention 2, dense 2", NULL,
         "let it give all: 'gru 4 steps all'"},
        {12, "positions, dense 2", NULL, "'positions1' goes over the steps of a sequence"},
        {12, "sequence 12, layer_norm, dense 2", NULL,
         "'layer_norm1' standardises the values of each step by themselves, and what it reads has "
         "one in each"},
        {12, "conv_transpose 3 2, dense 2", NULL,
         "'conv_transpose1' needs a picture or a sequence"},
        {12, "sequence 4 3, embedding 5 2, dense 2", NULL,
         "'embedding1' reads one number a step, and what it reads is 4x3; write 'sequence 12'"},
        {12, "relu, embedding 5 2, dense 2", NULL,
         "'embedding1' looks numbers of x up, and what it reads was computed of them"},
        {12, "sequence 12, embedding 5 2, flatten, embedding 5 2, dense 2", NULL,
         "'embedding2' looks numbers of x up"},
        {12, "embedding 5, dense 2", NULL, "embedding needs its units"},
        {12, "embedding 0 2, dense 2", NULL, "embedding's count is '0', expected a whole number"},
        {1, "embedding 16777216 16777216, embedding 16777216 16777216, dense 2", NULL,
         "'embedding2' looks numbers of x up"},
    };
    for (size_t i = 0; i < sizeof wrong / sizeof *wrong; i++) {
        glia_model_options o = {.loss = wrong[i].loss};
        assert_null(glia_model_new(g, wrong[i].inputs, wrong[i].text, &o));
        if (!strstr(glia_message(g), wrong[i].says))
            fail_msg("'%s': expected '%s' in: %s", wrong[i].text, wrong[i].says, glia_message(g));
    }
}

/* A sample's dimensions grow by what is divided: 4 x 16777216 x 16777216 x ... do not wrap. */
static void shapes_too_large_are_refused(void **state) {
    (void)state;
    assert_null(glia_model_new(g, 4, "image 16777216 16777216 16777216, dense 1", NULL));
    assert_non_null(strstr(glia_message(g), "needs more columns"));
    assert_null(glia_model_new(g, 4, "dense 4, reshape 16777216 16777216 16777216, dense 1", NULL));
    assert_non_null(strstr(glia_message(g), "cannot be given the shape"));
}

/* ---------------------------------------------------------------------------------- formulas -- */

static void put_matrix(formulas *p, const char *name, const double *v, int rows, int cols) {
    memcpy(new_matrix(p, name, rows, cols)->v, v, (size_t)(rows * cols) * sizeof *v);
}

/* Samples are columns. */
static void put_columns(formulas *p, const char *name, const double *v, int64_t stride,
                        int64_t first, int64_t width) {
    matrix *to = new_matrix(p, name, (int)width, ROWS);
    for (int r = 0; r < to->rows; r++)
        for (int c = 0; c < ROWS; c++) *cell(to, r, c) = v[c * stride + first + r];
}

static void put_data(formulas *p, const glia_model *m, const data *d) {
    const gl_net *net = m->net;
    double delta = 1;
    char name[16];
    for (int k = 0; k < net->inlets; k++) {
        snprintf(name, sizeof name, net->inlets > 1 ? "X%d" : "A%d", k + (net->inlets > 1));
        put_columns(p, name, d->x, net->inputs, net->inlet[k].first, net->inlet[k].width);
    }
    for (int k = 0; k < net->heads; k++) {
        const gl_head *h = &net->head[k];
        snprintf(name, sizeof name, "Y%d", k + 1);
        put_columns(p, name, d->y, net->labels, h->label, h->labels);
        if (gl_loss_of(net, h)->op->attrs) delta = gl_loss_of(net, h)->attr[0];
    }
    put_matrix(p, "delta", &delta, 1, 1);
}

/* "fc2.w" is W2. */
static void symbol_of_param(const gl_param *param, const char *prefix, char name[16]) {
    int l;
    char kind;
    assert_int_equal(sscanf(param->name, "fc%d.%c", &l, &kind), 2);
    snprintf(name, 16, "%s%c%d", prefix, kind == 'w' ? 'W' : 'b', l);
}

static void put_weights(formulas *p, const gl_net *net) {
    char name[16];
    for (const gl_param *w = net->param; w < net->param + net->params; w++) {
        symbol_of_param(w, "", name);
        put_matrix(p, name, gl_store_at(net->store, GL_WEIGHTS, w->offset), (int)w->rows,
                   (int)w->cols);
    }
}

/* A step of gradient descent with lr 1 over all rows: what the weights lose is their gradient. */
static void compare_step(formulas *p, glia_model *m, const data *d) {
    glia_fit_options o = {.epochs = 1, .batch = ROWS, .optimizer = "sgd", .lr = 1};
    assert_int_equal(glia_model_fit(m, d->xs, d->ys, &o, NULL), GLIA_OK);
    for (const gl_param *w = m->net->param; w < m->net->param + m->net->params; w++) {
        const double *after = gl_store_at(m->net->store, GL_WEIGHTS, w->offset);
        char name[16], gradient[16];
        symbol_of_param(w, "", name), symbol_of_param(w, "d", gradient);
        for (int64_t i = 0; i < w->rows * w->cols; i++) {
            double is = need_matrix(p, gradient)->v[i];
            double moved = need_matrix(p, name)->v[i] - after[i];
            if (!(fabs(is - moved) < 1e-7 * (1 + fabs(moved))))
                fail_page(p->text, "%s: %g by the page, %g by training", gradient, is, moved);
        }
    }
}

static int groups_of(const gl_net *net) {
    for (const gl_node *node = net->node; node < net->node + net->nodes; node++)
        if (strcmp(node->op->name, "concat") == 0)
            return (int)(node->width / node->shape.dim[node->shape.rank - 1]);
    return 1;
}

/* That of the model i, which is freed. */
static void check_page(glia_model *m, const char *network, int i) {
    char *text = glia_model_equations(m);
    assert_non_null(text);
    check_names(text, m->net->inlets, m->net->heads);
    if (!strstr(network, "dropout") && !strstr(network, "norm") && !strstr(network, "conv")) {
        formulas p = formulas_of(text);
        data d;
        fill(&d, m, i);
        put_data(&p, m, &d);
        put_weights(&p, m->net);
        compute_formulas(&p, groups_of(m->net));
        compare_step(&p, m, &d);
        formulas_free(&p);
    }
    glia_text_free(g, text);
    glia_model_free(m);
}

static void the_printed_formulas_give_the_gradients(void **state) {
    (void)state;
    static const graph more[] = {
        {5, "a: dense 3 linear, relu, add a, dense 2 softmax", NULL},
        {5, "a: dense 3 linear, dense 3 linear, add a, dense 2 softmax", NULL},
        {5, "a: dense 3 linear, b: relu, from a, tanh, add b, dense 2 softmax", NULL},
        {5, "s: dense 2 sigmoid, output, from s, dense 1", NULL},
        {5, "s: dense 2 sigmoid, output, from s, tanh, dense 1", NULL},
        {5, "s: dense 2 sigmoid, output, from s, dropout 0.5, dense 1", NULL},
        {5, "a: dense 3 tanh, dense 3 tanh, concat a, dense 1", "mae"},
        {2, "x: input 2, layer_norm, dense 3, concat x, dense 1", NULL},
        {4, "a: dense 3, dense 3, add a, softmax", NULL},
        {4, "a: dense 3 linear, output, from a, relu, b: dense 2, output, from b, dense 1", NULL},
        {4, "a: dense 4, layer_norm, relu, layer_norm, add a, layer_norm, dense 1", NULL},
        {4, "dense 5 relu, dense 4 tanh, gelu, dense 3 softmax", NULL},
    };
    for (int i = 0; i < GRAPHS; i++) {
        const char *text =
            graphs[i].text; /* formulas step by step are more than formulas.h reads */
        bool steps = strstr(text, "lstm") || strstr(text, "gru") || strstr(text, "rnn") ||
                     strstr(text, "attention") || strstr(text, "embedding");
        if (!steps) check_page(build(i, GLIA_F64), text, i);
    }
    for (size_t i = 0; i < sizeof more / sizeof *more; i++) {
        glia_model_options o = {.loss = more[i].loss, .dtype = GLIA_F64, .init = "xavier"};
        glia_model *m = glia_model_new(g, more[i].inputs, more[i].text, &o);
        if (!m) fail_msg("%s: %s", more[i].text, glia_message(g));
        check_page(m, more[i].text, 100);
    }
}

/* Steps that each may read any before it; values that nobody reads are added at the end. */
static void random_graph(gl_rng *r, char *text, size_t room) {
    static const char *const ops[] = {"dense 4 tanh", "dense 4", "dense 4 relu", "relu",
                                      "tanh",         "sigmoid", "leaky_relu",   "softplus",
                                      "dense 4 gelu", "silu",    "gelu",         "layer_norm"};
    int n = 2 + (int)gl_rng_below(r, 6), most = sizeof ops / sizeof *ops;
    gl_text t = {.g = g};
    gl_add(&t, gl_rng_below(r, 2) ? "l0: input 4" : "l0: dense 4");
    for (int k = 1; k <= n; k++) {
        int other = (int)gl_rng_below(r, k), way = (int)gl_rng_below(r, 6);
        const char *op = ops[gl_rng_below(r, most)];
        if (way == 0) gl_add(&t, ", l%d: add l%d", k, other);
        else if (way == 1) gl_add(&t, ", tanh, l%d: mul l%d", k, other);
        else if (way == 2) gl_add(&t, ", concat l%d, l%d: dense 4", other, k);
        else if (way == 3) gl_add(&t, ", from l%d, %s, l%d: add l%d", other, op, k, k - 1);
        else gl_add(&t, ", l%d: %s", k, op);
    }
    gl_add(&t, ", add l%d, dense 3 softmax", (int)gl_rng_below(r, n));
    if (gl_rng_below(r, 3) == 0) gl_add(&t, ", output, from l%d, dense 1", (int)gl_rng_below(r, n));
    char *made = gl_text_end(&t);
    snprintf(text, room, "%s", made);
    gl_free(g, made);
}

static void the_printed_formulas_of_random_graphs_give_the_gradients(void **state) {
    (void)state;
    gl_rng r = gl_rng_new(1, GL_STREAM_TEST, 7);
    int computed = 0;
    for (int i = 0; i < 200; i++) {
        char text[1000];
        random_graph(&r, text, sizeof text);
        glia_model_options o = {.dtype = GLIA_F64, .seed = (uint64_t)i, .init = "xavier"};
        glia_model *m = glia_model_new(g, 4, text, &o);
        if (!m) fail_msg("%s: %s", text, glia_message(g));
        check_page(m, text, i);
        computed += !strstr(text, "norm");
    }
    assert_true(computed >= 100);
}

/* Each value is read twice, and nothing is learned before it: 2^34 ways lead back to x. */
static void the_formulas_of_many_sums_end_in_time(void **state) {
    (void)state;
    gl_text t = {.g = g};
    gl_add(&t, "l0: input 2");
    for (int k = 1; k <= 34; k++) gl_add(&t, ", l%d: add l%d", k, k - 1);
    gl_add(&t, ", dense 2 softmax");
    char *text = gl_text_end(&t);
    glia_model *m = glia_model_new(g, 2, text, NULL);
    if (!m) fail_msg("%s: %s", text, glia_message(g));
    char *equations = glia_model_equations(m);
    assert_non_null(strstr(equations, "S34 = S33 + S33"));
    assert_null(strstr(equations, "dS34"));
    check_names(equations, 1, 1);
    glia_text_free(g, equations);
    glia_model_free(m);
    gl_free(g, text);
}

/* As a person would write them. */
static void the_printed_formulas_read_well(void **state) {
    (void)state;
    static const char *const cases[][2] = {
        {"a: dense 3 linear, relu, add a, dense 2 softmax",
         "  dA1 = dS1\n  dZ1 = dS1\n  dZ1 := dZ1 + dA1 * g'(Z1)      g' = 1 where z > 0, else 0\n"},
        {"a: dense 3 linear, dense 3 linear, add a, dense 2 softmax",
         "  S1 = Z2 + A1      (3, m)\n"},
        {"a: dense 3 linear, dense 3 linear, add a, dense 2 softmax",
         "  dA1 := dA1 + W2' dZ2      (3, m)\n  dZ1 = dA1 * g'(Z1)      g' = 1\n  dW1 ="},
        {"a: dense 3 linear, b: relu, from a, tanh, add b, dense 2 softmax",
         "  A1b = tanh(Z1)      a = tanh z\n  S1 = A1b + A1 "},
        {"t: dense 4 tanh, dense 3 softmax, output, from t, dense 2",
         "  dZ2 = (A2 - onehot Y1) / m      (3, m)\n"},
        {"s: dense 2 sigmoid, output, from s, dense 1", "  dZ1 = (A1 - Y1) / m      (2, m)\n"},
        {"s: dense 2 sigmoid, output, from s, dense 1",
         "  dZ1 := dZ1 + dA1 * g'(Z1)      g' = a (1 - a)\n"},
        {"a: dense 3 tanh, dense 3 tanh, concat a, dense 1",
         "  dA2 = rows 1..3 of dC1\n  dA1 = rows 4..6 of dC1\n"},
        {"dense 7 relu, a: dense 5 tanh, dense 5 linear, add a, relu, dense 3 softmax",
         "  dZ4 = (A - onehot Y) / m      (3, m)\n"
         "  dW4 = dZ4 S1'      (3, 5)\n"
         "  db4 = sum of dZ4 over samples      (3, 1)\n"
         "  dS1 = W4' dZ4      (5, m)\n"
         "  dS1 := dS1 * g'(S1)      g' = 1 where z > 0, else 0\n"
         "  dZ3 = dS1\n"
         "  dA2 = dS1\n"
         "  dW3 = dZ3 A2'      (5, 5)\n"
         "  db3 = sum of dZ3 over samples      (5, 1)\n"
         "  dA2 := dA2 + W3' dZ3      (5, m)\n"
         "  dZ2 = dA2 * g'(Z2)      g' = 1 - a^2\n"},
        {"sequence 3 2, gru 2 steps all, lstm 5, dense 1",
         "  for t = 1 .. 3, from states 0 on:\n"
         "    (r, u, g) = W1 A0_t + b1, (r', u', g') = U1 H_(t-1) + v1\n"
         "    r := sigmoid(r + r'), u := sigmoid(u + u'), g := tanh(g + r * g')\n"
         "    H_t = (1 - u) * g + u * H_(t-1)\n"
         "  A1 = H_1 .. H_3      W1 (6, 2)  b1 (6, 1)  U1 (6, 2)  v1 (6, 1)  A1 (3x2, m)\n"
         "  for t = 1 .. 3, from states 0 on:\n"
         "    (i, f, g, o) = W2 A1_t + b2 + U2 H_(t-1)\n"
         "    i, f, o := sigmoid(i, f, o), g := tanh(g)\n"
         "    C_t = f * C_(t-1) + i * g\n"
         "    H_t = o * tanh(C_t)\n"
         "  A2 = H_3      W2 (20, 2)  b2 (20, 1)  U2 (20, 5)  A2 (5, m)\n"},
        {"sequence 3 2, gru 2 reset before, dense 1",
         "    (r, u, g) = W1 A0_t + b1, (r', u') = (Ur, Uu) H_(t-1)      U1 = (Ur, Uu, Ug)\n"
         "    r := sigmoid(r + r'), u := sigmoid(u + u'), g := tanh(g + Ug (r * H_(t-1)))\n"
         "    H_t = (1 - u) * g + u * H_(t-1)\n"
         "  A1 = H_3      W1 (6, 2)  b1 (6, 1)  U1 (6, 2)  A1 (2, m)\n"},
        {"sequence 3 2, gru 2 reset before, dense 1",
         "    dH := dH + dA1_t, dg = dH * (1 - u) * (1 - g^2), dq = Ug' dg\n"
         "    dZ_t = (dq * H_(t-1) * r (1 - r), dH * (H_(t-1) - g) * u (1 - u), dg)\n"
         "    dH := dH * u + dq * r + (Ur, Uu)' dZ_t      of r and u\n"
         "    dW1 += dZ_t A0_t', db1 += dZ_t, dU1 += dZ_t H_(t-1)', but dg (r * H_(t-1))' of Ug\n"
         "  gradients are sums over t and samples      dW1 (6, 2)  db1 (6, 1)  dU1 (6, 2)\n"},
        {"sequence 3 2, gru 2 steps all, lstm 5, dense 1",
         "  gradients are sums over t and samples      dW2 (20, 2)  db2 (20, 1)  dU2 (20, 5)\n"
         "  dA1 = W2' dZ_t, step by step      (3x2, m)\n"},
        /* W has a row for each channel that is read; of the norm each channel is a unit */
        {"image 3 2, conv 2 1 relu, conv_transpose 4 2, batch_norm, upsample 2, dense 1",
         "  Z2 = conv_transpose(A1, W2) + b2      W2 (2, 16)  b2 (4, 1)  Z2 (4x3x4, m)\n"
         "  mu2 = mean of Z2 over samples and pixels, sigma2^2 = mean of (Z2 - mu2)^2      (4, "
         "1)\n"},
        {"image 3 2, conv 2 1 relu, conv_transpose 4 2, batch_norm, upsample 2, dense 1",
         "  dW2 = sum of dZ2 * A1 over samples and windows      (2, 16)\n"
         "  db2 = sum of dZ2 over samples and pixels      (4, 1)\n"
         "  dA1 = dZ2 * W2 of each window that it gave to      (3x2x2, m)\n"},
    };
    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
        glia_model *m = glia_model_new(g, 6, cases[i][0], NULL);
        if (!m) fail_msg("%s: %s", cases[i][0], glia_message(g));
        char *text = glia_model_equations(m);
        if (!strstr(text, cases[i][1])) fail_page(text, "no\n%s", cases[i][1]);
        glia_text_free(g, text);
        glia_model_free(m);
    }
}

/* Of classes the true one alone has a term; other costs are sums over outputs. */
static void the_cost_that_is_printed_has_the_terms_that_are_summed(void **state) {
    (void)state;
    static const char *const cases[][2] = {
        {"dense 3 softmax", "J = (1/m) sum over samples of -log a_y\n"},
        {"dense 1", "J = (1/m) sum over samples of (a - y)^2\n"},
        {"dense 3", "J = (1/m) sum over samples of sum over outputs of (a - y)^2\n"},
        {"t: dense 4 tanh, dense 3 softmax, output, from t, dense 2",
         "of -log a2_y1 + sum over outputs of (a3 - y2)^2\n"},
    };
    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
        glia_model *m = glia_model_new(g, 4, cases[i][0], NULL);
        char *text = glia_model_equations(m);
        if (!strstr(text, cases[i][1])) fail_msg("%s: %s", cases[i][0], text);
        glia_text_free(g, text);
        glia_model_free(m);
    }
}

/* States are no sums of products alone: nobody is to say that such layers are linear. */
static void layers_of_steps_say_their_units_and_activation(void **state) {
    (void)state;
    glia_model *m = glia_model_new(g, 6,
                                   "sequence 3 2, rnn 4 steps all relu 1, gru 5 steps 2, lstm 7, "
                                   "relu, dense 1",
                                   NULL);
    static const struct {
        const char *op, *activation;
        int64_t in, units, w, parameters;
    } want[] = {{"rnn", "relu", 2, 4, 4, 4 * (2 + 4 + 1)},
                {"gru", "tanh", 4, 5, 15, 15 * (4 + 5 + 2)},
                {"lstm", "relu", 5, 7, 28, 28 * (5 + 7 + 1)},
                {"dense", "linear", 7, 1, 1, 8}};
    for (int i = 0; i < 4; i++) {
        glia_layer l = glia_model_layer(m, i);
        assert_string_equal(l.op, want[i].op);
        assert_string_equal(l.activation, want[i].activation);
        assert_int_equal(l.in, want[i].in);
        assert_int_equal(l.units, want[i].units);
        assert_int_equal(l.w[0], want[i].w);
        assert_int_equal(l.b, want[i].w);
        assert_int_equal(l.u[0], i < 3 ? want[i].w : 0);
        assert_int_equal(l.u[1], i < 3 ? want[i].units : 0);
        assert_int_equal(l.parameters, want[i].parameters);
    }
    glia_model_free(m);
}

/* 20 rows of 3 x 2 bytes: pictures for a convolution, steps for whoever goes over steps. */
static void arrays_have_the_shape_that_layers_go_over(void **state) {
    (void)state;
    static const char *const cases[][2] = {
        {"conv 2 2x2 relu", "network: image 3 2 1, conv 2 2x2 relu, dense 1 sigmoid"},
        {"gru 4", "network: sequence 3 2, gru 4, dense 1 sigmoid"},
        {"conv 4 2, reverse, lstm 3",
         "network: sequence 3 2, conv 4 2, reverse, lstm 3, dense 1 s"},
        {"image 3 2, conv 2 2x2 relu", "network: image 3 2, conv 2 2x2 relu, dense 1 sigmoid"},
    };
    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
        result r =
            run("printf '\\0\\0\\10\\3\\0\\0\\0\\24\\0\\0\\0\\3\\0\\0\\0\\2' >t-images-idx3-ubyte; "
                "printf '\\0\\0\\10\\1\\0\\0\\0\\24' >t-labels-idx1-ubyte; "
                "for i in 0 1 2 3 4 5 6 7 8 9; do printf 'abcdefzyxwvu' >>t-images-idx3-ubyte; "
                "printf '\\0\\1' >>t-labels-idx1-ubyte; done; "
                "$GLIA train t-images-idx3-ubyte --net '%s' --epochs 1 -o t.glia",
                cases[i][0]);
        if (r.status || !strstr(r.err, cases[i][1]) || strstr(r.err, "layer is linear"))
            fail_msg("%s: %s", cases[i][0], r.err);
        result_free(&r);
    }
}

/* docs/network.md: its examples build, and it has every op, each with its numbers. */
static void the_page_has_every_op_and_its_examples_build(void **state) {
    (void)state;
    int64_t size;
    char *page = gl_read_file(g, SOURCE_ROOT "/docs/network.md", &size);
    int examples = 0;
    for (const char *at = page; (at = strstr(at, "```network\n")); examples++) {
        char text[300];
        at = strchr(at, '\n') + 1;
        snprintf(text, sizeof text, "%.*s", (int)strcspn(at, "\n"), at);
        glia_model *m = glia_model_new(g, 8, text, NULL);
        if (!m) fail_msg("'%s': %s", text, glia_message(g));
        glia_model_free(m);
    }
    assert_int_equal(examples, 15);
    for (int i = 0; i < gl_ops_count; i++) {
        char name[64];
        snprintf(name, sizeof name, "`%s%s", gl_ops[i]->name,
                 gl_ops[i]->attrs || gl_ops[i]->role == GL_JOIN ? " " : "`");
        if (gl_ops[i]->role != GL_LOSS && !strstr(page, name)) fail_msg("no %s on the page", name);
    }
    gl_free(g, page);
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(gradients_are_those_of_differences),
        cmocka_unit_test(values_are_those_of_plain_loops),
        cmocka_unit_test(the_cost_of_heads_is_the_sum_of_theirs),
        cmocka_unit_test(arrays_stand_side_by_side),
        cmocka_unit_test(bits_do_not_depend_on_threads),
        cmocka_unit_test(a_batch_gives_the_bits_of_single_rows),
        cmocka_unit_test(text_and_file_give_the_same_network),
        cmocka_unit_test(a_resumed_training_gives_the_same_bits),
        cmocka_unit_test(wrong_graphs_are_refused_with_the_place),
        cmocka_unit_test(shapes_too_large_are_refused),
        cmocka_unit_test(the_printed_formulas_give_the_gradients),
        cmocka_unit_test(the_printed_formulas_of_random_graphs_give_the_gradients),
        cmocka_unit_test(the_formulas_of_many_sums_end_in_time),
        cmocka_unit_test(the_printed_formulas_read_well),
        cmocka_unit_test(the_cost_that_is_printed_has_the_terms_that_are_summed),
        cmocka_unit_test(layers_of_steps_say_their_units_and_activation),
        cmocka_unit_test(arrays_have_the_shape_that_layers_go_over),
        cmocka_unit_test(the_page_has_every_op_and_its_examples_build),
    };
    return cmocka_run_group_tests_name("graph", tests, open_context, close_context);
}
