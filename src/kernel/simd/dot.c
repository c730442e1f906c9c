/*
 * dot.c: the matrix product where both operands are contiguous along the inner dimension, as in
 * z = x W'. Every y[i][j] is the dot product of a row of a and a column of b where they lie:
 * nothing is packed, which for few rows costs as much as the product.
 *
 *                 p = 0, LANES, ...
 *     a row i     |........|   x   |........| column j of b   -> one vector of sums, in a register
 *
 * Same bits. LANES sums of y[i][j] run over p mod LANES and are added in the order of `reduce`,
 * whatever tile y[i][j] falls into.
 */
#include "dot.h"
#include "gemm.h"

/* A tile of y has LANES elements: their sums reduce to one vector. */
#if LANES == 16
#define ROWS 4
#elif LANES >= 4
#define ROWS 2
#else
#define ROWS 1
#endif

#define INT_f32 int32_t
#define INT_f64 int64_t
typedef PASTE(INT_, GL_BITS) mask __attribute__((vector_size(VECTOR)));

/* The rounds of a transposition (gemm.c), whose halves are added. */
INLINE void fold_in_lanes(vec *sum, const int n) {
#pragma GCC unroll 16
    for (int k = 0; k < LANES / IN_LANE * n; k++) {
        vec *s = sum + k / n * IN_LANE + k % n;
        *s = __builtin_shufflevector(*s, s[n], LOW_IN_LANES) +
             __builtin_shufflevector(*s, s[n], HIGH_IN_LANES);
    }
}

#if LANES > IN_LANE
INLINE void fold_lanes(vec *sum, const int n) {
#pragma GCC unroll 4
    for (int i = 0; i < LANES; i += 2 * n)
        sum[i] = __builtin_shufflevector(sum[i], sum[i + n], EVEN_LANES) +
                 __builtin_shufflevector(sum[i], sum[i + n], ODD_LANES);
}
#else
INLINE void fold_lanes(vec *sum, const int n) { (void)sum, (void)n; }
#endif

/* Number l of the result is the sum over sum[l]. */
INLINE vec reduce(vec sum[LANES]) {
    if (IN_LANE == 4) fold_in_lanes(sum, 2);
    fold_in_lanes(sum, 1);
    if (LANES >= 2 * IN_LANE) fold_lanes(sum, IN_LANE);
    if (LANES >= 4 * IN_LANE) fold_lanes(sum, 2 * IN_LANE);
    return sum[0];
}

/* sum[rows][cols] += a[p .. p + LANES-1] b[p ...]. Lanes where `keep` is 0 count as 0. */
INLINE void step(const int rows, const int cols, vec *sum, const glia_real *const *a,
                 const glia_real *const *b, int64_t p, mask keep) {
    vec bv[LANES];
#pragma GCC unroll 16
    for (int j = 0; j < cols; j++) bv[j] = (vec)((mask)load(b[j] + p) & keep);
#pragma GCC unroll 4
    for (int i = 0; i < rows; i++) {
        vec av = (vec)((mask)load(a[i] + p) & keep);
#pragma GCC unroll 16
        for (int j = 0; j < cols; j++) sum[i * cols + j] += av * bv[j];
    }
}

/* Always inlined, with constant rows and cols, rows * cols = LANES. The vector that ends with the
 * last number comes first; what it holds of the one before is left out. The sums then go from the
 * loop to `reduce` in registers. */
INLINE vec dots(const int rows, const int cols, const glia_real *const *a,
                const glia_real *const *b, int64_t k) {
    vec sum[LANES] = {(vec){0}};
    mask all = ~(mask){0}, rest = {0};
    for (int l = 0; l < k % LANES; l++) rest[LANES - 1 - l] = -1;
    if (k % LANES > 0) step(rows, cols, sum, a, b, k - LANES, rest);
    for (int64_t p = 0; p + LANES <= k; p += LANES) step(rows, cols, sum, a, b, p, all);
    return reduce(sum);
}

typedef struct block { /* rows i ... of a meet columns j ... of b over p ... */
    int64_t i, rows, j, cols, p, k;
} block;

INLINE void write_tile(const gl_call *c, const block *x, const glia_real *tile, int64_t width,
                       int64_t rows, const glia_real *bias, bool add) {
    int64_t y_row = c->gemm_n.y_row, cols = least(width, x->cols);
    for (int64_t r = 0; r < rows; r++) {
        glia_real *y = (glia_real *)c->gemm_p.y + (x->i + r) * y_row + x->j;
        for (int64_t q = 0; q < cols; q++)
            y[q] = (add ? y[q] : 0) + tile[r * width + q] + (bias ? bias[x->j + q] : 0);
    }
}

static void run_tile(const gl_call *c, const block *x) {
    int64_t a_row = c->gemm_n.a_row, b_col = c->gemm_n.b_col;
    int64_t width = x->rows == 1 ? LANES : LANES / ROWS;
    const glia_real *a[ROWS], *b[LANES], *bias = x->p + x->k == c->gemm_n.k ? c->gemm_p.bias : NULL;
    glia_real tile[LANES];
    bool add = x->p > 0 || c->gemm_n.add;
    for (int r = 0; r < ROWS; r++) /* beyond the end: the last one again */
        a[r] = (const glia_real *)c->gemm_p.a + (x->i + least(r, x->rows - 1)) * a_row + x->p;
    for (int q = 0; q < width; q++)
        b[q] = (const glia_real *)c->gemm_p.b + (x->j + least(q, x->cols - 1)) * b_col + x->p;
    store(tile, x->rows == 1 ? dots(1, LANES, a, b, x->k) : dots(ROWS, LANES / ROWS, a, b, x->k));
    if (x->rows == ROWS && x->cols == LANES / ROWS)
        write_tile(c, x, tile, LANES / ROWS, ROWS, bias, add);
    else write_tile(c, x, tile, width, x->rows, bias, add);
}

/* From 8 vectors on the loop outweighs the reduction behind it (LANES sums fold in log2 LANES
 * rounds). half_empty: a panel of 2 LANES columns would be filled to three quarters at most. */
bool K(suits_dots)(const gl_call *c) {
    int64_t m = c->gemm_n.m, n = c->gemm_n.n, k = c->gemm_n.k;
    bool contiguous = c->gemm_n.a_col == 1 && c->gemm_n.b_row == 1,
         half_empty = n > LANES && 2 * n <= 3 * LANES;
    return contiguous && k >= 8 * LANES && (m <= 8 || half_empty);
}

void K(dots)(const gl_call *c, const part *of) {
    for (int64_t p = 0, k; p < c->gemm_n.k; p += k) {
        k = c->gemm_n.k - p < GL_DOT_K + LANES ? c->gemm_n.k - p : GL_DOT_K;
        for (int64_t top = of->lo, end; top < of->hi; top = end) {
            end = least(top + GL_DOT_M, of->hi);
            int64_t width = end - top == 1 ? LANES : LANES / ROWS;
            for (int64_t j = of->left; j < of->right; j += width)
                for (int64_t i = top; i < end; i += ROWS) {
                    block x = {i, least(ROWS, end - i), j, least(width, of->right - j), p, k};
                    run_tile(c, &x);
                }
        }
    }
}
