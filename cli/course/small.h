/*
 * small.h: the arguments of the exercises' function tests, from NumPy's generator, and small
 * networks that give what the functions give. What goes wrong here is a fault of glia, and ends the
 * program.
 *
 * An exercise's sample is a column, ours a row: (n, m) there is turned on its way in and out.
 */
#ifndef SMALL_H
#define SMALL_H

#include "course.h"

enum { MOST = 64, DRAWN = 660 }; /* numbers of an argument; of all that one seed gives */

/* The next numbers of NumPy's randn after a seed: a layer of one unit draws its weights so. */
typedef struct stream {
    double value[DRAWN];
    int next;
} stream;

void small_fault(const course *k) __attribute__((noreturn)); /* says it, and ends the program */
stream seeded(const course *k, uint64_t seed);
const double *draw_next(stream *s, int rows, int cols); /* randn(rows, cols) as it lies there */
void turn(const double *a, int rows, int cols, double *t);

glia_model *small_network(const course *k, int64_t inputs, const char *text, const char *init,
                          uint64_t seed, const char *loss);
double *small_param(const glia_model *m, const char *name);
void small_set(const glia_model *m, const char *name, const double *values);
void small_predict(const course *k, const glia_model *m, const double *x, int rows, double *y);
glia_trace *small_trace(const course *k, const glia_model *m, const double *x, const double *y,
                        int rows);
/* A layer of n units that sees its inputs as they are: a = g(x). */
glia_model *small_alone(const course *k, int n, const char *g, const char *loss);

/* a = g(z) and dz = da g'(z), of (rows, n). */
void activate(const course *k, const char *g, const double *z, int rows, int n, double *a);
void through(const course *k, const char *g, const double *z, const double *da, int rows, int n,
             double *dz);

/* dA_prev = W' dZ, dW = dZ A_prev' / m, db = row sums of dZ / m. */
typedef struct backward {
    double da[MOST], dw[MOST], db[MOST];
} backward;

backward linear_backward(const course *k, const double *dz, const double *a, const double *w,
                         int rows, int in, int units);

/* Parameters p after an optimizer's second update, whose gradient is g; the first had the gradient
 * 0, so that its moments were still 0. */
void small_update(const course *k, const glia_fit_options *how, const double *p, const double *g,
                  int n, double *after);
/* J of probabilities a. */
double small_cost(const course *k, const double *a, const double *y, int rows);

#endif
