/*
 * recur.c: layers that remember. They go from step to step of a sequence, and each state h_t comes
 * from the one before it and from what x gives to the gates, W x_t + b, which is there for all
 * steps (a product for all of them at once needs no memory of h).
 *
 *     rnn     h = g(z + U h')
 *     lstm    i, f, o = sigmoid, c~ = tanh of parts of z + U h'; c = f c' + i c~, h = o tanh c
 *     gru     r, u = sigmoid of parts of z + U h' + v; c~ = tanh(z_c + r (U_c h' + v_c)),
 *             h = (1 - u) c~ + u h'
 *     before  the same with c~ = tanh(z_c + U_c (r h')), no v: the reset before the product
 *
 * h' is the state of the step before; in front of the first what the caller has there, or in a call
 * that goes on what the last call left, or 0. A step of all rows of a cut is one product, so that U
 * is read once for them. What backward needs lies where forward worked: the gates in z. With a mask
 * U reads mask h', the same mask in each step, and what it reads is kept; the gate that mixes h'
 * and c~ reads h' itself.
 *
 * Backwards dh is what a state is told by what reads it and by the step behind it; the latter is
 * carried from step to step in an array of its own, as is dc. dU is no business of these: it is a
 * sum over steps and rows of products of dz with h', one more product for all steps at once.
 */
#include "real.h"
#include "../simd/gemm.h"
#include <string.h>

void K(gemm)(PART);

/* One step of an array [m, t, n], as a matrix whose rows are `row` apart. */
typedef struct matrix {
    glia_real *at;
    int64_t row;
} matrix;

static matrix step_of(void *all, int64_t steps, int64_t n, int64_t t) {
    return (matrix){(glia_real *)all + t * n, steps * n};
}

/* NULL of a matrix that is not there. */
static glia_real *row_of(matrix a, int64_t i) { return a.at ? a.at + i * a.row : NULL; }

static bool is_resumed(const gl_call *c, int64_t carries) { return carries && c->knobs->step > 0; }

/* What stood before step t: in front of the first what the call before left in the last, where this
 * one resumes; else `first` [m, n], which is 0 where there is none. */
static matrix before_step(void *all, void *first, int64_t steps, int64_t n, int64_t t,
                          bool resumes) {
    if (t == 0 && !resumes) return (matrix){first, n};
    return step_of(all, steps, n, (t > 0 ? t : steps) - 1);
}

/* y[m, n] (+)= a[m, k] b[k, n] (+ bias), for rows lo .. hi-1 of m; b is the same in all steps. */
typedef struct product {
    int64_t m, n, k, b_row, b_col, add;
    const void *bias;
    bool begun;
} product;

static void multiply(matrix y, matrix a, const void *b, product *of, int64_t lo, int64_t hi,
                     void *work) {
    gl_call c = {.gemm_p = {.y = y.at, .a = a.at, .b = (void *)b, .bias = (void *)of->bias},
                 .gemm_n = {.m = of->m,
                            .n = of->n,
                            .k = of->k,
                            .a_row = a.row,
                            .a_col = 1,
                            .b_row = of->b_row,
                            .b_col = of->b_col,
                            .y_row = y.row,
                            .add = of->add,
                            .keep = of->begun ? 2 : 1}};
    of->begun = true;
    K(gemm)(&c, lo, hi, work);
}

/* dh at step t of what reads the last k of a row's `steps` steps of h, and of the step behind. */
static void add_told(glia_real *restrict dh, const glia_real *dy, int64_t t, int64_t k, int64_t i,
                     int64_t n, int64_t steps) {
    const glia_real *told = dy + (i * k + t - (steps - k)) * n;
    if (t < steps - k) return;
    EACH for (int64_t j = 0; j < n; j++) dh[j] += told[j];
}

/* With lengths: how many steps row i has, the longest of rows lo .. hi-1, and whether row i has a
 * step t. */
static int64_t steps_of(const glia_real *lengths, int64_t i, int64_t steps) {
    return lengths ? (int64_t)lengths[i] : steps;
}

static int64_t longest(const glia_real *lengths, int64_t lo, int64_t hi, int64_t steps) {
    int64_t most = lengths ? 0 : steps;
    for (int64_t i = lo; lengths && i < hi; i++)
        if (lengths[i] > (glia_real)most) most = (int64_t)lengths[i];
    return most;
}

static bool goes_on(const glia_real *lengths, int64_t i, int64_t t) {
    return steps_of(lengths, i, t + 1) > t;
}

/* Zeros behind the last step of each row of all[m, t, n]. States have them before the first step,
 * since a row that has ended goes through the products of those beside it; sums are given them
 * behind the last, since the first step behind an end reads a state. */
static void clear_behind(void *all, const glia_real *lengths, int64_t lo, int64_t hi, int64_t t,
                         int64_t n) {
    for (int64_t i = lo; all && lengths && i < hi; i++) {
        int64_t end = steps_of(lengths, i, t);
        memset((glia_real *)all + (i * t + end) * n, 0,
               (size_t)((t - end) * n) * sizeof(glia_real));
    }
}

/* Of dy with k of d->t steps: all steps have a place there, or each row's own last ones. */
static int64_t told_to(const glia_real *lengths, int64_t i, int64_t t, int64_t k) {
    return k < t ? steps_of(lengths, i, t) : t;
}

/* What U reads, of a row's n units: all of the state before, or mask x. */
static void copy_masked(glia_real *restrict to, const glia_real *before, const glia_real *mask,
                        int64_t n) {
    if (!before) memset(to, 0, (size_t)n * sizeof *to);
    else EACH for (int64_t j = 0; j < n; j++) to[j] = mask ? mask[j] * before[j] : before[j];
}

static const glia_real *mask_of(const void *mask, int64_t i, int64_t n) {
    return mask ? (const glia_real *)mask + i * n : NULL;
}

/* The same of rows lo .. hi-1 that have a step t, in all[m, steps, n] and for dU; or where nothing
 * is kept for that, the state itself. */
static matrix read_by_u(void *all, matrix before, const void *mask, const glia_real *lengths,
                        int64_t steps, int64_t n, int64_t t, int64_t lo, int64_t hi) {
    if (!all) return before;
    matrix read = step_of(all, steps, n, t);
    for (int64_t i = lo; i < hi; i++)
        if (goes_on(lengths, i, t))
            copy_masked(row_of(read, i), row_of(before, i), mask_of(mask, i, n), n);
    return before.at ? read : before;
}

/* dh' of what U told what it read, which was mask h'. */
static void mask_told(matrix told, const void *mask, int64_t n, int64_t lo, int64_t hi) {
    for (int64_t i = lo; mask && i < hi; i++) {
        const glia_real *kept = mask_of(mask, i, n);
        glia_real *restrict x = row_of(told, i);
        EACH for (int64_t j = 0; j < n; j++) x[j] *= kept[j];
    }
}

static void add_masked(matrix to, matrix told, const void *mask, int64_t n, int64_t lo,
                       int64_t hi) {
    for (int64_t i = lo; i < hi; i++) {
        const glia_real *kept = mask_of(mask, i, n), *x = row_of(told, i);
        glia_real *restrict y = row_of(to, i);
        EACH for (int64_t j = 0; j < n; j++) y[j] += kept[j] * x[j];
    }
}

static void clear(glia_real *carried, int64_t n, int64_t lo, int64_t hi) {
    memset(carried + lo * n, 0, (size_t)((hi - lo) * n) * sizeof *carried);
}

/* --------------------------------------------------------------------------------------- rnn -- */

void K(rnn)(PART) {
    const gl_rnn_n *d = &c->rnn_n;
    const glia_real *lengths = c->rnn_p.lengths;
    int64_t end = longest(lengths, lo, hi, d->t);
    product u = {d->m, d->n, d->n, d->u_row, d->u_col, 1, NULL, false};
    bool relu = c->s[0] > 0, resumes = is_resumed(c, d->carries);
    clear_behind(c->rnn_p.h, lengths, lo, hi, d->t, d->n);
    clear_behind(c->rnn_p.read, lengths, lo, hi, d->t, d->n);
    for (int64_t t = 0; t < end; t++) {
        matrix z = step_of(c->rnn_p.z, d->t, d->n, t), h = step_of(c->rnn_p.h, d->t, d->n, t),
               h0 = before_step(c->rnn_p.h, c->rnn_p.h0, d->t, d->n, t, resumes),
               read = read_by_u(c->rnn_p.read, h0, c->rnn_p.mask, lengths, d->t, d->n, t, lo, hi);
        if (read.at) multiply(z, read, c->rnn_p.u, &u, lo, hi, work);
        for (int64_t i = lo; i < hi; i++) {
            glia_real *restrict y = row_of(h, i), *x = row_of(z, i);
            if (!goes_on(lengths, i, t)) continue;
            if (relu) EACH for (int64_t j = 0; j < d->n; j++) y[j] = x[j] > 0 ? x[j] : 0;
            else EACH for (int64_t j = 0; j < d->n; j++) y[j] = gl_tanh(x[j]);
        }
    }
    clear_behind(c->rnn_p.z, lengths, lo, hi, d->t, d->n);
}

void K(rnn_b)(PART) {
    const gl_rnn_b_n *d = &c->rnn_b_n;
    const glia_real *lengths = c->rnn_b_p.lengths;
    int64_t end = longest(lengths, lo, hi, d->t);
    product u = {d->m, d->n, d->n, d->n, 1, 0, NULL, false};
    matrix carried = {c->rnn_b_p.dh, d->n};
    bool relu = c->s[0] > 0;
    clear(carried.at, d->n, lo, hi);
    clear_behind(c->rnn_b_p.dz, lengths, lo, hi, d->t, d->n);
    for (int64_t t = end - 1; t >= 0; t--) {
        matrix dz = step_of(c->rnn_b_p.dz, d->t, d->n, t), h = step_of(c->rnn_b_p.h, d->t, d->n, t);
        for (int64_t i = lo; i < hi; i++) {
            glia_real *restrict dx = row_of(dz, i), *dh = row_of(carried, i), *y = row_of(h, i);
            if (!goes_on(lengths, i, t)) continue;
            add_told(dh, c->rnn_b_p.dy, t, d->k, i, d->n, told_to(lengths, i, d->t, d->k));
            EACH for (int64_t j = 0; j < d->n; j++) dx[j] =
                dh[j] * (relu ? (y[j] > 0 ? 1 : 0) : 1 - y[j] * y[j]);
        }
        if (t == 0) break;
        multiply(carried, dz, c->rnn_b_p.u, &u, lo, hi, work);
        mask_told(carried, c->rnn_b_p.mask, d->n, lo, hi);
    }
}

/* -------------------------------------------------------------------------------------- lstm -- */

/* The parts of z: input, forget, candidate, output, in PyTorch's order. A call of one step finds
 * the cell before where it writes its own. */
static void lstm_cell(glia_real *restrict z, const glia_real *before, glia_real *cell,
                      glia_real *restrict h, int64_t n) {
    glia_real *i = z, *f = z + n, *g = z + 2 * n, *o = z + 3 * n;
    EACH for (int64_t j = 0; j < n; j++) {
        i[j] = gl_sigmoid(i[j]), f[j] = gl_sigmoid(f[j]), o[j] = gl_sigmoid(o[j]);
        g[j] = gl_tanh(g[j]);
        cell[j] = i[j] * g[j] + (before ? f[j] * before[j] : 0);
        h[j] = o[j] * gl_tanh(cell[j]);
    }
}

void K(lstm)(PART) {
    const gl_lstm_n *d = &c->lstm_n;
    const glia_real *lengths = c->lstm_p.lengths;
    int64_t end = longest(lengths, lo, hi, d->t);
    int64_t n = d->n;
    product u = {d->m, 4 * n, n, d->u_row, d->u_col, 1, NULL, false};
    bool resumes = is_resumed(c, d->carries);
    clear_behind(c->lstm_p.h, lengths, lo, hi, d->t, n);
    clear_behind(c->lstm_p.c, lengths, lo, hi, d->t, n);
    clear_behind(c->lstm_p.read, lengths, lo, hi, d->t, n);
    for (int64_t t = 0; t < end; t++) {
        matrix z = step_of(c->lstm_p.z, d->t, 4 * n, t), h = step_of(c->lstm_p.h, d->t, n, t),
               cell = step_of(c->lstm_p.c, d->t, n, t),
               h0 = before_step(c->lstm_p.h, c->lstm_p.h0, d->t, n, t, resumes),
               cell0 = before_step(c->lstm_p.c, c->lstm_p.c0, d->t, n, t, resumes),
               read = read_by_u(c->lstm_p.read, h0, c->lstm_p.mask, lengths, d->t, n, t, lo, hi);
        if (read.at) multiply(z, read, c->lstm_p.u, &u, lo, hi, work);
        for (int64_t i = lo; i < hi; i++)
            if (goes_on(lengths, i, t))
                lstm_cell(row_of(z, i), row_of(cell0, i), row_of(cell, i), row_of(h, i), n);
    }
    clear_behind(c->lstm_p.z, lengths, lo, hi, d->t, 4 * n);
}

/* dz of the four gates, and dc of the cell before, from dh and dc of this one. */
static void lstm_cell_b(glia_real *restrict dz, const glia_real *z, const glia_real *before,
                        const glia_real *cell, const glia_real *dh, glia_real *restrict dc,
                        int64_t n) {
    const glia_real *i = z, *f = z + n, *g = z + 2 * n, *o = z + 3 * n;
    EACH for (int64_t j = 0; j < n; j++) {
        glia_real y = gl_tanh(cell[j]), d = dc[j] + dh[j] * o[j] * (1 - y * y);
        dz[j] = d * g[j] * i[j] * (1 - i[j]);
        dz[n + j] = before ? d * before[j] * f[j] * (1 - f[j]) : 0;
        dz[2 * n + j] = d * i[j] * (1 - g[j] * g[j]);
        dz[3 * n + j] = dh[j] * y * o[j] * (1 - o[j]);
        dc[j] = d * f[j];
    }
}

void K(lstm_b)(PART) {
    const gl_lstm_b_n *d = &c->lstm_b_n;
    const glia_real *lengths = c->lstm_b_p.lengths;
    int64_t end = longest(lengths, lo, hi, d->t);
    int64_t n = d->n;
    product u = {d->m, n, 4 * n, n, 1, 0, NULL, false};
    matrix carried = {c->lstm_b_p.dh, n}, cells = {c->lstm_b_p.dc, n};
    clear(carried.at, n, lo, hi), clear(cells.at, n, lo, hi);
    clear_behind(c->lstm_b_p.dz, lengths, lo, hi, d->t, 4 * n);
    for (int64_t t = end - 1; t >= 0; t--) {
        matrix dz = step_of(c->lstm_b_p.dz, d->t, 4 * n, t),
               z = step_of(c->lstm_b_p.z, d->t, 4 * n, t),
               cell = step_of(c->lstm_b_p.c, d->t, n, t),
               cell0 = before_step(c->lstm_b_p.c, c->lstm_b_p.c0, d->t, n, t, false);
        for (int64_t i = lo; i < hi; i++) {
            if (!goes_on(lengths, i, t)) continue;
            add_told(row_of(carried, i), c->lstm_b_p.dy, t, d->k, i, n,
                     told_to(lengths, i, d->t, d->k));
            lstm_cell_b(row_of(dz, i), row_of(z, i), row_of(cell0, i), row_of(cell, i),
                        row_of(carried, i), row_of(cells, i), n);
        }
        if (t == 0) break;
        multiply(carried, dz, c->lstm_b_p.u, &u, lo, hi, work);
        mask_told(carried, c->lstm_b_p.mask, n, lo, hi);
    }
}

/* --------------------------------------------------------------------------------------- gru -- */

/* The parts of z and of s = U h' + v: reset, update, candidate, in PyTorch's order. q is s of the
 * candidate, which backward asks for. A call of one step finds h' where it writes h. */
static void gru_cell(glia_real *restrict z, const glia_real *s, const glia_real *before,
                     glia_real *restrict q, glia_real *h, int64_t n) {
    glia_real *r = z, *u = z + n, *g = z + 2 * n;
    EACH for (int64_t j = 0; j < n; j++) {
        r[j] = gl_sigmoid(r[j] + s[j]), u[j] = gl_sigmoid(u[j] + s[n + j]);
        q[j] = s[2 * n + j];
        g[j] = gl_tanh(g[j] + r[j] * q[j]);
        h[j] = (1 - u[j]) * g[j] + (before ? u[j] * before[j] : 0);
    }
}

void K(gru)(PART) {
    const gl_gru_n *d = &c->gru_n;
    const glia_real *lengths = c->gru_p.lengths;
    int64_t end = longest(lengths, lo, hi, d->t);
    int64_t n = d->n;
    product u = {d->m, 3 * n, n, d->u_row, d->u_col, 0, c->gru_p.v, false};
    matrix s = {c->gru_p.s, 3 * n};
    bool resumes = is_resumed(c, d->carries);
    clear_behind(c->gru_p.h, lengths, lo, hi, d->t, n);
    clear_behind(c->gru_p.q, lengths, lo, hi, d->t, n);
    clear_behind(c->gru_p.read, lengths, lo, hi, d->t, n);
    for (int64_t t = 0; t < end; t++) {
        matrix z = step_of(c->gru_p.z, d->t, 3 * n, t), h = step_of(c->gru_p.h, d->t, n, t),
               q = step_of(c->gru_p.q, d->t, n, t),
               h0 = before_step(c->gru_p.h, c->gru_p.h0, d->t, n, t, resumes),
               read = read_by_u(c->gru_p.read, h0, c->gru_p.mask, lengths, d->t, n, t, lo, hi);
        if (read.at) multiply(s, read, c->gru_p.u, &u, lo, hi, work);
        for (int64_t i = lo; i < hi; i++) {
            if (!goes_on(lengths, i, t)) continue;
            if (!read.at) memcpy(row_of(s, i), c->gru_p.v, (size_t)(3 * n) * sizeof(glia_real));
            gru_cell(row_of(z, i), row_of(s, i), row_of(h0, i), row_of(q, i), row_of(h, i), n);
        }
    }
    clear_behind(c->gru_p.z, lengths, lo, hi, d->t, 3 * n);
    for (int64_t i = lo; lengths && i < hi; i++)
        memcpy(row_of(s, i), c->gru_p.v, (size_t)(3 * n) * sizeof(glia_real));
}

/* dz and ds of the three gates, and what of dh goes past them to the state before. */
static void gru_cell_b(glia_real *restrict dz, glia_real *restrict ds, const glia_real *z,
                       const glia_real *before, const glia_real *q, glia_real *restrict dh,
                       int64_t n) {
    const glia_real *r = z, *u = z + n, *g = z + 2 * n;
    EACH for (int64_t j = 0; j < n; j++) {
        glia_real d = dh[j] * (1 - u[j]) * (1 - g[j] * g[j]);
        dz[j] = ds[j] = d * q[j] * r[j] * (1 - r[j]);
        dz[n + j] = ds[n + j] = dh[j] * ((before ? before[j] : 0) - g[j]) * u[j] * (1 - u[j]);
        dz[2 * n + j] = d;
        ds[2 * n + j] = d * r[j];
        dh[j] *= u[j];
    }
}

void K(gru_b)(PART) {
    const gl_gru_b_n *d = &c->gru_b_n;
    const glia_real *lengths = c->gru_b_p.lengths;
    int64_t end = longest(lengths, lo, hi, d->t);
    int64_t n = d->n;
    const void *mask = c->gru_b_p.mask;
    product u = {d->m, n, 3 * n, n, 1, !mask, NULL, false};
    matrix carried = {c->gru_b_p.dh, n};
    clear(carried.at, n, lo, hi);
    clear_behind(c->gru_b_p.dz, lengths, lo, hi, d->t, 3 * n);
    clear_behind(c->gru_b_p.ds, lengths, lo, hi, d->t, 3 * n);
    for (int64_t t = end - 1; t >= 0; t--) {
        matrix dz = step_of(c->gru_b_p.dz, d->t, 3 * n, t),
               ds = step_of(c->gru_b_p.ds, d->t, 3 * n, t),
               z = step_of(c->gru_b_p.z, d->t, 3 * n, t), q = step_of(c->gru_b_p.q, d->t, n, t),
               h0 = before_step(c->gru_b_p.h, c->gru_b_p.h0, d->t, n, t, false);
        for (int64_t i = lo; i < hi; i++) {
            if (!goes_on(lengths, i, t)) continue;
            add_told(row_of(carried, i), c->gru_b_p.dy, t, d->k, i, n,
                     told_to(lengths, i, d->t, d->k));
            gru_cell_b(row_of(dz, i), row_of(ds, i), row_of(z, i), row_of(h0, i), row_of(q, i),
                       row_of(carried, i), n);
        }
        if (t == 0) break;
        /* what is to be masked, beside what is not, in dz of the step before: that comes next */
        matrix told = mask ? step_of(c->gru_b_p.dz, d->t, 3 * n, t - 1) : carried;
        multiply(told, ds, c->gru_b_p.u, &u, lo, hi, work);
        if (mask) add_masked(carried, told, mask, n, lo, hi);
    }
}

/* --------------------------------------------------------- gru, the reset before the product -- */

/* The candidate's part of U waits for the gates, so a step is two products, whose panels lie one
 * behind the other in the scratch memory. */
static void *behind(void *work, int64_t m, int64_t n, int64_t k) {
    return work ? (char *)work + gl_gemm_room(m, n, k, sizeof(glia_real)) : NULL;
}

static matrix columns_from(matrix a, int64_t from) { return (matrix){a.at + from, a.row}; }

/* r and u, and what the candidate's part of U reads: r of what the two others did. */
static void gru_gates(glia_real *restrict z, glia_real *restrict read, int64_t n) {
    EACH for (int64_t j = 0; j < n; j++) {
        z[j] = gl_sigmoid(z[j]), z[n + j] = gl_sigmoid(z[n + j]);
        read[2 * n + j] = z[j] * read[j];
    }
}

/* A call of one step finds h' where it writes h. */
static void gru_state(glia_real *restrict z, const glia_real *before, glia_real *h, int64_t n) {
    const glia_real *u = z + n;
    glia_real *g = z + 2 * n;
    EACH for (int64_t j = 0; j < n; j++) {
        g[j] = gl_tanh(g[j]);
        h[j] = (1 - u[j]) * g[j] + u[j] * (before ? before[j] : 0);
    }
}

void K(gru_before)(PART) {
    const gl_gru_before_n *d = &c->gru_before_n;
    const glia_real *lengths = c->gru_before_p.lengths;
    int64_t end = longest(lengths, lo, hi, d->t);
    int64_t n = d->n;
    product gates = {d->m, 2 * n, n, d->u_row, d->u_col, 1, NULL, false},
            candidate = {d->m, n, n, d->u_row, d->u_col, 1, NULL, false};
    const glia_real *u = c->gru_before_p.u;
    bool resumes = is_resumed(c, d->carries);
    clear_behind(c->gru_before_p.h, lengths, lo, hi, d->t, n);
    clear_behind(c->gru_before_p.read, lengths, lo, hi, d->t, 3 * n);
    for (int64_t t = 0; t < end; t++) {
        matrix z = step_of(c->gru_before_p.z, d->t, 3 * n, t),
               h = step_of(c->gru_before_p.h, d->t, n, t),
               h0 = before_step(c->gru_before_p.h, c->gru_before_p.h0, d->t, n, t, resumes),
               read = step_of(c->gru_before_p.read, d->t, 3 * n, t);
        for (int64_t i = lo; i < hi; i++) {
            if (!goes_on(lengths, i, t)) continue;
            copy_masked(row_of(read, i), row_of(h0, i), mask_of(c->gru_before_p.mask, i, n), n);
            memcpy(row_of(read, i) + n, row_of(read, i), (size_t)n * sizeof(glia_real));
        }
        if (h0.at) multiply(z, read, u, &gates, lo, hi, work);
        for (int64_t i = lo; i < hi; i++)
            if (goes_on(lengths, i, t)) gru_gates(row_of(z, i), row_of(read, i), n);
        if (h0.at)
            multiply(columns_from(z, 2 * n), columns_from(read, 2 * n), u + 2 * n * d->u_col,
                     &candidate, lo, hi, behind(work, d->m, 2 * n, n));
        for (int64_t i = lo; i < hi; i++)
            if (goes_on(lengths, i, t)) gru_state(row_of(z, i), row_of(h0, i), row_of(h, i), n);
    }
    clear_behind(c->gru_before_p.z, lengths, lo, hi, d->t, 3 * n);
}

/* dz of the update gate and of the candidate, and what of dh goes past them. */
static void gru_state_b(glia_real *restrict dz, const glia_real *z, const glia_real *before,
                        glia_real *restrict dh, int64_t n) {
    const glia_real *u = z + n, *g = z + 2 * n;
    EACH for (int64_t j = 0; j < n; j++) {
        dz[j] = 0;
        dz[n + j] = dh[j] * ((before ? before[j] : 0) - g[j]) * u[j] * (1 - u[j]);
        dz[2 * n + j] = dh[j] * (1 - u[j]) * (1 - g[j] * g[j]);
        dh[j] *= u[j];
    }
}

/* dq, towards r h', is one of r and one of h'. */
static void gru_reset_b(glia_real *restrict dz, const glia_real *dq, const glia_real *r,
                        const glia_real *before, const glia_real *mask, glia_real *restrict dh,
                        int64_t n) {
    EACH for (int64_t j = 0; j < n; j++) {
        glia_real d = mask ? mask[j] * dq[j] : dq[j];
        dz[j] = d * before[j] * r[j] * (1 - r[j]);
        dh[j] += d * r[j];
    }
}

void K(gru_before_b)(PART) {
    const gl_gru_before_b_n *d = &c->gru_before_b_n;
    const glia_real *lengths = c->gru_before_b_p.lengths;
    int64_t end = longest(lengths, lo, hi, d->t);
    int64_t n = d->n;
    const void *mask = c->gru_before_b_p.mask;
    product gates = {d->m, n, 2 * n, n, 1, !mask, NULL, false},
            candidate = {d->m, n, n, n, 1, 0, NULL, false};
    matrix carried = {c->gru_before_b_p.dh, n}, dq = {c->gru_before_b_p.dq, n};
    const glia_real *u = c->gru_before_b_p.u;
    clear(carried.at, n, lo, hi), clear(dq.at, n, lo, hi);
    clear_behind(c->gru_before_b_p.dz, lengths, lo, hi, d->t, 3 * n);
    for (int64_t t = end - 1; t >= 0; t--) {
        matrix dz = step_of(c->gru_before_b_p.dz, d->t, 3 * n, t),
               z = step_of(c->gru_before_b_p.z, d->t, 3 * n, t),
               h0 = before_step(c->gru_before_b_p.h, c->gru_before_b_p.h0, d->t, n, t, false);
        for (int64_t i = lo; i < hi; i++) {
            if (!goes_on(lengths, i, t)) continue;
            add_told(row_of(carried, i), c->gru_before_b_p.dy, t, d->k, i, n,
                     told_to(lengths, i, d->t, d->k));
            gru_state_b(row_of(dz, i), row_of(z, i), row_of(h0, i), row_of(carried, i), n);
        }
        if (!h0.at) break;
        multiply(dq, columns_from(dz, 2 * n), u + 2 * n * n, &candidate, lo, hi,
                 behind(work, d->m, n, 2 * n));
        for (int64_t i = lo; i < hi; i++)
            if (goes_on(lengths, i, t))
                gru_reset_b(row_of(dz, i), row_of(dq, i), row_of(z, i), row_of(h0, i),
                            mask_of(mask, i, n), row_of(carried, i), n);
        if (t == 0) break;
        multiply(mask ? dq : carried, dz, u, &gates, lo, hi, work);
        if (mask) add_masked(carried, dq, mask, n, lo, hi);
    }
}

/* ----------------------------------------------------------------------------------- reverse -- */

void K(reverse)(PART) {
    const gl_reverse_n *d = &c->reverse_n;
    const glia_real *lengths = c->reverse_p.lengths;
    clear_behind(c->reverse_p.y, lengths, lo, hi, d->t, d->n);
    for (int64_t i = lo; i < hi; i++) {
        int64_t end = steps_of(lengths, i, d->t);
        for (int64_t t = 0; t < end; t++)
            memcpy((glia_real *)c->reverse_p.y + (i * d->t + t) * d->n,
                   (const glia_real *)c->reverse_p.x + (i * d->t + end - 1 - t) * d->n,
                   (size_t)d->n * sizeof(glia_real));
    }
}

/* ----------------------------------------------------------------------- different lengths -- */

/* NaN is neither below 0 nor above t, and no number of steps. */
void K(lengths)(PART) {
    const gl_lengths_n *d = &c->lengths_n;
    for (int64_t i = lo; i < hi; i++) {
        glia_real x = ((const glia_real *)c->lengths_p.x)[i * d->all + d->first];
        glia_real n = x >= (glia_real)d->t ? (glia_real)d->t
                      : x > 0              ? (glia_real)(int64_t)(x + (glia_real)0.5)
                                           : 0;
        ((glia_real *)c->lengths_p.lengths)[i] = n;
    }
}

void K(mask)(PART) {
    const gl_mask_n *d = &c->mask_n;
    int64_t wide = d->t * d->n;
    glia_real *y = c->mask_p.y;
    const glia_real *x = c->mask_p.x;
    if (x != y) memcpy(y + lo * wide, x + lo * wide, (size_t)((hi - lo) * wide) * sizeof *y);
    clear_behind(y, c->mask_p.lengths, lo, hi, d->t, d->n);
}

void K(last)(PART) {
    const gl_last_n *d = &c->last_n;
    for (int64_t i = lo; i < hi; i++) {
        int64_t end = steps_of(c->last_p.lengths, i, d->t);
        glia_real *y = (glia_real *)c->last_p.y + i * d->n;
        const glia_real *x = (const glia_real *)c->last_p.x + (i * d->t + end - 1) * d->n,
                        *first = c->last_p.first;
        if (end > 0) memcpy(y, x, (size_t)d->n * sizeof *y);
        else if (first) memmove(y, first + i * d->n, (size_t)d->n * sizeof *y);
        else memset(y, 0, (size_t)d->n * sizeof *y);
    }
}
