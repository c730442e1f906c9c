/*
 * lower.c: nodes become steps, phase by phase: gather the rows, forward, loss, backward, cost,
 * update. Every op emits its own; what belongs to the training as a whole is emitted here.
 *
 *     o  once      when bound: W' of a prediction
 *     g  gather    rows of the caller's arrays into x and y; pictures are varied
 *     f  forward   from the first node to the last
 *     l  loss      of each row, and p
 *     b  backward  from the last node to the first
 *     c  cost      one number, and what the penalties add to the gradient
 *     u  update    where the cost is finite: clip, measure, W by W from the last, others, max-norm
 *
 * The order is the one in which a training without fusion, reuse or threads would run, so that
 * a plan can be read from top to bottom; what may be left out or run at once is decided by
 * other passes.
 */
#include "lowering.h"

#include <stdio.h>
#include <string.h>

/* Parts of a linear model's rows, each with a gradient of its own, which are added at the end:
 * enough for any number of threads that such a model can use (it waits for memory), few enough for
 * the 64 gradients of a unit over 784 features, 200 kB, to stay in a second-level cache. Of 64 rows
 * and one unit, writing and adding a part's gradient is 1/64 of the reading. */
enum {
    LINEAR_ROWS = 64, /* of a part, at least */
    LINEAR_PARTS = 64 /* at most */
};

/* step 0: rows do not overlap. */
static void emit_gather(gl_program *p, gl_buf to, gl_room room, glia_dtype dtype, double divisor,
                        int64_t step) {
    gl_buf rows = gl_new_buffer(p, (gl_buffer){.name = "rows", .room = room}), begin = GL_NO_BUF;
    if (step) begin = gl_new_buffer(p, (gl_buffer){.name = "begin", .room = GL_SOURCE_BEGIN});
    const gl_buffer *b = &p->plan->buffer[to]; /* behind what may have moved them */
    gl_emit(p, NULL,
            (gl_emission){.kernel = GL_K_gather,
                          .gather_p = {.x = to, .rows = rows, .begin = begin},
                          .gather_n = {.m = b->rows,
                                       .n = b->cols,
                                       .dtype = dtype,
                                       .step = step ? step : b->cols},
                          .s = {divisor},
                          .split = GL_BY_ROWS});
}

/* Each thread fetches the rows that it will work on. */
static void emit_source(gl_program *p) {
    const gl_source *from = &p->plan->spec.source;
    p->phase = 'g';
    emit_gather(p, gl_x(p), GL_SOURCE_X, from->x, from->divisor, from->step);
    emit_gather(p, gl_raw_label(p), GL_SOURCE_LABELS, from->y, 1, 0);
    if (p->plan->spec.weighted)
        emit_gather(p, gl_sample_weights(p), GL_SOURCE_WEIGHTS, from->weights, from->mean_weight,
                    0);
}

/* In place of x stands from here on what is made of it. */
static void replace_x(gl_program *p, const char *name, gl_emission e) {
    e.p[0] = gl_sample_buffer(p, name, "x", GL_ARENA, p->m->inputs);
    e.p[1] = gl_x(p);
    gl_emit(p, NULL, e);
    p->x = e.p[0];
}

static void vary(gl_program *p, const gl_inlet *picture) {
    const gl_shape *s = &picture->shape;
    gl_emission e = {.kernel = GL_K_augment,
                     .augment_n = {gl_rows(p), p->m->inputs, picture->first, s->dim[0], s->dim[1],
                                   s->dim[2]},
                     .split = GL_BY_ROWS};
    memcpy(e.s, p->plan->spec.way, sizeof(double[GL_WAY_mixup]));
    replace_x(p, "varied.", e);
}

/* The pictures of a mini-batch, each as it has not been seen before; those of one row alike. */
static void emit_augment(gl_program *p) {
    const double *way = p->plan->spec.way;
    bool varies = false;
    for (int i = 0; i < GL_WAY_mixup; i++) varies = varies || way[i] > 0;
    p->phase = 'g';
    for (const gl_inlet *inlet = p->m->inlet; inlet < p->m->inlet + p->m->inlets; inlet++)
        if (varies && gl_is_picture(inlet)) vary(p, inlet);
    if (way[GL_WAY_mixup] > 0)
        replace_x(p, "mixed.",
                  (gl_emission){.kernel = GL_K_mixup,
                                .n = {gl_rows(p), p->m->inputs},
                                .s = {way[GL_WAY_mixup]},
                                .split = GL_BY_UNITS});
}

/* Row i of x counts w_i times: losses, and the gradient towards what the loss reads. There alone:
 * all other gradients are sums over rows of products with that one. */
static void weigh(gl_program *p, const gl_node *loss, gl_buf x, int64_t cols) {
    if (!p->plan->spec.weighted) return;
    gl_emit(p, loss,
            (gl_emission){.kernel = GL_K_weigh,
                          .p = {x, gl_sample_weights(p)},
                          .n = {gl_rows(p), cols},
                          .split = GL_BY_ROWS});
}

/* J is the sum over the heads: the losses of the first grow by those of the others. The gradients
 * need nothing of the kind: each head's flows back from its own loss, and meets the others' where
 * they share. */
static void add_losses(gl_program *p) {
    const gl_node *first = gl_loss_node(p->m);
    for (const gl_node *loss = first; loss < p->m->node + p->m->nodes; loss++) {
        weigh(p, loss, gl_losses(p, loss), 1);
        if (loss == first) continue;
        gl_emit(p, loss,
                (gl_emission){.kernel = GL_K_accumulate,
                              .p = {gl_losses(p, first), gl_losses(p, loss)},
                              .n = {gl_rows(p), 1},
                              .split = GL_BY_ROWS});
    }
}

/* The answers of several heads side by side. */
static void put_answers(gl_program *p) {
    for (const gl_head *h = p->m->head; h < p->m->head + p->m->heads && p->m->heads > 1; h++) {
        const gl_node *loss = gl_loss_of(p->m, h);
        gl_emit(p, loss,
                (gl_emission){.kernel = GL_K_put,
                              .p = {gl_outputs(p), gl_output(p, loss)},
                              .n = {gl_rows(p), 1, h->first, h->width,
                                    p->m->outputs - h->first - h->width},
                              .split = GL_BY_ROWS});
    }
}

/* ------------------------------------------------------------------- behind the last step -- */

/* What the node gives, with the activation that runs inside it. */
static const gl_node *given_by(const gl_program *p, const gl_node *node) {
    const gl_node *act = gl_fused(p, node);
    return act ? act : node;
}

/* A bias, or sigmoid(0), stands there in what these give. */
static void clear_value(gl_program *p, const gl_node *node) {
    const gl_node *given = given_by(p, node);
    bool spoilt = node->op->behind == GL_CLEARED_BEHIND || given->op->behind == GL_CLEARED_BEHIND;
    if (given->lengths && spoilt)
        gl_clear_behind(p, node, gl_value(p, given), &given->shape, given->lengths);
}

/* A filter that sees the last step reaches beyond it. */
static bool is_spoilt_by_a_reader(const gl_program *p, const gl_node *given) {
    const gl_net *m = p->m;
    for (const gl_node *node = given + 1; node < m->node + m->nodes; node++)
        for (int i = 0; i < node->froms && node->op->behind == GL_CLEARED_BEHIND; i++)
            if (node->from[i] == given - m->node) return true;
    return false;
}

static void clear_gradient(gl_program *p, const gl_node *node) {
    const gl_node *given = given_by(p, node);
    if (given->lengths && p->learns[given - p->m->node] && is_spoilt_by_a_reader(p, given))
        gl_clear_behind(p, node, gl_gradient(p, given), &given->shape, given->lengths);
}

/* ---------------------------------------------------------------------------- there and back -- */

static void emit_forward(gl_program *p) {
    p->phase = 'f';
    for (const gl_node *node = p->m->node; node < p->m->node + p->m->nodes; node++) {
        if (gl_is_loss(node)) p->phase = gl_has_labels(p) ? 'l' : 'f';
        if (gl_is_fused(p, node) || gl_passes_through(p, node)) continue;
        node->op->forward(p, node);
        if (!gl_is_loss(node)) clear_value(p, node);
    }
    if (gl_has_labels(p)) add_losses(p);
    else put_answers(p);
}

/* The gradient towards a node's value is complete when the node is reached, since all who read it
 * stand behind it and have had their turn. */
static void emit_backward(gl_program *p) {
    p->phase = 'b';
    for (const gl_node *node = p->m->node + p->m->nodes - 1; node >= p->m->node; node--) {
        if (gl_is_fused(p, node) || gl_passes_through(p, node)) continue;
        if (!gl_is_loss(node)) clear_gradient(p, node);
        node->op->backward(p, node);
        if (gl_is_loss(node)) weigh(p, node, gl_input_gradient(p, node, 0), node->width);
        gl_flush_gradients(p, node);
    }
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
    gl_buf dw = gl_new_buffer(p, (gl_buffer){.name = "d.parts", .rows = parts, .cols = count});
    gl_buf w = gl_run_buffer(p, "store", gl_room_of(GL_WEIGHTS), count),
           sum = gl_run_buffer(p, "d.store", gl_room_of(GL_GRADIENTS), count);
    bool sparse = gl_reads_sparse_rows(p->plan);
    gl_buf x =
        sparse ? gl_sample_buffer(p, "", "x", GL_SPARSE_X, layer->in) : gl_input(p, layer, 0);
    p->phase = 'l';
    gl_emission once = (gl_emission){.kernel = sparse ? GL_K_linear_sparse : GL_K_linear,
                                     .linear_p = {.dw = dw,
                                                  .losses = gl_losses(p, loss),
                                                  .x = x,
                                                  .w = w,
                                                  .t = gl_label(p, loss)},
                                     .linear_n = {.c = parts,
                                                  .m = m,
                                                  .n = layer->width,
                                                  .k = layer->in,
                                                  .t_col = p->m->labels,
                                                  .link = loss->op->link != NULL},
                                     .split = GL_BY_UNITS,
                                     .then = loss->op};
    memcpy(once.s, loss->attr, sizeof once.s);
    gl_emit(p, layer, once);
    p->phase = 'b';
    gl_emit(p, layer,
            (gl_emission){
                .kernel = GL_K_colsum, .p = {sum, dw}, .n = {count, parts}, .split = GL_BY_UNITS});
}

/* A term of the cost that looks at the weights, and its gradient: once an update over all W, as one
 * run of the store, and not W by W as a part of each layer's backward. It is a sum over everything,
 * so one thread makes it, in double; the gradient is cut. */
static void emit_penalty(gl_program *p, gl_buf cost, gl_kernel_id term, gl_kernel_id slope,
                         double lambda) {
    int64_t k = p->m->decayed;
    if (!(lambda > 0)) return;
    gl_buf w = gl_run_buffer(p, "weights", gl_room_of(GL_WEIGHTS), k),
           dw = gl_run_buffer(p, "d.weights", gl_room_of(GL_GRADIENTS), k);
    gl_emit(p, NULL, (gl_emission){.kernel = term, .p = {cost, w}, .n = {1, k}, .s = {lambda}});
    gl_emit(p, NULL,
            (gl_emission){
                .kernel = slope, .p = {dw, w}, .n = {k}, .s = {lambda}, .split = GL_BY_UNITS});
}

static void emit_cost(gl_program *p) {
    gl_buf cost = gl_run_buffer(p, "cost", GL_COST, 1);
    p->phase = 'c';
    gl_emit(p, NULL,
            (gl_emission){.kernel = GL_K_mean,
                          .p = {cost, gl_losses(p, gl_loss_node(p->m))},
                          .n = {1, gl_rows(p)}});
    if (!gl_is_training(p)) return;
    emit_penalty(p, cost, GL_K_l2, GL_K_decay, p->plan->spec.l2);
    emit_penalty(p, cost, GL_K_l1, GL_K_l1_b, p->plan->spec.l1);
}

/* The gradient made smaller before the optimizer reads it. The norm is that of all gradients
 * together (Pascanu, Mikolov and Bengio, 2013), so that its direction stays. The bound on single
 * components comes first, where both are asked for: it makes the norm smaller. */
static void emit_clip(gl_program *p) {
    const gl_plan_spec *spec = &p->plan->spec;
    int64_t k = p->m->learned;
    if (spec->clip_value <= 0 && spec->clip_norm <= 0) return;
    gl_buf g = gl_run_buffer(p, "d.store", gl_room_of(GL_GRADIENTS), k);
    gl_emission e = {.p = {g}, .n = {k}, .split = GL_BY_UNITS};
    if (spec->clip_value > 0) {
        e.kernel = GL_K_clip_value, e.s[0] = spec->clip_value;
        gl_emit(p, NULL, e);
    }
    if (spec->clip_norm > 0) {
        gl_buf norm = gl_run_buffer(p, "norm", GL_ARENA, 1);
        gl_emit(p, NULL, (gl_emission){.kernel = GL_K_norm, .p = {norm, g}, .n = {1, k}});
        e.kernel = GL_K_clip_norm, e.p[1] = norm, e.s[0] = spec->clip_norm;
        gl_emit(p, NULL, e);
    }
}

/* No unit's row of W longer than max_norm, after the update: it is a bound on weights and not a
 * force that the next step could win against. */
static void emit_max_norm(gl_program *p) {
    const gl_node *loss = gl_loss_node(p->m);
    for (const gl_node *node = p->m->node; node < loss && p->plan->spec.max_norm > 0; node++) {
        const gl_param *w = &p->m->param[node->param];
        if (node->op->role != GL_LAYER || node->op->looks_up) continue;
        gl_emit(p, NULL,
                (gl_emission){.kernel = GL_K_max_norm,
                              .p = {gl_weight(p, node, 0)},
                              .n = {w->rows, w->cols},
                              .s = {p->plan->spec.max_norm},
                              .split = GL_BY_UNITS});
    }
}

/* "fc1.w", "d.fc1.w", "moment1.fc1.w" .. */
static gl_buf stretch_of(gl_program *p, gl_run_id run, const char *name, int64_t first,
                         int64_t count) {
    char moment[GL_RUN_NAME];
    gl_buffer b = {.room = gl_room_of(run), .rows = count, .cols = 1, .offset = first};
    if (run == GL_WEIGHTS) snprintf(b.name, sizeof b.name, "%s", name);
    else if (run == GL_GRADIENTS) snprintf(b.name, sizeof b.name, "d.%s", name);
    else snprintf(b.name, sizeof b.name, "%s.%s", gl_run_name(run, moment), name);
    return gl_new_buffer(p, b);
}

/* Of `count` numbers of the store: the operands of an optimizer are its runs, in their order. adamw
 * wants to know how many of them decay: all, in a W, or none. */
static void emit_update_of(gl_program *p, const char *name, int64_t first, int64_t count) {
    gl_kernel_id kernel = p->plan->spec.update;
    bool decays = first < p->m->decayed;
    gl_emission e = {.kernel = kernel, .n = {count, decays ? count : 0}, .split = GL_BY_UNITS};
    if (count == 0) return;
    for (int run = 0; run < GL_MOMENT + gl_moments(kernel); run++)
        e.p[run] = stretch_of(p, run, name, first, count);
    gl_emit(p, NULL, e);
}

static void emit_update(gl_program *p) {
    gl_kernel_id kernel = p->plan->spec.update;
    p->phase = 'u';
    p->plan->update = p->plan->steps;
    if (kernel == GL_KERNELS) return;
    emit_clip(p);
    for (const gl_node *node = p->m->node; node < gl_loss_node(p->m); node++)
        if (node->op->measure) node->op->measure(p, node);
    /* W by W, so that a thread moves the weights whose gradient it has just written */
    for (int i = p->m->params - 1; i >= 0; i--) {
        const gl_param *w = &p->m->param[i];
        if (w->kind == GL_DECAYED) emit_update_of(p, w->name, w->offset, w->rows * w->cols);
    }
    emit_update_of(p, "others", p->m->decayed, p->m->learned - p->m->decayed);
    emit_max_norm(p);
}

/* The steps of phase 'o' to the front; the others keep their order. They are emitted where a layer
 * asks for its W', in the middle of forward. */
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

/* What every program knows of its nodes, in one table that is freed at once. learns: dx is made
 * only for what has parameters in front of it; so the first layer's, a third of its work, is
 * left out. */
static bool open_program(gl_program *p, gl_plan *plan) {
    const gl_net *m = plan->model;
    int64_t nodes = m->nodes, params = m->params;
    gl_buf *table =
        gl_alloc(plan->g, (1 + GL_OWN + GL_MOST_READ) * nodes + 2 * params, sizeof *table);
    *p = (gl_program){.plan = plan, .m = m};
    p->learns = gl_alloc(plan->g, 2 * nodes, sizeof *p->learns);
    plan->fusion = gl_alloc(plan->g, nodes, sizeof *plan->fusion);
    p->gradient = table;
    p->value = plan->value = gl_alloc(plan->g, nodes, sizeof *plan->value);
    if (!table || !p->learns || !plan->fusion || !plan->value) return false;
    p->weight = p->gradient + nodes, p->dweight = p->weight + params;
    p->own = (void *)(p->dweight + params), p->sink = (void *)(p->own + nodes);
    p->written = p->learns + nodes;
    gl_net_learns(m, p->learns);
    gl_new_buffer(p, (gl_buffer){.name = "none"});
    return !p->failed; /* without it, no step could ask what a buffer is */
}

static void close_program(gl_program *p) {
    gl_free(p->plan->g, p->gradient);
    gl_free(p->plan->g, p->learns);
}

/* What fails on the way (memory) leaves `failed` behind and emits on into nothing: ops need not
 * check after every step. */
bool gl_lower(gl_plan *plan) {
    gl_program p;
    bool ok = open_program(&p, plan), once = ok && gl_reads_once(plan);
    if (ok) gl_fuse(plan);
    if (ok && plan->spec.gathers) emit_source(&p);
    if (ok && gl_is_training(&p)) emit_augment(&p);
    if (ok && once) emit_linear(&p);
    if (ok && !once) emit_forward(&p);
    if (ok && gl_is_training(&p) && !once) emit_backward(&p);
    if (ok && gl_has_labels(&p)) emit_cost(&p);
    plan->update = plan->steps;
    if (ok && gl_is_training(&p)) emit_update(&p);
    close_program(&p);
    return ok && !p.failed && (plan->spec.mode != GL_PREDICT || put_once_first(plan));
}
