/*
 * own.c: what a step between layers has learned, and its gradients: gamma and beta of a norm, what
 * positions add, the gaps of ordered classes and the limits that follow from them.
 *
 *     norm       y = gamma * yhat + beta        dgamma = sum_i dy(i) * yhat(i), dbeta = sum_i dy(i)
 *     positions  y = x + p                      dp = sum_i dy(i)
 *     ordinal    c_j+1 - c_j = softplus(d_j)    dd = sum_i dy(i) through softplus
 */
#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "explain.h"

/* "gamma" of "batch_norm1.gamma"; NULL: it is not of this step. */
static const char *own_name(const explaining *e, int step, int param) {
    const char *name = glia_model_param_name(e->model, param), *of = e->trace->step[step].name;
    size_t n = strlen(of);
    return strncmp(name, of, n) == 0 && name[n] == '.' ? name + n + 1 : NULL;
}

/* (units, 1) stands as it is: a line for each unit. */
static void put_column(const explaining *e, const char *symbol, glia_tensor t) {
    int64_t units = t.dim[0] * t.dim[1];
    t.dim[0] = 1, t.dim[1] = units;
    put_value(e, symbol, -2, &t);
}

/* The limits between classes, with 0 in their middle. */
static void put_limits(const explaining *e, const glia_tensor *gaps) {
    int64_t n = gaps->dim[0] * gaps->dim[1];
    double *limit = reserve(NULL, (size_t)(n + 1) * sizeof *limit);
    limit[0] = 0;
    for (int64_t j = 0; j < n; j++)
        limit[j + 1] = limit[j] + log1p(exp(-fabs(glia_tensor_value(gaps, j)))) +
                       fmax(glia_tensor_value(gaps, j), 0);
    double middle = limit[n] / 2;
    for (int64_t j = 0; j <= n; j++) limit[j] -= middle;
    e->medium->formula(e, "c_k - c_j = softplus(d_j), k = j + 1", n + 1, 1);
    put_column(e, "c", glia_tensor_f64(limit, n + 1, 1));
    free(limit);
}

void put_own_parameters(const explaining *e, int step) {
    if (e->trace->step[step].layers) return;
    for (int i = 0; i < e->trace->params; i++) {
        const char *name = own_name(e, step, i);
        if (!name) continue;
        glia_tensor value = glia_model_param(e->model, i);
        e->medium->formula(e, name, value.dim[0], value.dim[1]);
        put_column(e, name, value);
        if (strcmp(name, "d") == 0) put_limits(e, &value);
    }
}

/* Of what the step gives, "dbatch_norm1". */
static char *own_formula(const explaining *e, const char *name, const char *symbol) {
    const char *sum = e->rows > 1 ? "sum_i " : "", *of = e->rows > 1 ? "(i)" : "";
    if (strcmp(name, "gamma") == 0)
        return format_text("dgamma = %sd%s%s * yhat%s", sum, symbol, of, of);
    const char *through = strcmp(name, "d") == 0 ? " through softplus" : "";
    return format_text("d%s = %sd%s%s%s", name, sum, symbol, of, through);
}

void put_own_gradients(const explaining *e, int step) {
    char *symbol = symbol_of(e, step);
    for (int i = 0; i < e->trace->params; i++) {
        const char *name = own_name(e, step, i);
        const glia_tensor *gradient = &e->trace->gradient[i];
        if (!name || !gradient->data) continue;
        char *formula = own_formula(e, name, symbol), *d = format_text("d%s", name);
        e->medium->formula(e, formula, gradient->dim[0], gradient->dim[1]);
        put_column(e, d, *gradient);
        if (strcmp(name, "gamma") == 0) e->medium->remark(e, words_of(e, SAY_explain_yhat));
        free(formula);
        free(d);
    }
    free(symbol);
}
