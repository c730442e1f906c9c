/*
 * augment.h: the text of option augment, "flip, shift 0.1, rotate": which ways to vary pictures
 * (kernel/augment.def), and how much.
 */
#ifndef GL_AUGMENT_H
#define GL_AUGMENT_H

#include "../net/net.h"

extern const char gl_augment_help[]; /* what the option says of them */

/* way[i]: how much of each; all 0 for NULL and "none". */
glia_status gl_augment_read(glia_ctx *g, const char *text, double way[GL_WAYS]);
/* Whether the text asks for any; it has been read without an error. */
bool gl_augments(const char *text);
/* The network sees pictures where a way needs them, and the optimizer bears new ones in each
 * step. */
glia_status gl_augment_check(glia_ctx *g, const gl_net *m, const char *text, bool searches);

#endif
