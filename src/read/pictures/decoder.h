/*
 * decoder.h: what the decoders of pictures share: the bytes of one file become rows of pixels of 8
 * bits, or, of PNG, such rows a file. Those of PNG, JPEG and WebP stand in modules, each on a
 * library of others; a module calls nothing of glia's library.
 */
#ifndef GL_DECODER_H
#define GL_DECODER_H

#include <stddef.h>
#include <stdint.h>
#include <stdio.h>

enum { GL_WRONG_PICTURE = 200 }; /* bytes of what is wrong with it */

typedef struct gl_picture {
    int64_t width, height; /* as they lie in the file */
    int channels;          /* 1 grey, 2 grey and alpha, 3 colour, 4 colour and alpha */
    int turn;              /* how it is to be turned to stand upright, Exif's 1 to 8 */
    int64_t beside;        /* bytes that decoding takes beside the pixels */
} gl_picture;

typedef enum gl_decoded {
    GL_DECODED,
    GL_BROKEN,   /* the file, and `wrong` says why; nobody uses what came of it */
    GL_NO_MEMORY /* of the library */
} gl_decoded;

typedef struct gl_decoder {
    /* What the header says, before any memory is taken for it. */
    gl_decoded (*look)(const unsigned char *bytes, size_t n, gl_picture *p,
                       char wrong[GL_WRONG_PICTURE]);
    /* p: as look found it; pixels: [height, width, channels]. */
    gl_decoded (*decode)(const unsigned char *bytes, size_t n, const gl_picture *p,
                         unsigned char *pixels, char wrong[GL_WRONG_PICTURE]);
    /* Rows as decode leaves them, as a file; whether its bytes went into it f knows. NULL: pictures
     * of this kind are only read. */
    gl_decoded (*encode)(FILE *f, const gl_picture *p, const unsigned char *pixels,
                         char wrong[GL_WRONG_PICTURE]);
} gl_decoder;

/* exif.c: the turn in a block of Exif, 1 where it has none. */
int gl_exif_turn(const unsigned char *bytes, size_t n);

static inline uint32_t gl_big_32(const unsigned char *b) {
    return (uint32_t)b[0] << 24 | (uint32_t)b[1] << 16 | (uint32_t)b[2] << 8 | b[3];
}
static inline uint32_t gl_little_32(const unsigned char *b) {
    return (uint32_t)b[3] << 24 | (uint32_t)b[2] << 16 | (uint32_t)b[1] << 8 | b[0];
}
static inline uint32_t gl_little_16(const unsigned char *b) { return (uint32_t)b[1] << 8 | b[0]; }

#endif
