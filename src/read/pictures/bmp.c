/*
 * bmp.c: Windows bitmaps of 1, 4, 8, 16, 24 and 32 bits, as they lie: no library of their own is
 * needed. Rows stand from the bottom, blue first, each padded to 4 bytes; a height below 0 has them
 * from the top.
 *
 *     B M size 0 offset | 40 width height 1 bits packing ... | palette | rows at offset
 *     14 bytes            header of 12, 40, 52, 56, 108 or 124
 */
#include "pictures.h"

#include <stdio.h>
#include <string.h>

enum { PLAIN = 0, MASKS = 3, MASKS_OF_FOUR = 6 };

typedef struct bitmap {
    const unsigned char *bytes;
    size_t n;
    int64_t width, height, stride;
    bool from_top;
    uint32_t bits, packing, offset;
    const unsigned char *palette;
    uint32_t colours, entry; /* of the palette; bytes of each */
    uint32_t mask[4];        /* of red, green, blue and alpha */
} bitmap;

static gl_decoded wrong_with(char *wrong, const char *why) {
    snprintf(wrong, GL_WRONG_PICTURE, "%s", why);
    return GL_BROKEN;
}

static bool is_one_run(uint32_t mask) {
    if (!mask) return true;
    mask >>= __builtin_ctz(mask);
    return (mask & (mask + 1)) == 0;
}

/* Of 16 bits without masks each colour has five; of 32 alpha is unused, and often 0. */
static bool read_masks(bitmap *b, uint32_t header) {
    static const uint32_t of_16[3] = {0x7C00, 0x3E0, 0x1F}, of_32[3] = {0xFF0000, 0xFF00, 0xFF};
    const size_t at = 14 + 40;
    memcpy(b->mask, b->bits == 16 ? of_16 : of_32, sizeof of_16);
    if (b->packing == PLAIN) return true;
    int count = header >= 56 || b->packing == MASKS_OF_FOUR ? 4 : 3;
    if (at + 4 * (size_t)count > b->n) return false;
    for (int i = 0; i < count; i++) b->mask[i] = gl_little_32(b->bytes + at + 4 * (size_t)i);
    for (int i = 0; i < 4; i++)
        if (!is_one_run(b->mask[i])) return false;
    return b->mask[0] && b->mask[1] && b->mask[2];
}

static bool read_palette(bitmap *b, uint32_t header, uint32_t said) {
    uint32_t most = 1u << b->bits;
    size_t at = 14 + (size_t)header;
    b->entry = header == 12 ? 3 : 4;
    b->colours = said && said < most ? said : most;
    b->palette = b->bytes + at;
    return at + (size_t)b->colours * b->entry <= b->n;
}

static void read_sizes(bitmap *b, uint32_t header) {
    const unsigned char *h = b->bytes + 14;
    if (header == 12) {
        b->width = gl_little_16(h + 4), b->height = gl_little_16(h + 6);
        b->bits = gl_little_16(h + 10);
        return;
    }
    b->width = (int32_t)gl_little_32(h + 4), b->height = (int32_t)gl_little_32(h + 8);
    b->bits = gl_little_16(h + 14), b->packing = gl_little_32(h + 16);
    b->from_top = b->height < 0;
    if (b->from_top) b->height = -b->height;
}

static gl_decoded read_header(bitmap *b, char *wrong) {
    uint32_t header = b->n >= 18 ? gl_little_32(b->bytes + 14) : 0;
    if (b->n < 26 || b->n < 14 + (size_t)header) return wrong_with(wrong, "it is cut short");
    b->offset = gl_little_32(b->bytes + 10);
    read_sizes(b, header);
    bool masks = b->packing == MASKS || b->packing == MASKS_OF_FOUR, palette = b->bits <= 8;
    if (b->packing != PLAIN && !masks)
        return wrong_with(wrong, "it is packed (RLE), which is not read");
    if (b->width < 1 || b->height < 1) return wrong_with(wrong, "its size is not above 0");
    if (b->bits != 1 && b->bits != 4 && b->bits != 8 && b->bits != 16 && b->bits != 24 &&
        b->bits != 32)
        return wrong_with(wrong, "its number of bits is none of 1, 4, 8, 16, 24, 32");
    if (palette && !read_palette(b, header, header == 12 ? 0 : gl_little_32(b->bytes + 46)))
        return wrong_with(wrong, "its palette is cut short");
    if (!palette && b->bits != 24 && !read_masks(b, header))
        return wrong_with(wrong, "its masks are damaged");
    b->stride = (b->width * b->bits + 31) / 32 * 4;
    return GL_DECODED;
}

static gl_decoded look(const unsigned char *bytes, size_t n, gl_picture *p, char *wrong) {
    bitmap b = {.bytes = bytes, .n = n};
    if (read_header(&b, wrong)) return GL_BROKEN;
    p->width = b.width, p->height = b.height;
    p->channels = b.mask[3] ? 4 : 3;
    return GL_DECODED;
}

/* ------------------------------------------------------------------------------------ pixels -- */

static bool take_index(const bitmap *b, const unsigned char *row, int64_t x, unsigned char *to) {
    int64_t bit = x * b->bits;
    uint32_t byte = row[bit / 8], index = byte >> (8 - b->bits - bit % 8) & ((1u << b->bits) - 1);
    if (index >= b->colours) return false;
    const unsigned char *c = b->palette + (size_t)index * b->entry;
    to[0] = c[2], to[1] = c[1], to[2] = c[0];
    return true;
}

/* A part of n bits as one of 8: 31 of 31 is 255. */
static unsigned char part(uint32_t pixel, uint32_t mask) {
    int shift = __builtin_ctz(mask);
    uint64_t most = mask >> shift, value = (pixel & mask) >> shift;
    return (unsigned char)((value * 510 + most) / (2 * most));
}

static void take_masked(const bitmap *b, const unsigned char *row, int64_t x, unsigned char *to) {
    uint32_t pixel = b->bits == 16 ? gl_little_16(row + 2 * x) : gl_little_32(row + 4 * x);
    for (int i = 0; i < (b->mask[3] ? 4 : 3); i++) to[i] = part(pixel, b->mask[i]);
}

static bool take_row(const bitmap *b, const unsigned char *row, int channels, unsigned char *to) {
    bool ok = true;
    for (int64_t x = 0; ok && x < b->width; x++, to += channels) {
        const unsigned char *c = row + 3 * x;
        if (b->bits <= 8) ok = take_index(b, row, x, to);
        else if (b->bits == 24) to[0] = c[2], to[1] = c[1], to[2] = c[0];
        else take_masked(b, row, x, to);
    }
    return ok;
}

static gl_decoded decode(const unsigned char *bytes, size_t n, const gl_picture *p,
                         unsigned char *pixels, char *wrong) {
    bitmap b = {.bytes = bytes, .n = n};
    if (read_header(&b, wrong)) return GL_BROKEN;
    if (b.offset > n || (n - b.offset) / (size_t)b.stride < (size_t)b.height)
        return wrong_with(wrong, "it is cut short");
    for (int64_t y = 0; y < b.height; y++) {
        int64_t row = b.from_top ? y : b.height - 1 - y;
        unsigned char *to = pixels + y * b.width * p->channels;
        if (!take_row(&b, bytes + b.offset + row * b.stride, p->channels, to))
            return wrong_with(wrong, "a pixel has no colour in its palette");
    }
    return GL_DECODED;
}

const gl_decoder gl_bmp = {look, decode};
