/*
 * levels.c: names of several rows, as pandas writes those of a MultiIndex. A name of the first row
 * stands again over each of its columns:
 *
 *     ,flat,flat,sale           "flat rooms", "flat area", "sale price"
 *     ,rooms,area,price
 *     id,,,                     the name of the index, whose column is the first
 *     0,3,82.5,250
 */
#include "csv.h"

#include <string.h>

enum { MOST_LEVELS = 5 };

static bool is_number_or_gap(const csv *c, const char *text) {
    return gl_csv_is_number(text, c->decimal) ||
           gl_is_missing(text, strlen(text), c->options->missing);
}

static bool holds_numbers(const csv *c, const sample *s, int64_t from, int64_t column) {
    bool any = false;
    for (int64_t i = from; i < s->rows; i++) {
        const char *text = sample_cell(s, i, column);
        if (!is_number_or_gap(c, text)) return false;
        any |= gl_csv_is_number(text, c->decimal);
    }
    return any;
}

static bool names_the_index(const sample *s, int64_t row) {
    if (!*sample_cell(s, row, 0)) return false;
    for (int64_t j = 1; j < s->columns; j++)
        if (*sample_cell(s, row, j)) return false;
    return true;
}

/* Texts alone, some of them in columns that have numbers below all names. */
static bool is_level(const csv *c, const sample *s, int64_t row, int64_t rows) {
    int64_t above = 0;
    for (int64_t j = 0; j < s->columns; j++) {
        const char *text = sample_cell(s, row, j);
        if (gl_csv_is_number(text, c->decimal)) return false;
        above += *text && holds_numbers(c, s, rows, j);
    }
    return above > 1;
}

static bool stands_again(const sample *s, int64_t row) {
    for (int64_t j = 1; j < s->columns; j++) {
        const char *text = sample_cell(s, row, j);
        if (*text && !strcmp(text, sample_cell(s, row, j - 1))) return true;
    }
    return false;
}

static bool are_levels(const csv *c, const sample *s, int64_t rows) {
    int64_t levels = rows - names_the_index(s, rows - 1);
    if (levels < 2 || !stands_again(s, 0)) return false;
    for (int64_t k = 0; k < levels; k++)
        if (!is_level(c, s, k, rows)) return false;
    for (int64_t k = 0; k < rows; k++)
        if (s->line[k + 1] <= s->line[k]) return false;
    return true;
}

int64_t gl_csv_levels(const csv *c, const sample *s) {
    int64_t rows = s->rows - 1 < MOST_LEVELS ? s->rows - 1 : MOST_LEVELS;
    for (; rows > 1; rows--)
        if (are_levels(c, s, rows)) return rows;
    return 0;
}

/* The column of the index has its own name. It is told. */
glia_status gl_csv_join_levels(csv *c, const sample *s, int64_t rows) {
    bool index = names_the_index(s, rows - 1);
    gl_note(c->g,
            "%s, lines %lld to %lld: names above names are read as one (option 'skip' %lld takes "
            "the last alone)",
            c->path, (long long)s->line[0], (long long)s->line[rows - 1],
            (long long)s->line[rows - 1 - index] - 1);
    c->joined = (gl_text){.g = c->g};
    for (int64_t j = 0; j < s->columns; j++) {
        bool any = false;
        for (int64_t k = index && !j ? rows - 1 : 0; k < rows; k++) {
            const char *text = sample_cell(s, k, j);
            if (*text) gl_add(&c->joined, "%s%s", any ? " " : "", text), any = true;
        }
        gl_add_bytes(&c->joined, "", 1);
    }
    return c->joined.failed ? GLIA_RESOURCE : GLIA_OK;
}
