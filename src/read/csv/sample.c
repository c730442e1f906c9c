/*
 * sample.c: looks at the first rows of a table of text, and finds decimal mark and header in
 * them, and which of them are titles or units and no rows.
 */
#include "../cells.h"
#include "csv.h"

#include <string.h>
#include <strings.h>

/* More are no table but a delimiter that was mistaken, and a column takes memory before it
 * has a cell. */
#define MAX_COLUMNS (1 << 20)

static bool keep_cell(void *user, const char *text, size_t length) {
    sample *s = user;
    gl_csv_unmark(&text, &length);
    s->failed = !gl_reserve(s->c->g, &s->cell, &s->cap, s->cells + 1, sizeof *s->cell);
    if (s->failed) return false;
    s->cell[s->cells++] = s->text.n;
    gl_add_bytes(&s->text, text, (int64_t)length);
    gl_add_bytes(&s->text, "", 1);
    s->failed = s->text.failed;
    return !s->failed;
}

static bool keep_row(void *user, int64_t line) {
    sample *s = user;
    if (!s->rows) s->columns = s->cells;
    if (s->cells != (s->rows + 1) * s->columns) return false; /* ragged: build reports it */
    s->line[s->rows++] = line;
    return s->rows < GL_CSV_LINES;
}

bool gl_csv_is_number(const char *text, char decimal) {
    double v;
    return gl_parse_number(text, strlen(text), decimal, &v);
}

/* A decimal comma can only stand where the comma does not separate cells. */
static glia_status find_decimal(csv *c, const sample *s) {
    bool kept = c->options->as_trained & GL_KEPT_DECIMAL;
    const char *wanted = c->options->decimal;
    bool quotes = c->survey.all.quotes > 0;
    if (kept && c->rules.delimiter == ',' && !quotes) wanted = NULL;
    c->decimal = wanted ? *wanted : '.';
    if (c->decimal == ',' && c->rules.delimiter == ',' && !quotes) {
        return gl_fail(
            c->g, GLIA_USAGE,
            "%s: the comma cannot be both delimiter and decimal mark; say option 'delimiter'",
            c->path);
    }
    const char *thousands = c->options->thousands;
    bool grouped = thousands && *thousands == '.';
    if ((wanted && !kept) || c->rules.delimiter == ',') return GLIA_OK;
    /* "1,5" is a number with a decimal comma only, "1.5" with a point only, and 1,240 may be a
     * thousand and some. The majority decides, as a column of dates or versions has some that look
     * like either. */
    int64_t commas = 0, points = 0;
    for (int64_t i = 0; i < s->cells; i++) {
        const char *text = s->text.s + s->cell[i];
        commas += gl_shows_decimal(text, ',');
        points += gl_shows_decimal(text, '.');
    }
    if (points > commas) c->decimal = '.';
    if (commas > points || grouped) c->decimal = ',';
    if (kept && wanted && c->decimal != *wanted)
        gl_note(c->g, "%s: the decimal sign is %c, other than at training", c->path, c->decimal);
    if (!wanted && c->decimal == ',')
        gl_note(c->g, "%s: commas are decimal signs (option 'decimal')", c->path);
    return GLIA_OK;
}

/* -------------------------------------------------------------------------------- the header -- */

static glia_status scan(csv *c, sample *s) {
    s->cells = s->columns = s->rows = s->text.n = 0;
    gl_cells to = {s, NULL, keep_cell, keep_row};
    glia_status status = gl_csv_scan_all(c, &to);
    if (!status && c->partial && s->rows < GL_CSV_LINES)
        return gl_csv_need_all(c) ? scan(c, s) : c->status;
    return status ? status : s->failed ? GLIA_RESOURCE : GLIA_OK;
}

/* Of a comment that names the columns: in front of the first name, and of others, "% a,% b". */
static void blank_marks(const csv *c, char *s, const char *end) {
    size_t mark = strlen(c->rules.comment);
    for (bool begins = true; s < end; s++) {
        bool is = begins && (size_t)(end - s) >= mark && !memcmp(s, c->rules.comment, mark);
        if (is) memset(s, ' ', mark);
        begins = *s == c->rules.delimiter || (begins && *s == ' ');
    }
}

/* "# size,rooms": the comment right above the table names its columns, where it has as many names,
 * and the first row is none. */
static glia_status name_by_comment(csv *c, sample *s, bool *named) {
    gl_line *l = &c->naming;
    size_t mark = c->rules.comment ? strlen(c->rules.comment) : 0;
    *named = false;
    if (!mark || !l->s || c->options->header < 0 || gl_csv_names(c, s) == 3) return GLIA_OK;
    char *text = memmem(l->s, (size_t)(l->end - l->s), c->rules.comment, mark);
    if (!text || gl_csv_count(text + mark, l->end, c->rules.delimiter) != s->columns)
        return GLIA_OK;
    char *kept = gl_format(c->g, "%.*s", (int)(l->end - text), text);
    if (!kept) return GLIA_RESOURCE;
    blank_marks(c, text, l->end);
    glia_status status = scan(c, s);
    *named = !status && gl_csv_names(c, s) > 0;
    if (*named) gl_csv_look(c);
    if (!status && !*named) memcpy(text, kept, strlen(kept)), status = scan(c, s);
    gl_free(c->g, kept);
    return status;
}

/* Where a quote lies somewhere, libcsv ends rows at a carriage return, too: then a line may hold
 * several rows, none of which can be left out by itself. */
static bool has_its_line(const sample *s, int64_t row) {
    return row + 1 < s->rows && s->line[row] < s->line[row + 1] &&
           (!row || s->line[row - 1] < s->line[row]);
}

/* "Flats 2026,,": one cell, the first, above names for all of them. */
bool gl_csv_is_title(const csv *c, const sample *s) {
    if (s->rows < 3 || s->columns < 2 || !*sample_cell(s, 0, 0) || !has_its_line(s, 0))
        return false;
    for (int64_t j = 0; j < s->columns; j++) {
        if (j && *sample_cell(s, 0, j)) return false;
        const char *name = sample_cell(s, 1, j);
        if (!*name || gl_csv_is_number(name, c->decimal)) return false;
    }
    return true;
}

/* Rows 1 to last have texts where all others have numbers, in two columns or in the only one, and
 * numbers nowhere. */
static bool are_units(const csv *c, const sample *s, int64_t last) {
    int64_t above = 0, columns = 0;
    for (int64_t j = 0; j < s->columns; j++) {
        int64_t numbers = 0, texts = 0;
        for (int64_t i = 1; i < s->rows; i++) {
            const char *text = sample_cell(s, i, j);
            bool number = gl_csv_is_number(text, c->decimal);
            if (number && i <= last) return false;
            numbers += number;
            texts += i <= last && !gl_is_missing(text, strlen(text), c->options->missing);
        }
        columns += numbers == s->rows - 1 - last;
        above += numbers == s->rows - 1 - last && texts == last;
    }
    return above && (above > 1 || columns == 1);
}

/* "m2,,C": the row below the names is one of units; so may the next be, where a survey has its
 * questions and their codes there. */
bool gl_csv_is_units(const csv *c, const sample *s) {
    enum { MOST_UNITS = 3 };
    for (int64_t last = 1; last <= MOST_UNITS && last + 3 <= s->rows; last++) {
        if (!has_its_line(s, last)) return false;
        if (are_units(c, s, last)) return true;
    }
    return false;
}

static char *begin_of_line(const csv *c, int64_t number) {
    char *s = c->text, *end = s + c->size;
    while (--number > 0 && (s = memchr(s, '\n', (size_t)(end - s)))) s++;
    return s;
}

static gl_line line_of(const csv *c, const sample *s, int64_t row) {
    return (gl_line){.s = begin_of_line(c, s->line[row]),
                     .end = begin_of_line(c, s->line[row + 1]) - 1};
}

static glia_status leave_out_title(csv *c, sample *s) {
    gl_line l = line_of(c, s, 0);
    int length = (int)strcspn(l.s, "\r\n");
    gl_warn(c->g,
            "%s, line %lld: '%.*s' looks like a title, and is left out (option 'skip' 0 keeps it)",
            c->path, (long long)s->line[0], length < 60 ? length : 60, l.s);
    gl_csv_blank(l);
    gl_csv_look(c);
    return scan(c, s);
}

static glia_status leave_out_units(csv *c, sample *s) {
    gl_line l = line_of(c, s, 1);
    int length = (int)strcspn(l.s, "\r\n");
    gl_warn(c->g,
            "%s, line %lld: '%.*s' looks like units, and is left out (option 'skip' %lld takes it "
            "for the names, option 'skip' 0 for a row)",
            c->path, (long long)s->line[1], length < 60 ? length : 60, l.s,
            (long long)s->line[1] - 1);
    gl_csv_blank(l);
    gl_csv_look(c);
    return scan(c, s);
}

/* "flat rooms" of the names "flat" above "rooms". */
static glia_status join_levels(csv *c, sample *s, int64_t rows) {
    glia_status status = gl_csv_join_levels(c, s, rows);
    if (status) return status;
    for (int64_t k = 1; k < rows; k++) gl_csv_blank(line_of(c, s, k));
    gl_csv_look(c);
    return scan(c, s);
}

/* Half of the names that are expected, or of the cells: one number of a row may be the name of
 * a column, and a file may have more columns than are asked for. */
static bool has_known_names(const csv *c, const sample *s) {
    char *name = c->options->names ? gl_copy_text(c->g, c->options->names) : NULL;
    int64_t names = 0, known = 0;
    for (const char *rest = c->options->names; name && (rest = gl_next_item(rest, name)); names++) {
        for (int64_t j = 0; j < s->columns; j++) {
            if (strcasecmp(sample_cell(s, 0, j), name) != 0) continue;
            known++;
            break;
        }
    }
    gl_free(c->g, name);
    return known && 2 * known >= (names < s->columns ? names : s->columns);
}

/* 0: found out. */
static int said_header(const csv *c) { return c->options->header; }

static void tell_header(const csv *c, const sample *s, int found) {
    long long line = s->line[0];
    if (found == 2)
        gl_note(c->g,
                "%s, line %lld names the columns, with numbers among the names (option "
                "'no-header' if it is data)",
                c->path, line);
    if (found == 1)
        gl_warn(c->g,
                "%s, line %lld: names or data? It is read as names (option 'no-header' if it is "
                "data, option 'header' if it is not)",
                c->path, line);
    if (found == -1)
        gl_warn(c->g,
                "%s, line %lld: names or data? It is read as data (option 'header' if it names "
                "the columns, option 'no-header' if it does not)",
                c->path, line);
}

void gl_csv_find_names(csv *c, const sample *s, bool named) {
    int found = has_known_names(c, s) ? 3 : gl_csv_names(c, s);
    if (c->options->names && found < 3) found = 0;
    c->header = said_header(c) ? said_header(c) > 0 : named || found > 0;
    if (!said_header(c) && !named) tell_header(c, s, found);
}

static glia_status find_header(csv *c, sample *s) {
    bool named, skips = gl_csv_skips(c);
    glia_status status = name_by_comment(c, s, &named);
    while (!status && !named && skips && gl_csv_is_title(c, s)) status = leave_out_title(c, s);
    if (status) return status;
    gl_csv_find_names(c, s, named);
    int64_t levels = c->header && skips ? gl_csv_levels(c, s) : 0;
    if (levels) return join_levels(c, s, levels);
    while (!status && c->header && skips && gl_csv_is_units(c, s)) status = leave_out_units(c, s);
    return status;
}

/* A line like that of the names comes again where files were put together. */
static glia_status know_header(csv *c, sample *s) {
    int first = 0;
    while (first < c->lines - 1 && c->line[first].number != s->line[0]) first++;
    const gl_line *l = &c->line[first];
    bool known = c->header && gl_csv_skips(c) && s->columns > 1 && c->lines &&
                 !memchr(l->s, '\n', (size_t)(l->end - l->s)) &&
                 (said_header(c) > 0 || gl_csv_names(c, s) > 0);
    if (!known) return GLIA_OK;
    c->rules.header = l->s;
    c->rules.header_length = (size_t)(l->end - l->s);
    return scan(c, s);
}

/* The name in front of '=' in a cell, "level=info"; its length, 0: there is none. */
static size_t length_of_name(const char *cell) {
    size_t n = strspn(cell, "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ_");
    return cell[n] == '=' ? n : 0;
}

/* ts=10:00 level=info: in each column of a log the same name. */
static void doubt_named_cells(const csv *c, const sample *s) {
    int64_t named = 0;
    for (int64_t j = 0; j < s->columns; j++) {
        size_t n = length_of_name(sample_cell(s, 0, j));
        bool all = n > 0;
        for (int64_t i = 1; i < s->rows && all; i++)
            all = !strncmp(sample_cell(s, i, j), sample_cell(s, 0, j), n + 1);
        named += all;
    }
    if (s->rows < 3 || named < 2 || named < s->columns) return;
    gl_warn(c->g,
            "%s, line %lld: each cell has its name in front, as '%.40s'; sed -E "
            "'s/[A-Za-z_]+=//g' <FILE >table.csv leaves the values: put the names above them",
            c->path, (long long)s->line[0], sample_cell(s, 0, 0));
}

glia_status gl_csv_sample(csv *c, sample *s) {
    glia_status status = scan(c, s);
    if (status) return status;
    if (!s->rows)
        return gl_fail(c->g, GLIA_INPUT, "%s: the file is empty, expected rows of cells", c->path);
    if (s->columns > MAX_COLUMNS) {
        return gl_fail(c->g, GLIA_INPUT,
                       "%s: found %lld columns, at most %d are read; is the delimiter '%c' right?",
                       c->path, (long long)s->columns, MAX_COLUMNS, c->rules.delimiter);
    }
    status = find_decimal(c, s);
    if (!status) doubt_named_cells(c, s);
    if (!status) status = find_header(c, s);
    return status ? status : know_header(c, s);
}
