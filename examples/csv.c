/* csv.c: learn from a CSV file with every decision left to glia, and save the model.
 *
 *     csv DATA TARGET MODEL
 */
#include <glia/glia.h>
#include <stdio.h>

static void print_note(void *user, glia_level level, const char *text) {
    (void)user;
    fprintf(stderr, "%s%s\n", level == GLIA_WARNING ? "warning: " : "", text);
}

static int failed(glia_ctx *g) {
    fprintf(stderr, "csv: %s\n", glia_message(g));
    return (int)glia_code(g);
}

int main(int argc, char **argv) {
    if (argc != 4) return fprintf(stderr, "usage: csv DATA TARGET MODEL\n"), 2;
    glia_settings settings = {0};
    settings.log = print_note;
    glia_ctx *g = glia_open(&settings);
    if (!g) return failed(g);

    glia_table *table = glia_table_read(g, argv[1], NULL);
    glia_recipe *recipe = glia_recipe_new(g);
    if (!table || !recipe || glia_recipe_set(recipe, "target", argv[2]) != GLIA_OK)
        return failed(g);

    glia_train_job job = {0};
    job.recipe = recipe;
    job.train = table;
    glia_report *report;
    glia_model *model = glia_train(g, &job, &report);
    if (!model || glia_model_save(model, argv[3]) != GLIA_OK) return failed(g);

    for (int i = 0; i < report->val.scores; i++) {
        printf("validation %s: %.4f\n", report->val.score[i].name, report->val.score[i].value);
    }
    glia_report_free(g, report);
    glia_model_free(model);
    glia_recipe_free(recipe);
    glia_table_free(table);
    glia_close(g);
    return fflush(stdout) ? perror("csv"), 4 : 0;
}
