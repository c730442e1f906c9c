/*
 * csv.h: what the steps of reading a table of text share. csv.c tells the way; each other file is
 * one step of it.
 */
#ifndef GL_CSV_H
#define GL_CSV_H

#include "csv_scan.h"
#include "readers.h"

typedef struct csv {
    glia_ctx *g;
    const char *path;
    const glia_read_options *options;
    char *text;
    int64_t size;
    char delimiter, decimal;
    bool header;
} csv;

typedef struct sample {
    csv *c;
    gl_text text;              /* the cells, each with its NUL */
    int64_t *cell, cells, cap; /* where each begins in text */
    int64_t columns, rows;     /* complete rows, all as long as the first */
    bool failed;               /* memory is out */
} sample;

static inline const char *sample_cell(const sample *s, int64_t row, int64_t column) {
    return s->text.s + s->cell[row * s->columns + column];
}

/* csv_clean.c: text becomes UTF-8 with one kind of line end, or is refused. */
glia_status gl_csv_clean(csv *c);
/* csv_sample.c: fills delimiter, decimal, header and *s. */
glia_status gl_csv_sample(csv *c, sample *s);
/* csv_build.c: names and cells of t, which is new. */
glia_status gl_csv_build(csv *c, const sample *s, glia_table *t);
bool gl_csv_is_number(const char *text, char decimal);

#endif
