/*
 * number.c: a text is the number that strtod says, or none; what is printed reads back as the same
 * bits.
 */
#include "fuzz.h"

#include <math.h>

enum { MOST_LETTERS = 399 }; /* longer texts are no numbers */

/* What both take: strtod has hexadecimal numbers, "nan(0)" and other blanks as well. */
static bool is_plain(const char *s) {
    return strlen(s) <= MOST_LETTERS && !strpbrk(s, "xX(\r\n\v\f");
}

static bool of_strtod(const char *text, double *value) {
    char *end;
    *value = strtod(text, &end);
    return end != text && !end[strspn(end, " \t")];
}

static void compare_printed(double value) {
    char text[32];
    double again;
    gl_print_number(value, text, sizeof text);
    fuzz_check(gl_parse_number(text, strlen(text), '.', &again), "'%s' is no number", text);
    fuzz_check(!memcmp(&value, &again, sizeof value) || (isnan(value) && isnan(again)),
               "%a is printed as '%s', which is %a", value, text, again);
}

static void compare_read(const char *text, size_t n) {
    double ours = 0, theirs, plain;
    bool read = gl_parse_number(text, n, '.', &ours), known = of_strtod(text, &theirs);
    fuzz_check(read == known, "'%s' is %s number, which strtod denies", text, read ? "a" : "no");
    if (!read) return;
    fuzz_check(!memcmp(&ours, &theirs, sizeof ours) || (isnan(ours) && isnan(theirs)),
               "'%s' is %a, and to strtod %a", text, ours, theirs);
    const char *end = gl_parse_plain(text, text + n, '.', &plain);
    if (end == text + n) fuzz_check(plain == ours, "'%s' is %a, and plain %a", text, ours, plain);
}

void fuzz_number(const uint8_t *bytes, size_t n) {
    double value;
    char *text = fuzz_text(bytes, n);
    gl_parse_number((const char *)bytes, n, ',', &value);
    if (strlen(text) == n && is_plain(text)) compare_read(text, n);
    if (n >= sizeof value) compare_printed((memcpy(&value, bytes, sizeof value), value));
    free(text);
}
