/*
 * attention.c: each step of a sequence asks all of them (Vaswani et al., 2017). q, k and v of a
 * step stand side by side, n numbers each, of which head i has `size` from i size on. Of one sample
 * and one head, with rows of steps:
 *
 *     s = q k' / sqrt(size)     p = softmax of each row of s     y = p v
 *
 *     dp = dy v'                dv = p' dy
 *     ds = p (dp - the row's sum of p dp) / sqrt(size)     dq = ds k     dk = ds' q
 *
 * Causal, a row of s ends with its own step. Steps behind the length of a sample are asked by
 * nobody and answer 0.
 *
 * Queries go block by block, so that p is never larger than a block of its rows: all of it would be
 * steps x steps for each head and sample, 500 MB for 64 samples of 512 steps and 8 heads. The way
 * back makes p once more, one product beside four, and so nothing at all is kept for it.
 */
#include "attention.h"
#include "real.h"
#include <string.h>

void K(gemm)(PART);

enum { ROWS = GL_ATTENTION_ROWS, LANES = 8 };

/* Element i, j lies at at[i * row + j * col]. */
typedef struct matrix {
    glia_real *at;
    int64_t row, col;
} matrix;

/* One head of one sample: how many steps there are, of `size` numbers each, and where to work. */
typedef struct head {
    int64_t steps, size;
    bool causal;
    matrix q, k, v;
    void *panels;
    glia_real *p, *dp;  /* [ROWS, steps] of a block */
    glia_real *copy[3]; /* [steps, size] */
} head;

/* Queries first .. first + rows - 1, and the keys that the last of them sees. */
typedef struct block {
    int64_t first, rows, keys;
} block;

static matrix turned(matrix a) { return (matrix){a.at, a.col, a.row}; }
static matrix from_row(matrix a, int64_t i) { return (matrix){a.at + i * a.row, a.row, a.col}; }
static matrix rows_of(glia_real *at, int64_t row) { return (matrix){at, row, 1}; }

/* y[m, n] (+)= a[m, k] b[k, n] */
static void multiply(const head *h, matrix y, matrix a, matrix b, int64_t m, int64_t n, int64_t k,
                     bool add) {
    gl_call c = {.gemm_p = {.y = y.at, .a = a.at, .b = b.at},
                 .gemm_n = {.m = m,
                            .n = n,
                            .k = k,
                            .a_row = a.row,
                            .a_col = a.col,
                            .b_row = b.row,
                            .b_col = b.col,
                            .y_row = y.row,
                            .add = add}};
    K(gemm)(&c, 0, m, h->panels);
}

/* A product may read beyond the columns of a b whose rows are longer: here they are not. */
static matrix copy_of(const head *h, int i, matrix a) {
    for (int64_t t = 0; t < h->steps; t++)
        memcpy(h->copy[i] + t * h->size, a.at + t * a.row, (size_t)h->size * sizeof *a.at);
    return rows_of(h->copy[i], h->size);
}

/* Samples have fewer steps than t where `lengths` says so. */
static head head_of(const gl_call *c, const glia_real *qkv, const glia_real *lengths, int64_t i,
                    int64_t number, void *work) {
    const gl_attention_n *d = &c->attention_n;
    head h = {.steps = lengths ? (int64_t)lengths[i] : d->t,
              .size = d->n / d->heads,
              .causal = d->causal,
              .panels = work};
    glia_real *of = (glia_real *)qkv + i * d->t * 3 * d->n + number * h.size,
              *room = (void *)((char *)work + gl_attention_panels(d->t, h.size, sizeof *room));
    h.q = rows_of(of, 3 * d->n), h.k = rows_of(of + d->n, 3 * d->n);
    h.v = rows_of(of + 2 * d->n, 3 * d->n);
    h.p = room, h.dp = room + ROWS * d->t;
    for (int k = 0; k < 3; k++) h.copy[k] = room + 2 * ROWS * d->t + k * d->t * h.size;
    return h;
}

static block block_of(const head *h, int64_t first) {
    int64_t rows = h->steps - first < ROWS ? h->steps - first : ROWS;
    return (block){first, rows, h->causal ? first + rows : h->steps};
}

/* Its part of y or dqkv [m, t, row]. */
static glia_real *sample_of(void *x, const gl_call *c, int64_t i, int64_t row) {
    return (glia_real *)x + i * c->attention_n.t * row;
}

static void clear_steps(glia_real *x, int64_t from, int64_t to, int64_t row) {
    memset(x + from * row, 0, (size_t)((to - from) * row) * sizeof *x);
}

/* ----------------------------------------------------------------------------------- softmax -- */

/* Sums side by side: one alone would wait for each addition before it begins the next. */
static glia_real row_dot(const glia_real *a, const glia_real *b, int64_t n) {
    glia_real sum[LANES] = {0}, total = 0;
    int64_t whole = n - n % LANES;
    for (int64_t j = 0; j < whole; j += LANES)
        for (int lane = 0; lane < LANES; lane++) sum[lane] += a[j + lane] * b[j + lane];
    for (int64_t j = whole; j < n; j++) sum[j - whole] += a[j] * b[j];
    for (int lane = 0; lane < LANES; lane++) total += sum[lane];
    return total;
}

static glia_real row_sum(const glia_real *x, int64_t n) {
    glia_real sum[LANES] = {0}, total = 0;
    int64_t whole = n - n % LANES;
    for (int64_t j = 0; j < whole; j += LANES)
        for (int lane = 0; lane < LANES; lane++) sum[lane] += x[j + lane];
    for (int64_t j = whole; j < n; j++) sum[j - whole] += x[j];
    for (int lane = 0; lane < LANES; lane++) total += sum[lane];
    return total;
}

static glia_real row_max(const glia_real *x, int64_t n) {
    glia_real max = x[0];
    for (int64_t j = 1; j < n; j++) max = x[j] > max ? x[j] : max;
    return max;
}

/* Keys that are not seen get no weight. */
static void soften(glia_real *restrict p, int64_t seen, int64_t keys, glia_real scale) {
    glia_real max = row_max(p, seen);
    EACH for (int64_t j = 0; j < seen; j++) p[j] = gl_exp((p[j] - max) * scale);
    glia_real sum = row_sum(p, seen);
    EACH for (int64_t j = 0; j < seen; j++) p[j] /= sum;
    for (int64_t j = seen; j < keys; j++) p[j] = 0;
}

static int64_t seen_by(const head *h, const block *b, int64_t r) {
    return h->causal ? b->first + r + 1 : b->keys;
}

static glia_real scale_of(const head *h) { return (glia_real)(1 / sqrt((double)h->size)); }

/* p of a block, [rows, keys]. */
static matrix weights_of(const head *h, const block *b) {
    matrix p = rows_of(h->p, b->keys);
    multiply(h, p, from_row(h->q, b->first), turned(h->k), b->rows, b->keys, h->size, false);
    for (int64_t r = 0; r < b->rows; r++)
        soften(p.at + r * p.row, seen_by(h, b, r), b->keys, scale_of(h));
    return p;
}

/* ---------------------------------------------------------------------------- there and back -- */

static void look(const head *h, matrix y) {
    matrix v = copy_of(h, 0, h->v);
    for (int64_t first = 0; first < h->steps; first += ROWS) {
        block b = block_of(h, first);
        matrix p = weights_of(h, &b);
        multiply(h, from_row(y, first), p, v, b.rows, h->size, b.keys, false);
    }
}

void K(attention)(PART) {
    const gl_attention_n *d = &c->attention_n;
    for (int64_t i = lo; i < hi; i++) {
        glia_real *y = sample_of(c->attention_p.y, c, i, d->n);
        for (int64_t k = 0; k < d->heads; k++) {
            head h = head_of(c, c->attention_p.qkv, c->attention_p.lengths, i, k, work);
            look(&h, rows_of(y + k * h.size, d->n));
            if (k == 0) clear_steps(y, h.steps, d->t, d->n);
        }
    }
}

/* ds, where dp was. */
static void soften_back(const head *h, const block *b, const glia_real *p, glia_real *restrict dp) {
    glia_real scale = scale_of(h);
    for (int64_t r = 0; r < b->rows; r++, p += b->keys, dp += b->keys) {
        glia_real along = row_dot(p, dp, b->keys);
        EACH for (int64_t j = 0; j < b->keys; j++) dp[j] = p[j] * (dp[j] - along) * scale;
    }
}

/* dq, dk, dv are 0 before. */
static void look_back(const head *h, matrix dq, matrix dk, matrix dv, matrix dy) {
    matrix q = copy_of(h, 0, h->q), k = copy_of(h, 1, h->k), told = copy_of(h, 2, dy);
    for (int64_t first = 0; first < h->steps; first += ROWS) {
        block b = block_of(h, first);
        matrix p = weights_of(h, &b), ds = rows_of(h->dp, b.keys);
        multiply(h, dv, turned(p), from_row(told, first), b.keys, h->size, b.rows, true);
        multiply(h, ds, from_row(told, first), turned(h->v), b.rows, b.keys, h->size, false);
        soften_back(h, &b, p.at, ds.at);
        multiply(h, from_row(dq, first), ds, k, b.rows, h->size, b.keys, false);
        multiply(h, dk, turned(ds), from_row(q, first), b.keys, h->size, b.rows, true);
    }
}

void K(attention_b)(PART) {
    const gl_attention_n *d = &c->attention_n;
    for (int64_t i = lo; i < hi; i++) {
        glia_real *of = sample_of(c->attention_b_p.dqkv, c, i, 3 * d->n),
                  *dy = sample_of(c->attention_b_p.dy, c, i, d->n);
        clear_steps(of, 0, d->t, 3 * d->n);
        for (int64_t k = 0; k < d->heads; k++) {
            head h = head_of(c, c->attention_b_p.qkv, c->attention_b_p.lengths, i, k, work);
            glia_real *at = of + k * h.size;
            look_back(&h, rows_of(at, 3 * d->n), rows_of(at + d->n, 3 * d->n),
                      rows_of(at + 2 * d->n, 3 * d->n), rows_of(dy + k * h.size, d->n));
        }
    }
}
