/*
 * golden.c: what version 0.1.0 wrote stays readable and means the same, to the bit. golden/ holds
 * three model files of its, the predictions that it made with them (the reference kernels; as
 * hexadecimal floating-point numbers), and its plans of ten networks that are chains.
 */
#include "test.h"

#include <glia/glia.h>

static glia_ctx *g;

#define GOLDEN SOURCE_ROOT "/tests/golden/"

static void assert_predicts(const char *model, const char *rows, const char *expected) {
    glia_model *m = glia_model_load(g, model);
    glia_table *t = glia_table_read(g, rows, NULL);
    glia_predictions *p = m && t ? glia_model_apply(g, m, t) : NULL;
    if (!p) fail_msg("%s: %s", model, glia_message(g));
    FILE *f = fopen(expected, "r");
    assert_non_null(f);
    for (int64_t i = 0; i < p->rows * p->outputs; i++) {
        double value;
        assert_int_equal(fscanf(f, "%la", &value), 1);
        if (memcmp(&value, &p->value[i], sizeof value) != 0)
            fail_msg("%s, number %d: %a, not %a as in version 0.1.0", model, (int)i + 1,
                     p->value[i], value);
    }
    fclose(f);
    glia_predictions_free(g, p);
    glia_table_free(t);
    glia_model_free(m);
}

static void a_model_of_values_predicts_as_ever(void **state) {
    (void)state;
    assert_predicts(GOLDEN "value.glia", GOLDEN "houses.csv", GOLDEN "value.txt");
}

static void a_model_of_two_classes_predicts_as_ever(void **state) {
    (void)state;
    assert_predicts(GOLDEN "binary.glia", GOLDEN "flower.csv", GOLDEN "binary.txt");
}

static void a_model_of_three_classes_predicts_as_ever(void **state) {
    (void)state;
    assert_predicts(GOLDEN "classes.glia", GOLDEN "houses.csv", GOLDEN "classes.txt");
}

/* ------------------------------------------------------------------------------------- plans -- */

static const struct {
    int64_t inputs, rows;
    const char *text, *loss;
} chains[] = {
    {12, 32, "dense 1 sigmoid", NULL},
    {30, 200, "dense 64 relu, dense 32 relu, dense 1 sigmoid", NULL},
    {784, 200, "dense 128 relu, dense 10 softmax", NULL},
    {4, 32, "dense 16 tanh, dropout 0.5, dense 8 gelu, dense 3 softmax", NULL},
    {8, 200, "dense 20 linear, batch_norm, relu, dense 10 leaky_relu:0.1, dense 1", "huber:1.5"},
    {6, 200, "layer_norm, dense 12 silu, layer_norm, dense 2 linear", "mae"},
    {3, 32, "relu, dropout 0.25, dense 5 sigmoid", "mse"},
    {100, 200, "dense 100 elu, dense 100 softplus, dropout 0.1, dense 4 sigmoid", NULL},
    {1000, 200, "dense 20 softmax", NULL},
    {5, 32, "dense 7, dense 9 relu tanh, dense 2 softmax", NULL},
};
enum { CHAINS = sizeof chains / sizeof *chains };

/* Of a machine speaks the line of threads; what was fused stands in the steps as well. */
static bool is_step(const char *line) {
    return strncmp(line, "threads:", 8) != 0 && strncmp(line, "fused:", 6) != 0;
}

/* The next line of *text that counts, without its end; NULL at the end. */
static char *next_line(char **text) {
    while (**text) {
        char *line = *text, *end = strchr(line, '\n');
        *text = end ? end + 1 : line + strlen(line);
        if (end) *end = 0;
        if (is_step(line)) return line;
    }
    return NULL;
}

static void assert_same_lines(char **golden, char *found, const char *text) {
    for (char *line; (line = next_line(&found)) != NULL;) {
        char *expected = next_line(golden);
        if (!expected || strcmp(line, expected) != 0)
            fail_msg("%s:\n%s\nwas\n%s", text, line, expected ? expected : "the end");
    }
}

static void plans_of_chains_are_those_of_ever(void **state) {
    (void)state;
    static const char *const modes[] = {"train", "eval", "predict"};
    char *all = slurp(GOLDEN "plans.txt"), *golden = all;
    assert_true(*golden);
    for (int i = 0; i < CHAINS; i++) {
        glia_model_options o = {.loss = chains[i].loss,
                                .seed = 1,
                                .dtype = i % 2 ? GLIA_F64 : GLIA_F32};
        glia_model *m = glia_model_new(g, chains[i].inputs, chains[i].text, &o);
        char *text = glia_model_text(m), head[400];
        snprintf(head, sizeof head, "## %s | %s\n", text, glia_model_loss(m));
        assert_same_lines(&golden, head, text);
        for (int k = 0; k < 3; k++) {
            char *plan = glia_model_plan(m, modes[k], chains[i].rows);
            assert_same_lines(&golden, plan, text);
            glia_text_free(g, plan);
        }
        glia_text_free(g, text);
        glia_model_free(m);
    }
    assert_null(next_line(&golden));
    free(all);
}

/* Two threads, as when the golden plans were printed. */
static int open_reference(void **state) {
    (void)state;
    setenv("GLIA_KERNELS", "ref", 1);
    g = glia_open(&(glia_settings){.threads = 2});
    return g == NULL;
}

static int close_reference(void **state) {
    (void)state;
    glia_close(g);
    return 0;
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(a_model_of_values_predicts_as_ever),
        cmocka_unit_test(a_model_of_two_classes_predicts_as_ever),
        cmocka_unit_test(a_model_of_three_classes_predicts_as_ever),
        cmocka_unit_test(plans_of_chains_are_those_of_ever),
    };
    return cmocka_run_group_tests_name("golden", tests, open_reference, close_reference);
}
