/*
 * lowering.h: a program in the making, for buffers.c and lower.c.
 */
#ifndef GL_LOWERING_H
#define GL_LOWERING_H

#include "plan.h"

struct gl_program {
    gl_plan *plan;
    const gl_net *m;
    char phase;
    bool failed;
    gl_buf *value, *gradient;     /* by node; gradient: towards the node's value */
    bool *learns;                 /* by node: it or something before it has parameters */
    bool *written;                /* by node: somebody has written its gradient */
    gl_buf (*sink)[GL_MOST_READ]; /* by node: where it writes the gradients of what it reads */
    gl_buf *weight, *dweight;     /* by parameter */
    gl_buf (*own)[GL_OWN];        /* by node */
    gl_buf x, label, outputs, sample_weights, goes_on;
    gl_buf inlet[GL_MOST_INLETS], lengths[GL_MOST_INLETS];
    gl_buf head_label[GL_MOST_HEADS], smoothed[GL_MOST_HEADS], output[GL_MOST_HEADS],
        losses[GL_MOST_HEADS];
};

/* Decides what joins what, before any step is emitted (fuse.c). */
void gl_fuse(gl_plan *plan);
/* A network that is one dense layer and its loss may learn in one reading of x; of sparse rows. */
bool gl_reads_once(const gl_plan *plan);
bool gl_reads_sparse_rows(const gl_plan *plan);

static inline bool gl_is_loss(const gl_node *node) { return node->op->role == GL_LOSS; }
/* What it computes happens inside another node. */
bool gl_is_fused(const gl_program *p, const gl_node *node);
/* It computes nothing, or nothing in this mode: its value is the one that it reads. */
bool gl_passes_through(const gl_program *p, const gl_node *node);
/* Adds what `node` could not write at once to the gradients of what it reads. */
void gl_flush_gradients(gl_program *p, const gl_node *node);

gl_buf gl_new_buffer(gl_program *p, gl_buffer b);
/* A matrix with one row a sample. */
gl_buf gl_sample_buffer(gl_program *p, const char *prefix, const char *name, gl_room room,
                        int64_t cols);
/* The first `count` numbers of a room, of a run of the store say, as one buffer. */
gl_buf gl_run_buffer(gl_program *p, const char *name, gl_room room, int64_t count);
gl_buf gl_raw_label(gl_program *p);      /* the labels as they are given */
gl_buf gl_sample_weights(gl_program *p); /* [rows] */

#endif
