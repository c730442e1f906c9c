/*
 * kind.c: what a picture is by its first bytes, whatever it is called, and who decodes it.
 */
#include "../../base/module.h"
#include "pictures.h"

#include <ctype.h>

static bool is_png(const unsigned char *b, size_t n) {
    return n >= 8 && !memcmp(b, "\x89PNG\r\n\x1A\n", 8);
}

/* Of bytes that are no PNG: "IHDR", the name of the first chunk, stands at 12, or near it where
 * line ends have lost or got a byte. */
bool gl_was_png(const unsigned char *bytes, size_t n) {
    for (size_t at = 10; at <= 14 && at + 4 <= n; at++)
        if (!memcmp(bytes + at, "IHDR", 4)) return true;
    return false;
}

static bool is_jpeg(const unsigned char *b, size_t n) {
    return n >= 3 && !memcmp(b, "\xFF\xD8\xFF", 3);
}

static bool is_webp(const unsigned char *b, size_t n) {
    return n >= 12 && !memcmp(b, "RIFF", 4) && !memcmp(b + 8, "WEBP", 4);
}

/* "BM" begins texts, too: the length of the header behind it is one of a few. */
static bool is_bmp(const unsigned char *b, size_t n) {
    static const uint32_t headers[] = {12, 40, 52, 56, 64, 108, 124};
    uint32_t header = n >= 18 && !memcmp(b, "BM", 2) ? gl_little_32(b + 14) : 0;
    for (size_t i = 0; i < sizeof headers / sizeof *headers; i++)
        if (header == headers[i]) return true;
    return false;
}

static bool is_pnm(const unsigned char *b, size_t n) {
    return n >= 3 && b[0] == 'P' && b[1] >= '1' && b[1] <= '6' && (isspace(b[2]) || b[2] == '#');
}

static const gl_module png = {.name = "glia-png.so",
                              .symbol = "gl_png",
                              .needed_by = "PNG pictures",
                              .package = "libpng-dev",
                              .room = "read"},
                       jpeg = {.name = "glia-jpeg.so",
                               .symbol = "gl_jpeg",
                               .needed_by = "JPEG pictures",
                               .package = "libjpeg-dev",
                               .room = "read"},
                       webp = {.name = "glia-webp.so",
                               .symbol = "gl_webp",
                               .needed_by = "WebP pictures",
                               .package = "libwebp-dev",
                               .room = "read"};

static const struct {
    const char *name;
    bool (*is)(const unsigned char *bytes, size_t n);
    const gl_module *module; /* NULL: it is own code */
    const gl_decoder *decoder;
} kinds[] = {
    {"PNG", is_png, &png, NULL},    {"JPEG", is_jpeg, &jpeg, NULL}, {"WebP", is_webp, &webp, NULL},
    {"BMP", is_bmp, NULL, &gl_bmp}, {"PNM", is_pnm, NULL, &gl_pnm},
};

int gl_picture_kind(const unsigned char *bytes, size_t n) {
    for (int i = 0; i < (int)(sizeof kinds / sizeof *kinds); i++)
        if (kinds[i].is(bytes, n)) return i;
    return -1;
}

const char *gl_picture_kind_name(int kind) {
    return kind < (int)(sizeof kinds / sizeof *kinds) ? kinds[kind].name : NULL;
}

const gl_decoder *gl_picture_decoder(glia_ctx *g, int kind) {
    return kinds[kind].module ? gl_load_module(g, kinds[kind].module) : kinds[kind].decoder;
}

const gl_decoder *gl_picture_encoder(glia_ctx *g) { return gl_load_module(g, &png); }

/* Also those that are not read: whoever has them wants to hear of it. */
bool gl_called_picture(const char *path) {
    static const char *const suffixes[] = {".png",  ".jpg",  ".jpeg", ".jpe", ".jfif",
                                           ".webp", ".bmp",  ".dib",  ".pbm", ".pgm",
                                           ".ppm",  ".pnm",  ".gif",  ".tif", ".tiff",
                                           ".heic", ".heif", ".avif", ".jp2", ".jxl"};
    for (size_t i = 0; i < sizeof suffixes / sizeof *suffixes; i++)
        if (gl_has_suffix(path, suffixes[i])) return true;
    return false;
}
