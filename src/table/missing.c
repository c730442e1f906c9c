/*
 * missing.c: does a text stand for a missing cell? Some words do in every file; the option
 * 'missing' has more of them, or turns these off:
 *
 *     N/A,-999            two words; -999.0 is -999, too
 *     "a, b"              one, with a comma
 *     none                NA, NaN, null and ? are texts; "none" in quotes is a word
 */
#include "table.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

/* A cell and a word that begin alike may be one number. */
static bool same_number(const char *text, size_t length, const char *word) {
    double a, b;
    if (*text != *word) return false;
    if (!gl_parse_number(word, strlen(word), '.', &a) || isnan(a)) return false;
    return (gl_parse_number(text, length, '.', &b) || gl_parse_number(text, length, ',', &b)) &&
           a == b;
}

/* The sign of four hexadecimal digits, as UTF-8. */
static char *put_sign(char *to, const char *digits) {
    char four[5] = "";
    memcpy(four, digits, 4);
    unsigned c = (unsigned)strtoul(four, NULL, 16);
    if (c >= 0x800) *to++ = (char)(0xE0 | c >> 12), *to++ = (char)(0x80 | (c >> 6 & 0x3F));
    else if (c >= 0x80) *to++ = (char)(0xC0 | c >> 6);
    *to++ = (char)(c >= 0x80 ? 0x80 | (c & 0x3F) : c);
    return to;
}

/* A word as messages show it, with \u200b, \n or \t for what nobody sees, is the word itself. */
static bool is_as_shown(const char *text, size_t length, const char *word) {
    char meant[GL_MISSING_MAX], *to = meant;
    if (!strchr(word, '\\')) return false;
    for (const char *s = word; *s; s++) {
        bool sign = s[0] == '\\' && s[1] == 'u' && strspn(s + 2, "0123456789abcdef") >= 4;
        bool end = s[0] == '\\' && s[1] && strchr("nrt", s[1]);
        if (sign) to = put_sign(to, s + 2), s += 5;
        else if (end) *to++ = s[1] == 'n' ? '\n' : s[1] == 'r' ? '\r' : '\t', s++;
        else *to++ = *s;
    }
    return (size_t)(to - meant) == length && !memcmp(meant, text, length);
}

int gl_missing_word(const char *said, const char *text, size_t length) {
    char word[GL_MISSING_MAX];
    int k = 0;
    for (const char *rest = said, *next; (next = gl_next_item(rest, word)); rest = next, k++) {
        bool quoted = rest[strspn(rest, ", ")] == '"';
        if (!quoted && !strcmp(word, "none")) continue;
        bool same = strlen(word) == length && !memcmp(word, text, length);
        if (same || (length && same_number(text, length, word))) return k;
        if (length && is_as_shown(text, length, word)) return k;
    }
    return -1;
}

static bool words_are_off(const char *said) {
    char word[GL_MISSING_MAX];
    for (const char *rest = said, *next; (next = gl_next_item(rest, word)); rest = next)
        if (!strcmp(word, "none") && rest[strspn(rest, ", ")] != '"') return true;
    return false;
}

static bool is_among(const char *const *words, size_t count, const char *s, size_t n) {
    for (size_t i = 0; i < count; i++)
        if (strlen(words[i]) == n && !memcmp(words[i], s, n)) return true;
    return false;
}

/* What R, pandas, SQL and the UCI repository ("?") write, and what spreadsheets and databases write
 * that no person means as a word. "None" and "-" are not among them: a house without a garage has
 * the type None, and that says something. */
static bool is_known(const char *s, size_t n) {
    static const char *const words[] = {"?",      "NA",     "NaN",     "nan",     "NAN",
                                        "null",   "NULL",   "Null",    "\\N",     "<NA>",
                                        "NaT",    "#N/A",   "#NULL!",  "#DIV/0!", "#VALUE!",
                                        "#REF!",  "#NAME?", "#NUM!",   "(null)",  "(NULL)",
                                        "[NULL]", "<null>", "1.#QNAN", "1.#IND",  "-1.#IND"};
    return n <= 7 && is_among(words, sizeof words / sizeof *words, s, n);
}

bool gl_is_missing(const char *s, size_t n, const char *said) {
    if (!n) return true;
    if (!said) return is_known(s, n);
    return gl_missing_word(said, s, n) >= 0 || (is_known(s, n) && !words_are_off(said));
}

bool gl_is_missing_number(const char *s, size_t n, const char *said) {
    static const char *const words[] = {"-",
                                        "--",
                                        "---",
                                        ".",
                                        ":", /* Eurostat's */
                                        "..",
                                        "...",
                                        "*",
                                        "n/a",
                                        "N/A",
                                        "NA.",
                                        "n.a.",
                                        "N.A.",
                                        "na",
                                        "Na",
                                        "None",
                                        "none",
                                        "NONE",
                                        "nil",
                                        "Nil",
                                        "NIL",
                                        "unknown",
                                        "Unknown",
                                        "UNKNOWN",
                                        "undefined",
                                        "n.d.",
                                        "nd",
                                        "N/D",
                                        "missing",
                                        "Missing",
                                        "MISSING",
                                        "\u2013",
                                        "\u2014",
                                        "#N/A!",
                                        "#DIV0",
                                        "-1.#QNAN",
                                        "not available",
                                        "Not available",
                                        "Undefined",
                                        "-nan(ind)"};
    if (gl_is_missing(s, n, said)) return true;
    bool word = n <= 13 && is_among(words, sizeof words / sizeof *words, s, n);
    return word && !(said && words_are_off(said));
}

glia_status gl_check_missing(glia_ctx *g, const char *said) {
    if (!said || strlen(said) < GL_MISSING_MAX) return GLIA_OK;
    return gl_fail(g, GLIA_USAGE, "option 'missing' has %lld characters, at most %d are read",
                   (long long)strlen(said), GL_MISSING_MAX - 1);
}

/* A slip in the option would else be seen by nobody. */
void gl_warn_unseen(const glia_table *t, const char *said, uint64_t seen) {
    char word[GL_MISSING_MAX];
    int k = 0;
    for (const char *rest = said, *next; rest && k < 64 && (next = gl_next_item(rest, word));
         rest = next, k++) {
        bool none = !strcmp(word, "none") && rest[strspn(rest, ", ")] != '"';
        if (!none && !(seen >> k & 1))
            gl_warn(t->g, "%s: no cell is '%s', as option 'missing' has it", t->source, word);
    }
}
