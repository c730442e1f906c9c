/*
 * dress.h: numbers as people write them, and what of it all cells of a column have in common.
 *
 *     1,021,357.9     729 753     1'000     1.234,50 €     $12,500     7.5%     (5.50)     82.73 m2
 */
#ifndef GL_DRESS_H
#define GL_DRESS_H

#include "../base/base.h"

/* How the numbers of a column are written. All 0: as programs write them, with the table's decimal
 * sign. */
typedef struct gl_dress {
    char decimal;    /* '.' or ',' */
    char group;      /* between thousands: , . ' _ or a blank of any kind, as ' '; 0: nothing */
    char before[12]; /* a currency in front of each number, or of none */
    char after[20];  /* a percent sign, currency or unit behind each */
    bool implied;    /* the unit is not written: of times, which became numbers */
} gl_dress;

/* A number taken apart, before it is known what comma and point mean in it. */
typedef struct gl_undressed {
    bool negative;
    char body[64]; /* its digits, with what stands between them; an exponent as "e-5" */
    char before[12], after[20];
} gl_undressed;

/* What is behind all ordinals: 1st, 2nd, 3rd and 4th are one kind. */
#define GL_RANK_SUFFIX "th"

/* False: no number, however dressed. */
bool gl_undress(const char *text, size_t length, gl_undressed *out);
/* The value of a body whose decimal sign and sign between thousands are these; false: it has other
 * signs, or thousands that are none. */
bool gl_body_value(const char *body, char decimal, char group, double *value);
/* The value of a text of this dress. A bare 0 has every unit. */
bool gl_dress_value(const gl_dress *d, const char *text, size_t length, double *value);
/* "$" or "EUR", as in front of or behind a price. */
bool gl_is_currency(const char *text);

#endif
