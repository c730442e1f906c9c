/*
 * applier.c: a model compiled for rows of tables: pipeline, network and threshold with the
 * memory that they need. What a call finds is where the columns lie; everything else was
 * decided before.
 *
 *     once        JSON parsed, plan compiled, W turned, memory for max_rows answers
 *     a table     columns found by name; those of the last table are taken if it is the same
 *     a block     cells -> features [block, features] -> network -> value [rows, outputs]
 *     at the end  classes by threshold, or values in the target's units
 *
 * For one row of iris.csv that is 0.33 us, where finding and compiling all of it took 21.7
 * (bench/apply_speed.c). A run allocates nothing and says nothing: texts that training did not know
 * and cells that were filled are counted in the answers, since a server does not want a warning for
 * each request.
 *
 * The answers lie in the applier's memory until its next run.
 *
 * Of an applier of a stream each row is one step of a series: it is taken by itself, and the
 * network remembers those before it. All rows of a run are read before the first step is made.
 */
#include "rows.h"

#include "../base/crew.h"
#include "../score/metrics.h"

#include <math.h>

/* Features in memory at once: 256 rows of adult's 108 are 110 kB in f32, which stay in
 * the second-level cache between pipeline and network. All features of a million rows
 * would be 430 MB. */
enum { BLOCK_ROWS = 256 };
/* Rows of a whole table that a thread takes at once: milliseconds of work, where making a plan for
 * them takes a tenth of one. */
enum { PART_ROWS = 64 * BLOCK_ROWS };

struct glia_applier {
    glia_ctx *g;
    const glia_model *m;
    gl_tap tap; /* what is handed out: answers, or what a layer computes */
    bool answers_all;
    gl_intake *intake;
    glia_predictor *predictor;
    glia_stream *stream; /* in the place of the predictor: rows are its steps; else NULL */
    int64_t most, block;
    bool whole; /* a table that many threads may share */
    void *x;    /* [block, features] in the network's precision */
    double *value;
    int64_t *class_index; /* NULL: of answers that are values, or of a layer */
    glia_predictions answers;
};

/* What the rows of a run go through. */
static const gl_net *net_of(const glia_applier *a) {
    return a->stream ? gl_stream_net(a->stream) : a->m->net;
}

/* All but what the network runs in. */
static bool take_memory(glia_applier *a) {
    const gl_pipeline *p = a->m->pipeline;
    bool classifies = a->answers_all && gl_pipeline_classes(p) > 0;
    int64_t values;
    if (!gl_multiply(a->most, a->tap.width, &values))
        return gl_fail(a->g, GLIA_RESOURCE, "too many rows"), false;
    a->intake = gl_intake_new(a->g, p, a->most);
    a->x = gl_alloc(a->g, a->block, (size_t)net_of(a)->inputs * glia_dtype_size(a->m->net->dtype));
    a->value = gl_alloc(a->g, values, sizeof *a->value);
    if (classifies) a->class_index = gl_alloc(a->g, values, sizeof *a->class_index);
    return a->intake && a->x && a->value && (a->class_index || !classifies);
}

/* layer NULL: for answers. */
static glia_applier *begin_applier(glia_ctx *g, const glia_model *m, const char *layer,
                                   int64_t max_rows) {
    gl_tap tap = gl_answers_tap(m->net);
    if (!gl_model_pipeline(g, m, NULL)) return NULL;
    if (layer && gl_find_tap(g, m->net, layer, &tap) != GLIA_OK) return NULL;
    if (max_rows < 1) {
        gl_fail(g, GLIA_USAGE, "an applier needs room for at least 1 row, %lld were asked for",
                (long long)max_rows);
        return NULL;
    }
    glia_applier *a = gl_alloc(g, 1, sizeof *a);
    if (a) *a = (glia_applier){.g = g, .m = m, .tap = tap, .answers_all = !layer, .most = max_rows};
    return a;
}

static glia_applier *end_applier(glia_applier *a, bool ok) {
    if (ok && take_memory(a)) return a;
    glia_applier_free(a);
    return NULL;
}

static glia_applier *new_applier(glia_ctx *g, const glia_model *m, const char *layer,
                                 int64_t max_rows) {
    glia_applier *a = begin_applier(g, m, layer, max_rows);
    if (!a) return NULL;
    a->block = max_rows < BLOCK_ROWS ? max_rows : BLOCK_ROWS;
    a->predictor = gl_predictor_new(g, m->net, a->tap, a->block);
    return end_applier(a, a->predictor);
}

glia_applier *glia_applier_new(glia_ctx *g, const glia_model *m, int64_t max_rows) {
    return new_applier(g, m, NULL, max_rows);
}

/* A step of the network is to be a row of the table: of what reads the features of all rows in
 * another shape, or several ranges of them, it is not. */
static glia_status check_stream(const glia_applier *a) {
    const gl_pipeline *p = a->m->pipeline;
    const gl_net *net = a->m->net;
    const gl_series *s = gl_pipeline_series(p);
    if (!s)
        return gl_fail(a->g, GLIA_USAGE,
                       "this model reads rows by themselves: glia_applier_new answers them one by "
                       "one");
    if (net->inlets > 1 || net_of(a)->inputs * s->length != gl_pipeline_features(p))
        return gl_fail(a->g, GLIA_USAGE,
                       "a stream has one step at a time, and steps of this network are not the "
                       "rows of the table: it would begin with 'sequence %lld %lld'",
                       (long long)s->length, (long long)(gl_pipeline_features(p) / s->length));
    if (glia_stream_outputs(a->stream) != net->outputs)
        return gl_fail(a->g, GLIA_USAGE,
                       "the targets of this model are answers for several steps, and a stream has "
                       "one at a time");
    return GLIA_OK;
}

glia_applier *glia_applier_new_stream(glia_ctx *g, const glia_model *m, int64_t max_rows) {
    glia_applier *a = begin_applier(g, m, NULL, max_rows);
    if (!a) return NULL;
    a->block = max_rows;
    a->stream = gl_stream_new(g, m->net, 1);
    a = end_applier(a, a->stream && check_stream(a) == GLIA_OK);
    if (a) gl_intake_take_single_rows(a->intake);
    return a;
}

void glia_applier_reset(glia_applier *a) {
    if (a->stream) glia_stream_reset(a->stream);
}

void glia_applier_free(glia_applier *a) {
    if (!a) return;
    gl_intake_free(a->intake);
    glia_predictor_free(a->predictor);
    glia_stream_free(a->stream);
    gl_free(a->g, a->x);
    gl_free(a->g, a->value);
    gl_free(a->g, a->class_index);
    gl_free(a->g, a);
}

/* ----------------------------------------------------------------------------------- running -- */

/* Cells of a table are finite; what a pipeline makes of huge ones may not be, in single precision:
 * 1e300 is a number in a CSV file and infinite in f32. It is named by line and column, for that is
 * what its owner can look up. */
static glia_status blame_cell(const glia_applier *a, const glia_table *t, int64_t first,
                              int64_t n) {
    const gl_net *net = net_of(a);
    const glia_tensor x = {.dtype = net->dtype, .ndim = 2, .dim = {n, net->inputs}, .data = a->x};
    char where[512];
    glia_status status = gl_check_steps(a->g, a->m, t, (gl_selection){.first = first}, &x, 1);
    if (status != GLIA_OK) return status;
    for (int64_t i = 0; i < n * net->inputs; i++) {
        if (isfinite(gl_get(a->x, net->dtype, i))) continue;
        return gl_fail(a->g, GLIA_INPUT,
                       "%s, column '%s': the value is too large for this model, which saw none of "
                       "its size",
                       gl_table_where(t, first + i / net->inputs, where, sizeof where),
                       gl_pipeline_column(a->m->pipeline, i % net->inputs));
    }
    return glia_code(a->g);
}

/* Rows begin .. begin+n-1 of those in hand. */
static glia_status run_block(glia_applier *a, const glia_table *t, int64_t first, int64_t begin,
                             int64_t n) {
    glia_status status = gl_intake_write(a->intake, begin, begin + n, a->m->net->dtype, a->x);
    if (status != GLIA_OK) return status;
    double *value = a->value + begin * a->tap.width;
    bool ok = a->stream ? gl_stream_steps(a->stream, a->x, n, value)
                        : gl_predict_rows(a->predictor, a->x, n, value);
    return ok ? GLIA_OK : blame_cell(a, t, first + begin, n);
}

static glia_status run_blocks(glia_applier *a, const glia_table *t, int64_t first, int64_t begin,
                              int64_t end) {
    glia_status status = GLIA_OK;
    for (; status == GLIA_OK && begin < end; begin += a->block)
        status = run_block(a, t, first, begin, end - begin < a->block ? end - begin : a->block);
    return status;
}

/* Parts of a whole table, and what each was surprised by. */
typedef struct parts {
    glia_applier *a;
    const glia_table *t;
    gl_intake **intake;
} parts;

/* As the applier of the whole table, whose answers it writes. */
static glia_status run_part(void *user, gl_hand *hand, int64_t k) {
    const parts *p = user;
    glia_applier a = *p->a;
    int64_t begin = k * PART_ROWS, end = begin + PART_ROWS;
    a.g = hand->g;
    a.intake = p->intake[k] = gl_intake_share(a.g, p->a->intake);
    a.predictor = gl_predictor_new(a.g, a.m->net, a.tap, a.block);
    a.x = gl_alloc(a.g, a.block, (size_t)a.m->net->inputs * glia_dtype_size(a.m->net->dtype));
    glia_status status = a.intake && a.predictor && a.x ? GLIA_OK : GLIA_RESOURCE;
    if (status == GLIA_OK) status = run_blocks(&a, p->t, 0, begin, end < a.most ? end : a.most);
    glia_predictor_free(a.predictor);
    gl_free(a.g, a.x);
    return status;
}

static glia_status join_part(void *user, int64_t k) {
    const parts *p = user;
    gl_intake_join(p->a->intake, p->intake[k]);
    p->intake[k] = NULL;
    return GLIA_OK;
}

static glia_status run_parts(glia_applier *a, const glia_table *t) {
    const int64_t n = (t->rows + PART_ROWS - 1) / PART_ROWS;
    parts p = {.a = a, .t = t, .intake = gl_alloc(a->g, n, sizeof *p.intake)};
    if (!p.intake) return GLIA_RESOURCE;
    gl_work work = {
        .n = n, .job = run_part, .settle = join_part, .user = &p, .hands = a->g->threads};
    glia_status status = gl_crew_work(a->g, &work);
    for (int64_t k = 0; k < n; k++) /* of those that were forgotten */
        if (p.intake[k]) gl_intake_join(a->intake, p.intake[k]);
    gl_free(a->g, p.intake);
    return status;
}

static glia_status run_network(glia_applier *a, const glia_table *t, int64_t first, int64_t rows) {
    gl_features f = {0};
    glia_status status = gl_intake_open(a->intake, t, (gl_selection){.first = first, .n = rows});
    if (status != GLIA_OK) return status;
    if (a->stream) return rows > 0 ? run_block(a, t, first, 0, rows) : GLIA_OK;
    if (gl_intake_view(a->intake, a->m->net->dtype, &f))
        return gl_predict(a->predictor, (gl_samples){f.x, f.divisor, f.from},
                          glia_tensor_f64(a->value, rows, a->tap.width));
    bool shared = a->whole && a->g->threads > 1 && rows > PART_ROWS;
    return shared ? run_parts(a, t) : run_blocks(a, t, first, 0, rows);
}

static glia_status check_rows(const glia_applier *a, const glia_table *t, int64_t first,
                              int64_t rows) {
    if (rows > a->most)
        return gl_fail(a->g, GLIA_USAGE, "this applier has room for %lld row%s, not for %lld",
                       (long long)a->most, gl_plural(a->most), (long long)rows);
    if (first >= 0 && rows >= 0 && first <= t->rows - rows) return GLIA_OK;
    return gl_fail(a->g, GLIA_USAGE, "%s has %lld row%s: there are no %lld from row %lld on",
                   t->source, (long long)t->rows, gl_plural(t->rows), (long long)rows,
                   (long long)first);
}

const glia_predictions *glia_applier_run(glia_applier *a, const glia_table *t, int64_t first,
                                         int64_t rows) {
    if (check_rows(a, t, first, rows) != GLIA_OK || run_network(a, t, first, rows) != GLIA_OK)
        return NULL;
    if (a->class_index) gl_model_choose(a->m, a->value, rows, a->class_index);
    else if (a->answers_all) gl_pipeline_undo(a->m->pipeline, a->value, rows);
    a->answers = (glia_predictions){.rows = rows,
                                    .outputs = a->tap.width,
                                    .value = a->value,
                                    .class_index = a->class_index};
    gl_intake_surprises(a->intake, &a->answers.unseen, &a->answers.filled);
    return &a->answers;
}

/* ---------------------------------------------------------------------------- whole tables -- */

/* The answers leave their applier, which ends before they do. */
static glia_predictions *take_answers(glia_applier *a) {
    glia_predictions *out = gl_alloc(a->g, 1, sizeof *out);
    if (!out) return NULL;
    *out = a->answers;
    a->value = NULL, a->class_index = NULL;
    return out;
}

glia_predictions *glia_model_apply(glia_ctx *g, const glia_model *m, const glia_table *t) {
    return glia_model_apply_at(g, m, NULL, t);
}

glia_predictions *glia_model_apply_at(glia_ctx *g, const glia_model *m, const char *layer,
                                      const glia_table *t) {
    const int64_t troubles = g->troubles;
    bool own = gl_table_check_context(g, t) == GLIA_OK;
    glia_applier *a = own ? new_applier(g, m, layer, t->rows > 0 ? t->rows : 1) : NULL;
    glia_predictions *out = NULL;
    if (a) a->whole = true;
    if (a && glia_applier_run(a, t, 0, t->rows)) {
        gl_intake_tell(a->intake);
        out = take_answers(a);
    }
    glia_applier_free(a);
    if (gl_outcome(g, troubles, GLIA_OK) == GLIA_OK) return out;
    glia_predictions_free(g, out);
    return NULL;
}

double glia_predictions_probability(const glia_predictions *p, int64_t row, int64_t k) {
    if (p->outputs > 1) return p->value[row * p->outputs + k];
    return k == 1 ? p->value[row] : 1 - p->value[row];
}

void glia_predictions_free(glia_ctx *g, glia_predictions *p) {
    if (!p) return;
    gl_free(g, (void *)p->value);
    gl_free(g, (void *)p->class_index);
    gl_free(g, p);
}
