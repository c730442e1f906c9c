/*
 * dates.c: a column of dates as features: days that have gone by, year, month, day of the week,
 * hour; those of them that differ in training.
 *
 *     2026-01-31    20484  2026  1  5  0      Saturday is 5, Monday 0
 *     2026-02-01    20485  2026  2  6  0
 *
 * Each is scaled by its own mean and deviation. Days tell of what grows in time, the others of what
 * comes back with the season, the week, the day. What falls on other days each year, a holiday, is
 * for whoever made the table.
 */
#include "pipeline_parts.h"

const char *const gl_part_name[GL_DATE_PARTS] = {"days", "year", "month", "weekday", "hour"};

double gl_date_part(double days, int part) {
    if (part == 0) return days;
    gl_day d = gl_day_of(days);
    double parts[GL_DATE_PARTS] = {days, d.year, d.month, d.weekday, d.hour};
    return parts[part];
}

int gl_parts_count(unsigned parts) {
    int count = 0;
    for (; parts; parts &= parts - 1) count++;
    return count;
}
