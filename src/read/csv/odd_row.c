/*
 * odd_row.c: what may have happened to a row of too few cells or too many, to stand behind the
 * message that refuses it. What is certain comes first.
 *
 *     1,2<CR>3,4          a line end of old Macs in a file that has others
 *     Paris, France,682   a text whose comma nobody put into quotes
 *     1,234,5             a number, likewise
 *     // replaced         a comment
 */
#include "build.h"

#include <stdio.h>
#include <string.h>
#include <strings.h>

typedef struct odd_row {
    const gl_csv_part *part;
    const char *s, *end; /* its line, without the line end */
    const char *above;   /* where the line before it begins; s: there is none in this part */
    char delimiter;
    int64_t line, columns, too_many; /* too_many: below 0, it has too few */
} odd_row;

/* Writes the doubt, or says that it has none. */
typedef bool doubt(const odd_row *r, char *text, size_t size);

/* ------------------------------------------------------------------------------- signs in it -- */

static bool doubt_conflict(const odd_row *r, char *text, size_t size) {
    static const char *const marks[] = {"<<<<<<<", "=======", ">>>>>>>"};
    for (int i = 0; i < 3; i++) {
        if (r->end - r->s < 7 || memcmp(r->s, marks[i], 7) != 0) continue;
        snprintf(text, size,
                 "; '%.7s' is of a conflict of Git: keep the rows of one side, and take the lines "
                 "<<<<<<<, ======= and >>>>>>> out",
                 r->s);
        return true;
    }
    return false;
}

static bool doubt_return(const odd_row *r, char *text, size_t size) {
    const char *cr = memchr(r->s, '\r', (size_t)(r->end - r->s));
    if (!cr || cr + 1 == r->end) return false;
    snprintf(text, size,
             "; a carriage return (CR) stands in this line, which ends a row where all lines end "
             "so; tr '\\r' '\\n' <FILE >table.csv makes all line ends alike");
    return true;
}

static bool doubt_quote(const odd_row *r, char *text, size_t size) {
    int quotes = 0;
    for (const char *s = r->s; s < r->end; s++) quotes += *s == '"';
    if (!(quotes & 1)) return false;
    snprintf(text, size, "; its quote (\") goes on in the next line; did anybody mean it?");
    return true;
}

/* What begins the comments of languages; '#' and '%' are known to lines.c. */
static bool doubt_comment(const odd_row *r, char *text, size_t size) {
    static const char *const marks[] = {"//", "--", ";", "!", "*", "%", "REM "};
    for (size_t i = 0; i < sizeof marks / sizeof *marks && r->too_many < 0; i++) {
        size_t n = strlen(marks[i]);
        if (*marks[i] == r->delimiter || (size_t)(r->end - r->s) < n) continue;
        if (strncasecmp(r->s, marks[i], n) != 0) continue;
        snprintf(text, size, "; is it a comment? Option 'comment' '%.*s' leaves such lines out",
                 (int)strcspn(marks[i], " "), marks[i]);
        return true;
    }
    return false;
}

/* ------------------------------------------------------------------ one cell that became two -- */

/* The cells around the sign at s, as one text. */
static void say_one_text(const odd_row *r, const char *s, const char *mend, char *text,
                         size_t size) {
    const char *begin = s, *end = s + 1;
    while (begin > r->s && begin[-1] != r->delimiter) begin--;
    while (end < r->end && *end != r->delimiter && *end != '\r') end++;
    int n = (int)(end - begin < 40 ? end - begin : 40);
    while (n > 0 && begin + n < end && (begin[n] & 0xC0) == 0x80) n--;
    snprintf(text, size, "; is '%.*s' one text? Write it in quotes%s", n, begin, mend);
}

/* "Smith\, J.": no reader knows what stands before the comma. */
static bool doubt_backslash(const odd_row *r, char *text, size_t size) {
    int64_t count = 0;
    const char *first = NULL;
    for (const char *s = r->s; s + 1 < r->end; s++) {
        if (s[0] != '\\' || s[1] != r->delimiter) continue;
        if (!count++) first = s + 1;
    }
    if (r->too_many < 1 || count != r->too_many) return false;
    say_one_text(r, first, ", without the backslash", text, size);
    return true;
}

/* "Paris, France": a blank behind as many commas as are too many, and behind no others. */
static bool doubt_blank(const odd_row *r, char *text, size_t size) {
    int64_t count = 0;
    const char *first = NULL;
    for (const char *s = r->s; s + 2 < r->end; s++) {
        if (s[0] != r->delimiter || s[1] != ' ' || s[2] == ' ') continue;
        if (!count++) first = s;
    }
    bool some = count == r->too_many && count + 1 < r->columns + r->too_many;
    if (r->delimiter == ' ' || r->too_many < 1 || !some) return false;
    say_one_text(r, first, "", text, size);
    return true;
}

static bool doubt_thousands(const odd_row *r, char *text, size_t size) {
    char example[GL_CSV_EXAMPLE];
    if (r->delimiter != ',' || r->too_many < 1) return false;
    if (gl_csv_split_numbers(r->s, r->end, example) < r->too_many) return false;
    snprintf(text, size, "; is '%s' one number? Write it in quotes or without its comma", example);
    return true;
}

static const char *behind_digits(const char *s, const char *end) {
    while (s < end && *s >= '0' && *s <= '9') s++;
    return s;
}

/* "-3,45" at s, up to the end of a cell: where it ends; NULL: it is something else. */
static const char *behind_decimal(const char *s, const char *end) {
    const char *whole = s + (s < end && *s == '-'), *comma = behind_digits(whole, end);
    if (comma == whole || comma == end || *comma != ',') return NULL;
    const char *behind = behind_digits(comma + 1, end);
    bool ends = behind == end || *behind == ',' || *behind == '\r';
    return behind > comma + 1 && ends ? behind : NULL;
}

/* How many pairs of cells may be one number with a decimal comma; which, two of them at most:
 * "'4,25' or '25,7'", where not all of them are too many. */
static int64_t decimal_commas(const char *s, const char *end, int64_t too_many,
                              char example[3 * GL_CSV_EXAMPLE]) {
    int64_t pairs = 0;
    size_t used = 0;
    for (const char *next, *behind; s < end; s = next ? next + 1 : end) {
        next = memchr(s, ',', (size_t)(end - s));
        behind = behind_decimal(s, end);
        if (!behind) continue;
        if (pairs++ < 2 && (pairs == 1 || too_many == 1))
            used += (size_t)snprintf(example + used, 3 * GL_CSV_EXAMPLE - used, "%s'%.*s'",
                                     pairs > 1 ? " or " : "",
                                     (int)(behind - s < GL_CSV_EXAMPLE ? behind - s : 20), s);
    }
    return pairs;
}

static bool doubt_decimals(const odd_row *r, char *text, size_t size) {
    char pairs[3 * GL_CSV_EXAMPLE];
    if (r->delimiter != ',' || r->too_many < 1) return false;
    if (decimal_commas(r->s, r->end, r->too_many, pairs) < r->too_many) return false;
    snprintf(text, size,
             "; is %s one number? Write a point in it, or ';' between all cells of the file",
             pairs);
    return true;
}

/* --------------------------------------------------------------------------- the whole of it -- */

/* What separates as many cells as there should be. */
static bool doubt_delimiter(const odd_row *r, char *text, size_t size) {
    for (const char *d = ";\t,|"; *d && r->columns > 1; d++) {
        if (*d == r->delimiter || gl_csv_count(r->s, r->end, *d) != r->columns) continue;
        snprintf(text, size, "; '%s' separates the cells of this line; write them like the others",
                 *d == '\t' ? "\\t" : (char[]){*d, 0});
        return true;
    }
    return false;
}

/* "1,2.5,flat" */
static bool doubt_whole_quotes(const odd_row *r, char *text, size_t size) {
    const char *end = r->end;
    while (end > r->s && (end[-1] == '\r' || end[-1] == ' ')) end--;
    if (end - r->s < 2 || *r->s != '"' || end[-1] != '"' || r->columns < 2) return false;
    if (gl_csv_count(r->s + 1, end - 1, r->delimiter) != r->columns) return false;
    snprintf(text, size, "; the line as a whole is in quotes; take them off");
    return true;
}

/* Lines from here on that have as many cells as this one, up to the first that has not. */
static int64_t count_alike(const odd_row *r, bool *all) {
    enum { LOOKED_AT = 100 };
    int64_t lines = 0;
    const char *s = r->s, *last = r->part->text.s + r->part->text.size;
    while (s < last && lines < LOOKED_AT) {
        const char *end = memchr(s, '\n', (size_t)(last - s));
        if (!end) end = last;
        bool alike = gl_csv_count(s, end, r->delimiter) == r->columns + r->too_many;
        if (!alike && end > s) return *all = false, lines;
        lines += alike;
        s = end + 1;
    }
    return *all = true, lines;
}

/* A few lines of another length above all of the others: what a program writes about its table. */
static bool doubt_titles(const odd_row *r, char *text, size_t size) {
    enum { MOST_TITLES = 10 };
    bool all;
    int64_t alike = count_alike(r, &all), above = r->line - r->part->first_row;
    bool titles = r->part->header && above > 1 && above <= MOST_TITLES && 3 * above <= alike;
    if (!titles || !all) return false;
    snprintf(text, size,
             "; all lines from here on have %lld: option 'skip' %lld leaves out what stands above "
             "them",
             (long long)(r->columns + r->too_many), (long long)r->line - 1);
    return true;
}

static bool doubt_name(const odd_row *r, char *text, size_t size) {
    bool below_names = r->part->header && r->line == r->part->first_row + 1;
    if (r->too_many < 1 || !below_names) return false;
    snprintf(text, size, "; is a name missing in line %lld?", (long long)r->part->first_row);
    return true;
}

static bool doubt_end(const odd_row *r, char *text, size_t size) {
    if (r->too_many >= 0 || r->end < r->part->text.s + r->part->text.size) return false;
    snprintf(text, size, "; the text ends in this line: is the file complete?");
    return true;
}

static bool doubt_joint(const odd_row *r, char *text, size_t size) {
    if (r->above == r->s) return false;
    for (const char *s = r->above; s < r->s; s++)
        if (!gl_csv_is_blank(*s) && *s != '\r' && *s != '\n') return false;
    snprintf(text, size, "; does another table begin here, behind the blank line?");
    return true;
}

char *gl_csv_doubt_row(const gl_csv_part *part, char delimiter, int64_t cells, int64_t line,
                       char *text, size_t size) {
    static doubt *const doubts[] = {doubt_conflict,     doubt_return,    doubt_quote,
                                    doubt_comment,      doubt_backslash, doubt_blank,
                                    doubt_thousands,    doubt_decimals,  doubt_delimiter,
                                    doubt_whole_quotes, doubt_titles,    doubt_name,
                                    doubt_end,          doubt_joint};
    const char *s = part->text.s, *end = s + part->text.size, *above = s, *stop;
    for (int64_t n = part->text.line; n < line && (stop = memchr(s, '\n', (size_t)(end - s))); n++)
        above = s, s = stop + 1;
    stop = memchr(s, '\n', (size_t)(end - s));
    odd_row r = {part,      s,    stop ? stop : end,    above,
                 delimiter, line, part->table->columns, cells - part->table->columns};
    *text = 0;
    for (size_t i = 0; i < sizeof doubts / sizeof *doubts; i++)
        if (doubts[i](&r, text, size)) break;
    return text;
}
