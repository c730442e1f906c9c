/*
 * tap.c: which value of a network somebody means by "2", "fc2" or "relu1".
 *
 *     dense 32 relu, dropout 0.5, dense 1 sigmoid
 *     "1", "fc1"    what layer 1 gives to the next: the value behind its activation
 *     "relu1"       the value of that step: here the same
 *     "2", "fc2"    an output: the probability, as a prediction has it
 */
#include "predict.h"

#include <stdio.h>
#include <string.h>

/* Behind a layer stands what belongs to it alone: its normalisation, activation and dropout. */
static const gl_node *end_of_layer(const gl_net *m, const gl_node *node) {
    for (;;) {
        const gl_node *next = gl_only_reader(m, node);
        bool belongs = next && (next->op->role == GL_ACTIVATION || next->op->role == GL_BETWEEN);
        if (!belongs) return node;
        node = next;
    }
}

static const gl_node *layer_of(const gl_net *m, const char *text) {
    int64_t number = 0;
    bool counted = gl_parse_int(text, &number);
    for (const gl_node *node = m->node; node < m->node + m->nodes; node++) {
        if (node->op->role != GL_LAYER) continue;
        if (counted ? --number == 0 : strcmp(node->name, text) == 0) return node;
    }
    return NULL;
}

static const gl_node *named(const gl_net *m, const char *text) {
    for (const gl_node *node = m->node; node < gl_loss_node(m); node++)
        if (strcmp(node->name, text) == 0 || (*node->label && strcmp(node->label, text) == 0))
            return node;
    return NULL;
}

static glia_status unknown(glia_ctx *g, const gl_net *m, const char *text) {
    char list[700] = "";
    int n = 0, layer = 0;
    for (const gl_node *node = m->node; node < gl_loss_node(m) && n < 600; node++) {
        if (node->op->role != GL_LAYER) continue;
        n += snprintf(list + n, sizeof list - (size_t)n, "%s%d %s (%lld)", layer ? ", " : "",
                      layer + 1, node->name, (long long)end_of_layer(m, node)->width);
        layer++;
    }
    return gl_fail(g, GLIA_USAGE,
                   "there is no layer '%s'; layers, and how many values each gives: %s%s", text,
                   list, layer < m->layers ? ", ..." : "");
}

/* A head's answers are columns of what the network predicts. What others read as well is not yet
 * what a link (softmax) makes of it. */
static const gl_head *head_behind(const gl_net *m, const gl_node *node) {
    for (const gl_head *h = m->head; h < m->head + m->heads; h++) {
        const gl_node *loss = gl_loss_of(m, h);
        if (gl_read_node(m, loss, 0) == node && (!loss->op->link || node->readers == 1)) return h;
    }
    return NULL;
}

/* flatten, and dropout in a prediction, are what they read. */
static bool passes(const gl_node *node) { return !node->op->forward || node->op->training_only; }

glia_status gl_find_tap(glia_ctx *g, const gl_net *m, const char *layer, gl_tap *tap) {
    const gl_node *node = layer_of(m, layer);
    node = node ? end_of_layer(m, node) : named(m, layer);
    if (!node) return unknown(g, m, layer);
    const gl_head *h = head_behind(m, node);
    while (!h && node && passes(node)) node = gl_read_node(m, node, 0);
    if (!node) return unknown(g, m, layer); /* the input itself */
    *tap = h ? (gl_tap){.first = h->first, .width = h->width}
             : (gl_tap){.node = node, .width = node->width};
    return GLIA_OK;
}
