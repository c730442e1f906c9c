/*
 * arrays.h: what the tests of files with arrays share: a table as a line of text, and the notes
 * that were heard while it was read.
 */
#ifndef GLIA_ARRAYS_H
#define GLIA_ARRAYS_H

#include "test.h"

#include "../src/base/base.h"
#include "../src/read/named/arrays.h"
#include "context.h"

static char notes[4096];

static inline void hear(void *user, glia_level level, const char *text) {
    (void)user, (void)level;
    size_t n = strlen(notes);
    snprintf(notes + n, sizeof notes - n, "%s\n", text);
}

/* "x (2,2) 1 2 3 4 | y no yes": every column with its values. */
static inline void describe(const glia_table *t, char *buf, size_t size) {
    *buf = 0;
    for (int j = 0; j < t->columns; j++) {
        const gl_column *c = &t->column[j];
        char shape[96] = "", cell[96];
        glia_tensor v = c->array;
        if (c->type == GLIA_ARRAY) gl_shape_text(&v, shape, sizeof shape);
        size_t n = strlen(buf);
        snprintf(buf + n, size - n, "%s%s%s%s", j ? " | " : "", c->name, *shape ? " " : "", shape);
        int64_t count = c->type == GLIA_ARRAY ? glia_tensor_count(&v, 0) : t->rows;
        for (int64_t i = 0; i < count; i++) {
            if (c->type == GLIA_ARRAY) gl_print_number(glia_tensor_value(&v, i), cell, sizeof cell);
            else if (c->type == GLIA_CATEGORY)
                snprintf(cell, sizeof cell, "%s", c->code[i] < 0 ? "-" : c->category[c->code[i]]);
            else if (c->number[i] != c->number[i]) snprintf(cell, sizeof cell, "-");
            else gl_print_number(c->number[i], cell, sizeof cell);
            n = strlen(buf);
            snprintf(buf + n, size - n, " %s", cell);
        }
    }
}

/* Of a table "x ...", of a failure "! ...", of which the message has this part. */
static inline void compare(const char *what, glia_table *t, const char *expected,
                           const char *note) {
    char found[2048];
    if (t) describe(t, found, sizeof found);
    else snprintf(found, sizeof found, "! %s", glia_message(g));
    bool same = t ? !strcmp(found, expected) : *expected == '!' && strstr(found, expected + 2);
    if (!same) fail_msg("%s\n found    %s\n expected %s", what, found, expected);
    if (note && !strstr(notes, note))
        fail_msg("%s\n found the notes %s expected in them: %s", what, notes, note);
    glia_table_free(t);
}

static inline glia_table *read_file(const char *path) {
    *notes = 0;
    gl_listener before = gl_listen(g, hear, NULL);
    glia_table *t = glia_table_read(g, path, NULL);
    gl_unlisten(g, before);
    return t;
}

static inline glia_table *read_arrays(const char *x, const char *y) {
    *notes = 0;
    gl_listener before = gl_listen(g, hear, NULL);
    glia_table *t = glia_table_read_arrays(g, x, y);
    gl_unlisten(g, before);
    return t;
}

static int open_arrays(void **state) {
    setenv("GLIA_MODULE_DIR", BUILD_ROOT "/src/read", 0);
    return chdir(scratch()) || open_context(state);
}

#endif
