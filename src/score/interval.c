/*
 * interval.c: Student's t interval of a mean: mean +- t sqrt(s^2 / n), s^2 over n - 1, as the
 * values (folds, repeats) are few and their spread is guessed from themselves. Five of them take t
 * = 2.78, not 1.96.
 */
#include "interval.h"

#include <math.h>

/* P(|T| < t) for whole degrees of freedom as a finite sum (Abramowitz and Stegun, 26.7.3 and 4). */
static double within(double t, int freedom) {
    double angle = atan(t / sqrt(freedom)), square = cos(angle) * cos(angle);
    double term = freedom % 2 ? cos(angle) : 1, sum = freedom == 1 ? 0 : term;
    for (int k = freedom % 2 ? 3 : 2; k < freedom; k += 2) {
        term *= square * (k - 1) / k;
        sum += term;
    }
    return freedom % 2 ? 2 / M_PI * (angle + sin(angle) * sum) : sin(angle) * sum;
}

/* The t that holds 95%, by bisection: two values take the most, 12.7, which 16 is above, and
 * 60 halvings of 16 end beyond the digits of a double. `within` grows with t, so nothing can
 * go wrong. */
static double quantile(int freedom) {
    double low = 0, high = 16;
    for (int i = 0; i < 60; i++) {
        double middle = (low + high) / 2;
        if (within(middle, freedom) < 0.95) low = middle;
        else high = middle;
    }
    return low;
}

gl_spread gl_spread_of(const double *v, int n) {
    double sum = 0, squares = 0;
    for (int i = 0; i < n; i++) sum += v[i];
    double mean = n > 0 ? sum / n : NAN;
    if (n < 2) return (gl_spread){mean, NAN, NAN};
    for (int i = 0; i < n; i++) squares += (v[i] - mean) * (v[i] - mean);
    double half = quantile(n - 1) * sqrt(squares / (n - 1) / n);
    return (gl_spread){mean, mean - half, mean + half};
}
