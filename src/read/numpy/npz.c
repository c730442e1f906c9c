/*
 * npz.c: several arrays of NumPy in one file (numpy.savez, scipy.sparse.save_npz): a zip archive
 * with a member NAME.npy for each.
 *
 *     x_train.npy  y_train.npy  x_test.npy  y_test.npy      mnist.npz of Keras
 *     data.npy  indices.npy  indptr.npy  shape.npy          one sparse matrix
 */
#include "npy.h"
#include "../zip.h"

#include <stdio.h>
#include <string.h>

/* A header with more names of columns than fit here is refused as one that does not end. */
#define HEADER 65536

typedef struct npz_file {
    gl_zip *zip;
    const gl_zip_member *member; /* whose bytes these are; NULL: none yet */
    char *bytes;
    int64_t size;
} npz_file;

static void close_npz(void *user) {
    npz_file *f = user;
    glia_ctx *g = f->zip->g;
    gl_free(g, f->bytes);
    gl_zip_close(f->zip);
    gl_free(g, f);
}

static void *open_npz(glia_ctx *g, const char *path, char wrong[GL_WRONG]) {
    (void)wrong;
    gl_zip *zip = gl_zip_open(g, path);
    npz_file *f = zip ? gl_alloc(g, 1, sizeof *f) : NULL;
    if (f) f->zip = zip;
    else gl_zip_close(zip);
    return f;
}

static void source_of(const npz_file *f, const gl_zip_member *m, char source[512]) {
    snprintf(source, 512, "%.255s, %.200s", f->zip->path, m->name);
}

/* An array that is not understood is listed, and refused when it is asked for. */
static void list_unread(glia_ctx *g, const char *name, gl_array_info *list, int size, int *count) {
    if (*count == size) return;
    gl_array_info *a = &list[(*count)++];
    *a = (gl_array_info){.kind = GL_UNREAD, .column = -1, .shape = {.ndim = 1}};
    const char *why = strstr(g->message, "npy ");
    snprintf(a->name, sizeof a->name, "%s", name);
    snprintf(a->remark, sizeof a->remark, "what is not understood (%.120s)", why ? why : "no npy");
}

static glia_status list_member(npz_file *f, const gl_zip_member *m, const char *name,
                               gl_array_info *list, int size, int *count) {
    glia_ctx *g = f->zip->g;
    char source[512];
    gl_npy npy = {0};
    int64_t n;
    source_of(f, m, source);
    char *head = gl_zip_read(f->zip, m, HEADER, &n);
    if (!head) return g->code;
    glia_status status = gl_npy_header(g, source, head, n, &npy);
    gl_free(g, head);
    int from = *count;
    bool single = !npy.shape.ndim;
    if (single) npy.shape = (glia_tensor){.ndim = 1, .dim = {1}};
    if (status == GLIA_INPUT) list_unread(g, name, list, size, count);
    else if (!status) status = gl_npy_list(g, source, &npy, m->size, name, list, size, count);
    for (int i = from; i < *count; i++) {
        snprintf(list[i].place, sizeof list[i].place, "%s", m->name);
        list[i].aside = single;
    }
    gl_free(g, npy.field);
    return status == GLIA_INPUT && *count > from ? GLIA_OK : status;
}

static bool list_npz(void *user, gl_array_info *list, int size, int *count, char wrong[GL_WRONG]) {
    (void)wrong;
    npz_file *f = user;
    for (int64_t i = 0; i < f->zip->count; i++) {
        const gl_zip_member *m = &f->zip->member[i];
        size_t n = strlen(m->name);
        char name[GL_NAME];
        if (n >= GL_NAME || n <= 4 || strcmp(m->name + n - 4, ".npy")) continue;
        snprintf(name, sizeof name, "%.*s", (int)n - 4, m->name);
        if (list_member(f, m, name, list, size, count)) return false;
    }
    return true;
}

/* Its bytes, kept for the next column of the same table. */
static const char *bytes_of(npz_file *f, const gl_array_info *a) {
    const gl_zip_member *m = gl_zip_find(f->zip, a->place);
    if (!m || m == f->member) return m ? f->bytes : NULL;
    gl_free(f->zip->g, f->bytes);
    f->member = NULL;
    f->bytes = gl_zip_read(f->zip, m, -1, &f->size);
    if (f->bytes) f->member = m;
    return f->bytes;
}

/* Values into data, or texts to `take`. */
static bool read_member(npz_file *f, const gl_array_info *a, void *data, gl_take_text *take,
                        void *to) {
    glia_ctx *g = f->zip->g;
    char source[512];
    gl_npy npy = {0};
    const char *bytes = bytes_of(f, a);
    if (!bytes) return false;
    source_of(f, f->member, source);
    glia_status status = gl_npy_header(g, source, bytes, f->size, &npy);
    if (!status)
        status = take ? gl_npy_texts(g, source, &npy, a, bytes, take, to)
                      : gl_npy_values(g, source, &npy, a, bytes, data);
    gl_free(g, npy.field);
    return !status;
}

static bool read_values(void *user, const gl_array_info *a, void *data, char wrong[GL_WRONG]) {
    (void)wrong;
    return read_member(user, a, data, NULL, NULL);
}

static bool read_texts(void *user, const gl_array_info *a, gl_take_text *take, void *to,
                       char wrong[GL_WRONG]) {
    (void)wrong;
    return read_member(user, a, NULL, take, to);
}

static const gl_array_reader arrays = {open_npz, close_npz, list_npz, read_values, read_texts};

static glia_table *read_npz(glia_ctx *g, const char *path, const glia_read_options *options) {
    return gl_read_named_pair(g, &arrays, path, options);
}

static glia_status read_array(glia_ctx *g, const char *path, const char *array, gl_array *out) {
    return gl_read_named_array(g, &arrays, path, array, out);
}

/* The first member of a zip archive, whose name is that of an array. */
static bool begins_like_npz(const unsigned char *b, size_t n, bool whole) {
    (void)whole;
    size_t length = n >= 30 ? (size_t)(b[26] | b[27] << 8) : 0;
    return length > 4 && n >= 30 + length && !memcmp(b, "PK\3\4", 4) &&
           !memcmp(b + 30 + length - 4, ".npy", 4);
}

const gl_reader gl_reader_npz = {
    .names = {"npz"},
    .suffixes = {".npz"},
    .signature = begins_like_npz,
    .read_table = read_npz,
    .read_array = read_array,
    .named_arrays = true,
    .uses = GL_USES_TABLE,
};
