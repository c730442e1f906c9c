/*
 * attributes.c: attributes of HDF5 objects as numbers and texts.
 */
#include "module.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

bool gl_hdf5_has(hid_t object, const char *name) { return H5Aexists(object, name) > 0; }

static int64_t count_of(hid_t attribute) {
    hid_t space = H5Aget_space(attribute);
    int64_t n = space >= 0 ? H5Sget_simple_extent_npoints(space) : 0;
    if (space >= 0) H5Sclose(space);
    return n;
}

bool gl_hdf5_number(hid_t object, const char *name, double *values, int most, int *count) {
    hid_t attribute = gl_hdf5_has(object, name) ? H5Aopen(object, name, H5P_DEFAULT) : -1;
    if (attribute < 0) return false;
    hid_t type = H5Aget_type(attribute);
    H5T_class_t class = H5Tget_class(type);
    int64_t n = count_of(attribute);
    bool ok = (class == H5T_INTEGER || class == H5T_FLOAT) && n >= 1 && n <= most &&
              H5Aread(attribute, H5T_NATIVE_DOUBLE, values) >= 0;
    *count = ok ? (int)n : 0;
    H5Tclose(type);
    H5Aclose(attribute);
    return ok;
}

static bool read_text(hid_t attribute, hid_t type, char *text, size_t size) {
    if (H5Tis_variable_str(type) > 0) {
        char *s = NULL;
        bool ok = H5Aread(attribute, type, &s) >= 0 && s;
        if (ok) snprintf(text, size, "%s", s);
        if (s) H5free_memory(s);
        return ok;
    }
    size_t n = H5Tget_size(type);
    char *s = n < 1 << 20 ? calloc(n + 1, 1) : NULL;
    bool ok = s && H5Aread(attribute, type, s) >= 0;
    if (ok) snprintf(text, size, "%s", s);
    free(s);
    return ok;
}

bool gl_hdf5_text(hid_t object, const char *name, char *text, size_t size) {
    hid_t attribute = gl_hdf5_has(object, name) ? H5Aopen(object, name, H5P_DEFAULT) : -1;
    if (attribute < 0) return false;
    hid_t type = H5Aget_type(attribute);
    bool ok = H5Tget_class(type) == H5T_STRING && count_of(attribute) == 1 &&
              read_text(attribute, type, text, size);
    H5Tclose(type);
    H5Aclose(attribute);
    return ok;
}

bool gl_hdf5_says(hid_t object, const char *name, const char *expected) {
    char text[80];
    return gl_hdf5_text(object, name, text, sizeof text) && !strcmp(text, expected);
}
