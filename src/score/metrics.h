/*
 * metrics.h: scores of answers against labels.
 */
#ifndef GL_METRICS_H
#define GL_METRICS_H

#include "../base/base.h"

typedef struct gl_answers {
    int64_t rows, outputs;
    int64_t classes;            /* 0: values; 2 with 1 output: binary */
    bool ordered;               /* classes are in an order */
    bool counts;                /* values are rates, labels counts */
    const double *quantile;     /* [outputs] of which values these are; NULL: of none */
    const double *value;        /* [rows, outputs] probabilities or values */
    const int64_t *class_index; /* [rows]; NULL: regression */
    const double *label;        /* [rows] class numbers or values */
    const double *weight;       /* [rows] how much each counts; NULL: 1. 2 is a row that is there
                                   twice, but for the width of intervals */
    const double *naive;        /* [rows] of a series: what was known a season before, NaN: nothing;
                                   NULL: it is none */
    double naive_error;         /* its mean error in training; 0: of no series */
    double loss;                /* mean cost, from the logits; NaN: it is had from the values */
} gl_answers;

/* The class of each row of probabilities [rows, outputs]: the likeliest; with one output the second
 * of two above the threshold. */
void gl_choose_classes(const double *value, int64_t rows, int64_t outputs, double threshold,
                       int64_t *class_index);

/* The memory to measure with, taken once; *a, and what it points to, may change between runs, its
 * sizes not. */
typedef struct gl_scorer gl_scorer;
gl_scorer *gl_scorer_new(glia_ctx *g, const gl_answers *a);
void gl_scorer_run(gl_scorer *s, int64_t *confusion, glia_metrics *out); /* scores alone */
void gl_scorer_free(gl_scorer *s);

bool gl_score_rises(const char *name);            /* more is better */
bool gl_score_is_goal(const char *name);          /* more or less is */
int gl_score_goals(const char **names, int size); /* how many there are, `size` at most */
void gl_score_limits(const char *name, double *least, double *most); /* no score is outside */
/* NULL, NaN: there is no such score of them. */
const glia_score *gl_score_of(const glia_metrics *m, const char *name);
double gl_score_value(const glia_metrics *m, const char *name);
/* Of a score that is a mean over rows ("mse"): what each row adds, out [rows]. */
glia_status gl_score_rows(glia_ctx *g, const gl_answers *a, const char *name, double *out);
const glia_score *gl_main_score(const glia_metrics *m); /* what a line shows of it */

typedef enum gl_depth {
    GL_SCORES,
    GL_RANKED, /* and auc of several classes, which takes a sort of the rows for each */
    GL_DEEP    /* and curves, and the 95% interval of each score */
} gl_depth;

/* Fills *out; `confusion` (classes x classes, caller's memory) may be NULL for regression, `curves`
 * (caller's memory) unless it is GL_DEEP. */
glia_status gl_measure(glia_ctx *g, const gl_answers *a, gl_depth depth, int64_t *confusion,
                       glia_curves *curves, glia_metrics *out);

#endif
