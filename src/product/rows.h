/*
 * rows.h: one part of the data (training, validation, test) on its way through pipeline and
 * network.
 */
#ifndef GL_ROWS_H
#define GL_ROWS_H

#include "model.h"

typedef struct gl_part {
    glia_ctx *g;
    const glia_table *table;
    int64_t *rows; /* owned; NULL: all rows */
    int64_t n;
    gl_features features;
    void *labels;    /* [n] in the model's precision, as the network sees them */
    double *weights; /* [n] how much each row counts in training; NULL: each the same */
} gl_part;

/* Features, and labels when `labelled`, of the part's rows. */
glia_status gl_part_fill(gl_part *part, const gl_pipeline *p, glia_dtype dtype, bool labelled);
void gl_part_free(gl_part *part);
glia_tensor gl_part_labels(const gl_part *part, glia_dtype dtype);

/* Probabilities or values in the target's units, and classes; for glia_predictions_free. */
glia_predictions *gl_part_predict(const gl_part *part, const glia_model *m);
/* Labels as the network sees them, in its precision: as class numbers or values in the target's
 * units; for gl_free. */
double *gl_truth(glia_ctx *g, const glia_model *m, const void *labels, int64_t n);
/* Values as they were learned become those in the target's units. */
void gl_undo_target_scale(const gl_pipeline *p, double *value, int64_t count);
/* What scores point to. */
typedef struct gl_details {
    glia_curves curves;
    int64_t confusion[]; /* [classes, classes] */
} gl_details;

/* One block for several parts, for gl_free; and part k's share of it. */
void *gl_details_new(glia_ctx *g, int64_t classes, int parts);
gl_details *gl_details_at(void *all, int64_t classes, int k);
/* Scores of a labelled part; *details must outlive *out. `deep`: with intervals and curves. */
glia_status gl_part_measure(const gl_part *part, const glia_model *m, bool deep,
                            gl_details *details, glia_metrics *out);

#endif
