/*
 * count_job.c: the tables of a job without the rows that do not count (src/product/counted.c),
 * before anything else looks at them.
 */
#include "training.h"

#include <string.h>

/* A column that is not there is told by whoever needs it, in its own words. */
static int locate(const glia_table *t, const char *name) {
    gl_listener before = gl_hush(t->g);
    int column = name && strcmp(name, "none") != 0 ? glia_table_locate(t, name) : -1;
    gl_unlisten(t->g, before);
    return column;
}

glia_status gl_count_job(glia_ctx *g, const glia_train_job *job, gl_counted_job *c) {
    *c = (gl_counted_job){.job = *job};
    const glia_table **table[] = {&c->job.train, &c->job.val, &c->job.test};
    bool skip = strcmp(glia_recipe_get(job->recipe, "bad-rows"), "skip") == 0;
    const char *weight = glia_recipe_get(job->recipe, "sample-weight");
    if (!job->train) return gl_fail(g, GLIA_USAGE, "there is no table to train on: train is NULL");
    const char *target = gl_job_target(job);
    glia_status status = GLIA_OK;
    for (int i = 0; i < 3 && status == GLIA_OK; i++) {
        const glia_table *t = *table[i];
        if (!t) continue;
        status = gl_counted_rows(t, locate(t, target), locate(t, weight), skip, &c->own[i]);
        if (c->own[i]) *table[i] = c->own[i];
    }
    return status;
}

void gl_count_close(gl_counted_job *c) {
    for (int i = 0; i < 3; i++) glia_table_free(c->own[i]);
}
