/*
 * mat.c: the reader of MATLAB files before version 7.3, which is HDF5 (hdf5.c). Its functions are
 * those of mat_module.c, a module that is loaded when the first such file is read.
 */
#include "../base/module.h"
#include "named/arrays.h"

#include <string.h>

static const gl_array_reader *mat(glia_ctx *g) {
    static const gl_module module = {.name = "glia-mat.so",
                                     .symbol = "gl_mat_arrays",
                                     .needed_by = "MATLAB files",
                                     .package = "libmatio-dev",
                                     .room = "read"};
    return gl_load_module(g, &module);
}

static glia_table *read_mat(glia_ctx *g, const char *path, const glia_read_options *options) {
    const gl_array_reader *r = mat(g);
    return r ? gl_read_named_pair(g, r, path, options->table) : NULL;
}

static glia_status read_array(glia_ctx *g, const char *path, const char *array, gl_array *out) {
    const gl_array_reader *r = mat(g);
    return r ? gl_read_named_array(g, r, path, array, out) : g->code;
}

static bool begins_like_mat(const unsigned char *b, size_t n, bool whole) {
    (void)whole;
    return n >= 128 && !memcmp(b, "MATLAB 5.0 MAT-file", 19);
}

const gl_reader gl_reader_mat = {
    .names = {"mat"},
    .suffixes = {".mat"},
    .signature = begins_like_mat,
    .read_table = read_mat,
    .read_array = read_array,
    .named_arrays = true,
    .uses = GL_USES_TABLE,
};
