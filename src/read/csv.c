/*
 * csv.c: reads a table of text. Four steps, each a function of read_csv:
 *
 *     clean    byte order mark, encoding, line ends; refuses what is no text
 *     sample   the first rows, from which delimiter, decimal mark and header are found out
 *     build    one pass over all cells: numbers where every cell of a column is one, else texts
 *     finish   the names, and what looks like a slip in the data
 *
 * One file on its way:
 *
 *     Preis;Ort;Preis       delimiter ';' (each line has two), decimal ',' ("1,5"), a header
 *     1,5;Bonn;?            (texts above numbers)
 *     2,25;Ulm;7
 *                           Preis    1.5  2.25     numbers
 *                           Ort      Bonn Ulm      texts
 *                           Preis_2  -    7        numbers, one missing
 *
 * Every guess can be overruled by an option, and every guess that changes what the data say (an
 * encoding, a second column of the same name, a text among numbers) is told.
 */
#include "csv_scan.h"
#include "readers.h"

#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

/* As many lines decide delimiter, decimal mark and header. One that is wrong after a hundred lines
 * that agree is a slip in the data, and is told by its line. */
#define SAMPLE_ROWS 100
/* More are no table but a delimiter that was mistaken, and a column takes memory before it
 * has a cell. */
#define MAX_COLUMNS (1 << 20)

typedef struct csv {
    glia_ctx *g;
    const char *path;
    const glia_read_options *options;
    char *text;
    int64_t size;
    char delimiter, decimal;
    bool header;
} csv;

/* ------------------------------------------------------------------------------------- clean -- */

/* Counted only when it is to be told. */
static int64_t line_of(const csv *c, const char *at) {
    int64_t line = 1;
    for (const char *s = c->text; s < at; s++) line += *s == '\n';
    return line;
}

/* Byte and code point are the same number in latin-1, so a byte from 80 on becomes the two bytes of
 * its UTF-8, and no file can fail to be read this way. */
static glia_status from_latin1(csv *c) {
    int64_t high = 0, n = 0;
    for (int64_t i = 0; i < c->size; i++) high += (unsigned char)c->text[i] >= 0x80;
    char *text = gl_alloc(c->g, c->size + high + 1, 1);
    if (!text) return GLIA_RESOURCE;
    for (int64_t i = 0; i < c->size; i++) {
        unsigned char b = (unsigned char)c->text[i];
        if (b >= 0x80) text[n++] = (char)(0xC0 | b >> 6);
        text[n++] = (char)(b < 0x80 ? b : 0x80 | (b & 0x3F));
    }
    gl_free(c->g, c->text);
    c->text = text;
    c->size = n;
    return GLIA_OK;
}

static glia_status fix_encoding(csv *c) {
    const char *wanted = c->options->encoding;
    if (wanted && (!strcmp(wanted, "latin-1") || !strcmp(wanted, "latin1"))) return from_latin1(c);
    if (wanted && strcmp(wanted, "utf-8") && strcmp(wanted, "utf8")) {
        return gl_fail(c->g, GLIA_USAGE, "encoding '%s' is not known; expected utf-8 or latin-1",
                       wanted);
    }
    const char *bad = gl_not_utf8(c->text, c->text + c->size);
    if (!bad) return GLIA_OK;
    long long line = line_of(c, bad);
    if (wanted) {
        return gl_fail(c->g, GLIA_INPUT,
                       "%s, line %lld: byte 0x%02x is not UTF-8; try option 'encoding' latin-1",
                       c->path, line, (unsigned char)*bad);
    }
    gl_warn(
        c->g,
        "%s, line %lld: byte 0x%02x is not UTF-8; the file is read as latin-1 (option 'encoding')",
        c->path, line, (unsigned char)*bad);
    return from_latin1(c);
}

/* UTF-16 (Excel's "Unicode text") has a zero byte for each letter of English, and would be called
 * binary below, without the mend. */
static glia_status clean(csv *c) {
    if (c->size >= 2 && (!memcmp(c->text, "\xFF\xFE", 2) || !memcmp(c->text, "\xFE\xFF", 2))) {
        return gl_fail(c->g, GLIA_INPUT,
                       "%s: the text is UTF-16; save it as UTF-8 (iconv -f utf-16 -t utf-8)",
                       c->path);
    }
    if (c->size >= 3 && !memcmp(c->text, "\xEF\xBB\xBF", 3)) { /* byte order mark */
        c->size -= 3;
        memmove(c->text, c->text + 3, (size_t)c->size + 1);
    }
    const char *nul = memchr(c->text, 0, (size_t)c->size);
    if (nul) {
        return gl_fail(c->g, GLIA_INPUT,
                       "%s, line %lld: found a zero byte, expected text; is this a binary file "
                       "(option 'format')?",
                       c->path, (long long)line_of(c, nul));
    }
    if (!memchr(c->text, '\n', (size_t)c->size)) { /* line ends of old Macs */
        for (int64_t i = 0; i < c->size; i++) {
            if (c->text[i] == '\r') c->text[i] = '\n';
        }
    }
    return fix_encoding(c);
}

/* ------------------------------------------------------------------------------------ sample -- */

typedef struct sample {
    csv *c;
    gl_text text;              /* the cells, each with its NUL */
    int64_t *cell, cells, cap; /* where each begins in text */
    int64_t columns, rows;     /* complete rows, all as long as the first */
    bool failed;               /* memory is out */
} sample;

static const char *sample_cell(const sample *s, int64_t row, int64_t column) {
    return s->text.s + s->cell[row * s->columns + column];
}

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

static bool is_number(const char *text, char decimal) {
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
        commas += strchr(text, ',') && is_number(text, ',');
        points += strchr(text, '.') && is_number(text, '.');
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
        bool numeric = is_number(name, c->decimal),
             missing = gl_is_missing(name, strlen(name), NULL);
        int64_t below = 0, others = 0;
        for (int64_t i = 1; i < s->rows; i++) {
            const char *text = sample_cell(s, i, j);
            if (gl_is_missing(text, strlen(text), c->options->missing)) continue;
            is_number(text, c->decimal) ? below++ : others++;
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

/* Fills c->delimiter, decimal, header and *s. */
static glia_status look_at_sample(csv *c, sample *s) {
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

/* ------------------------------------------------------------------------------------- names -- */

static int by_text(const void *a, const void *b) {
    return strcmp(*(char *const *)a, *(char *const *)b);
}

/* Columns are matched by name, so a second "age" becomes "age_2". */
static glia_status name_once_more(glia_table *t, gl_column *c, const char *name) {
    for (int k = 2;; k++) {
        char *fresh = gl_format(t->g, "%s_%d", name, k);
        if (!fresh) return GLIA_RESOURCE;
        if (gl_table_find(t, fresh) >= 0) {
            gl_free(t->g, fresh);
            continue;
        }
        gl_warn(t->g, "%s: two columns are called '%s'; the later one is read as '%s'", t->source,
                name, fresh);
        gl_free(t->g, c->name);
        c->name = fresh;
        return GLIA_OK;
    }
}

/* Sorted once to see whether any name comes twice, since looking for each of a million among all
 * others would take hours; the few files that have one pay for it. */
static glia_status make_names_unique(glia_table *t) {
    char **sorted = gl_alloc(t->g, t->columns, sizeof *sorted);
    if (!sorted) return GLIA_RESOURCE;
    for (int i = 0; i < t->columns; i++) sorted[i] = t->column[i].name;
    qsort(sorted, (size_t)t->columns, sizeof *sorted, by_text);
    bool twice = false;
    for (int i = 1; i < t->columns; i++) twice |= !strcmp(sorted[i], sorted[i - 1]);
    gl_free(t->g, sorted);
    for (int i = 0; twice && i < t->columns; i++) {
        char *name = t->column[i].name;
        if (gl_table_find(t, name) < i && name_once_more(t, &t->column[i], name))
            return GLIA_RESOURCE;
    }
    return GLIA_OK;
}

static glia_status add_columns(const csv *c, const sample *s, glia_table *t) {
    for (int64_t j = 0; j < s->columns; j++) {
        char number[32];
        snprintf(number, sizeof number, "c%lld", (long long)j + 1);
        const char *name = c->header ? sample_cell(s, 0, j) : number;
        if (!gl_table_add(t, *name ? name : number, GLIA_NUMBER)) return GLIA_RESOURCE;
    }
    return c->header ? make_names_unique(t) : GLIA_OK;
}

/* ------------------------------------------------------------------------------------- build -- */

typedef struct tally { /* what was found in a column */
    int64_t numbers, texts, infinite;
    int64_t text_line, infinite_line; /* the first of each */
    char text[64];
} tally;

typedef struct builder {
    csv *c;
    glia_table *t;
    tally *column;
    int64_t cap;   /* rows that the arrays hold */
    int64_t cells; /* of the present row so far */
    int64_t skip;  /* rows of the header still to come */
    int64_t start_line;
    glia_status status;
} builder;

static void count_cell(tally *found, const char *text, size_t length, bool number, double v) {
    if (number && isfinite(v)) {
        found->numbers++;
    } else if (number) {
        if (!found->infinite++) found->infinite_line = -1; /* known when the row is complete */
    } else if (!found->texts++) {
        found->text_line = -1;
        snprintf(found->text, sizeof found->text, "%.*s", (int)(length < 60 ? length : 60), text);
    }
}

/* Most cells are numbers in a column of them, and leave by the first return. "NaN" is a number to
 * the parser and a missing cell here; "inf" is neither, and stays in the tally. */
static bool take_cell(void *user, const char *text, size_t length) {
    builder *b = user;
    int64_t j = b->cells++;
    glia_table *t = b->t;
    if (b->skip || j >= t->columns) return true;
    if (t->rows >= b->cap)
        return b->status = gl_fail(b->c->g, GLIA_INPUT, "%s: more rows than lines", t->source),
               false;

    gl_column *column = &t->column[j];
    double v = NAN;
    bool number = gl_parse_number(text, length, t->decimal, &v);
    const char *extra = b->c->options->missing;
    if (number && isfinite(v) && column->number && !extra) {
        column->number[t->rows] = v;
        b->column[j].numbers++;
        return true;
    }
    bool missing = number ? isnan(v) : gl_is_missing(text, length, NULL);
    if (extra && gl_is_missing(text, length, extra)) missing = true;
    if (!missing) count_cell(&b->column[j], text, length, number, v);

    if (column->type == GLIA_NUMBER) {
        column->number[t->rows] = number && !missing ? v : NAN;
        return true;
    }
    column->code[t->rows] = missing ? -1 : gl_column_code(t, column, text, length);
    if (!missing && column->code[t->rows] < 0) b->status = b->c->g->code;
    return !b->status;
}

static bool take_row(void *user, int64_t line) {
    builder *b = user;
    glia_table *t = b->t;
    int64_t cells = b->cells;
    b->cells = 0;
    if (!b->start_line) b->start_line = line;
    if (cells != t->columns) {
        b->status = gl_fail(
            b->c->g, GLIA_INPUT,
            "%s, line %lld: found %lld cell%s, expected %d as in line %lld (delimiter '%s')",
            t->source, (long long)line, (long long)cells, cells == 1 ? "" : "s", t->columns,
            (long long)b->start_line,
            b->c->delimiter == '\t' ? "\\t" : (char[]){b->c->delimiter, 0});
        return false;
    }
    if (b->skip) return b->skip--, true;
    for (int j = 0; j < t->columns; j++) {
        if (b->column[j].text_line < 0) b->column[j].text_line = line;
        if (b->column[j].infinite_line < 0) b->column[j].infinite_line = line;
    }
    t->line[t->rows++] = line;
    return true;
}

/* A row of n cells takes n bytes or more, its line end included. So memory for all cells is at most
 * eight times the file, whatever the file looks like, also where a million empty lines follow a
 * header of a thousand columns. */
static int64_t most_rows(const csv *c, int64_t columns) {
    int64_t lines = 1;
    for (const char *s = c->text, *end = s + c->size; (s = memchr(s, '\n', (size_t)(end - s))); s++)
        lines++;
    if (memchr(c->text, '"', (size_t)c->size)) { /* libcsv ends rows at a carriage return, too */
        for (const char *s = c->text, *end = s + c->size; (s = memchr(s, '\r', (size_t)(end - s)));
             s++)
            lines++;
    }
    return lines < c->size / columns + 1 ? lines : c->size / columns + 1;
}

static glia_status prepare_columns(builder *b) {
    glia_ctx *g = b->c->g;
    glia_table *t = b->t;
    t->rows = 0;
    if (!t->line && !(t->line = gl_alloc(g, b->cap, sizeof *t->line))) return GLIA_RESOURCE;
    for (int j = 0; j < t->columns; j++) {
        gl_column *column = &t->column[j];
        if (column->type == GLIA_NUMBER && !column->number) {
            if (!(column->number = gl_alloc(g, b->cap, sizeof *column->number)))
                return GLIA_RESOURCE;
        }
        if (column->type == GLIA_CATEGORY && !column->code) {
            if (!(column->code = gl_alloc(g, b->cap, sizeof *column->code))) return GLIA_RESOURCE;
        }
        b->column[j] = (tally){0};
    }
    return GLIA_OK;
}

static void make_category(glia_table *t, int column) {
    gl_free(t->g, t->column[column].number);
    t->column[column].number = NULL;
    t->column[column].type = GLIA_CATEGORY;
}

/* One text makes a column text, but numbers that were read before are no longer known as they were
 * spelt ("007" was 7): the pass is then made again, once, because the tally of the first has seen
 * every cell of every column. The sample settles most columns, so that this is rare. */
static glia_status build(builder *b, const sample *s) {
    csv *c = b->c;
    glia_table *t = b->t;
    for (int j = 0; j < t->columns; j++) {
        for (int64_t i = c->header; i < s->rows; i++) {
            const char *text = sample_cell(s, i, j);
            if (is_number(text, c->decimal) ||
                gl_is_missing(text, strlen(text), c->options->missing))
                continue;
            make_category(t, j);
            break;
        }
    }
    gl_cells to = {b, take_cell, take_row};
    for (bool again = true; again;) {
        again = false;
        b->skip = c->header;
        b->start_line = b->cells = 0;
        glia_status status = prepare_columns(b);
        if (!status) status = gl_csv_scan(c->g, c->path, c->text, c->size, c->delimiter, &to);
        if (status || b->status) return status ? status : b->status;
        for (int j = 0; j < t->columns; j++) {
            if (!b->column[j].texts || t->column[j].type != GLIA_NUMBER) continue;
            make_category(t, j);
            again = true;
        }
    }
    return GLIA_OK;
}

/* ------------------------------------------------------------------------------------ finish -- */

/* Infinite cells are an error and not missing ones: they come from a division by zero or an
 * overflow in the program before, and whoever wrote it should hear of them.
 *
 * One text among numbers makes its whole column text, each number of it a category, and a training
 * with that is silently bad. One in a hundred, or two among twenty, are called slips: "12.5 kg",
 * "n.a.", a second header in the middle of files that were put together. */
static glia_status check_columns(const builder *b) {
    const glia_table *t = b->t;
    for (int j = 0; j < t->columns; j++) {
        const tally *found = &b->column[j];
        const char *name = t->column[j].name;
        if (t->column[j].type == GLIA_NUMBER && found->infinite) {
            return gl_fail(t->g, GLIA_INPUT,
                           "%s, line %lld, column '%s': found an infinite number, expected a "
                           "finite one (%lld such cell%s; "
                           "option 'missing' TEXT reads them as missing)",
                           t->source, (long long)found->infinite_line, name,
                           (long long)found->infinite, found->infinite == 1 ? "" : "s");
        }
        if (found->texts && found->numbers >= 20 &&
            (found->texts <= 2 || found->texts * 100 <= found->numbers)) {
            gl_warn(t->g,
                    "%s, line %lld, column '%s': found '%s' among %lld numbers; the column is read "
                    "as text (correct the "
                    "cell%s, or say option 'missing' '%s')",
                    t->source, (long long)found->text_line, name, found->text,
                    (long long)found->numbers, found->texts == 1 ? "" : "s", found->text);
        }
    }
    return GLIA_OK;
}

/* "a,b," on every line: a last column without name or cells is only the delimiter at the line's
 * end. */
static void drop_empty_last(const builder *b, const sample *s) {
    glia_table *t = b->t;
    int j = t->columns - 1;
    const tally *found = &b->column[j];
    bool unnamed = !b->c->header || !*sample_cell(s, 0, j);
    if (j < 1 || !unnamed || found->numbers || found->texts || found->infinite) return;
    gl_free(t->g, t->column[j].name);
    gl_free(t->g, t->column[j].number);
    t->columns--;
}

static glia_status read_table(csv *c, sample *s, glia_table *t) {
    glia_status status = clean(c);
    if (!status) status = look_at_sample(c, s);
    if (!status) status = add_columns(c, s, t);
    if (status) return status;
    t->decimal = c->decimal;
    builder b = {.c = c, .t = t, .cap = most_rows(c, s->columns)};
    b.column = gl_alloc(c->g, t->columns, sizeof *b.column);
    if (!b.column) return GLIA_RESOURCE;
    status = build(&b, s);
    if (!status && !t->rows) {
        status = gl_fail(
            c->g, GLIA_INPUT,
            "%s: found a header and no rows below it (option 'no-header' if line 1 is data)",
            c->path);
    }
    if (!status) status = check_columns(&b);
    if (!status) drop_empty_last(&b, s);
    gl_free(c->g, b.column);
    return status;
}

static glia_table *read_csv(glia_ctx *g, const char *path, const glia_read_options *options) {
    csv c = {.g = g, .path = strcmp(path, "-") ? path : "standard input", .options = options};
    c.text = gl_read_bytes(g, path, &c.size);
    if (!c.text) return NULL;
    sample s = {.c = &c, .text = {.g = g}};
    glia_table *t = gl_table_new(g, c.path);
    if (t && read_table(&c, &s, t)) {
        glia_table_free(t);
        t = NULL;
    }
    gl_free(g, s.text.s);
    gl_free(g, s.cell);
    gl_free(g, c.text);
    return t;
}

const gl_reader gl_reader_csv = {
    .names = {"csv", "tsv"},
    .suffixes = {".csv", ".tsv"},
    .read_table = read_csv,
};
