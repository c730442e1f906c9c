/*
 * number.c: reads numbers, the same in every locale. print.c writes them.
 *
 * A decimal goes the first of three ways which is sure to give the nearest double:
 *
 *     scale_simply         3.14 = 314 / 10^2            one rounded division of two exact doubles
 *     scale_in_128_bits    0.1234567890123456789        19 digits times 10^e in 128 bits
 *     strtod_l             where the rest is too near one half, more than 19 digits, subnormals,
 *                          and inf, nan
 *
 * The second, and eight digits at a time, brought a number of 9 digits from 12.5 to 9.4 ns and one
 * of 17 from 107 to 32; strtod is asked once in a million (notebook 2026-11, 21.12).
 */
#include "base.h"
#include "ten.h"

#include <errno.h>
#include <float.h>
#include <locale.h>
#include <math.h>
#include <pthread.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

static bool is_digit(char c) { return c >= '0' && c <= '9'; }

/* How many of the eight bytes of v, the first one lowest, are digits before one that is none.
 * Digits are 30 to 39 in hexadecimal: the difference sets the high bit of a smaller byte, the sum
 * that of a larger one. What they borrow and carry goes to bytes above the first that is none. */
static int digits_ahead(uint64_t v) {
    const uint64_t less = 0x3030303030303030, more = 0x4646464646464646;
    uint64_t other = ((v - less) | (v + more)) & 0x8080808080808080;
    return other ? __builtin_ctzll(other) / 8 : 8;
}

/* Eight digits as a number: pairs, fours and eights are put together side by side. Bytes of 0 in
 * front are as good as zeros.
 *
 *     bytes, the first digit lowest     1  2  3  4  5  6  7  8
 *     * (10 << 8 | 1) >> 8              12    34    56    78       a byte times 10, plus the next
 *     * (100 << 16 | 1) >> 16           1234        5678
 *     * (10000 << 32 | 1) >> 32         12345678 */
static uint64_t eight_digits(uint64_t v) {
    v = (v & 0x0f0f0f0f0f0f0f0f) * (10 << 8 | 1) >> 8;
    v = (v & 0x00ff00ff00ff00ff) * (100 << 16 | 1) >> 16;
    return (v & 0x0000ffff0000ffff) * (10000ull << 32 | 1) >> 32;
}

/* Appends the digits at s to *digits, of which 19 fit; returns what follows them. Eight at a time,
 * and fewer in the same way, moved to the end: how long numbers are is nothing that a processor
 * foresees. */
static inline const char *read_digits(const char *s, const char *end, uint64_t *digits) {
    static const uint64_t power[] = {1, 10, 100, 1000, 10000, 100000, 1000000, 10000000, 100000000};
    uint64_t d = *digits, v;
    /* The trick above reads the first digit from the lowest byte. */
    bool little = __BYTE_ORDER__ == __ORDER_LITTLE_ENDIAN__;
    for (int n = 8; n == 8 && little && end - s >= 8; s += n) {
        memcpy(&v, s, 8);
        n = digits_ahead(v);
        if (n) d = d * power[n] + eight_digits(v << (64 - 8 * n));
    }
    for (; s < end && is_digit(*s); s++) d = d * 10 + (uint64_t)(*s - '0');
    *digits = d;
    return s;
}

static const char *read_exponent(const char *s, const char *end, int *e) {
    bool down = s < end && *s == '-';
    int size = 0;
    if (s < end && (*s == '-' || *s == '+')) s++;
    if (s == end) return NULL;
    if (!is_digit(*s)) return NULL;
    /* 1e99999999999 must not overflow an int; more than a thousand is 0 or infinite anyway, and
     * what is left of the text then goes to strtod. */
    for (; s < end && is_digit(*s) && size < 1000; s++) size = size * 10 + (*s - '0');
    *e += down ? -size : size;
    return s;
}

/* Exactly representable powers: 10^22 = 2^22 5^22, and 5^22 < 2^53. A product or quotient of two
 * exact doubles is rounded once, so digits up to 2^53 with a small exponent need no more than one
 * operation (Clinger, 1990). */
static bool scale_simply(uint64_t digits, int e, double *value) {
    static const double power[] = {1e0,  1e1,  1e2,  1e3,  1e4,  1e5,  1e6,  1e7,
                                   1e8,  1e9,  1e10, 1e11, 1e12, 1e13, 1e14, 1e15,
                                   1e16, 1e17, 1e18, 1e19, 1e20, 1e21, 1e22};
    if (digits > (1ull << 53) || e < -22 || e > 22) return false;
    *value = e < 0 ? (double)digits / power[-e] : (double)digits * power[e];
    return true;
}

/* The first 128 bits of digits 10^e are at most a few units too small: enough to round, unless the
 * rest is that near to one half (Eisel and Lemire, 2020). False then, and outside of the normal
 * doubles. */
static bool scale_in_128_bits(uint64_t digits, int e, double *value) {
    /* gl_power_of_ten is less than 4 of its units too small. Times a number below 2^64, over 2^64,
     * that stays less than 4, and gl_scale cuts off less than 1: the product is less than 5 too
     * small. What lies within 8 of a half, 16 of 2^74 places, is left to strtod; 2^53 + 1, which is
     * a half, comes there. */
    const unsigned unsure = 8;
    if (digits == 0 || e < GL_TEN_LEAST || e > GL_TEN_MOST) return false;
    int zeros = __builtin_clzll(digits);
    gl_ten ten = gl_power_of_ten(e);
    gl_u128 product = gl_scale(digits << zeros, ten.m);
    int dropped = 128 - DBL_MANT_DIG - !(product >> 127);
    int exponent = dropped + 64 - zeros + ten.exponent;
    gl_u128 half = (gl_u128)1 << (dropped - 1), rest = product & (2 * half - 1);
    if (rest + unsure > half && rest < half + unsure) return false;
    if (exponent < DBL_MIN_EXP - DBL_MANT_DIG || exponent >= DBL_MAX_EXP - DBL_MANT_DIG)
        return false;
    *value = ldexp((double)(uint64_t)((product >> dropped) + (rest > half)), exponent);
    return true;
}

static const char *skip_zeros(const char *s, const char *end) {
    while (s < end && *s == '0') s++;
    return s;
}

const char *gl_parse_plain(const char *s, const char *end, char decimal, double *value) {
    bool negative = s < end && *s == '-';
    if (s < end && (*s == '-' || *s == '+')) s++;
    const char *first = s;
    uint64_t digits = 0;
    int e = 0;
    s = skip_zeros(s, end);
    const char *leading = s;
    s = read_digits(s, end, &digits);
    int64_t count = s - leading, with_zeros = s - first;
    if (s < end && *s == decimal) {
        first = ++s;
        if (count == 0) s = skip_zeros(s, end);
        leading = s;
        s = read_digits(s, end, &digits);
        count += s - leading;
        with_zeros += s - first;
        e = (int)(first - s);
    }
    /* 10^19 < 2^64: nineteen digits fit, whatever they are. */
    if (with_zeros == 0 || count > 19) return NULL;
    if (s < end && (*s == 'e' || *s == 'E') && !(s = read_exponent(s + 1, end, &e))) return NULL;
    double v;
    if (!(scale_simply(digits, e, &v) || scale_in_128_bits(digits, e, &v))) return NULL;
    *value = negative ? -v : v;
    return s;
}

/* strtod reads hexadecimal and digit-group forms too; a number here has only these letters. An id
 * such as 0x1F is a text. */
static bool has_number_letters(const char *s, const char *end) {
    for (; s < end; s++) {
        if (!is_digit(*s) && !strchr("+-.eEinfatyINFATY", *s)) return false;
    }
    return true;
}

/* The locale of C, in every locale of the process. */
static locale_t plain;
static pthread_once_t plain_once = PTHREAD_ONCE_INIT;

static void make_plain(void) { plain = newlocale(LC_ALL_MASK, "C", NULL); }

/* With a decimal comma a point is no number: "1.234" could be a thousand, and guessing wrong would
 * be silent. */
bool gl_parse_number(const char *text, size_t length, char decimal, double *value) {
    const char *s = text, *end = text + length;
    while (s < end && (*s == ' ' || *s == '\t')) s++;
    while (end > s && (end[-1] == ' ' || end[-1] == '\t')) end--;
    char copy[400]; /* longer texts are no numbers */
    size_t n = (size_t)(end - s);
    if (n == 0 || n >= sizeof copy) return false;
    double v;
    if (gl_parse_plain(s, end, decimal, &v) == end) return *value = v, true;
    if (memchr(s, 0, n)) return false;
    memcpy(copy, s, n);
    copy[n] = 0;
    if (decimal != '.') {
        if (strchr(copy, '.')) return false;
        char *mark = strchr(copy, decimal);
        if (mark) *mark = '.';
    }
    if (!has_number_letters(copy, copy + n)) return false;
    char *rest;
    pthread_once(&plain_once, make_plain);
    v = strtod_l(copy, &rest, plain);
    if (rest != copy + n) return false;
    *value = v;
    return true;
}

bool gl_parse_int(const char *text, int64_t *value) {
    if (!is_digit(*text) && !((*text == '-' || *text == '+') && is_digit(text[1]))) return false;
    char *rest;
    errno = 0;
    long long v = strtoll(text, &rest, 10);
    if (*rest || errno) return false;
    *value = v;
    return true;
}
