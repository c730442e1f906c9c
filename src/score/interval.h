/*
 * interval.h: 95% intervals: how far a score, a share or a mean may lie from the truth.
 *
 * Each is of n rows (or folds, or repeats); of weighted rows, of as many as would tell as much if
 * each counted the same. Without two of them there is no interval: NaN.
 */
#ifndef GL_INTERVAL_H
#define GL_INTERVAL_H

typedef struct gl_range {
    double low, high;
} gl_range;

/* Of a share p of n rows (Wilson, 1927). */
gl_range gl_wilson(double p, double n);

/* Of what lies strictly between 0 and 1 and has the standard error `error`: Student's t around its
 * logit, and so never outside. */
gl_range gl_logit_t(double p, double error, double n);

/* Of a mean whose rows lie more to one side: Student's t without that skewness (Hall, "On the
 * removal of skewness by transformation", 1992). `skew` is the third moment of the rows' deviations
 * beside the second to the power of 1.5, divided by sqrt(n): what is left of it in their mean. */
gl_range gl_skewed_t(double mean, double error, double skew, double n);

/* The mean of v[0..n-1], its standard error and its interval by Student's t, n - 1 degrees of
 * freedom; a value that is NaN makes all of it NaN. */
typedef struct gl_spread {
    double mean, error, low, high;
} gl_spread;

gl_spread gl_spread_of(const double *v, int n);

#endif
