/*
 * sets.c: demos that learn from generated data. Each is a contest: one data set, and
 * networks that try it in turn, the plainest first. What is compared is a row of text, so a new
 * demo is a table and two paragraphs.
 */
#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "demo.h"
#include "../plot.h"
#include "../report/report.h"

typedef struct contender {
    const char *title;
    const char *options; /* "hidden=4 activation=tanh"; the rest is glia's choice */
} contender;

typedef struct contest {
    const char *title, *intro;
    contender contender[4]; /* ended by one without a title */
} contest;

/* A contest under way: the data, and the latest contender's model. */
typedef struct stage {
    demo *d;
    const contest *contest;
    glia_table *train, *test;
    glia_model *model;
    glia_report *report;
    grid results;
    json_t *facts;
} stage;

/* ---------------------------------------------------------------------------------- training -- */

/* Sets "name=value name=value ..."; false after an error message. */
static bool set_options(stage *s, glia_recipe *r, const char *options) {
    char *copy = copy_text(options), *rest = NULL;
    bool ok = true;
    for (char *word = strtok_r(copy, " ", &rest); word && ok; word = strtok_r(NULL, " ", &rest)) {
        char *value = strchr(word, '=');
        *value++ = '\0';
        ok = glia_recipe_set(r, word, value) == GLIA_OK;
    }
    free(copy);
    if (!ok) failed(&s->d->c);
    return ok;
}

/* --seed and --epochs come last and so win. The demo itself says what ails its networks. */
static glia_recipe *make_recipe(stage *s, const char *options) {
    glia_recipe *r = glia_recipe_new(s->d->c.g);
    char *last = format_text("doctor=off %s", options), *longer;
    if (s->d->seeded) {
        longer = format_text("%s seed=%llu", last, (unsigned long long)s->d->seed);
        free(last);
        last = longer;
    }
    if (s->d->epochs) {
        longer = format_text("%s epochs=%lld", last, (long long)s->d->epochs);
        free(last);
        last = longer;
    }
    if (r && !set_options(s, r, last)) {
        glia_recipe_free(r);
        r = NULL;
    }
    free(last);
    return r;
}

static void forget_decisions(demo *d) {
    for (int i = 0; i < d->c.note_count; i++) free(d->c.notes[i]);
    d->c.note_count = 0;
}

/* Trains a contender; its model takes the place of the one before. false after an error message. */
static bool learn(stage *s, const contender *k) {
    progress p;
    glia_recipe *recipe = make_recipe(s, k->options);
    if (!recipe) return false;
    forget_decisions(s->d);
    fflush(stdout); /* before the progress on stderr */
    glia_model_free(s->model);
    glia_report_free(s->d->c.g, s->report);
    glia_train_job job = {.recipe = recipe,
                          .train = s->train,
                          .test = s->test,
                          .command = s->d->c.line,
                          .deep = s->d->report != NULL,
                          .progress = progress_step,
                          .user = &p};
    progress_begin(&p, &s->d->c);
    s->model = glia_train(s->d->c.g, &job, &s->report);
    progress_end(&p);
    glia_recipe_free(recipe);
    if (!s->model) failed(&s->d->c);
    return s->model != NULL;
}

/* ----------------------------------------------------------------------------------- results -- */

static bool is_regression(const stage *s) { return glia_model_classes(s->model) == 0; }

static void add_headings(stage *s) {
    bool prices = !strcmp(s->d->lesson->name, "houses");
    const char *const heading[] = {"", "parameters", prices ? "train rmse" : "train right",
                                   prices ? "test rmse" : "test right", "time"};
    s->results.align = "lrrrr";
    for (int i = 0; i < 5; i++) grid_add(&s->results, "%s", heading[i]);
}

static void add_score(stage *s, const glia_metrics *m) {
    char text[32];
    if (is_regression(s))
        grid_add(&s->results, "%s", count_text(llround(score_value(m, "rmse")), text));
    else grid_add(&s->results, "%.1f%%", 100 * score_value(m, "accuracy"));
}

static void add_result(stage *s, const contender *k) {
    char text[32];
    grid_add(&s->results, "%s", k->title);
    grid_add(&s->results, "%s", count_text(glia_model_parameters(s->model), text));
    add_score(s, &s->report->train);
    add_score(s, &s->report->test);
    grid_add(&s->results, "%s", seconds_text(s->report->history->seconds, text));
    json_array_append_new(s->facts,
                          json_pack("{s:s, s:I, s:I, s:o, s:o}", "name", k->title, "parameters",
                                    (json_int_t)glia_model_parameters(s->model), "epochs",
                                    (json_int_t)s->report->history->epochs, "train",
                                    json_metrics(s->model, &s->report->train, false), "test",
                                    json_metrics(s->model, &s->report->test, false)));
}

static void show_results(stage *s) {
    if (s->d->talks) {
        grid_print(&s->results);
        putchar('\n');
    }
    say_cost(s->d, s->report->history);
}

static void show_boundary(const stage *s) {
    plane_view v;
    if (!s->d->talks || !plane_view_make(&s->d->c, s->model, s->train, 66, 48, &v)) return;
    plot_plane(stdout, &v);
    putchar('\n');
    plane_view_free(&v);
}

static int write_demo_report(const stage *s, const char *summary) {
    const demo *d = s->d;
    if (!d->report) return 0;
    unsigned long long seed = seed_of(d);
    char *data = format_text("generated: %s, %lld rows from seed %llu; test %lld rows, seed %llu",
                             d->lesson->name, (long long)glia_table_rows(s->train), seed,
                             (long long)glia_table_rows(s->test), seed + 1);
    glia_evaluation *shown = glia_model_evaluate(d->c.g, s->model, s->test, 0);
    report_input in = {.title = s->contest->title,
                       .summary = summary,
                       .model = s->model,
                       .report = s->report,
                       .train = s->train,
                       .test = s->test,
                       .shown = shown,
                       .command = d->c.line,
                       .data = data};
    int status = report_write(&d->c, d->report, &in);
    glia_evaluation_free(d->c.g, shown);
    free(data);
    return status;
}

/* ----------------------------------------------------------------------------------- contest -- */

static bool make_tables(stage *s) {
    s->train = training_table(s->d);
    s->test = s->train ? test_table(s->d) : NULL;
    return s->test != NULL;
}

/* Introduces, trains every contender, shows the table and the cost of the last one. Returns
 * the exit status; the stage has to be cleared in any case. */
static int hold(stage *s, demo *d, const contest *k) {
    *s = (stage){.d = d, .contest = k, .facts = json_array()};
    heading(d, k->title);
    say(d, "%s", k->intro);
    add_headings(s);
    if (!make_tables(s)) return (int)glia_code(d->c.g);
    for (const contender *one = k->contender; one->title; one++) {
        if (!learn(s, one)) return (int)glia_code(d->c.g);
        add_result(s, one);
    }
    show_results(s);
    fact(d, "contenders", json_incref(s->facts));
    return 0;
}

static void clear(stage *s) {
    json_decref(s->facts);
    for (int i = 0; i < s->results.cells && s->results.cell; i++) free(s->results.cell[i]);
    free(s->results.cell);
    glia_report_free(s->d->c.g, s->report);
    glia_model_free(s->model);
    glia_table_free(s->train);
    glia_table_free(s->test);
}

/* A contest in the plane: the boundary of the last contender, and what is to be learned from it. */
static int plane_contest(demo *d, const contest *k, const char *moral) {
    stage s;
    int status = hold(&s, d, k);
    if (!status) {
        say_decisions(d);
        show_boundary(&s);
        say(d, "%s", moral);
        status = write_demo_report(&s, moral);
    }
    clear(&s);
    return status;
}

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
        plot_values(stdout, &v, 60, 18);
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
    int status = hold(&first, d, &linear);
    if (!status) show_slopes(&first);
    json_t *facts = json_incref(first.facts);
    clear(&first);
    if (!status) {
        status = hold(&second, d, &network);
        json_array_extend(facts, second.facts);
        fact(d, "contenders", json_incref(facts));
        if (!status) {
            say_decisions(d);
            show_values(&second);
            say(d, "%s", house_moral);
            status = write_demo_report(&second, house_moral);
        }
        clear(&second);
    }
    json_decref(facts);
    return status;
}

/* ------------------------------------------------------------------------------------ digits -- */

static void show_gallery(const demo *d, const char *title, gallery a) {
    if (d->talks && a.count) {
        line(d, "%s\n", title);
        plot_gallery(stdout, &a, 80);
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
    int status = hold(&s, d, &digits);
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
    clear(&s);
    return status;
}
