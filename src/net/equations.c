/*
 * equations.c: the formulas of a network with its own shapes, as the textbook writes them: samples
 * are columns.
 */
#include "net.h"

#include <stdio.h>
#include <string.h>

/* The chain is walked node by node. What flows is Z behind a layer, until an activation makes it
 * A. */
typedef struct walk {
    gl_text *t;
    int l; /* the layer's number, 1 .. L; 0: the input */
    char value;
} walk;

/* The lines of an op between layers: V stands for the value (Z or A), @ for the layer's number, N
 * for its width. */
static void add_lines(const walk *w, const char *lines, int64_t width) {
    gl_add(w->t, "  ");
    for (const char *c = lines; *c; c++) {
        if (*c == '@') gl_add(w->t, "%d", w->l);
        else if (*c == 'V') gl_add(w->t, "%c", w->value);
        else if (*c == 'N') gl_add(w->t, "%lld", (long long)width);
        else if (*c == '\n') gl_add(w->t, "\n  ");
        else gl_add(w->t, "%c", *c);
    }
    gl_add(w->t, "\n");
}

/* Whether the value in front of `node` is some layer's Z still, or an A. */
static char value_before(const gl_net *m, const gl_node *node) {
    while (node-- > m->node) {
        if (node->op->role == GL_ACTIVATION) return 'A';
        if (node->op->role == GL_LAYER) return 'Z';
    }
    return 'A'; /* the input is A0 */
}

/* ----------------------------------------------------------------------------------- forward -- */

/* A = g(Z); act NULL: the identity, or what the loss applies. */
static void add_activation(walk *w, const char *name, const gl_op *act) {
    gl_add(w->t, "  A%d %s %s(%c%d)", w->l, w->value == 'Z' ? "=" : ":=", name, w->value, w->l);
    if (act) gl_add(w->t, "      a = %s", act->formula);
    gl_add(w->t, "\n");
    w->value = 'A';
}

static void add_forward(walk *w, const gl_node *node) {
    const gl_op *op = node->op;
    long long n = (long long)node->width, k = (long long)node->in;
    bool ends = op->role == GL_LAYER || op->role == GL_LOSS;
    if (ends && w->value == 'Z')
        add_activation(w, op->role == GL_LOSS && op->link ? op->link : "linear", NULL);
    if (op->role == GL_BETWEEN) add_lines(w, op->formula, node->width);
    if (op->role == GL_ACTIVATION) add_activation(w, op->name, op);
    if (op->role != GL_LAYER) return;
    int l = ++w->l;
    w->value = 'Z';
    gl_add(w->t, "  Z%d = W%d A%d + b%d      W%d (%lld, %lld)  b%d (%lld, 1)  Z%d (%lld, m)\n", l,
           l, l - 1, l, l, n, k, l, n, l, n);
}

/* ---------------------------------------------------------------------------------- backward -- */

static void add_slope(const walk *w, const char *slope) {
    char v = w->value;
    gl_add(w->t, "  d%c%d %s dA%d * g'(%c%d)      g' = %s\n", v, w->l, v == 'Z' ? "=" : ":=", w->l,
           v, w->l, slope);
}

/* Whether anything up to `node` has parameters: else no gradient goes there. */
static bool learns(const gl_net *m, const gl_node *node) {
    for (; node >= m->node; node--)
        if (node->params > 0) return true;
    return false;
}

static void add_layer_backward(walk *w, const gl_net *m, const gl_node *node) {
    long long n = (long long)node->width, k = (long long)node->in;
    int l = w->l--;
    gl_add(w->t, "  dW%d = dZ%d A%d'      (%lld, %lld)\n", l, l, l - 1, n, k);
    gl_add(w->t, "  db%d = sum of dZ%d over samples      (%lld, 1)\n", l, l, n);
    if (learns(m, node - 1)) gl_add(w->t, "  dA%d = W%d' dZ%d      (%lld, m)\n", l - 1, l, l, k);
}

static void add_backward(walk *w, const gl_net *m, const gl_node *node) {
    const gl_op *op = node->op;
    if (!learns(m, node)) return;
    w->value = value_before(m, node);
    if (op->role == GL_LOSS) {
        gl_add(w->t, "  d%c%d = %s      (%lld, m)\n", op->link ? 'Z' : 'A', w->l, op->slope,
               (long long)node->width);
    }
    if (op->role == GL_LAYER) add_layer_backward(w, m, node);
    if (op->role == GL_BETWEEN) add_lines(w, op->slope, node->width);
    if (op->role == GL_ACTIVATION) add_slope(w, op->slope);
    bool was_linear = op->role == GL_LAYER || (op->role == GL_LOSS && !op->link);
    if (was_linear && w->value == 'Z') add_slope(w, "1");
}

/* -------------------------------------------------------------------------------------- both -- */

static bool has_gamma(const gl_net *m) {
    for (const gl_node *node = m->node; node < gl_loss_node(m); node++)
        if (node->op->role == GL_BETWEEN && node->params > 0) return true;
    return false;
}

char *gl_net_equations(const gl_net *m) {
    gl_text t = {.g = m->g};
    const gl_op *loss = gl_loss_node(m)->op;
    walk w = {.t = &t, .value = 'A'};
    gl_add(&t,
           "%d layers (the input is layer 0 and is not counted); m samples are the columns of X "
           "(%lld, m) = A0\n\nforward\n",
           gl_net_layers(m), (long long)m->inputs);
    for (const gl_node *node = m->node; node < m->node + m->nodes; node++) add_forward(&w, node);
    gl_add(&t,
           "  J = (1/m) sum over samples, sum over outputs of %s\n\nbackward (the 1/m is in the "
           "first line)\n",
           loss->formula);
    for (const gl_node *node = gl_loss_node(m); node >= m->node; node--) add_backward(&w, m, node);
    gl_add(&t, "\nupdate, for every l\n  W := W - lr dW      b := b - lr db      (sgd; the other "
               "optimizers change the step)\n");
    if (has_gamma(m)) gl_add(&t, "  gamma := gamma - lr dgamma      beta := beta - lr dbeta\n");
    if (!t.failed) return t.s;
    gl_free(m->g, t.s);
    return NULL;
}
