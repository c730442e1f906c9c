/*
 * interval.h: how far a mean may lie from the truth.
 */
#ifndef GL_INTERVAL_H
#define GL_INTERVAL_H

/* The mean of v[0..n-1] and its 95% interval by Student's t, n - 1 degrees of freedom; NaN: n < 2
 * or a value is NaN. */
typedef struct gl_spread {
    double mean, low, high;
} gl_spread;

gl_spread gl_spread_of(const double *v, int n);

#endif
