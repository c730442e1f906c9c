/*
 * zip.h: the members of a zip archive, for readers of formats that are one (npz, xlsx).
 */
#ifndef GL_ZIP_H
#define GL_ZIP_H

#include "../base/base.h"

typedef struct gl_zip_member {
    char *name;
    int method; /* 0: stored, 8: deflated; others are not read */
    bool locked;
    int64_t packed, size, header; /* bytes in the archive, and unpacked; where it begins */
    uint32_t crc;
} gl_zip_member;

typedef struct gl_zip {
    glia_ctx *g;
    char *path;
    gl_file file;
    gl_zip_member *member;
    int64_t count;
} gl_zip;

/* NULL after gl_fail. */
gl_zip *gl_zip_open(glia_ctx *g, const char *path);
void gl_zip_close(gl_zip *z);
/* The member of this name, or NULL. */
const gl_zip_member *gl_zip_find(const gl_zip *z, const char *name);
/* All its bytes, or its first `most` (-1: all), with a 0 behind them, for gl_free; *n of them. NULL
 * after gl_fail. */
char *gl_zip_read(gl_zip *z, const gl_zip_member *m, int64_t most, int64_t *n);
/* All its bytes in pieces, without memory for all of them. `take` returns false to stop, which is
 * no failure; what comes last is known when all bytes were right. */
typedef bool gl_take_bytes(void *user, const char *bytes, int64_t n, bool last);
glia_status gl_zip_stream(gl_zip *z, const gl_zip_member *m, gl_take_bytes *take, void *user);

#endif
