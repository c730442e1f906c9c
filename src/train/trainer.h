/*
 * trainer.h: one training in the making: trainer.c runs it, state.c keeps what it must remember.
 */
#ifndef GL_TRAINER_H
#define GL_TRAINER_H

#include "augment.h"
#include "../base/random.h"
#include "doctor.h"
#include "monitor.h"
#include "schedule.h"
#include "train.h"

typedef struct log_arrays { /* the history's own: one block, which begins with epoch */
    int64_t *epoch;
    double *cost, *mean, *val_loss, *lr, *monitored;
} log_arrays;

typedef struct trainer {
    glia_ctx *g;
    gl_net *m;
    glia_fit_options o; /* defaults filled in */
    const gl_optimizer *optimizer;
    gl_feed feed, val_feed;
    gl_pair plans;
    gl_sweep val;
    gl_monitor monitor;
    gl_schedule schedule;
    bool validates, shuffles, numpy;
    void *x, *y;    /* the mini-batch, [batch, features] and [batch, labels] */
    void *w;        /* and the weights of its samples, [batch]; NULL: each counts 1 */
    void *x_bound;  /* x, or the caller's own rows when they can be read as they lie */
    gl_ring *ring;  /* by which shuffled rows come; NULL: they lie in memory. Beside its own: */
    int64_t *place; /* 0, 1, 2 ...: an order of its rows */
    char *ring_y, *ring_w; /* their labels and weights, as the feed has them */
    gl_sparse_rows sparse; /* what a plan reads that reads sparse rows: then no x is bound */
    /* The network's, with gradients, moments and the best weights while this lasts. */
    gl_store *store;
    gl_lbfgs *lbfgs;      /* NULL: the plan's last step updates the weights */
    gl_doctor *doctor;    /* NULL: nobody asked */
    int64_t *drawn;       /* memory for the order of an epoch, where nobody shares one */
    const int64_t *order; /* of this epoch */
    gl_numpy legacy;
    gl_knobs knobs;
    int64_t epoch; /* in hand, from 0 */
    glia_progress now;
    int unseen;              /* updates until somebody looks at the clock */
    double start, sum, last; /* sum: of J over this epoch's mini-batches; last: of the last one */
    int64_t since_best, best_epoch;
    double monitored, least_cost; /* the last value watched; the least of an epoch. NaN: none yet */
    int64_t since_least;
    int64_t at_rest; /* a search found nothing more to gain */
    glia_history *history;
    log_arrays log;
    int64_t log_every; /* epochs between two entries: as asked, until there are too many */
    double threshold;  /* of two classes */
    gl_company with;
    gl_state state;
    double saved; /* when, in seconds of now */
    bool unsaved; /* the last save failed */
} trainer;

/* How many entries a history has at most. */
static inline int64_t gl_log_room(const glia_fit_options *o) {
    const int64_t most = 1 << 20, all = (o->epochs - 1) / o->log_every + 1;
    return all < most ? all : most;
}

/* Before the loop: goes on from the state that was kept, or keeps the first one. */
glia_status gl_state_begin(trainer *t);
/* After an update: keeps the state when it is time to, or when this was the last update. */
void gl_state_keep(trainer *t, bool last);

#endif
