/*
 * stream.c: a prediction that takes one step of a sequence at a time and remembers.
 *
 *     predictor of a network for one step        x [rows, features] -> y [rows, outputs]
 *     its plan's memory                          states of all layers, from step to step
 *     knobs.step                                 how many steps were made; at 0 nothing is
 *                                                remembered yet, whatever lies there
 *
 * What a step computes are the calls that the whole sequence would make for it, so the answer
 * behind step t has the bits of a network for a sequence of t steps.
 */
#include "predict.h"

struct glia_stream {
    glia_ctx *g;
    gl_net *step;
    glia_predictor *predictor;
    gl_knobs knobs;
    int64_t rows;
};

glia_stream *gl_stream_new(glia_ctx *g, const gl_net *m, int64_t rows) {
    if (rows < 1) {
        gl_fail(g, GLIA_USAGE, "a stream has at least 1 row, %lld were asked for", (long long)rows);
        return NULL;
    }
    glia_stream *s = gl_alloc(g, 1, sizeof *s);
    if (!s) return NULL;
    *s = (glia_stream){.g = g, .rows = rows, .step = gl_step_net_new(g, m)};
    if (s->step) s->predictor = gl_predictor_of_steps(g, s->step, &s->knobs, rows);
    if (s->predictor) return s;
    glia_stream_free(s);
    return NULL;
}

void glia_stream_free(glia_stream *s) {
    if (!s) return;
    glia_predictor_free(s->predictor);
    gl_step_net_free(s->step);
    gl_free(s->g, s);
}

int64_t glia_stream_inputs(const glia_stream *s) { return s->step->inputs; }
int64_t glia_stream_outputs(const glia_stream *s) { return s->step->outputs; }
int64_t glia_stream_steps(const glia_stream *s) { return (int64_t)s->knobs.step; }
void glia_stream_reset(glia_stream *s) { s->knobs.step = 0; }

glia_status glia_stream_step(glia_stream *s, glia_tensor x, glia_tensor y) {
    char shape[96];
    if (x.ndim < 1 || x.dim[0] != s->rows)
        return gl_fail(s->g, GLIA_USAGE, "a step of this stream has %lld row%s, found x %s",
                       (long long)s->rows, gl_plural(s->rows),
                       gl_shape_text(&x, shape, sizeof shape));
    glia_status status = glia_predictor_run(s->predictor, x, y);
    if (status == GLIA_OK) s->knobs.step++;
    return status;
}

const gl_net *gl_stream_net(const glia_stream *s) { return s->step; }

bool gl_stream_steps(glia_stream *s, void *x, int64_t steps, double *y) {
    const gl_net *step = s->step;
    const size_t row = (size_t)step->inputs * glia_dtype_size(step->dtype);
    const glia_tensor all = {.dtype = step->dtype,
                             .ndim = 2,
                             .dim = {steps, step->inputs},
                             .data = x};
    if (!gl_all_finite(gl_kernels(step->dtype), x, step->dtype, steps * step->inputs)) return false;
    if (gl_find_no_row(step, &all, 1, &(gl_no_row){0})) return false;
    for (int64_t t = 0; t < steps; t++, s->knobs.step++)
        gl_predict_rows(s->predictor, (char *)x + (size_t)t * row, 1, y + t * step->outputs);
    return true;
}
