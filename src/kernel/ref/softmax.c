/*
 * softmax.c: softmax, and softmax with cross-entropy as one step on the logits z, finite for any
 * finite z. The largest logit is taken off all, exp(z - c) / sum exp(z - c) being the same for any
 * c: the largest exponential is then 1, none overflows, and the sum is at least 1.
 */
#include "real.h"

static glia_real row_max(const glia_real *z, int64_t n) {
    glia_real max = z[0];
    for (int64_t j = 1; j < n; j++) max = z[j] > max ? z[j] : max;
    return max;
}

static glia_real row_sum(const glia_real *p, int64_t n) {
    glia_real sum = 0;
    for (int64_t j = 0; j < n; j++) sum += p[j];
    return sum;
}

/* p = exp(z - max) in `rows` rows. The exponentials run over all rows at once: ten classes do not
 * fill a vector. */
static void exp_rows(glia_real *p, const glia_real *z, int64_t rows, int64_t n) {
    for (int64_t i = 0; i < rows; i++) {
        glia_real max = row_max(z + i * n, n);
        EACH for (int64_t j = 0; j < n; j++) p[i * n + j] = z[i * n + j] - max;
    }
    EACH for (int64_t i = 0; i < rows * n; i++) p[i] = gl_exp(p[i]);
}

static void divide_row(glia_real *p, glia_real sum, int64_t n) {
    EACH for (int64_t j = 0; j < n; j++) p[j] /= sum;
}

void K(softmax)(PART) {
    glia_real *y = c->p[0];
    const glia_real *x = c->p[1];
    int64_t n = c->n[1];
    exp_rows(y + lo * n, x + lo * n, hi - lo, n);
    for (int64_t i = lo; i < hi; i++) divide_row(y + i * n, row_sum(y + i * n, n), n);
}

/* -log p_t, from z: p_t itself may be too small to have a logarithm. */
void K(softmax_ce)(PART) {
    glia_real *loss = c->p[0], *p = c->p[1];    /* [m], [m, n] */
    const glia_real *z = c->p[2], *t = c->p[3]; /* [m, n], [m] */
    int64_t n = c->n[1];
    exp_rows(p + lo * n, z + lo * n, hi - lo, n);
    for (int64_t i = lo; i < hi; i++) {
        glia_real sum = row_sum(p + i * n, n);
        loss[i] = log(sum) - (z[i * n + (int64_t)t[i]] - row_max(z + i * n, n));
        divide_row(p + i * n, sum, n);
    }
}

/* The divisions run over so many rows at once: three classes do not fill a vector (row by row, 9%
 * of a training on iris was spent here). */
enum { AT_ONCE = 64 };

void K(softmax_ce_b)(PART) {
    glia_real *dz = c->p[0];
    const glia_real *p = c->p[1], *t = c->p[2];
    int64_t n = c->n[1];
    glia_real m = (glia_real)c->n[0];
    for (int64_t i = lo; i < hi; i += AT_ONCE) {
        int64_t rows = i + AT_ONCE < hi ? AT_ONCE : hi - i;
        glia_real right[AT_ONCE]; /* dz may take the place of p */
        for (int64_t r = 0; r < rows; r++) right[r] = (p[(i + r) * n + (int64_t)t[i + r]] - 1) / m;
        EACH for (int64_t j = i * n; j < (i + rows) * n; j++) dz[j] = p[j] / m;
        for (int64_t r = 0; r < rows; r++) dz[(i + r) * n + (int64_t)t[i + r]] = right[r];
    }
}

/* -sum_j t'_j log p_j with t' = (1 - E) onehot t + E/n, from -log p_t: -log p_j = -log p_t + z_t -
 * z_j. */
void K(softmax_smooth)(PART) {
    glia_real *loss = c->p[0];
    const glia_real *z = c->p[1], *t = c->p[2]; /* [m, n], [m] */
    int64_t n = c->n[1];
    glia_real share = (glia_real)c->s[0];
    for (int64_t i = lo; i < hi; i++)
        loss[i] += share * (z[i * n + (int64_t)t[i]] - row_sum(z + i * n, n) / (glia_real)n);
}

void K(softmax_smooth_b)(PART) {
    glia_real *dz = c->p[0];
    const glia_real *t = c->p[1];
    int64_t n = c->n[1];
    glia_real each = (glia_real)(c->s[0] / (double)c->n[0]), all = each / (glia_real)n;
    for (int64_t i = lo; i < hi; i++) {
        int64_t class = (int64_t)t[i];
        EACH for (int64_t j = 0; j < n; j++) dz[i * n + j] += (j == class) * each - all;
    }
}
