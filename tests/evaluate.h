/*
 * evaluate.h: what the tests of evaluation share: results as JSON, numbers that are close, and
 * scikit-learn.
 */
#ifndef GLIA_TEST_EVALUATE_H
#define GLIA_TEST_EVALUATE_H

#include <glia/glia.h>
#include <jansson.h>
#include <math.h>

#include "test.h"

static inline json_t *json_of(const char *line) {
    result r = run("%s", line);
    if (r.status != 0) fail_msg("%s\n exit status %d: %s", line, r.status, r.err);
    json_t *j = json_loads(r.out, 0, NULL);
    if (!j) fail_msg("%s\n printed no JSON:\n%s", line, r.out);
    result_free(&r);
    return j;
}

static inline double at(const json_t *j, const char *key) {
    const json_t *v = json_object_get(j, key);
    if (!json_is_number(v)) fail_msg("\"%s\" is no number", key);
    return json_number_value(v);
}

static inline double item(const json_t *list, size_t i) {
    return json_number_value(json_array_get(list, i));
}

static inline void need_sklearn(void) {
    if (system("/usr/bin/python3 -c 'import sklearn' 2>/dev/null") == 0) return;
    print_message("# skipped: python3-sklearn is not here\n");
    skip();
}

static inline void close_to(const char *what, double found, double expected, double tolerance) {
    if (!(fabs(found - expected) <= tolerance))
        fail_msg("%s is %.17g, expected %.17g", what, found, expected);
}

#endif
