/*
 * raw.c: see raw.h. Values are copied byte by byte: where they lie they are aligned to nothing.
 */
#include "raw.h"

#include <float.h>
#include <string.h>

bool gl_raw_dtype(gl_raw r, glia_dtype *dtype) {
    bool is_signed = r.kind == 'i';
    switch (r.kind) {
    case 'b': *dtype = GLIA_U8; return r.width == 1;
    case 'f':
        *dtype = r.width <= 4 ? GLIA_F32 : GLIA_F64;
        return r.width == 2 || r.width == 4 || r.width == 8 ||
               (r.width == (int)sizeof(long double) && LDBL_MANT_DIG == 64 && !r.big);
    case 'i':
    case 'u':
        *dtype = r.width == 1 && !is_signed                   ? GLIA_U8
                 : r.width < 4 || (r.width == 4 && is_signed) ? GLIA_I32
                                                              : GLIA_I64;
        return r.width == 1 || r.width == 2 || r.width == 4 || r.width == 8;
    default: return false;
    }
}

/* IEEE 754 binary16: (-1)^s 2^(e - 15) 1.f; binary32 has the bias 127, so 112 is added to e, and
 * ten bits of f become the upper of 23. All values are kept exactly. */
static float half_to_float(uint64_t h) {
    uint32_t sign = (uint32_t)(h & 0x8000) << 16, exponent = h >> 10 & 31, fraction = h & 1023,
             bits;
    if (exponent == 0) { /* zero and subnormal: fraction * 2^-24 */
        float v = (float)fraction / 16777216.0f;
        return sign ? -v : v;
    }
    bits = sign | (exponent == 31 ? 255 : exponent + 112) << 23 | fraction << 13;
    float v;
    memcpy(&v, &bits, sizeof v);
    return v;
}

static uint64_t bits_of(gl_raw r, const unsigned char *from) {
    uint64_t v = 0;
    for (int i = 0; i < r.width; i++) v = v << 8 | from[r.big ? i : r.width - 1 - i];
    return v;
}

static double long_double(const unsigned char *from) {
    long double v;
    memcpy(&v, from, sizeof v);
    return (double)v;
}

static void copy_float(gl_raw r, const unsigned char *from, void *to, int64_t i) {
    if (r.width > 8) {
        ((double *)to)[i] = long_double(from);
        return;
    }
    uint64_t wide = bits_of(r, from);
    uint32_t narrow = (uint32_t)wide;
    if (r.width == 2) ((float *)to)[i] = half_to_float(wide);
    else if (r.width == 4) memcpy((float *)to + i, &narrow, 4);
    else memcpy((double *)to + i, &wide, 8);
}

bool gl_raw_copy(gl_raw r, glia_dtype dtype, const unsigned char *from, void *to, int64_t i) {
    if (r.kind == 'f') return copy_float(r, from, to, i), true;
    uint64_t v = bits_of(r, from);
    int unused = 64 - 8 * r.width;
    int64_t value = r.kind == 'i' ? (int64_t)(v << unused) >> unused : (int64_t)v;
    if (dtype == GLIA_U8) ((uint8_t *)to)[i] = (uint8_t)value;
    else if (dtype == GLIA_I32) ((int32_t *)to)[i] = (int32_t)value;
    else ((int64_t *)to)[i] = value;
    return r.kind == 'i' || value >= 0;
}

/* One character of UTF-32 takes at most four bytes as UTF-8, as many as it has. */
static char *put_utf8(char *to, uint32_t c) {
    int more = c < 0x80 ? 0 : c < 0x800 ? 1 : c < 0x10000 ? 2 : 3;
    static const unsigned char first[] = {0, 0xC0, 0xE0, 0xF0};
    *to++ = (char)(first[more] | c >> 6 * more);
    while (more-- > 0) *to++ = (char)(0x80 | (c >> 6 * more & 63));
    return to;
}

int64_t gl_raw_text(gl_raw r, const unsigned char *from, char *to) {
    char *begin = to;
    if (r.kind == 'S') {
        memcpy(to, from, (size_t)r.width);
        to += r.width;
    } else {
        gl_raw one = {'u', 4, r.big};
        for (int i = 0; i < r.width; i += 4) {
            uint64_t c = bits_of(one, from + i);
            if (c > 0x10FFFF || (c >= 0xD800 && c < 0xE000)) return -1;
            to = put_utf8(to, (uint32_t)c);
        }
    }
    while (to > begin && !to[-1]) to--;
    *to = 0;
    return to - begin;
}
