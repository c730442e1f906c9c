/*
 * date.c: dates and times as texts. One that is printed reads back as the same day.
 */
#include "fuzz.h"
#include "table/date.h"

#include <math.h>

/* The years 1000 to 2999, beyond which no text is a date. */
static const double first = -354285, behind = 376200;

static void compare(double days, bool timed) {
    if (!(days >= first && days < behind)) return;
    char text[64];
    gl_date_parts parts;
    gl_date_text(days, timed, text, sizeof text);
    bool read = gl_date_read(text, strlen(text), &parts) && parts.may[GL_YMD];
    fuzz_check(read, "%.17g is printed as '%s', which is no date", days, text);
    double again = gl_date_days(&parts, GL_YMD), least = timed ? 1 / 86400.0 : 1;
    fuzz_check(fabs(again - days) < least, "%.17g is printed as '%s', which is %.17g", days, text,
               again);
}

void fuzz_date(const uint8_t *bytes, size_t n) {
    gl_date_parts parts;
    double value;
    if (gl_date_read((const char *)bytes, n, &parts)) {
        for (int how = GL_YMD; how <= GL_MDY; how++)
            if (parts.may[how]) compare(gl_date_days(&parts, (gl_date)how), parts.timed);
    }
    if (!gl_parse_number((const char *)bytes, n, '.', &value)) return;
    for (int how = GL_SECONDS; how < GL_DATES; how++)
        compare(gl_date_of_number(value, (gl_date)how), how != GL_COMPACT);
}
