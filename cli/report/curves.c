/*
 * curves.c: lines in the report: how the cost fell, ROC, precision against recall, calibration.
 */
#include <math.h>
#include <stdlib.h>

#include "../curves.h"
#include "parts.h"

static void stretch(double *low, double *high, const double *values, int64_t count) {
    for (int64_t i = 0; i < count; i++)
        if (isfinite(values[i])) {
            *low = fmin(*low, values[i]);
            *high = fmax(*high, values[i]);
        }
}

/* A cost that falls by more than a factor of thirty is easier to read on a logarithmic axis. */
static void cost_axis(frame *a, double low, double high) {
    a->log_y = low > 0 && high / low > 30;
    if (a->log_y) {
        low = log10(low);
        high = log10(high);
    } else {
        low = fmin(low, 0);
    }
    double room = high > low ? 0.04 * (high - low) : 0.5;
    a->low[1] = a->log_y ? low - room : low;
    a->high[1] = high + room;
}

/* Epochs are counted from 1, as they are said on the terminal. */
static void best_epoch(const frame *a, const glia_history *h) {
    if (h->best_epoch < 0) return;
    double at = (double)h->best_epoch + 1, x[2] = {at, at}, y[2] = {a->low[1], a->high[1]};
    if (a->log_y)
        for (int i = 0; i < 2; i++) y[i] = pow(10, y[i]);
    svg_line(a, "dash", x, y, 2);
}

/* The lines of the cost, in a frame that holds them. */
static void draw_costs(page *p, const double *epoch, const double *cost, const double *val) {
    const glia_history *h = p->in->report->history;
    double low = INFINITY, high = -INFINITY;
    stretch(&low, &high, cost, h->entries);
    if (val) stretch(&low, &high, val, h->entries);
    frame a = {.f = p->f,
               .width = 480,
               .square = true,
               .whole_x = true,
               .name = {phrase_text(p->lang, SAY_epoch), phrase_text(p->lang, SAY_cost)},
               .title = phrase_text(p->lang, SAY_costs_title)};
    a.low[0] = epoch[0];
    a.high[0] = epoch[h->entries - 1];
    cost_axis(&a, low, high);
    svg_begin(&a);
    best_epoch(&a, h);
    svg_line(&a, "line c0", epoch, cost, h->entries);
    if (val) svg_line(&a, "line c1", epoch, val, h->entries);
    svg_end(&a);
}

static void explain_costs(page *p, bool validated) {
    const glia_report *r = p->in->report;
    char number[32];
    fputs("<ul class=\"legend\">", p->f);
    legend(p->f, "flat", 0, word(p, "training"));
    if (validated) {
        legend(p->f, "flat", 1, word(p, "validation"));
        fputs("<li>", p->f);
        count_text(r->history->best_epoch + 1, number);
        if (has_forerunner(p)) TELL(p, best_epoch, number);
        else TELL(p, best_epoch_kept, number);
        fputs("</li>", p->f);
    }
    fputs("</ul>\n", p->f);
    if (has_forerunner(p)) NOTE(p, costs_note, count_text(r->refit_epochs, number));
}

static bool any_finite(const double *values, int64_t count) {
    for (int64_t i = 0; i < count; i++)
        if (isfinite(values[i])) return true;
    return false;
}

void costs_section(page *p) {
    const glia_report *r = p->in->report;
    const glia_history *h = r->history;
    if (!is_training(p) || h->entries < 2 || !any_finite(h->mean, h->entries)) return;
    const double *cost = h->mean, *val = h->best_epoch >= 0 ? h->val_loss : NULL;
    double *epoch = reserve(NULL, (size_t)h->entries * sizeof *epoch);
    for (int64_t i = 0; i < h->entries; i++) epoch[i] = (double)h->epoch[i] + 1;
    section_begin(p, has_forerunner(p) ? SAY_costs_forerunner : SAY_costs);
    draw_costs(p, epoch, cost, val);
    explain_costs(p, val != NULL);
    section_end(p);
    free(epoch);
}

/* ------------------------------------------------------------------------ ranking and chance -- */

/* A frame of shares: both axes run from 0 to 1. */
static frame share_frame(const page *p, phrase x, phrase y, const char *title) {
    return (frame){.f = p->f,
                   .width = 480,
                   .square = true,
                   .low = {0, 0},
                   .high = {1, 1},
                   .name = {phrase_text(p->lang, x), phrase_text(p->lang, y)},
                   .title = title};
}

/* Where the threshold in force puts the model. */
static void in_force(const frame *a, double x, double y) {
    if (isfinite(x) && isfinite(y)) svg_dot(a, "dot c1", x, y, 5);
}

static void explain_ranking(page *p) {
    fputs("<ul class=\"legend\">", p->f);
    legend(p->f, "", 1, phrase_text(p->lang, SAY_in_force));
    fputs("<li>", p->f);
    TELL(p, guessing);
    fputs("</li></ul>\n", p->f);
}

static void roc_section(page *p, const glia_metrics *m, const char *part) {
    const glia_curves *c = m->curves;
    const int64_t *n = m->confusion;
    const char *positive = glia_model_class(p->in->model, 1);
    double x[GLIA_CURVE_POINTS], y[GLIA_CURVE_POINTS], ends[2] = {0, 1};
    char area[32];
    for (int i = 0; i < c->roc_points; i++) x[i] = c->roc[i].x, y[i] = c->roc[i].y;
    snprintf(area, sizeof area, "%.4f", find_score(m, "auc")->value);
    char *title = PLAIN(p, roc_title, positive, word(p, part), area);
    section_begin(p, SAY_roc);
    frame a = share_frame(p, SAY_false_rate, SAY_true_rate, title);
    svg_begin(&a);
    svg_line(&a, "dash", ends, ends, 2);
    svg_line(&a, "line c0", x, y, c->roc_points);
    in_force(&a, (double)n[1] / (double)(n[0] + n[1]), (double)n[3] / (double)(n[2] + n[3]));
    svg_end(&a);
    explain_ranking(p);
    NOTE(p, roc_note, area, positive, glia_model_class(p->in->model, 0));
    section_end(p);
    free(title);
}

/* Steps: the precision of a point holds for all recalls down to the one before. */
static int recall_steps(const glia_curves *c, double *x, double *y) {
    int count = 0;
    for (int i = 1; i < c->pr_points; i++) {
        x[count] = c->pr[i - 1].x, y[count++] = c->pr[i].y;
        x[count] = c->pr[i].x, y[count++] = c->pr[i].y;
    }
    return count;
}

static void pr_section(page *p, const glia_metrics *m, const char *part) {
    const glia_curves *c = m->curves;
    const int64_t *n = m->confusion;
    const char *positive = glia_model_class(p->in->model, 1);
    double x[2 * GLIA_CURVE_POINTS], y[2 * GLIA_CURVE_POINTS], level = positive_share(m);
    char mean[32], best[32], threshold[32];
    int count = recall_steps(c, x, y);
    snprintf(mean, sizeof mean, "%.4f", find_score(m, "average_precision")->value);
    snprintf(best, sizeof best, "%.4f", c->best[1].value);
    snprintf(threshold, sizeof threshold, "%.4g", c->best[1].threshold);
    char *title = PLAIN(p, pr_title, positive, word(p, part), mean);
    section_begin(p, SAY_pr);
    frame a = share_frame(p, SAY_recall, SAY_precision, title);
    svg_begin(&a);
    svg_line(&a, "dash", (double[]){0, 1}, (double[]){level, level}, 2);
    svg_line(&a, "line c0", x, y, count);
    in_force(&a, (double)n[3] / (double)(n[2] + n[3]), (double)n[3] / (double)(n[1] + n[3]));
    svg_end(&a);
    explain_ranking(p);
    NOTE(p, pr_note, positive, mean, best, threshold);
    section_end(p);
    free(title);
}

static void draw_calibration(const frame *a, const glia_metrics *m) {
    const glia_curves *c = m->curves;
    double x[GLIA_BINS], y[GLIA_BINS], ends[2] = {0, 1};
    for (int k = 0; k < GLIA_BINS; k++) x[k] = c->bin[k].mean, y[k] = c->bin[k].share;
    svg_line(a, "dash", ends, ends, 2);
    svg_line(a, "line c0", x, y, GLIA_BINS);
    for (int k = 0; k < GLIA_BINS; k++) {
        if (c->bin[k].rows > 0)
            svg_dot(a, "dot c0", x[k], y[k],
                    3 + 9 * sqrt((double)c->bin[k].rows / (double)m->rows));
    }
}

static void calibration_section(page *p, const glia_metrics *m, const char *part) {
    const char *positive = positive_class(p->in->model);
    char error[32], *share = NULL;
    snprintf(error, sizeof error, "%.4f", m->curves->calibration_error);
    char *title = PLAIN(p, calibration_title, word(p, part), error);
    section_begin(p, SAY_calibration);
    frame a = share_frame(p, positive ? SAY_predicted_probability : SAY_answer_probability,
                          SAY_share_right, title);
    if (positive) a.name[1] = share = PLAIN(p, share_of_name, positive);
    svg_begin(&a);
    draw_calibration(&a, m);
    svg_end(&a);
    NOTE(p, calibration_note, error);
    section_end(p);
    free(share);
    free(title);
}

void curves_sections(page *p) {
    const char *part;
    const glia_metrics *m = best_part(p, &part);
    if (!m->curves || m->rows == 0) return;
    if (m->curves->roc_points) {
        roc_section(p, m, part);
        pr_section(p, m, part);
    }
    calibration_section(p, m, part);
}
