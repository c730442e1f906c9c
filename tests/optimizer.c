/*
 * optimizer.c: every optimizer beside its formula as it stands in the paper, one number at a time,
 * in double, on gradients from oracle.h: the weights after each of many updates. And L-BFGS, which
 * must end where the gradient of the textbook loops is zero.
 */
#include "test.h"

#include "nets.h"
#include "oracle.h"

#include "context.h"

enum { ROWS = 30, INPUTS = 4, HIDDEN = 3, STEPS = 60, MOST = 64 };

/* What the formulas read, and what they keep from step to step. */
typedef struct moments {
    double lr, momentum, beta1, beta2, eps, decay;
    int t; /* the step, from 1 */
    double v[MOST], s[MOST];
} moments;

/* The new weight i, from w, its gradient d, and whether it is one of W rather than of b. */
typedef double formula(moments *o, int i, double w, double d, bool decayed);

static double sgd(moments *o, int i, double w, double d, bool decayed) {
    (void)i, (void)decayed;
    return w - o->lr * d;
}

static double momentum(moments *o, int i, double w, double d, bool decayed) {
    (void)decayed;
    o->v[i] = o->momentum * o->v[i] + (1 - o->momentum) * d;
    return w - o->lr * o->v[i];
}

/* As Nesterov wrote it, with two points: the gradient is taken where the velocity leads (w), and
 * p = w + lr beta v is the point itself. In the paper's velocity u = -lr v. */
static double nesterov(moments *o, int i, double w, double d, bool decayed) {
    (void)decayed;
    double u = -o->lr * o->v[i], p = w - o->momentum * u;
    u = o->momentum * u - o->lr * (1 - o->momentum) * d;
    p += u;
    o->v[i] = -u / o->lr;
    return p + o->momentum * u;
}

static double rmsprop(moments *o, int i, double w, double d, bool decayed) {
    (void)decayed;
    o->s[i] = o->beta2 * o->s[i] + (1 - o->beta2) * d * d;
    return w - o->lr * d / (sqrt(o->s[i]) + o->eps);
}

static double adam(moments *o, int i, double w, double d, bool decayed) {
    (void)decayed;
    o->v[i] = o->beta1 * o->v[i] + (1 - o->beta1) * d;
    o->s[i] = o->beta2 * o->s[i] + (1 - o->beta2) * d * d;
    double v = o->v[i] / (1 - pow(o->beta1, o->t)), s = o->s[i] / (1 - pow(o->beta2, o->t));
    return w - o->lr * v / (sqrt(s) + o->eps);
}

static double adamw(moments *o, int i, double w, double d, bool decayed) {
    return adam(o, i, w, d, decayed) - (decayed ? o->lr * o->decay * w : 0);
}

typedef struct optimizer_case {
    const char *name;
    formula *next;
    glia_fit_options given; /* zero: the default of glia.h */
    moments stated;         /* the same, with the defaults written out */
} optimizer_case;

static const optimizer_case cases[] = {
    {"sgd", sgd, {0}, {.lr = 0.1}},
    {"momentum", momentum, {.lr = 0.3}, {.lr = 0.3, .momentum = 0.9}},
    {"nesterov", nesterov, {0}, {.lr = 0.1, .momentum = 0.9}},
    {"nesterov", nesterov, {.lr = 0.5, .momentum = 0.7}, {.lr = 0.5, .momentum = 0.7}},
    {"rmsprop", rmsprop, {0}, {.lr = 0.001, .beta2 = 0.9, .eps = 1e-8}},
    {"rmsprop",
     rmsprop,
     {.lr = 0.02, .beta2 = 0.99, .eps = 1e-3},
     {.lr = 0.02, .beta2 = 0.99, .eps = 1e-3}},
    {"adam", adam, {0}, {.lr = 0.001, .beta1 = 0.9, .beta2 = 0.999, .eps = 1e-8}},
    {"adam",
     adam,
     {.lr = 0.03, .beta1 = 0.8, .beta2 = 0.95},
     {.lr = 0.03, .beta1 = 0.8, .beta2 = 0.95, .eps = 1e-8}},
    {"adamw", adamw, {0}, {.lr = 0.001, .beta1 = 0.9, .beta2 = 0.999, .eps = 1e-8, .decay = 0.01}},
    {"adamw",
     adamw,
     {.lr = 0.02, .decay = 0.3},
     {.lr = 0.02, .beta1 = 0.9, .beta2 = 0.999, .eps = 1e-8, .decay = 0.3}},
};

/* The weights after every update, as training goes by. */
typedef struct witness {
    const glia_model *m;
    double w[STEPS][MOST];
} witness;

static int watch(void *user, const glia_progress *p) {
    witness *seen = user;
    for (int64_t i = 0; i < seen->m->net->count; i++)
        seen->w[p->updates - 1][i] = gl_store_value(seen->m->net->store, GL_WEIGHTS, i);
    return 0;
}

static net small_net(glia_dtype dtype) {
    net n = {.layers = 2, .inputs = INPUTS, .rows = ROWS, .l2 = 0.02, .units = {HIDDEN, 1}};
    n.m = glia_model_new(g, INPUTS, "dense 3 tanh, dense 1 sigmoid",
                         &(glia_model_options){.init = "xavier", .dtype = dtype, .seed = 3});
    gl_rng r = gl_rng_new(12, GL_STREAM_TEST, 0);
    net_fill(&n, &r);
    return n;
}

/* The layers of the oracle over weights w and gradients d that lie as the model's do. */
static oracle oracle_of(const net *n, const double *w, double *d) {
    oracle o = {.layers = 2, .loss = "sigmoid", .lambda = n->l2};
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

static void every_update_is_the_one_of_the_paper(void **which) {
    const optimizer_case *c = *which;
    for (int precision = 0; precision < 2; precision++) {
        net n = small_net(precision ? GLIA_F64 : GLIA_F32);
        double tolerance = precision ? 1e-12 : 2e-5, w[MOST], d[MOST], output[ROWS];
        int64_t count = n.m->net->count;
        for (int64_t i = 0; i < count; i++) w[i] = gl_store_value(n.m->net->store, GL_WEIGHTS, i);
        witness seen = {.m = n.m};
        glia_fit_options fit = c->given;
        fit.optimizer = c->name, fit.epochs = STEPS, fit.batch = GLIA_FULL_BATCH, fit.l2 = n.l2;
        fit.progress = watch, fit.user = &seen;
        assert_int_equal(glia_model_fit(n.m, glia_tensor_f64(n.x, ROWS, INPUTS),
                                        glia_tensor_f64(n.y, ROWS, 1), &fit, NULL),
                         GLIA_OK);
        moments o = c->stated;
        oracle formulas = oracle_of(&n, w, d);
        for (int step = 0; step < STEPS; step++) {
            memset(d, 0, sizeof d);
            oracle_run(&formulas, n.x, n.y, ROWS, 1, output);
            o.t = step + 1;
            for (int i = 0; i < count; i++) {
                w[i] = c->next(&o, i, w[i], d[i], i < n.m->net->decayed);
                double found = seen.w[step][i];
                if (fabs(found - w[i]) > tolerance * (1 + fabs(w[i])))
                    fail_msg("%s, step %d: weight %d is %.17g, the formula says %.17g", c->name,
                             step + 1, i, found, w[i]);
            }
        }
        net_free(&n);
    }
}

static void decay_of_another_optimizer_is_refused(void **state) {
    (void)state;
    net n = small_net(GLIA_F32);
    glia_fit_options fit = {.optimizer = "adam", .decay = 0.1};
    assert_int_equal(glia_model_fit(n.m, glia_tensor_f64(n.x, ROWS, INPUTS),
                                    glia_tensor_f64(n.y, ROWS, 1), &fit, NULL),
                     GLIA_USAGE);
    assert_non_null(strstr(glia_message(g), "option 'decay' belongs to adamw"));
    net_free(&n);
}

/* ------------------------------------------------------------------------------------- lbfgs -- */

static glia_status fit_lbfgs(net *n, glia_fit_options fit, glia_history **h) {
    fit.optimizer = "lbfgs", fit.l2 = n->l2;
    return glia_model_fit(n->m, glia_tensor_f64(n->x, ROWS, INPUTS), glia_tensor_f64(n->y, ROWS, 1),
                          &fit, h);
}

static void lbfgs_ends_where_the_textbook_gradient_is_zero(void **unused) {
    (void)unused;
    for (int precision = 0; precision < 2; precision++) {
        net n = small_net(precision ? GLIA_F64 : GLIA_F32);
        double w[MOST], d[MOST] = {0}, output[ROWS], most = 0;
        glia_history *h;
        assert_int_equal(fit_lbfgs(&n, (glia_fit_options){0}, &h), GLIA_OK);
        assert_string_equal(h->stopped, "tolerance");
        for (int64_t i = 0; i < n.m->net->count; i++)
            w[i] = gl_store_value(n.m->net->store, GL_WEIGHTS, i);
        oracle formulas = oracle_of(&n, w, d);
        oracle_run(&formulas, n.x, n.y, ROWS, 1, output);
        for (int64_t i = 0; i < n.m->net->count; i++) most = fmax(most, fabs(d[i]));
        if (most > (precision ? 1.01e-9 : 2e-6))
            fail_msg("the largest gradient component is %g", most);
        glia_history_free(g, h);
        net_free(&n);
    }
}

static void lbfgs_never_climbs(void **unused) {
    (void)unused;
    net n = small_net(GLIA_F64);
    glia_history *h;
    assert_int_equal(fit_lbfgs(&n, (glia_fit_options){.l2 = 0}, &h), GLIA_OK);
    assert_true(h->entries > 5 && h->updates == h->epochs);
    for (int64_t i = 1; i < h->entries; i++) {
        if (h->cost[i] > h->cost[i - 1] * (1 + 1e-15))
            fail_msg("step %d: J rose from %.17g to %.17g", (int)i, h->cost[i - 1], h->cost[i]);
    }
    glia_history_free(g, h);
    net_free(&n);
}

static void lbfgs_at_the_optimum_stays_there(void **unused) {
    (void)unused;
    net n = small_net(GLIA_F64);
    double before[MOST];
    glia_history *h;
    assert_int_equal(fit_lbfgs(&n, (glia_fit_options){0}, &h), GLIA_OK);
    gl_store_get(n.m->net->store, GL_WEIGHTS, 0, n.m->net->count, before);
    glia_history_free(g, h);
    assert_int_equal(fit_lbfgs(&n, (glia_fit_options){0}, &h), GLIA_OK);
    assert_true(h->epochs <= 2);
    for (int64_t i = 0; i < n.m->net->count; i++)
        assert_true(fabs(gl_store_value(n.m->net->store, GL_WEIGHTS, i) - before[i]) < 1e-6);
    glia_history_free(g, h);
    net_free(&n);
}

static void lbfgs_keeps_epochs_tolerance_and_validation(void **unused) {
    (void)unused;
    glia_history *h;
    net n = small_net(GLIA_F64);
    assert_int_equal(fit_lbfgs(&n, (glia_fit_options){.epochs = 4}, &h), GLIA_OK);
    assert_int_equal(h->epochs, 4);
    assert_string_equal(h->stopped, "epochs");
    glia_history_free(g, h);
    assert_int_equal(fit_lbfgs(&n, (glia_fit_options){.tol = 0.5}, &h), GLIA_OK);
    assert_int_equal(h->epochs, 1);
    assert_string_equal(h->stopped, "tolerance");
    net_free(&n);

    n = small_net(GLIA_F64); /* labels are chance: what is learned does not help on other rows */
    net other = small_net(GLIA_F64);
    for (int64_t i = 0; i < ROWS; i++) other.y[i] = 1 - other.y[i];
    glia_fit_options stops = {.patience = 3,
                              .x_val = glia_tensor_f64(other.x, ROWS, INPUTS),
                              .y_val = glia_tensor_f64(other.y, ROWS, 1)};
    glia_history_free(g, h);
    assert_int_equal(fit_lbfgs(&n, stops, &h), GLIA_OK);
    assert_string_equal(h->stopped, "early stop");
    assert_int_equal(h->epochs, h->best_epoch + 4);
    double loss = glia_model_cost(g, n.m, stops.x_val, stops.y_val);
    assert_true(fabs(loss - h->best_val) < 1e-12);
    glia_history_free(g, h);
    net_free(&other);
    net_free(&n);
}

static int interrupt(void *user, const glia_progress *p) {
    (void)user;
    return p->updates == 3;
}

static void lbfgs_can_be_interrupted(void **unused) {
    (void)unused;
    net n = small_net(GLIA_F64);
    glia_history *h;
    assert_int_equal(fit_lbfgs(&n, (glia_fit_options){.progress = interrupt}, &h),
                     GLIA_INTERRUPTED);
    assert_int_equal(h->updates, 3);
    glia_history_free(g, h);
    net_free(&n);
}

/* Also where the cost has bends, and where it has no least value. */
static void lbfgs_ends_on_any_network(void **unused) {
    (void)unused;
    for (int i = 0; i < 180; i += EVERY) {
        net n = net_random(g, i % 2 ? GLIA_F64 : GLIA_F32, 71, i, 0);
        glia_history *h;
        glia_fit_options fit = {.optimizer = "lbfgs", .l2 = n.l2, .epochs = 300};
        double before = glia_model_cost(g, n.m, glia_tensor_f64(n.x, n.rows, n.inputs),
                                        glia_tensor_f64(n.y, n.rows, n.labels));
        glia_status status = glia_model_fit(n.m, glia_tensor_f64(n.x, n.rows, n.inputs),
                                            glia_tensor_f64(n.y, n.rows, n.labels), &fit, &h);
        if (status != GLIA_OK) fail_msg("%s: %s", n.text, glia_message(g));
        double after = h->cost[h->entries - 1];
        if (!(after <= h->cost[0])) fail_msg("%s: J from %g to %g", n.text, before, after);
        for (int64_t k = 0; k < n.m->net->count; k++)
            assert_true(isfinite(gl_store_value(n.m->net->store, GL_WEIGHTS, k)));
        glia_history_free(g, h);
        net_free(&n);
    }
}

/* ------------------------------------------------------------------------------------ memory -- */

typedef struct counter {
    int64_t taken, after_first_update, after_last_update;
} counter;

static void *count_alloc(void *user, size_t size) {
    ((counter *)user)->taken++;
    return aligned_alloc(64, (size + 63) / 64 * 64);
}

static void just_free(void *user, void *memory) {
    (void)user;
    free(memory);
}

static int count_updates(void *user, const glia_progress *p) {
    counter *c = user;
    if (p->updates == 1) c->after_first_update = c->taken;
    c->after_last_update = c->taken;
    return 0;
}

static void nothing_is_taken_while_training(void **unused) {
    (void)unused;
    static const char *const names[] = {"nesterov", "rmsprop", "adamw", "lbfgs"};
    glia_ctx *kept = g;
    for (size_t i = 0; i < sizeof names / sizeof *names; i++) {
        counter c = {0};
        g = glia_open(&(glia_settings){.alloc = count_alloc, .release = just_free, .user = &c});
        net n = small_net(GLIA_F64);
        glia_fit_options fit = {.optimizer = names[i],
                                .batch = GLIA_FULL_BATCH,
                                .epochs = STEPS,
                                .progress = count_updates,
                                .user = &c};
        assert_int_equal(glia_model_fit(n.m, glia_tensor_f64(n.x, ROWS, INPUTS),
                                        glia_tensor_f64(n.y, ROWS, 1), &fit, NULL),
                         GLIA_OK);
        assert_true(c.after_first_update > 0);
        assert_int_equal(c.after_last_update, c.after_first_update);
        net_free(&n);
        glia_close(g);
    }
    g = kept;
}

int main(void) {
    enum { COUNT = sizeof cases / sizeof *cases, OTHERS = 8 };
    struct CMUnitTest tests[OTHERS + COUNT] = {
        cmocka_unit_test(decay_of_another_optimizer_is_refused),
        cmocka_unit_test(lbfgs_ends_where_the_textbook_gradient_is_zero),
        cmocka_unit_test(lbfgs_never_climbs),
        cmocka_unit_test(lbfgs_at_the_optimum_stays_there),
        cmocka_unit_test(lbfgs_keeps_epochs_tolerance_and_validation),
        cmocka_unit_test(lbfgs_can_be_interrupted),
        cmocka_unit_test(lbfgs_ends_on_any_network),
        cmocka_unit_test(nothing_is_taken_while_training),
    };
    char names[COUNT][80];
    for (int i = 0; i < COUNT; i++) {
        snprintf(names[i], sizeof names[i], "every_update_is_the_one_of_the_paper: %s %d",
                 cases[i].name, i);
        tests[OTHERS + i] = (struct CMUnitTest){.name = names[i],
                                                .test_func = every_update_is_the_one_of_the_paper,
                                                .initial_state = (void *)&cases[i]};
    }
    return cmocka_run_group_tests_name("optimizer", tests, open_context, close_context);
}
