/*
 * model.c: a model file, whose checksum is made right. What is loaded is used in every way; saved,
 * loaded and saved again it is the same bytes.
 */
#include "fuzz.h"

enum { MOST_PARAMETERS = 1 << 14, ROWS = 3 };

static void save(glia_model *m) {
    fuzz_check(!glia_model_save(m, fuzz_name), "a model is not saved: %s", glia_message(g));
}

static void compare(glia_model *m) {
    save(m);
    size_t n = fuzz_written_size;
    char *bytes = fuzz_text((const uint8_t *)fuzz_written, n);
    fuzz_lend(bytes, n);
    glia_model *again = glia_model_load(g, fuzz_name);
    fuzz_check(again, "a model that was saved is not loaded: %s", glia_message(g));
    save(again);
    fuzz_check(fuzz_written_size == n && !memcmp(fuzz_written, bytes, n),
               "a model that was saved, loaded and saved has other bytes");
    glia_model_free(again);
    free(bytes);
}

/* Of sequences of different lengths all are empty: any number is a value, but not of steps. */
static void put_lengths(const glia_model *m, float *x, int64_t in) {
    for (int k = 0; k < glia_model_input_ports(m); k++) {
        glia_port p = glia_model_input_port(m, k);
        int64_t values = 1;
        for (int i = 0; i < p.ndim; i++) values *= p.dim[i];
        for (int64_t i = 0; i < ROWS && p.columns > values; i++) x[i * in + p.first] = 0;
    }
}

static void predict(const glia_model *m) {
    int64_t in = glia_model_inputs(m), out = glia_model_outputs(m);
    float *x = calloc((size_t)(ROWS * in), sizeof *x), *y = calloc((size_t)(ROWS * out), sizeof *y);
    if (!x || !y) abort();
    for (int64_t i = 0; i < ROWS * in; i++) x[i] = (float)i * 0.25f;
    put_lengths(m, x, in);
    glia_predictor *p = glia_predictor_new(g, m, ROWS);
    fuzz_check(p && !glia_predictor_run(p, glia_tensor_f32(x, ROWS, in),
                                        glia_tensor_f32(y, ROWS, out)),
               "a model does not predict: %s", glia_message(g));
    glia_predictor_free(p);
    free(x), free(y);
}

static void describe(const glia_model *m) {
    int vectors;
    double worst;
    (void)glia_model_verify(g, m, &vectors, &worst);
    glia_text_free(g, glia_model_plan(m, "train", 3));
    glia_text_free(g, glia_model_equations(m));
    glia_text_free(g, glia_model_text(m));
    fuzz_check(glia_model_likenesses(m) >= 0, "a model has less than no likenesses");
    for (int i = 0; i < glia_model_layers(m); i++)
        fuzz_check(glia_model_layer(m, i).name, "layer %d has no name", i);
    for (int64_t k = 0; k < glia_model_classes(m); k++)
        fuzz_check(glia_model_class(m, k), "class %d has no name", (int)k);
    for (int i = 0; i < glia_model_columns(m); i++)
        fuzz_check(glia_model_column(m, i, NULL), "column %d has no name", i);
    for (int64_t k = 0; k < glia_model_inputs(m); k++)
        glia_text_free(g, glia_model_feature_name(g, m, k));
}

/* As its training read them, by its note. */
static void read_rows(const glia_model *m) {
    static const char rows[] = "size;kind,built\tprice\n82,7;flat,1974-05-01\t9\n1;house,NA\t7.5\n";
    fuzz_lend(rows, sizeof rows - 1);
    glia_table *t = glia_model_read(g, m, fuzz_name, NULL);
    glia_predictions *p = t ? glia_model_apply(g, m, t) : NULL;
    if (!p) fuzz_told("applying a model to a table");
    glia_predictions_free(g, p);
    glia_table_free(t);
}

void fuzz_model(const uint8_t *bytes, size_t n) {
    char *mended = fuzz_text(bytes, n);
    fuzz_mend_container((uint8_t *)mended, n);
    fuzz_lend(mended, n);
    glia_model *m = glia_model_load(g, fuzz_name);
    if (!m) fuzz_told("loading a model");
    else if (glia_model_parameters(m) <= MOST_PARAMETERS && glia_model_inputs(m) <= 4096) {
        predict(m);
        describe(m);
        compare(m);
        read_rows(m);
    }
    glia_model_free(m);
    free(mended);
}
