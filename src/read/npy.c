/*
 * npy.c: NumPy's array file: magic, version, a Python dictionary as text, the values. See the
 * documentation of numpy.lib.format. Only the dictionary's three known keys are read.
 *
 *     93 N U M P Y | 1 0 | 118, as 16 bits
 *     {'descr': '<f4', 'fortran_order': False, 'shape': (150, 4), } | 150 * 4 * 4 bytes
 *
 * The dictionary is written by numpy.save in this form and no other, so no parser of Python is
 * needed; a file that was made otherwise and is not understood is refused with what was found.
 */
#include "readers.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

typedef enum form { AS_IT_IS, F2, I1, I2, U2, U4, U8_WIDE } form; /* how a value lies in the file */

/* A tensor has five types, and what is none of them goes into the next one that holds all its
 * values: numbers of 8 and 16 bits become i32, unsigned ones of 32 i64. Only u8 (64 bits, without
 * sign) may not fit, which is looked at value by value. */
static const struct {
    const char *descr; /* without its byte order */
    glia_dtype dtype;
    form form;
    int width;
} types[] = {
    {"f4", GLIA_F32, AS_IT_IS, 4}, {"f8", GLIA_F64, AS_IT_IS, 8}, {"u1", GLIA_U8, AS_IT_IS, 1},
    {"b1", GLIA_U8, AS_IT_IS, 1},  {"i4", GLIA_I32, AS_IT_IS, 4}, {"i8", GLIA_I64, AS_IT_IS, 8},
    {"i1", GLIA_I32, I1, 1},       {"i2", GLIA_I32, I2, 2},       {"u2", GLIA_I32, U2, 2},
    {"u4", GLIA_I64, U4, 4},       {"u8", GLIA_I64, U8_WIDE, 8},  {"f2", GLIA_F32, F2, 2},
};

typedef struct npy {
    glia_ctx *g;
    const char *path;
    const char *header; /* the dictionary, NUL-terminated copy */
    int type;           /* row of types */
    bool fortran;
} npy;

/* The text behind 'key': in the dictionary. */
static const char *value_of(const npy *f, const char *key) {
    char quoted[32];
    snprintf(quoted, sizeof quoted, "'%s'", key);
    const char *s = strstr(f->header, quoted);
    if (!s) return NULL;
    s += strlen(quoted);
    while (*s == ' ') s++;
    if (*s++ != ':') return NULL;
    while (*s == ' ') s++;
    return s;
}

static glia_status bad_header(const npy *f, const char *key, const char *expected) {
    const char *found = value_of(f, key);
    int length = !found          ? 0
                 : *found == '(' ? (int)strcspn(found, ")") + 1
                 : *found == '[' ? (int)strcspn(found, "]") + 1
                                 : (int)strcspn(found, ",}\n");
    return gl_fail(f->g, GLIA_INPUT, "%s: npy header, '%s': found %.*s, expected %s", f->path, key,
                   !found        ? 7
                   : length < 40 ? length
                                 : 40,
                   found ? found : "nothing", expected);
}

/* Other byte orders are refused: an array that a Sun wrote is turned by one line of NumPy, and a
 * reader that nobody runs is wrong one day. */
static glia_status read_descr(npy *f) {
    const char *s = value_of(f, "descr");
    if (s && *s == '\'' && strchr("<|=>", s[1]) && s[1]) {
        for (size_t i = 0; i < sizeof types / sizeof *types; i++) {
            if (strncmp(s + 2, types[i].descr, 2) || s[4] != '\'') continue;
            if (s[1] == '>' && types[i].width > 1) break;
            f->type = (int)i;
            return GLIA_OK;
        }
    }
    return bad_header(f, "descr",
                      "little-endian numbers such as '<f4', '<f8', '|u1', '<i4' or '<i8'");
}

static glia_status read_order(npy *f) {
    const char *s = value_of(f, "fortran_order");
    f->fortran = s && !strncmp(s, "True", 4);
    return s && (f->fortran || !strncmp(s, "False", 5))
               ? GLIA_OK
               : bad_header(f, "fortran_order", "True or False");
}

static glia_status read_shape(npy *f, glia_tensor *t) {
    const char *s = value_of(f, "shape");
    if (!s || *s++ != '(') return bad_header(f, "shape", "a tuple such as (100, 4)");
    for (;; s++) {
        while (*s == ' ' || *s == ',') s++;
        if (*s == ')') break;
        char *end;
        long long d = *s >= '0' && *s <= '9' ? strtoll(s, &end, 10) : -1;
        if (d < 0 || t->ndim == GLIA_MAX_DIMS || (*end != ',' && *end != ')')) {
            return bad_header(f, "shape", "one to four dimensions such as (100, 4)");
        }
        t->dim[t->ndim++] = d;
        s = end;
        if (*s == ')') break;
    }
    if (!t->ndim) return bad_header(f, "shape", "at least one dimension; this is a single number");
    /* Of two dimensions it is a transposed matrix, which pandas and slices of columns
     * give often. */
    if (f->fortran && t->ndim > 2) {
        return gl_fail(f->g, GLIA_INPUT,
                       "%s: the array is in Fortran order; save numpy.ascontiguousarray(array)",
                       f->path);
    }
    return GLIA_OK;
}

/* IEEE 754 binary16: (-1)^s 2^(e - 15) 1.f; binary32 has the bias 127, so 112 is added to e, and
 * ten bits of f become the upper of 23. All values are kept exactly. */
static float half_to_float(uint16_t h) {
    uint32_t sign = (uint32_t)(h & 0x8000) << 16, exponent = h >> 10 & 31, fraction = h & 1023,
             bits;
    if (exponent == 0) { /* zero and subnormal: fraction * 2^-24 */
        float v = (float)fraction / 16777216.0f;
        return sign ? -v : v;
    }
    bits = sign | (exponent == 31 ? 255 : exponent + 112) << 23 | fraction << 13;
    float v;
    memcpy(&v, &bits, sizeof v);
    return v;
}

/* Value i of the file to place j of t. */
static bool copy_value(form lies, const unsigned char *from, int64_t i, glia_tensor *t, int64_t j) {
    uint16_t half;
    uint32_t word;
    uint64_t wide;
    switch (lies) {
    case I1: ((int32_t *)t->data)[j] = (int8_t)from[i]; return true;
    case I2:
        memcpy(&half, from + 2 * i, 2);
        ((int32_t *)t->data)[j] = (int16_t)half;
        return true;
    case U2:
        memcpy(&half, from + 2 * i, 2);
        ((int32_t *)t->data)[j] = half;
        return true;
    case F2:
        memcpy(&half, from + 2 * i, 2);
        ((float *)t->data)[j] = half_to_float(half);
        return true;
    case U4:
        memcpy(&word, from + 4 * i, 4);
        ((int64_t *)t->data)[j] = word;
        return true;
    case U8_WIDE:
        memcpy(&wide, from + 8 * i, 8);
        ((int64_t *)t->data)[j] = (int64_t)wide;
        return wide <= INT64_MAX;
    case AS_IT_IS: break;
    }
    size_t width = glia_dtype_size(t->dtype);
    memcpy((char *)t->data + (size_t)j * width, from + (size_t)i * width, width);
    return true;
}

static glia_status copy_values(const npy *f, glia_tensor *t, const unsigned char *from) {
    int64_t n = glia_tensor_count(t, 0), columns = glia_tensor_count(t, 1), rows = t->dim[0];
    if (types[f->type].form == AS_IT_IS && !f->fortran) {
        memcpy(t->data, from, (size_t)n * glia_dtype_size(t->dtype));
        return GLIA_OK;
    }
    for (int64_t i = 0; i < n; i++) { /* in Fortran order value i of the file is row i % rows */
        int64_t j = f->fortran ? i % rows * columns + i / rows : i;
        if (!copy_value(types[f->type].form, from, i, t, j)) {
            return gl_fail(f->g, GLIA_INPUT, "%s: value %lld does not fit into 63 bits", f->path,
                           (long long)i + 1);
        }
    }
    return GLIA_OK;
}

static bool begins_like_npy(const unsigned char *b, size_t n, bool whole) {
    (void)whole;
    return n >= 6 && !memcmp(b, "\x93NUMPY", 6);
}

/* Finds the dictionary: where it begins and how long it is. */
static glia_status find_header(const npy *f, const unsigned char *b, int64_t size, int64_t *begin,
                               int64_t *length) {
    if (size < 10 || !begins_like_npy(b, (size_t)size, true)) {
        return gl_fail(f->g, GLIA_INPUT,
                       "%s: wrong magic number, expected \\x93NUMPY as in npy files", f->path);
    }
    if (b[6] < 1 || b[6] > 3) {
        return gl_fail(f->g, GLIA_INPUT, "%s: npy version %d is not read, expected 1, 2 or 3",
                       f->path, b[6]);
    }
    *begin = b[6] == 1 ? 10 : 12;
    *length = size < *begin ? 0 : b[8] | b[9] << 8;
    if (b[6] > 1 && size >= *begin) *length |= (int64_t)b[10] << 16 | (int64_t)b[11] << 24;
    if (!*length || *length > size - *begin)
        return gl_fail(f->g, GLIA_INPUT, "%s: the file ends inside its header", f->path);
    return GLIA_OK;
}

static glia_status read_values(npy *f, const char *bytes, int64_t size, int64_t begin,
                               glia_tensor *t) {
    glia_status status = read_descr(f);
    if (!status) status = read_order(f);
    if (!status) status = read_shape(f, t);
    if (status) return status;
    t->dtype = types[f->type].dtype;
    int64_t need, count = glia_tensor_count(t, 0), found = size - begin;
    /* Before memory is taken: a header that claims (10^9, 10^9) is a short file. */
    if (gl_multiply(count < 0 ? INT64_MAX : count, types[f->type].width, &need) && need != found) {
        char shape[96];
        return gl_fail(
            f->g, GLIA_INPUT,
            "%s: found %lld bytes of values, expected %lld for shape %s; is the file complete?",
            f->path, (long long)found, (long long)need, gl_shape_text(t, shape, sizeof shape));
    }
    status = gl_new_tensor(f->g, f->path, t, -1);
    if (!status) status = copy_values(f, t, (const unsigned char *)bytes + begin);
    if (!status) return GLIA_OK;
    gl_free(f->g, t->data);
    t->data = NULL;
    return status;
}

static glia_status read_npy(glia_ctx *g, const char *path, const char *array, gl_array *out) {
    (void)array;
    int64_t size, begin = 0, length = 0;
    char *bytes = gl_read_bytes(g, path, &size);
    if (!bytes) return g->code;
    npy f = {.g = g, .path = path};
    *out = (gl_array){0};
    glia_status status = find_header(&f, (unsigned char *)bytes, size, &begin, &length);
    if (!status) {
        char *header = gl_alloc(g, length + 1, 1);
        if (header) memcpy(header, bytes + begin, (size_t)length);
        f.header = header;
        status =
            header ? read_values(&f, bytes, size, begin + length, &out->values) : GLIA_RESOURCE;
        gl_free(g, header);
    }
    gl_free(g, bytes);
    return status;
}

const gl_reader gl_reader_npy = {
    .names = {"npy"},
    .suffixes = {".npy"},
    .signature = begins_like_npy,
    .read_array = read_npy,
};
