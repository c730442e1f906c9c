/*
 * small.c: what the functions of the exercises give, by small networks: glia's formulas are no
 * functions of their own.
 */
#include "small.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

void small_fault(const course *k) { exit(fail((int)glia_code(k->g), "%s", glia_message(k->g))); }

glia_model *small_network(const course *k, int64_t inputs, const char *text, const char *init,
                          uint64_t seed, const char *loss) {
    glia_model *m = glia_model_new(k->g, inputs, text,
                                   &(glia_model_options){.loss = loss,
                                                         .init = init,
                                                         .dtype = GLIA_F64,
                                                         .seed = seed,
                                                         .rng = "numpy"});
    if (!m) small_fault(k);
    return m;
}

double *small_param(const glia_model *m, const char *name) {
    return glia_model_param(m, glia_model_find_param(m, name)).data;
}

stream seeded(const course *k, uint64_t seed) {
    stream s = {.next = 0};
    glia_model *m = small_network(k, DRAWN, "dense 1 linear", "normal:1", seed, NULL);
    memcpy(s.value, small_param(m, "fc1.w"), sizeof s.value);
    glia_model_free(m);
    return s;
}

/* randn(rows, cols) as it lies there. */
const double *draw_next(stream *s, int rows, int cols) {
    const double *from = s->value + s->next;
    s->next += rows * cols;
    return from;
}

void turn(const double *a, int rows, int cols, double *t) {
    for (int i = 0; i < rows; i++)
        for (int j = 0; j < cols; j++) t[j * rows + i] = a[i * cols + j];
}

void small_set(const glia_model *m, const char *name, const double *values) {
    glia_tensor t = glia_model_param(m, glia_model_find_param(m, name));
    memcpy(t.data, values, (size_t)glia_tensor_count(&t, 0) * sizeof *values);
}

static void set_identity(const glia_model *m, const char *name, int n) {
    double *w = small_param(m, name);
    for (int i = 0; i < n * n; i++) w[i] = i % (n + 1) == 0;
}

void small_predict(const course *k, const glia_model *m, const double *x, int rows, double *y) {
    glia_predictor *p = glia_predictor_new(k->g, m, rows);
    if (!p || glia_predictor_run(p, glia_tensor_f64(x, rows, glia_model_inputs(m)),
                                 glia_tensor_f64(y, rows, glia_model_outputs(m))) != GLIA_OK)
        small_fault(k);
    glia_predictor_free(p);
}

glia_trace *small_trace(const course *k, const glia_model *m, const double *x, const double *y,
                        int rows) {
    glia_trace *t = glia_model_trace(k->g, m, glia_tensor_f64(x, rows, glia_model_inputs(m)),
                                     glia_tensor_f64(y, rows, glia_model_outputs(m)), NULL);
    if (!t) small_fault(k);
    return t;
}

/* A layer of n units that sees its inputs as they are: a = g(x). */
glia_model *small_alone(const course *k, int n, const char *g, const char *loss) {
    char *text = format_text("dense %d %s", n, g);
    glia_model *m = small_network(k, n, text, "zeros", 0, loss);
    set_identity(m, "fc1.w", n);
    free(text);
    return m;
}

void activate(const course *k, const char *g, const double *z, int rows, int n, double *a) {
    glia_model *m = small_alone(k, n, g, NULL);
    small_predict(k, m, z, rows, a);
    glia_model_free(m);
}

/* dz = da g'(z). Behind g stands a layer that changes nothing, with labels by which squared error,
 * whose slope is 2 (a - y) / m, sends back da. */
void through(const course *k, const char *g, const double *z, const double *da, int rows, int n,
             double *dz) {
    double a[MOST] = {0}, y[MOST];
    char *text = format_text("dense %d %s, dense %d linear", n, g, n);
    glia_model *m = small_network(k, n, text, "zeros", 0, NULL);
    set_identity(m, "fc1.w", n);
    set_identity(m, "fc2.w", n);
    small_predict(k, m, z, rows, a);
    for (int i = 0; i < rows * n; i++) y[i] = a[i] - da[i] * rows / 2;
    glia_trace *t = small_trace(k, m, z, y, rows);
    for (int i = 0; i < rows * n; i++) dz[i] = glia_tensor_value(&t->step[0].gradient, i);
    glia_trace_free(k->g, t);
    glia_model_free(m);
    free(text);
}

/* By the same means: before the layer stands one that changes nothing. */
backward linear_backward(const course *k, const double *dz, const double *a, const double *w,
                         int rows, int in, int units) {
    backward d;
    double z[MOST] = {0}, y[MOST];
    char *text = format_text("dense %d linear, dense %d linear", in, units);
    glia_model *m = small_network(k, in, text, "zeros", 0, NULL);
    set_identity(m, "fc1.w", in);
    small_set(m, "fc2.w", w);
    small_predict(k, m, a, rows, z);
    for (int i = 0; i < rows * units; i++) y[i] = z[i] - dz[i] / 2;
    glia_trace *t = small_trace(k, m, a, y, rows);
    for (int i = 0; i < rows * in; i++) d.da[i] = rows * glia_tensor_value(&t->step[0].gradient, i);
    for (int i = 0; i < units * in; i++) d.dw[i] = glia_tensor_value(&t->gradient[2], i);
    for (int i = 0; i < units; i++) d.db[i] = glia_tensor_value(&t->gradient[3], i);
    glia_trace_free(k->g, t);
    glia_model_free(m);
    free(text);
    return d;
}

/* p are biases of units whose input is 0; labels by which squared error, whose slope is 2 (a - y),
 * sends back 0 for the first row and g for the second. NumPy's permutation of two from seed 11
 * keeps them so. */
void small_update(const course *k, const glia_fit_options *how, const double *p, const double *g,
                  int n, double *after) {
    double y[2 * MOST], x[2] = {0, 0};
    char *text = format_text("dense %d linear", n);
    glia_model *m = small_network(k, 1, text, "zeros", 0, NULL);
    small_set(m, "fc1.b", p);
    for (int i = 0; i < n; i++) {
        y[i] = p[i];
        y[n + i] = p[i] - g[i] / 2;
    }
    glia_fit_options o = *how;
    o.epochs = o.batch = 1;
    o.rng = "numpy";
    o.shuffle_seed = 11;
    if (glia_model_fit(m, glia_tensor_f64(x, 2, 1), glia_tensor_f64(y, 2, n), &o, NULL) != GLIA_OK)
        small_fault(k);
    memcpy(after, small_param(m, "fc1.b"), (size_t)n * sizeof *after);
    glia_model_free(m);
    free(text);
}

/* The cost takes z = log(a / (1 - a)). */
double small_cost(const course *k, const double *a, const double *y, int rows) {
    double z[MOST];
    for (int i = 0; i < rows; i++) z[i] = log(a[i] / (1 - a[i]));
    glia_model *m = small_alone(k, 1, "sigmoid", NULL);
    double J = glia_model_cost(k->g, m, glia_tensor_f64(z, rows, 1), glia_tensor_f64(y, rows, 1));
    glia_model_free(m);
    return J;
}
