/*
 * lines.c: lines of a demo that are wider than the terminal. Lines that follow each other are a
 * table where blanks go through all of them: its columns move together, and those that have no room
 * stand below, behind the first.
 *
 *     relu   100%   0.18   94%           relu   100%  0.18
 *     leaky    0%   3.12   82%    or     leaky    0%  3.12
 *
 *                                        relu   94%
 *                                        leaky  82%
 */
#include <stdlib.h>
#include <string.h>

#include "demo.h"

enum { MOST_COLUMNS = 24, BETWEEN = 2 };

struct lines {
    char **line;
    int count;
};

typedef struct columns {
    int from[MOST_COLUMNS], to[MOST_COLUMNS], count;
} columns;

/* Every character of a demo is one column wide. */
static const char *character(const char *text, int at) {
    while (*text && at > 0) {
        text++;
        while ((*text & 0xc0) == 0x80) text++;
        at--;
    }
    return text;
}

static int widest(const lines *l) {
    int most = 0;
    for (int i = 0; i < l->count; i++)
        if (text_width(l->line[i]) > most) most = text_width(l->line[i]);
    return most;
}

static bool all_blank(const lines *l, int at) {
    for (int i = 0; i < l->count; i++) {
        char c = *character(l->line[i], at);
        if (c && c != ' ') return false;
    }
    return true;
}

/* false: it is no table. */
static bool find_columns(const lines *l, int width, columns *all) {
    all->count = 0;
    for (int at = 0; at < width;) {
        while (at < width && all_blank(l, at)) at++;
        int from = at, to = at, blanks = 0;
        for (; at < width && blanks < BETWEEN; at++) {
            blanks = all_blank(l, at) ? blanks + 1 : 0;
            if (!blanks) to = at + 1;
        }
        if (to == from) continue;
        if (all->count == MOST_COLUMNS) return false;
        all->from[all->count] = from, all->to[all->count++] = to;
    }
    return l->count > 1 && all->count > 1;
}

static int width_of(const columns *all, int k) { return all->to[k] - all->from[k]; }

/* One past the last column that has room beside the first; 0: the next has none. */
static int part_end(const columns *all, int from, int limit) {
    int used = BETWEEN + width_of(all, 0), k = from;
    while (k < all->count && used + BETWEEN + width_of(all, k) <= limit)
        used += BETWEEN + width_of(all, k++);
    return k > from ? k : 0;
}

/* Blanks are written only before what is none. */
static void put_slice(const char *text, const columns *all, int k, int *blanks) {
    const char *s = character(text, all->from[k]), *end = character(s, width_of(all, k));
    int written = 0;
    *blanks += BETWEEN;
    for (; s < end; written += (*s++ & 0xc0) != 0x80) {
        if (*s == ' ') {
            ++*blanks;
            continue;
        }
        printf("%*s%c", *blanks, "", *s);
        *blanks = 0;
    }
    *blanks += width_of(all, k) - written;
}

static void put_part(const lines *l, const columns *all, int from, int to) {
    for (int i = 0; i < l->count; i++) {
        int blanks = 0;
        put_slice(l->line[i], all, 0, &blanks);
        for (int k = from; k < to; k++) put_slice(l->line[i], all, k, &blanks);
        putchar('\n');
    }
}

/* A line of a table has something in every part; a heading need not. */
static bool has_all(const lines *l, const columns *all, int from, int to) {
    for (int i = 1; i < l->count; i++) {
        int at = all->from[from];
        const char *s = character(l->line[i], at), *end = character(s, all->to[to - 1] - at);
        while (s < end && *s == ' ') s++;
        if (s == end) return false;
    }
    return true;
}

static bool put_table(const lines *l, int limit) {
    columns all;
    if (!find_columns(l, widest(l), &all)) return false;
    for (int from = 1, to; from < all.count; from = to) {
        to = part_end(&all, from, limit);
        if (!to || !has_all(l, &all, from, to)) return false;
    }
    for (int from = 1, to; from < all.count; from = to) {
        to = part_end(&all, from, limit);
        if (from > 1) putchar('\n');
        put_part(l, &all, from, to);
    }
    return true;
}

/* A command goes on behind a backslash. */
static void put_line(const char *text) {
    int indent = (int)strspn(text, " ");
    bool order = strncmp(text + indent, "glia ", 5) == 0;
    printf("%*s", indent, "");
    print_line(text + indent, indent, indent + (order ? 4 : 2), order ? " \\" : "");
}

void flush_lines(const demo *d) {
    lines *l = d->kept;
    int limit = output_width();
    bool fits = !limit || widest(l) <= limit;
    bool table = !fits && put_table(l, limit);
    for (int i = 0; i < l->count; i++) {
        if (fits) puts(l->line[i]);
        else if (!table) put_line(l->line[i]);
        free(l->line[i]);
    }
    l->count = 0;
}

void keep_lines(const demo *d, const char *text) {
    lines *l = d->kept;
    for (;; text++) {
        size_t n = strcspn(text, "\n");
        if (!n) {
            flush_lines(d);
            putchar('\n');
        }
        l->line = reserve(l->line, (size_t)(l->count + 1) * sizeof *l->line);
        if (n) l->line[l->count++] = format_text("%.*s", (int)n, text);
        text += n;
        if (!*text) break;
    }
    if (!output_width()) flush_lines(d);
}

lines *lines_new(void) {
    lines *l = reserve(NULL, sizeof *l);
    *l = (lines){NULL, 0};
    return l;
}

void lines_free(lines *l) {
    free(l->line);
    free(l);
}

int room_for(const demo *d, int width, int around) {
    int limit = output_width();
    flush_lines(d);
    return limit && limit - around < width ? limit - around : width;
}
