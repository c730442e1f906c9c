/*
 * vector.h: vectors of glia_real as wide as the processor's registers (GCC and clang vector types).
 */
#ifndef GL_VECTOR_H
#define GL_VECTOR_H

#include "../ref/real.h"

#if defined(__AVX512F__)
#define VECTOR 64 /* bytes */
#elif defined(__AVX__)
#define VECTOR 32
#else
#define VECTOR 16
#endif

#define SIZE_f32 4
#define SIZE_f64 8
#define PASTE(a, b) PASTE_(a, b)
#define PASTE_(a, b) a##b
#define LANES (VECTOR / PASTE(SIZE_, GL_BITS))

#define COLS (2 * LANES) /* of a panel (pack.h), and of a tile of y */

#define INLINE static inline __attribute__((always_inline))

typedef glia_real vec __attribute__((vector_size(VECTOR)));
typedef glia_real vec_anywhere
    __attribute__((vector_size(VECTOR), aligned(sizeof(glia_real)), may_alias));

INLINE vec load(const glia_real *x) { return *(const vec_anywhere *)x; }

INLINE void store(glia_real *x, vec v) { *(vec_anywhere *)x = v; }

static inline int64_t least(int64_t a, int64_t b) { return a < b ? a : b; }

/* The masks of shuffles of vectors a and b. Within each 16 bytes (a lane), a0 b0 a1 b1 ... of their
 * lower and of their upper halves; and the even and the odd lanes, a's and then b's. */
#define IN_LANE (16 / PASTE(SIZE_, GL_BITS))
#if LANES == 2
#define LOW_IN_LANES 0, 2
#define HIGH_IN_LANES 1, 3
#elif LANES == 4 && IN_LANE == 4
#define LOW_IN_LANES 0, 4, 1, 5
#define HIGH_IN_LANES 2, 6, 3, 7
#elif LANES == 4
#define LOW_IN_LANES 0, 4, 2, 6
#define HIGH_IN_LANES 1, 5, 3, 7
#define EVEN_LANES 0, 1, 4, 5
#define ODD_LANES 2, 3, 6, 7
#elif LANES == 8 && IN_LANE == 4
#define LOW_IN_LANES 0, 8, 1, 9, 4, 12, 5, 13
#define HIGH_IN_LANES 2, 10, 3, 11, 6, 14, 7, 15
#define EVEN_LANES 0, 1, 2, 3, 8, 9, 10, 11
#define ODD_LANES 4, 5, 6, 7, 12, 13, 14, 15
#elif LANES == 8
#define LOW_IN_LANES 0, 8, 2, 10, 4, 12, 6, 14
#define HIGH_IN_LANES 1, 9, 3, 11, 5, 13, 7, 15
#define EVEN_LANES 0, 1, 4, 5, 8, 9, 12, 13
#define ODD_LANES 2, 3, 6, 7, 10, 11, 14, 15
#else
#define LOW_IN_LANES 0, 16, 1, 17, 4, 20, 5, 21, 8, 24, 9, 25, 12, 28, 13, 29
#define HIGH_IN_LANES 2, 18, 3, 19, 6, 22, 7, 23, 10, 26, 11, 27, 14, 30, 15, 31
#define EVEN_LANES 0, 1, 2, 3, 8, 9, 10, 11, 16, 17, 18, 19, 24, 25, 26, 27
#define ODD_LANES 4, 5, 6, 7, 12, 13, 14, 15, 20, 21, 22, 23, 28, 29, 30, 31
#endif

#endif
