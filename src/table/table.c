/*
 * table.c: making a table, finding its columns, turning texts into codes and back. It reads no
 * files and draws no conclusions: see read.c and summary.c.
 *
 *     row    Age (number)    Sex (category)          x (array)
 *     0      22              code 0 -> "male"        28 x 28 bytes
 *     1      38              code 1 -> "female"      28 x 28 bytes
 *     2      NaN, missing    code -1, missing        an array has no missing cells
 *
 * Column by column, because whoever looks at a table looks at one column at a time: is it a
 * number, how is it spread, what are its texts. A number takes 8 bytes, or as many as its
 * digits need (packed.h), a text 4 and its place in the pool once.
 */
#include "../base/keyed.h"
#include "series.h"

#include <math.h>
#include <pthread.h>
#include <stdio.h>
#include <string.h>
#include <strings.h>

/* ------------------------------------------------------------------------------------ memory -- */

/* Category texts are many and small: they share blocks that never move. gl_alloc gives whole cache
 * lines, 64 bytes for "male"; and what has an address of its own must be freed on its own. A text
 * that is longer than a block gets a block of its length. Behind a text are 8 bytes that may be
 * looked at (is_text). */
#define POOL_BLOCK 65536

typedef struct gl_pool {
    struct gl_pool *next;
    size_t used, size;
    char bytes[];
} gl_pool;

char *gl_table_keep(glia_table *t, const char *text, size_t length) {
    if (!t->pool || t->pool->size - t->pool->used <= length) {
        size_t size = length + 1 > POOL_BLOCK ? length + 1 : POOL_BLOCK;
        gl_pool *block = gl_alloc(t->g, 1, sizeof *block + size + 8);
        if (!block) return NULL;
        block->next = t->pool;
        block->size = size;
        t->pool = block;
    }
    char *copy = t->pool->bytes + t->pool->used;
    memcpy(copy, text, length);
    copy[length] = 0;
    t->pool->used += length + 1;
    return copy;
}

void gl_table_drop_texts(glia_table *t) {
    while (t->pool) {
        gl_pool *block = t->pool;
        t->pool = block->next;
        gl_free(t->g, block);
    }
}

void gl_table_take_texts(glia_table *to, glia_table *from) {
    gl_pool *last = from->pool;
    while (last && last->next) last = last->next;
    if (!last) return;
    last->next = to->pool;
    to->pool = from->pool;
    from->pool = NULL;
}

glia_table *gl_table_new(glia_ctx *g, const char *source) {
    glia_table *t = gl_alloc(g, 1, sizeof *t);
    if (!t) return NULL;
    t->g = g;
    t->decimal = '.';
    t->source = gl_copy_text(g, source);
    if (t->source) return t;
    gl_free(g, t);
    return NULL;
}

glia_status gl_table_check_context(glia_ctx *g, const glia_table *t) {
    if (t->g == g) return GLIA_OK;
    return gl_fail(g, GLIA_USAGE,
                   "%s: the table was made in another context, expected one of the context of the "
                   "call; read it there",
                   t->source);
}

gl_column *gl_table_add(glia_table *t, const char *name, glia_column_type type) {
    int64_t cap = t->column_cap;
    if (!gl_reserve(t->g, &t->column, &cap, t->columns + 1, sizeof *t->column)) return NULL;
    t->column_cap = (int)cap;
    gl_column *c = &t->column[t->columns];
    *c = (gl_column){.name = gl_copy_text(t->g, name), .type = type};
    if (!c->name) return NULL;
    t->columns++;
    return c;
}

glia_status gl_table_rename(glia_table *t, int column, const char *name) {
    char *copy = gl_copy_text(t->g, name);
    if (!copy) return GLIA_RESOURCE;
    gl_column *c = &t->column[column];
    gl_free(t->g, c->name);
    c->name = copy;
    c->about.name = NULL, c->classes = 0;
    return GLIA_OK;
}

glia_status glia_table_name_columns(glia_table *t, const glia_table *like) {
    bool other = false;
    if (!t->unnamed || like->unnamed || t->columns != like->columns) return GLIA_OK;
    for (int j = 0; j < t->columns; j++) {
        other |= strcmp(t->column[j].name, like->column[j].name) != 0;
        if (gl_table_rename(t, j, like->column[j].name)) return GLIA_RESOURCE;
    }
    if (other)
        gl_note(t->g, "%s: no header, so its columns are those of %s in their order", t->source,
                like->source);
    return GLIA_OK;
}

void gl_column_drop_numbers(glia_ctx *g, gl_column *c) {
    gl_free(g, c->number);
    gl_free(g, c->packed.bytes);
    gl_free(g, c->given);
    c->number = c->given = NULL, c->packed = (gl_packed){0};
}

void gl_column_let_go(const gl_column *c, int64_t from, int64_t until) {
    void *cells = c->number ? (void *)c->number : c->code ? (void *)c->code : c->packed.bytes;
    size_t size = c->number ? sizeof *c->number
                  : c->code ? sizeof *c->code
                            : (size_t)c->packed.width;
    if (cells) gl_let_go(cells, (size_t)from * size, (size_t)until * size);
}

bool gl_column_unpack(glia_ctx *g, gl_column *c, int64_t rows) {
    if (c->number) return true;
    double *number = gl_alloc_unset(g, rows, sizeof *number);
    for (int64_t i = 0; number && i < rows; i++) number[i] = gl_number(c, i);
    if (!number) return false;
    gl_column_drop_numbers(g, c);
    c->number = number;
    return true;
}

static void free_column(glia_ctx *g, gl_column *c) {
    gl_free(g, c->name);
    gl_column_drop_numbers(g, c);
    gl_free(g, c->code);
    gl_free(g, c->category);
    gl_free(g, c->slot);
    gl_free(g, c->spelt);
    gl_free(g, c->array.data);
    if (c->supply) c->supply->drop(c->supply, g);
}

void gl_table_drop_last(glia_table *t) { free_column(t->g, &t->column[--t->columns]); }

void gl_table_keep_columns(glia_table *t, const bool *keep) {
    int kept = 0;
    for (int j = 0; j < t->columns; j++) {
        if (keep && keep[j]) t->column[kept++] = t->column[j];
        else free_column(t->g, &t->column[j]);
    }
    t->columns = kept;
}

/* Columns are copied, since what they tell is noted in them when it is first asked: two
 * threads would write the same note at once. Cells and texts are not copied; nobody writes
 * them any more. */
glia_table *gl_table_view(glia_ctx *g, const glia_table *t) {
    glia_table *view = gl_alloc(g, 1, sizeof *view);
    gl_column *column = gl_alloc(g, t->columns, sizeof *column);
    if (!view || !column) {
        gl_free(g, view);
        gl_free(g, column);
        return NULL;
    }
    if (t->columns) memcpy(column, t->column, (size_t)t->columns * sizeof *column);
    *view = *t;
    view->g = g;
    view->column = column;
    return view;
}

void gl_table_close_view(glia_table *view) {
    if (!view) return;
    gl_free(view->g, view->column);
    gl_free(view->g, view);
}

void glia_table_free(glia_table *t) {
    if (!t) return;
    for (int i = 0; i < t->columns; i++) free_column(t->g, &t->column[i]);
    gl_table_drop_texts(t);
    gl_free(t->g, t->column);
    gl_free(t->g, t->line);
    gl_free(t->g, t->name);
    gl_free(t->g, t->origin);
    gl_free(t->g, t->root);
    gl_free(t->g, t->bad);
    gl_free(t->g, t->source);
    gl_free(t->g, t->reading);
    gl_past_free(t->g, t->past);
    gl_free(t->g, t);
}

/* For the next record of a server. Texts are forgotten with their rows: kept, they would grow with
 * every new name for as long as it runs. The newest block of the pool stays, so that the same kind
 * of record takes no memory the second time. */
void gl_table_clear(glia_table *t) {
    t->rows = 0;
    for (gl_column *c = t->column; c < t->column + t->columns; c++) {
        c->about.name = NULL, c->classes = 0;
        c->categories = 0;
        if (c->slot) memset(c->slot, 0, (size_t)c->slots * sizeof *c->slot);
    }
    while (t->pool && t->pool->next) {
        gl_pool *older = t->pool->next;
        t->pool->next = older->next;
        gl_free(t->g, older);
    }
    if (t->pool) t->pool->used = 0;
}

/* A table of number columns c1..cN copied from memory. */
glia_table *glia_table_from(glia_ctx *g, glia_tensor x, const char *const *names) {
    int64_t cols = glia_tensor_count(&x, 1);
    if (x.ndim < 1 || x.dim[0] < 1 || cols < 1 || cols > INT32_MAX || !x.data) {
        char shape[96];
        gl_fail(g, GLIA_USAGE, "a table needs at least one row and one column, found shape %s",
                gl_shape_text(&x, shape, sizeof shape));
        return NULL;
    }
    glia_table *t = gl_table_new(g, "memory");
    if (!t) return NULL;
    t->rows = x.dim[0], t->unnamed = !names;
    for (int64_t j = 0; j < cols; j++) {
        char number[32];
        snprintf(number, sizeof number, "c%lld", (long long)j + 1);
        gl_column *c = gl_table_add(t, names ? names[j] : number, GLIA_NUMBER);
        if (c) c->number = gl_alloc(g, t->rows, sizeof *c->number);
        if (!c || !c->number) {
            glia_table_free(t);
            return NULL;
        }
        for (int64_t i = 0; i < t->rows; i++) {
            c->number[i] = glia_tensor_value(&x, i * cols + j);
            c->infinite += isinf(c->number[i]) != 0;
        }
    }
    return t;
}

/* -------------------------------------------------------------------------- some of its rows -- */

/* Codes are given anew, so that the part knows the texts of its own rows alone. A fold must not
 * know that the rows left out have a category more. */
static bool select_codes(glia_table *to, gl_column *c, const gl_column *from, const int64_t *rows) {
    c->code = gl_alloc(to->g, to->rows, sizeof *c->code);
    for (int64_t i = 0; c->code && i < to->rows; i++) {
        int32_t code = from->code[rows[i]];
        const char *text = code < 0 ? NULL : from->category[code];
        c->code[i] = text ? gl_column_code(to, c, text, strlen(text)) : -1;
        if (text && c->code[i] < 0) return false;
    }
    return c->code;
}

static bool select_arrays(glia_table *to, gl_column *c, const gl_column *from,
                          const int64_t *rows) {
    size_t size = (size_t)glia_tensor_count(&from->array, 1) * glia_dtype_size(from->array.dtype);
    c->array = from->array, c->gaps = from->gaps;
    c->array.dim[0] = to->rows;
    if (from->supply)
        return (c->supply =
                    from->supply->some(from->supply, to->g, to->name, to->root, rows, to->rows));
    c->array.data = gl_alloc(to->g, to->rows, size);
    for (int64_t i = 0; c->array.data && i < to->rows; i++)
        memcpy((char *)c->array.data + (size_t)i * size,
               (const char *)from->array.data + (size_t)rows[i] * size, size);
    return c->array.data;
}

/* What is only copied is copied as the file spelt it. */
static bool select_spelling(glia_table *to, gl_column *c, const gl_column *from,
                            const int64_t *rows) {
    if (!from->spelt) return true;
    c->spelt = gl_alloc(to->g, to->rows, sizeof *c->spelt);
    for (int64_t i = 0; c->spelt && i < to->rows; i++) {
        const char *text = from->spelt[rows[i]];
        if (text && !(c->spelt[i] = gl_table_keep(to, text, strlen(text)))) return false;
    }
    return c->spelt;
}

static bool select_column(glia_table *to, const gl_column *from, const int64_t *rows) {
    gl_column *c = gl_table_add(to, from->name, from->type);
    if (!c || !select_spelling(to, c, from, rows)) return false;
    c->role = from->role, c->nameless = from->nameless, c->either_date = from->either_date;
    if (from->type == GLIA_CATEGORY) return select_codes(to, c, from, rows);
    if (from->type == GLIA_ARRAY) return select_arrays(to, c, from, rows);
    c->dress = from->dress, c->date = from->date, c->timed = from->timed;
    if (from->packed.bytes) return gl_pack_some(to->g, &c->packed, &from->packed, rows, to->rows);
    c->number = gl_alloc(to->g, to->rows, sizeof *c->number);
    for (int64_t i = 0; c->number && i < to->rows; i++) c->number[i] = gl_number(from, rows[i]);
    for (int64_t i = 0; c->number && from->infinite && i < to->rows; i++)
        c->infinite += isinf(c->number[i]) != 0;
    return c->number;
}

static bool select_names(glia_table *to, const glia_table *from, const int64_t *rows) {
    to->pictures = from->pictures;
    if (!from->name) return true;
    to->root = gl_copy_text(to->g, from->root);
    to->name = gl_alloc(to->g, to->rows, sizeof *to->name);
    to->origin = gl_alloc(to->g, to->rows, sizeof *to->origin);
    bool ok = to->root && to->name && to->origin;
    for (int64_t i = 0; ok && i < to->rows; i++) {
        to->origin[i] = from->origin[rows[i]];
        const char *name = from->name[rows[i]];
        ok = (to->name[i] = gl_table_keep(to, name, strlen(name)));
    }
    return ok;
}

/* Without rows of anything yet. */
static glia_table *table_like(const glia_table *t, int64_t n) {
    glia_table *to = gl_table_new(t->g, t->source);
    if (!to) return NULL;
    to->rows = n, to->arrays = t->arrays, to->sparse = t->sparse, to->decimal = t->decimal;
    to->unnamed = t->unnamed, to->stamp = t->stamp;
    return to;
}

/* Behind the names: pictures that are decoded again are found by them. */
static bool select_columns(glia_table *to, const glia_table *from, const int64_t *rows) {
    bool ok = true;
    for (int j = 0; ok && j < from->columns; j++) ok = select_column(to, &from->column[j], rows);
    return ok;
}

glia_table *gl_table_cells(const glia_table *t, const int64_t *rows, int64_t n) {
    glia_table *to = table_like(t, n);
    if (to && select_names(to, t, rows) && select_columns(to, t, rows)) return to;
    glia_table_free(to);
    return NULL;
}

/* Lines are those of the file that was read: what is wrong with a row of a fold can then
 * be found. */
glia_table *glia_table_select(const glia_table *t, const int64_t *rows, int64_t n) {
    glia_table *to = table_like(t, n);
    if (!to) return NULL;
    to->line = gl_alloc(t->g, n, sizeof *to->line);
    bool ok = to->line && select_names(to, t, rows) && gl_past_select(to, t, rows);
    for (int64_t i = 0; ok && i < n; i++) to->line[i] = glia_table_line(t, rows[i]);
    if (ok && t->reading) ok = (to->reading = gl_copy_text(t->g, t->reading));
    if (ok && select_columns(to, t, rows)) return to;
    glia_table_free(to);
    return NULL;
}

/* ---------------------------------------------------------------------------- asking a table -- */

int64_t glia_table_rows(const glia_table *t) { return t->rows; }

int glia_table_columns(const glia_table *t) { return t->columns; }

const char *glia_table_source(const glia_table *t) { return t->source; }

/* Is a column called what is to be predicted? */
static bool called_target(const char *name) {
    static const char *const words[] = {"label", "labels", "class", "target", "y"};
    for (size_t i = 0; i < sizeof words / sizeof *words; i++)
        if (!strcasecmp(name, words[i])) return true;
    return false;
}

int gl_table_called_target(const glia_table *t) {
    int found = -1;
    for (int j = 0; j < t->columns; j++) {
        if (!called_target(t->column[j].name)) continue;
        if (found >= 0) return -1;
        found = j;
    }
    return found;
}

/* Kaggle's MNIST and many others have the label in front. */
const char *glia_table_target_hint(const glia_table *t) {
    if (t->sparse) return "label";
    if (t->arrays) return gl_table_find(t, "y") >= 0 ? "y" : NULL;
    return t->columns > 1 && gl_table_called_target(t) == 0 ? t->column[0].name : NULL;
}

/* From the first column on: a table has few, and who asks for many knows where they usually are.
 * Two columns of one name: the reader has made their names different. */
int gl_table_find(const glia_table *t, const char *name) {
    for (int i = 0; i < t->columns; i++)
        if (!strcmp(t->column[i].name, name)) return i;
    return -1;
}

int gl_table_find_near(const glia_table *t, const char *name, int usually) {
    bool here = usually < t->columns && !strcmp(t->column[usually].name, name);
    return here ? usually : gl_table_find(t, name);
}

/* Sparse rows write no zeros, so a feature that no row of the file has is one of zeros and not a
 * missing column. That holds for f<index> alone: a file without labels has no labels of zeros. */
const gl_column *gl_table_source(const glia_table *t, const char *name, int usually) {
    static const gl_column zeros = {.type = GLIA_NUMBER};
    int j = gl_table_find_near(t, name, usually);
    if (j >= 0) return &t->column[j];
    bool index = *name == 'f' && name[1] && !name[1 + strspn(name + 1, "0123456789")];
    return t->sparse && index ? &zeros : NULL;
}

/* A name that was read as a cell. */
static const char *blame_header(const glia_table *t, const char *name) {
    char cell[256];
    for (int j = 0; j < t->columns && t->unnamed && t->rows; j++) {
        glia_table_cell(t, 0, j, cell, sizeof cell);
        if (!strcmp(cell, name))
            return ", and the first row has it (option 'header' takes that for the names)";
    }
    return "";
}

static glia_status no_such_column(const glia_table *t, const char *name) {
    const char **names = gl_alloc(t->g, t->columns, sizeof *names);
    if (!names) return GLIA_RESOURCE;
    for (int i = 0; i < t->columns; i++) names[i] = t->column[i].name;
    char list[400];
    int used = snprintf(list, sizeof list, "expected ");
    gl_list(names, t->columns, list + used, sizeof list - (size_t)used);
    gl_fail_word(t->g, GLIA_INPUT, name, names, t->columns, list, "%s: there is no column '%s'%s",
                 t->source, name, blame_header(t, name));
    gl_free(t->g, names);
    return GLIA_INPUT;
}

/* A name first, then a number: svmguide1.csv has columns called 0, 1, 2, 3 and 4, and "0" is the
 * first of them. From the end with -1, as in Python, since the target is the last column more often
 * than not. */
/* The bytes at s that nobody sees: no-break and soft signs, zero-width ones, and those that turn
 * the direction; or, as messages show them, "\u200b". 0: it is something else. */
static size_t unseen_at(const char *s) {
    static const char *const signs[] = {"\u00A0", "\u00AD", "\u200B", "\u200E", "\u200F", "\u202A",
                                        "\u202B", "\u202C", "\u202D", "\u202E", "\u2060", "\u2066",
                                        "\u2067", "\u2068", "\u2069", "\uFEFF"};
    enum { SHOWN = 6 }; /* \u200b */
    for (size_t i = 0; i < sizeof signs / sizeof *signs; i++)
        if (!strncmp(s, signs[i], strlen(signs[i]))) return strlen(signs[i]);
    bool shown = s[0] == '\\' && s[1] == 'u' && strspn(s + 2, "0123456789abcdefABCDEF") >= 4;
    return shown ? SHOWN : 0;
}

static bool looks_equal(const char *a, const char *b) {
    for (size_t n;;) {
        while ((n = unseen_at(a))) a += n;
        while ((n = unseen_at(b))) b += n;
        if (*a != *b || !*a) return *a == *b;
        a++, b++;
    }
}

/* The only column whose name looks so; -1. */
static int find_seen(const glia_table *t, const char *name) {
    int found = -1, count = 0;
    for (int j = 0; j < t->columns; j++)
        if (looks_equal(t->column[j].name, name)) found = j, count++;
    return count == 1 ? found : -1;
}

int glia_table_locate(const glia_table *t, const char *name) {
    int i = gl_table_find(t, name);
    if (i < 0) i = find_seen(t, name);
    if (i >= 0) return i;
    int64_t number;
    if (!gl_parse_int(name, &number)) {
        no_such_column(t, name);
        return -1;
    }
    if (number >= 1 && number <= t->columns) return (int)number - 1;
    if (number <= -1 && number >= -t->columns) return (int)(t->columns + number);
    gl_fail(t->g, GLIA_INPUT,
            "%s: there is no column %s; it has %d (1 is the first, -1 the last)%s", t->source, name,
            t->columns, blame_header(t, name));
    return -1;
}

glia_pictures glia_table_pictures(const glia_table *t) { return t->pictures; }

const char *glia_table_row_name(const glia_table *t, int64_t row) {
    return t->name ? t->name[row] : NULL;
}

/* As editors and people count: the first line is 1, and a header is a line. A picture of a folder
 * has a name, which says more. */
const char *gl_table_where(const glia_table *t, int64_t row, char *buf, size_t size) {
    int64_t line = glia_table_line(t, row);
    if (t->name && t->arrays) return snprintf(buf, size, "%s%s", t->root, t->name[row]), buf;
    bool shared = (row > 0 && glia_table_line(t, row - 1) == line) ||
                  (row + 1 < t->rows && glia_table_line(t, row + 1) == line);
    if (gl_has_lines(t) && shared)
        snprintf(buf, size, "%s, line %lld, row %lld", t->source, (long long)line,
                 (long long)row + 1);
    else if (gl_has_lines(t)) snprintf(buf, size, "%s, line %lld", t->source, (long long)line);
    else snprintf(buf, size, "%s, row %lld", t->source, (long long)row + 1);
    return buf;
}

/* They come from a division by zero or an overflow in the program before, and whoever wrote it
 * should hear of them: they are an error and not missing cells. */
glia_status gl_table_check_finite(glia_ctx *g, const glia_table *t, const gl_column *c,
                                  const int64_t *list, int64_t first, int64_t n) {
    char where[512];
    if (c->type != GLIA_NUMBER || !c->infinite) return GLIA_OK;
    for (int64_t i = 0; i < n; i++) {
        int64_t row = list ? list[i] : first + i;
        if (!isinf(gl_number(c, row))) continue;
        return gl_fail(
            g, GLIA_INPUT,
            "%s, column '%s': found an infinite number, expected a finite one (%lld such "
            "cell%s; option 'missing' inf,-inf reads them as missing, option 'bad-rows' skip "
            "leaves their rows out)",
            gl_table_where(t, row, where, sizeof where), c->name, (long long)c->infinite,
            gl_plural(c->infinite));
    }
    return GLIA_OK;
}

/* Inserts v into the ascending values[0..count-1] unless it is there; returns the new count. A
 * sorted list and no hash table: limits are 20 to 1000, and the answer is wanted in ascending
 * order anyway. */
static int insert_value(double *values, int count, int limit, double v) {
    int at = 0, end = count;
    while (at < end) {
        int middle = at + (end - at) / 2;
        if (values[middle] < v) at = middle + 1;
        else end = middle;
    }
    if (at < count && values[at] == v) return count;
    if (count == limit) return limit + 1;
    memmove(values + at + 1, values + at, (size_t)(count - at) * sizeof *values);
    values[at] = v;
    return count + 1;
}

int gl_distinct(const gl_column *c, const int64_t *rows, int64_t n, int limit, double *values) {
    int count = 0;
    for (int64_t i = 0; i < n && count <= limit; i++) {
        double v = gl_number(c, rows ? rows[i] : i);
        if (!isnan(v)) count = insert_value(values, count, limit, v == 0 ? 0 : v); /* -0 is 0 */
    }
    return count;
}

/* --------------------------------------------------------------------------- texts and codes -- */

/* Eight bytes at a time, up to the first difference, the 0 behind `known` if none is before: for
 * texts of a few letters a call takes longer. */
static bool is_text(const char *known, const char *text, size_t n) {
    for (; n > 8; known += 8, text += 8, n -= 8)
        if (gl_eight_bytes(known, 8) != gl_eight_bytes(text, 8)) return false;
    return gl_eight_bytes(known, n) == gl_eight_bytes(text, n) && !known[n];
}

/* The slot of a text in c's hash table: its own, or the free one where it belongs. A text is looked
 * for where it lies in the file, without a 0 behind it. With half of the slots taken a search looks
 * at 1.5 of them when it finds and 2.5 when it does not, on average (Knuth, volume 3, 6.4). */
static int32_t *find_slot(const gl_column *c, const char *text, size_t length) {
    uint64_t mask = (uint64_t)c->slots - 1;
    for (uint64_t i = gl_keyed_hash(&c->secret, text, length) & mask;; i = (i + 1) & mask) {
        int32_t *slot = &c->slot[i];
        if (!*slot) return slot;
        if (is_text(c->category[*slot - 1], text, length)) return slot;
    }
}

/* Twice as many slots, at most half of them taken. */
static bool grow_slots(glia_table *t, gl_column *c) {
    int64_t slots = c->slots ? 2 * c->slots : 16;
    int32_t *slot = gl_alloc(t->g, slots, sizeof *slot);
    if (!slot) return false;
    gl_free(t->g, c->slot);
    c->slot = slot;
    c->slots = slots;
    c->secret = t->g->secret;
    for (int64_t k = 0; k < c->categories; k++)
        *find_slot(c, c->category[k], strlen(c->category[k])) = (int32_t)k + 1;
    return true;
}

int32_t gl_column_find(const gl_column *c, const char *text, size_t length) {
    return c->slots ? *find_slot(c, text, length) - 1 : -1;
}

int32_t gl_column_code(glia_table *t, gl_column *c, const char *text, size_t length) {
    if (2 * (c->categories + 1) > c->slots && !grow_slots(t, c)) return -1;
    int32_t *slot = find_slot(c, text, length);
    if (*slot) return *slot - 1;
    /* a slot holds code + 1, so that memory as it is allocated, all 0, is a table without texts */
    if (c->categories == INT32_MAX - 1) {
        gl_fail(t->g, GLIA_INPUT, "%s, column '%s': more than %d different texts", t->source,
                c->name, INT32_MAX - 1);
        return -1;
    }
    if (!gl_reserve(t->g, &c->category, &c->category_cap, c->categories + 1, sizeof *c->category))
        return -1;
    if (!(c->category[c->categories] = gl_table_keep(t, text, length))) return -1;
    *slot = (int32_t)++c->categories;
    return *slot - 1;
}

static double *unpacked(glia_ctx *g, const gl_column *c, int64_t rows) {
    double *number = gl_alloc_unset(g, rows, sizeof *number);
    for (int64_t i = 0; number && i < rows; i++) number[i] = gl_number(c, i);
    return number;
}

/* All rows of a supply at once: who asks for them has the memory. */
static void *made(glia_ctx *g, const gl_column *c, int64_t rows) {
    size_t bytes = (size_t)c->supply->bytes;
    unsigned char *all = gl_alloc_unset(g, rows, bytes);
    gl_array_rows one = gl_array_open(g, c, (gl_selection){.n = rows});
    const void *row;
    for (int64_t i = 0; all && i < rows && (row = gl_array_next(&one).data); i++)
        memcpy(all + (size_t)i * bytes, row, bytes);
    if (!gl_array_close(&one)) return all;
    gl_free(g, all);
    return NULL;
}

/* Whoever asks may look at them as long as the table is there, and others at what is packed; two
 * may ask at once. */
static void *give(glia_ctx *g, gl_column *c, int64_t rows) {
    static pthread_mutex_t giving = PTHREAD_MUTEX_INITIALIZER;
    pthread_mutex_lock(&giving);
    if (!c->given) c->given = c->supply ? made(g, c, rows) : (void *)unpacked(g, c, rows);
    void *given = c->given;
    pthread_mutex_unlock(&giving);
    return given;
}

glia_tensor glia_table_values(const glia_table *t, int column) {
    gl_column *c = &t->column[column];
    glia_tensor array = c->array;
    if (c->supply) array.data = give(t->g, c, t->rows);
    if (c->type == GLIA_ARRAY) return array;
    if (c->type == GLIA_CATEGORY)
        return (glia_tensor){.dtype = GLIA_I32, .ndim = 2, .dim = {t->rows, 1}, .data = c->code};
    const double *number = c->packed.bytes ? give(t->g, c, t->rows) : c->number;
    return glia_tensor_f64(number, t->rows, 1);
}
