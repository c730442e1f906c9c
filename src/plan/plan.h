/*
 * plan.h: a model compiled for one mode and one number of rows: a flat list of steps over planned
 * memory.
 *
 *     gl_compile   may fail; decides everything: fusion, memory, threads, barriers
 *     gl_bind      says where x, labels, weights ... are, and runs the steps that need no rows
 *     gl_aim       a predict plan's next rows: how many, and where they are
 *     gl_run       cannot fail; allocates nothing; same bits for any number of threads
 */
#ifndef GL_PLAN_H
#define GL_PLAN_H

#include "../net/program.h"

typedef enum gl_mode { GL_TRAIN, GL_EVAL, GL_PREDICT } gl_mode;

/* Arrays of the caller's, of any type, of which each run takes the rows that knobs.order names. */
typedef struct gl_source {
    glia_dtype x, y, weights;
    double divisor, mean_weight; /* x and the weights are divided by them */
    int64_t step;                /* where rows of x overlap; else 0 */
} gl_source;

typedef struct gl_plan_spec {
    gl_mode mode;
    int64_t rows;
    double l2; /* adds lambda/2 sum w^2 to the cost and lambda w to the gradient */
    /* Of GL_TRAIN only, each 0: none; formulas are in kernels.def. */
    double l1, clip_norm, clip_value, max_norm, smoothing;
    double way[GL_WAYS]; /* pictures are varied so much (augment.def) */
    bool weighted;       /* the loss of row i counts GL_SAMPLE_WEIGHTS[i] times */
    gl_kernel_id update; /* the optimizer's kernel; GL_KERNELS: none (gradients only) */
    int threads;         /* at most; tiny plans use one */
    bool carries;        /* states of sequences go on from run to run: see gl_states */
    bool answers;        /* of GL_EVAL: outputs are bound, as those of GL_PREDICT are */
    bool keep_all; /* every buffer has memory of its own: tests, and the search for a first NaN */
    bool apart;    /* nothing is fused: z, a and their gradients are values of their own */
    const gl_kernel_set *kernels; /* NULL: the fastest */
    gl_source source;
    double zeros; /* of GL_TRAIN: the share of x's numbers that are 0, about */
    bool gathers; /* rows come from `source`; else x and labels are bound as the plan reads them */
} gl_plan_spec;

/* Where a buffer lives. Everything but the arena belongs to the caller and is bound by pointer, or
 * by its store. */
typedef enum gl_room {
    GL_ARENA,
    GL_X,
    GL_SPARSE_X, /* gl_sparse_rows in place of GL_X: see gl_reads */
    GL_LABELS,
    GL_SOURCE_X,
    GL_SOURCE_BEGIN, /* where each row of it begins, in steps */
    GL_SOURCE_LABELS,
    GL_SOURCE_WEIGHTS,
    GL_SAMPLE_WEIGHTS,
    GL_GOES_ON, /* [rows] of a plan that carries: see gl_states */
    GL_OUTPUT,
    GL_COST,
    GL_LASTING, /* the plan's own, from run to run: states, and what steps that run once write */
    GL_STORE,   /* the first of its runs: see gl_room_of */
    GL_ROOMS = GL_STORE + GL_RUNS
} gl_room;
static inline gl_room gl_room_of(gl_run_id run) { return (gl_room)((int)GL_STORE + (int)run); }

typedef struct gl_buffer {
    char name[GL_NAME + 8];
    gl_room room;
    int64_t rows, cols;
    bool by_rows;    /* row i belongs to sample i */
    int64_t offset;  /* elements from the start of its room */
    int first, last; /* steps that name it */
    gl_buf alias;    /* in place of this buffer; itself when not */
} gl_buffer;

typedef struct gl_step {
    gl_kernel *kernel;
    gl_call call;
    gl_split split;
    bool barrier; /* all threads must have done the steps before */
    char phase;   /* o once, g gather, f forward, l loss, b backward, c cost, u update */
    gl_kernel_id id;
    gl_buf p[GL_OPERANDS];
    int operands; /* so many of them, those at the end that are not there left out */
    const gl_node *node;
    const gl_op *then, *slope;
} gl_step;

/* What joins a node; decided before lowering (fuse.c). */
typedef struct gl_fusion {
    const gl_node *then;     /* of a layer: the activation that is applied to its rows while hot */
    const gl_node *norm;     /* of a layer: the batch_norm behind it that is in its weights */
    const gl_node *inside;   /* of these two: the layer */
    const gl_node *slope;    /* of a layer: the activation before it whose slope its dx is given */
    const gl_node *slope_by; /* of an activation: the layer that gives it */
} gl_fusion;

/* Together or alone? The bits are the same, so the faster may be chosen while running (pace.c). */
typedef struct gl_pace {
    int trials;        /* that many runs are still to be tried alone */
    double left;       /* seconds of this round */
    double alone;      /* seconds, the best trial of this round */
    double behind;     /* seconds that runs together have fallen behind runs alone, lately */
    int care;          /* times what is lost the next rest lasts */
    double rest_until; /* gl_now() up to which no run is together */
} gl_pace;

/* Before a run that is not in a rest: together? Behind it, how long that took and what time it is;
 * true: another process has the core, so no plan should be together up to rest_until. */
bool gl_pace_next(gl_pace *pace);
bool gl_pace_took(gl_pace *pace, double seconds, double now);

typedef struct gl_plan {
    glia_ctx *g;
    const gl_net *model;
    gl_plan_spec spec;
    int threads;
    gl_buffer *buffer; /* buffer[0] is GL_NO_BUF */
    int buffers;
    gl_buf *value; /* by node: the buffer that holds its value */
    int64_t buffer_cap;
    gl_fusion *fusion; /* by node */
    gl_step *step;
    int once, steps,
        update; /* steps before `once` run when bound, from `update` on after the cost */
    int64_t step_cap;
    int64_t rows;                  /* of spec.rows so many are there: see gl_aim */
    int64_t arena, arena_unshared; /* elements, with and without reuse */
    int64_t kept;                  /* elements of the room GL_LASTING */
    void *memory, *work;           /* the arena; scratch of the kernels, one piece a thread */
    size_t work_bytes;             /* of such a piece */
    void *cost, *kept_memory;      /* one real; the room GL_LASTING */
    gl_pace pace;
} gl_plan;

gl_plan *gl_compile(glia_ctx *g, const gl_net *m, const gl_plan_spec *spec);
void gl_plan_free(gl_plan *p);
int64_t gl_plan_bytes(const gl_plan *p);       /* arena and scratch */
bool gl_reads(const gl_plan *p, gl_room room); /* a step names a buffer there */
/* What a node computed in the last run, [rows, width], for a plan with keep_all. NULL: it lies
 * nowhere, since its step went on with it at once, or in the caller's memory. */
const void *gl_value_of(const gl_plan *p, const gl_node *node);

typedef struct gl_binding {
    void *room[GL_STORE]; /* GL_ARENA, GL_COST and GL_LASTING are the plan's own */
    const gl_store *store;
    const gl_knobs *knobs;
} gl_binding;
/* May be repeated; in a predict plan it must be when weights change. */
void gl_bind(gl_plan *p, const gl_binding *b);
/* For a predict plan that is bound: the next run reads `rows` rows of x, at most spec.rows, and
 * writes as many of output. */
void gl_aim(gl_plan *p, int64_t rows, void *x, void *output);

/* Runs every step. False when the cost is not finite: then the update was left out. */
bool gl_run(gl_plan *p);
double gl_cost(const gl_plan *p);

/* Of a plan with spec.carries: long sequences learned piece by piece (truncated back-propagation
 * through time). Row i of a run, whatever row of the data knobs.order has there, is the next piece
 * of some sequence, and each recurrent layer begins it with the state, and the cell, that row i
 * ended with in the run before. So values are those of the whole sequence at once, to the bit,
 * unless they depend on other rows (batch_norm in training); gradients are those of the piece, the
 * states in front of it taken as given. The caller says before each run which rows go on, in memory
 * of his that is bound to GL_GOES_ON, [rows] reals: 1 does, 0 begins anew, with 0, whatever was
 * there (states are 0 at first; behind a cost that is not finite they may be anything). Rows of
 * different lengths end where their own last step is; a row without a step keeps its states, and a
 * layer that gives the last state gives that. Dropout draws other masks for each run.
 *
 * gl_compile refuses what could not go over one step at a time (gl_step_net_new): a layer that
 * looks at several steps would see the end of a piece as that of the sequence.
 *
 * gl_states: where they lie, *count reals of the model's precision: layer by layer, [rows, units]
 * of each state. Plans of one network and as many rows, of GL_TRAIN and of GL_EVAL, have them in
 * the same order: who copies them from one to the other goes on there, who puts back what he kept
 * goes on from that moment. Not while a run is under way. */
void *gl_states(const gl_plan *p, int64_t *count);

/* demand.c: what a run asks of a machine. */
double gl_plan_multiply_adds(const gl_plan *p);
glia_demand gl_plan_demand(const gl_plan *p);

char *gl_explain(const gl_plan *p); /* the steps as text, for gl_free */
/* The same of a network, by the mode's name; what glia_model_plan says. */
char *gl_plan_text(const gl_net *m, const char *mode, gl_plan_spec spec);

/* The passes, in the order in which gl_compile calls them. */
bool gl_lower(gl_plan *p); /* fuse.c, lower.c, buffers.c: nodes become steps */
void gl_live(gl_plan *p);  /* place.c: first and last use, in-place aliases */
bool gl_place(gl_plan *p); /* place.c: offsets in the arena */
void gl_cut(gl_plan *p);   /* cut.c: threads, and what each does of a sample where these are few */
bool gl_sync(gl_plan *p);  /* sync.c: where they must wait for each other */

#endif
