/*
 * predictor.c: a predict plan with its own memory, for blocks of up to max_rows rows.
 *
 * One plan serves any number of rows up to that: every step of a prediction has its samples in one
 * dimension, so gl_aim makes that smaller and points at the rows, and nothing is compiled for one
 * row. What is bound (W turned into the layout of the product) was done when it was made:
 * 784-128-10 takes 1.8 us for one sample, and turning its 100,352 weights for each would take
 * longer than that.
 *
 * A predictor with a tap hands out what a layer computes on the way (tap.c). Its plan fuses nothing
 * and keeps every value in memory of its own: the same bits, a little slower.
 *
 * A predictor belongs to one thread at a time; the network, to any number of them.
 */
#include "predict.h"

#include <math.h>

#include <string.h>

struct glia_predictor {
    glia_ctx *g;
    const gl_net *m;
    gl_tap tap;
    const gl_knobs *knobs; /* of a network for one step; else NULL */
    gl_plan *plan;
    void *x, *y; /* rows on their way in and out, where the caller's memory cannot be used itself */
};

static glia_predictor *make(glia_ctx *g, const gl_net *m, gl_tap tap, const gl_knobs *knobs,
                            int64_t max_rows) {
    if (max_rows < 1) {
        gl_fail(g, GLIA_USAGE, "a predictor needs room for at least 1 row, %lld were asked for",
                (long long)max_rows);
        return NULL;
    }
    glia_predictor *p = gl_alloc(g, 1, sizeof *p);
    if (!p) return NULL;
    size_t size = glia_dtype_size(m->dtype);
    *p = (glia_predictor){.g = g, .m = m, .tap = tap, .knobs = knobs};
    p->plan = gl_compile(g, m,
                         &(gl_plan_spec){.mode = GL_PREDICT,
                                         .rows = max_rows,
                                         .update = GL_KERNELS,
                                         .threads = g->threads,
                                         .keep_all = tap.node != NULL,
                                         .apart = tap.node != NULL});
    p->x = gl_alloc(g, max_rows, (size_t)m->inputs * size);
    p->y = gl_alloc(g, max_rows, (size_t)m->outputs * size);
    if (!p->plan || !p->x || !p->y) {
        glia_predictor_free(p);
        return NULL;
    }
    gl_predictor_refresh(p);
    return p;
}

glia_predictor *gl_predictor_new(glia_ctx *g, const gl_net *m, gl_tap tap, int64_t max_rows) {
    return make(g, m, tap, NULL, max_rows);
}

glia_predictor *gl_predictor_of_steps(glia_ctx *g, const gl_net *step, const gl_knobs *knobs,
                                      int64_t rows) {
    return make(g, step, gl_answers_tap(step), knobs, rows);
}

void gl_predictor_refresh(glia_predictor *p) {
    gl_bind(p->plan, &(gl_binding){.store = p->m->store, .knobs = p->knobs});
}

void glia_predictor_free(glia_predictor *p) {
    if (!p) return;
    gl_plan_free(p->plan);
    gl_free(p->g, p->x);
    gl_free(p->g, p->y);
    gl_free(p->g, p);
}

int64_t glia_predictor_units(const glia_predictor *p) { return p->tap.width; }

static bool hands_out_all(const glia_predictor *p) {
    return !p->tap.node && p->tap.width == p->m->outputs;
}

/* What a run left for n rows, into elements of `to` from `first` on. */
static void hand_out(const glia_predictor *p, int64_t n, void *to, glia_dtype dtype,
                     int64_t first) {
    const gl_tap *tap = &p->tap;
    const void *from = tap->node ? gl_value_of(p->plan, tap->node) : p->y;
    int64_t stride = tap->node ? tap->width : p->m->outputs;
    for (int64_t i = 0; i < n; i++)
        for (int64_t j = 0; j < tap->width; j++)
            gl_put(to, dtype, first++, gl_get(from, p->m->dtype, i * stride + tap->first + j));
}

/* Rows first .. first+n-1, read and written where they lie when precision and scale allow it. */
static void run_rows(glia_predictor *p, const gl_feed *feed, int64_t first, int64_t n,
                     const glia_tensor *y) {
    const gl_net *m = p->m;
    size_t size = glia_dtype_size(m->dtype);
    bool in_place = y->dtype == m->dtype && hands_out_all(p);
    char *x_there = gl_feed_view(feed, m->dtype), *y_there = in_place ? y->data : NULL;
    void *x = x_there ? x_there + (size_t)(first * m->inputs) * size : p->x;
    void *out = y_there ? y_there + (size_t)(first * m->outputs) * size : p->y;
    if (!x_there) gl_feed_rows(feed, m->dtype, first, n, x, NULL);
    gl_aim(p->plan, n, x, out);
    gl_run(p->plan);
    if (!y_there) hand_out(p, n, y->data, y->dtype, first * p->tap.width);
}

static bool has_wrong_length(const gl_inlet *inlet, const glia_tensor *x, int64_t inputs,
                             double divisor, gl_wrong_length *found) {
    const int64_t *dim = inlet->shape.dim;
    for (int64_t row = 0; row < x->dim[0]; row++) {
        const double v = glia_tensor_value(x, row * inputs + inlet->first) / divisor;
        if (v >= 0 && v <= (double)dim[0] && v == floor(v)) continue;
        *found = (gl_wrong_length){row, inlet->first, dim[0], dim[1], v, inlet->op->name};
        return true;
    }
    return false;
}

bool gl_find_wrong_length(const gl_net *m, const glia_tensor *x, double divisor,
                          gl_wrong_length *found) {
    for (const gl_inlet *inlet = m->inlet; inlet < m->inlet + m->inlets; inlet++)
        if (gl_is_ragged(inlet) && has_wrong_length(inlet, x, m->inputs, divisor, found))
            return true;
    return false;
}

bool gl_predict_rows(glia_predictor *p, void *x, int64_t rows, double *y) {
    const gl_net *m = p->m;
    const glia_tensor all = {.dtype = m->dtype, .ndim = 2, .dim = {rows, m->inputs}, .data = x};
    if (!gl_all_finite(p->plan->spec.kernels, x, m->dtype, rows * m->inputs)) return false;
    if (gl_find_no_row(m, &all, 1, &(gl_no_row){0})) return false;
    if (gl_find_wrong_length(m, &all, 1, &(gl_wrong_length){0})) return false;
    gl_aim(p->plan, rows, x, p->y);
    gl_run(p->plan);
    hand_out(p, rows, y, GLIA_F64, 0);
    return true;
}

glia_status glia_predictor_run(glia_predictor *p, glia_tensor x, glia_tensor y) {
    return gl_predict(p, (gl_samples){.x = x, .divisor = 1}, y);
}

static glia_status check_room(const glia_predictor *p, const gl_feed *feed, const glia_tensor *y) {
    bool fits = (y->dtype == GLIA_F32 || y->dtype == GLIA_F64) && y->ndim >= 1 &&
                y->dim[0] == feed->rows && glia_tensor_count(y, 1) == p->tap.width;
    if (!y->data) return gl_fail(p->g, GLIA_USAGE, "predictions need room: y has no data");
    if (fits) return GLIA_OK;
    char shape[96];
    return gl_fail(p->g, GLIA_USAGE,
                   "predictions need room for f32 or f64 (%lld, %lld), found %s %s",
                   (long long)feed->rows, (long long)p->tap.width, glia_dtype_name(y->dtype),
                   gl_shape_text(y, shape, sizeof shape));
}

glia_status gl_predict_feed(glia_predictor *p, const gl_feed *feed, glia_tensor y) {
    int64_t most = p->plan->spec.rows;
    glia_status status = check_room(p, feed, &y);
    if (status != GLIA_OK) return status;
    if (!gl_feed_stream(feed, most)) return GLIA_RESOURCE;
    for (int64_t first = 0; first < feed->rows; first += most)
        run_rows(p, feed, first, feed->rows - first < most ? feed->rows - first : most, &y);
    return gl_feed_status(feed);
}

glia_status gl_predict(glia_predictor *p, gl_samples x, glia_tensor y) {
    gl_feed feed;
    /* A program that predicts what has come in meanwhile may have nothing. */
    if (x.x.ndim >= 1 && x.x.dim[0] == 0) return GLIA_OK;
    /* Looking the kernels up reads the environment, which takes longer than one row. */
    const gl_kernel_set *kernels = x.x.dtype == p->m->dtype ? p->plan->spec.kernels : NULL;
    glia_status status = gl_feed_open(&feed, p->g, p->m, x, (glia_tensor){0}, kernels);
    if (status == GLIA_OK) status = gl_predict_feed(p, &feed, y);
    gl_feed_close(&feed);
    return status;
}
