/*
 * readers.h: what the readers share. A reader takes the bytes of one file and fills a table or a
 * tensor; it believes nothing that the file says about its own size.
 */
#ifndef GL_READERS_H
#define GL_READERS_H

#include "../table/table.h"

/* About the first n bytes of a file, gunzipped; `whole`: they are all of it. */
typedef bool gl_about_bytes(const unsigned char *bytes, size_t n, bool whole);

/* One format. The first bytes of a file decide who reads it, then its name, then what it looks
 * like; readers.list names all readers. */
typedef struct gl_reader {
    const char *names[4];      /* the word of option 'format', then others for it; ends with NULL */
    const char *suffixes[4];   /* of the names of its files, ".h5"; ends with NULL */
    gl_about_bytes *signature; /* they can be of its files only; NULL: no bytes say so */
    gl_about_bytes *looks_so;  /* they look like it, which holds where no name says otherwise */
    /* NULL: the table is of its one array. options is never NULL. */
    glia_table *(*read_table)(glia_ctx *g, const char *path, const glia_read_options *options);
    /* One array in fresh memory, out->data for gl_free. NULL: it holds no arrays. */
    glia_status (*read_array)(glia_ctx *g, const char *path, const char *array, glia_tensor *out);
    bool named_arrays; /* it holds several arrays, and `array` says which (NULL: the only one);
                          else `array` is always NULL */
} gl_reader;

extern const gl_reader *const gl_readers[]; /* in the order of readers.list */
extern const int gl_readers_count;

/* Does the path end so? ASCII case and a final ".gz" do not matter. */
bool gl_has_suffix(const char *path, const char *suffix);
/* Does it end as the reader's files do? */
bool gl_is_called_for(const gl_reader *r, const char *path);

/* One array FILE or FILE:ARRAY in fresh memory, out->data for gl_free. */
glia_status gl_read_array(glia_ctx *g, const char *spec, glia_tensor *out);

/* bytes.c: all bytes of a file ("-": standard input), gunzipped when they begin like gzip;
 * NUL-terminated, for gl_free. */
char *gl_read_bytes(glia_ctx *g, const char *path, int64_t *size);

/* array_table.c: a tensor of this shape with fresh memory, or GLIA_INPUT when `available` bytes
 * cannot hold it (-1: not known). */
glia_status gl_new_tensor(glia_ctx *g, const char *source, glia_tensor *shape, int64_t available);
/* A table with column x and, when y is not NULL, y, each named by its file in errors. Takes both
 * tensors' memory, also when it fails. */
glia_table *gl_table_of_arrays(glia_ctx *g, const char *x_source, glia_tensor *x,
                               const char *y_source, glia_tensor *y);

/* Files that hold several named arrays (HDF5 is one, read by a module). Their functions list what
 * a file holds and read one array; which array is x and which is y is decided once, in
 * named_arrays.c. */
typedef struct gl_array_info {
    char name[256];
    glia_tensor shape; /* data NULL; more than GLIA_MAX_DIMS dimensions are folded into the last */
    int64_t most;      /* no more values than these can come out of the file for it */
} gl_array_info;

typedef struct gl_array_reader { /* both return NULL, or what went wrong */
    const char *(*list)(const char *path, gl_array_info *list, int size, int *count);
    const char *(*read)(const char *path, const gl_array_info *array, void *data);
} gl_array_reader;

/* The pair of arrays with usual names as a table; the array of this name (NULL: the only one). */
glia_table *gl_read_named_pair(glia_ctx *g, const gl_array_reader *r, const char *path);
glia_status gl_read_named_array(glia_ctx *g, const gl_array_reader *r, const char *path,
                                const char *array, glia_tensor *out);

#endif
