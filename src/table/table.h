/*
 * table.h: a table is typed columns of equal length, as read, before any preprocessing. A
 * reader (src/read) fills it column by column; src/prepare turns it into numbers.
 *
 * A column is numbers, texts or arrays as a whole: one cell "n/a" among numbers makes it texts.
 * Cells of different kinds in one column would put a question before every cell, in every loop
 * over rows.
 */
#ifndef GL_TABLE_H
#define GL_TABLE_H

#include "../base/supply.h"
#include "date.h"
#include "dress.h"
#include "packed.h"

/* What the user said a column is; it wins over what its cells look like. A text is free text, whose
 * words matter; a category is one of a kind. */
typedef enum gl_column_role {
    GL_AS_GUESSED,
    GL_AS_NUMBER,
    GL_AS_CATEGORY,
    GL_AS_TEXT,
    GL_AS_DATE
} gl_column_role;

typedef struct gl_column {
    char *name;
    glia_column_type type;
    gl_column_role role;
    bool nameless;    /* its place in the header was empty */
    bool lost;        /* cells that are no numbers, as was said, are missing */
    double *number;   /* GLIA_NUMBER: [rows], NaN = missing; NULL: they are packed */
    gl_packed packed; /* GLIA_NUMBER: as read from text; empty, too: 0 in every row */
    void *given;      /* NULL, or what glia_table_values made of it */
    int32_t *code;    /* GLIA_CATEGORY: [rows], index into category, -1 = missing */
    char **category;  /* GLIA_CATEGORY: the different texts in order of first appearance */
    int64_t categories, category_cap;
    int32_t *slot; /* hash table over category: code + 1, or 0 for free; slots is a power of two */
    int64_t slots;
    gl_secret secret; /* by which texts find their slots */
    char **spelt; /* NULL, or [rows]: a cell as the file has it, where its value by itself would be
                      written in another way; else NULL */
    gl_dress dress; /* GLIA_NUMBER: how they were written */
    gl_date date;   /* GLIA_NUMBER: they are days since 1970-01-01, which were dates in this order;
                     before they are, as its file declares it */
    bool timed;     /* with a time of day */
    bool either_date;  /* GLIA_CATEGORY: dates in no certain order of day and month */
    int64_t infinite;  /* GLIA_NUMBER: how many are; only who uses the column minds */
    glia_tensor array; /* GLIA_ARRAY: dim[0] = rows, then the shape of one row; data is owned */
    gl_supply *supply; /* GLIA_ARRAY: what makes its rows, and array has no data; NULL: it has */
    bool gaps;         /* GLIA_ARRAY: some of its values may be NaN, which is missing */
    glia_column about; /* what glia_table_column found when it was first asked; no name before */
    int64_t classes;   /* what glia_table_classes found when it was first asked, and 1; 0 before */
} gl_column;

/* What the file of a picture was. */
typedef struct gl_origin {
    int32_t width, height;
    int16_t kind, channels;
} gl_origin;

typedef struct gl_past gl_past; /* series.h */

struct glia_table {
    glia_ctx *g;
    char *source;   /* path, for messages */
    gl_stamp stamp; /* of its file, when reading began */
    bool arrays;    /* read from an array file: columns "x" and, when labels are known, "y" */
    bool sparse;    /* read from sparse text rows: columns "f<index>", and "label" */
    bool unnamed;   /* columns are called c1, c2, ..., since nothing names them */
    int64_t rows;
    int columns, column_cap;
    gl_column *column;
    glia_bad_row *bad; /* [bads] rows that cannot be used, in the order of their lines */
    int64_t bads, bad_cap;
    char **name;       /* [rows] of pictures: their paths below the root; NULL: there are none */
    char *root;        /* their folder, "" or with a / at its end; a path from / on has none */
    gl_origin *origin; /* [rows] of pictures; NULL: there are none */
    glia_pictures pictures; /* files 0: it has none */
    int64_t *line;          /* [rows] line of the file where a row begins; NULL: they follow on */
    int64_t first_line;     /* from this one; 0: rows have none, as in array files */
    char decimal;           /* as found in the file */
    char delimiter;         /* of a table of text; 0: it is none */
    const char *encoding;   /* of its text, where it was guessed; NULL: it was not */
    int header;             /* 1: its first row names the columns; -1: it has none */
    gl_past *past;          /* of each row, where the table is of series; NULL: none has one */
    char *reading;        /* how its file was read, beyond what is found out anew; NULL: nothing */
    struct gl_pool *pool; /* where the category texts live */
};

/* Rows of a table: those of a list, or n rows from `first` on. */
typedef struct gl_selection {
    const int64_t *list;
    int64_t first, n;
} gl_selection;
static inline int64_t gl_selected(const gl_selection *r, int64_t i) {
    return r->list ? r->list[i] : r->first + i;
}
/* Of these, numbers begin .. end-1. */
static inline gl_selection gl_some(gl_selection r, int64_t begin, int64_t end) {
    return (gl_selection){r.list ? r.list + begin : NULL, r.first + begin, end - begin};
}

static inline bool gl_has_lines(const glia_table *t) { return t->line || t->first_line; }
/* What glia_table_line counts: rows of a database have no lines. */
static inline const char *gl_row_word(const glia_table *t) {
    return gl_has_lines(t) ? "line" : "row";
}
/* Lines that follow on need not be kept. */
void gl_table_thin_lines(glia_table *t);

/* The number of a row; NaN: missing. */
static inline double gl_number(const gl_column *c, int64_t row) {
    if (c->packed.bytes) return gl_packed_at(&c->packed, row);
    return c->number ? c->number[row] : 0;
}
/* Numbers that lie somewhere, and not only 0 in every row. */
static inline bool gl_has_numbers(const gl_column *c) { return c->number || c->packed.bytes; }
/* Makes them doubles of [rows], to be written; false: memory is out. */
bool gl_column_unpack(glia_ctx *g, gl_column *c, int64_t rows);
void gl_column_drop_numbers(glia_ctx *g, gl_column *c);
/* Numbers and texts of rows before `until` are not read again: their memory goes back, that of rows
 * before `from` has gone. */
void gl_column_let_go(const gl_column *c, int64_t from, int64_t until);

/* array_rows.c: rows of an array column, one after another: whoever looks at values of pictures
 * does it so, and need not know where they are. */
typedef struct gl_array_rows {
    glia_ctx *g;
    const gl_column *c;
    gl_selection rows;
    int64_t next, begin, until; /* rows begin .. until-1 of these lie in `made` */
    unsigned char *made;
    glia_status status;
} gl_array_rows;
gl_array_rows gl_array_open(glia_ctx *g, const gl_column *c, gl_selection rows);
/* The next one, which stays until another is asked for; data NULL: it cannot be made. */
glia_tensor gl_array_next(gl_array_rows *r);
/* All that were asked for could be had, or the failure, which is in g. */
glia_status gl_array_close(gl_array_rows *r);

/* Members of glia_read_options that a model keeps, in as_trained: they give way where a file shows
 * that it is another. */
enum {
    GL_KEPT_COLUMNS = 1, /* number, category, text, date: of columns that the file has */
    GL_KEPT_DELIMITER = 2,
    GL_KEPT_DECIMAL = 4,
    GL_KEPT_ENCODING = 8,
    GL_KEPT_SKIP = 16,
    GL_KEPT_MISSING = 32,  /* words that this file need not have */
    GL_KEPT_MODEL = 64,    /* a model reads: what each column is has been decided */
    GL_KEPT_PICTURES = 128 /* their size and channels: no matter of tables */
};

/* The next item of a list, without blanks around it and without its quotes ("" inside them is one
 * quote), in `item`, which has room for the rest. Returns what follows; NULL at the end. */
const char *gl_next_item(const char *rest, char *item);
/* Appends an item to such a list, in quotes. */
void gl_add_item(gl_text *list, const char *item);

/* GLIA_USAGE, in g, where a table is of another context: what it fails in is noted in its own, and
 * whoever looks into g would take that for success. */
glia_status gl_table_check_context(glia_ctx *g, const glia_table *t);
glia_table *gl_table_new(glia_ctx *g, const char *source);
/* Appends an empty column; the caller fills its arrays (gl_alloc of the table's context, [rows]
 * each; glia_table_free frees them). It stays where it is until the next one is added, since
 * columns may then move. NULL when memory is out. */
gl_column *gl_table_add(glia_table *t, const char *name, glia_column_type type);
void gl_table_drop_last(glia_table *t); /* column; there must be one */
/* Columns for which keep [columns] is false are no longer in the table; NULL: none is. */
void gl_table_keep_columns(glia_table *t, const bool *keep);
/* No rows and no texts; columns stay, and so does memory for as much again. */
void gl_table_clear(glia_table *t);
/* The cells of these rows without their lines, names and pasts, which may take more than they do;
 * glia_table_select has all. */
glia_table *gl_table_cells(const glia_table *t, const int64_t *rows, int64_t n);
/* The same rows for another context and its thread: cells and texts stay where they are, memory and
 * messages are g's. For gl_table_close_view, before the table goes. */
glia_table *gl_table_view(glia_ctx *g, const glia_table *t);
void gl_table_close_view(glia_table *view);
/* A name in place of the one that a column has. */
glia_status gl_table_rename(glia_table *t, int column, const char *name);
/* A row that cannot be used (-1: it is not in the table), with the reason; then a warning for each
 * of the first and one for all beyond the first `known`, and all are brought in order. */
glia_status gl_table_add_bad(glia_table *t, int64_t row, int64_t line, const char *why);
void gl_table_tell_bad(glia_table *t, int64_t known);
/* The column index by exact name, or -1. */
int gl_table_find(const glia_table *t, const char *name);
/* The same, looked for first where it usually is: whoever asks for many is not quadratic. */
int gl_table_find_near(const glia_table *t, const char *name, int usually);
/* The column of this exact name, looked for first where it usually is; in sparse rows, which leave
 * zeros out, a column of zeros for an f<index> that they do not have. NULL when there is none. */
const gl_column *gl_table_source(const glia_table *t, const char *name, int usually);
/* Code of a text in a category column, added when new; -1 when memory is out. The text need not end
 * with a 0, and is copied. */
int32_t gl_column_code(glia_table *t, gl_column *c, const char *text, size_t length);
/* The same; -1: the column does not have it. */
int32_t gl_column_find(const gl_column *c, const char *text, size_t length);
/* A copy of a text in memory of the table; NULL when that is out. */
char *gl_table_keep(glia_table *t, const char *text, size_t length);
/* All texts of a table go; or become another's, which keeps them as long as its own. */
void gl_table_drop_texts(glia_table *t);
void gl_table_take_texts(glia_table *to, glia_table *from);
/* Where a row came from, for messages: "houses.csv, line 7" or "x.npy, row 7" (both counted from
 * 1). Returns buf. */
const char *gl_table_where(const glia_table *t, int64_t row, char *buf, size_t size);
/* Fails, in g, where one of these rows (list NULL: n rows from `first` on) has an infinite number:
 * no scale survives it. Asked by whoever uses the column. */
glia_status gl_table_check_finite(glia_ctx *g, const glia_table *t, const gl_column *c,
                                  const int64_t *list, int64_t first, int64_t n);
/* missing.c: does this text stand for a missing cell? Empty, NA, NaN, null, ?, \N and what the
 * option 'missing' says (NULL: nothing). */
bool gl_is_missing(const char *text, size_t length, const char *said);
/* Which word of the option it is, from 0, -1: none. GL_MISSING_MAX is room for all of it. */
enum { GL_MISSING_MAX = 1024 };
int gl_missing_word(const char *said, const char *text, size_t length);
glia_status gl_check_missing(glia_ctx *g, const char *said);
/* Warns of words that no cell was; bit k of seen: some was word k. */
void gl_warn_unseen(const glia_table *t, const char *said, uint64_t seen);
/* Does it stand for a missing number? The words of programs and people, such as N/A, - or unknown;
 * among texts they may say something. */
bool gl_is_missing_number(const char *text, size_t length, const char *said);

/* The one column that is called label, class, target or y; -1: there is none, or another one. */
int gl_table_called_target(const glia_table *t);
/* Calls `take` for each column that `said` names, as glia_read_options does; NULL and "none" name
 * none. An unknown one is an error with the nearest name. */
typedef glia_status gl_take_column(void *user, int column);
glia_status gl_table_named(const glia_table *t, const char *said, gl_take_column *take, void *user);
/* Sets the roles of columns whose names are known and whose cells may still be to come. */
glia_status gl_table_say(glia_table *t, const glia_read_options *options);
/* Notes that cells of column c, of numbers as was said, are none and so missing; `where` and `text`
 * are of the first. */
void gl_table_note_no_numbers(const glia_table *t, gl_column *c, int64_t cells, const char *where,
                              const char *text);

/* A number may be a class (0, 1, 2) or a quantity (rooms, children). More different ones than these
 * are quantities; split.c keeps the shares of as many values. */
#define GL_FEW_VALUES 20
/* As many as ImageNet's challenge has. With more, an output layer of them is hardly what was meant:
 * a column of prices or of names was taken for the target. */
#define GL_MOST_CLASSES 1000
/* A handful of texts are classes whatever they are. More than GL_FEW_VALUES of them must occur
 * twice on average: a column of names or dates fails here, where a network could learn one row of
 * each at most. */
bool gl_texts_are_classes(int64_t different, int64_t rows);
/* How many classes the numbers of a target are, ascending in values[GL_FEW_VALUES]; 0: values.
 * rows NULL: all. *doubtful: it could be otherwise, and is to be told. */
int gl_number_classes(const glia_table *t, int column, const int64_t *rows, int64_t n,
                      double *values, bool *doubtful);
void gl_say_doubt(const glia_table *t, int column, const double *values, int count, bool classes,
                  char *line, size_t size);

/* Do its dates never go back from row to row, and not stay the same? */
bool gl_in_order_of_time(const glia_table *t, const gl_column *c);
/* The different values of a number column, ascending, when there are at most `limit` of them:
 * writes them and returns how many; limit + 1 when there are more. Missing cells do not count. rows
 * NULL: all. */
int gl_distinct(const gl_column *c, const int64_t *rows, int64_t n, int limit, double *values);

#endif
