/*
 * summary.c: a table for people: what a column holds, and what a careful reader would remark.
 */
#include "../base/keyed.h"
#include "leaks.h"
#include "slips.h"
#include "words.h"

#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

/* ----------------------------------------------------------------------------------- columns -- */

/* A set of 64-bit keys: a hash table, at most half full, that tells how many there are. 0 marks a
 * free slot, so that the key 0 is only remembered. */
typedef struct key_set {
    const gl_secret *secret;
    uint64_t *slot;
    int bits; /* 2^bits slots */
    int64_t count;
    bool zero;
} key_set;

static bool add_key(key_set *set, uint64_t key) {
    uint64_t mask = (UINT64_C(1) << set->bits) - 1;
    uint64_t i = gl_keyed_number(set->secret, key) >> (64 - set->bits);
    while (set->slot[i] && set->slot[i] != key) i = (i + 1) & mask;
    bool fresh = key ? !set->slot[i] : !set->zero;
    set->slot[i] = key;
    set->zero |= !key;
    set->count += fresh;
    return fresh;
}

/* Few different keys, as in a column of classes, keep to a table that fits the nearest cache: it
 * begins with 8 kB and grows by four. Telling about a table of 41 MB takes 0.25 s of processor
 * time, of which reading is 0.1; it took 1.7 without such a set, and with columns that were looked
 * at each time somebody asked (notebook 2026-11, 21.15). */
static bool grow(glia_ctx *g, key_set *set) {
    key_set larger = {.secret = &g->secret,
                      .bits = set->slot ? set->bits + 2 : 10,
                      .zero = set->zero,
                      .count = set->zero};
    if (!(larger.slot = gl_alloc(g, INT64_C(1) << larger.bits, sizeof *larger.slot))) return false;
    for (int64_t i = 0; set->slot && i < INT64_C(1) << set->bits; i++)
        if (set->slot[i]) add_key(&larger, set->slot[i]);
    gl_free(g, set->slot);
    *set = larger;
    return true;
}

/* How many different keys; -1 when memory is out. Half full at most: beyond, searches get
 * long quickly. */
static int64_t count_keys(glia_ctx *g, const uint64_t *key, int64_t n) {
    key_set set = {0};
    bool ok = grow(g, &set);
    for (int64_t i = 0; i < n && ok; i++)
        if (add_key(&set, key[i]) && 2 * set.count > INT64_C(1) << set.bits) ok = grow(g, &set);
    gl_free(g, set.slot);
    return ok ? set.count : -1;
}

/* How many different values; 0 when memory is out. */
static int64_t count_distinct(glia_ctx *g, const gl_column *c, int64_t n) {
    uint64_t *key = gl_alloc(g, n, sizeof *key);
    if (!key) return 0;
    int64_t m = 0;
    for (int64_t i = 0; i < n; i++) {
        double same = gl_number(c, i) + 0.0; /* -0 is 0 */
        if (!isnan(same)) memcpy(&key[m++], &same, sizeof same);
    }
    int64_t distinct = count_keys(g, key, m);
    gl_free(g, key);
    return distinct < 0 ? 0 : distinct;
}

static void add_value(glia_column *out, double v, double *sum) {
    if (isnan(v)) {
        out->missing++;
        return;
    }
    if (isinf(v)) {
        out->infinite++;
        return;
    }
    if (!(out->min <= v)) out->min = v; /* also from NaN */
    if (!(out->max >= v)) out->max = v;
    *sum += v;
}

/* Extremes are of what is there; a column without a single number has NaN for all three. */
static void describe_numbers(const glia_table *t, const gl_column *c, glia_column *out) {
    double sum = 0;
    for (int64_t i = 0; i < t->rows; i++) add_value(out, gl_number(c, i), &sum);
    int64_t finite = t->rows - out->missing - out->infinite;
    if (finite) out->mean = sum / (double)finite;
    out->distinct = count_distinct(t->g, c, t->rows);
}

static void describe_categories(const glia_table *t, const gl_column *c, glia_column *out) {
    for (int64_t i = 0; i < t->rows; i++) out->missing += c->code[i] < 0;
    out->distinct = out->categories = c->categories;
}

/* How many values are different is told of bytes alone: there it is an array of 256 to find out. */
static void describe_array(glia_ctx *g, const gl_column *c, glia_column *out) {
    const glia_tensor *a = &c->array;
    int64_t n = glia_tensor_count(a, 0), width = glia_tensor_count(a, 1);
    double sum = 0;
    bool seen[256] = {false};
    gl_array_rows rows = gl_array_open(g, c, (gl_selection){.n = a->dim[0]});
    for (int64_t i = 0; i < a->dim[0]; i++) {
        glia_tensor row = gl_array_next(&rows);
        if (!row.data) break;
        for (int64_t k = 0; k < width; k++) {
            add_value(out, glia_tensor_value(&row, k), &sum);
            if (a->dtype == GLIA_U8) seen[((const uint8_t *)row.data)[k]] = true;
        }
    }
    if (gl_array_close(&rows))
        gl_warn(g, "the values of '%s' are not all known: %s", c->name, glia_message(g));
    for (int i = 0; i < 256; i++) out->distinct += seen[i];
    int64_t finite = n - out->missing - out->infinite;
    if (finite) out->mean = sum / (double)finite;
    out->dtype = a->dtype;
    out->ndim = a->ndim - 1;
    for (int i = 0; i < out->ndim; i++) out->dim[i] = a->dim[i + 1];
}

/* Found once and kept in the column, since it takes a pass over all rows. The table is const for
 * whoever asks, and still written here: that is why threads have views of their own
 * (gl_table_view). */
glia_column glia_table_column(const glia_table *t, int i) {
    gl_column *c = &t->column[i];
    if (c->about.name) return c->about;
    c->about = (glia_column){.name = c->name, .type = c->type, .min = NAN, .max = NAN, .mean = NAN};
    c->about.dates = c->date != GL_NO_DATE;
    c->about.text = c->type == GLIA_CATEGORY && c->role == GL_AS_TEXT;
    switch (c->type) {
    case GLIA_NUMBER: describe_numbers(t, c, &c->about); break;
    case GLIA_CATEGORY: describe_categories(t, c, &c->about); break;
    case GLIA_ARRAY: describe_array(t->g, c, &c->about); break;
    }
    return c->about;
}

const char *glia_table_category(const glia_table *t, int column, int64_t k, int64_t *count) {
    const gl_column *c = &t->column[column];
    if (c->type != GLIA_CATEGORY || k < 0 || k >= c->categories) return NULL;
    if (count) {
        *count = 0;
        for (int64_t i = 0; i < t->rows; i++) *count += c->code[i] == k;
    }
    return c->category[k];
}

/* ---------------------------------------------------------------------------------- warnings -- */

typedef struct remarks {
    char (*line)[256];
    int size, count;
} remarks;

__attribute__((format(printf, 2, 3))) static void remark(remarks *r, const char *format, ...) {
    va_list args;
    va_start(args, format);
    if (r->count < r->size) vsnprintf(r->line[r->count], sizeof *r->line, format, args);
    va_end(args);
    r->count++;
}

/* A missing cell is no whole number: NaN differs from its floor. */
static bool all_whole(const gl_column *c, int64_t rows) {
    for (int64_t i = 0; i < rows; i++) {
        if (gl_number(c, i) != floor(gl_number(c, i))) return false;
    }
    return true;
}

static int64_t first_infinite(const glia_table *t, const gl_column *c) {
    int64_t row = 0;
    while (!isinf(gl_number(c, row))) row++;
    return glia_table_line(t, row);
}

/* Remarks are for a person before a training; what the doctor says afterwards has limits of its
 * own. 30% missing: filled with one value, such a column has lost as much of its variance. Fewer
 * than 20 rows may have anything, as in fit.h (GL_FEW_ROWS). A different whole number in every row
 * is only asked about, where training wants to see more before it leaves a column out; of texts the
 * rule is that of training. */
static void remark_column(remarks *r, const glia_table *t, int j, bool is_target) {
    const gl_column *c = &t->column[j];
    if (c->type == GLIA_ARRAY) return;
    glia_column d = glia_table_column(t, j);
    int64_t present = t->rows - d.missing;
    double share = 100.0 * (double)d.missing / (double)t->rows;
    if (!present) remark(r, "column '%s': every cell is missing", d.name);
    else if (d.distinct == 1 && !d.missing && t->rows > 1)
        remark(r, "column '%s': constant, the same value in every row", d.name);
    if (d.infinite)
        remark(r,
               "column '%s': %lld infinite cell%s, first in %s %lld; a training that uses the "
               "column refuses %s",
               d.name, (long long)d.infinite, gl_plural(d.infinite), gl_row_word(t),
               (long long)first_infinite(t, c), d.infinite == 1 ? "it" : "them");
    if (present && share > 30)
        remark(r, "column '%s': %.0f%% of the cells are missing", d.name, share);
    if (is_target && d.missing) {
        remark(r, "target '%s': missing in %lld row%s; training needs a value in every row", d.name,
               (long long)d.missing, gl_plural(d.missing));
    }
    if (c->either_date)
        remark(r,
               "column '%s': nothing tells the order of its dates; a training that would learn "
               "from it is refused",
               d.name);
    if (is_target || c->either_date || t->rows < 20) return;
    if (c->type == GLIA_NUMBER && !c->date && d.distinct == t->rows && all_whole(c, t->rows)) {
        remark(r,
               "column '%s': a different whole number in every row; is it an id? (option 'ignore' "
               "'%s')",
               d.name, d.name);
    }
    if (c->type == GLIA_CATEGORY && c->role != GL_AS_TEXT && 2 * d.distinct > present) {
        bool text = gl_looks_like_text(t, c, NULL, 0);
        remark(r, "column '%s': %lld different texts in %lld rows; training %s", d.name,
               (long long)d.distinct, (long long)present,
               text ? "has other columns, or learns from its words (option 'text')"
                    : "leaves it out");
    }
}

bool gl_in_order_of_time(const glia_table *t, const gl_column *c) {
    double last = NAN, first = NAN;
    if (!c->date || c->type != GLIA_NUMBER) return false;
    for (int64_t i = 0; i < t->rows; i++) {
        if (isnan(gl_number(c, i))) continue;
        if (gl_number(c, i) < last) return false;
        if (isnan(first)) first = gl_number(c, i);
        last = gl_number(c, i);
    }
    return last > first;
}

static void remark_time(remarks *r, const glia_table *t) {
    for (int j = 0; j < t->columns && t->rows >= 20; j++) {
        if (!gl_in_order_of_time(t, &t->column[j])) continue;
        remark(r,
               "the rows are in the order of '%s'; parts picked at random tell little of what "
               "comes later",
               t->column[j].name);
        return;
    }
}

/* The least frequent class against the most frequent one. From ten to one a model that never says
 * the rare class is right in ten of eleven rows: accuracy then tells little. The doctor's limit is
 * the same. */
static void remark_balance(remarks *r, const glia_table *t, const gl_column *c) {
    double value[GL_FEW_VALUES];
    char line[400];
    bool numbers = c->type == GLIA_NUMBER, doubtful = false;
    int64_t few = INT64_MAX, many = 0;
    int64_t classes = numbers
                          ? gl_number_classes(t, (int)(c - t->column), NULL, 0, value, &doubtful)
                          : glia_table_classes(t, (int)(c - t->column));
    if (doubtful) {
        int different = gl_distinct(c, NULL, t->rows, GL_FEW_VALUES, value);
        gl_say_doubt(t, (int)(c - t->column), value, different, classes > 0, line, sizeof line);
        remark(r, "%s", line);
    }
    if (classes < 2 || classes > GL_FEW_VALUES) return;
    for (int64_t k = 0; k < classes; k++) {
        int64_t n = 0;
        for (int64_t i = 0; i < t->rows; i++)
            n += numbers ? gl_number(c, i) == value[k] : c->code[i] == k;
        if (n < few) few = n;
        if (n > many) many = n;
    }
    if (many >= 10 * few) {
        remark(r,
               "target '%s': the classes are unbalanced, the rarest has %lld row%s, the most "
               "frequent %lld",
               c->name, (long long)few, gl_plural(few), (long long)many);
    }
}

/* Images are left out: of thousands of pixels a copy is rarely exact, and hashing all
 * takes a while. */
static void remark_duplicates(remarks *r, const glia_table *t) {
    if (t->arrays || t->rows < 2) return;
    uint64_t *hash = gl_table_hash(t, t, NULL);
    if (!hash) return;
    int64_t different = count_keys(t->g, hash, t->rows), again = t->rows - different;
    gl_free(t->g, hash);
    if (different > 0 && again > 0) {
        remark(r,
               "%lld row%s an exact copy of another one; copies in both training and test parts "
               "flatter the test",
               (long long)again, again == 1 ? " is" : "s are");
    }
}

static void remark_slips(remarks *r, const glia_table *t, int target) {
    char line[400];
    for (int j = 0; j < t->columns; j++) {
        bool classes = j == target && glia_table_classes(t, j);
        if (gl_find_spellings(t, j, line, sizeof line)) remark(r, "%s", line);
        if (!classes && gl_find_outsider(t, j, line, sizeof line)) remark(r, "%s", line);
    }
    for (int j = 0; j < t->columns && gl_find_filled_once(t, j, line, sizeof line); j++)
        remark(r, "%s", line);
    if (gl_find_transposed(t, line, sizeof line)) remark(r, "%s", line);
    if (gl_find_total(t, line, sizeof line)) remark(r, "%s", line);
}

/* All are counted, also those that `lines` has no room for: the caller says how many there are. */
int glia_table_warnings(const glia_table *t, const char *target, char (*lines)[256], int size) {
    remarks r = {lines, size, 0};
    int y = target ? glia_table_locate(t, target) : -1;
    for (int j = 0; j < t->columns; j++) remark_column(&r, t, j, j == y);
    if (y >= 0) remark_balance(&r, t, &t->column[y]);
    remark_slips(&r, t, y);
    remark_time(&r, t);
    remark_duplicates(&r, t);
    return r.count;
}
