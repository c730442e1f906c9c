/*
 * gemm.c: the matrix product as its definition says it.
 */
#include "real.h"

typedef struct part { /* of y: rows lo .. hi-1, columns left .. right-1 */
    int64_t lo, hi, left, right;
} part;

static void finish_row(const gl_call *c, glia_real *y, int64_t left, int64_t right) {
    const glia_real *bias = c->p[3];
    for (int64_t j = left; bias && j < right; j++) y[j] += bias[j];
    if (c->then) {
        gl_call act = {.p = {y + left, y + left},
                       .n = {1, right - left},
                       .s = {c->s[0], c->s[1]},
                       .knobs = c->knobs};
        c->then(&act, 0, 1, NULL);
    }
}

static void product(const gl_call *c, part of) {
    glia_real *y = c->p[0];                     /* [m, n] */
    const glia_real *a = c->p[1], *b = c->p[2]; /* [m, k], [k, n] */
    int64_t k = c->n[2], a_row = c->n[3], a_col = c->n[4], b_row = c->n[5], b_col = c->n[6];
    int64_t y_row = c->n[7], add = c->n[8];
    for (int64_t i = of.lo; i < of.hi; i++) {
        for (int64_t j = of.left; j < of.right; j++) {
            glia_real sum = add ? y[i * y_row + j] : 0;
            for (int64_t p = 0; p < k; p++)
                sum += a[i * a_row + p * a_col] * b[p * b_row + j * b_col];
            y[i * y_row + j] = sum;
        }
        finish_row(c, y + i * y_row, of.left, of.right);
    }
}

void K(gemm)(PART) { product(c, (part){lo, hi, 0, c->n[1]}); }

void K(gemm_cols)(PART) { product(c, (part){0, c->n[1], lo, hi}); }
