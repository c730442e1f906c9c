/*
 * softmax.c: softmax, and softmax with cross-entropy as one step on the logits z, finite for any
 * finite z. The largest logit is taken off all, exp(z - c) / sum exp(z - c) being the same for any
 * c: the largest exponential is then 1, none overflows, and the sum is at least 1.
 *
 * A sample has one such row of n classes, or one at each of its places, the steps of a sequence or
 * the pixels of a picture: then its loss is their mean. Of a sequence the first lengths_i places of
 * sample i are there; of the others p and dz are 0.
 */
#include "real.h"
#include <string.h>

static glia_real row_max(const glia_real *z, int64_t n) {
    glia_real max = z[0];
    for (int64_t j = 1; j < n; j++) max = z[j] > max ? z[j] : max;
    return max;
}

static glia_real row_sum(const glia_real *p, int64_t n) {
    glia_real sum = 0;
    for (int64_t j = 0; j < n; j++) sum += p[j];
    return sum;
}

/* p = exp(z - max) in `rows` rows. The exponentials run over all rows at once: ten classes do not
 * fill a vector. */
static void exp_rows(glia_real *p, const glia_real *z, int64_t rows, int64_t n) {
    for (int64_t i = 0; i < rows; i++) {
        glia_real max = row_max(z + i * n, n);
        EACH for (int64_t j = 0; j < n; j++) p[i * n + j] = z[i * n + j] - max;
    }
    EACH for (int64_t i = 0; i < rows * n; i++) p[i] = gl_exp(p[i]);
}

static void divide_row(glia_real *p, glia_real sum, int64_t n) {
    EACH for (int64_t j = 0; j < n; j++) p[j] /= sum;
}

void K(softmax)(PART) {
    int64_t n = c->n[1], first = lo * c->n[2], rows = (hi - lo) * c->n[2];
    glia_real *y = (glia_real *)c->p[0] + first * n;
    exp_rows(y, (const glia_real *)c->p[1] + first * n, rows, n);
    for (int64_t i = 0; i < rows; i++) divide_row(y + i * n, row_sum(y + i * n, n), n);
}

/* What runs over so many rows at once fills vectors, which three classes do not. */
enum { AT_ONCE = 32, FEW_CLASSES = 16 };

/* -log p_t, from z: p_t itself may be too small to have a logarithm. */
static void many_classes(glia_real *loss, glia_real *p, const glia_real *z, const glia_real *t,
                         int64_t rows, int64_t n) {
    exp_rows(p, z, rows, n);
    for (int64_t i = 0; i < rows; i++) {
        glia_real sum = row_sum(p + i * n, n);
        loss[i] = gl_log(sum) - (z[i * n + (int64_t)t[i]] - row_max(z + i * n, n));
        divide_row(p + i * n, sum, n);
    }
}

/* The same of AT_ONCE rows, the classes turned into rows of samples. Loops of a length that is
 * known are vectors without a rest: notebook 2026-11, 28.9. */
static void few_classes(glia_real *loss, glia_real *p, const glia_real *z, const glia_real *t,
                        int64_t n) {
    glia_real turned[FEW_CLASSES][AT_ONCE], max[AT_ONCE], sum[AT_ONCE] = {0};
    for (int i = 0; i < AT_ONCE; i++) loss[i] = z[i * n + (int64_t)t[i]];
    for (int64_t j = 0; j < n; j++) {
        EACH for (int i = 0; i < AT_ONCE; i++) turned[j][i] = z[i * n + j];
        EACH for (int i = 0; i < AT_ONCE; i++) max[i] =
            j == 0 || turned[j][i] > max[i] ? turned[j][i] : max[i];
    }
    for (int64_t j = 0; j < n; j++) {
        EACH for (int i = 0; i < AT_ONCE; i++) turned[j][i] = gl_exp(turned[j][i] - max[i]);
        EACH for (int i = 0; i < AT_ONCE; i++) sum[i] += turned[j][i];
    }
    EACH for (int i = 0; i < AT_ONCE; i++) loss[i] = gl_log(sum[i]) - (loss[i] - max[i]);
    for (int64_t j = 0; j < n; j++)
        EACH for (int i = 0; i < AT_ONCE; i++) p[i * n + j] = turned[j][i] / sum[i];
}

/* Fewer rows, with others behind them. */
static void few_rows(glia_real *loss, glia_real *p, const glia_real *z, const glia_real *t,
                     int64_t rows, int64_t n) {
    glia_real more_loss[AT_ONCE], more_p[AT_ONCE * FEW_CLASSES],
        more_z[AT_ONCE * FEW_CLASSES] = {0}, more_t[AT_ONCE] = {0};
    memcpy(more_z, z, (size_t)(rows * n) * sizeof *z);
    memcpy(more_t, t, (size_t)rows * sizeof *t);
    few_classes(more_loss, more_p, more_z, more_t, n);
    memcpy(loss, more_loss, (size_t)rows * sizeof *loss);
    memcpy(p, more_p, (size_t)(rows * n) * sizeof *p);
}

static void some_rows(glia_real *loss, glia_real *p, const glia_real *z, const glia_real *t,
                      int64_t rows, int64_t n) {
    if (n > FEW_CLASSES) many_classes(loss, p, z, t, rows, n);
    else if (rows == AT_ONCE) few_classes(loss, p, z, t, n);
    else few_rows(loss, p, z, t, rows, n);
}

/* How many of its places sample i has. */
static int64_t there(const glia_real *lengths, int64_t i, int64_t places) {
    return lengths ? (int64_t)lengths[i] : places;
}

/* of[rows], at places first, first+1 ...: each sample's loss is, or grows by, their mean. A sample
 * may begin in one call and end in another; `sum` is what it has so far. */
static void add_means(glia_real *loss, double *sum, const glia_real *of, int64_t first,
                      int64_t rows, const glia_real *lengths, int64_t places, bool grows) {
    for (int64_t r = 0; r < rows; r++) {
        int64_t i = (first + r) / places, place = (first + r) % places,
                steps = there(lengths, i, places);
        if (place == 0) *sum = 0;
        if (place < steps) *sum += (double)of[r];
        if (place < places - 1) continue;
        glia_real mean = (glia_real)(steps > 0 ? *sum / (double)steps : 0);
        loss[i] = grows ? loss[i] + mean : mean;
    }
}

/* x[m, places, n] is 0 where a sample has ended. */
static void clear_ended(glia_real *x, const glia_real *lengths, int64_t lo, int64_t hi,
                        int64_t places, int64_t n) {
    for (int64_t i = lo; lengths && i < hi; i++) {
        int64_t steps = there(lengths, i, places);
        memset(x + (i * places + steps) * n, 0, (size_t)((places - steps) * n) * sizeof *x);
    }
}

void K(softmax_ce)(PART) {
    const gl_softmax_ce_n *d = &c->softmax_ce_n;
    glia_real *all = c->softmax_ce_p.loss, *p = c->softmax_ce_p.p;
    const glia_real *z = c->softmax_ce_p.z, *t = c->softmax_ce_p.t,
                    *lengths = c->softmax_ce_p.lengths;
    int64_t n = d->n, end = hi * d->places;
    bool one_each = d->places == 1 && !lengths;
    double sum = 0;
    for (int64_t i = lo * d->places; i < end; i += AT_ONCE) {
        int64_t rows = i + AT_ONCE < end ? AT_ONCE : end - i;
        glia_real of_places[AT_ONCE], *loss = one_each ? all + i : of_places;
        some_rows(loss, p + i * n, z + i * n, t + i, rows, n);
        if (!one_each) add_means(all, &sum, loss, i, rows, lengths, d->places, false);
    }
    clear_ended(p, lengths, lo, hi, d->places, n);
}

/* Row by row, 9% of a training on iris was spent here. */
void K(softmax_ce_b)(PART) {
    const gl_softmax_ce_b_n *d = &c->softmax_ce_b_n;
    glia_real *dz = c->softmax_ce_b_p.dz;
    const glia_real *p = c->softmax_ce_b_p.p, *t = c->softmax_ce_b_p.t,
                    *lengths = c->softmax_ce_b_p.lengths;
    int64_t n = d->n, places = d->places, at_once = lengths ? 1 : AT_ONCE, end = hi * places;
    for (int64_t i = lo * places; i < end; i += at_once) {
        int64_t rows = i + at_once < end ? at_once : end - i;
        glia_real right[AT_ONCE], /* dz may take the place of p */
            count = (glia_real)(d->m * there(lengths, i / places, places));
        for (int64_t r = 0; r < rows; r++)
            right[r] = (p[(i + r) * n + (int64_t)t[i + r]] - 1) / count;
        EACH for (int64_t j = i * n; j < (i + rows) * n; j++) dz[j] = p[j] / count;
        for (int64_t r = 0; r < rows; r++) dz[(i + r) * n + (int64_t)t[i + r]] = right[r];
    }
    clear_ended(dz, lengths, lo, hi, places, n);
}

/* -sum_j t'_j log p_j with t' = (1 - E) onehot t + E/n, from -log p_t: -log p_j = -log p_t + z_t -
 * z_j. */
void K(softmax_smooth)(PART) {
    const gl_softmax_smooth_n *d = &c->softmax_smooth_n;
    const glia_real *z = c->softmax_smooth_p.z, *t = c->softmax_smooth_p.t;
    int64_t n = d->n;
    glia_real share = (glia_real)c->s[0];
    double sum = 0;
    for (int64_t i = lo * d->places; i < hi * d->places; i++) {
        glia_real more = share * (z[i * n + (int64_t)t[i]] - row_sum(z + i * n, n) / (glia_real)n);
        add_means(c->softmax_smooth_p.loss, &sum, &more, i, 1, c->softmax_smooth_p.lengths,
                  d->places, true);
    }
}

void K(softmax_smooth_b)(PART) {
    const gl_softmax_smooth_b_n *d = &c->softmax_smooth_b_n;
    glia_real *dz = c->softmax_smooth_b_p.dz;
    const glia_real *t = c->softmax_smooth_b_p.t, *lengths = c->softmax_smooth_b_p.lengths;
    int64_t n = d->n, places = d->places;
    for (int64_t i = lo * places; i < hi * places; i++) {
        int64_t class = (int64_t)t[i], steps = there(lengths, i / places, places);
        if (i % places >= steps) continue;
        glia_real each = (glia_real)(c->s[0] / (double)(d->m * steps)), all = each / (glia_real)n;
        EACH for (int64_t j = 0; j < n; j++) dz[i * n + j] += (j == class) * each - all;
    }
}
