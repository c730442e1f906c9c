/*
 * view.c: the plane of two features with its regions, and predicted against true values.
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

/* Points number n and on, of column `column` of one more table. */
static void take_axis(plane_view *v, const glia_table *t, int a, int column, int64_t n) {
    glia_column about = glia_table_column(t, column);
    const double *x = glia_table_values(t, column).data;
    if (!v->axis[a]) {
        v->axis[a] = copy_text(about.name);
        v->low[a] = about.min;
        v->high[a] = about.max;
    }
    v->low[a] = fmin(v->low[a], about.min);
    v->high[a] = fmax(v->high[a], about.max);
    v->x[a] = reserve(v->x[a], (size_t)(v->points + 1) * sizeof(double));
    for (int64_t i = n; i < v->points; i++)
        v->x[a][i] = x[spread(i - n, v->points - n, glia_table_rows(t))];
}

static bool take_points(const cli *c, const glia_model *m, const glia_table *t, int part,
                        plane_view *v) {
    int axis[2];
    int64_t rows = glia_table_rows(t), n = v->points,
            shown = rows < MOST_POINTS ? rows : MOST_POINTS;
    int target = glia_table_locate(t, glia_model_note(m, "target"));
    bool fits = target >= 0 && find_axes(t, target, axis);
    glia_evaluation *e = fits ? glia_model_evaluate(c->g, m, t, 0) : NULL;
    if (!e) return false;
    v->points += shown;
    v->class = reserve(v->class, (size_t)(v->points + 1) * sizeof(int));
    v->part = reserve(v->part, (size_t)(v->points + 1) * sizeof(int));
    for (int64_t i = 0; i < shown; i++) {
        v->class[n + i] = (int)e->truth[spread(i, shown, rows)];
        v->part[n + i] = part;
    }
    for (int a = 0; a < 2; a++) take_axis(v, t, a, axis[a], n);
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
    glia_table *t =
        glia_table_from(c->g, glia_tensor_f64(x, cells, 2), (const char *const *)v->axis);
    glia_predictions *p = t ? glia_model_apply(c->g, m, t) : NULL;
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

bool plane_view_of_parts(const cli *c, const glia_model *m, const glia_table *const *t, int parts,
                         int columns, int rows, plane_view *v) {
    *v = (plane_view){.columns = columns, .rows = rows, .classes = (int)glia_model_classes(m)};
    bool fits = v->classes >= 2;
    for (int k = 0; k < parts && fits; k++)
        if (t[k]) fits = take_points(c, m, t[k], k, v);
    for (int a = 0; a < 2; a++) widen(&v->low[a], &v->high[a], 0.06);
    if (fits && v->points > 0 && fill_regions(c, m, v)) return true;
    plane_view_free(v);
    return false;
}

bool plane_view_make(const cli *c, const glia_model *m, const glia_table *t, int columns, int rows,
                     plane_view *v) {
    return plane_view_of_parts(c, m, &t, 1, columns, rows, v);
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
    free(v->part);
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
