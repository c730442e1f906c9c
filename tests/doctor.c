/*
 * doctor.c: every illness of the table is planted and found by name; healthy trainings hear
 * nothing; the training's bits do not depend on whether somebody looks.
 */
#include "test.h"

#include <glia/glia.h>
#include <jansson.h>
#include <math.h>

#ifdef __SANITIZE_ADDRESS__
/* Ten times slower: two small healthy sets, a read and a drawn one. */
enum { SEEDS = 1, EACH = 11 };
#else
enum { SEEDS = 3, EACH = 1 };
#endif

static glia_ctx *g;

/* ------------------------------------------------------------------------------------ sheets -- */

typedef struct sample {
    double v[4], noise; /* about normal; a few decimals */
    int y;              /* v0 + v1 v2 > 0, but for noise */
} sample;

static uint64_t state = 1;

static double normal(void) {
    double sum = -6;
    for (int i = 0; i < 12; i++) {
        state = state * 6364136223846793005u + 1442695040888963407u;
        sum += (double)(state >> 11) / 9007199254740992.0;
    }
    return round(sum * 1e4) / 1e4;
}

static sample draw(void) {
    sample s;
    for (int i = 0; i < 4; i++) s.v[i] = normal();
    s.noise = normal();
    s.y = s.v[0] + s.v[1] * s.v[2] + 0.3 * s.noise > 0;
    return s;
}

typedef void print_row(FILE *f, int i, const sample *s);

static void print_v(FILE *f, const sample *s) {
    for (int i = 0; i < 4; i++) fprintf(f, "%.4f,", s->v[i]);
}

static void plain(FILE *f, int i, const sample *s) {
    (void)i;
    print_v(f, s);
    fprintf(f, "%d\n", s->y);
}

static void shuffled(FILE *f, int i, const sample *s) {
    print_v(f, s);
    fprintf(f, "%d\n", i * 7919 % 13 % 2);
}

static void noisy(FILE *f, int i, const sample *s) {
    (void)i;
    print_v(f, s);
    fprintf(f, "%d\n", s->v[0] + s->noise > 0);
}

static void rare(FILE *f, int i, const sample *s) {
    (void)i;
    print_v(f, s);
    fprintf(f, "%d\n", s->v[0] + 2 * s->noise > 4);
}

/* One row in 25; the columns tell something of it. */
static void seldom(FILE *f, int i, const sample *s) {
    int y = i % 25 == 0;
    fprintf(f, "%.4f,%.4f,%.4f,%.4f,%d\n", s->v[0] + 1.2 * y, s->v[1], s->v[2], s->v[3], y);
}

static void telling(FILE *f, int i, const sample *s) {
    print_v(f, s);
    fprintf(f, "%s,%d\n", s->y ? "paid" : i % 2 ? "open" : "late", s->y);
}

static void telling_value(FILE *f, int i, const sample *s) {
    double price = s->v[0] + s->v[1] + s->noise;
    (void)i;
    print_v(f, s);
    fprintf(f, "%.4f,%.4f\n", 3 * price + 1 + 0.01 * s->v[3], price);
}

static void empty(FILE *f, int i, const sample *s) {
    if (i % 10 < 7) fprintf(f, ",%.4f,%.4f,%.4f,%d\n", s->v[1], s->v[2], s->v[3], s->y);
    else plain(f, i, s);
}

static void same_year(FILE *f, int i, const sample *s) {
    (void)i;
    print_v(f, s);
    fprintf(f, "2024,%d\n", s->y);
}

static void other_years(FILE *f, int i, const sample *s) {
    print_v(f, s);
    fprintf(f, "%d,%d\n", 2024 + i % 3, s->y);
}

static void large(FILE *f, int i, const sample *s) {
    (void)i;
    fprintf(f, "%.1f,%.4f,%.4f,%.4f,%d\n", 5000 + 1000 * s->v[0], s->v[1], s->v[2], s->v[3], s->y);
}

/* A picture of waves, which `number` says, beside the sheet. */
static void write_waves(const char *path, int number, int width) {
    char whole[600];
    int height = width * 3 / 4;
    snprintf(whole, sizeof whole, "%s/%s", scratch(), path);
    FILE *f = fopen(whole, "w");
    assert_non_null(f);
    fprintf(f, "P2 %d %d 255\n", width, height);
    for (int i = 0; i < width * height; i++) {
        double u = (i % width + 0.5) / width, v = (i / width + 0.5) / height;
        double a = cos(number * 7 % 8 * u + number % 11), b = sin(number * 3 % 8 * v + number % 7),
               c = cos(number * 5 % 4 * u - number % 5 * v);
        fprintf(f, "%d ", (int)(20 + 35 * (a + b + c + 3)));
    }
    fclose(f);
}

static void of_pictures(FILE *f, int i, const sample *s, const char *folder, int number, int width,
                        int y) {
    char path[64];
    snprintf(path, sizeof path, "%s%d.pgm", folder, i);
    write_waves(path, number, width);
    print_v(f, s);
    fprintf(f, "%s,%d\n", path, y);
}

static void one_picture(FILE *f, int i, const sample *s) {
    of_pictures(f, i, s, "one", i % 2 ? 99 : i, i % 3 ? 16 : 24, i % 2);
}

static void two_sizes(FILE *f, int i, const sample *s) {
    of_pictures(f, i, s, "two", i, i % 2 ? 16 : 20, i % 2);
}

static const struct sheet {
    const char *name, *extra; /* a column between d and y */
    print_row *print;
    int rows;
    uint64_t seed;
} sheets[] = {
    {"plain", "", plain, 600, 1},
    {"copy", "", plain, 150, 1},
    {"noisy", "", noisy, 60, 1},
    {"noisy-test", "", noisy, 600, 2},
    {"few", "", plain, 60, 1},
    {"shuffled", "", shuffled, 600, 1},
    {"rare", "", rare, 600, 1},
    {"seldom", "", seldom, 2500, 1},
    {"telling", "status,", telling, 600, 1},
    {"telling-value", "paid,", telling_value, 600, 1},
    {"empty", "", empty, 600, 1},
    {"same-year", "year,", same_year, 600, 1},
    {"other-years", "year,", other_years, 600, 2},
    {"large", "", large, 600, 1},
    {"one-picture", "path,", one_picture, 60, 1},
    {"two-sizes", "path,", two_sizes, 60, 1},
};

static void write_sheet(const struct sheet *s) {
    char path[600];
    snprintf(path, sizeof path, "%s/%s.csv", scratch(), s->name);
    FILE *f = fopen(path, "w");
    assert_non_null(f);
    fprintf(f, "a,b,c,d,%sy\n", s->extra);
    state = s->seed;
    for (int i = 0; i < s->rows; i++) {
        sample one = draw();
        s->print(f, i, &one);
    }
    fclose(f);
}

/* ----------------------------------------------------------------------------------- planted -- */

static const struct planted {
    const char *name, *where, *data, *options;
} planted[] = {
    {"symmetric-weights", "fc1", "plain", "--hidden 8 --activation tanh --init zeros"},
    {"symmetric-weights", "fc2", "plain", "--hidden 8,8 --init zeros"},
    {"dead-relu", "relu1", "plain", "--hidden 32 --optimizer sgd --lr 20"},
    {"saturated", "tanh1", "plain", "--hidden 16 --activation tanh --init normal:50 --epochs 30"},
    {"saturated", "sigmoid1", "plain",
     "--hidden 16 --activation sigmoid --init normal:50 --epochs 30"},
    {"vanishing-gradient", "fc1", "plain",
     "--hidden 8,8,8,8,8,8,8,8 --activation sigmoid --optimizer sgd --epochs 20"},
    {"exploding-gradient", "", "plain", "--hidden 32,32,32,32,32,32 --init normal:2 --lr 1e-6"},
    {"lr-too-high", "", "plain", "--hidden 16 --lr 1"},
    {"lr-too-high", "", "plain", "--hidden 32 --optimizer sgd --lr 20"},
    {"lr-too-low", "", "plain", "--hidden 16 --optimizer sgd --lr 1e-5 --epochs 50"},
    {"lr-too-low", "", "plain", "--hidden 16 --lr 1e-6 --epochs 50"},
    {"too-few-updates", "", "plain", "--batch full --epochs 3"},
    {"no-early-stop", "", "few", "--hidden 64 --early-stop 0 --epochs 1000"},
    {"unscaled-features", "a", "large", "--scale none"},
    {"leakage", "status", "telling", ""},
    {"leakage", "paid", "telling-value", ""},
    {"duplicate-rows", "test", "plain", "--test copy.csv"},
    {"repeated-picture", "1", "one-picture", "--image-column path --ignore a,b,c,d --epochs 2"},
    {"telltale-pictures", "width of their files", "two-sizes",
     "--image-column path --ignore a,b,c,d --epochs 2"},
    {"mostly-missing", "a", "empty", ""},
    {"constant-column", "year", "same-year", "--test other-years.csv"},
    {"unbalanced-classes", "1", "rare", ""},
    {"overfitting", "", "noisy", "--test noisy-test.csv --hidden 64 --val none --epochs 1000"},
    {"not-learning", "", "shuffled", "--hidden none"},
    {"not-learning", "", "shuffled", "--hidden none --class-weight balanced"},
    {"no-signal", "", "shuffled", "--hidden 64 --early-stop 0 --epochs 300 --plain"},
};

enum { PLANTED = sizeof planted / sizeof *planted };

/* The finding of that name and place, or NULL. */
static const json_t *find(const json_t *doc, const char *name, const char *where) {
    size_t i;
    const json_t *f;
    json_array_foreach(json_object_get(doc, "findings"), i, f) {
        if (strcmp(json_string_value(json_object_get(f, "name")), name) == 0 &&
            (!*where || strcmp(json_string_value(json_object_get(f, "where")), where) == 0))
            return f;
    }
    return NULL;
}

static void every_planted_illness_is_found(void **unused) {
    (void)unused;
    for (int i = 0; i < PLANTED; i++) {
        const struct planted *p = &planted[i];
        result r =
            run("$GLIA train %s.csv --target y %s --quiet --json -o ill.glia", p->data, p->options);
        if (r.status != 0) fail_msg("%s %s: exit %d: %s", p->data, p->options, r.status, r.err);
        json_t *doc = json_loads(r.out, 0, NULL);
        const json_t *f = find(doc, p->name, p->where);
        if (!f)
            fail_msg("%s %s: no %s of '%s' among the findings: %s", p->data, p->options, p->name,
                     p->where, r.err);
        char line[400];
        snprintf(line, sizeof line, "glia: warning: %s: %s; %s\n", p->name,
                 json_string_value(json_object_get(f, "seen")),
                 json_string_value(json_object_get(f, "mend")));
        if (!strstr(r.err, line)) fail_msg("%s: not on stderr: %s", p->name, line);
        if (strstr(line, "option '")) fail_msg("%s: the library's words: %s", p->name, line);
        print_message("# %s", line + strlen("glia: warning: "));
        json_decref(doc);
        result_free(&r);
    }
}

static void every_illness_of_the_table_is_planted(void **unused) {
    (void)unused;
    int count;
    const glia_illness *all = glia_illnesses(&count);
    assert_true(count >= 15);
    for (int k = 0; k < count; k++) {
        bool found = false;
        for (int i = 0; i < PLANTED; i++) found |= strcmp(planted[i].name, all[k].name) == 0;
        if (!found) fail_msg("nobody plants %s", all[k].name);
    }
}

static void the_doctor_can_be_sent_away(void **unused) {
    (void)unused;
    result r = run("$GLIA train plain.csv --target y --hidden 8 --init zeros --doctor off --quiet "
                   "--json -o ill.glia");
    json_t *doc = json_loads(r.out, 0, NULL);
    assert_int_equal(r.status, 0);
    assert_string_equal(r.err, "");
    assert_int_equal(json_array_size(json_object_get(doc, "findings")), 0);
    json_decref(doc);
    result_free(&r);
}

/* ----------------------------------------------------------------------------------- healthy -- */

static const struct healthy {
    const char *name, *options; /* pairs "option=value", comma separated */
    const char *file, *test;    /* below shared/; NULL: generated */
    int64_t rows;               /* 0: as many as a generator gives */
    bool large;                 /* one seed will do; `make nightly` trains all (GLIA_SEEDS) */
} healthy[] = {
    {"iris", "target=species", "data/tabular/iris.csv", NULL},
    {"wine", "", "data/tabular/wine.csv", NULL},
    {"breast cancer", "target=diagnosis,ignore=id", "data/tabular/wisc_breast_cancer.csv", NULL},
    {"titanic", "target=Survived", "data/tabular/titanic.csv", NULL},
    {"diabetes", "target=Y", "data/tabular/diabetes.csv", NULL},
    {"adult", "", "data/tabular/adult-train.csv", "data/tabular/adult-test.csv", 0, true},
    {"california", "target=median_house_value", "data/tabular/california_housing.csv", NULL, 0,
     true},
    {"svmguide1", "target=0", "data/tabular/svmguide1.csv", "data/tabular/svmguide1.t.csv"},
    {"iris, softmax regression", "target=species,hidden=none", "data/tabular/iris.csv", NULL},
    {"diabetes, linear", "target=Y,hidden=none", "data/tabular/diabetes.csv", NULL},
    {"flower", "", NULL, NULL},
    {"moons", "", NULL, NULL},
    {"circles", "", NULL, NULL},
    {"spirals", "", NULL, NULL},
    {"xor", "", NULL, NULL},
    {"houses", "", NULL, NULL},
    /* of all 6,000 a convolution takes a minute, and pictures that vary six times as long */
    {"digits", "augment=none", NULL, NULL, 1500, true},
};

static glia_recipe *recipe_of(const char *options, int seed) {
    glia_recipe *r = glia_recipe_new(g);
    char words[200], number[16];
    snprintf(words, sizeof words, "%s", options);
    snprintf(number, sizeof number, "%d", seed);
    assert_int_equal(glia_recipe_set(r, "seed", number), GLIA_OK);
    for (char *rest = words, *word; (word = strsep(&rest, ",")) && *word;) {
        char *value = strchr(word, '=');
        *value++ = 0;
        assert_int_equal(glia_recipe_set(r, word, value), GLIA_OK);
    }
    return r;
}

/* Trains with the defaults and expects that there is nothing to remark. */
static void expect_health(const char *name, const glia_table *t, const glia_table *test,
                          const char *options, int seed) {
    glia_recipe *recipe = recipe_of(options, seed);
    glia_train_job job = {.recipe = recipe, .train = t, .test = test};
    glia_report *report;
    glia_model *m = glia_train(g, &job, &report);
    if (!m) fail_msg("%s: %s", name, glia_message(g));
    int count = report->history->findings;
    const glia_finding *f = report->history->finding;
    for (int i = 0; i < count; i++)
        print_message("# %s, seed %d: %s: %s\n", name, seed, f[i].illness->name, f[i].seen);
    if (count) fail_msg("%s, seed %d: %d false alarms", name, seed, count);
    glia_report_free(g, report);
    glia_model_free(m);
    glia_recipe_free(recipe);
}

static glia_table *must_read(const char *name) {
    if (access(shared_path(name), R_OK) != 0) return NULL;
    glia_table *t = glia_table_read(g, shared_path(name), NULL);
    if (!t) fail_msg("%s", glia_message(g));
    return t;
}

static void healthy_trainings_hear_nothing(void **unused) {
    (void)unused;
    for (size_t i = 0; i < sizeof healthy / sizeof *healthy; i += EACH) {
        const struct healthy *h = &healthy[i];
        glia_table *test = h->test ? must_read(h->test) : NULL;
        glia_table *read = h->file ? must_read(h->file) : NULL;
        if (h->file && !read) print_message("# left out: %s is not here\n", shared_path(h->file));
        int seeds = test_seeds(h->large ? 1 : SEEDS);
        for (int seed = 1; seed <= seeds && (read || !h->file); seed++) {
            glia_table *t = read ? read : glia_table_generate(g, h->name, h->rows, (uint64_t)seed);
            expect_health(h->name, t, test, h->options, seed);
            if (t != read) glia_table_free(t);
        }
        glia_table_free(read);
        glia_table_free(test);
    }
}

/* Whose accuracy is far below that of the most frequent class, and the plain loss above its
 * entropy: both were given away on purpose, and mini-batches without a rare row have another
 * cost. */
static void balanced_classes_are_no_illness(void **unused) {
    (void)unused;
    for (int seed = 1; seed <= SEEDS; seed++) {
        result r =
            run("$GLIA train seldom.csv --target y --class-weight balanced --seed %d -q --json "
                "-o seldom.glia",
                seed);
        json_t *doc = json_loads(r.out, 0, NULL);
        if (!doc) fail_msg("%s", r.err);
        static const char *const none[] = {"not-learning", "no-signal", "lr-too-high"};
        for (int k = 0; k < 3; k++)
            if (find(doc, none[k], "")) fail_msg("seed %d: %s", seed, r.err);
        assert_null(strstr(r.err, "worse than no model"));
        json_decref(doc);
        result_free(&r);
    }
}

/* The first 1,000 digits: IDX files with a header for so many. */
static void healthy_digits_hear_nothing(void **unused) {
    (void)unused;
    if (EACH > 1) skip();
    need_shared("data/mnist/train-images-idx3-ubyte.gz");
    result r = run("{ printf '\\000\\000\\010\\003\\000\\000\\003\\350\\000\\000\\000\\034\\000"
                   "\\000\\000\\034'; zcat '%s' | tail -c +17 | head -c 784000; } "
                   ">d-images-idx3-ubyte\n"
                   "{ printf '\\000\\000\\010\\001\\000\\000\\003\\350'; zcat '%s' | tail -c +9 | "
                   "head -c 1000; } >d-labels-idx1-ubyte",
                   shared_path("data/mnist/train-images-idx3-ubyte.gz"),
                   shared_path("data/mnist/train-labels-idx1-ubyte.gz"));
    assert_int_equal(r.status, 0);
    result_free(&r);
    char path[600];
    snprintf(path, sizeof path, "%s/d-images-idx3-ubyte", scratch());
    glia_table *t = glia_table_read(g, path, NULL);
    assert_non_null(t);
    expect_health("MNIST", t, NULL, "augment=none", 1);
    glia_table_free(t);
}

/* ---------------------------------------------------------------------------- beside the way -- */

enum { ROWS = 300, FEATURES = 4 };

static void draw_data(float x[ROWS][FEATURES], float *y) {
    state = 3;
    for (int i = 0; i < ROWS; i++) {
        sample s = draw();
        for (int j = 0; j < FEATURES; j++) x[i][j] = (float)s.v[j];
        y[i] = (float)s.y;
    }
}

/* Trains; returns the weights in fresh memory, and the findings' count. */
static float *fit(const char *net, glia_fit_options o, int64_t *n, int *findings) {
    static float x[ROWS][FEATURES], y[ROWS];
    draw_data(x, y);
    glia_model *m = glia_model_new(g, FEATURES, net, &(glia_model_options){.seed = 5});
    assert_non_null(m);
    glia_history *h;
    if (glia_model_fit(m, glia_tensor_f32(x[0], ROWS, FEATURES), glia_tensor_f32(y, ROWS, 1), &o,
                       &h) != GLIA_OK)
        fail_msg("%s: %s", net, glia_message(g));
    *findings = h->findings;
    glia_history_free(g, h);
    float *all = malloc((size_t)glia_model_parameters(m) * sizeof *all);
    *n = 0;
    for (int i = 0; i < glia_model_params(m); i++) {
        glia_tensor p = glia_model_param(m, i);
        memcpy(all + *n, p.data, (size_t)glia_tensor_count(&p, 0) * sizeof *all);
        *n += glia_tensor_count(&p, 0);
    }
    glia_model_free(m);
    return all;
}

static void the_bits_do_not_depend_on_the_doctor(void **unused) {
    (void)unused;
    static const struct {
        const char *net;
        glia_fit_options o;
    } cases[] = {
        {"dense 16 relu, dense 1 sigmoid", {.epochs = 20}},
        {"dense 16 tanh, dropout 0.5, dense 8 gelu, dense 1 sigmoid", {.epochs = 20, .l2 = 0.01}},
        {"dense 16 relu, dense 1 sigmoid", {.epochs = 20, .rng = "numpy", .optimizer = "sgd"}},
        {"dense 8 elu, dense 1 sigmoid", {.epochs = 30, .optimizer = "lbfgs"}},
        {"dense 8 relu, dense 1 sigmoid", {.epochs = 30, .batch = GLIA_FULL_BATCH, .tol = 1e-9}},
    };
    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
        int64_t n[2];
        int findings;
        float *weights[2];
        for (int doctor = 0; doctor < 2; doctor++) {
            glia_fit_options o = cases[i].o;
            o.doctor = doctor;
            weights[doctor] = fit(cases[i].net, o, &n[doctor], &findings);
        }
        assert_int_equal(n[0], n[1]);
        assert_memory_equal(weights[0], weights[1], (size_t)n[0] * sizeof(float));
        free(weights[0]);
        free(weights[1]);
    }
}

static void only_who_asks_is_told(void **unused) {
    (void)unused;
    int64_t n;
    int findings;
    glia_fit_options o = {.epochs = 1, .batch = GLIA_FULL_BATCH};
    free(fit("dense 4 relu, dense 1 sigmoid", o, &n, &findings));
    assert_int_equal(findings, 0);
    o.doctor = 1;
    free(fit("dense 4 relu, dense 1 sigmoid", o, &n, &findings));
    assert_true(findings > 0);
}

/* The value of an output layer lies elsewhere than that of a hidden one. */
static void an_output_of_zeros_is_found(void **unused) {
    (void)unused;
    static float x[ROWS][FEATURES], y[ROWS];
    draw_data(x, y);
    glia_model *m = glia_model_new(g, FEATURES, "dense 8 tanh, dense 1 relu", NULL);
    glia_tensor w = glia_model_param(m, glia_model_find_param(m, "fc2.w"));
    memset(w.data, 0, (size_t)glia_tensor_count(&w, 0) * sizeof(float));
    *(float *)glia_model_param(m, glia_model_find_param(m, "fc2.b")).data = -1;
    glia_fit_options o = {.epochs = 5, .doctor = 1};
    glia_history *h;
    assert_int_equal(glia_model_fit(m, glia_tensor_f32(x[0], ROWS, FEATURES),
                                    glia_tensor_f32(y, ROWS, 1), &o, &h),
                     GLIA_OK);
    assert_int_equal(h->findings, 1);
    assert_string_equal(h->finding->illness->name, "dead-relu");
    assert_string_equal(h->finding->where, "relu2");
    glia_history_free(g, h);
    glia_model_free(m);
}

/* The page is for people at the program: for option 'lr' it says --lr, as the program does. */
static void say_flags(const char *text, char *out) {
    for (; *text; text++) {
        bool marked = strncmp(text, "option '", 8) == 0;
        if (marked && strncmp(text + 8, "split'", 6) == 0) out = stpcpy(out, "glia data ");
        if (marked) out = stpcpy(out, "--"), text += 8;
        size_t n = marked ? strcspn(text, "'") : 1;
        memcpy(out, text, n);
        out += n, text += marked ? n : 0;
    }
    *out = 0;
}

/* A line of the page for every row of the table, in its order. */
static void the_page_is_the_table(void **unused) {
    (void)unused;
    int count;
    const glia_illness *all = glia_illnesses(&count);
    char *page = slurp(SOURCE_ROOT "/docs/doctor.md"), line[700], mend[300];
    const char *from = page;
    for (int i = 0; i < count; i++) {
        say_flags(all[i].mend, mend);
        snprintf(line, sizeof line, "| `%s` | %s %g | %s | %s |\n", all[i].name, all[i].measured,
                 all[i].limit, mend, all[i].source);
        from = strstr(from, line);
        if (!from) fail_msg("docs/doctor.md lacks, or has elsewhere, the line\n%s", line);
    }
    free(page);
}

static int set_up(void **unused) {
    (void)unused;
    g = glia_open(NULL);
    for (size_t i = 0; i < sizeof sheets / sizeof *sheets; i++) write_sheet(&sheets[i]);
    return g ? 0 : -1;
}

static int tear_down(void **unused) {
    (void)unused;
    glia_close(g);
    return 0;
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(every_illness_of_the_table_is_planted),
        cmocka_unit_test(every_planted_illness_is_found),
        cmocka_unit_test(the_doctor_can_be_sent_away),
        cmocka_unit_test(healthy_trainings_hear_nothing),
        cmocka_unit_test(balanced_classes_are_no_illness),
        cmocka_unit_test(healthy_digits_hear_nothing),
        cmocka_unit_test(the_bits_do_not_depend_on_the_doctor),
        cmocka_unit_test(only_who_asks_is_told),
        cmocka_unit_test(an_output_of_zeros_is_found),
        cmocka_unit_test(the_page_is_the_table),
    };
    return cmocka_run_group_tests_name("doctor", tests, set_up, tear_down);
}
