/*
 * doctor.c: watches a training and says what ails it, and how to mend that.
 *
 *     look    128 fixed rows through a plan of their own, forward and backward, without
 *             an update: before the first update, after the first epoch, at the end
 *     hear    the cost of every epoch
 *     tell    looks and costs become findings: one rule a function, one limit a rule
 *
 * It works on a copy of the weights in memory of its own, so the training's bits are those without
 * it. Roots before symptoms: a rule whose cause was found already keeps silent.
 */
#include "doctor.h"

#include <math.h>
#include <stdio.h>
#include <string.h>

static const glia_illness illnesses[] = {
#define ILLNESS(id, name, limit, measured, mend, source) {name, measured, limit, mend, source},
#include "illnesses.def"
#undef ILLNESS
};

const glia_illness *glia_illnesses(int *count) {
    *count = GL_ILLNESSES;
    return illnesses;
}

const glia_illness *gl_illness_of(gl_illness illness) { return &illnesses[illness]; }

double gl_limit(gl_illness illness) { return illnesses[illness].limit; }

/* ---------------------------------------------------------------------------------- findings -- */

/* There are few of them: room for one more is taken each time. */
static glia_finding *add_finding(glia_ctx *g, glia_history *h) {
    glia_finding *list = gl_alloc(g, h->findings + 1, sizeof *list);
    if (!list) return NULL;
    if (h->findings > 0) memcpy(list, h->finding, (size_t)h->findings * sizeof *list);
    gl_free(g, (void *)h->finding);
    h->finding = list;
    return &list[h->findings++];
}

void gl_find_again(glia_ctx *g, glia_history *h, const glia_finding *found) {
    glia_finding *f = add_finding(g, h);
    if (!f) return;
    *f = *found;
    gl_warn(g, "%s: %s; %s", f->illness->name, f->seen, f->illness->mend);
}

void gl_find(glia_ctx *g, glia_history *h, gl_illness illness, const char *where, double value,
             const char *format, ...) {
    glia_finding f = {.illness = &illnesses[illness], .value = value};
    snprintf(f.where, sizeof f.where, "%s", where);
    va_list args;
    va_start(args, format);
    vsnprintf(f.seen, sizeof f.seen, format, args);
    va_end(args);
    gl_find_again(g, h, &f);
}

/* ----------------------------------------------------------------------------------- looking -- */

/* Of all training rows, whatever there are: a look costs as much as four mini-batches of 32, three
 * times in a training. A share of units or samples is known to 4% from 128. */
enum { ROWS = 128 };

/* START tells of the initial weights, EARLY of what the first epoch made of them, before anything
 * can have recovered; what a training has come to is told at its END. */
typedef enum moment { START, EARLY, END, MOMENTS } moment;

typedef struct look { /* at one node, at one moment */
    double ratio;     /* ||dW|| / ||W||; NaN where W is 0 */
    double apart;     /* largest difference between two units' weights, over the largest weight */
    int64_t dead, pinned; /* units of an activation: 0 for all rows; at an end of their range */
} look;

typedef struct course { /* of the cost, a mean an epoch */
    double first, half, last;
    int64_t epochs, falls, jumps;
} course;

struct gl_doctor {
    glia_ctx *g;
    const gl_net *m;
    const glia_fit_options *o;
    gl_plan *plan;
    void *x, *y, *w; /* w NULL: each row counts 1 */
    gl_store *store; /* its own weights and gradients */
    look *seen;      /* [MOMENTS, nodes] */
    double cost[MOMENTS];
    course course;
    gl_knobs knobs;
};

static look *look_at(const gl_doctor *d, moment when, const gl_node *node) {
    return &d->seen[(int)when * d->m->nodes + (node - d->m->node)];
}

static double norm(const gl_doctor *d, gl_run_id run, const gl_param *w) {
    return gl_store_norm(d->store, run, w->offset, w->rows * w->cols);
}

/* Largest difference between the first unit's weights and another's, over the largest weight. */
static double spread_of_units(const gl_doctor *d, const gl_param *w) {
    enum { BLOCK = 256 };
    double first[BLOCK], unit[BLOCK], apart = 0;
    double largest = gl_store_largest(d->store, GL_WEIGHTS, w->offset, w->rows * w->cols);
    for (int64_t j = 0; j < w->cols; j += BLOCK) {
        int64_t n = w->cols - j < BLOCK ? w->cols - j : BLOCK, at = w->offset + j;
        gl_store_get_doubles(d->store, GL_WEIGHTS, at, n, first);
        for (int64_t i = 1; i < w->rows; i++) {
            gl_store_get_doubles(d->store, GL_WEIGHTS, at + i * w->cols, n, unit);
            for (int64_t k = 0; k < n; k++) apart = fmax(apart, fabs(unit[k] - first[k]));
        }
    }
    return largest > 0 ? apart / largest : 0;
}

/* Its values have an end below, where no gradient comes back, and none above: relu. */
static bool can_die(const gl_op *op) { return op->low < op->high && isinf(op->high); }
/* They have two ends: sigmoid, tanh. */
static bool squashes(const gl_op *op) { return op->low < op->high && !isinf(op->high); }

#define NEAR_AN_END 0.01

/* Within 1% of an end the slope of sigmoid, a (1 - a), is below 0.01, where it is 0.25 in the
 * middle, and that of tanh, 1 - a^2, below 0.02 of 1: hardly any gradient comes back. relu's is 0
 * at its end. */
static bool is_idle(const gl_op *op, double a) {
    return squashes(op) ? a < op->low + NEAR_AN_END || a > op->high - NEAR_AN_END : a <= op->low;
}

static int64_t count_idle(const gl_doctor *d, const gl_node *node, double share) {
    const void *a = gl_value_of(d->plan, node);
    int64_t rows = d->plan->spec.rows, units = 0;
    for (int64_t j = 0; a && j < node->width; j++) {
        int64_t idle = 0;
        for (int64_t i = 0; i < rows; i++)
            idle += is_idle(node->op, gl_get(a, d->m->dtype, i * node->width + j));
        units += (double)idle >= share * (double)rows;
    }
    return units;
}

static bool has_weights(const gl_doctor *d, const gl_node *node) {
    return node->params > 0 && d->m->param[node->param].kind == GL_DECAYED;
}

static void look_around(gl_doctor *d, moment when) {
    const gl_net *m = d->m;
    gl_store_copy(d->store, GL_WEIGHTS, m->store, GL_WEIGHTS);
    gl_run(d->plan);
    d->cost[when] = gl_cost(d->plan);
    for (const gl_node *node = m->node; node < gl_loss_node(m); node++) {
        look *l = look_at(d, when, node);
        if (has_weights(d, node)) {
            const gl_param *w = &m->param[node->param];
            double size = norm(d, GL_WEIGHTS, w);
            l->ratio = size > 0 ? norm(d, GL_GRADIENTS, w) / size : NAN;
            l->apart = spread_of_units(d, w);
        }
        if (can_die(node->op)) l->dead = count_idle(d, node, 1);
        if (squashes(node->op)) l->pinned = count_idle(d, node, 0.95);
    }
}

/* ------------------------------------------------------------------------------ the watching -- */

static bool take_memory(gl_doctor *d, const gl_feed *feed, int64_t rows) {
    size_t size = glia_dtype_size(d->m->dtype);
    d->x = gl_alloc(d->g, rows, (size_t)feed->features * size);
    d->y = gl_alloc(d->g, rows, (size_t)feed->labels * size);
    bool weighted = feed->sample_weights.data != NULL;
    if (weighted) d->w = gl_alloc(d->g, rows, size);
    d->store = gl_store_new(d->g, d->m->count, d->m->dtype);
    bool runs =
        d->store && gl_store_take(d->store, GL_WEIGHTS) && gl_store_take(d->store, GL_GRADIENTS);
    d->seen = gl_alloc(d->g, (int64_t)MOMENTS * d->m->nodes, sizeof *d->seen);
    d->plan = gl_compile(d->g, d->m,
                         &(gl_plan_spec){.mode = GL_TRAIN,
                                         .rows = rows,
                                         .update = GL_KERNELS,
                                         .threads = d->g->threads,
                                         .weighted = weighted,
                                         .keep_all = true});
    return d->x && d->y && (d->w || !weighted) && runs && d->seen && d->plan;
}

/* Evenly spread over the file, which may be sorted. */
static void take_rows(gl_doctor *d, const gl_feed *feed, int64_t rows) {
    int64_t size = (int64_t)glia_dtype_size(d->m->dtype);
    for (int64_t i = 0; i < rows; i++) {
        int64_t from = i * feed->rows / rows;
        gl_feed_rows(feed, d->m->dtype, from, 1, (char *)d->x + i * feed->features * size,
                     (char *)d->y + i * feed->labels * size);
        if (d->w) gl_feed_weights(feed, d->m->dtype, from, 1, (char *)d->w + i * size);
    }
}

gl_doctor *gl_doctor_new(glia_ctx *g, const gl_net *m, const gl_feed *feed,
                         const glia_fit_options *o) {
    int64_t rows = feed->rows < ROWS ? feed->rows : ROWS;
    gl_doctor *d = gl_alloc(g, 1, sizeof *d);
    if (!d) return NULL;
    *d = (gl_doctor){.g = g, .m = m, .o = o, .knobs = {.seed = o->seed}};
    if (!take_memory(d, feed, rows)) {
        gl_doctor_free(d);
        return NULL;
    }
    take_rows(d, feed, rows);
    gl_bind(d->plan,
            &(gl_binding){.room = {[GL_X] = d->x, [GL_LABELS] = d->y, [GL_SAMPLE_WEIGHTS] = d->w},
                          .store = d->store,
                          .knobs = &d->knobs});
    look_around(d, START);
    return d;
}

void gl_doctor_free(gl_doctor *d) {
    if (!d) return;
    void *owned[] = {d->x, d->y, d->w, d->seen};
    for (size_t i = 0; i < sizeof owned / sizeof *owned; i++) gl_free(d->g, owned[i]);
    gl_store_free(d->store);
    gl_plan_free(d->plan);
    gl_free(d->g, d);
}

int64_t gl_doctor_bytes(const gl_doctor *d) {
    if (!d) return 0;
    int64_t size = (int64_t)glia_dtype_size(d->m->dtype);
    return gl_plan_bytes(d->plan) + d->plan->spec.rows * d->m->inputs * size +
           gl_store_bytes(d->store);
}

/* A jump is a tenth of the first cost: mean costs of epochs rise by a few percent when a mini-batch
 * is unlucky, and near the end of a good training everything is small beside the start. */
void gl_doctor_hear(gl_doctor *d, const glia_progress *now) {
    if (!d) return;
    course *c = &d->course;
    double cost = now->loss;
    if (c->epochs > 0) {
        c->falls += cost < c->last;
        c->jumps += cost > c->last + d->cost[START] / 10;
    } else {
        c->first = cost;
        look_around(d, EARLY);
    }
    if (now->epoch == now->epochs / 2) c->half = cost;
    c->last = cost;
    c->epochs++;
}

/* ----------------------------------------------------------------------------- rules: layers -- */

/* Two units that begin alike get the same gradient and stay alike, for ever: units as a whole are
 * worth one. Rounding parts them by some 1e-7 of a weight in f32, a draw at random by about 1. The
 * units of an output layer are parted by their labels, zeros or not. */
static void find_symmetry(const gl_doctor *d, glia_history *h) {
    const gl_node *last =
        gl_loss_node(d->m); /* becomes the output layer: its units differ by labels */
    while (last > d->m->node && !has_weights(d, last)) last--;
    for (const gl_node *node = d->m->node; node < last; node++) {
        double apart = look_at(d, END, node)->apart;
        if (!has_weights(d, node) || node->op->looks_up || node->width < 2 ||
            apart >= gl_limit(GL_ILL_symmetric))
            continue;
        gl_find(d->g, h, GL_ILL_symmetric, node->name, apart,
                "'%s': its %lld units all have the same weights, so they are as good as one",
                node->name, (long long)node->width);
    }
}

/* A relu unit that is 0 for every sample gets no gradient and stays so. Some are at the end of any
 * training; 70% of a layer were killed together, by a step that was too long. */
static void find_dead_units(const gl_doctor *d, glia_history *h) {
    for (const gl_node *node = d->m->node; node < gl_loss_node(d->m); node++) {
        int64_t dead = look_at(d, END, node)->dead;
        double share = (double)dead / (double)node->width;
        if (h->findings > 0 || !(share > gl_limit(GL_ILL_dead))) continue;
        gl_find(d->g, h, GL_ILL_dead, node->name, share,
                "'%s': %lld of %lld units are 0 for every sample looked at", node->name,
                (long long)dead, (long long)node->width);
        return; /* what is behind a dead layer is no wonder */
    }
}

/* At the start and at the end: pinned at the start alone, the units have got away; at the end
 * alone, they were trained to answer 0 and 1, as a sigmoid may. */
static void find_saturation(const gl_doctor *d, glia_history *h) {
    for (const gl_node *node = d->m->node; node < gl_loss_node(d->m); node++) {
        int64_t start = look_at(d, START, node)->pinned, end = look_at(d, END, node)->pinned;
        double share = (double)(start < end ? start : end) / (double)node->width;
        if (!squashes(node->op) || !(share > gl_limit(GL_ILL_saturated))) continue;
        gl_find(d->g, h, GL_ILL_saturated, node->name, share,
                "'%s': %lld of %lld units are at an end of their range for nearly every sample",
                node->name, (long long)end, (long long)node->width);
    }
}

/* The least gradient beside its weights, over the largest behind it; *where: whose. Of rows that
 * are looked up most did not come, and have none. */
static double least_flow(const gl_doctor *d, moment when, const gl_node **where) {
    double least = 1, largest = 0;
    for (const gl_node *node = gl_loss_node(d->m) - 1; node >= d->m->node; node--) {
        double ratio = look_at(d, when, node)->ratio;
        if (!has_weights(d, node) || node->op->looks_up || isnan(ratio)) continue;
        if (largest > 0 && ratio / largest < least) least = ratio / largest, *where = node;
        largest = fmax(largest, ratio);
    }
    return least;
}

/* At best a sigmoid layer lets through a quarter of a gradient (its slope in the middle), so five
 * of them a thousandth, the limit: 0.25^5 = 0.00098. The larger of the two looks counts, and a
 * training whose cost has halved all the same has nothing to be told. */
static void find_vanishing(const gl_doctor *d, glia_history *h) {
    const gl_node *where = NULL;
    double early = least_flow(d, EARLY, &where), flow = fmax(least_flow(d, START, &where), early);
    bool learned = d->cost[END] < d->cost[START] / 2; /* all the same */
    if (h->findings > 0 || learned || !(flow < gl_limit(GL_ILL_vanishing))) return;
    gl_find(d->g, h, GL_ILL_vanishing, where->name, flow,
            "'%s': its gradient, beside its weights, is %.1g of that in the layers behind it",
            where->name, flow);
}

/* With a rate of 0.01 a gradient 100 times as large as the weights replaces them in one step. */
static void find_exploding(const gl_doctor *d, glia_history *h) {
    const gl_node *most = d->m->node;
    for (const gl_node *node = d->m->node; node < gl_loss_node(d->m); node++) {
        if (look_at(d, START, node)->ratio > look_at(d, START, most)->ratio) most = node;
    }
    double ratio = look_at(d, START, most)->ratio;
    if (!(ratio > gl_limit(GL_ILL_exploding))) return;
    gl_find(d->g, h, GL_ILL_exploding, most->name, ratio,
            "'%s': its first gradient was %.3g times as large as its weights", most->name, ratio);
}

/* ------------------------------------------------------------------------------ rules: costs -- */

static bool has_rate(const gl_doctor *d) { return d->o->lr > 0; }

static void find_high_rate(const gl_doctor *d, glia_history *h) {
    const course *c = &d->course;
    double share = (double)c->jumps / fmax(1, (double)c->epochs - 1);
    bool worse = d->cost[END] > 1.5 * d->cost[START];
    if (!has_rate(d)) return;
    if (worse) {
        gl_find(d->g, h, GL_ILL_lr_high, "", 1,
                "lr %g: the cost rose from %.3g at the start to %.3g", d->o->lr, d->cost[START],
                d->cost[END]);
    } else if (c->jumps >= 3 && share > gl_limit(GL_ILL_lr_high)) {
        gl_find(d->g, h, GL_ILL_lr_high, "", share,
                "lr %g: the cost jumped up in %lld of %lld epochs", d->o->lr, (long long)c->jumps,
                (long long)c->epochs);
    }
}

static bool ran_out(const glia_history *h) { return strcmp(h->stopped, "epochs") == 0; }

/* Adam moves a weight by about lr in an update: thirty of 0.002 are 0.06, where first weights are
 * about 0.3. A cost that fell by two thirds all the same was easy to lower. */
static void find_few_updates(const gl_doctor *d, glia_history *h) {
    bool fell = d->cost[END] < d->cost[START] / 3;
    if (h->findings > 0 || fell || !has_rate(d) || !ran_out(h) ||
        (double)h->updates >= gl_limit(GL_ILL_few_updates))
        return;
    gl_find(d->g, h, GL_ILL_few_updates, "", (double)h->updates,
            "%lld epoch%s of mini-batches of %lld row%s gave %lld update%s of the weights",
            (long long)h->epochs, gl_plural(h->epochs), (long long)d->o->batch,
            gl_plural(d->o->batch), (long long)h->updates, gl_plural(h->updates));
}

/* A cost that goes to its least value like exp(-k t) falls by A (1 - r) in the first half of T
 * epochs and by A (1 - r) r in the second, r = exp(-k T/2). r above 0.7 means that 1 - r^2, less
 * than 51%, of what there was to gain has been gained: another training as long is worth it, or a
 * higher rate. Ten epochs, each lower than the one before, so that noise is not taken for
 * slowness. */
static void find_low_rate(const gl_doctor *d, glia_history *h) {
    const course *c = &d->course;
    double before = c->first - c->half, after = c->half - c->last;
    bool steady = c->epochs >= 10 && c->falls == c->epochs - 1 && c->last > c->first / 2;
    if (h->findings > 0 || !has_rate(d) || !ran_out(h) || !steady ||
        !(after > gl_limit(GL_ILL_lr_low) * before))
        return;
    gl_find(d->g, h, GL_ILL_lr_low, "", after / before,
            "lr %g: the cost fell evenly, from %.4g only to %.4g, and was still falling at the end",
            d->o->lr, c->first, c->last);
}

/* A quarter more than the least validation cost, and by more than a twentieth of the first cost:
 * costs near 0 double by one row. */
static void find_no_stop(const gl_doctor *d, glia_history *h) {
    double last = h->entries > 0 ? h->val_loss[h->entries - 1] : NAN;
    bool fell = d->course.falls > d->course.epochs / 2;
    double rise = last / h->best_val;
    bool matters = last - h->best_val > d->cost[START] / 20;
    if (d->o->patience > 0 || !fell || !matters || !(rise > gl_limit(GL_ILL_no_stop))) return;
    gl_find(d->g, h, GL_ILL_no_stop, "", rise,
            "the validation cost rose from %.4g after epoch %lld to %.4g while the training cost "
            "fell",
            h->best_val, (long long)h->best_epoch + 1, last);
}

void gl_doctor_tell(gl_doctor *d, glia_history *h) {
    if (!d) return;
    look_around(d, END);
    find_symmetry(d, h);
    find_dead_units(d, h);
    find_saturation(d, h);
    find_vanishing(d, h);
    find_exploding(d, h);
    find_high_rate(d, h);
    find_few_updates(d, h);
    find_low_rate(d, h);
    find_no_stop(d, h);
}
