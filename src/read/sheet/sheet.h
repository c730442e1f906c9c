/*
 * sheet.h: what the readers of workbooks share. xlsx.c and ods.c find a sheet in theirs and collect
 * its cells; sheet.c makes a table of them.
 */
#ifndef GL_SHEET_H
#define GL_SHEET_H

#include "../readers.h"
#include "../zip.h"
#include "xml.h"

/* Of Excel and LibreOffice. */
enum { GL_SHEET_ROWS = 1 << 20, GL_SHEET_COLUMNS = 1 << 14 };

typedef enum gl_sheet_kind {
    GL_SHEET_NUMBER,
    GL_SHEET_SHARE, /* a number that is shown as a hundredfold: 0.5 as 50% */
    GL_SHEET_DAYS,  /* a time of day or a duration: how many days */
    GL_SHEET_TEXT,  /* `text` is its place in the texts of the sheet */
    GL_SHEET_DATE,  /* days since 1970-01-01 */
    GL_SHEET_TIMED  /* with a time of day */
} gl_sheet_kind;

typedef struct gl_sheet_cell {
    int32_t row;    /* from 1, as programs show it */
    int16_t column; /* from 0 */
    uint8_t kind;
    union {
        double number;
        int64_t text;
    };
} gl_sheet_cell;

/* Cells that were made one; only the first has a value. From and to, both included. */
typedef struct gl_merged {
    int32_t row, column, last_row, last_column;
} gl_merged;

typedef struct gl_first { /* how many, and the first of them */
    int64_t count;
    int32_t row, column;
    char text[24];
} gl_first;

typedef struct gl_sheet {
    glia_ctx *g;
    const char *source; /* the file */
    gl_sheet_cell *cell;
    int64_t cells, cap;
    gl_text texts; /* each with its 0 */
    gl_merged *merged;
    int64_t merges, merged_cap;
    gl_first errors;   /* #DIV/0! */
    gl_first unvalued; /* formulas without the value that they had */
    gl_first times;    /* times of day and durations, which are numbers of days */
    gl_first no_days;  /* dates that there are not: 1900-02-29 */
    gl_first hidden;   /* rows */
    gl_first hidden_columns;
    int32_t last_row; /* and column of the last cell */
    int16_t last_column;
    bool unsorted;
} gl_sheet;

/* One sheet of a workbook, as its list has it. */
typedef struct gl_sheet_entry {
    char *name, *place; /* where it stands: a member of the archive */
    bool hidden, filled;
} gl_sheet_entry;

typedef struct gl_sheets {
    gl_sheet_entry *entry;
    int64_t count, cap;
} gl_sheets;

/* ------------------------------------------------------------------------------- workbook.c -- */

/* A workbook that is open: its archive, and who understands its parts. */
typedef struct gl_workbook {
    glia_ctx *g;
    const char *source;
    gl_zip *zip;
    const gl_xml *xml;
} gl_workbook;

glia_status gl_workbook_open(glia_ctx *g, const char *path, gl_workbook *out);
void gl_workbook_close(gl_workbook *w);
/* All events of one part of it. A receiver that stops has failed, or, where *stopped is asked for,
 * knows why. */
glia_status gl_workbook_parse(gl_workbook *w, const gl_zip_member *m, const gl_xml_events *to,
                              bool *stopped);
glia_status gl_workbook_fail(const gl_workbook *w, const char *what);

glia_status gl_sheets_add(glia_ctx *g, gl_sheets *s, const char *name, const char *place);
void gl_sheets_free(glia_ctx *g, gl_sheets *s);
/* The sheet that is read, by the option 'table' or because it is the first that is shown and has
 * cells; -1 after gl_fail. What else could be meant is told. */
int64_t gl_sheets_choose(const gl_workbook *w, const gl_sheets *s, const char *wanted);

/* ----------------------------------------------------------------------------------- cells.c -- */

void gl_sheet_free(gl_sheet *s);
/* A cell in front of which all others stand; false: memory is out, or it is beyond the largest
 * sheet, which g says. */
gl_sheet_cell *gl_sheet_add(gl_sheet *s, int64_t row, int64_t column, gl_sheet_kind kind);
/* A text among those of the sheet, blanks around it removed: its place. -1: it is empty; -2: memory
 * is out. */
int64_t gl_sheet_keep(gl_sheet *s, const char *text, size_t n);
/* A cell with a text; an empty one is no cell. */
bool gl_sheet_add_text(gl_sheet *s, int64_t row, int64_t column, const char *text, size_t n);
bool gl_sheet_add_merged(gl_sheet *s, gl_merged m);
void gl_sheet_count(gl_first *what, int64_t row, int64_t column, const char *text);
/* "C7". Returns buf. */
char *gl_sheet_place(int64_t row, int64_t column, char *buf, size_t size);

/* sheet.c: the table of its cells. */
glia_table *gl_sheet_table(gl_sheet *sheet, const glia_read_options *options);

#endif
