/*
 * pipeline.h: fitted preprocessing. It is fitted on the training rows only, saved inside the model
 * as JSON text, and applied by column name at prediction.
 *
 *     number    impute (median of training), then standard | minmax | none | divide: one feature;
 *               under "auto" a long right tail is drawn in by log(1 + x/s) first,
 *               and sparse rows are divided by the largest magnitude above 1: 0 stays 0
 *     category  impute (most frequent), then one-hot over the categories seen in training (an
 *               unseen text: all zeros)
 *     text      one feature for each of the most frequent words: tf-idf; or a sequence of ids
 *               (vocabulary.h)
 *     array     divide (u8: 255) or standard or minmax per feature: as many features as a row has
 *               values
 *     target    class number, or value standardised for training and undone in predictions
 */
#ifndef GL_PIPELINE_H
#define GL_PIPELINE_H

#include "../table/schema.h"
#include "../table/series.h"

/* Several targets are all of values (GL_REGRESSION), all counts (GL_COUNT) or all of two classes
 * (GL_MULTILABEL). The names stand in gl_task_names, in this order. */
typedef enum gl_task {
    GL_BINARY,
    GL_MULTICLASS,
    GL_REGRESSION,
    GL_MULTILABEL,
    GL_COUNT,
    GL_ORDINAL,   /* classes in an order */
    GL_QUANTILES, /* several values that one target stays below so often */
    GL_TASKS
} gl_task;
static inline bool gl_task_has_values(gl_task t) {
    return t == GL_REGRESSION || t == GL_COUNT || t == GL_QUANTILES;
}
extern const char *const gl_task_names[GL_TASKS];
enum { GL_MOST_QUANTILES = 8 };

typedef struct gl_pipeline_spec {
    const char *target; /* names or numbers; NULL: the last column (array files: "y") */
    /* Names or numbers, comma separated; NULL: none. */
    const char *ignore, *use, *number, *category, *text;
    const char *weight; /* name or number of the column of sample weights, no feature; NULL: none */
    const char *task;   /* "auto", "binary", "multiclass", "regression", "count", "ordinal" */
    const char *order;  /* of ordinal classes, "low,medium,high"; NULL: as they say themselves */
    const char *quantiles; /* of values: "0.1,0.5,0.9"; NULL: the mean */
    const char *transform; /* of values: "auto", "log", "none"; NULL: none */
    const char *scale;     /* "auto", "standard", "minmax", "none", or a divisor such as "255" */
    const char *text_as;   /* "counts", "words", "characters", "bytes"; NULL: counts */
    int64_t length, vocabulary; /* of texts: tokens of a sequence, words that are known; 0: auto */
    bool scale_target;          /* regression: standardise the target for training */
    bool notes;                 /* say each decision with gl_note */
    /* The columns that t must have; how columns become features, whichever it has. NULL: nobody
     * says. */
    const glia_schema *schema, *preparation;

    const char *positive; /* of two classes, the one that comes second; NULL: as sorted */
    /* A table of the same columns, whose target has every class; NULL: t, of which rows are left
     * out for validation. */
    const glia_table *known;
} gl_pipeline_spec;

typedef struct gl_pipeline gl_pipeline;

/* Fits on rows[0..n-1] of t (rows NULL: all). Fails on a constant target, one class only, and so
 * on. */
gl_pipeline *gl_pipeline_fit(glia_ctx *g, const glia_table *t, const int64_t *rows, int64_t n,
                             const gl_pipeline_spec *spec);
void gl_pipeline_free(gl_pipeline *p);
void gl_pipeline_give(gl_pipeline *p, glia_ctx *g);           /* which it belongs to from now on */
char *gl_pipeline_save(glia_ctx *g, const gl_pipeline *p);    /* JSON text, for gl_free */
gl_pipeline *gl_pipeline_load(glia_ctx *g, const char *json); /* NULL and GLIA_INPUT when damaged */

gl_task gl_pipeline_task(const gl_pipeline *p);
const char *gl_task_name(gl_task task);
int64_t gl_pipeline_features(const gl_pipeline *p);
int64_t gl_pipeline_classes(const gl_pipeline *p); /* of each target; 0: regression */
const char *gl_pipeline_class(const gl_pipeline *p, int t, int64_t k);
int gl_pipeline_targets(const gl_pipeline *p);
const char *gl_pipeline_target(const gl_pipeline *p, int t);
/* Of what series its rows are; NULL: of none. */
const gl_series *gl_pipeline_series(const gl_pipeline *p);
/* How many answers the network gives to a row. */
int64_t gl_pipeline_outputs(const gl_pipeline *p);
int gl_pipeline_quantiles(const gl_pipeline *p, const double **quantile); /* 0: none */
/* Of values: answers [rows, outputs] as the network gives them become those in the target's
 * units; quantiles ascend in each row, which the network does not promise. */
void gl_pipeline_undo(const gl_pipeline *p, double *value, int64_t rows);
/* Is the logarithm of a target learned? Then, once there is a network: what its answers [rows,
 * targets] are multiplied with so that their means are those of the truth. */
bool gl_pipeline_logs(const gl_pipeline *p);
void gl_pipeline_lift(gl_pipeline *p, const double *value, const double *truth,
                      const double *weight, int64_t rows);
/* Why a column gives no features: "ignored", "empty", "constant", "id", "texts", "words"; "" when
 * it does. NULL: there is no such input. Input `near` and the one before it are looked at first: in
 * the table that was fitted, column `near` is one of them. */
const char *gl_pipeline_left_out(const gl_pipeline *p, const char *column, int near);
/* The column that says how much each row counts; NULL: there was none. */
const char *gl_pipeline_weight(const gl_pipeline *p);
/* Does the network see where this column's cells are missing? */
bool gl_pipeline_sees_gaps(const gl_pipeline *p, const char *column, int near);
/* The inputs that give features, in the order of training: how many, and number i. */
int gl_pipeline_inputs(const gl_pipeline *p);
const char *gl_pipeline_input(const gl_pipeline *p, int i, glia_column_type *type);
/* Input number i of all, also of those that give none, and why that is, as above; NULL: there are
 * no more. */
const char *gl_pipeline_any(const gl_pipeline *p, int i, const char **reason);
/* The shape of a row, [dim, ...], where the features are one array of pixels or of steps as they
 * lie, or those of the rows of a past; ndim 0: they are not. */
glia_tensor gl_pipeline_shape(const gl_pipeline *p);
int64_t gl_pipeline_words(const gl_pipeline *p); /* how many features count words of free text */
/* A column of texts that is read as a sequence: how many tokens there are, in feature `first`, and
 * `steps` features behind it with the ids of tokens, from 1 to `ids`, 0 behind the last. */
typedef struct gl_text_steps {
    const char *column, *of; /* of words, characters or bytes */
    int64_t first, steps, ids;
} gl_text_steps;
/* The i-th, in the order of their features, which lie behind those of all other columns; false:
 * there are not as many. */
bool gl_pipeline_text(const gl_pipeline *p, int i, gl_text_steps *out);
/* The column that feature k was made from; NULL: none, as how many rows a sample has. */
const char *gl_pipeline_column(const gl_pipeline *p, int64_t k);
/* Was it scaled by a rule, and so is another number than the one that stands in the table? */
bool gl_pipeline_scales(const gl_pipeline *p, int64_t k);
/* feature_name.c: "colour = red", for gl_free; "" beyond the features, NULL: memory is out. */
char *gl_pipeline_feature_name(glia_ctx *g, const gl_pipeline *p, int64_t k);
/* The columns of a table without names (gl_table's `unnamed`) take those of training by their
 * position, with a note. GLIA_INPUT: there are not as many as in training, with or without the
 * target (and then the sample weights). */
glia_status gl_pipeline_name_columns(glia_ctx *g, const gl_pipeline *p, glia_table *t);
/* Lines for `glia show`: one per input column: what is done to it. For gl_free. */
char *gl_pipeline_describe(const gl_pipeline *p);

/* After a fit: `columns` of a schema that gives this preparation, with the types or without. For
 * gl_free; NULL: a failure. */
char *gl_pipeline_schema(const gl_pipeline *p, bool typed);

/* Rows as a network reads them. */
typedef struct gl_features {
    glia_tensor x;          /* data NULL: they are supplied, */
    gl_supplied from;       /* by this */
    double divisor;         /* by which they are to be divided */
    void *owned;            /* for gl_free with t's context; NULL when x views the table */
    int64_t bytes;          /* of these */
    int64_t unseen, filled; /* as in gl_intake_surprises */
} gl_features;

/* A pipeline's inputs found in a table: where their cells are, and which of the texts there
 * training knew. Made once, in memory for so many different texts a column as it is opened for
 * rows at most; then it allocates nothing. */
typedef struct gl_intake gl_intake;
gl_intake *gl_intake_new(glia_ctx *g, const gl_pipeline *p, int64_t most_rows);
/* Of a pipeline of series: takes the rows of tables by themselves, so that what is written of each
 * are the features of one row, and no past. */
void gl_intake_take_single_rows(gl_intake *k);
void gl_intake_free(gl_intake *k);
/* Takes the rows in hand. Columns are matched by name, each looked for first where it was before: a
 * missing one, or text where numbers were, is an error naming file, line and column; an extra
 * one is left alone, with a warning when the columns are not those of the table before. */
glia_status gl_intake_open(gl_intake *k, const glia_table *t, gl_selection rows);
/* Do the features of the rows lie in the table as a network of `dtype` can read them, or does it
 * have a supply of them? Then x, divisor and from tell where. */
bool gl_intake_view(const gl_intake *k, glia_dtype dtype, gl_features *out);
/* Else writes those of rows begin .. end-1 of those in hand: x is (end - begin, features). */
glia_status gl_intake_write(gl_intake *k, int64_t begin, int64_t end, glia_dtype dtype, void *x);
/* Cells written since it was opened: texts that training did not know, and missing ones where it
 * had none; and a warning for each kind. */
void gl_intake_surprises(const gl_intake *k, int64_t *unseen, int64_t *filled);
void gl_intake_tell(gl_intake *k);
/* For another thread, which writes other rows of those in hand. Joined in the order of the rows, it
 * adds what it was surprised by, and is released. */
gl_intake *gl_intake_share(glia_ctx *g, const gl_intake *k);
void gl_intake_join(gl_intake *k, gl_intake *part);

/* Features of rows[0..n-1] (NULL: all rows, n = table rows). When the only input is one u8 array
 * with a divisor the result is a view or a gathered copy that stays u8, with that divisor. Whoever
 * can do with rows that are put together `again` whenever they are read may get what supplies them:
 * of an array that has a supply this, which reads `rows` as long as it is used, and of pasts, which
 * overlap, the features of each row once. Otherwise it is a fresh (n, features) matrix of `dtype`
 * and divisor 1. Unseen categories, and missing cells where training had none, are counted in one
 * warning each. Allocates from t's context, so that threads may share p. */
glia_status gl_pipeline_apply(const gl_pipeline *p, const glia_table *t, const int64_t *rows,
                              int64_t n, glia_dtype dtype, bool again, gl_features *out);
/* The same, using the table up: as its rows, which ascend, become features, the memory of their
 * cells goes back to the system, and in the end all columns but targets and weights are no longer
 * in the table, whatever comes of it. Where x views the table it stays as it is. */
glia_status gl_pipeline_use_up(const gl_pipeline *p, glia_table *t, const int64_t *rows, int64_t n,
                               glia_dtype dtype, gl_features *out);
/* Labels of the same rows: class numbers or values, as `dtype` (n, targets) in fresh memory, each
 * standardised when the spec said so. A class that training did not know is an error naming line
 * and text; texts that differ only by blanks or a final '.' count as equal (with one warning). NULL
 * memory on failure. */
void *gl_pipeline_labels(const gl_pipeline *p, const glia_table *t, const int64_t *rows, int64_t n,
                         glia_dtype dtype);
/* Class numbers, or values in the target's units: what answers are compared with. */
double *gl_pipeline_truth(const gl_pipeline *p, const glia_table *t, const int64_t *rows,
                          int64_t n);

/* Calls `bad` with each row that has no label, or one that cannot be understood. */
glia_status gl_pipeline_each_bad_label(const gl_pipeline *p, const glia_table *t,
                                       glia_status (*bad)(void *user, int64_t row), void *user);

#endif
