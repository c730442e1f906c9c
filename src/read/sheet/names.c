/*
 * names.c: the columns of a sheet get their names, those that reach over several columns, too:
 *
 *     size  (merged)  sold          size_2 is the second
 *
 *     size  (merged)  sold          of two rows: "size cm", "size in"
 *     cm    in
 */
#include "making.h"

#include <stdio.h>

/* The first rows as texts. */
static glia_status take_sample(making *m) {
    sample *s = &m->sample;
    char buf[40];
    s->columns = m->columns;
    s->rows = s->cells = s->text.n = 0;
    for (int64_t k = 0; k < m->rows && s->rows < GL_CSV_LINES; k++) {
        gl_sheet_spread(m, k);
        s->line[s->rows++] = m->row[k].number;
        for (int j = 0; j < m->columns; j++) {
            const char *text = gl_sheet_text_of(m, m->cell[j], buf, sizeof buf);
            if (!gl_reserve(m->g, &s->cell, &s->cap, s->cells + 1, sizeof *s->cell))
                return GLIA_RESOURCE;
            s->cell[s->cells++] = s->text.n;
            gl_add_bytes(&s->text, text, (int64_t)strlen(text) + 1);
        }
    }
    return s->text.failed ? GLIA_RESOURCE : GLIA_OK;
}

/* Names that were merged to the right. */
static bool find_wide_names(making *m) {
    const gl_sheet *s = m->s;
    bool found = false;
    for (int j = 0; j < m->columns; j++) m->under[j] = -1;
    for (int64_t i = 0; i < s->merges && s->merged[i].row <= m->row[0].number; i++) {
        const gl_merged *g = &s->merged[i];
        int32_t first = m->column_of[g->column];
        if (g->row != m->row[0].number || g->last_column == g->column || first < 0) continue;
        for (int32_t c = g->column; c <= g->last_column && m->reached++ < GL_SHEET_REACHED; c++)
            if (m->column_of[c] >= 0) m->under[m->column_of[c]] = first, found = true;
    }
    return found;
}

static void tell_units(const making *m) {
    char mend[100];
    snprintf(mend, sizeof mend,
             " (option 'skip' %d takes it for the names, option 'skip' 0 for a row)",
             (int)m->row[1].number - 1);
    gl_sheet_tell_dropped(m, 1, "units", mend);
}

static void drop_units(making *m, bool wide) {
    m->two_names = wide;
    if (wide)
        gl_note(m->g,
                "%s, lines %d and %d: names above names are read as one (option 'skip' 0 "
                "keeps the second as a row)",
                m->s->source, (int)m->row[0].number, (int)m->row[1].number);
    else tell_units(m);
    gl_sheet_drop_row(m, 1);
}

glia_status gl_sheet_find_names(making *m) {
    glia_status status = take_sample(m);
    while (!status && gl_sheet_skips(m) && gl_csv_is_title(&m->c, &m->sample)) {
        gl_sheet_tell_dropped(m, 0, "a title", " (option 'skip' 0 keeps it)");
        gl_sheet_drop_row(m, 0);
        status = take_sample(m);
    }
    if (status) return status;
    gl_csv_find_names(&m->c, &m->sample, false);
    bool wide = m->c.header && find_wide_names(m);
    if (m->c.header && gl_sheet_skips(m) && gl_csv_is_units(&m->c, &m->sample)) drop_units(m, wide);
    return GLIA_OK;
}

/* "Size cm" of two rows, "Size_2" of a name that reaches over two columns. For gl_free. */
static char *name_of(const making *m, int j) {
    const char *own = m->c.header ? sample_cell(&m->sample, 0, j) : "";
    const char *below = m->two_names ? sample_cell(&m->sample, 1, j) : "";
    int32_t first = m->c.header ? m->under[j] : -1;
    if (first < 0) return gl_copy_text(m->g, *own ? own : below);
    const char *wide = sample_cell(&m->sample, 0, first);
    if (*below) return gl_format(m->g, "%s %s", wide, below);
    return j == first ? gl_copy_text(m->g, wide) : gl_format(m->g, "%s_%d", wide, j - first + 1);
}

glia_status gl_sheet_add_columns(making *m) {
    char number[24];
    for (int j = 0; j < m->columns; j++) {
        char *name = name_of(m, j);
        snprintf(number, sizeof number, "c%d", j + 1);
        int column = name ? gl_records_add(m->to, *name ? name : number) : -1;
        bool nameless = name && !*name;
        gl_free(m->g, name);
        if (column < 0) return glia_code(m->g);
        if (nameless) gl_records_nameless(m->to, column);
    }
    if (!m->c.header) gl_records_unnamed(m->to);
    return GLIA_OK;
}
