/*
 * pictures.c: the reader of pictures: a folder of them, whose subfolders are their classes; one
 * file; or a table that names them in a column.
 *
 *     pets/cat/1.png       row 0   x [height, width, channels]   y cat
 *     pets/cat/2.jpg       row 1                                 y cat
 *     pets/dog/1.webp      row 2                                 y dog
 *
 * The first pass reads headers, where the size or the channels are to be decided by all; the second
 * one pixels. What is broken has a reason and no row.
 */
#include "pictures.h"

#include <ctype.h>
#include <stdio.h>

/* -------------------------------------------------------------------------------- two passes -- */

/* Broken ones stay in the list, for their reasons; what nobody means as a picture leaves it. */
static glia_status drop_others(gl_picture_list *l) {
    gl_text names = {.g = l->g};
    int64_t kept = 0, others = 0;
    for (int64_t i = 0; i < l->n; i++) {
        if (l->file[i].state != GL_PICTURE_NONE) l->file[kept++] = l->file[i];
        else if (others++ < 3) gl_add(&names, "%s%s", others > 1 ? ", " : "", l->file[i].path);
    }
    l->n = kept;
    if (others)
        gl_note(l->g, "%s: %lld file%s no picture%s and left alone: %s%s", l->t->source,
                (long long)others, others == 1 ? " is" : "s are", gl_plural(others),
                names.s ? names.s : "", others > 3 ? ", ..." : "");
    gl_free(l->g, names.s);
    return names.failed ? GLIA_RESOURCE : GLIA_OK;
}

static glia_status nothing_left(const gl_picture_list *l) {
    for (int64_t i = 0; i < l->n; i++) {
        const gl_picture_file *f = &l->file[i];
        if (f->state != GL_PICTURE_BROKEN) continue;
        if (l->n == 1) return gl_fail(l->g, GLIA_INPUT, "%s%s: %s", l->root, f->path, f->why);
        return gl_fail(l->g, GLIA_INPUT,
                       "%s: none of its %lld pictures can be read; the first, %s: %s", l->t->source,
                       (long long)l->n, f->path, f->why);
    }
    return gl_fail(
        l->g, GLIA_INPUT,
        "%s: there are no pictures in it; expected PNG, JPEG, WebP, BMP or PNM, those of "
        "each class in a folder of its own",
        l->t->source);
}

static bool any_left(const gl_picture_list *l) {
    for (int64_t i = 0; i < l->n; i++)
        if (l->file[i].state == GL_PICTURE_SEEN) return true;
    return false;
}

/* pets/train/cat and pets/test/cat: the folders in pets are no classes. */
static glia_status check_depth(const gl_picture_list *l) {
    const char *deep = NULL;
    for (int64_t i = 0; i < l->n; i++) {
        const char *path = l->file[i].path, *slash = strchr(path, '/');
        if (l->file[i].state != GL_PICTURE_SEEN) continue;
        if (!slash || !strchr(slash + 1, '/')) return GLIA_OK;
        if (!deep) deep = path;
    }
    if (!deep) return GLIA_OK;
    int first = (int)strcspn(deep, "/"), second = first + 1 + (int)strcspn(deep + first + 1, "/");
    return gl_fail(l->g, GLIA_INPUT,
                   "%s: its folders hold no pictures but folders of them, such as '%.*s', so which "
                   "are the classes? Name one of its folders, such as %s/%.*s",
                   l->t->source, second, deep, l->t->source, first, deep);
}

/* Twice: in the table, and in the parts of a training that are taken from it. */
static bool fit_memory(const gl_picture_list *l) {
    return l->piped || l->n <= l->most_memory / 2 / gl_picture_bytes(&l->shape);
}

/* Memory for pixels, or for marks. */
static glia_status new_pixels(gl_picture_list *l, glia_tensor *x) {
    const gl_picture_shape *s = &l->shape;
    *x = (glia_tensor){.dtype = GLIA_U8, .ndim = 4};
    x->dim[0] = l->n, x->dim[1] = s->height, x->dim[2] = s->width, x->dim[3] = s->channels;
    if (!fit_memory(l))
        return (l->mark = gl_alloc(l->g, l->n, sizeof *l->mark)) ? GLIA_OK : GLIA_RESOURCE;
    glia_status status = gl_new_tensor(l->g, l->t->source, x, -1);
    l->pixels = x->data;
    return status;
}

/* Rows of pixels, or marks, move up to where those of broken pictures would be. */
static void close_gaps(gl_picture_list *l, glia_tensor *x) {
    unsigned char *all = l->mark ? (unsigned char *)l->mark : l->pixels;
    size_t size = l->mark ? sizeof *l->mark : (size_t)glia_tensor_count(x, 1);
    int64_t kept = 0;
    for (int64_t i = 0; i < l->n; i++) {
        if (l->file[i].state != GL_PICTURE_SEEN) continue;
        if (kept < i) memmove(all + (size_t)kept * size, all + (size_t)i * size, size);
        kept++;
    }
    x->dim[0] = kept;
}

static void say_again(const gl_picture_list *l, const glia_tensor *x) {
    const gl_picture_shape *s = &l->shape;
    gl_note(l->g,
            "%s: pictures are decoded again in each epoch: %lld of %lldx%lldx%d are %.4g MB, twice "
            "that with the parts of a training, and %.4g MB are allowed (option 'max-memory')",
            l->t->source, (long long)x->dim[0], (long long)s->width, (long long)s->height,
            s->channels, (double)glia_tensor_count(x, 0) / 1e6, (double)l->most_memory / 1e6);
}

/* x: [pictures that can be read, height, width, channels]. */
static glia_status read_list(gl_picture_list *l, const glia_read_options *o, bool folder,
                             glia_tensor *x) {
    bool decided = l->shape.width && l->shape.channels;
    glia_status status = decided ? GLIA_OK : gl_decode_pictures(l);
    if (!status && !decided) status = drop_others(l);
    if (!status && !decided) status = gl_decide_shape(l, o);
    if (!status && !decided && !any_left(l)) status = nothing_left(l);
    if (!status && !l->n) status = nothing_left(l);
    if (!status) status = new_pixels(l, x);
    if (!status) status = gl_decode_pictures(l);
    if (status) return status;
    close_gaps(l, x);
    if (decided) status = drop_others(l);
    if (!status && !any_left(l)) status = nothing_left(l);
    if (!status && folder) status = check_depth(l);
    if (!status) status = gl_note_pictures(l);
    if (!status && l->mark) say_again(l, x);
    l->t->pictures.fit = gl_picture_fits[l->shape.fit];
    return status;
}

/* ------------------------------------------------------------------------------- the columns -- */

/* Of t, which has as many rows as there are pictures, and their pixels unless there are marks. */
static glia_status add_names(glia_table *t, gl_picture_list *l) {
    int64_t row = 0;
    t->root = gl_copy_text(t->g, l->root);
    t->name = gl_alloc(t->g, t->rows, sizeof *t->name);
    t->origin = gl_alloc(t->g, t->rows, sizeof *t->origin);
    if (!t->root || !t->name || !t->origin) return GLIA_RESOURCE;
    for (int64_t i = 0; i < l->n; i++) {
        const gl_picture_file *f = &l->file[i];
        if (f->state != GL_PICTURE_SEEN) continue;
        t->origin[row] = (gl_origin){(int32_t)f->seen.width, (int32_t)f->seen.height,
                                     (int16_t)f->kind, (int16_t)f->seen.channels};
        if (!(t->name[row++] = gl_table_keep(t, f->path, strlen(f->path)))) return GLIA_RESOURCE;
    }
    if (!l->mark) return GLIA_OK;
    gl_column *x = &t->column[gl_table_find(t, "x")];
    return (x->supply = gl_supply_pictures(l, t)) ? GLIA_OK : GLIA_RESOURCE;
}

/* NULL after a failure. */
static gl_column *add_pixels(glia_table *t, gl_picture_list *l, const glia_tensor *x) {
    gl_column *c = gl_table_add(t, "x", GLIA_ARRAY);
    if (c) c->array = *x, l->pixels = NULL;
    return c;
}

static bool has_classes(const gl_picture_list *l) {
    for (int64_t i = 0; i < l->n; i++)
        if (l->file[i].state == GL_PICTURE_SEEN && strchr(l->file[i].path, '/')) return true;
    return false;
}

/* A picture beside the folders has no class. */
static glia_status add_classes(glia_table *t, const gl_picture_list *l) {
    gl_text_column y;
    int64_t row = 0;
    if (!has_classes(l)) return GLIA_OK;
    glia_status status = gl_add_text_column(t, "y", &y);
    for (int64_t i = 0; !status && i < l->n; i++) {
        const char *path = l->file[i].path, *slash = strchr(path, '/');
        if (l->file[i].state != GL_PICTURE_SEEN) continue;
        if (!gl_take_cell(&y, row++, path, slash ? slash - path : 0)) status = t->g->code;
    }
    return status;
}

/* In a table that names them their rows stay until all are known. */
static glia_status add_broken(glia_table *t, const gl_picture_list *l) {
    for (int64_t i = 0; i < l->n; i++) {
        const gl_picture_file *f = &l->file[i];
        if (f->state != GL_PICTURE_BROKEN) continue;
        if (gl_table_add_bad(t, f->row, f->line, f->why)) return GLIA_RESOURCE;
        if (!(t->bad[t->bads - 1].name = gl_table_keep(t, f->path, strlen(f->path))))
            return GLIA_RESOURCE;
    }
    gl_table_tell_bad(t, l->known);
    return GLIA_OK;
}

/* ------------------------------------------------------------------------- folders and files -- */

/* The folder of a path with its slash, or "". */
static char *folder_of(glia_ctx *g, const char *path) {
    const char *slash = strrchr(path, '/');
    return gl_format(g, "%.*s", slash ? (int)(slash - path + 1) : 0, path);
}

/* "pets" of "pets/", whose root is "pets/". */
static glia_status open_folder(gl_picture_list *l, const char *path, char **root) {
    size_t n = strlen(path);
    while (n > 1 && path[n - 1] == '/') n--;
    *root = gl_format(l->g, "%.*s%s", (int)n, path, path[n - 1] == '/' ? "" : "/");
    char *source = gl_format(l->g, "%.*s", (int)n, path);
    l->t = source ? gl_table_new(l->g, source) : NULL;
    gl_free(l->g, source);
    l->root = *root;
    if (!l->t || !l->root) return GLIA_RESOURCE;
    glia_status status = gl_list_folder(l);
    for (int64_t i = 0; i < l->n; i++) l->file[i].line = i + 1;
    return status;
}

static glia_status open_file(gl_picture_list *l, const char *path, char **root) {
    l->named = true;
    l->root = *root = folder_of(l->g, path);
    l->t = gl_table_new(l->g, path);
    if (!l->root || !l->t) return GLIA_RESOURCE;
    bool pipe = strcmp(path, "-") == 0;
    if (pipe) l->piped = gl_read_bytes(l->g, path, &l->piped_size);
    if (pipe ? !l->piped : gl_check_readable(l->g, path)) return l->g->code;
    return gl_add_picture(l, path + strlen(l->root), 1, -1);
}

static glia_status fill(gl_picture_list *l, const glia_read_options *o, bool folder) {
    glia_tensor x;
    glia_table *t = l->t;
    glia_status status = read_list(l, o, folder, &x);
    if (status) return status;
    t->arrays = true;
    t->rows = x.dim[0];
    if (!add_pixels(t, l, &x)) return GLIA_RESOURCE;
    status = add_classes(t, l);
    if (!status) status = add_names(t, l);
    int64_t row = 0;
    if (!status && !(t->line = gl_alloc(t->g, t->rows, sizeof *t->line))) return GLIA_RESOURCE;
    for (int64_t i = 0; !status && i < l->n; i++)
        if (l->file[i].state == GL_PICTURE_SEEN) t->line[row++] = l->file[i].line;
    return status ? status : add_broken(t, l);
}

static gl_picture_list new_list(glia_ctx *g, const glia_read_options *o) {
    return (gl_picture_list){.g = g,
                             .skip = !o->bad_images || strcmp(o->bad_images, "fail") != 0,
                             .most_memory =
                                 o->max_memory > 0 ? o->max_memory : (int64_t)(gl_memory("") / 2)};
}

static glia_table *read_pictures(glia_ctx *g, const char *path, const glia_read_options *o) {
    gl_picture_list l = new_list(g, o);
    char *root = NULL;
    bool folder = gl_is_folder(g, path);
    glia_status status = gl_parse_picture_options(g, o, &l.shape);
    if (!status) status = folder ? open_folder(&l, path, &root) : open_file(&l, path, &root);
    if (!status) status = fill(&l, o, folder);
    gl_free_pictures(&l);
    gl_free(g, root);
    if (!status) return l.t;
    glia_table_free(l.t);
    return NULL;
}

/* ----------------------------------------------------------------------- a column of a table -- */

static glia_status list_column(gl_picture_list *l, int j) {
    glia_table *t = l->t;
    const gl_column *c = &t->column[j];
    for (int64_t i = 0; i < t->rows; i++) {
        const char *path = c->code[i] < 0 ? NULL : c->category[c->code[i]];
        if (path && gl_add_picture(l, path, glia_table_line(t, i), i)) return GLIA_RESOURCE;
        if (path) continue;
        if (!l->skip)
            return gl_fail(l->g, GLIA_INPUT, "%s, line %lld: the path of its picture is missing",
                           t->source, (long long)glia_table_line(t, i));
        if (gl_table_add_bad(t, i, glia_table_line(t, i), "the path of its picture is missing"))
            return GLIA_RESOURCE;
    }
    return GLIA_OK;
}

static glia_status check_column(const glia_table *t, int j) {
    const gl_column *c = &t->column[j];
    if (c->type != GLIA_CATEGORY)
        return gl_fail(t->g, GLIA_INPUT, "%s: column '%s' holds %s, expected paths of pictures",
                       t->source, c->name, c->type == GLIA_NUMBER ? "numbers" : "arrays");
    int x = gl_table_find(t, "x");
    if (x < 0 || x == j) return GLIA_OK;
    return gl_fail(t->g, GLIA_INPUT,
                   "%s: a column is called 'x', as the pictures are going to be; rename it",
                   t->source);
}

/* Pixels in the place of paths; the target may be the column behind. */
static glia_status put_pixels(glia_table *t, int j, gl_picture_list *l, const glia_tensor *x) {
    gl_column *c = add_pixels(t, l, x);
    if (!c) return GLIA_RESOURCE;
    gl_column paths = t->column[j];
    t->column[j] = *c;
    *c = paths;
    gl_table_drop_last(t);
    return add_names(t, l);
}

/* The rows whose pictures can be read: t itself where all can. */
static glia_table *without_broken(glia_table *t) {
    bool any = false;
    for (int64_t i = 0; i < t->bads; i++) any |= t->bad[i].row >= 0;
    glia_table *good = any ? glia_table_good_rows(t) : t;
    if (good && any) good->pictures = t->pictures;
    return good;
}

static glia_table *take_column(gl_picture_list *l, int j, const glia_read_options *o) {
    glia_tensor x;
    glia_table *all = l->t, *good = NULL;
    glia_status status = check_column(all, j);
    if (!status) status = list_column(l, j);
    if (!status) status = read_list(l, o, false, &x);
    if (!status) status = add_broken(all, l);
    if (!status) l->t = good = without_broken(all);
    if (good && put_pixels(good, j, l, &x)) {
        if (good != all) glia_table_free(good);
        good = NULL;
    }
    if (good != all) glia_table_free(all); /* now: the paths of the list are its texts */
    return good;
}

glia_table *gl_take_pictures(glia_table *t, const char *data, const glia_read_options *o) {
    glia_ctx *g = t->g;
    gl_picture_list l = new_list(g, o);
    char *root = folder_of(g, data);
    int j = glia_table_locate(t, o->image_column);
    l.t = t, l.root = root, l.named = true, l.known = t->bads;
    bool ok = root && j >= 0 && !gl_parse_picture_options(g, o, &l.shape);
    if (ok) t = take_column(&l, j, o);
    else glia_table_free(t), t = NULL;
    gl_free_pictures(&l);
    gl_free(g, root);
    return t;
}

/* -------------------------------------------------------------------------------- the reader -- */

/* Bytes that no text has, and those of Netpbm with a size behind. Pictures of text are known by
 * their names: a table may begin so, too. */
static bool begins_like_picture(const unsigned char *b, size_t n, bool whole) {
    (void)whole;
    int kind = gl_picture_kind(b, n);
    if (kind < 0 || *b != 'P') return kind >= 0;
    for (size_t i = 0; i < n; i++)
        if (b[i] < 32 && !isspace(b[i])) return b[1] >= '4';
    return false;
}

const gl_reader gl_reader_pictures = {
    .names = {"pictures"},
    .suffixes = {".png", ".jpg", ".jpeg", ".webp", ".bmp", ".pbm", ".pgm", ".ppm", ".pnm"},
    .signature = begins_like_picture,
    .read_table = read_pictures,
    .uses = GL_USES_PICTURES,
};
