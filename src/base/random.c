/*
 * random.c: gl_rng, a stream of numbers over the counter-based generator Philox.
 *
 * The seed is the key. The counter is (block number 64 bits, stream, index). The stream's word
 * counts down from the top because dropout uses the same key with its step number in that word: so
 * the two never meet.
 *
 *     word       0, 1              2                      3
 *     stream     block number      ~(stream + index')     index       index' = its upper half * 256
 *     dropout    row, block        step                   node
 *
 * An index is an epoch, a split, a trial, a repeat: so epoch 40 is shuffled without shuffling 39
 * others, and a training that goes on needs no state of a generator.
 */
#include "random.h"

#include "option.h"
#include "ten.h"

#include <math.h>
#include <string.h>

gl_rng gl_rng_new(uint64_t seed, gl_stream stream, uint64_t index) {
    return (gl_rng){
        .key = {(uint32_t)seed, (uint32_t)(seed >> 32)},
        .counter = {0, 0, ~((uint32_t)stream + ((uint32_t)(index >> 32) << 8)), (uint32_t)index},
        .used = GL_RNG_WORDS,
    };
}

/* What Philox gives for this counter and those that follow. */
static void make_words(gl_rng *r) {
    uint32_t c0[GL_RNG_BLOCKS], c1[GL_RNG_BLOCKS], c2[GL_RNG_BLOCKS], c3[GL_RNG_BLOCKS];
    for (uint32_t b = 0; b < GL_RNG_BLOCKS; b++) {
        c0[b] = r->counter[0] + b, c1[b] = r->counter[1];
        c2[b] = r->counter[2], c3[b] = r->counter[3];
    }
    for (uint32_t round = 0; round < 10; round++)
#pragma GCC unroll 1 /* a loop that was unrolled is not turned into vectors: 11 ns a block, not 6 */
        for (int b = 0; b < GL_RNG_BLOCKS; b++)
            gl_philox_round(&c0[b], &c1[b], &c2[b], &c3[b], r->key[0] + round * 0x9E3779B9u,
                            r->key[1] + round * 0xBB67AE85u);
    for (int b = 0; b < GL_RNG_BLOCKS; b++) {
        uint32_t *word = r->word + 4 * b;
        word[0] = c0[b], word[1] = c1[b], word[2] = c2[b], word[3] = c3[b];
    }
    r->counter[0] += GL_RNG_BLOCKS;
    if (r->counter[0] == 0) r->counter[1]++;
    r->used = 0;
}

uint32_t gl_rng_u32(gl_rng *r) {
    if (r->used == GL_RNG_WORDS) make_words(r);
    return r->word[r->used++];
}

static uint64_t rng_u64(gl_rng *r) {
    uint64_t high = gl_rng_u32(r);
    return high << 32 | gl_rng_u32(r);
}

/* The 53 upper bits of 64: every double of this grid is as likely, and 1 is none of them. */
double gl_rng_uniform(gl_rng *r) { return (double)(rng_u64(r) >> 11) * 0x1p-53; }

/* Marsaglia's polar method (1964): a point in the unit disc gives two normals, the second waits for
 * the next call. pi/4 of the points lie in the disc, so a normal takes 1.3 uniform numbers, and a
 * logarithm and a root for two. Box and Muller's way takes a sine and a cosine besides. */
double gl_rng_normal(gl_rng *r) {
    if (r->cached) {
        r->cached = 0;
        return r->normal;
    }
    double x, y, r2;
    do {
        x = 2 * gl_rng_uniform(r) - 1;
        y = 2 * gl_rng_uniform(r) - 1;
        r2 = x * x + y * y;
    } while (r2 >= 1 || r2 == 0);
    double f = sqrt(-2 * log(r2) / r2);
    r->normal = f * x;
    r->cached = 1;
    return f * y;
}

/* The 2^64 mod n smallest words are refused, so that every remainder is equally likely. They are
 * fewer than n, one word in 10^13 of n = 10^6: all but never there is a division to know how
 * many. */
int64_t gl_rng_below(gl_rng *r, int64_t n) {
    uint64_t count = (uint64_t)n, word;
    do word = rng_u64(r);
    while (word < count && word < -count % count);
    return (int64_t)(word % count);
}

void gl_rng_shuffle(gl_rng *r, int64_t *items, int64_t n) {
    for (int64_t i = n - 1; i > 0; i--) {
        int64_t j = gl_rng_below(r, i + 1), item = items[i];
        items[i] = items[j];
        items[j] = item;
    }
}

const char gl_rng_words[] = "glia|numpy";

glia_status gl_read_rng(glia_ctx *g, const char *rng, bool *numpy) {
    char list[40];
    *numpy = rng && strcmp(rng, "numpy") == 0;
    if (!rng || *numpy || strcmp(rng, "glia") == 0) return GLIA_OK;
    return gl_fail(g, GLIA_USAGE, "unknown rng '%s'; expected %s", rng,
                   gl_list_words(gl_rng_words, list, sizeof list));
}
