/*
 * json.c: what the reader of JSON refuses, and numbers and texts, which are written as jansson
 * writes them. That it accepts and refuses what jansson does is for fuzz/json_text.c.
 */
#include <jansson.h>
#include <math.h>

#include "../src/base/json.h"
#include "../src/base/random.h"
#include "context.h"
#include "test.h"

/* ----------------------------------------------------------------------------------- reading -- */

/* Jansson takes one behind a number for a blank, so that the fuzz target does not ask it. */
static void a_nul_is_refused_everywhere(void **state) {
    (void)state;
    static const char text[] = "{\"a\":[1,\"b\",null]} ";
    for (size_t i = 0; i < sizeof text - 1; i++) {
        char copy[sizeof text];
        memcpy(copy, text, sizeof text);
        copy[i] = '\0';
        assert_null(gl_json_read(g, copy, sizeof text - 1));
    }
}

static void depth_is_limited(void **state) {
    (void)state;
    char text[201], deep[201];
    memset(text, '[', 100), memset(text + 100, ']', 100);
    for (size_t depth = 1; depth < 100; depth++) {
        memcpy(deep, text + 100 - depth, 2 * depth);
        gl_json *v = gl_json_read(g, deep, (int64_t)(2 * depth));
        assert_int_equal(v != NULL, depth <= 32);
        gl_free(g, v);
    }
}

static void a_name_that_stands_twice_names_nothing(void **state) {
    (void)state;
    char text[] = "{\"a\":1,\"b\":{\"x\":2},\"a\":3}";
    gl_json *v = gl_json_read(g, text, sizeof text - 1);
    assert_null(gl_json_get(v, "a"));
    assert_int_equal(gl_json_whole(gl_json_get(gl_json_get(v, "b"), "x")), 2);
    gl_free(g, v);
}

/* ----------------------------------------------------------------------------------- writing -- */

static void expect_written(gl_text *ours, json_t *theirs, size_t flags) {
    char *text = json_dumps(theirs, JSON_ENCODE_ANY | flags);
    assert_string_equal(ours->s, text);
    gl_free(g, ours->s);
    free(text);
    json_decref(theirs);
}

static void a_number_is_written_as_jansson_writes_it(void **state) {
    (void)state;
    gl_rng r = gl_rng_new(2, GL_STREAM_TEST, 0);
    static const double some[] = {0,    -0.0, 1,    -1,     0.1,   1e5,    1e16,   1e17, 123456789,
                                  1e22, 1e-4, 1e-5, 2.5e-7, 1e100, 1e-100, 5e-324, 1.5,  1e300};
    for (int i = 0; i < 20000; i++) {
        gl_text t = {.g = g};
        double v = i < 18 ? some[i] : gl_rng_normal(&r) * pow(10, gl_rng_normal(&r) * 20);
        gl_add_json_number(&t, v);
        expect_written(&t, json_real(v), JSON_REAL_PRECISION(17));
    }
}

static void a_text_is_written_as_jansson_writes_it(void **state) {
    (void)state;
    gl_rng r = gl_rng_new(3, GL_STREAM_TEST, 0);
    for (int i = 0; i < 5000; i++) {
        char text[12] = "";
        for (int k = 0; k < 10; k++) text[k] = (char)(1 + gl_rng_below(&r, 127));
        if (i % 3 == 0) memcpy(text + 3, "\xe6\x96\x87", 3);
        gl_text t = {.g = g};
        gl_add_json_text(&t, text);
        expect_written(&t, json_string(text), 0);
    }
}

static void what_is_not_utf8_is_written_as_question_marks(void **state) {
    (void)state;
    gl_text t = {.g = g};
    gl_add_json_text(&t, "caf\xe9 \xe6\x96\x87");
    assert_string_equal(t.s, "\"caf? ???\"");
    gl_free(g, t.s);
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(a_nul_is_refused_everywhere),
        cmocka_unit_test(depth_is_limited),
        cmocka_unit_test(a_name_that_stands_twice_names_nothing),
        cmocka_unit_test(a_number_is_written_as_jansson_writes_it),
        cmocka_unit_test(a_text_is_written_as_jansson_writes_it),
        cmocka_unit_test(what_is_not_utf8_is_written_as_question_marks),
    };
    return cmocka_run_group_tests_name("json", tests, open_context, close_context);
}
