/*
 * curves.c: ROC, precision and recall, calibration and thresholds of a classifier.
 */
#include "curves.h"

#include <math.h>
#include <stdlib.h>

#include "plot.h"

/* -------------------------------------------------------------------------------------- text -- */

static double score_of(const glia_metrics *s, const char *name) {
    const glia_score *found = find_score(s, name);
    return found ? found->value : NAN;
}

/* By another threshold, in f1, to be seen in the digits that are shown. */
static bool gains_by_threshold(const glia_metrics *s) {
    const glia_curves *c = s->curves;
    return c && c->roc_points && !(c->best[1].value - score_of(s, "f1") < 0.0005);
}

void print_curves(const glia_model *m, const glia_metrics *s) {
    const glia_curves *c = s->curves;
    char threshold[32], best[32], now[32];
    if (!c || s->rows == 0) return;
    print_fact("calibration", "%s off by %s, the mean over rows",
               s->confusion && s->classes == 2 ? "probabilities are"
                                               : "the answer's probability is",
               score_text(c->calibration_error, best));
    if (!c->roc_points) return;
    if (!gains_by_threshold(s)) return;
    print_fact("hint",
               "on these rows f1 of '%s' would be best, %s instead of %s, with --threshold %s",
               glia_model_class(m, 1), score_text(c->best[1].value, best),
               score_text(score_of(s, "f1"), now), exact_text(c->best[1].threshold, threshold));
}

void print_threshold_advice(const glia_metrics *s, bool costs) {
    if (costs || gains_by_threshold(s))
        print_fact("", "choose a threshold on other rows than those that it is measured on");
}

static void add_share(grid *t, double value) {
    char buf[32];
    grid_add(t, "%s", score_text(value, buf));
}

enum { PLOT_COLUMNS = 44, PLOT_LINES = 11 };

static void plot_points(const glia_curve_point *p, int count, const char *name, const char *x_name,
                        const series *other) {
    double x[GLIA_CURVE_POINTS], y[GLIA_CURVE_POINTS];
    for (int i = 0; i < count; i++) x[i] = p[i].x, y[i] = p[i].y;
    series both[] = {{name, x, y, count, false}, *other};
    plot_series(stdout, both, 2, PLOT_COLUMNS, PLOT_LINES, x_name);
    putchar('\n');
}

static void plot_calibration(const glia_curves *c) {
    double x[GLIA_BINS], y[GLIA_BINS], ends[2] = {0, 1};
    for (int k = 0; k < GLIA_BINS; k++) x[k] = c->bin[k].mean, y[k] = c->bin[k].share;
    series both[] = {{"what came true", x, y, GLIA_BINS, false},
                     {"as promised", ends, ends, 2, false}};
    plot_series(stdout, both, 2, PLOT_COLUMNS, PLOT_LINES, "predicted probability");
    putchar('\n');
    grid t = {.align = "lrrr"};
    const char *const top[] = {"probability", "mean", "came true", "rows"};
    for (int j = 0; j < 4; j++) grid_add(&t, "%s", top[j]);
    for (int k = 0; k < GLIA_BINS; k++) {
        const glia_bin *b = &c->bin[k];
        if (b->rows == 0) continue;
        grid_add(&t, "%.1f to %.1f", k / 10.0, (k + 1) / 10.0);
        add_share(&t, b->mean);
        add_share(&t, b->share);
        grid_add(&t, "%lld", (long long)b->rows);
    }
    grid_print(&t);
    putchar('\n');
}

/* The precision of taking every row for class 1. */
double positive_share(const glia_metrics *s) {
    return s->curves->positives / (s->curves->positives + s->curves->others);
}

/* ------------------------------------------------------------------------ whom to call first - */

void print_tops(const glia_model *m, const glia_metrics *s) {
    grid t = {.align = "rrrrrr"};
    const char *const names[] = {"highest scores", "rows", "precision",
                                 "recall",         "lift", "from score"};
    if (!s->curves || !s->curves->roc_points) return;
    for (int i = 0; i < 6; i++) grid_add(&t, "%s", names[i]);
    for (int i = 0; i < GLIA_TOPS; i++) {
        const glia_top *top = &s->curves->top[i];
        if (i > 0 && top->rows == top[-1].rows) continue;
        grid_add(&t, "%.3g%%", 100 * top->share);
        grid_add(&t, "%.10g", round(top->rows * 10) / 10);
        add_share(&t, top->precision);
        add_share(&t, top->recall);
        grid_add(&t, "%.3g", top->lift);
        add_share(&t, top->threshold);
    }
    grid_print(&t);
    const char *class = glia_model_class(m, 1);
    print_fact("", "precision: how many of these rows are '%s'", class);
    print_fact("", "recall: how many of all '%s' are among them", class);
    putchar('\n');
}

void print_error_costs(const glia_model *m, const glia_metrics *s, double miss, double alarm) {
    char threshold[32];
    glia_error_costs k = glia_curves_costs(s->curves, miss, alarm);
    print_fact("cost", "%.4g a row: a missed '%s' costs %g, a false alarm %g", k.now,
               glia_model_class(m, 1), miss, alarm);
    print_fact("", "least %.4g, with --threshold %s", k.least, exact_text(k.threshold, threshold));
    print_fact("", "%.4g if no row were called '%s', %.4g if every one", k.none,
               glia_model_class(m, 1), k.all);
}

json_t *json_error_costs(const glia_metrics *s, double miss, double alarm) {
    glia_error_costs k = glia_curves_costs(s->curves, miss, alarm);
    return json_pack("{s:o, s:o, s:o, s:o, s:o, s:o, s:o}", "miss", json_number(miss), "alarm",
                     json_number(alarm), "now", json_number(k.now), "least", json_number(k.least),
                     "threshold", json_number(k.threshold), "none", json_number(k.none), "all",
                     json_number(k.all));
}

void plot_curves(const glia_model *m, const glia_metrics *s) {
    const glia_curves *c = s->curves;
    if (!c || s->rows == 0) return;
    double ends[2] = {0, 1}, level[2];
    if (c->roc_points) {
        level[0] = level[1] = positive_share(s);
        const char *class = glia_model_class(m, 1);
        char *found = format_text("true positive rate of '%s' (ROC)", class),
             *precise = format_text("precision of '%s'", class);
        plot_points(c->roc, c->roc_points, found, "false positive rate",
                    &(series){"guessing", ends, ends, 2, false});
        plot_points(c->pr, c->pr_points, precise, "recall",
                    &(series){"guessing", ends, level, 2, false});
        free(found);
        free(precise);
    }
    plot_calibration(c);
}

/* -------------------------------------------------------------------------------------- JSON -- */

static json_t *json_points(const glia_curve_point *p, int count) {
    json_t *list = json_array();
    for (int i = 0; i < count; i++)
        json_array_append_new(list, json_pack("[o, o, o]", json_number(p[i].x), json_number(p[i].y),
                                              json_number(p[i].threshold)));
    return list;
}

static json_t *json_tops(const glia_curves *c) {
    json_t *list = json_array();
    for (int i = 0; i < GLIA_TOPS; i++) {
        const glia_top *t = &c->top[i];
        if (i > 0 && t->rows == t[-1].rows) continue;
        json_array_append_new(list, json_pack("{s:o, s:o, s:o, s:o, s:o, s:o}", "share",
                                              json_number(t->share), "rows", json_number(t->rows),
                                              "precision", json_number(t->precision), "recall",
                                              json_number(t->recall), "lift", json_number(t->lift),
                                              "threshold", json_number(t->threshold)));
    }
    return list;
}

static json_t *json_calibration(const glia_curves *c) {
    json_t *bins = json_array();
    for (int k = 0; k < GLIA_BINS; k++) {
        const glia_bin *b = &c->bin[k];
        json_array_append_new(bins, json_pack("[o, o, I]", json_number(b->mean),
                                              json_number(b->share), (json_int_t)b->rows));
    }
    return json_pack("{s:o, s:o}", "error", json_number(c->calibration_error), "bins", bins);
}

void json_add_curves(json_t *block, const glia_metrics *s) {
    const glia_curves *c = s->curves;
    if (!c) return;
    json_t *thresholds = json_object();
    for (int i = 0; i < 3 && c->roc_points; i++)
        json_object_set_new(thresholds, c->best[i].name,
                            json_pack("[o, o]", json_number(c->best[i].threshold),
                                      json_number(c->best[i].value)));
    if (c->roc_points) {
        json_object_set_new(block, "roc", json_points(c->roc, c->roc_points));
        json_object_set_new(block, "pr", json_points(c->pr, c->pr_points));
        json_object_set(block, "thresholds", thresholds);
        json_object_set_new(block, "top", json_tops(c));
    }
    json_decref(thresholds);
    json_object_set_new(block, "calibration", json_calibration(c));
}
