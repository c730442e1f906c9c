/*
 * curves.c: lines in the report: how the cost fell, predicted against true, ROC, precision
 * against recall, calibration.
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

static void best_epoch(const frame *a, const glia_history *h) {
    if (h->best_epoch < 0) return;
    double x[2] = {(double)h->best_epoch, (double)h->best_epoch}, y[2] = {a->low[1], a->high[1]};
    if (a->log_y)
        for (int i = 0; i < 2; i++) y[i] = pow(10, y[i]);
    svg_line(a, "dash", x, y, 2);
}

/* The lines of the cost, in a frame that holds them. */
static void draw_costs(const page *p, const double *epoch, const double *cost, const double *val) {
    const glia_history *h = p->in->report->history;
    double low = INFINITY, high = -INFINITY;
    stretch(&low, &high, cost, h->entries);
    if (val) stretch(&low, &high, val, h->entries);
    frame a = {.f = p->f,
               .width = 480,
               .square = true,
               .whole_x = true,
               .name = {"epoch", "cost J"},
               .title = "Cost by epoch"};
    a.low[0] = epoch[0];
    a.high[0] = epoch[h->entries - 1];
    cost_axis(&a, low, high);
    svg_begin(&a);
    best_epoch(&a, h);
    svg_line(&a, "line c0", epoch, cost, h->entries);
    if (val) svg_line(&a, "line c1", epoch, val, h->entries);
    svg_end(&a);
}

static void explain_costs(const page *p, bool validated) {
    int64_t refit = p->in->report->refit_epochs;
    fputs("<ul class=\"legend\">", p->f);
    legend(p->f, "flat", 0, "training");
    if (validated) {
        legend(p->f, "flat", 1, "validation");
        fprintf(p->f, "<li>dashed: the best epoch%s</li>", refit ? "" : "; its weights were kept");
    }
    fputs("</ul>\n", p->f);
    if (refit)
        html_note(p,
                  "Of the network that learned from the training rows and watched the validation "
                  "rows. Few rows: the final network then learned from all of them together, for "
                  "%lld epochs, the median of several splits.",
                  (long long)refit);
}

static bool any_finite(const double *values, int64_t count) {
    for (int64_t i = 0; i < count; i++)
        if (isfinite(values[i])) return true;
    return false;
}

void costs_section(const page *p) {
    const glia_report *r = p->in->report;
    const glia_history *h = r->history;
    if (!is_training(p) || h->entries < 2 || !any_finite(h->mean, h->entries)) return;
    const double *cost = h->mean, *val = h->best_epoch >= 0 ? h->val_loss : NULL;
    double *epoch = reserve(NULL, (size_t)h->entries * sizeof *epoch);
    for (int64_t i = 0; i < h->entries; i++) epoch[i] = (double)h->epoch[i];
    section_begin(p, r->refit_epochs > 0 ? "Cost while the number of epochs was chosen"
                                         : "How the cost fell");
    draw_costs(p, epoch, cost, val);
    explain_costs(p, val != NULL);
    section_end(p);
    free(epoch);
}

/* ------------------------------------------------------------------------ predicted and true -- */

void values_section(const page *p) {
    value_view v;
    if (!p->in->shown || !value_view_make(shown_table(p), p->in->shown, &v)) return;
    double room = v.high > v.low ? 0.04 * (v.high - v.low) : 1,
           ends[2] = {v.low - room, v.high + room};
    char *truth = format_text("true %s", v.name), *guess = format_text("predicted %s", v.name);
    section_begin(p, "Predicted against true");
    frame a = {.f = p->f,
               .width = 480,
               .square = true,
               .name = {truth, guess},
               .title = "Predicted against true"};
    for (int i = 0; i < 2; i++) {
        a.low[i] = ends[0];
        a.high[i] = ends[1];
    }
    svg_begin(&a);
    svg_line(&a, "dash", ends, ends, 2);
    for (int64_t i = 0; i < v.points; i++) svg_dot(&a, "dot c0", v.truth[i], v.value[i], 3);
    svg_end(&a);
    html_note(p, "The dots are the %s samples; on the dashed line a prediction is right.",
              shown_part(p));
    section_end(p);
    free(truth);
    free(guess);
    value_view_free(&v);
}

/* ------------------------------------------------------------------------ ranking and chance -- */

/* A frame of shares: both axes run from 0 to 1. */
static frame share_frame(const page *p, const char *x, const char *y, const char *title) {
    return (frame){.f = p->f,
                   .width = 480,
                   .square = true,
                   .low = {0, 0},
                   .high = {1, 1},
                   .name = {x, y},
                   .title = title};
}

/* Where the threshold in force puts the model. */
static void in_force(const frame *a, double x, double y) {
    if (isfinite(x) && isfinite(y)) svg_dot(a, "dot c1", x, y, 5);
}

static void roc_section(const page *p, const glia_metrics *m, const char *part) {
    const glia_curves *c = m->curves;
    const int64_t *n = m->confusion;
    double x[GLIA_CURVE_POINTS], y[GLIA_CURVE_POINTS], ends[2] = {0, 1};
    for (int i = 0; i < c->roc_points; i++) x[i] = c->roc[i].x, y[i] = c->roc[i].y;
    const glia_score *auc = find_score(m, "auc");
    char *title = format_text("ROC curve of '%s' in the %s samples, area %.4f",
                              glia_model_class(p->in->model, 1), part, auc->value);
    section_begin(p, "True against false alarms (ROC)");
    frame a = share_frame(p, "false positive rate", "true positive rate", title);
    svg_begin(&a);
    svg_line(&a, "dash", ends, ends, 2);
    svg_line(&a, "line c0", x, y, c->roc_points);
    in_force(&a, (double)n[1] / (double)(n[0] + n[1]), (double)n[3] / (double)(n[2] + n[3]));
    svg_end(&a);
    fputs("<ul class=\"legend\">", p->f);
    legend(p->f, "", 1, "the threshold in force");
    fputs("<li>dashed: guessing</li></ul>\n", p->f);
    html_note(p,
              "Area under the curve (auc) %.4f: so often a sample of class %s scores above one of "
              "class %s.",
              auc->value, glia_model_class(p->in->model, 1), glia_model_class(p->in->model, 0));
    section_end(p);
    free(title);
}

static void pr_section(const page *p, const glia_metrics *m, const char *part) {
    const glia_curves *c = m->curves;
    const int64_t *n = m->confusion;
    double x[2 * GLIA_CURVE_POINTS], y[2 * GLIA_CURVE_POINTS], level = positive_share(m);
    int count =
        0; /* steps: the precision of a point holds for all recalls down to the one before */
    for (int i = 1; i < c->pr_points; i++) {
        x[count] = c->pr[i - 1].x, y[count++] = c->pr[i].y;
        x[count] = c->pr[i].x, y[count++] = c->pr[i].y;
    }
    const glia_score *mean = find_score(m, "average_precision");
    char *title = format_text("Precision by recall of '%s' in the %s samples, average %.4f",
                              glia_model_class(p->in->model, 1), part, mean->value);
    section_begin(p, "Precision against recall");
    frame a = share_frame(p, "recall", "precision", title);
    svg_begin(&a);
    svg_line(&a, "dash", (double[]){0, 1}, (double[]){level, level}, 2);
    svg_line(&a, "line c0", x, y, count);
    in_force(&a, (double)n[3] / (double)(n[2] + n[3]), (double)n[3] / (double)(n[1] + n[3]));
    svg_end(&a);
    fputs("<ul class=\"legend\">", p->f);
    legend(p->f, "", 1, "the threshold in force");
    fputs("<li>dashed: guessing</li></ul>\n", p->f);
    html_note(p,
              "Average precision of '%s' %.4f. On these rows its f1 would be best, %.4f, with the "
              "threshold "
              "%.4g.",
              glia_model_class(p->in->model, 1), mean->value, c->best[1].value,
              c->best[1].threshold);
    section_end(p);
    free(title);
}

static void calibration_section(const page *p, const glia_metrics *m, const char *part) {
    const glia_curves *c = m->curves;
    double x[GLIA_BINS], y[GLIA_BINS], ends[2] = {0, 1};
    bool binary = glia_model_classes(p->in->model) == 2;
    for (int k = 0; k < GLIA_BINS; k++) x[k] = c->bin[k].mean, y[k] = c->bin[k].share;
    char *title =
        format_text("Calibration on the %s samples, mean error %.4f", part, c->calibration_error);
    section_begin(p, "Do probabilities come true?");
    frame a = share_frame(p, binary ? "predicted probability" : "probability of the answer",
                          binary ? "share of the second class" : "share that is right", title);
    svg_begin(&a);
    svg_line(&a, "dash", ends, ends, 2);
    svg_line(&a, "line c0", x, y, GLIA_BINS);
    for (int k = 0; k < GLIA_BINS; k++) {
        if (c->bin[k].rows > 0)
            svg_dot(&a, "dot c0", x[k], y[k],
                    3 + 9 * sqrt((double)c->bin[k].rows / (double)m->rows));
    }
    svg_end(&a);
    html_note(p,
              "Ten bins of probability; a dot's area grows with its rows; on the dashed line "
              "promises are kept. Mean distance over rows (expected calibration error) %.4f.",
              c->calibration_error);
    section_end(p);
    free(title);
}

void curves_sections(const page *p) {
    const char *part;
    const glia_metrics *m = best_part(p, &part);
    if (!m->curves || m->rows == 0) return;
    if (m->curves->roc_points) {
        roc_section(p, m, part);
        pr_section(p, m, part);
    }
    calibration_section(p, m, part);
}
