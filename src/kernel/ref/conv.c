/*
 * conv.c: convolution as its definition says it.
 *
 *       x            filter of 2 x 2,       y
 *     a b c          step 1, no zeros     ax+by+dz+ew   bx+cy+ez+fw
 *     d e f    *         x y         =    dx+ey+gz+hw   ex+fy+hz+iw
 *     g h i              z w
 *
 * The filter is not turned round: networks call that convolution, mathematics cross-correlation.
 * What lies beyond the edge of x is 0, so nothing is added for it.
 */
#include "finish.h"

/* The geometry is the same members in the same places for all three (kernels.def). */
typedef gl_conv_n geometry;

/* The row of x that pixel i of a filter sees for row r of y; the same with columns. */
static int64_t row_of(const geometry *d, int64_t r, int64_t i) {
    return r * d->s_h + i * d->d_h - d->p_h;
}
static int64_t column_of(const geometry *d, int64_t q, int64_t j) {
    return q * d->s_w + j * d->d_w - d->p_w;
}
static bool is_inside(const geometry *d, int64_t row, int64_t column) {
    return row >= 0 && row < d->h && column >= 0 && column < d->w;
}

/* Where the pixel at (row, column) of sample s of x begins, in numbers. */
static int64_t pixel_of(const geometry *d, int64_t s, int64_t row, int64_t column) {
    return ((s * d->h + row) * d->w + column) * d->c;
}

/* Channels of a filter, and the first of those that filter f sees. */
static int64_t channels(const geometry *d) { return d->c / d->groups; }
static int64_t first_channel(const geometry *d, int64_t f) {
    return f / (d->n / d->groups) * channels(d);
}

static glia_real filtered(const gl_call *c, int64_t s, int64_t r, int64_t q, int64_t f) {
    const geometry *d = &c->conv_n;
    const glia_real *x = c->conv_p.x, *filters = c->conv_p.filters;
    int64_t size = d->k_h * d->k_w * channels(d);
    glia_real sum = 0;
    for (int64_t i = 0; i < d->k_h; i++)
        for (int64_t j = 0; j < d->k_w; j++) {
            int64_t row = row_of(d, r, i), column = column_of(d, q, j);
            if (!is_inside(d, row, column)) continue;
            const glia_real *pixel = x + pixel_of(d, s, row, column) + first_channel(d, f);
            int64_t first = (i * d->k_w + j) * channels(d);
            for (int64_t k = 0; k < channels(d); k++)
                sum += pixel[k] * filters[f * size + first + k];
        }
    return sum;
}

void K(conv)(PART) {
    const geometry *d = &c->conv_n;
    glia_real *y = c->conv_p.y;
    const glia_real *bias = c->conv_p.bias;
    int64_t pixels = d->y_h * d->y_w;
    for (int64_t s = lo; s < hi; s++) {
        for (int64_t at = 0; at < pixels; at++)
            for (int64_t f = 0; f < d->n; f++)
                y[(s * pixels + at) * d->n + f] =
                    filtered(c, s, at / d->y_w, at % d->y_w, f) + (bias ? bias[f] : 0);
        finish_rows(c, y + s * pixels * d->n, NULL, pixels, d->n);
    }
}

/* The row of y for which pixel i of a filter sees `row` of x; -1: none. */
static int64_t seen_from(int64_t at, int64_t step, int64_t count) {
    return at >= 0 && at % step == 0 && at / step < count ? at / step : -1;
}

static glia_real gathered(const gl_call *c, int64_t s, int64_t row, int64_t column, int64_t k) {
    const geometry *d = &c->conv_n;
    const glia_real *dy = c->conv_dx_p.dy, *filters = c->conv_dx_p.filters;
    int64_t in_group = d->n / d->groups, first = k / channels(d) * in_group;
    int64_t size = d->k_h * d->k_w * channels(d);
    glia_real sum = 0;
    for (int64_t i = d->k_h - 1; i >= 0; i--)
        for (int64_t j = d->k_w - 1; j >= 0; j--) {
            int64_t r = seen_from(row + d->p_h - i * d->d_h, d->s_h, d->y_h);
            int64_t q = seen_from(column + d->p_w - j * d->d_w, d->s_w, d->y_w);
            if (r < 0 || q < 0) continue;
            const glia_real *pixel = dy + ((s * d->y_h + r) * d->y_w + q) * d->n;
            int64_t at = (i * d->k_w + j) * channels(d) + k % channels(d);
            for (int64_t f = first; f < first + in_group; f++)
                sum += pixel[f] * filters[f * size + at];
        }
    return sum;
}

void K(conv_dx)(PART) {
    const geometry *d = &c->conv_n;
    int64_t pixels = d->h * d->w;
    for (int64_t s = lo; s < hi; s++) {
        glia_real *dx = (glia_real *)c->conv_dx_p.dx + s * pixels * d->c,
                  *value = c->conv_dx_p.value, *bias = c->conv_dx_p.bias;
        for (int64_t at = 0; at < pixels; at++)
            for (int64_t k = 0; k < d->c; k++) {
                glia_real sum = gathered(c, s, at / d->w, at % d->w, k);
                if (c->conv_dx_n.add) sum += dx[at * d->c + k];
                dx[at * d->c + k] = sum + (bias ? bias[k] : 0);
            }
        finish_rows(c, dx, value ? value + s * pixels * d->c : NULL, pixels, d->c);
    }
}

void K(conv_dw)(PART) {
    const geometry *d = &c->conv_n;
    const glia_real *x = c->conv_dw_p.x, *dy = c->conv_dw_p.dy;
    glia_real *dw = c->conv_dw_p.dw;
    for (int64_t f = 0; f < d->n; f++)
        for (int64_t at = lo; at < hi; at++) {
            int64_t k = at % channels(d), j = at / channels(d) % d->k_w,
                    i = at / channels(d) / d->k_w;
            glia_real sum = 0;
            for (int64_t y = 0; y < c->conv_dw_n.m * d->y_h * d->y_w; y++) {
                int64_t s = y / d->y_w / d->y_h, row = row_of(d, y / d->y_w % d->y_h, i),
                        column = column_of(d, y % d->y_w, j);
                if (is_inside(d, row, column))
                    sum +=
                        dy[y * d->n + f] * x[pixel_of(d, s, row, column) + first_channel(d, f) + k];
            }
            dw[f * c->conv_dw_n.k + at] = sum;
        }
}
