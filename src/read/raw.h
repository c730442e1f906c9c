/*
 * raw.h: numbers as they lie in files, of any width and byte order, on their way into the types of
 * a tensor.
 */
#ifndef GL_RAW_H
#define GL_RAW_H

#include "../base/base.h"

typedef struct gl_raw {
    char kind; /* i, u, f as in NumPy; b: truth values; S: bytes of text; U: UTF-32 */
    int width; /* bytes */
    bool big;  /* the most significant byte comes first */
} gl_raw;

/* A tensor has five types, and what is none of them goes into the next one that holds all its
 * values. False: no numbers, or of a width that is not read. */
bool gl_raw_dtype(gl_raw r, glia_dtype *dtype);
/* The number at `from` to place i of `to`. False: it does not fit (above 2^63). */
bool gl_raw_copy(gl_raw r, glia_dtype dtype, const unsigned char *from, void *to, int64_t i);
/* The text at `from` as UTF-8 without its final zeros, in `to` with room for r.width + 1 bytes
 * (U: the same); returns its length, or -1: no text. */
int64_t gl_raw_text(gl_raw r, const unsigned char *from, char *to);

#endif
