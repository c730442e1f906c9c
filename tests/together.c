/*
 * together.c: what threads may do at once, as glia.h says: contexts opened and closed, files of all
 * readers read, networks trained and saved, each thread in a context of its own; and one model, one
 * recipe, one schema and, by appliers, one table shared by all that only read them. Every thread
 * finds what one alone finds, to the bit, and takes nothing of a context that is not its own.
 *
 * `scripts/test-builds threads` runs it under ThreadSanitizer.
 */
#include <glia/glia.h>
#include <pthread.h>
#include <stdatomic.h>
#include <time.h>

#include "read/named/arrays.h"
#include "test.h"

enum { THREADS = 8, ROUNDS = 3, ROWS = 120 };

/* ------------------------------------------------------------------------ whose memory it is -- */

/* The memory of one context: from one thread at a time, given back to whom it was taken from. Its
 * counters are relaxed, since what orders threads would hide from ThreadSanitizer what does not. */
typedef struct purse {
    _Atomic int64_t taken, held;
    _Atomic int inside;
    _Atomic bool crowded, robbed;
} purse;

enum { MARK = 64 /* bytes before each block: whose it is. Blocks are aligned to as many */ };

#define COUNT(counter, n) atomic_fetch_add_explicit(&(counter), n, memory_order_relaxed)
#define SEEN(flag) atomic_store_explicit(&(flag), true, memory_order_relaxed)

static void *take(void *user, size_t size) {
    purse *p = user;
    if (COUNT(p->inside, 1) > 0) SEEN(p->crowded);
    char *memory = aligned_alloc(MARK, size + MARK);
    if (memory) memcpy(memory, &p, sizeof p);
    COUNT(p->taken, 1), COUNT(p->held, 1), COUNT(p->inside, -1);
    return memory ? memory + MARK : NULL;
}

static void give_back(void *user, void *memory) {
    purse *p = user, *from;
    if (COUNT(p->inside, 1) > 0) SEEN(p->crowded);
    memcpy(&from, (char *)memory - MARK, sizeof from);
    if (from != p) SEEN(p->robbed);
    free((char *)memory - MARK);
    COUNT(p->held, -1), COUNT(p->inside, -1);
}

static const char *wrong_purse(const purse *p) {
    return p->crowded  ? "two threads took memory of one context at once"
           : p->robbed ? "memory was given back to another context"
           : p->held   ? "memory is held after its context was closed"
                       : NULL;
}

/* ---------------------------------------------------------------------------------- together -- */

/* cmocka's assertions jump, which only its own thread may do: a thread returns what went wrong. */
typedef const char *round_of(glia_ctx *mine, int thread);

static pthread_barrier_t start;

typedef struct hand {
    pthread_t thread, self;
    round_of *work;
    int number;
    bool disturbed; /* it heard a note on another thread */
    char wrong[300];
} hand;

static void hear(void *user, glia_level level, const char *text) {
    hand *h = user;
    (void)level, (void)text;
    if (!pthread_equal(pthread_self(), h->self)) h->disturbed = true;
}

/* One thread or two, with memory of its own or that of the C library, of which crews take it
 * without a lock. */
static void do_one_round(hand *h, int round) {
    purse memory = {0};
    glia_settings settings = {.threads = 1 + h->number % 2, .log = hear, .log_user = h};
    if (h->number / 2 % 2)
        settings.alloc = take, settings.release = give_back, settings.user = &memory;
    glia_ctx *mine = glia_open(&settings);
    const char *wrong = mine ? h->work(mine, h->number) : "no context";
    char said[200];
    snprintf(said, sizeof said, "%s", mine ? glia_message(mine) : "");
    glia_close(mine);
    if (!wrong) wrong = wrong_purse(&memory);
    if (!wrong && h->disturbed) wrong = "a note was heard on another thread";
    if (wrong)
        snprintf(h->wrong, sizeof h->wrong, "thread %d, round %d: %s (%.180s)", h->number, round,
                 wrong, said);
}

static void *rounds_of_work(void *user) {
    hand *h = user;
    h->self = pthread_self();
    pthread_barrier_wait(&start);
    for (int i = 0; i < ROUNDS && !h->wrong[0]; i++) do_one_round(h, i);
    return NULL;
}

/* What all threads look at, made by one of them before the others began, in a context of which
 * nobody takes anything meanwhile. */
static glia_ctx *g;
static purse shared;
static glia_model *model;
static glia_table *table;
static glia_schema *schema;
static glia_recipe *recipe, *later; /* later: of what goes on from the model */
static glia_predictions *answers;
static uint64_t cells; /* of the table */
static char data[600], saved[600];

static void do_together(round_of *work) {
    hand hands[THREADS] = {0};
    int64_t taken = shared.taken, held = shared.held;
    assert_int_equal(pthread_barrier_init(&start, NULL, THREADS), 0);
    for (int i = 0; i < THREADS; i++) {
        hands[i].work = work, hands[i].number = i;
        assert_int_equal(pthread_create(&hands[i].thread, NULL, rounds_of_work, &hands[i]), 0);
    }
    for (int i = 0; i < THREADS; i++) pthread_join(hands[i].thread, NULL);
    pthread_barrier_destroy(&start);
    for (int i = 0; i < THREADS; i++)
        if (hands[i].wrong[0]) fail_msg("%s", hands[i].wrong);
    assert_int_equal(shared.taken, taken);
    assert_int_equal(shared.held, held);
    assert_string_equal(glia_message(g), "");
}

/* ------------------------------------------------------------------------ what was found out -- */

/* FNV-1a: what is found is kept as one number, which begins with BEGIN; 0: it failed. */
#define BEGIN UINT64_C(0xcbf29ce484222325)

static uint64_t mix(uint64_t found, const void *bytes, size_t n) {
    for (size_t i = 0; i < n; i++)
        found = (found ^ ((const unsigned char *)bytes)[i]) * UINT64_C(0x100000001b3);
    return found;
}

static uint64_t mix_numbers(uint64_t found, const double *v, int64_t n) {
    return mix(found, v, (size_t)n * sizeof *v);
}

static uint64_t mix_text(uint64_t found, const char *text) {
    return text ? mix(found, text, strlen(text) + 1) : mix(found, "\n", 1);
}

static uint64_t mix_tensor(uint64_t found, const glia_tensor *t) {
    for (int64_t i = 0, n = t->data ? glia_tensor_count(t, 0) : 0; i < n; i++)
        found = mix_numbers(found, (double[]){glia_tensor_value(t, i)}, 1);
    return found;
}

static uint64_t mix_table(uint64_t found, const glia_table *t) {
    for (int column = 0; column < glia_table_columns(t); column++) {
        found = mix_text(found, glia_table_column(t, column).name);
        for (int64_t row = 0; row < glia_table_rows(t); row++) {
            char cell[80];
            glia_table_cell(t, row, column, cell, sizeof cell);
            found = mix_text(found, cell);
        }
    }
    return found;
}

/* --------------------------------------------------------------------- readings of one model -- */

typedef uint64_t reading(glia_ctx *mine, glia_table *t);

static uint64_t read_answers(glia_ctx *mine, const char *layer, const glia_table *t) {
    glia_predictions *p = glia_model_apply_at(mine, model, layer, t);
    uint64_t found = p ? mix_numbers(BEGIN, p->value, p->rows * p->outputs) : 0;
    glia_predictions_free(mine, p);
    return found;
}

static uint64_t read_predictions(glia_ctx *mine, glia_table *t) {
    return read_answers(mine, NULL, t);
}

static uint64_t read_a_layer(glia_ctx *mine, glia_table *t) { return read_answers(mine, "1", t); }

static uint64_t read_arrays(glia_ctx *mine, glia_table *t) {
    enum { MOST = 64 };
    int64_t inputs = glia_model_inputs(model);
    float x[8 * MOST], y[8], p[8];
    (void)t;
    if (inputs > MOST || glia_model_outputs(model) != 1) return 0;
    for (int i = 0; i < 8 * inputs; i++) x[i] = (float)(i * 37 % 101) / 50 - 1;
    for (int i = 0; i < 8; i++) y[i] = (float)(i % 2);
    glia_tensor rows = glia_tensor_f32(x, 8, inputs), labels = glia_tensor_f32(y, 8, 1);
    double cost = glia_model_cost(mine, model, rows, labels);
    glia_predictor *one = glia_predictor_new(mine, model, 8);
    bool good = one && !glia_predictor_run(one, rows, glia_tensor_f32(p, 8, 1));
    glia_predictor_free(one);
    return good ? mix(mix_numbers(BEGIN, &cost, 1), p, sizeof p) : 0;
}

static uint64_t read_scores(glia_ctx *mine, glia_table *t) {
    glia_evaluation *e = glia_model_evaluate(mine, model, t, 1);
    uint64_t found = e ? BEGIN : 0;
    for (int i = 0; e && i < e->scores.scores; i++) {
        const glia_score *s = &e->scores.score[i];
        found = mix_numbers(found, (double[]){s->value, s->low, s->high}, 3);
    }
    glia_evaluation_free(mine, e);
    return found;
}

static uint64_t read_losses(glia_ctx *mine, glia_table *t) {
    double loss[ROWS];
    bool good = glia_model_losses(mine, model, t, loss, NULL) == GLIA_OK;
    return good ? mix_numbers(BEGIN, loss, ROWS) : 0;
}

static uint64_t read_importances(glia_ctx *mine, glia_table *t) {
    glia_importances *all = glia_model_importances(mine, model, t, 2, 7);
    uint64_t found = all ? BEGIN : 0;
    for (int i = 0; all && i < all->columns; i++)
        found = mix_numbers(found, &all->column[i].drop, 1);
    glia_importances_free(mine, all);
    return found;
}

static uint64_t read_trace(glia_ctx *mine, glia_table *t) {
    glia_trace *trace = glia_model_trace_table(mine, model, t, (int64_t[]){3, 50, 119}, 3, NULL);
    uint64_t found = trace ? mix_numbers(BEGIN, &trace->cost, 1) : 0;
    for (int i = 0; trace && i < trace->steps; i++)
        found = mix_tensor(mix_tensor(found, &trace->step[i].value), &trace->step[i].gradient);
    for (int i = 0; trace && i < trace->params; i++) found = mix_tensor(found, &trace->gradient[i]);
    glia_trace_free(mine, trace);
    return found;
}

static void add_row(void *user, const glia_check_row *row) {
    uint64_t *found = user;
    *found = mix_numbers(mix_text(*found, row->param), &row->difference, 1);
}

static uint64_t read_gradient_check(glia_ctx *mine, glia_table *t) {
    uint64_t found = BEGIN;
    glia_check_options options = {.max_components = 5, .row = add_row, .user = &found};
    return glia_model_check_table(mine, model, t, &options) == GLIA_OK ? found : 0;
}

static uint64_t read_vectors(glia_ctx *mine, glia_table *t) {
    int vectors;
    double worst;
    (void)t;
    if (glia_model_verify(mine, model, &vectors, &worst) || !vectors) return 0;
    return mix_numbers(BEGIN, &worst, 1);
}

static uint64_t read_names(glia_ctx *mine, glia_table *t) {
    uint64_t found = mix_text(mix_text(BEGIN, glia_model_note(model, "pipeline")),
                              glia_model_note(model, "hyperparameters"));
    (void)t;
    for (int64_t k = 0; k < glia_model_inputs(model); k++) {
        char *name = glia_model_feature_name(mine, model, k);
        found = mix_text(mix_text(found, name), glia_model_feature(model, k));
        glia_text_free(mine, name);
    }
    for (int i = 0; i < glia_model_columns(model); i++)
        found = mix_text(found, glia_model_column(model, i, NULL));
    for (int i = 0; i < glia_model_params(model); i++) {
        glia_tensor values = glia_model_param(model, i);
        found = mix_tensor(mix_text(found, glia_model_param_name(model, i)), &values);
    }
    found = mix_text(found, glia_model_layer(model, 0).activation);
    found = mix_text(found, glia_model_output_port(model, 0).loss);
    return mix_text(mix_text(found, glia_model_class(model, 1)), glia_model_target(model, 0));
}

static uint64_t read_rows_of_its_kind(glia_ctx *mine, glia_table *t) {
    glia_table *again = glia_model_read(mine, model, data, NULL), *counted = NULL;
    bool good = again && !glia_model_name_columns(mine, model, again) &&
                !glia_model_find_bad_rows(mine, model, again, 1) && !glia_table_bad_rows(again) &&
                !glia_model_counted_rows(mine, model, again, 0, &counted) && !counted;
    uint64_t found = good ? mix_table(BEGIN, again) : 0;
    (void)t;
    glia_table_free(again);
    return found;
}

/* -------------------------------------------------------------------- and of one recipe, too -- */

static glia_train_job job_on(const glia_table *t) {
    return (glia_train_job){.recipe = recipe, .train = t, .command = "together"};
}

/* The digits of the model's file; the model is released. */
static uint64_t save_and_mix(glia_ctx *mine, glia_model *m) {
    char path[700], hex[65];
    snprintf(path, sizeof path, "%s/%p.glia", scratch(), (void *)mine);
    bool good = m && !glia_model_save(m, path) && !glia_file_sha256(mine, path, hex);
    if (good) unlink(path);
    glia_model_free(m);
    return good ? mix_text(BEGIN, hex) : 0;
}

static uint64_t train(glia_ctx *mine, glia_table *t) {
    glia_train_job job = job_on(t);
    return save_and_mix(mine, glia_train(mine, &job, NULL));
}

static glia_train_job job_after(const glia_table *t) {
    return (glia_train_job){.recipe = later, .train = t, .begin = model};
}

static uint64_t go_on(glia_ctx *mine, glia_table *t) {
    glia_train_job job = job_after(t);
    return save_and_mix(mine, glia_train(mine, &job, NULL));
}

static uint64_t go_on_in_folds(glia_ctx *mine, glia_table *t) {
    glia_train_job job = job_after(t);
    glia_folds *all = glia_cross_validate(mine, &job, 3);
    uint64_t found = all ? BEGIN : 0;
    for (int i = 0; all && i < all->scores; i++) found = mix_numbers(found, &all->mean[i].value, 1);
    glia_folds_free(mine, all);
    return found;
}

static uint64_t search(glia_ctx *mine, glia_table *t) {
    return save_and_mix(mine,
                        glia_tune(mine, &(glia_tune_job){.train = job_on(t), .trials = 3}, NULL));
}

static uint64_t write_schema(glia_ctx *mine, glia_table *t) {
    glia_train_job job = job_on(t);
    char *text = glia_schema_text(mine, &job, "schema");
    uint64_t found = text ? mix_text(BEGIN, text) : 0;
    glia_text_free(mine, text);
    return found;
}

static const struct {
    const char *name;
    reading *read;
} readings[] = {
    {"predictions", read_predictions},
    {"a layer", read_a_layer},
    {"arrays", read_arrays},
    {"scores", read_scores},
    {"losses", read_losses},
    {"importances", read_importances},
    {"a trace", read_trace},
    {"a gradient check", read_gradient_check},
    {"test vectors", read_vectors},
    {"names", read_names},
    {"rows of its kind", read_rows_of_its_kind},
    {"a training", train},
    {"a training that goes on", go_on},
    {"folds that go on", go_on_in_folds},
    {"a search", search},
    {"a schema", write_schema},
};
enum { READINGS = sizeof readings / sizeof *readings };

static uint64_t alone[READINGS]; /* what each finds where nobody else works */

/* ---------------------------------------------------------------------------- what is shared -- */

static void write_rows(void) {
    static const char *const colour[] = {"red", "green", "blue", "black"};
    snprintf(data, sizeof data, "%s/rows.csv", scratch());
    FILE *f = fopen(data, "w");
    assert_non_null(f);
    fputs("size,colour,day,kind\n", f);
    for (int i = 0; i < ROWS; i++)
        fprintf(f, "%g,%s,2024-%02d-%02d,%s\n", (i * 37 % 101) / 10.0, colour[i * 7 % 4],
                1 + i % 12, 1 + i * 5 % 28, i * 37 % 101 > 50 ? "large" : "small");
    fclose(f);
}

static bool make_recipes(void) {
    recipe = glia_recipe_new(g), later = glia_recipe_new(g);
    schema = glia_schema_parse(g, "target: kind\ncolumns:\n  size: {type: number}\n", "schema");
    return recipe && later && schema && !glia_recipe_set(recipe, "epochs", "3") &&
           !glia_recipe_set(later, "epochs", "2") && !glia_recipe_obey(recipe, schema, NULL);
}

static bool make_model(void) {
    glia_train_job job = job_on(table);
    snprintf(saved, sizeof saved, "%s/alone.glia", scratch());
    glia_model *m = glia_train(g, &job, NULL);
    if (m && glia_model_save(m, saved) == GLIA_OK) model = glia_model_load(g, saved);
    glia_model_free(m);
    answers = model ? glia_model_apply(g, model, table) : NULL;
    return answers;
}

static bool find_alone(void) {
    glia_ctx *mine = glia_open(NULL);
    glia_table *t = mine ? glia_table_read(mine, data, NULL) : NULL;
    bool good = t != NULL;
    for (int i = 0; good && i < READINGS; i++) {
        good = (alone[i] = readings[i].read(mine, t)) != 0;
        if (!good) print_error("%s: %s\n", readings[i].name, glia_message(mine));
    }
    glia_table_free(t);
    glia_close(mine);
    return good;
}

static int prepare(void **state) {
    (void)state;
    g = glia_open(&(glia_settings){.alloc = take, .release = give_back, .user = &shared});
    if (!g) return 1;
    write_rows();
    table = glia_table_read(g, data, NULL);
    cells = table ? mix_table(BEGIN, table) : 0;
    return !table || !make_recipes() || !make_model() || !find_alone();
}

static int clear(void **state) {
    (void)state;
    glia_predictions_free(g, answers);
    glia_model_free(model);
    glia_recipe_free(recipe);
    glia_recipe_free(later);
    glia_schema_free(schema);
    glia_table_free(table);
    glia_close(g);
    return wrong_purse(&shared) != NULL;
}

/* ------------------------------------------------------------------------------------- tests -- */

/* Each begins with another one, so that different ones meet. */
static const char *read_all(glia_ctx *mine, int thread) {
    static _Thread_local char wrong[80];
    glia_table *t = glia_table_read(mine, data, NULL);
    wrong[0] = 0;
    for (int i = 0; t && i < READINGS && !wrong[0]; i++) {
        int k = (i + 2 * thread) % READINGS;
        uint64_t found = readings[k].read(mine, t);
        if (found != alone[k])
            snprintf(wrong, sizeof wrong, "%s: %s", readings[k].name,
                     found ? "found otherwise" : "not found");
    }
    glia_table_free(t);
    return !t ? "not read" : wrong[0] ? wrong : NULL;
}

static void one_model_and_one_recipe_are_read_in_many_threads(void **state) {
    (void)state;
    do_together(read_all);
}

static bool same_row(const glia_predictions *p, int64_t i, int64_t whole) {
    size_t size = (size_t)p->outputs * sizeof *p->value;
    return p->class_index[i] == answers->class_index[whole] &&
           memcmp(p->value + i * p->outputs, answers->value + whole * p->outputs, size) == 0;
}

static const char *answer(glia_ctx *mine, int thread) {
    glia_applier *a = glia_applier_new(mine, model, 7);
    const char *wrong = a ? NULL : "no applier";
    for (int64_t first = thread; !wrong && first + 7 <= ROWS; first += 7) {
        const glia_predictions *p = glia_applier_run(a, table, first, 7);
        if (!p) wrong = "no answer";
        for (int64_t i = 0; p && i < 7; i++)
            if (!same_row(p, i, first + i)) wrong = "another answer";
    }
    glia_applier_free(a);
    return wrong;
}

static void one_table_is_answered_in_many_threads(void **state) {
    (void)state;
    do_together(answer);
}

static const char *read_rows(glia_ctx *mine, int thread) {
    const glia_read_options as = {.schema = thread % 2 ? schema : NULL};
    glia_table *t = glia_table_read(mine, data, &as);
    const char *wrong = !t ? "not read" : mix_table(BEGIN, t) != cells ? "other cells" : NULL;
    glia_table_free(t);
    return wrong;
}

static void one_file_is_read_in_many_threads(void **state) {
    (void)state;
    do_together(read_rows);
}

/* Whose modules, each with a library, are loaded by the first who ask; the last is refused by the
 * library, since no server is there. */
#define CORPUS SOURCE_ROOT "/fuzz/corpus/"
static const char *const sources[] = {
    CORPUS "hdf5/pair.h5",    CORPUS "mat/pair.mat",       CORPUS "sqlite/table.db",
    CORPUS "xlsx/inline",     CORPUS "ods/cells",          CORPUS "csv/zipped.csv.gz",
    CORPUS "csv/latin1.csv",  CORPUS "csv/quotes.csv",     CORPUS "npz/packed.npz",
    CORPUS "npy/floats.npy",  CORPUS "json/lines.jsonl",   CORPUS "json/records.json",
    CORPUS "arff/flats.arff", CORPUS "libsvm/rows.libsvm", CORPUS "netcdf/packed.nc",
    CORPUS "octave/pair.txt", CORPUS "idx/bytes.idx",      "postgresql://nobody@127.0.0.1:1/none",
};
enum { SOURCES = sizeof sources / sizeof *sources };

/* A failure is found, too: where a module was not built, or of the server. */
static uint64_t read_source(glia_ctx *mine, const char *source) {
    const bool sqlite = strstr(source, ".db") != NULL;
    const glia_read_options as = {.query = sqlite ? "SELECT a, b, c FROM t" : NULL};
    glia_table *t = glia_table_read(mine, source, &as);
    uint64_t found = t ? mix_table(BEGIN, t) : mix_text(BEGIN, glia_message(mine));
    bool file = source[0] == '/', module = strstr(glia_message(mine), "need the module");
    if (!t && file && !module) found = 0;
    glia_table_free(t);
    return found;
}

static uint64_t found_by[THREADS][SOURCES];

static const char *read_sources(glia_ctx *mine, int thread) {
    for (int k = 0; k < SOURCES; k++) {
        uint64_t found = read_source(mine, sources[k]), *before = &found_by[thread][k];
        if (!found || (*before && *before != found)) return sources[k];
        *before = found;
    }
    return NULL;
}

static void first_readers_of_each_kind_come_at_once(void **state) {
    (void)state;
    do_together(read_sources);
    glia_ctx *mine = glia_open(NULL);
    for (int k = 0; k < SOURCES; k++) {
        uint64_t found = read_source(mine, sources[k]);
        for (int i = 0; i < THREADS; i++)
            if (found_by[i][k] != found) fail_msg("%s: thread %d found otherwise", sources[k], i);
    }
    glia_close(mine);
}

/* ----------------------------------------------------------- libraries that serve one thread -- */

static _Atomic int in_library, met;

static void stay_in_library(void) {
    if (atomic_fetch_add(&in_library, 1) > 0) met = 1;
    nanosleep(&(struct timespec){.tv_nsec = 100000}, NULL);
    atomic_fetch_sub(&in_library, 1);
}

static void *open_lonely(glia_ctx *mine, const char *path, char wrong[GL_WRONG]) {
    (void)mine, (void)wrong;
    stay_in_library();
    return strdup(path);
}

static void close_lonely(void *file) {
    stay_in_library();
    free(file);
}

static bool list_lonely(void *file, gl_array_info *list, int size, int *count,
                        char wrong[GL_WRONG]) {
    const gl_array_info number = {.name = "x",
                                  .place = "x",
                                  .column = -1,
                                  .shape = {.dtype = GLIA_F64, .ndim = 1, .dim = {2}},
                                  .most = 2};
    (void)file, (void)size, (void)wrong;
    stay_in_library();
    list[0] = list[1] = number;
    list[1].name[0] = list[1].place[0] = 't', list[1].kind = GL_TEXTS;
    return *count = 2, true;
}

static bool read_lonely(void *file, const gl_array_info *a, void *to, char wrong[GL_WRONG]) {
    (void)file, (void)a, (void)wrong;
    stay_in_library();
    return memcpy(to, (double[]){1, 2}, 2 * sizeof(double)), true;
}

static bool read_lonely_texts(void *file, const gl_array_info *a, gl_take_text *give, void *to,
                              char wrong[GL_WRONG]) {
    (void)file, (void)a, (void)wrong;
    stay_in_library();
    return give(to, 0, "one", 3) && give(to, 1, "two", 3);
}

static const char *read_of_lonely(glia_ctx *mine, int thread) {
    static const gl_array_reader lonely = {open_lonely, close_lonely,      list_lonely,
                                           read_lonely, read_lonely_texts, .one_at_a_time = true};
    gl_array out;
    for (int i = 0; i < 2; i++) {
        if (gl_read_named_array(mine, &lonely, data, (thread + i) % 2 ? "t" : "x", &out))
            return "not read";
        gl_free_array(mine, &out);
    }
    return NULL;
}

static void a_library_for_one_thread_is_called_by_one(void **state) {
    (void)state;
    do_together(read_of_lonely);
    assert_int_equal(met, 0);
}

/* ------------------------------------------------------------------------------------- files -- */

static bool same_bytes(const char *one, const char *other) {
    FILE *f = fopen(one, "rb"), *k = fopen(other, "rb");
    bool same = f && k;
    for (int a = 0, b = 0; same && a != EOF;) a = getc(f), b = getc(k), same = a == b;
    if (f) fclose(f);
    if (k) fclose(k);
    return same;
}

static const char *train_and_save(glia_ctx *mine, int thread) {
    char path[600];
    snprintf(path, sizeof path, "%s/%d.glia", scratch(), thread);
    glia_table *t = glia_table_read(mine, data, NULL);
    glia_train_job job = job_on(t);
    glia_model *m = t ? glia_train(mine, &job, NULL) : NULL;
    const char *wrong = !m                                    ? "not trained"
                        : glia_model_save(m, path) != GLIA_OK ? "not saved"
                        : !same_bytes(path, saved)            ? "other bytes"
                                                              : NULL;
    glia_model_free(m);
    glia_table_free(t);
    return wrong;
}

static void each_thread_trains_and_saves_the_same_bytes(void **state) {
    (void)state;
    do_together(train_and_save);
}

/* Whole, whoever kept it last. */
static const char *save_a_model(glia_ctx *mine, const char *path) {
    glia_model *m = glia_model_load(mine, saved);
    const char *wrong = !m                                    ? "not loaded"
                        : glia_model_save(m, path) != GLIA_OK ? "not saved"
                                                              : NULL;
    glia_model_free(m);
    m = wrong ? NULL : glia_model_load(mine, path);
    if (!wrong && !m) wrong = "a damaged model";
    glia_model_free(m);
    return wrong;
}

static const char *save_a_table(glia_ctx *mine, const char *path) {
    glia_table *t = glia_table_read(mine, data, NULL), *again = NULL;
    const char *wrong = !t                                              ? "not read"
                        : glia_table_write(t, path, NULL, 0) != GLIA_OK ? "not written"
                                                                        : NULL;
    if (!wrong) again = glia_table_read(mine, path, NULL);
    if (again && mix_table(BEGIN, again) != mix_table(BEGIN, t)) wrong = "other cells";
    glia_table_free(again);
    glia_table_free(t);
    return wrong || again ? wrong : "a damaged table";
}

/* Each of bytes of its own. */
static const char *save_a_draft(glia_ctx *mine, const char *path, int thread) {
    enum { SIZE = 20000 };
    char bytes[SIZE], found[SIZE + 1];
    memset(bytes, 'a' + thread, SIZE);
    glia_draft *d = glia_draft_open(mine, path);
    if (!d) return "no draft";
    for (int i = 0; i < SIZE; i += SIZE / 10)
        if (write(glia_draft_file(d), bytes + i, SIZE / 10) != SIZE / 10)
            return glia_draft_discard(d), "not written";
    if (glia_draft_keep(d) != GLIA_OK) return "not kept";
    FILE *f = fopen(path, "rb");
    size_t n = f ? fread(found, 1, sizeof found, f) : 0;
    if (f) fclose(f);
    for (size_t i = 1; i < n; i++)
        if (found[i] != found[0]) return "a draft of two";
    return n == SIZE ? NULL : "a part of a draft";
}

static const char *save_to_one_name(glia_ctx *mine, int thread) {
    char path[3][600];
    for (int i = 0; i < 3; i++) snprintf(path[i], sizeof path[i], "%s/shared.%d", scratch(), i);
    const char *wrong = save_a_model(mine, path[0]);
    if (!wrong) wrong = save_a_table(mine, path[1]);
    return wrong ? wrong : save_a_draft(mine, path[2], thread);
}

static void threads_that_save_to_one_name_leave_a_whole_file(void **state) {
    (void)state;
    do_together(save_to_one_name);
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(first_readers_of_each_kind_come_at_once),
        cmocka_unit_test(a_library_for_one_thread_is_called_by_one),
        cmocka_unit_test(one_model_and_one_recipe_are_read_in_many_threads),
        cmocka_unit_test(one_table_is_answered_in_many_threads),
        cmocka_unit_test(one_file_is_read_in_many_threads),
        cmocka_unit_test(each_thread_trains_and_saves_the_same_bytes),
        cmocka_unit_test(threads_that_save_to_one_name_leave_a_whole_file),
    };
    return cmocka_run_group_tests_name("together", tests, prepare, clear);
}
