/*
 * steps.c: a trace on the terminal: forward from x to the loss, and back. A value is a table with a
 * line for each unit j and a column for each sample (i), as on paper.
 */
#include <stdlib.h>
#include <string.h>

#include "explain.h"

static int64_t shown_of(const explaining *e, int64_t count) {
    return count < e->most ? count : e->most;
}

static void add_number(grid *g, double value) {
    char buf[32];
    snprintf(buf, sizeof buf, "%.6g", value);
    grid_add(g, "%s", buf);
}

/* "(4, 3)": so many units, and a column for each sample. */
static void print_title(const char *formula, int64_t units, int64_t columns) {
    printf("\n  %s   (%lld, %lld)\n", formula, (long long)units, (long long)columns);
}

static void print_rest(const explaining *e, int64_t count, const char *what) {
    if (count > e->most)
        printf("  %lld %s, the first %lld shown; --all\n", (long long)count, what,
               (long long)e->most);
}

static char *alignment(int64_t columns) {
    char *align = reserve(NULL, (size_t)columns + 3);
    memset(align, 'r', (size_t)columns + 2);
    align[1] = 'l';
    align[columns + 2] = '\0';
    return align;
}

/* t is (samples, units), printed with a line for each unit. */
static void print_value(const explaining *e, const char *symbol, int step, const glia_tensor *t) {
    int64_t units = t->dim[1], m = shown_of(e, t->dim[0]);
    char *align = alignment(m);
    grid g = {.align = align};
    grid_add(&g, "j");
    grid_add(&g, " ");
    for (int64_t i = 0; i < m; i++) {
        if (e->rows == 1) grid_add(&g, "%s_j", symbol);
        else grid_add(&g, "%s(%lld)_j", symbol, (long long)i + 1);
    }
    for (int64_t j = 0; j < shown_of(e, units); j++) {
        char *name = clean_text(unit_name(e, step, j));
        grid_add(&g, "%lld", (long long)j + 1);
        grid_add(&g, "%s", name);
        for (int64_t i = 0; i < m; i++) add_number(&g, glia_tensor_value(t, i * units + j));
        free(name);
    }
    grid_print(&g);
    print_rest(e, units, "units");
    print_rest(e, t->dim[0], "samples");
    free(align);
}

/* A line for each unit j, a column for each k that it reads. */
static void print_weights(const explaining *e, const glia_tensor *w, const char *name) {
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
    grid_print(&g);
    print_rest(e, units, "units");
    print_rest(e, in, "columns");
    free(align);
}

static void print_forward(const explaining *e) {
    const glia_trace *t = e->trace;
    printf("\n  forward\n");
    print_title("a^[0] = x", t->x.dim[1], t->x.dim[0]);
    print_value(e, "a^[0]", -1, &t->x);
    for (int k = 0; k < t->steps; k++) {
        char *formula = forward_formula(e, k), *symbol = symbol_of(e, k);
        print_title(formula, t->step[k].value.dim[1], e->rows);
        print_value(e, symbol, k, &t->step[k].value);
        free(formula);
        free(symbol);
    }
}

static void print_losses(const explaining *e) {
    const glia_trace *t = e->trace;
    bool penalty = e->options.l2 > 0 || e->options.l1 > 0;
    grid g = {.align = "rlr"};
    printf("\n  loss (%s)\n\n", glia_model_loss(e->model));
    grid_add(&g, "i");
    grid_add(&g, "y(i)");
    grid_add(&g, "L(i)");
    for (int64_t i = 0; i < e->rows; i++) {
        char *label = label_text(e, i), *clean = clean_text(label);
        grid_add(&g, "%lld", (long long)i + 1);
        grid_add(&g, "%s", clean);
        add_number(&g, glia_tensor_value(&t->losses, i));
        free(label);
        free(clean);
    }
    grid_print(&g);
    printf("  J = (1/m) sum_i L(i)%s = %.6g, m = %lld\n",
           penalty ? " + what L2 and L1 add for large weights" : "", t->cost, (long long)e->rows);
}

static void print_weight_gradients(const explaining *e, int step) {
    const glia_traced *s = &e->trace->step[step];
    int w = param_of(e, step, ".w"), b = param_of(e, step, ".b");
    char *formula = weight_formula(e, step);
    const glia_tensor *dw = &e->trace->gradient[w], *db = &e->trace->gradient[b];
    print_title(formula, dw->dim[0], dw->dim[1]);
    print_weights(e, dw, "dW");
    free(formula);
    formula = format_text(e->rows == 1 ? "db^[%d] = dz^[%d]" : "db^[%d] = sum_i dz^[%d](i)",
                          s->layer, s->layer);
    print_title(formula, db->dim[0], db->dim[1]);
    print_weights(e, db, "db");
    free(formula);
}

static void print_backward(const explaining *e) {
    const glia_trace *t = e->trace;
    printf("\n  backward, each d.. is dJ/d..\n");
    for (int k = t->steps - 1; k >= 0; k--) {
        const glia_traced *s = &t->step[k];
        char *formula = backward_formula(e, k), *symbol = symbol_of(e, k);
        char *d = format_text("d%s", symbol);
        if (s->gradient.data) {
            print_title(formula, s->gradient.dim[1], e->rows);
            print_value(e, d, k, &s->gradient);
        }
        if (s->layers) print_weight_gradients(e, k);
        free(formula);
        free(symbol);
        free(d);
    }
}

static void print_head(const explaining *e) {
    char *net = glia_model_text(e->model), *rows = copy_text("");
    for (int64_t i = 0; i < e->rows; i++) {
        char *more = format_text("%s%s%lld", rows, i ? ", " : "", (long long)e->row[i] + 1);
        free(rows);
        rows = more;
    }
    putchar('\n');
    print_fact("network", "%s", net ? net : "?");
    print_fact("data", "%s, row%s %s: m = %lld", glia_table_source(e->table),
               e->rows > 1 ? "s" : "", rows, (long long)e->rows);
    glia_text_free(e->c->g, net);
    free(rows);
}

void print_trace(const explaining *e) {
    print_head(e);
    print_forward(e);
    if (!e->trace->y.data) return;
    print_losses(e);
    print_backward(e);
}
