/*
 * again.c: pictures that do not fit into memory. Reading decodes each once, so that what is broken
 * is known and told, and keeps a mark of its row: a hash of 64 bits. Whoever needs a row has it
 * decoded again, and a row that is not what it was is an error: two epochs of a training see the
 * same pictures, or end.
 *
 *     pets/cat/1.png     height x width x channels bytes     mark 5d41...     the bytes go
 *     epoch 3, row 0     decoded, fitted, 5d41... again      the same row
 */
#include "../../base/keyed.h"
#include "pictures.h"

typedef struct again {
    gl_supply supply; /* first: it is what others know of this */
    gl_picture_shape shape;
    char *const *name; /* of the table, [rows] */
    const char *root;
    int64_t most;   /* bytes that one picture may take; to ask for them reads some files */
    uint64_t *mark; /* [rows] */
} again;

typedef struct maker {
    const again *of;
    gl_picture_list list; /* of one file at a time */
    gl_picture_work work;
} maker;

/* Nobody chooses pictures to have the same mark as others, and it is the same for all threads. */
uint64_t gl_picture_mark(const unsigned char *row, int64_t bytes) {
    static const gl_secret fixed = {0x9E3779B97F4A7C15u, 0xD6E8FEB86659FD93u};
    return gl_keyed_hash(&fixed, (const char *)row, (size_t)bytes);
}

static void *open_maker(glia_ctx *g, const gl_supply *supply) {
    const again *a = (const again *)supply;
    maker *m = gl_alloc(g, 1, sizeof *m);
    if (!m) return NULL;
    *m = (maker){.of = a, .work = {.g = g}};
    m->list = (gl_picture_list){.g = g,
                                .root = a->root,
                                .skip = true,
                                .named = true,
                                .n = 1,
                                .shape = a->shape,
                                .most = a->most};
    return m;
}

static void close_maker(void *memory) {
    maker *m = memory;
    if (!m) return;
    gl_free_picture_work(&m->work);
    gl_free(m->work.g, m);
}

static glia_status make(void *memory, int64_t row, void *to) {
    maker *m = memory;
    const again *a = m->of;
    gl_picture_file f = {.path = a->name[row]};
    m->list.file = &f, m->list.pixels = to;
    glia_status status = gl_decode_picture(&m->list, &m->work, &f);
    const char *root = *f.path == '/' ? "" : a->root;
    if (!status && f.state != GL_PICTURE_SEEN)
        status =
            gl_fail(m->work.g, GLIA_INPUT,
                    "'%s%s' could be read before, and now cannot: %s; pictures that do not fit "
                    "into memory are decoded again and again (option 'max-memory')",
                    root, f.path, f.why);
    else if (!status && gl_picture_mark(to, a->supply.bytes) != a->mark[row])
        status = gl_fail(m->work.g, GLIA_INPUT,
                         "'%s%s' shows something else than before: it was changed; pictures that "
                         "do not fit into memory are decoded again and again (option 'max-memory')",
                         root, f.path);
    gl_free(m->work.g, f.why);
    return status;
}

static void drop(gl_supply *supply, glia_ctx *g) {
    again *a = (again *)supply;
    gl_free(g, a->mark);
    gl_free(g, a);
}

static gl_supply *some(const gl_supply *supply, glia_ctx *g, char *const *name, const char *root,
                       const int64_t *rows, int64_t n) {
    const again *from = (const again *)supply;
    again *a = gl_alloc(g, 1, sizeof *a);
    uint64_t *mark = gl_alloc(g, n, sizeof *mark);
    if (!a || !mark) {
        gl_free(g, a);
        gl_free(g, mark);
        return NULL;
    }
    for (int64_t i = 0; i < n; i++) mark[i] = from->mark[rows[i]];
    *a = *from;
    a->name = name, a->root = root, a->mark = mark;
    return &a->supply;
}

gl_supply *gl_supply_pictures(gl_picture_list *l, const glia_table *t) {
    again *a = gl_alloc(l->g, 1, sizeof *a);
    if (!a) return NULL;
    *a = (again){.supply = {.bytes = gl_picture_bytes(&l->shape),
                            .most = l->most_memory,
                            .open = open_maker,
                            .make = make,
                            .close = close_maker,
                            .some = some,
                            .drop = drop},
                 .shape = l->shape,
                 .name = t->name,
                 .root = t->root,
                 .most = l->most,
                 .mark = l->mark};
    l->mark = NULL;
    return &a->supply;
}
