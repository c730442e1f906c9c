/*
 * attention.c: each step of a sequence looks at all of them, and takes what fits to what it asks
 * (Vaswani et al., 2017).
 *
 *     sequence 50 16, attention 4                 4 heads, of 4 numbers each
 *     attention 4 causal yes                      a step sees itself and those before it
 *
 * For each step W gives a query q, a key k and a value v, as many numbers each as are read, cut
 * into heads. Head by head, the step's answer is a mean of all steps' values, weighed by a softmax
 * of what its query has in common with their keys:
 *
 *     (q_t, k_t, v_t) = W x_t + b      p_ts = softmax over s of q_t k_s / sqrt(d)
 *     y_t = Wo a_t + bo                a_t = sum over s of p_ts v_s, the heads side by side
 *
 * W is (3 features, features), the rows of q, k and v one behind the other, as in PyTorch's
 * MultiheadAttention, and Wo (features, features). Both are products of all steps at once; the
 * kernels between them know no weights. Order means nothing to it: who wants to know which step
 * came first has `positions` in front of it, or `causal`.
 */
#include "steps.h"

#include <math.h>

enum { HEADS, CAUSAL };
enum { W, B, WO, BO };             /* parameters */
enum { QKV, SEEN, D_SEEN, D_QKV }; /* what stands between the products, there and back */

static const gl_attr attrs[] = {
    [HEADS] = {"heads", GL_WHOLE_NUMBER, 1, 16777216, NAN,
               "parts of a step's numbers that look for themselves"},
    [CAUSAL] = {"causal", GL_CHOICE, 0, 1, 0, "whether a step sees none of those behind it",
                .named = true, .word = "no|yes"},
};

static glia_status check(const gl_net *m, const gl_node *node) {
    glia_status status = gl_check_sequence(m, node);
    if (status != GLIA_OK) return status;
    int64_t features = node->shape.dim[1], heads = (int64_t)node->attr[HEADS], all;
    if (features % heads)
        return gl_fail(m->g, GLIA_USAGE,
                       "'%s': %lld heads, expected a number that divides the %lld numbers of each "
                       "step",
                       node->name, (long long)heads, (long long)features);
    if (!gl_multiply(node->in, 3, &all))
        return gl_fail(m->g, GLIA_RESOURCE, "'%s': its values do not fit into any memory",
                       node->name);
    return GLIA_OK;
}

static glia_status shape(gl_net *m, gl_node *node) {
    glia_status status = check(m, node);
    int64_t n = node->shape.dim[1];
    if (status == GLIA_OK) status = gl_add_param(m, node, ".w", 3 * n, n, GL_DECAYED, 0);
    if (status == GLIA_OK) status = gl_add_param(m, node, ".b", 3 * n, 1, GL_PLAIN, 0);
    if (status == GLIA_OK) status = gl_add_param(m, node, ".wo", n, n, GL_DECAYED, 0);
    if (status == GLIA_OK) status = gl_add_param(m, node, ".bo", n, 1, GL_PLAIN, 0);
    if (status == GLIA_OK) m->param[node->param + W].parts = 3;
    return status;
}

/* q, k and v of each step from it, and what was seen into what is given. */
static gl_conv_n asking(const gl_program *p, const gl_node *node) {
    return gl_each_step(gl_rows(p), node->shape.dim[0], node->shape.dim[1], 3 * node->shape.dim[1]);
}

static gl_conv_n giving(const gl_program *p, const gl_node *node) {
    return gl_each_step(gl_rows(p), node->shape.dim[0], node->shape.dim[1], node->shape.dim[1]);
}

static gl_buf own(gl_program *p, const gl_node *node, int i, const char *name, int64_t parts) {
    return gl_own(p, node, i, name, GL_BY_ROWS, parts * node->width);
}

static gl_attention_n looking(const gl_program *p, const gl_node *node) {
    return (gl_attention_n){.m = gl_rows(p),
                            .t = node->shape.dim[0],
                            .n = node->shape.dim[1],
                            .heads = (int64_t)node->attr[HEADS],
                            .causal = node->attr[CAUSAL] == 1};
}

static void forward(gl_program *p, const gl_node *node) {
    gl_conv_n in = asking(p, node), out = giving(p, node);
    gl_buf qkv = own(p, node, QKV, "qkv.", 3), seen = own(p, node, SEEN, "seen.", 1);
    gl_emit_steps(p, node, qkv, gl_input(p, node, 0), W, B, &in);
    gl_emit(p, node,
            (gl_emission){.kernel = GL_K_attention,
                          .attention_p = {seen, qkv, gl_lengths(p, node, 0)},
                          .attention_n = looking(p, node),
                          .split = GL_BY_ROWS});
    gl_emit_steps(p, node, gl_value(p, node), seen, WO, BO, &out);
}

static void backward(gl_program *p, const gl_node *node) {
    gl_conv_n in = asking(p, node), out = giving(p, node);
    gl_buf qkv = own(p, node, QKV, "qkv.", 3), seen = own(p, node, SEEN, "seen.", 1),
           d_qkv = own(p, node, D_QKV, "d.qkv.", 3), d_seen = own(p, node, D_SEEN, "d.seen.", 1),
           dy = gl_gradient(p, node), x = gl_input(p, node, 0);
    bool add = false;
    gl_emit_steps_dx(p, node, d_seen, dy, WO, &out, false);
    gl_emit_steps_dw(p, node, WO, seen, dy, &out);
    gl_emit_steps_db(p, node, BO, dy, &out);
    gl_emit(p, node,
            (gl_emission){.kernel = GL_K_attention_b,
                          .attention_b_p = {d_qkv, d_seen, qkv, gl_lengths(p, node, 0)},
                          .attention_n = looking(p, node),
                          .split = GL_BY_ROWS});
    gl_buf dx = gl_add_to_gradient(p, node, 0, &add);
    if (dx) gl_emit_steps_dx(p, node, dx, d_qkv, W, &in, add);
    gl_emit_steps_dw(p, node, W, x, d_qkv, &in);
    gl_emit_steps_db(p, node, B, d_qkv, &in);
}

#define FORMULA(seen)                                                                              \
    "(Q_t, K_t, V_t) = W@ R_t + b@, each cut into its heads\n"                                     \
    "P_ts = exp(Q_t' K_s / sqrt(d)) / sum of that over s      " seen "\n"                          \
    "H_t = sum over s of P_ts V_s, the heads below each other"

static void forms(const gl_node *node, const char **formula, const char **slope) {
    (void)slope;
    if (node->attr[CAUSAL] == 1) *formula = FORMULA("s <= t, else P_ts = 0");
}

const gl_op gl_op_attention = {
    .name = "attention",
    .role = GL_LAYER,
    .bends = true,
    .windows = true,
    .steps = true,
    .behind = GL_CLEARED_BEHIND,
    .formula = FORMULA("all s"),
    .slope = "dH_t = Wo@' dZ@_t\n"
             "dP_ts = dH_t' V_s, dS_ts = P_ts * (dP_ts - sum over r of P_tr * dP_tr) / sqrt(d)\n"
             "dQ_t = sum over s of dS_ts K_s, dK_s = sum over t of dS_ts Q_t, dV_s = sum over t of "
             "P_ts dH_t\n"
             "dW@ += (dQ_t, dK_t, dV_t) R_t', db@ += (dQ_t, dK_t, dV_t), dWo@ += dZ@_t H_t', dbo@ "
             "+= dZ@_t",
    .forms = forms,
    .attr = attrs,
    .attrs = sizeof attrs / sizeof *attrs,
    .shape = shape,
    .forward = forward,
    .backward = backward,
};
