/*
 * slips.c: what a hand left in a table: one word in several spellings, and a row of sums below the
 * rows. Neither is an error of the file; both are learned as something that they are not.
 *
 *     region   sold
 *     North       5
 *     north       7     "North" and "north" are two categories
 *     Total      12     is no region
 */
#include "slips.h"

#include <ctype.h>
#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <strings.h>

/* -------------------------------------------------------------------------------- spellings -- */

typedef struct spelling {
    const char *text;
    int64_t code;
} spelling;

/* As strcmp, but for case and blanks. Letters beyond ASCII keep their case. */
static int compare_words(const char *a, const char *b) {
    for (;; a++, b++) {
        while (isspace((unsigned char)*a)) a++;
        while (isspace((unsigned char)*b)) b++;
        int x = tolower((unsigned char)*a), y = tolower((unsigned char)*b);
        if (x != y || !x) return x - y;
    }
}

static int by_word(const void *a, const void *b) {
    const spelling *p = a, *q = b;
    int order = compare_words(p->text, q->text);
    return order ? order : (p->code > q->code) - (p->code < q->code);
}

static int64_t end_of_word(const spelling *s, int64_t n, int64_t i) {
    int64_t end = i + 1;
    while (end < n && !compare_words(s[i].text, s[end].text)) end++;
    return end;
}

static void list_spellings(const glia_table *t, int column, const spelling *s, int64_t n,
                           char *line, size_t size) {
    enum { LISTED = 3 };
    int at = snprintf(line, size, "column '%.60s': ", t->column[column].name);
    for (int64_t k = 0; k < n && k < LISTED; k++) {
        int64_t rows;
        glia_table_category(t, column, s[k].code, &rows);
        at += snprintf(line + at, size - (size_t)at, "%s'%.20s' (%lld row%s)",
                       !k          ? ""
                       : k + 1 < n ? ", "
                                   : " and ",
                       s[k].text, (long long)rows, rows == 1 ? "" : "s");
    }
    snprintf(line + at, size - (size_t)at,
             " differ in case or blanks only and count as different; spell them alike if they "
             "mean the same");
}

/* Texts of which most rows have one of their own are names, and no categories. */
bool gl_find_spellings(const glia_table *t, int column, char *line, size_t size) {
    const gl_column *c = &t->column[column];
    if (c->type != GLIA_CATEGORY || 2 * c->categories > t->rows) return false;
    spelling *s = gl_alloc(t->g, c->categories, sizeof *s);
    bool found = false;
    for (int64_t k = 0; s && k < c->categories; k++) s[k] = (spelling){c->category[k], k};
    if (s) qsort(s, (size_t)c->categories, sizeof *s, by_word);
    for (int64_t i = 0, end; s && !found && i < c->categories; i = end) {
        end = end_of_word(s, c->categories, i);
        found = end > i + 1;
        if (found) list_spellings(t, column, s + i, end - i, line, size);
    }
    gl_free(t->g, s);
    return found;
}

/* ------------------------------------------------------------------------------------ totals -- */

static bool is_total(const char *text) {
    static const char *const words[] = {"total",  "totals",      "grand total", "sum",    "summe",
                                        "gesamt", "gesamtsumme", "somme",       "totale", "suma",
                                        "合计",   "总计",        "合計"};
    size_t n = strlen(text);
    while (n && (text[n - 1] == ':' || isspace((unsigned char)text[n - 1]))) n--;
    for (size_t i = 0; i < sizeof words / sizeof *words; i++)
        if (strlen(words[i]) == n && !strncasecmp(words[i], text, n)) return true;
    return false;
}

/* Totals are rounded by those who write them. */
static bool is_sum(const gl_column *c, int64_t last) {
    double sum = 0;
    for (int64_t i = 0; i < last; i++)
        if (!isnan(c->number[i])) sum += c->number[i];
    return fabs(c->number[last] - sum) <= 0.001 * fabs(sum);
}

static const char *total_of(const glia_table *t, int64_t row) {
    for (int j = 0; j < t->columns; j++) {
        const gl_column *c = &t->column[j];
        if (c->type == GLIA_CATEGORY && c->code[row] >= 0)
            return is_total(c->category[c->code[row]]) ? c->category[c->code[row]] : NULL;
    }
    return NULL;
}

bool gl_find_total(const glia_table *t, char *line, size_t size) {
    int64_t last = t->rows - 1;
    int sums = 0, numbers = 0;
    const char *text = last > 1 ? total_of(t, last) : NULL;
    for (int j = 0; text && j < t->columns; j++) {
        const gl_column *c = &t->column[j];
        if (c->type != GLIA_NUMBER || !c->number || isnan(c->number[last])) continue;
        numbers++;
        sums += is_sum(c, last);
    }
    /* Shares and prices below "Total" are means or nothing: one sum of two is enough. */
    if (!sums || 2 * sums < numbers) return false;
    snprintf(line, size,
             "line %lld: '%.40s' is the sum of the rows above it and counts as a row; leave it "
             "out of the file",
             (long long)glia_table_line(t, last), text);
    return true;
}
