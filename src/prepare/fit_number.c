/*
 * fit_number.c: a column of numbers: whether it helps, what its missing cells become, how it is
 * scaled.
 */
#include "fit.h"

#include <math.h>

/* Skewness from which the logarithm is taken. A normal distribution has 0, waiting times
 * (exponential) have 2: what is at least as skewed has most of its rows in a corner and a few far
 * out. In titanic.csv these are Fare (4.8), SibSp (3.7) and Parch (2.7), in california_housing.csv
 * population (4.9) but not median_income (1.6). Means of 5 splits without and with: california
 * housing RMSE 54,100 and 53,200, adult 85.5 and 85.7%, titanic 82.2 and 81.9%, the others
 * unchanged (docs/quality.md). */
#define LONG_TAIL 2.0

/* The k-th smallest of v[0..n-1] at v[k], smaller ones before it (Hoare, "Algorithm 65:
 * Find", 1961): time in proportion to n, where sorting each column of a large table would be
 * most of the fit. The pivot is the middle one: columns that are sorted already, as times
 * are, halve exactly. */
static double select_value(double *v, int64_t n, int64_t k) {
    int64_t low = 0, high = n - 1;
    while (low < high) {
        double pivot = v[low + (high - low) / 2];
        int64_t i = low, j = high;
        while (i <= j) {
            while (v[i] < pivot) i++;
            while (v[j] > pivot) j--;
            if (i > j) break;
            double swap = v[i];
            v[i++] = v[j], v[j--] = swap;
        }
        if (k <= j) high = j;
        else if (k >= i) low = i;
        else break;
    }
    return v[k];
}

/* Reorders v. Of an even number, the mean of the two in the middle, as in NumPy; the lower one is
 * the largest of what selection left before the upper. Half their difference is added to it: their
 * sum might be infinite. */
double gl_median(double *v, int64_t n) {
    double upper = select_value(v, n, n / 2), lower = upper;
    if (n % 2) return upper;
    lower = v[0];
    for (int64_t i = 1; i < n / 2; i++) lower = fmax(lower, v[i]);
    return lower + (upper - lower) / 2;
}

/* skewness is the third moment over the cube of the deviation, sum (x - mean)^3 / n / deviation^3.
 * Its standard error for a normal column is about sqrt(6/n), 0.25 for 100 rows: LONG_TAIL is not
 * reached by chance. */
typedef struct moments {
    double min, max, mean, deviation, skewness;
} moments;

static moments measure(const double *v, int64_t n) {
    moments m = {.min = v[0], .max = v[0]};
    double sum = 0, second = 0, third = 0;
    for (int64_t i = 0; i < n; i++) {
        sum += v[i];
        if (v[i] < m.min) m.min = v[i];
        if (v[i] > m.max) m.max = v[i];
    }
    m.mean = sum / (double)n;
    for (int64_t i = 0; i < n; i++) {
        double d = v[i] - m.mean;
        second += d * d;
        third += d * d * d;
    }
    m.deviation = sqrt(second / (double)n);
    m.skewness =
        m.deviation > 0 ? third / (double)n / (m.deviation * m.deviation * m.deviation) : 0;
    return m;
}

/* The training cells of a number column, those that are there, into scratch; returns how many. */
static int64_t present_numbers(const gl_fitting *f, const gl_column *c) {
    int64_t m = 0;
    for (int64_t i = 0; i < f->n; i++) {
        double v = c->number[gl_row_of(f, i)];
        if (!isnan(v)) f->scratch[m++] = v;
    }
    return m;
}

/* Equal but for rounding, 0.3 and 0.30000000000000004: the bound is that of arrays. What remains of
 * such a column is rounding, and divided by it any other value would decide alone. */
static bool is_constant(const double *v, int64_t n) {
    double min = v[0], max = v[0];
    for (int64_t i = 1; i < n; i++) min = fmin(min, v[i]), max = fmax(max, v[i]);
    return max - min <= 1e-12 * fmax(fabs(min), fabs(max));
}

/* With scale "none" or a divisor nothing is left out: the features are then the user's own, a
 * constant or an id among them. */
gl_reason gl_judge_number(const gl_fitting *f, int j) {
    const gl_column *c = &f->t->column[j];
    if (f->scale == GL_SCALE_NONE || f->scale == GL_SCALE_DIVIDE)
        return GL_KEPT; /* as in the file: published recipes count on it */
    int64_t m = present_numbers(f, c);
    if (!m) return GL_EMPTY;
    /* what is infinite is told when the column is fitted */
    if (!c->infinite && is_constant(f->scratch, m)) return m == f->n ? GL_CONSTANT : GL_KEPT;
    return gl_judge_id(f, j);
}

glia_status gl_set_scales(const gl_fitting *f, gl_input_column *in, int64_t scales) {
    in->scales = scales;
    in->center = gl_alloc(f->g, scales, sizeof *in->center);
    in->spread = gl_alloc(f->g, scales, sizeof *in->spread);
    return in->center && in->spread ? GLIA_OK : GLIA_RESOURCE;
}

glia_status gl_set_scale(const gl_fitting *f, gl_input_column *in, double center, double spread) {
    glia_status status = gl_set_scales(f, in, 1);
    if (status) return status;
    in->center[0] = center;
    in->spread[0] = spread;
    return GLIA_OK;
}

/* In sparse rows 0 stays 0, and what lies between -1 and 1 stays as it is. A mean taken off would
 * make numbers of all that the file leaves out; zeros are also what `linear_sparse` skips. Files
 * that were scaled to [-1, 1] by their makers (heart_scale) or hold ones alone (a1a) are learned
 * from as they are, so that published results can be met. */
static glia_status keep_zero(const gl_fitting *f, gl_input_column *in) {
    double largest = 1;
    for (int64_t i = 0; i < f->n; i++) largest = fmax(largest, fabs(f->scratch[i]));
    return largest > 1 ? gl_set_scale(f, in, 0, largest) : GLIA_OK;
}

/* A long right tail (fares, populations, incomes) is drawn in by log(1 + x/s), s the median of the
 * positive values: the result does not depend on the unit, euros or cents. Half of what is positive
 * lies below s, where the curve is nearly a line, and half above, where it bends; 0 stays 0. Zeros
 * do not count for s: the median of Parch, or of a capital gain, is 0. The largest Fare is 9.7
 * deviations from the mean without and 4.4 with the logarithm, the largest population 30 and 8.
 *
 * A negative value has no such logarithm, and what is negative is seldom a size. Whoever asks
 * for "standard" gets what other programs mean by it. Returns s, or 0 where the logarithm does
 * not help. */
static double choose_log(const gl_fitting *f, double *v, const moments *m) {
    if (f->scale != GL_SCALE_AUTO || m->min < 0 || m->skewness < LONG_TAIL) return 0;
    double *copy = gl_alloc(f->g, f->n, sizeof *copy);
    int64_t positive = 0;
    for (int64_t i = 0; copy && i < f->n; i++) {
        if (v[i] > 0) copy[positive++] = v[i];
    }
    double s = positive ? gl_median(copy, positive) : 0;
    gl_free(f->g, copy);
    return s;
}

/* Missing cells are filled first and measured with the others: the feature that the network sees
 * then has mean 0 and deviation 1. The median fills, not the mean, which one fare of 512 moves and
 * which may be a value that no row has anything like. It is taken before the logarithm, which is
 * monotone: it is then the median of what comes out, too. */
glia_status gl_fit_number_column(const gl_fitting *f, const gl_column *c, gl_input_column *in) {
    double *v = f->scratch;
    int64_t present = present_numbers(f, c);
    in->had_missing = present < f->n;
    if (f->spec->notes && !f->t->sparse) gl_warn_of_outsiders(f, c, v, present);
    /* With scale "none" or a divisor a column without a single number is kept, and has
     * no median. */
    bool box = present && present < f->n && is_constant(v, present);
    in->fill = present ? gl_median(v, present) : 0;
    if (f->scale == GL_SCALE_NONE) return GLIA_OK;
    if (f->scale == GL_SCALE_DIVIDE) return gl_set_scale(f, in, 0, f->divisor);
    /* One value and gaps: the gap is the other value. */
    if ((in->box = box)) in->fill = in->fill == 0 ? 1 : 0;
    else in->indicator = in->had_missing && !f->t->sparse && gl_gaps_tell(f, c);

    for (int64_t i = 0; i < f->n; i++) {
        v[i] = c->number[gl_row_of(f, i)];
        if (isnan(v[i])) v[i] = in->fill;
    }
    if (f->scale == GL_SCALE_AUTO && f->t->sparse) return keep_zero(f, in);
    moments m = measure(v, f->n);
    if ((in->log = choose_log(f, v, &m))) {
        for (int64_t i = 0; i < f->n; i++) v[i] = log1p(v[i] / in->log);
        m = measure(v, f->n);
    }
    bool minmax = f->scale == GL_SCALE_MINMAX;
    double center = minmax ? m.min : m.mean, spread = minmax ? m.max - m.min : m.deviation;
    /* Values that are different but as good as equal (1e300 and its neighbour, subnormals) would be
     * divided by 0 or by what is left of rounding. */
    if (!isfinite(center) || !isfinite(spread) || spread <= 0) {
        return gl_fail(f->g, GLIA_INPUT,
                       "%s, column '%s': its values (%g to %g) are too large or too close to be "
                       "scaled; leave it out (option 'ignore')",
                       f->t->source, c->name, m.min, m.max);
    }
    return gl_set_scale(f, in, center, spread);
}
