/*
 * check.c: backward propagation against central differences, in double, on the user's own network
 * and data.
 *
 * The numeric gradient is the four-point formula (8 (J(w+h) - J(w-h)) - (J(w+2h) - J(w-2h))) / 12h,
 * whose error falls with h^4, so that h can be large enough for the rounding of J not to matter.
 * Where a bend (relu, |e| or |w| at 0) lies within the step there is no derivative to compare: the
 * sides on which every bend stands are hashed in each run, and a component whose hash changes is
 * counted as a kink and left out.
 */
#include "train.h"

#include <math.h>

typedef struct checker {
    gl_plan *plan;
    gl_knobs knobs;
    gl_net *m; /* in double, with gradients */
    double cost;
    uint64_t bends;
    double h, tolerance;
} checker;

/* The side that a step looks at: its kernel's, or that of the activation which its kernel applies
 * to what it writes. */
static gl_side *side_of(const gl_step *s, int *operand) {
    gl_side *side = gl_bend(s->id, operand);
    return side || !s->then || !gl_finishes(s->id) ? side
                                                   : gl_bend(s->then->forward_kernel, operand);
}

/* FNV-1a over the sides. A bend that is passed and passed back within one step would be missed;
 * four steps that all lie on one side of it are not wrong. */
static uint64_t hash_bends(const gl_plan *p) {
    uint64_t hash = 1469598103934665603u;
    for (const gl_step *s = p->step; s < p->step + p->steps; s++) {
        int operand = 0;
        gl_side *side = side_of(s, &operand);
        const gl_buffer *b = &p->buffer[s->p[operand]];
        for (int64_t i = 0; side && i < b->rows * b->cols; i++)
            hash = (hash ^ (uint64_t)side(&s->call, i)) * 1099511628211u;
    }
    return hash;
}

/* J with component i of the weights moved by `step`; *same: every bend stands as it stood. */
static double cost_at(checker *c, int64_t i, double step, bool *same) {
    double kept = gl_store_value(c->m->store, GL_WEIGHTS, i);
    gl_store_set(c->m->store, GL_WEIGHTS, i, kept + step);
    gl_run(c->plan);
    *same = *same && hash_bends(c->plan) == c->bends;
    gl_store_set(c->m->store, GL_WEIGHTS, i, kept);
    return gl_cost(c->plan);
}

/* By Taylor, J(w+h) - J(w-h) = 2 h J' + h^3/3 J''' + h^5/60 J^(5) + ...; eight times this less the
 * same of 2h leaves 12 h J' and no h^3. The error is h^4/30 J^(5), 3e-18 of J^(5) where h = 1e-4;
 * what rounding does to J, 1e-16 of it, becomes 1e-12 in the quotient. */
static double numeric(checker *c, int64_t i, bool *same) {
    double h = c->h;
    double near = cost_at(c, i, h, same) - cost_at(c, i, -h, same);
    double far = cost_at(c, i, 2 * h, same) - cost_at(c, i, -2 * h, same);
    return (8 * near - far) / (12 * h);
}

static glia_check_row check_param(checker *c, const gl_param *w, const double *analytic,
                                  int64_t most) {
    int64_t count = w->rows * w->cols, picks = count < most ? count : most;
    glia_check_row row = {.param = w->name, .count = count};
    double distance = 0, a2 = 0, n2 = 0, worst = -1;
    for (int64_t k = 0; k < picks; k++) {
        int64_t j = (int64_t)((double)k * ((double)count / (double)picks)); /* spread evenly */
        bool same = true;
        double a = analytic[w->offset + j], n = numeric(c, w->offset + j, &same);
        if (!same) {
            row.kinks++;
            continue;
        }
        row.checked++;
        distance += (a - n) * (a - n), a2 += a * a, n2 += n * n;
        if (fabs(a - n) > worst)
            worst = fabs(a - n), row.worst = j, row.worst_analytic = a, row.worst_numeric = n;
    }
    /* Differences of J carry its rounding errors, about 4 eps J / h a component. Where the whole
     * gradient is less than 1e7 times that, the difference is measured against this bound: nothing
     * smaller can be told from rounding. */
    double rounding = 4 * 2.2e-16 * fmax(fabs(c->cost), 1e-3) / c->h * sqrt((double)row.checked);
    row.difference = sqrt(distance) / fmax(sqrt(a2) + sqrt(n2), 1e7 * rounding + 1e-300);
    row.ok = row.difference <= c->tolerance;
    return row;
}

static glia_status run_check(checker *c, glia_ctx *g, const glia_check_options *o) {
    int64_t most = o->max_components > 0 ? o->max_components : 200;
    if (!gl_run(c->plan))
        return gl_fail(g, GLIA_FAILED,
                       "the cost of this network is not finite: nothing to compare");
    c->cost = gl_cost(c->plan);
    c->bends = hash_bends(c->plan);
    double *analytic = gl_alloc(g, c->m->count, sizeof *analytic);
    if (!analytic) return GLIA_RESOURCE;
    gl_store_get_doubles(c->m->store, GL_GRADIENTS, 0, c->m->count, analytic);

    glia_status status = GLIA_OK;
    for (int i = 0; i < c->m->params; i++) {
        if (c->m->param[i].kind == GL_MEASURED) continue; /* has no gradient */
        glia_check_row row = check_param(c, &c->m->param[i], analytic, most);
        if (o->row) o->row(o->user, &row);
        if (!row.ok && status == GLIA_OK) {
            status = gl_fail(g, GLIA_FAILED,
                             "the gradient of '%s' is wrong: relative difference %.2e, at most "
                             "%.0e was expected; "
                             "component %lld is %.9g by backward propagation, %.9g by differences",
                             row.param, row.difference, c->tolerance, (long long)row.worst,
                             row.worst_analytic, row.worst_numeric);
        }
    }
    gl_free(g, analytic);
    return status;
}

glia_status gl_check(glia_ctx *g, const gl_net *m, glia_tensor x, double divisor, glia_tensor y,
                     const glia_check_options *options) {
    glia_check_options o = options ? *options : (glia_check_options){0};
    checker c = {.h = o.step > 0 ? o.step : 1e-4,
                 .tolerance = o.tolerance > 0 ? o.tolerance : 1e-7};
    gl_feed feed;
    glia_status status =
        gl_feed_open(&feed, g, m, (gl_samples){.x = x, .divisor = divisor}, y, NULL);
    if (status != GLIA_OK) return status;
    if (!y.data) return gl_fail(g, GLIA_INPUT, "a gradient check needs labels");
    if (o.sample_weights.data) status = gl_feed_weigh(&feed, g, o.sample_weights);
    if (status != GLIA_OK) return status;

    c.m = gl_net_convert(g, m, GLIA_F64);
    c.plan = c.m ? gl_compile(g, c.m,
                              &(gl_plan_spec){.mode = GL_TRAIN,
                                              .rows = feed.rows,
                                              .l2 = o.l2,
                                              .l1 = o.l1,
                                              .smoothing = o.label_smoothing,
                                              .weighted = o.sample_weights.data != NULL,
                                              .update = GL_KERNELS,
                                              .threads = g->threads,
                                              .keep_all = true})
                 : NULL;
    bool gradients = c.m && gl_store_take(c.m->store, GL_GRADIENTS);
    double *xs = gl_alloc(g, feed.rows, (size_t)feed.features * sizeof *xs);
    double *ys = gl_alloc(g, feed.rows, (size_t)feed.labels * sizeof *ys);
    double *ws = gl_alloc(g, feed.rows, sizeof *ws);
    status = GLIA_RESOURCE;
    if (c.plan && gradients && xs && ys && ws) {
        gl_feed_rows(&feed, GLIA_F64, 0, feed.rows, xs, ys);
        gl_feed_weights(&feed, GLIA_F64, 0, feed.rows, ws);
        gl_bind(c.plan,
                &(gl_binding){.room = {[GL_X] = xs, [GL_LABELS] = ys, [GL_SAMPLE_WEIGHTS] = ws},
                              .store = c.m->store,
                              .knobs = &c.knobs});
        status = run_check(&c, g, &o);
    }
    gl_free(g, xs);
    gl_free(g, ys);
    gl_free(g, ws);
    gl_plan_free(c.plan);
    gl_net_free(c.m);
    return status;
}
