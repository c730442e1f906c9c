/*
 * band.h: rows of a picture as filters read them, continued by zeros.
 */
#ifndef GL_BAND_H
#define GL_BAND_H

#include "conv.h"
#include "vector.h"

#include <string.h>

typedef struct picture { /* the channels of one group in a sample */
    const glia_real *x;
    int64_t h, w, pixel; /* numbers from one pixel to the next */
} picture;

typedef struct output { /* the channels of one group in a sample */
    glia_real *y;
    int64_t h, w, pixel;
    bool add;
    const glia_real *bias;
} output;

typedef struct band { /* of a picture, continued by zeros */
    const glia_real *x;
    int64_t row;        /* numbers from one row to the next; pixels follow each other */
    int64_t begin, end; /* its lines in the picture; the others are zeros */
} band;

static inline int64_t whole_vectors(int64_t n) { return (n + LANES - 1) / LANES * LANES; }

static inline void copy_numbers(glia_real *to, const glia_real *from, int64_t n) {
    memcpy(to, from, (size_t)n * sizeof *to);
}

static inline void clear_numbers(glia_real *to, int64_t n) {
    memset(to, 0, (size_t)n * sizeof *to);
}

/* Columns first .. first+count-1 of a row. */
static inline void copy_row(glia_real *to, const glia_real *row, const picture *of, int64_t first,
                            int64_t count, int64_t channels) {
    int64_t left = least(first < 0 ? -first : 0, count), end = least(first + count, of->w) - first;
    int64_t right = end > left ? end : left;
    clear_numbers(to, left * channels);
    if (of->pixel == channels) {
        copy_numbers(to + left * channels, row + (first + left) * channels,
                     (right - left) * channels);
    } else {
        for (int64_t j = left; j < right; j++)
            copy_numbers(to + j * channels, row + (first + j) * of->pixel, channels);
    }
    clear_numbers(to + right * channels, (count - right) * channels);
}

/* What rows r .. r+count-1 of y read, copied to `room`. */
static inline band copy_band(const gl_conv_frame *f, const picture *of, int64_t r, int64_t count,
                             glia_real *room) {
    int64_t top = f->rows.first + r * f->rows.step, lines = gl_conv_extent(&f->rows, count);
    int64_t left = f->columns.first, width = gl_conv_extent(&f->columns, f->columns.count);
    int64_t row = width * f->read;
    for (int64_t i = 0; i < lines; i++) {
        bool is_there = top + i >= 0 && top + i < of->h;
        if (is_there)
            copy_row(room + i * row, of->x + (top + i) * of->w * of->pixel, of, left, width,
                     f->read);
        else clear_numbers(room + i * row, row);
    }
    return (band){room, row, -top, of->h - top};
}

/* Where it lies, if all of it is there and side by side, else a copy. */
static inline band take_band(const gl_conv_frame *f, const picture *of, int64_t r, int64_t count,
                             glia_real *room) {
    int64_t top = f->rows.first + r * f->rows.step, lines = gl_conv_extent(&f->rows, count);
    int64_t left = f->columns.first, width = gl_conv_extent(&f->columns, f->columns.count);
    bool whole = top >= 0 && top + lines <= of->h && left >= 0 && left + width <= of->w;
    if (whole && of->pixel == f->read)
        return (band){of->x + (top * of->w + left) * of->pixel, of->w * of->pixel, 0, lines};
    return copy_band(f, of, r, count, room);
}

#endif
