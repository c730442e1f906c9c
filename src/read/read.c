/*
 * read.c: from the name of the data to a reader: by the format asked for, by the file's first
 * bytes, or by its name.
 */
#include "readers.h"

#include <stdio.h>
#include <string.h>
#include <strings.h>
#include <sys/stat.h>
#include <zlib.h>

/* ------------------------------------------------------------------------------ which reader -- */

bool gl_has_suffix(const char *path, const char *suffix) {
    size_t n = strlen(path), m = strlen(suffix);
    if (n > 3 && !strcasecmp(path + n - 3, ".gz")) n -= 3;
    return n >= m && !strncasecmp(path + n - m, suffix, m);
}

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
