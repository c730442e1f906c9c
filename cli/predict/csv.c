/*
 * csv.c: predictions as CSV, a line for each row of the data, by all threads.
 */
#include <stdlib.h>
#include <string.h>

#include "predict.h"

/* A probability has as many digits as the network computes with. A value has been brought back to
 * the target's scale, and there are all of a double's that matter: the seconds of a date lie beyond
 * the 24 bits of a float. */
static char *probability_text(const prediction *a, double p, char buf[32]) {
    return glia_number_print(p, glia_model_dtype(a->model), buf);
}

/* That of classes the network computed itself. */
static char *loss_text(const prediction *a, double loss, char buf[32]) {
    bool classes = strcmp(a->score, "loss") == 0;
    return classes ? probability_text(a, loss, buf) : exact_text(loss, buf);
}

/* Of several targets a column each under its own name, then the probabilities. */
static void put_target_names(const prediction *a, FILE *f) {
    int targets = glia_model_targets(a->model);
    for (int t = 0; t < targets; t++) {
        if (t > 0) putc(',', f);
        put_cell(f, glia_model_target(a->model, t));
    }
    for (int t = 0; t < targets && a->p->class_index; t++) {
        char *name = format_text("P(%s=%s)", glia_model_target(a->model, t),
                                 glia_model_target_class(a->model, t, 1));
        putc(',', f);
        put_cell(f, name);
        free(name);
    }
}

static void put_targets(const prediction *a, int64_t row, FILE *f) {
    char buf[32];
    int targets = glia_model_targets(a->model);
    const double *value = a->p->value + row * targets;
    const int64_t *class = a->p->class_index ? a->p->class_index + row * targets : NULL;
    for (int t = 0; t < targets; t++) {
        if (t > 0) putc(',', f);
        if (class) put_cell(f, glia_model_target_class(a->model, t, class[t]));
        else fputs(exact_text(value[t], buf), f);
    }
    for (int t = 0; t < targets && class; t++)
        fprintf(f, ",%s", probability_text(a, value[t], buf));
}

static void put_quantile_names(const prediction *a, FILE *f) {
    for (int k = 0; k < glia_model_quantiles(a->model); k++) {
        char *name = part_name(a->model, k);
        if (k > 0) putc(',', f);
        put_cell(f, name);
        free(name);
    }
}

static void put_answer_names(const prediction *a, FILE *f) {
    fputs("prediction", f);
    for (int64_t k = 0; k < glia_model_classes(a->model); k++) {
        char *name = format_text("P(%s)", glia_model_class(a->model, k));
        putc(',', f);
        put_cell(f, name);
        free(name);
    }
    for (int64_t j = 1; j < a->p->outputs && glia_model_classes(a->model) == 0; j++)
        fprintf(f, ",prediction%lld", (long long)j + 1);
}

static void put_unit_names(const prediction *a, FILE *f) {
    for (int64_t j = 1; j <= a->p->outputs; j++)
        fprintf(f, "%s%s_%lld", j > 1 ? "," : "", a->layer, (long long)j);
}

static void put_heading(const prediction *a, FILE *f) {
    if (has_names(a)) fputs("file,", f);
    for (int i = 0; i < a->kept; i++) {
        put_cell(f, glia_table_column(a->table, a->keep[i]).name);
        putc(',', f);
    }
    if (a->layer) put_unit_names(a, f);
    else if (glia_model_targets(a->model) > 1) put_target_names(a, f);
    else if (glia_model_quantiles(a->model)) put_quantile_names(a, f);
    else put_answer_names(a, f);
    fputs(a->losses ? ",loss\n" : "\n", f);
}

static void put_kept(const prediction *a, int64_t row, FILE *f) {
    char buf[32];
    for (int i = 0; i < a->kept; i++) {
        int quote = 0;
        const char *text =
            row < 0 ? "" : glia_table_spelling(a->table, row, a->keep[i], buf, &quote);
        if (quote) fprintf(f, "\"%s\"", text);
        else put_cell(f, text);
        putc(',', f);
    }
}

static void put_units(const prediction *a, int64_t row, FILE *f) {
    char buf[32];
    for (int64_t j = 0; j < a->p->outputs; j++) {
        if (j > 0) putc(',', f);
        fputs(probability_text(a, a->p->value[row * a->p->outputs + j], buf), f);
    }
}

static void put_answer(const prediction *a, int64_t row, FILE *f) {
    char buf[32];
    int64_t classes = glia_model_classes(a->model);
    if (a->layer || glia_model_targets(a->model) > 1) {
        if (a->layer) put_units(a, row, f);
        else put_targets(a, row, f);
        return;
    }
    if (classes > 0) put_cell(f, glia_model_class(a->model, a->p->class_index[row]));
    for (int64_t k = 0; k < classes; k++) {
        putc(',', f);
        fputs(probability_text(a, glia_predictions_probability(a->p, row, k), buf), f);
    }
    for (int64_t j = 0; j < a->p->outputs && classes == 0; j++) {
        if (j > 0) putc(',', f);
        fputs(exact_text(a->p->value[row * a->p->outputs + j], buf), f);
    }
}

static void put_nothing(const prediction *a, FILE *f) {
    int64_t classes = glia_model_classes(a->model), cells = classes ? classes + 1 : a->p->outputs;
    if (glia_model_targets(a->model) > 1) cells = (classes ? 2 : 1) * a->p->outputs;
    if (a->layer) cells = a->p->outputs;
    if (a->losses) cells++;
    if (cells + a->kept == 1 && !has_names(a)) fputs("\"\"", f); /* an empty line would be no row */
    while (--cells > 0) putc(',', f);
}

static void put_line(const prediction *a, const line *at, FILE *f) {
    char buf[32];
    if (has_names(a)) put_cell(f, name_of(a, at)), putc(',', f);
    put_kept(a, at->row, f);
    if (at->answer < 0) put_nothing(a, f);
    else put_answer(a, at->answer, f);
    if (at->answer >= 0 && a->losses) fprintf(f, ",%s", loss_text(a, a->losses[at->answer], buf));
    putc('\n', f);
}

/* Some milliseconds of work, and some hundred kilobytes. */
enum { LINES_AT_ONCE = 8192 };

typedef struct pieces {
    const prediction *a;
    line *first; /* where each begins */
} pieces;

static void put_lines(void *user, int64_t piece, FILE *f) {
    const pieces *p = user;
    line at = p->first[piece];
    for (int i = 0; i < LINES_AT_ONCE && next_line(p->a, &at); i++) put_line(p->a, &at, f);
}

/* Bad rows are beside the table: where a line stands in both is known by counting. */
static int64_t find_pieces(const prediction *a, line *first) {
    int64_t lines = 0;
    line at = {0}, before = at;
    for (; next_line(a, &at); before = at, lines++)
        if (lines % LINES_AT_ONCE == 0) first[lines / LINES_AT_ONCE] = before;
    return (lines + LINES_AT_ONCE - 1) / LINES_AT_ONCE;
}

static void put_all_lines(const prediction *a, FILE *f) {
    int64_t most = glia_table_rows(a->table) + glia_table_bad_rows(a->table);
    size_t pieces_at_most = (size_t)(most / LINES_AT_ONCE + 1);
    pieces p = {.a = a, .first = reserve(NULL, pieces_at_most * sizeof(line))};
    put_side_by_side(f, glia_threads(a->c->g), find_pieces(a, p.first), put_lines, &p);
    free(p.first);
}

void say_written(const prediction *a, const char *path) {
    if (a->layer)
        note(a->c, "%lld value%s of %s for each of %lld row%s written to %s",
             (long long)a->p->outputs, plural(a->p->outputs), a->layer, (long long)a->p->rows,
             plural(a->p->rows), path);
    else
        note(a->c, "%lld prediction%s written to %s", (long long)a->p->rows, plural(a->p->rows),
             path);
}

int write_csv(const prediction *a) {
    const char *path = given(a->c, "output");
    output o;
    if (!output_open(&o, a->c, path)) return GLIA_RESOURCE;
    put_heading(a, o.f);
    put_all_lines(a, o.f);
    int status = output_close(&o);
    if (!status && path) say_written(a, path);
    return status;
}
