/*
 * talk.c: how a demo talks: paragraphs and lines for people, facts for --json, and whether what it
 * claims is so.
 */
#include "demo.h"

#include <math.h>
#include <stdarg.h>
#include <stdlib.h>
#include <string.h>

enum { WIDTH = 78 }; /* of paragraphs, where there is room */

/* Prints text broken at blanks, each line behind the same indent. */
static void print_wrapped(const demo *d, const char *first, const char *indent, const char *text) {
    int width = room_for(d, WIDTH, 0);
    int column = printf("%s", first);
    bool begin = true;
    while (*text) {
        int length = (int)strcspn(text, " ");
        char *word = format_text("%.*s", length, text);
        if (!begin && column + 1 + text_width(word) > width) {
            column = printf("\n%s", indent) - 1;
            begin = true;
        }
        column += text_width(word) + (begin ? 0 : 1);
        printf("%s%s", begin ? "" : " ", word);
        begin = false;
        free(word);
        text += length + (text[length] == ' ');
    }
    putchar('\n');
}

void heading(const demo *d, const char *text) {
    if (!d->talks) return;
    bool bold = use_colour(stdout);
    flush_lines(d);
    printf("\n%s%s%s\n\n", bold ? "\033[1m" : "", text, bold ? "\033[0m" : "");
}

void blank(const demo *d) {
    if (d->talks) flush_lines(d), putchar('\n');
}

void say(const demo *d, const char *format, ...) {
    char *text = NULL;
    va_list args;
    va_start(args, format);
    if (vasprintf(&text, format, args) < 0) text = copy_text(format);
    va_end(args);
    if (d->talks) {
        print_wrapped(d, "", "", text);
        putchar('\n');
    }
    free(text);
}

void line(const demo *d, const char *format, ...) {
    char *text = NULL;
    va_list args;
    va_start(args, format);
    if (vasprintf(&text, format, args) < 0) text = copy_text(format);
    va_end(args);
    if (d->talks) keep_lines(d, text);
    free(text);
}

void say_decisions(const demo *d) {
    if (!d->talks || d->c.quiet || !d->c.note_count) return;
    line(d, "Decided for you:");
    for (int i = 0; i < d->c.note_count; i++) print_wrapped(d, "  - ", "    ", d->c.notes[i]);
    putchar('\n');
}

void say_cost(const demo *d, const glia_history *h) {
    char text[3 * 48 + 1], time[32], updates[32];
    if (h->entries < 1) return;
    int width = room_for(d, 40, 44); /* of the line, and of the numbers around it */
    line(d, "cost J  %.4g  %s  %.4g   %s updates in %s\n", h->mean[0],
         sparkline(h->mean, h->entries, NAN, width, text, sizeof text), h->mean[h->entries - 1],
         count_text(h->updates, updates), seconds_text(h->seconds, time));
}

void fact(demo *d, const char *name, json_t *value) { json_object_set_new(d->facts, name, value); }

void number_fact(demo *d, const char *name, double value) { fact(d, name, json_number(value)); }

json_t *json_numbers(const double *values, int64_t count) {
    json_t *list = json_array();
    for (int64_t i = 0; i < count; i++) json_array_append_new(list, json_number(values[i]));
    return list;
}

bool as_it_is(const demo *d) { return !d->seeded && !d->rows && !d->epochs; }

int claim(const demo *d, bool holds, const char *format, ...) {
    if (holds) return 0;
    char *text = NULL;
    va_list args;
    va_start(args, format);
    if (vasprintf(&text, format, args) < 0) text = copy_text(format);
    va_end(args);
    flush_lines(d);
    fflush(stdout); /* before what goes to stderr */
    int status = fail(GLIA_FAILED, "demo '%s' does not show what it claims: %s%s", d->lesson->name,
                      text, !as_it_is(d) ? "; --seed, --rows and --epochs can do that" : "");
    free(text);
    return status;
}
