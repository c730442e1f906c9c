/*
 * net.h: a network as a graph of nodes, and its weights in one run of a store.
 *
 * Nodes stand in an order in which each reads only what stands before it: other nodes, or inlets,
 * which are ranges of the columns of X. Losses stand last, one for each head; a head's labels are a
 * range of the columns of Y, its answers one of the outputs'. All parameters lie in one run, kind
 * by kind: a save or a decay is one call.
 */
#ifndef GL_NET_H
#define GL_NET_H

#include "../base/store.h"
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
    double initial;           /* of every element that is not drawn */
    int64_t one_from, one_to; /* elements that begin at 1 all the same: of a gate that is open */
    int64_t parts;            /* equal parts of its rows, drawn each by itself: gates */
    bool of_states;           /* multiplies a state, step by step: U */
    double fan_in;            /* of how many products each value that it makes is a sum */
    double fan_out;           /* how many values each of those it is multiplied by goes to */
} gl_param;

struct gl_node {
    const gl_op *op;
    char name[GL_NAME];  /* "fc1", "relu1" */
    char label[GL_NAME]; /* by which the network's text reads its value again; "": it does not */
    double attr[GL_MAX_ATTRS];
    int from[GL_MOST_READ]; /* whose values it reads: a node's number, or gl_inlet_number */
    int froms;
    int readers; /* how many nodes read its value, a node that reads it twice counted twice */
    int64_t in;  /* values per sample of what it reads first */
    gl_shape shape;
    int64_t width; /* values per sample: the product of its shape */
    int lengths;   /* the inlet, from 1 on, that says how many steps a sample has; 0: all of them */
    int param, params; /* the first of its parameters, and how many */
    bool carries;      /* its states stay from run to run: in a network for one step alone */
};

/* Columns first .. first+width-1 of X; of sequences of different lengths the first is how many
 * steps there are, and the others have the shape. */
typedef struct gl_inlet {
    const gl_op *op; /* how the text declares it; NULL: it does not */
    char label[GL_NAME];
    gl_shape shape;
    int64_t first, width;
    int readers;
    int before; /* declared in front of the node of this number */
} gl_inlet;

/* Rows, columns and channels. */
static inline bool gl_is_picture(const gl_inlet *inlet) { return inlet->shape.rank == 3; }

static inline bool gl_is_ragged(const gl_inlet *inlet) { return inlet->op && inlet->op->ragged; }

/* One output of the network with a loss of its own. */
typedef struct gl_head {
    int loss;              /* the number of its node */
    int64_t first, width;  /* its columns of the outputs */
    int64_t label, labels; /* the first of its columns of Y, and how many */
    int behind;            /* its text ends behind so many nodes */
} gl_head;

struct gl_net {
    glia_ctx *g;
    glia_dtype dtype;
    int64_t inputs, outputs, labels; /* columns of X, of the answers of all heads, and of Y */
    gl_inlet inlet[GL_MOST_INLETS];
    int inlets;
    gl_head head[GL_MOST_HEADS];
    int heads;
    char loss[GL_MOST_HEADS * 16]; /* "cross_entropy, mse" */
    gl_node *node;
    int nodes;
    int64_t node_cap;
    int *layer; /* the numbers of the nodes that are layers */
    int layers;
    int64_t layer_cap;
    gl_param *param;
    int params;
    int64_t param_cap;
    /* In memory of the host, since callers have views of the weights. Who trains takes the other
     * runs, and drops them. */
    gl_store *store;
    /* Of `count` elements of a run the first `decayed` are W; up to `learned`, biases and their
     * like; the rest is measured. */
    int64_t count, decayed, learned;
};

/* Of the first head; those of the others stand behind it. */
static inline const gl_node *gl_loss_node(const gl_net *m) { return &m->node[m->nodes - m->heads]; }
static inline const gl_node *gl_loss_of(const gl_net *m, const gl_head *h) {
    return &m->node[h->loss];
}
/* Of a loss: how many classes a sample has, one at each step or pixel where its value has a shape,
 * whose last dimension are the classes; 1 where it has no classes. */
static inline int64_t gl_places(const gl_node *loss) {
    return loss->op->classes ? loss->width / loss->shape.dim[loss->shape.rank - 1] : 1;
}
/* How `from` names inlet k; the node that it names, NULL: an inlet. */
static inline int gl_inlet_number(int k) { return -1 - k; }
static inline const gl_node *gl_read_node(const gl_net *m, const gl_node *node, int i) {
    return node->from[i] >= 0 ? &m->node[node->from[i]] : NULL;
}
/* The one node that reads its value; NULL: none, or several. */
const gl_node *gl_only_reader(const gl_net *m, const gl_node *node);
/* The inlet that a node reads as its i-th, of which nothing but the shape may have changed on the
 * way; NULL: what it reads is computed. */
const gl_inlet *gl_read_inlet(const gl_net *m, const gl_node *node, int i);
/* Are its columns numbers of rows that are looked up, and nothing else? */
bool gl_has_ids(const gl_net *m, const gl_inlet *inlet);
/* The shape of what a node reads. */
const gl_shape *gl_read_shape(const gl_net *m, const gl_node *node, int i);
/* The inlet, from 1 on, whose lengths the steps of that have; 0: they are all there. */
int gl_read_lengths(const gl_net *m, const gl_node *node, int i);
/* "28x28x1", "64"; returns buf. */
char *gl_print_shape(const gl_shape *s, char buf[GL_SHAPE_TEXT]);

/* learns[nodes]: whether a node or what is before it has parameters; of others no gradient is
 * needed. */
void gl_net_learns(const gl_net *m, bool *learns);

/* Called by an op's shape rule. */
glia_status gl_add_param(gl_net *m, gl_node *node, const char *suffix, int64_t rows, int64_t cols,
                         gl_kind kind, double initial);

/* A network without nodes; then, once it has them all, its weights, all zero. */
gl_net *gl_net_new(glia_ctx *g, int64_t inputs, glia_dtype dtype);
glia_status gl_net_allocate(gl_net *m);
void gl_net_free(gl_net *m);
void gl_net_give(gl_net *m, glia_ctx *g); /* to which it belongs from now on */

/* The network for one step of its sequence, for who makes steps one after the other: the same nodes
 * and the same weights, which are m's; values that have a row for each step have one row. NULL, and
 * a message: some node wants several steps at once, or there is no sequence. */
gl_net *gl_step_net_new(glia_ctx *g, const gl_net *m);
void gl_step_net_free(gl_net *step);
/* For an op: whatever its attributes are (by_step). */
bool gl_always_by_step(const gl_net *m, const gl_node *node);

/* What glia.h says of a model. */
glia_layer gl_net_layer(const gl_net *m, int i);
const char *gl_net_layer_init(const gl_net *m, int i);
char *gl_net_equations(const gl_net *m);
/* What the equations call the value of each node, z where a linear layer makes a Z of another name
 * first, else "". False: memory is out. */
typedef struct gl_symbols {
    char value[32], z[32];
} gl_symbols;
bool gl_net_symbols(const gl_net *m, gl_symbols *node);

/* Fills the weights (init.c). Checks the text even when there is nothing to draw. */
extern const char gl_init_words[]; /* "auto|zeros|normal:S|..." */
glia_status gl_init_check(glia_ctx *g, const char *init);
glia_status gl_init_weights(gl_net *m, const char *init, const char *rng, uint64_t seed);

/* A copy with its weights in another precision. */
gl_net *gl_net_convert(glia_ctx *g, const gl_net *m, glia_dtype dtype);

#endif
