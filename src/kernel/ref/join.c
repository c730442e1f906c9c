/*
 * join.c: values that several nodes give or read: sums, products, parts of a row, of a picture.
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

static int64_t between(int64_t low, int64_t at, int64_t high) {
    return at < low ? low : at < high ? at : high;
}

static void clear_pixels(glia_real *y, int64_t n) { memset(y, 0, (size_t)n * sizeof *y); }

/* Columns left .. right-1 of y are there in x, of the rows that are. */
void K(reframe)(PART) {
    const gl_reframe_n *d = &c->reframe_n;
    int64_t left = between(0, -d->left, d->y_w), right = between(left, d->w - d->left, d->y_w);
    for (int64_t i = lo * d->y_h; i < hi * d->y_h; i++) {
        int64_t s = i / d->y_h, row = i % d->y_h + d->top;
        bool is_there = row >= 0 && row < d->h && right > left;
        glia_real *y = (glia_real *)c->reframe_p.y + i * d->y_w * d->c;
        const glia_real *x = c->reframe_p.x;
        clear_pixels(y, (is_there ? left : d->y_w) * d->c);
        if (!is_there) continue;
        memcpy(y + left * d->c, x + ((s * d->h + row) * d->w + left + d->left) * d->c,
               (size_t)((right - left) * d->c) * sizeof *y);
        clear_pixels(y + right * d->c, (d->y_w - right) * d->c);
    }
}
