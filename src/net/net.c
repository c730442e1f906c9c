/*
 * net.c: building a model, looking at it, its notes. The text form is in nettext.c, initial
 * weights in init.c.
 */
#include "net.h"

#include <stdio.h>
#include <string.h>

glia_status gl_add_param(glia_model *m, gl_node *node, const char *suffix, int64_t rows,
                         int64_t cols, gl_kind kind, double initial) {
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
    *w = (gl_param){.rows = rows, .cols = cols, .kind = kind, .initial = initial};
    snprintf(w->name, sizeof w->name, "%.20s%s", node->name, suffix);
    if (node->params == 0) node->param = m->params;
    node->params++;
    m->params++;
    m->count = total;
    if (kind == GL_DECAYED) m->decayed += count;
    if (kind != GL_MEASURED) m->learned += count;
    return GLIA_OK;
}

/* Kind by kind, each in the order of the layers. */
static void place_params(glia_model *m) {
    int64_t next[GL_KINDS] = {0, m->decayed, m->learned};
    for (int i = 0; i < m->params; i++) {
        gl_param *w = &m->param[i];
        w->offset = next[w->kind];
        next[w->kind] += w->rows * w->cols;
    }
}

static glia_model *empty_model(glia_ctx *g, int64_t inputs, glia_dtype dtype) {
    glia_model *m = gl_alloc(g, 1, sizeof *m);
    if (m) *m = (glia_model){.g = g, .dtype = dtype, .inputs = inputs};
    return m;
}

glia_status gl_model_allocate(glia_model *m) {
    place_params(m);
    m->weights = gl_alloc(m->g, m->count, glia_dtype_size(m->dtype));
    return m->weights ? GLIA_OK : GLIA_RESOURCE;
}

static glia_status sketch(glia_model *m, const char *net, const char *loss) {
    if (m->inputs < 1) {
        return gl_fail(m->g, GLIA_USAGE, "a network needs at least 1 input, %lld were asked for",
                       (long long)m->inputs);
    }
    if (m->dtype != GLIA_F32 && m->dtype != GLIA_F64) {
        return gl_fail(m->g, GLIA_USAGE, "a network computes in f32 or f64, not in %s",
                       glia_dtype_name(m->dtype));
    }
    return gl_parse_net(m, net, loss);
}

glia_model *gl_model_sketch(glia_ctx *g, int64_t inputs, const char *net, const char *loss,
                            glia_dtype dtype) {
    glia_model *m = empty_model(g, inputs, dtype);
    if (m && sketch(m, net, loss) != GLIA_OK) {
        glia_model_free(m);
        return NULL;
    }
    return m;
}

glia_model *glia_model_new(glia_ctx *g, int64_t inputs, const char *net,
                           const glia_model_options *options) {
    glia_model_options o = options ? *options : (glia_model_options){0};
    glia_model *m = gl_model_sketch(g, inputs, net, o.loss, o.dtype);
    if (m &&
        (gl_model_allocate(m) != GLIA_OK || gl_init_weights(m, o.init, o.rng, o.seed) != GLIA_OK)) {
        glia_model_free(m);
        return NULL;
    }
    return m;
}

static void forget_classes(glia_model *m) {
    for (int64_t k = 0; k < m->classes; k++) gl_free(m->g, m->class_name[k]);
    gl_free(m->g, m->class_name);
    m->class_name = NULL;
    m->classes = 0;
}

glia_status gl_model_set_classes(glia_model *m, int64_t n,
                                 const char *(*name)(const void *from, int64_t k),
                                 const void *from) {
    forget_classes(m);
    m->class_name = gl_alloc(m->g, n, sizeof *m->class_name);
    if (!m->class_name) return GLIA_RESOURCE;
    for (m->classes = 0; m->classes < n; m->classes++) {
        char *copy = m->class_name[m->classes] = gl_copy_text(m->g, name(from, m->classes));
        if (!copy) return GLIA_RESOURCE;
    }
    return GLIA_OK;
}

int64_t glia_model_classes(const glia_model *m) { return m->classes; }
const char *glia_model_class(const glia_model *m, int64_t k) {
    return k >= 0 && k < m->classes ? m->class_name[k] : NULL;
}

glia_status gl_model_set_vectors(glia_model *m, int n) {
    size_t size = glia_dtype_size(m->dtype);
    gl_free(m->g, m->vector_x);
    gl_free(m->g, m->vector_y);
    m->vectors = 0;
    m->vector_x = gl_alloc(m->g, m->inputs, (size_t)n * size);
    m->vector_y = gl_alloc(m->g, m->outputs, (size_t)n * size);
    if (!m->vector_x || !m->vector_y) return GLIA_RESOURCE;
    m->vectors = n;
    return GLIA_OK;
}

void glia_model_free(glia_model *m) {
    if (!m) return;
    glia_ctx *g = m->g;
    for (int i = 0; i < m->note_count; i++) {
        gl_free(g, m->notes[i].name);
        gl_free(g, m->notes[i].text);
    }
    gl_free(g, m->notes);
    forget_classes(m);
    gl_free(g, m->node);
    gl_free(g, m->param);
    gl_free(g, m->weights);
    gl_free(g, m->vector_x);
    gl_free(g, m->vector_y);
    gl_free(g, m->history);
    gl_free(g, m->finding);
    gl_free(g, m->report);
    gl_free(g, m);
}

glia_model *gl_model_convert(glia_ctx *g, const glia_model *m, glia_dtype dtype) {
    glia_model *copy = empty_model(g, m->inputs, dtype);
    if (!copy) return NULL;
    copy->outputs = m->outputs, copy->count = m->count;
    copy->decayed = m->decayed, copy->learned = m->learned;
    bool ok = gl_reserve(g, &copy->node, &copy->node_cap, m->nodes, sizeof *m->node) &&
              gl_reserve(g, &copy->param, &copy->param_cap, m->params, sizeof *m->param);
    if (ok) {
        memcpy(copy->node, m->node, (size_t)m->nodes * sizeof *m->node);
        memcpy(copy->param, m->param, (size_t)m->params * sizeof *m->param);
        copy->nodes = m->nodes, copy->params = m->params;
        ok = gl_model_allocate(copy) == GLIA_OK;
    }
    if (!ok) {
        glia_model_free(copy);
        return NULL;
    }
    for (int64_t i = 0; i < m->count; i++)
        gl_put(copy->weights, dtype, i, gl_get(m->weights, m->dtype, i));
    return copy;
}

void gl_model_move_vectors(glia_model *to, glia_model *from) {
    gl_free(to->g, to->vector_x);
    gl_free(to->g, to->vector_y);
    to->vectors = from->vectors, to->vector_x = from->vector_x, to->vector_y = from->vector_y;
    from->vectors = 0, from->vector_x = from->vector_y = NULL;
}

/* ----------------------------------------------------------------------------------- looking -- */

int64_t glia_model_inputs(const glia_model *m) { return m->inputs; }
int64_t glia_model_outputs(const glia_model *m) { return m->outputs; }
int64_t glia_model_parameters(const glia_model *m) { return m->learned; }
glia_dtype glia_model_dtype(const glia_model *m) { return m->dtype; }
const char *glia_model_loss(const glia_model *m) {
    const gl_op *loss = gl_loss_node(m)->op;
    return loss->link ? "cross_entropy" : loss->name;
}

static int layer_node(const glia_model *m, int wanted) {
    for (int i = 0, seen = 0; i < m->nodes; i++) {
        if (m->node[i].op->role == GL_LAYER && seen++ == wanted) return i;
    }
    return -1;
}

int glia_model_layers(const glia_model *m) {
    int layers = 0;
    while (layer_node(m, layers) >= 0) layers++;
    return layers;
}

static int64_t learned_by(const glia_model *m, const gl_node *node) {
    int64_t sum = 0;
    for (const gl_param *w = m->param + node->param; w < m->param + node->param + node->params; w++)
        if (w->kind != GL_MEASURED) sum += w->rows * w->cols;
    return sum;
}

/* What stands behind a layer, up to the next one, belongs to it. */
glia_layer glia_model_layer(const glia_model *m, int i) {
    int at = layer_node(m, i);
    if (at < 0) return (glia_layer){0};
    const gl_node *node = &m->node[at], *next = node;
    glia_layer l = {.name = node->name, .op = node->op->name, .in = node->in, .units = node->width};
    do {
        const gl_op *op = next->op;
        if (op->role == GL_ACTIVATION && !l.activation) l.activation = op->name;
        if (op->role == GL_BETWEEN && next->params > 0) l.norm = op->name;
        l.parameters += learned_by(m, next++);
    } while (next->op->role != GL_LAYER && next->op->role != GL_LOSS);
    const char *link = next->op->role == GL_LOSS ? next->op->link : NULL;
    if (!l.activation) l.activation = link ? link : "linear";
    return l;
}

int glia_model_params(const glia_model *m) { return m->params; }
const char *glia_model_param_name(const glia_model *m, int i) { return m->param[i].name; }

glia_tensor glia_model_param(const glia_model *m, int i) {
    const gl_param *w = &m->param[i];
    char *at = (char *)m->weights + (size_t)w->offset * glia_dtype_size(m->dtype);
    return (glia_tensor){.dtype = m->dtype, .ndim = 2, .dim = {w->rows, w->cols}, .data = at};
}

int glia_model_find_param(const glia_model *m, const char *name) {
    for (int i = 0; i < m->params; i++) {
        if (strcmp(m->param[i].name, name) == 0) return i;
    }
    return -1;
}

/* ------------------------------------------------------------------------------------- notes -- */

static int find_note(const glia_model *m, const char *name) {
    for (int i = 0; i < m->note_count; i++) {
        if (strcmp(m->notes[i].name, name) == 0) return i;
    }
    return -1;
}

const char *glia_model_note(const glia_model *m, const char *name) {
    int i = find_note(m, name);
    return i < 0 ? NULL : m->notes[i].text;
}

static void remove_note(glia_model *m, int i) {
    gl_free(m->g, m->notes[i].name);
    gl_free(m->g, m->notes[i].text);
    memmove(m->notes + i, m->notes + i + 1, (size_t)(--m->note_count - i) * sizeof *m->notes);
}

glia_status glia_model_set_note(glia_model *m, const char *name, const char *text) {
    int i = find_note(m, name);
    if (!text) {
        if (i >= 0) remove_note(m, i);
        return GLIA_OK;
    }
    char *copy = gl_copy_text(m->g, text);
    if (!copy) return GLIA_RESOURCE;
    if (i >= 0) {
        gl_free(m->g, m->notes[i].text);
        m->notes[i].text = copy;
        return GLIA_OK;
    }
    char *key = gl_copy_text(m->g, name);
    if (!key || !gl_reserve(m->g, &m->notes, &m->note_cap, m->note_count + 1, sizeof *m->notes)) {
        gl_free(m->g, key);
        gl_free(m->g, copy);
        return GLIA_RESOURCE;
    }
    m->notes[m->note_count++] = (gl_note_entry){key, copy};
    return GLIA_OK;
}
