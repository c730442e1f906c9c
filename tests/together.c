/*
 * together.c: what threads may do at once, as glia.h says: contexts opened and closed, files read,
 * networks trained and saved, each thread in a context of its own; and one model, one schema and,
 * by appliers, one table shared by all that only read them. Every thread finds what one alone
 * finds, to the bit.
 *
 * `scripts/test-builds threads` runs it under ThreadSanitizer.
 */
#include <glia/glia.h>
#include <pthread.h>

#include "context.h"
#include "test.h"

enum { THREADS = 8, ROUNDS = 4, ROWS = 120 };

/* What all threads look at, made by one of them before the others began. */
static glia_model *model;
static glia_table *table;
static glia_schema *schema;
static glia_predictions *answers;
static char data[600], saved[600];

/* cmocka's assertions jump, which only its own thread may do: a thread returns what went wrong. */
typedef const char *round_of(glia_ctx *mine, int thread);

static pthread_barrier_t start;

typedef struct hand {
    pthread_t thread;
    round_of *work;
    int number;
    char wrong[300];
} hand;

static void *rounds_of_work(void *user) {
    hand *h = user;
    pthread_barrier_wait(&start);
    for (int i = 0; i < ROUNDS && !h->wrong[0]; i++) {
        glia_ctx *mine = glia_open(&(glia_settings){.threads = 1 + h->number % 2});
        const char *wrong = mine ? h->work(mine, h->number) : "no context";
        if (wrong)
            snprintf(h->wrong, sizeof h->wrong, "thread %d, round %d: %s (%s)", h->number, i, wrong,
                     mine ? glia_message(mine) : "");
        glia_close(mine);
    }
    return NULL;
}

static void do_together(round_of *work) {
    hand hands[THREADS] = {0};
    assert_int_equal(pthread_barrier_init(&start, NULL, THREADS), 0);
    for (int i = 0; i < THREADS; i++) {
        hands[i].work = work, hands[i].number = i;
        assert_int_equal(pthread_create(&hands[i].thread, NULL, rounds_of_work, &hands[i]), 0);
    }
    for (int i = 0; i < THREADS; i++) pthread_join(hands[i].thread, NULL);
    pthread_barrier_destroy(&start);
    for (int i = 0; i < THREADS; i++)
        if (hands[i].wrong[0]) fail_msg("%s", hands[i].wrong);
}

/* ---------------------------------------------------------------------------- what is shared -- */

static glia_model *learn(glia_ctx *mine, const glia_table *t) {
    glia_recipe *r = glia_recipe_new(mine);
    glia_model *m = NULL;
    if (r && glia_recipe_set(r, "epochs", "3") == GLIA_OK)
        m = glia_train(mine, &(glia_train_job){.recipe = r, .train = t, .command = "together"},
                       NULL);
    glia_recipe_free(r);
    return m;
}

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

static int prepare(void **state) {
    if (open_context(state)) return 1;
    write_rows();
    table = glia_table_read(g, data, NULL);
    schema = glia_schema_parse(g, "target: kind\ncolumns:\n  size: {type: number}\n", "schema");
    model = table ? learn(g, table) : NULL;
    answers = model ? glia_model_apply(g, model, table) : NULL;
    snprintf(saved, sizeof saved, "%s/alone.glia", scratch());
    return !schema || !answers || glia_model_save(model, saved) != GLIA_OK;
}

static int clear(void **state) {
    glia_predictions_free(g, answers);
    glia_model_free(model);
    glia_schema_free(schema);
    glia_table_free(table);
    return close_context(state);
}

/* ------------------------------------------------------------------------------------- tests -- */

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

static void one_model_answers_in_many_threads(void **state) {
    (void)state;
    do_together(answer);
}

static const char *read_rows(glia_ctx *mine, int thread) {
    const glia_read_options as = {.schema = thread % 2 ? schema : NULL};
    glia_table *t = glia_table_read(mine, data, &as);
    const char *wrong = !t ? "not read" : glia_table_rows(t) != ROWS ? "other rows" : NULL;
    for (int64_t row = 0; !wrong && row < ROWS; row++)
        for (int column = 0; column < glia_table_columns(t); column++) {
            char here[80], there[80];
            glia_table_cell(t, row, column, here, sizeof here);
            glia_table_cell(table, row, column, there, sizeof there);
            if (strcmp(here, there) != 0) wrong = "another cell";
        }
    glia_table_free(t);
    return wrong;
}

static void one_file_is_read_in_many_threads(void **state) {
    (void)state;
    do_together(read_rows);
}

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
    glia_model *m = t ? learn(mine, t) : NULL;
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

static const char *save_to_one_name(glia_ctx *mine, int thread) {
    (void)thread;
    char path[600];
    snprintf(path, sizeof path, "%s/shared.glia", scratch());
    glia_model *m = glia_model_load(mine, saved);
    const char *wrong = !m                                    ? "not loaded"
                        : glia_model_save(m, path) != GLIA_OK ? "not saved"
                                                              : NULL;
    glia_model_free(m);
    m = wrong ? NULL : glia_model_load(mine, path); /* whole, whoever wrote it last */
    if (!wrong && !m) wrong = "damaged";
    glia_model_free(m);
    return wrong;
}

static void threads_that_save_to_one_name_leave_a_whole_file(void **state) {
    (void)state;
    do_together(save_to_one_name);
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(one_model_answers_in_many_threads),
        cmocka_unit_test(one_file_is_read_in_many_threads),
        cmocka_unit_test(each_thread_trains_and_saves_the_same_bytes),
        cmocka_unit_test(threads_that_save_to_one_name_leave_a_whole_file),
    };
    return cmocka_run_group_tests_name("together", tests, prepare, clear);
}
