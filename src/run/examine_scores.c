/*
 * examine_scores.c: the doctor's findings that need the scores: has anything been learned, and is
 * it worth something elsewhere? Roots come first: data are looked at before (examine.c).
 */
#include "../score/metrics.h"
#include "../train/doctor.h"
#include "training.h"

#include <math.h>
#include <string.h>

static int64_t rows_of_class(const glia_metrics *m, int64_t k) {
    int64_t rows = 0;
    for (int64_t j = 0; j < m->classes; j++) rows += m->confusion[k * m->classes + j];
    return rows;
}

/* H = -sum p ln p over the shares of classes: the cross-entropy of whoever answers each row with
 * how often each class occurs, and knows no column. Rows count as they weigh; where they all count
 * the same, the scores have counted them. */
static double entropy(const gl_part *part, glia_dtype dtype, const glia_metrics *m) {
    const int64_t classes = m->classes;
    double h = 0, all = 0, *share = gl_alloc(part->g, classes, sizeof *share);
    if (!share) return NAN;
    for (int64_t i = 0; part->counts && i < part->n; i++)
        share[(int64_t)gl_get(part->labels, dtype, i)] += part->counts[i];
    for (int64_t k = 0; k < classes; k++)
        all += part->counts ? share[k] : (share[k] = (double)rows_of_class(m, k));
    for (int64_t k = 0; k < classes; k++)
        if (share[k] > 0) h -= share[k] / all * log(share[k] / all);
    gl_free(part->g, share);
    return h;
}

/* What a network knows of a part. */
typedef struct knowledge {
    double share; /* of its uncertainty, taken away; NaN: cannot be said */
    bool right;   /* more often than whoever knows no column */
} knowledge;

/* Right more often than the most frequent class alone would be, by two standard errors. A network
 * that is right too loudly (0.99 where 0.8 is true) may have a loss above H, and still know
 * something. Unequal weights tell as much as fewer rows of equal weight (Kish, 1965). */
static bool beats_baseline(const glia_metrics *m, double rows) {
    double b = m->baseline, sure = 2 * sqrt(b * (1 - b) / rows);
    return m->classes > 0 && gl_score_value(m, "accuracy") > b + sure;
}

static double effective_rows(const gl_part *part) {
    double sum = 0, squares = 0;
    for (int64_t i = 0; i < part->n; i++) {
        double w = part->counts ? part->counts[i] : 1;
        sum += w, squares += w * w;
    }
    return sum * sum / squares;
}

/* Of counts the deviance is what was learned: a network may follow a few large ones by squares and
 * be worse than the mean by it. */
static const char *measure_of_values(const glia_metrics *m) {
    return isnan(gl_score_value(m, "d2")) ? "r2" : "d2";
}

/* Classes: McFadden's 1 - ln L / ln L0 (1974), which is 1 - loss / H; values: r2, the same with
 * squares. A loss that is not a cross-entropy has no such H. */
static knowledge knowledge_of(const training *r, const gl_part *part, const glia_metrics *m) {
    const gl_net *net = r->model->net;
    knowledge k = {.share = NAN, .right = beats_baseline(m, effective_rows(part))};
    if (m->classes == 0) k.share = gl_score_value(m, measure_of_values(m));
    else if (gl_learns_classes(gl_loss_node(net)->op) && m->targets <= 1) {
        double h = entropy(part, net->dtype, m);
        k.share = h > 0 ? 1 - gl_score_value(m, "loss") / h : NAN;
    }
    return k;
}

/* Whose classes are weighed learns to answer as if they came so often: its plain loss is above the
 * plain H, its accuracy below that of the most frequent class, and only the weighted ones beside
 * what is weighted say what it knows. */
static knowledge examine_part(const training *r, const gl_part *part, const glia_metrics *m) {
    knowledge k = {.share = NAN};
    gl_part weighed = *part; /* with the same features */
    glia_metrics measured;
    if (!gl_weighs_classes(r) || m->targets > 1) return knowledge_of(r, part, m);
    weighed.weights = NULL;
    if (gl_row_weights(r, &weighed) != GLIA_OK) return k;
    weighed.counts = weighed.weights;
    if (gl_part_measure(&weighed, r->model, GL_SCORES, &measured) == GLIA_OK) {
        k = knowledge_of(r, &weighed, &measured);
        gl_metrics_clear(r->g, &measured);
    }
    gl_free(r->g, weighed.weights);
    return k;
}

/* The part that learning has not seen: test rows, or else validation rows. */
static const glia_metrics *unseen(const glia_report *report) {
    return report->test.rows > 0 ? &report->test : &report->val;
}
static const gl_part *unseen_part(const training *r) { return r->test.n > 0 ? &r->test : &r->val; }

/* A class of 10% that is found is no illness: the limit makes it a suspect, the rows that are
 * recognised decide. Fewer than ten rows are too few to say that they cannot be learned. */
static void find_unbalanced(const training *r, const glia_report *report) {
    const glia_metrics *m = &report->train;
    int64_t most = 0;
    for (int64_t k = 0; k < m->classes; k++)
        if (rows_of_class(m, k) > most) most = rows_of_class(m, k);
    for (int64_t k = 0; k < m->classes; k++) {
        int64_t rows = rows_of_class(m, k), right = m->confusion[k * m->classes + k];
        double share = (double)rows / (double)most;
        if (rows < 10 || !(share < gl_limit(GL_ILL_unbalanced)) || 10 * right >= rows) continue;
        gl_find(r->g, r->history, GL_ILL_unbalanced, gl_pipeline_class(r->pipeline, 0, k), share,
                "class '%s': %lld of %lld training rows, of which %lld are recognised",
                gl_pipeline_class(r->pipeline, 0, k), (long long)rows, (long long)m->rows,
                (long long)right);
    }
}

/* "; left out: a, b": what nobody asked to leave out may be what was missed. */
static void list_left_out(const training *r, gl_text *list) {
    const char *name, *reason;
    for (int i = 0, named = 0; named < 5 && (name = gl_pipeline_any(r->pipeline, i, &reason));
         i++) {
        bool guessed = !strcmp(reason, "id") || !strcmp(reason, "index") ||
                       !strcmp(reason, "texts") || !strcmp(reason, "constant");
        if (guessed) gl_add(list, "%s%s", named++ ? ", " : "; left out: ", name);
    }
}

/* Only where nothing else was found: a learning rate, dead units or unscaled features would be
 * the cause, and this one's mend leads away from it. For scale: on titanic.csv the share is
 * about a third. */
static void find_not_learning(const training *r, const glia_report *report) {
    if (r->history->findings > 0) return;
    knowledge k = examine_part(r, &r->train, &report->train);
    if (k.right || !(k.share < gl_limit(GL_ILL_not_learning))) return;
    gl_text list = {.g = r->g};
    list_left_out(r, &list);
    gl_find(r->g, r->history, GL_ILL_not_learning, "", k.share,
            "training rows are answered no better than by %s%s",
            report->train.classes > 0 ? "how often each class occurs" : "their mean",
            list.s ? list.s : "");
    gl_free(r->g, list.s);
}

/* Something was learned (a tenth of the uncertainty), and it is worth less than nothing elsewhere:
 * learned by heart, as a network can do with labels drawn at random (Zhang and others, 2017). 100
 * rows at least: on 30 a sound network may lose to H by a few bad rows. */
static void find_no_signal(const training *r, const glia_report *report) {
    const glia_metrics *m = unseen(report);
    if (m->rows < 100) return;
    knowledge k = examine_part(r, unseen_part(r), m);
    bool learned = examine_part(r, &r->train, &report->train).share > 0.1;
    if (k.right || !learned || !(k.share < gl_limit(GL_ILL_no_signal))) return;
    gl_find(r->g, r->history, GL_ILL_no_signal, "", k.share,
            "what was learned from the training rows is worth nothing on %lld %s rows",
            (long long)m->rows, m == &report->test ? "test" : "validation");
}

/* Some gap is usual: iris, wine, breast cancer, titanic, diabetes and california housing have at
 * most 0.085 over three seeds each. It must also be more than chance: a share p of m rows is known
 * to sqrt(p (1 - p) / m), which is 0.05 for 30 flowers. A mean square of m rows is known to a share
 * of sqrt(2 / m) of itself where errors are normal, a quarter at m = 30, so one that doubles is
 * four standard errors away. r2 alone would not do: the quality of white wines comes to 0.58 to
 * 0.68 on training rows and 0.41 to 0.45 on others, and the mean square grows by 36 to 70% only. */
static void find_overfitting(const training *r, const glia_report *report) {
    const glia_metrics *train = &report->train, *m = unseen(report);
    const char *score = m->classes > 0 ? "accuracy" : "r2";
    double here = gl_score_value(train, score), there = gl_score_value(m, score),
           gap = here - there;
    bool sure = m->classes > 0
                    ? gap > 3 * sqrt(there * (1 - there) / (double)m->rows)
                    : m->rows >= 30 && gl_score_value(m, "mse") > 2 * gl_score_value(train, "mse");
    if (m->rows < 1 || !sure || !(gap > gl_limit(GL_ILL_overfitting))) return;
    gl_find(r->g, r->history, GL_ILL_overfitting, "", gap,
            "%s is %.3g on training rows, %.3g on %s rows", score, here, there,
            m == &report->test ? "test" : "validation");
}

/* Overfitting is not said beside "no signal": it is the same gap, and the other mend. */
void gl_examine_scores(const training *r, const glia_report *report) {
    if (gl_pipeline_targets(r->pipeline) == 1) find_unbalanced(r, report);
    find_not_learning(r, report);
    int before = r->history->findings;
    find_no_signal(r, report);
    if (r->history->findings == before) find_overfitting(r, report);
}
