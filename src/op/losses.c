/*
 * losses.c: the last node of every network. J is the mean over samples of a sum over outputs, and
 * dz is the gradient of that J. Losses with a link work on logits, so that they are finite for any
 * input; predictions carry the link.
 *
 *     softmax_ce   loss = log sum exp(z_j - max z) - (z_t - max z)      dz = (p - onehot t) / m
 *     poisson      loss = exp z - z t                                   dz = (p - t) / m
 *     sigmoid_ce   loss = max(z, 0) - z t + log(1 + exp(-|z|))          dz = (p - t) / m
 *
 * A sample has one class, or one at each of its places, a step of a sequence or a pixel: then its
 * loss is their mean, and dz carries 1 / (m places). Whatever has a shape has its classes in the
 * last dimension.
 *
 * From p itself, -log p would be infinite as soon as p rounds to 0, at z = -104 in single
 * precision, and the slopes 1/p and p (1 - p) would have to cancel, where p - t is exact.
 */
#include "../net/program.h"

#include <math.h>
#include <string.h>

/* Class numbers cannot be smoothed before the loss reads them, as probabilities are (buffers.c):
 * the difference that smoothing makes is added to loss and dz in steps of their own. */
static bool smooths_classes(const gl_program *p, const gl_node *node) {
    return node->op->classes && gl_smoothing(p) > 0;
}

/* rows, outputs of each place, and places; of what is no class there is one place. */
static gl_emission of_places(gl_program *p, const gl_node *node, gl_emission e) {
    int64_t places = gl_places(node);
    e.n[0] = gl_rows(p), e.n[1] = node->width / places, e.n[2] = places;
    e.split = GL_BY_ROWS;
    return e;
}

static void forward_loss(gl_program *p, const gl_node *node, gl_buf z) {
    gl_buf lengths = node->op->classes ? gl_lengths(p, node, 0) : GL_NO_BUF;
    gl_emit(p, node,
            of_places(p, node,
                      (gl_emission){.kernel = node->op->forward_kernel,
                                    .p = {gl_losses(p, node), gl_output(p, node), z,
                                          gl_label(p, node), lengths}}));
    if (!smooths_classes(p, node)) return;
    gl_emit(p, node,
            of_places(p, node,
                      (gl_emission){.kernel = GL_K_softmax_smooth,
                                    .p = {gl_losses(p, node), z, gl_label(p, node), lengths},
                                    .s = {gl_smoothing(p)}}));
}

/* Prediction: probabilities from logits. */
static void forward_link(gl_program *p, const gl_node *node) {
    gl_buf out = gl_output(p, node), z = gl_input(p, node, 0);
    if (gl_has_labels(p)) {
        forward_loss(p, node, z);
        return;
    }
    gl_emit(p, node,
            of_places(p, node, (gl_emission){.kernel = node->op->link_kernel, .p = {out, z}}));
    if (node->op->classes && node->lengths)
        gl_clear_behind(p, node, out, &node->shape, node->lengths);
}

static void backward_link(gl_program *p, const gl_node *node) {
    gl_buf dz = gl_input_gradient(p, node, 0), t = gl_label(p, node),
           lengths = node->op->classes ? gl_lengths(p, node, 0) : GL_NO_BUF;
    gl_emit(p, node,
            of_places(p, node,
                      (gl_emission){.kernel = node->op->backward_kernel,
                                    .p = {dz, gl_output(p, node), t, lengths}}));
    if (!smooths_classes(p, node)) return;
    gl_emit(p, node,
            of_places(p, node,
                      (gl_emission){.kernel = GL_K_softmax_smooth_b,
                                    .p = {dz, t, lengths},
                                    .s = {gl_smoothing(p)}}));
}

/* With all attributes of the node. */
static void emit_value(gl_program *p, const gl_node *node, gl_emission e) {
    memcpy(e.s, node->attr, sizeof e.s);
    gl_emit(p, node, e);
}

/* Losses on values: the output is the value itself. */
static void forward_value(gl_program *p, const gl_node *node) {
    if (!gl_has_labels(p)) return;
    emit_value(p, node,
               (gl_emission){.kernel = node->op->forward_kernel,
                             .p = {gl_losses(p, node), gl_input(p, node, 0), gl_label(p, node)},
                             .n = {gl_rows(p), node->width},
                             .split = GL_BY_ROWS});
}

static void backward_value(gl_program *p, const gl_node *node) {
    emit_value(p, node,
               (gl_emission){.kernel = node->op->backward_kernel,
                             .p = {gl_input_gradient(p, node, 0), gl_input(p, node, 0),
                                   gl_label(p, node)},
                             .n = {gl_rows(p), node->width},
                             .split = GL_BY_ROWS});
}

/* Huber, "Robust estimation of a location parameter", 1964. On tables the target has deviation 1,
 * so the default of 1 means: errors beyond one deviation. 0 would leave no slope at all. */
static const gl_attr delta[] = {
    {"delta", GL_ANY_NUMBER, 1e-9, 1e9, 1, "errors beyond delta count linearly"}};

/* A quantile has its own output. 0 and 1 would be the ends of what may come, which no sample
 * tells. */
#define MORE_QUANTILE(name)                                                                        \
    { name, GL_ANY_NUMBER, 1e-9, 1 - 1e-9, 0, "another quantile, of the next output" }
static const gl_attr quantiles[] = {{"q...", GL_ANY_NUMBER, 1e-9, 1 - 1e-9, 0.5,
                                     "the quantile of the first output"},
                                    MORE_QUANTILE("q2"),
                                    MORE_QUANTILE("q3"),
                                    MORE_QUANTILE("q4"),
                                    MORE_QUANTILE("q5"),
                                    MORE_QUANTILE("q6"),
                                    MORE_QUANTILE("q7"),
                                    MORE_QUANTILE("q8")};
_Static_assert(sizeof quantiles / sizeof *quantiles == GL_SCALARS, "a call carries all of them");

static glia_status quantile_for_each(gl_net *m, gl_node *node) {
    int64_t count = 0;
    while (count < GL_SCALARS && node->attr[count] > 0) count++;
    if (count == node->width) return GLIA_OK;
    return gl_fail(m->g, GLIA_USAGE, "loss pinball has %lld quantile%s for %lld output%s: one each",
                   (long long)count, gl_plural(count), (long long)node->width,
                   gl_plural(node->width));
}

static void forms_of_places(const gl_node *node, const char **formula, const char **slope) {
    if (gl_places(node) == 1) return;
    *formula = "mean over places of -log a_y";
    *slope = "(A - onehot Y) / (m places)";
}

#define ON_LOGITS(id)                                                                              \
    .name = #id, .role = GL_LOSS, .forward = forward_link, .backward = backward_link,              \
    .forward_kernel = GL_K_##id, .backward_kernel = GL_K_##id##_b
#define ON_VALUES(id)                                                                              \
    .name = #id, .role = GL_LOSS, .forward = forward_value, .backward = backward_value,            \
    .forward_kernel = GL_K_##id, .backward_kernel = GL_K_##id##_b

const gl_op gl_op_sigmoid_ce = {ON_LOGITS(sigmoid_ce),
                                .says = "cross_entropy",
                                .link = "sigmoid",
                                .link_kernel = GL_K_sigmoid,
                                .most = 1,
                                .formula = "-(y log a + (1 - y) log(1 - a))",
                                .slope = "(A - Y) / m"};
const gl_op gl_op_softmax_ce = {ON_LOGITS(softmax_ce),   .says = "cross_entropy",
                                .link = "softmax",       .link_kernel = GL_K_softmax,
                                .classes = true,         .behind = GL_ZERO_BEHIND,
                                .formula = "-log a_y",   .slope = "(A - onehot Y) / m",
                                .forms = forms_of_places};
/* Of counts: -log P(y) = a - y log a + log y!, and the last term knows no weight. */
const gl_op gl_op_poisson = {ON_LOGITS(poisson),       .link = "exp",
                             .link_kernel = GL_K_exp,  .most = INFINITY,
                             .formula = "a - y log a", .slope = "(A - Y) / m"};
const gl_op gl_op_mse = {ON_VALUES(mse), .behind = GL_ZERO_BEHIND, .formula = "(a - y)^2",
                         .slope = "2 (A - Y) / m"};
/* The mean of a target minimises mse, its median mae. The slope of mae jumps where the optimum is,
 * and L-BFGS wants one that goes to 0 there: on tables, mae stays with adam (docs/linear.md). */
const gl_op gl_op_mae = {ON_VALUES(mae), .behind = GL_ZERO_BEHIND, .formula = "|a - y|",
                         .slope = "sign(A - Y) / m"};
const gl_op gl_op_huber = {ON_VALUES(huber),
                           .behind = GL_ZERO_BEHIND,
                           .attr = delta,
                           .attrs = 1,
                           .formula =
                               "e^2/2 where |e| <= delta, else delta (|e| - delta/2), e = a - y",
                           .slope = "clamp(A - Y, -delta, delta) / m"};
/* Its least mean is where a share q of the samples lies below. Its slope jumps, as that of mae,
 * which is twice the pinball of 0.5. */
const gl_op gl_op_pinball = {ON_VALUES(pinball),
                             .attr = quantiles,
                             .attrs = GL_SCALARS,
                             .one_label = true,
                             .shape = quantile_for_each,
                             .formula = "q e where e >= 0, else (q - 1) e, e = y - a",
                             .slope = "(1 - q where A > Y, else -q) / m"};
