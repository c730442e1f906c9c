/*
 * leaks.h: what makes a score too good to be true: rows that stand in two tables, and columns that
 * give the target away.
 */
#ifndef GL_LEAKS_H
#define GL_LEAKS_H

#include "table.h"

/* A hash of each of these rows over the columns of `like` that `counts` (NULL: all) names by
 * number, found in t by name; equal cells hash alike across tables. False when t lacks one or has
 * it with another type, or memory is out. */
bool gl_rows_hash(const glia_table *t, const gl_selection *rows, const glia_table *like,
                  const bool *counts, uint64_t *hash);
/* The same of all rows, for gl_free; NULL: false. */
uint64_t *gl_table_hash(const glia_table *t, const glia_table *like, const bool *counts);
/* Columns of t that both tables have with cells of the same kind, without the target; for gl_free.
 */
bool *gl_common_columns(const glia_table *t, const glia_table *other, int target);
/* near.c: rows of a part that are nearly rows of training, over the columns that count: row is one
 * of the part's table, original of the training table. */
typedef struct gl_near_part {
    const glia_table *t;
    const int64_t *rows; /* [n]; NULL: the first n */
    int64_t n;
} gl_near_part;
glia_status gl_near_parts(const gl_near_part *train, const gl_near_part *part, const bool *counts,
                          glia_near *out);
/* One column's cells mixed into the hashes of these rows; false: a failure. */
bool gl_column_hash(glia_ctx *g, const gl_column *c, const gl_selection *rows, uint64_t *hash);
/* How much of column y, at these rows, column x alone leaves undecided, 0 .. 1. y a category, or a
 * number with `classes`: rows that no rule with one range of x (or a set of texts) for each class
 * gets right, over those that the most frequent class gets wrong. Else: the share of the variance
 * of y around a straight line in x (or around the mean of each text). NaN: cannot be said. */
double gl_table_undecided(const glia_table *t, int x, int y, bool classes, const int64_t *rows,
                          int64_t n);
/* The same of two columns. */
double gl_undecided(glia_ctx *g, const gl_column *x, const gl_column *y, bool classes,
                    const int64_t *rows, int64_t n);

#endif
