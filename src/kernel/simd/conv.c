/*
 * conv.c: the fast convolution, one source for every vector width, and no patches in memory.
 *
 * A row of y is a product of matrices whose left one is read where it lies: channels are last, so
 * what a filter's row sees of x is one run of numbers, and the next pixel's run begins a step
 * further on:
 *
 *     x, one row       |c c c|c c c|c c c|c c c| ...      two columns wide, three channels
 *     pixel 0           ^---------^                         k = 6 numbers
 *     pixel 1                 ^---------^
 *
 *     y[pixel][filter] = sum over the filter's rows, and over these k, of x times filter
 *
 * Filters are packed into panels as in gemm.c, with the rows of a filter one behind the other.
 * Where a filter reaches beyond the edge, or sees only some of the channels, a band of some rows is
 * copied first, with its zeros. The way back to x is the same with filters turned round (one such
 * pass for each phase of the step); dw is a product over the pixels, x on the left, dy on the
 * right. Filters of 3 x 3 that step by one go tile by tile where that is less work (winograd.c),
 * few channels are written pixel beside pixel (planes.c), and filters that see one channel each
 * meet vectors of channels (depth.c).
 *
 * Same bits. Every element that goes no special way is one chain in the order of kernels.def,
 * whatever tile, band or panel it falls into: a sum that is interrupted lies in y as it is.
 */
#include "conv.h"
#include "../ref/finish.h"
#include "band.h"
#include "depth.h"
#include "pack.h"
#include "pass.h"
#include "planes.h"
#include "strip.h"
#include "winograd.h"

typedef struct rooms { /* of the scratch memory */
    int64_t *offset;
    glia_real *panels, *band, *rest;
} rooms;

static rooms rooms_in(void *work, const gl_conv_frame *f) {
    size_t real = sizeof(glia_real);
    char *panels = (char *)work + gl_conv_lines((size_t)gl_conv_offsets(f, real) * sizeof(int64_t));
    char *lines = panels + gl_conv_lines(gl_conv_panels(f) * real);
    char *rest = lines + gl_conv_lines(gl_conv_band_numbers(f, real) * real);
    return (rooms){work, (void *)panels, (void *)lines, (void *)rest};
}

/* ------------------------------------------------------------------------------------ passes -- */

/* Channels side by side and columns side by side are one segment. */
static bool is_run(const pass *of) { return of->columns.count <= 1 || of->columns.apart == 1; }

static int64_t segments_of(const pass *of) {
    return of->rows.count * (is_run(of) ? of->columns.count > 0 : of->columns.count);
}

static int64_t segment_length(const gl_conv_frame *f, const pass *of) {
    return f->read * (is_run(of) ? of->columns.count : 1);
}

static void set_offsets(const gl_conv_frame *f, const pass *of, int64_t row, int64_t *offset) {
    int64_t columns = is_run(of) ? of->columns.count > 0 : of->columns.count;
    for (int64_t i = 0; i < of->rows.count; i++)
        for (int64_t j = 0; j < columns; j++)
            *offset++ = (of->rows.reads + i * of->rows.apart) * row +
                        (of->columns.reads + j * of->columns.apart) * f->read;
}

static int64_t panel_rows(const gl_conv_frame *f) { return f->k * f->read; }

/* Some segments at a time, so that their part of the panel stays in the first-level cache. */
static int64_t segments_at_once(int64_t length) {
    int64_t fit = GL_CONV_PANEL / (length * COLS * (int64_t)sizeof(glia_real));
    return fit > 0 ? fit : 1;
}

/* Of segments first .. end-1 those of the filter rows that meet a row of x, for the row of y that
 * reads a band from this line on: beyond the edge are zeros, and zeros are what they would add. A
 * small picture is half edge. */
static void leave_edges_out(const pass *of, const band *from, int64_t line, int64_t *first,
                            int64_t *end) {
    int64_t columns = segments_of(of) / of->rows.count, top = line + of->rows.reads;
    while (*first < *end && top + *first / columns * of->rows.apart < from->begin) ++*first;
    while (*end > *first && top + (*end - 1) / columns * of->rows.apart >= from->end) --*end;
}

/* Rows r .. r+count-1 of a pass, channels j .. j+cols-1, from a band that begins with what row r
 * reads. */
static void run_panel(const gl_conv_frame *f, const pass *of, const band *from, const output *to,
                      const rooms *at, int64_t r, int64_t count, int64_t j) {
    int64_t segments = segments_of(of), length = segment_length(f, of);
    int64_t pixels = phase_count(&of->columns, to->w), cols = least(COLS, f->written - j);
    int64_t step = length > 0 ? segments_at_once(length) : 1;
    const glia_real *panel = at->panels + j * panel_rows(f) + of->first * COLS;
    for (int64_t g = 0; g == 0 || g < segments; g += step) {
        int64_t end = least(g + step, segments);
        bool last = end == segments;
        strip s = {.y_row = of->columns.every * to->pixel,
                   .a_row = f->columns.step * f->read,
                   .a_col = 1,
                   .b_row = COLS,
                   .k = length,
                   .begin = g == 0 && !to->add,
                   .bias = last && to->bias ? to->bias + j : NULL};
        for (int64_t i = 0; i < count; i++) {
            int64_t row = of->rows.begin + (r + i) * of->rows.every, from_g = g, to_g = end;
            if (segments > 0) leave_edges_out(of, from, i * f->rows.step, &from_g, &to_g);
            s.b = panel + from_g * length * COLS;
            s.offset = at->offset + from_g;
            s.segments = to_g - from_g;
            s.y = to->y + (row * to->w + of->columns.begin) * to->pixel + j;
            s.a = from->x + i * f->rows.step * from->row;
            K(run_strip)(&s, pixels, cols);
        }
    }
}

static void run_pass(const gl_conv_frame *f, const pass *of, const band *from, const output *to,
                     const rooms *at, int64_t r, int64_t count) {
    int64_t rows = least(count, phase_count(&of->rows, to->h) - r);
    set_offsets(f, of, from->row, at->offset);
    for (int64_t j = 0; j < f->written && rows > 0; j += COLS)
        run_panel(f, of, from, to, at, r, rows, j);
}

/* All passes over one sample, band by band. `next` gives them one after the other. */
static void run_sample(const gl_call *c, const gl_conv_frame *f, next_pass *next,
                       const picture *from, const output *to, const rooms *at) {
    int64_t most = gl_conv_band_rows(f, sizeof(glia_real));
    for (int64_t r = 0; r < f->rows.count; r += most) {
        int64_t count = least(most, f->rows.count - r);
        band x = take_band(f, from, r, count, at->band);
        pass of = {0};
        while (next(c, f, &of)) run_pass(f, &of, &x, to, at, r, count);
    }
}

/* What some shapes are better off with; chosen by the shape alone, so that one picture is computed
 * as many are. */
typedef struct form {
    bool by_tiles, by_planes;
    tiling tiling;
    planes planes;
} form;

static bool is_special(const form *of) { return of->by_tiles || of->by_planes; }

static form form_there(const gl_call *c, const gl_conv_frame *f, void *work) {
    const gl_conv_n *d = &c->conv_n;
    form of = {.by_tiles = tiles_fit(d), .by_planes = planes_fit(d, f->written)};
    if (of.by_tiles) of.tiling = K(tiles_there)(f, c->conv_p.filters, work);
    if (of.by_planes) of.planes = K(planes_there)(d, f, c->conv_p.filters, work);
    return of;
}

static form form_back(const gl_call *c, const gl_conv_frame *f, void *work) {
    const gl_conv_n *d = &c->conv_n;
    form of = {.by_tiles = tiles_fit(d), .by_planes = planes_fit(d, f->written)};
    if (of.by_tiles) of.tiling = K(tiles_back)(f, c->conv_dx_p.filters, work);
    if (of.by_planes) of.planes = K(planes_back)(d, f, c->conv_dx_p.filters, work);
    return of;
}

/* ----------------------------------------------------------------------------- the way there -- */

/* Filters first .. of one group, [filters, k], turned. */
static void pack_there(const gl_conv_frame *f, const glia_real *filters, glia_real *panels) {
    int64_t k = panel_rows(f);
    for (int64_t j = 0; j < f->written; j += COLS)
        pack(panels + j * k, filters + j * k, 1, k, k, least(COLS, f->written - j));
}

void K(conv)(PART) {
    const gl_conv_n *d = &c->conv_n;
    if (gl_depth_fits(d)) {
        K(depth_there)(c, lo, hi, work);
        return;
    }
    gl_conv_frame f = gl_conv_frame_there(d);
    rooms at = rooms_in(work, &f);
    form special = form_there(c, &f, work);
    int64_t x_sample = d->h * d->w * d->c, y_sample = d->y_h * d->y_w * d->n;
    for (int64_t group = 0; group < d->groups; group++) {
        const glia_real *bias = c->conv_p.bias;
        if (!is_special(&special))
            pack_there(&f, (glia_real *)c->conv_p.filters + group * f.written * panel_rows(&f),
                       at.panels);
        for (int64_t s = lo; s < hi; s++) {
            glia_real *y = (glia_real *)c->conv_p.y + s * y_sample;
            picture from = {(glia_real *)c->conv_p.x + s * x_sample + group * f.read, d->h, d->w,
                            d->c};
            output to = {y + group * f.written,
                         d->y_h,
                         d->y_w,
                         d->n,
                         false,
                         bias ? bias + group * f.written : NULL};
            if (special.by_tiles) K(run_tiles)(&special.tiling, &from, &to);
            else if (special.by_planes) K(run_planes)(&special.planes, &from, &to);
            else run_sample(c, &f, next_there, &from, &to, &at);
            if (group == d->groups - 1) finish_rows(c, y, NULL, d->y_h * d->y_w, d->n);
        }
    }
}

/* ------------------------------------------------------------------------------ the way back -- */

/* For each place of a filter a row for each filter of the group, as wide as the channels. */
static void pack_back(const gl_call *c, const gl_conv_frame *f, const glia_real *filters,
                      glia_real *panels) {
    int64_t k = f->k * f->written, rows = panel_rows(f);
    pass of = {0};
    while (next_back(c, f, &of)) {
        glia_real *to = panels + of.first * COLS;
        for (int64_t i = 0; i < of.rows.count; i++)
            for (int64_t q = 0; q < of.columns.count; q++, to += f->read * COLS) {
                int64_t place = (of.rows.first + i * of.rows.step) * c->conv_n.k_w +
                                of.columns.first + q * of.columns.step;
                for (int64_t j = 0; j < f->written; j += COLS)
                    pack(to + j * rows, filters + place * f->written + j, k, 1, f->read,
                         least(COLS, f->written - j));
            }
    }
}

void K(conv_dx)(PART) {
    const gl_conv_n *d = &c->conv_n;
    if (gl_depth_fits(d)) {
        K(depth_back)(c, lo, hi, work);
        return;
    }
    gl_conv_frame f = gl_conv_frame_back(d);
    rooms at = rooms_in(work, &f);
    form special = form_back(c, &f, work);
    int64_t x_sample = d->h * d->w * d->c, y_sample = d->y_h * d->y_w * d->n;
    for (int64_t group = 0; group < d->groups; group++) {
        glia_real *value = c->conv_dx_p.value, *bias = c->conv_dx_p.bias;
        if (!is_special(&special))
            pack_back(c, &f, (glia_real *)c->conv_dx_p.filters + group * f.read * f.k * f.written,
                      at.panels);
        for (int64_t s = lo; s < hi; s++) {
            glia_real *dx = (glia_real *)c->conv_dx_p.dx + s * x_sample;
            picture from = {(glia_real *)c->conv_dx_p.dy + s * y_sample + group * f.read, d->y_h,
                            d->y_w, d->n};
            output to = {dx + group * f.written,
                         d->h,
                         d->w,
                         d->c,
                         c->conv_dx_n.add,
                         bias ? bias + group * f.written : NULL};
            if (special.by_tiles) K(run_tiles)(&special.tiling, &from, &to);
            else if (special.by_planes) K(run_planes)(&special.planes, &from, &to);
            else run_sample(c, &f, next_back, &from, &to, &at);
            if (group == d->groups - 1)
                finish_rows(c, dx, value ? value + s * x_sample : NULL, d->h * d->w, d->c);
        }
    }
}

/* ---------------------------------------------------------------------------------------- dw -- */

/* What a band of x and of dy add to dw, whose sums lie [k][columns]. */
typedef struct product {
    const gl_conv_frame *f;
    const gl_conv_n *d;
    glia_real *sums;
    int64_t columns; /* filters, in whole vectors */
    const glia_real *dy;
    int64_t dy_row;
    const int64_t *offset; /* of each row of y in x */
    int64_t rows;
} product;

/* dy's rows of this band: where they lie if the group's channels fill whole vectors, else
 * copied. */
static void take_dy(product *p, const glia_real *dy, glia_real *room) {
    int64_t pixels = p->rows * p->d->y_w, n = p->f->written;
    p->dy = dy, p->dy_row = p->d->n;
    if (n % LANES == 0) return;
    for (int64_t i = 0; i < pixels; i++) {
        copy_numbers(room + i * p->columns, dy + i * p->d->n, n);
        clear_numbers(room + i * p->columns + n, p->columns - n);
    }
    p->dy = room, p->dy_row = p->columns;
}

/* Numbers at .. at+count-1 of a filter, which lie side by side in x, for all filters. */
static void add_run(const product *p, const band *x, int64_t at, int64_t count, int64_t lo) {
    const gl_conv_n *d = p->d;
    int64_t c = p->f->read, row = at / c / d->k_w, column = at / c % d->k_w;
    strip s = {.y_row = p->columns,
               .a = x->x + row * d->d_h * x->row + column * d->d_w * c + at % c,
               .a_row = 1,
               .a_col = d->s_w * c,
               .b_row = p->dy_row,
               .offset = p->offset,
               .segments = p->rows,
               .k = d->y_w};
    for (int64_t j = 0; j < p->columns; j += COLS) {
        s.y = p->sums + (at - lo) * p->columns + j, s.b = p->dy + j;
        K(run_strip)(&s, count, least(COLS, p->columns - j));
    }
}

/* Where a run that holds number `at` ends: the columns of a filter's row that lie side by side, or
 * the channels of a pixel. */
static int64_t run_end(const product *p, int64_t at) {
    int64_t run = p->f->read * (p->d->d_w == 1 ? p->d->k_w : 1);
    return (at / run + 1) * run;
}

static void add_sample(product *p, const picture *x, const glia_real *dy, const rooms *at,
                       int64_t lo, int64_t hi) {
    int64_t most = gl_conv_band_rows(p->f, sizeof(glia_real));
    for (int64_t r = 0; r < p->d->y_h; r += most) {
        p->rows = least(most, p->d->y_h - r);
        band of = take_band(p->f, x, r, p->rows, at->band);
        for (int64_t i = 0; i < p->rows; i++) at->offset[i] = i * p->d->s_h * of.row;
        take_dy(p, dy + r * p->d->y_w * p->d->n, at->rest);
        for (int64_t k = lo, end; k < hi; k = end) {
            end = least(run_end(p, k), hi);
            add_run(p, &of, k, end - k, lo);
        }
    }
}

void K(conv_dw)(PART) {
    const gl_conv_n *d = &c->conv_n;
    if (gl_depth_fits(d)) {
        K(depth_dw)(c, lo, hi, work);
        return;
    }
    gl_conv_frame f = gl_conv_frame_there(d);
    if (tiles_fit(d)) {
        K(tiles_dw)(c, lo, hi, work);
        return;
    }
    if (planes_fit(d, f.written)) {
        K(planes_dw)(c, lo, hi, work);
        return;
    }
    rooms at = rooms_in(work, &f);
    product p = {&f, d, at.panels, whole_vectors(f.written), .offset = at.offset};
    int64_t x_sample = d->h * d->w * d->c, y_sample = d->y_h * d->y_w * d->n, k = c->conv_dw_n.k;
    for (int64_t group = 0; group < d->groups; group++) {
        clear_numbers(p.sums, (hi - lo) * p.columns);
        for (int64_t s = 0; s < c->conv_dw_n.m; s++) {
            picture x = {(glia_real *)c->conv_dw_p.x + s * x_sample + group * f.read, d->h, d->w,
                         d->c};
            add_sample(&p, &x, (glia_real *)c->conv_dw_p.dy + s * y_sample + group * f.written, &at,
                       lo, hi);
        }
        for (int64_t i = 0; i < f.written; i++)
            for (int64_t j = lo; j < hi; j++)
                ((glia_real *)c->conv_dw_p.dw)[(group * f.written + i) * k + j] =
                    p.sums[(j - lo) * p.columns + i];
    }
}
