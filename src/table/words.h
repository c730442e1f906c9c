/*
 * words.h: the words of a text, and does a column hold texts?
 *
 *     "Don't buy it, 2 stars!"    don t buy it 2 stars
 *     "Très BON 👍"               très bon 👍
 *     "很好吃"                     很 很好 好 好吃 吃
 *
 * A word is a run of letters, marks and digits of any script, as small letters. In scripts that
 * write no blanks between words (Chinese, Japanese, Thai, Lao, Burmese, Khmer) each sign is one,
 * and so is each pair of signs that touch; so are emoji. What is not UTF-8 separates words.
 */
#ifndef GL_WORDS_H
#define GL_WORDS_H

#include "table.h"

/* Of a word of more bytes the first, in whole characters: longer ones are addresses and data. */
enum { GL_WORD_BYTES = 64 };

/* A text on its way through gl_words_next. */
typedef struct gl_words {
    const unsigned char *rest;
    bool pairs;       /* a pair of neighbours is a word as well, "not good" */
    const char *word; /* the one in hand, until the next is asked for ... */
    int length;       /* ... and its bytes; a 0 follows them */
    bool sign;        /* the last was a sign of its own */
    bool pair_due;
    char last[GL_WORD_BYTES + 1], pair[2 * GL_WORD_BYTES + 2];
    int last_length, pair_length;
} gl_words;

gl_words gl_words_of(const char *text, bool pairs);
bool gl_words_next(gl_words *w); /* false: there are no more */
/* Of how many bytes the character at s is, which is no 0; 0: it is no UTF-8. */
int gl_character(const unsigned char *s);
/* The character at *s as a small letter without its accent, and *s behind it; ' ' for a blank of
 * any kind, 0 at the end. Marks that are put on the letter before are passed over. */
uint32_t gl_plain_letter(const char **s);

/* Does this column of different texts hold free text at these rows (NULL: all), reviews or titles
 * say? They have three words or more on average, numbers aside, and one word in four stands in
 * another row as well. */
bool gl_looks_like_text(const glia_table *t, const gl_column *c, const int64_t *rows, int64_t n);

#endif
