/*
 * resume.c: a training that was stopped or killed goes on to the same bytes as one that never was;
 * and what becomes of checkpoints that are damaged, foreign, of another training, or cannot be
 * written.
 */
#include <fcntl.h>
#include <math.h>
#include <signal.h>
#include <sys/resource.h>
#include <sys/stat.h>
#include <time.h>

#include "base/random.h"
#include "file/container.h"
#include "file/hash.h"
#include "test.h"

static glia_ctx *g;
static char warned[512];
static int warnings;

static void take_warning(void *user, glia_level level, const char *text) {
    (void)user;
    if (level != GLIA_WARNING) return;
    snprintf(warned, sizeof warned, "%s", text);
    warnings++;
}

/* ----------------------------------------------------------------------- through the library -- */

enum { ROWS = 203, VAL = 60, FEATURES = 6, BATCH = 32 }; /* 7 mini-batches, the last of 11 rows */

static double x[ROWS][FEATURES], y[ROWS];

static void make_data(void) {
    gl_rng r = gl_rng_new(1, GL_STREAM_TEST, 0);
    for (int i = 0; i < ROWS; i++) {
        for (int j = 0; j < FEATURES; j++) x[i][j] = gl_rng_normal(&r);
        y[i] = x[i][0] * x[i][1] + 0.3 * gl_rng_normal(&r) > 0;
    }
}

static const char *checkpoint_path(void) {
    static char path[600];
    snprintf(path, sizeof path, "%s/api.ckpt", scratch());
    return path;
}

typedef struct training {
    const char *optimizer, *net;
    glia_dtype dtype;
    glia_fit_options options;
    double shift;            /* of x: 0, or it is other data */
    int64_t stop;            /* after this update; 0: never */
    glia_checkpoint keeping; /* path NULL: checkpoint_path() */
} training;

static int stop_at(void *user, const glia_progress *p) {
    return p->updates == ((const training *)user)->stop;
}

/* Trains a fresh model; *m, for glia_model_free, also after a failure. */
static glia_status fit(training *t, glia_model **m, glia_history **h) {
    glia_fit_options o = t->options;
    o.optimizer = t->optimizer;
    o.progress = stop_at;
    o.user = t;
    o.x_val = glia_tensor_f64(x[ROWS - VAL], VAL, FEATURES);
    o.y_val = glia_tensor_f64(y + ROWS - VAL, VAL, 1);
    static double other[ROWS][FEATURES];
    for (int i = 0; i < ROWS; i++)
        for (int j = 0; j < FEATURES; j++) other[i][j] = x[i][j] + t->shift;
    *m = glia_model_new(g, FEATURES, t->net, &(glia_model_options){.dtype = t->dtype, .seed = 3});
    assert_non_null(*m);
    if (!t->keeping.path) t->keeping.path = checkpoint_path();
    return glia_model_fit_resumable(*m, glia_tensor_f64(other[0], ROWS, FEATURES),
                                    glia_tensor_f64(y, ROWS, 1), &o, &t->keeping, h);
}

static void hash_of(glia_model *m, char hex[65]) {
    char path[600];
    snprintf(path, sizeof path, "%s/api.glia", scratch());
    assert_int_equal(glia_model_save(m, path), GLIA_OK);
    assert_int_equal(glia_file_sha256(g, path, hex), GLIA_OK);
}

static void same_history(const glia_history *a, const glia_history *b, const char *what) {
    size_t n = (size_t)a->entries * sizeof(double);
    bool same = a->entries == b->entries && a->epochs == b->epochs && a->updates == b->updates &&
                a->best_epoch == b->best_epoch && strcmp(a->stopped, b->stopped) == 0 &&
                memcmp(&a->best_val, &b->best_val, sizeof a->best_val) == 0;
    if (!same || memcmp(a->epoch, b->epoch, n) || memcmp(a->cost, b->cost, n) ||
        memcmp(a->mean, b->mean, n) || memcmp(a->val_loss, b->val_loss, n) ||
        memcmp(a->lr, b->lr, n))
        fail_msg("%s: another history: %lld and %lld updates, stopped by %s and %s", what,
                 (long long)a->updates, (long long)b->updates, a->stopped, b->stopped);
}

/* Stops after updates 1, 1 + step, ... and goes on each time, until it is done. Returns how often
 * it was stopped. */
static int stop_and_go(training t, int64_t step, glia_model **m, glia_history **h) {
    remove(checkpoint_path());
    for (int stops = 0;; stops++) {
        t.stop = 1 + stops * step;
        t.keeping.resume = stops > 0;
        glia_status status = fit(&t, m, h);
        if (status == GLIA_OK) return stops;
        if (status != GLIA_INTERRUPTED) fail_msg("%s: %s", t.optimizer, glia_message(g));
        glia_history_free(g, *h);
        glia_model_free(*m);
    }
}

static void resumes_to_the_same_bytes(training t, int64_t step) {
    char what[200], never[65], stopped[65];
    glia_model *a, *b;
    glia_history *ha, *hb;
    snprintf(what, sizeof what, "%s, %s, rng %s, stopped every %lld updates", t.optimizer,
             glia_dtype_name(t.dtype), t.options.rng ? t.options.rng : "glia", (long long)step);
    remove(checkpoint_path());
    if (fit(&t, &a, &ha) != GLIA_OK) fail_msg("%s: %s", what, glia_message(g));
    if (stop_and_go(t, step, &b, &hb) < 2) fail_msg("%s: it ended too early", what);
    hash_of(a, never);
    hash_of(b, stopped);
    if (strcmp(never, stopped) != 0) fail_msg("%s: other bytes", what);
    same_history(ha, hb, what);
    glia_history_free(g, ha);
    glia_history_free(g, hb);
    glia_model_free(a);
    glia_model_free(b);
}

static const char *const optimizers[] = {"sgd",  "momentum", "nesterov", "rmsprop",
                                         "adam", "adamw",    "lbfgs"};
enum { OPTIMIZERS = sizeof optimizers / sizeof *optimizers };

static void every_optimizer_goes_on_to_the_same_bytes(void **state) {
    (void)state;
    for (int i = 0; i < 4 * OPTIMIZERS; i += EVERY) {
        bool searches = strcmp(optimizers[i / 4], "lbfgs") == 0;
        training t = {
            .optimizer = optimizers[i / 4],
            .net = searches ? "dense 12 tanh, dense 1 sigmoid"
                            : "dense 16 relu, dropout 0.3, dense 8 tanh, dense 1 sigmoid",
            .dtype = i % 2 ? GLIA_F64 : GLIA_F32,
            .options = {.epochs = searches ? 60 : 8,
                        .batch = searches ? GLIA_FULL_BATCH : BATCH,
                        .lr = searches ? 0 : 0.02,
                        .l2 = 0.001,
                        .seed = 5,
                        .patience = searches ? 30 : 3,
                        .log_every = i % 4 < 2 ? 1 : 3,
                        .rng = i % 4 < 2 ? NULL : "numpy"},
        };
        resumes_to_the_same_bytes(t, 5); /* also at the end of an epoch: 7 updates */
    }
}

static void full_batches_with_a_tolerance_go_on_to_the_same_bytes(void **state) {
    (void)state;
    training t = {.optimizer = "momentum",
                  .net = "dense 4 tanh, dense 1 sigmoid",
                  .options = {.epochs = 400, .batch = GLIA_FULL_BATCH, .lr = 0.5, .tol = 0.02}};
    resumes_to_the_same_bytes(t, 13);
    resumes_to_the_same_bytes(t, 1);
}

/* The learning rate falls by what the costs were, the best epoch is that of a score, running
 * averages move beside the weights. */
static void schedules_scores_and_averages_go_on_to_the_same_bytes(void **state) {
    (void)state;
    training t = {.optimizer = "adam",
                  .net = "dense 9, batch_norm, relu, dropout 0.2, dense 1 sigmoid",
                  .options = {.epochs = 25,
                              .batch = BATCH,
                              .schedule = "plateau:1:0.5",
                              .warmup = 2,
                              .l1 = 0.001,
                              .clip_norm = 1,
                              .max_norm = 3,
                              .label_smoothing = 0.1,
                              .monitor = "auc",
                              .patience = 6,
                              .cost_tol = 1e-4}};
    for (int step = 3; step < 20; step += 8) resumes_to_the_same_bytes(t, step);
}

static void masks_of_states_go_on_to_the_same_bytes(void **state) {
    (void)state;
    training t = {.optimizer = "adam",
                  .net = "sequence 2 3, lstm 5 steps all state_dropout 0.3, gru 4 state_dropout "
                         "0.5 reset before, dense 1 sigmoid",
                  .options = {.epochs = 6, .batch = BATCH, .seed = 2}};
    resumes_to_the_same_bytes(t, 5);
}

static void varied_pictures_go_on_to_the_same_bytes(void **state) {
    (void)state;
    training t = {.optimizer = "adam",
                  .net = "image 2 3, dense 9 relu, dense 1 sigmoid",
                  .options = {.epochs = 6,
                              .batch = BATCH,
                              .seed = 2,
                              .augment = "flip, shift, rotate, noise, cutout, mixup"}};
    resumes_to_the_same_bytes(t, 5);
}

/* A search that is stopped after its very last step. */
static void a_search_at_rest_stays_at_rest(void **state) {
    (void)state;
    training t = {.optimizer = "lbfgs",
                  .net = "dense 1 sigmoid",
                  .options = {.l2 = 0.01, .tol = 1e-300},
                  .dtype = GLIA_F64};
    resumes_to_the_same_bytes(t, 1);
}

/* The state of an earlier moment gives the same end: what was done since is done again. */
static void an_older_checkpoint_gives_the_same_bytes(void **state) {
    (void)state;
    training t = {.optimizer = "adam",
                  .net = "dense 9 relu, dropout 0.2, dense 1 sigmoid",
                  .options = {.epochs = 4, .batch = BATCH},
                  .keeping = {.seconds = GLIA_EVERY_UPDATE}};
    char never[65], resumed[65];
    glia_model *m;
    remove(checkpoint_path());
    t.stop = 10;
    assert_int_equal(fit(&t, &m, NULL), GLIA_INTERRUPTED);
    glia_model_free(m);
    t.stop = 0;
    t.keeping.resume = 1;
    for (int i = 0; i < 2; i++) { /* the second time from the last update */
        assert_int_equal(fit(&t, &m, NULL), GLIA_OK);
        hash_of(m, i ? resumed : never);
        glia_model_free(m);
    }
    assert_string_equal(never, resumed);
    remove(checkpoint_path());
    assert_int_equal(fit(&t, &m, NULL), GLIA_OK); /* there is none: begins anew */
    hash_of(m, resumed);
    glia_model_free(m);
    assert_string_equal(never, resumed);
}

/* Few rows: many short trainings choose L2, one is measured, one more learns from all rows. */
typedef struct updates {
    int64_t count, first, last; /* all; of the training that is shown */
    int64_t stop;
} updates;

static int count_updates(void *user, const glia_progress *p) {
    updates *u = user;
    u->count++;
    if (!p->trial && !u->first) u->first = u->count;
    if (!p->trial) u->last = u->count;
    return u->count == u->stop;
}

static glia_model *train_few(glia_ctx *own, const glia_table *t, updates *u, int resume,
                             glia_report **report) {
    glia_recipe *recipe = glia_recipe_new(own);
    glia_train_job job = {.recipe = recipe,
                          .train = t,
                          .progress = count_updates,
                          .user = u,
                          .checkpoint = {.path = checkpoint_path(), .resume = resume}};
    glia_model *m = glia_train(own, &job, report);
    glia_recipe_free(recipe);
    return m;
}

/* With one thread a stop comes at a known update. Side by side only those on the caller's thread
 * are shown, a few more or less each time: a training may end before its stop. */
static void stop_few(int threads, const int64_t *stops, int count, const char *never,
                     const glia_history *history) {
    glia_ctx *own = glia_open(&(glia_settings){.threads = threads});
    glia_table *t = glia_table_generate(own, "moons", 60, 4);
    glia_report *resumed;
    char stopped[65];
    for (int i = 0; i < count; i += EVERY) {
        remove(checkpoint_path());
        glia_model *b = train_few(own, t, &(updates){.stop = stops[i]}, 0, &resumed);
        if (!b) {
            assert_int_equal(glia_code(own), GLIA_INTERRUPTED);
            b = train_few(own, t, &(updates){0}, 1, &resumed);
        } else {
            assert_true(threads > 1);
        }
        if (!b) fail_msg("%s", glia_message(own));
        hash_of(b, stopped);
        assert_string_equal(never, stopped);
        same_history(history, resumed->history, "few rows");
        glia_report_free(own, resumed);
        glia_model_free(b);
    }
    glia_table_free(t);
    glia_close(own);
}

static void few_rows_go_on_in_each_of_their_trainings(void **state) {
    (void)state;
    glia_ctx *own = glia_open(&(glia_settings){.threads = 1});
    glia_table *t = glia_table_generate(own, "moons", 60, 4);
    updates all = {0};
    glia_report *whole;
    char never[65];
    remove(checkpoint_path());
    glia_model *a = train_few(own, t, &all, 0, &whole);
    assert_non_null(a);
    hash_of(a, never);
    assert_true(1 < all.first && all.first < all.last && all.last < all.count);
    const int64_t stops[] = {5,        all.first,    (all.first + all.last) / 2,
                             all.last, all.last + 1, (all.last + all.count) / 2,
                             all.count};
    stop_few(1, stops, 7, never, whole->history);
    stop_few(3, stops, 7, never, whole->history);
    stop_few(3, (int64_t[]){all.first / 3, all.first / 2}, 2, never, whole->history);
    glia_report_free(own, whole);
    glia_model_free(a);
    glia_table_free(t);
    glia_close(own);
}

/* -------------------------------------------------------------------------- another training -- */

static void expect_failure(training t, glia_status status, const char *part) {
    glia_model *m;
    t.keeping.resume = t.keeping.resume >= 0;
    glia_status found = fit(&t, &m, NULL);
    glia_model_free(m);
    if (found != status || !strstr(glia_message(g), part))
        fail_msg("status %d, expected %d and '%s': %s", (int)found, (int)status, part,
                 glia_message(g));
}

static const training plain = {.optimizer = "adam",
                               .net = "dense 5 relu, dense 1 sigmoid",
                               .options = {.epochs = 3}};

/* Leaves the checkpoint of update 4. */
static void keep_one(void) {
    glia_model *m;
    training t = plain;
    t.stop = 4;
    remove(checkpoint_path());
    assert_int_equal(fit(&t, &m, NULL), GLIA_INTERRUPTED);
    glia_model_free(m);
}

static void another_training_is_refused_by_name(void **state) {
    (void)state;
    keep_one();
    training t = plain;
    t.optimizer = "sgd";
    expect_failure(t, GLIA_USAGE, "optimizer is adam there and sgd here");
    t = plain, t.options.lr = 0.5;
    expect_failure(t, GLIA_USAGE, "lr is 0 there and 0.5 here");
    t = plain, t.options.epochs = 4;
    expect_failure(t, GLIA_USAGE, "epochs is 3 there and 4 here");
    t = plain, t.options.rng = "numpy";
    expect_failure(t, GLIA_USAGE, "rng is the default there and numpy here");
    t = plain, t.dtype = GLIA_F64;
    expect_failure(t, GLIA_USAGE, "precision is f32 there and f64 here");
    t = plain, t.net = "dense 6 relu, dense 1 sigmoid";
    expect_failure(t, GLIA_USAGE, "network is dense 5 relu, dense 1 sigmoid there and dense 6");
    t = plain, t.shift = 1e-9;
    expect_failure(t, GLIA_INPUT, "training x is f64 (203, 6) with sha256 ");
    t = plain, t.keeping.resume = -1; /* not asked for */
    expect_failure(t, GLIA_USAGE, "is there already");
}

/* ----------------------------------------------------------------------------- damaged files -- */

static char *good;
static int64_t good_size;

static void write_checkpoint(const char *bytes, int64_t n) {
    FILE *f = fopen(checkpoint_path(), "wb");
    assert_int_equal(fwrite(bytes, 1, (size_t)n, f), n);
    fclose(f);
}

static void damaged_checkpoints_are_refused(void **state) {
    (void)state;
    keep_one();
    good = gl_read_file(g, checkpoint_path(), &good_size);
    char *bytes = malloc((size_t)good_size + 8);
    gl_rng r = gl_rng_new(2, GL_STREAM_TEST, 0);
    for (int i = 0; i < 300; i++) {
        int64_t at = i < 100 ? i : gl_rng_below(&r, good_size);
        memcpy(bytes, good, (size_t)good_size);
        bytes[at] ^= (char)(1 << gl_rng_below(&r, 8));
        write_checkpoint(bytes, good_size);
        expect_failure(plain, GLIA_INPUT, checkpoint_path());
    }
    for (int i = 0; i < 60; i++) {
        write_checkpoint(good, i < 30 ? i : good_size * i / 60);
        expect_failure(plain, GLIA_INPUT, checkpoint_path());
    }
    memset(bytes, 0, (size_t)good_size + 8);
    memcpy(bytes, good, (size_t)good_size);
    write_checkpoint(bytes, good_size + 8);
    expect_failure(plain, GLIA_INPUT, "damaged");
    free(bytes);
    gl_free(g, good);
}

static void foreign_files_are_refused(void **state) {
    (void)state;
    glia_model *m = glia_model_new(g, 2, "dense 1 sigmoid", NULL);
    assert_int_equal(glia_model_save(m, checkpoint_path()), GLIA_OK);
    glia_model_free(m);
    expect_failure(plain, GLIA_INPUT, "is a model file, a glia checkpoint was expected");
    write_checkpoint("a,b\n1,2\n", 8);
    expect_failure(plain, GLIA_INPUT, "is a text file, a glia checkpoint was expected");
    keep_one();
    for (int longer = 0; longer < 40; longer++) { /* whatever bytes the header's length has */
        gl_container f;
        gl_writer w;
        gl_writer_begin(&w, g, &gl_checkpoint_kind);
        for (int i = 0; i < longer; i++) gl_writer_text(&w, "eight", "more");
        gl_writer_end(&w);
        assert_int_equal(gl_writer_write(&w, checkpoint_path()), GLIA_OK);
        gl_writer_free(&w);
        assert_int_equal(gl_container_open(&f, g, &gl_model_kind, checkpoint_path()), GLIA_INPUT);
        gl_container_close(&f);
        assert_non_null(strstr(glia_message(g), "is a checkpoint, a glia model file was expected"));
    }
    keep_one();
    assert_null(glia_model_load(g, checkpoint_path()));
    assert_non_null(strstr(glia_message(g), "is a checkpoint, a glia model file was expected"));
}

/* The good file, sealed again with another text, or with another number (one of several: fewer). */
static void write_crafted(const char *text, const char *number, int64_t value) {
    gl_container f;
    gl_writer w;
    const gl_json *at = NULL;
    keep_one();
    assert_int_equal(gl_container_open(&f, g, &gl_checkpoint_kind, checkpoint_path()), GLIA_OK);
    gl_writer_begin(&w, g, &gl_checkpoint_kind);
    while ((at = gl_json_name(gl_json_get(f.json, "__metadata__"), at))) {
        const char *key = at->text;
        if (strcmp(key, "format") != 0 && strcmp(key, "checksum") != 0)
            gl_writer_text(&w, key, strcmp(key, text) == 0 ? "-7" : gl_json_text(at + 1));
    }
    while ((at = gl_json_name(f.json, at))) {
        const char *key = at->text;
        if (strcmp(key, "__metadata__") == 0) continue;
        const char *type = gl_json_text(gl_json_get(at + 1, "dtype"));
        glia_dtype dtype = strcmp(type, "F32") == 0   ? GLIA_F32
                           : strcmp(type, "F64") == 0 ? GLIA_F64
                                                      : GLIA_I64;
        int64_t count = gl_json_whole(gl_json_at(gl_json_get(at + 1, "shape"), 0));
        bool spoilt = strcmp(key, number) == 0;
        gl_writer_tensor(&w, key, dtype, spoilt && dtype != GLIA_I64 ? count - 1 : count, 1,
                         spoilt && dtype == GLIA_I64
                             ? (const void *)&value
                             : gl_container_tensor(&f, key, dtype, count, 1));
    }
    gl_writer_end(&w);
    assert_int_equal(gl_writer_write(&w, checkpoint_path()), GLIA_OK);
    gl_writer_free(&w);
    gl_container_close(&f);
}

static void impossible_numbers_are_refused(void **state) {
    (void)state;
    static const struct {
        const char *name;
        int64_t value;
    } cases[] = {{"epoch", 3},          {"epoch", -1},   {"epoch", INT64_MIN}, {"batch", 8},
                 {"batch", -1},         {"updates", -1}, {"best_epoch", 99},   {"since_best", -1},
                 {"weights", 0},        {"moment1", 0},  {"history.cost", 0},  {"seconds", 0},
                 {"at_rest", INT64_MAX}};
    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
        write_crafted("", cases[i].name, cases[i].value);
        expect_failure(plain, GLIA_INPUT, "damaged");
    }
    write_crafted("fit", "", 0);
    expect_failure(plain, GLIA_INPUT, "damaged");
}

static void other_kernels_and_versions_are_warned_of(void **state) {
    (void)state;
    write_crafted("kernels", "", 0);
    training t = plain;
    glia_model *m;
    t.keeping.resume = 1;
    warnings = 0;
    assert_int_equal(fit(&t, &m, NULL), GLIA_OK);
    glia_model_free(m);
    assert_int_equal(warnings, 1);
    assert_non_null(strstr(warned, "was made with kernels -7, here "));
}

/* ----------------------------------------------------------------------------- failing saves -- */

static void limit_files(rlim_t bytes) {
    struct rlimit limit;
    getrlimit(RLIMIT_FSIZE, &limit);
    limit.rlim_cur = bytes;
    setrlimit(RLIMIT_FSIZE, &limit);
}

static int fill_disk(void *user, const glia_progress *p) {
    (void)user;
    if (p->updates == 3) limit_files(100);
    return p->updates == 17;
}

static void a_path_that_cannot_be_written_is_told_of_before_the_training(void **state) {
    (void)state;
    char no_folder[700], folder[600];
    snprintf(no_folder, sizeof no_folder, "%s/none/x.ckpt", scratch());
    snprintf(folder, sizeof folder, "%s", scratch());
    training t = plain;
    t.keeping.path = no_folder;
    expect_failure(t, GLIA_RESOURCE, "cannot write");
    t.keeping.path = folder;
    expect_failure(t, GLIA_RESOURCE, "is not a file");
    t.keeping.path = "/dev/full";
    expect_failure(t, GLIA_RESOURCE, "is not a file");
    remove(checkpoint_path());
    limit_files(100);
    t.keeping.path = NULL;
    glia_model *m;
    glia_status status = fit(&t, &m, NULL);
    limit_files(RLIM_INFINITY);
    glia_model_free(m);
    assert_int_equal(status, GLIA_RESOURCE);
    assert_int_not_equal(access(checkpoint_path(), F_OK), 0);
}

/* As another run that saves to the same file does it. */
static int save_as_another(void *user, const glia_progress *p) {
    char other[600];
    (void)user;
    if (p->updates != 3 && p->updates != 5) return 0;
    snprintf(other, sizeof other, "%s/other.ckpt", scratch());
    FILE *from = fopen(checkpoint_path(), "rb"), *to = fopen(other, "wb");
    for (int c; (c = getc(from)) != EOF;) putc(c, to);
    fclose(from);
    fclose(to);
    return rename(other, checkpoint_path());
}

static void another_run_that_saves_to_the_file_is_told_once(void **state) {
    (void)state;
    glia_model *m = glia_model_new(g, FEATURES, plain.net, &(glia_model_options){.seed = 3});
    glia_fit_options o = plain.options;
    glia_checkpoint keeping = {.path = checkpoint_path(), .seconds = GLIA_EVERY_UPDATE};
    remove(checkpoint_path());
    o.progress = save_as_another;
    warnings = 0;
    assert_int_equal(glia_model_fit_resumable(m, glia_tensor_f64(x[0], ROWS, FEATURES),
                                              glia_tensor_f64(y, ROWS, 1), &o, &keeping, NULL),
                     GLIA_OK);
    assert_int_equal(warnings, 1);
    assert_non_null(strstr(warned, "is written by another run as well"));
    glia_model_free(m);
}

/* The disk fills up after update 3: not a warning for each; the last good checkpoint stays and is
 * good. */
static void a_save_that_fails_later_is_a_warning(void **state) {
    (void)state;
    glia_model *m = glia_model_new(g, FEATURES, plain.net, &(glia_model_options){.seed = 3});
    glia_fit_options o = plain.options;
    glia_checkpoint keeping = {.path = checkpoint_path(), .seconds = GLIA_EVERY_UPDATE};
    glia_tensor features = glia_tensor_f64(x[0], ROWS, FEATURES),
                labels = glia_tensor_f64(y, ROWS, 1);
    remove(checkpoint_path());
    o.progress = fill_disk;
    warnings = 0;
    glia_status status = glia_model_fit_resumable(m, features, labels, &o, &keeping, NULL);
    limit_files(RLIM_INFINITY);
    assert_int_equal(status, GLIA_INTERRUPTED);
    assert_int_equal(warnings, 2); /* when it began to fail, and at the end */
    assert_non_null(strstr(warned, "the checkpoint before stays"));

    o.progress = NULL;
    keeping.resume = 1;
    assert_int_equal(glia_model_fit_resumable(m, features, labels, &o, &keeping, NULL), GLIA_OK);
    char resumed[65], never[65];
    hash_of(m, resumed);
    glia_model_free(m);
    m = glia_model_new(g, FEATURES, plain.net, &(glia_model_options){.seed = 3});
    assert_int_equal(glia_model_fit(m, features, labels, &o, NULL), GLIA_OK);
    hash_of(m, never);
    glia_model_free(m);
    assert_string_equal(resumed, never);
}

/* ----------------------------------------------------------------------- through the program -- */

static double now(void) {
    struct timespec t;
    clock_gettime(CLOCK_MONOTONIC, &t);
    return (double)t.tv_sec + 1e-9 * (double)t.tv_nsec;
}

static void make_csv(const char *name, int64_t rows) {
    char path[600];
    snprintf(path, sizeof path, "%s/%s", scratch(), name);
    glia_table *t = glia_table_generate(g, "moons", rows, 2);
    assert_int_equal(glia_table_write(t, path, NULL, 0), GLIA_OK);
    glia_table_free(t);
}

static void sha256_of(const char *name, char hex[65]) {
    char path[600];
    snprintf(path, sizeof path, "%s/%s", scratch(), name);
    if (glia_file_sha256(g, path, hex) != GLIA_OK) fail_msg("%s", glia_message(g));
}

/* The unkilled run, without a checkpoint. Returns the seconds it took. */
static double run_whole(const char *command, char hex[65]) {
    double start = now();
    result r = run("$GLIA %s -o never.glia --quiet", command);
    if (r.status != 0) fail_msg("%s: %s", command, r.err);
    result_free(&r);
    double seconds = now() - start;
    sha256_of("never.glia", hex);
    return seconds;
}

/* Starts the program and sends it a signal after some seconds. Returns its exit status; -n when
 * signal n ended it. */
static int run_signalled(const char *command, const char *every, double seconds, int number) {
    char line[1000], *word[40];
    int words = 0;
    snprintf(line, sizeof line,
             "%s %s --checkpoint k.ckpt --checkpoint-every %s --resume -o killed.glia --quiet "
             "--threads 1",
             getenv("GLIA"), command, every);
    for (char *w = strtok(line, " "); w; w = strtok(NULL, " ")) word[words++] = w;
    word[words] = NULL;
    pid_t child = fork();
    if (child == 0) {
        int nowhere = open("/dev/null", O_RDWR), said;
        if (chdir(scratch()) != 0) _exit(99);
        said = open("said", O_WRONLY | O_CREAT | O_TRUNC, 0644);
        dup2(nowhere, 0), dup2(nowhere, 1), dup2(said, 2);
        execv(word[0], word);
        _exit(99);
    }
    struct timespec wait = {(time_t)seconds, (long)(1e9 * (seconds - floor(seconds)))};
    int status;
    if (number) nanosleep(&wait, NULL), kill(child, number);
    assert_int_equal(waitpid(child, &status, 0), child);
    return WIFEXITED(status) ? WEXITSTATUS(status) : -WTERMSIG(status);
}

#if defined(__SANITIZE_ADDRESS__)
enum { SLOWER = 10 }; /* so many times fewer kills and epochs */
#else
enum { SLOWER = 1 };
#endif

/* Kills one chain of resumed runs after the other at random moments until `kills` have hit; each
 * chain goes on until its model is complete. */
static void kill_often(const char *options, int epochs, const char *every, int kills) {
    char command[300], never[65], killed[65];
    snprintf(command, sizeof command, "train %s --epochs %d", options, epochs / SLOWER);
    double seconds = fmin(run_whole(command, never), 1);
    gl_rng r = gl_rng_new((uint64_t)epochs, GL_STREAM_TEST, 0);
    int hits = 0, complete = 0;
    for (bool last = false; !last; complete++) {
        int status = -SIGKILL;
        while (status == -SIGKILL) {
            last = hits >= kills / SLOWER;
            double moment = 0.002 + gl_rng_uniform(&r) * seconds / 4;
            status = run_signalled(command, every, moment, last ? 0 : SIGKILL);
            hits += status == -SIGKILL;
        }
        if (status != 0) fail_msg("%s: status %d after %d kills", command, status, hits);
        sha256_of("killed.glia", killed);
        if (strcmp(never, killed) != 0)
            fail_msg("%s: other bytes in chain %d, after %d kills", command, complete, hits);
        result left = run("rm killed.glia; ls | grep k.ckpt");
        assert_string_equal(left.out, "");
        result_free(&left);
    }
    print_message("# %s: %d kills hit, in %d chains that ended with the same bytes\n", command,
                  hits, complete);
}

static void killed_at_a_hundred_random_moments_it_gives_the_same_bytes(void **state) {
    (void)state;
    make_csv("many.csv", 4000);
    kill_often("many.csv --hidden 64,64 --dropout 0.1 --batch 64 --early-stop 190", 200, "0.02",
               60);
    kill_often("many.csv --hidden 64,64 --batch full --optimizer rmsprop --precision f64", 100, "0",
               20);
    kill_often("many.csv --hidden 40 --optimizer lbfgs", 101, "0", 20);
}

/* The checkpoint of the last training of few rows lies behind a choosing that is done again. */
static void few_rows_give_the_same_bytes(void **state) {
    (void)state;
    char never[65], killed[65];
    make_csv("few.csv", 100);
    double seconds = run_whole("train few.csv", never);
    for (int i = 1; i <= 12 / SLOWER; i++)
        run_signalled("train few.csv", "0.002", fmin(seconds, 1) * i / 12, SIGKILL);
    assert_int_equal(run_signalled("train few.csv", "0.002", 0, 0), 0);
    sha256_of("killed.glia", killed);
    assert_string_equal(never, killed);
    result r = run("rm killed.glia");
    result_free(&r);
}

/* `part` of what the last signalled program said. */
static void expect_said(const char *part) {
    char path[600];
    snprintf(path, sizeof path, "%s/said", scratch());
    char *text = slurp(path);
    if (!strstr(text, part)) fail_msg("expected '%s', it said: %s", part, text);
    free(text);
}

static void ctrl_c_and_sigterm_save_and_exit_with_130(void **state) {
    (void)state;
    make_csv("int.csv", 3000);
    const char *command = "train int.csv --hidden 64,64 --epochs 60 --batch 50";
    char never[65], resumed[65];
    double seconds = run_whole(command, never);
    int stops = 0;
    for (int i = 0; i < 12 && stops < 4; i++) {
        int status =
            run_signalled(command, "30", seconds * (i % 4 + 1) / 6, i % 2 ? SIGTERM : SIGINT);
        result r = run("ls killed.glia k.ckpt.tmp*; rm -f killed.glia");
        bool left = *r.out != 0;
        result_free(&r);
        if (status != 130) continue; /* before the training began, or after its end */
        stops++;
        assert_false(left);
        expect_said("weights so far are in 'killed.partial.glia'; 'k.ckpt' keeps the training so "
                    "far: the same command with --resume goes on\n");
    }
    assert_true(stops > 0);
    assert_int_equal(run_signalled(command, "30", 0, 0), 0);
    sha256_of("killed.glia", resumed);
    assert_string_equal(never, resumed);
    result r = run("$GLIA show killed.glia; ls k.ckpt");
    assert_non_null(strstr(r.out, "glia train int.csv --hidden 64,64"));
    assert_null(strstr(r.out, "resume"));
    assert_null(strstr(r.out, "k.ckpt"));
    result_free(&r);
}

static void wrong_checkpoints_have_their_exit_status(void **state) {
    (void)state;
    static const struct {
        const char *options;
        int status;
        const char *says;
    } cases[] = {
        {"", 2, "is there already: resume from it, or remove it to train anew"},
        {"--resume --lr 0.1", 2, "--lr is auto there and 0.1 here"},
        {"--resume --optimizer sgd", 2, "--optimizer is auto there and sgd here"},
        {"--resume --precision f64", 2, "--precision is f32 there and f64 here"},
        {"--resume --epochs 8", 2, "--epochs is 100000 there and 8 here"},
        {"--resume --val other.csv", 3, "training x is "},
        {"--resume --checkpoint many.glia", 3, "is a model file, a glia checkpoint was expected"},
        {"--resume --checkpoint other.csv", 3, "is a text file"},
        {"--resume --checkpoint cut.ckpt", 3, "is damaged"},
        {"--resume --checkpoint /dev/full", 4, "is not a file"},
        {"--checkpoint nowhere/x.ckpt", 4, "cannot write 'nowhere/x.ckpt'"},
        {"--resume --checkpoint many.csv", 2, "would be replaced"},
        {"--checkpoint m.glia", 2, "are both to be 'm.glia'"},
        {"--resume --checkpoint-every -1", 2, "expected a number from 0"},
    };
    make_csv("many.csv", 4000);
    make_csv("other.csv", 900); /* for which another network is the default */
    result r = run("rm -f w.ckpt; $GLIA train many.csv --epochs 2 -q -o many.glia\n"
                   "timeout --preserve-status -s INT 1 $GLIA train many.csv --epochs 100000 "
                   "--early-stop 0 --checkpoint w.ckpt -o m.glia; head -c 5000 w.ckpt >cut.ckpt");
    result_free(&r);
    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
        r = run("$GLIA train many.csv --epochs 100000 --early-stop 0 --checkpoint w.ckpt -o m.glia "
                "%s",
                cases[i].options);
        if (r.status != cases[i].status || !strstr(r.err, cases[i].says))
            fail_msg("%s: status %d, %s", cases[i].options, r.status, r.err);
        result_free(&r);
    }
    r = run("$GLIA train other.csv --epochs 100000 --early-stop 0 --checkpoint w.ckpt --resume -o "
            "m.glia");
    assert_int_equal(r.status, 3);
    assert_non_null(strstr(r.err, "training x is "));
    result_free(&r);
    r = run("$GLIA train many.csv --epochs 2 --checkpoint new.ckpt --resume -o new.glia && "
            "cmp many.glia new.glia");
    assert_int_equal(r.status, 0);
    assert_non_null(strstr(r.err, "'new.ckpt' does not exist yet: the training begins anew"));
    result_free(&r);
    r = run("$GLIA train many.csv --resume");
    assert_int_equal(r.status, 2);
    assert_non_null(strstr(r.err, "--resume needs --checkpoint FILE"));
    result_free(&r);
    r = run("ls m.glia w.ckpt.tmp*");
    assert_string_equal(r.out, "");
    result_free(&r);
}

static int begin(void **state) {
    (void)state;
    signal(SIGXFSZ, SIG_IGN);
    if (!getenv("GLIA")) setenv("GLIA", BUILD_ROOT "/glia", 1);
    g = glia_open(&(glia_settings){.threads = 2, .log = take_warning});
    make_data();
    return g == NULL;
}

static int end(void **state) {
    (void)state;
    glia_close(g);
    return 0;
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(every_optimizer_goes_on_to_the_same_bytes),
        cmocka_unit_test(full_batches_with_a_tolerance_go_on_to_the_same_bytes),
        cmocka_unit_test(schedules_scores_and_averages_go_on_to_the_same_bytes),
        cmocka_unit_test(masks_of_states_go_on_to_the_same_bytes),
        cmocka_unit_test(varied_pictures_go_on_to_the_same_bytes),
        cmocka_unit_test(a_search_at_rest_stays_at_rest),
        cmocka_unit_test(an_older_checkpoint_gives_the_same_bytes),
        cmocka_unit_test(few_rows_go_on_in_each_of_their_trainings),
        cmocka_unit_test(another_training_is_refused_by_name),
        cmocka_unit_test(damaged_checkpoints_are_refused),
        cmocka_unit_test(foreign_files_are_refused),
        cmocka_unit_test(impossible_numbers_are_refused),
        cmocka_unit_test(other_kernels_and_versions_are_warned_of),
        cmocka_unit_test(a_path_that_cannot_be_written_is_told_of_before_the_training),
        cmocka_unit_test(a_save_that_fails_later_is_a_warning),
        cmocka_unit_test(another_run_that_saves_to_the_file_is_told_once),
        cmocka_unit_test(killed_at_a_hundred_random_moments_it_gives_the_same_bytes),
        cmocka_unit_test(few_rows_give_the_same_bytes),
        cmocka_unit_test(ctrl_c_and_sigterm_save_and_exit_with_130),
        cmocka_unit_test(wrong_checkpoints_have_their_exit_status),
    };
    return cmocka_run_group_tests(tests, begin, end);
}
