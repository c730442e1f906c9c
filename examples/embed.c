/* embed.c: a trained model in a program of yours, fed with records: any columns in any order.
 *
 *     embed MODEL [NAME=VALUE...]     columns that are not named count as missing
 */
#include <glia/glia.h>
#include <stdio.h>
#include <string.h>

static int failed(glia_ctx *g) {
    return fprintf(stderr, "embed: %s\n", glia_message(g)), (int)glia_code(g);
}

/* The columns that the model was trained with, made once. */
static int add_columns(glia_table_builder *record, const glia_model *model) {
    glia_column_type type;
    for (int i = 0; i < glia_model_columns(model); i++) {
        const char *name = glia_model_column(model, i, &type);
        if (glia_table_builder_column(record, name, type) < 0) return 0;
    }
    return 1;
}

static int set_cell(glia_ctx *g, glia_table_builder *record, const glia_model *model,
                    const char *cell) {
    for (int i = 0; i < glia_model_columns(model); i++) {
        const char *name = glia_model_column(model, i, NULL);
        size_t n = strlen(name);
        if (!strncmp(name, cell, n) && cell[n] == '=')
            return glia_table_builder_text(record, i, cell + n + 1) ? failed(g) : 0;
    }
    return fprintf(stderr, "embed: the model has no column for '%s'\n", cell), 2;
}

/* A class and its probabilities, a value, or the quantiles of one: for each target. */
static void print_answer(const glia_model *model, const glia_predictions *p) {
    int quantiles = glia_model_quantiles(model), targets = glia_model_targets(model);
    for (int t = 0; t < targets && !quantiles; t++) {
        const char *name = glia_model_target(model, t);
        if (!p->class_index) printf("%s: %.7g\n", name, p->value[t]);
        else printf("%s: %s\n", name, glia_model_target_class(model, t, p->class_index[t]));
    }
    for (int64_t k = 0; targets == 1 && k < glia_model_classes(model); k++)
        printf("P(%s) = %.4f\n", glia_model_class(model, k), glia_predictions_probability(p, 0, k));
    for (int k = 0; k < quantiles; k++)
        printf("below %.7g with probability %g\n", p->value[k], glia_model_quantile(model, k));
}

int main(int argc, char **argv) {
    if (argc < 2) return fprintf(stderr, "usage: embed MODEL [NAME=VALUE...]\n"), 2;
    glia_ctx *g = glia_open(NULL);
    glia_model *model = g ? glia_model_load(g, argv[1]) : NULL;
    glia_applier *applier = model ? glia_applier_new(g, model, 1) : NULL;
    glia_table_builder *record = applier ? glia_table_builder_new(g) : NULL;
    if (!record || !add_columns(record, model)) return failed(g);

    /* for the next record: glia_table_builder_clear, and again */
    int status = glia_table_builder_row(record) ? failed(g) : 0;
    for (int i = 2; i < argc && !status; i++) status = set_cell(g, record, model, argv[i]);
    const glia_table *row = glia_table_builder_table(record);
    const glia_predictions *p = status ? NULL : glia_applier_run(applier, row, 0, 1);
    if (p) print_answer(model, p);
    else if (!status) status = failed(g);
    glia_table_builder_free(record);
    glia_applier_free(applier);
    glia_model_free(model);
    glia_close(g);
    if (status) return status;
    return fflush(stdout) ? perror("embed"), 4 : 0;
}
