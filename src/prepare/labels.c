/*
 * labels.c: the target column of a table as the network sees it: class numbers, or values scaled as
 * in training.
 *
 *     species   setosa  virginica        0  2         numbered as the pipeline has sorted them
 *     income    <=50K.  >50K.            0  1         a final '.' does not count
 *     Y         151                     -0.015        (y - 152.1) / 77.0 in diabetes.csv
 *
 * A label that cannot be understood is an error, unlike a feature: a score over the rows that could
 * be read would look like one over all.
 */
#include "pipeline_parts.h"

#include <math.h>
#include <string.h>

/* ----------------------------------------------------------------------------------- classes -- */

/* Length of a class text without blanks around it and a final '.': adult-test.csv writes
 * "<=50K." where adult-train.csv has "<=50K", and without this rule the standard test of that
 * data would fail. */
static const char *core_of(const char *text, size_t *length) {
    while (*text == ' ') text++;
    *length = strlen(text);
    while (*length && strchr(" .", text[*length - 1])) --*length;
    return text;
}

/* By value and not by text, so that 1, 1.0 and 1e0 are one class. */
static int64_t class_of_value(const gl_target *p, double v) {
    for (int64_t k = 0; k < p->classes; k++) {
        if (p->class_value[k] == v) return k;
    }
    return -1;
}

/* The class of a text: exactly, by its value, or (then *loose is set) by its core. In this order,
 * so that classes which training knew as "a" and "a." stay two. What reads as a number has no core:
 * "1." is 1, or no class at all. */
static int64_t class_of_text(const gl_target *p, const char *text, char decimal, bool *loose) {
    for (int64_t k = 0; k < p->classes; k++) {
        if (!strcmp(p->class[k], text)) return k;
    }
    double v;
    if (gl_parse_number(text, strlen(text), decimal, &v)) return class_of_value(p, v);
    size_t n, m;
    const char *core = core_of(text, &n);
    for (int64_t k = 0; n && k < p->classes; k++) {
        const char *other = core_of(p->class[k], &m);
        if (n == m && !memcmp(core, other, n)) return *loose = true, k;
    }
    return -1;
}

typedef struct labels { /* the target column of the table at hand */
    const gl_pipeline *p;
    const gl_target *a;
    const glia_table *t;
    const gl_column *c;
    bool truth;        /* values in their units */
    gl_selection rows; /* that are asked for */
    double *value;     /* a category column: class or value of each code, NaN when there is none */
} labels;

/* Each different text is understood once, before any row; a column of classes has few. So the
 * warning comes once as well, with the first of the texts as an example. */
static glia_status read_codes(labels *l) {
    const gl_column *c = l->c;
    bool loose = false;
    const char *first_loose = "";
    l->value = gl_alloc(l->t->g, c->categories, sizeof *l->value);
    if (!l->value) return GLIA_RESOURCE;
    for (int64_t k = 0; k < c->categories; k++) {
        const char *text = c->category[k];
        double v;
        if (gl_task_has_values(l->p->task)) {
            bool number = gl_parse_number(text, strlen(text), l->t->decimal, &v);
            l->value[k] = number && isfinite(v) ? v : NAN;
            continue;
        }
        bool before = loose;
        int64_t class = class_of_text(l->a, text, l->t->decimal, &loose);
        if (loose && !before) first_loose = text;
        l->value[k] = class < 0 ? NAN : (double)class;
    }
    if (loose) {
        gl_warn(l->t->g,
                "%s, column '%s': texts such as '%s' are read as the class without the final '.'",
                l->t->source, c->name, first_loose);
    }
    return GLIA_OK;
}

/* A count is not negative, and what has no logarithm cannot be learned by it. */
static double learnable(const labels *l, double v) {
    return isnan(gl_target_learned(l->p, l->a, v)) ? NAN : v;
}

/* The class number or value of one row; NaN when there is none. */
static double label_at(const labels *l, int64_t row) {
    if (l->c->type == GLIA_CATEGORY)
        return l->c->code[row] < 0 ? NAN : learnable(l, l->value[l->c->code[row]]);
    double v = gl_number(l->c, row);
    if (gl_task_has_values(l->p->task)) return learnable(l, v);
    if (isnan(v)) return v;
    int64_t class = class_of_value(l->a, v);
    return class < 0 ? NAN : (double)class;
}

static glia_status bad_label(const labels *l, int64_t row) {
    char where[512], cell[128];
    int column = (int)(l->c - l->t->column);
    glia_table_cell(l->t, row, column, cell, sizeof cell);
    gl_table_where(l->t, row, where, sizeof where);
    if (!*cell) {
        return gl_fail(l->t->g, GLIA_INPUT,
                       "%s, column '%s': the target is missing; give it a value or remove the row",
                       where, l->c->name);
    }
    if (gl_task_has_values(l->p->task)) {
        return gl_fail(l->t->g, GLIA_INPUT, "%s, column '%s': found '%s', expected %s", where,
                       l->c->name, cell, gl_expected_value(l->p, l->a));
    }
    /* what the model knows shows at once whether it is a slip or the labels of something else */
    gl_text known = {.g = l->t->g};
    for (int64_t k = 0; k < l->a->classes && k < 10; k++)
        gl_add(&known, "%s%s", k ? ", " : "", l->a->class[k]);
    gl_fail(l->t->g, GLIA_INPUT, "%s, column '%s': found class '%s', the model knows %s%s", where,
            l->c->name, cell, known.s ? known.s : "", l->a->classes > 10 ? ", ..." : "");
    gl_free(l->t->g, known.s);
    return GLIA_INPUT;
}

static glia_status find_target(labels *l) {
    int j = gl_table_find(l->t, l->a->name);
    if (j < 0) return gl_missing_column(l->t->g, l->p, l->t, l->a->name);
    l->c = &l->t->column[j];
    if (l->c->type == GLIA_ARRAY) {
        return gl_fail(l->t->g, GLIA_INPUT,
                       "%s: the target '%s' is an array, expected one label per row", l->t->source,
                       l->c->name);
    }
    if (gl_check_unit(l->t->g, l->t->source, &l->a->dress, l->c)) return GLIA_INPUT;
    if (*l->a->dress.after && gl_unit_is_unsure(&l->a->dress, l->c, &l->rows))
        gl_tell_unit(l->t->g, l->t->source, &l->a->dress, l->c, &l->rows);
    return l->c->type == GLIA_CATEGORY ? read_codes(l) : GLIA_OK;
}

/* Of classes mean is 0 and deviation 1: their numbers pass through the same lines unchanged. The
 * truth of values is undone from what was learned, to the bits of every version before; but for a
 * logarithm, whose rounding would be in every score. */
static double written(const labels *l, double v) {
    double learned = gl_target_learned(l->p, l->a, v);
    if (!l->truth) return learned;
    return l->a->log ? v : l->a->mean + l->a->deviation * learned;
}

static glia_status write_labels(labels *l, const int64_t *rows, int64_t n, glia_dtype dtype,
                                void *y) {
    int64_t t = l->a - l->p->target;
    glia_status status = find_target(l);
    for (int64_t i = 0; status == GLIA_OK && i < n; i++) {
        int64_t row = rows ? rows[i] : i;
        double v = label_at(l, row);
        if (isnan(v)) status = bad_label(l, row);
        else gl_put(y, dtype, i * l->p->targets + t, written(l, v));
    }
    gl_free(l->t->g, l->value);
    return status;
}

static void *all_labels(const gl_pipeline *p, const glia_table *t, const int64_t *rows, int64_t n,
                        glia_dtype dtype, bool truth) {
    if (!rows) n = t->rows;
    void *y = gl_alloc(t->g, n, (size_t)p->targets * glia_dtype_size(dtype));
    for (int k = 0; y && k < p->targets; k++) {
        labels l = {.p = p, .a = &p->target[k], .t = t, .truth = truth, .rows = {rows, 0, n}};
        if (write_labels(&l, rows, n, dtype, y) == GLIA_OK) continue;
        gl_free(t->g, y);
        y = NULL;
    }
    return y;
}

void *gl_pipeline_labels(const gl_pipeline *p, const glia_table *t, const int64_t *rows, int64_t n,
                         glia_dtype dtype) {
    return all_labels(p, t, rows, n, dtype, false);
}

double *gl_pipeline_truth(const gl_pipeline *p, const glia_table *t, const int64_t *rows,
                          int64_t n) {
    return all_labels(p, t, rows, n, GLIA_F64, true);
}

static glia_status each_bad(labels *l, glia_status (*bad)(void *user, int64_t row), void *user) {
    const glia_table *t = l->t;
    glia_status status = find_target(l);
    for (int64_t row = 0; !status && row < t->rows; row++) {
        double v = label_at(l, row);
        if (isfinite(v)) continue;
        if (isinf(v)) gl_table_check_finite(t->g, t, l->c, NULL, row, 1);
        else bad_label(l, row);
        status = bad(user, row);
    }
    gl_free(t->g, l->value);
    return status;
}

/* The failure of each such row is the last of t's context when `bad` hears of it. */
glia_status gl_pipeline_each_bad_label(const gl_pipeline *p, const glia_table *t,
                                       glia_status (*bad)(void *user, int64_t row), void *user) {
    glia_status status = GLIA_OK;
    for (int k = 0; !status && k < p->targets; k++)
        status =
            each_bad(&(labels){.p = p, .a = &p->target[k], .t = t, .rows.n = t->rows}, bad, user);
    return status;
}
