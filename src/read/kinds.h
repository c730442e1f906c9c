/*
 * kinds.h: kinds of files that are known and not read.
 */
#ifndef GL_KINDS_H
#define GL_KINDS_H

#include "readers.h"

/* Is it one of them? */
bool gl_is_other_kind(const char *path, const gl_beginning *b);
/* "a PNG image", by its first bytes; NULL: they are of none. */
const char *gl_kind_name(const gl_beginning *b);
/* Fails for such a file: names its kind and what makes a table of it. */
glia_status gl_check_kind(glia_ctx *g, const char *path, const gl_beginning *b);

#endif
