/*
 * sparse.c: rows without their zeros, for a plan that reads GL_SPARSE_X: made once, before the
 * loop, from a feed's rows as reals.
 *
 *     0 0 2 0        start     0 1 3 3        row i has start[i] .. start[i + 1] - 1
 *     1 0 0 3        column    2   0 3
 *     0 0 0 0        value     2   1 3
 *
 * Two passes, as the memory for numbers is known only when they are counted. Both together take
 * as long as 5 to 10 dense steps (notebook 2026-11, 21.24), which a training to the optimum has
 * many times.
 */
#include "train.h"

enum { BLOCK = 32 }; /* rows made reals at a time */

#define COUNT(type)                                                                                \
    do {                                                                                           \
        const type *v = x;                                                                         \
        for (int64_t j = 0; j < cols; j++) count += v[j] != 0;                                     \
    } while (0)

static int64_t count_nonzeros(const void *x, glia_dtype dtype, int64_t cols) {
    int count = 0;
    if (dtype == GLIA_F64) COUNT(double);
    else COUNT(float);
    return count;
}

/* Every number is written, and the next one over it if it was 0: no branch to guess wrong. At
 * 5% of numbers that are not 0, a branch would be mistaken once in twenty, some fifteen cycles
 * each time. */
#define KEEP(type)                                                                                 \
    do {                                                                                           \
        const type *v = x;                                                                         \
        type *restrict value = (type *)s->value + first;                                           \
        for (int64_t j = 0; j < cols; j++) {                                                       \
            value[p] = v[j], column[p] = (int32_t)j;                                               \
            p += v[j] != 0;                                                                        \
        }                                                                                          \
    } while (0)

static void keep_nonzeros(const gl_sparse_rows *s, int64_t first, const void *x, glia_dtype dtype,
                          int64_t cols) {
    int32_t *restrict column = s->column + first;
    int64_t p = 0;
    if (dtype == GLIA_F64) KEEP(double);
    else KEEP(float);
}

/* One pass over the rows: they are counted, or kept where the counts say. */
static void pass(gl_sparse_rows *s, const gl_feed *f, glia_dtype dtype, char *x, bool keeps) {
    int64_t cols = f->features, size = (int64_t)glia_dtype_size(dtype);
    for (int64_t i = 0; i < f->rows; i++) {
        char *row = x + i % BLOCK * cols * size;
        int64_t left = f->rows - i;
        if (i % BLOCK == 0) gl_feed_rows(f, dtype, i, left < BLOCK ? left : BLOCK, x, NULL);
        if (keeps) keep_nonzeros(s, s->start[i], row, dtype, cols);
        else s->start[i + 1] = s->start[i] + count_nonzeros(row, dtype, cols);
    }
}

/* The arrays have room for one number more, which keep_nonzeros may write. */
static bool fill(gl_sparse_rows *s, glia_ctx *g, const gl_feed *f, glia_dtype dtype, void *x) {
    s->start = gl_alloc(g, f->rows + 1, sizeof *s->start);
    if (!s->start) return false;
    pass(s, f, dtype, x, false);
    s->column = gl_alloc(g, s->start[f->rows] + 1, sizeof *s->column);
    s->value = gl_alloc(g, s->start[f->rows] + 1, glia_dtype_size(dtype));
    if (!s->column || !s->value) return false;
    pass(s, f, dtype, x, true);
    return true;
}

bool gl_sparse_open(gl_sparse_rows *s, glia_ctx *g, const gl_feed *f, glia_dtype dtype) {
    void *x = gl_alloc(g, f->features, BLOCK * glia_dtype_size(dtype));
    bool ok = x && fill(s, g, f, dtype, x);
    gl_free(g, x);
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
