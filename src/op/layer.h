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

#endif
