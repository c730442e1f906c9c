/*
 * array_table.c: arrays in fresh memory, and the table that one or two of them make: "x", a sample
 * a row, and "y", its label.
 *
 * One column of arrays, and not 784 columns of numbers: pixels stay bytes, are not looked at one by
 * one, and keep their shape for whoever draws them.
 */
#include "readers.h"

#include <math.h>
#include <stdio.h>

glia_status gl_new_tensor(glia_ctx *g, const char *source, glia_tensor *t, int64_t available) {
    char shape[128];
    gl_shape_text(t, shape, sizeof shape);
    int64_t count = glia_tensor_count(t, 0), bytes;
    bool fits = count >= 0 && gl_multiply(count, (int64_t)glia_dtype_size(t->dtype), &bytes);
    if (!fits)
        return gl_fail(g, GLIA_INPUT, "%s: shape %s is too large for any memory", source, shape);
    if (!count)
        return gl_fail(g, GLIA_INPUT, "%s: the array is empty, its shape is %s", source, shape);
    if (available >= 0 && bytes != available) {
        return gl_fail(g, GLIA_INPUT,
                       "%s: found %lld bytes of values, expected %lld for shape %s of %s; is the "
                       "file complete?",
                       source, (long long)available, (long long)bytes, shape,
                       glia_dtype_name(t->dtype));
    }
    t->data = gl_alloc(g, count, glia_dtype_size(t->dtype));
    return t->data ? GLIA_OK : GLIA_RESOURCE;
}

/* A missing cell of a table can be filled by its column's median. A NaN in an array has no column:
 * it is an error, told by row and place. */
static glia_status check_finite(glia_ctx *g, const char *source, const char *name,
                                const glia_tensor *t) {
    if (t->dtype != GLIA_F32 && t->dtype != GLIA_F64) return GLIA_OK;
    int64_t count = glia_tensor_count(t, 0), width = glia_tensor_count(t, 1);
    for (int64_t i = 0; i < count; i++) {
        double v = glia_tensor_value(t, i);
        if (isfinite(v)) continue;
        return gl_fail(g, GLIA_INPUT,
                       "%s, row %lld: value %lld of %s is %s, expected a finite number", source,
                       (long long)(i / width) + 1, (long long)(i % width) + 1, name,
                       isnan(v) ? "NaN" : "infinite");
    }
    return GLIA_OK;
}

static glia_status add_array(glia_table *t, glia_tensor *x) {
    glia_status status = check_finite(t->g, t->source, "x", x);
    if (status) return status;
    gl_column *c = gl_table_add(t, "x", GLIA_ARRAY);
    if (!c) return GLIA_RESOURCE;
    t->rows = x->dim[0];
    if (x->ndim == 1) x->dim[x->ndim++] = 1;
    c->array = *x;
    x->data = NULL;
    return GLIA_OK;
}

/* Labels become a column of numbers like any other, so that classes, values and missing classes are
 * found by the same rules as in a table. */
static glia_status add_labels(glia_table *t, const char *source, const glia_tensor *y) {
    char shape[96];
    gl_shape_text(y, shape, sizeof shape);
    int64_t n = glia_tensor_count(y, 0);
    if (y->dim[0] != t->rows || n != t->rows) {
        bool row = y->ndim == 2 && y->dim[0] == 1 && n == t->rows;
        return gl_fail(t->g, GLIA_INPUT,
                       "%s: x has %lld rows, y has shape %s; expected one label per row: (%lld,) "
                       "or (%lld, 1)%s",
                       t->source, (long long)t->rows, shape, (long long)t->rows, (long long)t->rows,
                       row ? "; transpose y" : "");
    }
    glia_status status = check_finite(t->g, source, "y", y);
    if (status) return status;
    glia_tensor column = *y;
    if (y->ndim == 1) glia_tensor_as_column(t->g, &column, t->rows); /* says so */
    gl_column *c = gl_table_add(t, "y", GLIA_NUMBER);
    if (!c || !(c->number = gl_alloc(t->g, n, sizeof *c->number))) return GLIA_RESOURCE;
    for (int64_t i = 0; i < n; i++) c->number[i] = glia_tensor_value(y, i);
    return GLIA_OK;
}

glia_table *gl_table_of_arrays(glia_ctx *g, const char *x_source, glia_tensor *x,
                               const char *y_source, glia_tensor *y) {
    glia_table *t = gl_table_new(g, x_source);
    if (t) t->arrays = true;
    if (t && (add_array(t, x) || (y && add_labels(t, y_source, y)))) {
        glia_table_free(t);
        t = NULL;
    }
    gl_free(g, x->data);
    if (y) gl_free(g, y->data);
    return t;
}
