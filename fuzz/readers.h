/*
 * readers.h: tables, of whatever bytes.
 */
#ifndef FUZZ_READERS_H
#define FUZZ_READERS_H

#include "fuzz.h"

/* The bytes as a file of this format: a table or a message. NULL: of no format that was said. */
void fuzz_read(const char *format, const uint8_t *bytes, size_t n);
/* The table, for glia_table_free, or NULL. */
glia_table *fuzz_file(const uint8_t *bytes, size_t n, const glia_read_options *o);

/* Of a PostgreSQL server, one behind the other: for libpq.c. */
extern const uint8_t *fuzz_answers;
extern size_t fuzz_answers_size;

#endif
