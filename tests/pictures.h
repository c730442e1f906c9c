/*
 * pictures.h: files of pictures, written byte by byte or by the libraries that read them.
 */
#ifndef TEST_PICTURES_H
#define TEST_PICTURES_H

#include "test.h"

#include <zlib.h>
#ifdef HAVE_JPEG
#include <jpeglib.h>
#endif
#ifdef HAVE_WEBP
#include <webp/encode.h>
#endif

typedef struct blob {
    unsigned char bytes[1 << 16];
    size_t n;
} blob;

static inline void put(blob *b, const void *bytes, size_t n) {
    assert_true(b->n + n <= sizeof b->bytes);
    memcpy(b->bytes + b->n, bytes, n);
    b->n += n;
}

static inline void put_number(blob *b, uint32_t v, int width, bool big) {
    for (int i = 0; i < width; i++)
        put(b, &(unsigned char){(unsigned char)(v >> 8 * (big ? width - 1 - i : i))}, 1);
}

static inline void write_blob(const char *path, const blob *b) {
    char whole[700];
    snprintf(whole, sizeof whole, "%s/%s", scratch(), path);
    FILE *f = fopen(whole, "wb");
    if (!f) fail_msg("cannot write %s", whole);
    assert_int_equal(fwrite(b->bytes, 1, b->n, f), b->n);
    fclose(f);
}

/* --------------------------------------------------------------------------------------- PNG -- */

typedef struct png_kind {
    int bits, type; /* 0 grey, 2 colour, 3 palette, 4 grey and alpha, 6 colour and alpha */
    bool interlaced, transparent; /* transparent: by tRNS */
} png_kind;

static inline int png_samples(int type) {
    return type == 2 ? 3 : type == 4 ? 2 : type == 6 ? 4 : 1;
}

static inline void put_chunk(blob *b, const char *type, const void *data, size_t n) {
    put_number(b, (uint32_t)n, 4, true);
    size_t begin = b->n;
    put(b, type, 4);
    put(b, data, n);
    put_number(b, (uint32_t)crc32(0, b->bytes + begin, (uInt)(n + 4)), 4, true);
}

/* Some rows of a pass: samples of x0, x0 + dx, ... of rows y0, y0 + dy, ... */
static inline void put_pass(blob *raw, png_kind k, const unsigned *sample, int width, int height,
                            const int pass[4]) {
    int samples = png_samples(k.type);
    if (pass[0] >= width) return;
    for (int y = pass[1]; y < height; y += pass[3]) {
        unsigned bits = 0;
        int used = 0;
        put(raw, "", 1); /* no filter */
        for (int x = pass[0]; x < width; x += pass[2])
            for (int c = 0; c < samples; c++) {
                unsigned v = sample[(y * width + x) * samples + c];
                if (k.bits == 16) put_number(raw, v, 2, true);
                else bits = bits << k.bits | v, used += k.bits;
                if (used == 8) put_number(raw, bits, 1, true), bits = 0, used = 0;
            }
        if (used) put_number(raw, bits << (8 - used), 1, true);
    }
}

static inline void put_header(blob *b, png_kind k, uint32_t width, uint32_t height) {
    blob h = {.n = 0};
    b->n = 0;
    put(b, "\x89PNG\r\n\x1A\n", 8);
    put_number(&h, width, 4, true), put_number(&h, height, 4, true);
    put(&h, (unsigned char[]){(unsigned char)k.bits, (unsigned char)k.type, 0, 0, k.interlaced}, 5);
    put_chunk(b, "IHDR", h.bytes, h.n);
}

static inline void put_pixels(blob *b, png_kind k, const unsigned *sample, int width, int height) {
    static const int plain[1][4] = {{0, 0, 1, 1}},
                     adam7[7][4] = {{0, 0, 8, 8}, {4, 0, 8, 8}, {0, 4, 4, 8}, {2, 0, 4, 4},
                                    {0, 2, 2, 4}, {1, 0, 2, 2}, {0, 1, 1, 2}};
    static blob raw, packed;
    raw.n = 0;
    for (int i = 0; i < (k.interlaced ? 7 : 1); i++)
        put_pass(&raw, k, sample, width, height, k.interlaced ? adam7[i] : plain[i]);
    uLongf n = sizeof packed.bytes;
    assert_int_equal(compress(packed.bytes, &n, raw.bytes, raw.n), Z_OK);
    put_chunk(b, "IDAT", packed.bytes, n);
}

/* Entry i of the palette. */
static inline void palette_colour(int i, unsigned char c[4]) {
    c[0] = (unsigned char)(37 * i + 11), c[1] = (unsigned char)(91 * i + 7);
    c[2] = (unsigned char)(203 * i + 3), c[3] = (unsigned char)(255 - 19 * i);
}

/* extra: a chunk in front of the pixels; NULL: none. */
static inline void make_png(blob *b, png_kind k, const unsigned *sample, int width, int height,
                            const char *extra, const void *data, size_t n) {
    unsigned char palette[768], alpha[256], c[4];
    put_header(b, k, (uint32_t)width, (uint32_t)height);
    for (int i = 0; i < 256; i++) {
        palette_colour(i, c);
        memcpy(palette + 3 * i, c, 3), alpha[i] = c[3];
    }
    if (k.type == 3) put_chunk(b, "PLTE", palette, (size_t)3 << k.bits);
    if (k.type == 3 && k.transparent) put_chunk(b, "tRNS", alpha, (size_t)1 << k.bits);
    blob key = {.n = 0};
    for (int i = 0; i < png_samples(k.type); i++) put_number(&key, sample[i], 2, true);
    if (k.type < 3 && k.transparent) put_chunk(b, "tRNS", key.bytes, key.n);
    if (extra) put_chunk(b, extra, data, n);
    put_pixels(b, k, sample, width, height);
    put_chunk(b, "IEND", "", 0);
}

/* -------------------------------------------------------------------------------- JPEG, WebP -- */

#ifdef HAVE_JPEG
/* turn: of Exif, 0: there is no Exif. */
static inline void make_jpeg(blob *b, const unsigned char *pixels, int width, int height,
                             int channels, bool progressive, int turn) {
    struct jpeg_compress_struct j;
    struct jpeg_error_mgr errors;
    unsigned char *out = NULL;
    unsigned long n = 0;
    j.err = jpeg_std_error(&errors);
    jpeg_create_compress(&j);
    jpeg_mem_dest(&j, &out, &n);
    j.image_width = (unsigned)width, j.image_height = (unsigned)height;
    j.input_components = channels;
    j.in_color_space = channels == 1 ? JCS_GRAYSCALE : channels == 3 ? JCS_RGB : JCS_CMYK;
    jpeg_set_defaults(&j);
    jpeg_set_quality(&j, 100, TRUE);
    j.comp_info[0].h_samp_factor = j.comp_info[0].v_samp_factor = 1;
    if (progressive) jpeg_simple_progression(&j);
    jpeg_start_compress(&j, TRUE);
    unsigned char exif[] = "Exif\0\0MM\0*\0\0\0\x08\0\1\1\x12\0\3\0\0\0\1\0\0\0\0\0\0\0\0";
    exif[6 + 8 + 2 + 9] = (unsigned char)turn;
    if (turn) jpeg_write_marker(&j, JPEG_APP0 + 1, exif, sizeof exif - 1);
    while (j.next_scanline < j.image_height) {
        JSAMPROW row = (JSAMPROW)pixels + (size_t)j.next_scanline * (size_t)(width * channels);
        jpeg_write_scanlines(&j, &row, 1);
    }
    jpeg_finish_compress(&j);
    jpeg_destroy_compress(&j);
    b->n = 0;
    put(b, out, n);
    free(out);
}
#endif

#ifdef HAVE_WEBP
static inline void make_webp(blob *b, const unsigned char *pixels, int width, int height,
                             int channels) {
    uint8_t *out = NULL;
    size_t n = channels == 3 ? WebPEncodeLosslessRGB(pixels, width, height, 3 * width, &out)
                             : WebPEncodeLosslessRGBA(pixels, width, height, 4 * width, &out);
    b->n = 0;
    put(b, out, n);
    WebPFree(out);
}
#endif

/* --------------------------------------------------------------------------------------- BMP -- */

/* Rows of `bits` bits as they lie, from the bottom; colours: 4 bytes each. */
static inline void make_bmp(blob *b, int width, int height, int bits, const unsigned char *palette,
                            int colours, const void *rows, size_t n) {
    b->n = 0;
    put(b, "BM", 2);
    put_number(b, (uint32_t)(54 + 4 * colours + (int)n), 4, false), put_number(b, 0, 4, false);
    put_number(b, (uint32_t)(54 + 4 * colours), 4, false), put_number(b, 40, 4, false);
    put_number(b, (uint32_t)width, 4, false), put_number(b, (uint32_t)height, 4, false);
    put_number(b, 1, 2, false), put_number(b, (uint32_t)bits, 2, false);
    for (int i = 0; i < 4; i++) put_number(b, 0, 4, false);
    put_number(b, (uint32_t)colours, 4, false), put_number(b, 0, 4, false);
    put(b, palette, (size_t)colours * 4);
    put(b, rows, n);
}

#endif
