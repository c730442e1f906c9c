/*
 * near.c: rows that are nearly equal, as copies are that somebody rounded, numbered anew or mended
 * in one cell. They flatter a score as copies do.
 *
 *     id   size    price
 *     1    50.12   9500
 *     7    50.12   9500    all cells but one are equal
 *     1    50.14   9498    all numbers are 1, 50.1 and 9500, rounded to three digits
 *
 * No row is compared with another. The hash of a row is the sum of those of its cells, so the sum
 * without one cell is the hash of the others: equal ones are looked up, once for each column that
 * is left out.
 */
#include "../base/keyed.h"
#include "leaks.h"

#include <math.h>
#include <string.h>

/* Columns of MANY different numbers agree by chance once in so many rows at most; three of them,
 * once in a million. Small tables have many where half of the cells differ. */
enum { MANY = 100, ENOUGH = 3, LEAST_COLUMNS = 3 };

typedef struct side {
    const glia_table *t;
    uint64_t *sum;  /* of a row's cells */
    uint64_t *cell; /* of one column */
    uint64_t *key;  /* what is looked up */
} side;

typedef struct search {
    glia_ctx *g;
    side first, second; /* of one table: both are the same */
    const bool *counts; /* [columns of the first] */
    const char *known;  /* [rows of the first] those among which is looked; NULL: see look_up */
    int64_t *slot, mask;
    char *skip, *near, *sure; /* [rows of the second] */
    glia_near *out;
} search;

/* Sums of hashes need all bits of each to be good: the end of MurmurHash3 (Appleby, 2011). */
static uint64_t stir(uint64_t h) {
    h = (h ^ (h >> 33)) * 0xFF51AFD7ED558CCDu;
    h = (h ^ (h >> 33)) * 0xC4CEB9FE1A85EC53u;
    return h ^ (h >> 33);
}

/* ------------------------------------------------------------------------------------ hashes -- */

/* To three significant digits; as a float, since 10 * 0.1 and 1 * 1 may differ in their last bit.
 * Beyond what floats hold nothing is rounded. */
static double rounded(double v) {
    if (!(fabs(v) > 1e-30 && fabs(v) < 1e30)) return v;
    double unit = pow(10, floor(log10(fabs(v))) - 2);
    return (double)(float)(round(v / unit) * unit);
}

static bool hash_rounded(glia_ctx *g, const gl_column *c, int64_t rows, uint64_t *hash) {
    double *v = gl_alloc(g, rows, sizeof *v);
    if (!v) return false;
    for (int64_t i = 0; i < rows; i++) v[i] = rounded(gl_number(c, i));
    gl_column view = {.type = GLIA_NUMBER, .number = v};
    bool ok = gl_column_hash(g, &view, &(gl_selection){.n = rows}, hash);
    gl_free(g, v);
    return ok;
}

static bool hash_cells(search *s, side *a, int j, bool round) {
    const gl_column *c = gl_table_source(a->t, s->first.t->column[j].name, j);
    int64_t rows = a->t->rows;
    bool numbers = c && c->type == GLIA_NUMBER && gl_has_numbers(c) && c->date == GL_NO_DATE;
    for (int64_t i = 0; i < rows; i++) a->cell[i] = (uint64_t)j + 1;
    bool ok =
        c && (round && numbers ? hash_rounded(s->g, c, rows, a->cell)
                               : gl_column_hash(s->g, c, &(gl_selection){.n = rows}, a->cell));
    for (int64_t i = 0; i < rows; i++) a->cell[i] = stir(a->cell[i]);
    return ok;
}

/* ------------------------------------------------------------------------------------ lookup -- */

static void empty(search *s) { memset(s->slot, 0, (size_t)(s->mask + 1) * sizeof *s->slot); }

/* The row of the first table with that key, or -1; *at: where it would go. */
static int64_t find(const search *s, uint64_t key, int64_t *at) {
    int64_t i = (int64_t)(gl_keyed_number(&s->g->secret, key) >> 1) & s->mask;
    while (s->slot[i] && s->first.key[s->slot[i] - 1] != key) i = (i + 1) & s->mask;
    *at = i;
    return s->slot[i] - 1;
}

static void found(search *s, int64_t row, int64_t original, bool sure) {
    glia_near *out = s->out;
    bool better = out->row < 0 || (sure && !out->sure);
    if (better) out->row = row, out->original = original;
    out->rows += !s->near[row];
    out->sure += sure && !s->sure[row];
    s->near[row] = 1;
    s->sure[row] |= (char)sure;
}

/* Of one table each row is looked up among those before it, unless it is in parts. */
static void look_up(search *s, bool sure) {
    bool alone = s->first.t == s->second.t && !s->known;
    int64_t at;
    empty(s);
    for (int64_t i = 0; !alone && i < s->first.t->rows; i++)
        if ((!s->known || s->known[i]) && find(s, s->first.key[i], &at) < 0) s->slot[at] = i + 1;
    for (int64_t i = 0; i < s->second.t->rows; i++) {
        if (s->skip[i]) continue;
        int64_t original = find(s, s->second.key[i], &at);
        if (original >= 0) found(s, i, original, sure);
        else if (alone) s->slot[at] = i + 1;
    }
}

/* Copies are none that are near: they are told by themselves. */
static void skip_copies(search *s) {
    look_up(s, false);
    for (int64_t i = 0; i < s->second.t->rows; i++) s->skip[i] |= s->near[i];
    memset(s->near, 0, (size_t)s->second.t->rows);
    *s->out = (glia_near){.row = -1, .original = -1};
}

/* Does the column whose cells were hashed hold many different numbers? */
static bool has_many(search *s, int j) {
    const side *a = &s->first;
    int64_t count = 0, at, rows = a->t->rows, many = rows < 2 * MANY ? (rows + 1) / 2 : MANY;
    if (a->t->column[j].type != GLIA_NUMBER) return false;
    memcpy(a->key, a->cell, (size_t)rows * sizeof *a->key);
    empty(s);
    for (int64_t i = 0; i < rows && count < many; i++)
        if (find(s, a->key[i], &at) < 0) s->slot[at] = i + 1, count++;
    return count >= many;
}

/* ------------------------------------------------------------------------------------ search -- */

static void add_cells(side *a) {
    for (int64_t i = 0; i < a->t->rows; i++) a->sum[i] += a->cell[i];
}

/* Into `sum`; how many columns have many different numbers, -1: cannot be said. */
static int sum_columns(search *s, bool round, bool *many) {
    int telling = 0;
    bool two = s->first.t != s->second.t;
    memset(s->first.sum, 0, (size_t)s->first.t->rows * sizeof *s->first.sum);
    if (two) memset(s->second.sum, 0, (size_t)s->second.t->rows * sizeof *s->second.sum);
    for (int j = 0; j < s->first.t->columns; j++) {
        if (!s->counts[j]) continue;
        if (!hash_cells(s, &s->first, j, round)) return -1;
        add_cells(&s->first);
        telling += many[j] = has_many(s, j);
        if (!two) continue;
        if (!hash_cells(s, &s->second, j, round)) return -1;
        add_cells(&s->second);
    }
    return telling;
}

static void take_keys(side *a, bool all) {
    for (int64_t i = 0; i < a->t->rows; i++) a->key[i] = a->sum[i] - (all ? 0 : a->cell[i]);
}

static void take_both(search *s, bool all) {
    take_keys(&s->first, all);
    if (s->first.t != s->second.t) take_keys(&s->second, all);
}

static bool find_all_but_one(search *s, bool *many) {
    bool two = s->first.t != s->second.t;
    int telling = sum_columns(s, false, many), columns = 0;
    if (telling < 0) return false;
    take_both(s, true);
    skip_copies(s);
    for (int j = 0; j < s->first.t->columns; j++) columns += s->counts[j];
    for (int j = 0; columns >= LEAST_COLUMNS && j < s->first.t->columns; j++) {
        if (!s->counts[j]) continue;
        if (!hash_cells(s, &s->first, j, false)) return false;
        if (two && !hash_cells(s, &s->second, j, false)) return false;
        take_both(s, false);
        look_up(s, telling - many[j] >= ENOUGH);
    }
    return true;
}

static bool find_rounded(search *s, bool *many) {
    int telling = sum_columns(s, true, many);
    if (telling < 0) return false;
    take_both(s, true);
    look_up(s, telling >= ENOUGH);
    return true;
}

/* ------------------------------------------------------------------------------------ memory -- */

static bool open_side(glia_ctx *g, side *a) {
    return (a->sum = gl_alloc(g, a->t->rows, sizeof *a->sum)) &&
           (a->cell = gl_alloc(g, a->t->rows, sizeof *a->cell)) &&
           (a->key = gl_alloc(g, a->t->rows, sizeof *a->key));
}

static bool open_search(search *s) {
    int64_t slots = 64, rows = s->second.t->rows;
    while (slots < 2 * s->first.t->rows) slots *= 2;
    s->mask = slots - 1;
    if (!(s->slot = gl_alloc(s->g, slots, sizeof *s->slot)) || !open_side(s->g, &s->first))
        return false;
    if (s->first.t == s->second.t) s->second = s->first;
    else if (!open_side(s->g, &s->second)) return false;
    return (s->skip = gl_alloc(s->g, rows, 1)) && (s->near = gl_alloc(s->g, rows, 1)) &&
           (s->sure = gl_alloc(s->g, rows, 1));
}

static void close_search(search *s) {
    void *all[] = {s->slot, s->skip, s->near, s->sure, s->first.sum, s->first.cell, s->first.key};
    void *others[] = {s->second.sum, s->second.cell, s->second.key};
    for (int i = 0; i < 3 && s->first.t != s->second.t; i++) gl_free(s->g, others[i]);
    for (size_t i = 0; i < sizeof all / sizeof *all; i++) gl_free(s->g, all[i]);
}

static bool search_all(search *s) {
    bool *many = gl_alloc(s->g, s->first.t->columns, sizeof *many);
    bool ok = many && find_all_but_one(s, many) && find_rounded(s, many);
    gl_free(s->g, many);
    return ok;
}

/* Of pictures beside numbers the one cell that differs may be the picture. */
static bool are_cells(const glia_table *t) { return !t->arrays && !t->name && t->rows; }

glia_status glia_table_near(const glia_table *t, const glia_table *other, int target,
                            glia_near *out) {
    *out = (glia_near){.rows = -1, .row = -1, .original = -1};
    const glia_table *in = other ? other : t;
    if (gl_table_check_context(t->g, in)) return GLIA_USAGE;
    if (!are_cells(t) || !are_cells(in)) return GLIA_OK;
    bool *counts = gl_common_columns(t, in, target);
    search s = {.g = t->g, .first.t = t, .second.t = in, .counts = counts, .out = out};
    bool ok = counts && open_search(&s) && search_all(&s);
    close_search(&s);
    gl_free(t->g, counts);
    return ok ? GLIA_OK : GLIA_RESOURCE;
}

glia_status gl_near_parts(const gl_near_part *train, const gl_near_part *part, const bool *counts,
                          glia_near *out) {
    *out = (glia_near){.row = -1, .original = -1};
    const glia_table *t = train->t, *in = part->t;
    if (!are_cells(t) || !are_cells(in) || !train->n || !part->n) return GLIA_OK;
    char *known = gl_alloc(t->g, t->rows, 1);
    bool *common = gl_common_columns(t, in, -1);
    search s = {
        .g = t->g, .first.t = t, .second.t = in, .counts = common, .known = known, .out = out};
    bool ok = known && common && open_search(&s);
    for (int j = 0; ok && j < t->columns; j++) common[j] &= counts[j];
    for (int64_t i = 0; ok && i < train->n; i++) known[train->rows ? train->rows[i] : i] = 1;
    if (ok) memset(s.skip, 1, (size_t)in->rows);
    for (int64_t i = 0; ok && i < part->n; i++) s.skip[part->rows ? part->rows[i] : i] = 0;
    ok = ok && search_all(&s);
    close_search(&s);
    gl_free(t->g, common);
    gl_free(t->g, known);
    return ok ? GLIA_OK : GLIA_RESOURCE;
}
