/*
 * console.c: what people see: messages on stderr, aligned tables on stdout.
 */
#include <errno.h>
#include <stdarg.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "cli.h"

/* ---------------------------------------------------------------------------------- messages -- */

bool use_colour(FILE *f) {
    const char *no_colour = getenv("NO_COLOR"), *term = getenv("TERM");
    bool dumb = term && strcmp(term, "dumb") == 0;
    return isatty(fileno(f)) && !(no_colour && *no_colour) && !dumb;
}

/* "glia: error: text", one line whatever the text holds. */
static void say(const char *kind, const char *colour, const char *format, va_list args) {
    char *text = NULL;
    if (vasprintf(&text, format, args) < 0) text = NULL;
    char *clean = clean_text(text ? text : format);
    bool coloured = *colour && use_colour(stderr);
    fprintf(stderr, "glia: %s%s%s%s\n", coloured ? colour : "", kind, coloured ? "\033[0m" : "",
            clean);
    free(clean);
    free(text);
}

int fail(int status, const char *format, ...) {
    va_list args;
    va_start(args, format);
    say("error: ", "\033[31m", format, args);
    va_end(args);
    return status;
}

int failed(const cli *c) {
    const char *message = glia_message(c->g);
    glia_status code = glia_code(c->g);
    if (c->progress) progress_clear(c->progress);
    char *said = with_flags(c, *message ? message : "failed without a message");
    int status = fail(code != GLIA_OK ? (int)code : GLIA_FAILED, "%s", said);
    free(said);
    return status;
}

const char *hear(cli *c, glia_level level, const char *text) {
    char *said = with_flags(c, text);
    if (level == GLIA_WARNING) {
        warn(c, "%s", said);
        free(said);
        return NULL;
    }
    c->notes = reserve(c->notes, (size_t)(c->note_count + 1) * sizeof *c->notes);
    return c->notes[c->note_count++] = said;
}

void note(const cli *c, const char *format, ...) {
    if (c->quiet) return;
    if (c->progress) progress_clear(c->progress);
    va_list args;
    va_start(args, format);
    say("", "", format, args);
    va_end(args);
}

void warn(const cli *c, const char *format, ...) {
    if (c->progress) progress_clear(c->progress);
    va_list args;
    va_start(args, format);
    say("warning: ", "\033[33m", format, args);
    va_end(args);
}

/* ------------------------------------------------------------------------------------ tables -- */

void grid_add(grid *t, const char *format, ...) {
    char *text = NULL;
    va_list args;
    va_start(args, format);
    if (vasprintf(&text, format, args) < 0) text = NULL;
    va_end(args);
    if (t->cells == t->capacity) {
        t->capacity = t->capacity > 0 ? 2 * t->capacity : 64;
        t->cell = reserve(t->cell, (size_t)t->capacity * sizeof *t->cell);
    }
    t->cell[t->cells++] = clean_text(text ? text : "");
    free(text);
}

static void print_cell(const char *text, int width, char align, bool last) {
    int blanks = width - text_width(text);
    if (align == 'r') printf("%*s%s", blanks, "", text);
    else printf("%s%*s", text, last ? 0 : blanks, "");
}

void grid_free(grid *t) {
    for (int i = 0; i < t->cells; i++) free(t->cell[i]);
    free(t->cell);
    *t = (grid){.align = t->align};
}

void grid_print(grid *t) {
    int columns = (int)strlen(t->align);
    int *width = reserve(NULL, (size_t)columns * sizeof *width);
    for (int j = 0; j < columns; j++) {
        width[j] = 0;
        for (int i = j; i < t->cells; i += columns) {
            int w = text_width(t->cell[i]);
            if (w > width[j]) width[j] = w;
        }
    }

    bool bold = use_colour(stdout);
    for (int i = 0; i < t->cells; i++) {
        int j = i % columns;
        bool heading = bold && i < columns, last = j == columns - 1;
        if (j == 0) fputs(heading ? "  \033[1m" : "  ", stdout);
        print_cell(t->cell[i], width[j], t->align[j], last);
        fputs(!last ? "   " : heading ? "\033[0m\n" : "\n", stdout);
    }

    free(width);
    grid_free(t);
}
