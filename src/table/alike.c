/*
 * alike.c: pictures that are nearly the same: one saved again, made lighter or smaller, or seen in
 * a mirror. Where one is learned from and the other tests what was learned, the test is flattered.
 *
 * Compared is the correlation of thumbnails, grey and 16 x 16, which a change of brightness or
 * contrast leaves as it is. Thumbnails of mean 0 and length 1 whose correlation is c are
 * sqrt(2 - 2c) apart, and no more than that in any coordinates along axes at right angles. So most
 * pairs are told apart by 16 of these, waves that a mirror leaves as they are; 16 others change
 * their sign in it.
 *
 * Where one picture is there no more, its 32 coordinates in a byte each stand for it: its likeness.
 */
#include "alike.h"

#include <math.h>
#include <string.h>

enum { SIDE = 16, PLACES = SIDE * SIDE };
/* Of more pictures all pairs would take a minute. */
enum { MOST_PICTURES = 30000, WAVES = GL_LIKENESS / 2 };
static const float ALIKE = 0.995f, APART = 2 - 2 * 0.995f + 1e-4f; /* squared, and for rounding */

struct gl_thumb {
    float even[WAVES], odd[WAVES]; /* coordinates; in a mirror odd ones have the other sign */
    float place[PLACES];           /* mean 0, their squares 1 together; all 0: nothing is seen */
};

int gl_pictures_of(const glia_table *t) {
    int x = t->pictures.files > 0 && t->rows > 0 ? gl_table_find(t, "x") : -1;
    bool pixels = x >= 0 && t->column[x].type == GLIA_ARRAY &&
                  t->column[x].array.dtype == GLIA_U8 && t->column[x].array.ndim == 4;
    return pixels ? x : -1;
}

/* -------------------------------------------------------------------------------- thumbnails -- */

typedef struct frame {
    const uint8_t *at;
    int64_t height, width, channels;
} frame;

static frame frame_of(const glia_tensor *picture) {
    return (frame){picture->data, picture->dim[0], picture->dim[1], picture->dim[2]};
}

static double grey_at(const frame *f, int64_t y, int64_t x) {
    const uint8_t *p = f->at + (y * f->width + x) * f->channels;
    return f->channels < 3 ? p[0] : 0.299 * p[0] + 0.587 * p[1] + 0.114 * p[2];
}

/* The mean over part (i, j) of rows x columns. */
static double mean_of(const frame *f, int64_t i, int64_t j, int64_t rows, int64_t columns) {
    int64_t top = i * f->height / rows, bottom = ((i + 1) * f->height + rows - 1) / rows;
    int64_t left = j * f->width / columns, right = ((j + 1) * f->width + columns - 1) / columns;
    double sum = 0;
    for (int64_t y = top; y < bottom; y++)
        for (int64_t x = left; x < right; x++) sum += grey_at(f, y, x);
    return sum / (double)((bottom - top) * (right - left));
}

/* What hardly differs from one grey is like everything. */
static void take_places(const frame *f, gl_thumb *t) {
    double mean = 0, squares = 0, v[PLACES];
    for (int k = 0; k < PLACES; k++)
        mean += (v[k] = mean_of(f, k / SIDE, k % SIDE, SIDE, SIDE)) / PLACES;
    for (int k = 0; k < PLACES; k++) squares += (v[k] - mean) * (v[k] - mean);
    for (int k = 0; k < PLACES && squares > PLACES; k++)
        t->place[k] = (float)((v[k] - mean) / sqrt(squares));
}

/* cosine[w][x]: w half waves over the places of a row, of length 1. */
enum { LONGEST = 8 };
typedef struct waves {
    float cosine[LONGEST][SIDE];
} waves;

static waves make_waves(void) {
    const double pi = 3.14159265358979323846;
    waves w;
    for (int k = 0; k < LONGEST; k++)
        for (int x = 0; x < SIDE; x++)
            w.cosine[k][x] = (float)(sqrt((k ? 2.0 : 1.0) / SIDE) * cos(pi * (x + 0.5) * k / SIDE));
    return w;
}

static float along(const waves *w, const gl_thumb *t, int across, int down) {
    float sum = 0;
    for (int k = 0; k < PLACES; k++)
        sum += t->place[k] * w->cosine[across][k % SIDE] * w->cosine[down][k / SIDE];
    return sum;
}

/* Long waves, of which pictures have most: how many half waves across and down. */
static void take_waves(const waves *w, gl_thumb *t) {
    static const int even[WAVES][2] = {{0, 1}, {2, 0}, {0, 2}, {2, 1}, {0, 3}, {2, 2},
                                       {4, 0}, {4, 1}, {0, 4}, {2, 3}, {0, 5}, {4, 2},
                                       {2, 4}, {6, 0}, {0, 6}, {4, 3}},
                     odd[WAVES][2] = {{1, 0}, {1, 1}, {1, 2}, {3, 0}, {3, 1}, {1, 3},
                                      {3, 2}, {5, 0}, {1, 4}, {5, 1}, {3, 3}, {1, 5},
                                      {7, 0}, {5, 2}, {3, 4}, {1, 6}};
    for (int k = 0; k < WAVES; k++) {
        t->even[k] = along(w, t, even[k][0], even[k][1]);
        t->odd[k] = along(w, t, odd[k][0], odd[k][1]);
    }
}

glia_status gl_take_thumbs(const gl_near_part *part, int64_t most, gl_thumbs *out) {
    const glia_table *t = part->t;
    int64_t n = part->n < most ? part->n : most;
    const waves w = make_waves();
    *out = (gl_thumbs){.t = t, .n = n};
    out->row = gl_alloc(t->g, n, sizeof *out->row);
    out->one = gl_alloc(t->g, n, sizeof *out->one);
    if (!out->row || !out->one) return GLIA_RESOURCE;
    for (int64_t i = 0; i < n; i++) {
        int64_t at = i * part->n / n;
        out->row[i] = part->rows ? part->rows[at] : at;
    }
    gl_array_rows rows = gl_array_open(t->g, &t->column[gl_pictures_of(t)],
                                       (gl_selection){.list = out->row, .n = n});
    for (int64_t i = 0; i < n; i++) {
        glia_tensor picture = gl_array_next(&rows);
        if (!picture.data) break;
        frame f = frame_of(&picture);
        take_places(&f, &out->one[i]);
        take_waves(&w, &out->one[i]);
    }
    return gl_array_close(&rows);
}

gl_thumbs gl_some_thumbs(const gl_thumbs *s, int64_t first, int64_t n) {
    return (gl_thumbs){s->t, s->row + first, s->one + first, n};
}

void gl_free_thumbs(gl_thumbs *s) {
    if (!s->t) return;
    gl_free(s->t->g, s->row);
    gl_free(s->t->g, s->one);
    *s = (gl_thumbs){0};
}

/* A step of 1/127 of the length 1. */
void gl_likeness_of(const gl_thumbs *s, int64_t i, uint8_t out[GL_LIKENESS]) {
    for (int k = 0; k < WAVES; k++) {
        out[k] = (uint8_t)(GL_NO_WAVE + (int)lrintf(127 * s->one[i].even[k]));
        out[WAVES + k] = (uint8_t)(GL_NO_WAVE + (int)lrintf(127 * s->one[i].odd[k]));
    }
}

bool gl_is_blank(const uint8_t likeness[GL_LIKENESS]) {
    for (int k = 0; k < GL_LIKENESS; k++)
        if (likeness[k] != GL_NO_WAVE) return false;
    return true;
}

/* ------------------------------------------------------------------------------------- pairs -- */

static float correlation(const gl_thumb *a, const gl_thumb *b, bool mirrored) {
    float sum = 0;
    for (int y = 0; y < SIDE; y++)
        for (int x = 0; x < SIDE; x++)
            sum += a->place[y * SIDE + x] * b->place[y * SIDE + (mirrored ? SIDE - 1 - x : x)];
    return sum;
}

/* sign -1: b in a mirror. */
static float apart(const float *a, const float *b, float sign) {
    float sum = 0;
    for (int k = 0; k < WAVES; k++) sum += (a[k] - sign * b[k]) * (a[k] - sign * b[k]);
    return sum;
}

static bool are_alike(const gl_thumb *a, const gl_thumb *b, bool *mirrored) {
    float even = apart(a->even, b->even, 1);
    if (even > APART) return false;
    *mirrored = false;
    if (even + apart(a->odd, b->odd, 1) <= APART && correlation(a, b, false) >= ALIKE) return true;
    *mirrored = true;
    return even + apart(a->odd, b->odd, -1) <= APART && correlation(a, b, true) >= ALIKE;
}

/* The first of n that one is like, or -1. */
static int64_t first_alike(const gl_thumb *from, int64_t n, const gl_thumb *one, bool *mirrored) {
    for (int64_t k = 0; k < n; k++)
        if (are_alike(&from[k], one, mirrored)) return k;
    return -1;
}

static bool same_class(const glia_table *t, int target, int64_t i, int64_t j) {
    const gl_column *c = &t->column[target];
    if (c->type == GLIA_CATEGORY) return c->code[i] == c->code[j];
    return c->type == GLIA_NUMBER && gl_number(c, i) == gl_number(c, j);
}

/* The class of which the largest part is like one of its pictures. group: the first of those that
 * one is like, for each of s. */
static void find_repeated(const gl_thumbs *s, int target, const int64_t *group, int64_t *members,
                          glia_alike *out) {
    enum { LEAST = 5 };
    for (int64_t i = 0; i < s->n; i++)
        members[group[i]] += same_class(s->t, target, s->row[i], s->row[group[i]]);
    for (int64_t k = 0; k < s->n; k++) {
        int64_t all = 0;
        if (members[k] < LEAST) continue;
        for (int64_t i = 0; i < s->n; i++) all += same_class(s->t, target, s->row[i], s->row[k]);
        double share = (double)members[k] / (double)all;
        if (share > out->repeated) out->repeated = share, out->repeated_row = s->row[k];
    }
}

static void found(const gl_thumbs *known, const gl_thumbs *in, int64_t i, int64_t k, bool mirrored,
                  bool differs, glia_alike *out) {
    int64_t row = in->row[i], original = known->row[k];
    if (!out->rows++) out->row = row, out->original = original;
    out->mirrored += mirrored;
    if (differs && !out->others++) out->other_row = row, out->other_original = original;
}

glia_status gl_find_alike(const gl_thumbs *known, const gl_thumbs *in, int target,
                          glia_alike *out) {
    bool alone = known == in, mirrored = false;
    glia_ctx *g = known->t->g;
    int64_t *group = gl_alloc(g, in->n, sizeof *group), *members = gl_alloc(g, in->n, 8);
    *out = (glia_alike){.row = -1, .original = -1, .other_row = -1, .repeated_row = -1};
    for (int64_t i = 0; group && members && i < in->n; i++) {
        int64_t k = first_alike(known->one, alone ? i : known->n, &in->one[i], &mirrored);
        if (alone) group[i] = k < 0 ? i : group[k];
        if (k < 0) continue;
        bool differs =
            alone && target >= 0 && !same_class(in->t, target, in->row[i], known->row[k]);
        found(known, in, i, k, mirrored, differs, out);
    }
    bool ok = group && members;
    if (ok && alone && target >= 0) find_repeated(in, target, group, members, out);
    gl_free(g, group);
    gl_free(g, members);
    return ok ? GLIA_OK : GLIA_RESOURCE;
}

/* ------------------------------------------------------------------------------ whole tables -- */

glia_status glia_table_alike(const glia_table *t, const glia_table *other, int target,
                             glia_alike *out) {
    const glia_table *in = other ? other : t;
    *out = (glia_alike){.rows = -1, .row = -1, .original = -1, .other_row = -1, .repeated_row = -1};
    if (gl_table_check_context(t->g, in)) return GLIA_USAGE;
    bool fit = gl_pictures_of(t) >= 0 && gl_pictures_of(in) >= 0;
    if (!fit || t->rows > MOST_PICTURES || in->rows > MOST_PICTURES) return GLIA_OK;
    gl_thumbs known = {0}, these = {0};
    glia_status status = gl_take_thumbs(&(gl_near_part){.t = t, .n = t->rows}, t->rows, &known);
    if (!status && other)
        status = gl_take_thumbs(&(gl_near_part){.t = in, .n = in->rows}, in->rows, &these);
    if (!status) status = gl_find_alike(&known, other ? &these : &known, target, out);
    gl_free_thumbs(&known);
    gl_free_thumbs(&these);
    return status;
}
