/*
 * conv.c: filters go over a picture, or over the steps of a sequence, and each gives a channel.
 *
 *     conv 32 3x3                         32 filters of 3 x 3 pixels and all channels
 *     conv 64 5x5 stride 2 pad same       every second pixel, as many as half of what is read
 *     conv 64 3x3 dilation 2              of pixels that lie two apart
 *     conv 32 3x3 groups 32               each filter sees some of the channels: 1/32 of them
 *     conv 16 7                           over a sequence
 *
 * W is (filters, kernel pixels x channels of a group), row f is filter f with the channels last, as
 * pictures lie; b is (filters, 1). A sample is [height, width, channels]. z = conv(x, W) + b; with
 * da from behind and dz = da g'(z):
 *
 *     dx    each pixel of x gathers the dz of the windows that it stood in, times the weight there
 *     dW    each weight gathers the dz of all windows, times the pixel that it met there
 *     db    sum of dz over samples and pixels
 *
 *     conv_transpose 16 4x4 stride 2 pad same      twice as many rows and columns, 16 channels
 *
 * is the way back of a convolution, taken forward: each pixel that is read gives to a window of
 * what is written, and windows that overlap add up. The convolution is one that reads what is
 * written here, and gives what is read here: W is its W, with a row for each channel that is read;
 * z is its dx + b, dx is what it gives for dz, and dW is its dW for dz as x and x as dy.
 */
#include "layer.h"
#include "window.h"

#include <math.h>

enum {
    FILTERS,
    KERNEL,
    STRIDE = KERNEL + 2,
    PAD = STRIDE + 2,
    DILATION = PAD + 2,
    GROUPS = DILATION + 2,
    OUTPUT_PAD
};

/* 4096 pixels are more than any picture has that is trained on; what is more is a slip. */
#define MOST_PIXELS 4096
static const gl_attr attrs[] = {
    [FILTERS] = {"filters", GL_WHOLE_NUMBER, 1, 16777216, NAN, "how many channels it gives"},
    [KERNEL] = {"kernel", GL_PAIR, 1, MOST_PIXELS, NAN, "its height and width in pixels"},
    [STRIDE] = {"stride", GL_PAIR, 1, MOST_PIXELS, 1, "pixels from one window to the next",
                .named = true},
    [PAD] = {"pad", GL_PAIR, 0, MOST_PIXELS, 0, "zeros before the first and behind the last pixel",
             .named = true, .word = "same", .stands_for = GL_SAME},
    [DILATION] = {"dilation", GL_PAIR, 1, MOST_PIXELS, 1, "pixels from one of a filter to the next",
                  .named = true},
    [GROUPS] = {"groups", GL_WHOLE_NUMBER, 1, 16777216, 1,
                "parts of the channels, each with filters of its own", .named = true},
    [OUTPUT_PAD] = {"output_pad", GL_PAIR, 0, MOST_PIXELS, 0,
                    "rows and columns more at the end; of conv_transpose alone", .named = true},
};
static const gl_window_at there = {KERNEL, STRIDE, PAD, DILATION, -1},
                          back = {KERNEL, STRIDE, PAD, DILATION, OUTPUT_PAD};

static int64_t groups_of(const gl_node *node) { return (int64_t)node->attr[GROUPS]; }
static int64_t filters_of(const gl_node *node) { return (int64_t)node->attr[FILTERS]; }

static glia_status check_groups(const gl_net *m, const gl_node *node, const gl_window *w) {
    int64_t groups = groups_of(node), filters = filters_of(node);
    if (w->channels % groups == 0 && filters % groups == 0) return GLIA_OK;
    return gl_fail(m->g, GLIA_USAGE,
                   "'%s': %lld groups, expected a number that divides its %lld channels and its "
                   "%lld filters",
                   node->name, (long long)groups, (long long)w->channels, (long long)filters);
}

static glia_status check(gl_net *m, gl_node *node, const gl_window_at *at, gl_window *w) {
    glia_status status = gl_window_check(m, node, at, w);
    return status == GLIA_OK ? check_groups(m, node, w) : status;
}

/* W, with a row of so many pixels of `channels` each, and b. */
static glia_status add_params(gl_net *m, gl_node *node, const gl_window *w, int64_t rows,
                              int64_t channels) {
    int64_t pixels = w->rows.k * w->columns.k, k = 0;
    if (!gl_multiply(pixels, channels, &k)) k = INT64_MAX;
    glia_status status = gl_set_picture(m, node, w->rows.out, w->columns.out, filters_of(node));
    if (status == GLIA_OK) status = gl_add_param(m, node, ".w", rows, k, GL_DECAYED, 0);
    return status == GLIA_OK ? gl_add_param(m, node, ".b", filters_of(node), 1, GL_PLAIN, 0)
                             : status;
}

static glia_status shape(gl_net *m, gl_node *node) {
    gl_window w;
    glia_status status = check(m, node, &there, &w);
    if (status != GLIA_OK) return status;
    status = add_params(m, node, &w, filters_of(node), w.channels / groups_of(node));
    /* each number that is read goes to so many of those that are given */
    if (status == GLIA_OK)
        m->param[node->param].fan_out =
            (double)(filters_of(node) / groups_of(node)) * (double)(w.rows.k * w.columns.k);
    return status;
}

/* So many windows meet at a place, on average; where they leave gaps, at one that they reach. */
static double overlap(const gl_side_of *s) {
    return s->k > s->stride ? (double)s->k / (double)s->stride : 1;
}

static glia_status shape_transposed(gl_net *m, gl_node *node) {
    gl_window w;
    glia_status status = check(m, node, &back, &w);
    if (status != GLIA_OK) return status;
    status = add_params(m, node, &w, w.channels, filters_of(node) / groups_of(node));
    if (status != GLIA_OK) return status;
    gl_param *filters = &m->param[node->param];
    filters->fan_out = filters->fan_in; /* a row of W */
    filters->fan_in =
        (double)(w.channels / groups_of(node)) * overlap(&w.rows) * overlap(&w.columns);
    return status;
}

/* The dimensions that all three kernels share, in the order of conv's. */
static gl_conv_n geometry(const gl_program *p, const gl_node *node, const gl_window_at *at) {
    gl_window w = gl_window_of(gl_input_shape(p, node, 0), node, at);
    return (gl_conv_n){.m = gl_rows(p),
                       .h = w.rows.in,
                       .w = w.columns.in,
                       .c = w.channels,
                       .y_h = w.rows.out,
                       .y_w = w.columns.out,
                       .n = filters_of(node),
                       .k_h = w.rows.k,
                       .k_w = w.columns.k,
                       .s_h = w.rows.stride,
                       .s_w = w.columns.stride,
                       .d_h = w.rows.dilation,
                       .d_w = w.columns.dilation,
                       .p_h = w.rows.pad,
                       .p_w = w.columns.pad,
                       .groups = groups_of(node)};
}

/* Windows of one step are a dense layer for each. */
static bool by_step(const gl_net *m, const gl_node *node) {
    gl_side_of steps = gl_window_of(gl_read_shape(m, node, 0), node, &there).columns;
    return steps.k == 1 && steps.stride == 1 && steps.out == steps.in;
}

static gl_conv_n geometry_there(const gl_program *p, const gl_node *node) {
    return geometry(p, node, &there);
}

/* What is read here is what that conv gives. */
static gl_conv_n geometry_back(const gl_program *p, const gl_node *node) {
    gl_conv_n n = geometry(p, node, &back), of = n;
    of.h = n.y_h, of.w = n.y_w, of.c = n.n;
    of.y_h = n.h, of.y_w = n.w, of.n = n.c;
    return of;
}

/* In a filter. */
static int64_t numbers_of(const gl_conv_n *n) { return n->k_h * n->k_w * (n->c / n->groups); }

static void forward(gl_program *p, const gl_node *node) {
    const gl_node *act = gl_fused(p, node);
    gl_conv_n n = geometry_there(p, node);
    gl_filters of = gl_layer_filters(p, node, numbers_of(&n));
    gl_emit(p, node,
            (gl_emission){.kernel = GL_K_conv,
                          .conv_p = {.y = gl_layer_value(p, node),
                                     .x = gl_input(p, node, 0),
                                     .filters = of.w,
                                     .bias = of.b},
                          .conv_n = n,
                          .s = {act ? act->attr[0] : 0},
                          .split = GL_BY_ROWS,
                          .then = act ? act->op : NULL});
}

static void backward_input(gl_program *p, const gl_node *node, gl_buf dz) {
    bool add = false;
    gl_buf dx = gl_add_to_gradient(p, node, 0, &add);
    const gl_node *before = gl_fused_slope(p, node);
    if (!dx) return;
    gl_emission e = {.kernel = GL_K_conv_dx,
                     .conv_dx_p = {.dx = dx,
                                   .dy = dz,
                                   .filters = gl_weight(p, node, 0),
                                   .value = before ? gl_value(p, before) : GL_NO_BUF},
                     .conv_n = geometry_there(p, node),
                     .s = {before ? before->attr[0] : 0},
                     .split = GL_BY_ROWS,
                     .slope = before ? before->op : NULL};
    e.conv_dx_n.add = add;
    gl_emit(p, node, e);
}

/* x and dy of the conv whose W it is; dz of what the node gives. */
static void backward_weights(gl_program *p, const gl_node *node, gl_conv_n n, gl_buf x, gl_buf dy,
                             gl_buf dz) {
    gl_emission e = {.kernel = GL_K_conv_dw,
                     .conv_dw_p = {.dw = gl_weight_gradient(p, node, 0), .x = x, .dy = dy},
                     .conv_n = n,
                     .split = GL_BY_COLUMNS};
    e.conv_dw_n.k = numbers_of(&n), e.conv_dw_n.m = n.m;
    gl_emit(p, node, e);
    int64_t filters = filters_of(node);
    gl_emit(p, node,
            (gl_emission){.kernel = GL_K_colsum,
                          .p = {gl_weight_gradient(p, node, 1), dz},
                          .n = {filters, n.m * (node->width / filters)},
                          .split = GL_BY_UNITS});
}

static void backward(gl_program *p, const gl_node *node) {
    gl_buf dz = gl_layer_dz(p, node);
    backward_input(p, node, dz);
    backward_weights(p, node, geometry_there(p, node), gl_input(p, node, 0), dz, dz);
}

static void forward_transposed(gl_program *p, const gl_node *node) {
    const gl_node *act = gl_fused(p, node);
    gl_emit(p, node,
            (gl_emission){.kernel = GL_K_conv_dx,
                          .conv_dx_p = {.dx = gl_layer_value(p, node),
                                        .dy = gl_input(p, node, 0),
                                        .filters = gl_weight(p, node, 0),
                                        .bias = gl_weight(p, node, 1)},
                          .conv_n = geometry_back(p, node),
                          .s = {act ? act->attr[0] : 0},
                          .split = GL_BY_ROWS,
                          .then = act ? act->op : NULL});
}

static void backward_transposed(gl_program *p, const gl_node *node) {
    gl_buf dz = gl_layer_dz(p, node), dx = gl_input_gradient(p, node, 0);
    gl_conv_n n = geometry_back(p, node);
    if (dx)
        gl_emit(p, node,
                (gl_emission){.kernel = GL_K_conv,
                              .conv_p = {.y = dx, .x = dz, .filters = gl_weight(p, node, 0)},
                              .conv_n = n,
                              .split = GL_BY_ROWS});
    backward_weights(p, node, n, dz, gl_input(p, node, 0), dz);
}

const gl_op gl_op_conv = {
    .name = "conv",
    .role = GL_LAYER,
    .windows = true,
    .takes_slope = true,
    .takes_norm = true,
    .behind = GL_CLEARED_BEHIND,
    .slope = "of each window that saw it",
    .attr = attrs,
    .attrs = OUTPUT_PAD,
    .by_step = by_step,
    .shape = shape,
    .forward = forward,
    .backward = backward,
};

const gl_op gl_op_conv_transpose = {
    .name = "conv_transpose",
    .role = GL_LAYER,
    .windows = true,
    .slope = "of each window that it gave to",
    .attr = attrs,
    .attrs = sizeof attrs / sizeof *attrs,
    .shape = shape_transposed,
    .forward = forward_transposed,
    .backward = backward_transposed,
};
