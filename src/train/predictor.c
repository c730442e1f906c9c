/*
 * predictor.c: a predict plan with its own memory, for blocks of up to max_rows rows.
 */
#include "train.h"

struct glia_predictor {
    glia_ctx *g;
    const glia_model *m;
    gl_plan *one, *block; /* one row at a time has its own plan: latency */
    int64_t max_rows;
    void *x, *y;
};

glia_predictor *glia_predictor_new(glia_ctx *g, const glia_model *m, int64_t max_rows) {
    if (max_rows < 1) {
        gl_fail(g, GLIA_USAGE, "a predictor needs room for at least 1 row, %lld were asked for",
                (long long)max_rows);
        return NULL;
    }
    glia_predictor *p = gl_alloc(g, 1, sizeof *p);
    if (!p) return NULL;
    size_t size = glia_dtype_size(m->dtype);
    *p = (glia_predictor){.g = g, .m = m, .max_rows = max_rows};
    gl_plan_spec spec = {.mode = GL_PREDICT, .rows = 1, .update = GL_KERNELS, .threads = 1};
    p->one = gl_compile(g, m, &spec);
    spec.rows = max_rows, spec.threads = g->threads;
    p->block = p->one ? gl_compile(g, m, &spec) : NULL;
    p->x = gl_alloc(g, max_rows, (size_t)m->inputs * size);
    p->y = gl_alloc(g, max_rows, (size_t)m->outputs * size);
    if (p->block && p->x && p->y) return p;
    glia_predictor_free(p);
    return NULL;
}

void glia_predictor_free(glia_predictor *p) {
    if (!p) return;
    gl_plan_free(p->one);
    gl_plan_free(p->block);
    gl_free(p->g, p->x);
    gl_free(p->g, p->y);
    gl_free(p->g, p);
}

static void run_rows(glia_predictor *p, gl_plan *plan, const gl_feed *feed, int64_t first,
                     glia_tensor *y) {
    const glia_model *m = p->m;
    int64_t rows = plan->spec.rows < feed->rows - first ? plan->spec.rows : feed->rows - first;
    gl_feed_rows(feed, m->dtype, NULL, first, rows, p->x, NULL);
    gl_bind(plan,
            &(gl_binding){.room = {[GL_X] = p->x, [GL_OUTPUT] = p->y, [GL_WEIGHTS] = m->weights}});
    gl_run(plan);
    for (int64_t i = 0; i < rows * m->outputs; i++) {
        gl_put(y->data, y->dtype, first * m->outputs + i, gl_get(p->y, m->dtype, i));
    }
}

glia_status glia_predict(glia_predictor *p, glia_tensor x, glia_tensor y) {
    return gl_predict(p, x, 1, y);
}

glia_status gl_predict(glia_predictor *p, glia_tensor x, double divisor, glia_tensor y) {
    gl_feed feed;
    if (x.ndim >= 1 && x.dim[0] == 0) return GLIA_OK;
    glia_status status = gl_feed_open(&feed, p->g, p->m, x, (glia_tensor){0}, divisor);
    if (status != GLIA_OK) return status;
    bool fits = y.data && (y.dtype == GLIA_F32 || y.dtype == GLIA_F64) && y.ndim >= 1 &&
                y.dim[0] == feed.rows && glia_count(&y, 1) == p->m->outputs;
    if (!fits) {
        char shape[96];
        return gl_fail(p->g, GLIA_USAGE,
                       "predictions need room for f32 or f64 (%lld, %lld), found %s %s",
                       (long long)feed.rows, (long long)p->m->outputs, glia_dtype_name(y.dtype),
                       gl_shape_text(&y, shape, sizeof shape));
    }
    for (int64_t first = 0; first < feed.rows;) {
        gl_plan *plan = feed.rows - first == 1 ? p->one : p->block;
        run_rows(p, plan, &feed, first, &y);
        first += plan->spec.rows;
    }
    return GLIA_OK;
}
