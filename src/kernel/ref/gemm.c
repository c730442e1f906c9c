/*
 * gemm.c: the matrix product as its definition says it.
 */
#include "finish.h"

static void product(const gl_call *c, part of) {
    glia_real *y = c->p[0];                                      /* [m, n] */
    const glia_real *a = c->p[1], *b = c->p[2], *bias = c->p[3]; /* [m, k], [k, n], [n] */
    int64_t k = c->n[2], a_row = c->n[3], a_col = c->n[4], b_row = c->n[5], b_col = c->n[6];
    int64_t y_row = c->n[7], add = c->n[8];
    for (int64_t i = of.lo; i < of.hi; i++) {
        for (int64_t j = of.left; j < of.right; j++) {
            glia_real sum = add ? y[i * y_row + j] : 0;
            for (int64_t p = 0; p < k; p++)
                sum += a[i * a_row + p * a_col] * b[p * b_row + j * b_col];
            y[i * y_row + j] = bias ? sum + bias[j] : sum;
        }
    }
    finish(c, &of);
}

void K(gemm)(PART) { product(c, (part){lo, hi, 0, c->n[1]}); }

void K(gemm_cols)(PART) { product(c, (part){0, c->n[1], lo, hi}); }
