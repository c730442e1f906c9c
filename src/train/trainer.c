/*
 * trainer.c: the training loop. Everything is compiled and allocated before it; in it rows are fed,
 * knobs are set and the plan is run.
 *
 *     for each epoch                       with batch full: one update on all rows, in their order
 *         shuffle the rows                 seeded by (seed, epoch): epoch 7 can be redone alone
 *         for each mini-batch              the short last one is averaged over its own size
 *             feed, run (gradients, update)
 *         cost on the validation part      better: keep these weights; not for long: stop
 *             (or the monitored score)
 *
 * Where rows do not fit into memory their feed has a ring, which threads of its own fill in the
 * order of the epoch, and the plan gathers the rows of a mini-batch from there.
 *
 * Between two updates, in this order: knobs (lr of the schedule, Adam's corrections), the plan, the
 * mean cost, the caller's progress function, the keeper. After an epoch: validation, log, doctor,
 * plateau, reasons to stop. Each sees what the one before has left, so a training that goes on from
 * a checkpoint goes through the same line.
 *
 * 1,000 rows, batch 32, 20 epochs: 32 updates an epoch, the last of 8 rows by a plan of its own,
 * 640 in all, and 20 sweeps over the validation rows.
 */
#include "trainer.h"

#include <math.h>
#include <stdio.h>
#include <string.h>

/* --------------------------------------------------------------------------- before the loop -- */

static bool take_runs(trainer *t) {
    int moments = gl_moments(t->optimizer->kernel);
    bool ok = gl_store_take(t->store, GL_GRADIENTS);
    for (int i = 0; i < moments && ok; i++) ok = gl_store_take(t->store, GL_MOMENT + i);
    bool keeps_best = t->validates && t->o.patience > 0;
    return ok && (!keeps_best || gl_store_take(t->store, GL_BEST));
}

/* Three ways for rows to come to the plan: sparse, made once; as they lie, when all of them are in
 * each step and no conversion is needed; into memory for one mini-batch, by the plan itself
 * (gather). */
static bool take_x(trainer *t) {
    glia_dtype dtype = t->m->dtype;
    if (gl_reads(t->plans.full, GL_SPARSE_X))
        return gl_sparse_open(&t->sparse, t->g, &t->feed, dtype);
    void *view = t->shuffles ? NULL : gl_feed_view(&t->feed, dtype);
    if (!view)
        t->x = gl_alloc(t->g, t->plans.batch, (size_t)t->feed.features * glia_dtype_size(dtype));
    t->x_bound = view ? view : t->x;
    return t->x_bound != NULL;
}

/* Rows of a supply, with labels and weights beside them. */
static bool take_ring(trainer *t) {
    if (!t->feed.ring) return true;
    if (!t->shuffles) return gl_feed_stream(&t->feed, t->plans.batch);
    t->ring = t->feed.ring;
    if (!gl_ring_room(t->ring, t->plans.batch, true)) return false;
    int64_t rows = gl_ring_rows(t->ring);
    const gl_feed *f = &t->feed;
    t->place = gl_alloc(t->g, rows, sizeof *t->place);
    t->ring_y = gl_alloc(t->g, rows, (size_t)f->labels * glia_dtype_size(f->y.dtype));
    t->ring_w = gl_alloc(t->g, rows, glia_dtype_size(f->sample_weights.dtype));
    for (int64_t i = 0; t->place && i < rows; i++) t->place[i] = i;
    return t->place && t->ring_y && t->ring_w;
}

static bool take_batch(trainer *t) {
    size_t size = glia_dtype_size(t->m->dtype);
    t->y = gl_alloc(t->g, t->plans.batch, (size_t)t->feed.labels * size);
    t->w = t->feed.sample_weights.data ? gl_alloc(t->g, t->plans.batch, size) : NULL;
    t->drawn = t->shuffles ? gl_alloc(t->g, t->feed.rows, sizeof *t->drawn) : NULL;
    return take_x(t) && take_ring(t) && t->y && (t->w || !t->feed.sample_weights.data) &&
           (t->drawn || !t->shuffles);
}

/* Room for every epoch that is planned, since nothing is taken in the loop: 48 bytes each, 50 MB at
 * most. */
static bool take_log(trainer *t) {
    int64_t entries = gl_log_room(&t->o);
    t->history = gl_alloc(t->g, 1, sizeof *t->history);
    t->log_every = t->o.log_every;
    char *block = t->history ? gl_alloc(t->g, entries, 6 * sizeof(double)) : NULL;
    if (!block) return false;
    t->log.epoch = (int64_t *)(void *)block;
    t->log.cost = (double *)(void *)block + entries;
    t->log.mean = t->log.cost + entries;
    t->log.val_loss = t->log.mean + entries;
    t->log.lr = t->log.val_loss + entries;
    t->log.monitored = t->log.lr + entries;
    *t->history = (glia_history){.epoch = t->log.epoch,
                                 .cost = t->log.cost,
                                 .mean = t->log.mean,
                                 .val_loss = t->log.val_loss,
                                 .lr = t->log.lr,
                                 .batches = gl_pair_batches(&t->plans),
                                 .monitor = t->monitor.name ? t->monitor.name : "loss",
                                 .monitored = t->monitor.predictor ? t->log.monitored : NULL,
                                 .best_epoch = -1,
                                 .best_val = NAN};
    return true;
}

static int64_t planned_memory(const trainer *t) {
    int64_t size = (int64_t)glia_dtype_size(t->m->dtype);
    int64_t bytes =
        gl_plan_bytes(t->plans.full) + (t->plans.rest ? gl_plan_bytes(t->plans.rest) : 0);
    if (t->validates)
        bytes += gl_plan_bytes(t->val.plans.full) +
                 (t->val.plans.rest ? gl_plan_bytes(t->val.plans.rest) : 0);
    if (t->x) bytes += t->plans.batch * t->feed.features * size;
    bytes += gl_sparse_bytes(&t->sparse, t->feed.rows, t->m->dtype);
    bytes += gl_lbfgs_bytes(t->lbfgs) + gl_doctor_bytes(t->doctor);
    if (t->ring) bytes += gl_ring_rows(t->ring) * t->feed.features;
    return bytes + gl_store_bytes(t->store) + (t->drawn ? t->feed.rows * 8 : 0);
}

static void bind(trainer *t, gl_plan *plan) {
    if (!plan) return;
    const gl_feed *f = &t->feed;
    void *x = t->ring ? gl_ring_memory(t->ring) : f->x.data, *y = t->ring ? t->ring_y : f->y.data,
         *w = t->ring && t->w ? t->ring_w : f->sample_weights.data;
    gl_bind(plan, &(gl_binding){.room = {[GL_X] = t->x_bound,
                                         [GL_SPARSE_X] = &t->sparse,
                                         [GL_LABELS] = t->y,
                                         [GL_SOURCE_X] = x,
                                         [GL_SOURCE_BEGIN] = (void *)f->begin,
                                         [GL_SOURCE_LABELS] = y,
                                         [GL_SOURCE_WEIGHTS] = w,
                                         [GL_SAMPLE_WEIGHTS] = t->w},
                                .store = t->store,
                                .knobs = &t->knobs});
}

static glia_status unsearchable(const trainer *t, const gl_node *node, const char *why,
                                const char *what) {
    return gl_fail(t->g, GLIA_USAGE,
                   "option 'optimizer' %s does not go with '%s', %s; say adam, or leave %s out",
                   t->optimizer->name, node->name, why, what);
}

/* A search asks for the cost of the same rows again and again. */
static glia_status check_search(const trainer *t, const gl_node *node) {
    const gl_op *op = node->op;
    if (op->unsearchable) return unsearchable(t, node, op->unsearchable, op->name);
    for (const gl_attr *row = op->attr; row < op->attr + op->attrs; row++)
        if (row->by_chance && node->attr[row - op->attr] > 0)
            return unsearchable(t, node, "whose cost changes by chance",
                                row->named ? row->name : op->name);
    return GLIA_OK;
}

/* Not every op goes with every way to train. */
static glia_status check_ops(const trainer *t) {
    for (const gl_node *node = t->m->node; node < gl_loss_node(t->m); node++) {
        const gl_op *op = node->op;
        if (gl_searches(t->optimizer) && check_search(t, node) != GLIA_OK) return GLIA_USAGE;
        /* Of one row the variance is 0, and its normalised value beta, whatever the row was. */
        if (op->mixes_rows && t->o.batch == 1)
            return gl_fail(t->g, GLIA_USAGE,
                           "'%s' needs the variance of a mini-batch, and these have 1 row; use "
                           "more rows in each, or layer_norm",
                           node->name);
    }
    return GLIA_OK;
}

static glia_status open_validation(trainer *t) {
    t->validates = t->o.x_val.data || gl_are_supplied(&t->with.x_val);
    if (t->validates != (t->o.y_val.data != NULL))
        return gl_fail(t->g, GLIA_USAGE, "validation needs samples and labels: %s has no data",
                       t->validates ? "y_val" : "x_val");
    if (!t->validates && strcmp(t->o.monitor, "loss") != 0)
        return gl_fail(t->g, GLIA_USAGE, "monitor '%s' needs validation data", t->o.monitor);
    if (!t->validates && t->o.patience > 0)
        return gl_fail(t->g, GLIA_USAGE, "patience %lld needs validation data",
                       (long long)t->o.patience);
    if (!t->validates) return GLIA_OK;
    glia_status status =
        gl_feed_open(&t->val_feed, t->g, t->m,
                     (gl_samples){t->o.x_val, t->o.divisor, t->with.x_val}, t->o.y_val, NULL);
    if (status == GLIA_OK && t->o.val_weights.data)
        status = gl_feed_weigh(&t->val_feed, t->g, t->o.val_weights);
    if (status == GLIA_OK) status = gl_sweep_open(&t->val, t->g, t->m, &t->val_feed, NULL);
    if (status == GLIA_OK)
        status = gl_monitor_open(&t->monitor, t->g, t->m, &t->val_feed, t->o.monitor, t->threshold);
    return status;
}

static glia_status compile(trainer *t) {
    /* With all rows in a batch their order changes nothing but the last bits; so they keep it, and
     * lie where they are. */
    t->shuffles = t->o.batch < t->feed.rows;
    gl_plan_spec spec = {.mode = GL_TRAIN,
                         .l2 = t->o.l2,
                         .l1 = t->o.l1,
                         .clip_norm = t->o.clip_norm,
                         .clip_value = t->o.clip_value,
                         .max_norm = t->o.max_norm,
                         .smoothing = t->o.label_smoothing,
                         .weighted = t->feed.sample_weights.data != NULL,
                         .update = t->optimizer->kernel,
                         .threads = t->g->threads,
                         .zeros =
                             t->shuffles || gl_augments(t->o.augment) ? 0 : gl_feed_zeros(&t->feed),
                         .source = gl_feed_source(&t->feed),
                         .gathers = t->shuffles};
    gl_augment_read(t->g, t->o.augment, spec.way); /* which gl_fit_check has done, too */
    return gl_pair_compile(&t->plans, t->g, t->m, spec, t->feed.rows, t->o.batch);
}

static glia_status open_trainer(trainer *t, glia_tensor x, glia_tensor y) {
    gl_samples samples = {x, t->o.divisor, t->with.x};
    glia_status status = gl_feed_open(&t->feed, t->g, t->m, samples, y, NULL);
    if (status != GLIA_OK) return status;
    if (!y.data) return gl_fail(t->g, GLIA_INPUT, "training needs labels");
    if (t->o.sample_weights.data) status = gl_feed_weigh(&t->feed, t->g, t->o.sample_weights);
    if (status == GLIA_OK) status = open_validation(t);
    if (status == GLIA_OK)
        status = gl_schedule_open(&t->schedule, t->g, t->o.schedule, t->o.warmup);
    if (status != GLIA_OK) return status;
    /* Checked before anything large is taken: a wrong pair of options is told at once, also with 10
     * GB of rows. */
    status = gl_fit_check(t->g, t->m, &t->o, t->optimizer, t->feed.rows);
    if (status == GLIA_OK) status = gl_read_rng(t->g, t->o.rng, &t->numpy);
    if (status == GLIA_OK) status = check_ops(t);
    if (status == GLIA_OK) status = compile(t);
    if (status != GLIA_OK) return status;
    if (!take_runs(t) || !take_batch(t) || !take_log(t)) return GLIA_RESOURCE;
    bind(t, t->plans.full);
    bind(t, t->plans.rest);
    if (gl_searches(t->optimizer)) {
        t->lbfgs = gl_lbfgs_new(t->g, t->plans.full, t->store);
        if (!t->lbfgs) return GLIA_RESOURCE;
    }
    t->knobs = (gl_knobs){.lr = t->o.lr,
                          .momentum = t->o.momentum,
                          .beta1 = t->o.beta1,
                          .beta2 = t->o.beta2,
                          .eps = t->o.eps,
                          .eps_root = t->o.eps_root,
                          .decay = t->o.decay,
                          .seed = t->o.seed};
    if (t->o.doctor && !(t->doctor = gl_doctor_new(t->g, t->m, &t->feed, &t->o)))
        return GLIA_RESOURCE;
    t->history->memory = planned_memory(t);
    t->history->threads = t->plans.full->threads;
    gl_note(t->g,
            "memory: %.1f MB for plans, weights and one mini-batch; nothing more is taken while "
            "training",
            (double)t->history->memory / 1e6);
    if (!t->shuffles) { /* the same rows every time: fed once */
        gl_feed_rows(&t->feed, t->m->dtype, 0, t->feed.rows, t->x, t->y);
        gl_feed_weights(&t->feed, t->m->dtype, 0, t->feed.rows, t->w);
    }
    return gl_feed_status(&t->feed);
}

static void close_trainer(trainer *t) {
    gl_feed_close(&t->feed); /* first: whoever makes rows ahead looks at their order */
    gl_feed_close(&t->val_feed);
    void *owned[] = {t->x, t->y, t->w, t->drawn, t->place, t->ring_y, t->ring_w};
    for (size_t i = 0; i < sizeof owned / sizeof *owned; i++) gl_free(t->g, owned[i]);
    for (gl_run_id run = GL_WEIGHTS + 1; run < GL_RUNS; run++) gl_store_drop(t->store, run);
    gl_sparse_close(&t->sparse, t->g);
    gl_lbfgs_free(t->lbfgs);
    gl_doctor_free(t->doctor);
    gl_pair_free(&t->plans);
    if (t->validates) gl_sweep_close(&t->val, t->g);
    if (t->monitor.g) gl_monitor_close(&t->monitor);
}

/* -------------------------------------------------------------------------------- divergence -- */

/* The layer in which numbers stopped being finite: its weights, or the first value on the way
 * forward. */
static const char *first_bad_layer(trainer *t, int64_t rows) {
    const gl_net *m = t->m;
    for (int i = 0; i < m->params; i++) {
        const gl_param *w = &m->param[i];
        if (!gl_store_finite(t->store, GL_WEIGHTS, w->offset, w->rows * w->cols)) return w->name;
    }
    if (m->nodes == 2) return m->node->name; /* one layer and the loss */
    gl_plan *plan = gl_compile(
        t->g, m,
        &(gl_plan_spec){.mode = GL_EVAL, .rows = rows, .update = GL_KERNELS, .keep_all = true});
    if (!plan) return "?";
    bind(t, plan);
    gl_run(plan);
    const gl_kernel_set *kernels = plan->spec.kernels;
    const gl_node *bad = gl_loss_node(m);
    for (int i = 0; i < plan->steps && bad->op->role == GL_LOSS; i++) {
        const gl_step *s = &plan->step[i];
        const gl_buffer *b = &plan->buffer[s->p[0]];
        if (s->node && !gl_all_finite(kernels, s->call.p[0], m->dtype, b->rows * b->cols))
            bad = s->node;
        if (bad == s->node) break;
    }
    gl_plan_free(plan);
    /* a cost too large to be a number: its output layer is named */
    while (bad->params == 0 && gl_read_node(m, bad, 0)) bad = gl_read_node(m, bad, 0);
    return bad->name;
}

/* Of the mini-batch that diverged, as the network saw it. */
static double largest_input(const trainer *t, int64_t rows) {
    const void *x = t->sparse.start ? t->sparse.value : t->x_bound;
    int64_t count = t->sparse.start ? t->sparse.start[rows] : rows * t->feed.features;
    double largest = 0;
    for (int64_t i = 0; i < count; i++) {
        double v = fabs(gl_get(x, t->m->dtype, i));
        if (v > largest) largest = v;
    }
    return largest;
}

/* Three causes that are told apart by what is at hand. 1e3 is far beyond anything that was scaled.
 * The rate that is proposed is a tenth, or the optimizer's own, whichever is less. */
static glia_status diverged(trainer *t, const gl_plan *plan) {
    double cost = gl_cost(plan), largest = largest_input(t, plan->spec.rows);
    char cause[160], lr[40];
    if (largest > 1e3) {
        snprintf(
            cause, sizeof cause,
            "inputs as large as %.3g are not scaled: scale them, or lower the learning rate %s",
            largest, gl_print_number(t->o.lr, lr, sizeof lr));
    } else if (t->lbfgs) {
        snprintf(cause, sizeof cause, "the initial weights are too large");
    } else {
        snprintf(cause, sizeof cause, "the learning rate %g is probably too high: try %g", t->o.lr,
                 fmin(t->o.lr / 10, t->optimizer->lr));
    }
    return gl_fail(t->g, GLIA_FAILED,
                   "training diverged: the cost became %s at epoch %lld, batch %lld (update %lld), "
                   "first in '%s'; %s",
                   isnan(cost) ? "NaN" : "infinite", (long long)t->now.epoch,
                   (long long)t->now.batch + 1, (long long)t->now.updates + 1,
                   first_bad_layer(t, plan->spec.rows), cause);
}

/* ---------------------------------------------------------------------------------- the loop -- */

static void shuffle(trainer *t, int64_t epoch) {
    t->order = t->numpy ? NULL : gl_orders_at(t->with.orders, t->o.seed, t->feed.rows, epoch);
    if (t->order) return;
    t->order = t->drawn;
    /* As published courses do: each epoch seeds the generator anew, with a number one higher. */
    if (t->numpy) {
        gl_numpy_seed(&t->legacy, (uint32_t)(t->o.shuffle_seed + epoch));
        gl_numpy_permutation(&t->legacy, t->drawn, t->feed.rows);
    } else {
        gl_order_draw(t->o.seed, epoch, t->drawn, t->feed.rows);
    }
}

/* Where updates are short, behind each eighth: the clock, and what follows from it, takes 40 ns, an
 * update on few rows 1.5 us. So time is behind by less than half a millisecond. */
static void look_at_clock(trainer *t) {
    enum { SELDOM = 8 };
    glia_progress *p = &t->now;
    bool last = p->epoch == p->epochs && p->batch == p->batches;
    if (t->unseen > 0 && !last) {
        t->unseen--;
        return;
    }
    double since = gl_now() - t->start - p->seconds;
    t->unseen = since < 50e-6 ? SELDOM - 1 : 0;
    p->seconds += since;
    double batches = (double)p->batches, done = ((double)p->epoch - 1) * batches + (double)p->batch;
    double share = done / (batches * (double)p->epochs);
    p->samples_per_second = p->seconds > 0 ? done / batches * (double)t->feed.rows / p->seconds : 0;
    p->seconds_left = share > 0 ? p->seconds / share - p->seconds : NAN;
}

/* After an update. True: stop here. */
static bool tell(trainer *t) {
    glia_progress *p = &t->now;
    look_at_clock(t);
    bool stop = t->o.progress && t->o.progress(t->o.user, p) != 0;
    gl_state_keep(t, stop);
    return stop;
}

/* Adam's v and s begin at 0 and are too small by 1 - beta^t (Kingma and Ba, 2015, 3). beta^t is at
 * most e^-(t (1 - beta)), and 1 - e^-40 is 1 in double. */
static double correction(double beta, int64_t updates) {
    double t = (double)updates;
    return t * (1 - beta) > 40 ? 1 : 1 - pow(beta, t);
}

static void set_knobs(trainer *t) {
    gl_stage stage = {t->now.epoch - 1, t->now.updates, t->now.epochs, t->now.batches};
    t->knobs.lr = t->now.lr = t->o.lr * gl_schedule_factor(&t->schedule, stage);
    t->knobs.step = (uint64_t)t->now.updates;
    if (gl_moments(t->optimizer->kernel) < 2) return;
    t->knobs.correct1 = correction(t->knobs.beta1, t->now.updates + 1);
    t->knobs.correct2 = correction(t->knobs.beta2, t->now.updates + 1);
}

typedef enum verdict { GO_ON, AT_REST, DIVERGED, INTERRUPTED, LACKING } verdict;

/* One iteration of L-BFGS in place of a pass. A training that was stopped behind its iteration,
 * before the validation, has batch 1: it goes on with the validation and not with another
 * iteration. */
static verdict run_iteration(trainer *t, glia_status *status) {
    if (t->now.batch > 0) return t->at_rest ? AT_REST : GO_ON;
    gl_move move = gl_lbfgs_step(t->lbfgs, &t->last);
    if (move == GL_NOT_FINITE) {
        *status = diverged(t, t->plans.full);
        return DIVERGED;
    }
    t->now.updates++;
    t->now.batch = 1;
    t->now.loss = t->last;
    t->at_rest = move == GL_AT_REST;
    if (tell(t)) return INTERRUPTED;
    return t->at_rest ? AT_REST : GO_ON;
}

/* The rows of mini-batch b where the plan gathers them; false: one cannot be had. */
static bool bring(trainer *t, int64_t b, int64_t rows) {
    const int64_t *order = t->order + b * t->plans.batch;
    t->knobs.order = order;
    if (!t->ring) return true;
    int64_t at = gl_ring_next(t->ring);
    if (at < 0) return false;
    const gl_feed *f = &t->feed;
    const char *y = f->y.data, *w = f->sample_weights.data;
    size_t label = (size_t)f->labels * glia_dtype_size(f->y.dtype),
           weight = glia_dtype_size(f->sample_weights.dtype);
    for (int64_t i = 0; i < rows; i++) {
        memcpy(t->ring_y + (size_t)(at + i) * label, y + (size_t)order[i] * label, label);
        if (w) memcpy(t->ring_w + (size_t)(at + i) * weight, w + (size_t)order[i] * weight, weight);
    }
    t->knobs.order = t->place + at;
    return true;
}

/* What was learned stays in the checkpoint, if there is one, for when the file is there again. */
static verdict lacking(trainer *t, const gl_feed *feed, glia_status *status) {
    *status = gl_feed_status(feed);
    gl_state_keep(t, true);
    return LACKING;
}

/* One pass over the training rows, or what is left of it. The mean cost of an epoch is over
 * mini-batches, each with the weights that it found: a by-product of training, and a little above
 * what the weights at the end would have. */
static verdict run_epoch(trainer *t, glia_status *status) {
    if (t->lbfgs) return run_iteration(t, status);
    if (t->shuffles) shuffle(t, t->epoch);
    if (t->ring) gl_ring_aim(t->ring, t->order, t->now.batch * t->plans.batch);
    for (int64_t b = t->now.batch; b < t->now.batches; b++) {
        gl_plan *plan = gl_pair_plan(&t->plans, b);
        if (t->shuffles && !bring(t, b, plan->spec.rows)) return lacking(t, &t->feed, status);
        set_knobs(t);
        t->now.batch = b;
        if (!gl_run(plan)) {
            *status = diverged(t, plan);
            return DIVERGED;
        }
        t->last = gl_cost(plan);
        t->sum += t->last;
        t->now.updates++;
        t->now.batch = b + 1;
        t->now.loss = t->sum / (double)(b + 1);
        if (tell(t)) return INTERRUPTED;
    }
    return GO_ON;
}

/* Every second entry leaves, and later ones come half as often: a training of 10^9 epochs is told
 * by a million of them, as well as by 48 GB. */
static void thin_log(trainer *t) {
    log_arrays *l = &t->log;
    int64_t kept = (t->history->entries + 1) / 2;
    for (int64_t i = 1; i < kept; i++) {
        l->epoch[i] = l->epoch[2 * i];
        l->cost[i] = l->cost[2 * i];
        l->mean[i] = l->mean[2 * i];
        l->val_loss[i] = l->val_loss[2 * i];
        l->lr[i] = l->lr[2 * i];
        l->monitored[i] = l->monitored[2 * i];
    }
    t->history->entries = kept;
    t->log_every *= 2;
}

static void write_log(trainer *t, int64_t epoch) {
    if (epoch % t->log_every != 0) return;
    if (t->history->entries == gl_log_room(&t->o)) thin_log(t);
    if (epoch % t->log_every != 0) return;
    int64_t i = t->history->entries++;
    t->log.epoch[i] = epoch;
    t->log.cost[i] = t->last;
    t->log.mean[i] = t->now.loss;
    t->log.val_loss[i] = t->now.val_loss;
    t->log.lr[i] = t->now.lr;
    t->log.monitored[i] = t->monitored;
}

/* True when it is time to stop early. */
static bool validate(trainer *t, int64_t epoch) {
    if (!t->validates) return false;
    t->now.val_loss = gl_sweep_run(&t->val);
    t->monitored = gl_monitor_run(&t->monitor, t->now.val_loss);
    if (gl_feed_status(&t->val_feed)) return false; /* these are costs of other rows */
    if (gl_monitor_better(&t->monitor, t->monitored, t->now.best_val)) {
        t->now.best_val = t->monitored;
        t->best_epoch = epoch;
        t->since_best = 0;
        gl_store_keep_best(t->store);
        return false;
    }
    return t->o.patience > 0 && ++t->since_best >= t->o.patience;
}

/* What the largest gradient component may be at the end; 0: nobody asks. A search goes as far as
 * the precision lets it, seen beside the cost: a mean over rows is rounded to about 1e-7 of itself
 * in f32, which leaves a factor of ten; in f64 to 1e-16, and 1e-9 is more than any use of an
 * optimum needs. */
static double tolerance(const trainer *t, double cost) {
    if (t->o.tol > 0 || !t->lbfgs) return t->o.tol;
    return (t->m->dtype == GLIA_F64 ? 1e-9 : 1e-6) * fmax(1, fabs(cost));
}

static bool within_tolerance(const trainer *t, double cost) {
    double most = tolerance(t, cost);
    return most > 0 && gl_store_largest(t->store, GL_GRADIENTS, 0, t->m->learned) <= most;
}

static void next_epoch(trainer *t) {
    t->epoch++;
    t->now.batch = 0;
    t->sum = t->last = 0;
}

/* As in scikit-learn's MLPClassifier: tol, n_iter_no_change = 10. */
static bool cost_stands_still(trainer *t) {
    enum { EPOCHS = 10 };
    if (t->o.cost_tol <= 0) return false;
    t->since_least = t->now.loss > t->least_cost - t->o.cost_tol ? t->since_least + 1 : 0;
    if (t->now.loss < t->least_cost || isnan(t->least_cost)) t->least_cost = t->now.loss;
    return t->since_least > EPOCHS;
}

/* After an epoch; NULL: training goes on. */
static const char *reason_to_stop(trainer *t, bool early, verdict v) {
    if (early) return "early stop";
    if (within_tolerance(t, t->last)) return "tolerance";
    if (cost_stands_still(t)) return "cost tolerance";
    return v == AT_REST ? "no more progress" : NULL;
}

static glia_status loop(trainer *t) {
    t->start = gl_now();
    t->history->stopped = "epochs";
    t->now = (glia_progress){.epochs = t->o.epochs,
                             .batches = gl_pair_batches(&t->plans),
                             .val_loss = NAN,
                             .best_val = NAN,
                             .lr = NAN};
    t->monitored = t->least_cost = NAN;
    glia_status status = gl_state_begin(t);
    if (status != GLIA_OK) return status;
    for (; t->epoch < t->o.epochs; next_epoch(t)) {
        int64_t epoch = t->epoch;
        t->now.epoch = epoch + 1;
        verdict v = run_epoch(t, &status);
        if (v == DIVERGED) {
            t->history->stopped = "diverged";
            break;
        }
        if (v == INTERRUPTED) {
            t->history->stopped = "interrupted";
            status =
                gl_fail(t->g, GLIA_INTERRUPTED, "interrupted in epoch %lld", (long long)epoch + 1);
            break;
        }
        bool early = v != LACKING && validate(t, epoch);
        if (v != LACKING && gl_feed_status(&t->val_feed)) v = lacking(t, &t->val_feed, &status);
        if (v == LACKING) {
            t->history->stopped = "a row was lacking";
            break;
        }
        t->history->epochs = epoch + 1;
        write_log(t, epoch);
        gl_doctor_hear(t->doctor, &t->now);
        gl_schedule_watch(&t->schedule, t->validates ? t->now.val_loss : t->now.loss);
        const char *reason = reason_to_stop(t, early, v);
        if (!reason) continue;
        t->history->stopped = reason;
        break;
    }
    bool seen = !isnan(t->now.best_val); /* whoever interrupts has the best that was seen, too */
    if (status == GLIA_OK || (status == GLIA_INTERRUPTED && seen)) gl_store_bring_best(t->store);
    t->history->updates = t->now.updates;
    t->history->seconds = gl_now() - t->start;
    t->history->best_val = t->now.best_val;
    t->history->best_epoch = t->validates && (seen || status == GLIA_OK) ? t->best_epoch : -1;
    return status;
}

void glia_history_free(glia_ctx *g, glia_history *h) {
    if (!h) return;
    gl_free(g, (void *)h->epoch); /* the block of all its arrays */
    gl_free(g, (void *)h->finding);
    gl_free(g, h);
}

glia_status gl_fit(gl_net *m, glia_tensor x, glia_tensor y, const glia_fit_options *options,
                   double threshold, const gl_company *with, glia_history **history) {
    trainer t = {.g = m->g,
                 .m = m,
                 .store = m->store,
                 .o = options ? *options : (glia_fit_options){0},
                 .threshold = threshold,
                 .with = *with};
    if (history) *history = NULL;
    t.optimizer = gl_fit_defaults(m->g, &t.o, x.ndim > 0 ? x.dim[0] : 0);
    if (!t.optimizer) return GLIA_USAGE;
    glia_status status = open_trainer(&t, x, y);
    bool begins = status == GLIA_OK;
    if (begins) status = loop(&t);
    if (status == GLIA_OK) gl_doctor_tell(t.doctor, t.history);
    if (history && begins) *history = t.history;
    else glia_history_free(m->g, t.history);
    close_trainer(&t);
    return status;
}

/* What the trainer's own plan would say, without a trainer: the rule looks at multiply-adds and
 * not at data. */
int gl_fit_threads(gl_net *m, const glia_fit_options *options, int64_t rows) {
    glia_fit_options o = *options;
    const gl_optimizer *optimizer = gl_fit_defaults(m->g, &o, rows);
    gl_plan_spec spec = {.mode = GL_TRAIN, .threads = m->g->threads};
    if (!optimizer) return 0;
    spec.rows = o.batch < rows ? o.batch : rows;
    spec.update = optimizer->kernel;
    gl_plan *plan = gl_compile(m->g, m, &spec);
    int threads = plan ? plan->threads : 0;
    gl_plan_free(plan);
    return threads;
}
