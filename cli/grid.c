/*
 * grid.c: tables and lines on stdout, as wide as there is room.
 *
 * A table that is too wide first moves its columns together, then shortens long texts, then goes on
 * below: its first column again, with those that had no room.
 *
 *     fold   loss   accuracy            fold   loss   accuracy
 *     1      0.13   0.9667       or     1      0.13   0.9667
 *     ...                               ...
 *
 *                                       fold   macro_f1
 *                                       1      0.9666
 */
#include <ctype.h>
#include <math.h>
#include <stdarg.h>
#include <stdlib.h>
#include <string.h>
#include <sys/ioctl.h>
#include <unistd.h>

#include "cli.h"
#include "plot.h"

enum { NARROWEST = 60, MARGIN = 2, GAP = 3, NARROW_GAP = 2, SHORTEST = 16 };

int output_width(void) {
    const char *said = getenv("COLUMNS");
    struct winsize size;
    int64_t width = 0;
    if (!(said && read_int(said, &width) && width > 0 && width < 100000)) {
        bool terminal = ioctl(STDOUT_FILENO, TIOCGWINSZ, &size) == 0;
        width = terminal ? size.ws_col : 0;
    }
    return width == 0 ? 0 : width < NARROWEST ? NARROWEST : (int)width;
}

/* ------------------------------------------------------------------------------------- lines -- */

/* How many bytes of the text stand on this line: up to a blank, or within a word that is too long
 * for any. */
static size_t line_length(const char *text, int room) {
    size_t blank = 0, n = 0;
    int width = 0;
    while (text[n]) {
        size_t letter = 1;
        while ((text[n + letter] & 0xc0) == 0x80) letter++;
        char one[16];
        snprintf(one, sizeof one, "%.*s", letter < 15 ? (int)letter : 15, text + n);
        width += text_width(one);
        if (width > room) return blank ? blank : n ? n : letter;
        if (text[n] == ' ' && n > 0 && text[n - 1] != ' ') blank = n;
        n += letter;
    }
    return n;
}

void print_line(const char *text, int from, int indent, const char *behind) {
    int limit = output_width(), room = limit - from - (int)strlen(behind);
    while (limit && text_width(text) > room + (int)strlen(behind)) {
        size_t n = line_length(text, room);
        printf("%.*s%s\n%*s", (int)n, text, behind, indent, "");
        text += n + strspn(text + n, " ");
        room = limit - indent - (int)strlen(behind);
    }
    puts(text);
}

void print_title(const char *format, ...) {
    va_list args;
    va_start(args, format);
    char *text = format_args(format, args);
    va_end(args);
    char *clean = clean_text(text);
    printf("\n%*s", MARGIN, "");
    print_line(clean, MARGIN, MARGIN, "");
    free(clean);
    free(text);
}

/* ------------------------------------------------------------------------------------ tables -- */

void grid_add(grid *t, const char *format, ...) {
    va_list args;
    va_start(args, format);
    char *text = format_args(format, args);
    va_end(args);
    if (t->cells == t->capacity) {
        t->capacity = t->capacity > 0 ? 2 * t->capacity : 64;
        t->cell = reserve(t->cell, (size_t)t->capacity * sizeof *t->cell);
    }
    t->cell[t->cells++] = clean_text(text);
    free(text);
}

void grid_free(grid *t) {
    for (int i = 0; i < t->cells; i++) free(t->cell[i]);
    free(t->cell);
    *t = (grid){.align = t->align};
}

/* A grid that is laid out. */
typedef struct layout {
    const grid *t;
    int columns, limit, gap; /* limit 0: there is none */
    int keys;                /* columns that stand before each part */
    int *width;
} layout;

static bool is_number(const char *text) {
    while (*text == ' ' || *text == '+' || *text == '-' || *text == '.') text++;
    return !*text || isdigit((unsigned char)*text);
}

/* Numbers and intervals are never shortened. */
static bool holds_texts(const layout *l, int j) {
    for (int i = j + l->columns; i < l->t->cells; i += l->columns)
        if (!is_number(l->t->cell[i])) return l->t->align[j] == 'l';
    return false;
}

static void measure(layout *l) {
    for (int j = 0; j < l->columns; j++) {
        l->width[j] = 0;
        for (int i = j; i < l->t->cells; i += l->columns) {
            int w = text_width(l->t->cell[i]);
            if (w > l->width[j]) l->width[j] = w;
        }
    }
}

static int total(const layout *l) {
    int all = MARGIN - l->gap;
    for (int j = 0; j < l->columns; j++) all += l->gap + l->width[j];
    return all;
}

/* The widest column of texts that may still be shortened; -1: none. */
static int longest(const layout *l) {
    int found = -1;
    for (int j = 0; j < l->columns; j++)
        if (l->width[j] > SHORTEST && holds_texts(l, j) &&
            (found < 0 || l->width[j] > l->width[found]))
            found = j;
    return found;
}

/* The first columns leave room for others, which have what is left. */
static void fit_parts(layout *l) {
    int before = 0;
    for (int j = 0; j < l->columns; j++) {
        int room = l->limit - MARGIN - before, most = j < l->keys ? 2 * room / 5 : room;
        if (l->width[j] > most) l->width[j] = most;
        if (j < l->keys) before += l->width[j] + l->gap;
    }
}

static void fit(layout *l) {
    measure(l);
    if (!l->limit || total(l) <= l->limit) return;
    l->gap = NARROW_GAP;
    for (int j; total(l) > l->limit && (j = longest(l)) >= 0;) l->width[j]--;
    if (total(l) <= l->limit) return;
    measure(l);
    fit_parts(l);
}

/* One past the last column that has room beside the first ones. */
static int part_end(const layout *l, int from) {
    int used = MARGIN, j = from;
    for (int k = 0; k < l->keys; k++) used += l->width[k] + l->gap;
    while (j < l->columns && (j == from || used + l->width[j] <= l->limit || !l->limit))
        used += l->width[j++] + l->gap;
    return j;
}

static void print_cell(const layout *l, int i, int j, bool last) {
    const char *dots = use_utf8() ? "…" : "..", *whole = l->t->cell[i];
    char *text = (j < l->keys ? fit_name : fit_text)(whole, l->width[j], dots);
    int blanks = l->width[j] - text_width(text);
    if (l->t->align[j] == 'r') printf("%*s%s", blanks, "", text);
    else printf("%s%*s", text, last ? 0 : blanks, "");
    if (!last) printf("%*s", l->gap, "");
    free(text);
}

/* The first columns and those from `from` to `to`. */
static void print_part(const layout *l, int from, int to) {
    bool bold = use_colour(stdout);
    for (int row = 0; row < l->t->cells / l->columns; row++) {
        printf("%*s%s", MARGIN, "", bold && row == 0 ? "\033[1m" : "");
        for (int k = 0; k < l->keys && k < from; k++) print_cell(l, row * l->columns + k, k, false);
        for (int j = from; j < to; j++) print_cell(l, row * l->columns + j, j, j == to - 1);
        puts(bold && row == 0 ? "\033[0m" : "");
    }
}

void grid_print(grid *t) {
    layout l = {.t = t, .columns = (int)strlen(t->align), .limit = output_width(), .gap = GAP};
    l.width = reserve(NULL, (size_t)l.columns * sizeof *l.width);
    l.keys =
        l.columns > 2 && t->align[0] == 'r' && t->align[1] == 'l' ? 2 : 1; /* a number, a name */
    fit(&l);
    if (!l.limit || total(&l) <= l.limit) print_part(&l, 0, l.columns);
    else
        for (int from = l.keys, to; from < l.columns; from = to) {
            to = part_end(&l, from);
            if (from > l.keys) putchar('\n');
            print_part(&l, from, to);
        }
    free(l.width);
    grid_free(t);
}
