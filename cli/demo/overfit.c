/*
 * overfit.c: a network that learns its training samples by heart, and what narrows the gap to
 * samples that it has not seen.
 */
#include <math.h>

#include "demo.h"

enum { FEW = 40, TEN_TIMES = 400, TESTS = 1000, UPDATES = 600 };

static const struct contender {
    const char *name, *net;
    int64_t rows; /* in multiples of the few */
    double l2;
} contenders[] = {
    {"logistic regression", "dense 1 sigmoid", 1, 0},
    {"2-64-64-1", "dense 64 relu, dense 64 relu, dense 1 sigmoid", 1, 0},
    {"the same with L2 0.01", "dense 64 relu, dense 64 relu, dense 1 sigmoid", 1, 0.01},
    {"the same, ten times the data", "dense 64 relu, dense 64 relu, dense 1 sigmoid", 10, 0},
};

enum { CONTENDERS = sizeof contenders / sizeof *contenders, LINE = 0, ALONE, WITH_L2, MORE_DATA };

typedef struct scores {
    double right[2], J[2]; /* training, test */
} scores;

static double gap(const scores *s) { return s->J[1] - s->J[0]; }

static bool try_one(demo *d, int k, const points *few, const points *more, const points *test,
                    scores *s) {
    const points *p = contenders[k].rows > 1 ? more : few;
    glia_model *m = network(d, 2, contenders[k].net, NULL, NULL, 1);
    glia_fit_options o = {.epochs = steps_of(d, UPDATES),
                          .batch = GLIA_FULL_BATCH,
                          .optimizer = "adam",
                          .lr = 0.01,
                          .l2 = contenders[k].l2};
    bool ok = m && glia_model_fit(m, points_x(p), points_y(p), &o, NULL) == GLIA_OK;
    if (m && !ok) failed(&d->c);
    ok = ok && measure_points(d, m, p, &s->right[0], &s->J[0]) &&
         measure_points(d, m, test, &s->right[1], &s->J[1]);
    glia_model_free(m);
    return ok;
}

static void say_scores(demo *d, const scores s[CONTENDERS], const points *few, const points *more) {
    json_t *facts = json_array();
    line(d, "  %-29s %8s %17s %19s %8s", "", "samples", "right", "cost J", "gap");
    line(d, "  %-29s %8s %9s %7s %10s %8s %8s", "", "", "training", "test", "training", "test",
         "of J");
    for (int k = 0; k < CONTENDERS; k++) {
        int64_t rows = contenders[k].rows > 1 ? more->rows : few->rows;
        line(d, "  %-29s %8lld %8.1f%% %6.1f%% %10.4f %8.4f %8.4f", contenders[k].name,
             (long long)rows, 100 * s[k].right[0], 100 * s[k].right[1], s[k].J[0], s[k].J[1],
             gap(&s[k]));
        json_array_append_new(facts,
                              json_pack("{s:s, s:I, s:o, s:o}", "name", contenders[k].name,
                                        "samples", (json_int_t)rows, "accuracy",
                                        json_numbers(s[k].right, 2), "J", json_numbers(s[k].J, 2)));
    }
    blank(d);
    fact(d, "contenders", facts);
}

static int judge(demo *d, const scores s[CONTENDERS]) {
    int status = claim(d, s[ALONE].right[0] == 1 && gap(&s[ALONE]) > 0.2,
                       "the network has %.3g of its training samples right and a gap of %g",
                       s[ALONE].right[0], gap(&s[ALONE]));
    if (!status)
        status = claim(d, gap(&s[WITH_L2]) < gap(&s[ALONE]) / 2 && s[WITH_L2].J[1] < s[ALONE].J[1],
                       "with L2 the gap is %g, without %g", gap(&s[WITH_L2]), gap(&s[ALONE]));
    if (!status)
        status =
            claim(d, gap(&s[MORE_DATA]) < gap(&s[ALONE]) / 2 && s[MORE_DATA].J[1] < s[ALONE].J[1],
                  "with ten times the data the gap is %g, without %g", gap(&s[MORE_DATA]),
                  gap(&s[ALONE]));
    return status;
}

static bool try_all(demo *d, const points *few, const points *more, const points *test,
                    scores s[CONTENDERS]) {
    for (int k = 0; k < CONTENDERS; k++)
        if (!try_one(d, k, few, more, test, &s[k])) return false;
    return true;
}

int demo_overfit(demo *d) {
    points few, more = {0}, test = {0};
    scores s[CONTENDERS] = {{{0}, {0}}};
    heading(d, "Overfitting: learned by heart");
    say(d, "Two moons that overlap a little, so nobody can be right about every point. The "
           "network has 4,417 parameters and few samples to learn from: it can afford to bend "
           "around each single one.");
    if (!take_points(d, "moons", FEW, 3, &few)) return (int)glia_code(d->c.g);
    demo others = *d; /* of fixed sizes, whatever --rows says */
    others.rows = few.rows * (TEN_TIMES / FEW);
    bool ok = take_points(&others, "moons", TEN_TIMES, 3, &more);
    others.rows = TESTS;
    others.seed = d->seed + 1;
    ok = ok && take_points(&others, "moons", TESTS, 4, &test) && try_all(d, &few, &more, &test, s);
    int status = (int)glia_code(d->c.g);
    if (ok) {
        say_scores(d, s, &few, &more);
        say(d, "A line is equally wrong on both: too simple, but honest. The network is right "
               "about every training point and surer than it should be: on new points its cost "
               "is many times higher. L2 keeps the weights small and the boundary smooth; ten "
               "times the data leave less to learn by heart. A validation part that says when to "
               "stop does the same, and glia takes one when nothing is said. More layers are no "
               "cure: they are what can learn by heart.");
        status = judge(d, s);
    }
    free_points(&few);
    free_points(&more);
    free_points(&test);
    return status;
}
