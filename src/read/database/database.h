/*
 * database.h: what the readers of databases share. A module (libsqlite3 and libpq are not
 * everywhere) opens one, runs a query and gives its rows; which table is meant, and what becomes of
 * the cells, is decided once, in database.c.
 */
#ifndef GL_DATABASE_H
#define GL_DATABASE_H

#include "../readers.h"

typedef enum gl_cell_kind {
    GL_CELL_MISSING,
    GL_CELL_NUMBER, /* in its text, which a double may not hold */
    GL_CELL_VALUE,
    GL_CELL_TEXT,
    GL_CELL_LOST, /* there was no memory for it */
    GL_CELL_OTHER /* what no column of a table can be; text says what: "a blob" */
} gl_cell_kind;

typedef struct gl_cell {
    gl_cell_kind kind;
    double value;
    const char *text; /* valid until the next row; needs no 0 behind it */
    size_t length;
} gl_cell;

typedef struct gl_column_info {
    const char *name;
    bool text; /* declared to hold texts, so that digits in it are no number */
} gl_column_info;

/* What a module gives. Whatever can go wrong writes into why[size] what did. */
typedef struct gl_database {
    /* most: bytes that a value may have; NULL: why */
    void *(*open)(const char *where, int64_t most, char *why, size_t size);
    bool (*query)(void *open, const char *sql, char *why, size_t size);
    int (*columns)(void *open); /* of the query */
    gl_column_info (*column)(void *open, int j);
    int (*next)(void *open, char *why, size_t size); /* 1: a row, 0: no more, -1: why */
    gl_cell (*cell)(void *open, int j);
    void (*close)(void *open);
    const char *tables; /* the query that lists them */
    bool schemas;       /* tables may be called SCHEMA.TABLE */
    bool leaves_errno;  /* beside why: what the machine failed to do, or 0 */
} gl_database;

/* The rows of a table or query, as the options say. `source` names it in messages. */
glia_table *gl_read_database(glia_ctx *g, const gl_database *d, const char *where,
                             const char *source, const glia_read_options *options);

#endif
