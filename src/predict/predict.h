/*
 * predict.h: what runs a network on rows, without learning: a feed of rows, plans for the full and
 * the short last mini-batch, a pass over a feed, a predictor. It is all that a program links which
 * only predicts.
 */
#ifndef GL_PREDICT_H
#define GL_PREDICT_H

#include "../plan/plan.h"
#include "ring.h"

/* Samples as whoever has them holds them. */
typedef struct gl_samples {
    glia_tensor x; /* (rows, ...); data NULL: they are supplied, */
    double divisor;
    gl_supplied from; /* by this */
} gl_samples;

/* Samples and labels, copied row by row into the reals that a plan reads. */
typedef struct gl_feed {
    glia_tensor x, y;     /* (rows, ...) any dtype */
    gl_ring *ring;        /* by which rows of x come; NULL: they lie there */
    const int64_t *begin; /* [rows] where each does, in steps, if they overlap; else NULL */
    int64_t step;
    double divisor; /* x is divided by it */
    int64_t rows, features, labels;
    glia_tensor sample_weights; /* (rows); data NULL: each counts once */
    double mean_weight;
} gl_feed;

/* Checks shapes, labels and values against the model; y.data NULL: no labels. kernels for x's dtype
 * may be at hand; NULL: they are looked up, which takes longer than one row. Samples with a supply
 * are for gl_feed_close, also after a failure. */
glia_status gl_feed_open(gl_feed *f, glia_ctx *g, const gl_net *m, gl_samples x, glia_tensor y,
                         const gl_kernel_set *kernels);
void gl_feed_close(gl_feed *f);
/* Before rows are read from the first to the last, about so many at once, maybe several times:
 * those of a supply are then made ahead. False: memory is out. */
bool gl_feed_stream(const gl_feed *f, int64_t rows);
/* Rows that were read could be had; or the failure, and zeros were read in their place. */
glia_status gl_feed_status(const gl_feed *f);
/* Of an inlet whose samples have different lengths: how many steps row i has. */
double gl_feed_steps(const gl_feed *f, const gl_inlet *inlet, int64_t i);
/* Copies rows first .. first+n-1. x or y may be NULL. */
void gl_feed_rows(const gl_feed *f, glia_dtype dtype, int64_t first, int64_t n, void *x, void *y);
/* Gives the rows weights (rows) of any dtype: finite, at least 0, not all 0. What a plan reads is
 * divided by their mean. */
glia_status gl_feed_weigh(gl_feed *f, glia_ctx *g, glia_tensor weights);
/* Copies the weights of rows first .. first+n-1, if there are any. */
void gl_feed_weights(const gl_feed *f, glia_dtype dtype, int64_t first, int64_t n, void *w);
/* For a plan that gathers its rows itself, bound to the feed's own memory. */
gl_source gl_feed_source(const gl_feed *f);
/* The share of x's numbers that are 0, from rows spread evenly over it. */
double gl_feed_zeros(const gl_feed *f);
/* The feed's own memory when a plan of this precision can read it as it lies; NULL: rows must be
 * copied. */
void *gl_feed_view(const gl_feed *f, glia_dtype dtype);

/* Two plans over the same rows: one for full mini-batches, one for the shorter last one. Each is
 * compiled for its own number of rows, not aimed as a prediction is: the gradient's mean divides by
 * that number, and products of dW are cut by units. */
typedef struct gl_pair {
    gl_plan *full, *rest; /* rest NULL: the rows divide evenly */
    int64_t rows, batch;
} gl_pair;
glia_status gl_pair_compile(gl_pair *p, glia_ctx *g, const gl_net *m, gl_plan_spec spec,
                            int64_t rows, int64_t batch);
void gl_pair_free(gl_pair *p);
static inline int64_t gl_pair_batches(const gl_pair *p) {
    return (p->rows + p->batch - 1) / p->batch;
}
static inline gl_plan *gl_pair_plan(const gl_pair *p, int64_t batch) {
    return (batch + 1) * p->batch > p->rows ? p->rest : p->full;
}

/* Mean cost over a labelled feed, by the feed's weights where it has some: compiled once, run as
 * often as wanted. With `answers`, the caller's [rows, outputs], a run also leaves there what a
 * prediction would. */
typedef struct gl_sweep {
    gl_pair plans;
    const gl_feed *feed;
    const gl_net *m;
    void *x, *y;             /* rows on their way in */
    void *w;                 /* and their weights; NULL: each counts 1 */
    void *x_there, *y_there; /* the caller's, where they can be read as they lie; else NULL */
    void *out;               /* answers of one mini-batch */
    double *answers;         /* of all rows; NULL: not wanted */
    double *losses;          /* of each row, times its weight; NULL: not wanted */
} gl_sweep;
glia_status gl_sweep_open(gl_sweep *s, glia_ctx *g, const gl_net *m, const gl_feed *feed,
                          double *answers);
double gl_sweep_run(gl_sweep *s); /* then ask for the feed's status */
void gl_sweep_close(gl_sweep *s, glia_ctx *g);

/* What a predictor hands out: the value of a node, or columns of the answers. */
typedef struct gl_tap {
    const gl_node *node;  /* NULL: the answers, */
    int64_t first, width; /* of which from the first on so many columns */
} gl_tap;
static inline gl_tap gl_answers_tap(const gl_net *m) { return (gl_tap){.width = m->outputs}; }
/* By a layer's number or name, or a step's name; GLIA_USAGE, with the list: there is none. */
glia_status gl_find_tap(glia_ctx *g, const gl_net *m, const char *layer, gl_tap *tap);

/* glia_predictor_new for a network. */
glia_predictor *gl_predictor_new(glia_ctx *g, const gl_net *m, gl_tap tap, int64_t max_rows);
/* The same for a network for one step (gl_step_net_new), of whose steps knobs->step were made. */
glia_predictor *gl_predictor_of_steps(glia_ctx *g, const gl_net *step, const gl_knobs *knobs,
                                      int64_t rows);
/* glia_stream_new for a network. */
glia_stream *gl_stream_new(glia_ctx *g, const gl_net *m, int64_t rows);
const gl_net *gl_stream_net(const glia_stream *s); /* for one step */
/* So many steps of a stream of one row, in the short way of gl_predict_rows. False: x has a number
 * that cannot be, and no step was made. */
bool gl_stream_steps(glia_stream *s, void *x, int64_t steps, double *y);
/* The network's weights have changed. */
void gl_predictor_refresh(glia_predictor *p);
/* glia_predictor_run on inputs that are divided first (pixels by 255), or of a feed. */
glia_status gl_predict(glia_predictor *p, gl_samples x, glia_tensor y);
glia_status gl_predict_feed(glia_predictor *p, const gl_feed *feed, glia_tensor y);
/* What an embedding is to look up and has no row of weights for, of `rows` that it has: no whole
 * number from 0 on, or one beyond them. The first in x, divided; false: there is none. A kernel
 * would take it for 0. */
typedef struct gl_no_row {
    int64_t row, column, rows;
    double value;
    const char *node;
} gl_no_row;
bool gl_find_no_row(const gl_net *m, const glia_tensor *x, double divisor, gl_no_row *found);
/* How many of its steps a sample has is no whole number from 0 to `steps`, all that there are. */
typedef struct gl_wrong_length {
    int64_t row, column, steps, width; /* of a step */
    double value;
    const char *op;
} gl_wrong_length;
bool gl_find_wrong_length(const gl_net *m, const glia_tensor *x, double divisor,
                          gl_wrong_length *found);
/* The short way, for rows in the network's precision, no more than the predictor was made for.
 * False: a number in x is not finite, has no row to be looked up, or is no length. x is only read,
 * and must stay as it is until the call is over; y is [rows, the tap's width]. */
bool gl_predict_rows(glia_predictor *p, void *x, int64_t rows, double *y);
/* glia_model_cost likewise, with the answers of the same pass (NULL: not wanted). weight: [rows],
 * or NULL. */
glia_status gl_loss(glia_ctx *g, const gl_net *m, gl_samples x, glia_tensor y, const double *weight,
                    double *answers, double *loss);
/* The loss of each row: losses [rows], of which that is the mean. */
glia_status gl_losses_of_rows(glia_ctx *g, const gl_net *m, gl_samples x, glia_tensor y,
                              double *losses);

#endif
