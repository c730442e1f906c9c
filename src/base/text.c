/*
 * text.c: texts that grow, what is UTF-8, and words that were not among the known ones: "did you
 * mean".
 */
#include "base.h"

#include <stdio.h>
#include <string.h>

char *gl_copy_text(glia_ctx *g, const char *text) {
    size_t n = strlen(text) + 1;
    char *copy = gl_alloc(g, (int64_t)n, 1);
    return copy ? memcpy(copy, text, n) : NULL;
}

char *gl_format(glia_ctx *g, const char *format, ...) {
    va_list args, again;
    va_start(args, format);
    va_copy(again, args);
    int n = vsnprintf(NULL, 0, format, args);
    char *text = gl_alloc(g, n + 1, 1);
    if (text) vsnprintf(text, (size_t)n + 1, format, again);
    va_end(again);
    va_end(args);
    return text;
}

void gl_add_bytes(gl_text *t, const char *bytes, int64_t n) {
    if (t->failed || !gl_reserve(t->g, &t->s, &t->cap, t->n + n + 1, 1)) {
        t->failed = true;
        return;
    }
    memcpy(t->s + t->n, bytes, (size_t)n);
    t->s[t->n += n] = 0;
}

void gl_add(gl_text *t, const char *format, ...) {
    /* Most additions are short: they are formatted once and copied. A longer one is formatted
     * twice, the second time in its place. */
    char small[512];
    va_list args, again;
    va_start(args, format);
    va_copy(again, args);
    int n = vsnprintf(small, sizeof small, format, args);
    if (n < (int)sizeof small) {
        gl_add_bytes(t, small, n);
    } else if (t->failed || !gl_reserve(t->g, &t->s, &t->cap, t->n + n + 1, 1)) {
        t->failed = true;
    } else {
        vsnprintf(t->s + t->n, (size_t)n + 1, format, again);
        t->n += n;
    }
    va_end(again);
    va_end(args);
}

/* Failures are looked at once, here: a text is made of twenty additions, and each may be the one
 * for which there was no memory. */
char *gl_text_end(gl_text *t) {
    if (!t->failed && !t->s) gl_add_bytes(t, "", 0);
    if (!t->failed) return t->s;
    gl_free(t->g, t->s);
    return t->s = NULL;
}

char *gl_shape_text(const glia_tensor *t, char *buf, size_t size) {
    size_t used = (size_t)snprintf(buf, size, "(");
    for (int i = 0; i < t->ndim && used < size; i++) {
        used += (size_t)snprintf(buf + used, size - used, "%s%lld", i ? ", " : "",
                                 (long long)t->dim[i]);
    }
    if (used < size) snprintf(buf + used, size - used, t->ndim == 1 ? ",)" : ")");
    return buf;
}

/* Are the next eight bytes ASCII? */
static bool is_ascii(const char *s, const char *end) {
    uint64_t eight = UINT64_MAX;
    if (end - s >= 8) memcpy(&eight, s, 8);
    return !(eight & 0x8080808080808080u);
}

/* What UTF-8 is: RFC 3629. Besides a wrong count of following bytes, it forbids the long ways to
 * write a letter (C0 AF for '/', by which filters were once deceived), surrogates (ED A0 80) and
 * what is beyond 10FFFF (F4 90). */
const char *gl_not_utf8(const char *s, const char *end) {
    while (s < end) {
        if (is_ascii(s, end)) { /* saves 15% of the time of reading a CSV file */
            s += 8;
            continue;
        }
        unsigned char c = (unsigned char)*s;
        int more = c < 0x80                 ? 0
                   : c >= 0xC2 && c <= 0xDF ? 1
                   : (c & 0xF0) == 0xE0     ? 2
                   : c >= 0xF0 && c <= 0xF4 ? 3
                                            : -1;
        if (more < 0 || end - s <= more) return s;
        for (int i = 1; i <= more; i++) {
            if (((unsigned char)s[i] & 0xC0) != 0x80) return s;
        }
        unsigned char d = (unsigned char)s[more ? 1 : 0];
        if ((c == 0xE0 && d < 0xA0) || (c == 0xED && d > 0x9F) || (c == 0xF0 && d < 0x90) ||
            (c == 0xF4 && d > 0x8F)) {
            return s;
        }
        s += more + 1;
    }
    return NULL;
}

/* Edit distance with exchanges of neighbours counting 1, on the first 31 letters (Damerau, 1964),
 * case ignored: an exchange is the commonest slip of typing, and two changes otherwise. d[i][j] is
 * the distance between the first i letters of one word and the first j of the other. */
static int distance(const char *a, const char *b) {
    enum { MOST = 32 };
    int d[MOST][MOST];
    int n = (int)strnlen(a, MOST - 1), m = (int)strnlen(b, MOST - 1);
    for (int i = 0; i <= n; i++) d[i][0] = i;
    for (int j = 0; j <= m; j++) d[0][j] = j;
    for (int i = 1; i <= n; i++) {
        for (int j = 1; j <= m; j++) {
            int x = a[i - 1] | 32, y = b[j - 1] | 32;
            int best = d[i - 1][j - 1] + (x != y);
            if (d[i - 1][j] + 1 < best) best = d[i - 1][j] + 1;
            if (d[i][j - 1] + 1 < best) best = d[i][j - 1] + 1;
            bool exchanged = i > 1 && j > 1 && x == (b[j - 2] | 32) && (a[i - 2] | 32) == y;
            if (exchanged && d[i - 2][j - 2] + 1 < best) best = d[i - 2][j - 2] + 1;
            d[i][j] = best;
        }
    }
    return d[n][m];
}

const char *gl_nearest(const char *word, const char *const *words, int count) {
    const char *nearest = NULL;
    /* A third of the letters may be wrong: "learnig-rate" finds "learning-rate", "lr" finds what is
     * one letter away, and "xyz" is not told that it meant "lr". */
    int best = (int)strlen(word) / 3 + 2; /* further away is no help */
    for (int i = 0; i < count; i++) {
        int d = distance(word, words[i]);
        if (d < best) best = d, nearest = words[i];
    }
    return nearest;
}

glia_status gl_fail_word(glia_ctx *g, glia_status code, const char *word, const char *const *known,
                         int count, const char *otherwise, const char *format, ...) {
    char text[sizeof g->message];
    const char *near = gl_nearest(word, known, count);
    va_list args;
    va_start(args, format);
    vsnprintf(text, sizeof text, format, args);
    va_end(args);
    if (near) return gl_fail(g, code, "%s; did you mean '%s'?", text, near);
    return gl_fail(g, code, "%s%s%s", text, otherwise ? "; " : "", otherwise ? otherwise : "");
}

char *gl_list(const char *const *words, int count, char *buf, size_t size) {
    static const char more[] = ", ...";
    size_t used = 0;
    *buf = 0;
    for (int i = 0; i < count; i++) {
        const char *mark = i == 0 ? "" : i + 1 < count ? ", " : " or ";
        size_t need = strlen(mark) + strlen(words[i]), kept = i + 1 < count ? sizeof more : 1;
        if (used + need + kept > size) return memcpy(buf + used, more, sizeof more), buf;
        used += (size_t)sprintf(buf + used, "%s%s", mark, words[i]);
    }
    return buf;
}
