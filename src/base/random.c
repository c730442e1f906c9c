/*
 * random.c: gl_rng, a stream of numbers over the counter-based generator gl_philox.
 *
 * The seed is the key. The counter is (block number 64 bits, stream, index). The stream's word
 * counts down from the top because dropout uses the same key with its step number in that word: so
 * the two never meet.
 */
#include "random.h"

#include "option.h"

#include <math.h>
#include <string.h>

gl_rng gl_rng_new(uint64_t seed, gl_stream stream, uint64_t index) {
    return (gl_rng){
        .key = {(uint32_t)seed, (uint32_t)(seed >> 32)},
        .counter = {0, 0, ~((uint32_t)stream + ((uint32_t)(index >> 32) << 8)), (uint32_t)index},
        .used = 4,
    };
}

uint32_t gl_rng_u32(gl_rng *r) {
    if (r->used == 4) {
        gl_philox(r->counter, r->key, r->block);
        if (++r->counter[0] == 0) r->counter[1]++;
        r->used = 0;
    }
    return r->block[r->used++];
}

static uint64_t rng_u64(gl_rng *r) {
    uint64_t high = gl_rng_u32(r);
    return high << 32 | gl_rng_u32(r);
}

double gl_rng_uniform(gl_rng *r) { return (double)(rng_u64(r) >> 11) * 0x1p-53; }

/* Marsaglia's polar method: a point in the unit disc gives two normals, the second waits for the
 * next call. */
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

/* The 2^64 mod n smallest words are refused, so that every remainder is equally likely. */
int64_t gl_rng_below(gl_rng *r, int64_t n) {
    uint64_t count = (uint64_t)n, refuse = -count % count, word;
    do word = rng_u64(r);
    while (word < refuse);
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
