/*
 * fit.c: one picture in the size and channels of all: turned upright, cut or framed, and shrunk by
 * area averaging.
 *
 * A pixel of the result is the mean of what lies under it, in whole numbers and rounded once. Five
 * pixels become two:
 *
 *     |  a  |  b  |  c  |  d  |  e  |       in fifths of a pixel of the result: 2 each
 *     |       x       |      y      |       x = (2a + 2b + c) / 5, y = (c + 2d + 2e) / 5
 *
 * Rows are summed first, since that is one addition a value over memory in order; then columns, of
 * as few rows as the result has.
 *
 * Colour under what is transparent counts as much as it is seen: means are of colour times alpha.
 * Where the result has no alpha, a picture lies on white.
 */
#include "pictures.h"

bool gl_picture_room(glia_ctx *g, void *memory_ptr, int64_t *cap, int64_t need, size_t size) {
    void **memory = memory_ptr;
    if (need <= *cap) return true;
    gl_free(g, *memory);
    *cap = 0;
    if (!(*memory = gl_alloc_unset(g, need, size))) return false;
    *cap = need;
    return true;
}

void gl_free_picture_work(gl_picture_work *w) {
    gl_free(w->g, w->pixels);
    gl_free(w->g, w->turned);
    gl_free(w->g, w->sums);
    gl_free(w->g, w->row);
    gl_free(w->g, w->fitted);
}

/* ----------------------------------------------------------------------------------- turning -- */

/* Where the pixel (x, y) of the upright picture is in the file: as Exif numbers the eight ways. */
static int64_t place_of(const gl_picture *p, int64_t x, int64_t y) {
    int64_t right = p->width - 1, bottom = p->height - 1;
    switch (p->turn) {
    case 2: return y * p->width + right - x;
    case 3: return (bottom - y) * p->width + right - x;
    case 4: return (bottom - y) * p->width + x;
    case 5: return x * p->width + y;
    case 6: return (bottom - x) * p->width + y;
    case 7: return (bottom - x) * p->width + right - y;
    case 8: return x * p->width + right - y;
    default: return y * p->width + x;
    }
}

static void turn(const gl_picture *p, const unsigned char *from, unsigned char *to) {
    bool lies = p->turn >= 5;
    int64_t width = lies ? p->height : p->width, height = lies ? p->width : p->height;
    for (int64_t y = 0; y < height; y++)
        for (int64_t x = 0; x < width; x++, to += p->channels)
            memcpy(to, from + place_of(p, x, y) * p->channels, (size_t)p->channels);
}

/* ---------------------------------------------------------------------------------- channels -- */

/* Of a colour v that hides a / 255 of what is behind it. */
static unsigned on_white(unsigned v, unsigned a) { return (v * a + 255 * (255 - a) + 127) / 255; }

/* In place; the channels that are left. */
static int lay_on_white(unsigned char *pixels, int64_t count, int channels) {
    int colours = channels - 1;
    unsigned char *to = pixels;
    for (const unsigned char *from = pixels; from < pixels + count * channels; from += channels)
        for (int k = 0; k < colours; k++) *to++ = (unsigned char)on_white(from[k], from[colours]);
    return colours;
}

/* Luma of ITU-R BT.601 in 16 bits: shares of red, green and blue that are 65536 together. */
static unsigned char grey_of(const unsigned char *c) {
    return (unsigned char)((19595u * c[0] + 38470u * c[1] + 7471u * c[2] + 32768u) >> 16);
}

static void put_row(const unsigned char *row, int64_t n, int from, int to, unsigned char *out) {
    bool colour = from >= 3;
    for (int64_t x = 0; x < n; x++, row += from, out += to) {
        if (to == 1) *out = colour ? grey_of(row) : *row;
        else
            for (int k = 0; k < 3; k++) out[k] = row[colour ? k : 0];
        if (to == 4) out[3] = from % 2 ? 255 : row[from - 1];
    }
}

/* ------------------------------------------------------------------------------------- areas -- */

typedef struct view { /* a part of a picture */
    const unsigned char *at;
    int64_t width, height, stride; /* stride: bytes from row to row */
    int channels;
} view;

/* What of [from, from + length) lies in [begin, end). */
static int64_t overlap(int64_t from, int64_t length, int64_t begin, int64_t end) {
    int64_t low = from > begin ? from : begin, high = from + length < end ? from + length : end;
    return high - low;
}

/* 255 times the height of a picture stays below 2^32 (MOST_SIDE in decode.c). */
static void add_row(uint32_t *sum, const unsigned char *row, int64_t n, uint32_t weight) {
    for (int64_t i = 0; i < n; i++) sum[i] += weight * row[i];
}

static void add_seen(uint64_t *sum, const unsigned char *row, int64_t n, int channels,
                     uint64_t weight) {
    int alpha = channels - 1;
    for (int64_t i = 0; i < n; i += channels) {
        for (int k = 0; k < alpha; k++) sum[i + k] += weight * row[i + k] * row[i + alpha];
        sum[i + alpha] += weight * row[i + alpha];
    }
}

/* Columns of the rows under row y of the result, which has `height` of them. */
static void sum_rows(const view *v, int64_t y, int64_t height, uint64_t *sums) {
    bool alpha = v->channels % 2 == 0;
    int64_t begin = y * v->height, end = begin + v->height, n = v->width * v->channels;
    memset(sums, 0, (size_t)n * (alpha ? sizeof(uint64_t) : sizeof(uint32_t)));
    for (int64_t k = begin / height; k * height < end; k++) {
        int64_t weight = overlap(k * height, height, begin, end);
        const unsigned char *row = v->at + k * v->stride;
        if (alpha) add_seen(sums, row, n, v->channels, (uint64_t)weight);
        else add_row((uint32_t *)sums, row, n, (uint32_t)weight);
    }
}

static uint64_t divide(uint64_t sum, uint64_t by) { return by ? (sum + by / 2) / by : 0; }

/* The pixel of the sums; area: of it, in parts of pixels. */
static void put_pixel(const uint64_t *sum, int channels, uint64_t area, unsigned char *to) {
    int alpha = channels % 2 ? channels : channels - 1;
    for (int k = 0; k < alpha; k++)
        to[k] = (unsigned char)divide(sum[k], channels == alpha ? area : sum[alpha]);
    if (channels > alpha) to[alpha] = (unsigned char)divide(sum[alpha], area);
}

/* Row by row of columns becomes `width` pixels. */
static void sum_columns(const view *v, const uint64_t *sums, int64_t width, unsigned char *to) {
    const uint32_t *narrow = (const uint32_t *)sums;
    bool alpha = v->channels % 2 == 0;
    uint64_t area = (uint64_t)v->width * (uint64_t)v->height;
    for (int64_t x = 0; x < width; x++, to += v->channels) {
        int64_t begin = x * v->width, end = begin + v->width;
        uint64_t sum[4] = {0};
        for (int64_t k = begin / width; k * width < end; k++) {
            uint64_t weight = (uint64_t)overlap(k * width, width, begin, end);
            for (int c = 0; c < v->channels; c++) {
                int64_t i = k * v->channels + c;
                sum[c] += weight * (alpha ? sums[i] : narrow[i]);
            }
        }
        put_pixel(sum, v->channels, area, to);
    }
}

/* ----------------------------------------------------------------------------------- fitting -- */

static int64_t rounded(int64_t a, int64_t b, int64_t by) {
    int64_t v = (2 * a * b + by) / (2 * by);
    return v > 1 ? v : 1;
}

/* The middle of it, with the sides of the result in proportion. */
static void cut(view *v, const gl_picture_shape *s) {
    int64_t width = v->width, height = v->height;
    if (width * s->height > height * s->width) width = rounded(height, s->width, s->height);
    else height = rounded(width, s->height, s->width);
    if (width > v->width) width = v->width;
    if (height > v->height) height = v->height;
    v->at += (v->height - height) / 2 * v->stride + (v->width - width) / 2 * v->channels;
    v->width = width, v->height = height;
}

typedef struct frame { /* where the picture is in the result */
    int64_t x, y, width, height;
} frame;

static frame frame_of(const view *v, const gl_picture_shape *s) {
    frame f = {0, 0, s->width, s->height};
    if (s->fit != GL_FIT_LETTERBOX) return f;
    if (v->width * s->height > v->height * s->width)
        f.height = rounded(v->height, s->width, v->width);
    else f.width = rounded(v->width, s->height, v->height);
    if (f.width > s->width) f.width = s->width;
    if (f.height > s->height) f.height = s->height;
    f.x = (s->width - f.width) / 2, f.y = (s->height - f.height) / 2;
    return f;
}

static void fit(gl_picture_work *w, view *v, const gl_picture_shape *s, unsigned char *to) {
    if (s->fit == GL_FIT_CROP) cut(v, s);
    frame f = frame_of(v, s);
    memset(to, 0, (size_t)(s->width * s->height * s->channels));
    to += (f.y * s->width + f.x) * s->channels;
    for (int64_t y = 0; y < f.height; y++, to += s->width * s->channels) {
        const unsigned char *row = w->row;
        if (f.width == v->width && f.height == v->height) row = v->at + y * v->stride;
        else {
            sum_rows(v, y, f.height, w->sums);
            sum_columns(v, w->sums, f.width, w->row);
        }
        put_row(row, f.width, v->channels, s->channels, to);
    }
}

bool gl_fit_picture(gl_picture_work *w, const gl_picture *p, const gl_picture_shape *s,
                    unsigned char *to) {
    int64_t bytes = p->width * p->height * p->channels;
    bool lies = p->turn >= 5;
    view v = {w->pixels, lies ? p->height : p->width, lies ? p->width : p->height, 0, p->channels};
    if (!gl_picture_room(w->g, &w->sums, &w->sums_cap, v.width * p->channels, sizeof *w->sums) ||
        !gl_picture_room(w->g, &w->row, &w->row_cap, s->width * p->channels, 1))
        return false;
    unsigned char *upright = w->pixels;
    if (p->turn > 1) {
        if (!gl_picture_room(w->g, &w->turned, &w->turned_cap, bytes, 1)) return false;
        turn(p, w->pixels, upright = w->turned);
    }
    if (s->channels < 4 && p->channels % 2 == 0)
        v.channels = lay_on_white(upright, v.width * v.height, p->channels);
    v.at = upright, v.stride = v.width * v.channels;
    fit(w, &v, s, to);
    return true;
}
