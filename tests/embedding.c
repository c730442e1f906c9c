/*
 * embedding.c: rows of weights by number: how they begin, what is refused as a number, and which
 * of them a training moves. Values and gradients are in pytorch.c, graph.c and kernel.c.
 */
#include "test.h"

#include "base/random.h"
#include <math.h>

#include "context.h"

enum { ROWS = 64, STEPS = 6, IDS = 50, UNITS = 40 };

static glia_model *model_of(const char *text, glia_dtype dtype, const char *init) {
    glia_model_options o = {.dtype = dtype, .init = init, .seed = 3};
    glia_model *m = glia_model_new(g, STEPS, text, &o);
    if (!m) fail_msg("%s: %s", text, glia_message(g));
    return m;
}

static glia_tensor weights_of(const glia_model *m) {
    return glia_model_param(m, glia_model_find_param(m, "embedding1.w"));
}

#define NET "sequence 6, embedding 50 40, gru 8, dense 1"

static void check_deviation(const char *init, double expected) {
    glia_model *m = model_of(NET, GLIA_F64, init);
    glia_tensor w = weights_of(m);
    double sum = 0, squares = 0;
    for (int64_t i = 0; i < IDS * UNITS; i++) {
        double v = ((double *)w.data)[i];
        sum += v, squares += v * v;
    }
    double mean = sum / (IDS * UNITS), deviation = sqrt(squares / (IDS * UNITS) - mean * mean);
    if (fabs(mean) > 0.1 * expected || fabs(deviation - expected) > 0.05 * expected)
        fail_msg("init %s: mean %g, deviation %g", init, mean, deviation);
    glia_model_free(m);
}

/* As wide as it may be and of as many ids, an embedding gives numbers as large as any other. */
static void weights_are_drawn_with_a_deviation_of_one(void **state) {
    (void)state;
    check_deviation("auto", 1), check_deviation("xavier", 1), check_deviation("lecun", 1);
    check_deviation("normal:0.02", 0.02);
}

static void a_layer_without_biases_says_so(void **state) {
    (void)state;
    glia_model *m = model_of(NET, GLIA_F32, "auto");
    glia_layer l = glia_model_layer(m, 0);
    assert_string_equal(l.op, "embedding");
    assert_string_equal(l.activation, "linear");
    assert_int_equal(l.b, 0);
    assert_int_equal(l.in, 1);
    assert_int_equal(l.units, UNITS);
    assert_int_equal(l.parameters, IDS * UNITS);
    assert_int_equal(l.w[0], IDS);
    assert_int_equal(l.w[1], UNITS);
    assert_int_equal(l.dim[0], STEPS);
    assert_int_equal(l.dim[1], UNITS);
    glia_model_free(m);
}

/* ---------------------------------------------------------------------------------- refusing -- */

static void expect_refused(const glia_model *m, double id, const char *says) {
    double x[2 * STEPS] = {1, 50, 0, 3, 3, 3, 2, 2, 2, 2, 2, 2}, y[2] = {0, 1}, out[2];
    glia_tensor xs = glia_tensor_f64(x, 2, STEPS), ys = glia_tensor_f64(y, 2, 1);
    glia_predictor *p = glia_predictor_new(g, m, 2);
    assert_int_equal(glia_predictor_run(p, xs, glia_tensor_f64(out, 2, 1)), GLIA_OK);
    x[STEPS + 2] = id;
    assert_int_equal(glia_predictor_run(p, xs, glia_tensor_f64(out, 2, 1)), GLIA_INPUT);
    if (!strstr(glia_message(g), says)) fail_msg("%g: %s", id, glia_message(g));
    glia_fit_options o = {.epochs = 1, .batch = 2};
    assert_int_equal(glia_model_fit((glia_model *)m, xs, ys, &o, NULL), GLIA_INPUT);
    if (!strstr(glia_message(g), says)) fail_msg("%g: %s", id, glia_message(g));
    glia_predictor_free(p);
}

static void what_is_no_id_is_refused_with_its_place(void **state) {
    (void)state;
    glia_model *m = model_of(NET, GLIA_F32, "auto");
    expect_refused(m, 51,
                   "x: row 2, column 3 is 51, expected a whole number from 0 to 50, since "
                   "'embedding1' has a row of weights for each");
    expect_refused(m, -1, "x: row 2, column 3 is -1, expected");
    expect_refused(m, 1.5, "x: row 2, column 3 is 1.5, expected");
    expect_refused(m, 4e18, "x: row 2, column 3 is 4e+18, expected");
    expect_refused(m, NAN, "x: row 2, column 3 is NaN");
    glia_model_free(m);
    /* of two inputs its own columns alone, whatever shape they were given */
    m = model_of("input 2, dense 2, a: relu, c: input 4, reshape 4 1, embedding 50 2, flatten, "
                 "concat a, dense 1",
                 GLIA_F32, "auto");
    expect_refused(m, 51, "x: row 2, column 3 is 51, expected");
    double x[STEPS] = {-0.5, 1e9, 1, 2, 3, 4}, out;
    glia_predictor *p = glia_predictor_new(g, m, 1);
    assert_int_equal(glia_predictor_run(p, glia_tensor_f64(x, 1, STEPS),
                                        glia_tensor_f64(&out, 1, 1)),
                     GLIA_OK);
    glia_predictor_free(p);
    glia_model_free(m);
}

/* Codes of a table, as they are by option 'scale' none: line and column are named, and nothing is
 * answered as if it were known. */
static void a_table_with_another_code_is_refused_with_its_line(void **state) {
    (void)state;
    result r =
        run("awk 'BEGIN { srand(2); print \"a,b,y\"; for (i = 0; i < 90; i++) { a = int(9 * "
            "rand()); print a \",\" int(9 * rand()) \",\" (a > 4 ? \"p\" : \"q\") } }' "
            ">codes.csv; $GLIA train codes.csv --scale none --net 'sequence 2, embedding 8 4, "
            "flatten, dense 6 relu' --epochs 3 -o codes.glia && printf "
            "'a,b\n1,2\n2,9\n0.5,1\n' >new.csv && $GLIA predict codes.glia new.csv");
    assert_int_equal(r.status, 3);
    expect_in(r.err, "new.csv, line 3, column 'b': 9 is none of the 8 that 'embedding1' looks up");
    if (strstr(r.err, "unscaled")) fail_msg("%s", r.err); /* a code has no size */
    result_free(&r);
    r = run("printf 'a,b,y\n1,2,p\n2,9,q\n0.5,1,p\n' >new.csv && $GLIA eval codes.glia new.csv");
    assert_int_equal(r.status, 3);
    expect_in(r.err, "new.csv, line 3, column 'b': 9 is none of the 8 that 'embedding1' looks up");
    result_free(&r);
    r = run("(cat codes.csv && echo 3,9,p) >more.csv && $GLIA train more.csv --scale none --net "
            "'sequence 2, embedding 8 4, flatten' --number a,b --epochs 1 -o more.glia");
    assert_int_equal(r.status, 3);
    expect_in(r.err, "more.csv, line 92, column 'b': 9 is none of the 8 that 'embedding1' looks");
    result_free(&r);
    r = run("$GLIA predict codes.glia new.csv --bad-rows skip -q");
    assert_int_equal(r.status, 0);
    expect_in(r.out, "\n,,\n,,\n");
    result_free(&r);
    r = run("$GLIA show codes.glia && $GLIA explain codes.glia codes.csv --row 1");
    assert_int_equal(r.status, 0);
    expect_in(r.out, "1 embedding1   W1 (8, 4) ");
    expect_in(r.out, "de^[1] = ");
    expect_in(r.out, "dW^[1]_k = sum over steps de^[1]_t where a^[0]_t = k");
    result_free(&r);
}

/* ---------------------------------------------------------------------------------- learning -- */

typedef struct data {
    double x[ROWS * STEPS], y[ROWS];
    glia_tensor xs, ys;
} data;

/* Odd ids alone. */
static void draw(data *d) {
    gl_rng r = gl_rng_new(1, GL_STREAM_TEST, 3);
    for (int i = 0; i < ROWS * STEPS; i++) d->x[i] = 1 + 2 * (double)gl_rng_below(&r, IDS / 2);
    for (int i = 0; i < ROWS; i++) d->y[i] = d->x[i * STEPS] > IDS / 2;
    d->xs = glia_tensor_f64(d->x, ROWS, STEPS), d->ys = glia_tensor_f64(d->y, ROWS, 1);
}

static void scaled_numbers_are_no_ids(void **state) {
    (void)state;
    write_file("scaled.csv", "code,y\n1,a\n2,b\n3,a\n1,b\n2,a\n3,b\n");
    refuses(2, "those of column 'code' are scaled; --scale none leaves them as they are",
            "$GLIA train scaled.csv --target y --number code --net 'embedding 3 2' -o s.glia");
}

static void rows_that_never_stood_anywhere_stay_as_they_were(void **state) {
    (void)state;
    data d;
    draw(&d);
    glia_model *m = model_of(NET, GLIA_F64, "auto"), *begin = model_of(NET, GLIA_F64, "auto");
    glia_fit_options o = {.epochs = 2, .batch = 16, .optimizer = "adam", .lr = 0.01};
    assert_int_equal(glia_model_fit(m, d.xs, d.ys, &o, NULL), GLIA_OK);
    glia_tensor w = weights_of(m), was = weights_of(begin);
    for (int64_t k = 0; k < IDS; k++) {
        size_t at = (size_t)k * UNITS * sizeof(double), row = UNITS * sizeof(double);
        bool same = memcmp((char *)w.data + at, (char *)was.data + at, row) == 0;
        if (same != (k % 2 == 1)) fail_msg("the row of id %d", (int)k + 1);
    }
    glia_model_free(m), glia_model_free(begin);
}

/* Large enough for several threads; a bound on units is none on rows of ids, which are long. */
static void threads_and_bounds_change_nothing(void **state) {
    (void)state;
    static const char *const text = "sequence 6, embedding 50 400, lstm 100, dense 1";
    data d;
    draw(&d);
    glia_tensor w[2];
    glia_model *m[2];
    glia_ctx *own[2];
    for (int i = 0; i < 2; i++) {
        glia_settings s = {.threads = i ? 3 : 1};
        own[i] = glia_open(&s);
        glia_model_options mo = {.dtype = GLIA_F32, .seed = 3};
        m[i] = glia_model_new(own[i], STEPS, text, &mo);
        glia_fit_options o = {.epochs = 2, .batch = 32, .lr = 0.01, .max_norm = 1};
        assert_int_equal(glia_model_fit(m[i], d.xs, d.ys, &o, NULL), GLIA_OK);
        w[i] = weights_of(m[i]);
    }
    assert_memory_equal(w[0].data, w[1].data, (size_t)IDS * 400 * sizeof(float));
    double squares = 0;
    for (int j = 0; j < 400; j++) squares += pow(((float *)w[0].data)[j], 2);
    assert_true(squares > 100);
    for (int i = 0; i < 2; i++) glia_model_free(m[i]), glia_close(own[i]);
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(weights_are_drawn_with_a_deviation_of_one),
        cmocka_unit_test(a_layer_without_biases_says_so),
        cmocka_unit_test(what_is_no_id_is_refused_with_its_place),
        cmocka_unit_test(a_table_with_another_code_is_refused_with_its_line),
        cmocka_unit_test(scaled_numbers_are_no_ids),
        cmocka_unit_test(rows_that_never_stood_anywhere_stay_as_they_were),
        cmocka_unit_test(threads_and_bounds_change_nothing),
    };
    return cmocka_run_group_tests_name("embedding", tests, open_context, close_context);
}
