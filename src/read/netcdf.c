/*
 * netcdf.c: netCDF's classic format (netCDF-4 is HDF5). See "The NetCDF Classic Format
 * Specification" of the netCDF User's Guide. Everything is big-endian; names and values are padded
 * to four bytes.
 *
 *     C D F 1 | rows of the unlimited dimension
 *     dimensions    sample 60, feature 4
 *     attributes    of the file
 *     variables     features (sample, feature), attributes, float, bytes, where its values begin
 *     values
 *
 * Variables over the unlimited dimension lie row by row among each other, one record of all of them
 * after the other.
 */
#include "named/arrays.h"
#include "raw.h"

#include <math.h>
#include <stdio.h>
#include <string.h>

typedef struct variable {
    char name[GL_NAME];
    gl_raw raw;
    glia_tensor shape;
    int64_t begin, row; /* of its values; bytes of a row, as they lie */
    bool record;        /* its first dimension is the unlimited one */
    bool coordinate;    /* called like its only dimension */
    bool texts, folded;
    double missing[3], scale, offset;
    int marks; /* in missing */
} variable;

typedef struct netcdf {
    glia_ctx *g;
    char *path;
    unsigned char *bytes;
    int64_t size, at;        /* at: what is read next */
    int version;             /* 1, 2 (places of 64 bits), 5 (sizes, too) */
    int64_t records, record; /* rows of the unlimited dimension; bytes of one */
    int64_t dimensions, variables;
    int64_t *dimension; /* 0: the unlimited one */
    char (*dimension_name)[GL_NAME];
    variable *variable;
} netcdf;

static void close_netcdf(void *user) {
    netcdf *f = user;
    gl_free(f->g, f->dimension);
    gl_free(f->g, f->dimension_name);
    gl_free(f->g, f->variable);
    gl_free(f->g, f->bytes);
    gl_free(f->g, f->path);
    gl_free(f->g, f);
}

/* ------------------------------------------------------------------------------------ header -- */

static int64_t take(netcdf *f, int width) {
    uint64_t v = 0;
    if (f->at < 0 || width > f->size - f->at) return f->at = -1;
    for (int i = 0; i < width; i++) v = v << 8 | f->bytes[f->at++];
    return v > INT64_MAX ? (f->at = -1) : (int64_t)v;
}

/* A number of things: of 64 bits in version 5. */
static int64_t take_count(netcdf *f) { return take(f, f->version == 5 ? 8 : 4); }

static void skip(netcdf *f, int64_t n) {
    int64_t padded = n < 0 || n > f->size ? -1 : (n + 3) / 4 * 4;
    f->at = f->at < 0 || padded < 0 || padded > f->size - f->at ? -1 : f->at + padded;
}

static void take_name(netcdf *f, char name[GL_NAME]) {
    int64_t n = take_count(f), at = f->at;
    skip(f, n);
    if (f->at >= 0)
        snprintf(name, GL_NAME, "%.*s", (int)(n < GL_NAME - 1 ? n : GL_NAME - 1),
                 (const char *)f->bytes + at);
}

/* byte, char, short, int, float, double, and those of version 5. */
static bool raw_of(int64_t type, gl_raw *raw) {
    static const gl_raw raws[] = {{'i', 1, true}, {'S', 1, true}, {'i', 2, true}, {'i', 4, true},
                                  {'f', 4, true}, {'f', 8, true}, {'u', 1, true}, {'u', 2, true},
                                  {'u', 4, true}, {'i', 8, true}, {'u', 8, true}};
    if (type < 1 || type > (int64_t)(sizeof raws / sizeof *raws)) return false;
    *raw = raws[type - 1];
    return true;
}

/* A list of things begins with its kind and how many; each takes `least` bytes. */
static int64_t take_list(netcdf *f, int64_t kind, int64_t least) {
    int64_t found = take(f, 4), n = take_count(f);
    bool sound = n >= 0 && n <= (f->size - f->at) / least && (found == kind || (!found && !n));
    return f->at >= 0 && sound ? n : (f->at = -1, 0);
}

static double number_at(const netcdf *f, gl_raw raw, int64_t at) {
    double value = 0;
    glia_dtype dtype;
    if (!gl_raw_dtype(raw, &dtype)) return (double)NAN;
    bool fits = gl_raw_copy(raw, dtype, f->bytes + at, &value, 0);
    glia_tensor one = {.dtype = dtype, .ndim = 1, .dim = {1}, .data = &value};
    return glia_tensor_value(&one, 0) + (fits ? 0 : 0x1p64); /* of 64 bits without a sign */
}

static void note_attribute(variable *v, const char *name, double value) {
    if (!strcmp(name, "_FillValue") || !strcmp(name, "missing_value"))
        v->missing[v->marks < 2 ? v->marks++ : 1] = value;
    if (!strcmp(name, "scale_factor")) v->scale = value;
    if (!strcmp(name, "add_offset")) v->offset = value;
}

/* Of a variable, or of the file (NULL). */
static void take_attributes(netcdf *f, variable *v) {
    int64_t n = take_list(f, 0x0C, 12);
    for (int64_t i = 0; i < n && f->at >= 0; i++) {
        char name[GL_NAME] = "";
        gl_raw raw;
        int64_t bytes;
        take_name(f, name);
        bool known = raw_of(take(f, 4), &raw);
        int64_t count = take_count(f), at = f->at;
        if (!known || !gl_multiply(count < 0 ? INT64_MAX : count, raw.width, &bytes)) f->at = -1;
        else skip(f, bytes);
        if (v && f->at >= 0 && count == 1 && raw.kind != 'S')
            note_attribute(v, name, number_at(f, raw, at));
    }
}

static glia_status take_dimensions(netcdf *f) {
    int64_t n = take_list(f, 0x0A, 8);
    f->dimension = gl_alloc(f->g, n, sizeof *f->dimension);
    f->dimension_name = gl_alloc(f->g, n, sizeof *f->dimension_name);
    if (!f->dimension || !f->dimension_name) return GLIA_RESOURCE;
    for (; f->dimensions < n && f->at >= 0; f->dimensions++) {
        take_name(f, f->dimension_name[f->dimensions]);
        f->dimension[f->dimensions] = take_count(f);
    }
    return GLIA_OK;
}

static void add_dimension(glia_tensor *t, variable *v, int64_t size) {
    if (t->ndim < GLIA_MAX_DIMS) t->dim[t->ndim++] = size;
    else if (!gl_multiply(t->dim[GLIA_MAX_DIMS - 1], size, &t->dim[GLIA_MAX_DIMS - 1]))
        t->dim[0] = -1;
    v->folded = t->ndim == GLIA_MAX_DIMS;
}

/* What nobody wrote has a value of its type's own; bytes and characters have none. */
static void mark_unwritten(variable *v) {
    if (v->marks || v->raw.width == 1) return;
    double fill = v->raw.kind == 'f'   ? (v->raw.width == 4 ? (double)9.9692099683868690e+36f
                                                            : 9.9692099683868690e+36)
                  : v->raw.width == 2  ? (v->raw.kind == 'i' ? -32767 : 65535)
                  : v->raw.width == 4  ? (v->raw.kind == 'i' ? -2147483647.0 : 4294967295.0)
                  : v->raw.kind == 'i' ? -9223372036854775806.0
                                       : 18446744073709551614.0;
    v->missing[v->marks++] = fill;
}

static void take_variable(netcdf *f, variable *v) {
    *v = (variable){.scale = 1};
    take_name(f, v->name);
    int64_t rank = take_count(f), only = -1;
    for (int64_t k = 0; k < rank && f->at >= 0; k++) {
        int64_t d = take_count(f);
        if (d < 0 || d >= f->dimensions) {
            f->at = -1;
            return;
        }
        v->record |= k == 0 && !f->dimension[d];
        add_dimension(&v->shape, v, f->dimension[d] ? f->dimension[d] : f->records);
        only = rank == 1 ? d : -1;
    }
    v->coordinate = only >= 0 && !strcmp(f->dimension_name[only], v->name);
    take_attributes(f, v);
    if (!raw_of(take(f, 4), &v->raw)) f->at = -1;
    take_count(f); /* its size, which follows from its shape */
    v->begin = take(f, f->version == 1 ? 4 : 8);
    mark_unwritten(v);
}

/* Bytes of a row, and of a record of all variables of the unlimited dimension. The record of a
 * single one is not padded. */
static void measure(netcdf *f) {
    int64_t records = 0, last = 0;
    for (int64_t i = 0; i < f->variables; i++) {
        variable *v = &f->variable[i];
        int64_t width = v->shape.ndim ? glia_tensor_count(&v->shape, 1) : 1;
        if (width < 0 || !gl_multiply(width, v->raw.width, &v->row)) v->row = -1;
        if (!v->record) continue;
        records++, last = v->row;
        int64_t padded = v->row < 0 || v->row > f->size ? f->size : (v->row + 3) / 4 * 4;
        if (__builtin_add_overflow(f->record, padded, &f->record)) f->record = f->size;
    }
    if (records == 1) f->record = last;
}

static glia_status read_header(netcdf *f) {
    f->version = f->size > 4 ? f->bytes[3] : 0;
    f->at = 4;
    f->records = take_count(f);
    glia_status status = take_dimensions(f);
    if (status) return status;
    take_attributes(f, NULL);
    int64_t n = take_list(f, 0x0B, 16);
    if (!(f->variable = gl_alloc(f->g, n, sizeof *f->variable))) return GLIA_RESOURCE;
    for (; f->variables < n && f->at >= 0; f->variables++)
        take_variable(f, &f->variable[f->variables]);
    if (f->at < 0)
        return gl_fail(f->g, GLIA_INPUT,
                       "%s: the header of this netCDF file is damaged or cut short", f->path);
    measure(f);
    return GLIA_OK;
}

static void *open_netcdf(glia_ctx *g, const char *path, char wrong[GL_WRONG]) {
    (void)wrong;
    netcdf *f = gl_alloc(g, 1, sizeof *f);
    if (!f) return NULL;
    f->g = g, f->path = gl_copy_text(g, path);
    if (f->path) f->bytes = (unsigned char *)gl_read_bytes(g, path, &f->size);
    if (f->bytes && !read_header(f)) return f;
    close_netcdf(f);
    return NULL;
}

/* ------------------------------------------------------------------------------------ values -- */

/* Are all rows of v within the file? */
static bool fits(const netcdf *f, const variable *v) {
    int64_t rows = v->shape.dim[0], step = v->record ? f->record : v->row, end;
    return v->row >= 0 && v->begin >= 0 && rows > 0 && gl_multiply(rows - 1, step, &end) &&
           !__builtin_add_overflow(end, v->row, &end) && v->begin <= f->size - end;
}

static void describe(const netcdf *f, const variable *v, gl_array_info *a) {
    bool marked = v->marks || v->scale != 1 || v->offset != 0;
    *a = (gl_array_info){.column = -1, .shape = v->shape, .aside = v->coordinate};
    snprintf(a->name, GL_NAME, "%s", v->name);
    snprintf(a->place, GL_NAME, "%s", v->name);
    if (v->raw.kind == 'S') { /* characters: the last axis is a text */
        a->kind = GL_TEXTS;
        if (a->shape.ndim > 1) a->shape.ndim--;
        if (v->folded) a->kind = GL_UNREAD;
    } else gl_raw_dtype(v->raw, &a->shape.dtype);
    if (marked && a->kind == GL_NUMBERS)
        a->shape.dtype = v->raw.width <= 2 || a->shape.dtype == GLIA_F32 ? GLIA_F32 : GLIA_F64;
    if (a->kind == GL_UNREAD) snprintf(a->remark, sizeof a->remark, "texts of many axes");
    a->most = fits(f, v) ? INT64_MAX : 0;
}

static bool list_netcdf(void *user, gl_array_info *list, int size, int *count,
                        char wrong[GL_WRONG]) {
    (void)wrong;
    const netcdf *f = user;
    for (int64_t i = 0; i < f->variables && *count < size; i++) {
        if (f->variable[i].shape.ndim) describe(f, &f->variable[i], &list[(*count)++]);
    }
    return true;
}

static const variable *find(const netcdf *f, const gl_array_info *a) {
    for (int64_t i = 0; i < f->variables; i++) {
        if (!strcmp(f->variable[i].name, a->place)) return &f->variable[i];
    }
    return NULL;
}

static double unmarked(const variable *v, double value) {
    for (int i = 0; i < v->marks; i++) {
        if (value == v->missing[i]) return (double)NAN;
    }
    return value * v->scale + v->offset;
}

static bool read_values(void *user, const gl_array_info *a, void *data, char wrong[GL_WRONG]) {
    const netcdf *f = user;
    const variable *v = find(f, a);
    if (!v || !fits(f, v)) return snprintf(wrong, GL_WRONG, "the file is cut short"), false;
    int64_t width = v->row / v->raw.width, step = v->record ? f->record : v->row, at = 0;
    for (int64_t i = 0; i < v->shape.dim[0]; i++) {
        for (int64_t j = 0; j < width; j++, at++) {
            int64_t place = v->begin + i * step + j * v->raw.width;
            if (a->shape.dtype == GLIA_F32)
                ((float *)data)[at] = (float)unmarked(v, number_at(f, v->raw, place));
            else if (a->shape.dtype == GLIA_F64)
                ((double *)data)[at] = unmarked(v, number_at(f, v->raw, place));
            else gl_raw_copy(v->raw, a->shape.dtype, f->bytes + place, data, at);
        }
    }
    return true;
}

/* A text is a row of characters; where there is one axis, each character is one. */
static bool read_texts(void *user, const gl_array_info *a, gl_take_text *take_text, void *to,
                       char wrong[GL_WRONG]) {
    const netcdf *f = user;
    const variable *v = find(f, a);
    if (!v || !fits(f, v)) return snprintf(wrong, GL_WRONG, "the file is cut short"), false;
    int64_t length = v->shape.ndim > 1 ? v->shape.dim[v->shape.ndim - 1] : 1,
            step = v->record ? f->record : v->row, texts = length ? v->row / length : 0, at = 0;
    for (int64_t i = 0; i < v->shape.dim[0]; i++) {
        for (int64_t j = 0; j < texts; j++, at++) {
            const char *text = (const char *)f->bytes + v->begin + i * step + j * length;
            if (!take_text(to, at, text, (int64_t)strnlen(text, (size_t)length))) return false;
        }
    }
    return true;
}

static const gl_array_reader arrays = {open_netcdf, close_netcdf, list_netcdf,
                                       read_values, read_texts,   .lone_matrix_is_table = false};

static glia_table *read_table(glia_ctx *g, const char *path, const glia_read_options *options) {
    return gl_read_named_pair(g, &arrays, path, options);
}

static glia_status read_array(glia_ctx *g, const char *path, const char *array, gl_array *out) {
    return gl_read_named_array(g, &arrays, path, array, out);
}

static bool begins_like_netcdf(const unsigned char *b, size_t n, bool whole) {
    (void)whole;
    return n >= 4 && !memcmp(b, "CDF", 3) && (b[3] == 1 || b[3] == 2 || b[3] == 5);
}

const gl_reader gl_reader_netcdf = {
    .names = {"netcdf"},
    .suffixes = {".nc", ".cdf"},
    .signature = begins_like_netcdf,
    .read_table = read_table,
    .read_array = read_array,
    .named_arrays = true,
    .uses = GL_USES_TABLE,
};
