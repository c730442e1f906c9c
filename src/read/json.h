/*
 * json.h: what the steps of reading JSON share.
 */
#ifndef GL_READ_JSON_H
#define GL_READ_JSON_H

#include "../base/json.h"
#include "records.h"
#include "spoilt.h"

typedef struct gl_json_name_seen { /* of a column */
    int64_t records, last, line;   /* that name it, the last of them, the line of the first */
    uint64_t sum;                  /* of their hashes */
} gl_json_name_seen;

typedef struct gl_json_names {
    gl_json_name_seen *name; /* [count] by column */
    int64_t count, cap;
} gl_json_names;

typedef struct json_text {
    glia_ctx *g;
    const char *source;
    char *text, *at, *end;
    int64_t line, value_line; /* of `at`; where the present value begins */
    int64_t width;            /* values of a row without names; 0: records have names */
    bool records_of_a_line;   /* there was one that had its line for itself */
    bool lines;               /* records one after another, not in an array */
    bool trial;               /* those that cannot be read are looked for */
    gl_spoilt *spoilt;        /* NULL: none is left out */
    gl_records *to;
    gl_json_names names;
    char *copy; /* of the value that is read, in which it is not changed */
    int64_t copy_cap;
} json_text;

/* json.c: the items of an array, each a record or a row. */
glia_status gl_json_records(json_text *j, const gl_json *array);
/* One value that is neither a list nor an object, as a cell. */
glia_status gl_json_cell(gl_records *to, int column, const gl_json *v);
/* json_names.c: the present record names this column; and at the end, what is odd about names. */
glia_status gl_json_named(json_text *j, int column);
void gl_json_doubt_names(const json_text *j, const glia_table *t);
/* json_columns.c: one object that is a whole table; *taken false: it is none. */
glia_status gl_json_whole_table(json_text *j, const gl_json *object, bool *taken);

#endif
