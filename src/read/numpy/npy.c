/*
 * npy.c: NumPy's array file: a header (header.c) and the values.
 *
 *     '<f4' (150, 4)                            x, an array
 *     '<U6' (150,)                              y, texts: classes by name
 *     [('size', '<f8'), ('colour', '<U5')]      a table of two columns
 */
#include "npy.h"

#include <stdio.h>
#include <string.h>

/* Types that are not read, and what their writer could save instead. */
static const struct {
    char kind;
    const char *what, *mend;
} not_read[] = {
    {'c', "complex numbers", "save a.real, a.imag or numpy.abs(a)"},
    {'O', "Python objects", "save a.astype(float) or a.astype(str)"},
    {'M', "dates", "save a.astype('int64')"},
    {'m', "time spans", "save a.astype('int64')"},
    {'V', "bytes without a type", "save a with the type of its values"},
};

static void set_unread(gl_array_info *a, const gl_npy_field *field) {
    a->kind = GL_UNREAD;
    snprintf(a->remark, sizeof a->remark, "values of type '%s'", field->found);
    for (size_t i = 0; i < sizeof not_read / sizeof *not_read; i++) {
        if (field->raw.kind != not_read[i].kind) continue;
        snprintf(a->remark, sizeof a->remark, "%s ('%s')", not_read[i].what, field->found);
        a->mend = not_read[i].mend;
    }
}

static void describe(const gl_npy *f, const gl_npy_field *field, gl_array_info *a) {
    a->shape = f->shape;
    a->column = -1;
    a->kind = GL_NUMBERS;
    if (field->raw.kind == 'S' || field->raw.kind == 'U') a->kind = GL_TEXTS;
    else if (!gl_raw_dtype(field->raw, &a->shape.dtype)) set_unread(a, field);
    if (field->values == 1) return;
    if (a->shape.ndim < GLIA_MAX_DIMS) a->shape.dim[a->shape.ndim++] = field->values;
    else set_unread(a, field);
}

/* Before memory is taken: a header that claims (10^9, 10^9) is a short file. */
static glia_status check_size(glia_ctx *g, const char *source, const gl_npy *f, int64_t size) {
    char shape[96];
    int64_t need, count = glia_tensor_count(&f->shape, 0), found = size - f->begin;
    gl_shape_text(&f->shape, shape, sizeof shape);
    if (count < 0 || !gl_multiply(count, f->record, &need))
        return gl_fail(g, GLIA_INPUT, "%s: shape %s is too large for any memory", source, shape);
    for (int64_t i = 0; i < f->fields; i++) { /* their bytes are one pickle for all */
        if (f->field[i].raw.kind != 'O') continue;
        if (f->fields == 1) return GLIA_OK;
        return gl_fail(
            g, GLIA_INPUT,
            "%s: column '%s' holds Python objects ('|O'), so all values are pickled; save "
            "it as texts (astype 'U') or write the table as CSV",
            source, f->field[i].name);
    }
    if (need == found) return GLIA_OK;
    return gl_fail(g, GLIA_INPUT,
                   "%s: found %lld bytes of values, expected %lld for shape %s; is the file "
                   "complete?",
                   source, (long long)found, (long long)need, shape);
}

glia_status gl_npy_list(glia_ctx *g, const char *source, const gl_npy *f, int64_t size,
                        const char *name, gl_array_info *list, int most, int *count) {
    glia_status status = check_size(g, source, f, size);
    for (int64_t i = 0; !status && i < f->fields && *count < most; i++) {
        gl_array_info *a = &list[(*count)++];
        const gl_npy_field *field = &f->field[i];
        *a = (gl_array_info){.most = INT64_MAX};
        describe(f, field, a);
        snprintf(a->place, sizeof a->place, "%s", name);
        snprintf(a->name, sizeof a->name, "%s", name);
        if (!*field->name) continue;
        snprintf(a->name, sizeof a->name, "%.150s/%s", name, field->name);
        snprintf(a->table, sizeof a->table, "%s", name);
        snprintf(a->part, sizeof a->part, "%s", field->name);
    }
    return status;
}

static const gl_npy_field *find_field(const gl_npy *f, const gl_array_info *a) {
    for (int64_t i = 0; i < f->fields; i++) {
        if (!strcmp(f->field[i].name, a->part)) return &f->field[i];
    }
    return f->field;
}

/* Record i of the file is record j in our order; in Fortran order the first axis runs fastest. */
static int64_t place_of(const gl_npy *f, int64_t i) {
    int64_t place = 0, at[GLIA_MAX_DIMS];
    if (!f->fortran) return i;
    for (int k = 0; k < f->shape.ndim; k++) at[k] = i % f->shape.dim[k], i /= f->shape.dim[k];
    for (int k = 0; k < f->shape.ndim; k++) place = place * f->shape.dim[k] + at[k];
    return place;
}

static bool lies_as_in_memory(const gl_npy *f, const gl_npy_field *field, glia_dtype dtype) {
    bool same = field->raw.width == (int)glia_dtype_size(dtype) &&
                (field->raw.kind == 'f') == (dtype == GLIA_F32 || dtype == GLIA_F64);
    bool order = !field->raw.big || field->raw.width == 1;
    return same && order && !f->fortran && f->record == field->raw.width &&
           (field->raw.kind != 'u' || dtype == GLIA_U8);
}

glia_status gl_npy_values(glia_ctx *g, const char *source, const gl_npy *f, const gl_array_info *a,
                          const char *bytes, void *data) {
    const gl_npy_field *field = find_field(f, a);
    int64_t n = glia_tensor_count(&f->shape, 0), values = field->values;
    const char *from = bytes + f->begin;
    if (lies_as_in_memory(f, field, a->shape.dtype)) {
        memcpy(data, from, (size_t)(n * f->record));
        return GLIA_OK;
    }
    for (int64_t i = 0; i < n; i++) {
        const char *record = from + i * f->record + field->offset;
        int64_t j = place_of(f, i) * values;
        for (int64_t k = 0; k < values; k++) {
            const unsigned char *value = (const unsigned char *)record + k * field->raw.width;
            if (gl_raw_copy(field->raw, a->shape.dtype, value, data, j + k)) continue;
            return gl_fail(g, GLIA_INPUT, "%s: value %lld does not fit into 63 bits", source,
                           (long long)(i * values + k) + 1);
        }
    }
    return GLIA_OK;
}

glia_status gl_npy_texts(glia_ctx *g, const char *source, const gl_npy *f, const gl_array_info *a,
                         const char *bytes, gl_take_text *take, void *to) {
    const gl_npy_field *field = find_field(f, a);
    int64_t n = glia_tensor_count(&f->shape, 0);
    char *text = gl_alloc(g, field->raw.width + 1, 1);
    if (!text) return GLIA_RESOURCE;
    glia_status status = GLIA_OK;
    for (int64_t i = 0; !status && i < n * field->values; i++) {
        const char *record = bytes + f->begin + i / field->values * f->record + field->offset;
        int64_t k = i % field->values,
                length = gl_raw_text(field->raw,
                                     (const unsigned char *)record + k * field->raw.width, text);
        if (length < 0)
            status =
                gl_fail(g, GLIA_INPUT, "%s: text %lld is no Unicode", source, (long long)i + 1);
        else if (!take(to, place_of(f, i / field->values) * field->values + k, text, length))
            status = g->code;
    }
    gl_free(g, text);
    return status;
}

/* ---------------------------------------------------------------------------------- the file -- */

typedef struct npy_file {
    glia_ctx *g;
    char *path, *bytes;
    int64_t size;
    gl_npy npy;
} npy_file;

static void close_npy(void *user) {
    npy_file *f = user;
    gl_free(f->g, f->npy.field);
    gl_free(f->g, f->bytes);
    gl_free(f->g, f->path);
    gl_free(f->g, f);
}

static void *open_npy(glia_ctx *g, const char *path, char wrong[GL_WRONG]) {
    (void)wrong;
    npy_file *f = gl_alloc(g, 1, sizeof *f);
    if (!f) return NULL;
    f->g = g, f->path = gl_copy_text(g, path);
    if (f->path) f->bytes = gl_read_bytes(g, path, &f->size);
    if (f->bytes && !gl_npy_header(g, path, f->bytes, f->size, &f->npy)) return f;
    close_npy(f);
    return NULL;
}

static bool list_npy(void *user, gl_array_info *list, int size, int *count, char wrong[GL_WRONG]) {
    (void)wrong;
    const npy_file *f = user;
    if (!f->npy.shape.ndim)
        return gl_fail(
                   f->g, GLIA_INPUT,
                   "%s: npy header, 'shape': found (), expected at least one dimension; this is "
                   "a single value",
                   f->path),
               false;
    return !gl_npy_list(f->g, f->path, &f->npy, f->size, "array", list, size, count);
}

static bool read_values(void *user, const gl_array_info *a, void *data, char wrong[GL_WRONG]) {
    (void)wrong;
    const npy_file *f = user;
    return !gl_npy_values(f->g, f->path, &f->npy, a, f->bytes, data);
}

static bool read_texts(void *user, const gl_array_info *a, gl_take_text *take, void *to,
                       char wrong[GL_WRONG]) {
    (void)wrong;
    const npy_file *f = user;
    return !gl_npy_texts(f->g, f->path, &f->npy, a, f->bytes, take, to);
}

static const gl_array_reader arrays = {open_npy, close_npy, list_npy, read_values, read_texts};

static glia_status read_npy(glia_ctx *g, const char *path, const char *array, gl_array *out) {
    return gl_read_named_array(g, &arrays, path, array, out);
}

/* Records are a table; anything else is samples without labels. */
static glia_table *read_table(glia_ctx *g, const char *path, const glia_read_options *options) {
    return gl_read_table_or_array(g, &arrays, path, options);
}

static bool begins_like_npy(const unsigned char *b, size_t n, bool whole) {
    (void)whole;
    return n >= 6 && !memcmp(b, "\x93NUMPY", 6);
}

const gl_reader gl_reader_npy = {
    .names = {"npy"},
    .suffixes = {".npy"},
    .signature = begins_like_npy,
    .read_table = read_table,
    .read_array = read_npy,
};
