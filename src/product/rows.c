/*
 * rows.c: features, predictions and scores of one part of the data.
 */
#include "rows.h"

#include "../score/metrics.h"

glia_status gl_part_fill(gl_part *part, const gl_pipeline *p, glia_dtype dtype, bool labelled) {
    glia_status status =
        gl_pipeline_apply(p, part->table, part->rows, part->n, dtype, &part->features);
    if (status != GLIA_OK || !labelled) return status;
    part->labels = gl_pipeline_labels(p, part->table, part->rows, part->n, dtype);
    return part->labels ? GLIA_OK : glia_code(part->g);
}

void gl_part_free(gl_part *part) {
    gl_free(part->g, part->rows);
    gl_free(part->g, part->features.owned);
    gl_free(part->g, part->labels);
    gl_free(part->g, part->weights);
    *part = (gl_part){.g = part->g};
}

glia_tensor gl_part_labels(const gl_part *part, glia_dtype dtype) {
    return (glia_tensor){.dtype = dtype, .ndim = 2, .dim = {part->n, 1}, .data = part->labels};
}

void gl_undo_target_scale(const gl_pipeline *p, double *value, int64_t count) {
    double mean, deviation;
    gl_pipeline_target_scale(p, &mean, &deviation);
    for (int64_t i = 0; i < count; i++) value[i] = mean + deviation * value[i];
}

double *gl_truth(glia_ctx *g, const glia_model *m, const void *labels, int64_t n) {
    double *truth = gl_alloc(g, n, sizeof *truth);
    for (int64_t i = 0; truth && i < n; i++) truth[i] = gl_get(labels, m->net->dtype, i);
    if (truth) gl_undo_target_scale(m->pipeline, truth, n);
    return truth;
}

#define BLOCK_ROWS 256

glia_predictions *gl_part_predict(const gl_part *part, const glia_model *m) {
    glia_ctx *g = part->g;
    bool classifies = gl_pipeline_classes(m->pipeline) > 0;
    int64_t count;
    if (!gl_multiply(part->n, m->net->outputs, &count))
        return gl_fail(g, GLIA_RESOURCE, "too many rows"), NULL;
    glia_predictions *out = gl_alloc(g, 1, sizeof *out);
    double *value = gl_alloc(g, count, sizeof *value);
    int64_t *class_index = classifies ? gl_alloc(g, part->n, sizeof *class_index) : NULL;
    glia_predictor *predictor =
        glia_predictor_new(g, m, part->n < BLOCK_ROWS && part->n > 0 ? part->n : BLOCK_ROWS);
    bool ok = out && value && predictor && (class_index || !classifies);
    ok = ok && gl_predict(predictor, part->features.x, part->features.divisor,
                          glia_f64(value, part->n, m->net->outputs)) == GLIA_OK;
    glia_predictor_free(predictor);
    if (!ok) {
        gl_free(g, out);
        gl_free(g, value);
        gl_free(g, class_index);
        return NULL;
    }
    if (classifies) gl_choose_classes(value, part->n, m->net->outputs, m->threshold, class_index);
    else gl_undo_target_scale(m->pipeline, value, count);
    *out = (glia_predictions){.rows = part->n,
                              .outputs = m->net->outputs,
                              .value = value,
                              .class_index = class_index};
    return out;
}

static size_t details_size(int64_t classes) {
    return sizeof(gl_details) + (size_t)(classes * classes) * sizeof(int64_t);
}

void *gl_details_new(glia_ctx *g, int64_t classes, int parts) {
    return gl_alloc(g, parts, details_size(classes));
}

gl_details *gl_details_at(void *all, int64_t classes, int k) {
    return (gl_details *)((char *)all + (size_t)k * details_size(classes));
}

glia_status gl_part_measure(const gl_part *part, const glia_model *m, bool deep,
                            gl_details *details, glia_metrics *out) {
    glia_ctx *g = part->g;
    double *label = gl_truth(g, m, part->labels, part->n);
    glia_predictions *answers = label ? gl_part_predict(part, m) : NULL;
    glia_status status = answers ? GLIA_OK : glia_code(g);
    if (answers) {
        for (int64_t i = 0; i < part->n; i++) label[i] = gl_get(part->labels, m->net->dtype, i);
        if (gl_pipeline_classes(m->pipeline) == 0)
            gl_undo_target_scale(m->pipeline, label, part->n);
        gl_answers a = {.rows = part->n,
                        .outputs = m->net->outputs,
                        .classes = gl_pipeline_classes(m->pipeline),
                        .value = answers->value,
                        .class_index = answers->class_index,
                        .label = label};
        a.loss = gl_loss(g, m->net, part->features.x, part->features.divisor,
                         gl_part_labels(part, m->net->dtype));
        status = gl_measure(g, &a, details->confusion, deep ? &details->curves : NULL, out);
    }
    glia_predictions_free(g, answers);
    gl_free(g, label);
    return status;
}
