/*
 * thousands.c: numbers that their commas between thousands have split, where commas separate cells
 * and nobody wrote quotes:
 *
 *     city,pop,y
 *     Bonn,1,234,5       four cells below three names: 1,234 is one number; or R's row names
 */
#include "csv.h"

#include <ctype.h>
#include <math.h>
#include <string.h>

/* "234": what may stand behind a comma between thousands. NULL: it is no such cell. */
static const char *behind_group(const char *s, const char *end) {
    for (int i = 0; i < 3; i++, s++)
        if (s == end || !isdigit((unsigned char)*s)) return NULL;
    if (s < end && *s == '.')
        for (s++; s < end && isdigit((unsigned char)*s);) s++;
    return s == end || *s == ',' || *s == ' ' || *s == '\r' ? s : NULL;
}

/* "1,234,567" at the begin of a cell: behind it; NULL: it is no such number. *commas: how many. */
static const char *behind_number(const char *s, const char *end, int64_t *commas) {
    s += s < end && *s == '-';
    s += s < end && *s == '$';
    int digits = 0;
    for (const char *first = s; s < end && isdigit((unsigned char)*s); s++, digits++)
        if (*first == '0') return NULL;
    const char *next, *behind = NULL;
    if (digits < 1 || digits > 3) return NULL;
    for (*commas = 0; s < end && *s == ',' && (next = behind_group(s + 1, end)); ++*commas)
        behind = s = next;
    return behind;
}

int64_t gl_csv_split_numbers(const char *s, const char *end, char example[GL_CSV_EXAMPLE]) {
    int64_t all = 0, commas;
    bool quoted = false;
    *example = 0;
    for (bool begins = true; s < end; s++) {
        const char *behind = begins && !quoted ? behind_number(s, end, &commas) : NULL;
        if (behind && !all) {
            size_t n = (size_t)(behind - s) < GL_CSV_EXAMPLE - 1 ? (size_t)(behind - s)
                                                                 : GL_CSV_EXAMPLE - 1;
            memcpy(example, s, n);
            example[n] = 0;
        }
        if (behind) all += commas, s = behind - 1, begins = false;
        else quoted ^= *s == '"', begins = *s == ',' || (begins && *s == ' ');
    }
    return all;
}

/* A fraction is nobody's name. */
static bool may_name_rows(const csv *c, int first) {
    for (int i = first; i < c->lines; i++) {
        const gl_line *l = &c->line[i];
        const char *comma = memchr(l->s, ',', (size_t)(l->end - l->s));
        double v;
        if (comma && gl_parse_number(l->s, (size_t)(comma - l->s), '.', &v) && v != floor(v))
            return false;
    }
    return true;
}

/* No row has more cells too many than its numbers could have commas. R writes row names in
 * quotes, which no hand does. */
glia_status gl_csv_doubt_rows(const csv *c, int first, int64_t names, int64_t cells) {
    char example[GL_CSV_EXAMPLE], shown[GL_CSV_EXAMPLE] = "";
    if (c->rules.delimiter != ',' || names >= cells || first >= c->lines) return GLIA_OK;
    for (int i = first; i < c->lines; i++) {
        const gl_line *l = &c->line[i];
        if (*l->s == '"') return GLIA_OK;
        int64_t too_many = gl_csv_count(l->s, l->end, ',') - names;
        if (gl_csv_split_numbers(l->s, l->end, example) < too_many || too_many < 1) return GLIA_OK;
        if (too_many && !*shown) memcpy(shown, example, sizeof shown);
    }
    return gl_fail(c->g, GLIA_INPUT,
                   "%s, line %lld: found %lld cells below %lld names, as in all rows; is '%s' one "
                   "number? Write it in quotes or without its comma%s",
                   c->path, (long long)c->line[first].number, (long long)cells, (long long)names,
                   shown,
                   may_name_rows(c, first) ? "; if the first column has the names of rows, name it "
                                             "in the header"
                                           : "");
}
