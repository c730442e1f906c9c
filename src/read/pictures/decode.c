/*
 * decode.c: all pictures of a list, by all threads. A job is some of them; each writes to its own
 * row, so that order and bytes are those of one thread. Memory is that of the result, and of one
 * picture for each thread.
 *
 * A picture's size is looked at before memory is taken for it: a file of some kilobytes may claim
 * any.
 */
#include "../../base/crew.h"
#include "../kinds.h"
#include "pictures.h"

#include <stdio.h>

/* So many have some ten milliseconds of work, and locks are not felt. */
enum { PICTURES_AT_ONCE = 8 };
/* What Pillow opens; the largest cameras have 151 million. A side: see add_row in fit.c. */
static const int64_t MOST_PIXELS = 178956970, MOST_SIDE = 1 << 24;

static glia_status broken(glia_ctx *g, gl_picture_file *f, const char *why) {
    f->state = GL_PICTURE_BROKEN;
    gl_free(g, f->why);
    return (f->why = gl_copy_text(g, why)) ? GLIA_OK : GLIA_RESOURCE;
}

/* A file that cannot be read, by the context's message; a disk that does not answer is no fault of
 * the picture. */
static glia_status unreadable(glia_ctx *g, gl_picture_file *f, int64_t troubles) {
    if (g->troubles > troubles) return g->code;
    char why[GL_WRONG_PICTURE];
    snprintf(why, sizeof why, "%.190s", glia_message(g));
    return broken(g, f, why);
}

/* Texts and the like lie beside pictures; what is called as one is, or is one of a kind that is not
 * read, is told. */
static glia_status no_picture(glia_ctx *g, const gl_picture_list *l, gl_picture_file *f,
                              const gl_beginning *b) {
    char why[GL_WRONG_PICTURE];
    const char *kind = gl_kind_name(b);
    bool meant = l->named || (kind && strstr(kind, " image")) || gl_called_picture(f->path);
    if (!meant) return f->state = GL_PICTURE_NONE, GLIA_OK;
    if (kind) snprintf(why, sizeof why, "it is %s, expected PNG, JPEG, WebP, BMP or PNM", kind);
    else if (gl_was_png(b->bytes, b->n))
        snprintf(why, sizeof why,
                 "it was a PNG, whose first bytes were changed, as happens when it is copied as a "
                 "text");
    else if (b->n) snprintf(why, sizeof why, "it is no picture: it begins like none");
    else snprintf(why, sizeof why, "the file is empty");
    return broken(g, f, why);
}

/* GLIA_OK with f->state. */
static glia_status check_size(glia_ctx *g, const gl_picture_list *l, gl_picture_file *f,
                              const gl_picture *p) {
    char why[GL_WRONG_PICTURE];
    bool small = p->width <= MOST_SIDE && p->height <= MOST_SIDE && p->width > 0 &&
                 p->height <= MOST_PIXELS / p->width;
    int64_t bytes = small ? p->width * p->height * p->channels + p->beside : 0;
    if (small && bytes <= l->most) return GLIA_OK;
    if (small)
        snprintf(why, sizeof why,
                 "its %lld x %lld pixels take %.4g MB, and at most %.4g MB are taken at once "
                 "(option 'max-bytes')",
                 (long long)p->width, (long long)p->height, (double)bytes / 1e6,
                 (double)l->most / 1e6);
    else
        snprintf(why, sizeof why, "it claims %lld x %lld pixels, expected %lld at most",
                 (long long)p->width, (long long)p->height, (long long)MOST_PIXELS);
    return broken(g, f, why);
}

static glia_status settle(glia_ctx *g, gl_picture_file *f, gl_decoded d, const char *wrong) {
    if (d == GL_NO_MEMORY)
        return gl_trouble(g, "'%.200s': no memory is left to decode it", f->path);
    return d == GL_BROKEN ? broken(g, f, wrong) : GLIA_OK;
}

static glia_status take_bytes(const gl_picture_list *l, gl_picture_work *w, gl_picture_file *f,
                              const unsigned char *bytes, size_t n) {
    char wrong[GL_WRONG_PICTURE] = "it is damaged";
    const gl_decoder *d = gl_picture_decoder(w->g, f->kind);
    gl_picture *p = &f->seen;
    if (!d) return w->g->code;
    *p = (gl_picture){.turn = 1};
    glia_status status = settle(w->g, f, d->look(bytes, n, p, wrong), wrong);
    if (!status && f->state != GL_PICTURE_BROKEN) status = check_size(w->g, l, f, p);
    if (status || f->state == GL_PICTURE_BROKEN) return status;
    f->state = GL_PICTURE_SEEN;
    if (!l->pixels && !l->mark) return GLIA_OK;
    if (!gl_picture_room(w->g, &w->pixels, &w->pixels_cap, p->width * p->height * p->channels, 1))
        return GLIA_RESOURCE;
    status = settle(w->g, f, d->decode(bytes, n, p, w->pixels, wrong), wrong);
    if (status || f->state == GL_PICTURE_BROKEN) return status;
    int64_t size = gl_picture_bytes(&l->shape), i = f - l->file;
    if (l->mark && !gl_picture_room(w->g, &w->fitted, &w->fitted_cap, size, 1))
        return GLIA_RESOURCE;
    unsigned char *row = l->mark ? w->fitted : l->pixels + i * size;
    if (!gl_fit_picture(w, p, &l->shape, row)) return GLIA_RESOURCE;
    if (l->mark) l->mark[i] = gl_picture_mark(row, size);
    return GLIA_OK;
}

static glia_status take_file(const gl_picture_list *l, gl_picture_work *w, gl_picture_file *f,
                             const char *path) {
    gl_beginning b;
    int64_t n, troubles = w->g->troubles;
    gl_read_beginning(w->g, path, &b);
    if (w->g->troubles > troubles) return w->g->code;
    f->kind = gl_picture_kind(b.bytes, b.n);
    if (f->kind < 0 && (b.n || !gl_check_readable(w->g, path))) return no_picture(w->g, l, f, &b);
    char *bytes = f->kind < 0 ? NULL : gl_read_bytes(w->g, path, &n);
    if (!bytes) return unreadable(w->g, f, troubles);
    glia_status status = take_bytes(l, w, f, (unsigned char *)bytes, (size_t)n);
    gl_free(w->g, bytes);
    return status;
}

static glia_status take_pipe(const gl_picture_list *l, gl_picture_work *w, gl_picture_file *f) {
    gl_beginning b = {.n = (size_t)l->piped_size};
    if (b.n > sizeof b.bytes) b.n = sizeof b.bytes;
    memcpy(b.bytes, l->piped, b.n);
    f->kind = gl_picture_kind(b.bytes, b.n);
    if (f->kind < 0) return no_picture(w->g, l, f, &b);
    return take_bytes(l, w, f, (unsigned char *)l->piped, (size_t)l->piped_size);
}

static glia_status fail_broken(glia_ctx *g, const gl_picture_list *l, const gl_picture_file *f) {
    return gl_fail(g, GLIA_INPUT, "%s%s: %s", l->root, f->path, f->why);
}

glia_status gl_decode_picture(const gl_picture_list *l, gl_picture_work *w, gl_picture_file *f) {
    if (f->state == GL_PICTURE_BROKEN || f->state == GL_PICTURE_NONE) return GLIA_OK;
    char *path =
        *f->path == '/' ? gl_copy_text(w->g, f->path) : gl_format(w->g, "%s%s", l->root, f->path);
    glia_status status = !path      ? GLIA_RESOURCE
                         : l->piped ? take_pipe(l, w, f)
                                    : take_file(l, w, f, path);
    gl_free(w->g, path);
    if (!status && f->state == GL_PICTURE_BROKEN && !l->skip) return fail_broken(w->g, l, f);
    return status;
}

static glia_status take_some(void *user, gl_hand *hand, int64_t job) {
    gl_picture_list *l = user;
    gl_picture_work w = {.g = hand->g};
    glia_status status = GLIA_OK;
    int64_t begin = job * PICTURES_AT_ONCE, end = begin + PICTURES_AT_ONCE;
    for (int64_t i = begin; !status && i < end && i < l->n; i++)
        status = gl_decode_picture(l, &w, &l->file[i]);
    gl_free_picture_work(&w);
    return status;
}

glia_status gl_decode_pictures(gl_picture_list *l) {
    gl_work work = {.n = (l->n + PICTURES_AT_ONCE - 1) / PICTURES_AT_ONCE,
                    .job = take_some,
                    .user = l,
                    .hands = l->g->threads};
    l->most = gl_most_bytes(l->g);
    return gl_crew_work(l->g, &work);
}
