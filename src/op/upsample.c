/*
 * upsample.c: a picture or a sequence becomes larger by whole factors: each pixel stands there so
 * many times.
 *
 *     upsample 2x2      a b  ->  a a b b        upsample 3      a b  ->  a a a b b b
 *                       c d      a a b b
 *                                c c d d
 *                                c c d d
 *
 * That is a pool backwards: the pixels that one becomes are a window, side by side with the next.
 * What a sum over windows does on the way back, giving its dy to each pixel of the window, is what
 * upsample does on the way there, and the other way round.
 */
#include "window.h"

#include <math.h>

#define MOST_PIXELS 4096 /* see conv.c */
static const gl_attr attrs[] = {
    {"factor", GL_PAIR, 1, MOST_PIXELS, NAN, "how many times each row and column stands there"},
};

static int64_t factor(const gl_shape *read, const gl_node *node, int side) {
    return gl_pair_of(read, node->attr, side, 1);
}

static glia_status shape(gl_net *m, gl_node *node) {
    glia_status status = gl_check_picture(m, node);
    if (status == GLIA_OK) status = gl_complete_pair(m, node, 0);
    if (status != GLIA_OK) return status;
    const gl_shape *read = &node->shape;
    return gl_set_picture(m, node, gl_side_length(read, 0) * factor(read, node, 0),
                          gl_side_length(read, 1) * factor(read, node, 1),
                          read->dim[read->rank - 1]);
}

/* A pool reads the large picture, and gives the small one. */
static gl_mean_pool_n geometry(const gl_program *p, const gl_node *node) {
    const gl_shape *read = gl_input_shape(p, node, 0);
    int64_t rows = factor(read, node, 0), columns = factor(read, node, 1);
    return (gl_mean_pool_n){.m = gl_rows(p),
                            .h = gl_side_length(&node->shape, 0),
                            .w = gl_side_length(&node->shape, 1),
                            .c = read->dim[read->rank - 1],
                            .y_h = gl_side_length(read, 0),
                            .y_w = gl_side_length(read, 1),
                            .k_h = rows,
                            .k_w = columns,
                            .s_h = rows,
                            .s_w = columns,
                            .whole = 1};
}

static void emit(gl_program *p, const gl_node *node, gl_kernel_id kernel, gl_buf to, gl_buf from) {
    gl_emit(p, node,
            (gl_emission){.kernel = kernel,
                          .p = {to, from},
                          .mean_pool_n = geometry(p, node),
                          .split = GL_BY_ROWS});
}

static void forward(gl_program *p, const gl_node *node) {
    emit(p, node, GL_K_mean_pool_b, gl_value(p, node), gl_input(p, node, 0));
}

static void backward(gl_program *p, const gl_node *node) {
    gl_buf dx = gl_input_gradient(p, node, 0);
    if (dx) emit(p, node, GL_K_mean_pool, dx, gl_gradient(p, node));
}

const gl_op gl_op_upsample = {
    .name = "upsample",
    .role = GL_BETWEEN,
    .windows = true,
    .attr = attrs,
    .attrs = sizeof attrs / sizeof *attrs,
    .formula = "V@ := each pixel several times      (N, m)",
    .slope = "dV@ := sum of dV@ over the pixels that a pixel became",
    .shape = shape,
    .forward = forward,
    .backward = backward,
};
