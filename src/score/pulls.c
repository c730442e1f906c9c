/*
 * pulls.c: how sure a score is. Each row pulls at it: by how much it would change for each row more
 * like this one (the empirical influence function: Hampel, 1974). The squares of all pulls add up
 * to the variance of the score (the infinitesimal jackknife: Jaeckel, 1972), as if other sets of as
 * many rows had been measured, in one walk over this one.
 *
 *     accuracy of 4 rows, 3 right      pull of one more row, right: (1 - 3/4) / 4 = +1/16
 *                                      wrong: (0 - 3/4) / 4 = -3/16
 *     variance                         3 (1/16)^2 + (3/16)^2 = 12/256 = (3/4)(1/4)/4
 *
 * A score does not change when every row comes twice, so the pulls add up to 0. Where they are all
 * 0, nothing varies and nothing can be said; but of a share.
 */
#include "interval.h"
#include "scorer.h"

#include <math.h>
#include <string.h>

/* ------------------------------------------------------------------------------------- pulls -- */

static void pull_mean(const gl_scorer *s, score_id k, double *pull) {
    gl_of_row *of_row = gl_score_of_row(k);
    for (int64_t i = 0; i < s->a->rows; i++)
        pull[i] = gl_weight_of_row(s->a, i) * (of_row(s, i) - s->value[k]) / s->total;
}

/* At the f1 of class c, 2 hit / (said + truth). */
static double at_f1(const gl_scorer *s, int64_t i, int64_t c) {
    double both = s->truth[c] + s->said[c], hit = s->confusion[c * s->a->classes + c];
    bool there = (int64_t)s->a->label[i] == c, said = s->a->class_index[i] == c;
    return (2 * (there && said) - 2 * hit / both * (there + said)) / both;
}

static void pull_f1(const gl_scorer *s, double *pull) {
    for (int64_t i = 0; i < s->a->rows; i++) pull[i] = gl_weight_of_row(s->a, i) * at_f1(s, i, 1);
}

/* A row belongs to the f1 of its class and of the one that it was taken for. */
static void pull_macro_f1(const gl_scorer *s, double *pull) {
    double present = 0;
    for (int64_t c = 0; c < s->a->classes; c++) present += s->truth[c] > 0;
    for (int64_t i = 0; i < s->a->rows; i++) {
        int64_t truth = (int64_t)s->a->label[i], said = s->a->class_index[i];
        double sum = s->truth[truth] > 0 ? at_f1(s, i, truth) : 0;
        if (said != truth && s->truth[said] > 0) sum += at_f1(s, i, said);
        pull[i] = gl_weight_of_row(s->a, i) * sum / present;
    }
}

static void pull_auc(const gl_scorer *s, double *pull) {
    double present = 0;
    for (int64_t c = 0; c < s->rankings; c++) present += !isnan(gl_area(&s->ranking[c], NULL));
    memset(pull, 0, (size_t)s->a->rows * sizeof *pull);
    for (int64_t c = 0; c < s->rankings; c++) gl_pull_area(&s->ranking[c], 1 / present, pull);
}

/* Squares of distance from class c to what rows are (or are said to be). */
static double squares_from(const double *rows, int64_t classes, int64_t c) {
    double sum = 0;
    for (int64_t j = 0; j < classes; j++) sum += rows[j] * (double)((c - j) * (c - j));
    return sum;
}

/* kappa = 1 - N/D; one more row adds its square to N, and to D what it would be off by chance, as
 * truth and as answer, while the others are each a little less of all. */
static void pull_kappa(const gl_scorer *s, double *pull) {
    int64_t n = s->a->classes;
    double chance = 0, part = 1 - s->value[SCORE_kappa];
    for (int64_t c = 0; c < n; c++) chance += s->truth[c] * squares_from(s->said, n, c) / s->total;
    for (int64_t i = 0; i < s->a->rows; i++) {
        int64_t truth = (int64_t)s->a->label[i], said = s->a->class_index[i];
        double off = (double)((truth - said) * (truth - said)),
               by_chance =
                   (squares_from(s->said, n, truth) + squares_from(s->truth, n, said)) / s->total -
                   chance / s->total;
        pull[i] = gl_weight_of_row(s->a, i) * (part * by_chance - off) / chance;
    }
}

/* r2 and d2 are 1 - (sum of what rows are off) / (sum of what they are off their mean). */
static void pull_beside_mean(const gl_scorer *s, score_id k, double *pull) {
    double mean = gl_truth_mean(s), part = 1 - s->value[k], around = 0;
    gl_of_row *off = gl_score_of_row(k == SCORE_r2 ? SCORE_mse : SCORE_deviance);
    for (int64_t i = 0; i < s->a->rows; i++) {
        double y = s->a->label[i],
               alone = k == SCORE_r2 ? (y - mean) * (y - mean) : gl_deviance_of(y, mean);
        around += gl_weight_of_row(s->a, i) * alone;
        pull[i] = gl_weight_of_row(s->a, i) * (part * alone - off(s, i));
    }
    for (int64_t i = 0; i < s->a->rows; i++) pull[i] /= around;
}

static void fill(const gl_scorer *s, score_id k, double *pull) {
    if (k == SCORE_f1) pull_f1(s, pull);
    else if (k == SCORE_macro_f1) pull_macro_f1(s, pull);
    else if (k == SCORE_auc) pull_auc(s, pull);
    else if (k == SCORE_average_precision) gl_pull_precision(s->ranking, s->value[k], pull);
    else if (k == SCORE_kappa) pull_kappa(s, pull);
    else if (k == SCORE_r2 || k == SCORE_d2) pull_beside_mean(s, k, pull);
    else pull_mean(s, k, pull);
}

/* --------------------------------------------------------------------------------- intervals -- */

enum among { ALL, SAID, THERE }; /* rows; those that were called class 1; those that are */

/* Of weighted rows as many as would tell as much if each counted the same: (sum w)^2 / sum w^2
 * (Kish, "Survey Sampling", 1965). */
static double effective_rows(const gl_answers *a, enum among which) {
    double sum = 0, squares = 0;
    for (int64_t i = 0; i < a->rows; i++) {
        double w = gl_weight_of_row(a, i);
        if (which == SAID && a->class_index[i] != 1) continue;
        if (which == THERE && a->label[i] != 1) continue;
        sum += w, squares += w * w;
    }
    return squares > 0 ? sum * sum / squares : 0;
}

/* All right, or all wrong, in so many rows of the rarest class. */
static double rows_of_rarest(const gl_scorer *s) {
    double least = s->total;
    for (int64_t c = 0; c < s->a->classes; c++)
        if (s->truth[c] > 0) least = fmin(least, s->truth[c]);
    return least / s->total * effective_rows(s->a, ALL);
}

static gl_range within(gl_range r, double least, double most) {
    return (gl_range){fmax(r.low, least), fmin(r.high, most)};
}

/* The variance is over n - 1 rows, as their mean was guessed from themselves. */
static gl_range by_pulls(const gl_scorer *s, score_id k, double *pull) {
    double squares = 0, cubes = 0, value = s->value[k], n = effective_rows(s->a, ALL);
    fill(s, k, pull);
    for (int64_t i = 0; i < s->a->rows; i++) {
        squares += pull[i] * pull[i];
        cubes += pull[i] * pull[i] * pull[i];
    }
    const double rounding = 1e-24; /* squares of a part in 10^12: nothing varies */
    if (!(squares > rounding * value * value) || n < 2) return (gl_range){NAN, NAN};
    double error = sqrt(squares * n / (n - 1)), skew = cubes / pow(squares, 1.5);
    /* The variance of an auc is rather too great than too small: the normal distribution does. */
    if (gl_scores[k].interval == BY_LOGIT) return gl_logit_t(value, error, INFINITY);
    return within(gl_skewed_t(value, error, skew, n), gl_scores[k].least, gl_scores[k].most);
}

static gl_range roots(gl_range r) { return (gl_range){sqrt(r.low), sqrt(r.high)}; }

/* A loss is the mean over its rows, or it is not that of these probabilities: of another cost, or
 * one that is so great that its probability is 0. Then what rows lose says nothing of it. */
static bool adds_up(const gl_scorer *s) {
    double told = s->a->loss, found = s->value[SCORE_loss];
    return isnan(told) || fabs(told - found) <= 1e-3 * fabs(found) + 1e-6;
}

gl_range gl_interval_of(const gl_scorer *s, score_id k, double *pull) {
    const gl_range none = {NAN, NAN};
    double value = s->value[k];
    enum among which = k == SCORE_precision ? SAID : k == SCORE_recall ? THERE : ALL;
    if (!isfinite(value) || (k == SCORE_loss && !adds_up(s))) return none;
    switch (gl_scores[k].interval) {
    case BY_COUNT: return gl_wilson(value, effective_rows(s->a, which));
    case BY_LOGIT:
        if (value > 0 && value < 1) return by_pulls(s, k, pull);
        return gl_wilson(value, rows_of_rarest(s));
    case BY_ROOT: return roots(by_pulls(s, SCORE_mse, pull));
    case BY_MEAN: return by_pulls(s, k, pull);
    }
    return none;
}
