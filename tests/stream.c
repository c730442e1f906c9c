/*
 * stream.c: a sequence step by step has the bits of the whole sequence at once, whatever stands in
 * the network; and what cannot go step by step says so.
 */
#include "test.h"

#include "base/random.h"
#include "product/model.h"
#include <math.h>
#include <pthread.h>

enum { MOST_STEPS = 6, MOST_FEATURES = 80, MOST_ROWS = 64, MOST_OUT = 64 };

static const char *const kernel_sets[] = {"ref", "sse2", "avx2", "avx512", "neon"};
static const glia_dtype dtypes[] = {GLIA_F32, GLIA_F64};

/* A network whose text has T where its steps stand. */
typedef struct pattern {
    int inlets;
    int features[2]; /* of a step, of each inlet */
    const char *text;
    const char *loss;
    int ids;     /* x are numbers of an embedding, to that */
    bool ragged; /* the stream is of a network for sequences of different lengths */
} pattern;

static int features_of(const pattern *p) { return p->features[0] + p->features[1]; }

static void write_text(char *to, const char *text, int steps) {
    for (; *text; text++)
        if (*text == 'T') to += sprintf(to, "%d", steps);
        else *to++ = *text;
    *to = 0;
}

/* Numbers for what is not drawn, too: biases, norms. */
static void fill_weights(glia_model *m, gl_rng *r) {
    for (const gl_param *w = m->net->param; w < m->net->param + m->net->params; w++)
        for (int64_t i = 0; w->kind != GL_DECAYED && i < w->rows; i++) {
            double move = 0.3 * gl_rng_normal(r);
            gl_store_set(m->net->store, GL_WEIGHTS, w->offset + i,
                         w->initial + (w->kind == GL_MEASURED ? fabs(move) : move));
        }
}

static glia_model *build(glia_ctx *g, const pattern *p, const char *pattern_text, glia_dtype dtype,
                         int steps, int64_t inputs) {
    char text[600];
    write_text(text, pattern_text, steps);
    glia_model_options o = {.dtype = dtype, .seed = 3, .loss = p->loss};
    glia_model *m = glia_model_new(g, inputs, text, &o);
    if (!m) fail_msg("%s: %s", text, glia_message(g));
    return m;
}

static glia_model *model_of(glia_ctx *g, const pattern *p, glia_dtype dtype, int steps) {
    return build(g, p, p->text, dtype, steps, (int64_t)steps * features_of(p));
}

static glia_model *streamed_model(glia_ctx *g, const pattern *p, glia_dtype dtype, int steps) {
    char text[600];
    if (!p->ragged) return model_of(g, p, dtype, steps);
    snprintf(text, sizeof text, "ragged%s", p->text + strlen("sequence"));
    return build(g, p, text, dtype, steps, (int64_t)steps * features_of(p) + 1);
}

/* The same weights in a network for so many steps. */
static glia_model *model_for(glia_ctx *g, const pattern *p, const glia_model *of, int steps) {
    glia_model *m = model_of(g, p, of->net->dtype, steps);
    assert_int_equal(m->net->count, of->net->count);
    gl_store_copy(m->net->store, GL_WEIGHTS, of->net->store, GL_WEIGHTS);
    return m;
}

/* ---------------------------------------------------------------------------- two ways to it -- */

typedef struct course { /* of some sequences side by side */
    const pattern *p;
    int rows, steps;
    double x[MOST_STEPS][MOST_ROWS][MOST_FEATURES];
    void *whole; /* [rows, outputs] behind a step */
} course;

static course *course_new(const pattern *p, int rows, int steps, gl_rng *r) {
    course *c = calloc(1, sizeof *c);
    c->p = p, c->rows = rows, c->steps = steps;
    for (int t = 0; t < steps; t++)
        for (int i = 0; i < rows; i++)
            for (int j = 0; j < features_of(p); j++)
                c->x[t][i][j] = p->ids ? (double)gl_rng_below(r, p->ids + 1) : gl_rng_normal(r);
    return c;
}

static glia_tensor array(glia_dtype dtype, void *data, int64_t rows, int64_t cols) {
    return (glia_tensor){.dtype = dtype, .ndim = 2, .dim = {rows, cols}, .data = data};
}

static void take_step(glia_stream *s, const course *c, int t, glia_dtype dtype, void *y) {
    static double x[MOST_ROWS * MOST_FEATURES];
    const int f = features_of(c->p);
    for (int i = 0; i < c->rows; i++) memcpy(x + i * f, c->x[t][i], (size_t)f * sizeof *x);
    assert_int_equal(glia_stream_step(s, glia_tensor_f64(x, c->rows, f),
                                      array(dtype, y, c->rows, glia_stream_outputs(s))),
                     GLIA_OK);
}

/* Steps 0 .. steps-1 as rows of X: a range of columns for each inlet, step by step. */
static void *predict_whole(glia_ctx *g, const course *c, const glia_model *m, int steps) {
    const pattern *p = c->p;
    int64_t inputs = glia_model_inputs(m), outputs = glia_model_outputs(m);
    double *x = calloc((size_t)(c->rows * inputs), sizeof *x), *at = x;
    void *y = calloc((size_t)(c->rows * outputs), sizeof(double));
    for (int i = 0; i < c->rows; i++)
        for (int k = 0, first = 0; k < p->inlets; first += p->features[k++])
            for (int t = 0; t < steps; t++)
                for (int j = 0; j < p->features[k]; j++) *at++ = c->x[t][i][first + j];
    glia_predictor *predictor = glia_predictor_new(g, m, c->rows);
    assert_int_equal(glia_predictor_run(predictor, glia_tensor_f64(x, c->rows, inputs),
                                        array(m->net->dtype, y, c->rows, outputs)),
                     GLIA_OK);
    glia_predictor_free(predictor);
    free(x);
    return y;
}

/* Of answers for each step a stream gives the last; of those behind the last state, all. */
static void compare(const course *c, const glia_model *m, const void *whole, const void *y,
                    int64_t y_cols, const char *what) {
    const gl_net *net = m->net;
    size_t size = glia_dtype_size(net->dtype);
    int heads = net->heads;
    for (int i = 0; i < c->rows; i++) {
        int64_t left = y_cols;
        for (int k = heads - 1; k >= 0; k--) {
            const gl_head *h = &net->head[k];
            const gl_shape *s = &gl_loss_of(net, h)->shape;
            int64_t width = s->rank == 2 ? h->width / s->dim[0] : h->width;
            left -= width;
            const char *a = (const char *)whole +
                            (size_t)(i * net->outputs + h->first + h->width - width) * size,
                       *b = (const char *)y + (size_t)(i * y_cols + left) * size;
            if (memcmp(a, b, (size_t)width * size) != 0)
                fail_msg("%s: row %d, output %d: %.17g at once, %.17g step by step", what, i, k,
                         gl_get(a, net->dtype, 0), gl_get(b, net->dtype, 0));
        }
        assert_int_equal(left, 0);
    }
}

static void check_course(glia_ctx *g, const pattern *p, glia_dtype dtype, int rows, int steps,
                         const char *set, gl_rng *r) {
    char what[900];
    static double y[MOST_ROWS * MOST_OUT];
    glia_model *m = streamed_model(g, p, dtype, 3);
    fill_weights(m, r);
    glia_stream *s = glia_stream_new(g, m, rows);
    if (!s) fail_msg("%s: %s", p->text, glia_message(g));
    assert_int_equal(glia_stream_inputs(s), features_of(p));
    course *c = course_new(p, rows, steps, r);
    for (int round = 0; round < 2; round++) { /* the second one after a reset */
        for (int t = 0; t < steps; t++) {
            glia_model *same = model_for(g, p, m, t + 1);
            void *whole = predict_whole(g, c, same, t + 1);
            take_step(s, c, t, dtype, y);
            assert_int_equal(glia_stream_steps(s), t + 1);
            snprintf(what, sizeof what, "%s, %s, kernels %s, %d rows, step %d, round %d", p->text,
                     glia_dtype_name(dtype), set, rows, t + 1, round + 1);
            compare(c, same, whole, y, glia_stream_outputs(s), what);
            free(whole);
            glia_model_free(same);
        }
        glia_stream_reset(s);
    }
    free(c);
    glia_stream_free(s);
    glia_model_free(m);
}

static const pattern patterns[] = {
    {1, {3}, "sequence T 3, rnn 5, dense 1", NULL},
    {1, {1}, "sequence T, rnn 1 relu 1, dense 1", NULL},
    {1, {1}, "sequence T, rnn 1", "mse"},
    {1, {3}, "sequence T 3, lstm 5, dense 4 softmax", NULL},
    {1, {3}, "sequence T 3, gru 17, dense 2 sigmoid", NULL},
    {1, {4}, "sequence T 4, gru 9 reset before, dropout 0.5, dense 2", NULL},
    {1,
     {5},
     "sequence T 5, lstm 7 steps all, relu, gru 6 steps all, batch_norm, lstm 4, tanh",
     "mse"},
    {1, {64}, "sequence T 64, lstm 128, dense 1", NULL},
    {1, {2}, "sequence T 2, gru 130 reset before steps all, gru 3 reset before", "mae"},
    /* few gates that read much: products of few columns have sums of their own */
    {1, {70}, "sequence T 70, rnn 3, dense 1", NULL},
    {1, {70}, "sequence T 70, rnn 12 steps all, rnn 16, dense 1", NULL},
    {1, {70}, "sequence T 70, lstm 4, dense 1", NULL},
    {1, {70}, "sequence T 70, gru 5 steps all, gru 6, dense 1", NULL},
    {1,
     {40},
     "sequence T 40, conv 3 1 gelu, batch_norm, conv 20 1, batch_norm, silu, lstm 8, dense 2",
     NULL},
    {1,
     {6},
     "a: sequence T 6, b: lstm 6 steps all, add a, mul b, concat b, gru 5, "
     "layer_norm, dense 8 elu, dense 3 softmax",
     NULL},
    {2,
     {2, 5},
     "p: sequence T 2, q: sequence T 5, gru 6 steps all, concat p, lstm 9, dense 1",
     NULL},
    /* answers for each step, and answers of both kinds */
    {1, {3}, "sequence T 3, lstm 5 steps all", "mse"},
    {1, {3}, "sequence T 3, gru 5 steps all, conv 2 1 sigmoid", NULL},
    {1,
     {3},
     "sequence T 3, a: lstm 4 steps all, conv 1 1, output, from a, gru 3, dense 3 softmax",
     NULL},
    {1, {3}, "sequence T 3, lstm 5 steps all, tanh, gru 6, dense 2", NULL, .ragged = true},
    {1, {1}, "sequence T, embedding 9 6, gru 7 steps all, lstm 5, dense 1", NULL, .ids = 9},
    /* steps made of the last state are no steps of the sequence */
    {1, {3}, "sequence T 3, gru 6, reshape 2 3, reverse, lstm 4, dense 1", NULL},
};
enum { PATTERNS = sizeof patterns / sizeof *patterns };

/* A stack of layers with something between them and behind. */
static pattern any_pattern(gl_rng *r, char text[600]) {
    static const char *const kinds[] = {"rnn", "lstm", "gru"},
                             *const between[] = {"", ", relu", ", softplus, dropout 0.2",
                                                 ", batch_norm", ", conv 7 1 tanh"};
    pattern p = {1, {1 + (int)gl_rng_below(r, 30)}, text, "mse"};
    int at = sprintf(text, "sequence T %d", p.features[0]), layers = 1 + (int)gl_rng_below(r, 3);
    for (int l = 0; l < layers; l++) {
        int kind = (int)gl_rng_below(r, 3), last = l + 1 == layers;
        at += sprintf(text + at, ", %s %d%s%s%s", kinds[kind], 1 + (int)gl_rng_below(r, 40),
                      last && gl_rng_below(r, 3) ? "" : " steps all",
                      kind == 0 && gl_rng_below(r, 2)   ? " relu 1"
                      : kind == 2 && gl_rng_below(r, 2) ? " reset before"
                                                        : "",
                      last ? "" : between[gl_rng_below(r, 5)]);
    }
    return p;
}

static void steps_have_the_bits_of_the_whole(void **state) {
    (void)state;
    glia_ctx *g = glia_open(&(glia_settings){.threads = 1});
    char text[600];
    int tried = 0;
    for (size_t k = 0; k < sizeof kernel_sets / sizeof *kernel_sets; k++) {
        if (!gl_kernels_named(GLIA_F32, kernel_sets[k])) continue;
        setenv("GLIA_KERNELS", kernel_sets[k], 1);
        gl_rng r = gl_rng_new(4, GL_STREAM_TEST, k);
        for (int i = 0; i < 2 * PATTERNS; i += EVERY)
            check_course(g, &patterns[i / 2], dtypes[i % 2], i % 3 ? 1 : 5, 4, kernel_sets[k], &r);
        for (int i = 0; i < 40; i += EVERY) {
            pattern p = any_pattern(&r, text);
            check_course(g, &p, dtypes[i % 2], 1 + (int)gl_rng_below(&r, 20), MOST_STEPS,
                         kernel_sets[k], &r);
        }
        tried++;
    }
    unsetenv("GLIA_KERNELS");
    assert_true(tried >= 2);
    glia_close(g);
}

/* Enough work for several threads. */
static void any_number_of_threads_gives_the_same_bits(void **state) {
    (void)state;
    static const pattern p = {1, {64}, "sequence T 64, lstm 128 steps all, gru 100, dense 1", NULL};
    for (const int *threads = (const int[]){2, 3, 8, 0}; *threads; threads++) {
        glia_ctx *g = glia_open(&(glia_settings){.threads = *threads});
        gl_rng r = gl_rng_new(4, GL_STREAM_TEST, 100);
        check_course(g, &p, GLIA_F32, MOST_ROWS, 3, "with threads", &r);
        check_course(g, &p, GLIA_F64, 1, 3, "with threads", &r);
        glia_close(g);
    }
}

/* ---------------------------------------------------------------------- two at the same time -- */

typedef struct runner {
    const glia_model *m;
    const course *c;
    float y[40][MOST_OUT];
} runner;

static void *run_stream(void *user) {
    runner *of = user;
    glia_ctx *g = glia_open(&(glia_settings){.threads = 1});
    glia_stream *s = glia_stream_new(g, of->m, 1);
    for (int i = 0; s && i < 40; i++) {
        float x[MOST_FEATURES];
        for (int j = 0; j < features_of(of->c->p); j++)
            x[j] = (float)of->c->x[i % of->c->steps][0][j];
        glia_stream_step(s, glia_tensor_f32(x, 1, features_of(of->c->p)),
                         glia_tensor_f32(of->y[i], 1, glia_stream_outputs(s)));
    }
    glia_stream_free(s);
    glia_close(g);
    return NULL;
}

static void two_threads_have_a_stream_each_of_one_model(void **state) {
    (void)state;
    const pattern *p = &patterns[6];
    glia_ctx *g = glia_open(NULL);
    gl_rng r = gl_rng_new(4, GL_STREAM_TEST, 200);
    glia_model *m = model_of(g, p, GLIA_F32, 3);
    fill_weights(m, &r);
    course *one = course_new(p, 1, MOST_STEPS, &r), *other = course_new(p, 1, MOST_STEPS, &r);
    runner alone[2] = {{m, one, {{0}}}, {m, other, {{0}}}}, together[2] = {alone[0], alone[1]};
    pthread_t thread[2];
    for (int i = 0; i < 2; i++) run_stream(&alone[i]);
    for (int i = 0; i < 2; i++)
        assert_int_equal(pthread_create(&thread[i], NULL, run_stream, &together[i]), 0);
    for (int i = 0; i < 2; i++) {
        pthread_join(thread[i], NULL);
        assert_memory_equal(together[i].y, alone[i].y, sizeof alone[i].y);
    }
    assert_memory_not_equal(alone[0].y, alone[1].y, sizeof alone[0].y);
    free(one), free(other);
    glia_model_free(m);
    glia_close(g);
}

/* ------------------------------------------------------------------------------ what it says -- */

static void what_cannot_go_step_by_step_is_named(void **state) {
    (void)state;
    static const struct {
        pattern p;
        const char *said;
    } cases[] = {
        {{1, {3}, "sequence T 3, dense 4 relu, dense 1", NULL},
         "a stream has one step at a time, and 'fc1' (dense) reads several of 3 at once"},
        {{1, {3}, "sequence T 3, lstm 4 steps all, flatten, dense 1", NULL},
         "a stream has one step at a time, and 'flatten1' (flatten) reads several of 3 at once"},
        {{1, {3}, "sequence T 3, lstm 4 steps all, reverse, lstm 4, dense 1", NULL},
         "a stream has one step at a time, and 'reverse1' (reverse) reads several of 3 at once"},
        {{1, {3}, "sequence T 3, conv 4 2, lstm 4, dense 1", NULL},
         "a stream has one step at a time, and 'conv1' (conv) reads several of 3 at once"},
        {{1, {3}, "sequence T 3, conv 4 1 stride 2, lstm 4, dense 1", NULL},
         "a stream has one step at a time, and 'conv1' (conv) reads several of 3 at once"},
        {{1, {3}, "sequence T 3, gru 4 steps all, global_pool, dense 1", NULL},
         "a stream has one step at a time, and 'global_pool1' (global_pool) reads several of 3 at "
         "once"},
        {{1, {3}, "sequence T 3, gru 4 steps 2, gru 3, dense 1", NULL},
         "a stream has one step at a time, and 'gru1' gives 2 states at once; let it give the "
         "last, "
         "'gru 4', or all, 'gru 4 steps all'"},
        {{1, {3}, "sequence T 3, a: gru 4 steps all, rnn 12, reshape 3 4, add a, rnn 2", "mse"},
         "a stream has one step at a time, and 'add1' (add) reads several of 3 at once"},
        {{1, {3}, "sequence T 3, gru 4 steps all, conv 1 1", "pinball:0.1 0.5 0.9"},
         "a stream has one step at a time, and 'pinball2' (pinball) reads several of 3 at once"},
        {{1, {3}, "dense 4 relu, dense 1", NULL},
         "a stream goes over the steps of a sequence, and input 1 of the network is 9; let each "
         "begin with 'sequence STEPS FEATURES', of as many steps"},
        {{2,
          {3, 2},
          "p: sequence T 3, q: input 6, b: dense 2, from p, gru 2, add b, dense 1",
          NULL},
         "a stream goes over the steps of a sequence, and input 2 of the network is 6; let each "
         "begin with 'sequence STEPS FEATURES', of as many steps"},
    };
    glia_ctx *g = glia_open(NULL);
    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
        glia_model *m = model_of(g, &cases[i].p, GLIA_F32, 3);
        assert_null(glia_stream_new(g, m, 1));
        assert_int_equal(glia_code(g), GLIA_USAGE);
        assert_string_equal(glia_message(g), cases[i].said);
        glia_model_free(m);
    }
    glia_model *m = model_of(g, &patterns[0], GLIA_F32, 3);
    assert_null(glia_stream_new(g, m, 0));
    assert_string_equal(glia_message(g), "a stream has at least 1 row, 0 were asked for");
    glia_model_free(m);
    glia_close(g);
}

/* What is refused leaves no trace: the next step has the bits that it would have had. */
static void a_step_that_is_refused_is_not_made(void **state) {
    (void)state;
    const pattern *p = &patterns[3];
    glia_ctx *g = glia_open(&(glia_settings){.threads = 1});
    glia_model *m = model_of(g, p, GLIA_F32, 3);
    glia_stream *s = glia_stream_new(g, m, 2), *undisturbed = glia_stream_new(g, m, 2);
    float x[2][3] = {{1, 2, 3}, {4, 5, 6}}, bad[2][3] = {{1, 2, 3}, {4, NAN, 6}}, y[2][4],
          want[2][4];
    glia_tensor in = glia_tensor_f32(x[0], 2, 3), out = glia_tensor_f32(y[0], 2, 4);
    const struct {
        glia_tensor x, y;
        glia_status status;
        const char *said;
    } cases[] = {
        {glia_tensor_f32(bad[0], 2, 3), out, GLIA_INPUT,
         "x: row 2, column 2 is NaN, expected a finite number"},
        {glia_tensor_f32(x[0], 1, 3), out, GLIA_USAGE,
         "a step of this stream has 2 rows, found x (1, 3)"},
        {glia_tensor_f32(x[0], 2, 2), out, GLIA_INPUT,
         "lstm 'lstm1': input (2, 2) has 2 columns, its weights expect 3"},
        {in, glia_tensor_f32(y[0], 2, 3), GLIA_USAGE,
         "predictions need room for f32 or f64 (2, 4), found f32 (2, 3)"},
    };
    for (int t = 0; t < 3; t++) {
        for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
            assert_int_equal(glia_stream_step(s, cases[i].x, cases[i].y), cases[i].status);
            assert_string_equal(glia_message(g), cases[i].said);
        }
        assert_int_equal(glia_stream_steps(s), t);
        assert_int_equal(glia_stream_step(s, in, out), GLIA_OK);
        assert_int_equal(glia_stream_step(undisturbed, in, glia_tensor_f32(want[0], 2, 4)),
                         GLIA_OK);
        assert_memory_equal(y, want, sizeof y);
    }
    glia_stream_free(s), glia_stream_free(undisturbed);
    glia_model_free(m);
    glia_close(g);
}

/* ---------------------------------------------------------------------------- rows of tables -- */

static void write_series(void) {
    char text[4000] = "temp,sky\n";
    for (int i = 0, n = 9; i < 60; i++)
        n += sprintf(text + n, "%.2f,%s\n", 12 + 6 * sin(i / 3.0) + i % 4,
                     i % 5 < 2 ? "clear" : "clouds");
    write_file("days.csv", text);
    write_file("strange.csv", "temp,sky\n12.5,clear\n1e300,clear\n");
}

static glia_table *read_rows(glia_ctx *g, const char *name) {
    char path[600];
    snprintf(path, sizeof path, "%s/%s", scratch(), name);
    glia_table *t = glia_table_read(g, path, NULL);
    if (!t) fail_msg("%s", glia_message(g));
    return t;
}

/* options: names and values, then NULL. */
static glia_model *train_on_rows(glia_ctx *g, const char *const *options) {
    glia_table *t = read_rows(g, "days.csv");
    glia_recipe *r = glia_recipe_new(g);
    assert_int_equal(glia_recipe_set(r, "target", "temp"), GLIA_OK);
    assert_int_equal(glia_recipe_set(r, "epochs", "2"), GLIA_OK);
    for (; *options; options += 2)
        if (glia_recipe_set(r, options[0], options[1])) fail_msg("%s", glia_message(g));
    glia_model *m = glia_train(g, &(glia_train_job){.recipe = r, .train = t}, NULL);
    if (!m) fail_msg("%s", glia_message(g));
    glia_recipe_free(r);
    glia_table_free(t);
    return m;
}

#define TRAIN(...) train_on_rows(g, (const char *const[]){__VA_ARGS__, NULL})

/* The rows from `first` on, all in one run or one by one: the last answer. */
static double answer_behind(glia_applier *a, const glia_table *t, int64_t first, int64_t rows,
                            bool one_by_one) {
    const glia_predictions *p = NULL;
    glia_applier_reset(a);
    for (int64_t i = 0; i < (one_by_one ? rows : 1); i++) {
        p = glia_applier_run(a, t, first + i, one_by_one ? 1 : rows);
        assert_non_null(p);
    }
    return p->value[p->rows - 1];
}

static void rows_of_a_table_are_steps(void **state) {
    (void)state;
    enum { LENGTH = 4, ROWS = 60 };
    glia_ctx *g = glia_open(&(glia_settings){.threads = 1});
    write_series();
    glia_model *m = TRAIN("sequence", "4", "net", "lstm 6 steps all, gru 5");
    glia_table *t = read_rows(g, "days.csv"), *strange = read_rows(g, "strange.csv"),
               *pasts = glia_model_series(g, m, read_rows(g, "days.csv"));
    glia_predictions *whole = pasts ? glia_model_apply(g, m, pasts) : NULL;
    glia_applier *a = glia_applier_new_stream(g, m, LENGTH);
    if (!whole || !a) fail_msg("%s", glia_message(g));
    assert_int_equal(whole->rows, ROWS - LENGTH + 1);
    for (int i = 0; i < whole->rows; i++) {
        assert_true(answer_behind(a, t, i, LENGTH, false) == whole->value[i]);
        assert_true(answer_behind(a, t, i, LENGTH, true) == whole->value[i]);
    }
    /* what fails takes no row: two more are the first of these four */
    answer_behind(a, t, 0, 2, false);
    assert_null(glia_applier_run(a, strange, 0, 2));
    assert_string_equal(strstr(glia_message(g), "column"),
                        "column 'temp': the value is too large for this model, which saw none of "
                        "its size");
    assert_true(glia_applier_run(a, t, 2, 2)->value[1] == whole->value[0]);
    glia_applier_free(a);
    glia_predictions_free(g, whole);
    glia_table_free(t), glia_table_free(strange), glia_table_free(pasts);
    glia_model_free(m);
    glia_close(g);
}

static void expect_no_stream(glia_ctx *g, glia_model *m, const char *message) {
    assert_null(glia_applier_new_stream(g, m, 1));
    assert_string_equal(glia_message(g), message);
    glia_model_free(m);
}

static void tables_whose_rows_are_no_steps_are_refused(void **state) {
    (void)state;
    glia_ctx *g = glia_open(&(glia_settings){.threads = 1});
    write_series();
    expect_no_stream(g, TRAIN("hidden", "3"),
                     "a stream goes over the steps of a sequence, and input 1 of the network is 2; "
                     "let each begin with 'sequence STEPS FEATURES', of as many steps");
    expect_no_stream(
        g, TRAIN("hidden", "3", "sequence", "4"),
        "a stream goes over the steps of a sequence, and input 1 of the network is 12; "
        "let each begin with 'sequence STEPS FEATURES', of as many steps");
    expect_no_stream(g, TRAIN("net", "sequence 2 1, gru 3"),
                     "this model reads rows by themselves: glia_applier_new answers them one by "
                     "one");
    expect_no_stream(g, TRAIN("sequence", "4", "net", "sequence 6 2, gru 3"),
                     "a stream has one step at a time, and steps of this network are not the rows "
                     "of the table: it would begin with 'sequence 4 3'");
    expect_no_stream(g,
                     TRAIN("sequence", "4", "net",
                           "p: sequence 4 2, q: sequence 4 1, from p, concat q, gru 3"),
                     "a stream has one step at a time, and steps of this network are not the rows "
                     "of the table: it would begin with 'sequence 4 3'");
    glia_close(g);
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(steps_have_the_bits_of_the_whole),
        cmocka_unit_test(any_number_of_threads_gives_the_same_bits),
        cmocka_unit_test(two_threads_have_a_stream_each_of_one_model),
        cmocka_unit_test(what_cannot_go_step_by_step_is_named),
        cmocka_unit_test(a_step_that_is_refused_is_not_made),
        cmocka_unit_test(rows_of_a_table_are_steps),
        cmocka_unit_test(tables_whose_rows_are_no_steps_are_refused),
    };
    return cmocka_run_group_tests_name("stream", tests, NULL, NULL);
}
