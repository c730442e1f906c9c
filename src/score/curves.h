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
    const double *weight; /* [rows]; NULL: each counts 1 */
    double positive;      /* the class number */
    const int64_t *order; /* [rows] by score, ascending */
    const uint8_t *mark;  /* [rows] of the row that stands there: gl_mark */
} gl_ranking;

enum gl_mark { GL_POSITIVE = 1, GL_LEAST = 2 /* the first of those with its score */ };

/* The same rows in eight sets at once, each with counts of its own: a walk then reads a row once
 * for all of them, and what is a sum for one is a vector of sums for all (GCC and clang vector
 * types, in as many registers as they take). Counts meet doubles in loops over the eight: as
 * vectors they would be converted through memory. */
enum { GL_SETS = 8 };
typedef double gl_sums __attribute__((vector_size(GL_SETS * sizeof(double))));
typedef int32_t gl_eight __attribute__((vector_size(GL_SETS * sizeof(int32_t))));
typedef struct gl_counts {
    const gl_eight *count; /* [rows] how often a row is in each set */
    int64_t step;          /* from row to row: 1; 0: all have the same */
} gl_counts;
gl_counts gl_once(void); /* each row is in each set once */
static inline const gl_eight *gl_count(gl_counts n, int64_t row) { return n.count + row * n.step; }

/* How much a row counts in each set. */
static inline void gl_times(gl_counts n, const double *weight, int64_t row, gl_sums *times) {
    const gl_eight *count = gl_count(n, row);
    for (int k = 0; k < GL_SETS; k++) (*times)[k] = (*count)[k];
    if (weight) *times *= weight[row];
}

/* Output k of a classifier against the others; a single output is the score of class 1. `order`
 * and `mark` have room for all rows and must outlive the ranking. */
gl_ranking gl_rank(const gl_answers *a, int64_t k, int64_t *order, uint8_t *mark);
/* Of each set: the area under its ROC curve, NaN where its rows are of one kind; and its average
 * precision (NULL: not wanted). */
void gl_areas(const gl_ranking *r, gl_counts n, gl_sums *area, gl_sums *precision);

/* Of a classifier. For two classes with one output also ROC, PR and best thresholds. `ranking` is
 * of that output; NULL for more classes. */
void gl_curves(const gl_answers *a, const gl_ranking *ranking, glia_curves *out);

#endif
