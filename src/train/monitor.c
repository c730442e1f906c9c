/*
 * monitor.c: scores of the validation rows between two epochs. Everything is taken before
 * the loop.
 *
 * A score needs answers, so this is a second pass over the validation rows beside the one that
 * gives the cost: it is made only when a score is asked for. Values stay as they were learned:
 * scores of a regression are of the standardised target here, and best where those in its
 * units are. So the mean over several targets, each standardised, has no unit that outweighs the
 * others.
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
        const char *one = scores->score[i].name;
        if (strcmp(one, "loss") != 0 && gl_score_is_goal(one)) names[count++] = one;
    }
    return gl_fail_word(k->g, GLIA_USAGE, name, names, count, NULL,
                        "this network has no score '%s' to monitor, expected %s", name,
                        gl_list(names, count, list, sizeof list));
}

/* Several outputs that are no classes of one target are scored each by itself; a class at each step
 * or pixel is an answer. */
static void describe(gl_monitor *k) {
    const gl_node *node = gl_loss_node(k->m);
    const gl_op *loss = node->op;
    const gl_node *read = gl_read_node(k->m, node, 0);
    bool apart = !loss->one_label && !loss->classes && k->m->outputs > 1;
    int64_t places = gl_places(node), outputs = k->m->outputs / places;
    k->parts = apart ? outputs : 1;
    k->answers = (gl_answers){.rows = k->feed->rows * places,
                              .outputs = apart ? 1 : outputs,
                              .classes = loss->classes     ? outputs
                                         : loss->most == 1 ? 2
                                                           : 0,
                              .ordered = read && strcmp(read->op->name, "ordinal") == 0,
                              .counts = isinf(loss->most),
                              .quantile = loss->one_label ? node->attr : NULL};
}

/* Of a place that a sample does not have: 0. */
static double weight_of(const gl_monitor *k, int64_t row, int64_t place) {
    const gl_feed *f = k->feed;
    const gl_node *loss = gl_loss_node(k->m);
    const gl_inlet *inlet =
        loss->op->classes && loss->lengths ? &k->m->inlet[loss->lengths - 1] : NULL;
    if (inlet && (double)place >= gl_feed_steps(f, inlet, row)) return 0;
    return f->sample_weights.data ? glia_tensor_value(&f->sample_weights, row) : 1;
}

static bool take_memory(gl_monitor *k) {
    const gl_node *loss = gl_loss_node(k->m);
    int64_t rows = k->feed->rows, classes = k->answers.classes, answers = k->answers.rows,
            places = gl_places(loss);
    k->value = gl_alloc(k->g, rows, (size_t)k->m->outputs * sizeof *k->value);
    k->label = gl_alloc(k->g, rows, (size_t)k->m->labels * sizeof *k->label);
    k->one_value = gl_alloc(k->g, k->parts > 1 ? rows : 1, sizeof *k->one_value);
    k->one_label = gl_alloc(k->g, k->parts > 1 ? rows : 1, sizeof *k->one_label);
    k->class_index = gl_alloc(k->g, answers, sizeof *k->class_index);
    k->confusion = gl_alloc(k->g, classes * classes, sizeof *k->confusion);
    bool weighted = k->feed->sample_weights.data || (loss->op->classes && loss->lengths);
    if (weighted) k->weight = gl_alloc(k->g, answers, sizeof *k->weight);
    k->predictor =
        gl_predictor_new(k->g, k->m, gl_answers_tap(k->m), rows < BLOCK_ROWS ? rows : BLOCK_ROWS);
    k->answers.value = k->parts > 1 ? k->one_value : k->value;
    k->answers.label = k->parts > 1 ? k->one_label : k->label;
    k->answers.weight = k->weight;
    k->answers.class_index = classes > 0 ? k->class_index : NULL;
    if (!k->value || !k->label || !k->one_value || !k->one_label || !k->class_index ||
        !k->confusion || !k->predictor || (weighted && !k->weight))
        return false;
    gl_feed_rows(k->feed, GLIA_F64, 0, rows, NULL, k->label);
    for (int64_t i = 0; weighted && i < answers; i++) {
        k->weight[i] = weight_of(k, i / places, i % places);
        if (k->weight[i] == 0) k->label[i] = 0; /* it may be no class, where a sample has ended */
    }
    k->scorer = gl_scorer_new(k->g, &k->answers);
    return k->scorer;
}

static void measure_part(gl_monitor *k, int64_t part, glia_metrics *scores) {
    int64_t rows = k->feed->rows, parts = k->parts;
    for (int64_t i = 0; parts > 1 && i < rows; i++) {
        k->one_value[i] = k->value[i * parts + part];
        k->one_label[i] = k->label[i * parts + part];
    }
    if (k->answers.classes > 0)
        gl_choose_classes(k->answers.value, k->answers.rows, k->answers.outputs, k->threshold,
                          k->class_index);
    gl_scorer_run(k->scorer, k->confusion, scores);
}

/* Of several parts the means over those that have the score. */
static void measure(gl_monitor *k, double loss, glia_metrics *scores) {
    double sum[GLIA_MAX_SCORES] = {0}, count[GLIA_MAX_SCORES] = {0};
    glia_tensor value = glia_tensor_f64(k->value, k->feed->rows, k->m->outputs);
    gl_predictor_refresh(k->predictor);
    gl_predict_feed(k->predictor, k->feed, value); /* whose status the trainer asks for */
    k->answers.loss = k->parts > 1 ? NAN : loss;
    scores->scores = 0;
    for (int64_t part = 0; part < k->parts; part++) {
        measure_part(k, part, scores);
        for (int i = 0; i < scores->scores; i++) {
            double one = scores->score[i].value;
            if (!isnan(one)) sum[i] += one, count[i]++;
        }
    }
    for (int i = 0; i < scores->scores; i++)
        scores->score[i].value = count[i] > 0 ? sum[i] / count[i] : NAN;
}

/* Once before the loop, to see whether there is such a score and whether these rows can have it: an
 * auc of one class would be NaN after an epoch, when nobody looks any more. */
static glia_status find_score(gl_monitor *k, const char *name) {
    glia_metrics scores;
    measure(k, 0, &scores);
    if (gl_feed_status(k->feed)) return k->g->code;
    const glia_score *found = gl_score_of(&scores, name);
    if (!found || !gl_score_is_goal(name)) return unknown(k, &scores, name);
    if (isnan(found->value))
        return gl_fail(k->g, GLIA_INPUT,
                       "monitor '%s': the validation rows are all alike, it cannot be computed",
                       name);
    k->name = found->name;
    k->rises = gl_score_rises(name);
    return GLIA_OK;
}

glia_status gl_monitor_open(gl_monitor *k, glia_ctx *g, const gl_net *m, const gl_feed *feed,
                            const char *name, double threshold) {
    *k = (gl_monitor){.name = "loss", .g = g, .feed = feed, .m = m, .threshold = threshold};
    if (!name || strcmp(name, "loss") == 0) return GLIA_OK;
    if (m->heads > 1)
        return gl_fail(g, GLIA_USAGE,
                       "monitor '%s': outputs with a loss each have no score together, only loss",
                       name);
    describe(k);
    return take_memory(k) ? find_score(k, name) : GLIA_RESOURCE;
}

bool gl_monitor_lacks(glia_ctx *g, const gl_net *m, const glia_fit_options *o, gl_supplied from,
                      double threshold) {
    gl_feed feed;
    gl_monitor k = {0};
    gl_listener before = gl_hush(g);
    glia_status status =
        gl_feed_open(&feed, g, m, (gl_samples){o->x_val, o->divisor, from}, o->y_val, NULL);
    if (status == GLIA_OK) status = gl_monitor_open(&k, g, m, &feed, o->monitor, threshold);
    if (k.g) gl_monitor_close(&k);
    gl_feed_close(&feed);
    gl_unlisten(g, before);
    return status == GLIA_INPUT;
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
    void *owned[] = {k->value,  k->label,       k->one_value, k->one_label,
                     k->weight, k->class_index, k->confusion};
    for (size_t i = 0; i < sizeof owned / sizeof *owned; i++) gl_free(k->g, owned[i]);
    glia_predictor_free(k->predictor);
    gl_scorer_free(k->scorer);
}
