/* xor.c: build a network, train it on arrays, predict. Logistic regression cannot learn this; one
 * hidden layer can. */
#include <glia/glia.h>
#include <stdio.h>

int main(void) {
    static const float x[4][2] = {{0, 0}, {0, 1}, {1, 0}, {1, 1}};
    static const float y[4] = {0, 1, 1, 0};
    float p[4];

    glia_ctx *g = glia_open(NULL);
    glia_model *net = !g ? NULL : glia_model_new(g, 2, "dense 8 tanh, dense 1 sigmoid", NULL);
    glia_fit_options options = {0};
    glia_history *history;
    options.epochs = 1000;
    options.batch = GLIA_FULL_BATCH;
    options.lr = 0.05;
    if (!net || glia_model_fit(net, glia_tensor_f32(&x[0][0], 4, 2), glia_tensor_f32(y, 4, 1),
                               &options, &history) != GLIA_OK) {
        fprintf(stderr, "xor: %s\n", glia_message(g));
        return (int)glia_code(g);
    }

    glia_predictor *predictor = glia_predictor_new(g, net, 4);
    if (!predictor || glia_predictor_run(predictor, glia_tensor_f32(&x[0][0], 4, 2),
                                         glia_tensor_f32(p, 4, 1)) != GLIA_OK) {
        fprintf(stderr, "xor: %s\n", glia_message(g));
        return (int)glia_code(g);
    }
    printf("cost %.3f -> %.4f in %d updates\n", history->cost[0],
           history->cost[history->entries - 1], (int)history->updates);
    for (int i = 0; i < 4; i++)
        printf("%g xor %g = %d   (probability of 1: %.3f)\n", x[i][0], x[i][1], p[i] > 0.5f, p[i]);

    glia_predictor_free(predictor);
    glia_history_free(g, history);
    glia_model_free(net);
    glia_close(g);
    return fflush(stdout) ? perror("xor"), 4 : 0;
}
