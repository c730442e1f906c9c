/*
 * formats.c: dates. A workbook has numbers only; whether one is a date is said by how it is shown:
 *
 *     45322     General           45322
 *     45322     yyyy-mm-dd        2024-01-31     days, 1900-01-01 being 1 (or 1904-01-01 0)
 *     0.5       0%                0.5            a share: stays a number
 *     0.5       hh:mm             12:00          a time of day: stays a number
 *     36        [h]:mm            864:00         a duration: stays a number
 *     1.5       0.0" days"        1.5 days       letters in quotes say nothing
 *     501       00000             00501          a code: becomes a text
 *
 * Excel counts a 29th of February 1900, as Lotus did: before it, days are one more than after it.
 */
#include "xlsx.h"

#include <ctype.h>
#include <math.h>
#include <stdlib.h>
#include <strings.h>

/* ------------------------------------------------------------------------------------- codes -- */

/* Behind "text", \c, _c, *c, or what stands in brackets and is no duration. */
static const char *pass_literal(const char *s) {
    char open = *s;
    if (strchr("\\_*", open)) return s[1] ? s + 2 : s + 1;
    const char *stop = strchr(s + 1, open == '[' ? ']' : '"');
    return stop ? stop + 1 : s + strlen(s);
}

/* [h], [mm], [ss] */
static bool is_duration(const char *s) {
    return *s == '[' && strchr("hmsHMS", s[1]) && s[1] && strchr("hmsHMS]", s[2]);
}

/* "00000": how many digits; 0: it is another format. */
static int digits_of_code(const char *code) {
    size_t n = strspn(code, "0");
    bool whole = !code[n] || code[n] == ';';
    return whole && n > 1 && n <= GL_SHOWN_LONGEST_CODE - GL_SHOWN_CODE ? (int)n : 0;
}

/* m is a minute beside hours or seconds, else a month; the first section is that of positive
 * numbers. */
gl_shown gl_shown_as(const char *code) {
    bool days = false, times = false, months = false, hundredfold = false;
    if (digits_of_code(code)) return (gl_shown)(GL_SHOWN_CODE + digits_of_code(code));
    for (const char *s = code; *s && *s != ';';) {
        if (is_duration(s)) return GL_SHOWN_TIME;
        if (strchr("\\_*[\"", *s)) {
            s = pass_literal(s);
            continue;
        }
        if (!strncasecmp(s, "general", 7)) return GL_SHOWN_NUMBER;
        char c = (char)tolower((unsigned char)*s++);
        days |= c == 'y' || c == 'd' || (c == 'e' && *s != '+' && *s != '-');
        times |= c == 'h' || c == 's';
        months |= c == 'm';
        hundredfold |= c == '%';
    }
    if (days || (months && !times)) return GL_SHOWN_DATE;
    return times ? GL_SHOWN_TIME : hundredfold ? GL_SHOWN_SHARE : GL_SHOWN_NUMBER;
}

/* ECMA-376, 18.8.30; those from 27 on are of Chinese, Japanese and Korean. */
static gl_shown built_in(int64_t id) {
    bool date = (id >= 14 && id <= 17) || id == 22 || (id >= 27 && id <= 31) || id == 36 ||
                (id >= 50 && id <= 54) || id == 57 || id == 58;
    bool time = (id >= 18 && id <= 21) || (id >= 32 && id <= 35) || (id >= 45 && id <= 47) ||
                id == 55 || id == 56;
    if (id == 9 || id == 10) return GL_SHOWN_SHARE;
    return date ? GL_SHOWN_DATE : time ? GL_SHOWN_TIME : GL_SHOWN_NUMBER;
}

double gl_days_of_serial(double serial, bool from_1904) {
    const double of_1904 = -24107, of_1900 = -25569; /* 1904-01-01, 1899-12-30 */
    if (from_1904) return serial + of_1904;
    if (serial >= 60 && serial < 61) return NAN;
    return serial + of_1900 + (serial < 60);
}

/* ------------------------------------------------------------------------------------ styles -- */

typedef struct own_format {
    int64_t id;
    gl_shown format;
} own_format;

typedef struct styles {
    glia_ctx *g;
    gl_formats *to;
    own_format *own;
    int64_t owns, cap;
    bool inside; /* cellXfs: styles of cells */
} styles;

static int64_t number_of(const char *const *attributes, const char *name) {
    int64_t v;
    const char *text = gl_xml_get(attributes, name);
    return text && gl_parse_int(text, &v) ? v : -1;
}

static bool add_own(styles *s, const char *const *attributes) {
    const char *code = gl_xml_get(attributes, "formatCode");
    if (!code) return true;
    if (!gl_reserve(s->g, &s->own, &s->cap, s->owns + 1, sizeof *s->own)) return false;
    s->own[s->owns++] = (own_format){number_of(attributes, "numFmtId"), gl_shown_as(code)};
    return true;
}

static bool add_style(styles *s, const char *const *attributes) {
    gl_formats *to = s->to;
    int64_t id = number_of(attributes, "numFmtId");
    gl_shown format = built_in(id);
    for (int64_t i = 0; i < s->owns; i++)
        if (s->own[i].id == id) format = s->own[i].format;
    if (!gl_reserve(s->g, &to->of_style, &to->cap, to->count + 1, 1)) return false;
    to->of_style[to->count++] = (uint8_t)format;
    return true;
}

static bool begin(void *user, const char *name, const char *const *attributes) {
    styles *s = user;
    if (!strcmp(name, "cellXfs")) s->inside = true;
    if (!strcmp(name, "numFmt")) return add_own(s, attributes);
    return !s->inside || strcmp(name, "xf") != 0 || add_style(s, attributes);
}

static bool end(void *user, const char *name) {
    styles *s = user;
    if (!strcmp(name, "cellXfs")) s->inside = false;
    return true;
}

static bool text(void *user, const char *s, int64_t n) {
    (void)user, (void)s, (void)n;
    return true;
}

/* Many own formats and many styles would be looked for each in all: both are few in any workbook
 * (64,000 styles at most). */
glia_status gl_formats_read(gl_workbook *w, const gl_zip_member *m, gl_formats *out) {
    styles s = {.g = w->g, .to = out};
    if (m->size > 32 << 20) return gl_workbook_fail(w, "its styles are larger than 32 MiB");
    glia_status status = gl_workbook_parse(w, m, &(gl_xml_events){begin, text, end, &s}, NULL);
    gl_free(w->g, s.own);
    return status;
}
