/*
 * nets.h: random networks with random data, for the tests that want many. Network i of a seed is
 * always the same one.
 */
#ifndef GLIA_TEST_NETS_H
#define GLIA_TEST_NETS_H

#include "base/random.h"
#include "product/model.h"
#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

enum { MOST_LAYERS = 6, MOST_UNITS = 40 };

static const char *const activations[] = {"sigmoid", "tanh", "relu", "leaky_relu:0.1", "linear",
                                          "elu",     "gelu", "silu", "softplus"};
static const char *const losses[] = {"sigmoid", "softmax", "mse", "mae",
                                     "huber:0.8"}; /* the first two: cross_entropy */
enum {
    ACTIVATIONS = sizeof activations / sizeof *activations,
    LOSSES = sizeof losses / sizeof *losses
};

typedef struct net {
    int layers, loss; /* loss: number in losses[] */
    int64_t inputs, units[MOST_LAYERS];
    int act[MOST_LAYERS]; /* number in activations[]; the last one is not used by cross_entropy */
    double l2;
    char text[600];
    glia_model *m;
    int64_t rows, labels; /* the data: labels values a row */
    double *x, *y;
} net;

static inline bool net_is_linked(const net *n) { return n->loss < 2; }

/* norm: 0, or a number that chooses what stands around the activation of each hidden layer. */
static inline void net_write(net *n, double dropout, int norm) {
    static const char *const before[] = {"", ", batch_norm,", ", layer_norm,", ""};
    static const char *const behind[] = {"", "", "", ", batch_norm, layer_norm"};
    size_t at = 0;
    for (int l = 0; l < n->layers; l++) {
        bool last = l + 1 == n->layers;
        const char *act = last && net_is_linked(n) ? losses[n->loss] : activations[n->act[l]];
        int which = norm && !last ? (norm + l) % 4 : 0;
        at += (size_t)snprintf(n->text + at, sizeof n->text - at, "%sdense %d%s %s%s",
                               l ? ", " : "", (int)n->units[l], before[which], act, behind[which]);
        if (dropout > 0 && !last)
            at += (size_t)snprintf(n->text + at, sizeof n->text - at, ", dropout %g", dropout);
    }
}

static inline void net_fill(net *n, gl_rng *r) {
    n->labels = n->loss == 1 ? 1 : n->units[n->layers - 1];
    n->x = calloc((size_t)(n->rows * n->inputs), sizeof *n->x);
    n->y = calloc((size_t)(n->rows * n->labels), sizeof *n->y);
    for (int64_t i = 0; i < n->rows * n->inputs; i++) n->x[i] = gl_rng_normal(r);
    for (int64_t i = 0; i < n->rows * n->labels; i++) {
        n->y[i] = n->loss == 0   ? (double)gl_rng_below(r, 2)
                  : n->loss == 1 ? (double)gl_rng_below(r, n->units[n->layers - 1])
                                 : gl_rng_normal(r);
    }
    for (int p = 0; p < n->m->net->params;
         p++) { /* what is not drawn gets values of its own, too */
        const gl_param *b = &n->m->net->param[p];
        for (int64_t i = 0; b->kind != GL_DECAYED && i < b->rows; i++) {
            double move = 0.3 * gl_rng_normal(r);
            if (b->kind == GL_MEASURED) move = fabs(move); /* a variance stays above 0 */
            gl_store_set(n->m->net->store, GL_WEIGHTS, b->offset + i, b->initial + move);
        }
    }
}

/* Network i: losses and activations take turns, so that 45 in a row show every pair; every second
 * 90 have an L2 term. dropout: of hidden layers. */
static inline net net_draw(glia_ctx *g, glia_dtype dtype, uint64_t seed, int i, double dropout,
                           int norm) {
    gl_rng r = gl_rng_new(seed, GL_STREAM_TEST, (uint64_t)i);
    net n = {.layers = 1 + i % MOST_LAYERS,
             .loss = i % LOSSES,
             .inputs = 1 + gl_rng_below(&r, MOST_UNITS),
             .rows = 1 + gl_rng_below(&r, 17),
             .l2 = i / (2 * LOSSES * ACTIVATIONS) % 2 ? 0.1 * gl_rng_uniform(&r) : 0};
    for (int l = 0; l < n.layers; l++) {
        n.units[l] = 1 + gl_rng_below(&r, MOST_UNITS);
        n.act[l] = l == 0 || l + 1 == n.layers ? i / LOSSES % ACTIVATIONS
                                               : (int)gl_rng_below(&r, ACTIVATIONS);
    }
    if (n.loss == 1 && n.units[n.layers - 1] < 2) n.units[n.layers - 1] = 2;
    if (norm) n.rows += 7; /* a variance of few rows is no good divisor */
    net_write(&n, dropout, norm);
    glia_model_options o = {.loss = net_is_linked(&n) ? "cross_entropy" : losses[n.loss],
                            .init = "xavier",
                            .dtype = dtype,
                            .seed = (uint64_t)i};
    n.m = glia_model_new(g, n.inputs, n.text, &o);
    if (n.m) net_fill(&n, &r);
    return n;
}

static inline net net_random(glia_ctx *g, glia_dtype dtype, uint64_t seed, int i, double dropout) {
    return net_draw(g, dtype, seed, i, dropout, 0);
}

/* Likewise, with normalised hidden layers. */
static inline net net_normed(glia_ctx *g, glia_dtype dtype, uint64_t seed, int i, double dropout) {
    return net_draw(g, dtype, seed, i, dropout, 1 + i);
}

/* Every third with normalised hidden layers. */
static inline net net_any(glia_ctx *g, glia_dtype dtype, uint64_t seed, int i, double dropout) {
    return net_draw(g, dtype, seed, i, dropout, i % 3 == 1 ? 1 + i / 3 : 0);
}

static inline void net_free(net *n) {
    glia_model_free(n->m);
    free(n->x);
    free(n->y);
}

#endif
