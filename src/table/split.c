/*
 * split.c: cuts the rows of a table into two parts, or deals them into folds, by a seed. Classes
 * keep their shares (each is cut by itself), both parts keep the order of the file.
 *
 * Left to chance, 38 test rows of iris would hold 12.7 of each class with a deviation of 2.5,
 * and a rare class might be missing from a part: its recall could not be measured, or it could
 * not be learned.
 *
 *     rows    0a 1b 2a 3a 4b 5a          class a: 0 2 3 5, class b: 1 4
 *     shuffle class by class             5 0 3 2 | 4 1
 *     split of one half                  5 0 . . | 4 .  ->  0 4 5  and  1 2 3
 *     two folds, dealt                   5 1st, 0 2nd, 3 1st, 2 2nd | 4 1st, 1 2nd
 */
#include "../base/random.h"
#include "table.h"

#include <math.h>
#include <string.h>

/* Whole numbers with more different values are quantities: as many as fit_target.c may take for
 * classes. It does no harm that a quantity with few values (rooms, a quality from 3 to 9) is cut
 * like classes, too. Texts that are more different than MOST_TEXTS are no classes there either. */
#define MOST_CLASSES 20
#define MOST_TEXTS 1000

/* The class of each row, or 0 for all when the target is none; returns how many classes. */
static int64_t find_classes(const glia_table *t, const gl_column *c, int64_t *class) {
    memset(class, 0, (size_t)t->rows * sizeof *class); /* which is memory of a caller */
    if (c && c->type == GLIA_CATEGORY) {
        if (c->categories > MOST_TEXTS) return 1;
        for (int64_t i = 0; i < t->rows; i++)
            class[i] = c->code[i] < 0 ? c->categories : c->code[i];
        return c->categories + 1;
    }
    double value[MOST_CLASSES] = {0};
    int count = c && c->type == GLIA_NUMBER ? gl_distinct(c, NULL, t->rows, MOST_CLASSES, value)
                                            : MOST_CLASSES + 1;
    for (int k = 0; k < count && k < MOST_CLASSES; k++) {
        if (value[k] != floor(value[k])) count = MOST_CLASSES + 1;
    }
    if (count > MOST_CLASSES) return 1;
    for (int64_t i = 0; i < t->rows; i++) {
        int k = 0;
        while (k < count && value[k] != gl_number(c, i)) k++;
        class[i] = k; /* missing cells are a class of their own */
    }
    return count + 1;
}

typedef struct share {          /* of one class */
    int64_t begin, rows, first; /* its rows in the sorted list; how many go to the first part */
} share;

/* Whole numbers nearest to fraction * rows whose sum is as near as can be: the largest remainders
 * are rounded up (Hamilton's method, 1792). Each class rounded by itself could be off by half a row
 * a class. 0.8 of wine's 59, 71 and 48 are 47.2, 56.8 and 38.4: 47, 56 and 38 at first, and one of
 * the 142 left, for the second class. */
static void apportion(share *part, int64_t classes, double fraction, int64_t rows) {
    int64_t left = llround(fraction * (double)rows);
    for (int64_t k = 0; k < classes; k++) {
        part[k].first = (int64_t)floor(fraction * (double)part[k].rows);
        left -= part[k].first;
    }
    while (left > 0) {
        int64_t best = -1;
        double most = 0;
        for (int64_t k = 0; k < classes; k++) {
            double remainder = fraction * (double)part[k].rows - (double)part[k].first;
            if (remainder > most) most = remainder, best = k;
        }
        if (best < 0) break;
        part[best].first++;
        left--;
    }
    int64_t total = 0, largest = 0;
    for (int64_t k = 0; k < classes; k++) { /* every class is represented in the first part */
        if (part[k].rows && !part[k].first) part[k].first = 1;
        if (part[k].rows > part[largest].rows) largest = k;
        total += part[k].first;
    }
    /* and the second part is not empty: a class of one row each would all have gone to the first */
    if (total == rows) part[largest].first--;
}

/* Rows sorted by class: a counting sort that keeps the file's order. */
static void sort_by_class(const int64_t *class, int64_t rows, share *part, int64_t classes,
                          int64_t *sorted) {
    for (int64_t i = 0; i < rows; i++) part[class[i]].rows++;
    for (int64_t k = 1; k < classes; k++) part[k].begin = part[k - 1].begin + part[k - 1].rows;
    for (int64_t i = 0; i < rows; i++) sorted[part[class[i]].begin++] = i;
    for (int64_t k = 0; k < classes; k++) part[k].begin -= part[k].rows;
}

/* The rows sorted by class into `sorted`, each class shuffled; `class` is scratch. Where each class
 * lies, for gl_free; NULL: memory is out. Each class draws from a stream of its own: rows of one
 * class that are added to the file leave the others as they were. */
static share *shuffle_classes(const glia_table *t, int column, uint64_t seed, gl_stream stream,
                              int64_t *class, int64_t *sorted, int64_t *classes) {
    *classes = find_classes(t, column < 0 ? NULL : &t->column[column], class);
    share *part = gl_alloc(t->g, *classes, sizeof *part);
    if (!part) return NULL;
    sort_by_class(class, t->rows, part, *classes, sorted);
    for (int64_t k = 0; k < *classes; k++) {
        gl_rng r = gl_rng_new(seed, stream, (uint64_t)k);
        gl_rng_shuffle(&r, sorted + part[k].begin, part[k].rows);
    }
    return part;
}

/* Dealt like cards, one class behind the other: the counts of each class, and of all rows, differ
 * by at most one between folds. Each class dealt from the first fold on would leave the last folds
 * short of a row for every class. */
glia_status glia_table_folds(const glia_table *t, const char *target, int folds, uint64_t seed,
                             int64_t *fold) {
    glia_ctx *g = t->g;
    if (folds < 2 || folds > t->rows) {
        return gl_fail(g, GLIA_USAGE, "%d fold%s of %lld row%s: expected from 2 to as many as rows",
                       folds, gl_plural(folds), (long long)t->rows, gl_plural(t->rows));
    }
    int column = target ? glia_table_locate(t, target) : -1;
    if (target && column < 0) return g->code;
    int64_t classes, *sorted = gl_alloc(g, t->rows, sizeof *sorted);
    share *part =
        sorted ? shuffle_classes(t, column, seed, GL_STREAM_FOLDS, fold, sorted, &classes) : NULL;
    for (int64_t i = 0; part && i < t->rows; i++) fold[sorted[i]] = i % folds;
    glia_status status = part ? GLIA_OK : GLIA_RESOURCE;
    gl_free(g, part);
    gl_free(g, sorted);
    return status;
}

glia_status glia_table_split(const glia_table *t, const char *target, double first, uint64_t seed,
                             int64_t *rows, int64_t *n_first) {
    glia_ctx *g = t->g;
    if (!(first > 0 && first < 1))
        return gl_fail(g, GLIA_USAGE, "a part of %g was asked for, expected between 0 and 1",
                       first);
    if (t->rows < 2)
        return gl_fail(g, GLIA_INPUT, "%s: one row cannot be split into two parts", t->source);
    int column = target ? glia_table_locate(t, target) : -1;
    if (target && column < 0) return g->code;

    int64_t classes, *class = gl_alloc(g, t->rows, sizeof *class);
    share *part =
        class ? shuffle_classes(t, column, seed, GL_STREAM_SPLIT, class, rows, &classes) : NULL;
    if (part) {
        apportion(part, classes, first, t->rows);
        for (int64_t k = 0; k < classes; k++) {
            for (int64_t i = 0; i < part[k].rows; i++)
                class[rows[part[k].begin + i]] = i >= part[k].first;
        }
        int64_t n = 0; /* class now says which part a row belongs to */
        for (int64_t second = 0; second < 2; second++) {
            for (int64_t i = 0; i < t->rows; i++) {
                if (class[i] == second) rows[n++] = i;
            }
            if (!second) *n_first = n;
        }
    }
    glia_status status = part ? GLIA_OK : GLIA_RESOURCE;
    gl_free(g, class);
    gl_free(g, part);
    return status;
}
