/*
 * records.c: a table filled row by row with cells that have types of their own.
 *
 *     {"city": "Bonn", "area": 82.5}      city  Bonn  -     Ulm     a column of texts
 *     {"area": "?"}                       area  82.5  ?     59      numbers and a text: both kept,
 *     {"city": "Ulm", "area": 59}                                   until all rows are known
 *
 * In one pass, since a query cannot be asked twice for the same rows. A column has memory for
 * numbers or for texts, and for both only where it has both.
 */
#include "cells.h"
#include "records.h"

#include <math.h>
#include <stdio.h>
#include <string.h>

typedef struct cells { /* of a column, beside those in the table's column */
    int64_t numbers, texts;
    int64_t row;           /* behind the last that has a cell */
    int next;              /* number of the next column that is called so; 0: there is none yet */
    bool keep_texts, code; /* its texts stay texts; since one begins with a 0 */
    gl_date date;          /* as its texts are declared; GL_NO_DATE: they are not, or no more */
} cells;

struct gl_records {
    glia_ctx *g;
    const glia_read_options *options;
    glia_table *t;
    gl_column names; /* a category column over the names: the code of one is the column's number */
    cells *column;
    int64_t cap;       /* rows that the columns hold */
    int64_t cells_cap; /* of column */
    int64_t given;     /* cells, all in all */
    gl_renamed renamed;
    uint64_t seen; /* words of the option 'missing' that some cell was */
    bool lines;
};

gl_records *gl_records_new(glia_ctx *g, const char *source, const glia_read_options *options) {
    gl_records *r = gl_alloc(g, 1, sizeof *r);
    if (!r) return NULL;
    *r =
        (gl_records){.g = g, .options = options, .t = gl_table_new(g, source), .renamed.list.g = g};
    if (r->t) return r;
    gl_free(g, r);
    return NULL;
}

void gl_records_free(gl_records *r) {
    if (!r) return;
    glia_ctx *g = r->g;
    gl_free(g, r->renamed.name);
    gl_free(g, r->renamed.list.s);
    gl_free(g, r->names.category);
    gl_free(g, r->names.slot);
    gl_free(g, r->column);
    glia_table_free(r->t);
    gl_free(g, r);
}

/* ----------------------------------------------------------------------------------- columns -- */

/* A file of a million records that all have other names would need memory for a million times a
 * million cells. Where columns have gaps, one cell in a hundred is still there. */
static glia_status check_size(gl_records *r, int64_t rows, int64_t columns) {
    int64_t most = 100 * r->given + (1 << 24), all;
    if (gl_multiply(rows, columns, &all) && all <= most) return GLIA_OK;
    return gl_fail(
        r->g, GLIA_INPUT,
        "%s: found %lld columns, of which nearly all cells are missing; expected records "
        "that share their names",
        r->t->source, (long long)columns);
}

static int add_column(gl_records *r, const char *name, size_t length) {
    if (check_size(r, r->cap, r->t->columns + 1)) return -1;
    if (!gl_reserve(r->g, &r->column, &r->cells_cap, r->t->columns + 1, sizeof *r->column))
        return -1;
    int32_t code = gl_column_code(r->t, &r->names, name, length);
    if (code < 0 || !gl_table_add(r->t, r->names.category[code], GLIA_CATEGORY)) return -1;
    r->column[code] = (cells){0};
    return code;
}

int gl_records_column(gl_records *r, const char *name, size_t length) {
    int32_t known = gl_column_find(&r->names, name, length);
    return known >= 0 ? known : add_column(r, name, length);
}

int gl_records_add(gl_records *r, const char *name) {
    int32_t known = gl_column_find(&r->names, name, strlen(name));
    if (known < 0) return add_column(r, name, strlen(name));
    char *fresh = gl_rename(&r->renamed, &r->names, name, &r->column[known].next);
    int column = fresh ? add_column(r, fresh, strlen(fresh)) : -1;
    gl_free(r->g, fresh);
    return column;
}

int gl_records_find(const gl_records *r, const char *name, size_t length) {
    return gl_column_find(&r->names, name, length);
}

bool gl_records_filled(const gl_records *r, int column) {
    return r->column[column].numbers > 0 || r->column[column].texts > 0;
}

int64_t gl_records_rows(const gl_records *r) { return r->t->rows; }

int gl_records_columns(const gl_records *r) { return r->t->columns; }

const char *gl_records_name(const gl_records *r, int column) { return r->t->column[column].name; }

void gl_records_keep_texts(gl_records *r, int column) { r->column[column].keep_texts = true; }

void gl_records_unit(gl_records *r, int column, const char *unit) {
    gl_dress *d = &r->t->column[column].dress;
    if (!*d->after) *d = (gl_dress){.decimal = '.', .implied = true};
    snprintf(d->after, sizeof d->after, "%s", unit);
}

void gl_records_dates(gl_records *r, int column, gl_date order) { r->column[column].date = order; }

void gl_records_nameless(gl_records *r, int column) { r->t->column[column].nameless = true; }

void gl_records_unnamed(gl_records *r) { r->t->unnamed = true; }

/* ---------------------------------------------------------------------------- rows and cells -- */

/* All columns have the same room, counted once. */
static bool grow(gl_records *r) {
    glia_table *t = r->t;
    int64_t wanted = t->rows + 1, cap = r->cap;
    if (check_size(r, 2 * wanted, t->columns)) return false;
    if (!gl_reserve(r->g, &t->line, &cap, wanted, sizeof *t->line)) return false;
    for (gl_column *c = t->column; c < t->column + t->columns; c++) {
        int64_t a = r->cap, b = r->cap, d = r->cap;
        if (c->number && !gl_reserve(r->g, &c->number, &a, wanted, sizeof *c->number)) return false;
        if (c->code && !gl_reserve(r->g, &c->code, &b, wanted, sizeof *c->code)) return false;
        if (c->spelt && !gl_reserve(r->g, &c->spelt, &d, wanted, sizeof *c->spelt)) return false;
    }
    r->cap = cap;
    return true;
}

glia_status gl_records_row(gl_records *r, int64_t line) {
    glia_table *t = r->t;
    if (t->rows == r->cap && !grow(r)) return glia_code(r->g);
    for (gl_column *c = t->column; c < t->column + t->columns; c++) {
        if (c->number) c->number[t->rows] = NAN;
        if (c->code) c->code[t->rows] = -1;
    }
    r->lines |= line > 0;
    t->line[t->rows++] = line;
    return GLIA_OK;
}

bool gl_records_shares_line(const gl_records *r) {
    const glia_table *t = r->t;
    return t->rows > 1 && t->line[t->rows - 1] && t->line[t->rows - 1] == t->line[t->rows - 2];
}

const char *gl_records_where(const gl_records *r, int column, char *buf, size_t size) {
    const glia_table *t = r->t;
    int64_t row = t->rows ? t->rows - 1 : 0, line = t->rows ? t->line[row] : 0;
    char record[40] = "";
    if (gl_records_shares_line(r))
        snprintf(record, sizeof record, ", record %lld", (long long)t->rows);
    snprintf(buf, size, "%s, %s %lld%s, column '%s'", t->source, line ? "line" : "row",
             (long long)(line ? line : row + 1), record, t->column[column].name);
    return buf;
}

static glia_status take_place(gl_records *r, int column) {
    char where[512];
    cells *c = &r->column[column];
    r->given++;
    if (c->row == r->t->rows)
        return gl_fail(r->g, GLIA_INPUT, "%s: found a second value of this name in one record",
                       gl_records_where(r, column, where, sizeof where));
    c->row = r->t->rows;
    return GLIA_OK;
}

/* Memory for the cells of a kind that the column did not have before. */
static bool take_numbers(gl_records *r, gl_column *c) {
    if (c->number) return true;
    if (!(c->number = gl_alloc(r->g, r->cap, sizeof *c->number))) return false;
    for (int64_t i = 0; i < r->t->rows; i++) c->number[i] = NAN;
    return true;
}

static bool take_codes(gl_records *r, gl_column *c) {
    if (c->code) return true;
    if (!(c->code = gl_alloc(r->g, r->cap, sizeof *c->code))) return false;
    for (int64_t i = 0; i < r->t->rows; i++) c->code[i] = -1;
    return true;
}

/* A source of records has a word of its own for what is missing: the text NA is Namibia. Where
 * numbers are beside it, it is missing all the same (settle). */
static bool is_missing(gl_records *r, const char *text, size_t length) {
    const char *asked = r->options->missing;
    int word = asked ? gl_missing_word(asked, text, length) : -1;
    if (word >= 0 && word < 64) r->seen |= (uint64_t)1 << word;
    return !length || word >= 0;
}

glia_status gl_records_text(gl_records *r, int column, const char *text, size_t length) {
    glia_status status = take_place(r, column);
    gl_column *c = &r->t->column[column];
    length = strnlen(text, length);
    if (status || is_missing(r, text, length)) return status;
    if (!take_codes(r, c)) return GLIA_RESOURCE;
    int32_t code = gl_column_code(r->t, c, text, length);
    if (code < 0) return glia_code(r->g);
    c->code[r->t->rows - 1] = code;
    r->column[column].texts++;
    return GLIA_OK;
}

static glia_status put_number(gl_records *r, int column, double v) {
    gl_column *c = &r->t->column[column];
    char where[512];
    if (isinf(v))
        return gl_fail(r->g, GLIA_INPUT, "%s: found an infinite number, expected a finite one",
                       gl_records_where(r, column, where, sizeof where));
    if (isnan(v)) return GLIA_OK;
    if (!take_numbers(r, c)) return GLIA_RESOURCE;
    c->number[r->t->rows - 1] = v;
    r->column[column].numbers++;
    return GLIA_OK;
}

/* For copies: the cell itself, where its value would be written in another way. */
static glia_status keep_spelling(gl_records *r, gl_column *c, double v, const char *text,
                                 size_t length) {
    char value[40];
    gl_print_number(v, value, sizeof value);
    if (strlen(value) == length && !memcmp(value, text, length)) return GLIA_OK;
    if (!c->spelt && !(c->spelt = gl_alloc(r->g, r->cap, sizeof *c->spelt))) return GLIA_RESOURCE;
    c->spelt[r->t->rows - 1] = gl_table_keep(r->t, text, length);
    return c->spelt[r->t->rows - 1] ? GLIA_OK : GLIA_RESOURCE;
}

glia_status gl_records_number(gl_records *r, int column, const char *text, size_t length) {
    double v = NAN;
    if (is_missing(r, text, length)) return take_place(r, column);
    if (!gl_parse_number(text, length, '.', &v)) return gl_records_text(r, column, text, length);
    glia_status status = take_place(r, column);
    if (!status) status = put_number(r, column, v);
    const glia_read_options *o = r->options;
    bool copied = o->spelt || o->category || o->text;
    if (status || !copied || isnan(v)) return status;
    return keep_spelling(r, &r->t->column[column], v, text, length);
}

glia_status gl_records_value(gl_records *r, int column, double value) {
    char text[40];
    gl_print_number(value, text, sizeof text);
    glia_status status = take_place(r, column);
    if (status || is_missing(r, text, strlen(text))) return status;
    return put_number(r, column, value);
}

/* ------------------------------------------------------------------------------ all is known -- */

/* Numbers beside texts become texts, each as it was spelt. */
static glia_status numbers_to_texts(gl_records *r, gl_column *c) {
    char value[40];
    for (int64_t i = 0; i < r->t->rows; i++) {
        if (isnan(c->number[i])) continue;
        const char *text = c->spelt ? c->spelt[i] : NULL;
        if (!text) text = gl_print_number(c->number[i], value, sizeof value);
        c->code[i] = gl_column_code(r->t, c, text, strlen(text));
        if (c->code[i] < 0) return glia_code(r->g);
    }
    gl_free(r->g, c->number);
    gl_free(r->g, c->spelt);
    c->number = NULL, c->spelt = NULL;
    return GLIA_OK;
}

/* Whether all its texts are numbers, as those of a table of text would be, or words for missing
 * ones beside numbers. */
static bool are_numbers(const gl_column *c) {
    double v;
    bool any = c->number;
    int64_t points = 0, thousands = 0;
    for (int64_t k = 0; k < c->categories; k++) {
        const char *text = c->category[k];
        if (text[0] == '0' && text[1] >= '0' && text[1] <= '9') return false; /* 007 */
        bool number = gl_parse_number(text, strlen(text), '.', &v) && !isinf(v);
        any |= number && !isnan(v);
        points += number && strchr(text, '.');
        thousands += number && gl_may_be_thousands(text, '.');
        if (!number && !gl_is_missing(text, strlen(text), NULL)) return false;
    }
    bool doubtful = !c->number && points >= GL_ENOUGH_THOUSANDS && thousands == points;
    return any && !doubtful; /* cells.c asks what their points are */
}

static glia_status texts_to_numbers(gl_records *r, gl_column *c) {
    if (!take_numbers(r, c)) return GLIA_RESOURCE;
    for (int64_t i = 0; i < r->t->rows; i++) {
        const char *text = c->code[i] < 0 ? NULL : c->category[c->code[i]];
        if (text && !gl_is_missing(text, strlen(text), NULL))
            gl_parse_number(text, strlen(text), '.', &c->number[i]);
    }
    gl_free(r->g, c->code);
    gl_free(r->g, c->category);
    gl_free(r->g, c->slot);
    c->code = NULL, c->category = NULL, c->slot = NULL;
    c->slots = c->categories = 0;
    c->type = GLIA_NUMBER;
    return GLIA_OK;
}

/* 007 as a text, where the source has numbers for what is one. NULL: there is none, or other texts
 * tell what it is (dates, prices). */
static const char *find_code(const gl_column *c) {
    const char *code = NULL;
    for (int64_t k = 0; k < c->categories; k++) {
        const char *text = c->category[k];
        if (text[strspn(text, "0123456789")]) return NULL;
        if (!code && *text == '0' && text[1]) code = text;
    }
    return code;
}

static void tell_code(const gl_records *r, const gl_column *c, const char *code) {
    gl_note(r->g,
            "%s, column '%s': '%s' begins with a 0, so its cells are texts (option 'number' '%s' "
            "reads numbers)",
            r->t->source, c->name, code, c->name);
}

/* A column without a single cell is one of numbers, as in a table of text. */
static glia_status settle(gl_records *r, int column) {
    gl_column *c = &r->t->column[column];
    cells *found = &r->column[column];
    if (c->role || !found->texts) found->date = GL_NO_DATE;
    if (found->date) c->role = GL_AS_DATE, c->date = found->date;
    const char *code = c->role || found->keep_texts ? NULL : find_code(c);
    if (code) tell_code(r, c, code);
    found->keep_texts |= code != NULL;
    found->code = code != NULL;
    bool numbers = !found->keep_texts && !c->role && are_numbers(c);
    if (found->texts && numbers) return texts_to_numbers(r, c);
    if (found->texts) return found->numbers ? numbers_to_texts(r, c) : GLIA_OK;
    if (!take_numbers(r, c)) return GLIA_RESOURCE;
    c->type = GLIA_NUMBER;
    return GLIA_OK;
}

/* "5,61" and "$7": numbers in human dress. */
static bool are_dressed(const gl_column *c) {
    gl_undressed u;
    for (int64_t k = 0; k < c->categories; k++)
        if (!gl_undress(c->category[k], strlen(c->category[k]), &u)) return false;
    return c->categories > 0;
}

/* Programs import whole tables as texts. Few different ones are as good as texts: 0 and 1, say. */
enum { FEW_TEXTS = 20 };

static void tell_kept_texts(const gl_records *r) {
    const glia_table *t = r->t;
    gl_text names = {.g = r->g};
    for (int j = 0; j < t->columns; j++) {
        const gl_column *c = &t->column[j];
        if (r->column[j].keep_texts && !r->column[j].code && !c->role &&
            c->categories > FEW_TEXTS && (are_numbers(c) || are_dressed(c)))
            gl_add(&names, "%s'%s'", names.n ? ", " : "", c->name);
    }
    if (names.n)
        gl_warn(r->g,
                "%s: declared to hold texts, and holding numbers only: %s; read as texts (option "
                "'number' reads numbers, option 'category' says that they are none)",
                t->source, names.s);
    gl_free(r->g, names.s);
}

/* Texts that are all dates beginning with their year: SQLite has no other type for dates. */
static bool are_dates(const gl_column *c) {
    gl_date_parts p;
    int64_t dates = 0;
    for (int64_t k = 0; k < c->categories; k++) {
        const char *text = c->category[k];
        size_t n = strlen(text);
        if (gl_is_missing(text, n, NULL)) continue;
        if (!gl_date_read(text, n, &p) || !p.may[GL_YMD]) return false;
        dates++;
    }
    return dates > 0;
}

/* Texts become numbers and dates by the rules for tables of text, but for those that were declared
 * to be texts. */
static glia_status settle_texts(gl_records *r) {
    glia_table *t = r->t;
    gl_cell_signs signs;
    gl_words_found words = {0};
    glia_status status = gl_read_cell_signs(r->g, r->options, &signs);
    for (int j = 0; j < t->columns; j++)
        if (r->column[j].keep_texts && !t->column[j].role && !are_dates(&t->column[j]))
            t->column[j].role = GL_AS_TEXT;
        else r->column[j].keep_texts = false;
    if (!status) status = gl_cells_settle(t, signs, &words);
    if (words.text.s) gl_note(r->g, "%s: missing numbers: %s", t->source, words.text.s);
    gl_free(r->g, words.text.s);
    for (int j = 0; j < t->columns; j++)
        if (r->column[j].keep_texts || r->column[j].date) t->column[j].role = GL_AS_GUESSED;
    return status;
}

static glia_status finish(gl_records *r) {
    glia_table *t = r->t;
    gl_tell_renamed(&r->renamed, t->source);
    if (!t->columns || !t->rows)
        return gl_fail(r->g, GLIA_INPUT, "%s: found no %s, expected a table with rows", t->source,
                       t->columns ? "rows" : "columns");
    glia_status status = gl_table_say(t, r->options);
    for (int j = 0; j < t->columns && !status; j++) status = settle(r, j);
    tell_kept_texts(r);
    if (!r->lines) {
        gl_free(r->g, t->line);
        t->line = NULL;
    }
    if (!status) status = settle_texts(r);
    if (!status && r->options->missing && !(r->options->as_trained & GL_KEPT_MISSING))
        gl_warn_unseen(t, r->options->missing, r->seen);
    return status;
}

glia_table *gl_records_end(gl_records *r) {
    glia_table *t = NULL;
    if (!finish(r)) {
        t = r->t;
        r->t = NULL;
    }
    gl_records_free(r);
    return t;
}
