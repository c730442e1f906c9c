/*
 * duration.c: reads spans of time as people and programs write them.
 *
 *     3:10   1:02:03   -0:30.5   9:30 PM   2 days 03:04:05     minutes and seconds, with hours ...
 *     10:00:00 CET   10:00Z                                    times of day, as hours and minutes
 *     1h 05m 3s   5 min 30 s   PT1H5M                          each number with its unit
 *
 * 3:10 may be hours and minutes: then what is read are minutes, and all of a column are so. It is
 * not asked of other cells, since a later file may have one row.
 */
#include "duration.h"
#include "date.h"

#include <string.h>
#include <strings.h>

typedef struct cursor {
    const char *s, *end;
} cursor;

static bool is_digit(char c) { return c >= '0' && c <= '9'; }

static void skip_blanks(cursor *c) {
    while (c->s < c->end && (*c->s == ' ' || *c->s == '\t')) c->s++;
}

static bool take(cursor *c, char sign) {
    bool is = c->s < c->end && *c->s == sign;
    c->s += is;
    return is;
}

/* Up to nine digits; how many, 0: none or more. */
static int take_digits(cursor *c, double *value) {
    int n = 0;
    for (*value = 0; c->s < c->end && is_digit(*c->s) && n < 10; n++)
        *value = 10 * *value + (*c->s++ - '0');
    return n < 10 ? n : 0;
}

/* ".5", behind seconds or a number with a unit. */
static void take_fraction(cursor *c, double *value) {
    bool begins = c->end - c->s > 1 && (*c->s == '.' || *c->s == ',') && is_digit(c->s[1]);
    if (!begins) return;
    c->s++;
    for (double unit = 0.1; c->s < c->end && is_digit(*c->s); unit /= 10)
        *value += unit * (*c->s++ - '0');
}

/* ------------------------------------------------------------------------------------- units -- */

static double unit_of(const char *word, size_t n) {
    static const struct {
        const char *name;
        double seconds;
    } units[] = {{"ms", 0.001},    {"s", 1},         {"sec", 1},      {"secs", 1},
                 {"second", 1},    {"seconds", 1},   {"sek", 1},      {"m", 60},
                 {"min", 60},      {"mins", 60},     {"minute", 60},  {"minutes", 60},
                 {"minuten", 60},  {"h", 3600},      {"hr", 3600},    {"hrs", 3600},
                 {"hour", 3600},   {"hours", 3600},  {"std", 3600},   {"d", 86400},
                 {"day", 86400},   {"days", 86400},  {"tage", 86400}, {"w", 604800},
                 {"week", 604800}, {"weeks", 604800}};
    for (size_t i = 0; i < sizeof units / sizeof *units; i++)
        if (strlen(units[i].name) == n && !strncasecmp(units[i].name, word, n))
            return units[i].seconds;
    return 0;
}

/* "1h 05m 3s"; of ISO 8601 a T stands before the hours. */
static bool read_units(cursor c, gl_duration *out) {
    double last = 1e9;
    while (c.s < c.end) {
        double value;
        if (!take_digits(&c, &value)) return false;
        take_fraction(&c, &value);
        skip_blanks(&c);
        const char *word = c.s;
        while (c.s < c.end && ((*c.s | 32) >= 'a' && (*c.s | 32) <= 'z')) c.s++;
        size_t n = (size_t)(c.s - word);
        bool marked = n > 1 && word[n - 1] == 'T' && c.s < c.end; /* "P1DT2H" */
        double unit = unit_of(word, n - marked);
        if (!unit || unit >= last) return false;
        take(&c, '.');
        take(&c, ',');
        skip_blanks(&c);
        out->seconds += value * unit;
        out->units++;
        last = unit;
    }
    return out->units > 0;
}

static bool read_iso(cursor c, gl_duration *out) {
    c.s++;
    take(&c, 'T');
    return memchr(c.s, ' ', (size_t)(c.end - c.s)) ? false : read_units(c, out);
}

/* ------------------------------------------------------------------------------------ colons -- */

/* "2 days " in front of a time, as Python writes it. */
static bool take_days(cursor *c, double *seconds) {
    cursor at = *c;
    double days;
    *seconds = 0;
    if (!take_digits(&at, &days)) return true;
    skip_blanks(&at);
    const char *word = at.s;
    while (at.s < at.end && ((*at.s | 32) >= 'a' && (*at.s | 32) <= 'z')) at.s++;
    if (at.s == word) return true;
    if (unit_of(word, (size_t)(at.s - word)) != 86400) return false;
    take(&at, ',');
    skip_blanks(&at);
    *seconds = 86400 * days;
    *c = at;
    return true;
}

/* PM, p.m., p. m. */
static bool take_half(cursor *c, bool *after) {
    *after = take(c, 'p') || take(c, 'P');
    if (!*after && !take(c, 'a') && !take(c, 'A')) return false;
    if (take(c, '.')) skip_blanks(c);
    if (!take(c, 'm') && !take(c, 'M')) return false;
    take(c, '.');
    return c->s == c->end;
}

/* AM and PM make the numbers hours and minutes. */
static bool read_half(cursor *c, double hours, gl_duration *out) {
    bool after;
    if (c->s == c->end) return true;
    if (!take_half(c, &after) || hours < 1 || hours > 12) return false;
    if (out->colons == 1) out->seconds *= 60, out->colons = 2;
    out->seconds += hours == 12 ? (after ? 0 : -43200) : (after ? 43200 : 0);
    return true;
}

/* Hours and minutes have one; "10:00-12" are two times. */
static bool read_zone(cursor *c, gl_duration *out) {
    gl_date_parts zone;
    bool letter = c->s < c->end && *c->s >= 'A' && *c->s <= 'Z';
    if (c->s == c->end || (!letter && out->colons < 2)) return false;
    if (!gl_zone_read(c->s, c->end, &zone)) return false;
    if (out->colons == 1) out->seconds *= 60, out->colons = 2;
    out->zone = c->s;
    return true;
}

static bool read_colons(cursor c, gl_duration *out) {
    double days, first, next;
    if (!take_days(&c, &days) || !take_digits(&c, &first)) return false;
    out->seconds = first;
    while (out->colons < 2 && take(&c, ':')) {
        if (take_digits(&c, &next) != 2 || next >= 60) return false;
        out->seconds = 60 * out->seconds + next;
        out->colons++;
    }
    if (!out->colons || (days > 0 && out->colons < 2)) return false;
    take_fraction(&c, &out->seconds);
    skip_blanks(&c);
    if (!read_zone(&c, out) && !read_half(&c, first, out)) return false;
    out->seconds += days;
    return true;
}

bool gl_duration_read(const char *text, size_t length, gl_duration *out) {
    enum { LONGEST = 40 };
    cursor c = {text, text + length};
    skip_blanks(&c);
    while (c.end > c.s && (c.end[-1] == ' ' || c.end[-1] == '\t')) c.end--;
    if (c.s == c.end || c.end - c.s > LONGEST) return false;
    bool negative = take(&c, '-');
    *out = (gl_duration){0};
    bool is = c.s < c.end && *c.s == 'P' ? read_iso(c, out) : read_colons(c, out);
    if (!is && c.s < c.end && is_digit(*c.s)) *out = (gl_duration){0}, is = read_units(c, out);
    if (negative) out->seconds = -out->seconds;
    return is;
}
