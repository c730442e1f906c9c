/*
 * hash.h: SHA-256, for the checksum of model files and the fingerprint of data.
 */
#ifndef GL_HASH_H
#define GL_HASH_H

#include "../base/base.h"

/* The hash of some pieces of memory, as 64 hex digits and a terminator. */
void gl_sha256(const gl_chunk *chunks, int count, char hex[65]);

#endif
