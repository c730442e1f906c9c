/*
 * join.c: values that several nodes give or read: sums, products, parts of a row.
 */
#include "real.h"

#include <string.h>

void K(sum)(PART) {
    int64_t n = c->n[1];
    glia_real *y = c->p[0];
    const glia_real *a = c->p[1], *b = c->p[2];
    for (int64_t i = lo * n; i < hi * n; i++) y[i] = a[i] + b[i];
}

void K(product)(PART) {
    int64_t n = c->n[1];
    glia_real *y = c->p[0];
    const glia_real *a = c->p[1], *b = c->p[2];
    for (int64_t i = lo * n; i < hi * n; i++) y[i] = a[i] * b[i];
}

void K(copy)(PART) {
    int64_t n = c->n[1];
    glia_real *y = c->p[0];
    const glia_real *x = c->p[1];
    if (y != x) memcpy(y + lo * n, x + lo * n, (size_t)((hi - lo) * n) * sizeof *y);
}

void K(accumulate)(PART) {
    int64_t n = c->n[1];
    glia_real *y = c->p[0];
    const glia_real *x = c->p[1];
    for (int64_t i = lo * n; i < hi * n; i++) y[i] += x[i];
}

void K(put)(PART) {
    int64_t g = c->n[1], before = c->n[2], k = c->n[3], width = before + k + c->n[4];
    glia_real *y = c->p[0];
    const glia_real *x = c->p[1];
    for (int64_t i = lo * g; i < hi * g; i++)
        memcpy(y + i * width + before, x + i * k, (size_t)k * sizeof *y);
}

void K(take)(PART) {
    int64_t g = c->n[1], before = c->n[2], k = c->n[3], width = before + k + c->n[4];
    glia_real *x = c->p[0];
    const glia_real *y = c->p[1];
    for (int64_t i = lo * g; i < hi * g; i++)
        memcpy(x + i * k, y + i * width + before, (size_t)k * sizeof *x);
}
