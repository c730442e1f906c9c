/*
 * fit_array.c: a column of arrays: how its values are scaled.
 */
#include "fit.h"

#include <math.h>

/* Do all training values lie between -1 and 1 (such as pixels that were divided already)? A NaN
 * says no, and scale_each then refuses the column. */
static bool within_one(const gl_fitting *f, const glia_tensor *a, int64_t width) {
    for (int64_t i = 0; i < f->n; i++) {
        for (int64_t k = 0; k < width; k++) {
            double v = glia_tensor_value(a, gl_row_of(f, i) * width + k);
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
    bool minmax = f->scale == GL_SCALE_MINMAX;
    double *center = in->center, *spread = in->spread;
    for (int64_t i = 0; i < f->n; i++) {
        for (int64_t k = 0; k < width; k++) {
            double v = glia_tensor_value(a, gl_row_of(f, i) * width + k);
            if (!minmax) center[k] += v / (double)f->n;
            else if (!i || v < center[k]) center[k] = v;
        }
    }
    for (int64_t i = 0; i < f->n; i++) {
        for (int64_t k = 0; k < width; k++) {
            double d = glia_tensor_value(a, gl_row_of(f, i) * width + k) - center[k];
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
    if (f->scale == GL_SCALE_NONE) return GLIA_OK;
    if (f->scale == GL_SCALE_DIVIDE) return gl_set_scale(f, in, 0, f->divisor);
    if (f->scale == GL_SCALE_AUTO && c->array.dtype == GLIA_U8) {
        return within_one(f, &c->array, width) ? GLIA_OK : gl_set_scale(f, in, 0, 255);
    }
    if (f->scale == GL_SCALE_AUTO && within_one(f, &c->array, width)) return GLIA_OK;
    return scale_each(f, &c->array, in, width);
}
