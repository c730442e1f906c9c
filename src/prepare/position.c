/*
 * position.c: columns without names are told apart by where they stand.
 *
 *     training    id length width species     (the target species, the sample weights none)
 *     4 columns   id length width species     as they were
 *     3 columns   id length width             rows whose species is asked for
 *
 * Columns that give no features count like the others: whoever sends new rows sends them as the
 * training rows came. As every layout has another number of columns, the number tells which it is.
 */
#include "pipeline_parts.h"

#include <stdio.h>
#include <string.h>

static int find_weight(const gl_pipeline *p) {
    for (int i = 0; i < p->inputs; i++)
        if (p->input[i].reason == GL_WEIGHT) return i;
    return -1;
}

static int target_at(const gl_pipeline *p, int column) {
    for (int t = 0; t < p->targets; t++)
        if (p->target[t].column == column) return t;
    return -1;
}

static bool has_places(const gl_pipeline *p) { return p->target[0].column >= 0; }

/* The columns of training in their order; false: none of its layouts has so many. */
static bool lay_out(const gl_pipeline *p, int columns, const char **name) {
    int weight = find_weight(p), n = 0, i = 0, all = p->inputs + p->targets;
    bool targets = columns == all, no_weight = weight >= 0 && columns == p->inputs - 1;
    if (targets ? !has_places(p) : columns != p->inputs && !no_weight) return false;
    for (int at = 0; at < all && n < columns; at++) {
        int t = targets ? target_at(p, at) : -1;
        if (t >= 0) name[n++] = p->target[t].name;
        else if (i < p->inputs) {
            if (i != weight || !no_weight) name[n++] = p->input[i].name;
            i++;
        }
    }
    return n == columns;
}

static bool has_all_inputs(const gl_pipeline *p, const glia_table *t) {
    for (int i = 0; i < p->inputs; i++)
        if (!p->input[i].reason && gl_table_find_near(t, p->input[i].name, i) < 0) return false;
    return true;
}

static glia_status no_layout(glia_ctx *g, const gl_pipeline *p, const glia_table *t) {
    char with[40] = "";
    if (has_places(p)) snprintf(with, sizeof with, "%d with it or ", p->inputs + p->targets);
    return gl_fail(g, GLIA_INPUT,
                   "%s: it has no header and %d column%s, so they cannot be told apart; expected "
                   "the columns of training in their order (target '%s': %s%d without it), or a "
                   "line of names",
                   t->source, t->columns, gl_plural(t->columns), p->target[0].name, with,
                   p->inputs);
}

/* Said where it is not what the names c1, c2, ... say already. */
static void tell(glia_ctx *g, const gl_pipeline *p, const glia_table *t) {
    const char *first = t->column[0].name, *last = t->column[t->columns - 1].name;
    bool target = gl_table_find(t, p->target[0].name) >= 0;
    gl_note(g,
            "%s: no header, so its columns are those of training in their order, %s the target "
            "'%s': column 1 is '%s', column %d '%s'",
            t->source, target ? "with" : "without", p->target[0].name, first, t->columns, last);
}

static glia_status take_names(glia_ctx *g, const gl_pipeline *p, glia_table *t,
                              const char *const *name) {
    bool other = false;
    for (int j = 0; j < t->columns; j++) {
        other |= strcmp(t->column[j].name, name[j]) != 0;
        if (gl_table_rename(t, j, name[j])) return GLIA_RESOURCE;
    }
    if (other) tell(g, p, t);
    return GLIA_OK;
}

/* A model that was trained without names knows its columns as c1, c2, ...: then a table with more
 * of them has them, too. */
glia_status gl_pipeline_name_columns(glia_ctx *g, const gl_pipeline *p, glia_table *t) {
    if (!t->unnamed) return GLIA_OK;
    const char **name = gl_alloc(g, t->columns, sizeof *name);
    if (!name) return GLIA_RESOURCE;
    glia_status status = lay_out(p, t->columns, name) ? take_names(g, p, t, name)
                         : has_all_inputs(p, t)       ? GLIA_OK
                                                      : no_layout(g, p, t);
    gl_free(g, name);
    return status;
}

/* --------------------------------------------------------------------- a header that is none -- */

static bool is_known(const gl_pipeline *p, const char *name) {
    if (gl_pipeline_find_target(p, name) >= 0) return true;
    for (int i = 0; i < p->inputs; i++)
        if (!strcmp(name, p->input[i].name)) return true;
    return false;
}

static bool is_number(const char *name) {
    double v;
    return gl_parse_number(name, strlen(name), '.', &v);
}

static bool is_known_text(const gl_pipeline *p, const char *name) {
    for (int i = 0; i < p->inputs; i++)
        for (int64_t k = 0; k < p->input[i].categories; k++)
            if (!strcmp(name, p->input[i].category[k])) return true;
    return false;
}

/* Not one name of training, as many columns, and a cell among the names, a number or a text of
 * training: the first row was taken for a header. */
const char *gl_headless_cell(const gl_pipeline *p, const glia_table *t) {
    bool many = t->columns == p->inputs || t->columns == p->inputs + p->targets;
    const char *cell = NULL;
    if (t->unnamed || t->arrays || t->sparse || !many) return NULL;
    for (int j = 0; j < t->columns; j++) {
        const char *name = t->column[j].name;
        if (is_known(p, name)) return NULL;
        if (!cell && (is_number(name) || is_known_text(p, name))) cell = name;
    }
    return cell;
}
