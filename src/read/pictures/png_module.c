/*
 * png_module.c: PNG by libpng, for pictures.c and write.c. A module of its own (glia-png.so),
 * loaded when the first such file is read. Of 1 to 16 bits, with a palette or without, interlaced
 * or not: what leaves is 8 bits a channel, and transparency is a channel.
 *
 * A checksum that is not right is an error in any chunk. libpng would pass over those that it can
 * do without, and one of them says what is transparent.
 */
#include "decoder.h"

#include <png.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

typedef struct source {
    const unsigned char *at, *end;
    char *wrong;
    bool no_memory;
} source;

static void take_bytes(png_structp png, png_bytep to, size_t n) {
    source *s = png_get_io_ptr(png);
    if ((size_t)(s->end - s->at) < n) png_error(png, "it is cut short");
    memcpy(to, s->at, n);
    s->at += n;
}

static void fail(png_structp png, png_const_charp why) {
    const source *s = png_get_error_ptr(png);
    snprintf(s->wrong, GL_WRONG_PICTURE, "%s", why);
    png_longjmp(png, 1);
}

/* What is wrong without spoiling pixels: a colour profile, say. */
static void pass_over(png_structp png, png_const_charp why) { (void)png, (void)why; }

static png_voidp take_memory(png_structp png, size_t size) {
    source *s = png_get_mem_ptr(png);
    void *memory = malloc(size);
    if (!memory) s->no_memory = true;
    return memory;
}

static void give_memory(png_structp png, png_voidp memory) {
    (void)png;
    free(memory);
}

static png_structp open_png(source *s) {
    png_structp png = png_create_read_struct_2(PNG_LIBPNG_VER_STRING, s, fail, pass_over, s,
                                               take_memory, give_memory);
    if (!png) s->no_memory = true;
    return png;
}

/* Texts and profiles are packed, and would be unpacked for nobody. Takes memory: errors go back to
 * whoever has set a place for them. */
static void begin(png_structp png, png_infop info, source *s) {
    static const png_byte unused[] = "iCCP\0iTXt\0tEXt\0zTXt\0sPLT\0hIST\0pCAL\0sCAL\0eXIf";
    png_set_read_fn(png, s, take_bytes);
    png_set_crc_action(png, PNG_CRC_ERROR_QUIT, PNG_CRC_ERROR_QUIT);
    png_set_keep_unknown_chunks(png, PNG_HANDLE_CHUNK_NEVER, unused, sizeof unused / 5);
    png_read_info(png, info);
}

static gl_decoded outcome(const source *s, bool ok) {
    if (s->no_memory) return GL_NO_MEMORY;
    return ok ? GL_DECODED : GL_BROKEN;
}

/* -------------------------------------------------------------------------------- what is it -- */

/* Chunks may stand in any order behind the first, also behind the pixels. False: it is
 * animated. */
static bool look_at_chunks(const unsigned char *b, size_t n, gl_picture *p, char *wrong) {
    for (size_t at = 8, size; n - at >= 12; at += size + 12) {
        size = gl_big_32(b + at);
        if (size > n - at - 12) return true; /* it is cut short, and libpng says so */
        if (!memcmp(b + at + 4, "eXIf", 4)) p->turn = gl_exif_turn(b + at + 8, size);
        if (memcmp(b + at + 4, "acTL", 4) != 0 || size < 8) continue;
        snprintf(wrong, GL_WRONG_PICTURE, "it is animated (APNG, %u frames)",
                 (unsigned)gl_big_32(b + at + 8));
        return false;
    }
    return true;
}

static void read_header(png_structp png, png_infop info, gl_picture *p) {
    png_byte type = png_get_color_type(png, info);
    bool alpha = (type & PNG_COLOR_MASK_ALPHA) || png_get_valid(png, info, PNG_INFO_tRNS);
    p->width = png_get_image_width(png, info);
    p->height = png_get_image_height(png, info);
    p->channels = (type & PNG_COLOR_MASK_COLOR ? 3 : 1) + alpha;
}

static gl_decoded look(const unsigned char *bytes, size_t n, gl_picture *p,
                       char wrong[GL_WRONG_PICTURE]) {
    source s = {.at = bytes, .end = bytes + n, .wrong = wrong};
    png_structp png = open_png(&s);
    png_infop info = png ? png_create_info_struct(png) : NULL;
    volatile bool ok = false;
    if (info && !setjmp(png_jmpbuf(png))) {
        begin(png, info, &s);
        read_header(png, info, p);
        ok = true;
    }
    if (png) png_destroy_read_struct(&png, &info, NULL);
    if (ok && !s.no_memory) ok = look_at_chunks(bytes, n, p, wrong);
    return outcome(&s, ok);
}

/* ------------------------------------------------------------------------------------ pixels -- */

/* An index beyond the palette has no colour; libpng takes black, without a word. */
static void check_palette(png_structp png, png_infop info) {
    png_colorp colours;
    int count = 0;
    if (png_get_color_type(png, info) != PNG_COLOR_TYPE_PALETTE) return;
    png_get_PLTE(png, info, &colours, &count);
    if (png_get_palette_max(png, info) >= count)
        png_error(png, "a pixel has no colour in its palette");
}

/* Each pass of an interlaced picture fills in some of the pixels, so all rows are there. */
static void read_rows(png_structp png, png_infop info, const gl_picture *p, unsigned char *pixels) {
    size_t stride = (size_t)p->width * (size_t)p->channels;
    png_set_expand(png);
    png_set_scale_16(png);
    int passes = png_set_interlace_handling(png);
    png_read_update_info(png, info);
    if (png_get_rowbytes(png, info) != stride) png_error(png, "its rows are of another length");
    for (int pass = 0; pass < passes; pass++)
        for (int64_t row = 0; row < p->height; row++)
            png_read_row(png, pixels + (size_t)row * stride, NULL);
    png_read_end(png, info);
}

static gl_decoded decode(const unsigned char *bytes, size_t n, const gl_picture *p,
                         unsigned char *pixels, char wrong[GL_WRONG_PICTURE]) {
    source s = {.at = bytes, .end = bytes + n, .wrong = wrong};
    png_structp png = open_png(&s);
    png_infop info = png ? png_create_info_struct(png) : NULL;
    volatile bool ok = false;
    if (info && !setjmp(png_jmpbuf(png))) {
        begin(png, info, &s);
        read_rows(png, info, p, pixels);
        check_palette(png, info);
        ok = true;
    }
    if (png) png_destroy_read_struct(&png, &info, NULL);
    return outcome(&s, ok);
}

/* ------------------------------------------------------------------------------------ a file -- */

static void give_bytes(png_structp png, png_bytep bytes, size_t n) {
    fwrite(bytes, 1, n, png_get_io_ptr(png));
}

static void give_all(png_structp png) { fflush(png_get_io_ptr(png)); }

static void write_rows(png_structp png, png_infop info, const gl_picture *p,
                       const unsigned char *pixels) {
    static const int types[] = {[1] = PNG_COLOR_TYPE_GRAY,
                                [2] = PNG_COLOR_TYPE_GRAY_ALPHA,
                                [3] = PNG_COLOR_TYPE_RGB,
                                [4] = PNG_COLOR_TYPE_RGB_ALPHA};
    png_set_IHDR(png, info, (png_uint_32)p->width, (png_uint_32)p->height, 8, types[p->channels],
                 PNG_INTERLACE_NONE, PNG_COMPRESSION_TYPE_DEFAULT, PNG_FILTER_TYPE_DEFAULT);
    png_write_info(png, info);
    for (int64_t row = 0; row < p->height; row++)
        png_write_row(png, pixels + (size_t)row * (size_t)p->width * (size_t)p->channels);
    png_write_end(png, info);
}

static gl_decoded encode(FILE *f, const gl_picture *p, const unsigned char *pixels,
                         char wrong[GL_WRONG_PICTURE]) {
    source s = {.wrong = wrong};
    png_structp png = png_create_write_struct_2(PNG_LIBPNG_VER_STRING, &s, fail, pass_over, &s,
                                                take_memory, give_memory);
    png_infop info = png ? png_create_info_struct(png) : NULL;
    volatile bool ok = false;
    if (!info) s.no_memory = true;
    if (info && !setjmp(png_jmpbuf(png))) {
        png_set_write_fn(png, f, give_bytes, give_all);
        write_rows(png, info, p, pixels);
        ok = true;
    }
    if (png) png_destroy_write_struct(&png, &info);
    return outcome(&s, ok);
}

__attribute__((visibility("default"))) const gl_decoder gl_png = {look, decode, encode};
