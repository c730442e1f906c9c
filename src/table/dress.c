/*
 * dress.c: takes a number apart as people write it.
 *
 *     ($ 1,021.50)    negative, before "$", body "1,021.50"
 *     −6,8 °C         negative, body "6,8", after "°C"
 *     1.2D+01         body "1.2e+01"
 *
 * What a comma or a point in a body means cannot be told from one number: 1,240 is a thousand and
 * some, or a little more than one. Whoever knows the column says it (src/read/cell_numbers.c).
 */
#include "dress.h"

#include <string.h>
#include <strings.h>

static bool is_digit(char c) { return c >= '0' && c <= '9'; }

/* Digits of other scripts, and signs as wide as a Chinese one, become those of ASCII. Returns how
 * many bytes; no more than there were. */
static size_t narrow(const char *s, size_t length, char *to) {
    static const unsigned zeros[] = {0x660, 0x6F0, 0x966,  0x9E6,  0xA66,  0xAE6,
                                     0xB66, 0xBE6, 0xC66,  0xCE6,  0xD66,  0xE50,
                                     0xED0, 0xF20, 0x1040, 0x17E0, 0x1810, 0xFF10};
    size_t n = 0;
    for (size_t i = 0; i < length;) {
        const unsigned char *u = (const unsigned char *)s + i;
        size_t size = *u < 0xC0 ? 1 : *u < 0xE0 ? 2 : *u < 0xF0 ? 3 : 4, left = length - i;
        unsigned c = 0;
        if (size > left) size = 1;
        if (size == 2) c = (u[0] & 0x1Fu) << 6 | (u[1] & 0x3Fu);
        if (size == 3) c = (u[0] & 0xFu) << 12 | (u[1] & 0x3Fu) << 6 | (u[2] & 0x3Fu);
        char as = c > 0xFF00 && c < 0xFF5F ? (char)(c - 0xFEE0)
                  : c == 0x66B             ? '.'
                  : c == 0x66C             ? ','
                                           : 0;
        for (size_t k = 0; k < sizeof zeros / sizeof *zeros && !as; k++)
            if (c >= zeros[k] && c < zeros[k] + 10) as = (char)('0' + c - zeros[k]);
        if (as) to[n++] = as;
        else memcpy(to + n, u, size), n += size;
        i += size;
    }
    return n;
}

static bool has_wide(const char *s, size_t length) {
    for (size_t i = 0; i < length; i++)
        if ((unsigned char)s[i] >= 0xD9 && (unsigned char)s[i] != 0xE2) return true;
    return false;
}

static bool is_letter(char c) { return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z'); }

/* ---------------------------------------------------------------------------------- one sign -- */

typedef struct sign { /* bytes of UTF-8, and what stands for them here */
    const char *bytes;
    char as;
} sign;

/* Length of the sign at s, and what it stands for; 0: none of them. */
static size_t find_sign(const sign *list, size_t count, const char *s, const char *end, char *as) {
    for (size_t i = 0; i < count; i++) {
        size_t n = strlen(list[i].bytes);
        if ((size_t)(end - s) < n || memcmp(s, list[i].bytes, n) != 0) continue;
        if (as) *as = list[i].as;
        return n;
    }
    return 0;
}

/* No-break, figure, punctuation, thin, hair, narrow no-break and ideographic blanks; what pages
 * have for one; and marks of right-to-left texts, which nobody sees. */
static size_t blank_at(const char *s, const char *end) {
    static const sign blanks[] = {{" ", 0},      {"\t", 0},     {"\u00A0", 0}, {"\u2007", 0},
                                  {"\u2008", 0}, {"\u2009", 0}, {"\u200A", 0}, {"\u202F", 0},
                                  {"\u3000", 0}, {"&nbsp;", 0}, {"&#160;", 0}, {"\u200E", 0},
                                  {"\u200F", 0}, {"\u061C", 0}};
    return find_sign(blanks, sizeof blanks / sizeof *blanks, s, end, NULL);
}

/* Word processors make a true minus of a hyphen, or the dash that looks like one. */
static size_t sign_at(const char *s, const char *end, char *as) {
    static const sign signs[] = {{"-", '-'},      {"+", '+'},      {"\u2212", '-'},
                                 {"\u2010", '-'}, {"\u2011", '-'}, {"\u2012", '-'},
                                 {"\u2013", '-'}, {"\uFF0D", '-'}};
    return find_sign(signs, sizeof signs / sizeof *signs, s, end, as);
}

static size_t dash_at(const char *s, const char *end) {
    static const sign dashes[] = {{"-", 0}, {"\u2013", 0}, {"\u2014", 0}, {"\u2012", 0}};
    return find_sign(dashes, sizeof dashes / sizeof *dashes, s, end, NULL);
}

static size_t mark_at(const char *s, const char *end, char *as) {
    static const sign marks[] = {{",", ','}, {".", '.'}, {"'", '\''}, {"\u2019", '\''}, {"_", '_'}};
    return find_sign(marks, sizeof marks / sizeof *marks, s, end, as);
}

static void trim(const char **s, const char **end) {
    size_t n;
    while (*s < *end && (n = blank_at(*s, *end))) *s += n;
    for (bool again = true; again;) {
        again = false;
        for (size_t k = 1; k <= strlen("&nbsp;") && (ptrdiff_t)k <= *end - *s; k++)
            if (blank_at(*end - k, *end) == k) *end -= k, again = true;
    }
}

static bool copy(char *to, size_t size, const char *s, const char *end) {
    size_t n = (size_t)(end - s);
    if (n >= size) return false;
    memcpy(to, s, n);
    to[n] = 0;
    return true;
}

/* ---------------------------------------------------------------------------- what is around -- */

/* Signs of money (the Unicode block from 20A0 on, and those outside of it), and the names that
 * banks and spreadsheets write. */
bool gl_is_currency(const char *text) {
    static const char *const signs[] = {"$",      "\u00A2", "\u00A3", "\u00A4", "\u00A5", "\u0E3F",
                                        "\uFDFC", "\uFF04", "\uFFE0", "\uFFE1", "\uFFE5"};
    static const char names[] =
        " EUR USD GBP CHF JPY CNY RMB INR AUD CAD NZD HKD SGD SEK NOK DKK ISK PLN CZK HUF RON BGN "
        "RUB UAH TRY ILS ZAR BRL MXN ARS CLP COP KRW TWD THB IDR MYR PHP VND AED SAR EGP NGN KES "
        "Rs Rs. kr kr. Kr Fr Fr. SFr. DM Kc zl lei Ft ";
    char word[16];
    size_t n = strlen(text);
    if (!n || n > 11) return false;
    for (size_t i = 0; i < sizeof signs / sizeof *signs; i++)
        if (strstr(text, signs[i])) return true;
    const char *block = strstr(text, "\xE2\x82");
    if (block && (unsigned char)block[2] >= 0xA0) return true;
    word[0] = ' ';
    memcpy(word + 1, text, n);
    memcpy(word + 1 + n, " ", 2);
    return strstr(names, word);
}

/* A word or sign such as %, m2, °C, km/h, sq. ft: letters, signs of other scripts, and a 2 or 3 that
 * is a power. A digit elsewhere makes it another number, as in 5-10, 5x5 or 5 of 10. */
static bool is_unit(const char *s) {
    if (!strcasecmp(s, "O")) return false; /* 88O: somebody's zero */
    if (!is_letter(*s) && !strchr("%\"'", *s) && !((unsigned char)*s & 0x80)) return false;
    for (const char *c = s + 1; *c; c++) {
        bool power = (*c == '2' || *c == '3') && (is_letter(c[-1]) || c[-1] == '^') &&
                     !(c > s + 2 && is_letter(c[-2]) && is_letter(c[-3])) && !is_letter(c[1]) &&
                     !is_digit(c[1]) && c[-1] != 'x';
        if (!power && !is_letter(*c) && !((unsigned char)*c & 0x80) && !strchr(" ./^'\"", *c))
            return false;
    }
    return true;
}

/* ---------------------------------------------------------------------------------- the body -- */

static bool three_digits(const char *s, const char *end) {
    return end - s >= 3 && is_digit(s[0]) && is_digit(s[1]) && is_digit(s[2]) &&
           (end - s == 3 || !is_digit(s[3]));
}

/* "×10^3", "x 10^-3", "·10³" at s: what it is without the factor, up to the power; NULL: none. */
static const char *pass_power_of_ten(const char *s, const char *end) {
    static const sign times[] = {{"\u00D7", 0}, {"\u00B7", 0}, {"x", 0}, {"*", 0}};
    size_t n;
    trim(&s, &end);
    if (!(n = find_sign(times, sizeof times / sizeof *times, s, end, NULL))) return NULL;
    s += n;
    trim(&s, &end);
    if (end - s < 3 || s[0] != '1' || s[1] != '0' || is_digit(s[2])) return NULL;
    return s + 2 + (s[2] == '^');
}

/* "⁻³" */
static size_t raised_at(const char *s, const char *end, char *as) {
    static const sign raised[] = {{"\u2070", '0'}, {"\u00B9", '1'}, {"\u00B2", '2'},
                                  {"\u00B3", '3'}, {"\u2074", '4'}, {"\u2075", '5'},
                                  {"\u2076", '6'}, {"\u2077", '7'}, {"\u2078", '8'},
                                  {"\u2079", '9'}, {"\u207B", '-'}};
    return find_sign(raised, sizeof raised / sizeof *raised, s, end, as);
}

/* The exponent of a power of ten, as read_exponent writes it. */
static const char *read_power(const char *s, const char *end, char *to) {
    enum { MOST = 4 };
    int n = 0;
    char as;
    if (!(s = pass_power_of_ten(s, end))) return NULL;
    *to++ = 'e';
    for (size_t size; s < end && n < MOST; s += size) {
        size = raised_at(s, end, &as);
        if (!size && !(size = sign_at(s, end, &as))) size = 1, as = *s;
        if (!is_digit(as) && !(n == 0 && (as == '-' || as == '+'))) break;
        to[n++] = as;
    }
    to[n] = 0;
    return n && is_digit(to[n - 1]) ? s : NULL;
}

/* "e5", "E-05", "D+01", Mathematica's "*^-5", with no letter behind it: "5 EUR" and "5e" have none. */
static const char *read_exponent(const char *s, const char *end, char *to) {
    char minus = '+';
    if (end - s > 2 && !memcmp(s, ".*^", 3)) s++; /* "3.*^-5" */
    bool caret = end - s > 1 && s[0] == '*' && s[1] == '^';
    if (s >= end || (!caret && !strchr("eEdD", *s))) return NULL;
    s += 1 + caret;
    s += sign_at(s, end, &minus);
    if (s >= end || !is_digit(*s)) return NULL;
    *to++ = 'e';
    *to++ = minus;
    int count = 0;
    for (; s < end && is_digit(*s) && count < 5; s++, count++) *to++ = *s;
    *to = 0;
    return s < end && (is_digit(*s) || is_letter(*s) || *s == '.') ? NULL : s;
}

/* "0.456+101", "0.123-102": Fortran has no place for an E where the exponent has three digits. */
static const char *read_bare_exponent(const char *s, const char *end, const char *body, char *to) {
    enum { DECIMALS = 3, LENGTH = 4 }; /* fewer are hardly a number of it: 1.2-100 */
    const char *point = strchr(body, '.');
    if (!point || strlen(point) <= DECIMALS || end - s != LENGTH) return NULL;
    if ((*s != '+' && *s != '-') || !three_digits(s + 1, end)) return NULL;
    *to++ = 'e';
    memcpy(to, s, LENGTH);
    to[LENGTH] = 0;
    return end;
}

/* Digits and what separates them, from s on; returns what follows, or NULL. */
static const char *read_body(const char *s, const char *end, char *body) {
    enum { MOST = 48 };
    int n = 0, digits = 0;
    while (s < end && n < MOST) {
        char as = ' ';
        if (is_digit(*s)) {
            body[n++] = *s++;
            digits++;
            continue;
        }
        size_t mark = mark_at(s, end, &as);
        if (!mark && n && (mark = blank_at(s, end)) && !three_digits(s + mark, end)) break;
        bool between = mark && s + mark < end && is_digit(s[mark]);
        bool last = mark && n && s + mark == end && (as == '.' || as == ',');
        if (!between && !last) break;
        body[n++] = as;
        s += mark;
    }
    body[n] = 0;
    if (!digits || n == MOST) return NULL;
    const char *behind = read_exponent(s, end, body + n);
    if (!behind) behind = read_power(s, end, body + n);
    if (!behind) behind = read_bare_exponent(s, end, body, body + n);
    if (!behind) body[n] = 0;
    return behind ? behind : s;
}

/* The first digit, or a comma or point in front of one. */
static const char *find_body(const char *s, const char *end) {
    while (s < end && !is_digit(*s) && !((*s == '.' || *s == ',') && s + 1 < end && is_digit(s[1])))
        s++;
    return s;
}

/* ------------------------------------------------------------------------------ all together -- */

/* A sign in front of the currency, behind it, or both sides of it: "-$5", "$-5", "$ -5". */
static bool read_front(const char *s, const char *end, gl_undressed *out) {
    char as = '+';
    size_t n = sign_at(s, end, &as);
    s += n;
    bool negative = n && as == '-', signed_once = n > 0;
    trim(&s, &end);
    for (size_t k = 1; k <= 3 && !signed_once && (ptrdiff_t)k <= end - s; k++) {
        if (sign_at(end - k, end, &as) != k) continue;
        negative = as == '-';
        end -= k;
        break;
    }
    trim(&s, &end);
    out->negative ^= negative;
    return copy(out->before, sizeof out->before, s, end) &&
           (!*out->before || gl_is_currency(out->before));
}

static bool is_ordinal(const char *s, const char *end) {
    static const char *const words[] = {"st", "nd", "rd", GL_RANK_SUFFIX};
    for (size_t i = 0; i < sizeof words / sizeof *words; i++)
        if (end - s == 2 && !strncasecmp(s, words[i], 2)) return true;
    return false;
}

/* ".–", ",-" and "/-" behind a sum say that nothing follows. */
static const char *pass_nothing(const char *s, const char *end) {
    if (s == end || !strchr(".,/", *s)) return s;
    const char *behind = s + 1;
    size_t n;
    while (behind < end && (n = dash_at(behind, end))) behind += n;
    return behind > s + 1 ? behind : s;
}

/* 7½ is 7.5, and no 7 of a unit: U+00BC to U+00BE, U+2150 to U+215E. */
static bool is_fraction(const char *s) {
    const unsigned char *u = (const unsigned char *)s;
    bool latin = u[0] == 0xC2 && u[1] >= 0xBC && u[1] <= 0xBE;
    return latin || (u[0] == 0xE2 && u[1] == 0x85 && u[2] >= 0x90 && u[2] <= 0x9E);
}

/* "5.50-", as SAP writes it, and what else is behind the body. */
static bool read_back(const char *s, const char *end, gl_undressed *out) {
    s = pass_nothing(s, end);
    trim(&s, &end);
    if (end - s == 1 && *s == '-' && !out->negative) {
        out->negative = true;
        return true;
    }
    if (is_ordinal(s, end)) s = GL_RANK_SUFFIX, end = s + strlen(s);
    return copy(out->after, sizeof out->after, s, end) &&
           (!*out->after || (is_unit(out->after) && !is_fraction(out->after)));
}

/* “24.43”: quotes that a word processor made. */
static void open_quotes(const char **s, const char **end) {
    static const sign quotes[] = {{"\u201C", 0}, {"\u201D", 0}, {"\u201E", 0}, {"\u201F", 0}};
    const size_t count = sizeof quotes / sizeof *quotes;
    const ptrdiff_t quote = 3;
    if (*end - *s < 2 * quote || !find_sign(quotes, count, *s, *end, NULL)) return;
    if (!find_sign(quotes, count, *end - quote, *end, NULL)) return;
    *s += quote, *end -= quote;
    trim(s, end);
}

/* Accountants write (5.50) and $(5.50) for what is owed. */
bool gl_undress(const char *text, size_t length, gl_undressed *out) {
    const char *s = text, *end = text + length;
    char narrowed[96];
    *out = (gl_undressed){0};
    trim(&s, &end);
    open_quotes(&s, &end);
    if (s == end || end - s > (ptrdiff_t)sizeof narrowed) return false;
    if (has_wide(s, (size_t)(end - s))) {
        end = narrowed + narrow(s, (size_t)(end - s), narrowed);
        s = narrowed;
        trim(&s, &end);
        if (s == end) return false;
    }
    bool owed = end[-1] == ')';
    const char *bracket = owed ? memchr(s, '(', (size_t)(end - s)) : NULL;
    if (owed && !bracket) return false;
    if (owed) end--;
    const char *body = find_body(s, end);
    if (body == end || (owed && bracket > body)) return false;
    char front[64];
    size_t n = 0;
    for (const char *c = s; c < body; c++) {
        if (owed && c == bracket) continue;
        if (n == sizeof front) return false;
        front[n++] = *c;
    }
    out->negative = owed;
    const char *behind = read_body(body, end, out->body);
    return behind && read_front(front, front + n, out) && read_back(behind, end, out);
}

/* 1,021,357 and, as in India, 10,21,357: up to three digits, then groups of three, or of two with
 * three at last. The first has no leading 0: 0,123 is a fraction. */
static bool are_groups(const char *s, const char *end, char group) {
    int count = 0, first = 0, middle = 0;
    bool any = false;
    for (; s <= end; s++) {
        if (s < end && *s != group) {
            count++;
            continue;
        }
        if (!any) first = count;
        else if (s < end) {
            if (middle && middle != count) return false;
            middle = count;
        }
        any = true;
        if (s < end) count = 0;
    }
    return first >= 1 && first <= 3 && count == 3 &&
           (!middle || middle == 3 || (middle == 2 && first <= 2));
}

bool gl_body_value(const char *body, char decimal, char group, double *value) {
    char plain[64];
    size_t n = 0, whole = strcspn(body, (char[]){decimal, 'e', 0});
    bool grouped = group && memchr(body, group, whole);
    if (grouped && (*body == '0' || !are_groups(body, body + whole, group))) return false;
    for (const char *c = body; *c; c++) {
        if (*c == group && c < body + whole) continue;
        if (*c == decimal && c != body + whole) return false;
        if (*c != decimal && strchr(",.'_ ", *c)) return false;
        plain[n++] = *c == decimal ? '.' : *c;
    }
    return gl_parse_number(plain, n, '.', value);
}

bool gl_dress_value(const gl_dress *d, const char *text, size_t length, double *value) {
    gl_undressed u;
    if (!gl_undress(text, length, &u) || !gl_body_value(u.body, d->decimal, d->group, value))
        return false;
    if (*u.before && strcmp(u.before, d->before) != 0) return false;
    if (strcmp(u.after, d->after) != 0 && (*u.after || *value != 0) &&
        !(gl_is_currency(d->after) && !*u.after))
        return false;
    if (u.negative) *value = -*value;
    return true;
}
