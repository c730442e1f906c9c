/*
 * gemm.c: the matrix product as its definition says it.
 */
#include "real.h"

static void finish_row(const gl_call *c, glia_real *y) {
    const glia_real *bias = c->p[3];
    for (int64_t j = 0; bias && j < c->n[1]; j++) y[j] += bias[j];
    if (c->then) {
        gl_call act = {.p = {y, y}, .n = {1, c->n[1]}, .s = {c->s[0], c->s[1]}, .knobs = c->knobs};
        c->then(&act, 0, 1, NULL);
    }
}

void K(gemm)(PART) {
    glia_real *y = c->p[0];                     /* [m, n] */
    const glia_real *a = c->p[1], *b = c->p[2]; /* [m, k], [k, n] */
    int64_t n = c->n[1], k = c->n[2];
    int64_t a_row = c->n[3], a_col = c->n[4], b_row = c->n[5], b_col = c->n[6];
    int64_t y_row = c->n[7], add = c->n[8];
    for (int64_t i = lo; i < hi; i++) {
        for (int64_t j = 0; j < n; j++) {
            glia_real sum = add ? y[i * y_row + j] : 0;
            for (int64_t p = 0; p < k; p++)
                sum += a[i * a_row + p * a_col] * b[p * b_row + j * b_col];
            y[i * y_row + j] = sum;
        }
        finish_row(c, y + i * y_row);
    }
}
