/*
 * by_hand.c: one unit, and one step of a network of two layers, with every number as it is worked
 * out on paper. The library works out the same by its own way, and both must agree.
 */
#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "demo.h"

/* Sums of three or four products in another order differ by less. */
static const double ROUNDING = 1e-15;

static double sigmoid(double z) { return 1 / (1 + exp(-z)); }

static double cross_entropy(double a, double y) { return -(y * log(a) + (1 - y) * log(1 - a)); }

/* The largest difference between the numbers of a tensor and those found by hand. */
static double apart(const glia_tensor *t, const double *by_hand) {
    double most = 0;
    for (int64_t i = 0; i < glia_tensor_count(t, 0); i++)
        most = fmax(most, fabs(glia_tensor_value(t, i) - by_hand[i]));
    return most;
}

static int agree(demo *d, double difference) {
    line(d, "The library's own numbers differ from these by %.2g at most.\n", difference);
    number_fact(d, "largest_difference", difference);
    return claim(d, difference <= ROUNDING, "its numbers and the library's differ by %g",
                 difference);
}

/* ---------------------------------------------------------------------------------- one unit -- */

enum { INPUTS = 3 };

typedef struct unit {
    double w[INPUTS], b, z, a, loss, dz, dw[INPUTS];
} unit;

static const double unit_x[INPUTS] = {1, 2, -1}, unit_y = 1, unit_lr = 0.1;

static void work_out(unit *u) {
    u->z = u->b;
    for (int i = 0; i < INPUTS; i++) u->z += u->w[i] * unit_x[i];
    u->a = sigmoid(u->z);
    u->loss = cross_entropy(u->a, unit_y);
    u->dz = u->a - unit_y;
    for (int i = 0; i < INPUTS; i++) u->dw[i] = u->dz * unit_x[i];
}

static void say_sum(const demo *d, const unit *u) {
    line(d, "Step 1: the weighted sum, z = w'x + b\n");
    line(d, "  %8s %8s %10s", "input x", "weight w", "w x");
    for (int i = 0; i < INPUTS; i++)
        line(d, "  %8g %8g %10g", unit_x[i], u->w[i], u->w[i] * unit_x[i]);
    line(d, "  %8s %8s %10g", "", "b", u->b);
    line(d, "  %8s %8s %10g\n", "", "z", u->z);
}

/* Step 2 with every activation, and what the library makes of the same unit. */
static int say_activations(demo *d, const unit *u, double *difference) {
    const struct {
        const char *name, *formula;
        double a;
    } all[] = {{"sigmoid", "1 / (1 + e^-z)", u->a},
               {"tanh", "(e^z - e^-z) / (e^z + e^-z)", tanh(u->z)},
               {"relu", "max(0, z)", fmax(0, u->z)},
               {"leaky_relu", "max(0.01 z, z)", fmax(0.01 * u->z, u->z)},
               {"linear", "z", u->z}};
    json_t *facts = json_object();
    int status = 0;
    line(d, "Step 2: the activation, a = g(z), each with the same z\n");
    for (size_t i = 0; i < sizeof all / sizeof *all && !status; i++) {
        char *text = format_text("dense 1 %s", all[i].name);
        glia_model *m = network(d, INPUTS, text, "zeros", NULL, 0);
        if (m) memcpy(param_values(m, "fc1.w", NULL), u->w, sizeof u->w);
        if (m) *param_values(m, "fc1.b", NULL) = u->b;
        glia_predictor *p = m ? glia_predictor_new(d->c.g, m, 1) : NULL;
        double a = 0;
        if (!p || glia_predictor_run(p, glia_tensor_f64(unit_x, 1, INPUTS),
                                     glia_tensor_f64(&a, 1, 1)) != GLIA_OK)
            status = failed(&d->c);
        line(d, "  %-11s g(z) = %-28s a = %.6f", all[i].name, all[i].formula, all[i].a);
        *difference = fmax(*difference, fabs(a - all[i].a));
        json_object_set_new(facts, all[i].name, json_number(all[i].a));
        glia_predictor_free(p);
        glia_model_free(m);
        free(text);
    }
    blank(d);
    fact(d, "a", facts);
    return status;
}

/* Loss and gradient of the sigmoid unit, beside those of a trace. */
static int say_gradient(demo *d, const unit *u, double *difference) {
    glia_model *m = network(d, INPUTS, "dense 1 sigmoid", "zeros", NULL, 0);
    glia_trace *t = NULL;
    if (m) {
        memcpy(param_values(m, "fc1.w", NULL), u->w, sizeof u->w);
        *param_values(m, "fc1.b", NULL) = u->b;
        t = glia_model_trace(d->c.g, m, glia_tensor_f64(unit_x, 1, INPUTS),
                             glia_tensor_f64(&unit_y, 1, 1), NULL);
        if (!t) failed(&d->c);
    }
    if (t) {
        *difference = fmax(*difference, fabs(glia_tensor_value(&t->losses, 0) - u->loss));
        *difference = fmax(*difference, apart(&t->gradient[0], u->dw));
        *difference = fmax(*difference, apart(&t->gradient[1], &u->dz));
    }
    line(d, "  loss  L = -(y log a + (1-y) log(1-a))          %10.6f", u->loss);
    line(d, "  dz = a - y                                    %11.6f", u->dz);
    line(d, "  dw = x dz          [%.6f  %.6f  %.6f]", u->dw[0], u->dw[1], u->dw[2]);
    line(d, "  db = dz                                       %11.6f\n", u->dz);
    glia_trace_free(d->c.g, t);
    glia_model_free(m);
    return t ? 0 : (int)glia_code(d->c.g);
}

static int say_update(demo *d, const unit *u) {
    unit next = *u;
    for (int i = 0; i < INPUTS; i++) next.w[i] -= unit_lr * u->dw[i];
    next.b -= unit_lr * u->dz;
    work_out(&next);
    say(d,
        "One update, w := w - %g dw and b := b - %g db, and the same sample again: z goes from "
        "%.4f to %.4f, a from %.4f to %.4f, and the loss falls from %.4f to %.4f. Learning is "
        "this, very often, over many samples.",
        unit_lr, unit_lr, u->z, next.z, u->a, next.a, u->loss, next.loss);
    number_fact(d, "z_after", next.z);
    number_fact(d, "loss_after", next.loss);
    return claim(d, next.loss < u->loss, "the loss went from %g to %g, not down", u->loss,
                 next.loss);
}

int demo_neuron(demo *d) {
    unit u = {.w = {0.5, -1, 0.25}, .b = 0.5};
    double difference = 0;
    work_out(&u);
    heading(d, "Neuron: one unit, two steps");
    say(d, "A nerve cell gathers signals through its dendrites, some of which excite it and some "
           "of which calm it; its body adds them up; and when the sum is large enough, its axon "
           "fires. The unit of a network is what mathematics kept of that: inputs x, a weight w "
           "for each, a sum, and a bend. Weights play the synapses, the bias b says how easily "
           "the unit fires. That is where the likeness ends: docs/neuron.md says what is left "
           "out.");
    say_sum(d, &u);
    int status = say_activations(d, &u, &difference);
    number_fact(d, "z", u.z);
    number_fact(d, "loss", u.loss);
    if (status) return status;
    say(d, "With the sigmoid a is read as a probability, P(y=1|x). Say that this sample is of "
           "class 1, y = 1:");
    if ((status = say_gradient(d, &u, &difference))) return status;
    if ((status = say_update(d, &u))) return status;
    return agree(d, difference);
}

/* ---------------------------------------------------------------------------- the step 3-4-1 -- */

enum { HIDDEN = 4 };

typedef struct pass {
    double w1[HIDDEN][INPUTS], b1[HIDDEN], w2[HIDDEN], b2;
    double z1[HIDDEN], a1[HIDDEN], z2, a2, loss;
    double dz2, dw2[HIDDEN], da1[HIDDEN], dz1[HIDDEN], dw1[HIDDEN][INPUTS];
} pass;

static void go_forward(pass *p) {
    p->z2 = p->b2;
    for (int j = 0; j < HIDDEN; j++) {
        p->z1[j] = p->b1[j];
        for (int k = 0; k < INPUTS; k++) p->z1[j] += p->w1[j][k] * unit_x[k];
        p->a1[j] = fmax(0, p->z1[j]);
        p->z2 += p->w2[j] * p->a1[j];
    }
    p->a2 = sigmoid(p->z2);
    p->loss = cross_entropy(p->a2, unit_y);
}

static void go_back(pass *p) {
    p->dz2 = p->a2 - unit_y;
    for (int j = 0; j < HIDDEN; j++) {
        p->dw2[j] = p->dz2 * p->a1[j];
        p->da1[j] = p->w2[j] * p->dz2;
        p->dz1[j] = p->z1[j] > 0 ? p->da1[j] : 0;
        for (int k = 0; k < INPUTS; k++) p->dw1[j][k] = p->dz1[j] * unit_x[k];
    }
}

static pass updated(const pass *p, double lr) {
    pass next = *p;
    for (int j = 0; j < HIDDEN; j++) {
        for (int k = 0; k < INPUTS; k++) next.w1[j][k] -= lr * p->dw1[j][k];
        next.b1[j] -= lr * p->dz1[j];
        next.w2[j] -= lr * p->dw2[j];
    }
    next.b2 -= lr * p->dz2;
    return next;
}

/* "1 x 1  +  0 x 2  ..." of one unit. */
static char *sum_text(const double *w, const double *x, int n, double b) {
    char *text = copy_text("");
    for (int k = 0; k < n; k++) {
        char *longer = format_text("%s%s%4g x %-3g", text, k ? " + " : "", w[k], x[k]);
        free(text);
        text = longer;
    }
    char *whole = format_text("%s + %4g", text, b);
    free(text);
    return whole;
}

static void say_forward(const demo *d, const pass *p) {
    line(d, "Forward, x = [1 2 -1]', the input is layer 0:\n");
    for (int j = 0; j < HIDDEN; j++) {
        char *sum = sum_text(p->w1[j], unit_x, INPUTS, p->b1[j]);
        line(d, "  z[1]_%d = %s = %5g    a[1]_%d = relu(z) = %g", j + 1, sum, p->z1[j], j + 1,
             p->a1[j]);
        free(sum);
    }
    char *sum = sum_text(p->w2, p->a1, HIDDEN, p->b2);
    line(d, "\n  z[2]   = %s = %g", sum, p->z2);
    line(d, "  a[2]   = sigmoid(%g) = %.6f = P(y=1|x)", p->z2, p->a2);
    line(d, "  loss   = -log(%.6f) = %.6f, as y = 1\n", p->a2, p->loss);
    free(sum);
}

/* -0 is 0 on paper. */
static double plain(double v) { return v == 0 ? 0 : v; }

static void say_back(const demo *d, const pass *p) {
    line(d, "Back, from the loss to the front:\n");
    line(d, "  dz[2] = a[2] - y = %.6f", p->dz2);
    line(d, "  dW[2] = dz[2] a[1]' = [%.6f %.6f %.6f %.6f]   db[2] = dz[2]\n", plain(p->dw2[0]),
         plain(p->dw2[1]), plain(p->dw2[2]), plain(p->dw2[3]));
    line(d, "  %5s %14s %10s %12s    %s", "unit", "da = w[2] dz", "relu'(z)", "dz = da g'",
         "row of dW[1] = dz x'");
    for (int j = 0; j < HIDDEN; j++)
        line(d, "  %5d %14.6f %10d %12.6f    [%9.6f %9.6f %9.6f]", j + 1, p->da1[j], p->z1[j] > 0,
             p->dz1[j], plain(p->dw1[j][0]), plain(p->dw1[j][1]), plain(p->dw1[j][2]));
    line(d, "\n  db[1] = dz[1]\n");
}

static void set_weights(const glia_model *m, const pass *p) {
    memcpy(param_values(m, "fc1.w", NULL), p->w1, sizeof p->w1);
    memcpy(param_values(m, "fc1.b", NULL), p->b1, sizeof p->b1);
    memcpy(param_values(m, "fc2.w", NULL), p->w2, sizeof p->w2);
    *param_values(m, "fc2.b", NULL) = p->b2;
}

static double weights_apart(const glia_model *m, const pass *p) {
    static const char *const names[] = {"fc1.w", "fc1.b", "fc2.w", "fc2.b"};
    const double *const by_hand[] = {&p->w1[0][0], p->b1, p->w2, &p->b2};
    double most = 0;
    for (int i = 0; i < 4; i++) {
        glia_tensor t = glia_model_param(m, glia_model_find_param(m, names[i]));
        most = fmax(most, apart(&t, by_hand[i]));
    }
    return most;
}

/* Every value and gradient of the library's own step. */
static double trace_apart(const glia_trace *t, const pass *p) {
    const double *const values[] = {p->z1, p->a1, &p->z2, &p->a2};
    const double *const backward[] = {p->dz1, p->da1, &p->dz2, NULL};
    const double *const gradients[] = {&p->dw1[0][0], p->dz1, p->dw2, &p->dz2};
    double most = fabs(t->cost - p->loss);
    for (int i = 0; i < t->steps && i < 4; i++) {
        most = fmax(most, apart(&t->step[i].value, values[i]));
        if (t->step[i].gradient.data && backward[i])
            most = fmax(most, apart(&t->step[i].gradient, backward[i]));
    }
    for (int i = 0; i < t->params && i < 4; i++)
        most = fmax(most, apart(&t->gradient[i], gradients[i]));
    return most;
}

/* The library's trace of the same step, and its weights after one update; negative after an error
 * message. */
static double library_apart(demo *d, const pass *before, const pass *after, double lr) {
    glia_tensor x = glia_tensor_f64(unit_x, 1, INPUTS), y = glia_tensor_f64(&unit_y, 1, 1);
    glia_model *m = network(d, INPUTS, "dense 4 relu, dense 1 sigmoid", "zeros", NULL, 0);
    if (m) set_weights(m, before);
    glia_trace *t = m ? glia_model_trace(d->c.g, m, x, y, NULL) : NULL;
    double most = t ? trace_apart(t, before) : -1;
    glia_fit_options o = {.epochs = 1, .batch = 1, .optimizer = "sgd", .lr = lr};
    if (!t || glia_model_fit(m, x, y, &o, NULL) != GLIA_OK) most = -1;
    else most = fmax(most, weights_apart(m, after));
    if (m && most < 0) failed(&d->c);
    glia_trace_free(d->c.g, t);
    glia_model_free(m);
    return most;
}

static void step_facts(demo *d, const pass *p, const pass *next) {
    fact(d, "z1", json_numbers(p->z1, HIDDEN));
    fact(d, "a1", json_numbers(p->a1, HIDDEN));
    number_fact(d, "z2", p->z2);
    number_fact(d, "a2", p->a2);
    number_fact(d, "loss", p->loss);
    number_fact(d, "dz2", p->dz2);
    fact(d, "dw2", json_numbers(p->dw2, HIDDEN));
    fact(d, "dz1", json_numbers(p->dz1, HIDDEN));
    fact(d, "dw1", json_numbers(&p->dw1[0][0], HIDDEN * INPUTS));
    number_fact(d, "loss_after", next->loss);
}

int demo_step(demo *d) {
    const double lr = 0.1;
    pass p = {.w1 = {{1, 0, -1}, {0.5, -1, 0}, {-1, 1, 2}, {0, 2, 1}},
              .b1 = {0, 1, -1, 0.5},
              .w2 = {0.5, -1, 2, 1},
              .b2 = -4};
    go_forward(&p);
    go_back(&p);
    pass next = updated(&p, lr);
    go_forward(&next);
    step_facts(d, &p, &next);

    heading(d, "Step: forward and back through 3-4-1, by hand");
    say(d, "Three inputs, four relu units, one sigmoid output. Row i of W[1] (4, 3) belongs to "
           "unit i. One sample goes forward, then the gradient comes back, and each line is one "
           "that you can work out on paper.");
    say_forward(d, &p);
    say_back(d, &p);
    say(d, "Units 2 and 3 had z below 0: relu cut them off, so nothing goes back through them "
           "and their rows of W[1] do not move.");
    say(d,
        "The update, W := W - %g dW and b := b - %g db, and once more forward: the loss goes "
        "from %.6f to %.6f.",
        lr, lr, p.loss, next.loss);
    double difference = library_apart(d, &p, &next, lr);
    if (difference < 0) return (int)glia_code(d->c.g);
    int status =
        claim(d, next.loss < p.loss, "the loss went from %g to %g, not down", p.loss, next.loss);
    return status ? status : agree(d, difference);
}
