/*
 * depth.h: convolutions whose filters see one channel each.
 */
#ifndef GL_DEPTH_H
#define GL_DEPTH_H

#include "band.h"

void K(depth_there)(const gl_call *c, int64_t lo, int64_t hi, void *work);
void K(depth_back)(const gl_call *c, int64_t lo, int64_t hi, void *work);
void K(depth_dw)(const gl_call *c, int64_t lo, int64_t hi, void *work);

#endif
