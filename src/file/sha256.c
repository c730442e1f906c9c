/*
 * sha256.c: SHA-256 (FIPS 180-4), for builds without nettle: it is all that a model file needs of a
 * library.
 */
#include "hash.h"

#include <string.h>

enum { BLOCK = 64, DIGEST = 32 };

typedef struct sha256 {
    uint32_t h[8];
    uint8_t block[BLOCK];
    int64_t bytes; /* so far */
} sha256;

/* The first 32 bits of the fractions of the cube roots of the first 64 primes. */
static const uint32_t cube_roots[64] = {
    0x428a2f98, 0x71374491, 0xb5c0fbcf, 0xe9b5dba5, 0x3956c25b, 0x59f111f1, 0x923f82a4, 0xab1c5ed5,
    0xd807aa98, 0x12835b01, 0x243185be, 0x550c7dc3, 0x72be5d74, 0x80deb1fe, 0x9bdc06a7, 0xc19bf174,
    0xe49b69c1, 0xefbe4786, 0x0fc19dc6, 0x240ca1cc, 0x2de92c6f, 0x4a7484aa, 0x5cb0a9dc, 0x76f988da,
    0x983e5152, 0xa831c66d, 0xb00327c8, 0xbf597fc7, 0xc6e00bf3, 0xd5a79147, 0x06ca6351, 0x14292967,
    0x27b70a85, 0x2e1b2138, 0x4d2c6dfc, 0x53380d13, 0x650a7354, 0x766a0abb, 0x81c2c92e, 0x92722c85,
    0xa2bfe8a1, 0xa81a664b, 0xc24b8b70, 0xc76c51a3, 0xd192e819, 0xd6990624, 0xf40e3585, 0x106aa070,
    0x19a4c116, 0x1e376c08, 0x2748774c, 0x34b0bcb5, 0x391c0cb3, 0x4ed8aa4a, 0x5b9cca4f, 0x682e6ff3,
    0x748f82ee, 0x78a5636f, 0x84c87814, 0x8cc70208, 0x90befffa, 0xa4506ceb, 0xbef9a3f7, 0xc67178f2};

/* FIPS 180-4, section 4.1.2: sums of the word turned three ways; 6.2.2 for the loop below, whose h,
 * g ... a are the standard's. */
static uint32_t turn(uint32_t x, int n) { return x >> n | x << (32 - n); }

static void schedule(uint32_t w[64], const uint8_t *block) {
    for (int i = 0; i < 16; i++)
        w[i] = (uint32_t)block[4 * i] << 24 | (uint32_t)block[4 * i + 1] << 16 |
               (uint32_t)block[4 * i + 2] << 8 | block[4 * i + 3];
    for (int i = 16; i < 64; i++) {
        uint32_t a = w[i - 15], b = w[i - 2];
        w[i] = w[i - 16] + (turn(a, 7) ^ turn(a, 18) ^ a >> 3) + w[i - 7] +
               (turn(b, 17) ^ turn(b, 19) ^ b >> 10);
    }
}

static void take_block(sha256 *s, const uint8_t *block) {
    uint32_t w[64], a = s->h[0], b = s->h[1], c = s->h[2], d = s->h[3], e = s->h[4], f = s->h[5],
                    g = s->h[6], h = s->h[7];
    schedule(w, block);
    for (int i = 0; i < 64; i++) {
        uint32_t one = h + (turn(e, 6) ^ turn(e, 11) ^ turn(e, 25)) + ((e & f) ^ (~e & g)) +
                       cube_roots[i] + w[i];
        uint32_t two = (turn(a, 2) ^ turn(a, 13) ^ turn(a, 22)) + ((a & b) ^ (a & c) ^ (b & c));
        h = g, g = f, f = e, e = d + one;
        d = c, c = b, b = a, a = one + two;
    }
    s->h[0] += a, s->h[1] += b, s->h[2] += c, s->h[3] += d;
    s->h[4] += e, s->h[5] += f, s->h[6] += g, s->h[7] += h;
}

static void take_bytes(sha256 *s, const uint8_t *bytes, int64_t n) {
    int64_t kept = s->bytes % BLOCK;
    s->bytes += n;
    if (kept + n >= BLOCK && kept > 0) {
        memcpy(s->block + kept, bytes, (size_t)(BLOCK - kept));
        take_block(s, s->block);
        bytes += BLOCK - kept, n -= BLOCK - kept, kept = 0;
    }
    for (; n >= BLOCK; bytes += BLOCK, n -= BLOCK) take_block(s, bytes);
    if (n > 0) memcpy(s->block + kept, bytes, (size_t)n);
}

/* A bit 1, bits 0, and the number of bits that came before. */
static void end(sha256 *s) {
    static const uint8_t padding[BLOCK] = {0x80};
    uint64_t bits = 8 * (uint64_t)s->bytes;
    uint8_t length[8];
    for (int i = 0; i < 8; i++) length[i] = (uint8_t)(bits >> (56 - 8 * i));
    take_bytes(s, padding, 1 + (BLOCK + 55 - s->bytes % BLOCK) % BLOCK);
    take_bytes(s, length, 8);
}

void gl_sha256(gl_next_chunk *next, void *user, char hex[65]) {
    sha256 s = {.h = {0x6a09e667, 0xbb67ae85, 0x3c6ef372, 0xa54ff53a, 0x510e527f, 0x9b05688c,
                      0x1f83d9ab, 0x5be0cd19}}; /* of the square roots of the first 8 primes */
    for (gl_chunk c; (c = next(user)).size > 0;) take_bytes(&s, c.data, c.size);
    end(&s);
    for (int i = 0; i < 2 * DIGEST; i++)
        hex[i] = "0123456789abcdef"[s.h[i / 8] >> (28 - 4 * (i % 8)) & 15];
    hex[2 * DIGEST] = '\0';
}
