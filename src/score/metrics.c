/*
 * metrics.c: answers are measured: which scores they have, their values (scores.c), how sure these
 * are (pulls.c) and what the order of rows tells (curves.c).
 */
#include "metrics.h"

#include "interval.h"
#include "scorer.h"

#include <inttypes.h>
#include <math.h>
#include <string.h>

enum { MOST_RANKED = 100 /* classes; a macro auc of more would take long */ };

/* ---------------------------------------------------------------------------------- the list -- */

enum {
    TWO = 1,
    CLASSES = 2,
    VALUES = 4,
    COUNTS = 8,
    QUANTILES = 16,
    ONE = 32,
    ORDER = 64,
    SERIES = 128
};

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
const score_row gl_scores[SCORES] = {
#define SCORE(name, ...) {#name, __VA_ARGS__},
#include "scores.def"
#undef SCORE
};

static const score_row *row_of(const char *name) {
    for (int i = 0; i < SCORES; i++)
        if (strcmp(gl_scores[i].name, name) == 0) return &gl_scores[i];
    return NULL;
}

bool gl_score_rises(const char *name) {
    const score_row *row = row_of(name);
    return !row || row->better == MORE;
}

bool gl_score_is_goal(const char *name) {
    const score_row *row = row_of(name);
    return !row || row->better != NEITHER;
}

void gl_score_limits(const char *name, double *least, double *most) {
    const score_row *row = row_of(name);
    *least = row ? row->least : -INFINITY, *most = row ? row->most : INFINITY;
}

int gl_score_goals(const char **names, int size) {
    int count = 0;
    for (int i = 0; i < SCORES && count < size; i++)
        if (gl_scores[i].better != NEITHER) names[count++] = gl_scores[i].name;
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

static int kind_of(const gl_answers *a) {
    if (a->quantile) return a->outputs > 1 ? QUANTILES : ONE;
    if (a->classes == 0) return VALUES | (a->counts ? COUNTS : 0) | (a->naive ? SERIES : 0);
    return gl_is_binary(a) ? TWO : a->ordered ? CLASSES | ORDER : CLASSES;
}

int gl_list_scores(const gl_scorer *s, score_id *list) {
    int kind = kind_of(s->a), count = 0;
    for (score_id i = 0; i < SCORES; i++) {
        bool unranked = i == SCORE_auc && s->rankings == 0;
        if (gl_scores[i].of & kind && !unranked) list[count++] = i;
    }
    return count;
}

/* --------------------------------------------------------------------------------- measuring -- */

static double true_class_probability(const gl_answers *a, int64_t i) {
    if (a->outputs > 1) return a->value[i * a->outputs + (int64_t)a->label[i]];
    return a->label[i] > 0.5 ? a->value[i] : 1 - a->value[i];
}

/* The confusion is of rows, whatever they weigh. */
static void count_rows(const gl_answers *a, int64_t *confusion) {
    memset(confusion, 0, (size_t)(a->classes * a->classes) * sizeof *confusion);
    for (int64_t i = 0; i < a->rows; i++)
        confusion[(int64_t)a->label[i] * a->classes + a->class_index[i]]++;
}

/* A probability may be 0 by rounding, and its logarithm infinite: 1e-40 lets a loss end at 92.
 * The loss itself comes from the logits, which know no such end. */
static void find_losses(gl_scorer *s) {
    const gl_answers *a = s->a;
    for (int64_t i = 0; a->classes > 0 && i < a->rows; i++)
        s->row_loss[i] = -log(fmax(true_class_probability(a, i), 1e-40));
    for (int64_t i = 0; a->counts && i < a->rows; i++)
        s->row_loss[i] = gl_deviance_of(a->label[i], fmax(a->value[i], 1e-40));
}

void gl_scorer_run(gl_scorer *s, int64_t *confusion, glia_metrics *out) {
    const gl_answers *a = s->a;
    score_id list[SCORES];
    for (int64_t k = 0; k < s->rankings; k++)
        s->ranking[k] = gl_rank(a, k, s->order + k * a->rows, s->mark + k * a->rows, s->room);
    find_losses(s);
    gl_compute_scores(s);
    *out = (glia_metrics){.rows = a->rows,
                          .classes = a->classes,
                          .confusion = confusion,
                          .baseline = NAN};
    if (a->weight) out->weight = s->total;
    out->scores = gl_list_scores(s, list);
    for (int i = 0; i < out->scores; i++) {
        const score_row *row = &gl_scores[list[i]];
        out->score[i] =
            (glia_score){row->name, s->value[list[i]], NAN, NAN, row->share, row->positive};
    }
    if (a->classes > 0 && !isnan(a->loss)) out->score[0].value = a->loss;
    if (a->classes > 0) count_rows(a, confusion);
}

glia_status gl_score_rows(glia_ctx *g, const gl_answers *a, const char *name, double *out) {
    gl_scorer *s = gl_scorer_new(g, a);
    gl_of_row *of_row = gl_score_of_row((score_id)(row_of(name) - gl_scores));
    if (!s) return GLIA_RESOURCE;
    find_losses(s);
    for (int64_t i = 0; i < a->rows; i++) out[i] = of_row(s, i);
    gl_scorer_free(s);
    return GLIA_OK;
}

static int64_t count_rankings(const gl_answers *a, gl_depth depth) {
    if (gl_is_binary(a)) return 1;
    return depth >= GL_RANKED && a->classes <= MOST_RANKED ? a->classes : 0;
}

/* What one sort needs; several rankings keep their orders beside it. */
static bool take_rankings(gl_scorer *s, int64_t rows) {
    if (rows > UINT32_MAX) {
        gl_fail(s->g, GLIA_RESOURCE,
                "%" PRId64 " rows are too many to be ranked for auc: %" PRIu32
                " at most; evaluate them in parts",
                rows, UINT32_MAX);
        return false;
    }
    bool one = s->rankings == 1;
    s->room = gl_alloc(s->g, rows, 2 * sizeof *s->room);
    s->order = one ? (uint32_t *)s->room : gl_alloc(s->g, s->rankings * rows, sizeof *s->order);
    s->mark = gl_alloc(s->g, s->rankings * rows, sizeof *s->mark);
    if (s->room) s->row_loss = (double *)(s->room + rows);
    return s->room && s->order && s->mark;
}

static bool take_losses(gl_scorer *s) {
    bool losses = s->a->classes > 0 || s->a->counts;
    if (!losses) return true;
    s->row_loss = gl_alloc(s->g, s->a->rows, sizeof *s->row_loss);
    return s->row_loss != NULL;
}

static gl_scorer *new_scorer(glia_ctx *g, const gl_answers *a, gl_depth depth) {
    gl_scorer *s = gl_alloc(g, 1, sizeof *s);
    if (!s) return NULL;
    *s = (gl_scorer){.g = g, .a = a, .rankings = count_rankings(a, depth)};
    bool ok = s->rankings > 0 ? take_rankings(s, a->rows) : take_losses(s);
    s->ranking = gl_alloc(g, s->rankings, sizeof *s->ranking);
    s->confusion = gl_alloc(g, a->classes * a->classes, sizeof *s->confusion);
    s->truth = gl_alloc(g, a->classes, sizeof *s->truth);
    s->said = gl_alloc(g, a->classes, sizeof *s->said);
    if (ok && s->ranking && s->confusion && s->truth && s->said) return s;
    gl_scorer_free(s);
    return NULL;
}

gl_scorer *gl_scorer_new(glia_ctx *g, const gl_answers *a) { return new_scorer(g, a, GL_SCORES); }

void gl_scorer_free(gl_scorer *s) {
    if (!s) return;
    void *owned[] = {s->ranking, s->mark, s->room, s->confusion, s->truth, s->said};
    if (!s->room) gl_free(s->g, s->row_loss);
    if (s->rankings > 1) gl_free(s->g, s->order);
    for (size_t i = 0; i < sizeof owned / sizeof *owned; i++) gl_free(s->g, owned[i]);
    gl_free(s->g, s);
}

static glia_status add_intervals(const gl_scorer *s, glia_metrics *out) {
    score_id list[SCORES];
    double *pull = gl_alloc(s->g, s->a->rows, sizeof *pull);
    gl_list_scores(s, list);
    for (int i = 0; pull && i < out->scores; i++) {
        gl_range r = gl_interval_of(s, list[i], pull);
        out->score[i].low = r.low, out->score[i].high = r.high;
    }
    gl_free(s->g, pull);
    return pull ? GLIA_OK : GLIA_RESOURCE;
}

glia_status gl_measure(glia_ctx *g, const gl_answers *a, gl_depth depth, int64_t *confusion,
                       glia_curves *curves, glia_metrics *out) {
    gl_scorer *s = new_scorer(g, a, depth);
    if (!s) return GLIA_RESOURCE;
    gl_scorer_run(s, confusion, out);
    out->baseline = gl_baseline(s);
    out->naive = gl_naive(s);
    if (depth == GL_DEEP && a->classes > 0) {
        gl_curves(a, gl_is_binary(a) ? s->ranking : NULL, curves);
        out->curves = curves;
    }
    glia_status status = depth == GL_DEEP ? add_intervals(s, out) : GLIA_OK;
    gl_scorer_free(s);
    return status;
}
