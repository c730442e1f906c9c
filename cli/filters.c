/*
 * filters.c: the filters of a first convolution as tiles, and a grid of tiles as a picture.
 */
#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "gallery.h"

/* ----------------------------------------------------------------------------------- filters -- */

static int first_convolution(const glia_model *m) {
    for (int i = 0; i < glia_model_layers(m); i++)
        if (strcmp(glia_model_layer(m, i).op, "conv") == 0) return i;
    return -1;
}

/* What a tile shows of a filter: pixels of colours, pixels whose value is the mean over channels,
 * or over a sequence a row for each feature. */
typedef struct sight {
    glia_tensor w; /* (filters, pixels x channels) */
    int64_t sees;  /* channels */
    bool sequence;
} sight;

static double weight_at(const sight *s, const image *to, int64_t filter, int64_t i) {
    int64_t first = filter * s->w.dim[1], pixel = first + i / to->channels * s->sees;
    double sum = 0;
    if (to->channels == 3) return glia_tensor_value(&s->w, pixel + i % 3);
    if (s->sequence)
        return glia_tensor_value(&s->w, first + i % to->width * s->sees + i / to->width);
    for (int64_t k = 0; k < s->sees; k++) sum += glia_tensor_value(&s->w, pixel + k);
    return sum / (double)s->sees;
}

/* Every filter is scaled by its own largest value, so that faint ones show their shape; zero is
 * mid-grey. */
static void take_filter(image *to, const sight *s, int64_t filter) {
    int64_t values = (int64_t)to->width * to->height * to->channels;
    double largest = 0;
    for (int64_t i = 0; i < values; i++) {
        to->pixel[i] = weight_at(s, to, filter, i);
        largest = fmax(largest, fabs(to->pixel[i]));
    }
    for (int64_t i = 0; i < values; i++)
        to->pixel[i] = 0.5 + (largest > 0 ? to->pixel[i] / largest / 2 : 0);
    to->number = filter + 1;
}

static sight sight_of(const glia_model *m, const glia_layer *l) {
    char *name = format_text("%s.w", l->name);
    sight s = {.w = glia_model_param(m, glia_model_find_param(m, name)),
               .sees = l->in / (l->kernel[0] * l->kernel[1]),
               .sequence = l->ndim == 2};
    free(name);
    return s;
}

gallery gallery_of_filters(const glia_model *m, int64_t most) {
    gallery all = {0};
    int first = first_convolution(m);
    if (first < 0) return all;
    glia_layer l = glia_model_layer(m, first);
    sight s = sight_of(m, &l);
    int height = (int)(s.sequence ? s.sees : l.kernel[0]), width = (int)l.kernel[1];
    bool colours = !s.sequence && (s.sees == 3 || s.sees == 4);
    all.count = (int)(l.units < most ? l.units : most);
    all.image = reserve(NULL, (size_t)all.count * sizeof(image));
    for (int k = 0; k < all.count; k++) {
        all.image[k] = image_new(height, width, colours ? 3 : 1);
        take_filter(&all.image[k], &s, k);
    }
    return all;
}

/* ------------------------------------------------------------------------------------- sheet -- */

static void put_tile(image *to, const image *tile, int top, int left, int scale) {
    size_t pixel = (size_t)to->channels * sizeof(double);
    for (int row = 0; row < tile->height * scale; row++)
        for (int column = 0; column < tile->width * scale; column++)
            memcpy(to->pixel + ((top + row) * to->width + left + column) * to->channels,
                   tile->pixel + (row / scale * tile->width + column / scale) * tile->channels,
                   pixel);
}

image gallery_sheet(const gallery *a, int scale, int line) {
    int across = (int)ceil(sqrt(a->count)), down = (a->count - 1) / across + 1;
    int width = a->image->width * scale + line, height = a->image->height * scale + line;
    image to = image_new(down * height + line, across * width + line, a->image->channels);
    for (int64_t i = 0; i < (int64_t)to.width * to.height * to.channels; i++) to.pixel[i] = 1;
    for (int k = 0; k < a->count; k++)
        put_tile(&to, &a->image[k], line + k / across * height, line + k % across * width, scale);
    return to;
}

/* -------------------------------------------------------------------------------------- file -- */

bool is_png_name(const char *option, const char *path) {
    if (ends_in(path, ".png")) return true;
    fail(GLIA_USAGE, "--%s: expected a name that ends in .png, found '%s'", option, path);
    return false;
}

static int write_sheet(const cli *c, const image *sheet, const char *path) {
    glia_tensor pixels = {.dtype = GLIA_U8,
                          .ndim = 3,
                          .dim = {sheet->height, sheet->width, sheet->channels}};
    uint8_t *to = pixels.data = reserve(NULL, (size_t)glia_tensor_count(&pixels, 0)), rgb[3];
    for (int row = 0; row < sheet->height; row++)
        for (int column = 0; column < sheet->width; column++, to += sheet->channels) {
            image_colour(sheet, row, column, rgb);
            memcpy(to, rgb, (size_t)sheet->channels);
        }
    int status = glia_tensor_write_png(c->g, pixels, path) ? failed(c) : 0;
    free(pixels.data);
    return status;
}

/* A filter of 3 x 3 pixels is to be seen: so wide at least, in whole pixels. */
enum { TILE = 48, LINE = 2 };

int write_filters(const cli *c, const glia_model *m, const char *path) {
    gallery all = gallery_of_filters(m, INT32_MAX);
    if (!all.count)
        return fail(GLIA_USAGE,
                    "--filters: '%s' has no convolution; of dense layers the weights are in the "
                    "report of a training",
                    c->operand[0]);
    int side = all.image->width > all.image->height ? all.image->width : all.image->height;
    image sheet = gallery_sheet(&all, (TILE - 1) / side + 1, LINE);
    int status = can_write(path) ? write_sheet(c, &sheet, path) : GLIA_RESOURCE;
    free(sheet.pixel);
    gallery_free(&all);
    return status ? status : say_drawn(c, path);
}
