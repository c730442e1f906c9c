/*
 * gemm.c: the fast matrix product, one source for every vector width (GCC and clang vector types).
 *
 * The method is that of Goto and van de Geijn ("Anatomy of High-Performance Matrix Multiplication",
 * 2008) and BLIS. b is cut into blocks that fit a cache and copied ("packed") into panels as wide
 * as a tile, so that the inner loop reads forward; a is read where it lies.
 *
 *              b, packed: panels of COLS columns          y[ROWS][COLS] stays in registers
 *              |p=0 ......|p=0 ......|                    while p runs down a panel
 *      a  -->  |p=1 ......|p=1 ......|  -->  y
 *              |...       |...       |
 *
 * Same bits. Every element of y is one chain of multiply-adds over p in order, whatever tile it
 * falls into: the edges of y run through the same loop, over columns of zeros, into a tile of their
 * own.
 */
#include "gemm.h"
#include "dot.h"
#include "pack.h"

/* A multiply-add takes 4 cycles and two begin in each, so eight sums must be on their way: 16 are.
 * A tile of 8 x 2 vectors reads 8 numbers and 2 vectors for them. */
#if defined(__AVX512F__) || defined(__aarch64__)
#define ROWS 8 /* 8 x 2 sums in 32 registers; 12 x 2 would fit: notebook 2026-11, 26.2 */
#define TALL 12
#else
#define ROWS 6 /* 6 x 2 sums in 16 registers */
#define TALL 6
#endif
#define LONG 64 /* inner length from which few columns have several sums: notebook 2026-11, 21.22 */
#define WIDE 8  /* vectors: enough sums side by side to keep the adders busy for a single row */
#define AHEAD 16 /* rows of b, fetched for a single row: notebook 2026-11, 26.10 */

/* ------------------------------------------------------------------------------------- tiles -- */

typedef struct strip { /* rows of y that meet one panel */
    glia_real *y;
    int64_t y_row;
    const glia_real *a;
    int64_t a_row, a_col;
    const glia_real *b; /* COLS numbers in each of k rows */
    int64_t b_row, k;
    bool is_long;          /* see long_tile */
    bool begin;            /* sums begin at 0, not at what y holds */
    const glia_real *bias; /* added to finished sums, COLS or WIDE vectors; NULL: none */
} strip;

/* y[rows][vecs * LANES] += a b. Always inlined, with constant rows and vecs: the sums then live in
 * registers. */
INLINE void tile(const int rows, const int vecs, const strip *s) {
    vec sum[TALL * 2]; /* [rows][vecs] */
    const glia_real *a = s->a, *b = s->b;
    int64_t a_row = s->a_row, a_col = s->a_col, b_row = s->b_row;
    for (int i = 0; i < rows; i++)
        for (int v = 0; v < vecs; v++)
            sum[i * vecs + v] = s->begin ? (vec){0} : load(s->y + i * s->y_row + v * LANES);
    for (int i = 0; i < rows && rows == ROWS; i++) /* the next tile, while this one multiplies */
        for (int v = 0; v < vecs; v++)
            __builtin_prefetch(s->y + (rows + i) * s->y_row + v * LANES, 1);
    for (int64_t p = s->k; p > 0; p--, a += a_col, b += b_row) {
        vec bv[WIDE];
#pragma GCC unroll 8
        for (int v = 0; v < vecs; v++) bv[v] = load(b + v * LANES);
        for (int v = 0; v < vecs && vecs > 2; v++)
            __builtin_prefetch(b + AHEAD * b_row + v * LANES);
#pragma GCC unroll 12
        for (int i = 0; i < rows; i++)
#pragma GCC unroll 8
            for (int v = 0; v < vecs; v++) sum[i * vecs + v] += a[i * a_row] * bv[v];
    }
    for (int v = 0; v < vecs && s->bias; v++) {
        vec bias = load(s->bias + v * LANES);
        for (int i = 0; i < rows; i++) sum[i * vecs + v] += bias;
    }
    for (int i = 0; i < rows; i++)
        for (int v = 0; v < vecs; v++) store(s->y + i * s->y_row + v * LANES, sum[i * vecs + v]);
}

/* One vector of columns and a long k: four sums over p mod 4, since one would wait for itself. */
INLINE void long_tile(const int rows, const strip *s) {
    vec sum[4][ROWS] = {{(vec){0}}};
    const glia_real *a = s->a, *b = s->b;
    int64_t a_row = s->a_row, a_col = s->a_col, b_row = s->b_row, p = s->k;
    for (int i = 0; i < rows; i++) {
        sum[0][i] = s->begin ? (vec){0} : load(s->y + i * s->y_row);
        sum[1][i] = sum[2][i] = sum[3][i] = (vec){0};
    }
    for (; p >= 4; p -= 4) {
#pragma GCC unroll 4
        for (int q = 0; q < 4; q++, a += a_col, b += b_row) {
            vec bv = load(b);
#pragma GCC unroll 4
            for (int i = 0; i < rows; i++) sum[q][i] += a[i * a_row] * bv;
        }
    }
    for (; p > 0; p--, a += a_col, b += b_row)
        for (int i = 0; i < rows; i++) sum[0][i] += a[i * a_row] * load(b);
    for (int i = 0; i < rows; i++) {
        vec all = (sum[0][i] + sum[1][i]) + (sum[2][i] + sum[3][i]);
        store(s->y + i * s->y_row, s->bias ? all + load(s->bias) : all);
    }
}

INLINE void tiles(const int rows, const int vecs, strip *s, int64_t *m) {
    for (; *m >= rows; *m -= rows) {
        tile(rows, vecs, s);
        s->y += rows * s->y_row;
        s->a += rows * s->a_row;
    }
}

/* The rows that are left, fewer than ROWS, in one tile: 3 x 32 x 32 takes 0.07 us, in tiles of 2
 * and 1 rows 0.09 (Zen 5). */
INLINE void rest_tile(const int vecs, strip *s, int64_t m) {
    switch (m) {
    case 1: tiles(1, vecs, s, &m); break;
    case 2: tiles(2, vecs, s, &m); break;
    case 3: tiles(3, vecs, s, &m); break;
    case 4: tiles(4, vecs, s, &m); break;
    case 5: tiles(5, vecs, s, &m); break;
    case 6: tiles(ROWS > 6 ? 6 : 1, vecs, s, &m); break;
    case 7: tiles(ROWS > 7 ? 7 : 1, vecs, s, &m); break;
    default: break;
    }
}

/* A rest of TALL - ROWS rows joins a tile: b is then read once less. */
INLINE void all_tiles(const int vecs, strip *s, int64_t m) {
    if (TALL > ROWS && m >= TALL && m % ROWS == TALL - ROWS) {
        int64_t tall = TALL;
        tiles(TALL, vecs, s, &tall);
        m -= TALL;
    }
    tiles(ROWS, vecs, s, &m);
    rest_tile(vecs, s, m);
}

INLINE void long_tiles(strip *s, int64_t m) {
    enum { AT_ONCE = 4 };
    for (; m >= AT_ONCE; m -= AT_ONCE, s->y += AT_ONCE * s->y_row, s->a += AT_ONCE * s->a_row)
        long_tile(AT_ONCE, s);
    for (; m > 0; m--, s->y += s->y_row, s->a += s->a_row) long_tile(1, s);
}

/* Not inlined: the strip then stays in memory and leaves its registers to the tile (5% of W2). */
__attribute__((noinline)) static void run_strip(int vecs, strip *s, int64_t m) {
    if (s->is_long) long_tiles(s, m);
    else if (vecs == 2) all_tiles(2, s, m);
    else all_tiles(1, s, m);
}

/* Few rows: one after the other, over WIDE or WIDE / 2 vectors of columns at once. */
static void run_wide(int vecs, strip *s, int64_t m) {
    if (vecs == WIDE) tiles(1, WIDE, s, &m);
    else tiles(1, WIDE / 2, s, &m);
}

static void copy_block(glia_real *to, int64_t to_row, const glia_real *from, int64_t from_row,
                       int64_t m, int64_t n) {
    for (int64_t i = 0; i < m; i++)
        for (int64_t j = 0; j < n; j++) to[i * to_row + j] = from[i * from_row + j];
}

/* Where rows of y follow each other without a gap they are written as whole vectors: what is too
 * much, the next row overwrites. So many rows have enough rows behind them: 400 x 4 x 2 takes
 * 0.8 us, not 2.2 (Zen 5). */
static int64_t direct_rows(const strip *s, int64_t m, int64_t cols) {
    int64_t beyond = ((cols > LANES ? COLS : LANES) - 1) / cols;
    int64_t direct = s->begin && s->y_row == cols && m > beyond ? m - beyond : 0;
    return direct - direct % 4; /* a row alone is slow */
}

/* A panel with fewer columns than a tile: the other rows through a tile of their own, ROWS at a
 * time. */
static void run_edge(strip *s, int64_t m, int64_t cols) {
    glia_real *y = s->y, edge[ROWS * COLS] __attribute__((aligned(VECTOR)));
    int vecs = cols > LANES ? 2 : 1;
    int64_t y_row = s->y_row, direct = direct_rows(s, m, cols);
    glia_real bias[COLS] __attribute__((aligned(VECTOR)));
    if (s->bias) s->bias = memcpy(bias, s->bias, (size_t)cols * sizeof *bias);
    run_strip(vecs, s, direct);
    s->y_row = COLS;
    for (int64_t i = direct; i < m; i += ROWS) {
        int64_t rows = least(ROWS, m - i);
        s->y = edge;
        if (!s->begin) copy_block(edge, COLS, y + i * y_row, y_row, rows, cols);
        run_strip(vecs, s, rows);
        copy_block(y + i * y_row, y_row, edge, COLS, rows, cols);
    }
    s->y_row = y_row;
}

/* ----------------------------------------------------------------------------------- product -- */

/* Depends on the shape alone, as do the parts into which k is then cut: they decide the bits. */
static bool has_long_tiles(const gl_call *c) { return c->gemm_n.n <= LANES && c->gemm_n.k >= LONG; }

/* Cuts k into equal parts of at most GL_GEMM_K. */
static int64_t k_step(int64_t k) {
    if (k <= GL_GEMM_K) return (k + LANES - 1) / LANES * LANES;
    int64_t parts = (k + GL_GEMM_K - 1) / GL_GEMM_K, step = (k + parts - 1) / parts;
    return (step + LANES - 1) / LANES * LANES;
}

typedef struct block { /* of b: rows p .. p + k-1, columns j .. j + cols-1 */
    int64_t p, k, j, cols;
    int64_t plain;            /* so many columns are read where they lie, the others from panels */
    glia_real *panels, *copy; /* memory for blocks of b and of a */
    bool packs;               /* panels are packed when they are met; else they were before */
    bool keeps; /* panels are met again by other rows; else each takes the same place */
} block;

/* The panel of columns x->j + j ..., which is in the nearest cache when it has just been packed. */
static const glia_real *panel_at(const gl_call *c, const block *x, int64_t j) {
    int64_t b_row = c->gemm_n.b_row, b_col = c->gemm_n.b_col;
    const glia_real *b = (const glia_real *)c->gemm_p.b + x->p * b_row + (x->j + j) * b_col;
    glia_real *panel = x->panels + (x->keeps ? j * x->k : 0);
    if (x->packs) pack(panel, b, b_row, b_col, x->k, least(COLS, x->cols - j));
    return panel;
}

/* Numbers so far apart fall into few sets of a cache and drive each other out of it: of 64 sets of
 * 64 bytes, 4096 bytes in all, a stride of 2048 meets two, with room for 24 rows where 12 lines are
 * in a set. */
static bool is_awkward(int64_t stride) { return stride * (int64_t)sizeof(glia_real) % 2048 == 0; }

/* a[rows][k] as a tile shall read it: where it lies, or copied to strides that suit a cache (dW of
 * 1024 units over 1024 features takes 9.8 ms with AVX2, not 13.6: notebook 2026-11, 21.23). */
static void take_a(strip *s, const block *x, int64_t rows) {
    bool turned = s->a_col != 1; /* then its columns are contiguous */
    int64_t lines = turned ? x->k : rows, length = turned ? rows : x->k;
    int64_t from = turned ? s->a_col : s->a_row, to = length + (is_awkward(length) ? 16 : 0);
    bool fits = lines * to * (int64_t)sizeof(glia_real) <= GL_GEMM_COPY;
    if (!is_awkward(from) || !fits || x->cols < 4 * COLS || (turned && s->a_row != 1)) return;
    for (int64_t i = 0; i < lines; i++)
        memcpy(x->copy + i * to, s->a + i * from, (size_t)length * sizeof(glia_real));
    s->a = x->copy;
    *(turned ? &s->a_col : &s->a_row) = to;
}

/* Vectors of columns that a single row meets at once; 0: too few are left. */
static int wide_tile(int64_t plain) {
    return plain >= WIDE * LANES ? WIDE : plain >= WIDE / 2 * LANES ? WIDE / 2 : 0;
}

/* `rows` rows of y, from row i on, meet a block of b. */
static void run_block(const gl_call *c, const block *x, int64_t i, int64_t rows) {
    int64_t a_row = c->gemm_n.a_row, a_col = c->gemm_n.a_col, b_row = c->gemm_n.b_row,
            y_row = c->gemm_n.y_row, add = c->gemm_n.add;
    glia_real *y = (glia_real *)c->gemm_p.y + i * y_row + x->j;
    const glia_real *a = (const glia_real *)c->gemm_p.a + i * a_row + x->p * a_col;
    const glia_real *b = (const glia_real *)c->gemm_p.b + x->p * b_row + x->j;
    strip s = {.a = a, .a_row = a_row, .a_col = a_col, .y_row = y_row, .k = x->k};
    take_a(&s, x, rows);
    s.begin = x->p == 0 && !add;
    s.is_long = has_long_tiles(c);
    const glia_real *bias = x->p + x->k == c->gemm_n.k ? c->gemm_p.bias : NULL;
    a = s.a;
    for (int64_t j = 0, cols; j < x->cols; j += cols) {
        int wide = rows < 4 ? wide_tile(x->plain - j) : 0;
        cols = wide ? wide * LANES : least(COLS, x->cols - j);
        s.y = y + j;
        s.a = a;
        s.bias = bias ? bias + x->j + j : NULL;
        s.b = j < x->plain ? b + j : panel_at(c, x, j);
        s.b_row = j < x->plain ? b_row : COLS;
        if (wide) run_wide(wide, &s, rows);
        else if (cols == COLS) run_strip(2, &s, rows);
        else run_edge(&s, rows, cols);
    }
}

/* Columns of b up to `right` can be read as whole vectors up to here: as far as its rows reach. */
static int64_t plain_columns(int64_t left, int64_t right, int64_t b_row) {
    int64_t rest = (right - left) % COLS, reads = rest == 0 ? 0 : rest <= LANES ? LANES : COLS;
    return right - rest + reads <= b_row ? right : right - rest;
}

/* For few rows packing costs more than it saves (Zen 5): one row through 784-128-10 takes 2.3 us,
 * not 10; the weight gradient of 20 units over 209 samples of 12288 numbers 270 us, not 450. */
#define FEW_ROWS 24

/* So many lines of this length fit in a block, in whole tiles; or all of them. Small products, of
 * which a training on a table has five in 2 us, need no division. */
static int64_t lines_within(int64_t bytes, int64_t length, int64_t lines, int64_t tile) {
    int64_t numbers = bytes / (int64_t)sizeof(glia_real);
    return lines * length <= numbers ? lines : numbers / length / tile * tile;
}

static void packed(const gl_call *c, part of, void *work) {
    int64_t n = of.right - of.left, k = c->gemm_n.k, rows = of.hi - of.lo;
    int64_t plain = rows <= FEW_ROWS && c->gemm_n.b_col == 1
                        ? plain_columns(of.left, of.right, c->gemm_n.b_row)
                        : of.left;
    bool packs = plain < of.right;
    int64_t k_most = packs || has_long_tiles(c) ? k_step(k) : k;
    int64_t n_most = packs ? lines_within(GL_GEMM_WORK, k_most, n, COLS) : n;
    int64_t m_most = rows <= FEW_ROWS ? FEW_ROWS : lines_within(GL_GEMM_A, k_most, rows, ROWS);
    bool whole = n <= n_most && k <= k_most; /* then all panels of b are in one block */
    for (int64_t j = of.left; j < of.right; j += n_most)
        for (int64_t p = 0; p < k; p += k_most) {
            block x = {.p = p,
                       .j = j,
                       .panels = work,
                       .keeps = rows > m_most || (whole && c->gemm_n.keep > 0)};
            x.copy = x.panels + gl_gemm_panels(c->gemm_n.n, k, sizeof *x.copy) / sizeof *x.copy;
            x.k = least(k_most, k - p);
            x.cols = least(n_most, of.right - j);
            x.plain = least(plain, j + x.cols) - j;
            for (int64_t i = of.lo; i < of.hi; i += m_most) {
                part done = {i, least(i + m_most, of.hi), j, j + x.cols};
                x.packs = i == of.lo && !(whole && c->gemm_n.keep == 2);
                run_block(c, &x, i, done.hi - i);
                if (p + x.k == k) finish(c, &done);
            }
        }
}

/* Few columns fill a small part of a vector. With the operands exchanged it is rows that fill it,
 * by the same chains: y' = b' a', some rows of y at a time, and then turned. Batches of 32 rows on
 * their way to one output take 0.11 us, not 0.27, their dW of 10 features 0.18, not 0.27 (Zen 5,
 * notebook 2026-11, 28.6). Over a short k turning costs more than it saves. */
#define TURNED_ROWS (3 * COLS) /* so few that take_a copies nothing: it would need more of `work` */

static bool suits_turned(const gl_call *c, const part *of) {
    return of->left == 0 && of->right == c->gemm_n.n && c->gemm_n.n <= LANES &&
           of->hi - of->lo >= LANES && c->gemm_n.k >= LANES && c->gemm_n.k < LONG && !c->gemm_n.add;
}

/* Rows of y, [m, n], from the columns of y', [n, TURNED_ROWS], by transposing blocks of LANES. They
 * are written as in direct_rows. */
static void put_blocks(const gl_call *c, glia_real *y, int64_t m, const glia_real *turned) {
    int64_t n = c->gemm_n.n, y_row = c->gemm_n.y_row;
    int64_t direct = y_row == n ? m - (LANES - 1) / n : 0;
    const glia_real *bias = c->gemm_p.bias;
    for (int64_t i = 0; i < m; i += LANES) {
        vec row[LANES];
#pragma GCC unroll 16
        for (int j = 0; j < LANES; j++)
            row[j] = j < n ? load(turned + j * TURNED_ROWS + i) : (vec){0};
        for (int j = 0; j < n && bias; j++) row[j] += bias[j];
        transpose(row);
        for (int r = 0; r < LANES && i + r < m; r++) {
            glia_real *to = y + (i + r) * y_row;
            if (i + r < direct) store(to, row[r]);
            else copy_block(to, 0, (const glia_real *)&row[r], 0, 1, n);
        }
    }
}

/* The same, number by number: less than half a block holds anything. */
static void put_few(const gl_call *c, glia_real *y, int64_t m, const glia_real *turned) {
    const glia_real *bias = c->gemm_p.bias;
    for (int64_t j = 0; j < c->gemm_n.n; j++)
        for (int64_t i = 0; i < m; i++)
            y[i * c->gemm_n.y_row + j] = turned[j * TURNED_ROWS + i] + (bias ? bias[j] : 0);
}

/* y' takes the first part of `work`, which gl_gemm_panels makes larger than that. */
static void turned(const gl_call *c, part of, glia_real *work) {
    const gl_gemm_n *d = &c->gemm_n;
    gl_call turned = {.gemm_p = {.a = c->gemm_p.b, .b = c->gemm_p.a},
                      .gemm_n = {.m = d->n,
                                 .n = d->m,
                                 .k = d->k,
                                 .a_row = d->b_col,
                                 .a_col = d->b_row,
                                 .b_row = d->a_col,
                                 .b_col = d->a_row,
                                 .y_row = TURNED_ROWS}};
    for (int64_t i = of.lo; i < of.hi; i += TURNED_ROWS) {
        int64_t m = least(TURNED_ROWS, of.hi - i);
        glia_real *y = (glia_real *)c->gemm_p.y + i * d->y_row;
        turned.gemm_p.y = work - i; /* column i is its first */
        packed(&turned, (part){0, d->n, i, i + m}, work + LANES * TURNED_ROWS);
        if (2 * d->n < LANES / 2) put_few(c, y, m, work);
        else put_blocks(c, y, m, work);
    }
    finish(c, &of);
}

static void product(const gl_call *c, part of, void *work) {
    if (K(suits_dots)(c)) {
        K(dots)(c, &of);
        finish(c, &of);
    } else if (suits_turned(c, &of)) {
        turned(c, of, work);
    } else {
        packed(c, of, work);
    }
}

void K(gemm)(PART) { product(c, (part){lo, hi, 0, c->gemm_n.n}, work); }

void K(gemm_cols)(PART) {
    gl_call by_rows = *c;
    int64_t m = c->gemm_cols_n.m;
    by_rows.gemm_n.m = m, by_rows.gemm_n.n = c->gemm_cols_n.n;
    product(&by_rows, (part){0, m, lo, hi}, work);
}
