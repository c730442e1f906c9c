/*
 * random.h: two sources of random numbers.
 *
 * Philox4x32-10 (Salmon et al., "Parallel Random Numbers: As Easy as 1, 2, 3", SC11) makes four
 * words of a 128-bit counter and a 64-bit key, and of nothing else, so any thread may compute any
 * of them. gl_rng is a stream over it. gl_numpy is NumPy's legacy generator (MT19937 with polar
 * normals), bit for bit, for published course numbers.
 */
#ifndef GL_RANDOM_H
#define GL_RANDOM_H

#include "base.h"

/* One of the ten rounds, on the four words of a counter; the key is raised by 9E3779B9, BB67AE85 a
 * round. */
static inline void gl_philox_round(uint32_t *c0, uint32_t *c1, uint32_t *c2, uint32_t *c3,
                                   uint32_t k0, uint32_t k1) {
    uint64_t p0 = (uint64_t)0xD2511F53u * *c0, p1 = (uint64_t)0xCD9E8D57u * *c2;
    *c0 = (uint32_t)(p1 >> 32) ^ *c1 ^ k0;
    *c1 = (uint32_t)p1;
    *c2 = (uint32_t)(p0 >> 32) ^ *c3 ^ k1;
    *c3 = (uint32_t)p0;
}

/* What a stream is for; streams of one seed are independent of each other. */
typedef enum gl_stream {
    GL_STREAM_INIT = 1,
    GL_STREAM_SHUFFLE,
    GL_STREAM_DROPOUT,
    GL_STREAM_SPLIT,
    GL_STREAM_GENERATE,
    GL_STREAM_TEST = 7, /* 6 was that of bootstrap samples; numbers stay, as streams do */
    GL_STREAM_FOLDS,
    GL_STREAM_PERMUTE,
    GL_STREAM_TUNE,
    GL_STREAM_AUGMENT,
    GL_STREAM_MIXUP,
    GL_STREAM_FORECAST,
} gl_stream;

/* Blocks are made several at a time: loops over them become vector instructions. */
enum { GL_RNG_BLOCKS = 8, GL_RNG_WORDS = 4 * GL_RNG_BLOCKS };

typedef struct gl_rng {
    uint32_t key[2], counter[4], word[GL_RNG_WORDS];
    int used;   /* words already given */
    int cached; /* a second normal waits in `normal` */
    double normal;
} gl_rng;

gl_rng gl_rng_new(uint64_t seed, gl_stream stream, uint64_t index);
uint32_t gl_rng_u32(gl_rng *r);
double gl_rng_uniform(gl_rng *r);           /* [0, 1), 53 bits */
double gl_rng_normal(gl_rng *r);            /* mean 0, deviation 1 */
int64_t gl_rng_below(gl_rng *r, int64_t n); /* 0 .. n-1, without bias; n >= 1 */
void gl_rng_shuffle(gl_rng *r, int64_t *items, int64_t n);

/* Which of the two is meant: NULL is glia's. */
extern const char gl_rng_words[]; /* "glia|numpy" */
glia_status gl_read_rng(glia_ctx *g, const char *rng, bool *numpy);

typedef struct gl_numpy {
    uint32_t k[624];
    int position;
    int cached;
    double normal;
} gl_numpy;

void gl_numpy_seed(gl_numpy *r, uint32_t seed);
void gl_numpy_seed_array(gl_numpy *r, const uint32_t *key, int length);
uint32_t gl_numpy_u32(gl_numpy *r);
double gl_numpy_rand(gl_numpy *r); /* [0, 1) */
double gl_numpy_randn(gl_numpy *r);
uint32_t gl_numpy_below(gl_numpy *r, uint32_t max); /* 0 .. max, NumPy's integer(max) */
int64_t gl_numpy_randint(gl_numpy *r, int64_t low, int64_t high); /* high excluded */
void gl_numpy_shuffle(gl_numpy *r, int64_t *items, int64_t n);
void gl_numpy_permutation(gl_numpy *r, int64_t *items, int64_t n); /* writes a shuffled 0..n-1 */
/* n of 0 .. classes-1 with probabilities p; p NULL: equal ones */
void gl_numpy_choice(gl_numpy *r, const double *p, int64_t classes, int64_t *out, int64_t n);

#endif
