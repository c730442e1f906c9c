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
} look;

/* What was asked for leaves fewer readings. */
static look begin_look(const gl_texts *x, const gl_cell_signs *s) {
    look l = {0};
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

static bool look_at(look *l, const gl_undressed *u) {
    double v;
    bool any = false;
    l->comma |= strchr(u->body, ',') != NULL;
    l->point |= strchr(u->body, '.') != NULL;
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
        if (!gl_undress(text, strlen(text), &u) || !look_at(l, &u)) return false;
        bare |= !*u.after && !is_zero(u.body);
        if (!agree(d->before, sizeof d->before, u.before, true)) return false;
        if (!agree(d->after, sizeof d->after, u.after, true)) return false;
        if (bare && *d->after && !gl_is_currency(d->after)) return false;
    }
    return !*d->before || !*d->after || !gl_is_currency(d->after);
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

bool gl_find_dress(const gl_texts *x, const gl_cell_signs *s, gl_number_reading *out) {
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
    return true;
}
