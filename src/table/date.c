/*
 * date.c: reads dates and times as programs and people write them.
 *
 *     2020-01-31   2020/1/31   2020-01-31T10:30:00Z   2020-01   2020-Jan-31
 *     31.01.2020   31/1/20 10:30   1/31/2020 10:30:15 AM
 *     31-Jan-2020   31. Januar 2020   January 31st, 2020   Fri, 31 Jan 2020 10:30:00 +0100
 *     2020年1月31日   2020-W05   2020-Q1   Q1/2020   01/2020   Jan-20
 *
 * 03/04/2020 is the third of April or the fourth of March: gl_date_parts says which orders are
 * possible, and who knows the column decides (src/read/cell_dates.c).
 */
#include "date.h"

#include <math.h>
#include <stdio.h>
#include <string.h>

const char *const gl_date_name[GL_DATES] = {"none", "ymd",     "yymd",         "dmy",
                                            "mdy",  "seconds", "milliseconds", "compact"};
const char *const gl_date_first[GL_DATES] = {"", "year", "year", "day", "month", "", "", ""};

static bool is_digit(char c) { return c >= '0' && c <= '9'; }

/* ---------------------------------------------------------------------------------- calendar -- */

static bool is_leap(int year) { return (year % 4 == 0 && year % 100 != 0) || year % 400 == 0; }

static int days_in(int year, int month) {
    static const int days[] = {31, 28, 31, 30, 31, 30, 31, 31, 30, 31, 30, 31};
    return days[month - 1] + (month == 2 && is_leap(year));
}

/* The year begins in March, so that the leap day is its last: months before it then have
 * (153 m + 2) / 5 days. 719,468 days lie between 0000-03-01 and 1970-01-01. */
static double days_of(int year, int month, int day) {
    int y = year - (month <= 2), m = (month + 9) % 12;
    int64_t era = y / 400, of_era = y % 400;
    int64_t of_year = (153 * m + 2) / 5 + day - 1;
    return (double)(era * 146097 + of_era * 365 + of_era / 4 - of_era / 100 + of_year - 719468);
}

/* Half a millisecond is added, since 10:30 as a fraction of a day is a little less or more. A model
 * file may hold any number of days; the calendar ends with the year 9999. */
gl_day gl_day_of(double days) {
    if (!(days >= -719468 && days < 2932897)) days = 0;
    double exact = days + 0.5e-3 / 86400;
    int64_t whole = (int64_t)floor(exact), z = whole + 719468;
    int64_t era = z / 146097, of_era = z % 146097;
    int64_t y = (of_era - of_era / 1460 + of_era / 36524 - of_era / 146096) / 365;
    int64_t of_year = of_era - (365 * y + y / 4 - y / 100), m = (5 * of_year + 2) / 153;
    int month = (int)(m < 10 ? m + 3 : m - 9);
    return (gl_day){.year = (int)(y + era * 400 + (month <= 2)),
                    .month = month,
                    .day = (int)(of_year - (153 * m + 2) / 5 + 1),
                    .weekday = (int)(((whole % 7) + 10) % 7), /* 1970-01-01 was a Thursday */
                    .hour = (exact - (double)whole) * 24};
}

double gl_months_later(double days, int64_t months, int day) {
    gl_day d = gl_day_of(days);
    int64_t month = d.year * 12 + d.month - 1 + months;
    int year = (int)(month / 12), last = days_in(year, (int)(month % 12) + 1);
    return days_of(year, (int)(month % 12) + 1, day < last ? day : last) + days - floor(days);
}

char *gl_date_text(double days, bool timed, char *buf, size_t size) {
    gl_day d = gl_day_of(days);
    int seconds = (int)(d.hour * 3600);
    int n = snprintf(buf, size, "%04d-%02d-%02d", d.year, d.month, d.day);
    if (timed && n > 0 && (size_t)n < size)
        snprintf(buf + n, size - (size_t)n, "T%02d:%02d:%02d", seconds / 3600, seconds / 60 % 60,
                 seconds % 60);
    return buf;
}

static bool is_there(int year, int month, int day) {
    return year >= 1000 && year <= 2999 && month >= 1 && month <= 12 && day >= 1 &&
           day <= days_in(year, month);
}

/* ------------------------------------------------------------------------------------- words -- */

/* What the names begin with, in English, German, French and Spanish. */
static int month_of(const char *s, size_t n) {
    static const struct {
        const char *begins;
        int month;
    } months[] = {{"jan", 1},  {"j\u00E4n", 1}, {"ene", 1},      {"feb", 2},  {"f\u00E9v", 2},
                  {"fev", 2},  {"mar", 3},      {"m\u00E4r", 3}, {"mrz", 3},  {"apr", 4},
                  {"avr", 4},  {"abr", 4},      {"may", 5},      {"mai", 5},  {"jun", 6},
                  {"juin", 6}, {"jul", 7},      {"juil", 7},     {"aug", 8},  {"ao\u00FB", 8},
                  {"aou", 8},  {"ago", 8},      {"sep", 9},      {"oct", 10}, {"okt", 10},
                  {"nov", 11}, {"dec", 12},     {"dez", 12},     {"dic", 12}, {"d\u00E9c", 12}};
    char word[12] = "";
    for (size_t i = 0; i < n && n < sizeof word; i++)
        word[i] = (char)(s[i] >= 'A' && s[i] <= 'Z' ? s[i] + 32 : s[i]);
    for (size_t i = 0; i < sizeof months / sizeof *months; i++)
        if (!strncmp(word, months[i].begins, strlen(months[i].begins))) return months[i].month;
    return 0;
}

static bool is_weekday(const char *s, size_t n) {
    static const char days[] = "mon tue wed thu fri sat sun die mit don fre sam son lun";
    char word[5] = " ";
    if (n < 2 || n > 10) return false;
    for (size_t i = 0; i < 3 && i < n; i++)
        word[i] = (char)(s[i] >= 'A' && s[i] <= 'Z' ? s[i] + 32 : s[i]);
    word[3] = 0;
    return strlen(word) == 3 && strstr(days, word);
}

/* ----------------------------------------------------------------------------------- scanner -- */

typedef struct cursor {
    const char *s, *end;
} cursor;

static bool at_end(const cursor *c) { return c->s == c->end; }

static bool take(cursor *c, const char *any) {
    if (at_end(c) || !strchr(any, *c->s)) return false;
    c->s++;
    return true;
}

static void skip_blanks(cursor *c) {
    while (take(c, " \t")) continue;
}

/* Up to `most` digits; returns how many. */
static int take_number(cursor *c, int most, int *value) {
    int digits = 0;
    *value = 0;
    for (; !at_end(c) && is_digit(*c->s) && digits < most; c->s++, digits++)
        *value = *value * 10 + (*c->s - '0');
    return digits;
}

/* Letters of ASCII and of other scripts. */
static size_t word_length(const cursor *c) {
    const char *s = c->s;
    while (s < c->end && (((*s | 32) >= 'a' && (*s | 32) <= 'z') || (*s & 0x80))) s++;
    return (size_t)(s - c->s);
}

static int take_month(cursor *c) {
    size_t n = word_length(c);
    int month = n >= 3 ? month_of(c->s, n) : 0;
    if (month) c->s += n;
    return month;
}

/* ------------------------------------------------------------------------------- time of day -- */

/* CET, EST, MESZ: capitals alone. */
static bool take_zone_name(cursor *c) {
    const char *s = c->s;
    while (s < c->end && *s >= 'A' && *s <= 'Z') s++;
    bool is = s == c->end && s - c->s >= 3 && s - c->s <= 4;
    if (is) c->s = s;
    return is;
}

/* Z, UTC, GMT, GMT+1, +01:00, +0100, -05, CET */
static bool read_zone(cursor *c, gl_date_parts *out) {
    int hours, minutes = 0;
    skip_blanks(c);
    out->zoned = !at_end(c);
    if (at_end(c) || take(c, "Zz")) return at_end(c);
    bool named = c->end - c->s >= 3 && (!memcmp(c->s, "UTC", 3) || !memcmp(c->s, "GMT", 3));
    if (named) c->s += 3;
    bool west = !at_end(c) && *c->s == '-';
    if (!take(c, "+-")) {
        out->zoned = at_end(c);
        return at_end(c) || take_zone_name(c);
    }
    int digits = take_number(c, 2, &hours);
    if (digits != 2 && !(named && digits == 1)) return false;
    take(c, ":");
    bool good = at_end(c) || (take_number(c, 2, &minutes) == 2 && at_end(c));
    out->zone = (60 * hours + minutes) * (west ? -1 : 1);
    return good;
}

bool gl_zone_read(const char *s, const char *end, gl_date_parts *out) {
    *out = (gl_date_parts){0};
    return read_zone(&(cursor){s, end}, out);
}

static bool read_half(cursor *c, int *hour) {
    cursor at = *c;
    skip_blanks(&at);
    bool noon = !at_end(&at) && (*at.s | 32) == 'p';
    if (!take(&at, "aApP")) return true;
    take(&at, ".");
    if (!take(&at, "mM")) return true;
    take(&at, ".");
    *c = at;
    if (*hour < 1 || *hour > 12) return false;
    *hour = *hour % 12 + 12 * noon;
    return true;
}

static bool read_time(cursor *c, gl_date_parts *out) {
    int hour, minute, second = 0;
    double fraction = 0, place = 0.1;
    if (!take_number(c, 2, &hour)) return false;
    const char *between = !at_end(c) && *c->s == '.' ? "." : ":"; /* 10.30, as Finns write */
    if (!take(c, between) || take_number(c, 2, &minute) != 2) return false;
    if (take(c, between) && take_number(c, 2, &second) != 2) return false;
    if (take(c, ".,"))
        for (; !at_end(c) && is_digit(*c->s); c->s++, place /= 10)
            fraction += place * (*c->s - '0');
    if (!read_half(c, &hour) || hour > 24 || minute > 59 || second > 60) return false;
    out->timed = true;
    out->time = ((hour * 60 + minute) * 60 + second + fraction) / 86400;
    return read_zone(c, out);
}

/* ------------------------------------------------------------------------------- whole dates -- */

/* Two digits of a year as POSIX has them: 69 is 1969, 68 is 2068. */
static int full_year(int digits, int year) {
    return digits == 4 ? year : year + (year < 69 ? 2000 : 1900);
}

/* The named month, or one in figures. */
static bool read_month(cursor *c, int *month) {
    *month = take_month(c);
    return *month || take_number(c, 2, month);
}

static void decide(gl_date_parts *p, gl_date order, int year, int month, int day) {
    p->may[order] = is_there(year, month, day);
}

static void take_days(gl_date_parts *p, int year, int month, int day) {
    memcpy(p->number, (int[]){year, month, day}, sizeof p->number);
    decide(p, GL_YMD, year, month, day);
}

static bool take_sign(cursor *c, const char *sign) {
    size_t n = strlen(sign);
    bool is = (size_t)(c->end - c->s) >= n && !memcmp(c->s, sign, n);
    if (is) c->s += n;
    return is;
}

/* 2020年3月19日, 2020년 3월 19일: behind the year. */
static bool from_signs(cursor *c, int year, gl_date_parts *p) {
    int month, day = 1;
    skip_blanks(c);
    if (!take_number(c, 2, &month)) return false;
    if (!take_sign(c, "月") && !take_sign(c, "월")) return false;
    skip_blanks(c);
    p->coarse = !take_number(c, 2, &day);
    if (p->coarse) day = 1;
    else if (!take_sign(c, "日") && !take_sign(c, "일")) return false;
    take_days(p, year, month, day);
    return true;
}

/* "W05", "W05-3": weeks of ISO 8601, which begin on Mondays; that of January 4th is the first. */
static bool from_week(cursor *c, int year, gl_date_parts *p) {
    int week, weekday = 1;
    if (take_number(c, 2, &week) != 2 || week < 1 || week > 53 || year < 1000) return false;
    p->coarse = !take(c, "-");
    if (!p->coarse && (take_number(c, 1, &weekday) != 1 || weekday < 1 || weekday > 7))
        return false;
    double fourth = days_of(year, 1, 4);
    double monday = fourth - gl_day_of(fourth).weekday + 7 * (week - 1);
    gl_day d = gl_day_of(monday + weekday - 1);
    gl_day thursday = gl_day_of(monday + 3);
    take_days(p, d.year, d.month, d.day);
    return thursday.year == year; /* not every year has 53 */
}

static bool take_quarter(cursor *c, int *month) {
    int quarter;
    if (!take(c, "Qq") || take_number(c, 1, &quarter) != 1) return false;
    *month = 3 * quarter - 2;
    return quarter >= 1 && quarter <= 4;
}

/* "-Q1", "W05", "年3月": what a year may have behind it beside months; -1: it is none of these. */
static int from_year_in_parts(cursor *c, int year, gl_date_parts *p) {
    int month;
    cursor at = *c;
    if (take_sign(&at, "年") || take_sign(&at, "년")) return *c = at, from_signs(c, year, p);
    take(&at, "- /");
    if (at_end(&at) || !strchr("QqW", *at.s)) return -1;
    *c = at;
    if (take(c, "W")) return from_week(c, year, p);
    if (!take_quarter(c, &month)) return false;
    p->coarse = true;
    take_days(p, year, month, 1);
    return true;
}

/* Q1/2010, Q1 2010 */
static bool from_quarter(cursor *c, gl_date_parts *p) {
    int month, year;
    if (!take_quarter(c, &month)) return false;
    take(c, "-/ ");
    if (take_number(c, 4, &year) != 4) return false;
    p->coarse = true;
    take_days(p, year, month, 1);
    return true;
}

/* 2020-01-31, 2020/1, 2020-Jan-31 */
static bool from_year(cursor *c, int year, gl_date_parts *p) {
    int month, day = 1, in_parts = from_year_in_parts(c, year, p);
    char between = at_end(c) ? 0 : *c->s;
    if (in_parts >= 0) return in_parts;
    if (!take(c, "-/.")) return false;
    if (!read_month(c, &month)) return false;
    bool whole = !at_end(c) && *c->s == between;
    if (whole && (c->s++, !take_number(c, 2, &day))) return false;
    take_days(p, year, month, day);
    p->coarse = !whole;
    return whole || between == '-'; /* 2020.01 and 2020/1 are other things */
}

static void skip_between(cursor *c) {
    while (take(c, " -/.,")) continue;
}

/* 31-Jan-2020, 31. Januar 2020 */
static bool from_day_and_name(cursor *c, int day, int month, gl_date_parts *p) {
    int year;
    skip_between(c);
    int digits = take_number(c, 4, &year);
    if (digits != 4 && digits != 2) return false;
    p->short_year = digits == 2;
    take_days(p, full_year(digits, year), month, day);
    return true;
}

/* Jan-18 and Jan '18, as sheets show a month; "Jan 18" is a day. */
static bool from_short_year(cursor c, int month, gl_date_parts *p) {
    int year;
    if (!take(&c, "-")) {
        skip_blanks(&c);
        if (!take(&c, "'") && !take_sign(&c, "\u2019")) return false;
    }
    if (take_number(&c, 2, &year) != 2 || !at_end(&c)) return false;
    p->coarse = p->short_year = true;
    take_days(p, full_year(2, year), month, 1);
    return true;
}

/* 31st */
static void skip_rank(cursor *c) {
    static const char *const behind[] = {"st", "nd", "rd", "th"};
    for (int i = 0; i < 4; i++)
        if (take_sign(c, behind[i])) return;
}

/* January 31, 2020; Jan 2020; Jan 31 10:30:00 2020 is asctime's. */
static bool from_name(cursor *c, int month, gl_date_parts *p) {
    int first, year = 0, digits;
    if (from_short_year(*c, month, p)) return c->s = c->end, true;
    skip_between(c);
    digits = take_number(c, 4, &first);
    p->coarse = digits == 4;
    if (digits == 4) return from_day_and_name(&(cursor){c->s - 4, c->s}, 1, month, p);
    if (digits < 1 || digits > 2) return false;
    skip_rank(c);
    cursor at = *c;
    skip_blanks(&at);
    if (at.end - at.s == 13 && at.s[8] == ' ') { /* hh:mm:ss yyyy */
        cursor clock = {at.s, at.s + 8}, last = {at.s + 9, at.end};
        if (!read_time(&clock, p) || take_number(&last, 4, &year) != 4) return false;
        c->s = c->end;
        return from_day_and_name(&(cursor){at.s + 9, at.end}, first, month, p);
    }
    return from_day_and_name(c, first, month, p);
}

/* 01/2020, to the end; 1.2020 is a number. */
static bool from_month_and_year(cursor *c, int month, gl_date_parts *p) {
    int year;
    cursor at = *c;
    if (!take(&at, "-/") || take_number(&at, 4, &year) != 4 || !at_end(&at)) return false;
    p->coarse = true;
    take_days(p, year, month, 1);
    if (!p->may[GL_YMD]) return false;
    *c = at;
    return true;
}

/* 31.01.2020 is how Europe writes, and nobody else: a point leaves no other order. 20-01-31 may
 * begin with its year. */
static bool from_figures(cursor *c, int first, gl_date_parts *p) {
    int second, year;
    char between = at_end(c) ? 0 : *c->s;
    if (from_month_and_year(c, first, p)) return true;
    if (!take(c, "-/.") || !take_number(c, 2, &second) || at_end(c) || *c->s != between)
        return false;
    c->s++;
    int digits = take_number(c, 4, &year);
    if (digits != 4 && digits != 2) return false;
    year = full_year(digits, year);
    p->short_year = digits == 2;
    memcpy(p->number, (int[]){first, second, year}, sizeof p->number);
    decide(p, GL_DMY, year, second, first);
    if (between != '.') decide(p, GL_MDY, year, first, second);
    if (digits == 2) decide(p, GL_YYMD, full_year(2, first), second, year % 100);
    return true;
}

static bool read_day(cursor *c, gl_date_parts *p) {
    int first, month = 0;
    size_t n = word_length(c);
    if (n && is_weekday(c->s, n) && !take_month(&(cursor){c->s, c->s + n})) {
        c->s += n;
        skip_between(c);
    }
    if ((month = take_month(c))) return from_name(c, month, p);
    if (!at_end(c) && strchr("Qq", *c->s)) return from_quarter(c, p);
    int digits = take_number(c, 4, &first);
    if (digits == 4) return from_year(c, first, p);
    if (digits < 1 || digits > 2) return false;
    cursor at = *c;
    skip_rank(&at);
    skip_between(&at);
    if ((month = take_month(&at))) return *c = at, from_day_and_name(c, first, month, p);
    return from_figures(c, first, p);
}

bool gl_date_read(const char *text, size_t length, gl_date_parts *out) {
    cursor c = {text, text + length};
    *out = (gl_date_parts){0};
    if (length < 6 || length > 48 || memchr(text, 0, length)) return false;
    skip_blanks(&c);
    while (c.end > c.s && c.end[-1] == ' ') c.end--;
    if (!read_day(&c, out)) return false;
    take(&c, ",");
    if (!at_end(&c)) {
        if (!take(&c, "Tt :")) return false;
        skip_blanks(&c);
        if (!read_time(&c, out)) return false;
    }
    return out->may[GL_YMD] || out->may[GL_YYMD] || out->may[GL_DMY] || out->may[GL_MDY];
}

int gl_date_year(const gl_date_parts *p) { return p->number[p->may[GL_YMD] ? 0 : 2]; }

double gl_date_days(const gl_date_parts *p, gl_date order) {
    const int *n = p->number;
    if (!p->may[order]) return NAN;
    double days = order == GL_YMD    ? days_of(n[0], n[1], n[2])
                  : order == GL_YYMD ? days_of(full_year(2, n[0]), n[1], n[2] % 100)
                  : order == GL_DMY  ? days_of(n[2], n[1], n[0])
                                     : days_of(n[2], n[0], n[1]);
    return days + p->time;
}

double gl_date_of_text(const char *text, gl_date order, bool *timed) {
    gl_date_parts p;
    if (order > GL_MDY || !gl_date_read(text, strlen(text), &p)) return NAN;
    *timed |= p.timed;
    return gl_date_days(&p, p.may[GL_YMD] ? GL_YMD : order);
}

double gl_date_of_number(double v, gl_date how) {
    if (how == GL_SECONDS) return v / 86400;
    if (how == GL_MILLISECONDS) return v / 86400e3;
    int date = v == floor(v) && v >= 1e7 && v < 3e7 ? (int)v : 0;
    int year = date / 10000, month = date / 100 % 100, day = date % 100;
    return is_there(year, month, day) ? days_of(year, month, day) : NAN;
}
