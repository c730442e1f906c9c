/*
 * hash.h: SHA-256, for the checksum of model files and the fingerprint of data.
 */
#ifndef GL_HASH_H
#define GL_HASH_H

#include "../base/base.h"

/* The next piece of what is hashed; size 0: that was all. */
typedef gl_chunk gl_next_chunk(void *user);

/* The hash of all pieces, as 64 hex digits and a terminator. */
void gl_sha256(gl_next_chunk *next, void *user, char hex[65]);
void gl_sha256_of(const gl_chunk *chunks, int count, char hex[65]);

#endif
