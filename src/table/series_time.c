/*
 * series_time.c: how the rows of a series follow each other in time: by which calendar, in which
 * seasons, and when the next one comes.
 *
 *     Jan 31   Feb 28   Mar 31    a month apart, on its last day: a season has 12, next is Apr 30
 */
#include "series.h"

#include <math.h>
#include <stdio.h>
#include <stdlib.h>

/* ------------------------------------------------------------------------------ the calendar -- */

static int by_size(const void *a, const void *b) {
    double x = *(const double *)a, y = *(const double *)b;
    return (x > y) - (x < y);
}

/* The median of the steps in time; NaN: there are none. */
static double usual_step(const gl_source_rows *of, const gl_column *time) {
    int64_t n = 0;
    double *step = gl_alloc(of->g, of->table->rows, sizeof *step);
    for (int64_t k = 0; step && k < of->count; k++)
        for (int64_t i = of->begin[k] + 1; i < of->begin[k + 1]; i++)
            step[n++] = gl_number(time, i) - gl_number(time, i - 1);
    if (step) qsort(step, (size_t)n, sizeof *step, by_size);
    double median = n > 0 ? step[n / 2] : NAN;
    gl_free(of->g, step);
    return median;
}

/* The usual step, and the rule that all dates follow where it is a day or at least a month. */
void gl_series_find_calendar(gl_source_rows *of) {
    const gl_column *time = gl_series_time(of);
    of->step = time ? usual_step(of, time) : NAN;
    if (!time || !time->date || of->table->rows < 2) return;
    bool same = true, last = true, work = true;
    for (int64_t i = 0; i < of->table->rows; i++) {
        gl_day d = gl_day_of(gl_number(time, i));
        if (d.day > of->day) of->day = d.day;
        last = last && gl_day_of(gl_number(time, i) + 1).day == 1;
        work = work && d.weekday < 5;
    }
    for (int64_t i = 0; i < of->table->rows; i++) {
        gl_day d = gl_day_of(gl_number(time, i));
        bool short_month = d.day < of->day && gl_day_of(gl_number(time, i) + 1).day == 1;
        same = same && (d.day == of->day || short_month);
    }
    /* 30.436875 days: 146,097 of 400 years, a 4,800th of them. */
    if (of->step >= 28 && (same || last)) of->months = llround(of->step / 30.436875);
    else if (work && of->step == 1 && of->table->rows > 5) of->calendar = GL_WORK_DAYS;
    if (of->months > 0) of->calendar = last ? GL_LAST_DAY : GL_SAME_DAY;
}

static double work_day_after(double now) { return now + (gl_day_of(now).weekday == 4 ? 3 : 1); }

/* ------------------------------------------------------------------------------ what is told -- */

/* "2", "1 day", "15 minutes" */
static const char *span_text(const gl_column *time, double span, char *buf, size_t size) {
    static const struct {
        const char *unit;
        double days;
    } units[] = {{"day", 1}, {"hour", 1.0 / 24}, {"minute", 1.0 / 1440}, {"second", 1.0 / 86400}};
    for (size_t i = 0; time->date && i < sizeof units / sizeof *units; i++) {
        double n = span / units[i].days;
        /* Times of a day are fractions of it: an hour is 1/24 to the last bits. */
        if (n < 0.9999 || fabs(n - round(n)) > 1e-4 * n) continue;
        snprintf(buf, size, "%.0f %s%s", round(n), units[i].unit, round(n) == 1 ? "" : "s");
        return buf;
    }
    snprintf(buf, size, "%g%s", span, time->date ? " days" : "");
    return buf;
}

/* "a month", "2 years", "a day of work"; else as above */
static const char *step_text(const gl_source_rows *of, char *buf, size_t size) {
    const bool years = of->months % 12 == 0;
    const int64_t n = years ? of->months / 12 : of->months;
    if (of->calendar == GL_WORK_DAYS) return "a day of work";
    if (!of->months) return span_text(gl_series_time(of), of->step, buf, size);
    if (n == 1) return years ? "a year" : "a month";
    if (n == 3 && !years) return "a quarter";
    snprintf(buf, size, "%lld %s", (long long)n, years ? "years" : "months");
    return buf;
}

/* A month has 28 to 31 days, and a clock jitters: half as much again is a gap. Weekends of days of
 * work are none. */
static bool is_gap(const gl_source_rows *of, const gl_column *time, int64_t i) {
    const double before = gl_number(time, i - 1);
    const double next = of->calendar == GL_WORK_DAYS ? work_day_after(before) : before + of->step;
    return gl_number(time, i) > next + of->step / 2;
}

static void tell_gaps(const gl_source_rows *of, const gl_column *time) {
    int64_t gaps = 0, first = 0;
    for (int64_t k = 0; k < of->count; k++)
        for (int64_t i = of->begin[k] + 1; i < of->begin[k + 1]; i++)
            if (is_gap(of, time, i) && !gaps++) first = i;
    if (!gaps) return;
    const double gap = gl_number(time, first) - gl_number(time, first - 1);
    char usual[64], found[64], where[512];
    gl_warn(of->g,
            "%s, column '%s': %s since the row before, usually it is %s; such gaps (%lld in all) "
            "count as one step",
            gl_table_where(of->table, first, where, sizeof where), time->name,
            span_text(time, gap, found, sizeof found), step_text(of, usual, sizeof usual),
            (long long)gaps);
}

void gl_series_tell_order(const gl_source_rows *of) {
    const gl_column *time = gl_series_time(of);
    char step[64] = "";
    if (!time) {
        gl_note(of->g, "series: rows in the order of the file");
        return;
    }
    const bool apart = !isnan(of->step);
    gl_note(of->g, "series: rows in the order of '%s'%s%s%s%s", time->name, apart ? ", " : "",
            apart ? step_text(of, step, sizeof step) : "", apart ? " apart" : "",
            of->own ? "; the file has another order" : "");
    if (of->step > 0) tell_gaps(of, time);
    bool compact = !time->date;
    for (int64_t i = 0; compact && i < of->table->rows; i++)
        compact = !isnan(gl_date_of_number(gl_number(time, i), GL_COMPACT));
    if (compact)
        gl_warn(of->g,
                "%s, column '%s': its numbers may all be dates, and are read as numbers; say "
                "option 'date' %s",
                of->table->source, time->name, time->name);
}

/* ----------------------------------------------------------------------------------- seasons -- */

double gl_series_known(const gl_past *past, const gl_column *target, int64_t season, int64_t i) {
    const int64_t horizon = past->of->series.horizon,
                  back = (horizon + season - 1) / season * season,
                  at = past->at[i] + horizon - back;
    return at >= past->of->begin[past->series[i]] ? gl_number(target, at) : NAN;
}

/* Of times that are dates: a day of hours or minutes and its week, the week and the year of days or
 * of days of work, the year of weeks, months and quarters. */
int gl_series_seasons(const gl_past *past, int64_t most[4]) {
    const gl_source_rows *of = past->of;
    const gl_column *time = gl_series_time(of);
    const double step = of->step;
    int n = 0;
    most[n++] = 1;
    if (!time || !time->date || !(step > 0)) return n;
    const int64_t months = of->months, a_day = llround(1 / step);
    if (months > 0 && 12 % months == 0 && months < 12) most[n++] = 12 / months;
    else if (of->calendar == GL_WORK_DAYS) most[n++] = 5, most[n++] = 261;
    else if (step < 1 && a_day > 1) most[n++] = a_day, most[n++] = 7 * a_day;
    else if (step == 1) most[n++] = 7, most[n++] = 365;
    else if (step == 7) most[n++] = 52;
    return n;
}

/* ------------------------------------------------------------------------------ what follows -- */

/* Of the past of row i; one row alone has the step of all. */
static double step_of_past(const gl_source_rows *of, const gl_column *time, int64_t end) {
    const int64_t n = of->series.length - 1;
    double *step = n > 0 ? gl_alloc(of->g, n, sizeof *step) : NULL;
    if (!step) return of->step;
    for (int64_t k = 0; k < n; k++)
        step[k] = gl_number(time, end - k) - gl_number(time, end - k - 1);
    qsort(step, (size_t)n, sizeof *step, by_size);
    double median = step[n / 2];
    gl_free(of->g, step);
    return median;
}

double gl_series_next_time(const glia_table *last, int64_t i) {
    const gl_source_rows *of = last->past->of;
    const gl_column *time = gl_series_time(of);
    const double now = gl_number(time, last->past->at[i]);
    switch (of->calendar) {
    case GL_SAME_DAY: return gl_months_later(now, of->months, of->day);
    case GL_LAST_DAY: return gl_months_later(now, of->months, 31);
    case GL_WORK_DAYS: return work_day_after(now);
    case GL_STEPS: break;
    }
    return now + step_of_past(of, time, last->past->at[i]);
}
