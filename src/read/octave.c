/*
 * octave.c: variables as Octave's `save -text` writes them. See libinterp/corefcn/ls-oct-text.cc.
 *
 *     # name: X               # name: y                 # name: labels
 *     # type: matrix          # type: int32 matrix      # type: cell
 *     # rows: 2               # ndims: 2                # rows: 2
 *     # columns: 2             2 1                      # columns: 1
 *      1 2                      0                       # name: <cell-element>
 *      3 4                      1                       # type: string ...
 *
 * Matrices stand row by row, arrays of integers and of more axes with their first axis running
 * fastest. The fields of a struct are variables of their own below its name.
 */
#include "named/arrays.h"

#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#define MOST_DENSE ((int64_t)1 << 30) /* values of a sparse matrix with its zeros */
#define MOST_DEEP 8

typedef struct octave {
    glia_ctx *g;
    char *path, *bytes;
    const char *value[GL_MAX_ARRAYS]; /* of variable i of the list: what follows its type */
    char name[GL_MAX_ARRAYS][GL_NAME];
    char type[GL_MAX_ARRAYS][32];
    int count;
} octave;

static void close_octave(void *user) {
    octave *f = user;
    gl_free(f->g, f->bytes);
    gl_free(f->g, f->path);
    gl_free(f->g, f);
}

static void *open_octave(glia_ctx *g, const char *path, char wrong[GL_WRONG]) {
    (void)wrong;
    int64_t size;
    octave *f = gl_alloc(g, 1, sizeof *f);
    if (!f) return NULL;
    f->g = g, f->path = gl_copy_text(g, path);
    if (f->path && (f->bytes = gl_read_bytes(g, path, &size))) return f;
    close_octave(f);
    return NULL;
}

/* ----------------------------------------------------------------------------------- listing -- */

static const char *next_line(const char *s) {
    s += strcspn(s, "\n");
    return *s ? s + 1 : s;
}

/* "# rows: 60\n" at *s: the text behind the key, whose end is *length; moves to the next line. */
static const char *take_key(const char **s, const char *key, size_t *length) {
    char start[40];
    int n = snprintf(start, sizeof start, "# %s: ", key);
    if (strncmp(*s, start, (size_t)n)) return NULL;
    const char *value = *s + n;
    *length = strcspn(value, "\r\n");
    *s = next_line(*s);
    return value;
}

static bool take_number(const char **s, const char *key, int64_t *number) {
    size_t length;
    const char *value = take_key(s, key, &length);
    char *end;
    if (value) *number = strtoll(value, &end, 10);
    return value && end > value && *number >= 0;
}

/* "# ndims: 2" and a line of the dimensions; or rows and columns. */
static bool take_shape(const char **s, glia_tensor *t, bool *reversed) {
    int64_t n;
    *reversed = take_number(s, "ndims", &n);
    t->ndim = 2;
    if (!*reversed)
        return take_number(s, "rows", &t->dim[0]) && take_number(s, "columns", &t->dim[1]);
    if (n < 1 || n > GLIA_MAX_DIMS) return false;
    t->ndim = (int)n;
    const char *line = *s;
    for (int i = 0; i < t->ndim; i++) {
        char *end;
        t->dim[i] = strtoll(line, &end, 10);
        if (end == line || t->dim[i] < 0) return false;
        line = end;
    }
    *s = next_line(*s);
    return true;
}

static bool ends_in(const char *type, const char *end) {
    size_t n = strlen(type), m = strlen(end);
    return n >= m && !strcmp(type + n - m, end);
}

static void set_unread(gl_array_info *a, const char *type) {
    a->kind = GL_UNREAD;
    if (!a->shape.ndim) a->shape = (glia_tensor){.ndim = 1, .dim = {1}};
    snprintf(a->remark, sizeof a->remark, "what Octave calls %s", type);
}

static glia_dtype dtype_of(const char *type) {
    if (strstr(type, "bool") || !strncmp(type, "uint8", 5)) return GLIA_U8;
    if (!strncmp(type, "uint32", 6) || strstr(type, "int64")) return GLIA_I64;
    if (strstr(type, "int")) return GLIA_I32;
    return GLIA_F64;
}

/* From the lines below the type. A value takes two bytes at least, which bounds what a shape may
 * claim. */
static void describe(octave *f, int i, int64_t left, gl_array_info *a) {
    const char *s = f->value[i], *type = f->type[i];
    int64_t n;
    a->most = left / 2 + 1;
    a->two_axes = true;
    a->shape.dtype = dtype_of(type);
    if (ends_in(type, "string") && take_number(&s, "elements", &n)) {
        a->kind = GL_TEXTS;
        a->shape = (glia_tensor){.ndim = 1, .dim = {n}};
    } else if (!strcmp(type, "cell") && take_shape(&s, &a->shape, &a->reversed)) {
        a->kind = GL_TEXTS;
        a->reversed = a->shape.ndim > 1;
    } else if (!strcmp(type, "sparse matrix") && take_number(&s, "nnz", &n) &&
               take_shape(&s, &a->shape, &a->reversed)) {
        a->most = MOST_DENSE;
    } else if (strstr(type, "complex") || !ends_in(type, "matrix") ||
               !take_shape(&s, &a->shape, &a->reversed)) {
        set_unread(a, type);
    }
}

typedef struct level { /* of structs around a variable */
    char name[GL_NAME];
    int64_t left; /* fields to come */
} level;

/* The variable whose name line ends at s; returns where to go on. */
static const char *add_variable(octave *f, const char *name, size_t length, const char *s,
                                level *levels, int *deep) {
    size_t n;
    while (*deep && !levels[*deep - 1].left) --*deep;
    const char *type = take_key(&s, "type", &n), *prefix = *deep ? levels[*deep - 1].name : "";
    if (!type || f->count == GL_MAX_ARRAYS) return s;
    int i = f->count++;
    snprintf(f->name[i], GL_NAME, "%.120s%s%.*s", prefix, *prefix ? "/" : "",
             (int)(length < 120 ? length : 120), name);
    snprintf(f->type[i], sizeof f->type[i], "%.*s", (int)n, type);
    f->value[i] = s;
    if (*deep) levels[*deep - 1].left--;
    if (strcmp(f->type[i], "scalar struct") || *deep == MOST_DEEP) return s;
    glia_tensor shape;
    bool reversed;
    level inner = {.left = 0};
    if (take_shape(&s, &shape, &reversed) && take_number(&s, "length", &inner.left)) {
        snprintf(inner.name, GL_NAME, "%s", f->name[i]);
        levels[(*deep)++] = inner;
        f->count--; /* its fields stand for it */
    }
    return s;
}

static bool list_octave(void *user, gl_array_info *list, int size, int *count,
                        char wrong[GL_WRONG]) {
    octave *f = user;
    level levels[MOST_DEEP];
    int deep = 0;
    const char *end = f->bytes + strlen(f->bytes), *s = f->bytes;
    while (*s) {
        size_t length;
        const char *name = take_key(&s, "name", &length);
        if (!name) s = next_line(s);
        else if (strncmp(name, "<cell-element>", 14))
            s = add_variable(f, name, length, s, levels, &deep);
    }
    for (int i = 0; i < f->count && i < size; i++) {
        list[i] = (gl_array_info){.column = -1};
        snprintf(list[i].name, GL_NAME, "%s", f->name[i]);
        snprintf(list[i].place, GL_NAME, "%s", f->name[i]);
        describe(f, i, end - f->value[i], &list[i]);
    }
    *count = f->count < size ? f->count : size;
    if (!f->count) snprintf(wrong, GL_WRONG, "it begins like a file of Octave and has no variable");
    return f->count > 0;
}

/* ----------------------------------------------------------------------------------- reading -- */

static const char *find(const octave *f, const gl_array_info *a, const char **type) {
    for (int i = 0; i < f->count; i++) {
        if (strcmp(f->name[i], a->place)) continue;
        *type = f->type[i];
        return f->value[i];
    }
    return NULL;
}

/* The number at *s, behind blanks and line ends. NA and NaN are missing. */
static bool take_value(const char **s, double *v) {
    const char *at = *s + strspn(*s, " \t\r\n");
    size_t n = strcspn(at, " \t\r\n");
    *s = at + n;
    if (n == 2 && !memcmp(at, "NA", 2)) return *v = (double)NAN, true;
    return n && gl_parse_number(at, n, '.', v);
}

static bool put_value(const char **s, glia_dtype dtype, void *data, int64_t i) {
    double v;
    char *end;
    if (dtype == GLIA_I64) { /* all digits of one */
        ((int64_t *)data)[i] = strtoll(*s, &end, 10);
        bool ok = end > *s;
        *s = end;
        return ok;
    }
    if (!take_value(s, &v)) return false;
    if (dtype == GLIA_F64) ((double *)data)[i] = v;
    else if (dtype == GLIA_U8) ((uint8_t *)data)[i] = v >= 0 && v <= 255 ? (uint8_t)v : 0;
    else ((int32_t *)data)[i] = fabs(v) <= INT32_MAX ? (int32_t)v : INT32_MIN;
    return true;
}

/* "row column value", counted from 1. */
static bool read_sparse(const char *s, int64_t entries, const glia_tensor *t, double *data) {
    for (int64_t i = 0; i < entries; i++) {
        double row, column, v;
        if (!take_value(&s, &row) || !take_value(&s, &column) || !take_value(&s, &v)) return false;
        if (!(row >= 1 && row <= (double)t->dim[0] && column >= 1 && column <= (double)t->dim[1]))
            return false;
        data[((int64_t)row - 1) * t->dim[1] + (int64_t)column - 1] = v;
    }
    return true;
}

static bool wrong_value(char wrong[GL_WRONG], int64_t i) {
    snprintf(wrong, GL_WRONG, "value %lld is no number; is the file complete?", (long long)i + 1);
    return false;
}

static bool read_values(void *user, const gl_array_info *a, void *data, char wrong[GL_WRONG]) {
    const char *type = "", *s = find(user, a, &type);
    glia_tensor t = a->shape;
    bool reversed;
    int64_t entries = -1;
    if (s && !strcmp(type, "sparse matrix")) take_number(&s, "nnz", &entries);
    if (!s || !take_shape(&s, &t, &reversed)) return wrong_value(wrong, 0);
    if (entries >= 0)
        return read_sparse(s, entries, &a->shape, data) || wrong_value(wrong, entries - 1);
    int64_t n = glia_tensor_count(&a->shape, 0);
    for (int64_t i = 0; i < n; i++) {
        if (!put_value(&s, a->shape.dtype, data, i)) return wrong_value(wrong, i);
    }
    return true;
}

/* "# elements: 2", then for each its length and the text itself; returns how many, or -1. */
static int64_t take_string(const char **s, gl_take_text *take, void *to, int64_t first) {
    int64_t elements, length;
    if (!take_number(s, "elements", &elements)) return -1;
    for (int64_t i = 0; i < elements; i++) {
        if (!take_number(s, "length", &length) || (int64_t)strnlen(*s, (size_t)length) < length)
            return -1;
        if (!take(to, first + i, *s, length)) return -1;
        *s = next_line(*s + length);
    }
    return elements;
}

static bool read_texts(void *user, const gl_array_info *a, gl_take_text *take, void *to,
                       char wrong[GL_WRONG]) {
    const char *type = "", *s = find(user, a, &type);
    size_t length;
    int64_t n = glia_tensor_count(&a->shape, 0);
    if (s && strcmp(type, "cell")) {
        if (take_string(&s, take, to, 0) == n) return true;
    } else if (s) {
        int64_t i = 0;
        s = next_line(next_line(s)); /* rows and columns */
        for (; i < n; i++) {
            while (*s == '\n' || *s == '\r') s++;
            const char *name = take_key(&s, "name", &length), *kind = take_key(&s, "type", &length);
            if (!name || !kind || length < 6 || strncmp(kind + length - 6, "string", 6)) break;
            if (take_string(&s, take, to, i) != 1) break;
        }
        if (i == n) return true;
    }
    snprintf(wrong, GL_WRONG, "it is damaged, or holds other things than texts");
    return false;
}

static const gl_array_reader arrays = {open_octave, close_octave, list_octave,
                                       read_values, read_texts,   .lone_matrix_is_table = true};

static glia_table *read_table(glia_ctx *g, const char *path, const glia_read_options *options) {
    return gl_read_named_pair(g, &arrays, path, options);
}

static glia_status read_array(glia_ctx *g, const char *path, const char *array, gl_array *out) {
    return gl_read_named_array(g, &arrays, path, array, out);
}

static bool begins_like_octave(const unsigned char *b, size_t n, bool whole) {
    (void)whole;
    return (n >= 19 && !memcmp(b, "# Created by Octave", 19)) ||
           (n >= 8 && !memcmp(b, "# name: ", 8));
}

const gl_reader gl_reader_octave = {
    .names = {"octave"},
    .suffixes = {NULL},
    .signature = begins_like_octave,
    .read_table = read_table,
    .read_array = read_array,
    .named_arrays = true,
    .uses = GL_USES_TABLE,
};
