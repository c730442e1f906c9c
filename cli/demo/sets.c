/*
 * sets.c: demos that learn from generated data. What is compared is a row of text, so a new demo is
 * a table and two paragraphs.
 */
#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "contest.h"
#include "../plot.h"

int demo_flower(demo *d) {
    static const contest flower = {
        .title = "Flower: two classes of petals",
        .intro = "400 points lie on a flower whose petals belong to two classes in turn. "
                 "Logistic regression can only draw one straight line through it. A network "
                 "with one hidden layer of four tanh units sees four lines and combines them.",
        .contender = {{"logistic regression", "hidden=none val=none"},
                      {"4 tanh units", "hidden=4 activation=tanh init=normal:0.01 optimizer=sgd "
                                       "lr=1.2 batch=full epochs=10000 val=none scale=none "
                                       "rng=numpy seed=2"}},
    };
    return plane_contest(d, &flower,
                         "The line does no better than tossing a coin; the four units get about "
                         "nine out of ten right. This is the network of the classic course, "
                         "with its numbers: 2-4-1, learning rate 1.2, 10,000 updates over all "
                         "points. Between the petals it guesses, and there it errs.");
}

int demo_moons(demo *d) {
    static const contest moons = {
        .title = "Moons: everything left to glia",
        .intro = "Two half moons reach into each other, with noise. The network below is what "
                 "`glia train` takes when nothing is said: every choice that it made is listed.",
        .contender = {{"logistic regression", "hidden=none"}, {"glia's choice", ""}},
    };
    return plane_contest(d, &moons,
                         "The straight line is a fair start here, because the moons lie mostly "
                         "left and right of it. The hidden units bend it around the tips. What "
                         "remains wrong is noise: these points lie inside the other moon.");
}

int demo_circles(demo *d) {
    static const contest circles = {
        .title = "Circles: a ring inside a ring",
        .intro = "The inner ring is one class, the outer ring the other, and the gap between "
                 "them is narrow. No straight line separates inside from outside.",
        .contender = {{"logistic regression", "hidden=none val=none"},
                      {"10 and 5 relu units", "hidden=10,5 activation=relu init=he "
                                              "optimizer=adam lr=0.01 epochs=300 val=none"}},
    };
    return plane_contest(d, &circles,
                         "Each relu unit is flat on one side of a line and rises on the other: "
                         "the boundary is a polygon whose sides are those lines. These are the "
                         "points and the network of the course's lesson on initialisation.");
}

int demo_spirals(demo *d) {
    static const contest spirals = {
        .title = "Spirals: what depth is for",
        .intro = "Two arms wind around each other almost twice. To tell them apart a network "
                 "has to cut the plane into many thin bands.",
        .contender = {{"logistic regression", "hidden=none val=none"},
                      {"one layer of 6", "hidden=6 activation=relu optimizer=adam lr=0.01 "
                                         "epochs=400 val=none"},
                      {"16, 16 and 16 units", "hidden=16,16,16 activation=relu optimizer=adam "
                                              "lr=0.01 epochs=400 val=none"}},
    };
    return plane_contest(d, &spirals,
                         "A single small layer draws a handful of lines, too few for the "
                         "windings. With three layers every fold of one layer is folded again "
                         "by the next, so the number of bands multiplies while the number of "
                         "weights only adds up.");
}

int demo_xor(demo *d) {
    static const contest corners = {
        .title = "Xor: what one line cannot do",
        .intro = "Four clouds at the corners of a square; opposite corners belong together. "
                 "Whatever straight line is drawn, at least one cloud of four lies on the wrong "
                 "side: a linear model gets about half right, and three quarters at best.",
        .contender = {{"logistic regression", "hidden=none val=none"},
                      {"4 tanh units", "hidden=4 activation=tanh optimizer=adam lr=0.03 "
                                       "epochs=200 val=none"}},
    };
    return plane_contest(d, &corners,
                         "Four hidden units are enough: each draws a line of its own, and the "
                         "output adds up what lies between them. This little problem stopped "
                         "research on networks for years, until hidden layers could be trained.");
}

/* ------------------------------------------------------------------------------------ houses -- */

enum { SLOPES = 7 }; /* area, rooms, age, distance, Porto, Turin, 1 */

static void house_row(const glia_table *t, int64_t row, double x[SLOPES]) {
    char city[64];
    for (int k = 0; k < 4; k++) {
        glia_tensor column = glia_table_values(t, k);
        x[k] = glia_tensor_value(&column, row);
    }
    glia_table_cell(t, row, 4, city, sizeof city);
    x[4] = !strcmp(city, "Porto");
    x[5] = !strcmp(city, "Turin");
    x[6] = 1;
}

/* Solves a w = b by elimination with pivots; a is positive definite here, b becomes w. */
static void solve(double a[SLOPES][SLOPES], double b[SLOPES]) {
    for (int k = 0; k < SLOPES; k++)
        for (int i = 0; i < SLOPES; i++) {
            if (i == k || a[k][k] == 0) continue;
            double f = a[i][k] / a[k][k];
            for (int j = 0; j < SLOPES; j++) a[i][j] -= f * a[k][j];
            b[i] -= f * b[k];
        }
    for (int k = 0; k < SLOPES; k++) b[k] = a[k][k] != 0 ? b[k] / a[k][k] : 0;
}

/* What one more of each feature adds to the price that the model predicts, in euros: least
 * squares over its own predictions, which for a linear model returns its weights with all
 * scaling undone. */
static bool find_slopes(const stage *s, double w[SLOPES]) {
    double a[SLOPES][SLOPES] = {0};
    glia_predictions *p = glia_model_apply(s->d->c.g, s->model, s->train);
    memset(w, 0, SLOPES * sizeof *w);
    for (int64_t row = 0; p && row < p->rows; row++) {
        double x[SLOPES];
        house_row(s->train, row, x);
        for (int i = 0; i < SLOPES; i++) {
            for (int j = 0; j < SLOPES; j++) a[i][j] += x[i] * x[j];
            w[i] += x[i] * p->value[row];
        }
    }
    if (p) solve(a, w);
    glia_predictions_free(s->d->c.g, p);
    return p != NULL;
}

static void show_slopes(const stage *s) {
    static const char *const what[SLOPES - 1] = {
        "one more square metre", "one more room (same area)", "one year older",
        "one kilometre further", "in Porto rather than Lund", "in Turin rather than Lund"};
    double w[SLOPES];
    char text[32];
    if (!find_slopes(s, w)) return;
    line(s->d, "What the linear model learned, in the units of the table:\n");
    for (int i = 0; i < SLOPES - 1; i++)
        line(s->d, "  %-27s %s%9s euro", what[i], w[i] < 0 ? "-" : "+",
             count_text(llround(fabs(w[i])), text));
    blank(s->d);
    for (int i = 0; i < SLOPES - 1; i++) number_fact(s->d, what[i], w[i]);
}

static void show_values(const stage *s) {
    value_view v;
    glia_evaluation *e = s->d->talks ? glia_model_evaluate(s->d->c.g, s->model, s->test, 0) : NULL;
    if (e && value_view_make(s->test, e, &v)) {
        plot_values(stdout, &v, room_for(s->d, 60, 10), 18);
        putchar('\n');
        value_view_free(&v);
    }
    glia_evaluation_free(s->d->c.g, e);
}

static const char *const house_moral =
    "The prices were made by a rule: so many euros a square metre, falling with the distance "
    "from the centre and a little with age, times the rate of the city, plus something for "
    "every room, and 6% of noise. A product is not a sum, so the linear model errs for small "
    "houses far out and for large ones in the centre. The network finds the product by itself.";

int demo_houses(demo *d) {
    static const contest linear = {
        .title = "Houses: predicting a number",
        .intro = "The price of a house from its area, rooms, age, distance from the centre, and "
                 "city. The output is linear, the cost is the squared error. Columns are scaled "
                 "for the training and the prices are scaled back afterwards, so everything "
                 "below is in euros.",
        .contender = {{"linear regression", "hidden=none"}},
    };
    static const contest network = {
        .title = "Houses again, with hidden layers",
        .intro = "Now 32 and 16 relu units between the features and the price.",
        .contender = {{"32 and 16 relu units", "hidden=32,16"}},
    };
    stage first, second;
    int status = hold_contest(&first, d, &linear);
    if (!status) show_slopes(&first);
    json_t *facts = json_incref(first.facts);
    double linear_rmse = first.last;
    clear_stage(&first);
    if (!status) {
        status = hold_contest(&second, d, &network);
        if (!status) status = claim_better(&second, linear_rmse, second.last);
        json_array_extend(facts, second.facts);
        fact(d, "contenders", json_incref(facts));
        if (!status) {
            say_decisions(d);
            show_values(&second);
            say(d, "%s", house_moral);
            status = write_demo_report(&second, house_moral);
        }
        clear_stage(&second);
    }
    json_decref(facts);
    return status;
}

/* ------------------------------------------------------------------------------------ digits -- */

static void show_gallery(const demo *d, const char *title, gallery a) {
    if (d->talks && a.count) {
        line(d, "%s\n", title);
        plot_gallery(stdout, &a, room_for(d, 80, 0));
        putchar('\n');
    }
    gallery_free(&a);
}

static void show_digits(const stage *s) {
    glia_evaluation *e = s->d->talks ? glia_model_evaluate(s->d->c.g, s->model, s->test, 0) : NULL;
    if (!e) return;
    show_gallery(s->d, "Digits that it has not seen before, and what it reads:",
                 gallery_of_samples(s->model, s->test, e, false, 8));
    show_gallery(s->d,
                 "Some that it gets wrong:", gallery_of_samples(s->model, s->test, e, true, 4));
    glia_evaluation_free(s->d->c.g, e);
}

static const char *const digit_moral =
    "Nobody told the network what a loop or a stroke is. Its first layer compares the image "
    "with 64 patterns of ink and paper, its output layer adds up what they say about each digit.";

int demo_digits(demo *d) {
    static const contest digits = {
        .title = "Digits: reading handwriting",
        .intro = "The program writes the digits 0 to 9 itself, 16 x 16 pixels each, with its "
                 "own slant, size, pen and tremor every time, in two hands. Softmax regression "
                 "looks for ink in single pixels; 64 relu units look for patterns.",
        .contender = {{"softmax regression", "hidden=none epochs=20"},
                      {"64 relu units", "hidden=64 epochs=20 l2=0.001"}},
    };
    stage s;
    int status = hold_contest(&s, d, &digits);
    if (!status) {
        say_decisions(d);
        show_digits(&s);
        show_gallery(d,
                     use_colour(stdout) ? "What eight of its first units look for (red: ink speaks "
                                          "for them; blue: against):"
                                        : "The weights of eight of its first units (the more ink, "
                                          "the larger the weight):",
                     gallery_of_weights(s.model, s.train, 8));
        if (d->talks) {
            print_confusion(s.model, &s.report->test);
            putchar('\n');
        }
        say(d, "%s", digit_moral);
        status = write_demo_report(&s, digit_moral);
    }
    clear_stage(&s);
    return status;
}
