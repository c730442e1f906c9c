/*
 * header.c: the header of NumPy's array format: magic, version, a Python dictionary as text.
 * See the documentation of numpy.lib.format.
 *
 *     93 N U M P Y | 1 0 | 118, as 16 bits
 *     {'descr': '<f4', 'fortran_order': False, 'shape': (150, 4), }
 *     {'descr': [('size', '<f8'), ('colour', '<U5'), ('box', '<f4', (4,))], ...  records
 *
 * The dictionary is written by numpy.save in this form and no other, so no parser of Python is
 * needed; a file that was made otherwise and is not understood is refused with what was found.
 */
#include "npy.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

typedef struct header {
    glia_ctx *g;
    const char *path;
    const char *text; /* the dictionary, NUL-terminated copy */
} header;

/* The text behind 'key': in the dictionary. */
static const char *value_of(const header *h, const char *key) {
    char quoted[32];
    snprintf(quoted, sizeof quoted, "'%s'", key);
    const char *s = strstr(h->text, quoted);
    if (!s) return NULL;
    s += strlen(quoted);
    while (*s == ' ') s++;
    if (*s++ != ':') return NULL;
    while (*s == ' ') s++;
    return s;
}

static glia_status bad_header(const header *h, const char *key, const char *expected) {
    const char *found = value_of(h, key);
    int length = !found          ? 0
                 : *found == '(' ? (int)strcspn(found, ")") + 1
                 : *found == '[' ? (int)strcspn(found, "]") + 1
                                 : (int)strcspn(found, ",}\n");
    return gl_fail(h->g, GLIA_INPUT, "%s: npy header, '%s': found %.*s, expected %s", h->path, key,
                   !found        ? 7
                   : length < 40 ? length
                                 : 40,
                   found ? found : "nothing", expected);
}

/* ------------------------------------------------------------------------------------- types -- */

/* "'<f4'": order, kind, width. Returns the text behind, or NULL. */
static const char *read_type(const char *s, gl_npy_field *f) {
    if (*s != '\'' || !s[1] || !strchr("<>|=", s[1])) return NULL;
    size_t n = strcspn(s + 1, "'");
    if (s[n + 1] != '\'') return NULL;
    snprintf(f->found, sizeof f->found, "%.*s", (int)(n < 20 ? n : 20), s + 1);
    char *end;
    long width = strtol(s + 3, &end, 10);
    if (width < 0 || width > 1 << 20) return NULL;
    f->raw = (gl_raw){.kind = s[2], .width = (int)width, .big = s[1] == '>'};
    if (s[2] == 'U') f->raw.width *= 4;
    if (s[2] == 'O') f->raw.width = 8;
    if (s[2] == 'a') f->raw.kind = 'S';
    return s + n + 2;
}

static const char *skip(const char *s, const char *set) { return s + strspn(s, set); }

/* "(4, 2)" of a member: how many values it is. */
static const char *read_count(const char *s, int64_t *count) {
    *count = 1;
    for (s = skip(s, "( ,"); *s >= '0' && *s <= '9'; s = skip(s, " ,")) {
        char *end;
        long long d = strtoll(s, &end, 10);
        if (!gl_multiply(*count, d, count)) return NULL;
        s = end;
    }
    return *s == ')' ? s + 1 : NULL;
}

/* "('box', '<f4', (4,))". A member that is a record itself is none of these. */
static const char *read_field(const char *s, gl_npy_field *f) {
    if (*s != '(' || s[1] != '\'') return NULL;
    size_t n = strcspn(s + 2, "'");
    snprintf(f->name, sizeof f->name, "%.*s", (int)(n < 95 ? n : 95), s + 2);
    s += 2 + n;
    if (*s++ != '\'') return NULL;
    s = read_type(skip(s, " ,"), f);
    f->values = 1;
    if (s && *skip(s, " ,") == '(') s = read_count(skip(s, " ,"), &f->values);
    if (s) s = skip(s, " ,");
    return s && *s == ')' ? s + 1 : NULL;
}

static bool place_field(gl_npy *f, gl_npy_field *field) {
    int64_t bytes;
    field->offset = f->record;
    return gl_multiply(field->values, field->raw.width, &bytes) &&
           !__builtin_add_overflow(f->record, bytes, &f->record);
}

/* Members without a name are padding. */
static bool read_records(const char *s, gl_npy *f) {
    for (s++; *s == '('; s = skip(s, " ,")) {
        if (f->fields == GL_NPY_FIELDS) return false;
        gl_npy_field *field = &f->field[f->fields];
        *field = (gl_npy_field){0};
        s = read_field(s, field);
        if (!s || !place_field(f, field)) return false;
        if (*field->name) f->fields++;
    }
    return *s == ']' && f->fields > 0;
}

static glia_status read_descr(const header *h, gl_npy *f) {
    const char *s = value_of(h, "descr");
    f->field = gl_alloc(h->g, GL_NPY_FIELDS, sizeof *f->field);
    if (!f->field) return GLIA_RESOURCE;
    if (s && *s == '[')
        return read_records(s, f)
                   ? GLIA_OK
                   : bad_header(h, "descr", "records whose members are numbers or texts");
    f->field->values = f->fields = 1;
    if (s && read_type(s, f->field) && place_field(f, f->field)) return GLIA_OK;
    return bad_header(h, "descr", "numbers such as '<f4', '>f8', '|u1' or texts such as '<U5'");
}

/* ------------------------------------------------------------------------------------- shape -- */

static glia_status read_order(const header *h, gl_npy *f) {
    const char *s = value_of(h, "fortran_order");
    f->fortran = s && !strncmp(s, "True", 4);
    return s && (f->fortran || !strncmp(s, "False", 5))
               ? GLIA_OK
               : bad_header(h, "fortran_order", "True or False");
}

/* Dimensions behind the fourth are folded into it, as rows are all that matters of them. */
static bool add_dimension(glia_tensor *t, bool fortran, long long d) {
    if (t->ndim < GLIA_MAX_DIMS) return t->dim[t->ndim++] = d, true;
    int64_t *last = &t->dim[GLIA_MAX_DIMS - 1];
    return !fortran && gl_multiply(*last, d, last);
}

static glia_status read_shape(const header *h, gl_npy *f) {
    const char *s = value_of(h, "shape");
    if (!s || *s++ != '(') return bad_header(h, "shape", "a tuple such as (100, 4)");
    for (;; s++) {
        s = skip(s, " ,");
        if (*s == ')') break;
        char *end;
        long long d = *s >= '0' && *s <= '9' ? strtoll(s, &end, 10) : -1;
        if (d < 0 || (*end != ',' && *end != ')') || !add_dimension(&f->shape, f->fortran, d))
            return bad_header(h, "shape", "dimensions such as (100, 4)");
        s = end;
        if (*s == ')') break;
    }
    return GLIA_OK;
}

/* Finds the dictionary: where it begins and how long it is. */
static glia_status find_header(glia_ctx *g, const char *path, const unsigned char *b, int64_t size,
                               int64_t *begin, int64_t *length) {
    if (size < 10 || memcmp(b, "\x93NUMPY", 6)) {
        return gl_fail(g, GLIA_INPUT, "%s: wrong magic number, expected \\x93NUMPY as in npy files",
                       path);
    }
    if (b[6] < 1 || b[6] > 3) {
        return gl_fail(g, GLIA_INPUT, "%s: npy version %d is not read, expected 1, 2 or 3", path,
                       b[6]);
    }
    *begin = b[6] == 1 ? 10 : 12;
    *length = size < *begin ? 0 : b[8] | b[9] << 8;
    if (b[6] > 1 && size >= *begin) *length |= (int64_t)b[10] << 16 | (int64_t)b[11] << 24;
    if (!*length || *length > size - *begin)
        return gl_fail(g, GLIA_INPUT, "%s: the file ends inside its header; is it complete?", path);
    return GLIA_OK;
}

glia_status gl_npy_header(glia_ctx *g, const char *source, const char *bytes, int64_t n,
                          gl_npy *out) {
    int64_t begin = 0, length = 0;
    *out = (gl_npy){0};
    glia_status status = find_header(g, source, (const unsigned char *)bytes, n, &begin, &length);
    char *text = status ? NULL : gl_alloc(g, length + 1, 1);
    if (!text) return status ? status : GLIA_RESOURCE;
    memcpy(text, bytes + begin, (size_t)length);
    header h = {g, source, text};
    out->begin = begin + length;
    status = read_descr(&h, out);
    if (!status) status = read_order(&h, out);
    if (!status) status = read_shape(&h, out);
    gl_free(g, text);
    return status;
}
