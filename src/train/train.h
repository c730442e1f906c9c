/*
 * train.h: what training is made of: a table of optimizers, what a training must remember, and the
 * loop (trainer.c). The gradient check (check.c) and the view of one batch (trace.c) stand beside
 * it.
 */
#ifndef GL_TRAIN_H
#define GL_TRAIN_H

#include "../predict/predict.h"

/* All rows of a feed without their zeros. False: out of memory; closing frees what was taken. */
bool gl_sparse_open(gl_sparse_rows *s, glia_ctx *g, const gl_feed *f, glia_dtype dtype);
int64_t gl_sparse_bytes(const gl_sparse_rows *s, int64_t rows, glia_dtype dtype); /* 0: not open */
void gl_sparse_close(gl_sparse_rows *s, glia_ctx *g);

/* One optimizer: a row of optimizers.def. */
typedef struct gl_optimizer {
    const char *name;
    gl_kernel_id kernel; /* GL_KERNELS: no update by a kernel, but a search (lbfgs.c) */
    const char *formula, *source;
    double lr, beta2, decay; /* defaults of its own; 0: it has none */
    double epochs, batch;
} gl_optimizer;
extern const gl_optimizer gl_optimizers[];
extern const int gl_optimizers_count;
extern const char gl_optimizer_words[]; /* "auto|sgd|..." */
const gl_optimizer *gl_optimizer_find(glia_ctx *g, const char *name);

/* Finds its own step, with all rows in each: no learning rate, no mini-batches. */
static inline bool gl_searches(const gl_optimizer *o) { return o->kernel == GL_KERNELS; }

/* Memory with a name, for those who save it and read it back: a run of a store, or the training's
 * own. A whole number (GLIA_I64) that is read back must be from 0 to `most`. */
typedef struct gl_named {
    const char *name;
    void *data; /* NULL: there is none */
    int64_t count;
    glia_dtype dtype;
    int64_t most;
    gl_store *store; /* NULL: no run; else it takes what is read back */
    gl_run_id run;
} gl_named;

/* What a training must remember to go on at any update as if it had never stopped (state.c). The
 * memory stays where it is while the training lasts. */
typedef struct gl_state {
    gl_named item[64];
    int count;
    char run_name[GL_RUNS][GL_RUN_NAME];
} gl_state;
/* Leaves out what there is none of. */
void gl_state_add(gl_state *s, const gl_named *items, int count);

/* Who keeps the state where a kill does not reach it (src/run/checkpoint.c). Its two functions are
 * called by the thread that trains. When load fails the training does; when a save fails after the
 * first it is warned of, and the training goes on. */
typedef struct gl_keeper {
    double seconds; /* between two saves; below 0: at every update */
    /* Before the first update: fills the state when there is one to go on from. */
    glia_status (*load)(void *user, const gl_state *s);
    glia_status (*save)(void *user, const gl_state *s);
    void *user;
} gl_keeper;

/* In which order epochs meet the rows (orders.c), for trainings that differ in other things. */
typedef struct gl_orders gl_orders;
gl_orders *gl_orders_new(glia_ctx *g, uint64_t seed, int64_t rows, int64_t epochs);
void gl_orders_free(gl_orders *o);
/* Several threads may ask. NULL: there is none for this seed, so many rows and this epoch. */
const int64_t *gl_orders_at(gl_orders *o, uint64_t seed, int64_t rows, int64_t epoch);
void gl_order_draw(uint64_t seed, int64_t epoch, int64_t *order, int64_t rows);

/* What a training has beside the options that arrays know; all zero: nothing. */
typedef struct gl_company {
    const gl_keeper *keeper; /* NULL: nobody keeps the state */
    gl_orders *orders;       /* NULL: its own */
    gl_supplied x, x_val;    /* rows that no array has as they are read */
} gl_company;

/* glia_model_fit of a network. The threshold tells two classes apart where a score is monitored. */
glia_status gl_fit(gl_net *m, glia_tensor x, glia_tensor y, const glia_fit_options *options,
                   double threshold, const gl_company *with, glia_history **history);
/* How many threads an update on so many rows is worth; 0: it cannot be compiled. */
int gl_fit_threads(gl_net *m, const glia_fit_options *options, int64_t rows);
/* Zeros become the defaults of their rows; NULL: there is no such optimizer. Then checks, also
 * against network, optimizer and rows. */
const gl_optimizer *gl_fit_defaults(glia_ctx *g, glia_fit_options *o, int64_t rows);
glia_status gl_fit_check(glia_ctx *g, const gl_net *m, const glia_fit_options *o,
                         const gl_optimizer *optimizer, int64_t rows);

/* L-BFGS: walks downhill from where the weights are. plan: GL_TRAIN over all rows without an
 * update, bound to the store. */
typedef struct gl_lbfgs gl_lbfgs;
gl_lbfgs *gl_lbfgs_new(glia_ctx *g, gl_plan *plan, gl_store *store);
void gl_lbfgs_free(gl_lbfgs *l);
int64_t gl_lbfgs_bytes(const gl_lbfgs *l); /* 0 for NULL */
void gl_lbfgs_list(gl_lbfgs *l, gl_state *s);
/* GL_AT_REST: there is nothing more to gain in this precision. GL_NOT_FINITE: the cost of the first
 * weights is not a number. */
typedef enum gl_move { GL_MOVED, GL_AT_REST, GL_NOT_FINITE } gl_move;
/* One iteration; *cost: J before it. Weights and gradients are those of the place reached. */
gl_move gl_lbfgs_step(gl_lbfgs *l, double *cost);

/* glia_model_check on inputs that are divided first (pixels by 255). */
/* glia_model_trace of a network, on inputs that are divided first (pixels by 255). */
glia_trace *gl_trace(glia_ctx *g, const gl_net *m, glia_tensor x, double divisor, glia_tensor y,
                     const glia_trace_options *options);
glia_status gl_check(glia_ctx *g, const gl_net *m, glia_tensor x, double divisor, glia_tensor y,
                     const glia_check_options *options);

#endif
