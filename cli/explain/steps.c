/*
 * steps.c: a trace in its order: forward from x to the loss, and back. A value is a table with a
 * line for each unit j and a column for each sample (i), as on paper.
 */
#include <stdlib.h>
#include <string.h>

#include "../gallery.h"
#include "explain.h"

static int64_t shown_of(const explaining *e, int64_t count) {
    return count < e->most ? count : e->most;
}

void add_number(grid *g, double value) {
    char buf[32];
    snprintf(buf, sizeof buf, "%.6g", value);
    grid_add(g, "%s", buf);
}

void put_rest(const explaining *e, int64_t count, phrase what) {
    if (count <= e->most) return;
    char all[32], shown[32];
    char *text =
        phrase_plain(e->language, what, FILL(count_text(count, all), count_text(e->most, shown)));
    e->medium->remark(e, text);
    free(text);
}

static char *alignment(int64_t columns) {
    char *align = reserve(NULL, (size_t)columns + 3);
    memset(align, 'r', (size_t)columns + 2);
    align[1] = 'l';
    align[columns + 2] = '\0';
    return align;
}

/* t is (samples, units), shown with a line for each unit. */
void put_value(const explaining *e, const char *symbol, int step, const glia_tensor *t) {
    int64_t units = t->dim[1], m = shown_of(e, t->dim[0]);
    char *align = alignment(m);
    grid g = {.align = align};
    grid_add(&g, "j");
    grid_add(&g, " ");
    for (int64_t i = 0; i < m; i++) {
        if (e->rows == 1 || step == -2) grid_add(&g, "%s_j", symbol);
        else grid_add(&g, "%s(%lld)_j", symbol, (long long)i + 1);
    }
    for (int64_t j = 0; j < shown_of(e, units); j++) {
        char *name = unit_name(e, step, j);
        grid_add(&g, "%lld", (long long)j + 1);
        grid_add(&g, "%s", name);
        for (int64_t i = 0; i < m; i++) add_number(&g, glia_tensor_value(t, i * units + j));
        free(name);
    }
    e->medium->table(e, &g);
    put_rest(e, units, SAY_explain_units_rest);
    put_rest(e, t->dim[0], SAY_explain_samples_rest);
    free(align);
}

/* A line for each unit j, a column for each k that it reads. */
static void put_weights(const explaining *e, const glia_tensor *w, const char *name) {
    int64_t units = w->dim[0], in = w->dim[1], columns = shown_of(e, in);
    char *align = alignment(columns);
    grid g = {.align = align};
    grid_add(&g, "j");
    grid_add(&g, " ");
    for (int64_t k = 0; k < columns; k++) grid_add(&g, "%s_j%lld", name, (long long)k + 1);
    for (int64_t j = 0; j < shown_of(e, units); j++) {
        grid_add(&g, "%lld", (long long)j + 1);
        grid_add(&g, " ");
        for (int64_t k = 0; k < columns; k++) add_number(&g, glia_tensor_value(w, j * in + k));
    }
    e->medium->table(e, &g);
    put_rest(e, units, SAY_explain_units_rest);
    put_rest(e, in, SAY_explain_columns_rest);
    free(align);
}

static void put_forward(const explaining *e) {
    const glia_trace *t = e->trace;
    e->medium->part(e, words_of(e, SAY_explain_forward));
    e->medium->formula(e, "a^[0] = x", t->x.dim[1], t->x.dim[0]);
    put_value(e, "a^[0]", -1, &t->x);
    for (int k = 0; k < t->steps; k++) {
        char *formula = forward_formula(e, k), *symbol = symbol_of(e, k);
        e->medium->formula(e, formula, t->step[k].value.dim[1], e->rows);
        put_value(e, symbol, k, &t->step[k].value);
        put_own_parameters(e, k);
        free(formula);
        free(symbol);
    }
}

/* Of what a layer that goes from step to step multiplies its state by, and adds to that. */
static void put_state_gradients(const explaining *e, int step) {
    const glia_traced *s = &e->trace->step[step];
    int u = param_of(e, step, ".u"), v = param_of(e, step, ".v");
    const glia_tensor *du = &e->trace->gradient[u], *dv = v < 0 ? NULL : &e->trace->gradient[v];
    bool gru = strcmp(s->op, "gru") == 0;
    char *formula = format_text("dU^[%d] = sum over steps dz^[%d]_t h^[%d]_(t-1)T%s", s->layer,
                                s->layer, s->layer,
                                !gru ? ""
                                : dv ? ", of the candidate (r dz_t) h_(t-1)T"
                                     : ", of the candidate dz_t (r h_(t-1))T");
    e->medium->formula(e, formula, du->dim[0], du->dim[1]);
    put_weights(e, du, "dU");
    free(formula);
    if (!dv) return;
    formula = format_text("dv^[%d] = sum over steps dz^[%d]_t, of the candidate r dz_t", s->layer,
                          s->layer);
    e->medium->formula(e, formula, dv->dim[0], dv->dim[1]);
    put_weights(e, dv, "dv");
    free(formula);
}

/* Of what brings the heads together. */
static void put_giving_gradients(const explaining *e, int step) {
    const glia_traced *s = &e->trace->step[step];
    const glia_tensor *dw = &e->trace->gradient[param_of(e, step, ".wo")],
                      *db = &e->trace->gradient[param_of(e, step, ".bo")];
    char *formula =
        format_text("dWo^[%d] = sum over steps dz^[%d]_t a_tT, a of the heads", s->layer, s->layer);
    e->medium->formula(e, formula, dw->dim[0], dw->dim[1]);
    put_weights(e, dw, "dWo");
    free(formula);
    formula = format_text("dbo^[%d] = sum over steps dz^[%d]_t", s->layer, s->layer);
    e->medium->formula(e, formula, db->dim[0], db->dim[1]);
    put_weights(e, db, "dbo");
    free(formula);
}

static void put_weight_gradients(const explaining *e, int step) {
    const glia_traced *s = &e->trace->step[step];
    int w = param_of(e, step, ".w"), b = param_of(e, step, ".b");
    char *formula = weight_formula(e, step);
    const glia_tensor *dw = &e->trace->gradient[w], *db = &e->trace->gradient[b < 0 ? w : b];
    e->medium->formula(e, formula, dw->dim[0], dw->dim[1]);
    put_weights(e, dw, "dW");
    free(formula);
    if (b < 0) return; /* an embedding */
    bool steps = is_recurrent(s) || is_attention(s);
    const char *pixels = is_conv(s) ? "sum over pixels " : steps ? "sum over steps " : "";
    const char *dz = is_attention(s) ? "d(q, k, v)" : "dz";
    formula = format_text(e->rows == 1 ? "db^[%d] = %s%s^[%d]" : "db^[%d] = sum_i %s%s^[%d](i)",
                          s->layer, pixels, dz, s->layer);
    e->medium->formula(e, formula, db->dim[0], db->dim[1]);
    put_weights(e, db, "db");
    free(formula);
    if (is_recurrent(s)) put_state_gradients(e, step);
    if (is_attention(s)) put_giving_gradients(e, step);
}

static void put_backward(const explaining *e) {
    const glia_trace *t = e->trace;
    e->medium->part(e, words_of(e, SAY_explain_backward));
    for (int k = t->steps - 1; k >= 0; k--) {
        const glia_traced *s = &t->step[k];
        char *formula = backward_formula(e, k), *symbol = symbol_of(e, k);
        char *d = format_text("d%s", symbol);
        if (s->gradient.data) {
            e->medium->formula(e, formula, s->gradient.dim[1], e->rows);
            put_value(e, d, k, &s->gradient);
        }
        if (s->layers) put_weight_gradients(e, k);
        else put_own_gradients(e, k);
        free(formula);
        free(symbol);
        free(d);
    }
}

static void put_head(const explaining *e) {
    char *net = glia_model_text(e->model), *rows = copy_text("");
    for (int64_t i = 0; i < e->rows; i++) {
        char *more = format_text("%s%s%lld", rows, i ? ", " : "", (long long)e->row[i] + 1);
        free(rows);
        rows = more;
    }
    char m[32];
    char *data = phrase_plain(e->language, e->rows > 1 ? SAY_explain_rows : SAY_explain_row,
                              FILL(glia_table_source(e->table), rows, count_text(e->rows, m)));
    e->medium->fact(e, words_of(e, SAY_explain_network), net ? net : "?");
    e->medium->fact(e, words_of(e, SAY_explain_data), data);
    glia_text_free(e->c->g, net);
    free(rows);
    free(data);
}

void explain_steps(const explaining *e) {
    e->medium->begin(e);
    put_head(e);
    if (e->medium->pictures && has_images(e->table)) e->medium->pictures(e);
    if (e->unit) explain_unit(e);
    else put_forward(e);
    if (e->trace->y.data && !e->unit) {
        put_losses(e);
        put_backward(e);
    }
    e->medium->end(e);
}
