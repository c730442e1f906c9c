/*
 * pass.h: which places of a filter meet what is written, on the way there and on the way back.
 */
#ifndef GL_PASS_H
#define GL_PASS_H

#include "band.h"

/* Places of a filter along one side that a phase meets, in the order of what they read. */
typedef struct places {
    int64_t first, step; /* place t of them is place first + t * step of the filter */
    int64_t count;
    int64_t reads, apart; /* it reads place reads + t * apart of the band, for y 0 */
    int64_t begin, every; /* y 0 is place `begin` of what is written; then every so many */
} places;

/* One pass over what is written: all of y, or one phase of x. */
typedef struct pass {
    places rows, columns;
    int64_t first; /* of its rows in a panel */
} pass;

static inline places places_there(int64_t k, int64_t d) { return (places){0, 1, k, 0, d, 0, 1}; }

/* The last place comes first, because it reads what lies furthest ahead. */
static inline places places_back(const gl_conv_axis *a, int64_t k, int64_t s, int64_t d, int64_t p,
                                 int64_t phase) {
    places of = {.begin = phase, .every = s};
    for (int64_t i = k - 1; i >= 0; i--) {
        if ((phase + p - i * d) % s != 0) continue;
        int64_t reads = (phase + p - i * d) / s - a->first;
        if (of.count == 0) of.first = i, of.reads = reads;
        if (of.count == 1) of.step = i - of.first, of.apart = reads - of.reads;
        of.count++;
    }
    return of;
}

/* Places `from` .. of what is written that a phase has: t for which begin + t every < count. */
static inline int64_t phase_count(const places *p, int64_t count) {
    return count > p->begin ? (count - p->begin - 1) / p->every + 1 : 0;
}

/* Gives one pass after the other, from {0} on. */
typedef bool next_pass(const gl_call *c, const gl_conv_frame *f, pass *of);

static inline bool next_there(const gl_call *c, const gl_conv_frame *f, pass *of) {
    (void)f;
    if (of->rows.count) return false;
    *of = (pass){places_there(c->conv_n.k_h, c->conv_n.d_h),
                 places_there(c->conv_n.k_w, c->conv_n.d_w), 0};
    return true;
}

/* Phase by phase: of the first column, the second, ... of the first row, then of the second. */
static inline bool next_back(const gl_call *c, const gl_conv_frame *f, pass *of) {
    const gl_conv_n *d = &c->conv_n;
    int64_t row = of->rows.begin, column = of->columns.begin + 1;
    int64_t first = of->first + of->rows.count * of->columns.count * f->read;
    if (of->rows.every == 0) row = column = first = 0;
    if (column == d->s_w) column = 0, row++;
    if (row == d->s_h) return false;
    *of = (pass){places_back(&f->rows, d->k_h, d->s_h, d->d_h, d->p_h, row),
                 places_back(&f->columns, d->k_w, d->s_w, d->d_w, d->p_w, column), first};
    return true;
}

#endif
