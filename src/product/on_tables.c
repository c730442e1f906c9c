/*
 * on_tables.c: a model's network on rows of a table: the gradient check, the trace of a batch.
 */
#include "rows.h"

#include <string.h>

/* Enough samples to exercise every unit, few enough to be quick: a check runs the network four
 * times a component. Features are made in double, whatever the model's precision: J in single is
 * known to 6e-8 of itself, and a difference over h = 1e-4 then to three digits. */
enum { CHECK_ROWS = 64 };

glia_status glia_model_check_table(glia_ctx *g, const glia_model *m, const glia_table *t,
                                   const glia_check_options *options) {
    const gl_pipeline *p = gl_model_pipeline(g, m);
    if (!p) return glia_code(g);
    int64_t rows = glia_table_rows(t);
    gl_part part = {.g = g, .table = t, .n = rows < CHECK_ROWS ? rows : CHECK_ROWS};
    part.rows = gl_alloc(g, part.n, sizeof *part.rows);
    glia_status status = part.rows ? GLIA_OK : GLIA_RESOURCE;
    for (int64_t i = 0; part.rows && i < part.n; i++)
        part.rows[i] = i * rows / part.n; /* every class has its turn */
    if (status == GLIA_OK) status = gl_part_fill(&part, p, GLIA_F64, true);
    if (status == GLIA_OK) {
        status = gl_check(g, m->net, part.features.x, part.features.divisor,
                          gl_part_labels(&part, GLIA_F64), options);
    }
    gl_part_free(&part);
    return status;
}

/* The target of which a row has no label, with that row (-1: the table has no such column); NULL:
 * there is none. */
static const char *lacks_label(const gl_pipeline *p, const glia_table *t, const int64_t *rows,
                               int64_t n, int64_t *row) {
    for (int k = 0; k < gl_pipeline_targets(p); k++) {
        const char *target = gl_pipeline_target(p, k);
        int column = gl_table_find(t, target);
        *row = -1;
        if (column < 0) return target;
        for (int64_t i = 0; i < n; i++) {
            *row = rows[i];
            if (gl_cell_is_missing(&t->column[column], rows[i])) return target;
        }
    }
    return NULL;
}

static void say_forward_only(const glia_table *t, const char *target, int64_t row) {
    char where[512];
    if (row < 0)
        gl_note(t->g, "forward only: '%s' has no column '%s', and without labels there is no loss",
                t->source, target);
    else
        gl_note(t->g, "forward only: %s has no '%s', and without labels there is no loss",
                gl_table_where(t, row, where, sizeof where), target);
}

glia_trace *glia_model_trace_table(glia_ctx *g, const glia_model *m, const glia_table *t,
                                   const int64_t *rows, int64_t n,
                                   const glia_trace_options *options) {
    const gl_pipeline *p = gl_model_pipeline(g, m);
    if (!p) return NULL;
    for (int64_t i = 0; i < n; i++) {
        if (rows[i] >= 0 && rows[i] < glia_table_rows(t)) continue;
        gl_fail(g, GLIA_INPUT, "there is no row %lld: %s has %lld", (long long)rows[i] + 1,
                t->source, (long long)glia_table_rows(t));
        return NULL;
    }
    int64_t row;
    const char *target = lacks_label(p, t, rows, n, &row);
    gl_part part = {.g = g, .table = t, .n = n, .rows = gl_alloc(g, n, sizeof *rows)};
    glia_trace *trace = NULL;
    if (target) say_forward_only(t, target, row);
    if (part.rows) {
        memcpy(part.rows, rows, (size_t)n * sizeof *rows);
        if (gl_part_fill(&part, p, m->net->dtype, !target) == GLIA_OK)
            trace = gl_trace(g, m->net, part.features.x, part.features.divisor,
                             gl_part_labels(&part, m->net->dtype), options);
    }
    gl_part_free(&part);
    return trace;
}
