/*
 * surface.c: lines of equal cost by marching squares: each cell of a grid whose corners lie on both
 * sides of a level is cut by a straight piece.
 */
#include "surface.h"

#include <math.h>
#include <stdlib.h>

#include "../plot.h"
#include "../report/report.h"
#include "../report/svg.h"

/* Levels go up by squares: near the bottom a bowl is flat. */
enum { ACROSS = 96, DOWN = 72, LEVELS = 9 };

typedef struct contours {
    double *x, *y; /* pieces: two ends, then NAN, so that a line stops there */
    int64_t count;
} contours;

static double at(const surface *s, int axis, int i, int n) {
    return s->low[axis] + (s->high[axis] - s->low[axis]) * i / n;
}

static double *heights(const surface *s, double *most) {
    double *J = reserve(NULL, sizeof(double) * (ACROSS + 1) * (DOWN + 1));
    *most = 0;
    for (int i = 0; i <= DOWN; i++)
        for (int k = 0; k <= ACROSS; k++) {
            double v = s->J(s->user, at(s, 0, k, ACROSS), at(s, 1, i, DOWN));
            J[i * (ACROSS + 1) + k] = v;
            *most = fmax(*most, v);
        }
    return J;
}

static void add_end(contours *c, double x, double y) {
    c->x[c->count] = x;
    c->y[c->count++] = y;
}

/* Where the level crosses the sides of a cell; corners in the order of a walk around it. */
static void cut_cell(const surface *s, contours *c, const double *J, int i, int k, double level) {
    static const int right[5] = {0, 1, 1, 0, 0}, up[5] = {0, 0, 1, 1, 0};
    int ends = 0;
    for (int side = 0; side < 4; side++) {
        double from = J[(i + up[side]) * (ACROSS + 1) + k + right[side]],
               to = J[(i + up[side + 1]) * (ACROSS + 1) + k + right[side + 1]];
        if ((from < level) == (to < level)) continue;
        double f = (level - from) / (to - from);
        double x0 = at(s, 0, k + right[side], ACROSS), x1 = at(s, 0, k + right[side + 1], ACROSS);
        double y0 = at(s, 1, i + up[side], DOWN), y1 = at(s, 1, i + up[side + 1], DOWN);
        add_end(c, x0 + f * (x1 - x0), y0 + f * (y1 - y0));
        if (++ends % 2 == 0) add_end(c, NAN, NAN);
    }
}

static contours find_contours(const surface *s) {
    double most, *J = heights(s, &most);
    contours c = {.count = 0};
    c.x = reserve(NULL, sizeof(double) * 6 * ACROSS * DOWN * LEVELS);
    c.y = reserve(NULL, sizeof(double) * 6 * ACROSS * DOWN * LEVELS);
    for (int l = 1; l <= LEVELS; l++) {
        double up = (double)l / (LEVELS + 1), level = s->bottom + (most - s->bottom) * up * up;
        for (int i = 0; i < DOWN; i++)
            for (int k = 0; k < ACROSS; k++) cut_cell(s, &c, J, i, k, level);
    }
    free(J);
    return c;
}

static void free_contours(contours *c) {
    free(c->x);
    free(c->y);
}

/* ---------------------------------------------------------------------------------- terminal -- */

enum { MOST_PATHS = 3 };

/* The ends of all pieces are dots enough: a cell of the grid is smaller than a letter. */
void plot_surface(const surface *s, int columns) {
    contours c = find_contours(s);
    series all[MOST_PATHS + 1] = {{"equal cost J", c.x, c.y, c.count, true}};
    for (int i = 0; i < s->paths; i++)
        all[i + 1] = (series){s->path[i].name, s->path[i].w, s->path[i].b, s->path[i].count, false};
    plot_series(stdout, all, s->paths + 1, columns, 22, "w (up: b)");
    putchar('\n');
    free_contours(&c);
}

/* -------------------------------------------------------------------------------------- page -- */

static void put_contours(const frame *a, const contours *c) {
    fputs("<path class=\"grid\" style=\"stroke:var(--soft)\" d=\"", a->f);
    for (int64_t i = 0; i < c->count; i++)
        if (isfinite(c->x[i]))
            fprintf(a->f, "%c%.1f %.1f", i == 0 || isnan(c->x[i - 1]) ? 'M' : 'L',
                    svg_x(a, c->x[i]), svg_y(a, c->y[i]));
    fputs("\"/>\n", a->f);
}

static void put_path(const frame *a, const path *p, int colour) {
    char *line = format_text("line c%d", colour), *dot = format_text("dot c%d", colour);
    svg_line(a, line, p->w, p->b, p->count);
    for (int64_t i = 0; i < p->count; i++) svg_dot(a, dot, p->w[i], p->b[i], i ? 2.5 : 5);
    free(line);
    free(dot);
}

static void put_picture(FILE *f, const surface *s) {
    contours c = find_contours(s);
    frame a = {.f = f,
               .width = 720,
               .height = 520,
               .low = {s->low[0], s->low[1]},
               .high = {s->high[0], s->high[1]},
               .name = {"w", "b"},
               .title = "The cost over w and b, and the path of gradient descent"};
    svg_begin(&a);
    put_contours(&a, &c);
    for (int i = 0; i < s->paths; i++) put_path(&a, &s->path[i], i);
    svg_end(&a);
    fputs("<ul class=\"legend\">", f);
    for (int i = 0; i < s->paths; i++) legend(f, "", i, s->path[i].name);
    fputs("</ul>\n", f);
    free_contours(&c);
}

static void put_page(FILE *f, const demo *d, const surface *s, const char *title,
                     const char *text) {
    fputs("<!DOCTYPE html>\n<html lang=\"en\"><head><meta charset=\"utf-8\">\n<meta "
          "name=\"viewport\" content=\"width=device-width,initial-scale=1\">\n<title>",
          f);
    html_text(f, title);
    fprintf(f, "</title>\n<style>\n%s", report_style);
    for (int i = 0; i < s->paths; i++)
        fprintf(f,
                ".line.c%d { stroke: var(--c%d) } .key.c%d { background: var(--c%d) } .dot.c%d { "
                "fill: var(--c%d) }\n",
                i, i, i, i, i, i);
    fputs("</style>\n", f);
    fputs("</head><body><main>\n<header><p class=\"kicker\">glia demo</p><h1>", f);
    html_text(f, title);
    fputs("</h1><p class=\"lead\">", f);
    html_text(f, text);
    fputs("</p></header>\n<section>\n", f);
    put_picture(f, s);
    fputs("<p class=\"note\">Thin lines join points of equal cost. The large dot is the start, "
          "each small one an update.</p></section>\n<footer>Written by glia " GLIA_VERSION
          ": <code>",
          f);
    html_text(f, d->c.line);
    fputs("</code></footer>\n</main></body></html>\n", f);
}

int write_surface(const demo *d, const surface *s, const char *title, const char *text) {
    output o;
    if (!d->report) return 0;
    if (!output_open(&o, &d->c, d->report)) return GLIA_RESOURCE;
    put_page(o.f, d, s, title, text);
    return output_close(&o);
}
