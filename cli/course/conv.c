/*
 * conv.c: the forward functions of a convolution and of pools. A sample of the exercise is (height,
 * width, channels), as ours is; its filters are (height, width, channels, filters), ours a row
 * each.
 *
 * The exercise adds b inside the sum over a window, so once for each weight of a filter. Its
 * printed numbers come from a bias that is so many times as large.
 */
#include <stdlib.h>

#include "small.h"

/* x stands in the middle of zeros: seen by filters that let a channel each through, at the pixel in
 * their middle, two zeros before the first become one. */
static void padding(course *k) {
    enum { M = 4, SIDE = 3, CHANNELS = 2, SEEN = SIDE + 2, WEIGHTS = 9 * CHANNELS };
    stream s = seeded(k, 1);
    double y[M][SEEN][SEEN][CHANNELS], w[CHANNELS][WEIGHTS] = {0};
    glia_model *m = small_network(k, SIDE * SIDE * CHANNELS, "image 3 3 2, conv 2 3x3 pad 2 linear",
                                  "zeros", 0, NULL);
    for (int c = 0; c < CHANNELS; c++) w[c][4 * CHANNELS + c] = 1;
    small_set(m, "conv1.w", w[0]);
    small_predict(k, m, draw_next(&s, M * SIDE * SIDE, CHANNELS), M, y[0][0][0]);
    compare(k, "conv", "pad.x[1,1]", y[1][2][1], SIDE * CHANNELS);
    glia_model_free(m);
}

static void one_window(course *k) {
    enum { WEIGHTS = 4 * 4 * 3 };
    stream s = seeded(k, 1);
    double z;
    glia_model *m = small_network(k, WEIGHTS, "image 4 4 3, conv 1 4x4 linear", "zeros", 0, NULL);
    const double *x = draw_next(&s, 16, 3);
    small_set(m, "conv1.w", draw_next(&s, 16, 3));
    *small_param(m, "conv1.b") = WEIGHTS * *draw_next(&s, 1, 1);
    small_predict(k, m, x, 1, &z);
    compare(k, "conv", "single_step.Z", &z, 1);
    glia_model_free(m);
}

/* Filters of 2 x 2 with two zeros before the first pixel. Some windows see zeros alone there, which
 * glia refuses; filters of 4 x 4 whose edge is zeros see the same from one pixel further out. */
static void eight_filters(course *k) {
    enum {
        M = 10,
        FILTERS = 8,
        CHANNELS = 3,
        WEIGHTS = 2 * 2 * CHANNELS,
        VALUES = 7 * 7 * FILTERS
    };
    stream s = seeded(k, 1);
    double w[FILTERS][4][4][CHANNELS] = {0}, z[M * VALUES], mean = 0;
    glia_model *m = small_network(k, 48, "image 4 4 3, conv 8 4x4 pad 3 linear", "zeros", 0, NULL);
    const double *x = draw_next(&s, M * 16, CHANNELS), *there = draw_next(&s, WEIGHTS, FILTERS),
                 *b = draw_next(&s, 1, FILTERS);
    for (int i = 0; i < WEIGHTS * FILTERS; i++) {
        int pixel = i / FILTERS / CHANNELS, channel = i / FILTERS % CHANNELS;
        w[i % FILTERS][1 + pixel / 2][1 + pixel % 2][channel] = there[i];
    }
    small_set(m, "conv1.w", w[0][0][0]);
    for (int f = 0; f < FILTERS; f++) small_param(m, "conv1.b")[f] = WEIGHTS * b[f];
    small_predict(k, m, x, M, z);
    for (int i = 0; i < M * VALUES; i++) mean += z[i] / (M * VALUES);
    compare(k, "conv", "forward.Z_mean", &mean, 1);
    glia_model_free(m);
}

/* A network has weights: behind the pool stands a layer that changes nothing. */
static void pool(course *k, const char *op, const char *item) {
    stream s = seeded(k, 1);
    double y[6];
    char *text = format_text("image 4 4 3, %s 4x4 stride 1, dense 3 linear", op);
    glia_model *m = small_network(k, 48, text, "zeros", 0, NULL);
    small_set(m, "fc1.w", (double[]){1, 0, 0, 0, 1, 0, 0, 0, 1});
    small_predict(k, m, draw_next(&s, 2 * 16, 3), 2, y);
    compare(k, "conv", item, y, 6);
    glia_model_free(m);
    free(text);
}

int run_conv(course *k, const char *name) {
    (void)name;
    padding(k);
    one_window(k);
    eight_filters(k);
    pool(k, "pool", "pool.max");
    pool(k, "mean_pool", "pool.average");
    return 0;
}
