/*
 * monitor.h: the value on validation rows by which training knows its best weights: the cost, or
 * any score of metrics.c.
 */
#ifndef GL_MONITOR_H
#define GL_MONITOR_H

#include "../score/metrics.h"
#include "train.h"

typedef struct gl_monitor {
    const char *name; /* "loss", or that of a score */
    bool rises;       /* more is better */
    glia_ctx *g;
    const gl_feed *feed;
    const gl_net *m;
    double threshold;
    glia_predictor *predictor; /* NULL: the cost is watched, and nothing below is there */
    gl_scorer *scorer;
    gl_answers answers;
    int64_t parts; /* outputs that are scored each by itself; 1: they are scored together */
    double *value, *label, *weight; /* weight NULL: each row counts 1 */
    double *one_value, *one_label;  /* those of one part */
    int64_t *class_index, *confusion;
} gl_monitor;

/* Takes all memory; fails when the validation rows have no such score. The feed and the model must
 * stay where they are. name NULL: loss. Above the threshold the second of two
 * classes is chosen. */
glia_status gl_monitor_open(gl_monitor *k, glia_ctx *g, const gl_net *m, const gl_feed *feed,
                            const char *name, double threshold);
/* Can the validation rows of *o, which may have a supply, not have the score that it monitors? */
bool gl_monitor_lacks(glia_ctx *g, const gl_net *m, const glia_fit_options *o, gl_supplied from,
                      double threshold);
/* The value with the model's weights as they are; loss: their cost on the same rows. */
double gl_monitor_run(gl_monitor *k, double loss);
bool gl_monitor_better(const gl_monitor *k, double value, double best); /* best NaN: none yet */
void gl_monitor_close(gl_monitor *k);

#endif
