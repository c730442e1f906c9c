/*
 * net.c: a network's nodes and parameters, and the layers that a reader counts. Its text form is in
 * src/op/nettext.c, initial weights are in init.c.
 */
#include "net.h"

#include <stdio.h>
#include <string.h>

void gl_net_learns(const gl_net *m, bool *learns) {
    for (int i = 0; i < m->nodes; i++) {
        const gl_node *node = &m->node[i];
        learns[i] = node->params > 0;
        for (int k = 0; k < node->froms; k++)
            learns[i] = learns[i] || (node->from[k] >= 0 && learns[node->from[k]]);
    }
}

glia_status gl_add_param(gl_net *m, gl_node *node, const char *suffix, int64_t rows, int64_t cols,
                         gl_kind kind, double initial) {
    if (!gl_reserve(m->g, &m->param, &m->param_cap, m->params + 1, sizeof *m->param))
        return GLIA_RESOURCE;
    int64_t count, total;
    if (!gl_multiply(rows, cols, &count) || __builtin_add_overflow(m->count, count, &total) ||
        total > INT64_MAX / 64) {
        return gl_fail(m->g, GLIA_RESOURCE,
                       "%s '%s': %lld x %lld weights do not fit into any memory", node->op->name,
                       node->name, (long long)rows, (long long)cols);
    }
    gl_param *w = &m->param[m->params];
    *w = (gl_param){.rows = rows, .cols = cols, .kind = kind, .initial = initial, .parts = 1};
    w->fan_in = (double)cols, w->fan_out = (double)rows;
    snprintf(w->name, sizeof w->name, "%.20s%s", node->name, suffix);
    if (node->params == 0) node->param = m->params;
    node->params++;
    m->params++;
    m->count = total;
    if (kind == GL_DECAYED) m->decayed += count;
    if (kind != GL_MEASURED) m->learned += count;
    return GLIA_OK;
}

/* Kind by kind, each in the order of the layers:
 *
 *     0                     decayed                     learned          count
 *     | fc1.w | fc2.w | ... | fc1.b | fc2.b | gamma ... | mean | var ... |
 *     <----- L2 pulls ------>
 *     <-------------- gradient, optimizer -------------->
 *     <------------- saved, restored by early stopping ------------------> */
static void place_params(gl_net *m) {
    int64_t next[GL_KINDS] = {0, m->decayed, m->learned};
    for (int i = 0; i < m->params; i++) {
        gl_param *w = &m->param[i];
        w->offset = next[w->kind];
        next[w->kind] += w->rows * w->cols;
    }
}

gl_net *gl_net_new(glia_ctx *g, int64_t inputs, glia_dtype dtype) {
    gl_net *m = gl_alloc(g, 1, sizeof *m);
    if (m) *m = (gl_net){.g = g, .dtype = dtype, .inputs = inputs};
    return m;
}

glia_status gl_net_allocate(gl_net *net) {
    place_params(net);
    net->store = gl_store_new(net->g, net->count, net->dtype);
    return net->store && gl_store_take(net->store, GL_WEIGHTS) ? GLIA_OK : GLIA_RESOURCE;
}

void gl_net_free(gl_net *m) {
    if (!m) return;
    glia_ctx *g = m->g;
    gl_free(g, m->node);
    gl_free(g, m->layer);
    gl_free(g, m->param);
    gl_store_free(m->store);
    gl_free(g, m);
}

void gl_net_give(gl_net *m, glia_ctx *g) {
    m->g = g;
    gl_store_give(m->store, g);
}

gl_net *gl_net_convert(glia_ctx *g, const gl_net *m, glia_dtype dtype) {
    gl_net *copy = gl_net_new(g, m->inputs, dtype);
    if (!copy) return NULL;
    *copy = *m;
    copy->g = g, copy->dtype = dtype;
    copy->node = NULL, copy->layer = NULL, copy->param = NULL, copy->store = NULL;
    copy->node_cap = copy->layer_cap = copy->param_cap = 0;
    bool ok = gl_reserve(g, &copy->node, &copy->node_cap, m->nodes, sizeof *m->node) &&
              gl_reserve(g, &copy->layer, &copy->layer_cap, m->layers, sizeof *m->layer) &&
              gl_reserve(g, &copy->param, &copy->param_cap, m->params, sizeof *m->param);
    if (ok) {
        memcpy(copy->node, m->node, (size_t)m->nodes * sizeof *m->node);
        memcpy(copy->layer, m->layer, (size_t)m->layers * sizeof *m->layer);
        memcpy(copy->param, m->param, (size_t)m->params * sizeof *m->param);
        ok = gl_net_allocate(copy) == GLIA_OK;
    }
    if (!ok) {
        gl_net_free(copy);
        return NULL;
    }
    gl_store_copy(copy->store, GL_WEIGHTS, m->store, GL_WEIGHTS);
    return copy;
}

/* ------------------------------------------------------------------------------------- edges -- */

/* Only what stands behind a node can read it. */
static const gl_node *next_reader(const gl_net *m, int number, const gl_node *behind) {
    for (const gl_node *node = behind; node < m->node + m->nodes; node++)
        for (int i = 0; i < node->froms; i++)
            if (node->from[i] == number) return node;
    return NULL;
}

const gl_node *gl_only_reader(const gl_net *m, const gl_node *node) {
    return node->readers == 1 ? next_reader(m, (int)(node - m->node), node + 1) : NULL;
}

const gl_inlet *gl_read_inlet(const gl_net *m, const gl_node *node, int i) {
    int from = node->from[i];
    while (from >= 0 && !m->node[from].op->forward) from = m->node[from].from[0];
    return from < 0 ? &m->inlet[-1 - from] : NULL;
}

bool gl_has_ids(const gl_net *m, const gl_inlet *inlet) {
    for (const gl_node *node = m->node; node < m->node + m->nodes; node++)
        for (int i = 0; i < node->froms && node->op->forward; i++)
            if (!node->op->looks_up && gl_read_inlet(m, node, i) == inlet) return false;
    return inlet->readers > 0;
}

const gl_shape *gl_read_shape(const gl_net *m, const gl_node *node, int i) {
    const gl_node *from = gl_read_node(m, node, i);
    return from ? &from->shape : &m->inlet[-1 - node->from[i]].shape;
}

int gl_read_lengths(const gl_net *m, const gl_node *node, int i) {
    const gl_node *from = gl_read_node(m, node, i);
    int k = -1 - node->from[i];
    if (from) return from->lengths;
    return gl_is_ragged(&m->inlet[k]) ? k + 1 : 0;
}

char *gl_print_shape(const gl_shape *s, char buf[GL_SHAPE_TEXT]) {
    int n = 0;
    for (int i = 0; i < s->rank; i++)
        n += snprintf(buf + n, (size_t)(GL_SHAPE_TEXT - n), "%s%lld", i ? "x" : "",
                      (long long)s->dim[i]);
    return buf;
}

/* ----------------------------------------------------------------------------------- looking -- */

static int64_t learned_by(const gl_net *m, const gl_node *node) {
    int64_t sum = 0;
    for (const gl_param *w = m->param + node->param; w < m->param + node->param + node->params; w++)
        if (w->kind != GL_MEASURED) sum += w->rows * w->cols;
    return sum;
}

/* Rows and columns of a window; steps of a sequence are columns of one row. */
static void take_kernel(const gl_net *m, const gl_node *node, int64_t kernel[2]) {
    const gl_attr *attr = node->op->attr;
    int rows = gl_read_shape(m, node, 0)->rank - 2;
    for (int i = 0; node->op->windows && i < node->op->attrs; i++) {
        if (!attr[i].name || strcmp(attr[i].name, "kernel") != 0) continue;
        kernel[0] = rows ? (int64_t)node->attr[i] : 1;
        kernel[1] = (int64_t)node->attr[i + rows];
    }
}

/* What the states of a layer went through last. */
static const char *activation_of_states(const gl_node *node) {
    for (int i = 0; i < node->op->attrs; i++)
        if (strcmp(node->op->attr[i].name, "relu") == 0 && node->attr[i] > 0) return "relu";
    return "tanh";
}

static int64_t last_of(const gl_shape *s) { return s->dim[s->rank - 1]; }

/* What stands behind a layer alone, up to the next one, belongs to it. */
glia_layer gl_net_layer(const gl_net *m, int i) {
    if (i < 0 || i >= m->layers) return (glia_layer){0};
    const gl_node *node = &m->node[m->layer[i]], *next = node;
    const gl_param *w = &m->param[node->param];
    glia_layer l = {.name = node->name, .op = node->op->name, .units = last_of(&node->shape)};
    l.w[0] = w->rows, l.w[1] = w->cols;
    l.in = 1;
    if (!node->op->looks_up) {
        l.b = w[1].rows;
        l.in = w->rows * w->cols / l.b;
        if (!node->op->steps) l.units = l.b;
    }
    if (node->op->states) l.u[0] = w[2].rows, l.u[1] = w[2].cols;
    l.ndim = node->shape.rank;
    memcpy(l.dim, node->shape.dim, sizeof l.dim);
    take_kernel(m, node, l.kernel);
    do {
        const gl_op *op = next->op;
        l.next_ndim = next->shape.rank;
        memcpy(l.next_dim, next->shape.dim, sizeof l.next_dim);
        if (op->role == GL_ACTIVATION && !l.activation) l.activation = op->name;
        if (op->norm) l.norm = op->name;
        l.parameters += learned_by(m, next);
        next = gl_only_reader(m, next);
    } while (next && (next->op->role == GL_ACTIVATION || next->op->role == GL_BETWEEN));
    const char *link = next && next->op->role == GL_LOSS ? next->op->link : NULL;
    if (!l.activation && node->op->states) l.activation = activation_of_states(node);
    if (!l.activation) l.activation = link ? link : "linear";
    return l;
}
