/*
 * alike.h: what of pictures makes scores too good to be true: some that are nearly the same, and
 * classes that differ by what their files are like.
 */
#ifndef GL_ALIKE_H
#define GL_ALIKE_H

#include "leaks.h"

/* Its column of pictures, or -1. */
int gl_pictures_of(const glia_table *t);

typedef struct gl_thumb gl_thumb;
typedef struct gl_thumbs {
    const glia_table *t;
    int64_t *row; /* [n] of t */
    gl_thumb *one;
    int64_t n;
} gl_thumbs;

/* Of so many rows at most, evenly spread; for gl_free_thumbs, also after a failure. */
glia_status gl_take_thumbs(const gl_near_part *part, int64_t most, gl_thumbs *out);
void gl_free_thumbs(gl_thumbs *s);
/* Those of `in` that are alike one of `known`; of the same: that are alike an earlier one. Classes
 * are compared within a table; target -1: there are none. */
glia_status gl_find_alike(const gl_thumbs *known, const gl_thumbs *in, int target, glia_alike *out);

/* telltale.c: by so many of these rows, evenly spread; `classes` as in gl_table_undecided. */
glia_status gl_find_telltale(const gl_near_part *part, int target, bool classes, int64_t most,
                             glia_telltale *out);

#endif
