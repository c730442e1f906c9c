/*
 * tables.c: tables of scores in the report: of parts, targets, classes and folds, and of the rows
 * that score highest.
 */
#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "../curves.h"
#include "parts.h"

/* ------------------------------------------------------------------------------------ scores -- */

static void score_cell(page *p, const glia_metrics *m, const char *name) {
    const glia_score *s = find_score(m, name);
    char value[32], low[32], high[32];
    if (!s || isnan(s->value)) fputs("<td>–</td>", p->f);
    else if (!has_interval(s)) cell(p, NUMBER, glance_text(s, s->value, value));
    else {
        fprintf(p->f, "<td>%s<small>", glance_text(s, s->value, value));
        TELL(p, from_to, glance_text(s, s->low, low), glance_text(s, s->high, high));
        fputs("</small></td>", p->f);
    }
}

static bool any_interval(const glia_report *r) {
    const glia_metrics *parts[3] = {&r->train, &r->val, &r->test};
    for (int k = 0; k < 3; k++)
        for (int i = 0; i < parts[k]->scores; i++)
            if (has_interval(&parts[k]->score[i])) return true;
    return false;
}

/* "recall of 'sick'" */
static void score_heading(page *p, const glia_score *s) {
    const char *class = positive_class(p->in->model), *name = word(p, s->name);
    row_begin(p, NULL);
    fputs("<th scope=\"row\">", p->f);
    if (s->positive && class) TELL(p, score_of, name, class);
    else html_long_name(p->f, name);
    fputs("</th>", p->f);
}

void scores_section(page *p) {
    const glia_report *r = p->in->report;
    const glia_metrics *parts[3] = {&r->test, &r->val,
                                    &r->train}; /* what tells most is seen first */
    static const char *const names[3] = {"test", "validation", "training"};
    char rows[32];
    section_begin(p, SAY_scores);
    table_begin(p, "scores", SAY_scores);
    head(p, TEXT, SAY_score);
    for (int k = 0; k < 3; k++)
        if (parts[k]->rows && is_training(p)) head_name(p, NUMBER, word(p, names[k]));
        else if (parts[k]->rows) head(p, NUMBER, SAY_value);
    const char *part;
    const glia_metrics *best = best_part(p, &part);
    for (int i = 0; i < best->scores; i++) {
        score_heading(p, &best->score[i]);
        for (int k = 0; k < 3; k++)
            if (parts[k]->rows) score_cell(p, parts[k], best->score[i].name);
        row_end(p);
    }
    table_end(p);
    if (has_forerunner(p)) NOTE(p, scores_forerunner, count_text(r->train_rows, rows));
    if (any_interval(r)) NOTE(p, scores_interval);
    section_end(p);
}

void targets_section(page *p) {
    const char *part;
    const glia_metrics *m = best_part(p, &part);
    char targets[32];
    if (m->targets == 0) return;
    bool quantiles = glia_model_quantiles(p->in->model);
    const glia_metrics *first = m->target;
    section_begin(p, quantiles ? SAY_each_quantile : SAY_each_target);
    table_begin(p, "scores", quantiles ? SAY_each_quantile : SAY_each_target);
    head(p, TEXT, SAY_target);
    for (int i = 0; i < first->scores; i++) head_name(p, NUMBER, word(p, first->score[i].name));
    for (int t = 0; t < m->targets; t++) {
        const char *class = glia_model_target_class(p->in->model, t, 1);
        char *name = class ? format_text("%s = %s", glia_model_target(p->in->model, t), class)
                           : part_name(p->in->model, t);
        row_begin(p, name);
        free(name);
        for (int i = 0; i < first->scores; i++) cell_number(p, m->target[t].score[i].value);
        row_end(p);
    }
    table_end(p);
    count_text(m->targets, targets);
    if (quantiles) NOTE(p, quantiles_note, word(p, part), targets);
    else NOTE(p, targets_note, word(p, part), targets);
    section_end(p);
}

/* --------------------------------------------------------------------------------- confusion -- */

enum { LARGEST_MATRIX = 40, MOST_PAIRS = 12 };

static int64_t rows_of(const glia_metrics *m, int64_t k) {
    int64_t total = 0;
    for (int64_t j = 0; j < m->classes; j++) total += m->confusion[k * m->classes + j];
    return total;
}

static void confusion_cell(page *p, int64_t count, int64_t row_total, bool diagonal) {
    double share = row_total ? (double)count / (double)row_total : 0;
    if (!count) fputs("<td class=\"none\">·</td>", p->f);
    else
        fprintf(p->f, "<td class=\"%s\" style=\"--v:%.3f\">%lld</td>", diagonal ? "ok" : "off",
                0.08 + 0.62 * (diagonal ? share : sqrt(share)), (long long)count);
}

static void share_cell(page *p, int64_t part, int64_t whole) {
    char text[32] = "–";
    if (whole) snprintf(text, sizeof text, "%.1f%%", 100.0 * (double)part / (double)whole);
    fprintf(p->f, "<td class=\"none\">%s</td>", text);
}

static void confusion_row(page *p, const glia_metrics *m, int64_t k) {
    const int64_t *row = &m->confusion[k * m->classes];
    int64_t total = rows_of(m, k), taken = 0;
    for (int64_t j = 0; j < m->classes; j++) taken += m->confusion[j * m->classes + k];
    row_begin(p, glia_model_class(p->in->model, k));
    for (int64_t j = 0; j < m->classes; j++) confusion_cell(p, row[j], total, j == k);
    share_cell(p, row[k], total);
    share_cell(p, row[k], taken);
    row_end(p);
}

static void confusion_matrix(page *p, const glia_metrics *m, const char *part) {
    section_begin(p, SAY_confusion);
    table_begin(p, "confusion", SAY_confusion);
    head(p, TEXT, SAY_confusion_corner);
    for (int64_t k = 0; k < m->classes; k++)
        head_name(p, NUMBER, glia_model_class(p->in->model, k));
    head(p, NUMBER, SAY_recall);
    head(p, NUMBER, SAY_precision);
    for (int64_t k = 0; k < m->classes; k++) confusion_row(p, m, k);
    table_end(p);
    NOTE(p, confusion_note, word(p, part));
    section_end(p);
}

/* The numbers of the cells beside the diagonal with the largest counts, sorted in; how many. */
static int largest_pairs(const glia_metrics *m, int64_t pair[MOST_PAIRS]) {
    int found = 0;
    for (int64_t i = 0; i < m->classes * m->classes; i++) {
        if (i / m->classes == i % m->classes || m->confusion[i] == 0) continue;
        int at = found;
        while (at > 0 && m->confusion[pair[at - 1]] < m->confusion[i]) at--;
        if (at == MOST_PAIRS) continue;
        if (found < MOST_PAIRS) found++;
        for (int k = found - 1; k > at; k--) pair[k] = pair[k - 1];
        pair[at] = i;
    }
    return found;
}

static void confusion_pairs(page *p, const glia_metrics *m, const char *part) {
    int64_t pair[MOST_PAIRS];
    int found = largest_pairs(m, pair);
    char text[32];
    if (found == 0) return;
    section_begin(p, SAY_confusion_pairs);
    table_begin(p, NULL, SAY_confusion_pairs);
    head(p, TEXT, SAY_true_class);
    head(p, TEXT, SAY_taken_for);
    head(p, NUMBER, SAY_times);
    head(p, NUMBER, SAY_share_of_class);
    for (int i = 0; i < found; i++) {
        int64_t k = pair[i] / m->classes;
        row_begin(p, glia_model_class(p->in->model, k));
        cell(p, TEXT, glia_model_class(p->in->model, pair[i] % m->classes));
        cell(p, NUMBER, count_text(m->confusion[pair[i]], text));
        share_cell(p, m->confusion[pair[i]], rows_of(m, k));
        row_end(p);
    }
    table_end(p);
    NOTE(p, confusion_pairs_note, count_text(m->classes, text), word(p, part));
    section_end(p);
}

/* Is it wider than half a page? Names are columns, and one of them the first. */
static bool is_wide(const page *p, const glia_metrics *m) {
    enum { ROOM = 24, AROUND = 3, LEAST = 4 }; /* letters; around each name, of short ones */
    int letters = 0, longest = 0;
    for (int64_t k = 0; k < m->classes && letters <= ROOM; k++) {
        int width = text_width(glia_model_class(p->in->model, k));
        letters += AROUND + (width > LEAST ? width : LEAST);
        if (width > longest) longest = width;
    }
    return letters + longest > ROOM;
}

void confusion_section(page *p, bool wide) {
    const char *part;
    const glia_metrics *m = best_part(p, &part);
    if (!m->confusion || m->classes < 2 || is_wide(p, m) != wide) return;
    if (m->classes <= LARGEST_MATRIX) confusion_matrix(p, m, part);
    else confusion_pairs(p, m, part);
}

/* ------------------------------------------------------------------------------------- folds -- */

static void fold_row(page *p, const char *name, const glia_score *score, int scores) {
    row_begin(p, name);
    for (int i = 0; i < scores; i++) cell_number(p, score[i].value);
    row_end(p);
}

static void folds_rows(page *p, const glia_folds *f) {
    glia_score low[GLIA_MAX_SCORES], high[GLIA_MAX_SCORES];
    char number[32], rows[32];
    for (int k = 0; k < f->folds; k++) {
        char *name =
            PLAIN(p, fold_rows, count_text(k + 1, number), count_text(f->fold[k].rows, rows));
        fold_row(p, name, f->fold[k].score, f->scores);
        free(name);
    }
    for (int i = 0; i < f->scores; i++)
        low[i].value = f->mean[i].low, high[i].value = f->mean[i].high;
    fold_row(p, phrase_text(p->lang, SAY_mean), f->mean, f->scores);
    fold_row(p, phrase_text(p->lang, SAY_from), low, f->scores);
    fold_row(p, phrase_text(p->lang, SAY_to), high, f->scores);
}

void folds_section(page *p) {
    const glia_folds *f = p->in->folds;
    char freedom[32];
    if (!f) return;
    section_begin(p, SAY_folds);
    table_begin(p, "folds", SAY_folds);
    head(p, TEXT, SAY_fold);
    for (int i = 0; i < f->scores; i++) head_name(p, NUMBER, word(p, f->mean[i].name));
    folds_rows(p, f);
    table_end(p);
    if (positive_class(p->in->model)) NOTE(p, folds_positive, positive_class(p->in->model));
    NOTE(p, folds_note, count_text(f->folds - 1, freedom));
    section_end(p);
}

/* -------------------------------------------------------------------------------------- tops -- */

static void top_row(page *p, const glia_top *top) {
    char *share = format_text("%g%%", 100 * top->share),
         *rows = format_text("%.10g", round(top->rows * 10) / 10),
         *precision = format_text("%.1f%%", 100 * top->precision),
         *gain = format_text("%.1f%%", 100 * top->recall), *lift = format_text("%.3g", top->lift);
    const char *const cells[] = {rows, precision, gain, lift};
    row_begin(p, share);
    for (int i = 0; i < 4; i++) cell(p, NUMBER, cells[i]);
    cell_number(p, top->threshold);
    row_end(p);
    free(share);
    free(rows);
    free(precision);
    free(gain);
    free(lift);
}

void tops_section(page *p) {
    static const phrase names[] = {SAY_tops_rows, SAY_tops_precision, SAY_tops_gain, SAY_tops_lift,
                                   SAY_tops_from};
    const char *part, *class = positive_class(p->in->model);
    const glia_metrics *m = best_part(p, &part);
    if (!class || !m->curves || !m->curves->roc_points) return;
    section_begin(p, SAY_tops);
    table_begin(p, NULL, SAY_tops);
    head(p, TEXT, SAY_tops_highest);
    for (int i = 0; i < 5; i++) head(p, NUMBER, names[i]);
    for (const glia_top *top = m->curves->top; top < m->curves->top + GLIA_TOPS; top++)
        if (top == m->curves->top || top->rows != top[-1].rows) top_row(p, top);
    table_end(p);
    NOTE(p, tops_note, word(p, part), class);
    section_end(p);
}
