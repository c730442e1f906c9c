/*
 * dead.c: relu units whose z is below 0 for every sample: they give 0, and no gradient comes back.
 */
#include <math.h>
#include <string.h>

#include "demo.h"

enum { UNITS = 8, UPDATES = 2000 };

/* A start as after one step that was far too large: every unit's bias so low that none fires. */
static const double KNOCKED_OUT = 5; /* below 0, or more where that is not enough */

typedef struct fate {
    double dead[2];  /* share of units that are 0 for every sample; before and after */
    double gradient; /* the largest dJ/dW1 at the start */
    double moved;    /* the largest change of W1 */
    double right, J;
} fate;

/* The share of units whose a is not above 0 for any sample, and the largest dJ/dW1. */
static bool look(demo *d, const glia_model *m, const points *p, double *dead, double *gradient) {
    glia_trace *t = glia_model_trace(d->c.g, m, points_x(p), points_y(p), NULL);
    if (!t) return failed(&d->c), false;
    const glia_tensor *z = &t->step[0].value;
    *dead = 0;
    for (int j = 0; j < UNITS; j++) {
        bool fires = false;
        for (int64_t i = 0; i < p->rows && !fires; i++)
            fires = glia_tensor_value(z, i * UNITS + j) > 0;
        *dead += (double)!fires / UNITS;
    }
    if (gradient) *gradient = largest(t->gradient[0].data, (int64_t)UNITS * 2);
    glia_trace_free(d->c.g, t);
    return true;
}

static bool live(demo *d, const points *p, const char *activation, double bias, fate *f) {
    char *text = format_text("dense %d %s, dense 1 sigmoid", UNITS, activation);
    glia_model *m = network(d, 2, text, "he", NULL, 1);
    double before[UNITS * 2] = {0}, *w = m ? param_values(m, "fc1.w", NULL) : before;
    if (m) {
        for (int j = 0; j < UNITS; j++) param_values(m, "fc1.b", NULL)[j] = bias;
        memcpy(before, w, sizeof before);
    }
    bool ok = m && look(d, m, p, &f->dead[0], &f->gradient) &&
              descend(d, m, p, steps_of(d, UPDATES), 0.5) && look(d, m, p, &f->dead[1], NULL) &&
              measure_points(d, m, p, &f->right, &f->J);
    for (int i = 0; ok && i < UNITS * 2; i++) f->moved = fmax(f->moved, fabs(w[i] - before[i]));
    glia_model_free(m);
    free(text);
    return ok;
}

enum { FATES = 3, ALIVE = 0, DEAD, LEAKY };

static const struct start {
    const char *name, *activation;
} starts[FATES] = {{"relu, b from 0", "relu"},
                   {"relu, knocked out", "relu"},
                   {"leaky relu, the same", "leaky_relu:0.01"}};

static void say_fates(demo *d, const fate f[FATES]) {
    json_t *facts = json_array();
    line(d, "  %-21s %13s %10s %10s %12s %8s %8s", "8 units", "z < 0 at first", "max |dW1|",
         "W1 moved", "z < 0 at last", "right", "cost J");
    for (int i = 0; i < FATES; i++) {
        line(d, "  %-21s %12.0f%% %10.2g %10.3g %11.0f%% %7.1f%% %8.4f", starts[i].name,
             100 * f[i].dead[0], f[i].gradient, f[i].moved, 100 * f[i].dead[1], 100 * f[i].right,
             f[i].J);
        json_array_append_new(facts,
                              json_pack("{s:s, s:o, s:f, s:f, s:f, s:f}", "name", starts[i].name,
                                        "dead", json_numbers(f[i].dead, 2), "dw1", f[i].gradient,
                                        "moved", f[i].moved, "accuracy", f[i].right, "J", f[i].J));
    }
    blank(d);
    fact(d, "networks", facts);
}

static bool leak_helps(const fate f[FATES]) { return f[LEAKY].right > f[DEAD].right + 0.2; }

/* What follows from the definition is so with every seed; the rest is what this run shows. */
static int judge(demo *d, const fate f[FATES]) {
    int status = claim(d, f[DEAD].dead[1] == 1 && f[DEAD].moved == 0 && f[DEAD].gradient == 0,
                       "dead units moved by %g", f[DEAD].moved);
    if (!status) status = claim(d, f[LEAKY].moved > 0, "leaky units moved by %g", f[LEAKY].moved);
    if (status || !as_it_is(d)) return status;
    status =
        claim(d, f[ALIVE].right > 0.9, "the network with live units has %g right", f[ALIVE].right);
    if (!status) status = claim(d, leak_helps(f), "leaky units have %g right", f[LEAKY].right);
    return status;
}

static void say_what_happened(const demo *d, const fate f[FATES]) {
    double fire = 1 - f[LEAKY].dead[1];
    say(d,
        "Not one weight of the dead layer moved: its gradient is exactly 0, and only the output's "
        "bias learned, the share of the classes. A leak of 0.01 lets one hundredth of the "
        "gradient through: the layer learns again, %.0f%% of its units fire once more, and "
        "%.0f%% of the points come right%s. A sound start has %.0f%%%s and the doctor of "
        "`glia train` names units that are dead.",
        100 * fire, 100 * f[LEAKY].right,
        leak_helps(f) ? "" : ", with this start not many more than before", 100 * f[ALIVE].right,
        f[ALIVE].right > f[LEAKY].right
            ? " and is better still: a smaller learning rate keeps units from dying,"
            : " here: a smaller learning rate keeps units from dying,");
}

/* No unit fires for any sample: the bias is below what the weights can give to any. */
static bool find_knock(demo *d, const points *p, double *bias) {
    double most = 0;
    glia_model *m = network(d, 2, "dense 8 relu, dense 1 sigmoid", "he", NULL, 1);
    const double *w = m ? param_values(m, "fc1.w", NULL) : NULL;
    for (int64_t i = 0; w && i < p->rows; i++)
        for (int j = 0; j < UNITS; j++)
            most = fmax(most, w[2 * j] * p->x[2 * i] + w[2 * j + 1] * p->x[2 * i + 1]);
    *bias = -fmax(KNOCKED_OUT, ceil(most));
    glia_model_free(m);
    return w != NULL;
}

int demo_dead(demo *d) {
    points p;
    fate f[FATES] = {{{0}}};
    double knock = 0;
    heading(d, "Dead relu units, and the leak that wakes them");
    if (!take_points(d, "moons", 300, 3, &p)) return (int)glia_code(d->c.g);
    bool ok = find_knock(d, &p, &knock);
    if (ok)
        say(d,
            "Relu is max(0, z), with slope 0 where z < 0 (and at 0, by choice). A unit whose z is "
            "negative for every sample gives 0 and gets the gradient 0: it stays so for ever. One "
            "step that is too large can do it. Here the biases of 2-8-1 on the moons are put at "
            "%g, as such a step would; leaky relu, max(0.01 z, z), starts from the same place.",
            knock);
    for (int i = 0; i < FATES && ok; i++)
        ok = live(d, &p, starts[i].activation, i == ALIVE ? 0 : knock, &f[i]);
    int status = (int)glia_code(d->c.g);
    if (ok) {
        say_fates(d, f);
        say_what_happened(d, f);
        status = judge(d, f);
    }
    free_points(&p);
    return status;
}
