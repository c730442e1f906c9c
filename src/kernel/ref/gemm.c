/*
 * gemm.c: the matrix product as its definition says it.
 */
#include "finish.h"

static void product(const gl_call *c, part of) {
    const gl_gemm_n *d = &c->gemm_n;
    glia_real *y = c->gemm_p.y;                         /* [m, n] */
    const glia_real *a = c->gemm_p.a, *b = c->gemm_p.b; /* [m, k], [k, n] */
    const glia_real *bias = c->gemm_p.bias;             /* [n] */
    for (int64_t i = of.lo; i < of.hi; i++) {
        for (int64_t j = of.left; j < of.right; j++) {
            glia_real *at = y + i * d->y_row + j, sum = d->add ? *at : 0;
            for (int64_t p = 0; p < d->k; p++)
                sum += a[i * d->a_row + p * d->a_col] * b[p * d->b_row + j * d->b_col];
            *at = bias ? sum + bias[j] : sum;
        }
    }
    finish(c, &of);
}

void K(gemm)(PART) { product(c, (part){lo, hi, 0, c->gemm_n.n}); }

void K(gemm_cols)(PART) { product(c, (part){0, c->gemm_cols_n.m, lo, hi}); }
