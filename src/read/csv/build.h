/*
 * build.h: between parts.c, which cuts a text into parts and joins what they gave, and build.c,
 * which turns the cells of one part into columns.
 */
#ifndef GL_CSV_BUILD_H
#define GL_CSV_BUILD_H

#include "csv.h"

/* Texts of 16 bytes or fewer that a column had, where their bytes say: most cells of a table are
 * found here by the same few instructions, whatever their length, and what a processor cannot
 * foretell, a length, costs it more than all else. length 0: there is none. */
enum { GL_MEMOS = 64, GL_MEMO_TEXT = 16 };
typedef struct gl_memo {
    uint64_t low, high; /* the text, and zeros */
    int32_t length, code;
} gl_memo;

typedef struct gl_csv_tally { /* what was found in a column of numbers */
    int64_t numbers, texts, infinite;
    int64_t words;     /* that stand for missing numbers */
    int64_t codes;     /* numbers that begin with a 0 in front of a digit */
    int64_t padded;    /* fractions that end with a 0: 1.10 may be 1.1 in another cell */
    int64_t na;        /* cells NA, of a column of texts */
    int64_t large;     /* whole numbers beyond 2^53, which a double rounds */
    int64_t word_line; /* the first of them */
    char word[16];
    bool done; /* its cells are as they should be, and are passed over */
} gl_csv_tally;

/* Some of the rows, which one hand reads. */
typedef struct gl_csv_part {
    gl_csv_text text; /* s is NULL until it is read, where it is in a file: from there on */
    int64_t from;
    gl_csv_rules rules;
    int64_t header;    /* its rows that name columns: 1 or 0 */
    int64_t first_row; /* the line where the first row of the whole text begins */
    int64_t cap;       /* rows that there is room for in the columns */
    glia_table *table; /* its codes begin at their place in those of the whole; texts are its own */
    double *numbers;   /* [columns of numbers, cap], until they are packed */
    gl_csv_tally *tally; /* [columns] */
    gl_memo *memo;       /* [columns, GL_MEMOS]; NULL: there are too many columns */
    uint64_t seen;       /* words of the option 'missing' */
    int64_t open;        /* the line of a row that its end leaves open; 0: none */
} gl_csv_part;

/* build.c. By any thread; memory and messages are those of the part's table. */
glia_status gl_csv_build(const csv *c, gl_csv_part *part);
/* odd_row.c: what may have happened to a row of so many cells, to stand behind the message that
 * refuses it. Returns text. */
char *gl_csv_doubt_row(const gl_csv_part *part, char delimiter, int64_t cells, int64_t line,
                       char *text, size_t size);
/* joined.c: rows within a quoted cell are told, another table below this one is refused. */
glia_status gl_csv_doubt_joints(const csv *c, const glia_table *t);
bool gl_csv_is_code(const char *text, size_t length); /* 007 */
/* parts.c: all rows of the text into t, whose columns are there; tally: [columns] of it. A column
 * that is found to be no numbers becomes texts. */
glia_status gl_csv_parts(csv *c, glia_table *t, gl_csv_tally *tally, int64_t first_row,
                         uint64_t *seen);

#endif
