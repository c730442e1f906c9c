/*
 * softmax.c: softmax, and softmax with cross-entropy as one step on the logits z, finite for any
 * finite z. The largest logit is taken off all, exp(z - c) / sum exp(z - c) being the same for any
 * c: the largest exponential is then 1, none overflows, and the sum is at least 1.
 */
#include "real.h"
#include <string.h>

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

/* What runs over so many rows at once fills vectors, which three classes do not. */
enum { AT_ONCE = 32, FEW_CLASSES = 16 };

/* -log p_t, from z: p_t itself may be too small to have a logarithm. */
static void many_classes(glia_real *loss, glia_real *p, const glia_real *z, const glia_real *t,
                         int64_t rows, int64_t n) {
    exp_rows(p, z, rows, n);
    for (int64_t i = 0; i < rows; i++) {
        glia_real sum = row_sum(p + i * n, n);
        loss[i] = gl_log(sum) - (z[i * n + (int64_t)t[i]] - row_max(z + i * n, n));
        divide_row(p + i * n, sum, n);
    }
}

/* The same of AT_ONCE rows, the classes turned into rows of samples. Loops of a length that is
 * known are vectors without a rest: notebook 2026-11, 28.9. */
static void few_classes(glia_real *loss, glia_real *p, const glia_real *z, const glia_real *t,
                        int64_t n) {
    glia_real turned[FEW_CLASSES][AT_ONCE], max[AT_ONCE], sum[AT_ONCE] = {0};
    for (int i = 0; i < AT_ONCE; i++) loss[i] = z[i * n + (int64_t)t[i]];
    for (int64_t j = 0; j < n; j++) {
        EACH for (int i = 0; i < AT_ONCE; i++) turned[j][i] = z[i * n + j];
        EACH for (int i = 0; i < AT_ONCE; i++) max[i] =
            j == 0 || turned[j][i] > max[i] ? turned[j][i] : max[i];
    }
    for (int64_t j = 0; j < n; j++) {
        EACH for (int i = 0; i < AT_ONCE; i++) turned[j][i] = gl_exp(turned[j][i] - max[i]);
        EACH for (int i = 0; i < AT_ONCE; i++) sum[i] += turned[j][i];
    }
    EACH for (int i = 0; i < AT_ONCE; i++) loss[i] = gl_log(sum[i]) - (loss[i] - max[i]);
    for (int64_t j = 0; j < n; j++)
        EACH for (int i = 0; i < AT_ONCE; i++) p[i * n + j] = turned[j][i] / sum[i];
}

/* Fewer rows, with others behind them. */
static void few_rows(glia_real *loss, glia_real *p, const glia_real *z, const glia_real *t,
                     int64_t rows, int64_t n) {
    glia_real more_loss[AT_ONCE], more_p[AT_ONCE * FEW_CLASSES],
        more_z[AT_ONCE * FEW_CLASSES] = {0}, more_t[AT_ONCE] = {0};
    memcpy(more_z, z, (size_t)(rows * n) * sizeof *z);
    memcpy(more_t, t, (size_t)rows * sizeof *t);
    few_classes(more_loss, more_p, more_z, more_t, n);
    memcpy(loss, more_loss, (size_t)rows * sizeof *loss);
    memcpy(p, more_p, (size_t)(rows * n) * sizeof *p);
}

void K(softmax_ce)(PART) {
    glia_real *loss = c->p[0], *p = c->p[1];    /* [m], [m, n] */
    const glia_real *z = c->p[2], *t = c->p[3]; /* [m, n], [m] */
    int64_t n = c->n[1];
    if (n > FEW_CLASSES) many_classes(loss + lo, p + lo * n, z + lo * n, t + lo, hi - lo, n);
    for (int64_t i = lo; i < hi && n <= FEW_CLASSES; i += AT_ONCE) {
        if (hi - i >= AT_ONCE) few_classes(loss + i, p + i * n, z + i * n, t + i, n);
        else few_rows(loss + i, p + i * n, z + i * n, t + i, hi - i, n);
    }
}

/* Row by row, 9% of a training on iris was spent here. */

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
