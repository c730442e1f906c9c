/*
 * part.h: one part of the data (training, validation, test) on its way through pipeline and
 * network.
 */
#ifndef GL_PART_H
#define GL_PART_H

#include "../data/pipeline.h"
#include "../model/model.h"

typedef struct gl_part {
    glia_ctx *g;
    const glia_table *table;
    int64_t *rows; /* owned; NULL: all rows */
    int64_t n;
    gl_features features;
    void *labels; /* [n] in the model's precision, as the network sees them */
} gl_part;

/* Features, and labels when `labelled`, of the part's rows. */
glia_status gl_part_fill(gl_part *part, const gl_pipeline *p, glia_dtype dtype, bool labelled);
void gl_part_free(gl_part *part);
glia_tensor gl_part_labels(const gl_part *part, glia_dtype dtype);

/* Probabilities or values in the target's units, and classes; for glia_predictions_free. */
glia_predictions *gl_part_predict(const gl_part *part, const glia_model *m, const gl_pipeline *p);
/* Scores of a labelled part. confusion: classes x classes, caller's memory. */
glia_status gl_part_measure(const gl_part *part, const glia_model *m, const gl_pipeline *p,
                            bool intervals, int64_t *confusion, glia_metrics *out);

#endif
