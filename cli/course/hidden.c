/*
 * hidden.c: the functions of a network with one hidden layer, and one update by each optimizer.
 */
#include <math.h>
#include <stdio.h>

#include "small.h"

enum { M = 3 }; /* samples */

/* Arguments that the exercise writes down, in its shapes. */
static const double first_w1[8] = {-0.00416758, -0.00056267, -0.02136196, 0.01640271,
                                   -0.01793436, -0.00841747, 0.00502881,  -0.01245288};
static const double first_w2[4] = {-0.01057952, -0.00909008, 0.00551454, 0.02292208};
static const double first_a1[12] = {-0.00616578, 0.0020626,   0.00349619,  -0.05225116,
                                    0.02725659,  -0.02646251, -0.02009721, 0.0036869,
                                    0.02883756,  0.02152675,  -0.01385234, 0.02599885};
static const double first_a2[M] = {0.5002307, 0.49985831, 0.50023963};
static const double later_w1[8] = {-0.00615039, 0.0169021,   -0.02311792, 0.03137121,
                                   -0.0169217,  -0.01752545, 0.00935436,  -0.05018221};
static const double later_b1[4] = {-8.97523455e-07, 8.15562092e-06, 6.04810633e-07, -2.545607e-06};
static const double later_w2[4] = {-0.0104319, -0.04019007, 0.01607211, 0.04440255};
static const double later_b2[1] = {9.14954378e-05};
static const double later_dw1[8] = {0.00023322,  -0.00205423, 0.00082222,  -0.00700776,
                                    -0.00031831, 0.0028636,   -0.00092857, 0.00809933};
static const double later_db1[4] = {1.05570087e-07, -3.81814487e-06, -1.90155145e-07,
                                    5.46467802e-07};
static const double later_dw2[4] = {-1.75740039e-05, 0.00370231337, -0.00125683095, -0.00255715317};
static const double later_db2[1] = {-1.0892314e-05};

static const char net[] = "dense 4 tanh, dense 1 sigmoid";

/* Three points, a row each: randn(2, 3) after seed 1. */
static void draw_points(const course *k, stream *s, double x[2 * M]) {
    *s = seeded(k, 1);
    turn(draw_next(s, 2, M), 2, M, x);
}

static double mean(const glia_tensor *t) {
    double sum = 0;
    int64_t n = glia_tensor_count(t, 0);
    for (int64_t i = 0; i < n; i++) sum += glia_tensor_value(t, i);
    return sum / (double)n;
}

static void means_forward(course *k) {
    stream s;
    double x[2 * M], means[4];
    draw_points(k, &s, x);
    glia_model *m = small_network(k, 2, net, "zeros", 0, NULL);
    small_set(m, "fc1.w", first_w1);
    small_set(m, "fc1.b", draw_next(&s, 4, 1));
    small_set(m, "fc2.w", first_w2);
    *small_param(m, "fc2.b") = -1.3;
    glia_trace *t = small_trace(k, m, x, (double[]){1, 0, 1}, M);
    for (int i = 0; i < 4; i++) means[i] = mean(&t->step[i].value);
    compare(k, "planar", "v2.forward.means", means, 4);
    glia_trace_free(k->g, t);
    glia_model_free(m);
}

/* A1 and A2 are given, unrelated to X: the chain goes by them. */
static void gradients(course *k) {
    static const double y[M] = {1, 0, 1};
    stream s;
    double x[2 * M], a1[4 * M], z1[4 * M], dz[4 * M], dz2[M];
    draw_points(k, &s, x);
    turn(first_a1, 4, M, a1);
    for (int i = 0; i < 4 * M; i++) z1[i] = atanh(a1[i]);
    for (int i = 0; i < M; i++) dz2[i] = first_a2[i] - y[i];
    backward d2 = linear_backward(k, dz2, a1, first_w2, M, 4, 1);
    through(k, "tanh", z1, d2.da, M, 4, dz);
    backward d1 = linear_backward(k, dz, x, first_w1, M, 2, 4);
    compare(k, "planar", "v2.backward.dW1", d1.dw, 8);
    compare(k, "planar", "v2.backward.db1", d1.db, 4);
    compare(k, "planar", "v2.backward.dW2", d2.dw, 4);
    compare(k, "planar", "v2.backward.db2", d2.db, 1);
}

static void compare_weights(course *k, const glia_model *m, const char *group) {
    static const char *const there[] = {"W1", "b1", "W2", "b2"}, *const here[] = {"fc1.w", "fc1.b",
                                                                                  "fc2.w", "fc2.b"};
    for (int p = 0; p < 4; p++) {
        char item[64];
        glia_tensor t = glia_model_param(m, glia_model_find_param(m, here[p]));
        snprintf(item, sizeof item, "%s.%s", group, there[p]);
        compare(k, "planar", item, t.data, (int)glia_tensor_count(&t, 0));
    }
}

static void train_on_three_points(course *k) {
    stream s;
    double x[2 * M], y[M] = {1, 0, 1};
    draw_points(k, &s, x);
    glia_model *m = small_network(k, 2, net, "normal:0.01", 2, NULL);
    glia_fit_options o = {.epochs = 10000,
                          .batch = GLIA_FULL_BATCH,
                          .optimizer = "sgd",
                          .lr = 1.2,
                          .log_every = 10000};
    if (glia_model_fit(m, glia_tensor_f64(x, M, 2), glia_tensor_f64(y, M, 1), &o, NULL) != GLIA_OK)
        small_fault(k);
    compare_weights(k, m, "v2.nn_model");
    glia_model_free(m);
}

static void update_and_predict(course *k) {
    static const struct {
        const char *item;
        const double *p, *g;
        int n;
    } all[] = {{"update.W1", later_w1, later_dw1, 8},
               {"update.b1", later_b1, later_db1, 4},
               {"update.W2", later_w2, later_dw2, 4},
               {"update.b2", later_b2, later_db2, 1}};
    double after[8], x[2 * M], a[M];
    stream s;
    for (int i = 0; i < 4; i++) {
        small_update(k, &(glia_fit_options){.optimizer = "sgd", .lr = 1.2}, all[i].p, all[i].g,
                     all[i].n, after);
        compare(k, "planar", all[i].item, after, all[i].n);
    }
    draw_points(k, &s, x);
    glia_model *m = small_network(k, 2, net, "zeros", 0, NULL);
    small_set(m, "fc1.w", later_w1);
    small_set(m, "fc1.b", later_b1);
    small_set(m, "fc2.w", later_w2);
    small_set(m, "fc2.b", later_b2);
    small_predict(k, m, x, M, a);
    double yes = 0;
    for (int i = 0; i < M; i++) yes += (a[i] > 0.5) / (double)M;
    compare(k, "planar", "predict.predictions mean", &yes, 1);
    glia_model_free(m);
}

int run_hidden(course *k, const char *name) {
    (void)name;
    means_forward(k);
    compare(k, "planar", "v2.cost.cost",
            (double[]){small_cost(k, first_a2, (double[]){1, 0, 0}, M)}, 1);
    gradients(k);
    train_on_three_points(k);
    update_and_predict(k);
    return 0;
}

/* -------------------------------------------------------------------------------- optimizers -- */

/* Both forms of Adam: sqrt(s) + eps, and sqrt(s + eps), the slip of many public copies. */
int run_updates(course *k, const char *name) {
    static const struct {
        const char *group, *optimizer;
        double eps, eps_root;
    } ways[] = {{"gd", "sgd", 0, 0},
                {"momentum", "momentum", 0, 0},
                {"adam.eps_outside", "adam", 1e-8, 0},
                {"adam.eps_inside", "adam", 1e-300, 1e-8}};
    static const struct {
        const char *name;
        int rows, cols;
    } all[] = {{"W1", 2, 3}, {"b1", 2, 1}, {"W2", 3, 3}, {"b2", 3, 1}};
    (void)name;
    for (int w = 0; w < 4; w++) {
        stream s = seeded(k, 1);
        const double *p[4], *g[4];
        for (int i = 0; i < 4; i++) p[i] = draw_next(&s, all[i].rows, all[i].cols);
        for (int i = 0; i < 4; i++) g[i] = draw_next(&s, all[i].rows, all[i].cols);
        for (int i = 0; i < 4; i++) {
            char item[64];
            double after[9];
            int n = all[i].rows * all[i].cols;
            small_update(k,
                         &(glia_fit_options){.optimizer = ways[w].optimizer,
                                             .lr = 0.01,
                                             .eps = ways[w].eps,
                                             .eps_root = ways[w].eps_root},
                         p[i], g[i], n, after);
            snprintf(item, sizeof item, "%s.%s", ways[w].group, all[i].name);
            compare(k, "opt", item, after, n);
        }
    }
    return 0;
}
