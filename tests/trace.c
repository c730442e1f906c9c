/*
 * trace.c: is what a trace shows what training computes? By hand on the course's 3-4-1 network,
 * against plain loops on 100 random ones, and bit by bit against the weights that an update leaves.
 */
#include "test.h"

#include "nets.h"
#include "oracle.h"
#include <jansson.h>

#include "context.h"

static double at(const glia_tensor *t, int64_t i) { return glia_tensor_value(t, i); }

static const glia_traced *step_of(const glia_trace *t, int layer, bool activates) {
    for (int i = 0; i < t->steps; i++)
        if (t->step[i].layer == layer && (activates ? t->step[i].activates : t->step[i].layers))
            return &t->step[i];
    return NULL;
}

static glia_trace *trace_weighted(const net *n, const double *weights, double mean) {
    glia_trace_options o = {.l2 = n->l2, .weights = weights, .mean_weight = mean};
    glia_trace *t = glia_model_trace(g, n->m, glia_tensor_f64(n->x, n->rows, n->inputs),
                                     glia_tensor_f64(n->y, n->rows, n->labels), &o);
    if (!t) fail_msg("%s: %s", n->text, glia_message(g));
    return t;
}

static glia_trace *trace_of(const net *n) { return trace_weighted(n, NULL, 0); }

/* ----------------------------------------------------------------------------------- by hand -- */

static void assert_near(const glia_tensor *found, const double *expected, int n, const char *what) {
    if (!found->data) fail_msg("%s is not there", what);
    for (int i = 0; i < n; i++)
        if (!(fabs(at(found, i) - expected[i]) <= 1e-15))
            fail_msg("%s [%d] is %.17g, by hand %.17g", what, i, at(found, i), expected[i]);
}

static void three_four_one_is_followed_as_by_hand(void **state) {
    (void)state;
    const double a2 = 0.6224593312018546, d = a2 - 1, h = d / 2;
    // clang-format off
    static const double weights[] = {
        1, 0, -1,   0.5, -1, 0,   -1, 1, 2,   0, 2, 1,
        0.5, -1, 2, 1,
        0, 1, -1, 0.5,
        -4,
    };
    const double dw1[] = {h, 2 * h, -h,   0, 0, 0,   0, 0, 0,   d, 2 * d, -d};
    // clang-format on
    double x[] = {1, 2, -1}, y[] = {1};
    net n = {.rows = 1, .inputs = 3, .labels = 1, .x = x, .y = y};
    n.m = glia_model_new(g, 3, "dense 4 relu, dense 1 sigmoid",
                         &(glia_model_options){.dtype = GLIA_F64});
    gl_store_put(n.m->net->store, GL_WEIGHTS, 0, sizeof weights / sizeof *weights, weights);
    glia_trace *t = trace_of(&n);
    assert_int_equal(t->steps, 4);
    assert_near(&step_of(t, 1, false)->value, (double[]){2, -0.5, -2, 3.5}, 4, "z1");
    assert_near(&step_of(t, 1, true)->value, (double[]){2, 0, 0, 3.5}, 4, "a1");
    assert_near(&step_of(t, 2, false)->value, (double[]){0.5}, 1, "z2");
    assert_near(&step_of(t, 2, true)->value, &a2, 1, "a2");
    assert_near(&step_of(t, 2, false)->gradient, &d, 1, "dz2");
    assert_near(&step_of(t, 1, true)->gradient, (double[]){h, -d, 2 * d, d}, 4, "da1");
    assert_near(&step_of(t, 1, false)->gradient, (double[]){h, 0, 0, d}, 4, "dz1");
    assert_near(&t->losses, (double[]){0.47407698418010663}, 1, "loss");
    assert_near(&t->gradient[glia_model_find_param(n.m, "fc1.w")], dw1, 12, "dW1");
    assert_near(&t->gradient[glia_model_find_param(n.m, "fc1.b")], (double[]){h, 0, 0, d}, 4,
                "db1");
    assert_near(&t->gradient[glia_model_find_param(n.m, "fc2.w")], (double[]){2 * d, 0, 0, 3.5 * d},
                4, "dW2");
    assert_near(&t->gradient[glia_model_find_param(n.m, "fc2.b")], &d, 1, "db2");
    glia_trace_free(g, t);
    glia_model_free(n.m);
}

/* ------------------------------------------------------------------------------ random nets -- */

static void expect(const net *n, const char *what, int layer, double found, double wanted) {
    if (!(fabs(found - wanted) <= 1e-11 * (1 + fabs(wanted))))
        fail_msg("%s, loss %s: %s of layer %d is %.17g, loops say %.17g", n->text, losses[n->loss],
                 what, layer, found, wanted);
}

/* z = W a + b and a = g(z), unit by unit, from the values that the trace shows before. */
static const glia_tensor *follow_forward(const net *n, const glia_trace *t, int l,
                                         const glia_tensor *before) {
    const double *weights = gl_store_at(n->m->net->store, GL_WEIGHTS, 0);
    const gl_param *w = &n->m->net->param[2 * l];
    const double *b = weights + w[1].offset;
    const glia_traced *z = step_of(t, l + 1, false), *a = step_of(t, l + 1, true);
    bool linked = l + 1 == n->layers && net_is_linked(n);
    for (int64_t i = 0; i < n->rows * w->rows; i++) {
        double sum = b[i % w->rows];
        for (int64_t k = 0; k < w->cols; k++)
            sum += weights[w->offset + i % w->rows * w->cols + k] *
                   at(before, i / w->rows * w->cols + k);
        expect(n, "z", l + 1, at(&z->value, i), sum);
        if (a && !linked)
            expect(n, "a", l + 1, at(&a->value, i),
                   oracle_g(activations[n->act[l]], at(&z->value, i)));
    }
    return a ? &a->value : &z->value;
}

/* da = W' dz of the layer behind, dz = da g'(z). */
static void follow_backward(const net *n, const glia_trace *t, int l) {
    const double *weights = gl_store_at(n->m->net->store, GL_WEIGHTS, 0);
    const gl_param *w = &n->m->net->param[2 * l + 2];
    const glia_traced *z = step_of(t, l + 1, false), *next = step_of(t, l + 2, false);
    for (int64_t i = 0; i < n->rows * w->cols; i++) {
        double da = 0;
        for (int64_t j = 0; j < w->rows; j++)
            da += weights[w->offset + j * w->cols + i % w->cols] *
                  at(&next->gradient, i / w->cols * w->rows + j);
        expect(n, "dz", l + 1, at(&z->gradient, i),
               da * oracle_slope(activations[n->act[l]], at(&z->value, i)));
    }
}

static void compare_with_loops(const net *n, const glia_trace *t, const glia_tensor *answers) {
    const gl_net *m = n->m->net;
    double *gradient = calloc((size_t)m->count, 8), *output = calloc(17 * MOST_UNITS, 8);
    const double *weights = gl_store_at(m->store, GL_WEIGHTS, 0);
    oracle o = {.layers = n->layers, .loss = losses[n->loss], .lambda = n->l2};
    for (int l = 0; l < n->layers; l++) {
        const gl_param *w = &m->param[2 * l], *b = w + 1;
        o.layer[l] = (oracle_layer){w->cols,
                                    w->rows,
                                    activations[n->act[l]],
                                    weights + w->offset,
                                    weights + b->offset,
                                    gradient + w->offset,
                                    gradient + b->offset};
    }
    double J = oracle_run(&o, n->x, n->y, n->rows, n->labels, output), mean = 0, square = 0;
    expect(n, "J", 0, t->cost, J);
    for (int64_t i = 0; i < n->rows * m->outputs; i++)
        expect(n, "the answer", n->layers, at(answers, i), output[i]);
    for (int p = 0; p < m->params; p++)
        for (int64_t i = 0; i < m->param[p].rows * m->param[p].cols; i++)
            expect(n, m->param[p].name, p / 2 + 1, at(&t->gradient[p], i),
                   gradient[m->param[p].offset + i]);
    for (int64_t i = 0; i < n->rows; i++) mean += at(&t->losses, i) / (double)n->rows;
    for (int64_t i = 0; i < m->decayed; i++) square += weights[i] * weights[i];
    expect(n, "the mean loss", 0, mean, J - n->l2 / 2 * square);
    free(gradient);
    free(output);
}

static void random_networks_are_followed_as_loops_do(void **state) {
    (void)state;
    for (int i = 0; i < 100; i += EVERY) {
        net n = net_random(g, GLIA_F64, 11, i, 0);
        glia_trace *t = trace_of(&n);
        const glia_tensor *a = &t->x;
        for (int l = 0; l < n.layers; l++) a = follow_forward(&n, t, l, a);
        for (int l = n.layers - 2; l >= 0; l--) follow_backward(&n, t, l);
        compare_with_loops(&n, t, a);
        glia_trace_free(g, t);
        net_free(&n);
    }
}

/* --------------------------------------------------------------------------- to the last bit -- */

static void same(const net *n, const char *what, int layer, double found, double wanted) {
    if (found != wanted)
        fail_msg("%s, loss %s: %s of layer %d is %.17g, loops say %.17g", n->text, losses[n->loss],
                 what, layer, found, wanted);
}

/* Without exp, whose last bit is a matter of taste. */
static bool is_plain(const char *act) {
    return oracle_is(act, "relu") || oracle_is(act, "leaky_relu") || oracle_is(act, "linear");
}

static void follow_layer(const net *n, const glia_trace *t, int l, const glia_tensor *before) {
    const double *weights = gl_store_at(n->m->net->store, GL_WEIGHTS, 0);
    const gl_param *w = &n->m->net->param[2 * l];
    const glia_traced *z = step_of(t, l + 1, false), *a = step_of(t, l + 1, true);
    for (int64_t i = 0; i < n->rows * w->rows; i++) {
        double sum = 0;
        for (int64_t k = 0; k < w->cols; k++)
            sum += at(before, i / w->rows * w->cols + k) *
                   weights[w->offset + i % w->rows * w->cols + k];
        same(n, "z", l + 1, at(&z->value, i), sum + weights[w[1].offset + i % w->rows]);
        if (a && l + 1 < n->layers && is_plain(activations[n->act[l]]))
            same(n, "a", l + 1, at(&a->value, i),
                 oracle_g(activations[n->act[l]], at(&z->value, i)));
    }
}

/* dW = dz a' + lambda W, db = sum of dz, in the order of the samples; da = W' dz of the next. */
static void follow_gradients(const net *n, const glia_trace *t, int l, const glia_tensor *before) {
    const double *weights = gl_store_at(n->m->net->store, GL_WEIGHTS, 0);
    const gl_param *w = &n->m->net->param[2 * l];
    const glia_tensor *dz = &step_of(t, l + 1, false)->gradient;
    for (int64_t i = 0; i < w->rows * w->cols; i++) {
        double sum = 0;
        for (int64_t r = 0; r < n->rows; r++)
            sum += at(dz, r * w->rows + i / w->cols) * at(before, r * w->cols + i % w->cols);
        same(n, "dW", l + 1, at(&t->gradient[2 * l], i), sum + n->l2 * weights[w->offset + i]);
    }
    for (int64_t j = 0; j < w->rows; j++) {
        double chain[8] = {0}, sum = 0; /* of samples r, r + 8, ..., as vector.c adds them up */
        for (int64_t r = 0; r < n->rows; r++) chain[r % 8] += at(dz, r * w->rows + j);
        for (int r = 0; r < 8; r++) sum += chain[r];
        same(n, "db", l + 1, at(&t->gradient[2 * l + 1], j), sum);
    }
    if (l == 0 || !is_plain(activations[n->act[l - 1]])) return;
    const glia_traced *z = step_of(t, l, false);
    for (int64_t i = 0; i < n->rows * w->cols; i++) {
        double da = 0;
        for (int64_t j = 0; j < w->rows; j++)
            da +=
                at(dz, i / w->cols * w->rows + j) * weights[w->offset + j * w->cols + i % w->cols];
        same(n, "dz", l, at(&z->gradient, i),
             da * oracle_slope(activations[n->act[l - 1]], at(&z->value, i)));
    }
}

/* The kernels that are written as the formulas stand add up in their order: then loops have the
 * same bits, in 100 networks of several layers. */
static void reference_kernels_have_the_bits_of_loops(void **state) {
    (void)state;
    setenv("GLIA_KERNELS", "ref", 1);
    for (int i = 0, followed = 0; followed < 100; i++) {
        net n = net_random(g, GLIA_F64, 14, i, 0);
        if (n.layers > 1 && ++followed % EVERY == 0) {
            glia_trace *t = trace_of(&n);
            const glia_tensor *before = &t->x;
            for (int l = 0; l < n.layers; l++) {
                const glia_traced *a = step_of(t, l + 1, true);
                follow_layer(&n, t, l, before);
                follow_gradients(&n, t, l, before);
                before = a ? &a->value : &step_of(t, l + 1, false)->value;
            }
            glia_trace_free(g, t);
        }
        net_free(&n);
    }
    unsetenv("GLIA_KERNELS");
}

/* ------------------------------------------------------------------------------ bit by bit -- */

/* The weights of samples in a training, and as a trace takes them: by their mean. */
static const double counts[] = {3, 1, 0, 2.5, 0.1, 7};

static void weigh_rows(const net *n, double *weights, double *mean) {
    *mean = 0;
    for (int64_t i = 0; i < n->rows; i++) *mean += weights[i] = counts[i % 6];
    *mean /= (double)n->rows;
}

/* w - 1 dw is rounded once, so an update of gradient descent with lr 1 tells every bit of dw. */
static void compare_with_update(net *n, glia_dtype dtype, bool weighted) {
    double weights[64], mean;
    assert_true(n->rows <= 64);
    weigh_rows(n, weights, &mean);
    glia_trace *t = trace_weighted(n, weighted ? weights : NULL, mean);
    gl_net *before = gl_net_convert(g, n->m->net, dtype);
    glia_fit_options o = {
        .epochs = 1, .batch = GLIA_FULL_BATCH, .optimizer = "sgd", .lr = 1, .l2 = n->l2};
    if (weighted) o.sample_weights = glia_tensor_f64(weights, n->rows, 1);
    glia_status status = glia_model_fit(n->m, glia_tensor_f64(n->x, n->rows, n->inputs),
                                        glia_tensor_f64(n->y, n->rows, n->labels), &o, NULL);
    if (status != GLIA_OK) fail_msg("%s: %s", n->text, glia_message(g));
    for (int p = 0; p < before->params; p++) {
        const gl_param *w = &before->param[p];
        for (int64_t i = 0; i < w->rows * w->cols && w->kind != GL_MEASURED; i++) {
            double old = gl_store_value(before->store, GL_WEIGHTS, w->offset + i),
                   new = gl_store_value(n->m->net->store, GL_WEIGHTS, w->offset + i),
                   dw = at(&t->gradient[p], i);
            double expected = dtype == GLIA_F32 ? (float)(old - dw) : old - dw;
            if (new != expected)
                fail_msg("%s, %s %lld: %.17g - %.17g is not %.17g", n->text, w->name, (long long)i,
                         old, dw, new);
        }
    }
    gl_net_free(before);
    glia_trace_free(g, t);
}

static void gradients_have_the_bits_of_an_update(void **state) {
    (void)state;
    for (int i = 0; i < 100; i += EVERY) {
        glia_dtype dtype = i % 2 ? GLIA_F64 : GLIA_F32;
        net n = net_any(g, dtype, 12, i, 0);
        compare_with_update(&n, dtype, i % 4 > 1);
        net_free(&n);
    }
}

/* What is shown apart is what runs fused: the last a is the answer. With labels it is what training
 * computes, which reads W as it lies and may add up a product of few rows in another order. */
static void values_without_labels_have_the_bits_of_a_prediction(void **state) {
    (void)state;
    static double answer[17 * MOST_UNITS];
    for (int i = 0; i < 60; i += EVERY) {
        net n = net_random(g, i % 2 ? GLIA_F64 : GLIA_F32, 13, i, i % 3 ? 0 : 0.3);
        glia_tensor x = glia_tensor_f64(n.x, n.rows, n.inputs);
        glia_tensor y = glia_tensor_f64(answer, n.rows, n.m->net->outputs);
        glia_predictor *p = glia_predictor_new(g, n.m, n.rows);
        assert_int_equal(glia_predictor_run(p, x, y), GLIA_OK);
        glia_predictor_free(p);
        for (int labelled = 0; labelled < 2; labelled++) {
            glia_trace *t =
                labelled ? trace_of(&n) : glia_model_trace(g, n.m, x, (glia_tensor){0}, NULL);
            const glia_tensor *last = &t->step[t->steps - 1].value;
            double apart = !labelled ? 0 : i % 2 ? 1e-13 : 1e-5;
            for (int64_t k = 0; k < n.rows * n.m->net->outputs; k++)
                if (!(fabs(at(last, k) - answer[k]) <= apart * (1 + fabs(answer[k]))))
                    fail_msg("%s: answers differ", n.text);
            assert_true(labelled ? t->losses.data != NULL : !t->losses.data && isnan(t->cost));
            assert_true(!labelled == !t->gradient[0].data);
            assert_true(!labelled == !t->step[0].gradient.data);
            glia_trace_free(g, t);
        }
        net_free(&n);
    }
}

/* ------------------------------------------------------------------------------ the command -- */

static void write_points(void) {
    result r = run("printf 'u,v,colour\n0,0,red\n0,1,blue\n1,0,blue\n1,1,red\n2,2,red\n"
                   "2,0,blue\n3,1,red\n0,3,blue\n' >points.csv && "
                   "printf 'u,v\n1,1\n' >unlabelled.csv && "
                   "$GLIA train points.csv --hidden 12 --epochs 5 --val none --l2 0.01 -o p.glia "
                   "--quiet >log");
    if (r.status != 0) fail_msg("%s", r.err);
    result_free(&r);
}

static double number_in(const json_t *j, const char *name, size_t row, size_t column) {
    json_t *cell = json_array_get(json_array_get(json_object_get(j, name), row), column);
    if (!json_is_number(cell)) fail_msg("no number in %s, row %d", name, (int)row);
    return json_number_value(cell);
}

/* The numbers of the JSON document fulfil the formulas that stand beside them. */
static void the_command_shows_what_its_formulas_say(void **state) {
    (void)state;
    write_points();
    result r = run("$GLIA explain p.glia points.csv --row 2,5 --json --quiet");
    json_t *all = json_loads(r.out, 0, NULL), *steps = json_object_get(all, "steps");
    if (!all) fail_msg("%s%s", r.out, r.err);
    assert_int_equal(json_array_size(steps), 4);
    json_t *z2 = json_array_get(steps, 2), *a1 = json_array_get(steps, 1);
    assert_string_equal(json_string_value(json_object_get(z2, "formula")),
                        "z^[2] = W^[2] a^[1] + b^[2]");
    json_t *w2 = json_array_get(json_object_get(all, "parameters"), 2);
    json_t *b2 = json_array_get(json_object_get(all, "parameters"), 3);
    for (size_t i = 0; i < 2; i++) {
        double z = number_in(b2, "value", 0, 0);
        for (size_t k = 0; k < 12; k++)
            z += number_in(w2, "value", 0, k) * number_in(a1, "value", k, i);
        assert_true(fabs(z - number_in(z2, "value", 0, i)) < 1e-5);
    }
    for (size_t k = 0; k < 12; k++) {
        double dw = 0.01 * number_in(w2, "value", 0, k);
        for (size_t i = 0; i < 2; i++)
            dw += number_in(z2, "gradient", 0, i) * number_in(a1, "value", k, i);
        assert_true(fabs(dw - number_in(w2, "gradient", 0, k)) < 1e-6);
    }
    json_decref(all);
    result_free(&r);
}

static void a_row_is_shown_in_the_notation_of_the_course(void **state) {
    (void)state;
    write_points();
    result r = run("$GLIA explain p.glia points.csv --row 2,5");
    for (const char *const *part =
             (const char *[]){"z^[1] = W^[1] a^[0] + b^[1]   (12, 2)", "a^[1](2)_j",
                              "12 units, the first 8 shown; --all", "colour = blue",
                              "dz^[2] = (a^[2] - y) / m", "da^[1] = W^[2]T dz^[2]",
                              "dW^[2] = dz^[2] a^[1]T + 0.01 W^[2]", NULL};
         *part; part++)
        if (!strstr(r.out, *part)) fail_msg("%s is not in %s", *part, r.out);
    result_free(&r);
    r = run("$GLIA explain p.glia points.csv --row 2,5 --all");
    assert_null(strstr(r.out, "shown"));
    result_free(&r);
}

static void rows_without_label_go_forward_and_rows_beyond_are_refused(void **state) {
    (void)state;
    write_points();
    result r = run("$GLIA explain p.glia unlabelled.csv");
    assert_int_equal(r.status, 0);
    assert_non_null(strstr(r.err, "forward only: 'unlabelled.csv' has no column 'colour'"));
    assert_non_null(strstr(r.out, "a^[2]"));
    assert_null(strstr(r.out, "backward"));
    result_free(&r);
    r = run("$GLIA explain p.glia points.csv --row 9");
    assert_int_equal(r.status, 3);
    assert_non_null(strstr(r.err, "there is no row 9: points.csv has 8"));
    result_free(&r);
    r = run("$GLIA explain p.glia points.csv --row 0");
    assert_int_equal(r.status, 2);
    result_free(&r);
}

/* The products of the table add up to what stands below it. */
static void a_unit_is_shown_in_its_two_steps(void **state) {
    (void)state;
    write_points();
    result r = run("$GLIA explain p.glia points.csv --row 5 --unit 1:3");
    double w, a, product, sum = 0, total, b, z, active;
    const char *at = strstr(r.out, "W^[1]_3k a^[0]_k\n");
    if (!at) fail_msg("%s%s", r.out, r.err);
    for (int k = 1; k <= 2; k++) {
        at = strchr(at, '\n') + 1;
        assert_int_equal(sscanf(at, " %*d %*s %lf %lf %lf", &w, &a, &product), 3);
        assert_true(fabs(w * a - product) < 1e-5);
        sum += product;
    }
    assert_int_equal(sscanf(strstr(r.out, "sum_k"), "%*[^=]= %lf", &total), 1);
    assert_int_equal(sscanf(strstr(r.out, "b^[1]_3"), "%*[^=]= %lf", &b), 1);
    assert_int_equal(sscanf(strstr(r.out, "z^[1]_3"), "%*[^=]=%*[^=]= %lf", &z), 1);
    assert_int_equal(sscanf(strstr(r.out, "relu(z^[1]_3) = "), "%*[^=]= %lf", &active), 1);
    assert_true(fabs(total - sum) < 1e-5 && fabs(z - total - b) < 1e-5);
    assert_true(fabs(active - fmax(z, 0)) < 1e-5);
    result_free(&r);
    r = run("$GLIA explain p.glia points.csv --unit 1:13");
    assert_int_equal(r.status, 2);
    assert_non_null(strstr(r.err, "there is no unit 13, layer 1 has 12"));
    result_free(&r);
}

/* What stands on paper is what was computed: dz = a - y_s, y_s = 0.9 y + 0.1 / 2. */
static void smoothed_labels_are_said(void **state) {
    (void)state;
    write_points();
    result r = run("$GLIA train points.csv --hidden 3 --epochs 3 --val none --label-smoothing 0.1 "
                   "-o s.glia -q >log && $GLIA explain s.glia points.csv --row 1 --json -q");
    json_t *all = json_loads(r.out, 0, NULL), *steps = json_object_get(all, "steps");
    if (!all) fail_msg("%s%s", r.out, r.err);
    json_t *z = json_array_get(steps, 2), *a = json_array_get(steps, 3);
    double y = number_in(all, "y", 0, 0) * 0.9 + 0.05;
    assert_true(fabs(number_in(z, "gradient", 0, 0) - number_in(a, "value", 0, 0) + y) < 1e-6);
    assert_true(json_number_value(json_object_get(all, "label_smoothing")) == 0.1);
    json_decref(all);
    result_free(&r);
    r = run("$GLIA explain s.glia points.csv");
    assert_non_null(strstr(r.out, "dz^[2] = a^[2] - y_s"));
    assert_non_null(strstr(r.out, "y_s: smoothed as in training, 1 - 0.1 of y"));
    result_free(&r);
}

static void write_counted(void) {
    result r = run("printf 'u,v,n,k,price,colour\n0,0,1,1,3,red\n0,1,2,2,5,red\n1,0,4,3,6,blue\n"
                   "1,1,1,1,9,red\n2,2,1,2,10,red\n2,0,2,3,4,red\n3,1,1,1,7,blue\n0,3,3,2,1,red\n'"
                   " >counted.csv");
    result_free(&r);
}

static json_t *explained(const char *train, const char *explain) {
    result r = run("$GLIA train counted.csv --epochs 3 --val none -q -o w.glia %s >log && "
                   "$GLIA explain w.glia counted.csv --json -q %s",
                   train, explain);
    json_t *all = json_loads(r.out, 0, NULL);
    if (!all) fail_msg("%s%s", r.out, r.err);
    result_free(&r);
    return all;
}

static double item(const json_t *j, const char *name, size_t i) {
    return json_number_value(json_array_get(json_object_get(j, name), i));
}

/* By hand: red rows count 10, blue ones 5; so a red one 15 / (2 * 10) = 0.75 and a blue one 1.5
 * times its number. That is 15 over 8 rows. */
static void rows_count_as_they_did_in_training(void **state) {
    (void)state;
    write_counted();
    json_t *all = explained(
               "--target colour --ignore k,price --sample-weight n --class-weight balanced",
               "--row 2,3"),
           *steps = json_object_get(all, "steps");
    const double w[] = {2 * 0.75 / (15.0 / 8), 4 * 1.5 / (15.0 / 8)};
    for (size_t i = 0; i < 2; i++) {
        double a = number_in(json_array_get(steps, 3), "value", 0, i),
               y = number_in(all, "y", 0, i);
        assert_true(fabs(item(all, "weights", i) - w[i]) < 1e-6);
        assert_true(fabs(number_in(json_array_get(steps, 2), "gradient", 0, i) -
                         w[i] * (a - y) / 2) < 1e-6);
        assert_true(fabs(item(all, "losses", i) - w[i] * item(all, "measured_losses", i)) < 1e-5);
    }
    json_decref(all);
    result r = run("$GLIA explain w.glia counted.csv --row 2,3");
    assert_non_null(strstr(r.out, "dz^[2] = w (a^[2] - y) / m"));
    assert_non_null(strstr(r.out, "w(i): how much the row counts in training"));
    result_free(&r);
}

/* A file of before weights were kept says so, and counts each row once. */
static void weights_that_a_model_does_not_keep_are_said(void **state) {
    (void)state;
    write_counted();
    char path[600], old[600];
    snprintf(path, sizeof path, "%s/w.glia", scratch());
    snprintf(old, sizeof old, "%s/old.glia", scratch());
    json_decref(explained("--target colour --ignore n,k,price --class-weight blue:3", ""));
    glia_model *m = glia_model_load(g, path);
    assert_string_equal(glia_model_note(m, "row_weights"),
                        "{\"mean\": 1.5, \"classes\": [[3.0, 1.0]]}");
    glia_model_free(m);
    json_decref(explained("--target colour --ignore n,k,price", ""));
    m = glia_model_load(g, path);
    assert_null(glia_model_note(m, "row_weights"));
    glia_model_set_note(m, "hyperparameters", "{\"class-weight\": \"blue:3\"}");
    assert_int_equal(glia_model_save(m, old), GLIA_OK);
    glia_model_free(m);
    result r = run("$GLIA explain old.glia counted.csv");
    assert_non_null(strstr(r.err,
                           "training counted rows by class (blue:3), and this model file does "
                           "not keep"));
    assert_null(strstr(r.out, "w(i)"));
    result_free(&r);
}

static void says(const char *train, const char *explain, const char *const *parts) {
    json_decref(explained(train, ""));
    result r = run("$GLIA explain w.glia counted.csv %s", explain);
    for (; *parts; parts++)
        if (!strstr(r.out, *parts)) fail_msg("%s: no %s in %s", train, *parts, r.out);
    result_free(&r);
}

static void every_loss_shows_its_gradient(void **state) {
    (void)state;
    write_counted();
#define PRICE "--target price --ignore colour,n,k "
    says(PRICE, "", (const char *[]){"dz^[2] = 2 (z^[2] - y)  ", NULL});
    says(PRICE, "--row 1,2", (const char *[]){"dz^[2] = 2 (z^[2] - y) / m", NULL});
    says(PRICE "--loss mae", "", (const char *[]){"dz^[2] = sign(z^[2] - y)", NULL});
    says(PRICE "--loss huber", "", (const char *[]){"dz^[2] = clamp(z^[2] - y, -delta", NULL});
    says(PRICE "--quantiles 0.1,0.5", "",
         (const char *[]){"dz^[2] = (1 - q_j where z^[2] > y, else -q_j)", "q_1 = 0.1, q_2 = 0.5",
                          NULL});
    says("--target k --ignore colour,n,price --task count", "",
         (const char *[]){"dz^[2] = a^[2] - y", NULL});
    says("--target k --ignore colour,n,price --task multiclass", "--row 1,2",
         (const char *[]){"dz^[2] = (a^[2] - y) / m", NULL});
}

/* dbeta is the sum of what flows back to what the norm gives; the limits of three classes have
 * 0 in their middle and softplus(d) between them. */
static void what_lies_between_layers_shows_its_gradients(void **state) {
    (void)state;
    write_counted();
    json_t *all = explained("--hidden 3 --target colour --ignore k,n,price --norm layer",
                            "--row 1,2,3"),
           *norm = json_array_get(json_object_get(all, "steps"), 1);
    for (size_t i = 0; i < json_array_size(json_object_get(all, "parameters")); i++) {
        const json_t *p = json_array_get(json_object_get(all, "parameters"), i);
        const char *name = json_string_value(json_object_get(p, "name"));
        if (!strstr(name, ".beta")) continue;
        for (size_t j = 0; j < 3; j++)
            assert_true(fabs(number_in(p, "gradient", j, 0) - number_in(norm, "gradient", j, 0) -
                             number_in(norm, "gradient", j, 1) -
                             number_in(norm, "gradient", j, 2)) < 1e-6);
    }
    json_decref(all);
    says("--hidden 3 --target colour --ignore k,n,price --norm layer", "--row 1,2",
         (const char *[]){"dgamma = sum_i dlayer_norm1(i) * yhat(i)", "dbeta = sum_i", "beta_j",
                          NULL});
    says("--target k --ignore colour,n,price --task ordinal --order 1,2,3", "--row 1,2",
         (const char *[]){"c_k - c_j = softplus(d_j)", "dd = sum_i", NULL});
    result r = run("$GLIA explain w.glia counted.csv --all | awk '/^  c_k/ { getline; getline; a = "
                   "$2; getline; print (a < 0 && a + $2 < 1e-5 && a + $2 > -1e-5) }'");
    assert_string_equal(r.out, "1\n");
    result_free(&r);
}

/* Features of one column are told apart, and rows are those of the file. */
static void features_are_named_by_what_they_are_of(void **state) {
    (void)state;
    result r = run("printf 'c,d,t,n,y\nred,2020-01-05,good thing,1,a\nblue,2020-03-06,bad "
                   "thing,,b\nred,2021-01-05,good one,2,a\n,2020-07-09,bad one,,b\nblue,"
                   "2020-01-05,good thing,3,\nred,2020-05-05,bad thing,,b\nblue,2020-02-05,good "
                   "one,5,a\nred,2020-01-15,bad one,,b\n' >of.csv && $GLIA train of.csv --text t "
                   "--bad-rows skip -q -o of.glia >log && "
                   "$GLIA explain of.glia of.csv --all --row 8 --bad-rows skip -q");
    for (const char *const *name =
             (const char *[]){"of.csv, row 8", "c = red", "d, month", "t: good", NULL};
         *name; name++)
        if (!strstr(r.out, *name)) fail_msg("%s is not in %s%s", *name, r.out, r.err);
    result_free(&r);
}

static void assert_has_all(const char *file, const char *const *parts) {
    result r = run("cat %s", file);
    for (; *parts; parts++)
        if (!strstr(r.out, *parts)) fail_msg("%s has no %s:\n%s", file, *parts, r.out);
    result_free(&r);
}

/* On paper gamma, beta and yhat are the letters that they name. */
static void a_norm_is_set_as_books_set_it(void **state) {
    (void)state;
    result r = run("$GLIA demo flower --write flower.csv -q && $GLIA train flower.csv --hidden 3 "
                   "--norm layer --epochs 1 -q -o norm.glia && $GLIA explain norm.glia flower.csv "
                   "--row 1,2 -o norm.html && $GLIA explain norm.glia flower.csv --row 1,2 -o "
                   "norm.tex");
    if (r.status != 0) fail_msg("%s", r.err);
    result_free(&r);
    assert_has_all("norm.html", (const char *[]){"dγ", "ŷ", "β<sub>j</sub>", NULL});
    assert_has_all("norm.tex", (const char *[]){"d\\gamma ", "\\hat y", "\\beta _{j}", NULL});
}

static void pages_and_latex_have_their_formulas(void **state) {
    (void)state;
    write_points();
    result r = run("$GLIA explain p.glia points.csv --row 2,5 -o e.html --lang zh && "
                   "$GLIA explain p.glia points.csv --row 2,5 -o e.tex");
    if (r.status) fail_msg("%s", r.err);
    result_free(&r);
    assert_has_all("e.html", (const char *[]){"<html lang=\"zh-CN\">", "前向传播", "反向传播",
                                              "z<sup>[1]</sup> = W<sup>[1]</sup> a<sup>[0]</sup>",
                                              "a<sup>[1](2)</sup><sub>j</sub>",
                                              "da<sup>[1]</sup> = W<sup>[2]⊤</sup> dz", NULL});
    assert_has_all("e.tex",
                   (const char *[]){"dz^{[1]} = da^{[1]} \\odot \\mathrm{relu}'(z^{[1]})",
                                    "da^{[1]} = W^{[2]\\top} dz^{[2]}", "\\sum_{i} dz^{[1](i)}",
                                    "colour = blue", "\\end{document}", NULL});
    r = run("$GLIA explain p.glia points.csv -o e.png");
    assert_int_equal(r.status, 2);
    assert_non_null(strstr(r.err, "expected a name that ends in .html or .tex"));
    result_free(&r);
    r = run("$GLIA explain p.glia points.csv --lang fr");
    assert_int_equal(r.status, 2);
    result_free(&r);
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(three_four_one_is_followed_as_by_hand),
        cmocka_unit_test(random_networks_are_followed_as_loops_do),
        cmocka_unit_test(reference_kernels_have_the_bits_of_loops),
        cmocka_unit_test(gradients_have_the_bits_of_an_update),
        cmocka_unit_test(values_without_labels_have_the_bits_of_a_prediction),
        cmocka_unit_test(the_command_shows_what_its_formulas_say),
        cmocka_unit_test(a_row_is_shown_in_the_notation_of_the_course),
        cmocka_unit_test(rows_without_label_go_forward_and_rows_beyond_are_refused),
        cmocka_unit_test(a_unit_is_shown_in_its_two_steps),
        cmocka_unit_test(smoothed_labels_are_said),
        cmocka_unit_test(rows_count_as_they_did_in_training),
        cmocka_unit_test(weights_that_a_model_does_not_keep_are_said),
        cmocka_unit_test(every_loss_shows_its_gradient),
        cmocka_unit_test(what_lies_between_layers_shows_its_gradients),
        cmocka_unit_test(features_are_named_by_what_they_are_of),
        cmocka_unit_test(a_norm_is_set_as_books_set_it),
        cmocka_unit_test(pages_and_latex_have_their_formulas),
    };
    return cmocka_run_group_tests(tests, open_context, close_context);
}
