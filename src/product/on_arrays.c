/*
 * on_arrays.c: a model's network on arrays: training, prediction, cost, gradient check, trace.
 * Arrays are features already: the pipeline is passed by, and values are those that the network
 * learned, not in the target's units.
 */
#include "model.h"

#include <math.h>

glia_status gl_model_fit(glia_model *m, glia_tensor x, glia_tensor y,
                         const glia_fit_options *options, const gl_company *with,
                         glia_history **history) {
    /* The threshold is for scores between epochs (option 'monitor'). */
    return gl_fit(m->net, x, y, options, m->threshold, with, history);
}

glia_status glia_model_fit(glia_model *m, glia_tensor x, glia_tensor y,
                           const glia_fit_options *options, glia_history **history) {
    return gl_model_fit(m, x, y, options, &(gl_company){0}, history);
}

glia_predictor *glia_predictor_new(glia_ctx *g, const glia_model *m, int64_t max_rows) {
    return gl_predictor_new(g, m->net, gl_answers_tap(m->net), max_rows);
}

glia_predictor *glia_predictor_new_at(glia_ctx *g, const glia_model *m, const char *layer,
                                      int64_t max_rows) {
    gl_tap tap;
    if (!layer) return glia_predictor_new(g, m, max_rows);
    if (gl_find_tap(g, m->net, layer, &tap) != GLIA_OK) return NULL;
    return gl_predictor_new(g, m->net, tap, max_rows);
}

glia_stream *glia_stream_new(glia_ctx *g, const glia_model *m, int64_t rows) {
    return gl_stream_new(g, m->net, rows);
}

double glia_model_cost(glia_ctx *g, const glia_model *m, glia_tensor x, glia_tensor y) {
    double loss;
    if (!y.data) return gl_fail(g, GLIA_INPUT, "a cost needs labels"), (double)NAN;
    gl_samples in = {.x = x, .divisor = 1};
    return gl_loss(g, m->net, in, y, NULL, NULL, &loss) == GLIA_OK ? loss : (double)NAN;
}

glia_status glia_model_check(glia_ctx *g, const glia_model *m, glia_tensor x, glia_tensor y,
                             const glia_check_options *options) {
    return gl_check(g, m->net, x, 1, y, options);
}

glia_trace *glia_model_trace(glia_ctx *g, const glia_model *m, glia_tensor x, glia_tensor y,
                             const glia_trace_options *options) {
    return gl_trace(g, m->net, x, 1, y, options);
}
