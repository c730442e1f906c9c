/*
 * importance.c: permutation importance (Breiman, "Random Forests", 2001): a column is shuffled as
 * it stands in the file, before the pipeline, so that all features made from it move together.
 *
 * Features are functions of the cells that they are made from. So the table passes the pipeline
 * once; where cells change places, their features do. Only rows whose features then differ are
 * predicted anew, and once where several repeats give them the same. Every score comes from a sum
 * over rows, which changes by what these lose more or less. Columns run side by side.
 */
#include "../base/crew.h"
#include "../base/keyed.h"
#include "../base/random.h"
#include "../prepare/pipeline_parts.h"
#include "rows.h"
#include "../score/interval.h"
#include "../score/metrics.h"

#include <math.h>
#include <stdatomic.h>
#include <stdlib.h>
#include <string.h>

enum { BLOCK_ROWS = 256, AT_ONCE = 5 /* repeats: as many as there usually are */ };

/* Which cell a row gets in some repeats of one column; made when a job is given out, since each
 * repeat shuffles what the one before has left. */
typedef struct shuffle {
    _Atomic int64_t job;
    int64_t *order;            /* [AT_ONCE, rows] row i gets the cell of row order[i] */
    int input, first, repeats; /* which input, and which of its repeats */
    _Atomic bool taken;
} shuffle;

typedef struct trial {
    glia_ctx *g;
    const glia_model *m;
    const gl_pipeline *p;
    gl_part part; /* the table as it is, and what it evaluates to */
    glia_evaluation before;
    int64_t rows, parts; /* answers of a row: one for each target, or quantile */
    double *lost;        /* [rows, parts] what each loses: lost_by */
    double *sum;         /* [parts] over all rows, by their weights */
    double *around;      /* [parts] squares of values around their mean, of several targets */
    double weight;       /* of all rows */
    uint64_t seed;
    int *input, inputs; /* those that are shuffled */
    int64_t given, *order;
    shuffle *shuffle; /* [shuffles] one for each job in hand */
    int shuffles;
    double *drop; /* [inputs, repeats] */
    glia_importances *out;
} trial;

/* ----------------------------------------------------------------------------------- scoring -- */

/* What is lost of accuracy and r2, gained of rmse and pinball. */
static bool is_loss(const trial *t) {
    return strcmp(t->out->score, "rmse") == 0 || strcmp(t->out->score, "pinball") == 0;
}

static double weight_of(const trial *t, int64_t row) {
    return t->part.counts ? t->part.counts[row] : 1;
}

/* What row i loses by an answer (a class, or a value): 1 if it is wrong, the square of what it is
 * off, a pinball. */
static double lost_by(const trial *t, int64_t i, int64_t part, double answer) {
    const double *quantile;
    bool of_one = gl_pipeline_quantiles(t->p, &quantile) > 0;
    double off = answer - t->before.truth[of_one ? i : i * t->parts + part];
    if (t->before.answers.class_index) return off != 0;
    if (!of_one) return off * off;
    return off <= 0 ? -quantile[part] * off : (1 - quantile[part]) * off;
}

/* The mean of r2 over targets, whose units may differ; one that is constant has none. */
static double mean_r2(const trial *t, const double *sum) {
    double r2 = 0, targets = 0;
    for (int64_t k = 0; k < t->parts; k++)
        if (t->around[k] > 0) r2 += 1 - sum[k] / t->around[k], targets++;
    return r2 / targets;
}

/* sum: [parts] of what rows lose. Of several targets the mean of their accuracies. */
static double score(const trial *t, const double *sum) {
    double lost = 0, all = t->weight * (double)t->parts;
    bool of_values = !t->before.answers.class_index && !gl_pipeline_quantiles(t->p, NULL);
    if (of_values && t->parts > 1) return mean_r2(t, sum);
    for (int64_t k = 0; k < t->parts; k++) lost += sum[k];
    if (of_values) return sqrt(fmax(lost, 0) / all);
    return t->before.answers.class_index ? (all - lost) / all : lost / all;
}

static const char *score_name(const gl_pipeline *p) {
    return gl_pipeline_classes(p) > 0           ? "accuracy"
           : gl_pipeline_quantiles(p, NULL) > 0 ? "pinball"
           : gl_pipeline_targets(p) > 1         ? "r2"
                                                : "rmse";
}

/* ------------------------------------------------------------------------- a shuffled column -- */

typedef struct changed { /* a row of the block */
    int64_t row, value;  /* which row it is, and the number of the features that it got */
    uint32_t repeats;    /* in these, a bit each */
} changed;

typedef struct shuffled {
    const trial *t;
    const shuffle *s;
    glia_predictor *predictor;
    int64_t rows, outputs;
    /* bytes: of a row of features, which is as many rows of a past, up to those of the column in
     * each, of those */
    size_t row, step, first, size;
    int64_t steps;
    int64_t *value;       /* [rows] the first row with the same features of this column */
    char *x;              /* [BLOCK_ROWS] rows that have changed, */
    changed *changed;     /* which they are, */
    int64_t n;            /* and how many */
    double *block;        /* [BLOCK_ROWS, outputs] */
    int64_t *class_index; /* [parts] */
    double *sum;          /* [AT_ONCE, parts] what all rows lose in each repeat */
} shuffled;

static bool open_column(shuffled *c, glia_ctx *g) {
    c->predictor = glia_predictor_new(g, c->t->m, BLOCK_ROWS);
    c->value = gl_alloc(g, c->rows, sizeof *c->value);
    c->x = gl_alloc(g, BLOCK_ROWS, c->row);
    c->changed = gl_alloc(g, BLOCK_ROWS, sizeof *c->changed);
    c->block = gl_alloc(g, c->outputs, BLOCK_ROWS * sizeof *c->block);
    c->sum = gl_alloc(g, c->t->parts, AT_ONCE * sizeof *c->sum);
    c->class_index = gl_alloc(g, c->t->parts, sizeof *c->class_index);
    if (!c->class_index || !c->predictor || !c->value || !c->x || !c->changed || !c->block ||
        !c->sum)
        return false;
    for (int r = 0; r < AT_ONCE; r++)
        memcpy(c->sum + r * c->t->parts, c->t->sum, (size_t)c->t->parts * sizeof *c->sum);
    return true;
}

static void close_column(shuffled *c, glia_ctx *g) {
    void *owned[] = {c->value, c->x, c->changed, c->block, c->class_index, c->sum};
    for (size_t i = 0; i < sizeof owned / sizeof *owned; i++) gl_free(g, owned[i]);
    glia_predictor_free(c->predictor);
}

static const char *features(const shuffled *c, int64_t row) {
    return (const char *)c->t->part.features.x.data + (size_t)row * c->row;
}

/* Of the column, in all rows of its past. */
static bool has_same(const shuffled *c, const char *a, const char *b) {
    for (int64_t s = 0; s < c->steps; s++, a += c->step, b += c->step)
        if (memcmp(a + c->first, b + c->first, c->size) != 0) return false;
    return true;
}

static uint64_t hash_column(const shuffled *c, glia_ctx *g, const char *row) {
    uint64_t hash = 0;
    for (int64_t s = 0; s < c->steps; s++, row += c->step)
        hash = hash * 31 + gl_keyed_hash(&g->secret, row + c->first, c->size);
    return hash;
}

/* In a table with open addresses, at most half full. */
static bool number_values(shuffled *c, glia_ctx *g) {
    uint64_t slots = 2;
    while (slots < 2 * (uint64_t)c->rows) slots *= 2;
    int64_t *slot = gl_alloc(g, (int64_t)slots, sizeof *slot); /* a row, from 1; 0: free */
    for (int64_t i = 0; slot && i < c->rows; i++) {
        const char *of_row = features(c, i);
        uint64_t at = hash_column(c, g, of_row) & (slots - 1);
        while (slot[at] && !has_same(c, features(c, slot[at] - 1), of_row))
            at = (at + 1) & (slots - 1);
        if (!slot[at]) slot[at] = i + 1;
        c->value[i] = slot[at] - 1;
    }
    gl_free(g, slot);
    return slot;
}

/* What a row loses by its new answers instead of its own, in all repeats that have changed it. */
static void take_answers(const shuffled *c, const changed *row, const double *value) {
    const trial *t = c->t;
    bool classifies = t->before.answers.class_index;
    for (int64_t k = 0; k < t->parts; k++) {
        double answer = classifies ? (double)c->class_index[k] : value[k],
               more = lost_by(t, row->row, k, answer) - t->lost[row->row * t->parts + k];
        for (int r = 0; r < c->s->repeats; r++)
            if (row->repeats >> r & 1) c->sum[r * t->parts + k] += weight_of(t, row->row) * more;
    }
}

static glia_status predict_block(shuffled *c) {
    const trial *t = c->t;
    glia_tensor x = t->part.features.x;
    x.data = c->x, x.dim[0] = c->n;
    glia_status status =
        gl_predict(c->predictor, (gl_samples){.x = x, .divisor = t->part.features.divisor},
                   glia_tensor_f64(c->block, c->n, c->outputs));
    if (status != GLIA_OK) return status;
    bool classifies = t->before.answers.class_index;
    if (!classifies) gl_pipeline_undo(t->p, c->block, c->n);
    for (int64_t i = 0; i < c->n; i++) {
        const double *value = c->block + i * c->outputs;
        if (classifies) gl_model_choose(t->m, value, 1, c->class_index);
        take_answers(c, &c->changed[i], value);
    }
    c->n = 0;
    return GLIA_OK;
}

/* Row i with other features of this column. */
static void add_changed(shuffled *c, int64_t i, int64_t value, int repeat) {
    char *to = c->x + (size_t)c->n * c->row;
    memcpy(to, features(c, i), c->row);
    for (int64_t s = 0; s < c->steps; s++) {
        size_t at = (size_t)s * c->step + c->first;
        memcpy(to + at, features(c, value) + at, c->size);
    }
    c->changed[c->n++] = (changed){i, value, 1u << repeat};
}

static void change_row(shuffled *c, int64_t i) {
    int64_t first = c->n;
    for (int r = 0; r < c->s->repeats; r++) {
        int64_t value = c->value[c->s->order[r * c->rows + i]], k = first;
        if (value == c->value[i]) continue;
        while (k < c->n && c->changed[k].value != value) k++;
        if (k < c->n) c->changed[k].repeats |= 1u << r;
        else add_changed(c, i, value, r);
    }
}

static glia_status predict_changed(shuffled *c) {
    glia_status status = GLIA_OK;
    for (int64_t i = 0; i < c->rows && status == GLIA_OK; i++) {
        change_row(c, i);
        if (c->n > BLOCK_ROWS - AT_ONCE) status = predict_block(c);
    }
    return status == GLIA_OK && c->n > 0 ? predict_block(c) : status;
}

/* ----------------------------------------------------------------------------------- repeats -- */

/* There are as many as hands: one is free when a hand asks for a job, and one has its job. */
static shuffle *find_shuffle(trial *t, int64_t job, bool taken) {
    shuffle *s = t->shuffle;
    while (atomic_load(&s->taken) != taken || (taken && atomic_load(&s->job) != job)) s++;
    return s;
}

static void shuffle_once(trial *t, const shuffle *s, int repeat) {
    int column = gl_table_find_near(t->part.table, t->p->input[s->input].name, s->input);
    gl_rng r = gl_rng_new(t->seed, GL_STREAM_PERMUTE,
                          (uint64_t)column * (uint64_t)t->out->repeats + (uint64_t)repeat);
    gl_rng_shuffle(&r, t->order, t->part.n);
    memcpy(s->order + (repeat - s->first) * t->part.n, t->order,
           (size_t)t->part.n * sizeof *s->order);
}

/* How many jobs the repeats of one column are. */
static int jobs_of_column(const trial *t) { return (t->out->repeats - 1) / AT_ONCE + 1; }

static int64_t next_job(void *user) {
    trial *t = user;
    int jobs = jobs_of_column(t);
    if (t->given == (int64_t)t->inputs * jobs) return -1;
    int64_t job = t->given++;
    shuffle *s = find_shuffle(t, job, false);
    atomic_store(&s->job, job);
    s->input = t->input[job / jobs];
    s->first = (int)(job % jobs) * AT_ONCE;
    int left = t->out->repeats - s->first;
    s->repeats = left < AT_ONCE ? left : AT_ONCE;
    for (int r = 0; r < s->repeats; r++) shuffle_once(t, s, s->first + r);
    atomic_store(&s->taken, true);
    return job;
}

static void keep_drops(trial *t, const shuffled *c, int64_t job) {
    double *drop = t->drop + job / jobs_of_column(t) * t->out->repeats + c->s->first;
    for (int r = 0; r < c->s->repeats; r++) {
        double found = score(t, c->sum + r * t->parts);
        drop[r] = is_loss(t) ? found - t->out->value : t->out->value - found;
    }
}

static glia_status try_shuffle(void *user, gl_hand *hand, int64_t job) {
    trial *t = user;
    shuffle *s = find_shuffle(t, job, true);
    const gl_input_column *in = &t->p->input[s->input];
    size_t size = glia_dtype_size(t->part.features.x.dtype);
    shuffled c = {.t = t,
                  .s = s,
                  .rows = t->before.answers.rows,
                  .outputs = t->before.answers.outputs,
                  .steps = gl_steps(t->p),
                  .step = (size_t)t->p->features * size,
                  .row = (size_t)gl_pipeline_features(t->p) * size,
                  .first = (size_t)(gl_leading(t->p) + in->first) * size,
                  .size = (size_t)in->features * size};
    bool open = open_column(&c, hand->g) && number_values(&c, hand->g);
    glia_status status = open ? predict_changed(&c) : glia_code(hand->g);
    if (status == GLIA_OK) keep_drops(t, &c, job);
    close_column(&c, hand->g);
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
        if (in->reason == GL_KEPT && gl_table_find_near(t->part.table, in->name, i) >= 0)
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
        t->shuffle[i].order = gl_alloc(t->g, t->part.n, AT_ONCE * sizeof *t->order);
        if (!t->shuffle[i].order) return GLIA_RESOURCE;
    }
    for (int64_t i = 0; i < t->part.n; i++) t->order[i] = i;
    return GLIA_OK;
}

static void list_columns(trial *t) {
    glia_importance *list = (glia_importance *)t->out->column;
    for (int i = 0; i < t->inputs; i++) {
        int column = gl_table_find_near(t->part.table, t->p->input[t->input[i]].name, t->input[i]);
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

/* Of several targets, for r2. */
static double squares_around_mean(const trial *t, int64_t part) {
    double mean = 0, sum = 0;
    for (int64_t i = 0; i < t->rows; i++)
        mean += weight_of(t, i) * t->before.truth[i * t->parts + part] / t->weight;
    for (int64_t i = 0; i < t->rows; i++)
        sum += weight_of(t, i) * pow(t->before.truth[i * t->parts + part] - mean, 2);
    return sum;
}

static glia_status sum_losses(trial *t) {
    const glia_predictions *p = &t->before.answers;
    t->lost = gl_alloc(t->g, t->rows, (size_t)t->parts * sizeof *t->lost);
    t->sum = gl_alloc(t->g, t->parts, sizeof *t->sum);
    t->around = gl_alloc(t->g, t->parts, sizeof *t->around);
    if (!t->lost || !t->sum || !t->around) return GLIA_RESOURCE;
    for (int64_t i = 0; i < t->rows; i++) {
        t->weight += weight_of(t, i);
        for (int64_t at = i * t->parts, k = 0; k < t->parts; at++, k++) {
            double answer = p->class_index ? (double)p->class_index[at] : p->value[at];
            t->sum[k] += weight_of(t, i) * (t->lost[at] = lost_by(t, i, k, answer));
        }
    }
    bool of_values = !p->class_index && !gl_pipeline_quantiles(t->p, NULL);
    for (int64_t k = 0; of_values && k < t->parts; k++) t->around[k] = squares_around_mean(t, k);
    return GLIA_OK;
}

static glia_status measure(trial *t) {
    double loss;
    glia_status status = gl_part_fill(&t->part, t->p, t->m->net->dtype, true);
    if (status == GLIA_OK) status = gl_part_check_steps(&t->part, t->m);
    if (status == GLIA_OK) status = gl_part_answer(&t->part, t->m, &t->before, &loss);
    if (status != GLIA_OK) return status;
    const glia_predictions *p = &t->before.answers;
    t->rows = p->rows;
    t->parts = p->class_index ? gl_pipeline_targets(t->p) : p->outputs;
    status = sum_losses(t);
    if (status != GLIA_OK) return status;
    t->out->value = score(t, t->sum);
    return try_columns(t);
}

static void close_trial(trial *t) {
    for (int i = 0; t->shuffle && i < t->shuffles; i++) gl_free(t->g, t->shuffle[i].order);
    void *owned[] = {t->shuffle, t->order, t->lost, t->sum, t->around, t->input, t->drop};
    for (size_t i = 0; i < sizeof owned / sizeof *owned; i++) gl_free(t->g, owned[i]);
    gl_evaluation_clear(t->g, &t->before);
    gl_part_free(&t->part);
}

glia_importances *glia_model_importances(glia_ctx *g, const glia_model *m, const glia_table *table,
                                         int repeats, uint64_t seed) {
    if (repeats < 1) return gl_fail(g, GLIA_USAGE, "%d repeats: expected 1 or more", repeats), NULL;
    const int64_t troubles = g->troubles;
    trial t = {.g = g, .m = m, .p = gl_model_pipeline(g, m, table), .seed = seed};
    if (!t.p) return NULL;
    t.part = (gl_part){.g = g, .table = table, .n = table->rows};
    t.out = gl_alloc(g, 1, sizeof *t.out);
    glia_importance *list = gl_alloc(g, t.p->inputs, sizeof *list);
    glia_status status = t.out && list ? GLIA_OK : GLIA_RESOURCE;
    if (status == GLIA_OK) {
        *t.out = (glia_importances){.score = score_name(t.p), .repeats = repeats, .column = list};
        status = measure(&t);
    }
    close_trial(&t);
    if (gl_outcome(g, troubles, status) == GLIA_OK) return t.out;
    gl_free(g, t.out);
    gl_free(g, list);
    return NULL;
}

void glia_importances_free(glia_ctx *g, glia_importances *i) {
    if (!i) return;
    gl_free(g, (void *)i->column);
    gl_free(g, i);
}
