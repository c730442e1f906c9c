/*
 * linear.h: four rows of x at once meet one row of W, as vectors: for ref/linear.c.
 */
#ifndef GL_LINEAR_H
#define GL_LINEAR_H

#include "vector.h"

typedef glia_real quad
    __attribute__((vector_size(4 * sizeof(glia_real)), aligned(sizeof(glia_real)), may_alias));

/* z_r = sum of v_r */
INLINE void sum_each(glia_real z[4], const vec v[4]) {
    quad q[4];
    for (int r = 0; r < 4; r++) {
        glia_real lane[LANES > 4 ? LANES : 4] = {0};
        store(lane, v[r]);
        q[r] = *(const quad *)lane;
        for (int i = 4; i < LANES; i += 4) q[r] += *(const quad *)(lane + i);
    }
    quad a = __builtin_shufflevector(q[0], q[1], 0, 4, 1, 5) +
             __builtin_shufflevector(q[0], q[1], 2, 6, 3, 7);
    quad b = __builtin_shufflevector(q[2], q[3], 0, 4, 1, 5) +
             __builtin_shufflevector(q[2], q[3], 2, 6, 3, 7);
    quad sum =
        __builtin_shufflevector(a, b, 0, 1, 4, 5) + __builtin_shufflevector(a, b, 2, 3, 6, 7);
    for (int r = 0; r < 4; r++) z[r] = sum[r];
}

/* z_r = x_r' w */
INLINE void dot_rows(glia_real z[4], const glia_real *const x[4], const glia_real *w, int64_t k) {
    const glia_real *x0 = x[0], *x1 = x[1], *x2 = x[2], *x3 = x[3];
    vec sum[4] = {{0}, {0}, {0}, {0}};
    int64_t p = 0;
    for (; p + LANES <= k; p += LANES) {
        vec wp = load(w + p);
        sum[0] += load(x0 + p) * wp, sum[1] += load(x1 + p) * wp;
        sum[2] += load(x2 + p) * wp, sum[3] += load(x3 + p) * wp;
    }
    sum_each(z, sum);
    for (; p < k; p++) {
        z[0] += x0[p] * w[p], z[1] += x1[p] * w[p];
        z[2] += x2[p] * w[p], z[3] += x3[p] * w[p];
    }
}

/* dw += sum of d_r x_r. What lies `ahead` numbers further is read next: it is on its way from
 * memory meanwhile. */
INLINE void add_rows(glia_real *dw, const glia_real d[4], const glia_real *const x[4], int64_t k,
                     int64_t ahead) {
    const glia_real *x0 = x[0], *x1 = x[1], *x2 = x[2], *x3 = x[3];
    glia_real d0 = d[0], d1 = d[1], d2 = d[2], d3 = d[3];
    int64_t p = 0;
    for (; p + LANES <= k; p += LANES) {
        __builtin_prefetch(x0 + ahead + p), __builtin_prefetch(x1 + ahead + p);
        __builtin_prefetch(x2 + ahead + p), __builtin_prefetch(x3 + ahead + p);
        store(dw + p, load(dw + p) + d0 * load(x0 + p) + d1 * load(x1 + p) + d2 * load(x2 + p) +
                          d3 * load(x3 + p));
    }
    for (; p < k; p++) dw[p] += d0 * x0[p] + d1 * x1[p] + d2 * x2[p] + d3 * x3[p];
}

#endif
