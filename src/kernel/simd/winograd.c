/*
 * winograd.c: convolutions with filters of 3 x 3, tile by tile (Winograd, "Arithmetic complexity of
 * computations", 1980; Lavin and Gray, "Fast algorithms for convolutional neural networks", 2016).
 *
 * Two outputs of a filter of three take four multiplications, not six:
 *
 *     x0 x1 x2 x3        m0 = (x0 - x2) g0     m1 = (x1 + x2)(g0 + g1 + g2)/2
 *     g0 g1 g2           m3 = (x1 - x3) g2     m2 = (x2 - x1)(g0 - g1 + g2)/2
 *        g0 g1 g2        y0 = m0 + m1 + m2     y1 = m1 - m2 - m3
 *
 * In both directions 2 x 2 outputs take 16 and not 36. Filters are turned once a call; each of the
 * 16 places of a tile is a product of matrices then, tiles x channels with channels x filters:
 *
 *     x, 4 x 4 pixels a tile  ->  16 places [tiles][read], times [read][written]  ->  16 places of
 *     y  ->  2 x 2 pixels a tile
 *
 * Some tiles at a time, so that all of it stays in the second-level cache.
 */
#include "winograd.h"

#include "pack.h"
#include "strip.h"

enum { OUT = 2, TILE = GL_TILE, FILTER = 3, PLACES = TILE * TILE, AT_ONCE = GL_TILES_AT_ONCE };

/* ---------------------------------------------------------------------------- there and back -- */

/* One side: numbers from[0], from[step], ... become to[0], to[step], ... */
typedef void turn_side(const vec *from, vec *to, int step);

INLINE void turn_x(const vec *x, vec *to, int step) {
    to[0] = x[0] - x[2 * step];
    to[step] = x[step] + x[2 * step];
    to[2 * step] = x[2 * step] - x[step];
    to[3 * step] = x[step] - x[3 * step];
}

INLINE void turn_filter(const vec *g, vec *to, int step) {
    vec outer = g[0] + g[2 * step];
    to[0] = g[0];
    to[step] = (outer + g[step]) * (glia_real)0.5;
    to[2 * step] = (outer - g[step]) * (glia_real)0.5;
    to[3 * step] = g[2 * step];
}

INLINE void turn_dy(const vec *dy, vec *to, int step) {
    to[0] = dy[0];
    to[step] = dy[0] + dy[step];
    to[2 * step] = dy[0] - dy[step];
    to[3 * step] = -dy[step];
}

INLINE void turn_dw(const vec *m, vec *to, int step) {
    vec both = (m[step] + m[2 * step]) * (glia_real)0.5;
    to[0] = m[0] + both;
    to[step] = (m[step] - m[2 * step]) * (glia_real)0.5;
    to[2 * step] = both + m[3 * step];
}

INLINE void turn_y(const vec *m, vec *to, int step) {
    to[0] = m[0] + m[step] + m[2 * step];
    to[step] = m[step] - m[2 * step] - m[3 * step];
}

/* Both sides, in rows of TILE: columns, and then rows. */
INLINE void turn(turn_side *side, const vec *from, int n, vec *to) {
    vec half[PLACES];
#pragma GCC unroll 4
    for (int j = 0; j < n; j++) side(from + j, half + j, TILE);
#pragma GCC unroll 4
    for (int i = 0; i < TILE; i++) side(half + i * TILE, to + i * TILE, 1);
}

/* From one place to the next: a vector more than a tile takes, since places that are a power of two
 * apart would drive each other out of the first-level cache. */
static int64_t apart(int64_t channels) { return AT_ONCE * channels + LANES; }

static int64_t panels_of(const gl_conv_frame *f) {
    return f->read * ((f->written + COLS - 1) / COLS * COLS);
}

static tiling tiling_in(void *work, const gl_conv_frame *f) {
    gl_tiles_bytes b = gl_tiles_bytes_of(f, sizeof(glia_real));
    char *at = work;
    tiling t = {.frame = gl_tiles_frame(f)};
    t.filters = (glia_real *)(void *)at;
    t.x = (glia_real *)(void *)(at += b.filters);
    t.y = (glia_real *)(void *)(at += b.x);
    t.band = (glia_real *)(void *)(at + b.y);
    return t;
}

/* Filters j .. j+count-1 lie row by row where the tiles of x will, and are transposed into a
 * panel. */
static void turn_panel(const tiling *t, const glia_real *filters, int64_t j, int64_t count) {
    int64_t c = t->frame.read, place = apart(c);
    for (int64_t n = 0; n < count; n++)
        for (int64_t k = 0; k < c; k += LANES) {
            vec g[FILTER * TILE], u[PLACES];
            for (int i = 0; i < FILTER; i++)
                for (int q = 0; q < FILTER; q++)
                    g[i * TILE + q] = load(filters + (((j + n) * FILTER + i) * FILTER + q) * c + k);
            turn(turn_filter, g, FILTER, u);
            for (int e = 0; e < PLACES; e++) store(t->x + e * place + n * c + k, u[e]);
        }
    for (int e = 0; e < PLACES; e++)
        pack(t->filters + e * panels_of(&t->frame) + j * c, t->x + e * place, 1, c, c, count);
}

tiling K(tiles_there)(const gl_conv_frame *f, const glia_real *filters, void *work) {
    tiling t = tiling_in(work, f);
    for (int64_t j = 0; j < f->written; j += COLS)
        turn_panel(&t, filters, j, least(COLS, f->written - j));
    return t;
}

/* Turned round, and a row of a panel is a filter. */
tiling K(tiles_back)(const gl_conv_frame *f, const glia_real *filters, void *work) {
    tiling t = tiling_in(work, f);
    for (int64_t n = 0; n < f->read; n++)
        for (int64_t k = 0; k < f->written; k += LANES) {
            vec g[FILTER * TILE], u[PLACES];
            for (int i = 0; i < FILTER; i++)
                for (int q = 0; q < FILTER; q++) {
                    int64_t pixel = (n * FILTER + FILTER - 1 - i) * FILTER + FILTER - 1 - q;
                    g[i * TILE + q] = load(filters + pixel * f->written + k);
                }
            turn(turn_filter, g, FILTER, u);
            for (int e = 0; e < PLACES; e++)
                store(t.filters + e * panels_of(f) + k / COLS * COLS * f->read + n * COLS +
                          k % COLS,
                      u[e]);
        }
    return t;
}

/* ----------------------------------------------------------------------------------- a block -- */

typedef struct block { /* some tiles of a band, row by row */
    int64_t first, count;
    int64_t across; /* tiles in a row of them */
} block;

/* Channels first .. end-1. */
static void take_tiles(const tiling *t, const band *x, const block *b, int64_t first, int64_t end) {
    int64_t c = t->frame.read, place = apart(c);
    for (int64_t n = 0; n < b->count; n++) {
        int64_t row = (b->first + n) / b->across, column = (b->first + n) % b->across;
        const glia_real *corner = x->x + row * OUT * x->row + column * OUT * c;
        for (int64_t k = first; k < end; k += LANES) {
            vec pixel[PLACES], v[PLACES];
            for (int i = 0; i < TILE; i++)
                for (int q = 0; q < TILE; q++)
                    pixel[i * TILE + q] = load(corner + i * x->row + q * c + k);
            turn(turn_x, pixel, TILE, v);
            for (int e = 0; e < PLACES; e++) store(t->x + e * place + n * c + k, v[e]);
        }
    }
}

static void multiply(const tiling *t, const block *b) {
    static const int64_t here = 0;
    int64_t c = t->frame.read, n = t->frame.written;
    for (int e = 0; e < PLACES; e++)
        for (int64_t j = 0; j < n; j += COLS) {
            strip s = {.y = t->y + e * apart(n) + j,
                       .y_row = n,
                       .a = t->x + e * apart(c),
                       .a_row = c,
                       .a_col = 1,
                       .b = t->filters + e * panels_of(&t->frame) + j * c,
                       .b_row = COLS,
                       .offset = &here,
                       .segments = 1,
                       .k = c,
                       .begin = true};
            K(run_strip)(&s, b->count, least(COLS, n - j));
        }
}

/* The last tiles of a row or a column may reach beyond y by a pixel. */
static void give_tiles(const tiling *t, const output *to, const block *b, int64_t first_row) {
    int64_t channels = t->frame.written, place = apart(channels);
    for (int64_t n = 0; n < b->count; n++) {
        int64_t row = first_row + (b->first + n) / b->across * OUT;
        int64_t column = (b->first + n) % b->across * OUT;
        int64_t rows = least(OUT, to->h - row), columns = least(OUT, to->w - column);
        for (int64_t k = 0; k < channels; k += LANES) {
            vec m[PLACES], y[PLACES], bias = to->bias ? load(to->bias + k) : (vec){0};
            for (int e = 0; e < PLACES; e++) m[e] = load(t->y + e * place + n * channels + k);
            turn(turn_y, m, TILE, y);
            for (int64_t i = 0; i < rows; i++)
                for (int64_t q = 0; q < columns; q++) {
                    glia_real *pixel = to->y + ((row + i) * to->w + column + q) * to->pixel + k;
                    vec sum = y[i * TILE + q] + bias;
                    store(pixel, to->add ? load(pixel) + sum : sum);
                }
        }
    }
}

void K(run_tiles)(const tiling *t, const picture *from, const output *to) {
    const gl_conv_frame *f = &t->frame;
    int64_t most = gl_tiles_rows(f, sizeof(glia_real));
    for (int64_t r = 0; r < f->rows.count; r += most) {
        int64_t rows = least(most, f->rows.count - r), across = f->columns.count / OUT;
        band x = take_band(f, from, r, rows, t->band);
        for (int64_t i = 0; i < rows / OUT * across; i += AT_ONCE) {
            block b = {i, least(AT_ONCE, rows / OUT * across - i), across};
            take_tiles(t, &x, &b, 0, f->read);
            multiply(t, &b);
            give_tiles(t, to, &b, r);
        }
    }
}

/* ---------------------------------------------------------------------------------------- dw -- */

/* What a filter is to y, dy is to the filter: dw = G' (sum over tiles of x's by dy's) G. The sums
 * lie where filters do on the way there, [places][read][written]. */
static int64_t sums_apart(const gl_conv_frame *f) { return f->read * f->written + LANES; }

/* Beyond dy are zeros. */
static void take_slopes(const tiling *t, const output *dy, const block *b, int64_t first_row) {
    int64_t channels = t->frame.written, place = apart(channels);
    for (int64_t n = 0; n < b->count; n++) {
        int64_t row = first_row + (b->first + n) / b->across * OUT;
        int64_t column = (b->first + n) % b->across * OUT;
        for (int64_t k = 0; k < channels; k += LANES) {
            vec slope[PLACES] = {{0}}, v[PLACES];
            for (int64_t i = 0; i < least(OUT, dy->h - row); i++)
                for (int64_t q = 0; q < least(OUT, dy->w - column); q++)
                    slope[i * TILE + q] =
                        load(dy->y + ((row + i) * dy->w + column + q) * dy->pixel + k);
            turn(turn_dy, slope, OUT, v);
            for (int e = 0; e < PLACES; e++) store(t->y + e * place + n * channels + k, v[e]);
        }
    }
}

static void add_products(const tiling *t, const block *b, int64_t first, int64_t end) {
    static const int64_t here = 0;
    int64_t c = t->frame.read, n = t->frame.written;
    for (int e = 0; e < PLACES; e++)
        for (int64_t j = 0; j < n; j += COLS) {
            strip s = {.y = t->filters + e * sums_apart(&t->frame) + first * n + j,
                       .y_row = n,
                       .a = t->x + e * apart(c) + first,
                       .a_row = 1,
                       .a_col = c,
                       .b = t->y + e * apart(n) + j,
                       .b_row = n,
                       .offset = &here,
                       .segments = 1,
                       .k = b->count};
            K(run_strip)(&s, end - first, least(COLS, n - j));
        }
}

static void add_sample(const tiling *t, const picture *x, const output *dy, int64_t first,
                       int64_t end) {
    const gl_conv_frame *f = &t->frame;
    int64_t most = gl_tiles_rows(f, sizeof(glia_real)), across = f->columns.count / OUT;
    for (int64_t r = 0; r < f->rows.count; r += most) {
        int64_t rows = least(most, f->rows.count - r);
        band of = take_band(f, x, r, rows, t->band);
        for (int64_t i = 0; i < rows / OUT * across; i += AT_ONCE) {
            block b = {i, least(AT_ONCE, rows / OUT * across - i), across};
            take_tiles(t, &of, &b, first, end);
            take_slopes(t, dy, &b, r);
            add_products(t, &b, first, end);
        }
    }
}

static void give_filters(const tiling *t, int64_t first, int64_t end, glia_real *dw) {
    int64_t c = t->frame.read, written = t->frame.written;
    for (int64_t n = 0; n < written; n += LANES)
        for (int64_t k = first; k < end; k++) {
            vec m[PLACES], g[PLACES], half[PLACES];
            for (int e = 0; e < PLACES; e++)
                m[e] = load(t->filters + e * sums_apart(&t->frame) + k * written + n);
            for (int j = 0; j < TILE; j++) turn_dw(m + j, half + j, TILE);
            for (int i = 0; i < FILTER; i++) turn_dw(half + i * TILE, g + i * TILE, 1);
            for (int64_t lane = 0; lane < LANES; lane++)
                for (int i = 0; i < FILTER; i++)
                    for (int q = 0; q < FILTER; q++)
                        dw[(((n + lane) * FILTER + i) * FILTER + q) * c + k] =
                            g[i * TILE + q][lane];
        }
}

/* A cut of a filter's numbers stands for one of its channels, in whole vectors: a tile gives all
 * nine numbers of a channel. */
static int64_t channel_at(int64_t number) { return number / (FILTER * FILTER) / LANES * LANES; }

void K(tiles_dw)(const gl_call *call, int64_t lo, int64_t hi, void *work) {
    const gl_conv_n *d = &call->conv_n;
    gl_conv_frame f = gl_conv_frame_there(d);
    tiling t = tiling_in(work, &f);
    int64_t first = channel_at(lo), end = channel_at(hi);
    if (first == end) return;
    for (int e = 0; e < PLACES; e++)
        clear_numbers(t.filters + e * sums_apart(&f) + first * f.written,
                      (end - first) * f.written);
    for (int64_t s = 0; s < call->conv_dw_n.m; s++) {
        picture x = {(glia_real *)call->conv_dw_p.x + s * d->h * d->w * d->c, d->h, d->w, d->c};
        output dy = {.y = (glia_real *)call->conv_dw_p.dy + s * d->y_h * d->y_w * d->n,
                     .h = d->y_h,
                     .w = d->y_w,
                     .pixel = d->n};
        add_sample(&t, &x, &dy, first, end);
    }
    give_filters(&t, first, end, call->conv_dw_p.dw);
}
