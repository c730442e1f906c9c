/*
 * kinds.h: kinds of files that are known and not read.
 */
#ifndef GL_KINDS_H
#define GL_KINDS_H

#include "readers.h"

/* Is it one of them? By its first bytes; where there are none (no file yet), or they are of no kind
 * and no text either, by its name. */
bool gl_is_other_kind(const char *path, const gl_beginning *b);
/* "a PNG image", by its first bytes; NULL: they are of none. */
const char *gl_kind_name(const gl_beginning *b);
/* Fails for such a file: names its kind and what makes a table of it. */
glia_status gl_fail_kind(glia_ctx *g, const char *path, const gl_beginning *b);

#endif
