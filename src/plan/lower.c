/*
 * lower.c: nodes become steps. This is the program that ops emit into.
 *
 * An activation joins the layer before it when its slope follows from its output, or when no
 * backward steps will need a slope: then the layer's rows are activated while they are hot and the
 * value in between never exists.
 *
 * A network that is one dense layer and its loss may learn in one reading of x: see reads_once.
 */
#include "plan.h"

#include <stdio.h>
#include <string.h>

enum {
    LINEAR_ROWS = 64,     /* of a part, at least */
    LINEAR_PARTS = 64,    /* at most */
    LINEAR_FEATURES = 64, /* with more units than one, at least */
    LINEAR_NUMBERS = 1 << 18
};

struct gl_program {
    gl_plan *plan;
    const glia_model *m;
    char phase;
    bool failed;
    gl_buf *value, *gradient; /* by node; gradient: towards the node's value */
    gl_buf *weight, *dweight; /* by parameter */
    gl_buf (*own)[GL_OWN];    /* by node */
    gl_buf x, label, smoothed, sample_weights, output, losses;
};

int64_t gl_rows(const gl_program *p) { return p->plan->spec.rows; }
bool gl_is_training(const gl_program *p) { return p->plan->spec.mode == GL_TRAIN; }
bool gl_has_labels(const gl_program *p) { return p->plan->spec.mode != GL_PREDICT; }
int64_t gl_place_of(const gl_program *p, const gl_node *node) { return node - p->m->node; }

static gl_buf new_buffer(gl_program *p, gl_buffer b) {
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
    return new_buffer(p, b);
}

/* A matrix with one row a sample. */
static gl_buf sample_buffer(gl_program *p, const char *prefix, const char *name, gl_room room,
                            int64_t cols) {
    return named_buffer(
        p, prefix, name,
        (gl_buffer){.room = room, .rows = gl_rows(p), .cols = cols, .by_rows = true});
}

gl_buf gl_own(gl_program *p, const gl_node *node, int i, const char *name, gl_split split,
              int64_t cols) {
    gl_buf *own = &p->own[node - p->m->node][i];
    if (!*own && split == GL_BY_ROWS) *own = sample_buffer(p, name, node->name, GL_ARENA, cols);
    if (!*own)
        *own = named_buffer(p, name, node->name, (gl_buffer){.rows = node->width, .cols = cols});
    return *own;
}

static const gl_node *before(const gl_program *p, const gl_node *node) {
    return node == p->m->node ? NULL : node - 1;
}

static bool is_loss(const gl_node *node) { return node->op->role == GL_LOSS; }

const gl_node *gl_fused(const gl_program *p, const gl_node *node) {
    const gl_node *next = node + 1;
    bool joins = node->op->role == GL_LAYER && next->op->role == GL_ACTIVATION &&
                 (next->op->slope_from_output || !gl_is_training(p));
    return joins ? next : NULL;
}

static bool is_fused(const gl_program *p, const gl_node *node) {
    const gl_node *previous = before(p, node);
    return previous && gl_fused(p, previous) == node;
}

/* In evaluation and prediction nothing is dropped: the value passes through. */
static bool passes_through(const gl_program *p, const gl_node *node) {
    return !gl_is_training(p) && node->op->training_only;
}

/* The last value of the chain is what a prediction returns, unless the loss applies its link to it.
 */
static bool is_output(const gl_program *p, const gl_node *node) {
    const gl_node *next = node + 1;
    while (!is_loss(next) && passes_through(p, next)) next++;
    return is_loss(next) && !next->op->link;
}

gl_buf gl_value(gl_program *p, const gl_node *node) {
    gl_buf *value = &p->value[node - p->m->node];
    if (!*value)
        *value = is_output(p, node) ? gl_output(p)
                                    : sample_buffer(p, "", node->name, GL_ARENA, node->width);
    return *value;
}

gl_buf gl_input(gl_program *p, const gl_node *node) {
    const gl_node *from = before(p, node);
    while (from && passes_through(p, from)) from = before(p, from);
    if (from) return gl_value(p, from);
    if (!p->x) p->x = sample_buffer(p, "", "x", GL_X, node->in);
    return p->x;
}

gl_buf gl_gradient(gl_program *p, const gl_node *node) {
    gl_buf *gradient = &p->gradient[node - p->m->node];
    if (!*gradient) *gradient = sample_buffer(p, "d.", node->name, GL_ARENA, node->width);
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
    gl_buf turned = new_buffer(p, b);
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
static gl_buf raw_label(gl_program *p) {
    int64_t cols = gl_loss_node(p->m)->op->classes ? 1 : p->m->outputs;
    if (!p->label) p->label = sample_buffer(p, "", "y", GL_LABELS, cols);
    return p->label;
}

/* Probabilities are smoothed before the loss sees them; class numbers cannot be. */
static void smooth_label(gl_program *p) {
    int64_t cols = p->m->outputs;
    p->smoothed = sample_buffer(p, "smooth.", "y", GL_ARENA, cols);
    gl_emit(p, gl_loss_node(p->m),
            (gl_emission){.kernel = GL_K_smooth,
                          .p = {p->smoothed, raw_label(p)},
                          .n = {gl_rows(p), cols},
                          .s = {gl_smoothing(p)},
                          .split = GL_BY_ROWS});
}

gl_buf gl_label(gl_program *p) {
    const gl_op *loss = gl_loss_node(p->m)->op;
    bool smooths = loss->link && !loss->classes && gl_smoothing(p) > 0;
    if (smooths && !p->smoothed) smooth_label(p);
    return smooths ? p->smoothed : raw_label(p);
}

gl_buf gl_output(gl_program *p) {
    gl_room room = p->plan->spec.mode == GL_PREDICT ? GL_OUTPUT : GL_ARENA;
    if (!p->output) p->output = sample_buffer(p, "", "output", room, p->m->outputs);
    return p->output;
}

gl_buf gl_losses(gl_program *p) {
    if (!p->losses) p->losses = sample_buffer(p, "", "losses", GL_ARENA, 1);
    return p->losses;
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
                   .writes = e.writes ? e.writes : 1,
                   .node = node,
                   .then = e.then};
    memcpy(s->p, e.p, sizeof s->p);
    memcpy(s->call.n, e.n, sizeof s->call.n);
    memcpy(s->call.s, e.s, sizeof s->call.s);
    s->call.then = e.then ? kernel[e.then->forward_kernel] : NULL;
    s->call.back = e.then ? kernel[e.then->backward_kernel] : NULL;
}

/* A whole run of the store as one buffer of `count` numbers from `offset` 0. */
static gl_buf run_buffer(gl_program *p, const char *name, gl_room room, int64_t count) {
    return named_buffer(p, "", name, (gl_buffer){.room = room, .rows = count, .cols = 1});
}

static gl_buf sample_weights(gl_program *p) {
    if (!p->sample_weights)
        p->sample_weights = sample_buffer(p, "", "sample_w", GL_SAMPLE_WEIGHTS, 1);
    return p->sample_weights;
}

static void emit_gather(gl_program *p, gl_buf to, gl_room room, glia_dtype dtype, double divisor) {
    const gl_buffer *b = &p->plan->buffer[to];
    gl_buf rows = new_buffer(p, (gl_buffer){.name = "rows", .room = room});
    gl_emit(p, NULL,
            (gl_emission){.kernel = GL_K_gather,
                          .p = {to, rows},
                          .n = {b->rows, b->cols, dtype},
                          .s = {divisor},
                          .split = GL_BY_ROWS});
}

/* Each thread fetches the rows that it will work on. */
static void emit_source(gl_program *p) {
    const gl_source *from = &p->plan->spec.source;
    p->phase = 'g';
    emit_gather(p, gl_input(p, p->m->node), GL_SOURCE_X, from->x, from->divisor);
    emit_gather(p, raw_label(p), GL_SOURCE_LABELS, from->y, 1);
    if (p->plan->spec.weighted)
        emit_gather(p, sample_weights(p), GL_SOURCE_WEIGHTS, from->weights, from->mean_weight);
}

/* Row i of x counts w_i times: losses, and the gradient towards what the loss reads. */
static void weigh(gl_program *p, gl_buf x, int64_t cols) {
    if (!p->plan->spec.weighted || !gl_is_training(p)) return;
    gl_emit(p, gl_loss_node(p->m),
            (gl_emission){.kernel = GL_K_weigh,
                          .p = {x, sample_weights(p)},
                          .n = {gl_rows(p), cols},
                          .split = GL_BY_ROWS});
}

static void emit_forward(gl_program *p) {
    p->phase = 'f';
    for (const gl_node *node = p->m->node; node < p->m->node + p->m->nodes; node++) {
        if (is_loss(node)) p->phase = gl_has_labels(p) ? 'l' : 'f';
        if (!is_fused(p, node) && !passes_through(p, node)) node->op->forward(p, node);
    }
    if (gl_has_labels(p)) weigh(p, gl_losses(p), 1);
}

static void emit_backward(gl_program *p) {
    p->phase = 'b';
    for (const gl_node *node = gl_loss_node(p->m); node >= p->m->node; node--) {
        if (!is_fused(p, node)) node->op->backward(p, node);
        if (is_loss(node)) weigh(p, gl_input_gradient(p, node), node->width);
    }
}

/* One dense layer and its loss, where reading x once pays: with one unit, or with some when x is
 * too large for a cache. Else gemm multiplies faster: 784-10, batch 32, takes 20 us by gemm and 23
 * us in one reading, 8-20, batch 256, 15 and 122 us (Zen 5, one thread). */
static bool reads_once(const gl_program *p) {
    const gl_node *layer = p->m->node;
    bool plain = !p->plan->spec.weighted && gl_smoothing(p) == 0;
    bool linear = gl_is_training(p) && p->m->nodes == 2 && layer->op->linear && plain;
    bool large = layer->in >= LINEAR_FEATURES && gl_rows(p) * layer->in >= LINEAR_NUMBERS;
    return linear && (layer->width == 1 || (layer->width <= GL_LINEAR_UNITS && large));
}

/* The rows are cut into parts, each with a gradient of its own: how many depends on the rows alone,
 * hence the same bits for any number of threads. */
static int64_t linear_parts(int64_t rows) {
    int64_t parts = rows / LINEAR_ROWS;
    return parts < 1 ? 1 : parts > LINEAR_PARTS ? LINEAR_PARTS : parts;
}

static void emit_linear(gl_program *p) {
    const gl_node *layer = p->m->node, *loss = gl_loss_node(p->m);
    int64_t count = p->m->count, m = gl_rows(p), parts = linear_parts(m);
    int64_t labels = loss->op->classes ? 1 : layer->width;
    gl_buf dw = new_buffer(p, (gl_buffer){.name = "d.parts", .rows = parts, .cols = count});
    gl_buf w = run_buffer(p, "store", GL_WEIGHTS, count),
           sum = run_buffer(p, "d.store", GL_GRADIENTS, count);
    p->phase = 'l';
    gl_emit(p, layer,
            (gl_emission){.kernel = GL_K_linear,
                          .p = {dw, gl_losses(p), gl_input(p, layer), w, gl_label(p)},
                          .n = {parts, m, layer->width, layer->in, labels, loss->op->link != NULL},
                          .s = {loss->attr[0]},
                          .split = GL_BY_UNITS,
                          .writes = 2,
                          .then = loss->op});
    p->phase = 'b';
    gl_emit(p, layer,
            (gl_emission){
                .kernel = GL_K_colsum, .p = {sum, dw}, .n = {count, parts}, .split = GL_BY_UNITS});
}

/* A term of the cost that looks at the weights, and its gradient. */
static void emit_penalty(gl_program *p, gl_buf cost, gl_kernel_id term, gl_kernel_id slope,
                         double lambda) {
    int64_t k = p->m->decayed;
    if (!(lambda > 0)) return;
    gl_buf w = run_buffer(p, "weights", GL_WEIGHTS, k),
           dw = run_buffer(p, "d.weights", GL_GRADIENTS, k);
    gl_emit(p, NULL, (gl_emission){.kernel = term, .p = {cost, w}, .n = {1, k}, .s = {lambda}});
    gl_emit(p, NULL,
            (gl_emission){
                .kernel = slope, .p = {dw, w}, .n = {k}, .s = {lambda}, .split = GL_BY_UNITS});
}

static void emit_cost(gl_program *p) {
    gl_buf cost = run_buffer(p, "cost", GL_COST, 1);
    p->phase = 'c';
    gl_emit(p, NULL,
            (gl_emission){.kernel = GL_K_mean, .p = {cost, gl_losses(p)}, .n = {1, gl_rows(p)}});
    if (!gl_is_training(p)) return;
    emit_penalty(p, cost, GL_K_l2, GL_K_decay, p->plan->spec.l2);
    emit_penalty(p, cost, GL_K_l1, GL_K_l1_b, p->plan->spec.l1);
}

/* The gradient made smaller before the optimizer reads it. */
static void emit_clip(gl_program *p) {
    const gl_plan_spec *spec = &p->plan->spec;
    int64_t k = p->m->learned;
    if (spec->clip_value <= 0 && spec->clip_norm <= 0) return;
    gl_buf g = run_buffer(p, "d.store", GL_GRADIENTS, k);
    gl_emission e = {.p = {g}, .n = {k}, .split = GL_BY_UNITS};
    if (spec->clip_value > 0) {
        e.kernel = GL_K_clip_value, e.s[0] = spec->clip_value;
        gl_emit(p, NULL, e);
    }
    if (spec->clip_norm > 0) {
        gl_buf norm = run_buffer(p, "norm", GL_ARENA, 1);
        gl_emit(p, NULL, (gl_emission){.kernel = GL_K_norm, .p = {norm, g}, .n = {1, k}});
        e.kernel = GL_K_clip_norm, e.p[1] = norm, e.s[0] = spec->clip_norm;
        gl_emit(p, NULL, e);
    }
}

/* No unit's row of W longer than max_norm, after the update. */
static void emit_max_norm(gl_program *p) {
    for (int i = 0; i < p->m->params && p->plan->spec.max_norm > 0; i++) {
        const gl_param *w = &p->m->param[i];
        if (w->kind != GL_DECAYED) continue;
        gl_emit(p, NULL,
                (gl_emission){.kernel = GL_K_max_norm,
                              .p = {param_buffer(p, &p->weight[i], i, "", GL_WEIGHTS)},
                              .n = {w->rows, w->cols},
                              .s = {p->plan->spec.max_norm},
                              .split = GL_BY_UNITS});
    }
}

static void emit_update(gl_program *p) {
    gl_kernel_id kernel = p->plan->spec.update;
    p->phase = 'u';
    p->plan->update = p->plan->steps;
    if (kernel == GL_KERNELS) return;
    emit_clip(p);
    for (const gl_node *node = p->m->node; node < gl_loss_node(p->m); node++)
        if (node->op->measure) node->op->measure(p, node);
    int64_t count = p->m->learned;
    gl_emission e = {
        .kernel = kernel, .n = {count, p->m->decayed}, .split = GL_BY_UNITS, .writes = 4};
    e.p[0] = run_buffer(p, "store", GL_WEIGHTS, count);
    e.p[1] = run_buffer(p, "d.store", GL_GRADIENTS, count);
    if (gl_moments(kernel) > 0) e.p[2] = run_buffer(p, "moment1", GL_MOMENT1, count);
    if (gl_moments(kernel) > 1) e.p[3] = run_buffer(p, "moment2", GL_MOMENT2, count);
    gl_emit(p, NULL, e);
    emit_max_norm(p);
}

/* The steps of phase 'o' to the front; the others keep their order. */
static bool put_once_first(gl_plan *plan) {
    gl_step *sorted = gl_alloc(plan->g, plan->steps, sizeof *sorted);
    if (!sorted) return false;
    int n = 0;
    for (int once = 1; once >= 0; once--) {
        for (int i = 0; i < plan->steps; i++)
            if ((plan->step[i].phase == 'o') == once) sorted[n++] = plan->step[i];
        if (once) plan->once = n;
    }
    gl_free(plan->g, plan->step);
    plan->step = sorted;
    plan->step_cap = plan->steps;
    return true;
}

bool gl_lower(gl_plan *plan) {
    glia_ctx *g = plan->g;
    const glia_model *m = plan->model;
    gl_program p = {.plan = plan, .m = m};
    gl_buf *table =
        gl_alloc(g, (2 + GL_OWN) * (int64_t)m->nodes + 2 * (int64_t)m->params, sizeof *table);
    if (!table) return false;
    p.own = (void *)(table + 2 * m->nodes + 2 * m->params);
    p.value = table, p.gradient = p.value + m->nodes, p.weight = p.gradient + m->nodes,
    p.dweight = p.weight + m->params;
    new_buffer(&p, (gl_buffer){.name = "none"});
    bool once = reads_once(&p);
    if (plan->spec.gathers) emit_source(&p);
    if (once) emit_linear(&p);
    else emit_forward(&p);
    if (gl_is_training(&p) && !once) emit_backward(&p);
    if (gl_has_labels(&p)) emit_cost(&p);
    if (gl_is_training(&p)) emit_update(&p);
    else plan->update = plan->steps;
    gl_free(g, table);
    return !p.failed && (plan->spec.mode != GL_PREDICT || put_once_first(plan));
}
