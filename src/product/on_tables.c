/*
 * on_tables.c: a model's network on rows of a table: the gradient check.
 */
#include "rows.h"

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
