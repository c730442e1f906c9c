/*
 * surface.h: a cost over two parameters as a picture: lines of equal cost, and paths across them.
 * On a terminal, or as an HTML page.
 */
#ifndef SURFACE_H
#define SURFACE_H

#include "demo.h"

/* J at (w, b). */
typedef double height(void *user, double w, double b);

typedef struct path {
    const char *name;
    const double *w, *b;
    int64_t count;
} path;

typedef struct surface {
    height *J;
    void *user;
    double low[2], high[2]; /* of w and b */
    double bottom;          /* J is nowhere less */
    const path *path;
    int paths;
} surface;

void plot_surface(const surface *s, int columns);
/* The page: a title, the picture, what it shows. The exit status, after an error message. */
int write_surface(const demo *d, const surface *s, const char *title, const char *text);

#endif
