/*
 * ten.h: powers of ten in 128 bits, for reading and printing numbers by integer arithmetic.
 */
#ifndef GL_TEN_H
#define GL_TEN_H

#include <stdint.h>

typedef unsigned __int128 gl_u128;

/* 10^e is m 2^exponent or more by less than 4 units of m; 2^127 <= m < 2^128. */
typedef struct gl_ten {
    gl_u128 m;
    int exponent;
} gl_ten;

enum { GL_TEN_LEAST = -364, GL_TEN_MOST = 363 };

gl_ten gl_power_of_ten(int e); /* GL_TEN_LEAST <= e <= GL_TEN_MOST */

/* The whole part of a b / 2^64. */
gl_u128 gl_scale(uint64_t a, gl_u128 b);

#endif
