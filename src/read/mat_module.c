/*
 * mat_module.c: lists and reads the variables of a MATLAB file of version 4 to 7 by libmatio (7.3
 * is HDF5). A module of its own (glia-mat.so), loaded when a file asks for it: libmatio brings
 * libhdf5.
 *
 *     X      double 60 x 4         X, its first axis running fastest
 *     y      cell of texts         y, texts
 *     s      struct with X, y      s/X and s/y
 *     S      sparse                S, with its zeros
 */
#include "named/arrays.h"

#include <matio.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>

/* With its zeros a sparse matrix may be a thousand times as large as its file. */
#define MOST_DENSE ((int64_t)1 << 30)
#define MOST_DEEP 4

typedef struct file {
    mat_t *mat;
    int64_t size;
    matvar_t *kept; /* the variable that was read last, for the next field of the same struct */
} file;

static void close_file(void *user) {
    file *f = user;
    Mat_VarFree(f->kept);
    if (f->mat) Mat_Close(f->mat);
    free(f);
}

static void *open_file(glia_ctx *g, const char *path, char wrong[GL_WRONG]) {
    (void)g;
    struct stat st;
    file *f = calloc(1, sizeof *f);
    if (!f) return NULL;
    f->mat = Mat_Open(path, MAT_ACC_RDONLY);
    if (f->mat && !stat(path, &st)) {
        f->size = st.st_size;
        return f;
    }
    snprintf(wrong, GL_WRONG, "it is no MATLAB file, or it is damaged or cut short");
    close_file(f);
    return NULL;
}

/* ----------------------------------------------------------------------------------- listing -- */

typedef struct listing {
    const file *f;
    gl_array_info *list;
    int size, count;
} listing;

/* The type that holds all values of a class; false: no numbers. */
static bool dtype_of(enum matio_classes class, glia_dtype *dtype) {
    switch (class) {
    case MAT_C_DOUBLE:
    case MAT_C_SPARSE: *dtype = GLIA_F64; return true;
    case MAT_C_SINGLE: *dtype = GLIA_F32; return true;
    case MAT_C_UINT8: *dtype = GLIA_U8; return true;
    case MAT_C_INT8:
    case MAT_C_INT16:
    case MAT_C_UINT16:
    case MAT_C_INT32: *dtype = GLIA_I32; return true;
    case MAT_C_UINT32:
    case MAT_C_INT64:
    case MAT_C_UINT64: *dtype = GLIA_I64; return true;
    default: return false;
    }
}

static void unread(gl_array_info *a, const char *what, const char *mend) {
    a->kind = GL_UNREAD;
    a->mend = mend;
    snprintf(a->remark, sizeof a->remark, "%s", what);
}

static void describe_kind(const file *f, const matvar_t *v, gl_array_info *a) {
    snprintf(a->remark, sizeof a->remark, "%s",
             v->class_type == MAT_C_SPARSE ? "a sparse matrix, read with its zeros" : "");
    if (v->class_type == MAT_C_CHAR || v->class_type == MAT_C_CELL) a->kind = GL_TEXTS;
    else if (v->class_type == MAT_C_OPAQUE || v->class_type == MAT_C_OBJECT)
        unread(a, "an object of MATLAB", "save table2array, double or cellstr of it");
    else if (v->class_type == MAT_C_STRUCT)
        unread(a, "an array of structs", "save each field as an array");
    else if (!dtype_of(v->class_type, &a->shape.dtype)) unread(a, "no array", NULL);
    else if (v->isComplex) unread(a, "complex numbers", "save real, imag or abs of it");
    /* libmatio 1.5 knows the shape of one in version 4 only when it is read. */
    if (v->class_type == MAT_C_SPARSE && Mat_GetVersion(f->mat) == MAT_FT_MAT4)
        unread(a, "a sparse matrix of version 4", "save it with the option -v7");
    if (v->rank > GLIA_MAX_DIMS) unread(a, "an array of more than four dimensions", "reshape it");
}

/* Rows of characters are texts, one each. */
static void describe_shape(const matvar_t *v, gl_array_info *a) {
    a->shape.ndim = v->rank < GLIA_MAX_DIMS ? v->rank : GLIA_MAX_DIMS;
    for (int i = 0; i < a->shape.ndim; i++)
        a->shape.dim[i] = v->dims[i] > INT64_MAX ? -1 : (int64_t)v->dims[i];
    if (v->class_type == MAT_C_CHAR) a->shape.ndim = 1;
    a->reversed = a->shape.ndim > 1;
    a->two_axes = true;
}

static void add_variable(listing *l, const matvar_t *v, const char *name) {
    if (l->count == l->size || strlen(name) >= GL_NAME) return;
    gl_array_info *a = &l->list[l->count++];
    *a = (gl_array_info){.column = -1};
    snprintf(a->name, sizeof a->name, "%s", name);
    snprintf(a->place, sizeof a->place, "%s", name);
    describe_shape(v, a);
    describe_kind(l->f, v, a);
    a->most =
        l->f->size > INT64_MAX / 1032 ? INT64_MAX : l->f->size * 1032; /* zlib makes no more */
    if (v->class_type == MAT_C_SPARSE) a->most = MOST_DENSE;
}

static void add(listing *l, matvar_t *v, const char *name, int deep);

static void add_fields(listing *l, matvar_t *v, const char *name, int deep) {
    char *const *fields = Mat_VarGetStructFieldnames(v);
    unsigned n = Mat_VarGetNumberOfFields(v);
    for (unsigned i = 0; fields && i < n; i++) {
        char path[2 * GL_NAME];
        matvar_t *one = Mat_VarGetStructFieldByIndex(v, i, 0);
        snprintf(path, sizeof path, "%.250s/%.250s", name, fields[i]);
        if (one) add(l, one, path, deep + 1);
    }
}

/* An array of structs is a table whose columns are its fields, which nobody has asked for yet. */
static void add(listing *l, matvar_t *v, const char *name, int deep) {
    bool one = v->class_type == MAT_C_STRUCT && v->rank == 2 && v->dims[0] * v->dims[1] == 1;
    if (one && deep < MOST_DEEP) add_fields(l, v, name, deep);
    else add_variable(l, v, name);
}

static bool list_variables(void *user, gl_array_info *list, int size, int *count,
                           char wrong[GL_WRONG]) {
    file *f = user;
    listing l = {f, list, size, 0};
    matvar_t *v;
    Mat_Rewind(f->mat);
    while ((v = Mat_VarReadNextInfo(f->mat))) {
        if (v->name) add(&l, v, v->name, 0);
        Mat_VarFree(v);
    }
    if (!l.count) snprintf(wrong, GL_WRONG, "no variable was found; is the file complete?");
    *count = l.count;
    return l.count > 0;
}

/* ----------------------------------------------------------------------------------- reading -- */

/* "s/X": the field X of the variable s, which is read once for all its fields. */
static matvar_t *find(file *f, const gl_array_info *a, char wrong[GL_WRONG]) {
    char name[GL_NAME], *rest = name;
    snprintf(name, sizeof name, "%s", a->place);
    const char *first = strsep(&rest, "/");
    if (!f->kept || strcmp(f->kept->name, first)) {
        Mat_VarFree(f->kept);
        Mat_Rewind(f->mat);
        f->kept = Mat_VarRead(f->mat, first);
    }
    matvar_t *v = f->kept;
    while (v && rest) {
        const char *field = strsep(&rest, "/");
        v = Mat_VarGetStructFieldByName(v, field, 0);
    }
    if (!v || !v->data)
        snprintf(wrong, GL_WRONG, "its values cannot be read; is the file complete?");
    return v && v->data ? v : NULL;
}

static int64_t count_of(const matvar_t *v) {
    int64_t n = 1;
    for (int i = 0; i < v->rank; i++) {
        if (v->dims[i] > INT64_MAX || __builtin_mul_overflow(n, (int64_t)v->dims[i], &n)) return -1;
    }
    return n;
}

#define COPY(type, from)                                                                           \
    for (int64_t i = 0; i < n; i++) ((type *)data)[i] = (type)((const from *)v->data)[i];          \
    return

static void copy_values(const matvar_t *v, int64_t n, void *data) {
    switch (v->class_type) {
    case MAT_C_DOUBLE: memcpy(data, v->data, (size_t)n * 8); return;
    case MAT_C_SINGLE: memcpy(data, v->data, (size_t)n * 4); return;
    case MAT_C_UINT8: memcpy(data, v->data, (size_t)n); return;
    case MAT_C_INT32: memcpy(data, v->data, (size_t)n * 4); return;
    case MAT_C_INT64:
    case MAT_C_UINT64: memcpy(data, v->data, (size_t)n * 8); return;
    case MAT_C_INT8: COPY(int32_t, int8_t);
    case MAT_C_INT16: COPY(int32_t, int16_t);
    case MAT_C_UINT16: COPY(int32_t, uint16_t);
    case MAT_C_UINT32: COPY(int64_t, uint32_t);
    default: return;
    }
}

/* Unsigned ones of 64 bits were copied as if they had a sign. */
static bool fits(const matvar_t *v, int64_t n, const void *data, char wrong[GL_WRONG]) {
    for (int64_t i = 0; v->class_type == MAT_C_UINT64 && i < n; i++) {
        if (((const int64_t *)data)[i] >= 0) continue;
        snprintf(wrong, GL_WRONG, "value %lld does not fit into 63 bits", (long long)i + 1);
        return false;
    }
    return true;
}

/* Column by column, as all of MATLAB's. */
static bool copy_sparse(const matvar_t *v, int64_t n, double *data) {
    const mat_sparse_t *s = v->data;
    int64_t rows = (int64_t)v->dims[0], columns = rows ? n / rows : 0;
    memset(data, 0, (size_t)n * sizeof *data);
    if ((int64_t)s->njc != columns + 1 || (!s->data && s->ndata)) return false;
    for (int64_t j = 0; j < columns; j++) {
        for (mat_uint32_t k = s->jc[j]; k < s->jc[j + 1]; k++) {
            if (k >= s->ndata || k >= s->nir || s->ir[k] >= rows) return false;
            double value = v->data_type == MAT_T_DOUBLE  ? ((const double *)s->data)[k]
                           : v->data_type == MAT_T_UINT8 ? (double)((const uint8_t *)s->data)[k]
                                                         : 1;
            data[j * rows + s->ir[k]] += value;
        }
    }
    return true;
}

static bool read_values(void *user, const gl_array_info *a, void *data, char wrong[GL_WRONG]) {
    matvar_t *v = find(user, a, wrong);
    glia_dtype dtype;
    if (!v) return false;
    int64_t n = count_of(v), expected = 1;
    for (int i = 0; i < a->shape.ndim; i++) expected *= a->shape.dim[i];
    bool ok = n == expected && dtype_of(v->class_type, &dtype) && dtype == a->shape.dtype;
    bool sparse = v->class_type == MAT_C_SPARSE;
    /* by the width that copy_values takes, which a damaged file may contradict */
    if (ok && !sparse) ok = v->nbytes / Mat_SizeOfClass(v->class_type) >= (size_t)n;
    if (ok && sparse) ok = copy_sparse(v, n, data);
    else if (ok) copy_values(v, n, data);
    if (!ok) snprintf(wrong, GL_WRONG, "its values are not as many as its shape says");
    return ok && fits(v, n, data, wrong);
}

/* ------------------------------------------------------------------------------------- texts -- */

static char *put_utf8(char *to, unsigned c) {
    if (c < 0x80) *to++ = (char)c;
    else if (c < 0x800) *to++ = (char)(0xC0 | c >> 6), *to++ = (char)(0x80 | (c & 63));
    else
        *to++ = (char)(0xE0 | c >> 12), *to++ = (char)(0x80 | (c >> 6 & 63)),
        *to++ = (char)(0x80 | (c & 63));
    return to;
}

/* The character that begins at *b, UTF-8, which ends before `end`; -1: none does. */
static int64_t take_utf8(const unsigned char **b, const unsigned char *end) {
    const unsigned char *s = *b;
    int more = s >= end || *s < 0x80 ? 0 : *s < 0xE0 ? 1 : *s < 0xF0 ? 2 : 3;
    if (s + more >= end) return -1;
    int64_t c = more ? *s & (0x3F >> more) : *s;
    for (int i = 1; i <= more; i++) c = c << 6 | (s[i] & 63);
    *b = s + more + 1;
    return c;
}

/* The n characters of a matrix of them, of one, two or four bytes each, or of UTF-8. */
static bool get_characters(const matvar_t *v, int64_t n, uint32_t *to) {
    const unsigned char *b = v->data, *end = b ? b + v->nbytes : NULL;
    int width = v->data_size;
    if (!b || (v->data_type != MAT_T_UTF8 && (width < 1 || v->nbytes / (size_t)width < (size_t)n)))
        return false;
    for (int64_t i = 0; i < n; i++) {
        int64_t c = v->data_type == MAT_T_UTF8 ? take_utf8(&b, end)
                    : width == 1               ? b[i]
                    : width == 2               ? ((const uint16_t *)v->data)[i]
                                               : (int64_t)((const uint32_t *)v->data)[i];
        if (c < 0 || c > 0xFFFF) return false;
        to[i] = (uint32_t)c;
    }
    return true;
}

static bool give_rows(const matvar_t *v, gl_take_text *take, void *to, int64_t first,
                      char wrong[GL_WRONG]) {
    int64_t n = count_of(v), rows = v->rank == 2 ? (int64_t)v->dims[0] : 0;
    if (!n) return take(to, first, "", 0);
    uint32_t *character = n > 0 ? calloc((size_t)n, sizeof *character) : NULL;
    char *text = rows > 0 && n > 0 ? malloc(3 * (size_t)(n / rows) + 1) : NULL;
    bool known = character && text && get_characters(v, n, character), ok = known;
    for (int64_t i = 0; ok && i < rows; i++) {
        char *end = text;
        for (int64_t j = 0; j < n / rows; j++) end = put_utf8(end, character[j * rows + i]);
        ok = take(to, first + i, text, end - text);
    }
    free(text);
    free(character);
    if (!known) snprintf(wrong, GL_WRONG, "its characters are not those that its shape says");
    return ok;
}

static bool read_texts(void *user, const gl_array_info *a, gl_take_text *take, void *to,
                       char wrong[GL_WRONG]) {
    matvar_t *v = find(user, a, wrong);
    if (!v) return false;
    if (v->class_type == MAT_C_CHAR) return give_rows(v, take, to, 0, wrong);
    int64_t n = count_of(v);
    for (int64_t i = 0; i < n; i++) {
        matvar_t *cell = i <= INT32_MAX ? Mat_VarGetCell(v, (int)i) : NULL;
        bool text = cell && cell->class_type == MAT_C_CHAR && cell->rank == 2 && cell->dims[0] <= 1;
        if (!text && cell && !count_of(cell)) {
            if (!take(to, i, "", 0)) return false;
        } else if (!text) {
            snprintf(wrong, GL_WRONG, "it is a cell array of other things than texts");
            return false;
        } else if (!give_rows(cell, take, to, i, wrong)) return false;
    }
    return true;
}

__attribute__((visibility("default")))
const gl_array_reader gl_mat_arrays = {open_file,
                                       close_file,
                                       list_variables,
                                       read_values,
                                       read_texts,
                                       .lone_matrix_is_table = true,
                                       .one_at_a_time = true};
