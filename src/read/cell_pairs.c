/*
 * cell_pairs.c: two numbers in one cell, of which a network sees neither:
 *
 *     131-141   10 to 20   (10, 20]     ranges
 *     120/80    5 x 7    5'11"          two numbers
 *     41.3, 7.8     2.07 (0.44)         likewise
 *     48°51'24"N    5 ft 4 in           one number in several parts
 *     ~120   >5   80*                   a number and a sign
 *
 * Which of them counts, or their middle, or what the sign means, is not for a program to choose; so
 * it is told.
 */
#include "cells.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

typedef enum pair_kind { NO_PAIR, RANGE, TWO_NUMBERS, PARTS, SIGNED, KINDS } pair_kind;

/* A number without sign or thousands, and none that begins with a 0 as codes do. */
static const char *take_number(const char *s, double *value) {
    char *end;
    bool digit = *s >= '0' && *s <= '9', code = *s == '0' && s[1] >= '0' && s[1] <= '9';
    if (!digit || code) return NULL;
    size_t n = strspn(s, "0123456789.");
    char copy[32];
    if (n >= sizeof copy) return NULL;
    memcpy(copy, s, n);
    copy[n] = 0;
    *value = strtod(copy, &end);
    return *end ? NULL : s + n;
}

/* What stands between the two, and what they are by it. */
static const char *take_sign(const char *s, bool brackets, pair_kind *kind) {
    static const struct {
        const char *sign;
        pair_kind kind;
    } signs[] = {
        {"-", RANGE},        {"\u2013", RANGE},       {"\u2014", RANGE},  {"..", RANGE},
        {"to ", RANGE},      {"bis ", RANGE},         {"~", RANGE},       {"/", TWO_NUMBERS},
        {"x", TWO_NUMBERS},  {"\u00D7", TWO_NUMBERS}, {":", TWO_NUMBERS}, {"of ", TWO_NUMBERS},
        {";", TWO_NUMBERS},  {"'", TWO_NUMBERS},      {"+", TWO_NUMBERS}, {"\u00B1", TWO_NUMBERS},
        {", ", TWO_NUMBERS}, {"(", TWO_NUMBERS}};
    s += strspn(s, " ");
    if (brackets && (*s == ',' || *s == ';')) return *kind = RANGE, s + 1 + strspn(s + 1, " ");
    for (size_t i = 0; i < sizeof signs / sizeof *signs; i++) {
        size_t n = strlen(signs[i].sign);
        if (strncmp(s, signs[i].sign, n) != 0) continue;
        *kind = signs[i].kind;
        return s + n + strspn(s + n, " ");
    }
    return NULL;
}

static const char *skip_sign(const char *s) {
    static const char *const signs[] = {"~",      "<=",     ">=",     "<",      ">",    "=",
                                        "\u2248", "\u2264", "\u2265", "\u00B1", "ca. ", "ca ",
                                        "c. ",    "about ", "*",      "?",      "+",    "\u2020",
                                        "\u25B2", "\u25BC", "\u25B3", "\u25BD"};
    for (size_t i = 0; i < sizeof signs / sizeof *signs; i++) {
        size_t n = strlen(signs[i]);
        if (!strncmp(s, signs[i], n)) return s + n + strspn(s + n, " ");
    }
    return s;
}

/* 1,240 or 1,240.5 */
static const char *take_grouped(const char *s) {
    size_t n = strspn(s, "0123456789,.");
    gl_undressed u;
    double v;
    bool is = n && gl_undress(s, n, &u) && gl_body_value(u.body, '.', ',', &v);
    return is ? s + n : NULL;
}

/* "~120", "80*", "60+"; "'00120" is a number that Excel keeps as a text. */
static bool is_signed(const char *s) {
    double v;
    if (*s == '\'' && s[1] && !s[1 + strspn(s + 1, "0123456789.")]) return true;
    const char *number = skip_sign(s), *behind = take_number(number, &v);
    if (!behind && number > s) behind = take_grouped(number);
    if (!behind) return false;
    const char *end = skip_sign(behind + strspn(behind, " "));
    return !*end && (number > s || end > behind);
}

static bool is_digit(char c) { return c >= '0' && c <= '9'; }

/* Two numbers or three, a unit of few letters or signs behind each: 5 ft 4 in. */
static bool has_parts(const char *s) {
    enum { LONGEST_UNIT = 5 };
    int numbers = 0;
    while (is_digit(*s)) {
        s += strspn(s, "0123456789.");
        s += strspn(s, " ");
        size_t unit = 0;
        while (s[unit] && s[unit] != ' ' && !is_digit(s[unit])) unit++;
        if (!unit || unit > LONGEST_UNIT || strchr("-+/:,;(", *s)) return false;
        s += unit;
        s += strspn(s, " ");
        numbers++;
    }
    bool side = *s && strchr("NSEWO", *s) && !s[1]; /* of the world */
    return numbers >= 2 && numbers <= 3 && (!*s || side);
}

static bool are_small(double a, double b) { return a < 100 && b < 100; }

/* A unit may stand behind. */
static pair_kind pair_of(const char *s) {
    double low, high;
    pair_kind kind;
    bool brackets = *s == '[' || *s == '(';
    s = take_number(s + brackets, &low);
    if (s) s = take_sign(s, brackets, &kind);
    if (s) s = take_number(s, &high);
    if (!s) return NO_PAIR;
    if (brackets && (*s != ']' && *s != ')')) return NO_PAIR;
    if (strcspn(s, "0123456789") != strlen(s) || strlen(s) > 8) return NO_PAIR;
    if (kind == RANGE && low > high) return are_small(low, high) ? TWO_NUMBERS : NO_PAIR;
    return kind;
}

static pair_kind kind_of(const char *s) {
    if (is_signed(s)) return SIGNED;
    pair_kind pair = pair_of(s);
    return !pair && has_parts(s) ? PARTS : pair;
}

/* Telephone numbers look like ranges, of which half would go down. */
void gl_tell_pairs(const gl_texts *x) {
    static const struct {
        const char *are, *write;
    } words[KINDS] = {[RANGE] = {"ranges", "their ends, or the middle, in columns of their own"},
                      [TWO_NUMBERS] = {"two numbers each", "the two in columns of their own"},
                      [PARTS] = {"numbers in several parts", "one number of one unit"},
                      [SIGNED] = {"numbers with a sign", "the numbers alone"}};
    int64_t count[KINDS] = {0}, first = -1;
    for (int64_t k = 0; k < x->n; k++) {
        if (x->kind[k] == GL_TEXT_WORD) continue;
        pair_kind kind = kind_of(x->c->category[k]);
        count[kind]++;
        if (kind && first < 0) first = k;
    }
    int64_t pairs = count[RANGE] + count[TWO_NUMBERS] + count[PARTS] + count[SIGNED];
    if (!pairs || pairs < 9 * count[NO_PAIR]) return;
    pair_kind most = RANGE;
    for (int k = TWO_NUMBERS; k < KINDS; k++)
        if (count[k] > count[most]) most = (pair_kind)k;
    gl_warn(x->t->g,
            "%s, column '%s': its cells are %s, such as '%s' in %s %lld, and are read as texts, "
            "of which nothing is learned where most differ; write %s (option 'category' '%s' says "
            "that they are texts)",
            x->t->source, x->c->name, words[most].are, x->c->category[first], gl_row_word(x->t),
            (long long)gl_texts_line(x, first, GL_TEXT_OTHER), words[most].write, x->c->name);
}
