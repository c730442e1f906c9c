/*
 * formula.c: ="00190" is how a table of text tells Excel that a cell is a text and keeps its zeros.
 * What stands between the quotes is the cell; it is put there byte by byte:
 *
 *     ="190",7          ->      "190",7
 *     "=""190""",7      ->        "190"  ,7        where all cells stand in quotes
 */
#include "csv.h"

#include <string.h>

static bool begins_cell(const char *s, const char *begin) {
    return s == begin || strchr(",;\t|\n", s[-1]);
}

static bool ends_cell(const char *s, const char *end) {
    return s >= end || strchr(",;\t|\r\n", *s);
}

/* Behind the last quote of the cell whose text begins at s; NULL: it is another formula. */
static char *close_text(char *s, const char *end, const char *quotes) {
    size_t n = strlen(quotes);
    while (s < end && *s != '"' && *s != '\n') s++;
    bool closed = (size_t)(end - s) >= n && !memcmp(s, quotes, n) && ends_cell(s + n, end);
    return closed ? s + n : NULL;
}

bool gl_csv_open_formulas_in(char *text, int64_t size) {
    char *end = text + size;
    bool any = false;
    for (char *s = text; (s = memmem(s, (size_t)(end - s), "=\"", 2)); s += 2) {
        bool quoted = s > text && s[-1] == '"' && s + 2 < end && s[2] == '"';
        bool begins = begins_cell(quoted ? s - 1 : s, text);
        char *behind =
            begins ? close_text(s + (quoted ? 3 : 2), end, quoted ? "\"\"\"" : "\"") : NULL;
        if (!behind) continue;
        *s = ' ';
        if (quoted) s[-1] = s[1] = behind[-1] = behind[-2] = ' ';
        any = true;
    }
    return any;
}

/* As na.c marks: what is not in memory yet has its turn when it is. */
void gl_csv_open_formulas(csv *c) {
    if (!c->survey.all.quotes || !gl_csv_open_formulas_in(c->text, c->size)) return;
    gl_note(c->g,
            "%s: cells such as =\"190\" are texts in Excel's way; what is in the quotes is read",
            c->path);
    if (!c->partial) gl_csv_survey(c);
}
