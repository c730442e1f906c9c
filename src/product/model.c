/*
 * model.c: a model made and released; what is in it: layers, parameters, classes, notes.
 *
 * A note is a text with a name, and the file carries it without knowing what it means. Two of them
 * mean something to the model itself, and are understood when they are set: "pipeline" becomes an
 * object, checked against the network, and "threshold" a number. So a model that could be loaded
 * can be applied, and applying parses nothing.
 */
#include "model.h"

#include "../base/json.h"
#include "../op/nettext.h"
#include "../train/augment.h"
#include "../train/fit_options.h"

#include <math.h>
#include <string.h>

glia_model *gl_model_around(glia_ctx *g, gl_net *net) {
    glia_model *m = net ? gl_alloc(g, 1, sizeof *m) : NULL;
    if (m) *m = (glia_model){.g = g, .net = net, .threshold = 0.5};
    else gl_net_free(net);
    return m;
}

glia_model *glia_model_new(glia_ctx *g, int64_t inputs, const char *text,
                           const glia_model_options *options) {
    glia_model_options o = options ? *options : (glia_model_options){0};
    gl_net *net = gl_net_sketch(g, inputs, text, o.loss, o.dtype);
    bool ok = net && gl_net_allocate(net) == GLIA_OK &&
              gl_init_weights(net, o.init, o.rng, o.seed) == GLIA_OK;
    if (ok) return gl_model_around(g, net);
    gl_net_free(net);
    return NULL;
}

void glia_model_free(glia_model *m) {
    if (!m) return;
    glia_ctx *g = m->g;
    for (int i = 0; i < m->note_count; i++) {
        gl_free(g, m->notes[i].name);
        gl_free(g, m->notes[i].text);
    }
    gl_free(g, m->notes);
    gl_free(g, m->thresholds);
    gl_free(g, m->likenesses.of);
    gl_pipeline_free(m->pipeline);
    gl_net_free(m->net);
    gl_vectors_free(&m->vectors, g);
    gl_free(g, m);
}

void gl_model_give(glia_model *m, glia_ctx *g) {
    m->g = g;
    gl_net_give(m->net, g);
    if (m->pipeline) gl_pipeline_give(m->pipeline, g);
}

/* ----------------------------------------------------------------------------------- looking -- */

int64_t glia_model_inputs(const glia_model *m) { return m->net->inputs; }
int64_t glia_model_outputs(const glia_model *m) { return m->net->outputs; }
int64_t glia_model_parameters(const glia_model *m) { return m->net->learned; }
glia_dtype glia_model_dtype(const glia_model *m) { return m->net->dtype; }
const char *glia_model_loss(const glia_model *m) { return m->net->loss; }
char *glia_model_text(const glia_model *m) { return gl_net_text(m->g, m->net); }
char *glia_model_equations(const glia_model *m) { return gl_net_equations(m->net); }
/* What the model was trained with; texts in *o lie in *text. NULL: nothing is known of it. */
static gl_json *read_hyperparameters(const glia_model *m, char **text, glia_fit_options *o) {
    const char *note = glia_model_note(m, "hyperparameters");
    *text = note ? gl_copy_text(m->g, note) : NULL;
    gl_json *all = *text ? gl_json_read(m->g, *text, (int64_t)strlen(*text)) : NULL;
    for (int i = 0; all && i < gl_fit_rows_count; i++) {
        const gl_fit_row *row = &gl_fit_rows[i];
        const char *said =
            row->option.name ? gl_json_text(gl_json_get(all, row->option.name)) : NULL;
        if (said && strcmp(said, "auto") != 0) gl_fit_read(m->g, row, said, o);
    }
    return all;
}

char *glia_model_plan(const glia_model *m, const char *mode, int64_t batch) {
    glia_fit_options o = {.optimizer = "sgd"};
    char *text = NULL;
    gl_json *known = read_hyperparameters(m, &text, &o);
    const gl_optimizer *optimizer = gl_optimizer_find(m->g, o.optimizer);
    if (!optimizer) optimizer = gl_optimizers; /* one that this version does not have */
    gl_plan_spec spec = {.rows = batch,
                         .l2 = o.l2,
                         .l1 = o.l1,
                         .clip_norm = o.clip_norm,
                         .clip_value = o.clip_value,
                         .max_norm = o.max_norm,
                         .smoothing = o.label_smoothing,
                         .update = optimizer->kernel};
    gl_augment_read(m->g, o.augment, spec.way);
    gl_free(m->g, known);
    gl_free(m->g, text);
    return gl_plan_text(m->net, mode, spec);
}

glia_status glia_model_demand(const glia_model *m, int64_t batch, const char *optimizer,
                              glia_demand *demand) {
    const gl_optimizer *o = optimizer ? gl_optimizer_find(m->g, optimizer) : NULL;
    if (optimizer && !o) return glia_code(m->g);
    if (batch < 1)
        return gl_fail(m->g, GLIA_USAGE, "a step takes at least 1 row, found %lld",
                       (long long)batch);
    /* A plan and not a formula: it knows what was fused, and what an optimizer keeps. */
    gl_plan *p = gl_compile(m->g, m->net,
                            &(gl_plan_spec){.mode = o ? GL_TRAIN : GL_PREDICT,
                                            .rows = batch,
                                            .update = o ? o->kernel : GL_KERNELS});
    if (!p) return GLIA_RESOURCE;
    *demand = gl_plan_demand(p);
    gl_plan_free(p);
    return GLIA_OK;
}

static glia_node node_of(const gl_net *net, const gl_node *node, const gl_symbols *name) {
    static const glia_role roles[] = {[GL_LAYER] = GLIA_LAYER,
                                      [GL_JOIN] = GLIA_JOIN,
                                      [GL_BETWEEN] = GLIA_BETWEEN,
                                      [GL_LOSS] = GLIA_LOSS,
                                      [GL_ACTIVATION] = GLIA_ACTIVATION};
    bool loss = node->op->role == GL_LOSS;
    bool has_slope = loss || node->op->role == GL_ACTIVATION;
    bool has_formula = has_slope || node->op->role == GL_JOIN;
    glia_node n = {.name = node->name,
                   .op = loss ? gl_loss_name(node->op) : node->op->name,
                   .role = roles[node->op->role],
                   .reads = node->froms,
                   .ndim = node->shape.rank,
                   .param = node->param,
                   .computes = node->op->role != GL_BETWEEN || node->op->forward,
                   .formula = has_formula ? node->op->formula : NULL,
                   .slope = has_slope ? node->op->slope : NULL,
                   .link = loss ? node->op->link : NULL};
    memcpy(n.read, node->from, sizeof n.read);
    memcpy(n.dim, node->shape.dim, sizeof n.dim);
    memcpy(n.symbol, name->value, sizeof n.symbol);
    memcpy(n.z, name->z, sizeof n.z);
    while (n.params < node->params && net->param[node->param + n.params].kind != GL_MEASURED)
        n.params++;
    return n;
}

int glia_model_graph(const glia_model *m, glia_node *out, int size) {
    const gl_net *net = m->net;
    gl_symbols *names = gl_alloc(m->g, net->nodes, sizeof *names);
    bool *learns = gl_alloc(m->g, net->nodes, sizeof *learns);
    bool ok = names && learns && gl_net_symbols(net, names);
    if (ok) gl_net_learns(net, learns);
    for (int i = 0; ok && i < net->nodes && i < size; i++) {
        out[i] = node_of(net, &net->node[i], &names[i]);
        out[i].learns = learns[i];
    }
    gl_free(m->g, learns);
    gl_free(m->g, names);
    return ok ? net->nodes : -1;
}

int glia_model_layers(const glia_model *m) { return m->net->layers; }
const char *glia_model_layer_init(const glia_model *m, int i) {
    return gl_net_layer_init(m->net, i);
}
glia_layer glia_model_layer(const glia_model *m, int i) { return gl_net_layer(m->net, i); }

int glia_model_input_ports(const glia_model *m) { return m->net->inlets; }

static glia_port port_of(const char *name, const gl_shape *shape, int64_t first, int64_t columns) {
    glia_port p = {.name = name, .ndim = shape->rank, .first = first, .columns = columns};
    memcpy(p.dim, shape->dim, sizeof p.dim);
    return p;
}

glia_port glia_model_input_port(const glia_model *m, int i) {
    if (i < 0 || i >= m->net->inlets) return (glia_port){0};
    const gl_inlet *inlet = &m->net->inlet[i];
    return port_of(inlet->label, &inlet->shape, inlet->first, inlet->width);
}

int glia_model_output_ports(const glia_model *m) { return m->net->heads; }

glia_port glia_model_output_port(const glia_model *m, int i) {
    if (i < 0 || i >= m->net->heads) return (glia_port){0};
    const gl_head *h = &m->net->head[i];
    const gl_node *loss = gl_loss_of(m->net, h), *read = &m->net->node[loss->from[0]];
    glia_port p = port_of(read->label, &loss->shape, h->first, h->width);
    /* Sigmoid and softmax are part of the loss in the network (losses work on logits), and an
     * activation for whoever asks what comes out. */
    bool acts = read->op->role == GL_ACTIVATION;
    p.first_label = h->label, p.labels = h->labels;
    p.activation = loss->op->link ? loss->op->link : acts ? read->op->name : "linear";
    p.loss = gl_loss_name(loss->op);
    return p;
}

int glia_model_params(const glia_model *m) { return m->net->params; }
const char *glia_model_param_name(const glia_model *m, int i) { return m->net->param[i].name; }

glia_tensor glia_model_param(const glia_model *m, int i) {
    const gl_net *net = m->net;
    const gl_param *w = &net->param[i];
    return (glia_tensor){.dtype = net->dtype,
                         .ndim = 2,
                         .dim = {w->rows, w->cols},
                         .data = gl_store_at(net->store, GL_WEIGHTS, w->offset)};
}

int glia_model_find_param(const glia_model *m, const char *name) {
    for (int i = 0; i < m->net->params; i++) {
        if (strcmp(m->net->param[i].name, name) == 0) return i;
    }
    return -1;
}

/* ----------------------------------------------------------------------- columns and classes -- */

int glia_model_columns(const glia_model *m) {
    return m->pipeline ? gl_pipeline_inputs(m->pipeline) : 0;
}
const char *glia_model_column(const glia_model *m, int i, glia_column_type *type) {
    return m->pipeline ? gl_pipeline_input(m->pipeline, i, type) : NULL;
}

const char *glia_model_feature(const glia_model *m, int64_t k) {
    return m->pipeline ? gl_pipeline_column(m->pipeline, k) : NULL;
}

char *glia_model_feature_name(glia_ctx *g, const glia_model *m, int64_t k) {
    return m->pipeline ? gl_pipeline_feature_name(g, m->pipeline, k) : gl_copy_text(g, "");
}

glia_status glia_model_name_columns(glia_ctx *g, const glia_model *m, glia_table *t) {
    glia_status status = gl_table_check_context(g, t);
    return m->pipeline && !status ? gl_pipeline_name_columns(g, m->pipeline, t) : status;
}

int64_t glia_model_classes(const glia_model *m) {
    return m->pipeline ? gl_pipeline_classes(m->pipeline) : 0;
}
const char *glia_model_class(const glia_model *m, int64_t k) {
    return m->pipeline ? gl_pipeline_class(m->pipeline, 0, k) : NULL;
}
int glia_model_targets(const glia_model *m) {
    return m->pipeline ? gl_pipeline_targets(m->pipeline) : 0;
}
const char *glia_model_target(const glia_model *m, int t) {
    return m->pipeline ? gl_pipeline_target(m->pipeline, t) : NULL;
}
const char *glia_model_target_class(const glia_model *m, int t, int64_t k) {
    bool there = m->pipeline && t >= 0 && t < gl_pipeline_targets(m->pipeline);
    return there ? gl_pipeline_class(m->pipeline, t, k) : NULL;
}

int64_t glia_model_likenesses(const glia_model *m) { return m->likenesses.n; }

int glia_model_quantiles(const glia_model *m) {
    return m->pipeline ? gl_pipeline_quantiles(m->pipeline, NULL) : 0;
}
double glia_model_quantile(const glia_model *m, int k) {
    const double *quantile = NULL;
    int count = m->pipeline ? gl_pipeline_quantiles(m->pipeline, &quantile) : 0;
    return k >= 0 && k < count ? quantile[k] : NAN;
}

const gl_pipeline *gl_model_pipeline(glia_ctx *g, const glia_model *m, const glia_table *t) {
    if (t && gl_table_check_context(g, t) != GLIA_OK) return NULL;
    if (!m->pipeline)
        gl_fail(g, GLIA_INPUT,
                "this model was trained on arrays and knows no columns: use glia_predictor_run on "
                "arrays");
    return m->pipeline;
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

glia_status gl_model_keep_note(glia_model *m, const char *name, const char *text) {
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

static double *read_thresholds(const glia_model *m, const char *text) {
    int targets = gl_pipeline_targets(m->pipeline);
    double *all = gl_alloc(m->g, targets, sizeof *all);
    for (int t = 0; all && t < targets; t++) {
        size_t length = strcspn(text, ",");
        if (!gl_parse_number(text, length, '.', &all[t])) all[t] = 0.5;
        text += length + (text[length] == ',');
    }
    return all;
}

/* A text that is no number is no reason to refuse a file: 0.5 is what a model without the note
 * answers by. */
static void understand_threshold(glia_model *m, const char *text) {
    double v;
    m->threshold = text && gl_parse_number(text, strlen(text), '.', &v) ? v : 0.5;
    gl_free(m->g, m->thresholds);
    m->thresholds = text && m->pipeline && strchr(text, ',') ? read_thresholds(m, text) : NULL;
}

/* A pipeline must fit the network, and its classes the outputs. A file may come from anybody, or
 * two may have been pieced together; without this, 10 features would be read as 12. */
static glia_status check_pipeline(const glia_model *m, const gl_pipeline *p) {
    const gl_net *net = m->net;
    int64_t features = gl_pipeline_features(p), outputs = gl_pipeline_outputs(p);
    if (features == net->inputs && outputs == net->outputs) return GLIA_OK;
    return gl_fail(m->g, GLIA_INPUT,
                   "its pipeline gives %lld features for %lld outputs, its network has %lld and "
                   "%lld",
                   (long long)features, (long long)outputs, (long long)net->inputs,
                   (long long)net->outputs);
}

/* The old one stays until the new one is known to be good. */
static glia_status understand_pipeline(glia_model *m, const char *text) {
    gl_pipeline *p = text ? gl_pipeline_load(m->g, text) : NULL;
    if (text && (!p || check_pipeline(m, p) != GLIA_OK)) {
        gl_pipeline_free(p);
        return glia_code(m->g);
    }
    gl_pipeline_free(m->pipeline);
    m->pipeline = p;
    return GLIA_OK;
}

glia_status glia_model_set_note(glia_model *m, const char *name, const char *text) {
    glia_status status = strcmp(name, "pipeline") == 0 ? understand_pipeline(m, text) : GLIA_OK;
    const char *threshold = glia_model_note(m, "threshold");
    if (strcmp(name, "threshold") == 0) understand_threshold(m, text);
    else if (m->pipeline && threshold) understand_threshold(m, threshold); /* one for each target */
    return status == GLIA_OK ? gl_model_keep_note(m, name, text) : status;
}
