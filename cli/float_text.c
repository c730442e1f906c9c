/*
 * float_text.c: a float as the shortest text that reads back as itself, as printf's %g would write
 * it with 6, 7, 8 or 9 digits, but 8 times as fast. Not for doubles: the method lives from the 29
 * bits by which a double is finer than a float.
 *
 * With d digits the number is N 10^-s for a whole N below 10^d. N comes from one product in double,
 * whose error is far below the distance to the next N; N 10^-s, rounded to float, must then be the
 * number again. Where an error of a few units in the last place of a double could decide either
 * question, which happens to one number in a million, printf and strtof are asked.
 */
#include <float.h>
#include <math.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "text.h"

enum { FEWEST = 6, MOST = 9 };

/* x 10^e */
static double scale(double x, int e) {
    static const double power[] = {1e0,  1e1,  1e2,  1e3,  1e4,  1e5,  1e6,  1e7,
                                   1e8,  1e9,  1e10, 1e11, 1e12, 1e13, 1e14, 1e15,
                                   1e16, 1e17, 1e18, 1e19, 1e20, 1e21, 1e22};
    for (; e > 22; e -= 22) x *= 1e22;
    for (; e < -22; e += 22) x /= 1e22;
    return e < 0 ? x / power[-e] : x * power[e];
}

/* The float next to x; false when x is too near the middle between two floats to tell. */
static bool round_to_float(double x, float *nearest) {
    uint64_t bits;
    memcpy(&bits, &x, sizeof bits);
    int64_t from_middle = (int64_t)(bits & 0x1fffffff) - 0x10000000;
    *nearest = (float)x;
    return from_middle > 64 || from_middle < -64;
}

/* x > 0 as the fewest digits N and the power of ten of the first of them. Returns how many digits;
 * 0: too close to tell. */
static int shortest_digits(float x, uint32_t *N, int *exponent) {
    int e = ilogb(x) * 1233 >> 12; /* log10 2 = 1233 / 4096 */
    if ((double)x >= scale(1, e + 1)) e++;
    for (int digits = FEWEST; digits <= MOST; digits++) {
        static const double end[] = {1e6, 1e7, 1e8, 1e9};
        double scaled = scale((double)x, digits - 1 - e), whole = floor(scaled + 0.5);
        bool unsure = fabs(scaled + 0.5 - whole) < 1e-5 || fabs(scaled + 0.5 - whole) > 1 - 1e-5;
        float back;
        if (unsure || !round_to_float(scale(whole, e - digits + 1), &back)) return 0;
        if (back != x) continue;
        if (whole >= end[digits - FEWEST] || whole < end[digits - FEWEST] / 10) return 0;
        *N = (uint32_t)whole;
        *exponent = e;
        return digits;
    }
    return 0;
}

/* N, without the zeros at its end, with the point behind `before` digits. */
static char *put_digits(char *out, uint32_t N, int digits, int before) {
    char text[MOST];
    for (int i = digits - 1; i >= 0; i--, N /= 10) text[i] = (char)('0' + N % 10);
    while (digits > 1 && digits > before && text[digits - 1] == '0') digits--;
    if (before <= 0) out = stpcpy(out, "0.");
    for (int i = before; i < 0; i++) *out++ = '0';
    for (int i = 0; i < digits; i++) {
        if (i == before && i > 0) *out++ = '.';
        *out++ = text[i];
    }
    *out = '\0';
    return out;
}

static char *slowly(float x, char buf[32]) {
    for (int digits = FEWEST; digits <= MOST; digits++) {
        snprintf(buf, 32, "%.*g", digits, (double)x);
        if (strtof(buf, NULL) == x) break;
    }
    return buf;
}

char *exact_text_f32(double value, char buf[32]) {
    uint32_t N;
    int exponent, digits = 0;
    float x = (float)value, size = fabsf(x);
    if (size == 0) return strcpy(buf, signbit(x) ? "-0" : "0");
    if (size >= FLT_MIN && size <= FLT_MAX) digits = shortest_digits(size, &N, &exponent);
    if (digits == 0) return slowly(x, buf);
    char *out = buf;
    if (x < 0) *out++ = '-';
    bool plain = exponent >= -4 && exponent < digits;
    out = put_digits(out, N, digits, plain ? exponent + 1 : 1);
    if (plain) return buf;
    int power = abs(exponent);
    const char tail[] = {'e', exponent < 0 ? '-' : '+', (char)('0' + power / 10),
                         (char)('0' + power % 10), '\0'};
    strcpy(out, tail);
    return buf;
}
