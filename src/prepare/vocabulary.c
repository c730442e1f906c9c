/*
 * vocabulary.c: a vocabulary at work: finds words by a hash table and weighs a text by them.
 */
#include "../base/keyed.h"
#include "vocabulary.h"

#include <math.h>
#include <string.h>

gl_vocabulary *gl_vocabulary_new(glia_ctx *g, gl_text_as as, int64_t words) {
    gl_vocabulary *v = gl_alloc(g, 1, sizeof *v);
    if (!v) return NULL;
    v->as = as;
    v->words = words;
    v->word = gl_alloc(g, words, sizeof *v->word);
    v->idf = gl_alloc(g, as == GL_TEXT_COUNTS ? words : 0, sizeof *v->idf);
    if (v->word && v->idf) return v;
    gl_vocabulary_free(g, v);
    return NULL;
}

void gl_vocabulary_free(glia_ctx *g, gl_vocabulary *v) {
    for (int64_t k = 0; v && v->word && k < v->words; k++) gl_free(g, v->word[k]);
    if (v) gl_free(g, v->word), gl_free(g, v->idf), gl_free(g, v->slot);
    gl_free(g, v);
}

static int64_t find_slot(const gl_vocabulary *v, const char *word, int length) {
    int64_t i =
        (int64_t)(gl_keyed_hash(&v->secret, word, (size_t)length) & (uint64_t)(v->slots - 1));
    while (v->slot[i] && strcmp(v->word[v->slot[i] - 1], word) != 0) i = (i + 1) & (v->slots - 1);
    return i;
}

bool gl_vocabulary_index(glia_ctx *g, gl_vocabulary *v) {
    v->secret = g->secret;
    for (v->slots = 16; v->slots < 2 * v->words;) v->slots *= 2;
    v->slot = gl_alloc(g, v->slots, sizeof *v->slot);
    for (int64_t k = 0; v->slot && k < v->words; k++)
        v->slot[find_slot(v, v->word[k], (int)strlen(v->word[k]))] = (int32_t)k + 1;
    return v->slot;
}

int64_t gl_vocabulary_features(const gl_vocabulary *v) {
    return gl_is_sequence(v) ? 1 + v->length : v->words;
}

int64_t gl_vocabulary_ids(const gl_vocabulary *v) {
    return v->as == GL_TEXT_OF_BYTES ? 256 : v->words + 1;
}

int64_t gl_token_id(const gl_vocabulary *v, const gl_tokens *t) {
    if (v->as == GL_TEXT_OF_BYTES) return (unsigned char)*t->token + 1;
    int32_t place = v->slot[find_slot(v, t->token, t->length)];
    return place ? place : v->words + 1;
}

bool gl_tally_open(glia_ctx *g, gl_tally *t, int64_t words) {
    *t = (gl_tally){.times = gl_alloc(g, words, sizeof *t->times),
                    .met = gl_alloc(g, words, sizeof *t->met)};
    return t->times && t->met;
}

void gl_tally_close(glia_ctx *g, gl_tally *t) {
    gl_free(g, t->times);
    gl_free(g, t->met);
}

/* The length is summed in the order in which words are met, which the text alone decides: the same
 * text gives the same bits wherever it stands. */
void gl_tally_count(gl_tally *t, const gl_vocabulary *v, const char *text) {
    gl_words w = gl_words_of(text, v->pairs);
    double squares = 0;
    t->count = t->words = t->known = 0;
    while (gl_words_next(&w)) {
        int32_t k = v->slot[find_slot(v, w.word, w.length)] - 1;
        bool single = w.word == w.last;
        t->words += single, t->known += single && k >= 0;
        if (k >= 0 && !t->times[k]++) t->met[t->count++] = k;
    }
    for (int64_t i = 0; i < t->count; i++)
        squares += pow(t->times[t->met[i]] * v->idf[t->met[i]], 2);
    t->length = sqrt(squares);
}

double gl_tally_value(const gl_tally *t, const gl_vocabulary *v, int64_t i) {
    int32_t k = t->met[i];
    return t->times[k] * v->idf[k] / t->length;
}

void gl_tally_clear(gl_tally *t) {
    for (int64_t i = 0; i < t->count; i++) t->times[t->met[i]] = 0;
    t->count = 0;
}
