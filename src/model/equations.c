/*
 * equations.c: the formulas of a network with its own shapes, as the textbook writes them: samples
 * are columns.
 */
#include "model.h"

#include <stdio.h>
#include <string.h>

typedef struct layer_view {
    int l; /* 1 .. L */
    const gl_node *layer;
    const gl_op *act; /* NULL: linear */
    const char *act_name;
} layer_view;

static layer_view view(const gl_node *node, int l) {
    const gl_op *next = node[1].op;
    layer_view v = {.l = l, .layer = node, .act_name = "linear"};
    if (next->role == GL_ACTIVATION) v.act = next, v.act_name = next->name;
    else if (next->role == GL_LOSS && next->link) v.act_name = next->link;
    return v;
}

static void add_forward(gl_text *t, const layer_view *v) {
    long long n = (long long)v->layer->width, k = (long long)v->layer->in;
    gl_add(t, "  Z%d = W%d A%d + b%d      W%d (%lld, %lld)  b%d (%lld, 1)  Z%d (%lld, m)\n", v->l,
           v->l, v->l - 1, v->l, v->l, n, k, v->l, n, v->l, n);
    gl_add(t, "  A%d = %s(Z%d)", v->l, v->act_name, v->l);
    if (v->act) gl_add(t, "      a = %s", v->act->formula);
    gl_add(t, "\n");
}

static void add_backward(gl_text *t, const layer_view *v, bool last, const gl_op *loss) {
    long long n = (long long)v->layer->width, k = (long long)v->layer->in;
    if (last && loss->link) {
        gl_add(t, "  dZ%d = %s      (%lld, m)\n", v->l, loss->slope, n);
    } else {
        if (last) gl_add(t, "  dA%d = %s      (%lld, m)\n", v->l, loss->slope, n);
        gl_add(t, "  dZ%d = dA%d * g'(Z%d)      g' = %s\n", v->l, v->l, v->l,
               v->act ? v->act->slope : "1");
    }
    gl_add(t, "  dW%d = dZ%d A%d'      (%lld, %lld)\n", v->l, v->l, v->l - 1, n, k);
    gl_add(t, "  db%d = sum of dZ%d over samples      (%lld, 1)\n", v->l, v->l, n);
    if (v->l > 1) gl_add(t, "  dA%d = W%d' dZ%d      (%lld, m)\n", v->l - 1, v->l, v->l, k);
}

char *glia_model_equations(const glia_model *m) {
    gl_text t = {.g = m->g};
    int L = glia_model_layers(m);
    const gl_op *loss = gl_loss_node(m)->op;
    gl_add(&t,
           "%d layers (the input is layer 0 and is not counted); m samples are the columns of X "
           "(%lld, m) = A0\n\nforward\n",
           L, (long long)m->inputs);
    int l = 0;
    for (const gl_node *node = m->node; node < m->node + m->nodes; node++) {
        if (node->params > 0) {
            layer_view v = view(node, ++l);
            add_forward(&t, &v);
        } else if (node->op->role == GL_LAYER) {
            gl_add(&t, "  A%d := %s(A%d)      %s\n", l, node->op->name, l, node->op->formula);
        }
    }
    gl_add(&t,
           "  J = (1/m) sum over samples, sum over outputs of %s\n\nbackward (the 1/m is in the "
           "first line)\n",
           loss->formula);
    for (const gl_node *node = gl_loss_node(m); node >= m->node; node--) {
        if (node->params == 0) continue;
        layer_view v = view(node, l);
        add_backward(&t, &v, l == L, loss);
        l--;
    }
    gl_add(&t, "\nupdate, for every l\n  W := W - lr dW      b := b - lr db      (sgd; the other "
               "optimizers change the step)\n");
    if (!t.failed) return t.s;
    gl_free(m->g, t.s);
    return NULL;
}
