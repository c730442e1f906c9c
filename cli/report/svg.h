/*
 * svg.h: diagrams as SVG inside an HTML page. Colours are CSS classes: c0, c1, ... by series or
 * class; the page gives them their light and dark values.
 */
#ifndef SVG_H
#define SVG_H

#include <stdbool.h>
#include <stdint.h>
#include <stdio.h>

#include "../phrases.h"

enum { SVG_COLOURS = 10 };

/* A rectangle of values inside a picture of width x height pixels. */
typedef struct frame {
    FILE *f;
    int width, height;
    double low[2], high[2]; /* of x and y; with log_y these are logarithms to base 10 */
    bool log_y;
    bool whole_x;        /* x counts something: no marks between whole numbers */
    bool square;         /* room for ticks equal on both axes: the plot is as high as wide */
    const char *name[2]; /* of the axes */
    const char *title;   /* for those who hear the page */
} frame;

/* Opens the picture and draws marks, grid and names of both axes. */
void svg_begin(frame *a);
void svg_end(const frame *a);
double svg_x(const frame *a, double x); /* pixels */
double svg_y(const frame *a, double y); /* of a value, not of its logarithm */
/* A line through the finite values; `class` is a CSS class such as "line c0". */
void svg_line(const frame *a, const char *class, const double *x, const double *y, int64_t count);
void svg_dot(const frame *a, const char *class, double x, double y, double radius);
/* Dots of several kinds, all as large. */
typedef enum svg_shape { SVG_CIRCLE, SVG_DIAMOND, SVG_SQUARE } svg_shape;
void svg_mark(const frame *a, svg_shape shape, const char *class, double x, double y);
/* One item of a <ul class="legend">; kind: "flat" a line, "" a dot, "diamond", "square", "ring";
 * colour -1: that of the text. */
void legend(FILE *f, const char *kind, int colour, const char *text);

#endif
