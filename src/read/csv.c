/*
 * csv.c: reads a table of text. Three steps, each a file:
 *
 *     csv_clean.c    byte order mark, encoding, line ends; refuses what is no text
 *     csv_sample.c   the first rows, from which delimiter, decimal mark and header are found out
 *     csv_build.c    names, and one pass over all cells: numbers where every cell of a column is
 *                    one, else texts; then what looks like a slip in the data
 *
 * One file on its way:
 *
 *     Preis;Ort;Preis       delimiter ';' (each line has two), decimal ',' ("1,5"), a header
 *     1,5;Bonn;?            (texts above numbers)
 *     2,25;Ulm;7
 *                           Preis    1.5  2.25     numbers
 *                           Ort      Bonn Ulm      texts
 *                           Preis_2  -    7        numbers, one missing
 *
 * Every guess can be overruled by an option, and every guess that changes what the data say (an
 * encoding, a second column of the same name, a text among numbers) is told.
 */
#include "csv.h"

#include <string.h>

static glia_status read_text(csv *c, sample *s, glia_table *t) {
    glia_status status = gl_csv_clean(c);
    if (!status) status = gl_csv_sample(c, s);
    if (status) return status;
    t->decimal = c->decimal;
    return gl_csv_build(c, s, t);
}

static glia_table *read_csv(glia_ctx *g, const char *path, const glia_read_options *options) {
    csv c = {.g = g, .path = strcmp(path, "-") ? path : "standard input", .options = options};
    c.text = gl_read_bytes(g, path, &c.size);
    if (!c.text) return NULL;
    sample s = {.c = &c, .text = {.g = g}};
    glia_table *t = gl_table_new(g, c.path);
    if (t && read_text(&c, &s, t)) {
        glia_table_free(t);
        t = NULL;
    }
    gl_free(g, s.text.s);
    gl_free(g, s.cell);
    gl_free(g, c.text);
    return t;
}

const gl_reader gl_reader_csv = {
    .names = {"csv", "tsv"},
    .suffixes = {".csv", ".tsv"},
    .read_table = read_csv,
};
