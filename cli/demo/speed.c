/*
 * speed.c: loops over samples, units and inputs against matrices: the same numbers, and how much
 * faster they come. Both run in fp32 on one thread.
 */
#include <math.h>
#include <stdlib.h>

#include "demo.h"
#include "../bench/bench.h"
#include "../bench/loops.h"

enum { SAMPLES = 128, IN = 784, OUT = 10, STEPS = 60 };

/* fp32 sums of 784 products in another order. */
static const double SAME = 1e-4, SECONDS = 0.06;

typedef struct race {
    demo *d;
    glia_ctx *g; /* of one thread */
    glia_model *model;
    loops *loops;
    float *x, *y, *by_matrix, *one_by_one, *by_loops;
    double us[3][2]; /* loops, one sample at a time, matrices: forward; forward and back */
    double answers, gradients;
    bool same_bits;
} race;

static glia_tensor all_x(const race *r) { return glia_tensor_f32(r->x, SAMPLES, IN); }

static glia_tensor all_y(const race *r) { return glia_tensor_f32(r->y, SAMPLES, 1); }

static bool line_up(race *r) {
    char *unknown = NULL;
    uint32_t state = 1;
    r->g = glia_open(&(glia_settings){.threads = 1});
    r->model = r->g ? glia_model_new(r->g, IN, "dense 128 relu, dense 10 softmax", NULL) : NULL;
    r->loops = r->model ? loops_new(r->g, r->model, &unknown) : NULL;
    r->x = reserve(NULL, sizeof(float) * SAMPLES * IN);
    r->y = reserve(NULL, sizeof(float) * SAMPLES);
    r->by_matrix = reserve(NULL, sizeof(float) * SAMPLES * OUT);
    r->one_by_one = reserve(NULL, sizeof(float) * SAMPLES * OUT);
    r->by_loops = reserve(NULL, sizeof(float) * SAMPLES * OUT);
    for (int i = 0; i < SAMPLES * IN; i++) {
        state = state * 1664525u + 1013904223u; /* any numbers will do */
        r->x[i] = (float)(state >> 8) * 0x1p-24f;
    }
    for (int i = 0; i < SAMPLES; i++) r->y[i] = (float)(i % OUT);
    return r->loops != NULL;
}

static void go_home(race *r) {
    loops_free(r->loops);
    glia_model_free(r->model);
    if (r->g) glia_close(r->g);
    float *all[] = {r->x, r->y, r->by_matrix, r->one_by_one, r->by_loops};
    for (size_t i = 0; i < sizeof all / sizeof *all; i++) free(all[i]);
}

/* Rows `at_once` at a time through a predictor; the median time of all rows. */
static double predict_time(const race *r, int64_t at_once, float *out) {
    double us[STEPS];
    glia_predictor *p = glia_predictor_new(r->g, r->model, at_once);
    for (int k = 0; p && k < STEPS; k++) {
        double began = bench_now();
        for (int64_t i = 0; i < SAMPLES; i += at_once)
            glia_predictor_run(p, glia_tensor_f32(r->x + i * IN, at_once, IN),
                               glia_tensor_f32(out + i * OUT, at_once, OUT));
        us[k] = 1e6 * (bench_now() - began);
    }
    glia_predictor_free(p);
    return p ? median(us, STEPS) : NAN;
}

static void measure_forward(race *r) {
    r->us[0][0] = loops_time(r->loops, r->x, NULL, SAMPLES, SECONDS);
    r->us[1][0] = predict_time(r, 1, r->one_by_one);
    r->us[2][0] = predict_time(r, SAMPLES, r->by_matrix);
    loops_predict(r->loops, r->x, SAMPLES, r->by_loops);
    r->same_bits = true;
    for (int i = 0; i < SAMPLES * OUT; i++) {
        r->answers = fmax(r->answers, fabs((double)(r->by_loops[i] - r->by_matrix[i])));
        r->same_bits = r->same_bits && r->by_matrix[i] == r->one_by_one[i];
    }
}

static bool measure_backward(race *r) {
    glia_history *h = NULL;
    glia_fit_options o = {.epochs = STEPS,
                          .batch = GLIA_FULL_BATCH,
                          .optimizer = "sgd",
                          .lr = 1e-4,
                          .log_every = STEPS};
    glia_trace *t = glia_model_trace(r->g, r->model, all_x(r), all_y(r), NULL);
    if (t) {
        loops_gradient(r->loops, r->x, r->y, SAMPLES);
        r->gradients = loops_apart(r->loops, t);
        r->us[0][1] = loops_time(r->loops, r->x, r->y, SAMPLES, SECONDS);
    }
    bool ok = t && glia_model_fit(r->model, all_x(r), all_y(r), &o, &h) == GLIA_OK;
    if (h) r->us[2][1] = 1e6 * h->seconds / (double)h->updates;
    glia_history_free(r->g, h);
    glia_trace_free(r->g, t);
    return ok;
}

static void say_times(const race *r) {
    static const char *const names[3] = {"loops", "matrices, sample by sample",
                                         "matrices, all samples at once"};
    const demo *d = r->d;
    char text[2][32];
    line(d, "  %-31s %12s   %16s", "microseconds for 128 samples", "forward", "forward and back");
    for (int i = 0; i < 3; i++)
        line(d, "  %-31s %12.0f   %16s", names[i], r->us[i][0],
             i == 1 ? "" : short_text(round(r->us[i][1]), text[0]));
    snprintf(text[0], sizeof text[0], "%.1f", r->us[0][0] / r->us[2][0]);
    snprintf(text[1], sizeof text[1], "%.1f", r->us[0][1] / r->us[2][1]);
    line(d, "  %-31s %12s   %16s\n", "loops / all at once", text[0], text[1]);
}

static int conclude(const race *r) {
    demo *d = r->d;
    number_fact(d, "ratio_forward", r->us[0][0] / r->us[2][0]);
    number_fact(d, "ratio_training", r->us[0][1] / r->us[2][1]);
    number_fact(d, "answers_difference", r->answers);
    number_fact(d, "gradients_difference", r->gradients);
    fact(d, "same_bits", json_boolean(r->same_bits));
    say(d,
        "The numbers are the same: answers of loops and matrices differ by %.2g at most, "
        "gradients by %.2g of the largest, which is the rounding of fp32 sums in another "
        "order. Sample by sample or all at once the library gives the very same bits.",
        r->answers, r->gradients);
    say(d, "Matrices win twice: many products at a time by vector instructions, and each weight "
           "that was fetched serves many samples. What is computed stays the same; how many "
           "samples an update looks at (the batch) is another question, which the demo 'batches' "
           "asks.");
    int status = claim(d, r->answers <= SAME && r->gradients <= SAME,
                       "loops and matrices differ by %g and %g, expected %g at most", r->answers,
                       r->gradients, SAME);
    if (!status)
        status = claim(d, r->same_bits, "a sample alone and among others gave different bits");
    if (!status)
        status = claim(d, r->us[2][0] < r->us[0][0], "matrices took %g us, loops %g us",
                       r->us[2][0], r->us[0][0]);
    return status;
}

int demo_loops(demo *d) {
    race r = {.d = d};
    heading(d, "Loops against matrices");
    say(d, "The course first writes learning as loops: for each sample i, for each unit j, for "
           "each input k, z_j = z_j + w_jk x_k. Then it puts the samples side by side as X and "
           "writes Z = W X + b. Here are both, in C, with 784-128-10 and 128 samples.");
    bool ok = line_up(&r);
    if (ok) measure_forward(&r);
    if (ok) ok = measure_backward(&r);
    if (ok) say_times(&r);
    int status =
        ok ? conclude(&r)
           : fail(GLIA_RESOURCE, "demo 'loops': %s", r.g ? glia_message(r.g) : "out of memory");
    go_home(&r);
    return status;
}
