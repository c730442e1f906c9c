/*
 * sweep.c: one pass over a feed with a pair of plans, and the mean cost it gives.
 */
#include "predict.h"

#include <math.h>

glia_status gl_pair_compile(gl_pair *p, glia_ctx *g, const gl_net *m, gl_plan_spec spec,
                            int64_t rows, int64_t batch) {
    *p = (gl_pair){.rows = rows, .batch = batch < rows ? batch : rows};
    spec.rows = p->batch;
    p->full = gl_compile(g, m, &spec);
    spec.rows = rows % p->batch;
    if (p->full && spec.rows > 0) p->rest = gl_compile(g, m, &spec);
    if (p->full && (spec.rows == 0 || p->rest)) return GLIA_OK;
    gl_pair_free(p);
    return GLIA_RESOURCE;
}

void gl_pair_free(gl_pair *p) {
    gl_plan_free(p->full);
    gl_plan_free(p->rest);
    *p = (gl_pair){0};
}

#define SWEEP_ROWS 256

glia_status gl_sweep_open(gl_sweep *s, glia_ctx *g, const gl_net *m, const gl_feed *feed) {
    *s = (gl_sweep){.feed = feed, .m = m};
    gl_plan_spec spec = {.mode = GL_EVAL, .update = GL_KERNELS, .threads = g->threads};
    glia_status status = gl_pair_compile(&s->plans, g, m, spec, feed->rows, SWEEP_ROWS);
    if (status != GLIA_OK) return status;
    size_t size = glia_dtype_size(m->dtype);
    s->x = gl_alloc(g, s->plans.batch, (size_t)feed->features * size);
    s->y = gl_alloc(g, s->plans.batch, (size_t)feed->labels * size);
    if (s->x && s->y) return GLIA_OK;
    gl_sweep_close(s, g);
    return GLIA_RESOURCE;
}

double gl_sweep_run(gl_sweep *s) {
    double sum = 0;
    int64_t batches = gl_pair_batches(&s->plans);
    for (int64_t b = 0; b < batches; b++) {
        gl_plan *plan = gl_pair_plan(&s->plans, b);
        gl_feed_rows(s->feed, s->m->dtype, b * s->plans.batch, plan->spec.rows, s->x, s->y);
        gl_bind(plan,
                &(gl_binding){
                    .room = {[GL_X] = s->x, [GL_LABELS] = s->y, [GL_WEIGHTS] = s->m->weights}});
        gl_run(plan);
        sum += gl_cost(plan) * (double)plan->spec.rows;
    }
    return sum / (double)s->feed->rows;
}

void gl_sweep_close(gl_sweep *s, glia_ctx *g) {
    gl_pair_free(&s->plans);
    gl_free(g, s->x);
    gl_free(g, s->y);
    s->x = s->y = NULL;
}

double gl_loss(glia_ctx *g, const gl_net *m, glia_tensor x, double divisor, glia_tensor y) {
    gl_feed feed;
    gl_sweep sweep;
    if (gl_feed_open(&feed, g, m, x, y, divisor, NULL) != GLIA_OK ||
        gl_sweep_open(&sweep, g, m, &feed) != GLIA_OK)
        return NAN;
    double loss = gl_sweep_run(&sweep);
    gl_sweep_close(&sweep, g);
    return loss;
}
