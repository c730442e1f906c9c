/*
 * hash.c: SHA-256 by nettle.
 */
#include "hash.h"

#include <nettle/sha2.h>
#include <stdio.h>

void gl_sha256(const gl_chunk *chunks, int count, char hex[65]) {
    struct sha256_ctx sha;
    uint8_t digest[SHA256_DIGEST_SIZE];
    sha256_init(&sha);
    for (int i = 0; i < count; i++) sha256_update(&sha, (size_t)chunks[i].size, chunks[i].data);
    sha256_digest(&sha, sizeof digest, digest);
    for (int i = 0; i < SHA256_DIGEST_SIZE; i++) snprintf(hex + 2 * i, 3, "%02x", digest[i]);
}

glia_status glia_file_sha256(glia_ctx *g, const char *path, char hex[65]) {
    int64_t size;
    char *bytes = gl_read_file(g, path, &size);
    if (!bytes) return glia_code(g);
    gl_sha256(&(gl_chunk){bytes, size}, 1, hex);
    gl_free(g, bytes);
    return GLIA_OK;
}
