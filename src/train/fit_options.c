/*
 * fit_options.c: the options of a training: their defaults, and which of them go together with
 * which optimizer and network.
 */
#include "../base/random.h"
#include "train.h"

#include <math.h>
#include <string.h>

void gl_fit_defaults(glia_fit_options *o, const gl_optimizer *optimizer, int64_t rows) {
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

static glia_status check_sizes(glia_ctx *g, const glia_fit_options *o) {
    const struct {
        const char *name;
        double value;
    } sizes[] = {{"l2", o->l2},
                 {"l1", o->l1},
                 {"decay", o->decay},
                 {"clip_norm", o->clip_norm},
                 {"clip_value", o->clip_value},
                 {"max_norm", o->max_norm},
                 {"cost_tol", o->cost_tol}};
    if (o->epochs < 0 || o->batch < 1 || o->log_every < 0 || o->patience < 0)
        return gl_fail(g, GLIA_USAGE, "epochs, batch, log_every and patience must be positive");
    for (size_t i = 0; i < sizeof sizes / sizeof *sizes; i++) {
        if (sizes[i].value >= 0 && isfinite(sizes[i].value)) continue;
        return gl_fail(g, GLIA_USAGE, "%s is %g, expected at least 0", sizes[i].name,
                       sizes[i].value);
    }
    if (!(o->label_smoothing >= 0 && o->label_smoothing < 1))
        return gl_fail(g, GLIA_USAGE, "label_smoothing is %g, expected at least 0 and below 1",
                       o->label_smoothing);
    bool numpy;
    return gl_read_rng(g, o->rng, &numpy);
}

/* A search compares costs and slopes along a line: both must be smooth, of all rows, and those of
 * J. */
static glia_status check_search(glia_ctx *g, const glia_fit_options *o, const char *optimizer,
                                bool full) {
    bool paced =
             o->lr != 0 || o->warmup != 0 || (o->schedule && strcmp(o->schedule, "constant") != 0),
         limited = o->clip_norm > 0 || o->clip_value > 0 || o->max_norm > 0;
    if (!full) {
        return gl_fail(g, GLIA_USAGE,
                       "%s looks at all samples in each step: it goes with batch full only, not "
                       "with mini-batches of %lld",
                       optimizer, (long long)o->batch);
    }
    if (paced || limited) {
        return gl_fail(g, GLIA_USAGE, "%s finds the length of its steps itself: leave %s out",
                       optimizer, paced ? "lr, schedule and warmup" : "clip and max-norm");
    }
    if (o->l1 > 0) {
        return gl_fail(g, GLIA_USAGE,
                       "%s needs a smooth cost, and the L1 term is not smooth at 0; use l2, or "
                       "adam or sgd with l1",
                       optimizer);
    }
    return GLIA_OK;
}

static glia_status check_tol(glia_ctx *g, const glia_fit_options *o, bool full) {
    if (o->tol > 0 && !full) {
        return gl_fail(g, GLIA_USAGE,
                       "tol looks at the gradient of all samples: it goes with batch full only");
    }
    if (o->tol > 0 && (o->clip_norm > 0 || o->clip_value > 0)) {
        return gl_fail(g, GLIA_USAGE,
                       "tol looks at the gradient, which clip changes: give one of them");
    }
    return GLIA_OK;
}

static bool learns_classes(const gl_net *m) {
    bool some = false;
    for (const gl_head *h = m->head; h < m->head + m->heads; h++)
        some = some || gl_loss_of(m, h)->op->link;
    return some;
}

glia_status gl_fit_check(glia_ctx *g, const gl_net *m, const glia_fit_options *o,
                         const gl_optimizer *optimizer, int64_t rows) {
    bool full = o->batch == rows;
    glia_status status = check_sizes(g, o);
    if (status == GLIA_OK && gl_searches(optimizer))
        status = check_search(g, o, optimizer->name, full);
    if (status == GLIA_OK) status = check_tol(g, o, full);
    if (status != GLIA_OK) return status;
    if (!gl_searches(optimizer) && !(o->lr > 0 && isfinite(o->lr)))
        return gl_fail(g, GLIA_USAGE, "lr is %g, expected a positive number", o->lr);
    if (o->decay > 0 && optimizer->decay == 0) {
        return gl_fail(g, GLIA_USAGE,
                       "decay belongs to adamw; with %s, l2 pulls the weights towards 0",
                       optimizer->name);
    }
    if (o->label_smoothing > 0 && !learns_classes(m)) {
        return gl_fail(g, GLIA_USAGE,
                       "label smoothing is for classes (cross-entropy); this network's cost is %s",
                       m->loss);
    }
    return GLIA_OK;
}
