/*
 * records.h: a table made of rows whose cells have types of their own: JSON, ARFF, a sheet, a query
 * of a database. Such a reader gives one cell after another; what the texts among them mean is
 * decided where it is decided for tables of text.
 */
#ifndef GL_RECORDS_H
#define GL_RECORDS_H

#include "readers.h"

typedef struct gl_records gl_records;

/* `source` stands in messages. options is never NULL and outlives it. */
gl_records *gl_records_new(glia_ctx *g, const char *source, const glia_read_options *options);
void gl_records_free(gl_records *r);

/* A new column; of a second one with this name the name gets a number, which is told. Rows that are
 * there already have missing cells. -1 after gl_fail. */
int gl_records_add(gl_records *r, const char *name);
/* The column of this name, added where there is none. */
int gl_records_column(gl_records *r, const char *name, size_t length);
/* -1: there is none. */
int gl_records_find(const gl_records *r, const char *name, size_t length);
/* Has it a cell that is not missing? */
bool gl_records_filled(const gl_records *r, int column);
int gl_records_columns(const gl_records *r);
int64_t gl_records_rows(const gl_records *r);
const char *gl_records_name(const gl_records *r, int column);
/* Its texts stay texts, also where all of them are numbers: a column was declared so. */
void gl_records_keep_texts(gl_records *r, int column);
/* Its texts are declared to be dates, in this order where they do not tell. */
void gl_records_dates(gl_records *r, int column, gl_date order);

/* Its numbers are in this unit, which their cells do not spell. */
void gl_records_unit(gl_records *r, int column, const char *unit);

/* Its place among the names is empty; nothing names any of the columns. */
void gl_records_nameless(gl_records *r, int column);
void gl_records_unnamed(gl_records *r);

/* Begins a row whose cells are all missing; `line` is where it begins, 0: the source has none, and
 * rows are counted. */
glia_status gl_records_row(gl_records *r, int64_t line);
/* A cell of the present row. The texts need not end with a 0; an empty one is a missing cell. The
 * text of a number is how it is spelt. GLIA_INPUT: this cell was there already, or is infinite. */
glia_status gl_records_text(gl_records *r, int column, const char *text, size_t length);
glia_status gl_records_number(gl_records *r, int column, const char *text, size_t length);
glia_status gl_records_value(gl_records *r, int column, double value);

/* Did the row before the present one begin in the same line? Then a line does not say which. */
bool gl_records_shares_line(const gl_records *r);
/* "sales.db, row 7, column 'price'", for messages. Returns buf. */
const char *gl_records_where(const gl_records *r, int column, char *buf, size_t size);

/* The table; r is freed, also when it fails: without columns or rows, say. */
glia_table *gl_records_end(gl_records *r);

#endif
