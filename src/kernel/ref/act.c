/*
 * act.c: the activations and their slopes. Each may work in place. A NaN goes in and comes out:
 * that is how the trainer sees that a training diverged. So relu asks x <= 0, which a NaN is not,
 * and gives x else; x > 0 ? x : 0 would make a 0 of it.
 */
#include "real.h"

void K(sigmoid)(PART) {
    glia_real *y = c->p[0];
    const glia_real *x = c->p[1];
    int64_t n = c->n[1];
    EACH for (int64_t i = lo * n; i < hi * n; i++) y[i] = gl_sigmoid(x[i]);
}

void K(tanh)(PART) {
    glia_real *y = c->p[0];
    const glia_real *x = c->p[1];
    int64_t n = c->n[1];
    EACH for (int64_t i = lo * n; i < hi * n; i++) y[i] = gl_tanh(x[i]);
}

void K(exp)(PART) {
    glia_real *y = c->p[0];
    const glia_real *x = c->p[1];
    int64_t n = c->n[1];
    EACH for (int64_t i = lo * n; i < hi * n; i++) y[i] = gl_rate(x[i]);
}

void K(relu)(PART) {
    glia_real *y = c->p[0];
    const glia_real *x = c->p[1];
    int64_t n = c->n[1];
    EACH for (int64_t i = lo * n; i < hi * n; i++) y[i] = x[i] <= 0 ? 0 : x[i];
}

void K(leaky_relu)(PART) {
    glia_real *y = c->p[0], slope = (glia_real)c->s[0];
    const glia_real *x = c->p[1];
    int64_t n = c->n[1];
    EACH for (int64_t i = lo * n; i < hi * n; i++) y[i] = x[i] > 0 ? x[i] : slope * x[i];
}

void K(elu)(PART) {
    glia_real *y = c->p[0];
    const glia_real *x = c->p[1];
    int64_t n = c->n[1];
    EACH for (int64_t i = lo * n; i < hi * n; i++) y[i] = x[i] > 0 ? x[i] : gl_expm1(x[i]);
}

/* The normal distribution function; erfc, because 1 + erf(x / sqrt 2) loses all digits where x is
 * far below zero. */
static inline glia_real gl_phi(glia_real x) { return erfc(-x * (glia_real)M_SQRT1_2) / 2; }

void K(gelu)(PART) {
    glia_real *y = c->p[0];
    const glia_real *x = c->p[1];
    int64_t n = c->n[1];
    for (int64_t i = lo * n; i < hi * n; i++) y[i] = x[i] * gl_phi(x[i]);
}

void K(silu)(PART) {
    glia_real *y = c->p[0];
    const glia_real *x = c->p[1];
    int64_t n = c->n[1];
    EACH for (int64_t i = lo * n; i < hi * n; i++) y[i] = x[i] * gl_sigmoid(x[i]);
}

void K(softplus)(PART) {
    glia_real *y = c->p[0];
    const glia_real *x = c->p[1];
    int64_t n = c->n[1];
    EACH for (int64_t i = lo * n; i < hi * n; i++) y[i] =
        (x[i] > 0 ? x[i] : 0) + gl_log1p(gl_exp(-fabs(x[i])));
}

void K(sigmoid_b)(PART) {
    glia_real *dx = c->p[0];
    const glia_real *dy = c->p[1], *y = c->p[2];
    int64_t n = c->n[1];
    EACH for (int64_t i = lo * n; i < hi * n; i++) dx[i] = dy[i] * y[i] * (1 - y[i]);
}

void K(tanh_b)(PART) {
    glia_real *dx = c->p[0];
    const glia_real *dy = c->p[1], *y = c->p[2];
    int64_t n = c->n[1];
    EACH for (int64_t i = lo * n; i < hi * n; i++) dx[i] = dy[i] * (1 - y[i] * y[i]);
}

void K(relu_b)(PART) {
    glia_real *dx = c->p[0];
    const glia_real *dy = c->p[1], *y = c->p[2];
    int64_t n = c->n[1];
    EACH for (int64_t i = lo * n; i < hi * n; i++) dx[i] = y[i] <= 0 ? 0 : dy[i];
}

void K(leaky_relu_b)(PART) {
    glia_real *dx = c->p[0], slope = (glia_real)c->s[0];
    const glia_real *dy = c->p[1], *y = c->p[2];
    int64_t n = c->n[1];
    EACH for (int64_t i = lo * n; i < hi * n; i++) dx[i] = y[i] > 0 ? dy[i] : slope * dy[i];
}

void K(elu_b)(PART) {
    glia_real *dx = c->p[0];
    const glia_real *dy = c->p[1], *y = c->p[2];
    int64_t n = c->n[1];
    EACH for (int64_t i = lo * n; i < hi * n; i++) dx[i] = y[i] > 0 ? dy[i] : dy[i] * (y[i] + 1);
}

void K(gelu_b)(PART) {
    glia_real *dx = c->p[0];
    const glia_real *dy = c->p[1], *x = c->p[2];
    int64_t n = c->n[1];
    const glia_real density = (glia_real)0.39894228040143267794; /* 1 / sqrt(2 pi) */
    for (int64_t i = lo * n; i < hi * n; i++)
        dx[i] = dy[i] * (gl_phi(x[i]) + x[i] * density * gl_exp(-x[i] * x[i] / 2));
}

void K(silu_b)(PART) {
    glia_real *dx = c->p[0];
    const glia_real *dy = c->p[1], *x = c->p[2];
    int64_t n = c->n[1];
    EACH for (int64_t i = lo * n; i < hi * n; i++) {
        glia_real s = gl_sigmoid(x[i]);
        dx[i] = dy[i] * s * (1 + x[i] * (1 - s));
    }
}

void K(softplus_b)(PART) {
    glia_real *dx = c->p[0];
    const glia_real *dy = c->p[1], *x = c->p[2];
    int64_t n = c->n[1];
    EACH for (int64_t i = lo * n; i < hi * n; i++) dx[i] = dy[i] * gl_sigmoid(x[i]);
}
