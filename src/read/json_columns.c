/*
 * json_columns.c: one object of JSON that is a whole table, in the forms that programs write.
 *
 *     {"a": [1, 2], "b": [3, 4]}                          columns
 *     {"a": {"0": 1, "1": 2}, "b": {"0": 3, "1": 4}}      pandas, to_json(): columns of named cells
 *     {"0": {"a": 1, "b": 3}, "1": {"a": 2, "b": 4}}      pandas, orient="index": rows by name
 *     {"columns": ["a", "b"], "data": [[1, 3], [2, 4]]}   pandas, orient="split"
 *     {"schema": {...}, "data": [{"a": 1}, {"a": 2}]}     records inside of something
 */
#include "json.h"

#include <ctype.h>
#include <string.h>

static bool is_plain(const gl_json *v) {
    return v->kind != GL_JSON_ARRAY && v->kind != GL_JSON_OBJECT;
}

/* Nothing in it is a list or an object. */
static bool is_flat(const gl_json *v) {
    return v->count && v->size == 1 + v->count * (v->kind == GL_JSON_OBJECT ? 2 : 1);
}

/* As long, and where they are objects, with the same names in the same order. */
static bool are_alike(const gl_json *a, const gl_json *b) {
    bool alike = a->kind == b->kind && a->count == b->count && is_flat(a) && is_flat(b);
    for (int64_t k = 0; alike && a->kind == GL_JSON_OBJECT && k < a->count; k++)
        alike = !strcmp(a[1 + 2 * k].text, b[1 + 2 * k].text);
    return alike;
}

static bool are_columns(const gl_json *object, gl_json_kind kind) {
    const gl_json *first = gl_json_name(object, NULL);
    if (!first || first[1].kind != kind) return false;
    for (const gl_json *name = NULL; (name = gl_json_name(object, name));)
        if (!are_alike(first + 1, name + 1)) return false;
    return true;
}

/* Are the names of the members whole numbers? Those of an index are, also of chosen rows. */
static bool are_numbered(const gl_json *object) {
    int64_t number;
    for (const gl_json *name = NULL; (name = gl_json_name(object, name));)
        if (!gl_parse_int(name->text, &number)) return false;
    return object->count > 0;
}

/* Row k of columns: each member's k-th item. All of them were seen to be plain. */
static glia_status add_columns(json_text *j, const gl_json *object, int64_t rows, int64_t first,
                               int64_t step) {
    glia_status status = GLIA_OK;
    for (int64_t k = 0; k < rows && !status; k++) {
        status = gl_records_row(j->to, 0);
        for (const gl_json *name = NULL; !status && (name = gl_json_name(object, name));) {
            int column = gl_records_column(j->to, name->text, (size_t)name->count);
            if (column < 0) return glia_code(j->g);
            status = gl_json_cell(j->to, column, name + 1 + first + k * step);
        }
    }
    return status;
}

/* {"0": {"a": 1}, "1": {"a": 2}} */
static glia_status add_rows(json_text *j, const gl_json *object) {
    glia_status status = GLIA_OK;
    for (const gl_json *row = NULL; !status && (row = gl_json_name(object, row));) {
        status = gl_records_row(j->to, 0);
        for (const gl_json *name = NULL; !status && (name = gl_json_name(row + 1, name));) {
            int column = gl_records_column(j->to, name->text, (size_t)name->count);
            status = column < 0 ? glia_code(j->g) : gl_json_cell(j->to, column, name + 1);
        }
    }
    return status;
}

static glia_status split_fails(const json_text *j, int64_t row, int64_t found, int64_t expected) {
    return gl_fail(j->g, GLIA_INPUT,
                   "%s: found %lld value%s in row %lld of 'data', expected %lld as in 'columns'",
                   j->source, (long long)found, gl_plural(found), (long long)row,
                   (long long)expected);
}

static glia_status add_split(json_text *j, const gl_json *names, const gl_json *data) {
    glia_status status = GLIA_OK;
    for (const gl_json *name = NULL; (name = gl_json_item(names, name));)
        if (gl_records_add(j->to, name->text) < 0) return glia_code(j->g);
    for (const gl_json *row = NULL; !status && (row = gl_json_item(data, row));) {
        status = gl_records_row(j->to, 0);
        int64_t n = gl_json_items(row);
        if (!status && n != names->count)
            status = split_fails(j, gl_records_rows(j->to), n, names->count);
        int column = 0;
        for (const gl_json *cell = NULL; !status && (cell = gl_json_item(row, cell));)
            if (is_plain(cell)) status = gl_json_cell(j->to, column++, cell);
            else status = split_fails(j, gl_records_rows(j->to), 0, names->count);
    }
    return status;
}

static bool is_list_of(const gl_json *v, gl_json_kind kind) {
    for (const gl_json *item = NULL; (item = gl_json_item(v, item));)
        if (item->kind != kind) return false;
    return gl_json_items(v) > 0;
}

/* The only member that is a list of records; NULL: there is none, or several. */
static const gl_json *only_list(const gl_json *object) {
    const gl_json *found = NULL;
    for (const gl_json *name = NULL; (name = gl_json_name(object, name));) {
        if (!is_list_of(name + 1, GL_JSON_OBJECT)) continue;
        if (found) return NULL;
        found = name;
    }
    return found;
}

/* {"a": [1, 2, 3], "b": [1, 2]}: a record with two lists, or columns of which one is cut short. */
static void doubt_lists(const json_text *j, const gl_json *object) {
    const gl_json *first = gl_json_name(object, NULL), *other = NULL;
    for (const gl_json *name = NULL; (name = gl_json_name(object, name));) {
        if (gl_json_items(name + 1) < 2) return;
        if (!other && gl_json_items(name + 1) != gl_json_items(first + 1)) other = name;
    }
    if (other)
        gl_warn(
            j->g,
            "%s: '%s' is a list of %lld values and '%s' one of %lld, so the file is read as one "
            "row; columns are as long as each other",
            j->source, first->text, (long long)gl_json_items(first + 1), other->text,
            (long long)gl_json_items(other + 1));
}

glia_status gl_json_whole_table(json_text *j, const gl_json *v, bool *taken) {
    const gl_json *names = gl_json_get(v, "columns"), *data = gl_json_get(v, "data");
    *taken = true;
    if (is_list_of(names, GL_JSON_TEXT) && is_list_of(data, GL_JSON_ARRAY))
        return add_split(j, names, data);
    const gl_json *list = only_list(v);
    if (list) {
        gl_note(j->g, "%s: the records of '%s' are read", j->source, list->text);
        return gl_json_records(j, list + 1);
    }
    if (are_columns(v, GL_JSON_ARRAY)) return add_columns(j, v, v[2].count, 1, 1);
    if (are_columns(v, GL_JSON_OBJECT)) {
        if (are_numbered(v + 2)) return add_columns(j, v, v[2].count, 2, 2);
        if (are_numbered(v)) return add_rows(j, v);
    }
    doubt_lists(j, v);
    return *taken = false, GLIA_OK;
}
