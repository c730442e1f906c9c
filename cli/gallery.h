/*
 * gallery.h: pictures to look at, without saying how: samples, mistakes, the weights of a first
 * layer. plot.c draws them on a terminal, the report as images.
 */
#ifndef GALLERY_H
#define GALLERY_H

#include "cli.h"

/* One picture. Grey and colour run from 0 to 1; weights from -1 to 1. */
typedef struct image {
    int width, height, channels; /* 1 or 3, or 4 with alpha, which is not drawn */
    bool weights;
    bool wrong;    /* a sample that was taken for another class */
    double sure;   /* the probability of that class; 0: this is no sample */
    double *pixel; /* [height * width * channels] */
    char caption[48];
} image;

typedef struct gallery {
    image *image;
    int count;
} gallery;

/* Up to `most` samples of the image table that e measured, with "truth" or "guess, not truth"
 * below; mistakes only, the surest first, or in file order. */
gallery gallery_of_samples(const glia_model *m, const glia_table *t, const glia_evaluation *e,
                           bool mistaken, int most);
/* Pictures of each class of the column `target`, as many of each, `most` at most; target -1: in the
 * order of the rows. The class is below. */
gallery gallery_of_classes(const glia_table *t, int target, int most);
/* The weights of up to `most` units of the first layer, shaped like the images of t; the
 * largest norm first. */
gallery gallery_of_weights(const glia_model *m, const glia_table *t, int most);
void gallery_free(gallery *a);
void image_colour(const image *i, int row, int column, uint8_t rgb[3]);

#endif
