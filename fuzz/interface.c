/*
 * interface.c: the public C interface, called at random: each byte is a call, and those behind it
 * say with what. Whatever a call is given within its contract (glia.h), it returns; one that fails
 * says why, and the status it returns is that of the context.
 *
 * Three places for tables and three for models: a call takes one from a place, and what it makes
 * goes to another.
 */
#include "fuzz.h"

#include <math.h>

enum { PLACES = 3, MOST_CALLS = 24, MOST_ROWS = 24, MOST_WIDTH = 64 };

typedef struct hands {
    fuzz_choices c;
    glia_table *table[PLACES];
    glia_model *model[PLACES];
    glia_recipe *recipe;
    glia_schema *schema;
    glia_table_builder *builder;
} hands;

#define COUNT(list) (unsigned)(sizeof(list) / sizeof *(list))

/* Once in an expression: which of two comes first is the compiler's choice. */
static unsigned choose(hands *h, unsigned below) { return fuzz_choose(&h->c, below); }
#define WORD(h, list) list[choose(h, COUNT(list))]

static const char *const numbers[] = {"0",    "1",     "2",   "3",   "8", "-1", "0.5",
                                      "1e-3", "1e300", "nan", "inf", "",  "1.5"};
static const char *const words[] = {
    "auto",  "none",     "full",       "relu",       "tanh",    "sgd",           "adam",
    "lbfgs", "momentum", "cosine",     "step:2:0.5", "plateau", "accuracy",      "rmse",
    "loss",  "binary",   "multiclass", "regression", "count",   "ordinal",       "balanced",
    "log",   "standard", "minmax",     "skip",       "fail",    "price",         "class",
    "y",     "x1",       "a,b",        "1",          "3",       "0.1,0.5",       "numpy",
    "glia",  "he",       "zeros",      "mse",        "mae",     "cross_entropy", "poisson",
    "8",     "4,4",      "f64",        "yes",        "no"};
static const char *const nets[] = {"dense 1 sigmoid",
                                   "dense 3 softmax",
                                   "dense 4 relu, dense 1",
                                   "dense 2 tanh, dense 2",
                                   "dense 4 relu, batch_norm, dropout 0.5, dense 3 softmax",
                                   "layer_norm, dense 1",
                                   "a: dense 2 relu, dense 2, add a, dense 1 sigmoid",
                                   "t: dense 4 silu, dense 3 softmax, output, from t, dense 1",
                                   "dense 1 exp",
                                   "image 1 2 1, dense 2",
                                   "p: input 1, q: input 1, dense 2, concat p, dense 1",
                                   "dense",
                                   "dense 0",
                                   "dense 1000000000",
                                   "conv 3",
                                   ""};
static const char *const losses[] = {
    NULL,      "mse",      "mae", "huber", "cross_entropy", "poisson", "pinball:0.1:0.9",
    "pinball", "mse, mse", "none"};
static const char *const sets[] = {"flower", "moons",  "circles", "spirals",
                                   "xor",    "houses", "digits",  "nothing"};

/* A status that a call returned. */
static void told(const char *call, glia_status status) {
    if (status == GLIA_OK) return;
    fuzz_check(status == glia_code(g), "%s returns %d, the context says %d", call, (int)status,
               (int)glia_code(g));
    fuzz_told(call);
}

static void *made(const char *call, void *what) {
    if (!what) fuzz_told(call);
    return what;
}

static void keep_table(hands *h, const char *call, glia_table *t) {
    unsigned k = choose(h, PLACES);
    glia_table *before = h->table[k];
    if (made(call, t)) glia_table_free(before), h->table[k] = t;
}

static void keep_model(hands *h, const char *call, glia_model *m) {
    unsigned k = choose(h, PLACES);
    glia_model *before = h->model[k];
    if (made(call, m)) glia_model_free(before), h->model[k] = m;
}

/* NULL: that place is empty. */
static glia_table *a_table(hands *h) { return h->table[choose(h, PLACES)]; }
static glia_model *a_model(hands *h) {
    glia_model *m = h->model[choose(h, PLACES)];
    return m && glia_model_inputs(m) <= MOST_WIDTH && glia_model_outputs(m) <= MOST_WIDTH ? m
                                                                                          : NULL;
}
static int a_column(hands *h, const glia_table *t) {
    return (int)choose(h, (unsigned)glia_table_columns(t));
}
static void text(char *t) {
    made("a text", t);
    glia_text_free(g, t);
}

/* ------------------------------------------------------------------------------------ tables -- */

static void generate(hands *h) {
    const char *set = WORD(h, sets);
    int64_t rows = 1 + choose(h, MOST_ROWS);
    keep_table(h, "glia_table_generate", glia_table_generate(g, set, rows, choose(h, 4)));
}

static void read_text(hands *h) {
    static const char *const files[] = {
        "a,b,class\n1,2.5,x\n2,,y\n3,1e5,x\n4,NA,y\n",
        "1;2,5;a\n3;4,5;b\n5;6,5;a\n",
        "day,n,t,y\n2020-01-31,1,a b,0\n2020-02-01,2,b c,1\n2020-03-01,,a,0\n2020-03-02,4,c,1\n",
        "1 1:0.5 3:2\n-1 2:1\n1 1:1 2:1\n",
        "{\"x1\":1,\"y\":2}\n{\"x1\":2,\"y\":3}\n",
        "a,b\n",
        ""};
    const char *file = WORD(h, files);
    glia_read_options o = {.header = (int)choose(h, 3) - 1, .skip = (int)choose(h, 3) - 1};
    if (choose(h, 2)) o.bad_rows = "skip";
    if (choose(h, 4) == 1) o.missing = WORD(h, numbers);
    if (choose(h, 4) == 1) o.category = WORD(h, words);
    if (choose(h, 4) == 1) o.delimiter = ",";
    if (choose(h, 4) == 1) o.schema = h->schema;
    fuzz_lend(file, strlen(file));
    keep_table(h, "glia_table_read", glia_table_read(g, fuzz_name, &o));
}

static void from_numbers(hands *h) {
    float x[MOST_ROWS * 4];
    int64_t rows = 1 + choose(h, MOST_ROWS), columns = 1 + choose(h, 4);
    for (int i = 0; i < MOST_ROWS * 4; i++) x[i] = (float)(i * 7 % 5) - (float)(i % 3);
    if (choose(h, 8) == 1) x[choose(h, MOST_ROWS)] = NAN;
    if (choose(h, 8) == 1) x[choose(h, MOST_ROWS)] = INFINITY;
    keep_table(h, "glia_table_from", glia_table_from(g, glia_tensor_f32(x, rows, columns), NULL));
}

static void build(hands *h) {
    if (!h->builder) h->builder = glia_table_builder_new(g);
    switch (choose(h, 6)) {
    case 0: {
        int j = glia_table_builder_column(h->builder, WORD(h, words),
                                          choose(h, 2) ? GLIA_NUMBER : GLIA_CATEGORY);
        if (j < 0) fuzz_told("glia_table_builder_column");
        break;
    }
    case 1: told("glia_table_builder_row", glia_table_builder_row(h->builder)); break;
    case 2: {
        int j = (int)choose(h, 4) - 1;
        told("glia_table_builder_number", glia_table_builder_number(h->builder, j, choose(h, 9)));
        break;
    }
    case 3: {
        int j = (int)choose(h, 4) - 1;
        told("glia_table_builder_text", glia_table_builder_text(h->builder, j, WORD(h, numbers)));
        break;
    }
    case 4: glia_table_builder_clear(h->builder); break;
    default: {
        const glia_table *t = glia_table_builder_table(h->builder);
        int64_t all[64], n = glia_table_rows(t) < 64 ? glia_table_rows(t) : 64;
        for (int64_t i = 0; i < n; i++) all[i] = i;
        keep_table(h, "glia_table_select", glia_table_select(t, all, n));
    }
    }
}

static void look_at_table(hands *h) {
    char cell[32], lines[4][256];
    int64_t count, near_rows;
    glia_table *t = a_table(h), *other = a_table(h);
    if (!t || !glia_table_columns(t)) return;
    int j = a_column(h, t), target = (int)choose(h, (unsigned)glia_table_columns(t) + 1) - 1;
    glia_profile profile;
    glia_drift drift;
    glia_near near;
    for (int64_t i = 0; i < glia_table_rows(t); i++) glia_table_cell(t, i, j, cell, sizeof cell);
    if (glia_table_column(t, j).type == GLIA_CATEGORY)
        for (int64_t k = 0; k < glia_table_column(t, j).categories; k++)
            glia_table_category(t, j, k, &count);
    glia_table_warnings(t, glia_table_column(t, j).name, lines, 4);
    told("glia_table_profile", glia_table_profile(t, j, target, &profile));
    if (other) told("glia_table_drift", glia_table_drift(t, j, other, &drift));
    near_rows = glia_table_copies(t, other, target);
    fuzz_check(near_rows >= -1 && near_rows <= glia_table_rows(other ? other : t),
               "%lld rows are copies", (long long)near_rows);
    told("glia_table_near", glia_table_near(t, other, target, &near));
}

static void part_table(hands *h) {
    glia_table *t = a_table(h);
    if (!t || glia_table_rows(t) > 1024) return;
    int64_t row[1024], n = 0, rows = glia_table_rows(t);
    const char *target = choose(h, 2) ? WORD(h, words) : NULL;
    if (choose(h, 2)) {
        double share = (double)choose(h, 11) / 10;
        glia_status s = glia_table_split(t, target, share, choose(h, 3), row, &n);
        told("glia_table_split", s);
        if (s) return;
        fuzz_check(n >= 0 && n <= rows, "%lld of %lld rows", (long long)n, (long long)rows);
        keep_table(h, "glia_table_select", glia_table_select(t, row, n));
    } else {
        int folds = (int)choose(h, 6);
        glia_status s = glia_table_folds(t, target, folds, choose(h, 3), row);
        told("glia_table_folds", s);
        for (int64_t i = 0; !s && i < rows; i++)
            fuzz_check(row[i] >= 0 && row[i] < folds, "fold %lld", (long long)row[i]);
    }
}

static void good_rows(hands *h) {
    glia_table *t = a_table(h);
    if (!t) return;
    for (int64_t i = 0; i < glia_table_bad_rows(t); i++)
        fuzz_check(glia_table_bad_row(t, i).why, "a bad row has no reason");
    keep_table(h, "glia_table_good_rows", glia_table_good_rows(t));
}

static void write_table(hands *h) {
    glia_table *t = a_table(h);
    if (t) told("glia_table_write", glia_table_write(t, fuzz_name, NULL, 0));
}

/* ----------------------------------------------------------------------------------- recipes -- */

static void set_option(hands *h) {
    int count;
    const glia_option *rows = glia_recipe_options(&count);
    if (!h->recipe) h->recipe = glia_recipe_new(g);
    if (!h->recipe) return;
    const char *name = rows[choose(h, (unsigned)count)].name,
               *value = choose(h, 2) ? WORD(h, words) : WORD(h, numbers);
    told("glia_recipe_set", glia_recipe_set(h->recipe, name, value));
    glia_recipe_get(h->recipe, name);
}

static void parse_schema(hands *h) {
    static const char *const schemas[] = {"target: class\n",
                                          "target: y\ntask: regression\n",
                                          "columns:\n  a: {type: number}\n",
                                          "columns:\n  t: {type: text}\n  day: {type: date}\n",
                                          "columns: 3\n",
                                          "nothing: 1\n"};
    glia_schema *s = glia_schema_parse(g, WORD(h, schemas), "schema");
    if (!made("glia_schema_parse", s)) return;
    if (h->recipe) glia_recipe_free(h->recipe), h->recipe = NULL; /* it may obey the one before */
    glia_schema_free(h->schema);
    h->schema = s;
}

static void obey(hands *h) {
    glia_table *t = a_table(h);
    if (!h->schema) return;
    if (!h->recipe) h->recipe = glia_recipe_new(g);
    if (!h->recipe) return;
    told("glia_recipe_obey",
         glia_recipe_obey(h->recipe, h->schema, choose(h, 2) ? h->schema : NULL));
    if (t) told("glia_schema_check", glia_schema_check(h->schema, t));
    if (t) told("glia_recipe_find_bad_rows", glia_recipe_find_bad_rows(h->recipe, t));
}

/* Of few epochs, and of a network that is small whatever the options say. */
static const glia_recipe *short_recipe(hands *h) {
    if (!h->recipe) h->recipe = glia_recipe_new(g);
    if (!h->recipe) abort();
    if (glia_recipe_set(h->recipe, "epochs", "2") || glia_recipe_set(h->recipe, "hidden", "3"))
        abort();
    return h->recipe;
}

static glia_train_job job_of(hands *h) {
    glia_train_job j = {.recipe = short_recipe(h), .train = a_table(h)};
    if (choose(h, 4) == 1) j.val = a_table(h);
    if (choose(h, 4) == 1) j.test = a_table(h);
    if (choose(h, 4) == 1) j.begin = a_model(h);
    j.deep = (int)choose(h, 2);
    return j;
}

static void train(hands *h) {
    glia_report *report = NULL;
    glia_train_job j = job_of(h);
    if (!j.train) return;
    glia_model *m = glia_train(g, &j, &report);
    fuzz_check(!m == !report, "a model without a report, or the other way round");
    glia_report_free(g, report);
    keep_model(h, "glia_train", m);
}

static void prepare(hands *h) {
    glia_train_job j = job_of(h);
    if (!j.train) return;
    if (choose(h, 2)) text(glia_schema_text(g, &j, choose(h, 2) ? "schema" : "preparation"));
    keep_model(h, "glia_prepare", glia_prepare(g, &j));
}

static void cross_validate(hands *h) {
    glia_train_job j = job_of(h);
    if (j.train) glia_folds_free(g, made("glia_cross_validate", glia_cross_validate(g, &j, 2)));
}

static void tune(hands *h) {
    glia_tune_report *report = NULL;
    glia_tune_job j = {.train = job_of(h), .trials = 2};
    if (!j.train.train) return;
    glia_model *m = glia_tune(g, &j, &report);
    glia_tune_report_free(g, report);
    keep_model(h, "glia_tune", m);
}

/* ------------------------------------------------------------------------------------ models -- */

static void new_model(hands *h) {
    glia_model_options o = {.loss = WORD(h, losses), .seed = choose(h, 3)};
    if (choose(h, 2)) o.init = WORD(h, words);
    if (choose(h, 2)) o.dtype = GLIA_F64;
    const char *net = WORD(h, nets);
    keep_model(h, "glia_model_new", glia_model_new(g, 1 + choose(h, 3), net, &o));
}

static float numbers_for[MOST_ROWS * MOST_WIDTH], labels_for[MOST_ROWS * MOST_WIDTH],
    answers_for[MOST_ROWS * MOST_WIDTH];

static glia_tensor inputs_of(hands *h, const glia_model *m, int64_t rows) {
    unsigned from = choose(h, 5);
    for (unsigned i = 0; i < MOST_ROWS * MOST_WIDTH; i++)
        numbers_for[i] = (float)((i + from) % 5) * 0.5f;
    if (choose(h, 9) == 1) numbers_for[choose(h, MOST_ROWS)] = NAN;
    return glia_tensor_f32(numbers_for, rows, glia_model_inputs(m));
}

static int64_t label_columns(const glia_model *m) {
    int64_t labels = 0;
    for (int i = 0; i < glia_model_output_ports(m); i++)
        labels += glia_model_output_port(m, i).labels;
    return labels;
}

static glia_tensor labels_of(hands *h, const glia_model *m, int64_t rows) {
    unsigned classes = choose(h, 4);
    for (int i = 0; i < MOST_ROWS * MOST_WIDTH; i++)
        labels_for[i] = (float)((unsigned)i % (classes + 1));
    return glia_tensor_f32(labels_for, rows, label_columns(m));
}

static void fit(hands *h) {
    glia_history *history = NULL;
    glia_model *m = a_model(h);
    if (!m) return;
    int64_t rows = 1 + choose(h, MOST_ROWS);
    glia_tensor x = inputs_of(h, m, rows), y = labels_of(h, m, rows);
    int count;
    const glia_option *options = glia_recipe_options(&count);
    glia_fit_options o = {0};
    for (unsigned k = choose(h, 3); k > 0; k--) {
        const char *name = options[choose(h, (unsigned)count)].name;
        told("glia_fit_options_set",
             glia_fit_options_set(g, &o, name, choose(h, 2) ? WORD(h, words) : WORD(h, numbers)));
    }
    o.epochs = 2;
    o.doctor = (int)choose(h, 2);
    told("glia_model_fit", glia_model_fit(m, x, y, &o, &history));
    glia_history_free(g, history);
}

static void predict(hands *h) {
    glia_model *m = a_model(h);
    if (!m) return;
    int64_t rows = 1 + choose(h, MOST_ROWS);
    const char *layer = choose(h, 3) ? NULL : choose(h, 2) ? "1" : "fc1";
    glia_predictor *p = glia_predictor_new_at(g, m, layer, 1 + choose(h, 4));
    if (!made("glia_predictor_new_at", p)) return;
    glia_tensor x = inputs_of(h, m, rows);
    if (glia_predictor_units(p) <= MOST_WIDTH)
        told("glia_predictor_run",
             glia_predictor_run(p, x, glia_tensor_f32(answers_for, rows, glia_predictor_units(p))));
    glia_predictor_free(p);
}

static void examine(hands *h) {
    glia_model *m = a_model(h);
    if (!m) return;
    int64_t rows = 1 + choose(h, 4);
    glia_tensor x = inputs_of(h, m, rows), y = labels_of(h, m, rows);
    switch (choose(h, 4)) {
    case 0: (void)glia_model_cost(g, m, x, y); break;
    case 1: {
        glia_check_options o = {.max_components = 3};
        told("glia_model_check", glia_model_check(g, m, x, y, &o));
        break;
    }
    case 2: y.data = NULL; /* fall through */
    default: glia_trace_free(g, made("glia_model_trace", glia_model_trace(g, m, x, y, NULL)));
    }
}

static void describe(hands *h) {
    static const char *const modes[] = {"train", "eval", "predict", "dream"};
    glia_model *m = a_model(h);
    if (!m) return;
    glia_node nodes[4];
    glia_demand demand;
    text(glia_model_text(m));
    text(glia_model_equations(m));
    const char *mode = WORD(h, modes);
    text(glia_model_plan(m, mode, 1 + choose(h, 8)));
    const char *optimizer = choose(h, 2) ? WORD(h, words) : NULL;
    told("glia_model_demand", glia_model_demand(m, 1 + choose(h, 8), optimizer, &demand));
    glia_model_graph(m, nodes, 4);
    for (int i = 0; i < glia_model_params(m); i++)
        fuzz_check(glia_model_find_param(m, glia_model_param_name(m, i)) == i, "parameter %d", i);
    for (int64_t k = -1; k <= glia_model_inputs(m); k++) {
        glia_model_feature(m, k);
        text(glia_model_feature_name(g, m, k));
    }
}

static void note(hands *h) {
    static const char *const names[] = {"pipeline", "threshold", "thresholds", "classes",
                                        "command",  "reading",   "x",          "net",
                                        "checksum", ""};
    glia_model *m = a_model(h);
    if (!m) return;
    const char *name = WORD(h, names), *value = choose(h, 3) ? WORD(h, numbers) : NULL;
    told("glia_model_set_note", glia_model_set_note(m, name, value));
    glia_model_note(m, name);
}

static void save(hands *h) {
    glia_model *m = a_model(h);
    if (!m) return;
    glia_status status = glia_model_save(m, fuzz_name);
    told("glia_model_save", status);
    if (status) return;
    char *bytes = fuzz_text((const uint8_t *)fuzz_written, fuzz_written_size);
    fuzz_lend(bytes, fuzz_written_size);
    glia_model *again = glia_model_load(g, fuzz_name);
    fuzz_check(again, "a model that was saved is not loaded: %s", glia_message(g));
    keep_model(h, "glia_model_load", again);
    fuzz_lend(NULL, 0);
    free(bytes);
}

/* ------------------------------------------------------------------------- models and tables -- */

static void apply(hands *h) {
    glia_model *m = a_model(h);
    glia_table *t = a_table(h);
    if (!m || !t) return;
    glia_predictions *p =
        choose(h, 2) ? glia_model_apply(g, m, t) : glia_model_apply_at(g, m, "1", t);
    if (!made("glia_model_apply", p)) return;
    fuzz_check(p->rows == glia_table_rows(t), "%lld answers", (long long)p->rows);
    for (int64_t i = 0; i < p->rows * p->outputs; i++) (void)*(volatile const double *)&p->value[i];
    glia_predictions_free(g, p);
}

static void apply_part(hands *h) {
    glia_model *m = a_model(h);
    glia_table *t = a_table(h);
    if (!m || !t) return;
    glia_applier *a = glia_applier_new(g, m, 1 + choose(h, 4));
    if (!made("glia_applier_new", a)) return;
    int64_t first = choose(h, MOST_ROWS), rows = choose(h, 6);
    made("glia_applier_run", (void *)(uintptr_t)glia_applier_run(a, t, first, rows));
    glia_applier_free(a);
}

static void measure(hands *h) {
    glia_model *m = a_model(h);
    glia_table *t = a_table(h), *counted = NULL;
    if (!m || !t || glia_table_rows(t) > 1024) return;
    double loss[1024];
    int64_t row[2] = {0, choose(h, 4)};
    switch (choose(h, 8)) {
    case 0:
        glia_evaluation_free(g, made("glia_model_evaluate",
                                     glia_model_evaluate(g, m, t, (int)choose(h, 2))));
        break;
    case 1: told("glia_model_losses", glia_model_losses(g, m, t, loss, NULL)); break;
    case 2:
        told("glia_model_counted_rows",
             glia_model_counted_rows(g, m, t, (int)choose(h, 2), &counted));
        glia_table_free(counted);
        break;
    case 3:
        glia_importances_free(g, made("glia_model_importances",
                                      glia_model_importances(g, m, t, 1, choose(h, 3))));
        break;
    case 4: {
        glia_check_options o = {.max_components = 2};
        told("glia_model_check_table", glia_model_check_table(g, m, t, &o));
        break;
    }
    case 5:
        glia_trace_free(g, made("glia_model_trace_table",
                                glia_model_trace_table(g, m, t, row, 2, NULL)));
        break;
    case 6: told("glia_model_name_columns", glia_model_name_columns(g, m, t)); break;
    default: told("glia_model_find_bad_rows", glia_model_find_bad_rows(g, m, t, (int)choose(h, 2)));
    }
}

/* ----------------------------------------------------------------------------------- tensors -- */

static void tensors(hands *h) {
    float a[16] = {0}, b[256];
    glia_tensor shape[2] = {{.ndim = 1, .data = a}, {.ndim = 1, .data = a}}, out = {0};
    for (int i = 0; i < 2; i++) {
        shape[i].ndim = 1 + (int)choose(h, 2);
        for (int k = 0; k < shape[i].ndim; k++) shape[i].dim[k] = choose(h, 5);
    }
    glia_status status = glia_tensor_broadcast(g, &shape[0], &shape[1], &out);
    told("glia_tensor_broadcast", status);
    out.data = b;
    if (!status) told("glia_tensor_expand", glia_tensor_expand(g, &shape[0], &out));
    int64_t rows = 1 + choose(h, 4);
    out = glia_tensor_f32(b, rows, 1 + choose(h, 8));
    told("glia_tensor_beside", glia_tensor_beside(g, shape, 2, &out));
    told("glia_tensor_as_column", glia_tensor_as_column(g, &shape[0], choose(h, 5)));
}

typedef void call(hands *h);
static call *const calls[] = {generate,   read_text, from_numbers, build,          look_at_table,
                              part_table, good_rows, write_table,  set_option,     parse_schema,
                              obey,       train,     prepare,      cross_validate, tune,
                              new_model,  fit,       predict,      examine,        describe,
                              note,       save,      apply,        apply_part,     measure,
                              tensors};

void fuzz_interface(const uint8_t *bytes, size_t n) {
    hands h = {.c = {bytes, bytes + n}};
    for (int i = 0; i < MOST_CALLS && h.c.at < h.c.end; i++) calls[choose(&h, COUNT(calls))](&h);
    for (int k = 0; k < PLACES; k++) glia_table_free(h.table[k]), glia_model_free(h.model[k]);
    glia_recipe_free(h.recipe);
    glia_schema_free(h.schema);
    glia_table_builder_free(h.builder);
}
