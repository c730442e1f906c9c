/*
 * buffers.c: what ops ask for and emit into: buffers by meaning, each made when it is first named,
 * and the list of steps.
 *
 * An activation joins the layer before it when its slope follows from its output, or when no
 * backward steps will need a slope: then the layer's rows are activated while they are hot and the
 * value in between never exists.
 */
#include "lowering.h"

#include <stdio.h>
#include <string.h>

int64_t gl_rows(const gl_program *p) { return p->plan->spec.rows; }
bool gl_is_training(const gl_program *p) { return p->plan->spec.mode == GL_TRAIN; }
bool gl_has_labels(const gl_program *p) { return p->plan->spec.mode != GL_PREDICT; }
int64_t gl_place_of(const gl_program *p, const gl_node *node) { return node - p->m->node; }

gl_buf gl_new_buffer(gl_program *p, gl_buffer b) {
    gl_plan *plan = p->plan;
    if (!gl_reserve(plan->g, &plan->buffer, &plan->buffer_cap, plan->buffers + 1, sizeof b)) {
        p->failed = true;
        return GL_NO_BUF;
    }
    b.alias = plan->buffers;
    b.first = -1;
    plan->buffer[plan->buffers] = b;
    return plan->buffers++;
}

static gl_buf named_buffer(gl_program *p, const char *prefix, const char *name, gl_buffer b) {
    snprintf(b.name, sizeof b.name, "%s%s", prefix, name);
    return gl_new_buffer(p, b);
}

/* A matrix with one row a sample. */
gl_buf gl_sample_buffer(gl_program *p, const char *prefix, const char *name, gl_room room,
                        int64_t cols) {
    return named_buffer(
        p, prefix, name,
        (gl_buffer){.room = room, .rows = gl_rows(p), .cols = cols, .by_rows = true});
}

gl_buf gl_own(gl_program *p, const gl_node *node, int i, const char *name, gl_split split,
              int64_t cols) {
    gl_buf *own = &p->own[node - p->m->node][i];
    if (!*own && split == GL_BY_ROWS) *own = gl_sample_buffer(p, name, node->name, GL_ARENA, cols);
    if (!*own)
        *own = named_buffer(p, name, node->name, (gl_buffer){.rows = node->width, .cols = cols});
    return *own;
}

static const gl_node *before(const gl_program *p, const gl_node *node) {
    return node == p->m->node ? NULL : node - 1;
}

const gl_node *gl_fused(const gl_program *p, const gl_node *node) {
    const gl_node *next = node + 1;
    bool joins = node->op->role == GL_LAYER && next->op->role == GL_ACTIVATION &&
                 (next->op->slope_from_output || !gl_is_training(p));
    return joins ? next : NULL;
}

const gl_node *gl_fused_slope(const gl_program *p, const gl_node *node) {
    const gl_node *previous = before(p, node);
    return node->op->linear && previous && gl_is_fused(p, previous) ? previous : NULL;
}

bool gl_is_fused(const gl_program *p, const gl_node *node) {
    const gl_node *previous = before(p, node);
    return previous && gl_fused(p, previous) == node;
}

/* In evaluation and prediction nothing is dropped: the value passes through. */
bool gl_passes_through(const gl_program *p, const gl_node *node) {
    return !gl_is_training(p) && node->op->training_only;
}

/* The last value of the chain is what a prediction returns, unless the loss applies its link to
 * it. */
static bool is_output(const gl_program *p, const gl_node *node) {
    const gl_node *next = node + 1;
    while (!gl_is_loss(next) && gl_passes_through(p, next)) next++;
    return gl_is_loss(next) && !next->op->link;
}

gl_buf gl_value(gl_program *p, const gl_node *node) {
    gl_buf *value = &p->value[node - p->m->node];
    if (!*value)
        *value = is_output(p, node) ? gl_output(p)
                                    : gl_sample_buffer(p, "", node->name, GL_ARENA, node->width);
    return *value;
}

gl_buf gl_input(gl_program *p, const gl_node *node) {
    const gl_node *from = before(p, node);
    while (from && gl_passes_through(p, from)) from = before(p, from);
    if (from) return gl_value(p, from);
    if (!p->x) p->x = gl_sample_buffer(p, "", "x", GL_X, node->in);
    return p->x;
}

gl_buf gl_gradient(gl_program *p, const gl_node *node) {
    gl_buf *gradient = &p->gradient[node - p->m->node];
    if (!*gradient) *gradient = gl_sample_buffer(p, "d.", node->name, GL_ARENA, node->width);
    return *gradient;
}

gl_buf gl_input_gradient(gl_program *p, const gl_node *node) {
    const gl_node *from = before(p, node);
    for (const gl_node *n = from; n; n = before(p, n)) {
        if (n->params > 0) return gl_gradient(p, from);
    }
    return GL_NO_BUF;
}

static gl_buf param_buffer(gl_program *p, gl_buf *slot, int i, const char *prefix, gl_room room) {
    const gl_param *w = &p->m->param[i];
    if (!*slot)
        *slot = named_buffer(
            p, prefix, w->name,
            (gl_buffer){.room = room, .rows = w->rows, .cols = w->cols, .offset = w->offset});
    return *slot;
}

gl_buf gl_weight(gl_program *p, const gl_node *node, int i) {
    return param_buffer(p, &p->weight[node->param + i], node->param + i, "", GL_WEIGHTS);
}

gl_buf gl_turned_weight(gl_program *p, const gl_node *node, int i, int64_t *row) {
    gl_plan *plan = p->plan;
    const gl_param *w = &p->m->param[node->param + i];
    char phase = p->phase;
    if (plan->spec.mode != GL_PREDICT) return GL_NO_BUF;
    *row = (w->rows + 15) / 16 * 16;
    gl_buffer b = {.room = GL_ONCE, .rows = w->cols, .cols = *row, .offset = plan->kept};
    snprintf(b.name, sizeof b.name, "%s'", w->name);
    plan->kept += b.rows * b.cols;
    gl_buf turned = gl_new_buffer(p, b);
    p->phase = 'o';
    gl_emit(p, node,
            (gl_emission){.kernel = GL_K_turn,
                          .p = {turned, gl_weight(p, node, i)},
                          .n = {w->cols, w->rows, *row}});
    p->phase = phase;
    return turned;
}

gl_buf gl_weight_gradient(gl_program *p, const gl_node *node, int i) {
    return param_buffer(p, &p->dweight[node->param + i], node->param + i, "d.", GL_GRADIENTS);
}

double gl_smoothing(const gl_program *p) { return gl_is_training(p) ? p->plan->spec.smoothing : 0; }

/* The labels as they are given. */
gl_buf gl_raw_label(gl_program *p) {
    int64_t cols = gl_loss_node(p->m)->op->classes ? 1 : p->m->outputs;
    if (!p->label) p->label = gl_sample_buffer(p, "", "y", GL_LABELS, cols);
    return p->label;
}

/* Probabilities are smoothed before the loss sees them; class numbers cannot be. */
static void smooth_label(gl_program *p) {
    int64_t cols = p->m->outputs;
    p->smoothed = gl_sample_buffer(p, "smooth.", "y", GL_ARENA, cols);
    gl_emit(p, gl_loss_node(p->m),
            (gl_emission){.kernel = GL_K_smooth,
                          .p = {p->smoothed, gl_raw_label(p)},
                          .n = {gl_rows(p), cols},
                          .s = {gl_smoothing(p)},
                          .split = GL_BY_ROWS});
}

gl_buf gl_label(gl_program *p) {
    const gl_op *loss = gl_loss_node(p->m)->op;
    bool smooths = loss->link && !loss->classes && gl_smoothing(p) > 0;
    if (smooths && !p->smoothed) smooth_label(p);
    return smooths ? p->smoothed : gl_raw_label(p);
}

gl_buf gl_output(gl_program *p) {
    gl_room room = p->plan->spec.mode == GL_PREDICT ? GL_OUTPUT : GL_ARENA;
    if (!p->output) p->output = gl_sample_buffer(p, "", "output", room, p->m->outputs);
    return p->output;
}

gl_buf gl_losses(gl_program *p) {
    if (!p->losses) p->losses = gl_sample_buffer(p, "", "losses", GL_ARENA, 1);
    return p->losses;
}

static int operands_of(const gl_emission *e) {
    int n = GL_OPERANDS;
    while (n > 0 && !e->p[n - 1]) n--;
    return n;
}

void gl_emit(gl_program *p, const gl_node *node, gl_emission e) {
    gl_plan *plan = p->plan;
    if (p->failed ||
        !gl_reserve(plan->g, &plan->step, &plan->step_cap, plan->steps + 1, sizeof *plan->step)) {
        p->failed = true;
        return;
    }
    gl_kernel *const *kernel = plan->spec.kernels->kernel;
    gl_step *s = &plan->step[plan->steps++];
    *s = (gl_step){.kernel = kernel[e.kernel],
                   .split = e.split,
                   .phase = p->phase,
                   .id = e.kernel,
                   .operands = operands_of(&e),
                   .writes = e.writes ? e.writes : 1,
                   .node = node,
                   .then = e.then,
                   .slope = e.slope};
    memcpy(s->p, e.p, sizeof s->p);
    memcpy(s->call.n, e.n, sizeof s->call.n);
    memcpy(s->call.s, e.s, sizeof s->call.s);
    s->call.then = e.then ? kernel[e.then->forward_kernel] : NULL;
    s->call.back = e.then ? kernel[e.then->backward_kernel] : NULL;
    if (e.slope) s->call.then = kernel[e.slope->backward_kernel];
}

/* A whole run of the store as one buffer of `count` numbers from `offset` 0. */
gl_buf gl_run_buffer(gl_program *p, const char *name, gl_room room, int64_t count) {
    return named_buffer(p, "", name, (gl_buffer){.room = room, .rows = count, .cols = 1});
}

gl_buf gl_sample_weights(gl_program *p) {
    if (!p->sample_weights)
        p->sample_weights = gl_sample_buffer(p, "", "sample_w", GL_SAMPLE_WEIGHTS, 1);
    return p->sample_weights;
}
