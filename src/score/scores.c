/*
 * scores.c: every score of answers against labels, each written once. Most are means over rows; the
 * others come from the confusion (what rows of class i weigh whose answer is j), from the order of
 * rows by their score, or compare two means.
 */
#include "scorer.h"

#include <math.h>
#include <string.h>

/* Of no rows nothing can be said: no class was missed, none was found. */
static double ratio(double part, double whole) { return whole > 0 ? part / whole : NAN; }

/* --------------------------------------------------------------------------- means over rows -- */

static double loss_of(const gl_scorer *s, int64_t i) { return s->row_loss[i]; }

static double right(const gl_scorer *s, int64_t i) {
    return (double)s->a->class_index[i] == s->a->label[i];
}

/* Brier, "Verification of forecasts expressed in terms of probability", 1950, in its form for
 * two classes; of values the square of what they are off. */
static double square(const gl_scorer *s, int64_t i) {
    double e = s->a->value[i] - s->a->label[i];
    return e * e;
}

static double absolute(const gl_scorer *s, int64_t i) {
    return fabs(s->a->value[i] - s->a->label[i]);
}

/* In percent of the mean of both, 0 where both are 0 (Makridakis, "Accuracy measures", 1993, as in
 * the M4 competition). */
static double percent_off(const gl_scorer *s, int64_t i) {
    double size = fabs(s->a->value[i]) + fabs(s->a->label[i]);
    return size > 0 ? 200 * absolute(s, i) / size : 0;
}

/* Beside what saying the last season again was off in training (Hyndman and Koehler, "Another look
 * at measures of forecast accuracy", 2006): below 1 is better than that. */
static double beside_naive(const gl_scorer *s, int64_t i) {
    return s->a->naive_error > 0 ? absolute(s, i) / s->a->naive_error : NAN;
}

static double classes_off(const gl_scorer *s, int64_t i) {
    return fabs((double)s->a->class_index[i] - s->a->label[i]);
}

/* The mean over the quantiles. */
static double pinball(const gl_scorer *s, int64_t i) {
    const gl_answers *a = s->a;
    double sum = 0;
    for (int64_t j = 0; j < a->outputs; j++)
        sum += gl_pinball(a->quantile[j], a->value[i * a->outputs + j], a->label[i]);
    return sum / (double)a->outputs;
}

static double first(const gl_answers *a, int64_t i) { return a->value[i * a->outputs]; }
static double last(const gl_answers *a, int64_t i) { return a->value[(i + 1) * a->outputs - 1]; }

/* Between the first and the last quantile, ends included. */
static double inside(const gl_scorer *s, int64_t i) {
    double y = s->a->label[i];
    return first(s->a, i) <= y && y <= last(s->a, i);
}
static double apart(const gl_scorer *s, int64_t i) { return last(s->a, i) - first(s->a, i); }
static double below(const gl_scorer *s, int64_t i) { return s->a->label[i] <= first(s->a, i); }

gl_of_row *gl_score_of_row(score_id k) {
    static gl_of_row *const of_row[SCORES] = {
        [SCORE_loss] = loss_of,      [SCORE_accuracy] = right,  [SCORE_brier] = square,
        [SCORE_mse] = square,        [SCORE_mae] = absolute,    [SCORE_rank_mae] = classes_off,
        [SCORE_deviance] = loss_of,  [SCORE_pinball] = pinball, [SCORE_coverage] = inside,
        [SCORE_width] = apart,       [SCORE_below] = below,     [SCORE_smape] = percent_off,
        [SCORE_mase] = beside_naive,
    };
    return of_row[k];
}

static double mean_over_rows(const gl_scorer *s, gl_of_row *of_row) {
    double sum = 0;
    for (int64_t i = 0; i < s->a->rows; i++) sum += gl_weight_of_row(s->a, i) * of_row(s, i);
    return sum / s->total;
}

/* ------------------------------------------------------------------------------- confusions -- */

static void count_confusion(gl_scorer *s) {
    int64_t n = s->a->classes;
    memset(s->confusion, 0, (size_t)(n * n) * sizeof *s->confusion);
    for (int64_t i = 0; i < s->a->rows; i++)
        s->confusion[(int64_t)s->a->label[i] * n + s->a->class_index[i]] +=
            gl_weight_of_row(s->a, i);
    for (int64_t i = 0; i < n; i++) {
        s->truth[i] = s->said[i] = 0;
        for (int64_t j = 0; j < n; j++) {
            s->truth[i] += s->confusion[i * n + j];
            s->said[i] += s->confusion[j * n + i];
        }
    }
}

static double hits(const gl_scorer *s, int64_t c) { return s->confusion[c * s->a->classes + c]; }

/* Harmonic mean of precision and recall of class c, 2 / (1/p + 1/r) with p = hit / said and r = hit
 * / truth: as 2 hit / (said + truth) it needs no division by what may be 0. */
static double f1(const gl_scorer *s, int64_t c) {
    return s->truth[c] > 0 ? 2 * hits(s, c) / (s->truth[c] + s->said[c]) : NAN;
}

/* Where nobody was said to be of a class that is there, 0, as in scikit-learn: a precision of
 * nothing is no success. */
static double precision(const gl_scorer *s, int64_t c) {
    if (s->said[c] > 0) return hits(s, c) / s->said[c];
    return s->truth[c] > 0 ? 0 : NAN;
}

/* A class without rows has none, as it has no area; rows that were taken for it count where they
 * belong. */
static double macro_f1(const gl_scorer *s) {
    double sum = 0, present = 0;
    for (int64_t c = 0; c < s->a->classes; c++)
        if (s->truth[c] > 0) sum += f1(s, c), present++;
    return ratio(sum, present);
}

/* 1 - squares of how many classes an answer is off, beside those of answers that come as often and
 * know no row (Cohen, "Weighted kappa", 1968, with quadratic weights). */
static double kappa(const gl_scorer *s) {
    int64_t n = s->a->classes;
    double squares = 0, chance = 0;
    for (int64_t i = 0; i < n; i++)
        for (int64_t j = 0; j < n; j++) {
            double d = (double)(i - j);
            squares += d * d * s->confusion[i * n + j];
            chance += d * d * s->truth[i] * s->said[j];
        }
    return chance > 0 ? 1 - squares * s->total / chance : NAN;
}

/* ------------------------------------------------------------------------- orders and values -- */

/* Each class against the others, the mean of the areas; a class without rows has none. Every class
 * counts the same, as in macro_f1, so that a rare one is not drowned. */
static double macro_auc(const gl_scorer *s) {
    double sum = 0, present = 0;
    for (int64_t c = 0; c < s->rankings; c++) {
        double area = gl_area(&s->ranking[c], NULL);
        if (!isnan(area)) sum += area, present++;
    }
    return ratio(sum, present);
}

double gl_truth_mean(const gl_scorer *s) {
    double sum = 0;
    for (int64_t i = 0; i < s->a->rows; i++) sum += gl_weight_of_row(s->a, i) * s->a->label[i];
    return sum / s->total;
}

/* Two passes, since sum y^2 - n mean^2 loses its digits where the mean is large. */
static double squares_around_mean(const gl_scorer *s) {
    double mean = gl_truth_mean(s), sum = 0;
    for (int64_t i = 0; i < s->a->rows; i++) {
        double e = s->a->label[i] - mean;
        sum += gl_weight_of_row(s->a, i) * e * e;
    }
    return sum;
}

/* Twice what the logarithm of the likelihood lacks to that of a rate which is the count. */
double gl_deviance_of(double y, double rate) {
    return 2 * ((y > 0 ? y * log(y / rate) : 0) - (y - rate));
}

static double deviance_around_mean(const gl_scorer *s) {
    double mean = gl_truth_mean(s), sum = 0;
    for (int64_t i = 0; i < s->a->rows && mean > 0; i++)
        sum += gl_weight_of_row(s->a, i) * gl_deviance_of(s->a->label[i], mean);
    return sum;
}

/* What is better than always saying the mean: 0 is worth that, 1 all that can be. */
static double better_than(double off, double around) { return around > 0 ? 1 - off / around : NAN; }

/* ------------------------------------------------------------------------------ all of them -- */

static void weigh(gl_scorer *s) {
    s->total = 0;
    for (int64_t i = 0; i < s->a->rows; i++) s->total += gl_weight_of_row(s->a, i);
}

static void score_classes(gl_scorer *s) {
    double *out = s->value;
    count_confusion(s);
    if (gl_is_binary(s->a)) {
        out[SCORE_precision] = precision(s, 1);
        out[SCORE_recall] = ratio(hits(s, 1), s->truth[1]);
        out[SCORE_f1] = f1(s, 1);
        out[SCORE_auc] = gl_area(s->ranking, &out[SCORE_average_precision]);
        return;
    }
    out[SCORE_macro_f1] = macro_f1(s);
    if (s->rankings > 0) out[SCORE_auc] = macro_auc(s);
    if (s->a->ordered) out[SCORE_kappa] = kappa(s);
}

static void score_values(gl_scorer *s) {
    double *out = s->value;
    out[SCORE_rmse] = sqrt(out[SCORE_mse]);
    out[SCORE_r2] = better_than(out[SCORE_mse] * s->total, squares_around_mean(s));
    if (s->a->counts)
        out[SCORE_d2] = better_than(out[SCORE_deviance] * s->total, deviance_around_mean(s));
}

void gl_compute_scores(gl_scorer *s) {
    score_id list[SCORES];
    int scores = gl_list_scores(s, list);
    weigh(s);
    for (int i = 0; i < scores; i++) {
        gl_of_row *of_row = gl_score_of_row(list[i]);
        if (of_row) s->value[list[i]] = mean_over_rows(s, of_row);
    }
    if (s->a->classes > 0) score_classes(s);
    else if (!s->a->quantile) score_values(s);
}

/* -------------------------------------------------------------------- without having learned -- */

/* What the rows themselves stay below with probability q: by bisection, since weights count and no
 * memory is at hand. 60 steps leave nothing of a double. */
static double quantile_of_labels(const gl_scorer *s, double q) {
    const gl_answers *a = s->a;
    double low = INFINITY, high = -INFINITY;
    for (int64_t i = 0; i < a->rows; i++)
        low = fmin(low, a->label[i]), high = fmax(high, a->label[i]);
    for (int step = 0; step < 60; step++) {
        double middle = low + (high - low) / 2, sum = 0;
        for (int64_t i = 0; i < a->rows; i++)
            if (a->label[i] <= middle) sum += gl_weight_of_row(a, i);
        *(sum < q * s->total ? &low : &high) = middle;
    }
    return high;
}

/* The pinball of whoever says the same quantiles of every row. */
static double same_quantiles(const gl_scorer *s) {
    const gl_answers *a = s->a;
    double loss = 0;
    for (int64_t j = 0; j < a->outputs; j++) {
        double value = quantile_of_labels(s, a->quantile[j]);
        for (int64_t i = 0; i < a->rows; i++)
            loss += gl_weight_of_row(a, i) * gl_pinball(a->quantile[j], value, a->label[i]);
    }
    return loss / s->total / (double)a->outputs;
}

/* These are the classes, and the mean, of the rows at hand: a score that is not better has learned
 * nothing. */
double gl_baseline(const gl_scorer *s) {
    double most = 0;
    for (int64_t c = 0; c < s->a->classes; c++) most = fmax(most, s->truth[c]);
    if (s->a->classes > 0) return most / s->total;
    return s->a->quantile ? same_quantiles(s) : sqrt(squares_around_mean(s) / s->total);
}

/* The rmse of whoever says what was known a season before; of the rows that have it. */
double gl_naive(const gl_scorer *s) {
    const gl_answers *a = s->a;
    double squares = 0, total = 0;
    for (int64_t i = 0; a->naive && i < a->rows; i++) {
        if (isnan(a->naive[i])) continue;
        double off = a->naive[i] - a->label[i];
        squares += gl_weight_of_row(a, i) * off * off;
        total += gl_weight_of_row(a, i);
    }
    return total > 0 ? sqrt(squares / total) : NAN;
}
