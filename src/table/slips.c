/*
 * slips.c: what a hand left in a table: one word in several spellings, a number that stands for a
 * missing cell, two columns of one name. None is an error of the file; each is learned as something
 * that it is not.
 *
 *     region   sold   temp
 *     North    yes      21     "North" and "north" are two categories
 *     north    Y      -999     yes and Y may be one answer; -999 is no temperature
 */
#include "slips.h"
#include "words.h"

#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

/* -------------------------------------------------------------------------------- spellings -- */

typedef struct spelling {
    const char *text;
    int64_t code;
} spelling;

/* Letters of Greek and Cyrillic that look like one of Latin, small or large. */
static uint32_t as_latin(uint32_t c) {
    static const struct {
        uint32_t other, latin;
    } alike[] = {{0x430, 'a'}, {0x435, 'e'}, {0x43E, 'o'}, {0x440, 'p'}, {0x441, 'c'}, {0x443, 'y'},
                 {0x445, 'x'}, {0x43A, 'k'}, {0x43C, 'm'}, {0x442, 't'}, {0x432, 'b'}, {0x43D, 'h'},
                 {0x456, 'i'}, {0x458, 'j'}, {0x455, 's'}, {0x3B1, 'a'}, {0x3B5, 'e'}, {0x3BF, 'o'},
                 {0x3C1, 'p'}, {0x3C7, 'x'}, {0x3BA, 'k'}, {0x3BC, 'm'}, {0x3C4, 't'}, {0x3B2, 'b'},
                 {0x3B9, 'i'}, {0x3B7, 'h'}, {0x3BD, 'n'}, {0x3B6, 'z'}, {0x3C5, 'y'}};
    for (size_t i = 0; c >= 0x3B1 && c <= 0x458 && i < sizeof alike / sizeof *alike; i++)
        if (alike[i].other == c) return alike[i].latin;
    return c;
}

static uint32_t next_letter(const char **s) {
    uint32_t c;
    while ((c = gl_plain_letter(s)) == ' ') continue;
    return c < 0x80 ? c : as_latin(c);
}

static bool has_other_script(const char *s) {
    for (uint32_t c; (c = gl_plain_letter(&s));)
        if (as_latin(c) != c) return true;
    return false;
}

/* As strcmp, but for case, blanks, accents and letters that look alike. */
static int compare_words(const char *a, const char *b) {
    for (;;) {
        uint32_t x = next_letter(&a), y = next_letter(&b);
        if (x != y || !x) return (x > y) - (x < y);
    }
}

static int by_word(const void *a, const void *b) {
    const spelling *p = a, *q = b;
    int order = compare_words(p->text, q->text);
    return order ? order : (p->code > q->code) - (p->code < q->code);
}

static int64_t end_of_word(const spelling *s, int64_t n, int64_t i) {
    int64_t end = i + 1;
    while (end < n && !compare_words(s[i].text, s[end].text)) end++;
    return end;
}

static void list_spellings(const glia_table *t, int column, const spelling *s, int64_t n,
                           char *line, size_t size) {
    enum { LISTED = 3 };
    int at = snprintf(line, size, "column '%.60s': ", t->column[column].name);
    for (int64_t k = 0; k < n && k < LISTED; k++) {
        int64_t rows;
        glia_table_category(t, column, s[k].code, &rows);
        at += snprintf(line + at, size - (size_t)at, "%s'%.20s' (%lld row%s)",
                       !k          ? ""
                       : k + 1 < n ? ", "
                                   : " and ",
                       s[k].text, (long long)rows, gl_plural(rows));
    }
    bool alike = has_other_script(s[0].text) != has_other_script(s[1].text);
    snprintf(line + at, size - (size_t)at,
             " differ in %s only and count as different; spell them alike if they mean the same",
             alike ? "letters that look alike (Latin, Cyrillic, Greek)"
                   : "case, blanks or accents");
}

/* ----------------------------------------------------------------------------------- answers -- */

/* What forms and programs write for two answers, in several languages. Those of one line go
 * together. */
enum { MEANINGS = 2, SPELLINGS = 24 };
static const struct {
    const char *means, *words[SPELLINGS];
} answers[][MEANINGS] = {
    {{"yes", {"yes", "y",    "true", "t",  "on", "1",   "1.0",  "ja", "j",  "oui", "si",
              "sim", "wahr", "vrai", "da", "да", "tak", "evet", "是", "对", "真",  "はい"}},
     {"no", {"no",  "n",   "false",  "f",    "off",   "0",  "0.0",   "nein",
             "non", "nao", "falsch", "faux", "falso", "ne", "нет",   "nie",
             "nee", "nej", "hayir",  "否",   "不是",  "假", "いいえ"}}},
    {{"male",
      {"male", "m", "man", "men", "boy", "mann", "mannlich", "homme", "hombre", "masculino", "男",
       "男性"}},
     {"female",
      {"female", "f", "w", "woman", "women", "girl", "frau", "weiblich", "femme", "mujer",
       "femenino", "女", "女性"}}},
};
enum { PAIRS = sizeof answers / sizeof *answers };

static int meaning_of(int pair, const char *text) {
    for (int m = 0; m < MEANINGS; m++)
        for (int k = 0; k < SPELLINGS && answers[pair][m].words[k]; k++)
            if (!compare_words(answers[pair][m].words[k], text)) return m;
    return -1;
}

/* More different texts are no answers. */
enum { MOST_ANSWERS = 40, LISTED_ANSWERS = 5 };

static int list_answers(const gl_column *c, const int *meaning, int m, char *line, size_t size) {
    int64_t count = 0, listed = 0;
    int at = 0;
    for (int64_t k = 0; k < c->categories; k++) count += meaning[k] == m;
    for (int64_t k = 0; k < c->categories && listed < LISTED_ANSWERS; k++) {
        if (meaning[k] != m) continue;
        bool last = ++listed == count && count > 1;
        at += snprintf(line + at, size - (size_t)at, "%s'%.12s'",
                       listed == 1 ? ""
                       : last      ? " and "
                                   : ", ",
                       c->category[k]);
    }
    if (count > listed)
        at += snprintf(line + at, size - (size_t)at, " and %lld more", (long long)(count - listed));
    return at;
}

/* "'yes', 'Y' and '1' may all mean yes" */
static void tell_answers(const gl_column *c, int pair, const int *meaning, const bool *several,
                         char *line, size_t size) {
    int at = snprintf(line, size, "column '%.30s': ", c->name);
    bool first = true;
    for (int m = 0; m < MEANINGS; m++) {
        if (!several[m]) continue;
        at += snprintf(line + at, size - (size_t)at, "%s", first ? "" : ", ");
        at += list_answers(c, meaning, m, line + at, size - (size_t)at);
        at += snprintf(line + at, size - (size_t)at, "%s %s", first ? " may all mean" : "",
                       answers[pair][m].means);
        first = false;
    }
    snprintf(line + at, size - (size_t)at,
             "; they count as %lld different texts: spell each in one way if they mean the same",
             (long long)c->categories);
}

/* Nearly all rows have an answer of the pair, and one of both comes in two words. */
static bool find_answers(const glia_table *t, const gl_column *c, char *line, size_t size) {
    int meaning[MOST_ANSWERS];
    if (c->categories < 3 || c->categories > MOST_ANSWERS) return false;
    for (int pair = 0; pair < PAIRS; pair++) {
        const char *word[MEANINGS] = {0};
        bool several[MEANINGS] = {0};
        int64_t rows = 0, others = 0;
        for (int64_t k = 0; k < c->categories; k++) {
            int m = meaning[k] = meaning_of(pair, c->category[k]);
            if (m < 0) continue;
            if (!word[m]) word[m] = c->category[k];
            several[m] |= compare_words(word[m], c->category[k]) != 0;
        }
        if (!several[0] && !several[1]) continue;
        for (int64_t i = 0; i < t->rows; i++) {
            rows += c->code[i] >= 0;
            others += c->code[i] >= 0 && meaning[c->code[i]] < 0;
        }
        if (10 * others > rows) continue;
        tell_answers(c, pair, meaning, several, line, size);
        return true;
    }
    return false;
}

/* Texts of which most rows have one of their own are names, and no categories. */
bool gl_find_spellings(const glia_table *t, int column, char *line, size_t size) {
    const gl_column *c = &t->column[column];
    if (c->type != GLIA_CATEGORY || 2 * c->categories > t->rows) return false;
    if (find_answers(t, c, line, size)) return true;
    spelling *s = gl_alloc(t->g, c->categories, sizeof *s);
    bool found = false;
    for (int64_t k = 0; s && k < c->categories; k++) s[k] = (spelling){c->category[k], k};
    if (s) qsort(s, (size_t)c->categories, sizeof *s, by_word);
    for (int64_t i = 0, end; s && !found && i < c->categories; i = end) {
        end = end_of_word(s, c->categories, i);
        found = end > i + 1;
        if (found) list_spellings(t, column, s + i, end - i, line, size);
    }
    gl_free(t->g, s);
    return found;
}

/* ------------------------------------------------------------------------------------- names -- */

/* Three pairs are told. Of more columns nobody wrote the names by hand. */
void gl_warn_of_names(const glia_table *t) {
    enum { TOLD = 3, MOST_NAMES = 100000 };
    if (t->arrays || t->sparse || t->unnamed || t->columns > MOST_NAMES) return;
    spelling *s = gl_alloc(t->g, t->columns, sizeof *s);
    for (int j = 0; s && j < t->columns; j++) s[j] = (spelling){t->column[j].name, j};
    if (s) qsort(s, (size_t)t->columns, sizeof *s, by_word);
    for (int i = 1, told = 0; s && i < t->columns && told < TOLD; i++) {
        if (compare_words(s[i - 1].text, s[i].text) != 0) continue;
        told++;
        gl_warn(t->g,
                "%s: columns '%.60s' and '%.60s' differ in case, blanks or accents only; both are "
                "read, as two columns (option 'ignore' '%.60s' leaves one out)",
                t->source, s[i - 1].text, s[i].text, s[i].text);
    }
    gl_free(t->g, s);
}

/* ------------------------------------------------------------------------------- filled once -- */

/* "Lake A", and nothing in the rows below that are of Lake A, too: for readers a sheet has a group's
 * name once. Only the first column, and those right of one like it, are so. */
static bool is_filled_once(const glia_table *t, const gl_column *c) {
    enum { LEAST_ROWS = 6, LEAST_NAMES = 2 };
    int64_t filled = 0;
    if (c->type != GLIA_CATEGORY || t->rows < LEAST_ROWS || c->code[0] < 0) return false;
    for (int64_t i = 0; i < t->rows; i++) filled += c->code[i] >= 0;
    return filled >= LEAST_NAMES && 2 * filled <= t->rows && 2 * c->categories > filled;
}

bool gl_find_filled_once(const glia_table *t, int column, char *line, size_t size) {
    for (int j = 0; j <= column; j++)
        if (!is_filled_once(t, &t->column[j])) return false;
    snprintf(
        line, size,
        "column '%.60s': the first row has a text, and most of those below have none; where an "
        "empty cell means the one above, fill it in",
        t->column[column].name);
    return true;
}

/* --------------------------------------------------------------------------------- outsiders -- */

/* The least or the largest number and how often it comes, and the nearest to it. */
typedef struct outsider {
    double value, next, far; /* far: the other end */
    int64_t times, numbers;
} outsider;

static void look(outsider *o, double x) {
    if (x < o->value) o->next = o->value, o->value = x, o->times = 0;
    else if (x > o->value && x < o->next) o->next = x;
    o->times += x == o->value;
    o->numbers++;
    if (x > o->far) o->far = x;
}

/* The largest is the least of the numbers with the other sign. */
static void find_ends(const gl_column *c, int64_t rows, outsider end[2]) {
    end[0] = end[1] = (outsider){.value = INFINITY, .next = INFINITY, .far = -INFINITY};
    for (int64_t i = 0; i < rows; i++) {
        double x = gl_number(c, i);
        if (!isfinite(x)) continue;
        look(&end[0], -x);
        look(&end[1], x);
    }
}

/* 99.99, 999.9: all digits are nines, three or more. */
static bool are_nines(double v) {
    char text[40];
    int nines = 0;
    gl_print_number(fabs(v), text, sizeof text);
    for (const char *s = text; *s; s++) {
        if (*s != '9' && *s != '.') return false;
        nines += *s == '9';
    }
    return nines > 2;
}

/* -1 among numbers that are all far above 0: ages, prices. */
static bool is_lone_minus_one(const outsider *o) {
    enum { FAR_ABOVE = 8 };
    return o->value == -1 && o->next >= FAR_ABOVE;
}

/* 1.70141e+38, 9.96921e+36, 1e+20: what programs fill with, beside numbers of another world. */
static bool is_huge(const outsider *o) {
    return fabs(o->value) >= 1e20 && fabs(o->value) >= 1e10 * fmax(fabs(o->next), fabs(o->far));
}

/* -999 among temperatures: a whole number further from all others than they are from each other,
 * which comes again and again, as no measurement so far out would. Fewer than 20 rows may have
 * anything, as in fit.h (GL_FEW_ROWS). */
static bool is_outside(const outsider *o, bool low) {
    bool often = o->times >= 3 && o->times * 200 >= o->numbers && o->times * 2 < o->numbers;
    bool alone = o->next < o->far && o->next - o->value > o->far - o->next;
    bool code = o->value == floor(o->value) || are_nines(o->value);
    if (o->numbers < 20) return false;
    if (is_huge(o)) return true;
    return often && code && (alone || (low && is_lone_minus_one(o)));
}

static char *print_value(const gl_column *c, double v, char *buf, size_t size) {
    return c->date ? gl_date_text(v, false, buf, size) : gl_print_number(v, buf, size);
}

/* 1700000000 and 1700000000000: seconds and milliseconds since 1970, of 2001 to 2065 both. */
static bool find_two_clocks(const glia_table *t, const gl_column *c, char *line, size_t size) {
    const double least = 1e9, most = 3e9;
    int64_t count[2] = {0}, first[2] = {0}; /* of seconds, of milliseconds */
    for (int64_t i = 0; i < t->rows; i++) {
        double v = gl_number(c, i);
        if (isnan(v)) continue;
        bool in_seconds = v >= least && v < most,
             in_milliseconds = v >= 1e3 * least && v < 1e3 * most;
        if (!in_seconds && !in_milliseconds) return false;
        if (!count[in_milliseconds]++) first[in_milliseconds] = i;
    }
    if (!count[0] || !count[1]) return false;
    snprintf(line, size,
             "column '%.60s': %lld numbers may be seconds since 1970, the first in %s %lld, and "
             "%lld milliseconds, the first in %s %lld; write all alike",
             c->name, (long long)count[0], gl_row_word(t), (long long)glia_table_line(t, first[0]),
             (long long)count[1], gl_row_word(t), (long long)glia_table_line(t, first[1]));
    return true;
}

/* 20240131: a number of which a network sees neither month nor weekday. */
static bool find_compact_dates(const glia_table *t, const gl_column *c, char *line, size_t size) {
    enum { FIRST = 19000101, LAST = 21001231, LEAST = 3 };
    int64_t numbers = 0;
    char text[40];
    for (int64_t i = 0; i < t->rows; i++) {
        double v = gl_number(c, i);
        if (isnan(v)) continue;
        if (v < FIRST || v > LAST || isnan(gl_date_of_number(v, GL_COMPACT))) return false;
        if (!numbers++) gl_print_number(v, text, sizeof text);
    }
    if (numbers < LEAST) return false;
    snprintf(
        line, size,
        "column '%.60s': its numbers may all be dates, written as %s is; option 'date' '%.60s' "
        "reads them so",
        c->name, text, c->name);
    return true;
}

bool gl_find_outsider(const glia_table *t, int column, char *line, size_t size) {
    const gl_column *c = &t->column[column];
    if (c->type != GLIA_NUMBER || !gl_has_numbers(c) || t->sparse) return false;
    if (find_two_clocks(t, c, line, size)) return true;
    if (!c->date && find_compact_dates(t, c, line, size)) return true;
    outsider end[2] = {{0}};
    find_ends(c, t->rows, end);
    for (int k = 0; k < 2; k++) {
        const outsider o = end[k];
        const double sign = k ? 1 : -1;
        char number[40], next[40];
        if (!is_outside(&o, k == 1)) continue;
        snprintf(
            line, size,
            "column '%.60s': %s comes %lld time%s, far from all other %s (the next is %s); if it "
            "stands for a missing cell, say option 'missing' %s",
            c->name, print_value(c, sign * o.value, number, sizeof number), (long long)o.times,
            gl_plural(o.times), c->date ? "dates" : "numbers",
            print_value(c, sign * o.next, next, sizeof next),
            c->date > GL_YMD ? "and its spelling" : number);
        return true;
    }
    return false;
}
