/*
 * words.c: cuts a text into words (words.h), by tables of Unicode and not by a locale: a model must
 * find the same words on every machine.
 */
#include "../base/keyed.h"
#include "words.h"

#include <string.h>

/* ------------------------------------------------------------------------------- characters -- */

typedef struct range {
    uint32_t first, last;
} range;

static const range breaks[] = {
#define BREAK(first, last) {first, last},
#define CAPITAL(first, last, every, add)
#include "letters.def"
#undef BREAK
#undef CAPITAL
};

static const struct {
    range of;
    uint32_t every;
    int32_t add;
} capitals[] = {
#define BREAK(first, last)
#define CAPITAL(first, last, every, add) {{first, last}, every, add},
#include "letters.def"
#undef BREAK
#undef CAPITAL
};

/* Signs that are words by themselves. */
static const range signs[] = {
    {0x0E01, 0x0E4E},   /* Thai, without its digits */
    {0x0E80, 0x0ECF},   /* Lao */
    {0x1000, 0x103F},   /* Burmese */
    {0x1050, 0x108F},   /* of its neighbours */
    {0x1780, 0x17D3},   /* Khmer */
    {0x2600, 0x27BF},   /* weather, faces, hearts, ticks */
    {0x3005, 0x3007},   /* Japanese: again, shut, zero */
    {0x3041, 0x30FF},   /* Hiragana, Katakana */
    {0x31F0, 0x31FF},   /* of Ainu */
    {0x3400, 0x9FFF},   /* Han */
    {0xA9E0, 0xA9FF},   /* Burmese, extended */
    {0xAA60, 0xAA7F},   /* likewise */
    {0xF900, 0xFAFF},   /* Han, for old encodings */
    {0xFF66, 0xFF9F},   /* Katakana of half width */
    {0x1F300, 0x1FAFF}, /* emoji */
    {0x20000, 0x3FFFF}, /* Han */
};

/* Which of n ascending ranges, `size` bytes apart, holds c; -1: none. */
static int find_range(const void *table, size_t size, int n, uint32_t c) {
    int low = 0, high = n;
    while (low < high) {
        int middle = low + (high - low) / 2;
        const range *r = (const void *)((const char *)table + (size_t)middle * size);
        if (r->last < c) low = middle + 1;
        else high = middle;
    }
    const range *r = (const void *)((const char *)table + (size_t)low * size);
    return low < n && r->first <= c ? low : -1;
}

#define FIND(table, c) find_range(table, sizeof *(table), (int)(sizeof(table) / sizeof *(table)), c)

/* The character at s, and how many bytes it has; 0: no UTF-8. */
static int decode(const unsigned char *s, uint32_t *c) {
    int n = *s < 0x80 ? 1 : *s < 0xC2 ? 0 : *s < 0xE0 ? 2 : *s < 0xF0 ? 3 : *s < 0xF5 ? 4 : 0;
    *c = n > 1 ? *s & (0x7Fu >> n) : *s;
    for (int i = 1; i < n; i++) {
        if ((s[i] & 0xC0) != 0x80) return 0;
        *c = *c << 6 | (s[i] & 0x3F);
    }
    bool wrong = (n == 3 && (*c < 0x800 || (*c >= 0xD800 && *c < 0xE000))) ||
                 (n == 4 && (*c < 0x10000 || *c > 0x10FFFF));
    return wrong ? 0 : n;
}

int gl_character(const unsigned char *s) {
    uint32_t c;
    return decode(s, &c);
}

static int encode(uint32_t c, char *to) {
    int n = c < 0x80 ? 1 : c < 0x800 ? 2 : c < 0x10000 ? 3 : 4;
    for (int i = n - 1; i > 0; i--, c >>= 6) to[i] = (char)(0x80 | (c & 0x3F));
    to[0] = (char)(n > 1 ? (0xF00u >> n & 0xFF) | c : c);
    return n;
}

static bool is_break(uint32_t c) {
    if (c < 0x80)
        return !((c >= '0' && c <= '9') || (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z'));
    return FIND(breaks, c) >= 0;
}

static uint32_t small_letter(uint32_t c) {
    if (c < 0x80) return c >= 'A' && c <= 'Z' ? c + 32 : c;
    int i = FIND(capitals, c);
    bool capital = i >= 0 && (c - capitals[i].of.first) % capitals[i].every == 0;
    return capital ? (uint32_t)((int32_t)c + capitals[i].add) : c;
}

/* Latin letters from U+00E0 and from U+0100 on without their accents; ? is one of its own. */
static uint32_t without_accent(uint32_t c) {
    static const char first[] = "aaaaaa?ceeeeiiii?nooooo?ouuuuy?y",
                      second[] = "aaaaaaccccccccdddd"
                                 "eeeeeeeeeegggggggghhhhiiiiiiiiii??jjkk?llllllllll"
                                 "nnnnnn???oooooo??rrrrrrssssssssttttttuuuuuuuuuuuuwwyyyzzzzzz?";
    char plain = c >= 0xE0 && c < 0x100    ? first[c - 0xE0]
                 : c >= 0x100 && c < 0x180 ? second[c - 0x100]
                                           : '?';
    return plain == '?' ? c : (uint32_t)plain;
}

static bool is_blank(uint32_t c) {
    return c == ' ' || (c >= '\t' && c <= '\r') || c == 0xA0 || (c >= 0x2000 && c <= 0x200D) ||
           c == 0x202F || c == 0x205F || c == 0x3000 || c == 0xFEFF;
}

uint32_t gl_plain_letter(const char **s) {
    uint32_t c = (unsigned char)**s;
    if (c > ' ' && c < 0x7F) return ++*s, small_letter(c); /* most are, in a sort of all texts */
    do {
        int n = decode((const unsigned char *)*s, &c);
        if (!n) c = (unsigned char)**s; /* no UTF-8: a sign of its own */
        if (c) *s += n ? n : 1;
    } while (c >= 0x300 && c < 0x370);
    return is_blank(c) ? ' ' : without_accent(small_letter(c));
}

/* ------------------------------------------------------------------------------------- words -- */

gl_words gl_words_of(const char *text, bool pairs) {
    return (gl_words){.rest = (const unsigned char *)text, .pairs = pairs};
}

/* The letter in front as it counts; 0: there is none, and *n bytes are to be left out. */
static uint32_t letter_at(const unsigned char *s, int *n) {
    uint32_t c;
    *n = decode(s, &c);
    if (*n && !is_break(c)) return small_letter(c);
    if (!*n) *n = 1;
    return 0;
}

/* No letter after one that had no room: what is kept is the beginning. */
static void add_letter(gl_words *w, uint32_t c) {
    if (w->last_length <= GL_WORD_BYTES - 4) w->last_length += encode(c, w->last + w->last_length);
}

/* Does it touch a sign, as a sign? */
static bool skip_breaks(gl_words *w, uint32_t *c, int *n) {
    bool touches = w->sign;
    for (*c = 0; *w->rest && !(*c = letter_at(w->rest, n)); touches = false) w->rest += *n;
    w->sign = *c && FIND(signs, *c) >= 0;
    return touches && w->sign;
}

/* The word before, and the last one behind it. */
static void make_pair(gl_words *w, int before, bool touches) {
    if (!touches) w->pair[before++] = ' ';
    memcpy(w->pair + before, w->last, (size_t)w->last_length + 1);
    w->pair_length = before + w->last_length;
}

/* Letters up to the next break or sign, or one sign. */
static bool take_word(gl_words *w) {
    int n = 0, before = w->last_length;
    uint32_t c;
    bool touches = skip_breaks(w, &c, &n);
    if (!c) return false;
    memcpy(w->pair, w->last, (size_t)before);
    w->last_length = 0;
    do {
        add_letter(w, c);
        w->rest += n;
        c = w->sign || !*w->rest ? 0 : letter_at(w->rest, &n);
    } while (c && FIND(signs, c) < 0);
    w->last[w->last_length] = 0;
    w->pair_due = before && (w->pairs || touches);
    if (w->pair_due) make_pair(w, before, touches);
    return true;
}

bool gl_words_next(gl_words *w) {
    bool pair = w->pair_due;
    if (!pair && !take_word(w)) return false;
    if (pair) w->pair_due = false;
    w->word = pair ? w->pair : w->last;
    w->length = pair ? w->pair_length : w->last_length;
    return true;
}

/* -------------------------------------------------------------------------------------- text -- */

/* So many words of so many rows tell. */
enum { ROWS = 1000, WORDS = 200 };

typedef struct seen { /* a set of words, each with the last row that had it */
    const gl_secret *secret;
    uint64_t *word;
    int64_t *row, slots;
} seen;

/* Was it in another row? */
static bool see(const seen *s, uint64_t word, int64_t row) {
    int64_t i = (int64_t)(word & (uint64_t)(s->slots - 1));
    while (s->row[i] && s->word[i] != word) i = (i + 1) & (s->slots - 1);
    bool again = s->row[i] && s->row[i] != row + 1;
    s->word[i] = word, s->row[i] = row + 1;
    return again;
}

typedef struct count {
    double words; /* a sign is half a one, since most words are two signs */
    int64_t cells, all, again;
} count;

/* Numbers are no words here: a phone number is not read. */
static void count_words(count *n, const seen *s, const char *text, int64_t row) {
    gl_words w = gl_words_of(text, false);
    n->cells++;
    for (int k = 0; k < WORDS && gl_words_next(&w); k++) {
        if (w.word[0] >= '0' && w.word[0] <= '9') continue;
        if (w.word == w.last) n->words += w.sign ? 0.5 : 1;
        n->all++;
        if (s) n->again += see(s, gl_keyed_hash(s->secret, w.word, (size_t)w.length), row);
    }
}

static count count_all(const gl_column *c, const int64_t *rows, int64_t n, const seen *s) {
    count all = {0};
    int64_t looked = n < ROWS ? n : ROWS;
    for (int64_t i = 0; i < looked; i++) {
        int64_t at = i * n / looked, row = rows ? rows[at] : at;
        if (c->code[row] >= 0) count_words(&all, s, c->category[c->code[row]], i);
    }
    return all;
}

/* Names of people, "Braund, Mr. Owen Harris", pass, and so they should: Mr. and Mrs. tell. Numbers
 * of tickets and keys do not. A quarter: of 20 titles of six words the tenth word is an old one. */
bool gl_looks_like_text(const glia_table *t, const gl_column *c, const int64_t *rows, int64_t n) {
    if (c->type != GLIA_CATEGORY) return false;
    if (!rows) n = t->rows;
    count k = count_all(c, rows, n, NULL);
    if (k.words < 3 * (double)k.cells || k.cells < 1) return false;
    seen s = {.secret = &t->g->secret, .slots = 1024};
    while (s.slots < 2 * k.all) s.slots *= 2;
    s.word = gl_alloc(t->g, s.slots, sizeof *s.word);
    s.row = gl_alloc(t->g, s.slots, sizeof *s.row);
    if (s.word && s.row) k = count_all(c, rows, n, &s);
    gl_free(t->g, s.word);
    gl_free(t->g, s.row);
    return 4 * k.again >= k.all;
}
