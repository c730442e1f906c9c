/*
 * position.c: where a step stands in its sequence, as numbers that are added to it: waves, each
 * longer than the one before it (Vaswani et al., 2017).
 */
#include "real.h"

void K(waves)(PART) {
    int64_t n = c->waves_n.n;
    for (int64_t t = lo; t < hi; t++) {
        glia_real *y = (glia_real *)c->waves_p.y + t * n; /* [n] */
        for (int64_t j = 0; j < n; j++) {
            double angle = (double)t * pow(10000, -(double)(j - j % 2) / (double)n);
            y[j] = (glia_real)(j % 2 ? cos(angle) : sin(angle));
        }
    }
}

void K(shift)(PART) {
    glia_real *y = c->shift_p.y;                          /* [m, n] */
    const glia_real *x = c->shift_p.x, *b = c->shift_p.b; /* [m, n], [n] */
    int64_t n = c->shift_n.n;
    for (int64_t i = lo; i < hi; i++) {
        EACH for (int64_t j = 0; j < n; j++) y[i * n + j] = x[i * n + j] + b[j];
    }
}
