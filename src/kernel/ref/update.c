/*
 * update.c: what moves the weights, number by number. Everything here waits for memory: adam reads
 * four numbers and writes three for a handful of operations. To replace two of its three divisions
 * by multiplications gained nothing (notebook 2026-11, 21.28), and would be other bits than the
 * formula's.
 */
#include "real.h"

gl_kernel K(adam);

void K(sgd)(PART) {
    glia_real *w = c->p[0], lr = (glia_real)c->knobs->lr;
    const glia_real *g = c->p[1];
    EACH for (int64_t i = lo; i < hi; i++) w[i] -= lr * g[i];
}

/* v is a moving average, (1 - beta) g and not g, so that lr means the same as in sgd. */
void K(momentum)(PART) {
    glia_real *w = c->p[0], *v = c->p[2];
    const glia_real *g = c->p[1];
    const glia_real lr = (glia_real)c->knobs->lr;
    const glia_real keep = (glia_real)c->knobs->momentum;
    const glia_real take = (glia_real)(1 - c->knobs->momentum);
    EACH for (int64_t i = lo; i < hi; i++) {
        v[i] = keep * v[i] + take * g[i];
        w[i] -= lr * v[i];
    }
}

/* As in Sutskever et al. (2013): the gradient is taken where the weights are, and the step looks
 * one step of v ahead. v is the same moving average as in momentum. */
void K(nesterov)(PART) {
    glia_real *w = c->p[0], *v = c->p[2];
    const glia_real *g = c->p[1];
    const glia_real lr = (glia_real)c->knobs->lr;
    const glia_real keep = (glia_real)c->knobs->momentum;
    const glia_real take = (glia_real)(1 - c->knobs->momentum);
    EACH for (int64_t i = lo; i < hi; i++) {
        v[i] = keep * v[i] + take * g[i];
        w[i] -= lr * (keep * v[i] + take * g[i]);
    }
}

void K(rmsprop)(PART) {
    const gl_knobs *o = c->knobs;
    glia_real *w = c->p[0], *s = c->p[2];
    const glia_real *g = c->p[1];
    const glia_real lr = (glia_real)o->lr;
    const glia_real eps = (glia_real)o->eps, eps_root = (glia_real)o->eps_root;
    const glia_real keep = (glia_real)o->beta2, take = (glia_real)(1 - o->beta2);
    EACH for (int64_t i = lo; i < hi; i++) {
        s[i] = keep * s[i] + take * (g[i] * g[i]);
        w[i] -= lr * g[i] / (sqrt(s[i] + eps_root) + eps);
    }
}

/* Kingma and Ba, "Adam" (2015), with both places where an epsilon has been put: outside the root,
 * and within. */
void K(adam)(PART) {
    const gl_knobs *o = c->knobs;
    glia_real *w = c->p[0], *v = c->p[2], *s = c->p[3];
    const glia_real *g = c->p[1];
    const glia_real lr = (glia_real)o->lr;
    const glia_real eps = (glia_real)o->eps, eps_root = (glia_real)o->eps_root;
    const glia_real keep_v = (glia_real)o->beta1, take_v = (glia_real)(1 - o->beta1);
    const glia_real keep_s = (glia_real)o->beta2, take_s = (glia_real)(1 - o->beta2);
    const glia_real correct1 = (glia_real)o->correct1, correct2 = (glia_real)o->correct2;
    EACH for (int64_t i = lo; i < hi; i++) {
        v[i] = keep_v * v[i] + take_v * g[i];
        s[i] = keep_s * s[i] + take_s * (g[i] * g[i]);
        w[i] -= lr * (v[i] / correct1) / (sqrt(s[i] / correct2 + eps_root) + eps);
    }
}

/* Loshchilov and Hutter, "Decoupled Weight Decay Regularization" (2019): the decay does not pass
 * through the moments. */
void K(adamw)(PART) {
    glia_real *w = c->p[0];
    const glia_real keep = (glia_real)(1 - c->knobs->lr * c->knobs->decay);
    int64_t last = hi < c->n[1] ? hi : c->n[1];
    EACH for (int64_t i = lo; i < last; i++) w[i] *= keep;
    K(adam)(c, lo, hi, work);
}
