/*
 * losses.c: the loss of each row of a table, in the units of the scores.
 *
 *     one target of classes    from the logits, as the network computes it     mean: "loss"
 *     values                   (answer - truth)^2, or |answer - truth|         mean: "mse", "mae"
 *     counts                   the deviance of a row                           mean: "deviance"
 *     quantiles                pinball, the mean over the quantiles            mean: "pinball"
 *     several targets          each as above, the mean over them
 *
 * A network that learned a standardised price has losses in squares of deviations, which nobody can
 * read: an error of 301,000 dollars is one of the target's own units.
 */
#include "rows.h"

#include "../score/metrics.h"

#include <math.h>
#include <string.h>

static const char *score_of(const glia_model *m) {
    const gl_pipeline *p = m->pipeline;
    if (gl_pipeline_classes(p) > 0) return "loss";
    if (gl_pipeline_task(p) == GL_COUNT) return "deviance";
    if (gl_pipeline_quantiles(p, NULL) > 0) return "pinball";
    return strcmp(glia_model_loss(m), "mae") == 0 ? "mae" : "mse";
}

/* The answers of target k alone, and its truth. */
static void take_target(const gl_answers *all, int k, int targets, double *value, double *label) {
    for (int64_t i = 0; i < all->rows; i++) {
        value[i] = all->value[i * targets + k];
        label[i] = all->label[i * targets + k];
    }
}

static glia_status losses_of_targets(glia_ctx *g, const gl_answers *all, int targets,
                                     const char *score, double *losses) {
    double *room = gl_alloc(g, all->rows, 3 * sizeof *room);
    gl_answers one = *all;
    glia_status status = room ? GLIA_OK : GLIA_RESOURCE;
    double *value = room, *label = value + (room ? all->rows : 0),
           *loss = label + (room ? all->rows : 0);
    one.outputs = 1, one.value = value, one.label = label;
    memset(losses, 0, (size_t)all->rows * sizeof *losses);
    for (int k = 0; k < targets && status == GLIA_OK; k++) {
        take_target(all, k, targets, value, label);
        status = gl_score_rows(g, &one, score, loss);
        for (int64_t i = 0; i < all->rows; i++) losses[i] += loss[i] / targets;
    }
    gl_free(g, room);
    return status;
}

static glia_status losses_of_answers(gl_part *part, const glia_model *m, const char *score,
                                     double *losses) {
    double loss;
    const double *quantile;
    int quantiles = gl_pipeline_quantiles(m->pipeline, &quantile);
    int targets = gl_pipeline_targets(m->pipeline);
    glia_evaluation e;
    glia_status status = gl_part_answer(part, m, &e, &loss);
    gl_answers a = {.rows = part->n,
                    .outputs = e.answers.outputs,
                    .classes = gl_pipeline_classes(m->pipeline),
                    .counts = gl_pipeline_task(m->pipeline) == GL_COUNT,
                    .quantile = quantiles > 0 ? quantile : NULL,
                    .value = e.answers.value,
                    .class_index = e.answers.class_index,
                    .label = e.truth};
    if (status == GLIA_OK)
        status = targets > 1 ? losses_of_targets(part->g, &a, targets, score, losses)
                             : gl_score_rows(part->g, &a, score, losses);
    gl_evaluation_clear(part->g, &e);
    return status;
}

static glia_status fill(gl_part *part, const glia_model *m) {
    gl_listener before = gl_hush(part->g);
    glia_status status = gl_part_fill(part, m->pipeline, m->net->dtype, true);
    if (status == GLIA_OK) status = gl_part_check_steps(part, m);
    gl_unlisten(part->g, before);
    gl_free(part->g, part->counts); /* each row has its own */
    part->counts = NULL;
    return status;
}

glia_status glia_model_losses(glia_ctx *g, const glia_model *m, const glia_table *t, double *losses,
                              const char **score) {
    const int64_t troubles = g->troubles;
    if (!gl_model_pipeline(g, m, t)) return glia_code(g);
    gl_part part = {.g = g, .table = t, .n = glia_table_rows(t), .again = true};
    const char *name = score_of(m);
    bool by_network = strcmp(name, "loss") == 0 && gl_pipeline_targets(m->pipeline) == 1;
    glia_status status = fill(&part, m);
    if (score) *score = name;
    if (status == GLIA_OK)
        status = by_network ? gl_losses_of_rows(g, m->net, gl_part_samples(&part),
                                                gl_part_labels(&part, m->net->dtype), losses)
                            : losses_of_answers(&part, m, name, losses);
    gl_part_free(&part);
    return gl_outcome(g, troubles, status);
}
