/*
 * number.c: numbers as text, the same in every locale.
 */
#include "base.h"

#include <errno.h>
#include <locale.h>
#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

/* Exactly representable powers: a product or quotient of two exact doubles is rounded once, so
 * digits up to 2^53 with a small exponent need no more than one operation (Clinger, 1990).
 * Everything else goes to strtod. */
static const double power[] = {1e0,  1e1,  1e2,  1e3,  1e4,  1e5,  1e6,  1e7,
                               1e8,  1e9,  1e10, 1e11, 1e12, 1e13, 1e14, 1e15,
                               1e16, 1e17, 1e18, 1e19, 1e20, 1e21, 1e22};

static bool is_digit(char c) { return c >= '0' && c <= '9'; }

static bool parse_simply(const char *s, const char *end, char decimal, double *value) {
    bool negative = s < end && *s == '-';
    if (s < end && (*s == '-' || *s == '+')) s++;
    uint64_t digits = 0;
    int count = 0, scale = 0;
    for (; s < end && is_digit(*s); s++, count++) digits = digits * 10 + (uint64_t)(*s - '0');
    if (s < end && *s == decimal) {
        for (s++; s < end && is_digit(*s); s++, count++, scale--)
            digits = digits * 10 + (uint64_t)(*s - '0');
    }
    if (count == 0 || count > 18) return false;
    if (s < end && (*s == 'e' || *s == 'E')) {
        bool down = ++s < end && *s == '-';
        if (s < end && (*s == '-' || *s == '+')) s++;
        if (s == end) return false;
        int exponent = 0;
        for (; s < end && is_digit(*s) && exponent < 1000; s++)
            exponent = exponent * 10 + (*s - '0');
        scale += down ? -exponent : exponent;
    }
    if (s != end || digits > (1ull << 53) || scale < -22 || scale > 22) return false;
    double v = (double)digits;
    v = scale < 0 ? v / power[-scale] : v * power[scale];
    *value = negative ? -v : v;
    return true;
}

/* strtod reads hexadecimal and digit-group forms too; a number here has only these letters. */
static bool has_number_letters(const char *s, const char *end) {
    for (; s < end; s++) {
        if (!is_digit(*s) && !strchr("+-.eEinfatyINFATY", *s)) return false;
    }
    return true;
}

bool gl_parse_number(const char *text, size_t length, char decimal, double *value) {
    const char *s = text, *end = text + length;
    while (s < end && (*s == ' ' || *s == '\t')) s++;
    while (end > s && (end[-1] == ' ' || end[-1] == '\t')) end--;
    if (s == end) return false;
    if (parse_simply(s, end, decimal, value)) return true;

    char copy[400];
    size_t n = (size_t)(end - s);
    if (n >= sizeof copy || memchr(s, 0, n)) return false;
    memcpy(copy, s, n);
    copy[n] = 0;
    if (decimal != '.') {
        if (strchr(copy, '.')) return false;
        char *mark = strchr(copy, decimal);
        if (mark) *mark = '.';
    }
    if (!has_number_letters(copy, copy + n)) return false;
    static locale_t
        plain; /* made once; a lost race leaks one small object and gives the same numbers */
    if (!plain) plain = newlocale(LC_ALL_MASK, "C", NULL);
    char *rest;
    double v = strtod_l(copy, &rest, plain);
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

char *gl_print_number(double value, char *buf, size_t size) {
    for (int digits = 15; digits <= 17; digits++) {
        snprintf(buf, size, "%.*g", digits, value);
        char *mark = strchr(buf, ','); /* a locale with a decimal comma */
        if (mark) *mark = '.';
        double back;
        if (isnan(value) || (gl_parse_number(buf, strlen(buf), '.', &back) && back == value)) break;
    }
    return buf;
}
