/*
 * dot.h: where gemm.c leaves a product to dot.c.
 */
#ifndef GL_DOT_H
#define GL_DOT_H

#include "../ref/finish.h"
#include "vector.h"
#include <stdbool.h>

/* Few rows; or some columns that would leave much of a panel empty (209 x 20 x 12288: 0.71 ms,
 * packed 0.86: notebook 2026-11, 21.18). How many rows a thread has does not matter: the bits must
 * not depend on it. */
bool K(suits_dots)(const gl_call *c);
void K(dots)(const gl_call *c, const part *of);

#endif
