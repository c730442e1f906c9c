/*
 * json.h: what the steps of reading JSON share.
 */
#ifndef GL_READ_JSON_H
#define GL_READ_JSON_H

#include "../base/json.h"
#include "records.h"

typedef struct json_text {
    glia_ctx *g;
    const char *source;
    char *at, *end;
    int64_t line, value_line; /* of `at`; where the present value begins */
    int64_t width;            /* values of a row without names; 0: records have names */
    gl_records *to;
} json_text;

/* json.c: the items of an array, each a record or a row. */
glia_status gl_json_records(json_text *j, const gl_json *array);
/* One value that is neither a list nor an object, as a cell. */
glia_status gl_json_cell(gl_records *to, int column, const gl_json *v);
/* json_columns.c: one object that is a whole table; *taken false: it is none. */
glia_status gl_json_whole_table(json_text *j, const gl_json *object, bool *taken);

#endif
