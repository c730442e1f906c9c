/*
 * unit.c: one unit j of layer l, in its two steps: what it takes together, and what it makes of
 * that.
 *
 *     z_j = sum_k W_jk a_k + b_j        a_j = g(z_j)
 */
#include <stdlib.h>
#include <string.h>

#include "explain.h"

/* The step that is layer l's z. */
static int step_of_layer(const explaining *e) {
    const glia_trace *t = e->trace;
    for (int k = 0; k < t->steps; k++)
        if (t->step[k].layers && t->step[k].layer == e->layer) return k;
    return -1;
}

int find_unit(const explaining *e) {
    int layers = glia_model_layers(e->model), step = step_of_layer(e);
    if (step < 0)
        return fail(GLIA_USAGE, "--unit: there is no layer %d, the network has %d", e->layer,
                    layers);
    if (is_conv(&e->trace->step[step]))
        return fail(GLIA_USAGE,
                    "--unit: layer %d is a convolution: its filters go over the picture, and no "
                    "unit has a row of W for itself; name a dense layer",
                    e->layer);
    if (is_recurrent(&e->trace->step[step]))
        return fail(GLIA_USAGE,
                    "--unit: layer %d goes from step to step, and each of its states is made of "
                    "those before; name a dense layer",
                    e->layer);
    if (is_embedding(&e->trace->step[step]))
        return fail(GLIA_USAGE,
                    "--unit: layer %d looks rows of W up by their numbers, and no unit weighs what "
                    "it reads; name a dense layer",
                    e->layer);
    if (is_attention(&e->trace->step[step]))
        return fail(GLIA_USAGE,
                    "--unit: layer %d is attention: what a step gives is made of all steps; name a "
                    "dense layer",
                    e->layer);
    int64_t units = e->trace->step[step].value.dim[1];
    if (e->unit > units)
        return fail(GLIA_USAGE, "--unit: there is no unit %d, layer %d has %lld", e->unit, e->layer,
                    (long long)units);
    return 0;
}

/* Input k of sample i, of what the layer reads. */
static double read_value(const explaining *e, int from, int64_t i, int64_t k) {
    const glia_tensor *t = from < 0 ? &e->trace->x : &e->trace->step[from].value;
    if (from < 0) k += glia_model_input_port(e->model, -1 - from).first;
    return glia_tensor_value(t, i * t->dim[1] + k);
}

static void head_of_products(grid *g, const char *reads, const char *sample, int layer, int unit) {
    grid_add(g, "k");
    grid_add(g, " ");
    grid_add(g, "W^[%d]_%dk", layer, unit);
    grid_add(g, "%s%s_k", reads, sample);
    grid_add(g, "W^[%d]_%dk %s%s_k", layer, unit, reads, sample);
}

/* A line for each input; the sum is of all of them. */
static void put_products(const explaining *e, int step, int64_t i, const char *sample) {
    const glia_traced *s = &e->trace->step[step];
    glia_tensor w = glia_model_param(e->model, param_of(e, step, ".w"));
    int64_t in = w.dim[1];
    char *reads = symbol_of(e, s->read[0]);
    grid g = {.align = "rlrrr"};
    head_of_products(&g, reads, sample, s->layer, e->unit);
    double sum = 0;
    for (int64_t k = 0; k < in; k++) {
        double weight = glia_tensor_value(&w, (e->unit - 1) * in + k),
               value = read_value(e, s->read[0], i, k);
        sum += weight * value;
        if (k >= e->most) continue;
        char *name = unit_name(e, s->read[0], k);
        grid_add(&g, "%lld", (long long)k + 1);
        grid_add(&g, "%s", name);
        add_number(&g, weight);
        add_number(&g, value);
        add_number(&g, weight * value);
        free(name);
    }
    e->medium->table(e, &g);
    put_rest(e, in, SAY_explain_inputs_rest);
    char *total =
        format_text("sum_k W^[%d]_%dk %s%s_k = %.6g", s->layer, e->unit, reads, sample, sum);
    e->medium->formula(e, total, 0, 0);
    free(total);
    free(reads);
}

static void put_equation(const explaining *e, const char *symbol, const char *sample,
                         const char *made, double value) {
    char *text = format_text("%s%s_%d = %s = %.6g", symbol, sample, e->unit, made, value);
    e->medium->formula(e, text, 0, 0);
    free(text);
}

/* z, and what follows in the layer: a, and a norm between them. Softmax reads all units. */
static void put_values(const explaining *e, int step, int64_t i, const char *sample) {
    for (int k = step; k < e->trace->steps; k++) {
        const glia_traced *s = &e->trace->step[k];
        if (s->layer != e->layer || s->value.dim[1] < e->unit) continue;
        char *symbol = symbol_of(e, k), *reads = symbol_of(e, s->read[0]), *made;
        if (s->layers)
            made = format_text("sum_k W^[%d]_%dk %s%s_k + b^[%d]_%d", s->layer, e->unit, reads,
                               sample, s->layer, e->unit);
        else if (s->activates && strcmp(s->op, "softmax") != 0)
            made = format_text("%s(%s%s_%d)", s->op, reads, sample, e->unit);
        else
            made = format_text("%s(%s%s%s)_%d", s->op, reads, sample, s->reads > 1 ? ", ..." : "",
                               e->unit);
        put_equation(e, symbol, sample, made,
                     glia_tensor_value(&s->value, i * s->value.dim[1] + e->unit - 1));
        free(symbol);
        free(reads);
        free(made);
    }
}

/* dz of each sample, and what they make of the weights together. */
static void put_gradients(const explaining *e, int step) {
    const glia_traced *s = &e->trace->step[step];
    const glia_tensor *dw = &e->trace->gradient[param_of(e, step, ".w")],
                      *db = &e->trace->gradient[param_of(e, step, ".b")];
    char *formula = weight_formula(e, step);
    e->medium->part(e, words_of(e, SAY_explain_backward));
    for (int64_t i = 0; i < e->rows && s->gradient.data; i++) {
        char *dz =
            format_text("dz^[%d](%lld)_%d = %.6g", s->layer, (long long)i + 1, e->unit,
                        glia_tensor_value(&s->gradient, i * s->gradient.dim[1] + e->unit - 1));
        e->medium->formula(e, dz, 0, 0);
        free(dz);
    }
    e->medium->formula(e, formula, dw->dim[0], dw->dim[1]);
    grid g = {.align = "rlr"};
    grid_add(&g, "k");
    grid_add(&g, " ");
    grid_add(&g, "dW^[%d]_%dk", s->layer, e->unit);
    for (int64_t k = 0; k < dw->dim[1] && k < e->most; k++) {
        char *name = unit_name(e, s->read[0], k);
        grid_add(&g, "%lld", (long long)k + 1);
        grid_add(&g, "%s", name);
        add_number(&g, glia_tensor_value(dw, (e->unit - 1) * dw->dim[1] + k));
        free(name);
    }
    e->medium->table(e, &g);
    put_rest(e, dw->dim[1], SAY_explain_inputs_rest);
    free(formula);
    formula =
        format_text("db^[%d]_%d = %.6g", s->layer, e->unit, glia_tensor_value(db, e->unit - 1));
    e->medium->formula(e, formula, 0, 0);
    free(formula);
}

void explain_unit(const explaining *e) {
    int step = step_of_layer(e);
    double b = 0;
    glia_tensor bias = glia_model_param(e->model, param_of(e, step, ".b"));
    if (bias.data) b = glia_tensor_value(&bias, e->unit - 1);
    for (int64_t i = 0; i < e->rows; i++) {
        char *sample = e->rows > 1 ? format_text("(%lld)", (long long)i + 1) : copy_text("");
        char unit[32], layer[32], row[32];
        char *title = phrase_plain(e->language, SAY_explain_unit,
                                   FILL(count_text(e->unit, unit), count_text(e->layer, layer),
                                        count_text(e->row[i] + 1, row)));
        char *bias_text = format_text("b^[%d]_%d = %.6g", e->layer, e->unit, b);
        e->medium->part(e, title);
        put_products(e, step, i, sample);
        e->medium->formula(e, bias_text, 0, 0);
        put_values(e, step, i, sample);
        free(sample);
        free(title);
        free(bias_text);
    }
    if (e->trace->y.data) put_gradients(e, step);
}
