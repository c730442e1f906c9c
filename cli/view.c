/*
 * view.c: looks at a model and a table as things to draw.
 */
#include "view.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

double nice_step(double span, int least) {
    if (!(span > 0) || !isfinite(span)) return 1;
    double power = pow(10, floor(log10(span / least)));
    double ratio = span / least / power;
    return power * (ratio >= 5 ? 5 : ratio >= 2 ? 2 : 1);
}

/* Row number i of `shown` rows spread evenly over a table. */
static int64_t spread(int64_t i, int64_t shown, int64_t rows) {
    return shown < rows ? i * rows / shown : i;
}

static void widen(double *low, double *high, double by) {
    double span = *high > *low ? *high - *low : 1;
    *low -= by * span;
    *high += by * span;
}

/* ------------------------------------------------------------------------------------- plane -- */

/* The two number columns that are features; false when there are more or fewer. */
static bool find_axes(const glia_table *t, int target, int axis[2]) {
    int found = 0;
    for (int i = 0; i < glia_table_columns(t); i++) {
        if (i == target) continue;
        if (found == 2 || glia_table_column(t, i).type != GLIA_NUMBER) return false;
        axis[found++] = i;
    }
    return found == 2;
}

static void take_axis(plane_view *v, const glia_table *t, int a, int column) {
    glia_column about = glia_table_column(t, column);
    const double *x = glia_table_values(t, column).data;
    v->axis[a] = copy_text(about.name);
    v->low[a] = about.min;
    v->high[a] = about.max;
    widen(&v->low[a], &v->high[a], 0.06);
    v->x[a] = reserve(NULL, (size_t)(v->points + 1) * sizeof(double));
    for (int64_t i = 0; i < v->points; i++)
        v->x[a][i] = x[spread(i, v->points, glia_table_rows(t))];
}

static bool take_points(const cli *c, const glia_model *m, const glia_table *t, plane_view *v) {
    int axis[2];
    int64_t rows = glia_table_rows(t);
    int target = glia_table_locate(t, glia_model_note(m, "target"));
    bool fits = target >= 0 && find_axes(t, target, axis);
    glia_evaluation *e = fits ? glia_evaluate(c->g, m, t, 0) : NULL;
    if (!e) return false;
    v->points = rows < MOST_POINTS ? rows : MOST_POINTS;
    v->class = reserve(NULL, (size_t)(v->points + 1) * sizeof(int));
    for (int64_t i = 0; i < v->points; i++) v->class[i] = (int)e->truth[spread(i, v->points, rows)];
    for (int a = 0; a < 2; a++) take_axis(v, t, a, axis[a]);
    glia_evaluation_free(c->g, e);
    return true;
}

/* Asks the model about the middle of every cell. */
static bool fill_regions(const cli *c, const glia_model *m, plane_view *v) {
    int64_t cells = (int64_t)v->columns * v->rows;
    double *x = reserve(NULL, (size_t)cells * 2 * sizeof *x);
    for (int64_t i = 0; i < cells; i++) {
        double right = ((double)(i % v->columns) + 0.5) / v->columns,
               down = ((double)(i / v->columns) + 0.5) / v->rows;
        x[2 * i] = v->low[0] + right * (v->high[0] - v->low[0]);
        x[2 * i + 1] = v->high[1] - down * (v->high[1] - v->low[1]);
    }
    glia_table *t = glia_table_from(c->g, glia_f64(x, cells, 2), (const char *const *)v->axis);
    glia_predictions *p = t ? glia_apply(c->g, m, t) : NULL;
    if (p) {
        v->region = reserve(NULL, (size_t)cells * sizeof *v->region);
        v->share = p->outputs == 1 ? reserve(NULL, (size_t)cells * sizeof *v->share) : NULL;
        for (int64_t i = 0; i < cells; i++) {
            v->region[i] = (int)p->class_index[i];
            if (v->share) v->share[i] = p->value[i];
        }
    }
    glia_predictions_free(c->g, p);
    glia_table_free(t);
    free(x);
    return v->region != NULL;
}

bool plane_view_make(const cli *c, const glia_model *m, const glia_table *t, int columns, int rows,
                     plane_view *v) {
    *v = (plane_view){.columns = columns, .rows = rows, .classes = (int)glia_model_classes(m)};
    if (v->classes >= 2 && take_points(c, m, t, v) && fill_regions(c, m, v)) return true;
    plane_view_free(v);
    return false;
}

int plane_view_region(const plane_view *v, int64_t point) {
    double right = (v->x[0][point] - v->low[0]) / (v->high[0] - v->low[0]);
    double down = (v->high[1] - v->x[1][point]) / (v->high[1] - v->low[1]);
    if (!(right >= 0 && right < 1 && down >= 0 && down < 1)) return -1;
    return v->region[(int)(down * v->rows) * v->columns + (int)(right * v->columns)];
}

void plane_view_free(plane_view *v) {
    for (int a = 0; a < 2; a++) {
        free(v->axis[a]);
        free(v->x[a]);
    }
    free(v->class);
    free(v->region);
    free(v->share);
    *v = (plane_view){0};
}

/* ------------------------------------------------------------------------------------ values -- */

bool value_view_make(const glia_table *t, const glia_evaluation *e, value_view *v) {
    const glia_predictions *p = &e->answers;
    *v = (value_view){.low = INFINITY, .high = -INFINITY};
    if (p->class_index || p->outputs != 1) return false;
    int64_t shown = p->rows < MOST_POINTS ? p->rows : MOST_POINTS;
    v->truth = reserve(NULL, (size_t)(shown + 1) * sizeof(double));
    v->value = reserve(NULL, (size_t)(shown + 1) * sizeof(double));
    v->name = glia_table_column(t, e->target).name;
    for (int64_t i = 0; i < shown; i++) {
        int64_t row = spread(i, shown, p->rows), n = v->points;
        v->truth[n] = e->truth[row];
        v->value[n] = p->value[row];
        if (!isfinite(v->truth[n]) || !isfinite(v->value[n])) continue;
        v->low = fmin(v->low, fmin(v->truth[n], v->value[n]));
        v->high = fmax(v->high, fmax(v->truth[n], v->value[n]));
        v->points++;
    }
    if (v->points) return true;
    value_view_free(v);
    return false;
}

void value_view_free(value_view *v) {
    free(v->truth);
    free(v->value);
    *v = (value_view){0};
}

/* ------------------------------------------------------------------------------------ images -- */

/* The shape of the images of a table: its first array column of rank 2 or 3 per row with 1 or
 * 3 channels; or -1. */
static int image_column(const glia_table *t, int *height, int *width, int *channels) {
    for (int i = 0; i < glia_table_columns(t); i++) {
        glia_column c = glia_table_column(t, i);
        if (c.type != GLIA_ARRAY || c.ndim < 2 || c.ndim > 3 || c.dim[0] > 256 || c.dim[1] > 256)
            continue;
        *height = (int)c.dim[0];
        *width = (int)c.dim[1];
        *channels = c.ndim == 3 ? (int)c.dim[2] : 1;
        if (*channels == 1 || *channels == 3) return i;
    }
    return -1;
}

static image image_new(int height, int width, int channels) {
    image i = {.width = width, .height = height, .channels = channels};
    i.pixel = reserve(NULL, (size_t)height * (size_t)width * (size_t)channels * sizeof(double));
    return i;
}

static void take_sample(image *to, const glia_tensor *from, int64_t row, double low, double high) {
    int64_t size = (int64_t)to->height * to->width * to->channels;
    for (int64_t i = 0; i < size; i++)
        to->pixel[i] =
            (glia_tensor_value(from, row * size + i) - low) / (high > low ? high - low : 1);
}

static void caption_sample(image *i, const glia_model *m, int64_t guess, int64_t truth) {
    const char *said = glia_model_class(m, guess);
    i->wrong = guess != truth;
    if (i->wrong)
        snprintf(i->caption, sizeof i->caption, "%.18s, not %.18s", said,
                 glia_model_class(m, truth));
    else snprintf(i->caption, sizeof i->caption, "%.40s", said);
}

/* What a gallery of samples is taken from. */
typedef struct sampler {
    const glia_model *m;
    const glia_evaluation *e;
    int height, width, channels; /* of an image */
    glia_tensor values;
    double low, high; /* black and white */
} sampler;

static image sample(const sampler *s, int64_t row) {
    int64_t guess = s->e->answers.class_index[row];
    image i = image_new(s->height, s->width, s->channels);
    i.sure = glia_predictions_probability(&s->e->answers, row, guess);
    take_sample(&i, &s->values, row, s->low, s->high);
    caption_sample(&i, s->m, guess, (int64_t)s->e->truth[row]);
    return i;
}

gallery gallery_of_samples(const glia_model *m, const glia_table *t, const glia_evaluation *e,
                           bool mistaken, int most) {
    gallery all = {0};
    sampler s = {.m = m, .e = e};
    int x = image_column(t, &s.height, &s.width, &s.channels);
    if (x < 0 || !e->answers.class_index) return all;
    glia_column about = glia_table_column(t, x);
    bool bytes = about.dtype == GLIA_U8;
    s.values = glia_table_values(t, x);
    s.low = bytes ? 0 : about.min, s.high = bytes ? 255 : about.max;
    int64_t count = mistaken ? e->mistakes : e->answers.rows;
    all.count = count < most ? (int)count : most;
    all.image = reserve(NULL, (size_t)most * sizeof(image));
    for (int i = 0; i < all.count; i++) all.image[i] = sample(&s, mistaken ? e->mistake[i].row : i);
    return all;
}

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
    snprintf(to->caption, sizeof to->caption, "unit %lld", (long long)u.index + 1);
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

void gallery_free(gallery *a) {
    for (int i = 0; i < a->count; i++) free(a->image[i].pixel);
    free(a->image);
    *a = (gallery){0};
}

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
    if (i->weights) weight_colour(i->channels == 3 ? (p[0] + p[1] + p[2]) / 3 : p[0], rgb);
    else
        for (int k = 0; k < 3; k++) rgb[k] = to_byte(p[i->channels == 3 ? k : 0]);
}
