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
    const double *score;  /* of row i: score[i * stride] */
    const double *label;  /* [rows] class numbers */
    double positive;      /* the class number */
    const int64_t *order; /* [rows] by score, ascending */
} gl_ranking;

/* Output k of a classifier against the others; a single output is the score of class 1. `order` has
 * room for all rows and must outlive the ranking. */
gl_ranking gl_rank(const gl_answers *a, int64_t k, int64_t *order);
/* Each row counts `weight` times ([rows]). NaN: all rows are of one kind. */
double gl_auc(const gl_ranking *r, const double *weight);
double gl_average_precision(const gl_ranking *r, const double *weight);

/* Of a classifier. For two classes with one output also ROC, PR and best thresholds. `ranking` and
 * `weight` are of that output; NULL for more classes. */
void gl_curves(const gl_answers *a, const gl_ranking *ranking, const double *weight,
               glia_curves *out);

#endif
