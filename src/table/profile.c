/*
 * profile.c: a column as a careful reader would measure it: its quartiles, what lies far outside,
 * how often its most frequent cell comes, and how much it has to do with the target.
 *
 * The relation is one number, 0 (none) to 1 (the one follows from the other), whatever the columns
 * hold, so that columns can be compared:
 *
 *     number, number        Spearman's rank correlation, with its sign
 *     number, category      the correlation ratio of the ranks: sqrt of Kelley's epsilon^2 (1935)
 *     category, category    Cramer's V without its bias (Bergsma, 2013)
 *
 * Ranks, so that one price of a million does not decide. The two last are corrected for what chance
 * gives a column of many categories: an id comes out at 0 and not at 1.
 */
#include "leaks.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

/* An even choice of so many rows is looked at: a correlation is then known to 0.007, and a file of
 * millions of rows takes no longer. */
enum { LOOKED_AT = 20000 };

typedef struct pair {
    double x, y;
    int64_t row;
} pair;

static int by_x(const void *a, const void *b) {
    double p = ((const pair *)a)->x, q = ((const pair *)b)->x;
    return (p > q) - (p < q);
}

static int by_y(const void *a, const void *b) {
    double p = ((const pair *)a)->y, q = ((const pair *)b)->y;
    return (p > q) - (p < q);
}

static int by_number(const void *a, const void *b) {
    double p = *(const double *)a, q = *(const double *)b;
    return (p > q) - (p < q);
}

/* NaN: missing or infinite. */
static double value_of(const gl_column *c, int64_t row) {
    if (c->type == GLIA_CATEGORY) return c->code[row] < 0 ? NAN : (double)c->code[row];
    double v = gl_number(c, row);
    return isfinite(v) ? v : NAN;
}

/* --------------------------------------------------------------------------------- quartiles -- */

/* Between two values as NumPy has it: at (n - 1) q. */
static double quantile(const double *sorted, int64_t n, double q) {
    double at = q * (double)(n - 1);
    int64_t low = (int64_t)at;
    double more = low + 1 < n ? (at - (double)low) * (sorted[low + 1] - sorted[low]) : 0;
    return sorted[low] + more;
}

/* Beyond three times the distance of the quartiles: Tukey's outer fences (1977), beyond which a
 * normal distribution has one value in 400,000. Without a distance there are no fences. */
static void describe_spread(const glia_table *t, const gl_column *c, double *v, int64_t n,
                            glia_profile *out) {
    double sum = 0, squares = 0;
    qsort(v, (size_t)n, sizeof *v, by_number);
    out->q1 = quantile(v, n, 0.25), out->median = quantile(v, n, 0.5);
    out->q3 = quantile(v, n, 0.75);
    for (int64_t i = 0; i < n; i++) sum += v[i];
    for (int64_t i = 0; i < n; i++) squares += pow(v[i] - sum / (double)n, 2);
    out->deviation = sqrt(squares / (double)n);
    double reach = 3 * (out->q3 - out->q1);
    out->low = out->q1 - reach, out->high = out->q3 + reach;
    for (int64_t i = 0; reach > 0 && i < t->rows; i++) {
        double x = value_of(c, i);
        out->outliers += x < out->low || x > out->high;
    }
}

static void find_most(const pair *p, int64_t n, glia_profile *out) {
    int64_t most = 0;
    for (int64_t i = 0, end; i < n; i = end) {
        for (end = i; end < n && p[end].x == p[i].x; end++) continue;
        if (end - i <= most) continue;
        most = end - i;
        out->most_row = p[i].row;
    }
    out->most = n ? (double)most / (double)n : NAN;
}

/* ---------------------------------------------------------------------------------- relation -- */

/* Equal values share the mean of their ranks. */
static void rank_x(pair *p, int64_t n) {
    qsort(p, (size_t)n, sizeof *p, by_x);
    for (int64_t i = 0, end; i < n; i = end) {
        double v = p[i].x;
        for (end = i; end < n && p[end].x == v; end++) continue;
        for (int64_t k = i; k < end; k++) p[k].x = 0.5 * (double)(i + end - 1);
    }
}

static void exchange(pair *p, int64_t n) {
    for (int64_t i = 0; i < n; i++) p[i] = (pair){p[i].y, p[i].x, p[i].row};
}

static double correlation(const pair *p, int64_t n) {
    double middle = 0.5 * (double)(n - 1), xx = 0, yy = 0, xy = 0;
    for (int64_t i = 0; i < n; i++) {
        double dx = p[i].x - middle, dy = p[i].y - middle;
        xx += dx * dx, yy += dy * dy, xy += dx * dy;
    }
    return xx > 0 && yy > 0 ? xy / sqrt(xx * yy) : NAN;
}

/* x in groups, the ranks y. epsilon^2 = 1 - (within / (n - k)) / (all / (n - 1)) */
static double correlation_ratio(pair *p, int64_t n) {
    double within = 0, all = 0, middle = 0.5 * (double)(n - 1);
    int64_t groups = 0;
    qsort(p, (size_t)n, sizeof *p, by_x);
    for (int64_t i = 0, end; i < n; i = end, groups++) {
        double sum = 0;
        for (end = i; end < n && p[end].x == p[i].x; end++) sum += p[end].y;
        double mean = sum / (double)(end - i);
        for (int64_t k = i; k < end; k++) {
            within += pow(p[k].y - mean, 2);
            all += pow(p[k].y - middle, 2);
        }
    }
    if (!(all > 0) || groups < 2) return NAN;
    if (groups == n) return 0; /* each row a group: nothing can be said */
    double epsilon = 1 - within / (double)(n - groups) / (all / (double)(n - 1));
    return epsilon > 0 ? sqrt(epsilon) : 0;
}

static int by_x_then_y(const void *a, const void *b) {
    int order = by_x(a, b);
    return order ? order : by_y(a, b);
}

/* phi^2 = sum n_xy^2 / (n_x n_y) - 1 over the cells that occur; how often each y occurs is in
 * `times`. */
static double cramers_v(pair *p, int64_t n, const int64_t *times, int64_t classes) {
    double sum = 0, rows = (double)n;
    int64_t groups = 0, used = 0;
    qsort(p, (size_t)n, sizeof *p, by_x_then_y);
    for (int64_t k = 0; k < classes; k++) used += times[k] > 0;
    for (int64_t i = 0, end; i < n; i = end, groups++) {
        for (end = i; end < n && p[end].x == p[i].x; end++) continue;
        for (int64_t k = i, same; k < end; k = same) {
            for (same = k; same < end && p[same].y == p[k].y; same++) continue;
            double count = (double)(same - k);
            sum += count * count / ((double)(end - i) * (double)times[(int64_t)p[k].y]);
        }
    }
    double r = (double)groups, c = (double)used;
    if (r < 2 || c < 2 || n < 2) return NAN;
    double phi = fmax(0, sum - 1 - (r - 1) * (c - 1) / (rows - 1));
    r -= (r - 1) * (r - 1) / (rows - 1), c -= (c - 1) * (c - 1) / (rows - 1);
    double least = fmin(r, c) - 1;
    return least > 0 ? fmin(1, sqrt(phi / least)) : 0;
}

/* Numbers as classes: 0, 1, 2 ... in their order. */
static int64_t number_y(pair *p, int64_t n) {
    int64_t k = -1;
    double last = NAN;
    qsort(p, (size_t)n, sizeof *p, by_y);
    for (int64_t i = 0; i < n; i++) {
        if (p[i].y != last) k++;
        last = p[i].y;
        p[i].y = (double)k;
    }
    return k + 1;
}

static double categories_related(glia_ctx *g, pair *p, int64_t n) {
    int64_t classes = number_y(p, n), *times = gl_alloc(g, classes, sizeof *times);
    for (int64_t i = 0; times && i < n; i++) times[(int64_t)p[i].y]++;
    double v = times ? cramers_v(p, n, times, classes) : NAN;
    gl_free(g, times);
    return v;
}

static void relate(const glia_table *t, int x, bool classes, pair *p, int64_t n,
                   glia_profile *out) {
    bool groups = t->column[x].type == GLIA_CATEGORY;
    int64_t both = 0;
    for (int64_t i = 0; i < n; i++)
        if (!isnan(p[i].y)) p[both++] = p[i];
    if (groups && classes) {
        out->relation = categories_related(t->g, p, both), out->measure = "Cramer's V";
        return;
    }
    if (!groups) rank_x(p, both);
    exchange(p, both);
    if (!classes) rank_x(p, both); /* of y */
    if (groups) exchange(p, both);
    bool ranks = !groups && !classes;
    out->measure = ranks ? "rank correlation" : "correlation ratio of ranks";
    out->relation = ranks ? correlation(p, both) : correlation_ratio(p, both);
}

/* Texts have no order, also where they are too many for training to take them for classes. */
static bool has_classes(const glia_table *t, int y) {
    return t->column[y].type == GLIA_CATEGORY || glia_table_classes(t, y) > 0;
}

/* ----------------------------------------------------------------------------------- profile -- */

static int64_t take_pairs(const glia_table *t, int x, int y, pair *p) {
    int64_t n = 0, step = t->rows / LOOKED_AT + 1;
    for (int64_t i = 0; i < t->rows; i += step) {
        double v = value_of(&t->column[x], i);
        if (!isnan(v)) p[n++] = (pair){v, y < 0 ? NAN : value_of(&t->column[y], i), i};
    }
    return n;
}

static glia_status measure(const glia_table *t, int x, int y, pair *p, double *v,
                           glia_profile *out) {
    const gl_column *c = &t->column[x];
    int64_t n = out->rows = take_pairs(t, x, y, p);
    if (!n) return GLIA_OK;
    for (int64_t i = 0; i < n; i++) v[i] = p[i].x;
    if (c->type == GLIA_NUMBER) describe_spread(t, c, v, n, out);
    qsort(p, (size_t)n, sizeof *p, by_x);
    find_most(p, n, out);
    /* of free text the words tell, and whole cells nothing */
    if (y < 0 || y == x || c->role == GL_AS_TEXT) return GLIA_OK;
    bool classes = has_classes(t, y);
    out->undecided = gl_table_undecided(t, x, y, classes, NULL, t->rows);
    relate(t, x, classes, p, n, out);
    return GLIA_OK;
}

glia_status glia_table_profile(const glia_table *t, int column, int target, glia_profile *out) {
    *out = (glia_profile){.q1 = NAN,
                          .median = NAN,
                          .q3 = NAN,
                          .deviation = NAN,
                          .low = NAN,
                          .high = NAN,
                          .most = NAN,
                          .relation = NAN,
                          .undecided = NAN,
                          .most_row = -1};
    bool arrays = t->column[column].type == GLIA_ARRAY;
    if (arrays) return GLIA_OK;
    if (target >= 0 && t->column[target].type == GLIA_ARRAY) target = -1;
    int64_t most = t->rows < 2 * LOOKED_AT ? t->rows : 2 * LOOKED_AT;
    pair *p = gl_alloc(t->g, most, sizeof *p);
    double *v = p ? gl_alloc(t->g, most, sizeof *v) : NULL;
    glia_status status = v ? measure(t, column, target, p, v, out) : GLIA_RESOURCE;
    gl_free(t->g, v);
    gl_free(t->g, p);
    return status;
}
