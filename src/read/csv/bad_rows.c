/*
 * bad_rows.c: rows of too few cells or too many become blank lines, where option 'bad-rows' is
 * skip. So whoever reads on never meets them, and all others keep their line.
 *
 *     a,b,c            a,b,c
 *     1,2,3            1,2,3
 *     4,5                         line 3: found 2 cells, expected 3
 *     6,7,8            6,7,8
 */
#include "csv.h"

#include <stdio.h>
#include <string.h>

typedef struct search {
    csv *c;
    glia_table *t;
    int64_t columns, cells; /* expected, and of the present row */
    char *at;               /* the beginning of line `line` */
    int64_t line;
    int64_t bad; /* the line of the row before, where that is bad; else 0 */
    int64_t rows;
    int64_t first; /* cells of the first row, which may name the columns; 0: none yet */
    glia_status status;
} search;

static char *find_line(search *s, int64_t line) {
    char *end = s->c->text + s->c->size;
    for (; s->line < line && s->at < end; s->line++) {
        char *stop = memchr(s->at, '\n', (size_t)(end - s->at));
        s->at = stop ? stop + 1 : end;
    }
    return s->at;
}

/* A row ends where the next begins: a quoted cell may go on over several lines. */
static void blank(search *s, int64_t first, int64_t beyond) {
    char *from = find_line(s, first), *to = find_line(s, beyond);
    for (; from < to; from++)
        if (*from != '\n') *from = ' ';
}

static bool count_cell(void *user, const char *text, size_t length) {
    (void)text, (void)length;
    search *s = user;
    s->cells++;
    return true;
}

static bool check_row(void *user, int64_t line) {
    search *s = user;
    char why[80];
    int64_t cells = s->cells;
    s->cells = 0;
    if (s->bad) blank(s, s->bad, line);
    if (s->columns < 1) s->columns = cells;
    if (!s->rows++) s->first = cells;
    s->bad = cells == s->columns ? 0 : line;
    if (!s->bad) return true;
    snprintf(why, sizeof why, "found %lld cell%s, expected %lld", (long long)cells,
             gl_plural(cells), (long long)s->columns);
    s->status = gl_table_add_bad(s->t, -1, line, why);
    return !s->status;
}

/* Slips are few, and the names of the columns are none: otherwise cells are divided in another way
 * than was thought, and what is left would be another table. */
static glia_status check_share(const search *s, int64_t bad) {
    if (s->rows > 2 && s->first != s->columns && s->t->bads)
        return gl_fail(s->c->g, GLIA_INPUT,
                       "%s, line %lld: found %lld cell%s, and %lld in most rows below: are numbers "
                       "written with a comma, or names missing? Option 'bad-rows' skip leaves "
                       "single rows out, not the first one",
                       s->c->path, (long long)s->t->bad[0].line, (long long)s->first,
                       gl_plural(s->first), (long long)s->columns);
    if (s->rows < 10 || 2 * bad <= s->rows) return GLIA_OK;
    return gl_fail(s->c->g, GLIA_INPUT,
                   "%s, line %lld: found another number of cells than %lld in %lld of %lld rows: "
                   "too many for slips, which is what option 'bad-rows' skip leaves out",
                   s->c->path, (long long)s->t->bad[0].line, (long long)s->columns, (long long)bad,
                   (long long)s->rows);
}

glia_status gl_csv_bad_rows(csv *c, glia_table *t) {
    if (!gl_csv_need_all(c)) return c->status;
    search s = {.c = c, .t = t, .columns = c->columns, .at = c->text, .line = 1};
    gl_cells to = {&s, NULL, count_cell, check_row};
    glia_status status = gl_csv_scan_all(c, &to);
    if (!status) status = s.status;
    if (!status) status = check_share(&s, t->bads);
    if (s.bad) blank(&s, s.bad, INT64_MAX);
    if (t->bads) gl_csv_look(c);
    return status;
}
