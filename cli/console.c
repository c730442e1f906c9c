/*
 * console.c: messages on stderr. grid.c prints tables on stdout.
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

/* "glia: error: text", one line whatever the text holds. It takes no memory: that there is none is
 * said by it. A text that is longer than any of them, some paths of 4096 bytes, is cut. */
static void say(const char *kind, const char *colour, const char *format, va_list args) {
    char text[1 << 14], clean[CLEAN * sizeof text];
    int n = vsnprintf(text, sizeof text, format, args);
    if (n < 0) return (void)fprintf(stderr, "glia: %s%s\n", kind, format);
    if ((size_t)n >= sizeof text) memcpy(text + sizeof text - 4, "...", 4);
    bool coloured = *colour && use_colour(stderr);
    clean_into(text, clean);
    fprintf(stderr, "glia: %s%s%s%s\n", coloured ? colour : "", kind, coloured ? "\033[0m" : "",
            clean);
}

static bool told; /* of a failure */

bool has_failed(void) { return told; }

int fail(int status, const char *format, ...) {
    va_list args;
    told = true;
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
