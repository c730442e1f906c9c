/*
 * pace.c: all threads together, or one alone? On an idle machine together wins. Where other
 * processes hold a core, all wait for the thread behind them: an epoch of 16x16 digits took 19 s
 * instead of 0.1 s, and with one of two cores taken a step of 784-512-256-10 took 1.35 of one
 * thread's time.
 *
 *     alone alone | together together together ...  | alone alone | together ...
 *     trials        TRUST times as long as the trials
 *
 *     alone alone | together together together | alone alone ...   | alone alone | together ...
 *     trials        fallen too far behind        CARE times what was lost
 *
 * Single runs tell little: the scheduler takes a core away for 4 ms at a time, so three runs of
 * 1 ms are fast and the fourth takes 5. What counts is how far runs together have fallen behind so
 * many runs alone: a cumulative sum that never falls below 0 (Page, Biometrika 41, 1954).
 */
#include "plan.h"

#include <math.h>

/* Trials cost 1 part in 200 of a round that is won, however many threads there are; a trial of
 * threads that are too slow costs 1 part in 50 of the round alone, so that a core that comes back
 * is soon used. Of two trials the better counts: the other may have been interrupted. notebook
 * 2026-11, 29.5. */
enum { TRIALS = 2, TRUST = 200, CARE = 50 };

/* Seconds behind that are too many: 8 runs, but more than one interruption, which any machine has
 * at times. */
static double patience(double alone) { return fmax(8 * alone, 0.005); }

static void begin_round(gl_pace *pace) {
    double behind = pace->together ? pace->behind : 0;
    *pace = (gl_pace){.together = true, .trials = TRIALS, .alone = HUGE_VAL, .behind = behind};
}

static void try_alone(gl_pace *pace, double seconds) {
    pace->trials--;
    pace->alone = fmin(pace->alone, seconds);
    pace->left += TRUST * seconds;
}

static void try_together(gl_pace *pace, double seconds) {
    pace->left -= seconds;
    pace->behind = fmax(0, pace->behind + seconds - pace->alone);
    if (pace->behind <= patience(pace->alone)) return;
    pace->together = false;
    pace->left = CARE * pace->behind;
}

bool gl_pace_next(gl_pace *pace) {
    if (pace->left <= 0 && pace->trials == 0) begin_round(pace);
    return pace->together && pace->trials == 0;
}

bool gl_pace_is_timed(const gl_pace *pace) { return pace->together; }

void gl_pace_took(gl_pace *pace, double seconds) {
    if (!pace->together) pace->left -= pace->alone;
    else if (pace->trials > 0) try_alone(pace, seconds);
    else try_together(pace, seconds);
}
