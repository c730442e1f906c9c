/*
 * quotes.c: quotes as some programs write them become those that scan.c knows, a quote
 * within quotes doubled:
 *
 *     "the \"big\" one"     "the ""big"" one"     R's write.table, MySQL
 *     'light blue'          "light blue"          Weka, SQL
 *     'it\'s', 'it''s'      "it's"
 */
#include "csv.h"

#include <string.h>

static const char separators[] = ",;\t|";

/* Is there a line end or a delimiter, or a blank, which may be one? */
static bool is_behind_cell(const char *s, const char *end) {
    return s >= end || *s == '\n' || *s == '\r' || *s == ' ' || strchr(separators, *s);
}

/* --------------------------------------------------------------------------------- backslash -- */

/* The line around s: an odd number of quotes, and an even one without those behind a backslash. */
static bool is_odd_with(const csv *c, const char *s) {
    const char *end = c->text + c->size;
    int all = 0, plain = 0;
    while (s > c->text && s[-1] != '\n') s--;
    for (; s < end && *s != '\n'; s++) {
        all += *s == '"';
        plain += *s == '"' && (s == c->text || s[-1] != '\\');
    }
    return (all & 1) && !(plain & 1);
}

/* `\"` in front of a letter: quotes that end there would have no delimiter behind them. Of "C:\",
 * and of \"" (JSON in a cell), which are right as they are, it is neither. */
static bool has_escaped_quotes(csv *c) {
    const char *end = c->text + c->size;
    if (!c->survey.all.backslash) return false;
    if (!gl_csv_need_all(c)) return false;
    end = c->text + c->size;
    for (const char *s = c->text; (s = memmem(s, (size_t)(end - s), "\\\"", 2)); s += 2) {
        const char *next = s + 2;
        if ((s > c->text && s[-1] == '\\') || next == end || *next == '"') continue;
        if (!is_behind_cell(next, end) || is_odd_with(c, s)) return true;
    }
    return false;
}

/* As many bytes before and after, so that it is done in place. */
static void double_escaped(csv *c) {
    char *end = c->text + c->size;
    bool quoted = false;
    for (char *s = c->text; s < end; s++) {
        if (*s == '\\' && quoted && s + 1 < end) {
            if (s[1] == '"') *s = '"';
            s += s[1] == '"' || s[1] == '\\';
        } else if (*s == '"') {
            quoted = !quoted;
        }
    }
}

/* ----------------------------------------------------------------------------- single quotes -- */

/* Behind the quote that closes the cell in single quotes at s, or NULL: nothing closes it in
 * its line. */
static const char *close_single(const char *s, const char *end) {
    for (s++; s < end && *s != '\n'; s++) {
        if (*s == '\\' && s + 1 < end) s++;
        else if (*s == '\'' && s + 1 < end && s[1] == '\'') s++;
        else if (*s == '\'') return is_behind_cell(s + 1, end) ? s + 1 : NULL;
    }
    return NULL;
}

static bool begins_cell(const csv *c, const char *s) {
    while (s > c->text && s[-1] == ' ') s--;
    return s == c->text || s[-1] == '\n' || strchr(separators, s[-1]);
}

/* In the first lines: every cell that begins with a single quote ends with one, and none begins
 * with a double one. */
static bool has_single_quotes(const csv *c) {
    int64_t found = 0;
    for (int i = 0; i < c->lines; i++) {
        for (const char *s = c->line[i].s; s < c->line[i].end; s++) {
            if (*s != '\'' && *s != '"') continue;
            if (!begins_cell(c, s)) continue;
            const char *behind = *s == '"' ? NULL : close_single(s, c->line[i].end);
            if (!behind) return false;
            s = behind - 1;
            found++;
        }
    }
    return found > 0;
}

/* s to end, quotes included. */
static void add_cell(gl_text *to, const char *s, const char *end) {
    gl_add_bytes(to, "\"", 1);
    for (s++, end--; s < end; s++) {
        bool escaped =
            (*s == '\\' && (s[1] == '\'' || s[1] == '\\')) || (*s == '\'' && s[1] == '\'');
        s += escaped && s + 1 < end;
        gl_add_bytes(to, s, 1);
        if (*s == '"') gl_add_bytes(to, s, 1);
    }
    gl_add_bytes(to, "\"", 1);
}

static glia_status double_single(csv *c) {
    gl_text text = {.g = c->g};
    const char *end = c->text + c->size, *done = c->text;
    for (const char *s = done; (s = memchr(s, '\'', (size_t)(end - s))); s++) {
        const char *behind = begins_cell(c, s) ? close_single(s, end) : NULL;
        if (!behind) continue;
        gl_add_bytes(&text, done, s - done);
        add_cell(&text, s, behind);
        done = behind;
        s = behind - 1;
    }
    gl_add_bytes(&text, done, end - done);
    if (!gl_text_end(&text)) return gl_free(c->g, text.s), GLIA_RESOURCE;
    gl_csv_replace(c, text.s, text.n);
    return GLIA_OK;
}

glia_status gl_csv_quotes(csv *c) {
    if (has_escaped_quotes(c)) {
        double_escaped(c);
        gl_csv_survey(c);
        gl_note(c->g, "%s: quotes within cells are written with a backslash", c->path);
    }
    gl_csv_look(c);
    if (!has_single_quotes(c)) return c->status;
    if (!gl_csv_need_all(c)) return c->status;
    gl_note(c->g, "%s: texts stand in single quotes, which are none of the text", c->path);
    return double_single(c);
}
