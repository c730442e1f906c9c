/*
 * json_text.c: JSON is read or refused as jansson does it, and means the same; what was read and is
 * written again reads as the same.
 */
#include "base/json.h"
#include "fuzz.h"

#include <jansson.h>

/* ----------------------------------------------------------------------------------- jansson -- */

enum { MOST_LETTERS = 400 }; /* longer texts are no numbers */

static bool same(const gl_json *ours, const json_t *theirs);

static bool same_members(const gl_json *ours, const json_t *theirs) {
    size_t members = 0;
    for (const gl_json *name = NULL; (name = gl_json_name(ours, name)); members++) {
        const json_t *value = json_object_get(theirs, name->text);
        const gl_json *found = gl_json_get(ours, name->text);
        if (!found) return true; /* twice: jansson takes the last */
        if (!value || !same(found, value)) return false;
    }
    return members == json_object_size(theirs);
}

static bool same_items(const gl_json *ours, const json_t *theirs) {
    size_t items = 0;
    for (const gl_json *item = NULL; (item = gl_json_item(ours, item)); items++)
        if (!same(item, json_array_get(theirs, items))) return false;
    return items == json_array_size(theirs) && (int64_t)items == gl_json_items(ours);
}

static bool same_number(const gl_json *ours, const json_t *theirs) {
    double v;
    if (ours->count >= MOST_LETTERS) return true;
    if (!gl_json_number(ours, &v) || v != json_number_value(theirs)) return false;
    return gl_json_whole(ours) == (json_is_integer(theirs) ? json_integer_value(theirs) : 0);
}

static bool same(const gl_json *ours, const json_t *theirs) {
    switch (json_typeof(theirs)) {
    case JSON_OBJECT: return ours->kind == GL_JSON_OBJECT && same_members(ours, theirs);
    case JSON_ARRAY: return ours->kind == GL_JSON_ARRAY && same_items(ours, theirs);
    case JSON_STRING:
        return gl_json_text(ours) && !strcmp(gl_json_text(ours), json_string_value(theirs));
    case JSON_INTEGER:
    case JSON_REAL: return same_number(ours, theirs);
    case JSON_TRUE: return ours->kind == GL_JSON_TRUE;
    case JSON_FALSE: return ours->kind == GL_JSON_FALSE;
    default: return ours->kind == GL_JSON_NULL;
    }
}

/* Jansson also refuses numbers that are too large, of which we say so when they are asked for; it
 * goes deeper, and takes a 0 behind a number for a blank. */
static void compare_with_jansson(const gl_json *ours, const char *text, size_t n) {
    json_error_t error;
    if (memchr(text, 0, n)) return;
    json_t *theirs = json_loadb(text, n, JSON_DECODE_ANY, &error);
    bool large = !theirs && (strstr(error.text, "too big") || strstr(error.text, "overflow"));
    bool deep = !ours && strstr(glia_message(g), "nested too deeply");
    fuzz_check(large || deep || !ours == !theirs, "'%.*s': ours: %s; jansson: %s", (int)n, text,
               ours ? "read" : glia_message(g), theirs ? "read" : error.text);
    fuzz_check(!ours || !theirs || same(ours, theirs), "'%.*s' is not the same", (int)n, text);
    json_decref(theirs);
}

/* ----------------------------------------------------------------------------------- writing -- */

static void write_value(gl_text *t, const gl_json *v);

static void write_members(gl_text *t, const gl_json *v) {
    for (const gl_json *name = NULL; (name = gl_json_name(v, name));) {
        if (t->s[t->n - 1] != '{') gl_add(t, ",");
        gl_add_json_text(t, name->text);
        gl_add(t, ":");
        write_value(t, name + 1);
    }
}

static void write_items(gl_text *t, const gl_json *v) {
    for (const gl_json *item = NULL; (item = gl_json_item(v, item));) {
        if (t->s[t->n - 1] != '[') gl_add(t, ",");
        write_value(t, item);
    }
}

/* A number that is too large for a double is kept as it was written. */
static void write_number(gl_text *t, const gl_json *v) {
    double value;
    if (gl_json_number(v, &value)) gl_add_json_number(t, value);
    else gl_add_bytes(t, v->text, v->count);
}

static void write_value(gl_text *t, const gl_json *v) {
    switch (v->kind) {
    case GL_JSON_NULL: gl_add(t, "null"); break;
    case GL_JSON_FALSE: gl_add(t, "false"); break;
    case GL_JSON_TRUE: gl_add(t, "true"); break;
    case GL_JSON_NUMBER: write_number(t, v); break;
    case GL_JSON_TEXT: gl_add_json_text(t, v->text); break;
    case GL_JSON_ARRAY: gl_add(t, "["), write_items(t, v), gl_add(t, "]"); break;
    case GL_JSON_OBJECT: gl_add(t, "{"), write_members(t, v), gl_add(t, "}"); break;
    }
}

static char *written(const gl_json *v) {
    gl_text t = {.g = g};
    write_value(&t, v);
    return gl_text_end(&t);
}

static void compare(const gl_json *v) {
    char *once = written(v), *copy = gl_copy_text(g, once);
    gl_json *again = once && copy ? gl_json_read(g, copy, (int64_t)strlen(copy)) : NULL;
    fuzz_check(again, "'%s' is written and not read: %s", once, glia_message(g));
    char *twice = written(again);
    fuzz_check(again->size == v->size && !strcmp(once, twice), "'%s' becomes '%s'", once, twice);
    gl_free(g, again), gl_free(g, once), gl_free(g, copy), gl_free(g, twice);
}

void fuzz_json_text(const uint8_t *bytes, size_t n) {
    char *text = fuzz_text(bytes, n);
    gl_json *v = gl_json_read(g, text, (int64_t)n);
    if (!v) fuzz_told("reading JSON");
    compare_with_jansson(v, (const char *)bytes, n);
    if (v) compare(v);
    gl_free(g, v);
    free(text);
}
