/*
 * importance.c: permutation importance (Breiman, "Random Forests", 2001): a column is shuffled as
 * it stands in the file, before the pipeline, so that all features made from it move together.
 */
#include "../base/random.h"
#include "../prepare/pipeline_parts.h"
#include "rows.h"
#include "../score/interval.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

typedef struct trial {
    glia_ctx *g;
    const glia_model *m;
    const gl_pipeline *p;
    const glia_table *table; /* as it is */
    glia_applier *applier;
    int64_t *order; /* [rows] row i gets the cell of row order[i] */
    double *drop;   /* [repeats] */
    glia_importances *out;
} trial;

/* ----------------------------------------------------------------------------------- scoring -- */

static double accuracy(const glia_predictions *p, const double *label) {
    double right = 0;
    for (int64_t i = 0; i < p->rows; i++) right += (double)p->class_index[i] == label[i];
    return right / (double)p->rows;
}

static double rmse(const glia_predictions *p, const double *label) {
    double squares = 0;
    for (int64_t i = 0; i < p->rows; i++)
        squares += (p->value[i] - label[i]) * (p->value[i] - label[i]);
    return sqrt(squares / (double)p->rows);
}

/* NaN when the work failed: the context knows why. */
static double score(const trial *t, const glia_table *table, const double *label) {
    const glia_predictions *p = glia_applier_run(t->applier, table, 0, table->rows);
    return !p ? NAN : p->class_index ? accuracy(p, label) : rmse(p, label);
}

/* --------------------------------------------------------------------------------- shuffling -- */

/* A column whose row i is row order[i] of `from`; its memory is `cells`, the rest is shared. */
static gl_column shuffled(const gl_column *from, const int64_t *order, int64_t rows, void *cells,
                          size_t size) {
    gl_column c = *from;
    const char *old = from->type == GLIA_NUMBER     ? (const void *)from->number
                      : from->type == GLIA_CATEGORY ? (const void *)from->code
                                                    : from->array.data;
    for (int64_t i = 0; i < rows; i++)
        memcpy((char *)cells + (size_t)i * size, old + (size_t)order[i] * size, size);
    if (c.type == GLIA_NUMBER) c.number = cells;
    else if (c.type == GLIA_CATEGORY) c.code = cells;
    else c.array.data = cells;
    return c;
}

static size_t cell_size(const gl_column *c) {
    if (c->type == GLIA_NUMBER) return sizeof *c->number;
    if (c->type == GLIA_CATEGORY) return sizeof *c->code;
    return (size_t)glia_count(&c->array, 1) * glia_dtype_size(c->array.dtype);
}

/* The table is the caller's but for one column. */
static glia_status repeat(trial *t, int column, uint64_t seed, const double *label) {
    glia_table table = *t->table;
    size_t size = cell_size(&table.column[column]);
    gl_column *columns = gl_alloc(t->g, table.columns, sizeof *columns);
    void *cells = gl_alloc(t->g, table.rows, size);
    bool ok = columns && cells;
    if (ok) memcpy(columns, table.column, (size_t)table.columns * sizeof *columns);
    for (int k = 0; ok && k < t->out->repeats; k++) {
        gl_rng r = gl_rng_new(seed, GL_STREAM_PERMUTE,
                              (uint64_t)column * (uint64_t)t->out->repeats + (uint64_t)k);
        gl_rng_shuffle(&r, t->order, table.rows);
        columns[column] = shuffled(&t->table->column[column], t->order, table.rows, cells, size);
        table.column = columns;
        double found = score(t, &table, label);
        t->drop[k] = gl_pipeline_classes(t->p) > 0 ? t->out->value - found : found - t->out->value;
        ok = !isnan(found);
    }
    gl_free(t->g, columns);
    gl_free(t->g, cells);
    return ok ? GLIA_OK : glia_code(t->g);
}

/* --------------------------------------------------------------------------------- the whole -- */

static int by_drop(const void *a, const void *b) {
    const glia_importance *x = a, *y = b;
    return x->drop != y->drop ? (x->drop < y->drop) - (x->drop > y->drop)
                              : (x->column > y->column) - (x->column < y->column);
}

static glia_status try_columns(trial *t, uint64_t seed, const double *label) {
    glia_importance *list = (glia_importance *)t->out->column;
    for (int i = 0; i < t->p->inputs; i++) {
        if (t->p->input[i].reason != GL_KEPT) continue;
        int column = gl_table_find(t->table, t->p->input[i].name);
        if (column < 0) continue; /* zeros, left out of sparse rows: nothing to shuffle */
        glia_status status = repeat(t, column, seed, label);
        if (status != GLIA_OK) return status;
        gl_spread s = gl_spread_of(t->drop, t->out->repeats);
        list[t->out->columns++] = (glia_importance){column, s.mean, s.low, s.high};
    }
    qsort(list, (size_t)t->out->columns, sizeof *list, by_drop);
    return GLIA_OK;
}

static double *labels_of(const trial *t) {
    void *labels = gl_pipeline_labels(t->p, t->table, NULL, 0, t->m->net->dtype);
    double *truth = labels ? gl_truth(t->g, t->m, labels, t->table->rows) : NULL;
    gl_free(t->g, labels);
    return truth;
}

/* What there is to warn about was said when the table as it is went through the pipeline. */
static glia_status measure(trial *t, uint64_t seed) {
    double *label = labels_of(t);
    if (label) t->out->value = score(t, t->table, label);
    if (!label || isnan(t->out->value)) {
        gl_free(t->g, label);
        return glia_code(t->g);
    }
    for (int64_t i = 0; i < t->table->rows; i++) t->order[i] = i;
    gl_listener before = gl_hush(t->g);
    glia_status status = try_columns(t, seed, label);
    gl_unlisten(t->g, before);
    gl_free(t->g, label);
    return status;
}

glia_importances *glia_importance_of(glia_ctx *g, const glia_model *m, const glia_table *table,
                                     int repeats, uint64_t seed) {
    if (repeats < 1) return gl_fail(g, GLIA_USAGE, "%d repeats: expected 1 or more", repeats), NULL;
    trial t = {.g = g, .m = m, .p = gl_model_pipeline(g, m), .table = table};
    if (!t.p) return NULL;
    t.applier = glia_applier_new(g, m, table->rows > 0 ? table->rows : 1);
    t.order = gl_alloc(g, table->rows, sizeof *t.order);
    t.drop = gl_alloc(g, repeats, sizeof *t.drop);
    t.out = gl_alloc(g, 1, sizeof *t.out);
    glia_importance *list = gl_alloc(g, t.p->inputs, sizeof *list);
    glia_status status = t.applier && t.order && t.drop && t.out && list ? GLIA_OK : GLIA_RESOURCE;
    if (status == GLIA_OK) {
        const char *name = gl_pipeline_classes(t.p) > 0 ? "accuracy" : "rmse";
        *t.out = (glia_importances){.score = name, .repeats = repeats, .column = list};
        status = measure(&t, seed);
    }
    glia_applier_free(t.applier);
    gl_free(g, t.order);
    gl_free(g, t.drop);
    if (status == GLIA_OK) return t.out;
    gl_free(g, t.out);
    gl_free(g, list);
    return NULL;
}

void glia_importances_free(glia_ctx *g, glia_importances *i) {
    if (!i) return;
    gl_free(g, (void *)i->column);
    gl_free(g, i);
}
