/*
 * listen.c: who hears notes and warnings, and that memory goes another way.
 */
#include "base/base.h"

#include "test.h"

/* What one listener heard, a line each: "note: text". */
typedef struct ear {
    char text[8192];
    gl_listener next; /* hears it, too */
} ear;

static void hear(void *user, glia_level level, const char *text) {
    ear *e = user;
    size_t used = strlen(e->text);
    snprintf(e->text + used, sizeof e->text - used, "%s: %s\n",
             level == GLIA_NOTE ? "note" : "warning", text);
    gl_tell(e->next, level, text);
}

static void listeners_stand_before_each_other_and_step_aside(void **state) {
    (void)state;
    ear outer = {""}, inner = {""};
    glia_ctx *g = glia_open(&(glia_settings){.log = hear, .log_user = &outer});
    gl_note(g, "one");
    inner.next = gl_listen(g, hear, &inner);
    gl_warn(g, "%d is %s", 2, "two");
    gl_listener before = gl_hush(g);
    gl_note(g, "three");
    gl_unlisten(g, before);
    gl_note(g, "four");
    gl_unlisten(g, inner.next);
    gl_note(g, "five");
    assert_string_equal(outer.text, "note: one\nwarning: 2 is two\nnote: four\nnote: five\n");
    assert_string_equal(inner.text, "warning: 2 is two\nnote: four\n");
    glia_close(g);
}

static void nobody_has_to_listen(void **state) {
    (void)state;
    ear e = {""};
    glia_ctx *g = glia_open(NULL);
    gl_note(g, "one");
    e.next = gl_listen(g, hear, &e);
    gl_note(g, "two");
    gl_unlisten(g, e.next);
    gl_note(g, "three");
    assert_string_equal(e.text, "note: two\n");
    glia_close(g);
}

/* ----------------------------------------------------------------------------- a whole table -- */

typedef struct ledger {
    long lent, others; /* blocks that are out; calls with another user */
} ledger;

static ledger bank;

static void *lend(void *user, size_t size) {
    bank.lent++;
    bank.others += user != &bank;
    return aligned_alloc(64, size);
}

static void take_back(void *user, void *memory) {
    bank.lent--;
    bank.others += user != &bank;
    free(memory);
}

static int count_lines(const char *text, const char *beginning) {
    int count = 0;
    for (const char *line = text; *line; line = strchr(line, '\n') + 1)
        count += strncmp(line, beginning, strlen(beginning)) == 0;
    return count;
}

/* A training takes notes on its way to the log, and memory from the bank: neither sees the other's
 * user. */
static void log_and_memory_have_users_of_their_own(void **state) {
    (void)state;
    ear e = {""};
    glia_ctx *g = glia_open(&(glia_settings){
        .log = hear, .log_user = &e, .alloc = lend, .release = take_back, .user = &bank});
    glia_table *t = glia_table_generate(g, "moons", 60, 1);
    glia_recipe *r = glia_recipe_new(g);
    assert_int_equal(glia_recipe_set(r, "epochs", "2"), GLIA_OK);
    glia_train_job job = {.recipe = r, .train = t};
    glia_model *m = glia_train(g, &job, NULL);
    if (!m) fail_msg("%s", glia_message(g));
    assert_int_equal(count_lines(e.text, "note: network: "), 1);
    assert_non_null(strstr(glia_model_note(m, "decisions"), "network: "));
    glia_model_free(m);

    e.text[0] = 0;
    glia_folds *f = glia_cross_validate(g, &job, 3);
    assert_non_null(f);
    assert_int_equal(count_lines(e.text, ""), 3); /* not what each training has decided */
    assert_int_equal(count_lines(e.text, "note: fold "), 3);
    glia_folds_free(g, f);

    glia_recipe_free(r);
    glia_table_free(t);
    glia_close(g);
    assert_int_equal(bank.lent, 0);
    assert_int_equal(bank.others, 0);
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(listeners_stand_before_each_other_and_step_aside),
        cmocka_unit_test(nobody_has_to_listen),
        cmocka_unit_test(log_and_memory_have_users_of_their_own),
    };
    return cmocka_run_group_tests_name("listen", tests, NULL, NULL);
}
