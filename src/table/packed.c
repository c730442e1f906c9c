/*
 * packed.c: packs numbers, in the narrowest form that holds all of them so far: in one unit, each
 * in its own, or as doubles. A number that does not fit makes the form wider, and what is there is
 * packed again: a dozen times at most.
 */
#include "packed.h"

#include <stdlib.h>

/* One d for all of more than MOST_DECIMALS is no measurement. */
enum { DOUBLES = 8, MOST_DECIMALS = 15, BLOCK = 256 };

const double gl_powers[] = {1e0,  1e1,  1e2,  1e3,  1e4,  1e5,  1e6,  1e7,  1e8,  1e9,  1e10, 1e11,
                            1e12, 1e13, 1e14, 1e15, 1e16, 1e17, 1e18, 1e19, 1e20, 1e21, 1e22};

/* 2^31 - 1 without two, for a missing cell and -0. */
static int64_t largest(int width) { return ((int64_t)1 << (8 * width - 1)) - 3; }
static const int64_t largest_own = ((int64_t)1 << (31 - GL_OWN_BITS)) - 1;

/* The bytes of a number lie least first, as on every machine that glia is built for by default;
 * elsewhere nothing is packed. */
static const bool packs = __BYTE_ORDER__ == __ORDER_LITTLE_ENDIAN__;

/* m of a number in this unit; false: none gives it. Adding and taking away 1.5 * 2^52 rounds to a
 * whole number. -0 and missing cells are no decimals. */
static inline bool find_digits(double v, double unit, int64_t most, int64_t *m) {
    const double round = 6755399441055744.0;
    double whole = v * unit + round - round, back = whole / unit;
    uint64_t a, b;
    memcpy(&a, &v, sizeof a);
    memcpy(&b, &back, sizeof b);
    if (a != b || !(fabs(whole) <= (double)most)) return false;
    *m = (int64_t)whole;
    return true;
}

/* The same with a d of its own, looked for first where the cell before had it. */
static bool find_own(double v, int *d, int64_t *m) {
    if (find_digits(v, gl_powers[*d], largest_own, m)) return true;
    for (int other = 0; other <= GL_MOST_OWN; other++)
        if (find_digits(v, gl_powers[other], largest_own, m)) return *d = other, true;
    return false;
}

static int64_t put_own(gl_packed *p, int64_t at, const double *v, int64_t n) {
    int64_t i = 0, m = 0;
    for (int d = 0; i < n; i++) {
        bool missing = isnan(v[i]), zero = v[i] == 0 && signbit(v[i]);
        if (!missing && !zero && !find_own(v[i], &d, &m)) break;
        p->gaps |= missing || zero;
        int32_t four = missing || zero ? p->missing + zero : (int32_t)(m * (1 << GL_OWN_BITS)) | d;
        memcpy(p->bytes + (at + i) * p->width, &four, sizeof four);
    }
    return i;
}

/* How many were put there, up to the first that does not fit. Each is written as 4 bytes, of which
 * the next one covers what is too many. */
static int64_t put_in_unit(gl_packed *p, int64_t at, const double *v, int64_t n) {
    const int64_t most = largest(p->width);
    const int width = p->width;
    const double unit = p->unit;
    char *to = p->bytes + at * width;
    int64_t i = 0, m = 0, low = -p->most, high = p->most;
    for (; i < n; i++, to += width) {
        if (find_digits(v[i], unit, most, &m)) {
            if (m > high) high = m;
            if (m < low) low = m;
        } else if (isnan(v[i]) || v[i] == 0) {
            m = p->missing + (v[i] == 0);
            p->gaps = true;
        } else {
            break;
        }
        int32_t four = (int32_t)m;
        memcpy(to, &four, sizeof four);
    }
    p->most = high > -low ? high : -low;
    return i;
}

static int64_t put(gl_packed *p, int64_t at, const double *v, int64_t n) {
    if (p->own) return put_own(p, at, v, n);
    if (p->width < DOUBLES) return put_in_unit(p, at, v, n);
    memcpy(p->bytes + at * DOUBLES, v, (size_t)n * sizeof *v);
    return n;
}

/* Without room. */
static gl_packed form(int width, int decimals) {
    int unused = width < 4 ? 32 - 8 * width : 0;
    return (gl_packed){.width = width,
                       .decimals = decimals,
                       .unused = unused,
                       .missing = (int32_t)(-(INT64_C(1) << (31 - unused))),
                       .unit = gl_powers[decimals]};
}

/* The form that may hold what p does, in the same unit or a smaller one, and v. */
static gl_packed wider(const gl_packed *p, double v) {
    int64_t m = 0, most = p->most;
    int own = 0;
    if (!packs || p->width == DOUBLES || p->own) return form(DOUBLES, 0);
    for (int d = p->decimals; d <= MOST_DECIMALS && most <= largest(4); d++, most *= 10) {
        if (!find_digits(v, gl_powers[d], largest(4), &m)) continue;
        int width = 1;
        int64_t both = llabs(m) > most ? llabs(m) : most;
        while (both > largest(width)) width++;
        gl_packed w = form(width, d);
        w.most = most, w.gaps = p->gaps;
        if (width <= 4) return w;
    }
    gl_packed each = form(4, 0);
    each.own = true;
    return find_own(v, &own, &m) ? each : form(DOUBLES, 0);
}

static void take(const gl_packed *p, int64_t at, double *v, int64_t n) {
    if (p->width == DOUBLES) memcpy(v, p->bytes + at * DOUBLES, (size_t)n * sizeof *v);
    for (int64_t i = 0; p->width != DOUBLES && i < n; i++) v[i] = gl_packed_at(p, at + i);
}

static bool open_form(glia_ctx *g, gl_packed *p, int64_t cap) {
    p->bytes = gl_alloc_unset(g, cap + 3, (size_t)p->width); /* 4 bytes at the last */
    return p->bytes;
}

/* Puts what the first `at` of p are there, into room for cap; *all false: one does not fit. */
static bool pack_anew(glia_ctx *g, gl_packed *to, int64_t cap, const gl_packed *p, int64_t at,
                      bool *all) {
    double block[BLOCK];
    *all = true;
    if (!open_form(g, to, cap)) return false;
    for (int64_t i = 0, n; i < at && *all; i += n) {
        n = at - i < BLOCK ? at - i : BLOCK;
        take(p, i, block, n);
        *all = put(to, i, block, n) == n;
    }
    return true;
}

static bool widen(glia_ctx *g, gl_packed *p, int64_t cap, int64_t at, double v) {
    bool all = false;
    for (gl_packed w = wider(p, v); !all; w = form(DOUBLES, 0)) {
        if (!pack_anew(g, &w, cap, p, at, &all)) return false;
        gl_free(g, all ? p->bytes : w.bytes);
        if (all) *p = w;
    }
    return true;
}

bool gl_pack(glia_ctx *g, gl_packed *p, int64_t cap, int64_t at, const double *v, int64_t n) {
    if (!p->bytes) *p = form(packs ? 1 : DOUBLES, 0);
    if (!p->bytes && !open_form(g, p, cap)) return false;
    while (n > 0) {
        int64_t done = put(p, at, v, n);
        at += done, v += done, n -= done;
        if (n > 0 && !widen(g, p, cap, at, *v)) return false;
    }
    return true;
}

bool gl_pack_again(glia_ctx *g, gl_packed *p, int64_t cap, int64_t at, const gl_packed *from,
                   int64_t n) {
    double block[BLOCK];
    if (!p->bytes) {
        *p = *from;
        if (!open_form(g, p, cap)) return false;
    }
    if (p->width == from->width && p->decimals == from->decimals && p->own == from->own) {
        memcpy(p->bytes + at * p->width, from->bytes, (size_t)(n * p->width));
        if (from->most > p->most) p->most = from->most;
        p->gaps |= from->gaps;
        return true;
    }
    for (int64_t i = 0, k; i < n; i += k) {
        k = n - i < BLOCK ? n - i : BLOCK;
        take(from, i, block, k);
        if (!gl_pack(g, p, cap, at + i, block, k)) return false;
    }
    return true;
}

bool gl_pack_some(glia_ctx *g, gl_packed *p, const gl_packed *from, const int64_t *rows,
                  int64_t n) {
    *p = *from;
    if (!open_form(g, p, n)) return false;
    for (int64_t i = 0, width = p->width; i < n; i++)
        memcpy(p->bytes + i * width, from->bytes + rows[i] * width, sizeof(int32_t));
    return true;
}

bool gl_packed_whole(const gl_packed *p) {
    return p->bytes && !p->own && !p->decimals && p->width < DOUBLES;
}
