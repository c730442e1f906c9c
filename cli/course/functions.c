/*
 * functions.c: function tests of the exercises whose arguments are written down here as they are
 * there, and the first weights that NumPy's generator draws.
 */
#include <stdlib.h>

#include "small.h"

/* ------------------------------------------------------------------------------------ basics -- */

/* s'(z): behind the sigmoid |a - y| with y far below sends back 1. */
static void sigmoid_slopes(const course *k, const double *z, int n, double *slope) {
    glia_model *m = small_network(k, 1, "dense 1 sigmoid, dense 1 linear", "zeros", 0, "mae");
    *small_param(m, "fc1.w") = *small_param(m, "fc2.w") = 1;
    for (int i = 0; i < n; i++) {
        glia_trace *t = small_trace(k, m, &z[i], (double[]){-9}, 1);
        slope[i] = glia_tensor_value(&t->step[0].gradient, 0);
        glia_trace_free(k->g, t);
    }
    glia_model_free(m);
}

static double distance_of(const course *k, const char *loss) {
    static const double yhat[5] = {0.9, 0.2, 0.1, 0.4, 0.9}, y[5] = {1, 0, 0, 1, 1};
    glia_model *m = small_alone(k, 5, "linear", loss);
    double J = glia_model_cost(k->g, m, glia_tensor_f64(yhat, 1, 5), glia_tensor_f64(y, 1, 5));
    glia_model_free(m);
    return J;
}

int run_basics(course *k, const char *name) {
    static const double z[3] = {1, 2, 3}, rows[10] = {9, 2, 5, 0, 0, 7, 5, 0, 0, 0};
    double a[10];
    activate(k, "sigmoid", &z[2], 1, 1, a);
    compare(k, name, "sigmoid(3)", a, 1);
    activate(k, "sigmoid", z, 3, 1, a);
    compare(k, name, "sigmoid([1,2,3])", a, 3);
    sigmoid_slopes(k, z, 3, a);
    compare(k, name, "sigmoid_derivative([1,2,3])", a, 3);
    activate(k, "softmax", rows, 2, 5, a);
    compare(k, name, "softmax", a, 10);
    compare(k, name, "l.L1", (double[]){distance_of(k, "mae")}, 1);
    compare(k, name, "l.L2", (double[]){distance_of(k, "mse")}, 1);
    return 0;
}

/* ----------------------------------------------------------------- logistic regression's own -- */

/* Arguments of one edition, a sample a row. */
typedef struct edition {
    const char *name;
    int rows, asked;
    double x[6], y[3], w[2], b;
    double asked_x[6], asked_w[2], asked_b;
    int sigmoids;
    double z[2];
    const char *sigmoid;
} edition;

static const edition editions[] = {
    {"v1",
     2,
     2,
     {1, 3, 2, 4},
     {1, 0},
     {1, 2},
     2,
     {1, 3, 2, 4},
     {1, 2},
     2,
     1,
     {9.2},
     "v1.sigmoid(9.2)"},
    {"v2",
     3,
     3,
     {1, 3, 2, 4, -1, -3.2},
     {1, 0, 1},
     {1, 2},
     2,
     {1, 1.2, -1.1, 2, -3.2, 0.1},
     {0.1124579, 0.23106775},
     -0.3,
     2,
     {0, 2},
     "v2.sigmoid([0,2])"},
};

enum { NAME = 64 };

/* "v1.optimize.dw" into buf, which is returned. */
static const char *item(char buf[NAME], const edition *e, const char *of, const char *what) {
    snprintf(buf, NAME, "%.4s.%.20s.%.20s", e->name, of, what);
    return buf;
}

static glia_model *logistic(const course *k, const double w[2], double b) {
    glia_model *m = small_network(k, 2, "dense 1 sigmoid", "zeros", 0, NULL);
    small_set(m, "fc1.w", w);
    *small_param(m, "fc1.b") = b;
    return m;
}

static void compare_gradient(course *k, const glia_model *m, const edition *e, const char *of,
                             double *cost) {
    char buf[NAME];
    glia_trace *t = small_trace(k, m, e->x, e->y, e->rows);
    compare(k, "logistic", item(buf, e, of, "dw"), t->gradient[0].data, 2);
    compare(k, "logistic", item(buf, e, of, "db"), t->gradient[1].data, 1);
    *cost = t->cost;
    glia_trace_free(k->g, t);
}

static void descend(const course *k, glia_model *m, const edition *e, int64_t steps) {
    glia_fit_options o = {.epochs = steps,
                          .batch = GLIA_FULL_BATCH,
                          .optimizer = "sgd",
                          .lr = 0.009};
    if (glia_model_fit(m, glia_tensor_f64(e->x, e->rows, 2), glia_tensor_f64(e->y, e->rows, 1), &o,
                       NULL) != GLIA_OK)
        small_fault(k);
}

static void run_edition(course *k, const edition *e) {
    char buf[NAME];
    double a[3], cost;
    activate(k, "sigmoid", e->z, e->sigmoids, 1, a);
    compare(k, "logistic", e->sigmoid, a, e->sigmoids);

    glia_model *m = logistic(k, e->w, e->b);
    compare_gradient(k, m, e, "propagate", &cost);
    compare(k, "logistic", item(buf, e, "propagate", "cost"), &cost, 1);
    descend(k, m, e, 99); /* the gradient that is printed is that of the last of 100 passes */
    compare_gradient(k, m, e, "optimize", &cost);
    descend(k, m, e, 1);
    compare(k, "logistic", item(buf, e, "optimize", "w"), small_param(m, "fc1.w"), 2);
    compare(k, "logistic", item(buf, e, "optimize", "b"), small_param(m, "fc1.b"), 1);
    glia_model_free(m);

    m = logistic(k, e->asked_w, e->asked_b);
    small_predict(k, m, e->asked_x, e->asked, a);
    for (int i = 0; i < e->asked; i++) a[i] = a[i] > 0.5;
    compare(k, "logistic", item(buf, e, "predict", "predictions"), a, e->asked);
    glia_model_free(m);
}

int run_logistic(course *k, const char *name) {
    (void)name;
    for (size_t i = 0; i < sizeof editions / sizeof *editions; i++) run_edition(k, &editions[i]);
    return 0;
}

/* ----------------------------------------------------------------------------- first weights -- */

int run_weights(course *k, const char *name) {
    static const struct {
        const char *of, *group, *net, *init;
        int64_t inputs;
        uint64_t seed;
    } cases[] = {
        {"planar", "init", "dense 4 tanh, dense 1 sigmoid", "normal:0.01", 2, 2},
        {"steps", "v1.init2", "dense 2 relu, dense 1 sigmoid", "normal:0.01", 2, 1},
        {"steps", "v3.init2", "dense 2 relu, dense 1 sigmoid", "normal:0.01", 3, 1},
        {"steps", "v1.init_deep", "dense 4 relu, dense 3 sigmoid", "normal:0.01", 5, 3},
        {"init", "random", "dense 2 relu, dense 1 sigmoid", "normal:10", 3, 3},
        {"init", "he", "dense 4 relu, dense 1 sigmoid", "he", 2, 3},
    };
    static const char *const there[] = {"W1", "b1", "W2", "b2"}, *const here[] = {"fc1.w", "fc1.b",
                                                                                  "fc2.w", "fc2.b"};
    (void)name;
    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
        glia_model *m =
            small_network(k, cases[i].inputs, cases[i].net, cases[i].init, cases[i].seed, NULL);
        for (int p = 0; p < 4; p++) {
            char text[64];
            glia_tensor t = glia_model_param(m, glia_model_find_param(m, here[p]));
            snprintf(text, sizeof text, "%s.%s", cases[i].group, there[p]);
            compare(k, cases[i].of, text, t.data, (int)glia_tensor_count(&t, 0));
        }
        glia_model_free(m);
    }
    return 0;
}
