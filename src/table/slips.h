/*
 * slips.h: what a hand left in a table: one word in several spellings, a number that stands for a
 * missing cell, a row of sums, rows that are columns, two columns of one name.
 */
#ifndef GL_SLIPS_H
#define GL_SLIPS_H

#include "table.h"

/* Each says what it found, into line; false: nothing. */
bool gl_find_spellings(const glia_table *t, int column, char *line, size_t size);
bool gl_find_outsider(const glia_table *t, int column, char *line, size_t size);
/* A text once for a group of rows, and nothing in those below: of this column, and all left of
 * it. */
bool gl_find_filled_once(const glia_table *t, int column, char *line, size_t size);
/* totals.c: does a text name a row of sums or means? */
bool gl_is_summary(const char *text);
bool gl_find_total(const glia_table *t, char *line, size_t size);
/* transposed.c */
bool gl_find_transposed(const glia_table *t, char *line, size_t size);
/* Warns of columns whose names differ in case, blanks or accents only. */
void gl_warn_of_names(const glia_table *t);

#endif
