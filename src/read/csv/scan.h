/*
 * scan.h: from bytes to cells. Two scanners with one contract: an own one for files without a
 * quote (about four times as fast), libcsv for the rest.
 */
#ifndef GL_CSV_SCAN_H
#define GL_CSV_SCAN_H

#include "../../base/base.h"

/* Who receives the cells, blanks around them removed. Each returns false to stop the scan. */
typedef struct gl_cells {
    void *user;
    /* The text is valid during the call and has no NUL behind it. */
    bool (*cell)(void *user, const char *text, size_t length);
    bool (*row)(void *user,
                int64_t line); /* a row is complete; it began in this line, counted from 1 */
} gl_cells;

typedef struct gl_left_out { /* lines that are no rows: how many, and the first of them */
    int64_t count, line;
} gl_left_out;

/* What a line of a table looks like. */
typedef struct gl_csv_rules {
    char delimiter;
    const char
        *comment;       /* lines that begin with it are none of the table's; NULL: there are none */
    const char *header; /* nor are later lines that are the same as this one; NULL: they are rows */
    size_t header_length; /* without the blanks at its end */
    /* Found by a scan, all of it. Empty: all cells are. */
    gl_left_out empty, comments, headers;
} gl_csv_rules;

/* Lines without any text are no rows. With the delimiter ' ' several blanks separate like one.
 * GLIA_OK also when the receiver stopped; GLIA_INPUT: a quote is never closed (the message names
 * `path` and the line). */
glia_status gl_csv_scan(glia_ctx *g, const char *path, const char *text, int64_t size,
                        gl_csv_rules *rules, const gl_cells *to);

#endif
