/*
 * vocabulary.h: the words of a column of free text that have a feature each, and what a text is in
 * them: a row of length 1, or of zeros.
 *
 *     feature k = times that word k comes * idf[k], the row then divided by its length
 *     idf[k] = ln((1 + rows) / (1 + rows with word k)) + 1, over the training rows
 *
 * This is tf-idf as scikit-learn has it by default (smooth idf, norm l2). The column's spread, by
 * which all of it is divided, is found in fit_vocabulary.c.
 */
#ifndef GL_VOCABULARY_H
#define GL_VOCABULARY_H

#include "../table/words.h"

typedef struct gl_vocabulary {
    char **word; /* sorted by their bytes; [words] */
    double *idf;
    int64_t words;
    bool pairs;   /* pairs of neighbours count as words */
    double known; /* the share of the training rows' words (not pairs) that is among these */
    /* After a fit only: as many as were asked for, or 0; of how many they are; is there no room for
     * more in the matrix of features? */
    int64_t most, of;
    bool cramped;
    int32_t *slot; /* a hash table: a word's number and 1, or 0; [slots], a power of two */
    int64_t slots;
    gl_secret secret; /* by which words find their slots */
} gl_vocabulary;

gl_vocabulary *gl_vocabulary_new(glia_ctx *g, int64_t words);
void gl_vocabulary_free(glia_ctx *g, gl_vocabulary *v);
/* Makes it ready to be asked, once its words are there; false: memory is out. */
bool gl_vocabulary_index(glia_ctx *g, gl_vocabulary *v);

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
