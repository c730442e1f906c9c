/*
 * dropout.c: in training each value is kept with probability 1 - rate and divided by it, otherwise
 * set to 0 (Srivastava et al., 2014, in the "inverted" form); nothing happens in prediction. The
 * mask is a function of seed, step, row and column, so it needs no memory and does not depend on
 * threads: backward computes it again.
 */
#include "../net/program.h"

#include <math.h>

/* 0.99: at 1 nothing would be kept, and what is kept divided by 0. A value a becomes a +-
 * a sqrt(rate / (1 - rate)): at 0.5 the noise is as large as the value, at 0.99 ten times
 * as large. */
static const gl_attr attrs[] = {
    {"rate", GL_ANY_NUMBER, 0, 0.99, NAN, "share of values that are set to 0", .by_chance = true}};

static void emit(gl_program *p, const gl_node *node, gl_buf y, gl_buf x) {
    int64_t place = gl_place_of(p, node); /* tells two dropouts apart */
    gl_emit(p, node,
            (gl_emission){.kernel = GL_K_dropout,
                          .p = {y, x},
                          .dropout_n = {.m = gl_rows(p), .n = node->width, .node = place},
                          .s = {node->attr[0]},
                          .split = GL_BY_ROWS});
}

static void forward(gl_program *p, const gl_node *node) {
    emit(p, node, gl_value(p, node), gl_input(p, node, 0));
}

static void backward(gl_program *p, const gl_node *node) {
    gl_buf dx = gl_input_gradient(p, node, 0);
    if (dx) emit(p, node, dx, gl_gradient(p, node));
}

const gl_op gl_op_dropout = {
    .name = "dropout",
    .role = GL_BETWEEN,
    .training_only = true,
    .behind = GL_ZERO_BEHIND,
    .by_step = gl_always_by_step,
    .attr = attrs,
    .attrs = 1,
    .formula = "V@ := dropout(V@)      a / (1 - rate) where kept, else 0",
    .slope = "dV@ := dV@ / (1 - rate) where kept, else 0",
    .forward = forward,
    .backward = backward,
};
