/*
 * libcsv.c: a table of text whose cells are all texts, beside what libcsv makes of the same bytes:
 * as many rows and columns, and the same cells. What libcsv takes for damaged, or for rows of
 * different lengths, is none of its business.
 */
#include "readers.h"

#include <csv.h>
#include <stdio.h>

enum { MOST_CELLS = 4096, MOST_ROWS = 256, MOST_COLUMNS = 16 };

typedef struct theirs {
    char *cell[MOST_CELLS];
    int cells, rows, columns; /* columns -1: it is not compared */
    int in_row;
    bool last_filled; /* delimiters that end each line are no column to us */
} theirs;

/* Blanks at either end of a cell are none of it to us, also within quotes. */
static void trim(char *s) {
    static const char blanks[] = " \t";
    size_t skip = strspn(s, blanks), n = strlen(s + skip);
    memmove(s, s + skip, n + 1);
    while (n && strchr(blanks, s[n - 1])) s[--n] = 0;
}

static void take_cell(void *text, size_t n, void *user) {
    theirs *t = user;
    if (t->cells == MOST_CELLS) {
        t->columns = -1;
        return;
    }
    t->cell[t->cells] = fuzz_text(text, n);
    trim(t->cell[t->cells++]);
    t->in_row++;
}

static void take_row(int end, void *user) {
    theirs *t = user;
    (void)end;
    bool empty =
        true; /* a row of delimiters and quotes alone, as sheets leave them, is none to us */
    for (int i = t->cells - t->in_row; i < t->cells; i++)
        empty &= !t->cell[i][strspn(t->cell[i], "\"")];
    if (empty) t->columns = -1;
    if (!t->rows++ && t->columns == 0) t->columns = t->in_row;
    if (t->columns >= 0 && t->in_row != t->columns) t->columns = -1;
    if (t->in_row && *t->cell[t->cells - 1]) t->last_filled = true;
    t->in_row = 0;
}

static bool read_theirs(const char *text, size_t n, theirs *t) {
    struct csv_parser p;
    if (csv_init(&p, CSV_STRICT | CSV_STRICT_FINI)) abort();
    bool ok = csv_parse(&p, text, n, take_cell, take_row, t) == n &&
              !csv_fini(&p, take_cell, take_row, t);
    csv_free(&p);
    return ok && t->last_filled && t->rows > 0 && t->columns > 1 && t->columns <= MOST_COLUMNS &&
           t->rows <= MOST_ROWS;
}

/* Any bytes as a text that both read in one way only: of letters, whole line ends, and no
 * other signs that may quote. */
static size_t as_text(char *text, const uint8_t *bytes, size_t n) {
    static const char letters[] = "ab 1,,,\"\"\"\n\n;.\t-";
    size_t out = 0;
    for (size_t i = 0; i < n; i++) {
        char c = (char)bytes[i];
        bool known = (c >= ' ' && c <= '~' && !strchr("\\'", c)) || c == '\n' || c == '\t';
        text[out++] = known ? c : letters[bytes[i] % (sizeof letters - 1)];
    }
    return out;
}

static void compare(const glia_table *t, const theirs *their, const char *text) {
    char cell[1024];
    fuzz_check(glia_table_columns(t) == their->columns, "%d columns, libcsv has %d, of\n%s",
               glia_table_columns(t), their->columns, text);
    fuzz_check(glia_table_rows(t) == their->rows, "%d rows, libcsv has %d, of\n%s",
               (int)glia_table_rows(t), their->rows, text);
    for (int i = 0; i < their->cells; i++) {
        const char *expected = their->cell[i];
        if (strlen(expected) >= sizeof cell) continue;
        glia_table_cell(t, i / their->columns, i % their->columns, cell, sizeof cell);
        fuzz_check(!strcmp(cell, expected), "cell %d of row %d is '%s', to libcsv '%s', of\n%s",
                   i % their->columns, i / their->columns, cell, expected, text);
    }
}

/* Nothing is found out, and every column is one of texts. */
static glia_table *read_ours(const char *text, size_t n, int columns) {
    char category[64] = "1";
    for (int j = 2; j <= columns; j++) {
        size_t used = strlen(category);
        snprintf(category + used, sizeof category - used, ",%d", j);
    }
    glia_read_options o = {.format = "csv",
                           .delimiter = ",",
                           .decimal = ".",
                           .thousands = "none",
                           .encoding = "utf-8",
                           .missing = "none",
                           .header = -1,
                           .skip = -1,
                           .comment = "none",
                           .category = category};
    return fuzz_file((const uint8_t *)text, n, &o);
}

/* What is one table by the letter, and hardly what its writer meant, is refused. */
static bool nobody_meant(const char *message) {
    return strstr(message, "another table begins here") || strstr(message, "alone opens a text");
}

void fuzz_libcsv(const uint8_t *bytes, size_t n) {
    static theirs their;
    char *text = fuzz_text(bytes, n);
    n = as_text(text, bytes, n);
    their = (theirs){0};
    if (read_theirs(text, n, &their)) {
        glia_table *t = read_ours(text, n, their.columns);
        fuzz_check(t || nobody_meant(glia_message(g)), "%s, which libcsv reads:\n%s",
                   glia_message(g), text);
        if (t) compare(t, &their, text);
        glia_table_free(t);
    }
    for (int i = 0; i < their.cells; i++) free(their.cell[i]);
    free(text);
}
