/*
 * linear.c: a dense layer, the loss behind it and the gradients of its weights in one reading of
 * x. A linear model does two multiply-adds with each number of x, so what it waits for is
 * memory: 4 bytes for 4 operations, where a core does nine in the time of one byte (275 GFLOP/s,
 * 30 GB/s: Zen 5).
 *
 *     rows of a part, as many at a time as stay in the first-level cache:
 *         z = x W' + b       loss, dz from z       dW += dz' x,  db += sum of dz
 *
 * Of sparse rows only the numbers that are not 0 are read; the rest is the same.
 */
#include "real.h"
#include <stdbool.h>
#include <string.h>

#ifdef GL_SIMD
#include "../simd/linear.h"
#else
/* z_r = x_r' w */
static void dot_rows(glia_real z[4], const glia_real *const x[4], const glia_real *w, int64_t k) {
    for (int r = 0; r < 4; r++) {
        z[r] = 0;
        for (int64_t p = 0; p < k; p++) z[r] += x[r][p] * w[p];
    }
}

/* dw += sum of d_r x_r */
static void add_rows(glia_real *dw, const glia_real d[4], const glia_real *const x[4], int64_t k,
                     __attribute__((unused)) int64_t ahead) {
    for (int r = 0; r < 4; r++) {
        EACH for (int64_t p = 0; p < k; p++) dw[p] += d[r] * x[r][p];
    }
}
#endif

enum { ROWS = 4, NEAR = 24 * 1024 }; /* NEAR: bytes, half of such a cache */

typedef struct block { /* rows of x, and what belongs to them */
    int64_t rows, n, k;
    const glia_real *x;           /* [rows, k]; or */
    const gl_sparse_rows *sparse; /* of all rows, NULL: none, */
    const int64_t *start;         /* and where these begin there */
    glia_real *z, *p, *dz;        /* [rows, n], and room for ROWS more */
} block;

/* ROWS rows from row i on; where there are fewer, the last one stands in. */
static void find_rows(const glia_real *x[ROWS], const block *b, int64_t i) {
    for (int64_t r = 0; r < ROWS; r++) x[r] = b->x + (i + r < b->rows ? i + r : b->rows - 1) * b->k;
}

static void find_scores(const block *b, int64_t i, const glia_real *w, const glia_real *bias) {
    const glia_real *x[ROWS];
    find_rows(x, b, i);
    for (int64_t j = 0; j < b->n; j++) {
        glia_real z[ROWS];
        dot_rows(z, x, w + j * b->k, b->k);
        for (int64_t r = 0; r < ROWS; r++) b->z[(i + r) * b->n + j] = z[r] + bias[j];
    }
}

static void find_sparse_scores(const block *b, int64_t i, const glia_real *w,
                               const glia_real *bias) {
    const int32_t *column = b->sparse->column;
    const glia_real *x = b->sparse->value;
    for (int64_t j = 0; j < b->n; j++) {
        const glia_real *wj = w + j * b->k;
        glia_real z = 0;
        for (int64_t p = b->start[i]; p < b->start[i + 1]; p++) z += x[p] * wj[column[p]];
        b->z[i * b->n + j] = z + bias[j];
    }
}

static void add_gradients(const block *b, int64_t i, glia_real *dw, glia_real *db) {
    const glia_real *x[ROWS];
    find_rows(x, b, i);
    for (int64_t j = 0; j < b->n; j++) {
        glia_real d[ROWS];
        for (int64_t r = 0; r < ROWS; r++) d[r] = b->dz[(i + r) * b->n + j];
        add_rows(dw + j * b->k, d, x, b->k, j == 0 ? b->rows * b->k : 0);
        for (int64_t r = 0; r < ROWS; r++) db[j] += d[r];
    }
}

static void add_sparse_gradients(const block *b, int64_t i, glia_real *dw, glia_real *db) {
    const int32_t *column = b->sparse->column;
    const glia_real *x = b->sparse->value;
    for (int64_t j = 0; j < b->n; j++) {
        glia_real *dwj = dw + j * b->k, d = b->dz[i * b->n + j];
        for (int64_t p = b->start[i]; p < b->start[i + 1]; p++) dwj[column[p]] += d * x[p];
        db[j] += d;
    }
}

/* loss and dz of the block's rows, the first of which is row `first` of all. */
static void apply_loss(const gl_call *c, const block *b, int64_t first) {
    bool link = c->linear_n.link;
    glia_real *loss = (glia_real *)c->linear_p.losses + first,
              *t = (glia_real *)c->linear_p.t + first * c->linear_n.t_col;
    gl_call forward, backward; /* not cleared: see finish.h */
    forward.p[0] = loss, forward.p[1] = b->z, forward.p[2] = t;
    if (link) forward.p[1] = b->p, forward.p[2] = b->z, forward.p[3] = t, forward.p[4] = NULL;
    backward.p[0] = b->dz, backward.p[1] = link ? b->p : b->z, backward.p[2] = t;
    backward.p[3] = NULL;
    forward.n[0] = backward.n[0] = c->linear_n.m, forward.n[1] = backward.n[1] = b->n;
    forward.n[2] = backward.n[2] = 1;
    memcpy(forward.s, c->s, sizeof c->s);
    memcpy(backward.s, c->s, sizeof c->s);
    c->then(&forward, 0, b->rows, NULL);
    c->back(&backward, 0, b->rows, NULL);
    memset(b->dz + b->rows * b->n, 0, (size_t)(ROWS * b->n) * sizeof *b->dz);
}

static int64_t rows_at_once(int64_t k) {
    int64_t rows = NEAR / ((int64_t)sizeof(glia_real) * k) / ROWS * ROWS;
    return rows < ROWS ? ROWS : rows > GL_LINEAR_ROWS ? GL_LINEAR_ROWS : rows;
}

/* Rows from .. to-1. */
static void run_part(const gl_call *c, const gl_sparse_rows *sparse, glia_real *dw, int64_t from,
                     int64_t to, glia_real *work) {
    int64_t n = c->linear_n.n, k = c->linear_n.k, step = sparse ? GL_LINEAR_ROWS : rows_at_once(k);
    int64_t room = (step + ROWS) * n, at_once = sparse ? 1 : ROWS;
    const glia_real *w = c->linear_p.w;
    block b = {.n = n, .k = k, .sparse = sparse, .z = work, .p = work + room};
    b.dz = work + 2 * room;
    memset(dw, 0, (size_t)(n * (k + 1)) * sizeof *dw);
    for (int64_t first = from; first < to; first += b.rows) {
        if (sparse) b.start = sparse->start + first;
        else b.x = (const glia_real *)c->linear_p.x + first * k;
        b.rows = to - first < step ? to - first : step;
        for (int64_t i = 0; i < b.rows; i += at_once)
            (sparse ? find_sparse_scores : find_scores)(&b, i, w, w + n * k);
        apply_loss(c, &b, first);
        for (int64_t i = 0; i < b.rows; i += at_once)
            (sparse ? add_sparse_gradients : add_gradients)(&b, i, dw, dw + n * k);
    }
}

static void run_parts(const gl_call *c, const gl_sparse_rows *sparse, int64_t lo, int64_t hi,
                      void *work) {
    int64_t parts = c->linear_n.c, m = c->linear_n.m, count = c->linear_n.n * (c->linear_n.k + 1);
    for (int64_t part = lo; part < hi; part++)
        run_part(c, sparse, (glia_real *)c->linear_p.dw + part * count, m * part / parts,
                 m * (part + 1) / parts, work);
}

void K(linear)(PART) { run_parts(c, NULL, lo, hi, work); }

void K(linear_sparse)(PART) { run_parts(c, c->linear_sparse_p.x, lo, hi, work); }
