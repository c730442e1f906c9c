/*
 * keyed.h: hashes of texts and numbers that nobody can choose to be alike, because they hang on a
 * secret of the context. Tables find texts by them and are in the order in which texts came, so
 * that no result depends on the secret.
 *
 * With a hash that everybody knows, 30,000 chosen texts met at one slot, and each was compared with
 * all before it.
 */
#ifndef GL_KEYED_H
#define GL_KEYED_H

#include "base.h"

#include <string.h>

/* Up to 8 bytes as a number; two loads that may overlap take 4 to 8 of them. */
static inline uint64_t gl_eight_bytes(const char *s, size_t n) {
    uint32_t low, high;
    const uint8_t *u = (const uint8_t *)s;
    if (n < 4) return n ? u[0] | (uint32_t)u[n / 2] << 8 | (uint32_t)u[n - 1] << 16 : 0;
    memcpy(&low, s, 4);
    memcpy(&high, s + n - 4, 4);
    return low | (uint64_t)high << 32;
}

/* Both halves of a product of 128 bits: the upper one carries what a secret factor makes of high
 * bits, which the lower half alone loses, whatever the factor is. */
static inline uint64_t gl_keyed_mix(uint64_t h, uint64_t factor) {
    unsigned __int128 product = (unsigned __int128)h * factor;
    return (uint64_t)product ^ (uint64_t)(product >> 64);
}

/* Of a number, or of a hash that others could choose; its upper bits are as good as its lower. */
static inline uint64_t gl_keyed_number(const gl_secret *secret, uint64_t number) {
    return gl_keyed_mix(secret->start ^ number, secret->factor);
}

static inline uint64_t gl_keyed_hash(const gl_secret *secret, const char *s, size_t n) {
    uint64_t h = secret->start + n;
    for (; n > 8; s += 8, n -= 8) h = gl_keyed_mix(h ^ gl_eight_bytes(s, 8), secret->factor);
    return gl_keyed_mix(h ^ gl_eight_bytes(s, n), secret->factor);
}

#endif
