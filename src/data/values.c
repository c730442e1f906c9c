/*
 * values.c: the values of a table's column as a tensor, for callers who bring their own
 * preprocessing.
 */
#include "table.h"

GLIA_API glia_tensor glia_table_values(const glia_table *t, int column);

glia_tensor glia_table_values(const glia_table *t, int column) {
    const gl_column *c = &t->column[column];
    if (c->type == GLIA_ARRAY)
        return c->array;
    if (c->type == GLIA_CATEGORY)
        return (glia_tensor){.dtype = GLIA_I32, .ndim = 2, .dim = {t->rows, 1}, .data = c->code};
    return glia_f64(c->number, t->rows, 1);
}
