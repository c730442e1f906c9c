/*
 * files.c: files as other programs write them. A row of files.def is the bytes of one file, and
 * what is read from it, or what would be learned from it; files.def tells how to write a row.
 */
#include <ctype.h>
#include <glia/glia.h>

#include "test.h"

typedef struct row {
    int line; /* in files.def */
    const char *tool, *bytes;
    size_t size;
    const char *options, *expected, *said;
    bool learn;
    const char *later; /* bytes for the model of the first; NULL: none */
    size_t later_size;
    const char *later_options;
} row;

static const row rows[] = {
#define READ(tool, bytes, options, table, said)                                                    \
    {__LINE__, tool, bytes, sizeof bytes - 1, options, table, said, false, NULL, 0, NULL},
#define LEARN(tool, bytes, options, columns, said)                                                 \
    {__LINE__, tool, bytes, sizeof bytes - 1, options, columns, said, true, NULL, 0, NULL},
#define LATER(tool, bytes, options, later, later_options, table, said)                             \
    {__LINE__, tool,  bytes, sizeof bytes - 1, options,      table,                                \
     said,     false, later, sizeof later - 1, later_options},
#include "files.def"
};

static glia_ctx *g;
static char heard[1 << 16]; /* notes and warnings of the present row */

static void hear(void *user, glia_level level, const char *text) {
    (void)user;
    size_t n = strlen(heard);
    snprintf(heard + n, sizeof heard - n, "%s: %s\n", level == GLIA_NOTE ? "note" : "warning",
             text);
}

static int open_rows(void **state) {
    (void)state;
    g = glia_open(&(glia_settings){.log = hear});
    return g == NULL;
}

static int close_rows(void **state) {
    (void)state;
    glia_close(g);
    return 0;
}

/* ------------------------------------------------------------------------------- comparisons -- */

/* A '*' of the pattern stands for any text. */
static bool fits(const char *text, const char *pattern) {
    for (; *pattern && *pattern != '*'; text++, pattern++)
        if (*text != *pattern) return false;
    if (!*pattern) return !*text;
    for (;; text++) {
        if (fits(text, pattern + 1)) return true;
        if (!*text) return false;
    }
}

static bool contains(const char *text, const char *pattern) {
    char around[4096];
    snprintf(around, sizeof around, "*%s*", pattern);
    return fits(text, around);
}

static int failures;

static void expect(const row *r, const char *what, bool as_expected, const char *found,
                   const char *expected) {
    if (as_expected) return;
    failures++;
    print_message("# files.def:%d: %s, %s\n#  found    %s\n#  expected %s\n#  said: %s\n", r->line,
                  r->tool, what, *found ? found : "nothing", *expected ? expected : "nothing",
                  heard);
}

/* ----------------------------------------------------------------------------------- options -- */

static bool set_reading(glia_read_options *o, const char *name, const char *value) {
    const struct {
        const char *name, **member;
    } texts[] = {{"format", &o->format},         {"delimiter", &o->delimiter},
                 {"decimal", &o->decimal},       {"encoding", &o->encoding},
                 {"missing", &o->missing},       {"number", &o->number},
                 {"category", &o->category},     {"thousands", &o->thousands},
                 {"date-order", &o->date_order}, {"date", &o->date},
                 {"comment", &o->comment},       {"text", &o->text},
                 {"bad-rows", &o->bad_rows}};
    if (!strcmp(name, "header") || !strcmp(name, "no-header")) {
        o->header = *name == 'h' ? 1 : -1;
        return true;
    }
    if (!strcmp(name, "skip")) {
        o->skip = atoi(value) ? atoi(value) : -1;
        return true;
    }
    for (size_t i = 0; i < sizeof texts / sizeof *texts; i++) {
        if (strcmp(name, texts[i].name) != 0) continue;
        *texts[i].member = value;
        return true;
    }
    return false;
}

/* "--header --missing -999" into both, `text` cut to words that the options keep. */
static void set_options(const row *r, char *text, glia_read_options *o, glia_recipe *recipe) {
    char *rest = NULL;
    for (char *word = strtok_r(text, " ", &rest); word; word = strtok_r(NULL, " ", &rest)) {
        if (strncmp(word, "--", 2) != 0) fail_msg("files.def:%d: '%s' is no option", r->line, word);
        char *name = word + 2;
        bool switches = !strcmp(name, "header") || !strcmp(name, "no-header");
        char *value = switches ? NULL : strtok_r(NULL, " ", &rest);
        if (!set_reading(o, name, value) && glia_recipe_set(recipe, name, value))
            fail_msg("files.def:%d: %s", r->line, glia_message(g));
    }
}

/* ---------------------------------------------------------------------------- what was found -- */

static char *add(char *to, const char *end, const char *text) {
    int n = snprintf(to, (size_t)(end - to), "%s", text);
    return to + n < end ? to + n : to;
}

/* "a:n 1 2 _ | b:c x y x" */
static void describe_table(const glia_table *t, char *to, const char *end) {
    for (int j = 0; j < glia_table_columns(t); j++) {
        glia_column c = glia_table_column(t, j);
        char head[512], cell[256];
        snprintf(head, sizeof head, "%s%s:%c", j ? " | " : "", c.name, "nca"[c.type]);
        to = add(to, end, head);
        for (int64_t i = 0; i < glia_table_rows(t); i++) {
            glia_table_cell(t, i, j, cell, sizeof cell);
            to = add(add(to, end, " "), end, *cell ? cell : "_");
        }
    }
}

/* The lines that `glia show` prints under "preprocessing", with one blank between words and " | "
 * between lines. */
static void describe_columns(const glia_model *m, char *to, const char *end) {
    const char *text = glia_model_note(m, "preprocessing");
    for (bool first = true, begun = false; *text; text++) {
        if (isspace((unsigned char)*text)) {
            begun |= *text == '\n' && !first;
            continue;
        }
        bool spaced = !first && isspace((unsigned char)text[-1]);
        if (spaced) to = add(to, end, begun ? " | " : " ");
        first = begun = false;
        to = add(to, end, (char[]){*text, 0});
    }
}

static bool learn(const glia_table *t, const glia_recipe *recipe, char *to, const char *end) {
    glia_model *m = glia_prepare(g, &(glia_train_job){.recipe = recipe, .train = t});
    if (m) describe_columns(m, to, end);
    glia_model_free(m);
    return m != NULL;
}

static const char *written(const char *bytes, size_t size) {
    static char path[600];
    snprintf(path, sizeof path, "%s/file", scratch());
    FILE *f = fopen(path, "wb");
    assert_non_null(f);
    assert_int_equal(fwrite(bytes, 1, size, f), size);
    fclose(f);
    return path;
}

/* The later file, as the model of t reads it, in place of t. */
static glia_table *read_later(const row *r, glia_table *t, glia_recipe *recipe) {
    char words[1024];
    glia_read_options o = {0};
    snprintf(words, sizeof words, "%s", r->later_options);
    set_options(r, words, &o, recipe);
    glia_model *m = glia_prepare(g, &(glia_train_job){.recipe = recipe, .train = t});
    glia_table_free(t);
    heard[0] = 0;
    t = m ? glia_model_read(g, m, written(r->later, r->later_size), &o) : NULL;
    glia_model_free(m);
    return t;
}

/* What was found, in `to`; false: the message of the failure. */
static bool find(const row *r, char *to, const char *end) {
    char words[1024];
    glia_read_options o = {0};
    glia_recipe *recipe = glia_recipe_new(g);
    glia_recipe_set(recipe, "val", "none");
    snprintf(words, sizeof words, "%s", r->options);
    set_options(r, words, &o, recipe);
    heard[0] = *to = 0;
    glia_table *t = glia_table_read(g, written(r->bytes, r->size), &o);
    if (t && r->later) t = read_later(r, t, recipe);
    bool ok = t != NULL;
    if (ok && r->learn) ok = learn(t, recipe, to, end);
    else if (ok) describe_table(t, to, end);
    glia_table_free(t);
    glia_recipe_free(recipe);
    if (!ok) add(to, end, glia_message(g));
    return ok;
}

static void try_row(const row *r) {
    static char found[1 << 16];
    if (!find(r, found, found + sizeof found)) {
        expect(r, "it failed", !strcmp(r->expected, "fails"), found, r->expected);
        expect(r, "the message", contains(found, r->said), found, r->said);
        return;
    }
    expect(r, r->learn ? "the columns" : "the table", fits(found, r->expected), found, r->expected);
    if (*r->said) expect(r, "what was said", contains(heard, r->said), heard, r->said);
    else if (!r->learn) expect(r, "what was said", !*heard, heard, "");
}

static void every_file_is_read_as_its_writer_meant_it(void **state) {
    (void)state;
    failures = 0;
    for (size_t i = 0; i < sizeof rows / sizeof *rows; i++)
        if (!rows[i].learn && !rows[i].later) try_row(&rows[i]);
    assert_int_equal(failures, 0);
}

static void every_file_is_learned_as_its_owner_means_it(void **state) {
    (void)state;
    failures = 0;
    for (size_t i = 0; i < sizeof rows / sizeof *rows; i++)
        if (rows[i].learn) try_row(&rows[i]);
    assert_int_equal(failures, 0);
}

static void a_model_reads_later_files_as_its_training_was_read(void **state) {
    (void)state;
    failures = 0;
    for (size_t i = 0; i < sizeof rows / sizeof *rows; i++)
        if (rows[i].later) try_row(&rows[i]);
    assert_int_equal(failures, 0);
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(every_file_is_read_as_its_writer_meant_it),
        cmocka_unit_test(every_file_is_learned_as_its_owner_means_it),
        cmocka_unit_test(a_model_reads_later_files_as_its_training_was_read),
    };
    return cmocka_run_group_tests(tests, open_rows, close_rows);
}
