/*
 * attention.h: what attention.c works on beside its operands, for those who provide its memory.
 */
#ifndef GL_ATTENTION_H
#define GL_ATTENTION_H

#include "../simd/gemm.h"

/* Queries that are answered at once. Their weights stay in the second-level cache up to 2,000 steps
 * (64 x 2,000 floats are 512 kB), and what a product packs is used for 64 rows. */
enum { GL_ATTENTION_ROWS = 64 };

/* For the panels of its products: none is larger than t x t, with heads or blocks as inner
 * length. */
static inline size_t gl_attention_panels(int64_t t, int64_t size, size_t real) {
    return gl_gemm_room(t, t, size > GL_ATTENTION_ROWS ? size : GL_ATTENTION_ROWS, real);
}

/* Those of t steps, heads of `size` numbers; then p and dp of a block, and three matrices of a
 * head. */
static inline size_t gl_attention_room(int64_t t, int64_t size, size_t real) {
    return gl_attention_panels(t, size, real) +
           (size_t)t * (size_t)(2 * GL_ATTENTION_ROWS + 3 * size) * real;
}

#endif
