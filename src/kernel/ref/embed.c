/*
 * embed.c: rows of W by their numbers, which are reals as everything in x is. What is no number of
 * a row, be it NaN, is none: nothing outside of W can be read, and nothing can fail.
 */
#include "real.h"

#include <string.h>

/* Of a matrix with v rows, which are counted from 1; -1: that is none of their numbers. */
static int64_t row_of(glia_real id, int64_t v) {
    return id >= 1 && id <= (glia_real)v && id == floor(id) ? (int64_t)id - 1 : -1;
}

void K(embed)(PART) {
    const gl_embed_n *d = &c->embed_n;
    const glia_real *ids = c->embed_p.ids, *w = c->embed_p.w; /* [m, t], [v, n] */
    glia_real *y = c->embed_p.y;                              /* [m, t, n] */
    size_t size = (size_t)d->n * sizeof *y;
    for (int64_t i = lo * d->t; i < hi * d->t; i++) {
        int64_t row = row_of(ids[i], d->v);
        if (row < 0) memset(y + i * d->n, 0, size);
        else memcpy(y + i * d->n, w + row * d->n, size);
    }
}

/* Cut by columns, so that a row that stands in many samples is one sum all the same. */
void K(embed_b)(PART) {
    const gl_embed_b_n *d = &c->embed_b_n;
    const glia_real *ids = c->embed_b_p.ids, *dy = c->embed_b_p.dy; /* [m, t], [m, t, n] */
    glia_real *dw = c->embed_b_p.dw;                                /* [v, n] */
    for (int64_t k = 0; k < d->v; k++)
        memset(dw + k * d->n + lo, 0, (size_t)(hi - lo) * sizeof *dw);
    for (int64_t i = 0; i < d->m * d->t; i++) {
        int64_t row = row_of(ids[i], d->v);
        if (row < 0) continue;
        glia_real *restrict sum = dw + row * d->n;
        EACH for (int64_t j = lo; j < hi; j++) sum[j] += dy[i * d->n + j];
    }
}
