/*
 * sweep.c: one pass over a feed with a pair of plans, and the mean cost it gives.
 *
 *     600 rows    256   256   88
 *     plans       full  full  rest        (256 J1 + 256 J2 + 88 J3) / 600
 *
 * With weights a block has 1/n sum w_i loss_i over the mean weight of all rows, and the whole is
 * sum w_i loss_i / sum w_i: a row of weight 2 counts as two.
 *
 * J of a block is a mean, so it counts as often as it has rows; the mean of means would let the
 * last 88 count three times. The cost is the loss alone, without L2, and dropout is off: what a
 * validation says is comparable between trainings that regularise differently.
 */
#include "predict.h"

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

/* Blocks, so that the values between layers stay in the second-level cache: 256 rows of 512 units
 * in f32 are 512 kB, and predicting all of MNIST at once would write 123 MB for each layer and
 * read it back. */
#define SWEEP_ROWS 256

glia_status gl_sweep_open(gl_sweep *s, glia_ctx *g, const gl_net *m, const gl_feed *feed,
                          double *answers) {
    *s = (gl_sweep){.feed = feed, .m = m, .answers = answers};
    gl_plan_spec spec = {.mode = GL_EVAL,
                         .update = GL_KERNELS,
                         .threads = g->threads,
                         .weighted = feed->sample_weights.data != NULL,
                         .answers = answers != NULL};
    glia_status status = gl_pair_compile(&s->plans, g, m, spec, feed->rows, SWEEP_ROWS);
    if (status != GLIA_OK) return status;
    size_t size = glia_dtype_size(m->dtype);
    s->x_there = gl_feed_view(feed, m->dtype);
    s->y_there = feed->y.dtype == m->dtype ? feed->y.data : NULL;
    s->x = gl_alloc(g, s->x_there ? 0 : s->plans.batch, (size_t)feed->features * size);
    s->y = gl_alloc(g, s->y_there ? 0 : s->plans.batch, (size_t)feed->labels * size);
    if (answers) s->out = gl_alloc(g, s->plans.batch, (size_t)m->outputs * size);
    if (spec.weighted) s->w = gl_alloc(g, s->plans.batch, size);
    bool streams = gl_feed_stream(feed, SWEEP_ROWS);
    if (streams && s->x && s->y && (s->out || !answers) && (s->w || !spec.weighted)) return GLIA_OK;
    gl_sweep_close(s, g);
    return GLIA_RESOURCE;
}

static void keep_answers(const gl_sweep *s, int64_t first, int64_t rows) {
    double *to = s->answers + first * s->m->outputs;
    for (int64_t i = 0; i < rows * s->m->outputs; i++) to[i] = gl_get(s->out, s->m->dtype, i);
}

/* What the mean was taken of, the last that a run reads: of several heads, their sum. */
static void keep_losses(const gl_sweep *s, const gl_plan *plan, int64_t first) {
    const void *from = plan->step[plan->steps - 1].call.p[1];
    for (int64_t i = 0; i < plan->spec.rows; i++)
        s->losses[first + i] = gl_get(from, s->m->dtype, i);
}

/* The next rows, where they lie or copied. */
static void bind_rows(gl_sweep *s, gl_plan *plan, int64_t first) {
    const gl_feed *f = s->feed;
    glia_dtype dtype = s->m->dtype;
    size_t row = (size_t)first * glia_dtype_size(dtype);
    char *x = s->x_there, *y = s->y_there;
    gl_feed_rows(f, dtype, first, plan->spec.rows, x ? NULL : s->x, y ? NULL : s->y);
    gl_feed_weights(f, dtype, first, plan->spec.rows, s->w);
    gl_bind(plan, &(gl_binding){.room = {[GL_X] = x ? x + row * (size_t)f->features : s->x,
                                         [GL_LABELS] = y ? y + row * (size_t)f->labels : s->y,
                                         [GL_SAMPLE_WEIGHTS] = s->w,
                                         [GL_OUTPUT] = s->out},
                                .store = s->m->store});
}

double gl_sweep_run(gl_sweep *s) {
    double sum = 0;
    int64_t batches = gl_pair_batches(&s->plans);
    for (int64_t b = 0; b < batches; b++) {
        gl_plan *plan = gl_pair_plan(&s->plans, b);
        bind_rows(s, plan, b * s->plans.batch);
        gl_run(plan);
        if (s->answers) keep_answers(s, b * s->plans.batch, plan->spec.rows);
        if (s->losses) keep_losses(s, plan, b * s->plans.batch);
        sum += gl_cost(plan) * (double)plan->spec.rows;
    }
    return sum / (double)s->feed->rows;
}

void gl_sweep_close(gl_sweep *s, glia_ctx *g) {
    gl_pair_free(&s->plans);
    gl_free(g, s->x);
    gl_free(g, s->y);
    gl_free(g, s->out);
    gl_free(g, s->w);
    s->x = s->y = s->out = s->w = NULL;
}

/* One run, with a feed of its own. */
static glia_status run_once(glia_ctx *g, const gl_net *m, gl_feed *feed, double *answers,
                            double *losses, double *loss) {
    gl_sweep sweep;
    glia_status status = gl_sweep_open(&sweep, g, m, feed, answers);
    if (status != GLIA_OK) return status;
    sweep.losses = losses;
    *loss = gl_sweep_run(&sweep);
    gl_sweep_close(&sweep, g);
    return gl_feed_status(feed);
}

glia_status gl_loss(glia_ctx *g, const gl_net *m, gl_samples x, glia_tensor y, const double *weight,
                    double *answers, double *loss) {
    gl_feed feed;
    glia_status status = gl_feed_open(&feed, g, m, x, y, NULL);
    if (status == GLIA_OK && weight)
        status = gl_feed_weigh(&feed, g, glia_tensor_f64(weight, feed.rows, 1));
    if (status == GLIA_OK) status = run_once(g, m, &feed, answers, NULL, loss);
    gl_feed_close(&feed);
    return status;
}

glia_status gl_losses_of_rows(glia_ctx *g, const gl_net *m, gl_samples x, glia_tensor y,
                              double *losses) {
    gl_feed feed;
    double mean;
    glia_status status = gl_feed_open(&feed, g, m, x, y, NULL);
    if (status == GLIA_OK) status = run_once(g, m, &feed, NULL, losses, &mean);
    gl_feed_close(&feed);
    return status;
}
