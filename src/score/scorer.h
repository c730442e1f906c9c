/*
 * scorer.h: what the files of scores share: the list of scores, and the memory to measure with.
 */
#ifndef GL_SCORER_H
#define GL_SCORER_H

#include "curves.h"
#include "metrics.h"

typedef enum score_id {
#define SCORE(name, ...) SCORE_##name,
#include "scores.def"
#undef SCORE
    SCORES
} score_id;

typedef enum interval_kind { BY_COUNT, BY_LOGIT, BY_MEAN, BY_ROOT } interval_kind;

typedef struct score_row { /* of scores.def */
    const char *name;
    int of, better;
    bool share, positive;
    interval_kind interval;
    double least, most;
} score_row;
extern const score_row gl_scores[SCORES];

struct gl_scorer {
    glia_ctx *g;
    const gl_answers *a;
    int64_t rankings;    /* binary: 1; more classes: one each where curves are drawn; else 0 */
    gl_ranking *ranking; /* [rankings] */
    gl_ranked *room;     /* [2, rows] to sort in */
    uint32_t *order;     /* [rankings, rows]; of one ranking the beginning of `room` */
    uint8_t *mark;       /* [rankings, rows] */
    double *row_loss;    /* [rows] classes: -log p of the true one; counts: the deviance. The second
                            half of `room` where there is one, once rows are sorted */
    double *confusion;   /* [classes, classes] what rows of class i weigh whose answer is j */
    double *truth;       /* [classes] its sums: rows of a class, */
    double *said;        /* [classes] and answers that say it */
    double total;        /* what all rows weigh */
    double value[SCORES];
};

/* Which scores these answers have, in their order, list[SCORES]; how many. */
int gl_list_scores(const gl_scorer *s, score_id *list);

/* Of a score that is the mean of something over rows: that of row i. NULL: it is no such mean. */
typedef double gl_of_row(const gl_scorer *s, int64_t i);
gl_of_row *gl_score_of_row(score_id k);

/* The value of each score that these answers have: s->value. */
void gl_compute_scores(gl_scorer *s);
double gl_baseline(const gl_scorer *s);
double gl_naive(const gl_scorer *s); /* NaN: of no series */
double gl_truth_mean(const gl_scorer *s);
/* The deviance of a row from a rate, which is not 0. */
double gl_deviance_of(double y, double rate);

/* The 95% interval of a score; `pull` is room for [rows]. */
struct gl_range gl_interval_of(const gl_scorer *s, score_id k, double *pull);

/* How much a row counts. */
static inline double gl_weight_of_row(const gl_answers *a, int64_t i) {
    return a->weight ? a->weight[i] : 1;
}
static inline double gl_pinball(double q, double value, double label) {
    double e = label - value;
    return e >= 0 ? q * e : (q - 1) * e;
}
static inline bool gl_is_binary(const gl_answers *a) { return a->classes == 2 && a->outputs == 1; }

#endif
