/*
 * totals.c: a row of sums among the rows, which a sheet has for its reader and which is learned as
 * one more row.
 *
 *     region   sold    price
 *     North       5      2.5
 *     South       7      3.5
 *     Total      12              is no region; the word may be missing, or be in any language
 *
 * What says it is the sum itself. A word for it lets it be rounded, and other columns have what
 * they like; without one the row has to look like no other, too.
 */
#include "slips.h"
#include "words.h"

#include <math.h>
#include <stdio.h>
#include <string.h>

/* Small letters, as words.h cuts a text into words. */
static bool is_total(const char *text) {
    static const char *const words[] = {
        "total",  "totals",      "subtotal",  "subtotals", "totale",  "totali",   "totales",
        "totaal", "totalt",      "sum",       "sums",      "summe",   "summen",   "zwischensumme",
        "gesamt", "gesamtsumme", "insgesamt", "somme",     "somma",   "suma",     "soma",
        "razem",  "celkem",      "spolu",     "összesen",  "toplam",  "yhteensä", "jumlah",
        "итого",  "всего",       "сумма",     "σύνολο",    "المجموع", "합계",     "총계",
        "소계",   "合计",        "总计",      "总和",      "小计",    "合計",     "總計",
        "小計",   "总额"};
    enum { MOST_BYTES = 48 };
    if (strlen(text) > MOST_BYTES) return false;
    for (gl_words w = gl_words_of(text, false); gl_words_next(&w);)
        for (size_t i = 0; i < sizeof words / sizeof *words; i++)
            if (!strcmp(words[i], w.word)) return true;
    return false;
}

static bool is_statistic(const char *text) {
    static const char *const words[] = {"mean",    "average", "avg",        "std",
                                        "stdev",   "median",  "mittelwert", "durchschnitt",
                                        "moyenne", "media",   "promedio",   "min",
                                        "max",     "minimum", "maximum",    "count"};
    gl_words w = gl_words_of(text, false);
    if (!gl_words_next(&w)) return false;
    for (size_t i = 0; i < sizeof words / sizeof *words; i++)
        if (!strcmp(words[i], w.word)) return !gl_words_next(&w);
    return false;
}

bool gl_is_summary(const char *text) { return is_total(text) || is_statistic(text); }

/* The text of a row's first column of texts. */
static const char *label_of(const glia_table *t, int64_t row) {
    for (int j = 0; j < t->columns; j++) {
        const gl_column *c = &t->column[j];
        if (c->type == GLIA_CATEGORY && c->code[row] >= 0) return c->category[c->code[row]];
    }
    return NULL;
}

static const char *total_of(const glia_table *t, int64_t row) {
    const char *label = label_of(t, row);
    return label && is_total(label) ? label : NULL;
}

/* ------------------------------------------------------------------------------------- sums -- */

static bool has_number(const gl_column *c, int64_t row) {
    return c->type == GLIA_NUMBER && gl_has_numbers(c) && !c->date && isfinite(gl_number(c, row));
}

/* Of the numbers above it; *filled: how many are not 0. */
static double sum_above(const gl_column *c, int64_t row, int64_t *filled) {
    double sum = 0;
    *filled = 0;
    for (int64_t i = 0; i < row; i++) {
        if (!isfinite(gl_number(c, i))) continue;
        sum += gl_number(c, i);
        *filled += gl_number(c, i) != 0;
    }
    return sum;
}

static bool is_near(double found, double sum, double tolerance) {
    return sum != 0 && fabs(found - sum) <= tolerance * fabs(sum);
}

/* Totals are rounded by those who write them; with other sums above it, it is half of all. Shares
 * and prices in its row are means or nothing: one sum of two is enough. */
static bool sums_up(const glia_table *t, int64_t row) {
    int numbers = 0, right = 0;
    for (int j = 0; j < t->columns; j++) {
        const gl_column *c = &t->column[j];
        int64_t filled;
        if (!has_number(c, row)) continue;
        double found = gl_number(c, row), sum = sum_above(c, row, &filled);
        double mean = has_number(c, row - 1) ? gl_number(c, row - 1) : 0; /* may stand above it */
        numbers++;
        right += is_near(found, sum, 0.001) || is_near(2 * found, sum, 0.001) ||
                 is_near(found, sum - mean, 0.001);
    }
    return right && 2 * right >= numbers;
}

/* A cell is missing where those above have one, or its text comes in no other row. */
static bool is_odd(const glia_table *t, int64_t row) {
    for (int j = 0; j < t->columns; j++) {
        const gl_column *c = &t->column[j];
        if (c->type == GLIA_ARRAY || (c->type == GLIA_NUMBER && !gl_has_numbers(c))) continue;
        bool texts = c->type == GLIA_CATEGORY;
        bool missing = texts ? c->code[row] < 0 : isnan(gl_number(c, row));
        int64_t like = 0;
        for (int64_t i = 0; i < row; i++)
            like += missing ? (texts ? c->code[i] < 0 : isnan(gl_number(c, i)))
                            : texts && c->code[i] == c->code[row];
        if (missing ? 10 * like <= row : texts && !like && 2 * c->categories <= t->rows)
            return true;
    }
    return false;
}

static bool is_mean_above(const gl_column *c, int64_t row, double sum) {
    int64_t numbers = 0;
    for (int64_t i = 0; i < row; i++) numbers += isfinite(gl_number(c, i));
    return numbers > 1 && is_near(gl_number(c, row), sum / (double)numbers, 1e-9);
}

/* Without a word for it nothing is rounded, and each number is a sum, of more than half of the
 * rows: the last of few ones, 0 0 1 0 0 1, would be the sum of the others; or beside sums a mean.
 * Two sums are no chance; one is none in a row that looks like no other. */
static bool sums_up_silently(const glia_table *t, int64_t row) {
    int right = 0, means = 0;
    for (int j = 0; j < t->columns && row > 2; j++) {
        const gl_column *c = &t->column[j];
        int64_t filled;
        if (!has_number(c, row)) continue;
        double sum = sum_above(c, row, &filled);
        if (is_near(gl_number(c, row), sum, 1e-9) && 2 * filled > row) right++;
        else if (is_mean_above(c, row, sum)) means++;
        else return false;
    }
    return right && ((right > 1 && !means) || is_odd(t, row));
}

/* Its numbers are the sums of the last rows above it, of two or more: those of a group. Where no
 * word says so, all of them are, two at least, or one that is no small number. */
static bool sums_up_last(const glia_table *t, int64_t row, bool named) {
    double *sum = gl_alloc(t->g, t->columns, sizeof *sum);
    bool found = false;
    for (int64_t from = row - 1; sum && from >= 0 && !found; from--) {
        int numbers = 0, right = 0, telling = 0;
        for (int j = 0; j < t->columns; j++) {
            const gl_column *c = &t->column[j];
            if (!has_number(c, row)) continue;
            double v = gl_number(c, row);
            if (has_number(c, from)) sum[j] += gl_number(c, from);
            bool near = is_near(v, sum[j], named ? 0.001 : 1e-9);
            numbers++, right += near;
            telling += near && (v != floor(v) || fabs(v) >= 100);
        }
        if (row - from < 2 || !right) continue;
        found = named ? 2 * right >= numbers : right == numbers && (right > 1 || telling);
    }
    gl_free(t->g, sum);
    return found;
}

/* ---------------------------------------------------------------------------------- finding -- */

/* Below the sums stand means, or who made the table. */
static int64_t find_named(const glia_table *t) {
    enum { LAST = 3 };
    int64_t last = t->rows - 1, named = -1;
    for (int64_t row = last; row > 1 && row > last - LAST; row--) {
        if (!total_of(t, row)) continue;
        if (sums_up(t, row) || sums_up_last(t, row, true)) return row;
        named = row;
    }
    for (int64_t row = 2; named >= 0 && row < named; row++)
        if (total_of(t, row)) return sums_up(t, row) ? row : -1;
    return -1;
}

/* A text lacks that the row above has. */
static bool lacks_text(const glia_table *t, int64_t row) {
    for (int j = 0; j < t->columns; j++) {
        const gl_column *c = &t->column[j];
        if (c->type == GLIA_CATEGORY && c->code[row] < 0 && c->code[row - 1] >= 0) return true;
    }
    return false;
}

/* sum: of the group's numbers so far, [columns]. */
static bool sums_up_group(const glia_table *t, const double *sum, int64_t row) {
    int right = 0;
    for (int j = 0; j < t->columns; j++) {
        const gl_column *c = &t->column[j];
        if (!has_number(c, row)) continue;
        if (!is_near(gl_number(c, row), sum[j], 1e-9)) return false;
        right++;
    }
    return right && lacks_text(t, row);
}

/* Sums below each group of two rows or more, without a word; two such are no chance. Numbers are
 * looked at only where texts lack. */
static bool find_subtotals(const glia_table *t, char *line, size_t size) {
    int64_t begin = 0, count = 0, first = 0, lacking = 0;
    for (int64_t row = 2; row < t->rows && lacking < 2; row++) lacking += lacks_text(t, row);
    double *sum = lacking < 2 ? NULL : gl_alloc(t->g, t->columns, sizeof *sum);
    for (int64_t row = 0; sum && row < t->rows; row++) {
        bool total = row - begin > 1 && sums_up_group(t, sum, row);
        if (total && !count++) first = row;
        if (total) begin = row + 1;
        for (int j = 0; j < t->columns; j++)
            if (total) sum[j] = 0;
            else if (has_number(&t->column[j], row)) sum[j] += gl_number(&t->column[j], row);
    }
    gl_free(t->g, sum);
    if (count < 2) return false;
    snprintf(line, size,
             "%s %lld: its numbers are the sums of the rows above it, as are those of %lld more "
             "row%s, and count as rows; leave them out of the file if they are totals",
             gl_row_word(t), (long long)glia_table_line(t, first), (long long)count - 1,
             gl_plural(count - 1));
    return true;
}

/* "Mean", "Std" and "Max" at the end. */
static bool find_statistics(const glia_table *t, char *line, size_t size) {
    enum { LAST = 8 };
    int64_t row = t->rows;
    bool mean = false;
    while (row > 2 && t->rows - row < LAST) {
        const char *label = label_of(t, row - 1);
        if (!label || !gl_is_summary(label)) break;
        row--;
    }
    for (int64_t i = row; i < t->rows; i++)
        for (int j = 0; j < t->columns; j++) {
            const gl_column *c = &t->column[j];
            if (!has_number(c, i)) continue;
            double sum = 0, numbers = 0;
            for (int64_t k = 0; k < row; k++)
                if (isfinite(gl_number(c, k))) sum += gl_number(c, k), numbers++;
            mean |= numbers > 1 && is_near(gl_number(c, i), sum / numbers, 0.001);
        }
    if (!mean) return false;
    snprintf(line, size,
             "%s %lld: '%.40s' is of the rows above it, and counts as a row%s; leave it out of "
             "the file",
             gl_row_word(t), (long long)glia_table_line(t, row), label_of(t, row),
             t->rows - row > 1 ? ", as do those below it" : "");
    return true;
}

static int64_t count_named(const glia_table *t) {
    int64_t count = 0;
    for (int64_t row = 0; row < t->rows; row++) count += total_of(t, row) != NULL;
    return count;
}

bool gl_find_total(const glia_table *t, char *line, size_t size) {
    int64_t row = find_named(t), last = t->rows - 1;
    char more[80] = "";
    if (row < 0) {
        if (find_statistics(t, line, size) || find_subtotals(t, line, size)) return true;
        bool group = last > 1 && lacks_text(t, last) && sums_up_last(t, last, false);
        if (!group && !sums_up_silently(t, last)) return false;
        snprintf(line, size,
                 "%s %lld: its numbers are the sums of those above them and count as a row; leave "
                 "it out of the file if it is a total",
                 gl_row_word(t), (long long)glia_table_line(t, last));
        return true;
    }
    int64_t others = count_named(t) - 1;
    if (others > 0)
        snprintf(more, sizeof more, ", as %lld more row%s of that kind do%s", (long long)others,
                 gl_plural(others), others == 1 ? "es" : "");
    snprintf(line, size,
             "%s %lld: '%.40s' is the sum of the rows above it and counts as a row%s; leave it "
             "out of the file",
             gl_row_word(t), (long long)glia_table_line(t, row), total_of(t, row), more);
    return true;
}
