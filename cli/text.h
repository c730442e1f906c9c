/*
 * text.h: small helpers on text: memory that does not fail, numbers for people, widths on a
 * terminal.
 */
#ifndef TEXT_H
#define TEXT_H

#include <stdarg.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>

/* Ends the program with status 4: of so many bytes that were not given. Everything that takes
 * memory comes here, the library and jansson included, so none of it is ever NULL. */
_Noreturn void out_of_memory(size_t size);
void *reserve(void *memory, size_t size); /* realloc */
char *copy_text(const char *text);
char *format_text(const char *format, ...) __attribute__((format(printf, 1, 2)));
char *format_args(const char *format, va_list args) __attribute__((format(printf, 1, 0)));
/* A text that is written piece by piece: *text once it has been closed. */
FILE *text_open(char **text, size_t *size);
void text_close(FILE *f);

/* Numbers, each into buf, which is returned. */
char *count_text(int64_t n, char buf[32]);                                /* 245,921 */
static inline const char *plural(int64_t n) { return n == 1 ? "" : "s"; } /* 1 row, 2 rows */
char *bytes_text(double bytes, char buf[32]);                             /* 1.9 MB */
char *seconds_text(double seconds, char buf[32]); /* 31 ms, 2.5 s, 2:05, 1:02:05 */
char *short_text(double value, char buf[32]);     /* up to 5 significant digits */
char *score_text(double value, char buf[32]);     /* four significant digits; NaN: "-" */
char *exact_text(double value, char buf[32]); /* the shortest text that reads back as this double */
bool read_number(const char *text,
                 double *value); /* the whole text; blanks around it are allowed */
bool read_int(const char *text, int64_t *value);

int text_width(const char *text); /* columns on a terminal */
/* A copy of at most so many columns: what is cut off is replaced by `end`. */
char *fit_text(const char *text, int width, const char *end);
/* The same of a name, whose two ends stay. */
char *fit_name(const char *name, int width, const char *middle);
char *clean_text(const char *text); /* a copy with control characters escaped: \n, \x1b */
enum { CLEAN = 4 };                 /* bytes that one takes at most */
void clean_into(const char *text, char *out);
char *quote_text(const char *text);              /* quoted for a shell when needed */
bool ends_in(const char *text, const char *end); /* and is more than that */
char *stem_of(const char *path);                 /* "data/cats.csv.gz" -> "cats" */

#endif
