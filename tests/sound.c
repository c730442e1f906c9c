/*
 * sound.c: whatever a caller or a file does, calls end soundly: no memory is read that nobody set,
 * failures are noted where the caller looks, and what is taken is bounded.
 */
#include <pthread.h>
#include <zlib.h>

#include "base/keyed.h"
#include "plan/plan.h"
#include "product/model.h"
#include "table/table.h"
#include "test.h"

#include "context.h"
#include "scarce.h"

static glia_table *numbers(glia_ctx *in, int64_t rows, int64_t cols) {
    double *x = malloc((size_t)(rows * cols) * sizeof *x);
    for (int64_t i = 0; i < rows * cols; i++) x[i] = (double)(i * 37 % 1009);
    glia_table *t = glia_table_from(in, glia_tensor_f64(x, rows, cols), NULL);
    assert_non_null(t);
    free(x);
    return t;
}

/* ------------------------------------------------------------------------------------- folds -- */

/* The caller's memory holds anything. */
static void deal(const glia_table *t, const char *target) {
    int64_t rows = glia_table_rows(t), *fold = malloc((size_t)rows * sizeof *fold), in[3] = {0};
    memset(fold, 0x7b, (size_t)rows * sizeof *fold);
    assert_int_equal(glia_table_folds(t, target, 3, 1, fold), GLIA_OK);
    for (int64_t i = 0; i < rows; i++) {
        assert_in_range(fold[i], 0, 2);
        in[fold[i]]++;
    }
    for (int k = 0; k < 3; k++) assert_in_range(in[k], rows / 3, rows / 3 + 1);
    free(fold);
}

static void folds_look_at_no_memory_of_the_caller(void **state) {
    (void)state;
    glia_table *t = numbers(g, 100, 2);
    deal(t, NULL);
    deal(t, "c1"); /* more values than classes */
    glia_table_free(t);
    glia_table_builder *b = glia_table_builder_new(g);
    glia_table_builder_column(b, "name", GLIA_CATEGORY);
    for (int i = 0; i < 1100; i++) { /* more texts than classes */
        char text[16];
        snprintf(text, sizeof text, "t%d", i);
        assert_int_equal(glia_table_builder_row(b), GLIA_OK);
        assert_int_equal(glia_table_builder_text(b, 0, text), GLIA_OK);
    }
    deal(glia_table_builder_table(b), "name");
    glia_table_builder_free(b);
}

/* ------------------------------------------------------------------------------------- plans -- */

/* Memory that is out and stays out, from the n-th call on, for every n up to the one that is
 * enough. */
static void a_plan_without_memory_is_none(void **state) {
    (void)state;
    static const char *const nets[] = {
        "dense 4 relu, dense 1 sigmoid",
        "a: dense 4 relu, batch_norm, dropout 0.5, dense 4, add a, dense 3 softmax",
        "p: input 2, q: input 1, dense 3 relu, concat p, t: dense 4 tanh, dense 3 softmax, output, "
        "from t, dense 2",
    };
    for (int i = 0; i < 3; i++) {
        for (int mode = GL_TRAIN; mode <= GL_PREDICT; mode++) {
            bool made = false;
            for (long n = 0; !made; n++) {
                allocations_left = 1000;
                glia_ctx *scarce =
                    glia_open(&(glia_settings){.alloc = scarce_alloc, .release = scarce_release});
                glia_model *m = glia_model_new(scarce, 3, nets[i], NULL);
                assert_non_null(m);
                gl_plan_spec spec = {.mode = mode,
                                     .rows = 8,
                                     .threads = 1,
                                     .update = GL_K_adam,
                                     .l2 = 0.1,
                                     .clip_norm = 1,
                                     .max_norm = 1,
                                     .weighted = mode == GL_TRAIN,
                                     .gathers = mode == GL_TRAIN,
                                     .source = {.divisor = 1, .mean_weight = 1}};
                allocations_left = n;
                gl_plan *p = gl_compile(scarce, m->net, &spec);
                made = p;
                if (!p) assert_int_equal(glia_code(scarce), GLIA_RESOURCE);
                gl_plan_free(p);
                glia_model_free(m);
                glia_close(scarce);
                assert_int_equal(allocations_held, 0);
            }
        }
    }
}

/* ----------------------------------------------------------------------------------- numbers -- */

enum { THREADS = 8 };

static pthread_barrier_t together;

/* More digits than the short ways take: the locale of C is asked for, by all at once. */
static void *parse_long(void *value) {
    static const char text[] = "3.14159265358979323846264338327950288";
    pthread_barrier_wait(&together);
    gl_parse_number(text, strlen(text), '.', value);
    return NULL;
}

static void threads_may_parse_their_first_number_at_once(void **state) {
    (void)state;
    double value[THREADS] = {0};
    pthread_t thread[THREADS];
    pthread_barrier_init(&together, NULL, THREADS);
    for (int i = 0; i < THREADS; i++)
        assert_int_equal(pthread_create(&thread[i], NULL, parse_long, &value[i]), 0);
    for (int i = 0; i < THREADS; i++) {
        pthread_join(thread[i], NULL);
        assert_true(value[i] == 3.141592653589793);
    }
    pthread_barrier_destroy(&together);
}

/* ----------------------------------------------------------------------------------- history -- */

typedef struct purse { /* an allocator that gives no block above a size, and knows the largest */
    size_t most, largest;
} purse;

static void *purse_alloc(void *user, size_t size) {
    purse *p = user;
    if (size > p->largest) p->largest = size;
    return size > p->most ? NULL : aligned_alloc(64, size);
}

static void purse_release(void *user, void *memory) {
    (void)user;
    free(memory);
}

static int stop_at(void *user, const glia_progress *p) { return p->updates >= *(int64_t *)user; }

/* As many epochs as an option takes are no reason to take 48 GB. */
static void a_history_of_any_training_is_small(void **state) {
    (void)state;
    purse p = {.most = 64 << 20};
    glia_ctx *small =
        glia_open(&(glia_settings){.alloc = purse_alloc, .release = purse_release, .user = &p});
    glia_model *m = glia_model_new(small, 1, "dense 1", NULL);
    float x[] = {1, 2}, y[] = {2, 4};
    int64_t updates = 10;
    glia_history *h = NULL;
    glia_fit_options o = {.epochs = 1000000000, .progress = stop_at, .user = &updates};
    glia_tensor tx = glia_tensor_f32(x, 2, 1), ty = glia_tensor_f32(y, 2, 1);
    assert_int_equal(glia_model_fit(m, tx, ty, &o, &h), GLIA_INTERRUPTED);
    assert_int_equal(h->entries, 9);
    glia_history_free(small, h);
    glia_model_free(m);
    glia_close(small);
}

/* More epochs than entries: every second one leaves, and a training that went on from a checkpoint
 * has the same. */
static void a_long_history_is_thinned(void **state) {
    (void)state;
    const int64_t most = 1 << 20, epochs = most + 1000;
    float x[] = {1}, y[] = {2};
    char path[600];
    glia_history *h[2] = {NULL, NULL};
    snprintf(path, sizeof path, "%s/long.checkpoint", scratch());
    for (int i = 0; i < 2; i++) {
        int64_t updates = most + 10;
        glia_model *m = glia_model_new(g, 1, "dense 1", NULL);
        glia_fit_options o = {.epochs = epochs, .optimizer = "sgd", .lr = 1e-3};
        glia_checkpoint where = {.path = path, .seconds = 1e6, .resume = 1};
        glia_tensor tx = glia_tensor_f32(x, 1, 1), ty = glia_tensor_f32(y, 1, 1);
        if (i) { /* stopped first */
            o.progress = stop_at, o.user = &updates;
            assert_int_equal(glia_model_fit_resumable(m, tx, ty, &o, &where, NULL),
                             GLIA_INTERRUPTED);
            o.progress = NULL;
            assert_int_equal(glia_model_fit_resumable(m, tx, ty, &o, &where, &h[i]), GLIA_OK);
        } else {
            assert_int_equal(glia_model_fit(m, tx, ty, &o, &h[i]), GLIA_OK);
        }
        assert_int_equal(h[i]->epochs, epochs);
        assert_int_equal(h[i]->entries, epochs / 2);
        glia_model_free(m);
    }
    for (int64_t k = 0; k < epochs / 2; k++) {
        if (h[0]->epoch[k] != 2 * k || h[1]->epoch[k] != 2 * k || h[0]->mean[k] != h[1]->mean[k])
            fail_msg("entry %d is of epoch %d", (int)k, (int)h[1]->epoch[k]);
    }
    for (int i = 0; i < 2; i++) glia_history_free(g, h[i]);
}

/* ------------------------------------------------------------------------------------- bytes -- */

static const char *in_scratch(const char *name) {
    static char path[2][600];
    static int next;
    next = !next;
    snprintf(path[next], sizeof path[next], "%s/%s", scratch(), name);
    return path[next];
}

static void write_gzip(const char *path, int64_t zeros) {
    static char block[1 << 20];
    gzFile f = gzopen(path, "wb1");
    gzputs(f, "a,b\n1,2\n");
    for (int64_t n = 0; n < zeros; n += (int64_t)sizeof block) gzwrite(f, block, sizeof block);
    assert_int_equal(gzclose(f), Z_OK);
}

/* A header and a hole in the place of values. */
static void write_npy(const char *path, int rows) {
    char header[118];
    int n = snprintf(header, sizeof header,
                     "{'descr': '<f4', 'fortran_order': False, 'shape': (%d, 4), }", rows);
    memset(header + n, ' ', sizeof header - (size_t)n);
    header[sizeof header - 1] = '\n';
    FILE *f = fopen(path, "wb");
    fwrite("\x93NUMPY\1\0\x76\0", 1, 10, f);
    fwrite(header, 1, sizeof header, f);
    fclose(f);
    assert_int_equal(truncate(path, 128 + 16 * (off_t)rows), 0);
}

static bool read_table(glia_ctx *c, const char *path) { return glia_table_read(c, path, NULL); }
static bool read_array(glia_ctx *c, const char *path) {
    return glia_table_read_arrays(c, path, NULL);
}
static bool read_model(glia_ctx *c, const char *path) { return glia_model_load(c, path); }
static bool read_schema(glia_ctx *c, const char *path) { return glia_schema_read(c, path); }

/* What is large, unpacks to more, or has no end, is refused while little is taken. */
static void a_file_takes_no_more_than_is_allowed(void **state) {
    (void)state;
    const int64_t most = 20 << 20;
    write_gzip(in_scratch("zeros.csv.gz"), 200 << 20);
    write_npy(in_scratch("large.npy"), 2000000);
    FILE *f = fopen(in_scratch("large.json"), "w");
    for (int i = 0; i < 3000000; i++) fputs("[12345, 1]\n", f);
    fclose(f);
    const struct {
        bool (*read)(glia_ctx *c, const char *path);
        const char *name;
    } files[] = {{read_table, "zeros.csv.gz"}, {read_table, "large.json"}, {read_table, NULL},
                 {read_array, "large.npy"},    {read_model, "large.npy"},  {read_model, NULL},
                 {read_schema, "large.json"},  {read_schema, NULL}};
    for (size_t i = 0; i < sizeof files / sizeof *files; i++) {
        purse p = {.most = SIZE_MAX};
        glia_ctx *c = glia_open(&(glia_settings){
            .alloc = purse_alloc, .release = purse_release, .user = &p, .max_bytes = most});
        assert_false(files[i].read(c, files[i].name ? in_scratch(files[i].name) : "/dev/zero"));
        assert_int_equal(glia_code(c), GLIA_RESOURCE);
        if (!strstr(glia_message(c), "option 'max-bytes'")) fail_msg("%s", glia_message(c));
        assert_in_range(p.largest, 1, most + 4096);
        glia_close(c);
    }
}

static void write_small(void) {
    FILE *f = fopen(in_scratch("small.csv"), "w");
    fputs("u,v,y\n", f);
    for (int i = 0; i < 20; i++) fprintf(f, "%d,%d,%d\n", i % 5, i % 3, i % 2);
    fclose(f);
}

/* Without the option the limit comes from what the process may have, here half of 2^30 bytes. A CPU
 * limit ends what would go on for ever. sh takes one limit at a time. */
#define BOUNDED "ulimit -v 1048576 && ulimit -t 60 && "

static void the_memory_of_the_process_bounds_a_file(void **state) {
    (void)state;
#ifdef __SANITIZE_ADDRESS__
    skip(); /* its shadow is address space, too */
#endif
    write_small();
    const char *half = "at most 536.9 MB are taken at once, half of the memory; --max-bytes";
    refuses(4, half, BOUNDED "$GLIA data /dev/zero");
    refuses(4, half, BOUNDED "$GLIA data - </dev/zero");
    refuses(4, half, BOUNDED "$GLIA show /dev/zero");
    refuses(4, half, BOUNDED "$GLIA train small.csv --schema /dev/zero");
    refuses(4, "/dev/zero: cannot read the configuration: File too large",
            BOUNDED "$GLIA train small.csv --config /dev/zero");
    refuses(3, "'/dev/zero' is no log of glia tune",
            BOUNDED "$GLIA tune small.csv --log /dev/zero --resume");
    refuses(2, "--max-bytes: expected a whole number from 1 up", "$GLIA data - --max-bytes 0");
}

/* One option of every command, for all files that it reads. */
static void one_limit_bounds_all_files(void **state) {
    (void)state;
    const char *little = "at most 0.001 MB are taken at once; --max-bytes N allows N bytes",
               *more = "at most 1 MB are taken at once; --max-bytes N allows N bytes";
    write_small();
    write_gzip(in_scratch("zeros.csv.gz"), 2 << 20);
    write_npy(in_scratch("x.npy"), 100000);
    refuses(0, "", "$GLIA train small.csv --target y --epochs 1 -o small.glia -q");
    refuses(4, more, "$GLIA data zeros.csv.gz --max-bytes 1000000");
    refuses(4, more, "$GLIA data --x x.npy --max-bytes 1000000");
    refuses(4, more, "$GLIA train --x x.npy --y x.npy --max-bytes 1000000");
    refuses(4, more, "GLIA_MAX_BYTES=1000000 $GLIA predict small.glia --x x.npy");
    refuses(4, little, "$GLIA show small.glia --max-bytes 1000");
    refuses(4, little, "$GLIA eval small.glia small.csv --max-bytes 1000");
    refuses(4, little, "$GLIA train small.csv --init small.glia --max-bytes 1000");
}

/* The limit is three times what a slow machine takes; that work grows with the columns and no
 * faster is what tests/growth.sh counts. */
static void a_wide_table_takes_time_by_its_columns(void **state) {
    (void)state;
    enum { COLUMNS = 20000 / EVERY };
    FILE *f = fopen(in_scratch("wide.csv"), "w");
    for (int i = -1; i < 12; i++) {
        for (int j = 0; j < COLUMNS; j++) {
            if (i < 0) fprintf(f, "c%d,", j);
            else fprintf(f, "%d,", (i * 7 + j * 3) % 11);
        }
        fprintf(f, "%s\n", i < 0 ? "y" : i % 2 ? "yes" : "no");
    }
    fclose(f);
    f = fopen(in_scratch("long.csv"), "w"); /* one line of 50 MB */
    for (int i = 0; i < 50; i++) fprintf(f, "%01000000d", i);
    fclose(f);
    result r =
        run("ulimit -t 60; $GLIA data wide.csv && $GLIA train wide.csv --epochs 1 -o w.glia");
    if (r.status) fail_msg("%d %.400s", r.status, r.err);
    result_free(&r);
    refuses(3, "long.csv", "ulimit -t 60; $GLIA data long.csv");
}

/* -------------------------------------------------------------------------------- many texts -- */

enum { PAIRS = 12, CHOSEN = 1 << PAIRS };

/* Alike for a hash that multiplies and shifts, whatever it begins with: bit 63 of a word stays that
 * bit alone in a product by an odd number, and the next word takes back what a shift made of it. */
static void choose_text(int k, char text[16 * PAIRS + 1]) {
    memset(text, 'a', 16 * PAIRS);
    text[16 * PAIRS] = 0;
    for (int i = 0; i < PAIRS; i++) {
        if (!(k >> i & 1)) continue;
        text[16 * i + 7] ^= (char)0x80;
        text[16 * i + 15] ^= (char)0x80, text[16 * i + 11] ^= (char)0x80;
    }
}

static int by_number(const void *a, const void *b) {
    uint64_t x = *(const uint64_t *)a, y = *(const uint64_t *)b;
    return (x > y) - (x < y);
}

static void chosen_texts_meet_as_seldom_as_others(void **state) {
    (void)state;
    static uint64_t hash[2][CHOSEN];
    char text[16 * PAIRS + 1];
    int differ = 0;
    glia_ctx *other = glia_open(NULL);
    for (int k = 0; k < CHOSEN; k++) {
        choose_text(k, text);
        hash[0][k] = gl_keyed_hash(&g->secret, text, strlen(text));
        hash[1][k] = gl_keyed_hash(&other->secret, text, strlen(text));
        differ += hash[0][k] != hash[1][k];
    }
    assert_in_range(differ, CHOSEN - 1, CHOSEN);
    for (int i = 0; i < 2; i++) {
        int met = 0;
        for (int k = 0; k < CHOSEN; k++) hash[i][k] &= (1 << 16) - 1; /* slots of a table */
        qsort(hash[i], CHOSEN, sizeof **hash, by_number);
        for (int k = 1; k < CHOSEN; k++) met += hash[i][k] == hash[i][k - 1];
        assert_in_range(met, 0, CHOSEN / 8); /* by chance 1/32 */
    }
    glia_close(other);
}

/* Numbers that a product with a known factor puts next to each other are spread by a secret one. */
static void chosen_numbers_meet_as_seldom_as_others(void **state) {
    (void)state;
    static uint64_t at[CHOSEN];
    const uint64_t inverse = 0xF1DE83E19937733D; /* of 2^64 / 1.618, made odd */
    int met = 0;
    assert_true(inverse * 0x9E3779B97F4A7C15u == 1);
    for (uint64_t k = 0; k < CHOSEN; k++)
        at[k] = gl_keyed_number(&g->secret, k * inverse) >> (64 - 16);
    qsort(at, CHOSEN, sizeof *at, by_number);
    for (int k = 1; k < CHOSEN; k++) met += at[k] == at[k - 1];
    assert_in_range(met, 0, CHOSEN / 8);
}

/* The same data make the same model, whatever the secret of a context is. */
static void no_byte_depends_on_the_secret(void **state) {
    (void)state;
    FILE *f = fopen(in_scratch("texts.csv"), "w");
    fputs("colour,words,y\n", f);
    for (int i = 0; i < 300; i++)
        fprintf(f, "c%d,\"some words of %d and %d, as written there\",%d\n", i % 17, i % 13, i % 7,
                i % 3);
    fclose(f);
    char *bytes[2];
    int64_t size[2];
    for (int i = 0; i < 2; i++) {
        glia_ctx *c = glia_open(NULL);
        glia_table *t =
            glia_table_read(c, in_scratch("texts.csv"), &(glia_read_options){.text = "words"});
        glia_recipe *r = glia_recipe_new(c);
        assert_int_equal(glia_recipe_set(r, "epochs", "2"), GLIA_OK);
        assert_int_equal(glia_recipe_set(r, "target", "y"), GLIA_OK);
        glia_model *m = glia_train(c, &(glia_train_job){.train = t, .recipe = r}, NULL);
        if (!m) fail_msg("%s", glia_message(c));
        assert_int_equal(glia_model_save(m, in_scratch("texts.glia")), GLIA_OK);
        bytes[i] = gl_read_file(g, in_scratch("texts.glia"), &size[i]);
        glia_model_free(m);
        glia_recipe_free(r);
        glia_table_free(t);
        glia_close(c);
    }
    assert_int_equal(size[0], size[1]);
    assert_memory_equal(bytes[0], bytes[1], (size_t)size[0]);
    for (int i = 0; i < 2; i++) gl_free(g, bytes[i]);
}

/* ---------------------------------------------------------------------------------- contexts -- */

/* An allocator that knows what it gave. */
static void *owner_alloc(void *user, size_t size) {
    char *memory = aligned_alloc(64, size + 64);
    *(int *)user += 1;
    memcpy(memory, &user, sizeof user);
    return memory + 64;
}

static void owner_release(void *user, void *memory) {
    void *of;
    memcpy(&of, (char *)memory - 64, sizeof of);
    if (of != user) fail_msg("memory of one context is released in another");
    *(int *)user -= 1;
    free((char *)memory - 64);
}

static glia_ctx *open_owner(int *held) {
    *held = 0;
    return glia_open(
        &(glia_settings){.alloc = owner_alloc, .release = owner_release, .user = held});
}

static void expect_refused(glia_ctx *c, const glia_ctx *silent, bool refused, const char *what) {
    if (!refused) fail_msg("%s took a table of another context", what);
    if (glia_code(c) != GLIA_USAGE || !strstr(glia_message(c), "another context"))
        fail_msg("%s: %d '%s'", what, (int)glia_code(c), glia_message(c));
    assert_string_equal(glia_message(silent), "");
    gl_fail(c, GLIA_FAILED, "none of this call");
}

/* Each call that takes a table fails in its own context, whatever it would have come to. */
static void a_table_of_another_context_is_refused(void **state) {
    (void)state;
    int held[2];
    glia_ctx *a = open_owner(&held[0]), *b = open_owner(&held[1]);
    glia_table *t = glia_table_generate(a, "flower", 60, 1),
               *own = glia_table_generate(b, "flower", 60, 1);
    glia_recipe *r = glia_recipe_new(a); /* a recipe may be of any */
    assert_int_equal(glia_recipe_set(r, "epochs", "2"), GLIA_OK);
    assert_int_equal(glia_recipe_set(r, "hidden", "2"), GLIA_OK);
    glia_model *m = glia_train(b, &(glia_train_job){.train = own, .recipe = r}, NULL);
    if (!m) fail_msg("%s", glia_message(b));
    glia_train_job jobs[] = {{.train = t, .recipe = r},
                             {.train = own, .val = t, .recipe = r},
                             {.train = own, .test = t, .recipe = r}};
    for (int i = 0; i < 3; i++) {
        const glia_train_job *job = &jobs[i];
        expect_refused(b, a, !glia_train(b, job, NULL), "glia_train");
        expect_refused(b, a, !glia_prepare(b, job), "glia_prepare");
        expect_refused(b, a, !glia_schema_text(b, job, "schema"), "glia_schema_text");
        expect_refused(b, a, !glia_cross_validate(b, job, 3), "glia_cross_validate");
        glia_tune_job tune = {.train = *job, .trials = 1};
        expect_refused(b, a, !glia_tune(b, &tune, NULL), "glia_tune");
    }
    double losses[60];
    glia_table *counted;
    glia_near near;
    glia_drift drift;
    glia_alike alike;
    expect_refused(b, a, glia_model_alike(b, m, t, NULL, &alike), "glia_model_alike");
    expect_refused(b, a, !glia_model_apply(b, m, t), "glia_model_apply");
    expect_refused(b, a, !glia_model_evaluate(b, m, t, 0), "glia_model_evaluate");
    expect_refused(b, a, !glia_model_importances(b, m, t, 1, 1), "glia_model_importances");
    expect_refused(b, a, glia_model_losses(b, m, t, losses, NULL), "glia_model_losses");
    expect_refused(b, a, glia_model_find_bad_rows(b, m, t, 1), "glia_model_find_bad_rows");
    expect_refused(b, a, glia_model_name_columns(b, m, t), "glia_model_name_columns");
    expect_refused(b, a, glia_model_counted_rows(b, m, t, 0, &counted), "glia_model_counted_rows");
    expect_refused(b, a, glia_model_check_table(b, m, t, NULL), "glia_model_check_table");
    expect_refused(b, a, !glia_model_trace_table(b, m, t, (int64_t[]){0}, 1, NULL), "trace_table");
    expect_refused(b, a, glia_table_near(own, t, -1, &near), "glia_table_near");
    expect_refused(b, a, glia_table_drift(own, 0, t, &drift), "glia_table_drift");
    expect_refused(b, a, glia_table_copies(own, t, -1) < 0, "glia_table_copies");
    /* an applier reads tables of any, and a model of another context answers */
    glia_applier *applier = glia_applier_new(a, m, 60);
    const glia_predictions *p = glia_applier_run(applier, own, 0, 60);
    assert_non_null(p);
    glia_predictions *same = glia_model_apply(b, m, own);
    assert_memory_equal(p->value, same->value, 60 * sizeof(double));
    glia_predictions_free(b, same);
    glia_applier_free(applier);
    /* what a recipe of another context names and the table lacks is told by the call */
    assert_int_equal(glia_recipe_set(r, "target", "nowhere"), GLIA_OK);
    assert_null(glia_train(b, &(glia_train_job){.train = own, .recipe = r}, NULL));
    assert_non_null(strstr(glia_message(b), "there is no column 'nowhere'"));
    assert_string_equal(glia_message(a), "");
    glia_model_free(m);
    glia_recipe_free(r);
    glia_table_free(t);
    glia_table_free(own);
    glia_close(a);
    glia_close(b);
    assert_int_equal(held[0] + held[1], 0);
}

/* ---------------------------------------------------------------------------------- promises -- */

static void texts_of_a_file_do_not_steer_the_terminal(void **state) {
    (void)state;
    FILE *f = fopen(in_scratch("escape.csv"), "w");
    fputs("a\033[31mb,y\nx\033]0;t\007,1\ny,0\n\033[2J,1\nz,0\n", f);
    fclose(f);
    result r = run("$GLIA data escape.csv; $GLIA data escape.csv --target nope; "
                   "$GLIA train escape.csv -o e.glia --target y --epochs 2; $GLIA show e.glia");
    assert_non_null(strstr(r.out, "\\x1b[31m"));
    assert_null(strpbrk(r.out, "\033\007"));
    assert_null(strpbrk(r.err, "\033\007"));
    result_free(&r);
}

/* What the program does not import it does not call. The module of PostgreSQL is not linked. */
static void nothing_is_sent_and_no_program_is_run(void **state) {
    (void)state;
#ifdef __SANITIZE_ADDRESS__
    skip(); /* it brings a program of its own */
#endif
    result r = run("command -v nm && nm -D --undefined-only $GLIA");
    if (r.status) {
        print_message("# skipped: nm is not here\n");
        result_free(&r);
        skip();
    }
    assert_non_null(strstr(r.out, " U "));
    static const char *const names[] = {"socket", "connect", "sendto",      "execv",
                                        "execve", "execvp",  "posix_spawn", "system",
                                        "popen",  "fork",    "vfork"};
    for (size_t i = 0; i < sizeof names / sizeof *names; i++) {
        char imported[40];
        snprintf(imported, sizeof imported, " U %s@", names[i]);
        if (strstr(r.out, imported)) fail_msg("the program calls %s", names[i]);
    }
    result_free(&r);
}

/* Each promise of SECURITY.md names tests that are there: `tests/FILE` `name`. */
static void each_promise_is_shown_by_a_test(void **state) {
    (void)state;
    int shown = 0;
    char *page = slurp(SOURCE_ROOT "/SECURITY.md");
    for (const char *s = page; (s = strstr(s, "`tests/")); s++) {
        char file[80], name[120], path[400], wanted[160];
        assert_int_equal(sscanf(s, "`%79[^`]` `%119[^`]`", file, name), 2);
        snprintf(path, sizeof path, "%s/%s", SOURCE_ROOT, file);
        snprintf(wanted, sizeof wanted, "static void %s(", name);
        char *text = slurp(path);
        if (!strstr(text, wanted)) fail_msg("%s has no %s", file, name);
        free(text);
        shown++;
    }
    free(page);
    assert_in_range(shown, 15, 40);
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(folds_look_at_no_memory_of_the_caller),
        cmocka_unit_test(a_plan_without_memory_is_none),
        cmocka_unit_test(threads_may_parse_their_first_number_at_once),
        cmocka_unit_test(a_history_of_any_training_is_small),
        cmocka_unit_test(a_long_history_is_thinned),
        cmocka_unit_test(a_file_takes_no_more_than_is_allowed),
        cmocka_unit_test(the_memory_of_the_process_bounds_a_file),
        cmocka_unit_test(one_limit_bounds_all_files),
        cmocka_unit_test(a_wide_table_takes_time_by_its_columns),
        cmocka_unit_test(chosen_texts_meet_as_seldom_as_others),
        cmocka_unit_test(chosen_numbers_meet_as_seldom_as_others),
        cmocka_unit_test(no_byte_depends_on_the_secret),
        cmocka_unit_test(a_table_of_another_context_is_refused),
        cmocka_unit_test(texts_of_a_file_do_not_steer_the_terminal),
        cmocka_unit_test(nothing_is_sent_and_no_program_is_run),
        cmocka_unit_test(each_promise_is_shown_by_a_test),
    };
    return cmocka_run_group_tests_name("sound", tests, open_context, close_context);
}
