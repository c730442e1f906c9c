/*
 * container.h: a safetensors file with a checksum, which other tools can read: what model files and
 * checkpoints have in common.
 *
 *     8 bytes   length of the header, little-endian
 *     header    JSON: "__metadata__" (texts), one entry a tensor; blanks up to a multiple of 8
 *     data      the tensors, raw little-endian, in the order of the header
 *
 * The header begins with a fixed text that holds the format and a SHA-256 over the whole file,
 * computed with 64 zeros in its own place. Any damaged byte is found; nothing of a damaged file is
 * used. A file is untrusted until it was checked, and still distrusted afterwards: every number is
 * compared with what is needed before memory is taken.
 */
#ifndef GL_CONTAINER_H
#define GL_CONTAINER_H

#include "../base/json.h"

typedef struct gl_file_kind {
    const char *format, *name; /* "glia 1", "model file" */
    const char *mend;          /* of a damaged one */
} gl_file_kind;

extern const gl_file_kind gl_model_kind, gl_checkpoint_kind;

/* A file to write: begin, texts, tensors, end. It may be written more than once while the tensors
 * change, which allocates nothing: the checksum is all that changes in the header. What fails on
 * the way is remembered until it is written. */
typedef struct gl_writer {
    gl_text header;
    int64_t hex, offset; /* where the checksum stands in the header; bytes of tensors so far */
    gl_chunk *chunk;     /* length, header, the tensors */
    int64_t chunks, cap;
    uint8_t length[8];
} gl_writer;

void gl_writer_begin(gl_writer *w, glia_ctx *g, const gl_file_kind *kind);
void gl_writer_text(gl_writer *w, const char *name, const char *text);
void gl_writer_tensor(gl_writer *w, const char *name, glia_dtype dtype, int64_t rows, int64_t cols,
                      const void *data); /* which stays where it is */
void gl_writer_end(gl_writer *w);
glia_status gl_writer_write(gl_writer *w, const char *path);
void gl_writer_free(gl_writer *w);

/* A file that was read, as a whole: tensors and texts are pointers into it, which hold until it
 * is closed. */
typedef struct gl_container {
    glia_ctx *g;
    const gl_file_kind *kind;
    const char *path;
    char *bytes;
    int64_t size, header; /* whole file; length of the header */
    gl_json *json;        /* the values of the header */
} gl_container;

glia_status gl_container_open(gl_container *f, glia_ctx *g, const gl_file_kind *kind,
                              const char *path);
void gl_container_close(gl_container *f);
/* One of the texts; "" when there is none of this name. */
const char *gl_container_text(const gl_container *f, const char *name);
/* The bytes of a tensor; NULL when it is missing or not of this type and shape. */
const char *gl_container_tensor(const gl_container *f, const char *name, glia_dtype dtype,
                                int64_t rows, int64_t cols);
static inline int64_t gl_container_room(const gl_container *f) { /* bytes of all tensors */
    return f->size - 8 - f->header;
}
/* "model file 'm.glia' is damaged: ..." */
glia_status gl_container_damaged(const gl_container *f, const char *what);

#endif
