/*
 * states.c: what recurrent layers do to their states: dropout on what U reads of them, one mask for
 * a sequence, in double against PyTorch (states.py), which is given the mask that the words of
 * Philox make.
 *
 *     x -> conv 1 -> one or two recurrent layers, one of them turned round perhaps -> mse
 *
 * Costs and all gradients, those of the layer in front of them among these, from training plans.
 */
#include "test.h"

#include "base/random.h"
#include "product/model.h"
#include <math.h>

#include "context.h"
#include "philox.h"

enum { CASES = 300, MOST_ROWS = 5, MOST_STEPS = 6, MOST_FEATURES = 4, RUNS = 2 };

/* ------------------------------------------------------------------------------------- cases -- */

typedef struct sequences {
    gl_rng r;
    bool ragged;
    int rows, steps, features;
    char text[400];
} sequences;

static int below(sequences *d, int n) { return (int)gl_rng_below(&d->r, n); }

static void say(sequences *d, const char *format, ...) {
    size_t n = strlen(d->text);
    va_list arguments;
    va_start(arguments, format);
    vsnprintf(d->text + n, sizeof d->text - n, format, arguments);
    va_end(arguments);
}

static void say_layer(sequences *d, bool all, bool drops) {
    static const char *const ops[] = {"rnn", "rnn", "lstm", "gru", "gru"};
    int op = below(d, 5);
    say(d, ", %s %d", ops[op], 1 + below(d, below(d, 4) ? 8 : 40));
    if (all) say(d, " steps all");
    if (drops) say(d, " state_dropout %g", 0.1 * (1 + below(d, 8)));
    if (op == 1) say(d, " relu 1");
    if (op == 4) say(d, " reset before");
}

static void draw(sequences *d, bool drops, bool turns) {
    bool all = below(d, 2);
    d->ragged = below(d, 2);
    d->rows = 1 + below(d, MOST_ROWS), d->steps = 1 + below(d, MOST_STEPS);
    d->features = 1 + below(d, MOST_FEATURES);
    d->text[0] = 0;
    say(d, "%s %d %d, conv %d 1", d->ragged ? "ragged" : "sequence", d->steps, d->features,
        d->features);
    if (below(d, 2)) {
        bool turned = turns && below(d, 2);
        if (turned) say(d, ", reverse");
        say_layer(d, true, drops && below(d, 2));
        if (turned) say(d, ", reverse");
    }
    say_layer(d, all, drops);
    say(d, all ? ", conv 1 1" : ", dense 1 linear");
}

static int64_t columns_of(const sequences *d) {
    return d->ragged + (int64_t)d->steps * d->features;
}

static glia_model *build(const sequences *d) {
    glia_model_options o = {.dtype = GLIA_F64, .loss = "mse", .init = "normal:0.5", .seed = 3};
    glia_model *m = glia_model_new(g, columns_of(d), d->text, &o);
    if (!m) fail_msg("%s: %s", d->text, glia_message(g));
    for (int i = 0; i < glia_model_params(m); i++) { /* b, too */
        glia_tensor w = glia_model_param(m, i);
        gl_rng r = gl_rng_new(9, GL_STREAM_TEST, (uint64_t)i);
        for (int64_t k = 0; k < glia_tensor_count(&w, 0); k++)
            ((double *)w.data)[k] = 0.5 * gl_rng_normal(&r);
    }
    return m;
}

/* Rows of one run, and labels. Any number of steps, none and all among them. */
static void fill(sequences *d, double *x, double *y, int64_t labels) {
    for (int64_t k = 0; k < d->rows * columns_of(d); k++) x[k] = gl_rng_normal(&d->r);
    for (int64_t k = 0; k < d->rows * labels; k++) y[k] = gl_rng_normal(&d->r);
    for (int64_t i = 0; i < d->rows && d->ragged; i++)
        x[i * columns_of(d)] = (double)gl_rng_below(&d->r, d->steps + 1);
}

/* ------------------------------------------------------------------------------------- plans -- */

typedef struct training {
    const glia_model *m;
    gl_plan *plan;
    gl_knobs knobs;
    double x[MOST_ROWS * (1 + MOST_STEPS * MOST_FEATURES)], y[MOST_ROWS * MOST_STEPS];
} training;

static void bind(training *t) {
    gl_bind(t->plan, &(gl_binding){.room = {[GL_X] = t->x, [GL_LABELS] = t->y},
                                   .store = t->m->net->store,
                                   .knobs = &t->knobs});
}

static void open_training(training *t, const glia_model *m, int64_t rows) {
    *t = (training){.m = m, .knobs = {.seed = 0x123456789abcdef0}};
    t->plan = gl_compile(g, m->net,
                         &(gl_plan_spec){.mode = GL_TRAIN, .rows = rows, .update = GL_KERNELS});
    if (!t->plan || !gl_store_take(m->net->store, GL_GRADIENTS)) fail_msg("%s", glia_message(g));
    bind(t);
}

/* ------------------------------------------------------------------------------ for PyTorch -- */

typedef struct bridge {
    FILE *cases, *numbers;
    bool begun;
} bridge;

static bridge open_bridge(void) {
    result r = run("/usr/bin/python3 -c 'import torch'");
    bool there = r.status == 0;
    result_free(&r);
    if (!there) {
        print_message("# skipped: Python has no module torch\n");
        skip();
    }
    assert_int_equal(chdir(scratch()), 0);
    return (bridge){fopen("states.jsonl", "w"), fopen("states.f64", "wb"), false};
}

static void begin_case(bridge *b, const sequences *d, int runs) {
    fprintf(b->cases, "{\"text\": \"%s\", \"rows\": %d, \"runs\": %d, \"arrays\": {", d->text,
            d->rows, runs);
    b->begun = false;
}

/* "3.grad.lstm1.u": of run 3. */
static void put(bridge *b, int run, const char *what, const char *name, const double *numbers,
                int64_t count) {
    fprintf(b->cases, "%s\"%d.%s%s\": %lld", b->begun ? ", " : "", run, what, name,
            (long long)count);
    fwrite(numbers, sizeof *numbers, (size_t)count, b->numbers);
    b->begun = true;
}

static void put_params(bridge *b, int run, const gl_net *net, gl_run_id from, const char *what) {
    for (const gl_param *w = net->param; w < net->param + net->params; w++)
        put(b, run, what, w->name, (const double *)gl_store_at(net->store, from, 0) + w->offset,
            w->rows * w->cols);
}

static double attr_of(const gl_node *node, const char *name) {
    for (int i = 0; i < node->op->attrs; i++)
        if (node->op->attr[i].name && strcmp(node->op->attr[i].name, name) == 0)
            return node->attr[i];
    return 0;
}

/* Of a layer: which units of h' are kept for U, by the words of Philox. */
static void put_mask(bridge *b, int run, const training *t, const gl_node *node, int64_t rows) {
    double rate = attr_of(node, "state_dropout"), mask[MOST_ROWS * 40];
    int64_t n = node->shape.dim[node->shape.rank - 1];
    const uint32_t key[] = {(uint32_t)t->knobs.seed, (uint32_t)(t->knobs.seed >> 32)},
                   number = (uint32_t)(node - t->m->net->node);
    for (int64_t i = 0; i < rows * n; i++) {
        uint32_t out[4],
            counter[] = {(uint32_t)(i / n), (uint32_t)(i % n / 4), (uint32_t)t->knobs.step, number};
        philox(counter, key, out);
        mask[i] = out[i % n % 4] >= rate * 0x1p32 ? 1 / (1 - rate) : 0;
    }
    put(b, run, "mask.", node->name, mask, rows * n);
}

static void put_run(bridge *b, int run, training *t, const sequences *d) {
    const gl_net *net = t->m->net;
    double cost;
    put(b, run, "x", "", t->x, d->rows * columns_of(d));
    put(b, run, "y", "", t->y, d->rows * net->labels);
    for (const gl_node *node = net->node; node < net->node + net->nodes; node++)
        if (node->op->states) put_mask(b, run, t, node, d->rows);
    if (!gl_run(t->plan)) fail_msg("%s: the cost is not finite", d->text);
    cost = gl_cost(t->plan);
    put(b, run, "cost", "", &cost, 1);
    put_params(b, run, net, GL_GRADIENTS, "grad.");
}

static void ask(bridge *b, int cases) {
    fclose(b->cases), fclose(b->numbers);
    result r = run("/usr/bin/python3 " SOURCE_ROOT "/tests/states.py");
    if (r.status != 0) fail_msg("%s", r.err);
    assert_int_equal(atoi(r.out), cases);
    result_free(&r);
}

/* ----------------------------------------------------------------------------------- dropout -- */

static void u_reads_what_the_mask_keeps_as_in_pytorch(void **state) {
    (void)state;
    bridge b = open_bridge();
    sequences d = {.r = gl_rng_new(1, GL_STREAM_TEST, 31)};
    for (int i = 0; i < CASES; i++) {
        draw(&d, true, true);
        glia_model *m = build(&d);
        training t;
        open_training(&t, m, d.rows);
        begin_case(&b, &d, RUNS);
        put_params(&b, 0, m->net, GL_WEIGHTS, "param.");
        for (int run = 0; run < RUNS; run++, t.knobs.step++) {
            fill(&d, t.x, t.y, m->net->labels);
            put_run(&b, run, &t, &d);
        }
        fprintf(b.cases, "}}\n");
        gl_plan_free(t.plan), glia_model_free(m);
    }
    ask(&b, CASES);
}

static void compare_row(void *user, const glia_check_row *row) {
    if (row->difference < 1e-8) return;
    fail_msg("%s: '%s' differs by %.2e", (const char *)user, row->param, row->difference);
}

static void gradients_through_a_mask_are_those_of_differences(void **state) {
    (void)state;
    sequences d = {.r = gl_rng_new(1, GL_STREAM_TEST, 32)};
    for (int i = 0; i < 40; i++) {
        double x[MOST_ROWS * (1 + MOST_STEPS * MOST_FEATURES)], y[MOST_ROWS * MOST_STEPS];
        draw(&d, true, true);
        glia_model *m = build(&d);
        fill(&d, x, y, m->net->labels);
        glia_check_options o = {.row = compare_row, .user = d.text};
        glia_status status = glia_model_check(g, m, glia_tensor_f64(x, d.rows, columns_of(&d)),
                                              glia_tensor_f64(y, d.rows, m->net->labels), &o);
        if (status != GLIA_OK) fail_msg("%s: %s", d.text, glia_message(g));
        glia_model_free(m);
    }
}

/* What belongs to training alone: plans of a prediction and of an evaluation, and of a training at
 * a rate of 0, have no trace of it. */
static void nothing_is_left_out_but_in_training(void **state) {
    (void)state;
    static const char *const layers[] = {"rnn 5%s", "lstm 5%s", "gru 5%s", "gru 5%s reset before",
                                         "lstm 5 steps all%s, gru 3"};
    static const char *const modes[] = {"predict", "eval", "train", "train"};
    for (size_t i = 0; i < sizeof layers / sizeof *layers; i++)
        for (int k = 0; k < 4; k++) {
            char with[200], without[200], text[200];
            snprintf(text, sizeof text, "sequence 6 2, %s, dense 1", layers[i]);
            snprintf(with, sizeof with, text, k == 2 ? " state_dropout 0" : " state_dropout 0.5");
            snprintf(without, sizeof without, text, "");
            glia_model *a = glia_model_new(g, 12, with, NULL),
                       *b = glia_model_new(g, 12, without, NULL);
            char *one = glia_model_plan(a, modes[k], 8), *other = glia_model_plan(b, modes[k], 8);
            bool same = strcmp(one, other) == 0;
            if (same != (k < 3)) fail_msg("%s, %s: %s and %s", with, modes[k], one, other);
            glia_text_free(g, one), glia_text_free(g, other);
            glia_model_free(a), glia_model_free(b);
        }
}

/* A trace looks at every unit. */
static void a_trace_sees_the_whole_state(void **state) {
    (void)state;
    double x[24], y[2] = {0.3, -1};
    for (int i = 0; i < 24; i++) x[i] = sin(i);
    glia_tensor xs = glia_tensor_f64(x, 2, 12), ys = glia_tensor_f64(y, 2, 1);
    glia_model_options o = {.dtype = GLIA_F64, .loss = "mse", .seed = 2};
    glia_model *a = glia_model_new(g, 12, "sequence 6 2, gru 4 state_dropout 0.7, dense 1", &o),
               *b = glia_model_new(g, 12, "sequence 6 2, gru 4, dense 1", &o);
    glia_trace *one = glia_model_trace(g, a, xs, ys, NULL),
               *other = glia_model_trace(g, b, xs, ys, NULL);
    assert_true(one && other);
    for (int i = 0; i < glia_model_params(a); i++)
        assert_memory_equal(one->gradient[i].data, other->gradient[i].data,
                            (size_t)glia_tensor_count(&one->gradient[i], 0) * sizeof *x);
    glia_trace_free(g, one), glia_trace_free(g, other);
    glia_model_free(a), glia_model_free(b);
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(u_reads_what_the_mask_keeps_as_in_pytorch),
        cmocka_unit_test(gradients_through_a_mask_are_those_of_differences),
        cmocka_unit_test(nothing_is_left_out_but_in_training),
        cmocka_unit_test(a_trace_sees_the_whole_state),
    };
    return cmocka_run_group_tests_name("states", tests, open_context, close_context);
}
