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

void print_curves(const glia_model *m, const glia_metrics *s) {
    const glia_curves *c = s->curves;
    char threshold[32];
    if (!c || s->rows == 0) return;
    print_fact("calibration", "%s off by %.4f, the mean over rows",
               s->confusion && s->classes == 2 ? "probabilities are"
                                               : "the answer's probability is",
               c->calibration_error);
    if (!c->roc_points) return;
    const glia_threshold *f1 = &c->best[1];
    print_fact("hint",
               "on these rows f1 of '%s' would be best, %.4f instead of %.4f, with --threshold %s;",
               glia_model_class(m, 1), f1->value, score_of(s, "f1"),
               exact_text(f1->threshold, threshold));
    print_fact("", "choose it on other rows than those that it is measured on");
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
        grid_add(&t, "%.4f", b->mean);
        grid_add(&t, "%.4f", b->share);
        grid_add(&t, "%lld", (long long)b->rows);
    }
    grid_print(&t);
    putchar('\n');
}

/* The precision of taking every row for class 1. */
double positive_share(const glia_metrics *s) {
    return (double)(s->confusion[2] + s->confusion[3]) / (double)s->rows;
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
    }
    json_decref(thresholds);
    json_object_set_new(block, "calibration", json_calibration(c));
}
