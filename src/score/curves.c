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
#include <string.h>

/* --------------------------------------------------------------------------------- the order -- */

/* A damaged model answers NaN: that is below every score, and ties with itself. */
static double score_of(const gl_ranking *r, int64_t row) {
    double s = r->score[row * r->stride];
    return isnan(s) ? -INFINITY : s;
}

/* A whole number in whose order the doubles are: of negative ones all bits turn round, of others
 * the sign alone. -0 is 0. */
static uint64_t key_of(double score) {
    uint64_t bits, sign = (uint64_t)1 << 63;
    score += 0.0;
    memcpy(&bits, &score, sizeof bits);
    return bits & sign ? ~bits : bits | sign;
}

enum {
    DIGIT = 11,
    DIGITS = 3,
    DIGIT_VALUES = 1 << DIGIT
}; /* bits; 3 x 11 hold half a key; 16 kB of counts */

static unsigned digit_of(uint32_t half, int k) { return half >> (k * DIGIT) & (DIGIT_VALUES - 1); }

/* Counting by one digit, stable. False: all have the same, and nothing was moved. Probabilities of
 * floats have zeros in two of the three digits of the lower half. */
static bool sort_by_digit(const gl_ranked *from, gl_ranked *to, int64_t n, int k) {
    int64_t place[DIGIT_VALUES] = {0}, sum = 0;
    for (int64_t i = 0; i < n; i++) place[digit_of(from[i].half, k)]++;
    if (place[digit_of(from[0].half, k)] == n) return false;
    for (int v = 0; v < DIGIT_VALUES; v++) {
        int64_t count = place[v];
        place[v] = sum, sum += count;
    }
    for (int64_t i = 0; i < n; i++) to[place[digit_of(from[i].half, k)]++] = from[i];
    return true;
}

/* Radix sort, the last digit first: by the lower halves of all keys, then by the upper ones, so
 * that a row takes 8 bytes and not 16. It allocates nothing, as training monitors scores, and rows
 * with equal scores stay in their order, so that sums over it are the same bits everywhere. */
static const gl_ranked *sort_rows(const gl_ranking *r, gl_ranked *room) {
    gl_ranked *from = room, *to = room + r->rows;
    for (int64_t i = 0; i < r->rows; i++) from[i].row = (uint32_t)i;
    for (int shift = 0; shift < 64; shift += 32) {
        for (int64_t i = 0; i < r->rows; i++)
            from[i].half = (uint32_t)(key_of(score_of(r, from[i].row)) >> shift);
        for (int k = 0; k < DIGITS && r->rows > 0; k++) {
            if (!sort_by_digit(from, to, r->rows, k)) continue;
            gl_ranked *other = from;
            from = to, to = other;
        }
    }
    return from;
}

/* Rows of one score lie in a row. What is written here may lie where `sorted` does: it takes half
 * as much, and so stays behind what is read. */
static void mark_rows(const gl_ranking *r, const gl_ranked *sorted, uint32_t *order,
                      uint8_t *mark) {
    uint64_t before = 0;
    for (int64_t i = 0; i < r->rows; i++) {
        uint32_t row = sorted[i].row;
        uint64_t key = key_of(score_of(r, row));
        bool least = i == 0 || key != before;
        order[i] = row, before = key;
        mark[i] = (uint8_t)((r->label[row] == r->positive) * GL_POSITIVE + least * GL_LEAST);
    }
}

gl_ranking gl_rank(const gl_answers *a, int64_t k, uint32_t *order, uint8_t *mark,
                   gl_ranked *room) {
    gl_ranking r = {.rows = a->rows,
                    .stride = a->outputs,
                    .score = a->value + k,
                    .label = a->label,
                    .weight = a->weight,
                    .positive = a->outputs == 1 ? 1 : (double)k,
                    .order = order,
                    .mark = mark};
    mark_rows(&r, sort_rows(&r, room), order, mark);
    return r;
}

/* A walk from the top: `hits` and `misses` are positive and other rows down to here, the last
 * `tied_hits` and `tied_misses` of which share a score. */
typedef struct walk {
    const gl_ranking *r;
    int64_t left, tied; /* rows below; rows of this score, the last at order[left] */
    double hits, misses, tied_hits, tied_misses;
} walk;

static walk walk_from_the_top(const gl_ranking *r) { return (walk){.r = r, .left = r->rows}; }

static double score_below(const walk *w) { return score_of(w->r, w->r->order[w->left - 1]); }

static double score_here(const walk *w) { return score_of(w->r, w->r->order[w->left]); }

static double weight_of(const gl_ranking *r, int64_t row) { return r->weight ? r->weight[row] : 1; }

static bool next_group(walk *w) {
    if (w->left == 0) return false;
    double tied[2] = {0}; /* misses, hits: an index costs less than a branch that none foresees */
    int64_t above = w->left;
    int mark;
    do {
        mark = w->r->mark[--w->left];
        tied[mark & GL_POSITIVE] += weight_of(w->r, w->r->order[w->left]);
    } while (!(mark & GL_LEAST));
    w->tied = above - w->left;
    w->misses += w->tied_misses = tied[0];
    w->hits += w->tied_hits = tied[1];
    return true;
}

static walk walk_to_the_end(const gl_ranking *r) {
    walk w = walk_from_the_top(r);
    while (next_group(&w)) continue;
    return w;
}

/* ----------------------------------------------------------------------------------- numbers -- */

/* The area is the probability that a random positive row scores above a random other one; ties
 * count half (Mann and Whitney, 1947). Each negative of a group is met by the hits above it and by
 * half of those beside it.
 *
 * The average precision is the mean precision over the positive rows, each at its own score: the
 * step-wise area under the PR curve, as in scikit-learn. The trapezoids between its points would
 * flatter: precision does not fall in straight lines (Davis and Goadrich, "The relationship between
 * precision-recall and ROC curves", 2006). */
double gl_area(const gl_ranking *r, double *precision) {
    const double least = 1e-300; /* changes no number of rows but 0, which has no hits either */
    walk w = walk_from_the_top(r);
    double pairs = 0, sum = 0;
    while (next_group(&w)) {
        pairs += w.tied_misses * (w.hits - w.tied_hits / 2);
        sum += w.tied_hits * w.hits / (w.hits + w.misses + least);
    }
    if (precision) *precision = w.hits > 0 ? sum / w.hits : NAN;
    return w.hits > 0 && w.misses > 0 ? pairs / (w.hits * w.misses) : NAN;
}

/* Each row of the group gets what positive and what other rows of it pull. */
static void pull_group(const walk *w, double positive, double other, double *pull) {
    for (int64_t at = w->left; at < w->left + w->tied; at++) {
        int64_t row = w->r->order[at];
        double one = w->r->mark[at] & GL_POSITIVE ? positive : other;
        pull[row] += weight_of(w->r, row) * one;
    }
}

/* A positive row wins against the others below it and half of those beside it, another one loses
 * against the positive ones above; how much more often than the mean row of its kind (DeLong et
 * al., "Comparing the areas under two or more correlated ROC curves", 1988). */
void gl_pull_area(const gl_ranking *r, double share, double *pull) {
    walk w = walk_from_the_top(r), end = walk_to_the_end(r);
    double area = gl_area(r, NULL);
    if (isnan(area)) return;
    while (next_group(&w)) {
        double wins = (end.misses - w.misses + w.tied_misses / 2) / end.misses,
               losses = (w.hits - w.tied_hits / 2) / end.hits;
        pull_group(&w, share * (wins - area) / end.hits, share * (losses - area) / end.misses,
                   pull);
    }
}

/* One more positive row brings the precision at its score, and mends that of the positive rows
 * below it, h/(h + m), by m/(h + m)^2; another row spoils it by h/(h + m)^2. These sums begin with
 * all rows and lose those that the walk has passed. */
void gl_pull_precision(const gl_ranking *r, double precision, double *pull) {
    double mends = 0, spoils = 0;
    for (walk w = walk_from_the_top(r); next_group(&w);) {
        double rows = w.hits + w.misses, each = rows > 0 ? w.tied_hits / (rows * rows) : 0;
        mends += each * w.misses, spoils += each * w.hits;
    }
    walk w = walk_from_the_top(r), end = walk_to_the_end(r);
    for (int64_t i = 0; i < r->rows; i++) pull[i] = 0;
    while (next_group(&w)) {
        double rows = w.hits + w.misses, each = rows > 0 ? w.tied_hits / (rows * rows) : 0;
        double here = rows > 0 ? w.hits / rows : 0;
        pull_group(&w, (here - precision + mends) / end.hits, -spoils / end.hits, pull);
        mends -= each * w.misses, spoils -= each * w.hits;
    }
}

/* ------------------------------------------------------------------------------------ curves -- */

/* Collects corners: all of them, unless they are more than there is room for. Then those are left
 * out that lie nearer than `near` to the one before, in both directions: no picture tells them
 * apart, while a share of all corners would lose the first ranks, where few rows turn a precision
 * of 1 into 0.6. */
typedef struct corners {
    glia_curve_point *point;
    int count;
    double near;
    bool full;
} corners;

enum { ON_PAPER = 4096 }; /* dots along an axis, of which a screen shows 1,000 */

static void take_corner(corners *c, glia_curve_point p) {
    const glia_curve_point *last = &c->point[c->count - 1];
    if (c->count > 0 && fabs(p.x - last->x) < c->near && fabs(p.y - last->y) < c->near) return;
    c->full = c->count == GLIA_CURVE_POINTS - 1; /* one place is kept for the end */
    if (!c->full) c->point[c->count++] = p;
}

static void end_corners(corners *c, glia_curve_point last) {
    const glia_curve_point *p = &c->point[c->count - 1];
    if (p->x != last.x || p->y != last.y) c->point[c->count++] = last;
}

/* What the walk passed since the corner before, and whether it goes on in the same direction. */
typedef struct step {
    double hits, misses;
} step;

static step step_of(const walk *w) { return (step){w->tied_hits, w->tied_misses}; }

static bool both_up(step a, step b) { return a.misses == 0 && b.misses == 0; }
static bool both_right(step a, step b) { return a.hits == 0 && b.hits == 0; }

/* A point in the middle of a horizontal or vertical stretch says nothing. */
static void find_roc(const gl_ranking *r, const walk *end, corners *c) {
    walk w = walk_from_the_top(r);
    glia_curve_point p = {0, 0, INFINITY};
    step before = {0};
    take_corner(c, p);
    for (bool first = true; next_group(&w) && !c->full; first = false) {
        step now = step_of(&w);
        if (!first && !both_up(before, now) && !both_right(before, now)) take_corner(c, p);
        p = (glia_curve_point){w.misses / end->misses, w.hits / end->hits, score_here(&w)};
        before = now;
    }
    end_corners(c, p);
}

/* It begins at (0, 1) with nobody called positive, and ends where all positives are found: behind
 * that, precision only falls. It goes down in straight lines, and along the top while there are no
 * misses at all. */
static void find_precision_recall(const gl_ranking *r, const walk *end, corners *c) {
    walk w = walk_from_the_top(r);
    glia_curve_point p = {0, 1, INFINITY};
    step before = {0};
    take_corner(c, p);
    for (bool first = true; p.x < 1 && !c->full && next_group(&w); first = false) {
        step now = step_of(&w);
        bool along = w.misses == 0;
        if (!first && !along && !both_right(before, now)) take_corner(c, p);
        p = (glia_curve_point){w.hits / end->hits, w.hits / (w.hits + w.misses), score_here(&w)};
        before = now;
    }
    end_corners(c, p);
}

typedef void find_corners(const gl_ranking *r, const walk *end, corners *c);

static int draw(find_corners *find, const gl_ranking *r, const walk *end, glia_curve_point *point) {
    corners c = {.full = true};
    for (double near = 0; c.full; near = near > 0 ? 2 * near : 1.0 / ON_PAPER) {
        c = (corners){.point = point, .near = near};
        find(r, end, &c);
    }
    return c.count;
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

/* A threshold between two scores, which is not computed (2 us) unless it is asked for. */
typedef struct cut {
    double below, above; /* infinite: no row is above it */
} cut;

static double threshold_at(const cut *c) {
    return isinf(c->above) ? 1 : between(c->below, c->above);
}

/* Of two cuts, the first one higher up: is the other nearer to 0.5? Among equals the nearest is
 * taken: with few rows many thresholds are equally good, and what is near the usual one is least
 * likely to be luck. */
static bool is_nearer(const cut *high, const cut *low) {
    if (low->below >= 0.5) return true;
    if (high->above <= 0.5) return false;
    return fabs(threshold_at(low) - 0.5) < fabs(threshold_at(high) - 0.5);
}

static void consider(double *best, cut *at, double value, const cut *here) {
    if (value > *best || (value == *best && is_nearer(at, here))) *best = value, *at = *here;
}

typedef struct aims {
    double best[3];
    cut at[3];
} aims;

/* What each aim would be when rows down to here are taken for class 1: accuracy, f1, and Youden's J
 * (1950), the share of hits minus that of false alarms. */
static void consider_all(aims *a, const walk *w, const walk *end, cut here) {
    double hits = w->hits, misses = w->misses, all_hits = end->hits, all_misses = end->misses,
           right = hits + all_misses - misses;
    consider(&a->best[0], &a->at[0], right / (all_hits + all_misses), &here);
    consider(&a->best[1], &a->at[1], 2 * hits / (hits + misses + all_hits), &here);
    consider(&a->best[2], &a->at[2], hits / all_hits - misses / all_misses, &here);
}

static void best_thresholds(const gl_ranking *r, const walk *end, glia_curves *out) {
    aims a = {.best = {-1, -1, -1}};
    walk w = walk_from_the_top(r);
    /* nobody is above 1: "always class 0" competes with the others */
    consider_all(&a, &w, end, (cut){1, INFINITY});
    while (next_group(&w)) {
        double below = w.left > 0 ? score_below(&w) : 0;
        if (score_here(&w) > below) consider_all(&a, &w, end, (cut){below, score_here(&w)});
    }
    for (int k = 0; k < 3; k++)
        out->best[k].value = a.best[k], out->best[k].threshold = threshold_at(&a.at[k]);
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
    double within[GLIA_BINS] = {0}, all = 0;
    for (int64_t i = 0; i < a->rows; i++) {
        bool came_true;
        double p = promise(a, i, &came_true), w = a->weight ? a->weight[i] : 1;
        int k = 0;
        while (k + 1 < GLIA_BINS && p > (k + 1) * (1.0 / GLIA_BINS)) k++;
        out->bin[k].rows++;
        out->bin[k].mean += w * p;
        out->bin[k].share += came_true ? w : 0;
        within[k] += w, all += w;
    }
    for (int k = 0; k < GLIA_BINS; k++) {
        glia_bin *b = &out->bin[k];
        out->calibration_error += fabs(b->mean - b->share) / all;
        b->mean = within[k] > 0 ? b->mean / within[k] : NAN;
        b->share = within[k] > 0 ? b->share / within[k] : NAN;
    }
}

/* ------------------------------------------------------------------------ whom to call first -- */

/* Whole rows, where each is one: nobody calls 0.4 of a customer. */
static double rows_of_share(const gl_ranking *r, double share, double all) {
    return r->weight ? share * all : fmax(round(share * all), 1);
}

static glia_top top_of(const walk *w, const walk *end, double rows) {
    double all = end->hits + end->misses, tied = w->tied_hits + w->tied_misses,
           above = w->hits + w->misses - tied;
    /* Rows of one score cannot be told apart: so many of them, taken at random. */
    double part = (rows - above) / tied, hits = w->hits - w->tied_hits * (1 - part);
    return (glia_top){.share = rows / all,
                      .rows = rows,
                      .precision = hits / rows,
                      .recall = hits / end->hits,
                      .lift = hits / rows / (end->hits / all),
                      .threshold = score_here(w)};
}

static void find_tops(const gl_ranking *r, const walk *end, glia_curves *out) {
    static const double share[GLIA_TOPS] = {0.01, 0.02, 0.05, 0.1, 0.2, 0.3, 0.4, 0.5, 0.75, 1};
    const double rounding = 1e-9; /* sums of shares that end where a group does */
    walk w = walk_from_the_top(r);
    int k = 0;
    double all = end->hits + end->misses;
    while (k < GLIA_TOPS && next_group(&w))
        for (double rows; k < GLIA_TOPS; k++) {
            rows = rows_of_share(r, share[k], all);
            if (rows > (w.hits + w.misses) * (1 + rounding)) break;
            out->top[k] = top_of(&w, end, rows);
        }
}

static void count_called(const gl_answers *a, const gl_ranking *r, glia_curves *out) {
    for (int64_t i = 0; i < a->rows; i++) {
        if (a->class_index[i] != 1) continue;
        *(a->label[i] == 1 ? &out->hits : &out->alarms) += weight_of(r, i);
    }
}

/* Rows of this score and above are called; a threshold is what they are above. The least step of
 * f32 where the score is one, so that it can be read. */
static double just_below(double score) {
    float single = (float)score;
    if (isinf(score)) return 1;
    return between(single == score ? nextafterf(single, -INFINITY) : nextafter(score, -INFINITY),
                   score);
}

/* A straight line of costs touches a ROC curve at a corner. */
glia_error_costs glia_curves_costs(const glia_curves *c, double miss, double alarm) {
    double rows = c->positives + c->others;
    glia_error_costs out = {NAN, NAN, NAN, NAN, NAN};
    if (c->roc_points == 0) return out;
    out.now = (miss * (c->positives - c->hits) + alarm * c->alarms) / rows;
    out.none = miss * c->positives / rows, out.all = alarm * c->others / rows;
    for (int i = 0; i < c->roc_points; i++) {
        const glia_curve_point *p = &c->roc[i];
        double cost = (miss * c->positives * (1 - p->y) + alarm * c->others * p->x) / rows;
        if (!(cost >= out.least)) out.least = cost, out.threshold = just_below(p->threshold);
    }
    return out;
}

void gl_curves(const gl_answers *a, const gl_ranking *ranking, glia_curves *out) {
    *out = (glia_curves){.best = {{"accuracy", NAN, -1}, {"f1", NAN, -1}, {"youden", NAN, -1}}};
    if (a->rows > 0) calibration(a, out);
    if (!ranking) return;
    walk end = walk_to_the_end(ranking);
    if (!(end.hits > 0 && end.misses > 0)) return;
    out->roc_points = draw(find_roc, ranking, &end, out->roc);
    out->pr_points = draw(find_precision_recall, ranking, &end, out->pr);
    best_thresholds(ranking, &end, out);
    out->positives = end.hits, out->others = end.misses;
    count_called(a, ranking, out);
    find_tops(ranking, &end, out);
}
