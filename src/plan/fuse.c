/*
 * fuse.c: what joins what. It is decided before anything is emitted, from the network and the mode:
 *
 *     an activation joins the layer before it when its slope follows from its output, or when no
 *     backward steps will need a slope: then the layer's rows are activated while they are hot and
 *     the value in between never exists;
 *     in a prediction a batch_norm joins the convolution before it: its means and variances do
 *     not depend on the rows there, so that W and b can have them inside;
 *     the slope of an activation joins what writes the gradient towards its value, a product or a
 *     pool;
 *     a network that is one dense layer and its loss learns in one reading of x, where that pays.
 *
 * Only a value that one node alone reads can be left out, or be changed on the way.
 */
#include "lowering.h"

/* The norm that may be in the weights of `layer`. */
static const gl_node *folding(const gl_plan *plan, const gl_node *layer) {
    const gl_node *next = gl_only_reader(plan->model, layer);
    bool folds =
        layer->op->takes_norm && plan->spec.mode == GL_PREDICT && next && next->op->mixes_rows;
    return folds ? next : NULL;
}

/* The activation that may run inside `layer`, whose value is that of `last`. */
static const gl_node *joining(const gl_plan *plan, const gl_node *layer, const gl_node *last) {
    const gl_node *next = gl_only_reader(plan->model, last);
    bool joins = layer->op->role == GL_LAYER && !layer->op->steps && !layer->op->looks_up && next &&
                 next->op->role == GL_ACTIVATION &&
                 (next->op->slope_from_output || plan->spec.mode != GL_TRAIN);
    return joins ? next : NULL;
}

void gl_fuse(gl_plan *plan) {
    const gl_net *m = plan->model;
    gl_fusion *of = plan->fusion;
    for (const gl_node *node = m->node; node < m->node + m->nodes && !plan->spec.apart; node++) {
        const gl_node *read = gl_read_node(m, node, 0), *norm = folding(plan, node),
                      *act = joining(plan, node, norm ? norm : node);
        if (norm) of[node - m->node].norm = norm, of[norm - m->node].inside = node;
        if (act) of[node - m->node].then = act, of[act - m->node].inside = node;
        bool takes_slope = node->op->takes_slope && plan->spec.mode == GL_TRAIN && read &&
                           read->readers == 1 && of[read - m->node].inside;
        if (takes_slope) of[node - m->node].slope = read, of[read - m->node].slope_by = node;
    }
}

/* -------------------------------------------------------------------------- one reading of x -- */

enum {
    LINEAR_FEATURES = 64, /* with more units than one, at least */
    LINEAR_NUMBERS = 1 << 18,
    SPARSE_FEATURES = 500 /* at least */
};

/* One dense layer and its loss, where reading x once pays: with one unit, or with some when x is
 * too large for a cache. Else gemm multiplies faster: 784-10, batch 32, takes 20 us by gemm and 23
 * us in one reading, 8-20, batch 256, 15 and 122 us: notebook 2026-11, 21.25. */
bool gl_reads_once(const gl_plan *plan) {
    const gl_plan_spec *spec = &plan->spec;
    const gl_node *layer = plan->model->node;
    bool plain = !spec->weighted && spec->smoothing == 0 && !spec->apart;
    bool linear = spec->mode == GL_TRAIN && plan->model->nodes == 2 && layer->op->linear && plain;
    bool large = layer->in >= LINEAR_FEATURES && spec->rows * layer->in >= LINEAR_NUMBERS;
    return linear && (layer->width == 1 || (layer->width <= GL_LINEAR_UNITS && large));
}

/* Few enough numbers of long rows are not 0. A row without its zeros takes 20 ns and 1 ns a number,
 * a dense one 0.2 ns a number, and more units use vectors better when dense: notebook 2026-11,
 * 21.24 and 21.29. */
bool gl_reads_sparse_rows(const gl_plan *plan) {
    const gl_node *layer = plan->model->node;
    double most = layer->width == 1 ? 0.05 : 0.02;
    return layer->in >= SPARSE_FEATURES && layer->in <= INT32_MAX && 1 - plan->spec.zeros <= most;
}
