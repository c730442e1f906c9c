/*
 * csv_sample.c: looks at the first rows of a table of text, and finds delimiter, decimal mark and
 * header in them.
 */
#include "csv.h"

#include <string.h>

/* As many lines decide delimiter, decimal mark and header. One that is wrong after a hundred lines
 * that agree is a slip in the data, and is told by its line. */
#define SAMPLE_ROWS 100
/* More are no table but a delimiter that was mistaken, and a column takes memory before it
 * has a cell. */
#define MAX_COLUMNS (1 << 20)

static bool keep_cell(void *user, const char *text, size_t length) {
    sample *s = user;
    s->failed = !gl_reserve(s->c->g, &s->cell, &s->cap, s->cells + 1, sizeof *s->cell);
    if (s->failed) return false;
    s->cell[s->cells++] = s->text.n;
    gl_add_bytes(&s->text, text, (int64_t)length);
    gl_add_bytes(&s->text, "", 1);
    s->failed = s->text.failed;
    return !s->failed;
}

static bool keep_row(void *user, int64_t line) {
    (void)line;
    sample *s = user;
    if (!s->rows) s->columns = s->cells;
    if (s->cells != (s->rows + 1) * s->columns) return false; /* ragged: build reports it */
    return ++s->rows < SAMPLE_ROWS;
}

/* How the first lines would split at this delimiter: the number of those with as many cells as the
 * first, 0 when that is one cell. Blanks separate cells only where they do so in every line: else
 * they are text, as in "New York". */
static int agreeing_lines(const csv *c, char delimiter) {
    const char *s = c->text, *end = c->text + c->size;
    int first = 0, agreeing = 0, line = 0;
    while (line < SAMPLE_ROWS && s < end) {
        int cells = 1;
        bool quoted = false, blank = true;
        for (char before = delimiter; s < end && (quoted || *s != '\n'); before = *s++) {
            if (*s == '"') quoted = !quoted;
            if (*s != ' ' && *s != '\r') blank = false;
            /* A line's blanks before its first cell, after its last, and all but one in between. */
            bool one_of_many =
                delimiter == ' ' && (before == ' ' || s + 1 == end || s[1] == '\r' || s[1] == '\n');
            if (!quoted && *s == delimiter && !one_of_many) cells++;
        }
        s++;
        if (blank) continue;
        if (!line++) first = cells;
        agreeing += cells == first;
    }
    if (delimiter == ' ' && agreeing < line) return 0;
    return first > 1 ? agreeing : 0;
}

static glia_status find_delimiter(csv *c) {
    const char *wanted = c->options->delimiter, *format = c->options->format;
    if (wanted && (!strcmp(wanted, "\\t") || !strcmp(wanted, "tab"))) wanted = "\t";
    if (wanted && strlen(wanted) == 1 && strchr(",;\t| ", *wanted)) {
        c->delimiter = *wanted;
        return GLIA_OK;
    }
    if (wanted) {
        return gl_fail(
            c->g, GLIA_USAGE,
            "delimiter '%s' is not known; expected one of \",\" \";\" \"\\t\" \"|\" \" \"", wanted);
    }
    c->delimiter = ',';
    if ((format && !strcmp(format, "tsv")) || gl_has_suffix(c->path, ".tsv")) {
        c->delimiter = '\t';
        return GLIA_OK;
    }
    int best = 0;
    /* "1,5;2,5" splits at commas, too, into three cells in every line: the rarer delimiters go
     * first, and a later one must agree in more lines. The blank comes last and only where nothing
     * else splits. */
    for (const char *d = "\t;|, "; *d; d++) {
        int agreeing = agreeing_lines(c, *d);
        if (agreeing <= best || (*d == ' ' && best)) continue;
        best = agreeing;
        c->delimiter = *d;
    }
    return GLIA_OK;
}

bool gl_csv_is_number(const char *text, char decimal) {
    double v;
    return gl_parse_number(text, strlen(text), decimal, &v);
}

/* A decimal comma can only stand where the comma does not separate cells. */
static glia_status find_decimal(csv *c, const sample *s) {
    const char *wanted = c->options->decimal;
    if (wanted && strcmp(wanted, ".") && strcmp(wanted, ",")) {
        return gl_fail(c->g, GLIA_USAGE, "decimal mark '%s' is not known; expected \".\" or \",\"",
                       wanted);
    }
    c->decimal = wanted ? *wanted : '.';
    if (c->decimal == ',' && c->delimiter == ',') {
        return gl_fail(
            c->g, GLIA_USAGE,
            "%s: the comma cannot be both delimiter and decimal mark; say option 'delimiter'",
            c->path);
    }
    if (wanted || c->delimiter == ',') return GLIA_OK;
    /* "1,5" is a number with a decimal comma only, "1.5" with a point only. The majority decides,
     * as a column of dates or versions has some that look like either. */
    int64_t commas = 0, points = 0;
    for (int64_t i = 0; i < s->cells; i++) {
        const char *text = s->text.s + s->cell[i];
        commas += strchr(text, ',') && gl_csv_is_number(text, ',');
        points += strchr(text, '.') && gl_csv_is_number(text, '.');
    }
    if (commas > points) c->decimal = ',';
    return GLIA_OK;
}

/* "0,1,2,3": column numbers that a program wrote as a header, such as pandas for a table
 * without names. */
static bool is_counting(const sample *s) {
    int64_t first, v;
    for (int64_t j = 0; j < s->columns; j++) {
        if (!gl_parse_int(sample_cell(s, 0, j), &v)) return false;
        if (!j) first = v;
        if (v != first + j || first < 0 || first > 1) return false;
    }
    return s->columns > 1;
}

static bool has_whole_numbers(const sample *s, int64_t column) {
    for (int64_t i = 1; i < s->rows; i++) {
        int64_t v;
        if (gl_parse_int(sample_cell(s, i, column), &v)) return true;
    }
    return false;
}

/* Is row 0 unlike the rows below? Evidence for a header is a text above numbers; against it, a
 * number. Where all is text, names are all different and do not come again below.
 *
 *     age,sex       a text above numbers: a header     5.1,setosa     a number: data
 *     22,male                                          4.9,setosa
 *
 *     yes,red       "yes" comes again: data            answer,colour    neither comes again:
 *     no,blue                                          yes,red          a header
 *     yes,red                                          no,blue
 *
 * Being wrong costs a row in the one case, and in the other a column that is read as text, for its
 * name is one; option 'header' and 'no-header' say it. */
static bool looks_like_header(const csv *c, const sample *s) {
    int64_t texts = 0, numbers = 0, above = 0, again = 0;
    for (int64_t j = 0; j < s->columns; j++) {
        const char *name = sample_cell(s, 0, j);
        bool numeric = gl_csv_is_number(name, c->decimal),
             missing = gl_is_missing(name, strlen(name), NULL);
        int64_t below = 0, others = 0;
        for (int64_t i = 1; i < s->rows; i++) {
            const char *text = sample_cell(s, i, j);
            if (gl_is_missing(text, strlen(text), c->options->missing)) continue;
            gl_csv_is_number(text, c->decimal) ? below++ : others++;
            again += !strcmp(text, name);
        }
        numbers += numeric && !missing;
        texts += !numeric && !missing;
        above += !numeric && !missing && below > others;
    }
    /* One line alone: names without rows, which is then an error, or a row. */
    if (s->rows == 1) return texts > 0 && numbers == 0;
    if (is_counting(s)) { /* over columns of fractions it is no data */
        int64_t fractions = 0;
        for (int64_t j = 0; j < s->columns; j++) fractions += !has_whole_numbers(s, j);
        return s->rows > 2 && 2 * fractions >= s->columns;
    }
    if (above || numbers) return above > numbers;
    return texts > 0 && !again;
}

glia_status gl_csv_sample(csv *c, sample *s) {
    glia_status status = find_delimiter(c);
    if (status) return status;
    gl_cells to = {s, keep_cell, keep_row};
    status = gl_csv_scan(c->g, c->path, c->text, c->size, c->delimiter, &to);
    if (status) return status;
    if (s->failed) return GLIA_RESOURCE;
    if (!s->rows)
        return gl_fail(c->g, GLIA_INPUT, "%s: the file is empty, expected rows of cells", c->path);
    if (s->columns > MAX_COLUMNS) {
        return gl_fail(c->g, GLIA_INPUT,
                       "%s: found %lld columns, at most %d are read; is the delimiter '%c' right?",
                       c->path, (long long)s->columns, MAX_COLUMNS, c->delimiter);
    }
    status = find_decimal(c, s);
    if (status) return status;
    c->header = c->options->header ? c->options->header > 0 : looks_like_header(c, s);
    return GLIA_OK;
}
