/*
 * hash.c: the fingerprint of a file, by which a model tells from which data it was made, and a
 * checkpoint that the data have changed.
 */
#include "hash.h"
#include "../table/table.h"

#include <errno.h>
#include <string.h>
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

/* ---------------------------------------------------------------------------------- pictures -- */

/* Of each picture its name, with the 0 behind it, and its bytes; of a table that names them its own
 * bytes first. */
typedef struct pictures {
    const glia_table *t;
    int64_t row;        /* that comes next */
    gl_open_file *file; /* at hand; NULL: none */
    glia_status status;
} pictures;

static void open_next(pictures *p, const char *path) {
    p->file = gl_open_bytes(p->t->g, path);
    if (!p->file) p->status = p->t->g->code;
}

static void open_row(pictures *p, const char *name) {
    char *path = gl_format(p->t->g, "%s%s", *name == '/' ? "" : p->t->root, name);
    if (path) open_next(p, path);
    else p->status = GLIA_RESOURCE;
    gl_free(p->t->g, path);
}

static gl_chunk next_of_pictures(void *user) {
    pictures *p = user;
    gl_chunk c = p->file ? gl_next_bytes(p->file) : (gl_chunk){0};
    if (c.size || p->status) return c;
    if (p->file) p->status = gl_close_bytes(p->file), p->file = NULL;
    if (p->status || p->row == p->t->rows) return (gl_chunk){0};
    const char *name = p->t->name[p->row++];
    open_row(p, name);
    return (gl_chunk){name, (int64_t)strlen(name) + 1};
}

/* Where files go, or change their bytes, before they are hashed, nobody can tell: the hash is that
 * of another state. */
static glia_status hash_pictures(const glia_table *t, char hex[65]) {
    pictures p = {.t = t};
    if (!t->arrays) open_next(&p, t->source);
    gl_sha256(next_of_pictures, &p, hex);
    if (p.file) gl_close_bytes(p.file);
    return p.status;
}

glia_status glia_table_sha256(const glia_table *t, char hex[65]) {
    glia_ctx *g = t->g;
    if (t->name && (t->stamp.file || t->arrays)) return hash_pictures(t, hex);
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
