/*
 * images.c: pictures in the report: samples, mistakes, where the network looked, and what its first
 * layer looks for.
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

enum { HEAD = 54, PALETTE = 4 * 256, SMALL = 512 };

static void bitmap_head(uint8_t *b, const image *i, size_t size, bool grey) {
    memcpy(b, "BM", 2);
    little_endian(b + 2, (uint32_t)size);
    little_endian(b + 10, HEAD + (grey ? PALETTE : 0));
    little_endian(b + 14, 40);
    little_endian(b + 18, (uint32_t)i->width);
    little_endian(b + 22, (uint32_t)i->height);
    b[26] = 1;
    b[28] = grey ? 8 : 24;
    for (int k = 0; grey && k < PALETTE; k++) b[HEAD + k] = (uint8_t)(k % 4 < 3 ? k / 4 : 0);
}

/* The picture as a Windows bitmap, the simplest format that every browser reads: rows from the
 * bottom, each padded to 4 bytes; of greys, where its palette pays, a byte a pixel, else BGR. */
static void bitmap(FILE *f, const image *i) {
    bool grey = i->channels == 1 && !i->weights && i->width * i->height > SMALL;
    size_t bytes = grey ? 1 : 3, stride = ((size_t)i->width * bytes + 3) / 4 * 4,
           first = HEAD + (grey ? PALETTE : 0), size = first + stride * (size_t)i->height;
    uint8_t *b = memset(reserve(NULL, size), 0, size), rgb[3];
    bitmap_head(b, i, size, grey);
    for (int row = 0; row < i->height; row++)
        for (int column = 0; column < i->width; column++) {
            uint8_t *to =
                b + first + stride * (size_t)(i->height - 1 - row) + bytes * (size_t)column;
            image_colour(i, row, column, rgb);
            for (size_t k = 0; k < bytes; k++) to[k] = rgb[2 - k];
        }
    base64(f, b, size);
    free(b);
}

/* What is said of it below, and without eyes. */
static char *caption_of(const page *p, const image *i) {
    char number[32];
    if (i->number && i->weights) return PLAIN(p, unit_number, count_text(i->number, number));
    if (i->number) return PLAIN(p, filter_number, count_text(i->number, number));
    if (i->truth) return PLAIN(p, taken_as, i->class, i->truth);
    return copy_text(i->class ? i->class : "");
}

void put_image(page *p, const image *i, const char *attributes) {
    char *caption = caption_of(p, i);
    fprintf(p->f, "<img%s alt=\"", attributes);
    html_text(p->f, caption);
    fputs("\" src=\"data:image/bmp;base64,", p->f);
    bitmap(p->f, i);
    fputs("\">", p->f);
    free(caption);
}

/* A line below the caption, about a share. */
static void put_share(page *p, phrase what, double share) {
    char text[32];
    snprintf(text, sizeof text, "%.1f%%", 100 * share);
    fputs("<br>", p->f);
    tell(p, what, FILL(text));
}

/* Small ones are enlarged to `width` pixels. */
static void figure(page *p, const image *i, int width) {
    int scale = i->width < width ? width / i->width : 1;
    char size[64], *caption = caption_of(p, i);
    snprintf(size, sizeof size, " width=\"%d\" height=\"%d\"", i->width * scale, i->height * scale);
    fputs("<figure>", p->f);
    put_image(p, i, size);
    fprintf(p->f, "<figcaption%s>", i->truth ? " class=\"miss\"" : "");
    html_name(p->f, caption);
    if (i->sure > 0) put_share(p, SAY_percent_sure, i->sure);
    if (i->look && i->sure > 0) put_share(p, SAY_percent_lost, i->lost);
    fputs("</figcaption></figure>\n", p->f);
    free(caption);
}

/* A picture is so wide at least, and twice as wide where there are few. */
enum { SMALLEST = 72, FEW = 2 };

void put_gallery(page *p, const gallery *a) {
    int times = a->count <= FEW ? 2 : 1;
    fprintf(p->f, "<div class=\"gallery%s\">\n", times > 1 ? " few" : "");
    for (int k = 0; k < a->count; k++) figure(p, &a->image[k], SMALLEST * times);
    fputs("</div>", p->f);
}

static void images(page *p, phrase title, gallery a, phrase remark, const char *about) {
    if (a.count) {
        section_begin(p, title);
        put_gallery(p, &a);
        note_html(p, remark, FILL(about));
        section_end(p);
    }
    gallery_free(&a);
}

void contact_section(page *p, const glia_table *t, int target) {
    if (glia_table_pictures(t).files > 0)
        images(p, SAY_pictures, gallery_of_classes(t, target, 60), SAY_pictures_note,
               target >= 0 ? glia_table_column(t, target).name : "");
}

void looked_note(page *p, const gallery *a) {
    char side[32];
    const image *last = a->count ? &a->image[a->count - 1] : NULL;
    if (!last || !last->look) return;
    count_text(last->look, side);
    if (last->sure > 0) NOTE(p, looked_note, side);
    else NOTE(p, looked_value_note, side);
}

static void looks_section(page *p) {
    const report_input *in = p->in;
    gallery a = gallery_of_looks(p->c, in->model, shown_table(p), in->shown, 8);
    if (a.count) {
        section_begin(p, SAY_looked);
        put_gallery(p, &a);
        looked_note(p, &a);
        section_end(p);
    }
    gallery_free(&a);
}

/* A line for each picture. */
static void variations_section(page *p) {
    enum { PICTURES = 4, TIMES = 5 };
    const report_input *in = p->in;
    char *ways = is_training(p) ? trained_with(in->model, "augment") : copy_text("");
    gallery a = {0};
    if (*ways && strcmp(ways, "none") != 0)
        a = gallery_of_variations(p->c, in->train, ways, PICTURES, TIMES);
    if (a.count) {
        section_begin(p, SAY_varied);
        for (int k = 0; k < a.count; k += 1 + TIMES)
            put_gallery(p, &(gallery){a.image + k, 1 + TIMES});
        NOTE(p, varied_note, ways);
        section_end(p);
    }
    gallery_free(&a);
    free(ways);
}

void images_sections(page *p) {
    const report_input *in = p->in;
    const glia_table *t = shown_table(p);
    const char *part = word(p, shown_part(p));
    if (!in->shown) return;
    images(p, SAY_samples, gallery_of_samples(in->model, t, in->shown, false, 16), SAY_samples_note,
           part);
    images(p, SAY_mistakes, gallery_of_samples(in->model, t, in->shown, true, 16),
           SAY_images_wrong_note, part);
    looks_section(p);
    variations_section(p);
    images(p, SAY_looks_for, gallery_of_weights(in->model, t, 24), SAY_looks_for_note, part);
    images(p, SAY_looks_for, gallery_of_filters(in->model, 32), SAY_filters_note, "");
}
