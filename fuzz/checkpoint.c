/*
 * checkpoint.c: a training goes on from any bytes, whose checksum is made right, or says why not.
 */
#include "fuzz.h"

static float x[] = {0, 0, 0, 1, 1, 0, 1, 1}, y[] = {0, 1, 1, 0};

void fuzz_checkpoint(const uint8_t *bytes, size_t n) {
    char *mended = fuzz_text(bytes, n);
    fuzz_mend_container((uint8_t *)mended, n);
    fuzz_lend(mended, n);
    glia_model *m =
        glia_model_new(g, 2, "dense 2 tanh, dense 1 sigmoid", &(glia_model_options){.seed = 1});
    if (!m) abort();
    glia_status status =
        glia_model_fit_resumable(m, glia_tensor_f32(x, 4, 2), glia_tensor_f32(y, 4, 1),
                                 &(glia_fit_options){.epochs = 4, .batch = 2},
                                 &(glia_checkpoint){.path = fuzz_name, .seconds = 1e9, .resume = 1},
                                 NULL);
    if (status) fuzz_told("going on from a checkpoint");
    glia_model_free(m);
    free(mended);
}
