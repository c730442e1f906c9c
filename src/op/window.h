/*
 * window.h: what convolutions and pools share: windows that step over the pixels of a picture, or
 * over the steps of a sequence, which is a picture of one row.
 */
#ifndef GL_WINDOW_H
#define GL_WINDOW_H

#include "../net/program.h"

/* Along one side of what is read, and of what is given. */
typedef struct gl_side_of {
    int64_t in, out;
    int64_t k, stride, dilation; /* places of a window, how far it steps, how far they lie apart */
    int64_t pad;                 /* zeros before the first place */
} gl_side_of;

typedef struct gl_window {
    gl_side_of rows, columns;
    int64_t channels; /* of what is read */
} gl_window;

/* Where an op has its pairs in attr[]; dilation -1: it has none, and places lie side by side. */
typedef struct gl_window_at {
    int kernel, stride, pad, dilation;
} gl_window_at;

/* "pad same": as many zeros as give ceil(in / stride) windows, the odd one behind the last place,
 * as TensorFlow does it. PyTorch has no `same` with a stride, and ONNX calls this SAME_UPPER. */
#define GL_SAME (-1)

/* Completes the pairs of a new node by the shape of what it reads, which is its own so far.
 * GLIA_USAGE with layer, window and shape where they do not fit. */
glia_status gl_window_check(const gl_net *m, gl_node *node, const gl_window_at *at, gl_window *w);
/* The window of a node that has been checked. */
gl_window gl_window_of(const gl_shape *read, const gl_node *node, const gl_window_at *at);
/* A picture or a sequence of so many channels, in the place of what was read. */
void gl_window_shape(const gl_window *w, gl_shape *shape, int64_t channels);

#endif
