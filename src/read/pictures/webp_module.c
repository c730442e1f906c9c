/*
 * webp_module.c: WebP by libwebp, for pictures.c. A module of its own (glia-webp.so), loaded when
 * the first such file is read.
 */
#include "decoder.h"

#include <errno.h>
#include <stdbool.h>
#include <stdio.h>
#include <string.h>

#include <webp/decode.h>

/* libwebp 1.2 calls data damaged where a table of theirs found no memory; errno knows. */
static gl_decoded fail(char *wrong, VP8StatusCode status) {
    static const char *const reasons[] = {
        [VP8_STATUS_UNSUPPORTED_FEATURE] = "it has a feature that libwebp does not know",
        [VP8_STATUS_SUSPENDED] = "it is cut short",
        [VP8_STATUS_NOT_ENOUGH_DATA] = "it is cut short",
    };
    if (status == VP8_STATUS_OUT_OF_MEMORY || errno == ENOMEM) return GL_NO_MEMORY;
    bool known = (size_t)status < sizeof reasons / sizeof *reasons && reasons[status];
    snprintf(wrong, GL_WRONG_PICTURE, "%s", known ? reasons[status] : "its data are damaged");
    return GL_BROKEN;
}

/* Chunks of RIFF: a name, 32 bits of length, and bytes up to an even place. */
static int turn_of(const unsigned char *b, size_t n) {
    for (size_t at = 12, size; at < n && n - at >= 8; at += 8 + size + (size & 1)) {
        size = gl_little_32(b + at + 4);
        if (size > n - at - 8) break;
        if (!memcmp(b + at, "EXIF", 4)) return gl_exif_turn(b + at + 8, size);
    }
    return 1;
}

static gl_decoded look(const unsigned char *bytes, size_t n, gl_picture *p,
                       char wrong[GL_WRONG_PICTURE]) {
    WebPBitstreamFeatures f;
    errno = 0;
    VP8StatusCode status = WebPGetFeatures(bytes, n, &f);
    if (status != VP8_STATUS_OK) return fail(wrong, status);
    if (f.has_animation) return snprintf(wrong, GL_WRONG_PICTURE, "it is animated"), GL_BROKEN;
    p->width = f.width, p->height = f.height;
    p->channels = f.has_alpha ? 4 : 3;
    p->turn = turn_of(bytes, n);
    p->beside = 4 * p->width * p->height; /* of one without loss */
    return GL_DECODED;
}

static gl_decoded decode(const unsigned char *bytes, size_t n, const gl_picture *p,
                         unsigned char *pixels, char wrong[GL_WRONG_PICTURE]) {
    WebPDecoderConfig c;
    errno = 0;
    if (!WebPInitDecoderConfig(&c)) return fail(wrong, VP8_STATUS_UNSUPPORTED_FEATURE);
    c.output.colorspace = p->channels == 4 ? MODE_RGBA : MODE_RGB;
    c.output.is_external_memory = 1;
    c.output.u.RGBA.rgba = pixels;
    c.output.u.RGBA.stride = (int)(p->width * p->channels);
    c.output.u.RGBA.size = (size_t)(p->width * p->height * p->channels);
    VP8StatusCode status = WebPDecode(bytes, n, &c);
    WebPFreeDecBuffer(&c.output);
    return status == VP8_STATUS_OK ? GL_DECODED : fail(wrong, status);
}

__attribute__((visibility("default"))) const gl_decoder gl_webp = {look, decode};
