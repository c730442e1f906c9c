/*
 * check.c: `glia check`: compares backward propagation with central differences, parameter by
 * parameter.
 */
#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "cli.h"

typedef struct checking {
    cli *c;
    glia_model *model;
    glia_table *table;
    glia_check_options options;
    grid rows;
    json_t *list; /* with --json, instead of the grid */
} checking;

static void add_text_row(checking *k, const glia_check_row *r) {
    char difference[32];
    grid_add(&k->rows, "%s", r->param);
    grid_add(&k->rows, "%lld of %lld", (long long)r->checked, (long long)r->count);
    grid_add(&k->rows, "%lld", (long long)r->kinks);
    grid_add(&k->rows, "%.8g", r->worst_analytic);
    grid_add(&k->rows, "%.8g", r->worst_numeric);
    snprintf(difference, sizeof difference, "%.1e", r->difference);
    grid_add(&k->rows, "%s", difference);
    grid_add(&k->rows, "%s", r->ok ? "right" : "WRONG");
}

static void add_json_row(checking *k, const glia_check_row *r) {
    json_t *j =
        json_pack("{s:s, s:I, s:I, s:I}", "parameter", r->param, "count", (json_int_t)r->count,
                  "checked", (json_int_t)r->checked, "kinks", (json_int_t)r->kinks);
    json_object_set_new(j, "difference", json_number(r->difference));
    json_object_set_new(j, "worst", json_integer(r->worst));
    json_object_set_new(j, "analytic", json_number(r->worst_analytic));
    json_object_set_new(j, "numeric", json_number(r->worst_numeric));
    json_object_set_new(j, "ok", json_boolean(r->ok));
    json_array_append_new(k->list, j);
}

static void on_row(void *user, const glia_check_row *row) {
    checking *k = user;
    if (k->list) add_json_row(k, row);
    else add_text_row(k, row);
}

/* A number in the cost: of the command line, or what the model was trained with. */
static double number_of(const checking *k, const char *name) {
    double v = 0;
    char *text = k->c->operands == 1 ? copy_text(glia_recipe_get(k->c->recipe, name))
                                     : trained_with(k->model, name);
    if (!read_number(text, &v)) v = 0;
    free(text);
    return v;
}

/* One operand: an untrained network for DATA as `glia train` would begin with. Two: a model file
 * and DATA. */
static int prepare(checking *k) {
    cli *c = k->c;
    bool from_file = c->operands == 2;
    int status = from_file ? load_model(c, c->operand[0], &k->model) : 0;
    const char *data = c->operands > 0 ? c->operand[c->operands - 1] : NULL;
    if (!status)
        status = from_file ? read_data_for(c, k->model, data, &k->table)
                           : read_data_or_arrays(c, data, given(c, "x"), given(c, "y"), &k->table);
    if (status || from_file) return status;
    k->model =
        glia_prepare(c->g,
                     &(glia_train_job){.recipe = c->recipe, .train = k->table, .command = c->line});
    return k->model ? give_pasts(c, k->model, true, &k->table) : failed(c);
}

/* A network comes from the model file or from options, not from both. */
static int refuse_options(const cli *c) {
    const option_set *set = &c->options;
    for (int i = set->training; c->operands == 2 && i < set->training + set->trainings; i++)
        if (set->source[i] == FROM_FLAG && set->value[i])
            return fail(GLIA_USAGE,
                        "--%s: the network comes from %s; leave the option or the model out",
                        set->row[i].name, c->operand[0]);
    for (int k = 0; c->operands == 2 && k < SCHEMAS; k++)
        if (given(c, schema_options[k]))
            return fail(GLIA_USAGE,
                        "--%s: columns are those of %s; leave the option or the model out",
                        schema_options[k], c->operand[0]);
    return 0;
}

static bool read_check_options(checking *k) {
    const cli *c = k->c;
    k->options = (glia_check_options){.tolerance = 1e-7, .row = on_row, .user = k};
    return given_number(c, "step", 1e-12, 1, &k->options.step) &&
           given_number(c, "tolerance", 1e-16, 1, &k->options.tolerance) &&
           given_int(c, "max-components", 1, INT64_MAX, &k->options.max_components);
}

static int check_as_json(checking *k) {
    k->list = json_array();
    glia_status status = glia_model_check_table(k->c->g, k->model, k->table, &k->options);
    if (json_array_size(k->list) > 0)
        print_json(json_pack("{s:b, s:f, s:O}", "ok", status == GLIA_OK, "tolerance",
                             k->options.tolerance, "parameters", k->list));
    json_decref(k->list);
    return status == GLIA_OK ? 0 : failed(k->c);
}

static int check_as_text(checking *k) {
    const char *const heading[] = {"parameter",   "compared", "at bends", "backward",
                                   "differences", "relative", "verdict"};
    for (int j = 0; j < 7; j++) grid_add(&k->rows, "%s", heading[j]);
    glia_status status = glia_model_check_table(k->c->g, k->model, k->table, &k->options);
    printf(
        "\n  dJ/dw from backward propagation beside (8 (J(w+h) - J(w-h)) - (J(w+2h) - J(w-2h))) / "
        "12h, in double precision:\n"
        "  the component that differs most, and ||a - n|| / (||a|| + ||n||) over all compared "
        "(limit %g).\n\n",
        k->options.tolerance);
    grid_print(&k->rows);
    if (status != GLIA_OK) return failed(k->c);
    printf("\n  every gradient is right\n");
    return 0;
}

static int run_check(cli *c) {
    checking k = {.c = c, .rows = {.align = "lrrrrrl"}};
    int status = read_check_options(&k) ? refuse_options(c) : GLIA_USAGE;
    if (!status) status = prepare(&k);
    k.options.l2 = status ? 0 : number_of(&k, "l2");
    k.options.l1 = status ? 0 : number_of(&k, "l1");
    k.options.label_smoothing = status ? 0 : number_of(&k, "label-smoothing");
    if (!status) status = c->json ? check_as_json(&k) : check_as_text(&k);
    glia_table_free(k.table);
    glia_model_free(k.model);
    return status;
}

static const glia_option check_options[] = {
    {"step", NULL, "H", "check", "auto", "h of the differences"},
    {"tolerance", NULL, "T", "check", "1e-7", "the largest relative difference that passes"},
    {"max-components", NULL, "N", "check", "2000",
     "how many components of each parameter to compare"},
    {NULL},
};

static const char *const check_examples[] = {
    "glia check iris.csv --target species",
    "the gradients of the network that 'glia train' would begin with",
    "glia check cats.h5 --hidden 20,7,5 --activation tanh --l2 0.01 --scale 255",
    "a network and options of your own",
    "glia check cats.glia cats.h5",
    "a trained model",
    NULL,
};

const command check_command = {
    .name = "check",
    .usage = "[MODEL] DATA",
    .summary = "gradient check in double precision, a verdict per parameter",
    .text = "Compares every gradient that backward propagation computes with the slope that the "
            "cost itself shows, on your own network and data. With DATA alone the network is the "
            "one that 'glia train' would begin with, and all options of training apply. Exit "
            "status 1 when a gradient is wrong.\n\n"
            "With --json: {\"ok\": ..., \"tolerance\": ..., \"parameters\": [{\"parameter\", "
            "\"count\", \"checked\", \"kinks\", \"difference\", \"worst\", \"analytic\", "
            "\"numeric\", \"ok\"}, ...]}.",
    .min = 0,
    .max = 2,
    .shared = READING | TRAINING,
    .options = check_options,
    .examples = check_examples,
    .run = run_check,
};
