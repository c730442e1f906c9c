/*
 * sync.c: how many threads run a plan, and where they must wait for each other.
 *
 * Every step is cut along its first dimension at places that depend on its size and the number of
 * threads; any cut gives the same bits (kernel.h). Two steps need no barrier between them when each
 * thread touches only what it touched itself: both cut by samples over the same rows. Anything else
 * that shares memory, be it the same buffer or reused memory, and is written by one of the two
 * needs one. Deciding this on memory rather than on meaning keeps reuse safe by itself.
 *
 *      4 b  sigmoid_ce_b  dz=d.fc3@19200            samples
 *      5 b  gemm          y=d.relu2@25600 a=d.fc3   samples, the same rows: nobody waits
 *      6 b| gemm_cols     y=d.fc3.w a=d.fc3         columns: every thread reads all rows of d.fc3
 *      8 b| gemm          y=d.relu1@12800           samples, but 6 read relu2, which lay at 12800
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

static bool overlap(const gl_plan *p, gl_buf a, gl_buf b) {
    const gl_buffer *x = &p->buffer[a], *y = &p->buffer[b];
    return x->room == y->room && x->offset < y->offset + y->rows * y->cols &&
           y->offset < x->offset + x->rows * x->cols;
}

/* Both steps give row i of this memory to the same thread: of samples where they are cut by
 * samples, of units where they are cut by units. */
static bool same_owner(const gl_plan *p, const gl_step *s, gl_buf a, const gl_step *t, gl_buf b) {
    const gl_buffer *x = &p->buffer[a], *y = &p->buffer[b];
    if (s->split != t->split || s->split == GL_BY_COLUMNS) return false;
    if (s->split == GL_WHOLE) return true;
    if (x->offset != y->offset || x->cols != y->cols || s->call.n[0] != t->call.n[0]) return false;
    return s->split == GL_BY_ROWS
               ? x->by_rows && y->by_rows
               : !x->by_rows && !y->by_rows && x->rows == s->call.n[0] && y->rows == s->call.n[0];
}

static bool writes(const gl_step *s, int operand) {
    return (gl_kernel_table[s->id].operand[operand].ways & GL_WRITTEN) != 0;
}

static bool must_wait(const gl_plan *p, const gl_step *s, const gl_step *earlier) {
    for (int i = 0; i < s->operands; i++) {
        for (int j = 0; j < earlier->operands; j++) {
            gl_buf a = s->p[i], b = earlier->p[j];
            bool written = writes(s, i) || writes(earlier, j);
            if (a && b && written && overlap(p, a, b) && !same_owner(p, s, a, earlier, b))
                return true;
        }
    }
    return false;
}

bool gl_sync(gl_plan *p) {
    p->threads = choose_threads(p);
    int since = p->once; /* the first step after the last barrier */
    for (int i = p->once; i < p->steps; i++) {
        gl_step *s = &p->step[i];
        for (int j = since; j < i && !s->barrier; j++) s->barrier = must_wait(p, s, &p->step[j]);
        if (i == p->update && i > p->once)
            s->barrier = true; /* everybody reads the cost before anybody updates */
        if (s->barrier) since = i;
    }
    return true;
}
