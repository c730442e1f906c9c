/*
 * images.c: pictures in the report: samples, mistakes, and the weights of the first layer.
 */
#include <stdlib.h>
#include <string.h>

#include "parts.h"

static void base64(FILE *f, const uint8_t *bytes, size_t n) {
    static const char digits[] = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/";
    for (size_t i = 0; i < n; i += 3) {
        uint32_t second = i + 1 < n ? bytes[i + 1] : 0, third = i + 2 < n ? bytes[i + 2] : 0;
        uint32_t word = (uint32_t)bytes[i] << 16 | second << 8 | third;
        fputc(digits[word >> 18], f);
        fputc(digits[word >> 12 & 63], f);
        fputc(i + 1 < n ? digits[word >> 6 & 63] : '=', f);
        fputc(i + 2 < n ? digits[word & 63] : '=', f);
    }
}

static void little_endian(uint8_t *to, uint32_t value) {
    for (int i = 0; i < 4; i++) to[i] = (uint8_t)(value >> 8 * i);
}

/* The picture as a 24-bit Windows bitmap, the simplest format that every browser reads: rows
 * from the bottom, BGR, each padded to 4 bytes. */
static void bitmap(FILE *f, const image *i) {
    size_t stride = ((size_t)i->width * 3 + 3) / 4 * 4, size = 54 + stride * (size_t)i->height;
    uint8_t *b = memset(reserve(NULL, size), 0, size), rgb[3];
    memcpy(b, "BM", 2);
    little_endian(b + 2, (uint32_t)size);
    little_endian(b + 10, 54);
    little_endian(b + 14, 40);
    little_endian(b + 18, (uint32_t)i->width);
    little_endian(b + 22, (uint32_t)i->height);
    b[26] = 1;
    b[28] = 24;
    for (int row = 0; row < i->height; row++)
        for (int column = 0; column < i->width; column++) {
            uint8_t *to = b + 54 + stride * (size_t)(i->height - 1 - row) + 3 * (size_t)column;
            image_colour(i, row, column, rgb);
            to[0] = rgb[2], to[1] = rgb[1], to[2] = rgb[0];
        }
    base64(f, b, size);
    free(b);
}

static void figure(page *p, const image *i) {
    int scale = i->width < 72 ? 72 / i->width : 1;
    fprintf(p->f, "<figure><img width=\"%d\" height=\"%d\" alt=\"", i->width * scale,
            i->height * scale);
    html_text(p->f, i->caption);
    fputs("\" src=\"data:image/bmp;base64,", p->f);
    bitmap(p->f, i);
    fprintf(p->f, "\"><figcaption%s>", i->wrong ? " class=\"miss\"" : "");
    html_name(p->f, i->caption);
    if (i->sure > 0) {
        char sure[32];
        snprintf(sure, sizeof sure, "%.1f%%", 100 * i->sure);
        fputs("<br>", p->f);
        TELL(p, percent_sure, sure);
    }
    fputs("</figcaption></figure>\n", p->f);
}

static void images(page *p, phrase title, gallery a, phrase remark, const char *part) {
    if (a.count) {
        section_begin(p, title);
        fputs("<div class=\"gallery\">\n", p->f);
        for (int k = 0; k < a.count; k++) figure(p, &a.image[k]);
        fputs("</div>", p->f);
        note_html(p, remark, FILL(word(p, part)));
        section_end(p);
    }
    gallery_free(&a);
}

void contact_section(page *p, const glia_table *t, int target) {
    if (glia_table_pictures(t).files > 0)
        images(p, SAY_pictures, gallery_of_classes(t, target, 60), SAY_pictures_note,
               target >= 0 ? glia_table_column(t, target).name : "");
}

void images_sections(page *p) {
    const report_input *in = p->in;
    const glia_table *t = shown_table(p);
    const char *part = shown_part(p);
    if (!in->shown) return;
    images(p, SAY_samples, gallery_of_samples(in->model, t, in->shown, false, 16), SAY_samples_note,
           part);
    images(p, SAY_mistakes, gallery_of_samples(in->model, t, in->shown, true, 16),
           SAY_images_wrong_note, part);
    images(p, SAY_looks_for, gallery_of_weights(in->model, t, 24), SAY_looks_for_note, part);
}
