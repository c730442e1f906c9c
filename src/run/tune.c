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
 *
 * Rows are trained side by side and told one after another, in the order above. None is trained in
 * vain: who goes on from a rung depends on the rows that came to that rung before, and on nothing
 * above it, so what lies ahead on one rung is certain while another is still waited for.
 */
#include "../base/json.h"
#include "../score/metrics.h"
#include "../base/crew.h"
#include "ranges.h"
#include "training.h"

#include <math.h>
#include <string.h>

enum { SHARE = 3, MOST_RUNGS = 3, USUAL_TRIALS = 20 };

typedef struct entry { /* of a trial on a rung */
    double cost;
    int64_t number;
    bool promoted;
} entry;

/* One row of the search: a trial on a rung. */
typedef struct row {
    glia_trial trial;
    glia_recipe *recipe;
    gl_text command;
    gl_drawn drawn;
    const glia_trial *known; /* of an earlier search; NULL: it is to be trained */
    int64_t after;           /* it is told behind so many rows of the rung below */
    bool last;               /* and behind every trial's first row */
    bool given, done;        /* to a hand; trained or known */
    glia_model *model;       /* NULL: known, or it diverged */
    glia_report *report;
} row;

typedef struct rung {
    row **row; /* in the order in which they come here; NULL: told */
    int64_t rows, row_cap;
    int64_t entered, told; /* the first so many of them */
    entry *entry;          /* of those that entered, the least cost first */
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
    bool late;  /* the time is up */
    row **slot; /* [slots] those in hand; NULL: free */
    int hands, slots;
    row *revival; /* the best row of an earlier search, trained again; NULL: no need */
    glia_model *best;
    glia_trial best_trial; /* its texts are gone: only numbers are read */
    glia_tune_report *report;
} tune;

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

/* ------------------------------------------------------------------------------ one training -- */

/* A trial is told as a line of the program, which the caller's command begins. */
static void add_setting(gl_text *command, const char *name, const char *value) {
    gl_add(command, " --%s %s", name, value);
}

static glia_status set(row *a, const char *name, const char *value) {
    add_setting(&a->command, name, value);
    return glia_recipe_set(a->recipe, name, value);
}

static glia_status set_drawn(const tune *t, row *a) {
    int count;
    const glia_option *range = glia_tune_ranges(&count);
    const char *width = NULL;
    glia_status status = GLIA_OK;
    gl_ranges_draw(&t->ranges, t->seed, a->trial.number, &a->drawn);
    for (int i = 0; i < count && status == GLIA_OK; i++) {
        const char *value = a->drawn.value[i];
        if (!*value) continue;
        a->trial.value[i] = value;
        double depth;
        if (strcmp(range[i].name, "width") == 0) {
            width = value;
        } else if (strcmp(range[i].name, "depth") == 0) {
            gl_text hidden = {.g = t->g};
            gl_parse_number(value, strlen(value), '.', &depth);
            for (int layer = 0; layer < (int)depth; layer++)
                gl_add(&hidden, "%s%s", layer > 0 ? "," : "", width);
            status = hidden.failed ? GLIA_RESOURCE : set(a, "hidden", hidden.s);
            gl_free(t->g, hidden.s);
        } else {
            status = set(a, range[i].name, value);
        }
    }
    return status;
}

/* What is compared, and what is shown beside it. */
static void name_scores(const tune *t, glia_trial *trial) {
    bool mae = strcmp(glia_recipe_get(t->recipe, "loss"), "mae") == 0,
         counts = strcmp(glia_recipe_get(t->recipe, "task"), "count") == 0,
         quantiles = strcmp(glia_recipe_get(t->recipe, "quantiles"), "none") != 0;
    trial->cost_name = t->classifies ? "loss"
                       : counts      ? "deviance"
                       : quantiles   ? "pinball"
                       : mae         ? "mae"
                                     : "rmse";
    trial->score_name = t->classifies ? "accuracy" : counts ? "d2" : quantiles ? "coverage" : "r2";
}

/* Rung k must be told its epochs; the last one only where the recipe says nothing. */
static bool says_epochs(const tune *t, int k) {
    return t->rungs > 1 && (k < t->rungs - 1 || !gl_recipe_was_set(t->recipe, "epochs"));
}

/* The recipe and the command of a trial on a rung. Trial 1 is left to glia. */
static glia_status compose(const tune *t, int64_t number, int k, row *a) {
    *a = (row){.trial = {.number = number,
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

static void release(const tune *t, row *a) {
    if (!a) return;
    glia_recipe_free(a->recipe);
    gl_free(t->g, a->command.s);
    glia_model_free(a->model);
    glia_report_free(t->g, a->report);
    gl_free(t->g, a);
}

static row *new_row(const tune *t, int64_t number, int k) {
    row *a = gl_alloc(t->g, 1, sizeof *a);
    if (!a || compose(t, number, k, a) == GLIA_OK) return a;
    return release(t, a), NULL;
}

/* The progress of all trainings: once there is a model, looks at the clock. */
static int watch(void *user, const glia_progress *p) {
    tune *t = user;
    const glia_tune_job *job = t->job;
    if (t->best && job->seconds > 0 && gl_now() - t->start > job->seconds) return t->late = true, 1;
    return job->train.progress ? job->train.progress(job->train.user, p) : 0;
}

/* Divergence is a result, too: an infinite cost and no model. */
static glia_status train(row *a, gl_hand *hand, glia_train_job *job) {
    glia_trial *trial = &a->trial;
    double start = gl_now();
    job->recipe = a->recipe;
    job->command = trial->command;
    job->progress = gl_hand_progress, job->user = hand;
    gl_listener before = gl_hush(hand->g); /* every trial would say the same */
    a->model = glia_train(hand->g, job, &a->report);
    gl_unlisten(hand->g, before);
    trial->seconds = gl_now() - start;
    trial->cost = INFINITY;
    if (!a->model) return glia_code(hand->g) == GLIA_FAILED ? GLIA_OK : glia_code(hand->g);
    double cost = gl_score_value(&a->report->val, trial->cost_name);
    if (isfinite(cost)) trial->cost = cost;
    trial->score = gl_score_value(&a->report->val, trial->score_name);
    return GLIA_OK;
}

/* By a hand, with views of its own of what all share. The model outlives the hand. */
static glia_status train_row(void *user, gl_hand *hand, int64_t slot) {
    const tune *t = user;
    row *a = t->slot[slot];
    glia_train_job job = t->job->train;
    job.use_up = 0; /* other trials need them */
    const glia_table **table[] = {&job.train, &job.val, &job.test};
    glia_table *view[3] = {0};
    bool ok = true;
    for (int i = 0; i < 3; i++) {
        if (*table[i]) ok = (view[i] = gl_table_view(hand->g, *table[i])) && ok;
        *table[i] = view[i];
    }
    glia_status status = ok ? train(a, hand, &job) : GLIA_RESOURCE;
    for (int i = 0; i < 3; i++) gl_table_close_view(view[i]);
    if (a->model) gl_model_give(a->model, t->g);
    return status;
}

/* --------------------------------------------------------------------------- what comes next -- */

/* The row of an earlier search for this trial and rung; NULL: there is none. */
static const glia_trial *find_known(const tune *t, const glia_trial *trial) {
    for (int64_t i = 0; i < t->job->knowns; i++) {
        const glia_trial *known = &t->job->known[i];
        if (known->number == trial->number && known->rung == trial->rung) return known;
    }
    return NULL;
}

static void take_known(row *a, const glia_trial *known) {
    a->known = known;
    a->done = true, a->trial.known = 1;
    a->trial.cost = known->cost, a->trial.score = known->score;
    a->trial.seconds = known->seconds;
}

static glia_status add(tune *t, int64_t number, int k, bool last) {
    rung *r = &t->rung[k];
    if (!gl_reserve(t->g, &r->row, &r->row_cap, r->rows + 1, sizeof(row *))) return GLIA_RESOURCE;
    row *a = new_row(t, number, k);
    if (!a) return glia_code(t->g);
    const glia_trial *known = find_known(t, &a->trial);
    if (known) take_known(a, known);
    a->after = k > 0 ? t->rung[k - 1].entered : 0;
    a->last = last;
    r->row[r->rows++] = a;
    return GLIA_OK;
}

/* The best `share` of a rung go on, those that have not yet. */
static glia_status go_on(tune *t, int k, int64_t share, bool last) {
    glia_status status = GLIA_OK;
    for (entry *e; status == GLIA_OK && (e = due(&t->rung[k], share));) {
        e->promoted = true;
        status = add(t, e->number, k + 1, last);
    }
    return status;
}

/* Rows that are done enter their rung in the order in which they came to it. Trial 1 is beside the
 * race. */
static glia_status enter_rows(tune *t, int k) {
    rung *r = &t->rung[k];
    glia_status status = GLIA_OK;
    while (status == GLIA_OK && r->entered < r->rows && r->row[r->entered]->done) {
        const glia_trial *trial = &r->row[r->entered++]->trial;
        if (trial->number == 1) continue;
        if (!enter(t, k, trial->number, trial->cost)) return GLIA_RESOURCE;
        if (k + 1 < t->rungs) status = go_on(t, k, r->n / SHARE, false);
    }
    return status;
}

static glia_status draw(tune *t) {
    glia_status status = GLIA_OK;
    while (status == GLIA_OK && t->drawn < t->limit && t->drawn - t->report->trials < t->slots) {
        int64_t number = ++t->drawn;
        status = add(t, number, number == 1 ? t->rungs - 1 : 0, false);
    }
    return status;
}

/* Few trials: one goes on all the same. */
static glia_status end_rungs(tune *t) {
    glia_status status = GLIA_OK;
    for (int k = 0; k + 1 < t->rungs && status == GLIA_OK && t->drawn == t->limit; k++) {
        const rung *r = &t->rung[k];
        if (r->entered < r->rows) break;
        if (r->n > 0 && r->n < SHARE) status = go_on(t, k, 1, true);
    }
    return status;
}

/* Adds the rows that are certain to come. */
static glia_status foresee(tune *t) {
    glia_status status = draw(t);
    for (int k = 0; k < t->rungs && status == GLIA_OK; k++) status = enter_rows(t, k);
    return status == GLIA_OK ? end_rungs(t) : status;
}

/* The one that is told next; NULL: the search is over. */
static row *find_turn(const tune *t) {
    const rung *first = &t->rung[0];
    bool all_drawn = t->drawn == t->limit && first->told == first->rows;
    for (int k = t->rungs - 1; k > 0; k--) {
        const rung *r = &t->rung[k];
        row *a = r->told < r->rows ? r->row[r->told] : NULL;
        if (a && a->after <= r[-1].told && (all_drawn || !a->last)) return a;
    }
    return first->told < first->rows ? first->row[first->told] : NULL;
}

/* The one that is trained next, from the top: there trainings are longest. NULL: none is known
 * yet. */
static row *find_ready(const tune *t) {
    if (t->revival && !t->revival->given) return t->revival;
    for (int k = t->rungs - 1; k >= 0; k--) {
        const rung *r = &t->rung[k];
        for (int64_t i = r->told; i < r->rows; i++)
            if (!r->row[i]->given && !r->row[i]->known) return r->row[i];
    }
    return NULL;
}

/* -------------------------------------------------------------------------------- the search -- */

static glia_status check_known(const tune *t, const glia_trial *known, const glia_trial *trial) {
    if (!known || strcmp(known->command, trial->command) == 0) return GLIA_OK;
    return gl_fail(t->g, GLIA_INPUT,
                   "trial %lld on rung %d was '%s', here it is '%s': what is resumed is another "
                   "search; it takes the same data, options, seed and ranges",
                   (long long)trial->number, trial->rung, known->command, trial->command);
}

/* The better of two models stays, and its report. */
static void keep(tune *t, row *a) {
    glia_model *worse = t->best;
    glia_report *forgotten = t->report->training;
    if (!a->trial.best) return;
    t->best = a->model, t->report->training = a->report;
    a->model = worse, a->report = forgotten;
}

/* The search's account of a row that is done, then the caller's. */
static glia_status tell(tune *t, row *a) {
    glia_trial *trial = &a->trial;
    glia_status status = check_known(t, a->known, trial);
    if (status != GLIA_OK) return status;
    trial->best = trial->cost < t->best_trial.cost;
    if (trial->number == 1) t->report->default_cost = trial->cost;
    if (trial->best) t->best_trial = *trial;
    keep(t, a);
    t->report->trainings++;
    t->report->trials += trial->number == 1 || trial->rung == 1;
    if (!t->job->trial || t->job->trial(t->job->user, trial) == 0) return GLIA_OK;
    return gl_fail(t->g, GLIA_INTERRUPTED, "interrupted after trial %lld",
                   (long long)trial->number);
}

static glia_status tell_next(tune *t, row *a) {
    rung *r = &t->rung[a->trial.rung - 1];
    glia_status status = tell(t, a);
    if (status != GLIA_OK) return status;
    release(t, a);
    r->row[r->told++] = NULL;
    return GLIA_OK;
}

/* The best row of an earlier search has no model here. */
static bool lacks_model(const tune *t) { return !t->best && t->best_trial.number > 0; }

/* It is trained again: the same cost, or the data have changed. False: that is not done yet. */
static glia_status revive(tune *t, bool *done) {
    const glia_trial *known = &t->best_trial;
    row *a = t->revival;
    if (!a) a = t->revival = new_row(t, known->number, known->rung - 1);
    if (!a) return glia_code(t->g);
    if (!(*done = a->done)) return GLIA_OK;
    if (a->trial.cost != known->cost)
        return gl_fail(t->g, GLIA_INPUT,
                       "trial %lld on rung %d: its validation %s was %.17g, training it again "
                       "gave %.17g: the data, or glia itself, are not those of the search that "
                       "is resumed",
                       (long long)known->number, known->rung, known->cost_name, known->cost,
                       a->trial.cost);
    a->trial.best = 1;
    keep(t, a);
    release(t, a);
    t->revival = NULL;
    return GLIA_OK;
}

/* Tells what can be told, and looks what can be trained. */
static glia_status advance(tune *t) {
    for (;;) {
        glia_status status = foresee(t);
        bool done = true;
        row *a = status == GLIA_OK ? find_turn(t) : NULL;
        if (status == GLIA_OK && lacks_model(t) && !(a && a->known)) status = revive(t, &done);
        else if (a && (done = a->done)) status = tell_next(t, a);
        if (status != GLIA_OK || !done || !a) return status;
    }
}

static int64_t next_slot(void *user) {
    tune *t = user;
    row *a = find_ready(t);
    for (int i = 0; a && i < t->slots; i++) {
        if (t->slot[i]) continue;
        t->slot[i] = a;
        a->given = true;
        return i;
    }
    return -1;
}

static glia_status finish_slot(void *user, int64_t slot) {
    tune *t = user;
    t->slot[slot]->done = true;
    t->slot[slot] = NULL;
    return advance(t);
}

static glia_status search(tune *t) {
    gl_work work = {.next = next_slot,
                    .job = train_row,
                    .settle = finish_slot,
                    .user = t,
                    .hands = t->hands,
                    .progress = watch,
                    .progress_user = t};
    t->best_trial.cost = INFINITY;
    t->report->stopped = "trials";
    glia_status status = advance(t);
    if (status == GLIA_OK) status = gl_crew_work(t->g, &work);
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
    /* Few rows of a series get a linear model, which validates nothing by itself (count_job.c). */
    bool series = gl_recipe_was_set(t->recipe, "sequence") && !gl_recipe_was_set(t->recipe, "val");
    bool validates = gl_val_share(t->recipe, glia_table_rows(job->train)) > 0;
    if (job->val || (validates && !series)) return GLIA_OK;
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
static void warn_few(const tune *t, int64_t rows) {
    enum { FEW = 400 };
    if (rows >= FEW) return;
    gl_warn(t->g,
            "%lld validation row%s few: the least of many costs on them is largely luck, and "
            "what glia chooses by itself may well do better on new rows; compare on test rows "
            "(option 'test')",
            (long long)rows, rows == 1 ? " is" : "s are");
}

/* As many as work on them, and some that wait for a longer one before them. */
static glia_status open_slots(tune *t) {
    enum { AHEAD = 16 };
    glia_train_job job = t->job->train;
    int64_t val_rows;
    job.recipe = t->recipe;
    t->hands = gl_training_hands(t->g, &job, &val_rows);
    warn_few(t, val_rows);
    t->slots = AHEAD * t->hands;
    t->slot = gl_alloc(t->g, t->slots, sizeof *t->slot);
    return t->slot ? GLIA_OK : GLIA_RESOURCE;
}

/* How many epochs glia would train for. */
static int64_t decided_epochs(const glia_model *m) {
    char *copy;
    gl_json *all = gl_json_read_copy(m->g, glia_model_note(m, "hyperparameters"), &copy);
    const char *text = gl_json_text(gl_json_get(all, "epochs"));
    double epochs = 1;
    if (text) gl_parse_number(text, strlen(text), '.', &epochs);
    gl_free(m->g, all);
    gl_free(m->g, copy);
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
    return open_slots(t);
}

static glia_status open_tune(tune *t) {
    const glia_tune_job *job = t->job;
    if (job->train.checkpoint.path)
        return gl_fail(t->g, GLIA_USAGE,
                       "a checkpoint is of one training; a search goes on from the trials that are "
                       "known");
    t->recipe = gl_recipe_copy(t->g, job->train.recipe);
    if (!t->recipe) return GLIA_RESOURCE;
    gl_add(&t->command, "%s", job->train.command ? job->train.command : "glia_train()");
    t->seed = (uint64_t)gl_recipe_number(t->recipe, "seed", 1);
    t->limit = job->trials > 0 ? job->trials : job->seconds > 0 ? INT64_MAX : USUAL_TRIALS;
    glia_status status = gl_ranges_open(&t->ranges, t->g, job->ranges, t->recipe);
    if (status == GLIA_OK) status = set_validation(t);
    if (status == GLIA_OK && strcmp(glia_recipe_get(t->recipe, "refit"), "on") == 0)
        return gl_fail(t->g, GLIA_USAGE,
                       "option 'refit' is of one training; search without it, and train the best "
                       "settings with it");
    /* settings that ail are what a search meets; train the best one to hear of it */
    if (status == GLIA_OK) status = glia_recipe_set(t->recipe, "doctor", "off");
    return status == GLIA_OK ? look(t) : status;
}

static void close_tune(tune *t) {
    glia_recipe_free(t->recipe);
    gl_free(t->g, t->command.s);
    for (rung *r = t->rung; r < t->rung + MOST_RUNGS; r++) {
        for (int64_t i = r->told; i < r->rows; i++) release(t, r->row[i]);
        gl_free(t->g, r->row);
        gl_free(t->g, r->entry);
    }
    release(t, t->revival);
    gl_free(t->g, t->slot);
}

void glia_tune_report_free(glia_ctx *g, glia_tune_report *r) {
    if (!r) return;
    glia_report_free(g, r->training);
    gl_free(g, r);
}

glia_model *glia_tune(glia_ctx *g, const glia_tune_job *job, glia_tune_report **out) {
    const int64_t troubles = g->troubles;
    glia_tune_report *report = gl_alloc(g, 1, sizeof *report);
    if (out) *out = NULL;
    if (!report) return NULL;
    *report = (glia_tune_report){.default_cost = INFINITY};
    tune t = {.g = g, .job = job, .command = {.g = g}, .start = gl_now(), .report = report};
    glia_status status = open_tune(&t);
    if (status == GLIA_OK) status = search(&t);
    report->best = t.best_trial.number;
    report->rung = t.best_trial.rung;
    report->cost = t.best_trial.cost;
    report->cost_name = t.best_trial.cost_name;
    report->seconds = gl_now() - t.start;
    close_tune(&t);
    status = gl_outcome(g, troubles, status);
    if (status == GLIA_OK && out) *out = report;
    else glia_tune_report_free(g, report);
    if (status == GLIA_OK) return t.best;
    glia_model_free(t.best);
    return NULL;
}
