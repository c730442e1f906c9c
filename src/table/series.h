/*
 * series.h: tables whose rows follow each other in time. A row of a series knows its past: the rows
 * before it that a network reads with it.
 *
 *     day   t   temp           rows, length 3, horizon 1     past of the row      temp in 1 row
 *     Mon   1   20.7
 *     Tue   2   17.9
 *     Wed   3   18.8           Wed                           20.7 17.9 18.8       14.6
 *     Thu   4   14.6           Thu                           17.9 18.8 14.6       (to come)
 */
#ifndef GL_SERIES_H
#define GL_SERIES_H

#include "table.h"

#include <stdatomic.h>

/* More rows at once than anybody's memory would hold with their features. */
enum { GL_LONGEST_PAST = 1 << 24 };

/* What of a table is a series, and what of it a network reads at once. */
typedef struct gl_series {
    int64_t length; /* rows that it reads: one and those before it; 0: the table is no series */
    bool whole;     /* each series is one sample, of `length` rows at most; 0: as the longest has */
    int64_t horizon; /* so many rows later stands what is predicted; 0: in the row itself */
    char *group;     /* columns that tell series apart, comma separated; NULL: there is one */
    char *time;      /* the column that orders the rows; NULL: they are in the order of the file */
    gl_date date;    /* how its dates were written in training */
    char *target;    /* columns that are predicted, comma separated */
    /* Rows after which a series comes again; 1: nothing does, and the last value is the best guess;
     * 0: not known yet. Then the mean error in training of whoever says what stood a season
     * before. */
    int64_t season;
    double scale;
} gl_series;

/* Texts of `from` in memory of g; false: that is out. */
bool gl_series_copy(glia_ctx *g, gl_series *to, const gl_series *from);
void gl_series_clear(glia_ctx *g, gl_series *s);

/* By which rule dates follow each other. */
typedef enum gl_calendar {
    GL_STEPS,     /* the same time apart, or nothing that is known */
    GL_SAME_DAY,  /* on the same day of each month, quarter, year */
    GL_LAST_DAY,  /* on the last day of it */
    GL_WORK_DAYS, /* each day from Monday to Friday */
} gl_calendar;

/* What the tables share whose rows are of the same series. */
typedef struct gl_source_rows {
    atomic_int users;
    glia_ctx *g;
    glia_table *table; /* all rows, series by series and each in the order of time */
    bool own;          /* a sorted copy; else it is the table that the rows were made of */
    gl_series series;
    int64_t count;  /* of series */
    int64_t *begin; /* [count + 1] where each begins, and behind the last one all rows */
    int time;       /* the column that orders them; -1: none does */
    char *answers;  /* the names of what is predicted, comma separated */
    double step;    /* the median from one row to the next, in units of time; NaN: there is none */
    gl_calendar calendar;
    int64_t months; /* between rows that follow each other by months; else 0 */
    int day;        /* the latest day of a month among the dates */
} gl_source_rows;

struct gl_past {
    gl_source_rows *of;
    int64_t *at;     /* [rows] where each row stands there */
    int64_t *series; /* [rows] and in which series, from 0; in ascending order */
};

/* How many rows are read with row i, it among them: of whole series as many as there are. */
static inline int64_t gl_past_rows(const gl_past *past, int64_t i) {
    const gl_series *s = &past->of->series;
    const int64_t all = past->at[i] + 1 - past->of->begin[past->series[i]];
    return s->whole && all < s->length ? all : s->length;
}

/* NULL: no column orders the rows. */
static inline const gl_column *gl_series_time(const gl_source_rows *of) {
    return of->time < 0 ? NULL : &of->table->column[of->time];
}

/* The column that orders the rows when nobody names one: the only one of dates, in fresh memory;
 * NULL: there is none, or memory is out. */
char *gl_series_guess_time(const glia_table *t);
/* The first of the columns that are predicted; -1: t lacks one of them, or memory is out. */
int gl_series_target(glia_ctx *g, const glia_table *t, const gl_series *s);
/* The rows of t that have a past of s->length, as a table of their own; where s->horizon is above
 * 0, with a column more for each target, "temp in 1 row", whose cells are missing where that is to
 * come. It reads cells of t, or of a sorted copy: t must live as long. Says what it found; fails
 * where times are missing or stand twice in a series, and where no series is long enough. Of whole
 * series the last row of each, with as many before it as there are, s->length at most. */
glia_table *gl_series_rows(const glia_table *t, const gl_series *s);
/* Of whole series: all rows of one have the same answer, a column of t; else GLIA_INPUT. */
glia_status gl_series_check_answers(const glia_table *t, int target);
/* Does the answer of row i stand behind the last row of its series? */
bool gl_series_to_come(const gl_past *past, int64_t i);
/* Of a table of rows with a past: the last row of each series, with a copy of its past alone, whose
 * cells may be written. NULL: memory is out. */
glia_table *gl_series_last(const glia_table *rows);

/* series_time.c */

/* The usual step and the calendar of rows in order; then what is odd about them, and more. */
void gl_series_find_calendar(gl_source_rows *of);
void gl_series_tell_order(const gl_source_rows *of);
/* What was known of row i's answer without a network: the target, a column of the table that pasts
 * are read from, whole seasons before. NaN: the series did not begin by then, or it is missing. */
double gl_series_known(const gl_past *past, const gl_column *target, int64_t season, int64_t i);
/* The seasons of the calendar that rows so far apart may have, most[4], 1 among them; how many. */
int gl_series_seasons(const gl_past *past, int64_t most[4]);
/* The time of the row behind row i of the last ones: by the calendar, else as much later as rows of
 * its past are apart. */
double gl_series_next_time(const glia_table *last, int64_t i);

/* series_split.c */

/* Are rows read with others, by several? Whole series are samples like the rows of any table. */
bool gl_series_overlap(const glia_table *t);
/* Every stride-th row of each series alone trains: which of rows[n] do, in place; how many. */
int64_t gl_series_thin(const glia_table *t, int64_t stride, int64_t *rows, int64_t n);
/* Are whole series kept apart? Where rows are labelled themselves and there are several series. */
bool gl_series_splits_whole(const glia_table *t);
/* Training rows in `rows`, then those that validate, about `share` of all: whole series, or the
 * last rows of each. Behind the last training row as many are left out as the horizon would let see
 * answers of the others. */
glia_status gl_series_split(const glia_table *t, double share, uint64_t seed, int64_t *rows,
                            int64_t *first, int64_t *second);

/* Deals the rows into folds that come one after another: fold k is the part k + 2 of folds + 1
 * equal parts of each series, -1 the first part, which only trains; or whole series, by the
 * seed. */
glia_status gl_series_folds(const glia_table *t, int folds, uint64_t seed, int64_t *fold);
/* May row i train where fold k is measured? Not where that comes later, or its answer does. */
bool gl_series_trains(const glia_table *t, const int64_t *fold, int64_t k, int64_t i);

/* table.c */
bool gl_past_select(glia_table *to, const glia_table *from, const int64_t *rows);
void gl_past_free(glia_ctx *g, gl_past *past);

#endif
