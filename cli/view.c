/*
 * view.c: looks at a model and a table as things to draw.
 */
#include "view.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

/* ------------------------------------------------------------------------------------- cells -- */

int target_column(const glia_table *t, const char *target) {
    int columns = glia_table_columns(t);
    int64_t number;
    if (!target) target = glia_table_target_hint(t);
    if (!target) return columns - 1;
    for (int i = 0; i < columns; i++)
        if (!strcmp(glia_table_column(t, i).name, target)) return i;
    if (!read_int(target, &number) || number == 0 || llabs(number) > columns) return -1;
    return (int)(number > 0 ? number - 1 : columns + number);
}

double number_of_cell(const glia_table *t, int64_t row, int column) {
    char text[64];
    double value;
    glia_table_cell(t, row, column, text, sizeof text);
    return read_number(text, &value) ? value : NAN;
}

int class_of_cell(const glia_model *m, const glia_table *t, int64_t row, int column) {
    char text[256];
    glia_table_cell(t, row, column, text, sizeof text);
    for (int64_t k = 0; k < glia_model_classes(m); k++)
        if (!strcmp(text, glia_model_class(m, k))) return (int)k;
    return -1;
}

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

static void take_points(plane_view *v, const glia_model *m, const glia_table *t, const int axis[2],
                        int target) {
    int64_t rows = glia_table_rows(t), shown = rows < MOST_POINTS ? rows : MOST_POINTS;
    v->points = shown;
    v->class = reserve(NULL, (size_t)(shown + 1) * sizeof(int));
    for (int64_t i = 0; i < shown; i++)
        v->class[i] = class_of_cell(m, t, spread(i, shown, rows), target);
    for (int a = 0; a < 2; a++) {
        glia_column column = glia_table_column(t, axis[a]);
        v->axis[a] = copy_text(column.name);
        v->low[a] = column.min;
        v->high[a] = column.max;
        widen(&v->low[a], &v->high[a], 0.06);
        v->x[a] = reserve(NULL, (size_t)(shown + 1) * sizeof(double));
        for (int64_t i = 0; i < shown; i++)
            v->x[a][i] = number_of_cell(t, spread(i, shown, rows), axis[a]);
    }
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

bool plane_view_make(const cli *c, const glia_model *m, const glia_table *t, const char *target,
                     int columns, int rows, plane_view *v) {
    int axis[2], y = target_column(t, target);
    *v = (plane_view){.columns = columns, .rows = rows, .classes = (int)glia_model_classes(m)};
    if (y < 0 || v->classes < 2 || !find_axes(t, y, axis)) return false;
    take_points(v, m, t, axis, y);
    if (fill_regions(c, m, v)) return true;
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

bool value_view_make(const cli *c, const glia_model *m, const glia_table *t, const char *target,
                     value_view *v) {
    int column = target_column(t, target);
    *v = (value_view){.low = INFINITY, .high = -INFINITY};
    if (glia_model_classes(m) || glia_model_outputs(m) != 1 || column < 0) return false;
    glia_predictions *p = glia_apply(c->g, m, t);
    if (!p) return false;
    int64_t shown = p->rows < MOST_POINTS ? p->rows : MOST_POINTS;
    v->truth = reserve(NULL, (size_t)(shown + 1) * sizeof(double));
    v->value = reserve(NULL, (size_t)(shown + 1) * sizeof(double));
    v->name = copy_text(glia_table_column(t, column).name);
    for (int64_t i = 0; i < shown; i++) {
        int64_t row = spread(i, shown, p->rows), n = v->points;
        v->truth[n] = number_of_cell(t, row, column);
        v->value[n] = p->value[row];
        if (!isfinite(v->truth[n]) || !isfinite(v->value[n])) continue;
        v->low = fmin(v->low, fmin(v->truth[n], v->value[n]));
        v->high = fmax(v->high, fmax(v->truth[n], v->value[n]));
        v->points++;
    }
    glia_predictions_free(c->g, p);
    if (v->points) return true;
    value_view_free(v);
    return false;
}

void value_view_free(value_view *v) {
    free(v->truth);
    free(v->value);
    free(v->name);
    *v = (value_view){0};
}

/* ---------------------------------------------------------------------------------- mistakes -- */

/* The probability of a class: of two classes the model gives that of class 1. */
static double probability(const glia_predictions *p, int64_t row, int class) {
    if (p->outputs > 1) return p->value[row * p->outputs + class];
    return class == 1 ? p->value[row] : 1 - p->value[row];
}

static int by_size(const void *a, const void *b) {
    const mistake *x = a, *y = b;
    if (x->size != y->size) return (x->size < y->size) - (x->size > y->size);
    return (x->row > y->row) - (x->row < y->row);
}

static void look_at_class(const glia_model *m, const glia_table *t, const glia_predictions *p,
                          int64_t row, int column, mistakes *found) {
    int truth = class_of_cell(m, t, row, column), guess = (int)p->class_index[row];
    if (truth < 0) return;
    found->rows++;
    if (truth != guess)
        found->mistake[found->count++] =
            (mistake){.row = row, .guess = guess, .size = probability(p, row, guess)};
}

static void look_at_value(const glia_table *t, const glia_predictions *p, int64_t row, int column,
                          mistakes *found) {
    double value = p->value[row], off = fabs(value - number_of_cell(t, row, column));
    if (!isfinite(off)) return;
    found->rows++;
    found->mistake[found->count++] = (mistake){.row = row, .value = value, .size = off};
}

bool mistakes_find(const cli *c, const glia_model *m, const glia_table *t, const char *target,
                   mistakes *found) {
    int column = target_column(t, target);
    glia_predictions *p = column >= 0 ? glia_apply(c->g, m, t) : NULL;
    *found = (mistakes){0};
    if (!p) return false;
    found->mistake = reserve(NULL, (size_t)p->rows * sizeof *found->mistake);
    for (int64_t row = 0; row < p->rows; row++) {
        if (p->class_index) look_at_class(m, t, p, row, column, found);
        else look_at_value(t, p, row, column, found);
    }
    qsort(found->mistake, (size_t)found->count, sizeof *found->mistake, by_size);
    glia_predictions_free(c->g, p);
    return true;
}

void mistakes_free(mistakes *found) {
    free(found->mistake);
    *found = (mistakes){0};
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

static double tensor_number(const glia_tensor *t, int64_t i) {
    switch (t->dtype) {
    case GLIA_F32: return ((const float *)t->data)[i];
    case GLIA_F64: return ((const double *)t->data)[i];
    case GLIA_U8: return ((const uint8_t *)t->data)[i];
    case GLIA_I32: return ((const int32_t *)t->data)[i];
    case GLIA_I64: return (double)((const int64_t *)t->data)[i];
    }
    return NAN;
}

static void take_sample(image *to, const glia_tensor *from, int64_t row, double low, double high) {
    int64_t size = (int64_t)to->height * to->width * to->channels;
    for (int64_t i = 0; i < size; i++)
        to->pixel[i] = (tensor_number(from, row * size + i) - low) / (high > low ? high - low : 1);
}

static void caption_sample(image *i, const glia_model *m, int guess, int truth) {
    const char *said = glia_model_class(m, guess);
    i->wrong = truth >= 0 && guess != truth;
    if (i->wrong)
        snprintf(i->caption, sizeof i->caption, "%.18s, not %.18s", said,
                 glia_model_class(m, truth));
    else snprintf(i->caption, sizeof i->caption, "%.40s", said);
}

/* What a gallery of samples is taken from. */
typedef struct sampler {
    const glia_model *m;
    const glia_table *t;
    const glia_predictions *p;
    int truth;                   /* the target's column */
    int height, width, channels; /* of an image */
    glia_tensor values;
    double low, high; /* black and white */
} sampler;

static image sample(const sampler *s, int64_t row) {
    int guess = (int)s->p->class_index[row];
    image i = image_new(s->height, s->width, s->channels);
    i.sure = probability(s->p, row, guess);
    take_sample(&i, &s->values, row, s->low, s->high);
    caption_sample(&i, s->m, guess, class_of_cell(s->m, s->t, row, s->truth));
    return i;
}

static void take_mistakes(const cli *c, const sampler *s, const char *target, int most,
                          gallery *all) {
    mistakes wrong;
    if (!mistakes_find(c, s->m, s->t, target, &wrong)) return;
    for (int64_t i = 0; i < wrong.count && all->count < most; i++)
        all->image[all->count++] = sample(s, wrong.mistake[i].row);
    mistakes_free(&wrong);
}

gallery gallery_of_samples(const cli *c, const glia_model *m, const glia_table *t,
                           const char *target, bool mistaken, int most) {
    gallery all = {0};
    sampler s = {.m = m, .t = t, .truth = target_column(t, target)};
    int x = image_column(t, &s.height, &s.width, &s.channels);
    glia_predictions *p =
        x >= 0 && s.truth >= 0 && glia_model_classes(m) ? glia_apply(c->g, m, t) : NULL;
    if (!p) return all;
    glia_column about = glia_table_column(t, x);
    bool bytes = about.dtype == GLIA_U8;
    s.p = p;
    s.values = glia_table_values(t, x);
    s.low = bytes ? 0 : about.min, s.high = bytes ? 255 : about.max;
    all.image = reserve(NULL, (size_t)most * sizeof(image));
    if (mistaken) take_mistakes(c, &s, target, most, &all);
    for (int64_t row = 0; !mistaken && row < p->rows && all.count < most; row++)
        all.image[all.count++] = sample(&s, row);
    glia_predictions_free(c->g, p);
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
        to->pixel[i] = u.largest > 0 ? tensor_number(w, u.index * size + i) / u.largest : 0;
    snprintf(to->caption, sizeof to->caption, "unit %lld", (long long)u.index + 1);
}

static unit *rank_units(const glia_tensor *w, int64_t size) {
    unit *units = reserve(NULL, (size_t)w->dim[0] * sizeof *units);
    for (int64_t k = 0; k < w->dim[0]; k++) {
        units[k] = (unit){.index = k};
        for (int64_t i = 0; i < size; i++) {
            double value = fabs(tensor_number(w, k * size + i));
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
