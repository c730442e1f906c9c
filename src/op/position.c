/*
 * position.c: where each step stands, added to what it is, for whom order means nothing otherwise
 * (attention.c).
 *
 *     sequence 50 16, positions, attention 4      waves: sin and cos of t / 10000^(j/n)
 *     positions learned yes                       a table of numbers, steps x features, from 0 on
 *
 * Waves know every step of a sequence before anything is learned, and steps that are as far apart
 * from each other differ in the same way. They are between -1 and 1, as values are that were
 * standardised. A table can learn what is special about a step, of steps that it has seen.
 */
#include "steps.h"

enum { LEARNED };
enum { TABLE }; /* parameter */

static const gl_attr attrs[] = {
    [LEARNED] = {"learned", GL_CHOICE, 0, 1, 0, "a table that is learned, in place of waves",
                 .named = true, .word = "no|yes"},
};

static bool is_learned(const gl_node *node) { return node->attr[LEARNED] == 1; }

static glia_status shape(gl_net *m, gl_node *node) {
    glia_status status = gl_check_sequence(m, node);
    if (status != GLIA_OK || !is_learned(node)) return status;
    return gl_add_param(m, node, ".p", node->shape.dim[0], node->shape.dim[1], GL_PLAIN, 0);
}

static gl_buf table(gl_program *p, const gl_node *node) {
    int64_t t = node->shape.dim[0], n = node->shape.dim[1];
    if (is_learned(node)) return gl_weight(p, node, TABLE);
    return gl_made(p, node, node->name, ".waves", t, n,
                   (gl_emission){.kernel = GL_K_waves, .waves_n = {t, n}});
}

static void forward(gl_program *p, const gl_node *node) {
    gl_buf b = table(p, node);
    gl_emit(p, node,
            (gl_emission){.kernel = GL_K_shift,
                          .shift_p = {gl_value(p, node), gl_input(p, node, 0), b},
                          .shift_n = {gl_rows(p), node->width},
                          .split = GL_BY_ROWS});
}

static void backward(gl_program *p, const gl_node *node) {
    gl_buf dy = gl_gradient(p, node), dx = gl_input_gradient(p, node, 0);
    if (is_learned(node))
        gl_emit(p, node,
                (gl_emission){.kernel = GL_K_colsum,
                              .p = {gl_weight_gradient(p, node, TABLE), dy},
                              .n = {node->width, gl_rows(p)},
                              .split = GL_BY_UNITS});
    if (!dx) return;
    gl_emit(p, node,
            (gl_emission){.kernel = GL_K_copy,
                          .p = {dx, dy},
                          .n = {gl_rows(p), node->width},
                          .split = GL_BY_ROWS});
}

static void forms(const gl_node *node, const char **formula, const char **slope) {
    if (!is_learned(node)) return;
    *formula = "V@ := V@ + p@      p@ (N, 1)";
    *slope = "dp@ = sum of dV@ over samples      (N, 1)";
}

const gl_op gl_op_positions = {
    .name = "positions",
    .role = GL_BETWEEN,
    .windows = true,
    .steps = true,
    .behind = GL_CLEARED_BEHIND,
    .formula = "V@ := V@ + p      p_tj = sin(t / 10000^(j/n)) for even j, cos(t / 10000^((j-1)/n)) "
               "for odd, t and j from 0",
    .slope = "dV@ passes as it is",
    .forms = forms,
    .attr = attrs,
    .attrs = 1,
    .shape = shape,
    .forward = forward,
    .backward = backward,
};
