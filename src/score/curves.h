/*
 * curves.h: what follows from the order of rows by their score: areas, curves, the best threshold;
 * and whether probabilities are as frequent as they say.
 */
#ifndef GL_CURVES_H
#define GL_CURVES_H

#include "metrics.h"

/* The rows of one class against all others, by the score of that class. */
typedef struct gl_ranking {
    int64_t rows, stride;
    const double *score;   /* of row i: score[i * stride] */
    const double *label;   /* [rows] class numbers */
    const double *weight;  /* [rows]; NULL: each counts 1 */
    double positive;       /* the class number */
    const uint32_t *order; /* [rows] by score, ascending */
    const uint8_t *mark;   /* [rows] of the row that stands there: gl_mark */
} gl_ranking;

enum gl_mark { GL_POSITIVE = 1, GL_LEAST = 2 /* the first of those with its score */ };

typedef struct gl_ranked { /* a row while rows are sorted, by one half of its score's bits */
    uint32_t half, row;
} gl_ranked;

/* Output k of a classifier against the others; a single output is the score of class 1. Rows are
 * UINT32_MAX at most. `order` and `mark` have room for all of them and must outlive the ranking;
 * `room` for twice as many, and `order` may be its beginning. */
gl_ranking gl_rank(const gl_answers *a, int64_t k, uint32_t *order, uint8_t *mark, gl_ranked *room);
/* The area under its ROC curve, NaN where its rows are of one kind; and its average precision
 * (NULL: not wanted). */
double gl_area(const gl_ranking *r, double *precision);
/* How much each row pulls at them (pulls.c): of the area `share` times as much is added to
 * pull[rows]; those of the average precision, whose value is `precision`, are set. */
void gl_pull_area(const gl_ranking *r, double share, double *pull);
void gl_pull_precision(const gl_ranking *r, double precision, double *pull);

/* Of a classifier. For two classes with one output also ROC, PR and best thresholds. `ranking` is
 * of that output; NULL for more classes. */
void gl_curves(const gl_answers *a, const gl_ranking *ranking, glia_curves *out);

#endif
