/*
 * vectors.c: test vectors travel with a model file: they are made when it is saved, and run again
 * by whoever wants to know whether this build computes the same.
 *
 * A checksum says that the weights arrived; this says that they mean here what they meant there:
 * another processor, another compiler, another version of an op. The inputs are drawn from a normal
 * distribution, as standardised features are, with a fixed seed, and never from the data: a model
 * can be passed on without passing on who was in the table.
 */
#include "model.h"

#include "../base/random.h"

#include <math.h>

/* Each passes every weight, but relu hides a unit that is 0 for it, and of ids come a few; of 8
 * samples a unit with random weights is 0 for all once in 256. They make the file of titanic's
 * model 0.35 kB larger. */
enum { VECTORS = 8 };

static glia_tensor matrix(const gl_net *net, int64_t rows, int64_t cols, void *data) {
    return (glia_tensor){.dtype = net->dtype, .ndim = 2, .dim = {rows, cols}, .data = data};
}

static glia_status answer(glia_ctx *g, const gl_net *net, const gl_vectors *v, void *y) {
    glia_predictor *p = gl_predictor_new(g, net, gl_answers_tap(net), v->n);
    if (!p) return glia_code(g);
    glia_status status = glia_predictor_run(p, matrix(net, v->n, net->inputs, v->x),
                                            matrix(net, v->n, net->outputs, y));
    glia_predictor_free(p);
    return status;
}

glia_status gl_vectors_new(gl_vectors *v, const gl_net *net, int n) {
    size_t size = glia_dtype_size(net->dtype);
    *v = (gl_vectors){.n = n};
    v->x = gl_alloc(net->g, net->inputs, (size_t)n * size);
    v->y = gl_alloc(net->g, net->outputs, (size_t)n * size);
    if (v->x && v->y) return GLIA_OK;
    gl_vectors_free(v, net->g);
    return GLIA_RESOURCE;
}

void gl_vectors_free(gl_vectors *v, glia_ctx *g) {
    gl_free(g, v->x);
    gl_free(g, v->y);
    *v = (gl_vectors){0};
}

/* Of sequences of different lengths the first has all its steps, and the last an eighth. */
static void put_lengths(const gl_vectors *v, const gl_net *net, const gl_inlet *inlet) {
    for (int64_t i = 0; i < v->n && gl_is_ragged(inlet); i++)
        gl_put(v->x, net->dtype, i * net->inputs + inlet->first,
               (double)(inlet->shape.dim[0] * (v->n - i) / v->n));
}

/* How many rows all embeddings have that read an inlet; 0: none does. */
static int64_t ids_of(const gl_net *net, const gl_inlet *inlet) {
    int64_t ids = 0;
    for (const gl_node *node = net->node; node < net->node + net->nodes; node++) {
        if (!node->op->looks_up || gl_read_inlet(net, node, 0) != inlet) continue;
        int64_t rows = net->param[node->param].rows;
        if (!ids || rows < ids) ids = rows;
    }
    return ids;
}

/* In place of what was drawn: numbers of rows, or 0, which is none's. */
static void draw_ids(gl_vectors *v, const gl_net *net, const gl_inlet *inlet, gl_rng *r) {
    int64_t ids = ids_of(net, inlet);
    for (int64_t i = 0; i < v->n * inlet->width && ids; i++)
        gl_put(v->x, net->dtype, i / inlet->width * net->inputs + inlet->first + i % inlet->width,
               (double)gl_rng_below(r, ids + 1));
}

glia_status gl_vectors_make(gl_vectors *v, const gl_net *net) {
    glia_status status = gl_vectors_new(v, net, VECTORS);
    if (status != GLIA_OK) return status;
    gl_rng r = gl_rng_new(0, GL_STREAM_TEST, 0);
    for (int64_t i = 0; i < VECTORS * net->inputs; i++)
        gl_put(v->x, net->dtype, i, gl_rng_normal(&r));
    for (int k = 0; k < net->inlets; k++) draw_ids(v, net, &net->inlet[k], &r);
    for (int k = 0; k < net->inlets; k++) put_lengths(v, net, &net->inlet[k]);
    status = answer(net->g, net, v, v->y);
    if (status != GLIA_OK) gl_vectors_free(v, net->g);
    return status;
}

/* The largest difference, relative where answers are large; NaN counts as worst. */
static double compare(const gl_net *net, const gl_vectors *v, const void *again) {
    double worst = 0;
    for (int64_t i = 0; i < v->n * net->outputs; i++) {
        double expected = gl_get(v->y, net->dtype, i), found = gl_get(again, net->dtype, i);
        double difference = fabs(found - expected) / fmax(1, fabs(expected));
        if (!(difference <= worst)) worst = difference;
    }
    return worst;
}

glia_status glia_model_verify(glia_ctx *g, const glia_model *m, int *vectors, double *worst) {
    const gl_vectors *v = &m->vectors;
    *vectors = v->n;
    *worst = 0;
    if (v->n == 0) return gl_fail(g, GLIA_FAILED, "the model holds no test vectors");
    void *again = gl_alloc(g, v->n * m->net->outputs, glia_dtype_size(m->net->dtype));
    glia_status status = again ? answer(g, m->net, v, again) : GLIA_RESOURCE;
    if (status == GLIA_OK) *worst = compare(m->net, v, again);
    gl_free(g, again);
    /* Another set of kernels adds in another order and fuses what this one rounds between: a sum of
     * k products is off by about sqrt(k) roundings of 6e-8, 2e-6 for k = 784 (f64: of 1e-16), and
     * layers add up. A wrong op differs in the first digits. */
    double tolerance = m->net->dtype == GLIA_F64 ? 1e-12 : 1e-5;
    if (status != GLIA_OK || *worst <= tolerance) return status;
    return gl_fail(g, GLIA_FAILED,
                   "the test vectors differ by %.3g, at most %.0e was expected: this "
                   "build computes something else",
                   *worst, tolerance);
}
