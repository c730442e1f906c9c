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
    gl_buf *value, *gradient; /* by node; gradient: towards the node's value */
    gl_buf *weight, *dweight; /* by parameter */
    gl_buf (*own)[GL_OWN];    /* by node */
    gl_buf x, label, smoothed, sample_weights, output, losses;
};

static inline bool gl_is_loss(const gl_node *node) { return node->op->role == GL_LOSS; }
/* Its activation runs inside the layer before it. */
bool gl_is_fused(const gl_program *p, const gl_node *node);
/* In evaluation and prediction nothing is dropped: the value passes through. */
bool gl_passes_through(const gl_program *p, const gl_node *node);

gl_buf gl_new_buffer(gl_program *p, gl_buffer b);
/* A matrix with one row a sample. */
gl_buf gl_sample_buffer(gl_program *p, const char *prefix, const char *name, gl_room room,
                        int64_t cols);
/* A whole run of the store as one buffer of `count` numbers from `offset` 0. */
gl_buf gl_run_buffer(gl_program *p, const char *name, gl_room room, int64_t count);
gl_buf gl_raw_label(gl_program *p);      /* the labels as they are given */
gl_buf gl_sample_weights(gl_program *p); /* [rows] */

#endif
