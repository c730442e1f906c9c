/*
 * schema.h: what somebody wrote down of a table: how its file is read, what its columns are, how
 * they become features. src/read reads the text and obeys the first two, src/prepare the third.
 *
 *     target: price
 *     columns:
 *       size: {type: number, fill: median, scale: standard}
 *       zip: {type: category, fill: none}
 *
 * What is said is kept as texts with their lines: what it means is known to whoever obeys, and he
 * names the line.
 */
#ifndef GL_SCHEMA_H
#define GL_SCHEMA_H

#include "table.h"

/* The keys of a column, in the order of schema.def. */
typedef enum gl_schema_key {
#define KEY(name, list) GL_KEY_##name,
#include "schema.def"
#undef KEY
    GL_KEYS
} gl_schema_key;

extern const char *const gl_schema_key_name[GL_KEYS];

typedef struct gl_schema_item { /* in quotes it is itself, and no word of ours */
    char *text;
    bool quoted;
} gl_schema_item;

typedef struct gl_schema_said { /* items 0: nothing, unless it is an empty list */
    gl_schema_item *item;
    int64_t items, cap;
    bool list;
    int64_t line; /* 0: nothing was said */
} gl_schema_said;

typedef struct gl_schema_column {
    char *name;
    int64_t line;
    gl_schema_said said[GL_KEYS];
} gl_schema_column;

typedef struct gl_schema_option { /* an option of reading or training, as it would be typed */
    char *name, *value;
    int64_t line;
} gl_schema_option;

struct glia_schema {
    glia_ctx *g;
    char *source;
    gl_schema_option *option;
    gl_schema_column *column;
    int64_t options, option_cap, columns, column_cap;
};

glia_schema *gl_schema_new(glia_ctx *g, const char *source);
/* What it says of an option; NULL: nothing. s may be NULL. */
const gl_schema_option *gl_schema_find_option(const glia_schema *s, const char *name);
const char *gl_schema_option_value(const glia_schema *s, const char *name);
/* What it says of a column, looked for first where it usually is; NULL: nothing. s may be NULL. */
const gl_schema_column *gl_schema_find(const glia_schema *s, const char *name, int64_t usually);
/* Does it say that the column is no input? Then its type is never asked for. */
bool gl_schema_leaves_out(const gl_schema_column *c);
/* The one text of what is said, or NULL. */
const char *gl_schema_word(const gl_schema_said *said);
/* Fails in g with file, line and column in front. */
glia_status gl_schema_fail(glia_ctx *g, const glia_schema *s, int64_t line, const char *column,
                           const char *format, ...) __attribute__((format(printf, 5, 6)));
/* Columns of t become what it says of their types. */
void gl_schema_say(glia_table *t, const glia_schema *s);
/* Appends a text as one scalar of YAML, in quotes where it needs them. */
void gl_add_yaml_text(gl_text *t, const char *text);

#endif
