/*
 * header.c: does the first row name the columns?
 *
 *     age,sex       a text above numbers: a header     5.1,setosa     a number, and a text that
 *     22,male                                          4.9,setosa     comes again: data
 *
 *     yes,red       "yes" comes again: data            answer,colour    neither comes again:
 *     no,blue                                          yes,red          a header
 *     yes,red                                          no,blue
 *
 *     2019,2020,churn    one text that no row has, above texts that come again and again, and
 *     324,139,no         numbers beside it that ascend: names, whatever they are
 *     338,193,no
 *
 *     ,0,1,2        column numbers, as programs write them for a table without names
 *     0,5.5,3,1
 *
 *     country,2019,2020      years, and texts beside them that do not come again
 *     Peru,1.2,3.4
 *
 * Being wrong costs a row in the one case, and in the other a column that is read as text, for its
 * name is one; where it can be doubted, a warning names the options 'header' and 'no-header'.
 */
#include "csv.h"

#include <string.h>

/* Of so many, none is compared with itself row by row. */
#define MANY_COLUMNS 10000

typedef struct evidence { /* of row 0, by columns */
    int64_t texts, numbers, empty;
    int64_t above;     /* texts above numbers */
    int64_t recurring; /* texts that no row has, above a few that come again */
    int64_t again;     /* texts that come again below */
    int64_t common;    /* columns of them */
    int64_t copies;    /* texts that come again in copies of the row alone */
    bool ascending;    /* the numbers, of two or more */
    bool counting;     /* 0 1 2 ... or 1 2 3 ... over all columns, or all but an empty first */
} evidence;

static bool is_missing(const csv *c, const char *text) {
    return gl_is_missing(text, strlen(text), c->options->missing);
}

/* What people write for "nothing", and so no name. */
static bool is_no_name(const csv *c, const char *text) {
    static const char *const words[] = {"-",   "--",   ".",    "N/A",     "n/a", "#N/A",
                                        "\\N", "none", "None", "unknown", "nil"};
    for (size_t i = 0; i < sizeof words / sizeof *words; i++)
        if (!strcmp(text, words[i])) return true;
    return is_missing(c, text);
}

static double number_of(const csv *c, const char *text) {
    double v = 0;
    gl_parse_number(text, strlen(text), c->decimal, &v);
    return v;
}

/* Numbers of a row that ascend; whole: that count from 0 or 1 over the columns from `first` on. */
static bool ascends(const csv *c, const sample *s, int64_t row, bool counting) {
    int64_t seen = 0, first = counting && !*sample_cell(s, row, 0);
    double last = 0;
    for (int64_t j = first; j < s->columns; j++) {
        const char *text = sample_cell(s, row, j);
        if (!gl_csv_is_number(text, c->decimal)) {
            if (counting) return false;
            continue;
        }
        double v = number_of(c, text);
        bool good = seen ? (counting ? v == last + 1 : v > last) : !counting || v == 0 || v == 1;
        if (!good) return false;
        last = v;
        seen++;
    }
    return seen > 1 || (counting && first && seen);
}

static bool is_above_few(const csv *c, const sample *s, int64_t column) {
    int64_t different = 0, there = 0;
    for (int64_t i = 1; i < s->rows; i++) {
        const char *text = sample_cell(s, i, column);
        bool before = false;
        if (is_missing(c, text)) continue;
        for (int64_t k = 1; k < i && !before; k++)
            before = !strcmp(text, sample_cell(s, k, column));
        different += !before;
        there++;
    }
    return there > 3 && 2 * different <= there;
}

/* Row 0 once more, as in files that were put together. */
static bool is_row_0(const sample *s, int64_t row) {
    for (int64_t j = 0; j < s->columns; j++)
        if (strcmp(sample_cell(s, 0, j), sample_cell(s, row, j)) != 0) return false;
    return true;
}

static void look_at_column(const csv *c, const sample *s, int64_t j, evidence *e) {
    const char *name = sample_cell(s, 0, j);
    bool number = gl_csv_is_number(name, c->decimal) && !is_missing(c, name);
    bool text = !number && !is_missing(c, name);
    int64_t below = 0, others = 0, again = 0, same = 0;
    for (int64_t i = 1; i < s->rows; i++) {
        const char *cell = sample_cell(s, i, j);
        bool equal = !strcmp(cell, name) && !is_missing(c, cell);
        if (equal && is_row_0(s, i)) {
            same++;
            continue;
        }
        again += equal;
        if (is_no_name(c, cell)) continue;
        gl_csv_is_number(cell, c->decimal) ? below++ : others++;
    }
    e->texts += text;
    e->numbers += number;
    e->empty += !*name;
    bool above = text && !again && below > others && !is_no_name(c, name);
    e->above += above;
    if (text && !above) e->again += again, e->copies += same, e->common += again > 0;
    if (!text || above || again || same || is_no_name(c, name)) return;
    if (s->columns < MANY_COLUMNS && others > below) e->recurring += is_above_few(c, s, j);
}

static bool has_whole_numbers(const sample *s, int64_t column) {
    for (int64_t i = 1; i < s->rows; i++) {
        int64_t v;
        if (gl_parse_int(sample_cell(s, i, column), &v)) return true;
    }
    return false;
}

/* Over columns of fractions it is no data; nor where an empty cell begins it or, in three columns
 * or more, the rows below do not count on. */
static int judge_counting(const csv *c, const sample *s, const evidence *e) {
    int64_t fractions = 0;
    for (int64_t j = 0; j < s->columns; j++) fractions += !has_whole_numbers(s, j);
    if (s->rows > 2 && 2 * fractions >= s->columns && !e->empty) return 3;
    if (e->empty) return 2;
    if (s->columns < 3 || s->rows < 3) return 0;
    bool on = false;
    for (int64_t i = 1; i < s->rows && !on; i++) {
        double v = number_of(c, sample_cell(s, i, 0));
        on = true;
        for (int64_t j = 1; j < s->columns && on; j++)
            on = number_of(c, sample_cell(s, i, j)) == v + (double)j;
    }
    return on ? 0 : 2;
}

/* -------------------------------------------------------------------------- numbers as names -- */

typedef struct counted { /* the numbers of a row */
    int64_t numbers, whole, years;
    bool steps; /* whole ones, each as much more than the one before */
} counted;

static counted count_numbers(const csv *c, const sample *s, int64_t row) {
    counted k = {.steps = true};
    double last = 0, step = 0;
    for (int64_t j = 0; j < s->columns; j++) {
        const char *text = sample_cell(s, row, j);
        int64_t v;
        if (!gl_csv_is_number(text, c->decimal)) continue;
        double x = number_of(c, text);
        bool whole = gl_parse_int(text, &v);
        if (k.numbers == 1) step = x - last;
        k.steps &= whole && (k.numbers < 1 || (x > last && x - last == step));
        k.whole += whole;
        k.years += whole && v >= 1900 && v <= 2100;
        k.numbers++;
        last = x;
    }
    return k;
}

/* Columns of row 0's numbers in which nine of ten numbers are fractions. */
static int64_t count_above_fractions(const csv *c, const sample *s) {
    int64_t columns = 0;
    for (int64_t j = 0; j < s->columns; j++) {
        int64_t v, numbers = 0, whole = 0;
        if (!gl_csv_is_number(sample_cell(s, 0, j), c->decimal)) continue;
        for (int64_t i = 1; i < s->rows; i++) {
            const char *text = sample_cell(s, i, j);
            if (!gl_csv_is_number(text, c->decimal)) continue;
            numbers++, whole += gl_parse_int(text, &v);
        }
        columns += numbers > 1 && 10 * whole <= numbers;
    }
    return columns;
}

/* Whole numbers that ascend: years, of which no row below consists; numbers above fractions alone;
 * four or more in even steps, or five or more, where no row below is so. */
static int judge_numbers(const csv *c, const sample *s, const evidence *e) {
    counted k = count_numbers(c, s, 0);
    if (!e->ascending || e->again || k.whole < k.numbers || s->rows < 3) return 0;
    bool years = k.years == k.numbers && k.steps, even = k.numbers > 3 && k.steps,
         ascend = k.numbers > 4;
    for (int64_t i = 1; i < s->rows; i++) {
        counted below = count_numbers(c, s, i);
        years &= below.years < below.numbers || below.numbers < 2;
        even &= !below.steps || below.numbers < 2;
        ascend &= !ascends(c, s, i, false);
    }
    if (years && (k.numbers > 2 || e->texts || e->empty)) return 1;
    if (s->rows < 4 || k.numbers < 3) return 0;
    return even || ascend || count_above_fractions(c, s) == k.numbers;
}

/* -------------------------------------------------------------------------- texts that recur -- */

static bool are_equal_rows(const sample *s, int64_t a, int64_t b) {
    for (int64_t j = 0; j < s->columns; j++)
        if (strcmp(sample_cell(s, a, j), sample_cell(s, b, j)) != 0) return false;
    return true;
}

/* The row comes again as a whole and no cell of it anywhere else, in three columns or more, while
 * hardly any other row comes again: files that were put together. */
static bool is_copied_header(const sample *s, const evidence *e) {
    int64_t others = 0, twice = 0;
    if (!e->copies || e->again || s->columns < 3) return false;
    for (int64_t i = 1; i < s->rows; i++) {
        if (is_row_0(s, i)) continue;
        bool again = false;
        for (int64_t k = 1; k < i && !again; k++) again = are_equal_rows(s, i, k);
        others++, twice += again;
    }
    return others > 3 && 4 * twice <= others;
}

/* Texts alone: "survived" is a name and a value, where no row has the other names. */
static int judge_texts(const sample *s, const evidence *e) {
    if (!e->again && !e->copies) return 3;
    if (e->again) return e->recurring > 1 && e->recurring >= 2 * e->common ? 1 : 0;
    return is_copied_header(s, e) ? 1 : 0;
}

/* A text above numbers, or above a few texts that come again, beside numbers that do not ascend:
 * one of them alone is a name rather than a number where it is whole. */
static int doubt(const sample *s, const evidence *e) {
    int64_t v, whole = 0;
    for (int64_t j = 0; j < s->columns; j++) whole += gl_parse_int(sample_cell(s, 0, j), &v);
    if (e->again + e->copies) return -1;
    return e->above || (e->numbers == 1 && whole) ? 1 : -1;
}

int gl_csv_names(const csv *c, const sample *s) {
    evidence e = {.ascending = ascends(c, s, 0, false), .counting = ascends(c, s, 0, true)};
    for (int64_t j = 0; j < s->columns; j++) look_at_column(c, s, j, &e);
    /* One line alone: names without rows, which is then an error, or a row. */
    if (s->rows == 1) return e.texts > 0 && e.numbers == 0 ? 3 : 0;
    if (e.counting) return judge_counting(c, s, &e);
    if (!e.texts) return judge_numbers(c, s, &e);
    if (e.above > e.numbers) return 3;
    if (!e.numbers) return judge_texts(s, &e);
    if (!e.above && !e.recurring) return judge_numbers(c, s, &e);
    return e.ascending && !e.again && !e.copies ? 2 : doubt(s, &e);
}
