/*
 * bad_rows.c: which rows a training cannot take, before anything is known but what the user said.
 */
#include "recipe.h"

#include "../table/table.h"

#include <math.h>
#include <stdio.h>

typedef struct search {
    glia_table *t;
    bool *counts; /* [columns] */
} search;

static glia_status ignore(void *user, int column) {
    const search *s = user;
    s->counts[column] = false;
    return GLIA_OK;
}

static glia_status add_missing(glia_table *t, const gl_column *c, int64_t row) {
    char why[300];
    bool missing = c->type == GLIA_CATEGORY ? c->code[row] < 0
                   : c->type == GLIA_NUMBER ? isnan(gl_number(c, row))
                                            : false;
    snprintf(why, sizeof why, "column '%.200s': the target is missing", c->name);
    return missing ? gl_table_add_bad(t, row, glia_table_line(t, row), why) : GLIA_OK;
}

static glia_status add_infinite(glia_table *t, const gl_column *c, int64_t row) {
    char why[300];
    snprintf(why, sizeof why, "column '%.200s': found an infinite number", c->name);
    return isinf(gl_number(c, row)) ? gl_table_add_bad(t, row, glia_table_line(t, row), why)
                                    : GLIA_OK;
}

static glia_status find_unanswered(void *user, int target) {
    const search *s = user;
    glia_status status = GLIA_OK;
    for (int64_t i = 0; !status && i < s->t->rows; i++)
        status = add_missing(s->t, &s->t->column[target], i);
    return status;
}

static glia_status find_in(search *s, const char *target) {
    glia_table *t = s->t;
    glia_status status = gl_table_named(t, target, find_unanswered, s);
    for (int j = 0; !status && j < t->columns; j++) {
        if (!s->counts[j] || !t->column[j].infinite) continue;
        for (int64_t i = 0; !status && i < t->rows; i++) status = add_infinite(t, &t->column[j], i);
    }
    return status;
}

glia_status glia_recipe_find_bad_rows(const glia_recipe *r, glia_table *t) {
    const char *hint = gl_recipe_was_set(r, "target") ? NULL : glia_table_target_hint(t),
               *target = hint ? hint : glia_recipe_get(r, "target");
    int64_t known = t->bads;
    search s = {.t = t, .counts = gl_alloc(t->g, t->columns, sizeof(bool))};
    if (!s.counts) return GLIA_RESOURCE;
    for (int j = 0; j < t->columns; j++) s.counts[j] = true;
    glia_status status = gl_table_named(t, glia_recipe_get(r, "ignore"), ignore, &s);
    if (!status) status = find_in(&s, target);
    gl_free(t->g, s.counts);
    if (!status) gl_table_tell_bad(t, known);
    return status;
}
