/*
 * phrases.h: what pages say, in each language. The phrases are one table, phrases.def; a page picks
 * them by name and fills in numbers and names.
 */
#ifndef PHRASES_H
#define PHRASES_H

#include "cli.h"

typedef enum language { ENGLISH, CHINESE, LANGUAGES } language;

typedef enum phrase {
#define PHRASE(name, english, chinese) SAY_##name,
#include "phrases.def"
#undef PHRASE
    PHRASES
} phrase;

/* What stands for {1} .. {9}: FILL(rows, name). A text that is left out is "". */
enum { MOST_FILLED = 10 };
#define FILL(...)                                                                                  \
    (const char *const[MOST_FILLED]) { NULL, __VA_ARGS__ }

/* --lang; false: it is none of those that are known, and was told. */
bool given_language(const cli *c, language *l);
/* It is one of those that are known, and there is a --report to be written in it: the status. */
int check_language(const cli *c);
const char *language_code(language l); /* of HTML's lang: "en", "zh-CN" */

const char *phrase_text(language l, phrase p); /* with its {1} */
/* The phrase with its places filled, as HTML: texts are escaped, and isolated where their letters
 * could turn the direction of those around them. */
void phrase_html(FILE *f, language l, phrase p, const char *const *fill);
/* The same as plain text, for attributes and titles; for free. */
char *phrase_plain(language l, phrase p, const char *const *fill);
/* What a score, a part of the rows or an activation is called: the word itself where the table has
 * none. */
const char *phrase_of_word(language l, const char *word);

/* What the library has said, in the language of the page where said.def has it (true), else in
 * English and marked as that. */
bool said_html(FILE *f, const cli *c, language l, const char *line);

/* A text with its places filled. */
void html_filled(FILE *f, const char *text, const char *const *fill);
/* Escapes & < > " and control characters. */
void html_text(FILE *f, const char *text);
/* A name of the user's: isolated, so that Arabic or Hebrew turns nothing but itself around. */
void html_name(FILE *f, const char *name);
/* The same, where the name may be broken behind _ and /. */
void html_long_name(FILE *f, const char *name);

#endif
