/*
 * augment.c: pictures as a training varies them, so that no epoch shows the same ones again. What a
 * picture becomes depends on seed, step and its row of the mini-batch alone.
 *
 * mixup (Zhang et al., 2018) has L from Beta(a, a) and mixes the labels, too. Where the gradient is
 * linear in the label, as that of cross-entropy and of squares is, an L from Beta(a + 1, a) with
 * the label of the picture that counts more has the same mean (F. Huszar, "mixup: data-dependent
 * data augmentation", 2017); so labels stay class numbers.
 */
#include "real.h"
#include "../../base/random.h"
#include <string.h>

/* All are drawn whichever are asked for: a way more leaves what the others do as it was. */
typedef struct luck {
    bool flip, flip_down;
    double down, right, turn, scale, brightness, cut_row, cut_col; /* -1 to 1 */
} luck;

static double both_ways(gl_rng *r) { return 2 * gl_rng_uniform(r) - 1; }

static luck draw(gl_rng *r, const double *ways) {
    luck l = {.flip = gl_rng_uniform(r) < 0.5 && ways[GL_WAY_flip] > 0,
              .flip_down = gl_rng_uniform(r) < 0.5 && ways[GL_WAY_flip_down] > 0};
    double *drawn[] = {&l.down, &l.right, &l.turn, &l.scale, &l.brightness, &l.cut_row, &l.cut_col};
    for (size_t i = 0; i < sizeof drawn / sizeof *drawn; i++) *drawn[i] = both_ways(r);
    return l;
}

/* ------------------------------------------------------------------- where a pixel is from -- */

/* The place in x of pixel (0, 0) of y, and how much further on that of the next row's and of the
 * next column's is. */
typedef struct frame {
    double row, col, row_down, col_down, row_right, col_right;
} frame;

/* The way back: what y does to x is to turn it, then to stretch it, both about the middle, then to
 * move it; what is flipped was flipped first. */
static frame place(const luck *l, const double *ways, int64_t h, int64_t w) {
    const double degree = 0.017453292519943295;
    double angle = l->turn * ways[GL_WAY_rotate] * degree,
           scale = 1 + l->scale * ways[GL_WAY_scale];
    double cosine = cos(angle) / scale, sine = sin(angle) / scale;
    double row = (double)(h - 1) / 2, col = (double)(w - 1) / 2;
    double down = -row - l->down * ways[GL_WAY_shift] * (double)h,
           right = -col - l->right * ways[GL_WAY_shift] * (double)w;
    frame f = {.row = row + cosine * down - sine * right,
               .col = col + sine * down + cosine * right,
               .row_down = cosine,
               .row_right = -sine,
               .col_down = sine,
               .col_right = cosine};
    if (l->flip_down) f.row = 2 * row - f.row, f.row_down *= -1, f.row_right *= -1;
    if (l->flip) f.col = 2 * col - f.col, f.col_down *= -1, f.col_right *= -1;
    return f;
}

/* Beyond the edge stands the pixel of the edge: whatever the background is, it goes on. */
static double inside(double at, int64_t count) {
    double last = (double)(count - 1);
    return at < 0 ? 0 : at > last ? last : at;
}

/* The pixel at a place between four others, each as near as it is (bilinear). */
static void look(glia_real *restrict y, const glia_real *restrict x, double row, double col,
                 const gl_augment_n *d) {
    double r = inside(row, d->h), q = inside(col, d->w);
    int64_t r0 = (int64_t)r, q0 = (int64_t)q;
    glia_real down = (glia_real)(r - (double)r0), right = (glia_real)(q - (double)q0);
    const glia_real *a = x + (r0 * d->w + q0) * d->c, *b = a + (right > 0 ? d->c : 0);
    int64_t below = down > 0 ? d->w * d->c : 0;
    for (int64_t k = 0; k < d->c; k++) {
        glia_real top = a[k] + right * (b[k] - a[k]),
                  bottom = a[below + k] + right * (b[below + k] - a[below + k]);
        y[k] = top + down * (bottom - top);
    }
}

static void reframe(glia_real *restrict y, const glia_real *restrict x, const luck *l,
                    const double *ways, const gl_augment_n *d) {
    frame f = place(l, ways, d->h, d->w);
    for (int64_t r = 0; r < d->h; r++)
        for (int64_t q = 0; q < d->w; q++, y += d->c)
            look(y, x, f.row + f.row_down * (double)r + f.row_right * (double)q,
                 f.col + f.col_down * (double)r + f.col_right * (double)q, d);
}

static bool moves(const luck *l, const double *ways) {
    return l->flip || l->flip_down || ways[GL_WAY_shift] > 0 || ways[GL_WAY_rotate] > 0 ||
           ways[GL_WAY_scale] > 0;
}

/* -------------------------------------------------------------------------- what it holds -- */

static double mean_of(const glia_real *y, int64_t pixels, int64_t c) {
    double sum = 0;
    for (int64_t i = 0; i < pixels; i++) sum += y[i * c];
    return sum / (double)pixels;
}

/* A square whose middle may be anywhere: at the edge a part of it is left. */
static void cut(glia_real *y, const luck *l, double share, const gl_augment_n *d) {
    double half = share * (double)(d->h < d->w ? d->h : d->w) / 2,
           row = (l->cut_row + 1) / 2 * (double)d->h, col = (l->cut_col + 1) / 2 * (double)d->w;
    int64_t top = (int64_t)round(fmax(row - half, 0)), left = (int64_t)round(fmax(col - half, 0)),
            bottom = (int64_t)round(fmin(row + half, (double)d->h)),
            right = (int64_t)round(fmin(col + half, (double)d->w));
    for (int64_t k = 0; k < d->c; k++) {
        glia_real mean = (glia_real)mean_of(y + k, d->h * d->w, d->c);
        for (int64_t r = top; r < bottom; r++)
            for (int64_t q = left; q < right; q++) y[(r * d->w + q) * d->c + k] = mean;
    }
}

static void vary(glia_real *restrict y, const glia_real *restrict x, gl_rng *r, const luck *l,
                 const gl_call *c) {
    const gl_augment_n *d = &c->augment_n;
    int64_t numbers = d->h * d->w * d->c;
    const double *ways = c->s;
    if (moves(l, ways)) reframe(y, x, l, ways, d);
    glia_real light = (glia_real)(1 + l->brightness * ways[GL_WAY_brightness]);
    for (int64_t j = 0; j < numbers && light != 1; j++) y[j] *= light;
    for (int64_t j = 0; j < numbers && ways[GL_WAY_noise] > 0; j++)
        y[j] += (glia_real)(ways[GL_WAY_noise] * gl_rng_normal(r));
    if (ways[GL_WAY_cutout] > 0) cut(y, l, ways[GL_WAY_cutout], d);
}

/* One stream for each row of each mini-batch; after 2^24 updates they come again. */
static gl_rng stream_of(const gl_knobs *knobs, gl_stream stream, uint32_t row) {
    return gl_rng_new(knobs->seed, stream, knobs->step << 32 | row);
}

void K(augment)(PART) {
    int64_t n = c->augment_n.n, first = c->augment_n.first;
    for (int64_t i = lo; i < hi; i++) {
        glia_real *y = (glia_real *)c->p[0] + i * n;
        const glia_real *x = (const glia_real *)c->p[1] + i * n;
        gl_rng r = stream_of(c->knobs, GL_STREAM_AUGMENT, (uint32_t)i);
        luck l = draw(&r, c->s);
        memcpy(y, x, (size_t)n * sizeof *y);
        vary(y + first, x + first, &r, &l, c);
    }
}

/* ------------------------------------------------------------------------------------- mixup -- */

/* Of Beta(a + 1, a): U^(1/(a+1)) and V^(1/a), where their sum is at most 1 (Johnk, 1964). Both may
 * be too small for a number where a is; then L is 1. */
static double draw_beta(gl_rng *r, double a) {
    for (;;) {
        double u = pow(gl_rng_uniform(r), 1 / (a + 1)), v = pow(gl_rng_uniform(r), 1 / a);
        if (u + v <= 1) return u + v > 0 ? u / (u + v) : 1;
    }
}

/* By how many rows the one that shines through is further on: the same for all of a mini-batch,
 * so that each shines through once; another one each step, as the rows may keep their order. */
static int64_t draw_distance(const gl_knobs *knobs, int64_t m) {
    gl_rng r = stream_of(knobs, GL_STREAM_MIXUP, UINT32_MAX);
    return m > 1 ? 1 + gl_rng_below(&r, m - 1) : 0;
}

void K(mixup)(PART) {
    int64_t m = c->n[0], n = c->n[1], distance = draw_distance(c->knobs, m);
    for (int64_t i = lo; i < hi; i++) {
        gl_rng r = stream_of(c->knobs, GL_STREAM_MIXUP, (uint32_t)i);
        glia_real share = (glia_real)(1 - draw_beta(&r, c->s[0])),
                  *y = (glia_real *)c->p[0] + i * n;
        const glia_real *x = (const glia_real *)c->p[1] + i * n,
                        *other = (const glia_real *)c->p[1] + (i + distance) % m * n;
        EACH for (int64_t j = 0; j < n; j++) y[j] = x[j] + share * (other[j] - x[j]);
    }
}
