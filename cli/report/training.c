/*
 * training.c: a training as a report: whose rows are shown, and what columns are worth.
 */
#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "report.h"

/* The rows of t that count for the model: t itself, or *own, for glia_table_free. The exit
 * status. */
static int rows_that_count(const cli *c, const glia_model *m, const glia_table *t,
                           const glia_table **rows, glia_table **own) {
    bool skip = strcmp(glia_recipe_get(c->recipe, "bad-rows"), "skip") == 0;
    *rows = NULL;
    if (!t) return 0;
    if (glia_model_counted_rows(c->g, m, t, skip, own) != GLIA_OK) return failed(c);
    *rows = *own ? *own : t;
    return 0;
}

/* ------------------------------------------------------------------- what columns are worth -- */

enum { REPEATS = 5, FEWEST_ROWS = 20 };

/* A report takes no more time than a training hides: predictions of so many multiply-adds take some
 * hundredths of a second, or one in a hundred of those that the training has made. */
static const double FEW = 2e8, SHARE = 0.01;

/* How many rows can be shuffled for that. An update makes three products where a prediction makes
 * one. */
static int64_t affordable_rows(const training *t) {
    const glia_report *r = t->report;
    double columns = glia_model_columns(t->model),
           product = (double)glia_model_parameters(t->model),
           learned = 3 * product * (double)r->train_rows * (double)r->history->epochs;
    return (int64_t)(fmax(FEW, SHARE * learned) / (REPEATS * columns * fmax(product, 1)));
}

/* Of an even choice of the rows that are shown. */
static void weigh_columns(const training *t, report_input *in, glia_importances **found,
                          glia_table **own) {
    int64_t rows = glia_table_rows(in->rows), most = affordable_rows(t);
    if (glia_model_columns(t->model) < 2 || most < FEWEST_ROWS) return;
    in->weighed = in->rows;
    in->weighed_part = in->rows_part;
    if (rows > most) {
        int64_t *some = reserve(NULL, (size_t)most * sizeof *some);
        for (int64_t i = 0; i < most; i++) some[i] = i * rows / most;
        in->weighed = *own = glia_table_select(in->rows, some, most);
        free(some);
    }
    if (in->weighed) *found = glia_model_importances(t->c->g, t->model, in->weighed, REPEATS, 1);
    in->importances = *found;
}

/* ------------------------------------------------------------------------------------ report -- */

/* What is shown row by row: rows that the network has not learned from, where there are any. */
static int choose_rows(const training *t, report_input *in, glia_table **own) {
    const glia_report *r = t->report;
    bool fresh = r->refit_epochs == 0; /* the network that is kept did not learn from val rows */
    if (in->test) in->rows = in->test, in->rows_part = "test";
    else if (fresh && in->val) in->rows = in->val, in->rows_part = "validation";
    else if (fresh && r->val_row) {
        in->rows = *own = glia_table_select(in->train, r->val_row, r->val_rows);
        in->rows_part = "validation";
        in->row = r->val_row;
    } else {
        in->rows = in->train;
        in->rows_part = r->val_row ? "training and validation" : "training";
    }
    return in->rows ? 0 : failed(t->c);
}

/* What is told of rows one by one. */
static int show_rows(const training *t, report_input *in, glia_evaluation **shown) {
    in->shown = *shown = glia_model_evaluate(t->c->g, t->model, in->rows, 0);
    return *shown ? 0 : failed(t->c);
}

int report_training(const cli *c, const training *t, const char *path) {
    report_input in = {.lang = ENGLISH,
                       .model = t->model,
                       .report = t->report,
                       .command = c->line,
                       .seed = glia_recipe_get(c->recipe, "seed"),
                       .folds = t->folds};
    glia_table *own[5] = {NULL};
    glia_importances *importances = NULL;
    glia_evaluation *shown = NULL;
    int status = given_language(c, &in.lang) ? 0 : GLIA_USAGE;
    if (!status) status = rows_that_count(c, t->model, t->train, &in.train, &own[0]);
    if (!status) status = rows_that_count(c, t->model, t->val, &in.val, &own[1]);
    if (!status) status = rows_that_count(c, t->model, t->test, &in.test, &own[2]);
    if (!status) status = choose_rows(t, &in, &own[3]);
    if (!status) status = show_rows(t, &in, &shown);
    if (!status) weigh_columns(t, &in, &importances, &own[4]);
    if (!status) status = report_write(c, path, &in);
    glia_importances_free(c->g, importances);
    glia_evaluation_free(c->g, shown);
    for (int i = 0; i < 5; i++) glia_table_free(own[i]);
    return status;
}
