/*
 * spoilt.h: pieces of a text that are no rows, where option 'bad-rows' is skip. A copy of the text
 * is read in a trial, which finds them; then the text itself is, without them: so nothing of such a
 * row says what a column is.
 */
#ifndef GL_READ_SPOILT_H
#define GL_READ_SPOILT_H

#include "readers.h"

typedef struct gl_spoilt_piece { /* [begin, end) of the text */
    int64_t begin, end, line;
    char *why;
} gl_spoilt_piece;

typedef struct gl_spoilt {
    glia_ctx *g;
    gl_spoilt_piece *piece;
    int64_t n, cap;
    int64_t passed; /* of the second reading */
} gl_spoilt;

/* For the last failure, "x.jsonl, line 7, column 3: why". */
glia_status gl_spoilt_add(gl_spoilt *s, int64_t begin, int64_t end, int64_t line);
/* In the second reading: behind the piece that begins here, or the same. */
int64_t gl_spoilt_behind(gl_spoilt *s, int64_t at);
/* They are told, and counted as rows of t, which is NULL where nothing is left; GLIA_INPUT: too
 * many for slips. source NULL: the reading failed. Frees all in s. */
glia_status gl_spoilt_end(gl_spoilt *s, const char *source, glia_table *t);

#endif
