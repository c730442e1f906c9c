/*
 * ordinal.c: log-probabilities of ordered classes (McCullagh, "Regression models for ordinal data",
 * 1980). Every logarithm is one of a sigmoid, so nothing is infinite and no two large numbers are
 * subtracted.
 *
 *     class        0     1      2     3          n = 4
 *     limits        c_1   c_2    c_3             c_2 - c_1 = softplus d_1, c_3 - c_2 = softplus d_2
 */
#include "real.h"

static inline glia_real log_sigmoid(glia_real x) {
    return (x < 0 ? x : 0) - gl_log1p(gl_exp(-fabs(x)));
}

static inline glia_real softplus(glia_real x) {
    return (x > 0 ? x : 0) + gl_log1p(gl_exp(-fabs(x)));
}

static glia_real first_limit(const glia_real *d, int64_t n) {
    glia_real span = 0;
    for (int64_t j = 0; j < n - 2; j++) span += softplus(d[j]);
    return -span / 2;
}

void K(ordinal)(PART) {
    glia_real *y = c->p[0];
    const glia_real *x = c->p[1], *d = c->p[2];
    int64_t n = c->n[1];
    glia_real first = first_limit(d, n);
    for (int64_t i = lo; i < hi; i++) {
        glia_real limit = first, *of = y + i * n;
        of[0] = log_sigmoid(limit - x[i]);
        for (int64_t k = 1; k < n - 1; k++) {
            glia_real next = limit + softplus(d[k - 1]);
            of[k] = log_sigmoid(next - x[i]) + log_sigmoid(x[i] - limit) + log_sigmoid(d[k - 1]);
            limit = next;
        }
        of[n - 1] = log_sigmoid(x[i] - limit);
    }
}

/* Towards limit j of one row: what class j - 1 gains and class j loses as it rises. */
static inline glia_real toward_limit(const glia_real *dy, int64_t j, glia_real above) {
    return dy[j - 1] * gl_sigmoid(above) - dy[j] * gl_sigmoid(-above);
}

/* A gap lifts the limits behind it by a half of itself and lowers those before it by the other:
 * behind - sum / 2, where dx is minus the sum over all limits. */
void K(ordinal_b)(PART) {
    glia_real *dx = c->p[0], *dd = c->p[1];
    const glia_real *dy = c->p[2], *x = c->p[3], *d = c->p[4];
    int64_t n = c->n[1];
    glia_real first = first_limit(d, n);
    for (int64_t i = lo; i < hi; i++) {
        const glia_real *of = dy + i * n;
        glia_real *gap = dd + i * (n - 2), limit = first;
        glia_real sum = toward_limit(of, 1, x[i] - limit), behind = 0;
        for (int64_t j = 2; j < n; j++) {
            limit += softplus(d[j - 2]);
            gap[j - 2] = toward_limit(of, j, x[i] - limit);
            sum += gap[j - 2];
        }
        for (int64_t j = n - 3; j >= 0; j--) {
            behind += gap[j];
            gap[j] = gl_sigmoid(d[j]) * (behind - sum / 2) + of[j + 1] * gl_sigmoid(-d[j]);
        }
        dx[i] = -sum;
    }
}
