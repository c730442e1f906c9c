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
 *     trials        fallen too far behind        8 to 64 times what was lost
 *
 * Single runs tell little: the scheduler takes a core away for 4 ms at a time, so three runs of
 * 1 ms are fast and the fourth takes 5. What counts is how far runs together have fallen behind so
 * many runs alone: a cumulative sum that never falls below 0 (Page, Biometrika 41, 1954).
 */
#include "plan.h"

#include <math.h>

/* Trials cost 1 part in 200 of a round that is won, however many threads there are. A trial that is
 * lost costs 1 part in 8 of the rest behind it, which doubles to 1 in 64: one interruption of 20
 * ms, which any machine has at times, should not cost a second, and a core that comes back is soon
 * used. Of two trials the better counts: the other may have been interrupted. notebook 2026-11,
 * 29.5. */
enum { TRIALS = 2, TRUST = 200, CARE = 8, MOST_CARE = 64 };

/* Seconds behind that are too many: 8 runs, but more than one interruption, which any machine has
 * at times. */
static double patience(double alone) { return fmax(8 * alone, 0.005); }

static void begin_round(gl_pace *pace, double behind, int care) {
    *pace = (gl_pace){.trials = TRIALS, .alone = HUGE_VAL, .behind = behind, .care = care};
}

static void tried_alone(gl_pace *pace, double seconds) {
    pace->trials--;
    pace->alone = fmin(pace->alone, seconds);
    pace->left += TRUST * seconds;
}

/* A run that was interrupted waited for a core that another process has. Threads that do not pay
 * fall behind a little with each run, and are this plan's own matter. */
static bool tried_together(gl_pace *pace, double seconds, double now) {
    bool interrupted = seconds > 2 * pace->alone;
    pace->left -= seconds;
    pace->behind = fmax(0, pace->behind + seconds - pace->alone);
    if (pace->behind <= patience(pace->alone)) return false;
    double rest = pace->care * pace->behind;
    begin_round(pace, 0, pace->care < MOST_CARE ? 2 * pace->care : MOST_CARE);
    pace->rest_until = now + rest;
    return interrupted;
}

bool gl_pace_next(gl_pace *pace) {
    bool won = pace->trials == 0 && pace->left <= 0; /* or the first of all */
    if (won) begin_round(pace, pace->behind, pace->care > CARE ? pace->care / 2 : CARE);
    return pace->trials == 0;
}

bool gl_pace_took(gl_pace *pace, double seconds, double now) {
    if (pace->trials == 0) return tried_together(pace, seconds, now);
    tried_alone(pace, seconds);
    return false;
}
