/*
 * recur.c: how recurrent layers begin. Their values and gradients are in pytorch.c, graph.c and
 * kernel.c.
 */
#include "test.h"

#include <math.h>

#include "context.h"

/* ------------------------------------------------------------------------------- orthogonal -- */

/* A block of rows of a parameter, by itself. */
typedef struct block {
    const double *at;
    int64_t rows, cols;
} block;

static block block_of(const glia_model *m, const char *name, int parts, int part) {
    glia_tensor w = glia_model_param(m, glia_model_find_param(m, name));
    if (!w.data) fail_msg("there is no %s", name);
    int64_t rows = w.dim[0] / parts;
    return (block){(const double *)w.data + part * rows * w.dim[1], rows, w.dim[1]};
}

/* Line i of a with line j of b: rows, or columns of tall blocks. */
static double along(block a, int64_t i, block b, int64_t j) {
    double sum = 0;
    bool tall = a.rows > a.cols;
    for (int64_t k = 0; k < (tall ? a.rows : a.cols); k++)
        sum += tall ? a.at[k * a.cols + i] * b.at[k * b.cols + j]
                    : a.at[i * a.cols + k] * b.at[j * b.cols + k];
    return sum;
}

static int64_t lines_of(block a) { return a.rows < a.cols ? a.rows : a.cols; }

static glia_model *drawn(const char *text, const char *init, const char *rng) {
    glia_model_options o = {.dtype = GLIA_F64, .init = init, .seed = 7, .rng = rng};
    glia_model *m = glia_model_new(g, 24, text, &o);
    if (!m) fail_msg("%s: %s", text, glia_message(g));
    return m;
}

/* Of what normal:1 draws from the same seed, D, each line is made of those before it in Q and of
 * the line itself, in its own direction: D = L Q with a positive diagonal, and Q alone is so. */
static void check_orthogonal(block q, block d, const char *what) {
    for (int64_t i = 0; i < lines_of(q); i++)
        for (int64_t j = 0; j < lines_of(q); j++) {
            double one = along(q, i, q, j), share = along(d, i, q, j);
            if (!(fabs(one - (i == j)) < 1e-13))
                fail_msg("%s: lines %d and %d have the product %g", what, (int)i, (int)j, one);
            if (j > i ? fabs(share) > 1e-12 : i == j && share <= 0)
                fail_msg("%s: line %d of the draws has %g of line %d", what, (int)i, share, (int)j);
        }
}

static const struct {
    const char *text, *param;
    int parts;
} cases[] = {
    {"sequence 8 3, rnn 20, dense 1", "rnn1.u", 1},
    {"sequence 8 3, lstm 33, dense 1", "lstm1.u", 4},
    {"sequence 8 3, lstm 2, dense 1", "lstm1.w", 4}, /* flat */
    {"sequence 8 3, gru 12, dense 1", "gru1.u", 3},
    {"sequence 8 3, gru 12 reset before, dense 1", "gru1.u", 3},
    {"sequence 8 3, gru 12, dense 1", "gru1.w", 3}, /* tall */
    {"dense 30 tanh, dense 4 relu, dense 1", "fc1.w", 1},
    {"dense 30 tanh, dense 4 relu, dense 1", "fc2.w", 1},
    {"image 4 6, conv 7 3x2, dense 1", "conv1.w", 1},
};

static void orthogonal_is_what_its_page_says(void **state) {
    (void)state;
    static const char *const rngs[] = {NULL, "numpy"};
    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++)
        for (int k = 0; k < 2; k++) {
            glia_model *m = drawn(cases[i].text, "orthogonal", rngs[k]),
                       *draws = drawn(cases[i].text, "normal:1", rngs[k]);
            for (int part = 0; part < cases[i].parts; part++)
                check_orthogonal(block_of(m, cases[i].param, cases[i].parts, part),
                                 block_of(draws, cases[i].param, cases[i].parts, part),
                                 cases[i].text);
            glia_model_free(m), glia_model_free(draws);
        }
}

static void check_same(const glia_model *a, const glia_model *b, const char *param) {
    block one = block_of(a, param, 1, 0), other = block_of(b, param, 1, 0);
    assert_memory_equal(one.at, other.at, (size_t)(one.rows * one.cols) * sizeof *one.at);
}

/* And W as that of other layers, whatever stands behind them. */
static void auto_draws_what_states_are_multiplied_by_orthogonal(void **state) {
    (void)state;
    const char *text = "sequence 8 3, lstm 5 steps all, rnn 4, relu, dense 2 softmax";
    glia_model *m = drawn(text, "auto", NULL), *orthogonal = drawn(text, "orthogonal", NULL),
               *xavier = drawn(text, "xavier", NULL);
    check_same(m, orthogonal, "lstm1.u"), check_same(m, orthogonal, "rnn2.u");
    check_same(m, xavier, "lstm1.w"), check_same(m, xavier, "rnn2.w");
    check_same(m, xavier, "fc3.w");
    assert_string_equal(glia_model_layer_init(m, 0), "xavier (U orthogonal)");
    assert_string_equal(glia_model_layer_init(m, 2), "xavier");
    glia_model_free(m), glia_model_free(orthogonal), glia_model_free(xavier);
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(orthogonal_is_what_its_page_says),
        cmocka_unit_test(auto_draws_what_states_are_multiplied_by_orthogonal),
    };
    return cmocka_run_group_tests_name("recur", tests, open_context, close_context);
}
