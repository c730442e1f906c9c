/*
 * fit_id.c: is a column the name of its rows, and no measurement?
 *
 *     PassengerId, order_id, ID   an id: called so, and a different whole number in every row
 *     (no name), X, row.names     an index, which a program wrote in front of the table
 *     nr = 1, 2, 3, ...           an index, too, where it is the first column and its order tells
 *                                 nothing of the target
 *     month = 1, 2, 3, ...        a counter, and no index: sales grow with it
 *     PAID, GRID, VALID           words that end in ID
 *
 * What stays in though it names its rows does harm: where a file was sorted by class it gives the
 * class away, and elsewhere it is noise that looks like a feature. What is left out though it
 * measures something is lost. So a name is believed with values that fit it, and where there is no
 * such name the values must tell nothing.
 */
#include "fit.h"

#include <ctype.h>
#include <math.h>
#include <stdlib.h>
#include <string.h>
#include <strings.h>

/* Deviations from chance: with 3 one counter in two hundred is kept without a reason, which does
 * little harm, and a trend that explains a fifth of the target is seen in 48 rows. */
#define TELLING 3.0

/* ------------------------------------------------------------------------------------- names -- */

static bool one_of(const char *name, const char *const *words) {
    for (; *words; words++)
        if (!strcasecmp(name, *words)) return true;
    return false;
}

/* ID and Id count behind a lower-case letter, a digit or a mark, where a new word begins; id behind
 * a mark. */
static bool called_id(const char *name) {
    static const char *const whole[] = {"id", "index", "rownames", "row.names", "rownumber", NULL};
    size_t n = strlen(name);
    if (one_of(name, whole)) return true;
    if (!strncasecmp(name, "id", 2) && strchr("_- .", name[2])) return true;
    if (n < 3 || strcasecmp(name + n - 2, "id") != 0) return false;
    char before = name[n - 3];
    return strchr("_- .", before) || (name[n - 2] == 'I' && (islower(before) || isdigit(before)));
}

/* What pandas, R and readr call the column that they put in front. */
static bool called_index(const gl_fitting *f, int j) {
    static const char *const words[] = {"X", "...1", "index", "rownames", "row.names", NULL};
    const gl_column *c = &f->t->column[j];
    if (!strncasecmp(c->name, "unnamed: ", 9)) return true;
    return j == 0 && (c->nameless || one_of(c->name, words));
}

/* ------------------------------------------------------------------------------------ values -- */

typedef struct place { /* one row: the value of the column, and the target */
    double at, y;
} place;

static int by_place(const void *a, const void *b) {
    double x = ((const place *)a)->at, y = ((const place *)b)->at;
    return (x > y) - (x < y);
}

static double target_of(const gl_fitting *f, int64_t row) {
    const gl_column *c = &f->t->column[f->target];
    return c->type == GLIA_CATEGORY ? (double)c->code[row] : gl_number(c, row);
}

/* The training rows in the order of the column, in fresh memory; NULL when it holds anything else
 * than whole numbers, a different one in every row, and when memory is out. */
static place *in_order(const gl_fitting *f, const gl_column *c) {
    place *p = gl_alloc_unset(f->g, f->n, sizeof *p); /* most columns end it in their first row */
    bool whole = p;
    for (int64_t i = 0; whole && i < f->n; i++) {
        int64_t row = gl_row_of(f, i);
        p[i] = (place){gl_number(c, row), target_of(f, row)};
        whole = p[i].at == floor(p[i].at) && isfinite(p[i].at);
    }
    if (whole) qsort(p, (size_t)f->n, sizeof *p, by_place);
    for (int64_t i = 1; whole && i < f->n; i++) whole = p[i].at != p[i - 1].at;
    if (whole) return p;
    gl_free(f->g, p);
    return NULL;
}

/* By how many deviations the target grows or falls along the order: the correlation of n pairs by
 * chance has a deviation of 1/sqrt(n). */
static double trend(const place *p, int64_t n) {
    double mean = 0, both = 0, squares = 0, steps = 0, middle = (double)(n - 1) / 2;
    for (int64_t i = 0; i < n; i++) mean += p[i].y / (double)n;
    for (int64_t i = 0; i < n; i++) {
        double d = p[i].y - mean, step = (double)i - middle;
        both += d * step, squares += d * d, steps += step * step;
    }
    return squares > 0 ? fabs(both) / sqrt(squares * steps) * sqrt((double)n) : 0;
}

/* By how many deviations neighbours are closer than chance has it: squared steps over squared
 * deviations have mean 2 and deviation 2/sqrt(n) (von Neumann, 1941). Seasons are seen by it, which
 * have no trend. */
static double closeness(const place *p, int64_t n) {
    double mean = 0, steps = 0, squares = 0;
    for (int64_t i = 0; i < n; i++) mean += p[i].y / (double)n;
    for (int64_t i = 0; i < n; i++) {
        squares += (p[i].y - mean) * (p[i].y - mean);
        if (i) steps += (p[i].y - p[i - 1].y) * (p[i].y - p[i - 1].y);
    }
    return squares > 0 ? (2 - steps / squares) * sqrt((double)n) / 2 : 0;
}

/* Is the target one block a value, or does it never turn? Then the file was sorted by it, and its
 * row numbers tell of that and of nothing else. */
static bool sorted(const place *p, int64_t n) {
    bool up = true, down = true;
    for (int64_t i = 1; i < n; i++) {
        up &= p[i].y >= p[i - 1].y;
        down &= p[i].y <= p[i - 1].y;
    }
    return up || down;
}

/* Codes of texts are numbered as they come, so that blocks of them ascend, and a trend of two
 * classes is one of their codes; of more classes, neighbours tell. */
static bool tells(const place *p, int64_t n) {
    return trend(p, n) > TELLING || closeness(p, n) > TELLING;
}

/* From 0 or 1, one more in each row of the table: its rows are counted, since training rows have
 * gaps. */
static bool counts_rows(const gl_fitting *f, const gl_column *c) {
    double start = gl_number(c, gl_row_of(f, 0)) - (double)gl_row_of(f, 0);
    for (int64_t i = 0; i < f->n; i++) {
        if (gl_number(c, gl_row_of(f, i)) - (double)gl_row_of(f, i) != start) return false;
    }
    return start == 0 || start == 1;
}

static bool only_counts(const gl_fitting *f, int j, const place *p) {
    bool running = j == 0 && f->n >= GL_FEW_ROWS && counts_rows(f, &f->t->column[j]);
    return running && (sorted(p, f->n) || !tells(p, f->n));
}

gl_reason gl_judge_id(const gl_fitting *f, int j) {
    const gl_column *c = &f->t->column[j];
    bool named = f->n >= GL_FEW_ROWS && called_id(c->name);
    if (j > 0 && !named && !called_index(f, j)) return GL_KEPT; /* most columns leave here */
    place *p = in_order(f, c);
    if (!p) return GL_KEPT;
    gl_reason reason = called_index(f, j)     ? GL_INDEX
                       : named                ? GL_ID
                       : only_counts(f, j, p) ? GL_INDEX
                                              : GL_KEPT;
    gl_free(f->g, p);
    return reason;
}

bool gl_is_text_index(const gl_fitting *f, int j) {
    const gl_column *c = &f->t->column[j];
    int64_t used;
    if (!called_index(f, j)) return false;
    char **texts = gl_used_texts(f, c, &used);
    gl_free(f->g, texts);
    return used == f->n;
}
