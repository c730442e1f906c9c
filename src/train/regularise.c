/*
 * regularise.c: penalties, clipping, limits and smoothing on their way into a plan: which of them
 * go together with which network and optimizer.
 */
#include "regularise.h"

#include <math.h>

static glia_status check_sizes(glia_ctx *g, const glia_fit_options *o) {
    const struct {
        const char *name;
        double value;
    } sizes[] = {{"l1", o->l1},
                 {"clip_norm", o->clip_norm},
                 {"clip_value", o->clip_value},
                 {"max_norm", o->max_norm}};
    for (size_t i = 0; i < sizeof sizes / sizeof *sizes; i++) {
        if (sizes[i].value >= 0 && isfinite(sizes[i].value)) continue;
        return gl_fail(g, GLIA_USAGE, "%s is %g, expected at least 0", sizes[i].name,
                       sizes[i].value);
    }
    if (o->label_smoothing >= 0 && o->label_smoothing < 1) return GLIA_OK;
    return gl_fail(g, GLIA_USAGE, "label_smoothing is %g, expected at least 0 and below 1",
                   o->label_smoothing);
}

/* A search compares costs and slopes along a line: both must be smooth, and those of J. */
static glia_status check_search(glia_ctx *g, const glia_fit_options *o, const char *optimizer) {
    if (o->l1 > 0) {
        return gl_fail(g, GLIA_USAGE,
                       "%s needs a smooth cost, and the L1 term is not smooth at 0; use l2, or "
                       "adam or sgd with l1",
                       optimizer);
    }
    if (o->clip_norm > 0 || o->clip_value > 0 || o->max_norm > 0) {
        return gl_fail(g, GLIA_USAGE,
                       "%s finds the length of its steps itself: leave clip and max-norm out",
                       optimizer);
    }
    return GLIA_OK;
}

glia_status gl_regularise(glia_ctx *g, const glia_model *m, const glia_fit_options *o,
                          const gl_optimizer *optimizer, gl_plan_spec *spec) {
    glia_status status = check_sizes(g, o);
    if (status == GLIA_OK && gl_searches(optimizer)) status = check_search(g, o, optimizer->name);
    if (status != GLIA_OK) return status;
    if (o->label_smoothing > 0 && !gl_loss_node(m)->op->link) {
        return gl_fail(g, GLIA_USAGE,
                       "label smoothing is for classes (cross-entropy); this network's cost is %s",
                       glia_model_loss(m));
    }
    if (o->tol > 0 && (o->clip_norm > 0 || o->clip_value > 0)) {
        return gl_fail(g, GLIA_USAGE,
                       "tol looks at the gradient, which clip changes: give one of them");
    }
    spec->l1 = o->l1;
    spec->clip_norm = o->clip_norm;
    spec->clip_value = o->clip_value;
    spec->max_norm = o->max_norm;
    spec->smoothing = o->label_smoothing;
    spec->weighted = o->weights.data != NULL;
    return GLIA_OK;
}
