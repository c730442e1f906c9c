/*
 * predict.c: `glia predict`: applies a model to data and writes one line per row.
 */
#include <stdlib.h>
#include <string.h>

#include "cli.h"

enum { MOST_KEPT = 64 };

typedef struct prediction {
    cli *c;
    glia_model *model;
    glia_table *table, *good; /* good: the rows that can be answered; NULL: all can */
    glia_predictions *p;
    int kept, keep[MOST_KEPT];
} prediction;

/* A probability has as many digits as the network computes with. A value has been brought back to
 * the target's scale, and there are all of a double's that matter: the seconds of a date lie beyond
 * the 24 bits of a float. */
static char *probability_text(const prediction *a, double p, char buf[32]) {
    return glia_number_print(p, glia_model_dtype(a->model), buf);
}

/* A line of the output, in the order of the file. */
typedef struct line {
    int64_t row;             /* of the table; -1: a bad row that is not in it */
    int64_t answer;          /* its row in the predictions; -1: a bad row */
    int64_t rows, bad, good; /* seen so far */
} line;

static bool next_line(const prediction *a, line *at) {
    bool more = at->rows < glia_table_rows(a->table), is_bad = false;
    if (at->bad < glia_table_bad_rows(a->table)) {
        glia_bad_row b = glia_table_bad_row(a->table, at->bad);
        is_bad =
            b.row >= 0 ? b.row == at->rows : !more || b.line < glia_table_line(a->table, at->rows);
        if (is_bad && b.row < 0) return at->row = at->answer = -1, at->bad++, true;
    }
    if (!more) return false;
    at->row = at->rows++;
    at->answer = is_bad ? -1 : at->good++;
    at->bad += is_bad;
    return true;
}

/* --------------------------------------------------------------------------------------- CSV -- */

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
    putc('\n', f);
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
    putc('\n', f);
}

static void put_heading(const prediction *a, FILE *f) {
    for (int i = 0; i < a->kept; i++) {
        put_cell(f, glia_table_column(a->table, a->keep[i]).name);
        putc(',', f);
    }
    if (glia_model_targets(a->model) > 1) {
        put_target_names(a, f);
        return;
    }
    if (glia_model_quantiles(a->model)) {
        put_quantile_names(a, f);
        return;
    }
    fputs("prediction", f);
    for (int64_t k = 0; k < glia_model_classes(a->model); k++) {
        char *name = format_text("P(%s)", glia_model_class(a->model, k));
        putc(',', f);
        put_cell(f, name);
        free(name);
    }
    for (int64_t j = 1; j < a->p->outputs && glia_model_classes(a->model) == 0; j++)
        fprintf(f, ",prediction%lld", (long long)j + 1);
    putc('\n', f);
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

static void put_answer(const prediction *a, int64_t row, FILE *f) {
    char buf[32];
    int64_t classes = glia_model_classes(a->model);
    if (glia_model_targets(a->model) > 1) {
        put_targets(a, row, f);
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
    if (cells + a->kept == 1) fputs("\"\"", f); /* an empty line would be no row */
    while (--cells > 0) putc(',', f);
}

static void put_line(const prediction *a, const line *at, FILE *f) {
    put_kept(a, at->row, f);
    if (at->answer < 0) put_nothing(a, f);
    else put_answer(a, at->answer, f);
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

static bool put_all_lines(const prediction *a, FILE *f) {
    int64_t most = glia_table_rows(a->table) + glia_table_bad_rows(a->table);
    pieces p = {.a = a, .first = calloc((size_t)(most / LINES_AT_ONCE + 1), sizeof(line))};
    bool ok = p.first &&
              put_side_by_side(f, glia_threads(a->c->g), find_pieces(a, p.first), put_lines, &p);
    free(p.first);
    return ok;
}

static int write_csv(const prediction *a) {
    const char *path = given(a->c, "output");
    output o;
    if (!output_open(&o, path)) return GLIA_RESOURCE;
    put_heading(a, o.f);
    if (!put_all_lines(a, o.f)) {
        output_discard(&o);
        return fail(GLIA_RESOURCE, "out of memory for the lines of %s",
                    path ? path : "the answers");
    }
    int status = output_close(&o);
    if (!status && path) note(a->c, "%lld predictions written to %s", (long long)a->p->rows, path);
    return status;
}

/* -------------------------------------------------------------------------------------- JSON -- */

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

static void json_answer(const prediction *a, int64_t row, json_t *j) {
    int64_t classes = glia_model_classes(a->model);
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
    if (at->answer >= 0) return json_answer(a, at->answer, j), j;
    glia_bad_row b = glia_table_bad_row(a->table, at->bad - 1);
    json_object_set_new(j, "prediction", json_null());
    json_object_set_new(j, "line", json_integer(b.line));
    json_object_set_new(j, "why", json_text(b.why));
    return j;
}

static int write_json(const prediction *a) {
    json_t *j = json_object(), *rows = json_array();
    for (line at = {0}; next_line(a, &at);) json_array_append_new(rows, json_line(a, &at));
    json_object_set_new(j, "model", json_text(a->c->operand[0]));
    json_object_set_new(j, "task", json_text(glia_model_note(a->model, "task")));
    json_object_set_new(j, "rows", json_integer((json_int_t)json_array_size(rows)));
    json_object_set_new(j, "predictions", rows);
    return print_json(j);
}

/* ----------------------------------------------------------------------------------- command -- */

/* --keep id,name */
static int read_kept(prediction *a) {
    char *list = given(a->c, "keep") ? copy_text(given(a->c, "keep")) : NULL, *rest = list;
    int status = 0;
    for (char *name; !status && (name = strsep(&rest, ","));) {
        int column = glia_table_locate(a->table, name);
        if (column < 0) status = fail(GLIA_INPUT, "--keep: %s", glia_message(a->c->g));
        else if (a->kept == MOST_KEPT)
            status = fail(GLIA_USAGE, "--keep: at most %d columns", MOST_KEPT);
        else a->keep[a->kept++] = column;
    }
    free(list);
    return status;
}

static int predict(prediction *a) {
    cli *c = a->c;
    const char *path = given(c, "output");
    if (path && c->json)
        return fail(GLIA_USAGE, "--output writes CSV; with --json, send standard output to a file");
    if (path && (replaces_input(c, path) || replaces_model(path))) return GLIA_USAGE;
    if (path && !can_write(path)) return GLIA_RESOURCE;
    int status = load_model(c, c->operand[0], &a->model);
    const char *data = c->operands > 1 ? c->operand[1] : NULL;
    if (!status) status = use_threshold(c, a->model);
    if (!status) status = read_data_for(c, a->model, data, &a->table);
    if (!status) status = read_kept(a);
    if (status) return status;
    if (glia_table_bad_rows(a->table) > 0 && !(a->good = glia_table_good_rows(a->table)))
        return failed(c);
    a->p = glia_model_apply(c->g, a->model, a->good ? a->good : a->table);
    if (!a->p) return failed(c);
    return c->json ? write_json(a) : write_csv(a);
}

static int run_predict(cli *c) {
    prediction a = {.c = c};
    int status = predict(&a);
    glia_predictions_free(c->g, a.p);
    glia_table_free(a.good);
    glia_table_free(a.table);
    glia_model_free(a.model);
    return status;
}

static const glia_option predict_options[] = {
    {"output", "o", "FILE.csv", "output", "standard output", "where the predictions go"},
    {"threshold", NULL, "P", "output", "the model's",
     "of two classes, answer the second when its probability is above P"},
    {"keep", NULL, "NAME,...", "output", NULL,
     "columns of DATA to copy in front of the prediction"},
    {NULL},
};

static const char *const predict_examples[] = {
    "glia predict houses.glia new.csv",
    "one predicted price per row on standard output",
    "glia predict titanic.glia passengers.csv --keep PassengerId --threshold 0.7 -o answers.csv",
    "ids, predicted class and the probability of each class, in a file",
    "tail -n +2 new.csv | glia predict iris.glia - --no-header",
    "rows from a pipe, without their header: columns are those of training in their order",
    NULL,
};

const command predict_command = {
    .name = "predict",
    .usage = "MODEL DATA [-o OUT.csv]",
    .summary = "applies a model: classes and probabilities, or values, as CSV",
    .text =
        "Writes CSV with a column \"prediction\" and, for a classifier, a column \"P(class)\" "
        "for each class; of a model of several targets a column for each, and of quantiles one for "
        "each, \"price_q10\" say, in ascending order in every row. Columns of DATA are "
        "found by name: their order does not matter, extra "
        "ones are not used, a missing one is an error. DATA without header has the columns of "
        "training in their order, with or without the target. With --bad-rows skip, rows that "
        "cannot be used are told by their line and have an empty prediction.\n\n"
        "With --json: {\"model\", \"task\", \"rows\", \"predictions\": [{\"prediction\": ..., "
        "\"probabilities\": {class: P}}, ...]}; a bad row has {\"prediction\": null, \"line\", "
        "\"why\"}.",
    .min = 1,
    .max = 2,
    .shared = READING,
    .options = predict_options,
    .examples = predict_examples,
    .run = run_predict,
};
