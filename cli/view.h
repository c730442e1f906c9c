/*
 * view.h: what there is to draw about a model and its data, without saying how: the plane with
 * its regions, predicted against true values. plot.c draws it on a terminal, the report as SVG.
 */
#ifndef VIEW_H
#define VIEW_H

#include "cli.h"

enum { MOST_POINTS = 2000 }; /* drawn of a large table: an even choice of its rows */

/* Two features and a class: the points of a table over the regions a model cuts the plane into. */
typedef struct plane_view {
    char *axis[2];          /* names of the features */
    double low[2], high[2]; /* of the rectangle */
    int64_t points;
    double *x[2]; /* [points] */
    int *class;   /* [points] true class */
    int *part;    /* [points] of which table */
    int columns, rows;
    int *region;   /* [rows * columns] predicted class; row 0 is on top */
    double *share; /* [rows * columns] P(class 1) of a binary classifier; NULL otherwise */
    int classes;
} plane_view;

/* false: this is no classifier of two number columns, or it cannot be applied. */
bool plane_view_make(const cli *c, const glia_model *m, const glia_table *t, int columns, int rows,
                     plane_view *v);
/* The points of several tables, each NULL or of the same columns. */
bool plane_view_of_parts(const cli *c, const glia_model *m, const glia_table *const *t, int parts,
                         int columns, int rows, plane_view *v);
void plane_view_free(plane_view *v);
int plane_view_region(const plane_view *v,
                      int64_t point); /* the class predicted where a point lies */

/* A regression: value against truth. */
typedef struct value_view {
    int64_t points;
    double *truth, *value; /* [points] */
    double low, high;      /* of both */
    const char *name;      /* of the target */
} value_view;

bool value_view_make(const glia_table *t, const glia_evaluation *e, value_view *v);
void value_view_free(value_view *v);

/* "Nice" marks: the largest of 1, 2, 5 times a power of ten that gives at least `least` steps
 * over a span. */
double nice_step(double span, int least);

#endif
