/*
 * csv.h: what the steps of reading a table of text share. csv.c tells the way; each other file is
 * one step of it.
 */
#ifndef GL_CSV_H
#define GL_CSV_H

#include "scan.h"
#include "../readers.h"

/* As many lines decide delimiter, decimal mark and header. One that is wrong after a hundred lines
 * that agree is a slip in the data, and is told by its line. */
enum { GL_CSV_LINES = 100 };

/* A line of the text, and more than one where a quoted cell goes on. */
typedef struct gl_line {
    char *s, *end; /* without blanks and the carriage return at its end; a tab there stays */
    int64_t number;
} gl_line;

/* survey.c: what a text is cut into for that, at most so many, and each of this size or more: a
 * millisecond of work, beside which the handing out is nothing. make fuzz has short texts, and is
 * to see them cut. */
#ifdef GL_EXACT_MEMORY
enum { GL_CSV_CHUNKS = 1024, GL_CSV_CHUNK = 40 };
#else
enum { GL_CSV_CHUNKS = 1024, GL_CSV_CHUNK = 1 << 20 };
#endif

/* Where a file with a byte order mark was put below another. */
#define GL_CSV_MARKED_LINE "\n\xEF\xBB\xBF"

typedef struct gl_csv_cut { /* behind the at-th byte of a chunk, and its lines-th line; 0: none */
    int64_t at, lines;
} gl_csv_cut;

typedef struct gl_csv_chunk {
    int64_t lines, quotes, returns; /* line ends; quotes; carriage returns without a line end */
    gl_csv_cut cut[2]; /* behind the first line end that is in no cell, if the chunk begins outside
                          of quotes; and if it begins within */
    bool zero, tab, hash, backslash, high; /* does it have any such byte? high: 80 and more */
    bool not_utf8, mark;                   /* a byte order mark that begins a line */
} gl_csv_chunk;

typedef struct gl_csv_surveyed {
    int64_t chunk_size;
    int chunks; /* of the text, or of its file from rest_from on */
    gl_csv_chunk chunk[GL_CSV_CHUNKS], head, all; /* head: of a text that is partial */
} gl_csv_surveyed;

/* Some of a file, for one hand. As many as a crew has hands. */
enum { GL_CSV_BUFFERS = 64 };
typedef struct gl_csv_buffer {
    char *text;
    int64_t size;
    _Atomic bool taken;
} gl_csv_buffer;

typedef struct csv {
    glia_ctx *g;
    const char *path;
    const glia_read_options *options;
    char *text; /* [size], and a 0 behind it */
    int64_t size;
    const char *encoding; /* as it was guessed from its bytes; NULL: nothing had to be */
    bool partial; /* text is the head of `file`, and the rest begins at rest_from: source.c */
    int64_t rest_from;
    gl_file file;
    gl_csv_buffer buffer[GL_CSV_BUFFERS];
    glia_status status;         /* of the first thing that failed where nothing could be returned */
    gl_csv_surveyed survey;     /* of the text as it is; signs may have gone since */
    gl_line line[GL_CSV_LINES]; /* the first that are neither blank nor comments */
    int lines;
    bool supposed;  /* that lines which begin with '#' are comments: asked again when columns are
                       known */
    gl_line naming; /* the last of the comments above the table, which may name the columns */
    gl_csv_rules rules;
    int64_t columns; /* as most of the first lines have */
    char decimal;
    bool header;
    gl_text joined; /* names of several rows, each with its NUL */
} csv;

typedef struct sample {
    csv *c;
    gl_text text;               /* the cells, each with its NUL */
    int64_t *cell, cells, cap;  /* where each begins in text */
    int64_t columns, rows;      /* complete rows, all as long as the first */
    int64_t line[GL_CSV_LINES]; /* where each row begins */
    bool failed;                /* memory is out */
} sample;

static inline const char *sample_cell(const sample *s, int64_t row, int64_t column) {
    return s->text.s + s->cell[row * s->columns + column];
}

/* source.c: the text of c->path, or its head; c->g, path and options are set. */
glia_status gl_csv_open(csv *c);
void gl_csv_close(csv *c);
/* All of the text, because it is going to be changed, and the first lines of it looked at again.
 * False: that failed, by c->status. */
bool gl_csv_need_all(csv *c);
/* Bytes of the file of a partial text, with a 0 behind them, by any thread; NULL: g says why. */
gl_csv_buffer *gl_csv_borrow(csv *c, glia_ctx *g, int64_t from, int64_t size);
void gl_csv_give_back(gl_csv_buffer *b);
/* survey.c: fills survey; called again where signs come into the text. */
void gl_csv_survey(csv *c);
/* All of the text through scan.c. GLIA_INPUT: a quote is never closed. */
glia_status gl_csv_scan_all(csv *c, const gl_cells *to);
/* joined.c: a quote that is all of its cell. */
glia_status gl_csv_refuse_ditto(const csv *c, int64_t line);
glia_status gl_csv_never_closed(glia_ctx *g, const char *path, int64_t line);
/* clean.c: text becomes UTF-8 with one kind of line end, or is refused. */
glia_status gl_csv_clean(csv *c);
/* encoding.c: bytes of this encoding become UTF-8. */
glia_status gl_csv_from(csv *c, const char *encoding);
/* Is it UTF-8 but for a few bytes? How many; and those become what windows-1252 has for them. */
bool gl_csv_is_mixed(const char *text, int64_t size, int64_t *bad);
glia_status gl_csv_mend_mixed(csv *c, int64_t bad);
/* What looks like UTF-8 in bytes that are not all so; NULL: nothing. */
const char *gl_csv_find_utf8(const char *text, int64_t size);
/* The encoding that the bytes must be, or most probably are; NULL: UTF-8. */
const char *gl_csv_guess_encoding(const char *text, int64_t size);
/* quotes.c: quotes of other kinds become those that scan.c knows. */
glia_status gl_csv_quotes(csv *c);
/* lines.c: lines that are none of the table's become blank, so that all others keep their
 * number. */
glia_status gl_csv_lines(csv *c);
/* delimiter.c: what separates cells; what stands above the table, and at the ends of lines. */
glia_status gl_csv_delimiter(csv *c);
/* thousands.c: commas of a line that could stand between the thousands of its numbers, and the
 * first such number. Refuses rows that are longer than their names by no more than these: lines
 * from `first` on. */
enum { GL_CSV_EXAMPLE = 24 };
int64_t gl_csv_split_numbers(const char *s, const char *end, char example[GL_CSV_EXAMPLE]);
glia_status gl_csv_doubt_rows(const csv *c, int first, int64_t names, int64_t cells);
/* fixed.c: columns that stand one below another, and have no delimiter, get one. False: they
 * are none, or memory is out, which *status says. */
bool gl_csv_fixed(csv *c, glia_status *status);
/* sample.c: fills decimal, header and *s. */
glia_status gl_csv_sample(csv *c, sample *s);
/* header.c: does row 0 of the sample name the columns? Negative: it is data; 0: nothing says
 * so; 1: it may; 2: numbers among the names; 3: certainly. */
int gl_csv_names(const csv *c, const sample *s);
/* sample.c: is row 0 a title, row 1 one of units? Does row 0 name the columns (c->header; `named`:
 * something else has said so)? Doubts are told. Sheets ask, too. */
bool gl_csv_is_title(const csv *c, const sample *s);
bool gl_csv_is_units(const csv *c, const sample *s);
void gl_csv_find_names(csv *c, const sample *s, bool named);
/* levels.c: how many of the first rows name the columns together, 0: not several; and c->joined. */
int64_t gl_csv_levels(const csv *c, const sample *s);
glia_status gl_csv_join_levels(csv *c, const sample *s, int64_t rows);
/* bad_rows.c: rows of too few cells or too many are named as bad ones of t and become blank. */
glia_status gl_csv_bad_rows(csv *c, glia_table *t);
/* names.c: columns of t, which is new. */
glia_status gl_csv_name(const csv *c, const sample *s, glia_table *t);
/* table.c: all of t. */
glia_status gl_csv_table(csv *c, const sample *s, glia_table *t);
bool gl_csv_is_number(const char *text, char decimal);

/* ------------------------------------------------------------------------ lines.c, again -- */

/* The line at *at, whose number *number is, and both beyond it; false: there is none. Blank lines
 * and comments are passed over. */
bool gl_csv_next(const csv *c, char **at, int64_t *number, gl_line *line);
/* Reads the first lines again, after the text was changed. */
void gl_csv_look(csv *c);
/* Leaves a line out: it becomes blank. */
void gl_csv_blank(gl_line line);
/* Are lines between rows comments? Asked when delimiter and columns are known. */
void gl_csv_comments_within(csv *c);
/* How many cells it has. */
int64_t gl_csv_count(const char *s, const char *end, char delimiter);
/* Puts other text in place of c's, which is freed, and looks at it. */
void gl_csv_replace(csv *c, char *text, int64_t size);
/* Lines are left out unless the option 'skip' is 0. */
static inline bool gl_csv_skips(const csv *c) { return c->options->skip >= 0; }

/* formula.c: cells ="190" lose what makes formulas of them; true: there were some. */
void gl_csv_open_formulas(csv *c);
bool gl_csv_open_formulas_in(char *text, int64_t size);
/* na.c: marks "NA" in quotes; takes a mark off a cell, and says whether it had one. */
void gl_csv_mark_na(csv *c);
bool gl_csv_mark_na_in(char *text, int64_t size); /* true: there were some */
bool gl_csv_unmark(const char **text, size_t *length);

#endif
