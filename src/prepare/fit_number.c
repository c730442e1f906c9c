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
        double v = gl_number(c, gl_row_of(f, i));
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
    if (gl_as_in_the_file(gl_wish_of(f, c))) return GL_KEPT;
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
 * for "standard" gets what other programs mean by it. */
static double half_of_positive(const gl_fitting *f, const double *v) {
    double *copy = gl_alloc(f->g, f->n, sizeof *copy);
    int64_t positive = 0;
    for (int64_t i = 0; copy && i < f->n; i++) {
        if (v[i] > 0) copy[positive++] = v[i];
    }
    double s = positive ? gl_median(copy, positive) : 0;
    gl_free(f->g, copy);
    return s;
}

static glia_status choose_log(const gl_fitting *f, const gl_wish *w, const moments *m,
                              gl_input_column *in) {
    bool helps = w->scale == GL_SCALE_AUTO && m->min >= 0 && m->skewness >= LONG_TAIL;
    if (w->log == 0 || (w->log < 0 && !helps)) return GLIA_OK;
    in->log_said = w->log_scale > 0;
    in->log = in->log_said ? w->log_scale : half_of_positive(f, f->scratch);
    if (w->log < 0) return GLIA_OK;
    char least[40];
    if (m->min < 0)
        return gl_wish_fail(f, w, GL_KEY_log, "found the value %s, expected none below 0",
                            gl_print_number(m->min, least, sizeof least));
    if (in->log > 0) return GLIA_OK;
    return gl_wish_fail(f, w, GL_KEY_log, "found no value above 0, of which s is the median");
}

static glia_status set_scale(const gl_fitting *f, const gl_wish *w, const moments *m,
                             gl_input_column *in) {
    switch (in->scaling) {
    case GL_SCALE_NONE: return GLIA_OK;
    case GL_SCALE_DIVIDE: return gl_set_scale(f, in, 0, w->divisor);
    case GL_SCALE_GIVEN: return gl_take_scales(f, w, in, 1);
    case GL_SCALE_LARGEST: return keep_zero(f, in);
    default: break;
    }
    bool minmax = in->scaling == GL_SCALE_MINMAX;
    double center = minmax ? m->min : m->mean, spread = minmax ? m->max - m->min : m->deviation;
    /* Values that are different but as good as equal (1e300 and its neighbour, subnormals) would be
     * divided by 0 or by what is left of rounding. */
    if (!isfinite(center) || !isfinite(spread) || spread <= 0) {
        return gl_fail(f->g, GLIA_INPUT,
                       "%s, column '%s': its values (%g to %g) are too large or too close to be "
                       "scaled; leave it out (option 'ignore')",
                       f->t->source, in->name, m->min, m->max);
    }
    return gl_set_scale(f, in, center, spread);
}

/* What a missing cell becomes, and whether the network hears of it. The median fills, not the mean,
 * which one fare of 512 moves and which may be a value that no row has anything like. One value and
 * gaps: the gap is the other value. With scale "none" or a divisor a column without a single number
 * is kept, and has no median; nor is anything added to what the file has. */
void gl_fit_gaps(const gl_fitting *f, const gl_column *c, gl_input_column *in) {
    const gl_wish *w = gl_wish_of(f, c);
    double *v = f->scratch;
    int64_t present = present_numbers(f, c);
    in->had_missing = present < f->n;
    bool added = gl_adds_to_the_file(w);
    bool box = added && present && in->had_missing && is_constant(v, present);
    double only = present ? v[0] : 0;
    in->fill = present ? gl_median(v, present) : 0;
    if (box) in->fill = in->fill == 0 ? 1 : 0;
    in->fill_said = w->fill_said;
    if (w->fill_said) in->fill = w->fill;
    in->box = box && in->fill != only;
    in->indicator = added && !in->box && in->had_missing && !f->t->sparse && gl_gaps_tell(f, c);
    if (w->indicator >= 0) in->indicator = w->indicator;
}

/* 0 and 1 alone: yes or no, as the features of a text are, which are not scaled either. Divided by
 * its deviation a flag that one row of a hundred has would be 10 there, and learned by heart: a1a,
 * whose 113 columns are flags, has 83.3% of its test rows right with all of them scaled, 83.9%
 * without (five seeds). */
static bool are_flags(const double *v, int64_t n, double fill) {
    for (int64_t i = 0; i < n; i++)
        if (v[i] != 0 && v[i] != 1 && v[i] != fill) return false;
    return fill >= 0 && fill <= 1;
}

/* Missing cells are filled first and measured with the others: the feature that the network sees
 * then has mean 0 and deviation 1. The fill is taken before the logarithm, which is monotone: a
 * median is then the median of what comes out, too. */
glia_status gl_fit_number_column(const gl_fitting *f, const gl_column *c, gl_input_column *in) {
    const gl_wish *w = gl_wish_of(f, c);
    double *v = f->scratch;
    gl_fit_gaps(f, c, in);
    in->scaling = w->scale != GL_SCALE_AUTO ? w->scale
                  : f->t->sparse            ? GL_SCALE_LARGEST
                                            : GL_SCALE_STANDARD;
    for (int64_t i = 0; i < f->n; i++) {
        v[i] = gl_number(c, gl_row_of(f, i));
        if (isnan(v[i])) v[i] = in->fill;
    }
    if (w->scale == GL_SCALE_AUTO && f->t->sparse && w->log < 0) return keep_zero(f, in);
    in->flag = w->scale == GL_SCALE_AUTO && w->log < 0 && are_flags(v, f->n, in->fill);
    if (in->flag) in->scaling = GL_SCALE_NONE;
    moments m = measure(v, f->n);
    if (f->n >= GL_FEW_ROWS && !f->t->sparse) in->least = m.min, in->most = m.max;
    glia_status status = choose_log(f, w, &m, in);
    if (status) return status;
    if (in->log > 0) {
        for (int64_t i = 0; i < f->n; i++) v[i] = log1p(v[i] / in->log);
        m = measure(v, f->n);
    }
    return set_scale(f, w, &m, in);
}
