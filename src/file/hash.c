/*
 * hash.c: the fingerprint of a file, by which a model tells from which data it was made, and a
 * checkpoint that the data have changed.
 */
#include "hash.h"

glia_status glia_file_sha256(glia_ctx *g, const char *path, char hex[65]) {
    int64_t size;
    char *bytes = gl_read_file(g, path, &size);
    if (!bytes) return glia_code(g);
    gl_sha256(&(gl_chunk){bytes, size}, 1, hex);
    gl_free(g, bytes);
    return GLIA_OK;
}
