/*
 * importance.c: permutation importance (Breiman, "Random Forests", 2001): a column is shuffled as
 * it stands in the file, before the pipeline, so that all features made from it move together.
 *
 * Features are functions of the cells that they are made from. So the table passes the pipeline
 * once; where cells change places, their features do, and only rows whose features then differ are
 * predicted anew (of adult's 14 columns 6 rows of 10). Repeats run side by side.
 */
#include "../base/crew.h"
#include "../base/random.h"
#include "../prepare/pipeline_parts.h"
#include "rows.h"
#include "../score/interval.h"
#include "../score/metrics.h"

#include <math.h>
#include <stdatomic.h>
#include <stdlib.h>
#include <string.h>

/* Which cell a row gets in one repeat; made when a job is given out, since each repeat shuffles
 * what the one before has left. */
typedef struct shuffle {
    int64_t job, *order; /* [rows] row i gets the cell of row order[i] */
    _Atomic bool taken;
} shuffle;

typedef struct trial {
    glia_ctx *g;
    const glia_model *m;
    const gl_pipeline *p;
    gl_part part; /* the table as it is, and what it evaluates to */
    glia_evaluation before;
    uint64_t seed;
    int *input, inputs; /* those that are shuffled */
    int64_t given, *order;
    shuffle *shuffle; /* [shuffles] one for each job in hand */
    int shuffles;
    double *drop; /* [inputs, repeats] */
    glia_importances *out;
} trial;

/* ----------------------------------------------------------------------------------- scoring -- */

static double accuracy(const glia_predictions *p, const double *label) {
    double right = 0;
    for (int64_t i = 0; i < p->rows; i++) right += (double)p->class_index[i] == label[i];
    return right / (double)p->rows;
}

static double rmse(const glia_predictions *p, const double *label) {
    double squares = 0;
    for (int64_t i = 0; i < p->rows; i++)
        squares += (p->value[i] - label[i]) * (p->value[i] - label[i]);
    return sqrt(squares / (double)p->rows);
}

static double score(const glia_predictions *p, const double *label) {
    return p->class_index ? accuracy(p, label) : rmse(p, label);
}

/* ------------------------------------------------------------------------------- one shuffle -- */

enum { BLOCK_ROWS = 256 };

typedef struct repeat { /* one column, shuffled once */
    const trial *t;
    glia_predictor *predictor;
    const int64_t *order;
    size_t row, first, size; /* bytes: of a row of features, up to those of the column, of those */
    char *x;                 /* [BLOCK_ROWS] rows that have changed, */
    int64_t *at, n;          /* which they are, and how many */
    double *block;           /* [BLOCK_ROWS, outputs] */
    double *value;           /* [rows, outputs] */
    int64_t *class_index;    /* [rows] */
} repeat;

static bool open_repeat(repeat *r, glia_ctx *g) {
    const glia_predictions *before = &r->t->before.answers;
    int64_t values = before->rows * before->outputs;
    r->predictor = glia_predictor_new(g, r->t->m, BLOCK_ROWS);
    r->x = gl_alloc(g, BLOCK_ROWS, r->row);
    r->at = gl_alloc(g, BLOCK_ROWS, sizeof *r->at);
    r->block = gl_alloc(g, before->outputs, BLOCK_ROWS * sizeof *r->block);
    r->value = gl_alloc(g, values, sizeof *r->value);
    r->class_index = gl_alloc(g, before->rows, sizeof *r->class_index);
    if (!r->predictor || !r->x || !r->at || !r->block || !r->value || !r->class_index) return false;
    memcpy(r->value, before->value, (size_t)values * sizeof *r->value);
    if (before->class_index)
        memcpy(r->class_index, before->class_index, (size_t)before->rows * sizeof *r->class_index);
    return true;
}

static void close_repeat(repeat *r, glia_ctx *g) {
    void *owned[] = {r->x, r->at, r->block, r->value, r->class_index};
    for (size_t i = 0; i < sizeof owned / sizeof *owned; i++) gl_free(g, owned[i]);
    glia_predictor_free(r->predictor);
}

/* What the rows of the block become takes the place of what they were. */
static glia_status predict_block(repeat *r) {
    const trial *t = r->t;
    glia_tensor x = t->part.features.x;
    int64_t outputs = t->before.answers.outputs;
    x.data = r->x, x.dim[0] = r->n;
    glia_status status =
        gl_predict(r->predictor, x, t->part.features.divisor, glia_f64(r->block, r->n, outputs));
    if (status != GLIA_OK) return status;
    bool classifies = t->before.answers.class_index;
    if (!classifies) gl_undo_target_scale(t->p, r->block, r->n * outputs);
    for (int64_t i = 0; i < r->n; i++) {
        const double *value = r->block + i * outputs;
        memcpy(r->value + r->at[i] * outputs, value, (size_t)outputs * sizeof *value);
        if (classifies)
            gl_choose_classes(value, 1, outputs, t->m->threshold, &r->class_index[r->at[i]]);
    }
    r->n = 0;
    return GLIA_OK;
}

static glia_status predict_changed(repeat *r) {
    const char *x = r->t->part.features.x.data;
    glia_status status = GLIA_OK;
    for (int64_t i = 0; i < r->t->before.answers.rows && status == GLIA_OK; i++) {
        const char *row = x + (size_t)i * r->row,
                   *from = x + (size_t)r->order[i] * r->row + r->first;
        if (memcmp(row + r->first, from, r->size) == 0) continue;
        char *to = r->x + (size_t)r->n * r->row;
        memcpy(to, row, r->row);
        memcpy(to + r->first, from, r->size);
        r->at[r->n++] = i;
        if (r->n == BLOCK_ROWS) status = predict_block(r);
    }
    return status == GLIA_OK && r->n > 0 ? predict_block(r) : status;
}

static double score_repeat(repeat *r) {
    glia_predictions found = r->t->before.answers;
    found.value = r->value;
    if (found.class_index) found.class_index = r->class_index;
    return score(&found, r->t->before.truth);
}

/* ----------------------------------------------------------------------------------- repeats -- */

static shuffle *find_shuffle(trial *t, int64_t job, bool taken) {
    for (shuffle *s = t->shuffle; s < t->shuffle + t->shuffles; s++)
        if (atomic_load(&s->taken) == taken && (!taken || s->job == job)) return s;
    return NULL;
}

/* There are as many as hands: one is free when a hand asks. */
static int64_t next_job(void *user) {
    trial *t = user;
    int repeats = t->out->repeats;
    if (t->given == (int64_t)t->inputs * repeats) return -1;
    int64_t job = t->given++;
    int column = gl_table_find(t->part.table, t->p->input[t->input[job / repeats]].name);
    gl_rng r = gl_rng_new(t->seed, GL_STREAM_PERMUTE,
                          (uint64_t)column * (uint64_t)repeats + (uint64_t)(job % repeats));
    gl_rng_shuffle(&r, t->order, t->part.n);
    shuffle *s = find_shuffle(t, job, false);
    memcpy(s->order, t->order, (size_t)t->part.n * sizeof *s->order);
    s->job = job;
    atomic_store(&s->taken, true);
    return job;
}

static glia_status try_shuffle(void *user, gl_hand *hand, int64_t job) {
    trial *t = user;
    shuffle *s = find_shuffle(t, job, true);
    const gl_input_column *in = &t->p->input[t->input[job / t->out->repeats]];
    size_t size = glia_dtype_size(t->part.features.x.dtype);
    repeat r = {.t = t,
                .order = s->order,
                .row = (size_t)t->p->features * size,
                .first = (size_t)in->first * size,
                .size = (size_t)in->features * size};
    glia_status status = open_repeat(&r, hand->g) ? predict_changed(&r) : glia_code(hand->g);
    if (status == GLIA_OK) {
        double found = score_repeat(&r);
        t->drop[job] =
            t->before.answers.class_index ? t->out->value - found : found - t->out->value;
    }
    close_repeat(&r, hand->g);
    atomic_store(&s->taken, false);
    return status;
}

/* --------------------------------------------------------------------------------- the whole -- */

static int by_drop(const void *a, const void *b) {
    const glia_importance *x = a, *y = b;
    return x->drop != y->drop ? (x->drop < y->drop) - (x->drop > y->drop)
                              : (x->column > y->column) - (x->column < y->column);
}

/* Columns that sparse rows leave out are zeros: nothing to shuffle. */
static glia_status list_inputs(trial *t) {
    t->input = gl_alloc(t->g, t->p->inputs, sizeof *t->input);
    for (int i = 0; t->input && i < t->p->inputs; i++) {
        const gl_input_column *in = &t->p->input[i];
        if (in->reason == GL_KEPT && gl_table_find(t->part.table, in->name) >= 0)
            t->input[t->inputs++] = i;
    }
    t->drop = gl_alloc(t->g, (int64_t)t->inputs * t->out->repeats, sizeof *t->drop);
    return t->input && t->drop ? GLIA_OK : GLIA_RESOURCE;
}

static glia_status make_shuffles(trial *t) {
    t->shuffles = t->g->threads;
    t->shuffle = gl_alloc(t->g, t->shuffles, sizeof *t->shuffle);
    t->order = gl_alloc(t->g, t->part.n, sizeof *t->order);
    if (!t->shuffle || !t->order) return GLIA_RESOURCE;
    for (int i = 0; i < t->shuffles; i++) {
        t->shuffle[i].order = gl_alloc(t->g, t->part.n, sizeof *t->order);
        if (!t->shuffle[i].order) return GLIA_RESOURCE;
    }
    for (int64_t i = 0; i < t->part.n; i++) t->order[i] = i;
    return GLIA_OK;
}

static void list_columns(trial *t) {
    glia_importance *list = (glia_importance *)t->out->column;
    for (int i = 0; i < t->inputs; i++) {
        int column = gl_table_find(t->part.table, t->p->input[t->input[i]].name);
        gl_spread s = gl_spread_of(t->drop + (int64_t)i * t->out->repeats, t->out->repeats);
        list[t->out->columns++] = (glia_importance){column, s.mean, s.low, s.high};
    }
    qsort(list, (size_t)t->out->columns, sizeof *list, by_drop);
}

static glia_status try_columns(trial *t) {
    glia_status status = list_inputs(t);
    if (status == GLIA_OK) status = make_shuffles(t);
    gl_work work = {.next = next_job, .job = try_shuffle, .user = t, .hands = t->shuffles};
    if (status == GLIA_OK) status = gl_crew_work(t->g, &work);
    if (status == GLIA_OK) list_columns(t);
    return status;
}

static glia_status measure(trial *t) {
    glia_status status = gl_part_fill(&t->part, t->p, t->m->net->dtype, true);
    if (status == GLIA_OK) status = gl_part_evaluate(&t->part, t->m, false, &t->before);
    if (status != GLIA_OK) return status;
    t->out->value = score(&t->before.answers, t->before.truth);
    return try_columns(t);
}

static void close_trial(trial *t) {
    for (int i = 0; t->shuffle && i < t->shuffles; i++) gl_free(t->g, t->shuffle[i].order);
    void *owned[] = {t->shuffle, t->order, t->input, t->drop};
    for (size_t i = 0; i < sizeof owned / sizeof *owned; i++) gl_free(t->g, owned[i]);
    gl_evaluation_clear(t->g, &t->before);
    gl_part_free(&t->part);
}

glia_importances *glia_importance_of(glia_ctx *g, const glia_model *m, const glia_table *table,
                                     int repeats, uint64_t seed) {
    if (repeats < 1) return gl_fail(g, GLIA_USAGE, "%d repeats: expected 1 or more", repeats), NULL;
    trial t = {.g = g, .m = m, .p = gl_model_pipeline(g, m), .seed = seed};
    if (!t.p) return NULL;
    t.part = (gl_part){.g = g, .table = table, .n = table->rows};
    t.out = gl_alloc(g, 1, sizeof *t.out);
    glia_importance *list = gl_alloc(g, t.p->inputs, sizeof *list);
    glia_status status = t.out && list ? GLIA_OK : GLIA_RESOURCE;
    if (status == GLIA_OK) {
        const char *name = gl_pipeline_classes(t.p) > 0 ? "accuracy" : "rmse";
        *t.out = (glia_importances){.score = name, .repeats = repeats, .column = list};
        status = measure(&t);
    }
    close_trial(&t);
    if (status == GLIA_OK) return t.out;
    gl_free(g, t.out);
    gl_free(g, list);
    return NULL;
}

void glia_importances_free(glia_ctx *g, glia_importances *i) {
    if (!i) return;
    gl_free(g, (void *)i->column);
    gl_free(g, i);
}
