/*
 * json.c: a trace for programs, with all digits.
 */
#include <stdlib.h>

#include "explain.h"

/* (rows, cols) as it lies; turned: a line for each column. */
static json_t *json_matrix(const glia_tensor *t, bool turned) {
    if (!t->data) return json_null();
    json_t *all = json_array();
    int64_t rows = t->dim[turned], cols = t->dim[!turned];
    for (int64_t j = 0; j < rows; j++) {
        json_t *line = json_array();
        for (int64_t i = 0; i < cols; i++)
            json_array_append_new(line, json_number(glia_tensor_value(t, turned ? i * rows + j
                                                                                : j * cols + i)));
        json_array_append_new(all, line);
    }
    return all;
}

/* A number for each row. */
static json_t *json_column(const glia_tensor *t, int64_t rows) {
    if (!t->data) return json_null();
    json_t *all = json_array();
    for (int64_t i = 0; i < rows; i++)
        json_array_append_new(all, json_number(glia_tensor_value(t, i)));
    return all;
}

static json_t *json_step(const explaining *e, int k) {
    const glia_traced *s = &e->trace->step[k];
    char *symbol = symbol_of(e, k), *formula = forward_formula(e, k);
    json_t *j = json_object();
    json_object_set_new(j, "symbol", json_text(symbol));
    json_object_set_new(j, "formula", json_text(formula));
    json_object_set_new(j, "layer", json_integer(s->layer));
    json_object_set_new(j, "name", json_text(s->name));
    json_object_set_new(j, "op", json_text(s->op));
    json_object_set_new(j, "shape",
                        json_pack("[I, I]", (json_int_t)s->value.dim[1],
                                  (json_int_t)s->value.dim[0]));
    json_object_set_new(j, "value", json_matrix(&s->value, true));
    json_object_set_new(j, "gradient", json_matrix(&s->gradient, true));
    free(symbol);
    free(formula);
    return j;
}

static json_t *json_param(const explaining *e, int i) {
    glia_tensor w = glia_model_param(e->model, i);
    json_t *j = json_object();
    json_object_set_new(j, "name", json_text(glia_model_param_name(e->model, i)));
    json_object_set_new(j, "shape",
                        json_pack("[I, I]", (json_int_t)w.dim[0], (json_int_t)w.dim[1]));
    json_object_set_new(j, "value", json_matrix(&w, false));
    json_object_set_new(j, "gradient", json_matrix(&e->trace->gradient[i], false));
    return j;
}

static void json_samples(const explaining *e, json_t *j) {
    json_t *rows = json_array(), *labels = json_array(), *measured = json_array();
    for (int64_t i = 0; i < e->rows; i++) {
        char *label = label_text(e, i);
        json_array_append_new(rows, json_integer(e->row[i] + 1));
        json_array_append_new(labels, json_text(label));
        if (e->losses) json_array_append_new(measured, json_number(e->losses[i]));
        free(label);
    }
    json_object_set_new(j, "rows", rows);
    json_object_set_new(j, "labels", e->trace->y.data ? labels : json_null());
    json_object_set_new(j, "losses", json_column(&e->trace->losses, e->rows));
    json_object_set_new(j, "measured_losses", e->losses ? measured : json_null());
    if (!e->trace->y.data) json_decref(labels);
    if (!e->losses) json_decref(measured);
}

static json_t *json_feature(const explaining *e, int64_t k) {
    char *name = glia_model_feature_name(e->c->g, e->model, k);
    json_t *j = json_text(name && *name ? name : NULL);
    glia_text_free(e->c->g, name);
    return j;
}

int print_trace_json(const explaining *e) {
    const glia_trace *t = e->trace;
    char *net = glia_model_text(e->model);
    json_t *j = json_object(), *columns = json_array(), *steps = json_array(),
           *params = json_array();
    for (int64_t k = 0; k < t->x.dim[1]; k++) json_array_append_new(columns, json_feature(e, k));
    for (int k = 0; k < t->steps; k++) json_array_append_new(steps, json_step(e, k));
    for (int i = 0; i < t->params; i++) json_array_append_new(params, json_param(e, i));
    json_object_set_new(j, "network", json_text(net));
    json_object_set_new(j, "loss", json_text(glia_model_loss(e->model)));
    json_samples(e, j);
    json_object_set_new(j, "columns", columns);
    json_object_set_new(j, "x", json_matrix(&t->x, true));
    json_object_set_new(j, "y", json_matrix(&t->y, true));
    json_object_set_new(j, "steps", steps);
    json_object_set_new(j, "cost", json_number(t->cost));
    json_object_set_new(j, "l2", json_number(e->options.l2));
    json_object_set_new(j, "l1", json_number(e->options.l1));
    json_object_set_new(j, "label_smoothing", json_number(e->options.label_smoothing));
    json_object_set_new(j, "weights", json_column(&t->weights, e->rows));
    json_object_set_new(j, "parameters", params);
    glia_text_free(e->c->g, net);
    return print_json(j);
}
