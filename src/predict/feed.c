/*
 * feed.c: rows from the caller's arrays into the reals that a plan reads. Pixels stay bytes
 * until here.
 *
 *     caller's    x (60000, 28, 28) u8, divisor 255      y (60000,) i64      weights (60000) f64
 *     checked     784 columns, as W expects              0 .. 9              finite, not negative
 *     a plan's    x [batch, 784] f32, x / 255            y [batch, 1] f32    w / mean(w)
 *
 * 47 MB of bytes would be 188 MB of f32; one mini-batch of 128 is 0.4 MB. Everything that can be
 * wrong with numbers is found here, before the first step, so that a cost that is not finite later
 * is the training's doing.
 */
#include "predict.h"

#include <math.h>
#include <stdbool.h>
#include <string.h>

/* Whole numbers are finite without being looked at. */
static bool all_finite(const gl_kernel_set *kernels, const glia_tensor *t, int64_t count) {
    bool real = t->dtype == GLIA_F32 || t->dtype == GLIA_F64;
    return !real || gl_all_finite(kernels, t->data, t->dtype, count);
}

/* Column `at` of a row of x, behind the last step of a sequence: nothing reads it. */
static bool is_behind(const gl_net *m, const glia_tensor *x, int64_t row, int64_t at) {
    for (const gl_inlet *inlet = m->inlet; inlet < m->inlet + m->inlets; inlet++) {
        if (!gl_is_ragged(inlet) || at <= inlet->first) continue;
        double steps = glia_tensor_value(x, row * m->inputs + inlet->first);
        double from = (double)inlet->first + 1 + steps * (double)inlet->shape.dim[1];
        if ((double)at >= from && at < inlet->first + inlet->width) return true;
    }
    return false;
}

/* m: whose x it is; NULL: it is not. first: the number of its first row. */
static glia_status check_finite(glia_ctx *g, const gl_kernel_set *kernels, const glia_tensor *t,
                                const char *what, int64_t cols, const gl_net *m, int64_t first) {
    int64_t count = glia_tensor_count(t, 0);
    /* By a kernel, many at once (notebook 2026-11, 26.9); the loop below runs only to say where. */
    if (all_finite(kernels, t, count)) return GLIA_OK;
    for (int64_t i = 0; i < count; i++) {
        double v = glia_tensor_value(t, i);
        if (isfinite(v) || (m && is_behind(m, t, i / cols, i % cols))) continue;
        return gl_fail(g, GLIA_INPUT, "%s row %lld, column %lld is %s, expected a finite number",
                       what, (long long)(first + i / cols) + 1, (long long)(i % cols) + 1,
                       isnan(v) ? "NaN" : "infinite");
    }
    return GLIA_OK;
}

/* A tensor of one row, where it lies, or as it is made. */
static glia_tensor row_at(const gl_feed *f, int64_t i) {
    const int64_t at = f->begin ? f->begin[i] * f->step : i * f->features;
    int64_t one = 1;
    glia_tensor row = {.dtype = f->x.dtype, .ndim = 2, .dim = {1, f->features}};
    row.data = f->ring ? (void *)gl_ring_from(f->ring, i, &one)
                       : (char *)f->x.data + (size_t)at * glia_dtype_size(f->x.dtype);
    return row;
}

double gl_feed_steps(const gl_feed *f, const gl_inlet *inlet, int64_t i) {
    const glia_tensor row = row_at(f, i);
    return glia_tensor_value(&row, inlet->first) / f->divisor;
}

/* How many steps each sample has of sequences of different lengths. */
static glia_status check_lengths(glia_ctx *g, const gl_net *m, const gl_feed *f) {
    gl_wrong_length l;
    bool ragged = false;
    for (int k = 0; k < m->inlets; k++) ragged = ragged || gl_is_ragged(&m->inlet[k]);
    for (int64_t i = 0; ragged && i < f->rows; i++) {
        const glia_tensor row = row_at(f, i);
        if (!gl_find_wrong_length(m, &row, f->divisor, &l)) continue;
        return gl_fail(g, GLIA_INPUT,
                       "x: row %lld, column %lld is %g, expected how many of its steps a sample of "
                       "'%s %lld %lld' has, a whole number from 0 to %lld",
                       (long long)i + 1, (long long)l.column + 1, l.value, l.op, (long long)l.steps,
                       (long long)l.width, (long long)l.steps);
    }
    return GLIA_OK;
}

/* Behind the last step of a sample anything may stand. */
static bool finds_no_row(const gl_net *m, const gl_node *node, const glia_tensor *x, double divisor,
                         gl_no_row *found) {
    const gl_inlet *inlet = gl_read_inlet(m, node, 0);
    const bool ragged = gl_is_ragged(inlet);
    int64_t rows = m->param[node->param].rows, steps = inlet->width - ragged;
    for (int64_t row = 0; row < x->dim[0]; row++) {
        int64_t first = row * m->inputs + inlet->first;
        double there = ragged ? glia_tensor_value(x, first) / divisor : (double)steps;
        for (int64_t i = 0; i < steps && (double)i < there; i++) {
            double id = glia_tensor_value(x, first + ragged + i) / divisor;
            if (id >= 0 && id <= (double)rows && id == floor(id)) continue;
            *found = (gl_no_row){row, inlet->first + ragged + i, rows, id, node->name};
            return true;
        }
    }
    return false;
}

bool gl_find_no_row(const gl_net *m, const glia_tensor *x, double divisor, gl_no_row *found) {
    for (const gl_node *node = m->node; node < m->node + m->nodes; node++)
        if (node->op->looks_up && finds_no_row(m, node, x, divisor, found)) return true;
    return false;
}

static glia_status check_ids(glia_ctx *g, const gl_net *m, const gl_feed *f) {
    gl_no_row no;
    bool found = !f->begin && gl_find_no_row(m, &f->x, f->divisor, &no);
    for (int64_t i = 0; f->begin && !found && i < f->rows; i++) {
        const glia_tensor row = row_at(f, i);
        found = gl_find_no_row(m, &row, f->divisor, &no);
        no.row = i;
    }
    if (!found) return GLIA_OK;
    return gl_fail(g, GLIA_INPUT,
                   "x: row %lld, column %lld is %g, expected a whole number from 0 to %lld, since "
                   "'%s' has a row of weights for each",
                   (long long)no.row + 1, (long long)no.column + 1, no.value, (long long)no.rows,
                   no.node);
}

/* Behind the last step of a sample any class may be said. */
static bool is_there(const gl_net *m, const gl_head *h, const gl_feed *f, int64_t row,
                     int64_t place) {
    const gl_node *loss = gl_loss_of(m, h);
    if (!loss->lengths || !loss->op->classes) return true;
    return (double)place < gl_feed_steps(f, &m->inlet[loss->lengths - 1], row);
}

/* The columns of Y that one head learns from. Class numbers where the loss takes classes, else 0 to
 * 1 where the output is a probability: with y = 2 the cross-entropy has no least value, and a
 * training would go on for ever. */
static glia_status check_head(glia_ctx *g, const gl_net *m, const gl_head *h, const gl_feed *f) {
    const gl_op *loss = gl_loss_of(m, h)->op;
    double most = loss->classes ? (double)(h->width / h->labels) - 1 : loss->most;
    for (int64_t i = 0; i < f->rows * h->labels && loss->link; i++) {
        double v = glia_tensor_value(&f->y, i / h->labels * f->labels + h->label + i % h->labels);
        if (!is_there(m, h, f, i / h->labels, i % h->labels)) continue;
        if (v >= 0 && v <= most && isfinite(v) && (!loss->classes || v == floor(v))) continue;
        if (isinf(most))
            return gl_fail(g, GLIA_INPUT,
                           "labels: row %lld is %g, expected 0 or more for a %s output",
                           (long long)(i / h->labels) + 1, v, loss->link);
        return gl_fail(g, GLIA_INPUT,
                       "labels: row %lld is %g, expected %s from 0 to %g for a %s output",
                       (long long)(i / h->labels) + 1, v,
                       loss->classes ? "a class number" : "a number", most, loss->link);
    }
    return GLIA_OK;
}

static glia_status check_labels(glia_ctx *g, const gl_net *m, const gl_feed *f) {
    glia_status status = GLIA_OK;
    bool values = false;
    for (const gl_head *h = m->head; h < m->head + m->heads && status == GLIA_OK; h++) {
        values = values || !gl_loss_of(m, h)->op->link;
        status = check_head(g, m, h, f);
    }
    if (status != GLIA_OK || !values) return status;
    return check_finite(g, gl_kernels(f->y.dtype), &f->y, "labels:", f->labels, NULL, 0);
}

/* What rows share is looked at once. */
static glia_status check_overlap(glia_ctx *g, const gl_kernel_set *kernels, const gl_net *m,
                                 const gl_feed *f) {
    glia_tensor all = {.dtype = f->x.dtype, .ndim = 1, .dim = {f->features}, .data = f->x.data};
    for (int64_t i = 0; i < f->rows; i++) {
        const int64_t end = f->begin[i] * f->step + f->features;
        if (end > all.dim[0]) all.dim[0] = end;
    }
    if (all_finite(kernels, &all, all.dim[0])) return GLIA_OK;
    glia_status status = GLIA_OK;
    for (int64_t i = 0; i < f->rows && status == GLIA_OK; i++) {
        glia_tensor row = row_at(f, i);
        status = check_finite(g, kernels, &row, "x:", f->features, m, i);
    }
    return status;
}

static glia_status check_x(glia_ctx *g, const gl_kernel_set *kernels, const gl_net *m,
                           const gl_feed *f) {
    if (!kernels) kernels = gl_kernels(f->x.dtype);
    glia_status status = check_lengths(g, m, f);
    if (status != GLIA_OK) return status;
    return f->begin ? check_overlap(g, kernels, m, f)
                    : check_finite(g, kernels, &f->x, "x:", f->features, m, 0);
}

glia_status gl_feed_open(gl_feed *f, glia_ctx *g, const gl_net *m, gl_samples samples,
                         glia_tensor y, const gl_kernel_set *kernels) {
    const glia_tensor x = samples.x;
    *f = (gl_feed){.x = x,
                   .y = y,
                   .divisor = samples.divisor == 0 ? 1 : samples.divisor,
                   .rows = x.ndim > 0 ? x.dim[0] : 0};
    if (samples.from.base) {
        f->x.data = (void *)samples.from.base;
        f->begin = samples.from.list, f->step = samples.from.step;
    }
    f->features = glia_tensor_count(&x, 1);
    f->labels = m->labels;
    const bool there = f->x.data || samples.from.of;
    if (!there || x.ndim < 1 || f->rows < 1)
        return gl_fail(g, GLIA_INPUT, "there are no samples: x has no %s", there ? "rows" : "data");
    if (f->features != m->inputs) {
        char shape[96];
        return gl_fail(g, GLIA_INPUT,
                       "%s '%s': input %s has %lld column%s, its weights expect %lld",
                       m->node[0].op->name, m->node[0].name, gl_shape_text(&x, shape, sizeof shape),
                       (long long)f->features, gl_plural(f->features), (long long)m->inputs);
    }
    glia_status status = GLIA_OK;
    if (samples.from.of) f->ring = gl_ring_new(g, samples.from, f->rows);
    else status = check_x(g, kernels, m, f);
    if (samples.from.of && !f->ring) return GLIA_RESOURCE;
    if (status == GLIA_OK && !samples.from.of) status = check_ids(g, m, f);
    if (status != GLIA_OK || !y.data) return status;
    status = glia_tensor_as_column(g, &f->y, f->rows);
    if (status != GLIA_OK) return status;
    if (glia_tensor_count(&f->y, 1) != f->labels) {
        char shape[96];
        return gl_fail(g, GLIA_INPUT,
                       "labels have shape %s, the network's output expects (%lld, %lld)",
                       gl_shape_text(&y, shape, sizeof shape), (long long)f->rows,
                       (long long)f->labels);
    }
    return check_labels(g, m, f);
}

void gl_feed_close(gl_feed *f) {
    gl_ring_free(f->ring);
    f->ring = NULL;
}

bool gl_feed_stream(const gl_feed *f, int64_t rows) {
    return !f->ring || gl_ring_room(f->ring, rows, false);
}

glia_status gl_feed_status(const gl_feed *f) { return f->ring ? gl_ring_status(f->ring) : GLIA_OK; }

/* Divided by their mean: J keeps its size, and with it lr and L2 their meaning. */
glia_status gl_feed_weigh(gl_feed *f, glia_ctx *g, glia_tensor weights) {
    double sum = 0;
    if (weights.ndim < 1 || glia_tensor_count(&weights, 0) != f->rows) {
        char shape[96];
        return gl_fail(g, GLIA_INPUT, "there are %lld sample%s, but the weights have shape %s",
                       (long long)f->rows, gl_plural(f->rows),
                       gl_shape_text(&weights, shape, sizeof shape));
    }
    for (int64_t i = 0; i < f->rows; i++) {
        double w = glia_tensor_value(&weights, i);
        if (!(w >= 0) || !isfinite(w))
            return gl_fail(g, GLIA_INPUT,
                           "weights: row %lld is %g, expected a finite number of at least 0",
                           (long long)i + 1, w);
        sum += w;
    }
    if (!(sum > 0) || !isfinite(sum))
        return gl_fail(g, GLIA_INPUT, "the weights of the samples add up to %g", sum);
    f->sample_weights = weights;
    f->mean_weight = sum / (double)f->rows;
    return GLIA_OK;
}

/* Rows of one tensor, `cols` values each. */
static void copy_rows(const glia_tensor *t, int64_t cols, double divisor, glia_dtype dtype,
                      int64_t first, int64_t n, void *to) {
    if (!to) return;
    char *rows = (char *)t->data + (size_t)(first * cols) * glia_dtype_size(t->dtype);
    gl_take_rows(gl_kernels(dtype), to, rows, t->dtype, n, cols, divisor);
}

/* Rows that cannot be had are 0: the loop that reads them goes on, and asks behind it. */
static void copy_made(const gl_feed *f, glia_dtype dtype, int64_t first, int64_t n, void *x) {
    size_t row = (size_t)f->features * glia_dtype_size(dtype);
    for (int64_t at = 0, part; at < n; at += part) {
        char *to = (char *)x + (size_t)at * row;
        part = n - at;
        const void *rows = gl_ring_from(f->ring, first + at, &part);
        if (!rows) memset(to, 0, (size_t)(part = n - at) * row);
        else gl_take_rows(gl_kernels(dtype), to, rows, f->x.dtype, part, f->features, f->divisor);
    }
}

static void copy_overlap(const gl_feed *f, glia_dtype dtype, int64_t first, int64_t n, void *x) {
    size_t row = (size_t)f->features * glia_dtype_size(dtype);
    for (int64_t i = 0; i < n; i++)
        gl_take_rows(gl_kernels(dtype), (char *)x + (size_t)i * row, row_at(f, first + i).data,
                     f->x.dtype, 1, f->features, f->divisor);
}

void gl_feed_rows(const gl_feed *f, glia_dtype dtype, int64_t first, int64_t n, void *x, void *y) {
    if (f->ring && x) copy_made(f, dtype, first, n, x);
    else if (f->begin && x) copy_overlap(f, dtype, first, n, x);
    else copy_rows(&f->x, f->features, f->divisor, dtype, first, n, x);
    copy_rows(&f->y, f->labels, 1, dtype, first, n, y);
}

void gl_feed_weights(const gl_feed *f, glia_dtype dtype, int64_t first, int64_t n, void *w) {
    if (f->sample_weights.data)
        copy_rows(&f->sample_weights, 1, f->mean_weight, dtype, first, n, w);
}

gl_source gl_feed_source(const gl_feed *f) {
    return (gl_source){.x = f->x.dtype,
                       .y = f->y.dtype,
                       .weights = f->sample_weights.dtype,
                       .divisor = f->divisor,
                       .mean_weight = f->mean_weight,
                       .step = f->step};
}

/* It decides between dense and sparse rows at 5% and 2% of numbers that are not 0 (notebook
 * 2026-11, 21.24). A share of 5% of 65,536 numbers is known to 0.1% if they know nothing of each
 * other; sixteen rows at least, where one row alone has as many. */
double gl_feed_zeros(const gl_feed *f) {
    enum { ROWS = 16, NUMBERS = 1 << 16 }; /* looked at: so many rows at least, so many numbers */
    int64_t rows = ROWS + NUMBERS / f->features, zeros = 0;
    if (rows > f->rows) rows = f->rows;
    for (int64_t i = 0; i < rows; i++) {
        glia_tensor row = row_at(f, i * f->rows / rows);
        for (int64_t j = 0; row.data && j < f->features; j++)
            zeros += glia_tensor_value(&row, j) == 0;
    }
    return (double)zeros / (double)(rows * f->features);
}

/* No copy, no pass over memory: an epoch over a feed that is a view reads x once. */
void *gl_feed_view(const gl_feed *f, glia_dtype dtype) {
    bool as_it_lies = f->x.dtype == dtype && f->divisor == 1 && !f->begin;
    return as_it_lies ? f->x.data : NULL; /* NULL with a supply, too */
}
