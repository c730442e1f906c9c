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
    for (const char *s = text; *s;) {
        size_t n = strcspn(s, (char[]){t->delimiter, '\n', 0});
        char stop = s[n];
        size_t length = n && s[n - 1] == '\r' ? n - 1 : n;
        if (at >= t->columns || (stop == '\n' && at != t->columns - 1)) return false;
        bool own = s == text || !stop;
        if (!own && !fits(t, at, s, length, &shows)) return false;
        at = stop == '\n' ? 0 : at + 1;
        s += n + (stop != 0);
    }
    return at == j + 1 && shows;
}

static int64_t row_of(const glia_table *t, const gl_column *c, int64_t k) {
    int64_t i = 0;
    while (i < t->rows - 1 && c->code[i] != k) i++;
    return i;
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
static void doubt_quotes(const csv *c, const glia_table *t) {
    for (int j = 0; j < t->columns && c->survey.all.quotes && t->columns > 1; j++) {
        const gl_column *column = &t->column[j];
        bool told = column->type != GLIA_CATEGORY;
        for (int64_t k = 0; k < column->categories && !told; k++) {
            const char *text = column->category[k];
            told = strchr(text, '\n') && strchr(text, t->delimiter) && are_rows(t, j, text);
            if (told) tell_joined(c, t, j, k);
        }
    }
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
    doubt_quotes(c, t);
    return doubt_tables(c, t);
}

/* --------------------------------------------------------------------------- a row of itself -- */

static bool has_odd_quotes(const char *s, const char *end) {
    int quotes = 0;
    for (; s < end; s++) quotes += *s == '"';
    return quotes & 1;
}

static bool is_blank(const char *s, const char *end) {
    while (s < end && (gl_csv_is_blank(*s) || *s == '\r' || *s == '\n')) s++;
    return s == end;
}

static const char *behind_digits(const char *s, const char *end) {
    while (s < end && *s >= '0' && *s <= '9') s++;
    return s;
}

/* "-3,45" at s, up to the end of a cell: where it ends; NULL: it is something else. */
static const char *behind_decimal(const char *s, const char *end) {
    const char *whole = s + (s < end && *s == '-'), *comma = behind_digits(whole, end);
    if (comma == whole || comma == end || *comma != ',') return NULL;
    const char *behind = behind_digits(comma + 1, end);
    bool ends = behind == end || *behind == ',' || *behind == '\r';
    return behind > comma + 1 && ends ? behind : NULL;
}

/* How many pairs of cells may be one number with a decimal comma; which, two of them at most:
 * "'4,25' or '25,7'", where not all of them are too many. */
static int64_t decimal_commas(const char *s, const char *end, int64_t too_many,
                              char example[3 * GL_CSV_EXAMPLE]) {
    int64_t pairs = 0;
    size_t used = 0;
    for (const char *next, *behind; s < end; s = next ? next + 1 : end) {
        next = memchr(s, ',', (size_t)(end - s));
        behind = behind_decimal(s, end);
        if (!behind) continue;
        if (pairs++ < 2 && (pairs == 1 || too_many == 1))
            used += (size_t)snprintf(example + used, 3 * GL_CSV_EXAMPLE - used, "%s'%.*s'",
                                     pairs > 1 ? " or " : "",
                                     (int)(behind - s < GL_CSV_EXAMPLE ? behind - s : 20), s);
    }
    return pairs;
}

/* What separates as many cells as there should be; 0: nothing. */
static char other_delimiter(const char *s, const char *end, char delimiter, int64_t columns) {
    for (const char *d = ";\t,|"; *d && columns > 1; d++)
        if (*d != delimiter && gl_csv_count(s, end, *d) == columns) return *d;
    return 0;
}

/* "1,2.5,flat" */
static bool is_quoted_whole(const char *s, const char *end, char delimiter, int64_t columns) {
    while (end > s && (end[-1] == '\r' || end[-1] == ' ')) end--;
    if (end - s < 2 || *s != '"' || end[-1] != '"') return false;
    return columns > 1 && gl_csv_count(s + 1, end - 1, delimiter) == columns;
}

static bool is_of_conflict(const char *s, const char *end) {
    static const char *const marks[] = {"<<<<<<<", "=======", ">>>>>>>"};
    for (int i = 0; i < 3; i++)
        if (end - s >= 7 && !memcmp(s, marks[i], 7)) return true;
    return false;
}

char *gl_csv_doubt_row(const gl_csv_part *part, char delimiter, int64_t cells, int64_t line,
                       char *text, size_t size) {
    char example[GL_CSV_EXAMPLE], pairs[3 * GL_CSV_EXAMPLE];
    const char *s = part->text.s, *end = s + part->text.size, *above = s, *stop;
    for (int64_t n = part->text.line; n < line && (stop = memchr(s, '\n', (size_t)(end - s))); n++)
        above = s, s = stop + 1;
    stop = memchr(s, '\n', (size_t)(end - s));
    if (!stop) stop = end;
    int64_t too_many = cells - part->table->columns;
    char other;
    *text = 0;
    if (is_of_conflict(s, stop))
        snprintf(text, size,
                 "; '%.7s' is of a conflict of Git: keep the rows of one side, and take the lines "
                 "<<<<<<<, ======= and >>>>>>> out",
                 s);
    else if (has_odd_quotes(s, stop))
        snprintf(text, size, "; its quote (\") goes on in the next line; did anybody mean it?");
    else if (delimiter == ',' && too_many > 0 && gl_csv_split_numbers(s, stop, example) >= too_many)
        snprintf(text, size, "; is '%s' one number? Write it in quotes or without its comma",
                 example);
    else if (delimiter == ',' && too_many > 0 &&
             decimal_commas(s, stop, too_many, pairs) >= too_many)
        snprintf(text, size,
                 "; is %s one number? Write a point in it, or ';' between all cells of the file",
                 pairs);
    else if ((other = other_delimiter(s, stop, delimiter, part->table->columns)))
        snprintf(text, size, "; '%s' separates the cells of this line; write them like the others",
                 other == '\t' ? "\\t" : (char[]){other, 0});
    else if (is_quoted_whole(s, stop, delimiter, part->table->columns))
        snprintf(text, size, "; the line as a whole is in quotes; take them off");
    else if (too_many > 0 && part->header && line == part->first_row + 1)
        snprintf(text, size, "; is a name missing in line %lld?", (long long)part->first_row);
    else if (too_many < 0 && stop == end && (stop == s || stop[-1] != '\n'))
        snprintf(text, size, "; the text ends in this line: is the file complete?");
    else if (above < s && is_blank(above, s))
        snprintf(text, size, "; does another table begin here, behind the blank line?");
    return text;
}
