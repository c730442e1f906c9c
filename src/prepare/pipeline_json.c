/*
 * pipeline_json.c: a pipeline as JSON text and back. The text comes from a model file, and so from
 * anybody: everything in it is checked before it is used.
 */
#include "pipeline_parts.h"

#include <jansson.h>
#include <math.h>
#include <stdlib.h>
#include <string.h>

static const char *const type_name[] = {"number", "category", "array"};

/* -------------------------------------------------------------------------------------- save -- */

static json_t *save_numbers(const double *v, int64_t n) {
    json_t *list = json_array();
    for (int64_t i = 0; i < n; i++) json_array_append_new(list, json_real(v[i]));
    return list;
}

static json_t *save_texts(char *const *texts, int64_t n) {
    json_t *list = json_array();
    for (int64_t i = 0; i < n; i++) json_array_append_new(list, json_string_nocheck(texts[i]));
    return list;
}

static json_t *save_shape(const glia_tensor *t) {
    json_t *list = json_array();
    for (int i = 0; i < t->ndim; i++) json_array_append_new(list, json_integer(t->dim[i]));
    return list;
}

static void save_scale(json_t *o, const gl_input_column *in) {
    if (in->log) json_object_set_new(o, "log", json_real(in->log));
    if (!in->scales) return;
    json_object_set_new(o, "center", save_numbers(in->center, in->scales));
    json_object_set_new(o, "spread", save_numbers(in->spread, in->scales));
}

static json_t *save_input(const gl_input_column *in) {
    json_t *o = json_object();
    json_object_set_new(o, "name", json_string_nocheck(in->name));
    json_object_set_new(o, "type", json_string_nocheck(type_name[in->type]));
    if (in->reason) {
        json_object_set_new(o, "left_out", json_string_nocheck(gl_reason_name[in->reason]));
        return o;
    }
    if (in->had_missing) json_object_set_new(o, "had_missing", json_true());
    switch (in->type) {
    case GLIA_NUMBER:
        json_object_set_new(o, "fill", json_real(in->fill));
        save_scale(o, in);
        break;
    case GLIA_CATEGORY:
        json_object_set_new(o, "categories", save_texts(in->category, in->categories));
        json_object_set_new(o, "fill", json_integer(in->fill_code));
        break;
    case GLIA_ARRAY:
        json_object_set_new(o, "shape", save_shape(&in->shape));
        json_object_set_new(o, "dtype", json_string_nocheck(glia_dtype_name(in->shape.dtype)));
        save_scale(o, in);
        break;
    }
    return o;
}

char *gl_pipeline_save(const gl_pipeline *p) {
    json_t *root = json_object(), *target = json_object(), *inputs = json_array();
    json_object_set_new(target, "name", json_string_nocheck(p->target));
    json_object_set_new(target, "task", json_string_nocheck(gl_task_name(p->task)));
    if (p->classes) json_object_set_new(target, "classes", save_texts(p->class, p->classes));
    json_object_set_new(target, "mean", json_real(p->mean));
    json_object_set_new(target, "deviation", json_real(p->deviation));
    for (int i = 0; i < p->inputs; i++) json_array_append_new(inputs, save_input(&p->input[i]));
    json_object_set_new(root, "version", json_integer(1));
    json_object_set_new(root, "target", target);
    json_object_set_new(root, "columns", inputs);
    char *text =
        json_dumps(root, JSON_COMPACT | JSON_REAL_PRECISION(17)); /* 17 digits read back exactly */
    json_decref(root);
    char *copy = text ? gl_copy_text(p->g, text) : NULL;
    if (!text)
        gl_fail(p->g, GLIA_RESOURCE,
                "the pipeline could not be written as JSON: a column name or class is not UTF-8, "
                "or memory is out");
    free(text);
    return copy;
}

/* -------------------------------------------------------------------------------------- load -- */

static glia_status damaged(gl_pipeline *p, const char *what) {
    return gl_fail(p->g, GLIA_INPUT, "the model's preprocessing is damaged: %s", what);
}

/* The text of a member, or NULL when it is none. */
static const char *text_in(const json_t *o, const char *key) {
    return json_string_value(json_object_get(o, key));
}

static bool number_in(const json_t *o, const char *key, double *value) {
    const json_t *v = json_object_get(o, key);
    *value = json_number_value(v);
    return json_is_number(v) && isfinite(*value);
}

/* The place of a word in a list, or -1. */
static int word_in(const char *word, const char *const *words, int count) {
    for (int i = 0; word && i < count; i++) {
        if (!strcmp(word, words[i])) return i;
    }
    return -1;
}

static glia_status load_numbers(gl_pipeline *p, const json_t *list, double **values, int64_t *n) {
    *n = (int64_t)json_array_size(list);
    if (*n < 1) return damaged(p, "a list of numbers is missing");
    *values = gl_alloc(p->g, *n, sizeof **values);
    if (!*values) return GLIA_RESOURCE;
    for (int64_t i = 0; i < *n; i++) {
        const json_t *v = json_array_get(list, (size_t)i);
        (*values)[i] = json_number_value(v);
        if (!json_is_number(v) || !isfinite((*values)[i]))
            return damaged(p, "a list of numbers holds something else");
    }
    return GLIA_OK;
}

/* Texts that are all different; *n counts those that were copied, also on failure. */
static glia_status load_texts(gl_pipeline *p, const json_t *list, char ***texts, int64_t *n) {
    int64_t size = (int64_t)json_array_size(list);
    if (size < 1 || size > INT32_MAX) return damaged(p, "a list of texts is missing");
    *texts = gl_alloc(p->g, size, sizeof **texts);
    if (!*texts) return GLIA_RESOURCE;
    for (int64_t i = 0; i < size; i++) {
        const char *text = json_string_value(json_array_get(list, (size_t)i));
        if (!text) return damaged(p, "a list of texts holds something else");
        if (!((*texts)[i] = gl_copy_text(p->g, text))) return GLIA_RESOURCE;
        *n = i + 1;
    }
    return GLIA_OK;
}

static glia_status load_scale(gl_pipeline *p, const json_t *o, gl_input_column *in,
                              int64_t features) {
    if (json_object_get(o, "log") && (!number_in(o, "log", &in->log) || in->log <= 0))
        return damaged(p, "log is not positive");
    if (!json_object_get(o, "center")) return GLIA_OK;
    int64_t spreads = 0;
    glia_status status = load_numbers(p, json_object_get(o, "center"), &in->center, &in->scales);
    if (!status) status = load_numbers(p, json_object_get(o, "spread"), &in->spread, &spreads);
    if (status) return status;
    if (in->scales != spreads || (in->scales != 1 && in->scales != features))
        return damaged(p, "scales do not fit the features");
    for (int64_t i = 0; i < spreads; i++) {
        if (in->spread[i] == 0) return damaged(p, "a spread is 0");
    }
    return GLIA_OK;
}

static glia_status load_shape(gl_pipeline *p, const json_t *o, glia_tensor *shape) {
    static const char *const dtypes[] = {"f32", "f64", "u8", "i32", "i64"};
    const json_t *list = json_object_get(o, "shape");
    int dtype = word_in(text_in(o, "dtype"), dtypes, 5);
    shape->ndim = (int)json_array_size(list);
    if (dtype < 0 || shape->ndim < 1 || shape->ndim > GLIA_MAX_DIMS)
        return damaged(p, "an array has no shape or type");
    shape->dtype = (glia_dtype)dtype;
    for (int i = 0; i < shape->ndim; i++) {
        shape->dim[i] = json_integer_value(json_array_get(list, (size_t)i));
        if (shape->dim[i] < 1) return damaged(p, "an array has an empty shape");
    }
    int64_t count = glia_count(shape, 0);
    return count < 1 || count > INT32_MAX ? damaged(p, "an array is too large") : GLIA_OK;
}

static int by_text(const void *a, const void *b) {
    return strcmp(*(char *const *)a, *(char *const *)b);
}

static glia_status load_category(gl_pipeline *p, const json_t *o, gl_input_column *in) {
    glia_status status =
        load_texts(p, json_object_get(o, "categories"), &in->category, &in->categories);
    if (status) return status;
    for (int64_t k = 1; k < in->categories; k++) {
        if (by_text(&in->category[k - 1], &in->category[k]) >= 0)
            return damaged(p, "categories are not sorted");
    }
    in->fill_code = json_integer_value(json_object_get(o, "fill"));
    return in->fill_code < 0 || in->fill_code >= in->categories ? damaged(p, "fill is no category")
                                                                : GLIA_OK;
}

static glia_status load_input(gl_pipeline *p, const json_t *o, gl_input_column *in) {
    const char *name = text_in(o, "name"), *reason = text_in(o, "left_out");
    int type = word_in(text_in(o, "type"), type_name, 3),
        why = reason ? word_in(reason, gl_reason_name, GL_REASONS) : 0;
    if (!name || type < 0 || why < 0) return damaged(p, "a column has no name or an unknown type");
    if (!(in->name = gl_copy_text(p->g, name))) return GLIA_RESOURCE;
    in->type = (glia_column_type)type;
    in->reason = (gl_reason)why;
    in->had_missing = json_is_true(json_object_get(o, "had_missing"));
    if (in->reason) return GLIA_OK;
    if (in->type == GLIA_CATEGORY) return load_category(p, o, in);
    if (in->type == GLIA_NUMBER) {
        return number_in(o, "fill", &in->fill) ? load_scale(p, o, in, 1)
                                               : damaged(p, "a number column has no fill");
    }
    glia_status status = load_shape(p, o, &in->shape);
    return status ? status : load_scale(p, o, in, glia_count(&in->shape, 0));
}

static glia_status load_target(gl_pipeline *p, const json_t *o) {
    static const char *const tasks[] = {"binary", "multiclass", "regression"};
    const char *name = text_in(o, "name");
    int task = word_in(text_in(o, "task"), tasks, 3);
    if (!name || task < 0) return damaged(p, "the target has no name or an unknown task");
    if (!(p->target = gl_copy_text(p->g, name))) return GLIA_RESOURCE;
    p->task = (gl_task)task;
    if (!number_in(o, "mean", &p->mean) || !number_in(o, "deviation", &p->deviation) ||
        p->deviation <= 0) {
        return damaged(p, "the target has no mean or deviation");
    }
    if (p->task == GL_REGRESSION) return GLIA_OK;
    glia_status status = load_texts(p, json_object_get(o, "classes"), &p->class, &p->classes);
    if (status) return status;
    bool fits = p->task == GL_BINARY ? p->classes == 2 : p->classes >= 2;
    if (!fits || p->mean != 0 || p->deviation != 1)
        return damaged(p, "the classes do not fit the task");
    return gl_pipeline_value_classes(p) ? GLIA_OK : GLIA_RESOURCE;
}

static glia_status load_all(gl_pipeline *p, const json_t *root) {
    if (json_integer_value(json_object_get(root, "version")) != 1)
        return damaged(p, "its version is not 1");
    glia_status status = load_target(p, json_object_get(root, "target"));
    const json_t *columns = json_object_get(root, "columns");
    for (size_t i = 0; !status && i < json_array_size(columns); i++) {
        p->inputs = (int)i + 1;
        status = load_input(p, json_array_get(columns, i), &p->input[i]);
    }
    if (!status && !gl_pipeline_number_features(p))
        status = damaged(p, "it has no features, or too many");
    return status;
}

gl_pipeline *gl_pipeline_load(glia_ctx *g, const char *text) {
    json_error_t error;
    json_t *root = json_loads(text, JSON_REJECT_DUPLICATES, &error);
    if (!root) {
        gl_fail(g, GLIA_INPUT, "the model's preprocessing is damaged: line %d, column %d: %s",
                error.line, error.column, error.text);
        return NULL;
    }
    size_t columns = json_array_size(json_object_get(root, "columns"));
    gl_pipeline *p = columns < INT32_MAX ? gl_pipeline_new(g, (int)columns) : NULL;
    if (p && load_all(p, root)) {
        gl_pipeline_free(p);
        p = NULL;
    }
    json_decref(root);
    return p;
}
