/*
 * course.c: every published number of seven lessons of the course, compared. The numbers, the
 * recipes and what may differ are in shared/reference/course. Trainings come from the `glia`
 * program, values of functions from the library: nothing that the library computes is computed here
 * a second time.
 *
 *     compare(lesson, item, found, n)   the printed digits, or the tolerance in the item's note
 *     the last test                     no item was forgotten: the count is that of summary.csv
 */
#include "test.h"

#include "base/random.h"
#include "read/readers.h"
#include "product/model.h"
#include "train/train.h"
#include <jansson.h>
#include <math.h>

static glia_ctx *g;

/* --------------------------------------------------------------------- memory of one program -- */

static void *kept[4096]; /* freed when all tests are done */
static size_t kept_count;

static double *numbers(int64_t n) {
    assert_true(kept_count < sizeof kept / sizeof *kept);
    return kept[kept_count++] = calloc((size_t)n + 1, sizeof(double));
}

typedef struct matrix {
    int64_t rows, cols;
    double *v;
} matrix;

static matrix new_matrix(int64_t rows, int64_t cols) {
    return (matrix){rows, cols, numbers(rows * cols)};
}

/* The course's examples are columns, ours are rows. */
static matrix transposed(matrix a) {
    matrix t = new_matrix(a.cols, a.rows);
    for (int64_t i = 0; i < a.rows; i++)
        for (int64_t j = 0; j < a.cols; j++) t.v[j * a.rows + i] = a.v[i * a.cols + j];
    return t;
}

static glia_tensor view(matrix a) { return glia_tensor_f64(a.v, a.rows, a.cols); }

/* ------------------------------------------------------------------------------- the lessons -- */

static const char *const lessons[] = {"logistic", "basics", "planar", "steps",
                                      "l_layer",  "init",   "opt"};
enum { LESSONS = sizeof lessons / sizeof *lessons };
static json_t *loaded[LESSONS];

static json_t *lesson(const char *name) {
    int i = 0;
    while (strcmp(lessons[i], name) != 0) i++;
    if (!loaded[i]) {
        char file[64];
        snprintf(file, sizeof file, "reference/course/%s.json", name);
        need_shared(file);
        loaded[i] = json_load_file(shared_path(file), 0, NULL);
        assert_non_null(loaded[i]);
    }
    return loaded[i];
}

/* An argument of a function test, with the course's shape: a number is 1 x 1, a list a row. */
static matrix input(const char *of, const char *group, const char *name) {
    json_t *v =
        json_object_get(json_object_get(json_object_get(lesson(of), "inputs"), group), name);
    if (!v) fail_msg("%s has no input %s %s", of, group, name);
    if (!json_is_array(v)) {
        matrix one = new_matrix(1, 1);
        one.v[0] = json_number_value(v);
        return one;
    }
    bool nested = json_is_array(json_array_get(v, 0));
    int64_t rows = nested ? (int64_t)json_array_size(v) : 1;
    int64_t cols = (int64_t)json_array_size(nested ? json_array_get(v, 0) : v);
    matrix a = new_matrix(rows, cols);
    for (int64_t i = 0; i < rows * cols; i++) {
        json_t *row = nested ? json_array_get(v, (size_t)(i / cols)) : v;
        a.v[i] = json_number_value(json_array_get(row, (size_t)(i % cols)));
    }
    return a;
}

static matrix samples(const char *of, const char *group, const char *name) {
    return transposed(input(of, group, name));
}
static double scalar(const char *of, const char *group, const char *name) {
    return input(of, group, name).v[0];
}

/* ---------------------------------------------------------------------------- the comparison -- */

/* Items whose note says that printed digits cannot be expected, from number `from` on. */
static const struct exception {
    const char *lesson, *item;
    size_t from;
    double relative;
    bool against_value; /* our float64 reference instead of the printed text */
} exceptions[] = {
    /* ln 2 to 2 units in the last place */
    {"init", "zeros.costs", 0, 3.3e-16, true},
    {"init", "zeros.costs(copy 2)", 0, 3.3e-16, true},
    /* a saturated sigmoid: rounding decides; the first cost is `inf` there */
    {"init", "random.costs", 0, 3e-2, false},
    {"init", "random.costs(copy 2)", 0, 3e-2, false},
    /* 14 digits */
    {"init", "he.costs", 0, 1e-13, false},
    {"init", "he.costs(copy 2)", 0, 1e-13, false},
    /* from iteration 8000 the published copies differ: 0.0002 */
    {"planar", "train.costs", 8, 2e-4 / 0.219, false},
    {"planar", "train.costs(copy 2)", 8, 2e-4 / 0.218, false},
    /* the printed run dropped a term of the cost */
    {"planar", "v2.nn_model.costs", 0, 1e-9, true},
    /* not published */
    {"opt", "adam.costs.eps_outside", 0, 1e-9, true},
    {"opt", "adam.acc.eps_outside", 0, 1e-12, true},
};

static const struct exception *exception_of(const char *of, const char *item) {
    for (size_t i = 0; i < sizeof exceptions / sizeof *exceptions; i++) {
        if (strcmp(exceptions[i].lesson, of) == 0 && strcmp(exceptions[i].item, item) == 0)
            return &exceptions[i];
    }
    return NULL;
}

typedef struct compared {
    const char *lesson, *item;
    size_t printed; /* how many published numbers */
} compared;
static compared ledger[512];
static size_t ledger_count;

static bool was_compared(const char *of, const char *item, size_t *printed) {
    for (size_t i = 0; i < ledger_count; i++) {
        if (strcmp(ledger[i].lesson, of) != 0 || strcmp(ledger[i].item, item) != 0) continue;
        *printed = ledger[i].printed;
        return true;
    }
    return false;
}

static int digits_of(const char *text) {
    const char *point = strchr(text, '.');
    return point ? (int)strspn(point + 1, "0123456789") : 0;
}

/* Arrays are printed with 8 digits behind the point or less, from which NumPy drops zeros at the
 * end: the item's longest text tells how many were meant. Longer texts stand for themselves. */
static int digits_meant(json_t *printed, const char *text) {
    int most = 0;
    for (size_t i = 0; i < json_array_size(printed); i++) {
        int digits = digits_of(json_string_value(json_array_get(printed, i)));
        if (digits > most) most = digits;
    }
    return most <= 8 ? most : digits_of(text);
}

static bool same_digits(double found, const char *text, int digits) {
    char rounded[64];
    snprintf(rounded, sizeof rounded, strchr(text, 'e') ? "%.*e" : "%.*f", digits, found);
    return strtod(rounded, NULL) == strtod(text, NULL);
}

/* The published first cost of a saturated network is infinite; ours, from logits, is finite and
 * large. */
static bool near(double found, double expected, double relative) {
    return isinf(expected) ? isfinite(found) && found > 1
                           : fabs(found - expected) <= relative * fabs(expected);
}

static double value_of(json_t *v) {
    return json_is_string(v) ? strtod(json_string_value(v), NULL) : json_number_value(v);
}

static json_t *item_of(const char *of, const char *item) {
    json_t *items = json_object_get(lesson(of), "items"), *it;
    size_t i;
    json_array_foreach(items, i, it) {
        if (strcmp(json_string_value(json_object_get(it, "item")), item) == 0) return it;
    }
    fail_msg("%s has no item %s", of, item);
    return NULL;
}

/* Compares all n numbers of an item, and remembers that it did. */
static void compare(const char *of, const char *item, const double *found, int64_t n) {
    json_t *it = item_of(of, item), *printed = json_object_get(it, "printed"),
           *value = json_object_get(it, "value");
    const struct exception *e = exception_of(of, item);
    assert_int_equal(n, json_array_size(value));
    assert_true(json_array_size(printed) == (size_t)n || (e && e->against_value));
    for (size_t i = 0; i < (size_t)n; i++) {
        const char *text = json_string_value(json_array_get(printed, i));
        double expected = !text || (e && e->against_value) ? value_of(json_array_get(value, i))
                                                           : strtod(text, NULL);
        bool fits = e && i >= e->from ? near(found[i], expected, e->relative)
                                      : same_digits(found[i], text, digits_meant(printed, text));
        if (!fits)
            fail_msg("%s %s [%zu]: found %.17g, published %s", of, item, i, found[i],
                     text ? text : "(only a value)");
    }
    assert_true(ledger_count < sizeof ledger / sizeof *ledger);
    ledger[ledger_count++] =
        (compared){of, json_string_value(json_object_get(it, "item")), json_array_size(printed)};
}

static void compare_one(const char *of, const char *item, double found) {
    compare(of, item, &found, 1);
}
static void compare_matrix(const char *of, const char *item, matrix a) {
    compare(of, item, a.v, a.rows * a.cols);
}

/* item, or group.item when there is a group: a text of its own, for the next call. */
static const char *named(const char *group, const char *format, ...) {
    static char text[128];
    va_list args;
    va_start(args, format);
    int n = snprintf(text, sizeof text, "%s.", group);
    vsnprintf(text + n, sizeof text - (size_t)n, format, args);
    va_end(args);
    return text;
}

/* --------------------------------------------------------------------------- kernels, called -- */

static void call(gl_kernel_id id, gl_call c) {
    void *work = aligned_alloc(64, (gl_kernel_work(id, c.n, GLIA_F64) + 63) / 64 * 64);
    gl_kernels(GLIA_F64)->kernel[id](&c, 0, c.n[0], work);
    free(work);
}

/* z[m, n] = a[m, k] w' + b */
static matrix linear(matrix a, matrix w, matrix b) {
    matrix z = new_matrix(a.rows, w.rows);
    call(GL_K_gemm, (gl_call){.p = {z.v, a.v, w.v, b.v},
                              .n = {a.rows, w.rows, a.cols, a.cols, 1, 1, w.cols, w.rows}});
    return z;
}

static matrix activate(gl_kernel_id id, matrix z) {
    matrix a = new_matrix(z.rows, z.cols);
    call(id, (gl_call){.p = {a.v, z.v}, .n = {z.rows, z.cols}});
    return a;
}

/* dz = da * g'(z), told from the output a */
static matrix through(gl_kernel_id id, matrix da, matrix a) {
    matrix dz = new_matrix(da.rows, da.cols);
    call(id, (gl_call){.p = {dz.v, da.v, a.v}, .n = {da.rows, da.cols}});
    return dz;
}

typedef struct backward {
    matrix da, dw, db;
} backward;

/* dA_prev = W' dZ, dW = dZ A_prev', db = row sums of dZ */
static backward linear_backward(matrix dz, matrix a, matrix w) {
    backward d = {new_matrix(a.rows, a.cols), new_matrix(w.rows, w.cols), new_matrix(w.rows, 1)};
    call(GL_K_gemm, (gl_call){.p = {d.da.v, dz.v, w.v},
                              .n = {a.rows, w.cols, w.rows, w.rows, 1, w.cols, 1, w.cols}});
    call(GL_K_gemm, (gl_call){.p = {d.dw.v, dz.v, a.v},
                              .n = {w.rows, w.cols, a.rows, 1, w.rows, w.cols, 1, w.cols}});
    call(GL_K_colsum, (gl_call){.p = {d.db.v, dz.v}, .n = {w.rows, a.rows}});
    return d;
}

/* In the lesson dZ lacks the 1/m that dW and db have; in the library dz carries it from the loss
 * on. */
static backward lesson_backward(matrix dz, matrix a, matrix w) {
    matrix over_m = new_matrix(dz.rows, dz.cols);
    for (int64_t i = 0; i < dz.rows * dz.cols; i++) over_m.v[i] = dz.v[i] / (double)dz.rows;
    backward d = linear_backward(over_m, a, w);
    d.da = linear_backward(dz, a, w).da;
    return d;
}

static double mean_of(matrix a) {
    double mean = 0;
    call(GL_K_mean, (gl_call){.p = {&mean, a.v}, .n = {1, a.rows * a.cols}});
    return mean;
}

static double kernel_at(gl_kernel_id id, double x) {
    double y = 0;
    call(id, (gl_call){.p = {&y, &x}, .n = {1, 1}});
    return y;
}

/* J from probabilities; the library's cost takes logits, so they are turned back: z = log(a / (1 -
 * a)). */
static double cost_of(matrix a, matrix y) {
    matrix z = new_matrix(a.rows, 1), loss = new_matrix(a.rows, 1), p = new_matrix(a.rows, 1);
    for (int64_t i = 0; i < a.rows; i++) z.v[i] = log(a.v[i] / (1 - a.v[i]));
    call(GL_K_sigmoid_ce, (gl_call){.p = {loss.v, p.v, z.v, y.v}, .n = {a.rows, 1}});
    return mean_of(loss);
}

/* ---------------------------------------------------------------------------------- networks -- */

static glia_model *network(int64_t inputs, const char *net, const char *init, uint64_t seed) {
    glia_model_options o = {.init = init, .dtype = GLIA_F64, .seed = seed, .rng = "numpy"};
    glia_model *m = glia_model_new(g, inputs, net, &o);
    if (!m) fail_msg("%s: %s", net, glia_message(g));
    return m;
}

static matrix param(const glia_model *m, const double *run, int i) {
    return (matrix){m->net->param[i].rows, m->net->param[i].cols,
                    (double *)run + m->net->param[i].offset};
}

/* Parameter i by its name in the course: W1 b1 W2 b2 ... */
static const char *course_name(int i) {
    static char text[16];
    snprintf(text, sizeof text, "%c%d", i % 2 ? 'b' : 'W', i / 2 + 1);
    return text;
}

static void set_weights(glia_model *m, const char *of, const char *group) {
    for (int i = 0; i < m->net->params; i++) {
        matrix to = param(m, gl_store_at(m->net->store, GL_WEIGHTS, 0), i),
               from = input(of, group, course_name(i));
        assert_int_equal(to.rows * to.cols, from.rows * from.cols);
        memcpy(to.v, from.v, (size_t)(to.rows * to.cols) * sizeof(double));
    }
}

static void compare_weights(const char *of, const char *group, const glia_model *m) {
    for (int i = 0; i < m->net->params; i++)
        compare_matrix(of, named(group, "%s", course_name(i)),
                       param(m, gl_store_at(m->net->store, GL_WEIGHTS, 0), i));
}

/* Runs a training plan `times` times; gives the last cost, which belongs to the weights before the
 * last update. */
static double run_plan(glia_model *m, matrix x, matrix y, gl_kernel_id update, double lr, int times,
                       double *gradient) {
    gl_plan *plan =
        gl_compile(g, m->net, &(gl_plan_spec){.mode = GL_TRAIN, .rows = x.rows, .update = update});
    gl_knobs knobs = {.lr = lr};
    assert_true(gl_store_take(m->net->store, GL_GRADIENTS));
    gl_bind(plan, &(gl_binding){.room = {[GL_X] = x.v, [GL_LABELS] = y.v},
                                .store = m->net->store,
                                .knobs = &knobs});
    for (int i = 0; i < times; i++) gl_run(plan);
    double cost = gl_cost(plan);
    gl_store_get(m->net->store, GL_GRADIENTS, 0, m->net->count, gradient);
    gl_store_drop(m->net->store, GL_GRADIENTS);
    gl_plan_free(plan);
    return cost;
}

static matrix predict(const glia_model *m, matrix x) {
    matrix y = new_matrix(x.rows, m->net->outputs);
    glia_predictor *p = glia_predictor_new(g, m, x.rows);
    assert_int_equal(glia_predictor_run(p, view(x), view(y)), GLIA_OK);
    glia_predictor_free(p);
    return y;
}

static matrix decided(matrix p) {
    matrix yes = new_matrix(p.rows, p.cols);
    for (int64_t i = 0; i < p.rows * p.cols; i++) yes.v[i] = p.v[i] > 0.5;
    return yes;
}

/* ------------------------------------------------------------------ lessons: their functions -- */

static glia_model *logistic(const char *group) {
    matrix w = input("logistic", group, "w");
    glia_model *m = network(w.rows, "dense 1 sigmoid", "zeros", 0);
    memcpy(param(m, gl_store_at(m->net->store, GL_WEIGHTS, 0), 0).v, w.v,
           (size_t)w.rows * sizeof(double));
    param(m, gl_store_at(m->net->store, GL_WEIGHTS, 0), 1).v[0] = scalar("logistic", group, "b");
    return m;
}

static void propagate(const char *group) {
    glia_model *m = logistic(group);
    double *gradient = numbers(m->net->count);
    double cost = run_plan(m, samples("logistic", group, "X"), samples("logistic", group, "Y"),
                           GL_KERNELS, 0, 1, gradient);
    compare_matrix("logistic", named(group, "dw"), param(m, gradient, 0));
    compare_matrix("logistic", named(group, "db"), param(m, gradient, 1));
    compare_one("logistic", named(group, "cost"), cost);
    glia_model_free(m);
}

static void optimize(const char *group) {
    glia_model *m = logistic(group);
    double *gradient = numbers(m->net->count);
    run_plan(m, samples("logistic", group, "X"), samples("logistic", group, "Y"), GL_K_sgd,
             scalar("logistic", group, "lr"), (int)scalar("logistic", group, "iterations"),
             gradient);
    compare_matrix("logistic", named(group, "w"),
                   param(m, gl_store_at(m->net->store, GL_WEIGHTS, 0), 0));
    compare_matrix("logistic", named(group, "b"),
                   param(m, gl_store_at(m->net->store, GL_WEIGHTS, 0), 1));
    compare_matrix("logistic", named(group, "dw"), param(m, gradient, 0));
    compare_matrix("logistic", named(group, "db"), param(m, gradient, 1));
    glia_model_free(m);
}

static void predictions(const char *group) {
    glia_model *m = logistic(group);
    compare_matrix("logistic", named(group, "predictions"),
                   decided(predict(m, samples("logistic", group, "X"))));
    glia_model_free(m);
}

static void logistic_functions(void **state) {
    (void)state;
    compare_one("logistic", "v1.sigmoid(9.2)", kernel_at(GL_K_sigmoid, 9.2));
    compare("logistic", "v2.sigmoid([0,2])",
            (double[]){kernel_at(GL_K_sigmoid, 0), kernel_at(GL_K_sigmoid, 2)}, 2);
    propagate("v1.propagate");
    propagate("v2.propagate");
    optimize("v1.optimize");
    optimize("v2.optimize");
    predictions("v1.predict");
    predictions("v2.predict");
}

static void basics_functions(void **state) {
    (void)state;
    double ones[3] = {1, 1, 1}, z[3] = {1, 2, 3};
    matrix x = {1, 3, z}, a = activate(GL_K_sigmoid, x);
    compare_one("basics", "sigmoid(3)", kernel_at(GL_K_sigmoid, 3));
    compare_matrix("basics", "sigmoid([1,2,3])", a);
    compare_matrix("basics", "sigmoid_derivative([1,2,3])",
                   through(GL_K_sigmoid_b, (matrix){1, 3, ones}, a));
    compare_matrix("basics", "softmax", activate(GL_K_softmax, input("basics", "softmax", "x")));

    matrix yhat = input("basics", "l", "yhat"),
           y = input("basics", "l", "y"); /* sums over the outputs of one sample */
    double loss = 0;
    call(GL_K_mae, (gl_call){.p = {&loss, yhat.v, y.v}, .n = {1, yhat.cols}});
    compare_one("basics", "l.L1", loss);
    call(GL_K_mse, (gl_call){.p = {&loss, yhat.v, y.v}, .n = {1, yhat.cols}});
    compare_one("basics", "l.L2", loss);

    /* The library has no row norm: squares are summed by mse against 0, root and division are done
     * here. */
    matrix rows = input("basics", "normalizeRows", "x"), zero = new_matrix(rows.rows, rows.cols);
    matrix squares = new_matrix(rows.rows, 1);
    call(GL_K_mse, (gl_call){.p = {squares.v, rows.v, zero.v}, .n = {rows.rows, rows.cols}});
    for (int64_t i = 0; i < rows.rows * rows.cols; i++) rows.v[i] /= sqrt(squares.v[i / rows.cols]);
    compare_matrix("basics", "normalizeRows", rows);
}

/* Initial weights: the generator's draws, layer by layer. */
static void initial_weights(void **state) {
    (void)state;
    static const struct {
        const char *lesson, *group, *net;
        int64_t inputs;
        const char *init;
        uint64_t seed;
    } cases[] = {
        {"planar", "init", "dense 4 tanh, dense 1 sigmoid", 2, "normal:0.01", 2},
        {"steps", "v1.init2", "dense 2 relu, dense 1 sigmoid", 2, "normal:0.01", 1},
        {"steps", "v3.init2", "dense 2 relu, dense 1 sigmoid", 3, "normal:0.01", 1},
        {"steps", "v1.init_deep", "dense 4 relu, dense 3 sigmoid", 5, "normal:0.01", 3},
        {"init", "random", "dense 2 relu, dense 1 sigmoid", 3, "normal:10", 3},
        {"init", "he", "dense 4 relu, dense 1 sigmoid", 2, "he", 3},
    };
    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
        glia_model *m = network(cases[i].inputs, cases[i].net, cases[i].init, cases[i].seed);
        compare_weights(cases[i].lesson, cases[i].group, m);
        glia_model_free(m);
    }
}

static void planar_functions(void **state) {
    (void)state;
    const char *of = "planar", *group = "v2.forward";
    matrix x = samples(of, group, "X");
    matrix z1 = linear(x, input(of, group, "W1"), input(of, group, "b1")),
           a1 = activate(GL_K_tanh, z1);
    matrix z2 = linear(a1, input(of, group, "W2"), input(of, group, "b2")),
           a2 = activate(GL_K_sigmoid, z2);
    compare(of, "v2.forward.means", (double[]){mean_of(z1), mean_of(a1), mean_of(z2), mean_of(a2)},
            4);

    compare_one(of, "v2.cost.cost",
                cost_of(samples(of, "v2.cost", "A2"), samples(of, "v2.cost", "Y")));

    group = "v2.backward";
    x = samples(of, group, "X"), a1 = samples(of, group, "A1"), a2 = samples(of, group, "A2");
    matrix dz2 = through(GL_K_sigmoid_ce_b, a2, samples(of, group, "Y"));
    backward d2 = linear_backward(dz2, a1, input(of, group, "W2"));
    backward d1 = linear_backward(through(GL_K_tanh_b, d2.da, a1), x, input(of, group, "W1"));
    compare_matrix(of, "v2.backward.dW1", d1.dw);
    compare_matrix(of, "v2.backward.db1", d1.db);
    compare_matrix(of, "v2.backward.dW2", d2.dw);
    compare_matrix(of, "v2.backward.db2", d2.db);

    glia_model *m = network(2, "dense 4 tanh, dense 1 sigmoid", "zeros", 0);
    set_weights(m, of, "predict");
    compare_one(of, "predict.predictions mean",
                mean_of(decided(predict(m, samples(of, "predict", "X")))));
    glia_model_free(m);
}

static void planar_model_on_three_points(void **state) {
    (void)state;
    glia_model *m = network(2, "dense 4 tanh, dense 1 sigmoid", "normal:0.01", 2);
    glia_fit_options o = {.epochs = 10000,
                          .batch = GLIA_FULL_BATCH,
                          .optimizer = "sgd",
                          .lr = 1.2,
                          .log_every = 1000};
    glia_history *h;
    matrix x = samples("planar", "v2.nn_model", "X"), y = samples("planar", "v2.nn_model", "Y");
    assert_int_equal(glia_model_fit(m, view(x), view(y), &o, &h), GLIA_OK);
    compare_weights("planar", "v2.nn_model", m);
    compare("planar", "v2.nn_model.costs", h->cost, h->entries);
    glia_history_free(g, h);
    glia_model_free(m);
}

static void steps_forward(void **state) {
    (void)state;
    const char *of = "steps", *group = "v3.linear_forward";
    matrix z = linear(samples(of, group, "A"), input(of, group, "W"), input(of, group, "b"));
    compare_matrix(of, "v3.linear_forward.Z", z);

    group = "v3.act_forward";
    z = linear(samples(of, group, "A_prev"), input(of, group, "W"), input(of, group, "b"));
    compare_matrix(of, "v3.act_forward.sigmoid", activate(GL_K_sigmoid, z));
    compare_matrix(of, "v3.act_forward.relu", activate(GL_K_relu, z));

    glia_model *m = network(5, "dense 4 relu, dense 3 relu, dense 1 sigmoid", "zeros", 0);
    set_weights(m, of, "v3.model_forward");
    compare_matrix(of, "v3.model_forward.AL", predict(m, samples(of, "v3.model_forward", "X")));
    compare_one(of, "v3.model_forward.Length of caches list", glia_model_layers(m));
    glia_model_free(m);

    compare_one(of, "v3.cost.cost",
                cost_of(samples(of, "v3.cost", "AL"), samples(of, "v3.cost", "Y")));
}

static void compare_backward(const char *group, backward d) {
    compare_matrix("steps", named(group, "dA_prev"), transposed(d.da));
    compare_matrix("steps", named(group, "dW"), d.dw);
    compare_matrix("steps", named(group, "db"), d.db);
}

static void steps_backward(void **state) {
    (void)state;
    const char *of = "steps", *group = "v3.linear_backward";
    compare_backward(group, lesson_backward(samples(of, group, "dZ"), samples(of, group, "A_prev"),
                                            input(of, group, "W")));

    group = "v3.act_backward";
    matrix da = samples(of, group, "dA"), a = samples(of, group, "A_prev"),
           w = input(of, group, "W");
    matrix z = samples(of, group, "Z");
    matrix dz = through(GL_K_sigmoid_b, da, activate(GL_K_sigmoid, z));
    compare_backward("v3.act_backward.sigmoid", lesson_backward(dz, a, w));
    dz = through(GL_K_relu_b, da, activate(GL_K_relu, z));
    compare_backward("v3.act_backward.relu", lesson_backward(dz, a, w));

    /* Here AL is no sigmoid of Z2, so the loss that works on logits does not apply: dAL by the
     * lesson's formula. */
    group = "v3.model_backward";
    matrix al = samples(of, group, "AL"), y = samples(of, group, "Y"), dal = new_matrix(al.rows, 1);
    for (int64_t i = 0; i < al.rows; i++)
        dal.v[i] = -(y.v[i] / al.v[i] - (1 - y.v[i]) / (1 - al.v[i]));
    dz = through(GL_K_sigmoid_b, dal, activate(GL_K_sigmoid, samples(of, group, "Z2")));
    backward d2 = lesson_backward(dz, samples(of, group, "A_prev2"), input(of, group, "W2"));
    dz = through(GL_K_relu_b, d2.da, activate(GL_K_relu, samples(of, group, "Z1")));
    backward d1 = lesson_backward(dz, samples(of, group, "A_prev1"), input(of, group, "W1"));
    compare_matrix(of, "v3.model_backward.dW1", d1.dw);
    compare_matrix(of, "v3.model_backward.db1", d1.db);
    compare_matrix(of, "v3.model_backward.dA1", transposed(d2.da));
}

/* One update by each optimizer, from moments at rest. */
static void one_update(const char *of, const char *group, gl_kernel_id optimizer, gl_knobs knobs) {
    for (int i = 0; i < 4; i++) {
        const char *name = course_name(i);
        char slope[20];
        snprintf(slope, sizeof slope, "d%s", name);
        matrix w = input(of, group, name), dw = input(of, group, slope);
        matrix v = new_matrix(w.rows, w.cols), s = new_matrix(w.rows, w.cols);
        call(optimizer,
             (gl_call){.p = {w.v, dw.v, v.v, s.v}, .n = {w.rows * w.cols}, .knobs = &knobs});
        compare_matrix(of, named(group, "%s", name), w);
        if (optimizer != GL_K_sgd) compare_matrix(of, named(group, "v.%s", slope), v);
        if (optimizer == GL_K_adam) compare_matrix(of, named(group, "s.%s", slope), s);
    }
}

static void updates(void **state) {
    (void)state;
    gl_knobs adam = {.lr = 0.01,
                     .beta1 = 0.9,
                     .beta2 = 0.999,
                     .correct1 = 1 - 0.9 * 0.9,
                     .correct2 = 1 - 0.999 * 0.999};
    gl_knobs outside = adam, inside = adam;
    outside.eps = 1e-8;
    inside.eps_root = 1e-8;
    one_update("planar", "update", GL_K_sgd, (gl_knobs){.lr = scalar("planar", "update", "lr")});
    one_update("steps", "v3.update", GL_K_sgd,
               (gl_knobs){.lr = scalar("steps", "v3.update", "lr")});
    one_update("opt", "gd", GL_K_sgd, (gl_knobs){.lr = scalar("opt", "gd", "lr")});
    one_update("opt", "momentum", GL_K_momentum,
               (gl_knobs){.lr = scalar("opt", "momentum", "lr"), .momentum = 0.9});
    one_update("opt", "adam.eps_outside", GL_K_adam, outside);
    one_update("opt", "adam.eps_inside", GL_K_adam, inside);
}

static void random_mini_batches(void **state) {
    (void)state;
    enum { FEATURES = 12288, M = 148, BATCH = 64 };
    gl_numpy r;
    matrix x = new_matrix(FEATURES, M), batch = new_matrix(BATCH, FEATURES);
    int64_t order[M];
    gl_numpy_seed(&r, 1);
    for (int64_t i = 0; i < FEATURES * M; i++) x.v[i] = gl_numpy_randn(&r);
    gl_numpy_seed(&r, 0); /* Y is drawn in between, but the seed forgets it */
    gl_numpy_permutation(&r, order, M);

    glia_model *m = network(FEATURES, "dense 1 sigmoid", "zeros", 0);
    gl_feed feed;
    assert_int_equal(gl_feed_open(&feed, g, m->net, view(transposed(x)), (glia_tensor){0}, 1, NULL),
                     GLIA_OK);
    gl_knobs knobs = {.order = order};
    call(GL_K_gather, (gl_call){.p = {batch.v, feed.x.data},
                                .n = {BATCH, FEATURES, feed.x.dtype},
                                .s = {feed.divisor},
                                .knobs = &knobs});
    compare("opt", "minibatch.check", transposed(batch).v, 3);
    glia_model_free(m);
}

/* ------------------------------------------------------------------ lessons: their trainings -- */

#define COMMON "--rng numpy --val none --precision f64 --json --quiet "

/* $GLIA train ...: its JSON. */
static json_t *train(const char *format, ...) {
    char arguments[4096];
    va_list args;
    va_start(args, format);
    vsnprintf(arguments, sizeof arguments, format, args);
    va_end(args);
    result r = run("$GLIA train " COMMON "%s", arguments);
    if (r.status != 0) fail_msg("glia train %s: %s", arguments, r.err);
    json_t *doc = json_loads(r.out, 0, NULL);
    result_free(&r);
    assert_non_null(doc);
    return doc;
}

static matrix costs_of(json_t *doc) {
    json_t *costs = json_object_get(doc, "costs");
    matrix c = new_matrix(1, (int64_t)json_array_size(costs));
    for (int64_t i = 0; i < c.cols; i++)
        c.v[i] = json_number_value(json_array_get(json_array_get(costs, (size_t)i), 1));
    return c;
}

/* Shares as the lessons print them, from whole counts: right / m. */
static double accuracy(json_t *doc, const char *part) {
    json_t *table =
        json_object_get(json_object_get(json_object_get(doc, "metrics"), part), "confusion");
    double right = 0, all = 0;
    for (size_t i = 0; i < json_array_size(table); i++) {
        for (size_t j = 0; j < json_array_size(table); j++) {
            double n = json_number_value(json_array_get(json_array_get(table, i), j));
            all += n, right += i == j ? n : 0;
        }
    }
    assert_true(all > 0);
    return right / all;
}

/* 100 - mean(|prediction - y|) * 100 */
static double percent(json_t *doc, const char *part) {
    double share = accuracy(doc, part);
    json_t *rows = json_object_get(json_object_get(doc, "samples"), part);
    double m = json_number_value(rows), wrong = m - round(share * m);
    return 100 - wrong / m * 100;
}

/* The quickest way to find where a program leaves the recipe. */
static void first_ten(const char *of, const char *key, const double *found) {
    json_t *expected = json_object_get(json_object_get(lesson(of), "first_ten_costs"), key);
    assert_int_equal(json_array_size(expected), 10);
    for (size_t i = 0; i < 10; i++) {
        double e = value_of(json_array_get(expected, i));
        if (!near(found[i], e, 1e-12))
            fail_msg("%s %s, pass %zu: J is %.17g, expected %.17g", of, key, i, found[i], e);
    }
}

static void first_ten_of(const char *of, const char *key, const char *arguments) {
    json_t *doc = train("--epochs 10 --log-every 1 %s", arguments);
    matrix c = costs_of(doc);
    assert_int_equal(c.cols, 10);
    first_ten(of, key, c.v);
    json_decref(doc);
}

static const char *cats(const char *rest) {
    static char text[4096];
    need_shared("data/cats/train_catvnoncat.h5");
    snprintf(text, sizeof text,
             "%s --test %s --scale 255 --optimizer sgd --batch full --seed 1 -o cats.glia %s",
             shared_path("data/cats/train_catvnoncat.h5"),
             shared_path("data/cats/test_catvnoncat.h5"), rest);
    return text;
}

static void logistic_cats(void **state) {
    (void)state;
    json_t *doc = train("--epochs 2000 --log-every 100 %s", cats("--hidden none --lr 0.005"));
    compare_matrix("logistic", "train.costs", costs_of(doc));
    compare("logistic", "train.acc", (double[]){percent(doc, "train"), percent(doc, "test")}, 2);
    json_decref(doc);
    first_ten_of("logistic", "train", cats("--hidden none --lr 0.005"));
}

static void logistic_learning_rates(void **state) {
    (void)state;
    static const char *const rates[] = {"0.01", "0.001", "0.0001"};
    double found[6];
    for (int i = 0; i < 3; i++) {
        json_t *doc = train("--epochs 1500 --lr %s %s", rates[i], cats("--hidden none"));
        found[2 * i] = percent(doc, "train"), found[2 * i + 1] = percent(doc, "test");
        json_decref(doc);
    }
    compare("logistic", "lr.acc", found, 6);
}

/* What x.reshape(-1, m) instead of x.reshape(m, -1).T makes of the images: value i of image j is
 * byte i m + j of the file. */
static void write_scrambled(const char *spec, const char *name) {
    gl_array read;
    assert_int_equal(gl_read_array(g, spec, &read), GLIA_OK);
    glia_tensor x = read.values;
    assert_int_equal(x.dtype, GLIA_U8);
    int64_t m = x.dim[0], features = glia_tensor_count(&x, 1);
    char path[600], header[128];
    snprintf(path, sizeof path, "%s/%s", scratch(), name);
    int n = snprintf(header, sizeof header,
                     "{'descr': '|u1', 'fortran_order': False, 'shape': (%lld, %lld), }",
                     (long long)m, (long long)features);
    FILE *f = fopen(path, "wb");
    fwrite("\x93NUMPY\x01\x00\x76\x00", 1, 10, f); /* 118 bytes of header follow */
    fprintf(f, "%s%*s\n", header, 117 - n, "");
    for (int64_t j = 0; j < m; j++)
        for (int64_t i = 0; i < features; i++) putc(((const uint8_t *)x.data)[i * m + j], f);
    fclose(f);
    gl_free(g, x.data);
}

static void logistic_on_scrambled_images(void **state) {
    (void)state;
    char images[1100];
    need_shared("data/cats/train_catvnoncat.h5");
    snprintf(images, sizeof images, "%s:train_set_x", shared_path("data/cats/train_catvnoncat.h5"));
    write_scrambled(images, "train.npy");
    snprintf(images, sizeof images, "%s:test_set_x", shared_path("data/cats/test_catvnoncat.h5"));
    write_scrambled(images, "test.npy");
    json_t *doc = train("--x train.npy --y %s:train_set_y --test-x test.npy --test-y %s:test_set_y "
                        "--scale 255 --hidden none "
                        "--optimizer sgd --lr 0.005 --batch full --epochs 2000 --log-every 100 "
                        "--seed 1 -o scrambled.glia",
                        shared_path("data/cats/train_catvnoncat.h5"),
                        shared_path("data/cats/test_catvnoncat.h5"));
    compare_matrix("logistic", "scrambled.costs", costs_of(doc));
    compare("logistic", "scrambled.acc", (double[]){percent(doc, "train"), percent(doc, "test")},
            2);
    json_decref(doc);
}

static void l_layer_cats(void **state) {
    (void)state;
    const char *net = "--hidden 20,7,5 --activation relu --init lecun --lr 0.0075";
    json_t *doc = train("--epochs 2500 --log-every 100 %s", cats(net));
    compare_matrix("l_layer", "later edition.costs", costs_of(doc));
    compare("l_layer", "later edition.acc",
            (double[]){accuracy(doc, "train"), accuracy(doc, "test")}, 2);
    json_decref(doc);
    first_ten_of("l_layer", "later edition", cats(net));
}

static const char *set(const char *name) {
    char file[128];
    snprintf(file, sizeof file, "reference/course/sets/%s.csv", name);
    need_shared(file);
    return shared_path(file);
}

static const char *flower(void) {
    static char text[2048];
    snprintf(text, sizeof text,
             "%s --target y --scale none --hidden 4 --activation tanh --init normal:0.01 --seed 2 "
             "--optimizer sgd --lr 1.2 --batch full -o flower.glia",
             set("flower_400"));
    return text;
}

static void planar_flower(void **state) {
    (void)state;
    json_t *doc = train("--epochs 10000 --log-every 1000 %s", flower());
    compare_matrix("planar", "train.costs", costs_of(doc));
    compare_matrix("planar", "train.costs(copy 2)", costs_of(doc));
    compare_one("planar", "train.acc", floor(100 * accuracy(doc, "train"))); /* printed with %d */
    json_decref(doc);
    first_ten_of("planar", "train", flower());
}

static const char *circles(const char *init) {
    static char text[4096];
    snprintf(
        text, sizeof text,
        "%s --test %s --target y --scale none --hidden 10,5 --activation relu --init %s --seed 3 "
        "--optimizer sgd --lr 0.01 --batch full -o circles.glia",
        set("circles_train_300"), set("circles_test_100"), init);
    return text;
}

static void init_circles(void **state) {
    (void)state;
    static const struct {
        const char *name, *init;
    } cases[] = {{"zeros", "zeros"},
                 {"he", "he"},
                 {"random", "normal:10"}}; /* random last: its model is used below */
    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
        first_ten_of("init", cases[i].name, circles(cases[i].init));
        json_t *doc = train("--epochs 15000 --log-every 1000 %s", circles(cases[i].init));
        matrix costs = costs_of(doc);
        double acc[] = {accuracy(doc, "train"), accuracy(doc, "test")};
        for (int copy = 1; copy <= 2; copy++) {
            const char *which = copy == 2 ? "(copy 2)" : "";
            compare_matrix("init", named(cases[i].name, "costs%s", which), costs);
            compare("init", named(cases[i].name, "acc%s", which), acc, 2);
        }
        json_decref(doc);
    }
}

static void compare_answers(const char *item, const char *file) {
    result r = run("$GLIA predict circles.glia %s --json --quiet", set(file));
    assert_int_equal(r.status, 0);
    json_t *doc = json_loads(r.out, 0, NULL), *list = json_object_get(doc, "predictions");
    matrix found = new_matrix(1, (int64_t)json_array_size(list));
    for (int64_t i = 0; i < found.cols; i++) {
        const char *answer =
            json_string_value(json_object_get(json_array_get(list, (size_t)i), "prediction"));
        assert_non_null(answer);
        found.v[i] = strtod(answer, NULL);
    }
    compare_matrix("init", item, found);
    json_decref(doc);
    result_free(&r);
}

static void init_circles_predictions(void **state) {
    (void)state;
    compare_answers("random.predictions_train", "circles_train_300");
    compare_answers("random.predictions_test", "circles_test_100");
}

/* A course set as numbers: columns x1, x2 and y. */
static void read_set(const char *name, matrix *x, matrix *y) {
    glia_table *t = glia_table_read(g, set(name), NULL);
    assert_non_null(t);
    *x = new_matrix(t->rows, 2), *y = new_matrix(t->rows, 1);
    for (int64_t i = 0; i < t->rows; i++) {
        for (int j = 0; j < 2; j++) x->v[2 * i + j] = t->column[j].number[i];
        y->v[i] = t->column[2].number[i];
    }
    glia_table_free(t);
}

/* With weights of size 10 the published cost begins at inf: that is what -mean(y log a + (1-y)
 * log(1-a)) gives for our own saturated a. Ours comes from the logits and is finite. */
static void published_cost_of_saturated_outputs_is_infinite_ours_is_not(void **state) {
    (void)state;
    matrix x, y;
    read_set("circles_train_300", &x, &y);
    glia_model *m = network(2, "dense 10 relu, dense 5 relu, dense 1 sigmoid", "normal:10", 3);
    matrix a = predict(m, x);
    double published = 0;
    for (int64_t i = 0; i < a.rows; i++)
        published -= (y.v[i] != 0 ? log(a.v[i]) : log(1 - a.v[i])) / (double)a.rows;
    double ours = glia_model_cost(g, m, view(x), view(y));
    assert_true(isinf(published));
    assert_true(isfinite(ours) && ours > 1);
    glia_model_free(m);
}

static void opt_moons(void **state) {
    (void)state;
    static const struct {
        const char *optimizer, *costs, *acc;
    } cases[] = {
        {"sgd", "gd.costs", "gd.acc"},
        {"momentum --momentum 0.9", "momentum.costs", "momentum.acc"},
        {"adam --eps 1e-8", "adam.costs.eps_outside", "adam.acc.eps_outside"},
    };
    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
        json_t *doc = train("%s --target y --scale none --hidden 5,2 --activation relu --init he "
                            "--seed 3 --lr 0.0007 --batch 64 "
                            "--epochs 10000 --log-every 1000 -o moons.glia --optimizer %s",
                            set("moons_300"), cases[i].optimizer);
        compare_matrix("opt", cases[i].costs, costs_of(doc));
        compare_one("opt", cases[i].acc, accuracy(doc, "train"));
        json_decref(doc);
    }
}

/* J of every mini-batch, from the running mean that progress tells. */
typedef struct batches {
    double cost[10], mean;
    int n;
} batches;

static int remember(void *user, const glia_progress *p) {
    batches *b = user;
    double before = p->batch > 1 ? b->mean * (double)(p->batch - 1) : 0;
    b->cost[b->n++] = p->loss * (double)p->batch - before;
    b->mean = p->loss;
    return 0;
}

static void opt_first_ten_mini_batches(void **state) {
    (void)state;
    static const struct {
        const char *key, *optimizer;
        double eps, eps_root;
    } cases[] = {
        {"gd", "sgd", 1e-8, 0},
        {"momentum", "momentum", 1e-8, 0},
        {"adam.eps_outside", "adam", 1e-8, 0},
        {"adam.eps_inside", "adam", 1e-300, 1e-8},
    };
    matrix x, y;
    read_set("moons_300", &x, &y);
    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
        batches b = {.n = 0};
        glia_model *m = network(2, "dense 5 relu, dense 2 relu, dense 1 sigmoid", "he", 3);
        glia_fit_options o = {.epochs = 2,
                              .batch = 64,
                              .optimizer = cases[i].optimizer,
                              .lr = 0.0007,
                              .rng = "numpy",
                              .eps = cases[i].eps,
                              .eps_root = cases[i].eps_root,
                              .progress = remember,
                              .user = &b};
        assert_int_equal(glia_model_fit(m, view(x), view(y), &o, NULL), GLIA_OK);
        assert_int_equal(b.n, 10);
        first_ten("opt", cases[i].key, b.cost);
        glia_model_free(m);
    }
}

/* ------------------------------------------------------------------------- nothing forgotten -- */

static void every_item_was_compared(void **state) {
    (void)state;
    for (int l = 0; l < LESSONS; l++) {
        json_t *items = json_object_get(lesson(lessons[l]), "items"), *it;
        size_t i, printed;
        json_array_foreach(items, i, it) {
            const char *item = json_string_value(json_object_get(it, "item"));
            if (!was_compared(lessons[l], item, &printed))
                fail_msg("%s %s was not compared", lessons[l], item);
        }
    }
}

/* lesson,item,numbers,exact,...: the item may be quoted. */
static void every_number_of_the_summary_was_compared(void **state) {
    (void)state;
    need_shared("reference/course/summary.csv");
    char *text = slurp(shared_path("reference/course/summary.csv")), *rest = text, *line;
    size_t wanted = 0, found = 0;
    strsep(&rest, "\n");
    while ((line = strsep(&rest, "\n")) && *line) {
        const char *of = strsep(&line, ",");
        bool quoted = *line == '"', ours = false;
        const char *item = quoted ? (line++, strsep(&line, "\"")) : strsep(&line, ",");
        if (quoted) line++;
        for (int l = 0; l < LESSONS; l++) ours = ours || strcmp(lessons[l], of) == 0;
        if (!ours) continue;
        size_t count = strtoul(line, &line, 10), exact = strtoul(line + 1, NULL, 10), printed = 0;
        if (!was_compared(of, item, &printed)) fail_msg("%s %s was not compared", of, item);
        if (printed != count)
            fail_msg("%s %s: %zu numbers compared, %zu published", of, item, printed, count);
        if (exact == count && exception_of(of, item))
            fail_msg("%s %s is exact: it needs no exception", of, item);
        wanted += count, found += printed;
    }
    print_message("# %zu published numbers compared\n", found);
    assert_int_equal(found, wanted);
    assert_true(found > 800);
    free(text);
}

static int open_all(void **state) {
    (void)state;
    g = glia_open(NULL);
    return g == NULL;
}

static int close_all(void **state) {
    (void)state;
    for (size_t i = 0; i < kept_count; i++) free(kept[i]);
    for (int l = 0; l < LESSONS; l++) json_decref(loaded[l]);
    glia_close(g);
    return 0;
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(logistic_functions),
        cmocka_unit_test(basics_functions),
        cmocka_unit_test(initial_weights),
        cmocka_unit_test(planar_functions),
        cmocka_unit_test(planar_model_on_three_points),
        cmocka_unit_test(steps_forward),
        cmocka_unit_test(steps_backward),
        cmocka_unit_test(updates),
        cmocka_unit_test(random_mini_batches),
        cmocka_unit_test(logistic_cats),
        cmocka_unit_test(logistic_learning_rates),
        cmocka_unit_test(logistic_on_scrambled_images),
        cmocka_unit_test(l_layer_cats),
        cmocka_unit_test(planar_flower),
        cmocka_unit_test(init_circles),
        cmocka_unit_test(init_circles_predictions),
        cmocka_unit_test(published_cost_of_saturated_outputs_is_infinite_ours_is_not),
        cmocka_unit_test(opt_moons),
        cmocka_unit_test(opt_first_ten_mini_batches),
        cmocka_unit_test(every_item_was_compared),
        cmocka_unit_test(every_number_of_the_summary_was_compared),
    };
    return cmocka_run_group_tests(tests, open_all, close_all);
}
