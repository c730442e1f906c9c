/*
 * gather.c: rows of the caller's array, of whatever type and in whatever order, into a mini-batch
 * of reals. Pixels stay bytes until here.
 */
#include "real.h"
#include <string.h>

/* Division, not multiplication by 1/255: x / 255 is what published numbers were computed from. */
#define COPY(type)                                                                                 \
    do {                                                                                           \
        const type *from = row;                                                                    \
        for (int64_t j = 0; j < n; j++) x[j] = (glia_real)from[j] / divisor;                       \
    } while (0)

/* Copied as it is. */
static bool is_own(glia_dtype dtype, glia_real divisor) {
    return dtype == (sizeof(glia_real) == 8 ? GLIA_F64 : GLIA_F32) && divisor == 1;
}

static void copy_row(glia_real *restrict x, const void *restrict row, int64_t n, glia_dtype dtype,
                     glia_real divisor) {
    if (is_own(dtype, divisor)) {
        memcpy(x, row, (size_t)n * sizeof *x);
        return;
    }
    switch (dtype) {
    case GLIA_F32: COPY(float); break;
    case GLIA_F64: COPY(double); break;
    case GLIA_U8: COPY(uint8_t); break;
    case GLIA_I32: COPY(int32_t); break;
    case GLIA_I64: COPY(int64_t); break;
    }
}

/* Shuffled rows lie anywhere in memory: the processor cannot guess the next, so it is told. */
static void fetch_row(const char *row, int64_t bytes) {
    for (int64_t i = 0; i < bytes; i += 64) __builtin_prefetch(row + i);
}

/* So many bytes are on their way, and two rows at least: notebook 2026-11, 21.19 and 26.14. */
enum { AHEAD = 2048 };

/* Rows of a table are short: a call for each takes longer than its numbers (7% of a training on
 * titanic, with the call). Both ends of a row are copied, which meet or overlap. */
enum { SHORT = 256, SHORT_AHEAD = 10 };
#define COPY_ENDS(size)                                                                            \
    for (int64_t i = 0; i < m; i++, to += bytes) {                                                 \
        const char *from = rows + order[i] * bytes, *next = rows + order[i + ahead] * bytes;       \
        char first[size], last[size];                                                              \
        __builtin_prefetch(next), __builtin_prefetch(next + bytes - 1);                            \
        memcpy(first, from, size), memcpy(last, from + bytes - (size), size);                      \
        memcpy(to, first, size), memcpy(to + bytes - (size), last, size);                          \
        if (i + ahead + 1 == m) ahead--;                                                           \
    }

static void copy_short(char *to, const char *rows, const int64_t *order, int64_t m, int64_t bytes) {
    int64_t ahead = SHORT_AHEAD < m ? SHORT_AHEAD : m - 1;
    if (bytes <= 8) COPY_ENDS(4)
    else if (bytes <= 16) COPY_ENDS(8)
    else if (bytes <= 32) COPY_ENDS(16)
    else if (bytes <= 64) COPY_ENDS(32)
    else if (bytes <= 128) COPY_ENDS(64)
    else COPY_ENDS(128)
}

static const char *row_at(const gl_call *c, int64_t i) {
    const int64_t *begin = c->p[2], *order = c->knobs->order, row = order ? order[i] : i,
                  size = (int64_t)glia_dtype_size((glia_dtype)c->n[2]);
    return (const char *)c->p[1] + (begin ? begin[row] : row) * c->n[3] * size;
}

void K(gather)(PART) {
    glia_real *x = c->p[0]; /* [m, n] */
    const char *rows = c->p[1];
    const int64_t *begin = c->p[2], *order = c->knobs->order;
    const glia_dtype dtype = (glia_dtype)c->n[2];
    const glia_real divisor = (glia_real)c->s[0];
    int64_t n = c->n[1], bytes = n * (int64_t)glia_dtype_size(dtype);
    if (order && !begin && bytes <= SHORT && is_own(dtype, divisor)) {
        copy_short((char *)(x + lo * n), rows, order + lo, hi - lo, bytes);
        return;
    }
    int64_t ahead = 2 + AHEAD / bytes;
    for (int64_t i = lo; i < hi; i++) {
        if (order && i + ahead < hi) fetch_row(row_at(c, i + ahead), bytes);
        copy_row(x + i * n, row_at(c, i), n, dtype, divisor);
    }
}
