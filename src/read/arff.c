/*
 * arff.c: reads ARFF, the tables of Weka and of R's foreign: names and types of the columns, then
 * rows of cells, or of those cells alone that are not 0.
 *
 *     % flats, 2026                            a comment
 *     @relation flats
 *     @attribute 'living area' numeric         numbers
 *     @attribute colour {red, 'light blue'}    one of these texts; in sparse rows the first is 0
 *     @attribute seen date "yyyy-MM-dd"        a text, which the rules for dates will find
 *     @data
 *     82.5, 'light blue', 2026-01-03
 *     {0 59.1}                                 59.1, red; no date
 *     ?, red, ?, {2}                           missing; a weight, which is not used
 *
 * What is declared is believed and checked: a nominal 0 or 1 is a text, and a number that is none
 * is an error with its line.
 */
#include "records.h"
#include "spoilt.h"

#include <ctype.h>
#include <math.h>
#include <stdio.h>
#include <string.h>
#include <strings.h>

typedef enum arff_type { ARFF_NUMBER, ARFF_NOMINAL, ARFF_TEXT } arff_type;

typedef struct attribute {
    arff_type type;
    int64_t line;   /* where it is declared */
    char *values;   /* ARFF_NOMINAL: each with its NUL; an empty one behind the last */
    int64_t length; /* of values */
    gl_date date;   /* ARFF_TEXT: GL_DMY or GL_MDY, where its pattern says so */
} attribute;

typedef struct arff {
    glia_ctx *g;
    const char *source;
    char *at, *end; /* end: of the present line */
    int64_t line;
    gl_records *to;
    attribute *attribute;
    int64_t cap;
    bool weighted;
    gl_spoilt *spoilt; /* NULL: no row is left out */
    bool trial;        /* those that cannot be read are looked for */
} arff;

/* `found` may go on behind this line. */
static glia_status wrong(const arff *a, const char *found, const char *expected) {
    size_t length = strcspn(found, "\r\n");
    return gl_fail(a->g, GLIA_INPUT, "%s, line %lld: found '%.*s', expected %s", a->source,
                   (long long)a->line, (int)(length < 40 ? length : 40), found, expected);
}

/* ------------------------------------------------------------------------------------ tokens -- */

static void skip_blanks(arff *a) {
    while (a->at < a->end && (*a->at == ' ' || *a->at == '\t')) a->at++;
}

static char look(arff *a) {
    skip_blanks(a);
    return a->at < a->end ? *a->at : '\0';
}

static bool take(arff *a, char c) {
    bool there = look(a) == c;
    a->at += there;
    return there;
}

/* A quoted text, written over itself without quotes and escapes. */
static char *take_quoted(arff *a, char quote) {
    char *begin = a->at, *to = begin, *close = begin + 1;
    while (close < a->end && *close != quote) close += *close == '\\' ? 2 : 1;
    if (close >= a->end) {
        wrong(a, begin, "the quote to be closed in this line");
        return NULL;
    }
    for (char *s = begin + 1; s < close; s++) {
        s += *s == '\\';
        *to++ = *s;
    }
    *to = 0; /* at the latest where the quote was */
    a->at = close + 1;
    return begin;
}

typedef struct word {
    char *text;
    size_t length;
    bool quoted;
} word;

/* One word: up to a blank or one of `ends`, blanks at its end taken off; NULL text after gl_fail,
 * which cannot be for a word without quotes. */
static word take_word(arff *a, const char *ends, bool blanks_end) {
    char c = look(a), *begin = a->at;
    if (c == '\'' || c == '"') {
        char *text = take_quoted(a, c);
        return (word){text, text ? strlen(text) : 0, true};
    }
    while (a->at < a->end && !strchr(ends, *a->at) && !(blanks_end && isblank(*a->at))) a->at++;
    size_t length = (size_t)(a->at - begin);
    while (length && isblank((unsigned char)begin[length - 1])) length--;
    return (word){begin, length, false};
}

/* The next line that is no comment and not empty; false at the end of the text. */
static bool next_line(arff *a, char *text_end) {
    while (a->end < text_end) {
        a->at = a->line && *a->end == '\n' ? a->end + 1 : a->end;
        char *next = memchr(a->at, '\n', (size_t)(text_end - a->at));
        a->end = next ? next : text_end;
        a->line++;
        if (a->at == text_end) return false;
        char *line_end = a->end;
        if (line_end > a->at && line_end[-1] == '\r') line_end[-1] = ' ';
        char c = look(a);
        if (c && c != '%') return true;
        if (!next) return false;
    }
    return false;
}

/* ------------------------------------------------------------------------------------ header -- */

static bool is_word(const word *w, const char *text) {
    return !w->quoted && w->length == strlen(text) && !strncasecmp(w->text, text, w->length);
}

/* {red, 'light blue'} */
static glia_status take_values(arff *a, attribute *to) {
    gl_text values = {.g = a->g};
    a->at++;
    while (look(a) != '}') {
        word w = take_word(a, ",}", false);
        if (!w.text) return gl_free(a->g, values.s), glia_code(a->g);
        gl_add_bytes(&values, w.text, (int64_t)w.length);
        gl_add_bytes(&values, "", 1);
        if (!take(a, ',') && look(a) != '}') {
            gl_free(a->g, values.s);
            return wrong(a, a->at < a->end ? a->at : "", "',' or '}' behind a value, in one line");
        }
    }
    if (values.failed || !values.n) {
        gl_free(a->g, values.s);
        return values.failed ? GLIA_RESOURCE : wrong(a, "{}", "the values that it may have");
    }
    to->type = ARFF_NOMINAL, to->values = values.s, to->length = values.n;
    return GLIA_OK;
}

/* "dd-MM-yyyy", or nothing, which is ISO 8601. */
static glia_status take_pattern(arff *a, attribute *to) {
    word w = take_word(a, "", true);
    if (!w.text) return glia_code(a->g);
    const char *day = memchr(w.text, 'd', w.length), *month = memchr(w.text, 'M', w.length);
    const char *year = memchr(w.text, 'y', w.length);
    bool last = day && month && year && year > day && year > month;
    to->date = !last ? GL_NO_DATE : day < month ? GL_DMY : GL_MDY;
    return GLIA_OK;
}

static glia_status take_type(arff *a, attribute *to) {
    if (look(a) == '{') return take_values(a, to);
    word w = take_word(a, "", true);
    static const char *const numbers[] = {"numeric", "real", "integer"};
    for (int i = 0; i < 3; i++)
        if (is_word(&w, numbers[i])) return to->type = ARFF_NUMBER, GLIA_OK;
    to->type = ARFF_TEXT;
    if (is_word(&w, "string")) return GLIA_OK;
    if (is_word(&w, "date")) return take_pattern(a, to);
    char found[64];
    snprintf(found, sizeof found, "%.*s", (int)(w.length < 60 ? w.length : 60), w.text);
    return wrong(a, found, "numeric, real, integer, string, date or {the values that it may have}");
}

static glia_status take_attribute(arff *a) {
    word name = take_word(a, "{", true);
    if (!name.text) return glia_code(a->g);
    if (!name.length) return wrong(a, "", "a name and a type");
    int64_t n = gl_records_columns(a->to);
    if (!gl_reserve(a->g, &a->attribute, &a->cap, n + 1, sizeof *a->attribute))
        return GLIA_RESOURCE;
    attribute *to = &a->attribute[n];
    *to = (attribute){.line = a->line};
    char *copy = gl_format(a->g, "%.*s", (int)name.length, name.text);
    int column = copy ? gl_records_add(a->to, copy) : -1;
    gl_free(a->g, copy);
    glia_status status = column < 0 ? glia_code(a->g) : take_type(a, to);
    if (!status && to->date) gl_records_dates(a->to, column, to->date);
    else if (!status && to->type != ARFF_NUMBER) gl_records_keep_texts(a->to, column);
    return status;
}

/* Up to @data. */
static glia_status read_header(arff *a, char *text_end) {
    glia_status status = GLIA_OK;
    while (!status && next_line(a, text_end)) {
        word w = take_word(a, "", true);
        if (is_word(&w, "@data")) return GLIA_OK;
        if (is_word(&w, "@attribute")) status = take_attribute(a);
        else if (!is_word(&w, "@relation"))
            status = wrong(a, w.text ? w.text : "", "@attribute NAME TYPE, or @data");
    }
    return status ? status
                  : gl_fail(a->g, GLIA_INPUT, "%s: the text ends before @data; is it complete?",
                            a->source);
}

/* -------------------------------------------------------------------------------------- rows -- */

static bool is_declared(const attribute *to, const word *w) {
    for (const char *v = to->values; v < to->values + to->length; v += strlen(v) + 1)
        if (strlen(v) == w->length && !memcmp(v, w->text, w->length)) return true;
    return false;
}

static glia_status wrong_cell(const arff *a, int column, const word *w, const char *expected) {
    return gl_fail(a->g, GLIA_INPUT,
                   "%s, line %lld, column '%s': found '%.*s', expected %s, as line %lld declares",
                   a->source, (long long)a->line, gl_records_name(a->to, column),
                   (int)(w->length < 40 ? w->length : 40), w->text, expected,
                   (long long)a->attribute[column].line);
}

static glia_status put_cell(arff *a, int column, const word *w) {
    const attribute *to = &a->attribute[column];
    double v;
    if (!w->text) return glia_code(a->g);
    if (!w->quoted && w->length == 1 && *w->text == '?') return GLIA_OK;
    /* R's write.arff calls logical columns numeric. */
    if (to->type == ARFF_NUMBER && (is_word(w, "TRUE") || is_word(w, "FALSE")))
        return gl_records_text(a->to, column, w->text, w->length);
    if (to->type == ARFF_NUMBER && !gl_parse_number(w->text, w->length, '.', &v))
        return wrong_cell(a, column, w, "a number");
    if (to->type == ARFF_NUMBER) return gl_records_number(a->to, column, w->text, w->length);
    if (to->type == ARFF_NOMINAL && !is_declared(to, w))
        return wrong_cell(a, column, w, "one of its values");
    return gl_records_text(a->to, column, w->text, w->length);
}

/* {5} behind a row */
static bool take_weight(arff *a) {
    char *begin = a->at;
    if (!take(a, '{')) return false;
    word w = take_word(a, "}", false);
    double v;
    bool weight = w.text && gl_parse_number(w.text, w.length, '.', &v) && take(a, '}') && !look(a);
    if (!weight) a->at = begin;
    a->weighted |= weight;
    return weight;
}

static glia_status end_row(arff *a, int found) {
    int columns = gl_records_columns(a->to);
    char text[40];
    if (found != columns) {
        snprintf(text, sizeof text, "%d cell%s", found, gl_plural(found));
        return gl_fail(a->g, GLIA_INPUT, "%s, line %lld: found %s, expected %d as declared",
                       a->source, (long long)a->line, text, columns);
    }
    return look(a) ? wrong(a, a->at, "the end of the row") : GLIA_OK;
}

static glia_status read_row(arff *a) {
    int columns = gl_records_columns(a->to), j = 0;
    bool more = true;
    glia_status status = GLIA_OK;
    for (; more && !status && j < columns; j++) {
        word w = take_word(a, ",\t", false);
        status = put_cell(a, j, &w);
        more = take(a, ',');
        while (look(a) == '\t') a->at++;
        if (!more && look(a) && a->at[-1] == '\t') more = true;
    }
    if (status) return status;
    if (!(more && j == columns && take_weight(a)) && more) j++;
    return end_row(a, j);
}

/* What a sparse row leaves out: 0 is a number, and of nominal values the first one. Texts have
 * no 0. */
static glia_status fill_row(arff *a, const bool *there) {
    glia_status status = GLIA_OK;
    for (int j = 0; j < gl_records_columns(a->to) && !status; j++) {
        const attribute *to = &a->attribute[j];
        if (there[j]) continue;
        if (to->type == ARFF_NUMBER) status = gl_records_number(a->to, j, "0", 1);
        if (to->type == ARFF_NOMINAL)
            status = gl_records_text(a->to, j, to->values, strlen(to->values));
    }
    return status;
}

static glia_status read_pairs(arff *a, bool *there) {
    int columns = gl_records_columns(a->to);
    a->at++;
    while (look(a) != '}') {
        word index = take_word(a, ",}", true);
        double v = -1;
        bool good = index.text && gl_parse_number(index.text, index.length, '.', &v) && v >= 0 &&
                    v < columns && v == floor(v);
        if (!good) return wrong(a, index.text ? index.text : "", "the number of a column, from 0");
        word w = take_word(a, ",}", false);
        glia_status status = put_cell(a, (int)v, &w);
        if (status) return status;
        there[(int)v] = true;
        if (!take(a, ',') && look(a) != '}') return wrong(a, a->at, "',' or '}'");
    }
    a->at++;
    if (take(a, ',')) take_weight(a);
    return look(a) ? wrong(a, a->at, "the end of the row") : fill_row(a, there);
}

static bool is_left_out(const arff *a) {
    return a->spoilt && !a->trial && gl_spoilt_behind(a->spoilt, a->line) > a->line;
}

static glia_status read_rows(arff *a, char *text_end) {
    int64_t columns = gl_records_columns(a->to);
    glia_status status = GLIA_OK;
    bool *there = gl_alloc(a->g, columns, sizeof *there);
    while (there && !status && next_line(a, text_end)) {
        if (is_left_out(a)) continue;
        memset(there, 0, (size_t)columns);
        status = gl_records_row(a->to, a->line);
        if (!status) status = look(a) == '{' ? read_pairs(a, there) : read_row(a);
        if (status == GLIA_INPUT && a->trial)
            status = gl_spoilt_add(a->spoilt, a->line, a->line + 1, a->line);
    }
    gl_free(a->g, there);
    if (a->weighted && !status) gl_note(a->g, "%s: weights of rows are not used", a->source);
    return there ? status : GLIA_RESOURCE;
}

static glia_status read_text(arff *a, char *text, int64_t size) {
    char *text_end = text + size;
    const char *bad = gl_not_utf8(text, text_end);
    if (bad)
        return gl_fail(
            a->g, GLIA_INPUT,
            "%s: byte %lld is not UTF-8; iconv -f latin1 -t utf-8 makes it so, where the "
            "text is latin-1",
            a->source, (long long)(bad - text) + 1);
    if (size >= 3 && !memcmp(text, "\xEF\xBB\xBF", 3)) text += 3;
    a->at = a->end = text;
    glia_status status = read_header(a, text_end);
    return status ? status : read_rows(a, text_end);
}

static void close_arff(arff *a) {
    for (int64_t j = 0; j < a->cap; j++) gl_free(a->g, a->attribute[j].values);
    gl_free(a->g, a->attribute);
}

static glia_status read_all(arff *a, char *text, int64_t size, const glia_read_options *options) {
    a->to = gl_records_new(a->g, a->source, options);
    glia_status status = a->to ? read_text(a, text, size) : GLIA_RESOURCE;
    close_arff(a);
    return status;
}

static glia_status try_all(const arff *a, const char *text, int64_t size,
                           const glia_read_options *options) {
    arff trial = *a;
    trial.trial = true;
    char *copy = gl_alloc(a->g, size + 1, 1);
    if (!copy) return GLIA_RESOURCE;
    memcpy(copy, text, (size_t)size);
    gl_listener before = gl_hush(a->g);
    glia_status status = read_all(&trial, copy, size, options);
    gl_unlisten(a->g, before);
    gl_records_free(trial.to);
    gl_free(a->g, copy);
    return status;
}

static glia_table *read_arff(glia_ctx *g, const char *path, const glia_read_options *options) {
    int64_t size;
    char *text = gl_read_bytes(g, path, &size);
    if (!text) return NULL;
    gl_spoilt spoilt = {.g = g};
    arff a = {.g = g, .source = strcmp(path, "-") ? path : "standard input"};
    if (gl_skips_bad_rows(options)) a.spoilt = &spoilt;
    glia_status status = a.spoilt ? try_all(&a, text, size, options) : GLIA_OK;
    if (!status) status = read_all(&a, text, size, options);
    gl_free(g, text);
    glia_table *t = status ? NULL : gl_records_end(a.to);
    if (status) gl_records_free(a.to);
    if (!gl_spoilt_end(&spoilt, status ? NULL : a.source, t)) return t;
    glia_table_free(t);
    return NULL;
}

/* The first line that is no comment. */
static bool begins_like_arff(const unsigned char *b, size_t n, bool whole) {
    static const char first[] = "@relation";
    const char *s = (const char *)b, *end = s + n;
    (void)whole;
    if (n >= 3 && !memcmp(s, "\xEF\xBB\xBF", 3)) s += 3;
    while (s < end && (isspace((unsigned char)*s) || *s == '%')) {
        const char *next = *s == '%' ? memchr(s, '\n', (size_t)(end - s)) : s;
        if (!next) return false;
        s = next + 1;
    }
    return (size_t)(end - s) >= sizeof first && !strncasecmp(s, first, sizeof first - 1);
}

const gl_reader gl_reader_arff = {
    .names = {"arff"},
    .suffixes = {".arff"},
    .signature = begins_like_arff,
    .read_table = read_arff,
    .cells = true,
};
