/*
 * planes.h: convolutions that write few channels.
 */
#ifndef GL_PLANES_H
#define GL_PLANES_H

#include "band.h"

typedef struct planes { /* for all samples of a call; in its scratch memory */
    gl_conv_frame frame;
    const gl_conv_n *n;
    int64_t *offset;    /* [k] of what each pixel of a filter reads, in a plane */
    glia_real *filters; /* [k][read][written] */
    glia_real *planes;  /* [read][lines][columns] of a band */
} planes;

/* A vector of channels would be half empty, or more. */
static inline bool planes_fit(const gl_conv_n *d, int64_t written) {
    return 2 * written <= LANES && d->groups == 1 && d->s_h == 1 && d->s_w == 1;
}

/* Filters of the way there and of the way back, [n][k_h][k_w][c]. */
planes K(planes_there)(const gl_conv_n *d, const gl_conv_frame *f, const glia_real *filters,
                       void *work);
planes K(planes_back)(const gl_conv_n *d, const gl_conv_frame *f, const glia_real *filters,
                      void *work);
/* One sample. */
void K(run_planes)(const planes *p, const picture *from, const output *to);
/* conv_dw, numbers lo .. hi-1 of each filter. */
void K(planes_dw)(const gl_call *c, int64_t lo, int64_t hi, void *work);

#endif
