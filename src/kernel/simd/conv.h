/*
 * conv.h: how a fast convolution cuts its operands, for those who provide its memory.
 */
#ifndef GL_CONV_H
#define GL_CONV_H

#include "../kernel.h"

/* What lies where while filters go over a band of rows, in f32 with vectors of 16 (AVX-512):
 *
 *     registers             8 pixels x 32 filters of y
 *     first-level cache     some rows of 32 filters: 40 kB of 48; a row of the band passes by
 *     second-level cache    all filters, a band of x, continued by zeros, and the y of a sample */
enum {
    GL_CONV_PANEL = 40 * 1024, /* bytes of filters: all rows of 3 x 3 pixels of 32 channels */
    GL_CONV_BAND = 64 * 1024,  /* of a band, unless one row of y needs more */
    GL_CONV_COLS = 64,         /* filters up to the end of the last panel, at most */
    GL_CONV_LANES = 16,        /* of a vector, at most */
};

/* Along one side of a picture: place i of what is written reads `reach` places of what is read,
 * from first + i * step on; those before 0 and behind the last are zeros. */
typedef struct gl_conv_axis {
    int64_t first, step, reach;
    int64_t count; /* of what is written */
} gl_conv_axis;

/* Filters of k places, d apart, that step by s and begin p before the edge. */
static inline gl_conv_axis gl_conv_there(int64_t k, int64_t s, int64_t d, int64_t p,
                                         int64_t count) {
    return (gl_conv_axis){-p, s, (k - 1) * d + 1, count};
}

static inline int64_t gl_conv_floor(int64_t a, int64_t b) { return a / b - (a % b < 0); }

/* The way back writes x. Of its places every s-th, a phase, meets the same places of the filter:
 * t s + phase reads t + (phase + p - i d) / s, for the i for which that is whole. `count` is the t
 * of the first phase, which has most. */
static inline gl_conv_axis gl_conv_back(int64_t k, int64_t s, int64_t d, int64_t p, int64_t count) {
    int64_t first = gl_conv_floor(p - (k - 1) * d, s), last = gl_conv_floor(s - 1 + p, s);
    return (gl_conv_axis){first, 1, last - first + 1, (count + s - 1) / s};
}

/* How many places so many of what is written read. */
static inline int64_t gl_conv_extent(const gl_conv_axis *a, int64_t count) {
    return (count - 1) * a->step + a->reach;
}

typedef struct gl_conv_frame { /* rows and columns, and the channels of one group */
    gl_conv_axis rows, columns;
    int64_t read, written; /* channels */
    int64_t k;             /* pixels of a filter */
} gl_conv_frame;

/* Rows of what is written whose reading fits into a band: at least one. */
static inline int64_t gl_conv_band_rows(const gl_conv_frame *f, size_t real) {
    int64_t row = gl_conv_extent(&f->columns, f->columns.count) * f->read * (int64_t)real;
    int64_t lines = GL_CONV_BAND / row - f->rows.reach;
    int64_t rows = lines > 0 ? lines / f->rows.step + 1 : 1;
    return rows < f->rows.count ? rows : f->rows.count;
}

static inline size_t gl_conv_band_numbers(const gl_conv_frame *f, size_t real) {
    int64_t lines = gl_conv_extent(&f->rows, gl_conv_band_rows(f, real));
    return (size_t)(lines * gl_conv_extent(&f->columns, f->columns.count) * f->read);
}

/* Offsets: a place for each pixel of a filter, or for each row of a band. */
static inline int64_t gl_conv_offsets(const gl_conv_frame *f, size_t real) {
    int64_t rows = gl_conv_band_rows(f, real);
    return f->k > rows ? f->k : rows;
}

static inline size_t gl_conv_panels(const gl_conv_frame *f) {
    return (size_t)(f->k * f->read) * (size_t)(f->written + GL_CONV_COLS);
}

static inline size_t gl_conv_lines(size_t bytes) { return (bytes + 63) / 64 * 64; }

static inline gl_conv_frame gl_conv_frame_there(const gl_conv_n *d) {
    return (gl_conv_frame){gl_conv_there(d->k_h, d->s_h, d->d_h, d->p_h, d->y_h),
                           gl_conv_there(d->k_w, d->s_w, d->d_w, d->p_w, d->y_w), d->c / d->groups,
                           d->n / d->groups, d->k_h * d->k_w};
}

static inline gl_conv_frame gl_conv_frame_back(const gl_conv_n *d) {
    return (gl_conv_frame){gl_conv_back(d->k_h, d->s_h, d->d_h, d->p_h, d->h),
                           gl_conv_back(d->k_w, d->s_w, d->d_w, d->p_w, d->w), d->n / d->groups,
                           d->c / d->groups, d->k_h * d->k_w};
}

/* Scratch memory in bytes: offsets, panels of filters, a band and a vector behind it. */
static inline size_t gl_conv_bytes(const gl_conv_frame *f, size_t real) {
    return gl_conv_lines((size_t)gl_conv_offsets(f, real) * sizeof(int64_t)) +
           gl_conv_lines(gl_conv_panels(f) * real) +
           gl_conv_lines((gl_conv_band_numbers(f, real) + GL_CONV_COLS) * real);
}

/* Filters that winograd.c knows, where it is less work: what turning a pixel costs is paid by many
 * channels. */
enum { GL_TILE = 4, GL_TILES_AT_ONCE = 64, GL_TILES_LEAST = 16 /* channels */ };

static inline bool gl_tiles_fit(const gl_conv_n *d) {
    return d->k_h == 3 && d->k_w == 3 && d->s_h == 1 && d->s_w == 1 && d->d_h == 1 && d->d_w == 1 &&
           d->groups == 1 && d->c >= GL_TILES_LEAST && d->n >= GL_TILES_LEAST;
}

/* Whole tiles, two pixels wide. */
static inline gl_conv_frame gl_tiles_frame(const gl_conv_frame *f) {
    gl_conv_frame t = *f;
    t.rows.count += t.rows.count % 2, t.columns.count += t.columns.count % 2;
    return t;
}

static inline int64_t gl_tiles_rows(const gl_conv_frame *t, size_t real) {
    int64_t rows = gl_conv_band_rows(t, real);
    return rows - rows % 2 > 0 ? rows - rows % 2 : 2;
}

typedef struct gl_tiles_bytes { /* of turned filters, tiles of x and of y, and a band */
    size_t filters, x, y, band;
} gl_tiles_bytes;

static inline gl_tiles_bytes gl_tiles_bytes_of(const gl_conv_frame *f, size_t real) {
    enum { PLACES = GL_TILE * GL_TILE };
    gl_conv_frame t = gl_tiles_frame(f);
    size_t read = (size_t)t.read, written = (size_t)t.written;
    size_t lines = (size_t)gl_conv_extent(&t.rows, gl_tiles_rows(&t, real)),
           width = (size_t)gl_conv_extent(&t.columns, t.columns.count);
    return (
        gl_tiles_bytes){gl_conv_lines(PLACES * read * (written + GL_CONV_COLS) * real),
                        gl_conv_lines(PLACES * (GL_TILES_AT_ONCE * read + GL_CONV_COLS) * real),
                        gl_conv_lines(PLACES * (GL_TILES_AT_ONCE * written + GL_CONV_COLS) * real),
                        gl_conv_lines(lines * width * read * real)};
}

static inline size_t gl_conv_either(const gl_conv_n *d, const gl_conv_frame *f, size_t real) {
    gl_tiles_bytes t = gl_tiles_bytes_of(f, real);
    size_t direct = gl_conv_bytes(f, real), tiles = t.filters + t.x + t.y + t.band;
    return gl_tiles_fit(d) && tiles > direct ? tiles : direct;
}

/* Filters that depth.c knows: each sees a channel of its own. So many channels at a time, whole
 * vectors of any set. */
enum { GL_DEPTH_CHANNELS = 64 };

static inline bool gl_depth_fits(const gl_conv_n *d) {
    return d->groups > 1 && d->c == d->groups && d->n == d->groups;
}

typedef struct gl_depth_bytes { /* of offsets, filters, a band and a row of dy */
    size_t offsets, filters, band, slopes;
} gl_depth_bytes;

static inline gl_depth_bytes gl_depth_bytes_of(const gl_conv_frame *f, size_t real) {
    size_t row = (size_t)f->columns.count * GL_DEPTH_CHANNELS;
    return (gl_depth_bytes){gl_conv_lines(2 * (size_t)f->k * sizeof(int64_t)),
                            gl_conv_lines((size_t)(f->k + 1) * GL_DEPTH_CHANNELS * real),
                            gl_conv_lines((gl_conv_band_numbers(f, real) + GL_CONV_COLS) * real),
                            gl_conv_lines((row + GL_CONV_COLS) * real)};
}

/* Of the first channels; the last are fewer, or as many, but their bands are higher. */
static inline size_t gl_depth_work(const gl_conv_n *d, gl_conv_frame f, size_t real) {
    f.read = f.written = d->c < GL_DEPTH_CHANNELS ? d->c : GL_DEPTH_CHANNELS;
    gl_depth_bytes most = gl_depth_bytes_of(&f, real);
    f.read = f.written = d->c % GL_DEPTH_CHANNELS;
    size_t band = f.read > 0 ? gl_depth_bytes_of(&f, real).band : 0;
    return most.offsets + most.filters + (band > most.band ? band : most.band) + most.slopes;
}

static inline size_t gl_conv_work(const gl_conv_n *d, size_t real) {
    gl_conv_frame f = gl_conv_frame_there(d);
    if (gl_depth_fits(d)) return gl_depth_work(d, f, real);
    return gl_conv_either(d, &f, real);
}

static inline size_t gl_conv_dx_work(const gl_conv_n *d, size_t real) {
    gl_conv_frame f = gl_conv_frame_back(d);
    if (gl_depth_fits(d)) return gl_depth_work(d, f, real);
    return gl_conv_either(d, &f, real);
}

/* The sums of dw, number by number of a filter, and a band of dy whose pixels fill whole vectors;
 * or, of few filters, vectors of sums and dy with rows in whole vectors. */
static inline size_t gl_conv_dw_work(const gl_conv_n *d, size_t real) {
    gl_conv_frame f = gl_conv_frame_there(d);
    if (gl_depth_fits(d)) return gl_depth_work(d, f, real);
    size_t rows = (size_t)gl_conv_band_rows(&f, real), width = (size_t)d->y_w,
           n = (size_t)f.written, pixels = rows * width * (n + GL_CONV_COLS),
           few = (size_t)(f.k * f.read) * n * GL_CONV_LANES + rows * (width + GL_CONV_LANES) * n,
           more = 2 * n <= GL_CONV_LANES && few > pixels ? few : pixels;
    size_t direct = gl_conv_bytes(&f, real) + gl_conv_lines(more * real);
    size_t either = gl_conv_either(d, &f, real);
    return either > direct ? either : direct;
}

#endif
