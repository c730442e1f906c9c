/*
 * metrics.c: scores of answers against labels, and how sure they are.
 *
 * One function computes all scores of sets of rows; a bootstrap sample is a set in which rows count
 * as often as they were drawn, so that no score is written twice.
 *
 *     row            0  1  2  3  4           scores of the set:     every count 1
 *     a sample       1  1  3  4  0  drawn    scores of the sample:  1 twice, 2 never
 *     its counts     1  2  0  1  1
 *
 * Sorting is the dear part of an auc, and the order of rows is that of the set in every sample:
 * each ranking is sorted once, not 400 times. Eight sets are scored side by side: what is sums over
 * rows for one is the same sums in vectors for all (notebook 2026-11, 28.1).
 */
#include "metrics.h"

#include "../base/crew.h"
#include "../base/random.h"
#include "curves.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

/* The ends of the middle 95% of 400 samples are the eleventh from below and from above (400 / 40 =
 * 10 lie outside). How far such an end moves from one seed to the next: its rank has a deviation of
 * sqrt(400 * 0.025 * 0.975) = 3, so it stays between the 1.8 and the 3.3% point, mostly. Four times
 * the samples would halve that and take four times as long. */
enum {
    BLOCKS = 50,
    BOOTSTRAPS = BLOCKS * GL_SETS,
    MOST_RANKED = 100 /* classes; a macro auc of more would take long */
};

typedef struct gl_scorer scorer;

struct gl_scorer {
    glia_ctx *g;
    const gl_answers *a;
    int64_t rankings;    /* binary: 1; more classes: one each where curves are drawn; else 0 */
    gl_ranking *ranking; /* [rankings] */
    int64_t *order;      /* [rankings, rows] */
    uint8_t *mark;       /* likewise */
    double *row_loss;    /* classes: -log p of the true one; counts: the deviance of the row */
    gl_sums *confusion;  /* [classes, classes] of each row once */
};

/* Sets of as many rows as there are answers. */
typedef struct sets {
    const scorer *s;
    gl_counts n;
    gl_sums *confusion; /* [classes, classes] */
    gl_sums total;      /* what the rows weigh together */
} sets;

/* ----------------------------------------------------------------------------- the scores -- */

enum { TWO = 1, CLASSES = 2, VALUES = 4, COUNTS = 8, QUANTILES = 16, ONE = 32, ORDER = 64 };

typedef enum score_id {
#define SCORE(name, ...) SCORE_##name,
#include "scores.def"
#undef SCORE
    SCORES
} score_id;

/* The longest list must fit into glia_metrics. */
#define SCORE(name, of, ...) +((of)&TWO ? 1 : 0)
_Static_assert(0
#include "scores.def"
                   <= GLIA_MAX_SCORES,
               "glia_metrics is too small");
#undef SCORE

enum { LESS, MORE, NEITHER };
#define PLAIN false
#define SHARE true
#define BOTH false
#define POSITIVE true
static const struct {
    const char *name;
    int of, better;
    bool share, positive;
} about[SCORES] = {
#define SCORE(name, of, better, share, positive) {#name, of, better, share, positive},
#include "scores.def"
#undef SCORE
};

static int better(const char *name) {
    for (int i = 0; i < SCORES; i++)
        if (strcmp(about[i].name, name) == 0) return about[i].better;
    return MORE;
}

bool gl_score_rises(const char *name) { return better(name) == MORE; }
bool gl_score_is_goal(const char *name) { return better(name) != NEITHER; }

int gl_score_goals(const char **names, int size) {
    int count = 0;
    for (size_t i = 0; i < sizeof about / sizeof *about && count < size; i++)
        if (about[i].better != NEITHER) names[count++] = about[i].name;
    return count;
}

const glia_score *gl_score_of(const glia_metrics *m, const char *name) {
    for (int i = 0; i < m->scores; i++)
        if (strcmp(m->score[i].name, name) == 0) return &m->score[i];
    return NULL;
}

double gl_score_value(const glia_metrics *m, const char *name) {
    const glia_score *s = gl_score_of(m, name);
    return s ? s->value : NAN;
}

const glia_score *gl_main_score(const glia_metrics *m) {
    static const char *const names[] = {"accuracy", "deviance", "rmse", "pinball"};
    for (int i = 0; i < 4; i++)
        if (gl_score_of(m, names[i])) return gl_score_of(m, names[i]);
    return m->score;
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

/* Of no rows nothing can be said: no class was missed, none was found. */
static double ratio(double part, double whole) { return whole > 0 ? part / whole : NAN; }

/* How much row i counts in each set. */
static void times(const sets *t, int64_t i, gl_sums *count) {
    gl_times(t->n, t->s->a->weight, i, count);
}

/* Every sample has as many rows as there are, and with weights a weight of its own. */
static void weigh(sets *t) {
    t->total = (gl_sums){0} + (double)t->s->a->rows;
    if (!t->s->a->weight) return;
    t->total = (gl_sums){0};
    for (int64_t i = 0; i < t->s->a->rows; i++) {
        gl_sums count;
        times(t, i, &count);
        t->total += count;
    }
}

static void mean_loss(const sets *t, gl_sums *mean) {
    gl_sums sum = {0};
    for (int64_t i = 0; i < t->s->a->rows; i++) {
        gl_sums count;
        times(t, i, &count);
        sum += count * t->s->row_loss[i];
    }
    *mean = sum / t->total;
}

static void count_confusion(const sets *t) {
    const gl_answers *a = t->s->a;
    memset(t->confusion, 0, (size_t)(a->classes * a->classes) * sizeof *t->confusion);
    for (int64_t i = 0; i < a->rows; i++) {
        gl_sums count;
        times(t, i, &count);
        t->confusion[(int64_t)a->label[i] * a->classes + a->class_index[i]] += count;
    }
}

/* Of set k: how often the true class was i and the answer j. */
static double confused(const sets *t, int k, int64_t i, int64_t j) {
    return t->confusion[i * t->s->a->classes + j][k];
}

static double accuracy(const sets *t, int k) {
    double sum = 0;
    for (int64_t c = 0; c < t->s->a->classes; c++) sum += confused(t, k, c, c);
    return sum / t->total[k];
}

/* Rows of class c, and answers that say c. */
static double rows_of_class(const sets *t, int k, int64_t c) {
    double sum = 0;
    for (int64_t j = 0; j < t->s->a->classes; j++) sum += confused(t, k, c, j);
    return sum;
}
static double answers_of_class(const sets *t, int k, int64_t c) {
    double sum = 0;
    for (int64_t j = 0; j < t->s->a->classes; j++) sum += confused(t, k, j, c);
    return sum;
}

/* Harmonic mean of precision and recall of class c, 2 / (1/p + 1/r) with p = hit / said and r = hit
 * / truth: as 2 hit / (said + truth) it needs no division by what may be 0. */
static double f1(const sets *t, int k, int64_t c) {
    double truth = rows_of_class(t, k, c);
    return truth > 0 ? 2 * confused(t, k, c, c) / (truth + answers_of_class(t, k, c)) : NAN;
}

/* Where nobody was said to be of a class that is there, 0, as in scikit-learn: a precision of
 * nothing is no success. */
static double precision(const sets *t, int k, int64_t c) {
    double said = answers_of_class(t, k, c);
    if (said > 0) return confused(t, k, c, c) / said;
    return rows_of_class(t, k, c) > 0 ? 0 : NAN;
}

/* Brier, "Verification of forecasts expressed in terms of probability", 1950, in its form for
 * two classes. */
static void brier(const sets *t, gl_sums *mean) {
    gl_sums sum = {0};
    for (int64_t i = 0; i < t->s->a->rows; i++) {
        double e = t->s->a->value[i] - t->s->a->label[i];
        gl_sums count;
        times(t, i, &count);
        sum += count * e * e;
    }
    *mean = sum / t->total;
}

static void score_binary(const sets *t, gl_sums *out) {
    count_confusion(t);
    for (int k = 0; k < GL_SETS; k++) {
        out[SCORE_accuracy][k] = accuracy(t, k);
        out[SCORE_precision][k] = precision(t, k, 1);
        out[SCORE_recall][k] = ratio(confused(t, k, 1, 1), rows_of_class(t, k, 1));
        out[SCORE_f1][k] = f1(t, k, 1);
    }
    mean_loss(t, &out[SCORE_loss]);
    brier(t, &out[SCORE_brier]);
    gl_areas(t->s->ranking, t->n, &out[SCORE_auc], &out[SCORE_average_precision]);
}

/* Each class against the others, the mean of the areas; a class without rows has none. Every class
 * counts the same, as in macro_f1, so that a rare one is not drowned. */
static void macro_auc(const sets *t, gl_sums *mean) {
    gl_sums sum = {0}, present = {0};
    for (int64_t c = 0; c < t->s->rankings; c++) {
        gl_sums area;
        gl_areas(&t->s->ranking[c], t->n, &area, NULL);
        for (int k = 0; k < GL_SETS; k++)
            if (!isnan(area[k])) sum[k] += area[k], present[k]++;
    }
    for (int k = 0; k < GL_SETS; k++) (*mean)[k] = present[k] > 0 ? sum[k] / present[k] : NAN;
}

/* A class without rows has none, as it has no area; rows that were taken for it count where they
 * belong. */
static double macro_f1(const sets *t, int k) {
    double sum = 0, present = 0;
    for (int64_t c = 0; c < t->s->a->classes; c++)
        if (rows_of_class(t, k, c) > 0) sum += f1(t, k, c), present++;
    return ratio(sum, present);
}

/* rank_mae: how many classes an answer is off. kappa: 1 - squares of that beside those of answers
 * that come as often and know no row (Cohen, "Weighted kappa", 1968, with quadratic weights). */
static void score_order(const sets *t, gl_sums *out) {
    int64_t n = t->s->a->classes;
    for (int k = 0; k < GL_SETS; k++) {
        double off = 0, squares = 0, chance = 0;
        for (int64_t i = 0; i < n; i++)
            for (int64_t j = 0; j < n; j++) {
                double d = fabs((double)(i - j)), seen = confused(t, k, i, j);
                off += d * seen, squares += d * d * seen;
                chance += d * d * rows_of_class(t, k, i) * answers_of_class(t, k, j);
            }
        out[SCORE_rank_mae][k] = off / t->total[k];
        out[SCORE_kappa][k] = chance > 0 ? 1 - squares * t->total[k] / chance : NAN;
    }
}

static void score_multiclass(const sets *t, gl_sums *out) {
    count_confusion(t);
    mean_loss(t, &out[SCORE_loss]);
    for (int k = 0; k < GL_SETS; k++) {
        out[SCORE_accuracy][k] = accuracy(t, k);
        out[SCORE_macro_f1][k] = macro_f1(t, k);
    }
    if (t->s->rankings > 0) macro_auc(t, &out[SCORE_auc]);
    if (t->s->a->ordered) score_order(t, out);
}

static void squares_around(const sets *t, const gl_sums *mean, gl_sums *squares) {
    gl_sums sum = {0};
    for (int64_t i = 0; i < t->s->a->rows; i++) {
        gl_sums count, e = t->s->a->label[i] - *mean;
        times(t, i, &count);
        sum += count * e * e;
    }
    *squares = sum;
}

/* r2 = 1 - sum (a - y)^2 / sum (y - mean)^2: what is better than always saying the mean. Two
 * passes, since sum y^2 - n mean^2 loses its digits where the mean is large. */
static void score_regression(const sets *t, gl_sums *out) {
    const gl_answers *a = t->s->a;
    gl_sums sum = {0}, squares = {0}, absolute = {0}, around;
    for (int64_t i = 0; i < a->rows; i++) {
        double label = a->label[i], e = a->value[i] - label;
        gl_sums count;
        times(t, i, &count);
        sum += count * label;
        squares += count * e * e;
        absolute += count * fabs(e);
    }
    gl_sums mean = sum / t->total;
    squares_around(t, &mean, &around);
    out[SCORE_mse] = squares / t->total;
    out[SCORE_mae] = absolute / t->total;
    for (int k = 0; k < GL_SETS; k++) {
        out[SCORE_rmse][k] = sqrt(out[SCORE_mse][k]);
        out[SCORE_r2][k] = around[k] > 0 ? 1 - squares[k] / around[k] : NAN;
    }
}

/* Of the mean that all rows have: sum 2 (y log(y / mean) - (y - mean)), and the last term adds up
 * to nothing. */
static void deviance_around_mean(const sets *t, gl_sums *out) {
    const gl_answers *a = t->s->a;
    gl_sums sum = {0}, logs = {0};
    for (int64_t i = 0; i < a->rows; i++) {
        double y = a->label[i];
        gl_sums count;
        times(t, i, &count);
        sum += count * y;
        logs += count * (y > 0 ? y * log(y) : 0);
    }
    for (int k = 0; k < GL_SETS; k++)
        (*out)[k] = 2 * (logs[k] - sum[k] * log(sum[k] / t->total[k]));
}

/* d2 is to the deviance what r2 is to squares: 0 is worth the mean, 1 all that can be. */
static void score_counts(const sets *t, gl_sums *out) {
    gl_sums around;
    score_regression(t, out);
    mean_loss(t, &out[SCORE_deviance]);
    deviance_around_mean(t, &around);
    for (int k = 0; k < GL_SETS; k++)
        out[SCORE_d2][k] =
            around[k] > 0 ? 1 - out[SCORE_deviance][k] * t->total[k] / around[k] : NAN;
}

static double pinball_of(double q, double value, double label) {
    double e = label - value;
    return e >= 0 ? q * e : (q - 1) * e;
}

/* pinball is the mean over quantiles; coverage the share of rows from the first to the last of
 * them, ends included, and width how far these lie apart. */
static void score_quantiles(const sets *t, gl_sums *out) {
    const gl_answers *a = t->s->a;
    gl_sums loss = {0}, inside = {0}, below = {0}, width = {0};
    int64_t n = a->outputs;
    for (int64_t i = 0; i < a->rows; i++) {
        const double *value = a->value + i * n;
        double row = 0, y = a->label[i];
        gl_sums count;
        times(t, i, &count);
        for (int64_t j = 0; j < n; j++) row += pinball_of(a->quantile[j], value[j], y);
        loss += count * row / (double)n;
        inside += count * (value[0] <= y && y <= value[n - 1]);
        below += count * (y <= value[0]);
        width += count * (value[n - 1] - value[0]);
    }
    out[SCORE_pinball] = loss / t->total;
    out[SCORE_coverage] = inside / t->total;
    out[SCORE_below] = below / t->total;
    out[SCORE_width] = width / t->total;
}

static bool is_binary(const gl_answers *a) { return a->classes == 2 && a->outputs == 1; }

static int kind_of(const gl_answers *a) {
    if (a->quantile) return a->outputs > 1 ? QUANTILES : ONE;
    if (a->classes == 0) return a->counts ? VALUES | COUNTS : VALUES;
    return is_binary(a) ? TWO : a->ordered ? CLASSES | ORDER : CLASSES;
}

/* Which scores there are, in their order, list[SCORES]; how many. */
static int list_scores(const scorer *s, score_id *list) {
    int kind = kind_of(s->a), count = 0;
    for (score_id i = 0; i < SCORES; i++) {
        bool unranked = i == SCORE_auc && s->rankings == 0;
        if (about[i].of & kind && !unranked) list[count++] = i;
    }
    return count;
}

/* out[SCORES] */
static void score(sets *t, gl_sums *out) {
    weigh(t);
    if (t->s->a->quantile) score_quantiles(t, out);
    else if (t->s->a->counts) score_counts(t, out);
    else if (t->s->a->classes == 0) score_regression(t, out);
    else if (is_binary(t->s->a)) score_binary(t, out);
    else score_multiclass(t, out);
}

static sets each_once(const scorer *s) {
    return (sets){.s = s, .n = gl_once(), .confusion = s->confusion};
}

/* --------------------------------------------------------------------------------- intervals -- */

/* A 95% interval for a proportion (Wilson, 1927): all p' with |p - p'| <= z sqrt(p'(1 - p')/n).
 * The usual p +- z sqrt(p(1 - p)/n) has no width where all rows are right, and 30 of 30 are no
 * proof; this one then begins at 0.89. A bootstrap could not say it either: every sample would be
 * all right. */
static void wilson(glia_metrics *m, const char *name, double n) {
    glia_score *s = (glia_score *)gl_score_of(m, name);
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

/* Samples of the rows, GL_SETS in a block. */
typedef struct bootstrap {
    const scorer *s;
    int64_t jobs; /* each takes every so manieth block, in the same memory */
    double *seen; /* [SCORES, BOOTSTRAPS] */
} bootstrap;

static void draw(gl_eight *count, int64_t rows, int64_t block) {
    memset(count, 0, (size_t)rows * sizeof *count);
    for (int k = 0; k < GL_SETS; k++) {
        gl_rng r = gl_rng_new(1, GL_STREAM_BOOTSTRAP, (uint64_t)(block * GL_SETS + k));
        gl_rng_resample(&r, rows, (int32_t *)count + k, GL_SETS);
    }
}

static void score_blocks(const bootstrap *b, int64_t first, gl_eight *count, gl_sums *confusion) {
    for (int64_t block = first; block < BLOCKS; block += b->jobs) {
        gl_sums sample[SCORES] = {0};
        draw(count, b->s->a->rows, block);
        score(&(sets){.s = b->s, .n = {count, 1}, .confusion = confusion}, sample);
        for (int i = 0; i < SCORES; i++)
            memcpy(b->seen + i * BOOTSTRAPS + block * GL_SETS, &sample[i], sizeof sample[i]);
    }
}

static glia_status try_blocks(void *user, gl_hand *hand, int64_t job) {
    const bootstrap *b = user;
    const gl_answers *a = b->s->a;
    gl_eight *count = gl_alloc(hand->g, a->rows, sizeof *count);
    gl_sums *confusion = gl_alloc(hand->g, a->classes * a->classes, sizeof *confusion);
    bool ok = count && confusion;
    if (ok) score_blocks(b, job, count, confusion);
    gl_free(hand->g, count);
    gl_free(hand->g, confusion);
    return ok ? GLIA_OK : GLIA_RESOURCE;
}

/* The interval of each score over resampled sets (Efron, 1979). The seed is fixed, so that the same
 * evaluation prints the same interval; each sample has a stream of its own. */
static glia_status resample(const scorer *s, glia_score *out) {
    int hands = s->g->threads;
    score_id list[SCORES];
    bootstrap b = {.s = s, .jobs = BLOCKS};
    if (b.jobs > 4 * hands) b.jobs = 4 * hands;
    b.seen = gl_alloc(s->g, SCORES * BOOTSTRAPS, sizeof *b.seen);
    gl_work work = {.n = b.jobs, .job = try_blocks, .user = &b, .hands = hands};
    glia_status status = b.seen ? gl_crew_work(s->g, &work) : GLIA_RESOURCE;
    int scores = list_scores(s, list);
    for (int i = 0; i < scores && status == GLIA_OK; i++)
        percentiles(b.seen + list[i] * BOOTSTRAPS, &out[i]);
    gl_free(s->g, b.seen);
    return status;
}

enum among { ALL, SAID, THERE }; /* rows; those that were called class 1; those that are */

/* Of weighted rows as many as would tell as much if each counted the same: (sum w)^2 / sum w^2
 * (Kish, "Survey Sampling", 1965). */
static double effective_rows(const gl_answers *a, enum among which) {
    double sum = 0, squares = 0;
    for (int64_t i = 0; i < a->rows; i++) {
        double w = a->weight ? a->weight[i] : 1;
        if (which == SAID && a->class_index[i] != 1) continue;
        if (which == THERE && a->label[i] != 1) continue;
        sum += w, squares += w * w;
    }
    return squares > 0 ? sum * sum / squares : 0;
}

static glia_status add_intervals(const scorer *s, glia_metrics *out) {
    glia_status status = resample(s, out->score);
    if (status != GLIA_OK || s->a->classes == 0) return status;
    wilson(out, "accuracy", effective_rows(s->a, ALL));
    if (is_binary(s->a)) {
        wilson(out, "precision", effective_rows(s->a, SAID));
        wilson(out, "recall", effective_rows(s->a, THERE));
    }
    return GLIA_OK;
}

/* --------------------------------------------------------------------------------- measuring -- */

static double true_class_probability(const gl_answers *a, int64_t i) {
    if (a->outputs > 1) return a->value[i * a->outputs + (int64_t)a->label[i]];
    return a->label[i] > 0.5 ? a->value[i] : 1 - a->value[i];
}

/* What always answering the most frequent class (accuracy) or the mean (rmse) scores; of quantiles
 * gl_measure says it. These are the
 * classes of the rows at hand: a score that is not above it has learned nothing. */
static double baseline(const sets *t) {
    const gl_answers *a = t->s->a;
    double best = 0, sum = 0, squares = 0;
    for (int64_t c = 0; c < a->classes; c++) {
        best = fmax(best, rows_of_class(t, 0, c));
    }
    if (a->classes > 0) return best / t->total[0];
    if (a->quantile) return NAN;
    for (int64_t i = 0; i < a->rows; i++) sum += (a->weight ? a->weight[i] : 1) * a->label[i];
    double mean = sum / t->total[0];
    for (int64_t i = 0; i < a->rows; i++)
        squares += (a->weight ? a->weight[i] : 1) * pow(a->label[i] - mean, 2);
    return sqrt(squares / t->total[0]);
}

/* The confusion is of rows, whatever they weigh. */
static void count_rows(const gl_answers *a, int64_t *confusion) {
    memset(confusion, 0, (size_t)(a->classes * a->classes) * sizeof *confusion);
    for (int64_t i = 0; i < a->rows; i++)
        confusion[(int64_t)a->label[i] * a->classes + a->class_index[i]]++;
}

/* Twice what the logarithm of the likelihood lacks to that of a rate which is the count. */
static double deviance(double y, double rate) {
    return 2 * ((y > 0 ? y * log(y / rate) : 0) - (y - rate));
}

/* A probability may be 0 by rounding, and its logarithm infinite: 1e-40 lets a loss end at 92.
 * That matters for the intervals alone; the loss itself comes from the logits, which know no
 * such end. */
void gl_scorer_run(scorer *s, int64_t *confusion, glia_metrics *out) {
    const gl_answers *a = s->a;
    score_id list[SCORES];
    gl_sums value[SCORES];
    sets all = each_once(s);
    for (int64_t k = 0; k < s->rankings; k++)
        s->ranking[k] = gl_rank(a, k, s->order + k * a->rows, s->mark + k * a->rows);
    for (int64_t i = 0; a->classes > 0 && i < a->rows; i++)
        s->row_loss[i] = -log(fmax(true_class_probability(a, i), 1e-40));
    for (int64_t i = 0; a->counts && i < a->rows; i++)
        s->row_loss[i] = deviance(a->label[i], fmax(a->value[i], 1e-40));
    *out = (glia_metrics){.rows = a->rows, .classes = a->classes, .confusion = confusion};
    score(&all, value);
    if (a->weight) out->weight = all.total[0];
    out->scores = list_scores(s, list);
    for (int i = 0; i < out->scores; i++) {
        score_id k = list[i];
        out->score[i] =
            (glia_score){about[k].name, value[k][0], NAN, NAN, about[k].share, about[k].positive};
    }
    if (a->classes > 0 && !isnan(a->loss)) out->score[0].value = a->loss;
    out->baseline = baseline(&all);
    if (a->classes > 0) count_rows(a, confusion);
}

static int64_t count_rankings(const gl_answers *a, bool curves) {
    if (is_binary(a)) return 1;
    return curves && a->classes <= MOST_RANKED ? a->classes : 0;
}

static scorer *new_scorer(glia_ctx *g, const gl_answers *a, bool curves) {
    scorer *s = gl_alloc(g, 1, sizeof *s);
    if (!s) return NULL;
    *s = (scorer){.g = g, .a = a, .rankings = count_rankings(a, curves)};
    s->ranking = gl_alloc(g, s->rankings, sizeof *s->ranking);
    s->order = gl_alloc(g, s->rankings * a->rows, sizeof *s->order);
    s->mark = gl_alloc(g, s->rankings * a->rows, sizeof *s->mark);
    s->row_loss = gl_alloc(g, a->rows, sizeof *s->row_loss);
    s->confusion = gl_alloc(g, a->classes * a->classes, sizeof *s->confusion);
    if (s->ranking && s->order && s->mark && s->row_loss && s->confusion) return s;
    gl_scorer_free(s);
    return NULL;
}

gl_scorer *gl_scorer_new(glia_ctx *g, const gl_answers *a) { return new_scorer(g, a, false); }

void gl_scorer_free(gl_scorer *s) {
    if (!s) return;
    gl_free(s->g, s->ranking);
    gl_free(s->g, s->order);
    gl_free(s->g, s->mark);
    gl_free(s->g, s->row_loss);
    gl_free(s->g, s->confusion);
    gl_free(s->g, s);
}

/* What the rows themselves stay below with probability q: by bisection, since weights count and no
 * memory is at hand. 60 steps leave nothing of a double. */
static double quantile_of_labels(const gl_answers *a, double q, double total) {
    double low = INFINITY, high = -INFINITY;
    for (int64_t i = 0; i < a->rows; i++)
        low = fmin(low, a->label[i]), high = fmax(high, a->label[i]);
    for (int step = 0; step < 60; step++) {
        double middle = low + (high - low) / 2, below = 0;
        for (int64_t i = 0; i < a->rows; i++)
            if (a->label[i] <= middle) below += a->weight ? a->weight[i] : 1;
        *(below < q * total ? &low : &high) = middle;
    }
    return high;
}

/* The pinball of whoever says the same quantiles of every row. */
static double same_quantiles(const gl_answers *a) {
    double total = 0, loss = 0;
    for (int64_t i = 0; i < a->rows; i++) total += a->weight ? a->weight[i] : 1;
    for (int64_t j = 0; j < a->outputs; j++) {
        double value = quantile_of_labels(a, a->quantile[j], total);
        for (int64_t i = 0; i < a->rows; i++)
            loss += (a->weight ? a->weight[i] : 1) * pinball_of(a->quantile[j], value, a->label[i]);
    }
    return loss / total / (double)a->outputs;
}

glia_status gl_measure(glia_ctx *g, const gl_answers *a, int64_t *confusion, glia_curves *curves,
                       glia_metrics *out) {
    scorer *s = new_scorer(g, a, curves != NULL);
    if (!s) return GLIA_RESOURCE;
    gl_scorer_run(s, confusion, out);
    if (a->quantile) out->baseline = same_quantiles(a);
    if (curves && a->classes > 0) {
        gl_curves(a, is_binary(a) ? s->ranking : NULL, curves);
        out->curves = curves;
    }
    glia_status status = curves ? add_intervals(s, out) : GLIA_OK;
    gl_scorer_free(s);
    return status;
}
