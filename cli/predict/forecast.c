/*
 * forecast.c: `glia predict --steps N`: what follows the last row of each series, as CSV or JSON;
 * classes are drawn with `--temperature T --seed S`.
 */
#include <stdlib.h>

#include "predict.h"

static void put_heading(const glia_table *t, FILE *f) {
    for (int j = 0; j < glia_table_columns(t); j++) {
        if (j > 0) putc(',', f);
        put_cell(f, glia_table_column(t, j).name);
    }
    putc('\n', f);
}

static void put_row(const glia_table *t, int64_t row, FILE *f) {
    char cell[512];
    for (int j = 0; j < glia_table_columns(t); j++) {
        if (j > 0) putc(',', f);
        glia_table_cell(t, row, j, cell, sizeof cell);
        put_cell(f, cell);
    }
    putc('\n', f);
}

static int write_rows(const prediction *a, const glia_table *t) {
    const char *path = given(a->c, "output");
    output o;
    if (!output_open(&o, a->c, path)) return GLIA_RESOURCE;
    put_heading(t, o.f);
    for (int64_t row = 0; row < glia_table_rows(t); row++) put_row(t, row, o.f);
    int status = output_close(&o);
    if (!status && path)
        note(a->c, "%lld row%s to come written to %s", (long long)glia_table_rows(t),
             plural(glia_table_rows(t)), path);
    return status;
}

/* A date is a text. */
static json_t *json_cell(const glia_table *t, int64_t row, int column) {
    char cell[512], *end;
    glia_table_cell(t, row, column, cell, sizeof cell);
    double v = strtod(cell, &end);
    bool number = glia_table_column(t, column).type == GLIA_NUMBER && end > cell && !*end;
    return number ? json_number(v) : json_text(cell);
}

/* "forecast": [{"date": "1991-01-01", "temp": 13.9}, ...] */
static int print_json_rows(const prediction *a, const glia_table *t) {
    json_t *j = json_object(), *rows = json_array();
    for (int64_t row = 0; row < glia_table_rows(t); row++) {
        json_t *one = json_object();
        for (int k = 0; k < glia_table_columns(t); k++)
            json_object_set_new(one, glia_table_column(t, k).name, json_cell(t, row, k));
        json_array_append_new(rows, one);
    }
    json_object_set_new(j, "model", json_text(a->c->operand[0]));
    json_object_set_new(j, "forecast", rows);
    return print_json(j);
}

int forecast(prediction *a) {
    int64_t steps = 0, seed = 1;
    glia_forecast_options o = {0};
    if (!given_int(a->c, "steps", 1, 1 << 20, &steps) ||
        !given_number(a->c, "temperature", 1e-6, 1e6, &o.temperature) ||
        !given_int(a->c, "seed", 0, INT64_MAX, &seed))
        return GLIA_USAGE;
    o.seed = (uint64_t)seed;
    if (glia_model_classes(a->model) > 0 && o.temperature == 0)
        note(a->c, "the most probable class at each step; --temperature 1 draws as the model says");
    glia_table *t = glia_model_forecast(a->c->g, a->model, a->table, steps, &o);
    if (!t) return failed(a->c);
    int status = a->c->json ? print_json_rows(a, t) : write_rows(a, t);
    glia_table_free(t);
    return status;
}
