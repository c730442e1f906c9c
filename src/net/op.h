/*
 * op.h: what an op is. An op says what a node means: its attributes, its shape rule, its
 * parameters, and which kernel calls compute it forward and backward. It holds no loops over
 * numbers: it emits calls into a program.
 *
 * The ops themselves live one floor up, one file each in src/op/, named in src/op/ops.list.
 */
#ifndef GL_OP_H
#define GL_OP_H

#include "../base/base.h"
#include "../kernel/kernel.h"

typedef struct gl_net gl_net;
typedef struct gl_node gl_node;
typedef struct gl_program gl_program;

/* A pair is two whole numbers, of rows and of columns: "3x3"; "3" stands for both, or for the steps
 * of a sequence. The second is the next of the attributes, and has no row of its own. A choice is
 * one of `word`, "after|before", whose values are 0, 1 ... */
typedef enum gl_attr_kind { GL_ANY_NUMBER, GL_WHOLE_NUMBER, GL_PAIR, GL_CHOICE } gl_attr_kind;

/* One attribute of an op: one row gives parsing, printing, saving, range check and help. */
typedef struct gl_attr {
    const char *name;
    gl_attr_kind kind;
    double low, high; /* low <= value <= high */
    double initial;   /* NAN: must be given */
    const char *help;
    /* Written with its name, behind the others and in any order: "stride 2"; left out, it has its
     * initial value, which no version changes, since files leave it out, too. */
    bool named;
    /* In training some values are left out by chance, this share of them: at 0 none is, so that a
     * trace sees all. */
    bool by_chance;
    const char *word; /* may stand in place of numbers: "same"; NULL: none may */
    double stands_for;
} gl_attr;

#define GL_MAX_ATTRS 12

/* What one sample is, at some place of a network: 64 values, 50 steps of 12, 28 x 28 pixels of 1
 * channel. In memory it is row-major, so that giving the same values another shape moves
 * nothing. */
#define GL_MOST_RANK 3
#define GL_SHAPE_TEXT 64
typedef struct gl_shape {
    int rank; /* 1 .. GL_MOST_RANK */
    int64_t dim[GL_MOST_RANK];
} gl_shape;

#define GL_MOST_READ 4   /* values that a node reads */
#define GL_MOST_INLETS 4 /* of a network */
#define GL_MOST_HEADS 4

typedef enum gl_role {
    GL_INLET,      /* declares a range of X's columns and its shape; no node */
    GL_LAYER,      /* weighs its inputs: has a W */
    GL_JOIN,       /* reads several values */
    GL_BETWEEN,    /* stands between layers and keeps the width: dropout, normalisation, shapes */
    GL_ACTIVATION, /* a = g(z), value by value */
    GL_LOSS
} gl_role;

/* What is behind the last step of a sequence, where samples have different lengths (net.h): 0 in
 * every value, and in the gradient towards it. How the values of an op, and the gradients that it
 * gives, keep to that. */
typedef enum gl_behind {
    GL_COUNTS_BEHIND,  /* it would take it for steps: such sequences are refused */
    GL_CLEARED_BEHIND, /* made 0 again by a mask behind it, there and back */
    GL_ZERO_BEHIND     /* 0 by itself: g(0) = 0, or it goes over the steps that there are */
} gl_behind;

typedef struct gl_op {
    const char *name;
    gl_role role;
    const char *formula, *slope; /* textbook forms, for `show --equations` */
    /* Where they depend on an attribute; NULL: they do not. */
    void (*forms)(const gl_node *node, const char **formula, const char **slope);
    const char *init;         /* activation: the initialiser that suits a layer in front of it */
    const char *link;         /* loss on logits: the activation that predictions carry; else NULL */
    gl_kernel_id link_kernel; /* which computes it */
    /* loss: as users call it, where one word stands for several ops; NULL: by its name */
    const char *says;
    double most;        /* loss on logits: labels are 0 to that; of class numbers the width says */
    bool linear;        /* layer: z = W x + b, and nothing else */
    bool windows;       /* reads a picture or a sequence, not values in a row */
    bool takes_slope;   /* its dx can be given the slope of the activation before it */
    gl_behind behind;   /* the last step of sequences of different lengths */
    bool ragged;        /* inlet: its first column says how many of its steps a sample has */
    bool steps;         /* goes over the steps of a sequence; such a layer runs no activation */
    bool states;        /* and each of what it gives comes from the one before it */
    bool bends;         /* is no matrix by itself, without an activation behind it */
    bool looks_up;      /* layer: gives rows of its W by number; no b, runs no activation */
    bool takes_norm;    /* layer: in a prediction its W can have a batch_norm behind it inside */
    bool classes;       /* loss: labels are class numbers */
    bool one_label;     /* loss: one column of labels, whatever the width */
    bool training_only; /* in evaluation and prediction values pass through */
    /* activation: the ends of its values, near which hardly any gradient comes back; one may be
     * INFINITY; both 0: has none */
    double low, high;
    bool norm;       /* between: standardises values, and has a gamma and a beta */
    bool mixes_rows; /* in training a value depends on the other rows of its mini-batch */
    /* Why a search for the optimum (L-BFGS) cannot train it; NULL: it can. */
    const char *unsearchable;
    const gl_attr *attr;
    int attrs;

    /* Elementwise ops: their kernels, and whether the slope follows from the output alone (then a
     * dense layer can apply the activation while its rows are hot and drop the value before it). */
    gl_kernel_id forward_kernel, backward_kernel;
    bool slope_from_output;

    int most_reads; /* join: so many values at most */
    char symbol;    /* join: of its value, in equations */

    /* Of a sequence: what it gives for a step follows from that step, or from its state, alone.
     * NULL: it does not; every activation does. */
    bool (*by_step)(const gl_net *m, const gl_node *node);
    /* Sets node->shape where it is not that of the value read first, and adds parameters; NULL:
     * neither. */
    glia_status (*shape)(gl_net *m, gl_node *node);
    /* NULL: computes nothing, its value is the one that it reads. */
    void (*forward)(gl_program *p, const gl_node *node);
    void (*backward)(gl_program *p, const gl_node *node);
    /* Moves the parameters of kind GL_MEASURED, in the phase of the update; NULL: has none. */
    void (*measure)(gl_program *p, const gl_node *node);
} gl_op;

/* The list, in the order of src/op/ops.list. */
extern const gl_op *const gl_ops[];
extern const int gl_ops_count;
const gl_op *gl_op_find(const char *name, size_t length);
static inline const char *gl_loss_name(const gl_op *loss) {
    return loss->says ? loss->says : loss->name;
}
/* Are its answers probabilities? */
static inline bool gl_learns_classes(const gl_op *loss) { return loss->classes || loss->most == 1; }
/* Made from the list: what the options of activation and loss say of it. */
extern const char gl_activation_help[], gl_loss_words[];

#endif
