/*
 * course.c: every published number of nine lessons of the course, compared. The numbers, the
 * recipes and what may differ are in shared/reference/course. Most come from `glia course`, whose
 * own table of published numbers is held against the reference, too; what it does not show comes
 * from the library.
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

static const char *const lessons[] = {"logistic", "basics", "planar", "steps", "l_layer",
                                      "init",     "opt",    "conv",   "rnn"};
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
    {"conv", "forward.Z_mean(b once)", 0, 1e-12, true},
    /* 16 and 17 digits, of which the last hangs on the order of sums */
    {"rnn", "lstm.a[4][3][6]", 0, 1e-14, true},
    {"rnn", "lstm.c[1][2][1]", 0, 1e-14, true},
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

/* ---------------------------------------------------------------------------------- networks -- */

static glia_model *network(int64_t inputs, const char *net, const char *init, uint64_t seed) {
    glia_model_options o = {.init = init, .dtype = GLIA_F64, .seed = seed, .rng = "numpy"};
    glia_model *m = glia_model_new(g, inputs, net, &o);
    if (!m) fail_msg("%s: %s", net, glia_message(g));
    return m;
}

/* Parameter i by its name in the course: W1 b1 W2 b2 ... */
static const char *course_name(int i) {
    static char text[16];
    snprintf(text, sizeof text, "%c%d", i % 2 ? 'b' : 'W', i / 2 + 1);
    return text;
}

static matrix predict(const glia_model *m, matrix x) {
    matrix y = new_matrix(x.rows, m->net->outputs);
    glia_predictor *p = glia_predictor_new(g, m, x.rows);
    assert_int_equal(glia_predictor_run(p, view(x), view(y)), GLIA_OK);
    glia_predictor_free(p);
    return y;
}

/* ------------------------------------------------------------------ lessons: their functions -- */

/* The library has no row norm: squares are summed by mse against 0, root and division are done
 * here. */
static void rows_of_length_1(void **state) {
    (void)state;
    matrix rows = input("basics", "normalizeRows", "x"), zero = new_matrix(rows.rows, rows.cols);
    matrix squares = new_matrix(rows.rows, 1);
    call(GL_K_mse, (gl_call){.p = {squares.v, rows.v, zero.v}, .n = {rows.rows, rows.cols}});
    for (int64_t i = 0; i < rows.rows * rows.cols; i++) rows.v[i] /= sqrt(squares.v[i / rows.cols]);
    compare_matrix("basics", "normalizeRows", rows);
}

static void costs_of_three_points(void **state) {
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
    compare("planar", "v2.nn_model.costs", h->cost, h->entries);
    glia_history_free(g, h);
    glia_model_free(m);
}

/* The moments after one update by an optimizer, from rest. */
static void one_update(const char *of, const char *group, gl_kernel_id optimizer, gl_knobs knobs) {
    for (int i = 0; i < 4; i++) {
        const char *name = course_name(i);
        char slope[20];
        snprintf(slope, sizeof slope, "d%s", name);
        matrix w = input(of, group, name), dw = input(of, group, slope);
        matrix v = new_matrix(w.rows, w.cols), s = new_matrix(w.rows, w.cols);
        call(optimizer,
             (gl_call){.p = {w.v, dw.v, v.v, s.v}, .n = {w.rows * w.cols}, .knobs = &knobs});
        compare_matrix(of, named(group, "v.%s", slope), v);
        if (optimizer == GL_K_adam) compare_matrix(of, named(group, "s.%s", slope), s);
    }
}

static void moments_after_one_update(void **state) {
    (void)state;
    gl_knobs adam = {.lr = 0.01,
                     .beta1 = 0.9,
                     .beta2 = 0.999,
                     .correct1 = 1 - 0.9 * 0.9,
                     .correct2 = 1 - 0.999 * 0.999};
    gl_knobs outside = adam, inside = adam;
    outside.eps = 1e-8;
    inside.eps_root = 1e-8;
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
    assert_int_equal(gl_feed_open(&feed, g, m->net,
                                  (gl_samples){.x = view(transposed(x)), .divisor = 1},
                                  (glia_tensor){0}, NULL),
                     GLIA_OK);
    gl_knobs knobs = {.order = order};
    call(GL_K_gather, (gl_call){.p = {batch.v, feed.x.data},
                                .n = {BATCH, FEATURES, feed.x.dtype, FEATURES},
                                .s = {feed.divisor},
                                .knobs = &knobs});
    compare("opt", "minibatch.check", transposed(batch).v, 3);
    glia_model_free(m);
}

/* All numbers of an argument in their order, however it is nested; behind the last of them. */
static double *flatten(json_t *v, double *to) {
    json_t *one;
    size_t i;
    if (!json_is_array(v)) *to++ = json_number_value(v);
    json_array_foreach(v, i, one) to = flatten(one, to);
    return to;
}

static matrix flat_input(const char *of, const char *group, const char *name, int64_t rows) {
    json_t *v =
        json_object_get(json_object_get(json_object_get(lesson(of), "inputs"), group), name);
    double *all = numbers(1000);
    return (matrix){rows, (flatten(v, all) - all) / rows, all};
}

/* Not published: what a convolution is. The exercise adds b in every term of its sums, and `glia
 * course conv` computes that. Its filters of 2 x 2 stand in the middle of 4 x 4. */
static void a_convolution_adds_b_once(void **state) {
    (void)state;
    enum { M = 10, FILTERS = 8, CHANNELS = 3, WEIGHTS = 2 * 2 * CHANNELS };
    matrix x = flat_input("conv", "forward", "A_prev", M);
    matrix w = flat_input("conv", "forward", "W", WEIGHTS);
    matrix b = flat_input("conv", "forward", "b", 1);
    glia_model *m = network(x.cols, "image 4 4 3, conv 8 4x4 pad 3 linear", "zeros", 0);
    double(*wide)[4][4][CHANNELS] = glia_model_param(m, 0).data;
    for (int k = 0; k < WEIGHTS; k++)
        for (int f = 0; f < FILTERS; f++)
            wide[f][1 + k / CHANNELS / 2][1 + k / CHANNELS % 2][k % CHANNELS] =
                w.v[k * FILTERS + f];
    memcpy(glia_model_param(m, 1).data, b.v, FILTERS * sizeof *b.v);
    matrix z = predict(m, x);
    double sum = 0;
    for (int64_t i = 0; i < z.rows * z.cols; i++) sum += z.v[i];
    compare_one("conv", "forward.Z_mean(b once)", sum / (double)(z.rows * z.cols));
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

/* -------------------------------------------------------------------- lessons: `glia course` -- */

/* A lesson as the command tells it. */
static json_t *told(const char *name, bool with_cats) {
    if (with_cats) need_shared("data/cats/train_catvnoncat.h5");
    result r = run("$GLIA course %s --json --quiet %s %s", name, with_cats ? "--data" : "",
                   with_cats ? shared_path("data/cats") : "");
    if (r.status != 0) fail_msg("glia course %s: exit status %d, %s", name, r.status, r.err);
    json_t *doc = json_loads(r.out, 0, NULL);
    result_free(&r);
    assert_non_null(doc);
    return doc;
}

static const char *text_of(const json_t *object, const char *name) {
    return json_string_value(json_object_get(object, name));
}

/* The reference's own text, which lives as long as the tests. */
static const char *kept_name(const char *of) {
    for (int i = 0; i < LESSONS; i++)
        if (strcmp(lessons[i], of) == 0) return lessons[i];
    fail_msg("%s is no lesson", of);
    return NULL;
}

/* Puts the numbers of one table where they belong; its published texts are the reference's. */
static void take_table(json_t *table, json_t *printed, double *found) {
    size_t i, first = (size_t)json_integer_value(json_object_get(table, "first"));
    json_t *one;
    json_array_foreach(json_object_get(table, "numbers"), i, one) {
        assert_string_equal(text_of(one, "published"),
                            json_string_value(json_array_get(printed, first + i)));
        assert_string_not_equal(text_of(one, "verdict"), "differs");
        found[first + i] = json_number_value(json_object_get(one, "computed"));
    }
}

/* Compares an item, told in one or several tables, and its other published copy. */
static void compare_told(json_t *tables, const char *of, const char *item) {
    char copy[128];
    json_t *it = item_of(of, item), *table, *other, *items;
    int64_t n = (int64_t)json_array_size(json_object_get(it, "value"));
    matrix found = new_matrix(1, n);
    size_t i;
    json_array_foreach(tables, i, table) {
        if (strcmp(text_of(table, "of"), of) == 0 && strcmp(text_of(table, "item"), item) == 0)
            take_table(table, json_object_get(it, "printed"), found.v);
    }
    compare(of, item, found.v, n);
    snprintf(copy, sizeof copy, "%s(copy 2)", item);
    items = json_object_get(lesson(of), "items");
    json_array_foreach(items, i, other) {
        if (strcmp(text_of(other, "item"), copy) == 0) compare(of, copy, found.v, n);
    }
}

/* The first ten costs of a run that was told: its command by hand, with other epochs. */
static void first_ten_of(const char *of, const char *key, json_t *run_told) {
    json_t *data = json_object_get(run_told, "data"), *command;
    size_t i;
    json_array_foreach(data, i, command) {
        result r = run("$GLIA %s", strchr(json_string_value(command), ' ') + 1);
        if (r.status != 0) fail_msg("%s: %s", json_string_value(command), r.err);
        result_free(&r);
    }
    result r = run("$GLIA %s --epochs 10 --log-every 1 --json --quiet -o course.glia",
                   strchr(text_of(run_told, "command"), ' ') + 1);
    if (r.status != 0) fail_msg("%s: %s", text_of(run_told, "command"), r.err);
    json_t *doc = json_loads(r.out, 0, NULL);
    matrix c = costs_of(doc);
    assert_int_equal(c.cols, 10);
    first_ten(of, key, c.v);
    json_decref(doc);
    result_free(&r);
}

/* The way back of rnn's exercise is not in the reference: these are what the cells' formulas give
 * in NumPy, step by step, from the draws of the exercise. */
static const struct {
    const char *item;
    double value[4];
} back[] = {
    {"rnn_cell_backward.dxt[1][2]", {-1.387213050602093}},
    {"rnn_cell_backward.da_prev[2][3]", {-0.1523994937739542}},
    {"rnn_cell_backward.dWax[3][1]", {0.4107728249354584}},
    {"rnn_cell_backward.dWaa[1][2]", {1.150345066849713}},
    {"rnn_cell_backward.dba[4]", {0.2002349138798538}},
    {"rnn_backward.dx[1][2]",
     {-2.071016886851008, -0.5925562745888735, 0.02466854778006254, 0.01483316637574826}},
    {"rnn_backward.da0[2][3]", {-0.3149423751266506}},
    {"rnn_backward.dWax[3][1]", {11.26410449652778}},
    {"rnn_backward.dWaa[1][2]", {2.303333126579894}},
    {"rnn_backward.dba[4]", {-0.7474772166221436}},
    {"lstm_cell_backward.dxt[1][2]", {3.230559115109188}},
    {"lstm_cell_backward.da_prev[2][3]", {-0.0639621419710923}},
    {"lstm_cell_backward.dc_prev[2][3]", {0.7975220387970015}},
    {"lstm_cell_backward.dWf[3][1]", {-0.1479548381644972}},
    {"lstm_cell_backward.dbf[4]", {0.1886463724035349}},
    {"lstm_cell_backward.dWi[1][2]", {1.05749805522599}},
    {"lstm_cell_backward.dbi[4]", {-0.4014249090967564}},
    {"lstm_cell_backward.dWc[3][1]", {2.304562163687667}},
    {"lstm_cell_backward.dbc[4]", {0.2558776258301848}},
    {"lstm_cell_backward.dWo[1][2]", {0.3313115952892109}},
    {"lstm_cell_backward.dbo[4]", {0.1389334167611629}},
    {"lstm_backward.dx[1][2]",
     {0.002182539033451563, 0.2820537483289895, -0.4829250819230642, -0.4328111539536229}},
    {"lstm_backward.da0[2][3]", {0.3127703102572603}},
    {"lstm_backward.dWf[3][1]", {-0.08098023109383468}},
    {"lstm_backward.dbf[4]", {-0.157456565469952}},
    {"lstm_backward.dWi[1][2]", {0.4051243309298186}},
    {"lstm_backward.dbi[4]", {-0.5084833294481499}},
    {"lstm_backward.dWc[3][1]", {-0.07937467355121496}},
    {"lstm_backward.dbc[4]", {-0.425108175038536}},
    {"lstm_backward.dWo[1][2]", {0.03894877576298694}},
    {"lstm_backward.dbo[4]", {-0.1795819620709074}},
};
enum { BACK = sizeof back / sizeof *back };

static int number_of_back(const char *of, const char *item) {
    int i = 0;
    while (i < BACK && strcmp(back[i].item, item) != 0) i++;
    return strcmp(of, "rnn") == 0 ? i : BACK;
}

static void compare_back(json_t *table, int number) {
    json_t *one;
    size_t i;
    json_array_foreach(json_object_get(table, "numbers"), i, one) {
        double found = json_number_value(json_object_get(one, "computed"));
        if (strcmp(text_of(one, "verdict"), "same") || !near(found, back[number].value[i], 1e-12))
            fail_msg("%s[%zu] is %.17g, published %s, NumPy has %.17g", back[number].item, i, found,
                     text_of(one, "published"), back[number].value[i]);
    }
}

static int gone_back; /* how many of them were told */

static json_t *compare_lesson(const char *name, bool with_cats) {
    json_t *doc = told(name, with_cats), *tables = json_object_get(doc, "tables"), *table;
    size_t i, done;
    assert_true(json_array_size(tables) > 0);
    json_array_foreach(tables, i, table) {
        const char *of = kept_name(text_of(table, "of")), *item = text_of(table, "item");
        int number = number_of_back(of, item);
        if (number < BACK) compare_back(table, number), gone_back++;
        else if (!was_compared(of, item, &done)) compare_told(tables, of, item);
    }
    return doc;
}

static void lessons_without_trainings(void **state) {
    (void)state;
    static const char *const names[] = {"basics", "logistic", "weights", "steps",
                                        "hidden", "updates",  "conv",    "rnn"};
    for (size_t i = 0; i < sizeof names / sizeof *names; i++)
        json_decref(compare_lesson(names[i], false));
    assert_int_equal(gone_back, BACK);
}

static void lessons_with_trainings(void **state) {
    (void)state;
    static const struct {
        const char *name, *of;
        bool cats;
        const char *first[4]; /* of its runs */
    } all[] = {{"planar", "planar", false, {"train"}},
               {"init", "init", false, {"zeros", "random", "he"}},
               {"opt", "opt", false, {NULL}}, /* each cost is a mini-batch's */
               {"cats", "logistic", true, {"train"}},
               {"rates", "logistic", true, {NULL}},
               {"slip", "logistic", true, {NULL}},
               {"deep", "l_layer", true, {"later edition"}}};
    for (size_t i = 0; i < sizeof all / sizeof *all; i++) {
        json_t *doc = compare_lesson(all[i].name, all[i].cats),
               *runs = json_object_get(doc, "runs");
        for (size_t k = 0; all[i].first[k]; k++)
            first_ten_of(all[i].of, all[i].first[k], json_array_get(runs, k));
        json_decref(doc);
    }
}

static void a_lesson_without_its_data_says_so(void **state) {
    (void)state;
    refuses(3, "train_catvnoncat.h5", "$GLIA course cats");
    refuses(3, "nowhere: there are no train_catvnoncat.h5", "$GLIA course deep --data nowhere");
    refuses(2, "needs no data", "$GLIA course planar --data .");
    refuses(2, "did you mean 'planar'?", "$GLIA course planer");
    result r = run("$GLIA course --list && $GLIA course basics");
    assert_int_equal(r.status, 0);
    assert_non_null(strstr(r.out, "deep      12288-20-7-5-1 on images of cats (needs data)"));
    assert_non_null(strstr(r.out, "0.9525741268224334   same"));
    assert_non_null(strstr(r.out, "19 numbers: 19 are the same in every printed digit."));
    result_free(&r);
}

static const char *set(const char *name) {
    char file[128];
    snprintf(file, sizeof file, "reference/course/sets/%s.csv", name);
    need_shared(file);
    return shared_path(file);
}

/* A course set as numbers: columns x1, x2 and y. */
static void read_set(const char *name, matrix *x, matrix *y) {
    glia_table *t = glia_table_read(g, set(name), NULL);
    assert_non_null(t);
    *x = new_matrix(t->rows, 2), *y = new_matrix(t->rows, 1);
    for (int64_t i = 0; i < t->rows; i++) {
        for (int j = 0; j < 2; j++) x->v[2 * i + j] = gl_number(&t->column[j], i);
        y->v[i] = gl_number(&t->column[2], i);
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

/* Not published: the usual form of Adam beside the slip of public copies. */
static void opt_moons_by_adam(void **state) {
    (void)state;
    json_t *doc = train("%s --target y --scale none --hidden 5,2 --activation relu --init he "
                        "--seed 3 --lr 0.0007 --batch 64 --epochs 10000 --log-every 1000 "
                        "-o moons.glia --optimizer adam --eps 1e-8",
                        set("moons_300"));
    compare_matrix("opt", "adam.costs.eps_outside", costs_of(doc));
    compare_one("opt", "adam.acc.eps_outside", accuracy(doc, "train"));
    json_decref(doc);
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
        cmocka_unit_test(lessons_without_trainings),
        cmocka_unit_test(lessons_with_trainings),
        cmocka_unit_test(a_lesson_without_its_data_says_so),
        cmocka_unit_test(rows_of_length_1),
        cmocka_unit_test(costs_of_three_points),
        cmocka_unit_test(moments_after_one_update),
        cmocka_unit_test(random_mini_batches),
        cmocka_unit_test(a_convolution_adds_b_once),
        cmocka_unit_test(published_cost_of_saturated_outputs_is_infinite_ours_is_not),
        cmocka_unit_test(opt_moons_by_adam),
        cmocka_unit_test(opt_first_ten_mini_batches),
        cmocka_unit_test(every_item_was_compared),
        cmocka_unit_test(every_number_of_the_summary_was_compared),
    };
    return cmocka_run_group_tests(tests, open_all, close_all);
}
