/*
 * strip.c: tiles of sums in registers, row by row of a panel.
 */
#include "strip.h"

#include <string.h>

/* As in gemm.c: eight sums on their way keep the multipliers busy. */
#if defined(__AVX512F__) || defined(__aarch64__)
#define ROWS 8
#else
#define ROWS 6
#endif

INLINE void tile(const int rows, const int vecs, const strip *s) {
    vec sum[ROWS * 2]; /* [rows][vecs] */
    const glia_real *b = s->b;
    int64_t a_row = s->a_row, a_col = s->a_col, b_row = s->b_row;
    for (int i = 0; i < rows; i++)
        for (int v = 0; v < vecs; v++)
            sum[i * vecs + v] = s->begin ? (vec){0} : load(s->y + i * s->y_row + v * LANES);
    for (int64_t g = 0; g < s->segments; g++) {
        const glia_real *a = s->a + s->offset[g];
        for (int64_t p = s->k; p > 0; p--, a += a_col, b += b_row) {
            vec bv[2];
#pragma GCC unroll 2
            for (int v = 0; v < vecs; v++) bv[v] = load(b + v * LANES);
#pragma GCC unroll 8
            for (int i = 0; i < rows; i++)
#pragma GCC unroll 2
                for (int v = 0; v < vecs; v++) sum[i * vecs + v] += a[i * a_row] * bv[v];
        }
    }
    for (int v = 0; v < vecs && s->bias; v++) {
        vec bias = load(s->bias + v * LANES);
        for (int i = 0; i < rows; i++) sum[i * vecs + v] += bias;
    }
    for (int i = 0; i < rows; i++)
        for (int v = 0; v < vecs; v++) store(s->y + i * s->y_row + v * LANES, sum[i * vecs + v]);
}

/* Not inlined: see run_strip in gemm.c. */
#define TILES(vecs)                                                                                \
    __attribute__((noinline)) static void tile_of_##vecs(int64_t rows, const strip *s) {           \
        switch (rows) {                                                                            \
        case 1: tile(1, vecs, s); break;                                                           \
        case 2: tile(2, vecs, s); break;                                                           \
        case 3: tile(3, vecs, s); break;                                                           \
        case 4: tile(4, vecs, s); break;                                                           \
        case 5: tile(5, vecs, s); break;                                                           \
        case 6: tile(6, vecs, s); break;                                                           \
        case 7: tile(ROWS > 7 ? 7 : 1, vecs, s); break;                                            \
        default: tile(ROWS, vecs, s); break;                                                       \
        }                                                                                          \
    }
TILES(1)
TILES(2)

static void run_tile(int64_t rows, int64_t cols, const strip *s) {
    if (cols > LANES) tile_of_2(rows, s);
    else tile_of_1(rows, s);
}

/* Fewer columns than vectors have: the tile writes beside y, and what belongs there is copied. */
static void run_edge(int64_t rows, int64_t cols, const strip *s) {
    glia_real edge[ROWS * COLS] __attribute__((aligned(VECTOR)));
    glia_real bias[COLS] __attribute__((aligned(VECTOR))) = {0};
    strip beside = *s;
    beside.y = edge, beside.y_row = COLS;
    if (s->bias) beside.bias = memcpy(bias, s->bias, (size_t)cols * sizeof *bias);
    for (int64_t i = 0; i < rows && !s->begin; i++)
        for (int64_t j = 0; j < cols; j++) edge[i * COLS + j] = s->y[i * s->y_row + j];
    run_tile(rows, cols, &beside);
    for (int64_t i = 0; i < rows; i++)
        for (int64_t j = 0; j < cols; j++) s->y[i * s->y_row + j] = edge[i * COLS + j];
}

/* m rows in tiles of nearly the same height, since a tile of less than four rows waits for its own
 * sums: 26 are 7, 6, 7 and 6. */
void K(run_strip)(const strip *all, int64_t m, int64_t cols) {
    int64_t tiles = (m + ROWS - 1) / ROWS;
    strip s = *all;
    for (int64_t t = 0; t < tiles; t++) {
        int64_t i = m * t / tiles, rows = m * (t + 1) / tiles - i;
        s.y = all->y + i * s.y_row, s.a = all->a + i * s.a_row;
        if (cols % LANES == 0) run_tile(rows, cols, &s);
        else run_edge(rows, cols, &s);
    }
}
