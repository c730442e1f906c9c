/* embed.c: a trained model in a program of yours, fed with records: any columns in any order.
 *
 *     embed MODEL NAME=VALUE...     columns that are not named count as missing
 */
#include <glia/glia.h>
#include <stdio.h>
#include <string.h>

static int failed(glia_ctx *g) {
    fprintf(stderr, "embed: %s\n", glia_message(g));
    return 1;
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

static int set_cell(glia_table_builder *record, const glia_model *model, const char *cell) {
    const char *value = strchr(cell, '=');
    glia_column_type type;
    for (int i = 0; value && i < glia_model_columns(model); i++) {
        const char *name = glia_model_column(model, i, &type);
        if (strlen(name) == (size_t)(value - cell) && !strncmp(name, cell, strlen(name)))
            return glia_table_builder_text(record, i, value + 1) == GLIA_OK;
    }
    return fprintf(stderr, "embed: the model has no column for '%s'\n", cell), 0;
}

int main(int argc, char **argv) {
    if (argc < 3) return fprintf(stderr, "usage: embed MODEL NAME=VALUE...\n"), 2;
    glia_ctx *g = glia_open(NULL);
    glia_model *model = glia_model_load(g, argv[1]);
    glia_applier *applier = model ? glia_applier_new(g, model, 1) : NULL;
    glia_table_builder *record = glia_table_builder_new(g);
    if (!applier || !record || !add_columns(record, model)) return failed(g);

    glia_table_builder_row(record); /* for the next record: glia_table_builder_clear, and again */
    for (int i = 2; i < argc; i++)
        if (!set_cell(record, model, argv[i])) return failed(g);
    const glia_predictions *p = glia_applier_run(applier, glia_table_builder_table(record), 0, 1);
    if (!p) return failed(g);
    if (p->class_index) printf("class %s\n", glia_model_class(model, p->class_index[0]));
    for (int k = 0; k < p->outputs; k++) printf("output %d: %.6f\n", k, p->value[k]);

    glia_table_builder_free(record);
    glia_applier_free(applier);
    glia_model_free(model);
    glia_close(g);
    return 0;
}
