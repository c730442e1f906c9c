/*
 * build.c: from cells to columns, in one pass over all of them: numbers where every cell of a
 * column is one, else texts; then what looks like a slip in the data is told.
 */
#include "../cells.h"
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
    int64_t words;     /* that stand for missing numbers */
    int64_t codes;     /* numbers that begin with a 0 in front of a digit */
    int64_t word_line; /* the first of them */
    char word[16];
} tally;

typedef struct builder {
    csv *c;
    glia_table *t;
    tally *column;
    int64_t cap;   /* rows that the arrays hold */
    int64_t cells; /* of the present row so far */
    int64_t skip;  /* rows of the header still to come */
    int64_t start_line;
    uint64_t seen; /* words of the option 'missing' */
    glia_status status;
} builder;

static void count_cell(tally *found, const char *text, size_t length, bool number, double v,
                       const char *said) {
    if (number && isfinite(v)) {
        found->numbers++;
    } else if (number) {
        found->infinite++;
    } else if (gl_is_missing_number(text, length, said)) {
        if (found->words++) return;
        found->word_line = -1; /* known when the row is complete */
        snprintf(found->word, sizeof found->word, "%.*s", (int)length, text);
    } else {
        found->texts++;
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

/* 007 */
static bool is_code(const char *text, size_t length) {
    return length > 1 && text[0] == '0' && text[1] >= '0' && text[1] <= '9';
}

/* By the option 'missing', which can turn words off; NaN among numbers it cannot. */
static bool is_said_missing(builder *b, const gl_column *c, const char *text, size_t length,
                            bool missing) {
    const char *said = b->c->options->missing;
    int word = gl_missing_word(said, text, length);
    if (word >= 0 && word < 64) b->seen |= (uint64_t)1 << word;
    if (word >= 0) return true;
    return missing && (c->number || gl_is_missing(text, length, said));
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
    if (is_code(text, length)) b->column[j].codes++;
    const char *extra = b->c->options->missing;
    bool spelt = b->c->options->spelt;
    if (number && isfinite(v) && column->number && !extra && !spelt) {
        column->number[t->rows] = v;
        b->column[j].numbers++;
        return true;
    }
    bool text_na = !number && gl_csv_unmark(&text, &length) && column->type == GLIA_CATEGORY;
    bool missing = number ? isnan(v) : !text_na && gl_is_missing(text, length, extra);
    if (extra) missing = is_said_missing(b, column, text, length, missing);
    if (!missing) count_cell(&b->column[j], text, length, number, v, extra);
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
        if (b->column[j].word_line < 0) b->column[j].word_line = line;
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

/* 1.10 and 1.1: a version, a chapter, a code. Asked of a cell and those above it. */
static bool comes_in_two_spellings(const csv *c, const sample *s, int64_t row, int j) {
    const char *text = sample_cell(s, row, j);
    double v, other;
    size_t n = strlen(text);
    if (n < 3 || text[n - 1] != '0' || !strchr(text, c->decimal)) return false;
    if (!gl_parse_number(text, n, c->decimal, &v) || v == floor(v)) return false;
    for (int64_t i = c->header; i < s->rows; i++) {
        const char *above = sample_cell(s, i, j);
        size_t m = strlen(above);
        if (m != n && gl_parse_number(above, m, c->decimal, &other) && other == v) return true;
    }
    return false;
}

/* Words for missing numbers are no numbers by themselves: a column of them may be one of texts. */
static bool looks_like_numbers(const csv *c, const sample *s, const glia_table *t, int j) {
    int64_t numbers = 0, words = 0;
    if (t->column[j].role == GL_AS_CATEGORY || t->column[j].role == GL_AS_TEXT) return false;
    for (int64_t i = c->header; i < s->rows; i++) {
        const char *text = sample_cell(s, i, j);
        size_t n = strlen(text);
        if (is_code(text, n) || comes_in_two_spellings(c, s, i, j)) return false;
        if (gl_csv_is_number(text, c->decimal)) numbers++;
        else if (gl_is_missing(text, n, c->options->missing)) continue;
        else if (gl_is_missing_number(text, n, c->options->missing)) words++;
        else return false;
    }
    return numbers > 0 || words == 0;
}

/* One text makes a column text, but numbers that were read before are no longer known as they were
 * spelt ("007" was 7): the pass is then made again, once, because the tally of the first has seen
 * every cell of every column. The sample settles most columns, so that this is rare. */
static glia_status build(builder *b, const sample *s) {
    csv *c = b->c;
    glia_table *t = b->t;
    for (int j = 0; j < t->columns; j++)
        if (!looks_like_numbers(c, s, t, j)) make_category(t, j);
    gl_cells to = {b, take_cell, take_row};
    for (bool again = true; again;) {
        again = false;
        b->skip = c->header;
        b->start_line = b->cells = 0;
        glia_status status = prepare_columns(b);
        if (!status) status = gl_csv_scan(c->g, c->path, c->text, c->size, &c->rules, &to);
        if (status || b->status) return status ? status : b->status;
        for (int j = 0; j < t->columns; j++) {
            if (!(b->column[j].texts || b->column[j].codes) || t->column[j].type != GLIA_NUMBER)
                continue;
            make_category(t, j);
            again = true;
        }
    }
    return GLIA_OK;
}

/* ------------------------------------------------------------------------------------ finish -- */

/* An infinite number concerns whoever uses its column. */
static void check_columns(const builder *b) {
    for (int j = 0; j < b->t->columns; j++)
        if (b->t->column[j].type == GLIA_NUMBER) b->t->column[j].infinite = b->column[j].infinite;
}

/* What options say of the cells. */
glia_status gl_read_cell_signs(glia_ctx *g, const glia_read_options *o, gl_cell_signs *out) {
    const char *k = o->thousands, *order = o->date_order;
    *out = (gl_cell_signs){.missing = o->missing, .spelt = o->spelt > 0};
    if (order) out->order = strcmp(order, "dmy") ? GL_MDY : GL_DMY;
    if (order && strcmp(order, "dmy") && strcmp(order, "mdy"))
        return gl_fail(g, GLIA_USAGE, "date-order '%s' is not known; expected dmy or mdy", order);
    if (!k || !strcmp(k, "auto")) return GLIA_OK;
    out->no_thousands = !strcmp(k, "none");
    if (out->no_thousands) return GLIA_OK;
    if (strlen(k) != 1 || !strchr(",.'_ ", *k))
        return gl_fail(
            g, GLIA_USAGE,
            "thousands '%s' is not known; expected \",\" \".\" \"'\" \"_\" \" \" or none", k);
    if (o->decimal && *o->decimal == *k)
        return gl_fail(g, GLIA_USAGE,
                       "option 'thousands' and option 'decimal' are both '%s'; expected two signs",
                       k);
    out->thousands = *k;
    return GLIA_OK;
}

/* "1.234" in every cell of a file that semicolons separate: where those are written, a point may
 * stand between thousands. Two cells say nothing yet. */
static void doubt_points(const csv *c, const sample *s, const glia_table *t) {
    if (c->rules.delimiter != ';' || c->decimal != '.' || c->options->decimal ||
        c->options->thousands)
        return;
    for (int j = 0; j < t->columns; j++) {
        const char *example = NULL;
        int64_t doubtful = 0, sure = 0;
        for (int64_t i = c->header; i < s->rows; i++) {
            const char *text = sample_cell(s, i, j);
            bool may = gl_may_be_thousands(text, '.');
            doubtful += may;
            sure += !may && (strchr(text, '.') || strlen(text) > 3);
            if (may && !example) example = text;
        }
        if (t->column[j].type == GLIA_NUMBER && doubtful > 2 && !sure)
            gl_warn(c->g,
                    "%s, column '%s': each point has three digits behind it, as in '%s', and may "
                    "stand between thousands; it is read as the decimal sign (option 'thousands' . "
                    "reads the other, option 'decimal' . says so)",
                    t->source, t->column[j].name, example);
    }
}

/* Words that the columns of numbers had, and those of columns that were texts until now, are told
 * together. */
static glia_status settle(const builder *b, gl_cell_signs signs) {
    glia_table *t = b->t;
    gl_words_found words = {0};
    for (int j = 0; j < t->columns; j++) {
        const tally *found = &b->column[j];
        if (t->column[j].type == GLIA_NUMBER && found->words)
            gl_found_word(&words, t, &t->column[j], found->word, found->words, found->word_line);
    }
    glia_status status = gl_cells_settle(t, signs, &words);
    if (words.columns > 5) gl_add(&words.text, " and %d more", words.columns - 5);
    if (words.text.s) gl_note(t->g, "%s: missing numbers: %s", t->source, words.text.s);
    gl_free(t->g, words.text.s);
    return status;
}

/* "a,b," on every line: a last column without name or cells is only the delimiter at the line's
 * end. */
static void drop_empty_last(const builder *b, const sample *s) {
    glia_table *t = b->t;
    int j = t->columns - 1;
    const tally *found = &b->column[j];
    bool unnamed = !b->c->header || !*sample_cell(s, 0, j);
    if (j < 1 || !unnamed || found->numbers || found->texts || found->infinite) return;
    gl_table_drop_last(t);
}

glia_status gl_csv_build(csv *c, const sample *s, glia_table *t) {
    glia_status status = add_columns(c, s, t);
    if (!status) status = gl_table_say(t, c->options);
    if (status) return status;
    builder b = {.c = c, .t = t, .cap = most_rows(c, s->columns)};
    b.column = gl_alloc(c->g, t->columns, sizeof *b.column);
    if (!b.column) return GLIA_RESOURCE;
    gl_cell_signs signs;
    status = gl_read_cell_signs(c->g, c->options, &signs);
    signs.delimiter = c->rules.delimiter;
    signs.decimal = c->options->decimal && *c->options->decimal == c->decimal;
    if (!status) status = build(&b, s);
    if (!status && !t->rows) {
        status = gl_fail(
            c->g, GLIA_INPUT,
            "%s: found a header and no rows below it (option 'no-header' if line 1 is data)",
            c->path);
    }
    if (!status) check_columns(&b);
    if (!status) status = settle(&b, signs);
    if (!status) doubt_points(c, s, t);
    if (!status) drop_empty_last(&b, s);
    if (!status && !(c->options->as_trained & GL_KEPT_MISSING))
        gl_warn_unseen(t, c->options->missing, b.seen);
    gl_free(c->g, b.column);
    return status;
}
