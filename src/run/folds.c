/*
 * folds.c: K-fold cross-validation. A fold is an ordinary training: on a table that holds the
 * other folds' rows and nothing else, so that no scaling, no category and no choice of epochs,
 * L2 or threshold has seen the rows that are measured. Folds that are worth one thread each run
 * side by side.
 *
 *     table     1 2 3 4 5 | 1 2 3 4 5 | ...        each row has a fold, classes spread evenly
 *     fold 3    train on 1 2 4 5, a part of which validates;  test on 3
 *     result    K lines of scores, their mean, and Student's interval of it
 *
 * Rows of series are measured by networks that learned from what came before: fold 3 of 5 is the
 * fourth of six parts, and the first three train.
 *
 * Each fold copies its rows into tables. Rows named by number would be cheaper, and one column
 * looked at as a whole would be enough to spoil the measuring; so nothing else is there to be
 * looked at. The model that the user gets is another training, from all rows; here none is kept.
 */
#include "../score/metrics.h"
#include "../base/crew.h"
#include "../table/series.h"
#include "training.h"
#include "../score/interval.h"

#include <math.h>
#include <string.h>

typedef struct validation {
    glia_ctx *g;
    const glia_train_job *job;
    int64_t *fold; /* [rows] which fold a row is in */
    bool *by_cost; /* [folds] its validation rows could not have the score that is monitored */
    glia_folds *out;
} validation;

/* One fold as a hand sees it: its own views of what all share. */
typedef struct fold {
    glia_ctx *g;
    glia_table *all, *val;    /* views; val NULL: none was given */
    glia_table *train, *test; /* the rows of the other folds, and of this one */
} fold;

/* The rows inside fold k, or all others. */
static glia_table *take_rows(const validation *v, const glia_table *all, int64_t k, bool inside) {
    int64_t n = 0, *rows = gl_alloc(all->g, all->rows, sizeof *rows);
    if (!rows) return NULL;
    for (int64_t i = 0; i < all->rows; i++) {
        bool is_in = v->fold[i] == k;
        bool trains = gl_series_overlap(all) ? gl_series_trains(all, v->fold, k, i) : !is_in;
        if (inside ? is_in : trains) rows[n++] = i;
    }
    glia_table *taken = glia_table_select(all, rows, n);
    gl_free(all->g, rows);
    return taken;
}

/* Views, because what a table notes about itself when it is asked (how many distinct values a
 * column has) belongs to one thread at a time. The columns' cells are shared. */
static bool open_fold(const validation *v, fold *f, int64_t k) {
    f->all = gl_table_view(f->g, v->job->train);
    f->val = v->job->val ? gl_table_view(f->g, v->job->val) : NULL;
    f->train = f->all ? take_rows(v, f->all, k, false) : NULL;
    f->test = f->train ? take_rows(v, f->all, k, true) : NULL;
    return f->test && (f->val || !v->job->val);
}

static void close_fold(fold *f) {
    glia_table_free(f->train);
    glia_table_free(f->test);
    gl_table_close_view(f->val);
    gl_table_close_view(f->all);
}

/* Decisions differ little from fold to fold and are said once more by the final training. A fold's
 * scores have no intervals of their own (`deep`): the mean's is the one that is asked for. The
 * confusion goes with the report. */
static glia_status train_silently(const validation *v, const fold *f, gl_hand *hand,
                                  glia_metrics *out, bool *by_cost) {
    glia_report *report = NULL;
    glia_train_job job = *v->job;
    job.train = f->train, job.val = f->val, job.test = f->test, job.deep = 0;
    job.checkpoint = (glia_checkpoint){0}; /* it is that of the one training behind the folds */
    job.partial = 0;                       /* part of a fold's training is not worth a score */
    job.progress = gl_hand_progress, job.user = hand;
    gl_listener before = gl_hush(f->g);
    glia_model *m = gl_train_known(f->g, &job, f->all, &report);
    gl_unlisten(f->g, before);
    if (m) *out = report->test;
    if (m) *by_cost = strcmp(report->history->monitor, glia_recipe_get(job.recipe, "monitor")) != 0;
    out->confusion = NULL, out->target = NULL, out->targets = 0; /* the report's */
    glia_report_free(f->g, report);
    glia_model_free(m);
    return m ? GLIA_OK : glia_code(f->g);
}

static glia_status measure_fold(void *user, gl_hand *hand, int64_t k) {
    const validation *v = user;
    fold f = {.g = hand->g};
    glia_status status =
        open_fold(v, &f, k)
            ? train_silently(v, &f, hand, (glia_metrics *)&v->out->fold[k], &v->by_cost[k])
            : glia_code(f.g);
    close_fold(&f);
    /* What fails in a fold and not elsewhere is named by it: validation rows of one class only
     * where a threshold is chosen, a divergence. A wrong option or a lack of memory has no fold. */
    if (status == GLIA_FAILED || status == GLIA_INPUT) {
        return gl_fail(f.g, status, "fold %d of %d: %s", (int)k + 1, v->out->folds,
                       glia_message(f.g));
    }
    return status;
}

static glia_status tell_fold(void *user, int64_t k) {
    const validation *v = user;
    const glia_metrics *m = &v->out->fold[k];
    gl_note(v->g, "fold %d of %d: %s %.4g on %lld row%s", (int)k + 1, v->out->folds,
            gl_main_score(m)->name, gl_main_score(m)->value, (long long)m->rows,
            gl_plural(m->rows));
    if (v->by_cost[k])
        gl_warn(v->g,
                "fold %d of %d: its validation rows cannot have the score '%s'; the cost tells its "
                "best epoch",
                (int)k + 1, v->out->folds, glia_recipe_get(v->job->recipe, "monitor"));
    return GLIA_OK;
}

/* Of a share around its logit, so that it ends within 0 and 1; where no fold erred, that of all
 * rows together. */
static gl_range interval_of(const glia_folds *f, const char *name, gl_spread s, int defined) {
    double least, most, rows = 0;
    gl_score_limits(name, &least, &most);
    bool share = least == 0 && most == 1;
    if (isnan(s.low)) return (gl_range){NAN, NAN};
    for (int k = 0; k < f->folds; k++) rows += (double)f->fold[k].rows;
    if (share && s.mean > 0 && s.mean < 1) return gl_logit_t(s.mean, s.error, defined);
    if (share) return gl_wilson(s.mean, rows);
    return (gl_range){fmax(s.low, least), fmin(s.high, most)};
}

/* A fold without rows of a class has no recall of it, and is left out of that mean.
 *
 * The folds share training rows, so their scores are not independent, and the interval is a little
 * narrow; there is no unbiased estimate of this variance (Bengio and Grandvalet, 2004). */
static glia_status average(const validation *v) {
    glia_folds *f = v->out;
    double *of_fold = gl_alloc(v->g, f->folds, sizeof *of_fold);
    if (!of_fold) return GLIA_RESOURCE;
    f->scores = f->fold[0].scores;
    for (int i = 0; i < f->scores; i++) {
        int defined = 0;
        for (int k = 0; k < f->folds; k++) {
            double value = f->fold[k].score[i].value;
            if (!isnan(value)) of_fold[defined++] = value;
        }
        gl_spread s = gl_spread_of(of_fold, defined);
        gl_range r = interval_of(f, f->fold[0].score[i].name, s, defined);
        f->mean[i] = f->fold[0].score[i];
        f->mean[i].value = s.mean, f->mean[i].low = r.low, f->mean[i].high = r.high;
    }
    gl_free(v->g, of_fold);
    return GLIA_OK;
}

static glia_status validate(validation *v) {
    gl_work work = {.n = v->out->folds,
                    .job = measure_fold,
                    .settle = tell_fold,
                    .user = v,
                    .hands = gl_training_hands(v->g, v->job, NULL),
                    .progress = v->job->progress,
                    .progress_user = v->job->user};
    glia_status status = gl_crew_work(v->g, &work);
    return status == GLIA_OK ? average(v) : status;
}

static glia_status deal(validation *v) {
    const glia_recipe *r = v->job->recipe;
    const glia_table *t = v->job->train;
    uint64_t seed = (uint64_t)gl_recipe_number(r, "seed", 1);
    v->fold = gl_alloc(v->g, t->rows, sizeof *v->fold);
    v->by_cost = gl_alloc(v->g, v->out->folds, sizeof *v->by_cost);
    if (!v->fold || !v->by_cost) return GLIA_RESOURCE;
    if (gl_series_overlap(t)) return gl_series_folds(t, v->out->folds, seed, v->fold);
    const char *stratum = gl_job_stratum(v->job, t);
    return stratum ? glia_table_folds(t, stratum, v->out->folds, seed, v->fold) : glia_code(v->g);
}

glia_folds *glia_cross_validate(glia_ctx *g, const glia_train_job *job, int folds) {
    if (folds < 2)
        return gl_fail(g, GLIA_USAGE, "%d fold%s: expected 2 or more", folds, gl_plural(folds)),
               NULL;
    const int64_t troubles = g->troubles;
    glia_folds *f = gl_alloc(g, 1, sizeof *f);
    if (!f) return NULL;
    *f = (glia_folds){.folds = folds, .fold = gl_alloc(g, folds, sizeof *f->fold)};
    gl_counted_job counted = {0};
    glia_train_job shared = *job; /* by the folds, and whatever comes behind them */
    shared.use_up = 0;
    gl_listener before = gl_hush(g); /* the training behind the folds says what was left out */
    glia_status status = f->fold ? gl_count_job(g, &shared, &counted) : GLIA_RESOURCE;
    gl_unlisten(g, before);
    validation v = {.g = g, .job = &counted.job, .out = f};
    if (status == GLIA_OK) status = deal(&v);
    if (status == GLIA_OK) status = validate(&v);
    gl_free(g, v.fold);
    gl_free(g, v.by_cost);
    gl_count_close(&counted);
    if (gl_outcome(g, troubles, status) == GLIA_OK) return f;
    glia_folds_free(g, f);
    return NULL;
}

void glia_folds_free(glia_ctx *g, glia_folds *f) {
    if (!f) return;
    gl_free(g, (void *)f->fold);
    gl_free(g, f);
}
