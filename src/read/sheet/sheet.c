/*
 * sheet.c: from the cells of a sheet to a table, by the rules of tables of text.
 *
 *     1  Flats 2026                         a title: left out, told
 *     2
 *     3             size   sold             names; no cell in column A: it is none of the table's
 *     4             82.5   2024-01-31
 *     5             59     2024-02-01
 *     6
 *     7  Source: own survey                 a note below the table: left out, told
 *
 * A cell has a type of its own, so that no text is taken for a number, nor a number for a date.
 */
#include "making.h"

#include <math.h>
#include <stdio.h>
#include <stdlib.h>

/* -------------------------------------------------------------------------------------- rows -- */

static int by_place(const void *a, const void *b) {
    const gl_sheet_cell *p = a, *q = b;
    if (p->row != q->row) return p->row < q->row ? -1 : 1;
    return (p->column > q->column) - (p->column < q->column);
}

static int by_first_row(const void *a, const void *b) {
    const gl_merged *p = a, *q = b;
    return (p->row > q->row) - (p->row < q->row);
}

static glia_status find_rows(making *m) {
    gl_sheet *s = m->s;
    int64_t cap = 0;
    if (s->unsorted) qsort(s->cell, (size_t)s->cells, sizeof *s->cell, by_place);
    if (s->merges) qsort(s->merged, (size_t)s->merges, sizeof *s->merged, by_first_row);
    for (int64_t i = 0; i < s->cells; i++) {
        const gl_sheet_cell *c = &s->cell[i];
        bool fresh = !i || c->row != c[-1].row;
        if (!fresh && c->column == c[-1].column)
            return gl_fail(m->g, GLIA_INPUT, "%s, row %d: found two cells in one place", s->source,
                           (int)c->row);
        if (fresh && !gl_reserve(m->g, &m->row, &cap, m->rows + 1, sizeof *m->row))
            return GLIA_RESOURCE;
        if (fresh) m->row[m->rows++] = (row){.begin = i, .number = c->row};
        m->row[m->rows - 1].cells++;
    }
    return m->rows ? GLIA_OK : gl_fail(m->g, GLIA_INPUT, "%s: the sheet has no cells", s->source);
}

/* Row k goes, and those behind it move up: only a few are left out, near an end. */
void gl_sheet_drop_row(making *m, int64_t k) {
    memmove(m->row + k, m->row + k + 1, (size_t)(m->rows - k - 1) * sizeof *m->row);
    m->rows--;
}

const char *gl_sheet_text_of(const making *m, const gl_sheet_cell *c, char *buf, size_t size) {
    if (!c) return "";
    if (c->kind == GL_SHEET_TEXT) return m->s->texts.s + c->text;
    if (c->kind == GL_SHEET_DATE || c->kind == GL_SHEET_TIMED)
        return gl_date_text(c->number + 1e-8, c->kind == GL_SHEET_TIMED, buf, size);
    return gl_print_number(c->number, buf, size);
}

void gl_sheet_tell_dropped(const making *m, int64_t k, const char *what, const char *mend) {
    char buf[40], shown[64];
    const char *text = gl_sheet_text_of(m, &m->s->cell[m->row[k].begin], buf, sizeof buf);
    snprintf(shown, sizeof shown, "%.*s", (int)strcspn(text, "\r\n"), text);
    gl_warn(m->g, "%s, line %d: '%s' looks like %s, and is left out%s", m->s->source,
            (int)m->row[k].number, shown, what, mend);
}

/* As many cells as most of the first rows have. */
static int32_t usual_cells(const making *m) {
    int64_t n = m->rows < GL_CSV_LINES ? m->rows : GL_CSV_LINES;
    int32_t usual = 0;
    for (int64_t i = 0, most = 0; i < n; i++) {
        int64_t same = 0;
        for (int64_t k = 0; k < n; k++) same += m->row[k].cells == m->row[i].cells;
        if (same > most || (same == most && m->row[i].cells > usual))
            most = same, usual = m->row[i].cells;
    }
    return usual;
}

/* "Group A" and "Group B", each over several columns, are names; one over all is a title. */
static bool names_groups(const making *m, const row *r) {
    bool merged = false;
    for (int64_t i = 0; i < m->s->merges && m->s->merged[i].row <= r->number; i++)
        merged |= m->s->merged[i].row == r->number &&
                  m->s->merged[i].last_column > m->s->merged[i].column;
    return merged && r->cells > 1;
}

/* Rows above that have at most half of the cells are no header of the table; of a table with gaps
 * they may be rows where the one above is complete. */
static void drop_above(making *m, int32_t usual) {
    while (m->rows > 2 && usual > 1 && 2 * m->row[0].cells <= usual &&
           !names_groups(m, &m->row[0])) {
        gl_sheet_tell_dropped(m, 0, "a title", " (option 'skip' 0 keeps it)");
        gl_sheet_drop_row(m, 0);
    }
}

/* "Source: own survey": one text, behind an empty row. */
static void drop_below(making *m, int32_t usual) {
    while (m->rows > 2 && usual > 2) {
        int64_t k = m->rows - 1, begin = k;
        while (begin > 1 && m->row[begin].cells == 1 &&
               m->row[begin].number == m->row[begin - 1].number + 1)
            begin--;
        const row *r = &m->row[k];
        bool apart = m->row[begin].number > m->row[begin - 1].number + 1;
        if (r->cells != 1 || !apart || m->s->cell[r->begin].kind != GL_SHEET_TEXT) return;
        gl_sheet_tell_dropped(m, k, "a note below the table", " (option 'skip' 0 keeps it)");
        gl_sheet_drop_row(m, k);
    }
}

/* The rows of training had rows above them. These have none where the first is as long as most. */
static void skip_rows(making *m) {
    int skip = m->options->skip;
    bool kept = m->options->as_trained & GL_KEPT_SKIP;
    if (skip > 0 && kept && 2 * m->row[0].cells > usual_cells(m)) {
        gl_note(m->g, "%s: no lines stand above the table, so none is left out", m->s->source);
        return;
    }
    while (m->rows > 1 && m->row[0].number <= skip) gl_sheet_drop_row(m, 0);
}

/* ----------------------------------------------------------------------------------- columns -- */

static glia_status find_columns(making *m) {
    m->column_of = gl_alloc(m->g, GL_SHEET_COLUMNS, sizeof *m->column_of);
    if (!m->column_of) return GLIA_RESOURCE;
    for (int64_t k = 0; k < m->rows; k++)
        for (int64_t i = 0; i < m->row[k].cells; i++)
            m->column_of[m->s->cell[m->row[k].begin + i].column] = 1;
    for (int j = 0; j < GL_SHEET_COLUMNS; j++)
        m->column_of[j] = m->column_of[j] ? m->columns++ : -1;
    m->cell = gl_alloc(m->g, m->columns, sizeof *m->cell);
    m->over = gl_alloc(m->g, m->columns, sizeof *m->over);
    m->first = gl_alloc(m->g, m->columns, sizeof *m->first);
    m->under = gl_alloc(m->g, m->columns, sizeof *m->under);
    return m->cell && m->over && m->first && m->under ? GLIA_OK : GLIA_RESOURCE;
}

void gl_sheet_spread(making *m, int64_t k) {
    const row *r = &m->row[k];
    memset(m->cell, 0, (size_t)m->columns * sizeof *m->cell);
    for (int64_t i = 0; i < r->cells; i++) {
        const gl_sheet_cell *c = &m->s->cell[r->begin + i];
        m->cell[m->column_of[c->column]] = c;
    }
}

/* Rows of columns from..to - 1 of the sheet. */
static void rows_of_block(const making *m, int from, int to, int32_t *first, int32_t *last) {
    *first = INT32_MAX, *last = 0;
    for (int64_t k = 0; k < m->rows; k++)
        for (int64_t i = 0; i < m->row[k].cells; i++) {
            const gl_sheet_cell *c = &m->s->cell[m->row[k].begin + i];
            if (c->column < from || c->column >= to) continue;
            if (c->row < *first) *first = c->row;
            if (c->row > *last) *last = c->row;
        }
}

/* An empty column between others that begin and end in other rows: two tables, side by side. One
 * that only sets columns of a table apart has rows as long on both sides. */
static void doubt_blocks(const making *m) {
    int begin = 0, last = GL_SHEET_COLUMNS - 1;
    while (begin < last && m->column_of[begin] < 0) begin++;
    while (last > begin && m->column_of[last] < 0) last--;
    for (int gap = begin; gap <= last; gap++) {
        int32_t a, b, c, d;
        char place[16];
        if (m->column_of[gap] >= 0) continue;
        int next = gap;
        while (m->column_of[next] < 0) next++;
        rows_of_block(m, begin, gap, &a, &b);
        rows_of_block(m, next, GL_SHEET_COLUMNS, &c, &d);
        if (a == c && b == d) {
            gap = next;
            continue;
        }
        gl_warn(m->g,
                "%s: cells from %s on stand beside the others, behind an empty column and in other "
                "rows; is it another table? They are read as columns of this one",
                m->s->source, gl_sheet_place(c, next, place, sizeof place));
        return;
    }
}

/* Has row k a text where the rows above it, as far as they are looked at, have numbers? All of its
 * cells are texts. */
static bool stands_above_numbers(making *m, int64_t k) {
    enum { LOOKED_AT = 100 };
    const row *names = &m->row[k];
    for (int64_t i = 0; i < names->cells; i++) {
        int column = m->s->cell[names->begin + i].column;
        int64_t numbers = 0, others = 0;
        for (int64_t r = k - 1; r > 0 && k - r <= LOOKED_AT; r--)
            for (int64_t j = 0; j < m->row[r].cells; j++) {
                const gl_sheet_cell *c = &m->s->cell[m->row[r].begin + j];
                if (c->column != column) continue;
                c->kind == GL_SHEET_TEXT ? others++ : numbers++;
            }
        if (numbers && !others) return true;
    }
    return false;
}

/* Names behind an empty row, in two columns or more, as csv/joined.c has it. */
static bool begins_table(making *m, int64_t k) {
    const row *r = &m->row[k];
    if (r->number <= m->row[k - 1].number + 1 || r->cells < 2) return false;
    for (int64_t i = 0; i < r->cells; i++)
        if (m->s->cell[r->begin + i].kind != GL_SHEET_TEXT) return false;
    return stands_above_numbers(m, k);
}

static glia_status doubt_tables(making *m) {
    for (int64_t k = 2; k + 1 < m->rows; k++) {
        if (!begins_table(m, k)) continue;
        const gl_sheet_cell *first = &m->s->cell[m->row[k].begin];
        const gl_sheet_cell *last = first + m->row[k].cells - 1;
        return gl_fail(m->g, GLIA_INPUT,
                       "%s, line %d: another table begins here, behind an empty row: '%.40s' ... "
                       "'%.40s' name its columns; keep one of the two on the sheet",
                       m->s->source, (int)m->row[k].number, m->s->texts.s + first->text,
                       m->s->texts.s + last->text);
    }
    return GLIA_OK;
}

/* ----------------------------------------------------------------------------------- filling -- */

/* Of those that begin in the present row. */
static void reach_over(making *m, const gl_merged *g) {
    int32_t first = m->column_of[g->column];
    if (first < 0 || !m->cell[first]) return;
    for (int32_t c = g->column; c <= g->last_column && m->reached++ < GL_SHEET_REACHED; c++) {
        int32_t j = m->column_of[c];
        if (j >= 0) m->over[j] = g, m->first[j] = m->cell[first];
    }
}

/* Cells that were made one have its value in each of their places. */
static void fill_merged(making *m, const row *r, gl_first *below, gl_first *beside) {
    gl_sheet *s = m->s;
    for (; m->next < s->merges && s->merged[m->next].row <= r->number; m->next++) {
        const gl_merged *g = &s->merged[m->next];
        if (g->row == r->number) reach_over(m, g);
    }
    for (int j = 0; s->merges && j < m->columns; j++) {
        const gl_merged *g = m->over[j];
        if (!g || m->cell[j] || g->last_row < r->number) continue;
        m->cell[j] = m->first[j];
        gl_sheet_count(g->row < r->number ? below : beside, g->row, g->column, "");
    }
}

static bool is_header_again(const making *m) {
    char buf[40];
    for (int j = 0; j < m->columns; j++)
        if (strcmp(gl_sheet_text_of(m, m->cell[j], buf, sizeof buf),
                   sample_cell(&m->sample, 0, j)) != 0)
            return false;
    return m->columns > 1;
}

static glia_status add_cell(making *m, int j, const gl_sheet_cell *c) {
    char buf[40];
    if (c->kind == GL_SHEET_DAYS) gl_records_unit(m->to, j, "days");
    if (c->kind == GL_SHEET_SHARE) gl_records_unit(m->to, j, "shares of 1");
    if (c->kind <= GL_SHEET_DAYS) return gl_records_value(m->to, j, c->number);
    const char *text = gl_sheet_text_of(m, c, buf, sizeof buf);
    return gl_records_text(m->to, j, text, strlen(text));
}

static void tell_merged(const making *m, const gl_first *filled, const char *with) {
    char place[16];
    if (filled->count)
        gl_note(m->g, "%s: %lld cell%s merged %s, whose value they have, such as %s", m->s->source,
                (long long)filled->count, filled->count > 1 ? "s are" : " is", with,
                gl_sheet_place(filled->row, filled->column, place, sizeof place));
}

static glia_status add_rows(making *m) {
    gl_first below = {0}, beside = {0};
    glia_status status = GLIA_OK;
    for (int64_t k = m->c.header; k < m->rows && !status; k++) {
        gl_sheet_spread(m, k);
        if (m->c.header && gl_sheet_skips(m) && is_header_again(m)) {
            if (!m->headers.count++) m->headers.line = m->row[k].number;
            continue;
        }
        fill_merged(m, &m->row[k], &below, &beside);
        status = gl_records_row(m->to, m->row[k].number);
        for (int j = 0; j < m->columns && !status; j++)
            if (m->cell[j]) status = add_cell(m, j, m->cell[j]);
    }
    if (!status)
        tell_merged(m, &below, "with those above"),
            tell_merged(m, &beside, "with one to their left");
    return status;
}

/* ----------------------------------------------------------------------------------- remarks -- */

static void tell(const gl_sheet *s, bool warn, const gl_first *what, const char *one,
                 const char *many, const char *end) {
    char place[16];
    if (!what->count) return;
    (warn ? gl_warn : gl_note)(s->g, "%s: %lld %s, the first%s%s%s in %s%s", s->source,
                               (long long)what->count, what->count > 1 ? many : one,
                               *what->text ? " '" : "", what->text, *what->text ? "'" : "",
                               gl_sheet_place(what->row, what->column, place, sizeof place), end);
}

static void tell_all(const making *m) {
    const gl_sheet *s = m->s;
    tell(s, true, &s->unvalued, "formula has no value in the file",
         "formulas have no values in the file",
         "; read as missing: open it in a program for sheets and save it again");
    tell(s, false, &s->errors, "cell holds an error", "cells hold errors", "; read as missing");
    tell(s, true, &s->no_days, "cell holds 1900-02-29, a day that there was not",
         "cells hold 1900-02-29, a day that there was not", "; read as missing");
    tell(s, false, &s->times, "time of day or duration", "times of day or durations",
         "; they are read as numbers of days, 12:00 as 0.5");
    tell(s, false, &s->hidden, "row that is hidden is read, too",
         "rows that are hidden are read, too",
         "; take them out of the sheet if they are not to be");
    tell(s, false, &s->hidden_columns, "column that is hidden is read, too",
         "columns that are hidden are read, too", " (option 'ignore')");
    if (m->headers.count)
        gl_warn(m->g,
                "%s, line %lld: the header comes again, and is left out (option 'skip' 0 "
                "keeps it)",
                s->source, (long long)m->headers.line);
}

static glia_status make(making *m) {
    glia_status status = find_rows(m);
    if (status) return status;
    skip_rows(m);
    int32_t usual = usual_cells(m);
    if (gl_sheet_skips(m)) drop_above(m, usual);
    if (gl_sheet_skips(m)) drop_below(m, usual);
    status = find_columns(m);
    if (!status) doubt_blocks(m);
    if (!status && gl_sheet_skips(m)) status = doubt_tables(m);
    if (!status) status = gl_sheet_find_names(m);
    m->to = status ? NULL : gl_records_new(m->g, m->s->source, m->options);
    if (!status) status = m->to ? gl_sheet_add_columns(m) : GLIA_RESOURCE;
    if (!status) status = add_rows(m);
    if (!status) tell_all(m);
    return status;
}

glia_table *gl_sheet_table(gl_sheet *sheet, const glia_read_options *options) {
    glia_ctx *g = sheet->g;
    making m = {.g = g, .s = sheet, .options = options};
    m.c = (csv){.g = g, .path = sheet->source, .options = options, .decimal = '.'};
    m.sample = (sample){.c = &m.c, .text = {.g = g}};
    glia_status status = make(&m);
    gl_free(g, m.row);
    gl_free(g, m.column_of);
    gl_free(g, m.cell);
    gl_free(g, m.over);
    gl_free(g, m.first);
    gl_free(g, m.under);
    gl_free(g, m.sample.text.s);
    gl_free(g, m.sample.cell);
    if (!status) return gl_records_end(m.to);
    gl_records_free(m.to);
    return NULL;
}
