/* embed.c: a trained model in a program of yours.
 *
 *     embed MODEL VALUE...     values in the order of the columns
 */
#include <glia/glia.h>
#include <stdio.h>
#include <stdlib.h>

int main(int argc, char **argv) {
    if (argc < 3) return fprintf(stderr, "usage: embed MODEL NUMBER...\n"), 2;
    glia_ctx *g = glia_open(NULL);
    glia_model *model = glia_model_load(g, argv[1]);
    glia_table *row = NULL;
    glia_predictions *answer = NULL;
    float x[64];
    int n = argc - 2 < 64 ? argc - 2 : 64;

    for (int i = 0; i < n; i++) x[i] = strtof(argv[2 + i], NULL);
    if (model)
        row = glia_table_from(g, glia_f32(x, 1, n),
                              NULL); /* columns c1, c2, ... as in a file without header */
    if (row) answer = glia_apply(g, model, row); /* the model's own preprocessing */
    if (!answer) {
        fprintf(stderr, "embed: %s\n", glia_message(g));
        return 1;
    }
    if (answer->class_index) printf("class %s\n", glia_model_class(model, answer->class_index[0]));
    for (int64_t k = 0; k < answer->outputs; k++)
        printf("output %d: %.6f\n", (int)k, answer->value[k]);

    glia_predictions_free(g, answer);
    glia_table_free(row);
    glia_model_free(model);
    glia_close(g);
    return 0;
}
