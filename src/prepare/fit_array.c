/*
 * fit_array.c: a column of arrays: what its missing values become, and how they are scaled.
 */
#include "fit.h"

#include <math.h>

/* Value k of training row i. */
static double value_at(const gl_fitting *f, const glia_tensor *a, const gl_input_column *in,
                       int64_t width, int64_t i, int64_t k) {
    double v = glia_tensor_value(a, gl_row_of(f, i) * width + k);
    return isnan(v) ? in->fills[k] : v;
}

/* ----------------------------------------------------------------------------------- missing -- */

static int64_t count_gaps(const gl_fitting *f, const gl_column *c, int64_t width) {
    int64_t gaps = 0;
    for (int64_t i = 0; c->gaps && i < f->n; i++) {
        for (int64_t k = 0; k < width; k++)
            gaps += isnan(glia_tensor_value(&c->array, gl_row_of(f, i) * width + k));
    }
    return gaps;
}

/* A place of the rows as a column of numbers: its median and, where the network sees a row and no
 * image, whether its gaps tell something of the target. 0 where no row has a value. */
static void fit_place(const gl_fitting *f, const glia_tensor *a, const gl_wish *w,
                      gl_input_column *in, int64_t k, gl_column *place) {
    int64_t width = glia_tensor_count(&in->shape, 0), present = 0;
    for (int64_t i = 0; i < f->n; i++) {
        int64_t row = gl_row_of(f, i);
        double v = place->number[row] = glia_tensor_value(a, row * width + k);
        if (!isnan(v)) f->scratch[present++] = v;
    }
    in->fills[k] = present ? gl_median(f->scratch, present) : 0;
    bool wanted = w->indicator < 0 ? gl_adds_to_the_file(w) : w->indicator;
    bool seen = in->shape.ndim == 1 && wanted;
    if (seen && present < f->n && gl_gaps_tell(f, place)) in->gap[in->gaps++] = k;
}

/* As for columns of numbers (fit_number.c). Another feature would break the shape of an image. */
static glia_status fit_gaps(const gl_fitting *f, const gl_column *c, const gl_wish *w,
                            gl_input_column *in) {
    int64_t width = glia_tensor_count(&in->shape, 0);
    gl_column place = {.type = GLIA_NUMBER};
    int64_t gaps = count_gaps(f, c, width);
    if (!gaps) return GLIA_OK;
    if (gaps == f->n * width)
        return gl_fail(f->g, GLIA_INPUT, "%s, column '%s': every value is missing (NaN)",
                       f->t->source, in->name);
    in->had_missing = true;
    in->fills = gl_alloc(f->g, width, sizeof *in->fills);
    in->gap = gl_alloc(f->g, width, sizeof *in->gap);
    place.number = gl_alloc(f->g, f->t->rows, sizeof *place.number);
    bool ok = in->fills && in->gap && place.number;
    for (int64_t k = 0; ok && k < width; k++) fit_place(f, &c->array, w, in, k, &place);
    gl_free(f->g, place.number);
    return ok ? GLIA_OK : GLIA_RESOURCE;
}

/* ------------------------------------------------------------------------------------- scale -- */

/* Do all training values lie between -1 and 1 (such as pixels that were divided already)? */
static bool within_one(const gl_fitting *f, const glia_tensor *a, const gl_input_column *in,
                       int64_t width) {
    for (int64_t i = 0; i < f->n; i++) {
        for (int64_t k = 0; k < width; k++) {
            double v = value_at(f, a, in, width, i, k);
            if (!(v >= -1 && v <= 1)) return false;
        }
    }
    return true;
}

/* center = mean or minimum, spread = deviation or range, for every value of a row, [width] each; a
 * constant one keeps spread 1. In a table a constant column is left out; in an array the border of
 * an image is part of its shape. */
static glia_status scale_each(const gl_fitting *f, const glia_tensor *a, gl_input_column *in,
                              int64_t width) {
    glia_status status = gl_set_scales(f, in, width);
    if (status) return status;
    bool minmax = in->scaling == GL_SCALE_MINMAX;
    double *center = in->center, *spread = in->spread;
    for (int64_t i = 0; i < f->n; i++) {
        for (int64_t k = 0; k < width; k++) {
            double v = value_at(f, a, in, width, i, k);
            if (!minmax) center[k] += v / (double)f->n;
            else if (!i || v < center[k]) center[k] = v;
        }
    }
    for (int64_t i = 0; i < f->n; i++) {
        for (int64_t k = 0; k < width; k++) {
            double d = value_at(f, a, in, width, i, k) - center[k];
            spread[k] = minmax ? fmax(spread[k], d) : spread[k] + d * d / (double)f->n;
        }
    }
    for (int64_t k = 0; k < width; k++) {
        /* A mean of n equal numbers is off by about sqrt(n) 1e-16 of them, and so is the deviation:
         * 1e-12 covers a hundred million rows. */
        if (!minmax) spread[k] = sqrt(spread[k]);
        if (spread[k] <= 1e-12 * fabs(center[k])) spread[k] = 1; /* constant, but for rounding */
        if (spread[k] == 0) spread[k] = 1;
        if (isfinite(center[k]) && isfinite(spread[k])) continue;
        return gl_fail(f->g, GLIA_INPUT, "%s, column '%s': values are too large to be scaled",
                       f->t->source, in->name);
    }
    return GLIA_OK;
}

/* Bytes are divided by 255 and by nothing else, without a mean: then they stay bytes in the table
 * and are divided where rows are gathered, a quarter of what floats would take; and x/255 is what
 * the course and the published results of MNIST take. Bytes of 0 and 1 alone are a mask. */
glia_status gl_fit_array_column(const gl_fitting *f, const gl_column *c, gl_input_column *in) {
    in->shape = (glia_tensor){.dtype = c->array.dtype, .ndim = c->array.ndim - 1};
    for (int i = 0; i < in->shape.ndim; i++) in->shape.dim[i] = c->array.dim[i + 1];
    int64_t width = glia_tensor_count(&in->shape, 0);
    const gl_wish *w = gl_wish_of(f, c);
    glia_status status = fit_gaps(f, c, w, in);
    if (status) return status;
    in->scaling = w->scale;
    if (w->scale == GL_SCALE_NONE) return GLIA_OK;
    if (w->scale == GL_SCALE_GIVEN) return gl_take_scales(f, w, in, width);
    if (w->scale == GL_SCALE_DIVIDE) return gl_set_scale(f, in, 0, w->divisor);
    if (w->scale == GL_SCALE_AUTO && c->array.dtype == GLIA_U8) {
        bool mask = within_one(f, &c->array, in, width);
        in->scaling = mask ? GL_SCALE_NONE : GL_SCALE_DIVIDE;
        return mask ? GLIA_OK : gl_set_scale(f, in, 0, 255);
    }
    if (w->scale == GL_SCALE_AUTO && within_one(f, &c->array, in, width))
        return in->scaling = GL_SCALE_NONE, GLIA_OK;
    if (w->scale == GL_SCALE_AUTO) in->scaling = GL_SCALE_STANDARD;
    return scale_each(f, &c->array, in, width);
}
