/*
 * run.c: the loop. It does not look at what the steps are.
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
/* Thread t of T: its part of each step, waiting where sync.c said so. */
static void run_part(gl_plan *p, int t, int T) {
    void *work = (char *)p->work + (size_t)t * gl_kernel_work();
    for (int i = p->once; i < p->steps; i++) {
        const gl_step *s = &p->step[i];
        if (s->barrier) {
#pragma omp barrier
        }
        if (i == p->update && !cost_is_finite(p)) break;
        int64_t n = s->call.n[0];
        int64_t lo = s->split == GL_WHOLE ? 0 : n * t / T,
                hi = s->split == GL_WHOLE ? (t ? 0 : n) : n * (t + 1) / T;
        if (lo < hi) s->kernel(&s->call, lo, hi, work);
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
    int given = 1;
#pragma omp parallel num_threads(p->threads)
    {
#pragma omp single
        given = omp_get_num_threads(); /* the runtime may give fewer; the bits stay the same */
        run_part(p, omp_get_thread_num(), given);
    }
    return cost_is_finite(p);
}

/* A round begins with two runs alone and two together and goes on with the faster. On an idle
 * machine threads win; where other processes hold a core, waiting for the thread behind them costs
 * milliseconds a step (measured: an epoch of 16x16 digits 19 s instead of 0.1 s), and the next
 * round finds out. As long as running alone wins, rounds get longer: trying costs more than it may
 * gain. */
enum { ROUND = 128, LONGEST = 64 * ROUND, TRIALS = 2 };

static void end_trials(gl_pace *pace) {
    pace->together = pace->seconds[1] < pace->seconds[0];
    pace->round = pace->together ? ROUND : pace->round < LONGEST ? 2 * pace->round : LONGEST;
}

static bool choose_pace(gl_pace *pace) {
    if (pace->round == 0) pace->round = ROUND;
    if (pace->runs == pace->round) pace->runs = 0;
    if (pace->runs == 0) pace->seconds[0] = pace->seconds[1] = HUGE_VAL;
    if (pace->runs == 2 * TRIALS) end_trials(pace);
    return pace->runs < 2 * TRIALS ? pace->runs >= TRIALS : pace->together;
}

static bool run_at_pace(gl_plan *p) {
    gl_pace *pace = &p->pace;
    bool together = choose_pace(pace);
    double start = pace->runs < 2 * TRIALS ? gl_now() : 0;
    bool finite = together ? run_together(p) : run_steps_alone(p);
    if (pace->runs < 2 * TRIALS)
        pace->seconds[together] = fmin(pace->seconds[together], gl_now() - start);
    pace->runs++;
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
