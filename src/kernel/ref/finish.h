/*
 * finish.h: what a product or a convolution does with a part of y that is complete, while it is in
 * a cache.
 */
#ifndef GL_FINISH_H
#define GL_FINISH_H

#include "real.h"

typedef struct part { /* of y: rows lo .. hi-1, columns left .. right-1 */
    int64_t lo, hi, left, right;
} part;

/* The activation, or the slope at a value, of `rows` rows of n numbers that follow each other. */
static inline void finish_rows(const gl_call *c, glia_real *y, glia_real *value, int64_t rows,
                               int64_t n) {
    gl_call act; /* not cleared, which takes 40 cycles: a kernel reads what its row names */
    if (!c->then) return;
    act.p[0] = act.p[1] = y, act.p[2] = value;
    act.n[0] = rows, act.n[1] = n, act.s[0] = c->s[0], act.knobs = c->knobs;
    c->then(&act, 0, rows, NULL);
}

/* Of a matrix product: whole rows of y are one run. */
static inline void finish(const gl_call *c, const part *of) {
    int64_t y_row = c->gemm_n.y_row, n = of->right - of->left, rows = of->hi - of->lo;
    int64_t at_once = y_row == n ? rows : 1;
    for (int64_t i = of->lo; i < of->hi && c->then; i += at_once) {
        int64_t at = i * y_row + of->left;
        glia_real *y = (glia_real *)c->gemm_p.y + at, *value = c->gemm_p.value;
        finish_rows(c, y, value ? value + at : NULL, at_once, n);
    }
}

#endif
