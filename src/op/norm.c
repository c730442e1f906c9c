/*
 * norm.c: values brought to mean 0 and variance 1, then to a scale and a place that are learned:
 * y = gamma xhat + beta.
 *
 *     batch_norm  mean and variance of each unit over the mini-batch (Ioffe and Szegedy, 2015); in
 *                 prediction running averages of both stand in for them, so that a row's prediction
 *                 does not depend on the rows beside it
 *     layer_norm  mean and variance of each sample over its units (Ba, Kiros and Hinton, 2016), in
 *                 training and prediction alike; of a sequence those of each step, of a picture
 *                 those of each pixel
 *
 *                     units ->
 *     samples     x00   x01   x02        layer_norm: along a row
 *        |        x10   x11   x12
 *        v        x20   x21   x22        batch_norm: down a column
 *
 * Of a picture or a sequence the units are the channels: what a filter gives is one thing wherever
 * it stands, so its pixels are rows like those of other samples, with one gamma and one beta. (Of
 * all values of a picture together: flatten, layer_norm, reshape.)
 *
 * The running averages are parameters of the kind that is measured: no gradient, no update, no
 * decay reaches them. They move in the phase of the update, so only where the cost was finite. A
 * mini-batch of one row has no variance: xhat is 0 there, and the running averages stay.
 *
 * Without gamma and beta a norm would take from a layer what it may need: a sigmoid between -1
 * and 1 is nearly a line. With gamma = sigma and beta = mu nothing has changed, and that can
 * be learned.
 */
#include "layer.h"

/* As in PyTorch: the square of 0.3% of a deviation of 1. Smaller, a unit that is nearly constant
 * would be blown up to noise of deviation 1. */
#define EPS 1e-5
/* Of the running averages: PyTorch calls it 0.1. After 22 mini-batches a tenth of where they began
 * is left (0.9^22), after 44 a hundredth: an epoch of 1,408 rows at 32 each. */
#define MOMENTUM 0.9

enum { GAMMA, BETA, MEAN, VAR };             /* parameters of a node */
enum { XHAT, BATCH_MEAN, BATCH_VAR, SCALE }; /* what forward leaves for backward and update */

/* Each has a gamma and a beta. */
static int64_t units_of(const gl_node *node) { return node->shape.dim[node->shape.rank - 1]; }

/* So many times each unit stands in a sample. */
static int64_t places_of(const gl_node *node) { return node->width / units_of(node); }

static glia_status add_unit_params(gl_net *m, gl_node *node) {
    int64_t units = units_of(node);
    glia_status status = gl_add_param(m, node, ".gamma", units, 1, GL_PLAIN, 1);
    return status == GLIA_OK ? gl_add_param(m, node, ".beta", units, 1, GL_PLAIN, 0) : status;
}

static glia_status shape_batch(gl_net *m, gl_node *node) {
    int64_t units = units_of(node);
    glia_status status = add_unit_params(m, node);
    if (status == GLIA_OK) status = gl_add_param(m, node, ".mean", units, 1, GL_MEASURED, 0);
    return status == GLIA_OK ? gl_add_param(m, node, ".var", units, 1, GL_MEASURED, 1) : status;
}

/* --------------------------------------------------------------------------- what both share -- */

/* xhat is kept for backward, not x: dgamma = sum of dy xhat and dx both want it, and
 * nobody wants x. */
static gl_buf xhat(gl_program *p, const gl_node *node) {
    return gl_own(p, node, XHAT, "xhat.", GL_BY_ROWS, node->width);
}

/* Two steps, xhat and then gamma xhat + beta: one would have to give both. layer_norm
 * shares them. */
static void forward_affine(gl_program *p, const gl_node *node) {
    gl_emit(p, node,
            (gl_emission){.kernel = GL_K_affine,
                          .p = {gl_value(p, node), xhat(p, node), gl_weight(p, node, GAMMA),
                                gl_weight(p, node, BETA)},
                          .affine_n = {gl_rows(p), units_of(node), places_of(node)},
                          .split = GL_BY_ROWS});
}

static void backward_affine(gl_program *p, const gl_node *node) {
    int64_t n = units_of(node), m = gl_rows(p) * places_of(node);
    gl_buf dy = gl_gradient(p, node);
    gl_emit(p, node,
            (gl_emission){.kernel = GL_K_coldot,
                          .p = {gl_weight_gradient(p, node, GAMMA), dy, xhat(p, node)},
                          .n = {n, m},
                          .split = GL_BY_UNITS});
    gl_emit(p, node,
            (gl_emission){.kernel = GL_K_colsum,
                          .p = {gl_weight_gradient(p, node, BETA), dy},
                          .n = {n, m},
                          .split = GL_BY_UNITS});
}

/* -------------------------------------------------------------------------------- batch_norm -- */

static gl_buf batch_mean(gl_program *p, const gl_node *node) {
    return gl_own(p, node, BATCH_MEAN, "mean.", GL_BY_UNITS, 1);
}

static gl_buf batch_var(gl_program *p, const gl_node *node) {
    return gl_own(p, node, BATCH_VAR, "var.", GL_BY_UNITS, 1);
}

static void forward_batch(gl_program *p, const gl_node *node) {
    int64_t m = gl_rows(p), n = units_of(node), places = places_of(node);
    bool training = gl_is_training(p);
    gl_buf x = gl_input(p, node, 0);
    gl_buf mean = training ? batch_mean(p, node) : gl_weight(p, node, MEAN);
    gl_buf var = training ? batch_var(p, node) : gl_weight(p, node, VAR);
    if (training) {
        gl_emit(p, node,
                (gl_emission){.kernel = GL_K_moments,
                              .p = {mean, var, x},
                              .n = {n, m * places},
                              .split = GL_BY_UNITS});
    }
    gl_emit(p, node,
            (gl_emission){.kernel = GL_K_unit_norm,
                          .p = {xhat(p, node), x, mean, var},
                          .unit_norm_n = {m, n, places},
                          .s = {EPS},
                          .split = GL_BY_ROWS});
    forward_affine(p, node);
}

/* gamma (W x + b - mean) / sigma + beta is W x + b with other W and b; sums of other numbers, so
 * the last bits may differ. */
gl_filters gl_fold_norm(gl_program *p, const gl_node *norm, const gl_node *layer, int64_t k) {
    int64_t n = units_of(norm);
    gl_filters of = {gl_kept(p, layer->name, ".w.folded", n, k),
                     gl_kept(p, layer->name, ".b.folded", n, 1)};
    gl_emit_once(p, norm,
                 (gl_emission){.kernel = GL_K_fold,
                               .fold_p = {.u = of.w,
                                          .c = of.b,
                                          .w = gl_weight(p, layer, 0),
                                          .b = gl_weight(p, layer, 1),
                                          .mean = gl_weight(p, norm, MEAN),
                                          .var = gl_weight(p, norm, VAR),
                                          .gamma = gl_weight(p, norm, GAMMA),
                                          .beta = gl_weight(p, norm, BETA)},
                               .fold_n = {.n = n, .m = k},
                               .s = {EPS}});
    return of;
}

/* dx depends on all samples through mean and variance: dx = gamma/sigma (dy - mean dy -
 * xhat mean(dy xhat)). dgamma and dbeta come first, while dy is whole: dx may be written
 * where dy was. */
static void backward_batch(gl_program *p, const gl_node *node) {
    gl_buf dx = gl_input_gradient(p, node, 0);
    backward_affine(p, node);
    if (!dx) return;
    gl_emit(p, node,
            (gl_emission){.kernel = GL_K_unit_norm_b,
                          .p = {dx, gl_gradient(p, node), xhat(p, node), batch_var(p, node),
                                gl_weight(p, node, GAMMA)},
                          .n = {units_of(node), gl_rows(p) * places_of(node)},
                          .s = {EPS},
                          .split = GL_BY_UNITS});
}

static void emit_average(gl_program *p, const gl_node *node, int param, gl_buf seen, double part) {
    gl_emit(p, node,
            (gl_emission){.kernel = GL_K_average,
                          .p = {gl_weight(p, node, param), seen},
                          .n = {units_of(node)},
                          .s = {MOMENTUM, (1 - MOMENTUM) * part},
                          .split = GL_BY_UNITS});
}

/* The variance of all samples is guessed without bias: m / (m - 1) times that of the mini-batch, as
 * in PyTorch and Keras. Training itself divides by what the mini-batch has, m. */
static void measure_batch(gl_program *p, const gl_node *node) {
    double m = (double)(gl_rows(p) * places_of(node));
    if (m < 2) return;
    emit_average(p, node, MEAN, batch_mean(p, node), 1);
    emit_average(p, node, VAR, batch_var(p, node), m / (m - 1));
}

/* -------------------------------------------------------------------------------- layer_norm -- */

/* One value alone is 0 when it is standardised, whatever it was. In a row that is as old as the op,
 * and may stand in a file. */
static glia_status shape_layer(gl_net *m, gl_node *node) {
    bool one = node->shape.dim[node->shape.rank - 1] == 1, steps = node->shape.rank == 2;
    if (one && node->shape.rank > 1)
        return gl_fail(m->g, GLIA_USAGE,
                       "'%s' standardises the values of each %s by themselves, and what it reads "
                       "has one in each; give it more, by 'conv 8 1' in front of it, or put "
                       "'flatten' there",
                       node->name, steps ? "step" : "pixel");
    return add_unit_params(m, node);
}

static gl_buf row_scale(gl_program *p, const gl_node *node) {
    return gl_own(p, node, SCALE, "scale.", GL_BY_ROWS, places_of(node));
}

static void forward_layer(gl_program *p, const gl_node *node) {
    gl_emit(p, node,
            (gl_emission){.kernel = GL_K_row_norm,
                          .p = {xhat(p, node), gl_input(p, node, 0), row_scale(p, node)},
                          .row_norm_n = {gl_rows(p), units_of(node), places_of(node)},
                          .s = {EPS},
                          .split = GL_BY_ROWS});
    forward_affine(p, node);
}

static void backward_layer(gl_program *p, const gl_node *node) {
    gl_buf dx = gl_input_gradient(p, node, 0);
    backward_affine(p, node);
    if (!dx) return;
    gl_emit(p, node,
            (gl_emission){.kernel = GL_K_row_norm_b,
                          .p = {dx, gl_gradient(p, node), xhat(p, node), row_scale(p, node),
                                gl_weight(p, node, GAMMA)},
                          .row_norm_b_n = {gl_rows(p), units_of(node), places_of(node)},
                          .split = GL_BY_ROWS});
}

/* ----------------------------------------------------------------------------------- the ops -- */

#define STANDARDISED                                                                               \
    "Vhat@ = (V@ - mu@) / sqrt(sigma@^2 + 0.00001)\n"                                              \
    "V@ := gamma@ * Vhat@ + beta@      gamma@ (N, 1)  beta@ (N, 1)"
#define LEARNED                                                                                    \
    "dgamma@ = sum of dV@ * Vhat@ over samplesP      (N, 1)\n"                                     \
    "dbeta@ = sum of dV@ over samplesP      (N, 1)\n"

const gl_op gl_op_batch_norm = {
    .name = "batch_norm",
    .role = GL_BETWEEN,
    .norm = true,
    .mixes_rows = true,
    .unsearchable = "whose running averages are measured from one update to the next",
    .formula = "mu@ = mean of V@ over samplesP, sigma@^2 = mean of (V@ - mu@)^2      (N, 1)\n"
               "in prediction mu@, sigma@^2 are running averages: 0.9 of what they were + 0.1 of "
               "mu@, m/(m-1) sigma@^2\n" STANDARDISED,
    .slope = LEARNED "dV@ := gamma@ / sqrt(sigma@^2 + 0.00001) * (dV@ - mean of dV@ - Vhat@ * mean "
                     "of (dV@ * Vhat@))      means over samplesP",
    .by_step = gl_always_by_step, /* its units are the features */
    .shape = shape_batch,
    .forward = forward_batch,
    .backward = backward_batch,
    .measure = measure_batch,
};

const gl_op gl_op_layer_norm = {
    .name = "layer_norm",
    .role = GL_BETWEEN,
    .bends = true,
    .norm = true,
    .behind = GL_CLEARED_BEHIND,
    .formula =
        "mu@ = mean of V@ over units, sigma@^2 = mean of (V@ - mu@)^2      (E, m)\n" STANDARDISED,
    .slope = LEARNED "G@ = gamma@ * dV@\n"
                     "dV@ := (G@ - mean of G@ - Vhat@ * mean of (G@ * Vhat@)) / sqrt(sigma@^2 + "
                     "0.00001)      means over units",
    .by_step = gl_always_by_step,
    .shape = shape_layer,
    .forward = forward_layer,
    .backward = backward_layer,
};
