/*
 * names.c: the columns of a table of text get their names: those of its header, or c1, c2, ...
 */
#include "csv.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

/* What has been given to columns, each name with the number that its next column gets. */
typedef struct names {
    glia_table *t; /* which has them as the categories of its one column */
    gl_column *all;
    int *code, *next; /* [columns] of each column's name; of each code, 0: no column had it yet */
    gl_renamed renamed;
} names;

static bool open_names(names *n, const glia_table *of) {
    *n = (names){.t = gl_table_new(of->g, of->source), .renamed.list.g = of->g};
    n->all = n->t ? gl_table_add(n->t, "names", GLIA_CATEGORY) : NULL;
    n->code = gl_alloc(of->g, of->columns, sizeof *n->code);
    n->next = gl_alloc(of->g, of->columns, sizeof *n->next);
    return n->all && n->code && n->next;
}

static void close_names(names *n, const glia_table *of) {
    gl_tell_renamed(&n->renamed, of->source);
    glia_table_free(n->t);
    gl_free(of->g, n->code);
    gl_free(of->g, n->next);
}

static bool add_name(names *n, const char *name, int32_t *code) {
    *code = gl_column_code(n->t, n->all, name, strlen(name));
    return *code >= 0;
}

static glia_status name_once_more(glia_table *t, gl_column *c, names *n, int *next) {
    int32_t code;
    char *fresh = gl_rename(&n->renamed, n->all, c->name, next);
    if (!fresh || !add_name(n, fresh, &code)) return gl_free(t->g, fresh), GLIA_RESOURCE;
    gl_free(t->g, c->name);
    c->name = fresh;
    return GLIA_OK;
}

static glia_status make_unique(glia_table *t, names *n) {
    for (int i = 0; i < t->columns; i++)
        if (!add_name(n, t->column[i].name, &n->code[i])) return GLIA_RESOURCE;
    for (int i = 0; i < t->columns; i++) {
        int *next = &n->next[n->code[i]];
        if (*next == 0) *next = 2;
        else if (name_once_more(t, &t->column[i], n, next)) return GLIA_RESOURCE;
    }
    return GLIA_OK;
}

static glia_status make_names_unique(glia_table *t) {
    names n;
    glia_status status = open_names(&n, t) ? make_unique(t, &n) : GLIA_RESOURCE;
    close_names(&n, t);
    return status;
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
