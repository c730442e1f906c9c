/*
 * oracle.h: the formulas of the course as they stand on paper, one sample, one unit, one input at a
 * time, in double. It shares nothing with the library but the weights, and is no faster than it
 * looks.
 *
 *     for i = 1..m    z[l] = W[l] a[l-1] + b[l],  a[l] = g(z[l]);  J += L(a[L], y)
 *                     dz[L], dW[l] += dz[l] a[l-1]', db[l] += dz[l],
 *                     dz[l-1] = W[l]' dz[l] * g'(z[l-1])
 *     J, dW, db /= m;  J += lambda/2 sum w^2;  dW += lambda w
 */
#ifndef GLIA_TEST_ORACLE_H
#define GLIA_TEST_ORACLE_H

#include <math.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

enum { ORACLE_LAYERS = 6, ORACLE_UNITS = 64 };

typedef struct oracle_layer {
    int64_t in, units;
    const char *act;     /* "leaky_relu:0.1" */
    const double *w, *b; /* (units, in), (units) */
    double *dw, *db;
} oracle_layer;

typedef struct oracle {
    int layers;
    oracle_layer layer[ORACLE_LAYERS];
    const char *loss; /* sigmoid, softmax (cross entropy on them), mse, mae, huber:DELTA */
    double lambda;
} oracle;

static inline int oracle_is(const char *text, const char *name) {
    return strncmp(text, name, strlen(name)) == 0;
}

static inline double oracle_number(const char *text) { return strtod(strchr(text, ':') + 1, NULL); }

static inline double oracle_g(const char *act, double z) {
    if (oracle_is(act, "sigmoid")) return 1 / (1 + exp(-z));
    if (oracle_is(act, "tanh")) return tanh(z);
    if (oracle_is(act, "relu")) return z > 0 ? z : 0;
    if (oracle_is(act, "leaky_relu")) return z > 0 ? z : oracle_number(act) * z;
    if (oracle_is(act, "elu")) return z > 0 ? z : exp(z) - 1;
    if (oracle_is(act, "gelu")) return z * (1 + erf(z / sqrt(2))) / 2;
    if (oracle_is(act, "silu")) return z / (1 + exp(-z));
    if (oracle_is(act, "softplus")) return log(1 + exp(z));
    return z;
}

static inline double oracle_slope(const char *act, double z) {
    double s = 1 / (1 + exp(-z));
    if (oracle_is(act, "sigmoid")) return s * (1 - s);
    if (oracle_is(act, "tanh")) return 1 - tanh(z) * tanh(z);
    if (oracle_is(act, "relu")) return z > 0;
    if (oracle_is(act, "leaky_relu")) return z > 0 ? 1 : oracle_number(act);
    if (oracle_is(act, "elu")) return z > 0 ? 1 : exp(z);
    if (oracle_is(act, "gelu"))
        return (1 + erf(z / sqrt(2))) / 2 + z * exp(-z * z / 2) / sqrt(2 * acos(-1));
    if (oracle_is(act, "silu")) return s + z * s * (1 - s);
    if (oracle_is(act, "softplus")) return s;
    return 1;
}

/* The loss of one sample and dL/da; y: the labels of this sample. */
static inline double oracle_value_loss(const char *loss, int64_t n, const double *a,
                                       const double *y, double *da) {
    double sum = 0;
    for (int64_t j = 0; j < n; j++) {
        double e = a[j] - y[j];
        if (oracle_is(loss, "mse")) sum += e * e, da[j] = 2 * e;
        if (oracle_is(loss, "mae")) sum += fabs(e), da[j] = (e > 0) - (e < 0);
        if (!oracle_is(loss, "huber")) continue;
        double d = oracle_number(loss);
        sum += fabs(e) <= d ? e * e / 2 : d * (fabs(e) - d / 2);
        da[j] = fabs(e) <= d ? e : e > 0 ? d : -d;
    }
    return sum;
}

/* Turns z into a and gives the loss of one sample; dz = a - y. */
static inline double oracle_cross_entropy(const char *loss, int64_t n, const double *z, double *a,
                                          const double *y, double *dz) {
    double sum = 0, total = 0;
    if (oracle_is(loss, "sigmoid")) {
        for (int64_t j = 0; j < n; j++) {
            a[j] = 1 / (1 + exp(-z[j]));
            sum -= y[j] * log(a[j]) + (1 - y[j]) * log(1 - a[j]);
            dz[j] = a[j] - y[j];
        }
        return sum;
    }
    for (int64_t j = 0; j < n; j++) total += exp(z[j]);
    for (int64_t j = 0; j < n; j++) a[j] = exp(z[j]) / total, dz[j] = a[j] - (j == (int64_t)y[0]);
    return -log(a[(int64_t)y[0]]);
}

/* One sample: forward, cost, backward. Gives its loss. */
static inline double oracle_sample(const oracle *o, const double *x, const double *y,
                                   double *output) {
    static double z[ORACLE_LAYERS + 1][ORACLE_UNITS], a[ORACLE_LAYERS + 1][ORACLE_UNITS],
        dz[ORACLE_LAYERS + 1][ORACLE_UNITS];
    int L = o->layers;
    memcpy(a[0], x, (size_t)o->layer[0].in * sizeof *x);
    for (int l = 1; l <= L; l++) {
        const oracle_layer *f = &o->layer[l - 1];
        for (int64_t j = 0; j < f->units; j++) {
            z[l][j] = f->b[j];
            for (int64_t k = 0; k < f->in; k++) z[l][j] += f->w[j * f->in + k] * a[l - 1][k];
            a[l][j] = oracle_g(f->act, z[l][j]);
        }
    }
    int64_t n = o->layer[L - 1].units;
    double loss;
    if (oracle_is(o->loss, "sigmoid") || oracle_is(o->loss, "softmax")) {
        loss = oracle_cross_entropy(o->loss, n, z[L], a[L], y, dz[L]);
    } else {
        loss = oracle_value_loss(o->loss, n, a[L], y, dz[L]);
        for (int64_t j = 0; j < n; j++) dz[L][j] *= oracle_slope(o->layer[L - 1].act, z[L][j]);
    }
    memcpy(output, a[L], (size_t)n * sizeof *output);
    for (int l = L; l >= 1; l--) {
        const oracle_layer *f = &o->layer[l - 1];
        for (int64_t j = 0; j < f->units; j++) {
            f->db[j] += dz[l][j];
            for (int64_t k = 0; k < f->in; k++) f->dw[j * f->in + k] += dz[l][j] * a[l - 1][k];
        }
        for (int64_t k = 0; l > 1 && k < f->in; k++) {
            double da = 0;
            for (int64_t j = 0; j < f->units; j++) da += f->w[j * f->in + k] * dz[l][j];
            dz[l - 1][k] = da * oracle_slope(o->layer[l - 2].act, z[l - 1][k]);
        }
    }
    return loss;
}

/* All samples: gives J, writes output (m, units of the last layer), adds to dw and db, which begin
 * at 0. */
static inline double oracle_run(const oracle *o, const double *x, const double *y, int64_t m,
                                int64_t labels, double *output) {
    const oracle_layer *end = &o->layer[o->layers - 1];
    double J = 0;
    for (int64_t i = 0; i < m; i++) {
        J += oracle_sample(o, x + i * o->layer[0].in, y + i * labels, output + i * end->units);
    }
    J /= (double)m;
    for (const oracle_layer *f = o->layer; f <= end; f++) {
        for (int64_t j = 0; j < f->units; j++) f->db[j] /= (double)m;
        for (int64_t k = 0; k < f->units * f->in; k++) {
            f->dw[k] = f->dw[k] / (double)m + o->lambda * f->w[k];
            J += o->lambda / 2 * f->w[k] * f->w[k];
        }
    }
    return J;
}

#endif
