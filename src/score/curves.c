/*
 * curves.c: ranking rows by score. Everything here walks once from the highest score down, one
 * group of equal scores at a time, so that ties count as no order can tell them apart.
 *
 *     score     0.9   0.7   0.7   0.4      groups: {0.9}, {0.7, 0.7}, {0.4}
 *     label     1     1     0     0
 *     hits      1     2           2        ROC (misses / all misses, hits / all hits):
 *     misses    0     1           2            (0, 0.5)  (0.5, 1)  (1, 1)
 *
 * Rows that tie enter together, and the curve goes from corner to corner in a straight line. An
 * order among them would draw a stair above or below it, by luck.
 */
#include "curves.h"

#include <math.h>
#include <stdio.h>
#include <stdlib.h>

/* --------------------------------------------------------------------------------- the order -- */

/* A damaged model answers NaN: that is below every score, and ties with itself. */
static double score_of(const gl_ranking *r, int64_t row) {
    double s = r->score[row * r->stride];
    return isnan(s) ? -INFINITY : s;
}

static bool comes_before(const gl_ranking *r, int64_t i, int64_t j) {
    double x = score_of(r, i), y = score_of(r, j);
    return x != y ? x < y : i < j;
}

static void sink(const gl_ranking *r, int64_t *heap, int64_t at, int64_t n) {
    for (int64_t child = 2 * at + 1; child < n; at = child, child = 2 * at + 1) {
        if (child + 1 < n && comes_before(r, heap[child], heap[child + 1])) child++;
        if (!comes_before(r, heap[at], heap[child])) return;
        int64_t row = heap[at];
        heap[at] = heap[child], heap[child] = row;
    }
}

/* Heapsort (Williams, 1964): it allocates nothing, as qsort may, and training monitors scores.
 * Equal scores are ordered by row number, so that sums over the order are the same bits
 * everywhere. */
static void sort_rows(const gl_ranking *r, int64_t *order) {
    for (int64_t i = 0; i < r->rows; i++) order[i] = i;
    for (int64_t i = r->rows / 2 - 1; i >= 0; i--) sink(r, order, i, r->rows);
    for (int64_t n = r->rows - 1; n > 0; n--) {
        int64_t row = order[0];
        order[0] = order[n], order[n] = row;
        sink(r, order, 0, n);
    }
}

gl_ranking gl_rank(const gl_answers *a, int64_t k, int64_t *order) {
    gl_ranking r = {.rows = a->rows,
                    .stride = a->outputs,
                    .score = a->value + k,
                    .label = a->label,
                    .positive = a->outputs == 1 ? 1 : (double)k,
                    .order = order};
    sort_rows(&r, order);
    return r;
}

/* A walk from the top: `hits` and `misses` are positive and other rows down to `score`, the last
 * `tied_hits` and `tied_misses` of which share it. */
typedef struct walk {
    const gl_ranking *r;
    const double *weight;
    int64_t left; /* rows below */
    double score, hits, misses, tied_hits, tied_misses;
} walk;

static walk walk_from_the_top(const gl_ranking *r, const double *weight) {
    return (walk){.r = r, .weight = weight, .left = r->rows, .score = INFINITY};
}

static double score_below(const walk *w) { return score_of(w->r, w->r->order[w->left - 1]); }

static bool next_group(walk *w) {
    if (w->left == 0) return false;
    w->score = score_below(w);
    w->tied_hits = w->tied_misses = 0;
    for (; w->left > 0 && score_below(w) == w->score; w->left--) {
        int64_t row = w->r->order[w->left - 1];
        if (w->r->label[row] == w->r->positive) w->tied_hits += w->weight[row];
        else w->tied_misses += w->weight[row];
    }
    w->hits += w->tied_hits;
    w->misses += w->tied_misses;
    return true;
}

static walk walk_to_the_end(const gl_ranking *r, const double *weight) {
    walk w = walk_from_the_top(r, weight);
    while (next_group(&w)) continue;
    return w;
}

/* ----------------------------------------------------------------------------------- numbers -- */

/* Probability that a random positive row scores above a random other one; ties count half (Mann
 * and Whitney, 1947). Each negative of a group is met by the hits above it and by half of those
 * beside it. */
double gl_auc(const gl_ranking *r, const double *weight) {
    walk w = walk_from_the_top(r, weight);
    double pairs = 0;
    while (next_group(&w)) pairs += w.tied_misses * (w.hits - w.tied_hits / 2);
    return w.hits > 0 && w.misses > 0 ? pairs / (w.hits * w.misses) : NAN;
}

/* Mean precision over the positive rows, each at its own score: the step-wise area under the PR
 * curve, as in scikit-learn. The trapezoids between its points would flatter: precision does not
 * fall in straight lines (Davis and Goadrich, "The relationship between precision-recall and ROC
 * curves", 2006). */
double gl_average_precision(const gl_ranking *r, const double *weight) {
    walk w = walk_from_the_top(r, weight);
    double sum = 0;
    while (next_group(&w)) {
        if (w.tied_hits > 0) sum += w.tied_hits * w.hits / (w.hits + w.misses);
    }
    return w.hits > 0 ? sum / w.hits : NAN;
}

/* ------------------------------------------------------------------------------------ curves -- */

/* Collects points; when they are more than there is room for, every other one goes and from then on
 * only every second, fourth, ... is taken. How many there will be is not known before the walk, and
 * a second walk would be needed to find out. */
typedef struct thinned {
    glia_curve_point *point;
    int count;
    int64_t seen, stride;
} thinned;

static void take_point(thinned *t, glia_curve_point p) {
    if (t->seen++ % t->stride != 0) return;
    if (t->count == GLIA_CURVE_POINTS - 1) { /* one place is kept for the end */
        for (int i = 0; 2 * i < t->count; i++) t->point[i] = t->point[2 * i];
        t->count = (t->count + 1) / 2;
        t->stride *= 2;
        if ((t->seen - 1) % t->stride != 0) return;
    }
    t->point[t->count++] = p;
}

static int end_points(thinned *t, glia_curve_point last) {
    const glia_curve_point *p = &t->point[t->count - 1];
    if (p->x != last.x || p->y != last.y) t->point[t->count++] = last;
    return t->count;
}

static bool on_a_line(const walk *w, double hits, double misses) { /* since the corner before */
    return (hits == 0 && w->tied_hits == 0) || (misses == 0 && w->tied_misses == 0);
}

/* Corners only: a point in the middle of a horizontal or vertical stretch says nothing. */
static void roc(const gl_ranking *r, const double *weight, const walk *end, glia_curves *out) {
    thinned t = {.point = out->roc, .stride = 1};
    walk w = walk_from_the_top(r, weight);
    glia_curve_point p = {0, 0, INFINITY};
    double tied_hits = 0, tied_misses = 0;
    take_point(&t, p);
    for (bool first = true; next_group(&w); first = false) {
        if (!first && !on_a_line(&w, tied_hits, tied_misses)) take_point(&t, p);
        p = (glia_curve_point){w.misses / end->misses, w.hits / end->hits, w.score};
        tied_hits = w.tied_hits, tied_misses = w.tied_misses;
    }
    out->roc_points = end_points(&t, p);
}

/* It begins at (0, 1) with nobody called positive, and ends where all positives are found: behind
 * that, precision only falls. */
static void precision_recall(const gl_ranking *r, const double *weight, const walk *end,
                             glia_curves *out) {
    thinned t = {.point = out->pr, .stride = 1};
    walk w = walk_from_the_top(r, weight);
    glia_curve_point p = {0, 1, INFINITY};
    take_point(&t, p);
    while (next_group(&w) && p.x < 1) {
        p = (glia_curve_point){w.hits / end->hits, w.hits / (w.hits + w.misses), w.score};
        take_point(&t, p);
    }
    out->pr_points = end_points(&t, p);
}

/* -------------------------------------------------------------------------------- thresholds -- */

/* The shortest number t with below <= t < above: rows above t are exactly those from `above` on.
 * Any number between would do for these rows; 0.4 can be read, typed and remembered, and 0.40172932
 * pretends to digits that the data do not give. */
static double between(double below, double above) {
    double middle = below + (above - below) / 2;
    for (int digits = 1; digits < 17; digits++) {
        char text[32];
        snprintf(text, sizeof text, "%.*g", digits, middle);
        double t = strtod(text, NULL);
        if (t >= below && t < above) return t;
    }
    return middle < above ? middle : below;
}

/* Among equals the nearest to 0.5: with few rows many thresholds are equally good, and what is near
 * the usual one is least likely to be luck. */
static void consider(glia_threshold *best, double value, double threshold) {
    bool nearer = fabs(threshold - 0.5) < fabs(best->threshold - 0.5);
    if (value > best->value || (value == best->value && nearer))
        best->value = value, best->threshold = threshold;
}

/* What each aim would be when rows down to here are taken for class 1: accuracy, f1, and Youden's J
 * (1950), the share of hits minus that of false alarms. */
static void consider_all(glia_curves *out, const walk *w, const walk *end, double threshold) {
    double right = w->hits + end->misses - w->misses, all = end->hits + end->misses;
    consider(&out->best[0], right / all, threshold);
    consider(&out->best[1], 2 * w->hits / (w->hits + w->misses + end->hits), threshold);
    consider(&out->best[2], w->hits / end->hits - w->misses / end->misses, threshold);
}

static void best_thresholds(const gl_ranking *r, const double *weight, const walk *end,
                            glia_curves *out) {
    walk w = walk_from_the_top(r, weight);
    /* nobody is above 1: "always class 0" competes with the others */
    consider_all(out, &w, end, 1);
    while (next_group(&w)) {
        double below = w.left > 0 ? score_below(&w) : 0;
        if (w.score > below) consider_all(out, &w, end, between(below, w.score));
    }
}

/* ------------------------------------------------------------------------------- calibration -- */

/* The probability that is put to the test, and whether what it promised came true: P(class 1), or
 * that of the answer among more classes ("confidence": Guo et al., "On calibration of modern neural
 * networks", 2017, whose error of ten or fifteen equal bins this is). */
static double promise(const gl_answers *a, int64_t i, bool *true_then) {
    *true_then = a->outputs == 1 ? a->label[i] == 1 : a->label[i] == (double)a->class_index[i];
    return a->value[i * a->outputs + (a->outputs == 1 ? 0 : a->class_index[i])];
}

static void calibration(const gl_answers *a, glia_curves *out) {
    for (int64_t i = 0; i < a->rows; i++) {
        bool came_true;
        double p = promise(a, i, &came_true);
        int k = 0;
        while (k + 1 < GLIA_BINS && p > (k + 1) * (1.0 / GLIA_BINS)) k++;
        out->bin[k].rows++;
        out->bin[k].mean += p;
        out->bin[k].share += came_true;
    }
    for (int k = 0; k < GLIA_BINS; k++) {
        glia_bin *b = &out->bin[k];
        out->calibration_error += fabs(b->mean - b->share) / (double)a->rows;
        b->mean = b->rows > 0 ? b->mean / (double)b->rows : NAN;
        b->share = b->rows > 0 ? b->share / (double)b->rows : NAN;
    }
}

void gl_curves(const gl_answers *a, const gl_ranking *ranking, const double *weight,
               glia_curves *out) {
    *out = (glia_curves){.best = {{"accuracy", NAN, -1}, {"f1", NAN, -1}, {"youden", NAN, -1}}};
    if (a->rows > 0) calibration(a, out);
    if (!ranking) return;
    walk end = walk_to_the_end(ranking, weight);
    if (!(end.hits > 0 && end.misses > 0)) return;
    roc(ranking, weight, &end, out);
    precision_recall(ranking, weight, &end, out);
    best_thresholds(ranking, weight, &end, out);
}
