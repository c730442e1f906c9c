/*
 * descent.c: gradient descent seen from above: the cost of two parameters, w and b, and the path
 * that the updates take across it.
 */
#include <math.h>
#include <stdlib.h>

#include "surface.h"

/* Where the updates of one training went; [steps + 1] each. */
typedef struct trail {
    double *w, *b, *J;
    int64_t steps;
} trail;

static void trail_free(trail *t) {
    free(t->w);
    free(t->b);
    free(t->J);
}

/* One update at a time from (w, b); false after an error message. */
static bool walk(demo *d, const points *p, const char *net, double w, double b, double lr,
                 int64_t steps, trail *t) {
    size_t size = (size_t)(steps + 1) * sizeof(double);
    glia_model *m = network(d, 1, net, "zeros", NULL, 0);
    *t = (trail){reserve(NULL, size), reserve(NULL, size), reserve(NULL, size), steps};
    if (!m) return false;
    double *at_w = param_values(m, "fc1.w", NULL), *at_b = param_values(m, "fc1.b", NULL);
    *at_w = w, *at_b = b;
    bool ok = true;
    for (int64_t i = 0; i <= steps && ok; i++) {
        if (i > 0) ok = descend(d, m, p, 1, lr);
        t->w[i] = *at_w;
        t->b[i] = *at_b;
        t->J[i] = glia_model_cost(d->c.g, m, points_x(p), points_y(p));
    }
    glia_model_free(m);
    return ok;
}

static int64_t rises(const trail *t) {
    int64_t n = 0;
    for (int64_t i = 1; i <= t->steps; i++)
        n += t->J[i] > t->J[i - 1] * (1 + 1e-14); /* at the bottom it rounds */
    return n;
}

/* ---------------------------------------------------------------------------------- the bowl -- */

/* J of logistic regression, straight from its formula. */
static double logistic_cost(void *user, double w, double b) {
    const points *p = user;
    double sum = 0;
    for (int64_t i = 0; i < p->rows; i++) {
        double z = w * p->x[i] + b;
        sum += fmax(z, 0) - z * p->y[i] + log1p(exp(-fabs(z)));
    }
    return sum / (double)p->rows;
}

/* Area to mean 0 and deviation 1; the class: dearer than the mean price. */
static void make_classes(points *p) {
    double n = (double)p->rows, mean = 0, square = 0, price = 0;
    for (int64_t i = 0; i < p->rows; i++) {
        mean += p->x[i] / n;
        price += p->y[i] / n;
    }
    for (int64_t i = 0; i < p->rows; i++) square += (p->x[i] - mean) * (p->x[i] - mean) / n;
    for (int64_t i = 0; i < p->rows; i++) {
        p->x[i] = (p->x[i] - mean) / sqrt(square);
        p->y[i] = p->y[i] > price;
    }
}

/* How often the middle between two points lies above the mean of their costs: never in a bowl. */
static int64_t dents(const points *p) {
    int64_t n = 0;
    for (int i = 0; i < 1000; i++) {
        double w[2], b[2]; /* spread over the picture by the golden ratio */
        for (int k = 0; k < 2; k++) {
            w[k] = 12 * fmod((2 * i + k) * 0.6180339887, 1) - 6;
            b[k] = 12 * fmod((2 * i + k) * 0.7548776662, 1) - 6;
        }
        double middle = logistic_cost((void *)(uintptr_t)p, (w[0] + w[1]) / 2, (b[0] + b[1]) / 2);
        double mean = (logistic_cost((void *)(uintptr_t)p, w[0], b[0]) +
                       logistic_cost((void *)(uintptr_t)p, w[1], b[1])) /
                      2;
        n += middle > mean * (1 + 1e-12);
    }
    return n;
}

static void say_trails(const demo *d, const trail t[2]) {
    line(d, "  %-8s %28s   %28s", "", "start 1", "start 2");
    line(d, "  %-8s %9s %9s %8s   %9s %9s %8s", "updates", "w", "b", "J", "w", "b", "J");
    for (int64_t i = 0; i <= t->steps; i = i ? i * 3 : 1) {
        bool last = i * 3 > t->steps && i > 0;
        int64_t k = last ? t->steps : i;
        line(d, "  %-8lld %9.4f %9.4f %8.5f   %9.4f %9.4f %8.5f", (long long)k, t[0].w[k],
             t[0].b[k], t[0].J[k], t[1].w[k], t[1].b[k], t[1].J[k]);
    }
    blank(d);
}

static const char *const bowl_text =
    "Logistic regression on one feature has two parameters, so its cost can be drawn: J(w,b) is a "
    "bowl. Wherever gradient descent starts, it steps across the lines of equal cost down to the "
    "same bottom.";

static int judge_bowl(demo *d, const points *p, const trail t[2]) {
    int64_t steps = t->steps, up = rises(&t[0]) + rises(&t[1]), dented = dents(p);
    double gap = fabs(t[0].J[steps] - t[1].J[steps]);
    double formula = fabs(logistic_cost((void *)(uintptr_t)p, t[0].w[1], t[0].b[1]) - t[0].J[1]);
    number_fact(d, "rises", (double)up);
    number_fact(d, "dents", (double)dented);
    number_fact(d, "gap", gap);
    fact(d, "bottom", json_numbers((double[]){t[0].w[steps], t[0].b[steps], t[0].J[steps]}, 3));
    fact(d, "J", json_numbers(t[0].J, steps + 1));
    say(d,
        "J fell at every one of 2 x %lld updates, and both paths end at the same cost (they "
        "differ by %.1g). Between any two of 1,000 pairs of points the middle lies lower than "
        "the mean of both: a bowl, which has one bottom. With hidden layers J is no bowl any "
        "more, but the step is the same.",
        (long long)steps, gap);
    int status = claim(d, up == 0, "J rose at %lld updates", (long long)up);
    if (!status) status = claim(d, dented == 0, "%lld dents in the bowl", (long long)dented);
    if (!status) status = claim(d, gap < 1e-6, "the two ends differ by %g in J", gap);
    if (!status) status = claim(d, formula < 1e-12, "J by its formula is off by %g", formula);
    return status;
}

int demo_bowl(demo *d) {
    static const double start[2][2] = {{-4, 3}, {5, 4}};
    const double lr = 1;
    points p;
    trail t[2] = {{0}};
    heading(d, "Bowl: the cost over w and b");
    say(d,
        "%s The samples are houses: x is the area (mean 0, deviation 1), y = 1 where the price "
        "is above the mean. Learning rate %g.",
        bowl_text, lr);
    if (!take_houses(d, 200, 1, &p)) return (int)glia_code(d->c.g);
    make_classes(&p);
    bool ok = true;
    for (int i = 0; i < 2 && ok; i++)
        ok = walk(d, &p, "dense 1 sigmoid", start[i][0], start[i][1], lr, steps_of(d, 300), &t[i]);
    int64_t steps = t[0].steps;
    path paths[2] = {{"from (-4, 3)", t[0].w, t[0].b, steps + 1},
                     {"from (5, 4)", t[1].w, t[1].b, steps + 1}};
    surface s = {logistic_cost, &p, {-6, -5}, {7, 5}, .path = paths, .paths = 2};
    int status = (int)glia_code(d->c.g);
    if (ok) {
        s.bottom = t[0].J[steps];
        if (d->talks) plot_surface(&s, room_for(d, 66, 10));
        say_trails(d, t);
        status = judge_bowl(d, &p, t);
    }
    if (!status) status = write_surface(d, &s, "The cost over w and b is a bowl", bowl_text);
    for (int i = 0; i < 2; i++) trail_free(&t[i]);
    free_points(&p);
    return status;
}

/* ------------------------------------------------------------------------- the learning rate -- */

/* J of linear regression, mean (w x + b - y)^2, and what its second derivatives say. */
typedef struct valley {
    const points *p;
    double w, b, J; /* at the bottom, by the normal equations */
    double limit;   /* 2 / the largest eigenvalue: no larger learning rate comes down */
} valley;

static double square_cost(void *user, double w, double b) {
    const points *p = ((const valley *)user)->p;
    double sum = 0;
    for (int64_t i = 0; i < p->rows; i++) {
        double e = w * p->x[i] + b - p->y[i];
        sum += e * e;
    }
    return sum / (double)p->rows;
}

/* J's second derivatives are 2 [xx x; x 1] in means over the samples. */
static valley find_valley(const points *p) {
    valley v = {.p = p};
    double n = (double)p->rows, x = 0, y = 0, xx = 0, xy = 0;
    for (int64_t i = 0; i < p->rows; i++) {
        x += p->x[i] / n;
        y += p->y[i] / n;
        xx += p->x[i] * p->x[i] / n;
        xy += p->x[i] * p->y[i] / n;
    }
    v.w = (xy - x * y) / (xx - x * x);
    v.b = y - v.w * x;
    v.J = square_cost(&v, v.w, v.b);
    v.limit = 2 / (xx + 1 + sqrt((xx - 1) * (xx - 1) + 4 * x * x));
    return v;
}

enum { RATES = 4, SHOWN = 100 };

/* In shares of the limit. */
static const struct rate {
    const char *name;
    double share;
} rates[RATES] = {{"too small", 0.002}, {"small", 0.1}, {"right", 0.9}, {"too large", 1.05}};

static void say_rates(demo *d, const valley *v, const trail t[RATES]) {
    static const int64_t marks[] = {0, 1, 2, 10, SHOWN};
    json_t *facts = json_array();
    line(d, "  %-10s %10s   %s", "", "rate", "J after updates");
    line(d, "  %-10s %10s %11s %11s %11s %11s %11s", "", "", "0", "1", "2", "10", "100");
    for (int i = 0; i < RATES; i++) {
        double J[5], lr = rates[i].share * v->limit;
        for (int k = 0; k < 5; k++) J[k] = t[i].J[marks[k] < t[i].steps ? marks[k] : t[i].steps];
        line(d, "  %-10s %10.5f %11.5g %11.5g %11.5g %11.5g %11.5g", rates[i].name, lr, J[0], J[1],
             J[2], J[3], J[4]);
        json_array_append_new(facts, json_pack("{s:s, s:f, s:o}", "name", rates[i].name, "lr", lr,
                                               "J", json_numbers(J, 5)));
    }
    blank(d);
    fact(d, "rates", facts);
    number_fact(d, "limit", v->limit);
    number_fact(d, "bottom", v->J);
}

/* Three times the limit: J multiplies until it is no number any more, which the library tells. */
static int run_away(demo *d, const points *p, const valley *v) {
    glia_model *m = network(d, 1, "dense 1 linear", "zeros", NULL, 0);
    if (!m) return (int)glia_code(d->c.g);
    glia_fit_options o = {.epochs = 2000,
                          .batch = GLIA_FULL_BATCH,
                          .optimizer = "sgd",
                          .lr = 3 * v->limit,
                          .log_every = 2000};
    glia_status status = glia_model_fit(m, points_x(p), points_y(p), &o, NULL);
    if (status == GLIA_FAILED)
        say(d,
            "Left alone with three times the limit, J leaves the range of numbers, and glia "
            "stops: \"%s\".",
            glia_message(d->c.g));
    fact(d, "diverged", json_boolean(status == GLIA_FAILED));
    glia_model_free(m);
    return claim(d, status == GLIA_FAILED, "three times the limit did not diverge");
}

static int judge_rates(demo *d, const valley *v, const trail t[RATES]) {
    double left[RATES]; /* of the way down to the bottom */
    for (int i = 0; i < RATES; i++) left[i] = (t[i].J[t[i].steps] - v->J) / (t[i].J[0] - v->J);
    say(d,
        "J is a valley with a steepest direction, and its second derivatives say how steep: above "
        "2 / (largest eigenvalue) = %.5f each step lands higher on the other side than it began. "
        "Just below that is fast; a ninth of it is slower; a five-hundredth looks like a network "
        "that does not learn.",
        v->limit);
    int status = claim(d, left[0] > 0.3, "the small rate left %g of the way", left[0]);
    if (!status) status = claim(d, left[2] < 1e-3, "the right rate left %g of the way", left[2]);
    if (!status) status = claim(d, left[2] < left[1], "a tenth of the right rate was not slower");
    if (!status) status = claim(d, left[3] > 1, "the large rate left %g of the way", left[3]);
    return status;
}

static const char *const rate_text =
    "Linear regression, the price of a house from its area. From the same start, a learning rate "
    "that is too small creeps, the right one comes down, and one that is too large is thrown from "
    "wall to wall and out.";

int demo_rate(demo *d) {
    points p;
    trail t[RATES] = {{0}};
    heading(d, "Learning rate: too small, right, too large");
    say(d, "%s The area is in 100 square metres and not centred, which makes a valley of the bowl.",
        rate_text);
    if (!take_houses(d, 200, 1, &p)) return (int)glia_code(d->c.g);
    valley v = find_valley(&p);
    bool ok = true;
    for (int i = 0; i < RATES && ok; i++)
        ok = walk(d, &p, "dense 1 linear", 0, 0, rates[i].share * v.limit, steps_of(d, SHOWN),
                  &t[i]);
    int64_t few = t[3].steps < 8 ? t[3].steps + 1 : 8; /* more would leave the picture */
    path paths[3] = {{"too small", t[0].w, t[0].b, t[0].steps + 1},
                     {"right", t[2].w, t[2].b, t[2].steps + 1},
                     {"too large", t[3].w, t[3].b, few}};
    surface s = {square_cost, &v, {-1, -1}, {4, 3}, v.J, paths, 3};
    int status = (int)glia_code(d->c.g);
    if (ok) {
        if (d->talks) plot_surface(&s, room_for(d, 66, 10));
        say_rates(d, &v, t);
        status = judge_rates(d, &v, t);
    }
    if (!status) status = run_away(d, &p, &v);
    if (!status) status = write_surface(d, &s, "Learning rates", rate_text);
    for (int i = 0; i < RATES; i++) trail_free(&t[i]);
    free_points(&p);
    return status;
}
