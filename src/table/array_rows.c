/*
 * array_rows.c: rows of an array column, one after another.
 */
#include "table.h"

gl_array_rows gl_array_open(const gl_column *c, gl_selection rows) {
    return (gl_array_rows){.c = c, .rows = rows};
}

glia_tensor gl_array_next(gl_array_rows *r) {
    const glia_tensor *a = &r->c->array;
    glia_tensor row = {.dtype = a->dtype, .ndim = a->ndim - 1};
    for (int i = 0; i < row.ndim; i++) row.dim[i] = a->dim[i + 1];
    size_t bytes = (size_t)glia_tensor_count(a, 1) * glia_dtype_size(a->dtype);
    row.data = (char *)a->data + (size_t)gl_selected(&r->rows, r->next++) * bytes;
    return row;
}
