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

/* Of an even choice of rows; of those that the network has learned from where there are no
 * others. */
static void weigh_columns(const training *t, report_input *in, glia_importances **found,
                          glia_table **own) {
    glia_ctx *g = t->c->g;
    bool forerunner = t->report->refit_epochs > 0;
    in->weighed = in->test ? in->test : in->val && !forerunner ? in->val : in->train;
    in->weighed_part = in->weighed == in->test   ? "test"
                       : in->weighed == in->val  ? "validation"
                       : t->report->val_rows > 0 ? "training and validation"
                                                 : "training";
    int64_t rows = glia_table_rows(in->weighed), most = affordable_rows(t);
    if (glia_model_columns(t->model) < 2 || most < FEWEST_ROWS) return;
    if (rows > most) {
        int64_t *some = reserve(NULL, (size_t)most * sizeof *some);
        for (int64_t i = 0; i < most; i++) some[i] = i * rows / most;
        in->weighed = *own = glia_table_select(in->weighed, some, most);
        free(some);
    }
    if (in->weighed) *found = glia_model_importances(g, t->model, in->weighed, REPEATS, 1);
    in->importances = *found;
}

/* ------------------------------------------------------------------------------------ report -- */

/* What is shown row by row comes from the test table, or else from all that was given. */
int report_training(const cli *c, const training *t, const char *path) {
    report_input in = {.lang = ENGLISH,
                       .model = t->model,
                       .report = t->report,
                       .command = c->line,
                       .seed = glia_recipe_get(c->recipe, "seed"),
                       .folds = t->folds};
    glia_table *own[3] = {NULL}, *some = NULL;
    glia_importances *importances = NULL;
    glia_evaluation *shown = NULL;
    int status = given_language(c, &in.lang) ? 0 : GLIA_USAGE;
    if (!status) status = rows_that_count(c, t->model, t->train, &in.train, &own[0]);
    if (!status) status = rows_that_count(c, t->model, t->val, &in.val, &own[1]);
    if (!status) status = rows_that_count(c, t->model, t->test, &in.test, &own[2]);
    if (!status) {
        in.shown = shown = glia_model_evaluate(c->g, t->model, in.test ? in.test : in.train, 0);
        if (!shown) status = failed(c);
    }
    if (!status) weigh_columns(t, &in, &importances, &some);
    if (!status) status = report_write(c, path, &in);
    glia_importances_free(c->g, importances);
    glia_evaluation_free(c->g, shown);
    glia_table_free(some);
    for (int i = 0; i < 3; i++) glia_table_free(own[i]);
    return status;
}
