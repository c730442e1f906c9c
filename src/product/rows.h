/*
 * rows.h: one part of the data (training, validation, test) on its way through pipeline and
 * network.
 */
#ifndef GL_ROWS_H
#define GL_ROWS_H

#include "../predict/predict.h"
#include "../score/metrics.h"
#include "model.h"

typedef struct gl_part {
    glia_ctx *g;
    const glia_table *table;
    glia_table *own; /* it, where it is of this part alone; NULL: it is a caller's */
    /* Numbers in `table`: features, labels and weights are in this order, not in the table's. */
    int64_t *rows; /* owned; NULL: all rows */
    int64_t n;
    gl_features features;
    bool again; /* they may be put together again whenever they are read: less of them in memory */
    bool once;  /* it is answered once more, and features and labels go with that */
    void *labels; /* [n, targets] in the model's precision, as the network sees them; NULL: gone */
    int64_t targets;
    double *counts;  /* [n] how much each row counts, as its table says; NULL: each the same */
    double *weights; /* [n] how much it counts in training: that times the weight of its class */
} gl_part;

/* counted.c: the rows of t but those without an answer (an error, unless they are to be skipped)
 * and those of weight 0, as a table of their own; *out NULL: these are all rows. A column is -1
 * where the table has none. Says what was left out. */
glia_status gl_counted_rows(const glia_table *t, const int *target, int targets, int weight,
                            bool skip, glia_table **out);
bool gl_cell_is_missing(const gl_column *c, int64_t row);
/* Fills `counts` where the table has the pipeline's column of weights. */
glia_status gl_part_weigh(gl_part *part, const gl_pipeline *p);

/* Features, and labels and weights when `labelled`, of the part's rows. */
glia_status gl_part_fill(gl_part *part, const gl_pipeline *p, glia_dtype dtype, bool labelled);
/* The same with labels; its table is used up by it (gl_pipeline_use_up). */
glia_status gl_part_use_up(gl_part *part, const gl_pipeline *p, glia_dtype dtype, glia_table *t);
static inline gl_samples gl_part_samples(const gl_part *part) {
    return (gl_samples){part->features.x, part->features.divisor, part->features.from};
}
/* bad_rows.c: fails, in g, where the features of one of these rows of t have an id that no
 * embedding has weights for, or the length of no sequence: its cell is named. */
glia_status gl_check_steps(glia_ctx *g, const glia_model *m, const glia_table *t, gl_selection rows,
                           const glia_tensor *x, double divisor);
/* The same of a part that is filled, before its features are all that is known. */
glia_status gl_part_check_steps(const gl_part *part, const glia_model *m);
/* What the network reads; labels stay where rows count differently, for what is known of these. */
void gl_part_drop_samples(gl_part *part);
/* Of a table that was used up: what is left, of the part's rows alone, takes the place of the table
 * and of the list of rows, which is 8 bytes of each. */
glia_status gl_part_leave_table(gl_part *part);
void gl_part_free(gl_part *part);
glia_tensor gl_part_labels(const gl_part *part, glia_dtype dtype);

/* Its labels as class numbers or values in the target's units; for gl_free. */
double *gl_part_truth(const gl_part *part, const glia_model *m);
/* The classes of so many rows of answers, [rows, targets]. */
void gl_model_choose(const glia_model *m, const double *value, int64_t rows, int64_t *class_index);

/* evaluate.c: answers and truth of a labelled part in one pass, and the loss; *out is to be
 * cleared. */
glia_status gl_part_answer(gl_part *part, const glia_model *m, glia_evaluation *out, double *loss);
/* Scores as well. */
glia_status gl_part_evaluate(gl_part *part, const glia_model *m, gl_depth depth,
                             glia_evaluation *out);
void gl_evaluation_clear(glia_ctx *g, glia_evaluation *e);
/* The scores alone. */
glia_status gl_part_measure(gl_part *part, const glia_model *m, gl_depth depth, glia_metrics *out);
void gl_metrics_clear(glia_ctx *g, glia_metrics *m);

#endif
