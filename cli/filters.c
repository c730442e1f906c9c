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

/* Channel c of a tile at one pixel, whose weights are w[0 .. sees-1]: its own where a filter sees
 * colours, else the mean of them all. */
static double weight_at(const glia_tensor *w, int64_t first, int64_t sees, int channels, int c) {
    double sum = 0;
    if (channels == 3) return glia_tensor_value(w, first + c);
    for (int64_t k = 0; k < sees; k++) sum += glia_tensor_value(w, first + k);
    return sum / (double)sees;
}

/* Every filter is scaled by its own largest value, so that faint ones show their shape; zero is
 * mid-grey. */
static void take_filter(image *to, const glia_tensor *w, int64_t filter, int64_t sees) {
    int64_t size = (int64_t)to->width * to->height;
    double largest = 0;
    for (int64_t i = 0; i < size * to->channels; i++) {
        int64_t first = filter * w->dim[1] + i / to->channels * sees;
        to->pixel[i] = weight_at(w, first, sees, to->channels, (int)(i % to->channels));
        largest = fmax(largest, fabs(to->pixel[i]));
    }
    for (int64_t i = 0; i < size * to->channels; i++)
        to->pixel[i] = 0.5 + (largest > 0 ? to->pixel[i] / largest / 2 : 0);
    to->number = filter + 1;
}

gallery gallery_of_filters(const glia_model *m, int64_t most) {
    gallery all = {0};
    int first = first_convolution(m);
    if (first < 0) return all;
    glia_layer l = glia_model_layer(m, first);
    char *name = format_text("%s.w", l.name);
    glia_tensor w = glia_model_param(m, glia_model_find_param(m, name));
    int64_t sees = l.in / (l.kernel[0] * l.kernel[1]);
    free(name);
    all.count = (int)(l.units < most ? l.units : most);
    all.image = reserve(NULL, (size_t)all.count * sizeof(image));
    for (int k = 0; k < all.count; k++) {
        all.image[k] =
            image_new((int)l.kernel[0], (int)l.kernel[1], sees == 3 || sees == 4 ? 3 : 1);
        take_filter(&all.image[k], &w, k, sees);
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
