/*
 * linear.c: `--hidden none` reaches the optimum. Logistic, softmax and linear regression are
 * convex: there is one answer, and shared/reference/baselines has it for public data sets, computed
 * elsewhere to a gradient of 1e-9.
 */
#include "test.h"

#include "product/model.h"
#include <jansson.h>
#include <math.h>

#include "context.h"

typedef struct set {
    const char *name;        /* as the baseline's begins */
    const char *file, *test; /* below data/; test NULL: each fifth row of the file */
    const char *options;
    int columns; /* of a libsvm file; 0: CSV */
    bool header;
} set;

#define STANDARD "--scale standard "
#define PASSENGER "PassengerId,Name,Ticket,Cabin"

static const set sets[] = {
    {"iris", "tabular/iris.csv", NULL, STANDARD "--target species", 0, true},
    {"wine", "tabular/wine.csv", NULL, STANDARD, 0, false},
    {"wisc_breast_cancer", "tabular/wisc_breast_cancer.csv", NULL,
     STANDARD "--target diagnosis --ignore id", 0, true},
    {"titanic", "tabular/titanic.csv", NULL, STANDARD "--target Survived --ignore " PASSENGER, 0,
     true},
    {"svmguide1", "tabular/svmguide1.csv", "tabular/svmguide1.t.csv", STANDARD "--target 0", 0,
     true},
    {"adult", "tabular/adult-train.csv", "tabular/adult-test.csv", STANDARD, 0, false},
    {"heart_scale", "libsvm/heart_scale", NULL, "--scale none --target 1", 13, false},
    {"a1a", "libsvm/a1a", "libsvm/a1a.t", "--scale none --target 1", 123, false},
    {"winequality-white", "tabular/winequality-white.csv", NULL, STANDARD "--target quality", 0,
     true},
    {"diabetes", "tabular/diabetes.csv", NULL, STANDARD "--target Y", 0, true},
    {"california_housing", "tabular/california_housing.csv", NULL,
     STANDARD "--target median_house_value", 0, true},
    {"house_area_price", "tabular/house_area_price.txt", NULL, STANDARD, 0, false},
};

/* --------------------------------------------------------------------------------- baselines -- */

static int64_t rows_of(const glia_table *t, const char *name) {
    char cell[160];
    for (int64_t i = 0; i < glia_table_rows(t); i++) {
        glia_table_cell(t, i, 0, cell, sizeof cell);
        size_t n = strlen(name);
        if (strncmp(cell, name, n) == 0 && strchr(", (", cell[n])) return i;
    }
    fail_msg("no baseline for %s", name);
    return -1;
}

/* NaN: the cell is empty. */
static double baseline(const glia_table *t, const char *name, const char *column) {
    for (int c = 0; c < glia_table_columns(t); c++) {
        if (strcmp(glia_table_column(t, c).name, column) != 0) continue;
        return ((const double *)glia_table_values(t, c).data)[rows_of(t, name)];
    }
    fail_msg("the baselines have no column %s", column);
    return NAN;
}

static glia_table *open_baselines(void) {
    need_shared("reference/baselines/baselines.csv");
    glia_table *t = glia_table_read(g, shared_path("reference/baselines/baselines.csv"), NULL);
    if (!t) fail_msg("%s", glia_message(g));
    return t;
}

/* ---------------------------------------------------------------------------------- training -- */

static double number(const json_t *doc, const char *part, const char *score) {
    const json_t *scores = json_object_get(json_object_get(doc, "metrics"), part);
    return json_number_value(json_object_get(scores, score));
}

static json_t *train(const char *command) {
    result r = run("%s --hidden none --precision f64 --quiet --json -o linear.glia", command);
    if (r.status != 0) fail_msg("%s: exit %d: %s", command, r.status, r.err);
    json_t *doc = json_loads(r.out, 0, NULL);
    assert_non_null(doc);
    result_free(&r);
    return doc;
}

/* lambda/2 sum w^2 of the model that was written. */
static double penalty(double lambda) {
    char path[600];
    double sum = 0;
    snprintf(path, sizeof path, "%s/linear.glia", scratch());
    glia_model *m = glia_model_load(g, path);
    assert_non_null(m);
    for (int64_t i = 0; i < m->net->decayed; i++)
        sum += gl_store_value(m->net->store, GL_WEIGHTS, i) *
               gl_store_value(m->net->store, GL_WEIGHTS, i);
    glia_model_free(m);
    return lambda / 2 * sum;
}

static void agree(const char *name, const char *what, double found, double expected,
                  double tolerance) {
    double difference = fabs(found - expected) / fabs(expected);
    print_message("# %-20s %-10s %.12g, baseline %.12g, relative difference %.1e\n", name, what,
                  found, expected, difference);
    if (!(difference <= tolerance))
        fail_msg("%s: %s is %.17g, the baseline says %.17g", name, what, found, expected);
}

static void compare(const glia_table *t, const char *name, const json_t *doc, double lambda) {
    if (isnan(baseline(t, name, "J"))) {
        agree(name, "train MSE", number(doc, "train", "mse"), baseline(t, name, "train_mse"), 1e-8);
        agree(name, "test RMSE", number(doc, "test", "rmse"), baseline(t, name, "test_rmse"), 1e-6);
        agree(name, "test MAE", number(doc, "test", "mae"), baseline(t, name, "test_mae"), 1e-6);
    } else {
        double train_point = 1.5 / baseline(t, name, "n_train"), /* one row on the border */
            test_point = 1.5 / baseline(t, name, "n_test");
        agree(name, "J", number(doc, "train", "loss") + penalty(lambda), baseline(t, name, "J"),
              1e-8);
        agree(name, "train acc.", number(doc, "train", "accuracy"), baseline(t, name, "train_acc"),
              train_point);
        agree(name, "test acc.", number(doc, "test", "accuracy"), baseline(t, name, "test_acc"),
              test_point);
    }
    const char *stopped = json_string_value(json_object_get(doc, "stopped"));
    print_message("# %-20s %lld steps, %.3f s, stopped: %s\n", name,
                  (long long)json_integer_value(json_object_get(doc, "epochs")),
                  json_number_value(json_object_get(doc, "seconds")), stopped);
}

/* lambda = 1/m makes the L2 term the baselines' 1/(2m) sum w^2. */
static double lambda_for(const glia_table *t, const char *name) {
    return isnan(baseline(t, name, "J")) ? 0 : 1 / baseline(t, name, "n_train");
}

static void shell(const char *command) {
    result r = run("%s", command);
    if (r.status != 0) fail_msg("%s: exit %d: %s", command, r.status, r.err);
    result_free(&r);
}

/* A CSV file in which a missing text is a text of its own, as in the baselines; a libsvm file with
 * every column written out, the label first. */
static void prepare(const set *s, const char *name, const char *as) {
    char file[256], command[2048];
    snprintf(file, sizeof file, "data/%s", name);
    need_shared(file);
    if (s->columns == 0) {
        snprintf(command, sizeof command, "sed 's/?/none/g; s/,\\(\r*\\)$/,none\\1/' '%s' >%s",
                 shared_path(file), as);
    } else {
        snprintf(command, sizeof command,
                 "awk '{ split(\"\", v); for (i = 2; i <= NF; i++) { split($i, p, \":\"); v[p[1]] "
                 "= p[2] }"
                 " printf \"%%d\", $1; for (j = 1; j <= %d; j++) printf \",%%s\", v[j] == \"\" ? 0 "
                 ": v[j];"
                 " print \"\" }' '%s' >%s",
                 s->columns, shared_path(file), as);
    }
    shell(command);
}

/* Row i is a test row if i % 5 == 4. */
static void split(bool header) {
    char command[512];
    snprintf(command, sizeof command,
             "awk -v h=%d 'NR <= h { print >\"train.csv\"; print >\"test.csv\"; next } "
             "{ print >((NR - 1 - h) %% 5 == 4 ? \"test.csv\" : \"train.csv\") }' all.csv",
             header);
    shell(command);
}

static void the_optimum_of_the_baseline_is_reached(void **state) {
    const set *s = *state;
    char command[512];
    glia_table *t = open_baselines();
    double lambda = lambda_for(t, s->name);
    prepare(s, s->file, s->test ? "train.csv" : "all.csv");
    if (s->test) prepare(s, s->test, "test.csv");
    else split(s->header);
    snprintf(command, sizeof command, "$GLIA train train.csv --test test.csv %s --l2 %.17g",
             s->options, lambda);
    json_t *doc = train(command);
    compare(t, s->name, doc, lambda);
    json_decref(doc);
    glia_table_free(t);
}

/* Softmax regression on the first 10,000 digits: IDX files with a header for so many. */
static void the_optimum_of_10000_digits_is_reached(void **state) {
    (void)state;
    need_shared("data/mnist/train-images-idx3-ubyte.gz");
    glia_table *t = open_baselines();
    result r =
        run("{ printf '\\000\\000\\010\\003\\000\\000\\047\\020\\000\\000\\000\\034\\000\\000"
            "\\000\\034'; zcat '%s' | tail -c +17 | head -c 7840000; } >d-images-idx3-ubyte\n"
            "{ printf '\\000\\000\\010\\001\\000\\000\\047\\020'; zcat '%s' | tail -c +9 | "
            "head -c 10000; } >d-labels-idx1-ubyte",
            shared_path("data/mnist/train-images-idx3-ubyte.gz"),
            shared_path("data/mnist/train-labels-idx1-ubyte.gz"));
    assert_int_equal(r.status, 0);
    result_free(&r);
    char command[2048];
    double lambda = lambda_for(t, "mnist");
    snprintf(command, sizeof command,
             "$GLIA train d-images-idx3-ubyte --test '%s' --scale 255 --l2 %.17g",
             shared_path("data/mnist/t10k-images-idx3-ubyte.gz"), lambda);
    json_t *doc = train(command);
    compare(t, "mnist", doc, lambda);
    json_decref(doc);
    glia_table_free(t);
}

/* ------------------------------------------------------------------------------- conventions -- */

/* liblinear's 1/2 w'w + C sum of losses is ours with C = 1 / (m lambda). Its bias is a weight for a
 * constant feature: as good as free of the penalty when the feature is large. */
static void l2_is_1_over_m_C_of_liblinear(void **state) {
    (void)state;
    enum { ROWS = 270, COLUMNS = 13 };
    need_shared("data/libsvm/heart_scale");
    if (system("command -v liblinear-train >/dev/null") != 0) {
        print_message("# skipped: liblinear-train (package liblinear-tools) is not here\n");
        skip();
    }
    char command[2048], path[600], line[256];
    double lambda = 0.01;
    prepare(&(set){.columns = COLUMNS}, "libsvm/heart_scale", "all.csv");
    json_decref(train("$GLIA train all.csv --scale none --target 1 --l2 0.01"));
    snprintf(command, sizeof command,
             "liblinear-train -q -s 0 -c %.17g -B 10000 -e 1e-12 '%s' other.model",
             1 / (ROWS * lambda), shared_path("data/libsvm/heart_scale"));
    shell(command);
    snprintf(path, sizeof path, "%s/linear.glia", scratch());
    glia_model *m = glia_model_load(g, path);
    snprintf(path, sizeof path, "%s/other.model", scratch());
    FILE *f = fopen(path, "r");
    assert_true(m && f && m->net->count == COLUMNS + 1);
    double sign = strcmp(glia_model_class(m, 1), "1") == 0 ? 1 : -1; /* theirs: of label 1 */
    while (fgets(line, sizeof line, f) && strcmp(line, "w\n") != 0) {
    }
    for (int i = 0; i <= COLUMNS; i++) {
        assert_non_null(fgets(line, sizeof line, f));
        double theirs = strtod(line, NULL) * (i == COLUMNS ? 10000 : 1);
        double ours = sign * gl_store_value(m->net->store, GL_WEIGHTS, i);
        if (fabs(ours - theirs) > 1e-6)
            fail_msg("weight %d is %.12g, liblinear's %.12g", i, ours, theirs);
    }
    fclose(f);
    glia_model_free(m);
}

/* ---------------------------------------------------------------------------------- defaults -- */

static void only_what_trains_by_default_is_taken_to_the_optimum(void **state) {
    (void)state;
    static const struct {
        const char *options, *optimizer, *batch;
        int val;
    } cases[] = {
        {"--target species --hidden none", "lbfgs", "full", 0},
        {"--target species --hidden none --val 0.2", "lbfgs", "full", 30},
        {"--target species --hidden none --early-stop 5", "lbfgs", "full", 30},
        {"--target species --hidden none --l2 0.1 --precision f64", "lbfgs", "full", 0},
        {"--target species --hidden none --optimizer lbfgs", "lbfgs", "full", 0},
        {"--target species --hidden none --epochs 5", "adam", "32", 30},
        {"--target species --hidden none --batch full", "lbfgs", "full", 0},
        {"--target species --hidden none --batch 16", "adam", "16", 30},
        {"--target species --hidden none --plain", "adam", "32", 30},
        {"--target sepal_length --hidden none --loss mae", "adam", "32", 30},
        {"--target species --hidden 8", "adam", "32", 30},
        {"--target species --hidden 8 --optimizer lbfgs", "lbfgs", "full", 30},
    };
    need_shared("data/tabular/iris.csv");
    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
        result r = run("$GLIA train '%s' %s --quiet --json -o default.glia >fit.json && "
                       "$GLIA show default.glia --json",
                       shared_path("data/tabular/iris.csv"), cases[i].options);
        if (r.status != 0) fail_msg("%s: %s", cases[i].options, r.err);
        char path[600];
        snprintf(path, sizeof path, "%s/fit.json", scratch());
        json_t *fit = json_load_file(path, 0, NULL), *shown = json_loads(r.out, 0, NULL);
        json_t *options = json_object_get(shown, "hyperparameters");
        json_t *val = json_object_get(json_object_get(fit, "samples"), "val");
        print_message("# %s\n", cases[i].options);
        assert_string_equal(json_string_value(json_object_get(options, "optimizer")),
                            cases[i].optimizer);
        assert_string_equal(json_string_value(json_object_get(options, "batch")), cases[i].batch);
        assert_int_equal(json_integer_value(val), cases[i].val);
        json_decref(fit);
        json_decref(shown);
        result_free(&r);
    }
}

/* Numbers of 32 bits go as far as their rounding lets them. */
static void f32_comes_close_to_the_optimum(void **state) {
    (void)state;
    static const char *const files[] = {"california_housing.csv", "diabetes.csv"};
    static const char *const targets[] = {"median_house_value", "Y"};
    need_shared("data/tabular/california_housing.csv");
    for (int i = 0; i < 2; i++) {
        double mse[2];
        for (int precision = 0; precision < 2; precision++) {
            result r =
                run("$GLIA train '%s/%s' --target %s --hidden none --l2 0 --quiet --json "
                    "--precision %s -o linear.glia",
                    shared_path("data/tabular"), files[i], targets[i], precision ? "f64" : "f32");
            if (r.status != 0) fail_msg("%s: %s", files[i], r.err);
            json_t *doc = json_loads(r.out, 0, NULL);
            mse[precision] = number(doc, "train", "mse");
            json_decref(doc);
            result_free(&r);
        }
        print_message("# %s: train MSE %.9g in f32, %.9g in f64\n", files[i], mse[0], mse[1]);
        assert_true(fabs(mse[0] - mse[1]) < 1e-4 * mse[1]);
    }
}

int main(void) {
    enum { COUNT = sizeof sets / sizeof *sets, OTHERS = 4 };
    struct CMUnitTest tests[OTHERS + COUNT] = {
        cmocka_unit_test(the_optimum_of_10000_digits_is_reached),
        cmocka_unit_test(l2_is_1_over_m_C_of_liblinear),
        cmocka_unit_test(only_what_trains_by_default_is_taken_to_the_optimum),
        cmocka_unit_test(f32_comes_close_to_the_optimum),
    };
    char names[COUNT][80];
    for (int i = 0; i < COUNT; i++) {
        snprintf(names[i], sizeof names[i], "the_optimum_of_the_baseline_is_reached: %s",
                 sets[i].name);
        tests[OTHERS + i] = (struct CMUnitTest){.name = names[i],
                                                .test_func = the_optimum_of_the_baseline_is_reached,
                                                .initial_state = (void *)&sets[i]};
    }
    return cmocka_run_group_tests_name("linear", tests, open_context, close_context);
}
