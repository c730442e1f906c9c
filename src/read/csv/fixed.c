/*
 * fixed.c: columns that stand one below another, as programs print tables for people:
 *
 *           size  colour        0    82.73     light blue
 *     0    82.73     red        blank in every line: ^^ ^
 *     1    59.11   green
 *
 * What is blank in every line of the file separates columns, and a tab takes its place. Blanks
 * within a cell stay where other lines have a letter below them.
 */
#include "csv.h"

#include <string.h>

/* Wider lines are no table for people; and each place takes a byte. */
#define MOST_PLACES 4096

typedef struct places {
    bool used[MOST_PLACES]; /* some line has a character there */
    int count;
    int start[MOST_PLACES / 2], columns; /* where each column begins */
} places;

/* Characters, not bytes: those of UTF-8 that begin none take no place. */
static bool begins_character(char c) { return ((unsigned char)c & 0xC0) != 0x80; }

static bool take_places(const gl_line *l, places *p) {
    int at = -1;
    for (const char *s = l->s; s < l->end; s++) {
        at += begins_character(*s);
        if (at >= MOST_PLACES || *s == '\t') return false;
        if (*s == ' ') continue;
        p->used[at] = true;
        if (at >= p->count) p->count = at + 1;
    }
    return true;
}

static void find_columns(places *p) {
    for (int i = 0; i < p->count; i++)
        if (p->used[i] && (!i || !p->used[i - 1])) p->start[p->columns++] = i;
}

/* The cell of column j, blanks around it removed; empty where the line ends before. */
static void find_cell(const gl_line *l, const places *p, int j, const char **s, const char **end) {
    int at = -1, from = p->start[j], to = j + 1 < p->columns ? p->start[j + 1] : MOST_PLACES;
    *s = *end = l->end;
    for (const char *i = l->s; i < l->end; i++) {
        at += begins_character(*i);
        if (at >= to) break;
        if (at < from || *i == ' ') continue;
        if (*s == l->end) *s = i;
        *end = i + 1;
    }
    if (*s == l->end) *end = *s;
}

/* A column without a name is a word of the cells before it, as "blue" in "light blue" where no other
 * cell is as long. The first may have none: names of rows. */
static void join_unnamed(const gl_line *names, places *p) {
    int kept = 0;
    for (int j = 0; j < p->columns; j++) {
        const char *s, *end;
        find_cell(names, p, j, &s, &end);
        if (!j || s < end) p->start[kept++] = p->start[j];
    }
    p->columns = kept;
}

static bool is_number(const char *s, const char *end) {
    double v;
    return gl_parse_number(s, (size_t)(end - s), '.', &v) ||
           gl_parse_number(s, (size_t)(end - s), ',', &v);
}

/* Two blanks between words: somebody filled a column up. */
static bool has_wide_gap(const gl_line *l) {
    const char *s = l->s;
    while (s < l->end && *s == ' ') s++;
    for (; s + 1 < l->end; s++)
        if (s[0] == ' ' && s[1] == ' ') return true;
    return false;
}

/* A table, and not a text that happens to have a blank at some place in every line: most cells are
 * there, and a column is of numbers. */
static bool is_table(const csv *c, const places *p) {
    bool any_numbers = false, padded = false;
    for (int i = 0; i < c->lines; i++) padded |= has_wide_gap(&c->line[i]);
    if (!padded || p->columns < 2 || c->lines < 3) return false;
    for (int j = 0; j < p->columns; j++) {
        int there = 0, numbers = 0;
        const char *s, *end;
        for (int i = 1; i < c->lines; i++) {
            find_cell(&c->line[i], p, j, &s, &end);
            there += s < end;
            numbers += s < end && is_number(s, end);
        }
        if (2 * there < c->lines - 1) return false;
        any_numbers |= there && numbers == there;
    }
    return any_numbers;
}

static void add_line(gl_text *to, const gl_line *l, const places *p) {
    for (int j = 0; j < p->columns; j++) {
        const char *s, *end;
        find_cell(l, p, j, &s, &end);
        if (j) gl_add_bytes(to, "\t", 1);
        gl_add_bytes(to, s, end - s);
    }
}

/* Lines that are left out stay, as blank ones, for the numbers of the others. */
static glia_status write_tabs(csv *c, const places *p) {
    gl_text text = {.g = c->g};
    gl_line line;
    int64_t number = 1, written = 1;
    for (char *at = c->text; gl_csv_next(c, &at, &number, &line);) {
        for (; written < line.number; written++) gl_add_bytes(&text, "\n", 1);
        add_line(&text, &line, p);
    }
    gl_add_bytes(&text, "\n", 1);
    if (!gl_text_end(&text)) return gl_free(c->g, text.s), GLIA_RESOURCE;
    c->rules.delimiter = '\t';
    gl_csv_replace(c, text.s, text.n);
    return GLIA_OK;
}

bool gl_csv_fixed(csv *c, glia_status *status) {
    gl_line line;
    if (c->survey.all.quotes || !gl_csv_need_all(c)) return *status = c->status, false;
    int64_t number = 1;
    places *p = gl_alloc(c->g, 1, sizeof *p);
    if (!p) return *status = GLIA_RESOURCE, false;
    memset(p, 0, sizeof *p);
    bool good = c->lines > 0;
    for (char *at = c->text; good && gl_csv_next(c, &at, &number, &line);)
        good = take_places(&line, p);
    if (good) find_columns(p);
    if (good) join_unnamed(&c->line[0], p);
    good = good && is_table(c, p);
    if (good) *status = write_tabs(c, p);
    if (good && !*status)
        gl_note(c->g,
                "%s: %d columns stand one below another, separated by blanks (option "
                "'delimiter')",
                c->path, p->columns);
    gl_free(c->g, p);
    return good && !*status;
}
