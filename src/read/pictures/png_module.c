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
    const unsigned char *bytes, *at, *end;
    char *wrong;
    bool no_memory;
} source;

static void take_bytes(png_structp png, png_bytep to, size_t n) {
    source *s = png_get_io_ptr(png);
    if ((size_t)(s->end - s->at) < n) png_error(png, "it is cut short");
    memcpy(to, s->at, n);
    s->at += n;
}

/* What libpng says of a file that broke a rule, and what that means. Behind a chunk's name, which
 * %.4s stands for; the first that fits, "" always does. */
static const struct {
    const char *chunk, *said, *meant;
} reasons[] = {
    {"", "CRC error", "the checksum of its chunk %.4s is wrong: it was changed or damaged"},
    {"", "invalid chunk type", "a chunk has a name that is not of letters: it was damaged"},
    {"", "unhandled critical chunk", "its chunk %.4s is unknown, and it cannot be read without"},
    {"", "Missing IHDR before IDAT", "its header is not the first chunk"},
    {"", "missing IHDR", "its header is not the first chunk"},
    {"", "Missing PLTE before IDAT", "its palette is missing"},
    {"", "PNG unsigned integer out of range", "it claims more than 2147483647 bytes or pixels"},
    {"", "Not enough image data", "its pixels are fewer than its header claims"},
    {"", "bad adaptive filter value", "a row has a filter that PNG does not have"},
    {"", "Invalid palette", "its palette is empty"},
    {"IEND", "out of place", "it ends in front of its pixels"},
    {"IHDR", "out of place", "it has two headers"},
    {"IHDR", "", "its header is damaged"},
    {"PLTE", "", "its palette is damaged"},
    {"tRNS", "", "what says which of its colours are transparent (its chunk tRNS) is damaged"},
    {"IDAT", "", "its packed pixels are damaged"},
};

static bool is_reason(const char *chunk, const char *said, size_t i) {
    return (!*reasons[i].chunk || !strncmp(chunk, reasons[i].chunk, 4)) &&
           (!*reasons[i].said || !strcmp(said, reasons[i].said));
}

/* "IDAT: CRC error", or "Not enough image data". */
static void put_reason(const source *s, const char *why) {
    const char *colon = strstr(why, ": "), *said = colon ? colon + 2 : why;
    for (size_t i = 0; i < sizeof reasons / sizeof *reasons; i++)
        if (is_reason(colon ? why : "", said, i)) {
            snprintf(s->wrong, GL_WRONG_PICTURE, reasons[i].meant, why);
            return;
        }
    snprintf(s->wrong, GL_WRONG_PICTURE, "%s", why);
}

/* Of a header that libpng has refused without a reason: width, height, bits, colours, packing,
 * filter, interlacing, behind the signature and the chunk's name. */
static void put_wrong_header(const source *s) {
    const unsigned char *h = s->bytes + 16;
    if (!gl_big_32(h) || !gl_big_32(h + 4))
        snprintf(s->wrong, GL_WRONG_PICTURE, "its size is not above 0");
    else if (h[10] || h[11] || h[12] > 1)
        snprintf(s->wrong, GL_WRONG_PICTURE,
                 "its header claims a packing, filter or interlacing that PNG does not have");
    else
        snprintf(s->wrong, GL_WRONG_PICTURE,
                 "its header claims %d bits of colour type %d, which PNG does not have", h[8],
                 h[9]);
}

static void fail(png_structp png, png_const_charp why) {
    const source *s = png_get_error_ptr(png);
    if (strcmp(why, "Invalid IHDR data") != 0) put_reason(s, why);
    else put_wrong_header(s);
    png_longjmp(png, 1);
}

/* What is wrong without spoiling pixels: a colour profile, say. What is transparent are pixels; of
 * a picture that has alpha besides, alpha says it. */
static void hear(png_structp png, png_const_charp why) {
    if (!strncmp(why, "tRNS", 4) && !strstr(why, "with alpha channel")) fail(png, why);
}

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
    png_structp png =
        png_create_read_struct_2(PNG_LIBPNG_VER_STRING, s, fail, hear, s, take_memory, give_memory);
    if (!png) s->no_memory = true;
    return png;
}

/* Texts and profiles are packed, and would be unpacked for nobody. Takes memory: errors go back to
 * whoever has set a place for them. */
static void begin(png_structp png, png_infop info, source *s) {
    static const png_byte unused[] = "iCCP\0iTXt\0tEXt\0zTXt\0sPLT\0hIST\0pCAL\0sCAL\0eXIf";
    png_set_read_fn(png, s, take_bytes);
    png_set_crc_action(png, PNG_CRC_ERROR_QUIT, PNG_CRC_ERROR_QUIT);
    png_set_user_limits(png, PNG_UINT_31_MAX, PNG_UINT_31_MAX); /* decode.c has limits of its own */
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
    source s = {bytes, bytes, bytes + n, wrong, false};
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

/* Each pass of an interlaced picture fills in some of the pixels, so all rows are there. */
static void read_rows(png_structp png, png_infop info, const gl_picture *p, size_t stride,
                      unsigned char *pixels) {
    int passes = png_set_interlace_handling(png);
    png_read_update_info(png, info);
    if (png_get_rowbytes(png, info) != stride) png_error(png, "its rows are of another length");
    for (int pass = 0; pass < passes; pass++)
        for (int64_t row = 0; row < p->height; row++)
            png_read_row(png, pixels + (size_t)row * stride, NULL);
    png_read_end(png, info);
}

/* Indexes, which become colours where they lie, from the last to the first. An index beyond the
 * palette has no colour; libpng would take black, without a word. */
static void read_indexes(png_structp png, png_infop info, const gl_picture *p,
                         unsigned char *pixels) {
    png_colorp colour = NULL;
    png_bytep alpha = NULL;
    int colours = 0, alphas = 0;
    png_get_PLTE(png, info, &colour, &colours);
    png_get_tRNS(png, info, &alpha, &alphas, NULL);
    png_set_packing(png);
    read_rows(png, info, p, (size_t)p->width, pixels);
    for (size_t i = (size_t)(p->width * p->height); i-- > 0;) {
        int index = pixels[i];
        unsigned char *to = pixels + i * (size_t)p->channels;
        if (index >= colours) png_error(png, "a pixel has no colour in its palette");
        to[0] = colour[index].red, to[1] = colour[index].green, to[2] = colour[index].blue;
        if (p->channels == 4) to[3] = index < alphas ? alpha[index] : 255;
    }
}

static void read_pixels(png_structp png, png_infop info, const gl_picture *p,
                        unsigned char *pixels) {
    if (png_get_color_type(png, info) == PNG_COLOR_TYPE_PALETTE) {
        read_indexes(png, info, p, pixels);
        return;
    }
    png_set_expand(png);
    png_set_scale_16(png);
    read_rows(png, info, p, (size_t)p->width * (size_t)p->channels, pixels);
}

static gl_decoded decode(const unsigned char *bytes, size_t n, const gl_picture *p,
                         unsigned char *pixels, char wrong[GL_WRONG_PICTURE]) {
    source s = {bytes, bytes, bytes + n, wrong, false};
    png_structp png = open_png(&s);
    png_infop info = png ? png_create_info_struct(png) : NULL;
    volatile bool ok = false;
    if (info && !setjmp(png_jmpbuf(png))) {
        begin(png, info, &s);
        read_pixels(png, info, p, pixels);
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
    png_structp png = png_create_write_struct_2(PNG_LIBPNG_VER_STRING, &s, fail, hear, &s,
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
