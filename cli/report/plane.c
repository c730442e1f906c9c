/*
 * plane.c: the regions into which a classifier of two features cuts the plane.
 */
#include <math.h>

#include "parts.h"

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
            svg_dot(a, class, v->x[0][i], v->x[1][i], 3.2);
        }
}

void plane_section(const page *p) {
    plane_view v;
    const glia_table *table = is_training(p) ? p->in->train : p->in->test;
    if (!table || !plane_view_make(p->c, p->in->model, table, 160, 160, &v)) return;
    section_begin(p, "Where it draws the line");
    frame a = {.f = p->f,
               .width = 480,
               .square = true,
               .title = "Predicted class in the plane, "
                        "and the points"};
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
    fputs("<ul class=\"legend\">", p->f);
    for (int k = 0; k < v.classes; k++)
        legend(p->f, "", k % SVG_COLOURS, glia_model_class(p->in->model, k));
    fputs("<li><span class=\"key ring\"></span>on the wrong side</li></ul>\n", p->f);
    section_end(p);
    plane_view_free(&v);
}
