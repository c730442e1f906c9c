/*
 * tune.c: a search for better settings by successive halving (Jamieson and Talwalkar,
 * "Non-stochastic Best Arm Identification and Hyperparameter Optimization", AISTATS 2016), in the
 * order of its asynchronous form (Li et al., "A System for Massively Parallel Hyperparameter
 * Tuning", MLSys 2020), which needs no number of trials beforehand:
 *
 *     rung 1    every trial, a ninth of the epochs
 *     rung 2    the best third of rung 1, a third of the epochs
 *     rung 3    the best third of rung 2, all epochs; and trial 1, which is glia's own choice
 *
 * Before a new trial is drawn, whoever belongs to the best third of a rung and has not gone on goes
 * on. On a higher rung a trial starts again from its initial weights: half as much work again at
 * most, and every row is a training of its own, which `glia train` can repeat. So the known rows of
 * an earlier search can stand in for trainings, and nothing but they decides what comes next.
 */
#include "ranges.h"
#include "training.h"

#include <jansson.h>
#include <math.h>
#include <string.h>

enum { SHARE = 3, MOST_RUNGS = 3, USUAL_TRIALS = 20 };

typedef struct entry { /* of a trial on a rung */
    double cost;
    int64_t number;
    bool promoted;
} entry;

typedef struct rung { /* what has finished here, the least cost first */
    entry *entry;
    int64_t n, cap;
} rung;

typedef struct tune {
    glia_ctx *g;
    const glia_tune_job *job;
    glia_recipe *recipe; /* what all trials share */
    gl_text command;     /* likewise */
    gl_ranges ranges;
    uint64_t seed;
    int64_t epochs, limit, drawn;
    int rungs;
    bool classifies;
    rung rung[MOST_RUNGS];
    double start;
    bool late; /* the time is up */
    glia_model *best;
    glia_trial best_trial; /* its texts are gone: only numbers are read */
    glia_tune_report *report;
} tune;

/* One row of the search, in the making. */
typedef struct attempt {
    glia_trial trial;
    glia_recipe *recipe;
    gl_text command;
    gl_drawn drawn;
} attempt;

/* --------------------------------------------------------------------------- what comes next -- */

static int64_t rung_epochs(const tune *t, int k) {
    int64_t epochs = t->epochs;
    for (int i = k; i < t->rungs - 1; i++) epochs /= SHARE;
    return epochs;
}

/* The entries stay sorted; of equal ones the earlier trial comes first. */
static bool enter(tune *t, int k, int64_t number, double cost) {
    rung *r = &t->rung[k];
    if (!gl_reserve(t->g, &r->entry, &r->cap, r->n + 1, sizeof *r->entry)) return false;
    int64_t at = r->n++;
    for (; at > 0 && cost < r->entry[at - 1].cost; at--) r->entry[at] = r->entry[at - 1];
    r->entry[at] = (entry){.cost = cost, .number = number};
    return true;
}

/* The best of the first `share` entries that has not gone on yet; NULL: none is due. */
static entry *due(rung *r, int64_t share) {
    for (entry *e = r->entry; e < r->entry + share; e++)
        if (!e->promoted && isfinite(e->cost)) return e;
    return NULL;
}

static bool promote(tune *t, bool end, int64_t *number, int *k) {
    for (int i = t->rungs - 2; i >= 0; i--) {
        rung *r = &t->rung[i];
        int64_t share = r->n / SHARE;
        if (end && share == 0) share = r->n > 0; /* few trials: one goes on all the same */
        entry *e = share > 0 ? due(r, share) : NULL;
        if (!e) continue;
        e->promoted = true;
        *number = e->number, *k = i + 1;
        return true;
    }
    return false;
}

/* False when the search is over. */
static bool next(tune *t, int64_t *number, int *k) {
    if (promote(t, false, number, k)) return true;
    if (t->drawn < t->limit) {
        *number = ++t->drawn;
        *k = *number == 1 ? t->rungs - 1 : 0;
        return true;
    }
    return promote(t, true, number, k);
}

/* ------------------------------------------------------------------------------ one training -- */

/* A trial is told as a line of the program, which the caller's command begins. */
static void add_setting(gl_text *command, const char *name, const char *value) {
    gl_add(command, " --%s %s", name, value);
}

static glia_status set(attempt *a, const char *name, const char *value) {
    add_setting(&a->command, name, value);
    return glia_recipe_set(a->recipe, name, value);
}

static glia_status set_drawn(const tune *t, attempt *a) {
    int rows;
    const glia_option *row = glia_tune_ranges(&rows);
    const char *width = NULL;
    glia_status status = GLIA_OK;
    gl_ranges_draw(&t->ranges, t->seed, a->trial.number, &a->drawn);
    for (int i = 0; i < rows && status == GLIA_OK; i++) {
        const char *value = a->drawn.value[i];
        if (!*value) continue;
        a->trial.value[i] = value;
        double depth;
        if (strcmp(row[i].name, "width") == 0) {
            width = value;
        } else if (strcmp(row[i].name, "depth") == 0) {
            gl_text hidden = {.g = t->g};
            gl_parse_number(value, strlen(value), '.', &depth);
            for (int layer = 0; layer < (int)depth; layer++)
                gl_add(&hidden, "%s%s", layer > 0 ? "," : "", width);
            status = hidden.failed ? GLIA_RESOURCE : set(a, "hidden", hidden.s);
            gl_free(t->g, hidden.s);
        } else {
            status = set(a, row[i].name, value);
        }
    }
    return status;
}

/* What is compared, and what is shown beside it. */
static void name_scores(const tune *t, glia_trial *trial) {
    bool mae = strcmp(glia_recipe_get(t->recipe, "loss"), "mae") == 0;
    trial->cost_name = t->classifies ? "loss" : mae ? "mae" : "rmse";
    trial->score_name = t->classifies ? "accuracy" : "r2";
}

/* Rung k must be told its epochs; the last one only where the recipe says nothing. */
static bool says_epochs(const tune *t, int k) {
    return t->rungs > 1 && (k < t->rungs - 1 || !gl_recipe_was_set(t->recipe, "epochs"));
}

/* The recipe and the command of a trial on a rung. Trial 1 is left to glia. */
static glia_status compose(const tune *t, int64_t number, int k, attempt *a) {
    *a = (attempt){.trial = {.number = number,
                             .rung = k + 1,
                             .rungs = t->rungs,
                             .epochs = rung_epochs(t, k),
                             .score = NAN},
                   .recipe = gl_recipe_copy(t->g, t->recipe),
                   .command = {.g = t->g}};
    if (!a->recipe) return GLIA_RESOURCE;
    gl_add(&a->command, "%s", t->command.s);
    glia_status status = GLIA_OK;
    if (number > 1) {
        char epochs[40];
        gl_print_number((double)a->trial.epochs, epochs, sizeof epochs);
        status = set_drawn(t, a);
        if (status == GLIA_OK && says_epochs(t, k)) status = set(a, "epochs", epochs);
    }
    a->trial.command = a->command.s;
    name_scores(t, &a->trial);
    return status == GLIA_OK && a->command.failed ? GLIA_RESOURCE : status;
}

static void release(attempt *a) {
    glia_recipe_free(a->recipe);
    gl_free(a->command.g, a->command.s);
}

/* Handed to each training as its progress: once there is a model, looks at the clock. */
static int watch(void *user, const glia_progress *p) {
    tune *t = user;
    const glia_tune_job *job = t->job;
    if (t->best && job->seconds > 0 && gl_now() - t->start > job->seconds) return t->late = true, 1;
    return job->train.progress ? job->train.progress(job->train.user, p) : 0;
}

static double find_score(const glia_metrics *m, const char *name) {
    for (int i = 0; i < m->scores; i++)
        if (strcmp(m->score[i].name, name) == 0) return m->score[i].value;
    return NAN;
}

/* Trains a trial. Divergence is a result, too: an infinite cost and no model. */
static glia_status train(tune *t, attempt *a, glia_model **model, glia_report **report) {
    glia_trial *trial = &a->trial;
    glia_train_job job = t->job->train;
    double start = gl_now();
    job.recipe = a->recipe;
    job.command = trial->command;
    job.progress = watch;
    job.user = t;
    *model = glia_train(t->g, &job, report);
    trial->seconds = gl_now() - start;
    trial->cost = INFINITY;
    if (!*model) return glia_code(t->g) == GLIA_FAILED ? GLIA_OK : glia_code(t->g);
    double cost = find_score(&(*report)->val, trial->cost_name);
    if (isfinite(cost)) trial->cost = cost;
    trial->score = find_score(&(*report)->val, trial->score_name);
    return GLIA_OK;
}

/* -------------------------------------------------------------------------------- the search -- */

/* The row of an earlier search for this trial and rung; NULL: there is none. */
static const glia_trial *find_known(const tune *t, const glia_trial *trial) {
    for (int64_t i = 0; i < t->job->knowns; i++) {
        const glia_trial *known = &t->job->known[i];
        if (known->number == trial->number && known->rung == trial->rung) return known;
    }
    return NULL;
}

static glia_status check_known(const tune *t, const glia_trial *known, const glia_trial *trial) {
    if (strcmp(known->command, trial->command) == 0) return GLIA_OK;
    return gl_fail(t->g, GLIA_INPUT,
                   "trial %lld on rung %d was '%s', here it is '%s': what is resumed is another "
                   "search; it takes the same data, options, seed and ranges",
                   (long long)trial->number, trial->rung, known->command, trial->command);
}

/* The best model of an earlier search is trained again: the same cost, or the data have changed. */
static glia_status revive(tune *t) {
    const glia_trial *known = &t->best_trial;
    if (t->best || known->number == 0) return GLIA_OK;
    attempt a;
    glia_model *model = NULL;
    glia_status status = compose(t, known->number, known->rung - 1, &a);
    if (status == GLIA_OK) status = train(t, &a, &model, &t->report->training);
    if (status == GLIA_OK && a.trial.cost != known->cost) {
        status = gl_fail(t->g, GLIA_INPUT,
                         "trial %lld on rung %d: its validation %s was %.17g, training it again "
                         "gave %.17g: the data, or glia itself, are not those of the search that "
                         "is resumed",
                         (long long)known->number, known->rung, known->cost_name, known->cost,
                         a.trial.cost);
        glia_model_free(model);
        model = NULL;
    }
    t->best = model;
    release(&a);
    return status;
}

/* The better of two models stays, and its report. */
static void keep(tune *t, bool best, glia_model *model, glia_report *report) {
    glia_model *worse = best ? t->best : model;
    glia_report *forgotten = best ? t->report->training : report;
    if (best) t->best = model, t->report->training = report;
    glia_model_free(worse);
    glia_report_free(t->g, forgotten);
}

/* The search's account of a finished row, then the caller's. */
static glia_status record(tune *t, attempt *a, glia_model *model, glia_report *report) {
    glia_trial *trial = &a->trial;
    bool stop = false;
    bool entered = trial->number == 1 || enter(t, trial->rung - 1, trial->number, trial->cost);
    trial->best = entered && trial->cost < t->best_trial.cost;
    if (trial->number == 1) t->report->default_cost = trial->cost;
    if (trial->best) t->best_trial = *trial;
    keep(t, trial->best, model, report);
    if (!entered) return GLIA_RESOURCE;
    t->report->trainings++;
    t->report->trials += trial->number == 1 || trial->rung == 1;
    if (t->job->trial) stop = t->job->trial(t->job->user, trial) != 0;
    return stop ? gl_fail(t->g, GLIA_INTERRUPTED, "interrupted after trial %lld",
                          (long long)trial->number)
                : GLIA_OK;
}

static glia_status run_row(tune *t, int64_t number, int k) {
    attempt a;
    glia_model *model = NULL;
    glia_report *report = NULL;
    glia_status status = compose(t, number, k, &a);
    const glia_trial *known = status == GLIA_OK ? find_known(t, &a.trial) : NULL;
    if (known) {
        status = check_known(t, known, &a.trial);
        a.trial.known = 1;
        a.trial.cost = known->cost, a.trial.score = known->score;
        a.trial.seconds = known->seconds;
    } else if (status == GLIA_OK) {
        status = revive(t);
        if (status == GLIA_OK) status = train(t, &a, &model, &report);
    }
    if (status == GLIA_OK) status = record(t, &a, model, report);
    release(&a);
    return status;
}

static glia_status search(tune *t) {
    int64_t number;
    int k;
    glia_status status = GLIA_OK;
    t->best_trial.cost = INFINITY;
    t->report->stopped = "trials";
    while (status == GLIA_OK && next(t, &number, &k)) status = run_row(t, number, k);
    if (status == GLIA_OK) status = revive(t);
    bool stopped = status == GLIA_INTERRUPTED && t->best;
    if (stopped) t->report->stopped = t->late ? "time" : "interrupted";
    if (status == GLIA_OK && !t->best) {
        return gl_fail(t->g, GLIA_FAILED,
                       "every training diverged; lower learning rates, such as option 'range' "
                       "lr=0.00001:0.001, may help");
    }
    return stopped ? GLIA_OK : status;
}

/* ----------------------------------------------------------------------------------- opening -- */

/* Costs are compared on the same rows: where glia would train on all, a fifth is set apart. */
static glia_status set_validation(tune *t) {
    const glia_train_job *job = &t->job->train;
    if (job->val || gl_val_share(t->recipe, glia_table_rows(job->train)) > 0) return GLIA_OK;
    if (gl_recipe_was_set(t->recipe, "val")) {
        return gl_fail(
            t->g, GLIA_USAGE,
            "a search compares costs on validation rows, but option 'val' is %s; leave it out, "
            "or give option 'val' 0.2 or option 'val' DATA",
            glia_recipe_get(t->recipe, "val"));
    }
    add_setting(&t->command, "val", "0.2");
    return glia_recipe_set(t->recipe, "val", "0.2");
}

/* Measured (docs/tune.md): on a hundred validation rows the least cost is luck. */
static void warn_few(const tune *t) {
    enum { FEW = 400 };
    const glia_train_job *job = &t->job->train;
    double all = (double)glia_table_rows(job->train);
    double rows =
        job->val ? (double)glia_table_rows(job->val) : all * gl_val_share(t->recipe, (int64_t)all);
    if (rows >= FEW) return;
    gl_warn(t->g,
            "%.0f validation rows are few: the least of many costs on them is largely luck, and "
            "what glia chooses by itself may well do better on new rows; compare on test rows "
            "(option 'test')",
            rows);
}

/* How many epochs glia would train for. */
static int64_t decided_epochs(const glia_model *m) {
    json_t *all = json_loads(glia_model_note(m, "hyperparameters"), 0, NULL);
    const char *text = json_string_value(json_object_get(all, "epochs"));
    double epochs = 1;
    if (text) gl_parse_number(text, strlen(text), '.', &epochs);
    json_decref(all);
    return (int64_t)epochs;
}

/* Prepares what glia would train by itself: its notes are said, and it tells for how long. */
static glia_status look(tune *t) {
    glia_train_job job = t->job->train;
    job.recipe = t->recipe;
    glia_model *m = glia_prepare(t->g, &job);
    if (!m) return glia_code(t->g);
    t->classifies = glia_model_classes(m) > 0;
    t->epochs = decided_epochs(m);
    bool to_the_optimum = strcmp(gl_decide_optimizer(t->recipe), "lbfgs") == 0;
    t->rungs = to_the_optimum || t->epochs < SHARE ? 1 : t->epochs < SHARE * SHARE ? 2 : MOST_RUNGS;
    glia_model_free(m);
    return GLIA_OK;
}

static glia_status open_tune(tune *t) {
    const glia_tune_job *job = t->job;
    t->recipe = gl_recipe_copy(t->g, job->train.recipe);
    if (!t->recipe) return GLIA_RESOURCE;
    gl_add(&t->command, "%s", job->train.command ? job->train.command : "glia_train()");
    t->seed = (uint64_t)gl_recipe_number(t->recipe, "seed", 1);
    t->limit = job->trials > 0 ? job->trials : job->seconds > 0 ? INT64_MAX : USUAL_TRIALS;
    glia_status status = gl_ranges_open(&t->ranges, t->g, job->ranges, t->recipe);
    if (status == GLIA_OK) status = set_validation(t);
    /* settings that ail are what a search meets; train the best one to hear of it */
    if (status == GLIA_OK) status = glia_recipe_set(t->recipe, "doctor", "off");
    if (status != GLIA_OK) return status;
    warn_few(t);
    return look(t);
}

static void close_tune(tune *t) {
    glia_recipe_free(t->recipe);
    gl_free(t->g, t->command.s);
    for (int k = 0; k < MOST_RUNGS; k++) gl_free(t->g, t->rung[k].entry);
}

void glia_tune_report_free(glia_ctx *g, glia_tune_report *r) {
    if (!r) return;
    glia_report_free(g, r->training);
    gl_free(g, r);
}

glia_model *glia_tune(glia_ctx *g, const glia_tune_job *job, glia_tune_report **out) {
    glia_tune_report *report = gl_alloc(g, 1, sizeof *report);
    if (out) *out = NULL;
    if (!report) return NULL;
    *report = (glia_tune_report){.default_cost = INFINITY};
    tune t = {.g = g, .job = job, .command = {.g = g}, .start = gl_now(), .report = report};
    glia_status status = open_tune(&t);
    gl_listener before = gl_hush(g); /* every trial would say the same */
    if (status == GLIA_OK) status = search(&t);
    gl_unlisten(g, before);
    report->best = t.best_trial.number;
    report->rung = t.best_trial.rung;
    report->cost = t.best_trial.cost;
    report->cost_name = t.best_trial.cost_name;
    report->seconds = gl_now() - t.start;
    close_tune(&t);
    if (status == GLIA_OK && out) *out = report;
    else glia_tune_report_free(g, report);
    if (status == GLIA_OK) return t.best;
    glia_model_free(t.best);
    return NULL;
}
