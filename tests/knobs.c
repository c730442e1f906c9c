/*
 * knobs.c: what may be turned beside optimizer and learning rate: schedules beside their closed
 * forms; L1, clipping, max-norm, label smoothing and sample weights beside the textbook loops of
 * oracle.h, update by update; everything at once beside PyTorch, weighted logistic regression
 * beside scikit-learn; monitored scores counted again; and docs/training.md beside the tables.
 */
#include "test.h"

#include "nets.h"
#include "oracle.h"
#include "train/schedule.h"
#include "train/train.h"
#include <jansson.h>

#include "context.h"

enum { ROWS = 30, INPUTS = 4, HIDDEN = 3, CLASSES = 3, STEPS = 60, MOST = 64 };

/* --------------------------------------------------------------------------------- schedules -- */

enum { EPOCHS = 50, BATCHES = 4, LR_ROWS = 32 };

static double constant(int e, int u) { return (void)e, (void)u, 1; }
static double step_10(int e, int u) { return (void)u, pow(0.1, e / 10); }
static double step_7(int e, int u) { return (void)u, pow(0.5, e / 7); }
static double exp_95(int e, int u) { return (void)u, exp(e * log(0.95)); }
static double exp_8(int e, int u) { return (void)u, exp(e * log(0.8)); }
static double inverse_1(int e, int u) { return (void)u, 1 / (1 + 0.1 * e); }
static double inverse_4(int e, int u) { return (void)u, 1 / (1 + 0.5 * (e / 4)); }
static double cosine(int e, int u) {
    return (void)e, pow(cos(acos(-1) / 2 * u / (EPOCHS * BATCHES)), 2);
}
static double cosine_2(int e, int u) { return 0.2 + 0.8 * cosine(e, u); }
static double warm(int u, double epochs) { return fmin(1, (u + 1) / (epochs * BATCHES)); }
static double warm_constant(int e, int u) { return (void)e, warm(u, 3); }
static double warm_half(int e, int u) { return (void)e, warm(u, 0.5); }
static double warm_cosine(int e, int u) { return warm(u, 5) * cosine(e, u); }

static const struct schedule_case {
    const char *text;
    double warmup;
    double (*factor)(int epoch, int update);
} schedule_cases[] = {
    {NULL, 0, constant},
    {"constant", 0, constant},
    {"step", 0, step_10},
    {"step:7:0.5", 0, step_7},
    {"exp", 0, exp_95},
    {"exp:0.8", 0, exp_8},
    {"inverse", 0, inverse_1},
    {"inverse:0.5:4", 0, inverse_4},
    {"cosine", 0, cosine},
    {"cosine:0.2", 0, cosine_2},
    {"constant", 3, warm_constant},
    {"constant", 0.5, warm_half},
    {"cosine", 5, warm_cosine},
};

static double rates[EPOCHS * BATCHES];

static int watch_rate(void *user, const glia_progress *p) {
    (void)user;
    rates[p->updates - 1] = p->lr;
    return 0;
}

static net data_of(int64_t rows, const char *text, int loss, glia_dtype dtype) {
    net n = {.layers = 2, .inputs = INPUTS, .rows = rows, .loss = loss};
    n.units[0] = HIDDEN, n.units[1] = loss == 1 ? CLASSES : 1;
    n.m = glia_model_new(g, INPUTS, text,
                         &(glia_model_options){.init = "xavier", .dtype = dtype, .seed = 3});
    gl_rng r = gl_rng_new(12, GL_STREAM_TEST, 0);
    net_fill(&n, &r);
    return n;
}

static glia_status fit(net *n, glia_fit_options o, glia_history **h) {
    return glia_model_fit(n->m, glia_tensor_f64(n->x, n->rows, n->inputs),
                          glia_tensor_f64(n->y, n->rows, n->labels), &o, h);
}

static void schedules_follow_their_closed_forms(void **unused) {
    (void)unused;
    for (size_t i = 0; i < sizeof schedule_cases / sizeof *schedule_cases; i++) {
        const struct schedule_case *c = &schedule_cases[i];
        net n = data_of(LR_ROWS, "dense 3 tanh, dense 1 sigmoid", 0, GLIA_F64);
        glia_history *h;
        glia_fit_options o = {.optimizer = "sgd",
                              .lr = 0.3,
                              .epochs = EPOCHS,
                              .batch = LR_ROWS / BATCHES,
                              .schedule = c->text,
                              .warmup = c->warmup,
                              .progress = watch_rate};
        assert_int_equal(fit(&n, o, &h), GLIA_OK);
        for (int u = 0; u < EPOCHS * BATCHES; u++) {
            double expected = 0.3 * c->factor(u / BATCHES, u);
            if (!(fabs(rates[u] - expected) <= 1e-14))
                fail_msg("%s, update %d: lr is %.17g, the formula says %.17g", c->text, u, rates[u],
                         expected);
        }
        for (int e = 0; e < EPOCHS; e++) assert_true(h->lr[e] == rates[(e + 1) * BATCHES - 1]);
        glia_history_free(g, h);
        net_free(&n);
    }
}

/* Beside ReduceLROnPlateau as Keras writes it down, on the costs that were logged. */
static void plateau_watches_the_cost(void **unused) {
    (void)unused;
    for (int validates = 0; validates < 2; validates++) {
        net n = data_of(LR_ROWS, "dense 3 tanh, dense 1 sigmoid", 0, GLIA_F64);
        net other = data_of(LR_ROWS, "dense 3 tanh, dense 1 sigmoid", 0, GLIA_F64);
        for (int64_t i = 0; i < LR_ROWS; i++) other.y[i] = (double)(i % 2);
        glia_history *h;
        glia_fit_options o = {.optimizer = "sgd",
                              .lr = 2,
                              .epochs = EPOCHS,
                              .batch = LR_ROWS / BATCHES,
                              .schedule = "plateau:3:0.2"};
        if (validates)
            o.x_val = glia_tensor_f64(other.x, LR_ROWS, INPUTS),
            o.y_val = glia_tensor_f64(other.y, LR_ROWS, 1);
        assert_int_equal(fit(&n, o, &h), GLIA_OK);
        double rate = 2, best = INFINITY;
        int wait = 0, changes = 0;
        for (int e = 0; e < EPOCHS; e++) {
            double cost = validates ? h->val_loss[e] : h->mean[e];
            assert_true(fabs(h->lr[e] - rate) < 1e-14);
            wait = cost < best ? 0 : wait + 1;
            best = fmin(best, cost);
            if (wait < 3) continue;
            rate *= 0.2, wait = 0, changes++;
        }
        assert_true(changes > (validates ? 3 : 0));
        glia_history_free(g, h);
        net_free(&other);
        net_free(&n);
    }
}

static void wrong_schedules_are_refused(void **unused) {
    (void)unused;
    static const struct {
        glia_fit_options o;
        const char *says;
    } cases[] = {
        {{.schedule = "cosin"}, "did you mean 'cosine'?"},
        {{.schedule = "step:1.5"}, "EVERY is '1.5', expected a whole number from 1"},
        {{.schedule = "step::0.5"}, "EVERY is ''"},
        {{.schedule = "exp:2"}, "FACTOR is '2'"},
        {{.schedule = "cosine:0:1"}, "too many numbers; expected cosine:LAST"},
        {{.schedule = ""}, "unknown schedule ''"},
        {{.warmup = -1}, "warmup is -1"},
        {{.optimizer = "lbfgs", .schedule = "exp"},
         "leave out option 'lr', option 'schedule' and option 'warmup'"},
        {{.optimizer = "lbfgs", .warmup = 1},
         "leave out option 'lr', option 'schedule' and option 'warmup'"},
    };
    net n = data_of(ROWS, "dense 3 tanh, dense 1 sigmoid", 0, GLIA_F32);
    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
        assert_int_equal(fit(&n, cases[i].o, NULL), GLIA_USAGE);
        if (!strstr(glia_message(g), cases[i].says)) fail_msg("found: %s", glia_message(g));
    }
    net_free(&n);
}

/* -------------------------------------------------------------------- against textbook loops -- */

typedef struct knob_case {
    const char *name;
    bool classes, weighted;
    glia_fit_options o;
} knob_case;

static const knob_case knob_cases[] = {
    {"nothing", false, false, {0}},
    {"l1", false, false, {.l1 = 0.03}},
    {"l1 and l2", true, false, {.l1 = 0.01, .l2 = 0.02}},
    {"clip norm", false, false, {.clip_norm = 0.05}},
    {"clip norm, large", false, false, {.clip_norm = 100}},
    {"clip value", true, false, {.clip_value = 0.02}},
    {"both clips", true, false, {.clip_value = 0.02, .clip_norm = 0.05}},
    {"max norm", false, false, {.max_norm = 0.6}},
    {"smooth probabilities", false, false, {.label_smoothing = 0.2}},
    {"smooth classes", true, false, {.label_smoothing = 0.1}},
    {"weights", false, true, {0}},
    {"weights of classes", true, true, {0}},
    {"all",
     false,
     true,
     {.l1 = 0.01,
      .l2 = 0.02,
      .clip_norm = 0.2,
      .clip_value = 0.1,
      .max_norm = 0.8,
      .label_smoothing = 0.2,
      .schedule = "cosine",
      .warmup = 8}},
    {"all, classes",
     true,
     true,
     {.l1 = 0.01,
      .l2 = 0.02,
      .clip_norm = 0.2,
      .clip_value = 0.1,
      .max_norm = 0.8,
      .label_smoothing = 0.2,
      .schedule = "inverse:0.2:7",
      .warmup = 8}},
};

/* How much sample i counts; their mean is not 1. */
static double weight_of(int64_t i) { return 0.25 * (double)((i * 7) % 11); }

typedef struct witness {
    const glia_model *m;
    double w[STEPS][MOST], cost[STEPS], lr[STEPS];
} witness;

static int watch(void *user, const glia_progress *p) {
    witness *seen = user;
    int64_t at = p->updates - 1;
    seen->cost[at] = p->loss, seen->lr[at] = p->lr;
    for (int64_t i = 0; i < seen->m->net->count; i++)
        seen->w[at][i] = gl_store_value(seen->m->net->store, GL_WEIGHTS, i);
    return 0;
}

static oracle oracle_of(const net *n, const double *w, double *d) {
    oracle o = {.layers = 2, .loss = losses[n->loss]};
    for (int l = 0; l < 2; l++) {
        int64_t at = n->m->net->param[2 * l].offset, bias = n->m->net->param[2 * l + 1].offset;
        o.layer[l] = (oracle_layer){.in = l ? HIDDEN : INPUTS,
                                    .units = n->units[l],
                                    .act = l ? "linear" : "tanh",
                                    .w = w + at,
                                    .b = w + bias,
                                    .dw = d + at,
                                    .db = d + bias};
    }
    return o;
}

/* Adds `share` times loss and slope of one sample with one label. */
static double add_sample(const net *n, const double *w, int64_t i, double label, double share,
                         double *d) {
    double one[MOST] = {0}, output[CLASSES];
    oracle o = oracle_of(n, w, one);
    double J = oracle_run(&o, n->x + i * INPUTS, &label, 1, 1, output);
    for (int64_t k = 0; k < n->m->net->count; k++) d[k] += share * one[k];
    return share * J;
}

/* J and its slope d: each sample so often as it weighs, with each label as likely as smoothing
 * says, then the penalties. */
static double slope(const net *n, const knob_case *c, const double *w, double *d) {
    double J = 0, total = 0, E = c->o.label_smoothing;
    memset(d, 0, MOST * sizeof *d);
    for (int64_t i = 0; i < ROWS; i++) total += c->weighted ? weight_of(i) : 1;
    for (int64_t i = 0; i < ROWS; i++) {
        double share = (c->weighted ? weight_of(i) : 1) / total;
        if (!c->classes) J += add_sample(n, w, i, (1 - E) * n->y[i] + E / 2, share, d);
        for (int k = 0; c->classes && k < CLASSES; k++)
            J += add_sample(n, w, i, k, share * ((1 - E) * (k == n->y[i]) + E / CLASSES), d);
    }
    for (int64_t k = 0; k < n->m->net->decayed; k++) {
        J += c->o.l2 / 2 * w[k] * w[k] + c->o.l1 * fabs(w[k]);
        d[k] += c->o.l2 * w[k] + c->o.l1 * ((w[k] > 0) - (w[k] < 0));
    }
    return J;
}

static double length(const double *v, int64_t n) {
    double sum = 0;
    for (int64_t i = 0; i < n; i++) sum += v[i] * v[i];
    return sqrt(sum);
}

static void clip(const glia_fit_options *o, double *d, int64_t n) {
    for (int64_t i = 0; i < n && o->clip_value > 0; i++)
        d[i] = fmax(-o->clip_value, fmin(o->clip_value, d[i]));
    double size = length(d, n);
    for (int64_t i = 0; i < n && o->clip_norm > 0 && size > o->clip_norm; i++)
        d[i] = d[i] / size * o->clip_norm;
}

static void limit_rows(const net *n, double most, double *w) {
    for (int p = 0; p < n->m->net->params && most > 0; p++) {
        const gl_param *q = &n->m->net->param[p];
        for (int64_t j = 0; q->kind == GL_DECAYED && j < q->rows; j++) {
            double *row = w + q->offset + j * q->cols, size = length(row, q->cols);
            for (int64_t k = 0; k < q->cols && size > most; k++) row[k] *= most / size;
        }
    }
}

static void agree(const char *name, int step, const char *what, double found, double expected,
                  double tolerance) {
    if (fabs(found - expected) <= tolerance * (1 + fabs(expected))) return;
    fail_msg("%s, step %d: %s is %.17g, the formulas say %.17g", name, step + 1, what, found,
             expected);
}

static net net_of_case(const knob_case *c, glia_dtype dtype) {
    return data_of(ROWS,
                   c->classes ? "dense 3 tanh, dense 3 softmax" : "dense 3 tanh, dense 1 sigmoid",
                   c->classes, dtype);
}

static void every_update_is_the_one_of_the_formulas(void **which) {
    const knob_case *c = *which;
    for (int precision = 0; precision < 2; precision++) {
        net n = net_of_case(c, precision ? GLIA_F64 : GLIA_F32);
        double tolerance = precision ? 1e-12 : 2e-5, w[MOST], d[MOST], weights[ROWS];
        for (int64_t i = 0; i < ROWS; i++) weights[i] = weight_of(i);
        for (int64_t i = 0; i < n.m->net->count; i++)
            w[i] = gl_store_value(n.m->net->store, GL_WEIGHTS, i);
        witness seen = {.m = n.m};
        glia_fit_options o = c->o;
        o.optimizer = "sgd", o.lr = 0.3, o.epochs = STEPS, o.batch = GLIA_FULL_BATCH;
        o.progress = watch, o.user = &seen;
        if (c->weighted) o.sample_weights = glia_tensor_f64(weights, ROWS, 1);
        assert_int_equal(fit(&n, o, NULL), GLIA_OK);
        for (int step = 0; step < STEPS; step++) {
            agree(c->name, step, "J", seen.cost[step], slope(&n, c, w, d), tolerance);
            clip(&c->o, d, n.m->net->count);
            for (int64_t i = 0; i < n.m->net->count; i++) w[i] -= seen.lr[step] * d[i];
            limit_rows(&n, c->o.max_norm, w);
            for (int64_t i = 0; i < n.m->net->count; i++)
                agree(c->name, step, "a weight", seen.w[step][i], w[i], tolerance);
        }
        net_free(&n);
    }
}

/* ----------------------------------------------------------------------- against differences -- */

static int64_t compared;

static void check_row(void *user, const glia_check_row *row) {
    compared += row->checked;
    if (!(row->difference < 1e-7))
        fail_msg("%s: %s differs by %.2e: component %ld, backward %.17g, differences %.17g",
                 (const char *)user, row->param, row->difference, (long)row->worst,
                 row->worst_analytic, row->worst_numeric);
}

static void gradients_are_those_of_the_cost(void **unused) {
    (void)unused;
    double weights[64];
    for (int i = 0; i < 64; i++) weights[i] = 0.1 + weight_of(i);
    for (int i = 0; i < 90; i++) {
        net n = net_random(g, GLIA_F64, 31, i, 0);
        glia_check_options o = {.l2 = n.l2, .row = check_row, .user = n.text, .max_components = 60};
        if (i % 3 != 0) o.l1 = 0.02;
        if (i % 2 != 0) o.label_smoothing = 0.15;
        if (i % 5 != 0) o.sample_weights = glia_tensor_f64(weights, n.rows, 1);
        glia_status status = glia_model_check(g, n.m, glia_tensor_f64(n.x, n.rows, n.inputs),
                                              glia_tensor_f64(n.y, n.rows, n.labels), &o);
        if (status != GLIA_OK) fail_msg("%s: %s", n.text, glia_message(g));
        net_free(&n);
    }
    assert_true(compared > 10000);
}

/* Where all of a network may be one step. */
static void gradients_of_linear_models_too(void **unused) {
    (void)unused;
    static const char *const texts[] = {"dense 1 sigmoid", "dense 3 softmax", "dense 1 linear"};
    double weights[ROWS];
    for (int i = 0; i < ROWS; i++) weights[i] = 0.1 + weight_of(i);
    for (int i = 0; i < 3; i++) {
        net n = data_of(ROWS, texts[i], i, GLIA_F64);
        glia_check_options o = {.l1 = 0.02,
                                .label_smoothing = 0.2,
                                .row = check_row,
                                .user = (void *)texts[i],
                                .sample_weights = glia_tensor_f64(weights, ROWS, 1)};
        assert_int_equal(glia_model_check(g, n.m, glia_tensor_f64(n.x, ROWS, INPUTS),
                                          glia_tensor_f64(n.y, ROWS, 1), &o),
                         GLIA_OK);
        net_free(&n);
    }
}

/* A weight of 0 stands on the bend of |w|: it is left out, not found wrong. */
static void a_weight_of_0_is_a_bend_of_l1(void **unused) {
    (void)unused;
    net n = data_of(ROWS, "dense 3 tanh, dense 1 sigmoid", 0, GLIA_F64);
    memset(gl_store_at(n.m->net->store, GL_WEIGHTS, 0), 0,
           (size_t)n.m->net->decayed * sizeof(double));
    glia_check_options o = {.l1 = 0.1, .row = check_row, .user = "zeros"};
    assert_int_equal(glia_model_check(g, n.m, glia_tensor_f64(n.x, ROWS, INPUTS),
                                      glia_tensor_f64(n.y, ROWS, 1), &o),
                     GLIA_OK);
    net_free(&n);
}

/* ----------------------------------------------------------------------------------- weights -- */

static void equal_weights_change_no_bit(void **unused) {
    (void)unused;
    double weights[ROWS];
    for (int i = 0; i < ROWS; i++) weights[i] = 2.5;
    for (int precision = 0; precision < 2; precision++) {
        net plain = data_of(ROWS, "dense 3 tanh, dense 1 sigmoid", 0, precision);
        net same = data_of(ROWS, "dense 3 tanh, dense 1 sigmoid", 0, precision);
        glia_fit_options o = {.epochs = 20, .batch = 7};
        assert_int_equal(fit(&plain, o, NULL), GLIA_OK);
        o.sample_weights = glia_tensor_f64(weights, ROWS, 1);
        assert_int_equal(fit(&same, o, NULL), GLIA_OK);
        assert_memory_equal(gl_store_at(plain.m->net->store, GL_WEIGHTS, 0),
                            gl_store_at(same.m->net->store, GL_WEIGHTS, 0),
                            (size_t)plain.m->net->count * glia_dtype_size(plain.m->net->dtype));
        net_free(&same);
        net_free(&plain);
    }
}

static void weigh_and_repeat(const char *text, int loss) {
    enum { TIMES = 3 };
    net n = data_of(ROWS, text, loss, GLIA_F64), more = data_of(ROWS, text, loss, GLIA_F64);
    int32_t weights[ROWS];
    double x[ROWS * TIMES][INPUTS], y[ROWS * TIMES];
    int64_t rows = 0;
    for (int i = 0; i < ROWS; i++) {
        weights[i] = i % (TIMES + 1);
        for (int k = 0; k < weights[i]; k++, rows++) {
            memcpy(x[rows], n.x + i * INPUTS, sizeof *x);
            y[rows] = n.y[i];
        }
    }
    glia_fit_options o = {.optimizer = "sgd", .epochs = 40, .batch = GLIA_FULL_BATCH, .l2 = 0.01};
    assert_int_equal(glia_model_fit(more.m, glia_tensor_f64(x[0], rows, INPUTS),
                                    glia_tensor_f64(y, rows, 1), &o, NULL),
                     GLIA_OK);
    o.sample_weights = (glia_tensor){.dtype = GLIA_I32, .ndim = 1, .dim = {ROWS}, .data = weights};
    assert_int_equal(fit(&n, o, NULL), GLIA_OK);
    for (int64_t i = 0; i < n.m->net->count; i++)
        agree("rows", 39, "a weight", gl_store_value(n.m->net->store, GL_WEIGHTS, i),
              gl_store_value(more.m->net->store, GL_WEIGHTS, i), 1e-12);
    net_free(&more);
    net_free(&n);
}

static void a_weight_of_3_is_a_row_three_times(void **unused) {
    (void)unused;
    weigh_and_repeat("dense 3 tanh, dense 3 softmax", 1);
    weigh_and_repeat("dense 1 sigmoid", 0);
    weigh_and_repeat("dense 1 linear", 2);
}

static void smoothing_is_learning_from_smoothed_labels(void **unused) {
    (void)unused;
    net n = data_of(ROWS, "dense 1 sigmoid", 0, GLIA_F64);
    net same = data_of(ROWS, "dense 1 sigmoid", 0, GLIA_F64);
    for (int i = 0; i < ROWS; i++) same.y[i] = 0.8 * same.y[i] + 0.1;
    glia_fit_options o = {.epochs = 30, .batch = 7, .optimizer = "sgd"};
    assert_int_equal(fit(&same, o, NULL), GLIA_OK);
    o.label_smoothing = 0.2;
    assert_int_equal(fit(&n, o, NULL), GLIA_OK);
    for (int64_t i = 0; i < n.m->net->count; i++)
        agree("smoothing", 29, "a weight", gl_store_value(n.m->net->store, GL_WEIGHTS, i),
              gl_store_value(same.m->net->store, GL_WEIGHTS, i), 1e-12);
    net_free(&same);
    net_free(&n);
}

static void wrong_knobs_are_refused(void **unused) {
    (void)unused;
    static double few[3] = {1, 1, 1}, zero[ROWS], negative[ROWS] = {1, 1, -1},
                  nan_[ROWS] = {1, NAN};
    const struct {
        const char *says;
        glia_status status;
        glia_fit_options o;
    } cases[] = {
        {"30 samples, but the weights have shape (3, 1)",
         GLIA_INPUT,
         {.sample_weights = glia_tensor_f64(few, 3, 1)}},
        {"add up to 0", GLIA_INPUT, {.sample_weights = glia_tensor_f64(zero, ROWS, 1)}},
        {"row 3 is -1", GLIA_INPUT, {.sample_weights = glia_tensor_f64(negative, ROWS, 1)}},
        {"row 2 is nan", GLIA_INPUT, {.sample_weights = glia_tensor_f64(nan_, ROWS, 1)}},
        {"l1 is -1", GLIA_USAGE, {.l1 = -1}},
        {"clip_norm is inf", GLIA_USAGE, {.clip_norm = INFINITY}},
        {"clip_value is nan", GLIA_USAGE, {.clip_value = NAN}},
        {"max_norm is -2", GLIA_USAGE, {.max_norm = -2}},
        {"label_smoothing is 1", GLIA_USAGE, {.label_smoothing = 1}},
        {"cost_tol is -1", GLIA_USAGE, {.cost_tol = -1}},
        {"term of option 'l1' is not smooth", GLIA_USAGE, {.optimizer = "lbfgs", .l1 = 0.1}},
        {"leave out option 'clip' and option 'max-norm'",
         GLIA_USAGE,
         {.optimizer = "lbfgs", .clip_norm = 1}},
        {"leave out option 'clip' and option 'max-norm'",
         GLIA_USAGE,
         {.optimizer = "lbfgs", .max_norm = 1}},
        {"option 'tol' looks at the gradient",
         GLIA_USAGE,
         {.tol = 0.1, .clip_value = 1, .batch = GLIA_FULL_BATCH}},
        {"needs validation data", GLIA_USAGE, {.monitor = "accuracy"}},
    };
    net n = data_of(ROWS, "dense 3 tanh, dense 1 sigmoid", 0, GLIA_F32);
    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
        glia_status status = fit(&n, cases[i].o, NULL);
        if (status != cases[i].status || !strstr(glia_message(g), cases[i].says))
            fail_msg("expected %d, %s; found %d, %s", cases[i].status, cases[i].says, status,
                     glia_message(g));
    }
    net_free(&n);
    n = data_of(ROWS, "dense 3 tanh, dense 1", 2, GLIA_F32);
    assert_int_equal(fit(&n, (glia_fit_options){.label_smoothing = 0.1}, NULL), GLIA_USAGE);
    assert_non_null(strstr(glia_message(g), "label smoothing is for classes"));
    net_free(&n);
}

/* ----------------------------------------------------------------------------------- threads -- */

static void all_of_it_gives_the_same_bits_for_any_number_of_threads(void **unused) {
    (void)unused;
    enum { MANY = 700, WIDE = 120 };
    static const int threads[] = {1, 2, 3, 8};
    static double weights[MANY];
    glia_ctx *kept = g;
    for (int i = 0; i < MANY; i++) weights[i] = weight_of(i);
    for (int precision = 0; precision < 2; precision++) {
        void *first = NULL;
        for (int i = 0; i < 4; i++) {
            g = glia_open(&(glia_settings){.threads = threads[i]});
            net n = {.layers = 2, .inputs = WIDE, .rows = MANY, .loss = 1, .units = {256, 10}};
            n.m = glia_model_new(g, WIDE, "dense 256 relu, dense 10 softmax",
                                 &(glia_model_options){.dtype = precision, .seed = 5});
            gl_rng r = gl_rng_new(9, GL_STREAM_TEST, 0);
            net_fill(&n, &r);
            glia_fit_options o = {.epochs = 4,
                                  .batch = 300,
                                  .l1 = 0.001,
                                  .l2 = 0.001,
                                  .clip_norm = 0.5,
                                  .clip_value = 0.01,
                                  .max_norm = 1,
                                  .label_smoothing = 0.1,
                                  .schedule = "plateau:1",
                                  .warmup = 2,
                                  .sample_weights = glia_tensor_f64(weights, MANY, 1),
                                  .monitor = "macro_f1",
                                  .x_val = glia_tensor_f64(n.x, 100, WIDE),
                                  .y_val = glia_tensor_f64(n.y, 100, 1)};
            assert_int_equal(fit(&n, o, NULL), GLIA_OK);
            size_t size = (size_t)n.m->net->count * glia_dtype_size(n.m->net->dtype);
            if (!first)
                first = memcpy(malloc(size), gl_store_at(n.m->net->store, GL_WEIGHTS, 0), size);
            if (memcmp(first, gl_store_at(n.m->net->store, GL_WEIGHTS, 0), size) != 0)
                fail_msg("%d threads give other bits than one", threads[i]);
            net_free(&n);
            glia_close(g);
        }
        free(first);
    }
    g = kept;
}

/* ---------------------------------------------------------------------------------- stopping -- */

enum { VAL = 40 };

/* A score of answers a for labels y, counted anew. */
static double score(const char *name, const double *a, const double *y, int classes) {
    double hits = 0, pairs = 0, wins = 0, squares = 0, absolute = 0, mean = 0, spread = 0, f1s = 0;
    double true_[CLASSES] = {0}, said[CLASSES] = {0}, right[CLASSES] = {0};
    for (int i = 0; i < VAL; i++) {
        int best = classes == 2 ? a[i] > 0.5 : 0;
        for (int k = 1; classes > 2 && k < classes; k++)
            if (a[i * classes + k] > a[i * classes + best]) best = k;
        int label = classes ? (int)y[i] : 0;
        true_[label]++, said[best]++, right[label] += best == label, hits += best == label;
        for (int j = 0; classes == 2 && j < VAL; j++)
            if (y[i] > y[j]) pairs++, wins += a[i] > a[j] ? 1 : a[i] == a[j] ? 0.5 : 0;
        squares += (a[i] - y[i]) * (a[i] - y[i]), absolute += fabs(a[i] - y[i]), mean += y[i] / VAL;
    }
    for (int i = 0; i < VAL; i++) spread += (y[i] - mean) * (y[i] - mean);
    for (int k = 0; k < classes; k++) f1s += 2 * right[k] / (true_[k] + said[k]) / classes;
    if (strcmp(name, "accuracy") == 0) return hits / VAL;
    if (strcmp(name, "f1") == 0) return 2 * right[1] / (true_[1] + said[1]);
    if (strcmp(name, "macro_f1") == 0) return f1s;
    if (strcmp(name, "auc") == 0) return wins / pairs;
    if (strcmp(name, "rmse") == 0) return sqrt(squares / VAL);
    if (strcmp(name, "mae") == 0) return absolute / VAL;
    return 1 - squares / spread;
}

typedef struct monitor_case {
    const char *name, *net;
    int loss, classes;
    bool rises;
} monitor_case;

static const monitor_case monitor_cases[] = {
    {"accuracy", "dense 3 tanh, dense 1 sigmoid", 0, 2, true},
    {"f1", "dense 3 tanh, dense 1 sigmoid", 0, 2, true},
    {"auc", "dense 3 tanh, dense 1 sigmoid", 0, 2, true},
    {"accuracy", "dense 3 tanh, dense 3 softmax", 1, 3, true},
    {"macro_f1", "dense 3 tanh, dense 3 softmax", 1, 3, true},
    {"rmse", "dense 3 tanh, dense 1", 2, 0, false},
    {"mae", "dense 3 tanh, dense 1", 2, 0, false},
    {"r2", "dense 3 tanh, dense 1", 2, 0, true},
};

static int64_t best_of(const glia_history *h, bool rises) {
    int64_t best = 0;
    for (int64_t e = 1; e < h->entries; e++)
        if (rises ? h->monitored[e] > h->monitored[best] : h->monitored[e] < h->monitored[best])
            best = e;
    return best;
}

static double score_of(const monitor_case *c, const net *n, const net *val) {
    double answers[VAL * CLASSES];
    glia_predictor *p = glia_predictor_new(g, n->m, VAL);
    assert_int_equal(glia_predictor_run(p, glia_tensor_f64(val->x, VAL, INPUTS),
                                        glia_tensor_f64(answers, VAL, n->m->net->outputs)),
                     GLIA_OK);
    glia_predictor_free(p);
    return score(c->name, answers, val->y, c->classes);
}

static void the_best_epoch_is_that_of_the_monitored_score(void **unused) {
    (void)unused;
    enum { PATIENCE = 12 };
    for (size_t i = 0; i < sizeof monitor_cases / sizeof *monitor_cases; i++) {
        const monitor_case *c = &monitor_cases[i];
        net n = data_of(100, c->net, c->loss, GLIA_F64),
            val = data_of(VAL, c->net, c->loss, GLIA_F64);
        for (int64_t k = 0; k < VAL * INPUTS; k++)
            val.x[k] = n.x[k] + 0.5 * val.x[(k + 5) % (VAL * INPUTS)];
        memcpy(val.y, n.y, VAL * sizeof *val.y);
        glia_history *h;
        glia_fit_options o = {.epochs = 60,
                              .batch = 10,
                              .lr = 0.02,
                              .patience = PATIENCE,
                              .monitor = c->name,
                              .x_val = glia_tensor_f64(val.x, VAL, INPUTS),
                              .y_val = glia_tensor_f64(val.y, VAL, 1)};
        assert_int_equal(fit(&n, o, &h), GLIA_OK);
        assert_string_equal(h->monitor, c->name);
        assert_int_equal(h->best_epoch, best_of(h, c->rises));
        assert_true(h->best_val == h->monitored[h->best_epoch]);
        assert_true(h->epochs == 60 || h->epochs == h->best_epoch + 1 + PATIENCE);
        if (!(fabs(score_of(c, &n, &val) - h->best_val) < 1e-12))
            fail_msg("%s of the best epoch is %.17g, counted anew %.17g", c->name, h->best_val,
                     score_of(c, &n, &val));
        glia_history_free(g, h);
        net_free(&val);
        net_free(&n);
    }
}

static void cost_tol_stops_as_in_scikit_learn(void **unused) {
    (void)unused;
    net n = data_of(LR_ROWS, "dense 3 tanh, dense 1 sigmoid", 0, GLIA_F64);
    glia_history *h;
    glia_fit_options o = {.epochs = 5000, .batch = 8, .cost_tol = 1e-3};
    assert_int_equal(fit(&n, o, &h), GLIA_OK);
    assert_string_equal(h->stopped, "cost tolerance");
    double best = INFINITY;
    int count = 0;
    for (int64_t e = 0; e < h->entries; e++) {
        count = h->mean[e] > best - 1e-3 ? count + 1 : 0;
        best = fmin(best, h->mean[e]);
        assert_int_equal(count > 10, e + 1 == h->entries);
    }
    glia_history_free(g, h);
    net_free(&n);
}

/* ------------------------------------------------------------------------------------- peers -- */

/* Before anything is allocated, which skipping would leave behind. */
static void need_peer(const char *package) {
    result r = run("/usr/bin/python3 -c 'import %s' && echo yes", package);
    bool there = strstr(r.out, "yes");
    result_free(&r);
    if (!there) {
        print_message("# skipped: /usr/bin/python3 has no %s\n", package);
        skip();
    }
}

/* Runs tests/knobs.py, which imports the package. */
static result ask_peer(const char *package, const char *arguments) {
    result r = run("/usr/bin/python3 %s/tests/knobs.py %s", SOURCE_ROOT, arguments);
    if (r.status != 0) fail_msg("%s: %s", package, r.err);
    return r;
}

static json_t *numbers(const double *v, int64_t n) {
    json_t *list = json_array();
    for (int64_t i = 0; i < n; i++) json_array_append_new(list, json_real(v[i]));
    return list;
}

static void write_problem(const net *n, const double *weights) {
    char path[600];
    const glia_model *m = n->m;
    json_t *problem = json_object();
    json_object_set_new(problem, "x", numbers(n->x, ROWS * INPUTS));
    json_object_set_new(problem, "y", numbers(n->y, ROWS));
    json_object_set_new(problem, "weights", numbers(weights, ROWS));
    for (const gl_param *p = m->net->param; p < m->net->param + m->net->params; p++)
        json_object_set_new(problem, p->name,
                            numbers(gl_store_at(m->net->store, GL_WEIGHTS, p->offset),
                                    p->rows * p->cols));
    snprintf(path, sizeof path, "%s/problem.json", scratch());
    assert_int_equal(json_dump_file(problem, path, JSON_REAL_PRECISION(17)), 0);
    json_decref(problem);
}

/* Adam with every knob turned, on softmax: the cost before each of 60 updates, the weights after
 * them. */
static void all_of_it_is_what_pytorch_does(void **unused) {
    (void)unused;
    need_peer("torch");
    net n = data_of(ROWS, "dense 3 tanh, dense 3 softmax", 1, GLIA_F64);
    double weights[ROWS];
    for (int64_t i = 0; i < ROWS; i++) weights[i] = weight_of(i);
    write_problem(&n, weights);
    result r = ask_peer("torch", "torch problem.json");
    glia_fit_options o = {.optimizer = "adam",
                          .lr = 0.05,
                          .epochs = STEPS,
                          .batch = GLIA_FULL_BATCH,
                          .l1 = 0.002,
                          .l2 = 0.01,
                          .clip_norm = 0.1,
                          .max_norm = 0.9,
                          .label_smoothing = 0.2,
                          .schedule = "cosine",
                          .warmup = 10,
                          .sample_weights = glia_tensor_f64(weights, ROWS, 1)};
    glia_history *h;
    assert_int_equal(fit(&n, o, &h), GLIA_OK);
    json_t *answer = json_loads(r.out, 0, NULL), *costs = json_object_get(answer, "costs");
    assert_non_null(answer);
    for (int e = 0; e < STEPS; e++)
        agree("torch", e, "J", h->cost[e], json_real_value(json_array_get(costs, (size_t)e)), 1e-8);
    for (int p = 0; p < n.m->net->params; p++) {
        json_t *theirs = json_object_get(answer, n.m->net->param[p].name);
        for (size_t i = 0; i < json_array_size(theirs); i++)
            agree(n.m->net->param[p].name, STEPS, "a weight",
                  gl_store_value(n.m->net->store, GL_WEIGHTS,
                                 n.m->net->param[p].offset + (int64_t)i),
                  json_real_value(json_array_get(theirs, i)), 1e-8);
    }
    json_decref(answer);
    result_free(&r);
    glia_history_free(g, h);
    net_free(&n);
}

/* Theirs is 1/2 sum w^2 + C sum of s_i loss_i, ours with C = 1 / (lambda sum of s_i). */
static void compare_with_scikit_learn(const char *class_weight) {
    char arguments[100], path[600];
    snprintf(arguments, sizeof arguments, "sklearn rows.csv %s", class_weight);
    result r = ask_peer("sklearn", arguments);
    result trained =
        run("$GLIA train rows.csv --target y --sample-weight s --class-weight %s --hidden none "
            "--scale none --l2 0.02 --precision f64 --quiet -o weighted.glia",
            class_weight);
    if (trained.status != 0) fail_msg("%s", trained.err);
    snprintf(path, sizeof path, "%s/weighted.glia", scratch());
    glia_model *m = glia_model_load(g, path);
    json_t *answer = json_loads(r.out, 0, NULL);
    assert_true(m && answer && m->net->outputs == CLASSES);
    json_t *coef = json_object_get(answer, "coef"), *bias = json_object_get(answer, "intercept");
    for (int64_t i = 0; i < m->net->decayed; i++)
        agree("sklearn", 0, "a weight", gl_store_value(m->net->store, GL_WEIGHTS, i),
              json_real_value(json_array_get(coef, (size_t)i)), 1e-6);
    double shift = 0, ours[CLASSES], theirs[CLASSES]; /* one number may be added to all biases */
    for (int k = 0; k < CLASSES; k++) {
        ours[k] = gl_store_value(m->net->store, GL_WEIGHTS, m->net->decayed + k);
        theirs[k] = json_real_value(json_array_get(bias, (size_t)k));
        shift += (ours[k] - theirs[k]) / CLASSES;
    }
    for (int k = 0; k < CLASSES; k++)
        agree("sklearn", 0, "a bias", ours[k] - shift, theirs[k], 1e-6);
    json_decref(answer);
    glia_model_free(m);
    result_free(&trained);
    result_free(&r);
}

static void weighted_optimum_is_that_of_scikit_learn(void **unused) {
    (void)unused;
    need_peer("sklearn");
    compare_with_scikit_learn("balanced");
    compare_with_scikit_learn("class0:2.5,class2:0.5");
}

/* -------------------------------------------------------------------------- docs/training.md -- */

static char *page;

static void the_page_has(const char *format, ...) {
    char line[1024];
    va_list args;
    va_start(args, format);
    vsnprintf(line, sizeof line, format, args);
    va_end(args);
    if (!strstr(page, line)) fail_msg("docs/training.md has no \"%s\"", line);
}

static int add_default(char *text, int n, const char *name, double value) {
    char number[40];
    if (value == 0 && strcmp(name, "LAST") != 0) return n;
    return n + sprintf(text + n, "%s%s %s", n ? ", " : "", name,
                       gl_print_number(value, number, sizeof number));
}

static void the_page_has_the_tables(void) {
    for (int i = 0; i < gl_optimizers_count; i++) {
        const gl_optimizer *o = &gl_optimizers[i];
        char defaults[200] = "-";
        int n = add_default(defaults, 0, "lr", o->lr);
        n = add_default(defaults, n, "beta2", o->beta2);
        add_default(defaults, n, "decay", o->decay);
        the_page_has("\n| `%s` | `%s` | %s | %s | `", o->name, o->formula, defaults, o->source);
    }
    for (int i = 0; i < gl_schedules_count; i++) {
        const gl_schedule_kind *s = &gl_schedules[i];
        char defaults[200] = "-";
        for (int k = 0, n = 0; k < s->parameters; k++)
            n = add_default(defaults, n, s->parameter[k].name, s->parameter[k].initial);
        the_page_has("\n| `%s` | `%s` | %s | %s | `", s->name, s->formula, defaults, s->source);
    }
}

/* Kernels that are there for an option: their formulas, without remarks. */
static void the_page_has_the_formulas(void) {
    static const gl_kernel_id kernels[] = {GL_K_l2,         GL_K_decay,    GL_K_l1,
                                           GL_K_l1_b,       GL_K_smooth,   GL_K_clip_norm,
                                           GL_K_clip_value, GL_K_max_norm, GL_K_dropout};
    for (size_t i = 0; i < sizeof kernels / sizeof *kernels; i++) {
        const char *formula = gl_kernel_table[kernels[i]].formula,
                   *end = strstr(formula, ", summed");
        if (!end) end = strstr(formula, ", row by row");
        if (!end) end = strstr(formula, "   (");
        the_page_has("`%.*s`", end ? (int)(end - formula) : (int)strlen(formula), formula);
    }
}

static void the_page_has_the_options(void) {
    int count;
    const glia_option *o = glia_recipe_options(&count);
    for (int i = 0; i < count; i++) {
        char row[80];
        snprintf(row, sizeof row, "\n| `--%s` | ", o[i].name);
        const char *found = strstr(page, row);
        if (strcmp(o[i].group, "training") == 0) the_page_has("`--%s", o[i].name);
        if (!found) continue;
        char cell[80];
        snprintf(cell, sizeof cell, " | %s | ", o[i].initial);
        const char *there = strstr(found, cell);
        if (!there || there > strchr(found + 1, '\n'))
            fail_msg("docs/training.md does not say that --%s is '%s'", o[i].name, o[i].initial);
    }
}

/* What the examples train on: as iris.csv, with chance flowers. */
static void write_flowers(void) {
    static const char *const species[] = {"setosa", "versicolor", "virginica"};
    char path[600];
    snprintf(path, sizeof path, "%s/iris.csv", scratch());
    FILE *f = fopen(path, "w");
    gl_rng r = gl_rng_new(8, GL_STREAM_TEST, 0);
    fputs("sepal_length,petal_width,species\n", f);
    for (int i = 0; i < 90; i++)
        fprintf(f, "%.1f,%.1f,%s\n", 5 + i % 3 + gl_rng_normal(&r), 1 + i % 3 + gl_rng_uniform(&r),
                species[i % 3]);
    fclose(f);
}

/* The last cell of a row, `--such things`. */
static int run_the_examples(void) {
    int count = 0;
    for (char *at = page; (at = strstr(at, "| `--")); at++) {
        char *end = strstr(at, "` |\n");
        if (!end || memchr(at + 2, '|', (size_t)(end - at - 2))) continue;
        result r = run("$GLIA train iris.csv --target species %.*s %s --quiet -o example.glia",
                       (int)(end - at - 3), at + 3,
                       memmem(at, (size_t)(end - at), "--epochs", 8) ? "" : "--epochs 3");
        if (r.status != 0) fail_msg("%.*s: %s", (int)(end - at - 3), at + 3, r.err);
        result_free(&r);
        count++;
    }
    return count;
}

static void the_page_is_that_of_the_tables(void **unused) {
    (void)unused;
    page = slurp(SOURCE_ROOT "/docs/training.md");
    the_page_has_the_tables();
    the_page_has_the_formulas();
    the_page_has_the_options();
    write_flowers();
    assert_true(run_the_examples() >= gl_optimizers_count + gl_schedules_count + 12);
    free(page);
}

/* -------------------------------------------------------------------------------------- main -- */

int main(void) {
    enum { COUNT = sizeof knob_cases / sizeof *knob_cases, OTHERS = 16 };
    struct CMUnitTest tests[OTHERS + COUNT] = {
        cmocka_unit_test(schedules_follow_their_closed_forms),
        cmocka_unit_test(plateau_watches_the_cost),
        cmocka_unit_test(wrong_schedules_are_refused),
        cmocka_unit_test(gradients_are_those_of_the_cost),
        cmocka_unit_test(gradients_of_linear_models_too),
        cmocka_unit_test(a_weight_of_0_is_a_bend_of_l1),
        cmocka_unit_test(equal_weights_change_no_bit),
        cmocka_unit_test(a_weight_of_3_is_a_row_three_times),
        cmocka_unit_test(smoothing_is_learning_from_smoothed_labels),
        cmocka_unit_test(wrong_knobs_are_refused),
        cmocka_unit_test(all_of_it_gives_the_same_bits_for_any_number_of_threads),
        cmocka_unit_test(the_best_epoch_is_that_of_the_monitored_score),
        cmocka_unit_test(cost_tol_stops_as_in_scikit_learn),
        cmocka_unit_test(all_of_it_is_what_pytorch_does),
        cmocka_unit_test(weighted_optimum_is_that_of_scikit_learn),
        cmocka_unit_test(the_page_is_that_of_the_tables),
    };
    char names[COUNT][80];
    for (int i = 0; i < COUNT; i++) {
        snprintf(names[i], sizeof names[i], "every_update_is_the_one_of_the_formulas: %s",
                 knob_cases[i].name);
        tests[OTHERS + i] =
            (struct CMUnitTest){.name = names[i],
                                .test_func = every_update_is_the_one_of_the_formulas,
                                .initial_state = (void *)&knob_cases[i]};
    }
    return cmocka_run_group_tests_name("knobs", tests, open_context, close_context);
}
