/*
 * csv_build.c: from cells to columns, in one pass over all of them: numbers where every cell of a
 * column is one, else texts; then what looks like a slip in the data is told.
 */
#include "csv.h"

#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

/* ------------------------------------------------------------------------------------- names -- */

static int by_text(const void *a, const void *b) {
    return strcmp(*(char *const *)a, *(char *const *)b);
}

/* Columns are matched by name, so a second "age" becomes "age_2". */
static glia_status name_once_more(glia_table *t, gl_column *c, const char *name) {
    for (int k = 2;; k++) {
        char *fresh = gl_format(t->g, "%s_%d", name, k);
        if (!fresh) return GLIA_RESOURCE;
        if (gl_table_find(t, fresh) >= 0) {
            gl_free(t->g, fresh);
            continue;
        }
        gl_warn(t->g, "%s: two columns are called '%s'; the later one is read as '%s'", t->source,
                name, fresh);
        gl_free(t->g, c->name);
        c->name = fresh;
        return GLIA_OK;
    }
}

/* Sorted once to see whether any name comes twice, since looking for each of a million among all
 * others would take hours; the few files that have one pay for it. */
static glia_status make_names_unique(glia_table *t) {
    char **sorted = gl_alloc(t->g, t->columns, sizeof *sorted);
    if (!sorted) return GLIA_RESOURCE;
    for (int i = 0; i < t->columns; i++) sorted[i] = t->column[i].name;
    qsort(sorted, (size_t)t->columns, sizeof *sorted, by_text);
    bool twice = false;
    for (int i = 1; i < t->columns; i++) twice |= !strcmp(sorted[i], sorted[i - 1]);
    gl_free(t->g, sorted);
    for (int i = 0; twice && i < t->columns; i++) {
        char *name = t->column[i].name;
        if (gl_table_find(t, name) < i && name_once_more(t, &t->column[i], name))
            return GLIA_RESOURCE;
    }
    return GLIA_OK;
}

static glia_status add_columns(const csv *c, const sample *s, glia_table *t) {
    t->unnamed = !c->header;
    for (int64_t j = 0; j < s->columns; j++) {
        char number[32];
        snprintf(number, sizeof number, "c%lld", (long long)j + 1);
        const char *name = c->header ? sample_cell(s, 0, j) : number;
        gl_column *column = gl_table_add(t, *name ? name : number, GLIA_NUMBER);
        if (!column) return GLIA_RESOURCE;
        column->nameless = !*name;
    }
    return c->header ? make_names_unique(t) : GLIA_OK;
}

/* ------------------------------------------------------------------------------------- build -- */

typedef struct tally { /* what was found in a column */
    int64_t numbers, texts, infinite;
    int64_t text_line; /* the first of them */
    char text[64];
} tally;

typedef struct builder {
    csv *c;
    glia_table *t;
    tally *column;
    int64_t cap;   /* rows that the arrays hold */
    int64_t cells; /* of the present row so far */
    int64_t skip;  /* rows of the header still to come */
    int64_t start_line;
    glia_status status;
} builder;

static void count_cell(tally *found, const char *text, size_t length, bool number, double v) {
    if (number && isfinite(v)) {
        found->numbers++;
    } else if (number) {
        found->infinite++;
    } else if (!found->texts++) {
        found->text_line = -1; /* known when the row is complete */
        snprintf(found->text, sizeof found->text, "%.*s", (int)(length < 60 ? length : 60), text);
    }
}

/* For copies: the cell itself, where its value would be written in another way. A decimal comma
 * becomes a point, as the semicolon beside it becomes a comma: signs of the file, and not of the
 * cell. */
static bool keep_spelling(glia_table *t, gl_column *c, int64_t cap, const char *text, size_t length,
                          double v) {
    char value[40] = "";
    if (!isnan(v)) gl_print_number(v, value, sizeof value);
    bool same = strlen(value) == length && !memcmp(value, text, length);
    if (!c->spelt && same) return true;
    if (!c->spelt && !(c->spelt = gl_alloc(t->g, cap, sizeof *c->spelt))) return false;
    char *kept = c->spelt[t->rows] = same ? NULL : gl_table_keep(t, text, length);
    char *comma = kept && !isnan(v) && t->decimal == ',' ? strchr(kept, ',') : NULL;
    if (comma) *comma = '.';
    return same || kept;
}

/* Most cells are numbers in a column of them, and leave by the first return. "NaN" is a number to
 * the parser and a missing cell here; "inf" is neither, and stays in the tally. */
static bool take_cell(void *user, const char *text, size_t length) {
    builder *b = user;
    int64_t j = b->cells++;
    glia_table *t = b->t;
    if (b->skip || j >= t->columns) return true;
    if (t->rows >= b->cap)
        return b->status = gl_fail(b->c->g, GLIA_INPUT, "%s: more rows than lines", t->source),
               false;

    gl_column *column = &t->column[j];
    double v = NAN;
    bool number = gl_parse_number(text, length, t->decimal, &v);
    const char *extra = b->c->options->missing;
    bool spelt = b->c->options->spelt;
    if (number && isfinite(v) && column->number && !extra && !spelt) {
        column->number[t->rows] = v;
        b->column[j].numbers++;
        return true;
    }
    bool missing = number ? isnan(v) : gl_is_missing(text, length, NULL);
    if (extra && gl_is_missing(text, length, extra)) missing = true;
    if (!missing) count_cell(&b->column[j], text, length, number, v);
    bool kept = true;
    if (spelt && (column->number || missing))
        kept = keep_spelling(t, column, b->cap, text, length, missing ? NAN : v);
    if (!kept) return b->status = b->c->g->code, false;

    if (column->type == GLIA_NUMBER) {
        column->number[t->rows] = number && !missing ? v : NAN;
        return true;
    }
    column->code[t->rows] = missing ? -1 : gl_column_code(t, column, text, length);
    if (!missing && column->code[t->rows] < 0) b->status = b->c->g->code;
    return !b->status;
}

static bool take_row(void *user, int64_t line) {
    builder *b = user;
    glia_table *t = b->t;
    int64_t cells = b->cells;
    b->cells = 0;
    if (!b->start_line) b->start_line = line;
    if (cells != t->columns) {
        b->status = gl_fail(
            b->c->g, GLIA_INPUT,
            "%s, line %lld: found %lld cell%s, expected %d as in line %lld (delimiter '%s'; "
            "option 'bad-rows' skip leaves such rows out)",
            t->source, (long long)line, (long long)cells, cells == 1 ? "" : "s", t->columns,
            (long long)b->start_line,
            b->c->rules.delimiter == '\t' ? "\\t" : (char[]){b->c->rules.delimiter, 0});
        return false;
    }
    if (b->skip) return b->skip--, true;
    for (int j = 0; j < t->columns; j++) {
        if (b->column[j].text_line < 0) b->column[j].text_line = line;
    }
    t->line[t->rows++] = line;
    return true;
}

/* A row of n cells takes n bytes or more, its line end included. So memory for all cells is at most
 * eight times the file, whatever the file looks like, also where a million empty lines follow a
 * header of a thousand columns. */
static int64_t most_rows(const csv *c, int64_t columns) {
    int64_t lines = 1;
    for (const char *s = c->text, *end = s + c->size; (s = memchr(s, '\n', (size_t)(end - s))); s++)
        lines++;
    if (memchr(c->text, '"', (size_t)c->size)) { /* libcsv ends rows at a carriage return, too */
        for (const char *s = c->text, *end = s + c->size; (s = memchr(s, '\r', (size_t)(end - s)));
             s++)
            lines++;
    }
    return lines < c->size / columns + 1 ? lines : c->size / columns + 1;
}

static glia_status prepare_columns(builder *b) {
    glia_ctx *g = b->c->g;
    glia_table *t = b->t;
    t->rows = 0;
    if (!t->line && !(t->line = gl_alloc(g, b->cap, sizeof *t->line))) return GLIA_RESOURCE;
    for (int j = 0; j < t->columns; j++) {
        gl_column *column = &t->column[j];
        if (column->type == GLIA_NUMBER && !column->number) {
            if (!(column->number = gl_alloc(g, b->cap, sizeof *column->number)))
                return GLIA_RESOURCE;
        }
        if (column->type == GLIA_CATEGORY && !column->code) {
            if (!(column->code = gl_alloc(g, b->cap, sizeof *column->code))) return GLIA_RESOURCE;
        }
        b->column[j] = (tally){0};
    }
    return GLIA_OK;
}

static void make_category(glia_table *t, int column) {
    gl_free(t->g, t->column[column].number);
    gl_free(t->g, t->column[column].spelt);
    t->column[column].number = NULL;
    t->column[column].spelt = NULL;
    t->column[column].type = GLIA_CATEGORY;
}

/* One text makes a column text, but numbers that were read before are no longer known as they were
 * spelt ("007" was 7): the pass is then made again, once, because the tally of the first has seen
 * every cell of every column. The sample settles most columns, so that this is rare. */
static glia_status build(builder *b, const sample *s) {
    csv *c = b->c;
    glia_table *t = b->t;
    for (int j = 0; j < t->columns; j++) {
        gl_column_role role = t->column[j].role;
        if (role == GL_AS_CATEGORY || role == GL_AS_TEXT) make_category(t, j);
        for (int64_t i = c->header; i < s->rows && !role; i++) {
            const char *text = sample_cell(s, i, j);
            if (gl_csv_is_number(text, c->decimal) ||
                gl_is_missing(text, strlen(text), c->options->missing))
                continue;
            make_category(t, j);
            break;
        }
    }
    gl_cells to = {b, take_cell, take_row};
    for (bool again = true; again;) {
        again = false;
        b->skip = c->header;
        b->start_line = b->cells = 0;
        glia_status status = prepare_columns(b);
        if (!status) status = gl_csv_scan(c->g, c->path, c->text, c->size, &c->rules, &to);
        if (status || b->status) return status ? status : b->status;
        for (int j = 0; j < t->columns; j++) {
            if (!b->column[j].texts || t->column[j].type != GLIA_NUMBER || t->column[j].role)
                continue;
            make_category(t, j);
            again = true;
        }
    }
    return GLIA_OK;
}

/* ------------------------------------------------------------------------------------ finish -- */

/* An infinite number concerns whoever uses its column.
 *
 * One text among numbers makes its whole column text, each number of it a category, and a training
 * with that is silently bad. One in a hundred, or two among twenty, are called slips: "12.5 kg",
 * "n.a.", a second header in the middle of files that were put together. */
static void check_columns(const builder *b) {
    const glia_table *t = b->t;
    for (int j = 0; j < t->columns; j++) {
        const tally *found = &b->column[j];
        const char *name = t->column[j].name;
        if (t->column[j].type == GLIA_NUMBER) t->column[j].infinite = found->infinite;
        if (t->column[j].role) {
            char where[512];
            snprintf(where, sizeof where, "%s, line %lld", t->source, (long long)found->text_line);
            if (t->column[j].type == GLIA_NUMBER && found->texts)
                gl_table_note_no_numbers(t, &t->column[j], found->texts, where, found->text);
            continue;
        }
        if (found->texts && found->numbers >= 20 &&
            (found->texts <= 2 || found->texts * 100 <= found->numbers)) {
            gl_warn(t->g,
                    "%s, line %lld, column '%s': found '%s' among %lld numbers; the column is read "
                    "as text (correct the "
                    "cell%s, or say option 'missing' '%s')",
                    t->source, (long long)found->text_line, name, found->text,
                    (long long)found->numbers, found->texts == 1 ? "" : "s", found->text);
        }
    }
}

/* "a,b," on every line: a last column without name or cells is only the delimiter at the line's
 * end. */
static void drop_empty_last(const builder *b, const sample *s) {
    glia_table *t = b->t;
    int j = t->columns - 1;
    const tally *found = &b->column[j];
    bool unnamed = !b->c->header || !*sample_cell(s, 0, j);
    if (j < 1 || !unnamed || found->numbers || found->texts || found->infinite) return;
    gl_free(t->g, t->column[j].name);
    gl_free(t->g, t->column[j].number);
    t->columns--;
}

glia_status gl_csv_build(csv *c, const sample *s, glia_table *t) {
    glia_status status = add_columns(c, s, t);
    if (!status) status = gl_table_say(t, c->options);
    if (status) return status;
    builder b = {.c = c, .t = t, .cap = most_rows(c, s->columns)};
    b.column = gl_alloc(c->g, t->columns, sizeof *b.column);
    if (!b.column) return GLIA_RESOURCE;
    status = build(&b, s);
    if (!status && !t->rows) {
        status = gl_fail(
            c->g, GLIA_INPUT,
            "%s: found a header and no rows below it (option 'no-header' if line 1 is data)",
            c->path);
    }
    if (!status) check_columns(&b);
    if (!status) drop_empty_last(&b, s);
    gl_free(c->g, b.column);
    return status;
}
