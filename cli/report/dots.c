/*
 * dots.c: clouds of dots in the report: the regions into which a classifier of two features cuts
 * the plane, and predicted against true values. Training, validation and test samples have marks of
 * their own.
 */
#include <math.h>
#include <stdlib.h>

#include "parts.h"

/* --------------------------------------------------------------------------- rows of a part -- */

/* An even choice of `rows` (NULL: all) of a table; t itself where it is small. */
static void choose_rows(page *p, int part, const glia_table *t, const int64_t *rows, int64_t n) {
    int64_t shown = n < MOST_POINTS ? n : MOST_POINTS;
    if (n == 0) return;
    if (!rows && shown == n) {
        p->dots[part] = t;
        return;
    }
    int64_t *some = reserve(NULL, (size_t)shown * sizeof *some);
    for (int64_t i = 0; i < shown; i++) {
        int64_t at = shown < n ? i * n / shown : i;
        some[i] = rows ? rows[at] : at;
    }
    p->dots[part] = p->chosen[part] = glia_table_select(t, some, shown);
    free(some);
}

/* Rows of a table that stand in no list of some of them. Both ascend. */
static int64_t *other_rows(int64_t rows, const int64_t *some, int64_t n) {
    int64_t *others = reserve(NULL, (size_t)(rows + 1) * sizeof *others), k = 0;
    for (int64_t i = 0, at = 0; i < rows; i++)
        if (at < n && some[at] == i) at++;
        else others[k++] = i;
    return others;
}

void choose_dots(page *p) {
    const report_input *in = p->in;
    const glia_report *r = in->report;
    int64_t rows = in->train ? glia_table_rows(in->train) : 0;
    bool split = in->train && r->val_row && !has_forerunner(p);
    if (split) {
        int64_t *others = other_rows(rows, r->val_row, r->val_rows);
        choose_rows(p, TRAINING_PART, in->train, others, rows - r->val_rows);
        choose_rows(p, VALIDATION_PART, in->train, r->val_row, r->val_rows);
        free(others);
    } else if (in->train) {
        choose_rows(p, TRAINING_PART, in->train, NULL, rows);
    }
    if (in->val && !has_forerunner(p))
        choose_rows(p, VALIDATION_PART, in->val, NULL, glia_table_rows(in->val));
    if (in->test)
        choose_rows(p, in->train ? TEST_PART : TRAINING_PART, in->test, NULL,
                    glia_table_rows(in->test));
}

void forget_dots(page *p) {
    for (int k = 0; k < PARTS; k++) glia_table_free(p->chosen[k]);
}

static const svg_shape shape_of[PARTS] = {SVG_CIRCLE, SVG_DIAMOND, SVG_SQUARE};
static const char *const key_of[PARTS] = {"", "diamond", "square"};

/* An item for each part that has dots. */
static void legend_parts(page *p, bool coloured) {
    static const char *const names[PARTS] = {"training", "validation", "test"};
    bool both = p->in->report->val_rows > 0 && !p->dots[VALIDATION_PART];
    for (int k = 0; k < PARTS; k++) {
        if (!p->dots[k]) continue;
        const char *name = !is_training(p) ? "measured" : names[k];
        char *text =
            k == TRAINING_PART && both ? PLAIN(p, dots_all) : PLAIN(p, dots_of, word(p, name));
        legend(p->f, key_of[k], coloured ? k : -1, text);
        free(text);
    }
}

/* ------------------------------------------------------------------------------------- plane -- */

#define OVERLAP                                                                                    \
    0.4 /* pixels by which runs reach into the next row, so that no seam shines through */

/* All cells of one predicted class as one path of horizontal runs. */
static void region_path(const frame *a, const plane_view *v, int class) {
    double left = svg_x(a, v->low[0]), width = (svg_x(a, v->high[0]) - left) / v->columns;
    double top = svg_y(a, v->high[1]), height = (svg_y(a, v->low[1]) - top) / v->rows;
    fprintf(a->f, "<path class=\"region c%d\" d=\"", class % SVG_COLOURS);
    for (int row = 0; row < v->rows; row++)
        for (int from = 0, to; from < v->columns; from = to) {
            const int *line = &v->region[row * v->columns];
            for (to = from + 1; to < v->columns && line[to] == line[from]; to++) continue;
            if (line[from] == class)
                fprintf(a->f, "M%.1f %.1fh%.1fv%.1fh-%.1fz", left + from * width,
                        top + row * height, (to - from) * width, height + OVERLAP,
                        (to - from) * width);
        }
    fputs("\"/>\n", a->f);
}

/* Where P passes 1/2 between two neighbouring cell middles, as a fraction of the way;
 * negative: it does not. */
static double crossing(double p, double q) {
    return (p > 0.5) == (q > 0.5) ? -1 : (0.5 - p) / (q - p);
}

/* Marching squares: in the square of four cell middles the line joins the crossings of its
 * sides. */
static void square_edge(const frame *a, const plane_view *v, int row, int column, double step_x,
                        double step_y) {
    const double *s = &v->share[row * v->columns + column];
    double corner[4] = {s[0], s[1], s[v->columns + 1], s[v->columns]};
    static const double x0[4] = {0, 1, 1, 0}, y0[4] = {0, 0, 1, 1};
    double at_x = svg_x(a, v->low[0]) + (column + 0.5) * step_x,
           at_y = svg_y(a, v->high[1]) + (row + 0.5) * step_y;
    int found = 0;
    for (int side = 0; side < 4; side++) {
        int next = (side + 1) % 4;
        double f = crossing(corner[side], corner[next]);
        if (f < 0) continue;
        double x = x0[side] + f * (x0[next] - x0[side]), y = y0[side] + f * (y0[next] - y0[side]);
        fprintf(a->f, "%c%.1f %.1f", found++ % 2 ? 'L' : 'M', at_x + x * step_x, at_y + y * step_y);
    }
}

static void region_edge(const frame *a, const plane_view *v) {
    double step_x = (svg_x(a, v->high[0]) - svg_x(a, v->low[0])) / v->columns;
    double step_y = (svg_y(a, v->low[1]) - svg_y(a, v->high[1])) / v->rows;
    fputs("<path class=\"edge\" d=\"", a->f);
    for (int row = 0; row + 1 < v->rows; row++)
        for (int column = 0; column + 1 < v->columns; column++)
            square_edge(a, v, row, column, step_x, step_y);
    fputs("\"/>\n", a->f);
}

static void plane_dots(const frame *a, const plane_view *v) {
    for (int wrong = 0; wrong < 2; wrong++) /* the wrong ones on top */
        for (int64_t i = 0; i < v->points; i++) {
            char class[32];
            if ((plane_view_region(v, i) != v->class[i]) != wrong) continue;
            snprintf(class, sizeof class, "%s c%d", wrong ? "wrong" : "dot",
                     v->class[i] % SVG_COLOURS);
            svg_mark(a, shape_of[v->part[i]], class, v->x[0][i], v->x[1][i]);
        }
}

static void explain_plane(page *p, const plane_view *v) {
    fputs("<ul class=\"legend\">", p->f);
    for (int k = 0; k < v->classes; k++)
        legend(p->f, "", k % SVG_COLOURS, glia_model_class(p->in->model, k));
    legend_parts(p, false);
    legend(p->f, "ring", -1, phrase_text(p->lang, SAY_wrong_side));
    fputs("</ul>\n", p->f);
}

void plane_section(page *p) {
    plane_view v;
    if (!plane_view_of_parts(p->c, p->in->model, p->dots, PARTS, 160, 160, &v)) return;
    section_begin(p, SAY_plane);
    frame a = {.f = p->f,
               .width = 480,
               .square = true,
               .title = phrase_text(p->lang, SAY_plane_title)};
    for (int i = 0; i < 2; i++) {
        a.low[i] = v.low[i];
        a.high[i] = v.high[i];
        a.name[i] = v.axis[i];
    }
    svg_begin(&a);
    for (int k = 0; k < v.classes; k++) region_path(&a, &v, k);
    if (v.share) region_edge(&a, &v);
    plane_dots(&a, &v);
    svg_end(&a);
    explain_plane(p, &v);
    section_end(p);
    plane_view_free(&v);
}

/* ------------------------------------------------------------------------ predicted and true -- */

/* What each part's samples are, and what the model says of them. Their common range, and the name
 * of the target; NULL: there is nothing to draw. */
static const char *view_values(const page *p, value_view v[PARTS], glia_evaluation *e[PARTS],
                               double *low, double *high) {
    const char *name = NULL;
    for (int k = 0; k < PARTS; k++) {
        e[k] = p->dots[k] ? glia_model_evaluate(p->c->g, p->in->model, p->dots[k], 0) : NULL;
        if (!e[k] || !value_view_make(p->dots[k], e[k], &v[k])) continue;
        *low = fmin(*low, v[k].low);
        *high = fmax(*high, v[k].high);
        name = v[k].name;
    }
    return name;
}

static void draw_values(page *p, const value_view v[PARTS], double low, double high,
                        const char *name) {
    double room = high > low ? 0.04 * (high - low) : 1, ends[2] = {low - room, high + room};
    char *truth = PLAIN(p, true_name, name), *guess = PLAIN(p, predicted_name, name);
    frame a = {.f = p->f,
               .width = 480,
               .square = true,
               .low = {ends[0], ends[0]},
               .high = {ends[1], ends[1]},
               .name = {truth, guess},
               .title = phrase_text(p->lang, SAY_values)};
    svg_begin(&a);
    svg_line(&a, "dash", ends, ends, 2);
    for (int k = 0; k < PARTS; k++)
        for (int64_t i = 0; i < v[k].points; i++)
            svg_mark(&a, shape_of[k], (const char *const[PARTS]){"dot c0", "dot c1", "dot c2"}[k],
                     v[k].truth[i], v[k].value[i]);
    svg_end(&a);
    free(truth);
    free(guess);
}

void values_section(page *p) {
    value_view v[PARTS] = {{0}};
    glia_evaluation *e[PARTS];
    double low = INFINITY, high = -INFINITY;
    if (!is_regression(p)) return;
    const char *name = view_values(p, v, e, &low, &high);
    if (name) {
        section_begin(p, SAY_values);
        draw_values(p, v, low, high, name);
        fputs("<ul class=\"legend\">", p->f);
        legend_parts(p, true);
        fputs("</ul>\n", p->f);
        NOTE(p, values_note);
        section_end(p);
    }
    for (int k = 0; k < PARTS; k++) {
        value_view_free(&v[k]);
        glia_evaluation_free(p->c->g, e[k]);
    }
}
