/*
 * program.h: what ops may emit into. An op asks for buffers by meaning (the value of a node, the
 * gradient towards it) and emits calls; where buffers lie, how long they live and who runs which
 * part is decided later, by src/plan.
 */
#ifndef GL_PROGRAM_H
#define GL_PROGRAM_H

#include "net.h"

typedef int gl_buf;
enum { GL_NO_BUF = 0 };

typedef enum gl_split {
    GL_WHOLE,    /* too small to cut, or a sum over everything: one thread */
    GL_BY_ROWS,  /* n[0] are the samples; in a prediction every step, and each may be given fewer */
    GL_BY_UNITS, /* n[0] are units or parameters */
    GL_BY_COLUMNS, /* n[0] are columns of what is written, n[1] the samples */
    GL_BY_BANDS    /* n[0] are samples, and each is cut into bands (gl_bands); no op asks for it */
} gl_split;

typedef struct gl_emission {
    gl_kernel_id kernel;
    union { /* operands and dimensions, in the order of kernels.def or by name: see gl_call */
        gl_buf p[GL_OPERANDS];
#define OPERAND(name, ways, shape) gl_buf name;
#define KERNEL(name, operands, dims, formula)                                                      \
    struct {                                                                                       \
        operands                                                                                   \
    } name##_p;
#include "../kernel/kernels.def"
    };
    union {
        int64_t n[GL_DIMS];
#define KERNEL(name, operands, dims, formula) gl_##name##_n name##_n;
#include "../kernel/kernels.def"
    };
    double s[GL_SCALARS];
    gl_split split;
    const gl_op *then;  /* the activation applied to what a product writes; NULL: none */
    const gl_op *slope; /* the activation whose slope at a value is; NULL: none */
} gl_emission;

void gl_emit(gl_program *p, const gl_node *node, gl_emission e);

int64_t gl_rows(const gl_program *p);                          /* samples of the mini-batch */
int64_t gl_place_of(const gl_program *p, const gl_node *node); /* the node's number in its model */
bool gl_is_training(const gl_program *p);                      /* backward steps will follow */
bool gl_has_labels(const gl_program *p);                       /* a cost is asked for */
bool gl_carries(const gl_program *p); /* states go on from one run to the next */

/* The activation that runs inside `node` (a layer), or NULL. */
const gl_node *gl_fused(const gl_program *p, const gl_node *node);
/* The batch_norm whose scales are in the weights of `node` (a layer, in a prediction), or NULL. */
const gl_node *gl_fused_norm(const gl_program *p, const gl_node *node);
/* The activation before `node` (a dense layer) whose slope its dx is given at once, or NULL. */
const gl_node *gl_fused_slope(const gl_program *p, const gl_node *node);
/* The layer behind this activation gives its slope: the gradient towards its value is a dz. */
bool gl_slope_is_taken(const gl_program *p, const gl_node *act);

gl_buf gl_x(gl_program *p); /* [rows, inputs] all of it */
gl_buf gl_input(gl_program *p, const gl_node *node,
                int i); /* [rows, width] what it reads as its i-th */
const gl_shape *gl_input_shape(const gl_program *p, const gl_node *node, int i);
/* [rows] how many steps each sample has of what it reads as its i-th; GL_NO_BUF: all of them. */
gl_buf gl_lengths(gl_program *p, const gl_node *node, int i);
gl_buf gl_goes_on(gl_program *p); /* [rows] 1: its states go on, 0: they begin anew, with 0 */
/* Zeros in x [rows, shape] behind the last step of each sample, whose lengths are those of this
 * inlet, from 1 on. */
void gl_clear_behind(gl_program *p, const gl_node *node, gl_buf x, const gl_shape *shape,
                     int inlet);
gl_buf gl_value(gl_program *p, const gl_node *node); /* [rows, width] what the node gives */
/* [rows, width] dJ/d(value), ready when backward runs. */
gl_buf gl_gradient(gl_program *p, const gl_node *node);
/* [rows, width of the i-th input] dJ/d(input), to be written, the same for each call; GL_NO_BUF
 * when nothing before the node has parameters. Where others have written it before, what is written
 * here is added to it behind the node's steps. */
gl_buf gl_input_gradient(gl_program *p, const gl_node *node, int i);
/* For an op that can add as it writes: the gradient itself; once for each input. */
gl_buf gl_add_to_gradient(gl_program *p, const gl_node *node, int i, bool *add);
gl_buf gl_weight(gl_program *p, const gl_node *node, int i);
/* W' [cols, rows and zeros up to *row, a whole number of cache lines], turned once when the plan is
 * bound. GL_NO_BUF where weights change while it lives: in every mode but predict. */
gl_buf gl_turned_weight(gl_program *p, const gl_node *node, int i, int64_t *row);
/* In every mode; where weights change, turned in each run, for W that is read step by step. */
gl_buf gl_turned_for_steps(gl_program *p, const gl_node *node, int i, int64_t *row);
/* What stays from run to run: what steps write that run once, when the plan is bound, and such a
 * step, for what follows from weights alone, in a predict plan. */
gl_buf gl_kept(gl_program *p, const char *name, const char *suffix, int64_t rows, int64_t cols);
void gl_emit_once(gl_program *p, const gl_node *node, gl_emission e);
/* What `e` writes first, from weights or from nothing: once where weights stay as they are, in a
 * predict plan, else in each run. */
gl_buf gl_made(gl_program *p, const gl_node *node, const char *name, const char *suffix,
               int64_t rows, int64_t cols, gl_emission e);
gl_buf gl_weight_gradient(gl_program *p, const gl_node *node, int i);
/* Number i < GL_OWN of the node's own buffers: what forward leaves for backward and measure. cols
 * numbers for each sample (GL_BY_ROWS) or for each unit (GL_BY_UNITS); the name is a prefix. */
enum { GL_OWN = 12 };
gl_buf gl_own(gl_program *p, const gl_node *node, int i, const char *name, gl_split split,
              int64_t cols);
/* [rows, cols], where a run finds what the run before it left: states of a network for one step, or
 * of a plan that carries. */
gl_buf gl_own_kept(gl_program *p, const gl_node *node, int i, const char *name, int64_t cols);
double gl_smoothing(const gl_program *p); /* of labels; 0 but in training */
/* Of the head that `loss` ends. */
gl_buf gl_label(gl_program *p, const gl_node *loss);  /* [rows, label columns] */
gl_buf gl_output(gl_program *p, const gl_node *loss); /* [rows, width] what a prediction returns */
gl_buf gl_losses(gl_program *p, const gl_node *loss); /* [rows] one loss per sample */
/* [rows, outputs] of all heads side by side. */
gl_buf gl_outputs(gl_program *p);

#endif
