/*
 * encoding.c: bytes of another encoding become UTF-8, by iconv, which knows some hundred names;
 * and which encoding bytes without a name are in.
 *
 * What cannot be mistaken comes first (a byte order mark, zero bytes at every other place, valid
 * UTF-8), then what is very probable: Chinese, Japanese and Korean texts have their high bytes in
 * pairs, each from a range of its own. What remains is western European: windows-1252, in which
 * every byte means something.
 */
#include "csv.h"

#include <errno.h>
#include <iconv.h>
#include <string.h>
#include <strings.h>

/* ----------------------------------------------------------------------------------- reading -- */

const unsigned short gl_windows_1252[32] = {0x20AC, 0x81,   0x201A, 0x192,  0x201E, 0x2026, 0x2020,
                                            0x2021, 0x2C6,  0x2030, 0x160,  0x2039, 0x152,  0x8D,
                                            0x17D,  0x8F,   0x90,   0x2018, 0x2019, 0x201C, 0x201D,
                                            0x2022, 0x2013, 0x2014, 0x2DC,  0x2122, 0x161,  0x203A,
                                            0x153,  0x9D,   0x17E,  0x178};

static int64_t put_utf8(char *to, unsigned code) {
    if (code < 0x80) return to[0] = (char)code, 1;
    if (code < 0x800) {
        to[0] = (char)(0xC0 | code >> 6);
        to[1] = (char)(0x80 | (code & 0x3F));
        return 2;
    }
    to[0] = (char)(0xE0 | code >> 12);
    to[1] = (char)(0x80 | (code >> 6 & 0x3F));
    to[2] = (char)(0x80 | (code & 0x3F));
    return 3;
}

/* No file can fail to be read this way. */
static glia_status from_windows_1252(csv *c) {
    int64_t high = 0, n = 0;
    for (int64_t i = 0; i < c->size; i++) high += (unsigned char)c->text[i] >= 0x80;
    char *text = gl_alloc(c->g, c->size + 2 * high + 1, 1);
    if (!text) return GLIA_RESOURCE;
    for (int64_t i = 0; i < c->size; i++) {
        unsigned char b = (unsigned char)c->text[i];
        n += put_utf8(text + n, b >= 0x80 && b < 0xA0 ? gl_windows_1252[b - 0x80] : b);
    }
    text[n] = 0;
    gl_free(c->g, c->text);
    c->text = text;
    c->size = n;
    gl_csv_survey(c);
    return GLIA_OK;
}

/* UTF-8 but for a few bytes: a line that was put in by another program. They are read as
 * windows-1252, and the others as they are. */
bool gl_csv_is_mixed(const char *text, int64_t size, int64_t *bad) {
    const char *end = text + size, *s = text, *stop;
    int64_t good = 0;
    *bad = 0;
    for (; s < end; s = stop + 1) {
        stop = gl_not_utf8(s, end);
        if (stop) ++*bad;
        for (const char *at = s; at < (stop ? stop : end); at++) good += (unsigned char)*at >= 0xC0;
        if (!stop) break;
    }
    return good >= 3 && good > 2 * *bad;
}

/* The first letter of two bytes or more that is UTF-8, between others that are not: in windows-1252
 * its bytes are a capital with an accent and a sign behind it, which no word has. NULL: none. */
const char *gl_csv_find_utf8(const char *text, int64_t size) {
    const unsigned char *s = (const unsigned char *)text;
    for (int64_t i = 0; i + 1 < size; i++)
        if (s[i] >= 0xC3 && s[i] <= 0xC5 && s[i + 1] >= 0x80 && s[i + 1] <= 0xBF &&
            (i == 0 || s[i - 1] < 0x80) && (i + 2 == size || s[i + 2] < 0x80))
            return text + i;
    return NULL;
}

glia_status gl_csv_mend_mixed(csv *c, int64_t bad) {
    char *text = gl_alloc(c->g, c->size + 2 * bad + 1, 1);
    if (!text) return GLIA_RESOURCE;
    const char *end = c->text + c->size, *s = c->text, *stop;
    int64_t n = 0;
    for (; s < end; s = stop + 1) {
        stop = gl_not_utf8(s, end);
        int64_t good = (stop ? stop : end) - s;
        memcpy(text + n, s, (size_t)good);
        n += good;
        if (!stop) break;
        unsigned char b = (unsigned char)*stop;
        n += put_utf8(text + n, b < 0xA0 ? gl_windows_1252[b - 0x80] : b);
    }
    text[n] = 0;
    gl_csv_replace(c, text, n);
    return GLIA_OK;
}

/* All of c's text; stops at what is none, where *bad then is. */
static glia_status convert(csv *c, iconv_t to_utf8, gl_text *text, int64_t *bad) {
    char *in = c->text, out[4096];
    size_t left = (size_t)c->size, got = 0;
    while (left && got != (size_t)-1) {
        char *to = out;
        size_t room = sizeof out;
        got = iconv(to_utf8, &in, &left, &to, &room);
        if (got == (size_t)-1 && errno == E2BIG) got = 0;
        gl_add_bytes(text, out, to - out);
    }
    *bad = left ? in - c->text : -1;
    return text->failed ? GLIA_RESOURCE : GLIA_OK;
}

static glia_status blame_byte(const csv *c, int64_t at, const char *encoding) {
    long long line = 1;
    for (int64_t i = 0; i < at; i++) line += c->text[i] == '\n';
    return gl_fail(c->g, GLIA_INPUT,
                   "%s, line %lld: byte 0x%02x is not %s; try another option "
                   "'encoding'",
                   c->path, line, (unsigned char)c->text[at], encoding);
}

glia_status gl_csv_from(csv *c, const char *encoding) {
    static const char *const western[] = {"latin-1", "latin1", "iso-8859-1", "windows-1252",
                                          "cp1252"};
    for (size_t i = 0; i < sizeof western / sizeof *western; i++)
        if (!strcasecmp(encoding, western[i])) return from_windows_1252(c);
    iconv_t to_utf8 = iconv_open("UTF-8", encoding);
    if (to_utf8 == (iconv_t)-1) {
        return gl_fail(c->g, GLIA_USAGE,
                       "encoding '%s' is not known; expected utf-8, latin-1, utf-16, gbk, "
                       "shift_jis or another name that iconv has (iconv -l)",
                       encoding);
    }
    gl_text text = {.g = c->g};
    int64_t bad;
    glia_status status = convert(c, to_utf8, &text, &bad);
    iconv_close(to_utf8);
    if (!status && bad >= 0) status = blame_byte(c, bad, encoding);
    if (!status && !gl_text_end(&text)) status = GLIA_RESOURCE;
    if (status) return gl_free(c->g, text.s), status;
    gl_free(c->g, c->text);
    c->text = text.s;
    c->size = text.n;
    gl_csv_survey(c);
    return GLIA_OK;
}

/* ---------------------------------------------------------------------------------- guessing -- */

/* UTF-16 has a zero byte for each letter of English, all at even or all at odd places. */
static const char *utf16_by_zeros(const char *text, int64_t size) {
    int64_t zeros[2] = {0, 0}, n = size < 4096 ? size & ~(int64_t)1 : 4096;
    for (int64_t i = 0; i < n; i++) zeros[i & 1] += !text[i];
    if (8 * zeros[1] >= 3 * n / 2 && !zeros[0]) return "UTF-16LE";
    if (8 * zeros[0] >= 3 * n / 2 && !zeros[1]) return "UTF-16BE";
    return NULL;
}

static bool within(unsigned char c, int from, int to) { return c >= from && c <= to; }

static bool is_letter(unsigned char c) { return within(c | 0x20, 'a', 'z'); }

/* Pairs of bytes, counted where two may be one character. */
typedef struct pairs {
    int64_t pairs;        /* both from A1 on (EUC, GB2312) */
    int64_t odd;          /* runs of such bytes that are of odd length, or within a western word */
    int64_t kana, hangul; /* of the pairs: leads A4, A5; leads B0 to C8 */
    int64_t sjis, not_sjis; /* pairs of Shift-JIS: kana and usual kanji; bytes that are none */
    int64_t sjis_high;      /* pairs whose second byte is above ASCII, too */
    int64_t sjis_own;       /* of these: with a lead that no western text has */
} pairs;

/* Two letters with accents between others without, "m\xE4\xDFig", are no character. */
static bool is_within_word(const unsigned char *s, int64_t from, int64_t to, int64_t size) {
    return to - from == 2 &&
           ((from > 0 && is_letter(s[from - 1])) || (to < size && is_letter(s[to])));
}

static void count_euc(pairs *p, const unsigned char *s, int64_t size) {
    for (int64_t i = 0; i < size;) {
        int64_t run = i;
        while (run < size && s[run] >= 0xA1) run++;
        if (run == i) {
            i++;
            continue;
        }
        p->odd += ((run - i) & 1) || is_within_word(s, i, run, size);
        for (; i + 1 < run; i += 2) {
            p->pairs++;
            p->kana += within(s[i], 0xA4, 0xA5);
            p->hangul += within(s[i], 0xB0, 0xC8);
        }
        i = run;
    }
}

/* Leads of kana, signs and half of the usual kanji. In windows-1252 they are nothing, or signs
 * behind which no letter stands; quotes, dashes and letters with a hook are others. */
static bool is_own_lead(unsigned char c) {
    return within(c, 0x81, 0x83) || within(c, 0x88, 0x89) || within(c, 0x8B, 0x8D) ||
           within(c, 0x8F, 0x90);
}

static void count_sjis(pairs *p, const unsigned char *s, int64_t size) {
    for (int64_t i = 0; i < size; i++) {
        if (s[i] < 0x80 || within(s[i], 0xA1, 0xDF)) continue;
        bool lead = within(s[i], 0x81, 0x9F) || within(s[i], 0xE0, 0xEA);
        bool pair = lead && i + 1 < size && within(s[i + 1], 0x40, 0xFC) && s[i + 1] != 0x7F;
        bool high = pair && s[i + 1] >= 0x80;
        pair ? p->sjis++ : p->not_sjis++;
        p->sjis_high += high;
        p->sjis_own += high && is_own_lead(s[i]);
        i += pair;
    }
}

static bool can_convert(const char *text, int64_t size, const char *encoding) {
    iconv_t to = iconv_open("UTF-8", encoding);
    if (to == (iconv_t)-1) return false;
    char out[4096], *in = (char *)text;
    size_t left = (size_t)size, got = 0;
    while (left && (got != (size_t)-1 || errno == E2BIG)) {
        char *at = out;
        size_t room = sizeof out;
        got = iconv(to, &in, &left, &at, &room);
    }
    iconv_close(to);
    return !left;
}

/* A letter with an accent, or an apostrophe, and the letter behind it look like a pair as well:
 * "flät", "it’s", "mäßig". Of Japanese text more than half of the second bytes are no letters of
 * ASCII, and about half of the first bytes its own. */
static bool looks_like_sjis(const pairs *p) {
    return p->sjis >= 4 && !p->not_sjis && 2 * p->sjis > p->pairs && 4 * p->sjis_high >= p->sjis &&
           5 * p->sjis_own >= p->sjis;
}

/* Not UTF-8. In western texts a high byte stands alone between letters; two together are rare, and
 * an even number each time is not to be had by chance. */
static const char *by_pairs(const char *text, int64_t size) {
    pairs p = {0};
    count_euc(&p, (const unsigned char *)text, size);
    count_sjis(&p, (const unsigned char *)text, size);
    if (looks_like_sjis(&p) && can_convert(text, size, "SHIFT_JIS")) return "SHIFT_JIS";
    if (p.pairs < 4 || 10 * p.odd > p.pairs) return NULL;
    if (!p.odd && 5 * p.kana > p.pairs) return can_convert(text, size, "EUC-JP") ? "EUC-JP" : NULL;
    if (!p.odd && p.pairs >= 10 && p.hangul == p.pairs)
        return can_convert(text, size, "EUC-KR") ? "EUC-KR" : NULL;
    return can_convert(text, size, "GB18030") ? "GB18030" : NULL;
}

const char *gl_csv_guess_encoding(const char *text, int64_t size) {
    if (size >= 4 && (!memcmp(text, "\xFF\xFE\0\0", 4) || !memcmp(text, "\0\0\xFE\xFF", 4)))
        return "UTF-32";
    if (size >= 2 && (!memcmp(text, "\xFF\xFE", 2) || !memcmp(text, "\xFE\xFF", 2)))
        return "UTF-16";
    const char *utf16 = size >= 8 ? utf16_by_zeros(text, size) : NULL;
    if (utf16) return utf16;
    if (!gl_not_utf8(text, text + size)) return NULL;
    const char *eastern = by_pairs(text, size);
    return eastern ? eastern : "windows-1252";
}
