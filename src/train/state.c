/*
 * state.c: what a training must remember, so that a killed one goes on to the same bits.
 *
 * It is looked at after an update, before the validation. Random numbers need not be remembered:
 * the order of the rows is drawn from (seed, epoch) and what dropout leaves out from (seed,
 * update), both by a counter-based generator, and NumPy's is seeded anew for every epoch. Nor need
 * gradients, unless somebody looks at them after the update.
 */
#include "trainer.h"

void gl_state_add(gl_state *s, const gl_named *items, int count) {
    for (int i = 0; i < count; i++)
        if (items[i].data) s->item[s->count++] = items[i];
}

static void list_runs(trainer *t) {
    bool looks = t->o.tol > 0 || t->lbfgs; /* at the gradients, after the update */
    for (gl_run_id run = 0; run < GL_RUNS; run++) {
        bool spared = run == GL_GRADIENTS && !looks;
        const gl_named item = {.name = gl_run_name(run, t->state.run_name[run]),
                               .data = spared ? NULL : gl_store_at(t->store, run, 0),
                               .count = t->m->count,
                               .dtype = t->m->dtype,
                               .store = t->store,
                               .run = run};
        gl_state_add(&t->state, &item, 1);
    }
}

static void list(trainer *t) {
    int64_t entries = gl_log_room(&t->o);
    const gl_named items[] = {
        {"epoch", &t->epoch, 1, GLIA_I64, .most = t->o.epochs - 1},
        {"batch", &t->now.batch, 1, GLIA_I64, .most = t->now.batches},
        {"updates", &t->now.updates, 1, GLIA_I64, .most = INT64_MAX},
        {"seconds", &t->now.seconds, 1, GLIA_F64},
        {"last", &t->last, 1, GLIA_F64},
        {"sum", &t->sum, 1, GLIA_F64},
        {"loss", &t->now.loss, 1, GLIA_F64},
        {"val_loss", &t->now.val_loss, 1, GLIA_F64},
        {"best_val", &t->now.best_val, 1, GLIA_F64},
        {"best_epoch", &t->best_epoch, 1, GLIA_I64, .most = t->o.epochs - 1},
        {"since_best", &t->since_best, 1, GLIA_I64, .most = t->o.epochs},
        {"monitored", &t->monitored, 1, GLIA_F64},
        {"least_cost", &t->least_cost, 1, GLIA_F64},
        {"since_least", &t->since_least, 1, GLIA_I64, .most = t->o.epochs},
        {"lr", &t->now.lr, 1, GLIA_F64},
        {"plateau.best", &t->schedule.plateau.best, 1, GLIA_F64},
        {"plateau.since", &t->schedule.plateau.since, 1, GLIA_I64, .most = t->o.epochs},
        {"plateau.factor", &t->schedule.plateau.factor, 1, GLIA_F64},
        {"at_rest", &t->at_rest, 1, GLIA_I64, .most = 1},
        {"history.epoch", t->log.epoch, entries, GLIA_I64, .most = t->o.epochs - 1},
        {"history.cost", t->log.cost, entries, GLIA_F64},
        {"history.mean", t->log.mean, entries, GLIA_F64},
        {"history.val_loss", t->log.val_loss, entries, GLIA_F64},
        {"history.lr", t->log.lr, entries, GLIA_F64},
        {"history.monitored", t->log.monitored, entries, GLIA_F64},
    };
    gl_state_add(&t->state, items, sizeof items / sizeof *items);
    if (t->lbfgs) gl_lbfgs_list(t->lbfgs, &t->state);
}

/* How many entries the epochs before this one have, which says how often they were thinned. */
static int64_t entries_before(trainer *t) {
    while ((t->epoch + t->log_every - 1) / t->log_every > gl_log_room(&t->o)) t->log_every *= 2;
    return (t->epoch + t->log_every - 1) / t->log_every;
}

glia_status gl_state_begin(trainer *t) {
    const gl_keeper *k = t->with.keeper;
    if (!k) return GLIA_OK;
    list_runs(t);
    list(t);
    glia_status status = k->load(k->user, &t->state);
    if (status == GLIA_OK) status = k->save(k->user, &t->state); /* can it be written at all? */
    t->history->entries = entries_before(t);
    t->start = gl_now() - t->now.seconds;
    t->saved = t->now.seconds;
    return status;
}

void gl_state_keep(trainer *t, bool last) {
    const gl_keeper *k = t->with.keeper;
    if (!k || (!last && t->now.seconds - t->saved < k->seconds)) return;
    bool ok = k->save(k->user, &t->state) == GLIA_OK;
    if (!ok && (!t->unsaved || last))
        gl_warn(t->g, "%s; the checkpoint before stays%s", glia_message(t->g),
                last ? "" : ", the training goes on");
    t->unsaved = !ok;
    t->saved = t->now.seconds;
}
