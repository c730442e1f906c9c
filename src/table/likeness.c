/*
 * likeness.c: pictures are known again where those that they are like are there no more: what a
 * model has learned from, when it is measured.
 *
 * A likeness is the 32 coordinates of a thumbnail (alike.c) along long waves, a byte each. What
 * tells a picture that was saved again, or made lighter or smaller, from the first one lies in all
 * 255 coordinates of a thumbnail, and so 32/255 of its square in these. What tells two pictures of
 * one kind apart lies in the long waves. So the limit is lower than that of whole thumbnails, which
 * is 0.01 squared: 0.00125, or 20 squared steps; and as both are rounded, a sixth of one more for
 * each coordinate.
 */
#include "alike.h"

#include <stdlib.h>
#include <string.h>

enum { HALF = GL_LIKENESS / 2, TOO_FAR = 20 + GL_LIKENESS / 6 };

/* ------------------------------------------------------------------------------ what is kept -- */

static int by_bytes(const void *a, const void *b) { return memcmp(a, b, GL_LIKENESS); }

/* Of ascending ones, none twice and no blank one. Returns how many are left. */
static int64_t drop_equal(uint8_t *of, int64_t n) {
    int64_t kept = 0;
    for (int64_t i = 0; i < n; i++) {
        const uint8_t *one = of + i * GL_LIKENESS;
        bool again = kept > 0 && !by_bytes(one, of + (kept - 1) * GL_LIKENESS);
        if (!again && !gl_is_blank(one)) memmove(of + kept++ * GL_LIKENESS, one, GL_LIKENESS);
    }
    return kept;
}

/* Evenly spread. */
static int64_t thin(uint8_t *of, int64_t n) {
    if (n <= GL_MOST_LIKENESSES) return n;
    for (int64_t i = 0; i < GL_MOST_LIKENESSES; i++)
        memmove(of + i * GL_LIKENESS, of + i * n / GL_MOST_LIKENESSES * GL_LIKENESS, GL_LIKENESS);
    return GL_MOST_LIKENESSES;
}

/* Ascending, so that their order does not tell which picture is whose. */
glia_status gl_take_likenesses(glia_ctx *g, const gl_thumbs *s, const gl_likenesses *before,
                               gl_likenesses *out) {
    int64_t known = before ? before->n : 0, all = known + s->n;
    uint8_t *of = gl_alloc(g, all, GL_LIKENESS);
    *out = (gl_likenesses){.of = of};
    if (!of) return GLIA_RESOURCE;
    if (known) memcpy(of, before->of, (size_t)known * GL_LIKENESS);
    for (int64_t i = 0; i < s->n; i++) gl_likeness_of(s, i, of + (known + i) * GL_LIKENESS);
    qsort(of, (size_t)all, GL_LIKENESS, by_bytes);
    out->n = thin(of, drop_equal(of, all));
    return GLIA_OK;
}

/* ----------------------------------------------------------------------- what is known again -- */

/* sign -1: b in a mirror. */
static int apart(const uint8_t *a, const uint8_t *b, int sign) {
    int sum = 0;
    for (int k = 0; k < HALF; k++) {
        int d = a[k] - GL_NO_WAVE - sign * (b[k] - GL_NO_WAVE);
        sum += d * d;
    }
    return sum;
}

static bool is_known(const gl_likenesses *known, const uint8_t *one, bool *mirrored) {
    for (int64_t i = 0; i < known->n; i++) {
        const uint8_t *a = known->of + i * GL_LIKENESS;
        int even = apart(a, one, 1);
        if (even > TOO_FAR) continue;
        *mirrored = even + apart(a + HALF, one + HALF, 1) > TOO_FAR;
        if (!*mirrored || even + apart(a + HALF, one + HALF, -1) <= TOO_FAR) return true;
    }
    return false;
}

static void compare(const gl_likenesses *known, const gl_thumbs *these, char *like,
                    glia_alike *out) {
    uint8_t one[GL_LIKENESS];
    for (int64_t i = 0; i < these->n; i++) {
        bool mirrored;
        gl_likeness_of(these, i, one);
        if (gl_is_blank(one) || !is_known(known, one, &mirrored)) continue;
        if (!out->rows++) out->row = these->row[i];
        out->mirrored += mirrored;
        if (like) like[these->row[i]] = 1;
    }
}

/* Thumbnails of some at a time: there may be any number of pictures. */
glia_status gl_find_known(const gl_likenesses *known, const glia_table *t, char *like,
                          glia_alike *out) {
    enum { BLOCK = 1024 };
    int64_t rows[BLOCK];
    glia_status status = GLIA_OK;
    *out = (glia_alike){.rows = -1, .row = -1, .original = -1, .other_row = -1, .repeated_row = -1};
    if (like) memset(like, 0, (size_t)t->rows);
    if (!known->n || gl_pictures_of(t) < 0) return GLIA_OK;
    out->rows = 0;
    for (int64_t first = 0, n; !status && first < t->rows; first += n) {
        n = t->rows - first < BLOCK ? t->rows - first : BLOCK;
        for (int64_t i = 0; i < n; i++) rows[i] = first + i;
        gl_thumbs these;
        status = gl_take_thumbs(&(gl_near_part){.t = t, .rows = rows, .n = n}, n, &these);
        if (!status) compare(known, &these, like, out);
        gl_free_thumbs(&these);
    }
    return status;
}
