/*
 * json.c: reads records of JSON: one after another, a line each (JSON lines), or in one array; or
 * the few forms in which programs write a whole table.
 *
 *     {"city": "Bonn", "at": {"x": 1}}        a record; what is in an object has its name in
 *     {"city": "Ulm"}                         front, "at.x"; what is left out is missing
 *     [[1, 2], [3, 4]]                        rows without names
 *     {"data": [{"a": 1}, {"a": 2}]}          records inside of something: taken, and told
 *     {"a": [1, 2], "b": [3, 4]}              columns (json_columns.c)
 *
 * One record is parsed at a time, so that memory is that of the table and not of all its values.
 * A number is a number and a text a text; what the texts of a column mean is decided by the rules
 * for tables of text. A list of numbers is as many columns, if it has the same length everywhere.
 */
#include "json.h"

#include <ctype.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

/* ------------------------------------------------------------------------- one after another -- */

static void skip_blanks(json_text *j) {
    for (; j->at < j->end && strchr(" \t\r\n", *j->at) && *j->at; j->at++)
        j->line += *j->at == '\n';
}

/* A record that is cut short ends with its line, where the next one begins: behind '[', ',' or ':'
 * it may be a record within this one. */
static bool is_cut(const json_text *j, const char *s) {
    const char *last = s;
    if (!j->lines || s + 1 >= j->end || s[1] != '{') return false;
    while (last > j->at && isspace((unsigned char)*last)) last--;
    return j->records_of_a_line || !strchr("[,:", *last);
}

/* Behind the value that begins here, by its brackets and quotes alone: whether it is one is for
 * gl_json_read to say. No text goes on behind its line. Numbers that JSON does not have and Python
 * writes become what other programs write: NaN nothing, Infinity a number that is too large. */
static char *end_of_value(json_text *j) {
    int depth = 0;
    char *s = j->at;
    for (; s < j->end; s++) {
        if (*s == '"') {
            for (s++; s < j->end && *s != '"' && *s != '\n'; s++) s += *s == '\\';
            if (s >= j->end || *s == '\n') return s < j->end ? s : j->end;
        } else if (*s == '{' || *s == '[') {
            depth++;
        } else if (*s == '}' || *s == ']') {
            if (--depth < 0) return s;
        } else if (*s == '\n' && is_cut(j, s)) {
            return s;
        } else if (*s == 'N' && j->end - s >= 3 && !memcmp(s, "NaN", 3)) {
            memcpy(s, "\"\" ", 3);
            s += 2;
        } else if (*s == 'I' && j->end - s >= 8 && !memcmp(s, "Infinity", 8)) {
            memcpy(s, "1e999   ", 8);
            s += 7;
        } else if (depth == 0 && (*s == ',' || isspace((unsigned char)*s))) {
            return s;
        }
        if (depth == 0 && (*s == '}' || *s == ']' || *s == '"')) return s + 1;
    }
    return s;
}

/* A record; a whole table in one value is not copied, and its message counts bytes. */
enum { COPIED = 1 << 20 };

static bool keep_copy(json_text *j, const char *s, int64_t n) {
    if (n < 1 || n > COPIED) return true;
    if (!gl_reserve(j->g, &j->copy, &j->copy_cap, n, 1)) return false;
    memcpy(j->copy, s, (size_t)n);
    return true;
}

static gl_json *refuse_cut(const json_text *j, const char *where) {
    const char *what = "the text ends within a record; is the file complete? Copy or export it "
                       "again, or take out what is behind the last whole record";
    if (j->trial) what = "the record is cut short";
    else if (j->lines && j->at < j->end)
        what = "the record is cut short, its line ends here; complete it or take the line out "
               "(option 'bad-rows' skip leaves it out)";
    gl_fail(j->g, GLIA_INPUT, "%s: %s", where, what);
    return NULL;
}

/* What stands there, up to the end of its line. */
static int length_of_found(const char *s, const char *end) {
    enum { SHOWN = 16 };
    int n = 0;
    while (s + n < end && n < SHOWN && (unsigned char)s[n] >= ' ') n++;
    while (s + n < end && n > 0 && (s[n] & 0xC0) == 0x80) n--;
    return n;
}

/* What writes something like JSON. */
static const char *mend_of(const char *begin, const char *found, int length) {
    const char *before = found;
    while (before > begin && isspace((unsigned char)before[-1])) before--;
    bool behind_comma = before > begin && before[-1] == ',';
    if (*found == '\'')
        return "JSON has double quotes; Python's json.dump writes them, where str and print do not";
    if (*found == '#' || (length > 1 && (!memcmp(found, "//", 2) || !memcmp(found, "/*", 2))))
        return "JSON has no comments; take it out";
    if (behind_comma && (*found == '}' || *found == ']')) return "take the comma before it out";
    if (length > 3 && (!memcmp(found, "True", 4) || !memcmp(found, "None", 4)))
        return "JSON has true, false and null; Python's json.dump writes them";
    return "is this JSON?";
}

/* gl_json_read says "at byte 12: what"; people see lines and columns, and so do their editors. */
static gl_json *refuse_value(json_text *j, const char *begin, int64_t n) {
    char why[400], where[512];
    int64_t line = j->value_line, column = 1;
    snprintf(why, sizeof why, "%s", glia_message(j->g));
    char *what = strchr(why, ':');
    int64_t at = n <= COPIED && what ? strtoll(why + strlen("at byte "), NULL, 10) : -1;
    if (at < 0) {
        gl_fail(j->g, GLIA_INPUT, "%s, line %lld, %s; is this JSON?", j->source, (long long)line,
                why);
        return NULL;
    }
    const char *first = begin;
    while (first > j->text && first[-1] != '\n') first--;
    column += begin - first;
    for (int64_t i = 0; i < at && i < n; i++) {
        bool ends = j->copy[i] == '\n';
        line += ends;
        column = ends ? 1 : column + ((j->copy[i] & 0xC0) != 0x80);
    }
    snprintf(where, sizeof where, "%s, line %lld, column %lld", j->source, (long long)line,
             (long long)column);
    if (at >= n && (j->lines || j->at == j->end)) return refuse_cut(j, where);
    int found = at < n ? length_of_found(j->copy + at, j->copy + n) : 0;
    if (found)
        gl_fail(j->g, GLIA_INPUT, "%s%s, found '%.*s'; %s", where, what, found, j->copy + at,
                mend_of(j->copy, j->copy + at, found));
    else gl_fail(j->g, GLIA_INPUT, "%s%s; is this JSON?", where, what);
    return NULL;
}

/* The next value, for gl_free; NULL after gl_fail. */
static gl_json *next_value(json_text *j) {
    char *begin = j->at, *end = end_of_value(j);
    if (j->lines && end == begin) end++; /* a sign that begins nothing would be met for ever */
    j->value_line = j->line;
    for (const char *s = begin; s < end; s++) j->line += *s == '\n';
    j->records_of_a_line |= j->line == j->value_line && end < j->end && *end == '\n';
    j->at = end;
    if (!keep_copy(j, begin, end - begin)) return NULL;
    gl_json *v = gl_json_read(j->g, begin, end - begin);
    return v || glia_code(j->g) != GLIA_INPUT ? v : refuse_value(j, begin, end - begin);
}

/* ----------------------------------------------------------------------------------- records -- */

/* "table.json, line 3"; where records share their line, which of them it is, too. */
static const char *where_of(const json_text *j, char *buf, size_t size) {
    int n = snprintf(buf, size, "%.300s, line %lld", j->source, (long long)j->value_line);
    if (gl_records_shares_line(j->to))
        snprintf(buf + n, size - (size_t)n, ", record %lld", (long long)gl_records_rows(j->to));
    return buf;
}

/* "outer.inner" as jq has it: .outer.inner, or ."my name" */
static void add_path(gl_text *to, const char *name) {
    while (*name) {
        size_t n = strcspn(name, ".");
        if (!n) n = 1; /* a name that begins with a point */
        bool plain = !isdigit((unsigned char)*name);
        for (size_t i = 0; i < n; i++) plain &= isalnum((unsigned char)name[i]) || name[i] == '_';
        gl_add(to, plain ? ".%.*s" : ".\"%.*s\"", (int)n, name);
        name += n + (name[n] == '.');
    }
}

/* The command that helps: records within the only one are taken out of it; else the column goes. */
static char *mend_list(const json_text *j, const char *name, bool records) {
    gl_text to = {.g = j->g};
    bool only = j->lines && j->at == j->end && gl_records_rows(j->to) == 1;
    gl_add(&to, "jq -c '%s", records && only ? "" : j->lines ? "del(" : ".[] | del(");
    add_path(&to, name);
    gl_add(&to, records && only ? "[]' <FILE >table.jsonl takes its records"
                                : ")' <FILE >table.jsonl leaves it out");
    return gl_text_end(&to);
}

static glia_status found_list(const json_text *j, const char *name, const char *found,
                              bool records) {
    char *mend = mend_list(j, name, records);
    if (!mend) return GLIA_RESOURCE;
    char where[400];
    gl_fail(j->g, GLIA_INPUT,
            "%s, column '%s': found %s, expected one value, numbers or an object of them (%s)",
            where_of(j, where, sizeof where), name, found, mend);
    gl_free(j->g, mend);
    return GLIA_INPUT;
}

static glia_status found_instead(const json_text *j, const char *name, const char *found) {
    return found_list(j, name, found, false);
}

static glia_status add_value(json_text *j, const gl_json *v, const char *name);

/* "name.inner" */
static glia_status add_inner(json_text *j, const gl_json *v, const char *name, const char *inner) {
    char *whole = gl_format(j->g, "%s.%s", name, inner);
    if (!whole) return GLIA_RESOURCE;
    glia_status status = add_value(j, v, whole);
    gl_free(j->g, whole);
    return status;
}

static bool is_list_of_numbers(const gl_json *v) {
    for (const gl_json *item = NULL; (item = gl_json_item(v, item));)
        if (item->kind != GL_JSON_NUMBER && item->kind != GL_JSON_NULL) return false;
    return gl_json_items(v) > 0;
}

/* The width of a list is known from the columns that its first one made. */
static glia_status check_width(json_text *j, int64_t items, const char *name) {
    char key[300], found[120];
    int64_t before = 0;
    for (;; before++) {
        int n = snprintf(key, sizeof key, "%.200s.%lld", name, (long long)before);
        if (gl_records_find(j->to, key, (size_t)n) < 0) break;
    }
    if (!before || before == items) return GLIA_OK;
    snprintf(found, sizeof found, "a list of %lld, those before have %lld", (long long)items,
             (long long)before);
    return found_instead(j, name, found);
}

static glia_status add_list(json_text *j, const gl_json *v, const char *name) {
    char number[24];
    int64_t k = 0;
    int before = gl_records_find(j->to, name, strlen(name));
    if (before >= 0 && gl_records_filled(j->to, before))
        return found_instead(j, name, "a list, those before have one value");
    if (!is_list_of_numbers(v))
        return found_list(j, name, v->count ? "a list of other values" : "an empty list",
                          v->count && v[1].kind == GL_JSON_OBJECT);
    glia_status status = check_width(j, v->count, name);
    for (const gl_json *item = NULL; !status && (item = gl_json_item(v, item));) {
        snprintf(number, sizeof number, "%lld", (long long)k++);
        status = add_inner(j, item, name, number);
    }
    return status;
}

static glia_status add_object(json_text *j, const gl_json *v, const char *name) {
    glia_status status = GLIA_OK;
    for (const gl_json *inner = NULL; !status && (inner = gl_json_name(v, inner));)
        status = add_inner(j, inner + 1, name, inner->text);
    return status;
}

glia_status gl_json_cell(gl_records *to, int column, const gl_json *v) {
    switch (v->kind) {
    case GL_JSON_NUMBER: return gl_records_number(to, column, v->text, (size_t)v->count);
    case GL_JSON_TEXT: return gl_records_text(to, column, v->text, (size_t)v->count);
    case GL_JSON_TRUE: return gl_records_text(to, column, "true", 4);
    case GL_JSON_FALSE: return gl_records_text(to, column, "false", 5);
    default: return GLIA_OK;
    }
}

static bool was_list(const json_text *j, const char *name) {
    char key[300];
    int n = snprintf(key, sizeof key, "%.200s.0", name);
    return gl_records_find(j->to, key, (size_t)n) >= 0;
}

/* A name whose value is null in every record is still a column. */
static glia_status add_value(json_text *j, const gl_json *v, const char *name) {
    if (v->kind == GL_JSON_OBJECT) return add_object(j, v, name);
    if (v->kind == GL_JSON_ARRAY) return add_list(j, v, name);
    if (v->kind != GL_JSON_NULL && was_list(j, name))
        return found_instead(j, name, "one value, those before have a list");
    int column = gl_records_column(j->to, name, strlen(name));
    if (column < 0 || gl_json_named(j, column)) return glia_code(j->g);
    return gl_json_cell(j->to, column, v);
}

static glia_status add_record(json_text *j, const gl_json *v) {
    glia_status status = GLIA_OK;
    for (const gl_json *name = NULL; !status && (name = gl_json_name(v, name));)
        status = add_value(j, name + 1, name->text);
    return status;
}

/* [82.5, "Bonn"] */
static glia_status add_row(json_text *j, const gl_json *v) {
    glia_status status = GLIA_OK;
    char name[24];
    if (j->width && j->width != v->count)
        return gl_fail(j->g, GLIA_INPUT,
                       "%s, line %lld: found %lld value%s, expected %lld as before", j->source,
                       (long long)j->value_line, (long long)v->count, gl_plural(v->count),
                       (long long)j->width);
    int64_t k = 0;
    j->width = v->count;
    for (const gl_json *item = NULL; !status && (item = gl_json_item(v, item));) {
        snprintf(name, sizeof name, "c%lld", (long long)++k);
        status = add_value(j, item, name);
    }
    return status;
}

static glia_status add_any(json_text *j, const gl_json *v) {
    bool record = v->kind == GL_JSON_OBJECT, row = v->kind == GL_JSON_ARRAY;
    bool other = j->width ? record : row && gl_records_rows(j->to) > 0;
    if ((!record && !row) || other)
        return gl_fail(j->g, GLIA_INPUT,
                       "%s, line %lld: found %s, expected a record such as {\"area\": 82.5, "
                       "\"city\": \"Bonn\"}",
                       j->source, (long long)j->value_line,
                       record ? "a record among rows"
                       : row  ? "a row without names among records"
                              : "a single value");
    glia_status status = gl_records_row(j->to, j->value_line);
    if (status) return status;
    return record ? add_record(j, v) : add_row(j, v);
}

glia_status gl_json_records(json_text *j, const gl_json *array) {
    glia_status status = GLIA_OK;
    for (const gl_json *item = NULL; !status && (item = gl_json_item(array, item));)
        status = add_any(j, item);
    return status;
}

/* ------------------------------------------------------------------------------- whole texts -- */

/* In a trial a record that cannot be read is no failure. */
static glia_status leave_out(json_text *j, const char *begin, glia_status status) {
    if (status != GLIA_INPUT || !j->trial || (j->at == begin && !j->lines)) return status;
    if (j->at == begin) {
        char *stop = memchr(j->at, '\n', (size_t)(j->end - j->at));
        j->at = stop ? stop : j->end;
    }
    return gl_spoilt_add(j->spoilt, begin - j->text, j->at - j->text, j->value_line);
}

static glia_status comma_between(const json_text *j) {
    return gl_fail(
        j->g, GLIA_INPUT,
        "%s, line %lld: found ',' behind a record; records of a line each have none: take "
        "it out (sed 's/,$//'), or write all of them in [ and ]",
        j->source, (long long)j->line);
}

/* Was it left out in the trial? */
static bool pass_spoilt(json_text *j) {
    int64_t at = j->at - j->text;
    char *behind = j->spoilt && !j->trial ? j->text + gl_spoilt_behind(j->spoilt, at) : j->at;
    bool spoilt = behind > j->at;
    for (; j->at < behind; j->at++) j->line += *j->at == '\n';
    return spoilt;
}

static glia_status read_next(json_text *j) {
    if (pass_spoilt(j)) return GLIA_OK;
    const char *begin = j->at;
    gl_json *v = NULL;
    glia_status status = j->lines && *j->at == ',' ? comma_between(j) : GLIA_OK;
    if (!status) v = next_value(j), status = v ? add_any(j, v) : glia_code(j->g);
    gl_free(j->g, v);
    return leave_out(j, begin, status);
}

static glia_status unexpected(const json_text *j, const char *expected) {
    return gl_fail(j->g, GLIA_INPUT, "%s, line %lld: found '%.1s', expected %s", j->source,
                   (long long)j->line, j->at < j->end ? j->at : "the end", expected);
}

/* [ record, record ... ] */
static glia_status read_array(json_text *j) {
    glia_status status = GLIA_OK;
    j->at++;
    skip_blanks(j);
    bool more = j->at < j->end && *j->at != ']';
    while (more && !status) {
        skip_blanks(j);
        if (j->at < j->end && *j->at == ']')
            return unexpected(j, "a record behind the last comma; take that comma out");
        status = read_next(j);
        skip_blanks(j);
        more = !status && j->at < j->end && *j->at == ',';
        if (more) j->at++;
    }
    if (status) return status;
    if (j->at >= j->end)
        return gl_fail(j->g, GLIA_INPUT,
                       "%s, line %lld: the text ends within its array; is the file complete?",
                       j->source, (long long)j->line);
    if (*j->at != ']') return unexpected(j, "',' or ']' behind a record");
    j->at++;
    skip_blanks(j);
    return j->at < j->end ? unexpected(j, "nothing behind the array") : GLIA_OK;
}

/* A single object may be a whole table. */
static glia_status read_first(json_text *j) {
    bool taken = false;
    const char *begin = j->at;
    if (pass_spoilt(j)) return GLIA_OK;
    gl_json *first = next_value(j);
    glia_status status = first ? GLIA_OK : glia_code(j->g);
    if (first) skip_blanks(j);
    if (first && j->at == j->end) status = gl_json_whole_table(j, first, &taken);
    if (first && !status && !taken) status = add_any(j, first);
    gl_free(j->g, first);
    return leave_out(j, begin, status);
}

/* Records one after another. */
static glia_status read_lines(json_text *j) {
    j->lines = true;
    glia_status status = read_first(j);
    for (skip_blanks(j); !status && j->at < j->end; skip_blanks(j)) status = read_next(j);
    return status;
}

/* [1, 2] and a line end, [3, 4]: rows a line each, and no array of two values. */
static bool is_lines_of_rows(const json_text *j) {
    const char *line_end = memchr(j->at, '\n', (size_t)(j->end - j->at));
    const char *next = line_end ? line_end + strspn(line_end, " \t\r\n") : NULL;
    const char *last = line_end;
    while (last && last > j->at && isspace((unsigned char)*last)) last--;
    return next && *next == '[' && last > j->at && *last == ']';
}

static glia_status read_text(json_text *j) {
    if (j->end - j->at >= 3 && !memcmp(j->at, "\xEF\xBB\xBF", 3)) j->at += 3;
    skip_blanks(j);
    if (j->at == j->end)
        return gl_fail(j->g, GLIA_INPUT, "%s: the file is empty, expected records of JSON",
                       j->source);
    return *j->at == '[' && !is_lines_of_rows(j) ? read_array(j) : read_lines(j);
}

static glia_status read_records(json_text *j, const glia_read_options *options) {
    j->to = gl_records_new(j->g, j->source, options);
    glia_status status = j->to ? read_text(j) : GLIA_RESOURCE;
    gl_free(j->g, j->copy);
    j->copy = NULL;
    return status;
}

/* What the trial says is said again, by the reading or about the records that it leaves out. */
static glia_status try_records(json_text *j, const glia_read_options *options) {
    json_text trial = *j;
    int64_t size = j->end - j->text;
    trial.trial = true;
    if (!(trial.text = gl_alloc(j->g, size + 1, 1))) return GLIA_RESOURCE;
    memcpy(trial.text, j->text, (size_t)size);
    trial.at = trial.text, trial.end = trial.text + size;
    gl_listener before = gl_hush(j->g);
    glia_status status = read_records(&trial, options);
    gl_unlisten(j->g, before);
    gl_records_free(trial.to);
    gl_free(j->g, trial.names.name);
    gl_free(j->g, trial.text);
    return status;
}

static glia_table *end_records(json_text *j) {
    glia_table *t = gl_records_end(j->to);
    if (t) gl_json_doubt_names(j, t);
    if (!j->spoilt || !gl_spoilt_end(j->spoilt, j->source, t)) return t;
    glia_table_free(t);
    return NULL;
}

static glia_table *read_json(glia_ctx *g, const char *path, const glia_read_options *options) {
    int64_t size;
    char *text = gl_read_bytes(g, path, &size);
    if (!text) return NULL;
    gl_spoilt spoilt = {.g = g};
    json_text j = {.g = g, .source = strcmp(path, "-") ? path : "standard input", .line = 1};
    j.at = j.text = text, j.end = text + size;
    if (gl_skips_bad_rows(options)) j.spoilt = &spoilt;
    glia_status status = j.spoilt ? try_records(&j, options) : GLIA_OK;
    if (!status) status = read_records(&j, options);
    gl_free(g, text);
    glia_table *t = status ? NULL : end_records(&j);
    if (status) gl_records_free(j.to), gl_spoilt_end(&spoilt, NULL, NULL);
    gl_free(g, j.names.name);
    return t;
}

/* The first two letters that are no blanks. */
static void first_letters(const unsigned char *b, size_t n, char found[3]) {
    size_t at = n >= 3 && !memcmp(b, "\xEF\xBB\xBF", 3) ? 3 : 0;
    memset(found, 0, 3);
    for (int k = 0; k < 2; k++, at++) {
        while (at < n && memchr(" \t\r\n", b[at], 4)) at++;
        if (at < n) found[k] = (char)b[at];
    }
}

/* No row of a table of text begins like a record, or like an array of records or rows. */
static bool begins_like_json(const unsigned char *b, size_t n, bool whole) {
    char found[3];
    (void)whole;
    first_letters(b, n, found);
    return !strcmp(found, "{\"") || !strcmp(found, "{}") || !strcmp(found, "[{") ||
           !strcmp(found, "[[");
}

/* [1, 2] */
static bool looks_like_rows(const unsigned char *b, size_t n, bool whole) {
    char found[3];
    (void)whole;
    first_letters(b, n, found);
    return found[0] == '[' && found[1] && strchr("0123456789-\"ntf", found[1]);
}

const gl_reader gl_reader_json = {
    .names = {"json", "jsonl"},
    .suffixes = {".json", ".jsonl", ".ndjson"},
    .signature = begins_like_json,
    .looks_so = looks_like_rows,
    .read_table = read_json,
    .cells = true,
};
