/*
 * json.c: predictions as one JSON document.
 */
#include <stdlib.h>

#include "predict.h"

/* "prediction": {target: ...}, of classes also "probabilities": {target: P of the positive}. */
static void json_targets(const prediction *a, int64_t row, json_t *j) {
    int targets = glia_model_targets(a->model);
    const double *value = a->p->value + row * targets;
    const int64_t *class = a->p->class_index ? a->p->class_index + row * targets : NULL;
    json_t *said = json_object(), *p = json_object();
    for (int t = 0; t < targets; t++) {
        const char *name = glia_model_target(a->model, t);
        json_object_set_new(said, name,
                            class ? json_text(glia_model_target_class(a->model, t, class[t]))
                                  : json_number(value[t]));
        json_object_set_new(p, name, json_number(value[t]));
    }
    json_object_set_new(j, "prediction", said);
    if (class) json_object_set(j, "probabilities", p);
    json_decref(p);
}

/* "prediction": {"y_q10": ..., "y_q90": ...} */
static void json_quantiles(const prediction *a, int64_t row, json_t *j) {
    json_t *said = json_object();
    for (int k = 0; k < glia_model_quantiles(a->model); k++) {
        char *name = part_name(a->model, k);
        json_object_set_new(said, name, json_number(a->p->value[row * a->p->outputs + k]));
        free(name);
    }
    json_object_set_new(j, "prediction", said);
}

static json_t *json_kept(const prediction *a, int64_t row) {
    char buf[32];
    json_t *j = json_object();
    for (int i = 0; i < a->kept && row >= 0; i++) {
        int quote;
        const char *text = glia_table_spelling(a->table, row, a->keep[i], buf, &quote);
        json_object_set_new(j, glia_table_column(a->table, a->keep[i]).name, json_text(text));
    }
    return j;
}

static json_t *json_units(const prediction *a, int64_t row) {
    json_t *all = json_array();
    for (int64_t j = 0; j < a->p->outputs; j++)
        json_array_append_new(all, json_number(a->p->value[row * a->p->outputs + j]));
    return all;
}

static void json_answer(const prediction *a, int64_t row, json_t *j) {
    int64_t classes = glia_model_classes(a->model);
    if (a->layer) {
        json_object_set_new(j, "values", json_units(a, row));
        return;
    }
    if (glia_model_targets(a->model) > 1) {
        json_targets(a, row, j);
        return;
    }
    if (glia_model_quantiles(a->model)) {
        json_quantiles(a, row, j);
        return;
    }
    if (classes == 0) {
        json_object_set_new(j, "prediction", json_number(a->p->value[row * a->p->outputs]));
        return;
    }
    json_t *all = json_object();
    for (int64_t k = 0; k < classes; k++)
        json_object_set_new(all, glia_model_class(a->model, k),
                            json_number(glia_predictions_probability(a->p, row, k)));
    json_object_set_new(j, "prediction",
                        json_text(glia_model_class(a->model, a->p->class_index[row])));
    json_object_set_new(j, "probabilities", all);
}

static json_t *json_line(const prediction *a, const line *at) {
    json_t *j = json_kept(a, at->row);
    if (has_names(a)) json_object_set_new(j, "file", json_text(name_of(a, at)));
    if (at->answer >= 0) {
        json_answer(a, at->answer, j);
        if (a->losses) json_object_set_new(j, "loss", json_number(a->losses[at->answer]));
        return j;
    }
    glia_bad_row b = glia_table_bad_row(a->table, at->bad - 1);
    json_object_set_new(j, a->layer ? "values" : "prediction", json_null());
    json_object_set_new(j, "line", json_integer(b.line));
    json_object_set_new(j, "why", json_text(b.why));
    return j;
}

int write_json(const prediction *a) {
    json_t *j = json_object(), *rows = json_array();
    for (line at = {0}; next_line(a, &at);) json_array_append_new(rows, json_line(a, &at));
    json_object_set_new(j, "model", json_text(a->c->operand[0]));
    json_object_set_new(j, "task", json_text(glia_model_note(a->model, "task")));
    if (a->layer) json_object_set_new(j, "layer", json_text(a->layer));
    if (a->losses) json_object_set_new(j, "score", json_text(a->score));
    json_object_set_new(j, "rows", json_integer((json_int_t)json_array_size(rows)));
    json_object_set_new(j, "predictions", rows);
    return print_json(j);
}
