/*
 * pad.c: zeros around a picture or a sequence, or its edge taken away.
 *
 *     pad 1            a row of zeros above and below, a column on the left and on the right
 *     pad 1x2 0x2      one row above, none below, two columns on each side
 *     crop 1x2         the first and the last row, two columns on each side
 *     pad 3 0          of a sequence: three steps before the first, none behind the last
 *
 * Both are one move: what is given shows what is read in another frame, which begins further up and
 * to the left, or further down and to the right. The gradient moves back: that of `pad` is cropped,
 * that of `crop` padded.
 */
#include "window.h"

#include <math.h>

enum { BEFORE, BEHIND = BEFORE + 2 };

#define MOST_PIXELS 4096 /* see conv.c */
#define AS_BEFORE (-1)   /* left out */
static const gl_attr attrs[] = {
    [BEFORE] = {"before", GL_PAIR, 0, MOST_PIXELS, NAN, "rows above, and columns on the left"},
    [BEHIND] = {"behind", GL_PAIR, 0, MOST_PIXELS, AS_BEFORE,
                "rows below, and columns on the right; left out: as many as before"},
};

typedef struct edge { /* of rows, or of columns */
    int64_t before, behind;
} edge;

static edge edge_of(const gl_shape *read, const gl_node *node, int side) {
    const double *before = node->attr + BEFORE, *behind = node->attr + BEHIND;
    if (*behind == AS_BEFORE) behind = before;
    return (edge){gl_pair_of(read, before, side, 0), gl_pair_of(read, behind, side, 0)};
}

static int64_t both(edge e) { return e.before + e.behind; }

static glia_status complete(const gl_net *m, gl_node *node) {
    glia_status status = gl_check_picture(m, node);
    if (status == GLIA_OK) status = gl_complete_pair(m, node, BEFORE);
    if (status == GLIA_OK && node->attr[BEHIND] != AS_BEFORE)
        status = gl_complete_pair(m, node, BEHIND);
    return status;
}

static glia_status shape_pad(gl_net *m, gl_node *node) {
    glia_status status = complete(m, node);
    if (status != GLIA_OK) return status;
    const gl_shape *read = &node->shape;
    return gl_set_picture(m, node, gl_side_length(read, 0) + both(edge_of(read, node, 0)),
                          gl_side_length(read, 1) + both(edge_of(read, node, 1)),
                          read->dim[read->rank - 1]);
}

static glia_status shape_crop(gl_net *m, gl_node *node) {
    char text[GL_SHAPE_TEXT];
    glia_status status = complete(m, node);
    if (status != GLIA_OK) return status;
    const gl_shape *read = &node->shape;
    int64_t rows = both(edge_of(read, node, 0)), columns = both(edge_of(read, node, 1));
    if (rows >= gl_side_length(read, 0) || columns >= gl_side_length(read, 1))
        return gl_fail(m->g, GLIA_USAGE,
                       "'%s': it takes %lld rows and %lld columns away, and what it reads is %s; "
                       "nothing would be left",
                       node->name, (long long)rows, (long long)columns, gl_print_shape(read, text));
    return gl_set_picture(m, node, gl_side_length(read, 0) - rows,
                          gl_side_length(read, 1) - columns, read->dim[read->rank - 1]);
}

/* Where a side of y begins in x: the shorter one lies in the longer one. */
static int64_t begin(const gl_node *node, const gl_shape *y, const gl_shape *x, int side) {
    int64_t before = edge_of(x, node, side).before;
    return gl_side_length(y, side) < gl_side_length(x, side) ? before : -before;
}

static void emit(gl_program *p, const gl_node *node, gl_buf to, const gl_shape *y, gl_buf from,
                 const gl_shape *x) {
    gl_emit(p, node,
            (gl_emission){.kernel = GL_K_reframe,
                          .reframe_p = {.y = to, .x = from},
                          .reframe_n = {.m = gl_rows(p),
                                        .h = gl_side_length(x, 0),
                                        .w = gl_side_length(x, 1),
                                        .c = x->dim[x->rank - 1],
                                        .y_h = gl_side_length(y, 0),
                                        .y_w = gl_side_length(y, 1),
                                        .top = begin(node, y, x, 0),
                                        .left = begin(node, y, x, 1)},
                          .split = GL_BY_ROWS});
}

static void forward(gl_program *p, const gl_node *node) {
    emit(p, node, gl_value(p, node), &node->shape, gl_input(p, node, 0),
         gl_input_shape(p, node, 0));
}

static void backward(gl_program *p, const gl_node *node) {
    gl_buf dx = gl_input_gradient(p, node, 0);
    if (dx) emit(p, node, dx, gl_input_shape(p, node, 0), gl_gradient(p, node), &node->shape);
}

const gl_op gl_op_pad = {
    .name = "pad",
    .role = GL_BETWEEN,
    .windows = true,
    .attr = attrs,
    .attrs = sizeof attrs / sizeof *attrs,
    .formula = "V@ := V@ with zeros around it      (N, m)",
    .slope = "dV@ := dV@ without what stands where the zeros were",
    .shape = shape_pad,
    .forward = forward,
    .backward = backward,
};

const gl_op gl_op_crop = {
    .name = "crop",
    .role = GL_BETWEEN,
    .windows = true,
    .attr = attrs,
    .attrs = sizeof attrs / sizeof *attrs,
    .formula = "V@ := V@ without its edge      (N, m)",
    .slope = "dV@ := dV@ with zeros around it",
    .shape = shape_crop,
    .forward = forward,
    .backward = backward,
};
