/*
 * steps.c: the functions of a deep network, one by one, with the arguments that the seeds of the
 * exercise draw.
 */
#include <stdlib.h>

#include "small.h"

static void one_layer(course *k, uint64_t seed, const char *g, const char *what) {
    stream s = seeded(k, seed);
    double x[6], y[2];
    char *text = format_text("dense 1 %s", g);
    glia_model *m = small_network(k, 3, text, "zeros", 0, NULL);
    turn(draw_next(&s, 3, 2), 3, 2, x);
    small_set(m, "fc1.w", draw_next(&s, 1, 3));
    small_set(m, "fc1.b", draw_next(&s, 1, 1));
    small_predict(k, m, x, 2, y);
    compare(k, "steps", what, y, 2);
    glia_model_free(m);
    free(text);
}

static void three_layers(course *k) {
    stream s = seeded(k, 6);
    double x[20], y[4];
    glia_model *m =
        small_network(k, 5, "dense 4 relu, dense 3 relu, dense 1 sigmoid", "zeros", 0, NULL);
    turn(draw_next(&s, 5, 4), 5, 4, x);
    small_set(m, "fc1.w", draw_next(&s, 4, 5));
    small_set(m, "fc1.b", draw_next(&s, 4, 1));
    small_set(m, "fc2.w", draw_next(&s, 3, 4));
    small_set(m, "fc2.b", draw_next(&s, 3, 1));
    small_set(m, "fc3.w", draw_next(&s, 1, 3));
    small_set(m, "fc3.b", draw_next(&s, 1, 1));
    small_predict(k, m, x, 4, y);
    compare(k, "steps", "v3.model_forward.AL", y, 4);
    compare(k, "steps", "v3.model_forward.Length of caches list", (double[]){glia_model_layers(m)},
            1);
    glia_model_free(m);
}

static void compare_backward(course *k, const char *group, const backward *d) {
    char text[64];
    double da[6];
    turn(d->da, 2, 3, da);
    snprintf(text, sizeof text, "%s.dA_prev", group);
    compare(k, "steps", text, da, 6);
    snprintf(text, sizeof text, "%s.dW", group);
    compare(k, "steps", text, d->dw, 3);
    snprintf(text, sizeof text, "%s.db", group);
    compare(k, "steps", text, d->db, 1);
}

static void one_layer_back(course *k) {
    stream s = seeded(k, 1);
    const double *dz = draw_next(&s, 1, 2);
    double a[6];
    turn(draw_next(&s, 3, 2), 3, 2, a);
    backward d = linear_backward(k, dz, a, draw_next(&s, 1, 3), 2, 3, 1);
    compare_backward(k, "v3.linear_backward", &d);
}

static void activations_back(course *k) {
    stream s = seeded(k, 2);
    const double *da = draw_next(&s, 1, 2);
    double a[6], dz[2];
    turn(draw_next(&s, 3, 2), 3, 2, a);
    const double *w = draw_next(&s, 1, 3);
    draw_next(&s, 1, 1); /* b */
    const double *z = draw_next(&s, 1, 2);
    through(k, "sigmoid", z, da, 2, 1, dz);
    backward d = linear_backward(k, dz, a, w, 2, 3, 1);
    compare_backward(k, "v3.act_backward.sigmoid", &d);
    through(k, "relu", z, da, 2, 1, dz);
    d = linear_backward(k, dz, a, w, 2, 3, 1);
    compare_backward(k, "v3.act_backward.relu", &d);
}

/* The caches are unrelated numbers, and AL is even outside (0, 1): dAL is the lesson's formula. */
static void model_back(course *k) {
    stream s = seeded(k, 3);
    const double *al = draw_next(&s, 1, 2), y[2] = {1, 0};
    double a1[8], a2[6], z1[6], dal[2], dz[6], da1[6];
    turn(draw_next(&s, 4, 2), 4, 2, a1);
    const double *w1 = draw_next(&s, 3, 4);
    draw_next(&s, 3, 1); /* b1 */
    turn(draw_next(&s, 3, 2), 3, 2, z1);
    turn(draw_next(&s, 3, 2), 3, 2, a2);
    const double *w2 = draw_next(&s, 1, 3);
    draw_next(&s, 1, 1); /* b2 */
    const double *z2 = draw_next(&s, 1, 2);
    for (int i = 0; i < 2; i++) dal[i] = -(y[i] / al[i] - (1 - y[i]) / (1 - al[i]));
    through(k, "sigmoid", z2, dal, 2, 1, dz);
    backward d2 = linear_backward(k, dz, a2, w2, 2, 3, 1);
    through(k, "relu", z1, d2.da, 2, 3, dz);
    backward d1 = linear_backward(k, dz, a1, w1, 2, 4, 3);
    turn(d2.da, 2, 3, da1);
    compare(k, "steps", "v3.model_backward.dW1", d1.dw, 12);
    compare(k, "steps", "v3.model_backward.db1", d1.db, 3);
    compare(k, "steps", "v3.model_backward.dA1", da1, 6);
}

static void updates(course *k) {
    static const struct {
        const char *item;
        int rows, cols;
    } all[] = {{"v3.update.W1", 3, 4},
               {"v3.update.b1", 3, 1},
               {"v3.update.W2", 1, 3},
               {"v3.update.b2", 1, 1}};
    stream p = seeded(k, 2), g = seeded(k, 3);
    for (int i = 0; i < 4; i++) {
        int n = all[i].rows * all[i].cols;
        double after[MOST];
        small_update(k, &(glia_fit_options){.optimizer = "sgd", .lr = 0.1},
                     draw_next(&p, all[i].rows, all[i].cols),
                     draw_next(&g, all[i].rows, all[i].cols), n, after);
        compare(k, "steps", all[i].item, after, n);
    }
}

int run_steps(course *k, const char *name) {
    (void)name;
    one_layer(k, 1, "linear", "v3.linear_forward.Z");
    one_layer(k, 2, "sigmoid", "v3.act_forward.sigmoid");
    one_layer(k, 2, "relu", "v3.act_forward.relu");
    three_layers(k);
    compare(k, "steps", "v3.cost.cost",
            (double[]){small_cost(k, (double[]){0.8, 0.9, 0.4}, (double[]){1, 1, 1}, 3)}, 1);
    one_layer_back(k);
    activations_back(k);
    model_back(k);
    updates(k);
    return 0;
}
