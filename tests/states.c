/*
 * states.c: what becomes of the states of recurrent layers: dropout on what U reads of them, one
 * mask for a sequence; and states that go on from one mini-batch to the next. In double against
 * PyTorch (states.py), which is given the masks that the words of Philox make.
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

#ifdef __SANITIZE_ADDRESS__
enum { CASES = 30 };
#else
enum { CASES = 200 };
#endif
enum { MOST_ROWS = 5, MOST_STEPS = 6, MOST_FEATURES = 4, RUNS = 3 };

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
    double x[MOST_ROWS * (1 + MOST_STEPS * MOST_FEATURES)], y[MOST_ROWS * MOST_STEPS],
        goes_on[MOST_ROWS], answers[MOST_ROWS * MOST_STEPS];
} training;

static void bind(training *t) {
    gl_bind(t->plan, &(gl_binding){.room = {[GL_X] = t->x,
                                            [GL_LABELS] = t->y,
                                            [GL_GOES_ON] = t->goes_on,
                                            [GL_OUTPUT] = t->answers},
                                   .store = t->m->net->store,
                                   .knobs = &t->knobs});
}

static void open_plan(training *t, const glia_model *m, int64_t rows, gl_mode mode, bool carries) {
    *t = (training){.m = m, .knobs = {.seed = 0x123456789abcdef0}};
    t->plan = gl_compile(g, m->net,
                         &(gl_plan_spec){.mode = mode,
                                         .rows = rows,
                                         .update = GL_KERNELS,
                                         .carries = carries,
                                         .answers = mode == GL_EVAL});
    bool ready = mode != GL_TRAIN || gl_store_take(m->net->store, GL_GRADIENTS);
    if (!t->plan || !ready) fail_msg("%s", glia_message(g));
    bind(t);
}

static void run_plan(training *t) {
    if (!gl_run(t->plan)) fail_msg("the cost is not finite");
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

static void begin_case(bridge *b, const sequences *d, bool carries) {
    fprintf(b->cases, "{\"text\": \"%s\", \"rows\": %d, \"runs\": %d, \"carries\": %d, ", d->text,
            d->rows, RUNS, carries);
    fprintf(b->cases, "\"arrays\": {");
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
    put(b, run, "goes_on", "", t->goes_on, d->rows);
    for (const gl_node *node = net->node; node < net->node + net->nodes; node++)
        if (node->op->states) put_mask(b, run, t, node, d->rows);
    run_plan(t);
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

/* Some runs of one network. Of those that carry, most rows go on. */
static void put_runs(bridge *b, sequences *d, bool carries) {
    glia_model *m = build(d);
    training t;
    open_plan(&t, m, d->rows, GL_TRAIN, carries);
    begin_case(b, d, carries);
    put_params(b, 0, m->net, GL_WEIGHTS, "param.");
    for (int run = 0; run < RUNS; run++, t.knobs.step++) {
        fill(d, t.x, t.y, m->net->labels);
        for (int i = 0; i < d->rows; i++) t.goes_on[i] = below(d, 4) > 0;
        put_run(b, run, &t, d);
    }
    fprintf(b->cases, "}}\n");
    gl_plan_free(t.plan), glia_model_free(m);
}

static void u_reads_what_the_mask_keeps_as_in_pytorch(void **state) {
    (void)state;
    bridge b = open_bridge();
    sequences d = {.r = gl_rng_new(1, GL_STREAM_TEST, 31)};
    for (int i = 0; i < CASES; i++) {
        draw(&d, true, true);
        put_runs(&b, &d, false);
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

/* ------------------------------------------------------------------------ from run to run -- */

/* As torch's, whose states are detached between the runs. */
static void states_go_on_as_in_pytorch(void **state) {
    (void)state;
    bridge b = open_bridge();
    sequences d = {.r = gl_rng_new(1, GL_STREAM_TEST, 33)};
    for (int i = 0; i < CASES; i++) {
        draw(&d, i % 3 == 0, false);
        put_runs(&b, &d, true);
    }
    ask(&b, CASES);
}

static double cost_from(training *t, const double *states) {
    int64_t count;
    void *at = gl_states(t->plan, &count);
    memcpy(at, states, (size_t)count * sizeof *states);
    run_plan(t);
    return gl_cost(t->plan);
}

/* What is kept of the states and put back gives the same run again, with other weights. */
static double difference(training *t, const double *states, double *w) {
    const double h = 1e-3, was = *w;
    double cost[4];
    for (int i = 0; i < 4; i++) {
        static const int at[] = {1, -1, 2, -2};
        *w = was + at[i] * h;
        cost[i] = cost_from(t, states);
    }
    *w = was;
    return (8 * (cost[0] - cost[1]) - (cost[2] - cost[3])) / (12 * h);
}

static void check_differences(sequences *d, training *t) {
    const gl_net *net = t->m->net;
    int64_t count;
    const void *at = gl_states(t->plan, &count);
    double *states = malloc((size_t)count * sizeof *states), *gradient,
           *w = gl_store_at(net->store, GL_WEIGHTS, 0), far = 0, size = 0;
    gradient = malloc((size_t)net->count * sizeof *gradient);
    memcpy(states, at, (size_t)count * sizeof *states);
    cost_from(t, states);
    gl_store_get(net->store, GL_GRADIENTS, 0, net->count, gradient);
    for (int64_t k = 0; k < net->count; k++) {
        double found = difference(t, states, &w[k]) - gradient[k];
        far += found * found, size += gradient[k] * gradient[k];
    }
    if (!(far <= 1e-14 * (size + 1e-3))) fail_msg("%s: %g of %g", d->text, far, size);
    free(states), free(gradient);
}

static void gradients_behind_carried_states_are_those_of_differences(void **state) {
    (void)state;
    sequences d = {.r = gl_rng_new(1, GL_STREAM_TEST, 34)};
    for (int i = 0, tries = 0; i < 25; tries++) {
        draw(&d, i % 2, false);
        if (strstr(d.text, "relu") || strlen(d.text) > 100 * (size_t)(1 + tries)) continue;
        glia_model *m = build(&d);
        training t;
        open_plan(&t, m, d.rows, GL_TRAIN, true);
        fill(&d, t.x, t.y, m->net->labels);
        run_plan(&t);
        fill(&d, t.x, t.y, m->net->labels);
        for (int k = 0; k < d.rows; k++) t.goes_on[k] = k % 3 < 2;
        check_differences(&d, &t);
        gl_plan_free(t.plan), glia_model_free(m);
        i++;
    }
}

/* Half number `half` of rows that have twice as many steps. */
static void take_half(const sequences *whole, const sequences *d, const double *from, int half,
                      double *to) {
    int64_t all = columns_of(whole), each = columns_of(d), steps = each - d->ragged;
    for (int i = 0; i < d->rows; i++) {
        double length = from[i * all] - half * d->steps;
        if (d->ragged) to[i * each] = length < 0 ? 0 : length > d->steps ? d->steps : length;
        memcpy(to + i * each + d->ragged, from + i * all + d->ragged + half * steps,
               (size_t)steps * sizeof *to);
    }
}

/* y: answers of the halves one after the other, or the last. */
static void check_answers(const sequences *d, const training *whole, const double *y,
                          int64_t outputs, int half) {
    int64_t all = whole->m->net->outputs, first = all > 1 ? half * outputs : 0;
    if (all == 1 && half == 0) return;
    for (int i = 0; i < d->rows; i++)
        if (memcmp(whole->answers + i * all + first, y + i * outputs, (size_t)outputs * sizeof *y))
            fail_msg("%s: row %d, half %d: %.17g, of the whole %.17g", d->text, i, half,
                     y[i * outputs], whole->answers[i * all + first]);
}

/* The second half in a plan of an evaluation or of a prediction. The first half in the same plan,
 * or in one of a training, whose states are copied. */
static void check_halves(sequences *whole, const sequences *d, gl_mode first, gl_mode mode) {
    glia_model *m = build(d), *of_all = build(whole);
    training t, a, b;
    int64_t count, same;
    open_plan(&t, of_all, d->rows, GL_EVAL, false);
    open_plan(&a, m, d->rows, first, true), open_plan(&b, m, d->rows, mode, true);
    fill(whole, t.x, t.y, of_all->net->labels);
    run_plan(&t);
    take_half(whole, d, t.x, 0, a.x), take_half(whole, d, t.x, 1, b.x);
    run_plan(&a);
    if (first != GL_TRAIN) check_answers(d, &t, a.answers, m->net->outputs, 0);
    void *from = gl_states(a.plan, &count), *to = gl_states(b.plan, &same);
    if (mode != GL_PREDICT) assert_int_equal(count, same);
    if (mode == first) {
        memcpy(a.x, b.x, sizeof a.x);
        for (int i = 0; i < d->rows; i++) a.goes_on[i] = 1;
        run_plan(&a);
        check_answers(d, &t, a.answers, m->net->outputs, 1);
    } else {
        memcpy(to, from, (size_t)count * sizeof(double));
        for (int i = 0; i < d->rows; i++) b.goes_on[i] = 1;
        run_plan(&b);
        check_answers(d, &t, b.answers, m->net->outputs, 1);
    }
    gl_plan_free(t.plan), gl_plan_free(a.plan), gl_plan_free(b.plan);
    glia_model_free(m), glia_model_free(of_all);
}

static void two_halves_give_what_the_whole_gives(void **state) {
    (void)state;
    sequences d = {.r = gl_rng_new(1, GL_STREAM_TEST, 35)};
    for (int i = 0; i < 120; i++) {
        draw(&d, false, false);
        if (d.steps > MOST_STEPS / 2) continue;
        sequences whole = d;
        char *rest = strchr(d.text, ',');
        whole.steps = 2 * d.steps;
        snprintf(whole.text, sizeof whole.text, "%s %d %d%s", d.ragged ? "ragged" : "sequence",
                 whole.steps, d.features, rest);
        check_halves(&whole, &d, i % 3 ? GL_EVAL : GL_TRAIN, GL_EVAL);
        if (i % 3 == 1) check_halves(&whole, &d, GL_PREDICT, GL_PREDICT);
    }
}

/* Weights and states behind three updates of rows most of which go on. */
typedef struct numbers {
    double *at; /* for free */
    int64_t count;
    int threads; /* that the plan took */
} numbers;

static numbers numbers_of(const gl_plan *plan) {
    const gl_net *net = plan->model;
    int64_t count;
    const void *states = gl_states(plan, &count);
    numbers n = {malloc((size_t)(net->count + count) * sizeof(double)), net->count + count,
                 plan->threads};
    gl_store_get(net->store, GL_WEIGHTS, 0, net->count, n.at);
    memcpy(n.at + net->count, states, (size_t)count * sizeof(double));
    return n;
}

static numbers train_wide(const char *text, int threads, bool keep_all) {
    enum { M = 64, T = 12, F = 4, N = 3 };
    static double x[M * T * F], y[M * N * T], goes_on[M];
    glia_model_options o = {.dtype = GLIA_F64, .loss = "mse", .seed = 3};
    glia_model *m = glia_model_new(g, T * F, text, &o);
    if (!m || !gl_store_take(m->net->store, GL_GRADIENTS)) fail_msg("%s", glia_message(g));
    gl_plan_spec spec = {.mode = GL_TRAIN,
                         .rows = M,
                         .update = GL_K_sgd,
                         .threads = threads,
                         .keep_all = keep_all,
                         .carries = true};
    gl_plan *plan = gl_compile(g, m->net, &spec);
    gl_knobs knobs = {.lr = 0.05, .seed = 4};
    gl_binding b = {.room = {[GL_X] = x, [GL_LABELS] = y, [GL_GOES_ON] = goes_on},
                    .store = m->net->store,
                    .knobs = &knobs};
    gl_bind(plan, &b);
    for (; knobs.step < 3; knobs.step++) {
        gl_rng r = gl_rng_new(5, GL_STREAM_TEST, knobs.step);
        for (int i = 0; i < M * T * F; i++) x[i] = gl_rng_normal(&r);
        for (int i = 0; i < M * N * T; i++) y[i] = gl_rng_normal(&r);
        for (int i = 0; i < M; i++) goes_on[i] = i % 5 > 0;
        memset(plan->memory, 0xff, (size_t)plan->arena * sizeof *x);
        assert_true(gl_run(plan));
    }
    numbers n = numbers_of(plan);
    gl_plan_free(plan), glia_model_free(m);
    return n;
}

static void carried_states_have_the_same_bits_for_any_number_of_threads(void **state) {
    (void)state;
    static const char *const texts[] = {
        "sequence 12 4, lstm 48 steps all state_dropout 0.2, gru 40, dense 3 linear",
        "sequence 12 4, gru 48 steps all reset before, rnn 40 steps all, conv 3 1"};
    for (size_t i = 0; i < sizeof texts / sizeof *texts; i++) {
        numbers one = train_wide(texts[i], 1, true);
        assert_int_equal(one.threads, 1);
        for (int threads = 1; threads <= 5; threads++) {
            numbers many = train_wide(texts[i], threads, false);
            assert_true(threads == 1 || many.threads > 1);
            assert_memory_equal(many.at, one.at, (size_t)one.count * sizeof *one.at);
            free(many.at);
        }
        free(one.at);
    }
}

static void what_looks_at_several_steps_is_refused(void **state) {
    (void)state;
    static const char *const texts[][2] = {{"sequence 6 2, reverse, lstm 5, dense 1", "'reverse1'"},
                                           {"sequence 6 2, gru 5 steps 3, dense 1",
                                            "'gru1' gives 3 states at once"},
                                           {"sequence 6 2, gru 5 steps all, global_pool, dense 1",
                                            "'global_pool1'"},
                                           {"sequence 6 2, conv 3 2, gru 5, dense 1", "'conv1'"},
                                           {"dense 3 relu, dense 1", "sequence"}};
    for (size_t i = 0; i < sizeof texts / sizeof *texts; i++) {
        glia_model *m = glia_model_new(g, 12, texts[i][0], NULL);
        gl_plan_spec spec = {.mode = GL_TRAIN, .rows = 3, .update = GL_KERNELS, .carries = true};
        gl_plan *plan = gl_compile(g, m->net, &spec);
        if (plan || !strstr(glia_message(g), texts[i][1]))
            fail_msg("%s: %s", texts[i][0], plan ? "taken" : glia_message(g));
        glia_model_free(m);
    }
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(u_reads_what_the_mask_keeps_as_in_pytorch),
        cmocka_unit_test(gradients_through_a_mask_are_those_of_differences),
        cmocka_unit_test(nothing_is_left_out_but_in_training),
        cmocka_unit_test(a_trace_sees_the_whole_state),
        cmocka_unit_test(states_go_on_as_in_pytorch),
        cmocka_unit_test(gradients_behind_carried_states_are_those_of_differences),
        cmocka_unit_test(two_halves_give_what_the_whole_gives),
        cmocka_unit_test(carried_states_have_the_same_bits_for_any_number_of_threads),
        cmocka_unit_test(what_looks_at_several_steps_is_refused),
    };
    return cmocka_run_group_tests_name("states", tests, open_context, close_context);
}
