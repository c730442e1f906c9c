/*
 * run.c: the loop. It does not look at what the steps are.
 *
 *     thread 0    [ 0: rows  0-42 ][ 1: rows  0-42 ]|[ 2: units  0-21 ]     | : all wait for all
 *     thread 1    [ 0: rows 42-85 ][ 1: rows 42-85 ]|[ 2: units 21-42 ]
 *     thread 2    [ 0: rows 85-128][ 1: rows 85-128]|[ 2: units 42-64 ]
 *
 * Each thread goes through the whole list and does its own part of every step; there is no queue
 * and nobody who gives out work. What a thread did to its rows in one step is still in its cache in
 * the next.
 */
#include "plan.h"

#include <math.h>
#ifdef _OPENMP
#include <omp.h>
#endif

static bool cost_is_finite(const gl_plan *p) {
    return p->spec.mode == GL_PREDICT || isfinite(gl_cost(p));
}

static void run_alone(gl_plan *p, int from, int to) {
    for (const gl_step *s = p->step + from; s < p->step + to; s++)
        s->kernel(&s->call, 0, s->call.n[0], p->work);
}

#ifdef _OPENMP
/* Bands lo .. hi-1 of all samples, one behind the other. */
static void run_bands(const gl_plan *p, const gl_step *s, int64_t lo, int64_t hi, void *work) {
    int64_t bands = gl_bands(s->id, s->call.n);
    while (lo < hi) {
        int64_t first = lo % bands, left = first + hi - lo, end = left < bands ? left : bands;
        gl_call band = gl_band_call(s->id, &s->call, lo / bands, first, end, p->model->dtype);
        s->kernel(&band, 0, 1, work);
        lo += end - first;
    }
}

/* Parts lo .. hi-1 of all that a step does. */
static void run_parts(const gl_plan *p, const gl_step *s, int64_t lo, int64_t hi, void *work) {
    if (lo >= hi) return;
    if (s->split == GL_BY_BANDS) run_bands(p, s, lo, hi, work);
    else s->kernel(&s->call, lo, hi, work);
}

static int64_t parts_of(const gl_step *s) {
    return s->call.n[0] * (s->split == GL_BY_BANDS ? gl_bands(s->id, s->call.n) : 1);
}

/* Thread t of T: its part of each step, waiting where sync.c said so. */
static void run_part(gl_plan *p, int t, int T) {
    void *work = (char *)p->work + (size_t)t * p->work_bytes;
    for (int i = p->once; i < p->steps; i++) {
        const gl_step *s = &p->step[i];
        if (s->barrier) {
#pragma omp barrier
        }
        /* all threads see the same cost, behind a barrier, and so all stop or none */
        if (i == p->update && !cost_is_finite(p)) break;
        int64_t n = parts_of(s);
        int64_t lo = s->split == GL_WHOLE ? 0 : n * t / T,
                hi = s->split == GL_WHOLE ? (t ? 0 : n) : n * (t + 1) / T;
        run_parts(p, s, lo, hi, work);
    }
}
#endif

static bool run_steps_alone(gl_plan *p) {
    run_alone(p, p->once, p->update);
    bool finite = cost_is_finite(p);
    if (finite) run_alone(p, p->update, p->steps);
    return finite;
}

#ifdef _OPENMP
static bool run_together(gl_plan *p) {
#pragma omp parallel num_threads(p->threads)
    /* the runtime may give fewer; the bits stay the same */
    run_part(p, omp_get_thread_num(), omp_get_num_threads());
    return cost_is_finite(p);
}

static bool run_at_pace(gl_plan *p) {
    double start = gl_now();
    if (start < p->pace.rest_until || start < p->g->busy_until) return run_steps_alone(p);
    bool finite = gl_pace_next(&p->pace) ? run_together(p) : run_steps_alone(p);
    double end = gl_now();
    if (gl_pace_took(&p->pace, end - start, end)) p->g->busy_until = p->pace.rest_until;
    return finite;
}
#endif

bool gl_run(gl_plan *p) {
#ifdef _OPENMP
    bool many = 2 * p->rows >= p->spec.rows; /* the threads were chosen for spec.rows */
    if (p->threads > 1 && many) return run_at_pace(p);
#endif
    return run_steps_alone(p);
}
