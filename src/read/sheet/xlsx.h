/*
 * xlsx.h: the parts of an Excel workbook (ECMA-376, SpreadsheetML), and who reads each.
 */
#ifndef GL_XLSX_H
#define GL_XLSX_H

#include "sheet.h"

/* formats.c: what a number format shows. From GL_SHOWN_CODE on as many digits, 0 in front: 00501 is
 * a code, as it is in a table of text. */
typedef enum gl_shown {
    GL_SHOWN_NUMBER,
    GL_SHOWN_SHARE, /* 0.5 as 50% */
    GL_SHOWN_DATE,
    GL_SHOWN_TIME,
    GL_SHOWN_CODE,
    GL_SHOWN_LONGEST_CODE = GL_SHOWN_CODE + 15
} gl_shown;

typedef struct gl_formats { /* by the number of a style */
    uint8_t *of_style;      /* gl_shown */
    int64_t count, cap;
} gl_formats;

gl_shown gl_shown_as(const char *code);
glia_status gl_formats_read(gl_workbook *w, const gl_zip_member *styles, gl_formats *out);
/* Days since 1970-01-01 of a number that is shown as a date. NaN: 1900-02-29, which Excel has and
 * the calendar has not. */
double gl_days_of_serial(double serial, bool from_1904);

/* texts.c: the texts that cells share, into the texts of a sheet. */
typedef struct gl_shared {
    int64_t *place; /* in the sheet's texts; -1: it is empty */
    int64_t count, cap;
} gl_shared;
glia_status gl_shared_read(gl_workbook *w, const gl_zip_member *m, gl_sheet *to, gl_shared *out);
/* "_x000D_" in a text stands for the character of this number. Returns the length that is left. */
size_t gl_unescape(char *text, size_t n);

/* worksheet.c: the cells of one sheet. */
typedef struct gl_worksheet_rules {
    const gl_shared *shared;
    const gl_formats *formats;
    bool from_1904;
    bool look; /* stop at the first cell */
} gl_worksheet_rules;
glia_status gl_worksheet_read(gl_workbook *w, const gl_zip_member *m, const gl_worksheet_rules *r,
                              gl_sheet *to);

#endif
