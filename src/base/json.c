/*
 * json.c: JSON read strictly and in place; its texts and numbers written.
 *
 * A library (jansson) did this once. The core has to read model files wherever there is a C
 * compiler, and one reader everywhere is simpler than two. A model of 9,000 categories loads and
 * predicts a row in 13.9 ms, with jansson in 15.7. tests/json.c changes 30,000 texts at random and
 * compares: both agree, but for a NUL behind a number, which jansson takes for a blank.
 *
 * In place, because an escape is never shorter than what it means: \n is two letters for one,
 * and \u00e9 is six for two. So a text is written over itself, and the quote behind it makes
 * room for its NUL.
 */
#include "json.h"

#include <locale.h>
#include <math.h>
#include <stdio.h>
#include <string.h>

/* Reading is recursive, so a file of a million '[' would be a million calls deep. A model file is 3
 * deep, its pipeline 4. */
enum { DEEPEST = 32 };

typedef struct json_reader {
    glia_ctx *g;
    char *begin, *at, *end;
    gl_json *value;
    int64_t values, cap;
    int depth;
} json_reader;

/* ----------------------------------------------------------------------------------- reading -- */

static bool wanted(json_reader *r, const char *what) {
    gl_fail(r->g, GLIA_INPUT, "at byte %lld: %s", (long long)(r->at - r->begin), what);
    return false;
}

static gl_json *add_value(json_reader *r, gl_json_kind kind) {
    if (!gl_reserve(r->g, &r->value, &r->cap, r->values + 1, sizeof *r->value)) return NULL;
    r->value[r->values] = (gl_json){.kind = kind, .size = 1};
    return &r->value[r->values++];
}

/* The next letter that is no blank; 0 at the end. */
static char look(json_reader *r) {
    while (r->at < r->end && (*r->at == ' ' || *r->at == '\t' || *r->at == '\n' || *r->at == '\r'))
        r->at++;
    return r->at < r->end ? *r->at : '\0';
}

static bool take(json_reader *r, char c) {
    bool there = look(r) == c;
    r->at += there;
    return there;
}

/* 16 bits of a \u escape, or -1. */
static int32_t take_hex(json_reader *r) {
    int32_t code = 0;
    if (r->end - r->at < 4) return -1;
    for (const char *stop = r->at + 4; r->at < stop; r->at++) {
        static const char digits[] = "0123456789abcdef0123456789ABCDEF";
        const char *digit = *r->at ? strchr(digits, *r->at) : NULL;
        if (!digit) return -1;
        code = code << 4 | ((int32_t)(digit - digits) & 15);
    }
    return code;
}

/* The letter of a \u escape, for which some stand in pairs (UTF-16's surrogates, for letters beyond
 * FFFF), or -1. Half of a pair is no letter, and 0 would end a C text in its middle: a name
 * "a\u0000b" would be found as "a". */
static int32_t take_code(json_reader *r) {
    int32_t code = take_hex(r);
    if (code < 0xD800 || code > 0xDFFF) return code == 0 ? -1 : code;
    if (code > 0xDBFF || r->end - r->at < 6 || r->at[0] != '\\' || r->at[1] != 'u') return -1;
    r->at += 2;
    int32_t low = take_hex(r);
    return low < 0xDC00 || low > 0xDFFF ? -1 : 0x10000 + ((code - 0xD800) << 10) + (low - 0xDC00);
}

static char *put_utf8(char *to, int32_t code) {
    int more = code < 0x80 ? 0 : code < 0x800 ? 1 : code < 0x10000 ? 2 : 3;
    static const int first[] = {0, 0xC0, 0xE0, 0xF0};
    *to++ = (char)(first[more] | code >> (6 * more));
    while (more-- > 0) *to++ = (char)(0x80 | (code >> (6 * more) & 0x3F));
    return to;
}

/* Behind a backslash: writes what it means, which is shorter. NULL: nothing. */
static char *take_escape(json_reader *r, char *to) {
    static const char letters[] = "\"\\/bfnrt", meant[] = "\"\\/\b\f\n\r\t";
    char c = r->at < r->end ? *r->at++ : '\0';
    if (c == 'u') {
        int32_t code = take_code(r);
        return code < 0 ? NULL : put_utf8(to, code);
    }
    const char *letter = c ? strchr(letters, c) : NULL;
    if (letter) *to++ = meant[letter - letters];
    return letter ? to : NULL;
}

static bool read_text(json_reader *r) {
    gl_json *v = add_value(r, GL_JSON_TEXT);
    char *begin = ++r->at, *to = begin;
    if (!v) return false;
    while (r->at < r->end && *r->at != '"') {
        char c = *r->at++;
        if ((unsigned char)c < 32) return wanted(r, "a text holds a control character");
        if (c != '\\') *to++ = c;
        else if (!(to = take_escape(r, to))) return wanted(r, "an escape means nothing");
    }
    if (r->at == r->end) return wanted(r, "a text does not end");
    if (gl_not_utf8(begin, to)) return wanted(r, "a text is not UTF-8");
    r->at++;
    *to = '\0'; /* at the latest where the quote was */
    v->text = begin, v->count = to - begin;
    return true;
}

static bool take_digits(json_reader *r) {
    const char *begin = r->at;
    while (r->at < r->end && *r->at >= '0' && *r->at <= '9') r->at++;
    return r->at > begin;
}

static bool here(const json_reader *r, const char *any) {
    return r->at < r->end && *r->at && strchr(any, *r->at);
}

/* Its form is checked and the text kept: whether it is a double or 64 bits is for whoever
 * asks, and an offset of 2^53 + 1 would not pass through a double. 01 and 1. are numbers in C
 * and not in JSON. */
static bool read_number(json_reader *r) {
    const char *begin = r->at;
    r->at += *r->at == '-';
    bool zero = here(r, "0"), good = take_digits(r);
    if (zero) good = r->at - begin == 1 + (*begin == '-');
    if (here(r, ".")) r->at++, good = take_digits(r) && good;
    if (here(r, "eE")) {
        r->at++;
        if (here(r, "+-")) r->at++;
        good = take_digits(r) && good;
    }
    if (!good) return wanted(r, "a number is not written as JSON has it");
    gl_json *v = add_value(r, GL_JSON_NUMBER);
    if (v) v->text = begin, v->count = r->at - begin;
    return v;
}

static bool read_word(json_reader *r) {
    static const char *const words[] = {"null", "false", "true"};
    for (int i = 0; i < 3; i++) {
        size_t n = strlen(words[i]);
        if ((size_t)(r->end - r->at) < n || memcmp(r->at, words[i], n) != 0) continue;
        r->at += n;
        return add_value(r, (gl_json_kind)(GL_JSON_NULL + i));
    }
    return wanted(r, "a value was expected");
}

static bool read_value(json_reader *r);

static bool read_name(json_reader *r) {
    if (look(r) != '"') return wanted(r, "a name in quotes was expected");
    return read_text(r) && (take(r, ':') || wanted(r, "':' was expected"));
}

static bool read_list(json_reader *r, gl_json_kind kind) {
    int64_t self = r->values, count = 0;
    bool object = kind == GL_JSON_OBJECT;
    char close = object ? '}' : ']';
    if (!add_value(r, kind)) return false;
    if (++r->depth > DEEPEST) return wanted(r, "it is nested too deeply");
    r->at++;
    for (bool more = !take(r, close); more; count++) {
        if (object && !read_name(r)) return false;
        if (!read_value(r)) return false;
        more = take(r, ',');
        if (!more && !take(r, close))
            return wanted(r, object ? "',' or '}' was expected" : "',' or ']' was expected");
    }
    r->depth--;
    r->value[self].count = count;
    r->value[self].size = r->values - self;
    return true;
}

static bool read_value(json_reader *r) {
    switch (look(r)) {
    case '{': return read_list(r, GL_JSON_OBJECT);
    case '[': return read_list(r, GL_JSON_ARRAY);
    case '"': return read_text(r);
    default: return here(r, "-0123456789") ? read_number(r) : read_word(r);
    }
}

/* The list of values grows while it is read, so that what is in a list is found by distance
 * (`size`) and not by pointers, which would move. */
gl_json *gl_json_read(glia_ctx *g, char *text, int64_t n) {
    json_reader r = {.g = g, .begin = text, .at = text, .end = text + n};
    bool good = read_value(&r);
    look(&r);
    if (good && (r.at == r.end || wanted(&r, "more follows than one value"))) return r.value;
    gl_free(g, r.value);
    return NULL;
}

gl_json *gl_json_read_copy(glia_ctx *g, const char *text, char **copy) {
    *copy = gl_copy_text(g, text);
    return *copy ? gl_json_read(g, *copy, (int64_t)strlen(text)) : NULL;
}

/* ----------------------------------------------------------------------------------- looking -- */

/* What stands `step` values behind another one of the list, or first in it. */
static const gl_json *next_in(const gl_json *list, gl_json_kind kind, const gl_json *before,
                              int64_t step) {
    if (!list || list->kind != kind) return NULL;
    const gl_json *next = before ? before + step : list + 1;
    return next < list + list->size ? next : NULL;
}

const gl_json *gl_json_item(const gl_json *array, const gl_json *before) {
    return next_in(array, GL_JSON_ARRAY, before, before ? before->size : 0);
}

const gl_json *gl_json_name(const gl_json *object, const gl_json *before) {
    return next_in(object, GL_JSON_OBJECT, before, before ? 1 + before[1].size : 0);
}

int64_t gl_json_items(const gl_json *array) {
    return array && array->kind == GL_JSON_ARRAY ? array->count : 0;
}

const gl_json *gl_json_at(const gl_json *array, int64_t i) {
    const gl_json *item = gl_json_item(array, NULL);
    while (item && i-- > 0) item = gl_json_item(array, item);
    return item;
}

/* Of a name that stands there twice readers take the first or the last; a checksum over one and a
 * shape from the other would be a way to be deceived. Here it is as if it were not there. */
const gl_json *gl_json_get(const gl_json *object, const char *name) {
    const gl_json *found = NULL, *at = NULL;
    while ((at = gl_json_name(object, at))) {
        if (strcmp(at->text, name) != 0) continue;
        if (found) return NULL;
        found = at + 1;
    }
    return found;
}

const char *gl_json_text(const gl_json *v) { return v && v->kind == GL_JSON_TEXT ? v->text : NULL; }

int64_t gl_json_whole(const gl_json *v) {
    char copy[24]; /* more letters than 64 bits have */
    int64_t whole = 0;
    if (!v || v->kind != GL_JSON_NUMBER || v->count >= (int64_t)sizeof copy) return 0;
    memcpy(copy, v->text, (size_t)v->count);
    copy[v->count] = '\0';
    return gl_parse_int(copy, &whole) ? whole : 0;
}

bool gl_json_number(const gl_json *v, double *value) {
    return v && v->kind == GL_JSON_NUMBER &&
           gl_parse_number(v->text, (size_t)v->count, '.', value) && isfinite(*value);
}

/* ----------------------------------------------------------------------------------- writing -- */

static void add_letter(gl_text *t, unsigned char c) {
    static const char meant[] = "\"\\\b\f\n\r\t", letters[] = "\"\\bfnrt";
    const char *escape = c ? strchr(meant, c) : NULL;
    if (escape) gl_add(t, "\\%c", letters[escape - meant]);
    else if (c < 32) gl_add(t, "\\u%04X", c);
    else gl_add_bytes(t, (const char *)&c, 1);
}

/* A column's name may be in Latin-1, which is not UTF-8, and a file that no reader takes is worse
 * than a '?'. */
void gl_add_json_text(gl_text *t, const char *text) {
    bool utf8 = !gl_not_utf8(text, text + strlen(text));
    gl_add_bytes(t, "\"", 1);
    for (const unsigned char *c = (const unsigned char *)text; *c; c++)
        add_letter(t, utf8 || *c < 128 ? *c : '?');
    gl_add_bytes(t, "\"", 1);
}

/* printf writes the point of the locale, and 1e+05 where 1e5 is enough. A whole number gets a
 * point, so that it stays a real for every reader. */
void gl_add_json_digits(gl_text *t, double value, int count) {
    char digits[40];
    snprintf(digits, sizeof digits, "%.*g", count, value);
    const char *mark = localeconv()->decimal_point;
    char *at = strstr(digits, mark), *e = strchr(digits, 'e');
    if (e) memmove(e + 2, e + 2 + strspn(e + 2, "0"), strlen(e + 2 + strspn(e + 2, "0")) + 1);
    if (e && e[1] == '+') memmove(e + 1, e + 2, strlen(e + 2) + 1);
    if (at) *at = '.', memmove(at + 1, at + strlen(mark), strlen(at + strlen(mark)) + 1);
    gl_add(t, "%s%s", digits, e || at ? "" : ".0");
}

void gl_add_json_number(gl_text *t, double value) { gl_add_json_digits(t, value, 17); }
