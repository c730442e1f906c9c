/*
 * pipeline_json.c: a pipeline as JSON text and back. The text comes from a model file, and so from
 * anybody: everything in it is checked before it is used.
 *
 *     {"version":1,
 *      "target":{"name":"Survived","column":2,"task":"binary","classes":["0","1"],"mean":0.0,
 *                "deviation":1.0},
 *      "columns":[
 *       {"name":"PassengerId","type":"number","left_out":"id"},
 *       {"name":"Sex","type":"category","categories":["female","male"],"fill":1},
 *       {"name":"Fare","type":"number","fill":14.4542,"log":14.5,
 *        "center":[0.91722388325517483],"spread":[0.61443553295037938]}]}
 *
 * Numbers have 17 digits where they need them, which is enough to read the same double back: a
 * saved pipeline gives the same bits. JSON has no NaN and no infinity: what was read is finite.
 *
 * Columns that give no features are saved as well: at prediction they are no surprise, and
 * `left_out` says why they do not count.
 */
#include "../base/json.h"
#include "pipeline_parts.h"

#include <math.h>
#include <string.h>

/* In the order of glia_column_type; then a column of texts whose words count. */
enum { TEXT = 3 };
static const char *const type_name[] = {"number", "category", "array", "text"};

/* -------------------------------------------------------------------------------------- save -- */

/* "name": */
static void add_name(gl_text *t, const char *name) { gl_add(t, "\"%s\":", name); }

static void add_number(gl_text *t, const char *name, double value) {
    add_name(t, name);
    gl_add_json_number(t, value);
}

/* A name that JSON cannot hold as it is would not be found again: bytes of Latin-1 would come back
 * as something else, and the model would miss its own column. Better no model than that one. */
static void add_exactly(gl_text *t, const char *text) {
    if (gl_not_utf8(text, text + strlen(text))) t->failed = true;
    gl_add_json_text(t, text);
}

static void add_text(gl_text *t, const char *name, const char *text) {
    add_name(t, name);
    add_exactly(t, text);
}

static void add_numbers(gl_text *t, const char *name, const double *v, int64_t n) {
    add_name(t, name);
    for (int64_t i = 0; i < n; i++) {
        gl_add(t, i ? "," : "[");
        gl_add_json_number(t, v[i]);
    }
    gl_add(t, "]");
}

static void add_texts(gl_text *t, const char *name, char *const *texts, int64_t n) {
    add_name(t, name);
    for (int64_t i = 0; i < n; i++) {
        gl_add(t, i ? "," : "[");
        add_exactly(t, texts[i]);
    }
    gl_add(t, "]");
}

static void add_shape(gl_text *t, const glia_tensor *shape) {
    add_name(t, "shape");
    for (int i = 0; i < shape->ndim; i++)
        gl_add(t, "%s%lld", i ? "," : "[", (long long)shape->dim[i]);
    gl_add(t, "],");
    add_text(t, "dtype", glia_dtype_name(shape->dtype));
}

/* Places of a row are counted from 0. */
static void add_fills(gl_text *t, const gl_input_column *in) {
    if (!in->fills) return;
    gl_add(t, ",");
    add_numbers(t, "fills", in->fills, glia_tensor_count(&in->shape, 0));
    if (!in->gaps) return;
    gl_add(t, ",");
    add_name(t, "gaps");
    for (int64_t i = 0; i < in->gaps; i++)
        gl_add(t, "%s%lld", i ? "," : "[", (long long)in->gap[i]);
    gl_add(t, "]");
}

/* No "log" and no scale mean "as it is": load_scale reads absent members so. */
static void add_scale(gl_text *t, const gl_input_column *in) {
    if (in->log > 0) gl_add(t, ","), add_number(t, "log", in->log);
    if (!in->scales) return;
    gl_add(t, ",");
    add_numbers(t, "center", in->center, in->scales);
    gl_add(t, ",");
    add_numbers(t, "spread", in->spread, in->scales);
}

static void add_range(gl_text *t, const gl_input_column *in) {
    if (!(in->least < in->most)) return;
    gl_add(t, ",");
    add_numbers(t, "range", (double[]){in->least, in->most}, 2);
}

static void add_dress(gl_text *t, const gl_dress *d) {
    if (!d->decimal) return;
    add_text(t, "decimal", (char[]){d->decimal, 0});
    gl_add(t, ",");
    add_text(t, "thousands", (char[]){d->group, 0});
    gl_add(t, ",");
    add_text(t, "before", d->before);
    gl_add(t, ",");
    add_text(t, "after", d->after);
    if (d->implied) gl_add(t, ",\"implied\":true");
    gl_add(t, ",");
}

/* How the cells were written, where it was not plainly: a cell of a later file may need it. */
static void add_writing(gl_text *t, const gl_input_column *in) {
    if (in->date) {
        add_text(t, "date", gl_date_name[in->date]);
        gl_add(t, ",\"parts\":%u,", in->parts);
    }
    add_dress(t, &in->dress);
}

static void add_sequence(gl_text *t, const gl_vocabulary *v) {
    add_text(t, "as", gl_text_as_name[v->as]);
    gl_add(t, ",\"length\":%lld,", (long long)v->length);
    if (v->words) add_texts(t, "words", v->word, v->words), gl_add(t, ",");
    add_number(t, "known", v->known);
}

static void add_words(gl_text *t, const gl_vocabulary *v) {
    if (gl_is_sequence(v)) {
        add_sequence(t, v);
        return;
    }
    add_texts(t, "words", v->word, v->words);
    gl_add(t, ",");
    add_numbers(t, "idf", v->idf, v->words);
    if (v->pairs) gl_add(t, ",\"pairs\":true");
    gl_add(t, ",");
    add_number(t, "known", v->known);
}

static void add_kept(gl_text *t, const gl_input_column *in) {
    gl_add(t, in->had_missing ? ",\"had_missing\":true," : ",");
    if (in->had_other) gl_add(t, "\"had_other\":true,");
    if (in->indicator) gl_add(t, "\"indicator\":true,");
    switch (in->type) {
    case GLIA_NUMBER:
        add_writing(t, in);
        add_number(t, "fill", in->fill);
        add_scale(t, in);
        add_range(t, in);
        break;
    case GLIA_CATEGORY:
        if (in->words) {
            add_words(t, in->words);
            add_scale(t, in);
            break;
        }
        add_texts(t, "categories", in->category, in->categories);
        gl_add(t, ",\"fill\":%lld", (long long)in->fill_code); /* older ones refuse -1 */
        break;
    case GLIA_ARRAY:
        add_shape(t, &in->shape);
        add_fills(t, in);
        add_scale(t, in);
        break;
    }
}

static void add_input(gl_text *t, const gl_input_column *in) {
    gl_add(t, "{");
    add_text(t, "name", in->name);
    gl_add(t, ",");
    add_text(t, "type", type_name[in->words ? TEXT : (int)in->type]);
    if (in->reason) gl_add(t, ","), add_text(t, "left_out", gl_reason_name[in->reason]);
    else add_kept(t, in);
    gl_add(t, "}");
}

static void add_target(gl_text *t, const gl_pipeline *p, const gl_target *a) {
    gl_add(t, "{");
    add_text(t, "name", a->name);
    if (a->column >= 0) gl_add(t, ",\"column\":%d", a->column + 1);
    gl_add(t, ",");
    add_text(t, "task", gl_task_name(p->task));
    if (a->classes) gl_add(t, ","), add_texts(t, "classes", a->class, a->classes);
    gl_add(t, ",");
    add_dress(t, &a->dress);
    add_number(t, "mean", a->mean);
    gl_add(t, ",");
    add_number(t, "deviation", a->deviation);
    if (a->log)
        gl_add(t, ","), add_number(t, "log", a->shift), gl_add(t, ","),
            add_number(t, "lift", a->lift);
    if (p->quantiles) gl_add(t, ","), add_numbers(t, "quantiles", p->quantile, p->quantiles);
    gl_add(t, "}");
}

/* One is no list, as every version has it. */
static void add_targets(gl_text *t, const gl_pipeline *p) {
    add_name(t, p->targets > 1 ? "targets" : "target");
    for (int i = 0; i < p->targets; i++) {
        if (p->targets > 1) gl_add(t, i ? "," : "[");
        add_target(t, p, &p->target[i]);
    }
    if (p->targets > 1) gl_add(t, "]");
}

static void add_series(gl_text *t, const gl_series *s) {
    add_name(t, "series");
    gl_add(t, "{\"length\":%lld,\"horizon\":%lld,", (long long)s->length, (long long)s->horizon);
    if (s->whole) gl_add(t, "\"whole\":true,");
    if (s->group) add_text(t, "group", s->group), gl_add(t, ",");
    if (s->time) add_text(t, "time", s->time), gl_add(t, ",");
    if (s->date) add_text(t, "date", gl_date_name[s->date]), gl_add(t, ",");
    if (s->season > 0) {
        gl_add(t, "\"season\":%lld,", (long long)s->season);
        add_number(t, "scale", s->scale);
        gl_add(t, ",");
    }
    add_text(t, "target", s->target);
    gl_add(t, "},");
}

char *gl_pipeline_save(glia_ctx *g, const gl_pipeline *p) {
    const bool series = p->series.length > 0;
    gl_text t = {.g = g};
    gl_add(&t, "{\"version\":%d,", p->series.whole ? 3 : series ? 2 : 1);
    if (series) add_series(&t, &p->series);
    add_targets(&t, p);
    gl_add(&t, ",\"columns\":[");
    for (int i = 0; i < p->inputs; i++) {
        if (i) gl_add(&t, ",");
        add_input(&t, &p->input[i]);
    }
    gl_add(&t, "]}");
    if (!t.failed) return t.s;
    gl_free(g, t.s);
    gl_fail(g, GLIA_RESOURCE,
            "the pipeline could not be written as JSON: a column name or class is not UTF-8, or "
            "memory is out");
    return NULL;
}

/* -------------------------------------------------------------------------------------- load -- */

/* A checksum guards the file, so this is seldom an accident: a file was edited, or made
 * to do harm. */
static glia_status damaged(gl_pipeline *p, const char *what) {
    return gl_fail(p->g, GLIA_INPUT, "the model's preprocessing is damaged: %s", what);
}

/* The text of a member, or NULL when it is none. */
static const char *text_in(const gl_json *o, const char *key) {
    return gl_json_text(gl_json_get(o, key));
}

static bool number_in(const gl_json *o, const char *key, double *value) {
    return gl_json_number(gl_json_get(o, key), value);
}

static bool true_in(const gl_json *o, const char *key) {
    const gl_json *v = gl_json_get(o, key);
    return v && v->kind == GL_JSON_TRUE;
}

/* The place of a word in a list, or -1. */
static int word_in(const char *word, const char *const *words, int count) {
    for (int i = 0; word && i < count; i++) {
        if (!strcmp(word, words[i])) return i;
    }
    return -1;
}

/* Lists are counted before memory is taken: JSON text of n bytes cannot ask for more than
 * n numbers. */
static glia_status load_numbers(gl_pipeline *p, const gl_json *list, double **values, int64_t *n) {
    *n = gl_json_items(list);
    if (*n < 1) return damaged(p, "a list of numbers is missing");
    *values = gl_alloc(p->g, *n, sizeof **values);
    if (!*values) return GLIA_RESOURCE;
    const gl_json *v = NULL;
    for (int64_t i = 0; (v = gl_json_item(list, v)); i++) {
        if (!gl_json_number(v, &(*values)[i]))
            return damaged(p, "a list of numbers holds something else");
    }
    return GLIA_OK;
}

/* Texts that are all different; *n counts those that were copied, also on failure. */
static glia_status load_texts(gl_pipeline *p, const gl_json *list, char ***texts, int64_t *n) {
    int64_t size = gl_json_items(list);
    if (size < 1 || size > INT32_MAX) return damaged(p, "a list of texts is missing");
    *texts = gl_alloc(p->g, size, sizeof **texts);
    if (!*texts) return GLIA_RESOURCE;
    const gl_json *v = NULL;
    for (int64_t i = 0; (v = gl_json_item(list, v)); i++) {
        const char *text = gl_json_text(v);
        if (!text) return damaged(p, "a list of texts holds something else");
        if (!((*texts)[i] = gl_copy_text(p->g, text))) return GLIA_RESOURCE;
        *n = i + 1;
    }
    return GLIA_OK;
}

/* apply.c divides by spread and by log, and takes one scale or as many as there are features
 * without looking again: here is the last place where a wrong one can be refused. */
static glia_status load_scale(gl_pipeline *p, const gl_json *o, gl_input_column *in,
                              int64_t features) {
    if (gl_json_get(o, "log") && (!number_in(o, "log", &in->log) || in->log <= 0))
        return damaged(p, "log is not positive");
    if (!gl_json_get(o, "center")) return GLIA_OK;
    int64_t spreads = 0;
    glia_status status = load_numbers(p, gl_json_get(o, "center"), &in->center, &in->scales);
    if (!status) status = load_numbers(p, gl_json_get(o, "spread"), &in->spread, &spreads);
    if (status) return status;
    if (in->scales != spreads || (in->scales != 1 && in->scales != features))
        return damaged(p, "scales do not fit the features");
    for (int64_t i = 0; i < spreads; i++) {
        if (in->spread[i] == 0) return damaged(p, "a spread is 0");
    }
    return GLIA_OK;
}

static glia_status load_range(gl_pipeline *p, const gl_json *o, gl_input_column *in) {
    const gl_json *range = gl_json_get(o, "range");
    if (!range) return GLIA_OK;
    bool two = gl_json_items(range) == 2 && gl_json_number(gl_json_at(range, 0), &in->least) &&
               gl_json_number(gl_json_at(range, 1), &in->most);
    return two && in->least < in->most ? GLIA_OK : damaged(p, "a range is no range");
}

static glia_status load_shape(gl_pipeline *p, const gl_json *o, glia_tensor *shape) {
    static const char *const dtypes[] = {"f32", "f64", "u8", "i32", "i64"};
    const gl_json *list = gl_json_get(o, "shape");
    int dtype = word_in(text_in(o, "dtype"), dtypes, 5);
    shape->ndim = (int)gl_json_items(list);
    if (dtype < 0 || shape->ndim < 1 || shape->ndim > GLIA_MAX_DIMS)
        return damaged(p, "an array has no shape or type");
    shape->dtype = (glia_dtype)dtype;
    for (int i = 0; i < shape->ndim; i++) {
        shape->dim[i] = gl_json_whole(gl_json_at(list, i));
        if (shape->dim[i] < 1) return damaged(p, "an array has an empty shape");
    }
    int64_t count = glia_tensor_count(shape, 0);
    return count < 1 || count > INT32_MAX ? damaged(p, "an array is too large") : GLIA_OK;
}

static glia_status load_fills(gl_pipeline *p, const gl_json *o, gl_input_column *in) {
    int64_t width = glia_tensor_count(&in->shape, 0), fills = 0;
    const gl_json *list = gl_json_get(o, "gaps");
    if (!gl_json_get(o, "fills")) return GLIA_OK;
    glia_status status = load_numbers(p, gl_json_get(o, "fills"), &in->fills, &fills);
    if (status) return status;
    if (fills != width) return damaged(p, "fills do not fit the features");
    if (!list) return GLIA_OK;
    in->gaps = gl_json_items(list);
    if (in->gaps < 1 || in->gaps > width) return damaged(p, "gaps do not fit the features");
    if (!(in->gap = gl_alloc(p->g, in->gaps, sizeof *in->gap))) return GLIA_RESOURCE;
    const gl_json *v = NULL;
    for (int64_t i = 0; (v = gl_json_item(list, v)); i++) {
        in->gap[i] = gl_json_whole(v);
        if (in->gap[i] < 0 || in->gap[i] >= width || (i && in->gap[i] <= in->gap[i - 1]))
            return damaged(p, "a gap is no place of a row");
    }
    return GLIA_OK;
}

static int by_text(const void *a, const void *b) {
    return strcmp(*(char *const *)a, *(char *const *)b);
}

/* Sorted strictly: find_text bisects, and a text that stood twice would be two features of which
 * one is never 1. */
static glia_status load_category(gl_pipeline *p, const gl_json *o, gl_input_column *in) {
    glia_status status =
        load_texts(p, gl_json_get(o, "categories"), &in->category, &in->categories);
    if (status) return status;
    for (int64_t k = 1; k < in->categories; k++) {
        if (by_text(&in->category[k - 1], &in->category[k]) >= 0)
            return damaged(p, "categories are not sorted");
    }
    double fill;
    bool number = number_in(o, "fill", &fill);
    in->fill_code = number && fill == -1 ? -1 : gl_json_whole(gl_json_get(o, "fill"));
    bool fits = number && in->fill_code < in->categories && (fill == -1 || in->fill_code >= 0);
    return fits ? GLIA_OK : damaged(p, "fill is no category");
}

/* Sorted, since equal words would be features of which one is never found. */
static glia_status load_word_list(gl_pipeline *p, const gl_json *list, gl_vocabulary *w) {
    const gl_json *v = NULL;
    for (int64_t k = 0; (v = gl_json_item(list, v)); k++) {
        const char *text = gl_json_text(v);
        if (!text || !*text || (k && strcmp(w->word[k - 1], text) >= 0))
            return damaged(p, "words are not sorted");
        if (!(w->word[k] = gl_copy_text(p->g, text))) return GLIA_RESOURCE;
    }
    return GLIA_OK;
}

static glia_status load_counts(gl_pipeline *p, const gl_json *o, gl_input_column *in) {
    gl_vocabulary *w = in->words;
    const gl_json *weights = gl_json_get(o, "idf"), *v = NULL;
    if (gl_json_items(weights) != w->words) return damaged(p, "weights do not fit the words");
    for (int64_t k = 0; (v = gl_json_item(weights, v)); k++)
        if (!gl_json_number(v, &w->idf[k]) || !(w->idf[k] > 0))
            return damaged(p, "a word has no weight");
    w->pairs = true_in(o, "pairs");
    return load_scale(p, o, in, 1);
}

static glia_status load_length(gl_pipeline *p, const gl_json *o, gl_vocabulary *w) {
    w->length = gl_json_whole(gl_json_get(o, "length"));
    return w->length < 1 || w->length > GL_LONGEST_TEXT ? damaged(p, "a text has no length")
                                                        : GLIA_OK;
}

static glia_status load_words(gl_pipeline *p, const gl_json *o, gl_input_column *in) {
    const gl_json *list = gl_json_get(o, "words");
    int64_t words = gl_json_items(list);
    int as = gl_json_get(o, "as") ? word_in(text_in(o, "as"), gl_text_as_name, GL_TEXT_WAYS) : 0;
    if (as < 0) return damaged(p, "a text is read as something unknown");
    bool bytes = as == GL_TEXT_OF_BYTES;
    if (bytes ? words > 0 : words < 1 || words > INT32_MAX / 4)
        return damaged(p, "a list of words is missing");
    gl_vocabulary *w = in->words = gl_vocabulary_new(p->g, (gl_text_as)as, bytes ? 0 : words);
    if (!w) return GLIA_RESOURCE;
    glia_status status = load_word_list(p, list, w);
    if (!status) status = as ? load_length(p, o, w) : load_counts(p, o, in);
    if (status) return status;
    bool known = number_in(o, "known", &w->known) && w->known >= 0 && w->known <= 1;
    if (!known) return damaged(p, "words do not say how many are known");
    return gl_vocabulary_index(p->g, w) ? GLIA_OK : GLIA_RESOURCE;
}

static bool load_short(const gl_json *o, const char *key, char *to, size_t size) {
    const char *text = text_in(o, key);
    if (!text || strlen(text) >= size) return false;
    strcpy(to, text);
    return true;
}

static glia_status load_dress(gl_pipeline *p, const gl_json *o, gl_dress *d) {
    char decimal[2] = "", group[2] = "";
    if (!gl_json_get(o, "decimal")) return GLIA_OK;
    bool ok = load_short(o, "decimal", decimal, sizeof decimal) &&
              load_short(o, "thousands", group, sizeof group) &&
              load_short(o, "before", d->before, sizeof d->before) &&
              load_short(o, "after", d->after, sizeof d->after);
    d->decimal = *decimal;
    d->group = *group;
    d->implied = true_in(o, "implied");
    return ok && (d->decimal == '.' || d->decimal == ',') ? GLIA_OK
                                                          : damaged(p, "numbers have no signs");
}

static glia_status load_writing(gl_pipeline *p, const gl_json *o, gl_input_column *in) {
    if (gl_json_get(o, "date")) {
        int date = word_in(text_in(o, "date"), gl_date_name, GL_DATES);
        int64_t parts = gl_json_whole(gl_json_get(o, "parts"));
        if (date < 1 || parts < 1 || parts >= 1 << GL_DATE_PARTS)
            return damaged(p, "a date has no order or no parts");
        in->date = (gl_date)date;
        in->parts = (unsigned)parts;
    }
    return load_dress(p, o, &in->dress);
}

static glia_status load_input(gl_pipeline *p, const gl_json *o, gl_input_column *in) {
    const char *name = text_in(o, "name"), *reason = text_in(o, "left_out");
    int type = word_in(text_in(o, "type"), type_name, 4),
        why = reason ? word_in(reason, gl_reason_name, GL_REASONS) : 0;
    if (!name || type < 0 || why < 0) return damaged(p, "a column has no name or an unknown type");
    if (!(in->name = gl_copy_text(p->g, name))) return GLIA_RESOURCE;
    in->type = type == TEXT ? GLIA_CATEGORY : (glia_column_type)type;
    in->reason = (gl_reason)why;
    in->had_missing = true_in(o, "had_missing");
    in->had_other = true_in(o, "had_other");
    in->indicator = true_in(o, "indicator") && (in->type == GLIA_NUMBER || type == TEXT);
    if (in->reason) return GLIA_OK;
    if (type == TEXT && gl_json_get(o, "as")) in->indicator = false;
    if (type == TEXT) return load_words(p, o, in);
    if (in->type == GLIA_CATEGORY) return load_category(p, o, in);
    if (in->type == GLIA_NUMBER) {
        if (!number_in(o, "fill", &in->fill)) return damaged(p, "a number column has no fill");
        glia_status written = load_writing(p, o, in);
        if (!written) written = load_range(p, o, in);
        return written ? written : load_scale(p, o, in, in->date ? gl_parts_count(in->parts) : 1);
    }
    glia_status status = load_shape(p, o, &in->shape);
    if (!status) status = load_fills(p, o, in);
    return status ? status : load_scale(p, o, in, glia_tensor_count(&in->shape, 0));
}

/* No "log" means none: models of before have no such member. */
static glia_status load_values(gl_pipeline *p, const gl_json *o, gl_target *t) {
    const gl_json *log = gl_json_get(o, "log"), *list = gl_json_get(o, "quantiles"), *q = NULL;
    t->log = log != NULL;
    if (log && (!gl_json_number(log, &t->shift) || t->shift < 0 || !number_in(o, "lift", &t->lift)))
        return damaged(p, "the target's logarithm has no shift or lift");
    if (t->log && p->task == GL_COUNT) return damaged(p, "a count has a logarithm of its own");
    if (p->task != GL_QUANTILES) return GLIA_OK;
    int64_t count = gl_json_items(list);
    if (count < 1 || count > GL_MOST_QUANTILES) return damaged(p, "its quantiles are no list");
    while ((q = gl_json_item(list, q))) {
        double *to = &p->quantile[p->quantiles];
        if (!gl_json_number(q, to) || !(*to > (p->quantiles ? to[-1] : 0)) || !(*to < 1))
            return damaged(p, "its quantiles do not ascend from 0 to 1");
        p->quantiles++;
    }
    return GLIA_OK;
}

/* Classes and scale must fit the task, since everybody behind trusts them: one output for two
 * classes, class numbers below `classes`, a deviation that can be divided by. */
static glia_status load_target(gl_pipeline *p, const gl_json *o, int64_t columns) {
    const char *name = text_in(o, "name");
    int task = word_in(text_in(o, "task"), gl_task_names, GL_TASKS);
    if (!name || task < 0) return damaged(p, "the target has no name or an unknown task");
    gl_target *t = gl_pipeline_add_target(p);
    if (!t || !(t->name = gl_copy_text(p->g, name))) return GLIA_RESOURCE;
    if (p->targets > 1 && p->task != (gl_task)task) return damaged(p, "its targets differ in task");
    p->task = (gl_task)task;
    const gl_json *column = gl_json_get(o, "column");
    t->column = column ? (int)gl_json_whole(column) - 1 : -1;
    if (column && (t->column < 0 || t->column >= columns))
        return damaged(p, "the target's column is not among the columns");
    if (!number_in(o, "mean", &t->mean) || !number_in(o, "deviation", &t->deviation) ||
        t->deviation <= 0) {
        return damaged(p, "the target has no mean or deviation");
    }
    if (load_dress(p, o, &t->dress)) return GLIA_INPUT;
    if (gl_task_has_values(p->task)) return load_values(p, o, t);
    glia_status status = load_texts(p, gl_json_get(o, "classes"), &t->class, &t->classes);
    if (status) return status;
    bool fits = p->task == GL_MULTICLASS ? t->classes >= 2
                : p->task == GL_ORDINAL  ? t->classes >= 3
                                         : t->classes == 2;
    if (!fits || t->mean != 0 || t->deviation != 1)
        return damaged(p, "the classes do not fit the task");
    return gl_value_classes(p->g, t) ? GLIA_OK : GLIA_RESOURCE;
}

static glia_status load_targets(gl_pipeline *p, const gl_json *root, int64_t inputs) {
    const gl_json *list = gl_json_get(root, "targets"), *one = NULL;
    if (!list) return load_target(p, gl_json_get(root, "target"), inputs + 1);
    int64_t count = gl_json_items(list);
    if (count < 2 || count > INT32_MAX / 2) return damaged(p, "its targets are no list");
    glia_status status = GLIA_OK;
    while (!status && (one = gl_json_item(list, one))) status = load_target(p, one, inputs + count);
    return !status && (p->task == GL_BINARY || p->task == GL_MULTICLASS || p->task == GL_ORDINAL ||
                       p->task == GL_QUANTILES)
               ? damaged(p, "it has several targets of a task that has one")
               : status;
}

static bool text_of(gl_pipeline *p, const gl_json *o, const char *name, char **to) {
    const char *text = text_in(o, name);
    *to = text ? gl_copy_text(p->g, text) : NULL;
    return *to || !text;
}

/* A past of some thousand million values does not come from us. */
static glia_status load_series(gl_pipeline *p, const gl_json *o) {
    gl_series *s = &p->series;
    int64_t length = gl_json_whole(gl_json_get(o, "length")),
            horizon = gl_json_whole(gl_json_get(o, "horizon"));
    if (length < 1 || length > GL_LONGEST_PAST || horizon < 0 || horizon > GL_LONGEST_PAST ||
        !text_in(o, "target"))
        return damaged(p, "its series has no length, horizon or target");
    s->length = length, s->horizon = horizon;
    const char *date = text_in(o, "date");
    int how = date ? word_in(date, gl_date_name, GL_DATES) : GL_NO_DATE;
    if (how < 0) return damaged(p, "its series has dates of an unknown kind");
    s->date = (gl_date)how;
    if (gl_json_get(o, "season")) {
        s->season = gl_json_whole(gl_json_get(o, "season"));
        if (s->season < 1 || s->season > GL_LONGEST_PAST || !number_in(o, "scale", &s->scale) ||
            s->scale < 0)
            return damaged(p, "its series has a season that is none");
    }
    bool ok = text_of(p, o, "group", &s->group) && text_of(p, o, "time", &s->time) &&
              text_of(p, o, "target", &s->target);
    return ok ? GLIA_OK : GLIA_RESOURCE;
}

/* Another version means other rules; guessing at them would give wrong features without
 * a message. Version 2 has a series, which the first did not know, version 3 whole ones. */
static glia_status load_all(gl_pipeline *p, const gl_json *root) {
    int64_t version = gl_json_whole(gl_json_get(root, "version"));
    if (version < 1 || version > 3) return damaged(p, "its version is not 1, 2 or 3");
    p->series.whole = version == 3;
    if (version > 1 && load_series(p, gl_json_get(root, "series"))) return glia_code(p->g);
    const gl_json *columns = gl_json_get(root, "columns");
    glia_status status = load_targets(p, root, gl_json_items(columns));
    const gl_json *column = NULL;
    while (!status && (column = gl_json_item(columns, column)))
        status = load_input(p, column, &p->input[p->inputs++]);
    if (!status && !gl_pipeline_number_features(p))
        status = damaged(p, "it has no features, or too many");
    return status;
}

/* The reader works in the text that it is given and cuts it up; the caller's stays whole in
 * its note. */
gl_pipeline *gl_pipeline_load(glia_ctx *g, const char *text) {
    char *copy = gl_copy_text(g, text);
    gl_json *root = copy ? gl_json_read(g, copy, (int64_t)strlen(text)) : NULL;
    if (copy && !root)
        gl_fail(g, glia_code(g), "the model's preprocessing is damaged: %s", glia_message(g));
    int64_t columns = gl_json_items(gl_json_get(root, "columns"));
    gl_pipeline *p = root && columns < INT32_MAX ? gl_pipeline_new(g, (int)columns) : NULL;
    if (p && load_all(p, root)) {
        gl_pipeline_free(p);
        p = NULL;
    }
    gl_free(g, root);
    gl_free(g, copy);
    return p;
}
