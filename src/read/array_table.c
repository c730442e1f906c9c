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
#include <string.h>

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
    if (gl_check_bytes(g, source, bytes)) return GLIA_RESOURCE;
    t->data = gl_alloc(g, count, glia_dtype_size(t->dtype));
    return t->data ? GLIA_OK : GLIA_RESOURCE;
}

static glia_status skip_row(glia_table *t, int64_t row, int64_t value, const char *name) {
    char why[80];
    snprintf(why, sizeof why, "value %lld of %s is infinite", (long long)value + 1, name);
    return gl_table_add_bad(t, row, row + 1, why);
}

/* An infinite value is an error, told by row and place: no scale survives it; or its row is a bad
 * one. NaN is a missing value; *gaps: there is one. */
static glia_status check_values(glia_table *t, const char *source, const char *name,
                                const gl_array *a, bool *gaps) {
    const glia_tensor *v = &a->values;
    if (v->dtype != GLIA_F32 && v->dtype != GLIA_F64) return GLIA_OK;
    int64_t count = glia_tensor_count(v, 0), width = glia_tensor_count(v, 1), last = -1;
    for (int64_t i = 0; i < count; i++) {
        double x = glia_tensor_value(v, i);
        *gaps |= isnan(x);
        if (!isinf(x) || i / width == last) continue;
        if (!a->skip)
            return gl_fail(t->g, GLIA_INPUT,
                           "%s, row %lld: value %lld of %s is infinite, expected a finite number "
                           "(option 'bad-rows' skip leaves such rows out)",
                           source, (long long)(i / width) + 1, (long long)(i % width) + 1, name);
        last = i / width;
        if (skip_row(t, last, i % width, name)) return t->g->code;
    }
    return GLIA_OK;
}

void gl_free_array(glia_ctx *g, gl_array *array) {
    gl_free(g, array->values.data);
    glia_table_free(array->column);
    *array = (gl_array){0};
}

/* ------------------------------------------------------------------------------------- texts -- */

glia_status gl_add_text_column(glia_table *t, const char *name, gl_text_column *out) {
    gl_column *c = gl_table_add(t, name, GLIA_CATEGORY);
    *out = (gl_text_column){t, c};
    if (!c || !(c->code = gl_alloc(t->g, t->rows, sizeof *c->code))) return GLIA_RESOURCE;
    for (int64_t i = 0; i < t->rows; i++) c->code[i] = -1;
    return GLIA_OK;
}

bool gl_take_cell(void *to, int64_t row, const char *text, int64_t length) {
    gl_text_column *k = to;
    while (length > 0 && text[length - 1] == ' ') length--;       /* padding of fixed lengths */
    if (row < 0 || row >= k->t->rows || length <= 0) return true; /* stays missing */
    if (gl_not_utf8(text, text + length)) {
        gl_fail(k->t->g, GLIA_INPUT, "%s, row %lld of '%s': the text is not UTF-8", k->t->source,
                (long long)row + 1, k->c->name);
        return false;
    }
    return (k->c->code[row] = gl_column_code(k->t, k->c, text, (size_t)length)) >= 0;
}

static glia_status copy_texts(glia_table *t, const char *name, const gl_column *from) {
    gl_text_column to;
    glia_status status = gl_add_text_column(t, name, &to);
    for (int64_t i = 0; !status && i < t->rows; i++) {
        const char *text = from->code[i] < 0 ? NULL : from->category[from->code[i]];
        if (text && !gl_take_cell(&to, i, text, (int64_t)strlen(text))) status = t->g->code;
    }
    return status;
}

static glia_status copy_numbers(glia_table *t, const char *name, const gl_column *from) {
    gl_column *c = gl_table_add(t, name, GLIA_NUMBER);
    if (!c || !(c->number = gl_alloc(t->g, t->rows, sizeof *c->number))) return GLIA_RESOURCE;
    for (int64_t i = 0; i < t->rows; i++) c->number[i] = gl_number(from, i);
    return GLIA_OK;
}

/* ------------------------------------------------------------------------------------ arrays -- */

static glia_status no_samples(const glia_table *t, const gl_array *x) {
    bool texts = x->column->column[0].type == GLIA_CATEGORY;
    return gl_fail(
        t->g, GLIA_INPUT,
        "%s: x holds %s, expected an array of numbers; a table with its texts is read as "
        "a file after the command",
        t->source, texts ? "texts" : "a column of a table");
}

static glia_status add_array(glia_table *t, gl_array *x) {
    if (x->column) return no_samples(t, x);
    bool gaps = false;
    glia_status status = check_values(t, t->source, "x", x, &gaps);
    if (status) return status;
    gl_column *c = gl_table_add(t, "x", GLIA_ARRAY);
    if (!c) return GLIA_RESOURCE;
    c->gaps = gaps;
    glia_tensor *v = &x->values;
    t->rows = v->dim[0];
    if (v->ndim == 1) v->dim[v->ndim++] = 1;
    c->array = *v;
    v->data = NULL;
    return GLIA_OK;
}

/* The axis of x that is as long as there are labels, when it is not the first; else -1. */
static int other_axis(const glia_table *t, int64_t labels) {
    const glia_tensor *x = &t->column[0].array;
    for (int k = x->ndim; k-- > 1;) {
        if (x->dim[k] == labels) return k;
    }
    return -1;
}

static glia_status bad_labels(const glia_table *t, const glia_tensor *y, int64_t n) {
    char shape[96], rows[96], hint[256] = "";
    bool row = y->ndim == 2 && y->dim[0] == 1;
    bool one_hot = y->ndim == 2 && y->dim[0] == t->rows && y->dim[1] > 1;
    int axis = other_axis(t, row ? n : y->dim[0]);
    if (row && n == t->rows) snprintf(hint, sizeof hint, "; transpose y");
    else if (one_hot)
        snprintf(hint, sizeof hint,
                 "; where one value of each row is 1, y.argmax(axis=1) in Python gives the labels");
    else if (axis >= 0)
        snprintf(hint, sizeof hint,
                 "; x may be transposed: its shape is %s, and rows are the first axis; transpose "
                 "x%s",
                 gl_shape_text(&t->column[0].array, rows, sizeof rows), row ? " and y" : "");
    return gl_fail(t->g, GLIA_INPUT,
                   "%s: x has %lld row%s, y has shape %s; expected one label per row: (%lld,) or "
                   "(%lld, 1)%s",
                   t->source, (long long)t->rows, gl_plural(t->rows),
                   gl_shape_text(y, shape, sizeof shape), (long long)t->rows, (long long)t->rows,
                   hint);
}

/* Numbers are doubles from here on: two ids of 17 digits may become one class. */
static void warn_of_rounding(const glia_table *t, const char *source, const glia_tensor *y) {
    int64_t n = y->dtype == GLIA_I64 ? glia_tensor_count(y, 0) : 0;
    for (int64_t i = 0; i < n; i++) {
        int64_t v = ((const int64_t *)y->data)[i];
        if (v >= -(1LL << 53) && v <= 1LL << 53) continue;
        gl_warn(
            t->g,
            "%s, row %lld: y is %lld, and whole numbers above 2^53 are rounded; save such labels "
            "as texts",
            source, (long long)i + 1, (long long)v);
        return;
    }
}

/* Labels become a column of numbers or texts like any other, so that classes, values and missing
 * classes are found by the same rules as in a table. */
static glia_status add_labels(glia_table *t, const char *source, const gl_array *y) {
    int64_t n = glia_tensor_count(&y->values, 0);
    if (y->values.dim[0] != t->rows || n != t->rows) return bad_labels(t, &y->values, n);
    if (y->column) {
        const gl_column *from = &y->column->column[0];
        return from->type == GLIA_CATEGORY ? copy_texts(t, "y", from) : copy_numbers(t, "y", from);
    }
    bool gaps = false;
    glia_status status = check_values(t, source, "y", y, &gaps);
    if (status) return status;
    glia_tensor column = y->values;
    warn_of_rounding(t, source, &y->values);
    if (column.ndim == 1) glia_tensor_as_column(t->g, &column, t->rows); /* says so */
    gl_column *c = gl_table_add(t, "y", GLIA_NUMBER);
    if (!c || !(c->number = gl_alloc(t->g, n, sizeof *c->number))) return GLIA_RESOURCE;
    for (int64_t i = 0; i < n; i++) c->number[i] = glia_tensor_value(&y->values, i);
    return GLIA_OK;
}

glia_table *gl_table_of_arrays(glia_ctx *g, const char *x_source, gl_array *x, const char *y_source,
                               gl_array *y) {
    glia_table *t = gl_table_new(g, x_source);
    if (t) t->arrays = true, t->stamp = x->stamp;
    if (t && (add_array(t, x) || (y && add_labels(t, y_source, y)))) {
        glia_table_free(t);
        t = NULL;
    }
    if (t && t->bads) gl_table_tell_bad(t, 0);
    gl_free_array(g, x);
    if (y) gl_free_array(g, y);
    return t;
}
