/*
 * drift.c: two tables of the same kind beside each other, column by column: those of training and
 * those that came later.
 *
 * The shift is the population stability index, sum (q - p) ln(q / p) over the ten parts that the
 * first table's deciles make (of texts: over the categories), gaps being a part of their own, less
 * what chance alone gives: (parts - 1) (1/n + 1/m). Below 0.1 little has moved, from 0.25 on much
 * (Siddiqi, 2006).
 */
#include "leaks.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

enum { PARTS = 10 };
/* A part that one of the tables lacks has so much: half a row of a hundred is no infinite shift. */
#define LEAST 0.005

static double index_of(const double *a, const double *b, int64_t parts, double n, double m) {
    double sum = 0;
    int64_t used = 0;
    for (int64_t k = 0; k < parts; k++) {
        if (a[k] + b[k] == 0) continue;
        double p = fmax(a[k] / n, LEAST), q = fmax(b[k] / m, LEAST);
        sum += (q - p) * log(q / p);
        used++;
    }
    return fmax(0, sum - (double)(used - 1) * (1 / n + 1 / m));
}

static int by_number(const void *a, const void *b) {
    double p = *(const double *)a, q = *(const double *)b;
    return (p > q) - (p < q);
}

static int part_of(const double *cut, double v) {
    int k = 0;
    if (!isfinite(v)) return isnan(v) ? PARTS : v < 0 ? 0 : PARTS - 1;
    while (k < PARTS - 1 && v > cut[k]) k++;
    return k;
}

static double mean_of(const gl_column *c, int64_t n, double *deviation) {
    double sum = 0, squares = 0;
    int64_t count = 0;
    for (int64_t i = 0; i < n; i++)
        if (isfinite(gl_number(c, i))) sum += gl_number(c, i), count++;
    double mean = sum / (double)count;
    for (int64_t i = 0; i < n; i++)
        if (isfinite(gl_number(c, i))) squares += pow(gl_number(c, i) - mean, 2);
    *deviation = sqrt(squares / (double)count);
    return mean;
}

static glia_status drift_of_numbers(const glia_table *t, const gl_column *a,
                                    const glia_table *other, const gl_column *b, glia_drift *out) {
    double cut[PARTS] = {0}, x[PARTS + 1] = {0}, y[PARTS + 1] = {0}, deviation, ignored;
    double *sorted = gl_alloc(t->g, t->rows, sizeof *sorted);
    int64_t n = 0;
    if (!sorted) return GLIA_RESOURCE;
    for (int64_t i = 0; i < t->rows; i++)
        if (isfinite(gl_number(a, i))) sorted[n++] = gl_number(a, i);
    qsort(sorted, (size_t)n, sizeof *sorted, by_number);
    for (int k = 0; n && k < PARTS - 1; k++) cut[k] = sorted[(k + 1) * n / PARTS - (n >= PARTS)];
    gl_free(t->g, sorted);
    for (int64_t i = 0; i < t->rows; i++) x[part_of(cut, gl_number(a, i))]++;
    for (int64_t i = 0; i < other->rows; i++) y[part_of(cut, gl_number(b, i))]++;
    out->shift = index_of(x, y, PARTS + 1, (double)t->rows, (double)other->rows);
    double mean = mean_of(a, t->rows, &deviation);
    out->moved = (mean_of(b, other->rows, &ignored) - mean) / deviation;
    if (!isfinite(out->moved)) out->moved = NAN;
    return GLIA_OK;
}

static int64_t find_text(const gl_column *c, const char *text) {
    for (int64_t k = 0; k < c->categories; k++)
        if (!strcmp(c->category[k], text)) return k;
    return -1;
}

static void count_texts(const gl_column *c, int64_t rows, const int64_t *part, double *count,
                        int64_t missing) {
    for (int64_t i = 0; i < rows; i++) {
        int32_t code = c->code[i];
        count[code < 0 ? missing : part ? part[code] : code]++;
    }
}

/* Texts that are new are one part together. Of more than MOST different ones nothing is said: names
 * are new in every file. */
static glia_status drift_of_texts(const glia_table *t, const gl_column *a, const glia_table *other,
                                  const gl_column *b, glia_drift *out) {
    enum { MOST = 1000 };
    int64_t fresh = a->categories, missing = fresh + 1, parts = fresh + 2;
    if (a->categories > MOST || b->categories > MOST) return GLIA_OK;
    int64_t *part = gl_alloc(t->g, b->categories, sizeof *part);
    double *x = gl_alloc(t->g, parts, sizeof *x), *y = gl_alloc(t->g, parts, sizeof *y);
    bool ok = part && x && y;
    for (int64_t k = 0; ok && k < b->categories; k++) {
        int64_t known = find_text(a, b->category[k]);
        part[k] = known < 0 ? fresh : known;
        if (known < 0 && !out->fresh++) out->example = b->category[k];
    }
    if (ok) {
        count_texts(a, t->rows, NULL, x, missing);
        count_texts(b, other->rows, part, y, missing);
        out->fresh_rows = (int64_t)y[fresh];
        out->shift = index_of(x, y, parts, (double)t->rows, (double)other->rows);
    }
    gl_free(t->g, part);
    gl_free(t->g, x);
    gl_free(t->g, y);
    return ok ? GLIA_OK : GLIA_RESOURCE;
}

static double missing_share(const glia_table *t, int column) {
    return (double)glia_table_column(t, column).missing / (double)t->rows;
}

glia_status glia_table_drift(const glia_table *t, int column, const glia_table *other,
                             glia_drift *out) {
    const gl_column *a = &t->column[column];
    *out = (glia_drift){.column = gl_table_find_near(other, a->name, column),
                        .shift = NAN,
                        .moved = NAN};
    if (gl_table_check_context(t->g, other)) return GLIA_USAGE;
    if (out->column < 0 || !t->rows || !other->rows) return GLIA_OK;
    const gl_column *b = &other->column[out->column];
    out->retyped = a->type != b->type;
    out->missing = missing_share(t, column), out->missing_there = missing_share(other, out->column);
    if (out->retyped || a->type == GLIA_ARRAY || a->role == GL_AS_TEXT) return GLIA_OK;
    if (a->type == GLIA_CATEGORY) return drift_of_texts(t, a, other, b, out);
    return gl_has_numbers(a) && gl_has_numbers(b) ? drift_of_numbers(t, a, other, b, out) : GLIA_OK;
}

/* ------------------------------------------------------------------------------------ copies -- */

static int by_hash(const void *a, const void *b) {
    uint64_t p = *(const uint64_t *)a, q = *(const uint64_t *)b;
    return (p > q) - (p < q);
}

bool *gl_common_columns(const glia_table *t, const glia_table *other, int target) {
    bool *counts = gl_alloc(t->g, t->columns, sizeof *counts);
    for (int j = 0; counts && j < t->columns; j++) {
        int k = gl_table_find_near(other, t->column[j].name, j);
        counts[j] = j != target && k >= 0 && t->column[j].type == other->column[k].type;
    }
    return counts;
}

static int64_t count_known(uint64_t *known, int64_t n, const uint64_t *hash, int64_t m) {
    int64_t count = 0;
    qsort(known, (size_t)n, sizeof *known, by_hash);
    for (int64_t i = 0; i < m; i++)
        count += bsearch(&hash[i], known, (size_t)n, sizeof *known, by_hash) != NULL;
    return count;
}

/* Rows that come again in the same table: those behind the first of each. */
static int64_t count_again(uint64_t *hash, int64_t n) {
    int64_t count = 0;
    qsort(hash, (size_t)n, sizeof *hash, by_hash);
    for (int64_t i = 1; i < n; i++) count += hash[i] == hash[i - 1];
    return count;
}

int64_t glia_table_copies(const glia_table *t, const glia_table *other, int target) {
    const glia_table *in = other ? other : t;
    if (gl_table_check_context(t->g, in)) return -1;
    bool *counts = gl_common_columns(t, in, target);
    int64_t copies = -1, columns = 0;
    for (int j = 0; counts && j < t->columns; j++) columns += counts[j];
    uint64_t *hash = columns ? gl_table_hash(t, t, counts) : NULL,
             *there = hash && other ? gl_table_hash(other, t, counts) : NULL;
    if (hash && !other) copies = count_again(hash, t->rows);
    if (hash && there) copies = count_known(hash, t->rows, there, other->rows);
    gl_free(t->g, counts);
    gl_free(t->g, hash);
    if (other) gl_free(other->g, there);
    return copies;
}
