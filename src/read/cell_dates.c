/*
 * cell_dates.c: are the texts of a column dates, and in which order do day and month stand? One
 * above 12 anywhere in the column tells it for all:
 *
 *     03/04/2020  13/04/2020     13 is no month: day first
 *     03/04/2020  04/13/2020     month first
 *     03/04/2020  05/04/2020     either: the option 'date-order' says it
 *     13/04/2020  04/13/2020     they contradict each other
 *     2020-01-31  2020-02-30     nearly all are dates: the others are missing, with a warning
 *     20-03-19    21-02-09       the first numbers differ less than the last: years, or versions
 *     98-03-19    21-02-09       98 is no day: year first
 *
 * What the year begins, or names its month, is the same in every order, and may stand among others.
 */
#include "cells.h"

#include <math.h>
#include <stdio.h>
#include <string.h>
#include <time.h>

/* As many different dates are a column of them, with slips; from 20 on one that has too many
 * others is told. */
enum { LEAST_DATES = 3, MANY_DATES = 20 };

typedef struct extent { /* of numbers that stand in one place */
    int least, most;
} extent;

typedef struct dates {
    int64_t texts, others;  /* different ones: dates in some order, and none */
    int64_t first;          /* text that is a date; -1: none is */
    int64_t only[GL_DATES]; /* the first that has no other order; -1 */
    int64_t either;         /* the first that may have the day or the month first; -1 */
    bool timed;             /* one has a time of day */
    int64_t coarse;         /* the first that names a month, a quarter or a week; -1 */
    int64_t short_years;    /* with years of two digits */
    bool year_fits;         /* all of these may begin with the year, */
    bool year_first;        /* or look so, as 1.2.30 does */
    int64_t year_alone;     /* and so many with nothing else */
    bool bare;              /* points separate their numbers, none of which begins with a 0 */
    extent begin, end;      /* their first numbers, and the last */
    int latest[2];          /* their latest year, where it is the last number [0], the first [1], */
    int64_t latest_text[2]; /* and who has it; -1 */
    int64_t written[2];     /* as 2020-05-03 [0], as 3/5/2020 [1], */
    bool swapped;           /* of which the first have no day above 12, and the others all do */
    int64_t offset, other_offset; /* one with the time to Greenwich, one with another; -1 */
    int minutes;                  /* of the first */
    int64_t cells[2], line[2];    /* of dates [1] and of others [0]: how many, where the first is */
    int64_t slip;                 /* the first text that is none */
    int64_t zoned, other_zone; /* the first with the name of a zone, and with that of another; -1 */
} dates;

/* What MySQL writes for a date that is not known. */
static bool is_zero_date(const char *text) { return !strncmp(text, "0000-00-00", 10); }

static bool says_nothing(const gl_texts *x, int64_t k) {
    return x->kind[k] == GL_TEXT_WORD || is_zero_date(x->c->category[k]);
}

static void set_first(int64_t *first, int64_t k) {
    if (*first < 0) *first = k;
}

/* "CET" of "10:00:00 CET"; "": none. AM and PM are none. */
static const char *zone_of(const char *text) {
    const char *s = text + strlen(text);
    while (s > text && s[-1] >= 'A' && s[-1] <= 'Z') s--;
    return s[0] && s[1] == 'M' && !s[2] ? "" : s;
}

static void look_at_zone(const gl_texts *x, dates *d, int64_t k) {
    const char *zone = zone_of(x->c->category[k]);
    if (!*zone) return;
    set_first(&d->zoned, k);
    if (strcmp(zone, zone_of(x->c->category[d->zoned])) != 0) set_first(&d->other_zone, k);
}

static void widen(extent *e, int number, bool first) {
    if (first || number < e->least) e->least = number;
    if (first || number > e->most) e->most = number;
}

static bool has_padding(const char *text) {
    for (const char *s = text; *s; s++)
        if (*s == '0' && (s == text || s[-1] == '.')) return true;
    return false;
}

static void keep_latest(dates *d, bool first, int64_t k, int year) {
    if (d->latest_text[first] >= 0 && year <= d->latest[first]) return;
    d->latest[first] = year, d->latest_text[first] = k;
}

/* 20-03-19: the 20th of March 2019, or the 19th of March 2020. */
static void look_at_short_year(dates *d, int64_t k, const char *text, const gl_date_parts *p) {
    keep_latest(d, false, k, gl_date_year(p));
    if (p->may[GL_YYMD]) keep_latest(d, true, k, gl_day_of(gl_date_days(p, GL_YYMD)).year);
    int last = gl_date_year(p) % 100;
    d->year_fits &= p->may[GL_YYMD];
    d->year_first &= p->may[GL_DMY] && last >= 1 && last <= 31;
    d->bare &= strchr(text, '.') && !has_padding(text);
    widen(&d->begin, p->number[0], !d->short_years);
    widen(&d->end, last, !d->short_years);
    d->short_years++;
}

/* Summer time is an hour, and no other zone. */
static void look_at_offset(dates *d, int64_t k, const gl_date_parts *p) {
    if (d->offset < 0) d->offset = k, d->minutes = p->zone;
    if (p->zone - d->minutes == 60 || d->minutes - p->zone == 60) return;
    if (p->zone != d->minutes) set_first(&d->other_offset, k);
}

static void look_at_date(dates *d, int64_t k, const char *text, const gl_date_parts *p) {
    bool figures = !p->may[GL_YMD];
    if (p->short_year && figures) look_at_short_year(d, k, text, p);
    if (p->short_year && !figures) keep_latest(d, false, k, gl_date_year(p));
    if (p->zoned) look_at_offset(d, k, p);
    d->written[figures]++;
    d->swapped &= figures     ? p->may[GL_DMY] != p->may[GL_MDY]
                  : p->coarse ? false
                              : p->number[2] <= 12;
    d->texts++;
    d->timed |= p->timed;
    if (p->coarse) set_first(&d->coarse, k);
    set_first(&d->first, k);
    if (p->may[GL_YMD]) set_first(&d->only[GL_YMD], k);
    else if (p->may[GL_DMY] && p->may[GL_MDY]) set_first(&d->either, k);
    else if (p->may[GL_DMY] || p->may[GL_MDY])
        set_first(&d->only[p->may[GL_DMY] ? GL_DMY : GL_MDY], k);
    else set_first(&d->only[GL_YYMD], k), d->year_alone++;
}

/* Of a million names no more than the first are tried. */
static bool are_hopeless(const dates *d) { return d->others > 100 + d->texts / 4; }

/* Does the year come first, as was asked, or as it must? With points it need not be a year. */
static bool begins_with_years(const dates *d, gl_date wanted) {
    bool all = d->short_years && d->short_years == d->texts && d->year_fits;
    return (wanted == GL_YYMD && d->short_years) || (d->year_alone && all && !d->bare);
}

static dates look_at_texts(gl_texts *x, gl_date wanted) {
    dates d = {.first = -1,
               .either = -1,
               .slip = -1,
               .coarse = -1,
               .zoned = -1,
               .other_zone = -1,
               .only = {-1, -1, -1, -1, -1, -1, -1, -1},
               .year_fits = true,
               .year_first = true,
               .bare = true,
               .latest_text = {-1, -1},
               .swapped = true,
               .offset = -1,
               .other_offset = -1};
    for (int64_t k = 0; k < x->n && !are_hopeless(&d); k++) {
        gl_date_parts p;
        const char *text = x->c->category[k];
        if (says_nothing(x, k)) continue;
        if (gl_date_read(text, strlen(text), &p)) {
            look_at_date(&d, k, text, &p);
            if (p.timed) look_at_zone(x, &d, k);
        } else {
            d.others++;
        }
    }
    if (!begins_with_years(&d, wanted)) d.texts -= d.year_alone, d.others += d.year_alone;
    if (are_hopeless(&d)) d.texts = 0;
    return d;
}

static bool contradict(const dates *d) { return d->only[GL_DMY] >= 0 && d->only[GL_MDY] >= 0; }

/* Days are spread over a month, years are few: first numbers that differ less than the last may be
 * years (or the 1 and 2 of versions, or their 1 alone). Not so the first or the last days of
 * months; and of many days some are late ones. */
static bool may_begin_with_years(const dates *d) {
    enum { MANY = 12, LATE = 24, END_OF_MONTH = 28 };
    int begin = d->begin.most - d->begin.least, end = d->end.most - d->end.least;
    if (!d->short_years || d->short_years != d->texts || !d->year_first) return false;
    if (d->short_years >= MANY && d->end.most < LATE) return false;
    return (begin > 0 || (d->bare && end > 1)) && begin < end && d->begin.least < END_OF_MONTH;
}

/* GL_NO_DATE: nothing tells it, or too much. */
static gl_date order_of(const dates *d, gl_date wanted) {
    if (begins_with_years(d, wanted)) return GL_YYMD;
    if (wanted == GL_YYMD) wanted = GL_NO_DATE;
    if (contradict(d) || may_begin_with_years(d)) return wanted;
    if (d->only[GL_DMY] >= 0) return GL_DMY;
    if (d->only[GL_MDY] >= 0) return GL_MDY;
    return d->either >= 0 ? wanted : GL_YMD;
}

/* GL_NO_DATE: any order, which is good enough for counting. */
static double days_in(const gl_date_parts *p, gl_date order) {
    if (p->may[GL_YMD]) order = GL_YMD;
    if (!order) order = p->may[GL_DMY] ? GL_DMY : GL_MDY;
    return gl_date_days(p, order);
}

static void fill_days(gl_texts *x, dates *d, gl_date order) {
    d->texts = d->others = 0;
    for (int64_t k = 0; k < x->n; k++) {
        gl_date_parts p;
        const char *text = x->c->category[k];
        bool read = !says_nothing(x, k) && gl_date_read(text, strlen(text), &p);
        x->value[k] = read ? days_in(&p, order) : NAN;
        d->texts += !isnan(x->value[k]);
        d->others += isnan(x->value[k]) && !says_nothing(x, k);
    }
}

static double coarse_days(const char *text) {
    gl_date_parts p;
    return gl_date_read(text, strlen(text), &p) ? days_in(&p, GL_YMD) : NAN;
}

static void forget_days(gl_texts *x) {
    for (int64_t k = 0; k < x->n; k++) x->value[k] = NAN;
}

static void count_cells(const gl_texts *x, dates *d) {
    for (int64_t i = 0; i < x->t->rows; i++) {
        int32_t k = x->c->code[i];
        if (k < 0 || says_nothing(x, k)) continue;
        bool date = !isnan(x->value[k]);
        if (!d->cells[date]++) d->line[date] = glia_table_line(x->t, i);
        if (!date) set_first(&d->slip, k);
    }
}

/* As cells.c judges texts among numbers; but two dates are no column yet. */
static bool are_slips(const dates *d, bool asked) {
    int64_t good = d->cells[1], bad = d->cells[0];
    bool few = d->others <= 3 || 20 * bad <= good;
    return good >= 4 * bad && (asked || (few && d->texts >= LEAST_DATES));
}

/* ----------------------------------------------------------------------------------- telling -- */

/* Neither is a date that was asked for read wrongly, nor left out. */
static glia_status refuse(const gl_texts *x, const dates *d) {
    const glia_table *t = x->t;
    const char *name = x->c->name;
    int64_t other = d->slip >= 0 ? d->slip : 0;
    if ((d->slip >= 0 || d->either < 0) && !may_begin_with_years(d))
        return gl_fail(t->g, GLIA_INPUT,
                       "%s, %s %lld, column '%s': found '%.60s', expected a date such as "
                       "2020-01-31, in the order of the others",
                       t->source, gl_row_word(t), (long long)gl_texts_line(x, other, GL_TEXT_OTHER),
                       name, x->c->category[other]);
    return gl_fail(t->g, GLIA_INPUT,
                   "%s, column '%s': '%s' may have the day or the %s first; say option "
                   "'date-order' dmy or %s",
                   t->source, name, x->c->category[d->either >= 0 ? d->either : *d->latest_text],
                   d->either >= 0 ? "month" : "year", d->either >= 0 ? "mdy" : "ymd");
}

/* "'25/12/2021' in line 3 has the day first, '12/25/2021' in line 5 the month" */
static glia_status tell_contradiction(gl_texts *x, const dates *d, bool asked, bool trained) {
    static const char format[] =
        "%s, column '%s': '%.40s' in %s %lld has the day first and '%.40s' in %s %lld the "
        "month%s";
    int64_t day = d->only[GL_DMY], month = d->only[GL_MDY];
    const char *word = gl_row_word(x->t);
    char text[640];
    snprintf(text, sizeof text, format, x->t->source, x->c->name, x->c->category[day], word,
             (long long)gl_texts_line(x, day, GL_TEXT_OTHER), x->c->category[month], word,
             (long long)gl_texts_line(x, month, GL_TEXT_OTHER),
             asked ? "; write all in one order, such as 2020-01-31"
                   : "; it stays text until all are in one order, such as 2020-01-31");
    if (asked) return gl_fail(x->t->g, GLIA_INPUT, "%s", text);
    if (!trained) gl_warn(x->t->g, "%s", text);
    return GLIA_OK;
}

static void tell_either(const gl_texts *x, const dates *d) {
    gl_warn(x->t->g,
            "%s, column '%s': '%s' may have the day or the month first; it stays text until "
            "option 'date-order' dmy or mdy says which",
            x->t->source, x->c->name, x->c->category[d->either]);
}

static void tell_year_first(const gl_texts *x, const dates *d) {
    gl_warn(x->t->g,
            "%s, column '%s': '%s' may begin with the day or with the year, or be no date, as the "
            "first numbers of the column differ least; it stays text until option 'date-order' dmy "
            "or ymd says which (option 'category' '%s' says that it is none)",
            x->t->source, x->c->name, x->c->category[*d->latest_text], x->c->name);
}

/* Whoever was born in 1944 was not in 2044. */
static void tell_short_years(const gl_texts *x, const dates *d, bool first) {
    time_t now = time(NULL);
    struct tm today;
    const int64_t k = d->latest_text[first];
    if (k < 0 || !gmtime_r(&now, &today) || d->latest[first] <= today.tm_year + 1900 + 1) return;
    gl_warn(x->t->g,
            "%s, column '%s': '%s' in %s %lld is read as of %d, since years of two digits are "
            "those from 1969 to 2068; write four where that is wrong",
            x->t->source, x->c->name, x->c->category[k], gl_row_word(x->t),
            (long long)gl_texts_line(x, k, GL_TEXT_OTHER), d->latest[first]);
}

/* 2567 is a year of Thailand, 1403 one of Iran: the days between two dates are as many, but their
 * months and weekdays are not. */
static void tell_calendar(const gl_texts *x) {
    enum { FIRST = 1600, LAST = 2400 };
    int64_t first = -1;
    for (int64_t k = 0; k < x->n; k++) {
        if (isnan(x->value[k])) continue;
        int year = gl_day_of(x->value[k]).year;
        if (year >= FIRST && year <= LAST) return;
        set_first(&first, k);
    }
    if (first < 0) return;
    gl_warn(x->t->g,
            "%s, column '%s': dates such as '%s' in %s %lld are of no year from %d to %d; are they "
            "of another calendar? Convert them, as they are read by the Gregorian one",
            x->t->source, x->c->name, x->c->category[first], gl_row_word(x->t),
            (long long)gl_texts_line(x, first, GL_TEXT_OTHER), FIRST, LAST);
}

/* A program of another country takes 3/5/2020 for the 5th of March, and leaves 25/5/2020. */
static void tell_swapped(const gl_texts *x, const dates *d) {
    enum { ENOUGH = 3 };
    if (!d->swapped || d->written[0] < ENOUGH || d->written[1] < ENOUGH) return;
    int64_t figures = d->only[GL_DMY] >= 0 ? d->only[GL_DMY] : d->only[GL_MDY];
    if (figures < 0) return;
    gl_warn(x->t->g,
            "%s, column '%s': no day of dates such as '%s' is above 12, and that of each such as "
            "'%s' is; did a program change day and month of the first?",
            x->t->source, x->c->name, x->c->category[d->only[GL_YMD]], x->c->category[figures]);
}

static void tell_slips(const gl_texts *x, const dates *d, bool as_dates, bool trained) {
    const char *text = x->c->category[d->slip], *name = x->c->name;
    char end[400];
    if (as_dates && trained) snprintf(end, sizeof end, "these are missing, as training read dates");
    else if (as_dates)
        snprintf(end, sizeof end,
                 "these are missing (option 'missing' '%.60s' says so; option 'category' '%s' "
                 "reads all as texts)",
                 text, name);
    else
        snprintf(end, sizeof end,
                 "the column is read as texts (option 'date' '%s' reads dates, and the texts as "
                 "missing)",
                 name);
    gl_warn(x->t->g,
            "%s, column '%s': %lld dates and %lld text%s, the first '%.60s' in %s %lld; %s",
            x->t->source, name, (long long)d->cells[1], (long long)d->cells[0],
            gl_plural(d->cells[0]), text, gl_row_word(x->t), (long long)d->line[0], end);
}

/* ---------------------------------------------------------------------------------- settling -- */

/* Dates whose order is not known. */
static glia_status leave_open(gl_texts *x, const dates *d, const gl_cell_signs *s, bool asked) {
    x->c->either_date = true;
    if (contradict(d)) return tell_contradiction(x, d, asked, s->trained);
    if (asked) return refuse(x, d);
    if (!s->trained) may_begin_with_years(d) ? tell_year_first(x, d) : tell_either(x, d);
    return GLIA_OK;
}

void gl_tell_zones(const gl_texts *x, int64_t zoned, int64_t other_zone) {
    const char *one = x->c->category[zoned], *other = x->c->category[other_zone],
               *word = gl_row_word(x->t);
    gl_warn(x->t->g,
            "%s, column '%s': times of several zones, '%.40s' in %s %lld and '%.40s' in %s "
            "%lld, are read as they stand, on different clocks; write all in one zone",
            x->t->source, x->c->name, one, word, (long long)gl_texts_line(x, zoned, GL_TEXT_OTHER),
            other, word, (long long)gl_texts_line(x, other_zone, GL_TEXT_OTHER));
}

static void tell_coarse(const gl_texts *x, int64_t k) {
    char text[40];
    gl_note(x->t->g,
            "%s, column '%s': dates, '%.40s' as %s, the first day of it (option 'category' '%s' "
            "reads texts)",
            x->t->source, x->c->name, x->c->category[k],
            gl_date_text(coarse_days(x->c->category[k]), false, text, sizeof text), x->c->name);
}

static glia_status become_dates(gl_texts *x, const dates *d, const gl_cell_signs *s, gl_date order,
                                gl_words_found *words) {
    gl_column *c = x->c;
    c->date = order;
    c->timed = d->timed;
    if (d->slip >= 0) tell_slips(x, d, true, s->trained);
    tell_short_years(x, d, order == GL_YYMD);
    if (!s->trained) tell_swapped(x, d), tell_calendar(x);
    if (order != GL_YMD) {
        int64_t k = order == GL_YYMD ? d->latest_text[1] : d->only[order];
        if (k < 0 || (order != GL_YYMD && d->either >= 0 && d->either < k)) k = d->either;
        gl_note(x->t->g, "%s, column '%s': dates, the %s first as in '%s' (option 'date-order')",
                x->t->source, c->name, gl_date_first[order], c->category[k]);
    }
    if (d->other_zone >= 0) gl_tell_zones(x, d->zoned, d->other_zone);
    else if (d->other_offset >= 0 && !s->trained) gl_tell_zones(x, d->offset, d->other_offset);
    if (d->coarse >= 0 && !s->trained) tell_coarse(x, d->coarse);
    gl_texts_words(x, words);
    return gl_texts_become(x, s->spelt, false);
}

/* Excel's count of days, where a date was pasted as a number: 44960 is 2023-02-03. True: told. */
static bool tell_serials(const gl_texts *x) {
    enum { FIRST = 15000, LAST = 80000, OF_1970 = 25569 }; /* 1941 to 2119 */
    int64_t first = -1, many = 0;
    char text[40];
    for (int64_t k = 0; k < x->n; k++) {
        int64_t v;
        if (says_nothing(x, k) || !isnan(x->value[k])) continue;
        if (!gl_parse_int(x->c->category[k], &v) || v < FIRST || v > LAST) return false;
        if (first < 0) first = k;
        many++;
    }
    if (first < 0) return false;
    int64_t days = 0;
    gl_parse_int(x->c->category[first], &days);
    gl_warn(x->t->g,
            "%s, column '%s': dates and %lld different numbers, the first '%s' in %s %lld; the "
            "column is read as texts; as Excel counts days it is %s: give the column one date "
            "format and save the table again",
            x->t->source, x->c->name, (long long)many, x->c->category[first], gl_row_word(x->t),
            (long long)gl_texts_line(x, first, GL_TEXT_NUMBER),
            gl_date_text((double)(days - OF_1970), false, text, sizeof text));
    return true;
}

/* Too many others. */
static bool stay_texts(gl_texts *x, const dates *d, bool asked, bool trained, glia_status *status) {
    bool told = !asked && !trained && d->texts >= LEAST_DATES && tell_serials(x);
    forget_days(x);
    if (told) return true;
    if (asked) return *status = refuse(x, d), true;
    if (d->cells[1] < d->cells[0] || d->texts < MANY_DATES) return false;
    if (!trained) tell_slips(x, d, false, false);
    return true;
}

/* 20-03-19 alone: only training knows what is the year. */
static bool is_trained_order(const dates *d, const gl_cell_signs *s) {
    bool open = d->short_years && d->short_years == d->texts && d->year_fits && !d->year_alone;
    return s->trained && !s->order && open;
}

bool gl_settle_dates(gl_texts *x, const gl_cell_signs *s, gl_words_found *words,
                     glia_status *status) {
    bool asked = x->c->role == GL_AS_DATE;
    gl_date declared = x->c->date, wanted = s->order ? s->order : declared;
    dates d = look_at_texts(x, wanted);
    x->c->date = GL_NO_DATE;
    if (!d.texts && !asked) return false;
    gl_date order = is_trained_order(&d, s) ? GL_NO_DATE : order_of(&d, wanted);
    if (d.others || asked || order == GL_YYMD || (contradict(&d) && order)) {
        fill_days(x, &d, order);
        count_cells(x, &d);
        bool slips = !d.others || are_slips(&d, asked);
        if (!d.texts || !slips) return stay_texts(x, &d, asked, s->trained, status);
    } else if (order) {
        fill_days(x, &d, order);
    }
    if (order) *status = become_dates(x, &d, s, order, words);
    else forget_days(x), *status = leave_open(x, &d, s, asked);
    return true;
}

/* ------------------------------------------------------------------------------- half a date -- */

/* 01/25, 12/26: a month and a year, or a day and a month; 1/2 and 3/4 are fractions. */
static bool is_half_date(const char *s, bool *padded) {
    int n[2] = {0};
    for (int i = 0; i < 2; i++) {
        const char *begin = s;
        for (; *s >= '0' && *s <= '9' && s - begin < 2; s++) n[i] = 10 * n[i] + (*s - '0');
        if (s == begin || *s != (i ? 0 : '/')) return false;
        *padded |= *begin == '0';
        s++;
    }
    return n[0] > 0 && n[0] <= 31 && (n[0] <= 12 || (n[1] > 0 && n[1] <= 12));
}

bool gl_tell_half_dates(const gl_texts *x) {
    bool padded = false;
    int64_t first = -1;
    for (int64_t k = 0; k < x->n; k++) {
        if (x->kind[k] == GL_TEXT_WORD) continue;
        if (!is_half_date(x->c->category[k], &padded)) return false;
        set_first(&first, k);
    }
    if (first < 0 || !padded) return false;
    gl_warn(x->t->g,
            "%s, column '%s': its cells look like months and years, or days of a year, such as "
            "'%s' in %s %lld, and are read as texts; write 2025-01, or 2025-01-25 (option "
            "'category' '%s' says that they are texts)",
            x->t->source, x->c->name, x->c->category[first], gl_row_word(x->t),
            (long long)gl_texts_line(x, first, GL_TEXT_OTHER), x->c->name);
    return true;
}

/* ----------------------------------------------------------------------------------- numbers -- */

/* Numbers are dates only where somebody says so: 20200131, or seconds or milliseconds since 1970,
 * which from 1973 to 5138 are as many as these. */
static gl_date date_of_numbers(const glia_table *t, const gl_column *c) {
    bool may[GL_DATES] = {[GL_SECONDS] = true, [GL_MILLISECONDS] = true, [GL_COMPACT] = true};
    int64_t numbers = 0;
    for (int64_t i = 0; i < t->rows; i++) {
        double v = gl_number(c, i);
        if (isnan(v)) continue;
        may[GL_SECONDS] &= fabs(v) >= 1e8 && fabs(v) < 1e11;
        may[GL_MILLISECONDS] &= fabs(v) >= 1e11 && fabs(v) < 1e14;
        may[GL_COMPACT] &= !isnan(gl_date_of_number(v, GL_COMPACT));
        numbers++;
    }
    for (int k = GL_DATES - 1; k >= GL_SECONDS && numbers; k--)
        if (may[k]) return (gl_date)k;
    return GL_NO_DATE;
}

glia_status gl_settle_number_dates(glia_table *t, gl_column *c, bool spelt) {
    char text[40];
    gl_date how = date_of_numbers(t, c);
    if (!how)
        return gl_fail(t->g, GLIA_INPUT,
                       "%s, column '%s': found numbers such as %s, expected dates, numbers such as "
                       "20200131, or seconds or milliseconds since 1970",
                       t->source, c->name, gl_print_number(gl_number(c, 0), text, sizeof text));
    if (spelt && !c->spelt && !(c->spelt = gl_alloc(t->g, t->rows, sizeof *c->spelt)))
        return GLIA_RESOURCE;
    if (!gl_column_unpack(t->g, c, t->rows)) return GLIA_RESOURCE;
    for (int64_t i = 0; i < t->rows; i++) {
        double v = c->number[i];
        if (isnan(v)) continue;
        gl_print_number(v, text, sizeof text);
        if (spelt && !c->spelt[i] && !(c->spelt[i] = gl_table_keep(t, text, strlen(text))))
            return GLIA_RESOURCE;
        c->number[i] = gl_date_of_number(v, how);
    }
    c->date = how;
    c->timed = how != GL_COMPACT;
    gl_note(t->g, "%s, column '%s': dates, %s such as %s", t->source, c->name,
            how == GL_COMPACT   ? "written"
            : how == GL_SECONDS ? "seconds since 1970"
                                : "milliseconds since 1970",
            text);
    return GLIA_OK;
}
