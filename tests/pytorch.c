/*
 * pytorch.c: what reads pictures and sequences, forward and backward, in double against PyTorch:
 * 200 random shapes of each op, with strides, zeros, dilation, groups and sides of 1.
 *
 *     x -> conv 1x1 -> the op -> dense 1 -> loss
 *
 * The layer in front makes the op give a gradient back, the one behind it makes one that differs
 * from place to place. A trace has what stands between them; pytorch.py computes it once more. An
 * embedding reads x, and gives no gradient back.
 *
 * And recurrent layers over sequences of different lengths, in one direction or both, against
 * PyTorch's packed sequences.
 */
#include "test.h"

#include "base/random.h"
#include "product/model.h"

#include "context.h"

enum { CASES = 200, MOST_ROWS = 3, MOST_SIDE = 7, MOST_CHANNELS = 16 };

typedef struct drawn {
    gl_rng r;
    bool sequence;
    int rows, side[2], channels;
    char op[160];
} drawn;

static int below(drawn *d, int n) { return (int)gl_rng_below(&d->r, n); }

static void say(drawn *d, const char *format, ...) {
    size_t n = strlen(d->op);
    va_list arguments;
    va_start(arguments, format);
    vsnprintf(d->op + n, sizeof d->op - n, format, arguments);
    va_end(arguments);
}

/* " 2x3" of a picture, " 2" of a sequence: each from `least` on, less than `end`. */
static void say_pair(drawn *d, int least, int end) {
    say(d, " %d", least + below(d, end - least));
    if (!d->sequence) say(d, "x%d", least + below(d, end - least));
}

static void say_attr(drawn *d, const char *name, int least, int end) {
    if (below(d, 2)) return;
    say(d, " %s", name);
    say_pair(d, least, end);
}

static void say_pad(drawn *d) {
    if (below(d, 3) == 0) say(d, " pad same");
    else say_attr(d, "pad", 0, 3);
}

/* Filters that go tile by tile (winograd.c). */
static void say_wide_conv(drawn *d) {
    d->channels = 16;
    say(d, " %d %s", 16 * (1 + below(d, 2)), d->sequence ? "3" : "3x3");
    say_pad(d);
}

static void say_conv(drawn *d, bool transposed) {
    if (below(d, 6) == 0) {
        say_wide_conv(d);
        return;
    }
    int groups = 1 + below(d, 3);
    d->channels = groups * (1 + below(d, 3));
    say(d, " %d", groups * (1 + below(d, 3)));
    say_pair(d, 1, 5);
    say_attr(d, "stride", 1, 4);
    say_pad(d);
    say_attr(d, "dilation", 1, 4);
    if (groups > 1) say(d, " groups %d", groups);
    if (transposed) say_attr(d, "output_pad", 0, 3);
}

static void say_pool(drawn *d) {
    say_pair(d, 1, 5);
    say_attr(d, "stride", 1, 4);
    say_pad(d);
}

static void say_edge(drawn *d, int end) {
    say_pair(d, 0, end);
    if (below(d, 2)) say_pair(d, 0, end);
}

static const char *const ops[] = {"conv",
                                  "conv_transpose",
                                  "pool",
                                  "mean_pool",
                                  "global_pool",
                                  "batch_norm",
                                  "pad",
                                  "crop",
                                  "upsample",
                                  "layer_norm",
                                  "reverse",
                                  "rnn",
                                  "lstm",
                                  "gru",
                                  "gru reset before",
                                  "embedding",
                                  "attention",
                                  "positions"};
enum {
    OPS = sizeof ops / sizeof *ops,
    STEP_BY_STEP = 10, /* the first of those for sequences alone */
    MOST_IDS = 9
};

static bool looks_up(const drawn *d) { return strncmp(d->op, "embedding", 9) == 0; }

/* Units of one vector and more, states of the last step, of some, of all. */
static void say_recurrent(drawn *d, bool before) {
    int steps = below(d, 3);
    say(d, " %d", 1 + below(d, below(d, 4) ? 8 : 40));
    if (steps == 1) say(d, " steps all");
    if (steps == 2) say(d, " steps %d", 1 + below(d, d->side[1]));
    if (strncmp(d->op, "rnn", 3) == 0 && below(d, 2)) say(d, " relu 1");
    if (before) say(d, " reset before");
}

static void say_attention(drawn *d) {
    int heads = 1 + below(d, 4);
    bool long_one = heads < 3 && below(d, 4) == 0; /* more steps than are answered at once */
    d->channels = heads * (1 + below(d, long_one ? 3 : 4));
    if (long_one) d->side[1] = 65 + below(d, 65);
    say(d, " %d", heads);
    if (below(d, 2)) say(d, " causal yes");
}

static void draw(drawn *d, int op) {
    d->sequence = below(d, 3) == 0 || op >= STEP_BY_STEP;
    d->rows = op == 5 ? MOST_ROWS : 1 + below(d, MOST_ROWS); /* of one value there is no variance */
    for (int i = 0; i < 2; i++) d->side[i] = below(d, 6) ? 1 + below(d, MOST_SIDE) : 1;
    d->channels = 1 + below(d, 4);
    snprintf(d->op, sizeof d->op, "%.*s", (int)strcspn(ops[op], " "), ops[op]);
    switch (op) {
    case 0:
    case 1: say_conv(d, op == 1); break;
    case 2:
    case 3: say_pool(d); break;
    case 6: say_edge(d, 4); break;
    case 7: say_edge(d, 3); break;
    case 8: say_pair(d, 1, 4); break;
    case 9: d->channels += 2; break; /* of two values the gradient is 0 but for eps */
    case 11:
    case 12:
    case 13:
    case 14: say_recurrent(d, op == 14); break;
    case 15:
        d->channels = 1;
        say(d, " %d %d", MOST_IDS, 1 + below(d, 20));
        break;
    case 16: say_attention(d); break;
    case 17: say(d, below(d, 2) ? " learned yes" : ""); break;
    default: break;
    }
}

static int64_t values_of(const drawn *d) {
    return (int64_t)(d->sequence ? 1 : d->side[0]) * d->side[1] * d->channels;
}

/* NULL where no window fits. */
static glia_model *build(const drawn *d) {
    char text[300], shape[60];
    if (d->sequence) snprintf(shape, sizeof shape, "sequence %d %d", d->side[1], d->channels);
    else snprintf(shape, sizeof shape, "image %d %d %d", d->side[0], d->side[1], d->channels);
    if (looks_up(d)) snprintf(text, sizeof text, "%s, %s, dense 1", shape, d->op);
    else snprintf(text, sizeof text, "%s, conv %d 1, %s, dense 1", shape, d->channels, d->op);
    glia_model_options o = {.dtype = GLIA_F64, .init = "normal:1", .seed = 3};
    return glia_model_new(g, values_of(d), text, &o);
}

typedef struct bridge {
    FILE *cases, *numbers;
} bridge;

static void put_shape(const bridge *b, const char *name, const gl_shape *s) {
    fprintf(b->cases, "\"%s\": [", name);
    for (int i = 0; i < s->rank; i++)
        fprintf(b->cases, "%s%lld", i ? ", " : "", (long long)s->dim[i]);
    fprintf(b->cases, "], ");
}

static void put_array(const bridge *b, const char *begin, const char *prefix, const char *name,
                      const glia_tensor *t) {
    int64_t count = glia_tensor_count(t, 0);
    if (!t->data) fail_msg("there is no %s%s", prefix, name);
    fprintf(b->cases, "%s\"%s%s\": %lld", begin, prefix, name, (long long)count);
    fwrite(t->data, sizeof(double), (size_t)count, b->numbers);
}

static void put_param(const bridge *b, const glia_model *m, const char *param, const char *name) {
    glia_tensor w = glia_model_param(m, glia_model_find_param(m, param));
    put_array(b, ", ", "", name, &w);
}

/* Of batch_norm what an update leaves, and the answers of a prediction, which has the norm in the
 * weights of the convolution; PyTorch goes on from that convolution's own value. */
static void put_prediction(const bridge *b, glia_model *m, glia_tensor x, glia_tensor y) {
    double out[MOST_ROWS] = {0};
    glia_fit_options o = {.epochs = 1, .batch = x.dim[0], .optimizer = "sgd", .lr = 0.01};
    glia_tensor answers = glia_tensor_f64(out, x.dim[0], 1);
    assert_int_equal(glia_model_fit(m, x, y, &o, NULL), GLIA_OK);
    put_param(b, m, "batch_norm1.mean", "mean"), put_param(b, m, "batch_norm1.var", "var");
    put_param(b, m, "batch_norm1.gamma", "later_gamma");
    put_param(b, m, "batch_norm1.beta", "later_beta");
    put_param(b, m, "fc2.w", "fc_w"), put_param(b, m, "fc2.b", "fc_b");
    glia_predictor *p = glia_predictor_new(g, m, x.dim[0]);
    assert_int_equal(glia_predictor_run(p, x, answers), GLIA_OK);
    glia_predictor_free(p);
    glia_trace *t = glia_model_trace(g, m, x, y, NULL);
    put_array(b, ", ", "", "later_x", &t->step[0].value);
    put_array(b, ", ", "", "answers", &answers);
    glia_trace_free(g, t);
}

/* x: what the op reads, where that is no step's value. `said`: what PyTorch is told that the op
 * was. */
static void put_case(const bridge *b, const glia_model *m, const glia_trace *t,
                     const glia_tensor *x, const char *said) {
    const gl_node *node = &m->net->node[x ? 0 : 1];
    const glia_traced *own = &t->step[x ? 0 : 1];
    fprintf(b->cases, "{\"op\": \"%s\", ", said);
    put_shape(b, "read", gl_read_shape(m->net, node, 0));
    put_shape(b, "given", &node->shape);
    put_array(b, "\"arrays\": {", "", "x", x ? x : &t->step[0].value);
    put_array(b, ", ", "", "y", &own->value);
    if (!x) put_array(b, ", ", "d", "x", &t->step[0].gradient);
    put_array(b, ", ", "d", "y", &own->gradient);
    for (int i = node->param; i < node->param + node->params; i++) {
        const char *name = strchr(m->net->param[i].name, '.') + 1;
        if (m->net->param[i].kind == GL_MEASURED) continue;
        glia_tensor w = glia_model_param(m, i);
        put_array(b, ", ", "", name, &w);
        put_array(b, ", ", "d", name, &t->gradient[i]);
    }
}

static void trace_case(const bridge *b, drawn *d, glia_model *m, const char *said) {
    double x[MOST_ROWS * MOST_SIDE * MOST_SIDE * MOST_CHANNELS], y[MOST_ROWS];
    for (int64_t i = 0; i < d->rows * values_of(d); i++)
        x[i] = looks_up(d) ? below(d, MOST_IDS + 1) : gl_rng_normal(&d->r);
    for (int i = 0; i < d->rows; i++) y[i] = gl_rng_normal(&d->r);
    for (int i = 0; i < glia_model_params(m); i++) { /* b, gamma and beta, too */
        glia_tensor w = glia_model_param(m, i);
        for (int64_t k = 0; k < glia_tensor_count(&w, 0) && m->net->param[i].kind == GL_PLAIN; k++)
            ((double *)w.data)[k] = gl_rng_normal(&d->r);
    }
    glia_tensor xs = glia_tensor_f64(x, d->rows, values_of(d)), ys = glia_tensor_f64(y, d->rows, 1);
    glia_trace *t = glia_model_trace(g, m, xs, ys, NULL);
    if (!t) fail_msg("%s: %s", d->op, glia_message(g));
    put_case(b, m, t, looks_up(d) ? &xs : NULL, said);
    glia_trace_free(g, t);
    if (strcmp(d->op, "batch_norm") == 0) put_prediction(b, m, xs, ys);
    fprintf(b->cases, "}}\n");
}

static bool has_torch(void) {
    result r = run("/usr/bin/python3 -c 'import torch'");
    bool there = r.status == 0;
    result_free(&r);
    return there;
}

static bridge open_bridge(void) {
    static int there = -1;
    if (there < 0) there = has_torch();
    if (!there) {
        print_message("# skipped: Python has no module torch\n");
        skip();
    }
    assert_int_equal(chdir(scratch()), 0);
    return (bridge){fopen("cases.jsonl", "w"), fopen("cases.f64", "wb")};
}

/* ------------------------------------------------------------------- of different lengths -- */

enum { RAGGED_CASES = 450, RAGGED_ROWS = 6 };

typedef struct packed {
    gl_rng r;
    bool all, both; /* a state for each step; both directions side by side */
    int rows, steps, features, lengths[RAGGED_ROWS];
    char op[60];
} packed;

static void say_packed(packed *d, int i) {
    static const char *const kinds[] = {"rnn", "rnn", "lstm", "gru"};
    d->all = gl_rng_below(&d->r, 2), d->both = gl_rng_below(&d->r, 2);
    snprintf(d->op, sizeof d->op, "%s %d%s%s", kinds[i % 4],
             1 + (int)gl_rng_below(&d->r, i % 3 ? 8 : 40), d->all ? " steps all" : "",
             i % 4 == 1 ? " relu 1" : "");
}

/* What reads all steps and gives all: PyTorch pads these. */
static void say_padded(packed *d, bool attention) {
    int heads = 1 + (int)gl_rng_below(&d->r, 2), which = (int)gl_rng_below(&d->r, 3);
    bool causal = gl_rng_below(&d->r, 2);
    static const char *const others[] = {"layer_norm", "positions", "positions learned yes"};
    d->all = true, d->both = false;
    d->features = attention ? 2 * (1 + (int)gl_rng_below(&d->r, 2)) : 4;
    if (!attention) snprintf(d->op, sizeof d->op, "%s", others[which]);
    else snprintf(d->op, sizeof d->op, "attention %d%s", heads, causal ? " causal yes" : "");
}

static void draw_packed(packed *d, int i) {
    d->rows = 1 + (int)gl_rng_below(&d->r, RAGGED_ROWS);
    d->steps = 1 + (int)gl_rng_below(&d->r, MOST_SIDE);
    d->features = 1 + (int)gl_rng_below(&d->r, 4);
    for (int k = 0; k < d->rows; k++) d->lengths[k] = (int)gl_rng_below(&d->r, d->steps + 1);
    d->lengths[gl_rng_below(&d->r, d->rows)] = d->steps;
    if (i % 3 == 0) say_packed(d, i / 3);
    else say_padded(d, i % 3 == 1);
}

/* One way, or both with the way back in front, as `concat a` has it. */
static glia_model *build_packed(const packed *d) {
    char text[400], ways[300];
    if (d->both)
        snprintf(ways, sizeof ways, "a: %s, from x, reverse, %s%s, concat a", d->op, d->op,
                 d->all ? ", reverse" : "");
    else snprintf(ways, sizeof ways, "%s", d->op);
    snprintf(text, sizeof text, "ragged %d %d, %sconv %d 1, %s%s, dense 1", d->steps, d->features,
             d->both ? "x: " : "", d->features, ways, d->all ? ", global_pool" : "");
    glia_model_options o = {.dtype = GLIA_F64, .init = "normal:0.5", .seed = 3};
    glia_model *m = glia_model_new(g, 1 + (int64_t)d->steps * d->features, text, &o);
    if (!m) fail_msg("%s: %s", text, glia_message(g));
    return m;
}

/* "w", "wo"; of the second layer w2, u2 ... */
static void put_params_of(const bridge *b, const glia_model *m, const glia_trace *t,
                          const gl_node *node, const char *which) {
    for (int i = node->param; i < node->param + node->params; i++) {
        char name[16];
        glia_tensor w = glia_model_param(m, i);
        snprintf(name, sizeof name, "%.8s%s", strchr(m->net->param[i].name, '.') + 1, which);
        put_array(b, ", ", "", name, &w);
        put_array(b, ", ", "d", name, &t->gradient[i]);
    }
}

static void put_packed(const bridge *b, const packed *d, const glia_model *m, const glia_trace *t) {
    const gl_net *net = m->net;
    int at = net->nodes - 3 - d->all, layers = 0; /* before dense and loss */
    const glia_traced *x = &t->step[0], *y = &t->step[at];
    fprintf(b->cases, "{\"op\": \"%s\", \"both\": %d, \"lengths\": [", d->op, d->both);
    for (int i = 0; i < d->rows; i++) fprintf(b->cases, "%s%d", i ? ", " : "", d->lengths[i]);
    fprintf(b->cases, "], ");
    put_shape(b, "read", &net->node[0].shape);
    put_shape(b, "given", &net->node[at].shape);
    put_array(b, "\"arrays\": {", "", "x", &x->value);
    put_array(b, ", ", "", "y", &y->value);
    put_array(b, ", ", "d", "x", &x->gradient);
    put_array(b, ", ", "d", "y", &y->gradient);
    for (int i = 1; i <= at; i++)
        if (net->node[i].params > 0) put_params_of(b, m, t, &net->node[i], layers++ ? "2" : "");
    fprintf(b->cases, "}}\n");
}

static void trace_packed(const bridge *b, packed *d, glia_model *m) {
    double x[RAGGED_ROWS * (1 + MOST_SIDE * 4)], y[RAGGED_ROWS];
    int64_t wide = 1 + (int64_t)d->steps * d->features;
    for (int64_t i = 0; i < d->rows * wide; i++)
        x[i] = i % wide ? gl_rng_normal(&d->r) : d->lengths[i / wide];
    for (int i = 0; i < d->rows; i++) y[i] = gl_rng_normal(&d->r);
    for (int i = 0; i < glia_model_params(m); i++) { /* b, too */
        glia_tensor w = glia_model_param(m, i);
        for (int64_t k = 0; k < glia_tensor_count(&w, 0) && m->net->param[i].kind == GL_PLAIN; k++)
            ((double *)w.data)[k] = gl_rng_normal(&d->r);
    }
    glia_trace *t = glia_model_trace(g, m, glia_tensor_f64(x, d->rows, wide),
                                     glia_tensor_f64(y, d->rows, 1), NULL);
    if (!t) fail_msg("%s: %s", d->op, glia_message(g));
    put_packed(b, d, m, t);
    glia_trace_free(g, t);
}

static result ask(bridge b) {
    fclose(b.cases), fclose(b.numbers);
    return run("/usr/bin/python3 " SOURCE_ROOT "/tests/pytorch.py");
}

/* Texts whose windows do not fit are drawn again. */
static void every_number_is_that_of_pytorch(void **state) {
    (void)state;
    bridge b = open_bridge();
    drawn d = {.r = gl_rng_new(1, GL_STREAM_TEST, 12)};
    for (int op = 0; op < OPS; op++)
        for (int i = 0, tries = 0; i < CASES; tries++) {
            draw(&d, op);
            glia_model *m = build(&d);
            if (tries > 5 * CASES) fail_msg("%s: %s", d.op, glia_message(g));
            if (!m) continue;
            trace_case(&b, &d, m, d.op);
            glia_model_free(m);
            i++;
        }
    result r = ask(b);
    if (r.status != 0) fail_msg("%s", r.err);
    assert_int_equal(atoi(r.out), OPS * CASES);
    result_free(&r);
}

/* The same with one word that is not so: the odd zero of `same` stands on the other side. */
static void another_edge_is_found(void **state) {
    (void)state;
    static const char *const cases[][3] = {
        {"conv 2 3 stride 2 pad same", "conv 2 3 stride 2 pad 1", "y["},
        {"conv_transpose 2 3 stride 2 pad same", "conv_transpose 2 3 stride 2 pad 1 output_pad 1",
         "y["},
        {"pad 1 0", "pad 0 1", "y["},
        {"conv 2 3 dilation 2 pad same", "conv 2 3 dilation 2", "PyTorch [2, 2, 2]"},
        {"upsample 2", "upsample 2x3", "PyTorch [12, 18, 2]"},
    };
    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
        bridge b = open_bridge();
        drawn d = {.r = gl_rng_new(1, GL_STREAM_TEST, 13),
                   .rows = 2,
                   .side = {6, 6},
                   .channels = 2};
        say(&d, "%s", cases[i][0]);
        glia_model *m = build(&d);
        if (!m) fail_msg("%s: %s", d.op, glia_message(g));
        trace_case(&b, &d, m, cases[i][1]);
        glia_model_free(m);
        result r = ask(b);
        if (r.status != 1 || !strstr(r.err, cases[i][2]))
            fail_msg("%s as %s: %d, %s", cases[i][0], cases[i][1], r.status, r.err);
        result_free(&r);
    }
}

static void sequences_of_different_lengths_are_those_that_pytorch_packs_or_pads(void **state) {
    (void)state;
    bridge b = open_bridge();
    packed d = {.r = gl_rng_new(1, GL_STREAM_TEST, 15)};
    for (int i = 0; i < RAGGED_CASES; i++) {
        draw_packed(&d, i);
        glia_model *m = build_packed(&d);
        trace_packed(&b, &d, m);
        glia_model_free(m);
    }
    result r = ask(b);
    if (r.status != 0) fail_msg("%s", r.err);
    assert_int_equal(atoi(r.out), RAGGED_CASES);
    result_free(&r);
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(every_number_is_that_of_pytorch),
        cmocka_unit_test(sequences_of_different_lengths_are_those_that_pytorch_packs_or_pads),
        cmocka_unit_test(another_edge_is_found),
    };
    return cmocka_run_group_tests_name("pytorch", tests, open_context, close_context);
}
