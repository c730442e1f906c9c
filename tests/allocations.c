/*
 * allocations.c: nothing is allocated in the training loop, nor by a prediction: neither through
 * the context's allocator nor by malloc behind its back.
 */
#include <glia/glia.h>
#include <math.h>
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

static const char steps_text[] =
    "sequence 5 6, lstm 20 steps all, relu, conv 3 1, gru 9 steps all, gru 4 reset before, dense 1";

static void a_step_of_a_stream_allocates_nothing(void **state) {
    (void)state;
    static data d;
    static double out[ROWS];
    d = make_data();
    for (int threads = 1; threads <= 2; threads++) {
        glia_ctx *g = open_counting(threads);
        glia_model *m = make_model(g, steps_text);
        glia_stream *s = glia_stream_new(g, m, ROWS);
        assert_non_null(s);
        for (int t = 0; t < 200; t++) {
            long asked_before = asked, taken_before = taken;
            if (t % 60 == 59) glia_stream_reset(s);
            assert_int_equal(glia_stream_step(s, glia_tensor_f32(d.x[0] + t, ROWS, 6),
                                              glia_tensor_f64(out, ROWS, 1)),
                             GLIA_OK);
            if (t == 0 && threads > 1) continue; /* it starts the runtime's threads */
            assert_int_equal(asked - asked_before, 0);
            assert_int_equal(taken - taken_before, 0);
        }
        glia_stream_free(s);
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

/* Something worth doing with a context: its status, and in *sum what came of it. */
typedef glia_status life(glia_ctx *g, double *sum);

static glia_recipe *quick_recipe(glia_ctx *g, const char *hidden) {
    glia_recipe *r = glia_recipe_new(g);
    if (r && !glia_recipe_set(r, "hidden", hidden) && !glia_recipe_set(r, "epochs", "2") &&
        !glia_recipe_set(r, "l2", "0"))
        return r;
    glia_recipe_free(r);
    return NULL;
}

/* The model file, byte for byte, and the scores. */
static double sum_of_file(const char *path) {
    double sum = 0;
    int c;
    FILE *f = fopen(path, "rb");
    assert_non_null(f);
    for (long i = 1; (c = getc(f)) != EOF; i++) sum += (double)(i % 1009 * c);
    fclose(f);
    return sum;
}

static glia_status end_life(glia_ctx *g, bool good) {
    return good ? GLIA_OK : glia_code(g) ? glia_code(g) : GLIA_FAILED;
}

static glia_status train_save_load_measure(glia_ctx *g, const char *hidden, double *sum) {
    char path[600];
    snprintf(path, sizeof path, "%s/scarce.glia", scratch());
    glia_table *t = glia_table_generate(g, "flower", 60, 1);
    glia_recipe *r = t ? quick_recipe(g, hidden) : NULL;
    glia_train_job job = {.recipe = r, .train = t, .deep = 1};
    glia_model *m = r ? glia_train(g, &job, NULL) : NULL, *again = NULL;
    if (m && glia_model_save(m, path) == GLIA_OK) again = glia_model_load(g, path);
    glia_evaluation *e = again ? glia_model_evaluate(g, again, t, 1) : NULL;
    glia_status status = end_life(g, e);
    if (e) *sum = sum_of_file(path) + e->scores.score[0].value;
    glia_evaluation_free(g, e);
    glia_model_free(again);
    glia_model_free(m);
    glia_recipe_free(r);
    glia_table_free(t);
    return status;
}

static glia_status live_with_a_layer(glia_ctx *g, double *sum) {
    return train_save_load_measure(g, "6", sum);
}

static glia_status live_without(glia_ctx *g, double *sum) {
    return train_save_load_measure(g, "none", sum);
}

static glia_status live_in_folds(glia_ctx *g, double *sum) {
    glia_table *t = glia_table_generate(g, "flower", 60, 1);
    glia_recipe *r = t ? quick_recipe(g, "3") : NULL;
    glia_folds *f =
        r ? glia_cross_validate(g, &(glia_train_job){.recipe = r, .train = t}, 2) : NULL;
    glia_status status = end_life(g, f);
    if (f) *sum = f->mean[0].value;
    glia_folds_free(g, f);
    glia_recipe_free(r);
    glia_table_free(t);
    return status;
}

static glia_status live_in_search(glia_ctx *g, double *sum) {
    glia_table *t = glia_table_generate(g, "flower", 60, 1);
    glia_recipe *r = t ? quick_recipe(g, "3") : NULL;
    glia_tune_report *report = NULL;
    glia_tune_job job = {.train = {.recipe = r, .train = t}, .trials = 2};
    glia_model *m = r ? glia_tune(g, &job, &report) : NULL;
    glia_status status = end_life(g, m);
    if (m) *sum = report->cost;
    glia_tune_report_free(g, report);
    glia_model_free(m);
    glia_recipe_free(r);
    glia_table_free(t);
    return status;
}

/* A file with texts in quotes, dates and gaps; what is told of it, and of a model of it. */
static glia_status live_from_a_file(glia_ctx *g, double *sum) {
    char path[600];
    snprintf(path, sizeof path, "%s/scarce.csv", scratch());
    glia_table *t = glia_table_read(g, path, NULL);
    glia_recipe *r = t ? quick_recipe(g, "3") : NULL;
    glia_model *m = r ? glia_train(g, &(glia_train_job){.recipe = r, .train = t}, NULL) : NULL;
    glia_predictions *p = m ? glia_model_apply(g, m, t) : NULL;
    glia_importances *i = p ? glia_model_importances(g, m, t, 2, 1) : NULL;
    glia_profile profile;
    bool good = i && glia_table_profile(t, 0, 1, &profile) == GLIA_OK &&
                glia_model_check_table(g, m, t, NULL) == GLIA_OK;
    char *schema =
        good ? glia_schema_text(g, &(glia_train_job){.recipe = r, .train = t}, "schema") : NULL;
    glia_status status = end_life(g, schema);
    if (schema)
        *sum = p->value[0] + i->value + i->column[0].drop + profile.median + (double)strlen(schema);
    glia_text_free(g, schema);
    glia_importances_free(g, i);
    glia_predictions_free(g, p);
    glia_model_free(m);
    glia_recipe_free(r);
    glia_table_free(t);
    return status;
}

static glia_status live_step_by_step(glia_ctx *g, double *sum) {
    glia_model *m = glia_model_new(g, FEATURES, steps_text, NULL);
    glia_stream *s = m ? glia_stream_new(g, m, 2) : NULL;
    glia_status status = end_life(g, s);
    double x[12] = {0.5, 1, -1}, y[2];
    *sum = 0;
    for (int t = 0; s && t < 3; t++) {
        assert_int_equal(glia_stream_step(s, glia_tensor_f64(x, 2, 6), glia_tensor_f64(y, 2, 1)),
                         GLIA_OK);
        *sum += y[0] - 2 * y[1];
    }
    glia_stream_free(s);
    glia_model_free(m);
    return status;
}

static void write_file_of_a_life(void) {
    char path[600];
    snprintf(path, sizeof path, "%s/scarce.csv", scratch());
    FILE *f = fopen(path, "wb");
    assert_non_null(f);
    fprintf(f, "size;colour;day;class\n");
    for (int i = 0; i < 40; i++)
        fprintf(f, "%d,%d;\"%s\";%d.%d.2024;%s\n", i * 7 % 10, i * 3 % 10,
                i % 3 ? "red" : "blue; or\ngreen", 1 + i % 28, 1 + i % 12,
                i % 9 ? i % 5 > 2 ? "yes" : "no" : "yes");
    fclose(f);
}

static const struct {
    const char *name;
    life *live;
} lives[] = {{"a network", live_with_a_layer}, {"one layer", live_without},
             {"folds", live_in_folds},         {"a search", live_in_search},
             {"a file", live_from_a_file},     {"a stream", live_step_by_step}};
enum { LIVES = sizeof lives / sizeof *lives, MOST_TRIED = 3000 };

/* With all memory that it wants; returns how many allocations those were. */
static long live_well(int i, double *sum) {
    const long plenty = 1L << 40;
    allocations_once = false;
    allocations_left = plenty;
    glia_ctx *g =
        glia_open(&(glia_settings){.threads = 1, .alloc = scarce_alloc, .release = scarce_release});
    if (lives[i].live(g, sum) != GLIA_OK) fail_msg("%s: %s", lives[i].name, glia_message(g));
    glia_close(g);
    return plenty - allocations_left;
}

static int wrong; /* lives that ended otherwise */

/* Without the one behind `left`: the same comes of it, or GLIA_RESOURCE, and nothing is held. */
static void live_short(int i, long left, int threads, double expected) {
    double sum = NAN;
    allocations_left = left;
    allocations_held = 0;
    glia_ctx *g = glia_open(
        &(glia_settings){.threads = threads, .alloc = scarce_alloc, .release = scarce_release});
    glia_status status = g ? lives[i].live(g, &sum) : GLIA_RESOURCE;
    bool good = status == GLIA_RESOURCE || (status == GLIA_OK && sum == expected);
    if (!good)
        print_message("# %s, allocation %ld fails: status %d, %.17g for %.17g, %s\n", lives[i].name,
                      left + 1, (int)status, sum, expected, g ? glia_message(g) : "");
    glia_close(g);
    if (allocations_held)
        print_message("# %s, allocation %ld fails: %ld blocks are held\n", lives[i].name, left + 1,
                      (long)allocations_held);
    wrong += !good || allocations_held;
}

static void one_allocation_may_fail(void **state) {
    (void)state;
    wrong = 0;
    for (int i = 0; i < LIVES; i++) {
        double sum;
        long most = live_well(i, &sum);
        allocations_once = true;
        for (long n = 0; n < most; n += 1 + most / MOST_TRIED) live_short(i, n, 1, sum);
        allocations_once = false;
    }
    assert_int_equal(wrong, 0);
}

/* From the n-th on, with two threads. */
static void all_allocations_from_one_on_may_fail(void **state) {
    (void)state;
    wrong = 0;
    for (int i = 0; i < LIVES; i++) {
        double sum;
        long most = live_well(i, &sum);
        for (long n = 0; n < most; n += 1 + most / MOST_TRIED) live_short(i, n, 2, sum);
    }
    assert_int_equal(wrong, 0);
}

int main(void) {
    write_file_of_a_life();
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(the_counters_count),
        cmocka_unit_test(a_thousand_steps_allocate_nothing),
        cmocka_unit_test(a_prediction_allocates_nothing),
        cmocka_unit_test(a_step_of_a_stream_allocates_nothing),
        cmocka_unit_test(an_applied_row_allocates_nothing),
        cmocka_unit_test(one_allocation_may_fail),
        cmocka_unit_test(all_allocations_from_one_on_may_fail),
    };
    return cmocka_run_group_tests_name("allocations", tests, NULL, NULL);
}
