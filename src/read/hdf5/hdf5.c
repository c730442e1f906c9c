/*
 * hdf5.c: the reader of HDF5 files. Its functions are those of module.c, a module that is
 * loaded when the first such file is read.
 */
#include "../../base/module.h"
#include "../named/arrays.h"

#include <string.h>

static const gl_array_reader *hdf5(glia_ctx *g) {
    static const gl_module module = {.name = "glia-hdf5.so",
                                     .symbol = "gl_hdf5_arrays",
                                     .needed_by = "HDF5 files",
                                     .package = "libhdf5-dev",
                                     .room = "read"};
    return gl_load_module(g, &module);
}

static glia_table *read_hdf5(glia_ctx *g, const char *path, const glia_read_options *options) {
    const gl_array_reader *r = hdf5(g);
    return r ? gl_read_named_pair(g, r, path, options) : NULL;
}

static glia_status read_array(glia_ctx *g, const char *path, const char *array, gl_array *out) {
    const gl_array_reader *r = hdf5(g);
    return r ? gl_read_named_array(g, r, path, array, out) : g->code;
}

/* Whoever writes one may put a block of his own before it, of 512 bytes or a power of two of them;
 * MATLAB does. */
static bool begins_like_hdf5(const unsigned char *b, size_t n, bool whole) {
    (void)whole;
    for (size_t at = 0; at + 8 <= n; at = at ? 2 * at : 512) {
        if (!memcmp(b + at, "\x89HDF\r\n\x1a\n", 8)) return true;
    }
    return false;
}

const gl_reader gl_reader_hdf5 = {
    .names = {"hdf5", "h5"},
    .suffixes = {".h5", ".hdf5", ".h5ad"},
    .signature = begins_like_hdf5,
    .read_table = read_hdf5,
    .read_array = read_array,
    .named_arrays = true,
    .uses = GL_USES_TABLE,
};
