/*
 * series.c: a forecast in the report: what came, and what the model had said of it, row after row.
 */
#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "parts.h"

/* As many as can be told apart in a picture. */
enum { MOST_ROWS = 200 };

/* Rows begin .. end-1 of a table whose rows follow each other. */
typedef struct stretch {
    const glia_table *t;
    int64_t begin, end;
    int time; /* column, or -1 */
} stretch;

/* Are both of the same series, by the texts of its columns? */
static bool is_same_series(const glia_table *t, const glia_sequence *s, int64_t a, int64_t b) {
    char *list = s->group ? copy_text(s->group) : NULL, *rest = list, one[256], other[256];
    bool same = true;
    for (char *name; same && (name = strsep(&rest, ","));) {
        int column = glia_table_locate(t, name);
        if (column < 0) continue;
        glia_table_cell(t, a, column, one, sizeof one);
        glia_table_cell(t, b, column, other, sizeof other);
        same = strcmp(one, other) == 0;
    }
    free(list);
    return same;
}

/* The last rows of the first series. */
static stretch choose_stretch(const page *p, const glia_sequence *s) {
    const glia_table *t = p->in->rows ? p->in->rows : p->in->test;
    stretch of = {.t = t, .time = s->time ? glia_table_locate(t, s->time) : -1};
    while (of.end < glia_table_rows(t) && is_same_series(t, s, 0, of.end)) of.end++;
    if (of.end > MOST_ROWS) of.begin = of.end - MOST_ROWS;
    return of;
}

static void draw(page *p, const stretch *of, const double *row) {
    const glia_evaluation *e = p->in->shown;
    const double *truth = e->truth + of->begin, *said = e->answers.value + of->begin;
    double low = INFINITY, high = -INFINITY;
    int64_t n = of->end - of->begin;
    for (int64_t i = 0; i < n; i++) {
        low = fmin(low, fmin(truth[i], said[i]));
        high = fmax(high, fmax(truth[i], said[i]));
    }
    double room = high > low ? 0.04 * (high - low) : 1;
    frame a = {.f = p->f,
               .width = 960,
               .height = 320,
               .whole_x = true,
               .low = {row[0], low - room},
               .high = {row[n - 1], high + room},
               .name = {phrase_text(p->lang, SAY_series_row), glia_model_target(p->in->model, 0)},
               .title = phrase_text(p->lang, SAY_series)};
    svg_begin(&a);
    svg_line(&a, "line c0", row, truth, n);
    svg_line(&a, "line c1", row, said, n);
    svg_end(&a);
}

static void explain(page *p, const stretch *of) {
    char first[64] = "1", last[64], rows[32];
    count_text(of->end - of->begin, rows);
    snprintf(last, sizeof last, "%lld", (long long)of->end);
    if (of->begin) snprintf(first, sizeof first, "%lld", (long long)of->begin + 1);
    if (of->time >= 0) {
        glia_table_cell(of->t, of->begin, of->time, first, sizeof first);
        glia_table_cell(of->t, of->end - 1, of->time, last, sizeof last);
    }
    fputs("<ul class=\"legend\">", p->f);
    legend(p->f, "flat", 0, phrase_text(p->lang, SAY_series_true));
    legend(p->f, "flat", 1, phrase_text(p->lang, SAY_predicted));
    fputs("</ul>\n", p->f);
    if (glia_model_sequence(p->in->model).group) NOTE(p, series_first, rows, first, last);
    else NOTE(p, series_note, rows, first, last);
}

void series_section(page *p) {
    const glia_sequence s = glia_model_sequence(p->in->model);
    bool forecasts = s.length && !s.whole && !glia_model_quantiles(p->in->model);
    if (!forecasts || !is_regression(p) || !p->in->shown) return;
    stretch of = choose_stretch(p, &s);
    if (of.end - of.begin < 2) return;
    double *row = reserve(NULL, (size_t)(of.end - of.begin) * sizeof *row);
    for (int64_t i = of.begin; i < of.end; i++) row[i - of.begin] = (double)i + 1;
    section_begin(p, SAY_series);
    draw(p, &of, row);
    explain(p, &of);
    section_end(p);
    free(row);
}
