/*
 * bad_rows.c: rows that cannot be used, where option 'bad-rows' is skip. Each has a line and a
 * reason: the reader names those that are no rows of the table (too few cells, too many), a model
 * or a training those whose cells it cannot take. Who asked for the rows leaves them out.
 */
#include "table.h"

#include <stdlib.h>
#include <string.h>

/* So many are named one by one; all are counted. */
enum { NAMED = 10 };

static int by_line(const void *a, const void *b) {
    const glia_bad_row *p = a, *q = b;
    return (p->line > q->line) - (p->line < q->line);
}

glia_status gl_table_add_bad(glia_table *t, int64_t row, int64_t line, const char *why) {
    char *kept = gl_table_keep(t, why, strlen(why));
    if (!kept || !gl_reserve(t->g, &t->bad, &t->bad_cap, t->bads + 1, sizeof *t->bad))
        return GLIA_RESOURCE;
    t->bad[t->bads++] = (glia_bad_row){row, line, kept, NULL};
    return GLIA_OK;
}

/* One reason is enough for a row. How many are left. */
static int64_t sort(glia_bad_row *bad, int64_t n) {
    int64_t kept = 0;
    qsort(bad, (size_t)n, sizeof *bad, by_line);
    for (int64_t i = 0; i < n; i++)
        if (!kept || bad[i].line != bad[kept - 1].line) bad[kept++] = bad[i];
    return kept;
}

/* The reader has told some already, of which a model finds the same. */
static void forget_known(glia_table *t, int64_t known) {
    int64_t kept = known;
    for (int64_t i = known; i < t->bads; i++)
        if (!known || !bsearch(&t->bad[i], t->bad, (size_t)known, sizeof *t->bad, by_line))
            t->bad[kept++] = t->bad[i];
    t->bads = kept;
}

/* Of all that was skipped, also what the reader has counted before. */
static void tell_count(const glia_table *t, int64_t known, int64_t count, int64_t all) {
    const char *above = count > NAMED ? "; the first ten stand above" : "";
    const char *rows = t->arrays && t->pictures.broken ? "pictures" : "rows";
    if (known)
        gl_warn(t->g, "%s: %lld more skipped, %lld of %lld %s in all%s", t->source,
                (long long)count, (long long)(known + count), (long long)all, rows, above);
    else
        gl_warn(t->g, "%s: %lld of %lld %s skipped%s", t->source, (long long)count, (long long)all,
                rows, above);
}

/* A picture by its name; of a table that names it by its line, too. */
static void tell_row(const glia_table *t, const glia_bad_row *b) {
    if (b->name && t->arrays) gl_warn(t->g, "%s%s: skipped: %s", t->root, b->name, b->why);
    else
        gl_warn(t->g, "%s, %s %lld: skipped: %s%s%s", t->source, gl_row_word(t), (long long)b->line,
                b->name ? b->name : "", b->name ? ": " : "", b->why);
}

void gl_table_tell_bad(glia_table *t, int64_t known) {
    forget_known(t, known);
    glia_bad_row *fresh = t->bad + known;
    int64_t count = t->bads > known ? sort(fresh, t->bads - known) : 0, all = t->rows;
    if (!count) return;
    for (int64_t i = 0; i < known + count; i++) all += t->bad[i].row < 0;
    for (int64_t i = 0; i < count && i < NAMED; i++) tell_row(t, &fresh[i]);
    tell_count(t, known, count, all);
    t->bads = sort(t->bad, known + count);
}

int64_t glia_table_bad_rows(const glia_table *t) { return t->bads; }

glia_bad_row glia_table_bad_row(const glia_table *t, int64_t i) { return t->bad[i]; }

int64_t glia_table_line(const glia_table *t, int64_t row) {
    if (t->line) return t->line[row];
    return (t->first_line ? t->first_line : 1) + row;
}

void gl_table_thin_lines(glia_table *t) {
    int64_t row = 0;
    while (t->line && row < t->rows && t->line[row] == t->line[0] + row) row++;
    if (!row || row < t->rows) return;
    t->first_line = t->line[0];
    gl_free(t->g, t->line);
    t->line = NULL;
}

static int64_t *good_rows(const glia_table *t, int64_t *n) {
    bool *bad = gl_alloc(t->g, t->rows, sizeof *bad);
    int64_t *rows = bad ? gl_alloc(t->g, t->rows, sizeof *rows) : NULL;
    *n = 0;
    for (int64_t i = 0; rows && i < t->bads; i++)
        if (t->bad[i].row >= 0) bad[t->bad[i].row] = true;
    for (int64_t i = 0; rows && i < t->rows; i++)
        if (!bad[i]) rows[(*n)++] = i;
    gl_free(t->g, bad);
    return rows;
}

glia_table *glia_table_good_rows(const glia_table *t) {
    int64_t n, *rows = good_rows(t, &n);
    glia_table *good = rows ? glia_table_select(t, rows, n) : NULL;
    gl_free(t->g, rows);
    for (int64_t i = 0; good && i < t->bads; i++) {
        const char *name = t->bad[i].name;
        bool ok = !gl_table_add_bad(good, -1, t->bad[i].line, t->bad[i].why);
        if (ok && name) ok = (good->bad[i].name = gl_table_keep(good, name, strlen(name)));
        if (ok) continue;
        glia_table_free(good);
        return NULL;
    }
    return good;
}
