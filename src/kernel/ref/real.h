/*
 * real.h: what a kernel source is written over. Each source is built once for every set (ref, avx2
 * ...) and precision, with -Dglia_real=float -DGL_SET=avx2 -DGL_BITS=f32: K(gemm) is then
 * gl_avx2_f32_gemm.
 *
 * The sources in ref/ are plain loops. They serve the faster sets too, compiled for a newer
 * processor: what differs there is gemm (simd/gemm.c) and, in float, exp and its kin (simd/math.h),
 * which a compiler can turn into vector instructions.
 */
#ifndef GL_REAL_H
#define GL_REAL_H

#include "../kernel.h"
#include <tgmath.h>

#ifndef glia_real /* an editor looks at the file on its own */
#define glia_real float
#define GL_SET ref
#define GL_BITS f32
#endif

#define K(name) GL_K_NAME(GL_SET, GL_BITS, name)
#define GL_K_NAME(set, bits, name) GL_K_PASTE(set, bits, name)
#define GL_K_PASTE(set, bits, name) gl_##set##_##bits##_##name

/* The parameters of every kernel. */
#define PART const gl_call *c, int64_t lo, int64_t hi, __attribute__((unused)) void *work

/* Before a loop: its rounds do not depend on each other, although y and x may be the same array. */
#define EACH _Pragma("omp simd")

#ifdef GL_FAST_MATH
#include "../simd/math.h"
#else
static inline glia_real gl_exp(glia_real x) { return exp(x); }
static inline glia_real gl_expm1(glia_real x) { return expm1(x); }
static inline glia_real gl_tanh(glia_real x) { return tanh(x); }
static inline glia_real gl_log1p(glia_real x) { return log1p(x); }
static inline glia_real gl_log(glia_real x) { return log(x); }
#endif

/* No exponential of a positive number, hence no overflow, and full precision on both sides.
 * e = exp(-|x|) */
static inline glia_real gl_sigmoid_from(glia_real x, glia_real e) {
    return (x < 0 ? e : 1) / (1 + e);
}

static inline glia_real gl_sigmoid(glia_real x) { return gl_sigmoid_from(x, gl_exp(-fabs(x))); }

/* exp 40 is 2.4e17: no count that a double tells from the next, and in float far from the end. */
#define GL_MOST_LOG 40
static inline glia_real gl_rate(glia_real z) { return gl_exp(z > GL_MOST_LOG ? GL_MOST_LOG : z); }

/* In double, many sums side by side: one alone would wait for each addition before it begins the
 * next: notebook 2026-11, 28.9. */
static inline double gl_sum_of_squares(const glia_real *w, int64_t k) {
    enum { SUMS = 32 };
    double sum[SUMS] = {0}, total = 0;
    int64_t whole = k - k % SUMS;
    for (int64_t i = 0; i < whole; i += SUMS)
        for (int lane = 0; lane < SUMS; lane++) sum[lane] += (double)w[i + lane] * w[i + lane];
    for (int64_t i = whole; i < k; i++) sum[i - whole] += (double)w[i] * w[i];
    for (int half = SUMS / 2; half >= 8; half /= 2)
        for (int lane = 0; lane < half; lane++) sum[lane] += sum[lane + half];
    for (int lane = 0; lane < 8; lane++) total += sum[lane];
    return total;
}

#endif
