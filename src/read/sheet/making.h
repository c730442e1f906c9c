/*
 * making.h: a table that is made of a sheet: what sheet.c and names.c share.
 */
#ifndef GL_SHEET_MAKING_H
#define GL_SHEET_MAKING_H

#include "../csv/csv.h"
#include "../records.h"
#include "sheet.h"

/* Merged cells reach into so many others at most, all together: a file of a few bytes could say
 * more. */
enum { GL_SHEET_REACHED = 1 << 24 };

typedef struct row {
    int64_t begin; /* its first cell */
    int32_t number;
    int32_t cells;
} row;

typedef struct making {
    glia_ctx *g;
    gl_sheet *s;
    const glia_read_options *options;
    row *row; /* those with cells */
    int64_t rows;
    int32_t *column_of; /* [GL_SHEET_COLUMNS] of the table, -1: no cell is in it */
    int32_t columns;
    const gl_sheet_cell **cell;  /* [columns] of one row; NULL: empty */
    const gl_merged **over;      /* [columns] the merged cells that reach into the present row */
    const gl_sheet_cell **first; /* [columns] the cell of these */
    int64_t next;                /* of the merged ones, in their order */
    int64_t reached;             /* cells that they reach into */
    int32_t *under; /* [columns] the column of the merged name that reaches over this one; -1 */
    bool two_names; /* the names of two rows are one: "Size" above "cm" and "in" */
    csv c;          /* what the rules of tables of text ask for */
    sample sample;
    gl_left_out headers;
    gl_records *to;
} making;

static inline bool gl_sheet_skips(const making *m) { return m->options->skip >= 0; }

/* sheet.c: row k goes, and those behind it move up. */
void gl_sheet_drop_row(making *m, int64_t k);
void gl_sheet_tell_dropped(const making *m, int64_t k, const char *what, const char *mend);
/* A cell as a text; buf is for one that is none. */
const char *gl_sheet_text_of(const making *m, const gl_sheet_cell *c, char *buf, size_t size);
/* Row k into m->cell. */
void gl_sheet_spread(making *m, int64_t k);

/* names.c: titles and units go, columns get their names. */
glia_status gl_sheet_find_names(making *m);
glia_status gl_sheet_add_columns(making *m);

#endif
