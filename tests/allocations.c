/*
 * allocations.c: nothing is allocated in the training loop, nor by a prediction: neither through
 * the context's allocator nor by malloc behind its back.
 */
#include <glia/glia.h>
#include <stdatomic.h>

#include "test.h"

#include "scarce.h"

static atomic_long asked, taken; /* calls of the context's allocator; of malloc and its family */

/* ---------------------------------------------------------------------------------- counting -- */

static void *count_alloc(void *user, size_t size) {
    (void)user;
    asked++;
    return aligned_alloc(64, (size + 63) / 64 * 64);
}

static void count_release(void *user, void *memory) {
    (void)user;
    free(memory);
}

/* The C library's own functions under these names, counted. A sanitizer brings its own malloc; then
 * only the context's allocator is watched. */
#if defined(__GLIBC__) && !defined(__SANITIZE_ADDRESS__)
enum { COUNTS_MALLOC = 1 };
extern void *__libc_malloc(size_t size);
extern void *__libc_calloc(size_t n, size_t size);
extern void *__libc_realloc(void *memory, size_t size);
extern void *__libc_memalign(size_t align, size_t size);

void *malloc(size_t size) {
    taken++;
    return __libc_malloc(size);
}

void *calloc(size_t n, size_t size) {
    taken++;
    return __libc_calloc(n, size);
}

void *realloc(void *memory, size_t size) {
    taken++;
    return __libc_realloc(memory, size);
}

void *aligned_alloc(size_t align, size_t size) {
    taken++;
    return __libc_memalign(align, size);
}
#else
enum { COUNTS_MALLOC = 0 };
#endif

static glia_ctx *open_counting(int threads) {
    glia_ctx *g = glia_open(
        &(glia_settings){.threads = threads, .alloc = count_alloc, .release = count_release});
    assert_non_null(g);
    return g;
}

/* ---------------------------------------------------------------------------------- the work -- */

enum { ROWS = 400, FEATURES = 30, STEPS = 1000 };

typedef struct data {
    float x[ROWS][FEATURES], y[ROWS];
} data;

static data make_data(void) {
    static data d;
    for (int i = 0; i < ROWS; i++) {
        for (int j = 0; j < FEATURES; j++) d.x[i][j] = (float)((i * 31 + j * 17) % 101) / 101;
        d.y[i] = (float)(i % 2);
    }
    return d;
}

static glia_model *make_model(glia_ctx *g, const char *net) {
    glia_model *m = glia_model_new(g, FEATURES, net, NULL);
    if (!m) fail_msg("%s", glia_message(g));
    return m;
}

/* The counters at the first and the last progress callback. */
typedef struct watch {
    int64_t steps, most;
    long asked[2], taken[2];
} watch;

static int look(void *user, const glia_progress *p) {
    watch *w = user;
    (void)p;
    int last = w->steps++ > 0;
    w->asked[last] = asked;
    w->taken[last] = taken;
    return w->steps > w->most;
}

/* kept: with a checkpoint at every update. */
static watch watch_training(const char *net, int threads, glia_fit_options options, bool kept) {
    char path[600];
    snprintf(path, sizeof path, "%s/kept.ckpt", scratch());
    remove(path);
    glia_checkpoint keeping = {.path = kept ? path : NULL, .seconds = GLIA_EVERY_UPDATE};
    static data d;
    d = make_data();
    glia_ctx *g = open_counting(threads);
    glia_model *m = make_model(g, net);
    watch w = {.most = kept ? STEPS / 50 : STEPS};
    options.progress = look;
    options.user = &w;
    options.epochs = 100000;
    glia_tensor x = glia_tensor_f32(d.x[0], ROWS, FEATURES), y = glia_tensor_f32(d.y, ROWS, 1);
    if (options.patience) options.x_val = x, options.y_val = y;
    assert_int_equal(glia_model_fit_resumable(m, x, y, &options, &keeping, NULL), GLIA_INTERRUPTED);
    assert_int_equal(w.steps, w.most + 1);
    glia_model_free(m);
    glia_close(g);
    return w;
}

/* ------------------------------------------------------------------------------------- cases -- */

static void the_counters_count(void **state) {
    (void)state;
    long asked_before = asked, taken_before = taken;
    glia_ctx *g = open_counting(1);
    assert_true(asked > asked_before);
    if (COUNTS_MALLOC) assert_true(taken > taken_before);
    glia_close(g);
}

static void a_thousand_steps_allocate_nothing(void **state) {
    (void)state;
    static const struct {
        const char *net;
        glia_fit_options options;
        bool kept;
    } cases[] = {
        {"dense 64 relu, dense 32 relu, dense 1 sigmoid", {.batch = 32, .optimizer = "sgd"}},
        {"dense 64 relu, dense 1 sigmoid", {.batch = 32, .optimizer = "adam", .l2 = 0.01}},
        {"dense 64 gelu, dropout 0.5, dense 1 sigmoid", {.batch = 48, .optimizer = "momentum"}},
        {"dense 64, batch_norm, relu, dense 9, layer_norm, tanh, dense 1 sigmoid", {.batch = 32}},
        {"dense 4 tanh, dense 1 sigmoid", {.batch = GLIA_FULL_BATCH, .optimizer = "sgd"}},
        {"dense 8 relu, dense 1 sigmoid", {.batch = 50, .rng = "numpy", .patience = 100000}},
        {"dense 8 relu, dense 1 sigmoid", {.batch = 50, .patience = 100000}, true},
        {"dense 8 relu, dense 1 sigmoid",
         {.batch = 50,
          .l1 = 0.01,
          .clip_norm = 1,
          .max_norm = 2,
          .label_smoothing = 0.1,
          .schedule = "plateau",
          .warmup = 3,
          .monitor = "auc",
          .patience = 100000}},
        {"dense 8 relu, dense 1 sigmoid", {.batch = 50, .doctor = 1}},
    };
    for (int threads = 1; threads <= 2; threads++)
        for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
            /* the runtime starts its threads once a process, in whatever comes first */
            watch w = watch_training(cases[i].net, threads, cases[i].options, cases[i].kept);
            if (threads > 1)
                w = watch_training(cases[i].net, threads, cases[i].options, cases[i].kept);
            if (w.asked[1] != w.asked[0] || w.taken[1] != w.taken[0])
                fail_msg("%s, %d threads: %d steps called the context's allocator %ld times, "
                         "malloc %ld times",
                         cases[i].net, threads, (int)w.most, w.asked[1] - w.asked[0],
                         w.taken[1] - w.taken[0]);
        }
}

static void a_prediction_allocates_nothing(void **state) {
    (void)state;
    static data d;
    static double out[ROWS];
    d = make_data();
    for (int threads = 1; threads <= 2; threads++) {
        glia_ctx *g = open_counting(threads);
        glia_model *m = make_model(g, "dense 64 relu, dense 1 sigmoid");
        glia_predictor *p = glia_predictor_new(g, m, 100);
        assert_non_null(p);
        for (int round = 0; round < 2; round++) { /* the first starts the runtime's threads */
            long asked_before = asked, taken_before = taken;
            for (int i = 0; i < 200; i++) {
                int64_t rows = i % ROWS + 1; /* one row, a part and several times max_rows */
                assert_int_equal(glia_predictor_run(p, glia_tensor_f32(d.x[0], rows, FEATURES),
                                                    glia_tensor_f64(out, rows, 1)),
                                 GLIA_OK);
            }
            if (round == 0) continue;
            assert_int_equal(asked - asked_before, 0);
            assert_int_equal(taken - taken_before, 0);
        }
        glia_predictor_free(p);
        glia_model_free(m);
        glia_close(g);
    }
}

/* From the first call on: a table, and records that are built one after the other. */
static void an_applied_row_allocates_nothing(void **state) {
    (void)state;
    glia_ctx *g = open_counting(1);
    glia_table *t = glia_table_generate(g, "flower", 200, 1);
    glia_recipe *r = glia_recipe_new(g);
    assert_int_equal(glia_recipe_set(r, "epochs", "2"), GLIA_OK);
    assert_int_equal(glia_recipe_set(r, "l2", "0"), GLIA_OK);
    glia_model *m = glia_train(g, &(glia_train_job){.recipe = r, .train = t}, NULL);
    glia_applier *a = glia_applier_new(g, m, 50);
    glia_table_builder *b = glia_table_builder_new(g);
    for (int i = 0; i < glia_model_columns(m); i++) {
        glia_column_type type;
        const char *name = glia_model_column(m, i, &type);
        /* texts where training had numbers take the longer way */
        assert_int_equal(glia_table_builder_column(b, name, i ? type : GLIA_CATEGORY), i);
    }
    assert_int_equal(glia_table_builder_row(b), GLIA_OK); /* memory for texts is taken once */
    assert_int_equal(glia_table_builder_text(b, 0, "0"), GLIA_OK);
    long asked_before = asked, taken_before = taken;
    for (int64_t i = 0; i < 200; i++) {
        char number[32];
        int64_t rows = i % 50 + 1, first = i * 7 % (200 - rows + 1);
        assert_non_null(glia_applier_run(a, t, first, rows));
        glia_table_builder_clear(b);
        assert_int_equal(glia_table_builder_row(b), GLIA_OK);
        snprintf(number, sizeof number, "%d", (int)i);
        assert_int_equal(glia_table_builder_text(b, 0, number), GLIA_OK);
        assert_int_equal(glia_table_builder_number(b, 1, (double)i), GLIA_OK);
        assert_non_null(glia_applier_run(a, glia_table_builder_table(b), 0, 1));
    }
    assert_int_equal(asked - asked_before, 0);
    assert_int_equal(taken - taken_before, 0);
    glia_table_builder_free(b);
    glia_applier_free(a);
    glia_model_free(m);
    glia_recipe_free(r);
    glia_table_free(t);
    glia_close(g);
}

/* ---------------------------------------------------------------------------------- scarcity -- */

static glia_status train_save_load_measure(glia_ctx *g, const char *hidden, const char *path) {
    glia_table *t = glia_table_generate(g, "flower", 60, 1);
    glia_recipe *r = t ? glia_recipe_new(g) : NULL;
    bool said = r && !glia_recipe_set(r, "hidden", hidden) && !glia_recipe_set(r, "epochs", "2") &&
                !glia_recipe_set(r, "l2", "0");
    glia_train_job job = {.recipe = r, .train = t, .deep = 1};
    glia_model *m = said ? glia_train(g, &job, NULL) : NULL, *again = NULL;
    if (m && glia_model_save(m, path) == GLIA_OK) again = glia_model_load(g, path);
    glia_evaluation *e = again ? glia_model_evaluate(g, again, t, 1) : NULL;
    glia_status status = e ? GLIA_OK : glia_code(g);
    glia_evaluation_free(g, e);
    glia_model_free(again);
    glia_model_free(m);
    glia_recipe_free(r);
    glia_table_free(t);
    return status;
}

/* From the n-th on, for every n up to the one that is enough. */
static void any_allocation_may_fail(void **state) {
    (void)state;
    char path[600];
    snprintf(path, sizeof path, "%s/scarce.glia", scratch());
    for (int i = 0; i < 2; i++) {
        glia_status status = GLIA_RESOURCE;
        for (long n = 1; status != GLIA_OK; n++) {
            allocations_left = n;
            glia_ctx *g = glia_open(
                &(glia_settings){.threads = 2, .alloc = scarce_alloc, .release = scarce_release});
            status = g ? train_save_load_measure(g, i ? "6" : "none", path) : GLIA_RESOURCE;
            if (status != GLIA_OK && status != GLIA_RESOURCE)
                fail_msg("allocation %ld fails: status %d, %s", n, (int)status, glia_message(g));
            glia_close(g);
            assert_int_equal(allocations_held, 0);
        }
    }
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(the_counters_count),
        cmocka_unit_test(a_thousand_steps_allocate_nothing),
        cmocka_unit_test(a_prediction_allocates_nothing),
        cmocka_unit_test(an_applied_row_allocates_nothing),
        cmocka_unit_test(any_allocation_may_fail),
    };
    return cmocka_run_group_tests_name("allocations", tests, NULL, NULL);
}
