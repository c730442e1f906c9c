/*
 * schedule.h: how the learning rate goes through a training.
 */
#ifndef GL_SCHEDULE_H
#define GL_SCHEDULE_H

#include "../net/op.h"

/* Where training is, when the next update is to be made. */
typedef struct gl_stage {
    int64_t epoch, update;   /* done so far */
    int64_t epochs, batches; /* planned: passes, and updates in each */
} gl_stage;

/* What has been learned from the costs so far: all that a resumed training needs of a schedule. */
typedef struct gl_plateau {
    double best;   /* NaN: no cost was seen yet */
    int64_t since; /* epochs that have not bettered it */
    double factor; /* of the learning rate, now */
} gl_plateau;

typedef struct gl_schedule gl_schedule;

/* A row of the table. */
typedef struct gl_schedule_kind {
    const char *name;
    gl_attr parameter[2];
    int parameters;
    bool watches; /* the cost */
    const char *formula, *source;
    double (*factor)(const gl_schedule *s, gl_stage at);
} gl_schedule_kind;
extern const gl_schedule_kind gl_schedules[];
extern const int gl_schedules_count;
extern const char gl_schedule_help[]; /* what the option says of them */

struct gl_schedule {
    const gl_schedule_kind *kind;
    double p[2];   /* parameters */
    double warmup; /* epochs */
    gl_plateau plateau;
};

/* Reads "step:30:0.1"; NULL: constant. */
glia_status gl_schedule_open(gl_schedule *s, glia_ctx *g, const char *text, double warmup);
/* What the learning rate is multiplied by; 1 for constant without warm-up. */
double gl_schedule_factor(const gl_schedule *s, gl_stage at);
/* The cost after an epoch: of the validation part, else of training. */
void gl_schedule_watch(gl_schedule *s, double cost);

#endif
