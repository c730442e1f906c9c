/*
 * pnm.c: the pictures of Netpbm, PBM, PGM and PPM, as text (P1, P2, P3) and as bytes (P4, P5, P6).
 *
 *     P6  # a comment
 *     2 1  255          width, height, the largest value; PBM has none, and 1 is black
 *     ff 00 00 00 ff 00
 */
#include "pictures.h"

#include <ctype.h>
#include <stdio.h>
#include <string.h>

typedef struct netpbm {
    const unsigned char *at, *end;
    int kind; /* 1 to 6 */
    int64_t width, height;
    uint32_t most; /* the largest value */
} netpbm;

static gl_decoded wrong_with(char *wrong, const char *why) {
    snprintf(wrong, GL_WRONG_PICTURE, "%s", why);
    return GL_BROKEN;
}

static void skip_blanks(netpbm *f) {
    for (; f->at < f->end; f->at++) {
        if (*f->at == '#')
            while (f->at + 1 < f->end && *f->at != '\n') f->at++;
        else if (!isspace(*f->at)) return;
    }
}

/* -1: there is none, or it is too large for any size. */
static int64_t read_number(netpbm *f) {
    int64_t v = 0;
    skip_blanks(f);
    if (f->at == f->end || !isdigit(*f->at)) return -1;
    for (; f->at < f->end && isdigit(*f->at); f->at++)
        if ((v = 10 * v + *f->at - '0') > INT32_MAX) return -1;
    return v;
}

static bool is_bits(const netpbm *f) { return f->kind == 1 || f->kind == 4; }
static bool is_text(const netpbm *f) { return f->kind <= 3; }
static int channels_of(const netpbm *f) { return f->kind == 3 || f->kind == 6 ? 3 : 1; }

static gl_decoded read_header(netpbm *f, char *wrong) {
    f->kind = f->at[1] - '0';
    f->at += 2;
    f->width = read_number(f), f->height = read_number(f);
    int64_t most = is_bits(f) ? 1 : read_number(f);
    if (f->width < 1 || f->height < 1) return wrong_with(wrong, "its size is not above 0");
    if (most < 1 || most > 65535)
        return wrong_with(wrong, "its largest value is none of 1 to 65535");
    f->most = (uint32_t)most;
    if (is_text(f)) return GL_DECODED;
    if (f->at == f->end || !isspace(*f->at)) return wrong_with(wrong, "its header is cut short");
    f->at++;
    return GL_DECODED;
}

static gl_decoded look(const unsigned char *bytes, size_t n, gl_picture *p, char *wrong) {
    netpbm f = {bytes, bytes + n, 0, 0, 0, 0};
    if (read_header(&f, wrong)) return GL_BROKEN;
    p->width = f.width, p->height = f.height, p->channels = channels_of(&f);
    return GL_DECODED;
}

/* ------------------------------------------------------------------------------------ pixels -- */

/* 0 is white in PBM; its digits need no blanks between. -1: there is none. */
static int64_t next_of_text(netpbm *f) {
    if (f->kind != 1) return read_number(f);
    skip_blanks(f);
    if (f->at == f->end || (*f->at != '0' && *f->at != '1')) return -1;
    return *f->at++ == '0';
}

static bool take(const netpbm *f, int64_t value, unsigned char *to) {
    if (value < 0 || value > f->most) return false;
    *to = (unsigned char)((value * 510 + f->most) / (2 * f->most));
    return true;
}

static gl_decoded take_texts(netpbm *f, int64_t count, unsigned char *to, char *wrong) {
    for (int64_t i = 0; i < count; i++)
        if (!take(f, next_of_text(f), to + i))
            return wrong_with(wrong, f->at == f->end ? "it is cut short"
                                                     : "a value is no number up to the largest");
    return GL_DECODED;
}

static void take_bits(const netpbm *f, unsigned char *to) {
    int64_t stride = (f->width + 7) / 8;
    for (int64_t y = 0; y < f->height; y++)
        for (int64_t x = 0; x < f->width; x++)
            *to++ = f->at[y * stride + x / 8] >> (7 - x % 8) & 1 ? 0 : 255;
}

static gl_decoded take_bytes(const netpbm *f, int64_t count, unsigned char *to, char *wrong) {
    int width = f->most > 255 ? 2 : 1;
    for (int64_t i = 0; i < count; i++) {
        const unsigned char *b = f->at + i * width;
        if (!take(f, width == 2 ? b[0] << 8 | b[1] : *b, to + i))
            return wrong_with(wrong, "a value is above the largest that its header says");
    }
    return GL_DECODED;
}

static int64_t bytes_needed(const netpbm *f) {
    if (is_bits(f)) return (f->width + 7) / 8 * f->height;
    return f->width * f->height * channels_of(f) * (f->most > 255 ? 2 : 1);
}

static gl_decoded decode(const unsigned char *bytes, size_t n, const gl_picture *p,
                         unsigned char *pixels, char *wrong) {
    netpbm f = {bytes, bytes + n, 0, 0, 0, 0};
    int64_t count = p->width * p->height * p->channels;
    if (read_header(&f, wrong)) return GL_BROKEN;
    if (is_text(&f)) return take_texts(&f, count, pixels, wrong);
    if (f.end - f.at < bytes_needed(&f)) return wrong_with(wrong, "it is cut short");
    if (!is_bits(&f)) return take_bytes(&f, count, pixels, wrong);
    take_bits(&f, pixels);
    return GL_DECODED;
}

const gl_decoder gl_pnm = {look, decode};
