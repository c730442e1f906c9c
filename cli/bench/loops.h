/*
 * loops.h: training and prediction as the course writes them before it comes to matrices: for each
 * sample, for each unit, for each input. What matrices are worth is measured against these.
 */
#ifndef LOOPS_H
#define LOOPS_H

#include <glia/glia.h>
#include <stdbool.h>

typedef struct loops loops;

/* A copy of the weights of a chain of dense layers in fp32; NULL: it has a step, an activation or a
 * loss that the loops do not know, and *unknown names it, for free. */
loops *loops_new(glia_ctx *g, const glia_model *m, char **unknown);
void loops_free(loops *l);

/* J of these rows; leaves the gradients. x (rows, inputs), y (rows, labels) as glia_model_fit takes
 * them. */
double loops_gradient(loops *l, const float *x, const float *y, int64_t rows);
void loops_update(loops *l, float lr); /* w -= lr dw, b -= lr db */
void loops_predict(loops *l, const float *x, int64_t rows, float *y);

/* The median of as many steps as fill `seconds`, in microseconds; y NULL: of predictions. */
double loops_time(loops *l, const float *x, const float *y, int64_t rows, double seconds);
/* The largest difference between the gradients of both, as a share of the largest gradient. */
double loops_apart(const loops *l, const glia_trace *t);

#endif
