/*
 * cell_numbers.c: how the numbers of a column are dressed, from all of its different texts.
 *
 * A comma or a point can be the decimal sign or stand between thousands. Each of the readings below
 * is tried on every text, and one that fails on a single one is out:
 *
 *     1,021,357.9   886     point; comma between thousands      a comma twice is no decimal sign
 *     1.234,50      886     comma; point between thousands
 *     20,81  4,746          comma                               81 is no group of three
 *     1,240         886     comma, or comma between thousands: `either`
 *     1.234                 point, or point between thousands: `either`
 *
 * What is left open is decided by the other columns, and then by the file: where semicolons
 * separate cells, commas are decimal signs, since that is why Excel writes semicolons; elsewhere
 * they stand between thousands. A point is a decimal sign unless the others have a comma.
 */
#include "cells.h"

#include <math.h>
#include <stdio.h>
#include <string.h>

typedef struct signs {
    char decimal, group;
} signs;

static const signs readings[] = {{'.', 0},   {',', 0},    {'.', ','},  {',', '.'}, {'.', ' '},
                                 {',', ' '}, {'.', '\''}, {',', '\''}, {'.', '_'}};
enum { POINT, COMMA, POINT_COMMA, COMMA_POINT, READINGS = sizeof readings / sizeof *readings };

typedef struct look { /* at all bodies */
    bool fits[READINGS];
    bool comma, point;
    bool tells;       /* one has both signs, or a sign twice, or one that is none of thousands */
    int64_t first[2]; /* text with a comma, with a point; -1 */
} look;

/* What was asked for leaves fewer readings. */
static look begin_look(const gl_texts *x, const gl_cell_signs *s) {
    look l = {.first = {-1, -1}};
    for (int r = 0; r < READINGS; r++) {
        signs k = readings[r];
        bool wrong =
            (s->decimal && k.decimal != x->t->decimal) || (s->no_thousands && k.group) ||
            (s->thousands && (k.decimal == s->thousands || (k.group && k.group != s->thousands)));
        l.fits[r] = !wrong;
    }
    return l;
}

/* One text after another must have the same around its number. A bare 0 may stand for any unit, and
 * a bare number for money. */
static bool agree(char *known, size_t size, const char *found, bool bare_is_right) {
    if (!*found) return bare_is_right || !*known;
    if (*known) return !strcmp(known, found);
    size_t n = strlen(found);
    if (n >= size) return false;
    memcpy(known, found, n + 1);
    return true;
}

static bool look_at(look *l, const gl_undressed *u, int64_t k) {
    double v;
    bool any = false, comma = strchr(u->body, ','), point = strchr(u->body, '.');
    l->comma |= comma;
    l->point |= point;
    if (comma && l->first[0] < 0) l->first[0] = k;
    if (point && l->first[1] < 0) l->first[1] = k;
    if (comma || point)
        l->tells |= gl_body_value(u->body, '.', ',', &v) != gl_body_value(u->body, ',', '.', &v);
    for (int r = 0; r < READINGS; r++) {
        if (l->fits[r])
            l->fits[r] = gl_body_value(u->body, readings[r].decimal, readings[r].group, &v);
        any |= l->fits[r];
    }
    return any;
}

bool gl_shows_decimal(const char *text, char sign) {
    gl_undressed u;
    double v;
    char other = sign == '.' ? ',' : '.';
    if (!strchr(text, sign) || !gl_undress(text, strlen(text), &u)) return false;
    return gl_body_value(u.body, sign, other, &v) && !gl_body_value(u.body, other, sign, &v);
}

bool gl_may_be_thousands(const char *text, char sign) {
    gl_undressed u;
    double v;
    return strchr(text, sign) && gl_undress(text, strlen(text), &u) &&
           gl_body_value(u.body, sign == '.' ? ',' : '.', sign, &v);
}

bool gl_numbers_agree(const char *one, const char *other) {
    gl_undressed a, b;
    double v;
    if (!gl_undress(one, strlen(one), &a) || !gl_undress(other, strlen(other), &b)) return false;
    if (strcmp(a.before, b.before) != 0 || strcmp(a.after, b.after) != 0) return false;
    for (int r = 0; r < READINGS; r++)
        if (gl_body_value(a.body, readings[r].decimal, readings[r].group, &v) &&
            gl_body_value(b.body, readings[r].decimal, readings[r].group, &v))
            return true;
    return false;
}

static bool is_zero(const char *body) { return body[strspn(body, "0.,")] == 0; }

/* The unit of the first number that is not 0 must be that of all. */
static bool look_at_all(const gl_texts *x, look *l, gl_dress *d) {
    bool bare = false;
    for (int64_t k = 0; k < x->n; k++) {
        gl_undressed u;
        if (x->kind[k] != GL_TEXT_NUMBER) continue;
        const char *text = x->c->category[k];
        if (!gl_undress(text, strlen(text), &u) || !look_at(l, &u, k)) return false;
        bare |= !*u.after && !is_zero(u.body);
        if (!agree(d->before, sizeof d->before, u.before, true)) return false;
        if (!agree(d->after, sizeof d->after, u.after, true)) return false;
        if (bare && *d->after && !gl_is_currency(d->after)) return false;
    }
    return !*d->before || !*d->after || !gl_is_currency(d->after);
}

static bool is_bare(const char *text) {
    text += *text == '-' || *text == '+';
    return strlen(text) > 3 && !text[strspn(text, "0123456789")];
}

/* Most columns of a table of text are numbers by then, and are asked by csv/table.c. */
void gl_doubt_thousands(const gl_texts *x, const gl_number_reading *r, const gl_cell_signs *s) {
    bool semicolons = s->delimiter == ';' && r->dress.decimal == '.';
    int64_t with = -1, bare = -1, count = 0;
    for (int64_t k = 0; k < x->n; k++) {
        const char *text = x->c->category[k];
        if (x->kind[k] != GL_TEXT_NUMBER) continue;
        bool marked = strchr(text, r->dress.decimal);
        count += marked;
        if (marked && with < 0) with = k;
        if (is_bare(text) && bare < 0) bare = k;
    }
    if (s->decimal || s->thousands || count < GL_ENOUGH_THOUSANDS) return;
    if (bare >= 0 || semicolons)
        gl_tell_thousands(x->t, x->c, x->c->category[with], gl_texts_line(x, with, GL_TEXT_NUMBER),
                          bare < 0 ? NULL : x->c->category[bare],
                          bare < 0 ? 0 : gl_texts_line(x, bare, GL_TEXT_NUMBER));
}

void gl_tell_thousands(const glia_table *t, const gl_column *c, const char *with, int64_t line,
                       const char *bare, int64_t bare_line) {
    char beside[80] = "", value[40], other[40];
    bool comma = strchr(with, ',');
    double v = 0, w = 0;
    gl_undressed u;
    if (!gl_undress(with, strlen(with), &u) || !gl_body_value(u.body, comma ? ',' : '.', 0, &v) ||
        !gl_body_value(u.body, comma ? '.' : ',', comma ? ',' : '.', &w))
        return;
    if (bare)
        snprintf(beside, sizeof beside, ", beside '%.20s' in %s %lld,", bare, gl_row_word(t),
                 (long long)bare_line);
    gl_warn(t->g,
            "%s, column '%s': each %s has three digits behind it, as in '%s' in %s %lld%s and may "
            "stand between thousands; it is read as the decimal sign, %s and not %s (option "
            "'thousands' %c reads the other, option 'decimal' %c says so)",
            t->source, c->name, comma ? "comma" : "point", with, gl_row_word(t), (long long)line,
            beside, gl_print_number(u.negative ? -v : v, value, sizeof value),
            gl_print_number(u.negative ? -w : w, other, sizeof other), comma ? ',' : '.',
            comma ? ',' : '.');
}

static int first_fit(const look *l, char decimal) {
    for (int pass = 0; pass < 4; pass++)
        for (int r = 0; r < READINGS; r++)
            if (l->fits[r] && (readings[r].group != 0) == pass / 2 &&
                (readings[r].decimal == decimal) == !(pass % 2))
                return r;
    return -1;
}

static int choose(const gl_texts *x, const look *l, const gl_cell_signs *s, bool *either) {
    bool commas = l->comma && l->fits[COMMA] && l->fits[POINT_COMMA];
    bool points = l->point && l->fits[POINT] && l->fits[COMMA_POINT];
    *either = commas || points;
    if (points) return s->shown == ',' ? COMMA_POINT : POINT;
    if (commas) return s->shown == ',' || (!s->shown && s->delimiter == ';') ? COMMA : POINT_COMMA;
    return first_fit(l, x->t->decimal);
}

/* The first text that has a sign between thousands, or else anything that is no plain number. */
static int64_t find_example(const gl_texts *x, char group) {
    int64_t dressed = -1;
    for (int64_t k = 0; k < x->n; k++) {
        gl_undressed u;
        double v;
        const char *text = x->c->category[k];
        if (x->kind[k] != GL_TEXT_NUMBER || !gl_undress(text, strlen(text), &u)) continue;
        if (group && strchr(u.body, group)) return k;
        if (dressed < 0 && !gl_parse_number(text, strlen(text), x->t->decimal, &v)) dressed = k;
    }
    return dressed < 0 ? x->first[GL_TEXT_NUMBER] : dressed;
}

static bool find_dress(const gl_texts *x, const gl_cell_signs *s, gl_number_reading *out) {
    *out = (gl_number_reading){0};
    look l = begin_look(x, s);
    if (!x->texts[GL_TEXT_NUMBER] || !look_at_all(x, &l, &out->dress)) return false;
    int r = choose(x, &l, s, &out->either);
    if (r < 0) return false;
    out->dress.decimal = readings[r].decimal;
    out->dress.group = readings[r].group;
    bool marked = out->dress.decimal == ',' ? l.comma : l.point;
    out->decimals = marked && !out->either;
    out->example = find_example(x, out->dress.group);
    bool asked = s->decimal || s->thousands || s->no_thousands;
    bool mixed = l.comma && l.point && !l.tells && !asked;
    for (int i = 0; i < 2; i++) out->mixed[i] = mixed ? l.first[i] : -1;
    return true;
}

/* Signs that were asked for are meant for the columns that have them: one that has others, and
 * leaves no doubt of them, is no column of texts for that. */
bool gl_find_dress(const gl_texts *x, const gl_cell_signs *s, gl_number_reading *out) {
    if (find_dress(x, s, out)) return true;
    bool asked = s->decimal || s->thousands || s->no_thousands;
    gl_cell_signs free = *s;
    free.decimal = free.no_thousands = false, free.thousands = 0;
    out->against = asked && find_dress(x, &free, out) && !out->either && out->mixed[0] < 0;
    return out->against;
}
