/*
 * tensor.c: shapes and NumPy's broadcasting rule.
 *
 *     (4, 3) + (3)       (4, 3)       from the last dimension on, a missing one counts as 1
 *     (4, 1) + (1, 3)    (4, 3)       a 1 is repeated
 *     (4, 3) + (4)       an error     and not, as somebody may have meant, a column
 *
 * A tensor here is always contiguous and row-major: a view is a pointer and a shape, so a kernel
 * needs no strides, and whoever has others copies first.
 */
#include "base.h"

#include <string.h>

static const struct {
    const char *name;
    size_t size;
} dtypes[] = {[GLIA_F32] = {"f32", 4},
              [GLIA_F64] = {"f64", 8},
              [GLIA_U8] = {"u8", 1},
              [GLIA_I32] = {"i32", 4},
              [GLIA_I64] = {"i64", 8}};

size_t glia_dtype_size(glia_dtype dtype) { return dtypes[dtype].size; }
const char *glia_dtype_name(glia_dtype dtype) { return dtypes[dtype].name; }

glia_tensor glia_tensor_f32(const float *data, int64_t rows, int64_t cols) {
    return (glia_tensor){.dtype = GLIA_F32, .ndim = 2, .dim = {rows, cols}, .data = (void *)data};
}

glia_tensor glia_tensor_f64(const double *data, int64_t rows, int64_t cols) {
    return (glia_tensor){.dtype = GLIA_F64, .ndim = 2, .dim = {rows, cols}, .data = (void *)data};
}

int64_t glia_tensor_count(const glia_tensor *t, int first) {
    int64_t product = 1;
    for (int i = first; i < t->ndim; i++) {
        if (!gl_multiply(product, t->dim[i], &product)) return -1;
    }
    return product;
}

/* Dimension i counted from the end; a missing one is 1. */
static int64_t from_end(const glia_tensor *t, int i) {
    return i < t->ndim ? t->dim[t->ndim - 1 - i] : 1;
}

glia_status glia_tensor_broadcast(glia_ctx *g, const glia_tensor *a, const glia_tensor *b,
                                  glia_tensor *out) {
    *out = (glia_tensor){.dtype = a->dtype, .ndim = a->ndim > b->ndim ? a->ndim : b->ndim};
    for (int i = 0; i < out->ndim; i++) {
        int64_t x = from_end(a, i), y = from_end(b, i);
        if (x != y && x != 1 && y != 1) {
            char left[96], right[96];
            return gl_fail(
                g, GLIA_USAGE,
                "shapes %s and %s do not fit: dimensions %lld and %lld are neither equal nor 1",
                gl_shape_text(a, left, sizeof left), gl_shape_text(b, right, sizeof right),
                (long long)x, (long long)y);
        }
        out->dim[out->ndim - 1 - i] = x == 1 ? y : x;
    }
    return GLIA_OK;
}

/* NumPy's broadcast_to, but with the numbers written out. Place `at` of out comes from the place
 * with the same indices in a, where an index into a dimension of 1 is 0. */
glia_status glia_tensor_expand(glia_ctx *g, const glia_tensor *a, glia_tensor *out) {
    glia_tensor shape;
    glia_status status = glia_tensor_broadcast(g, a, out, &shape);
    if (status != GLIA_OK) return status;
    size_t dims = (size_t)out->ndim * sizeof *out->dim;
    if (a->dtype != out->dtype || shape.ndim != out->ndim ||
        memcmp(shape.dim, out->dim, dims) != 0) {
        char left[96], right[96];
        return gl_fail(g, GLIA_USAGE, "%s %s cannot be expanded to %s %s",
                       glia_dtype_name(a->dtype), gl_shape_text(a, left, sizeof left),
                       glia_dtype_name(out->dtype), gl_shape_text(out, right, sizeof right));
    }
    size_t size = glia_dtype_size(a->dtype);
    int64_t count = glia_tensor_count(out, 0);
    for (int64_t at = 0; at < count; at++) {
        int64_t rest = at, from = 0, stride = 1;
        for (int i = 0; i < out->ndim; i++) { /* from the last dimension to the first */
            int64_t index = rest % from_end(out, i), d = from_end(a, i);
            rest /= from_end(out, i);
            from += (d == 1 ? 0 : index) * stride;
            stride *= d;
        }
        memcpy((char *)out->data + (size_t)at * size, (char *)a->data + (size_t)from * size, size);
    }
    return GLIA_OK;
}

/* NumPy's labels often have the shape (m,), and (m,) against (m, 1) broadcasts to (m, m): the
 * classic mistake of a first network, whose cost is then wrong without a word. So (m,) is taken for
 * a column and said; (1, m), the course's way, is refused with the mend. */
glia_status glia_tensor_as_column(glia_ctx *g, glia_tensor *y, int64_t rows) {
    char shape[96];
    gl_shape_text(y, shape, sizeof shape);
    if (y->ndim == 1 && y->dim[0] == rows) {
        gl_note(g, "labels of shape %s are read as one column, (%lld, 1)", shape, (long long)rows);
        y->ndim = 2;
        y->dim[1] = 1;
        return GLIA_OK;
    }
    if (y->ndim == 2 && y->dim[0] == 1 && y->dim[1] == rows && rows != 1) {
        return gl_fail(
            g, GLIA_INPUT,
            "labels have shape %s, but samples are rows: expected (%lld, 1); transpose them", shape,
            (long long)rows);
    }
    if (y->ndim < 1 || y->dim[0] != rows) {
        return gl_fail(g, GLIA_INPUT,
                       "there are %lld samples, but the labels have shape %s: expected %lld rows",
                       (long long)rows, shape, (long long)rows);
    }
    return GLIA_OK;
}

double glia_tensor_value(const glia_tensor *t, int64_t i) {
    switch (t->dtype) {
    case GLIA_F32: return (double)((const float *)t->data)[i];
    case GLIA_F64: return ((const double *)t->data)[i];
    case GLIA_U8: return ((const uint8_t *)t->data)[i];
    case GLIA_I32: return ((const int32_t *)t->data)[i];
    case GLIA_I64: return (double)((const int64_t *)t->data)[i];
    }
    return 0;
}

/* Number i of a part [rows, width] goes to row i / width, behind the columns of the
 * parts before. */
static void put_beside(const glia_tensor *part, glia_tensor *out, int64_t first) {
    int64_t rows = out->dim[0], all = out->dim[1], width = glia_tensor_count(part, 1);
    for (int64_t i = 0; i < rows * width; i++) {
        int64_t at = i / width * all + first + i % width;
        double v = glia_tensor_value(part, i);
        if (out->dtype == GLIA_F64) ((double *)out->data)[at] = v;
        else ((float *)out->data)[at] = (float)v;
    }
}

glia_status glia_tensor_beside(glia_ctx *g, const glia_tensor *parts, int count, glia_tensor *out) {
    char shape[96], expected[96];
    int64_t rows = out->ndim == 2 ? out->dim[0] : -1, columns = 0;
    bool real = out->data && (out->dtype == GLIA_F32 || out->dtype == GLIA_F64);
    for (int i = 0; i < count; i++) {
        int64_t width = glia_tensor_count(&parts[i], 1);
        if (parts[i].ndim < 1 || parts[i].dim[0] != rows || width < 0 ||
            __builtin_add_overflow(columns, width, &columns))
            return gl_fail(g, GLIA_USAGE,
                           "array %d has shape %s, and %lld rows were expected of each", i + 1,
                           gl_shape_text(&parts[i], shape, sizeof shape), (long long)rows);
    }
    glia_tensor fits = {.ndim = 2, .dim = {rows, columns}};
    if (!real || out->dim[1] != columns)
        return gl_fail(g, GLIA_USAGE,
                       "these arrays side by side need room for f32 or f64 %s, found %s %s",
                       gl_shape_text(&fits, expected, sizeof expected), glia_dtype_name(out->dtype),
                       gl_shape_text(out, shape, sizeof shape));
    for (int64_t i = 0, first = 0; i < count; first += glia_tensor_count(&parts[i++], 1))
        put_beside(&parts[i], out, first);
    return GLIA_OK;
}
