/*
 * json.h: JSON read strictly and in place, and its texts and numbers written.
 *
 * What was read is one list of values in the order of the text; an object or array is followed by
 * all that is in it, and knows how much that is:
 *
 *     {"a": [1, "b"]}     object 5 | "a" 1 | array 3 | 1 1 | "b" 1
 *
 * The text comes from a file, and so from anybody. RFC 8259, and: depth at most 32, UTF-8 without
 * NUL. What asks a value for something takes NULL, and gives NULL or 0 where it is of another kind.
 */
#ifndef GL_JSON_H
#define GL_JSON_H

#include "base.h"

typedef enum gl_json_kind {
    GL_JSON_NULL,
    GL_JSON_FALSE,
    GL_JSON_TRUE,
    GL_JSON_NUMBER,
    GL_JSON_TEXT,
    GL_JSON_ARRAY,
    GL_JSON_OBJECT
} gl_json_kind;

typedef struct gl_json {
    gl_json_kind kind;
    int64_t count;    /* array: items; object: members; number, text: letters */
    int64_t size;     /* values, with all that is in it: the next one stands so far behind it */
    const char *text; /* text: terminated; number: as it was written, not terminated */
} gl_json;

/* The values of a text of n letters, for gl_free; they point into the text, which is changed. NULL
 * after gl_fail(GLIA_INPUT): where it is wrong, and what was expected. */
gl_json *gl_json_read(glia_ctx *g, char *text, int64_t n);
/* The same of a text that stays as it is: the values point into *copy, for gl_free, too. */
gl_json *gl_json_read_copy(glia_ctx *g, const char *text, char **copy);

/* The value of a member; NULL where there is none of this name, or more than one. It looks at one
 * member after another: objects here have some ten. Whoever walks over all members takes
 * gl_json_name, or asking for each by name is quadratic. */
const gl_json *gl_json_get(const gl_json *object, const char *name);
/* The name of an object's member behind that of another, NULL: the first one; NULL behind the last.
 * Its value is the one after it. */
const gl_json *gl_json_name(const gl_json *object, const gl_json *before);
/* The same for the items of an array; how many there are; one by its number. */
const gl_json *gl_json_item(const gl_json *array, const gl_json *before);
int64_t gl_json_items(const gl_json *array);
const gl_json *gl_json_at(const gl_json *array, int64_t i); /* counts from the first on */
const char *gl_json_text(const gl_json *v);
int64_t gl_json_whole(const gl_json *v);
bool gl_json_number(const gl_json *v, double *value); /* a finite one */

/* Appends a text in quotes; what is not UTF-8 goes, each byte of it, as '?'. */
void gl_add_json_text(gl_text *t, const char *text);
/* Appends a finite number in 17 digits, which read back exactly; in as many as are told. */
void gl_add_json_number(gl_text *t, double value);
void gl_add_json_digits(gl_text *t, double value, int digits);

#endif
