/*
 * date.h: dates and times as texts, and as days since 1970-01-01, the time of day a fraction.
 */
#ifndef GL_DATE_H
#define GL_DATE_H

#include "../base/base.h"

/* Which number of a date is what. A month's name and 2020-01-31 tell by themselves. */
typedef enum gl_date {
    GL_NO_DATE,
    GL_YMD,          /* 2020-01-31, 31 Jan 2020 */
    GL_YYMD,         /* 20-01-31, and only where somebody says so, or no other order is one */
    GL_DMY,          /* 31/01/2020, 31.1.20 */
    GL_MDY,          /* 1/31/2020 */
    GL_SECONDS,      /* since 1970-01-01 */
    GL_MILLISECONDS, /* since then */
    GL_COMPACT,      /* the number 20200131 */
    GL_DATES
} gl_date;

extern const char *const gl_date_name[GL_DATES];  /* "none", "ymd" ... */
extern const char *const gl_date_first[GL_DATES]; /* "day", "month" ... */

typedef struct gl_date_parts {
    int number[3];      /* as they stand */
    bool may[GL_DATES]; /* which orders give a date that there is */
    bool short_year;    /* of two digits */
    bool timed;         /* it has a time of day */
    bool coarse;        /* it names a month, a quarter or a week, and stands for its first day */
    bool zoned;         /* which has a zone, */
    int zone;           /* so many minutes before that of Greenwich */
    double time;        /* as a fraction of the day */
} gl_date_parts;

int gl_date_year(const gl_date_parts *p); /* the same in every order */
/* False: no date in any order. A zone behind the time is passed over: times are those on the
 * writer's clock. */
bool gl_date_read(const char *text, size_t length, gl_date_parts *out);
/* Z, UTC, GMT+1, +01:00, CET, up to the end; a zone or nothing. */
bool gl_zone_read(const char *s, const char *end, gl_date_parts *out);
double gl_date_days(const gl_date_parts *p, gl_date order);
/* Of a text whose numbers stand in this order, unless it tells its own; NaN: it is none. *timed
 * becomes true where it has a time of day. */
double gl_date_of_text(const char *text, gl_date order, bool *timed);
/* A number that stands for a date: GL_SECONDS, GL_MILLISECONDS or GL_COMPACT; NaN: it is none. */
double gl_date_of_number(double v, gl_date how);

typedef struct gl_day {            /* of the calendar */
    int year, month, day, weekday; /* 1 .. 12, 1 .. 31, Monday 0 .. Sunday 6 */
    double hour;                   /* with its fraction */
} gl_day;
gl_day gl_day_of(double days);
/* So many months later, on this day, or on the last one of a shorter month, at the same time. */
double gl_months_later(double days, int64_t months, int day);
/* "2020-01-31", "2020-01-31T10:30:00". Returns buf. */
char *gl_date_text(double days, bool timed, char *buf, size_t size);

#endif
