/*
 * gemm.h: how the fast matrix product cuts its operands, for those who provide its memory.
 */
#ifndef GL_GEMM_H
#define GL_GEMM_H

enum {
    GL_GEMM_K = 256,            /* inner length of a block: one panel fits the first-level cache */
    GL_GEMM_A = 128 * 1024,     /* bytes of a that stay in the second-level cache meanwhile */
    GL_GEMM_COPY = 256 * 1024,  /* bytes of a copied block of a, with gaps between its rows */
    GL_GEMM_WORK = 2048 * 1024, /* bytes of a packed block of b */
    GL_DOT_K = 1024,            /* inner length, and */
    GL_DOT_M = 8, /* rows of a, that stay in the first-level cache where nothing is packed */
};

#endif
