/*
 * evaluate.c: a model on labelled rows. One pass gives answers and loss; truth, scores and mistakes
 * follow from them.
 */
#include "rows.h"

#include "../score/metrics.h"

#include <math.h>
#include <stdlib.h>

/* ---------------------------------------------------------------------------------- mistakes -- */

static int by_size(const void *a, const void *b) {
    const glia_mistake *x = a, *y = b;
    if (x->size != y->size) return (x->size < y->size) - (x->size > y->size);
    return (x->row > y->row) - (x->row < y->row);
}

/* Of several targets the surest wrong answer, or the distances together; of quantiles the distance
 * from the one in the middle. */
static bool is_mistake(const glia_evaluation *e, int64_t row, int64_t targets, double *size) {
    const glia_predictions *p = &e->answers;
    bool wrong = false;
    int64_t middle = row * p->outputs + (p->outputs - 1) / 2;
    *size = 0;
    for (int64_t i = row * targets; i < (row + 1) * targets; i++) {
        if (!p->class_index) {
            *size += fabs(p->value[targets > 1 ? i : middle] - e->truth[i]);
        } else if ((double)p->class_index[i] != e->truth[i]) {
            double p1 = targets > 1 ? (p->class_index[i] ? p->value[i] : 1 - p->value[i])
                                    : glia_predictions_probability(p, row, p->class_index[row]);
            *size = fmax(*size, p1);
            wrong = true;
        }
    }
    return p->class_index ? wrong : isfinite(*size);
}

static glia_status find_mistakes(glia_ctx *g, int64_t targets, glia_evaluation *e) {
    double size;
    int64_t count = 0;
    for (int64_t row = 0; row < e->answers.rows; row++) count += is_mistake(e, row, targets, &size);
    glia_mistake *found = gl_alloc(g, count, sizeof *found);
    if (!found) return GLIA_RESOURCE;
    for (int64_t row = 0; row < e->answers.rows; row++)
        if (is_mistake(e, row, targets, &size)) found[e->mistakes++] = (glia_mistake){row, size};
    qsort(found, (size_t)count, sizeof *found, by_size);
    e->mistake = found;
    return GLIA_OK;
}

/* ------------------------------------------------------------------------------------ scores -- */

static glia_status measure(glia_ctx *g, const gl_answers *a, gl_depth depth, glia_metrics *out) {
    int64_t *confusion = gl_alloc(g, a->classes * a->classes, sizeof *confusion);
    glia_curves *curves = depth == GL_DEEP ? gl_alloc(g, 1, sizeof *curves) : NULL;
    glia_status status = confusion && (curves || depth < GL_DEEP)
                             ? gl_measure(g, a, depth, confusion, curves, out)
                             : GLIA_RESOURCE;
    if (out->curves != curves) gl_free(g, curves); /* of values there are none */
    if (out->confusion != confusion) gl_free(g, confusion);
    return status;
}

/* What each row's answer was a season before, for gl_free; NULL: of no series, or memory is out. */
static double *naive_answers(const gl_part *part, const glia_model *m) {
    const gl_series *s = gl_pipeline_series(m->pipeline);
    const gl_past *past = part->table->past;
    if (!s || s->season < 1 || !past) return NULL;
    const int column = gl_series_target(part->g, past->of->table, s);
    double *naive = column >= 0 ? gl_alloc(part->g, part->n, sizeof *naive) : NULL;
    for (int64_t i = 0; naive && i < part->n; i++)
        naive[i] = gl_series_known(past, &past->of->table->column[column], s->season,
                                   part->rows ? part->rows[i] : i);
    return naive;
}

static gl_answers answers_of(const gl_part *part, const glia_model *m, const glia_evaluation *e) {
    const glia_predictions *p = &e->answers;
    const double *quantile;
    int quantiles = gl_pipeline_quantiles(m->pipeline, &quantile);
    return (gl_answers){.rows = p->rows,
                        .outputs = p->outputs,
                        .classes = gl_pipeline_classes(m->pipeline),
                        .ordered = gl_pipeline_task(m->pipeline) == GL_ORDINAL,
                        .counts = gl_pipeline_task(m->pipeline) == GL_COUNT,
                        .quantile = quantiles > 0 ? quantile : NULL,
                        .value = p->value,
                        .class_index = p->class_index,
                        .label = e->truth,
                        .weight = part->counts};
}

/* One of several targets, or of several quantiles of one: its columns of answers and of truth, as
 * if there were no other. The loss of one is not what was learned, so it is taken from the
 * probabilities. */
static glia_status measure_one(const gl_part *part, const glia_model *m, const glia_evaluation *e,
                               gl_depth depth, int t, glia_metrics *out) {
    glia_ctx *g = part->g;
    gl_answers a = answers_of(part, m, e);
    double *value = gl_alloc(g, a.rows, sizeof *value), *label = gl_alloc(g, a.rows, sizeof *label);
    int64_t *class_index = gl_alloc(g, a.rows, sizeof *class_index);
    bool ok = value && label && class_index;
    for (int64_t i = 0; ok && i < a.rows; i++) {
        int64_t at = i * a.outputs + t;
        value[i] = a.value[at], label[i] = a.label[a.quantile ? i : at];
        if (a.class_index) class_index[i] = a.class_index[at];
    }
    a.outputs = 1, a.loss = NAN;
    if (a.quantile) a.quantile += t;
    a.value = value, a.label = label, a.class_index = a.class_index ? class_index : NULL;
    glia_status status = ok ? measure(g, &a, depth, out) : GLIA_RESOURCE;
    gl_free(g, value);
    gl_free(g, label);
    gl_free(g, class_index);
    return status;
}

/* Means over the targets that have the score, as in scikit-learn's uniform average. */
static void average(glia_metrics *out) {
    const glia_metrics *each = out->target;
    double baseline = 0;
    out->rows = each->rows, out->weight = each->weight, out->classes = each->classes;
    out->scores = each->scores;
    for (int i = 0; i < each->scores; i++) {
        double sum = 0, count = 0;
        for (int t = 0; t < out->targets; t++) {
            double value = each[t].score[i].value;
            if (!isnan(value)) sum += value, count++;
        }
        out->score[i] = each->score[i];
        out->score[i].value = count > 0 ? sum / count : NAN;
        out->score[i].low = out->score[i].high = NAN;
    }
    for (int t = 0; t < out->targets; t++) baseline += each[t].baseline / out->targets;
    out->baseline = baseline;
}

static glia_status measure_parts(const gl_part *part, const glia_model *m, gl_depth depth,
                                 int parts, glia_evaluation *e) {
    glia_metrics *each = gl_alloc(part->g, parts, sizeof *each);
    glia_status status = each ? GLIA_OK : GLIA_RESOURCE;
    e->scores.target = each;
    e->scores.targets = each ? parts : 0;
    for (int t = 0; t < parts && status == GLIA_OK; t++)
        status = measure_one(part, m, e, depth, t, &each[t]);
    bool together = gl_pipeline_quantiles(m->pipeline, NULL) > 0; /* measured already */
    if (status == GLIA_OK && !together) average(&e->scores);
    return status;
}

static glia_status score(const gl_part *part, const glia_model *m, double loss, gl_depth depth,
                         glia_evaluation *e) {
    gl_answers a = answers_of(part, m, e);
    int targets = gl_pipeline_targets(m->pipeline), parts = a.quantile ? (int)a.outputs : targets;
    double *naive = naive_answers(part, m);
    a.loss = loss, a.naive = naive;
    if (naive) a.naive_error = gl_pipeline_series(m->pipeline)->scale;
    glia_status status = targets == 1 ? measure(part->g, &a, depth, &e->scores) : GLIA_OK;
    gl_free(part->g, naive);
    if (parts == 1 || status != GLIA_OK) return status;
    return measure_parts(part, m, depth, parts, e);
}

void gl_metrics_clear(glia_ctx *g, glia_metrics *m) {
    for (int t = 0; t < m->targets; t++) gl_metrics_clear(g, (glia_metrics *)&m->target[t]);
    gl_free(g, (void *)m->target);
    gl_free(g, (void *)m->confusion);
    gl_free(g, (void *)m->curves);
    *m = (glia_metrics){0};
}

/* ------------------------------------------------------------------------------------- parts -- */

/* The loss belongs to what was learned: it is had before the answers take the target's units. */
static glia_status answer(gl_part *part, const glia_model *m, glia_predictions *p, double *loss) {
    glia_ctx *g = part->g;
    int64_t count;
    bool classifies = gl_pipeline_classes(m->pipeline) > 0;
    if (!gl_multiply(part->n, m->net->outputs, &count))
        return gl_fail(g, GLIA_RESOURCE, "too many rows");
    double *value = gl_alloc(g, count, sizeof *value);
    *p = (glia_predictions){.rows = part->n, .outputs = m->net->outputs, .value = value};
    if (!value) return GLIA_RESOURCE;
    glia_status status = gl_loss(g, m->net, gl_part_samples(part),
                                 gl_part_labels(part, m->net->dtype), part->counts, value, loss);
    if (status != GLIA_OK) return status;
    if (part->once) gl_part_drop_samples(part);
    p->unseen = part->features.unseen, p->filled = part->features.filled;
    if (!classifies) return gl_pipeline_undo(m->pipeline, value, p->rows), GLIA_OK;
    int64_t *class_index = gl_alloc(g, count, sizeof *class_index);
    p->class_index = class_index;
    if (class_index) gl_model_choose(m, value, p->rows, class_index);
    return class_index ? GLIA_OK : GLIA_RESOURCE;
}

glia_status gl_part_answer(gl_part *part, const glia_model *m, glia_evaluation *out, double *loss) {
    *out =
        (glia_evaluation){.target = gl_table_find(part->table, gl_pipeline_target(m->pipeline, 0))};
    glia_status status = answer(part, m, &out->answers, loss);
    if (status == GLIA_OK) out->truth = gl_part_truth(part, m);
    return status == GLIA_OK && !out->truth ? GLIA_RESOURCE : status;
}

glia_status gl_part_evaluate(gl_part *part, const glia_model *m, gl_depth depth,
                             glia_evaluation *out) {
    double loss;
    glia_status status = gl_part_answer(part, m, out, &loss);
    return status == GLIA_OK ? score(part, m, loss, depth, out) : status;
}

void gl_evaluation_clear(glia_ctx *g, glia_evaluation *e) {
    gl_metrics_clear(g, &e->scores);
    gl_free(g, (void *)e->answers.value);
    gl_free(g, (void *)e->answers.class_index);
    gl_free(g, (void *)e->truth);
    gl_free(g, (void *)e->mistake);
}

glia_status gl_part_measure(gl_part *part, const glia_model *m, gl_depth depth, glia_metrics *out) {
    glia_evaluation e;
    glia_status status = gl_part_evaluate(part, m, depth, &e);
    if (status == GLIA_OK) {
        *out = e.scores;
        e.scores = (glia_metrics){0};
    }
    gl_evaluation_clear(part->g, &e);
    return status;
}

/* ------------------------------------------------------------------------------------ tables -- */

glia_evaluation *glia_model_evaluate(glia_ctx *g, const glia_model *m, const glia_table *t,
                                     int deep) {
    const int64_t troubles = g->troubles;
    const gl_pipeline *p = gl_model_pipeline(g, m, t);
    glia_evaluation *e = p ? gl_alloc(g, 1, sizeof *e) : NULL;
    if (!e) return NULL;
    gl_part part = {.g = g, .table = t, .n = glia_table_rows(t), .again = true, .once = true};
    glia_status status = gl_part_fill(&part, p, m->net->dtype, true);
    if (status == GLIA_OK) status = gl_part_check_steps(&part, m);
    if (status == GLIA_OK) status = gl_part_evaluate(&part, m, deep ? GL_DEEP : GL_SCORES, e);
    if (status == GLIA_OK) status = find_mistakes(g, gl_pipeline_targets(p), e);
    gl_part_free(&part);
    if (gl_outcome(g, troubles, status) == GLIA_OK) return e;
    glia_evaluation_free(g, e);
    return NULL;
}

void glia_evaluation_free(glia_ctx *g, glia_evaluation *e) {
    if (!e) return;
    gl_evaluation_clear(g, e);
    gl_free(g, e);
}

glia_status glia_model_alike(glia_ctx *g, const glia_model *m, const glia_table *t, char *like,
                             glia_alike *out) {
    const int64_t troubles = g->troubles;
    glia_status status = gl_table_check_context(g, t);
    return status ? status : gl_outcome(g, troubles, gl_find_known(&m->likenesses, t, like, out));
}
