/*
 * norm.c: batch_norm and layer_norm against PyTorch, step by step; the running averages, which
 * nothing but the mini-batches may move; and a network so deep that it learns with batch_norm only.
 */
#include "test.h"

#include "nets.h"

#include "context.h"

enum { ROWS = 30, INPUTS = 4, CLASSES = 3 };

static glia_model *model_of(int64_t inputs, const char *text, glia_dtype dtype) {
    glia_model *m =
        glia_model_new(g, inputs, text,
                       &(glia_model_options){.init = "xavier", .dtype = dtype, .seed = 5});
    if (!m) fail_msg("%s: %s", text, glia_message(g));
    return m;
}

static const double *values(const glia_model *m, const char *name) {
    int i = glia_model_find_param(m, name);
    if (i < 0) fail_msg("there is no '%s'", name);
    return glia_model_param(m, i).data;
}

/* Rows that are far from mean 0 and variance 1, and class numbers. */
static void make_rows(double *x, int64_t rows, int64_t inputs, double *y, int64_t classes) {
    gl_rng r = gl_rng_new(21, GL_STREAM_TEST, 0);
    for (int64_t i = 0; i < rows * inputs; i++)
        x[i] = 3 * (double)(i % inputs) + (1 + (double)(i % inputs)) * gl_rng_normal(&r);
    for (int64_t i = 0; i < rows; i++) y[i] = (double)gl_rng_below(&r, classes);
}

/* --------------------------------------------------------------------------- against PyTorch -- */

typedef struct torch_case {
    const char *net;
    glia_fit_options fit;
} torch_case;

/* eps: the gradient of a bias in front of batch_norm is 0 but for rounding, which a small eps would
 * make as large as any other gradient. */
static const torch_case cases[] = {
    {"dense 7, batch_norm, relu, dense 5, layer_norm, tanh, dense 3 softmax",
     {.optimizer = "sgd", .lr = 0.1, .l2 = 0.05}},
    {"dense 7, batch_norm, relu, dense 5, layer_norm, tanh, dense 3 softmax",
     {.optimizer = "adam", .lr = 0.02, .eps = 1e-5}},
    {"batch_norm, dense 6 sigmoid, batch_norm, layer_norm, dense 4 tanh, dense 3, batch_norm, "
     "softmax",
     {.optimizer = "adamw", .lr = 0.02, .eps = 1e-5, .decay = 0.3}},
    {"layer_norm, dense 9 relu, layer_norm, dense 8, batch_norm, dense 3 softmax",
     {.optimizer = "adam", .lr = 0.02, .eps = 1e-5, .l2 = 0.01}},
};
enum { CASES = sizeof cases / sizeof *cases };

static void write_list(FILE *f, const char *name, const double *v, int64_t n) {
    fprintf(f, "\"%s\": [", name);
    for (int64_t i = 0; i < n; i++) fprintf(f, "%s%.17g", i ? ", " : "", v[i]);
    fprintf(f, "]");
}

static void write_case(int number, const torch_case *c, const glia_model *m, const double *x,
                       const double *y) {
    char path[600];
    snprintf(path, sizeof path, "%s/case%d.json", scratch(), number);
    FILE *f = fopen(path, "w");
    fprintf(f, "{\"net\": \"%s\", \"inputs\": %d, \"optimizer\": \"%s\", ", c->net, INPUTS,
            c->fit.optimizer);
    fprintf(f, "\"lr\": %.17g, \"eps\": %.17g, \"l2\": %.17g, \"decay\": %.17g, ", c->fit.lr,
            c->fit.eps, c->fit.l2, c->fit.decay);
    fprintf(f, "\"epochs\": 5, \"batch\": 8, \"shuffle_seed\": 11, \"weights\": {");
    for (int i = 0; i < m->net->params; i++) {
        glia_tensor t = glia_model_param(m, i);
        write_list(f, m->net->param[i].name, t.data, glia_tensor_count(&t, 0));
        fputs(i + 1 < m->net->params ? ", " : "}, ", f);
    }
    write_list(f, "x", x, (int64_t)ROWS * INPUTS);
    fputs(", ", f);
    write_list(f, "y", y, ROWS);
    fputs("}\n", f);
    fclose(f);
}

/* Compares a line of numbers; *text moves behind it. */
static void compare_line(int number, char **text, const char *name, const double *found,
                         int64_t n) {
    size_t length = strlen(name);
    if (strncmp(*text, name, length) != 0)
        fail_msg("case %d: expected '%s', found '%.20s'", number, name, *text);
    *text += length;
    for (int64_t i = 0; i < n; i++) {
        double theirs = strtod(*text, text);
        if (!(fabs(found[i] - theirs) <= 1e-10 * (1 + fabs(theirs))))
            fail_msg("case %d, %s, %s[%d] is %.17g, PyTorch says %.17g", number, cases[number].net,
                     name, (int)i, found[i], theirs);
    }
    assert_int_equal(*(*text)++, '\n');
}

static void compare_model(int number, char **text, const glia_model *m, double *x) {
    double output[ROWS * CLASSES];
    for (int i = 0; i < m->net->params; i++) {
        glia_tensor t = glia_model_param(m, i);
        compare_line(number, text, m->net->param[i].name, t.data, glia_tensor_count(&t, 0));
    }
    glia_predictor *p = glia_predictor_new(g, m, 7);
    assert_int_equal(glia_predictor_run(p, glia_tensor_f64(x, ROWS, INPUTS),
                                        glia_tensor_f64(output, ROWS, CLASSES)),
                     GLIA_OK);
    glia_predictor_free(p);
    compare_line(number, text, "predictions", output, ROWS * CLASSES);
}

static void twenty_steps_equal_those_of_pytorch(void **state) {
    (void)state;
    double x[ROWS * INPUTS], y[ROWS];
    char files[200] = "";
    glia_model *m[CASES];
    result r = run("/usr/bin/python3 -c 'import torch'");
    bool there = r.status == 0;
    result_free(&r);
    if (!there) {
        print_message("# skipped: Python has no module torch\n");
        skip();
    }
    make_rows(x, ROWS, INPUTS, y, CLASSES);
    for (int i = 0; i < CASES; i++) {
        m[i] = model_of(INPUTS, cases[i].net, GLIA_F64);
        write_case(i, &cases[i], m[i], x, y);
        snprintf(files + strlen(files), sizeof files - strlen(files), " case%d.json", i);
    }
    r = run("/usr/bin/python3 " SOURCE_ROOT "/tests/norm.py %s", files);
    if (r.status != 0) fail_msg("norm.py: %s", r.err);
    char *text = r.out;
    for (int i = 0; i < CASES; i++) {
        glia_fit_options fit = cases[i].fit;
        fit.epochs = 5, fit.batch = 8, fit.rng = "numpy";
        assert_int_equal(glia_model_fit(m[i], glia_tensor_f64(x, ROWS, INPUTS),
                                        glia_tensor_f64(y, ROWS, 1), &fit, NULL),
                         GLIA_OK);
        compare_model(i, &text, m[i], x);
        glia_model_free(m[i]);
    }
    result_free(&r);
}

/* -------------------------------------------------------------------------- running averages -- */

/* Mean and variance without bias of column j over some rows. */
static void column_moments(const double *x, const int64_t *rows, int64_t n, int64_t j, double *mean,
                           double *var) {
    *mean = *var = 0;
    for (int64_t i = 0; i < n; i++) *mean += x[rows[i] * INPUTS + j] / (double)n;
    for (int64_t i = 0; i < n; i++)
        *var += pow(x[rows[i] * INPUTS + j] - *mean, 2) / (double)(n - 1);
}

static void assert_near(double found, double expected, const char *what) {
    if (!(fabs(found - expected) <= 1e-12 * (1 + fabs(expected))))
        fail_msg("%s is %.17g, expected %.17g", what, found, expected);
}

/* 9 rows in mini-batches of 4: the last one has a single row, which has no variance and is not
 * averaged. */
static void running_averages_are_moved_by_mini_batches_alone(void **state) {
    static const char *const optimizers[] = {"sgd",     "momentum", "nesterov",
                                             "rmsprop", "adam",     "adamw"};
    enum { NINE = 9, EPOCHS = 3, BATCH = 4 };
    (void)state;
    double x[NINE * INPUTS], y[NINE];
    make_rows(x, NINE, INPUTS, y, 2);
    for (int k = 0; k < 6; k++) {
        glia_model *m = model_of(INPUTS, "batch_norm, dense 1 sigmoid", GLIA_F64);
        glia_fit_options fit = {
            .epochs = EPOCHS, .batch = BATCH, .optimizer = optimizers[k], .rng = "numpy", .l2 = 1};
        assert_int_equal(glia_model_fit(m, glia_tensor_f64(x, NINE, INPUTS),
                                        glia_tensor_f64(y, NINE, 1), &fit, NULL),
                         GLIA_OK);
        double mean[INPUTS] = {0}, var[INPUTS] = {1, 1, 1, 1};
        for (int epoch = 0; epoch < EPOCHS; epoch++) {
            gl_numpy numpy;
            int64_t order[NINE];
            gl_numpy_seed(&numpy, (uint32_t)(11 + epoch));
            gl_numpy_permutation(&numpy, order, NINE);
            for (int64_t first = 0; first + BATCH <= NINE; first += BATCH)
                for (int j = 0; j < INPUTS; j++) {
                    double mu, sigma2;
                    column_moments(x, order + first, BATCH, j, &mu, &sigma2);
                    mean[j] = 0.9 * mean[j] + 0.1 * mu, var[j] = 0.9 * var[j] + 0.1 * sigma2;
                }
        }
        for (int j = 0; j < INPUTS; j++) {
            assert_near(values(m, "batch_norm1.mean")[j], mean[j], optimizers[k]);
            assert_near(values(m, "batch_norm1.var")[j], var[j], optimizers[k]);
        }
        glia_model_free(m);
    }
}

static void a_cost_that_is_not_finite_moves_nothing(void **state) {
    (void)state;
    double x[8 * INPUTS], y[8], before[64];
    make_rows(x, 8, INPUTS, y, 2);
    y[3] = 1e300; /* its square is infinite */
    glia_model *m = model_of(INPUTS, "dense 3, batch_norm, tanh, dense 1", GLIA_F64);
    gl_store_get(m->net->store, GL_WEIGHTS, 0, m->net->count, before);
    assert_int_equal(glia_model_fit(m, glia_tensor_f64(x, 8, INPUTS), glia_tensor_f64(y, 8, 1),
                                    NULL, NULL),
                     GLIA_FAILED);
    assert_memory_equal(gl_store_at(m->net->store, GL_WEIGHTS, 0), before,
                        (size_t)m->net->count * sizeof *before);
    glia_model_free(m);
}

static void count_row(void *user, const glia_check_row *row) {
    ++*(int *)user;
    assert_null(strstr(row->param, ".mean"));
    assert_null(strstr(row->param, ".var"));
}

static void what_is_measured_has_no_gradient_and_is_no_parameter(void **state) {
    (void)state;
    double x[8 * INPUTS], y[8], before[64];
    int rows = 0;
    make_rows(x, 8, INPUTS, y, 2);
    glia_model *m = model_of(INPUTS, "dense 3, batch_norm, tanh, dense 1 sigmoid", GLIA_F64);
    gl_store_get(m->net->store, GL_WEIGHTS, 0, m->net->count, before);
    assert_int_equal(m->net->count, 31);
    assert_int_equal(glia_model_parameters(m), 25); /* 12 + 3, gamma and beta 6, 3 + 1 */
    assert_int_equal(glia_model_layers(m), 2);
    glia_layer l = glia_model_layer(m, 0);
    assert_string_equal(l.norm, "batch_norm");
    assert_string_equal(l.activation, "tanh");
    assert_int_equal(l.parameters, 21);
    glia_check_options o = {.row = count_row, .user = &rows};
    assert_int_equal(glia_model_check(g, m, glia_tensor_f64(x, 8, INPUTS), glia_tensor_f64(y, 8, 1),
                                      &o),
                     GLIA_OK);
    assert_int_equal(rows, 6);
    assert_memory_equal(gl_store_at(m->net->store, GL_WEIGHTS, 0), before,
                        (size_t)m->net->count * sizeof *before);
    glia_model_free(m);
}

/* Labels are chance, so that the best epoch is not the last. */
static void early_stop_restores_the_statistics_of_the_best_epoch(void **state) {
    (void)state;
    double x[ROWS * INPUTS], y[ROWS];
    make_rows(x, ROWS, INPUTS, y, CLASSES);
    glia_model *m = model_of(INPUTS, "dense 9, batch_norm, relu, dense 3 softmax", GLIA_F64);
    glia_history *h;
    glia_fit_options fit = {.patience = 4,
                            .lr = 0.05,
                            .batch = 5,
                            .x_val = glia_tensor_f64(x + 20 * INPUTS, 10, INPUTS),
                            .y_val = glia_tensor_f64(y + 20, 10, 1)};
    assert_int_equal(glia_model_fit(m, glia_tensor_f64(x, 20, INPUTS), glia_tensor_f64(y, 20, 1),
                                    &fit, &h),
                     GLIA_OK);
    assert_string_equal(h->stopped, "early stop");
    assert_near(glia_model_cost(g, m, fit.x_val, fit.y_val), h->best_val,
                "the cost of the best epoch");
    glia_history_free(g, h);
    glia_model_free(m);
}

/* ---------------------------------------------------------------------------- what it is for -- */

/* The cost of classes in opposite quadrants after training. */
static double train_deep(const char *norm) {
    enum { MANY = 400, EPOCHS = 60 };
    static float x[MANY * 2], y[MANY];
    char text[600] = "";
    gl_rng r = gl_rng_new(3, GL_STREAM_TEST, 0);
    for (int i = 0; i < 2 * MANY; i++) x[i] = (float)gl_rng_normal(&r);
    for (int i = 0; i < MANY; i++) y[i] = x[2 * i] * x[2 * i + 1] > 0;
    for (int l = 0; l < 10; l++)
        snprintf(text + strlen(text), sizeof text - strlen(text), "dense 16%s sigmoid, ", norm);
    strcat(text, "dense 1 sigmoid");
    glia_model *m = model_of(2, text, GLIA_F32);
    glia_fit_options fit = {.epochs = EPOCHS, .lr = 0.01, .batch = 40};
    assert_int_equal(glia_model_fit(m, glia_tensor_f32(x, MANY, 2), glia_tensor_f32(y, MANY, 1),
                                    &fit, NULL),
                     GLIA_OK);
    double loss = glia_model_cost(g, m, glia_tensor_f32(x, MANY, 2), glia_tensor_f32(y, MANY, 1));
    glia_model_free(m);
    return loss;
}

static void ten_layers_of_sigmoid_learn_with_batch_norm_only(void **state) {
    (void)state;
    double without = train_deep(""), with = train_deep(", batch_norm,");
    print_message("# cost: %.3f without, %.3f with batch_norm\n", without, with);
    assert_true(without > 0.6); /* saying 1/2 always costs 0.693 */
    assert_true(with < 0.35);
}

/* ------------------------------------------------------------------------------- the program -- */

static void the_program_trains_shows_and_verifies(void **state) {
    (void)state;
    result r =
        run("awk 'BEGIN { srand(1); print \"a,b,c\"; for (i = 0; i < 90; i++) { a = rand(); b = "
            "rand(); print 100 * a \",\" b / 100 \",\" (a + b > 1 ? \"yes\" : \"no\") } }' >t.csv\n"
            "$GLIA train t.csv --quiet --hidden 8,6 --norm batch -o n.glia >/dev/null &&\n"
            "$GLIA show n.glia && $GLIA show n.glia --equations && $GLIA show n.glia --verify "
            "&& $GLIA check n.glia t.csv --quiet");
    if (r.status != 0) fail_msg("%s%s", r.out, r.err);
    static const char *const said[] = {"batch_norm, relu", "Zhat1 = (Z1 - mu1) / sqrt(sigma1^2",
                                       "dgamma2 = ", "8 test vectors, every output",
                                       "batch_norm2.beta"};
    for (size_t i = 0; i < sizeof said / sizeof *said; i++)
        if (!strstr(r.out, said[i])) fail_msg("'%s' is not in %s", said[i], r.out);
    result_free(&r);
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(twenty_steps_equal_those_of_pytorch),
        cmocka_unit_test(running_averages_are_moved_by_mini_batches_alone),
        cmocka_unit_test(a_cost_that_is_not_finite_moves_nothing),
        cmocka_unit_test(what_is_measured_has_no_gradient_and_is_no_parameter),
        cmocka_unit_test(early_stop_restores_the_statistics_of_the_best_epoch),
        cmocka_unit_test(ten_layers_of_sigmoid_learn_with_batch_norm_only),
        cmocka_unit_test(the_program_trains_shows_and_verifies),
    };
    return cmocka_run_group_tests_name("norm", tests, open_context, close_context);
}
