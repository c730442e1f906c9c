/*
 * slips.h: what a hand left in a table: one word in several spellings, a row of sums.
 */
#ifndef GL_SLIPS_H
#define GL_SLIPS_H

#include "table.h"

/* Each says what it found, into line; false: nothing. */
bool gl_find_spellings(const glia_table *t, int column, char *line, size_t size);
bool gl_find_total(const glia_table *t, char *line, size_t size);

#endif
