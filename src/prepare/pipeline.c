/*
 * pipeline.c: a fitted pipeline as an object: its memory, what it can be asked, how it describes
 * itself. apply.c makes features with it, labels.c labels.
 *
 * It is written once, by fit.c or pipeline_json.c, and only read from then on: any number of
 * threads may share it.
 */
#include "pipeline_parts.h"

#include <math.h>
#include <stdio.h>
#include <string.h>

/* These words stand in model files. A new reason needs a new word; an older glia refuses it. */
const char *const gl_reason_name[GL_REASONS] = {"",      "ignored", "empty",  "constant",
                                                "id",    "texts",   "weight", "index",
                                                "words", "group",   "time"};
const char *const gl_reason_text[GL_REASONS] = {
    "",
    "ignored as asked",
    "every cell is missing",
    "the same value in every row",
    "a different whole number in every row, an id",
    "too many different texts to learn from",
    "says how much each row counts",
    "a different one in every row of the first column, an index",
    "no word of it comes in a second row",
    "tells the series apart",
    "says when a row is",
};

/* ------------------------------------------------------------------------------------ memory -- */

gl_pipeline *gl_pipeline_new(glia_ctx *g, int inputs) {
    gl_pipeline *p = gl_alloc(g, 1, sizeof *p);
    if (!p) return NULL;
    p->g = g;
    p->input = gl_alloc(g, inputs, sizeof *p->input);
    if (p->input) return p;
    gl_free(g, p);
    return NULL;
}

static void free_texts(glia_ctx *g, char **texts, int64_t n) {
    for (int64_t i = 0; texts && i < n; i++) gl_free(g, texts[i]);
    gl_free(g, texts);
}

void gl_pipeline_free(gl_pipeline *p) {
    if (!p) return;
    for (int i = 0; i < p->inputs; i++) {
        gl_free(p->g, p->input[i].name);
        gl_free(p->g, p->input[i].center);
        gl_free(p->g, p->input[i].spread);
        gl_free(p->g, p->input[i].fills);
        gl_free(p->g, p->input[i].gap);
        free_texts(p->g, p->input[i].category, p->input[i].categories);
        gl_vocabulary_free(p->g, p->input[i].words);
    }
    for (gl_target *t = p->target; t < p->target + p->targets; t++) {
        free_texts(p->g, t->class, t->classes);
        gl_free(p->g, t->class_value);
        gl_free(p->g, t->name);
    }
    gl_free(p->g, p->input);
    gl_free(p->g, p->target);
    gl_series_clear(p->g, &p->series);
    gl_free(p->g, p);
}

/* deviation 1 and mean 0: what is not standardised passes through the same formulas. */
gl_target *gl_pipeline_add_target(gl_pipeline *p) {
    if (!gl_reserve(p->g, &p->target, &p->target_cap, p->targets + 1, sizeof *p->target))
        return NULL;
    gl_target *t = &p->target[p->targets++];
    *t = (gl_target){.column = -1, .deviation = 1, .lift = 1};
    return t;
}

void gl_pipeline_give(gl_pipeline *p, glia_ctx *g) { p->g = g; }

char **gl_copy_texts(glia_ctx *g, char *const *texts, int64_t n) {
    char **copy = gl_alloc(g, n, sizeof *copy);
    for (int64_t i = 0; copy && i < n; i++) {
        if ((copy[i] = gl_copy_text(g, texts[i]))) continue;
        free_texts(g, copy, i);
        return NULL;
    }
    return copy;
}

/* With a decimal point whatever the file had: classes are numbers that gl_print_number wrote, or
 * texts as they stood. */
double gl_value_of_text(const char *text) {
    double v;
    return gl_parse_number(text, strlen(text), '.', &v) && isfinite(v) ? v : NAN;
}

bool gl_value_classes(glia_ctx *g, gl_target *t) {
    t->class_value = gl_alloc(g, t->classes, sizeof *t->class_value);
    for (int64_t k = 0; t->class_value && k < t->classes; k++)
        t->class_value[k] = gl_value_of_text(t->class[k]);
    return t->class_value;
}

static int64_t features_of(const gl_input_column *in) {
    if (in->date) return gl_parts_count(in->parts);
    if (in->words) return gl_vocabulary_features(in->words) + in->indicator;
    if (in->type == GLIA_NUMBER) return 1 + in->indicator;
    if (in->type == GLIA_CATEGORY) return in->categories;
    return glia_tensor_count(&in->shape, 0) + in->gaps;
}

/* Features follow each other in the order of the columns, so that feature k can be led back to its
 * column; sequences behind all others, since a network has few inputs. Numbers of features are
 * int32_t in the maps of intake.c and in sparse rows, hence the limit. */
bool gl_pipeline_number_features(gl_pipeline *p) {
    p->features = 0;
    for (int i = 0; i < 2 * p->inputs; i++) {
        gl_input_column *in = &p->input[i % p->inputs];
        if (in->reason || gl_is_sequence(in->words) != i / p->inputs) continue;
        in->first = p->features;
        in->features = features_of(in);
        if (in->features < 1 || in->features > INT32_MAX - p->features) return false;
        p->features += in->features;
    }
    if (p->features > (INT32_MAX - 1) / gl_steps(p)) return false;
    return p->features > 0;
}

/* ------------------------------------------------------------------------- asking a pipeline -- */

gl_task gl_pipeline_task(const gl_pipeline *p) { return p->task; }
int64_t gl_pipeline_features(const gl_pipeline *p) {
    return gl_leading(p) + p->features * gl_steps(p);
}
const gl_series *gl_pipeline_series(const gl_pipeline *p) {
    return p->series.length > 0 ? &p->series : NULL;
}
int gl_pipeline_targets(const gl_pipeline *p) { return p->targets; }
const char *gl_pipeline_target(const gl_pipeline *p, int t) {
    return t >= 0 && t < p->targets ? p->target[t].name : NULL;
}
int64_t gl_pipeline_classes(const gl_pipeline *p) { return p->target[0].classes; }
const char *gl_pipeline_class(const gl_pipeline *p, int t, int64_t k) {
    return k >= 0 && k < p->target[t].classes ? p->target[t].class[k] : NULL;
}
int gl_pipeline_find_target(const gl_pipeline *p, const char *name) {
    for (int t = 0; t < p->targets; t++)
        if (!strcmp(p->target[t].name, name)) return t;
    return -1;
}

const char *const gl_task_names[GL_TASKS] = {"binary", "multiclass", "regression", "multilabel",
                                             "count",  "ordinal",    "quantiles"};
const char *gl_task_name(gl_task task) { return gl_task_names[task]; }

int64_t gl_pipeline_outputs(const gl_pipeline *p) {
    return p->task == GL_MULTICLASS || p->task == GL_ORDINAL ? p->target[0].classes
           : p->task == GL_QUANTILES                         ? p->quantiles
                                                             : p->targets;
}

int gl_pipeline_quantiles(const gl_pipeline *p, const double **quantile) {
    if (quantile) *quantile = p->quantile;
    return p->quantiles;
}

/* Who asks walks over a table's columns; the inputs are those columns without the targets, so input
 * `near` or one of those before it is the answer. From the first on, 65,536 columns of sparse rows
 * would take two thousand million comparisons. */
const gl_input_column *gl_pipeline_find(const gl_pipeline *p, const char *column, int near) {
    for (int i = near > p->targets ? near - p->targets : 0; i <= near && i < p->inputs; i++)
        if (strcmp(p->input[i].name, column) == 0) return &p->input[i];
    for (int i = 0; i < p->inputs; i++)
        if (strcmp(p->input[i].name, column) == 0) return &p->input[i];
    return NULL;
}

const char *gl_pipeline_left_out(const gl_pipeline *p, const char *column, int near) {
    const gl_input_column *in = gl_pipeline_find(p, column, near);
    return in ? gl_reason_name[in->reason] : NULL;
}

const char *gl_pipeline_any(const gl_pipeline *p, int i, const char **reason) {
    if (i >= p->inputs) return NULL;
    *reason = gl_reason_name[p->input[i].reason];
    return p->input[i].name;
}

const char *gl_pipeline_weight(const gl_pipeline *p) {
    for (int i = 0; i < p->inputs; i++)
        if (p->input[i].reason == GL_WEIGHT) return p->input[i].name;
    return NULL;
}

bool gl_pipeline_sees_gaps(const gl_pipeline *p, const char *column, int near) {
    const gl_input_column *in = gl_pipeline_find(p, column, near);
    return in && gl_gaps_count(in);
}

int64_t gl_pipeline_words(const gl_pipeline *p) {
    int64_t words = 0;
    for (int i = 0; i < p->inputs; i++)
        if (p->input[i].words && !gl_is_sequence(p->input[i].words))
            words += p->input[i].words->words;
    return words;
}

bool gl_pipeline_text(const gl_pipeline *p, int i, gl_text_steps *out) {
    for (const gl_input_column *in = p->input; in < p->input + p->inputs; in++) {
        const gl_vocabulary *v = in->words;
        if (in->reason || !gl_is_sequence(v) || i-- > 0) continue;
        *out = (gl_text_steps){in->name, gl_text_as_name[v->as], in->first, v->length,
                               gl_vocabulary_ids(v)};
        return true;
    }
    return false;
}

glia_tensor gl_pipeline_shape(const gl_pipeline *p) {
    if (p->series.length > 0)
        return (glia_tensor){.dtype = GLIA_F64, .ndim = 2, .dim = {p->series.length, p->features}};
    const gl_input_column *only = NULL;
    for (int i = 0; i < p->inputs; i++) {
        if (p->input[i].reason) continue;
        if (only) return (glia_tensor){0};
        only = &p->input[i];
    }
    bool plain = only && only->type == GLIA_ARRAY && only->gaps == 0;
    return plain ? only->shape : (glia_tensor){0};
}

int gl_pipeline_inputs(const gl_pipeline *p) {
    int count = 0;
    for (int i = 0; i < p->inputs; i++) count += !p->input[i].reason;
    return count;
}

const char *gl_pipeline_input(const gl_pipeline *p, int i, glia_column_type *type) {
    for (const gl_input_column *in = p->input; in < p->input + p->inputs; in++) {
        if (in->reason || i-- > 0) continue;
        if (type) *type = in->type;
        return in->name;
    }
    return NULL;
}

/* Whose feature k is; NULL: nobody's. */
static const gl_input_column *input_of(const gl_pipeline *p, int64_t k) {
    if (k >= gl_pipeline_features(p) || k < gl_leading(p)) return NULL;
    k = (k - gl_leading(p)) % p->features;
    for (const gl_input_column *in = p->input; in < p->input + p->inputs; in++)
        if (!in->reason && k >= in->first && k < in->first + in->features) return in;
    return NULL;
}

const char *gl_pipeline_column(const gl_pipeline *p, int64_t k) {
    const gl_input_column *in = input_of(p, k);
    return in ? in->name : NULL;
}

bool gl_pipeline_scales(const gl_pipeline *p, int64_t k) {
    const gl_input_column *in = input_of(p, k);
    gl_scaling how = in ? in->scaling : GL_SCALE_NONE;
    return how == GL_SCALE_STANDARD || how == GL_SCALE_MINMAX || how == GL_SCALE_DIVIDE ||
           how == GL_SCALE_LARGEST;
}

/* Six digits: it is for people. The model file has all of them. */
static void describe_scale(gl_text *out, const gl_input_column *in) {
    char divisor[40];
    if (in->log > 0) gl_add(out, "log(1 + x/%.6g), ", in->log);
    if (in->scales == 0) gl_add(out, "as it is");
    else if (in->scales > 1) gl_add(out, "each value scaled by its own center and spread");
    else if (in->center[0] == 0)
        gl_add(out, "divided by %s", gl_print_number(in->spread[0], divisor, sizeof divisor));
    else gl_add(out, "(x - %.6g) / %.6g", in->center[0], in->spread[0]);
}

static void describe_date(gl_text *out, const gl_input_column *in) {
    char fill[40];
    gl_add(out, "date      missing -> %s; one feature each for",
           gl_date_text(in->fill, false, fill, sizeof fill));
    for (int part = 0, k = 0; part < GL_DATE_PARTS; part++)
        if (in->parts >> part & 1) gl_add(out, "%s %s", k++ ? "," : "", gl_part_name[part]);
}

static void describe_sequence(gl_text *out, const gl_vocabulary *v) {
    gl_add(out, "text      a sequence of %s, the first %lld of each; missing -> none of them; ",
           gl_text_as_name[v->as], (long long)v->length);
    if (v->as == GL_TEXT_OF_BYTES) gl_add(out, "256 ids");
    else
        gl_add(out, "ids of %lld known, the others are %lld", (long long)v->words,
               (long long)gl_vocabulary_ids(v));
}

/* The words of most rows are those of the least weight. */
static void describe_words(gl_text *out, const gl_input_column *in) {
    enum { SHOWN = 12 };
    const gl_vocabulary *v = in->words;
    if (gl_is_sequence(v)) {
        describe_sequence(out, v);
        return;
    }
    gl_add(out, "text      missing -> no word%s; one feature each for%s",
           in->indicator ? ", and a 0/1 feature of its own" : "", v->pairs ? ", with pairs," : "");
    double last = -1;
    int64_t shown = 0;
    while (shown < SHOWN && shown < v->words) {
        double next = INFINITY;
        for (int64_t k = 0; k < v->words; k++)
            if (v->idf[k] > last) next = fmin(next, v->idf[k]);
        for (int64_t k = 0; k < v->words && shown < SHOWN; k++)
            if (v->idf[k] == next) gl_add(out, "%s %s", shown++ ? "," : "", v->word[k]);
        last = next;
    }
    if (v->words > SHOWN) gl_add(out, ", ... (%lld in all)", (long long)v->words);
    gl_add(out, "; tf-idf, rows of length 1");
    if (in->scales) gl_add(out, ", divided by %.6g", in->spread[0]);
}

void gl_describe_input(gl_text *out, const gl_input_column *in) {
    char shape[96];
    if (in->reason) {
        gl_add(out, "left out: %s", gl_reason_text[in->reason]);
        return;
    }
    switch (in->type) {
    case GLIA_NUMBER:
        if (in->date) {
            describe_date(out, in);
            break;
        }
        gl_add(out, "number    missing -> %.6g%s; ", in->fill,
               in->indicator ? ", and a 0/1 feature of its own" : "");
        describe_scale(out, in);
        break;
    case GLIA_CATEGORY:
        if (in->words) {
            describe_words(out, in);
            break;
        }
        gl_add(out, "category  missing -> %s; one feature each for",
               in->fill_code < 0 ? "none of them" : in->category[in->fill_code]);
        /* a line of a terminal holds about twelve */
        for (int64_t k = 0; k < in->categories && k < 12; k++)
            gl_add(out, "%s %s", k ? "," : "", in->category[k]);
        if (in->categories > 12) gl_add(out, ", ... (%lld in all)", (long long)in->categories);
        if (in->had_other) gl_add(out, "; rare texts -> none of them");
        break;
    case GLIA_ARRAY:
        gl_add(out, "array     %s %s; ", gl_shape_text(&in->shape, shape, sizeof shape),
               glia_dtype_name(in->shape.dtype));
        if (in->fills) gl_add(out, "missing -> the median of its place");
        if (in->gaps)
            gl_add(out, ", and a 0/1 feature of its own at %lld of them", (long long)in->gaps);
        if (in->fills) gl_add(out, "; ");
        describe_scale(out, in);
        break;
    }
}

static void describe_target(gl_text *out, const gl_pipeline *p, const gl_target *t) {
    gl_add(out, "%-24s target    %s", t->name, gl_task_name(p->task));
    for (int64_t k = 0; k < t->classes && k < 12; k++)
        gl_add(out, "%s %s", k ? "," : ":", t->class[k]);
    if (t->classes > 12) gl_add(out, ", ... (%lld in all)", (long long)t->classes);
    for (int k = 0; k < p->quantiles; k++) gl_add(out, "%s %g", k ? "," : ":", p->quantile[k]);
    const char *y = !t->log ? "y" : t->shift > 0 ? "log(1 + y)" : "log y";
    if (t->mean != 0) gl_add(out, "; learned as (%s - %.6g) / %.6g", y, t->mean, t->deviation);
    else if (t->deviation != 1) gl_add(out, "; learned as %s / %.6g", y, t->deviation);
    else if (t->log) gl_add(out, "; learned as %s", y);
    if (t->lift != 1) gl_add(out, "; answers times %.6g, for the mean", t->lift);
    gl_add(out, "\n");
}

static void describe_series(gl_text *out, const gl_series *s) {
    gl_add(out, "%-24s of %s%lld rows, in the order of %s%s%s%s%s; answers are for ", "(series)",
           s->whole ? "all, at most " : "", (long long)s->length, s->time ? "'" : "the file",
           s->time ? s->time : "", s->time ? "'" : "", s->group ? ", one for each of " : "",
           s->group ? s->group : "");
    if (s->horizon > 0)
        gl_add(out, "%lld row%s later\n", (long long)s->horizon, gl_plural(s->horizon));
    else gl_add(out, s->whole ? "all of them\n" : "the last of them\n");
}

char *gl_pipeline_describe(const gl_pipeline *p) {
    gl_text out = {.g = p->g};
    if (p->series.length > 0) describe_series(&out, &p->series);
    for (int i = 0; i < p->inputs; i++) {
        gl_add(&out, "%-24s ", p->input[i].name);
        gl_describe_input(&out, &p->input[i]);
        gl_add(&out, "\n");
    }
    for (int t = 0; t < p->targets; t++) describe_target(&out, p, &p->target[t]);
    if (!out.failed) return out.s;
    gl_free(p->g, out.s);
    return NULL;
}
