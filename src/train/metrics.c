/*
 * metrics.c: scores of answers against labels, and how sure they are.
 *
 * One function computes all scores of a weighted set; a bootstrap sample is the same set with other
 * weights (how often each row was drawn), so that no score is written twice.
 */
#include "metrics.h"

#include "../base/random.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

enum { BOOTSTRAPS = 400 };

typedef struct gl_scorer scorer;

struct gl_scorer {
    glia_ctx *g;
    const gl_answers *a;
    int64_t *order;    /* binary: rows by probability, ascending (for auc) */
    double *row_loss;  /* classifiers: -log p of the true class */
    double *confusion; /* [classes, classes] weighted */
    double *ones;
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

static double ratio(double part, double whole) { return whole > 0 ? part / whole : 0; }

/* Probability that a random positive row scores above a random negative one; ties count half (Mann
 * and Whitney, 1947). */
static double auc(const scorer *s) {
    const gl_answers *a = s->a;
    double below = 0, pairs = 0, positives = 0;
    for (int64_t i = 0; i < a->rows;) {
        double p = a->value[s->order[i]], tied_pos = 0, tied_neg = 0;
        for (; i < a->rows && a->value[s->order[i]] == p; i++) {
            double w = s->weight[s->order[i]];
            if (a->label[s->order[i]] > 0.5) tied_pos += w;
            else tied_neg += w;
        }
        pairs += tied_pos * (below + tied_neg / 2);
        below += tied_neg;
        positives += tied_pos;
    }
    return positives > 0 && below > 0 ? pairs / (positives * below) : NAN;
}

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

/* Harmonic mean of precision and recall of class k. */
static double f1(const scorer *s, int64_t k) {
    int64_t n = s->a->classes;
    double hit = s->confusion[k * n + k], truth = 0, said = 0;
    for (int64_t j = 0; j < n; j++)
        truth += s->confusion[k * n + j], said += s->confusion[j * n + k];
    return ratio(2 * hit, truth + said);
}

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
    out[5] = (glia_score){"auc", auc(s), NAN, NAN};
    out[6] = (glia_score){"brier", brier(s), NAN, NAN};
    return 7;
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
    return 3;
}

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

static int score(const scorer *s, glia_score *out) {
    if (s->a->classes == 0) return score_regression(s, out);
    return s->a->classes == 2 && s->a->outputs == 1 ? score_binary(s, out)
                                                    : score_multiclass(s, out);
}

/* --------------------------------------------------------------------------------- intervals -- */

/* A 95% interval for a proportion (Wilson, 1927). */
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

/* The 2.5% and 97.5% points of each score over resampled sets (Efron, 1979). */
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
        for (int k = 0; k < scores; k++) {
            double *of_k = seen + k * BOOTSTRAPS;
            bool defined = true;
            for (int b = 0; b < BOOTSTRAPS; b++) defined = defined && !isnan(of_k[b]);
            if (!defined) continue;
            qsort(of_k, BOOTSTRAPS, sizeof *of_k, ascending);
            out[k].low = of_k[BOOTSTRAPS / 40],
            out[k].high = of_k[BOOTSTRAPS - 1 - BOOTSTRAPS / 40];
        }
        s->weight = ones;
    }
    bool ok = weight && seen;
    gl_free(g, weight);
    gl_free(g, seen);
    return ok ? GLIA_OK : GLIA_RESOURCE;
}

static glia_status add_intervals(glia_ctx *g, scorer *s, glia_metrics *out) {
    glia_status status = bootstrap(g, s, out->scores, out->score);
    if (status != GLIA_OK || s->a->classes == 0) return status;
    count_confusion(s);
    const double *c = s->confusion;
    wilson(&out->score[1], (double)s->a->rows);
    if (s->a->classes == 2 && s->a->outputs == 1) {
        wilson(&out->score[2], c[1] + c[3]);
        wilson(&out->score[3], c[2] + c[3]);
    }
    return GLIA_OK;
}

/* --------------------------------------------------------------------------------- measuring -- */

static bool comes_before(const double *keys, int64_t i, int64_t j) {
    return keys[i] != keys[j] ? keys[i] < keys[j] : i < j;
}

static void sink(int64_t *heap, int64_t at, int64_t n, const double *keys) {
    for (int64_t child = 2 * at + 1; child < n; at = child, child = 2 * at + 1) {
        if (child + 1 < n && comes_before(keys, heap[child], heap[child + 1])) child++;
        if (!comes_before(keys, heap[at], heap[child])) return;
        int64_t row = heap[at];
        heap[at] = heap[child], heap[child] = row;
    }
}

/* Heapsort (Williams, 1964): between epochs nothing is allocated, as qsort does. */
static void sort_rows(int64_t *order, const double *keys, int64_t rows) {
    for (int64_t i = 0; i < rows; i++) order[i] = i;
    for (int64_t i = rows / 2 - 1; i >= 0; i--) sink(order, i, rows, keys);
    for (int64_t n = rows - 1; n > 0; n--) {
        int64_t row = order[0];
        order[0] = order[n], order[n] = row;
        sink(order, 0, n, keys);
    }
}

static double true_class_probability(const gl_answers *a, int64_t i) {
    if (a->outputs > 1) return a->value[i * a->outputs + (int64_t)a->label[i]];
    return a->label[i] > 0.5 ? a->value[i] : 1 - a->value[i];
}

/* What always answering the most frequent class (accuracy) or the mean (rmse) scores. */
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

void gl_scorer_run(scorer *s, int64_t *confusion, glia_metrics *out) {
    const gl_answers *a = s->a;
    if (a->outputs == 1 && a->classes == 2) sort_rows(s->order, a->value, a->rows);
    for (int64_t i = 0; a->classes > 0 && i < a->rows; i++)
        s->row_loss[i] = -log(fmax(true_class_probability(a, i), 1e-40));
    *out = (glia_metrics){.rows = a->rows, .classes = a->classes, .confusion = confusion};
    out->scores = score(s, out->score);
    if (a->classes > 0) out->score[0].value = a->loss;
    out->baseline = baseline(s);
    for (int64_t k = 0; k < a->classes * a->classes; k++) confusion[k] = (int64_t)s->confusion[k];
}

gl_scorer *gl_scorer_new(glia_ctx *g, const gl_answers *a) {
    scorer *s = gl_alloc(g, 1, sizeof *s);
    if (!s) return NULL;
    s->g = g, s->a = a;
    s->weight = s->ones = gl_alloc(g, a->rows, sizeof *s->ones);
    s->order = gl_alloc(g, a->rows, sizeof *s->order);
    s->row_loss = gl_alloc(g, a->rows, sizeof *s->row_loss);
    s->confusion = gl_alloc(g, a->classes * a->classes, sizeof *s->confusion);
    if (!s->ones || !s->order || !s->row_loss || !s->confusion) {
        gl_scorer_free(s);
        return NULL;
    }
    for (int64_t i = 0; i < a->rows; i++) s->ones[i] = 1;
    return s;
}

void gl_scorer_free(gl_scorer *s) {
    if (!s) return;
    gl_free(s->g, s->ones);
    gl_free(s->g, s->order);
    gl_free(s->g, s->row_loss);
    gl_free(s->g, s->confusion);
    gl_free(s->g, s);
}

glia_status gl_measure(glia_ctx *g, const gl_answers *a, bool intervals, int64_t *confusion,
                       glia_metrics *out) {
    scorer *s = gl_scorer_new(g, a);
    if (!s) return GLIA_RESOURCE;
    gl_scorer_run(s, confusion, out);
    glia_status status = intervals ? add_intervals(g, s, out) : GLIA_OK;
    gl_scorer_free(s);
    return status;
}
