/*
 * na.c: "NA" in quotes is a text: Namibia, North America, sodium. R writes a missing cell as NA
 * without quotes, also where it quotes all texts. The scanner takes quotes off, so that those two
 * are exchanged for marks, byte by byte, which the receivers of cells take off:
 *
 *     ZA,"NA",NA     ->     ZA,#NA#,NA        (the mark is a control sign that no text has)
 */
#include "csv.h"

#include <string.h>

enum { MARK = 0x1F }; /* "unit separator" of ASCII */

static bool is_beside_cell(const char *s, const char *begin, const char *end) {
    return s < begin || s >= end || strchr(",;\t| \r\n", *s);
}

/* Within a quoted cell a quote is doubled, and then stands beside the one that is looked at. */
bool gl_csv_mark_na_in(char *text, int64_t size) {
    char *end = text + size;
    bool marked = false;
    for (char *s = text; (s = memmem(s, (size_t)(end - s), "\"NA\"", 4)); s += 4) {
        if (!is_beside_cell(s - 1, text, end) || !is_beside_cell(s + 4, text, end)) continue;
        s[0] = s[3] = MARK;
        marked = true;
    }
    return marked;
}

/* What is not in memory yet is marked when it is (parts.c); quotes of a text go in pairs. */
void gl_csv_mark_na(csv *c) {
    if (!c->survey.all.quotes) return;
    if (gl_csv_mark_na_in(c->text, c->size) && !c->partial) gl_csv_survey(c);
}

bool gl_csv_unmark(const char **text, size_t *length) {
    if (*length != 4 || (*text)[0] != MARK || (*text)[3] != MARK) return false;
    ++*text;
    *length = 2;
    return true;
}
