/*
 * winograd.h: convolutions with filters of 3 x 3 that step by one, tile by tile.
 */
#ifndef GL_WINOGRAD_H
#define GL_WINOGRAD_H

#include "band.h"

typedef struct tiling { /* for all samples of a call; in its scratch memory */
    gl_conv_frame frame;
    glia_real *filters; /* [places][panels of read channels x COLS filters] */
    glia_real *x, *y;   /* [places][tiles at once][channels], a vector apart */
    glia_real *band;
} tiling;

static inline bool tiles_fit(const gl_conv_n *d) {
    return gl_tiles_fit(d) && d->c % LANES == 0 && d->n % LANES == 0;
}

/* Filters of the way there and of the way back, [n][3][3][c], turned into tiles. */
tiling K(tiles_there)(const gl_conv_frame *f, const glia_real *filters, void *work);
tiling K(tiles_back)(const gl_conv_frame *f, const glia_real *filters, void *work);
/* One sample. */
void K(run_tiles)(const tiling *t, const picture *from, const output *to);
/* conv_dw: together, cuts of its numbers lo .. hi-1 write each once. */
void K(tiles_dw)(const gl_call *c, int64_t lo, int64_t hi, void *work);

#endif
