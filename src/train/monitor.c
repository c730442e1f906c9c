/*
 * monitor.c: scores of the validation rows between two epochs. Everything is taken before
 * the loop.
 *
 * A score needs answers, so this is a second pass over the validation rows beside the one that
 * gives the cost: it is made only when a score is asked for. Values stay as they were learned:
 * scores of a regression are of the standardised target here, and best where those in its
 * units are.
 */
#include "monitor.h"

#include <math.h>
#include <string.h>

/* As in sweep.c: what lies between layers stays in the second-level cache. */
enum { BLOCK_ROWS = 256 };

static glia_status unknown(const gl_monitor *k, const glia_metrics *scores, const char *name) {
    const char *names[GLIA_MAX_SCORES + 1] = {"loss"};
    char list[400];
    int count = 1;
    for (int i = 0; i < scores->scores; i++) {
        if (strcmp(scores->score[i].name, "loss") == 0) continue;
        names[count++] = scores->score[i].name;
    }
    return gl_fail_word(k->g, GLIA_USAGE, name, names, count, NULL,
                        "this network has no score '%s' to monitor, expected %s", name,
                        gl_list(names, count, list, sizeof list));
}

static bool take_memory(gl_monitor *k) {
    int64_t rows = k->feed->rows, outputs = k->m->outputs, classes = k->answers.classes;
    k->value = gl_alloc(k->g, rows, (size_t)outputs * sizeof *k->value);
    k->label = gl_alloc(k->g, rows, sizeof *k->label);
    k->class_index = gl_alloc(k->g, rows, sizeof *k->class_index);
    k->confusion = gl_alloc(k->g, classes * classes, sizeof *k->confusion);
    bool weighted = k->feed->sample_weights.data;
    if (weighted) k->weight = gl_alloc(k->g, rows, sizeof *k->weight);
    k->predictor = gl_predictor_new(k->g, k->m, rows < BLOCK_ROWS ? rows : BLOCK_ROWS);
    k->answers.value = k->value, k->answers.label = k->label, k->answers.weight = k->weight;
    k->answers.class_index = classes > 0 ? k->class_index : NULL;
    if (!k->value || !k->label || !k->class_index || !k->confusion || !k->predictor ||
        (weighted && !k->weight))
        return false;
    for (int64_t i = 0; weighted && i < rows; i++)
        k->weight[i] = glia_tensor_value(&k->feed->sample_weights, i);
    gl_feed_rows(k->feed, GLIA_F64, 0, rows, NULL, k->label);
    k->scorer = gl_scorer_new(k->g, &k->answers);
    return k->scorer;
}

static void measure(gl_monitor *k, double loss, glia_metrics *scores) {
    glia_tensor value = glia_tensor_f64(k->value, k->feed->rows, k->m->outputs);
    gl_predictor_refresh(k->predictor);
    gl_predict(k->predictor, k->feed->x, k->feed->divisor, value);
    if (k->answers.classes > 0)
        gl_choose_classes(k->value, k->feed->rows, k->m->outputs, k->threshold, k->class_index);
    k->answers.loss = loss;
    gl_scorer_run(k->scorer, k->confusion, scores);
}

glia_status gl_monitor_open(gl_monitor *k, glia_ctx *g, const gl_net *m, const gl_feed *feed,
                            const char *name, double threshold) {
    const gl_op *loss = gl_loss_node(m)->op;
    glia_metrics scores;
    *k = (gl_monitor){.name = "loss", .g = g, .feed = feed, .m = m, .threshold = threshold};
    if (!name || strcmp(name, "loss") == 0) return GLIA_OK;
    if (m->heads > 1 || (!loss->classes && m->outputs > 1)) {
        return gl_fail(g, GLIA_USAGE,
                       "monitor '%s': there are no scores for %lld outputs, only loss", name,
                       (long long)m->outputs);
    }
    k->answers = (gl_answers){.rows = feed->rows,
                              .outputs = m->outputs,
                              .classes = loss->classes ? m->outputs
                                         : loss->link  ? 2
                                                       : 0};
    if (!take_memory(k)) return GLIA_RESOURCE;
    /* Once before the loop, to see whether there is such a score and whether these rows can have
     * it: an auc of one class would be NaN after an epoch, when nobody looks any more. */
    measure(k, 0, &scores);
    const glia_score *found = gl_score_of(&scores, name);
    if (!found) return unknown(k, &scores, name);
    if (isnan(found->value)) {
        return gl_fail(g, GLIA_INPUT,
                       "monitor '%s': the validation rows are all alike, it cannot be computed",
                       name);
    }
    k->name = found->name;
    k->rises = gl_score_rises(name);
    return GLIA_OK;
}

double gl_monitor_run(gl_monitor *k, double loss) {
    glia_metrics scores;
    if (!k->predictor) return loss;
    measure(k, loss, &scores);
    return gl_score_of(&scores, k->name)->value;
}

/* Among equals the first epoch counts. */
bool gl_monitor_better(const gl_monitor *k, double value, double best) {
    return isnan(best) || (k->rises ? value > best : value < best);
}

void gl_monitor_close(gl_monitor *k) {
    void *owned[] = {k->value, k->label, k->weight, k->class_index, k->confusion};
    for (size_t i = 0; i < sizeof owned / sizeof *owned; i++) gl_free(k->g, owned[i]);
    glia_predictor_free(k->predictor);
    gl_scorer_free(k->scorer);
}
