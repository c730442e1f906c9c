/*
 * act.c: the activations a = g(z), elementwise. Each is one row: its kernels, its formulas, the
 * initialiser that suits a layer in front of it.
 *
 * An activation whose slope follows from a alone (a (1 - a), 1 - a^2, 1 or 0) can be applied
 * where z was, and z forgotten: half the memory, and no pass of its own. gelu and silu fall
 * before they rise, so that two z share an a, and their slope asks for z; that of softplus is
 * taken from z as well.
 *
 * `low` and `high` are where an activation saturates: the doctor counts units that stay there. He's
 * initialiser is for those that cut half of their input off: W then needs twice the variance.
 */
#include "../net/program.h"

#include <math.h>

static void forward(gl_program *p, const gl_node *node) {
    gl_emit(p, node,
            (gl_emission){.kernel = node->op->forward_kernel,
                          .p = {gl_value(p, node), gl_input(p, node, 0)},
                          .n = {gl_rows(p), node->width},
                          .s = {node->attr[0]},
                          .split = GL_BY_ROWS});
}

static void backward(gl_program *p, const gl_node *node) {
    gl_buf dx = gl_input_gradient(p, node, 0);
    if (!dx) return;
    gl_buf seen = node->op->slope_from_output ? gl_value(p, node) : gl_input(p, node, 0);
    gl_emit(p, node,
            (gl_emission){.kernel = node->op->backward_kernel,
                          .p = {dx, gl_gradient(p, node), seen},
                          .n = {gl_rows(p), node->width},
                          .s = {node->attr[0]},
                          .split = GL_BY_ROWS});
}

/* Below 0 or from 1 on it would be another function: max(slope z, z) is meant, and the sign of a
 * must be that of z, since backward sees a alone. 0.01 is Maas's (2013). */
static const gl_attr slope[] = {
    {"slope", GL_ANY_NUMBER, 0, 0.999999, 0.01, "g(z) = slope z for z < 0"}};

/* Behind the last step of a sequence stands g(0), which of two is not 0. */
#define ACTIVATION(id)                                                                             \
    .name = #id, .role = GL_ACTIVATION, .forward = forward, .backward = backward,                  \
    .forward_kernel = GL_K_##id, .backward_kernel = GL_K_##id##_b
#define FROM_0(id) ACTIVATION(id), .behind = GL_ZERO_BEHIND
#define NOT_FROM_0(id) ACTIVATION(id), .behind = GL_CLEARED_BEHIND

const gl_op gl_op_sigmoid = {
    NOT_FROM_0(sigmoid), .slope_from_output = true,      .high = 1,
    .init = "xavier",    .formula = "1 / (1 + exp(-z))", .slope = "a (1 - a)"};
const gl_op gl_op_tanh = {FROM_0(tanh),     .slope_from_output = true, .low = -1,         .high = 1,
                          .init = "xavier", .formula = "tanh z",       .slope = "1 - a^2"};
const gl_op gl_op_relu = {FROM_0(relu),           .slope_from_output = true,
                          .high = INFINITY,       .init = "he",
                          .formula = "max(0, z)", .slope = "1 where z > 0, else 0"};
/* A relu unit that is 0 for every sample has no gradient and stays so; a slope leaves it a way
 * back. */
const gl_op gl_op_leaky_relu = {FROM_0(leaky_relu),
                                .slope_from_output = true,
                                .init = "he",
                                .attr = slope,
                                .attrs = 1,
                                .formula = "max(slope z, z)",
                                .slope = "1 where z > 0, else slope"};
/* Clevert, Unterthiner and Hochreiter (2015), with alpha 1: only then the slope has no
 * step at 0. */
const gl_op gl_op_elu = {FROM_0(elu), .slope_from_output = true, .init = "he",
                         .formula = "z where z > 0, else exp(z) - 1",
                         .slope = "1 where z > 0, else a + 1"};
/* Hendrycks and Gimpel (2016), by erf and not by their tanh, which was an approximation
 * for speed. */
const gl_op gl_op_gelu = {FROM_0(gelu), .init = "he", .formula = "z Phi(z)",
                          .slope = "Phi(z) + z phi(z)"};
const gl_op gl_op_silu = {FROM_0(silu), .init = "he", .formula = "z sigmoid(z)",
                          .slope = "s (1 + z (1 - s)), s = sigmoid(z)"};
const gl_op gl_op_softplus = {NOT_FROM_0(softplus), .init = "he", .formula = "log(1 + exp z)",
                              .slope = "sigmoid(z)"};
/* The identity computes nothing, so it leaves no node behind. */
const gl_op gl_op_linear = {.name = "linear", .role = GL_ACTIVATION};
