/*
 * glia.h: neural networks in C. This header is the whole public interface and its comments are the
 * manual.
 *
 *     float x[] = {0, 0, 0, 1, 1, 0, 1, 1}, y[] = {0, 1, 1, 0}, p[4];
 *     glia_fit_options options = {.epochs = 1000, .lr = 0.05};
 *     glia_ctx *g = glia_open(NULL);
 *     glia_model *net = glia_model_new(g, 2, "dense 8 tanh, dense 1 sigmoid", NULL);
 *     glia_model_fit(net, glia_tensor_f32(x, 4, 2), glia_tensor_f32(y, 4, 1), &options, NULL);
 *     glia_predictor *learned = glia_predictor_new(g, net, 4);
 *     glia_predictor_run(learned, glia_tensor_f32(x, 4, 2), glia_tensor_f32(p, 4, 1));
 *
 * Shapes. One sample is one contiguous row: X is (m, n_x) in memory. That is the textbook's X (n_x,
 * m), one column per sample, read in column-major order: same bytes, two ways to say it. W is
 * (units out, units in).
 *
 * Errors. A function that returns a glia_status returns GLIA_OK or the kind of failure; one that
 * returns a pointer returns NULL. Either way glia_message(ctx) then tells what was found, what was
 * expected, and where. The numbers of glia_status are the exit statuses of the `glia` program.
 *
 * Ownership. What a _new, _read or _load function returns is yours to release with the matching
 * _free, which accepts NULL. Strings returned as `const char *` belong to the object; `char *`
 * results go to glia_text_free. Contexts must outlive what was made in them.
 *
 * Contexts. What a call says, and the memory that it takes, are those of the context given to it,
 * or of its first argument's. Tables are to be of that context, GLIA_USAGE else; glia_applier_run
 * alone reads those of any. Models, recipes and schemas that nobody changes may be of another.
 *
 * Threads. A context serves one thread at a time. A glia_model that nobody changes may be read from
 * many threads, each with a context and a glia_predictor of its own; so may recipes and schemas.
 * What makes something of a model without being given a context (glia_model_text, _plan, _demand,
 * _equations, _graph, _save) works in the model's. Independent jobs (the trials of few rows and of
 * a search, folds, columns of importance) run side by side on threads of the library's own: log and
 * progress are still called from your thread alone, alloc and release from any of them, by one at a
 * time. HDF5 and MATLAB files are read by one thread of a process at a time; a program that calls
 * HDF5 meanwhile needs one that was built for threads.
 *
 * Names. glia_NOUN_verb, where the noun is the type that it is about: glia_table_read,
 * glia_model_fit. Without a noun are the context itself (glia_open, glia_message, ...) and whatever
 * begins with a job: glia_train, glia_prepare, glia_cross_validate, glia_tune.
 *
 * What may change. A function marked GLIA_API stays as it is within a minor version (0.2.x); what a
 * later one changes stands in CHANGELOG.md, with the mend. A function marked GLIA_EXPERIMENTAL may
 * change or go with any version; -DGLIA_STABLE_ONLY warns where one is called. A struct goes with
 * the functions that take it. Structs that you fill grow: begin each with {0} (in C++ {}), where 0
 * means the default, and compile anew for a new minor version; the name of the shared library has
 * it (libglia.so.0.2), so that no program meets structs of another size.
 */
#ifndef GLIA_H
#define GLIA_H

#include <stddef.h>
#include <stdint.h>

#ifdef __cplusplus
extern "C" {
#endif

#if defined(__GNUC__)
#define GLIA_API __attribute__((visibility("default")))
#else
#define GLIA_API
#endif

#if defined(__GNUC__) && defined(GLIA_STABLE_ONLY)
#define GLIA_EXPERIMENTAL GLIA_API __attribute__((deprecated("may change with any version")))
#else
#define GLIA_EXPERIMENTAL GLIA_API
#endif

#define GLIA_VERSION_MAJOR 0
#define GLIA_VERSION_MINOR 2
#define GLIA_VERSION_PATCH 0
#define GLIA_VERSION "0.2.0"

/* GLIA_VERSION of the library that runs, which another header may describe. */
GLIA_API const char *glia_version(void);

/* ---------------------------------------------------------------------------------- contexts -- */

typedef enum glia_status {
    GLIA_OK = 0,
    GLIA_FAILED = 1, /* the work itself failed: training diverged, a check found a wrong gradient */
    GLIA_USAGE = 2,  /* an argument or option is wrong */
    GLIA_INPUT = 3,  /* a data or model file is wrong or unreadable */
    GLIA_RESOURCE = 4,     /* out of memory, disk or another resource */
    GLIA_INTERRUPTED = 130 /* a progress callback asked to stop */
} glia_status;

typedef enum glia_level {
    GLIA_NOTE,    /* a decision that was taken for the user */
    GLIA_WARNING, /* something is probably not as the user thinks */
} glia_level;

typedef struct glia_ctx glia_ctx;

typedef struct glia_settings {
    int threads; /* 0: as many as this process may use (affinity, CPU quota of its control group),
                    or fewer where OMP_NUM_THREADS says so */
    /* Hears notes and warnings, with log_user as user. NULL: they are dropped. */
    void (*log)(void *user, glia_level level, const char *text);
    void *log_user;
    /* Memory: size in bytes, result aligned to 64 bytes, NULL when exhausted. Both NULL: the C
     * library. */
    void *(*alloc)(void *user, size_t size);
    void (*release)(void *user, void *memory);
    void *user; /* handed to alloc and release */
    /* Hears, with user, that so many bytes were asked for and not given, before the call that needs
     * them fails with GLIA_RESOURCE. A program that has nothing else to do may end here. */
    void (*exhausted)(void *user, size_t size);
    /* The most memory that is taken at once for what any file holds, data, model or schema: for its
     * bytes, unpacked, or an array. 0: half of what the machine, its control group and ulimit give.
     * GLIA_RESOURCE: it holds more. */
    int64_t max_bytes;
} glia_settings;

/* Opens a context. settings may be NULL. NULL only when memory is exhausted, as glia_message(NULL)
 * and glia_code(NULL) say. */
GLIA_API glia_ctx *glia_open(const glia_settings *settings);
GLIA_API void glia_close(glia_ctx *g);
/* The last failure in this context: one line without a trailing newline; "" when nothing failed
 * yet. Like notes and warnings it names an option as option 'NAME', or option 'NAME' VALUE: one of
 * glia_recipe_options, a member of glia_read_options ('no-header': header -1) or of glia_settings,
 * or an argument of the function. A program may put its own way of giving options in place of these
 * words. */
GLIA_API const char *glia_message(const glia_ctx *g);
/* The kind of the last failure. */
GLIA_API glia_status glia_code(const glia_ctx *g);
/* How many threads are used at most, and what decided it: "as asked", "OMP_NUM_THREADS", ... */
GLIA_API int glia_threads(const glia_ctx *g);
GLIA_EXPERIMENTAL const char *glia_threads_reason(const glia_ctx *g);
GLIA_API void glia_text_free(glia_ctx *g, char *text);

/* ----------------------------------------------------------------------------------- tensors -- */

typedef enum glia_dtype { GLIA_F32, GLIA_F64, GLIA_U8, GLIA_I32, GLIA_I64 } glia_dtype;

#define GLIA_MAX_DIMS 4

/* A view of numbers in memory: contiguous, row-major, dimension 0 is the sample. The memory stays
 * the caller's. */
typedef struct glia_tensor {
    glia_dtype dtype;
    int ndim; /* 1..GLIA_MAX_DIMS */
    int64_t dim[GLIA_MAX_DIMS];
    void *data;
} glia_tensor;

/* Views of caller memory as a (rows, cols) matrix. */
GLIA_API glia_tensor glia_tensor_f32(const float *data, int64_t rows, int64_t cols);
GLIA_API glia_tensor glia_tensor_f64(const double *data, int64_t rows, int64_t cols);
GLIA_API size_t glia_dtype_size(glia_dtype dtype);
GLIA_API const char *glia_dtype_name(glia_dtype dtype);
/* The shortest text that reads back as exactly this number of dtype GLIA_F32 or GLIA_F64, the same
 * in every locale; in the form of printf's %g: 0.1, 1e-07, nan. Returns buf. */
GLIA_API char *glia_number_print(double value, glia_dtype dtype, char buf[32]);
/* Value i of t, in the order of memory, as a double. */
GLIA_API double glia_tensor_value(const glia_tensor *t, int64_t i);
/* Product of the dimensions from `first` on, or -1 when it does not fit into 63 bits or a dimension
 * is negative. */
GLIA_API int64_t glia_tensor_count(const glia_tensor *t, int first);

/* The shape of `a op b` under NumPy's rule: shapes are aligned at their last dimension; two
 * dimensions fit when they are equal or one of them is 1; a missing dimension counts as 1. Writes
 * ndim and dim of *out (dtype is a's, data is NULL). An error names both shapes. */
GLIA_EXPERIMENTAL glia_status glia_tensor_broadcast(glia_ctx *g, const glia_tensor *a,
                                                    const glia_tensor *b, glia_tensor *out);
/* Fills `out` (any shape that `a` broadcasts to, same dtype, memory of the caller) with copies of
 * a's values. */
GLIA_EXPERIMENTAL glia_status glia_tensor_expand(glia_ctx *g, const glia_tensor *a,
                                                 glia_tensor *out);
/* Several arrays with the same number of rows (any shapes and types) side by side, a row of each
 * behind the other: what a network with several inputs or outputs takes as X and Y. Fills `out`
 * (rows, all columns), f32 or f64, memory of the caller. */
GLIA_EXPERIMENTAL glia_status glia_tensor_beside(glia_ctx *g, const glia_tensor *parts, int count,
                                                 glia_tensor *out);
/* Writes pixels, u8 (height, width) or (height, width, channels) of 1, 3 or 4 channels, as a file
 * in the format PNG, as a whole or not at all. GLIA_USAGE: they have another shape. */
GLIA_EXPERIMENTAL glia_status glia_tensor_write_png(glia_ctx *g, glia_tensor pixels,
                                                    const char *path);
/* Makes the labels *y fit `rows` samples: (n,) becomes (n,1), with a note in the log; (1,n) is
 * refused with the mend. */
GLIA_EXPERIMENTAL glia_status glia_tensor_as_column(glia_ctx *g, glia_tensor *y, int64_t rows);

/* ------------------------------------------------------------------------------------ models -- */

/* A network (graph and weights) with its notes: named texts such as the pipeline, the classes and
 * the command that made it. Everything that a model file holds. */
typedef struct glia_model glia_model;

typedef struct glia_model_options {
    const char *loss; /* NULL: from the last layer: sigmoid, softmax: "cross_entropy", exp:
                         "poisson", else "mse". Also "mae", "huber", and "pinball" with a quantile
                         for each unit, "pinball:0.1:0.9", whose labels are one column. Of several
                         outputs: one for all, or one for each, separated by commas */
    const char *init; /* NULL: "auto" (he for relu kinds, xavier else, zeros for the output of a
                         linear model, orthogonal for U of rnn, lstm and gru, gate by gate);
                         zeros, normal:S, uniform:S, lecun, xavier, he, orthogonal */
    glia_dtype dtype; /* GLIA_F32 (default) or GLIA_F64 */
    uint64_t seed;    /* of the initial weights */
    const char *rng; /* NULL: "glia"; "numpy": NumPy's legacy generator, layer by layer randn(n_out,
                        n_in) */
} glia_model_options;

/* Builds a network of `inputs` features from its text: layers separated by commas, each an op with
 * its attributes:
 *
 *     dense UNITS [ACTIVATION], dropout RATE, batch_norm, layer_norm, or an activation alone
 *
 * Each layer reads the one before it. A label names the value of a layer, for others to read:
 *
 *     a: dense 64 relu, dense 64, add a, relu       add, mul, concat NAME... read it beside the
 *     b: dense 8 tanh, from a, dense 8, concat b    value before; "from NAME" goes on from there
 *
 * All values of a sample lie in one row of X. Its columns can be given a shape, or be several
 * inputs, and a network can have several outputs, each with labels and a loss of its own:
 *
 *     image 28 28 1, dense 10 softmax               also: sequence STEPS FEATURES, input COLUMNS,
 *                                                   flatten, reshape A [B [C]]
 *     ragged 30 4, gru 16, dense 1                  1 + 30 * 4 columns, the first how many of the
 *                                                   30 steps there are: 0, 1 ... 30
 *     p: input 4, q: input 3, dense 8 relu, concat p, dense 1
 *     t: dense 32 relu, dense 3 softmax, output, from t, dense 1
 *
 * batch_norm (Ioffe and Szegedy, 2015) brings each unit to mean 0 and variance 1 over the
 * mini-batch, which so needs at least 2 rows; in a short last one with a single row its values are
 * beta, and the running averages stay. Prediction takes the running averages (momentum 0.9): a row
 * does not depend on the rows beside it. layer_norm (Ba et al., 2016) does so for each sample over
 * its units, and of a sequence or a picture for each step or pixel over its channels. All ops are
 * in docs/network.md.
 *
 * ACTIVATION is sigmoid, tanh, relu, leaky_relu[:SLOPE], linear, elu, gelu, silu, softplus, and
 * after the last dense also softmax. An error gives the position in the text.
 * options may be NULL. */
GLIA_API glia_model *glia_model_new(glia_ctx *g, int64_t inputs, const char *net,
                                    const glia_model_options *options);
GLIA_API void glia_model_free(glia_model *m);

/* Reads and writes a model file: a safetensors container (JSON header, raw little-endian tensors)
 * with a checksum over all bytes. Saving writes a temporary name, syncs and renames; on failure
 * nothing is left behind. */
GLIA_API glia_model *glia_model_load(glia_ctx *g, const char *path);
GLIA_API glia_status glia_model_save(glia_model *m, const char *path);

GLIA_API int64_t glia_model_inputs(const glia_model *m);
GLIA_API int64_t glia_model_outputs(const glia_model *m);
/* How many numbers are learned: weights, biases, gamma, beta; not the running averages. */
GLIA_API int64_t glia_model_parameters(const glia_model *m);
GLIA_API glia_dtype glia_model_dtype(const glia_model *m);
GLIA_API const char *glia_model_loss(const glia_model *m);
/* The network as glia_model_new reads it, the output layer included; yours to release with
 * glia_text_free. */
GLIA_API char *glia_model_text(const glia_model *m);

typedef struct glia_layer { /* one layer with weights, and what stands behind it */
    const char *name;       /* "fc1" */
    /* "dense", "conv", "conv_transpose", "rnn", "lstm", "gru", "attention", "embedding" */
    const char *op;
    const char *activation; /* "relu"; of the output: "sigmoid", "softmax" or "linear"; of states
                               "tanh", where nothing stands behind them */
    const char *norm;       /* "batch_norm", "layer_norm"; NULL: not normalised */
    int64_t in, units; /* each of its units is a sum of so many products + b; filters are units */
    /* W's shape: units, in; of conv_transpose a row for each channel it reads, of embedding one for
     * each id, from 1 on. */
    int64_t w[2];
    int64_t u[2];      /* U's shape, by which its state is multiplied: gates x units, units; or 0 */
    int64_t b;         /* biases: as many as units, times the gates; of embedding 0 */
    int64_t kernel[2]; /* rows and columns of a filter, 1 row over a sequence; of dense 0 */
    int64_t parameters; /* learned: W, b, U, v; gamma, beta of its normalisation */
    int ndim;           /* what it gives, one sample's: (units), (26, 26, 32) */
    int64_t dim[3];
    int next_ndim; /* what the next layer reads: a pool or the like may stand between */
    int64_t next_dim[3];
} glia_layer;

/* L: the input is layer 0 and is not counted. */
GLIA_API int glia_model_layers(const glia_model *m);
GLIA_API glia_layer glia_model_layer(const glia_model *m, int i); /* i = 0 .. L-1 */
/* What init "auto" draws the W of layer i by: "he", "xavier" or "zeros"; of a layer that goes over
 * steps "xavier (U orthogonal)". */
GLIA_EXPERIMENTAL const char *glia_model_layer_init(const glia_model *m, int i);

/* An input or an output: columns of X, or of what is predicted, and of Y. */
typedef struct glia_port {
    const char *name; /* its label in the text, or "": a sigmoid or softmax output takes none */
    int ndim;         /* its shape: one sample's */
    int64_t dim[3];
    int64_t first, columns;        /* of X, one more where it says how many steps there are */
                                   /* ('ragged'); of the predictions */
    int64_t first_label, labels;   /* output: of Y. Class numbers take one column */
    const char *activation, *loss; /* output: "softmax", "cross_entropy"; input: NULL */
} glia_port;

GLIA_EXPERIMENTAL int glia_model_input_ports(const glia_model *m);
GLIA_EXPERIMENTAL glia_port glia_model_input_port(const glia_model *m, int i);
GLIA_EXPERIMENTAL int glia_model_output_ports(const glia_model *m);
GLIA_EXPERIMENTAL glia_port glia_model_output_port(const glia_model *m, int i);

/* Parameters by number or by name ("fc1.w", "fc1.b"; "batch_norm1.gamma", .beta, and its running
 * .mean, .var): views of the model's own memory, writable. */
GLIA_API int glia_model_params(const glia_model *m);
GLIA_API const char *glia_model_param_name(const glia_model *m, int i);
GLIA_API glia_tensor glia_model_param(const glia_model *m, int i);
/* -1: no such parameter. */
GLIA_API int glia_model_find_param(const glia_model *m, const char *name);

/* Notes: named texts saved with the model. NULL: no such note. Setting NULL removes it. */
GLIA_API const char *glia_model_note(const glia_model *m, const char *name);
GLIA_API glia_status glia_model_set_note(glia_model *m, const char *name, const char *text);

/* The compiled steps of a plan: mode "train", "eval" or "predict". Yours to release with
 * glia_text_free. That of "train" has the optimizer, L2 and so on that the model was trained with;
 * of a network that was not trained on a table it is plain sgd. */
GLIA_EXPERIMENTAL char *glia_model_plan(const glia_model *m, const char *mode, int64_t batch);
/* What one step asks of a machine at least. */
typedef struct glia_demand {
    double multiply_adds;
    double kept;  /* bytes of the W, and in training of their gradients and moments */
    double moved; /* bytes of these that prediction reads, or the update reads and writes */
} glia_demand;
/* Of a step with `batch` rows; optimizer NULL: of a prediction. */
GLIA_EXPERIMENTAL glia_status glia_model_demand(const glia_model *m, int64_t batch,
                                                const char *optimizer, glia_demand *demand);
/* Forward and backward formulas of this network with textbook shapes, X as (n_x, m). */
GLIA_EXPERIMENTAL char *glia_model_equations(const glia_model *m);

typedef enum glia_role {
    GLIA_LAYER,
    GLIA_JOIN,
    GLIA_BETWEEN,
    GLIA_ACTIVATION,
    GLIA_LOSS
} glia_role;

/* One step of the network. It reads only what stands before it. */
typedef struct glia_node {
    const char *name, *op; /* "fc1", "dense" */
    glia_role role;
    int reads, read[4]; /* whose values: a node's number; -1, -2, ...: input port 0, 1, ... */
    int ndim;           /* the shape of its value: one sample's */
    int64_t dim[3];
    int param, params;      /* the first of its parameters, and how many of them are learned */
    int learns;             /* it or what it reads has parameters: a gradient comes back to it */
    char symbol[32], z[32]; /* as glia_model_equations calls its value: "A2"; where that is
                               linear(Z2) also "Z2", else "" */
    int computes;           /* 0: gives the same values another shape */
    const char *formula, *slope; /* of an activation a = g(z), and of a loss; of a join the sign
                                    between what it reads; else NULL */
    const char *link;            /* of a loss: the activation that is part of it, or NULL */
} glia_node;

/* Fills out[0 .. n-1] with the nodes of the network, losses last, as far as `size` goes. Returns n,
 * -1 when memory is exhausted. */
GLIA_EXPERIMENTAL int glia_model_graph(const glia_model *m, glia_node *out, int size);

/* -------------------------------------------------------------------------------- prediction -- */

/* A compiled predict plan with its own memory: one per thread. The model must outlive it and stay
 * unchanged. */
typedef struct glia_predictor glia_predictor;

GLIA_API glia_predictor *glia_predictor_new(glia_ctx *g, const glia_model *m, int64_t max_rows);
/* x (rows, inputs), any dtype and row count; y (rows, outputs), f32 or f64, memory of the caller.
 * Writes probabilities (sigmoid, softmax) or values; y must not overlap x. Allocates nothing. Row i
 * of y has the same bits for any number of rows beside it. */
GLIA_API glia_status glia_predictor_run(glia_predictor *p, glia_tensor x, glia_tensor y);
GLIA_API void glia_predictor_free(glia_predictor *p);
/* One that writes what a layer gives to the next, a^[l], in place of the predictions: by the number
 * of the layer, "1" is the first, by its name, "fc1", or by that of a step, "relu1". y is (rows,
 * units), with the bits of glia_model_trace without labels. GLIA_USAGE lists the layers. NULL as
 * layer: glia_predictor_new. */
GLIA_EXPERIMENTAL glia_predictor *glia_predictor_new_at(glia_ctx *g, const glia_model *m,
                                                        const char *layer, int64_t max_rows);
/* The columns that y has. */
GLIA_EXPERIMENTAL int64_t glia_predictor_units(const glia_predictor *p);

/* A prediction that takes a sequence step by step, as its values come in: the states of rnn, lstm
 * and gru stay from one step to the next. One per thread. The model must outlive it and stay
 * unchanged. */
typedef struct glia_stream glia_stream;

/* For `rows` sequences side by side. The network begins with `sequence STEPS FEATURES` or `ragged`
 * (several inputs: of as many steps) and goes over them one after the other, by layers with states
 * that give the last or all of them, activations, dropout, batch_norm, layer_norm, embedding, add,
 * mul, concat and convolutions with windows of one step; behind a last state stands what will.
 * GLIA_USAGE tells which layer wants several steps at once: dense of all steps, reverse, a pool,
 * attention, ... STEPS itself is the business of training: a stream may be longer or shorter. */
GLIA_EXPERIMENTAL glia_stream *glia_stream_new(glia_ctx *g, const glia_model *m, int64_t rows);
/* The next step of all rows: x (rows, inputs), any dtype; y (rows, outputs), f32 or f64, memory of
 * the caller, which must not overlap x. Behind step t, y has the bits that glia_predictor_run gives
 * for the t steps so far by the same weights in a network with `sequence t FEATURES`; where the
 * network gives answers for each step, those of the last. Allocates nothing; in a context of one
 * thread it waits for nothing either. GLIA_USAGE or GLIA_INPUT where a shape is wrong, or a number
 * in x not finite or unknown to an embedding, and then no step was made. Nothing else fails. */
GLIA_EXPERIMENTAL glia_status glia_stream_step(glia_stream *s, glia_tensor x, glia_tensor y);
/* Forgets all steps: the next one is the first of other sequences. */
GLIA_EXPERIMENTAL void glia_stream_reset(glia_stream *s);
/* Columns of x, a step's features, and of y; how many steps were made. */
GLIA_EXPERIMENTAL int64_t glia_stream_inputs(const glia_stream *s);
GLIA_EXPERIMENTAL int64_t glia_stream_outputs(const glia_stream *s);
GLIA_EXPERIMENTAL int64_t glia_stream_steps(const glia_stream *s);
GLIA_EXPERIMENTAL void glia_stream_free(glia_stream *s);

/* --------------------------------------------------------------------------- training arrays -- */

#define GLIA_FULL_BATCH (-1)

typedef struct glia_progress {
    int64_t epoch, epochs;  /* counted from 1 */
    int64_t batch, batches; /* updates done in this epoch; 0 at the end of an epoch's validation */
    int64_t updates;        /* in all */
    double loss;     /* mean cost over this epoch's mini-batches so far, each before its update */
    double val_loss; /* NaN: no validation data, or not measured yet */
    double best_val; /* the best monitored value so far; NaN likewise */
    double lr;       /* the learning rate of the last update; NaN: lbfgs has none */
    double samples_per_second;
    double seconds, seconds_left;
    int trial; /* nonzero: one of the short trainings by which glia_train chooses options when rows
                  are few: it can be stopped, but is not the one to show */
} glia_progress;

typedef struct glia_fit_options { /* zero: the default in brackets */
    int64_t epochs;               /* [100; lbfgs: 1000 iterations] */
    int64_t batch; /* rows per mini-batch [32; lbfgs: full, nothing else]; GLIA_FULL_BATCH: one
                      update per epoch */
    const char *optimizer; /* sgd, momentum, nesterov, rmsprop, adam, adamw, lbfgs [adam] */
    double lr; /* [sgd, momentum, nesterov: 0.1; rmsprop, adam, adamw: 0.001; lbfgs has none] */
    double momentum; /* v = momentum v + (1 - momentum) g [0.9] */
    double beta1;    /* adam, adamw: v = beta1 v + (1 - beta1) g [0.9] */
    double beta2;    /* s = beta2 s + (1 - beta2) g^2 [rmsprop: 0.9; adam, adamw: 0.999] */
    double eps;      /* p -= lr v / (sqrt(s + eps_root) + eps) [1e-8] */
    double eps_root; /* [0] */
    double decay;    /* adamw: w -= lr decay w beside the step; weights, not biases [adamw: 0.01] */
    double l2;       /* adds (l2/2) sum w^2 to J, a mean over samples; weights, not biases. C of
                        scikit-learn and of liblinear is 1 / (rows l2), alpha of Ridge is
                        rows l2 / 2; see docs/linear.md [0] */
    const char *schedule; /* how the learning rate goes from update to update: constant,
                             step:EVERY:FACTOR, exp:FACTOR, inverse:RATE:EVERY, cosine:LAST or
                             plateau:PATIENCE:FACTOR, each number optional; formulas and defaults
                             are in docs/training.md. lbfgs takes neither schedule nor warmup
                             [constant] */
    double warmup;     /* epochs in which the learning rate rises to its value in equal steps [0] */
    double l1;         /* adds l1 sum |w| to J; weights, not biases; the slope at 0 is 0 [0] */
    double clip_norm;  /* a gradient longer than this (all parameters together) is shortened to it
                          [0: as it is] */
    double clip_value; /* each component of the gradient stays within +-clip_value [0: as it is] */
    double max_norm;   /* after each update no unit's row of W is longer [0: any length] */
    const char *augment;    /* pictures are varied while they are learned, each time in another way:
                            "flip, shift 0.1, rotate 10"; ways and amounts are in docs/pictures.md.
                            A network that begins with "image H W C" sees pictures [none] */
    double label_smoothing; /* E: softmax learns (1 - E) onehot + E/C, sigmoid (1 - E) y + E/2; in
                               val_loss labels are as they are [0] */
    glia_tensor sample_weights; /* (rows), at least 0, divided by their mean: J is the mean
                             of weight times loss [data NULL: each counts 1] */
    glia_tensor val_weights;    /* (rows of x_val), likewise: of val_loss, and of what monitor
                             watches [data NULL: each counts 1] */
    uint64_t seed;              /* of shuffling and dropout [0] */
    const char *rng;            /* glia, numpy [glia] */
    int64_t shuffle_seed; /* numpy: epoch e = 0, 1, ... shuffles with seed(shuffle_seed + e) [11] */
    int64_t patience; /* stop when the monitored value has not improved for so many epochs; the best
                         weights are restored [0: never] */
    const char *monitor; /* what is best on the validation part: loss, or a score of glia_metrics:
                            accuracy, f1, auc, macro_f1, rmse, mae, r2 ... [loss] */
    double tol;      /* stop when the largest gradient component of a full batch is at most tol [0:
                        never; lbfgs: 1e-9 max(1, J) in f64, 1e-6 max(1, J) in f32] */
    double cost_tol; /* stop when the mean cost of an epoch was not below the least so far minus
                        cost_tol, in more than ten epochs in a row [0: never] */
    glia_tensor x_val, y_val; /* validation part [data NULL: none] */
    double divisor;           /* x is divided by this on its way in: 255 for pixels, say [1] */
    int64_t log_every;        /* epochs between two entries of glia_history, of which there are 2^20
                                 at most: then every second one leaves, and they come half as
                                 often [1] */
    int doctor;               /* nonzero: look for illnesses; they stand in the history [0] */
    int (*progress)(void *user, const glia_progress *p); /* nonzero: stop, GLIA_INTERRUPTED */
    void *user;
} glia_fit_options;

/* Sets one member of *o from text: name is an option of glia_recipe_options (group "training"), its
 * alias, or the member's own name; value is checked as glia_recipe_set checks it. "auto" and "none"
 * stand for zero, the default. A text (optimizer, schedule, monitor, rng) is not copied: value then
 * stays yours and must live as long as *o is used. GLIA_USAGE: there is no such option for arrays,
 * or value is not what it takes; *o is as it was. */
GLIA_API glia_status glia_fit_options_set(glia_ctx *g, glia_fit_options *o, const char *name,
                                          const char *value);

/* What can ail a training: the table that docs/doctor.md shows. */
typedef struct glia_illness {
    const char *name;     /* "dead-relu" */
    const char *measured; /* what, when, and on which side of the limit it is reported */
    double limit;
    const char *mend, *source;
} glia_illness;

GLIA_EXPERIMENTAL const glia_illness *glia_illnesses(int *count);

/* One illness that was found. The training's bits do not depend on whether somebody looked. */
typedef struct glia_finding {
    const glia_illness *illness;
    char where[64]; /* a layer, column, class or part of the data; "": the training as a whole */
    char seen[256]; /* what was seen, as a sentence without a full stop */
    double value;   /* what was measured */
} glia_finding;

/* What happened. */
typedef struct glia_history {
    int64_t entries;
    const int64_t *epoch; /* counted from 0 */
    const double *cost;   /* J of the epoch's last mini-batch before its update (batch full: of the
                             whole set) */
    const double *mean;   /* mean of J over the epoch's mini-batches, each before its update */
    const double *val_loss;              /* NaN: none */
    const double *lr;                    /* of the epoch's last update; NaN: lbfgs has none */
    const char *monitor;                 /* "loss", or the score by which the best epoch is known */
    const double *monitored;             /* its values; NULL: those of val_loss */
    int64_t epochs, updates, best_epoch; /* best_epoch: -1 when nothing was validated */
    double seconds, best_val;
    int64_t memory; /* bytes taken before the loop: plans, weights, moments, one mini-batch; none in
                       it */
    int threads;    /* that a step is worth: 1 where it is too small for more */
    int64_t batches;     /* updates in an epoch: entry i stands behind (epoch[i] + 1) * batches of
                        them */
    const char *stopped; /* "epochs", "early stop", "tolerance", "cost tolerance", "no more
                            progress", "interrupted", "diverged" */
    int findings;        /* what ails it, when somebody looked; each was also a warning */
    const glia_finding *finding; /* [findings] */
} glia_history;

GLIA_API void glia_history_free(glia_ctx *g, glia_history *h);

/* Trains m on x (rows, inputs) and labels y: 0/1 (rows,1) for sigmoid, class numbers 0..C-1
 * (rows,1) for softmax, values (rows, outputs) else. Continues from the weights that m has.
 * GLIA_FAILED: the cost became NaN or infinite; the message names layer, batch and the likely cause
 * and the weights are those before that batch. history (NULL: not wanted) becomes an object for
 * glia_history_free, also when the training was stopped or diverged; NULL when it did not begin. */
GLIA_API glia_status glia_model_fit(glia_model *m, glia_tensor x, glia_tensor y,
                                    const glia_fit_options *options, glia_history **history);

/* Pictures x (rows, height, width, channels) as a training with the option augment sees them when
 * they are the mini-batch of this update (from 0): into y, of the same shape and precision. To look
 * at; training does so itself. */
GLIA_EXPERIMENTAL glia_status glia_pictures_augment(glia_ctx *g, const char *ways, uint64_t seed,
                                                    int64_t update, glia_tensor x, glia_tensor y);

#define GLIA_EVERY_UPDATE (-1)

/* Where a training keeps what it has to remember (weights, moments, its place in the epoch,
 * history), so that it can be killed at any moment and go on to the same bytes as one
 * never killed. */
typedef struct glia_checkpoint {
    const char *path; /* NULL: nowhere. Replaced as a whole */
    double seconds;   /* between two saves [30]; GLIA_EVERY_UPDATE */
    int resume;       /* goes on from path, or begins anew when there is no such file; 0: there must
                         be no such file */
} glia_checkpoint;

/* glia_model_fit that keeps its state: before the first update (GLIA_RESOURCE when path cannot be
 * written; later failures are warnings), then as often as said, and when the progress callback
 * stops it. To go on, call it with the same model, data and options: the weights of m are replaced
 * by those kept. GLIA_USAGE: path belongs to a training with another network or other options;
 * GLIA_INPUT: with other data, or path is damaged or no checkpoint. The message names what differs.
 * Remove path when the model is saved. */
GLIA_EXPERIMENTAL glia_status glia_model_fit_resumable(glia_model *m, glia_tensor x, glia_tensor y,
                                                       const glia_fit_options *options,
                                                       const glia_checkpoint *checkpoint,
                                                       glia_history **history);

/* Mean cost J (without L2 and L1, without smoothing and weights) of m on labelled data. NaN on
 * error. */
GLIA_API double glia_model_cost(glia_ctx *g, const glia_model *m, glia_tensor x, glia_tensor y);

/* One row of a gradient check: parameter by parameter, in double precision. */
typedef struct glia_check_row {
    const char *param;      /* "fc1.w" */
    int64_t count, checked; /* components in all, and compared */
    int64_t kinks;          /* components left out because a relu-like bend lies within the step */
    double difference;      /* ||analytic - numeric|| / (||analytic|| + ||numeric||) */
    double worst_analytic, worst_numeric; /* the component that differs most */
    int64_t worst;                        /* its index */
    int ok;
} glia_check_row;

typedef struct glia_check_options { /* zero: default */
    double step; /* h of the four-point difference (8 (J(w+h) - J(w-h)) - (J(w+2h) - J(w-2h))) / 12h
                    [1e-4] */
    double tolerance; /* [1e-7] */
    double l2, l1, label_smoothing;
    glia_tensor sample_weights; /* as in glia_fit_options */
    int64_t max_components;     /* per parameter, spread evenly [200] */
    void (*row)(void *user, const glia_check_row *row);
    void *user;
} glia_check_options;

/* Compares backward propagation with central differences on the model's own network (converted to
 * double) and data. GLIA_FAILED when a parameter's difference exceeds the tolerance; the message
 * names it. Source: the classic course, "gradient checking". */
GLIA_API glia_status glia_model_check(glia_ctx *g, const glia_model *m, glia_tensor x,
                                      glia_tensor y, const glia_check_options *options);

/* A value of a network on its way: what one of its nodes made of each row, and the gradient towards
 * it. */
typedef struct glia_traced {
    const char *name, *op; /* "fc1", "dense"; "relu1", "relu"; of an output's loss "softmax" */
    int layer;             /* l, from 1: the layer with weights that it belongs to */
    int layers, activates; /* is it that layer's z? an activation's a = g(z)? */
    int reads, read[4];    /* which values it reads: the numbers of their steps, -1 - k: input k */
    glia_tensor value;     /* (rows, units) */
    glia_tensor gradient;  /* dJ/d(value), (rows, units); data NULL: none is computed */
    /* Of what a loss reads: that gradient as a formula of A, the answers, Y and m; else NULL. */
    const char *slope;
} glia_traced;

/* One batch followed through a network, forward and backward. Of a tensor that is not there data is
 * NULL. */
typedef struct glia_trace {
    glia_tensor x, y; /* (rows, inputs) and labels as the network reads them */
    const glia_traced *step;
    int steps;
    glia_tensor losses;          /* (rows, 1) */
    double cost;                 /* J, its L2 and L1 terms with it; NaN without labels */
    const glia_tensor *gradient; /* dJ/dW, dJ/db: of parameter i, in its shape */
    int params;
    glia_tensor weights; /* (rows, 1): by how much losses and gradients are multiplied */
} glia_trace;

typedef struct glia_trace_options { /* zero: none */
    double l2, l1, label_smoothing;
    const double *weights; /* [rows]: row i counts weights[i] / mean_weight times; NULL: once */
    double mean_weight;    /* 0: 1. A training takes the mean over its rows */
} glia_trace_options;

/* What an update on these rows computes before it changes weights: every z, a, loss, dz, dW and db,
 * in the model's precision, with the bits of a training whose mini-batch they are. dz carries the
 * 1/m of J. Dropout keeps every unit; batch_norm takes mean and variance of these rows, as training
 * does. y.data NULL: no labels, so forward only, as a prediction computes it. The trace has memory
 * of its own, for glia_trace_free. NULL on failure. */
GLIA_EXPERIMENTAL glia_trace *glia_model_trace(glia_ctx *g, const glia_model *m, glia_tensor x,
                                               glia_tensor y, const glia_trace_options *options);
GLIA_EXPERIMENTAL void glia_trace_free(glia_ctx *g, glia_trace *t);

/* ------------------------------------------------------------------------------------ tables -- */

/* Typed columns read from a file, before preprocessing. A column holds numbers, categories, or an
 * array per row (an image: height x width x channel). */
typedef struct glia_table glia_table;

typedef enum glia_column_type { GLIA_NUMBER, GLIA_CATEGORY, GLIA_ARRAY } glia_column_type;

typedef struct glia_column {
    const char *name;
    glia_column_type type;
    int64_t missing;
    int64_t infinite;      /* of numbers: they are an error where a training uses the column */
    double min, max, mean; /* of finite numbers, and arrays; NaN when there are none */
    int64_t distinct;      /* different values */
    int64_t categories;    /* GLIA_CATEGORY */
    glia_dtype dtype;      /* GLIA_ARRAY */
    int ndim;              /* GLIA_ARRAY: of one row */
    int64_t dim[GLIA_MAX_DIMS];
    int dates; /* GLIA_NUMBER: 1: days since 1970-01-01, which were dates */
    int text;  /* GLIA_CATEGORY: 1: free text, by option 'text' or a schema */
} glia_column;

/* What somebody wrote down of a table, and what glia would: how its file is read, what its columns
 * are, how they become features. Nobody changes it once it is read: threads may share it. */
typedef struct glia_schema glia_schema;

typedef struct glia_read_options { /* zero: found out */
    const char *format;            /* csv, npy ..., a word of glia_table_options' "format" */
    const char *delimiter;         /* "," ";" "\t" "|" or " " */
    const char *decimal;           /* "." or "," */
    const char *thousands;         /* "," "." "'" "_" or " " (a blank of any kind); "none" */
    const char *date_order;        /* "dmy", "mdy" or "ymd": of 03/04/2020, 20-03-19 */
    const char *encoding;          /* utf-8, latin-1 or another name that iconv knows */
    const char *missing; /* more words for a missing cell, beside empty, NA, NaN, null, ?: comma
                            separated, one that holds a comma in double quotes; -999 is -999.0, too.
                            none: NA and the like are texts */
    int spelt;           /* 1: cells are going to be copied, so keep how numbers are spelt */
    int header;          /* 1: first row names the columns, -1: it does not, 0: found out */
    /* Columns that are read as numbers (other cells are missing), as categories or free texts (as
     * they are spelt), as dates, whatever they look like: names or numbers, comma separated, a name
     * that holds a comma in double quotes; NULL: found out. */
    const char *number, *category, *text, *date;
    int as_trained; /* members that a model keeps, and that give way where a file is another; set by
                       glia_table_read_as */
    const char *comment;  /* lines that begin with it are none of the table's; "none": all are */
    int skip;             /* so many lines stand above the table; -1: none, and no line of the file
                            is a title, units, a count of rows or the header once more */
    const char *names;    /* columns that are expected, comma separated as above: a first row that
                            has them names the columns */
    const char *bad_rows; /* fail (default), or skip: rows of too few cells or too many are none */
    const char *table;    /* of a database, NULL: its only one; or the sheet of a workbook */
    const char *query;    /* of a database, in place of a table: "SELECT ..." */
    /* Of pictures (docs/pictures.md). */
    const char *size;       /* "64x48": width and height of every row, in pixels */
    const char *fit;        /* crop, letterbox or stretch: what becomes of another shape */
    const char *channels;   /* "1" grey, "3" colour, "4" colour and alpha */
    const char *bad_images; /* skip (default): broken files have no rows; or fail */
    const char
        *image_column; /* of a table: it has paths of pictures, which take its place as "x" */
    /* How many bytes decoded pictures may take. Those of a table that do not fit twice, once beside
     * it in the parts of a training, are decoded again whenever they are read. 0: half of what the
     * machine, its control group and ulimit give. */
    int64_t max_memory;
    /* Says what the members above leave open, and the types of columns that the file has; must live
     * until the table is read. NULL: nothing. */
    const glia_schema *schema;
} glia_read_options;

/* A row that cannot be used, where option 'bad-rows' is skip, or a picture that is broken. */
typedef struct glia_bad_row {
    int64_t row; /* of the table, from 0; -1: it has too few cells, or too many, and is not in it */
    int64_t line; /* of the file */
    const char *why;
    const char *name; /* the path of a picture; NULL: rows have no names */
} glia_bad_row;

/* What the files of a table of pictures were before they got the size of its rows. */
typedef struct glia_pictures {
    int64_t files;               /* that could be read; 0: the table has no pictures */
    int64_t broken;              /* that could not, and have no rows */
    int64_t width[3], height[3]; /* the least, the median and the largest, upright */
    int64_t coloured;            /* the others are grey */
    int64_t transparent;         /* have alpha */
    char kinds[80];              /* "397 JPEG, 3 PNG" */
    const char *fit;             /* what became of another shape: crop, letterbox or stretch */
} glia_pictures;

/* One option of reading or training; the command line, --config files, `--help` and the manual page
 * come from tables of them. */
typedef struct glia_option {
    const char *name, *alias; /* "batch", "batch-size" (NULL: none) */
    const char *argument;     /* "N|full" (NULL: a switch) */
    const char *group;        /* "network", "training", "data" */
    const char *initial;      /* text of the default; "auto": decided from the data */
    const char *help;
} glia_option;

/* The members of glia_read_options as options; of header there are two, header and no-header. */
GLIA_API const glia_option *glia_table_options(int *count);

/* Reads DATA as the command line names it: a file, "-" for standard input, IDX images whose labels
 * lie beside them, a file of arrays (HDF5, npz, MATLAB, Octave, netCDF) whose pair has usual names,
 * sparse text rows (columns f<index>, then label), a workbook (xlsx, ods), a SQLite file,
 * "postgresql://USER@HOST/DATABASE", a picture or a folder of pictures, those of each class in a
 * folder of its own (columns x and y). options may be NULL. */
GLIA_API glia_table *glia_table_read(glia_ctx *g, const char *data,
                                     const glia_read_options *options);
/* How it was read, beyond what is found out in any file: options as a JSON object. A model keeps it
 * as its note "reading". NULL: nothing. */
GLIA_EXPERIMENTAL const char *glia_table_reading(const glia_table *t);
/* Reads DATA as another table was: `reading` is what glia_table_reading said of it, or NULL. What
 * options say wins, with a note; so does a file that cannot be read so: UTF-8 stays UTF-8. */
GLIA_EXPERIMENTAL glia_table *glia_table_read_as(glia_ctx *g, const char *data,
                                                 const glia_read_options *options,
                                                 const char *reading);
/* The format as which it would be read, a word of option "format", where the first bytes, the name
 * or the look of its text say one; else NULL, and it is read as csv. */
GLIA_EXPERIMENTAL const char *glia_table_format(const char *data);
/* What a file is by its first bytes, of the kinds that are known and not read: "a PNG image", "a
 * PDF document"; else NULL. */
GLIA_EXPERIMENTAL const char *glia_file_kind(const char *path);
/* Whether an errno is no matter of a file's name or bytes: the disk fails, or something (memory,
 * room, handles) has run out. */
GLIA_EXPERIMENTAL int glia_file_error_of_machine(int error);
/* A file that is written under another name beside `path` (glia_draft_file: where to write it, a
 * file descriptor) and takes its place as a whole, with its mode, by being kept; or is discarded.
 * Either releases it. Two that write one file spoil nothing: the one kept last is there. */
typedef struct glia_draft glia_draft;
GLIA_EXPERIMENTAL glia_draft *glia_draft_open(glia_ctx *g, const char *path);
GLIA_EXPERIMENTAL int glia_draft_file(const glia_draft *d);
GLIA_EXPERIMENTAL glia_status glia_draft_keep(glia_draft *d);
GLIA_EXPERIMENTAL void glia_draft_discard(glia_draft *d);
/* DATA as it may be shown and kept, for glia_text_free: an address without its password. */
GLIA_EXPERIMENTAL char *glia_table_address(glia_ctx *g, const char *data);
/* Reads two arrays FILE or FILE:ARRAY; the table has columns "x" and "y". y may be NULL, and a
 * column of a table FILE or FILE:COLUMN. */
GLIA_API glia_table *glia_table_read_arrays(glia_ctx *g, const char *x, const char *y);
/* A table of number columns c1..cN copied from memory; names may be NULL. */
GLIA_API glia_table *glia_table_from(glia_ctx *g, glia_tensor x, const char *const *names);
/* Turns columns into what members number, category, text and date of the options say of them, as
 * reading does: for a table that was made in memory. */
GLIA_EXPERIMENTAL glia_status glia_table_as(glia_table *t, const glia_read_options *options);
GLIA_API void glia_table_free(glia_table *t);
GLIA_API int64_t glia_table_rows(const glia_table *t);
GLIA_API int glia_table_columns(const glia_table *t);
GLIA_API glia_column glia_table_column(const glia_table *t, int i);
/* A column by its name, or by its number (1 is the first, -1 the last); -1 and GLIA_INPUT, with the
 * nearest name: there is none. */
GLIA_API int glia_table_locate(const glia_table *t, const char *name_or_number);
GLIA_API const char *glia_table_source(const glia_table *t); /* the path it was read from */
/* The label column of array files and sparse rows, and a first column that is called label, class,
 * target or y where no other is; else NULL. */
GLIA_EXPERIMENTAL const char *glia_table_target_hint(const glia_table *t);
/* How many classes training would see in column i as a target, under option 'task' auto; 0: values,
 * or too many texts. */
GLIA_EXPERIMENTAL int64_t glia_table_classes(const glia_table *t, int i);
/* One cell as text (numbers in shortest exact form, "" for missing, arrays as "[...]"),
 * into buf. */
GLIA_API void glia_table_cell(const glia_table *t, int64_t row, int column, char *buf, size_t size);
/* One cell for a copy: as the file spelt it when it was read for that (glia_read_options.spelt),
 * else as above, of any length; in memory of the table, or in buf. *quote: a text that would be
 * read as missing were it not in quotes. */
GLIA_EXPERIMENTAL const char *glia_table_spelling(const glia_table *t, int64_t row, int column,
                                                  char buf[32], int *quote);
/* The values of a column as they lie: numbers f64 (rows, 1), NaN = missing; categories i32 (rows,
 * 1), -1 = missing; arrays (rows, ...) of their dtype. A view: the table must outlive it. Numbers
 * read from text are made doubles when they are first asked for, and pictures that do not fit into
 * glia_read_options.max_memory are all decoded; data NULL: a failure, such as no memory. */
GLIA_API glia_tensor glia_table_values(const glia_table *t, int column);
/* The count of category k of column i in first-seen order, and its text. */
GLIA_API const char *glia_table_category(const glia_table *t, int column, int64_t k,
                                         int64_t *count);
/* What a careful reader would remark: constant columns, many missing cells, ids, imbalance. Writes
 * up to `size` lines; returns how many there are. target may be NULL. */
GLIA_EXPERIMENTAL int glia_table_warnings(const glia_table *t, const char *target,
                                          char (*lines)[256], int size);
/* What a column is like, and what it has to do with the target. */
typedef struct glia_profile {
    int64_t rows;                     /* looked at: an even choice of some 20,000 with a cell */
    double q1, median, q3, deviation; /* of finite numbers; NaN: there are none */
    double low, high;                 /* q1 - 3 (q3 - q1), q3 + 3 (q3 - q1) */
    int64_t outliers;                 /* of all rows, beyond these */
    double most;                      /* the share of the most frequent cell ... */
    int64_t most_row;                 /* ... which this row has; -1: there is none */
    double relation;     /* to the target: 0 none, 1 the one follows from the other; the sign says
                            whether the target falls; NaN: cannot be said */
    const char *measure; /* "rank correlation", "correlation ratio of ranks", "Cramer's V" */
    double undecided;    /* of the target, by this column alone: 0 gives it away; NaN likewise */
} glia_profile;

/* target -1: none. */
GLIA_EXPERIMENTAL glia_status glia_table_profile(const glia_table *t, int column, int target,
                                                 glia_profile *out);

/* A column of t in another table of the same kind. */
typedef struct glia_drift {
    int column;   /* there; -1: it lacks the column */
    int retyped;  /* 1: numbers here and texts there, say */
    double shift; /* population stability index less chance: 0.1 some, 0.25 much; NaN: not
                            known */
    double moved; /* of numbers: how far the mean moved, in deviations */
    double missing, missing_there; /* shares of cells */
    int64_t fresh, fresh_rows;     /* texts that t has not, and rows that have them */
    const char *example;           /* one of those texts, the other table's */
} glia_drift;

GLIA_EXPERIMENTAL glia_status glia_table_drift(const glia_table *t, int column,
                                               const glia_table *other, glia_drift *out);
/* Rows of `other` that stand in t, too, by all columns that both have but the target (-1: none);
 * other NULL: rows of t that stand in it before. -1: cannot be said. */
GLIA_EXPERIMENTAL int64_t glia_table_copies(const glia_table *t, const glia_table *other,
                                            int target);

/* Rows that are near: no copies, but all cells agree once numbers are rounded to three significant
 * digits (dates are not), or all but one cell are equal (of three columns at least). */
typedef struct glia_near {
    int64_t rows; /* such rows of the other table, or of t behind the first; -1: cannot be said */
    int64_t sure; /* of these, where three columns or more of many different numbers agree */
    int64_t row, original; /* one of them, a sure one where there is one; -1: there is none */
} glia_near;

/* As glia_table_copies compares. */
GLIA_EXPERIMENTAL glia_status glia_table_near(const glia_table *t, const glia_table *other,
                                              int target, glia_near *out);

/* Pictures that are nearly the same: equal, saved again, of another brightness, contrast or size,
 * or in a mirror. By thumbnails of 16 x 16 grey places, whose correlation is 0.995 or more. */
typedef struct glia_alike {
    int64_t rows;          /* pictures of the other table that are nearly one of t, or of t that are
                            * nearly one before them; -1: there are no pictures, or too many */
    int64_t mirrored;      /* of these, in a mirror */
    int64_t row, original; /* the first of them, and what it is like; -1: there is none */
    int64_t others;        /* of those within t, of another class than what they are like */
    int64_t other_row, other_original; /* the first of these */
    double repeated;      /* of t: the largest share of a class (5 at least) that is one picture */
    int64_t repeated_row; /* that picture; -1: there is none */
} glia_alike;

/* target: the column of t that has the classes, -1: none. */
GLIA_EXPERIMENTAL glia_status glia_table_alike(const glia_table *t, const glia_table *other,
                                               int target, glia_alike *out);

/* What tells classes of pictures apart though it is nothing that they show. */
typedef struct glia_telltale {
    const char *what; /* "width of their files", "mean brightness" ...; NULL: there is nothing */
    double undecided; /* what it leaves undecided, as glia_profile has it; NaN: cannot be said */
} glia_telltale;

/* By 1,000 rows, evenly spread. */
GLIA_EXPERIMENTAL glia_status glia_table_telltale(const glia_table *t, int target,
                                                  glia_telltale *out);
/* Writes rows as CSV. rows NULL: all. Atomic. */
GLIA_API glia_status glia_table_write(const glia_table *t, const char *path, const int64_t *rows,
                                      int64_t n);
/* The columns of a table that was read without header (or made without names) take the names of
 * `like`, by their position, with a note; where there are not as many, they stay as they are. */
GLIA_EXPERIMENTAL glia_status glia_table_name_columns(glia_table *t, const glia_table *like);
/* The rows that were found to be bad, in the order of their lines: by the reader, and by
 * glia_model_find_bad_rows or glia_recipe_find_bad_rows. */
GLIA_EXPERIMENTAL int64_t glia_table_bad_rows(const glia_table *t);
GLIA_EXPERIMENTAL glia_bad_row glia_table_bad_row(const glia_table *t, int64_t i);
/* What its pictures were; files 0: it has none. */
GLIA_EXPERIMENTAL glia_pictures glia_table_pictures(const glia_table *t);
/* The path of the picture of a row, below the folder that was read; NULL: rows have no names. */
GLIA_EXPERIMENTAL const char *glia_table_row_name(const glia_table *t, int64_t row);
/* A copy of the other rows, which names those that it left out, as rows -1. */
GLIA_EXPERIMENTAL glia_table *glia_table_good_rows(const glia_table *t);
/* The line of the file where a row begins; of array files the number of the row. Both from 1. */
GLIA_EXPERIMENTAL int64_t glia_table_line(const glia_table *t, int64_t row);
/* A seeded split into two row lists, stratified by `target` when that is a category (NULL: not).
 * Caller memory: rows[table rows]; the first *n_first belong to the first part. Each part keeps the
 * file's order. */
GLIA_EXPERIMENTAL glia_status glia_table_split(const glia_table *t, const char *target,
                                               double first, uint64_t seed, int64_t *rows,
                                               int64_t *n_first);

/* Deals rows into folds 0 .. folds-1, seeded: fold[table rows], caller memory. The rows of each
 * class of `target` (NULL: all rows are one), and all rows, are spread as evenly as whole numbers
 * allow. */
GLIA_EXPERIMENTAL glia_status glia_table_folds(const glia_table *t, const char *target, int folds,
                                               uint64_t seed, int64_t *fold);
/* A copy of n rows in the order given, as if only they had been read. */
GLIA_EXPERIMENTAL glia_table *glia_table_select(const glia_table *t, const int64_t *rows,
                                                int64_t n);

/* A table made row by row of numbers and texts, without a file. A cell means what it would in one:
 * the texts that stand for a missing cell there do so here. */
typedef struct glia_table_builder glia_table_builder;

GLIA_API glia_table_builder *glia_table_builder_new(glia_ctx *g);
GLIA_API void glia_table_builder_free(glia_table_builder *b);
/* Adds a column, GLIA_NUMBER or GLIA_CATEGORY, while there are no rows; its number, from 0, or
 * -1. */
GLIA_API int glia_table_builder_column(glia_table_builder *b, const char *name,
                                       glia_column_type type);
/* Begins a row, whose cells are missing until they are set. */
GLIA_API glia_status glia_table_builder_row(glia_table_builder *b);
/* Sets a cell of the last row. A text in a column of numbers is read as one; GLIA_INPUT: it is
 * none. A number in a column of texts is written as one. NaN: missing. */
GLIA_API glia_status glia_table_builder_number(glia_table_builder *b, int column, double value);
GLIA_API glia_status glia_table_builder_text(glia_table_builder *b, int column, const char *text);
/* The rows so far, as a table of the builder's own: it lives until a cell or row changes. For one
 * that stays, glia_table_select copies it. */
GLIA_API const glia_table *glia_table_builder_table(const glia_table_builder *b);
/* Takes all rows away, not the columns. Records no larger than those before then allocate
 * nothing. */
GLIA_API void glia_table_builder_clear(glia_table_builder *b);

/* ------------------------------------------------------------------------ training on tables -- */

/* The options of training: the hyperparameters in the model file come from this table, too. */
GLIA_API const glia_option *glia_recipe_options(int *count);

/* A recipe: the options of one training as texts, checked when set. */
typedef struct glia_recipe glia_recipe;

GLIA_API glia_recipe *glia_recipe_new(glia_ctx *g);
GLIA_API void glia_recipe_free(glia_recipe *r);
/* Sets an option by name or alias; GLIA_USAGE names what was expected, or the nearest
 * option name. */
GLIA_API glia_status glia_recipe_set(glia_recipe *r, const char *name, const char *value);
/* The text set, or the default. */
GLIA_API const char *glia_recipe_get(const glia_recipe *r, const char *name);

/* A schema from YAML (docs/data.md, "A schema"): a file, or a text that is called `source` in
 * messages. GLIA_INPUT names file and line, what was found and what was expected. */
GLIA_EXPERIMENTAL glia_schema *glia_schema_read(glia_ctx *g, const char *path);
GLIA_EXPERIMENTAL glia_schema *glia_schema_parse(glia_ctx *g, const char *text, const char *source);
GLIA_EXPERIMENTAL void glia_schema_free(glia_schema *s);
/* Has the table every column that it names? GLIA_INPUT: the first that it has not, and its line.
 * Training asks by itself. */
GLIA_EXPERIMENTAL glia_status glia_schema_check(const glia_schema *s, const glia_table *t);
/* What the options of a recipe leave open is as `schema` says (target, task, positive, weights, its
 * columns); `preparation` says how columns become features, and nothing else of it counts. Each may
 * be NULL, and must live as long as the recipe. The table is to be read with the same schema.
 * GLIA_INPUT: an option cannot be what it says. */
GLIA_EXPERIMENTAL glia_status glia_recipe_obey(glia_recipe *r, const glia_schema *schema,
                                               const glia_schema *preparation);

/* Rows that such a training cannot take become bad rows of the table: the target is missing or
 * infinite, or an infinite number stands in a column that is not ignored. */
GLIA_EXPERIMENTAL glia_status glia_recipe_find_bad_rows(const glia_recipe *r, glia_table *t);

typedef struct glia_score {
    const char *name; /* "accuracy" */
    double value;     /* NaN: these rows have none, as without rows of a class no recall */
    double low, high; /* 95% interval; NaN: none was computed */
    int share;        /* part of a whole, 0 to 1: 0.93 may be said as 93% */
    int positive;     /* of two classes, about the positive one, which is class 1 */
} glia_score;

#define GLIA_MAX_SCORES 12

#define GLIA_CURVE_POINTS 16384
#define GLIA_BINS 10

typedef struct glia_curve_point {
    double x, y;      /* ROC: false and true positive rate; PR: recall and precision */
    double threshold; /* of the rows with P(class 1) >= threshold; infinity: of none */
} glia_curve_point;

typedef struct glia_bin { /* rows whose probability lies in (k/10, (k+1)/10] */
    int64_t rows;
    double mean;  /* of the probabilities; NaN: no rows */
    double share; /* of these rows, what came true */
} glia_bin;

typedef struct glia_threshold {
    const char *name;        /* "accuracy", "f1", "youden": recall + specificity - 1 */
    double threshold, value; /* with class 1 when P(class 1) > threshold */
} glia_threshold;

#define GLIA_TOPS 10

typedef struct glia_top { /* the rows with the highest scores: whom to call first */
    double share;         /* of all rows: 0.01, 0.02, 0.05, 0.1 ... 1, as near as whole rows come */
    double rows; /* how many, at least 1, so that few rows have shares twice; or what they weigh.
                   * Where the share ends among equal scores, a part of these */
    double precision, recall, lift; /* lift: precision beside that of all rows */
    double threshold;               /* the lowest score among them */
} glia_top;

/* How a classifier's probabilities rank rows, and what they are worth. */
typedef struct glia_curves {
    int roc_points, pr_points; /* 0: not two classes, or rows of one only */
    /* The corners, highest threshold first; of more than there is room for, those that lie nearer
     * than 1/4096 to another are left out. */
    glia_curve_point roc[GLIA_CURVE_POINTS], pr[GLIA_CURVE_POINTS];
    glia_threshold best[3];   /* on these very rows; with roc_points */
    double positives, others; /* what rows of class 1, and of class 0, weigh; with roc_points */
    double hits, alarms;      /* of these, what is called class 1 */
    glia_top top[GLIA_TOPS];  /* with roc_points */
    glia_bin bin[GLIA_BINS];  /* of P(class 1); of more classes: of the answer's probability, and
                                 whether it was right */
    double calibration_error; /* mean over rows of |mean - share| of their bin */
} glia_curves;

/* What errors cost for each row, on average: `miss` for one of class 1 that is not called so,
 * `alarm` for one of class 0 that is. NaN: there is no ROC curve. Thread safe. */
typedef struct glia_error_costs {
    double now;              /* with the threshold in force */
    double least, threshold; /* with the one that is best on these very rows */
    double none, all;        /* if no row were called class 1, or every one */
} glia_error_costs;
GLIA_EXPERIMENTAL glia_error_costs glia_curves_costs(const glia_curves *c, double miss,
                                                     double alarm);

typedef struct glia_metrics {
    int64_t rows; /* 0: this part does not exist */
    int scores;
    glia_score score[GLIA_MAX_SCORES];
    double weight;             /* what the rows weigh together in the scores; 0: each counts 1 */
    int64_t classes;           /* 0 for regression */
    const int64_t *confusion;  /* (classes, classes): row = true, column = predicted */
    const glia_curves *curves; /* of classifiers, where intervals are; NULL: none */
    double baseline; /* what the majority class (accuracy), the mean (rmse) or the same quantiles
                        (pinball) for every row would score */
    double naive;    /* of a series: the rmse of what stood a season before, or of the last value
                        (glia_sequence.season); NaN: of none */
    int targets;     /* of a model of several: the scores above are means over them, and each has */
    const struct glia_metrics
        *target; /* [targets] its own here, with its confusion; else 0, NULL. Several quantiles are
                    such parts, too, and the scores above are of all of them together */
} glia_metrics;

typedef struct glia_report {
    /* "binary", "multiclass", "regression", "multilabel", "count", "quantiles" */
    const char *task;
    int64_t train_rows, val_rows, test_rows;
    const int64_t *val_row; /* [val_rows] which rows of the training table these are, ascending, of
                               those that count; NULL: they are a table of their own, or none */
    int64_t features;
    const glia_history *history; /* its findings are also about data and scores */
    glia_metrics train, val, test;
    int64_t memory;       /* bytes of data, plans and weights, taken before the loop */
    int64_t refit_epochs; /* 0, or: the network was learned anew from training and validation rows
                             together for so many epochs; history, train and val are of the one that
                             found out how many */
    int partial;          /* 1: it was stopped, and the model is what there was (glia_train_job) */
} glia_report;

typedef struct glia_train_job {
    const glia_recipe *recipe; /* NULL: all defaults */
    const glia_table *train;   /* needed */
    const glia_table *val;     /* NULL: a seeded, stratified part of train, as the recipe says */
    const glia_table *test;    /* NULL: none */
    const char *command;       /* provenance; NULL: none */
    int deep; /* 1: the report's scores have intervals and curves, those of training only where no
                 part was held out */
    int (*progress)(void *user, const glia_progress *p);
    void *user;
    glia_checkpoint checkpoint; /* as in glia_model_fit_resumable */
    /* NULL: none. The model that the training goes on from: its columns, their preparation, its
     * network and weights; what the recipe leaves open of the optimizer is as in its training. An
     * option that it settles (target, hidden ...) is GLIA_USAGE when set. */
    const glia_model *begin;
    int partial; /* 1: when progress stops it, the weights so far become a model all the same, the
                    best ones where there are validation rows: the report says that it is partial,
                    glia_code GLIA_INTERRUPTED. NULL before the first update */
    /* 1: nobody needs the tables' columns afterwards. Each gives its memory back while features are
     * made of it, and is no longer in its table when the training has ended, whatever came of it;
     * those of target and weights may be. glia_cross_validate, glia_prepare and glia_tune leave
     * tables as they are. */
    int use_up;
} glia_train_job;

/* Learns a model from a table: decides what the recipe leaves open and logs each decision as a
 * note, fits the pipeline on the training part, trains, measures. On divergence (GLIA_FAILED) NULL.
 * report (NULL: not wanted) becomes an object for glia_report_free, or NULL on failure. */
GLIA_API glia_model *glia_train(glia_ctx *g, const glia_train_job *job, glia_report **report);
GLIA_API void glia_report_free(glia_ctx *g, glia_report *r);

/* K-fold cross-validation: each row is measured once, by a network that learned from the other
 * folds alone; its pipeline, validation rows and every decision come from those, too. */
typedef struct glia_folds {
    int folds;
    const glia_metrics *fold; /* [folds], on the fold that was left out; without confusion */
    int scores;
    glia_score mean[GLIA_MAX_SCORES]; /* over the folds that have the score; the interval is
                                         Student's t, 95%, with one degree of freedom less */
} glia_folds;

/* As glia_train trains, job->val as given and job->test aside; the folds are seeded by the recipe's
 * seed, and keep the shares of classes. The classes are those of the whole table: where the rows of
 * a class are all in one fold it measures them, as wrong. Logs one note for each. NULL on failure;
 * for glia_folds_free. */
GLIA_EXPERIMENTAL glia_folds *glia_cross_validate(glia_ctx *g, const glia_train_job *job,
                                                  int folds);
GLIA_EXPERIMENTAL void glia_folds_free(glia_ctx *g, glia_folds *f);

/* The columns that a model reads, in the order of its training; 0: it was trained on arrays. type
 * may be NULL. */
GLIA_API int glia_model_columns(const glia_model *m);
GLIA_API const char *glia_model_column(const glia_model *m, int i, glia_column_type *type);
/* The column that input k of the network, from 0, is made from. NULL: there is none. */
GLIA_EXPERIMENTAL const char *glia_model_feature(const glia_model *m, int64_t k);
/* The input itself, where a column has several: "colour = red", "review: excellent", "when, month",
 * "x[3]", "age missing". "" where there is none; for glia_text_free. NULL: memory is out. */
GLIA_EXPERIMENTAL char *glia_model_feature_name(glia_ctx *g, const glia_model *m, int64_t k);
/* Reads DATA as the rows that the model was trained on were read, its columns found by their names:
 * glia_table_read_as. options may be NULL. */
GLIA_EXPERIMENTAL glia_table *glia_model_read(glia_ctx *g, const glia_model *m, const char *data,
                                              const glia_read_options *options);
/* The classes of a classifier in output order; 0 for regression. Of several targets each has
 * two. */
GLIA_API int64_t glia_model_classes(const glia_model *m);
GLIA_API const char *glia_model_class(const glia_model *m, int64_t k);
/* What it predicts, in the order of its outputs: usually 1; 0: it was trained on arrays. */
GLIA_EXPERIMENTAL int glia_model_targets(const glia_model *m);
GLIA_EXPERIMENTAL const char *glia_model_target(const glia_model *m, int t);
GLIA_EXPERIMENTAL const char *glia_model_target_class(const glia_model *m, int t, int64_t k);
/* Where it predicts what a value stays below with a probability, and not the value: how many such
 * outputs, and the probability of output k, ascending; else 0, NaN. */
GLIA_EXPERIMENTAL int glia_model_quantiles(const glia_model *m);
GLIA_EXPERIMENTAL double glia_model_quantile(const glia_model *m, int k);

/* What a search varies unless the recipe sets it: name, the range it is drawn from (initial),
 * help. */
GLIA_EXPERIMENTAL const glia_option *glia_tune_ranges(int *count);

#define GLIA_MAX_RANGES 8

/* One training of a search: a trial (settings that were drawn) on a rung (so many epochs). */
typedef struct glia_trial {
    int64_t number;  /* of the trial, from 1; trial 1 is what glia decides by itself */
    int rung, rungs; /* from 1; the last rung trains for all epochs */
    int64_t epochs;  /* at most */
    const char *value[GLIA_MAX_RANGES]; /* drawn for each row of glia_tune_ranges; NULL: not varied
                                           here */
    const char *command;                /* a line of `glia train` that gives the same model */
    const char *cost_name;              /* "loss", "rmse"; "mae" where that is learned */
    double cost;            /* of the validation rows; infinite: the training diverged */
    const char *score_name; /* "accuracy" or "r2" */
    double score;           /* of the validation rows; NaN: diverged */
    double seconds;
    int best;  /* the least cost so far */
    int known; /* taken from the job, not trained now */
} glia_trial;

typedef struct glia_tune_job { /* zero: the default in brackets */
    glia_train_job train;      /* what its recipe sets is fixed; its command, such as "glia train
                                  DATA", begins that of every trial */
    const char *ranges;        /* "lr=0.001:0.1,width=32,64" in place of rows of the table [none] */
    int64_t trials;            /* how many [20; with a time: no limit] */
    double seconds;            /* how long; trial 1 is finished all the same [no limit] */
    const glia_trial *known;   /* rows of an earlier search: number, rung, command, cost, score,
                                  seconds */
    int64_t knowns;
    int (*trial)(void *user, const glia_trial *trial); /* after each row; nonzero: stop */
    void *user;
} glia_tune_job;

typedef struct glia_tune_report {
    glia_report *training;     /* of the best model */
    int64_t trials, trainings; /* drawn, and rows in all */
    int64_t best;              /* the number of the best trial, and its rung */
    int rung;
    const char *cost_name;
    double cost, default_cost; /* of the best trial and of trial 1; infinite: it diverged */
    double seconds;
    const char *stopped; /* "trials", "time", "interrupted": by a callback */
} glia_tune_report;

/* Searches for settings with a lower cost on validation rows, by successive halving (tune.c), and
 * returns the best model; `glia train` makes the same one of the best trial's command. All trials
 * are measured on the same rows, which makes the best cost an optimistic one: only rows that had no
 * part in the search (train.test) tell how good the model is. Trial 1 is glia's own choice, so that
 * the search does not end above it. Without `seconds` the result depends on table, recipe, ranges
 * and trials only, and rows that are `known` change nothing but the time it takes; GLIA_INPUT when
 * they are of another search. When it is stopped, the best so far is returned, or NULL and
 * GLIA_INTERRUPTED before the first training ended; *report (NULL: not wanted) goes with it. */
GLIA_EXPERIMENTAL glia_model *glia_tune(glia_ctx *g, const glia_tune_job *job,
                                        glia_tune_report **report);
GLIA_EXPERIMENTAL void glia_tune_report_free(glia_ctx *g, glia_tune_report *r);

/* Predictions for rows of a table: columns are matched by name; a missing or retyped column is an
 * error that names it. */
typedef struct glia_predictions {
    int64_t rows, outputs; /* binary classifiers have one output: P(class 1); models of several
                              targets or quantiles one for each */
    const double *value;   /* (rows, outputs): probabilities, or values in the target's own units */
    const int64_t *class_index; /* (rows): argmax or threshold; of several targets (rows, targets);
                                   NULL for regression */
    int64_t unseen; /* cells with a text that training did not know: it counts as none of those */
    int64_t
        filled; /* missing cells where training had none, filled in as the model's pipeline says */
} glia_predictions;

/* The columns of a table that was read without header (or made without names) take the names of
 * training, by their position, with a note; other tables stay as they are. GLIA_INPUT: it has not
 * as many columns as the training table, with or without the target. */
GLIA_EXPERIMENTAL glia_status glia_model_name_columns(glia_ctx *g, const glia_model *m,
                                                      glia_table *t);
/* Rows that the model cannot take become bad rows of the table, each with a reason: a text where
 * training had numbers, a number that is infinite or too large. `labelled`: also those without a
 * target, or with one that the model does not know. GLIA_INPUT: the table as a whole does not
 * fit. */
GLIA_EXPERIMENTAL glia_status glia_model_find_bad_rows(glia_ctx *g, const glia_model *m,
                                                       glia_table *t, int labelled);
GLIA_API glia_predictions *glia_model_apply(glia_ctx *g, const glia_model *m, const glia_table *t);
/* What a layer computes for each row (glia_predictor_new_at): `outputs` is its units, and there are
 * no classes. NULL as layer: glia_model_apply. */
GLIA_EXPERIMENTAL glia_predictions *glia_model_apply_at(glia_ctx *g, const glia_model *m,
                                                        const char *layer, const glia_table *t);
GLIA_API void glia_predictions_free(glia_ctx *g, glia_predictions *p);
/* P(class k) of a row, also where one output tells of two classes. */
GLIA_API double glia_predictions_probability(const glia_predictions *p, int64_t row, int64_t k);

/* A model compiled for rows of tables, with its own memory: one per thread. The model must outlive
 * it and stay unchanged; tables may be shared between threads. */
typedef struct glia_applier glia_applier;

GLIA_API glia_applier *glia_applier_new(glia_ctx *g, const glia_model *m, int64_t max_rows);
/* glia_model_apply for rows first .. first+rows-1 of t, at most max_rows. Allocates nothing. Logs
 * nothing but columns that training did not have, once for each order of columns: unseen and filled
 * cells are only counted. The predictions belong to the applier until its next run. NULL on
 * failure. */
GLIA_API const glia_predictions *glia_applier_run(glia_applier *a, const glia_table *t,
                                                  int64_t first, int64_t rows);
GLIA_API void glia_applier_free(glia_applier *a);
/* One whose rows are the steps of a series, as they come in (glia_stream_new): each is answered
 * from all rows that it was given since it was made or reset, and takes no past of its own
 * (glia_model_series). Behind as many as the model was trained to read (glia_model_sequence) the
 * answer has the bits of glia_model_apply; it goes on to remember what is longer ago. max_rows: in
 * one run; where a run fails, no row of it was taken. GLIA_USAGE: the model reads no sequences, or
 * its network wants several rows at once. */
GLIA_EXPERIMENTAL glia_applier *glia_applier_new_stream(glia_ctx *g, const glia_model *m,
                                                        int64_t max_rows);
/* The next row is the first of another series. */
GLIA_EXPERIMENTAL void glia_applier_reset(glia_applier *a);

/* A row that was answered wrongly. */
typedef struct glia_mistake {
    int64_t row; /* of the table, from 0 */
    double size; /* the probability of the wrong class; of values: |value - truth| */
} glia_mistake;

/* A model measured on a labelled table. */
typedef struct glia_evaluation {
    glia_metrics scores;
    glia_predictions answers;    /* for every row of the table */
    const double *truth;         /* (rows): class numbers, or values in the target's own units; of
                                    several targets (rows, targets) */
    int target;                  /* the column of the table that holds it; the first of several */
    int64_t mistakes;            /* rows taken for another class; of values: all rows */
    const glia_mistake *mistake; /* [mistakes] the largest first */
} glia_evaluation;

/* Measures in one pass over the rows; deep as in glia_train_job. Where the model was trained with a
 * column of weights that t has, scores are by weight. A row without a label, or with one
 * that the model does not know, is an error. NULL on failure; for glia_evaluation_free. */
GLIA_API glia_evaluation *glia_model_evaluate(glia_ctx *g, const glia_model *m, const glia_table *t,
                                              int deep);
/* Of how many of the pictures that it has learned from the model keeps a likeness: 32 bytes by
 * which a near copy is known again. Models of tables and of versions before have none. */
GLIA_EXPERIMENTAL int64_t glia_model_likenesses(const glia_model *m);
/* Pictures of t that are nearly the same as one that the model has learned from, as
 * glia_table_alike has it but by likenesses: rows, mirrored and row are told; rows -1: it keeps
 * none, or t has no pictures. like: (rows of t), 1 for each of them and 0 for others, caller's
 * memory; NULL: not wanted. */
GLIA_EXPERIMENTAL glia_status glia_model_alike(glia_ctx *g, const glia_model *m,
                                               const glia_table *t, char *like, glia_alike *out);
/* The loss of each row of a labelled table, in the units of the scores: *score (NULL: not wanted)
 * names the one of which it is the part, so that its mean, by weights where rows have some, is that
 * score: "loss" of classes, "mse" or "mae" of values, "deviance" of counts, "pinball" of quantiles;
 * of several targets the mean over them. losses: (rows), caller's memory. What is to be said of
 * cells glia_model_apply says. */
GLIA_EXPERIMENTAL glia_status glia_model_losses(glia_ctx *g, const glia_model *m,
                                                const glia_table *t, double *losses,
                                                const char **score);
/* The rows of t that count for the model, as a table of their own, with their past where it reads
 * sequences (then t must live as long): not those whose weight is 0, where it was trained with a
 * column of weights that t has, nor, with skip, those without an answer, which are an error else.
 * *out NULL: all rows count. A note says what was left out. */
GLIA_EXPERIMENTAL glia_status glia_model_counted_rows(glia_ctx *g, const glia_model *m,
                                                      const glia_table *t, int skip,
                                                      glia_table **out);
/* Of a model that reads sequences (option 'sequence'): the rows of t that have a past as long as
 * that, in the order of time, as a table of their own, which is what such a model is applied to and
 * measured on; where it predicts later rows, with a column for each target, "temp in 1 row", whose
 * cells are missing where they are still to come. Takes t over; a model of single rows gives t back
 * as it is. NULL, and t is still the caller's: a row has no time, a time stands twice in a series,
 * or no series is long enough. Of a model of whole series (option 'sequence' all) the last row of
 * each; of longer ones than it reads the last rows count, which is told. */
GLIA_EXPERIMENTAL glia_table *glia_model_series(glia_ctx *g, const glia_model *m, glia_table *t);
/* What a model of sequences reads, and for when it answers. The texts are the model's. */
typedef struct glia_sequence {
    int64_t length;  /* rows that it reads at once; 0: one, which needs no past */
    int64_t horizon; /* its answers are for so many rows later; 0: for the last one that it read */
    int64_t season;  /* it comes again after so many rows; 1: the last value is the best guess; 0:
                          of no values */
    const char *target; /* columns that it predicts, as they are called where they are read */
    const char *group;  /* columns that tell series apart, comma separated; NULL: there is one */
    const char *time;   /* the column that orders rows; NULL: they are in the order of the file */
    int whole;          /* 1: each series is one sample, of `length` rows at most */
} glia_sequence;
GLIA_EXPERIMENTAL glia_sequence glia_model_sequence(const glia_model *m);
/* Of a model of classes: which of them is read again. */
typedef struct glia_forecast_options {
    double temperature; /* 0: the one that it answers; T: one is drawn, with chances as P^(1/T), so
                           that 1 draws as the model says, less draws what is probable more often */
    uint64_t seed;      /* of what is drawn, which depends on it, the series and the step alone */
} glia_forecast_options;
/* What follows the last row of each series in `rows` (of glia_model_series), so many steps: each
 * answer is read again as the next row, whose time is as much later as rows usually are apart, by
 * the calendar where these are work days, months or years. A table for glia_table_free: the columns
 * of the groups, the time, the targets. o NULL: temperature 0. NULL: the model does not answer for
 * the next row, or reads columns whose values to come nobody knows; a temperature below 0, or of
 * values. */
GLIA_EXPERIMENTAL glia_table *glia_model_forecast(glia_ctx *g, const glia_model *m,
                                                  const glia_table *rows, int64_t steps,
                                                  const glia_forecast_options *o);
GLIA_API void glia_evaluation_free(glia_ctx *g, glia_evaluation *e);

/* What a column is worth to a model: how much worse its main score (accuracy; of values: rmse)
 * becomes when the column's cells are shuffled among the rows, as they stand in the file. */
typedef struct glia_importance {
    int column;             /* of the table */
    double drop, low, high; /* mean over the repeats; its 95% interval is Student's t, NaN: one
                               repeat */
} glia_importance;

typedef struct glia_importances {
    const char
        *score;   /* "accuracy", "rmse", "pinball"; of several targets of values "r2", the mean */
    double value; /* with every column in place */
    int repeats, columns;
    const glia_importance *column; /* [columns] the model's inputs, the most important first */
} glia_importances;

/* Seeded. NULL on failure; for glia_importances_free. Columns that tell the same stand in for each
 * other: each by itself may look worthless. */
GLIA_EXPERIMENTAL glia_importances *glia_model_importances(glia_ctx *g, const glia_model *m,
                                                           const glia_table *t, int repeats,
                                                           uint64_t seed);
GLIA_EXPERIMENTAL void glia_importances_free(glia_ctx *g, glia_importances *i);

/* Where a network looked in a picture: what its answer loses where squares of it are covered by the
 * mean colour of the picture (Zeiler and Fergus, 2014). */
typedef struct glia_occlusion {
    int64_t height, width; /* of the picture, as the model reads it */
    int64_t side;          /* of the squares, in pixels */
    int64_t class_index;   /* the class that it is taken for; -1: it is given a value */
    double answer;         /* the probability of that class, or the value */
    const double *drop;    /* [height, width] how much less `answer` is with the pixel covered: the
                              mean over the squares that cover it */
} glia_occlusion;

/* Of a row, from 0. GLIA_USAGE: the model reads no picture, or gives several answers. NULL on
 * failure; for glia_occlusion_free. */
GLIA_EXPERIMENTAL glia_occlusion *glia_model_occlude(glia_ctx *g, const glia_model *m,
                                                     const glia_table *t, int64_t row);
GLIA_EXPERIMENTAL void glia_occlusion_free(glia_ctx *g, glia_occlusion *o);

/* Gradient check of a model on the first rows of a table, through its pipeline. */
GLIA_EXPERIMENTAL glia_status glia_model_check_table(glia_ctx *g, const glia_model *m,
                                                     const glia_table *t,
                                                     const glia_check_options *options);
/* glia_model_trace on rows of a table, numbered from 0, through the model's pipeline. Where one of
 * them has no label all go forward only, with a note. Where options name no weights, rows count as
 * they would have in the model's training: by their classes and by the column of weights. */
GLIA_EXPERIMENTAL glia_trace *glia_model_trace_table(glia_ctx *g, const glia_model *m,
                                                     const glia_table *t, const int64_t *rows,
                                                     int64_t n, const glia_trace_options *options);
/* An untrained model for the table, as glia_train would build it (network, pipeline, initial
 * weights). */
GLIA_EXPERIMENTAL glia_model *glia_prepare(glia_ctx *g, const glia_train_job *job);

/* What glia_train would settle on for this job, as the text of a schema, which gives the same
 * training back; `part` "schema": all of it, "preparation": how columns become features. Yours to
 * release with glia_text_free; NULL where the training would fail. Says warnings, but no notes. */
GLIA_EXPERIMENTAL char *glia_schema_text(glia_ctx *g, const glia_train_job *job, const char *part);

/* Re-runs the test vectors stored in the model: 0 differences is success; writes how many there
 * are. glia_model_save makes them; a model that was not read from a file has none: GLIA_FAILED. */
GLIA_API glia_status glia_model_verify(glia_ctx *g, const glia_model *m, int *vectors,
                                       double *worst);

/* SHA-256 of a file as 64 hex digits; GLIA_INPUT of a pipe or a device, which is not opened. */
GLIA_EXPERIMENTAL glia_status glia_file_sha256(glia_ctx *g, const char *path, char hex[65]);
/* The same of the file that a table was read from, FILE of FILE:ARRAY. GLIA_INPUT where there is
 * none (standard input, a pipe, a server, memory), or where it was changed after reading began:
 * what was read had another hash. Of pictures it is that of their names and bytes, row by row. */
GLIA_EXPERIMENTAL glia_status glia_table_sha256(const glia_table *t, char hex[65]);

/* Built-in, generated data sets: flower moons circles spirals xor houses digits ... NULL and
 * GLIA_USAGE when the name is unknown. The same name, rows and seed give the same table. rows 0:
 * the set's usual size. */
GLIA_EXPERIMENTAL glia_table *glia_table_generate(glia_ctx *g, const char *name, int64_t rows,
                                                  uint64_t seed);

#ifdef __cplusplus
}
#endif
#endif
