/*
 * contest.c: how a contest is held: each contender trains and is measured, the last one is shown.
 */
#include "contest.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "../plot.h"
#include "../report/report.h"

/* ---------------------------------------------------------------------------------- training -- */

/* Sets "name=value name=value ..."; false after an error message. */
static bool set_options(stage *s, glia_recipe *r, const char *options) {
    char *copy = copy_text(options), *rest = NULL;
    bool ok = true;
    for (char *word = strtok_r(copy, " ", &rest); word && ok; word = strtok_r(NULL, " ", &rest)) {
        const char *name = strsep(&word, "=");
        ok = word && glia_recipe_set(r, name, word) == GLIA_OK;
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

int claim_better(const stage *s, double plainest, double last) {
    const demo *d = s->d;
    bool rmse = !strcmp(d->lesson->name, "houses");
    if (d->seeded || d->rows || d->epochs) return 0;
    return claim(d, rmse ? last < plainest : last > plainest,
                 "%s of the network is %g, of the linear model %g, on test rows",
                 rmse ? "rmse" : "accuracy", last, plainest);
}

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
    s->last = score_value(&s->report->test, is_regression(s) ? "rmse" : "accuracy");
    if (k == s->contest->contender) s->plainest = s->last;
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
        flush_lines(s->d);
        grid_print(&s->results);
        putchar('\n');
    }
    say_cost(s->d, s->report->history);
}

static void show_boundary(const stage *s) {
    plane_view v;
    if (!s->d->talks) return;
    int columns = room_for(s->d, 66, 10);
    if (!plane_view_make(&s->d->c, s->model, s->train, columns, 48, &v)) return;
    plot_plane(stdout, &v);
    putchar('\n');
    plane_view_free(&v);
}

int write_demo_report(const stage *s, const char *summary) {
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

int hold_contest(stage *s, demo *d, const contest *k) {
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
    return k->contender[1].title ? claim_better(s, s->plainest, s->last) : 0;
}

void clear_stage(stage *s) {
    json_decref(s->facts);
    for (int i = 0; i < s->results.cells && s->results.cell; i++) free(s->results.cell[i]);
    free(s->results.cell);
    glia_report_free(s->d->c.g, s->report);
    glia_model_free(s->model);
    glia_table_free(s->train);
    glia_table_free(s->test);
}

int plane_contest(demo *d, const contest *k, const char *moral) {
    stage s;
    int status = hold_contest(&s, d, k);
    if (!status) {
        say_decisions(d);
        show_boundary(&s);
        say(d, "%s", moral);
        status = write_demo_report(&s, moral);
    }
    clear_stage(&s);
    return status;
}
