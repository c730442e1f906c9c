/*
 * row_weights.c: how much each row counts where a network learns and where training looks when to
 * stop: the weight of its class times the number in a column of the table. The trainer divides by
 * the mean.
 *
 *     J = 1/m sum_i w_i loss_i / mean(w)
 *
 * Because of the mean, weights say how rows compare and not how large J is: 1, 3 and 10, 30 are the
 * same training with the same lr and L2. The validation cost is weighed like the one that is
 * learned, or its best epoch would be that of another goal. Scores take the column alone: a row of
 * weight 2 is two rows that come, while the weight of a class is a wish.
 */
#include "training.h"

#include "../base/json.h"

#include <math.h>
#include <string.h>

/* ----------------------------------------------------------------------------------- classes -- */

static int64_t class_at(const training *r, const gl_part *part, int64_t i, int target) {
    int64_t at = i * part->targets + target;
    return (int64_t)gl_get(part->labels, r->model->net->dtype, at);
}

/* w_k = n / (K n_k): each class adds up to n/K, and the mean over rows is 1. A row of weight 2
 * counts as two, where scikit-learn's "balanced" counts rows. */
static glia_status balance(const training *r, const gl_part *part, int target, int64_t classes,
                           double *weight) {
    double all = 0, *count = gl_alloc(r->g, classes, sizeof *count);
    if (!count) return GLIA_RESOURCE;
    for (int64_t i = 0; i < part->n; i++) {
        double w = part->counts ? part->counts[i] : 1;
        count[class_at(r, part, i, target)] += w, all += w;
    }
    for (int64_t k = 0; k < classes; k++)
        if (count[k] > 0) weight[k] = all / ((double)classes * count[k]);
    gl_free(r->g, count);
    return GLIA_OK;
}

static glia_status no_class(const training *r, const char *name, int64_t classes) {
    const char **names = gl_alloc(r->g, classes, sizeof *names);
    char list[200];
    if (!names) return GLIA_RESOURCE;
    for (int64_t k = 0; k < classes; k++) names[k] = gl_pipeline_class(r->pipeline, 0, k);
    gl_fail_word(r->g, GLIA_USAGE, name, names, (int)classes, NULL,
                 "option 'class-weight': there is no class '%s', expected %s", name,
                 gl_list(names, (int)classes, list, sizeof list));
    gl_free(r->g, names);
    return GLIA_USAGE;
}

/* Of several targets it may be a class of any. */
static bool is_class(const training *r, const char *name) {
    for (int t = 0; t < gl_pipeline_targets(r->pipeline); t++)
        for (int64_t k = 0; k < gl_pipeline_classes(r->pipeline); k++)
            if (strcmp(gl_pipeline_class(r->pipeline, t, k), name) == 0) return true;
    return false;
}

/* "NAME:W"; a name may have colons of its own ("12:30:0.5"), so the last one counts. A name with a
 * comma cannot be said here. W = 0 leaves a class out of the cost. */
static glia_status read_class(const training *r, char *item, int target, int64_t classes,
                              double *weight) {
    char *colon = strrchr(item, ':');
    double w = NAN;
    item += strspn(item, " ");
    bool number = colon && gl_parse_number(colon + 1, strlen(colon + 1), '.', &w);
    if (!number || !(w >= 0) || !isfinite(w)) {
        return gl_fail(
            r->g, GLIA_USAGE,
            "option 'class-weight' has '%s', expected balanced, or NAME:WEIGHT for each class "
            "and a comma between two",
            item);
    }
    *colon = 0;
    for (int64_t k = 0; k < classes; k++) {
        if (strcmp(gl_pipeline_class(r->pipeline, target, k), item) == 0)
            return weight[k] = w, GLIA_OK;
    }
    return is_class(r, item) ? GLIA_OK : no_class(r, item, classes);
}

static glia_status read_classes(const training *r, const char *text, int target, int64_t classes,
                                double *weight) {
    char *copy = gl_copy_text(r->g, text), *rest = copy;
    glia_status status = copy ? GLIA_OK : GLIA_RESOURCE;
    for (char *item; status == GLIA_OK && (item = strsep(&rest, ","));)
        status = read_class(r, item, target, classes, weight);
    gl_free(r->g, copy);
    return status;
}

static void say(const training *r, int target, int64_t classes, const double *weight) {
    gl_text list = {.g = r->g};
    bool several = gl_pipeline_targets(r->pipeline) > 1;
    for (int64_t k = 0; k < classes && k < 10; k++)
        gl_add(&list, "%s%s %.4g", k ? ", " : "", gl_pipeline_class(r->pipeline, target, k),
               weight[k]);
    if (list.s)
        gl_note(r->g, "class weights%s%s%s: %s%s", several ? " of target '" : "",
                several ? gl_pipeline_target(r->pipeline, target) : "", several ? "'" : "", list.s,
                classes > 10 ? ", ..." : "");
    gl_free(r->g, list.s);
}

/* For gl_free; NULL on failure. */
static double *weights_of_classes(const training *r, const gl_part *part, int target) {
    const char *text = glia_recipe_get(r->recipe, "class-weight");
    int64_t classes = gl_pipeline_classes(r->pipeline);
    double *weight = gl_alloc(r->g, classes, sizeof *weight);
    if (!weight) return NULL;
    for (int64_t k = 0; k < classes; k++) weight[k] = 1;
    glia_status status = strcmp(text, "balanced") == 0
                             ? balance(r, part, target, classes, weight)
                             : read_classes(r, text, target, classes, weight);
    if (status == GLIA_OK) return weight;
    gl_free(r->g, weight);
    return NULL;
}

static glia_status weigh_target(const training *r, const gl_part *part, int target, double *w) {
    int64_t classes = gl_pipeline_classes(r->pipeline);
    double *weight = weights_of_classes(r, part, target);
    if (!weight) return glia_code(r->g);
    for (int64_t i = 0; i < part->n; i++) w[i] *= weight[class_at(r, part, i, target)];
    if (part == &r->train && !r->decided) say(r, target, classes, weight);
    gl_free(r->g, weight);
    return GLIA_OK;
}

bool gl_weighs_classes(const training *r) {
    return strcmp(glia_recipe_get(r->recipe, "class-weight"), "none") != 0;
}

/* Multiplies the weight of each row by that of its class; of several targets by that of its class
 * of each, as scikit-learn's compute_sample_weight does: a row has one weight, for its losses are
 * one sum. */
static glia_status weigh_classes(const training *r, const gl_part *part, double *w) {
    glia_status status = GLIA_OK;
    if (!gl_weighs_classes(r)) return GLIA_OK;
    for (int t = 0; t < gl_pipeline_targets(r->pipeline) && status == GLIA_OK; t++)
        status = weigh_target(r, part, t, w);
    return status;
}

/* No weights at all where none were asked for: the plan then has no step for them. */
glia_status gl_row_weights(const training *r, gl_part *part) {
    if (part->n == 0 || (!gl_weighs_classes(r) && !part->counts)) return GLIA_OK;
    double *w = gl_alloc(r->g, part->n, sizeof *w);
    if (!w) return GLIA_RESOURCE;
    for (int64_t i = 0; i < part->n; i++) w[i] = part->counts ? part->counts[i] : 1;
    glia_status status = weigh_classes(r, part, w);
    if (status == GLIA_OK) part->weights = w;
    else gl_free(r->g, w);
    return status;
}

/* --------------------------------------------------------------------------------- the note -- */

static glia_status add_classes(const training *r, const gl_part *part, gl_text *t) {
    gl_add(t, ", \"classes\": [");
    for (int k = 0; k < gl_pipeline_targets(r->pipeline); k++) {
        double *weight = weights_of_classes(r, part, k);
        if (!weight) return glia_code(r->g);
        for (int64_t i = 0; i < gl_pipeline_classes(r->pipeline); i++) {
            gl_add(t, i ? ", " : k ? ", [" : "[");
            gl_add_json_number(t, weight[i]);
        }
        gl_add(t, "]");
        gl_free(r->g, weight);
    }
    gl_add(t, "]");
    return GLIA_OK;
}

/* For whoever follows a row later: weights of classes may have been counted, and the mean is of
 * rows that are then no longer there. */
glia_status gl_note_row_weights(const training *r, const gl_part *part) {
    double sum = 0;
    gl_text t = {.g = r->g};
    if (!part->weights) return GLIA_OK;
    for (int64_t i = 0; i < part->n; i++) sum += part->weights[i];
    gl_add(&t, "{\"mean\": ");
    gl_add_json_number(&t, sum / (double)part->n);
    glia_status status = gl_weighs_classes(r) ? add_classes(r, part, &t) : GLIA_OK;
    gl_add(&t, "}");
    if (status == GLIA_OK)
        status = t.failed ? GLIA_RESOURCE : glia_model_set_note(r->model, "row_weights", t.s);
    gl_free(r->g, t.s);
    return status;
}
