/*
 * named_arrays.c: files with named arrays: which of them is x and which is y.
 *
 *     list_classes (2,)   train_set_x (209, 64, 64, 3) u8   train_set_y (209,) i64
 *                         x: its name ends in _x             y
 *
 * The usual names are tried pair by pair, so that "images" and "y" of a file that also has "labels"
 * are not put together. Whoever named his arrays otherwise says which by FILE:ARRAY, and the
 * message lists what is there.
 */
#include "readers.h"

#include <stdio.h>
#include <string.h>
#include <strings.h>
#include <unistd.h>

/* A file with more (a model's checkpoint, say) is not a set of samples; what is beyond cannot be
 * asked for. */
#define MAX_ARRAYS 256

typedef struct contents {
    gl_array_info array[MAX_ARRAYS];
    int count;
} contents;

static const char *const pairs[][2] = {{"x", "y"},
                                       {"images", "labels"},
                                       {"data", "target"},
                                       {"features", "labels"}};

/* Is this array called `word`, or does its name end in _word? Folders before the name do not
 * matter. */
static bool is_called(const gl_array_info *a, const char *word) {
    const char *slash = strrchr(a->name, '/'), *name = slash ? slash + 1 : a->name;
    size_t n = strlen(name), m = strlen(word);
    if (n < m || strcasecmp(name + n - m, word)) return false;
    return n == m || name[n - m - 1] == '_';
}

static const gl_array_info *find_word(const contents *c, const char *word) {
    for (int i = 0; i < c->count; i++) {
        if (is_called(&c->array[i], word)) return &c->array[i];
    }
    return NULL;
}

static const gl_array_info *find_name(const contents *c, const char *name) {
    while (*name == '/') name++;
    for (int i = 0; i < c->count; i++) {
        if (!strcmp(c->array[i].name, name)) return &c->array[i];
    }
    return NULL;
}

/* "train_set_x (209, 64, 64, 3) u8, ..." */
static char *list_text(glia_ctx *g, const contents *c) {
    gl_text text = {.g = g};
    for (int i = 0; i < c->count && i < 12; i++) {
        char shape[96];
        gl_add(&text, "%s%s %s %s", i ? ", " : "", c->array[i].name,
               gl_shape_text(&c->array[i].shape, shape, sizeof shape),
               glia_dtype_name(c->array[i].shape.dtype));
    }
    if (c->count > 12) gl_add(&text, ", ...");
    if (!c->count) gl_add(&text, "none of numbers");
    return text.s;
}

static glia_status not_found(glia_ctx *g, const char *path, const contents *c, const char *what) {
    char *list = list_text(g, c);
    gl_fail(g, GLIA_INPUT,
            "%s: %s; its arrays are: %s; say option 'x' FILE:ARRAY option 'y' FILE:ARRAY", path,
            what, list ? list : "");
    gl_free(g, list);
    return GLIA_INPUT;
}

/* HDF5 says "unable to open file" for whatever is wrong; a file that cannot be read at all gets the
 * message that every other reader gives. */
static contents *list_arrays(glia_ctx *g, const gl_array_reader *r, const char *path) {
    if (access(path, R_OK)) {
        int64_t size;
        gl_free(g, gl_read_file(g, path, &size));
        return NULL;
    }
    contents *c = gl_alloc(g, 1, sizeof *c);
    if (!c) return NULL;
    const char *wrong = r->list(path, c->array, MAX_ARRAYS, &c->count);
    if (!wrong) return c;
    gl_fail(g, GLIA_INPUT, "cannot read '%s': %s", path, wrong);
    gl_free(g, c);
    return NULL;
}

static glia_status read_one(glia_ctx *g, const gl_array_reader *r, const char *path,
                            const gl_array_info *a, glia_tensor *out) {
    char shape[96];
    *out = a->shape;
    if (glia_tensor_count(out, 0) > a->most) {
        return gl_fail(g, GLIA_INPUT,
                       "%s, array %s: it claims the shape %s, but the file holds less", path,
                       a->name, gl_shape_text(out, shape, sizeof shape));
    }
    glia_status status = gl_new_tensor(g, path, out, -1);
    if (status) return status;
    const char *wrong = r->read(path, a, out->data);
    if (!wrong) return GLIA_OK;
    gl_free(g, out->data);
    out->data = NULL;
    return gl_fail(g, GLIA_INPUT, "cannot read '%s', array %s: %s", path, a->name, wrong);
}

static glia_status read_pair(glia_ctx *g, const gl_array_reader *r, const char *path,
                             const contents *c, glia_tensor *x, glia_tensor *y) {
    for (size_t i = 0; i < sizeof pairs / sizeof *pairs; i++) {
        const gl_array_info *a = find_word(c, pairs[i][0]), *b = find_word(c, pairs[i][1]);
        if (!a || !b) continue;
        glia_status status = read_one(g, r, path, a, x);
        return status ? status : read_one(g, r, path, b, y);
    }
    return not_found(g, path, c, "found no pair called x/y, images/labels or data/target");
}

glia_table *gl_read_named_pair(glia_ctx *g, const gl_array_reader *r, const char *path) {
    glia_tensor x = {0}, y = {0};
    contents *c = list_arrays(g, r, path);
    if (!c) return NULL;
    glia_status status = read_pair(g, r, path, c, &x, &y);
    gl_free(g, c);
    if (!status) return gl_table_of_arrays(g, path, &x, path, &y);
    gl_free(g, x.data);
    return NULL;
}

glia_status gl_read_named_array(glia_ctx *g, const gl_array_reader *r, const char *path,
                                const char *array, glia_tensor *out) {
    contents *c = list_arrays(g, r, path);
    if (!c) return g->code;
    const gl_array_info *a = array ? find_name(c, array) : c->count == 1 ? &c->array[0] : NULL;
    char what[300];
    snprintf(what, sizeof what,
             array ? "there is no array '%.256s'" : "the file has several arrays", array);
    glia_status status = a ? read_one(g, r, path, a, out) : not_found(g, path, c, what);
    gl_free(g, c);
    return status;
}
