/*
 * go_on.c: a training that goes on from a model. Its columns, their preparation and its network
 * stay, since weights mean something with these alone; they are where this training begins. How it
 * was trained is what the recipe leaves open.
 *
 *     settled    the model's; to set one of them is a mistake      target, scale, hidden, loss ...
 *     kept       as in the model's training, unless it is set      optimizer, lr, l2 ...
 *                (lr, batch ... of the same optimizer only)
 *     the rest   of each training anew                             epochs, val, seed ...
 */
#include "../base/json.h"
#include "go_on.h"

#include <string.h>

static const char *const settled[] = {
    "target",     "task",       "order",    "quantiles", "target-transform", "use",      "ignore",
    "number",     "date",       "category", "text",      "sample-weight",    "positive", "scale",
    "hidden",     "activation", "net",      "norm",      "dropout",          "loss",     "init",
    "sequence",   "horizon",    "group",    "time",      "season",           "text-as",  "length",
    "vocabulary", NULL};

static const char *const kept[] = {"optimizer", "lr",        "schedule",     "warmup",
                                   "momentum",  "beta1",     "beta2",        "eps",
                                   "eps-root",  "decay",     "batch",        "l2",
                                   "l1",        "clip",      "max-norm",     "label-smoothing",
                                   "precision", "threshold", "class-weight", "likenesses",
                                   NULL};

static glia_status check_settled(glia_ctx *g, const glia_recipe *said) {
    for (const char *const *name = settled; *name; name++)
        if (gl_recipe_was_set(said, *name))
            return gl_fail(g, GLIA_USAGE,
                           "option '%s' is settled by the model that the training goes on from; "
                           "leave it out, or train anew",
                           *name);
    return GLIA_OK;
}

static char *list_targets(glia_ctx *g, const glia_model *m) {
    gl_text list = {.g = g};
    for (int t = 0; t < gl_pipeline_targets(m->pipeline); t++)
        gl_add_item(&list, gl_pipeline_target(m->pipeline, t));
    return gl_text_end(&list);
}

/* Another optimizer has steps, batches and a schedule of its own. */
static bool is_of_optimizer(const char *name) {
    static const char *const of[] = {"lr",  "schedule", "warmup", "momentum", "beta1", "beta2",
                                     "eps", "eps-root", "decay",  "batch",    NULL};
    for (const char *const *one = of; *one; one++)
        if (strcmp(*one, name) == 0) return true;
    return false;
}

static glia_status keep(glia_ctx *g, glia_recipe *r, const glia_model *m) {
    const char *note = glia_model_note(m, "hyperparameters");
    char *copy = NULL;
    gl_json *all = note ? gl_json_read_copy(g, note, &copy) : NULL;
    const char *before = gl_json_text(gl_json_get(all, "optimizer"));
    bool other = gl_recipe_was_set(r, "optimizer") && before &&
                 strcmp(before, glia_recipe_get(r, "optimizer")) != 0;
    glia_status status = GLIA_OK;
    for (const char *const *name = kept; *name && !status; name++) {
        if (other && is_of_optimizer(*name)) continue;
        const char *text = gl_json_text(gl_json_get(all, *name));
        bool usual = !text || !strcmp(text, "auto") || !strcmp(text, glia_recipe_get(r, *name));
        if (!usual && !gl_recipe_was_set(r, *name)) status = glia_recipe_set(r, *name, text);
    }
    gl_free(g, all);
    gl_free(g, copy);
    return status;
}

/* What the decisions ask of it, too: a single layer trains to its optimum. */
static glia_status settle(glia_ctx *g, glia_recipe *r, const glia_model *m) {
    const char *weight = gl_pipeline_weight(m->pipeline);
    char *target = list_targets(g, m);
    glia_status status = target ? glia_recipe_set(r, "target", target) : GLIA_RESOURCE;
    gl_free(g, target);
    if (!status && weight) status = glia_recipe_set(r, "sample-weight", weight);
    if (!status && glia_model_layers(m) == 1) status = glia_recipe_set(r, "hidden", "none");
    return status;
}

glia_recipe *gl_go_on_recipe(glia_ctx *g, const glia_model *m, const glia_recipe *said) {
    if (!m->pipeline) {
        gl_fail(g, GLIA_INPUT,
                "the model was trained on arrays and has no columns: a training on a table cannot "
                "go on from it");
        return NULL;
    }
    glia_recipe *r = check_settled(g, said) ? NULL : gl_recipe_copy(g, said);
    if (r && (settle(g, r, m) || keep(g, r, m))) {
        glia_recipe_free(r);
        return NULL;
    }
    return r;
}

static void tell(glia_ctx *g, const glia_model *m) {
    const char *data = glia_model_note(m, "fingerprint"),
               *end = data ? strstr(data, ", sha") : NULL;
    gl_note(g,
            "goes on from a model of %.*s: its columns, their preparation, its network and weights",
            end ? (int)(end - data) : 10, end ? data : "other rows");
}

gl_pipeline *gl_go_on_pipeline(glia_ctx *g, const glia_model *m) {
    char *text = gl_pipeline_save(g, m->pipeline);
    gl_pipeline *p = text ? gl_pipeline_load(g, text) : NULL;
    gl_free(g, text);
    if (p) tell(g, m);
    return p;
}

char *gl_go_on_history(glia_ctx *g, const glia_model *m) {
    const char *data = glia_model_note(m, "fingerprint"),
               *before = glia_model_note(m, "began_from");
    return gl_format(g, "%s%s%s", data ? data : "a model of unknown data", before ? "; " : "",
                     before ? before : "");
}

void gl_go_on_weights(glia_model *to, const glia_model *from) {
    gl_store_copy(to->net->store, GL_WEIGHTS, from->net->store, GL_WEIGHTS);
}
