/*
 * alike.c: pictures that are nearly the same: one saved again, made lighter or smaller, or seen in
 * a mirror. Where one is learned from and the other tests what was learned, the test is flattered.
 *
 * A picture's mark is 64 bits: whether each of 8 x 8 places is lighter than the one to its right.
 * Marks of copies differ in few bits, those of others in 32 on average, so that most pairs need one
 * instruction. Pairs of like marks are compared by the correlation of their thumbnails, grey and
 * 16 x 16, which a change of brightness or contrast leaves as it is.
 */
#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "data.h"

enum { SIDE = 16, PLACES = SIDE * SIDE };
/* Of more pictures all pairs would take a minute. */
enum { MOST_BITS = 10, MOST_PICTURES = 30000 };
static const float ALIKE = 0.995f;

typedef struct thumb {
    uint64_t mark, mirrored;
    float place[PLACES]; /* mean 0, their squares 1 together; all 0 where nothing is seen */
} thumb;

/* -------------------------------------------------------------------------------- thumbnails -- */

typedef struct frame {
    const uint8_t *at;
    int64_t height, width, channels;
} frame;

static double grey_at(const frame *f, int64_t y, int64_t x) {
    const uint8_t *p = f->at + (y * f->width + x) * f->channels;
    return f->channels < 3 ? p[0] : 0.299 * p[0] + 0.587 * p[1] + 0.114 * p[2];
}

/* The mean over part (i, j) of rows x columns. */
static double mean_of(const frame *f, int64_t i, int64_t j, int64_t rows, int64_t columns) {
    int64_t top = i * f->height / rows, bottom = ((i + 1) * f->height + rows - 1) / rows;
    int64_t left = j * f->width / columns, right = ((j + 1) * f->width + columns - 1) / columns;
    double sum = 0;
    for (int64_t y = top; y < bottom; y++)
        for (int64_t x = left; x < right; x++) sum += grey_at(f, y, x);
    return sum / (double)((bottom - top) * (right - left));
}

static void take_marks(const frame *f, thumb *t) {
    double v[9];
    for (int64_t i = 0; i < 8; i++) {
        for (int64_t j = 0; j < 9; j++) v[j] = mean_of(f, i, j, 8, 9);
        for (int64_t j = 0; j < 8; j++) {
            t->mark = t->mark << 1 | (v[j] > v[j + 1]);
            t->mirrored = t->mirrored << 1 | (v[8 - j] > v[7 - j]);
        }
    }
}

/* What hardly differs from one grey is like everything. */
static void take_places(const frame *f, thumb *t) {
    double mean = 0, squares = 0, v[PLACES];
    for (int k = 0; k < PLACES; k++)
        mean += (v[k] = mean_of(f, k / SIDE, k % SIDE, SIDE, SIDE)) / PLACES;
    for (int k = 0; k < PLACES; k++) squares += (v[k] - mean) * (v[k] - mean);
    for (int k = 0; k < PLACES && squares > PLACES; k++)
        t->place[k] = (float)((v[k] - mean) / sqrt(squares));
}

static thumb *thumbs_of(const glia_table *t, int x) {
    glia_tensor v = glia_table_values(t, x);
    int64_t rows = glia_table_rows(t), size = glia_tensor_count(&v, 1);
    thumb *all = reserve(NULL, (size_t)rows * sizeof *all);
    memset(all, 0, (size_t)rows * sizeof *all);
    for (int64_t i = 0; i < rows; i++) {
        frame f = {(const uint8_t *)v.data + i * size, v.dim[1], v.dim[2], v.dim[3]};
        take_marks(&f, &all[i]);
        take_places(&f, &all[i]);
    }
    return all;
}

/* ------------------------------------------------------------------------------------- pairs -- */

static float correlation(const thumb *a, const thumb *b, bool mirrored) {
    float sum = 0;
    for (int y = 0; y < SIDE; y++)
        for (int x = 0; x < SIDE; x++)
            sum += a->place[y * SIDE + x] * b->place[y * SIDE + (mirrored ? SIDE - 1 - x : x)];
    return sum;
}

static bool are_alike(const thumb *a, const thumb *b, bool *mirrored) {
    bool plain = __builtin_popcountll(a->mark ^ b->mark) <= MOST_BITS;
    *mirrored = !plain;
    if (!plain && __builtin_popcountll(a->mark ^ b->mirrored) > MOST_BITS) return false;
    return correlation(a, b, *mirrored) >= ALIKE;
}

/* The first row of `from` (of it itself: before row i) that row i is like, or -1. */
static int64_t first_alike(const thumb *from, int64_t n, const thumb *one, bool *mirrored) {
    for (int64_t k = 0; k < n; k++)
        if (are_alike(&from[k], one, mirrored)) return k;
    return -1;
}

static int pictures_of(const glia_table *t) {
    int64_t rows = glia_table_pictures(t).files > 0 ? glia_table_rows(t) : 0;
    return rows > 0 && rows <= MOST_PICTURES ? glia_table_locate(t, "x") : -1;
}

/* Rows of `other` that are alike ones of t; NULL: of t that are alike earlier ones. */
alike find_alike(const look *l, const glia_table *other) {
    alike a = {0};
    const glia_table *in = other ? other : l->table;
    int x = pictures_of(l->table), y = pictures_of(in);
    bool mirrored;
    if (x < 0 || y < 0) return a;
    thumb *known = thumbs_of(l->table, x), *these = other ? thumbs_of(in, y) : known;
    int64_t rows = glia_table_rows(l->table);
    for (int64_t i = 0; i < glia_table_rows(in); i++) {
        int64_t k = first_alike(known, other ? rows : i, &these[i], &mirrored);
        if (k < 0) continue;
        if (!a.count++) a.row = i, a.original = k;
        a.mirrored += mirrored;
        bool differs = l->target >= 0 && !other && !same_class(l, i, k);
        if (differs && !a.others++) a.differs[0] = i, a.differs[1] = k;
    }
    if (other) free(these);
    free(known);
    return a;
}
