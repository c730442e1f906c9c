/*
 * joined.c: what was put together by mistake, once all cells are read and before anybody asks what
 * they mean:
 *
 *     5,"x2,10          a quote that nobody meant joins its line with those below, up to the next:
 *     6,x0,12           the cell has as many delimiters as the rows that it swallowed
 *     7,x1",14
 *
 *     1,2,3             another table below this one, behind a blank line
 *
 *     name,d,e
 */
#include "build.h"

#include <math.h>
#include <stdio.h>
#include <string.h>

/* ------------------------------------------------------------------------ rows within a cell -- */

/* A cell of what was swallowed: a number where the column has numbers, or a text that it has. */
static bool fits(const glia_table *t, int j, const char *s, size_t n, bool *shows) {
    const gl_column *c = &t->column[j];
    double v;
    bool number = gl_parse_number(s, n, t->decimal, &v);
    bool known = c->type == GLIA_CATEGORY && gl_column_find(c, s, n) >= 0;
    *shows |= (c->type == GLIA_NUMBER && number) || known;
    return c->type == GLIA_CATEGORY || number || !n || gl_is_missing(s, n, NULL);
}

/* Behind its first piece, which is the quoted cell's own, and before its last, which is the rest of
 * that: whole cells of the columns from j + 1 on, line after line. */
static bool are_rows(const glia_table *t, int j, const char *text) {
    bool shows = false;
    int at = j;
    for (const char *s = text, *next; s; s = next) {
        size_t n = strcspn(s, (char[]){t->delimiter, '\n', 0});
        char stop = s[n];
        size_t length = n && s[n - 1] == '\r' ? n - 1 : n;
        if (at >= t->columns || (stop == '\n' && at != t->columns - 1)) return false;
        bool own = s == text || !stop;
        if (!own && !fits(t, at, s, length, &shows)) return false;
        at = stop == '\n' ? 0 : at + 1;
        next = stop ? s + n + 1 : NULL;
    }
    return at == j + 1 && shows;
}

static int64_t row_of(const glia_table *t, const gl_column *c, int64_t k) {
    int64_t i = 0;
    while (i < t->rows - 1 && c->code[i] != k) i++;
    return i;
}

/* A quote alone in its cell, as hands write for the same as above: the next closes it. */
glia_status gl_csv_refuse_ditto(const csv *c, int64_t line) {
    return gl_fail(c->g, GLIA_INPUT,
                   "%s, line %lld: a quote (\") alone opens a text, which "
                   "swallows what follows up to the next quote; write the cell in full, as in the "
                   "row above, if it is to be the same",
                   c->path, (long long)line);
}

static void tell_joined(const csv *c, const glia_table *t, int j, int64_t k) {
    const gl_column *column = &t->column[j];
    int64_t lines = 0;
    for (const char *s = column->category[k]; (s = strchr(s, '\n')); s++) lines++;
    gl_warn(c->g,
            "%s, line %lld, column '%s': the quote (\") that opens here closes %lld line%s below, "
            "and what is between looks like rows; they are one cell (leave the quote out if nobody "
            "meant it)",
            c->path, (long long)t->line[row_of(t, column, k)], column->name, (long long)lines,
            gl_plural(lines));
}

/* The first of a column is told. */
static glia_status doubt_quotes(const csv *c, const glia_table *t) {
    for (int j = 0; j < t->columns && c->survey.all.quotes && t->columns > 1; j++) {
        const gl_column *column = &t->column[j];
        bool told = column->type != GLIA_CATEGORY;
        for (int64_t k = 0; k < column->categories && !told; k++) {
            const char *text = column->category[k];
            told = strchr(text, '\n') && strchr(text, t->delimiter) && are_rows(t, j, text);
            if (told && strchr((char[]){t->delimiter, '\n', 0}, *text))
                return gl_csv_refuse_ditto(c, t->line[row_of(t, column, k)]);
            if (told) tell_joined(c, t, j, k);
        }
    }
    return GLIA_OK;
}

/* ----------------------------------------------------------------------------- another table -- */

static bool is_number_at(const glia_table *t, const gl_column *c, int64_t row) {
    double v;
    const char *text = c->code[row] < 0 ? "" : c->category[c->code[row]];
    return gl_parse_number(text, strlen(text), t->decimal, &v);
}

/* How many columns it names: all, or the first of them. */
static int count_names(const glia_table *t, int64_t row) {
    int names = 0;
    for (int j = 0; j < t->columns; j++) {
        const gl_column *c = &t->column[j];
        bool missing = c->type == GLIA_CATEGORY ? c->code[row] < 0
                                                : !gl_has_numbers(c) || isnan(gl_number(c, row));
        if (missing) continue;
        if (c->type != GLIA_CATEGORY || names < j || is_number_at(t, c, row)) return 0;
        names++;
    }
    return names;
}

/* Names, and above one of them numbers in all the rows that are looked at. */
static bool names_columns(const glia_table *t, int64_t row) {
    enum { LOOKED_AT = 100 };
    int names = count_names(t, row);
    bool above = false;
    for (int j = 0; j < names; j++) {
        const gl_column *c = &t->column[j];
        int64_t i = row - LOOKED_AT > 0 ? row - LOOKED_AT : 0;
        while (i < row && (c->code[i] < 0 || is_number_at(t, c, i))) i++;
        above |= i == row && is_number_at(t, c, row - 1);
    }
    return above && (names > 1 || names == t->columns);
}

static glia_status refuse_table(const csv *c, const glia_table *t, int64_t row) {
    const gl_column *first = &t->column[0], *last = &t->column[count_names(t, row) - 1];
    return gl_fail(c->g, GLIA_INPUT,
                   "%s, line %lld: another table begins here, behind a blank line: '%.40s' ... "
                   "'%.40s' name its columns; leave one of the two out of the file",
                   c->path, (long long)t->line[row], first->category[first->code[row]],
                   last->category[last->code[row]]);
}

static glia_status doubt_tables(const csv *c, const glia_table *t) {
    for (int64_t i = 2; i + 1 < t->rows; i++)
        if (t->line[i] > t->line[i - 1] + 1 && names_columns(t, i)) return refuse_table(c, t, i);
    return GLIA_OK;
}

glia_status gl_csv_doubt_joints(const csv *c, const glia_table *t) {
    glia_status status = doubt_quotes(c, t);
    return status ? status : doubt_tables(c, t);
}
