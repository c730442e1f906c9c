/*
 * tune.c: `glia tune`: searches for settings, prints a line for every training, writes the best
 * model.
 */
#include <errno.h>
#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "tune.h"

typedef struct search {
    training t; /* its model is the best one */
    tune_log log;
    progress p;
    int unlogged;  /* why a line could not be written, an errno; 0: all were */
    json_t *lines; /* with --json: the trainings */
    glia_tune_report *report;
} search;

/* --------------------------------------------------------------------------------- trainings -- */

static void print_heading(const glia_trial *trial) {
    int rows;
    const glia_option *row = glia_tune_ranges(&rows);
    printf("\n  trial  rung  epochs");
    for (int i = 0; i < rows; i++) printf("  %8s", row[i].name);
    printf("  %4s %-4s  %8s  %7s\n", "val", trial->cost_name, trial->score_name, "seconds");
}

static void print_trial(const glia_trial *trial) {
    char cost[32], score[32];
    int rows;
    glia_tune_ranges(&rows);
    if (trial->number == 1) print_heading(trial);
    printf("%c %5lld  %2d/%d  %6lld", trial->best ? '*' : ' ', (long long)trial->number,
           trial->rung, trial->rungs, (long long)trial->epochs);
    for (int i = 0; i < rows; i++) {
        const char *value = trial->value[i];
        printf("  %8s", value ? value : trial->number == 1 ? "auto" : "-");
    }
    bool diverged = isinf(trial->cost);
    printf("  %9s  %8s  %7.3g\n", diverged ? "diverged" : short_text(trial->cost, cost),
           diverged ? "-" : short_text(trial->score, score), trial->seconds);
    fflush(stdout);
}

static json_t *json_trial(const glia_trial *trial) {
    int rows;
    const glia_option *row = glia_tune_ranges(&rows);
    json_t *j = json_object(), *settings = json_object();
    for (int i = 0; i < rows; i++) {
        double value;
        if (trial->value[i] && read_number(trial->value[i], &value))
            json_object_set_new(settings, row[i].name, json_number(value));
    }
    json_object_set_new(j, "trial", json_integer(trial->number));
    json_object_set_new(j, "rung", json_integer(trial->rung));
    json_object_set_new(j, "epochs", json_integer(trial->epochs));
    json_object_set_new(j, "settings", settings);
    json_object_set_new(j, "val_cost", json_number(trial->cost));
    json_object_set_new(j, "val_score", json_number(trial->score));
    json_object_set_new(j, "seconds", json_number(trial->seconds));
    return j;
}

static int on_trial(void *user, const glia_trial *trial) {
    search *s = user;
    progress_clear(&s->p);
    if (s->lines) json_array_append_new(s->lines, json_trial(trial));
    else print_trial(trial);
    if (!s->unlogged && !write_tune_log(&s->log, trial)) {
        s->unlogged = errno;
        warn(s->t.c,
             "cannot write '%s': %s; the search goes on, its trials are not logged from here",
             given(s->t.c, "log"), strerror(errno));
    }
    return 0;
}

/* ------------------------------------------------------------------------------------ result -- */

static void print_search(const search *s) {
    const glia_tune_report *r = s->report;
    char time[32], cost[32], own[32];
    bool tested = r->training->test_rows > 0;
    print_fact("search", "%lld trial%s, %lld training%s in %s; stopped: %s", (long long)r->trials,
               plural(r->trials), (long long)r->trainings, plural(r->trainings),
               seconds_text(r->seconds, time), r->stopped);
    print_fact("best", "trial %lld on rung %d: validation %s %s; glia's own choice, trial 1: %s",
               (long long)r->best, r->rung, r->cost_name, short_text(r->cost, cost),
               isinf(r->default_cost) ? "diverged" : short_text(r->default_cost, own));
    print_fact("", "the least of %lld on the same validation rows: it flatters; %s",
               (long long)r->trainings,
               tested ? "the test rows had no part in the search"
                      : "--test DATA measures without that");
    if (given(s->t.c, "time"))
        print_fact("", "with --time the result depends on the speed of the machine");
    print_fact("the same model", "%s", glia_model_note(s->t.model, "command"));
}

static int print_search_json(search *s) {
    const glia_tune_report *r = s->report;
    json_t *j = json_object();
    json_object_set_new(j, "task", json_text(r->training->task));
    json_object_set_new(j, "cost", json_text(r->cost_name));
    json_object_set(j, "trainings", s->lines);
    json_object_set_new(j, "best",
                        json_pack("{s:I, s:i, s:o}", "trial", (json_int_t)r->best, "rung", r->rung,
                                  "val_cost", json_number(r->cost)));
    json_object_set_new(j, "default_val_cost", json_number(r->default_cost));
    json_object_set_new(j, "stopped", json_text(r->stopped));
    json_object_set_new(j, "seconds", json_number(r->seconds));
    json_object_set_new(j, "metrics", json_parts(s->t.model, r->training));
    json_object_set_new(j, "command", json_text(glia_model_note(s->t.model, "command")));
    json_object_set_new(j, "model", json_text(s->t.path));
    json_object_set_new(j, "model_sha256", json_sha256(s->t.c, s->t.path));
    return print_json(j);
}

/* ------------------------------------------------------------------------------------ search -- */

/* "90", "90s", "2m", "1.5h" in seconds. */
static bool given_time(const cli *c, double *seconds) {
    const char *text = given(c, "time");
    if (!text) return true;
    size_t n = strlen(text);
    char unit = n > 0 ? text[n - 1] : 's';
    double factor = unit == 'h' ? 3600 : unit == 'm' ? 60 : 1;
    char *number = format_text("%.*s", (int)(n - (n > 0 && strchr("hms", unit))), text);
    bool ok = read_number(number, seconds) && *seconds > 0 && *seconds < 1e9;
    free(number);
    *seconds *= factor;
    return ok || (fail(GLIA_USAGE, "--time is '%s', expected a time such as 90s, 2m or 1.5h", text),
                  false);
}

/* Trials are told as the trainings that they are. */
static char *training_line(const cli *c) {
    return format_text("glia train%s", c->line + strlen("glia tune"));
}

static int look_for(search *s) {
    cli *c = s->t.c;
    glia_tune_job job = {.ranges = given(c, "range"),
                         .known = s->log.known,
                         .knowns = s->log.knowns,
                         .trial = on_trial,
                         .user = s};
    if (!given_int(c, "trials", 1, 1000000, &job.trials)) return GLIA_USAGE;
    if (!given_time(c, &job.seconds)) return GLIA_USAGE;
    char *line = training_line(c);
    job.train = (glia_train_job){.recipe = c->recipe,
                                 .train = s->t.train,
                                 .val = s->t.val,
                                 .test = s->t.test,
                                 .command = line,
                                 .progress = progress_step,
                                 .user = &s->p};
    progress_begin(&s->p, c);
    s->p.silent = !s->p.bar || c->quiet; /* the lines of the table tell how far it is */
    s->t.model = glia_tune(c->g, &job, &s->report);
    progress_clear(&s->p);
    s->p.latest.epoch = 0;
    progress_end(&s->p);
    free(line);
    if (s->t.model) return 0;
    if (glia_code(c->g) != GLIA_INTERRUPTED) return failed(c);
    return fail(GLIA_INTERRUPTED, "interrupted before the first training ended; no model was "
                                  "written");
}

static int finish_search(search *s) {
    cli *c = s->t.c;
    int status = save_trained(&s->t);
    if (status) return status;
    if (c->json) {
        status = print_search_json(s);
    } else {
        print_training(c, s->t.model, s->report->training);
        putchar('\n');
        print_search(s);
        status = print_next(&s->t);
    }
    if (!status && s->unlogged)
        status = fail(GLIA_RESOURCE, "cannot write '%s': %s; the model is in %s all the same",
                      given(c, "log"), strerror(s->unlogged), s->t.path);
    if (status || strcmp(s->report->stopped, "interrupted") != 0) return status;
    return fail(GLIA_INTERRUPTED, "interrupted; the best model so far is in %s", s->t.path);
}

static int run_tune(cli *c) {
    search s = {.lines = c->json ? json_array() : NULL};
    int status = open_training(&s.t, c);
    if (!status) status = open_tune_log(&s.log, c);
    if (!status) status = look_for(&s);
    if (!status) status = finish_search(&s);
    json_decref(s.lines);
    close_tune_log(&s.log);
    glia_tune_report_free(c->g, s.report);
    close_training(&s.t);
    return status;
}

static const glia_option tune_options[] = {
    {"trials", NULL, "N", "search", "20, with --time no limit",
     "how many settings to try, glia's own choice included"},
    {"time", NULL, "TIME", "search", NULL,
     "how long to search: 90s, 2m, 1.5h; what comes out then depends on the machine"},
    {"range", NULL, "NAME=LOW:HIGH|NAME=A,B,... ...", "search", NULL,
     "where to look instead, see below; may be repeated"},
    {"log", NULL, "FILE.csv", "search", NULL,
     "a line for every training, with the command that repeats it"},
    {"resume", NULL, NULL, "search", NULL, "goes on from what --log holds"},
    {NULL},
};

static const char *const tune_examples[] = {
    "glia tune houses.csv --target price --test later.csv",
    "20 trials; the best model becomes houses.glia",
    "glia tune iris.csv --target species --time 2m --log trials.csv",
    "as many as two minutes allow; add --resume to go on another time",
    "glia tune houses.csv --hidden 64 --optimizer sgd --range lr=0.01:1 --range batch=16,32",
    "the network and the optimizer are fixed, the learning rate is looked for higher up",
    NULL,
};

const command tune_command = {
    .name = "tune",
    .usage = "DATA [-o MODEL]",
    .summary = "searches for better settings, writes the best model",
    .text =
        "Trains with settings drawn at random from ranges, and keeps the model with the least cost "
        "on validation rows. Every option of glia train that is given is fixed; the others are "
        "left "
        "to glia, except those that have a range. Trial 1 is glia's own choice, so that the result "
        "is no worse than that on the validation rows.\n\n"
        "Trials begin with a ninth of the epochs; the best third of them starts again with a "
        "third, "
        "and of these the best third with all (successive halving; Jamieson and Talwalkar 2016, Li "
        "et al. 2020). All use the same validation rows and the same seed, and the same command "
        "gives the same model for any --threads, unless --time cuts it short.\n\n"
        "The validation score of the best of many trials is better than the model deserves. --test "
        "DATA measures it on rows that had no part in the search.",
    .min = 0,
    .max = 1,
    .shared = READING | TRAINING | MAKING,
    .options = tune_options,
    .ranges = glia_tune_ranges,
    .examples = tune_examples,
    .run = run_tune,
};
