/*
 * fit_array.c: a column of arrays: what its missing values become, and how they are scaled.
 */
#include "fit.h"

#include <math.h>

/* Row i of the training rows, [width]; false: no more are needed. */
typedef bool take_row(void *user, int64_t i, const double *v);

static glia_status each_row(const gl_fitting *f, const gl_column *c, const gl_input_column *in,
                            take_row *take, void *user) {
    int64_t width = glia_tensor_count(&in->shape, 0);
    double *v = gl_alloc(f->g, width, sizeof *v);
    gl_array_rows rows = gl_array_open(f->g, c, (gl_selection){.list = f->rows, .n = f->n});
    bool more = v;
    for (int64_t i = 0; more && i < f->n; i++) {
        glia_tensor row = gl_array_next(&rows);
        if (!row.data) break;
        for (int64_t k = 0; k < width; k++) {
            v[k] = glia_tensor_value(&row, k);
            if (isnan(v[k])) v[k] = in->fills[k];
        }
        more = take(user, i, v);
    }
    glia_status status = gl_array_close(&rows);
    gl_free(f->g, v);
    return v ? status : GLIA_RESOURCE;
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

typedef struct scaling {
    double *center, *spread; /* [width] */
    int64_t width, n;
    bool minmax, within; /* within: all values so far lie between -1 and 1 */
} scaling;

static bool see_within(void *user, int64_t i, const double *v) {
    scaling *s = user;
    (void)i;
    for (int64_t k = 0; s->within && k < s->width; k++) s->within = v[k] >= -1 && v[k] <= 1;
    return s->within;
}

/* Do all training values lie between -1 and 1 (such as pixels that were divided already)? */
static glia_status find_within_one(const gl_fitting *f, const gl_column *c,
                                   const gl_input_column *in, bool *within) {
    scaling s = {.width = glia_tensor_count(&in->shape, 0), .within = true};
    glia_status status = each_row(f, c, in, see_within, &s);
    *within = s.within;
    return status;
}

static bool see_center(void *user, int64_t i, const double *v) {
    const scaling *s = user;
    for (int64_t k = 0; k < s->width; k++) {
        if (!s->minmax) s->center[k] += v[k] / (double)s->n;
        else if (!i || v[k] < s->center[k]) s->center[k] = v[k];
    }
    return true;
}

static bool see_spread(void *user, int64_t i, const double *v) {
    const scaling *s = user;
    (void)i;
    for (int64_t k = 0; k < s->width; k++) {
        double d = v[k] - s->center[k];
        s->spread[k] = s->minmax ? fmax(s->spread[k], d) : s->spread[k] + d * d / (double)s->n;
    }
    return true;
}

/* center = mean or minimum, spread = deviation or range, for every value of a row, [width] each; a
 * constant one keeps spread 1. In a table a constant column is left out; in an array the border of
 * an image is part of its shape. */
static glia_status scale_each(const gl_fitting *f, const gl_column *c, gl_input_column *in,
                              int64_t width) {
    glia_status status = gl_set_scales(f, in, width);
    if (status) return status;
    bool minmax = in->scaling == GL_SCALE_MINMAX;
    double *center = in->center, *spread = in->spread;
    scaling s = {center, spread, width, f->n, .minmax = minmax};
    status = each_row(f, c, in, see_center, &s);
    if (!status) status = each_row(f, c, in, see_spread, &s);
    for (int64_t k = 0; !status && k < width; k++) {
        /* A mean of n equal numbers is off by about sqrt(n) 1e-16 of them, and so is the deviation:
         * 1e-12 covers a hundred million rows. */
        if (!minmax) spread[k] = sqrt(spread[k]);
        if (spread[k] <= 1e-12 * fabs(center[k])) spread[k] = 1; /* constant, but for rounding */
        if (spread[k] == 0) spread[k] = 1;
        if (isfinite(center[k]) && isfinite(spread[k])) continue;
        return gl_fail(f->g, GLIA_INPUT, "%s, column '%s': values are too large to be scaled",
                       f->t->source, in->name);
    }
    return status;
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
    bool within = false, bytes = c->array.dtype == GLIA_U8;
    if (w->scale == GL_SCALE_AUTO) {
        status = find_within_one(f, c, in, &within);
        in->scaling = within ? GL_SCALE_NONE : bytes ? GL_SCALE_DIVIDE : GL_SCALE_STANDARD;
        if (status || within) return status;
        if (bytes) return gl_set_scale(f, in, 0, 255);
    }
    return scale_each(f, c, in, width);
}
