/*
 * step_speed.c: where the time of a training step goes: every step of a plan, timed on its own, one
 * thread, with what its products reach.
 *
 *     step_speed "dense 128 relu, dense 10 softmax" INPUTS ROWS [OPTIMIZER] [SET]
 *
 * Each step runs some times in a row, so what it reads is as near as its own size lets it be; in a
 * plan what ran before has left other things there. The last line compares the sum with whole runs.
 */
#include "product/model.h"
#include "train/train.h"
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

typedef void work(void *user);

/* Seconds of one call: the best of several rounds of about 5 ms. */
static double seconds(work *f, void *user) {
    double best = 1e9;
    for (int round = 0; round < 9; round++) {
        int64_t runs = 0;
        double begin = gl_now(), end;
        do f(user), runs++;
        while ((end = gl_now()) - begin < 0.005);
        if ((end - begin) / (double)runs < best) best = (end - begin) / (double)runs;
    }
    return best;
}

static gl_plan *plan;

static void run_step(void *user) {
    gl_step *s = user;
    s->kernel(&s->call, 0, s->call.n[0], plan->work);
}

static void run_plan(void *user) {
    (void)user;
    if (!gl_run(plan)) exit(1);
}

static double flops(const gl_step *s) { return 2 * gl_multiply_adds(s->id, s->call.n); }

int main(int argc, char **argv) {
    if (argc < 4)
        return fprintf(stderr, "usage: step_speed NET INPUTS ROWS [OPTIMIZER] [SET]\n"), 2;
    glia_ctx *g = glia_open(&(glia_settings){.threads = 1});
    int64_t inputs = atoll(argv[2]), rows = atoll(argv[3]);
    glia_model *m = glia_model_new(g, inputs, argv[1], NULL);
    const gl_optimizer *o = m ? gl_optimizer_find(g, argc > 4 ? argv[4] : "sgd") : NULL;
    if (!o) return fprintf(stderr, "%s\n", glia_message(g)), 2;
    gl_plan_spec spec = {.mode = GL_TRAIN, .rows = rows, .update = o->kernel, .threads = 1};
    if (argc > 5) spec.kernels = gl_kernels_named(GLIA_F32, argv[5]);
    plan = gl_compile(g, m->net, &spec);
    float *x = gl_alloc(g, rows * inputs, 4), *y = gl_alloc(g, rows * m->net->outputs, 4);
    for (int64_t i = 0; i < rows * inputs; i++) x[i] = (float)(i * 7919 % 1000) / 500 - 1;
    gl_knobs knobs = {.lr = 1e-9, .momentum = 0.9, .beta1 = 0.9, .beta2 = 0.999, .eps = 1e-8};
    knobs.correct1 = knobs.correct2 = 0.5;
    for (gl_run_id run = GL_GRADIENTS; run < GL_BEST; run++)
        if (!gl_store_take(m->net->store, run)) return fprintf(stderr, "%s\n", glia_message(g)), 4;
    gl_bind(plan, &(gl_binding){.room = {[GL_X] = x, [GL_LABELS] = y},
                                .store = m->net->store,
                                .knobs = &knobs});
    run_plan(NULL);
    double sum = 0, whole = seconds(run_plan, NULL);
    for (gl_step *s = plan->step; s < plan->step + plan->steps; s++) {
        double took = seconds(run_step, s);
        sum += took;
        printf("%3d %c  %-12s %9.2f us", (int)(s - plan->step), s->phase,
               gl_kernel_table[s->id].name, 1e6 * took);
        if (flops(s) > 0)
            printf("  %6.1f GFLOP/s  %5lld x %5lld x %5lld", 1e-9 * flops(s) / took,
                   (long long)s->call.n[0], (long long)s->call.n[1], (long long)s->call.n[2]);
        printf("  %s\n", s->node ? s->node->name : "");
    }
    printf("sum %.2f us, whole runs %.2f us\n", 1e6 * sum, 1e6 * whole);
    return 0;
}
