/*
 * names.c: the columns of a table of text get their names: those of its header, or c1, c2, ...
 */
#include "csv.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

static int by_text(const void *a, const void *b) {
    return strcmp(*(char *const *)a, *(char *const *)b);
}

/* Columns are matched by name, so a second "age" becomes "age_2". */
static glia_status name_once_more(glia_table *t, gl_column *c, const char *name) {
    for (int k = 2;; k++) {
        char *fresh = gl_format(t->g, "%s_%d", name, k);
        if (!fresh) return GLIA_RESOURCE;
        if (gl_table_find(t, fresh) >= 0) {
            gl_free(t->g, fresh);
            continue;
        }
        gl_warn(t->g, "%s: two columns are called '%s'; the later one is read as '%s'", t->source,
                name, fresh);
        gl_free(t->g, c->name);
        c->name = fresh;
        return GLIA_OK;
    }
}

/* Sorted once to see whether any name comes twice, since looking for each of a million among all
 * others would take hours; the few files that have one pay for it. */
static glia_status make_names_unique(glia_table *t) {
    char **sorted = gl_alloc(t->g, t->columns, sizeof *sorted);
    if (!sorted) return GLIA_RESOURCE;
    for (int i = 0; i < t->columns; i++) sorted[i] = t->column[i].name;
    qsort(sorted, (size_t)t->columns, sizeof *sorted, by_text);
    bool twice = false;
    for (int i = 1; i < t->columns; i++) twice |= !strcmp(sorted[i], sorted[i - 1]);
    gl_free(t->g, sorted);
    for (int i = 0; twice && i < t->columns; i++) {
        char *name = t->column[i].name;
        if (gl_table_find(t, name) < i && name_once_more(t, &t->column[i], name))
            return GLIA_RESOURCE;
    }
    return GLIA_OK;
}

glia_status gl_csv_name(const csv *c, const sample *s, glia_table *t) {
    const char *joined = c->joined.s;
    t->unnamed = !c->header;
    for (int64_t j = 0; j < s->columns; j++) {
        char number[32];
        snprintf(number, sizeof number, "c%lld", (long long)j + 1);
        const char *name = joined ? joined : c->header ? sample_cell(s, 0, j) : number;
        if (joined) joined += strlen(joined) + 1;
        gl_column *column = gl_table_add(t, *name ? name : number, GLIA_NUMBER);
        if (!column) return GLIA_RESOURCE;
        column->nameless = !*name;
    }
    return c->header ? make_names_unique(t) : GLIA_OK;
}
