/*
 * scan.c: see scan.h. Knows quotes, delimiters and line ends; numbers, headers and types
 * are others'.
 *
 * Whether a quote occurs is asked once for the whole file: a line end may be part of a quoted
 * cell, so that in a file which has one a line is scanned by itself only where no row is open.
 */
#include "scan.h"

#include <csv.h>
#include <string.h>

/* -------------------------------------------------------------------- lines that are no rows -- */

/* A line is looked at for this only when its first character is one of a few, by a table: most
 * lines pay one load. */
typedef struct suspects {
    bool begins[256];
} suspects;

static suspects suspects_of(const gl_csv_rules *r) {
    suspects s = {0};
    s.begins[(unsigned char)r->delimiter] = s.begins['"'] = s.begins[' '] = s.begins['\t'] = true;
    if (r->comment) s.begins[(unsigned char)*r->comment] = true;
    if (r->header) s.begins[(unsigned char)*r->header] = true;
    return s;
}

static bool count(gl_left_out *what, int64_t line) {
    if (!what->count++) what->line = line;
    return true;
}

/* ",,," or ";\"\";": a row of a sheet in which nobody wrote. */
static bool is_empty_row(const char *s, const char *end, char delimiter) {
    for (; s < end; s++) {
        if (end - s > 1 && s[0] == '"' && s[1] == '"') s++;
        else if (*s != delimiter && !gl_csv_is_blank(*s)) return false;
    }
    return true;
}

/* Of a line with text in it, the blanks at its end removed. */
static bool is_no_row(gl_csv_rules *r, const char *s, const char *end, int64_t line) {
    size_t n = r->comment ? strlen(r->comment) : 0, m = r->header_length;
    if (r->header && (size_t)(end - s) == m && s != r->header && !memcmp(s, r->header, m))
        return count(&r->headers, line);
    const char *text = s;
    while (text < end && *text == ' ') text++;
    if (n && (size_t)(end - text) >= n && !memcmp(text, r->comment, n))
        return count(&r->comments, line);
    return r->delimiter != ' ' && is_empty_row(s, end, r->delimiter) && count(&r->empty, line);
}

/* ---------------------------------------------------------------------------- without quotes -- */

static bool give_cell(const gl_cells *to, const char *s, const char *end) {
    gl_csv_trim(&s, &end);
    return to->cell(to->user, s, (size_t)(end - s));
}

static bool scan_line(const char *s, const char *end, char delimiter, const gl_cells *to) {
    for (;;) {
        const char *stop = to->take ? to->take(to->user, s, end) : NULL;
        if (!stop) {
            stop = gl_csv_find(s, end, delimiter);
            if (!give_cell(to, s, stop)) return false;
        }
        if (stop == end) return true;
        s = stop + 1;
        while (delimiter == ' ' && *s == ' ') s++; /* the line's end is no blank: it was trimmed */
    }
}

/* A delimiter at a line's end is a cell, also where it is a tab: only what is no delimiter is
 * trimmed there. */
static void scan_plain(gl_csv_text text, gl_csv_rules *rules, const gl_cells *to) {
    const char *s = text.s, *end = s + text.size;
    char delimiter = rules->delimiter;
    suspects suspect = suspects_of(rules);
    for (int64_t line = text.line; s < end; line++) {
        const char *stop = memchr(s, '\n', (size_t)(end - s)), *next;
        next = stop ? stop + 1 : end;
        if (!stop) stop = end;
        while (stop > s && gl_csv_is_blank(stop[-1]) && stop[-1] != delimiter) stop--;
        while (delimiter == ' ' && stop > s && stop[-1] == ' ') stop--;
        while (delimiter == ' ' && stop > s && *s == ' ') s++;
        bool row =
            stop > s && !(suspect.begins[(unsigned char)*s] && is_no_row(rules, s, stop, line));
        if (row && !(scan_line(s, stop, delimiter, to) && to->row(to->user, line))) return;
        s = next;
    }
}

/* ------------------------------------------------------------------------------- with quotes -- */

typedef struct quoted {
    const gl_cells *to;
    bool skip_empty; /* blanks as delimiters: what lies between two of them is no cell */
    bool stopped;
    bool ended;       /* a row ended since this was last cleared */
    int64_t row_line; /* where the present row began */
} quoted;

static void take_cell(void *text, size_t length, void *user) {
    quoted *q = user;
    if (q->stopped || (!text && q->skip_empty)) return;
    const char *s = text ? text : "";
    q->stopped = !give_cell(q->to, s, s + length);
}

static void take_row(int end, void *user) {
    (void)end;
    quoted *q = user;
    q->ended = true;
    if (!q->stopped) q->stopped = !q->to->row(q->to->user, q->row_line);
}

/* One line, its end included. False when memory is out. */
static bool feed(struct csv_parser *parser, const char *s, size_t n, quoted *q) {
    q->ended = false;
    return csv_parse(parser, s, n, take_cell, take_row, q) == n;
}

/* Where the text of a line ends that begins a row, and ends at `end`. */
static const char *trim_line(const char *s, const char *end, char delimiter) {
    while (end > s && (end[-1] == '\n' || (gl_csv_is_blank(end[-1]) && end[-1] != delimiter)))
        end--;
    while (delimiter == ' ' && end > s && end[-1] == ' ') end--;
    return end;
}

/* Most lines of a file with quotes have none. libcsv ends rows at a carriage return, too. */
static bool is_plain(const char *s, const char *end) {
    size_t n = (size_t)(end - s);
    return !memchr(s, '"', n) && !memchr(s, '\r', n);
}

static bool scan_plain_line(const char *s, const char *end, int64_t line, char delimiter,
                            const gl_cells *to) {
    while (delimiter == ' ' && s < end && *s == ' ') s++;
    return scan_line(s, end, delimiter, to) && to->row(to->user, line);
}

/* libcsv is fed line by line, because it does not say where a row began, and a message of a
 * million-line file is worth nothing without its line. A row that is still open after the last line
 * end waits for a quote. */
static glia_status scan_quoted(struct csv_parser *parser, gl_csv_text text, gl_csv_rules *rules,
                               quoted *q, int64_t *open) {
    suspects suspect = suspects_of(rules);
    const char *s = text.s, *end = s + text.size, *next;
    *open = 0;
    for (int64_t line = text.line; s < end && !q->stopped; line++, s = next) {
        next = memchr(s, '\n', (size_t)(end - s));
        next = next ? next + 1 : end;
        if (!*open) {
            const char *stop = trim_line(s, next, rules->delimiter);
            if (stop == s || (suspect.begins[(unsigned char)*s] && is_no_row(rules, s, stop, line)))
                continue;
            if (is_plain(s, stop)) {
                q->stopped = !scan_plain_line(s, stop, line, rules->delimiter, q->to);
                continue;
            }
            q->row_line = line;
        }
        if (!feed(parser, s, (size_t)(next - s), q)) return GLIA_RESOURCE;
        if (next[-1] != '\n' && !q->ended && !feed(parser, "\n", 1, q)) return GLIA_RESOURCE;
        *open = q->ended ? 0 : q->row_line;
    }
    if (q->stopped) *open = 0;
    return GLIA_OK;
}

glia_status gl_csv_scan(glia_ctx *g, const char *path, gl_csv_text text, gl_csv_rules *rules,
                        const gl_cells *to, int64_t *open) {
    rules->empty = rules->comments = rules->headers = (gl_left_out){0};
    *open = 0;
    if (!text.quoted) {
        scan_plain(text, rules, to);
        return GLIA_OK;
    }
    struct csv_parser parser;
    /* An empty cell comes as NULL, which tells `a,,b` from `a,"",b`: with blanks as delimiters the
     * first is no cell, and the second is. */
    if (csv_init(&parser, CSV_APPEND_NULL | CSV_EMPTY_IS_NULL) != 0) {
        return gl_fail(g, GLIA_RESOURCE, "libcsv did not start");
    }
    csv_set_delim(&parser, (unsigned char)rules->delimiter);
    /* A cell without an end grows by this much at a time, not by 128 bytes: two minutes of copies
     * where memory cannot grow in place. */
    csv_set_blk_size(&parser, 1 << 16);
    quoted q = {.to = to, .skip_empty = rules->delimiter == ' '};
    glia_status status = scan_quoted(&parser, text, rules, &q, open);
    csv_free(&parser);
    if (status) return gl_trouble(g, "%.180s: out of memory in a quoted cell", path);
    return GLIA_OK;
}
