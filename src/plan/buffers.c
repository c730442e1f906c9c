/*
 * buffers.c: what ops ask for and emit into: buffers by meaning, each made when it is first named,
 * and the list of steps.
 *
 * A value may be read by several nodes. Backward goes from the last to the first: whoever comes
 * first writes the gradient towards the value, the others add to it.
 *
 *     forward     a ---> n1 ---> ...        backward    n2 writes d.a        d.a  = ...
 *                  \---> n2 ---> ...                    n1 adds              d.a += ...
 *
 * A product adds as it stores its tiles (gl_add_to_gradient). Others write beside it, into "more.",
 * which is added behind their steps (gl_flush_gradients): an elementwise kernel in two forms would
 * be two kernels to test.
 *
 * An op that asks twice gets the same buffer, so forward and backward need not tell each other
 * anything. Nobody says when a buffer is no longer wanted: place.c sees who names it last.
 */
#include "lowering.h"

#include <stdio.h>
#include <string.h>

int64_t gl_rows(const gl_program *p) { return p->plan->spec.rows; }
bool gl_is_training(const gl_program *p) { return p->plan->spec.mode == GL_TRAIN; }
bool gl_has_labels(const gl_program *p) { return p->plan->spec.mode != GL_PREDICT; }
bool gl_carries(const gl_program *p) { return p->plan->spec.carries; }
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

gl_buf gl_own_kept(gl_program *p, const gl_node *node, int i, const char *name, int64_t cols) {
    gl_buf *own = &p->own[node - p->m->node][i];
    if (*own) return *own;
    *own = gl_kept(p, name, node->name, gl_rows(p), cols);
    p->plan->buffer[*own].by_rows = true;
    return *own;
}

/* ------------------------------------------------------------------------------------- edges -- */

const gl_node *gl_fused(const gl_program *p, const gl_node *node) {
    return p->plan->fusion[gl_place_of(p, node)].then;
}

const gl_node *gl_fused_norm(const gl_program *p, const gl_node *node) {
    return p->plan->fusion[gl_place_of(p, node)].norm;
}

const gl_node *gl_fused_slope(const gl_program *p, const gl_node *node) {
    return p->plan->fusion[gl_place_of(p, node)].slope;
}

bool gl_slope_is_taken(const gl_program *p, const gl_node *act) {
    return p->plan->fusion[gl_place_of(p, act)].slope_by != NULL;
}

bool gl_is_fused(const gl_program *p, const gl_node *node) {
    return p->plan->fusion[gl_place_of(p, node)].inside != NULL;
}

bool gl_passes_through(const gl_program *p, const gl_node *node) {
    return !node->op->forward || (!gl_is_training(p) && node->op->training_only);
}

/* What node reads as its i-th, where values do not only pass through: a node's number, or an
 * inlet's. flatten, and dropout in a prediction, leave neither a step nor a copy. */
static int source(const gl_program *p, const gl_node *node, int i) {
    int from = node->from[i];
    while (from >= 0 && gl_passes_through(p, &p->m->node[from])) from = p->m->node[from].from[0];
    return from;
}

/* ------------------------------------------------------------------------------------ values -- */

/* A node's value that is what a prediction returns; the loss of a head with a link applies that
 * first, and the values of several heads are put side by side. The last layer then writes into the
 * caller's memory, and nothing is copied. */
static bool is_output(const gl_program *p, const gl_node *node) {
    const gl_node *loss = gl_loss_node(p->m);
    return p->m->heads == 1 && !loss->op->link && source(p, loss, 0) == node - p->m->node;
}

gl_buf gl_value(gl_program *p, const gl_node *node) {
    gl_buf *value = &p->value[node - p->m->node];
    if (!*value)
        *value = is_output(p, node) ? gl_outputs(p)
                                    : gl_sample_buffer(p, "", node->name, GL_ARENA, node->width);
    return *value;
}

gl_buf gl_x(gl_program *p) {
    if (!p->x) p->x = gl_sample_buffer(p, "", "x", GL_X, p->m->inputs);
    return p->x;
}

/* `width` columns of a matrix with one row a sample, from column `first` on. A copy, because
 * products want rows without gaps; networks with several inlets are few, and an inlet is narrow
 * beside its layer. */
static gl_buf take_columns(gl_program *p, gl_buf from, int64_t cols, int64_t first, int64_t width,
                           const char *name, int number) {
    char text[GL_NAME];
    snprintf(text, sizeof text, "%s%d", name, number + 1);
    gl_buf to = gl_sample_buffer(p, "", text, GL_ARENA, width);
    gl_emit(p, NULL,
            (gl_emission){.kernel = GL_K_take,
                          .p = {to, from},
                          .n = {gl_rows(p), 1, first, width, cols - first - width},
                          .split = GL_BY_ROWS});
    return to;
}

/* Of inlet k. */
static gl_buf lengths_of(gl_program *p, int k) {
    const gl_inlet *inlet = &p->m->inlet[k];
    char name[GL_NAME];
    if (p->lengths[k]) return p->lengths[k];
    snprintf(name, sizeof name, "lengths%d", k + 1);
    p->lengths[k] = gl_sample_buffer(p, "", name, GL_ARENA, 1);
    gl_emit(p, NULL,
            (gl_emission){.kernel = GL_K_lengths,
                          .lengths_p = {.lengths = p->lengths[k], .x = gl_x(p)},
                          .lengths_n = {.m = gl_rows(p),
                                        .all = p->m->inputs,
                                        .first = inlet->first,
                                        .t = inlet->shape.dim[0]},
                          .split = GL_BY_ROWS});
    return p->lengths[k];
}

gl_buf gl_lengths(gl_program *p, const gl_node *node, int i) {
    int inlet = gl_read_lengths(p->m, node, i);
    return inlet ? lengths_of(p, inlet - 1) : GL_NO_BUF;
}

void gl_clear_behind(gl_program *p, const gl_node *node, gl_buf x, const gl_shape *shape,
                     int inlet) {
    gl_emit(p, node,
            (gl_emission){.kernel = GL_K_mask,
                          .mask_p = {.y = x, .x = x, .lengths = lengths_of(p, inlet - 1)},
                          .mask_n = {.m = gl_rows(p), .t = shape->dim[0], .n = shape->dim[1]},
                          .split = GL_BY_ROWS});
}

/* The steps, without the column of how many there are; what the caller left behind the last one is
 * no number of anybody's. */
static gl_buf take_steps(gl_program *p, int k) {
    const gl_inlet *inlet = &p->m->inlet[k];
    gl_buf x = take_columns(p, gl_x(p), p->m->inputs, inlet->first + 1, inlet->width - 1, "x", k);
    gl_clear_behind(p, NULL, x, &inlet->shape, k + 1);
    return x;
}

static gl_buf inlet_value(gl_program *p, int k) {
    const gl_inlet *inlet = &p->m->inlet[k];
    if (p->inlet[k]) return p->inlet[k];
    if (gl_is_ragged(inlet)) return p->inlet[k] = take_steps(p, k);
    if (p->m->inlets == 1) return gl_x(p);
    return p->inlet[k] = take_columns(p, gl_x(p), p->m->inputs, inlet->first, inlet->width, "x", k);
}

gl_buf gl_input(gl_program *p, const gl_node *node, int i) {
    int from = source(p, node, i);
    return from >= 0 ? gl_value(p, &p->m->node[from]) : inlet_value(p, -1 - from);
}

const gl_shape *gl_input_shape(const gl_program *p, const gl_node *node, int i) {
    return gl_read_shape(p->m, node, i);
}

/* --------------------------------------------------------------------------------- gradients -- */

gl_buf gl_gradient(gl_program *p, const gl_node *node) {
    gl_buf *gradient = &p->gradient[node - p->m->node];
    if (!*gradient) *gradient = gl_sample_buffer(p, "d.", node->name, GL_ARENA, node->width);
    return *gradient;
}

gl_buf gl_add_to_gradient(gl_program *p, const gl_node *node, int i, bool *add) {
    int from = source(p, node, i);
    if (from < 0 || !p->learns[from]) return GL_NO_BUF;
    *add = p->written[from];
    p->written[from] = true;
    return gl_gradient(p, &p->m->node[from]);
}

gl_buf gl_input_gradient(gl_program *p, const gl_node *node, int i) {
    gl_buf *sink = &p->sink[node - p->m->node][i];
    bool add = false;
    if (*sink) return *sink;
    gl_buf whole = gl_add_to_gradient(p, node, i, &add);
    *sink = whole;
    if (whole && add)
        *sink = gl_sample_buffer(p, "more.", p->plan->buffer[whole].name, GL_ARENA,
                                 p->plan->buffer[whole].cols);
    return *sink;
}

void gl_flush_gradients(gl_program *p, const gl_node *node) {
    for (int i = 0; i < node->froms; i++) {
        gl_buf more = p->sink[node - p->m->node][i];
        int from = source(p, node, i);
        if (!more || more == p->gradient[from]) continue;
        gl_emit(p, node,
                (gl_emission){.kernel = GL_K_accumulate,
                              .p = {p->gradient[from], more},
                              .n = {gl_rows(p), p->m->node[from].width},
                              .split = GL_BY_ROWS});
    }
}

/* -------------------------------------------------------------------------------- parameters -- */

static gl_buf param_buffer(gl_program *p, gl_buf *slot, int i, const char *prefix, gl_run_id run) {
    const gl_param *w = &p->m->param[i];
    if (!*slot)
        *slot = named_buffer(p, prefix, w->name,
                             (gl_buffer){.room = gl_room_of(run),
                                         .rows = w->rows,
                                         .cols = w->cols,
                                         .offset = w->offset});
    return *slot;
}

gl_buf gl_weight(gl_program *p, const gl_node *node, int i) {
    return param_buffer(p, &p->weight[node->param + i], node->param + i, "", GL_WEIGHTS);
}

gl_buf gl_kept(gl_program *p, const char *name, const char *suffix, int64_t rows, int64_t cols) {
    gl_buffer b = {.room = GL_LASTING, .rows = rows, .cols = cols, .offset = p->plan->kept};
    snprintf(b.name, sizeof b.name, "%s%s", name, suffix);
    p->plan->kept += rows * cols;
    return gl_new_buffer(p, b);
}

void gl_emit_once(gl_program *p, const gl_node *node, gl_emission e) {
    char phase = p->phase;
    p->phase = 'o';
    gl_emit(p, node, e);
    p->phase = phase;
}

/* Rows are filled up to whole cache lines of floats with zeros, so that products read whole
 * vectors beyond the last column: I1 0.92 to 0.25 us, I3 59 to 23 us with W turned (notebook
 * 2026-11, 21.3). */
static gl_emission turning(gl_program *p, const gl_node *node, int i, gl_buf to) {
    const gl_param *w = &p->m->param[node->param + i];
    return (gl_emission){.kernel = GL_K_turn,
                         .p = {to, gl_weight(p, node, i)},
                         .turn_n = {.m = w->cols, .n = w->rows, .n_row = (w->rows + 15) / 16 * 16}};
}

/* Made when weights are bound, so that a plan which lives while weights change must have none. */
gl_buf gl_turned_weight(gl_program *p, const gl_node *node, int i, int64_t *row) {
    const gl_param *w = &p->m->param[node->param + i];
    if (p->plan->spec.mode != GL_PREDICT) return GL_NO_BUF;
    *row = (w->rows + 15) / 16 * 16;
    gl_buf turned = gl_kept(p, w->name, "'", w->cols, *row);
    gl_emit_once(p, node, turning(p, node, i, turned));
    return turned;
}

/* With a row more than it has: a product with some columns of it may read as far as a row is long,
 * from the first of them on. */
gl_buf gl_turned_for_steps(gl_program *p, const gl_node *node, int i, int64_t *row) {
    const gl_param *w = &p->m->param[node->param + i];
    *row = (w->rows + 15) / 16 * 16;
    return gl_made(p, node, w->name, "'", w->cols + 1, *row, turning(p, node, i, GL_NO_BUF));
}

gl_buf gl_made(gl_program *p, const gl_node *node, const char *name, const char *suffix,
               int64_t rows, int64_t cols, gl_emission e) {
    bool once = p->plan->spec.mode == GL_PREDICT;
    gl_buf made = once ? gl_kept(p, name, suffix, rows, cols)
                       : named_buffer(p, name, suffix, (gl_buffer){.rows = rows, .cols = cols});
    e.p[0] = made;
    if (!once) e.split = GL_BY_UNITS;
    if (once) gl_emit_once(p, node, e);
    else gl_emit(p, node, e);
    return made;
}

gl_buf gl_weight_gradient(gl_program *p, const gl_node *node, int i) {
    return param_buffer(p, &p->dweight[node->param + i], node->param + i, "d.", GL_GRADIENTS);
}

double gl_smoothing(const gl_program *p) { return gl_is_training(p) ? p->plan->spec.smoothing : 0; }

/* ------------------------------------------------------------------------------------- heads -- */

static int head_of(const gl_program *p, const gl_node *loss) {
    return (int)(loss - gl_loss_node(p->m));
}

/* The labels as they are given. */
gl_buf gl_raw_label(gl_program *p) {
    if (!p->label) p->label = gl_sample_buffer(p, "", "y", GL_LABELS, p->m->labels);
    return p->label;
}

static gl_buf head_label(gl_program *p, int k) {
    const gl_head *h = &p->m->head[k];
    if (p->m->heads == 1) return gl_raw_label(p);
    if (!p->head_label[k])
        p->head_label[k] =
            take_columns(p, gl_raw_label(p), p->m->labels, h->label, h->labels, "y", k);
    return p->head_label[k];
}

/* Probabilities are smoothed before the loss sees them; class numbers cannot be. */
static gl_buf smooth_label(gl_program *p, const gl_node *loss) {
    int k = head_of(p, loss);
    gl_buf raw = head_label(p, k),
           smoothed = gl_sample_buffer(p, "smooth.", "y", GL_ARENA, loss->width);
    gl_emit(p, loss,
            (gl_emission){.kernel = GL_K_smooth,
                          .p = {smoothed, raw},
                          .n = {gl_rows(p), loss->width},
                          .s = {gl_smoothing(p)},
                          .split = GL_BY_ROWS});
    return p->smoothed[k] = smoothed;
}

/* An answer behind the last step is 0, and so costs nothing against a label of 0; and a class that
 * is read there is one. */
static gl_buf clear_label(gl_program *p, const gl_node *loss) {
    int k = head_of(p, loss);
    int64_t labels = p->m->head[k].labels, steps = loss->shape.dim[0];
    gl_buf raw = head_label(p, k), cleared = gl_sample_buffer(p, "cleared.", "y", GL_ARENA, labels);
    gl_emit(p, loss,
            (gl_emission){.kernel = GL_K_mask,
                          .mask_p = {.y = cleared, .x = raw, .lengths = gl_lengths(p, loss, 0)},
                          .mask_n = {gl_rows(p), steps, labels / steps},
                          .split = GL_BY_ROWS});
    return p->smoothed[k] = cleared;
}

gl_buf gl_label(gl_program *p, const gl_node *loss) {
    int k = head_of(p, loss);
    if (loss->lengths) return p->smoothed[k] ? p->smoothed[k] : clear_label(p, loss);
    bool smooths = loss->op->most == 1 && gl_smoothing(p) > 0;
    if (!smooths) return head_label(p, k);
    return p->smoothed[k] ? p->smoothed[k] : smooth_label(p, loss);
}

gl_buf gl_outputs(gl_program *p) {
    const gl_plan_spec *spec = &p->plan->spec;
    gl_room room = spec->mode == GL_PREDICT || spec->answers ? GL_OUTPUT : GL_ARENA;
    if (!p->outputs) p->outputs = gl_sample_buffer(p, "", "output", room, p->m->outputs);
    return p->outputs;
}

gl_buf gl_output(gl_program *p, const gl_node *loss) {
    gl_buf *output = &p->output[head_of(p, loss)];
    if (!loss->op->link) return gl_input(p, loss, 0);
    if (p->m->heads == 1) return gl_outputs(p);
    if (!*output) *output = gl_sample_buffer(p, "output.", loss->name, GL_ARENA, loss->width);
    return *output;
}

gl_buf gl_losses(gl_program *p, const gl_node *loss) {
    gl_buf *losses = &p->losses[head_of(p, loss)];
    if (!*losses)
        *losses = p->m->heads == 1 ? gl_sample_buffer(p, "", "losses", GL_ARENA, 1)
                                   : gl_sample_buffer(p, "losses.", loss->name, GL_ARENA, 1);
    return *losses;
}

/* ------------------------------------------------------------------------------------- steps -- */

/* Without those at the end that are not there: a prediction of one row looks at each of them. */
static int operands_of(const gl_emission *e) {
    int n = gl_kernel_table[e->kernel].operands;
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
                   .node = node,
                   .then = e.then,
                   .slope = e.slope};
    memcpy(s->p, e.p, (size_t)s->operands * sizeof *s->p);
    memcpy(s->call.n, e.n, sizeof s->call.n);
    memcpy(s->call.s, e.s, sizeof s->call.s);
    /* linear is given the loss as its activation, and that loss's gradient; gemm looks at `then`
     * alone, which is an activation on the way forward and a slope on the way back */
    s->call.then = e.then ? kernel[e.then->forward_kernel] : NULL;
    s->call.back = e.then ? kernel[e.then->backward_kernel] : NULL;
    if (e.slope) s->call.then = kernel[e.slope->backward_kernel];
}

/* The first `count` numbers of a room, of a run of the store say, as one buffer. */
gl_buf gl_run_buffer(gl_program *p, const char *name, gl_room room, int64_t count) {
    return named_buffer(p, "", name, (gl_buffer){.room = room, .rows = count, .cols = 1});
}

gl_buf gl_goes_on(gl_program *p) {
    if (!p->goes_on) p->goes_on = gl_sample_buffer(p, "", "goes_on", GL_GOES_ON, 1);
    return p->goes_on;
}

gl_buf gl_sample_weights(gl_program *p) {
    if (!p->sample_weights)
        p->sample_weights = gl_sample_buffer(p, "", "sample_w", GL_SAMPLE_WEIGHTS, 1);
    return p->sample_weights;
}
