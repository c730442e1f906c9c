/*
 * lines.c: the lines of a text, and those of them that are no rows of a table:
 *
 *     sep=;                        Excel's: it says the delimiter
 *     # station 7                  comments, by '#' or '%' above the table, by '#' below its names;
 *     # size rooms sold            the last one may name the columns (sample.c asks)
 *     +------+-------+             rules, which programs draw for people
 *     (60 rows)                    a count behind the last row, or Ctrl-Z
 *
 * They become blank lines, which are no rows to anybody. What is left out is told.
 */
#include "csv.h"

#include <ctype.h>
#include <string.h>
#include <strings.h>

static bool begins(const gl_line *line, const char *with) {
    const char *s = line->s;
    size_t n = strlen(with);
    while (s < line->end && *s == ' ') s++;
    return (size_t)(line->end - s) >= n && !memcmp(s, with, n);
}

static bool is_blank(const char *s, const char *end) {
    while (s < end && (*s == ' ' || *s == '\t' || *s == '\r')) s++;
    return s == end;
}

/* Quotes open where a cell may begin, and where they were just closed: behind a letter or a digit
 * (55") they are text, for scan.c, too. */
typedef struct quotes {
    bool open;
    const char *closed; /* behind the last that closed */
} quotes;

static void pass(quotes *q, const char *begin, const char *s) {
    if (*s != '"') return;
    unsigned char before = s > begin ? (unsigned char)s[-1] : ' ';
    bool text = isalnum(before) || before >= 0x80 || strchr(".)'", before);
    if (q->open) q->closed = s + 1;
    q->open = !q->open && (!text || s == q->closed);
}

/* A line end within quotes is text. A quote that is never closed would make one line of all that
 * follows: scan.c refuses it. */
static char *end_of_line(const csv *c, char *s, int64_t *number) {
    char *begin = s, *end = c->text + c->size;
    quotes q = {0};
    for (; s < end && (q.open || *s != '\n'); s++) {
        pass(&q, begin, s);
        *number += *s == '\n';
    }
    return s;
}

bool gl_csv_next(const csv *c, char **at, int64_t *number, gl_line *line) {
    while (*at < c->text + c->size) {
        *line = (gl_line){.s = *at, .number = *number};
        char *end = memchr(*at, '\n', (size_t)(c->text + c->size - *at));
        line->end = end ? end : c->text + c->size;
        bool none =
            is_blank(line->s, line->end) || (c->rules.comment && begins(line, c->rules.comment));
        if (!none) line->end = end_of_line(c, *at, number);
        *at = line->end + (line->end < c->text + c->size);
        ++*number;
        while (line->end > line->s && (line->end[-1] == ' ' || line->end[-1] == '\r')) line->end--;
        if (!none) return true;
    }
    return false;
}

void gl_csv_look(csv *c) {
    char *at = c->text;
    int64_t number = 1;
    c->lines = 0;
    while (c->lines < GL_CSV_LINES && gl_csv_next(c, &at, &number, &c->line[c->lines])) c->lines++;
    if (c->lines < GL_CSV_LINES) gl_csv_need_all(c); /* and looks again */
}

/* The comment that may name the columns, where nothing has changed as far as it reaches. */
static gl_line move_naming(const csv *c, char *text, int64_t size) {
    gl_line l = c->naming;
    int64_t end = l.s ? l.end - c->text : 0;
    if (!l.s || end > size || memcmp(c->text, text, (size_t)end) != 0) return (gl_line){0};
    l.s = text + (l.s - c->text), l.end = text + end;
    return l;
}

void gl_csv_replace(csv *c, char *text, int64_t size) {
    c->naming = move_naming(c, text, size);
    gl_free(c->g, c->text);
    c->text = text;
    c->size = size;
    gl_csv_survey(c);
    gl_csv_look(c);
}

void gl_csv_blank(gl_line line) {
    for (char *s = line.s; s < line.end; s++)
        if (*s != '\n') *s = ' ';
}

int64_t gl_csv_count(const char *s, const char *end, char delimiter) {
    int64_t cells = 1;
    quotes q = {0};
    while (delimiter == ' ' && s < end && *s == ' ') s++;
    for (const char *begin = s; s < end; s++) {
        pass(&q, begin, s);
        /* Several blanks are one, and those at the end none. */
        bool one_of_many = delimiter == ' ' && (s + 1 == end || s[1] == ' ');
        cells += !q.open && *s == delimiter && !one_of_many;
    }
    return cells;
}

/* --------------------------------------------------------------------------- above the table -- */

static void skip_lines(csv *c) {
    if (c->options->skip > 0 && !gl_csv_need_all(c)) return;
    char *s = c->text, *end = c->text + c->size;
    for (int i = 0; i < c->options->skip && s < end; i++) {
        char *stop = memchr(s, '\n', (size_t)(end - s));
        if (!stop) stop = end;
        gl_csv_blank((gl_line){.s = s, .end = stop});
        s = stop + (stop < end);
    }
}

/* The rows of training had lines above them. These have none where the first line has the names, or
 * as many delimiters of some kind as those below. */
static bool has_no_head(csv *c) {
    if (!(c->options->as_trained & GL_KEPT_SKIP) || c->options->skip < 1) return false;
    gl_csv_look(c);
    if (c->lines <= c->options->skip) return true;
    const gl_line *first = &c->line[0], *below = &c->line[c->options->skip];
    bool same = false;
    for (const char *d = "\t;|,"; *d; d++) {
        int64_t cells = gl_csv_count(first->s, first->end, *d);
        same |= cells > 1 && cells == gl_csv_count(below->s, below->end, *d);
    }
    if (same) gl_note(c->g, "%s: no lines stand above the table, so none is left out", c->path);
    return same;
}

/* Excel writes and obeys it. */
static void take_sep(csv *c) {
    const gl_line *l = &c->line[0];
    if (!c->lines || l->end - l->s != 5 || strncasecmp(l->s, "sep=", 4)) return;
    if (!strchr(",;|\t", l->s[4])) return;
    c->rules.delimiter = l->s[4];
    gl_csv_blank(*l);
    gl_csv_look(c);
}

/* A cell of Excel's that failed is one of a row: "#N/A,5". A colour, "#ff0000,5", too. */
static bool is_cell(const gl_line *line) {
    static const char *const failed[] = {"#N/A",  "#DIV/0!", "#REF!", "#NAME?",
                                         "#NUM!", "#VALUE!", "#NULL!"};
    for (size_t i = 0; i < sizeof failed / sizeof *failed; i++)
        if (begins(line, failed[i])) return true;
    const char *s = line->s + 1;
    int digits = 0;
    while (s < line->end && isxdigit((unsigned char)*s)) s++, digits++;
    return (digits == 3 || digits == 6) && s < line->end && strchr(",;\t|", *s);
}

/* "#,name,score": a column of that name. */
static bool names_a_column(const gl_line *line) {
    const char *s = line->s + 1;
    return s < line->end && strchr(",;\t|", *s);
}

/* Lines from the first on that begin with the mark, and others below them. */
static bool stands_above(csv *c, const char *mark) {
    int n = 0;
    while (n < c->lines && begins(&c->line[n], mark) && !is_cell(&c->line[n])) n++;
    if (!n || names_a_column(&c->line[0])) return false;
    if (n == c->lines && c->lines < GL_CSV_LINES) return false;
    c->naming = c->line[n - 1];
    return true;
}

/* --------------------------------------------------------------------------- in and below it -- */

static const char hash[] = "#", percent[] = "%";

/* Lines that begin with '#' below rows that do not: comments where no row of the table's length
 * begins so. Every '#' of the file is looked at. */
static bool stands_within(csv *c) {
    gl_line line;
    bool found = false;
    if (!c->survey.all.hash || !gl_csv_need_all(c)) return false;
    for (char *s = c->text, *end = s + c->size; (s = memchr(s, '#', (size_t)(end - s))); s++) {
        if (s == c->text || s[-1] != '\n') continue;
        char *at = s;
        int64_t number = 0;
        if (!gl_csv_next(c, &at, &number, &line)) break;
        if (gl_csv_count(line.s, line.end, c->rules.delimiter) == c->columns || is_cell(&line))
            return false;
        found = true;
    }
    return found && c->columns > 1;
}

void gl_csv_comments_within(csv *c) {
    if (c->options->comment || (c->rules.comment && !c->supposed)) return;
    c->rules.comment = NULL;
    if (stands_within(c)) c->rules.comment = hash;
    if (c->rules.comment || c->supposed) gl_csv_look(c);
}

/* A few of the lines, which would hide what separates the cells of the others. */
static bool stands_between(const csv *c) {
    int few = 0;
    for (int i = 0; i < c->lines; i++) few += begins(&c->line[i], hash) && !is_cell(&c->line[i]);
    return few && 2 * few < c->lines && !names_a_column(&c->line[0]);
}

static void take_comments(csv *c) {
    const char *wanted = c->options->comment;
    if (wanted && !strcmp(wanted, "none")) return;
    if (wanted) stands_above(c, wanted);
    if (!wanted && stands_above(c, hash)) wanted = hash;
    if (!wanted && stands_above(c, percent)) wanted = percent;
    c->supposed = !wanted && stands_between(c);
    c->rules.comment = c->supposed ? hash : wanted;
    gl_csv_look(c);
}

/* "(60 rows)", "60 rows in set (0.01 sec)", "60 rows selected.", "[60 rows x 4 columns]" */
static bool is_row_count(const char *s, const char *end) {
    s += *s == '(' || *s == '[';
    if (s == end || !isdigit((unsigned char)*s)) return false;
    while (s < end && isdigit((unsigned char)*s)) s++;
    if (end - s < 4 || memcmp(s, " row", 4)) return false;
    s += 4 + (s + 4 < end && s[4] == 's');
    for (const char *d = ",;\t|"; *d; d++)
        if (memchr(s, *d, (size_t)(end - s))) return false;
    return s == end || *s == ')' || *s == ' ';
}

/* "only showing top 20 rows", as Spark ends what it shows. */
static bool tells_of_others(const char *s, const char *end) {
    static const char says[] = "only showing top ";
    size_t n = sizeof says - 1;
    return (size_t)(end - s) > n && !strncasecmp(s, says, n);
}

/* Ctrl-Z, with which CP/M and DOS end a text. */
static bool is_end_mark(const char *s, const char *end) { return end - s == 1 && *s == 0x1A; }

/* The line that ends the text, and where it ends; NULL: it is not one of several, or is none. */
static char *find_footer(char *text, int64_t size, char **end) {
    *end = text + size;
    while (*end > text && isspace((unsigned char)(*end)[-1])) --*end;
    char *s = *end;
    while (s > text && s[-1] != '\n') s--;
    bool footer = is_row_count(s, *end) || is_end_mark(s, *end) || tells_of_others(s, *end);
    return s == text || s == *end || !footer ? NULL : s;
}

/* Of a text that is in a file: a page of it shows the line. */
static bool file_has_footer(csv *c) {
    char *end;
    int64_t size = c->file.size - c->rest_from;
    if (size > 4096) size = 4096;
    gl_csv_buffer *b = gl_csv_borrow(c, c->g, c->file.size - size, size);
    if (!b) return c->status = c->g->code, false;
    bool found = find_footer(b->text, size, &end);
    gl_csv_give_back(b);
    return found;
}

static void take_footer(csv *c) {
    char *end, *s;
    if (c->partial && !(file_has_footer(c) && gl_csv_need_all(c))) return;
    if (!(s = find_footer(c->text, c->size, &end))) return;
    bool others = tells_of_others(s, end);
    (others ? gl_warn : gl_note)(
        c->g, "%s: the last line, '%.*s', is no row and is left out (option 'skip' 0 keeps it)%s",
        c->path, (int)(end - s < 60 ? end - s : 60), s,
        others ? "; have a file written, to have all rows" : "");
    gl_csv_blank((gl_line){.s = s, .end = end});
    gl_csv_look(c);
}

/* ".. ... ...": pandas and R leave rows out where they print. */
static bool is_ellipsis(const gl_line *line) {
    int dots = 0, cells = 0;
    for (const char *s = line->s; s < line->end; s++) {
        if (*s != '.' && *s != ' ') return false;
        dots = *s == '.' ? dots + 1 : 0;
        if (dots > 3) return false;
        cells += dots == 2;
    }
    return cells > 1;
}

static void take_ellipsis(csv *c) {
    for (int i = 1; i < c->lines; i++) {
        gl_line l = c->line[i];
        if (!is_ellipsis(&l)) continue;
        if (!gl_csv_need_all(c)) return;
        gl_warn(c->g,
                "%s, line %lld: '%.*s' stands for rows that were left out when this was printed; "
                "the others are read (have a file written, by to_csv say, to have all; option "
                "'skip' 0 keeps the line)",
                c->path, (long long)l.number, (int)(l.end - l.s < 40 ? l.end - l.s : 40), l.s);
        gl_csv_blank(c->line[i]);
        gl_csv_look(c);
        return;
    }
}

/* ------------------------------------------------------------------------------------ frames -- */

/* Box-drawing characters, U+2500 to U+257F, are E2 94 80 to E2 95 BF. */
static bool is_box(const char *s, const char *end) {
    return end - s >= 3 && (unsigned char)s[0] == 0xE2 &&
           ((unsigned char)s[1] == 0x94 || (unsigned char)s[1] == 0x95);
}

static bool is_upright(const char *s, const char *end) {
    if (!is_box(s, end)) return false;
    return !memcmp(s, "\xE2\x94\x82", 3) || !memcmp(s, "\xE2\x94\x83", 3) ||
           !memcmp(s, "\xE2\x95\x91", 3);
}

/* "|---|---|", "+===+", "---- -----": dashes, three in a row somewhere, and what crosses them. */
static bool is_rule(const gl_line *line) {
    int dashes = 0, most = 0;
    for (const char *s = line->s; s < line->end; s++) {
        bool box = is_box(s, line->end);
        if (!box && !strchr("-=+|: ", *s)) return false;
        if (is_upright(s, line->end)) return false;
        dashes = box || *s == '-' || *s == '=' ? dashes + 1 : 0;
        if (dashes > most) most = dashes;
        if (box) s += 2;
    }
    return most >= 3;
}

/* Where one of the first three lines is a rule, all such lines are. */
static int64_t blank_rules(csv *c) {
    gl_line line;
    int64_t number = 1, rules = 0;
    bool any = false;
    for (int i = 0; i < c->lines && i < 3; i++) any |= is_rule(&c->line[i]);
    if (any && !gl_csv_need_all(c)) return 0;
    for (char *at = c->text; any && gl_csv_next(c, &at, &number, &line);) {
        if (!is_rule(&line)) continue;
        gl_csv_blank(line);
        rules++;
    }
    if (rules) gl_csv_look(c);
    return rules;
}

/* Upright lines of a box become bars, with two blanks for their other bytes. */
static void plain_bars(csv *c) {
    if (!gl_csv_need_all(c)) return;
    for (char *s = c->text, *end = s + c->size; (s = memchr(s, 0xE2, (size_t)(end - s))); s++)
        if (is_upright(s, end)) memcpy(s, "|  ", 3);
}

static bool is_framed(const gl_line *line) {
    const char *s = line->s;
    while (s < line->end && *s == ' ') s++;
    return line->end - s > 1 && *s == '|' && line->end[-1] == '|';
}

static void blank_edges(csv *c) {
    gl_line line;
    int64_t number = 1;
    for (int i = 0; i < c->lines; i++)
        if (!is_framed(&c->line[i])) return;
    if (!gl_csv_need_all(c)) return;
    for (char *at = c->text; gl_csv_next(c, &at, &number, &line);) {
        if (!is_framed(&line)) continue;
        *(char *)memchr(line.s, '|', (size_t)(line.end - line.s)) = ' ';
        line.end[-1] = ' ';
    }
    c->rules.delimiter = '|';
    gl_csv_look(c);
}

/* Not where a delimiter was said that is another one. */
static void take_frame(csv *c) {
    const char *wanted = c->options->delimiter;
    if (wanted && strcmp(wanted, "|")) return;
    bool box = c->lines && is_box(c->line[0].s, c->line[0].end);
    if (blank_rules(c))
        gl_note(c->g, "%s: lines that are drawn between the rows are left out", c->path);
    if (box) plain_bars(c);
    gl_csv_look(c);
    if (c->lines) blank_edges(c);
}

glia_status gl_csv_lines(csv *c) {
    if (!has_no_head(c)) skip_lines(c);
    gl_csv_look(c);
    take_sep(c);
    take_comments(c);
    if (!gl_csv_skips(c)) return c->status;
    take_footer(c);
    take_ellipsis(c);
    take_frame(c);
    return c->status;
}
