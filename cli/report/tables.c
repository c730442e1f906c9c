/*
 * tables.c: tables in the report: scores, confusion, folds, what columns are worth, and the
 * rows that were taken for something else.
 */
#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "parts.h"

/* ------------------------------------------------------------------------------------ scores -- */

static void score_cell(const page *p, const glia_metrics *m, const char *name) {
    const glia_score *s = find_score(m, name);
    char value[32], low[32], high[32];
    if (!s || isnan(s->value)) fputs("<td>&ndash;</td>", p->f);
    else if (has_interval(s))
        fprintf(p->f, "<td>%s<small>%s to %s</small></td>", glance_text(s, s->value, value),
                glance_text(s, s->low, low), glance_text(s, s->high, high));
    else fprintf(p->f, "<td>%s</td>", glance_text(s, s->value, value));
}

static bool any_interval(const glia_report *r) {
    const glia_metrics *parts[3] = {&r->train, &r->val, &r->test};
    for (int k = 0; k < 3; k++)
        for (int i = 0; i < parts[k]->scores; i++)
            if (has_interval(&parts[k]->score[i])) return true;
    return false;
}

void scores_section(const page *p) {
    const glia_report *r = p->in->report;
    const glia_metrics *parts[3] = {&r->train, &r->val, &r->test};
    static const char *const names[3] = {"training", "validation", "test"};
    section_begin(p, "Scores");
    const char *heading[5] = {"<score"};
    for (int k = 0, n = 1; k < 3; k++)
        if (parts[k]->rows) heading[n++] = is_training(p) ? names[k] : "value";
    table_begin(p, "scores", "Scores", heading);
    const char *part;
    const glia_metrics *best = best_part(p, &part);
    for (int i = 0; i < best->scores; i++) {
        char *name = score_name(p->in->model, &best->score[i]);
        fputs("<tr><th scope=\"row\">", p->f);
        html_text(p->f, name);
        fputs("</th>", p->f);
        free(name);
        for (int k = 0; k < 3; k++)
            if (parts[k]->rows) score_cell(p, parts[k], best->score[i].name);
        fputs("</tr>\n", p->f);
    }
    table_end(p);
    if (any_interval(r))
        html_note(p, "Below each: the 95%% interval, how far a score may lie from that on all such "
                     "data, seeing how many rows there are.");
    section_end(p);
}

void targets_section(const page *p) {
    const char *part, *heading[GLIA_MAX_SCORES + 2] = {"<target"};
    const glia_metrics *m = best_part(p, &part);
    char value[32];
    if (m->targets == 0) return;
    bool quantiles = glia_model_quantiles(p->in->model);
    const glia_metrics *first = m->target;
    for (int i = 0; i < first->scores; i++) heading[i + 1] = first->score[i].name;
    section_begin(p, quantiles ? "Each quantile" : "Each target");
    table_begin(p, "folds", quantiles ? "Scores of each quantile" : "Scores of each target",
                heading);
    for (int t = 0; t < m->targets; t++) {
        const char *class = glia_model_target_class(p->in->model, t, 1);
        char *name = class ? format_text("%s = %s", glia_model_target(p->in->model, t), class)
                           : part_name(p->in->model, t);
        fputs("<tr><th scope=\"row\">", p->f);
        html_text(p->f, name);
        fputs("</th>", p->f);
        free(name);
        for (int i = 0; i < first->scores; i++)
            fprintf(p->f, "<td>%s</td>", score_text(m->target[t].score[i].value, value));
        fputs("</tr>\n", p->f);
    }
    table_end(p);
    char *text = parts_text(m);
    html_note(p, "On %s samples; %s.", part, text);
    free(text);
    section_end(p);
}

/* --------------------------------------------------------------------------------- confusion -- */

static void confusion_cell(const page *p, int64_t count, int64_t row_total, bool diagonal) {
    double share = row_total ? (double)count / (double)row_total : 0;
    if (!count) fputs("<td class=\"none\">&middot;</td>", p->f);
    else
        fprintf(p->f, "<td class=\"%s\" style=\"--v:%.3f\">%lld</td>", diagonal ? "ok" : "off",
                0.08 + 0.62 * (diagonal ? share : sqrt(share)), (long long)count);
}

static void confusion_row(const page *p, const glia_metrics *m, int64_t k) {
    const int64_t *row = &m->confusion[k * m->classes];
    int64_t total = 0;
    for (int64_t j = 0; j < m->classes; j++) total += row[j];
    fputs("<tr><th scope=\"row\">", p->f);
    html_text(p->f, glia_model_class(p->in->model, k));
    fputs("</th>", p->f);
    for (int64_t j = 0; j < m->classes; j++) confusion_cell(p, row[j], total, j == k);
    if (total)
        fprintf(p->f, "<td class=\"none\">%.1f%%</td></tr>\n",
                100.0 * (double)row[k] / (double)total);
    else fputs("<td class=\"none\">&ndash;</td></tr>\n", p->f);
}

void confusion_section(const page *p, bool wide) {
    const char *part;
    const glia_metrics *m = best_part(p, &part);
    if (!m->confusion || m->classes < 2 || m->classes > 40 || (m->classes > 4) != wide) return;
    section_begin(p, "What was taken for what");
    const char *heading[44] = {"true \u2193 predicted \u2192"};
    for (int64_t k = 0; k < m->classes; k++) heading[k + 1] = glia_model_class(p->in->model, k);
    heading[m->classes + 1] = "right";
    table_begin(p, "confusion", "Confusion matrix", heading);
    for (int64_t k = 0; k < m->classes; k++) confusion_row(p, m, k);
    table_end(p);
    html_note(p, "Counts of %s samples.", part);
    section_end(p);
}

/* ------------------------------------------------------------------------------------- folds -- */

static void fold_row(const page *p, const char *name, const glia_score *score, int scores) {
    char value[32];
    fprintf(p->f, "<tr><th scope=\"row\">%s</th>", name);
    for (int i = 0; i < scores; i++)
        fprintf(p->f, "<td>%s</td>", score_text(score[i].value, value));
    fputs("</tr>\n", p->f);
}

void folds_section(const page *p) {
    const glia_folds *f = p->in->folds;
    const char *heading[GLIA_MAX_SCORES + 2] = {"<fold"};
    glia_score low[GLIA_MAX_SCORES], high[GLIA_MAX_SCORES];
    char name[32];
    if (!f) return;
    for (int i = 0; i < f->scores; i++) {
        heading[i + 1] = f->mean[i].name;
        low[i].value = f->mean[i].low, high[i].value = f->mean[i].high;
    }
    section_begin(p, "Cross-validation");
    table_begin(p, "folds", "Scores of each fold", heading);
    for (int k = 0; k < f->folds; k++) {
        snprintf(name, sizeof name, "%d (%lld rows)", k + 1, (long long)f->fold[k].rows);
        fold_row(p, name, f->fold[k].score, f->scores);
    }
    fold_row(p, "mean", f->mean, f->scores);
    fold_row(p, "95%: from", low, f->scores);
    fold_row(p, "95%: to", high, f->scores);
    table_end(p);
    if (positive_class(p->in->model))
        html_note(p, "Precision, recall, f1 and average_precision are of '%s'.",
                  positive_class(p->in->model));
    html_note(p,
              "Each row was measured once, by a network that learned from the other folds only. "
              "The interval of the mean is Student's t with %d degrees of freedom.",
              f->folds - 1);
    section_end(p);
}

/* -------------------------------------------------------------------------------- importance -- */

enum { MOST_COLUMNS = 30 };

static void importance_row(const page *p, const glia_importance *c, double largest) {
    char drop[32], low[32], high[32];
    double share = largest > 0 && c->drop > 0 ? c->drop / largest : 0;
    fputs("<tr><th scope=\"row\">", p->f);
    html_text(p->f, glia_table_column(p->in->test, c->column).name);
    fprintf(p->f, "</th><td>%s</td>", score_text(c->drop, drop));
    if (isnan(c->low)) fputs("<td>&ndash;</td>", p->f);
    else
        fprintf(p->f, "<td><small>%s to %s</small></td>", score_text(c->low, low),
                score_text(c->high, high));
    fprintf(p->f, "<td class=\"bar\"><span style=\"width:%.1f%%\"></span></td></tr>\n",
            100 * share);
}

void importance_section(const page *p) {
    const glia_importances *i = p->in->importances;
    if (!i || i->columns == 0) return;
    bool gained = strcmp(importance_word(i), "gained") == 0;
    char *what = format_text("%s %s", i->score, gained ? "gained" : "lost");
    const char *const heading[] = {"<column", what, "95% interval", " ", NULL};
    section_begin(p, "What each column is worth");
    table_begin(p, "importance", "Importance of columns", heading);
    for (int k = 0; k < i->columns && k < MOST_COLUMNS; k++)
        importance_row(p, &i->column[k], i->column[0].drop);
    table_end(p);
    html_note(p,
              "How much worse the %s becomes, from %.4g, when a column's cells are shuffled among "
              "the rows: mean of %d. Columns that tell the same stand in for each other.",
              i->score, i->value, i->repeats);
    section_end(p);
    free(what);
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

static void put_answer(const page *p, const glia_mistake *m) {
    const glia_predictions *said = &p->in->shown->answers;
    char text[32];
    fputs("</td><td class=\"text\">", p->f);
    if (said->class_index)
        html_text(p->f, glia_model_class(p->in->model, said->class_index[m->row]));
    else {
        int64_t middle = m->row * said->outputs + (said->outputs - 1) / 2; /* of quantiles */
        html_text(p->f, short_text(said->value[middle], text));
    }
    if (said->class_index) fprintf(p->f, "</td><td>%.1f%%</td>", 100 * m->size);
    else fprintf(p->f, "</td><td>%s</td>", short_text(m->size, text));
}

static void mistake_row(const page *p, const glia_mistake *m, const int *column, int columns) {
    const glia_table *t = shown_table(p);
    char cell[160];
    fprintf(p->f, "<tr><th scope=\"row\">%lld</th><td class=\"text\">", (long long)m->row + 1);
    glia_table_cell(t, m->row, p->in->shown->target, cell, sizeof cell);
    html_text(p->f, cell);
    put_answer(p, m);
    for (int k = 0; k < columns; k++) {
        glia_table_cell(t, m->row, column[k], cell, sizeof cell);
        fputs("<td>", p->f);
        html_text(p->f, cell);
        fputs("</td>", p->f);
    }
    fputs("</tr>\n", p->f);
}

void mistakes_section(const page *p) {
    const glia_evaluation *e = p->in->shown;
    const glia_table *t = shown_table(p);
    int column[MOST_CELLS], columns = e ? plain_columns(t, e->target, column) : 0;
    if (columns == 0) return;
    const char *heading[5 + MOST_CELLS] = {"<row", "<true", "<predicted",
                                           is_regression(p) ? "off by" : "sure"};
    for (int k = 0; k < columns; k++) heading[4 + k] = glia_table_column(t, column[k]).name;
    int64_t shown = e->mistakes < MOST_MISTAKES ? e->mistakes : MOST_MISTAKES;
    section_begin(p, is_regression(p) ? "Farthest off" : "Mistakes");
    if (shown > 0) {
        table_begin(p, NULL, "Mistakes", heading);
        for (int64_t i = 0; i < shown; i++) mistake_row(p, &e->mistake[i], column, columns);
        table_end(p);
    }
    if (is_regression(p)) html_note(p, "The %s samples with the largest errors.", shown_part(p));
    else
        html_note(p, "%lld of %lld %s samples are taken for another class; the surest first.",
                  (long long)e->mistakes, (long long)e->answers.rows, shown_part(p));
    section_end(p);
}
