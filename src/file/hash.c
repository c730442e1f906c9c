/*
 * hash.c: the fingerprint of a file, by which a model tells from which data it was made, and a
 * checkpoint that the data have changed.
 */
#include "hash.h"
#include "../table/table.h"

#include <errno.h>
#include <sys/stat.h>

typedef struct pieces {
    const gl_chunk *chunk;
    int left;
} pieces;

static gl_chunk next_piece(void *user) {
    pieces *p = user;
    while (p->left > 0 && p->chunk->size == 0) p->chunk++, p->left--;
    return p->left-- > 0 ? *p->chunk++ : (gl_chunk){0};
}

void gl_sha256_of(const gl_chunk *chunks, int count, char hex[65]) {
    gl_sha256(next_piece, &(pieces){chunks, count}, hex);
}

static gl_chunk next_of_file(void *user) { return gl_next_bytes(user); }

/* Never as a whole: data may be larger than the memory that learning from them takes. */
glia_status glia_file_sha256(glia_ctx *g, const char *path, char hex[65]) {
    struct stat st;
    if (stat(path, &st) == 0 && !S_ISREG(st.st_mode) && !S_ISDIR(st.st_mode))
        return gl_fail(g, GLIA_INPUT, "'%s' is a pipe or a device: what it gave is not there again",
                       path);
    gl_open_file *file = gl_open_bytes(g, path);
    if (!file) return glia_code(g);
    gl_sha256(next_of_file, file, hex);
    return gl_close_bytes(file);
}

glia_status glia_table_sha256(const glia_table *t, char hex[65]) {
    glia_ctx *g = t->g;
    if (!t->stamp.file)
        return gl_fail(g, GLIA_INPUT, "'%s' is no file that is there again", t->source);
    char *path = gl_format(g, "%.*s", (int)gl_path_length(t->source), t->source);
    if (!path) return GLIA_RESOURCE;
    glia_status status = glia_file_sha256(g, path, hex);
    errno = 0;
    const gl_stamp now = gl_stamp_of(path);
    if (status == GLIA_OK && !now.file) status = gl_doubt(g, path);
    if (status == GLIA_OK && !gl_same_stamp(&t->stamp, &now))
        status = gl_fail(g, GLIA_INPUT, "'%s' was changed after it was read", path);
    gl_free(g, path);
    return status;
}
