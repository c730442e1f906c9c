/*
 * cells.c: the cells of a sheet as they are collected, sixteen bytes each, before anything is
 * decided about them.
 */
#include "sheet.h"

#include <stdio.h>

/* Workbooks can say in a few bytes that a cell comes again a million times. 2^27 cells are 2 GiB
 * here, 128 columns of the longest sheet. */
enum { MOST_CELLS = 1 << 27 };

void gl_sheet_free(gl_sheet *s) {
    gl_free(s->g, s->cell);
    gl_free(s->g, s->texts.s);
    gl_free(s->g, s->merged);
    s->cell = NULL, s->texts = (gl_text){.g = s->g}, s->merged = NULL;
    s->cells = s->cap = s->merges = s->merged_cap = 0;
}

char *gl_sheet_place(int64_t row, int64_t column, char *buf, size_t size) {
    char letters[8] = "";
    int n = 0;
    for (int64_t c = column + 1; c > 0 && n < 7; c = (c - 1) / 26) {
        memmove(letters + 1, letters, (size_t)n);
        letters[0] = (char)('A' + (c - 1) % 26);
        n++;
    }
    snprintf(buf, size, "%s%lld", letters, (long long)row);
    return buf;
}

void gl_sheet_count(gl_first *what, int64_t row, int64_t column, const char *text) {
    if (what->count++) return;
    what->row = (int32_t)row, what->column = (int32_t)column;
    snprintf(what->text, sizeof what->text, "%.*s", (int)sizeof what->text - 1, text);
}

static bool fail_large(const gl_sheet *s, int64_t row, int64_t column) {
    gl_fail(s->g, GLIA_INPUT, "%s: found a cell in row %lld, column %lld, beyond the largest sheet",
            s->source, (long long)row, (long long)column + 1);
    return false;
}

gl_sheet_cell *gl_sheet_add(gl_sheet *s, int64_t row, int64_t column, gl_sheet_kind kind) {
    bool inside = row >= 1 && row <= GL_SHEET_ROWS && column >= 0 && column < GL_SHEET_COLUMNS;
    if (!inside) return fail_large(s, row, column), NULL;
    if (s->cells == MOST_CELLS)
        return gl_fail(s->g, GLIA_INPUT, "%s: the sheet has more than %d cells", s->source,
                       MOST_CELLS),
               NULL;
    if (!gl_reserve(s->g, &s->cell, &s->cap, s->cells + 1, sizeof *s->cell)) return NULL;
    gl_sheet_cell *c = &s->cell[s->cells++];
    *c = (gl_sheet_cell){.row = (int32_t)row, .column = (int16_t)column, .kind = (uint8_t)kind};
    s->unsorted |= row < s->last_row || (row == s->last_row && column <= s->last_column);
    s->last_row = c->row, s->last_column = c->column;
    return c;
}

static bool is_blank(char c) { return c == ' ' || c == '\t' || c == '\r' || c == '\n'; }

int64_t gl_sheet_keep(gl_sheet *s, const char *text, size_t n) {
    while (n && is_blank(*text)) text++, n--;
    while (n && is_blank(text[n - 1])) n--;
    if (!n) return -1;
    int64_t place = s->texts.n;
    gl_add_bytes(&s->texts, text, (int64_t)n);
    gl_add_bytes(&s->texts, "", 1);
    return s->texts.failed ? -2 : place;
}

bool gl_sheet_add_text(gl_sheet *s, int64_t row, int64_t column, const char *text, size_t n) {
    int64_t place = gl_sheet_keep(s, text, n);
    if (place < 0) return place == -1;
    gl_sheet_cell *c = gl_sheet_add(s, row, column, GL_SHEET_TEXT);
    if (c) c->text = place;
    return c != NULL;
}

bool gl_sheet_add_merged(gl_sheet *s, gl_merged m) {
    bool inside = m.row >= 1 && m.last_row >= m.row && m.last_row <= GL_SHEET_ROWS &&
                  m.column >= 0 && m.last_column >= m.column && m.last_column < GL_SHEET_COLUMNS;
    if (!inside || (m.last_row == m.row && m.last_column == m.column)) return true;
    if (!gl_reserve(s->g, &s->merged, &s->merged_cap, s->merges + 1, sizeof m)) return false;
    s->merged[s->merges++] = m;
    return true;
}
