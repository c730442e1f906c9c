/*
 * pool.c: a window of pixels becomes one, channel by channel: the largest value, or the mean.
 *
 * What lies beyond the edge is not there: it is no 0 that could be the largest, and no pixel that a
 * mean would be divided by. Sequences of different lengths have an edge each.
 */
#include "finish.h"

typedef gl_max_pool_n geometry; /* the first members of all four (kernels.def) */

typedef struct window { /* the pixels of x that one of y sees: rows top .. bottom-1 */
    int64_t top, bottom, left, right;
} window;

static int64_t from(int64_t at) { return at > 0 ? at : 0; }
static int64_t until(int64_t at, int64_t end) { return at < end ? at : end; }

/* Of samples that are so wide. */
static window window_of(const geometry *d, int64_t wide, int64_t r, int64_t q) {
    int64_t top = r * d->s_h - d->p_h, left = q * d->s_w - d->p_w;
    return (window){from(top), until(top + d->k_h, d->h), from(left), until(left + d->k_w, wide)};
}

static bool is_empty(window of) { return of.right <= of.left; }

/* Calls of `one` with a pixel of y and its window, for samples lo .. hi-1. */
typedef void each_window(const gl_call *c, int64_t s, int64_t at, window of);

static inline void for_each_window(const gl_call *c, const glia_real *lengths, int64_t lo,
                                   int64_t hi, each_window *one) {
    const geometry *d = &c->max_pool_n;
    for (int64_t s = lo; s < hi; s++) {
        int64_t wide = lengths ? (int64_t)lengths[s] : d->w;
        for (int64_t r = 0; r < d->y_h; r++)
            for (int64_t q = 0; q < d->y_w; q++)
                one(c, s, (s * d->y_h + r) * d->y_w + q, window_of(d, wide, r, q));
    }
}

static inline int64_t pixel_of(const geometry *d, int64_t s, int64_t row, int64_t column) {
    return ((s * d->h + row) * d->w + column) * d->c;
}

/* ------------------------------------------------------------------------------- the largest -- */

/* NaN stays: it is larger than nothing, and nothing is larger. */
static inline void take_largest(glia_real *y, const glia_real *x, int64_t n) {
    EACH for (int64_t k = 0; k < n; k++) y[k] = y[k] >= x[k] || y[k] != y[k] ? y[k] : x[k];
}

static inline void largest(const gl_call *c, int64_t s, int64_t at, window of) {
    const geometry *d = &c->max_pool_n;
    const glia_real *x = c->max_pool_p.x;
    glia_real *y = (glia_real *)c->max_pool_p.y + at * d->c;
    for (int64_t k = 0; k < d->c; k++)
        y[k] = is_empty(of) ? 0 : x[pixel_of(d, s, of.top, of.left) + k];
    for (int64_t row = of.top; row < of.bottom; row++)
        for (int64_t column = of.left; column < of.right; column++)
            take_largest(y, x + pixel_of(d, s, row, column), d->c);
}

/* Few channels leave most of a vector empty. Where no window reaches beyond the sides, those that
 * begin at each pixel are looked at instead, a stretch of a row at once, and every s_w-th of them
 * is one of y: twice the work, in a tenth of the time for 6 channels. */
enum { FEW = 16, STRETCH = 1024 /* numbers, 4 kB in float */ };

static bool goes_by_rows(const geometry *d, const glia_real *lengths) {
    return !lengths && d->c < FEW && d->s_w * d->c < STRETCH && d->p_w == 0 &&
           (d->y_w - 1) * d->s_w + d->k_w <= d->w;
}

typedef struct stretch { /* windows of one row of y */
    int64_t x;           /* where the first begins */
    int64_t y;           /* its pixel of y */
    int64_t rows;        /* of x that they see */
    int64_t count;       /* windows */
    int64_t n;           /* numbers of x from the first to the last pixel where one begins */
} stretch;

typedef void each_stretch(const gl_call *c, const stretch *of);

static inline void for_each_stretch(const gl_call *c, int64_t s, each_stretch *one) {
    const geometry *d = &c->max_pool_n;
    int64_t most = STRETCH / (d->s_w * d->c);
    for (int64_t r = 0; r < d->y_h; r++)
        for (int64_t q = 0; q < d->y_w; q += most) {
            window of = window_of(d, d->w, r, q);
            int64_t count = until(most, d->y_w - q);
            one(c, &(stretch){.x = pixel_of(d, s, of.top, q * d->s_w),
                              .y = ((s * d->y_h + r) * d->y_w + q) * d->c,
                              .rows = of.bottom - of.top,
                              .count = count,
                              .n = ((count - 1) * d->s_w + 1) * d->c});
        }
}

static inline void largest_of_stretch(const gl_call *c, const stretch *of) {
    const geometry *d = &c->max_pool_n;
    const glia_real *x = (glia_real *)c->max_pool_p.x + of->x;
    glia_real *y = (glia_real *)c->max_pool_p.y + of->y, best[STRETCH];
    for (int64_t i = 0; i < of->n; i++) best[i] = x[i];
    for (int64_t row = 0; row < of->rows; row++)
        for (int64_t j = 0; j < d->k_w; j++) take_largest(best, x + (row * d->w + j) * d->c, of->n);
    for (int64_t q = 0; q < of->count; q++)
        for (int64_t k = 0; k < d->c; k++) y[q * d->c + k] = best[q * d->s_w * d->c + k];
}

void K(max_pool)(PART) {
    const glia_real *lengths = c->max_pool_p.lengths;
    if (!goes_by_rows(&c->max_pool_n, lengths)) for_each_window(c, lengths, lo, hi, largest);
    else
        for (int64_t s = lo; s < hi; s++) for_each_stretch(c, s, largest_of_stretch);
}

/* The first pixel, by rows, whose value is the window's takes the gradient, all of it. Of so many
 * channels at once. */
enum { AT_ONCE = 64 };

static inline void give_to_largest(const gl_call *c, int64_t s, int64_t at, window of) {
    const geometry *d = &c->max_pool_n;
    const glia_real *x = c->max_pool_b_p.x, *y = (glia_real *)c->max_pool_b_p.y + at * d->c,
                    *dy = (glia_real *)c->max_pool_b_p.dy + at * d->c;
    glia_real *dx = c->max_pool_b_p.dx;
    for (int64_t first = 0; first < d->c; first += AT_ONCE) {
        glia_real rest[AT_ONCE];
        int64_t n = until(first + AT_ONCE, d->c) - first;
        EACH for (int64_t k = 0; k < n; k++) rest[k] = dy[first + k];
        for (int64_t row = of.top; row < of.bottom; row++)
            for (int64_t column = of.left; column < of.right; column++) {
                int64_t pixel = pixel_of(d, s, row, column) + first;
                EACH for (int64_t k = 0; k < n; k++) {
                    bool is_it = x[pixel + k] == y[first + k] || y[first + k] != y[first + k];
                    dx[pixel + k] += is_it ? rest[k] : 0;
                    rest[k] = is_it ? 0 : rest[k];
                }
            }
    }
}

/* Where no window begins there is nothing to give. */
static inline void give_to_stretch(const gl_call *c, const stretch *of) {
    const geometry *d = &c->max_pool_n;
    const glia_real *all = (glia_real *)c->max_pool_b_p.x + of->x,
                    *y = (glia_real *)c->max_pool_b_p.y + of->y,
                    *dy = (glia_real *)c->max_pool_b_p.dy + of->y;
    glia_real best[STRETCH], rest[STRETCH];
    for (int64_t i = 0; i < of->n; i++) best[i] = rest[i] = 0;
    for (int64_t q = 0; q < of->count; q++)
        for (int64_t k = 0; k < d->c; k++) {
            best[q * d->s_w * d->c + k] = y[q * d->c + k];
            rest[q * d->s_w * d->c + k] = dy[q * d->c + k];
        }
    for (int64_t row = 0; row < of->rows; row++)
        for (int64_t j = 0; j < d->k_w; j++) {
            const glia_real *x = all + (row * d->w + j) * d->c;
            glia_real *dx = (glia_real *)c->max_pool_b_p.dx + of->x + (row * d->w + j) * d->c;
            EACH for (int64_t i = 0; i < of->n; i++) {
                bool is_it = x[i] == best[i] || best[i] != best[i];
                dx[i] += is_it ? rest[i] : 0;
                rest[i] = is_it ? 0 : rest[i];
            }
        }
}

static void clear_samples(const geometry *d, glia_real *dx, int64_t lo, int64_t hi) {
    int64_t sample = d->h * d->w * d->c;
    for (int64_t i = lo * sample; i < hi * sample; i++) dx[i] = 0;
}

/* Sample by sample, so that the slope finds it in a cache. */
void K(max_pool_b)(PART) {
    const geometry *d = &c->max_pool_n;
    const glia_real *lengths = c->max_pool_b_p.lengths;
    int64_t pixels = d->h * d->w;
    for (int64_t s = lo; s < hi; s++) {
        int64_t at = s * pixels * d->c;
        clear_samples(d, c->max_pool_b_p.dx, s, s + 1);
        if (goes_by_rows(d, lengths)) for_each_stretch(c, s, give_to_stretch);
        else for_each_window(c, lengths, s, s + 1, give_to_largest);
        finish_rows(c, (glia_real *)c->max_pool_b_p.dx + at, (glia_real *)c->max_pool_b_p.x + at,
                    pixels, d->c);
    }
}

/* ---------------------------------------------------------------------- the mean, or the sum -- */

/* Of a window without pixels their sum is 0, whatever it is divided by. */
static glia_real divisor(const gl_call *c, window of) {
    if (is_empty(of)) return 1;
    int64_t pixels = (of.bottom - of.top) * (of.right - of.left);
    return (glia_real)(c->mean_pool_n.whole ? 1 : pixels);
}

static inline void mean_of(const gl_call *c, int64_t s, int64_t at, window of) {
    const geometry *d = &c->max_pool_n;
    const glia_real *x = c->mean_pool_p.x;
    glia_real *y = (glia_real *)c->mean_pool_p.y + at * d->c, n = divisor(c, of);
    for (int64_t k = 0; k < d->c; k++) y[k] = 0;
    for (int64_t row = of.top; row < of.bottom; row++)
        for (int64_t column = of.left; column < of.right; column++) {
            const glia_real *pixel = x + pixel_of(d, s, row, column);
            EACH for (int64_t k = 0; k < d->c; k++) y[k] += pixel[k];
        }
    for (int64_t k = 0; k < d->c; k++) y[k] /= n;
}

void K(mean_pool)(PART) { for_each_window(c, c->mean_pool_p.lengths, lo, hi, mean_of); }

static inline void give_to_all(const gl_call *c, int64_t s, int64_t at, window of) {
    const geometry *d = &c->max_pool_n;
    const glia_real *dy = (glia_real *)c->mean_pool_b_p.dy + at * d->c;
    glia_real *dx = c->mean_pool_b_p.dx, n = divisor(c, of);
    for (int64_t row = of.top; row < of.bottom; row++)
        for (int64_t column = of.left; column < of.right; column++) {
            glia_real *pixel = dx + pixel_of(d, s, row, column);
            EACH for (int64_t k = 0; k < d->c; k++) pixel[k] += dy[k] / n;
        }
}

void K(mean_pool_b)(PART) {
    clear_samples(&c->max_pool_n, c->mean_pool_b_p.dx, lo, hi);
    for_each_window(c, c->mean_pool_b_p.lengths, lo, hi, give_to_all);
}
