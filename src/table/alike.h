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
/* Of these, n from `first` on; what they point to stays theirs. */
gl_thumbs gl_some_thumbs(const gl_thumbs *s, int64_t first, int64_t n);
/* Those of `in` that are alike one of `known`; of the same: that are alike an earlier one. Classes
 * are compared within a table; target -1: there are none. */
glia_status gl_find_alike(const gl_thumbs *known, const gl_thumbs *in, int target, glia_alike *out);

/* likeness.c: bytes that stand for a picture when that is there no more; as many as waves. Half of
 * them change their sign in a mirror, and all are GL_NO_WAVE where it is of one grey: blank. */
enum { GL_LIKENESS = 32, GL_NO_WAVE = 128, GL_MOST_LIKENESSES = 20000 };
typedef struct gl_likenesses {
    uint8_t *of; /* [n, GL_LIKENESS] */
    int64_t n;
} gl_likenesses;
void gl_likeness_of(const gl_thumbs *s, int64_t i, uint8_t out[GL_LIKENESS]);
bool gl_is_blank(const uint8_t likeness[GL_LIKENESS]);
/* Those of s and others (NULL: none), none twice, GL_MOST_LIKENESSES at most; for gl_free. */
glia_status gl_take_likenesses(glia_ctx *g, const gl_thumbs *s, const gl_likenesses *before,
                               gl_likenesses *out);
/* Pictures of t that are nearly one of them: like[its rows] (NULL: not wanted) is 1. */
glia_status gl_find_known(const gl_likenesses *known, const glia_table *t, char *like,
                          glia_alike *out);

/* telltale.c: by so many of these rows, evenly spread; `classes` as in gl_table_undecided. */
glia_status gl_find_telltale(const gl_near_part *part, int target, bool classes, int64_t most,
                             glia_telltale *out);

#endif
