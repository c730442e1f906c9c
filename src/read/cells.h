/*
 * cells.h: what the cells of a column mean, found out from its different texts once all are known.
 * A reader of text gives a column of numbers where each cell is a plain one, and else its texts;
 * here texts become numbers as people write them, or dates, or stay.
 */
#ifndef GL_CELLS_H
#define GL_CELLS_H

#include "../table/date.h"
#include "../table/dress.h"
#include "../table/table.h"

/* What was asked for, and what the file as a whole says of its numbers. */
typedef struct gl_cell_signs {
    char delimiter;    /* 0: the format has none */
    bool decimal;      /* t->decimal was asked for */
    bool no_thousands; /* nothing stands between thousands */
    char thousands;    /* this does; 0: found out */
    char shown;        /* the decimal sign of columns that leave no doubt; 0: there is none */
    gl_date order; /* of dates that may be both, GL_YYMD, GL_DMY or GL_MDY; GL_NO_DATE: not known */
    bool spelt;    /* cells are going to be copied */
    bool trained;  /* a model knows what each column is, so that nothing is to be chosen */
    const char *missing; /* the option */
} gl_cell_signs;

typedef enum gl_text_kind {
    GL_TEXT_WORD,   /* stands for a missing number: N/A, - */
    GL_TEXT_NUMBER, /* looks like a number, perhaps dressed */
    GL_TEXT_OTHER,
    GL_TEXT_KINDS
} gl_text_kind;

/* The different texts of a column. */
typedef struct gl_texts {
    glia_table *t;
    gl_column *c;
    int64_t n;
    uint8_t *kind; /* [n] gl_text_kind */
    double *value; /* [n] the number, or the days of the date; NaN: missing */
    int64_t texts[GL_TEXT_KINDS], first[GL_TEXT_KINDS]; /* how many are of each kind; -1: none */
    bool dressed;                                       /* a number among them is not plain */
} gl_texts;

/* Words that stand for missing numbers in columns of them, for one note. */
typedef struct gl_words_found {
    gl_text text;
    int columns;
} gl_words_found;
void gl_found_word(gl_words_found *w, const glia_table *t, const gl_column *c, const char *word,
                   int64_t cells, int64_t line);

/* Warns of a column in which a point, or comma, may stand between thousands: a number that has one,
 * and a larger one that has none (NULL: there is none), with their lines. */
void gl_tell_thousands(const glia_table *t, const gl_column *c, const char *with, int64_t line,
                       const char *bare, int64_t bare_line);

/* What the options say of cells. */
glia_status gl_read_cell_signs(glia_ctx *g, const glia_read_options *o, gl_cell_signs *out);
/* Is there a plain column of fractions? Then the file's decimal sign is no guess. */
bool gl_has_plain_fractions(const glia_table *t);
/* Columns of texts become what they are. Readings that could be others are told. */
glia_status gl_cells_settle(glia_table *t, gl_cell_signs signs, gl_words_found *words);

/* cell_numbers.c: a text in which this sign, '.' or ',', can be nothing but the decimal sign. */
bool gl_shows_decimal(const char *text, char sign);
/* Could its point, or comma, stand between thousands, as in 1.234? */
bool gl_may_be_thousands(const char *text, char sign);
/* How all that look like numbers are dressed; false: they do not agree. */
typedef struct gl_number_reading {
    gl_dress dress;
    bool either;      /* each comma, or each point, could be the other sign: 1,234 */
    bool decimals;    /* it has a decimal sign that can be nothing else */
    bool against;     /* its signs are others than those that were asked for */
    int64_t example;  /* a text that shows the dress */
    int64_t mixed[2]; /* a text with a comma and one with a point, where each could be either sign
                         and none tells; -1 */
} gl_number_reading;
bool gl_find_dress(const gl_texts *x, const gl_cell_signs *signs, gl_number_reading *out);
/* Where plain numbers may all have thousands, which nothing dressed tells. So many of them are no
 * chance beside one of four digits without a sign. */
enum { GL_ENOUGH_THOUSANDS = 3 };
void gl_doubt_thousands(const gl_texts *x, const gl_number_reading *r, const gl_cell_signs *s);
/* Two numbers, of one unit, and with signs that can be read in one way. */
bool gl_numbers_agree(const char *one, const char *other);

/* cell_dates.c: texts that are dates become days; true: the column was dealt with. Numbers become
 * dates, as somebody said. */
bool gl_settle_dates(gl_texts *x, const gl_cell_signs *s, gl_words_found *words,
                     glia_status *status);
glia_status gl_settle_number_dates(glia_table *t, gl_column *c, bool spelt);

/* Warns of times of two zones; of a column of 01/25 and 12/26, which are no dates: false: it is
 * none. */
void gl_tell_zones(const gl_texts *x, int64_t zoned, int64_t other_zone);
bool gl_tell_half_dates(const gl_texts *x);

/* cell_durations.c: texts that are spans of time become seconds; true: the column was one. */
bool gl_settle_durations(gl_texts *x, const gl_cell_signs *s, gl_words_found *words,
                         glia_status *status);
/* cell_pairs.c: warns of a column whose cells are ranges, or hold two numbers in another way. */
void gl_tell_pairs(const gl_texts *x);

/* cells.c: the line of the first cell that has text k, or of a kind (k < 0); how many cells are of
 * each kind; the words among them for the note; the column becomes numbers, those of x->value. */
int64_t gl_texts_line(const gl_texts *x, int64_t k, gl_text_kind kind);
void gl_texts_count(const gl_texts *x, int64_t cells[GL_TEXT_KINDS]);
void gl_texts_words(const gl_texts *x, gl_words_found *words);
glia_status gl_texts_become(gl_texts *x, bool spelt, bool comma);

#endif
