/*
 * csv.c: reads a table of text. Each step is a file:
 *
 *     source.c     all of the text, or the head of a large file; survey.c looks through it
 *     clean.c      byte order mark, encoding (encoding.c), line ends; refuses what is none
 *     quotes.c     other kinds of quotes become the usual ones
 *     formula.c    ="190" becomes 190
 *     lines.c      comments, rules, frames, counts of rows: lines that are no rows become blank
 *     delimiter.c  what separates cells; or columns one below another (fixed.c); titles
 *                      above, delimiters too many and names too few
 *     sample.c     the first rows, from which decimal mark and names (header.c, levels.c) are found
 *     table.c      names (names.c), one pass over all cells, and what looks like a slip in the data
 *     parts.c      cuts the text between rows, for all threads; build.c reads the cells of a part:
 *                  numbers where every cell of a column is one, else texts
 *
 * So what is odd about a text is taken off it first, its lines keep their numbers, and the pass
 * over all cells (scan.c) knows one kind of text only.
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
#include "csv.h"

#include <stdio.h>
#include <string.h>

/* "2 lines that begin with '#' are left out, the first in line 3" */
static void tell(const csv *c, bool warn, const gl_left_out *what, const char *lines,
                 const char *mend) {
    const char *format = "%s, line %lld: %s %s left out%s%s%s";
    char more[64] = "";
    if (!what->count) return;
    if (what->count > 1)
        snprintf(more, sizeof more, ", and %lld more such line%s", (long long)what->count - 1,
                 what->count > 2 ? "s" : "");
    (warn ? gl_warn : gl_note)(c->g, format, c->path, (long long)what->line, lines, "is", more,
                               *mend ? " " : "", mend);
}

static void tell_left_out(const csv *c) {
    char comment[64];
    const gl_csv_rules *r = &c->rules;
    if (r->comment) {
        snprintf(comment, sizeof comment, "a comment, by its '%.20s',", r->comment);
        tell(c, false, &r->comments, comment, "(option 'comment')");
    }
    tell(c, false, &r->empty, "a row without any text", "");
    tell(c, true, &r->headers, "the header comes again, and", "(option 'skip' 0 keeps it)");
}

glia_status gl_csv_never_closed(glia_ctx *g, const char *path, int64_t line) {
    return gl_fail(g, GLIA_INPUT,
                   "%s, line %lld: a quote (\") in the row that begins here is never closed", path,
                   (long long)line);
}

/* The line of the first cell that is a quote alone, which is told rather than the last row, where
 * their number shows to be odd; 0: there is none in the text at hand. */
static int64_t find_ditto(const csv *c) {
    int64_t line = 1;
    const char delimiter = c->rules.delimiter;
    for (const char *s = c->text, *end = s + c->size; s + 1 < end; s++) {
        line += *s == '\n';
        bool begins = s[1] == '"' && (*s == delimiter || *s == '\n');
        if (begins && s + 2 < end && (s[2] == delimiter || s[2] == '\n')) return line;
    }
    return 0;
}

glia_status gl_csv_scan_all(csv *c, const gl_cells *to) {
    int64_t open;
    gl_csv_text text = {c->text, c->size, 1, c->survey.all.quotes > 0};
    glia_status status = gl_csv_scan(c->g, c->path, text, &c->rules, to, &open);
    if (status || !open) return status;
    int64_t ditto = find_ditto(c);
    return ditto ? gl_csv_refuse_ditto(c, ditto) : gl_csv_never_closed(c->g, c->path, open);
}

static glia_status read_text(csv *c, sample *s, glia_table *t) {
    glia_status status = gl_csv_clean(c);
    if (!status) status = gl_csv_quotes(c);
    if (!status) gl_csv_open_formulas(c);
    if (!status) gl_csv_mark_na(c);
    if (!status) status = gl_csv_lines(c);
    if (!status) status = gl_csv_delimiter(c);
    if (!status) gl_csv_comments_within(c);
    if (!status) status = c->status;
    if (!status && c->options->bad_rows && !strcmp(c->options->bad_rows, "skip"))
        status = gl_csv_bad_rows(c, t);
    if (!status) status = gl_csv_sample(c, s);
    if (status) return status;
    t->decimal = c->decimal;
    t->delimiter = c->rules.delimiter;
    t->encoding = c->encoding;
    t->header = c->header ? 1 : -1;
    status = gl_csv_table(c, s, t);
    if (!status) tell_left_out(c);
    if (!status) gl_table_tell_bad(t, 0);
    return status;
}

static glia_table *read_with(csv *c) {
    if (gl_csv_open(c)) return NULL;
    sample s = {.c = c, .text = {.g = c->g}};
    glia_table *t = gl_table_new(c->g, c->path);
    if (t && read_text(c, &s, t)) {
        glia_table_free(t);
        t = NULL;
    }
    gl_free(c->g, s.text.s);
    gl_free(c->g, s.cell);
    gl_free(c->g, c->joined.s);
    return t;
}

static glia_table *read_csv(glia_ctx *g, const char *path, const glia_read_options *options) {
    csv *c = gl_alloc(g, 1, sizeof *c);
    if (!c) return NULL;
    c->g = g, c->path = path, c->options = options;
    glia_table *t = read_with(c);
    gl_csv_close(c);
    gl_free(g, c);
    return t;
}

const gl_reader gl_reader_csv = {
    .names = {"csv", "tsv"},
    .suffixes = {".csv", ".tsv"},
    .read_table = read_csv,
};
