/*
 * lessons.c: demos that show why networks are built as they are. They train on arrays in
 * double precision and look at the weights themselves.
 */
#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "demo.h"

/* ---------------------------------------------------------------------------------- symmetry -- */

/* The largest difference between any row of w (rows, columns) and its first row. */
static double row_difference(const double *w, int64_t rows, int64_t columns) {
    double most = 0;
    for (int64_t i = columns; i < rows * columns; i++)
        most = fmax(most, fabs(w[i] - w[i % columns]));
    return most;
}

static void show_matrix(const demo *d, const char *name, const double *w, int64_t rows,
                        int64_t columns) {
    for (int64_t i = 0; i < rows; i++) {
        char text[256];
        int used = 0;
        for (int64_t k = 0; k < columns; k++)
            used +=
                snprintf(text + used, sizeof text - (size_t)used, " %10.6f", w[i * columns + k]);
        line(d, "  %6s %c%s %c", i ? "" : name, '[', text, ']');
    }
    blank(d);
}

/* The gradient of one more step, read from what the step did: dW = (W before - W after) / lr. */
static bool next_gradient(demo *d, glia_model *m, const points *p, double *dw, int64_t count) {
    const double lr = 0.5, *w = param_values(m, "fc1.w", NULL);
    memcpy(dw, w, (size_t)count * sizeof *dw);
    if (!descend(d, m, p, 1, lr)) return false;
    for (int64_t i = 0; i < count; i++) dw[i] = (dw[i] - w[i]) / lr;
    return true;
}

/* Zero weights with sigmoid units: everything moves, but all units move alike. */
static int equal_rows(demo *d, const points *p) {
    glia_model *m = network(d, 2, "dense 4 sigmoid, dense 1 sigmoid", "zeros", NULL, 0);
    double dw[8], before, after;
    if (!m) return (int)glia_code(d->c.g);
    const double *w = param_values(m, "fc1.w", NULL);
    bool ok = descend(d, m, p, 10, 0.5) && next_gradient(d, m, p, dw, 8);
    if (ok) {
        before = row_difference(dw, 4, 2);
        line(d, "Sigmoid units, weights from zero. Update 11 has dW1 = [u v; u v; u v; u v]:\n");
        show_matrix(d, "dW1", dw, 4, 2);
        ok = descend(d, m, p, steps_of(d, 2000), 0.5);
    }
    if (ok) {
        after = row_difference(w, 4, 2);
        line(d, "and after %lld more updates W1 still has four equal rows:\n",
             (long long)steps_of(d, 2000));
        show_matrix(d, "W1", w, 4, 2);
        line(d, "Largest difference between two rows: dW1 %g, W1 %g.\n", before, after);
        number_fact(d, "zero_dw1_row_difference", before);
        number_fact(d, "zero_w1_row_difference", after);
        if (before > 1e-12 || after > 1e-12)
            ok = fail(GLIA_FAILED, "demo 'symmetry': rows of W1 differ by %g, expected equal rows",
                      fmax(before, after)) < 0;
    }
    glia_model_free(m);
    return ok ? 0 : GLIA_FAILED;
}

/* Zero weights with tanh or relu: only the output's bias moves. */
static int nothing_moves(demo *d, const points *p, const char *activation) {
    char *text = format_text("dense 4 %s, dense 1 sigmoid", activation),
         *name = format_text("zero_%s", activation);
    glia_model *m = network(d, 2, text, "zeros", NULL, 0);
    int status = m && descend(d, m, p, steps_of(d, 2000), 0.5) ? 0 : GLIA_FAILED;
    if (!status) {
        double w1 = largest(param_values(m, "fc1.w", NULL), 8),
               w2 = largest(param_values(m, "fc2.w", NULL), 4);
        double b1 = largest(param_values(m, "fc1.b", NULL), 4),
               b2 = *param_values(m, "fc2.b", NULL);
        line(d, "  %-8s largest |W1| %g, |b1| %g, |W2| %g;   b2 %.6f", activation, w1, b1, w2, b2);
        fact(d, name, json_pack("{s:f, s:f, s:f, s:f}", "w1", w1, "b1", b1, "w2", w2, "b2", b2));
        if (w1 != 0 || w2 != 0)
            status =
                fail(GLIA_FAILED, "demo 'symmetry': zero weights moved with %s units", activation);
    }
    glia_model_free(m);
    free(text);
    free(name);
    return status;
}

static int compare_starts(demo *d, const points *p) {
    static const char *const starts[3][2] = {{"zeros", "all zero"},
                                             {"normal:0.01", "random, 0.01"},
                                             {"xavier", "random, xavier"}};
    line(d, "  %-18s %12s %12s", "weights start", "right", "cost J");
    for (int i = 0; i < 3; i++) {
        glia_model *m = network(d, 2, "dense 4 tanh, dense 1 sigmoid", starts[i][0], NULL, 3);
        double accuracy = 0, cost = 0;
        bool ok = m && descend(d, m, p, steps_of(d, 2000), 0.5) &&
                  measure_points(d, m, p, &accuracy, &cost);
        glia_model_free(m);
        if (!ok) return (int)glia_code(d->c.g);
        line(d, "  %-18s %11.1f%% %12.4f", starts[i][1], 100 * accuracy, cost);
        char *name = format_text("accuracy_%s", starts[i][0]);
        number_fact(d, name, accuracy);
        free(name);
    }
    blank(d);
    return 0;
}

int demo_symmetry(demo *d) {
    points p;
    heading(d, "Symmetry: why weights must not start at zero");
    say(d, "The points are those of the xor demo, the network is 2-4-1. When all weights begin "
           "at zero, the four hidden units compute the same thing, get the same gradient, and "
           "take the same step. They stay equal for ever: the network has four units and the "
           "power of one.");
    if (!take_points(d, "xor", 250, 1, &p)) return (int)glia_code(d->c.g);
    int status = equal_rows(d, &p);
    if (!status)
        say(d, "With tanh and relu it is worse. The hidden activations are g(0) = 0, so dW2 = "
               "dZ2 A1' = 0; and dZ1 = W2' dZ2 g' = 0 as long as W2 is zero, so dW1 = 0. Only "
               "b2 moves, towards the log odds of the two classes:");
    if (!status) status = nothing_moves(d, &p, "tanh");
    if (!status) status = nothing_moves(d, &p, "relu");
    blank(d);
    if (!status)
        say(d, "Random weights break the symmetry; biases may begin at zero. (Logistic "
               "regression has no hidden units and so no symmetry: there zero is a fine start.)");
    if (!status) status = compare_starts(d, &p);
    free_points(&p);
    return status;
}

/* ------------------------------------------------------------------------------------ linear -- */

/* c (rows, columns) = a (rows, inner) b (inner, columns). */
static void product(const double *a, const double *b, double *c, int64_t rows, int64_t inner,
                    int64_t columns) {
    for (int64_t i = 0; i < rows; i++)
        for (int64_t j = 0; j < columns; j++) {
            double sum = 0;
            for (int64_t k = 0; k < inner; k++) sum += a[i * inner + k] * b[k * columns + j];
            c[i * columns + j] = sum;
        }
}

/* W = W3 W2 W1 and b = W3 (W2 b1 + b2) + b3, into a model of one layer. */
static void collapse(const glia_model *deep, glia_model *flat) {
    enum { N = 8 };
    double w32[N], *w = param_values(flat, "fc1.w", NULL), *b = param_values(flat, "fc1.b", NULL),
                   *w3, hidden[N];
    w3 = param_values(deep, "fc3.w", NULL);
    product(w3, param_values(deep, "fc2.w", NULL), w32, 1, N, N);
    product(w32, param_values(deep, "fc1.w", NULL), w, 1, N, 2);
    product(param_values(deep, "fc2.w", NULL), param_values(deep, "fc1.b", NULL), hidden, N, N, 1);
    for (int i = 0; i < N; i++) hidden[i] += param_values(deep, "fc2.b", NULL)[i];
    product(w3, hidden, b, 1, N, 1);
    *b += *param_values(deep, "fc3.b", NULL);
}

/* The largest difference between the predictions of two models; negative after an error message. */
static double prediction_difference(demo *d, const glia_model *a, const glia_model *b,
                                    const points *p) {
    const glia_model *models[2] = {a, b};
    double *out = reserve(NULL, (size_t)p->rows * 2 * sizeof *out), most = 0;
    for (int i = 0; i < 2; i++) {
        glia_predictor *q = glia_predictor_new(d->c.g, models[i], p->rows);
        if (!q || glia_predictor_run(q, points_x(p),
                                     glia_tensor_f64(out + i * p->rows, p->rows, 1)) != GLIA_OK)
            most = -1;
        glia_predictor_free(q);
    }
    for (int64_t i = 0; i < p->rows && most >= 0; i++)
        most = fmax(most, fabs(out[i] - out[p->rows + i]));
    free(out);
    if (most < 0) failed(&d->c);
    return most;
}

static int compare_collapsed(demo *d, const glia_model *deep, glia_model *flat, const points *p) {
    double accuracy = 0, cost = 0;
    collapse(deep, flat);
    if (!measure_points(d, deep, p, &accuracy, &cost)) return (int)glia_code(d->c.g);
    line(d, "  the stack 2-8-8-1     %lld parameters, %.1f%% right, cost %.4f",
         (long long)glia_model_parameters(deep), 100 * accuracy, cost);
    number_fact(d, "accuracy_stack", accuracy);
    if (!measure_points(d, flat, p, &accuracy, &cost)) return (int)glia_code(d->c.g);
    const double *w = param_values(flat, "fc1.w", NULL), *b = param_values(flat, "fc1.b", NULL);
    line(d, "  its product 2-1       %lld parameters, %.1f%% right, cost %.4f",
         (long long)glia_model_parameters(flat), 100 * accuracy, cost);
    line(d, "  W3 W2 W1 = [%.6f %.6f],  b = %.6f\n", w[0], w[1], *b);
    number_fact(d, "accuracy_product", accuracy);
    double difference = prediction_difference(d, deep, flat, p);
    if (difference < 0) return (int)glia_code(d->c.g);
    number_fact(d, "largest_difference", difference);
    line(d, "Largest difference between their predictions over %lld points: %.3g\n",
         (long long)p->rows, difference);
    if (difference > 1e-6)
        return fail(GLIA_FAILED, "demo 'linear': the predictions differ by %g, expected <= 1e-6",
                    difference);
    return 0;
}

/* The same shape with a bend in every unit. */
static int with_bend(demo *d, const points *p) {
    glia_model *m = network(d, 2, "dense 8 tanh, dense 8 tanh, dense 1 sigmoid", NULL, NULL, 1);
    double accuracy = 0, cost = 0;
    bool ok =
        m && descend(d, m, p, steps_of(d, 2000), 0.5) && measure_points(d, m, p, &accuracy, &cost);
    glia_model_free(m);
    if (!ok) return (int)glia_code(d->c.g);
    line(d, "  2-8-8-1 with tanh     105 parameters, %.1f%% right, cost %.4f\n", 100 * accuracy,
         cost);
    number_fact(d, "accuracy_tanh", accuracy);
    return 0;
}

int demo_linear(demo *d) {
    points p;
    heading(d, "Linear: why layers need a bend");
    say(d, "Two hidden layers without an activation compute W3 (W2 (W1 x + b1) + b2) + b3. That "
           "is W x + b with the single matrix W = W3 W2 W1: however many layers are stacked, "
           "the boundary stays a straight line. The demo trains such a stack on the two moons, "
           "multiplies its matrices, and compares the predictions.");
    if (!take_points(d, "moons", 300, 3, &p)) return (int)glia_code(d->c.g);
    glia_model *deep =
        network(d, 2, "dense 8 linear, dense 8 linear, dense 1 sigmoid", NULL, NULL, 1);
    glia_model *flat = deep ? network(d, 2, "dense 1 sigmoid", "zeros", NULL, 0) : NULL;
    int status = GLIA_FAILED;
    if (flat && descend(d, deep, &p, steps_of(d, 2000), 0.1))
        status = compare_collapsed(d, deep, flat, &p);
    if (!status) {
        say(d, "With a bend in every unit the same shape is more than its product:");
        status = with_bend(d, &p);
    }
    glia_model_free(deep);
    glia_model_free(flat);
    free_points(&p);
    return status;
}

/* -------------------------------------------------------------------------------- saturation -- */

enum { DEPTH = 5, UNITS = 16 };

/* What a network is like before training, and what 300 updates make of it. */
typedef struct health {
    double slope[DEPTH]; /* mean |g'(z)| by layer */
    double flat; /* share of units and samples whose slope is below 1% of the largest possible */
    double right, cost; /* after the updates */
} health;

static double bend(const char *g, double z) {
    if (!strcmp(g, "sigmoid")) return 1 / (1 + exp(-z));
    return !strcmp(g, "tanh") ? tanh(z) : fmax(z, 0);
}

/* g'(z) from the activation a = g(z). */
static double slope(const char *g, double a) {
    if (!strcmp(g, "sigmoid")) return a * (1 - a);
    return !strcmp(g, "tanh") ? 1 - a * a : a > 0;
}

/* a[l] = g(W[l] a[l-1] + b[l]) of one sample, unit by unit; `in` values become UNITS. */
static void layer(const glia_model *m, int l, const char *g, const double *before, int in,
                  double after[UNITS]) {
    char w_name[16], b_name[16];
    snprintf(w_name, sizeof w_name, "fc%d.w", l);
    snprintf(b_name, sizeof b_name, "fc%d.b", l);
    const double *w = param_values(m, w_name, NULL), *b = param_values(m, b_name, NULL);
    for (int i = 0; i < UNITS; i++) {
        double z = b[i];
        for (int k = 0; k < in; k++) z += w[i * in + k] * before[k];
        after[i] = bend(g, z);
    }
}

static void look_at_slopes(const glia_model *m, const char *g, const points *p, health *h) {
    double most = !strcmp(g, "sigmoid") ? 0.25 : 1, share = 1.0 / (double)(p->rows * UNITS);
    for (int64_t row = 0; row < p->rows; row++) {
        double a[2][UNITS];
        for (int l = 0; l < DEPTH; l++) {
            layer(m, l + 1, g, l ? a[(l + 1) % 2] : &p->x[2 * row], l ? UNITS : 2, a[l % 2]);
            for (int i = 0; i < UNITS; i++) {
                double s = slope(g, a[l % 2][i]);
                h->slope[l] += s * share;
                h->flat += (s < 0.01 * most) * share / DEPTH;
            }
        }
    }
}

static json_t *json_health(const char *g, const char *init, const health *h) {
    json_t *list = json_array();
    for (int l = 0; l < DEPTH; l++) json_array_append_new(list, json_number(h->slope[l]));
    return json_pack("{s:s, s:s, s:o, s:f, s:f, s:o}", "activation", g, "init", init, "slopes",
                     list, "flat", h->flat, "accuracy", h->right, "cost", json_number(h->cost));
}

static int slope_row(demo *d, const char *g, const char *init, const points *p, json_t *rows,
                     double *mean) {
    char *text = format_text("dense %d %s, dense %d %s, dense %d %s, dense %d %s, dense %d %s, "
                             "dense 1 sigmoid",
                             UNITS, g, UNITS, g, UNITS, g, UNITS, g, UNITS, g);
    glia_model *m = network(d, 2, text, init, NULL, 1);
    health h = {0};
    if (m) look_at_slopes(m, g, p, &h);
    bool ok =
        m && descend(d, m, p, steps_of(d, 300), 0.1) && measure_points(d, m, p, &h.right, &h.cost);
    glia_model_free(m);
    free(text);
    if (!ok) return (int)glia_code(d->c.g);
    line(d, "  %-8s %-12s %7.4f %7.4f %7.4f %7.4f %7.4f  %5.1f%%  %6.1f%% %8.4f", g, init,
         h.slope[0], h.slope[1], h.slope[2], h.slope[3], h.slope[4], 100 * h.flat, 100 * h.right,
         h.cost);
    json_array_append_new(rows, json_health(g, init, &h));
    *mean = 0;
    for (int l = 0; l < DEPTH; l++) *mean += h.slope[l] / DEPTH;
    return 0;
}

static int slope_table(demo *d, const points *p) {
    enum { ROW_COUNT = 10, USUAL = 5, LARGE = 7 }; /* of tanh */
    static const char *const rows[ROW_COUNT][2] = {
        {"sigmoid", "normal:0.1"}, {"sigmoid", "xavier"},
        {"sigmoid", "normal:1"},   {"sigmoid", "normal:10"},
        {"tanh", "normal:0.01"},   {"tanh", "xavier"},
        {"tanh", "normal:1"},      {"tanh", "normal:10"},
        {"relu", "normal:0.01"},   {"relu", "he"},
    };
    json_t *facts = json_array();
    double mean[ROW_COUNT];
    int status = 0;
    line(d, "  %-21s %-39s  %6s  %s", "", "mean |g'(z)| before training", "flat", "after updates");
    line(d, "  %-8s %-12s %7s %7s %7s %7s %7s  %6s  %7s %8s", "units", "weights", "layer 1", "2",
         "3", "4", "5", "", "right", "cost J");
    for (int i = 0; i < ROW_COUNT && !status; i++) {
        if (i && strcmp(rows[i][0], rows[i - 1][0]) != 0) blank(d);
        status = slope_row(d, rows[i][0], rows[i][1], p, facts, &mean[i]);
    }
    blank(d);
    fact(d, "networks", facts);
    if (status) return status;
    return claim(d, mean[USUAL] > 10 * mean[LARGE],
                 "tanh's mean slope is %g with weights of the usual size, %g with large ones",
                 mean[USUAL], mean[LARGE]);
}

int demo_saturation(demo *d) {
    points p;
    heading(d, "Saturation: where learning gets stuck");
    say(d,
        "On its way back through a layer the error signal is multiplied by g'(z). Sigmoid "
        "and tanh are flat far from zero: large weights make large z, and there g'(z) "
        "vanishes. Below: mean |g'(z)| of five hidden layers of 16 units for weights of "
        "different size, how many slopes are flat (below 1%% of the largest), and what %lld "
        "updates of plain gradient descent make of each network on the xor points.",
        (long long)steps_of(d, 300));
    if (!take_points(d, "xor", 200, 1, &p)) return (int)glia_code(d->c.g);
    int status = slope_table(d, &p);
    free_points(&p);
    if (status) return status;
    say(d, "Sigmoid's slope is at most 1/4: five layers lose a factor of 4^5 = 1,000, and with "
           "weights of the usual size nothing moves (0.6931 is the cost of guessing). Tanh "
           "begins with slope 1 and keeps it with xavier weights (variance 2/(in+out)). With "
           "weights of size 10 most slopes are flat: the front layers stay as they were drawn, "
           "and at best the last one learns. Tiny weights keep the slopes but shrink the signal "
           "themselves. Half of relu's units are at 0, the others pass the signal whole; he "
           "weights (variance 2/in) keep its size.");
    say(d, "What to do: relu in hidden layers with he weights, or tanh with xavier; sigmoid "
           "only at the output; inputs scaled to mean 0 and deviation 1. glia chooses so when "
           "nothing is said.");
    return 0;
}

/* -------------------------------------------------------------------------------------- loss -- */

enum { LOSSES = 2, MARKS = 5 };

static const char *const loss_names[LOSSES] = {"cross_entropy", "mse"};
static const int64_t loss_marks[MARKS] = {0, 10, 100, 1000, 5000};

/* Trains with one loss and measures the share of right points at every mark. */
static bool follow(demo *d, const points *p, const char *loss, double output_bias,
                   double right[MARKS], double cost[MARKS]) {
    glia_model *m = network(d, 2, "dense 8 tanh, dense 1 sigmoid", NULL, loss, 1);
    bool ok = m != NULL;
    if (ok) *param_values(m, "fc2.b", NULL) = output_bias;
    for (int i = 0; i < MARKS && ok; i++) {
        int64_t steps = i ? loss_marks[i] - loss_marks[i - 1] : 0;
        ok = (!steps || descend(d, m, p, steps, 0.5)) &&
             measure_points(d, m, p, &right[i], &cost[i]);
    }
    glia_model_free(m);
    return ok;
}

/* apart: by how much more cross entropy has right after 100 updates. */
static bool compare_losses(demo *d, const points *p, double output_bias, json_t *facts,
                           double *apart) {
    line(d, "  %-8s %22s   %22s", "", "cross entropy", "squared error");
    line(d, "  %-8s %10s %11s   %10s %11s", "updates", "right", "log loss", "right", "log loss");
    double right[LOSSES][MARKS], cost[LOSSES][MARKS];
    for (int k = 0; k < LOSSES; k++) {
        if (!follow(d, p, loss_names[k], output_bias, right[k], cost[k])) return false;
        json_array_append_new(facts, json_pack("{s:s, s:f, s:o, s:o}", "loss", loss_names[k],
                                               "output_bias", output_bias, "accuracy",
                                               json_numbers(right[k], MARKS), "log_loss",
                                               json_numbers(cost[k], MARKS)));
    }
    for (int i = 0; i < MARKS; i++)
        line(d, "  %-8lld %9.1f%% %11.4f   %9.1f%% %11.4f", (long long)loss_marks[i],
             100 * right[0][i], cost[0][i], 100 * right[1][i], cost[1][i]);
    blank(d);
    *apart = right[0][2] - right[1][2];
    return true;
}

int demo_loss(demo *d) {
    points p;
    double apart = 0;
    heading(d, "Loss: cross entropy against squared error");
    say(d, "A classifier's output is a = sigmoid(z). With cross entropy the gradient at the "
           "output is dz = a - y: as large as the mistake. With squared error it is dz = (a - "
           "y) a (1 - a): where the network is surely wrong, a (1 - a) is almost zero, and it "
           "learns least from its worst mistakes. Both train 2-8-1 on the moons from the same "
           "weights.");
    if (!take_points(d, "moons", 300, 3, &p)) return (int)glia_code(d->c.g);
    json_t *facts = json_array();
    line(d, "From usual weights:\n");
    bool ok = compare_losses(d, &p, 0, facts, &apart);
    if (ok) {
        say(d, "From a start that is sure of class 1 everywhere (output bias 8):");
        ok = compare_losses(d, &p, 8, facts, &apart);
    }
    fact(d, "runs", facts);
    free_points(&p);
    if (!ok) return (int)glia_code(d->c.g);
    say(d, "Cross entropy recovers at once; squared error sits on the flat part of the sigmoid for "
           "hundreds of updates. For numbers without bounds (prices) squared error is right; for "
           "classes cross entropy is what glia takes.");
    return claim(d, apart > 0.2,
                 "from the sure start cross entropy has %.3g more right after 100 updates", apart);
}
