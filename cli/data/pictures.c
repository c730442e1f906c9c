/*
 * pictures.c: what the files of a table of pictures were, and which of them are copies.
 */
#include <stdlib.h>
#include <string.h>

#include "data.h"

static int picture_column(const glia_table *t) {
    int x = glia_table_pictures(t).files > 0 ? glia_table_locate(t, "x") : -1;
    return x >= 0 && glia_table_column(t, x).type == GLIA_ARRAY ? x : -1;
}

/* "100x100" or "32x20 to 640x480, median 100x80" */
static char *sizes_text(const glia_pictures *p) {
    const int64_t *w = p->width, *h = p->height;
    if (w[0] == w[2] && h[0] == h[2])
        return format_text("%lldx%lld", (long long)w[0], (long long)h[0]);
    return format_text("%lldx%lld to %lldx%lld, median %lldx%lld", (long long)w[0], (long long)h[0],
                       (long long)w[2], (long long)h[2], (long long)w[1], (long long)h[1]);
}

static char *channels_text(const glia_pictures *p) {
    int64_t grey = p->files - p->coloured;
    char *alpha = p->transparent ? format_text(", %lld with alpha", (long long)p->transparent)
                                 : copy_text("");
    char *all = grey == 0          ? format_text("colour%s", alpha)
                : p->coloured == 0 ? format_text("grey%s", alpha)
                                   : format_text("%lld of colour, %lld grey%s",
                                                 (long long)p->coloured, (long long)grey, alpha);
    free(alpha);
    return all;
}

void print_pictures(const look *l) {
    glia_pictures p = glia_table_pictures(l->table);
    int x = picture_column(l->table);
    if (x < 0) return;
    glia_column k = glia_table_column(l->table, x);
    char *sizes = sizes_text(&p), *channels = channels_text(&p);
    print_fact("pictures", "%lld (%s), %lld broken", (long long)p.files, p.kinds,
               (long long)p.broken);
    print_fact("sizes", "%s; rows are %lldx%lld, %lld channel%s, fit by %s", sizes,
               (long long)k.dim[1], (long long)k.dim[0], (long long)k.dim[2], plural(k.dim[2]),
               p.fit);
    print_fact("channels", "%s", channels);
    free(channels);
    free(sizes);
}

/* ------------------------------------------------------------------------------------ copies -- */

/* FNV-1a (Fowler, Noll and Vo) in words of 8 bytes: of a million different pictures two have the
 * same once in 40 million sets (n^2 / 2^65). */
static uint64_t hash_of(const uint8_t *bytes, size_t n) {
    uint64_t h = 14695981039346656037u;
    for (uint64_t word; n > 0; bytes += sizeof word) {
        size_t length = n < sizeof word ? n : sizeof word;
        word = 0;
        memcpy(&word, bytes, length);
        h = (h ^ word) * 1099511628211u;
        h ^= h >> 29;
        n -= length;
    }
    return h;
}

typedef struct print { /* what a picture is known by */
    uint64_t hash;
    int64_t row;
} print;

static bool hash_some(const glia_table *t, int x, int64_t first, int64_t n, print *out) {
    int64_t *row = reserve(NULL, (size_t)n * sizeof *row);
    for (int64_t i = 0; i < n; i++) row[i] = first + i;
    glia_table *some = glia_table_select(t, row, n);
    glia_tensor v = some ? glia_table_values(some, x) : (glia_tensor){0};
    size_t size = v.data ? (size_t)glia_tensor_count(&v, 1) : 0;
    for (int64_t i = 0; v.data && i < n; i++)
        out[i] = (print){hash_of((const uint8_t *)v.data + (size_t)i * size, size), first + i};
    glia_table_free(some);
    free(row);
    return v.data;
}

/* Some at a time: not all may fit into memory. NULL: they cannot be read. */
static print *prints_of(const glia_table *t, int x) {
    enum { AT_ONCE = 64 };
    int64_t rows = glia_table_rows(t);
    print *all = reserve(NULL, (size_t)rows * sizeof *all);
    for (int64_t i = 0; i < rows; i += AT_ONCE) {
        if (hash_some(t, x, i, rows - i < AT_ONCE ? rows - i : AT_ONCE, all + i)) continue;
        free(all);
        return NULL;
    }
    return all;
}

/* Equal ones in the order of their rows. */
static int by_hash(const void *a, const void *b) {
    const print *p = a, *q = b;
    if (p->hash != q->hash) return p->hash < q->hash ? -1 : 1;
    return (p->row > q->row) - (p->row < q->row);
}

static bool same_class(const look *l, int64_t i, int64_t j) {
    char a[256], b[256];
    if (l->target < 0) return true;
    glia_table_cell(l->table, i, l->target, a, sizeof a);
    glia_table_cell(l->table, j, l->target, b, sizeof b);
    return strcmp(a, b) == 0;
}

typedef struct copies {
    int64_t count, others;        /* of which so many have another class */
    int64_t first[2], differs[2]; /* a copy and what it is one of; the same of another class */
} copies;

static copies find_copies(const look *l, const print *p) {
    copies c = {0};
    int64_t rows = glia_table_rows(l->table), begin = 0;
    for (int64_t i = 1; i < rows; i++) {
        if (p[begin].hash != p[i].hash) {
            begin = i;
            continue;
        }
        int64_t row = p[i].row, of = p[begin].row;
        bool differs = !same_class(l, of, row);
        if (!c.count++ || row < c.first[0]) c.first[0] = row, c.first[1] = of;
        if (differs && (!c.others++ || row < c.differs[0])) c.differs[0] = row, c.differs[1] = of;
    }
    return c;
}

static void remark_pair(look *l, const char *what, int64_t count, const int64_t pair[2]) {
    remark(l, "%lld picture%s as another one%s, such as %s and %s", (long long)count,
           count == 1 ? " is the same" : "s are the same", what,
           glia_table_row_name(l->table, pair[1]), glia_table_row_name(l->table, pair[0]));
}

/* Copies are alike, too, and told by themselves. */
static void remark_alike(look *l, const glia_alike *a, int64_t equal) {
    const glia_table *t = l->table;
    if (a->rows <= equal) return;
    remark(l, "%lld picture%s nearly the same as another one, %lld in a mirror, such as %s and %s",
           (long long)a->rows, a->rows == 1 ? " is" : "s are", (long long)a->mirrored,
           glia_table_row_name(t, a->original), glia_table_row_name(t, a->row));
    if (a->others > 0)
        remark(l, "%lld of these %s of another class, such as %s and %s", (long long)a->others,
               a->others == 1 ? "is" : "are", glia_table_row_name(t, a->other_original),
               glia_table_row_name(t, a->other_row));
}

static void remark_repeated(look *l, const glia_alike *a) {
    char class[64];
    if (a->repeated_row < 0 || !(a->repeated > limit_of("repeated-picture"))) return;
    glia_table_cell(l->table, a->repeated_row, l->target, class, sizeof class);
    remark(l,
           "%.0f%% of the pictures of '%s' are nearly the same one, %s: a network learns that one",
           100 * a->repeated, class, glia_table_row_name(l->table, a->repeated_row));
}

static int remark_telltale(look *l) {
    glia_telltale told;
    if (l->target < 0) return 0;
    if (glia_table_telltale(l->table, l->target, &told) != GLIA_OK) return failed(l->c);
    if (told.what && told.undecided < limit_of("telltale-pictures"))
        remark(l, "the %s alone tells the classes of the pictures apart: a network may learn that",
               told.what);
    return 0;
}

int remark_pictures_of(look *l, const glia_table *against) {
    glia_alike a;
    if (glia_table_alike(l->table, against, -1, &a) != GLIA_OK) return failed(l->c);
    if (a.rows < 1) return 0;
    remark(l,
           "of %s %lld picture%s nearly the same as one here, %lld in a mirror, such as %s and %s; "
           "scores on them are flattered",
           glia_table_source(against), (long long)a.rows, a.rows == 1 ? " is" : "s are",
           (long long)a.mirrored, glia_table_row_name(against, a.row),
           glia_table_row_name(l->table, a.original));
    return 0;
}

int remark_pictures(look *l) {
    const glia_table *t = l->table;
    int x = picture_column(t);
    glia_alike a;
    if (x < 0) return 0;
    print *prints = prints_of(t, x);
    if (!prints) return failed(l->c);
    qsort(prints, (size_t)glia_table_rows(t), sizeof *prints, by_hash);
    copies c = find_copies(l, prints);
    free(prints);
    if (c.count > 0) remark_pair(l, "", c.count, c.first);
    if (c.others > 0) remark_pair(l, " of another class", c.others, c.differs);
    if (glia_table_alike(t, NULL, l->target, &a) != GLIA_OK) return failed(l->c);
    remark_alike(l, &a, c.count);
    remark_repeated(l, &a);
    return remark_telltale(l);
}

json_t *json_pictures(const look *l) {
    glia_pictures p = glia_table_pictures(l->table);
    json_t *broken = json_array();
    json_add_skipped(broken, l->table);
    return json_pack("{s:I, s:s, s:[I, I, I], s:[I, I, I], s:I, s:I, s:s, s:o}", "files",
                     (json_int_t)p.files, "kinds", p.kinds, "width", (json_int_t)p.width[0],
                     (json_int_t)p.width[1], (json_int_t)p.width[2], "height",
                     (json_int_t)p.height[0], (json_int_t)p.height[1], (json_int_t)p.height[2],
                     "coloured", (json_int_t)p.coloured, "transparent", (json_int_t)p.transparent,
                     "fit", p.fit, "broken", broken);
}
