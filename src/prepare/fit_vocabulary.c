/*
 * fit_vocabulary.c: a column of free text: which of the training rows' words have a feature each,
 * or an id.
 *
 *     rows                      words and pairs that two rows have, most rows first
 *     "A good book."            good 3, a 2, "a good" 2, book 2, "good book" 2
 *     "Not a good book at all"
 *     "Good!"
 */
#include "../base/keyed.h"
#include "fit.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

/* A word of one row would be learned by heart. Of the others the 5,000 that most rows have: with
 * 2,000, titles and descriptions of programs lose up to a point of accuracy. Pairs of neighbours
 * are among them: "not good" is worth 7 points of reviews, and elsewhere they add or take one
 * (notebook 2026-11, 28.20). The matrix of features has a number for each word and row, in 1 GiB of
 * memory at most, unless a thousand words take more. */
enum { MOST_WORDS = 5000, LEAST_WORDS = 1000, RARE = 2 };
static const int64_t most_numbers = INT64_C(1) << 28;

typedef struct candidate {
    int64_t at; /* in texts */
    int length;
    bool pair;
    int64_t rows, times, last; /* last: the text that had it */
} candidate;

typedef struct counting {
    glia_ctx *g;
    gl_text texts;
    candidate *word;
    int64_t words, cap;
    int64_t *slot; /* a hash table: a word's number and 1, or 0 */
    int64_t slots;
    int64_t all; /* words of all rows, pairs aside */
} counting;

/* ---------------------------------------------------------------------------------- counting -- */

static int64_t find_slot(const counting *k, const char *word, int length) {
    int64_t i =
        (int64_t)(gl_keyed_hash(&k->g->secret, word, (size_t)length) & (uint64_t)(k->slots - 1));
    for (; k->slot[i]; i = (i + 1) & (k->slots - 1)) {
        const candidate *w = &k->word[k->slot[i] - 1];
        if (w->length == length && !memcmp(k->texts.s + w->at, word, (size_t)length)) break;
    }
    return i;
}

static bool widen(counting *k) {
    if (k->slots && 2 * k->words < k->slots) return true;
    gl_free(k->g, k->slot);
    k->slots = k->slots ? 4 * k->slots : 4096;
    k->slot = gl_alloc(k->g, k->slots, sizeof *k->slot);
    for (int64_t i = 0; k->slot && i < k->words; i++)
        k->slot[find_slot(k, k->texts.s + k->word[i].at, k->word[i].length)] = i + 1;
    return k->slot;
}

static candidate *candidate_of(counting *k, const gl_tokens *w) {
    if (!widen(k)) return NULL;
    int64_t i = find_slot(k, w->token, w->length);
    if (k->slot[i]) return &k->word[k->slot[i] - 1];
    if (!gl_reserve(k->g, &k->word, &k->cap, k->words + 1, sizeof *k->word)) return NULL;
    candidate *c = &k->word[k->words];
    *c = (candidate){.at = k->texts.n, .length = w->length, .pair = w->pair, .last = -1};
    gl_add_bytes(&k->texts, w->token, w->length + 1);
    k->slot[i] = ++k->words;
    return k->texts.failed ? NULL : c;
}

static bool count_text(counting *k, const char *text, int64_t number, int64_t rows,
                       const gl_wish *wish) {
    gl_tokens w = gl_tokens_of(text, wish->as, wish->pairs);
    while (gl_tokens_next(&w)) {
        candidate *c = candidate_of(k, &w);
        if (!c) return false;
        if (c->last != number) c->rows += rows;
        c->times += rows;
        c->last = number;
        k->all += w.pair ? 0 : rows;
    }
    return true;
}

/* Each different text once, for as many rows as have it. */
static bool count_words(const gl_fitting *f, const gl_column *c, counting *k) {
    int64_t *rows = gl_alloc(f->g, c->categories, sizeof *rows);
    bool ok = rows && widen(k);
    for (int64_t i = 0; ok && i < f->n; i++) {
        int32_t code = c->code[gl_row_of(f, i)];
        if (code >= 0) rows[code]++;
    }
    for (int64_t t = 0; ok && t < c->categories; t++)
        if (rows[t]) ok = count_text(k, c->category[t], t, rows[t], gl_wish_of(f, c));
    gl_free(f->g, rows);
    return ok;
}

/* ---------------------------------------------------------------------------------- choosing -- */

typedef struct choice { /* sorted without the rest of the counting at hand */
    const char *text;
    int64_t rows, times;
    bool pair;
} choice;

static int by_rows(const void *a, const void *b) {
    const choice *x = a, *y = b;
    if (x->rows != y->rows) return x->rows < y->rows ? 1 : -1;
    return strcmp(x->text, y->text);
}

static int by_text(const void *a, const void *b) {
    return strcmp(((const choice *)a)->text, ((const choice *)b)->text);
}

static int64_t most_words(const gl_fitting *f, const gl_wish *w) {
    if (w->most_words) return w->most_words;
    if (w->as != GL_TEXT_COUNTS) return MOST_WORDS;
    int64_t texts = 0;
    for (int j = 0; j < f->t->columns; j++) texts += f->wish[j].words;
    int64_t fit = most_numbers / f->n / texts;
    return fit > MOST_WORDS ? MOST_WORDS : fit < LEAST_WORDS ? LEAST_WORDS : fit;
}

/* In a table of few rows a word of one row is as good as any. Returns how many may be chosen, the
 * best first. */
static int64_t rank(const gl_fitting *f, const counting *k, choice *chosen) {
    int64_t n = 0, least = f->n < GL_FEW_ROWS ? 1 : RARE;
    for (int64_t i = 0; i < k->words; i++) {
        const candidate *w = &k->word[i];
        if (w->rows >= least)
            chosen[n++] = (choice){k->texts.s + w->at, w->rows, w->times, w->pair};
    }
    qsort(chosen, (size_t)n, sizeof *chosen, by_rows);
    return n;
}

static gl_vocabulary *make_vocabulary(const gl_fitting *f, const counting *k, gl_text_as as,
                                      const choice *chosen, int64_t n) {
    gl_vocabulary *v = gl_vocabulary_new(f->g, as, n);
    int64_t known = 0;
    bool ok = v;
    for (int64_t i = 0; ok && i < n; i++) {
        if (as == GL_TEXT_COUNTS)
            v->idf[i] = log((1 + (double)f->n) / (1 + (double)chosen[i].rows)) + 1;
        v->word[i] = gl_copy_text(f->g, chosen[i].text);
        known += chosen[i].pair ? 0 : chosen[i].times;
        ok = v->word[i];
    }
    if (ok) v->known = k->all ? (double)known / (double)k->all : 0;
    if (ok && gl_vocabulary_index(f->g, v)) return v;
    gl_vocabulary_free(f->g, v);
    return NULL;
}

static glia_status choose_words(const gl_fitting *f, const counting *k, const gl_wish *w,
                                gl_input_column *in) {
    choice *chosen = gl_alloc(f->g, k->words, sizeof *chosen);
    if (!chosen) return GLIA_RESOURCE;
    int64_t of = rank(f, k, chosen), most = most_words(f, w), n = of < most ? of : most;
    if (n) qsort(chosen, (size_t)n, sizeof *chosen, by_text);
    bool bytes = w->as == GL_TEXT_OF_BYTES; /* are all known, and none is listed */
    if (bytes) n = 0;
    if (n || bytes) in->words = make_vocabulary(f, k, w->as, chosen, n);
    else in->reason = GL_WORDS;
    gl_free(f->g, chosen);
    if (in->words) {
        in->words->pairs = w->pairs && w->as == GL_TEXT_COUNTS;
        in->words->most = w->most_words;
        in->words->of = of;
        in->words->cramped = n < of && !w->most_words && most < MOST_WORDS;
        if (bytes) in->words->known = 1;
    }
    return in->words || in->reason ? GLIA_OK : GLIA_RESOURCE;
}

/* How many rows have some of the words, and how many different ones each; and has a row with text
 * none of them? */
static glia_status look_at_rows(const gl_fitting *f, const gl_column *c, gl_input_column *in,
                                int64_t *rows, int64_t *words) {
    gl_tally t;
    bool ok = gl_tally_open(f->g, &t, in->words->words);
    for (int64_t i = 0; i < f->n && ok; i++) {
        int32_t code = c->code[gl_row_of(f, i)];
        in->had_missing |= code < 0;
        if (code < 0) continue;
        gl_tally_count(&t, in->words, c->category[code]);
        in->had_other |= !t.count;
        *rows += t.count > 0, *words += t.count;
        gl_tally_clear(&t);
    }
    gl_tally_close(f->g, &t);
    return ok ? GLIA_OK : GLIA_RESOURCE;
}

/* In rows of length 1 the words of a long text are all small, 0.15 each where 42 are different. L2
 * and the initial weights are for features around 1, as the 0/1 of a category is: so the values
 * that are not 0 get a mean square of 1. Linear models of descriptions of programs then answer 83%
 * in place of 61, as many as with the best C of scikit-learn's (notebook 2026-11, 28.21). */
static glia_status scale_words(const gl_fitting *f, const gl_wish *w, gl_input_column *in,
                               int64_t rows, int64_t words) {
    in->scaling = gl_adds_to_the_file(w) ? GL_SCALE_STANDARD : GL_SCALE_NONE;
    if (in->scaling == GL_SCALE_NONE) return GLIA_OK;
    return gl_set_scale(f, in, 0, sqrt((double)rows / (double)words));
}

/* --------------------------------------------------------------------------------- sequences -- */

static int by_size(const void *a, const void *b) {
    double x = *(const double *)a, y = *(const double *)b;
    return (x > y) - (x < y);
}

/* All of 19 texts in 20; a few long ones would make as many steps for all. The matrix of features
 * has room for so many in 1 GiB. */
static int64_t usual_length(const gl_fitting *f, double *lengths, int64_t n) {
    int64_t texts = 0;
    for (int j = 0; j < f->t->columns; j++) texts += f->wish[j].words;
    qsort(lengths, (size_t)n, sizeof *lengths, by_size);
    int64_t length = n ? (int64_t)lengths[(19 * n + 19) / 20 - 1] : 1,
            fit = most_numbers / f->n / texts - 1;
    if (length > fit) length = fit;
    return length < 1 ? 1 : length;
}

static int64_t count_tokens(const gl_vocabulary *v, const char *text, bool *knows) {
    gl_tokens t = gl_tokens_of(text, v->as, false);
    int64_t n = 0;
    for (; gl_tokens_next(&t); n++) *knows |= gl_token_id(v, &t) <= gl_vocabulary_ids(v) - 1;
    return n;
}

/* How long are they, and has a row with tokens none that is known? */
static void fit_sequence(const gl_fitting *f, const gl_column *c, gl_input_column *in) {
    gl_vocabulary *v = in->words;
    int64_t n = 0, longer = 0;
    for (int64_t i = 0; i < f->n; i++) {
        int32_t code = c->code[gl_row_of(f, i)];
        in->had_missing |= code < 0;
        if (code < 0) continue;
        bool knows = v->as == GL_TEXT_OF_BYTES;
        f->scratch[n] = (double)count_tokens(v, c->category[code], &knows);
        in->had_other |= f->scratch[n++] > 0 && !knows;
    }
    v->asked = gl_wish_of(f, c)->length;
    v->length = v->asked ? v->asked : usual_length(f, f->scratch, n);
    for (int64_t i = 0; i < n; i++) longer += f->scratch[i] > (double)v->length;
    v->longer = n ? (double)longer / (double)n : 0;
    in->scaling = GL_SCALE_NONE;
}

glia_status gl_fit_text_column(const gl_fitting *f, const gl_column *c, gl_input_column *in) {
    const gl_wish *w = gl_wish_of(f, c);
    counting k = {.g = f->g, .texts.g = f->g};
    bool ok = count_words(f, c, &k);
    glia_status status = ok ? choose_words(f, &k, w, in) : GLIA_RESOURCE;
    gl_free(f->g, k.texts.s);
    gl_free(f->g, k.word);
    gl_free(f->g, k.slot);
    if (status || in->reason) return status;
    if (gl_is_sequence(in->words)) {
        fit_sequence(f, c, in);
        return GLIA_OK;
    }
    int64_t rows = 0, words = 0;
    status = look_at_rows(f, c, in, &rows, &words);
    in->indicator = in->had_missing && gl_adds_to_the_file(w) && gl_gaps_tell(f, c);
    if (w->indicator >= 0) in->indicator = w->indicator;
    return status ? status : scale_words(f, w, in, rows, words);
}

/* Nothing but a text that is the same everywhere is known to tell nothing before its words are
 * counted. */
gl_reason gl_judge_text(const gl_fitting *f, const gl_column *c) {
    int32_t first = c->code[gl_row_of(f, 0)];
    for (int64_t i = 1; i < f->n; i++)
        if (c->code[gl_row_of(f, i)] != first) return GL_KEPT;
    return first < 0 ? GL_EMPTY : GL_CONSTANT;
}
