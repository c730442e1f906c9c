/* forecast.c: learn from a series in a CSV file, and say what comes next.
 *
 *     forecast DATA TARGET ROWS STEPS     each answer is made of so many rows before it
 */
#include <glia/glia.h>
#include <stdio.h>
#include <stdlib.h>

static int failed(glia_ctx *g) {
    fprintf(stderr, "forecast: %s\n", glia_message(g));
    return (int)glia_code(g);
}

/* Columns of the groups and the time, as far as there are any, then the target. */
static void print_rows(const glia_table *t) {
    char cell[64];
    for (int64_t row = -1; row < glia_table_rows(t); row++)
        for (int j = 0; j < glia_table_columns(t); j++) {
            const char *name = glia_table_column(t, j).name;
            if (row >= 0) glia_table_cell(t, row, j, cell, sizeof cell);
            printf("%s%s", row < 0 ? name : cell, j + 1 < glia_table_columns(t) ? "," : "\n");
        }
}

int main(int argc, char **argv) {
    if (argc != 5) return fprintf(stderr, "usage: forecast DATA TARGET ROWS STEPS\n"), 2;
    glia_ctx *g = glia_open(NULL);
    glia_table *table = g ? glia_table_read(g, argv[1], NULL) : NULL;
    glia_recipe *recipe = table ? glia_recipe_new(g) : NULL;
    if (!recipe || glia_recipe_set(recipe, "target", argv[2]) != GLIA_OK ||
        glia_recipe_set(recipe, "sequence", argv[3]) != GLIA_OK)
        return failed(g);

    glia_train_job job = {0};
    job.recipe = recipe;
    job.train = table;
    glia_model *model = glia_train(g, &job, NULL);
    if (!model) return failed(g);

    glia_table *rows = glia_model_series(g, model, table); /* takes the table over */
    glia_table *next = rows ? glia_model_forecast(g, model, rows, atoi(argv[4]), NULL) : NULL;
    if (!next) return failed(g);
    print_rows(next);
    glia_table_free(next);
    glia_table_free(rows);
    glia_model_free(model);
    glia_recipe_free(recipe);
    glia_close(g);
    return fflush(stdout) ? perror("forecast"), 4 : 0;
}
