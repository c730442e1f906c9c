/*
 * fit.h: what the steps of fitting a pipeline share. fit.c tells the way; each other file is one
 * step of it.
 */
#ifndef GL_FIT_H
#define GL_FIT_H

#include "pipeline_parts.h"

/* In a table of fewer rows anything may be different in every row: x = 1, 2, 3 ... may be a
 * dose, and three texts in three rows three kinds. Only from here on that says something of
 * the column. */
#define GL_FEW_ROWS 20

typedef enum gl_said { GL_SAID_NOTHING, GL_SAID_IGNORED, GL_SAID_USED } gl_said;

/* How a column is to become features: as a schema says, and where that says nothing as spec.scale
 * does; all else is decided from the data. */
typedef struct gl_wish {
    const gl_schema_column *said; /* NULL: nobody says anything */
    gl_reason reason;             /* it gives none, for this one */
    gl_scaling scale;
    double divisor;
    bool fill_said, fill_none; /* a missing cell becomes ... none of the texts ... */
    double fill;               /* ... a number, days ... */
    const char *fill_text;     /* ... or this text. NULL: the most frequent one */
    int indicator, log;        /* 1: yes; 0: no; -1: nobody says */
    double log_scale;          /* 0: found out */
    gl_choice choice;
    bool words, pairs;  /* it is free text, whose words have features; and pairs of them */
    int64_t most_words; /* 0: as many as the rule gives */
    gl_text_as as;      /* what it is read as; */
    int64_t length;     /* of a sequence: so many tokens at most; 0: as the rule gives */
    unsigned parts;     /* of a date; 0: those that differ */
} gl_wish;

typedef struct gl_fitting {
    glia_ctx *g;
    const glia_table *t;
    const int64_t *rows;
    int64_t n;
    const gl_pipeline_spec *spec;
    gl_scaling scale;
    double divisor;
    gl_text_as as;   /* of texts of which no schema says it */
    int target;      /* the column of the target in hand */
    gl_target *now;  /* which becomes this */
    int weight;      /* the column of sample weights, or -1 */
    gl_said *said;   /* [columns] */
    gl_wish *wish;   /* [columns] */
    double *scratch; /* [n] */
    gl_pipeline *p;
} gl_fitting;

/* Row i of the training rows: they are a list of the table's rows, and nothing is copied. */
static inline int64_t gl_row_of(const gl_fitting *f, int64_t i) { return f->rows ? f->rows[i] : i; }

static inline bool gl_is_target(const gl_fitting *f, int column) {
    for (int t = 0; t < f->p->targets; t++)
        if (f->p->target[t].column == column) return true;
    return false;
}

/* What a table is most often that has one column. */
static inline const char *gl_one_column(const glia_table *t) {
    return t->delimiter
               ? "the table has one column; is another sign between its cells (option "
                 "'delimiter'), or are whole lines in quotes?"
               : "the table has one column; where the file has other tables or sheets, option "
                 "'table' NAME reads another";
}

/* fit_words.c: what the user said. */
glia_status gl_fit_words(gl_fitting *f);
/* fit_schema.c: what a schema says of each column. */
glia_status gl_fit_schema(gl_fitting *f);
/* Fails with the line in which a schema says this. */
glia_status gl_wish_fail(const gl_fitting *f, const gl_wish *w, gl_schema_key key,
                         const char *format, ...) __attribute__((format(printf, 4, 5)));
/* Center and spread as they were said; their scales are `width` numbers, or one for all. */
glia_status gl_take_scales(const gl_fitting *f, const gl_wish *w, gl_input_column *in,
                           int64_t width);
static inline const gl_wish *gl_wish_of(const gl_fitting *f, const gl_column *c) {
    return &f->wish[c - f->t->column];
}
/* fit_target.c: the task, and its classes or its mean and deviation. */
glia_status gl_fit_target(gl_fitting *f);
/* fit_values.c: the scale of a target of values in `now`, and what is told of it. */
glia_status gl_fit_quantiles(gl_fitting *f, const char *task);
glia_status gl_fit_values(gl_fitting *f, const gl_column *c);
void gl_tell_values(const gl_fitting *f, const gl_target *t);
glia_status gl_only_one_value(const gl_fitting *f, const char *value);
/* fit_classes.c: all rows whose classes count, as if they were the training rows; and the second of
 * two classes becomes the one that was asked for. */
gl_fitting gl_fit_known(const gl_fitting *f);
glia_status gl_fit_positive(gl_fitting *f);
/* fit_order.c: the classes of `now` in the order that they have. */
glia_status gl_fit_order(gl_fitting *f);
/* fit_number.c, fit_category.c, fit_array.c: whether a column helps, and how it becomes
 * features. */
gl_reason gl_judge_number(const gl_fitting *f, int j);
glia_status gl_fit_number_column(const gl_fitting *f, const gl_column *c, gl_input_column *in);
void gl_fit_gaps(const gl_fitting *f, const gl_column *c, gl_input_column *in);
gl_reason gl_judge_category(const gl_fitting *f, int j);
glia_status gl_fit_category_column(const gl_fitting *f, const gl_column *c, gl_input_column *in);
/* fit_vocabulary.c: free text. */
gl_reason gl_judge_text(const gl_fitting *f, const gl_column *c);
glia_status gl_fit_text_column(const gl_fitting *f, const gl_column *c, gl_input_column *in);
glia_status gl_fit_array_column(const gl_fitting *f, const gl_column *c, gl_input_column *in);
/* fit_id.c: does a column of numbers, or of texts, only name its rows? */
gl_reason gl_judge_id(const gl_fitting *f, int j);
bool gl_is_text_index(const gl_fitting *f, int j);
/* fit_missing.c: do the gaps of a column of numbers say something of the target? */
bool gl_gaps_tell(const gl_fitting *f, const gl_column *c);
/* fit_notes.c: says each decision. */
void gl_fit_notes(const gl_fitting *f);

/* With scale "none" or a divisor the features are the user's own, and glia adds none; published
 * recipes count on it. Nor does it leave out what has such a scale, or one that was given. */
static inline bool gl_adds_to_the_file(const gl_wish *w) {
    return w->scale != GL_SCALE_NONE && w->scale != GL_SCALE_DIVIDE;
}
static inline bool gl_as_in_the_file(const gl_wish *w) {
    return !gl_adds_to_the_file(w) || w->scale == GL_SCALE_GIVEN;
}

/* The median of v[0..n-1], which is reordered. */
double gl_median(double *v, int64_t n);
/* `scales` places for center and spread; or one, and what they are. */
glia_status gl_set_scales(const gl_fitting *f, gl_input_column *in, int64_t scales);
glia_status gl_set_scale(const gl_fitting *f, gl_input_column *in, double center, double spread);
/* The texts of a category column in use, sorted, in fresh memory; the texts are the table's. */
char **gl_used_texts(const gl_fitting *f, const gl_column *c, int64_t *count);

/* dates.c */
gl_reason gl_judge_date(const gl_fitting *f, const gl_column *c);
glia_status gl_fit_date_column(const gl_fitting *f, const gl_column *c, gl_input_column *in);
/* Fails where column j is one of dates that nobody can tell apart. */
glia_status gl_check_dates(const gl_fitting *f, int j);
void gl_tell_time_order(const gl_fitting *f);

#endif
