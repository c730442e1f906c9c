/*
 * pictures_again.c: pictures that do not fit into memory are decoded again in each epoch: the same
 * bytes as if they lay there, within the memory that is said, and an error where they have changed.
 */
#include <fcntl.h>
#include <sys/stat.h>

#include "../src/read/pictures/pictures.h"
#include "test.h"

enum { SIDE = 16, ROW = SIDE * SIDE * 3, ROWS = 90, LITTLE = 16 * ROW };

typedef struct trained {
    char *bytes; /* of the model's file; NULL: there is none */
    int64_t size;
    char message[1024];
} trained;

typedef struct one {
    int threads;
    int64_t memory;
    const char *set[8]; /* names and values of options */
    const char *test, *checkpoint;
    int (*progress)(void *user, const glia_progress *p);
    glia_settings settings;
} one;

/* Waves across or down with noise: two classes. */
static void write_picture(const char *path, int number) {
    FILE *f = fopen(path, "wb");
    uint32_t noise = (uint32_t)number * 2654435761u + 1;
    fprintf(f, "P6 %d %d 255\n", SIDE, SIDE);
    for (int i = 0; i < ROW; i++) {
        int along = number % 2 ? i / 3 % SIDE : i / 3 / SIDE;
        noise = noise * 1664525u + 1013904223u;
        putc((along % 4 < 2 ? 60 : 180) + (int)(noise >> 26), f);
    }
    fclose(f);
}

static const char *picture_path(int number) {
    static char path[700];
    snprintf(path, sizeof path, "%s/waves/%s/%03d.ppm", scratch(), number % 2 ? "b" : "a", number);
    return path;
}

static void write_folder(void) {
    result r = run("mkdir -p waves/a waves/b");
    result_free(&r);
    for (int i = 0; i < ROWS; i++) write_picture(picture_path(i), i);
}

static trained train(const one *o) {
    char path[700], folder[600];
    glia_settings settings = o->settings;
    settings.threads = o->threads ? o->threads : 2;
    glia_ctx *g = glia_open(&settings);
    snprintf(folder, sizeof folder, "%s/waves", scratch());
    glia_table *t = glia_table_read(g, folder, &(glia_read_options){.max_memory = o->memory});
    assert_non_null(t);
    assert_int_equal(glia_table_rows(t), ROWS);
    glia_recipe *recipe = glia_recipe_new(g);
    assert_int_equal(glia_recipe_set(recipe, "epochs", "3"), GLIA_OK);
    assert_int_equal(glia_recipe_set(recipe, "batch", "8"), GLIA_OK);
    assert_int_equal(glia_recipe_set(recipe, "net", "conv 3 3x3 relu, pool 2x2"), GLIA_OK);
    for (int i = 0; o->set[i]; i += 2)
        assert_int_equal(glia_recipe_set(recipe, o->set[i], o->set[i + 1]), GLIA_OK);
    glia_train_job job = {.recipe = recipe, .train = t, .test = t, .progress = o->progress};
    job.checkpoint = (glia_checkpoint){.path = o->checkpoint, .seconds = 1000, .resume = 1};
    glia_model *m = glia_train(g, &job, NULL);
    trained out = {0};
    snprintf(out.message, sizeof out.message, "%s", glia_message(g));
    snprintf(path, sizeof path, "%s/waves.glia", scratch());
    if (m) {
        assert_int_equal(glia_model_save(m, path), GLIA_OK);
        struct stat st;
        assert_int_equal(stat(path, &st), 0);
        out.bytes = slurp(path), out.size = st.st_size;
    }
    glia_model_free(m);
    glia_recipe_free(recipe);
    glia_table_free(t);
    glia_close(g);
    return out;
}

static void expect_same(const char *what, trained *a, trained *b) {
    if (!a->bytes || !b->bytes) fail_msg("%s: %s%s", what, a->message, b->message);
    if (a->size != b->size || memcmp(a->bytes, b->bytes, (size_t)a->size) != 0)
        fail_msg("%s: the models are not the same", what);
    free(b->bytes);
    b->bytes = NULL;
}

/* ----------------------------------------------------------------------------- the same rows -- */

static void a_table_has_the_same_rows(void **state) {
    (void)state;
    char folder[600];
    for (int threads = 1; threads <= 4; threads *= 2) {
        glia_ctx *g = glia_open(&(glia_settings){.threads = threads});
        snprintf(folder, sizeof folder, "%s/waves", scratch());
        glia_table *lying = glia_table_read(g, folder, NULL),
                   *made = glia_table_read(g, folder, &(glia_read_options){.max_memory = LITTLE});
        assert_non_null(lying->column[0].array.data);
        assert_non_null(made->column[0].supply);
        assert_null(made->column[0].array.data);
        const int64_t some[] = {70, 3, 3, 41};
        glia_table *a = glia_table_select(lying, some, 4), *b = glia_table_select(made, some, 4);
        assert_non_null(b->column[0].supply);
        assert_memory_equal(glia_table_values(a, 0).data, glia_table_values(b, 0).data, 4 * ROW);
        assert_memory_equal(glia_table_values(lying, 0).data, glia_table_values(made, 0).data,
                            ROWS * ROW);
        glia_column p = glia_table_column(lying, 0), q = glia_table_column(made, 0);
        assert_true(p.mean == q.mean && p.min == q.min && p.max == q.max);
        assert_int_equal(p.distinct, q.distinct);
        glia_table_free(a), glia_table_free(b), glia_table_free(lying), glia_table_free(made);
        glia_close(g);
    }
}

static void expect_same_output(const char *command) {
    result a = run("$GLIA %s", command), b = run("$GLIA %s --max-memory %d", command, (int)LITTLE);
    if (a.status || b.status) fail_msg("%s: %s%s", command, a.err, b.err);
    assert_string_equal(a.out, b.out);
    result_free(&a), result_free(&b);
}

/* The copies and mirrors that a look finds, what a model answers and how good it is. */
static void commands_say_the_same(void **state) {
    (void)state;
    result r = run("mkdir -p look && cp -r waves/* look && cp waves/a/000.ppm look/b/copy.ppm && "
                   "$GLIA train waves --epochs 2 -q -o waves.glia");
    assert_int_equal(r.status, 0);
    result_free(&r);
    expect_same_output("data look -q");
    expect_same_output("data look --against waves -q --json");
    expect_same_output("eval waves.glia waves -q --json");
    expect_same_output("predict waves.glia waves -q");
    expect_same_output("predict waves.glia waves -q --threads 1");
}

/* ---------------------------------------------------------------------------- the same bytes -- */

static void trainings_give_the_same_bytes(void **state) {
    (void)state;
    static const struct {
        const char *what, *set[8];
    } ways[] = {
        {"mini-batches", {NULL}},
        {"a score is watched", {"monitor", "accuracy", "augment", "shift, flip"}},
        {"all rows at once", {"batch", "full", "val", "none"}},
        {"weights of classes", {"class-weight", "balanced", "early-stop", "2"}},
        {"scaled one by one", {"scale", "standard"}},
        {"few rows, tried out", {"epochs", "auto", "net", "none", "hidden", "none"}},
    };
    for (size_t k = 0; k < sizeof ways / sizeof *ways; k++) {
        one o = {.threads = 2};
        memcpy(o.set, ways[k].set, sizeof o.set);
        trained lying = train(&o);
        o.memory = LITTLE;
        for (o.threads = 1; o.threads <= 4; o.threads *= 2) {
            trained made = train(&o);
            expect_same(ways[k].what, &lying, &made);
            if (k > 0) o.threads *= 2; /* 1 and 4 */
        }
        free(lying.bytes);
    }
}

static int stop_behind_17(void *user, const glia_progress *p) {
    (void)user;
    return !p->trial && p->epoch == 2 && p->batch == 5;
}

/* In memory or not: the same training goes on. */
static void a_training_that_was_stopped_goes_on(void **state) {
    (void)state;
    char kept[600];
    snprintf(kept, sizeof kept, "%s/waves.state", scratch());
    trained whole = train(&(one){.memory = LITTLE});
    for (int then = 0; then < 2; then++) {
        trained none =
            train(&(one){.memory = LITTLE, .checkpoint = kept, .progress = stop_behind_17});
        assert_null(none.bytes);
        trained resumed = train(&(one){.memory = then ? 0 : LITTLE, .checkpoint = kept});
        expect_same("resumed", &whole, &resumed);
        unlink(kept);
    }
    free(whole.bytes);
}

/* ------------------------------------------------------------------------- what has changed -- */

static int remove_one(void *user, const glia_progress *p) {
    (void)user;
    if (p->epoch == 1 && p->batch == p->batches) unlink(picture_path(44));
    return 0;
}

static int change_one(void *user, const glia_progress *p) {
    (void)user;
    if (p->epoch == 1 && p->batch == p->batches) write_picture(picture_path(45), 7);
    return 0;
}

/* And when it is there again the training goes on from where it ended. */
static void a_picture_that_changes_ends_the_training(void **state) {
    (void)state;
    static const struct {
        int number;
        int (*progress)(void *user, const glia_progress *p);
        const char *name, *told;
    } cases[] = {
        {44, remove_one, "waves/a/044.ppm'", "could be read before, and now cannot: "},
        {45, change_one, "waves/b/045.ppm'", "shows something else than before: it was changed"},
    };
    char kept[600];
    snprintf(kept, sizeof kept, "%s/waves.state", scratch());
    trained whole = train(&(one){.memory = LITTLE});
    for (int k = 0; k < 2; k++)
        for (int threads = 1; threads <= 2; threads++) {
            one o = {threads, LITTLE, .checkpoint = kept, .progress = cases[k].progress};
            trained none = train(&o);
            if (none.bytes) fail_msg("%s: nobody saw it", cases[k].name);
            if (!strstr(none.message, cases[k].name) || !strstr(none.message, cases[k].told))
                fail_msg("%s: said is: %s", cases[k].name, none.message);
            write_picture(picture_path(cases[k].number), cases[k].number);
            trained resumed = train(&(one){.memory = LITTLE, .checkpoint = kept});
            expect_same(cases[k].name, &whole, &resumed);
            unlink(kept);
        }
    free(whole.bytes);
}

/* ------------------------------------------------------------------------------------ memory -- */

static int64_t held, most;

static void *counting(void *user, size_t size) {
    (void)user;
    size = (size + 63) / 64 * 64;
    char *memory = aligned_alloc(64, size + 64);
    *(size_t *)(void *)memory = size;
    held += (int64_t)size;
    if (held > most) most = held;
    return memory + 64;
}

static void counted(void *user, void *memory) {
    (void)user;
    if (!memory) return;
    char *block = (char *)memory - 64;
    held -= (int64_t) * (size_t *)(void *)block;
    free(block);
}

static int64_t peak_with(int64_t memory) {
    held = most = 0;
    trained t =
        train(&(one){.memory = memory, .settings = {.alloc = counting, .release = counted}});
    if (!t.bytes) fail_msg("%s", t.message);
    free(t.bytes);
    return most;
}

/* In memory all pixels lie there when it is most, in the table; else what is said, and one picture
 * on its way: its file, its pixels and their sums, and the ring. */
static void memory_stays_within_what_is_said(void **state) {
    (void)state;
    enum { ONE = 16384 };
    int64_t lying = peak_with(0), made = peak_with(LITTLE), pixels = ROWS * ROW;
    if (made > lying - pixels + LITTLE + ONE)
        fail_msg("%lld bytes at most, and %lld where all %lld bytes of pixels are there",
                 (long long)made, (long long)lying, (long long)pixels);
}

int main(void) {
    write_folder();
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(a_table_has_the_same_rows),
        cmocka_unit_test(commands_say_the_same),
        cmocka_unit_test(trainings_give_the_same_bytes),
        cmocka_unit_test(a_training_that_was_stopped_goes_on),
        cmocka_unit_test(a_picture_that_changes_ends_the_training),
        cmocka_unit_test(memory_stays_within_what_is_said),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
