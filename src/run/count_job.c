/*
 * count_job.c: the tables of a job without the rows that do not count (src/product/counted.c),
 * before anything else looks at them.
 */
#include "training.h"

#include <string.h>

typedef struct columns {
    int *column, n, most;
} columns;

static glia_status take(void *user, int j) {
    columns *c = user;
    if (c->n < c->most) c->column[c->n++] = j;
    return GLIA_OK;
}

/* A column that is not there is told by whoever needs it, in its own words. */
static columns named(const glia_table *t, const char *said) {
    columns c = {.column = gl_alloc(t->g, t->columns, sizeof *c.column), .most = t->columns};
    if (c.column && gl_table_named(t, said, take, &c) != GLIA_OK) c.n = 0;
    return c;
}

static glia_status count_table(const glia_table *t, const char *target, const char *weight,
                               bool skip, glia_table **own) {
    columns y = named(t, target), w = named(t, weight);
    glia_status status = GLIA_RESOURCE;
    if (y.column && w.column)
        status = gl_counted_rows(t, y.column, y.n, w.n ? w.column[0] : -1, skip, own);
    gl_free(t->g, y.column);
    gl_free(t->g, w.column);
    return status;
}

glia_status gl_count_job(glia_ctx *g, const glia_train_job *job, gl_counted_job *c) {
    *c = (gl_counted_job){.job = *job};
    const glia_table **table[] = {&c->job.train, &c->job.val, &c->job.test};
    bool skip = strcmp(glia_recipe_get(job->recipe, "bad-rows"), "skip") == 0;
    const char *weight = glia_recipe_get(job->recipe, "sample-weight");
    if (!job->train) return gl_fail(g, GLIA_USAGE, "there is no table to train on: train is NULL");
    glia_status status = gl_give_pasts(c);
    job = &c->job;
    const char *target = status == GLIA_OK ? gl_job_target(job) : NULL;
    for (int i = 0; i < 3 && status == GLIA_OK; i++) {
        const glia_table *t = *table[i];
        if (!t) continue;
        status = gl_table_check_context(g, t);
        if (status == GLIA_OK) status = count_table(t, target, weight, skip, &c->own[i]);
        if (c->own[i] && job->use_up) gl_table_keep_columns((glia_table *)t, NULL);
        if (c->own[i]) *table[i] = c->own[i];
    }
    return status;
}

void gl_count_close(gl_counted_job *c) {
    for (int i = 0; i < 3; i++) {
        glia_table_free(c->own[i]);
        glia_table_free(c->series[i]);
    }
    glia_recipe_free(c->recipe);
}

static glia_status take_first(void *user, int j) {
    int *first = user;
    if (*first < 0) *first = j;
    return GLIA_OK;
}

/* Parts keep the shares of the classes of one target: of several, of the first. */
const char *gl_job_stratum(const glia_train_job *job, const glia_table *t) {
    int first = -1;
    const char *target = gl_job_target(job);
    if (gl_table_named(t, target, take_first, &first) != GLIA_OK) return NULL;
    return first < 0 ? target : t->column[first].name;
}
