/*
 * explain.c: `glia explain`: a few rows through a network, forward and backward, with every number.
 */
#include "explain.h"

#include <limits.h>
#include <stdlib.h>
#include <string.h>

/* So many samples side by side can still be read. */
enum { MOST_ROWS = 64, SHOWN = 8 };

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

/* --unit 2:3: layer and unit, from 1. */
static int read_unit(explaining *e) {
    const char *text = given(e->c, "unit");
    if (!text) return 0;
    int64_t layer, unit;
    size_t n = strcspn(text, ":");
    char *word = format_text("%.*s", (int)n, text);
    bool ok = text[n] && read_int(word, &layer) && read_int(text + n + 1, &unit) && layer >= 1 &&
              unit >= 1 && layer <= INT_MAX && unit <= INT_MAX;
    free(word);
    if (!ok)
        return fail(GLIA_USAGE, "--unit: expected LAYER:UNIT like 1:3, both from 1, found '%s'",
                    text);
    e->layer = (int)layer, e->unit = (int)unit;
    return 0;
}

/* Where it goes, by the end of the file's name. */
static int choose_medium(explaining *e) {
    const char *path = given(e->c, "output");
    e->medium = &on_terminal;
    if (!path) return 0;
    if (ends_in(path, in_html.ending)) e->medium = &in_html;
    else if (ends_in(path, in_latex.ending)) e->medium = &in_latex;
    else
        return fail(GLIA_USAGE, "--output: expected a name that ends in .html or .tex, found '%s'",
                    path);
    return replaces_input(e->c, path) || replaces_model(path) ? GLIA_USAGE : 0;
}

/* A number of the cost that the model was trained with. */
static double number_of_training(const glia_model *m, const char *option) {
    double v = 0;
    char *text = trained_with(m, option);
    if (!read_number(text, &v)) v = 0;
    free(text);
    return v;
}

static int follow(explaining *e) {
    e->most = is_on(e->c, "all") ? INT64_MAX : SHOWN;
    e->options =
        (glia_trace_options){.l2 = number_of_training(e->model, "l2"),
                             .l1 = number_of_training(e->model, "l1"),
                             .label_smoothing = number_of_training(e->model, "label-smoothing")};
    e->trace = glia_model_trace_table(e->c->g, e->model, e->table, e->row, e->rows, &e->options);
    if (!e->trace) return failed(e->c);
    int status = measure_losses(e);
    return e->unit && !status ? find_unit(e) : status;
}

static int write_explanation(explaining *e) {
    const char *path = given(e->c, "output");
    output o;
    if (e->c->json) return print_trace_json(e);
    if (!output_open(&o, e->c, path)) return GLIA_RESOURCE;
    e->f = o.f;
    explain_steps(e);
    int status = output_close(&o);
    if (!status && path) print_fact("written", "%s", path);
    return status;
}

/* JSON has all numbers and no words. */
static int refuse_with_json(const cli *c) {
    static const char *const names[] = {"output", "unit", "all", "lang"};
    for (int i = 0; i < 4 && c->json; i++)
        if (is_typed(c, names[i]))
            return fail(GLIA_USAGE, "--json prints every number; leave --%s out", names[i]);
    return 0;
}

static int run_explain(cli *c) {
    explaining e = {.c = c};
    int status = refuse_with_json(c);
    if (!status) status = read_rows(&e);
    if (!status) status = read_unit(&e);
    if (!status && !given_language(c, &e.language)) status = GLIA_USAGE;
    if (!status) status = choose_medium(&e);
    if (!status) status = load_model(c, c->operand[0], &e.model);
    if (!status)
        status = read_data_for(c, e.model, c->operands > 1 ? c->operand[1] : NULL, &e.table);
    if (!status) status = follow(&e);
    if (!status) status = write_explanation(&e);
    glia_trace_free(c->g, e.trace);
    glia_table_free(e.table);
    glia_model_free(e.model);
    free(e.losses);
    free(e.row);
    return status;
}

static const glia_option explain_options[] = {
    {"row", NULL, "K[,K...]", "explain", "1", "which rows of DATA, the first is 1"},
    {"unit", NULL, "L:J", "explain", NULL,
     "the two steps of unit J of layer L: its sum product by product, and its activation"},
    {"all", NULL, NULL, "explain", NULL, "every unit and column, not the first 8"},
    {"output", "o", "FILE", "explain", NULL,
     "write a page (.html) or a LaTeX document (.tex) instead; names beyond Latin letters need "
     "xelatex with a font that has them"},
    {"lang", NULL, "en|zh", "explain", "en", "words in English or Chinese"},
    {NULL},
};

static const char *const explain_examples[] = {
    "glia explain iris.glia iris.csv --row 1",
    "z, a, loss, dz, dW and db of the first flower",
    "glia explain iris.glia iris.csv --row 1,51,101",
    "three flowers at once, a column for each: a^[l](i)_j",
    "glia explain iris.glia iris.csv --unit 1:3",
    "the two steps of unit 3 of layer 1: z = w a + b, a = g(z)",
    "glia explain iris.glia iris.csv --row 7 -o flower.html --lang zh",
    "the same as a page with Chinese words; .tex for LaTeX",
    "glia explain iris.glia iris.csv --row 7 --json",
    "the same numbers with all their digits",
    NULL,
};

const command explain_command = {
    .name = "explain",
    .usage = "MODEL DATA",
    .summary = "one sample through the network, forward and backward, number by number",
    .text = "Follows rows of DATA through a model in the notation of the course: z^[l] and a^[l] "
            "of each layer, the loss, and back, dz^[l], dW^[l] and db^[l]. a^[l](i)_j is what unit "
            "j of layer l makes of sample i; a^[0] is x after the model's preparation. The numbers "
            "are those of one training step on these rows alone, with the L2, L1 and label "
            "smoothing of "
            "the model's training, and each row counted w(i) times as there (--class-weight, "
            "--sample-weight; 1 is the mean of training); dz carries the 1/m of J. L(i) is what J "
            "adds up: the sum over targets, of values as they are scaled; where that is another "
            "number, loss is the row's of 'glia predict --losses': unweighted, the mean over "
            "targets, of values in their own units. Dropout keeps every unit. "
            "Rows without a label go forward only.\n\n"
            "With --json: {\"network\", \"loss\", \"rows\", \"labels\", \"losses\", "
            "\"measured_losses\", \"columns\", "
            "\"x\", "
            "\"y\", \"steps\": [{\"symbol\", \"formula\", \"layer\", \"name\", \"op\", \"shape\", "
            "\"value\", \"gradient\"}, ...], \"cost\", \"l2\", \"l1\", \"label_smoothing\", "
            "\"weights\", "
            "\"parameters\": [{\"name\", "
            "\"shape\", \"value\", \"gradient\"}, ...]}; a matrix is (units, samples), null where "
            "there are no labels.",
    .min = 1,
    .max = 2,
    .shared = READING,
    .options = explain_options,
    .examples = explain_examples,
    .run = run_explain,
};
