/*
 * metrics.c: scores of answers against labels, and how sure they are.
 *
 * One function computes all scores of a weighted set; a bootstrap sample is the same set with other
 * weights (how often each row was drawn), so that no score is written twice.
 *
 *     row            0  1  2  3  4           scores of the set:     every weight 1
 *     a sample       1  1  3  4  0  drawn    scores of the sample:  1 twice, 2 never
 *     its weights    1  2  0  1  1
 *
 * Sorting is the dear part of an auc, and the order of rows is that of the set in every sample:
 * each ranking is sorted once, not 400 times.
 */
#include "metrics.h"

#include "../base/random.h"
#include "curves.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

/* The ends of the middle 95% of 400 samples are the eleventh from below and from above (400 / 40 =
 * 10 lie outside). How far such an end moves from one seed to the next: its rank has a deviation of
 * sqrt(400 * 0.025 * 0.975) = 3, so it stays between the 1.8 and the 3.3% point, mostly. Four times
 * the samples would halve that and take four times as long. */
enum { BOOTSTRAPS = 400, MOST_RANKED = 100 /* classes; a macro auc of more would take long */ };

typedef struct gl_scorer scorer;

struct gl_scorer {
    glia_ctx *g;
    const gl_answers *a;
    int64_t rankings;     /* binary: 1; more classes: one each where curves are drawn; else 0 */
    gl_ranking *ranking;  /* [rankings] */
    int64_t *order;       /* [rankings, rows] */
    double *row_loss;     /* classifiers: -log p of the true class */
    double *confusion;    /* [classes, classes] weighted */
    double *ones;         /* [rows] */
    const double *weight; /* [rows] */
};

/* Less is better; of all other scores more is. */
static const char *const falling[] = {"loss", "brier", "mse", "rmse", "mae"};

bool gl_score_rises(const char *name) {
    for (size_t i = 0; i < sizeof falling / sizeof *falling; i++) {
        if (strcmp(falling[i], name) == 0) return false;
    }
    return true;
}

static int64_t largest(const double *p, int64_t n) {
    int64_t best = 0;
    for (int64_t k = 1; k < n; k++) {
        if (p[k] > p[best]) best = k;
    }
    return best;
}

void gl_choose_classes(const double *value, int64_t rows, int64_t outputs, double threshold,
                       int64_t *class_index) {
    for (int64_t i = 0; i < rows; i++)
        class_index[i] =
            outputs == 1 ? value[i] > threshold : largest(value + i * outputs, outputs);
}

/* 0 where nothing was said or nothing is there, as in scikit-learn: a precision of nothing is
 * no success. */
static double ratio(double part, double whole) { return whole > 0 ? part / whole : 0; }

static double total(const scorer *s) {
    double sum = 0;
    for (int64_t i = 0; i < s->a->rows; i++) sum += s->weight[i];
    return sum;
}

static double mean_loss(const scorer *s) {
    double sum = 0;
    for (int64_t i = 0; i < s->a->rows; i++) sum += s->weight[i] * s->row_loss[i];
    return sum / total(s);
}

static void count_confusion(const scorer *s) {
    int64_t n = s->a->classes;
    memset(s->confusion, 0, (size_t)(n * n) * sizeof *s->confusion);
    for (int64_t i = 0; i < s->a->rows; i++) {
        s->confusion[(int64_t)s->a->label[i] * n + s->a->class_index[i]] += s->weight[i];
    }
}

static double diagonal(const scorer *s) {
    double sum = 0;
    for (int64_t k = 0; k < s->a->classes; k++) sum += s->confusion[k * s->a->classes + k];
    return sum;
}

/* Harmonic mean of precision and recall of class k, 2 / (1/p + 1/r) with p = hit / said and r = hit
 * / truth: as 2 hit / (said + truth) it needs no division by what may be 0. */
static double f1(const scorer *s, int64_t k) {
    int64_t n = s->a->classes;
    double hit = s->confusion[k * n + k], truth = 0, said = 0;
    for (int64_t j = 0; j < n; j++)
        truth += s->confusion[k * n + j], said += s->confusion[j * n + k];
    return ratio(2 * hit, truth + said);
}

/* Brier, "Verification of forecasts expressed in terms of probability", 1950, in its form for
 * two classes. */
static double brier(const scorer *s) {
    double sum = 0;
    for (int64_t i = 0; i < s->a->rows; i++) {
        double e = s->a->value[i] - s->a->label[i];
        sum += s->weight[i] * e * e;
    }
    return sum / total(s);
}

static int score_binary(const scorer *s, glia_score *out) {
    count_confusion(s);
    const double *c = s->confusion; /* c[1]: false positives, c[2]: false negatives */
    out[0] = (glia_score){"loss", mean_loss(s), NAN, NAN};
    out[1] = (glia_score){"accuracy", diagonal(s) / total(s), NAN, NAN};
    out[2] = (glia_score){"precision", ratio(c[3], c[1] + c[3]), NAN, NAN};
    out[3] = (glia_score){"recall", ratio(c[3], c[2] + c[3]), NAN, NAN};
    out[4] = (glia_score){"f1", f1(s, 1), NAN, NAN};
    out[5] = (glia_score){"auc", gl_auc(s->ranking, s->weight), NAN, NAN};
    out[6] = (glia_score){"brier", brier(s), NAN, NAN};
    out[7] =
        (glia_score){"average_precision", gl_average_precision(s->ranking, s->weight), NAN, NAN};
    return 8;
}

/* Each class against the others, the mean of the areas; a class without rows has none. Every class
 * counts the same, as in macro_f1, so that a rare one is not drowned. */
static double macro_auc(const scorer *s) {
    double sum = 0, present = 0;
    for (int64_t k = 0; k < s->rankings; k++) {
        double area = gl_auc(&s->ranking[k], s->weight);
        if (!isnan(area)) sum += area, present++;
    }
    return present > 0 ? sum / present : NAN;
}

static int score_multiclass(const scorer *s, glia_score *out) {
    count_confusion(s);
    double sum = 0;
    int64_t present = 0;
    for (int64_t k = 0; k < s->a->classes;
         k++) { /* a class that is neither there nor said has no f1 */
        double seen = 0;
        for (int64_t j = 0; j < s->a->classes; j++) {
            seen += s->confusion[k * s->a->classes + j] + s->confusion[j * s->a->classes + k];
        }
        if (seen > 0) sum += f1(s, k), present++;
    }
    out[0] = (glia_score){"loss", mean_loss(s), NAN, NAN};
    out[1] = (glia_score){"accuracy", diagonal(s) / total(s), NAN, NAN};
    out[2] = (glia_score){"macro_f1", ratio(sum, (double)present), NAN, NAN};
    if (s->rankings == 0) return 3;
    out[3] = (glia_score){"auc", macro_auc(s), NAN, NAN};
    return 4;
}

/* r2 = 1 - sum (a - y)^2 / sum (y - mean)^2: what is better than always saying the mean. Two
 * passes, since sum y^2 - n mean^2 loses its digits where the mean is large. */
static int score_regression(const scorer *s, glia_score *out) {
    const gl_answers *a = s->a;
    double n = total(s), sum = 0, squares = 0, absolute = 0, spread = 0;
    for (int64_t i = 0; i < a->rows; i++) {
        double e = a->value[i] - a->label[i];
        sum += s->weight[i] * a->label[i];
        squares += s->weight[i] * e * e;
        absolute += s->weight[i] * fabs(e);
    }
    for (int64_t i = 0; i < a->rows; i++)
        spread += s->weight[i] * (a->label[i] - sum / n) * (a->label[i] - sum / n);
    out[0] = (glia_score){"mse", squares / n, NAN, NAN};
    out[1] = (glia_score){"rmse", sqrt(squares / n), NAN, NAN};
    out[2] = (glia_score){"mae", absolute / n, NAN, NAN};
    out[3] = (glia_score){"r2", spread > 0 ? 1 - squares / spread : NAN, NAN, NAN};
    return 4;
}

static bool is_binary(const gl_answers *a) { return a->classes == 2 && a->outputs == 1; }

static int score(const scorer *s, glia_score *out) {
    if (s->a->classes == 0) return score_regression(s, out);
    return is_binary(s->a) ? score_binary(s, out) : score_multiclass(s, out);
}

/* --------------------------------------------------------------------------------- intervals -- */

/* A 95% interval for a proportion (Wilson, 1927): all p' with |p - p'| <= z sqrt(p'(1 - p')/n).
 * The usual p +- z sqrt(p(1 - p)/n) has no width where all rows are right, and 30 of 30 are no
 * proof; this one then begins at 0.89. A bootstrap could not say it either: every sample would be
 * all right. */
static void wilson(glia_score *s, double n) {
    if (!(n > 0)) return;
    const double z = 1.959963984540054;
    double p = s->value, middle = p + z * z / (2 * n),
           half = z * sqrt(p * (1 - p) / n + z * z / (4 * n * n));
    s->low =
        fmin((middle - half) / (1 + z * z / n), p); /* rounding must not leave p = 0 or 1 outside */
    s->high = fmax((middle + half) / (1 + z * z / n), p);
}

static int ascending(const void *a, const void *b) {
    double x = *(const double *)a, y = *(const double *)b;
    return (x > y) - (x < y);
}

/* The 2.5% and 97.5% points of those samples in which the score is defined: a few may hold one
 * class only, and then there is no auc. None when that is half of them: the interval would then be
 * that of the fortunate samples. */
static void percentiles(double *sample, glia_score *out) {
    int defined = 0;
    for (int b = 0; b < BOOTSTRAPS; b++) {
        if (!isnan(sample[b])) sample[defined++] = sample[b];
    }
    if (2 * defined < BOOTSTRAPS) return;
    qsort(sample, (size_t)defined, sizeof *sample, ascending);
    out->low = sample[defined / 40], out->high = sample[defined - 1 - defined / 40];
}

/* The interval of each score over resampled sets (Efron, 1979). The seed is fixed, so that the same
 * evaluation prints the same interval; sample b has a stream of its own. */
static glia_status bootstrap(glia_ctx *g, scorer *s, int scores, glia_score *out) {
    int64_t rows = s->a->rows;
    double *weight = gl_alloc(g, rows, sizeof *weight),
           *seen = gl_alloc(g, (int64_t)scores * BOOTSTRAPS, sizeof *seen);
    const double *ones = s->weight;
    if (weight && seen) {
        s->weight = weight;
        for (int b = 0; b < BOOTSTRAPS; b++) {
            gl_rng r = gl_rng_new(1, GL_STREAM_BOOTSTRAP, (uint64_t)b);
            glia_score sample[GLIA_MAX_SCORES];
            memset(weight, 0, (size_t)rows * sizeof *weight);
            for (int64_t i = 0; i < rows; i++) weight[gl_rng_below(&r, rows)] += 1;
            score(s, sample);
            for (int k = 0; k < scores; k++) seen[k * BOOTSTRAPS + b] = sample[k].value;
        }
        for (int k = 0; k < scores; k++) percentiles(seen + k * BOOTSTRAPS, &out[k]);
        s->weight = ones;
    }
    bool ok = weight && seen;
    gl_free(g, weight);
    gl_free(g, seen);
    return ok ? GLIA_OK : GLIA_RESOURCE;
}

/* Wilson's n is how many rows the proportion is of: all, those that were called class 1, those
 * that are. */
static glia_status add_intervals(glia_ctx *g, scorer *s, glia_metrics *out) {
    glia_status status = bootstrap(g, s, out->scores, out->score);
    if (status != GLIA_OK || s->a->classes == 0) return status;
    count_confusion(s);
    const double *c = s->confusion;
    wilson(&out->score[1], (double)s->a->rows);
    if (is_binary(s->a)) {
        wilson(&out->score[2], c[1] + c[3]);
        wilson(&out->score[3], c[2] + c[3]);
    }
    return GLIA_OK;
}

/* --------------------------------------------------------------------------------- measuring -- */

static double true_class_probability(const gl_answers *a, int64_t i) {
    if (a->outputs > 1) return a->value[i * a->outputs + (int64_t)a->label[i]];
    return a->label[i] > 0.5 ? a->value[i] : 1 - a->value[i];
}

/* What always answering the most frequent class (accuracy) or the mean (rmse) scores. These are the
 * classes of the rows at hand: a score that is not above it has learned nothing. */
static double baseline(const scorer *s) {
    const gl_answers *a = s->a;
    double best = 0, sum = 0, squares = 0;
    for (int64_t k = 0; k < a->classes; k++) {
        double count = 0;
        for (int64_t j = 0; j < a->classes; j++) count += s->confusion[k * a->classes + j];
        best = fmax(best, count);
    }
    if (a->classes > 0) return best / (double)a->rows;
    for (int64_t i = 0; i < a->rows; i++) sum += a->label[i];
    for (int64_t i = 0; i < a->rows; i++) squares += pow(a->label[i] - sum / (double)a->rows, 2);
    return sqrt(squares / (double)a->rows);
}

/* A probability may be 0 by rounding, and its logarithm infinite: 1e-40 lets a loss end at 92.
 * That matters for the intervals alone; the loss itself comes from the logits, which know no
 * such end. */
void gl_scorer_run(scorer *s, int64_t *confusion, glia_metrics *out) {
    const gl_answers *a = s->a;
    for (int64_t k = 0; k < s->rankings; k++) s->ranking[k] = gl_rank(a, k, s->order + k * a->rows);
    for (int64_t i = 0; a->classes > 0 && i < a->rows; i++)
        s->row_loss[i] = -log(fmax(true_class_probability(a, i), 1e-40));
    *out = (glia_metrics){.rows = a->rows, .classes = a->classes, .confusion = confusion};
    out->scores = score(s, out->score);
    if (a->classes > 0) out->score[0].value = a->loss;
    out->baseline = baseline(s);
    for (int64_t k = 0; k < a->classes * a->classes; k++) confusion[k] = (int64_t)s->confusion[k];
}

static int64_t count_rankings(const gl_answers *a, bool curves) {
    if (is_binary(a)) return 1;
    return curves && a->classes <= MOST_RANKED ? a->classes : 0;
}

static scorer *new_scorer(glia_ctx *g, const gl_answers *a, bool curves) {
    scorer *s = gl_alloc(g, 1, sizeof *s);
    if (!s) return NULL;
    *s = (scorer){.g = g, .a = a, .rankings = count_rankings(a, curves)};
    s->weight = s->ones = gl_alloc(g, a->rows, sizeof *s->ones);
    s->ranking = gl_alloc(g, s->rankings, sizeof *s->ranking);
    s->order = gl_alloc(g, s->rankings * a->rows, sizeof *s->order);
    s->row_loss = gl_alloc(g, a->rows, sizeof *s->row_loss);
    s->confusion = gl_alloc(g, a->classes * a->classes, sizeof *s->confusion);
    if (!s->ones || !s->ranking || !s->order || !s->row_loss || !s->confusion) {
        gl_scorer_free(s);
        return NULL;
    }
    for (int64_t i = 0; i < a->rows; i++) s->ones[i] = 1;
    return s;
}

gl_scorer *gl_scorer_new(glia_ctx *g, const gl_answers *a) { return new_scorer(g, a, false); }

void gl_scorer_free(gl_scorer *s) {
    if (!s) return;
    gl_free(s->g, s->ones);
    gl_free(s->g, s->ranking);
    gl_free(s->g, s->order);
    gl_free(s->g, s->row_loss);
    gl_free(s->g, s->confusion);
    gl_free(s->g, s);
}

glia_status gl_measure(glia_ctx *g, const gl_answers *a, int64_t *confusion, glia_curves *curves,
                       glia_metrics *out) {
    scorer *s = new_scorer(g, a, curves != NULL);
    if (!s) return GLIA_RESOURCE;
    gl_scorer_run(s, confusion, out);
    if (curves && a->classes > 0) {
        gl_curves(a, is_binary(a) ? s->ranking : NULL, s->weight, curves);
        out->curves = curves;
    }
    glia_status status = curves ? add_intervals(g, s, out) : GLIA_OK;
    gl_scorer_free(s);
    return status;
}
