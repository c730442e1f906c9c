/*
 * idx.c: the IDX format of MNIST: two zero bytes, a type, the number of dimensions, each dimension
 * as 32 bits big-endian, then the values, row-major and big-endian. See
 * http://yann.lecun.com/exdb/mnist.
 *
 *     00 00 08 03 | 00 00 ea 60 | 00 00 00 1c | 00 00 00 1c | 47,040,000 bytes
 *           u8  3   60000         28            28
 */
#include "raw.h"
#include "readers.h"

#include <stdio.h>
#include <string.h>
#include <sys/stat.h>

static uint32_t big_endian(const unsigned char *b) {
    return (uint32_t)b[0] << 24 | (uint32_t)b[1] << 16 | (uint32_t)b[2] << 8 | b[3];
}

/* MNIST and its successors (Fashion-MNIST, EMNIST, KMNIST) have bytes. */
static bool raw_of(int type, gl_raw *raw) {
    switch (type) {
    case 0x08: return *raw = (gl_raw){'u', 1, true}, true;
    case 0x09: return *raw = (gl_raw){'i', 1, true}, true;
    case 0x0B: return *raw = (gl_raw){'i', 2, true}, true;
    case 0x0C: return *raw = (gl_raw){'i', 4, true}, true;
    case 0x0D: return *raw = (gl_raw){'f', 4, true}, true;
    case 0x0E: return *raw = (gl_raw){'f', 8, true}, true;
    default: return false;
    }
}

#define OTHER_ORDER                                                                                \
    "; its numbers are in the other byte order: write them with the largest byte first (in "       \
    "Python "                                                                                      \
    "struct.pack('>i', n), a.astype('>f4'))"

/* Reads the header; *begin is where the values start. */
static glia_status read_header(glia_ctx *g, const char *path, const unsigned char *b, int64_t size,
                               glia_tensor *t, gl_raw *raw, int64_t *begin) {
    if (size < 4 || b[0] || b[1]) {
        char found[16] = "";
        for (int64_t i = 0; i < size && i < 4; i++) snprintf(found + 2 * i, 3, "%02x", b[i]);
        bool turned = size >= 4 && !b[2] && !b[3] && b[1] >= 8 && b[1] <= 14 && b[0] && b[0] <= 8;
        return gl_fail(g, GLIA_INPUT,
                       "%s: wrong magic number: found %s, expected 0000 as in IDX files%s", path,
                       size ? found : "an empty file", turned ? OTHER_ORDER : "");
    }
    if (!raw_of(b[2], raw) || !gl_raw_dtype(*raw, &t->dtype)) {
        return gl_fail(g, GLIA_INPUT,
                       "%s: IDX type 0x%02x is not read; expected 08 (bytes), 09 or 0b to 0e", path,
                       b[2]);
    }
    t->ndim = b[3];
    if (t->ndim < 1 || t->ndim > GLIA_MAX_DIMS) {
        return gl_fail(g, GLIA_INPUT, "%s: the IDX header says %d dimensions, expected 1 to %d",
                       path, t->ndim, GLIA_MAX_DIMS);
    }
    *begin = 4 + 4 * t->ndim;
    if (size < *begin)
        return gl_fail(g, GLIA_INPUT, "%s: the file ends inside its header; is it complete?", path);
    for (int i = 0; i < t->ndim; i++) t->dim[i] = big_endian(b + 4 + 4 * i);
    return GLIA_OK;
}

/* Do its sizes fit, which do not as they stand, with their bytes turned round? */
static bool fits_turned(const glia_tensor *t, gl_raw raw, int64_t found) {
    int64_t bytes = raw.width, own = raw.width;
    bool good = true, fits = true;
    for (int i = 0; i < t->ndim; i++) {
        good = good && gl_multiply(bytes, __builtin_bswap32((uint32_t)t->dim[i]), &bytes);
        fits = fits && gl_multiply(own, t->dim[i], &own);
    }
    return good && bytes == found && !(fits && own == found);
}

static glia_status check_size(glia_ctx *g, const char *path, const glia_tensor *t, gl_raw raw,
                              int64_t found) {
    char shape[96];
    int64_t need, count = glia_tensor_count(t, 0);
    gl_shape_text(t, shape, sizeof shape);
    if (fits_turned(t, raw, found))
        return gl_fail(g, GLIA_INPUT, "%s: found shape %s%s", path, shape, OTHER_ORDER);
    if (count < 0 || !gl_multiply(count, raw.width, &need))
        return gl_fail(g, GLIA_INPUT, "%s: shape %s is too large for any memory", path, shape);
    if (need == found || !count) return GLIA_OK;
    return gl_fail(g, GLIA_INPUT,
                   "%s: found %lld bytes of values, expected %lld for shape %s; is the file "
                   "complete?",
                   path, (long long)found, (long long)need, shape);
}

static void copy_values(glia_tensor *t, gl_raw raw, const unsigned char *from) {
    int64_t n = glia_tensor_count(t, 0);
    if (t->dtype == GLIA_U8) memcpy(t->data, from, (size_t)n);
    else
        for (int64_t i = 0; i < n; i++)
            gl_raw_copy(raw, t->dtype, from + i * raw.width, t->data, i);
}

static glia_status read_idx(glia_ctx *g, const char *path, const char *array, gl_array *out) {
    (void)array;
    int64_t size, begin = 0;
    gl_raw raw;
    *out = (gl_array){0};
    char *bytes = gl_read_bytes(g, path, &size);
    if (!bytes) return g->code;
    glia_status status =
        read_header(g, path, (unsigned char *)bytes, size, &out->values, &raw, &begin);
    if (!status) status = check_size(g, path, &out->values, raw, size - begin);
    if (!status) status = gl_new_tensor(g, path, &out->values, -1);
    if (!status) copy_values(&out->values, raw, (unsigned char *)bytes + begin);
    gl_free(g, bytes);
    return status;
}

/* train-images-idx3-ubyte.gz -> train-labels-idx1-ubyte, gzipped or not, also with '.' for '-', as
 * some unpackers name them. A file of images alone is data, too (for predictions), so a missing one
 * is a note. */
static char *labels_path(glia_ctx *g, const char *images) {
    const char *slash = strrchr(images, '/'), *word = strstr(slash ? slash : images, "images");
    if (!word) return NULL;
    size_t n = strlen(images);
    if (n > 3 && !strcmp(images + n - 3, ".gz")) n -= 3;
    static const char *const endings[] = {"", ".gz"};
    for (int i = 0; i < 2; i++) {
        const char *rest = word + strlen("images");
        char *path = gl_format(g, "%.*slabels%.*s%s", (int)(word - images), images,
                               (int)(images + n - rest), rest, endings[i]);
        if (!path) return NULL;
        char *three = strstr(path + (word - images), "idx3");
        if (three) three[3] = '1';
        struct stat st;
        if (!stat(path, &st) && S_ISREG(st.st_mode)) return path;
        gl_free(g, path);
    }
    gl_note(g, "%s: no labels file was found beside it", images);
    return NULL;
}

static glia_table *read_images(glia_ctx *g, const char *path, const glia_read_options *options) {
    (void)options;
    gl_array x = {0}, y = {0};
    if (read_idx(g, path, NULL, &x)) return NULL;
    char *labels = labels_path(g, path);
    if (!labels) return gl_table_of_arrays(g, path, &x, NULL, NULL);
    bool ok = read_idx(g, labels, NULL, &y) == GLIA_OK;
    glia_table *t = ok ? gl_table_of_arrays(g, path, &x, labels, &y) : NULL;
    if (!ok) gl_free_array(g, &x);
    gl_free(g, labels);
    return t;
}

/* Two zero bytes alone begin many files; with a type and a count that exist, hardly any other. */
static bool begins_like_idx(const unsigned char *b, size_t n, bool whole) {
    (void)whole;
    return n >= 4 && !b[0] && !b[1] && b[2] >= 0x08 && b[2] <= 0x0E && b[3] >= 1 && b[3] <= 8;
}

const gl_reader gl_reader_idx = {
    .names = {"idx"},
    .suffixes = {"-ubyte", ".idx"},
    .signature = begins_like_idx,
    .read_table = read_images,
    .read_array = read_idx,
};
