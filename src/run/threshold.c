/*
 * threshold.c: the threshold that is best for an aim (f1, say) on the validation rows, which the
 * network has not learned from.
 *
 * On training rows a network is surer than it is elsewhere, so the best threshold there lies too
 * far out. On validation rows it is chosen and reported on the same rows, which flatters a little,
 * and the note says so; test rows show what it is worth. Where every possible threshold lies, and
 * which of several equally good ones is taken, is src/score/curves.c's to say.
 */
#include "../score/metrics.h"
#include "training.h"

#include <math.h>
#include <stdio.h>
#include <string.h>

/* What the aim was at 0.5, to be printed beside the best; NaN: the confusion counts rows, where the
 * aim weighs them. confusion[truth * 2 + answer], and youden
 * is Youden's J (1950): the share of positives found minus the share of negatives taken for one.
 * Neither share is 0/0: whoever asks has seen both classes. */
static double at_half(const glia_metrics *m, const char *aim) {
    if (strcmp(aim, "youden") == 0 && m->weight > 0) return NAN;
    if (strcmp(aim, "youden") == 0) {
        const int64_t *c = m->confusion;
        return (double)c[3] / (double)(c[2] + c[3]) - (double)c[1] / (double)(c[0] + c[1]);
    }
    return gl_score_value(m, aim);
}

/* The three aims of gl_curves: accuracy, f1, youden. The recipe allows no other word. */
static const glia_threshold *best_for(const glia_curves *c, const char *aim) {
    int i = 0;
    while (i < 2 && strcmp(c->best[i].name, aim) != 0) i++;
    return &c->best[i];
}

/* It is as certain as the weights, and so is kept among the decisions, which `decided` has closed:
 * the same command gives the same text. */
static void say(training *r, int t, const glia_metrics *val, const glia_threshold *best) {
    char threshold[40], half[40] = "", of_target[200] = "";
    double at = at_half(val, best->name);
    if (!isnan(at)) snprintf(half, sizeof half, " (%.4f at 0.5)", at);
    if (gl_pipeline_targets(r->pipeline) > 1)
        snprintf(of_target, sizeof of_target, " of target '%.180s'",
                 gl_pipeline_target(r->pipeline, t));
    bool of = strcmp(best->name, "f1") == 0; /* of the others both classes have the same */
    gl_print_number(best->threshold, threshold, sizeof threshold);
    r->decided = false;
    gl_note(r->g,
            "threshold%s: %s, the best %s%s%s%s on %lld validation rows: %.4f%s; scores on "
            "these very rows are a little too good",
            of_target, threshold, best->name, of ? " of '" : "",
            of ? gl_pipeline_class(r->pipeline, t, 1) : "", of ? "'" : "", (long long)r->val.n,
            best->value, half);
    r->decided = true;
}

static void say_alike(training *r, int t) {
    r->decided = false;
    gl_note(r->g,
            "threshold of target '%s': 0.5, for its %lld validation rows are all of one class",
            gl_pipeline_target(r->pipeline, t), (long long)r->val.n);
    r->decided = true;
}

/* One for each target, separated by commas. */
static glia_status take(training *r, const glia_metrics *val) {
    int targets = gl_pipeline_targets(r->pipeline);
    gl_text list = {.g = r->g};
    for (int t = 0; t < targets; t++) {
        const glia_metrics *one = targets > 1 ? &val->target[t] : val;
        bool any = one->curves->roc_points == 0;
        const glia_threshold *best = best_for(one->curves, r->decisions.aim);
        char number[40] = "0.5";
        if (!any) gl_print_number(best->threshold, number, sizeof number);
        if (any) say_alike(r, t);
        else say(r, t, one, best);
        gl_add(&list, "%s%s", t ? "," : "", number);
    }
    glia_status status =
        list.failed ? GLIA_RESOURCE : glia_model_set_note(r->model, "threshold", list.s);
    gl_free(r->g, list.s);
    return status;
}

/* Has no target two classes in the validation rows? */
static bool all_alike(const training *r, const glia_metrics *val) {
    int targets = gl_pipeline_targets(r->pipeline);
    for (int t = 0; t < targets; t++) {
        const glia_metrics *one = targets > 1 ? &val->target[t] : val;
        if (one->curves->roc_points > 0) return false;
    }
    return true;
}

glia_status gl_choose_threshold(training *r) {
    const char *aim = r->decisions.aim;
    if (!aim) return GLIA_OK;
    glia_metrics val = {0};
    glia_status status = gl_part_measure(&r->val, r->model, GL_DEEP, &val);
    /* A curve of one class has no points: every threshold is as good as any other. Of a fold that
     * is no reason to stop: it keeps 0.5, and its scores say what that is worth. */
    bool any = status == GLIA_OK && all_alike(r, &val);
    if (any && !r->known) {
        status = gl_fail(
            r->g, GLIA_INPUT,
            "option 'threshold' %s: the %lld validation rows are all of one class; give more "
            "of them by option 'val', or a number",
            aim, (long long)r->val.n);
    }
    if (status == GLIA_OK && !any) status = take(r, &val);
    gl_metrics_clear(r->g, &val);
    return status;
}
