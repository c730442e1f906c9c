/*
 * pool.c: windows of a picture, or of a sequence, become one value for each channel.
 *
 *     pool 2x2                     the largest of 2 x 2 pixels, windows side by side
 *     mean_pool 3x3 stride 2       their mean; windows overlap
 *     global_pool                  the mean of all pixels: one row of channels
 *
 * Zeros beyond the edge (pad) are not counted: they are no largest value, and no pixel of a mean.
 * Nor is what stands behind the last step of a sequence: a mean is one of the steps that there are.
 * The gradient of the largest goes to the first pixel, by rows, that has that value.
 */
#include "window.h"

#include <math.h>

enum { KERNEL, STRIDE = KERNEL + 2, PAD = STRIDE + 2 };

#define MOST_PIXELS 4096 /* see conv.c */
static const gl_attr attrs[] = {
    [KERNEL] = {"kernel", GL_PAIR, 1, MOST_PIXELS, NAN, "height and width of a window in pixels"},
    [STRIDE] = {"stride", GL_PAIR, 1, MOST_PIXELS, 0,
                "pixels from one window to the next; left out: the kernel's", .named = true},
    [PAD] = {"pad", GL_PAIR, 0, MOST_PIXELS, 0,
             "pixels beyond the edge that windows may reach over", .named = true, .word = "same",
             .stands_for = GL_SAME},
};
static const gl_window_at pairs = {KERNEL, STRIDE, PAD, -1, -1};

static glia_status shape(gl_net *m, gl_node *node) {
    gl_window w;
    glia_status status = gl_window_check(m, node, &pairs, &w);
    if (status != GLIA_OK) return status;
    return gl_set_picture(m, node, w.rows.out, w.columns.out, w.channels);
}

static glia_status shape_global(gl_net *m, gl_node *node) {
    glia_status status = gl_check_picture(m, node);
    if (status == GLIA_OK) node->shape = (gl_shape){1, {node->shape.dim[node->shape.rank - 1]}};
    return status;
}

/* All of what is read is one window. */
static gl_window global_window(const gl_shape *read) {
    int64_t rows = gl_side_length(read, 0), columns = gl_side_length(read, 1);
    return (gl_window){{rows, 1, rows, 1, 1, 0},
                       {columns, 1, columns, 1, 1, 0},
                       read->dim[read->rank - 1]};
}

static gl_max_pool_n geometry(const gl_program *p, const gl_node *node) {
    const gl_shape *read = gl_input_shape(p, node, 0);
    gl_window w = node->op->attrs ? gl_window_of(read, node, &pairs) : global_window(read);
    return (gl_max_pool_n){.m = gl_rows(p),
                           .h = w.rows.in,
                           .w = w.columns.in,
                           .c = w.channels,
                           .y_h = w.rows.out,
                           .y_w = w.columns.out,
                           .k_h = w.rows.k,
                           .k_w = w.columns.k,
                           .s_h = w.rows.stride,
                           .s_w = w.columns.stride,
                           .p_h = w.rows.pad,
                           .p_w = w.columns.pad};
}

static void forward(gl_program *p, const gl_node *node) {
    gl_emit(p, node,
            (gl_emission){.kernel = node->op->forward_kernel,
                          .p = {gl_value(p, node), gl_input(p, node, 0), gl_lengths(p, node, 0)},
                          .max_pool_n = geometry(p, node),
                          .split = GL_BY_ROWS});
}

static void backward_largest(gl_program *p, const gl_node *node) {
    gl_buf dx = gl_input_gradient(p, node, 0);
    const gl_node *before = gl_fused_slope(p, node);
    if (!dx) return;
    gl_emit(p, node,
            (gl_emission){.kernel = GL_K_max_pool_b,
                          .max_pool_b_p = {.dx = dx,
                                           .dy = gl_gradient(p, node),
                                           .x = gl_input(p, node, 0),
                                           .y = gl_value(p, node),
                                           .lengths = gl_lengths(p, node, 0)},
                          .max_pool_n = geometry(p, node),
                          .s = {before ? before->attr[0] : 0},
                          .split = GL_BY_ROWS,
                          .slope = before ? before->op : NULL});
}

static void backward_mean(gl_program *p, const gl_node *node) {
    gl_buf dx = gl_input_gradient(p, node, 0);
    if (!dx) return;
    gl_emit(p, node,
            (gl_emission){.kernel = GL_K_mean_pool_b,
                          .mean_pool_b_p = {.dx = dx,
                                            .dy = gl_gradient(p, node),
                                            .lengths = gl_lengths(p, node, 0)},
                          .max_pool_n = geometry(p, node),
                          .split = GL_BY_ROWS});
}

const gl_op gl_op_pool = {
    .name = "pool",
    .role = GL_BETWEEN,
    .bends = true,
    .windows = true,
    .behind = GL_CLEARED_BEHIND,
    .takes_slope = true,
    .attr = attrs,
    .attrs = sizeof attrs / sizeof *attrs,
    .formula = "V@ := the largest of each window      (N, m)",
    .slope = "dV@ := dV@ at the first largest of each window, 0 elsewhere",
    .forward_kernel = GL_K_max_pool,
    .shape = shape,
    .forward = forward,
    .backward = backward_largest,
};

const gl_op gl_op_mean_pool = {
    .name = "mean_pool",
    .role = GL_BETWEEN,
    .windows = true,
    .behind = GL_CLEARED_BEHIND,
    .attr = attrs,
    .attrs = sizeof attrs / sizeof *attrs,
    .formula = "V@ := mean of each window      (N, m)",
    .slope = "dV@ := dV@ / pixels of the window, summed over the windows of a pixel",
    .forward_kernel = GL_K_mean_pool,
    .shape = shape,
    .forward = forward,
    .backward = backward_mean,
};

const gl_op gl_op_global_pool = {
    .name = "global_pool",
    .role = GL_BETWEEN,
    .windows = true,
    .behind = GL_ZERO_BEHIND,
    .formula = "V@ := mean of each channel over all pixels      (N, m)",
    .slope = "dV@ := dV@ / pixels",
    .forward_kernel = GL_K_mean_pool,
    .shape = shape_global,
    .forward = forward,
    .backward = backward_mean,
};
