/*
 * table.c: from a text to a table, once delimiter, decimal mark and header are known: numbers where
 * every cell of a column is one, else texts; then what looks like a slip in the data is told.
 */
#include "../cells.h"
#include "build.h"

#include <math.h>
#include <stdio.h>
#include <string.h>

/* --------------------------------------------------------------------- what the sample shows -- */

/* 1.10 and 1.1: a version, a chapter, a code. Asked of a cell and those above it. */
static bool comes_in_two_spellings(const csv *c, const sample *s, int64_t row, int j) {
    const char *text = sample_cell(s, row, j);
    double v, other;
    size_t n = strlen(text);
    if (n < 3 || text[n - 1] != '0' || !strchr(text, c->decimal)) return false;
    if (!gl_parse_number(text, n, c->decimal, &v) || v == floor(v)) return false;
    for (int64_t i = c->header; i < s->rows; i++) {
        const char *above = sample_cell(s, i, j);
        size_t m = strlen(above);
        if (m != n && gl_parse_number(above, m, c->decimal, &other) && other == v) return true;
    }
    return false;
}

/* Points were said to stand between thousands, and between commas the decimal sign can be no comma:
 * cells.c reads the column. */
static bool has_thousands(const csv *c, const sample *s, int j) {
    const char *said = c->options->thousands;
    bool any = false;
    if (!said || *said != c->decimal) return false;
    for (int64_t i = c->header; i < s->rows; i++) {
        const char *text = sample_cell(s, i, j);
        if (!strchr(text, c->decimal)) continue;
        if (!gl_may_be_thousands(text, c->decimal)) return false;
        any = true;
    }
    return any;
}

/* Words for missing numbers are no numbers by themselves: a column of them may be one of texts. */
static bool looks_like_numbers(const csv *c, const sample *s, const glia_table *t, int j) {
    int64_t numbers = 0, words = 0;
    if (t->column[j].role == GL_AS_CATEGORY || t->column[j].role == GL_AS_TEXT) return false;
    if (has_thousands(c, s, j)) return false;
    for (int64_t i = c->header; i < s->rows; i++) {
        const char *text = sample_cell(s, i, j);
        size_t n = strlen(text);
        if (gl_csv_is_code(text, n) || comes_in_two_spellings(c, s, i, j)) return false;
        if (gl_csv_is_number(text, c->decimal)) numbers++;
        else if (gl_is_missing(text, n, c->options->missing)) continue;
        else if (gl_is_missing_number(text, n, c->options->missing)) words++;
        else return false;
    }
    return numbers > 0 || words == 0;
}

/* ------------------------------------------------------------------------------------ finish -- */

/* An infinite number concerns whoever uses its column. */
static void keep_infinite(glia_table *t, const gl_csv_tally *found) {
    for (int j = 0; j < t->columns; j++)
        if (t->column[j].type == GLIA_NUMBER) t->column[j].infinite = found[j].infinite;
}

/* The numbers of a column of which each fraction may have its sign between thousands: from 1 to
 * 999, with three digits behind. */
typedef struct thousands {
    int64_t marked, small, large; /* fractions; whole numbers below 1000, and from there on */
    int64_t first, first_large;   /* rows */
} thousands;

static bool is_whole_times(double v, double factor) {
    double times = v * factor;
    return fabs(times - round(times)) < 1e-6 * factor / 1000;
}

/* False: one fraction is no thousands. Those of fewer digits by their value end with a 0 in the
 * file, as the tally counts. */
static bool look_at_thousands(const glia_table *t, const gl_column *c, const gl_csv_tally *found,
                              thousands *out) {
    int64_t shorter = 0;
    *out = (thousands){.first = -1, .first_large = -1};
    if (gl_packed_whole(&c->packed)) return false;
    for (int64_t i = 0; i < t->rows; i++) {
        double v = fabs(gl_number(c, i));
        if (!isfinite(v)) continue;
        if (v == floor(v)) {
            out->small += v < 1000;
            if (v >= 1000 && !out->large++) out->first_large = i;
            continue;
        }
        if (v < 1 || v >= 1000 || !is_whole_times(v, 1000)) return false;
        shorter += is_whole_times(v, 100);
        if (!out->marked++) out->first = i;
    }
    return out->marked >= GL_ENOUGH_THOUSANDS && shorter <= found->padded;
}

/* "1.234" in every cell of a file that semicolons separate: where those are written, a point may
 * stand between thousands. Elsewhere a larger number without a sign tells that some were written
 * with one. Two cells say nothing yet. Columns of texts are asked by cells.c. */
static void doubt_thousands(const csv *c, const glia_table *t, const gl_csv_tally *tally) {
    if (c->options->decimal || c->options->thousands) return;
    bool semicolons = c->rules.delimiter == ';' && c->decimal == '.';
    for (int j = 0; j < t->columns; j++) {
        const gl_column *column = &t->column[j];
        char with[40], bare[40];
        thousands k;
        bool plain = column->type == GLIA_NUMBER && column->role != GL_AS_DATE;
        if (!plain || !look_at_thousands(t, column, &tally[j], &k)) continue;
        if (!k.large && !semicolons) continue;
        snprintf(with, sizeof with, "%.3f", gl_number(column, k.first));
        *strchr(with, '.') = c->decimal;
        if (k.large) gl_print_number(gl_number(column, k.first_large), bare, sizeof bare);
        gl_tell_thousands(t, column, with, t->line[k.first], k.large ? bare : NULL,
                          k.large ? t->line[k.first_large] : 0);
    }
}

/* Words that the columns of numbers had, and those of columns that were texts until now, are told
 * together. */
static glia_status settle(glia_table *t, const gl_csv_tally *found, gl_cell_signs signs) {
    gl_words_found words = {0};
    for (int j = 0; j < t->columns; j++)
        if (t->column[j].type == GLIA_NUMBER && found[j].words)
            gl_found_word(&words, t, &t->column[j], found[j].word, found[j].words,
                          found[j].word_line);
    glia_status status = gl_cells_settle(t, signs, &words);
    if (words.columns > 5) gl_add(&words.text, " and %d more", words.columns - 5);
    if (words.text.s) gl_note(t->g, "%s: missing numbers: %s", t->source, words.text.s);
    gl_free(t->g, words.text.s);
    return status;
}

/* Numbers, or texts that say more than that one is missing. */
static bool says_something(const csv *c, const glia_table *t, const gl_column *column,
                           const gl_csv_tally *found) {
    bool filled = found->numbers || found->infinite;
    for (int64_t i = 0; gl_has_numbers(column) && i < t->rows && !filled; i++)
        filled = !isnan(gl_number(column, i)); /* they were texts at first */
    for (int64_t k = 0; k < column->categories && !filled; k++) {
        const char *text = column->category[k];
        filled = !gl_is_missing_number(text, strlen(text), c->options->missing);
    }
    return filled;
}

/* "a,b," on every line: a last column without name or cells is only the delimiter at the line's
 * end. */
static void drop_empty_last(const csv *c, const sample *s, glia_table *t,
                            const gl_csv_tally *tally) {
    int j = t->columns - 1;
    bool unnamed = !c->header || !*sample_cell(s, 0, j);
    if (j > 0 && unnamed && !says_something(c, t, &t->column[j], &tally[j])) gl_table_drop_last(t);
}

/* Different ids may be one double. The neighbours of a number of nanoseconds do no harm. */
static void doubt_large(const csv *c, const glia_table *t, const gl_csv_tally *tally) {
    for (int j = 0; j < t->columns; j++) {
        if (!tally[j].large || t->column[j].type != GLIA_NUMBER) continue;
        gl_warn(c->g,
                "%s, column '%s': %lld whole numbers have more digits than a number keeps (2^53), "
                "so that near ones may become the same (option 'category' '%s' reads them as "
                "texts)",
                t->source, t->column[j].name, (long long)tally[j].large, t->column[j].name);
    }
}

/* "3E1": digits, a letter and a digit or two. */
static bool is_exponent_code(const char *s) {
    size_t n = strspn(s, "0123456789");
    if (n < 1 || n > 3 || (s[n] | 32) != 'e') return false;
    size_t m = strspn(s + n + 1, "0123456789");
    return m > 0 && m < 3 && !s[n + 1 + m];
}

/* Programs write 3e+01 and people 30: where all are so, they may be the numbers of flats. */
static void doubt_exponents(const csv *c, const sample *s, const glia_table *t) {
    for (int j = 0; j < t->columns; j++) {
        int64_t codes = 0, last = 0;
        char value[40];
        if (t->column[j].type != GLIA_NUMBER || t->column[j].role) continue;
        for (int64_t i = c->header; i < s->rows && codes >= 0; i++) {
            const char *text = sample_cell(s, i, j);
            if (gl_is_missing(text, strlen(text), c->options->missing)) continue;
            codes = is_exponent_code(text) ? codes + 1 : -1;
            last = i;
        }
        if (codes < 2) continue;
        gl_warn(c->g,
                "%s, column '%s': '%s' is read as %s; where such cells are codes, option "
                "'category' '%s' reads texts",
                t->source, t->column[j].name, sample_cell(s, last, j),
                gl_print_number(gl_number(&t->column[j], last - c->header), value, sizeof value),
                t->column[j].name);
    }
}

/* NA is Namibia among codes of countries. */
static bool are_two_letters(const gl_column *c) {
    for (int64_t k = 0; k < c->categories; k++) {
        const char *s = c->category[k];
        if (strlen(s) != 2 || strspn(s, "ABCDEFGHIJKLMNOPQRSTUVWXYZ") != 2) return false;
    }
    return c->categories > 2;
}

static void doubt_na(const csv *c, const glia_table *t, const gl_csv_tally *tally) {
    for (int j = 0; j < t->columns; j++)
        if (tally[j].na && t->column[j].type == GLIA_CATEGORY && are_two_letters(&t->column[j]))
            gl_warn(c->g,
                    "%s, column '%s': NA is read as missing, in %lld cell%s, and may be a code "
                    "like the others (option 'missing' none reads it so)",
                    t->source, t->column[j].name, (long long)tally[j].na, gl_plural(tally[j].na));
}

/* What is known of all cells, once they are read. */
static glia_status finish(const csv *c, const sample *s, glia_table *t, const gl_csv_tally *tally) {
    gl_cell_signs signs;
    glia_status status = gl_read_cell_signs(c->g, c->options, &signs);
    signs.delimiter = c->rules.delimiter;
    signs.decimal = c->options->decimal && *c->options->decimal == c->decimal;
    if (status) return status;
    if (!t->rows)
        return gl_fail(
            c->g, GLIA_INPUT,
            "%s: found a header and no rows below it, '%.60s'%s (option 'no-header' if line 1 is "
            "data)",
            c->path, t->column[0].name, t->columns > 1 ? " ..." : "");
    keep_infinite(t, tally);
    status = gl_csv_doubt_joints(c, t);
    if (!status) doubt_thousands(c, t, tally);
    if (!status) status = settle(t, tally, signs);
    if (status) return status;
    if (!signs.trained) doubt_large(c, t, tally);
    if (!signs.trained) doubt_exponents(c, s, t);
    if (!signs.trained) doubt_na(c, t, tally);
    drop_empty_last(c, s, t, tally);
    return GLIA_OK;
}

glia_status gl_csv_table(csv *c, const sample *s, glia_table *t) {
    glia_status status = gl_csv_name(c, s, t);
    if (!status) status = gl_table_say(t, c->options);
    if (status) return status;
    for (int j = 0; j < t->columns; j++)
        if (!looks_like_numbers(c, s, t, j)) t->column[j].type = GLIA_CATEGORY;
    gl_csv_tally *tally = gl_alloc(c->g, t->columns, sizeof *tally);
    if (!tally) return GLIA_RESOURCE;
    uint64_t seen;
    status = gl_csv_parts(c, t, tally, s->line[0], &seen);
    if (!status) status = finish(c, s, t, tally);
    if (!status && !(c->options->as_trained & GL_KEPT_MISSING))
        gl_warn_unseen(t, c->options->missing, seen);
    gl_free(c->g, tally);
    gl_table_thin_lines(t);
    return status;
}
