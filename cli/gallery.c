/*
 * gallery.c: samples of a table and weights of a first layer as pictures.
 */
#include "gallery.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

/* More pixels a side than any picture has that is trained on. */
enum { MOST_PIXELS = 4096 };

/* The shape of the images of a table: its first array column of rank 2 or 3 per row with 1 or
 * 3 channels, or 4 with alpha; or -1. */
static int find_images(const glia_table *t, int *height, int *width, int *channels) {
    for (int i = 0; i < glia_table_columns(t); i++) {
        glia_column c = glia_table_column(t, i);
        if (c.type != GLIA_ARRAY || c.ndim < 2 || c.ndim > 3 || c.dim[0] > MOST_PIXELS ||
            c.dim[1] > MOST_PIXELS)
            continue;
        *height = (int)c.dim[0];
        *width = (int)c.dim[1];
        *channels = c.ndim == 3 ? (int)c.dim[2] : 1;
        if (*channels == 1 || *channels == 3 || *channels == 4) return i;
    }
    return -1;
}

/* Asked of one row alone: a column is described by all its rows, and pixels are many. */
static int image_column(const glia_table *t, int *height, int *width, int *channels) {
    glia_table *one = glia_table_rows(t) > 0 ? glia_table_select(t, (const int64_t[]){0}, 1) : NULL;
    int column = one ? find_images(one, height, width, channels) : -1;
    glia_table_free(one);
    return column;
}

image image_new(int height, int width, int channels) {
    image i = {.width = width, .height = height, .channels = channels};
    i.pixel = reserve(NULL, (size_t)height * (size_t)width * (size_t)channels * sizeof(double));
    return i;
}

void image_shrink(image *i, int most) {
    int longer = i->width > i->height ? i->width : i->height, k = (longer - 1) / most + 1;
    if (k == 1) return;
    image small = image_new((i->height - 1) / k + 1, (i->width - 1) / k + 1, i->channels);
    int row = small.width * small.channels;
    for (int at = 0; at < small.height * row; at++) {
        int top = at / row * k, left = at % row / small.channels * k, n = 0;
        double sum = 0;
        for (int y = top; y < top + k && y < i->height; y++)
            for (int x = left; x < left + k && x < i->width; x++, n++)
                sum += i->pixel[(y * i->width + x) * i->channels + at % small.channels];
        small.pixel[at] = sum / n;
    }
    free(i->pixel);
    i->pixel = small.pixel, i->width = small.width, i->height = small.height;
}

void gallery_free(gallery *a) {
    for (int i = 0; i < a->count; i++) free(a->image[i].pixel);
    free(a->image);
    *a = (gallery){0};
}

/* ----------------------------------------------------------------------------------- samples -- */

/* What a gallery of samples is taken from. */
typedef struct sampler {
    int height, width, channels; /* of an image */
    const glia_table *t;
    int column;
    double low, high; /* black and white */
} sampler;

/* Of its rows alone the pixels are in memory, where not all fit. */
static glia_table *one_row(const sampler *s, int64_t row, glia_tensor *values) {
    glia_table *one = glia_table_select(s->t, &row, 1);
    *values = one ? glia_table_values(one, s->column) : (glia_tensor){0};
    return one;
}

/* False: the table has no images. */
static bool sampler_open(sampler *s, const glia_table *t) {
    glia_tensor values;
    s->t = t, s->column = image_column(t, &s->height, &s->width, &s->channels);
    if (s->column < 0) return false;
    glia_table_free(one_row(s, 0, &values));
    bool bytes = values.dtype == GLIA_U8;
    glia_column about = bytes ? (glia_column){.max = 255} : glia_table_column(t, s->column);
    s->low = about.min, s->high = about.max;
    return true;
}

bool has_images(const glia_table *t) { return sampler_open(&(sampler){0}, t); }

/* A picture that cannot be read again stays black. */
static void take_sample(const sampler *s, int64_t row, image *to) {
    int64_t size = (int64_t)to->height * to->width * to->channels;
    double white = s->high > s->low ? s->high - s->low : 1;
    glia_tensor from;
    glia_table *one = one_row(s, row, &from);
    for (int64_t i = 0; i < size; i++)
        to->pixel[i] = from.data ? (glia_tensor_value(&from, i) - s->low) / white : 0;
    glia_table_free(one);
}

static image sample(const sampler *s, int64_t row) {
    image i = image_new(s->height, s->width, s->channels);
    take_sample(s, row, &i);
    image_shrink(&i, LARGEST);
    return i;
}

/* Of a classifier what the row was taken for. */
static void tell_answer(image *i, const glia_model *m, const glia_evaluation *e, int64_t row) {
    if (!e || !e->answers.class_index) return;
    int64_t guess = e->answers.class_index[row];
    i->sure = glia_predictions_probability(&e->answers, row, guess);
    i->class = glia_model_class(m, guess);
    if (guess != (int64_t)e->truth[row]) i->truth = glia_model_class(m, (int64_t)e->truth[row]);
}

gallery gallery_of_rows(const glia_model *m, const glia_table *t, const glia_evaluation *e,
                        const int64_t *row, int count) {
    gallery all = {0};
    sampler s;
    if (!sampler_open(&s, t)) return all;
    all.count = count;
    all.image = reserve(NULL, (size_t)count * sizeof(image));
    for (int i = 0; i < count; i++) {
        all.image[i] = sample(&s, row[i]);
        tell_answer(&all.image[i], m, e, row[i]);
    }
    return all;
}

gallery gallery_of_samples(const glia_model *m, const glia_table *t, const glia_evaluation *e,
                           bool mistaken, int most) {
    int64_t count = mistaken ? e->mistakes : e->answers.rows;
    if (!e->answers.class_index) return (gallery){0};
    if (count > most) count = most;
    int64_t *row = reserve(NULL, (size_t)count * sizeof *row);
    for (int64_t i = 0; i < count; i++) row[i] = mistaken ? e->mistake[i].row : i;
    gallery all = gallery_of_rows(m, t, e, row, (int)count);
    free(row);
    return all;
}

/* Values of one picture after another, as a network gets them or as they become. */
static image image_of(const sampler *s, const double *pixel) {
    image i = image_new(s->height, s->width, s->channels);
    size_t size = (size_t)s->height * (size_t)s->width * (size_t)s->channels;
    memcpy(i.pixel, pixel, size * sizeof *pixel);
    image_shrink(&i, LARGEST);
    return i;
}

gallery gallery_of_variations(const cli *c, const glia_table *t, const char *ways, int count,
                              int times) {
    gallery all = {0};
    sampler s;
    if (glia_table_rows(t) < count) count = (int)glia_table_rows(t);
    if (count < 1 || !sampler_open(&s, t)) return all;
    int64_t size = (int64_t)s.height * s.width * s.channels;
    double *x = reserve(NULL, (size_t)(count * size) * sizeof *x),
           *y = reserve(NULL, (size_t)(count * size) * sizeof *y);
    glia_tensor from = {GLIA_F64, 4, {count, s.height, s.width, s.channels}, x}, to = from;
    to.data = y;
    for (int k = 0; k < count; k++)
        take_sample(&s, k * glia_table_rows(t) / count,
                    &(image){.height = s.height,
                             .width = s.width,
                             .channels = s.channels,
                             .pixel = x + k * size});
    all.image = reserve(NULL, (size_t)(count * (1 + times)) * sizeof(image));
    for (int v = 0; v <= times; v++) {
        bool varied = v > 0;
        if (varied && glia_pictures_augment(c->g, ways, 1, v, from, to) != GLIA_OK) break;
        for (int k = 0; k < count; k++)
            all.image[k * (1 + times) + v] = image_of(&s, (varied ? y : x) + k * size);
        if (v == times) all.count = count * (1 + times);
    }
    free(x), free(y);
    return all;
}

/* Rows of a class, or of all (NULL). */
static int64_t rows_of(const glia_table *t, int target, const char *class, int64_t *row) {
    char text[256];
    int64_t n = 0;
    for (int64_t i = 0; i < glia_table_rows(t); i++) {
        if (class) glia_table_cell(t, i, target, text, sizeof text);
        if (!class || strcmp(text, class) == 0) row[n++] = i;
    }
    return n;
}

/* An even choice of n rows. */
static void take_rows(gallery *all, const sampler *s, const int64_t *row, int64_t n, int64_t most,
                      const char *class) {
    int64_t count = n < most ? n : most;
    for (int64_t i = 0; i < count; i++) {
        image *to = &all->image[all->count++];
        *to = sample(s, row[i * n / count]);
        to->class = class;
    }
}

gallery gallery_of_classes(const glia_table *t, int target, int most) {
    gallery all = {0};
    sampler s;
    bool classes = target >= 0 && glia_table_column(t, target).type == GLIA_CATEGORY;
    int64_t n, count, each = classes ? glia_table_column(t, target).categories : 1;
    if (each < 1 || !sampler_open(&s, t)) return all;
    int64_t *row = reserve(NULL, (size_t)glia_table_rows(t) * sizeof *row);
    int64_t share = each < most ? most / each : 1;
    all.image = reserve(NULL, (size_t)most * sizeof(image));
    for (int64_t k = 0; k < each && k < most; k++) {
        const char *class = classes ? glia_table_category(t, target, k, &count) : NULL;
        n = rows_of(t, target, class, row);
        take_rows(&all, &s, row, n, share, class);
    }
    free(row);
    return all;
}

/* ----------------------------------------------------------------------------------- weights -- */

typedef struct unit {
    int64_t index;
    double norm, largest;
} unit;

static int by_norm(const void *a, const void *b) {
    double x = ((const unit *)a)->norm, y = ((const unit *)b)->norm;
    return (x < y) - (x > y);
}

/* Every unit's weights are scaled by its own largest, so that faint ones show their shape. */
static void take_weights(image *to, const glia_tensor *w, unit u, int64_t size) {
    to->weights = true;
    for (int64_t i = 0; i < size; i++)
        to->pixel[i] = u.largest > 0 ? glia_tensor_value(w, u.index * size + i) / u.largest : 0;
    to->number = u.index + 1;
}

static unit *rank_units(const glia_tensor *w, int64_t size) {
    unit *units = reserve(NULL, (size_t)w->dim[0] * sizeof *units);
    for (int64_t k = 0; k < w->dim[0]; k++) {
        units[k] = (unit){.index = k};
        for (int64_t i = 0; i < size; i++) {
            double value = fabs(glia_tensor_value(w, k * size + i));
            units[k].norm += value * value;
            units[k].largest = fmax(units[k].largest, value);
        }
    }
    qsort(units, (size_t)w->dim[0], sizeof *units, by_norm);
    return units;
}

gallery gallery_of_weights(const glia_model *m, const glia_table *t, int most) {
    gallery all = {0};
    int height, width, channels;
    if (image_column(t, &height, &width, &channels) < 0 || glia_model_params(m) == 0) return all;
    glia_tensor w = glia_model_param(m, 0);
    int64_t size = (int64_t)height * width * channels;
    if (w.ndim != 2 || w.dim[1] != size) return all;
    unit *units = rank_units(&w, size);
    all.count = w.dim[0] < most ? (int)w.dim[0] : most;
    all.image = reserve(NULL, (size_t)all.count * sizeof(image));
    for (int k = 0; k < all.count; k++) {
        all.image[k] = image_new(height, width, channels);
        take_weights(&all.image[k], &w, units[k], size);
    }
    free(units);
    return all;
}

/* ----------------------------------------------------------------------------------- colours -- */

static uint8_t to_byte(double value) { return (uint8_t)(255 * fmin(fmax(value, 0), 1) + 0.5); }

/* Weights run from blue (negative) over white to red (positive); of colour images the channels
 * are averaged. */
static void weight_colour(double w, uint8_t rgb[3]) {
    static const double negative[3] = {0.13, 0.40, 0.67}, positive[3] = {0.70, 0.09, 0.17};
    const double *end = w < 0 ? negative : positive;
    for (int i = 0; i < 3; i++) rgb[i] = to_byte(0.97 + fabs(w) * (end[i] - 0.97));
}

void image_colour(const image *i, int row, int column, uint8_t rgb[3]) {
    const double *p = &i->pixel[(row * i->width + column) * i->channels];
    if (i->weights) weight_colour(i->channels >= 3 ? (p[0] + p[1] + p[2]) / 3 : p[0], rgb);
    else
        for (int k = 0; k < 3; k++) rgb[k] = to_byte(p[i->channels >= 3 ? k : 0]);
}
