/*
 * norm.c: values brought to mean 0 and variance 1, over the samples for each unit or over the units
 * of each sample, and the way back. Sums run in double; a variance is taken in a second pass, from
 * differences: the sum of squares would leave no digit of it where the mean is large.
 */
#include "real.h"

/* COLS sums and COLS squares in double are 1 kB, and a row's part of the block is four cache lines
 * of floats: rows are read once for 64 units, each whole line used. */
enum { COLS = 64, LANES = 8 };

/* ---------------------------------------------------------------- over samples, unit by unit -- */

/* Blocks of columns: sum[j] += x_ij, and sum[j] += a_ij b_ij, each in the order of its rows. */
static void add_rows(double *sum, const glia_real *x, int64_t m, int64_t n, int64_t cols) {
    for (int64_t i = 0; i < m; i++) {
        EACH for (int64_t j = 0; j < cols; j++) sum[j] += (double)x[i * n + j];
    }
}

static void add_products(double *sum, const glia_real *a, const glia_real *b, int64_t m, int64_t n,
                         int64_t cols) {
    for (int64_t i = 0; i < m; i++) {
        EACH for (int64_t j = 0; j < cols; j++) sum[j] += (double)a[i * n + j] * b[i * n + j];
    }
}

static void block_moments(glia_real *mean, glia_real *var, const glia_real *x, int64_t m, int64_t n,
                          int64_t cols) {
    double sum[COLS] = {0}, squares[COLS] = {0};
    add_rows(sum, x, m, n, cols);
    EACH for (int64_t j = 0; j < cols; j++) sum[j] /= (double)m;
    for (int64_t i = 0; i < m; i++) {
        EACH for (int64_t j = 0; j < cols; j++) squares[j] +=
            (x[i * n + j] - sum[j]) * (x[i * n + j] - sum[j]);
    }
    EACH for (int64_t j = 0; j < cols; j++) {
        mean[j] = (glia_real)sum[j];
        var[j] = (glia_real)(squares[j] / (double)m);
    }
}

void K(moments)(PART) {
    glia_real *mean = c->p[0], *var = c->p[1]; /* [n], [n] */
    const glia_real *x = c->p[2];              /* [m, n] */
    int64_t n = c->n[0], m = c->n[1];
    for (int64_t j = lo; j < hi; j += COLS)
        block_moments(mean + j, var + j, x + j, m, n, hi - j < COLS ? hi - j : COLS);
}

/* 1 / sqrt(var + eps) */
static void block_scales(glia_real *scale, const glia_real *var, double eps, int64_t cols) {
    EACH for (int64_t j = 0; j < cols; j++) scale[j] = 1 / sqrt(var[j] + (glia_real)eps);
}

void K(unit_norm)(PART) {
    glia_real *y = c->p[0], scale[COLS];                           /* [m, places, n] */
    const glia_real *x = c->p[1], *mean = c->p[2], *var = c->p[3]; /* [m, places, n], [n], [n] */
    int64_t n = c->unit_norm_n.n, places = c->unit_norm_n.places;
    for (int64_t j0 = 0; j0 < n; j0 += COLS) {
        int64_t cols = n - j0 < COLS ? n - j0 : COLS;
        block_scales(scale, var + j0, c->s[0], cols);
        for (int64_t i = lo * places; i < hi * places; i++) {
            int64_t at = i * n + j0;
            EACH for (int64_t j = 0; j < cols; j++) y[at + j] =
                (x[at + j] - mean[j0 + j]) * scale[j];
        }
    }
}

static void block_unit_norm_b(glia_real *dx, const glia_real *dy, const glia_real *y,
                              const glia_real *factor, int64_t m, int64_t n, int64_t cols) {
    double sum[COLS] = {0}, dot[COLS] = {0};
    glia_real mean[COLS], along[COLS];
    add_rows(sum, dy, m, n, cols);
    add_products(dot, dy, y, m, n, cols);
    EACH for (int64_t j = 0; j < cols; j++) {
        mean[j] = (glia_real)(sum[j] / (double)m);
        along[j] = (glia_real)(dot[j] / (double)m);
    }
    for (int64_t i = 0; i < m; i++) {
        EACH for (int64_t j = 0; j < cols; j++) dx[i * n + j] =
            factor[j] * (dy[i * n + j] - mean[j] - y[i * n + j] * along[j]);
    }
}

void K(unit_norm_b)(PART) {
    glia_real *dx = c->p[0], factor[COLS];            /* [m, n] */
    const glia_real *dy = c->p[1], *y = c->p[2];      /* [m, n], [m, n] */
    const glia_real *var = c->p[3], *gamma = c->p[4]; /* [n], [n] */
    int64_t n = c->n[0], m = c->n[1];
    for (int64_t j0 = lo; j0 < hi; j0 += COLS) {
        int64_t cols = hi - j0 < COLS ? hi - j0 : COLS;
        block_scales(factor, var + j0, c->s[0], cols);
        EACH for (int64_t j = 0; j < cols; j++) factor[j] *= gamma[j0 + j];
        block_unit_norm_b(dx + j0, dy + j0, y + j0, factor, m, n, cols);
    }
}

void K(coldot)(PART) {
    glia_real *y = c->p[0];                     /* [n] */
    const glia_real *a = c->p[1], *b = c->p[2]; /* [m, n], [m, n] */
    int64_t n = c->n[0], m = c->n[1];
    for (int64_t j0 = lo; j0 < hi; j0 += COLS) {
        int64_t cols = hi - j0 < COLS ? hi - j0 : COLS;
        double sum[COLS] = {0};
        add_products(sum, a + j0, b + j0, m, n, cols);
        EACH for (int64_t j = 0; j < cols; j++) y[j0 + j] = (glia_real)sum[j];
    }
}

/* -------------------------------------------------------------- over units, sample by sample -- */

/* Eight sums side by side: one alone would wait for each addition before it begins the next. */
static double row_sum(const glia_real *x, int64_t n) {
    double sum[LANES] = {0}, total = 0;
    int64_t whole = n - n % LANES;
    for (int64_t j = 0; j < whole; j += LANES)
        for (int lane = 0; lane < LANES; lane++) sum[lane] += (double)x[j + lane];
    for (int64_t j = whole; j < n; j++) sum[j - whole] += (double)x[j];
    for (int lane = 0; lane < LANES; lane++) total += sum[lane];
    return total;
}

static double row_dot(const glia_real *a, const glia_real *b, int64_t n) {
    double sum[LANES] = {0}, total = 0;
    int64_t whole = n - n % LANES;
    for (int64_t j = 0; j < whole; j += LANES)
        for (int lane = 0; lane < LANES; lane++) sum[lane] += (double)a[j + lane] * b[j + lane];
    for (int64_t j = whole; j < n; j++) sum[j - whole] += (double)a[j] * b[j];
    for (int lane = 0; lane < LANES; lane++) total += sum[lane];
    return total;
}

void K(row_norm)(PART) {
    glia_real *scale = c->row_norm_p.scale; /* [m, places] */
    int64_t n = c->row_norm_n.n, places = c->row_norm_n.places;
    for (int64_t i = lo * places; i < hi * places; i++) {
        const glia_real *x = (const glia_real *)c->p[1] + i * n; /* [n] */
        glia_real *y = (glia_real *)c->p[0] + i * n;
        glia_real mean = (glia_real)(row_sum(x, n) / (double)n);
        EACH for (int64_t j = 0; j < n; j++) y[j] = x[j] - mean;
        scale[i] = (glia_real)(1 / sqrt(row_dot(y, y, n) / (double)n + c->s[0]));
        EACH for (int64_t j = 0; j < n; j++) y[j] *= scale[i];
    }
}

void K(row_norm_b)(PART) {
    const glia_real *scale = c->p[3], *gamma = c->p[4]; /* [m, places], [n] */
    int64_t n = c->row_norm_b_n.n, places = c->row_norm_b_n.places;
    for (int64_t i = lo * places; i < hi * places; i++) {
        glia_real *dx = (glia_real *)c->p[0] + i * n; /* [n] */
        const glia_real *dy = (const glia_real *)c->p[1] + i * n;
        const glia_real *y = (const glia_real *)c->p[2] + i * n;
        EACH for (int64_t j = 0; j < n; j++) dx[j] = gamma[j] * dy[j];
        glia_real mean = (glia_real)(row_sum(dx, n) / (double)n);
        glia_real along = (glia_real)(row_dot(dx, y, n) / (double)n);
        EACH for (int64_t j = 0; j < n; j++) dx[j] = scale[i] * (dx[j] - mean - y[j] * along);
    }
}

/* -------------------------------------------------------------------------------------- both -- */

void K(affine)(PART) {
    glia_real *y = c->p[0];                                          /* [m, places, n] */
    const glia_real *x = c->p[1], *gamma = c->p[2], *beta = c->p[3]; /* [m, places, n], [n], [n] */
    int64_t n = c->affine_n.n, places = c->affine_n.places;
    for (int64_t i = lo * places; i < hi * places; i++) {
        EACH for (int64_t j = 0; j < n; j++) y[i * n + j] = gamma[j] * x[i * n + j] + beta[j];
    }
}

void K(fold)(PART) {
    int64_t m = c->fold_n.m;
    glia_real *u = c->fold_p.u, *folded = c->fold_p.c;  /* [n, m], [n] */
    const glia_real *w = c->fold_p.w, *b = c->fold_p.b; /* [n, m], [n] */
    const glia_real *mean = c->fold_p.mean, *var = c->fold_p.var, *gamma = c->fold_p.gamma,
                    *beta = c->fold_p.beta; /* [n] */
    for (int64_t j = lo; j < hi; j++) {
        double scale = gamma[j] / sqrt((double)var[j] + c->s[0]);
        for (int64_t i = 0; i < m; i++) u[j * m + i] = (glia_real)(scale * w[j * m + i]);
        folded[j] = (glia_real)(scale * ((double)b[j] - mean[j]) + beta[j]);
    }
}

void K(average)(PART) {
    glia_real *y = c->p[0], keep = (glia_real)c->s[0], take = (glia_real)c->s[1];
    const glia_real *x = c->p[1];
    EACH for (int64_t i = lo; i < hi; i++) y[i] = keep * y[i] + take * x[i];
}
