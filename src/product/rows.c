/*
 * rows.c: features and labels of one part of the data.
 *
 *     Survived    yes, no, yes      labels 1 0 1               truth 1 0 1
 *     price       301,000 ...       labels 0.42 ...            truth 301,000 ...
 *
 * Labels are what the network learns from: class numbers, or values standardised by the training
 * rows. Truth is what scores are measured against, so that an RMSE is in dollars.
 */
#include "rows.h"

#include "../score/metrics.h"

static glia_status label(gl_part *part, const gl_pipeline *p, glia_dtype dtype) {
    part->targets = gl_pipeline_targets(p);
    part->labels = gl_pipeline_labels(p, part->table, part->rows, part->n, dtype);
    return part->labels ? gl_part_weigh(part, p) : glia_code(part->g);
}

glia_status gl_part_fill(gl_part *part, const gl_pipeline *p, glia_dtype dtype, bool labelled) {
    glia_status status =
        gl_pipeline_apply(p, part->table, part->rows, part->n, dtype, part->again, &part->features);
    return status == GLIA_OK && labelled ? label(part, p, dtype) : status;
}

glia_status gl_part_use_up(gl_part *part, const gl_pipeline *p, glia_dtype dtype, glia_table *t) {
    glia_status status = gl_pipeline_use_up(p, t, part->rows, part->n, dtype, &part->features);
    return status == GLIA_OK ? label(part, p, dtype) : status;
}

glia_status gl_part_leave_table(gl_part *part) {
    if (!part->rows || part->table->past) return GLIA_OK; /* pasts are rows of it */
    part->own = gl_table_cells(part->table, part->rows, part->n);
    if (!part->own) return GLIA_RESOURCE;
    gl_free(part->g, part->rows);
    part->table = part->own;
    part->rows = NULL;
    return GLIA_OK;
}

static void drop_features(gl_part *part) {
    gl_free(part->g, part->features.owned);
    part->features.owned = part->features.x.data = NULL;
    part->features.bytes = 0;
    part->features.from = (gl_supplied){0};
}

void gl_part_drop_samples(gl_part *part) {
    drop_features(part);
    if (part->counts) return;
    gl_free(part->g, part->labels);
    part->labels = NULL;
}

void gl_part_free(gl_part *part) {
    glia_table_free(part->own);
    gl_free(part->g, part->rows);
    drop_features(part);
    gl_free(part->g, part->labels);
    gl_free(part->g, part->counts);
    gl_free(part->g, part->weights);
    *part = (gl_part){.g = part->g};
}

glia_tensor gl_part_labels(const gl_part *part, glia_dtype dtype) {
    return (glia_tensor){.dtype = dtype,
                         .ndim = 2,
                         .dim = {part->n, part->targets},
                         .data = part->labels};
}

void gl_model_choose(const glia_model *m, const double *value, int64_t rows, int64_t *class_index) {
    int targets = gl_pipeline_targets(m->pipeline);
    int64_t outputs = m->net->outputs;
    if (targets > 1) rows *= targets, outputs = 1;
    gl_choose_classes(value, rows, outputs, m->threshold, class_index);
    for (int64_t i = 0; m->thresholds && targets > 1 && i < rows; i++)
        class_index[i] = value[i] > m->thresholds[i % targets];
}

/* From the table again, in double: labels as the network sees them are rounded to its 24 bits, and
 * what is left of a score of seconds would be that. */
double *gl_part_truth(const gl_part *part, const glia_model *m) {
    gl_listener before = gl_hush(part->g);
    double *truth = gl_pipeline_truth(m->pipeline, part->table, part->rows, part->n);
    gl_unlisten(part->g, before);
    return truth;
}
