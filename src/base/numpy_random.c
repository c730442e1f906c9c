/*
 * numpy_random.c: NumPy's legacy generator, np.random.seed and what follows it, bit for bit.
 *
 * MT19937 (Matsumoto and Nishimura, "Mersenne Twister", 1998) and the way NumPy 1.x draws normals,
 * integers and shuffles from it. Frozen since NumPy 1.17; checked against 95 recorded cases.
 *
 * Published courses print costs that follow from np.random.seed(3), and a learner who gets another
 * digit looks for a mistake of his own. glia's own numbers come from random.c: this generator must
 * be walked through one number after another, so no two threads could draw from it at once.
 *
 * All constants below are those of the paper and of numpy/random/src/legacy: they mean nothing by
 * themselves, and each that is mistyped fails a recorded case.
 */
#include "random.h"
#include <math.h>

enum { WORDS = 624, SHIFT = 397 };

void gl_numpy_seed(gl_numpy *r, uint32_t seed) {
    r->k[0] = seed;
    for (uint32_t i = 1; i < WORDS; i++)
        r->k[i] = 1812433253u * (r->k[i - 1] ^ r->k[i - 1] >> 30) + i;
    r->position = WORDS;
    r->cached = 0;
}

/* The word after k[i - 1] is mixed from it; behind the last word the state starts over at 1, with
 * k[0] = k[623]. */
static int next_word(gl_numpy *r, int i) {
    if (i + 1 < WORDS) return i + 1;
    r->k[0] = r->k[WORDS - 1];
    return 1;
}

/* What np.random.seed does with a list. A seed of glia's above 32 bits is a list of its two halves
 * (generate.c). */
void gl_numpy_seed_array(gl_numpy *r, const uint32_t *key, int length) {
    gl_numpy_seed(r, 19650218u);
    uint32_t *k = r->k;
    int i = 1;
    for (int step = 0; step < (WORDS > length ? WORDS : length); step++) {
        uint32_t j = (uint32_t)(step % length);
        k[i] = (k[i] ^ (k[i - 1] ^ k[i - 1] >> 30) * 1664525u) + key[j] + j;
        i = next_word(r, i);
    }
    for (int step = 0; step < WORDS - 1; step++) {
        k[i] = (k[i] ^ (k[i - 1] ^ k[i - 1] >> 30) * 1566083941u) - (uint32_t)i;
        i = next_word(r, i);
    }
    k[0] = 0x80000000u;
}

static void refill(gl_numpy *r) {
    uint32_t *k = r->k;
    for (int i = 0; i < WORDS; i++) {
        uint32_t y = (k[i] & 0x80000000u) | (k[(i + 1) % WORDS] & 0x7fffffffu);
        k[i] = k[(i + SHIFT) % WORDS] ^ y >> 1 ^ (y & 1 ? 0x9908b0dfu : 0);
    }
    r->position = 0;
}

uint32_t gl_numpy_u32(gl_numpy *r) {
    if (r->position == WORDS) refill(r);
    uint32_t y = r->k[r->position++];
    y ^= y >> 11;
    y ^= y << 7 & 0x9d2c5680u;
    y ^= y << 15 & 0xefc60000u;
    return y ^ y >> 18;
}

/* 27 and 26 bits of two words make the 53 bits of a double: (a 2^26 + b) / 2^53. */
double gl_numpy_rand(gl_numpy *r) {
    uint32_t a = gl_numpy_u32(r) >> 5, b = gl_numpy_u32(r) >> 6;
    return (a * 67108864.0 + b) / 9007199254740992.0;
}

/* Marsaglia's polar method, as in random.c, over other uniform numbers. A course that draws an odd
 * count of weights and then seeds again must not meet the second normal of the old pair: seeding
 * forgets it. */
double gl_numpy_randn(gl_numpy *r) {
    if (r->cached) {
        r->cached = 0;
        return r->normal;
    }
    double x1, x2, r2;
    do {
        x1 = 2 * gl_numpy_rand(r) - 1;
        x2 = 2 * gl_numpy_rand(r) - 1;
        r2 = x1 * x1 + x2 * x2;
    } while (r2 >= 1 || r2 == 0);
    double f = sqrt(-2 * log(r2) / r2);
    r->normal = f * x1;
    r->cached = 1;
    return f * x2; /* the second is given first */
}

uint32_t gl_numpy_below(gl_numpy *r, uint32_t max) {
    if (max == 0) return 0; /* without drawing */
    /* The next power of two less one. On average less than two draws are needed; a remainder would
     * be quicker, slightly unfair, and not NumPy. */
    uint32_t mask = max, v;
    for (int shift = 1; shift < 32; shift *= 2) mask |= mask >> shift;
    do v = gl_numpy_u32(r) & mask;
    while (v > max);
    return v;
}

int64_t gl_numpy_randint(gl_numpy *r, int64_t low, int64_t high) {
    return low + gl_numpy_below(r, (uint32_t)(high - low - 1));
}

/* Fisher and Yates, from the end, as Durstenfeld has it. */
void gl_numpy_shuffle(gl_numpy *r, int64_t *items, int64_t n) {
    for (int64_t i = n - 1; i > 0; i--) {
        int64_t j = gl_numpy_below(r, (uint32_t)i), item = items[i];
        items[i] = items[j];
        items[j] = item;
    }
}

void gl_numpy_permutation(gl_numpy *r, int64_t *items, int64_t n) {
    for (int64_t i = 0; i < n; i++) items[i] = i;
    gl_numpy_shuffle(r, items, n);
}

/* The number of cumulative sums of p, divided by the last one, that are <= u. */
static int64_t pick(const double *p, int64_t classes, double u) {
    double total = 0, sum = 0;
    for (int64_t c = 0; c < classes; c++) total += p[c];
    int64_t c = 0;
    while (c < classes - 1 && (sum += p[c]) / total <= u) c++;
    return c;
}

void gl_numpy_choice(gl_numpy *r, const double *p, int64_t classes, int64_t *out, int64_t n) {
    for (int64_t i = 0; i < n; i++)
        out[i] =
            p ? pick(p, classes, gl_numpy_rand(r)) : gl_numpy_below(r, (uint32_t)(classes - 1));
}
