/*
 * step.c: a network for one step of its sequence, for who makes steps one after the other.
 *
 *     sequence 100 4, lstm 64 steps all, lstm 32, dense 1
 *     x            100 x 4         1 x 4
 *     lstm1        100 x 64        1 x 64         states stay from run to run
 *     lstm2        32              32             those of the last step: of this one
 *     fc3          1               1
 *
 * A value that has a row for each step has one row; what follows from the last state has the shape
 * that it had. So a node must be able to give a step, or a last state, from one step and what it
 * remembers itself: its op says whether (by_step). Weights do not depend on how many steps there
 * are, and stay where they lie, in the network that all of this was made of. It may be of sequences
 * of different lengths (ragged): so many steps are one of them.
 */
#include "net.h"

#include <stdbool.h>
#include <string.h>

bool gl_always_by_step(const gl_net *m, const gl_node *node) {
    (void)m, (void)node;
    return true;
}

/* ------------------------------------------------------------------------------------ checks -- */

static bool is_sequence(const gl_shape *s) { return s->rank == 2; }

static glia_status check_inlets(glia_ctx *g, const gl_net *m) {
    char text[GL_SHAPE_TEXT];
    for (const gl_inlet *inlet = m->inlet; inlet < m->inlet + m->inlets; inlet++) {
        if (is_sequence(&inlet->shape) && inlet->shape.dim[0] == m->inlet->shape.dim[0]) continue;
        return gl_fail(g, GLIA_USAGE,
                       "a stream goes over the steps of a sequence, and input %d of the network is "
                       "%s; let each begin with 'sequence STEPS FEATURES', of as many steps",
                       (int)(inlet - m->inlet) + 1, gl_print_shape(&inlet->shape, text));
    }
    return GLIA_OK;
}

static glia_status several_states(glia_ctx *g, const gl_node *node) {
    long long units = node->shape.dim[1], given = node->shape.dim[0];
    const char *op = node->op->name;
    return gl_fail(g, GLIA_USAGE,
                   "a stream has one step at a time, and '%s' gives %lld states at once; let it "
                   "give the last, '%s %lld', or all, '%s %lld steps all'",
                   node->name, given, op, units, op, units);
}

static glia_status several_steps(glia_ctx *g, const gl_net *m, const gl_node *node) {
    const gl_op *op = node->op;
    if (op->steps && op->by_step) return several_states(g, node);
    return gl_fail(g, GLIA_USAGE,
                   "a stream has one step at a time, and '%s' (%s) reads several of %lld at once",
                   node->name, op->role == GL_LOSS && op->link ? op->link : op->name,
                   (long long)gl_read_shape(m, node, 0)->dim[0]);
}

/* Of a node all of whose inputs have a row for each step: can it do with one? Quantiles are those
 * of all that is read. */
static bool can_step(const gl_net *m, const gl_node *node) {
    const gl_op *op = node->op;
    if (op->role == GL_ACTIVATION) return true;
    if (op->role == GL_LOSS) return !op->one_label;
    return op->by_step && op->by_step(m, node);
}

/* steps[nodes]: whether a value has a row for each step. */
static bool reads_steps(const gl_node *node, const bool *steps, int i) {
    return node->from[i] < 0 || steps[node->from[i]];
}

static glia_status find_steps(glia_ctx *g, const gl_net *m, bool *steps) {
    for (int k = 0; k < m->nodes; k++) {
        const gl_node *node = &m->node[k];
        int some = 0;
        for (int i = 0; i < node->froms; i++) some += reads_steps(node, steps, i);
        if (some > 0 && (some < node->froms || !can_step(m, node)))
            return several_steps(g, m, node);
        steps[k] = some > 0 && is_sequence(&node->shape);
    }
    return GLIA_OK;
}

/* ------------------------------------------------------------------------------- the network -- */

static void shorten(gl_shape *shape, int64_t *width) {
    shape->dim[0] = 1;
    *width = shape->dim[1];
}

/* Of sequences of different lengths a step that comes in is there: no column says so. */
static void shorten_inlets(gl_net *step) {
    step->inputs = 0;
    for (gl_inlet *inlet = step->inlet; inlet < step->inlet + step->inlets; inlet++) {
        shorten(&inlet->shape, &inlet->width);
        inlet->op = NULL;
        inlet->first = step->inputs;
        step->inputs += inlet->width;
    }
}

static void shorten_nodes(gl_net *step, const bool *steps) {
    for (int k = 0; k < step->nodes; k++) {
        gl_node *node = &step->node[k];
        if (steps[k]) shorten(&node->shape, &node->width);
        node->lengths = 0;
        node->carries = node->op->steps && reads_steps(node, steps, 0);
        const gl_node *read = gl_read_node(step, node, 0);
        node->in = read ? read->width : step->inlet[-1 - node->from[0]].width;
    }
}

static void shorten_heads(gl_net *step) {
    step->outputs = 0;
    for (gl_head *h = step->head; h < step->head + step->heads; h++) {
        h->first = step->outputs;
        h->width = gl_loss_of(step, h)->width;
        step->outputs += h->width;
    }
}

gl_net *gl_step_net_new(glia_ctx *g, const gl_net *m) {
    bool *steps = gl_alloc(g, m->nodes, sizeof *steps);
    gl_net *step = gl_alloc(g, 1, sizeof *step);
    gl_node *node = gl_alloc(g, m->nodes, sizeof *node);
    bool ok = steps && step && node && check_inlets(g, m) == GLIA_OK &&
              find_steps(g, m, steps) == GLIA_OK;
    if (ok) {
        *step = *m;
        step->g = g, step->node = memcpy(node, m->node, (size_t)m->nodes * sizeof *node);
        shorten_inlets(step);
        shorten_nodes(step, steps);
        shorten_heads(step);
    } else {
        gl_free(g, step), gl_free(g, node);
    }
    gl_free(g, steps);
    return ok ? step : NULL;
}

void gl_step_net_free(gl_net *step) {
    if (!step) return;
    gl_free(step->g, step->node);
    gl_free(step->g, step);
}
