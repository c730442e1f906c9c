/*
 * on_tables.c: a model's network on rows of a table: the gradient check, the trace of a batch.
 */
#include "rows.h"

#include "../base/json.h"

#include <string.h>

/* Enough samples to exercise every unit, few enough to be quick: a check runs the network four
 * times a component. Features are made in double, whatever the model's precision: J in single is
 * known to 6e-8 of itself, and a difference over h = 1e-4 then to three digits. */
enum { CHECK_ROWS = 64 };

glia_status glia_model_check_table(glia_ctx *g, const glia_model *m, const glia_table *t,
                                   const glia_check_options *options) {
    const int64_t troubles = g->troubles;
    const gl_pipeline *p = gl_model_pipeline(g, m, t);
    if (!p) return glia_code(g);
    int64_t rows = glia_table_rows(t);
    gl_part part = {.g = g, .table = t, .n = rows < CHECK_ROWS ? rows : CHECK_ROWS};
    part.rows = gl_alloc(g, part.n, sizeof *part.rows);
    glia_status status = part.rows ? GLIA_OK : GLIA_RESOURCE;
    for (int64_t i = 0; part.rows && i < part.n; i++)
        part.rows[i] = i * rows / part.n; /* every class has its turn */
    if (status == GLIA_OK) status = gl_part_fill(&part, p, GLIA_F64, true);
    if (status == GLIA_OK) status = gl_part_check_steps(&part, m);
    if (status == GLIA_OK) {
        status = gl_check(g, m->net, part.features.x, part.features.divisor,
                          gl_part_labels(&part, GLIA_F64), options);
    }
    gl_part_free(&part);
    return gl_outcome(g, troubles, status);
}

/* The target of which a row has no label, with that row (-1: the table has no such column); NULL:
 * there is none. */
static const char *lacks_label(const gl_pipeline *p, const glia_table *t, const int64_t *rows,
                               int64_t n, int64_t *row) {
    for (int k = 0; k < gl_pipeline_targets(p); k++) {
        const char *target = gl_pipeline_target(p, k);
        int column = gl_table_find(t, target);
        *row = -1;
        if (column < 0) return target;
        for (int64_t i = 0; i < n; i++) {
            *row = rows[i];
            if (gl_cell_is_missing(&t->column[column], rows[i])) return target;
        }
    }
    return NULL;
}

/* A note of JSON; the values lie in the text, for gl_free both. */
static char *read_note(glia_ctx *g, const glia_model *m, const char *name, gl_json **values) {
    const char *note = glia_model_note(m, name);
    char *text = note ? gl_copy_text(g, note) : NULL;
    *values = text ? gl_json_read(g, text, (int64_t)strlen(text)) : NULL;
    return text;
}

/* Of a model of before there was the note of weights. */
static void warn_of_unknown_weights(glia_ctx *g, const glia_model *m) {
    gl_json *all = NULL;
    char *text = read_note(g, m, "hyperparameters", &all);
    const char *column = gl_pipeline_weight(m->pipeline),
               *classes = gl_json_text(gl_json_get(all, "class-weight"));
    bool by_class = classes && strcmp(classes, "none") != 0;
    if (by_class || column)
        gl_warn(g,
                "training counted rows by %s (%s), and this model file does not keep how much on "
                "the mean: each row counts once here",
                by_class ? "class" : "a column", by_class ? classes : column);
    gl_free(g, all);
    gl_free(g, text);
}

static void say_forward_only(const glia_table *t, const char *target, int64_t row) {
    char where[512];
    if (row < 0)
        gl_note(t->g, "forward only: '%s' has no column '%s', and without labels there is no loss",
                t->source, target);
    else
        gl_note(t->g, "forward only: %s has no '%s', and without labels there is no loss",
                gl_table_where(t, row, where, sizeof where), target);
}

/* What the weights of its classes make of row i's; false: the note lacks one. */
static bool weigh_by_classes(const gl_json *classes, const glia_model *m, const gl_part *part,
                             int64_t i, double *w) {
    for (int64_t k = 0; k < part->targets && classes; k++) {
        double of_class;
        int64_t at = (int64_t)gl_get(part->labels, m->net->dtype, i * part->targets + k);
        if (!gl_json_number(gl_json_at(gl_json_at(classes, k), at), &of_class)) return false;
        *w *= of_class;
    }
    return true;
}

/* How training would have counted the rows: by the note that it left. NULL: each once. */
static glia_status weigh_as_trained(glia_ctx *g, const glia_model *m, const gl_part *part,
                                    double **weights, double *mean) {
    gl_json *note = NULL;
    char *text = read_note(g, m, "row_weights", &note);
    if (!note) return gl_free(g, text), warn_of_unknown_weights(g, m), GLIA_OK;
    const char *column = gl_pipeline_weight(m->pipeline);
    double *w = *weights = gl_alloc(g, part->n, sizeof *w);
    bool known = gl_json_number(gl_json_get(note, "mean"), mean) && *mean > 0;
    for (int64_t i = 0; w && i < part->n && known; i++) {
        w[i] = part->counts ? part->counts[i] : 1;
        known = weigh_by_classes(gl_json_get(note, "classes"), m, part, i, &w[i]);
    }
    if (column && !part->counts)
        gl_note(g, "'%s' has no column '%s': each row counts as one of weight 1 did in training",
                part->table->source, column);
    gl_free(g, note);
    gl_free(g, text);
    if (!w) return GLIA_RESOURCE;
    return known ? GLIA_OK
                 : gl_fail(g, GLIA_INPUT,
                           "the model's note 'row_weights' is damaged: expected the mean over "
                           "rows, and a weight for each class");
}

static glia_trace *trace_part(glia_ctx *g, const glia_model *m, const gl_part *part,
                              const glia_trace_options *options) {
    glia_trace_options o = options ? *options : (glia_trace_options){0};
    double *weights = NULL;
    glia_trace *trace = NULL;
    glia_status status = part->labels && !o.weights
                             ? weigh_as_trained(g, m, part, &weights, &o.mean_weight)
                             : GLIA_OK;
    if (weights) o.weights = weights;
    if (status == GLIA_OK)
        trace = gl_trace(g, m->net, part->features.x, part->features.divisor,
                         gl_part_labels(part, m->net->dtype), &o);
    gl_free(g, weights);
    return trace;
}

glia_trace *glia_model_trace_table(glia_ctx *g, const glia_model *m, const glia_table *t,
                                   const int64_t *rows, int64_t n,
                                   const glia_trace_options *options) {
    const int64_t troubles = g->troubles;
    const gl_pipeline *p = gl_model_pipeline(g, m, t);
    if (!p) return NULL;
    for (int64_t i = 0; i < n; i++) {
        if (rows[i] >= 0 && rows[i] < glia_table_rows(t)) continue;
        gl_fail(g, GLIA_INPUT, "there is no row %lld: %s has %lld%s", (long long)rows[i] + 1,
                t->source, (long long)glia_table_rows(t),
                !t->past                       ? ""
                : glia_model_sequence(m).whole ? " samples"
                                               : " that have a past as long as the model reads");
        return NULL;
    }
    int64_t row;
    const char *target = lacks_label(p, t, rows, n, &row);
    gl_part part = {.g = g, .table = t, .n = n, .rows = gl_alloc(g, n, sizeof *rows)};
    glia_trace *trace = NULL;
    if (target) say_forward_only(t, target, row);
    if (part.rows) {
        memcpy(part.rows, rows, (size_t)n * sizeof *rows);
        if (gl_part_fill(&part, p, m->net->dtype, !target) == GLIA_OK &&
            gl_part_check_steps(&part, m) == GLIA_OK)
            trace = trace_part(g, m, &part, options);
    }
    gl_part_free(&part);
    if (gl_outcome(g, troubles, GLIA_OK) == GLIA_OK) return trace;
    glia_trace_free(g, trace);
    return NULL;
}
