/*
 * one_reading.c: linear models, whose scores, losses and gradients are found in one reading of x:
 * which networks that is done for, its gradients, its bits, and data on which it is hard.
 */
#include "test.h"

#include "base/random.h"
#include "product/model.h"
#include "product/model.h"
#include <math.h>
#include "scarce.h"

typedef struct set { /* rows of normal numbers, and labels that follow from them */
    int64_t rows, features, labels;
    float *x, *y;
} set;

/* classes 0: values, in `labels` columns. */
static set set_new(int64_t rows, int64_t features, int64_t labels, int classes) {
    gl_rng r = gl_rng_new(3, GL_STREAM_TEST, 1);
    set s = {rows, features, labels, malloc((size_t)(rows * features) * sizeof(float)),
             malloc((size_t)(rows * labels) * sizeof(float))};
    for (int64_t i = 0; i < rows; i++) {
        float *x = s.x + i * features, *y = s.y + i * labels;
        for (int64_t j = 0; j < features; j++) x[j] = (float)gl_rng_normal(&r);
        for (int64_t j = 0; j < labels; j++)
            y[j] = x[j % features] - x[(j + 1) % features] / 2 + (float)gl_rng_normal(&r);
        if (classes == 2) y[0] = y[0] > 0;
        if (classes > 2) y[0] = y[0] < -0.5f ? 0 : (float)(1 + gl_rng_below(&r, classes - 1));
    }
    return s;
}

static void set_free(set *s) { free(s->x), free(s->y); }

static const struct {
    const char *net, *loss;
    int64_t labels;
    int classes;
} nets[] = {
    {"dense 1 sigmoid", NULL, 1, 2}, {"dense 3 softmax", NULL, 1, 3},
    {"dense 1", "mse", 1, 0},        {"dense 4", "mse", 4, 0},
    {"dense 2", "mae", 2, 0},        {"dense 2", "huber:0.5", 2, 0},
};
enum { NETS = sizeof nets / sizeof *nets, MAE = 4 };

static glia_model *model_new(glia_ctx *g, int i, int64_t features, glia_dtype dtype) {
    glia_model_options o = {.loss = nets[i].loss, .dtype = dtype, .init = "normal:0.1", .seed = 4};
    glia_model *m = glia_model_new(g, features, nets[i].net, &o);
    if (!m) fail_msg("%s: %s", nets[i].net, glia_message(g));
    return m;
}

static glia_status fit(glia_model *m, const set *s, glia_fit_options o, glia_history **h) {
    return glia_model_fit(m, glia_tensor_f32(s->x, s->rows, s->features),
                          glia_tensor_f32(s->y, s->rows, s->labels), &o, h);
}

/* -------------------------------------------------------------------------------------- plan -- */

static void x_is_read_once_where_that_pays(void **state) {
    (void)state;
    static const struct {
        int64_t features, rows;
        const char *net, *mode;
        bool once;
    } cases[] = {
        {5, 1, "dense 1 sigmoid", "train", true},
        {100, 4000, "dense 32 softmax", "train", true},
        {100, 4000, "dense 33 softmax", "train", false},
        {100, 2000, "dense 32 softmax", "train", false},
        {8, 400000, "dense 3", "train", false},
        {100, 4000, "dense 3 tanh, dense 1", "train", false},
        {100, 4000, "dropout 0.1, dense 1", "train", false},
        {100, 4000, "dense 1 sigmoid", "eval", false},
        {100, 4000, "dense 1 sigmoid", "predict", false},
    };
    glia_ctx *g = glia_open(NULL);
    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
        glia_model *m = glia_model_new(g, cases[i].features, cases[i].net, NULL);
        char *plan = m ? glia_model_plan(m, cases[i].mode, cases[i].rows) : NULL;
        if (!plan) fail_msg("%s: %s", cases[i].net, glia_message(g));
        bool once = strstr(plan, " linear ") && !strstr(plan, " gemm ");
        if (once != cases[i].once) fail_msg("%s:\n%s", cases[i].net, plan);
        glia_text_free(g, plan);
        glia_model_free(m);
    }
    glia_close(g);
}

/* --------------------------------------------------------------------------------- gradients -- */

static void gradients_are_those_of_the_cost(void **state) {
    (void)state;
    enum { FEATURES = 70 };
    static const int64_t rows[] = {1, 63, 64, 131, 200, 4901}; /* 1 to 64 parts */
    glia_ctx *g = glia_open(NULL);
    for (int i = 0; i < NETS; i++)
        for (size_t j = 0; j < sizeof rows / sizeof *rows; j++) {
            if (i == MAE) continue; /* bends at every sample: differences do not know its slope */
            set s = set_new(rows[j], FEATURES, nets[i].labels, nets[i].classes);
            glia_model *m = model_new(g, i, FEATURES, GLIA_F64);
            glia_check_options o = {.l2 = j % 2 ? 0.1 : 0, .max_components = 20};
            glia_status status = glia_model_check(g, m, glia_tensor_f32(s.x, s.rows, FEATURES),
                                                  glia_tensor_f32(s.y, s.rows, s.labels), &o);
            if (status != GLIA_OK)
                fail_msg("%s, %d rows: %s", nets[i].net, (int)rows[j], glia_message(g));
            glia_model_free(m);
            set_free(&s);
        }
    glia_close(g);
}

/* -------------------------------------------------------------------------------------- bits -- */

static void *trained_weights(int i, const set *s, glia_dtype dtype, glia_fit_options o,
                             int threads) {
    glia_ctx *g = glia_open(&(glia_settings){.threads = threads});
    glia_model *m = model_new(g, i, s->features, dtype);
    if (fit(m, s, o, NULL) != GLIA_OK) fail_msg("%s: %s", nets[i].net, glia_message(g));
    size_t bytes = (size_t)m->net->count * glia_dtype_size(dtype);
    void *weights = memcpy(malloc(bytes), gl_store_at(m->net->store, GL_WEIGHTS, 0), bytes);
    glia_model_free(m);
    glia_close(g);
    return weights;
}

#ifdef __SANITIZE_ADDRESS__
static const int many_threads[] = {8, 0}; /* five times slower: the plain run has all */
#else
static const int many_threads[] = {2, 3, 8, 0};
#endif

static void weights_have_the_same_bits_for_any_number_of_threads(void **state) {
    (void)state;
    enum { ROWS = 6007, FEATURES = 911 }; /* softmax: enough work for 8 threads */
    static const glia_fit_options options[] = {
        {.optimizer = "lbfgs", .epochs = 6, .l2 = 0.01},
        {.optimizer = "sgd", .epochs = 8, .batch = GLIA_FULL_BATCH},
        {.optimizer = "adam", .epochs = 1, .batch = 5003},
    };
    for (int i = 0; i < NETS; i++) {
        set s = set_new(ROWS, FEATURES, nets[i].labels, nets[i].classes);
        glia_dtype dtype = i % 2 ? GLIA_F32 : GLIA_F64;
        size_t bytes = (size_t)(nets[i].classes > 2 ? 3 : nets[i].labels) * (FEATURES + 1) *
                       glia_dtype_size(dtype);
        for (size_t j = 0; j < sizeof options / sizeof *options; j++) {
            void *alone = trained_weights(i, &s, dtype, options[j], 1);
            for (const int *threads = many_threads; *threads; threads++) {
                void *together = trained_weights(i, &s, dtype, options[j], *threads);
                if (memcmp(alone, together, bytes) != 0)
                    fail_msg("%s, %s: other weights with %d threads", nets[i].net,
                             options[j].optimizer, *threads);
                free(together);
            }
            free(alone);
        }
        set_free(&s);
    }
}

/* ------------------------------------------------------------------------------- sparse rows -- */

enum { WIDE = 600 };

/* Bytes, one of a hundred not 0; every fifth row and the last column wholly 0. */
static uint8_t *sparse_bytes(const set *s) {
    gl_rng r = gl_rng_new(8, GL_STREAM_TEST, 1);
    uint8_t *x = calloc((size_t)(s->rows * WIDE), 1);
    for (int64_t i = 0; i < s->rows * WIDE; i++)
        if (gl_rng_below(&r, 100) == 0 && i / WIDE % 5 != 4 && i % WIDE != WIDE - 1)
            x[i] = (uint8_t)(1 + gl_rng_below(&r, 255));
    return x;
}

/* dense: equal weights of samples change nothing but the way, which is then gemm's. */
static glia_status fit_bytes(glia_model *m, const set *s, uint8_t *x, glia_fit_options o,
                             bool dense) {
    float *ones = malloc((size_t)s->rows * sizeof *ones);
    for (int64_t i = 0; i < s->rows; i++) ones[i] = 1;
    if (dense) o.sample_weights = glia_tensor_f32(ones, s->rows, 1);
    o.divisor = 255;
    glia_tensor bytes = {.dtype = GLIA_U8, .ndim = 2, .dim = {s->rows, WIDE}, .data = x};
    glia_status status =
        glia_model_fit(m, bytes, glia_tensor_f32(s->y, s->rows, s->labels), &o, NULL);
    free(ones);
    return status;
}

static void long_rows_of_few_numbers_are_sparse(void **state) {
    (void)state;
    static const struct {
        int64_t features;
        int net;
        double zeros;
        bool sparse;
    } cases[] = {{WIDE, 0, 0.99, true}, {WIDE, 0, 1, true},    {WIDE, 0, 0.9, false},
                 {100, 0, 0.99, false}, {WIDE, 1, 0.99, true}, {WIDE, 1, 0.97, false}};
    glia_ctx *g = glia_open(NULL);
    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
        glia_model *m = model_new(g, cases[i].net, cases[i].features, GLIA_F32);
        gl_plan_spec spec = {.mode = GL_TRAIN, .rows = 500, .update = GL_K_sgd};
        spec.zeros = cases[i].zeros;
        gl_plan *p = gl_compile(g, m->net, &spec);
        assert_non_null(p);
        assert_int_equal(gl_reads(p, GL_SPARSE_X), cases[i].sparse);
        assert_int_equal(gl_reads(p, GL_X), !cases[i].sparse);
        gl_plan_free(p);
        glia_model_free(m);
    }
    glia_close(g);
}

static void sparse_rows_have_the_optimum_of_dense_ones(void **state) {
    (void)state;
    glia_ctx *g = glia_open(NULL);
    for (int i = 0; i < NETS; i++)
        for (const int64_t *rows = (const int64_t[]){500, 1, 0}; *rows; rows++) {
            if (i == MAE) continue; /* its slope jumps where the optimum is */
            set s = set_new(*rows, WIDE, nets[i].labels, nets[i].classes);
            uint8_t *x = sparse_bytes(&s);
            glia_model *sparse = model_new(g, i, WIDE, GLIA_F64),
                       *dense = model_new(g, i, WIDE, GLIA_F64);
            glia_fit_options o = {.optimizer = "lbfgs", .l2 = 0.1};
            if (*rows == 1) /* no optimum: nothing bounds b */
                o = (glia_fit_options){.optimizer = "sgd", .epochs = 5, .batch = GLIA_FULL_BATCH};
            assert_int_equal(fit_bytes(sparse, &s, x, o, false), GLIA_OK);
            assert_int_equal(fit_bytes(dense, &s, x, o, true), GLIA_OK);
            for (int64_t j = 0; j < sparse->net->count; j++) {
                double w = gl_store_value(sparse->net->store, GL_WEIGHTS, j),
                       want = gl_store_value(dense->net->store, GL_WEIGHTS, j);
                if (!(fabs(w - want) < 1e-7))
                    fail_msg("%s: weight %d is %.12g, dense %.12g", nets[i].net, (int)j, w, want);
            }
            glia_model_free(sparse), glia_model_free(dense);
            set_free(&s), free(x);
        }
    glia_close(g);
}

static void sparse_rows_give_the_same_bits_for_any_number_of_threads(void **state) {
    (void)state;
    set s = set_new(20000, WIDE, 1, 2);
    uint8_t *x = sparse_bytes(&s);
    static const char *optimizers[] = {"lbfgs", "sgd", "adam"};
    double first[WIDE + 1];
    for (int j = 0; j < 3; j++)
        for (const int *threads = (const int[]){1, 2, 3, 8, 0}; *threads; threads++) {
            glia_ctx *g = glia_open(&(glia_settings){.threads = *threads});
            glia_model *m = model_new(g, 0, WIDE, GLIA_F64);
            glia_fit_options o = {.optimizer = optimizers[j],
                                  .epochs = 6,
                                  .batch = GLIA_FULL_BATCH};
            if (fit_bytes(m, &s, x, o, false) != GLIA_OK) fail_msg("%s", glia_message(g));
            if (*threads == 1)
                memcpy(first, gl_store_at(m->net->store, GL_WEIGHTS, 0), sizeof first);
            if (memcmp(first, gl_store_at(m->net->store, GL_WEIGHTS, 0), sizeof first) != 0)
                fail_msg("%s: other weights with %d threads", optimizers[j], *threads);
            glia_model_free(m);
            glia_close(g);
        }
    set_free(&s), free(x);
}

static void any_allocation_for_sparse_rows_may_fail(void **state) {
    (void)state;
    set s = set_new(50, WIDE, 1, 2);
    uint8_t *x = sparse_bytes(&s);
    bool done = false;
    for (int64_t n = 0; !done && n < 1000; n++) {
        allocations_left = 1000;
        glia_ctx *g = glia_open(&(glia_settings){.alloc = scarce_alloc, .release = scarce_release});
        glia_model *m = model_new(g, 0, WIDE, GLIA_F32);
        allocations_left = n;
        glia_status status = fit_bytes(m, &s, x, (glia_fit_options){.optimizer = "lbfgs"}, false);
        done = status == GLIA_OK;
        if (!done) assert_int_equal(status, GLIA_RESOURCE);
        glia_model_free(m);
        glia_close(g);
    }
    assert_true(done);
    set_free(&s), free(x);
}

/* ---------------------------------------------------------------------------- difficult data -- */

/* The cost has no least value then: it falls for as long as one looks, or as numbers allow. */
static void classes_that_a_plane_separates_are_learned_without_l2(void **state) {
    (void)state;
    glia_ctx *g = glia_open(NULL);
    for (int precision = 0; precision < 2; precision++)
        for (int i = 0; i < 2; i++) { /* sigmoid, softmax */
            set s = set_new(300, 4, 1, 2);
            for (int64_t k = 0; k < s.rows; k++) s.y[k] = s.x[4 * k] > s.x[4 * k + 1];
            glia_model *m = model_new(g, i, 4, precision ? GLIA_F64 : GLIA_F32);
            glia_history *h;
            assert_int_equal(fit(m, &s, (glia_fit_options){.optimizer = "lbfgs"}, &h), GLIA_OK);
            double loss = glia_model_cost(g, m, glia_tensor_f32(s.x, s.rows, 4),
                                          glia_tensor_f32(s.y, s.rows, 1));
            print_message("# %s: cost %.1e after %d steps, %s\n", nets[i].net, loss, (int)h->epochs,
                          h->stopped);
            assert_true(loss < 1e-4);
            for (int64_t k = 0; k < m->net->count; k++)
                assert_true(isfinite(gl_store_value(m->net->store, GL_WEIGHTS, k)));
            glia_history_free(g, h);
            glia_model_free(m);
            set_free(&s);
        }
    glia_close(g);
}

/* A feature that is always 0 gets no gradient, one that is always 5 says what b says: with L2 the
 * optimum is the one without them, and both weights are 0. */
static void constant_features_change_nothing(void **state) {
    (void)state;
    glia_ctx *g = glia_open(NULL);
    for (int i = 0; i < 4; i++) {
        set s = set_new(500, 6, nets[i].labels, nets[i].classes), plain = s;
        plain.features = 4, plain.x = malloc((size_t)(500 * 4) * sizeof(float));
        for (int64_t k = 0; k < 500; k++) {
            s.x[6 * k + 4] = 0, s.x[6 * k + 5] = 5;
            memcpy(plain.x + 4 * k, s.x + 6 * k, 4 * sizeof(float));
        }
        glia_model *with = model_new(g, i, 6, GLIA_F64), *without = model_new(g, i, 4, GLIA_F64);
        glia_fit_options o = {.optimizer = "lbfgs", .l2 = 0.1};
        assert_int_equal(fit(with, &s, o, NULL), GLIA_OK);
        assert_int_equal(fit(without, &plain, o, NULL), GLIA_OK);
        for (int64_t unit = 0; unit < with->net->outputs; unit++)
            for (int64_t j = 0; j < 6; j++) {
                double w = gl_store_value(with->net->store, GL_WEIGHTS, unit * 6 + j);
                double want =
                    j < 4 ? gl_store_value(without->net->store, GL_WEIGHTS, unit * 4 + j) : 0;
                if (!(fabs(w - want) < 1e-7))
                    fail_msg("%s: weight %d is %.12g, expected %.12g", nets[i].net, (int)j, w,
                             want);
            }
        glia_model_free(with), glia_model_free(without);
        free(plain.x);
        set_free(&s);
    }
    glia_close(g);
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(x_is_read_once_where_that_pays),
        cmocka_unit_test(gradients_are_those_of_the_cost),
        cmocka_unit_test(weights_have_the_same_bits_for_any_number_of_threads),
        cmocka_unit_test(long_rows_of_few_numbers_are_sparse),
        cmocka_unit_test(sparse_rows_have_the_optimum_of_dense_ones),
        cmocka_unit_test(sparse_rows_give_the_same_bits_for_any_number_of_threads),
        cmocka_unit_test(any_allocation_for_sparse_rows_may_fail),
        cmocka_unit_test(classes_that_a_plane_separates_are_learned_without_l2),
        cmocka_unit_test(constant_features_change_nothing),
    };
    return cmocka_run_group_tests_name("one_reading", tests, NULL, NULL);
}
