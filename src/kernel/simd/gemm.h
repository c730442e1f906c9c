/*
 * gemm.h: how the fast matrix product cuts its operands, for those who provide its memory.
 */
#ifndef GL_GEMM_H
#define GL_GEMM_H

#include <stddef.h>
#include <stdint.h>

/* What lies where while a product runs, in f32 with vectors of 16 (AVX-512):
 *
 *     registers             8 x 32 of y
 *     first-level cache     a panel of b: 256 x 32 numbers, 32 kB of 48
 *     second-level cache    a block of a: 128 rows of 256, 128 kB
 *     third-level cache     a block of b: 2048 columns of 256, 2 MB, and y
 *
 * Other inner lengths (128, 192, 384) are within 4% (notebook 2026-11, 21.27). The larger a block
 * of b is, the less often a is copied: with 512 columns copying took 5% (26.4). */
enum {
    GL_GEMM_K = 256,        /* inner length of a block: one panel fits the first-level cache */
    GL_GEMM_A = 128 * 1024, /* bytes of a kept in the second-level cache: notebook 2026-11, 26.4 */
    GL_GEMM_COPY = 256 * 1024,  /* bytes of a copied block of a, with gaps between its rows, and */
    GL_GEMM_WORK = 2048 * 1024, /* of a packed block of b, at most */
    GL_DOT_K = 1024,            /* inner length, and */
    GL_DOT_M = 8, /* rows of a, that stay in the first-level cache where nothing is packed */
};

/* A product of m x k and k x n numbers needs so many bytes for its panels and then for its copy:
 * the whole operand and its edges, when a block holds that. */
static inline size_t gl_gemm_bytes(int64_t lines, int64_t length, size_t real, size_t most) {
    size_t bytes = (size_t)(lines + 64) * (size_t)(length + 64) * real;
    return bytes < most ? (bytes + 63) / 64 * 64 : most;
}

static inline size_t gl_gemm_panels(int64_t n, int64_t k, size_t real) {
    return gl_gemm_bytes(n, k, real, GL_GEMM_WORK);
}

static inline size_t gl_gemm_copy(int64_t m, int64_t k, size_t real) {
    return gl_gemm_bytes(m, k, real, GL_GEMM_COPY);
}

/* Both: where two products keep their panels, the one's lie so far behind the other's. */
static inline size_t gl_gemm_room(int64_t m, int64_t n, int64_t k, size_t real) {
    return gl_gemm_panels(n, k, real) + gl_gemm_copy(m, k, real);
}

#endif
