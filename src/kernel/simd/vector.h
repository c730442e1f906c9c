/*
 * vector.h: vectors of glia_real as wide as the processor's registers (GCC and clang vector types).
 */
#ifndef GL_VECTOR_H
#define GL_VECTOR_H

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

#define INLINE static inline __attribute__((always_inline))

typedef glia_real vec __attribute__((vector_size(VECTOR)));
typedef glia_real vec_anywhere
    __attribute__((vector_size(VECTOR), aligned(sizeof(glia_real)), may_alias));

INLINE vec load(const glia_real *x) { return *(const vec_anywhere *)x; }

INLINE void store(glia_real *x, vec v) { *(vec_anywhere *)x = v; }

#endif
