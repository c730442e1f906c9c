/*
 * net.h: a network as a chain of nodes, its weights in one run of memory, and its notes.
 *
 * Node i reads node i-1, node 0 reads the input; the last node is the loss. All parameters lie in
 * one run, kind by kind: a save or a decay is one call.
 */
#ifndef GL_NET_H
#define GL_NET_H

#include "op.h"

#define GL_NAME 24

/* How a parameter comes by its values, and the order of the store. What is measured lies behind all
 * that is learned, out of reach of gradient, optimizer and decay, but is saved and restored with
 * it. */
typedef enum gl_kind {
    GL_DECAYED,  /* W: drawn at random, learned, pulled towards 0 by L2 */
    GL_PLAIN,    /* b, gamma, beta: learned */
    GL_MEASURED, /* running mean and variance: averages of what training saw */
    GL_KINDS
} gl_kind;

typedef struct gl_param {
    char name[GL_NAME]; /* "fc1.w" */
    int64_t rows, cols; /* (units, in) or (units, 1) */
    int64_t offset;     /* in elements, into every run of the store */
    gl_kind kind;
    double initial; /* of every element that is not drawn */
} gl_param;

struct gl_node {
    const gl_op *op;
    char name[GL_NAME]; /* "fc1", "relu1" */
    double attr[GL_MAX_ATTRS];
    int64_t in, width; /* values per sample */
    int param, params; /* the first of its parameters, and how many */
};

typedef struct gl_note_entry {
    char *name, *text;
} gl_note_entry;

struct glia_model {
    glia_ctx *g;
    glia_dtype dtype;
    int64_t inputs, outputs; /* outputs of the last layer, before the loss */
    gl_node *node;
    int nodes;
    int64_t node_cap;
    gl_param *param;
    int params;
    int64_t param_cap;
    void *weights; /* one run of `count` elements */
    /* The first `decayed` elements are weights; up to `learned`, biases and their like; the rest is
     * measured. */
    int64_t count, decayed, learned;
    int64_t classes; /* of a classifier trained on a table; 0: none known */
    char **class_name;
    int vectors; /* test vectors: synthetic inputs and what the trained model answered */
    void *vector_x, *vector_y; /* [vectors, inputs], [vectors, outputs] */
    gl_note_entry *notes;
    int note_count;
    int64_t note_cap;
    void *history;         /* memory of the last glia_history */
    void *report;          /* memory of the last glia_report */
    glia_finding *finding; /* what the doctor found in the last training */
    int findings;
    int64_t finding_cap;
};

static inline const gl_node *gl_loss_node(const glia_model *m) { return &m->node[m->nodes - 1]; }

/* Called by an op's shape rule. */
glia_status gl_add_param(glia_model *m, gl_node *node, const char *suffix, int64_t rows,
                         int64_t cols, gl_kind kind, double initial);

/* Parses `net` and `loss` into nodes of an empty model, and checks every shape (nettext.c). */
glia_status gl_parse_net(glia_model *m, const char *net, const char *loss);
/* An op with its attributes as text: "leaky_relu:0.1". */
void gl_print_op(gl_text *t, const gl_op *op, const double *attr, char mark);

/* A model without weights yet, so that its size can be looked at first; then the weights, all
 * zero. */
glia_model *gl_model_sketch(glia_ctx *g, int64_t inputs, const char *net, const char *loss,
                            glia_dtype dtype);
glia_status gl_model_allocate(glia_model *m);
/* Names the classes; the texts are copied. */
glia_status gl_model_set_classes(glia_model *m, int64_t n,
                                 const char *(*name)(const void *from, int64_t k),
                                 const void *from);
/* Reads a model file (src/product/modelfile.c); glia_model_load also understands its pipeline. */
glia_model *gl_model_read(glia_ctx *g, const char *path);
/* Room for n test vectors. */
glia_status gl_model_set_vectors(glia_model *m, int n);
void gl_model_move_vectors(glia_model *to, glia_model *from);

/* Fills the weights (init.c). Checks the text even when there is nothing to draw. */
glia_status gl_init_weights(glia_model *m, const char *init, const char *rng, uint64_t seed);

/* A copy with its weights in another precision and without notes. */
glia_model *gl_model_convert(glia_ctx *g, const glia_model *m, glia_dtype dtype);

/* Element i of a run of reals of either precision. */
static inline double gl_get(const void *run, glia_dtype dtype, int64_t i) {
    return dtype == GLIA_F64 ? ((const double *)run)[i] : (double)((const float *)run)[i];
}
static inline void gl_put(void *run, glia_dtype dtype, int64_t i, double value) {
    if (dtype == GLIA_F64) ((double *)run)[i] = value;
    else ((float *)run)[i] = (float)value;
}

#endif
