/*
 * readers.h: what the readers share. A reader takes the bytes of one file and fills a table or a
 * tensor; it believes nothing that the file says about its own size.
 */
#ifndef GL_READERS_H
#define GL_READERS_H

#include "../table/table.h"

/* All bytes of a file ("-": standard input), gunzipped when they begin like gzip; NUL-terminated,
 * for gl_free. */
char *gl_read_bytes(glia_ctx *g, const char *path, int64_t *size);
bool gl_has_suffix(const char *path,
                   const char *suffix); /* ASCII case and a final ".gz" do not matter */
/* A tensor of this shape with fresh memory, or GLIA_INPUT when `available` bytes cannot hold it
 * (-1: not known). */
glia_status gl_new_tensor(glia_ctx *g, const char *source, glia_tensor *shape, int64_t available);

/* One array FILE or FILE:ARRAY (npy, idx, hdf5) in fresh memory, out->data for gl_free. */
glia_status gl_read_array(glia_ctx *g, const char *spec, glia_tensor *out);

/* csv.c. options may not be NULL. */
glia_table *gl_read_csv(glia_ctx *g, const char *path, const glia_read_options *options);
/* idx.c: one array; the labels file that belongs to an images file, NULL when there is none, for
 * gl_free. */
glia_status gl_read_idx(glia_ctx *g, const char *path, glia_tensor *out);
char *gl_idx_labels_path(glia_ctx *g, const char *images);
/* libsvm.c; do the first n bytes of a file (`whole`: all of them) look like its rows? */
glia_table *gl_read_libsvm(glia_ctx *g, const char *path);
bool gl_looks_like_libsvm(const char *bytes, int64_t n, bool whole);
/* npy.c */
glia_status gl_read_npy(glia_ctx *g, const char *path, glia_tensor *out);

/* Array files that hold several named arrays (hdf5.c is one, built as a module). They list what
 * they hold and read one array; which array is x and which is y is decided once,
 * in named_arrays.c. */
typedef struct gl_array_info {
    char name[256];
    glia_tensor shape; /* data NULL; more than GLIA_MAX_DIMS dimensions are folded into the last */
    int64_t most;      /* no more values than these can come out of the file for it */
} gl_array_info;

typedef struct gl_array_reader { /* both return NULL, or what went wrong */
    const char *(*list)(const char *path, gl_array_info *list, int size, int *count);
    const char *(*read)(const char *path, const gl_array_info *array, void *data);
} gl_array_reader;

/* named_arrays.c */
glia_table *gl_read_hdf5(glia_ctx *g, const char *path);
glia_status gl_read_hdf5_array(glia_ctx *g, const char *path, const char *array, glia_tensor *out);
/* A table with column x and, when y is not NULL, y. Takes both tensors' memory, also when it
 * fails. */
glia_table *gl_table_of_arrays(glia_ctx *g, const char *source, glia_tensor *x, glia_tensor *y);

#endif
