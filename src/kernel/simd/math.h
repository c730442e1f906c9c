/*
 * math.h: exp, expm1, log, log1p and tanh in float, free of branches and calls, so that a loop over
 * them becomes vector instructions.
 *
 * Largest errors over the whole range, in units in the last place: exp 1.0, log 0.9, tanh 1.2,
 * log1p 1.9, expm1 2.3. Overflow gives infinity, underflow 0, NaN gives NaN. Coefficients: Moshier, "Methods
 * and Programs for Mathematical Functions" (Cephes: expf, tanhf).
 */
#ifndef GL_MATH_H
#define GL_MATH_H

#include <math.h>
#include <stdint.h>

/* n in -126 .. 127 */
static inline float gl_power_of_2(int32_t n) {
    union {
        uint32_t i;
        float f;
    } u = {(uint32_t)(n + 127) << 23};
    return u.f;
}

static inline float gl_from_bits(int32_t i) {
    union {
        int32_t i;
        float f;
    } u = {i};
    return u.f;
}

static inline int32_t gl_to_bits(float x) {
    union {
        float f;
        int32_t i;
    } u = {x};
    return u.i;
}

/* e^x = 2^n e^r with |r| <= ln 2 / 2. 2^n is applied in two halves: n itself may be beyond the
 * exponents of a float. ln 2 is taken off in two parts, of which the first has so few bits that n
 * times it is exact. Beyond the limits x gives 0 (below the smallest float, e^-103.3) or infinity
 * (e^88.7). */
static inline float gl_exp(float x) {
    const float round = 0x1.8p23f; /* adding it leaves the nearest integer in the low bits */
    x = x < -104.0f ? -104.0f : x > 89.0f ? 89.0f : x;
    float shifted = x * 1.44269504088896341f + round;
    float whole = shifted - round;
    int32_t n = gl_to_bits(shifted) - gl_to_bits(round);
    float r = x - whole * 0.693359375f;
    r = r - whole * -2.12194440e-4f;
    float p = 1.9875691500e-4f;
    p = p * r + 1.3981999507e-3f;
    p = p * r + 8.3334519073e-3f;
    p = p * r + 4.1665795894e-2f;
    p = p * r + 1.6666665459e-1f;
    p = p * r + 5.0000001201e-1f;
    p = p * (r * r) + r + 1;
    int32_t half = n >> 1;
    return p * gl_power_of_2(half) * gl_power_of_2(n - half);
}

static inline float gl_tanh(float x) {
    float z = x * x, small = -5.70498872745e-3f;
    small = small * z + 2.06390887954e-2f;
    small = small * z - 5.37397155531e-2f;
    small = small * z + 1.33314422036e-1f;
    small = small * z - 3.33332819422e-1f;
    small = small * z * x + x;
    float large = copysignf(1 - 2 / (gl_exp(2 * fabsf(x)) + 1), x);
    return fabsf(x) < 0.625f ? small : large;
}

/* e^x - 1 = tanh(x/2) (e^x + 1): keeps its digits near 0. */
static inline float gl_expm1(float x) { return gl_tanh(x / 2) * (gl_exp(x) + 1); }

/* log(1 + x) for x in 0 .. 1, as 2 atanh(x / (2 + x)). s is at most 1/3, so the term that is left
 * out, of s^17, is below s 1.4e-9, a fortieth of a float's rounding. */
static inline float gl_log1p(float x) {
    float s = x / (2 + x), z = s * s, p = 1.0f / 15;
    p = p * z + 1.0f / 13;
    p = p * z + 1.0f / 11;
    p = p * z + 1.0f / 9;
    p = p * z + 1.0f / 7;
    p = p * z + 1.0f / 5;
    p = p * z + 1.0f / 3;
    return 2 * (s + p * z * s);
}

/* log x for x from 1 on, as e ln 2 + log m with m between 1/sqrt 2 and sqrt 2 (Cephes: logf). */
static inline float gl_log(float x) {
    const int32_t least = 0x3f3504f3; /* the bits of 1/sqrt 2 */
    int32_t above = gl_to_bits(x) - least, exponent = above >> 23;
    float e = (float)exponent, f = gl_from_bits(above - exponent * (1 << 23) + least) - 1,
          z = f * f;
    float p = 7.0376836292e-2f;
    p = p * f - 1.1514610310e-1f;
    p = p * f + 1.1676998740e-1f;
    p = p * f - 1.2420140846e-1f;
    p = p * f + 1.4249322787e-1f;
    p = p * f - 1.6668057665e-1f;
    p = p * f + 2.0000714765e-1f;
    p = p * f - 2.4999993993e-1f;
    p = p * f + 3.3333331174e-1f;
    float near = f + (p * f * z + e * -2.12194440e-4f - 0.5f * z);
    return x < HUGE_VALF ? near + e * 0.693359375f : x;
}

#endif
