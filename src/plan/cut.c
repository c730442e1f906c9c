/*
 * cut.c: how many threads run a plan, and what each does of a step where samples are fewer.
 *
 * Steps are cut by samples, or as their op has decided. A prediction of one picture would be one
 * thread's work then, so each sample is cut in place of the batch:
 *
 *     conv, pools    bands of rows of what they write; a band is a smaller call of the same kernel
 *     activations    any numbers of a sample, in the same way
 *     dense          columns
 *     others         as before: by samples, and most threads have none
 *
 * The bits are those of one thread: a band has those of the same rows in the whole (kernel.h).
 */
#include "plan.h"

/* One thread for each so many multiply-adds of a run, about 8 us: fork and join cost about 1 us on
 * an idle machine, and a step of training has some five barriers. W2 gained (80 to 59 us, notebook
 * 2026-11, 21.20). Where the machine is not idle, run.c finds out. */
#define WORTH_A_THREAD 1e6

static int choose_threads(const gl_plan *p) {
    double worth = gl_plan_multiply_adds(p) / WORTH_A_THREAD;
    int most = p->spec.threads > 0 ? p->spec.threads : 1;
    return worth < 2 ? 1 : worth < most ? (int)worth : most;
}

/* With fewer columns a second thread would have less than one panel of 32 of its own (dense.c). */
enum { COLUMNS_LEAST = 64 };

static void cut_columns(gl_plan *p, gl_step *s) {
    int64_t m = s->call.gemm_n.m, n = s->call.gemm_n.n;
    if (n < COLUMNS_LEAST) return;
    s->id = GL_K_gemm_cols, s->kernel = p->spec.kernels->kernel[s->id];
    s->split = GL_BY_COLUMNS;
    s->call.gemm_cols_n.m = m, s->call.gemm_cols_n.n = n;
}

static void cut_sample(gl_plan *p, gl_step *s) {
    if (s->split != GL_BY_ROWS) return;
    if (s->id == GL_K_gemm) cut_columns(p, s);
    if (gl_bands(s->id, s->call.n) > 1) s->split = GL_BY_BANDS;
}

void gl_cut(gl_plan *p) {
    p->threads = choose_threads(p);
    if (p->spec.mode != GL_PREDICT || p->spec.rows >= p->threads) return;
    for (gl_step *s = p->step + p->once; s < p->step + p->steps; s++) cut_sample(p, s);
}
