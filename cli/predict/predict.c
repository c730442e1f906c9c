/*
 * predict.c: `glia predict`: applies a model to data and writes one line per row.
 */
#include <stdlib.h>
#include <string.h>

#include "predict.h"

/* Bad rows stand beside the table: each is a line of its own, where its row would be. */
bool next_line(const prediction *a, line *at) {
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

bool has_names(const prediction *a) { return glia_table_pictures(a->table).files > 0; }

const char *name_of(const prediction *a, const line *at) {
    const char *name = at->row >= 0 ? glia_table_row_name(a->table, at->row)
                                    : glia_table_bad_row(a->table, at->bad - 1).name;
    return name ? name : "";
}

static void keep_if_there(prediction *a, const char *name) {
    int column = name ? glia_table_locate(a->table, name) : -1;
    if (column >= 0 && a->kept < MOST_KEPT) a->keep[a->kept++] = column;
}

/* Rows of a series are known by it and their time, and not every row has an answer; whole ones have
 * one, at no time. */
static void keep_place(prediction *a) {
    const glia_sequence s = glia_model_sequence(a->model);
    char *groups = s.group ? copy_text(s.group) : NULL, *rest = groups;
    for (char *name; (name = strsep(&rest, ","));) keep_if_there(a, name);
    keep_if_there(a, s.whole ? NULL : s.time);
    free(groups);
}

/* --keep id,name */
static int read_kept(prediction *a) {
    char *list = given(a->c, "keep") ? copy_text(given(a->c, "keep")) : NULL, *rest = list;
    int status = 0;
    if (!list) keep_place(a);
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

/* The name by which the columns of a layer are called: its own, also where its number was given. */
static char *layer_name(const glia_model *m, const char *said) {
    int64_t number;
    bool counted = read_int(said, &number) && number >= 1 && number <= glia_model_layers(m);
    return copy_text(counted ? glia_model_layer(m, (int)number - 1).name : said);
}

static bool is_npy(const char *path) { return path && ends_in(path, ".npy"); }

static int check_output(const cli *c) {
    const char *path = given(c, "output");
    static const char *const of_rows[] = {"losses", "layer", "keep", "threshold"};
    for (int i = 0; i < 4 && given(c, "steps"); i++)
        if (given(c, of_rows[i]))
            return fail(GLIA_USAGE,
                        "--steps writes the rows to come, and --%s is of rows that are "
                        "there; leave one of them out",
                        of_rows[i]);
    if (given(c, "temperature") && !given(c, "steps"))
        return fail(GLIA_USAGE, "--temperature says how the classes to come are drawn; say how "
                                "many with --steps N");
    if (given(c, "seed") && !given(c, "temperature"))
        return fail(GLIA_USAGE, "--seed is of what is drawn, and nothing is without "
                                "--temperature");
    if (path && c->json)
        return fail(GLIA_USAGE, "--output writes CSV; with --json, send standard output to a file");
    if (is_npy(path) && !given(c, "layer"))
        return fail(GLIA_USAGE,
                    "predictions are written as CSV, and '%s' is named as an array: "
                    "--layer writes the values of a layer so",
                    path);
    if (is_npy(path) && given(c, "keep"))
        return fail(GLIA_USAGE, "--keep copies cells, and '%s' holds numbers: write CSV", path);
    if (given(c, "layer") && given(c, "threshold"))
        return fail(GLIA_USAGE, "--threshold chooses classes, and --layer writes values in their "
                                "place; leave it out");
    if (path && (replaces_input(c, path) || replaces_model(path))) return GLIA_USAGE;
    return path && !can_write(path) ? GLIA_RESOURCE : 0;
}

static const glia_table *answered(const prediction *a) { return a->good ? a->good : a->table; }

static void say_losses(const prediction *a) {
    const char *target = glia_model_targets(a->model) == 1 ? glia_model_target(a->model, 0) : NULL;
    bool squares = strcmp(a->score, "mse") == 0, values = squares || strcmp(a->score, "mae") == 0;
    note(a->c, "loss of a row: its part of the %s that eval prints%s%s%s", a->score,
         values ? squares ? ", the squared error in units of " : ", the error in units of " : "",
         values ? target ? target : "each target" : "",
         strcmp(glia_model_loss(a->model), "huber") == 0 ? "; what was learned is huber" : "");
}

static int find_losses(prediction *a) {
    cli *c = a->c;
    if (!is_on(c, "losses")) return 0;
    a->losses = reserve(NULL, (size_t)glia_table_rows(answered(a)) * sizeof *a->losses);
    if (glia_model_losses(c->g, a->model, answered(a), a->losses, &a->score) != GLIA_OK)
        return failed(c);
    say_losses(a);
    return 0;
}

static int answer(prediction *a) {
    cli *c = a->c;
    const char *layer = given(c, "layer");
    if (glia_table_bad_rows(a->table) > 0 && !(a->good = glia_table_good_rows(a->table)))
        return failed(c);
    if (layer) a->layer = layer_name(a->model, layer);
    a->p = glia_model_apply_at(c->g, a->model, layer, answered(a));
    return a->p ? find_losses(a) : failed(c);
}

static int predict(prediction *a) {
    cli *c = a->c;
    const char *data = c->operands > 1 ? c->operand[1] : NULL;
    int status = check_output(c);
    if (!status) status = load_model(c, c->operand[0], &a->model);
    if (!status) status = use_threshold(c, a->model);
    if (!status) status = read_data_for(c, a->model, data, &a->table);
    if (!status && given(c, "steps")) return forecast(a);
    if (!status) status = read_kept(a);
    if (!status) status = answer(a);
    if (status) return status;
    if (is_npy(given(c, "output"))) return write_npy(a);
    return c->json ? write_json(a) : write_csv(a);
}

static int run_predict(cli *c) {
    prediction a = {.c = c};
    int status = predict(&a);
    glia_predictions_free(c->g, a.p);
    glia_table_free(a.good);
    glia_table_free(a.table);
    glia_model_free(a.model);
    free(a.layer);
    free(a.losses);
    return status;
}

static const glia_option predict_options[] = {
    {"output", "o", "FILE", "output", "standard output",
     "where the predictions go, as CSV; those of --layer also as FILE.npy"},
    {"threshold", NULL, "P", "output", "the model's",
     "of two classes, answer the second when its probability is above P"},
    {"keep", NULL, "NAME,...", "output", NULL,
     "columns of DATA to copy in front of the prediction"},
    {"layer", NULL, "NAME|NUMBER", "output", NULL,
     "what this layer gives to the next in place of the prediction, a column for each unit: fc1_1, "
     "fc1_2, ...; 1 is the first layer, glia show has the names"},
    {"steps", NULL, "N", "output", NULL,
     "of a model of sequences: the N rows that follow the last one of each series; each answer is "
     "read again as the next row"},
    {"temperature", NULL, "T", "output", "the most probable",
     "with --steps, of classes: each is drawn, with chances as P^(1/T): 1 as the model says, less "
     "draws what is probable more often"},
    {"seed", NULL, "N", "output", "1",
     "of what --temperature draws: the same number, the same rows"},
    {"losses", NULL, NULL, "output", NULL,
     "also the loss of each row, whose mean (by the rows' weights) is what glia eval says of them; "
     "needs the target"},
    {NULL},
};

static const char *const predict_examples[] = {
    "glia predict houses.glia new.csv",
    "one predicted price per row on standard output",
    "glia predict titanic.glia passengers.csv --keep PassengerId --threshold 0.7 -o answers.csv",
    "ids, predicted class and the probability of each class, in a file",
    "glia predict iris.glia iris.csv --layer 1 -o hidden.npy",
    "what the first hidden layer makes of each row, (rows, units), as features for something else",
    "glia predict iris.glia iris.csv --losses",
    "also the loss of each row: which ones does the model find hard?",
    "tail -n +2 new.csv | glia predict iris.glia - --no-header",
    "rows from a pipe, without their header: columns are those of training in their order",
    "glia predict pets.glia new/ -o answers.csv",
    "the path of each picture in the folder, its class and the probability of each",
    "glia predict temperatures.glia temperatures.csv --steps 7",
    "the week that follows, a row for each day",
    "glia predict weather.glia weather.csv --steps 30 --temperature 1 --seed 7",
    "of classes: a month as it might be; another seed gives another one",
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
        "cannot be used are told by their line and have an empty prediction. Pictures have a "
        "column "
        "\"file\" in front, their path; one that is broken has an empty prediction, too.\n\n"
        "Of a model of sequences rows are answered that have as many before them as it reads, in "
        "the order of time, each behind the cells of its group and time; the answer is for as many "
        "rows later as the model was trained for.\n\n"
        "The column \"loss\" of --losses is, of classes, the cross-entropy of the row; of values "
        "its "
        "squared error (its absolute one where that was learned) in units of the target; of counts "
        "the deviance, of quantiles the pinball loss. With --layer the network's last layer gives "
        "what the network answers, before values get the units of the target.\n\n"
        "With --json: {\"model\", \"task\", \"rows\", \"predictions\": [{\"prediction\": ..., "
        "\"probabilities\": {class: P}}, ...]}; a bad row has {\"prediction\": null, \"line\", "
        "\"why\"}. With --layer \"values\" stand in place of the prediction, with --losses "
        "\"loss\" "
        "beside it.",
    .min = 1,
    .max = 2,
    .shared = READING,
    .options = predict_options,
    .examples = predict_examples,
    .run = run_predict,
};
