/*
 * vocabulary.h: the words of a column of free text that training knows, and what a text is in them:
 * counts, a row of length 1, or of zeros,
 *
 *     feature k = times that word k comes * idf[k], the row then divided by its length
 *     idf[k] = ln((1 + rows) / (1 + rows with word k)) + 1, over the training rows
 *
 * This is tf-idf as scikit-learn has it by default (smooth idf, norm l2). The column's spread, by
 * which all of it is divided, is found in fit_vocabulary.c.
 *
 * Or a sequence of tokens, words or others (tokens.h): how many there are, and the id of each,
 * zeros behind the last.
 *
 *     "a good book"     known: a, book     3  1 3 2 0 0 0 ...       length + 1 features
 *
 * The ids of those that are known are their places, from 1 on; all others have the next one. Bytes
 * are all known, and byte b has the id b + 1.
 */
#ifndef GL_VOCABULARY_H
#define GL_VOCABULARY_H

#include "tokens.h"

/* Tokens of a sequence, at most: a longer one would be a file of its own. */
#define GL_LONGEST_TEXT 1000000

typedef struct gl_vocabulary {
    gl_text_as as;
    char **word; /* sorted by their bytes; [words] */
    double *idf; /* of counts */
    int64_t words;
    bool pairs;     /* pairs of neighbours count as words */
    int64_t length; /* of a sequence: of so many tokens at most, the first ones; else 0 */
    double known;   /* the share of the training rows' words (not pairs) that is among these */
    /* After a fit only: as many as were asked for, or 0; of how many they are; the length that was
     * asked for, or 0; the share of texts that are longer; is there no room for more in the matrix
     * of features? */
    int64_t most, of, asked;
    double longer;
    bool cramped;
    int32_t *slot; /* a hash table: a word's number and 1, or 0; [slots], a power of two */
    int64_t slots;
    gl_secret secret; /* by which words find their slots */
} gl_vocabulary;

gl_vocabulary *gl_vocabulary_new(glia_ctx *g, gl_text_as as, int64_t words);
void gl_vocabulary_free(glia_ctx *g, gl_vocabulary *v);
/* Makes it ready to be asked, once its words are there; false: memory is out. */
bool gl_vocabulary_index(glia_ctx *g, gl_vocabulary *v);
int64_t gl_vocabulary_features(const gl_vocabulary *v);
/* Of a sequence: how many ids there are, from 1 on; that of a token. */
int64_t gl_vocabulary_ids(const gl_vocabulary *v);
int64_t gl_token_id(const gl_vocabulary *v, const gl_tokens *t);
static inline bool gl_is_sequence(const gl_vocabulary *v) { return v && v->as != GL_TEXT_COUNTS; }

/* A text counted: the words met, each once, and how often. It is made once and allocates nothing
 * then. */
typedef struct gl_tally {
    int32_t *times, *met; /* [words]; times is 0 where nobody counts */
    int64_t count;        /* of met */
    int64_t words, known; /* of the text, pairs aside */
    double length;
} gl_tally;

bool gl_tally_open(glia_ctx *g, gl_tally *t, int64_t words);
void gl_tally_close(glia_ctx *g, gl_tally *t);
void gl_tally_count(gl_tally *t, const gl_vocabulary *v, const char *text);
/* The feature of the i-th word met. */
double gl_tally_value(const gl_tally *t, const gl_vocabulary *v, int64_t i);
void gl_tally_clear(gl_tally *t);

#endif
