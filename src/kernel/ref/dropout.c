/*
 * dropout.c: which values are kept depends on seed, step, node, row and column alone, so forward
 * and backward draw the same mask and nothing need be remembered between them.
 */
#include "real.h"
#include "../../base/random.h"

/* Philox blocks drawn side by side: 0.7 ns a word, where one after the other takes 4 (Zen 5). */
enum { BLOCKS = 64 };

/* The words of blocks block .. block + count-1, in order. */
static void draw(uint32_t *words, const uint32_t key[2], uint32_t row, uint32_t block, int count,
                 uint32_t step, uint32_t node) {
    uint32_t c[4][BLOCKS];
    for (int b = 0; b < count; b++)
        c[0][b] = row, c[1][b] = block + (uint32_t)b, c[2][b] = step, c[3][b] = node;
    for (uint32_t round = 0; round < 10; round++) {
        uint32_t k0 = key[0] + round * 0x9E3779B9u, k1 = key[1] + round * 0xBB67AE85u;
        EACH for (int b = 0; b < count; b++)
            gl_philox_round(&c[0][b], &c[1][b], &c[2][b], &c[3][b], k0, k1);
    }
    for (int b = 0; b < count; b++)
        for (int word = 0; word < 4; word++) words[4 * b + word] = c[word][b];
}

void K(dropout)(PART) {
    glia_real *y = c->p[0], kept = (glia_real)(1 - c->s[0]);
    const glia_real *x = c->p[1];
    int64_t n = c->n[1];
    const uint32_t key[2] = {(uint32_t)c->knobs->seed, (uint32_t)(c->knobs->seed >> 32)};
    const uint32_t least = (uint32_t)fmin(ceil(c->s[0] * 0x1p32), 0x1p32 - 1);
    for (int64_t i = lo; i < hi; i++)
        for (int64_t j0 = 0; j0 < n; j0 += 4 * BLOCKS) {
            uint32_t words[4 * BLOCKS];
            int64_t cols = n - j0 < 4 * BLOCKS ? n - j0 : 4 * BLOCKS, at = i * n + j0;
            draw(words, key, (uint32_t)i, (uint32_t)(j0 / 4), (int)(cols + 3) / 4,
                 (uint32_t)c->knobs->step, (uint32_t)c->n[2]);
            EACH for (int64_t j = 0; j < cols; j++) y[at + j] =
                words[j] >= least ? (x ? x[at + j] : 1) / kept : 0;
        }
}
