/*
 * tokens.c: cuts a text into words, characters or bytes (tokens.h).
 */
#include "tokens.h"

#include <string.h>

const char *const gl_text_as_name[GL_TEXT_WAYS] = {"counts", "words", "characters", "bytes"};

gl_tokens gl_tokens_of(const char *text, gl_text_as as, bool pairs) {
    bool counts = as == GL_TEXT_COUNTS;
    return (gl_tokens){.as = as,
                       .words = gl_words_of(text, counts && pairs),
                       .rest = (const unsigned char *)text};
}

/* A sequence has no place for two words at once, be they two signs that touch. */
static bool next_word(gl_tokens *t) {
    do {
        if (!gl_words_next(&t->words)) return false;
        t->pair = t->words.word != t->words.last;
    } while (t->pair && t->as != GL_TEXT_COUNTS);
    t->token = t->words.word, t->length = t->words.length;
    return true;
}

static bool take(gl_tokens *t, const void *bytes, int taken, int length) {
    memcpy(t->own, bytes, (size_t)length);
    t->own[length] = 0;
    t->token = t->own, t->length = length;
    t->rest += taken;
    return true;
}

bool gl_tokens_next(gl_tokens *t) {
    if (t->as == GL_TEXT_COUNTS || t->as == GL_TEXT_OF_WORDS) return next_word(t);
    if (!*t->rest) return false;
    int n = t->as == GL_TEXT_OF_BYTES ? 1 : gl_character(t->rest);
    return n ? take(t, t->rest, n, n) : take(t, "\xEF\xBF\xBD", 1, 3);
}
