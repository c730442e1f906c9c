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

/* Where an op has its pairs in attr[]. dilation -1: it has none, and places lie side by side.
 * output_pad -1: windows are what it reads; else each place that it reads gives to a window of what
 * it writes, and pad is cut off there. */
typedef struct gl_window_at {
    int kernel, stride, pad, dilation, output_pad;
} gl_window_at;

/* "pad same": as many zeros as give ceil(in / stride) windows, or of those that are written in *
 * stride places, the odd one behind the last place, as TensorFlow does it. PyTorch has no `same`
 * with a stride, and ONNX calls this SAME_UPPER. */
#define GL_SAME (-1)

/* Completes the pairs of a new node by the shape of what it reads, which is its own so far.
 * GLIA_USAGE with layer, window and shape where they do not fit. */
glia_status gl_window_check(const gl_net *m, gl_node *node, const gl_window_at *at, gl_window *w);
/* The window of a node that has been checked. */
gl_window gl_window_of(const gl_shape *read, const gl_node *node, const gl_window_at *at);

/* What ops share that give a picture other rows and columns, with windows or without. GLIA_USAGE
 * unless the new node reads a picture or a sequence. */
glia_status gl_check_picture(const gl_net *m, const gl_node *node);
/* A pair of a new node, by the shape of what it reads: "3" of a picture is "3x3"; of a sequence a
 * pair has one number, else GLIA_USAGE. */
glia_status gl_complete_pair(const gl_net *m, gl_node *node, int pair);
/* How many rows (side 0) or columns (1) there are, and what a pair says of them. A sequence has one
 * row, of which a pair says nothing: `otherwise`. */
int64_t gl_side_length(const gl_shape *read, int side);
int64_t gl_pair_of(const gl_shape *read, const double *pair, int side, int64_t otherwise);
/* So many rows, columns and channels in the place of what was read. GLIA_RESOURCE where no memory
 * could hold them. */
glia_status gl_set_picture(const gl_net *m, gl_node *node, int64_t rows, int64_t columns,
                           int64_t channels);

#endif
