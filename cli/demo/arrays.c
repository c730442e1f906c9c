/*
 * arrays.c: what demos learn from, and the small networks in double precision by which they show
 * something.
 */
#include "demo.h"

#include <math.h>
#include <stdlib.h>

static glia_table *table_of(demo *d, const char *set, int64_t rows, uint64_t seed) {
    glia_table *t = glia_table_generate(d->c.g, set, rows, seed);
    if (!t) failed(&d->c);
    return t;
}

int64_t steps_of(const demo *d, int64_t usual) { return d->epochs ? d->epochs : usual; }

uint64_t seed_of(const demo *d) { return d->seeded ? d->seed : d->lesson->seed; }

glia_table *training_table(demo *d) {
    return table_of(d, d->lesson->name, d->rows ? d->rows : d->lesson->rows, seed_of(d));
}

glia_table *test_table(demo *d) {
    return table_of(d, d->lesson->name, d->lesson->test_rows, seed_of(d) + 1);
}

bool take_points(demo *d, const char *set, int64_t rows, uint64_t seed, points *p) {
    glia_table *t = table_of(d, set, d->rows ? d->rows : rows, d->seeded ? d->seed : seed);
    if (!t) return false;
    p->rows = glia_table_rows(t);
    p->columns = 2;
    p->x = reserve(NULL, (size_t)p->rows * 2 * sizeof(double));
    p->y = reserve(NULL, (size_t)p->rows * sizeof(double));
    char cell[64];
    for (int64_t i = 0; i < p->rows; i++)
        for (int k = 0; k < 3; k++) {
            glia_table_cell(t, i, k, cell, sizeof cell);
            read_number(cell, k < 2 ? &p->x[2 * i + k] : &p->y[i]);
        }
    glia_table_free(t);
    return true;
}

bool take_houses(demo *d, int64_t rows, uint64_t seed, points *p) {
    glia_table *t = table_of(d, "houses", d->rows ? d->rows : rows, d->seeded ? d->seed : seed);
    if (!t) return false;
    glia_tensor area = glia_table_values(t, 0), price = glia_table_values(t, 5);
    p->rows = glia_table_rows(t);
    p->columns = 1;
    p->x = reserve(NULL, (size_t)p->rows * sizeof(double));
    p->y = reserve(NULL, (size_t)p->rows * sizeof(double));
    for (int64_t i = 0; i < p->rows; i++) {
        p->x[i] = glia_tensor_value(&area, i) / 100;
        p->y[i] = glia_tensor_value(&price, i) / 1e5;
    }
    glia_table_free(t);
    return true;
}

void free_points(points *p) {
    free(p->x);
    free(p->y);
}

glia_tensor points_x(const points *p) { return glia_tensor_f64(p->x, p->rows, p->columns); }

glia_tensor points_y(const points *p) { return glia_tensor_f64(p->y, p->rows, 1); }

bool measure_points(demo *d, const glia_model *m, const points *p, double *accuracy,
                    double *log_loss) {
    double *a = reserve(NULL, (size_t)p->rows * sizeof *a), right = 0, sum = 0;
    glia_predictor *predictor = glia_predictor_new(d->c.g, m, p->rows);
    bool ok = predictor &&
              glia_predictor_run(predictor, points_x(p), glia_tensor_f64(a, p->rows, 1)) == GLIA_OK;
    for (int64_t i = 0; ok && i < p->rows; i++) {
        right += (a[i] > 0.5) == (p->y[i] > 0.5);
        sum -= log(fmax(p->y[i] > 0.5 ? a[i] : 1 - a[i], 1e-300));
    }
    *accuracy = right / (double)p->rows;
    *log_loss = sum / (double)p->rows;
    glia_predictor_free(predictor);
    free(a);
    if (!ok) failed(&d->c);
    return ok;
}

double *param_values(const glia_model *m, const char *name, int64_t *count) {
    glia_tensor t = glia_model_param(m, glia_model_find_param(m, name));
    if (count) *count = glia_tensor_count(&t, 0);
    return t.data;
}

double largest(const double *values, int64_t n) {
    double most = 0;
    for (int64_t i = 0; i < n; i++) most = fmax(most, fabs(values[i]));
    return most;
}

/* ---------------------------------------------------------------------------------- networks -- */

glia_model *network(demo *d, int64_t inputs, const char *text, const char *init, const char *loss,
                    uint64_t seed) {
    glia_model *m = glia_model_new(d->c.g, inputs, text,
                                   &(glia_model_options){.init = init,
                                                         .loss = loss,
                                                         .dtype = GLIA_F64,
                                                         .seed = d->seeded ? d->seed : seed});
    if (!m) failed(&d->c);
    return m;
}

bool descend(demo *d, glia_model *m, const points *p, int64_t steps, double lr) {
    glia_fit_options o = {.epochs = steps,
                          .batch = GLIA_FULL_BATCH,
                          .optimizer = "sgd",
                          .lr = lr,
                          .log_every = steps};
    if (glia_model_fit(m, points_x(p), points_y(p), &o, NULL) == GLIA_OK) return true;
    failed(&d->c);
    return false;
}
