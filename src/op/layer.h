/*
 * layer.h: what layers with weights share.
 */
#ifndef GL_LAYER_H
#define GL_LAYER_H

#include "../net/program.h"

/* dJ/dz, [rows, width]: the gradient towards what the node gives, times the slope of the activation
 * that runs inside it. Emitted where da lies, unless whoever wrote da has given the slope already;
 * once for each node. */
gl_buf gl_layer_dz(gl_program *p, const gl_node *node);

/* What the layer gives, with what runs inside it: its norm, its activation. */
gl_buf gl_layer_value(gl_program *p, const gl_node *node);
/* W [units, k] and b [units] of the layer; in a prediction those that have the norm behind it
 * inside (norm.c). */
typedef struct gl_filters {
    gl_buf w, b;
} gl_filters;
gl_filters gl_layer_filters(gl_program *p, const gl_node *node, int64_t k);
gl_filters gl_fold_norm(gl_program *p, const gl_node *norm, const gl_node *layer, int64_t k);

#endif
