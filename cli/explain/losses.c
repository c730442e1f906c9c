/*
 * losses.c: the loss of each row, as J adds it up, beside what is measured:
 *
 *     L(i)    the sum over targets, of values as the network learns them (scaled), times w(i)
 *     loss    what `glia predict --losses` writes: the mean over targets, of values in their units
 *
 * Of one target of classes that was learned unweighted the two are one number.
 */
#include <stdlib.h>

#include "explain.h"

int measure_losses(explaining *e) {
    glia_ctx *g = e->c->g;
    if (!e->trace->losses.data) return 0;
    glia_table *rows = glia_table_select(e->table, e->row, e->rows);
    e->losses = reserve(NULL, (size_t)e->rows * sizeof *e->losses);
    bool ok = rows && glia_model_losses(g, e->model, rows, e->losses, NULL) == GLIA_OK;
    glia_table_free(rows);
    return ok ? 0 : failed(e->c);
}

static bool is_scaled(const explaining *e) {
    return !glia_model_classes(e->model) && e->trace->y.dim[1] == 1;
}

/* Is L(i) another number than what is measured? */
static bool differs(const explaining *e) {
    return !glia_model_classes(e->model) || glia_model_targets(e->model) > 1 ||
           e->trace->weights.data || e->options.label_smoothing > 0;
}

static void add_label(const explaining *e, grid *g, int64_t i) {
    char *label = label_text(e, i), *clean = clean_text(label);
    grid_add(g, "%lld", (long long)i + 1);
    grid_add(g, "%s", clean);
    if (is_scaled(e)) add_number(g, glia_tensor_value(&e->trace->y, i));
    if (e->trace->weights.data) add_number(g, glia_tensor_value(&e->trace->weights, i));
    add_number(g, glia_tensor_value(&e->trace->losses, i));
    if (differs(e)) add_number(g, e->losses[i]);
    free(label);
    free(clean);
}

static void put_rows(const explaining *e) {
    bool scaled = is_scaled(e), weighed = e->trace->weights.data != NULL;
    char align[8];
    snprintf(align, sizeof align, "rl%s%sr%s", scaled ? "r" : "", weighed ? "r" : "",
             differs(e) ? "r" : "");
    grid g = {.align = align};
    grid_add(&g, "i");
    grid_add(&g, scaled ? " " : "y(i)");
    if (scaled) grid_add(&g, "y(i)");
    if (weighed) grid_add(&g, "w(i)");
    grid_add(&g, "L(i)");
    if (differs(e)) grid_add(&g, "loss");
    for (int64_t i = 0; i < e->rows; i++) add_label(e, &g, i);
    e->medium->table(e, &g);
}

static void put_cost(const explaining *e) {
    bool penalty = e->options.l2 > 0 || e->options.l1 > 0;
    char *formula =
        format_text("J = (1/m) sum_i L(i)%s = %.6g", penalty ? " + R" : "", e->trace->cost);
    e->medium->formula(e, formula, 0, 0);
    if (penalty) e->medium->remark(e, words_of(e, SAY_explain_penalty));
    free(formula);
}

static void put_smoothing(const explaining *e) {
    char share[32];
    if (!(e->options.label_smoothing > 0)) return;
    char *text = phrase_plain(e->language, SAY_explain_smoothed,
                              FILL(short_text(e->options.label_smoothing, share)));
    e->medium->remark(e, text);
    free(text);
}

/* Which q an output of quantiles has. */
static void put_quantiles(const explaining *e) {
    int n = glia_model_quantiles(e->model);
    char *text = copy_text("");
    for (int k = 0; k < n; k++) {
        double q = glia_model_quantile(e->model, k);
        char *more = n > 1 ? format_text("%s%sq_%d = %g", text, k ? ", " : "", k + 1, q)
                           : format_text("q = %g", q);
        free(text);
        text = more;
    }
    if (n > 0) e->medium->formula(e, text, 0, 0);
    free(text);
}

void put_losses(const explaining *e) {
    char *title = phrase_plain(e->language, SAY_explain_loss, FILL(glia_model_loss(e->model)));
    e->medium->part(e, title);
    put_rows(e);
    if (e->trace->weights.data) e->medium->remark(e, words_of(e, SAY_explain_weighed));
    if (differs(e)) e->medium->remark(e, words_of(e, SAY_explain_measured));
    put_cost(e);
    put_smoothing(e);
    put_quantiles(e);
    free(title);
}
