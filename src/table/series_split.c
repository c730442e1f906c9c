/*
 * series_split.c: which rows of series train and which validate, so that nothing looks into the
 * future.
 *
 *     values to come      t t t t t t . v v     of each series the last rows validate; the answer
 *                                               of the row that is left out stands among theirs
 *     labels of rows      t t t t   v v v       whole series, by the seed
 */
#include "../base/random.h"
#include "series.h"

#include <math.h>
#include <string.h>

/* ------------------------------------------------------------------------------------- split -- */

bool gl_series_overlap(const glia_table *t) { return t->past && !t->past->of->series.whole; }

/* Rows of one series follow each other. */
static int64_t end_of_series(const gl_past *past, int64_t rows, int64_t begin) {
    int64_t end = begin + 1;
    while (end < rows && past->series[end] == past->series[begin]) end++;
    return end;
}

/* How many series have rows here. */
static int64_t count_series(const glia_table *t) {
    int64_t n = 0;
    for (int64_t i = 0; i < t->rows; i = end_of_series(t->past, t->rows, i)) n++;
    return n;
}

/* The last rows of each series: at least one where it has two. */
static void split_series(const glia_table *t, double share, int8_t *part) {
    const gl_past *past = t->past;
    const int64_t horizon = past->of->series.horizon;
    for (int64_t begin = 0, end; begin < t->rows; begin = end) {
        end = end_of_series(past, t->rows, begin);
        int64_t n = llround(share * (double)(end - begin));
        if (n == 0 && end - begin > 1) n = 1;
        const int64_t first = end - n;
        for (int64_t i = begin; i < end; i++)
            part[i] = i >= first ? 2 : n > 0 && past->at[i] + horizon > past->at[first] ? 0 : 1;
    }
}

/* Whole ones by a seed, until they are as many rows. */
static bool split_by_series(const glia_table *t, double share, uint64_t seed, int8_t *part) {
    const int64_t series = count_series(t);
    int64_t *order = gl_alloc(t->g, series, sizeof *order);
    int64_t *begin = gl_alloc(t->g, series + 1, sizeof *begin);
    bool ok = order && begin;
    for (int64_t k = 0; ok && k < series; k++) {
        order[k] = k;
        begin[k + 1] = end_of_series(t->past, t->rows, begin[k]);
    }
    gl_rng r = gl_rng_new(seed, GL_STREAM_SPLIT, 0);
    if (ok) gl_rng_shuffle(&r, order, series);
    if (ok) memset(part, 1, (size_t)t->rows);
    int64_t left = llround(share * (double)t->rows);
    for (int64_t k = 0; ok && k + 1 < series && left > 0; k++) {
        const int64_t *of = begin + order[k], rows = of[1] - of[0];
        memset(part + of[0], 2, (size_t)rows);
        left -= rows;
    }
    gl_free(t->g, order);
    gl_free(t->g, begin);
    return ok;
}

int64_t gl_series_thin(const glia_table *t, int64_t stride, int64_t *rows, int64_t n) {
    const gl_past *past = t->past;
    int64_t kept = 0;
    for (int64_t i = 0; i < n; i++) {
        const int64_t begin = past->of->begin[past->series[rows[i]]],
                      before = past->at[rows[i]] - begin + 1 - past->of->series.length;
        if (before % stride == 0) rows[kept++] = rows[i];
    }
    return kept;
}

bool gl_series_splits_whole(const glia_table *t) {
    const gl_past *past = t->past;
    return past->of->series.horizon == 0 && past->series[0] != past->series[t->rows - 1];
}

glia_status gl_series_split(const glia_table *t, double share, uint64_t seed, int64_t *rows,
                            int64_t *first, int64_t *second) {
    int8_t *part = gl_alloc(t->g, t->rows, sizeof *part);
    const bool whole = gl_series_splits_whole(t);
    bool ok = part && (!whole || split_by_series(t, share, seed, part));
    if (ok && !whole) split_series(t, share, part);
    *first = *second = 0;
    for (int64_t i = 0; ok && i < t->rows; i++)
        if (part[i] == 1) rows[(*first)++] = i;
    for (int64_t i = 0; ok && i < t->rows; i++)
        if (part[i] == 2) rows[*first + (*second)++] = i;
    gl_free(t->g, part);
    return ok ? GLIA_OK : GLIA_RESOURCE;
}

/* ------------------------------------------------------------------------------------- folds -- */

static glia_status deal_series(const glia_table *t, int folds, uint64_t seed, int64_t *fold) {
    const int64_t series = count_series(t);
    if (series < folds)
        return gl_fail(t->g, GLIA_USAGE, "%d folds of %lld series: expected at most as many", folds,
                       (long long)series);
    int64_t *order = gl_alloc(t->g, series, sizeof *order);
    int64_t *of = gl_alloc(t->g, series, sizeof *of);
    bool ok = order && of;
    for (int64_t k = 0; ok && k < series; k++) order[k] = k;
    gl_rng r = gl_rng_new(seed, GL_STREAM_FOLDS, 0);
    if (ok) gl_rng_shuffle(&r, order, series);
    for (int64_t k = 0; ok && k < series; k++) of[order[k]] = k % folds;
    for (int64_t k = 0, i = 0; ok && k < series; k++)
        for (int64_t end = end_of_series(t->past, t->rows, i); i < end; i++) fold[i] = of[k];
    gl_free(t->g, order);
    gl_free(t->g, of);
    return ok ? GLIA_OK : GLIA_RESOURCE;
}

glia_status gl_series_folds(const glia_table *t, int folds, uint64_t seed, int64_t *fold) {
    if (gl_series_splits_whole(t)) return deal_series(t, folds, seed, fold);
    for (int64_t begin = 0, end; begin < t->rows; begin = end) {
        end = end_of_series(t->past, t->rows, begin);
        if (end - begin < folds + 1)
            return gl_fail(t->g, GLIA_USAGE,
                           "%d folds, each behind what trains it, need %d rows, and a series has "
                           "%lld",
                           folds, folds + 1, (long long)(end - begin));
        for (int64_t i = begin; i < end; i++)
            fold[i] = (i - begin) * (folds + 1) / (end - begin) - 1;
    }
    return GLIA_OK;
}

/* The answer of a row `horizon` before the fold stands in the fold. */
bool gl_series_trains(const glia_table *t, const int64_t *fold, int64_t k, int64_t i) {
    if (gl_series_splits_whole(t)) return fold[i] != k;
    if (fold[i] >= k) return false;
    const gl_past *past = t->past;
    const int64_t answer = past->at[i] + past->of->series.horizon;
    for (int64_t j = i + 1; j < t->rows && past->series[j] == past->series[i]; j++) {
        if (past->at[j] >= answer) return true;
        if (fold[j] == k) return false;
    }
    return true;
}
