/*
 * texts.c: texts in HDF5 files: fixed and of any length, the names of enumerations, categories
 * by number, and MATLAB's characters and cells of them.
 */
#include "module.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

typedef struct target {
    gl_take_text *take;
    void *to;
    int64_t column, width; /* takes this column of so many; -1, 1: all */
} target;

static bool give(const target *t, int64_t i, const char *text, int64_t length) {
    if (t->column < 0) return t->take(t->to, i, text, length);
    return i % t->width != t->column || t->take(t->to, i / t->width, text, length);
}

static bool fail(char wrong[GL_WRONG], const char *what) {
    snprintf(wrong, GL_WRONG, "%s", what);
    return false;
}

/* The type of a record with this member alone, when there is one; closes `inner` then. */
static hid_t as_part(const gl_array_info *a, hid_t inner) {
    if (!*a->part || inner < 0) return inner;
    hid_t record = H5Tcreate(H5T_COMPOUND, H5Tget_size(inner));
    if (record >= 0) H5Tinsert(record, a->part, 0, inner);
    H5Tclose(inner);
    return record;
}

static int64_t values_of(hid_t dataset, hid_t type) {
    hid_t space = H5Dget_space(dataset);
    int64_t n = space >= 0 ? H5Sget_simple_extent_npoints(space) : -1, per = 1;
    if (space >= 0) H5Sclose(space);
    if (H5Tget_class(type) == H5T_ARRAY) {
        hid_t base = H5Tget_super(type);
        size_t size = H5Tget_size(type), one = H5Tget_size(base);
        per = one && size % one == 0 ? (int64_t)(size / one) : -1; /* -1: damaged */
        H5Tclose(base);
    }
    return n < 0 || per < 0 || (per && n > INT64_MAX / per) ? -1 : n * per;
}

static void *allocate(int64_t n, size_t width, char wrong[GL_WRONG]) {
    void *memory = n >= 0 ? calloc(n ? (size_t)n : 1, width) : NULL;
    if (!memory) fail(wrong, "its texts are larger than the memory");
    return memory;
}

static bool read_fixed(hid_t dataset, const gl_array_info *a, hid_t type, hid_t one,
                       const target *t, char wrong[GL_WRONG]) {
    size_t width = H5Tget_size(one);
    int64_t n = values_of(dataset, type);
    hid_t memory = as_part(a, H5Tcopy(type));
    char *bytes = allocate(n, width, wrong);
    bool ok = bytes != NULL;
    if (ok && !gl_hdf5_read(dataset, memory, H5S_ALL, H5S_ALL, bytes))
        ok = gl_hdf5_wrong_values(dataset, wrong);
    for (int64_t i = 0; ok && i < n; i++)
        ok = give(t, i, bytes + (size_t)i * width,
                  (int64_t)strnlen(bytes + (size_t)i * width, width));
    free(bytes);
    H5Tclose(memory);
    return ok;
}

static void reclaim(hid_t dataset, hid_t memory, void *texts) {
    hid_t space = H5Dget_space(dataset);
#if H5_VERSION_GE(1, 12, 0)
    H5Treclaim(memory, space, H5P_DEFAULT, texts);
#else
    H5Dvlen_reclaim(memory, space, H5P_DEFAULT, texts);
#endif
    H5Sclose(space);
}

static bool read_variable(hid_t dataset, const gl_array_info *a, hid_t type, const target *t,
                          char wrong[GL_WRONG]) {
    int64_t n = values_of(dataset, type);
    hid_t memory = as_part(a, H5Tcopy(type));
    char **texts = allocate(n, sizeof *texts, wrong);
    bool ok = texts != NULL;
    if (ok && !gl_hdf5_read(dataset, memory, H5S_ALL, H5S_ALL, texts))
        ok = gl_hdf5_wrong_values(dataset, wrong);
    bool was_read = ok;
    for (int64_t i = 0; ok && i < n; i++)
        ok = give(t, i, texts[i], texts[i] ? (int64_t)strlen(texts[i]) : -1);
    if (was_read) reclaim(dataset, memory, texts);
    free(texts);
    H5Tclose(memory);
    return ok;
}

/* Of the values in an array type, or of the type itself. */
static hid_t base_of(hid_t type) {
    return H5Tget_class(type) == H5T_ARRAY ? H5Tget_super(type) : H5Tcopy(type);
}

static bool read_strings(hid_t dataset, const gl_array_info *a, hid_t type, const target *t,
                         char wrong[GL_WRONG]) {
    hid_t one = base_of(type);
    bool ok = H5Tis_variable_str(one) > 0 ? read_variable(dataset, a, type, t, wrong)
                                          : read_fixed(dataset, a, type, one, t, wrong);
    H5Tclose(one);
    return ok;
}

static bool read_names(hid_t dataset, const gl_array_info *a, hid_t type, const target *t,
                       char wrong[GL_WRONG]) {
    int64_t n = values_of(dataset, type);
    size_t width = H5Tget_size(type);
    hid_t memory = as_part(a, H5Tcopy(type));
    char *bytes = allocate(n, width, wrong);
    bool ok = bytes != NULL;
    if (ok && !gl_hdf5_read(dataset, memory, H5S_ALL, H5S_ALL, bytes))
        ok = gl_hdf5_wrong_values(dataset, wrong);
    for (int64_t i = 0; ok && i < n; i++) {
        char name[256] = "";
        bool known = H5Tenum_nameof(type, bytes + (size_t)i * width, name, sizeof name) >= 0;
        bool missing = !known || !strcmp(name, "NA");
        ok = give(t, i, name, missing ? -1 : (int64_t)strlen(name));
    }
    free(bytes);
    H5Tclose(memory);
    return ok;
}

/* --------------------------------------------------------------------------- texts by number -- */

typedef struct words {
    char **word;
    int64_t count;
} words;

static bool keep_word(void *to, int64_t row, const char *text, int64_t length) {
    words *w = to;
    if (row < w->count && length >= 0) w->word[row] = strndup(text, (size_t)length);
    return row >= w->count || length < 0 || w->word[row];
}

/* Numbers of 64 bits in the shape of a type. */
static hid_t as_numbers(hid_t type, hid_t number) {
    hsize_t dim[H5S_MAX_RANK];
    int n = H5Tget_class(type) == H5T_ARRAY ? H5Tget_array_dims2(type, dim) : 0;
    return n > 0 ? H5Tarray_create2(number, (unsigned)n, dim) : H5Tcopy(number);
}

static bool give_codes(hid_t dataset, const gl_array_info *a, hid_t type, const words *w,
                       const target *t, char wrong[GL_WRONG]) {
    int64_t n = values_of(dataset, type), *code = allocate(n, sizeof *code, wrong);
    hid_t memory = as_part(a, as_numbers(type, H5T_NATIVE_INT64));
    bool ok = code != NULL;
    if (ok && !gl_hdf5_read(dataset, memory, H5S_ALL, H5S_ALL, code))
        ok = gl_hdf5_wrong_values(dataset, wrong);
    for (int64_t i = 0; ok && i < n; i++) {
        const char *word = code[i] >= 0 && code[i] < w->count ? w->word[code[i]] : NULL;
        if (!word && code[i] >= 0)
            ok = fail(wrong, "a code has no category; is the file complete?");
        else ok = give(t, i, word, word ? (int64_t)strlen(word) : -1);
    }
    free(code);
    if (memory >= 0) H5Tclose(memory);
    return ok;
}

/* As few digits as give the number again. */
static bool give_numbers(hid_t dataset, const gl_array_info *a, hid_t type, const target *t,
                         char wrong[GL_WRONG]) {
    int64_t n = values_of(dataset, type);
    double *value = allocate(n, sizeof *value, wrong);
    hid_t memory = as_part(a, as_numbers(type, H5T_NATIVE_DOUBLE));
    bool ok = value != NULL;
    if (ok && !gl_hdf5_read(dataset, memory, H5S_ALL, H5S_ALL, value))
        ok = gl_hdf5_wrong_values(dataset, wrong);
    for (int64_t i = 0; ok && i < n; i++) {
        char text[40];
        for (int digits = 15; digits <= 17; digits++) {
            snprintf(text, sizeof text, "%.*g", digits, value[i]);
            if (strtod(text, NULL) == value[i]) break;
        }
        ok = give(t, i, text, (int64_t)strlen(text));
    }
    free(value);
    if (memory >= 0) H5Tclose(memory);
    return ok;
}

/* Where they are: "obs/label/codes" -> "obs/label/categories"; of a table of pandas, "df/table" and
 * its member "colour" -> the member "values" of "df/meta/colour/meta/table". */
static hid_t open_categories(hid_t file, const gl_array_info *a, gl_array_info *in) {
    char place[2 * GL_NAME];
    const char *slash = strrchr(a->place, '/');
    int n = slash ? (int)(slash - a->place) : 0;
    *in = (gl_array_info){.column = -1};
    snprintf(place, sizeof place, "%.*s/categories", n, a->place);
    if (*a->part) snprintf(place, sizeof place, "%.*s/meta/%s/meta/table", n, a->place, a->part);
    if (*a->part) snprintf(in->part, sizeof in->part, "values");
    return H5Dopen2(file, place, H5P_DEFAULT);
}

static bool read_words(hid_t categories, const gl_array_info *in, hid_t type, const target *keep,
                       char wrong[GL_WRONG]) {
    hid_t one = base_of(type);
    H5T_class_t class = H5Tget_class(one);
    H5Tclose(one);
    if (class == H5T_STRING) return read_strings(categories, in, type, keep, wrong);
    if (class == H5T_INTEGER || class == H5T_FLOAT)
        return give_numbers(categories, in, type, keep, wrong);
    return fail(wrong, "its categories are neither texts nor numbers");
}

static bool read_categories(hid_t file, hid_t dataset, const gl_array_info *a, hid_t codes,
                            const target *t, char wrong[GL_WRONG]) {
    gl_array_info in;
    hid_t categories = open_categories(file, a, &in);
    hid_t type = categories >= 0 ? gl_hdf5_type_of(categories, &in) : -1;
    words w = {.count = type >= 0 ? values_of(categories, type) : 0};
    w.word = allocate(w.count, sizeof *w.word, wrong);
    target keep = {keep_word, &w, -1, 1};
    bool ok = w.word && (type >= 0 || fail(wrong, "its categories cannot be read"));
    if (ok) ok = read_words(categories, &in, type, &keep, wrong);
    if (ok) ok = give_codes(dataset, a, codes, &w, t, wrong);
    for (int64_t i = 0; w.word && i < w.count; i++) free(w.word[i]);
    free(w.word);
    if (type >= 0) H5Tclose(type);
    if (categories >= 0) H5Dclose(categories);
    return ok;
}

/* ------------------------------------------------------------------------------------ MATLAB -- */

/* UTF-16 without surrogates to UTF-8. */
static char *put_utf8(char *to, unsigned c) {
    if (c < 0x80) *to++ = (char)c;
    else if (c < 0x800) *to++ = (char)(0xC0 | c >> 6), *to++ = (char)(0x80 | (c & 63));
    else
        *to++ = (char)(0xE0 | c >> 12), *to++ = (char)(0x80 | (c >> 6 & 63)),
        *to++ = (char)(0x80 | (c & 63));
    return to;
}

/* A matrix of characters, one text a row, as (columns, rows). */
static bool read_characters(hid_t dataset, const target *t, int64_t first, char wrong[GL_WRONG]) {
    hsize_t dim[H5S_MAX_RANK] = {0};
    hid_t space = H5Dget_space(dataset);
    bool flat =
        H5Sget_simple_extent_ndims(space) == 2 && H5Sget_simple_extent_dims(space, dim, NULL) == 2;
    H5Sclose(space);
    if (!flat) return fail(wrong, "its characters have no two dimensions");
    int64_t rows = (int64_t)dim[1], length = (int64_t)dim[0];
    if (gl_hdf5_has(dataset, "MATLAB_empty")) return t->take(t->to, first, "", 0);
    uint16_t *c = allocate(rows * length, sizeof *c, wrong);
    char *text = allocate(3 * length + 1, 1, wrong);
    bool ok = c && text;
    if (ok && !gl_hdf5_read(dataset, H5T_NATIVE_UINT16, H5S_ALL, H5S_ALL, c))
        ok = gl_hdf5_wrong_values(dataset, wrong);
    for (int64_t i = 0; ok && i < rows; i++) {
        char *end = text;
        for (int64_t j = 0; j < length; j++) end = put_utf8(end, c[j * rows + i]);
        ok = t->take(t->to, first + i, text, end - text);
    }
    free(c);
    free(text);
    return ok;
}

/* A cell of texts: references to matrices of characters with one row. */
static bool read_cells(hid_t dataset, const target *t, int64_t n, char wrong[GL_WRONG]) {
    hobj_ref_t *ref = allocate(n, sizeof *ref, wrong);
    bool ok = ref != NULL;
    if (ok && !gl_hdf5_read(dataset, H5T_STD_REF_OBJ, H5S_ALL, H5S_ALL, ref))
        ok = gl_hdf5_wrong_values(dataset, wrong);
    for (int64_t i = 0; ok && i < n; i++) {
        hid_t one = H5Rdereference2(dataset, H5P_DEFAULT, H5R_OBJECT, &ref[i]);
        if (one < 0 || H5Iget_type(one) != H5I_DATASET ||
            !gl_hdf5_says(one, "MATLAB_class", "char"))
            ok = fail(wrong, "it is a cell array of other things than texts");
        else ok = read_characters(one, t, i, wrong);
        if (one >= 0) H5Oclose(one);
    }
    free(ref);
    return ok;
}

bool gl_hdf5_read_texts(hid_t file, hid_t dataset, const gl_array_info *a, gl_take_text *take,
                        void *to, char wrong[GL_WRONG]) {
    hid_t type = gl_hdf5_type_of(dataset, a);
    if (type < 0) return fail(wrong, "its type cannot be read");
    target t = {take, to, a->column, 1};
    int64_t n = values_of(dataset, type);
    if (a->column >= 0 && a->shape.dim[0] > 0) t.width = n / a->shape.dim[0];
    bool ok = false;
    hid_t one = base_of(type);
    bool codes = *a->part && H5Tget_class(one) == H5T_INTEGER;
    H5Tclose(one);
    switch (codes ? H5T_INTEGER : H5Tget_class(type)) {
    case H5T_ARRAY:
    case H5T_STRING: ok = read_strings(dataset, a, type, &t, wrong); break;
    case H5T_ENUM: ok = read_names(dataset, a, type, &t, wrong); break;
    case H5T_REFERENCE: ok = read_cells(dataset, &t, n, wrong); break;
    case H5T_INTEGER:
        ok = gl_hdf5_has(dataset, "MATLAB_class")
                 ? read_characters(dataset, &t, 0, wrong)
                 : read_categories(file, dataset, a, type, &t, wrong);
        break;
    default: fail(wrong, "it holds no texts");
    }
    H5Tclose(type);
    return ok;
}
