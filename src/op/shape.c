/*
 * shape.c: what one sample is. In memory its values lie row-major, so another shape
 * moves nothing.
 *
 *     input N          the next N columns of X        image H W [C]    as pixels, row by row
 *     sequence T [F]   as T steps of F values
 *     ragged T [F]     the first as how many of the T steps of F values behind it there are
 *     flatten          one row of values              reshape A [B [C]]
 *
 * Channels come last, as image files and most arrays of images have them: the values of a pixel lie
 * side by side. None of these ops leaves a step in a plan; they are for the shape rules of those
 * that follow.
 */
#include "../net/net.h"

#include <math.h>

/* A dimension that may be left out (initial 0) may be 0, others begin at 1. 2^24 as for units
 * (dense.c): three of them overflow, so products are checked. */
#define DIMENSION(name, initial, help)                                                             \
    { name, GL_WHOLE_NUMBER, (initial) == 0 ? 0 : 1, 16777216, initial, help }

static const gl_attr columns[] = {DIMENSION("columns", NAN, "how many columns of x it takes")};
static const gl_attr image[] = {
    DIMENSION("height", NAN, "rows of pixels"),
    DIMENSION("width", NAN, "pixels of a row"),
    DIMENSION("channels", 1, "values of a pixel, side by side"),
};
static const gl_attr sequence[] = {
    DIMENSION("steps", NAN, "how many, one after the other"),
    DIMENSION("features", 1, "values of a step"),
};
static const gl_attr dimensions[] = {
    DIMENSION("first", NAN, "of the new shape"),
    DIMENSION("second", 0, "of the new shape; left out: it has one dimension"),
    DIMENSION("third", 0, "of the new shape; left out: it has two dimensions"),
};

static glia_status flatten(gl_net *m, gl_node *node) {
    (void)m;
    node->shape = (gl_shape){1, {node->in}};
    return GLIA_OK;
}

/* -1 is what no width is: a product that overflows is refused like any other wrong one. */
static glia_status reshape(gl_net *m, gl_node *node) {
    char old[GL_SHAPE_TEXT], new[GL_SHAPE_TEXT];
    int64_t count = 1;
    gl_shape s = {0};
    while (s.rank < GL_MOST_RANK && node->attr[s.rank] > 0) {
        s.dim[s.rank] = (int64_t)node->attr[s.rank];
        if (!gl_multiply(count, s.dim[s.rank++], &count)) count = -1;
    }
    if (count != node->in)
        return gl_fail(m->g, GLIA_USAGE,
                       "'%s': %lld value%s of shape %s cannot be given the shape %s", node->name,
                       (long long)node->in, gl_plural(node->in), gl_print_shape(&node->shape, old),
                       gl_print_shape(&s, new));
    node->shape = s;
    return GLIA_OK;
}

const gl_op gl_op_input = {.name = "input", .role = GL_INLET, .attr = columns, .attrs = 1};
const gl_op gl_op_image = {.name = "image", .role = GL_INLET, .attr = image, .attrs = 3};
const gl_op gl_op_sequence = {.name = "sequence", .role = GL_INLET, .attr = sequence, .attrs = 2};
const gl_op gl_op_ragged = {
    .name = "ragged", .role = GL_INLET, .ragged = true, .attr = sequence, .attrs = 2};
const gl_op gl_op_flatten = {.name = "flatten", .role = GL_BETWEEN, .shape = flatten};
const gl_op gl_op_reshape = {
    .name = "reshape", .role = GL_BETWEEN, .attr = dimensions, .attrs = 3, .shape = reshape};
