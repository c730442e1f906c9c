/*
 * sine.c: networks that go on with a series by themselves. What comes behind the last row is what
 * the same seed draws next: it is known here, and nobody has learned from it.
 */
#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "demo.h"
#include "../plot.h"

/* The rows that are read at once, and those that are answered alone: six turns of the shorter wave,
 * measured in three stretches. */
enum { PAST = 50, RUN = 150, SEASON = 25, STRETCHES = 3, SHOWN = 100 };
static const int ends[STRETCHES + 1] = {0, 25, 75, RUN};

enum { LAST, BEFORE, RNN, GRU, LSTM, LINEAR, RUNNERS };
static const struct {
    const char *name, *net; /* NULL: no network */
} entered[RUNNERS] = {{"the last value", NULL}, {"25 rows before", NULL}, {"rnn 16", "rnn 16"},
                      {"gru 16", "gru 16"},     {"lstm 16", "lstm 16"},   {"linear", "none"}};

/* Root mean squares of the errors: of the next row, where all before it are known, and alone. */
typedef struct runner {
    double next, alone[STRETCHES], y[RUN];
} runner;

typedef struct race {
    demo *d;
    int64_t rows;
    double *y; /* [rows + RUN] */
    runner runner[RUNNERS];
} race;

/* ----------------------------------------------------------------------------------- runners -- */

static void measure(const race *s, runner *r) {
    for (int k = 0; k < STRETCHES; k++) {
        double sum = 0;
        for (int i = ends[k]; i < ends[k + 1]; i++) sum += pow(r->y[i] - s->y[s->rows + i], 2);
        r->alone[k] = sqrt(sum / (ends[k + 1] - ends[k]));
    }
}

/* Says what stood so many rows before, of rows that were there. */
static void guess(const race *s, int back, runner *r) {
    double sum = 0;
    for (int64_t i = PAST; i < s->rows; i++) sum += pow(s->y[i] - s->y[i - back], 2);
    r->next = sqrt(sum / (double)(s->rows - PAST));
    for (int i = 0; i < RUN; i++) r->y[i] = s->y[s->rows - back + i % back];
    measure(s, r);
}

/* The linear one goes to its optimum by itself. */
static glia_recipe *make_recipe(const demo *d, const char *net) {
    const bool linear = strcmp(net, "none") == 0;
    char past[16], seed[24], epochs[24];
    const char *const options[][2] = {{"sequence", past}, {"val", "none"},
                                      {"doctor", "off"},  {linear ? "hidden" : "net", net},
                                      {"seed", seed},     {"epochs", epochs},
                                      {"lr", "0.01"},     {"schedule", "cosine"},
                                      {"batch", "32"}};
    snprintf(past, sizeof past, "%d", PAST);
    snprintf(seed, sizeof seed, "%llu", (unsigned long long)seed_of(d));
    snprintf(epochs, sizeof epochs, "%lld", (long long)steps_of(d, 100));
    glia_recipe *r = glia_recipe_new(d->c.g);
    for (size_t i = 0; r && i < (linear ? 5 : sizeof options / sizeof *options); i++)
        if (glia_recipe_set(r, options[i][0], options[i][1]) != GLIA_OK) {
            glia_recipe_free(r);
            return NULL;
        }
    return r;
}

/* Reads its own answers, RUN times. */
static bool run_alone(const race *s, const glia_model *m, runner *r) {
    glia_table *t = training_table(s->d), *rows = t ? glia_model_series(s->d->c.g, m, t) : NULL,
               *next = rows ? glia_model_forecast(s->d->c.g, m, rows, RUN, NULL) : NULL;
    glia_tensor y = next ? glia_table_values(next, glia_table_columns(next) - 1) : (glia_tensor){0};
    for (int i = 0; next && i < RUN; i++) r->y[i] = glia_tensor_value(&y, i);
    glia_table_free(next);
    glia_table_free(rows ? rows : t);
    return next != NULL;
}

static bool learn(const race *s, const char *net, runner *r) {
    glia_ctx *g = s->d->c.g;
    progress p;
    glia_report *report = NULL;
    glia_table *t = training_table(s->d);
    glia_recipe *recipe = t ? make_recipe(s->d, net) : NULL;
    fflush(stdout); /* before the progress on stderr */
    progress_begin(&p, &s->d->c);
    glia_train_job job = {.recipe = recipe,
                          .train = t,
                          .command = s->d->c.line,
                          .progress = progress_step,
                          .user = &p};
    glia_model *m = recipe ? glia_train(g, &job, &report) : NULL;
    progress_end(&p);
    bool ok = m && run_alone(s, m, r);
    if (ok) r->next = score_value(&report->train, "rmse"), measure(s, r);
    else failed(&s->d->c);
    glia_report_free(g, report);
    glia_model_free(m);
    glia_recipe_free(recipe);
    glia_table_free(t);
    return ok;
}

/* The rows to learn from, and those behind them. */
static bool open_race(race *s) {
    s->rows = s->d->rows ? s->d->rows : s->d->lesson->rows;
    glia_table *t =
        glia_table_generate(s->d->c.g, s->d->lesson->name, s->rows + RUN, seed_of(s->d));
    if (!t) return failed(&s->d->c), false;
    glia_tensor y = glia_table_values(t, 0);
    s->y = reserve(NULL, (size_t)(s->rows + RUN) * sizeof *s->y);
    for (int64_t i = 0; i < s->rows + RUN; i++) s->y[i] = glia_tensor_value(&y, i);
    glia_table_free(t);
    return true;
}

/* ----------------------------------------------------------------------------------- results -- */

static void show(const race *s) {
    demo *d = s->d;
    json_t *facts = json_array();
    line(d, "  %-16s %10s %12s %12s %12s", "rmse", "next row", "rows 1-25", "26-75", "76-150");
    for (int i = 0; i < RUNNERS; i++) {
        const runner *r = &s->runner[i];
        line(d, "  %-16s %10.3f %12.3f %12.3f %12.3f", entered[i].name, r->next, r->alone[0],
             r->alone[1], r->alone[2]);
        json_array_append_new(facts,
                              json_pack("{s:s, s:f, s:o, s:o}", "name", entered[i].name, "next",
                                        r->next, "alone", json_numbers(r->alone, STRETCHES),
                                        "answers", json_numbers(r->y, RUN)));
    }
    blank(d);
    fact(d, "runners", facts);
    fact(d, "came", json_numbers(s->y + s->rows, RUN));
}

static void draw(const race *s) {
    double at[RUN];
    for (int i = 0; i < RUN; i++) at[i] = i + 1;
    const series all[] = {{"what came", at, s->y + s->rows, SHOWN, true},
                          {"rnn 16", at, s->runner[RNN].y, SHOWN, false},
                          {"lstm 16", at, s->runner[LSTM].y, SHOWN, false}};
    if (!s->d->talks) return;
    flush_lines(s->d);
    plot_series(stdout, all, 3, room_for(s->d, 66, 10), 14, "rows behind the last");
    putchar('\n');
}

static bool keeps_its_place(const race *s, int other) {
    return s->runner[LSTM].alone[STRETCHES - 1] < s->runner[other].alone[STRETCHES - 1] / 2;
}

static int judge(const race *s) {
    int status = 0;
    for (int i = BEFORE; i <= RNN && !status && as_it_is(s->d); i++)
        status = claim(s->d, keeps_its_place(s, i), "the lstm alone has an rmse of %g, '%s' %g",
                       s->runner[LSTM].alone[STRETCHES - 1], entered[i].name,
                       s->runner[i].alone[STRETCHES - 1]);
    return status;
}

int demo_sine(demo *d) {
    race s = {.d = d};
    heading(d, "Sine: two waves that go on by themselves");
    say(d,
        "A series of two waves, 25 and 60 rows long, with a little noise (its deviation is 0.05). "
        "A network reads %d rows and learns to say the next one. Then the rows end and it runs on "
        "alone for %d, six turns of the shorter wave: each answer is read again as if it had "
        "come. Beside them whoever says the last value again, and what stood 25 rows before.",
        PAST, RUN);
    bool ok = open_race(&s);
    for (int i = 0; i < RUNNERS && ok; i++)
        if (entered[i].net) ok = learn(&s, entered[i].net, &s.runner[i]);
    int status = (int)glia_code(d->c.g);
    if (ok) {
        guess(&s, 1, &s.runner[LAST]), guess(&s, SEASON, &s.runner[BEFORE]);
        show(&s);
        draw(&s);
        say(d,
            "Asked for the next row the networks hardly differ: the noise leaves 0.05 to "
            "everybody. "
            "Alone, a network reads its own errors with the rest, and they add up: %s So measure a "
            "forecast as far ahead as it will be used, and beside a guess that costs nothing.",
            keeps_its_place(&s, RNN) && keeps_its_place(&s, BEFORE)
                ? "the plain network loses its place in the waves, the lstm keeps it for six turns."
                : "this run shows less clearly than the demo as it is whose gates help with that.");
        say(d, "And beside the linear network: waves follow a linear rule exactly (of one sine, "
               "y(t) = 2 cos(w) y(t-1) - y(t-2)), and that is what `glia train` begins with for a "
               "series. Gates are for what no sum of a few rows can say: `glia demo adding`.");
        status = judge(&s);
    }
    free(s.y);
    return status;
}
