/*
 * transposed.c: a table whose rows are columns: each row has a name and values of one kind, and
 * each column mixes them.
 *
 *     rooms    3     2     4
 *     kind     flat  house loft       a row of texts among rows of numbers
 *     price    250   200   310
 */
#include "slips.h"

#include <stdio.h>
#include <math.h>
#include <string.h>

/* Measured attributes are few, and nobody writes samples side by side unless there are more. */
enum { LEAST_ROWS = 3, MOST_ROWS = 100 };

static bool is_number(const gl_column *c, int64_t row, bool *there) {
    double v;
    if (c->type == GLIA_NUMBER)
        return *there = gl_has_numbers(c) && !isnan(gl_number(c, row)), true;
    const char *text = c->code[row] < 0 ? "" : c->category[c->code[row]];
    *there = *text;
    return gl_parse_number(text, strlen(text), '.', &v);
}

/* Of one kind but for gaps; *numbers: which. */
static bool is_of_one_kind(const glia_table *t, int64_t row, bool *numbers) {
    int64_t found[2] = {0};
    for (int j = 1; j < t->columns; j++) {
        bool there, number = is_number(&t->column[j], row, &there);
        found[number] += there;
    }
    *numbers = found[1] > 0;
    return (found[0] > 0) != (found[1] > 0);
}

bool gl_find_transposed(const glia_table *t, char *line, size_t size) {
    int64_t kinds[2] = {0};
    if (t->rows < LEAST_ROWS || t->rows > MOST_ROWS || t->columns < 3 * t->rows) return false;
    if (t->sparse || t->arrays) return false;
    const gl_column *names = &t->column[0];
    if (names->type != GLIA_CATEGORY || names->categories < t->rows) return false;
    for (int64_t i = 0; i < t->rows; i++) {
        bool numbers;
        if (names->code[i] < 0 || !is_of_one_kind(t, i, &numbers)) return false;
        kinds[numbers]++;
    }
    if (!kinds[0] || !kinds[1]) return false;
    snprintf(line, size,
             "it looks transposed: column 1 holds names ('%.30s'), and samples are columns; rows "
             "are samples, so turn it round (in Python pandas.read_csv(FILE, header=None).T.to_csv("
             "NEW, header=False, index=False))",
             names->category[names->code[0]]);
    return true;
}
