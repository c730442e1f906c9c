/*
 * train.h: what training is made of: a feed of rows, a table of optimizers, plans for the full and
 * the short last mini-batch, and the loop over them (trainer.c). The gradient check (check.c)
 * stands beside it.
 */
#ifndef GL_TRAIN_H
#define GL_TRAIN_H

#include "../plan/plan.h"

/* Samples and labels as the caller holds them, copied row by row into the reals that a plan
 * reads. */
typedef struct gl_feed {
    glia_tensor x, y; /* (rows, ...) any dtype */
    double divisor;   /* x is divided by it */
    int64_t rows, features, labels;
    glia_tensor weights; /* (rows) of samples; data NULL: each counts once */
    double mean_weight;
} gl_feed;

/* Checks shapes, labels and values against the model; y.data NULL: no labels. kernels for x's dtype
 * may be at hand; NULL: they are looked up, which takes longer than one row. */
glia_status gl_feed_open(gl_feed *f, glia_ctx *g, const glia_model *m, glia_tensor x, glia_tensor y,
                         double divisor, const gl_kernel_set *kernels);
/* Copies rows first .. first+n-1. x or y may be NULL. */
void gl_feed_rows(const gl_feed *f, glia_dtype dtype, int64_t first, int64_t n, void *x, void *y);
/* Gives the rows weights (rows) of any dtype: finite, at least 0, not all 0. What a plan reads is
 * divided by their mean. */
glia_status gl_feed_weigh(gl_feed *f, glia_ctx *g, glia_tensor weights);
/* Copies the weights of all rows, if there are any. */
void gl_feed_weights(const gl_feed *f, glia_dtype dtype, void *w);
/* For a plan that gathers its rows itself, bound to the feed's own memory. */
gl_source gl_feed_source(const gl_feed *f);
/* The share of x's numbers that are 0, from rows spread evenly over it. */
double gl_feed_zeros(const gl_feed *f);
/* The feed's own memory when a plan of this precision can read it as it lies; NULL: rows must be
 * copied. */
void *gl_feed_view(const gl_feed *f, glia_dtype dtype);

/* All rows of a feed without their zeros. False: out of memory; closing frees what was taken. */
bool gl_sparse_open(gl_sparse_rows *s, glia_ctx *g, const gl_feed *f, glia_dtype dtype);
int64_t gl_sparse_bytes(const gl_sparse_rows *s, int64_t rows, glia_dtype dtype); /* 0: not open */
void gl_sparse_close(gl_sparse_rows *s, glia_ctx *g);

/* One optimizer: a kernel over the whole store, and its defaults. */
typedef struct gl_optimizer {
    const char *name;
    gl_kernel_id kernel;     /* GL_KERNELS: no update by a kernel, but a search (lbfgs.c) */
    double lr, beta2, decay; /* defaults; 0: it has none */
    const char *formula, *source;
} gl_optimizer;
extern const gl_optimizer gl_optimizers[];
extern const int gl_optimizers_count;
const gl_optimizer *gl_optimizer_find(glia_ctx *g, const char *name); /* NULL name: adam */

/* Finds its own step, with all rows in each: no learning rate, no mini-batches. */
static inline bool gl_searches(const gl_optimizer *o) { return o->kernel == GL_KERNELS; }

/* What a training must remember to go on at any update as if it had never stopped (state.c). The
 * memory stays where it is while the training lasts. */
typedef struct gl_state {
    gl_named item[64];
    int count;
} gl_state;
/* Leaves out what there is none of. */
void gl_state_add(gl_state *s, const gl_named *items, int count);

/* Who keeps the state where a kill does not reach it (src/run/checkpoint.c). */
typedef struct gl_keeper {
    double seconds; /* between two saves; below 0: at every update */
    /* Before the first update: fills the state when there is one to go on from. */
    glia_status (*load)(void *user, const gl_state *s);
    glia_status (*save)(void *user, const gl_state *s);
    void *user;
} gl_keeper;
/* glia_fit; keeper may be NULL. */
glia_status gl_fit(glia_model *m, glia_tensor x, glia_tensor y, const glia_fit_options *options,
                   const gl_keeper *keeper, glia_history *history);
/* Zeros become the defaults of glia.h; then checks, also against network, optimizer and rows. */
void gl_fit_defaults(glia_fit_options *o, const gl_optimizer *optimizer, int64_t rows);
glia_status gl_fit_check(glia_ctx *g, const glia_model *m, const glia_fit_options *o,
                         const gl_optimizer *optimizer, int64_t rows);

/* L-BFGS: walks downhill from where the weights are. plan: GL_TRAIN over all rows without an
 * update, bound to these weights and gradients. */
typedef struct gl_lbfgs gl_lbfgs;
gl_lbfgs *gl_lbfgs_new(glia_ctx *g, gl_plan *plan, void *weights, void *gradients);
void gl_lbfgs_free(gl_lbfgs *l);
int64_t gl_lbfgs_bytes(const gl_lbfgs *l); /* 0 for NULL */
void gl_lbfgs_list(gl_lbfgs *l, gl_state *s);
/* GL_AT_REST: there is nothing more to gain in this precision. GL_NOT_FINITE: the cost of the first
 * weights is not a number. */
typedef enum gl_move { GL_MOVED, GL_AT_REST, GL_NOT_FINITE } gl_move;
/* One iteration; *cost: J before it. Weights and gradients are those of the place reached. */
gl_move gl_lbfgs_step(gl_lbfgs *l, double *cost);

/* Two plans over the same rows: one for full mini-batches, one for the shorter last one. */
typedef struct gl_pair {
    gl_plan *full, *rest; /* rest NULL: the rows divide evenly */
    int64_t rows, batch;
} gl_pair;
glia_status gl_pair_compile(gl_pair *p, glia_ctx *g, const glia_model *m, gl_plan_spec spec,
                            int64_t rows, int64_t batch);
void gl_pair_free(gl_pair *p);
static inline int64_t gl_pair_batches(const gl_pair *p) {
    return (p->rows + p->batch - 1) / p->batch;
}
static inline gl_plan *gl_pair_plan(const gl_pair *p, int64_t batch) {
    return (batch + 1) * p->batch > p->rows ? p->rest : p->full;
}

/* The model's weights have changed. */
void gl_predictor_refresh(glia_predictor *p);
/* The class of each row of probabilities [rows, outputs]: the likeliest; with one output the second
 * one above the threshold that the model's notes give, else 0.5. */
void gl_choose_classes(const glia_model *m, const double *value, int64_t rows,
                       int64_t *class_index);
/* glia_predict on inputs that are divided first (pixels by 255). */
glia_status gl_predict(glia_predictor *p, glia_tensor x, double divisor, glia_tensor y);
/* glia_check and glia_loss likewise. */
glia_status gl_check(glia_ctx *g, const glia_model *m, glia_tensor x, double divisor, glia_tensor y,
                     const glia_check_options *options);
double gl_loss(glia_ctx *g, const glia_model *m, glia_tensor x, double divisor, glia_tensor y);

/* Mean cost over a labelled feed: compiled once, run as often as wanted. */
typedef struct gl_sweep {
    gl_pair plans;
    const gl_feed *feed;
    const glia_model *m;
    void *x, *y;
} gl_sweep;
glia_status gl_sweep_open(gl_sweep *s, glia_ctx *g, const glia_model *m, const gl_feed *feed);
double gl_sweep_run(gl_sweep *s);
void gl_sweep_close(gl_sweep *s, glia_ctx *g);

#endif
