/*
 * net.h: a network as a chain of nodes, and its weights in one run of memory.
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

struct gl_net {
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
};

static inline const gl_node *gl_loss_node(const gl_net *m) { return &m->node[m->nodes - 1]; }

/* Called by an op's shape rule. */
glia_status gl_add_param(gl_net *m, gl_node *node, const char *suffix, int64_t rows, int64_t cols,
                         gl_kind kind, double initial);

/* A network without nodes; then, once it has them all, its weights, all zero. */
gl_net *gl_net_new(glia_ctx *g, int64_t inputs, glia_dtype dtype);
glia_status gl_net_allocate(gl_net *m);
void gl_net_free(gl_net *m);

/* What glia.h says of a model. */
int gl_net_layers(const gl_net *m);
glia_layer gl_net_layer(const gl_net *m, int i);
const char *gl_net_loss(const gl_net *m);
char *gl_net_equations(const gl_net *m);

/* Fills the weights (init.c). Checks the text even when there is nothing to draw. */
glia_status gl_init_weights(gl_net *m, const char *init, const char *rng, uint64_t seed);

/* A copy with its weights in another precision. */
gl_net *gl_net_convert(glia_ctx *g, const gl_net *m, glia_dtype dtype);

/* Element i of a run of reals of either precision. */
static inline double gl_get(const void *run, glia_dtype dtype, int64_t i) {
    return dtype == GLIA_F64 ? ((const double *)run)[i] : (double)((const float *)run)[i];
}
static inline void gl_put(void *run, glia_dtype dtype, int64_t i, double value) {
    if (dtype == GLIA_F64) ((double *)run)[i] = value;
    else ((float *)run)[i] = (float)value;
}

#endif
