/*
 * sparse.c: rows without their zeros, for a plan that reads GL_SPARSE_X: made once, before the
 * loop, from a feed's rows as reals.
 */
#include "train.h"

#define COUNT(type)                                                                                \
    do {                                                                                           \
        const type *x = row;                                                                       \
        for (int64_t j = 0; j < cols; j++) count += x[j] != 0;                                     \
    } while (0)

static int64_t count_nonzeros(const void *row, glia_dtype dtype, int64_t cols) {
    int64_t count = 0;
    if (dtype == GLIA_F64) COUNT(double);
    else COUNT(float);
    return count;
}

/* Every number is written, and the next one over it if it was 0: no branch to guess wrong. */
#define KEEP(type)                                                                                 \
    do {                                                                                           \
        const type *x = row;                                                                       \
        type *value = s->value;                                                                    \
        for (int64_t j = 0; j < cols; j++) {                                                       \
            value[p] = x[j], s->column[p] = (int32_t)j;                                            \
            p += x[j] != 0;                                                                        \
        }                                                                                          \
    } while (0)

static void keep_nonzeros(gl_sparse_rows *s, int64_t p, const void *row, glia_dtype dtype,
                          int64_t cols) {
    if (dtype == GLIA_F64) KEEP(double);
    else KEEP(float);
}

/* The arrays have room for one number more, which keep_nonzeros may write. */
static bool fill(gl_sparse_rows *s, glia_ctx *g, const gl_feed *f, glia_dtype dtype, void *row) {
    s->start = gl_alloc(g, f->rows + 1, sizeof *s->start);
    if (!s->start) return false;
    for (int64_t i = 0; i < f->rows; i++) {
        gl_feed_rows(f, dtype, i, 1, row, NULL);
        s->start[i + 1] = s->start[i] + count_nonzeros(row, dtype, f->features);
    }
    s->column = gl_alloc(g, s->start[f->rows] + 1, sizeof *s->column);
    s->value = gl_alloc(g, s->start[f->rows] + 1, glia_dtype_size(dtype));
    if (!s->column || !s->value) return false;
    for (int64_t i = 0; i < f->rows; i++) {
        gl_feed_rows(f, dtype, i, 1, row, NULL);
        keep_nonzeros(s, s->start[i], row, dtype, f->features);
    }
    return true;
}

bool gl_sparse_open(gl_sparse_rows *s, glia_ctx *g, const gl_feed *f, glia_dtype dtype) {
    void *row = gl_alloc(g, f->features, glia_dtype_size(dtype));
    bool ok = row && fill(s, g, f, dtype, row);
    gl_free(g, row);
    return ok;
}

int64_t gl_sparse_bytes(const gl_sparse_rows *s, int64_t rows, glia_dtype dtype) {
    int64_t number = (int64_t)(sizeof *s->column + glia_dtype_size(dtype));
    return s->start ? (rows + 1) * (int64_t)sizeof *s->start + (s->start[rows] + 1) * number : 0;
}

void gl_sparse_close(gl_sparse_rows *s, glia_ctx *g) {
    gl_free(g, s->start);
    gl_free(g, s->column);
    gl_free(g, s->value);
}
