/*
 * scan.h: from bytes to cells. Two scanners with one contract: an own one for lines without a
 * quote (about four times as fast), libcsv for the rest.
 */
#ifndef GL_CSV_SCAN_H
#define GL_CSV_SCAN_H

#include "../../base/base.h"

#include <string.h>

/* Who receives the cells, blanks around them removed. Each returns false to stop the scan. */
typedef struct gl_cells {
    void *user;
    /* NULL, or takes the cell that begins at s, in a line that ends at `end`, where that is quickly
     * done: returns what follows it, the delimiter or `end`. NULL: `cell` is called for it. */
    const char *(*take)(void *user, const char *s, const char *end);
    /* The text is valid during the call and has no NUL behind it. */
    bool (*cell)(void *user, const char *text, size_t length);
    /* A row is complete; it began in this line of the file, counted from 1. */
    bool (*row)(void *user, int64_t line);
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

/* A text, or a part of one that begins where a row does. */
typedef struct gl_csv_text {
    const char *s;
    int64_t size;
    int64_t line; /* the number of its first line in the file, from 1 */
    bool quoted;  /* the whole has a quote somewhere */
} gl_csv_text;

/* Lines without any text are no rows. With the delimiter ' ' several blanks separate like one.
 * GLIA_OK also when the receiver stopped. *open: the line in which a row began that a quote still
 * keeps open at the end; 0: there is none. */
glia_status gl_csv_scan(glia_ctx *g, const char *path, gl_csv_text text, gl_csv_rules *rules,
                        const gl_cells *to, int64_t *open);

/* The high bit of each byte that is c; but only the lowest of them is sure.
 *
 *     eight ^ c c c c c c c c     a byte that was c is 0
 *     (v - 1) & ~v & 80           its high bit is set where v was 0: 0 - 1 borrows, and no byte
 *                                 from 80 on passes ~v. A borrow may mark the byte above a found
 *                                 one; the lowest mark is never such */
static inline uint64_t gl_csv_equal_bytes(uint64_t eight, char c) {
    const uint64_t ones = 0x0101010101010101;
    eight ^= ones * (unsigned char)c;
    return (eight - ones) & ~eight & 0x80 * ones;
}

/* The first c, or the end; eight bytes at a time, which for cells is faster than memchr: a cell has
 * some six bytes, and a call takes as long. With this and numbers read eight digits at a time CSV
 * files are read at 560 MB/s, before at 330 (notebook 2026-11, 21.12 to 21.14). */
static inline const char *gl_csv_find(const char *s, const char *end, char c) {
    for (uint64_t eight; __BYTE_ORDER__ == __ORDER_LITTLE_ENDIAN__ && end - s >= 8; s += 8) {
        memcpy(&eight, s, 8);
        uint64_t found = gl_csv_equal_bytes(eight, c);
        if (found) return s + __builtin_ctzll(found) / 8;
    }
    while (s < end && *s != c) s++;
    return s;
}

static inline bool gl_csv_is_blank(char c) { return c == ' ' || c == '\t' || c == '\r'; }

/* Takes the blanks off both ends of a cell. */
static inline void gl_csv_trim(const char **s, const char **end) {
    while (*s < *end && gl_csv_is_blank(**s)) ++*s;
    while (*end > *s && gl_csv_is_blank((*end)[-1])) --*end;
}

#endif
