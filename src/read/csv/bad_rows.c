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
    s->bad = cells == s->columns ? 0 : line;
    if (!s->bad) return true;
    snprintf(why, sizeof why, "found %lld cell%s, expected %lld", (long long)cells,
             cells == 1 ? "" : "s", (long long)s->columns);
    s->status = gl_table_add_bad(s->t, -1, line, why);
    return !s->status;
}

glia_status gl_csv_bad_rows(csv *c, glia_table *t) {
    if (!gl_csv_need_all(c)) return c->status;
    search s = {.c = c, .t = t, .columns = c->columns, .at = c->text, .line = 1};
    gl_cells to = {&s, NULL, count_cell, check_row};
    glia_status status = gl_csv_scan_all(c, &to);
    if (s.bad) blank(&s, s.bad, INT64_MAX);
    if (t->bads) gl_csv_look(c);
    return status ? status : s.status;
}
