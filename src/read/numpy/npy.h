/*
 * npy.h: arrays in NumPy's format, in a file of their own (npy.c) or as a member of a zip archive
 * (npz.c).
 */
#ifndef GL_NPY_H
#define GL_NPY_H

#include "../named/arrays.h"
#include "../raw.h"

typedef struct gl_npy_field { /* a member of its records; or all of a plain array */
    char name[96];            /* "" of a plain array */
    gl_raw raw;
    char found[24];         /* its type as the header has it, where it is not read */
    int64_t offset, values; /* where it lies in a record, and how many values it is */
} gl_npy_field;

#define GL_NPY_FIELDS 1024

typedef struct gl_npy {
    glia_tensor shape;
    bool fortran;
    int64_t begin;  /* where its values do */
    int64_t record; /* bytes of one value, or of one record */
    int64_t fields;
    gl_npy_field *field; /* for gl_free */
} gl_npy;

/* header.c: reads the header of the array in the first n bytes of a file; `source` is for
 * messages. */
glia_status gl_npy_header(glia_ctx *g, const char *source, const char *bytes, int64_t n,
                          gl_npy *out);

/* npy.c: adds what the array holds to a list: itself, or the columns of its table. `size`: the
 * bytes of the whole file. */
glia_status gl_npy_list(glia_ctx *g, const char *source, const gl_npy *f, int64_t size,
                        const char *name, gl_array_info *list, int most, int *count);
glia_status gl_npy_values(glia_ctx *g, const char *source, const gl_npy *f, const gl_array_info *a,
                          const char *bytes, void *data);
glia_status gl_npy_texts(glia_ctx *g, const char *source, const gl_npy *f, const gl_array_info *a,
                         const char *bytes, gl_take_text *take, void *to);

#endif
