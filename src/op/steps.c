/*
 * steps.c: sequences, and products of all their steps at once (steps.h).
 */
#include "steps.h"

glia_status gl_check_sequence(const gl_net *m, const gl_node *node) {
    char text[GL_SHAPE_TEXT];
    const gl_shape *read = gl_read_shape(m, node, 0);
    const gl_node *before = gl_read_node(m, node, 0);
    if (read->rank == 2) return GLIA_OK;
    gl_print_shape(read, text);
    if (before && before->op->states)
        return gl_fail(m->g, GLIA_USAGE,
                       "'%s' goes over steps, and '%s' gives its last state alone, %s; let it give "
                       "all: '%s %s steps all'",
                       node->name, before->name, text, before->op->name, text);
    return gl_fail(m->g, GLIA_USAGE,
                   "'%s' goes over the steps of a sequence, and what it reads is %s; begin the "
                   "network with 'sequence STEPS FEATURES'",
                   node->name, text);
}

gl_conv_n gl_each_step(int64_t m, int64_t t, int64_t c, int64_t n) {
    return (gl_conv_n){.m = m,
                       .h = 1,
                       .w = t,
                       .c = c,
                       .y_h = 1,
                       .y_w = t,
                       .n = n,
                       .k_h = 1,
                       .k_w = 1,
                       .s_h = 1,
                       .s_w = 1,
                       .d_h = 1,
                       .d_w = 1,
                       .groups = 1};
}

void gl_emit_steps(gl_program *p, const gl_node *node, gl_buf y, gl_buf x, int w, int b,
                   const gl_conv_n *n) {
    gl_emit(p, node,
            (gl_emission){.kernel = GL_K_conv,
                          .conv_p = {.y = y,
                                     .x = x,
                                     .filters = gl_weight(p, node, w),
                                     .bias = gl_weight(p, node, b)},
                          .conv_n = *n,
                          .split = GL_BY_ROWS});
}

void gl_emit_steps_dx(gl_program *p, const gl_node *node, gl_buf dx, gl_buf dy, int w,
                      const gl_conv_n *n, bool add) {
    gl_emission e = {.kernel = GL_K_conv_dx,
                     .conv_dx_p = {.dx = dx, .dy = dy, .filters = gl_weight(p, node, w)},
                     .conv_n = *n,
                     .split = GL_BY_ROWS};
    e.conv_dx_n.add = add;
    gl_emit(p, node, e);
}

void gl_emit_steps_dw(gl_program *p, const gl_node *node, int w, gl_buf x, gl_buf dy,
                      const gl_conv_n *n) {
    gl_emission e = {.kernel = GL_K_conv_dw,
                     .conv_dw_p = {.dw = gl_weight_gradient(p, node, w), .x = x, .dy = dy},
                     .conv_n = *n,
                     .split = GL_BY_COLUMNS};
    e.conv_dw_n.k = n->c / n->groups, e.conv_dw_n.m = n->m;
    gl_emit(p, node, e);
}

void gl_emit_steps_db(gl_program *p, const gl_node *node, int b, gl_buf dy, const gl_conv_n *n) {
    gl_emit(p, node,
            (gl_emission){.kernel = GL_K_colsum,
                          .p = {gl_weight_gradient(p, node, b), dy},
                          .n = {n->n, n->m * n->w},
                          .split = GL_BY_UNITS});
}
