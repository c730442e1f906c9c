/*
 * layer.c: how the way back enters a layer, dense or convolution.
 */
#include "layer.h"

gl_buf gl_layer_dz(gl_program *p, const gl_node *node) {
    const gl_node *act = gl_fused(p, node);
    gl_buf dz = gl_gradient(p, act ? act : node);
    if (act && !gl_slope_is_taken(p, act)) { /* da becomes dz where it lies */
        gl_emit(p, act,
                (gl_emission){.kernel = act->op->backward_kernel,
                              .p = {dz, dz, gl_value(p, act)},
                              .n = {gl_rows(p), node->width},
                              .s = {act->attr[0]},
                              .split = GL_BY_ROWS});
    }
    return dz;
}
