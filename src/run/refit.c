/*
 * refit.c: option 'refit': once the validation rows have said for how many epochs to train, the
 * network begins anew and learns from them, too. Of a series those are the last rows, which are
 * most like what comes. Features stay prepared as the training rows alone asked for.
 *
 * As with few rows (small_data.c) the threshold, and the scores of training and validation rows,
 * are of the network before, which had not seen the validation rows; test rows measure the one that
 * is kept.
 */
#include "training.h"

#include <string.h>

/* Of one that goes to an optimum, until it is there. */
static int64_t epochs_of(const training *r, const glia_history *history) {
    bool stops = r->decisions.fit.patience > 0 && history->best_epoch >= 0;
    if (gl_finds_optimum(r->recipe)) return r->decisions.fit.epochs;
    return stops ? history->best_epoch + 1 : history->epochs;
}

glia_status gl_check_refit(const training *r) {
    if (!gl_wants_refit(r)) return GLIA_OK;
    if (r->job->val)
        return gl_fail(
            r->g, GLIA_USAGE,
            "option 'refit' learns from validation rows of the training data at the end, "
            "but these are data of their own: leave it out, or join the two");
    if (r->val.n > 0) return GLIA_OK;
    gl_note(r->g, "refit: nothing validates, so all rows train as it is");
    return GLIA_OK;
}

bool gl_wants_refit(const training *r) {
    return strcmp(glia_recipe_get(r->recipe, "refit"), "on") == 0;
}

static glia_status join(const training *r, gl_part *all) {
    int64_t n = r->train.n + r->val.n;
    *all = (gl_part){.g = r->g, .table = r->job->train, .n = n, .again = true};
    all->rows = gl_alloc(r->g, n, sizeof *all->rows);
    if (!all->rows) return GLIA_RESOURCE;
    memcpy(all->rows, r->train.rows, (size_t)r->train.n * sizeof *all->rows);
    memcpy(all->rows + r->train.n, r->val.rows, (size_t)r->val.n * sizeof *all->rows);
    glia_status status = gl_part_fill(all, r->pipeline, gl_training_precision(r), true);
    if (status == GLIA_OK) status = gl_row_weights(r, all);
    return status == GLIA_OK ? gl_note_row_weights(r, all) : status;
}

glia_status gl_fit_final(training mine, const gl_part *all, int64_t epochs, void *weights) {
    const gl_part none = {.g = mine.g};
    mine.silent = true;
    mine.decisions.fit.epochs = epochs;
    mine.decisions.fit.patience = 0;
    gl_listener before = gl_hush(mine.g);
    glia_model *m = gl_training_model(&mine);
    glia_status status = m ? gl_training_fit(&mine, m, all, &none, NULL) : glia_code(mine.g);
    if (status == GLIA_OK) gl_store_get(m->net->store, GL_WEIGHTS, 0, m->net->count, weights);
    glia_model_free(m);
    gl_unlisten(mine.g, before);
    return status;
}

glia_status gl_refit(training *r, int64_t *epochs, void **final) {
    gl_part all;
    const gl_net *net = r->model->net;
    gl_listener before = gl_hush(r->g);
    *epochs = epochs_of(r, r->history);
    glia_status status = join(r, &all);
    gl_unlisten(r->g, before);
    *final = gl_alloc(r->g, net->count, glia_dtype_size(net->dtype));
    if (status == GLIA_OK)
        status = *final ? gl_fit_final(*r, &all, *epochs, *final) : GLIA_RESOURCE;
    gl_part_free(&all);
    return status;
}
