/*
 * svg.c: diagrams as SVG inside an HTML page.
 */
#include "svg.h"

#include <math.h>

#include "../view.h"

enum { LEFT = 62, RIGHT = 14, TOP = 12, BOTTOM = 44, MOST_LINE_POINTS = 4000 };

double svg_x(const frame *a, double x) {
    return LEFT + (x - a->low[0]) / (a->high[0] - a->low[0]) * (a->width - LEFT - RIGHT);
}

/* y in the frame's own measure: the value, or its logarithm. */
static double frame_y(const frame *a, double y) {
    return TOP + (a->high[1] - y) / (a->high[1] - a->low[1]) * (a->height - TOP - BOTTOM);
}

double svg_y(const frame *a, double y) { return frame_y(a, a->log_y ? log10(fmax(y, 1e-300)) : y); }

/* -------------------------------------------------------------------------------------- axes -- */

/* 250000 -> 250k, 0.05 -> 0.05; long enough to tell steps apart. */
static void mark_text(FILE *f, double value, double step) {
    if (fabs(value) < step * 1e-6) value = 0;
    if (value == 0) fputc('0', f);
    else if (fabs(value) >= 1e9 || fabs(value) < 1e-4) fprintf(f, "%.3g", value);
    else if (step >= 1e6) fprintf(f, "%gM", value / 1e6);
    else if (step >= 1e3) fprintf(f, "%gk", value / 1e3);
    else fprintf(f, "%.10g", value);
}

static void x_mark(const frame *a, double value, double step) {
    double x = svg_x(a, value);
    fprintf(a->f,
            "<path class=\"grid\" d=\"M%.1f %dV%d\"/><text class=\"mark\" x=\"%.1f\" y=\"%d\">", x,
            TOP, a->height - BOTTOM, x, a->height - BOTTOM + 17);
    mark_text(a->f, value, step);
    fputs("</text>", a->f);
}

static void y_mark(const frame *a, double at, double value, double step) {
    double y = frame_y(a, at);
    fprintf(a->f,
            "<path class=\"grid\" d=\"M%d %.1fH%d\"/><text class=\"mark end\" x=\"%d\" y=\"%.1f\">",
            LEFT, y, a->width - RIGHT, LEFT - 7, y + 4);
    mark_text(a->f, value, step);
    fputs("</text>", a->f);
}

/* Counted, not added up: where doubles lie further apart than a step, adding one changes nothing,
 * and several marks would be the same. */
static void even_marks(const frame *a, int axis, double step) {
    enum { MOST_MARKS = 20 };
    double first = ceil(a->low[axis] / step - 1e-9), before = NAN;
    for (int i = 0; i < MOST_MARKS; i++) {
        double v = (first + i) * step;
        if (v == before || !(v <= a->high[axis] + step * 1e-9)) continue;
        if (axis == 0) x_mark(a, v, step);
        else y_mark(a, v, v, step);
        before = v;
    }
}

static void x_marks(const frame *a) {
    double step = nice_step(a->high[0] - a->low[0], 5);
    even_marks(a, 0, a->whole_x ? fmax(step, 1) : step);
}

/* On a logarithmic axis the powers of ten, with 2 and 5 between them when there are few. */
static void log_marks(const frame *a) {
    bool few = a->high[1] - a->low[1] < 2.5;
    for (int power = (int)floor(a->low[1]); power <= (int)ceil(a->high[1]); power++)
        for (int digit = 1; digit <= (few ? 5 : 1); digit += digit == 1 ? 1 : 3) {
            double at = power + log10(digit);
            if (at >= a->low[1] - 1e-9 && at <= a->high[1] + 1e-9)
                y_mark(a, at, digit * pow(10, power), pow(10, power));
        }
}

static void y_marks(const frame *a) { even_marks(a, 1, nice_step(a->high[1] - a->low[1], 5)); }

static void axis_names(const frame *a) {
    int x = (LEFT + a->width - RIGHT) / 2, y = (TOP + a->height - BOTTOM) / 2;
    fprintf(a->f, "<text class=\"name\" x=\"%d\" y=\"%d\">", x, a->height - 6);
    html_text(a->f, a->name[0]);
    fprintf(a->f, "</text><text class=\"name\" transform=\"rotate(-90)\" x=\"%d\" y=\"14\">", -y);
    html_text(a->f, a->name[1]);
    fputs("</text>\n", a->f);
}

void svg_begin(frame *a) {
    if (a->square) a->height = a->width - LEFT - RIGHT + TOP + BOTTOM;
    fprintf(a->f, "<svg viewBox=\"0 0 %d %d\" role=\"img\"><title>", a->width, a->height);
    html_text(a->f, a->title);
    fputs("</title>\n", a->f);
    x_marks(a);
    if (a->log_y) log_marks(a);
    else y_marks(a);
    axis_names(a);
}

void svg_end(const frame *a) {
    fprintf(a->f, "<path class=\"axis\" d=\"M%d %dV%dH%d\"/></svg>\n", LEFT, TOP,
            a->height - BOTTOM, a->width - RIGHT);
}

/* ------------------------------------------------------------------------------------ values -- */

/* The next point of a line that is half a dot or more away from point `last`; the last one always.
 * What lies nearer is not seen, and a curve over a million rows is drawn from its first rank on. */
static int64_t next_seen(const frame *a, const double *x, const double *y, int64_t last,
                         int64_t count) {
    for (int64_t i = last + 1; i < count; i++) {
        if (!isfinite(x[i]) || !isfinite(y[i])) continue;
        double right = svg_x(a, x[i]) - svg_x(a, x[last]), up = svg_y(a, y[i]) - svg_y(a, y[last]);
        if (i == count - 1 || !(fabs(right) < 0.5 && fabs(up) < 0.5)) return i;
    }
    return count;
}

/* Of a line that goes up and down more often than that, every so manieth point. */
void svg_line(const frame *a, const char *class, const double *x, const double *y, int64_t count) {
    int64_t first = 0, seen = 0;
    while (first < count && !(isfinite(x[first]) && isfinite(y[first]))) first++;
    for (int64_t i = first; i < count; i = next_seen(a, x, y, i, count)) seen++;
    int64_t stride = 1 + seen / MOST_LINE_POINTS, k = 0;
    fprintf(a->f, "<path class=\"%s\" d=\"", class);
    for (int64_t i = first; i < count; i = next_seen(a, x, y, i, count))
        if (k++ % stride == 0 || i == count - 1)
            fprintf(a->f, "%c%.1f %.1f", k == 1 ? 'M' : 'L', svg_x(a, x[i]), svg_y(a, y[i]));
    fputs("\"/>\n", a->f);
}

void svg_dot(const frame *a, const char *class, double x, double y, double radius) {
    fprintf(a->f, "<circle class=\"%s\" cx=\"%.1f\" cy=\"%.1f\" r=\"%g\"/>\n", class, svg_x(a, x),
            svg_y(a, y), radius);
}

void svg_mark(const frame *a, svg_shape shape, const char *class, double x, double y) {
    double at_x = svg_x(a, x), at_y = svg_y(a, y);
    static const double half[] = {3.2, 4.2, 2.9}; /* so that all cover the same area */
    double r = half[shape];
    if (shape == SVG_DIAMOND)
        fprintf(a->f, "<path class=\"%s\" d=\"M%.1f %.1fl%g %gl-%g %gl-%g-%gz\"/>\n", class, at_x,
                at_y - r, r, r, r, r, r, r);
    else if (shape == SVG_SQUARE)
        fprintf(a->f, "<path class=\"%s\" d=\"M%.1f %.1fh%gv%gh-%gz\"/>\n", class, at_x - r,
                at_y - r, 2 * r, 2 * r, 2 * r);
    else svg_dot(a, class, x, y, r);
}

void legend(FILE *f, const char *kind, int colour, const char *text) {
    fprintf(f, "<li><span class=\"key %s", kind);
    if (colour >= 0) fprintf(f, " c%d", colour);
    fputs("\"></span>", f);
    html_name(f, text);
    fputs("</li>\n", f);
}
