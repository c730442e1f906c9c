/*
 * curves.h: what lies beyond single scores, as text and as JSON: ROC, precision and recall,
 * calibration, thresholds; what columns are worth; scores over folds.
 */
#ifndef CURVES_H
#define CURVES_H

#include "cli.h"

/* One line each: how far probabilities are off, and which threshold would suit these rows. */
/* Where a hint, or the cost of errors, has named one. */
void print_threshold_advice(const glia_metrics *s, bool costs);
void print_curves(const glia_model *m, const glia_metrics *s);
/* The curves on the terminal, and the bins of the calibration. */
void plot_curves(const glia_model *m, const glia_metrics *s);
/* Of two classes: the rows with the highest scores, and how many of them are positive. */
void print_tops(const glia_model *m, const glia_metrics *s);
/* What errors cost with the threshold in force, and with the best one. */
void print_error_costs(const glia_model *m, const glia_metrics *s, double miss, double alarm);
json_t *json_error_costs(const glia_metrics *s, double miss, double alarm);

/* Adds "roc", "pr", "thresholds", "top", "calibration" to a block of metrics. */
void json_add_curves(json_t *block, const glia_metrics *s);

/* Of two classes: what guessing would have for precision. */
double positive_share(const glia_metrics *s);

void print_importances(const glia_table *t, const glia_importances *i);
json_t *json_importances(const glia_table *t, const glia_importances *i);

void print_folds(const glia_model *m, const glia_folds *f);
json_t *json_folds(const glia_model *m, const glia_folds *f);

#endif
