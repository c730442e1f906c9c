/*
 * dress.c: numbers as people write them, taken apart and read with each meaning of comma and point.
 */
#include "fuzz.h"
#include "table/dress.h"

static const char decimals[] = ".,", groups[] = "\0,.'_ ";

void fuzz_dress(const uint8_t *bytes, size_t n) {
    gl_undressed u;
    double value, again;
    if (!gl_undress((const char *)bytes, n, &u)) return;
    for (size_t i = 0; i < sizeof decimals - 1; i++) {
        for (size_t k = 0; k < sizeof groups - 1; k++) {
            gl_dress d = {.decimal = decimals[i], .group = groups[k]};
            memcpy(d.before, u.before, sizeof d.before);
            memcpy(d.after, u.after, sizeof d.after);
            if (!gl_body_value(u.body, d.decimal, d.group, &value)) continue;
            bool read = gl_dress_value(&d, (const char *)bytes, n, &again);
            if (u.negative) value = -value;
            fuzz_check(read && value == again, "'%.*s' is %g by parts and %g as a whole", (int)n,
                       (const char *)bytes, value, read ? again : 0);
        }
    }
    gl_is_currency(u.before);
}
