/*
 * pack.h: b is copied into panels of COLS columns, whose rows follow each other (gemm.c), and
 * blocks of numbers are transposed on the way where its columns are contiguous.
 */
#ifndef GL_PACK_H
#define GL_PACK_H

#include "vector.h"
#include <string.h>

/* Transposes a LANES x LANES block. Within lanes of 16 bytes, interleaving row i with row
 * i + IN_LANE/2 turns one bit of the row number into a bit of the column number; then whole lanes
 * change places, bit by bit as well. */
INLINE void transpose(vec row[LANES]) {
#pragma GCC unroll 2
    for (int round = 1; round < IN_LANE; round *= 2) {
        vec next[LANES];
#pragma GCC unroll 8
        for (int q = 0; q < LANES; q += IN_LANE)
#pragma GCC unroll 2
            for (int i = 0; i < IN_LANE / 2; i++) {
                vec a = row[q + i], b = row[q + i + IN_LANE / 2];
                next[q + 2 * i] = __builtin_shufflevector(a, b, LOW_IN_LANES);
                next[q + 2 * i + 1] = __builtin_shufflevector(a, b, HIGH_IN_LANES);
            }
        memcpy(row, next, sizeof next);
    }
#if LANES > IN_LANE
#pragma GCC unroll 2
    for (int round = 1; round < LANES / IN_LANE; round *= 2) {
        vec next[LANES];
#pragma GCC unroll 8
        for (int i = 0; i < LANES / 2; i++) {
            const vec *pair = row + i / IN_LANE * 2 * IN_LANE + i % IN_LANE;
            next[i] = __builtin_shufflevector(pair[0], pair[IN_LANE], EVEN_LANES);
            next[i + LANES / 2] = __builtin_shufflevector(pair[0], pair[IN_LANE], ODD_LANES);
        }
        memcpy(row, next, sizeof next);
    }
#endif
}

/* The columns of b are contiguous: b_row = 1; k >= LANES. The last block ends with the last
 * number. */
static void pack_columns(glia_real *panel, const glia_real *b, int64_t b_col, int64_t k,
                         int64_t cols) {
    for (int64_t j = 0; j < cols; j += LANES)
        for (int64_t next = 0; next < k; next += LANES) {
            int64_t p = least(next, k - LANES);
            vec block[LANES];
#pragma GCC unroll 16
            for (int i = 0; i < LANES; i++)
                block[i] = j + i < cols ? load(b + (j + i) * b_col + p) : (vec){0};
            transpose(block);
#pragma GCC unroll 16
            for (int i = 0; i < LANES; i++) store(panel + (p + i) * COLS + j, block[i]);
        }
}

/* Columns of b shorter than a vector follow each other without a gap: their copy has something
 * behind it, so that whole vectors can be read. Then k = 13 takes 0.09 us for 32 columns, and one
 * number at a time 0.2 (Zen 5). */
static void pack_short_columns(glia_real *panel, const glia_real *b, int64_t k, int64_t cols) {
    glia_real near[(COLS + 1) * LANES];
    for (int64_t i = 0; i < cols * k; i++) near[i] = b[i];
    for (int64_t j = 0; j < COLS && j < cols; j += LANES) {
        vec block[LANES];
#pragma GCC unroll 16
        for (int i = 0; i < LANES; i++) block[i] = load(near + least(j + i, cols - 1) * k);
        transpose(block);
        for (int i = 0; i < k; i++) store(panel + i * COLS + j, block[i]);
    }
}

static void pack_any(glia_real *panel, const glia_real *b, int64_t b_row, int64_t b_col, int64_t k,
                     int64_t cols) {
    for (int64_t p = 0; p < k; p++)
        for (int64_t j = 0; j < COLS; j++)
            panel[p * COLS + j] = j < cols ? b[p * b_row + j * b_col] : 0;
}

/* The rows of b are contiguous: b_col = 1. A panel with fewer columns may hold anything in the
 * others, so rows are read as whole vectors, into the next row, as long as one follows. */
static void pack_rows(glia_real *panel, const glia_real *b, int64_t b_row, int64_t k,
                      int64_t cols) {
    int64_t width = cols > LANES ? COLS : LANES;
    int64_t beyond = (width - cols + b_row - 1) / b_row, whole = k > beyond ? k - beyond : 0;
    for (int64_t p = 0; p < whole; p++) {
        store(panel + p * COLS, load(b + p * b_row));
        if (cols > LANES) store(panel + p * COLS + LANES, load(b + p * b_row + LANES));
    }
    pack_any(panel + whole * COLS, b + whole * b_row, b_row, 1, k - whole, cols);
}

static void pack(glia_real *panel, const glia_real *b, int64_t b_row, int64_t b_col, int64_t k,
                 int64_t cols) {
    if (b_col == 1) pack_rows(panel, b, b_row, k, cols);
    else if (b_row == 1 && k >= LANES) pack_columns(panel, b, b_col, k, cols);
    else if (b_row == 1 && b_col == k && k > 1) pack_short_columns(panel, b, k, cols);
    else pack_any(panel, b, b_row, b_col, k, cols);
}

#endif
