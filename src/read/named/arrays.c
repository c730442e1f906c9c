/*
 * arrays.c: files with named arrays: what is taken from them, and what is said about it.
 *
 *     list_classes (2,)   train_set_x (209, 64, 64, 3) u8   train_set_y (209,) i64
 *                         x                                 y
 *
 * Whoever named his arrays otherwise says which by FILE:ARRAY, and the message lists what is there.
 */
#include "arrays.h"

#include <pthread.h>
#include <stdio.h>
#include <string.h>

/* ----------------------------------------------------------------------------- the libraries -- */

/* HDF5 serves many threads only where it was built to, and a process has it once: libmatio calls
 * the same. Held for a call, and not while a file is open: the user hears notes in between. */
static pthread_mutex_t in_library = PTHREAD_MUTEX_INITIALIZER;

static void begin_turn(const gl_array_reader *r) {
    if (r->one_at_a_time) pthread_mutex_lock(&in_library);
    if (r->enter) r->enter();
}

static void end_turn(const gl_array_reader *r) {
    if (r->leave) r->leave();
    if (r->one_at_a_time) pthread_mutex_unlock(&in_library);
}

static bool open_and_list(gl_contents *c, char wrong[GL_WRONG]) {
    const gl_array_reader *r = c->reader;
    begin_turn(r);
    c->file = r->open(c->g, c->path, wrong);
    bool ok = c->file && r->list(c->file, c->array, GL_MAX_ARRAYS, &c->count, wrong);
    end_turn(r);
    return ok;
}

static bool read_numbers(const gl_contents *c, const gl_array_info *a, void *data,
                         char wrong[GL_WRONG]) {
    begin_turn(c->reader);
    bool ok = c->reader->read(c->file, a, data, wrong);
    end_turn(c->reader);
    return ok;
}

bool gl_read_listed_texts(const gl_contents *c, const gl_array_info *a, gl_take_text *take,
                          void *to, char wrong[GL_WRONG]) {
    begin_turn(c->reader);
    bool ok = c->reader->read_texts(c->file, a, take, to, wrong);
    end_turn(c->reader);
    return ok;
}

static void close_file(gl_contents *c) {
    begin_turn(c->reader);
    if (c->file) c->reader->close(c->file);
    end_turn(c->reader);
    gl_free(c->g, c);
}

/* ---------------------------------------------------------------------------------- opening -- */

/* Found again by its name, the second would be read as the first, which may be of another size. */
static glia_status check_names(const gl_contents *c) {
    for (int i = 1; i < c->count; i++) {
        const gl_array_info *a = &c->array[i];
        for (const gl_array_info *b = c->array; b < a; b++) {
            if (a->column == b->column && !strcmp(a->place, b->place) && !strcmp(a->part, b->part))
                return gl_fail(c->g, GLIA_INPUT,
                               "%s: two arrays are called %s, expected names that differ", c->path,
                               a->name);
        }
    }
    return GLIA_OK;
}

/* Libraries say "unable to open file" for whatever is wrong; a file that cannot be read at all gets
 * the message that every other reader gives. */
static gl_contents *open_file(glia_ctx *g, const gl_array_reader *r, const char *path) {
    char wrong[GL_WRONG] = "";
    if (gl_check_readable(g, path)) return NULL;
    gl_contents *c = gl_alloc(g, 1, sizeof *c);
    if (!c) return NULL;
    c->g = g, c->reader = r, c->path = path;
    if (open_and_list(c, wrong) && !check_names(c)) {
        gl_find_sparse(c);
        return c;
    }
    if (*wrong) gl_fail(g, GLIA_INPUT, "cannot read '%s': %s", path, wrong);
    close_file(c);
    return NULL;
}

/* What a reader left in `wrong`, when it has not said it itself. */
static glia_status wrong_array(const gl_contents *c, const gl_array_info *a, const char *wrong) {
    if (!*wrong) return c->g->code;
    return gl_fail(c->g, GLIA_INPUT, "cannot read '%s', array %s: %s", c->path, a->name, wrong);
}

/* --------------------------------------------------------------------------------- one array -- */

/* Writes the values with the last axis running fastest, where the file has the first one so. */
static void turn_axes(const glia_tensor *t, const char *from, char *to) {
    size_t width = glia_dtype_size(t->dtype);
    int64_t at[GLIA_MAX_DIMS] = {0}, n = glia_tensor_count(t, 0);
    for (int64_t i = 0; i < n; i++) {
        int64_t place = 0;
        for (int k = t->ndim; k-- > 0;) place = place * t->dim[k] + at[k];
        memcpy(to + (size_t)i * width, from + (size_t)place * width, width);
        for (int k = t->ndim; k-- > 0 && ++at[k] == t->dim[k];) at[k] = 0;
    }
}

static glia_status turn(const gl_contents *c, glia_tensor *t) {
    glia_tensor turned = *t;
    glia_status status = gl_new_tensor(c->g, c->path, &turned, -1);
    if (status) return status;
    turn_axes(t, t->data, turned.data);
    gl_free(c->g, t->data);
    *t = turned;
    return GLIA_OK;
}

static glia_status check_claim(const gl_contents *c, const gl_array_info *a) {
    char shape[96];
    if (a->kind == GL_UNREAD)
        return gl_fail(c->g, GLIA_INPUT, "%s: %s holds %s; expected numbers or texts%s%s", c->path,
                       a->name, a->remark, a->mend ? ", so " : "", a->mend ? a->mend : "");
    int64_t count = glia_tensor_count(&a->shape, 0);
    if (count >= 0 && count <= a->most) return GLIA_OK;
    return gl_fail(c->g, GLIA_INPUT,
                   "%s, array %s: it claims the shape %s, but the file holds less", c->path,
                   a->name, gl_shape_text(&a->shape, shape, sizeof shape));
}

glia_status gl_read_values(const gl_contents *c, const gl_array_info *a, glia_tensor *out) {
    char wrong[GL_WRONG] = "";
    *out = a->shape;
    glia_status status = check_claim(c, a);
    if (!status) status = gl_new_tensor(c->g, c->path, out, -1);
    if (status) return status;
    if (!read_numbers(c, a, out->data, wrong)) status = wrong_array(c, a, wrong);
    else if (a->reversed && a->shape.ndim > 1) status = turn(c, out);
    if (!status) return GLIA_OK;
    gl_free(c->g, out->data);
    out->data = NULL;
    return status;
}

/* MATLAB and Octave have no arrays of one dimension: a row of labels is a vector like a column. */
static void stand_up(const gl_array_info *a, glia_tensor *t) {
    if (!a->two_axes || t->ndim != 2 || t->dim[0] != 1) return;
    t->dim[0] = t->dim[1];
    t->dim[1] = 1;
}

static glia_status read_texts(const gl_contents *c, const gl_array_info *a, gl_array *out) {
    char wrong[GL_WRONG] = "";
    gl_text_column to = {0};
    glia_status status = check_claim(c, a);
    if (status) return status;
    out->values = a->shape;
    if (!(out->column = gl_table_new(c->g, c->path))) return GLIA_RESOURCE;
    out->column->rows = glia_tensor_count(&a->shape, 0);
    stand_up(a, &out->values);
    status = gl_add_text_column(out->column, a->name, &to);
    if (!status && !gl_read_listed_texts(c, a, gl_take_cell, &to, wrong))
        status = wrong_array(c, a, wrong);
    if (status) gl_free_array(c->g, out);
    return status;
}

glia_status gl_read_listed(const gl_contents *c, const gl_array_info *a, bool as_labels,
                           gl_array *out) {
    *out = (gl_array){0};
    if (a->kind == GL_TEXTS || (a->kind == GL_NAMED_NUMBERS && as_labels))
        return read_texts(c, a, out);
    if (a->sparse) return gl_read_sparse(c, a, &out->values);
    glia_status status = gl_read_values(c, a, &out->values);
    if (!status && as_labels) stand_up(a, &out->values);
    return status;
}

/* ------------------------------------------------------------------------------------- pairs -- */

/* Other labels, or more about each sample, would be lost without a word. */
static void add_like_samples(gl_text *text, const gl_contents *c, const gl_pair *p) {
    const char *before = "; left out: ";
    for (int i = 0; p->y && i < c->count; i++) {
        const gl_array_info *a = &c->array[i];
        bool taken = a == p->x || a == p->y || a == p->test_x || a == p->test_y;
        if (taken || a->aside || *a->table || a->shape.dim[0] != p->x->shape.dim[0]) continue;
        gl_add(text, "%s", before);
        gl_add_array_text(text, a);
        before = ", ";
    }
}

/* Arrays have no header that a user could have seen: which ones were taken is always said. */
static void say_taken(const gl_contents *c, const gl_pair *p) {
    gl_text text = {.g = c->g};
    gl_add(&text, "x is ");
    gl_add_array_text(&text, p->x);
    if (p->y) gl_add(&text, ", y is ");
    if (p->y) gl_add_array_text(&text, p->y);
    if (p->y && p->test_x && p->test_y)
        gl_add(&text, "; %s and %s of the same file are left out (name them by FILE:ARRAY)",
               p->test_x->name, p->test_y->name);
    if (p->by_shape) gl_add(&text, ", by their shapes, as they have no names");
    add_like_samples(&text, c, p);
    const gl_array_info *both[] = {p->x, p->y};
    for (int i = 0; i < 2; i++) {
        if (both[i] && both[i]->kind != GL_UNREAD && *both[i]->remark)
            gl_add(&text, "; %s: %s", both[i]->name, both[i]->remark);
    }
    if (text.s) gl_note(c->g, "%s: %s", c->path, text.s);
    gl_free(c->g, text.s);
}

static glia_status two_pairs(const gl_contents *c, const gl_pair *p) {
    char what[4 * GL_NAME + 80];
    const char *y = p->y ? p->y->name : "no labels";
    const char *other_y = p->other_y ? p->other_y->name : "no labels";
    bool one_x = !strcmp(p->x->name, p->other_x->name), one_y = !strcmp(y, other_y);
    int n = one_x ? 0
                  : snprintf(what, sizeof what, "x may be %s or %s%s", p->x->name, p->other_x->name,
                             one_y ? "" : ", ");
    if (!one_y || one_x)
        snprintf(what + n, sizeof what - (size_t)n, "y may be %s or %s", y, other_y);
    return gl_fail_not_found(c, what);
}

/* MATLAB keeps the samples of images as the last of three axes or more. Where the labels are as
 * many as those, and not as the rows, that is what was meant. */
static glia_status samples_first(const gl_contents *c, const gl_pair *p, int64_t labels,
                                 glia_tensor *x) {
    char shape[96];
    int last = x->ndim - 1;
    if (!p->x->two_axes || last < 2 || x->dim[last] != labels || x->dim[0] == labels)
        return GLIA_OK;
    glia_tensor turned = *x;
    size_t width = glia_dtype_size(x->dtype);
    int64_t count = glia_tensor_count(x, 0) / labels;
    for (int k = last; k > 0; k--) turned.dim[k] = x->dim[k - 1];
    turned.dim[0] = labels;
    glia_status status = gl_new_tensor(c->g, c->path, &turned, -1);
    if (status) return status;
    for (int64_t i = 0; i < labels; i++) {
        for (int64_t j = 0; j < count; j++)
            memcpy((char *)turned.data + (size_t)(i * count + j) * width,
                   (const char *)x->data + (size_t)(j * labels + i) * width, width);
    }
    gl_free(c->g, x->data);
    *x = turned;
    gl_note(c->g, "%s: the samples of %s are its last axis, so it is read as %s", c->path,
            p->x->name, gl_shape_text(x, shape, sizeof shape));
    return GLIA_OK;
}

static glia_table *read_pair(const gl_contents *c, const gl_pair *p) {
    gl_array x = {0}, y = {0};
    say_taken(c, p);
    if (gl_read_listed(c, p->x, false, &x)) return NULL;
    x.skip = c->skip;
    if (!p->y) return gl_table_of_arrays(c->g, c->path, &x, NULL, NULL);
    if (!gl_read_listed(c, p->y, true, &y) &&
        !samples_first(c, p, glia_tensor_count(&y.values, 0), &x.values))
        return y.skip = c->skip, gl_table_of_arrays(c->g, c->path, &x, c->path, &y);
    gl_free_array(c->g, &x);
    gl_free_array(c->g, &y);
    return NULL;
}

static const gl_array_info *find_name(const gl_contents *c, const char *name) {
    while (*name == '/') name++;
    for (int i = 0; i < c->count; i++) {
        if (!strcmp(c->array[i].name, name)) return &c->array[i];
    }
    for (int i = 0; i < c->count; i++) { /* "X/value", as other programs list it */
        if (!*c->array[i].table && !strcmp(c->array[i].place, name)) return &c->array[i];
    }
    return NULL;
}

static const gl_array_info *find_only(const gl_contents *c) {
    const gl_array_info *only = NULL;
    for (int i = 0; i < c->count; i++) {
        if (c->array[i].aside || *c->array[i].table) continue;
        if (only) return NULL;
        only = &c->array[i];
    }
    return only;
}

static bool is_matrix(const gl_array_info *a) {
    return a && a->kind == GL_NUMBERS && a->shape.ndim == 2 && a->shape.dim[1] > 1;
}

static glia_table *read_one_table(const gl_contents *c, int tables, const char *first) {
    char what[40];
    snprintf(what, sizeof what, "found %d tables", tables);
    return tables == 1 ? gl_read_listed_table(c, first) : (gl_fail_tables(c, what), NULL);
}

static glia_table *read_asked_table(gl_contents *c, const char *name) {
    char what[GL_NAME + 40];
    gl_find_columns(c);
    const char *table = gl_find_table(c, name);
    const gl_array_info *a = find_name(c, name);
    if (table) return gl_read_listed_table(c, table);
    if (is_matrix(a)) return gl_read_matrix(c, a);
    snprintf(what, sizeof what, "there is no table '%.256s'", name);
    if (gl_count_tables(c, NULL)) gl_fail_tables(c, what);
    else gl_fail_not_found(c, what);
    return NULL;
}

/* Of x, y and z of 60 values each x is no row of features, and z would be lost. */
static bool is_column_of_many(const gl_contents *c, const gl_array_info *x) {
    int beside = 0;
    if (!x || x->shape.ndim != 1) return false;
    for (int i = 0; i < c->count; i++) {
        const gl_array_info *a = &c->array[i];
        beside += !a->aside && !*a->table && a->kind != GL_UNREAD && a->shape.ndim == 1 &&
                  a->shape.dim[0] == x->shape.dim[0];
    }
    return beside > 2;
}

/* Columns become a table only when somebody asks for it: nothing says which of them is the target,
 * and HDF5 has them by the alphabet. They are listed. */
static void fail_without_pair(gl_contents *c, const gl_array_info *column) {
    char what[2 * GL_NAME];
    snprintf(what, sizeof what, "found no pair called x/y, images/labels or data/target");
    if (column)
        snprintf(what, sizeof what, "%.200s is one of more than two columns of %lld values",
                 column->name, (long long)column->shape.dim[0]);
    gl_find_columns(c);
    gl_fail_not_found(c, what);
}

static glia_table *read_what_is_there(gl_contents *c) {
    gl_pair pair = gl_find_pair(c);
    const char *table = NULL;
    const gl_array_info *only = find_only(c);
    int tables = gl_count_tables(c, &table);
    if (!pair.x && !tables) pair = gl_find_unnamed_pair(c);
    if (pair.x && pair.other_x) return two_pairs(c, &pair), NULL;
    bool column = is_column_of_many(c, pair.x);
    if (pair.x && !column && (pair.y || !tables)) return read_pair(c, &pair);
    if (tables) return read_one_table(c, tables, table);
    if (c->reader->lone_matrix_is_table && is_matrix(only)) return gl_read_matrix(c, only);
    fail_without_pair(c, column ? pair.x : NULL);
    return NULL;
}

glia_table *gl_read_named_pair(glia_ctx *g, const gl_array_reader *r, const char *path,
                               const glia_read_options *options) {
    gl_contents *c = open_file(g, r, path);
    if (!c) return NULL;
    c->skip = gl_skips_bad_rows(options);
    glia_table *t = options->table ? read_asked_table(c, options->table) : read_what_is_there(c);
    close_file(c);
    return t;
}

/* ---------------------------------------------------------------------------- arrays by name -- */

glia_status gl_read_named_array(glia_ctx *g, const gl_array_reader *r, const char *path,
                                const char *array, gl_array *out) {
    char what[GL_NAME + 40];
    gl_contents *c = open_file(g, r, path);
    if (!c) return g->code;
    const gl_array_info *a = array ? find_name(c, array) : find_only(c);
    if (array) snprintf(what, sizeof what, "there is no array '%.256s'", array);
    else
        snprintf(what, sizeof what, "%s", c->count ? "the file has several arrays" : "it is empty");
    glia_status status = a ? gl_read_listed(c, a, true, out) : gl_fail_not_found(c, what);
    if (!status && a && *a->remark) gl_note(g, "%s: %s: %s", path, a->name, a->remark);
    close_file(c);
    return status;
}

glia_table *gl_read_table_or_array(glia_ctx *g, const gl_array_reader *r, const char *path,
                                   const glia_read_options *options) {
    gl_contents *c = open_file(g, r, path);
    if (!c) return NULL;
    const char *table = NULL;
    const gl_array_info *a = find_only(c);
    gl_array x = {0};
    glia_table *t = NULL;
    if (gl_count_tables(c, &table) == 1) t = gl_read_listed_table(c, table);
    else if (!a) gl_fail_not_found(c, "the file has several arrays");
    else if (!gl_read_listed(c, a, false, &x)) {
        x.skip = gl_skips_bad_rows(options);
        t = gl_table_of_arrays(g, path, &x, NULL, NULL);
    }
    close_file(c);
    return t;
}
