/*
 * depth.c: convolutions whose filters see one channel each, and each channel has one filter.
 *
 * There is no product of matrices in it: channels stand beside each other, and a vector of them
 * meets a vector of filters.
 *
 *     x, one row       |c c c c|c c c c|c c c c| ...      eight pixels of y at a time, so that
 *     filter, a place  |f f f f|                          a place of the filters is read once
 *     y[pixel][c]  +=  x times f, place by place
 *
 * Some channels at a time, GL_DEPTH_CHANNELS, so that a band of them, continued by zeros, is some
 * rows high. dw is a sum over pixels, of some places and two vectors of channels at a time.
 *
 * Same bits. Every element is one chain in the order of kernels.def, which no cut changes.
 */
#include "depth.h"
#include "../ref/finish.h"
#include "pass.h"

enum { CHANNELS = GL_DEPTH_CHANNELS, PIXELS = 8, PLACES = 5 };

typedef struct depth { /* some channels, in the scratch memory */
    gl_conv_frame frame;
    int64_t *offset;    /* [places] of what each reads in a band */
    int64_t *place;     /* [places] where it lies among the filters */
    glia_real *filters; /* [places][CHANNELS] and the bias; or the sums of dw */
    glia_real *band;
    glia_real *slopes; /* a row of dy */
} depth;

static depth depth_in(void *work, const gl_conv_frame *f) {
    gl_depth_bytes b = gl_depth_bytes_of(f, sizeof(glia_real));
    char *at = work;
    depth d = {.frame = *f, .offset = work, .place = (int64_t *)work + f->k};
    d.filters = (glia_real *)(void *)(at += b.offsets);
    d.band = (glia_real *)(void *)(at += b.filters);
    d.slopes = (glia_real *)(void *)(at + b.band);
    return d;
}

/* Vectors of channels are read as a whole, also the last: from a copy, if they end within it. */
static band take_channels(const depth *d, const picture *from, int64_t r, int64_t count) {
    return d->frame.read % LANES == 0 ? take_band(&d->frame, from, r, count, d->band)
                                      : copy_band(&d->frame, from, r, count, d->band);
}

/* ---------------------------------------------------------------------------- there and back -- */

/* Filters first .. of [channels][places], and their bias. */
static void take_filters(const depth *d, const glia_real *filters, const glia_real *bias) {
    int64_t k = d->frame.k, count = d->frame.read;
    clear_numbers(d->filters, (k + 1) * CHANNELS);
    for (int64_t n = 0; n < count; n++)
        for (int64_t i = 0; i < k; i++) d->filters[i * CHANNELS + n] = filters[n * k + i];
    if (bias) copy_numbers(d->filters + k * CHANNELS, bias, count);
}

typedef struct line { /* pixels of a row of y, for a vector of channels */
    const glia_real *x;
    int64_t x_step; /* from one pixel to the next */
    const int64_t *offset, *place;
    int64_t places;
    const glia_real *filters, *bias;
    glia_real *y;
    int64_t y_step;
    int64_t channels; /* of the vector */
    bool add;
} line;

/* Added to what is there, or of fewer channels than a vector has. */
static void give(const line *l, int64_t pixel, vec sum) {
    glia_real *y = l->y + pixel * l->y_step;
    int64_t count = least(LANES, l->channels);
    for (int64_t i = 0; i < count; i++) y[i] = l->add ? y[i] + sum[i] : sum[i];
}

INLINE void meet(const int pixels, const line *l) {
    vec sum[PIXELS] = {{0}}, bias = load(l->bias);
    for (int64_t k = 0; k < l->places; k++) {
        vec f = load(l->filters + l->place[k]);
        const glia_real *x = l->x + l->offset[k];
#pragma GCC unroll 8
        for (int i = 0; i < pixels; i++) sum[i] += load(x + i * l->x_step) * f;
    }
#pragma GCC unroll 8
    for (int i = 0; i < pixels; i++) sum[i] += bias;
    if (l->channels >= LANES && !l->add) {
#pragma GCC unroll 8
        for (int i = 0; i < pixels; i++) store(l->y + i * l->y_step, sum[i]);
        return;
    }
#pragma GCC unroll 8
    for (int i = 0; i < pixels; i++) give(l, i, sum[i]);
}

__attribute__((noinline)) static void meet_pixels(int64_t pixels, const line *l) {
    switch (pixels) {
    case 1: meet(1, l); break;
    case 2: meet(2, l); break;
    case 3: meet(3, l); break;
    case 4: meet(4, l); break;
    case 5: meet(5, l); break;
    case 6: meet(6, l); break;
    case 7: meet(7, l); break;
    default: meet(8, l); break;
    }
}

/* A row, in blocks of nearly as many pixels. */
static void run_line(const depth *d, const line *first, int64_t pixels) {
    int64_t blocks = (pixels + PIXELS - 1) / PIXELS;
    line l = *first;
    for (int64_t b = 0; b < blocks; b++) {
        int64_t q = pixels * b / blocks, count = pixels * (b + 1) / blocks - q;
        for (int64_t v = 0; v < d->frame.read; v += LANES) {
            l.x = first->x + q * l.x_step + v, l.y = first->y + q * l.y_step + v;
            l.filters = first->filters + v, l.bias = first->bias + v;
            l.channels = d->frame.read - v;
            meet_pixels(count, &l);
        }
    }
}

/* What a pass meets, in the order of what it reads. */
static int64_t set_places(const depth *d, const pass *of, int64_t row, int64_t k_w) {
    int64_t n = 0;
    for (int64_t i = 0; i < of->rows.count; i++)
        for (int64_t j = 0; j < of->columns.count; j++, n++) {
            d->offset[n] = (of->rows.reads + i * of->rows.apart) * row +
                           (of->columns.reads + j * of->columns.apart) * d->frame.read;
            d->place[n] = ((of->rows.first + i * of->rows.step) * k_w + of->columns.first +
                           j * of->columns.step) *
                          CHANNELS;
        }
    return n;
}

static void run_rows(const depth *d, const pass *of, const band *x, const output *to, int64_t r,
                     int64_t count, int64_t k_w) {
    const gl_conv_frame *f = &d->frame;
    int64_t rows = least(count, phase_count(&of->rows, to->h) - r);
    line l = {.x_step = f->columns.step * f->read,
              .offset = d->offset,
              .place = d->place,
              .places = set_places(d, of, x->row, k_w),
              .filters = d->filters,
              .bias = d->filters + f->k * CHANNELS,
              .y_step = of->columns.every * to->pixel,
              .add = to->add};
    for (int64_t i = 0; i < rows; i++) {
        int64_t row = of->rows.begin + (r + i) * of->rows.every;
        l.x = x->x + i * f->rows.step * x->row;
        l.y = to->y + (row * to->w + of->columns.begin) * to->pixel;
        run_line(d, &l, phase_count(&of->columns, to->w));
    }
}

static void run_channels(const gl_call *c, const depth *d, next_pass *next, const picture *from,
                         const output *to) {
    int64_t most = gl_conv_band_rows(&d->frame, sizeof(glia_real));
    for (int64_t r = 0; r < d->frame.rows.count; r += most) {
        int64_t count = least(most, d->frame.rows.count - r);
        band x = take_channels(d, from, r, count);
        pass of = {0};
        while (next(c, &d->frame, &of)) run_rows(d, &of, &x, to, r, count, c->conv_n.k_w);
    }
}

/* x and y of the first sample, whichever is read; value as in finish_rows. */
static void run_samples(const gl_call *c, const gl_conv_frame *f, next_pass *next,
                        const picture *from, const output *to, const glia_real *filters,
                        glia_real *value, int64_t lo, int64_t hi, void *work) {
    int64_t channels = to->pixel, x = from->h * from->w * channels, y = to->h * to->w * channels;
    for (int64_t first = 0; first < channels; first += CHANNELS) {
        gl_conv_frame some = *f;
        some.read = some.written = least(CHANNELS, channels - first);
        depth d = depth_in(work, &some);
        take_filters(&d, filters + first * f->k, to->bias ? to->bias + first : NULL);
        for (int64_t s = lo; s < hi; s++) {
            picture in = *from;
            output out = *to;
            in.x += s * x + first, out.y += s * y + first;
            run_channels(c, &d, next, &in, &out);
            if (first + CHANNELS >= channels)
                finish_rows(c, to->y + s * y, value ? value + s * y : NULL, to->h * to->w,
                            channels);
        }
    }
}

void K(depth_there)(PART) {
    const gl_conv_n *d = &c->conv_n;
    gl_conv_frame f = gl_conv_frame_there(d);
    picture from = {c->conv_p.x, d->h, d->w, d->c};
    output to = {c->conv_p.y, d->y_h, d->y_w, d->n, false, c->conv_p.bias};
    run_samples(c, &f, next_there, &from, &to, c->conv_p.filters, NULL, lo, hi, work);
}

void K(depth_back)(PART) {
    const gl_conv_n *d = &c->conv_n;
    gl_conv_frame f = gl_conv_frame_back(d);
    picture from = {c->conv_dx_p.dy, d->y_h, d->y_w, d->n};
    output to = {c->conv_dx_p.dx, d->h, d->w, d->c, c->conv_dx_n.add, c->conv_dx_p.bias};
    run_samples(c, &f, next_back, &from, &to, c->conv_dx_p.filters, c->conv_dx_p.value, lo, hi,
                work);
}

/* ---------------------------------------------------------------------------------------- dw -- */

typedef struct sums { /* of some places, over a row of dy */
    const glia_real *x, *dy;
    int64_t x_step, dy_step, pixels;
    const int64_t *offset;
    glia_real *sum; /* [places][CHANNELS] */
} sums;

INLINE void add_row(const int count, const int vecs, const sums *s) {
    vec sum[PLACES * 2];
    const glia_real *x = s->x, *dy = s->dy;
    for (int t = 0; t < count; t++)
        for (int v = 0; v < vecs; v++) sum[t * vecs + v] = load(s->sum + t * CHANNELS + v * LANES);
    for (int64_t q = s->pixels; q > 0; q--, x += s->x_step, dy += s->dy_step) {
        vec slope[2];
#pragma GCC unroll 2
        for (int v = 0; v < vecs; v++) slope[v] = load(dy + v * LANES);
#pragma GCC unroll 5
        for (int t = 0; t < count; t++)
#pragma GCC unroll 2
            for (int v = 0; v < vecs; v++)
                sum[t * vecs + v] += load(x + s->offset[t] + v * LANES) * slope[v];
    }
    for (int t = 0; t < count; t++)
        for (int v = 0; v < vecs; v++) store(s->sum + t * CHANNELS + v * LANES, sum[t * vecs + v]);
}

#define ADD_ROWS(vecs)                                                                             \
    __attribute__((noinline)) static void add_rows_of_##vecs(int64_t count, const sums *s) {       \
        switch (count) {                                                                           \
        case 1: add_row(1, vecs, s); break;                                                        \
        case 2: add_row(2, vecs, s); break;                                                        \
        case 3: add_row(3, vecs, s); break;                                                        \
        case 4: add_row(4, vecs, s); break;                                                        \
        default: add_row(5, vecs, s); break;                                                       \
        }                                                                                          \
    }
ADD_ROWS(1)
ADD_ROWS(2)

/* A row of dy and those of x that it meets: places lo .. hi-1, some at a time. */
static void add_line(const depth *d, const sums *row, int64_t lo, int64_t hi) {
    int64_t blocks = (hi - lo + PLACES - 1) / PLACES, channels = d->frame.read;
    sums s = *row;
    for (int64_t v = 0, vecs; v < channels; v += vecs * LANES) {
        vecs = channels - v > LANES ? 2 : 1;
        s.x = row->x + v, s.dy = row->dy + v;
        for (int64_t b = 0; b < blocks; b++) {
            int64_t t = (hi - lo) * b / blocks, count = (hi - lo) * (b + 1) / blocks - t;
            s.offset = d->offset + t, s.sum = d->filters + t * CHANNELS + v;
            if (vecs == 2) add_rows_of_2(count, &s);
            else add_rows_of_1(count, &s);
        }
    }
}

/* A row of dy where it lies, or copied so that its last vector may be read as a whole. */
static void take_slopes(const depth *d, sums *s, const glia_real *dy, int64_t pixel) {
    int64_t channels = d->frame.read;
    s->dy = dy, s->dy_step = pixel;
    if (channels % COLS == 0) return;
    for (int64_t q = 0; q < s->pixels; q++)
        copy_numbers(d->slopes + q * channels, dy + q * pixel, channels);
    s->dy = d->slopes, s->dy_step = channels;
}

static void add_sample(const depth *d, const gl_conv_n *n, const picture *x, const glia_real *dy,
                       int64_t lo, int64_t hi) {
    int64_t most = gl_conv_band_rows(&d->frame, sizeof(glia_real));
    sums s = {.x_step = n->s_w * d->frame.read, .pixels = n->y_w};
    for (int64_t r = 0; r < n->y_h; r += most) {
        int64_t rows = least(most, n->y_h - r);
        band of = copy_band(&d->frame, x, r, rows, d->band);
        for (int64_t t = lo; t < hi; t++)
            d->offset[t - lo] = t / n->k_w * n->d_h * of.row + t % n->k_w * n->d_w * d->frame.read;
        for (int64_t i = 0; i < rows; i++) {
            s.x = of.x + i * n->s_h * of.row;
            take_slopes(d, &s, dy + (r + i) * n->y_w * n->n, n->n);
            add_line(d, &s, lo, hi);
        }
    }
}

void K(depth_dw)(PART) {
    const gl_conv_n *n = &c->conv_n;
    int64_t m = c->conv_dw_n.m, x_sample = n->h * n->w * n->c, dy_sample = n->y_h * n->y_w * n->n;
    for (int64_t first = 0; first < n->c; first += CHANNELS) {
        gl_conv_frame f = gl_conv_frame_there(n);
        f.read = f.written = least(CHANNELS, n->c - first);
        depth d = depth_in(work, &f);
        clear_numbers(d.filters, (hi - lo) * CHANNELS);
        for (int64_t s = 0; s < m; s++) {
            picture x = {(glia_real *)c->conv_dw_p.x + s * x_sample + first, n->h, n->w, n->c};
            add_sample(&d, n, &x, (glia_real *)c->conv_dw_p.dy + s * dy_sample + first, lo, hi);
        }
        for (int64_t i = 0; i < f.read; i++)
            for (int64_t t = lo; t < hi; t++)
                ((glia_real *)c->conv_dw_p.dw)[(first + i) * f.k + t] =
                    d.filters[(t - lo) * CHANNELS + i];
    }
}
