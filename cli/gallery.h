/*
 * gallery.h: pictures to look at, without saying how: samples, mistakes, the weights of a first
 * layer, where a network looked. plot.c draws them on a terminal, pages as images, filters.c as a
 * file.
 */
#ifndef GALLERY_H
#define GALLERY_H

#include "cli.h"

/* A sample that has more pixels a side is made smaller. */
enum { LARGEST = 128 };

/* One picture. Grey and colour run from 0 to 1; weights from -1 to 1. */
typedef struct image {
    int width, height, channels; /* 1 or 3, or 4 with alpha, which is not drawn */
    bool weights;
    int64_t number;    /* of a unit or a filter, from 1; 0: it is a sample */
    const char *class; /* what a sample was taken for, or its own class, as model or table call it;
                          NULL: nothing is said of it */
    const char *truth; /* of one that was taken for another class its own; else NULL */
    double sure;       /* the probability of `class`; 0: it is not known */
    int64_t look;      /* the side of the squares by which it was seen where a network looked; 0: it
                          is the picture itself */
    double lost;       /* the most of the answer that such a square takes away */
    double *pixel;     /* [height * width * channels] */
} image;

typedef struct gallery {
    image *image;
    int count;
} gallery;

bool has_images(const glia_table *t);
/* These rows; e NULL: without a caption. */
gallery gallery_of_rows(const glia_model *m, const glia_table *t, const glia_evaluation *e,
                        const int64_t *row, int count);
/* Up to `most` samples of the image table that e measured, with "truth" or "guess, not truth"
 * below; mistakes only, the surest first, or in file order. */
gallery gallery_of_samples(const glia_model *m, const glia_table *t, const glia_evaluation *e,
                           bool mistaken, int most);
/* Pictures of each class of the column `target`, as many of each, `most` at most; target -1: in the
 * order of the rows. The class is below. */
gallery gallery_of_classes(const glia_table *t, int target, int most);
/* `count` pictures of the table, each with so many variations of it behind it. */
gallery gallery_of_variations(const cli *c, const glia_table *t, const char *ways, int count,
                              int times);
/* The weights of up to `most` units of the first layer, shaped like the images of t; the
 * largest norm first. */
gallery gallery_of_weights(const glia_model *m, const glia_table *t, int most);
void gallery_free(gallery *a);
image image_new(int height, int width, int channels);
void image_shrink(image *i, int most); /* by a whole factor, to so many pixels a side at most */
void image_colour(const image *i, int row, int column, uint8_t rgb[3]);

/* looks.c: where a network looked (glia_model_occlude) in place of a picture, which is row `row` of
 * t. False: that cannot be said, as glia_message does. */
bool image_look(image *i, const cli *c, const glia_model *m, const glia_table *t, int64_t row);
/* Of up to `most` samples, half of them mistakes, the others one of each class. */
gallery gallery_of_looks(const cli *c, const glia_model *m, const glia_table *t,
                         const glia_evaluation *e, int most);
/* Each row's picture and behind it where the network looked; pictures alone where that cannot be
 * said. */
gallery gallery_of_pairs(const cli *c, const glia_model *m, const glia_table *t, const int64_t *row,
                         int count);

/* filters.c: up to `most` filters of the first convolution, in their order, each scaled by its
 * largest weight, zero mid-grey; in colour where it sees colours. None: there is no convolution. */
gallery gallery_of_filters(const glia_model *m, int64_t most);
/* The pictures of a gallery, all of one size, in a grid with white lines so wide between them; each
 * pixel becomes scale x scale. */
image gallery_sheet(const gallery *a, int scale, int line);
/* `glia show --filters`: the exit status. */
bool is_png_name(const char *option, const char *path); /* false: the error was printed */
int write_filters(const cli *c, const glia_model *m, const char *path);

#endif
