/*
 * training.h: one training, in the making.
 *
 * It lives on the stack of glia_train, and each file of the room sees it at another age: folds.c
 * and tune.c only call glia_train; decide.c fills `decisions`; small_data.c copies it for each hand
 * of a crew, where `g` is the hand's and everything else is only read; threshold.c and examine.c
 * see it trained.
 */
#ifndef GL_TRAINING_H
#define GL_TRAINING_H

#include "checkpoint.h"
#include "decide.h"
#include "../product/rows.h"

/* counted.c's rows of a job's tables: the tables are the job's own, or copies to be released. */
typedef struct gl_counted_job {
    glia_train_job job;
    glia_table *own[3], *series[3];
    glia_recipe *recipe; /* the job's, with what series decide; NULL: as it was */
} gl_counted_job;

typedef struct training {
    glia_ctx *g;
    const glia_train_job *job; /* the caller's until it is counted */
    gl_counted_job counted;
    const glia_recipe *recipe;
    glia_recipe *going_on;   /* the recipe, where it goes on from a model; NULL: it does not */
    const glia_table *known; /* has every class of the target; NULL: the training table does */
    gl_part train, val, test;
    gl_pipeline *pipeline; /* the model's once there is one */
    int target, columns;   /* its column in the training table, of so many before that is used up */
    /* Pictures that train, then those of the same table that validate; t NULL: there are none. */
    gl_thumbs thumbs;
    gl_likenesses likenesses; /* the model's once there is one */
    const char *stratum;      /* the target that parts keep the shares of */
    glia_model *model;
    gl_decisions decisions;
    glia_history *history; /* the report's */
    glia_report *report;   /* NULL: nothing was trained yet */
    gl_text said;          /* notes on their way to the listener before us, kept for the model */
    gl_listener outer;
    bool decided; /* from here on notes tell what happens, which may depend on the machine: no
                     longer kept */
    bool silent;  /* trying something out */
    bool used_up; /* the training rows' table: but for targets and weights nothing is left */
    bool learns;  /* false: it is only prepared */
    /* What the doctor found in the data, to be told behind the training; NULL: nobody looked. */
    glia_history *data;
    gl_keeping checkpoint;
    gl_keeping *keeping; /* NULL: what is trained now is not kept */
    gl_orders *orders;   /* shared by what is trained now; NULL: there is nobody to share with */
} training;

/* give_pasts.c: of a job whose recipe has sequences; of another nothing. */
glia_status gl_give_pasts(gl_counted_job *c);
glia_status gl_count_job(glia_ctx *g, const glia_train_job *job, gl_counted_job *counted);
void gl_count_close(gl_counted_job *counted);

/* glia_train on a part of the rows of a table that has every class; NULL: the job's. */
glia_model *gl_train_known(glia_ctx *g, const glia_train_job *job, const glia_table *known,
                           glia_report **report);
/* How many such trainings may run side by side: 1 where each is worth several threads itself. */
int gl_training_hands(glia_ctx *g, const glia_train_job *job, int64_t *val_rows);
glia_dtype gl_training_precision(const training *r);  /* of its network */
const char *gl_job_target(const glia_train_job *job); /* names or numbers */
/* The target that parts keep the shares of; NULL, and a failure: one is not there. */
const char *gl_job_stratum(const glia_train_job *job, const glia_table *t);
/* The part of the rows that is set apart for validation; 0: none. */
double gl_val_share(const glia_recipe *r, int64_t rows);
glia_model *gl_training_model(const training *r); /* fresh, with its initial weights */
/* Trains m on one part, watching another (val->n 0: none). */
glia_status gl_training_fit(training *r, glia_model *m, const gl_part *train, const gl_part *val,
                            glia_history **history);

/* schema_text.c: what was settled, as the text of a schema; for gl_free. */
char *gl_training_schema(const training *r, bool whole);
/* row_weights.c: the weights of a labelled part. */
glia_status gl_row_weights(const training *r, gl_part *part);
bool gl_weighs_classes(const training *r);
/* As a note of the model, which has learned from the part. */
glia_status gl_note_row_weights(const training *r, const gl_part *part);
/* lift.c: after training, before any measuring. */
glia_status gl_lift_answers(training *r);
/* threshold.c: chosen on validation rows when the recipe names an aim; before any measuring. */
glia_status gl_choose_threshold(training *r);
/* likenesses.c: an error where `said` speaks of them and there are no pictures; thumbs, and
 * likenesses for the model, before tables are used up. */
glia_status gl_check_likenesses(const training *r, const glia_recipe *said);
glia_status gl_look_at_pictures(training *r);
/* Of the thumbs, those of a part; n 0: there are none. What they point to stays the training's. */
gl_thumbs gl_thumbs_of(const training *r, const gl_part *part);
/* examine.c: findings about data, before the tables are used up; told, with those about scores,
 * after training and measuring. */
bool gl_wants_doctor(const training *r);
void gl_examine_data(training *r);
void gl_examine(const training *r, const glia_report *report);
/* examine_scores.c: of these, those about what was learned. */
void gl_examine_scores(const training *r, const glia_report *report);

/* refit.c: the final network's weights: from where it begins, on all rows, for so many epochs, and
 * without a word. */
glia_status gl_fit_final(training mine, const gl_part *all, int64_t epochs, void *weights);
/* The final network's, for gl_free, where it learns from validation rows as well; for how
 * many epochs. */
bool gl_wants_refit(const training *r);
glia_status gl_check_refit(const training *r);
glia_status gl_refit(training *r, int64_t *epochs, void **final);

/* small_data.c: L2 and epochs; then the training of r->model as it was decided, and beside it the
 * final network's, whose weights (for gl_free) take the place of the model's when that is
 * measured. */
glia_status gl_small_data_choose(training *r, int64_t *epochs);
glia_status gl_small_data_fit(training *r, int64_t epochs, glia_history **history, void **final);
void gl_small_data_finish(training *r, const void *final);

#endif
