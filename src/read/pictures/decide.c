/*
 * decide.c: what every row is to be, by what was said or by what the files are; and what there is
 * to say of it.
 *
 *     option 'size' 64x48      64x48
 *     all are 100x100          100x100
 *     40x60 to 800x600         the median of widths and of heights, at most 64 of each
 */
#include "pictures.h"

#include <stdio.h>
#include <stdlib.h>
#include <strings.h>

const char *const gl_picture_fits[] = {"crop", "letterbox", "stretch"};

/* 64x64 in colour are 12,288 numbers: networks of seconds learn of them. */
enum { USUAL_SIDE = 64, MOST_SIDE = 16384 };

/* ----------------------------------------------------------------------------- what was said -- */

static glia_status parse_size(glia_ctx *g, const char *said, gl_picture_shape *s) {
    char *end = NULL;
    bool digits = said && *said >= '1' && *said <= '9';
    if (!said || !strcasecmp(said, "auto")) return GLIA_OK;
    s->width = s->height = digits ? strtoll(said, &end, 10) : 0;
    if (digits && (*end == 'x' || *end == 'X') && end[1] >= '1' && end[1] <= '9')
        s->height = strtoll(end + 1, &end, 10);
    if (digits && !*end && s->width <= MOST_SIDE && s->height <= MOST_SIDE) return GLIA_OK;
    return gl_fail(g, GLIA_USAGE,
                   "option 'size' is '%s', expected WIDTHxHEIGHT in pixels, such as 64x48, each up "
                   "to %d",
                   said, (int)MOST_SIDE);
}

static glia_status parse_fit(glia_ctx *g, const char *said, gl_picture_shape *s) {
    s->fit = GL_FIT_CROP;
    for (gl_fit f = GL_FIT_CROP; said && f <= GL_FIT_STRETCH; f++)
        if (!strcmp(said, gl_picture_fits[f])) return s->fit = f, GLIA_OK;
    if (!said) return GLIA_OK;
    return gl_fail(g, GLIA_USAGE, "option 'fit' is crop, letterbox or stretch, found '%s'", said);
}

static glia_status parse_channels(glia_ctx *g, const char *said, gl_picture_shape *s) {
    if (!said || !strcasecmp(said, "auto")) return GLIA_OK;
    if (strlen(said) == 1 && strchr("134", *said)) return s->channels = *said - '0', GLIA_OK;
    return gl_fail(g, GLIA_USAGE,
                   "option 'channels' is 1 (grey), 3 (colour) or 4 (colour and alpha), found '%s'",
                   said);
}

glia_status gl_parse_picture_options(glia_ctx *g, const glia_read_options *o, gl_picture_shape *s) {
    const char *bad = o->bad_images;
    glia_status status = parse_size(g, o->size, s);
    if (!status) status = parse_fit(g, o->fit, s);
    if (!status) status = parse_channels(g, o->channels, s);
    if (status || !bad || !strcmp(bad, "skip") || !strcmp(bad, "fail")) return status;
    return gl_fail(g, GLIA_USAGE, "option 'bad-images' is skip or fail, found '%s'", bad);
}

/* ------------------------------------------------------------------------ what the files are -- */

static int by_size(const void *a, const void *b) {
    int64_t p = *(const int64_t *)a, q = *(const int64_t *)b;
    return (p > q) - (p < q);
}

/* As they stand upright. */
static int64_t width_of(const gl_picture *p) { return p->turn >= 5 ? p->height : p->width; }
static int64_t height_of(const gl_picture *p) { return p->turn >= 5 ? p->width : p->height; }

/* The least, the median, the largest. */
static void spread(int64_t *v, int64_t n, int64_t out[3]) {
    qsort(v, (size_t)n, sizeof *v, by_size);
    out[0] = v[0], out[1] = v[n / 2], out[2] = v[n - 1];
}

static bool measure(const gl_picture_list *l, glia_pictures *p) {
    int64_t *side = gl_alloc(l->g, l->n, sizeof *side), n = 0;
    for (int64_t i = 0; side && i < l->n; i++)
        if (l->file[i].state == GL_PICTURE_SEEN) side[n++] = width_of(&l->file[i].seen);
    if (n) spread(side, n, p->width);
    n = 0;
    for (int64_t i = 0; side && i < l->n; i++)
        if (l->file[i].state == GL_PICTURE_SEEN) side[n++] = height_of(&l->file[i].seen);
    if (n) spread(side, n, p->height);
    gl_free(l->g, side);
    return side;
}

/* "397 JPEG, 3 PNG" */
static void list_kinds(const gl_picture_list *l, glia_pictures *p) {
    int used = 0;
    for (int kind = 0; gl_picture_kind_name(kind); kind++) {
        int64_t count = 0;
        for (int64_t i = 0; i < l->n; i++)
            count += l->file[i].state == GL_PICTURE_SEEN && l->file[i].kind == kind;
        if (count)
            used += snprintf(p->kinds + used, sizeof p->kinds - (size_t)used, "%s%lld %s",
                             used ? ", " : "", (long long)count, gl_picture_kind_name(kind));
    }
}

glia_status gl_note_pictures(gl_picture_list *l) {
    glia_pictures *p = &l->t->pictures;
    *p = (glia_pictures){0};
    for (int64_t i = 0; i < l->n; i++) {
        const gl_picture_file *f = &l->file[i];
        p->broken += f->state == GL_PICTURE_BROKEN;
        if (f->state != GL_PICTURE_SEEN) continue;
        p->files++;
        p->coloured += f->seen.channels >= 3;
        p->transparent += f->seen.channels % 2 == 0;
    }
    if (!measure(l, p)) return GLIA_RESOURCE;
    list_kinds(l, p);
    return GLIA_OK;
}

/* ---------------------------------------------------------------------------------- deciding -- */

static bool are_equal(const glia_pictures *p) {
    return p->width[0] == p->width[2] && p->height[0] == p->height[2];
}

static void decide_size(const glia_pictures *p, gl_picture_shape *s) {
    int64_t width = p->width[1], height = p->height[1], longer = width > height ? width : height;
    s->width = width, s->height = height;
    if (are_equal(p) || longer <= USUAL_SIDE) return;
    s->width = (2 * width * USUAL_SIDE + longer) / (2 * longer);
    s->height = (2 * height * USUAL_SIDE + longer) / (2 * longer);
    if (s->width < 1) s->width = 1;
    if (s->height < 1) s->height = 1;
}

static void say_size(gl_text *said, const glia_pictures *p, const gl_picture_shape *s) {
    gl_add(said, "%s%lldx%lld, %s (option 'size')", said->n ? "; " : "", (long long)s->width,
           (long long)s->height,
           are_equal(p) ? "as they are" : "by the median of their widths and heights");
}

static bool keep_shape(const gl_picture_list *l) {
    const gl_picture_shape *s = &l->shape;
    for (int64_t i = 0; i < l->n; i++) {
        const gl_picture *p = &l->file[i].seen;
        if (l->file[i].state == GL_PICTURE_SEEN &&
            width_of(p) * s->height != height_of(p) * s->width)
            return false;
    }
    return true;
}

static void say_fit(const gl_picture_list *l) {
    gl_note(l->g,
            "%s: of pictures of another shape the middle is taken (option 'fit' crop, letterbox or "
            "stretch)",
            l->t->source);
}

/* Alpha where all have it: a few with it among others would make a channel that is 255 nearly
 * everywhere. */
static void decide_channels(const glia_pictures *p, gl_picture_shape *s) {
    s->channels = p->transparent == p->files ? 4 : p->coloured ? 3 : 1;
}

static void say_channels(gl_text *said, const glia_pictures *p, const gl_picture_shape *s) {
    static const char *const names[] = {[1] = "1 channel, grey",
                                        [3] = "3 channels, red, green and blue",
                                        [4] = "4 channels, red, green, blue and alpha"};
    gl_add(said, "%s%s", said->n ? "; " : "", names[s->channels]);
    if (p->coloured && p->coloured < p->files)
        gl_add(said, ", as %lld of %lld have colour", (long long)p->coloured, (long long)p->files);
    if (p->transparent && s->channels < 4)
        gl_add(said, ", what is transparent lies on white (%lld have alpha)",
               (long long)p->transparent);
    gl_add(said, " (option 'channels')");
}

glia_status gl_decide_shape(gl_picture_list *l, const glia_read_options *o) {
    gl_picture_shape *s = &l->shape;
    glia_status status = gl_note_pictures(l);
    const glia_pictures *p = &l->t->pictures;
    if (status || !p->files) return status;
    gl_text said = {.g = l->g};
    const bool size = !s->width, channels = !s->channels;
    if (size) decide_size(p, s), say_size(&said, p, s);
    if (channels) decide_channels(p, s), say_channels(&said, p, s);
    if (said.s) gl_note(l->g, "%s: pictures become %s", l->t->source, said.s);
    if (!o->fit && !keep_shape(l)) say_fit(l);
    gl_free(l->g, said.s);
    return said.failed ? GLIA_RESOURCE : GLIA_OK;
}
