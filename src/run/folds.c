/*
 * folds.c: K-fold cross-validation. A fold is an ordinary training: on a table that holds the other
 * folds' rows and nothing else, so that no scaling, no category and no choice of epochs, L2 or
 * threshold has seen the rows that are measured.
 */
#include "../table/table.h"
#include "training.h"
#include "../score/interval.h"

#include <string.h>

typedef struct validation {
    glia_ctx *g;
    const glia_train_job *job;
    int64_t *fold, *rows; /* [rows] which fold a row is in; room for a list of rows */
    glia_folds *out;
} validation;

/* The rows inside fold k, or all others. */
static glia_table *take_rows(const validation *v, int k, bool inside) {
    int64_t n = 0;
    for (int64_t i = 0; i < v->job->train->rows; i++) {
        if ((v->fold[i] == k) == inside) v->rows[n++] = i;
    }
    return glia_table_select(v->job->train, v->rows, n);
}

/* Decisions differ little from fold to fold and are said once more by the final training. */
static glia_status train_silently(const validation *v, const glia_table *train,
                                  const glia_table *test, glia_report **report) {
    glia_train_job job = *v->job;
    job.train = train, job.test = test, job.deep = 0;
    gl_listener before = gl_hush(v->g);
    glia_model *m = glia_train(v->g, &job, report);
    gl_unlisten(v->g, before);
    glia_model_free(m);
    return m ? GLIA_OK : glia_code(v->g);
}

static const glia_score *main_score(const glia_metrics *m) {
    return &m->score[1]; /* accuracy, or rmse */
}

static glia_status measure_fold(validation *v, int k) {
    glia_report *report = NULL;
    glia_table *train = take_rows(v, k, false), *test = train ? take_rows(v, k, true) : NULL;
    glia_status status = test ? train_silently(v, train, test, &report) : glia_code(v->g);
    glia_table_free(train);
    glia_table_free(test);
    if (status == GLIA_FAILED || status == GLIA_INPUT) {
        return gl_fail(v->g, status, "fold %d of %d: %s", k + 1, v->out->folds, glia_message(v->g));
    }
    if (status != GLIA_OK) return status;
    glia_metrics *m = (glia_metrics *)&v->out->fold[k];
    *m = report->test;
    m->confusion = NULL; /* the report's */
    glia_report_free(v->g, report);
    gl_note(v->g, "fold %d of %d: %s %.4g on %lld rows", k + 1, v->out->folds, main_score(m)->name,
            main_score(m)->value, (long long)m->rows);
    return GLIA_OK;
}

static glia_status average(const validation *v) {
    glia_folds *f = v->out;
    double *of_fold = gl_alloc(v->g, f->folds, sizeof *of_fold);
    if (!of_fold) return GLIA_RESOURCE;
    f->scores = f->fold[0].scores;
    for (int i = 0; i < f->scores; i++) {
        for (int k = 0; k < f->folds; k++) of_fold[k] = f->fold[k].score[i].value;
        gl_spread s = gl_spread_of(of_fold, f->folds);
        f->mean[i] = (glia_score){f->fold[0].score[i].name, s.mean, s.low, s.high};
    }
    gl_free(v->g, of_fold);
    return GLIA_OK;
}

static glia_status validate(validation *v) {
    glia_status status = GLIA_OK;
    for (int k = 0; k < v->out->folds && status == GLIA_OK; k++) status = measure_fold(v, k);
    return status == GLIA_OK ? average(v) : status;
}

static glia_status deal(validation *v) {
    const glia_recipe *r = v->job->recipe;
    const glia_table *t = v->job->train;
    uint64_t seed = (uint64_t)gl_recipe_number(r, "seed", 1);
    v->fold = gl_alloc(v->g, t->rows, sizeof *v->fold);
    v->rows = gl_alloc(v->g, t->rows, sizeof *v->rows);
    if (!v->fold || !v->rows) return GLIA_RESOURCE;
    return glia_table_folds(t, gl_job_target(v->job), v->out->folds, seed, v->fold);
}

glia_folds *glia_cross_validate(glia_ctx *g, const glia_train_job *job, int folds) {
    if (folds < 2) return gl_fail(g, GLIA_USAGE, "%d folds: expected 2 or more", folds), NULL;
    glia_folds *f = gl_alloc(g, 1, sizeof *f);
    if (!f) return NULL;
    *f = (glia_folds){.folds = folds, .fold = gl_alloc(g, folds, sizeof *f->fold)};
    validation v = {.g = g, .job = job, .out = f};
    glia_status status = f->fold ? deal(&v) : GLIA_RESOURCE;
    if (status == GLIA_OK) status = validate(&v);
    gl_free(g, v.fold);
    gl_free(g, v.rows);
    if (status == GLIA_OK) return f;
    glia_folds_free(g, f);
    return NULL;
}

void glia_folds_free(glia_ctx *g, glia_folds *f) {
    if (!f) return;
    gl_free(g, (void *)f->fold);
    gl_free(g, f);
}
