/*
 * sparse.c: sparse matrices as SciPy, AnnData and MATLAB store them, three arrays in one
 * folder, read as one array with its zeros.
 *
 *     x/data     3 1 2        row 0 has the entries indptr[0] .. indptr[1] - 1 of both lists:
 *     x/indices  1 0 2        3 in column 1
 *     x/indptr   0 1 3        row 1 has the next two: 1 in column 0, 2 in column 2
 *
 * MATLAB calls them data, ir and jc and goes by columns. With one entry in each row, data alone
 * looks like samples of one value, and is none.
 */
#include "arrays.h"

#include <stdio.h>
#include <string.h>

/* With its zeros a matrix may be a thousand times as large as its file. */
#define MOST_BYTES ((int64_t)8 << 30)

static const char *base_of(const char *name) {
    const char *slash = strrchr(name, '/');
    return slash ? slash + 1 : name;
}

/* The array of this name in a's folder. */
static gl_array_info *beside(gl_contents *c, const gl_array_info *a, const char *name) {
    size_t folder = (size_t)(base_of(a->place) - a->place);
    for (int i = 0; i < c->count; i++) {
        const char *place = c->array[i].place;
        if (!*c->array[i].part && !strncmp(place, a->place, folder) &&
            !strcmp(place + folder, name))
            return &c->array[i];
    }
    return NULL;
}

typedef struct sparse {
    gl_array_info *data, *indices, *indptr, *shape, *format;
} sparse;

static bool find_parts(const gl_contents *c, const gl_array_info *a, sparse *s) {
    gl_contents *all = (gl_contents *)(uintptr_t)c; /* only gl_find_sparse changes what it finds */
    const char *end = strlen(base_of(a->place)) > 4 ? base_of(a->place) + 4 : "";
    char indices[16], indptr[16], shape[16], format[16];
    if (strncmp(base_of(a->place), "data", 4) || (*end && strcmp(end, ".npy"))) return false;
    snprintf(indices, sizeof indices, "indices%s", end);
    snprintf(indptr, sizeof indptr, "indptr%s", end);
    snprintf(shape, sizeof shape, "shape%s", end);
    snprintf(format, sizeof format, "format%s", end);
    s->data = beside(all, a, base_of(a->place));
    s->indices = beside(all, a, indices);
    s->indptr = beside(all, a, indptr);
    if (!s->indices && !s->indptr)
        s->indices = beside(all, a, "ir"), s->indptr = beside(all, a, "jc");
    s->shape = beside(all, a, shape);
    s->format = beside(all, a, format);
    return s->data && s->indices && s->indptr && s->data->shape.ndim == 1 &&
           s->indices->shape.ndim == 1 && s->indptr->shape.ndim == 1 &&
           s->data->shape.dim[0] == s->indices->shape.dim[0];
}

/* The folder's name becomes the matrix's; at the top it is called data already. Its shape is known
 * when it is read, unless the writer said it. */
static void join(sparse *s) {
    gl_array_info *a = s->data;
    char *base = a->name + (base_of(a->name) - a->name);
    if (base > a->name) base[-1] = 0;
    if (!strcmp(base_of(s->indptr->place), "jc")) a->by_columns = true;
    s->indices->aside = s->indptr->aside = true;
    if (s->shape) s->shape->aside = true;
    if (s->format) s->format->aside = true;
    a->sparse = true;
    snprintf(a->remark, sizeof a->remark, "its %lld entries are read with the zeros between them",
             (long long)a->shape.dim[0]);
}

void gl_find_sparse(gl_contents *c) {
    sparse s;
    for (int i = 0; i < c->count; i++) {
        if (!c->array[i].aside && find_parts(c, &c->array[i], &s)) join(&s);
    }
}

/* -------------------------------------------------------------------------------- reading it -- */

typedef struct matrix {
    const gl_contents *c;
    const gl_array_info *a;
    glia_tensor data, indices, indptr;
    int64_t lines, width; /* rows and columns, or the other way round by columns */
} matrix;

static int64_t whole(const glia_tensor *t, int64_t i) { return (int64_t)glia_tensor_value(t, i); }

static glia_status damaged(const matrix *m, const char *what) {
    return gl_fail(m->c->g, GLIA_INPUT, "%s, sparse matrix %s: %s; is the file complete?",
                   m->c->path, m->a->name, what);
}

/* What the file says about itself is compared before anything is placed by it. */
static glia_status check_parts(matrix *m) {
    int64_t entries = m->data.dim[0], largest = -1;
    m->lines = m->indptr.dim[0] - 1;
    if (m->lines < 1) return damaged(m, "it has no rows");
    for (int64_t i = 0; i <= m->lines; i++) {
        int64_t at = whole(&m->indptr, i), before = i ? whole(&m->indptr, i - 1) : 0;
        if (at < before || at > entries)
            return damaged(m, "indptr does not ascend up to the entries");
    }
    for (int64_t i = 0; i < entries; i++) {
        int64_t at = whole(&m->indices, i);
        if (at < 0) return damaged(m, "an index is negative");
        if (at > largest) largest = at;
    }
    if (m->width && largest >= m->width) return damaged(m, "an index lies outside its shape");
    if (!m->width) m->width = largest + 1;
    return GLIA_OK;
}

static void place_entries(const matrix *m, double *to) {
    for (int64_t i = 0; i < m->lines; i++) {
        for (int64_t k = whole(&m->indptr, i); k < whole(&m->indptr, i + 1); k++) {
            int64_t j = whole(&m->indices, k);
            to[m->a->by_columns ? j * m->lines + i : i * m->width + j] +=
                glia_tensor_value(&m->data, k);
        }
    }
}

/* The shape that the writer said: an attribute, or an array beside the others. */
static glia_status said_shape(const gl_contents *c, const sparse *s, int64_t shape[2]) {
    memcpy(shape, s->data->sparse_shape, 2 * sizeof *shape);
    if (!s->shape || s->shape->kind != GL_NUMBERS || glia_tensor_count(&s->shape->shape, 0) != 2)
        return GLIA_OK;
    glia_tensor t;
    glia_status status = gl_read_values(c, s->shape, &t);
    if (status) return status;
    shape[0] = whole(&t, 0), shape[1] = whole(&t, 1);
    gl_free(c->g, t.data);
    return GLIA_OK;
}

static bool take_format(void *to, int64_t row, const char *text, int64_t length) {
    if (!row) *(bool *)to = length >= 3 && !memcmp(text, "csc", 3);
    return true;
}

static glia_status fill(matrix *m, glia_tensor *out) {
    int64_t rows = m->a->by_columns ? m->width : m->lines,
            columns = m->a->by_columns ? m->lines : m->width, bytes;
    *out = (glia_tensor){.dtype = GLIA_F64, .ndim = 2, .dim = {rows, columns}};
    if (!gl_multiply(rows, columns, &bytes) || bytes > MOST_BYTES / 8) {
        char shape[96];
        return gl_fail(
            m->c->g, GLIA_INPUT,
            "%s: sparse matrix %s has shape %s, more than 8 GiB with its zeros; write it "
            "as libsvm text (sklearn.datasets.dump_svmlight_file)",
            m->c->path, m->a->name, gl_shape_text(out, shape, sizeof shape));
    }
    glia_status status = gl_new_tensor(m->c->g, m->c->path, out, -1);
    if (!status) place_entries(m, out->data);
    return status;
}

glia_status gl_read_sparse(const gl_contents *c, const gl_array_info *a, glia_tensor *out) {
    sparse s;
    char wrong[GL_WRONG];
    int64_t shape[2] = {0};
    if (!find_parts(c, a, &s)) return GLIA_INPUT;
    gl_array_info said = *a;
    matrix m = {.c = c, .a = &said};
    if (s.format && s.format->kind == GL_TEXTS)
        gl_read_listed_texts(c, s.format, take_format, &said.by_columns, wrong);
    glia_status status = said_shape(c, &s, shape);
    m.width = shape[said.by_columns ? 0 : 1];
    if (!status) status = gl_read_values(c, s.data, &m.data);
    if (!status) status = gl_read_values(c, s.indices, &m.indices);
    if (!status) status = gl_read_values(c, s.indptr, &m.indptr);
    if (!status) status = check_parts(&m);
    if (!status && shape[0] && m.lines != shape[said.by_columns ? 1 : 0])
        status = damaged(&m, "indptr is not as long as its shape says");
    if (!status) status = fill(&m, out);
    gl_free(c->g, m.data.data);
    gl_free(c->g, m.indices.data);
    gl_free(c->g, m.indptr.data);
    return status;
}
