/*
 * said.c: lines that the library has said, in the language of a page. The library speaks English,
 * and keeps what it decided in the model; said.def knows the same lines in Chinese.
 */
#include <stdlib.h>
#include <string.h>

#include "phrases.h"

static const struct {
    const char *english, *chinese;
} lines[] = {
#define SAID(english, chinese) {english, chinese},
#include "said.def"
#undef SAID
};

/* What stood for {1} .. {9}: where it begins in the line, and how long it is. */
typedef struct found {
    const char *from[MOST_FILLED];
    size_t length[MOST_FILLED];
} found;

static bool fits(const char *pattern, const char *line, found *f) {
    while (*pattern && *pattern != '{') {
        if (*pattern++ != *line++) return false;
    }
    if (!*pattern) return !*line;
    int k = pattern[1] - '0';
    for (size_t n = 1; n <= strlen(line); n++)
        if (fits(pattern + 3, line + n, f)) {
            f->from[k] = line;
            f->length[k] = n;
            return true;
        }
    return false;
}

static void write_filled(FILE *to, language l, const char *text, const found *f) {
    char *piece[MOST_FILLED] = {NULL};
    const char *fill[MOST_FILLED] = {NULL};
    for (int k = 1; k < MOST_FILLED; k++) {
        if (!f->from[k]) continue;
        piece[k] = format_text("%.*s", (int)f->length[k], f->from[k]);
        fill[k] = phrase_of_word(l, piece[k]);
    }
    html_filled(to, text, fill);
    for (int k = 1; k < MOST_FILLED; k++) free(piece[k]);
}

bool said_html(FILE *f, const cli *c, language l, const char *line) {
    for (size_t i = 0; l == CHINESE && i < sizeof lines / sizeof *lines; i++) {
        found all = {0};
        if (!fits(lines[i].english, line, &all)) continue;
        write_filled(f, l, lines[i].chinese, &all);
        return true;
    }
    char *said = with_flags(c, line);
    if (l != ENGLISH) fputs("<span lang=\"en\">", f);
    html_name(f, said);
    if (l != ENGLISH) fputs("</span>", f);
    free(said);
    return l == ENGLISH;
}
