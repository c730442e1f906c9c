/*
 * module.c: lists and reads the arrays of an HDF5 file. A module of its own (glia-hdf5.so),
 * loaded when a file asks for it: libhdf5 would cost every start of the program 8 ms.
 */
#include "module.h"

#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

/* Errors are told by who calls this module, so HDF5 prints none; but the program may have the same
 * library for itself, and hears of its own errors as before. One thread at a time is here. */
static struct {
    unsigned second; /* its function is of the second kind, as H5Eset_auto2 sets it */
    H5E_auto1_t say;
    H5E_auto2_t say2;
    void *user;
} programs;

static void enter(void) {
    H5Eauto_is_v2(H5E_DEFAULT, &programs.second);
    if (programs.second) H5Eget_auto2(H5E_DEFAULT, &programs.say2, &programs.user);
    else H5Eget_auto1(&programs.say, &programs.user);
    H5Eset_auto2(H5E_DEFAULT, NULL, NULL);
}

static void leave(void) {
    if (programs.second) H5Eset_auto2(H5E_DEFAULT, programs.say2, programs.user);
    else H5Eset_auto1(programs.say, programs.user);
}

typedef struct file {
    hid_t id;
    char *path;
} file;

static void close_file(void *user) {
    file *f = user;
    if (f->id >= 0) H5Fclose(f->id);
    free(f->path);
    free(f);
}

static void *open_file(glia_ctx *g, const char *path, char wrong[GL_WRONG]) {
    (void)g;
    file *f = calloc(1, sizeof *f);
    if (!f) return NULL;
    gl_hdf5_add_filters();
    f->path = strdup(path);
    f->id = H5Fopen(path, H5F_ACC_RDONLY, H5P_DEFAULT);
    if (f->path && f->id >= 0) return f;
    snprintf(wrong, GL_WRONG, "it is no HDF5 file, or it is damaged or cut short");
    close_file(f);
    return NULL;
}

/* JLD2 writes what it is before the file that HDF5 sees. */
static bool is_of_julia(const char *path) {
    static const char begin[] = "HDF5-based Julia Data Format";
    char found[sizeof begin] = "";
    FILE *f = fopen(path, "rb");
    size_t n = f ? fread(found, 1, sizeof begin - 1, f) : 0;
    if (f) fclose(f);
    return n == sizeof begin - 1 && !memcmp(found, begin, n);
}

static bool list_arrays(void *user, gl_array_info *list, int size, int *count,
                        char wrong[GL_WRONG]) {
    const file *f = user;
    int n = gl_hdf5_walk(f->id, is_of_julia(f->path), list, size);
    if (n < 0) snprintf(wrong, GL_WRONG, "its list of arrays is damaged");
    *count = n < 0 ? 0 : n;
    return n >= 0;
}

/* The first filter that this HDF5 lacks; false: it has all. */
static bool missing_filter(hid_t list, unsigned *number, char *name, size_t size) {
    for (int i = 0; i < H5Pget_nfilters(list); i++) {
        unsigned flags, config;
        size_t values = 0;
        H5Z_filter_t filter =
            H5Pget_filter2(list, (unsigned)i, &flags, &values, NULL, size, name, &config);
        if (filter < 0 || H5Zfilter_avail(filter) > 0) continue;
        *number = (unsigned)filter;
        return true;
    }
    return false;
}

bool gl_hdf5_wrong_values(hid_t dataset, char wrong[GL_WRONG]) {
    unsigned number;
    char name[64] = "";
    hid_t list = H5Dget_create_plist(dataset);
    if (list >= 0 && missing_filter(list, &number, name, sizeof name))
        snprintf(wrong, GL_WRONG,
                 "its values are compressed by filter %u%s%.40s%s, which this HDF5 does not have; "
                 "rewrite the file where it is known (h5repack -f GZIP=4 IN OUT), or set "
                 "HDF5_PLUGIN_PATH to the folder of its plugin",
                 number, *name ? " (" : "", name, *name ? ")" : "");
    else snprintf(wrong, GL_WRONG, "its values cannot be read; the file is cut short or damaged");
    if (list >= 0) H5Pclose(list);
    return false;
}

/* ----------------------------------------------------------------------------------- numbers -- */

typedef struct values { /* a data set, or a member of its records, on its way into memory */
    hid_t dataset, memory, space; /* the rows to be read */
    const gl_array_info *a;
    int64_t rows, width; /* width: values of a row in the file */
} values;

/* A record with this member alone. */
static hid_t as_part(const gl_array_info *a, hid_t inner) {
    if (!*a->part || inner < 0) return inner;
    hid_t record = H5Tcreate(H5T_COMPOUND, H5Tget_size(inner));
    if (record >= 0) H5Tinsert(record, a->part, 0, inner);
    H5Tclose(inner);
    return record;
}

/* Rows from .. from + n - 1 of the file into `to`. */
static bool read_rows(const values *v, int64_t from, int64_t n, void *to) {
    hsize_t start[H5S_MAX_RANK] = {0}, count[H5S_MAX_RANK];
    if (H5Sget_simple_extent_dims(v->space, count, NULL) < 0) return false;
    start[0] = (hsize_t)from, count[0] = (hsize_t)n;
    int rank = H5Sget_simple_extent_ndims(v->space);
    hid_t to_space = H5Screate_simple(rank, count, NULL);
    bool ok = to_space >= 0 &&
              H5Sselect_hyperslab(v->space, H5S_SELECT_SET, start, NULL, count, NULL) >= 0 &&
              gl_hdf5_read(v->dataset, v->memory, to_space, v->space, to);
    if (to_space >= 0) H5Sclose(to_space);
    return ok;
}

static double unmarked(const gl_marks *m, double v) {
    for (int i = 0; i < m->count; i++) {
        if (v == m->missing[i]) return (double)NAN;
    }
    return v * m->scale + m->offset;
}

/* What is one column of many, or is marked: as doubles, some rows at a time. */
static bool read_strips(const values *v, const gl_marks *m, void *data) {
    const gl_array_info *a = v->a;
    int64_t strip = ((int64_t)1 << 20) / v->width, at = 0;
    if (strip < 1) strip = 1;
    double *from = calloc((size_t)strip, (size_t)v->width * sizeof *from);
    bool ok = from != NULL;
    for (int64_t row = 0; ok && row < v->rows; row += strip) {
        int64_t n = strip < v->rows - row ? strip : v->rows - row;
        ok = read_rows(v, row, n, from);
        int64_t step = a->column < 0 ? 1 : v->width, first = a->column < 0 ? 0 : a->column;
        for (int64_t i = first; ok && i < n * v->width; i += step, at++) {
            double value = unmarked(m, from[i]);
            if (a->shape.dtype == GLIA_F32) ((float *)data)[at] = (float)value;
            else ((double *)data)[at] = value;
        }
    }
    free(from);
    return ok;
}

/* Whole numbers of 64 bits without a sign were read as they are, to have one now. */
static bool fits(const values *v, hid_t type, const void *data, char wrong[GL_WRONG]) {
    const gl_array_info *a = v->a;
    bool whole = a->shape.dtype == GLIA_I64 && gl_hdf5_is_unsigned_64(type);
    int64_t n = whole ? gl_hdf5_count(&a->shape, 0) : 0;
    for (int64_t i = 0; i < n; i++) {
        if (((const int64_t *)data)[i] >= 0) continue;
        snprintf(wrong, GL_WRONG, "value %lld does not fit into 63 bits", (long long)i + 1);
        return false;
    }
    return true;
}

static bool read_values(values *v, hid_t type, void *data) {
    const gl_array_info *a = v->a;
    gl_marks marks = gl_hdf5_marks(v->dataset, type);
    bool plain = a->column < 0 && !marks.count && !marks.packed;
    v->memory = as_part(a, gl_hdf5_memory_type(type, plain ? a->shape.dtype : GLIA_F64));
    v->space = H5Dget_space(v->dataset);
    bool ok = v->memory >= 0 && v->space >= 0;
    if (ok && plain) ok = gl_hdf5_read(v->dataset, v->memory, H5S_ALL, H5S_ALL, data);
    else if (ok) ok = read_strips(v, &marks, data);
    if (v->memory >= 0) H5Tclose(v->memory);
    if (v->space >= 0) H5Sclose(v->space);
    return ok;
}

static bool read_array(void *user, const gl_array_info *a, void *data, char wrong[GL_WRONG]) {
    const file *f = user;
    values v = {.a = a, .dataset = H5Dopen2(f->id, a->place, H5P_DEFAULT)};
    hid_t type = v.dataset >= 0 ? gl_hdf5_type_of(v.dataset, a) : -1;
    gl_array_info now = {.column = -1}; /* as it lies in the file: not turned, all columns */
    bool there = v.dataset < 0 || gl_hdf5_has_its_parts(f->path, v.dataset, wrong);
    bool ok = there && type >= 0 && gl_hdf5_describe(v.dataset, type, &now);
    if (ok) {
        v.rows = now.shape.dim[0];
        v.width = gl_hdf5_count(&now.shape, 1);
        ok = read_values(&v, type, data);
    }
    bool read = ok;
    if (ok) ok = fits(&v, type, data, wrong);
    if (there && !read && v.dataset >= 0) gl_hdf5_wrong_values(v.dataset, wrong);
    else if (there && !read) snprintf(wrong, GL_WRONG, "it cannot be opened; the file is damaged");
    if (type >= 0) H5Tclose(type);
    if (v.dataset >= 0) H5Dclose(v.dataset);
    return ok;
}

static bool read_texts(void *user, const gl_array_info *a, gl_take_text *take, void *to,
                       char wrong[GL_WRONG]) {
    const file *f = user;
    hid_t dataset = H5Dopen2(f->id, a->place, H5P_DEFAULT);
    bool ok = dataset >= 0 && gl_hdf5_read_texts(f->id, dataset, a, take, to, wrong);
    if (dataset >= 0) H5Dclose(dataset);
    else snprintf(wrong, GL_WRONG, "it cannot be opened; the file is damaged");
    return ok;
}

__attribute__((visibility("default")))
const gl_array_reader gl_hdf5_arrays = {open_file,      close_file,    list_arrays,
                                        read_array,     read_texts,    .one_at_a_time = true,
                                        .enter = enter, .leave = leave};
