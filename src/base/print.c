/*
 * print.c: a number as the shortest text that reads back as itself, in the form of printf's %g.
 *
 * x = m 2^q owns the decimals between (m - 1/2) 2^q and (m + 1/2) 2^q. With k the whole part of
 * log10 2^q, at most one multiple of 10^(k+1) and at least one of 10^k lies there: the first if
 * there is one, else the second nearest to x is the shortest (Schubfach; Giulietti, 2020). Here
 * powers of ten are a few units in the 128th bit too small. Where that could decide, which is
 * once in a million and where a bound is itself a short decimal (1e23), printf and the reader
 * are asked.
 *
 *     0.1f = 13421773 2^-27, the floats beside it 7.45e-9 away: it owns
 *         0.09999999776 .. 0.10000000521      k = -9
 *         multiples of 10^-8: 0.1 itself, so 0.1 is printed and not 0.100000001490116
 *
 * Seventeen digits would read back as well. Whoever looks at a CSV file of predictions sees what
 * was computed, and not the digits of a binary fraction; and a text that is short is read sooner. A
 * float takes 42 ns, where printf and trying took 480, a double 56 (notebook 2026-11, 21.11).
 */
#include "base.h"
#include "ten.h"

#include <float.h>
#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

enum { FRACTION = 65, UNSURE = 8 }; /* bits behind the point; an error that cannot be exceeded */

typedef struct decimal { /* digits 10^exponent */
    uint64_t digits;
    int exponent;
} decimal;

typedef struct bounds { /* in units of 10^k, with FRACTION bits */
    gl_u128 low, x, high;
} bounds;

/* 1: n lies between low and high, 0: outside, -1: too close to tell. The bounds themselves belong
 * to x when m is even, which is how a reader rounds. That case is as rare as it is near: "too close
 * to tell". */
static int lies_in(const bounds *b, uint64_t n) {
    gl_u128 v = (gl_u128)n << FRACTION;
    if (v > b->low + UNSURE && v + UNSURE < b->high) return 1;
    return v + UNSURE < b->low || v > b->high + UNSURE ? 0 : -1;
}

static int shortest_within(const bounds *b, uint64_t *n) {
    uint64_t whole = (uint64_t)(b->x >> FRACTION), tens = whole - whole % 10;
    for (*n = tens; *n <= tens + 10; *n += 10) {
        int found = lies_in(b, *n);
        if (found) return found;
    }
    gl_u128 half = (gl_u128)1 << (FRACTION - 1), part = b->x - ((gl_u128)whole << FRACTION);
    if (part + UNSURE > half && part < half + UNSURE) return -1;
    *n = whole + (part > half);
    int found = lies_in(b, *n);
    if (found) return found;
    *n = 2 * whole + 1 - *n; /* below a power of two floats lie closer than above */
    return lies_in(b, *n) == 1 ? 1 : -1;
}

/* False: too close to tell. `closer`: the float below m 2^q is half as far away as the one
 * above. */
static bool shortest(uint64_t m, int q, bool closer, decimal *d) {
    int k = (q * 1262611 - (closer ? 524031 : 0)) >> 22; /* log10 2 = 1262611 / 2^22; 3/4 of it */
    gl_ten ten = gl_power_of_ten(-k);
    int shift = q + ten.exponent + 127; /* 10^-k 2^q is from 1 to 10 */
    bounds b = {gl_scale((4 * m - (closer ? 1 : 2)) << shift, ten.m),
                gl_scale(4 * m << shift, ten.m), gl_scale((4 * m + 2) << shift, ten.m)};
    d->exponent = k;
    return shortest_within(&b, &d->digits) == 1;
}

/* x > 0, finite. Many numbers of a table are whole, and below 2^53 (2^24) such a number is its own
 * shortest text; above, not all of its digits may be needed (1e23). */
static bool shortest_of(double x, glia_dtype dtype, decimal *d) {
    int digits = dtype == GLIA_F32 ? FLT_MANT_DIG : DBL_MANT_DIG;
    int least = (dtype == GLIA_F32 ? FLT_MIN_EXP : DBL_MIN_EXP) - digits;
    if (x < ldexp(1, digits) && x == floor(x)) {
        *d = (decimal){(uint64_t)x, 0};
        return true;
    }
    int q = ilogb(x) + 1 - digits;
    if (q < least) q = least;
    uint64_t m = (uint64_t)ldexp(x, -q);
    return shortest(m, q, m == 1ull << (digits - 1) && q > least, d);
}

/* -------------------------------------------------------------------------------------- text -- */

/* The text of `count` digits with the point behind `before` of them. */
static char *put_digits(char *out, const char *text, int count, int before) {
    if (before <= 0) out = stpcpy(out, "0.");
    for (int i = before; i < 0; i++) *out++ = '0';
    for (int i = 0; i < count; i++) {
        if (i == before && i > 0) *out++ = '.';
        *out++ = text[i];
    }
    for (int i = count; i < before; i++) *out++ = '0';
    *out = '\0';
    return out;
}

/* As %g of `usual` digits, or of as many more as there are. */
static void put_decimal(char *out, decimal d, int usual) {
    char text[20];
    int first = sizeof text, count;
    for (; d.digits % 10 == 0; d.digits /= 10) d.exponent++;
    for (; d.digits > 0; d.digits /= 10) text[--first] = (char)('0' + d.digits % 10);
    count = (int)sizeof text - first;
    int power = d.exponent + count - 1;
    bool plain = power >= -4 && power < (count > usual ? count : usual);
    out = put_digits(out, text + first, count, plain ? power + 1 : 1);
    if (!plain) snprintf(out, 16, "e%c%02d", power < 0 ? '-' : '+', abs(power));
}

/* One digit more at a time until the reader gives x back: 17 are always enough (9 for a float). */
static void print_slowly(double x, glia_dtype dtype, int usual, char *out) {
    for (int digits = 1; digits <= DBL_DECIMAL_DIG; digits++) {
        char text[32];
        double back;
        snprintf(text, sizeof text, "%.*e", digits - 1, x);
        char *mark = strchr(text, ','); /* a locale with a decimal comma */
        if (mark) *mark = '.';
        if (!gl_parse_number(text, strlen(text), '.', &back)) continue;
        if (dtype == GLIA_F32 ? (float)back != (float)x : back != x) continue;
        decimal d = {0, atoi(strchr(text, 'e') + 1) - digits + 1};
        for (const char *s = text; *s != 'e'; s++)
            if (*s != '.') d.digits = 10 * d.digits + (uint64_t)(*s - '0');
        put_decimal(out, d, usual);
        return;
    }
}

char *glia_number_print(double value, glia_dtype dtype, char buf[32]) {
    char *out = buf;
    int usual = dtype == GLIA_F32 ? FLT_DIG : DBL_DIG;
    if (isnan(value)) return strcpy(buf, "nan");
    if (signbit(value)) *out++ = '-';
    double x = fabs(dtype == GLIA_F32 ? (double)(float)value : value);
    decimal d;
    if (isinf(x)) strcpy(out, "inf");
    else if (x == 0) strcpy(out, "0");
    else if (shortest_of(x, dtype, &d)) put_decimal(out, d, usual);
    else print_slowly(x, dtype, usual, out);
    return buf;
}

char *gl_print_number(double value, char *buf, size_t size) {
    char text[32];
    snprintf(buf, size, "%s", glia_number_print(value, GLIA_F64, text));
    return buf;
}
