/*
 * recur.c: how recurrent layers begin and learn. Their values and gradients are in pytorch.c,
 * graph.c and kernel.c.
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
} layers[] = {
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
    for (size_t i = 0; i < sizeof layers / sizeof *layers; i++)
        for (int k = 0; k < 2; k++) {
            glia_model *m = drawn(layers[i].text, "orthogonal", rngs[k]),
                       *draws = drawn(layers[i].text, "normal:1", rngs[k]);
            for (int part = 0; part < layers[i].parts; part++)
                check_orthogonal(block_of(m, layers[i].param, layers[i].parts, part),
                                 block_of(draws, layers[i].param, layers[i].parts, part),
                                 layers[i].text);
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

/* --------------------------------------------------------------------------------- clipping -- */

/* Gradients far longer than 1: answers that are not standardised would be, so the cost is one of
 * counts. */
static void make_table(void) {
    result r = run("awk 'BEGIN { srand(3); print \"a,b,c,d,e,f,y\"; for (i = 0; i < 60; i++) "
                   "{ for (k = 0; k < 6; k++) printf \"%%.4f,\", rand(); print int(100 * rand()) "
                   "} }' >t.csv");
    assert_int_equal(r.status, 0);
    result_free(&r);
}

#define TRAIN "$GLIA train t.csv --target y --val none --epochs 3 --task count "
#define STEPS "--net 'sequence 3 2, lstm 4' "

static void networks_with_steps_are_clipped_and_say_so(void **state) {
    (void)state;
    static const char *const cases[][3] = {
        {STEPS, "gradients no longer than 1", "clip             1\n"},
        {STEPS "--lr 0.01", "gradients no longer than 1", "clip             1\n"},
        {"--net 'a: sequence 3 2, b: gru 4 steps all, flatten'", "gradients no longer than 1",
         "clip             1\n"},
        {STEPS "--clip 3", "gradients no longer than 3", "clip             3\n"},
        {STEPS "--clip value:2", "gradient components within 2", "clip             value:2\n"},
        {STEPS "--clip none", NULL, "clip             none\n"},
        {STEPS "--plain", NULL, "clip             none\n"},
        {STEPS "--tol 1e-9 --batch full", NULL, "clip             none\n"},
        {STEPS "--optimizer lbfgs --batch full", NULL, "clip             none\n"},
        {"--net 'sequence 3 2, reverse, dense 4 tanh'", NULL, "clip             none\n"},
        {"--hidden 4", NULL, "clip             none\n"},
    };
    make_table();
    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
        result r = run(TRAIN "%s -o t.glia && $GLIA show t.glia", cases[i][0]);
        const char *said = strstr(r.err, "gradient");
        if (r.status || !strstr(r.out, cases[i][2]) || !said != !cases[i][1] ||
            (said && strncmp(said, cases[i][1], strlen(cases[i][1]))))
            fail_msg("%s: %d, %s%s", cases[i][0], r.status, r.err, r.out);
        result_free(&r);
    }
}

/* What is said is done; and who goes on from a model clips as it did. */
static void the_usual_clip_is_1(void **state) {
    (void)state;
    make_table();
    result r =
        run(TRAIN STEPS "--lr 0.5 -q -o auto.glia >log; " TRAIN STEPS
                        "--lr 0.5 --clip 1 -q -o one.glia >log; " TRAIN STEPS
                        "--lr 0.5 --clip none -q -o none.glia >log; "
                        "for m in auto one none; do $GLIA predict $m.glia t.csv | cksum; done");
    char sum[3][80];
    assert_int_equal(sscanf(r.out, "%79[^\n] %79[^\n] %79[^\n]", sum[0], sum[1], sum[2]), 3);
    assert_string_equal(sum[0], sum[1]);
    assert_string_not_equal(sum[0], sum[2]);
    result_free(&r);
    r = run("for m in one none; do $GLIA train t.csv --init $m.glia --val none --epochs 1 -o "
            "more.glia 2>&1 | grep -c 'gradients no longer than 1'; done");
    assert_string_equal(r.out, "1\n0\n");
    result_free(&r);
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(orthogonal_is_what_its_page_says),
        cmocka_unit_test(auto_draws_what_states_are_multiplied_by_orthogonal),
        cmocka_unit_test(networks_with_steps_are_clipped_and_say_so),
        cmocka_unit_test(the_usual_clip_is_1),
    };
    return cmocka_run_group_tests_name("recur", tests, open_context, close_context);
}
