/*
 * run.h: one training, in the making.
 */
#ifndef GL_RUN_H
#define GL_RUN_H

#include "checkpoint.h"
#include "decide.h"
#include "part.h"

typedef struct run {
    glia_ctx *g;
    const glia_train_job *job;
    const glia_recipe *recipe;
    gl_part train, val, test;
    gl_pipeline *pipeline;
    int target; /* its column in the training table */
    glia_model *model;
    gl_decisions decisions;
    void *details; /* gl_details of train, val and test, for the report */
    /* Notes that pass through the log while we run are kept for the model. */
    glia_settings outer;
    gl_text said;
    bool decided; /* from here on notes tell what happens, which may depend on the machine: no
                     longer kept */
    bool silent;  /* trying something out */
    gl_keeping checkpoint;
    gl_keeping *keeping; /* NULL: what is trained now is not kept */
} run;

const char *gl_job_target(const glia_train_job *job); /* a name or a number */
/* The part of the rows that is set apart for validation; 0: none. */
double gl_run_val_share(const glia_recipe *r, int64_t rows);
glia_model *gl_run_model(const run *r); /* fresh, with its initial weights */
/* Trains m on one part, watching another (val->n 0: none). */
glia_status gl_run_fit(run *r, glia_model *m, const gl_part *train, const gl_part *val,
                       glia_history *history);

/* weights.c: how much each row of a part counts, [n], for gl_free; NULL: each the same. */
glia_status gl_run_weights(const run *r, const gl_part *part, double **weights);
/* threshold.c: chosen on validation rows when the recipe names an aim; before any measuring. */
glia_status gl_run_threshold(run *r);
/* examine.c: findings about data and scores, after training and measuring. */
bool gl_wants_doctor(const run *r);
void gl_examine(const run *r, const glia_report *report);

/* few.c */
glia_status gl_few_choose(run *r, int64_t *epochs);
glia_status gl_few_refit(run *r, int64_t epochs);

#endif
