/*
 * loss.c: one loss per sample and the gradient of their mean; the mean itself, the l2 and l1 terms,
 * weighted samples, smoothed labels. Softmax has its own file.
 */
#include "real.h"

/* -t log s(z) - (1 - t) log(1 - s(z)), with both logarithms taken of the exponential that cannot
 * overflow: log s(z) = min(z, 0) - log(1 + e) and log(1 - s(z)) = -max(z, 0) - log(1 + e). */
static inline glia_real sigmoid_loss(glia_real z, glia_real t, glia_real e) {
    return (z > 0 ? z : 0) - z * t + gl_log1p(e); /* e = exp(-|z|) */
}

void K(sigmoid_ce)(PART) {
    glia_real *loss = c->p[0], *p = c->p[1];    /* [m], [m, n] */
    const glia_real *z = c->p[2], *t = c->p[3]; /* [m, n], [m, n] */
    int64_t n = c->n[1];
    if (n == 1) { /* the usual case takes each exponential once */
        EACH for (int64_t i = lo; i < hi; i++) {
            glia_real e = gl_exp(-fabs(z[i]));
            loss[i] = sigmoid_loss(z[i], t[i], e);
            p[i] = gl_sigmoid_from(z[i], e);
        }
        return;
    }
    glia_real *each = p; /* the terms have their place until the probabilities take it */
    EACH for (int64_t j = lo * n; j < hi * n; j++) each[j] =
        sigmoid_loss(z[j], t[j], gl_exp(-fabs(z[j])));
    for (int64_t i = lo; i < hi; i++) {
        glia_real sum = each[i * n];
        for (int64_t j = i * n + 1; j < (i + 1) * n; j++) sum += each[j];
        loss[i] = sum;
    }
    EACH for (int64_t j = lo * n; j < hi * n; j++) p[j] = gl_sigmoid(z[j]);
}

void K(sigmoid_ce_b)(PART) {
    glia_real *dz = c->p[0], m = (glia_real)c->n[0];
    const glia_real *p = c->p[1], *t = c->p[2];
    int64_t n = c->n[1];
    EACH for (int64_t i = lo * n; i < hi * n; i++) dz[i] = (p[i] - t[i]) / m;
}

/* Above GL_MOST_LOG the rate stays what it is there, so that a wild z gives a large loss and not an
 * infinite one; the loss then rises with that slope. */
void K(poisson)(PART) {
    glia_real *loss = c->p[0], *p = c->p[1];
    const glia_real *z = c->p[2], *t = c->p[3];
    int64_t n = c->n[1];
    EACH for (int64_t j = lo * n; j < hi * n; j++) p[j] = gl_rate(z[j]);
    for (int64_t i = lo; i < hi; i++) {
        glia_real sum = 0;
        for (int64_t j = i * n; j < (i + 1) * n; j++) {
            glia_real beyond = z[j] > GL_MOST_LOG ? z[j] - GL_MOST_LOG : 0;
            sum += p[j] + p[j] * beyond - t[j] * z[j];
        }
        loss[i] = sum;
    }
}

void K(poisson_b)(PART) {
    glia_real *dz = c->p[0], m = (glia_real)c->n[0];
    const glia_real *p = c->p[1], *t = c->p[2];
    int64_t n = c->n[1];
    EACH for (int64_t i = lo * n; i < hi * n; i++) dz[i] = (p[i] - t[i]) / m;
}

void K(mse)(PART) {
    glia_real *loss = c->p[0];
    const glia_real *y = c->p[1], *t = c->p[2];
    int64_t n = c->n[1];
    if (n == 1) { /* the usual case fills vectors */
        EACH for (int64_t i = lo; i < hi; i++) loss[i] = (y[i] - t[i]) * (y[i] - t[i]);
        return;
    }
    for (int64_t i = lo; i < hi; i++) {
        glia_real sum = 0;
        for (int64_t j = i * n; j < (i + 1) * n; j++) sum += (y[j] - t[j]) * (y[j] - t[j]);
        loss[i] = sum;
    }
}

void K(mse_b)(PART) {
    glia_real *dy = c->p[0], m = (glia_real)c->n[0];
    const glia_real *y = c->p[1], *t = c->p[2];
    int64_t n = c->n[1];
    EACH for (int64_t i = lo * n; i < hi * n; i++) dy[i] = 2 * (y[i] - t[i]) / m;
}

void K(mae)(PART) {
    glia_real *loss = c->p[0];
    const glia_real *y = c->p[1], *t = c->p[2];
    int64_t n = c->n[1];
    for (int64_t i = lo; i < hi; i++) {
        glia_real sum = 0;
        for (int64_t j = i * n; j < (i + 1) * n; j++) sum += fabs(y[j] - t[j]);
        loss[i] = sum;
    }
}

void K(mae_b)(PART) {
    glia_real *dy = c->p[0], m = (glia_real)c->n[0];
    const glia_real *y = c->p[1], *t = c->p[2];
    int64_t n = c->n[1];
    EACH for (int64_t i = lo * n; i < hi * n; i++) {
        glia_real e = y[i] - t[i];
        dy[i] = (e > 0 ? 1 : e < 0 ? -1 : e) / m; /* e itself when it is 0 or NaN */
    }
}

void K(huber)(PART) {
    glia_real *loss = c->p[0], d = (glia_real)c->s[0];
    const glia_real *y = c->p[1], *t = c->p[2];
    int64_t n = c->n[1];
    for (int64_t i = lo; i < hi; i++) {
        glia_real sum = 0;
        for (int64_t j = i * n; j < (i + 1) * n; j++) {
            glia_real e = fabs(y[j] - t[j]);
            sum += e <= d ? e * e / 2 : d * (e - d / 2);
        }
        loss[i] = sum;
    }
}

void K(huber_b)(PART) {
    glia_real *dy = c->p[0], m = (glia_real)c->n[0], d = (glia_real)c->s[0];
    const glia_real *y = c->p[1], *t = c->p[2];
    int64_t n = c->n[1];
    EACH for (int64_t i = lo * n; i < hi * n; i++) {
        glia_real e = y[i] - t[i];
        dy[i] = (e > d ? d : e < -d ? -d : e) / m;
    }
}

/* Koenker and Bassett, "Regression quantiles", 1978. */
void K(pinball)(PART) {
    glia_real *loss = c->p[0];
    const glia_real *y = c->p[1], *t = c->p[2]; /* [m, n], [m] */
    int64_t n = c->n[1];
    for (int64_t i = lo; i < hi; i++) {
        glia_real sum = 0;
        for (int64_t j = 0; j < n; j++) {
            glia_real q = (glia_real)c->s[j % GL_SCALARS], e = t[i] - y[i * n + j];
            sum += e >= 0 ? q * e : (q - 1) * e;
        }
        loss[i] = sum;
    }
}

void K(pinball_b)(PART) {
    glia_real *dy = c->p[0], m = (glia_real)c->n[0];
    const glia_real *y = c->p[1], *t = c->p[2];
    int64_t n = c->n[1];
    for (int64_t i = lo; i < hi; i++)
        for (int64_t j = 0; j < n; j++) {
            glia_real q = (glia_real)c->s[j % GL_SCALARS], e = y[i * n + j] - t[i];
            dy[i * n + j] = (e > 0 ? 1 - q : e < 0 ? -q : e) / m; /* e: 0, or NaN */
        }
}

/* Each addition's rounding error is kept and added at the end (Neumaier, 1974): the mean of m equal
 * losses is that loss. */
static inline void add_exactly(double *sum, double *lost, double x) {
    double next = *sum + x, taken = next - *sum;
    *lost += (*sum - (next - taken)) + (x - taken);
    *sum = next;
}

/* Eight sums side by side: one alone would wait for each addition before it begins the next. */
void K(mean)(PART) {
    glia_real *cost = c->p[0];
    const glia_real *loss = c->p[1];
    int64_t m = c->n[1], whole = m - m % 8;
    double sum[8] = {0}, lost[8] = {0};
    if (lo == hi) return;
    for (int64_t i = 0; i < whole; i += 8)
        for (int chain = 0; chain < 8; chain++)
            add_exactly(&sum[chain], &lost[chain], (double)loss[i + chain]);
    for (int64_t i = whole; i < m; i++)
        add_exactly(&sum[i - whole], &lost[i - whole], (double)loss[i]);
    for (int chain = 1; chain < 8; chain++) {
        add_exactly(&sum[0], &lost[0], sum[chain]);
        lost[0] += lost[chain];
    }
    /* of an infinite sum the lost part is inf - inf: the cost must be infinite then, and not NaN
     * by accident */
    *cost = (glia_real)((isfinite(sum[0]) ? sum[0] + lost[0] : sum[0]) / (double)m);
}

void K(l2)(PART) {
    glia_real *cost = c->p[0];
    if (lo < hi) *cost = (glia_real)(*cost + c->s[0] / 2 * gl_sum_of_squares(c->p[1], c->n[1]));
}

/* Here too. */
static double sum_of_sizes(const glia_real *w, int64_t k) {
    double sum[8] = {0}, total = 0;
    int64_t whole = k - k % 8;
    for (int64_t i = 0; i < whole; i += 8)
        for (int lane = 0; lane < 8; lane++) sum[lane] += (double)fabs(w[i + lane]);
    for (int64_t i = whole; i < k; i++) sum[i - whole] += (double)fabs(w[i]);
    for (int lane = 0; lane < 8; lane++) total += sum[lane];
    return total;
}

void K(l1)(PART) {
    glia_real *cost = c->p[0];
    if (lo < hi) *cost = (glia_real)(*cost + c->s[0] * sum_of_sizes(c->p[1], c->n[1]));
}

void K(weigh)(PART) {
    glia_real *x = c->p[0];
    const glia_real *w = c->p[1]; /* [m] */
    int64_t n = c->n[1];
    for (int64_t i = lo; i < hi; i++) {
        EACH for (int64_t j = i * n; j < (i + 1) * n; j++) x[j] *= w[i];
    }
}

void K(smooth)(PART) {
    glia_real *t = c->p[0], keep = (glia_real)(1 - c->s[0]), half = (glia_real)(c->s[0] / 2);
    const glia_real *y = c->p[1];
    int64_t n = c->n[1];
    EACH for (int64_t i = lo * n; i < hi * n; i++) t[i] = keep * y[i] + half;
}
