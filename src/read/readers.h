/*
 * readers.h: what the readers share. A reader takes the bytes of one file and fills a table or a
 * tensor; it believes nothing that the file says about its own size.
 */
#ifndef GL_READERS_H
#define GL_READERS_H

#include "../table/table.h"

#include <string.h>

/* An array as it was read: numbers, or labels that are texts. */
typedef struct gl_array {
    glia_tensor values; /* its shape; data for gl_free, NULL where `column` has the values */
    glia_table *column; /* a table of one column: texts, or numbers of a table */
    bool skip;          /* a row with an infinite value is a bad one, and no error */
    gl_stamp stamp;     /* of its file, when reading began */
} gl_array;

/* About the first n bytes of a file, gunzipped; `whole`: they are all of it. */
typedef bool gl_about_bytes(const unsigned char *bytes, size_t n, bool whole);

/* Options that mean something to a few readers only. */
enum { GL_USES_TABLE = 1, GL_USES_QUERY = 2, GL_USES_PICTURES = 4 };

/* One format. The first bytes of a file decide who reads it, then its name, then what it looks
 * like; readers.list names all readers. */
typedef struct gl_reader {
    const char *names[4];      /* the word of option 'format', then others for it; ends with NULL */
    const char *suffixes[12];  /* of the names of its files, ".h5"; ends with NULL */
    const char *schemes[3];    /* beginnings of addresses, "postgresql://"; ends with NULL */
    gl_about_bytes *signature; /* they can be of its files only; NULL: no bytes say so */
    gl_about_bytes *looks_so;  /* they look like it, which holds where no name says otherwise */
    /* NULL: the table is of its one array. options is never NULL. */
    glia_table *(*read_table)(glia_ctx *g, const char *path, const glia_read_options *options);
    /* One array, for gl_free_array. NULL: it holds no arrays. */
    glia_status (*read_array)(glia_ctx *g, const char *path, const char *array, gl_array *out);
    bool cells;        /* it obeys the option 'missing'; csv obeys all options */
    bool rows;         /* it has rows whose first may name the columns, and lines above */
    bool named_arrays; /* it holds several arrays, and `array` says which (NULL: the only one);
                          else `array` is always NULL */
    unsigned uses;     /* GL_USES_... */
} gl_reader;

extern const gl_reader *const gl_readers[]; /* in the order of readers.list */
extern const int gl_readers_count;

/* Does the path end so? ASCII case and a final ".gz" do not matter. */
bool gl_has_suffix(const char *path, const char *suffix);
/* Does it end as the reader's files do? */
bool gl_is_called_for(const gl_reader *r, const char *path);

/* The table that the reader of a file makes, before anything is kept of how it was read. */
glia_table *gl_table_read(glia_ctx *g, const char *data, const glia_read_options *options);

/* One array FILE or FILE:ARRAY, or a column of a table FILE or FILE:COLUMN. */
glia_status gl_read_array(glia_ctx *g, const char *spec, gl_array *out);

/* bytes.c: all bytes of a file ("-": standard input), gunzipped when they begin like gzip;
 * NUL-terminated, for gl_free. */
char *gl_read_bytes(glia_ctx *g, const char *path, int64_t *size);

/* csv/encoding.c: what 80 to 9f are in windows-1252; the five that are nothing there stay what
 * latin-1 has. */
extern const unsigned short gl_windows_1252[32];
/* twice.c: warns of texts that are in UTF-8 twice; said: an encoding was asked for. */
void gl_warn_of_twice(const glia_table *t, bool said);
/* same_names.c: columns whose names others had before them. */
typedef struct gl_renamed {
    int64_t count;
    char *name; /* of the first */
    gl_text list;
} gl_renamed;
/* NAME_2 or the next that is not taken, from *next on, which may be 0. For gl_free; NULL: memory is
 * out. */
char *gl_rename(gl_renamed *r, const gl_column *taken, const char *name, int *next);
/* A warning, where there were any. */
void gl_tell_renamed(gl_renamed *r, const char *source);
/* zlib takes its memory from a context: the stream's `opaque`. */
void *gl_zlib_alloc(void *g, unsigned count, unsigned size);
void gl_zlib_free(void *g, void *memory);

/* The beginning of a file, gunzipped: enough for every signature, and for the look of a text. */
typedef struct gl_beginning {
    unsigned char bytes[4096];
    size_t n; /* 0: it is empty, cannot be read, or is a pipe, which is read only once */
    bool whole;
} gl_beginning;

/* Of standard input too: what is taken from it here gl_read_bytes still gives (g NULL: nothing is
 * taken). */
void gl_read_beginning(glia_ctx *g, const char *path, gl_beginning *b);

/* array_table.c: a tensor of this shape with fresh memory, or GLIA_INPUT when `available` bytes
 * cannot hold it (-1: not known). */
glia_status gl_new_tensor(glia_ctx *g, const char *source, glia_tensor *shape, int64_t available);
void gl_free_array(glia_ctx *g, gl_array *array);
static inline bool gl_skips_bad_rows(const glia_read_options *o) {
    return o->bad_rows && !strcmp(o->bad_rows, "skip");
}
/* A table with column x and, when y is not NULL, y, each named by its file in errors. Takes what
 * both hold, also when it fails. */
glia_table *gl_table_of_arrays(glia_ctx *g, const char *x_source, gl_array *x, const char *y_source,
                               gl_array *y);
/* A text for one row of a column, missing where length < 0. False when memory is out. */
typedef bool gl_take_text(void *to, int64_t row, const char *text, int64_t length);
/* A column of texts for `rows` takes; the columns of a table with its place for gl_take_cell. */
typedef struct gl_text_column {
    glia_table *t;
    gl_column *c;
} gl_text_column;
gl_take_text gl_take_cell; /* to: a gl_text_column */
glia_status gl_add_text_column(glia_table *t, const char *name, gl_text_column *out);

/* pictures/pictures.c: the pictures whose paths are in option 'image-column' take its place. t is
 * given up; NULL after gl_fail. */
glia_table *gl_take_pictures(glia_table *t, const char *data, const glia_read_options *options);

#endif
