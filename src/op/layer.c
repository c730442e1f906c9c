/*
 * layer.c: how the way there leaves a layer, dense or convolution, and how the way back enters it.
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

gl_buf gl_layer_value(gl_program *p, const gl_node *node) {
    const gl_node *act = gl_fused(p, node), *norm = gl_fused_norm(p, node);
    return gl_value(p, act ? act : norm ? norm : node);
}

gl_filters gl_layer_filters(gl_program *p, const gl_node *node, int64_t k) {
    const gl_node *norm = gl_fused_norm(p, node);
    return norm ? gl_fold_norm(p, norm, node, k)
                : (gl_filters){gl_weight(p, node, 0), gl_weight(p, node, 1)};
}
