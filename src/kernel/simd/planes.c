/*
 * planes.c: convolutions that write few channels, as the first layer of LeNet-5 does: 6.
 *
 * A register of y holds pixels of a row, not channels of a pixel, which would leave most of it
 * empty. For that the channels of a band stand apart, a plane for each, so that what the pixels of
 * a register read lies side by side:
 *
 *     planes[channel][line][column]      one vector of it meets one number of each filter
 *     y, two vectors a filter            the sums, in registers until the pixels are done
 *
 * Likewise dw: a number of a filter is the sum over pixels of x times dy, of which each lane of a
 * register takes every LANES-th; the lanes are added at the end, from the first to the last.
 */
#include "planes.h"

enum { MOST = LANES > 1 ? LANES / 2 : 1 };

/* ----------------------------------------------------------------------------------- filters -- */

static planes planes_in(const gl_conv_n *d, const gl_conv_frame *f, void *work) {
    size_t real = sizeof(glia_real);
    char *filters =
        (char *)work + gl_conv_lines((size_t)gl_conv_offsets(f, real) * sizeof(int64_t));
    char *lines = filters + gl_conv_lines(gl_conv_panels(f) * real);
    int64_t row = gl_conv_extent(&f->columns, f->columns.count);
    planes p = {*f, d, work, (glia_real *)(void *)filters, (glia_real *)(void *)lines};
    for (int64_t i = 0; i < d->k_h; i++)
        for (int64_t j = 0; j < d->k_w; j++)
            p.offset[i * d->k_w + j] = i * d->d_h * row + j * d->d_w;
    return p;
}

planes K(planes_there)(const gl_conv_n *d, const gl_conv_frame *f, const glia_real *filters,
                       void *work) {
    planes p = planes_in(d, f, work);
    int64_t numbers = f->k * f->read;
    for (int64_t n = 0; n < f->written; n++)
        for (int64_t k = 0; k < numbers; k++)
            p.filters[k * f->written + n] = filters[n * numbers + k];
    return p;
}

/* The last pixel of a filter comes first. */
planes K(planes_back)(const gl_conv_n *d, const gl_conv_frame *f, const glia_real *filters,
                      void *work) {
    planes p = planes_in(d, f, work);
    for (int64_t k = 0; k < f->k; k++)
        for (int64_t n = 0; n < f->read; n++)
            for (int64_t c = 0; c < f->written; c++)
                p.filters[(k * f->read + n) * f->written + c] =
                    filters[(n * f->k + f->k - 1 - k) * f->written + c];
    return p;
}

/* ------------------------------------------------------------------------------------- bands -- */

static void take_plane(const planes *p, const picture *of, int64_t line, glia_real *to) {
    const gl_conv_axis *columns = &p->frame.columns;
    int64_t width = gl_conv_extent(columns, columns->count);
    for (int64_t j = 0; j < width; j++) to[j] = 0;
    if (line < 0 || line >= of->h) return;
    int64_t left = columns->first < 0 ? -columns->first : 0;
    int64_t right = least(width, of->w - columns->first);
    const glia_real *row = of->x + (line * of->w + columns->first) * of->pixel;
    for (int64_t j = left; j < right; j++) to[j] = row[j * of->pixel];
}

/* What rows r .. r+count-1 of y read, channel by channel; a vector behind it may be read, too. */
static void take_planes(const planes *p, const picture *from, int64_t r, int64_t count) {
    const gl_conv_frame *f = &p->frame;
    int64_t lines = gl_conv_extent(&f->rows, count), top = f->rows.first + r;
    int64_t width = gl_conv_extent(&f->columns, f->columns.count);
    for (int64_t c = 0; c < f->read; c++) {
        picture channel = {from->x + c, from->h, from->w, from->pixel};
        for (int64_t i = 0; i < lines; i++)
            take_plane(p, &channel, top + i, p->planes + (c * lines + i) * width);
    }
    store(p->planes + f->read * lines * width, (vec){0});
}

/* ------------------------------------------------------------------------------------ pixels -- */

/* Two vectors of pixels, which begin at a and b of the first plane, for all filters: sum
 * [filters][2]. */
INLINE void meet(const int filters, const planes *p, const glia_real *a, const glia_real *b,
                 int64_t plane, glia_real *to) {
    vec sum[2 * MOST] = {{0}};
    const glia_real *w = p->filters;
    for (int64_t k = 0; k < p->frame.k; k++) {
        const glia_real *left = a + p->offset[k], *right = b + p->offset[k];
        for (int64_t c = p->frame.read; c > 0; c--, left += plane, right += plane, w += filters) {
            vec x = load(left), z = load(right);
#pragma GCC unroll 8
            for (int n = 0; n < filters; n++) sum[2 * n] += w[n] * x, sum[2 * n + 1] += w[n] * z;
        }
    }
    for (int n = 0; n < 2 * filters; n++) store(to + n * LANES, sum[n]);
}

typedef void meet_filters(const planes *p, const glia_real *a, const glia_real *b, int64_t plane,
                          glia_real *to);

/* More filters than fit a set's vectors are never asked for, and cost no code. */
#define MEET(n)                                                                                    \
    static void meet_##n(const planes *p, const glia_real *a, const glia_real *b, int64_t plane,   \
                         glia_real *to) {                                                          \
        meet(n <= MOST ? n : 1, p, a, b, plane, to);                                               \
    }
MEET(1)
MEET(2)
MEET(3)
MEET(4)
MEET(5)
MEET(6)
MEET(7)
MEET(8)
static meet_filters *const meet_of[] = {meet_1, meet_2, meet_3, meet_4,
                                        meet_5, meet_6, meet_7, meet_8};

typedef struct place { /* a vector of pixels: where it begins */
    int64_t row, column;
} place;

static void give_pixels(const output *to, place at, int64_t filters, const glia_real *sum) {
    int64_t count = least(LANES, to->w - at.column);
    glia_real *y = to->y + (at.row * to->w + at.column) * to->pixel;
    for (int64_t n = 0; n < filters; n++) {
        glia_real bias = to->bias ? to->bias[n] : 0;
        for (int64_t i = 0; i < count; i++) {
            glia_real *one = y + i * to->pixel + n;
            *one = (to->add ? *one : 0) + (sum[2 * n * LANES + i] + bias);
        }
    }
}

/* Vectors of pixels, row by row, two at a time; of an odd number the last one is there twice. */
void K(run_planes)(const planes *p, const picture *from, const output *to) {
    const gl_conv_frame *f = &p->frame;
    int64_t most = gl_conv_band_rows(f, sizeof(glia_real));
    int64_t vectors = (to->w + LANES - 1) / LANES;
    int64_t width = gl_conv_extent(&f->columns, f->columns.count);
    glia_real sum[2 * MOST * LANES];
    for (int64_t r = 0; r < to->h; r += most) {
        int64_t rows = least(most, to->h - r), last = rows * vectors - 1;
        take_planes(p, from, r, rows);
        for (int64_t i = 0; i <= last; i += 2) {
            int64_t next = least(i + 1, last);
            place a = {i / vectors, i % vectors * LANES},
                  b = {next / vectors, next % vectors * LANES};
            meet_of[f->written - 1](p, p->planes + a.row * width + a.column,
                                    p->planes + b.row * width + b.column,
                                    gl_conv_extent(&f->rows, rows) * width, sum);
            a.row += r, b.row += r;
            give_pixels(to, a, f->written, sum);
            if (next > i) give_pixels(to, b, f->written, sum + LANES);
        }
    }
}

/* ---------------------------------------------------------------------------------------- dw -- */

/* dy of a band, filter by filter, each row in whole vectors with zeros behind its pixels: they meet
 * what x has in the next row. */
static void take_slopes(const planes *p, const glia_real *dy, int64_t rows, glia_real *to) {
    int64_t n = p->frame.written, width = p->n->y_w, padded = whole_vectors(width);
    for (int64_t f = 0; f < n; f++)
        for (int64_t i = 0; i < rows; i++, to += padded) {
            for (int64_t j = 0; j < width; j++) to[j] = dy[(i * width + j) * n + f];
            for (int64_t j = width; j < padded; j++) to[j] = 0;
        }
}

/* One number of all filters: sum [filters][LANES] over a band. */
INLINE void add_number(const int filters, const glia_real *x, int64_t x_row, const glia_real *dy,
                       int64_t rows, int64_t width, glia_real *sum) {
    vec s[MOST];
    for (int n = 0; n < filters; n++) s[n] = load(sum + n * LANES);
    for (int64_t i = 0; i < rows; i++)
        for (int64_t j = 0; j < width; j += LANES) {
            vec v = load(x + i * x_row + j);
            const glia_real *slope = dy + i * width + j;
#pragma GCC unroll 8
            for (int n = 0; n < filters; n++) s[n] += v * load(slope + n * rows * width);
        }
    for (int n = 0; n < filters; n++) store(sum + n * LANES, s[n]);
}

typedef void add_filters(const glia_real *x, int64_t x_row, const glia_real *dy, int64_t rows,
                         int64_t width, glia_real *sum);

#define ADD(n)                                                                                     \
    static void add_##n(const glia_real *x, int64_t x_row, const glia_real *dy, int64_t rows,      \
                        int64_t width, glia_real *sum) {                                           \
        add_number(n <= MOST ? n : 1, x, x_row, dy, rows, width, sum);                             \
    }
ADD(1)
ADD(2)
ADD(3)
ADD(4)
ADD(5)
ADD(6)
ADD(7)
ADD(8)
static add_filters *const add_of[] = {add_1, add_2, add_3, add_4, add_5, add_6, add_7, add_8};

static void add_band(const planes *p, const glia_real *dy, int64_t rows, int64_t lo, int64_t hi,
                     glia_real *sums) {
    const gl_conv_frame *f = &p->frame;
    int64_t row = gl_conv_extent(&f->columns, f->columns.count);
    int64_t plane = gl_conv_extent(&f->rows, rows) * row;
    for (int64_t k = lo; k < hi; k++, sums += f->written * LANES)
        add_of[f->written - 1](p->planes + k % f->read * plane + p->offset[k / f->read], row, dy,
                               rows, whole_vectors(p->n->y_w), sums);
}

static glia_real sum_of_lanes(const glia_real *lane) {
    glia_real sum = 0;
    for (int i = 0; i < LANES; i++) sum += lane[i];
    return sum;
}

void K(planes_dw)(const gl_call *c, int64_t lo, int64_t hi, void *work) {
    const gl_conv_n *d = &c->conv_n;
    gl_conv_frame f = gl_conv_frame_there(d);
    planes p = planes_in(d, &f, work);
    char *behind = (char *)work + gl_conv_bytes(&f, sizeof(glia_real));
    glia_real *sums = (glia_real *)(void *)behind,
              *slopes = sums + f.k * f.read * f.written * LANES;
    int64_t most = gl_conv_band_rows(&f, sizeof(glia_real)), k = c->conv_dw_n.k;
    for (int64_t i = 0; i < (hi - lo) * f.written * LANES; i++) sums[i] = 0;
    for (int64_t s = 0; s < c->conv_dw_n.m; s++) {
        picture x = {(glia_real *)c->conv_dw_p.x + s * d->h * d->w * d->c, d->h, d->w, d->c};
        const glia_real *dy = (glia_real *)c->conv_dw_p.dy + s * d->y_h * d->y_w * d->n;
        for (int64_t r = 0; r < d->y_h; r += most) {
            int64_t rows = least(most, d->y_h - r);
            take_planes(&p, &x, r, rows);
            take_slopes(&p, dy + r * d->y_w * d->n, rows, slopes);
            add_band(&p, slopes, rows, lo, hi, sums);
        }
    }
    for (int64_t n = 0; n < f.written; n++)
        for (int64_t j = lo; j < hi; j++)
            ((glia_real *)c->conv_dw_p.dw)[n * k + j] =
                sum_of_lanes(sums + ((j - lo) * f.written + n) * LANES);
}
