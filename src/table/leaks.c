/*
 * leaks.c: what makes scores too good to be true: rows that occur twice, and a column that gives
 * the target away.
 *
 * Both are measured here and judged by the doctor (src/run/examine.c), which knows training from
 * test rows and how much is too much.
 */
#include "leaks.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

/* -------------------------------------------------------------------------------- equal rows -- */

/* Multiplication brings low bits up, the shift brings high ones down. It does not commute: the
 * cells (1, 2) and (2, 1) are different rows. By chance two of a million rows have the same 64 bits
 * once in 40 million tables (n^2 / 2^65). */
static uint64_t mix(uint64_t h, uint64_t v) {
    h = (h ^ v) * 0x9E3779B97F4A7C15u;
    return h ^ (h >> 29);
}

static uint64_t hash_bytes(uint64_t h, const void *data, size_t n) {
    const char *bytes = data;
    for (; n >= 8; n -= 8, bytes += 8) {
        uint64_t word;
        memcpy(&word, bytes, 8);
        h = mix(h, word);
    }
    uint64_t rest = n;
    memcpy((char *)&rest + 1, bytes, n); /* n < 8: its count and its bytes fill one word */
    return mix(h, rest);
}

/* Cells are hashed by what they mean, since the same row may come from two files: one NaN, one
 * zero, and texts by their letters, because codes are a table's own. */
static uint64_t hash_number(uint64_t h, double v) {
    v = isnan(v) ? NAN : v + 0; /* one NaN, one zero */
    uint64_t bits;
    memcpy(&bits, &v, sizeof bits);
    return mix(h, bits);
}

static uint64_t hash_of_text(const gl_column *c, int32_t code) {
    return code < 0 ? 0 : hash_bytes(1, c->category[code], strlen(c->category[code]));
}

/* Each text once, where that is less than each cell. */
static bool hash_categories(glia_ctx *g, const gl_column *c, const gl_selection *rows,
                            uint64_t *hash) {
    bool fewer = c->categories < rows->n;
    uint64_t *text = fewer ? gl_alloc(g, c->categories, sizeof *text) : NULL;
    if (fewer && !text) return false;
    for (int64_t k = 0; fewer && k < c->categories; k++) text[k] = hash_of_text(c, (int32_t)k);
    for (int64_t i = 0; i < rows->n; i++) {
        int32_t code = c->code[gl_selected(rows, i)];
        hash[i] = mix(hash[i], fewer && code >= 0 ? text[code] : hash_of_text(c, code));
    }
    gl_free(g, text);
    return true;
}

static bool hash_arrays(glia_ctx *g, const gl_column *c, const gl_selection *rows, uint64_t *hash) {
    size_t size = (size_t)glia_tensor_count(&c->array, 1) * glia_dtype_size(c->array.dtype);
    gl_array_rows all = gl_array_open(g, c, *rows);
    const void *row;
    for (int64_t i = 0; i < rows->n && (row = gl_array_next(&all).data); i++)
        hash[i] = hash_bytes(hash[i], row, size);
    return !gl_array_close(&all);
}

bool gl_column_hash(glia_ctx *g, const gl_column *c, const gl_selection *rows, uint64_t *hash) {
    for (int64_t i = 0; c->type == GLIA_NUMBER && i < rows->n; i++)
        hash[i] = hash_number(hash[i], gl_number(c, gl_selected(rows, i)));
    if (c->type == GLIA_ARRAY) return hash_arrays(g, c, rows, hash);
    return c->type != GLIA_CATEGORY || hash_categories(g, c, rows, hash);
}

/* A column of numbers in one table and of texts in the other cannot be compared cell by cell: no
 * hash is better than one that never agrees. */
static bool alike(const gl_column *a, const gl_column *b) {
    return a->type == b->type && (a->type != GLIA_ARRAY || (a->array.dtype == b->array.dtype &&
                                                            glia_tensor_count(&a->array, 1) ==
                                                                glia_tensor_count(&b->array, 1)));
}

bool gl_rows_hash(const glia_table *t, const gl_selection *rows, const glia_table *like,
                  const bool *counts, uint64_t *hash) {
    memset(hash, 0, (size_t)rows->n * sizeof *hash);
    bool ok = true;
    for (int j = 0; ok && j < like->columns; j++) {
        if (counts && !counts[j]) continue;
        const gl_column *c = gl_table_source(t, like->column[j].name, j);
        ok = c && alike(c, &like->column[j]) && gl_column_hash(t->g, c, rows, hash);
    }
    return ok;
}

uint64_t *gl_table_hash(const glia_table *t, const glia_table *like, const bool *counts) {
    uint64_t *hash = gl_alloc_unset(t->g, t->rows, sizeof *hash);
    if (hash && gl_rows_hash(t, &(gl_selection){.n = t->rows}, like, counts, hash)) return hash;
    gl_free(t->g, hash);
    return NULL;
}

/* -------------------------------------------------------------------------- one column alone -- */

/* A column x and the target y as pairs, sorted by x and then y: a run of equal x is then together,
 * and within it each y. One sort answers every question below. */
typedef struct pair {
    double x, y;
} pair;

static int by_x_then_y(const void *a, const void *b) {
    const pair *p = a, *q = b;
    if (p->x != q->x) return (p->x > q->x) - (p->x < q->x);
    return (p->y > q->y) - (p->y < q->y);
}

static double cell(const gl_column *c, int64_t row) {
    return c->type == GLIA_NUMBER ? gl_number(c, row) : (double)c->code[row];
}

/* Rows whose cell of x is there. A missing one has the code -1, and says something, too. */
static int64_t take_pairs(const gl_column *x, const gl_column *y, const int64_t *rows, int64_t n,
                          pair *p) {
    int64_t m = 0;
    for (int64_t i = 0; i < n; i++) {
        int64_t row = rows ? rows[i] : i;
        double v = cell(x, row);
        if (isfinite(v)) p[m++] = (pair){v, cell(y, row)};
    }
    return m;
}

/* The end of the run of equal x that begins at i; *most: the length of its longest run of equal y,
 * *of: that y. */
static int64_t end_of_run(const pair *p, int64_t n, int64_t i, int64_t *most, double *of) {
    int64_t j = i, begin = i;
    for (*most = 0; j < n && p[j].x == p[i].x; j++) {
        if (p[j].y != p[begin].y) begin = j;
        if (j - begin + 1 > *most) *most = j - begin + 1, *of = p[j].y;
    }
    return j;
}

static int by_y(const void *a, const void *b) {
    const pair *p = a, *q = b;
    return (p->y > q->y) - (p->y < q->y);
}

/* Rows that are not of the most frequent class. */
static int64_t count_others(pair *p, int64_t n) {
    int64_t most = 0, begin = 0;
    qsort(p, (size_t)n, sizeof *p, by_y);
    for (int64_t i = 0; i < n; i++) {
        if (p[i].y != p[begin].y) begin = i;
        if (i - begin + 1 > most) most = i - begin + 1;
    }
    return n - most;
}

/* Rows outside the majority of their run, and changes of class beyond those of one range a class;
 * over the rows that the most frequent class alone gets wrong.
 *
 *     x    1 1 2 3 | 5 6 6 8      y changes once, as it must with two classes: a rule x > 4,
 *     y    a a a a | b b b b      nothing is undecided
 *
 *     x    1 2 3 4 5 6 7 8        an id decides each row by itself, but its 5 changes are 4 more
 *     y    a b a a b b a b        than a rule has: 4 of the 4 rows that "always a" gets wrong */
static double undecided_classes(pair *p, int64_t n, bool ranges, int64_t classes) {
    int64_t wrong = 0, changes = 0, most;
    double last = NAN, of = NAN;
    for (int64_t i = 0; i < n;) {
        int64_t end = end_of_run(p, n, i, &most, &of);
        wrong += end - i - most;
        changes += i > 0 && of != last;
        last = of;
        i = end;
    }
    if (ranges && changes > classes - 1) wrong += changes - (classes - 1);
    int64_t others = count_others(p, n);
    return others > 0 ? (double)wrong / (double)others : NAN;
}

/* 1 - r^2 of a straight line (Pearson's r). Pearson's r; sums of differences from the means,
 * in a second pass: x may be a year or a time in seconds, whose squares are much larger than
 * their spread. */
static double undecided_line(const pair *p, int64_t n) {
    double mx = 0, my = 0, xx = 0, yy = 0, xy = 0;
    for (int64_t i = 0; i < n; i++) mx += p[i].x / (double)n, my += p[i].y / (double)n;
    for (int64_t i = 0; i < n; i++) {
        double dx = p[i].x - mx, dy = p[i].y - my;
        xx += dx * dx, yy += dy * dy, xy += dx * dy;
    }
    return xx > 0 && yy > 0 ? 1 - xy * xy / (xx * yy) : NAN;
}

/* The variance within the runs of equal x, over the variance of all. The correlation ratio
 * (Pearson, 1905), as 1 - eta^2: texts have no order for a line. */
static double undecided_means(const pair *p, int64_t n) {
    double within = 0, all = 0, mean = 0;
    for (int64_t i = 0; i < n; i++) mean += p[i].y / (double)n;
    for (int64_t i = 0, end; i < n; i = end) {
        double sum = 0;
        for (end = i; end < n && p[end].x == p[i].x; end++) sum += p[end].y;
        for (int64_t k = i; k < end; k++) {
            within += pow(p[k].y - sum / (double)(end - i), 2);
            all += pow(p[k].y - mean, 2);
        }
    }
    return all > 0 ? within / all : NAN;
}

static int64_t count_values(const pair *p, int64_t n) {
    int64_t count = 0;
    for (int64_t i = 0; i < n; i++) count += !i || p[i].x != p[i - 1].x;
    return count;
}

/* How many different y there are: few. Of more than MOST, as many changes are allowed as MOST + 1
 * classes have: what needs a rule of more ranges gives nothing away. */
static int64_t count_classes(const gl_column *y, const int64_t *rows, int64_t n) {
    enum { MOST = 100 };
    double values[MOST];
    return y->type == GLIA_CATEGORY ? y->categories : gl_distinct(y, rows, n, MOST, values);
}

double gl_undecided(glia_ctx *g, const gl_column *cx, const gl_column *cy, bool classes,
                    const int64_t *rows, int64_t n) {
    if (cx->type == GLIA_ARRAY || cy->type == GLIA_ARRAY) return NAN;
    pair *p = gl_alloc(g, n, sizeof *p);
    if (!p) return NAN;
    int64_t m = take_pairs(cx, cy, rows, n, p);
    qsort(p, (size_t)m, sizeof *p, by_x_then_y);
    bool ranges = cx->type == GLIA_NUMBER;
    double undecided = NAN;
    /* Too few to say: half of the cells missing, or texts with fewer than ten rows each, since a
     * text that occurs once "decides" its row. */
    if (2 * m < n || (!ranges && 10 * count_values(p, m) > m)) undecided = NAN;
    else if (classes) undecided = undecided_classes(p, m, ranges, count_classes(cy, rows, n));
    else undecided = ranges ? undecided_line(p, m) : undecided_means(p, m);
    gl_free(g, p);
    return undecided;
}

double gl_table_undecided(const glia_table *t, int x, int y, bool classes, const int64_t *rows,
                          int64_t n) {
    return gl_undecided(t->g, &t->column[x], &t->column[y], classes, rows, n);
}
