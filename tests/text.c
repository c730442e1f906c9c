/*
 * text.c: lists of words, and the word that was probably meant.
 */
#include "base/base.h"

#include "test.h"

#include "context.h"

static const char *const colours[] = {"red", "green", "blue", "violet"};

static void a_list_reads_as_people_write_it(void **state) {
    (void)state;
    char buf[64];
    assert_string_equal(gl_list(colours, 0, buf, sizeof buf), "");
    assert_string_equal(gl_list(colours, 1, buf, sizeof buf), "red");
    assert_string_equal(gl_list(colours, 2, buf, sizeof buf), "red or green");
    assert_string_equal(gl_list(colours, 4, buf, sizeof buf), "red, green, blue or violet");
}

/* For every room: the whole list, or whole words and the mark that some are missing. */
static void a_list_ends_where_its_room_ends(void **state) {
    (void)state;
    const char whole[] = "red, green, blue or violet";
    for (size_t size = sizeof ", ..."; size < sizeof whole + 4; size++) {
        char buf[64];
        memset(buf, '#', sizeof buf);
        gl_list(colours, 4, buf, size);
        assert_true(strlen(buf) < size);
        assert_int_equal(buf[size], '#');
        if (size >= sizeof whole) assert_string_equal(buf, whole);
        else {
            size_t kept = strlen(buf) - strlen(", ...");
            assert_string_equal(buf + kept, ", ...");
            assert_memory_equal(buf, whole, kept);
            assert_true(kept == 0 || strchr(", ", whole[kept])); /* ends with a word */
        }
    }
}

static const char *told(const char *word, const char *otherwise) {
    assert_int_equal(gl_fail_word(g, GLIA_INPUT, word, colours, 4, otherwise,
                                  "no colour '%s' of %d", word, 4),
                     GLIA_INPUT);
    assert_int_equal(glia_code(g), GLIA_INPUT);
    return glia_message(g);
}

static void the_word_that_is_near_is_offered(void **state) {
    (void)state;
    assert_string_equal(told("vilot", "see a rainbow"),
                        "no colour 'vilot' of 4; did you mean 'violet'?");
    assert_string_equal(told("Gren", NULL), "no colour 'Gren' of 4; did you mean 'green'?");
    assert_string_equal(told("ultramarine", "see a rainbow"),
                        "no colour 'ultramarine' of 4; see a rainbow");
    assert_string_equal(told("ultramarine", NULL), "no colour 'ultramarine' of 4");
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(a_list_reads_as_people_write_it),
        cmocka_unit_test(a_list_ends_where_its_room_ends),
        cmocka_unit_test(the_word_that_is_near_is_offered),
    };
    return cmocka_run_group_tests_name("text", tests, open_context, close_context);
}
