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

/* By heart: right about all that was learned, and dearer elsewhere. */
static bool by_heart(const scores *s) { return s->right[0] == 1 && gap(s) > 0.1; }

static bool narrows(const scores *s, const scores *alone) {
    return gap(s) < gap(alone) / 2 && s->J[1] < alone->J[1];
}

static int judge(const demo *d, const scores s[CONTENDERS]) {
    const scores *alone = &s[ALONE];
    if (!as_it_is(d)) return 0;
    int status = claim(d, by_heart(alone),
                       "the network has %.3g of its training samples right and a gap of %g",
                       alone->right[0], gap(alone));
    if (!status)
        status = claim(d, narrows(&s[WITH_L2], alone), "with L2 the gap is %g, without %g",
                       gap(&s[WITH_L2]), gap(alone));
    if (!status)
        status = claim(d, narrows(&s[MORE_DATA], alone),
                       "with ten times the data the gap is %g, without %g", gap(&s[MORE_DATA]),
                       gap(alone));
    return status;
}

static void say_line(const demo *d, const scores *line) {
    bool honest = fabs(gap(line)) < 0.1;
    say(d, "A line is %s: %s.", honest ? "about equally wrong on both" : "wrong on both",
        honest ? "too simple, but honest" : "too simple, and of so few samples not sure of itself");
}

static void say_remedy(const demo *d, const scores *s, const scores *alone, const char *what,
                       const char *does) {
    if (narrows(s, alone))
        say(d, "%s %s: the gap is %.3g in place of %.3g.", what, does, gap(s), gap(alone));
    else
        say(d,
            "%s did not help enough in this run: the gap is %.3g, and was %.3g; the cost on new "
            "points %.3g, and was %.3g.",
            what, gap(s), gap(alone), s->J[1], alone->J[1]);
}

static void say_what_happened(const demo *d, const scores s[CONTENDERS]) {
    const scores *alone = &s[ALONE];
    say_line(d, &s[LINE]);
    if (by_heart(alone))
        say(d,
            "The network is right about every training point and surer than it should be: on new "
            "points its cost is %.3g, on those that it has learned %.2g.",
            alone->J[1], alone->J[0]);
    else
        say(d,
            "The network has %.4g%% of its training points right, and a cost of %.3g on them and "
            "of %.3g on new points: in this run it has not learned all by heart.",
            100 * alone->right[0], alone->J[0], alone->J[1]);
    say_remedy(d, &s[WITH_L2], alone, "L2", "keeps the weights small and the boundary smooth");
    say_remedy(d, &s[MORE_DATA], alone, "Ten times the data", "leave less to learn by heart");
    say(d,
        "A validation part that says when to stop does the same, and glia takes one when nothing "
        "is said. More layers are no cure: they are what can learn by heart.");
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
        say_what_happened(d, s);
        status = judge(d, s);
    }
    free_points(&few);
    free_points(&more);
    free_points(&test);
    return status;
}
