/*
 * augment.c: reads how pictures are varied.
 *
 *     "flip, shift, rotate 15"  ->  way[GL_WAY_flip] = 1, way[GL_WAY_shift] = 0.1 (its usual
 *                                   amount), way[GL_WAY_rotate] = 15
 */
#include "augment.h"

#include <string.h>

typedef struct known_way {
    const char *name, *argument; /* NULL: it is there or not */
    double usual, most;
} known_way;

static const known_way known[GL_WAYS] = {
#define WAY(name, argument, usual, most, help) {#name, argument, usual, most},
#include "../kernel/augment.def"
#undef WAY
};

#define WAY(name, argument, usual, most, help) " " #name " (" help "),"
const char gl_augment_help[] =
    "pictures vary from step to step, by chance:"
#include "../kernel/augment.def"
    " with commas between them: \"flip, rotate 15\"; auto: shift, rotate and scale where pictures "
    "get filters by default";
#undef WAY

static bool says_none(const char *text) { return !text || strcmp(text, "none") == 0; }

static glia_status unknown(glia_ctx *g, const char *word) {
    const char *names[GL_WAYS];
    char list[200];
    for (int i = 0; i < GL_WAYS; i++) names[i] = known[i].name;
    return gl_fail_word(g, GLIA_USAGE, word, names, GL_WAYS, NULL,
                        "option 'augment' has '%s', expected auto, none or a list of %s", word,
                        gl_list(names, GL_WAYS, list, sizeof list));
}

static glia_status read_amount(glia_ctx *g, const known_way *w, const char *number,
                               double *amount) {
    if (*number == 0) return *amount = w->usual, GLIA_OK;
    if (!w->argument)
        return gl_fail(g, GLIA_USAGE,
                       "option 'augment' has '%s %s', but %s is there or not; leave %s out",
                       w->name, number, w->name, number);
    if (gl_parse_number(number, strlen(number), '.', amount) && *amount > 0 && *amount <= w->most)
        return GLIA_OK;
    return gl_fail(g, GLIA_USAGE,
                   "option 'augment' has '%s %s', expected a number above 0 and up to %g, such as "
                   "'%s %g'",
                   w->name, number, w->most, w->name, w->usual);
}

static glia_status read_way(glia_ctx *g, char *words, double way[GL_WAYS]) {
    char *number = words + strcspn(words, " \t");
    if (*number) *number++ = 0;
    number += strspn(number, " \t");
    for (int i = 0; i < GL_WAYS; i++) {
        if (strcmp(known[i].name, words) != 0) continue;
        if (way[i] > 0) return gl_fail(g, GLIA_USAGE, "option 'augment' has '%s' twice", words);
        return read_amount(g, &known[i], number, &way[i]);
    }
    return unknown(g, words);
}

/* Blanks at its ends are cut off. */
static void copy_item(char *item, size_t size, const char *text, size_t length) {
    while (length > 0 && strchr(" \t", *text)) text++, length--;
    while (length > 0 && strchr(" \t", text[length - 1])) length--;
    if (length >= size) length = size - 1;
    memcpy(item, text, length);
    item[length] = 0;
}

glia_status gl_augment_read(glia_ctx *g, const char *text, double way[GL_WAYS]) {
    glia_status status = GLIA_OK;
    memset(way, 0, GL_WAYS * sizeof *way);
    while (!says_none(text) && status == GLIA_OK) {
        char item[64];
        size_t length = strcspn(text, ",");
        copy_item(item, sizeof item, text, length);
        status = read_way(g, item, way);
        if (text[length] == 0) break;
        text += length + 1;
    }
    return status;
}

bool gl_augments(const char *text) { return !says_none(text); }

static bool sees_pictures(const gl_net *m) {
    for (const gl_inlet *inlet = m->inlet; inlet < m->inlet + m->inlets; inlet++)
        if (gl_is_picture(inlet)) return true;
    return false;
}

static bool has_lengths(const gl_net *m) {
    for (const gl_inlet *inlet = m->inlet; inlet < m->inlet + m->inlets; inlet++)
        if (gl_is_ragged(inlet)) return true;
    return false;
}

/* mixup keeps the label, which is right where the gradient is linear in it (ref/augment.c); that of
 * these is not. */
static const char *unmixable(const gl_net *m) {
    static const char *const losses[] = {"mae", "huber", "pinball"};
    for (const gl_head *h = m->head; h < m->head + m->heads; h++)
        for (size_t i = 0; i < sizeof losses / sizeof *losses; i++)
            if (strcmp(gl_loss_of(m, h)->op->name, losses[i]) == 0) return losses[i];
    return NULL;
}

glia_status gl_augment_check(glia_ctx *g, const gl_net *m, const char *text, bool searches) {
    double way[GL_WAYS];
    glia_status status = gl_augment_read(g, text, way);
    for (int i = 0; i < GL_WAY_mixup && status == GLIA_OK; i++)
        if (way[i] > 0 && !sees_pictures(m))
            return gl_fail(g, GLIA_USAGE,
                           "option 'augment' has %s, but this network sees no pictures; where rows "
                           "are pixels, begin it with 'image HEIGHT WIDTH CHANNELS'",
                           known[i].name);
    if (status == GLIA_OK && way[GL_WAY_mixup] > 0 && unmixable(m))
        return gl_fail(g, GLIA_USAGE,
                       "option 'augment' has mixup, which goes with cross-entropy, squares and "
                       "counts; this network's cost is %s",
                       unmixable(m));
    if (status == GLIA_OK && way[GL_WAY_mixup] > 0 && has_lengths(m))
        return gl_fail(g, GLIA_USAGE,
                       "option 'augment' has mixup, and a mean of two samples of this network, "
                       "whose sequences have different lengths, has none");
    if (status == GLIA_OK && gl_augments(text) && searches)
        return gl_fail(g, GLIA_USAGE,
                       "option 'optimizer' lbfgs looks for the optimum of one cost, and option "
                       "'augment' makes "
                       "another one of each step; say adam, or leave option 'augment' out");
    return status;
}

/* x is (rows, height, width, channels), and y has its shape. */
static glia_status check_pictures(glia_ctx *g, const glia_tensor *x, const glia_tensor *y) {
    char a[80], b[80];
    bool same = x->ndim == 4 && y->ndim == 4 && memcmp(x->dim, y->dim, 4 * sizeof *x->dim) == 0,
         numbers = y->dtype == GLIA_F32 || y->dtype == GLIA_F64;
    if (same && numbers && x->dtype == y->dtype && x->data != y->data) return GLIA_OK;
    return gl_fail(
        g, GLIA_USAGE,
        "pictures to vary are (rows, height, width, channels), f32 or f64, and so is what "
        "becomes of them, in memory of its own; found %s and %s",
        gl_shape_text(x, a, sizeof a), gl_shape_text(y, b, sizeof b));
}

glia_status glia_pictures_augment(glia_ctx *g, const char *ways, uint64_t seed, int64_t update,
                                  glia_tensor x, glia_tensor y) {
    double way[GL_WAYS];
    glia_status status = gl_augment_read(g, ways, way);
    if (status == GLIA_OK) status = check_pictures(g, &x, &y);
    if (status != GLIA_OK) return status;
    int64_t size = x.dim[1] * x.dim[2] * x.dim[3];
    void *between = gl_alloc(g, x.dim[0] * size, glia_dtype_size(x.dtype));
    if (!between) return GLIA_RESOURCE;
    gl_knobs knobs = {.seed = seed, .step = (uint64_t)update};
    gl_vary_pictures(gl_kernels(x.dtype), way, &knobs,
                     (gl_augment_n){x.dim[0], size, 0, x.dim[1], x.dim[2], x.dim[3]}, x.data,
                     between, y.data);
    gl_free(g, between);
    return GLIA_OK;
}
