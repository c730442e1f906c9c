/*
 * types.c: from HDF5's types to ours, and what attributes say about values.
 *
 *     float16 .. float32, all integers of 8 and 16 bits    f32, i32 or u8
 *     enum of FALSE, TRUE (h5py, hdf5r), bit fields        0 and 1
 *     any other enum                                       numbers with names
 *     _FillValue, missing_value, R's NA                    missing
 */
#include "module.h"

#include <stdio.h>
#include <string.h>
#include <strings.h>

/* The integer type that holds all values of this one. */
static glia_dtype integer_dtype(hid_t type) {
    size_t width = H5Tget_size(type);
    bool is_signed = H5Tget_sign(type) != H5T_SGN_NONE;
    if (width == 1 && !is_signed) return GLIA_U8;
    return width < 4 || (width == 4 && is_signed) ? GLIA_I32 : GLIA_I64;
}

/* Are all names of an enumeration those of truth values? *na: one of them is NA, as R has it. */
static bool is_truth(hid_t type, bool *na) {
    static const char *const words[] = {"FALSE", "TRUE", "NA"};
    int n = H5Tget_nmembers(type);
    *na = false;
    for (int i = 0; i < n; i++) {
        char *name = H5Tget_member_name(type, (unsigned)i);
        int k = 0;
        while (name && k < 3 && strcasecmp(name, words[k])) k++;
        if (name) H5free_memory(name);
        if (!name || k == 3) return false;
        *na |= k == 2;
    }
    return n >= 2;
}

bool gl_hdf5_is_complex(hid_t type) {
    if (H5Tget_class(type) != H5T_COMPOUND || H5Tget_nmembers(type) != 2) return false;
    char *a = H5Tget_member_name(type, 0), *b = H5Tget_member_name(type, 1);
    bool is =
        a && b &&
        ((!strcmp(a, "r") && !strcmp(b, "i")) || (!strcmp(a, "real") && !strncmp(b, "imag", 4)));
    if (a) H5free_memory(a);
    if (b) H5free_memory(b);
    return is;
}

static void unread(gl_array_info *a, const char *what) {
    a->kind = GL_UNREAD;
    snprintf(a->remark, sizeof a->remark, "%s", what);
}

static void describe_enum(hid_t type, gl_array_info *a) {
    bool na;
    hid_t base = H5Tget_super(type);
    if (is_truth(type, &na)) {
        a->shape.dtype = na ? GLIA_F32 : GLIA_U8;
    } else {
        a->kind = GL_NAMED_NUMBERS;
        a->shape.dtype = integer_dtype(base);
    }
    H5Tclose(base);
}

static void describe_type(hid_t type, gl_array_info *a) {
    size_t width = H5Tget_size(type);
    a->kind = GL_NUMBERS;
    switch (H5Tget_class(type)) {
    case H5T_FLOAT: a->shape.dtype = width <= 4 ? GLIA_F32 : GLIA_F64; return;
    case H5T_ENUM: describe_enum(type, a); return;
    case H5T_STRING: a->kind = GL_TEXTS; return;
    case H5T_INTEGER:
        a->shape.dtype = integer_dtype(type);
        if (width > 8) unread(a, "integers of more than 64 bits");
        return;
    case H5T_BITFIELD:
        a->shape.dtype = GLIA_U8;
        if (width > 1) unread(a, "bit fields of more than 8 bits");
        return;
    case H5T_COMPOUND:
        unread(a, gl_hdf5_is_complex(type) ? "complex numbers" : "records");
        if (gl_hdf5_is_complex(type))
            a->mend = "save their real and imaginary parts, or abs of them";
        return;
    case H5T_VLEN: unread(a, "lists of different lengths"); return;
    case H5T_REFERENCE: unread(a, "references to other objects"); return;
    default: unread(a, "values of a type that is not known"); return;
    }
}

/* One more dimension; those beyond the fourth are folded into it. */
static bool add_dimension(glia_tensor *t, hsize_t size) {
    if (size > INT64_MAX) return false;
    if (t->ndim < GLIA_MAX_DIMS) return t->dim[t->ndim++] = (int64_t)size, true;
    int64_t *last = &t->dim[GLIA_MAX_DIMS - 1];
    return !__builtin_mul_overflow(*last, (int64_t)size, last);
}

static bool add_dimensions(glia_tensor *t, const hsize_t *dim, int n) {
    for (int i = 0; i < n; i++) {
        if (!add_dimension(t, dim[i])) return false;
    }
    return true;
}

static bool shape_of(hid_t dataset, glia_tensor *t) {
    hsize_t dim[H5S_MAX_RANK];
    hid_t space = H5Dget_space(dataset);
    int n = space >= 0 ? H5Sget_simple_extent_ndims(space) : -1;
    bool ok = n >= 1 && n <= H5S_MAX_RANK && H5Sget_simple_extent_dims(space, dim, NULL) >= 0 &&
              add_dimensions(t, dim, n);
    if (space >= 0) H5Sclose(space);
    return ok;
}

bool gl_hdf5_describe(hid_t dataset, hid_t type, gl_array_info *a) {
    if (!shape_of(dataset, &a->shape)) return false;
    if (H5Tget_class(type) != H5T_ARRAY) {
        describe_type(type, a);
    } else {
        hsize_t dim[H5S_MAX_RANK];
        hid_t base = H5Tget_super(type);
        int n = H5Tget_array_ndims(type);
        bool ok = n >= 1 && H5Tget_array_dims2(type, dim) >= 0 && add_dimensions(&a->shape, dim, n);
        describe_type(base, a);
        H5Tclose(base);
        if (!ok) return false;
    }
    if (gl_hdf5_is_external(dataset)) {
        unread(a, "values that lie in other files (external storage), which are not read");
        a->mend = "write them into this one";
    }
    gl_marks marks = gl_hdf5_marks(dataset, type);
    if (a->kind != GL_NUMBERS || (!marks.count && !marks.packed)) return true;
    bool small = a->shape.dtype == GLIA_F32 || a->shape.dtype == GLIA_U8 || H5Tget_size(type) <= 2;
    a->shape.dtype = small ? GLIA_F32 : GLIA_F64;
    return true;
}

hid_t gl_hdf5_type_of(hid_t dataset, const gl_array_info *a) {
    hid_t type = H5Dget_type(dataset);
    int member = *a->part && type >= 0 ? H5Tget_member_index(type, a->part) : -1;
    if (!*a->part) return type;
    hid_t part = member >= 0 ? H5Tget_member_type(type, (unsigned)member) : -1;
    if (type >= 0) H5Tclose(type);
    return part;
}

static hid_t native_type(glia_dtype dtype) {
    switch (dtype) {
    case GLIA_F32: return H5T_NATIVE_FLOAT;
    case GLIA_F64: return H5T_NATIVE_DOUBLE;
    case GLIA_U8: return H5T_NATIVE_UINT8;
    case GLIA_I32: return H5T_NATIVE_INT32;
    case GLIA_I64: return H5T_NATIVE_INT64;
    }
    return -1;
}

bool gl_hdf5_is_unsigned_64(hid_t type) {
    if (H5Tget_class(type) != H5T_ARRAY)
        return H5Tget_class(type) == H5T_INTEGER && H5Tget_size(type) == 8 &&
               H5Tget_sign(type) == H5T_SGN_NONE;
    hid_t base = H5Tget_super(type);
    bool is = gl_hdf5_is_unsigned_64(base);
    H5Tclose(base);
    return is;
}

/* Into a signed type HDF5 would put the largest that it has in place of a larger one. */
hid_t gl_hdf5_memory_type(hid_t type, glia_dtype dtype) {
    H5T_class_t class = H5Tget_class(type);
    if (dtype == GLIA_I64 && class != H5T_ARRAY && gl_hdf5_is_unsigned_64(type))
        return H5Tcopy(H5T_NATIVE_UINT64);
    if (class == H5T_BITFIELD) return H5Tcopy(H5T_NATIVE_B8);
    if (class != H5T_ARRAY) return H5Tcopy(native_type(dtype));
    hsize_t dim[H5S_MAX_RANK];
    hid_t base = H5Tget_super(type), one = gl_hdf5_memory_type(base, dtype), all = -1;
    int n = H5Tget_array_ndims(type);
    if (n >= 1 && H5Tget_array_dims2(type, dim) >= 0) all = H5Tarray_create2(one, (unsigned)n, dim);
    H5Tclose(base);
    H5Tclose(one);
    return all;
}

/* ------------------------------------------------------------------------------------- marks -- */

/* R has no integer NA of HDF5's: the least number of the type stands for it. */
static void mark_least(hid_t type, gl_marks *m) {
    if (H5Tget_class(type) != H5T_INTEGER || H5Tget_sign(type) == H5T_SGN_NONE) return;
    size_t width = H5Tget_size(type);
    if (width <= 8) m->missing[m->count++] = -(double)((uint64_t)1 << (8 * width - 1));
}

/* netCDF fills what nobody wrote with a value of its own, which HDF5 keeps; not of bytes. */
static void mark_unwritten(hid_t dataset, hid_t type, gl_marks *m) {
    H5D_fill_value_t defined;
    H5T_class_t class = H5Tget_class(type);
    hid_t list = H5Dget_create_plist(dataset);
    double value;
    if (list < 0) return;
    if ((class == H5T_INTEGER || class == H5T_FLOAT) && H5Tget_size(type) > 1 &&
        H5Pfill_value_defined(list, &defined) >= 0 && defined == H5D_FILL_VALUE_USER_DEFINED &&
        H5Pget_fill_value(list, H5T_NATIVE_DOUBLE, &value) >= 0)
        m->missing[m->count++] = value;
    H5Pclose(list);
}

static void mark_na_member(hid_t type, gl_marks *m) {
    bool na;
    if (H5Tget_class(type) != H5T_ENUM || !is_truth(type, &na) || !na) return;
    for (int i = 0; i < H5Tget_nmembers(type); i++) {
        char *name = H5Tget_member_name(type, (unsigned)i);
        char value[16] = {0};
        if (name && !strcasecmp(name, "NA") && H5Tget_size(type) <= sizeof value &&
            H5Tget_member_value(type, (unsigned)i, value) >= 0) {
            hid_t base = H5Tget_super(type);
            if (H5Tconvert(base, H5T_NATIVE_DOUBLE, 1, value, NULL, H5P_DEFAULT) >= 0)
                memcpy(&m->missing[m->count++], value, sizeof(double));
            H5Tclose(base);
        }
        if (name) H5free_memory(name);
    }
}

static bool is_netcdf(hid_t dataset) {
    return gl_hdf5_has(dataset, "_Netcdf4Dimid") || gl_hdf5_has(dataset, "_Netcdf4Coordinates") ||
           gl_hdf5_has(dataset, "DIMENSION_LIST");
}

gl_marks gl_hdf5_marks(hid_t dataset, hid_t type) {
    gl_marks m = {.scale = 1};
    int n;
    double v[4];
    static const char *const names[] = {"_FillValue", "missing_value"};
    for (int i = 0; i < 2; i++) {
        if (!gl_hdf5_number(dataset, names[i], v, 1, &n)) continue;
        m.missing[m.count++] = v[0];
    }
    if (gl_hdf5_number(dataset, "scale_factor", v, 1, &n)) m.scale = v[0];
    if (gl_hdf5_number(dataset, "add_offset", v, 1, &n)) m.offset = v[0];
    m.packed = m.scale != 1 || m.offset != 0;
    if (gl_hdf5_has(dataset, "rhdf5-NA.OK")) mark_least(type, &m);
    if (is_netcdf(dataset)) mark_unwritten(dataset, type, &m);
    mark_na_member(type, &m);
    return m;
}
