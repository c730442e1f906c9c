/*
 * loops.c: the algorithm of the course as it stands on paper, in fp32 as the library computes:
 *
 *     J = 0, dW = 0, db = 0
 *     for i = 1..m    z[l] = W[l] a[l-1] + b[l],  a[l] = g(z[l]);  J += L(a[L], y)
 *                     dz[L] = a[L] - y,  dz[l] = W[l+1]' dz[l+1] * g'(z[l])
 *                     dW[l] += dz[l] a[l-1]',  db[l] += dz[l]
 *     J, dW, db /= m
 *
 * Nothing here is made to be fast, and nothing to be slow: it is what a C compiler makes of loops.
 */
#include "loops.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "bench.h"

typedef enum bend { SIGMOID, TANH, RELU, LEAKY, LINEAR, SOFTMAX, BENDS } bend;

static const char *const bends[BENDS] = {"sigmoid",    "tanh",   "relu",
                                         "leaky_relu", "linear", "softmax"};

typedef struct loops_layer {
    int64_t in, units;
    bend g;
    float steep;                         /* of leaky_relu, left of 0 */
    float *w, *b, *dw, *db, *z, *a, *dz; /* (units, in), (units); of one sample the rest */
} loops_layer;

struct loops {
    int layers;
    loops_layer *layer;
};

/* ------------------------------------------------------------------------------------ memory -- */

static float *numbers(int64_t n) {
    float *v = reserve(NULL, (size_t)n * sizeof *v);
    memset(v, 0, (size_t)n * sizeof *v);
    return v;
}

static int find_bend(const char *name) {
    int g = 0;
    while (g < BENDS && strcmp(bends[g], name) != 0) g++;
    return g;
}

static float *weights_of(const glia_model *m, const char *layer, const char *suffix, int64_t n) {
    char *name = format_text("%s.%s", layer, suffix);
    glia_tensor t = glia_model_param(m, glia_model_find_param(m, name));
    float *v = numbers(n);
    for (int64_t i = 0; i < n; i++) v[i] = (float)glia_tensor_value(&t, i);
    free(name);
    return v;
}

/* "dense 20 leaky_relu:0.3": the activation and its slope; false: the loops do not know it. */
static bool read_bend(const char *item, bool last, loops_layer *l) {
    char name[16] = "linear";
    int end = 0;
    float steep = 0.01f;
    sscanf(item, " dense %*d%n %15[a-z_]%n:%f%n", &end, name, &end, &steep, &end);
    int g = find_bend(name);
    if (!end || item[end] || g == BENDS || (last && g != SIGMOID && g != SOFTMAX)) return false;
    l->g = (bend)g, l->steep = steep;
    return true;
}

static void take_layer(loops_layer *l, const glia_model *m, const glia_layer *from) {
    l->in = from->in, l->units = from->units;
    l->w = weights_of(m, from->name, "w", from->units * from->in);
    l->b = weights_of(m, from->name, "b", from->units);
    l->dw = numbers(from->units * from->in);
    float **const each_unit[] = {&l->db, &l->z, &l->a, &l->dz};
    for (size_t i = 0; i < sizeof each_unit / sizeof *each_unit; i++)
        *each_unit[i] = numbers(from->units);
}

/* The text of a network names all that is in it: what is no dense layer is not known. */
loops *loops_new(glia_ctx *g, const glia_model *m, char **unknown) {
    loops *l = reserve(NULL, sizeof *l);
    *l = (loops){.layer = reserve(NULL, (size_t)glia_model_layers(m) * sizeof *l->layer)};
    char *net = glia_model_text(m), *rest = NULL;
    *unknown = net ? NULL : copy_text("?");
    for (char *item = net ? strtok_r(net, ",", &rest) : NULL; item && !*unknown;
         item = strtok_r(NULL, ",", &rest)) {
        bool last = l->layers == glia_model_layers(m) - 1;
        loops_layer f = {0};
        if (!read_bend(item, last, &f)) *unknown = copy_text(item + strspn(item, " "));
        else {
            glia_layer from = glia_model_layer(m, l->layers);
            take_layer(&f, m, &from);
            l->layer[l->layers++] = f;
        }
    }
    glia_text_free(g, net);
    if (!*unknown) return l;
    loops_free(l);
    return NULL;
}

void loops_free(loops *l) {
    for (int i = 0; l && i < l->layers; i++) {
        float *all[] = {l->layer[i].w, l->layer[i].b, l->layer[i].dw, l->layer[i].db,
                        l->layer[i].z, l->layer[i].a, l->layer[i].dz};
        for (size_t k = 0; k < sizeof all / sizeof *all; k++) free(all[k]);
    }
    if (l) free(l->layer);
    free(l);
}

/* ------------------------------------------------------------------------------------- loops -- */

static float bent(const loops_layer *f, float z) {
    if (f->g == SIGMOID) return 1 / (1 + expf(-z));
    if (f->g == TANH) return tanhf(z);
    if (f->g == RELU) return z > 0 ? z : 0;
    return f->g == LEAKY && z < 0 ? f->steep * z : z;
}

static float slope(const loops_layer *f, float z, float a) {
    if (f->g == SIGMOID) return a * (1 - a);
    if (f->g == TANH) return 1 - a * a;
    if (f->g == RELU) return z > 0;
    return f->g == LEAKY && z < 0 ? f->steep : 1;
}

static void softmax(float *a, const float *z, int64_t n) {
    float most = z[0], sum = 0;
    for (int64_t j = 1; j < n; j++) most = fmaxf(most, z[j]);
    for (int64_t j = 0; j < n; j++) sum += a[j] = expf(z[j] - most);
    for (int64_t j = 0; j < n; j++) a[j] /= sum;
}

static void forward(const loops *l, const float *x) {
    const float *before = x;
    for (int i = 0; i < l->layers; i++) {
        const loops_layer *f = &l->layer[i];
        for (int64_t j = 0; j < f->units; j++) {
            float z = f->b[j];
            for (int64_t k = 0; k < f->in; k++) z += f->w[j * f->in + k] * before[k];
            f->z[j] = z;
            f->a[j] = bent(f, z);
        }
        if (f->g == SOFTMAX) softmax(f->a, f->z, f->units);
        before = f->a;
    }
}

/* dz of the output, and the loss of this sample. */
static double output_error(const loops_layer *f, const float *y) {
    double loss = 0;
    for (int64_t j = 0; j < f->units; j++) {
        float t = f->g == SOFTMAX ? (float)(j == (int64_t)y[0]) : y[j];
        f->dz[j] = f->a[j] - t;
        if (f->g == SOFTMAX) loss -= t != 0 ? log((double)f->a[j]) : 0;
        else loss -= log(t != 0 ? (double)f->a[j] : 1 - (double)f->a[j]);
    }
    return loss;
}

static void backward(const loops *l, const float *x) {
    for (int i = l->layers - 1; i >= 0; i--) {
        const loops_layer *f = &l->layer[i], *below = i > 0 ? f - 1 : NULL;
        const float *before = below ? below->a : x;
        for (int64_t j = 0; j < f->units; j++) {
            for (int64_t k = 0; k < f->in; k++) f->dw[j * f->in + k] += f->dz[j] * before[k];
            f->db[j] += f->dz[j];
        }
        for (int64_t k = 0; below && k < f->in; k++) {
            float da = 0;
            for (int64_t j = 0; j < f->units; j++) da += f->w[j * f->in + k] * f->dz[j];
            below->dz[k] = da * slope(below, below->z[k], below->a[k]);
        }
    }
}

double loops_gradient(loops *l, const float *x, const float *y, int64_t rows) {
    const loops_layer *last = &l->layer[l->layers - 1];
    int64_t inputs = l->layer[0].in, labels = last->g == SOFTMAX ? 1 : last->units;
    double J = 0;
    for (int i = 0; i < l->layers; i++) {
        const loops_layer *f = &l->layer[i];
        memset(f->dw, 0, (size_t)(f->units * f->in) * sizeof *f->dw);
        memset(f->db, 0, (size_t)f->units * sizeof *f->db);
    }
    for (int64_t i = 0; i < rows; i++) {
        forward(l, x + i * inputs);
        J += output_error(last, y + i * labels);
        backward(l, x + i * inputs);
    }
    for (int i = 0; i < l->layers; i++) {
        const loops_layer *f = &l->layer[i];
        for (int64_t k = 0; k < f->units * f->in; k++) f->dw[k] /= (float)rows;
        for (int64_t k = 0; k < f->units; k++) f->db[k] /= (float)rows;
    }
    return J / (double)rows;
}

void loops_update(loops *l, float lr) {
    for (int i = 0; i < l->layers; i++) {
        const loops_layer *f = &l->layer[i];
        for (int64_t k = 0; k < f->units * f->in; k++) f->w[k] -= lr * f->dw[k];
        for (int64_t k = 0; k < f->units; k++) f->b[k] -= lr * f->db[k];
    }
}

void loops_predict(loops *l, const float *x, int64_t rows, float *y) {
    const loops_layer *last = &l->layer[l->layers - 1];
    for (int64_t i = 0; i < rows; i++) {
        forward(l, x + i * l->layer[0].in);
        memcpy(y + i * last->units, last->a, (size_t)last->units * sizeof *y);
    }
}

/* --------------------------------------------------------------------------------- measuring -- */

enum { MOST_STEPS = 1000, LEAST_STEPS = 3 };

double loops_time(loops *l, const float *x, const float *y, int64_t rows, double seconds) {
    double us[MOST_STEPS], end = bench_now() + seconds;
    float *out = numbers(rows * l->layer[l->layers - 1].units);
    int n = 0;
    while (n < MOST_STEPS && (n < LEAST_STEPS || bench_now() < end)) {
        double began = bench_now();
        if (y) {
            loops_gradient(l, x, y, rows);
            loops_update(l, 1e-4f);
        } else loops_predict(l, x, rows, out);
        us[n++] = 1e6 * (bench_now() - began);
    }
    free(out);
    return median(us, n);
}

static void largest_of(const float *v, const glia_tensor *t, double *apart, double *most) {
    for (int64_t i = 0; i < glia_tensor_count(t, 0); i++) {
        double g = glia_tensor_value(t, i);
        *apart = fmax(*apart, fabs(g - (double)v[i]));
        *most = fmax(*most, fabs(g));
    }
}

double loops_apart(const loops *l, const glia_trace *t) {
    double apart = 0, most = 0;
    for (int i = 0; i < l->layers; i++) {
        largest_of(l->layer[i].dw, &t->gradient[2 * i], &apart, &most);
        largest_of(l->layer[i].db, &t->gradient[2 * i + 1], &apart, &most);
    }
    return apart / fmax(most, 1e-300);
}
