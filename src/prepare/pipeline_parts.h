/*
 * pipeline_parts.h: what a fitted pipeline consists of. fit.c and its steps decide it, apply.c and
 * labels.c put it to work, pipeline_json.c saves and loads it.
 *
 * The inputs are all columns of the training table but the target, in its order, also those that
 * give no features. A feature is a column of the matrix that the network reads:
 *
 *     input      Pclass   Sex            Age    (Name)   Fare
 *     features   0        1 female       3      none     4
 *                         2 male
 */
#ifndef GL_PIPELINE_PARTS_H
#define GL_PIPELINE_PARTS_H

#include "pipeline.h"
#include "vocabulary.h"

typedef enum gl_reason { /* why a column gives no features */
                         GL_KEPT,
                         GL_IGNORED,
                         GL_EMPTY,
                         GL_CONSTANT,
                         GL_ID,
                         GL_TEXTS,
                         GL_WEIGHT,
                         GL_INDEX,
                         GL_WORDS,
                         GL_GROUP,
                         GL_TIME,
                         GL_REASONS,
} gl_reason;

typedef enum gl_scaling {
    GL_SCALE_AUTO,
    GL_SCALE_STANDARD,
    GL_SCALE_MINMAX,
    GL_SCALE_NONE,
    GL_SCALE_DIVIDE,
    GL_SCALE_LARGEST, /* by the largest magnitude, where that is above 1: 0 stays 0 */
    GL_SCALE_GIVEN,   /* center and spread were said */
    GL_SCALINGS
} gl_scaling;

typedef enum gl_choice { /* which texts have a feature each */
                         GL_CHOICE_AUTO,
                         GL_CHOICE_ALL,
                         GL_CHOICE_FREQUENT,
                         GL_CHOICE_LIST
} gl_choice;

/* What a date gives, by the bits of `parts`: days, year, month, weekday, hour. */
enum { GL_DATE_PARTS = 5, GL_FIRST_THAT_RETURNS = 2 };

typedef struct gl_input_column { /* one column of the training table, the target excepted */
    char *name;
    glia_column_type type;
    gl_reason reason;
    bool had_missing; /* in training: no surprise in prediction */
    bool had_other;   /* CATEGORY: training had texts that are none of `category` */
    /* After a fit only: one value or a gap, which has another (NUMBER); 0 and 1 alone; what was
     * said; how its numbers were scaled, how its texts were chosen. */
    bool box, flag, fill_said, log_said;
    bool prose; /* CATEGORY: it looks like free text */
    gl_scaling scaling;
    gl_choice choice;
    bool indicator;          /* NUMBER, words: one more feature, 1 where the cell is missing */
    double fill;             /* NUMBER: what a missing cell becomes */
    double log;              /* NUMBER: 0, or s: x becomes log(1 + x/s) before it is scaled */
    double least, most;      /* NUMBER: of training; both 0: not known */
    gl_dress dress;          /* NUMBER: as training's were written; decimal 0: plainly */
    gl_date date;            /* NUMBER: they were dates, written in this order */
    unsigned parts;          /* of a date: its features */
    double *center, *spread; /* NUMBER, ARRAY: (x - center) / spread; [scales] */
    int64_t
        scales; /* 0: values stay as they are; 1: the same for every feature; else one for each */
    char **category; /* CATEGORY: sorted; feature k is 1 where the cell is category[k] */
    int64_t categories, fill_code; /* fill_code -1: a missing cell is none of them */
    gl_vocabulary *words;          /* CATEGORY: it is free text, and these are its features */
    glia_tensor shape;             /* ARRAY: dtype and shape of one row */
    double *fills; /* ARRAY: what a missing value becomes, for each of a row; NULL: training had
                      none */
    int64_t *gap;  /* ARRAY: the values, ascending, whose gaps have a 0/1 feature behind all */
    int64_t gaps;
    int64_t first, features; /* its features are first .. first + features - 1 */
} gl_input_column;

typedef struct gl_target { /* one column that is predicted */
    char *name;
    int column;   /* where it stood in the table; -1: not known, of a model made before 0.2 */
    char **class; /* sorted: numbers ascending, texts by their bytes; [classes] */
    double *class_value;    /* the class text as a number, NaN when it is none; [classes] */
    int64_t classes;        /* 0: values */
    gl_dress dress;         /* of values: as training's were written; decimal 0: plainly */
    double mean, deviation; /* of values; 0 and 1: as they are */
    bool log;               /* of values: log(y + shift) is what is standardised, */
    double shift;           /* 0 or 1, */
    double lift;            /* and what makes a mean of the median that it leads back to; or 1 */
} gl_target;

struct gl_pipeline {
    glia_ctx *g;
    gl_task task;
    gl_target *target; /* one; or several, all of values or all of two classes */
    int targets;
    int64_t target_cap;
    double quantile[GL_MOST_QUANTILES]; /* ascending */
    int quantiles;
    gl_input_column *input;
    int inputs;
    int64_t features; /* of a row; a network reads as many for each row of the past */
    gl_series series; /* length 0: rows have no past */
};

/* How many rows' features a network reads at once. */
static inline int64_t gl_steps(const gl_pipeline *p) {
    return p->series.length > 0 ? p->series.length : 1;
}

/* Columns in front of these: how many rows there are, where samples have different numbers. */
static inline int64_t gl_leading(const gl_pipeline *p) { return p->series.whole ? 1 : 0; }

/* reach.c: beyond these bounds a number is told to be far from all of training. */
typedef struct gl_reach {
    double low, high;
    double tiny; /* numbers above 0 that are all below it are told, too */
} gl_reach;
gl_reach gl_reach_of(const gl_input_column *in);
void gl_tell_far(glia_ctx *g, const gl_input_column *in, const char *where, const char *cell,
                 int64_t cells);

/* unit.c: GLIA_INPUT where a column's numbers have another unit than training's; may they have, as
 * one of both says none? and a warning of that. */
glia_status gl_check_unit(glia_ctx *g, const char *source, const gl_dress *trained,
                          const gl_column *c);
bool gl_unit_is_unsure(const gl_dress *trained, const gl_column *c, const gl_selection *rows);
void gl_tell_unit(glia_ctx *g, const char *source, const gl_dress *trained, const gl_column *c,
                  const gl_selection *rows);

/* target.c: a value as it is learned; NaN: it cannot be. */
double gl_target_learned(const gl_pipeline *p, const gl_target *t, double value);
const char *gl_expected_value(const gl_pipeline *p, const gl_target *t); /* "a number" */

/* Does the network see where cells are missing? */
static inline bool gl_gaps_count(const gl_input_column *in) {
    bool none = in->type == GLIA_CATEGORY && !in->words && in->fill_code < 0;
    return in->indicator || in->box || in->gaps || none;
}

extern const char *const gl_reason_name[GL_REASONS]; /* as saved */
extern const char *const gl_reason_text[GL_REASONS]; /* as told */

gl_pipeline *gl_pipeline_new(glia_ctx *g, int inputs);
/* What is done to it, as `glia show` tells it, without its name. */
void gl_describe_input(gl_text *out, const gl_input_column *in);
/* dates.c: their names; one of a date's; how many there are. */
extern const char *const gl_part_name[GL_DATE_PARTS];
double gl_date_part(double days, int part);
int gl_parts_count(unsigned parts);
/* Copies n texts; NULL when memory is out. */
char **gl_copy_texts(glia_ctx *g, char *const *texts, int64_t n);
/* A class or category as a number; NaN: it is none. */
double gl_value_of_text(const char *text);
/* The table lacks a column of training: fails, with all that it lacks and the nearest names among
 * those it has too many. */
glia_status gl_missing_column(glia_ctx *g, const gl_pipeline *p, const glia_table *t,
                              const char *name);
/* What was read as a header is a row of such a table: a cell of it that shows that; or NULL. */
const char *gl_headless_cell(const gl_pipeline *p, const glia_table *t);
/* One more target of values as they are; NULL: memory is out. */
gl_target *gl_pipeline_add_target(gl_pipeline *p);
/* Sets class_value from class. */
bool gl_value_classes(glia_ctx *g, gl_target *t);
/* The target of that name, or -1. */
int gl_pipeline_find_target(const gl_pipeline *p, const char *name);
/* Numbers the features of the kept inputs in order; false when there are too many. */
bool gl_pipeline_number_features(gl_pipeline *p);

/* The input of this name, NULL: there is none. Input `near` and the one before it are looked at
 * first: in the table that was fitted, column `near` is one of them. */
const gl_input_column *gl_pipeline_find(const gl_pipeline *p, const char *column, int near);

#endif
