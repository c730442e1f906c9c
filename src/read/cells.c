/*
 * cells.c: columns of texts become numbers, dates, or stay what they are.
 *
 *     $1,240  $886  $0      numbers, with a note
 *     0.5  N/A  1.5         numbers, N/A missing, with a note
 *     2020-01-31            dates, as days
 *     01067  10115          texts: a leading zero marks a code
 *     0.5 ... 1.5 abc       many numbers and few texts: numbers, with a warning
 *     1  2  3  x            few different ones: texts, with a warning
 *
 * It is asked of the different texts of a column, and not of its cells: prices of a million rows
 * are some thousand texts.
 */
#include "../table/slips.h"
#include "cells.h"

#include <math.h>
#include <stdio.h>
#include <string.h>

/* As many different numbers are classes or grades, perhaps with texts among them; as fit_target.c
 * takes for classes. */
#define FEW_NUMBERS 20

/* ------------------------------------------------------------------------------- sorting out -- */

static gl_text_kind kind_of(gl_texts *x, const char *text, const char *missing) {
    gl_undressed u;
    double v;
    size_t n = strlen(text);
    if (gl_is_missing_number(text, n, missing)) return GL_TEXT_WORD;
    if (gl_parse_number(text, n, x->t->decimal, &v))
        return isnan(v) ? GL_TEXT_WORD : isinf(v) ? GL_TEXT_OTHER : GL_TEXT_NUMBER;
    if (!gl_undress(text, n, &u)) return GL_TEXT_OTHER;
    x->dressed = true;
    return GL_TEXT_NUMBER;
}

static glia_status sort_out(gl_texts *x, glia_table *t, gl_column *c, const char *missing) {
    *x = (gl_texts){.t = t, .c = c, .n = c->categories, .first = {-1, -1, -1}};
    x->kind = gl_alloc(t->g, x->n, sizeof *x->kind);
    x->value = gl_alloc(t->g, x->n, sizeof *x->value);
    if (!x->kind || !x->value) return GLIA_RESOURCE;
    for (int64_t k = 0; k < x->n; k++) {
        gl_text_kind kind = kind_of(x, c->category[k], missing);
        x->kind[k] = (uint8_t)kind;
        x->value[k] = NAN;
        if (!x->texts[kind]++) x->first[kind] = k;
    }
    return GLIA_OK;
}

static void close_texts(gl_texts *x) {
    gl_free(x->t->g, x->kind);
    gl_free(x->t->g, x->value);
}

int64_t gl_texts_line(const gl_texts *x, int64_t k, gl_text_kind kind) {
    for (int64_t i = 0; i < x->t->rows; i++) {
        int32_t code = x->c->code[i];
        if (code >= 0 && (k < 0 ? x->kind[code] == kind : code == k))
            return glia_table_line(x->t, i);
    }
    return 0;
}

void gl_texts_count(const gl_texts *x, int64_t cells[GL_TEXT_KINDS]) {
    memset(cells, 0, GL_TEXT_KINDS * sizeof *cells);
    for (int64_t i = 0; i < x->t->rows; i++)
        if (x->c->code[i] >= 0) cells[x->kind[x->c->code[i]]]++;
}

/* ------------------------------------------------------------------------------------- words -- */

/* Five columns are named. */
void gl_found_word(gl_words_found *w, const glia_table *t, const gl_column *c, const char *word,
                   int64_t cells, int64_t line) {
    w->text.g = t->g;
    if (w->columns++ >= 5) return;
    gl_add(&w->text, "%s'%s' in column '%s' (%lld cell%s, the first in %s %lld)",
           w->columns > 1 ? ", " : "", word, c->name, (long long)cells, gl_plural(cells),
           gl_row_word(t), (long long)line);
}

void gl_texts_words(const gl_texts *x, gl_words_found *words) {
    int64_t cells[GL_TEXT_KINDS];
    if (!x->texts[GL_TEXT_WORD]) return;
    gl_texts_count(x, cells);
    gl_found_word(words, x->t, x->c, x->c->category[x->first[GL_TEXT_WORD]], cells[GL_TEXT_WORD],
                  gl_texts_line(x, -1, GL_TEXT_WORD));
}

/* ------------------------------------------------------------------------------ becoming one -- */

/* For copies: the text, where the value by itself would be written in another way. A decimal comma
 * becomes a point, as the delimiter of the copy is a comma. */
static glia_status keep_spelling(gl_texts *x, bool comma) {
    gl_column *c = x->c;
    if (!c->spelt && !(c->spelt = gl_alloc(x->t->g, x->t->rows, sizeof *c->spelt)))
        return GLIA_RESOURCE;
    for (int64_t k = 0; comma && k < x->n; k++) {
        char *at = strchr(c->category[k], ',');
        if (at) *at = '.';
    }
    for (int64_t i = 0; i < x->t->rows; i++) {
        char value[40] = "";
        int32_t code = c->code[i];
        if (code < 0) continue;
        if (!isnan(x->value[code])) gl_print_number(x->value[code], value, sizeof value);
        if (strcmp(value, c->category[code]) != 0 || c->date) c->spelt[i] = c->category[code];
    }
    return GLIA_OK;
}

glia_status gl_texts_become(gl_texts *x, bool spelt, bool comma) {
    gl_column *c = x->c;
    double *number = gl_alloc(x->t->g, x->t->rows, sizeof *number);
    if (!number || (spelt && keep_spelling(x, comma))) {
        gl_free(x->t->g, number);
        return GLIA_RESOURCE;
    }
    for (int64_t i = 0; i < x->t->rows; i++)
        number[i] = c->code[i] < 0 ? NAN : x->value[c->code[i]];
    gl_free(x->t->g, c->code);
    gl_free(x->t->g, c->category);
    gl_free(x->t->g, c->slot);
    c->number = number;
    c->code = NULL, c->category = NULL, c->slot = NULL;
    c->categories = c->category_cap = c->slots = 0;
    c->type = GLIA_NUMBER;
    return GLIA_OK;
}

/* ----------------------------------------------------------------------------------- numbers -- */

/* Digits alone, and one begins with a 0 that says nothing as a number: post codes, shops, days of
 * a fixed width. Where more than half of the rows differ they are no categories: counters and
 * quantities of a fixed width stay numbers, if no two of them are one number. */
static const char *find_code(const gl_texts *x) {
    const char *code = NULL;
    for (int64_t k = 0; k < x->n; k++) {
        const char *text = x->c->category[k];
        if (x->kind[k] != GL_TEXT_NUMBER) continue;
        if (text[strspn(text, "0123456789")]) return NULL;
        if (*text != '0' || !text[1]) continue;
        const char *bare = text + strspn(text, "0");
        if (gl_column_find(x->c, bare, strlen(bare)) >= 0) return text; /* 01234 is not 1234 */
        if (!code) code = text;
    }
    return 2 * x->n <= x->t->rows ? code : NULL;
}

/* 1.10 and 1.1 where there are few different ones, each again and again: versions, chapters. 1.0
 * and 1 are one number, in files that were put together. NULL: no number has two spellings. */
static const char *find_twice(const gl_texts *x) {
    if (x->n > 2 * FEW_NUMBERS || 2 * x->n > x->t->rows) return NULL;
    for (int64_t k = 0; k < x->n; k++) {
        double v, other;
        const char *text = x->c->category[k];
        if (!gl_parse_number(text, strlen(text), x->t->decimal, &v) || v == floor(v)) continue;
        for (int64_t i = 0; i < x->n; i++) {
            const char *again = x->c->category[i];
            if (i != k && strlen(text) > strlen(again) &&
                gl_parse_number(again, strlen(again), x->t->decimal, &other) && other == v)
                return text;
        }
    }
    return NULL;
}

/* "4,684" beside "3.664": files that were put together, or a hand. */
static void tell_mixed(const gl_texts *x, const gl_number_reading *r) {
    char value[2][40], other[2][40];
    const char *text[2], *word = gl_row_word(x->t);
    int64_t line[2];
    for (int i = 0; i < 2; i++) {
        gl_undressed u;
        double v = 0, w = 0;
        char decimal = r->dress.decimal, group = decimal == '.' ? ',' : '.';
        text[i] = x->c->category[r->mixed[i]];
        line[i] = gl_texts_line(x, r->mixed[i], GL_TEXT_NUMBER);
        if (!gl_undress(text[i], strlen(text[i]), &u) ||
            !gl_body_value(u.body, decimal, group, &v) ||
            !gl_body_value(u.body, group, decimal, &w))
            return;
        gl_print_number(u.negative ? -v : v, value[i], sizeof *value);
        gl_print_number(u.negative ? -w : w, other[i], sizeof *other);
    }
    gl_warn(x->t->g,
            "%s, column '%s': '%s' in %s %lld and '%s' in %s %lld may each have a decimal sign "
            "or thousands; they are read as %s and %s, by option 'decimal' %c as %s and %s; write "
            "all in one way",
            x->t->source, x->c->name, text[0], word, (long long)line[0], text[1], word,
            (long long)line[1], value[0], value[1], r->dress.decimal == '.' ? ',' : '.', other[0],
            other[1]);
}

static void tell_against(const gl_texts *x, const gl_number_reading *r) {
    const char *text = x->c->category[r->example];
    double v;
    char value[40];
    if (!gl_dress_value(&r->dress, text, strlen(text), &v)) return;
    gl_note(x->t->g,
            "%s, column '%s': '%s' is read as %s, as its signs can be no others, whatever the "
            "options 'decimal' and 'thousands' say",
            x->t->source, x->c->name, text, gl_print_number(v, value, sizeof value));
}

/* Accountants have money: with a currency, thousands or cents. Elsewhere brackets may be a remark,
 * and are no sign. */
static bool are_accounts(const gl_texts *x, const gl_number_reading *r) {
    bool cents = false;
    for (int64_t k = 0; k < x->n; k++) {
        gl_undressed u;
        const char *text = x->c->category[k];
        if (x->kind[k] != GL_TEXT_NUMBER || !gl_undress(text, strlen(text), &u)) continue;
        const char *sign = strchr(u.body, r->dress.decimal);
        if (sign && strlen(sign) != 3) return false;
        cents |= sign != NULL;
    }
    return cents || r->dress.group || *r->dress.before || gl_is_currency(r->dress.after);
}

/* true: it was told. */
static bool tell_brackets(const gl_texts *x, const gl_number_reading *r, bool trained) {
    int64_t k = 0;
    char value[40];
    double v;
    while (k < x->n && (x->kind[k] != GL_TEXT_NUMBER || !strchr(x->c->category[k], '('))) k++;
    if (k == x->n || are_accounts(x, r)) return false;
    const char *text = x->c->category[k];
    if (trained || !gl_dress_value(&r->dress, text, strlen(text), &v)) return false;
    gl_warn(x->t->g,
            "%s, column '%s': '%s' in %s %lld is read as %s, as accountants write it, though "
            "nothing else looks like accounts (option 'missing' '%s' reads it as missing, option "
            "'category' '%s' all as texts)",
            x->t->source, x->c->name, text, gl_row_word(x->t),
            (long long)gl_texts_line(x, k, GL_TEXT_NUMBER), gl_print_number(v, value, sizeof value),
            text, x->c->name);
    return true;
}

/* "1,240 as 1240": what was done, and for whom it is wrong. */
static void tell_dress(const gl_texts *x, const gl_number_reading *r, const gl_cell_signs *s) {
    const char *text = x->c->category[r->example];
    double v, other;
    gl_undressed u;
    char value[40], instead[40], end[120] = "";
    if (!gl_dress_value(&r->dress, text, strlen(text), &v)) return;
    if (r->either && gl_undress(text, strlen(text), &u) &&
        gl_body_value(u.body, r->dress.decimal == ',' ? '.' : ',',
                      r->dress.group            ? 0
                      : r->dress.decimal == ',' ? ','
                                                : '.',
                      &other)) {
        snprintf(end, sizeof end, "; option 'decimal' %c reads %s",
                 r->dress.decimal == ',' ? '.' : ',',
                 gl_print_number(u.negative ? -other : other, instead, sizeof instead));
    }
    bool doubtful = r->either && !s->shown && s->delimiter != ',';
    const char *unit = strcmp(r->dress.after, GL_RANK_SUFFIX) ? r->dress.after : "";
    (doubtful ? gl_warn : gl_note)(x->t->g, "%s, column '%s': '%s' is read as %s%s%s%s",
                                   x->t->source, x->c->name, text,
                                   gl_print_number(v, value, sizeof value), *unit ? ", in " : "",
                                   unit, end);
}

static bool is_plain(const gl_texts *x, const gl_dress *d) {
    return d->decimal == x->t->decimal && !d->group && !*d->before && !*d->after;
}

static glia_status take_numbers(gl_texts *x, const gl_number_reading *r, const gl_cell_signs *s) {
    bool plain = is_plain(x, &r->dress);
    for (int64_t k = 0; k < x->n; k++) {
        const char *text = x->c->category[k];
        if (x->kind[k] == GL_TEXT_NUMBER &&
            !gl_dress_value(&r->dress, text, strlen(text), &x->value[k]))
            x->value[k] = NAN;
    }
    bool told = x->dressed && tell_brackets(x, r, s->trained);
    if (r->against) tell_against(x, r), told = true;
    if (r->mixed[0] >= 0) tell_mixed(x, r);
    else if (x->dressed && !told) tell_dress(x, r, s);
    else if (r->either && !told) gl_doubt_thousands(x, r, s);
    if (!plain) x->c->dress = r->dress;
    return gl_texts_become(x, s->spelt, r->dress.decimal == ',' && plain);
}

/* ----------------------------------------------------------------------- numbers with others -- */

/* Many different numbers, and texts that are few or few different ones: "abc", "<0.1", a second
 * header where files were put together. As texts each number would be a category of its own. */
static bool are_slips(const gl_texts *x, const int64_t cells[GL_TEXT_KINDS]) {
    int64_t numbers = cells[GL_TEXT_NUMBER], others = cells[GL_TEXT_OTHER];
    return x->texts[GL_TEXT_NUMBER] > FEW_NUMBERS && numbers >= others &&
           (x->texts[GL_TEXT_OTHER] <= 3 || 20 * others <= numbers);
}

/* "3+" among 0, 1 and 2 is a grade, and worth a note; what is rare among the numbers is a slip. */
static void tell_mixture(const gl_texts *x, const int64_t cells[GL_TEXT_KINDS], bool as_numbers,
                         bool trained) {
    char where[512];
    if (x->c->role == GL_AS_NUMBER) {
        snprintf(where, sizeof where, "%s, %s %lld", x->t->source, gl_row_word(x->t),
                 (long long)gl_texts_line(x, -1, GL_TEXT_OTHER));
        gl_table_note_no_numbers(x->t, x->c, cells[GL_TEXT_OTHER], where,
                                 x->c->category[x->first[GL_TEXT_OTHER]]);
        return;
    }
    const char *text = x->c->category[x->first[GL_TEXT_OTHER]], *name = x->c->name;
    int64_t numbers = cells[GL_TEXT_NUMBER], others = cells[GL_TEXT_OTHER];
    bool rare = others <= 2 || 100 * others <= numbers;
    bool graded = x->texts[GL_TEXT_NUMBER] <= FEW_NUMBERS && !rare;
    char end[400];
    if (as_numbers && trained)
        snprintf(end, sizeof end, "these are missing, as training read numbers");
    else if (gl_is_summary(text))
        snprintf(end, sizeof end,
                 "%s: what summarises other rows is no row, leave it out of the file",
                 as_numbers ? "these are missing" : "the column is read as texts");
    else if (as_numbers)
        snprintf(end, sizeof end,
                 "these are missing (option 'missing' '%s' says so; option 'category' '%s' reads "
                 "all as texts)",
                 text, name);
    else
        snprintf(
            end, sizeof end,
            "the column is read as texts (option 'number' '%s' reads numbers, and the texts as "
            "missing)",
            name);
    (graded ? gl_note : gl_warn)(
        x->t->g, "%s, column '%s': %lld numbers and %lld text%s, the first '%.60s' in %s %lld; %s",
        x->t->source, name, (long long)numbers, (long long)others, gl_plural(others), text,
        gl_row_word(x->t), (long long)gl_texts_line(x, -1, GL_TEXT_OTHER), end);
}

typedef struct quarrel { /* of numbers with those that are written like one of them */
    int64_t like, other; /* texts: that one, the first that is not like it; -1: there is none */
    int64_t cells[2];    /* like it [1], and not [0] */
} quarrel;

static quarrel compare_with(const gl_texts *x, int64_t like) {
    quarrel q = {.like = like, .other = -1};
    for (int64_t i = 0; i < x->t->rows; i++) {
        int32_t k = x->c->code[i];
        if (k < 0 || x->kind[k] != GL_TEXT_NUMBER) continue;
        bool alike = gl_numbers_agree(x->c->category[like], x->c->category[k]);
        q.cells[alike]++;
        if (!alike && q.other < 0) q.other = k;
    }
    return q;
}

/* The first number that is written like none of these; -1. */
static int64_t find_other(const gl_texts *x, const int64_t *like, int count) {
    for (int64_t k = 0; k < x->n; k++) {
        bool alike = x->kind[k] != GL_TEXT_NUMBER;
        for (int i = 0; i < count && !alike; i++)
            alike = k == like[i] || gl_numbers_agree(x->c->category[like[i]], x->c->category[k]);
        if (!alike) return k;
    }
    return -1;
}

/* What most numbers are written like. */
static quarrel find_most(const gl_texts *x) {
    enum { KINDS_TRIED = 8 };
    int64_t like[KINDS_TRIED], k = x->first[GL_TEXT_NUMBER];
    quarrel most = {.like = -1, .other = -1};
    for (int count = 0; k >= 0 && count < KINDS_TRIED; k = find_other(x, like, count)) {
        quarrel q = compare_with(x, k);
        like[count++] = k;
        if (most.like < 0 || q.cells[1] > most.cells[1]) most = q;
        if (most.cells[1] >= most.cells[0]) break;
    }
    return most;
}

/* Somebody said that they are numbers: those that are not written like most of them are none. */
static void keep_most(gl_texts *x) {
    quarrel q = find_most(x);
    x->dressed = false;
    for (int64_t k = 0; k < x->n; k++) {
        double v;
        const char *text = x->c->category[k];
        if (x->kind[k] != GL_TEXT_NUMBER) continue;
        if (!gl_numbers_agree(x->c->category[q.like], text)) x->kind[k] = GL_TEXT_OTHER;
        else x->dressed |= !gl_parse_number(text, strlen(text), x->t->decimal, &v);
    }
    for (int kind = 0; kind < GL_TEXT_KINDS; kind++) x->texts[kind] = 0, x->first[kind] = -1;
    for (int64_t k = 0; k < x->n; k++)
        if (!x->texts[x->kind[k]]++) x->first[x->kind[k]] = k;
}

/* "7.1 b" beside "7.3", as statistical offices mark what is provisional or estimated. */
static bool are_flags(const gl_texts *x, const quarrel *q) {
    gl_undressed a, b;
    const char *one = x->c->category[q->like], *other = x->c->category[q->other];
    if (!gl_undress(one, strlen(one), &a) || !gl_undress(other, strlen(other), &b)) return false;
    const char *flag = *a.after ? a.after : b.after, *mark = *a.after ? one : other;
    bool bare = !*a.after || !*b.after;
    return bare && flag[0] >= 'a' && flag[0] <= 'z' && !flag[1] && strchr(mark, ' ');
}

/* "$5" and "€7", "5 km" and "3 mi", "6,5" and "6.5": no number is common to all. Few different ones
 * are categories ("1 year", "2 years"), and nothing is said, which false means. */
static bool tell_disagreement(const gl_texts *x) {
    if (x->n <= FEW_NUMBERS || !x->dressed) return false;
    quarrel q = find_most(x);
    if (q.other < 0) return false;
    if (!q.cells[1]) { /* 5'11", 10.0.0.1: each is none by itself */
        gl_tell_pairs(x);
        return true;
    }
    const char *word = gl_row_word(x->t);
    const char *flags = are_flags(x, &q) ? "; where the letters behind some are flags, sed -E "
                                           "'s/([0-9]) [a-z]+/\\1/g' takes them off"
                                         : "";
    gl_warn(x->t->g,
            "%s, column '%s': its numbers do not agree: %lld are written like '%s' in %s %lld, "
            "and %lld not, the first '%s' in %s %lld; it is read as texts until all are written "
            "alike and in one unit (option 'number' '%s' reads the others as missing)%s",
            x->t->source, x->c->name, (long long)q.cells[1], x->c->category[q.like], word,
            (long long)gl_texts_line(x, q.like, GL_TEXT_NUMBER), (long long)q.cells[0],
            x->c->category[q.other], word, (long long)gl_texts_line(x, q.other, GL_TEXT_NUMBER),
            x->c->name, flags);
    return true;
}

/* "####" and "****": a program had no room for the number. True: it was told. */
static bool tell_unshown(const gl_texts *x) {
    for (int64_t k = 0; k < x->n; k++) {
        const char *text = x->c->category[k];
        size_t n = strspn(text, "#"), stars = strspn(text, "*");
        bool sheet = n > 2 && !text[n];
        if (!sheet && (stars < 3 || text[stars])) continue;
        gl_warn(x->t->g,
                "%s, column '%s': '%.40s' in %s %lld stands for a number that had no room where it "
                "was shown, and is lost; %s (option 'missing' '%.40s' reads such cells as missing)",
                x->t->source, x->c->name, text, gl_row_word(x->t),
                (long long)gl_texts_line(x, k, GL_TEXT_OTHER),
                sheet ? "widen the column of the sheet and save it again"
                      : "write it with a wider format",
                text);
        return true;
    }
    return false;
}

static glia_status settle_mixture(gl_texts *x, const gl_number_reading *r, bool agree,
                                  const gl_cell_signs *s) {
    int64_t cells[GL_TEXT_KINDS];
    gl_texts_count(x, cells);
    int64_t numbers = cells[GL_TEXT_NUMBER], others = cells[GL_TEXT_OTHER];
    bool as_numbers = agree && (x->c->role == GL_AS_NUMBER || are_slips(x, cells));
    bool mostly = numbers >= 3 * others || x->texts[GL_TEXT_OTHER] <= 2;
    bool many = numbers >= 20 && numbers >= others && mostly;
    bool told = many && !agree && !s->trained && tell_disagreement(x);
    if (!told && (many || as_numbers)) tell_mixture(x, cells, as_numbers, s->trained);
    return as_numbers ? take_numbers(x, r, s) : GLIA_OK;
}

/* 1st, 2nd, 3rd: as many as classes are. */
static bool are_grades(const gl_texts *x, const gl_number_reading *r, const gl_cell_signs *s) {
    return !strcmp(r->dress.after, GL_RANK_SUFFIX) && x->n <= FEW_NUMBERS && !s->trained &&
           x->c->role != GL_AS_NUMBER;
}

/* ------------------------------------------------------------------------------- all columns -- */

bool gl_has_plain_fractions(const glia_table *t) {
    for (int j = 0; j < t->columns; j++) {
        const gl_column *c = &t->column[j];
        if (c->type != GLIA_NUMBER || c->date || !gl_has_numbers(c) || c->dress.decimal) continue;
        for (int64_t i = 0; i < t->rows; i++)
            if (!isnan(gl_number(c, i)) && gl_number(c, i) != floor(gl_number(c, i))) return true;
    }
    return false;
}

/* *later: it waits for what the other columns show. */
static glia_status settle_texts(gl_texts *x, gl_cell_signs *s, gl_words_found *words, bool last,
                                bool *later) {
    gl_number_reading r;
    glia_status status = GLIA_OK;
    bool agree = gl_find_dress(x, s, &r), numbers = x->texts[GL_TEXT_NUMBER] > 0;
    if (x->c->role == GL_AS_DATE) {
        gl_settle_dates(x, s, words, &status);
        return status;
    }
    if (!last && agree && r.either) return *later = true, GLIA_OK;
    if (agree && r.decimals) s->shown = r.dress.decimal;
    if ((!agree || x->texts[GL_TEXT_OTHER]) && gl_settle_dates(x, s, words, &status)) return status;
    if (x->texts[GL_TEXT_OTHER] && gl_settle_durations(x, s, words, &status)) return status;
    bool told = !s->trained && (tell_unshown(x) || gl_tell_half_dates(x));
    if (x->texts[GL_TEXT_OTHER] > FEW_NUMBERS && !s->trained && !told) gl_tell_pairs(x);
    if (!numbers) return GLIA_OK;
    if (!agree && x->c->role == GL_AS_NUMBER) keep_most(x), agree = gl_find_dress(x, s, &r);
    if (x->texts[GL_TEXT_OTHER]) return settle_mixture(x, &r, agree, s);
    bool guessed = x->c->role != GL_AS_NUMBER && !x->dressed;
    if (agree && are_grades(x, &r, s)) return GLIA_OK;
    const char *code = guessed ? find_code(x) : NULL, *twice = guessed ? find_twice(x) : NULL;
    if (twice && !code) {
        gl_note(
            x->t->g,
            "%s, column '%s': '%s' is spelt in another way, too, so its cells are texts (option "
            "'number' '%s' reads numbers)",
            x->t->source, x->c->name, twice, x->c->name);
        return GLIA_OK;
    }
    if (code)
        gl_note(x->t->g,
                "%s, column '%s': '%s' begins with a 0, so its cells are texts (option 'number' "
                "'%s' reads numbers)",
                x->t->source, x->c->name, code, x->c->name);
    if (!agree && !s->trained && x->c->role != GL_AS_NUMBER) tell_disagreement(x);
    if (code || !agree) return GLIA_OK;
    gl_texts_words(x, words);
    return take_numbers(x, &r, s);
}

static glia_status settle(glia_table *t, gl_column *c, gl_cell_signs *s, gl_words_found *words,
                          bool last, bool *later) {
    gl_texts x;
    glia_status status = sort_out(&x, t, c, s->missing);
    if (!status) status = settle_texts(&x, s, words, last, later);
    close_texts(&x);
    return status;
}

static bool is_open(const gl_column *c) {
    return c->type == GLIA_CATEGORY && c->categories && c->role != GL_AS_CATEGORY &&
           c->role != GL_AS_TEXT;
}

/* What could be read in two ways waits until the others are known. */
glia_status gl_cells_settle(glia_table *t, gl_cell_signs s, gl_words_found *words) {
    glia_status status = GLIA_OK;
    bool later = false;
    if (s.decimal || t->decimal == ',') s.shown = t->decimal;
    for (int j = 0; j < t->columns && !status; j++)
        if (t->column[j].role == GL_AS_DATE && t->column[j].type == GLIA_NUMBER)
            status = gl_settle_number_dates(t, &t->column[j], s.spelt);
    for (int j = 0; j < t->columns && !status; j++)
        if (is_open(&t->column[j])) status = settle(t, &t->column[j], &s, words, false, &later);
    if (!later || status) return status;
    if (!s.shown && gl_has_plain_fractions(t)) s.shown = t->decimal;
    for (int j = 0; j < t->columns && !status; j++)
        if (is_open(&t->column[j])) status = settle(t, &t->column[j], &s, words, true, &later);
    return status;
}
