/*
 * trainer.c: the training loop. Everything is compiled and allocated before it; in it rows are fed,
 * knobs are set and the plan is run.
 *
 *     for each epoch                       with batch full: one update on all rows, in their order
 *         shuffle the rows                 seeded by (seed, epoch): epoch 7 can be redone alone
 *         for each mini-batch              the short last one is averaged over its own size
 *             feed, run (gradients, update)
 *         cost on the validation part      better: keep these weights; not for long: stop
 */
#include "../base/random.h"
#include "doctor.h"

#include <math.h>
#include <stdio.h>
#include <string.h>

typedef struct log_arrays { /* one block of memory, freed with the model */
    int64_t *epoch;
    double *cost, *mean, *val_loss;
} log_arrays;

typedef struct trainer {
    glia_ctx *g;
    glia_model *m;
    glia_fit_options o; /* defaults filled in */
    const gl_optimizer *optimizer;
    gl_feed feed, val_feed;
    gl_pair plans;
    gl_sweep val;
    bool validates, shuffles;
    void *x, *y;   /* the mini-batch, [batch, features] and [batch, labels] */
    void *x_bound; /* x, or the caller's own rows when they can be read as they lie */
    void *gradients, *moment1, *moment2, *best;
    gl_lbfgs *lbfgs;   /* NULL: the plan's last step updates the weights */
    gl_doctor *doctor; /* NULL: nobody asked */
    int64_t *order;
    gl_numpy legacy;
    gl_knobs knobs;
    glia_progress now;
    double start;
    int64_t since_best, best_epoch;
    glia_history history;
    log_arrays log;
} trainer;

static void fill_defaults(glia_fit_options *o, const gl_optimizer *optimizer, int64_t rows) {
    if (o->epochs == 0) o->epochs = gl_searches(optimizer) ? 1000 : 100;
    if (o->batch == 0) o->batch = gl_searches(optimizer) ? GLIA_FULL_BATCH : 32;
    if (o->batch == GLIA_FULL_BATCH || o->batch > rows) o->batch = rows;
    if (o->lr == 0) o->lr = optimizer->lr;
    if (o->momentum == 0) o->momentum = 0.9;
    if (o->beta1 == 0) o->beta1 = 0.9;
    if (o->beta2 == 0) o->beta2 = optimizer->beta2;
    if (o->decay == 0) o->decay = optimizer->decay;
    if (o->eps == 0) o->eps = 1e-8;
    if (o->log_every == 0) o->log_every = 1;
    if (o->shuffle_seed == 0) o->shuffle_seed = 11;
}

static glia_status check_options(glia_ctx *g, const glia_fit_options *o,
                                 const gl_optimizer *optimizer, bool full) {
    if (o->epochs < 0 || o->batch < 1 || o->log_every < 0 || o->patience < 0) {
        return gl_fail(g, GLIA_USAGE, "epochs, batch, log_every and patience must be positive");
    }
    if (gl_searches(optimizer) && !full) {
        return gl_fail(g, GLIA_USAGE,
                       "%s looks at all samples in each step: it goes with batch full only, not "
                       "with mini-batches of %lld",
                       optimizer->name, (long long)o->batch);
    }
    if (gl_searches(optimizer) && o->lr != 0) {
        return gl_fail(g, GLIA_USAGE, "%s finds the length of its steps itself: leave lr out",
                       optimizer->name);
    }
    if (!gl_searches(optimizer) && !(o->lr > 0 && isfinite(o->lr)))
        return gl_fail(g, GLIA_USAGE, "lr is %g, expected a positive number", o->lr);
    if (!(o->l2 >= 0) || !isfinite(o->l2))
        return gl_fail(g, GLIA_USAGE, "l2 is %g, expected at least 0", o->l2);
    if (!(o->decay >= 0) || !isfinite(o->decay))
        return gl_fail(g, GLIA_USAGE, "decay is %g, expected at least 0", o->decay);
    if (o->decay > 0 && optimizer->decay == 0) {
        return gl_fail(g, GLIA_USAGE,
                       "decay belongs to adamw; with %s, l2 pulls the weights towards 0",
                       optimizer->name);
    }
    if (o->rng && strcmp(o->rng, "numpy") != 0 && strcmp(o->rng, "glia") != 0) {
        return gl_fail(g, GLIA_USAGE, "unknown rng '%s'; expected glia or numpy", o->rng);
    }
    if (o->tol > 0 && !full) {
        return gl_fail(g, GLIA_USAGE,
                       "tol looks at the gradient of all samples: it goes with batch full only");
    }
    return GLIA_OK;
}

/* --------------------------------------------------------------------------- before the loop -- */

static bool take_runs(trainer *t) {
    size_t size = glia_dtype_size(t->m->dtype);
    int64_t count = t->m->count;
    t->gradients = gl_alloc(t->g, count, size);
    if (gl_moments(t->optimizer->kernel) > 0) t->moment1 = gl_alloc(t->g, count, size);
    if (gl_moments(t->optimizer->kernel) > 1) t->moment2 = gl_alloc(t->g, count, size);
    if (t->validates && t->o.patience > 0) t->best = gl_alloc(t->g, count, size);
    return t->gradients && (t->moment1 || gl_moments(t->optimizer->kernel) < 1) &&
           (t->moment2 || gl_moments(t->optimizer->kernel) < 2) &&
           (t->best || !t->validates || t->o.patience == 0);
}

static bool take_batch(trainer *t) {
    size_t size = glia_dtype_size(t->m->dtype);
    void *view = t->shuffles ? NULL : gl_feed_view(&t->feed, t->m->dtype);
    if (!view) t->x = gl_alloc(t->g, t->plans.batch, (size_t)t->feed.features * size);
    t->x_bound = view ? view : t->x;
    t->y = gl_alloc(t->g, t->plans.batch, (size_t)t->feed.labels * size);
    t->order = t->shuffles ? gl_alloc(t->g, t->feed.rows, sizeof *t->order) : NULL;
    return t->x_bound && t->y && (t->order || !t->shuffles);
}

static bool take_log(trainer *t) {
    int64_t entries = (t->o.epochs - 1) / t->o.log_every + 1;
    char *block = gl_alloc(t->g, entries, 4 * sizeof(double));
    if (!block) return false;
    gl_free(t->g, t->m->history);
    t->m->history = block;
    t->log.epoch = (int64_t *)(void *)block;
    t->log.cost = (double *)(void *)block + entries;
    t->log.mean = t->log.cost + entries;
    t->log.val_loss = t->log.mean + entries;
    t->history = (glia_history){.epoch = t->log.epoch,
                                .cost = t->log.cost,
                                .mean = t->log.mean,
                                .val_loss = t->log.val_loss,
                                .best_epoch = -1,
                                .best_val = NAN};
    return true;
}

static int64_t planned_memory(const trainer *t) {
    int64_t size = (int64_t)glia_dtype_size(t->m->dtype),
            runs = 2 + gl_moments(t->optimizer->kernel) + (t->best != NULL);
    int64_t bytes =
        gl_plan_bytes(t->plans.full) + (t->plans.rest ? gl_plan_bytes(t->plans.rest) : 0);
    if (t->validates)
        bytes += gl_plan_bytes(t->val.plans.full) +
                 (t->val.plans.rest ? gl_plan_bytes(t->val.plans.rest) : 0);
    if (t->x) bytes += t->plans.batch * t->feed.features * size;
    bytes += gl_lbfgs_bytes(t->lbfgs) + gl_doctor_bytes(t->doctor);
    return bytes + runs * t->m->count * size + (t->order ? t->feed.rows * 8 : 0);
}

static void bind(const trainer *t, gl_plan *plan) {
    if (!plan) return;
    gl_bind(plan, &(gl_binding){.room = {[GL_X] = t->x_bound,
                                         [GL_LABELS] = t->y,
                                         [GL_WEIGHTS] = t->m->weights,
                                         [GL_GRADIENTS] = t->gradients,
                                         [GL_MOMENT1] = t->moment1,
                                         [GL_MOMENT2] = t->moment2},
                                .knobs = &t->knobs});
}

/* A search compares costs: they must not change by chance. */
static glia_status check_search(const trainer *t) {
    for (const gl_node *node = t->m->node; node < gl_loss_node(t->m); node++) {
        if (strcmp(node->op->name, "dropout") == 0 && gl_searches(t->optimizer))
            return gl_fail(t->g, GLIA_USAGE,
                           "%s needs a cost that does not change by chance: it does not go with "
                           "'%s'; use adam, or leave dropout out",
                           t->optimizer->name, node->name);
    }
    return GLIA_OK;
}

static glia_status open_trainer(trainer *t, glia_tensor x, glia_tensor y) {
    glia_status status = gl_feed_open(&t->feed, t->g, t->m, x, y, t->o.divisor);
    if (status != GLIA_OK) return status;
    if (!y.data) return gl_fail(t->g, GLIA_INPUT, "training needs labels");
    t->validates = t->o.x_val.data != NULL;
    if (t->validates) {
        status = gl_feed_open(&t->val_feed, t->g, t->m, t->o.x_val, t->o.y_val, t->o.divisor);
        if (status == GLIA_OK) status = gl_sweep_open(&t->val, t->g, t->m, &t->val_feed);
        if (status != GLIA_OK) return status;
    }
    fill_defaults(&t->o, t->optimizer, t->feed.rows);
    status = check_options(t->g, &t->o, t->optimizer, t->o.batch == t->feed.rows);
    if (status == GLIA_OK) status = check_search(t);
    if (status != GLIA_OK) return status;

    gl_plan_spec spec = {
        .mode = GL_TRAIN, .l2 = t->o.l2, .update = t->optimizer->kernel, .threads = t->g->threads};
    status = gl_pair_compile(&t->plans, t->g, t->m, spec, t->feed.rows, t->o.batch);
    if (status != GLIA_OK) return status;
    t->shuffles = t->plans.batch < t->feed.rows;
    if (!take_runs(t) || !take_batch(t) || !take_log(t)) return GLIA_RESOURCE;
    bind(t, t->plans.full);
    bind(t, t->plans.rest);
    if (gl_searches(t->optimizer)) {
        t->lbfgs = gl_lbfgs_new(t->g, t->plans.full, t->m->weights, t->gradients);
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
    t->history.memory = planned_memory(t);
    gl_note(t->g,
            "memory: %.1f MB for plans, weights and one mini-batch; nothing more is taken while "
            "training",
            (double)t->history.memory / 1e6);
    if (!t->shuffles) { /* the same rows every time: fed once */
        gl_feed_rows(&t->feed, t->m->dtype, NULL, 0, t->feed.rows, t->x, t->y);
    }
    return GLIA_OK;
}

static void close_trainer(trainer *t) {
    void *owned[] = {t->x, t->y, t->gradients, t->moment1, t->moment2, t->best, t->order};
    for (size_t i = 0; i < sizeof owned / sizeof *owned; i++) gl_free(t->g, owned[i]);
    gl_lbfgs_free(t->lbfgs);
    gl_doctor_free(t->doctor);
    gl_pair_free(&t->plans);
    if (t->validates) gl_sweep_close(&t->val, t->g);
}

/* -------------------------------------------------------------------------------- divergence -- */

static bool all_finite(const void *run, glia_dtype dtype, int64_t count) {
    for (int64_t i = 0; i < count; i++) {
        if (!isfinite(gl_get(run, dtype, i))) return false;
    }
    return true;
}

/* The layer in which numbers stopped being finite: its weights, or the first value on the way
 * forward. */
static const char *first_bad_layer(trainer *t, int64_t rows) {
    const glia_model *m = t->m;
    size_t size = glia_dtype_size(m->dtype);
    for (int i = 0; i < m->params; i++) {
        const gl_param *w = &m->param[i];
        if (!all_finite((char *)m->weights + (size_t)w->offset * size, m->dtype, w->rows * w->cols))
            return w->name;
    }
    gl_plan *plan = gl_compile(
        t->g, m,
        &(gl_plan_spec){.mode = GL_EVAL, .rows = rows, .update = GL_KERNELS, .keep_all = true});
    if (!plan) return "?";
    bind(t, plan);
    gl_run(plan);
    const gl_node *bad = gl_loss_node(m);
    for (int i = 0; i < plan->steps && bad->op->role == GL_LOSS; i++) {
        const gl_step *s = &plan->step[i];
        const gl_buffer *b = &plan->buffer[s->p[0]];
        if (s->node && !all_finite(s->call.p[0], m->dtype, b->rows * b->cols)) bad = s->node;
        if (bad == s->node) break;
    }
    gl_plan_free(plan);
    while (bad->params == 0) bad--; /* a cost too large to be a number: its output layer is named */
    return bad->name;
}

static double largest_input(const trainer *t, int64_t rows) {
    double largest = 0;
    for (int64_t i = 0; i < rows * t->feed.features; i++) {
        double v = fabs(gl_get(t->x_bound, t->m->dtype, i));
        if (v > largest) largest = v;
    }
    return largest;
}

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
    if (t->o.rng && strcmp(t->o.rng, "numpy") == 0) {
        gl_numpy_seed(&t->legacy, (uint32_t)(t->o.shuffle_seed + epoch));
        gl_numpy_permutation(&t->legacy, t->order, t->feed.rows);
        return;
    }
    for (int64_t i = 0; i < t->feed.rows; i++) t->order[i] = i;
    gl_rng stream = gl_rng_new(t->o.seed, GL_STREAM_SHUFFLE, (uint64_t)epoch);
    gl_rng_shuffle(&stream, t->order, t->feed.rows);
}

static bool tell(trainer *t) {
    glia_progress *p = &t->now;
    p->seconds = gl_now() - t->start;
    double batches = (double)p->batches, done = ((double)p->epoch - 1) * batches + (double)p->batch;
    double share = done / (batches * (double)p->epochs);
    p->samples_per_second = p->seconds > 0 ? done / batches * (double)t->feed.rows / p->seconds : 0;
    p->seconds_left = share > 0 ? p->seconds / share - p->seconds : NAN;
    return t->o.progress && t->o.progress(t->o.user, p) != 0;
}

static void set_knobs(trainer *t) {
    double step = (double)t->now.updates + 1;
    t->knobs.step = (uint64_t)t->now.updates;
    t->knobs.correct1 = 1 - pow(t->knobs.beta1, step);
    t->knobs.correct2 = 1 - pow(t->knobs.beta2, step);
}

typedef enum verdict { GO_ON, AT_REST, DIVERGED, INTERRUPTED } verdict;

/* One iteration of L-BFGS in place of a pass. *last: the cost before it. */
static verdict run_iteration(trainer *t, double *last, glia_status *status) {
    t->now.batch = 0;
    gl_move move = gl_lbfgs_step(t->lbfgs, last);
    if (move == GL_NOT_FINITE) {
        *status = diverged(t, t->plans.full);
        return DIVERGED;
    }
    t->now.updates++;
    t->now.batch = 1;
    t->now.loss = *last;
    if (tell(t)) return INTERRUPTED;
    return move == GL_AT_REST ? AT_REST : GO_ON;
}

/* One pass over the training rows. *last: cost of the last mini-batch before its update. */
static verdict run_epoch(trainer *t, int64_t epoch, double *last, glia_status *status) {
    double sum = 0;
    if (t->lbfgs) return run_iteration(t, last, status);
    if (t->shuffles) shuffle(t, epoch);
    for (int64_t b = 0; b < t->now.batches; b++) {
        gl_plan *plan = gl_pair_plan(&t->plans, b);
        if (t->shuffles) {
            gl_feed_rows(&t->feed, t->m->dtype, t->order + b * t->plans.batch, 0, plan->spec.rows,
                         t->x, t->y);
        }
        set_knobs(t);
        t->now.batch = b;
        if (!gl_run(plan)) {
            *status = diverged(t, plan);
            return DIVERGED;
        }
        *last = gl_cost(plan);
        sum += *last;
        t->now.updates++;
        t->now.batch = b + 1;
        t->now.loss = sum / (double)(b + 1);
        if (tell(t)) return INTERRUPTED;
    }
    return GO_ON;
}

static void write_log(trainer *t, int64_t epoch, double last) {
    if (epoch % t->o.log_every != 0) return;
    int64_t i = t->history.entries++;
    t->log.epoch[i] = epoch;
    t->log.cost[i] = last;
    t->log.mean[i] = t->now.loss;
    t->log.val_loss[i] = t->now.val_loss;
}

/* True when it is time to stop early. */
static bool validate(trainer *t, int64_t epoch) {
    if (!t->validates) return false;
    double loss = t->now.val_loss = gl_sweep_run(&t->val);
    if (loss < t->now.best_val || isnan(t->now.best_val)) {
        t->now.best_val = loss;
        t->best_epoch = epoch;
        t->since_best = 0;
        if (t->best)
            memcpy(t->best, t->m->weights, (size_t)t->m->count * glia_dtype_size(t->m->dtype));
        return false;
    }
    return t->o.patience > 0 && ++t->since_best >= t->o.patience;
}

/* What the largest gradient component may be at the end; 0: nobody asks. A search goes as far as
 * the precision lets it, seen beside the cost. */
static double tolerance(const trainer *t, double cost) {
    if (t->o.tol > 0 || !t->lbfgs) return t->o.tol;
    return (t->m->dtype == GLIA_F64 ? 1e-9 : 1e-6) * fmax(1, fabs(cost));
}

static bool within_tolerance(const trainer *t, double cost) {
    double most = tolerance(t, cost);
    if (most <= 0) return false;
    for (int64_t i = 0; i < t->m->count; i++) {
        if (fabs(gl_get(t->gradients, t->m->dtype, i)) > most) return false;
    }
    return true;
}

static glia_status loop(trainer *t) {
    glia_status status = GLIA_OK;
    t->start = gl_now();
    t->history.stopped = "epochs";
    t->now = (glia_progress){.epochs = t->o.epochs,
                             .batches = gl_pair_batches(&t->plans),
                             .val_loss = NAN,
                             .best_val = NAN};
    for (int64_t epoch = 0; epoch < t->o.epochs; epoch++) {
        double last = 0;
        t->now.epoch = epoch + 1;
        verdict v = run_epoch(t, epoch, &last, &status);
        if (v == DIVERGED) break;
        if (v == INTERRUPTED) {
            t->history.stopped = "interrupted";
            status =
                gl_fail(t->g, GLIA_INTERRUPTED, "interrupted in epoch %lld", (long long)epoch + 1);
            break;
        }
        t->history.epochs = epoch + 1;
        bool stop = validate(t, epoch);
        write_log(t, epoch, last);
        gl_doctor_hear(t->doctor, &t->now);
        if (stop) {
            t->history.stopped = "early stop";
            break;
        }
        if (within_tolerance(t, last)) {
            t->history.stopped = "tolerance";
            break;
        }
        if (v == AT_REST) {
            t->history.stopped = "no more progress";
            break;
        }
    }
    if (status == GLIA_OK && t->best)
        memcpy(t->m->weights, t->best, (size_t)t->m->count * glia_dtype_size(t->m->dtype));
    t->history.updates = t->now.updates;
    t->history.seconds = gl_now() - t->start;
    t->history.best_val = t->now.best_val;
    t->history.best_epoch = t->validates ? t->best_epoch : -1;
    return status;
}

/* Test vectors travel with the model: synthetic inputs (never training data) and what it answers to
 * them. */
static glia_status make_vectors(glia_model *m) {
    enum { VECTORS = 8 };
    glia_ctx *g = m->g;
    glia_status status = gl_model_set_vectors(m, VECTORS);
    glia_predictor *p = status == GLIA_OK ? glia_predictor_new(g, m, VECTORS) : NULL;
    if (!p) return GLIA_RESOURCE;
    gl_rng r = gl_rng_new(0, GL_STREAM_TEST, 0);
    for (int64_t i = 0; i < VECTORS * m->inputs; i++)
        gl_put(m->vector_x, m->dtype, i, gl_rng_normal(&r));
    glia_tensor x = {
        .dtype = m->dtype, .ndim = 2, .dim = {VECTORS, m->inputs}, .data = m->vector_x};
    glia_tensor y = {
        .dtype = m->dtype, .ndim = 2, .dim = {VECTORS, m->outputs}, .data = m->vector_y};
    status = glia_predict(p, x, y);
    glia_predictor_free(p);
    return status;
}

glia_status glia_fit(glia_model *m, glia_tensor x, glia_tensor y, const glia_fit_options *options,
                     glia_history *history) {
    trainer t = {.g = m->g, .m = m, .o = options ? *options : (glia_fit_options){0}};
    t.optimizer = gl_optimizer_find(m->g, t.o.optimizer);
    if (!t.optimizer) return GLIA_USAGE;
    glia_status status = open_trainer(&t, x, y);
    m->findings = 0;
    if (status == GLIA_OK) status = loop(&t);
    if (status == GLIA_OK) gl_doctor_tell(t.doctor, m, &t.history);
    if (status == GLIA_OK) status = make_vectors(m);
    if (history) *history = t.history;
    close_trainer(&t);
    return status;
}
