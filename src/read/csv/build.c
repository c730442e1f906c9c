/*
 * build.c: the cells of one part of a text, in one pass: numbers go to their columns, texts get
 * codes.
 */
#include "build.h"

#include <math.h>
#include <stdio.h>
#include <string.h>

typedef struct builder {
    const csv *c;
    gl_csv_part *part;
    glia_table *t;   /* the part's */
    const char *end; /* of its text */
    char delimiter;
    bool plain;    /* no option asks for more than the value of a plain number */
    int64_t cells; /* of the present row so far */
    int64_t skip;  /* rows of the header still to come */
    bool words;    /* a first word for missing numbers is in the present row */
    glia_status status;
} builder;

/* ------------------------------------------------------------------------------- quick cells -- */

bool gl_csv_is_code(const char *text, size_t length) {
    return length > 1 && text[0] == '0' && text[1] >= '0' && text[1] <= '9';
}

static bool is_padded(double v, const char *text, size_t length, char decimal) {
    return text[length - 1] == '0' && v != floor(v) && memchr(text, decimal, length);
}

/* Of digits alone, and more than a double has. */
static bool is_large(double v, const char *s, const char *end) {
    if (fabs(v) < 9007199254740992.0) return false;
    for (s += *s == '-'; s < end; s++)
        if (*s < '0' || *s > '9') return false;
    return true;
}

/* A number stops at what is no part of it, and so need not know where its line ends. */
static const char *take_number(builder *b, gl_column *c, gl_csv_tally *found, const char *s,
                               const char *end) {
    double v;
    if (!b->plain) return NULL;
    while (s < end && *s == ' ') s++;
    const char *behind = gl_parse_plain(s, b->end, b->t->decimal, &v);
    if (!behind || (behind != end && *behind != b->delimiter)) return NULL;
    c->number[b->t->rows] = v;
    found->numbers++;
    found->codes += gl_csv_is_code(s, (size_t)(behind - s));
    found->padded += is_padded(v, s, (size_t)(behind - s), b->t->decimal);
    found->large += is_large(v, s, behind);
    return behind;
}

/* A text that has a code stands for no missing cell: most cells need no more than finding it. But
 * NA may have been one in quotes (na.c), and is missing without them. */
static bool is_known_text(builder *b, const gl_column *c, const char *text, size_t length) {
    if (length == 2 && text[0] == 'N' && text[1] == 'A') return false;
    int32_t code = gl_column_find(c, text, length);
    if (code >= 0) c->code[b->t->rows] = code;
    return code >= 0;
}

static uint64_t eight_bytes(const char *s) {
    uint64_t eight;
    memcpy(&eight, s, 8);
    return eight;
}

/* The first n bytes of eight, n 0 or less: none; zeros for the others. */
static uint64_t first_bytes(uint64_t eight, int64_t n) {
    uint64_t some = ((uint64_t)1 << (8 * n & 63)) - 1;
    return eight & (n >= 8 ? ~(uint64_t)0 : n > 0 ? some : 0);
}

/* The text at s, which ends at the delimiter or the line's end: of 16 bytes or fewer, and without a
 * blank at its end. Length 0: it is another. */
static gl_memo short_text(const builder *b, const char *s, const char *end) {
    uint64_t low = eight_bytes(s), high = eight_bytes(s + 8);
    uint64_t in_low = gl_csv_equal_bytes(low, b->delimiter),
             in_high = gl_csv_equal_bytes(high, b->delimiter);
    int64_t n =
        in_low ? __builtin_ctzll(in_low) / 8 : 8 + (in_high ? __builtin_ctzll(in_high) / 8 : 9);
    n = n < end - s ? n : end - s;
    bool fits = n > 0 && n <= GL_MEMO_TEXT && !gl_csv_is_blank(s[n - 1]);
    return (gl_memo){first_bytes(low, n), first_bytes(high, n - 8), fits ? (int32_t)n : 0, 0};
}

/* By a product whose upper bits hang on all of theirs (Knuth, volume 3, 6.4). */
static gl_memo *memo_of(builder *b, int64_t column, const gl_memo *text) {
    uint64_t mixed = (text->low ^ text->high * 0xC2B2AE3D27D4EB4F) * 0x9E3779B97F4A7C15;
    return &b->part->memo[column * GL_MEMOS + (int64_t)(mixed >> 58)];
}

static bool is_same(const gl_memo *a, const gl_memo *b) {
    return a->low == b->low && a->high == b->high && a->length == b->length;
}

static const char *take_any_text(builder *b, const gl_column *c, const char *s, const char *end) {
    const char *behind = gl_csv_find(s, end, b->delimiter), *stop = behind;
    gl_csv_trim(&s, &stop);
    return is_known_text(b, c, s, (size_t)(stop - s)) ? behind : NULL;
}

static const char *take_text(builder *b, const gl_column *c, const char *s, const char *end) {
    const char *from = s + (*s == ' ' && b->delimiter != ' ');
    bool room = b->part->memo && __BYTE_ORDER__ == __ORDER_LITTLE_ENDIAN__ &&
                b->end - from >= GL_MEMO_TEXT && from < end;
    gl_memo text = room ? short_text(b, from, end) : (gl_memo){0};
    if (!text.length) return take_any_text(b, c, s, end);
    gl_memo *memo = memo_of(b, b->cells, &text);
    if (is_same(memo, &text)) {
        c->code[b->t->rows] = memo->code;
        return from + text.length;
    }
    const char *behind = take_any_text(b, c, s, end);
    if (!behind) return NULL;
    *memo = text;
    memo->code = c->code[b->t->rows];
    return behind;
}

static const char *take_quickly(void *user, const char *s, const char *end) {
    builder *b = user;
    glia_table *t = b->t;
    int64_t j = b->cells;
    if (b->skip || j >= t->columns || t->rows >= b->part->cap) return NULL;
    gl_column *column = &t->column[j];
    gl_csv_tally *found = &b->part->tally[j];
    const char *behind = found->done      ? gl_csv_find(s, end, b->delimiter)
                         : column->number ? take_number(b, column, found, s, end)
                                          : take_text(b, column, s, end);
    b->cells += behind != NULL;
    return behind;
}

/* -------------------------------------------------------------------------------- all others -- */

static void count_cell(builder *b, gl_csv_tally *found, const char *text, size_t length,
                       bool number, double v) {
    if (number && isfinite(v)) {
        found->numbers++;
        found->padded += is_padded(v, text, length, b->t->decimal);
        found->large += is_large(v, text, text + length);
    } else if (number) {
        found->infinite++;
    } else if (gl_is_missing_number(text, length, b->c->options->missing)) {
        if (found->words++) return;
        found->word_line = -1; /* known when the row is complete */
        b->words = true;
        snprintf(found->word, sizeof found->word, "%.*s", (int)length, text);
    } else {
        found->texts++;
    }
}

/* For copies: the cell itself, where its value would be written in another way. A decimal comma
 * becomes a point, as the semicolon beside it becomes a comma: signs of the file, and not of the
 * cell. */
static bool keep_spelling(builder *b, gl_column *c, const char *text, size_t length, double v) {
    glia_table *t = b->t;
    char value[40] = "";
    if (!isnan(v)) gl_print_number(v, value, sizeof value);
    bool same = strlen(value) == length && !memcmp(value, text, length);
    if (!c->spelt && same) return true;
    if (!c->spelt && !(c->spelt = gl_alloc(t->g, b->part->cap, sizeof *c->spelt))) return false;
    char *kept = c->spelt[t->rows] = same ? NULL : gl_table_keep(t, text, length);
    char *comma = kept && !isnan(v) && t->decimal == ',' ? strchr(kept, ',') : NULL;
    if (comma) *comma = '.';
    return same || kept;
}

/* By the option 'missing', which can turn words off; NaN among numbers it cannot. */
static bool is_said_missing(builder *b, const gl_column *c, const char *text, size_t length,
                            bool missing) {
    const char *said = b->c->options->missing;
    int word = gl_missing_word(said, text, length);
    if (word >= 0 && word < 64) b->part->seen |= (uint64_t)1 << word;
    if (word >= 0) return true;
    return missing && (c->number || gl_is_missing(text, length, said));
}

/* "NaN" is a number to the parser and a missing cell here; "inf" is neither, and stays in the
 * tally. */
static bool fill_cell(builder *b, gl_column *column, gl_csv_tally *found, const char *text,
                      size_t length) {
    glia_table *t = b->t;
    double v = NAN;
    bool number = gl_parse_number(text, length, t->decimal, &v);
    if (gl_csv_is_code(text, length)) found->codes++;
    const char *extra = b->c->options->missing;
    bool text_na = !number && gl_csv_unmark(&text, &length) && column->type == GLIA_CATEGORY;
    bool missing = number ? isnan(v) : !text_na && gl_is_missing(text, length, extra);
    if (extra) missing = is_said_missing(b, column, text, length, missing);
    found->na += missing && column->code && length == 2 && text[0] == 'N' && text[1] == 'A';
    if (!missing && column->number) count_cell(b, found, text, length, number, v);
    bool kept = true;
    if (b->c->options->spelt && (column->number || missing))
        kept = keep_spelling(b, column, text, length, missing ? NAN : v);
    if (!kept) return b->status = t->g->code, false;

    if (column->number) {
        column->number[t->rows] = number && !missing ? v : NAN;
        return true;
    }
    column->code[t->rows] = missing ? -1 : gl_column_code(t, column, text, length);
    if (!missing && column->code[t->rows] < 0) b->status = t->g->code;
    return !b->status;
}

static bool take_cell(void *user, const char *text, size_t length) {
    builder *b = user;
    int64_t j = b->cells++;
    glia_table *t = b->t;
    if (b->skip || j >= t->columns || b->part->tally[j].done) return true;
    if (t->rows >= b->part->cap) {
        b->status = gl_fail(t->g, GLIA_INPUT, "%s: more rows than lines", t->source);
        return false;
    }
    if (!t->column[j].number && is_known_text(b, &t->column[j], text, length)) return true;
    return fill_cell(b, &t->column[j], &b->part->tally[j], text, length);
}

static glia_status refuse_row(const builder *b, int64_t line, int64_t cells) {
    char doubt[200];
    const glia_table *t = b->t;
    return gl_fail(t->g, GLIA_INPUT,
                   "%s, line %lld: found %lld cell%s, expected %d as in line %lld (delimiter "
                   "'%s'; option 'bad-rows' skip leaves such rows out)%s",
                   t->source, (long long)line, (long long)cells, gl_plural(cells), t->columns,
                   (long long)b->part->first_row,
                   b->delimiter == '\t' ? "\\t" : (char[]){b->delimiter, 0},
                   gl_csv_doubt_row(b->part, b->delimiter, cells, line, doubt, sizeof doubt));
}

static bool take_row(void *user, int64_t line) {
    builder *b = user;
    glia_table *t = b->t;
    int64_t cells = b->cells;
    b->cells = 0;
    if (cells != t->columns) return b->status = refuse_row(b, line, cells), false;
    if (b->skip) return b->skip--, true;
    for (int j = 0; b->words && j < t->columns; j++)
        if (b->part->tally[j].word_line < 0) b->part->tally[j].word_line = line;
    b->words = false;
    t->line[t->rows++] = line;
    return true;
}

glia_status gl_csv_build(const csv *c, gl_csv_part *part) {
    builder b = {.c = c,
                 .part = part,
                 .t = part->table,
                 .end = part->text.s + part->text.size,
                 .delimiter = part->rules.delimiter,
                 .plain = !c->options->missing && !(c->options->spelt > 0),
                 .skip = part->header};
    gl_cells to = {&b, take_quickly, take_cell, take_row};
    glia_status status = gl_csv_scan(b.t->g, c->path, part->text, &part->rules, &to, &part->open);
    return status ? status : b.status;
}
