/*
 * read.c: from the name of the data to a reader: by the format asked for, by the file's first
 * bytes, or by its name.
 */
#include "readers.h"

#include <math.h>
#include <stdio.h>
#include <string.h>
#include <strings.h>
#include <sys/stat.h>
#include <unistd.h>
#include <zlib.h>

/* ------------------------------------------------------------------------------------- bytes -- */

bool gl_has_suffix(const char *path, const char *suffix) {
    size_t n = strlen(path), m = strlen(suffix);
    if (n > 3 && !strcasecmp(path + n - 3, ".gz")) n -= 3;
    return n >= m && !strncasecmp(path + n - m, suffix, m);
}

static char *read_stdin(glia_ctx *g, int64_t *size) {
    char *bytes = NULL;
    int64_t n = 0, cap = 0;
    for (;;) {
        if (!gl_reserve(g, &bytes, &cap, n + 65536, 1)) break;
        ssize_t got = read(STDIN_FILENO, bytes + n, (size_t)(cap - n - 1));
        if (got > 0) n += got;
        if (got > 0) continue;
        bytes[n] = 0;
        *size = n;
        if (got == 0) return bytes;
        gl_fail(g, GLIA_INPUT, "cannot read standard input");
        break;
    }
    gl_free(g, bytes);
    return NULL;
}

/* Inflates all members of a gzip file into *out. */
static glia_status inflate_all(glia_ctx *g, const char *path, z_stream *z, int64_t size,
                               gl_text *out) {
    int64_t left = size;
    while (left > 0 || z->avail_in > 0) {
        if (!z->avail_in) {
            z->avail_in = left > (1 << 30) ? 1 << 30 : (uInt)left;
            left -= z->avail_in;
        }
        int64_t room = 4 * (int64_t)size > (1 << 16) ? 4 * (int64_t)size : 1 << 16;
        if (out->cap - out->n < 2 && !gl_reserve(g, &out->s, &out->cap, out->n + room, 1))
            return GLIA_RESOURCE;
        int64_t free = out->cap - out->n - 1;
        z->next_out = (Bytef *)out->s + out->n;
        z->avail_out = free > (1 << 30) ? 1 << 30 : (uInt)free;
        int64_t before = z->avail_out;
        int result = inflate(z, Z_NO_FLUSH);
        out->n += before - z->avail_out;
        if (result == Z_STREAM_END) {
            const unsigned char *next = z->next_in;
            bool another = z->avail_in + left >= 2 && next[0] == 0x1F && next[1] == 0x8B;
            if (!another) return GLIA_OK; /* what follows is padding */
            inflateReset(z);
        } else if (result != Z_OK && result != Z_BUF_ERROR) {
            return gl_fail(g, GLIA_INPUT, "%s: the gzip data is damaged near byte %lld (%s)", path,
                           (long long)z->total_in, z->msg ? z->msg : "zlib");
        } else if (!z->avail_in && !left && z->avail_out) {
            break;
        }
    }
    return gl_fail(g, GLIA_INPUT,
                   "%s: the gzip data ends too early after %lld bytes; is the file complete?", path,
                   (long long)size);
}

static char *gunzip(glia_ctx *g, const char *path, char *bytes, int64_t *size) {
    z_stream z = {.next_in = (Bytef *)bytes};
    gl_text out = {.g = g};
    if (inflateInit2(&z, 16 + MAX_WBITS) != Z_OK) {
        gl_fail(g, GLIA_RESOURCE, "%s: zlib did not start", path);
        return NULL;
    }
    glia_status status = inflate_all(g, path, &z, *size, &out);
    inflateEnd(&z);
    if (status) {
        gl_free(g, out.s);
        return NULL;
    }
    out.s[out.n] = 0;
    *size = out.n;
    return out.s;
}

char *gl_read_bytes(glia_ctx *g, const char *path, int64_t *size) {
    char *bytes = strcmp(path, "-") ? gl_read_file(g, path, size) : read_stdin(g, size);
    if (!bytes || *size < 2 || memcmp(bytes, "\x1F\x8B", 2)) return bytes;
    char *plain = gunzip(g, path, bytes, size);
    gl_free(g, bytes);
    return plain;
}

/* ------------------------------------------------------------------------------ which reader -- */

typedef enum kind { UNKNOWN, CSV, LIBSVM, IDX, HDF5, NPY, FOLDER, NOT_YET } kind;

static const struct {
    const char *name;
    kind kind;
} formats[] = {
#define COMMA ,
#define OR ,
#define FORMAT(name, kind)                                                                         \
    { name, kind }
#define ALSO(name, kind)                                                                           \
    , { name, kind }
#include "formats.def"
#undef COMMA
#undef OR
#undef FORMAT
#undef ALSO
};

#define COMMA ", "
#define OR " or "
#define FORMAT(name, kind) name
#define ALSO(name, kind)
static const char all_formats[] =
#include "formats.def"
    ;
static const char format_help[] =
#include "formats.def"
    ", whatever the file is called";

static const glia_option rows[] = {
    {"format", NULL, "NAME", "data", "auto", format_help},
    {"delimiter", NULL, "CHARACTER", "data", "auto", "between cells: , ; | \\t or a blank"},
    {"decimal", NULL, "CHARACTER", "data", ".", "decimal sign of numbers: . or ,"},
    {"encoding", NULL, "NAME", "data", "utf-8", "utf-8 or latin-1"},
    {"missing", NULL, "TEXT", "data", NULL,
     "one more text for a missing cell, beside empty, NA, NaN, null and ?"},
    {"header", NULL, NULL, "data", "auto", "the first row names the columns"},
    {"no-header", NULL, NULL, "data", "auto",
     "the first row is data; columns are called c1, c2, ..."},
};

const glia_option *glia_table_options(int *count) {
    *count = sizeof rows / sizeof *rows;
    return rows;
}

static kind kind_of_format(glia_ctx *g, const char *format) {
    for (size_t i = 0; i < sizeof formats / sizeof *formats; i++) {
        if (!strcmp(formats[i].name, format)) return formats[i].kind;
    }
    gl_fail(g, GLIA_USAGE, "format '%s' is not known; expected %s", format, all_formats);
    return UNKNOWN;
}

static kind kind_of_bytes(const unsigned char *b, size_t n) {
    if (n >= 6 && !memcmp(b, "\x93NUMPY", 6)) return NPY;
    if (n >= 8 && !memcmp(b, "\x89HDF\r\n\x1a\n", 8)) return HDF5;
    if (n >= 4 && !b[0] && !b[1] && b[2] >= 0x08 && b[2] <= 0x0E && b[3] >= 1 && b[3] <= 8)
        return IDX;
    return UNKNOWN;
}

static kind kind_of_name(const char *path) {
    if (gl_has_suffix(path, "-ubyte") || gl_has_suffix(path, ".idx")) return IDX;
    if (gl_has_suffix(path, ".h5") || gl_has_suffix(path, ".hdf5")) return HDF5;
    if (gl_has_suffix(path, ".npy")) return NPY;
    if (gl_has_suffix(path, ".npz") || gl_has_suffix(path, ".mat") || gl_has_suffix(path, ".zip") ||
        gl_has_suffix(path, ".parquet") || gl_has_suffix(path, ".xlsx")) {
        return NOT_YET;
    }
    if (gl_has_suffix(path, ".libsvm") || gl_has_suffix(path, ".svm")) return LIBSVM;
    return CSV;
}

/* The first bytes decide, then the name, then whether a text that is not called csv or tsv looks
 * like sparse rows; gzread passes a plain file through. An unreadable file is reported by its
 * reader. */
static kind kind_of_file(const char *path) {
    struct stat st;
    if (!strcmp(path, "-") || stat(path, &st)) return kind_of_name(path);
    if (S_ISDIR(st.st_mode)) return FOLDER;
    if (!S_ISREG(st.st_mode)) return kind_of_name(path);
    char bytes[4096];
    gzFile file = gzopen(path, "rb");
    int n = file ? gzread(file, bytes, sizeof bytes) : -1;
    if (file) gzclose(file);
    kind k = n > 0 ? kind_of_bytes((unsigned char *)bytes, (size_t)n) : UNKNOWN;
    if (k == UNKNOWN) k = kind_of_name(path);
    bool named = gl_has_suffix(path, ".csv") || gl_has_suffix(path, ".tsv");
    bool sparse = k == CSV && !named && n > 0 && gl_looks_like_libsvm(bytes, n, n < 4096);
    return sparse ? LIBSVM : k;
}

static glia_table *read_idx_pair(glia_ctx *g, const char *path) {
    glia_tensor x = {0}, y = {0};
    if (gl_read_idx(g, path, &x)) return NULL;
    char *labels = gl_idx_labels_path(g, path);
    if (!labels) return gl_table_of_arrays(g, path, &x, NULL);
    glia_status status = gl_read_idx(g, labels, &y);
    gl_free(g, labels);
    if (!status) return gl_table_of_arrays(g, path, &x, &y);
    gl_free(g, x.data);
    return NULL;
}

static glia_table *read_npy_table(glia_ctx *g, const char *path) {
    glia_tensor x = {0};
    if (gl_read_npy(g, path, &x)) return NULL;
    return gl_table_of_arrays(g, path, &x, NULL);
}

glia_table *glia_table_read(glia_ctx *g, const char *data, const glia_read_options *options) {
    static const glia_read_options none;
    if (!options) options = &none;
    kind k = options->format ? kind_of_format(g, options->format) : kind_of_file(data);
    switch (k) {
    case CSV: return gl_read_csv(g, data, options);
    case LIBSVM:
        if (!options->format && kind_of_name(data) != LIBSVM)
            gl_note(g, "%s: looks like sparse text rows, label index:value ... (option 'format')",
                    data);
        return gl_read_libsvm(g, data);
    case IDX: return read_idx_pair(g, data);
    case HDF5: return gl_read_hdf5(g, data);
    case NPY: return read_npy_table(g, data);
    case FOLDER:
        gl_fail(
            g, GLIA_INPUT,
            "cannot read '%s': it is a directory, a file was expected; folders of images are not "
            "read yet",
            data);
        return NULL;
    case NOT_YET:
        gl_fail(g, GLIA_INPUT, "cannot read '%s': this kind of file is not read; expected %s", data,
                all_formats);
        return NULL;
    case UNKNOWN: break;
    }
    return NULL;
}

/* ------------------------------------------------------------------------------------ arrays -- */

/* FILE or FILE:ARRAY; a file whose name has a colon is found before the colon means anything. */
glia_status gl_read_array(glia_ctx *g, const char *spec, glia_tensor *out) {
    struct stat st;
    const char *colon = stat(spec, &st) ? strrchr(spec, ':') : NULL;
    char *path = gl_copy_text(g, spec);
    if (!path) return GLIA_RESOURCE;
    if (colon) path[colon - spec] = 0;
    const char *array = colon ? colon + 1 : NULL;
    glia_status status;
    kind k = kind_of_file(path);
    if (array && (k == IDX || k == NPY)) {
        status = gl_fail(g, GLIA_INPUT, "'%s' holds one array without a name; leave ':%s' out",
                         path, array);
        gl_free(g, path);
        return status;
    }
    switch (k) {
    case IDX: status = gl_read_idx(g, path, out); break;
    case NPY: status = gl_read_npy(g, path, out); break;
    case HDF5: status = gl_read_hdf5_array(g, path, array, out); break;
    default:
        status = gl_fail(g, GLIA_INPUT,
                         "cannot read '%s': %s; expected an array file (npy, idx or hdf5)", path,
                         stat(path, &st) ? "there is no such file" : "it holds no arrays");
    }
    gl_free(g, path);
    return status;
}

glia_table *glia_table_read_arrays(glia_ctx *g, const char *x, const char *y) {
    glia_tensor a = {0}, b = {0};
    if (gl_read_array(g, x, &a)) return NULL;
    if (!y) return gl_table_of_arrays(g, x, &a, NULL);
    if (!gl_read_array(g, y, &b)) return gl_table_of_arrays(g, x, &a, &b);
    gl_free(g, a.data);
    return NULL;
}

glia_status gl_new_tensor(glia_ctx *g, const char *source, glia_tensor *t, int64_t available) {
    char shape[128];
    gl_shape_text(t, shape, sizeof shape);
    int64_t count = glia_count(t, 0), bytes;
    bool fits = count >= 0 && gl_multiply(count, (int64_t)glia_dtype_size(t->dtype), &bytes);
    if (!fits)
        return gl_fail(g, GLIA_INPUT, "%s: shape %s is too large for any memory", source, shape);
    if (!count)
        return gl_fail(g, GLIA_INPUT, "%s: the array is empty, its shape is %s", source, shape);
    if (available >= 0 && bytes != available) {
        return gl_fail(g, GLIA_INPUT,
                       "%s: found %lld bytes of values, expected %lld for shape %s of %s; is the "
                       "file complete?",
                       source, (long long)available, (long long)bytes, shape,
                       glia_dtype_name(t->dtype));
    }
    t->data = gl_alloc(g, count, glia_dtype_size(t->dtype));
    return t->data ? GLIA_OK : GLIA_RESOURCE;
}

static glia_status check_finite(glia_ctx *g, const char *source, const char *name,
                                const glia_tensor *t) {
    if (t->dtype != GLIA_F32 && t->dtype != GLIA_F64) return GLIA_OK;
    int64_t count = glia_count(t, 0), width = glia_count(t, 1);
    for (int64_t i = 0; i < count; i++) {
        double v = glia_tensor_value(t, i);
        if (isfinite(v)) continue;
        return gl_fail(g, GLIA_INPUT,
                       "%s, row %lld: value %lld of %s is %s, expected a finite number", source,
                       (long long)(i / width) + 1, (long long)(i % width) + 1, name,
                       isnan(v) ? "NaN" : "infinite");
    }
    return GLIA_OK;
}

static glia_status add_array(glia_table *t, glia_tensor *x) {
    glia_status status = check_finite(t->g, t->source, "x", x);
    if (status) return status;
    gl_column *c = gl_table_add(t, "x", GLIA_ARRAY);
    if (!c) return GLIA_RESOURCE;
    t->rows = x->dim[0];
    if (x->ndim == 1) x->dim[x->ndim++] = 1;
    c->array = *x;
    x->data = NULL;
    return GLIA_OK;
}

static glia_status add_labels(glia_table *t, const glia_tensor *y) {
    char shape[96];
    gl_shape_text(y, shape, sizeof shape);
    int64_t n = glia_count(y, 0);
    if (y->dim[0] != t->rows || n != t->rows) {
        bool row = y->ndim == 2 && y->dim[0] == 1 && n == t->rows;
        return gl_fail(t->g, GLIA_INPUT,
                       "%s: x has %lld rows, y has shape %s; expected one label per row: (%lld,) "
                       "or (%lld, 1)%s",
                       t->source, (long long)t->rows, shape, (long long)t->rows, (long long)t->rows,
                       row ? "; transpose y" : "");
    }
    glia_status status = check_finite(t->g, t->source, "y", y);
    if (status) return status;
    glia_tensor column = *y;
    if (y->ndim == 1) glia_as_column(t->g, &column, t->rows); /* says so */
    gl_column *c = gl_table_add(t, "y", GLIA_NUMBER);
    if (!c || !(c->number = gl_alloc(t->g, n, sizeof *c->number))) return GLIA_RESOURCE;
    for (int64_t i = 0; i < n; i++) c->number[i] = glia_tensor_value(y, i);
    return GLIA_OK;
}

glia_table *gl_table_of_arrays(glia_ctx *g, const char *source, glia_tensor *x, glia_tensor *y) {
    glia_table *t = gl_table_new(g, source);
    if (t) t->arrays = true;
    if (t && (add_array(t, x) || (y && add_labels(t, y)))) {
        glia_table_free(t);
        t = NULL;
    }
    gl_free(g, x->data);
    if (y) gl_free(g, y->data);
    return t;
}
