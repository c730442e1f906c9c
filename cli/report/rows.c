/*
 * rows.c: rows of the data in the report: the first ones, and those that were taken for something
 * else.
 */
#include <stdlib.h>
#include <string.h>

#include "parts.h"

enum { MOST_CELL = 160 };

/* Every column of a table is described once, by all its rows: so what is shown is a table of the
 * few rows alone. */

/* A cell of the data: a number on the right, a text on the left. What is long is shortened. */
static void data_cell(page *p, const glia_table *t, int64_t row, int column) {
    enum { MOST_DIGITS = 10, MOST_LETTERS = 40 };
    char text[MOST_CELL], number[32];
    double value;
    glia_table_cell(t, row, column, text, sizeof text);
    glia_column k = glia_table_column(t, column);
    if (k.type == GLIA_NUMBER) {
        bool shortened = !k.dates && strlen(text) > MOST_DIGITS && read_number(text, &value);
        cell(p, NUMBER, shortened ? short_text(value, number) : text);
        return;
    }
    char *fitted = fit_text(text, MOST_LETTERS, "…");
    cell(p, TEXT, fitted);
    free(fitted);
}

static void data_head(page *p, const glia_table *t, int column) {
    glia_column k = glia_table_column(t, column);
    head_name(p, k.type == GLIA_NUMBER ? NUMBER : TEXT, k.name);
}

/* ----------------------------------------------------------------------------------- preview -- */

enum { PREVIEW_ROWS = 5, PREVIEW_COLUMNS = 12 };

/* The first columns but arrays, which are drawn elsewhere; those that are too many make place for
 * the target. */
static int preview_columns(const glia_table *t, int target, int column[PREVIEW_COLUMNS]) {
    int columns = glia_table_columns(t), count = 0;
    for (int i = 0; i < columns && count < PREVIEW_COLUMNS; i++)
        if (glia_table_column(t, i).type != GLIA_ARRAY) column[count++] = i;
    if (count == PREVIEW_COLUMNS && target > column[count - 1]) column[count - 1] = target;
    return count;
}

static glia_table *first_rows(const glia_table *t) {
    int64_t rows = glia_table_rows(t), row[PREVIEW_ROWS],
            n = rows < PREVIEW_ROWS ? rows : PREVIEW_ROWS;
    for (int64_t i = 0; i < n; i++) row[i] = i;
    return glia_table_select(t, row, n);
}

static void preview_table(page *p, const glia_table *t, const int *column, int columns) {
    char number[32];
    table_begin(p, NULL, SAY_preview);
    head(p, NUMBER, SAY_row);
    for (int k = 0; k < columns; k++) data_head(p, t, column[k]);
    for (int64_t i = 0; i < glia_table_rows(t); i++) {
        row_begin(p, count_text(i + 1, number));
        for (int k = 0; k < columns; k++) data_cell(p, t, i, column[k]);
        row_end(p);
    }
    table_end(p);
}

void preview_section(page *p, const glia_table *t, int target) {
    glia_table *first = t ? first_rows(t) : NULL;
    int column[PREVIEW_COLUMNS], columns = first ? preview_columns(first, target, column) : 0;
    char shown[32], all[32], more[32];
    if (columns >= 2) { /* of arrays there is the label alone */
        const char *source = glia_table_source(t), *slash = strrchr(source, '/');
        section_begin(p, SAY_preview);
        preview_table(p, first, column, columns);
        NOTE(p, preview_note, count_text(glia_table_rows(first), shown),
             count_text(glia_table_rows(t), all), slash ? slash + 1 : source);
        if (glia_table_columns(t) > columns)
            NOTE(p, preview_more, count_text(glia_table_columns(t) - columns, more));
        section_end(p);
    }
    glia_table_free(first);
}

/* ---------------------------------------------------------------------------------- mistakes -- */

enum { MOST_MISTAKES = 12, MOST_CELLS = 6 };

/* Up to six columns of numbers or texts, the target excepted; returns how many. */
static int plain_columns(const glia_table *t, int target, int column[MOST_CELLS]) {
    int count = 0;
    for (int i = 0; i < glia_table_columns(t) && count < MOST_CELLS; i++)
        if (i != target && glia_table_column(t, i).type != GLIA_ARRAY) column[count++] = i;
    return count;
}

static void answer_cells(page *p, const glia_mistake *m) {
    const glia_predictions *said = &p->in->shown->answers;
    char text[32];
    if (said->class_index) {
        cell(p, TEXT, glia_model_class(p->in->model, said->class_index[m->row]));
        snprintf(text, sizeof text, "%.1f%%", 100 * m->size);
        cell(p, NUMBER, text);
        return;
    }
    int64_t middle = m->row * said->outputs + (said->outputs - 1) / 2; /* of quantiles */
    cell(p, NUMBER, short_text(said->value[middle], text));
    cell(p, NUMBER, short_text(m->size, text));
}

/* t: the rows of the mistakes alone; this one is its row k. */
static void mistake_row(page *p, const glia_table *t, int64_t k, const int *column, int columns) {
    const glia_mistake *m = &p->in->shown->mistake[k];
    char number[32], truth[MOST_CELL];
    glia_table_cell(t, k, p->in->shown->target, truth, sizeof truth);
    row_begin(p, count_text((p->in->row ? p->in->row[m->row] : m->row) + 1, number));
    cell(p, is_regression(p) ? NUMBER : TEXT, truth);
    answer_cells(p, m);
    for (int j = 0; j < columns; j++) data_cell(p, t, k, column[j]);
    row_end(p);
}

static void mistakes_table(page *p, const glia_table *t, const int *column, int columns) {
    cell_side answers = is_regression(p) ? NUMBER : TEXT;
    table_begin(p, NULL, is_regression(p) ? SAY_farthest : SAY_mistakes);
    head(p, NUMBER, SAY_row);
    head(p, answers, SAY_truth);
    head(p, answers, SAY_predicted);
    head(p, NUMBER, is_regression(p) ? SAY_off_by : SAY_sure);
    for (int j = 0; j < columns; j++) data_head(p, t, column[j]);
    for (int64_t k = 0; k < glia_table_rows(t); k++) mistake_row(p, t, k, column, columns);
    table_end(p);
}

/* The rows of the largest mistakes; of none, the first row, for its columns. */
static glia_table *mistaken_rows(const page *p) {
    const glia_evaluation *e = p->in->shown;
    int64_t row[MOST_MISTAKES] = {0}, n = e->mistakes < MOST_MISTAKES ? e->mistakes : MOST_MISTAKES;
    for (int64_t k = 0; k < n; k++) row[k] = e->mistake[k].row;
    return glia_table_select(shown_table(p), row, n ? n : 1);
}

void mistakes_section(page *p) {
    const glia_evaluation *e = p->in->shown;
    glia_table *t = e ? mistaken_rows(p) : NULL;
    int column[MOST_CELLS], columns = t ? plain_columns(t, e->target, column) : 0;
    const char *part = word(p, shown_part(p));
    char wrong[32], all[32];
    if (columns > 0) {
        section_begin(p, is_regression(p) ? SAY_farthest : SAY_mistakes);
        if (e->mistakes > 0) mistakes_table(p, t, column, columns);
        if (is_regression(p)) NOTE(p, farthest_note, part);
        else
            NOTE(p, mistakes_note, count_text(e->mistakes, wrong), count_text(e->answers.rows, all),
                 part);
        if (strncmp(shown_part(p), "training", 8) == 0) NOTE(p, learned_from);
        section_end(p);
    }
    glia_table_free(t);
}
