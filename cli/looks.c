/*
 * looks.c: where a network looked in pictures: the picture in greys, and over it in orange what
 * speaks for the answer, in blue what speaks against it.
 */
#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "gallery.h"

static double luminance(const image *i, int64_t at) {
    const double *p = i->pixel + at * i->channels;
    return i->channels >= 3 ? 0.299 * p[0] + 0.587 * p[1] + 0.114 * p[2] : *p;
}

/* share: of the largest in the picture, -1 to 1. Greys keep clear of black and white, so that
 * colours are seen on both. */
static void mix(double grey, double share, double rgb[3]) {
    static const double for_it[3] = {0.96, 0.42, 0.04}, against[3] = {0.10, 0.45, 0.90};
    const double *colour = share < 0 ? against : for_it;
    double ink = 0.8 * fabs(share), paper = 0.25 + 0.5 * grey;
    for (int i = 0; i < 3; i++) rgb[i] = paper + ink * (colour[i] - paper);
}

static double largest_of(const glia_occlusion *o) {
    double largest = 0;
    for (int64_t i = 0; i < o->height * o->width; i++) largest = fmax(largest, fabs(o->drop[i]));
    return largest;
}

/* At pixel `at` of an image, which may have been made smaller. */
static double drop_at(const glia_occlusion *o, const image *i, int64_t at) {
    int64_t row = at / i->width * o->height / i->height,
            column = at % i->width * o->width / i->width;
    return o->drop[row * o->width + column];
}

bool image_look(image *i, const cli *c, const glia_model *m, const glia_table *t, int64_t row) {
    glia_occlusion *o = glia_model_occlude(c->g, m, t, row);
    if (!o) return false;
    image look = image_new(i->height, i->width, 3);
    double largest = largest_of(o);
    for (int64_t at = 0; at < (int64_t)i->height * i->width; at++)
        mix(luminance(i, at), largest > 0 ? drop_at(o, i, at) / largest : 0, look.pixel + 3 * at);
    for (int64_t at = 0; at < o->height * o->width; at++) i->lost = fmax(i->lost, o->drop[at]);
    free(i->pixel);
    i->pixel = look.pixel;
    i->channels = 3;
    i->look = o->side;
    if (o->class_index >= 0) i->sure = o->answer;
    glia_occlusion_free(c->g, o);
    return true;
}

/* A picture covered here and there is some hundred predictions, and a page waits for them: so many
 * multiply-adds take some seconds. */
static const double WORK = 2e11, ANSWERS = 200;

static int affordable(const glia_model *m, int most) {
    glia_demand d;
    if (glia_model_demand(m, 1, NULL, &d) != GLIA_OK) return 0;
    return (int)fmin(most, fmax(1, WORK / (ANSWERS * fmax(1, d.multiply_adds))));
}

/* Half of them mistakes, the surest first, then the first that is right of each class. */
static int choose_rows(const glia_evaluation *e, int64_t classes, int64_t *row, int most) {
    int n = 0, wrong = most - most / 2;
    size_t size = (size_t)classes * sizeof(bool);
    bool *shown = memset(reserve(NULL, size), 0, size);
    for (int64_t i = 0; i < e->mistakes && n < wrong; i++) row[n++] = e->mistake[i].row;
    for (int64_t i = 0; i < e->answers.rows && n < most; i++) {
        int64_t class = e->answers.class_index[i];
        if (class != (int64_t)e->truth[i] || shown[class]) continue;
        shown[class] = true;
        row[n++] = i;
    }
    free(shown);
    return n;
}

gallery gallery_of_looks(const cli *c, const glia_model *m, const glia_table *t,
                         const glia_evaluation *e, int most) {
    gallery all = {0};
    if (!e->answers.class_index || !has_images(t)) return all;
    most = affordable(m, most);
    int64_t *row = reserve(NULL, (size_t)most * sizeof *row);
    int count = choose_rows(e, glia_model_classes(m), row, most), seen = 0;
    all = gallery_of_rows(m, t, e, row, count);
    while (seen < all.count && image_look(&all.image[seen], c, m, t, row[seen])) seen++;
    free(row);
    if (seen < all.count) gallery_free(&all);
    return all;
}

gallery gallery_of_pairs(const cli *c, const glia_model *m, const glia_table *t, const int64_t *row,
                         int count) {
    int64_t *twice = reserve(NULL, 2 * (size_t)count * sizeof *twice);
    for (int i = 0; i < 2 * count; i++) twice[i] = row[i / 2];
    gallery all = gallery_of_rows(m, t, NULL, twice, 2 * count);
    free(twice);
    for (int i = 1; i < all.count; i += 2) {
        if (image_look(&all.image[i], c, m, t, row[i / 2])) continue;
        gallery_free(&all);
        return gallery_of_rows(m, t, NULL, row, count);
    }
    return all;
}
