/*
 * json.c: the reader of JSON beside jansson: texts that are changed at random are accepted and
 * refused by both, and mean the same; numbers and texts are written as jansson writes them.
 */
#include <jansson.h>
#include <math.h>

#include "../src/base/json.h"
#include "../src/base/random.h"
#include "context.h"
#include "test.h"

/* ----------------------------------------------------------------------------------- reading -- */

static bool same(const gl_json *ours, const json_t *theirs);

static bool same_members(const gl_json *ours, const json_t *theirs) {
    size_t members = 0;
    for (const gl_json *name = NULL; (name = gl_json_name(ours, name)); members++) {
        const json_t *value = json_object_get(theirs, name->text);
        const gl_json *found = gl_json_get(ours, name->text);
        if (!found) return true; /* twice: jansson takes the last */
        if (!value || !same(found, value)) return false;
    }
    return members == json_object_size(theirs);
}

static bool same_items(const gl_json *ours, const json_t *theirs) {
    size_t items = 0;
    for (const gl_json *item = NULL; (item = gl_json_item(ours, item)); items++)
        if (!same(item, json_array_get(theirs, items))) return false;
    return items == json_array_size(theirs) && (int64_t)items == gl_json_items(ours);
}

static bool same_number(const gl_json *ours, const json_t *theirs) {
    double v;
    if (!gl_json_number(ours, &v) || v != json_number_value(theirs)) return false;
    return gl_json_whole(ours) == (json_is_integer(theirs) ? json_integer_value(theirs) : 0);
}

static bool same(const gl_json *ours, const json_t *theirs) {
    switch (json_typeof(theirs)) {
    case JSON_OBJECT: return ours->kind == GL_JSON_OBJECT && same_members(ours, theirs);
    case JSON_ARRAY: return ours->kind == GL_JSON_ARRAY && same_items(ours, theirs);
    case JSON_STRING:
        return gl_json_text(ours) && !strcmp(gl_json_text(ours), json_string_value(theirs));
    case JSON_INTEGER:
    case JSON_REAL: return same_number(ours, theirs);
    case JSON_TRUE: return ours->kind == GL_JSON_TRUE;
    case JSON_FALSE: return ours->kind == GL_JSON_FALSE;
    default: return ours->kind == GL_JSON_NULL;
    }
}

/* What both say of a text; jansson also refuses numbers that are too large, of which we say so when
 * they are asked for. */
static void compare(const char *text, size_t n) {
    json_error_t error;
    char *copy = malloc(n + 1);
    memcpy(copy, text, n), copy[n] = '\0';
    json_t *theirs = json_loadb(text, n, JSON_DECODE_ANY, &error);
    gl_json *ours = gl_json_read(g, copy, (int64_t)n);
    bool large = !theirs && (strstr(error.text, "too big") || strstr(error.text, "overflow"));
    if (!ours && strncmp(glia_message(g), "at byte ", 8) != 0) fail_msg("%s", glia_message(g));
    if (!large && !ours != !theirs)
        fail_msg("'%.*s': ours: %s; jansson: %s", (int)n, text, ours ? "read" : glia_message(g),
                 theirs ? "read" : error.text);
    if (ours && theirs && !same(ours, theirs)) fail_msg("'%.*s' is not the same", (int)n, text);
    gl_free(g, ours);
    json_decref(theirs);
    free(copy);
}

static const char *const seeds[] = {
    "{\"__metadata__\":{\"format\":\"glia 1\",\"net\":\"dense 3\"},\"fc1.w\":{\"dtype\":\"F32\","
    "\"shape\":[3,4],\"data_offsets\":[0,48]}}   ",
    "[0, -0, 1.5, -1e5, 2E-3, 10, 0.1e+7, 123456789012345678, null, true, false, [], {}, [[]]]",
    "{\"a\":\"x\\u00e9\\\"\\\\\\/"
    "\\b\\f\\n\\r\\t\\ud83d\\ude00\",\"\xc3\xa9\":[\"\xf0\x9f\x98\x80\"]}",
    "\"text\"",
    "-17",
};

static void texts_changed_at_random_mean_what_jansson_says(void **state) {
    (void)state;
    static const char spice[] =
        "{}[]\",:\\/0123456789-+.eEunltrfas \n\t\x01\x7f\xc3\xa9\xed\xf4\xff";
    const char *rounds = getenv("GLIA_FUZZ");
    gl_rng r = gl_rng_new(1, GL_STREAM_TEST, 0);
    for (int64_t round = 0; round < (rounds ? atoll(rounds) : 30000); round++) {
        const char *seed = seeds[gl_rng_below(&r, sizeof seeds / sizeof *seeds)];
        size_t n = strlen(seed);
        char text[512];
        memcpy(text, seed, n);
        for (int64_t k = gl_rng_below(&r, 4); k > 0 && n > 1; k--) {
            size_t at = (size_t)gl_rng_below(&r, (int64_t)n);
            switch (gl_rng_below(&r, 3)) {
            case 0: text[at] = spice[gl_rng_below(&r, sizeof spice - 1)]; break;
            case 1: memmove(text + at, text + at + 1, --n - at); break;
            default:
                memmove(text + at + 1, text + at, n++ - at);
                text[at] = spice[gl_rng_below(&r, sizeof spice - 1)];
            }
        }
        compare(text, n);
        compare(text, (size_t)gl_rng_below(&r, (int64_t)n + 1)); /* and cut */
    }
}

/* Jansson takes one behind a number for a blank. */
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
        cmocka_unit_test(texts_changed_at_random_mean_what_jansson_says),
        cmocka_unit_test(a_nul_is_refused_everywhere),
        cmocka_unit_test(depth_is_limited),
        cmocka_unit_test(a_name_that_stands_twice_names_nothing),
        cmocka_unit_test(a_number_is_written_as_jansson_writes_it),
        cmocka_unit_test(a_text_is_written_as_jansson_writes_it),
        cmocka_unit_test(what_is_not_utf8_is_written_as_question_marks),
    };
    return cmocka_run_group_tests_name("json", tests, open_context, close_context);
}
