/*
 * json_text.c: JSON is read or refused; what was read and is written again reads as the same.
 */
#include "base/json.h"
#include "fuzz.h"

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
    if (v) compare(v);
    else fuzz_told("reading JSON");
    gl_free(g, v);
    free(text);
}
