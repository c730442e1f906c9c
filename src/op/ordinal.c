/*
 * ordinal.c: one number becomes log-probabilities of ordered classes: it lies between limits that
 * are learned, in one order whatever the weights are. softmax of log-probabilities gives them back,
 * since they add up to 1; so loss, link and labels are those of any classes.
 *
 *     dense 32 relu, dense 1 linear, ordinal 5 softmax
 */
#include "../net/net.h"
#include "../net/program.h"

#include <math.h>

enum { GAPS }; /* its parameter, and its own buffer */

static glia_status shape(gl_net *m, gl_node *node) {
    int64_t classes = (int64_t)node->attr[0];
    if (node->in != 1)
        return gl_fail(m->g, GLIA_USAGE,
                       "ordinal reads one number, and the layer before it has %lld units; write "
                       "'dense 1 linear, ordinal %lld softmax'",
                       (long long)node->in, (long long)classes);
    node->shape = (gl_shape){1, {classes}};
    return gl_add_param(m, node, ".d", classes - 2, 1, GL_PLAIN, 0);
}

static void forward(gl_program *p, const gl_node *node) {
    gl_emit(p, node,
            (gl_emission){.kernel = GL_K_ordinal,
                          .p = {gl_value(p, node), gl_input(p, node, 0), gl_weight(p, node, GAPS)},
                          .n = {gl_rows(p), node->width},
                          .split = GL_BY_ROWS});
}

static void backward(gl_program *p, const gl_node *node) {
    gl_buf dx = gl_input_gradient(p, node, 0),
           dd = gl_own(p, node, GAPS, "d.gaps.", GL_BY_ROWS, node->width - 2);
    if (!dx) dx = gl_own(p, node, GAPS + 1, "d.unread.", GL_BY_ROWS, 1);
    gl_emit(p, node,
            (gl_emission){.kernel = GL_K_ordinal_b,
                          .p = {dx, dd, gl_gradient(p, node), gl_input(p, node, 0),
                                gl_weight(p, node, GAPS)},
                          .n = {gl_rows(p), node->width},
                          .split = GL_BY_ROWS});
    gl_emit(p, node,
            (gl_emission){.kernel = GL_K_colsum,
                          .p = {gl_weight_gradient(p, node, GAPS), dd},
                          .n = {node->width - 2, gl_rows(p)},
                          .split = GL_BY_UNITS});
}

static const gl_attr classes[] = {{"classes", GL_WHOLE_NUMBER, 3, 1000, NAN, "ordered classes"}};

const gl_op gl_op_ordinal = {
    .name = "ordinal",
    .role = GL_BETWEEN,
    .attr = classes,
    .attrs = 1,
    .formula = "c@ = limits whose gaps are softplus(d@), with 0 in their middle\n"
               "V@ := log(sigmoid(c@ above - V@) - sigmoid(c@ below - V@))      (N, m)",
    .slope = "dd@ = what the limits gain through softplus, summed over samples\n"
             "dV@ := sum over classes of dV@ * (sigmoid(c@ below - V@) - sigmoid(V@ - c@ above))",
    .shape = shape,
    .forward = forward,
    .backward = backward,
};
