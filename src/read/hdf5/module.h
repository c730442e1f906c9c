/*
 * module.h: what the files of the module glia-hdf5.so share. Only the versioned functions of
 * HDF5 are called, because the plain names are macros that change with the library.
 */
#ifndef GL_HDF5_MODULE_H
#define GL_HDF5_MODULE_H

#include "../named/arrays.h"

#include <hdf5.h>

typedef struct gl_marks { /* what a data set's attributes say about its values */
    double missing[8];
    int count;            /* of them */
    double scale, offset; /* value = stored * scale + offset */
    bool packed;          /* they are not 1 and 0 */
} gl_marks;

/* How many values the dimensions from `from` on have; -1: too many. The module calls nothing of the
 * library, which is not linked to it. */
static inline int64_t gl_hdf5_count(const glia_tensor *t, int from) {
    int64_t n = 1;
    for (int i = from; i < t->ndim; i++) {
        if (t->dim[i] < 0 || __builtin_mul_overflow(n, t->dim[i], &n)) return -1;
    }
    return n;
}

/* types.c: fills kind, shape and remark of what a data set holds. False: it is no array. */
bool gl_hdf5_describe(hid_t dataset, hid_t type, gl_array_info *a);
gl_marks gl_hdf5_marks(hid_t dataset, hid_t type);
/* The type that values are read into; for H5Tclose. */
hid_t gl_hdf5_memory_type(hid_t type, glia_dtype dtype);
bool gl_hdf5_is_complex(hid_t type);
bool gl_hdf5_is_unsigned_64(hid_t type);
/* The type of a's values: of the data set, or of a member of its records. For H5Tclose. */
hid_t gl_hdf5_type_of(hid_t dataset, const gl_array_info *a);

/* attributes.c: false where there is no such attribute. */
bool gl_hdf5_has(hid_t object, const char *name);
bool gl_hdf5_number(hid_t object, const char *name, double *values, int most, int *count);
bool gl_hdf5_text(hid_t object, const char *name, char *text, size_t size);
bool gl_hdf5_says(hid_t object, const char *name, const char *expected);

/* walk.c: every array of an open file; julia: its writer has the axes in reverse order. */
int gl_hdf5_walk(hid_t file, bool julia, gl_array_info *list, int size);

/* frames.c: pandas. Adds what the group holds; false: it is none of pandas'. */
typedef struct gl_listing {
    gl_array_info *list;
    int size, count, visited;
    bool julia;
} gl_listing;
gl_array_info *gl_hdf5_add(gl_listing *l, hid_t dataset, const char *place, const char *name);
void gl_hdf5_add_records(gl_listing *l, hid_t dataset, const char *place, const char *name);
bool gl_hdf5_add_frame(gl_listing *l, hid_t group, const char *path);

/* lzf.c: filters that HDF5 lacks. */
void gl_hdf5_add_filters(void);

/* elsewhere.c: are its values bytes of other files? Those are not read. */
bool gl_hdf5_is_external(hid_t dataset);
/* H5Dread of values that are not. */
bool gl_hdf5_read(hid_t dataset, hid_t memory, hid_t to_space, hid_t space, void *to);
/* Of a virtual data set: the files that it is made up of are there. */
bool gl_hdf5_has_its_parts(const char *path, hid_t dataset, char wrong[GL_WRONG]);

/* texts.c */
bool gl_hdf5_read_texts(hid_t file, hid_t dataset, const gl_array_info *a, gl_take_text *take,
                        void *to, char wrong[GL_WRONG]);
/* Why the values of a data set could not be read. */
bool gl_hdf5_wrong_values(hid_t dataset, char wrong[GL_WRONG]);

#endif
