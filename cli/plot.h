/*
 * plot.h: pictures on a terminal. Block characters and braille where the locale speaks UTF-8,
 * plain ASCII elsewhere; colour where use_colour() allows it, letters elsewhere.
 */
#ifndef PLOT_H
#define PLOT_H

#include "gallery.h"
#include "view.h"

bool use_utf8(void); /* from LC_ALL, LC_CTYPE, LANG */

/* The regions with the points over them; a wrongly placed point is a cross (or a capital
 * letter). A plane_view for this has as many columns as the plot and two rows for each of its
 * lines. */
void plot_plane(FILE *f, const plane_view *v);

/* One line or cloud of a diagram. NaN is left out. x NULL: 0, 1, 2, ... */
typedef struct series {
    const char *name;
    const double *x, *y;
    int64_t count;
    bool dots; /* not joined by lines */
} series;

/* A diagram of `columns` x `lines` characters with the range of both axes at its edges. */
void plot_series(FILE *f, const series *s, int count, int columns, int lines, const char *x_name);
void plot_values(FILE *f, const value_view *v, int columns,
                 int lines); /* predicted against true, and the diagonal */
void plot_gallery(FILE *f, const gallery *a,
                  int columns); /* pictures side by side, captions below */

#endif
