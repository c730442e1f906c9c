/*
 * pace.c: on machines that are simulated, the choice between all threads together and one alone
 * costs little more than the better of the two would, had it been known.
 */
#include <math.h>
#include <stdint.h>

#include "plan/plan.h"
#include "test.h"

typedef struct machine {
    const char *what;
    double alone, together; /* seconds of a run that nobody interrupts */
    double slice, pause; /* after so many seconds of running together it is stopped for so long */
    int64_t free_from, free_until; /* runs at which nobody interrupts; -1: there are none */
} machine;

/* Seconds so far, and those since threads were last stopped. */
typedef struct elapsed {
    double now, running;
} elapsed;

static double seconds_together(const machine *m, elapsed *c, int64_t run) {
    bool is_free = run >= m->free_from && run < m->free_until;
    if (is_free || m->slice == 0) return m->together;
    c->running += m->together;
    double pauses = floor(c->running / m->slice);
    c->running -= pauses * m->slice;
    return m->together + pauses * m->pause;
}

/* Time of `runs` runs as the pace chooses, in times of always alone and always together. */
static void run_all(const machine *m, int64_t runs, double *of_alone, double *of_together) {
    gl_pace pace = {0};
    elapsed chosen = {0}, always = {0};
    for (int64_t i = 0; i < runs; i++) {
        always.now += seconds_together(m, &always, i);
        bool rests = chosen.now < pace.rest_until, together = !rests && gl_pace_next(&pace);
        double took = together ? seconds_together(m, &chosen, i) : m->alone;
        chosen.now += took;
        if (!rests) gl_pace_took(&pace, took, chosen.now);
    }
    *of_alone = chosen.now / ((double)runs * m->alone);
    *of_together = chosen.now / always.now;
}

static const machine idle = {"idle", 2e-3, 1.2e-3, 0, 0, -1, -1},
                     taken = {"one core of two is taken", 1.75e-3, 1.2e-3, 4e-3, 4e-3, -1, -1},
                     short_runs =
                         {"short runs, one core is taken", 50e-6, 30e-6, 4e-3, 4e-3, -1, -1},
                     each_waits = {"every run waits", 50e-6, 30e-6, 30e-6, 4e-3, -1, -1},
                     seldom = {"interrupted at times", 2e-3, 1.2e-3, 0.1, 4e-3, -1, -1},
                     slower = {"threads do not pay", 84e-6, 90e-6, 0, 0, -1, -1},
                     freed = {"a core is given back", 2e-3, 1.2e-3, 4e-3, 4e-3, 2000, INT64_MAX},
                     lost = {"a core is taken later", 2e-3, 1.2e-3, 4e-3, 4e-3, 0, 5000};

static void the_better_of_two_is_found(void **state) {
    (void)state;
    const machine *machines[] = {&idle, &taken, &short_runs, &each_waits, &seldom, &slower};
    for (size_t i = 0; i < sizeof machines / sizeof *machines; i++) {
        double alone, together;
        run_all(machines[i], 20000, &alone, &together);
        if (alone > 1.05 || together > 1.05)
            fail_msg("%s: %.3f of alone, %.3f of together", machines[i]->what, alone, together);
    }
}

static void a_trial_of_threads_that_wait_costs_two_runs(void **state) {
    (void)state;
    double alone, together;
    run_all(&each_waits, 256, &alone, &together);
    assert_true(alone * 256 * each_waits.alone < 256 * each_waits.alone + 5 * each_waits.pause);
}

static void a_core_that_comes_back_is_noticed(void **state) {
    (void)state;
    double alone, together;
    run_all(&freed, 20000, &alone, &together);
    assert_true(alone < 0.75); /* 0.64 with threads alone from the first run that is free */
}

static void a_core_that_goes_is_noticed(void **state) {
    (void)state;
    double alone, together;
    run_all(&lost, 20000, &alone, &together);
    assert_true(alone < 0.97 && together < 0.98); /* 5000 runs at 0.6, then 1.0 instead of 1.2 */
}

static void only_an_interruption_concerns_other_plans(void **state) {
    (void)state;
    gl_pace pace = {0};
    double now = 0;
    for (int i = 0; i < 2; i++) assert_false(gl_pace_next(&pace) || gl_pace_took(&pace, 84e-6, 0));
    while (pace.rest_until == 0) {
        double took = gl_pace_next(&pace) ? 90e-6 : 84e-6;
        now += took;
        assert_false(gl_pace_took(&pace, took, now));
    }
    pace = (gl_pace){0};
    for (int i = 0; i < 2; i++) assert_false(gl_pace_next(&pace) || gl_pace_took(&pace, 84e-6, 0));
    assert_true(gl_pace_next(&pace));
    assert_true(gl_pace_took(&pace, 20e-3, now));
    assert_true(pace.rest_until > now);
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(the_better_of_two_is_found),
        cmocka_unit_test(a_trial_of_threads_that_wait_costs_two_runs),
        cmocka_unit_test(a_core_that_comes_back_is_noticed),
        cmocka_unit_test(a_core_that_goes_is_noticed),
        cmocka_unit_test(only_an_interruption_concerns_other_plans),
    };
    return cmocka_run_group_tests_name("pace", tests, NULL, NULL);
}
