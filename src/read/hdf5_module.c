/*
 * hdf5_module.c: lists and reads the arrays of an HDF5 file. A module of its own (glia-hdf5.so),
 * loaded when a file asks for it: libhdf5 would cost every start of the program 8 ms. Only the
 * versioned functions of HDF5 are called, because the plain names are macros that change with the
 * library.
 */
#include "readers.h"

#include <hdf5.h>
#include <stdio.h>
#include <string.h>

typedef struct listing {
    gl_array_info *list;
    int size, count;
} listing;

/* The type we keep values in; false: no numbers. */
static bool dtype_of(hid_t type, glia_dtype *dtype) {
    size_t width = H5Tget_size(type);
    switch (H5Tget_class(type)) {
    case H5T_FLOAT: *dtype = width <= 4 ? GLIA_F32 : GLIA_F64; return true;
    case H5T_ENUM: /* h5py's booleans */ *dtype = GLIA_U8; return width == 1;
    case H5T_INTEGER: {
        bool is_signed = H5Tget_sign(type) != H5T_SGN_NONE;
        *dtype = width == 1 && !is_signed                 ? GLIA_U8
                 : width < 4 || (width == 4 && is_signed) ? GLIA_I32
                                                          : GLIA_I64;
        return width <= 8;
    }
    default: return false;
    }
}

static bool shape_of(hid_t space, glia_tensor *t) {
    hsize_t dim[H5S_MAX_RANK];
    int ndim = H5Sget_simple_extent_ndims(space);
    if (ndim < 1 || ndim > H5S_MAX_RANK || H5Sget_simple_extent_dims(space, dim, NULL) < 0)
        return false;
    t->ndim = ndim < GLIA_MAX_DIMS ? ndim : GLIA_MAX_DIMS;
    for (int i = 0; i < ndim; i++) {
        if (dim[i] > INT64_MAX) return false;
        if (i < GLIA_MAX_DIMS) t->dim[i] = (int64_t)dim[i];
        else if (__builtin_mul_overflow(t->dim[GLIA_MAX_DIMS - 1], (int64_t)dim[i],
                                        &t->dim[GLIA_MAX_DIMS - 1]))
            return false;
    }
    return true;
}

/* A damaged file may claim any shape. What is stored plainly has its own size; deflate makes no
 * more than 1032 bytes from one. */
static int64_t most_bytes(hid_t dataset) {
    int64_t stored = (int64_t)H5Dget_storage_size(dataset);
    hid_t list = H5Dget_create_plist(dataset);
    bool plain = list >= 0 && H5Pget_nfilters(list) == 0;
    if (list >= 0) H5Pclose(list);
    if (stored < 0 || stored > INT64_MAX / 1032) return INT64_MAX;
    return plain ? stored : stored * 1032;
}

static bool describe(hid_t dataset, gl_array_info *a) {
    hid_t type = H5Dget_type(dataset), space = H5Dget_space(dataset);
    bool ok =
        type >= 0 && space >= 0 && dtype_of(type, &a->shape.dtype) && shape_of(space, &a->shape);
    if (ok) a->most = most_bytes(dataset) / (int64_t)H5Tget_size(type);
    if (type >= 0) H5Tclose(type);
    if (space >= 0) H5Sclose(space);
    return ok;
}

#if H5_VERSION_GE(1, 12, 0)
typedef H5O_info1_t object_info;
#else
typedef H5O_info_t object_info;
#endif

static herr_t visit(hid_t root, const char *name, const object_info *info, void *user) {
    listing *l = user;
    if (info->type != H5O_TYPE_DATASET || strlen(name) >= sizeof l->list->name) return 0;
    if (l->count == l->size) return 1;
    hid_t dataset = H5Dopen2(root, name, H5P_DEFAULT);
    if (dataset < 0) return 0;
    gl_array_info *a = &l->list[l->count];
    *a = (gl_array_info){0};
    snprintf(a->name, sizeof a->name, "%s", name);
    if (describe(dataset, a)) l->count++;
    H5Dclose(dataset);
    return 0;
}

static hid_t open_file(const char *path) {
    H5Eset_auto2(H5E_DEFAULT, NULL, NULL); /* our callers print errors */
    return H5Fopen(path, H5F_ACC_RDONLY, H5P_DEFAULT);
}

static const char *list_arrays(const char *path, gl_array_info *list, int size, int *count) {
    hid_t file = open_file(path);
    if (file < 0) return "it is no HDF5 file, or it is damaged or cut short";
    listing l = {.list = list, .size = size};
    herr_t result = H5Ovisit2(file, H5_INDEX_NAME, H5_ITER_INC, visit, &l, H5O_INFO_BASIC);
    H5Fclose(file);
    *count = l.count;
    return result < 0 ? "its list of arrays is damaged" : NULL;
}

static hid_t memory_type(glia_dtype dtype) {
    switch (dtype) {
    case GLIA_F32: return H5T_NATIVE_FLOAT;
    case GLIA_F64: return H5T_NATIVE_DOUBLE;
    case GLIA_U8: return H5T_NATIVE_UINT8;
    case GLIA_I32: return H5T_NATIVE_INT32;
    case GLIA_I64: return H5T_NATIVE_INT64;
    }
    return -1;
}

static const char *read_array(const char *path, const gl_array_info *array, void *data) {
    hid_t file = open_file(path);
    if (file < 0) return "it is no HDF5 file, or it is damaged or cut short";
    hid_t dataset = H5Dopen2(file, array->name, H5P_DEFAULT);
    hid_t type = dataset >= 0 ? H5Dget_type(dataset) : -1;
    /* h5py's booleans convert to no number: their bytes are read as they are. HDF5 converts from
     * whatever width and byte order the file has to the type asked for. */
    hid_t as = type >= 0 && H5Tget_class(type) == H5T_ENUM ? type : memory_type(array->shape.dtype);
    bool ok = type >= 0 && H5Dread(dataset, as, H5S_ALL, H5S_ALL, H5P_DEFAULT, data) >= 0;
    if (type >= 0) H5Tclose(type);
    if (dataset >= 0) H5Dclose(dataset);
    H5Fclose(file);
    return ok ? NULL : "its values cannot be read (cut short, or compressed by an unknown filter)";
}

__attribute__((visibility("default")))
const gl_array_reader gl_hdf5_reader = {list_arrays, read_array};
