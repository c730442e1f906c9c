/*
 * options.c: what is said of a table and of a training, as texts: lines NAME=VALUE, an empty one,
 * and the table. What an option takes it gives back; what a search draws, the option takes; a
 * network is made and its training begun, or it is said why not.
 *
 * Beside the options: x and y name arrays in the file, ranges are those of a search.
 */
#include "readers.h"
#include "run/ranges.h"

#include <stddef.h>
#include <stdio.h>

enum { MOST_PARAMETERS = 1 << 14 };

typedef struct said {
    glia_read_options read;
    glia_recipe *recipe;
    const char *x, *y, *ranges;
} said;

/* Where the texts go that are no options of training alone. */
static const struct {
    const char *name;
    size_t at;
} places[] = {
#define PLACE(name, member)                                                                        \
    { name, offsetof(said, member) }
    PLACE("x", x),
    PLACE("y", y),
    PLACE("ranges", ranges),
    PLACE("format", read.format),
    PLACE("delimiter", read.delimiter),
    PLACE("decimal", read.decimal),
    PLACE("thousands", read.thousands),
    PLACE("date-order", read.date_order),
    PLACE("encoding", read.encoding),
    PLACE("missing", read.missing),
    PLACE("number", read.number),
    PLACE("category", read.category),
    PLACE("text", read.text),
    PLACE("date", read.date),
    PLACE("comment", read.comment),
    PLACE("names", read.names),
    PLACE("bad-rows", read.bad_rows),
    PLACE("table", read.table),
    PLACE("query", read.query),
#undef PLACE
};

static void keep(said *s, const char *name, const char *value) {
    for (size_t i = 0; i < sizeof places / sizeof *places; i++)
        if (!strcmp(name, places[i].name)) memcpy((char *)s + places[i].at, &value, sizeof value);
    if (!strcmp(name, "header")) s->read.header = 1;
    if (!strcmp(name, "no-header")) s->read.header = -1;
    if (!strcmp(name, "keep")) s->read.spelt = 1;
    if (!strcmp(name, "skip")) s->read.skip = atoi(value);
}

static void set(said *s, const char *name, const char *value) {
    keep(s, name, value);
    if (glia_recipe_set(s->recipe, name, value)) return fuzz_told("setting an option");
    const char *got = glia_recipe_get(s->recipe, name);
    fuzz_check(got && !strcmp(got, value), "option '%s' is '%s' and was set to '%s'", name,
               got ? got : "nothing", value);
}

/* What follows the empty line; each line before it is cut into name and value. */
static char *take_lines(said *s, char *text) {
    while (*text && *text != '\n') {
        size_t n = strcspn(text, "\n");
        char *line = text, *equals = memchr(line, '=', n);
        text += n + (text[n] == '\n');
        line[n] = 0;
        if (equals) *equals = 0, set(s, line, equals + 1);
    }
    return *text ? text + 1 : text;
}

/* Libraries that crash on damaged files, a server, and queries that do not end. */
static bool is_elsewhere(const char *format) {
    static const char *const names[] = {"hdf5", "mat", "sqlite", "postgresql"};
    for (size_t i = 0; format && i < sizeof names / sizeof *names; i++)
        if (!strcmp(format, names[i])) return true;
    return false;
}

static glia_table *read_table(const said *s, const char *file, size_t n) {
    char x[300], y[300];
    if (!s->x) return fuzz_file((const uint8_t *)file, n, &s->read);
    snprintf(x, sizeof x, "%s:%s", fuzz_name, s->x);
    snprintf(y, sizeof y, "%s:%s", fuzz_name, s->y ? s->y : "");
    fuzz_lend(file, n);
    return glia_table_read_arrays(g, x, s->y ? y : NULL);
}

static void draw(const said *s) {
    gl_ranges ranges;
    gl_drawn drawn;
    int count;
    const glia_option *rows = glia_tune_ranges(&count);
    if (gl_ranges_open(&ranges, g, s->ranges, s->recipe)) return fuzz_told("reading ranges");
    for (int64_t trial = 0; trial < 3; trial++) {
        gl_ranges_draw(&ranges, 1, trial, &drawn);
        glia_recipe *r = gl_recipe_copy(g, s->recipe);
        for (int i = 0; i < count; i++) {
            bool option = *drawn.value[i] && glia_recipe_get(r, rows[i].name);
            fuzz_check(!option || !glia_recipe_set(r, rows[i].name, drawn.value[i]),
                       "%s is drawn as '%s': %s", rows[i].name, drawn.value[i], glia_message(g));
        }
        glia_recipe_free(r);
    }
}

static int stop(void *user, const glia_progress *p) {
    (void)p;
    return ++*(int *)user >= 2;
}

static void train(const said *s, const glia_table *t) {
    int steps = 0;
    glia_train_job job = {.recipe = s->recipe, .train = t, .progress = stop, .user = &steps};
    glia_model *m = glia_prepare(g, &job);
    if (!m) return fuzz_told("preparing a training");
    bool small = glia_model_parameters(m) <= MOST_PARAMETERS;
    glia_model_free(m);
    if (!small) return;
    m = glia_train(g, &job, NULL);
    if (!m) fuzz_told("training");
    glia_model_free(m);
}

void fuzz_options(const uint8_t *bytes, size_t n) {
    char *text = fuzz_text(bytes, n);
    said s = {.recipe = glia_recipe_new(g)};
    if (!s.recipe) abort();
    const char *file = take_lines(&s, text);
    glia_table *t = NULL;
    draw(&s);
    if (!is_elsewhere(s.read.format)) {
        t = read_table(&s, file, n - (size_t)(file - text));
        if (t) train(&s, t);
        else fuzz_told("reading a table");
    }
    glia_table_free(t);
    glia_recipe_free(s.recipe);
    free(text);
}
