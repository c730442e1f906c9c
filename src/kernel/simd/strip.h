/*
 * strip.h: pixels side by side meet a panel of filters: the product that convolutions are made of.
 */
#ifndef GL_STRIP_H
#define GL_STRIP_H

#include "vector.h"

typedef struct strip { /* pixels of y in a row that meet one panel */
    glia_real *y;
    int64_t y_row; /* from one pixel to the next */
    const glia_real *a;
    int64_t a_row, a_col;
    const glia_real *b; /* COLS or more numbers in each of segments * k rows */
    int64_t b_row;
    const int64_t *offset; /* [segments] where each begins in a */
    int64_t segments, k;
    bool begin;            /* sums begin at 0, not at what y holds */
    const glia_real *bias; /* added to finished sums; NULL: none */
} strip;

/* m pixels, and as many of the panel's columns. */
void K(run_strip)(const strip *s, int64_t m, int64_t cols);

#endif
