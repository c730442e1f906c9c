/*
 * apply.c: a trained model on new tables: predictions, scores, gradient check.
 */
#include "rows.h"

/* ----------------------------------------------------------------------------------- loading -- */

static const char *class_name(const void *pipeline, int64_t k) {
    return gl_pipeline_class(pipeline, k);
}

static glia_status no_pipeline(glia_ctx *g) {
    return gl_fail(
        g, GLIA_INPUT,
        "this model was trained on arrays and knows no columns: use glia_predict on arrays");
}

gl_pipeline *gl_model_pipeline(glia_ctx *g, const glia_model *m) {
    const char *json = glia_model_note(m, "pipeline");
    if (!json) return no_pipeline(g), NULL;
    return gl_pipeline_load(g, json);
}

/* The pipeline of a file must fit its network, and the classes their outputs. */
static glia_status check_pipeline(glia_ctx *g, glia_model *m, const gl_pipeline *p,
                                  const char *path) {
    int64_t classes = gl_pipeline_classes(p),
            outputs = gl_pipeline_task(p) == GL_MULTICLASS ? classes : 1;
    if (gl_pipeline_features(p) != m->net->inputs || outputs != m->net->outputs) {
        return gl_fail(g, GLIA_INPUT,
                       "model file '%s': its pipeline gives %lld features for %lld outputs, its "
                       "network has %lld and %lld",
                       path, (long long)gl_pipeline_features(p), (long long)outputs,
                       (long long)m->net->inputs, (long long)m->net->outputs);
    }
    return classes > 0 ? gl_model_set_classes(m, classes, class_name, p) : GLIA_OK;
}

glia_model *glia_model_load(glia_ctx *g, const char *path) {
    glia_model *m = gl_model_read(g, path);
    if (!m || !glia_model_note(m, "pipeline")) return m;
    gl_pipeline *p = gl_model_pipeline(g, m);
    glia_status status = p ? check_pipeline(g, m, p, path)
                           : gl_fail(g, glia_code(g), "model file '%s': %s", path, glia_message(g));
    gl_pipeline_free(p);
    if (status == GLIA_OK) return m;
    glia_model_free(m);
    return NULL;
}

/* ---------------------------------------------------------------------------------- applying -- */

glia_predictions *glia_apply(glia_ctx *g, const glia_model *m, const glia_table *t) {
    gl_pipeline *p = gl_model_pipeline(g, m);
    if (!p) return NULL;
    gl_part part = {.g = g, .table = t, .n = glia_table_rows(t)};
    glia_predictions *out = gl_part_fill(&part, p, m->net->dtype, false) == GLIA_OK
                                ? gl_part_predict(&part, m, p)
                                : NULL;
    gl_part_free(&part);
    gl_pipeline_free(p);
    return out;
}

/* The scores first: one pointer for both. */
typedef struct evaluation {
    glia_metrics metrics;
    gl_details *details; /* what they point to */
} evaluation;

glia_metrics *glia_evaluate(glia_ctx *g, const glia_model *m, const glia_table *t) {
    gl_pipeline *p = gl_model_pipeline(g, m);
    if (!p) return NULL;
    gl_part part = {.g = g, .table = t, .n = glia_table_rows(t)};
    evaluation *e = gl_alloc(g, 1, sizeof *e);
    if (e) e->details = gl_details_new(g, gl_pipeline_classes(p), 1);
    glia_status status =
        e && e->details ? gl_part_fill(&part, p, m->net->dtype, true) : GLIA_RESOURCE;
    if (status == GLIA_OK) status = gl_part_measure(&part, m, p, true, e->details, &e->metrics);
    gl_part_free(&part);
    gl_pipeline_free(p);
    if (status == GLIA_OK) return &e->metrics;
    if (e) glia_metrics_free(g, &e->metrics);
    return NULL;
}

void glia_metrics_free(glia_ctx *g, glia_metrics *m) {
    evaluation *e = (evaluation *)m;
    if (!e) return;
    gl_free(g, e->details);
    gl_free(g, e);
}

/* Enough samples to exercise every unit, few enough to be quick: a check runs the network four
 * times a component. */
enum { CHECK_ROWS = 64 };

glia_status glia_check_table(glia_ctx *g, const glia_model *m, const glia_table *t,
                             const glia_check_options *options) {
    gl_pipeline *p = gl_model_pipeline(g, m);
    if (!p) return glia_code(g);
    int64_t rows = glia_table_rows(t);
    gl_part part = {.g = g, .table = t, .n = rows < CHECK_ROWS ? rows : CHECK_ROWS};
    part.rows = gl_alloc(g, part.n, sizeof *part.rows);
    glia_status status = part.rows ? GLIA_OK : GLIA_RESOURCE;
    for (int64_t i = 0; part.rows && i < part.n; i++)
        part.rows[i] = i * rows / part.n; /* every class has its turn */
    if (status == GLIA_OK) status = gl_part_fill(&part, p, GLIA_F64, true);
    if (status == GLIA_OK) {
        status = gl_check(g, m->net, part.features.x, part.features.divisor,
                          gl_part_labels(&part, GLIA_F64), options);
    }
    gl_part_free(&part);
    gl_pipeline_free(p);
    return status;
}
