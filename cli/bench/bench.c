/*
 * bench.c: `glia bench`: how fast networks are trained and applied on this machine.
 *
 * A measurement is: random data in memory, a warm-up, then rounds of as many steps as fill a
 * fraction of --seconds; what counts is the median round. Training is glia_model_fit, whose
 * progress callback looks at the clock between two updates; prediction is glia_predictor_run in a
 * loop.
 */
#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "bench.h"
#include "loops.h"

enum { WARM_UP = 8 };

/* ------------------------------------------------------------------------------- the network -- */

/* "784-128-10" */
static bool read_sizes(bench *b) {
    const char *p = b->w.net;
    char *end;
    for (b->sizes = 0; b->sizes < MOST_SIZES; p = end + 1) {
        long long n = *p >= '0' && *p <= '9' ? strtoll(p, &end, 10) : 0;
        if (n < 1 || n > 10000000) break;
        b->size[b->sizes++] = n;
        b->inputs = b->size[0], b->outputs = n;
        if (*end == '\0' && b->sizes > 1) return true;
        if (*end != '-') break;
    }
    return fail(GLIA_USAGE,
                "--net: expected 2 to %d sizes like 784-128-10, the inputs first, or a network as "
                "'glia train --net' takes it that begins with 'image H W C' or 'sequence T F', "
                "found '%s'",
                MOST_SIZES, b->w.net),
           false;
}

static bool is_side(long long n) { return n >= 1 && n <= 10000; }

/* "image 28 28 1, conv 32 3x3 relu, ...": how many numbers a row has. The rest is read by the
 * library. */
static bool read_shape(bench *b) {
    long long n[3] = {1, 1, 1};
    bool known = sscanf(b->w.net, " image %lld %lld %lld", &n[0], &n[1], &n[2]) >= 2 ||
                 sscanf(b->w.net, " sequence %lld %lld", &n[0], &n[1]) >= 1;
    if (!known || !is_side(n[0]) || !is_side(n[1]) || !is_side(n[2])) return false;
    b->inputs = n[0] * n[1] * n[2];
    return true;
}

static bool read_net(bench *b) { return read_shape(b) || read_sizes(b); }

static bool is(const char *text, const char *word) { return text && strcmp(text, word) == 0; }

/* Of a network's text the activation of its last layer. */
static const char *end_of(const char *net) {
    static const char *const ends[] = {"softmax", "sigmoid", "exp"};
    const char *space = strrchr(net, ' ');
    for (int i = 0; i < 3; i++)
        if (space && is(space + 1, ends[i])) return ends[i];
    return "linear";
}

/* What the output layer is called: the losses of probabilities go by their activation, too. */
static const char *output_of(const bench *b) {
    if (b->sizes == 0) return end_of(b->w.net);
    bool one = b->outputs == 1;
    if (!b->w.loss || is(b->w.loss, "cross_entropy")) return one ? "sigmoid" : "softmax";
    if (is(b->w.loss, "sigmoid") || is(b->w.loss, "softmax")) return b->w.loss;
    return is(b->w.loss, "poisson") || is(b->w.loss, "exp") ? "exp" : "linear";
}

static bool known_loss(const bench *b) {
    static const char *const losses[] = {"softmax", "sigmoid", "cross_entropy", "mse",     "mae",
                                         "huber",   "poisson", "exp",           "pinball", NULL};
    for (int i = 0; losses[i]; i++)
        if (!b->w.loss || is(b->w.loss, losses[i])) return true;
    const char *near = nearest(b->w.loss, losses);
    return fail(GLIA_USAGE,
                "--loss: expected softmax, sigmoid, mse, mae, huber, poisson or pinball, found "
                "'%s'%s%s%s",
                b->w.loss, near ? "; did you mean '" : "", near ? near : "", near ? "'?" : ""),
           false;
}

/* A text has its activations, and with its last one a loss. */
static bool says_itself(const bench *b) {
    bool text = b->sizes == 0, loss = b->w.loss && !is(output_of(b), "linear");
    const char *option = given(b->c, "activation") ? "activation" : "loss";
    if (!text || (!given(b->c, "activation") && !loss)) return true;
    return fail(GLIA_USAGE, "--%s goes with sizes; the network's text says it itself: '%s'", option,
                b->w.net),
           false;
}

/* Quantiles as far from each other as from 0 and 1: one for each output. */
static char *loss_text(const bench *b) {
    int64_t n = b->outputs;
    char *text = copy_text(b->w.loss ? b->w.loss : "");
    for (int64_t k = 1; is(b->w.loss, "pinball") && k <= n && k <= 8; k++) {
        char *longer = format_text("%s:%.3g", text, (double)k / (double)(n + 1));
        free(text);
        text = longer;
    }
    return text;
}

/* Layers of these sizes; for free. */
static char *net_text(const bench *b) {
    char *net = copy_text(b->sizes == 0 ? b->w.net : "");
    for (int i = 1; i < b->sizes; i++) {
        bool last = i == b->sizes - 1;
        char *longer = format_text("%s%sdense %lld %s", net, i > 1 ? ", " : "",
                                   (long long)b->size[i], last ? output_of(b) : b->w.activation);
        free(net);
        net = longer;
    }
    return net;
}

static bool build(bench *b) {
    char *loss = loss_text(b), *net = net_text(b);
    glia_model_options options = {.loss = b->w.loss && is(output_of(b), "linear") ? loss : NULL};
    b->model = glia_model_new(b->g, b->inputs, net, &options);
    if (b->model) b->outputs = glia_model_outputs(b->model);
    free(net);
    free(loss);
    return b->model != NULL;
}

/* ---------------------------------------------------------------------------------- the data -- */

static uint32_t random_bits(uint64_t *state) { /* xorshift*, enough for numbers to multiply */
    *state ^= *state >> 12, *state ^= *state << 25, *state ^= *state >> 27;
    return (uint32_t)(*state * 2685821657736338717u >> 32);
}

/* Labels are one class number a row, or as many values as there are outputs. */
static int64_t label_columns(const bench *b) {
    bool one = is(output_of(b), "softmax") || is(b->w.loss, "pinball");
    return !b->w.predict && one ? 1 : b->outputs;
}

/* Enough mini-batches that shuffled rows are gathered from memory as in real training, within
 * 64 MB. A prediction is always of the same rows. */
static int64_t usual_rows(const bench *b) {
    int64_t most = (64 << 20) / (4 * (b->inputs + label_columns(b))) / b->w.batch;
    if (b->w.predict) return b->w.batch;
    return b->w.batch * (most < 4 ? 4 : most > 64 ? 64 : most);
}

static bool make_data(bench *b) {
    b->rows = b->w.rows > 0 ? b->w.rows : b->w.batch > 0 ? usual_rows(b) : 1;
    b->batch = b->w.batch > 0 && b->w.batch < b->rows ? b->w.batch : b->rows;
    int64_t nx = b->inputs, ny = label_columns(b), classes = b->outputs;
    double bytes = 4 * (double)b->rows * (double)(nx + ny);
    uint64_t state = 88172645463325252u;
    if (bytes > 1e12 || !(b->x = malloc((size_t)(b->rows * nx) * sizeof *b->x)) ||
        !(b->y = malloc((size_t)(b->rows * ny) * sizeof *b->y)))
        return fail(GLIA_RESOURCE, "out of memory for %lld rows of random data (%.3g GB)",
                    (long long)b->rows, 1e-9 * bytes),
               false;
    const char *end = output_of(b);
    for (int64_t i = 0; i < b->rows * nx; i++) b->x[i] = (float)random_bits(&state) * 0x1p-32f;
    for (int64_t i = 0; i < b->rows * ny; i++) {
        uint32_t r = random_bits(&state);
        b->y[i] = is(end, "softmax")   ? (float)(r % (uint32_t)classes)
                  : is(end, "sigmoid") ? (float)(r >> 31)
                                       : (float)r * 0x1p-32f;
    }
    return true;
}

/* --------------------------------------------------------------------------------- the clock -- */

/* Called between two steps: true when all rounds are done. The warm-up tells how many steps fill a
 * round. It takes several steps, since the library itself tries one thread and
 * all of them first. */
static bool tick(bench *b) {
    if (++b->step < b->end) return false;
    double now = bench_now(), passed = now - b->began;
    if (b->round < 0) {
        if (b->steps == 0 && passed < b->seconds / ROUNDS && b->step < INT64_MAX / 4) {
            b->end *= 2;
            return false;
        }
        b->per_round = (int64_t)(b->seconds / ROUNDS / passed * (double)b->step);
        if (b->per_round < 1) b->per_round = 1;
    } else b->us[b->round] = 1e6 * passed / (double)b->per_round;
    b->round++;
    b->step = 0;
    b->end = b->per_round;
    b->began = b->steps == 0 ? bench_now() : now;
    return b->round == ROUNDS || b->steps > 0;
}

static void start_clock(bench *b) {
    b->round = b->steps > 0 ? 0 : -1; /* --steps: one round, no warm-up */
    b->step = 0;
    b->end = b->per_round = b->steps > 0 ? b->steps : WARM_UP;
    b->began = bench_now();
}

static int after_update(void *user, const glia_progress *p) {
    (void)p;
    return tick(user);
}

static glia_status train(bench *b) {
    glia_fit_options options = {.epochs = 1000000000, /* until it is stopped */
                                .log_every = 1000000000,
                                .batch = b->batch,
                                .optimizer = b->w.optimizer,
                                .lr = 1e-4, /* random labels: nothing shall grow */
                                .progress = after_update,
                                .user = b};
    glia_history *history;
    start_clock(b);
    glia_status status =
        glia_model_fit(b->model, glia_tensor_f32(b->x, b->rows, b->inputs),
                       glia_tensor_f32(b->y, b->rows, label_columns(b)), &options, &history);
    if (history) b->memory = history->memory, b->used = history->threads;
    glia_history_free(b->g, history);
    return status == GLIA_INTERRUPTED ? GLIA_OK : status;
}

static glia_status predict(bench *b) {
    glia_predictor *p = glia_predictor_new(b->g, b->model, b->batch);
    if (!p) return glia_code(b->g);
    glia_tensor x = glia_tensor_f32(b->x, b->batch, b->inputs);
    glia_tensor y = glia_tensor_f32(b->y, b->batch, b->outputs);
    glia_status status;
    start_clock(b);
    while ((status = glia_predictor_run(p, x, y)) == GLIA_OK && !tick(b)) continue;
    glia_predictor_free(p);
    return status;
}

/* ------------------------------------------------------------------------------- one network -- */

/* Products of the dense layers, a multiplication and an addition each: sum(in * out). */
static double connections(const bench *b) {
    double sum = 0;
    for (int i = 1; i < b->sizes; i++) sum += (double)b->size[i - 1] * (double)b->size[i];
    return sum;
}

double gflops(const bench *b, double us) {
    double dense = (b->w.predict ? 2 : 6) * (double)b->batch * connections(b);
    return 1e-3 * (b->sizes > 0 ? dense : 2 * b->step_asks.multiply_adds) / us;
}

demand demand_of_step(const bench *b) { return demand_of(&b->step_asks, !b->w.predict, b->used); }

/* Gradients of one batch by both ways; of predictions the answers. */
static double compare(const bench *b, loops *l) {
    glia_tensor x = glia_tensor_f32(b->x, b->batch, b->inputs);
    glia_tensor y = glia_tensor_f32(b->y, b->batch, label_columns(b));
    if (b->w.predict) {
        int64_t n = b->batch * b->outputs;
        float *by_loops = reserve(NULL, (size_t)n * sizeof *by_loops);
        double most = 0;
        loops_predict(l, b->x, b->batch, by_loops);
        for (int64_t i = 0; i < n; i++) { /* GCC 12 for aarch64 breaks off at a fmax here */
            double apart = fabs((double)(by_loops[i] - b->y[i]));
            if (!(apart <= most)) most = apart;
        }
        free(by_loops);
        return most;
    }
    glia_trace *t = glia_model_trace(b->g, b->model, x, y, NULL);
    loops_gradient(l, b->x, b->y, b->batch);
    double most = t ? loops_apart(l, t) : INFINITY;
    glia_trace_free(b->g, t);
    return most;
}

/* fp32 sums of up to some thousand products in another order. */
static const double SAME = 1e-4;

static glia_status measure_loops(bench *b) {
    char *unknown = NULL;
    loops *l = loops_new(b->g, b->model, &unknown);
    if (!l)
        fail(GLIA_USAGE,
             "--loops: the loops know layers of sigmoid, tanh, relu, leaky_relu and linear units, "
             "one activation for each, and a sigmoid or softmax output, found '%s'",
             unknown);
    free(unknown);
    if (!l) return GLIA_USAGE;
    b->loops_apart = compare(b, l);
    b->loops_us = loops_time(l, b->x, b->w.predict ? NULL : b->y, b->batch, b->seconds);
    loops_free(l);
    if (b->loops_apart <= SAME) return GLIA_OK;
    return (glia_status)fail(GLIA_FAILED, "loops and matrices differ by %.3g, expected at most %g",
                             b->loops_apart, SAME);
}

int measure(bench *b, double *us) {
    if (!read_net(b) || !known_loss(b) || !says_itself(b)) return GLIA_USAGE;
    b->threads = b->w.threads > 0 ? b->w.threads : glia_threads(b->c->g);
    b->g = glia_open(&(glia_settings){.threads = b->threads});
    if (!b->g) return fail(GLIA_RESOURCE, "out of memory");
    glia_status status = GLIA_OK;
    b->used = b->threads;
    if (!build(b)) status = glia_code(b->g);
    else if (!make_data(b)) status = GLIA_RESOURCE;
    else status = b->w.predict ? predict(b) : train(b);
    if (status == GLIA_OK)
        status = glia_model_demand(b->model, b->batch, b->w.predict ? NULL : b->w.optimizer,
                                   &b->step_asks);
    bool said_by_library = status != GLIA_OK && (!b->model || b->y);
    if (status == GLIA_OK && b->w.loops) status = measure_loops(b);
    if (said_by_library) {
        char *said = with_flags(b->c, glia_message(b->g));
        fail((int)status, "%s", said);
        free(said);
    }
    *us = status == GLIA_OK ? median(b->us, b->round) : NAN;
    glia_model_free(b->model);
    glia_close(b->g);
    free(b->x);
    free(b->y);
    b->g = NULL, b->model = NULL, b->x = b->y = NULL;
    return (int)status;
}

static json_t *json_floor(const bench *b) {
    demand d = demand_of_step(b);
    return json_pack("{s:i, s:f, s:f, s:s}", "threads", d.threads, "multiply_adds", d.multiply_adds,
                     "bytes", d.bytes, "bytes_from", level_name(d.level));
}

static void print_loops(const bench *b, double us) {
    char text[32];
    print_fact("loops", "%s us a step: for each sample, unit and input",
               short_text(b->loops_us, text));
    print_fact("ratio", "matrices are %s times as fast", short_text(b->loops_us / us, text));
    print_fact("same", "%s differ by %.2g at most%s", b->w.predict ? "answers" : "gradients",
               b->loops_apart, b->w.predict ? "" : ", as a share of the largest");
}

static int bench_net(bench *b) {
    double us = 0;
    char text[3][32];
    int status = measure(b, &us);
    if (status) return status;
    double samples = 1e6 * (double)b->batch / us;
    if (b->c->json) {
        json_t *j = json_pack("{s:f, s:f, s:f}", "samples_per_second", samples, "us_per_step", us,
                              "gflops", gflops(b, us));
        json_object_update_new(j, json_floor(b));
        if (!b->w.predict) json_object_set_new(j, "memory_bytes", json_integer(b->memory));
        if (b->w.loops)
            json_object_update_new(j, json_pack("{s:f, s:f, s:f}", "loops_us_per_step", b->loops_us,
                                                "loops_ratio", b->loops_us / us, "loops_difference",
                                                b->loops_apart));
        return print_json(j);
    }
    print_fact(b->w.predict ? "prediction" : "training", "%s, %lld row%s a step, %d thread%s",
               b->w.net, (long long)b->batch, plural(b->batch), b->used, plural(b->used));
    print_fact("step", "%s us", short_text(us, text[0]));
    print_fact("samples", "%s a second", count_text((int64_t)samples, text[1]));
    print_fact("speed", "%s GFLOP/s", short_text(gflops(b, us), text[2]));
    if (!b->w.predict)
        print_fact("memory", "%s for plans and weights", bytes_text((double)b->memory, text[0]));
    if (b->w.loops) print_loops(b, us);
    return 0;
}

/* ----------------------------------------------------------------------------------- command -- */

/* --batch N, or "full" for all rows at once. */
static bool read_batch(bench *b) {
    if (!is(given(b->c, "batch"), "full")) return given_int(b->c, "batch", 1, 1 << 24, &b->w.batch);
    b->w.batch = 0;
    if (b->w.rows > 0) return true;
    return fail(GLIA_USAGE, "--batch full takes all rows at once: say how many with --rows"), false;
}

static bool belongs_to_net(const cli *c) {
    static const char *const names[] = {"activation", "loss",    "batch", "rows",
                                        "optimizer",  "predict", "steps", NULL};
    for (int i = 0; names[i]; i++)
        if (given(c, names[i]))
            return fail(GLIA_USAGE,
                        "--%s goes with --net; without it 'glia bench' measures a fixed table",
                        names[i]),
                   false;
    return true;
}

static int bench_machine(const cli *c) {
    machine m = probe_machine(c->g);
    if (c->json) return print_json(json_machine(&m));
    print_machine(&m);
    return 0;
}

static int run_bench(cli *c) {
    bench b = {.c = c, .seconds = 1};
    if (!given_number(c, "seconds", 0.001, 3600, &b.seconds)) return GLIA_USAGE;
    if (is_on(c, "probe")) return bench_machine(c);
    bool by_loops = is_on(c, "loops");
    if (!given(c, "net") && !by_loops) return belongs_to_net(c) ? bench_all(&b) : GLIA_USAGE;
    b.w = (workload){.net = given(c, "net") ? given(c, "net") : "784-128-10",
                     .loss = given(c, "loss"),
                     .batch = 128,
                     .loops = by_loops,
                     .threads = by_loops ? 1 : 0};
    b.w.activation = given(c, "activation") ? given(c, "activation") : "relu";
    b.w.optimizer = given(c, "optimizer") ? given(c, "optimizer") : "sgd";
    b.w.predict = is_on(c, "predict");
    if (by_loops && !is(b.w.optimizer, "sgd"))
        return fail(GLIA_USAGE, "--loops learns by plain gradient descent; leave --optimizer out");
    if (!given_int(c, "rows", 1, INT64_C(1) << 40, &b.w.rows) || !read_batch(&b) ||
        !given_int(c, "steps", 1, INT64_C(1) << 50, &b.steps))
        return GLIA_USAGE;
    return bench_net(&b);
}

static const glia_option bench_options[] = {
    {"net", NULL, "NET", "bench", NULL,
     "inputs, units of each layer, outputs: 784-512-256-10; or a text as in training that begins "
     "with a shape: image 28 28 1, conv 32 3x3 relu, ..."},
    {"activation", NULL, "NAME", "bench", "relu", "of the hidden layers"},
    {"loss", NULL, "NAME", "bench", "auto",
     "softmax, sigmoid, mse, mae, huber, poisson (exp) or pinball; auto: sigmoid for one output, "
     "else softmax"},
    {"batch", "batch-size", "N|full", "bench", "128", "rows per step; full: all of --rows"},
    {"rows", NULL, "N", "bench", "auto", "rows of random data; auto: 64 batches within 64 MB"},
    {"optimizer", NULL, "NAME", "bench", "sgd", "as in training"},
    {"predict", NULL, NULL, "bench", NULL, "measure prediction; --batch 1: latency"},
    {"loops", NULL, NULL, "bench", NULL,
     "the same step by plain loops as well, on one thread: checked and timed (784-128-10 unless "
     "--net)"},
    {"probe", NULL, NULL, "bench", NULL, "the speed of the machine itself, and nothing else"},
    {"seconds", NULL, "S", "bench", "1",
     "how long each measurement lasts, after as long a warm-up"},
    {"steps", NULL, "N", "bench", NULL, "exactly N steps instead, no warm-up: for profilers"},
    {NULL},
};

static const char *const bench_examples[] = {
    "glia bench",
    "the standard workloads beside what this machine can do at all",
    "glia bench --net 784-128-10 --batch 32 --threads 1 --json",
    "training of one network",
    "glia bench --net 784-128-10 --predict --batch 1",
    "how long one prediction takes",
    "glia bench --net 'image 28 28 1, conv 8 3x3 relu, pool 2x2, dense 10 softmax'",
    "a convolutional network",
    "glia bench --loops",
    "what matrices are worth: the loops of the course beside them",
    NULL,
};

const command bench_command = {
    .name = "bench",
    .usage = "[--net NET]",
    .summary = "speed of training and prediction on this machine",
    .text =
        "Trains a network on random data in memory and tells how long a step (one update on "
        "one mini-batch) takes: the median of several rounds after a warm-up. GFLOP/s counts "
        "6 * batch * sum(in * out) a training step, 2 * batch * sum(in * out) a prediction; of a "
        "network's text the multiply-adds of its floor. "
        "Figures move with whatever else runs on the machine: compare them within a few "
        "minutes only.\n\n"
        "Without --net: the speed of the machine itself (multiply-adds, caches, memory), then a "
        "table of standard networks, each beside the time that it must take at least (floor): "
        "its arithmetic at the peak, and reading its weights; in training reading and writing "
        "them, their gradients and moments.\n\n"
        "With --loops the step is also done as the course first writes it, for each sample, unit "
        "and input, in the same precision and on one thread; status 1 says that the numbers "
        "differed.\n\n"
        "With --json: {\"samples_per_second\", \"us_per_step\", \"gflops\", "
        "\"threads\", \"multiply_adds\", \"bytes\", \"bytes_from\"} (the last four make the "
        "floor) and, of training, \"memory_bytes\", with --loops \"loops_us_per_step\", "
        "\"loops_ratio\", \"loops_difference\"; without --net {\"machine\": {\"threads\", "
        "\"threads_reason\", "
        "\"peak_gflops\": [one thread, all], "
        "\"read_gb_per_second\": {\"256 kB\": [one, all], ...}, \"signal_ns\"}, \"rows\": "
        "[{\"name\", \"net\", "
        "\"predict\", "
        "\"batch\", \"threads\", \"samples_per_second\", \"us_per_step\", \"gflops\", "
        "\"floor_us\", \"goal_us\"}, ...]}.",
    .min = 0,
    .max = 0,
    .options = bench_options,
    .examples = bench_examples,
    .run = run_bench,
};
