/*
 * explain.c: `glia explain`: a few rows through a network, forward and backward, with every number.
 */
#include "explain.h"

#include <stdlib.h>
#include <string.h>

/* So many samples side by side can still be read. */
enum { MOST_ROWS = 64, SHOWN = 8 };

/* -------------------------------------------------------------------------------------- JSON -- */

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
    json_t *rows = json_array(), *labels = json_array(), *losses = json_array();
    for (int64_t i = 0; i < e->rows; i++) {
        char *label = label_text(e, i);
        json_array_append_new(rows, json_integer(e->row[i] + 1));
        json_array_append_new(labels, json_text(label));
        if (e->trace->losses.data)
            json_array_append_new(losses, json_number(glia_tensor_value(&e->trace->losses, i)));
        free(label);
    }
    json_object_set_new(j, "rows", rows);
    json_object_set_new(j, "labels", e->trace->y.data ? labels : json_null());
    json_object_set_new(j, "losses", e->trace->losses.data ? losses : json_null());
    if (!e->trace->y.data) json_decref(labels);
    if (!e->trace->losses.data) json_decref(losses);
}

int print_trace_json(const explaining *e) {
    const glia_trace *t = e->trace;
    char *net = glia_model_text(e->model);
    json_t *j = json_object(), *columns = json_array(), *steps = json_array(),
           *params = json_array();
    for (int64_t k = 0; k < t->x.dim[1]; k++)
        json_array_append_new(columns, json_text(glia_model_feature(e->model, k)));
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
    json_object_set_new(j, "parameters", params);
    glia_text_free(e->c->g, net);
    return print_json(j);
}

/* ----------------------------------------------------------------------------------- options -- */

/* --row 3 or 1,51,101: numbers of rows, the first is 1. */
static int read_rows(explaining *e) {
    const char *text = given(e->c, "row") ? given(e->c, "row") : "1";
    e->row = reserve(NULL, MOST_ROWS * sizeof *e->row);
    for (;;) {
        int n = (int)strcspn(text, ",");
        char *word = format_text("%.*s", n, text);
        int64_t row = 0;
        bool ok = read_int(word, &row) && row >= 1;
        int status =
            ok ? 0
               : fail(GLIA_USAGE, "--row: expected numbers of rows like 1 or 1,51,101, found '%s'",
                      word);
        free(word);
        if (status) return status;
        if (e->rows == MOST_ROWS)
            return fail(GLIA_USAGE, "--row: at most %d rows can be followed at once", MOST_ROWS);
        e->row[e->rows++] = row - 1;
        if (!text[n]) return 0;
        text += n + 1;
    }
}

/* A number of the cost that the model was trained with. */
static double trained_with(const glia_model *m, const char *name) {
    double v = 0;
    const char *note = glia_model_note(m, "hyperparameters");
    json_t *all = note ? json_loads(note, 0, NULL) : NULL;
    const char *text = json_string_value(json_object_get(all, name));
    if (!text || !read_number(text, &v)) v = 0;
    json_decref(all);
    return v;
}

static int follow(explaining *e) {
    e->most = is_on(e->c, "all") ? INT64_MAX : SHOWN;
    e->options = (glia_trace_options){.l2 = trained_with(e->model, "l2"),
                                      .l1 = trained_with(e->model, "l1"),
                                      .label_smoothing = trained_with(e->model, "label-smoothing")};
    e->trace = glia_model_trace_table(e->c->g, e->model, e->table, e->row, e->rows, &e->options);
    return e->trace ? 0 : failed(e->c);
}

static int run_explain(cli *c) {
    explaining e = {.c = c};
    int status = read_rows(&e);
    if (!status) status = load_model(c, c->operand[0], &e.model);
    if (!status) status = read_data_for(c, e.model, c->operand[1], &e.table);
    if (!status) status = follow(&e);
    if (!status && c->json) status = print_trace_json(&e);
    else if (!status) print_trace(&e);
    glia_trace_free(c->g, e.trace);
    glia_table_free(e.table);
    glia_model_free(e.model);
    free(e.row);
    return status;
}

static const glia_option explain_options[] = {
    {"row", NULL, "K[,K...]", "explain", "1", "which rows of DATA, the first is 1"},
    {"all", NULL, NULL, "explain", NULL, "every unit and column, not the first 8"},
    {NULL},
};

static const char *const explain_examples[] = {
    "glia explain iris.glia iris.csv --row 1",
    "z, a, loss, dz, dW and db of the first flower",
    "glia explain iris.glia iris.csv --row 1,51,101",
    "three flowers at once, a column for each: a^[l](i)_j",
    "glia explain iris.glia iris.csv --row 7 --json",
    "the same numbers with all their digits",
    NULL,
};

const command explain_command = {
    .name = "explain",
    .usage = "MODEL DATA",
    .summary = "one sample through the network, forward and backward, number by number",
    .text =
        "Follows rows of DATA through a model in the notation of the course: z^[l] and a^[l] "
        "of each layer, the loss, and back, dz^[l], dW^[l] and db^[l]. a^[l](i)_j is what unit "
        "j of layer l makes of sample i; a^[0] is x after the model's preparation. The numbers "
        "are those of one training step on these rows alone, each row counted once, with the L2 "
        "and L1 of the model's training; "
        "dz carries the 1/m of J. Dropout keeps every unit. "
        "Rows without a label go forward only.\n\n"
        "With --json: {\"network\", \"loss\", \"rows\", \"labels\", \"losses\", \"columns\", "
        "\"x\", "
        "\"y\", \"steps\": [{\"symbol\", \"formula\", \"layer\", \"name\", \"op\", \"shape\", "
        "\"value\", \"gradient\"}, ...], \"cost\", \"l2\", \"l1\", \"parameters\": [{\"name\", "
        "\"shape\", \"value\", \"gradient\"}, ...]}; a matrix is (units, samples), null where "
        "there are no labels.",
    .min = 2,
    .max = 2,
    .shared = READING,
    .options = explain_options,
    .examples = explain_examples,
    .run = run_explain,
};
