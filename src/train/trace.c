/*
 * trace.c: one batch followed through a network, forward and backward, with every number.
 *
 *     apart    nothing fused, every value in memory of its own     z, a, dz, da
 *     fused    the plan that a training on these rows runs         losses, J, dW, db
 *
 * The two agree to the last bit but for one dense layer, whose kernel `linear` adds the rows of dW
 * in an order of its own: so what an update reads comes from the plan that would do it. Without
 * labels there is the first alone, as a prediction.
 */
#include "train.h"

#include <math.h>
#include <string.h>

typedef struct tracer {
    glia_trace said; /* what the caller holds; the rest is freed with it */
    gl_net *m;       /* a copy, with gradients and without dropout */
    gl_plan *apart, *fused;
    gl_knobs knobs;
    int64_t rows;
    void *x, *y, *w, *answers; /* w NULL: every row counts once */
    glia_traced *step;
    glia_tensor *gradient;
    int *place, *layer; /* by node: the number of its step, -1: it has none; l */
} tracer;

/* ------------------------------------------------------------------------------------- nodes -- */

/* Its value is the one that it reads. */
static bool passes(const gl_node *node) { return !node->op->forward || node->op->training_only; }

static int read_by(const tracer *t, const gl_node *node, int i) {
    int from = node->from[i];
    while (from >= 0 && passes(&t->m->node[from])) from = t->m->node[from].from[0];
    return from;
}

static void number_layers(tracer *t) {
    int layers = 0;
    for (int k = 0; k < t->m->nodes; k++) {
        const gl_node *node = &t->m->node[k];
        for (int i = 0; i < node->froms; i++) {
            int from = node->from[i];
            if (from >= 0 && t->layer[from] > t->layer[k]) t->layer[k] = t->layer[from];
        }
        if (node->op->role == GL_LAYER) t->layer[k] = ++layers;
    }
}

/* ------------------------------------------------------------------------------------ values -- */

static glia_tensor matrix(const tracer *t, int64_t rows, int64_t cols, const void *data) {
    return (
        glia_tensor){.dtype = t->m->dtype, .ndim = 2, .dim = {rows, cols}, .data = (void *)data};
}

/* GL_NO_BUF: there is no such buffer, or nobody writes it. */
static gl_buf find_buffer(const gl_plan *p, const char *prefix, const char *name) {
    size_t n = strlen(prefix);
    for (gl_buf b = 1; b < p->buffers; b++) {
        const char *has = p->buffer[b].name;
        if (p->buffer[b].first >= 0 && strncmp(has, prefix, n) == 0 && strcmp(has + n, name) == 0)
            return b;
    }
    return GL_NO_BUF;
}

/* What a buffer holds after a run, as rows of a batch. */
static glia_tensor held(const tracer *t, const gl_plan *p, gl_buf b) {
    const gl_buffer *from = &p->buffer[b];
    void *room = b == GL_NO_BUF            ? NULL
                 : from->room == GL_OUTPUT ? t->answers
                 : from->room == GL_ARENA  ? p->memory
                                           : NULL;
    size_t size = glia_dtype_size(t->m->dtype);
    return matrix(t, t->rows, from->cols, room ? (char *)room + (size_t)from->offset * size : NULL);
}

static gl_buf answers_of(const tracer *t, const gl_node *loss) {
    return t->m->heads == 1 ? find_buffer(t->apart, "output", "")
                            : find_buffer(t->apart, "output.", loss->name);
}

static glia_traced look_at(const tracer *t, const gl_node *node) {
    bool loss = node->op->role == GL_LOSS;
    int k = (int)(node - t->m->node);
    glia_traced said = {.name = node->name,
                        .op = loss ? node->op->link : node->op->name,
                        .layer = t->layer[k],
                        .layers = node->op->role == GL_LAYER,
                        .activates = loss || node->op->role == GL_ACTIVATION,
                        .reads = node->froms,
                        .value =
                            held(t, t->apart, loss ? answers_of(t, node) : t->apart->value[k])};
    for (int i = 0; i < node->froms; i++) {
        int from = read_by(t, node, i);
        said.read[i] = from < 0 ? from : t->place[from];
    }
    for (const gl_node *end = t->m->node; end < t->m->node + t->m->nodes; end++)
        if (end->op->role == GL_LOSS && read_by(t, end, 0) == k) said.slope = end->op->slope;
    if (t->fused) said.gradient = held(t, t->apart, find_buffer(t->apart, "d.", node->name));
    return said;
}

/* A loss without a link gives no answers of its own: they are the value that it reads. */
static void look_at_all(tracer *t) {
    for (int k = 0; k < t->m->nodes; k++) {
        const gl_node *node = &t->m->node[k];
        bool silent = passes(node) || (node->op->role == GL_LOSS && !node->op->link);
        t->place[k] = silent ? -1 : t->said.steps++;
        if (!silent) t->step[t->place[k]] = look_at(t, node);
    }
}

static void look_at_gradients(tracer *t) {
    const gl_net *m = t->m;
    t->said.params = m->params;
    for (int i = 0; i < m->params; i++) {
        const gl_param *w = &m->param[i];
        bool learned = t->fused && w->kind != GL_MEASURED;
        t->gradient[i] = matrix(t, w->rows, w->cols,
                                learned ? gl_store_at(m->store, GL_GRADIENTS, w->offset) : NULL);
    }
}

static void look_at_losses(tracer *t) {
    const char *name = gl_loss_node(t->m)->name;
    gl_buf losses = t->m->heads == 1 ? find_buffer(t->fused, "losses", "")
                                     : find_buffer(t->fused, "losses.", name);
    t->said.losses = held(t, t->fused, losses);
    t->said.cost = gl_cost(t->fused);
}

/* ------------------------------------------------------------------------------------ making -- */

static bool take_memory(tracer *t, glia_ctx *g, const gl_net *m, bool labelled, bool weighted) {
    size_t size = glia_dtype_size(m->dtype);
    t->m = gl_net_convert(g, m, m->dtype);
    t->x = gl_alloc(g, t->rows, (size_t)m->inputs * size);
    t->y = gl_alloc(g, t->rows, (size_t)m->labels * size);
    t->w = weighted ? gl_alloc(g, t->rows, size) : NULL;
    t->answers = gl_alloc(g, t->rows, (size_t)m->outputs * size);
    t->step = gl_alloc(g, m->nodes, sizeof *t->step);
    t->gradient = gl_alloc(g, m->params, sizeof *t->gradient);
    t->place = gl_alloc(g, m->nodes, sizeof *t->place);
    t->layer = gl_alloc(g, m->nodes, sizeof *t->layer);
    return t->m && t->x && t->y && (t->w || !weighted) && t->answers && t->step && t->gradient &&
           t->place && t->layer && (!labelled || gl_store_take(t->m->store, GL_GRADIENTS));
}

/* Which units a mini-batch drops depends on the update that it would be: here all are seen. */
static void keep_every_unit(gl_net *m) {
    for (gl_node *node = m->node; node < m->node + m->nodes; node++)
        for (int i = 0; i < node->op->attrs; i++)
            if (node->op->attr[i].by_chance) node->attr[i] = 0;
}

static bool compile(tracer *t, glia_ctx *g, const glia_trace_options *o, bool labelled) {
    gl_plan_spec spec = {.mode = labelled ? GL_TRAIN : GL_PREDICT,
                         .rows = t->rows,
                         .l2 = o->l2,
                         .l1 = o->l1,
                         .smoothing = o->label_smoothing,
                         .weighted = t->w != NULL,
                         .update = GL_KERNELS,
                         .threads = 1,
                         .keep_all = true,
                         .apart = true};
    t->apart = gl_compile(g, t->m, &spec);
    spec.apart = false;
    t->fused = t->apart && labelled ? gl_compile(g, t->m, &spec) : NULL;
    return t->apart && (t->fused || !labelled);
}

/* A cost that is not finite is one of the things to be looked at. */
static void run(tracer *t) {
    gl_binding b = {
        .room = {[GL_X] = t->x,
                 [GL_LABELS] = t->y,
                 [GL_SAMPLE_WEIGHTS] = t->w,
                 [GL_OUTPUT] = t->answers},
        .store = t->m->store,
        .knobs = &t->knobs,
    };
    gl_bind(t->apart, &b);
    gl_run(t->apart);
    if (!t->fused) return;
    gl_bind(t->fused, &b);
    gl_run(t->fused);
}

static void warn_of_mixing(glia_ctx *g, const tracer *t) {
    for (const gl_node *node = t->m->node; t->fused && node < t->m->node + t->m->nodes; node++) {
        if (!node->op->mixes_rows) continue;
        gl_warn(g,
                "%s takes mean and variance of the %lld row%s shown, as a training on them does; "
                "prediction takes the running averages and answers otherwise",
                node->name, (long long)t->rows, gl_plural(t->rows));
        return;
    }
}

static void say(tracer *t, bool labelled) {
    number_layers(t);
    t->said = (glia_trace){.x = matrix(t, t->rows, t->m->inputs, t->x),
                           .y = matrix(t, t->rows, t->m->labels, labelled ? t->y : NULL),
                           .step = t->step,
                           .losses = matrix(t, t->rows, 1, NULL),
                           .weights = matrix(t, t->rows, 1, t->w),
                           .cost = NAN,
                           .gradient = t->gradient};
    look_at_all(t);
    look_at_gradients(t);
    if (labelled) look_at_losses(t);
}

/* Against the mean that is given, not that of these rows, which may all weigh nothing. */
static bool weigh(gl_feed *feed, glia_ctx *g, const glia_trace_options *o) {
    double mean = o->mean_weight == 0 ? 1 : o->mean_weight;
    bool sound = mean > 0 && isfinite(mean);
    for (int64_t i = 0; i < feed->rows; i++)
        sound = sound && o->weights[i] >= 0 && isfinite(o->weights[i]);
    feed->sample_weights = glia_tensor_f64((double *)o->weights, feed->rows, 1);
    feed->mean_weight = mean;
    if (!sound)
        gl_fail(g, GLIA_USAGE,
                "a trace with weights of rows: expected finite numbers of at least 0, and a mean "
                "above 0");
    return sound;
}

glia_trace *gl_trace(glia_ctx *g, const gl_net *m, glia_tensor x, double divisor, glia_tensor y,
                     const glia_trace_options *options) {
    glia_trace_options o = options ? *options : (glia_trace_options){0};
    gl_feed feed;
    bool sound = o.l2 >= 0 && o.l1 >= 0 && o.label_smoothing >= 0 && o.label_smoothing < 1 &&
                 isfinite(o.l2) && isfinite(o.l1);
    if (!sound) {
        gl_fail(g, GLIA_USAGE,
                "a trace with l2 %g, l1 %g, label_smoothing %g: expected finite numbers of at "
                "least 0, and a smoothing below 1",
                o.l2, o.l1, o.label_smoothing);
        return NULL;
    }
    if (gl_feed_open(&feed, g, m, (gl_samples){.x = x, .divisor = divisor}, y, NULL) != GLIA_OK)
        return NULL;
    bool labelled = y.data != NULL, weighted = labelled && o.weights;
    if (weighted && !weigh(&feed, g, &o)) return NULL;
    tracer *t = gl_alloc(g, 1, sizeof *t);
    if (!t) return NULL;
    t->rows = feed.rows;
    bool ok = take_memory(t, g, m, labelled, weighted);
    if (ok) keep_every_unit(t->m);
    if (ok && compile(t, g, &o, labelled)) {
        gl_feed_rows(&feed, m->dtype, 0, feed.rows, t->x, labelled ? t->y : NULL);
        gl_feed_weights(&feed, m->dtype, 0, feed.rows, t->w);
        run(t);
        say(t, labelled);
        warn_of_mixing(g, t);
        return &t->said;
    }
    glia_trace_free(g, &t->said);
    return NULL;
}

void glia_trace_free(glia_ctx *g, glia_trace *trace) {
    tracer *t = (tracer *)trace;
    if (!t) return;
    gl_plan_free(t->apart);
    gl_plan_free(t->fused);
    gl_net_free(t->m);
    gl_free(g, t->x);
    gl_free(g, t->y);
    gl_free(g, t->w);
    gl_free(g, t->answers);
    gl_free(g, t->step);
    gl_free(g, t->gradient);
    gl_free(g, t->place);
    gl_free(g, t->layer);
    gl_free(g, t);
}
