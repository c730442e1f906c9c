/*
 * tokens.h: what a text is cut into, one after the other.
 *
 *     "Not good ☹"    counts, words   not good ☹           counts: and "not good", a pair
 *                     characters      N o t _ g o o d _ ☹
 *                     bytes           N o t _ g o o d _ \xE2 \x98 \xB9
 *
 * Words are those of words.h. A character is one of Unicode, as it is written; each byte that is no
 * UTF-8 is the sign that stands for such.
 */
#ifndef GL_TOKENS_H
#define GL_TOKENS_H

#include "../table/words.h"

/* As what a text is learned from: how often each of its words comes, or a sequence. */
typedef enum gl_text_as {
    GL_TEXT_COUNTS,
    GL_TEXT_OF_WORDS,
    GL_TEXT_OF_CHARACTERS,
    GL_TEXT_OF_BYTES,
    GL_TEXT_WAYS
} gl_text_as;
extern const char *const gl_text_as_name[GL_TEXT_WAYS];

typedef struct gl_tokens {
    gl_text_as as;
    gl_words words;
    const unsigned char *rest;
    const char *token; /* the one in hand, until the next is asked for ... */
    int length;        /* ... and its bytes; a 0 follows them */
    bool pair;         /* it is two words that touch */
    char own[8];
} gl_tokens;

/* pairs: of counts, neighbours count as a word as well. */
gl_tokens gl_tokens_of(const char *text, gl_text_as as, bool pairs);
bool gl_tokens_next(gl_tokens *t); /* false: there are no more */

#endif
