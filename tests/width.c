/*
 * width.c: tables and lines on the terminal keep within its width, down to 60 columns, and lose no
 * number. The C library's wcwidth says how wide a character is.
 */
#define _XOPEN_SOURCE 700 /* wcwidth */
#include <ctype.h>
#include <locale.h>
#include <wchar.h>

#include "test.h"

#define NAME "height_of_the_%%dth_mast_above_the_ground_in_the_north"

/* Long names, Chinese, Arabic; 12 classes of one long word each. */
static int make_tables(void **state) {
    (void)state;
    setenv("LC_ALL", "C.UTF-8", 1);
    result r = run(
        "awk 'BEGIN { srand(3); for (k = 1; k < 4; k++) printf \"" NAME ",\", k\n"
        "print \"\u7b2c\u4e00\u53f0\u4f20\u611f\u5668\u7684\u6d4b\u91cf\u503c\u548c\u5355\u4f4d,"
        "\u0627\u0644\u0645\u062f\u064a\u0646\u0629,kind\"; for (i = 0; i < 240; i++) {\n"
        "printf \"%%.4f,%%.4f,%%.4f,%%.4f,%%s,\", rand(), 1e7 * rand(), rand(), rand(), "
        "i %% 7 ? \"somewhere in the middle of it\" : \"elsewhere\"\n"
        "print \"a class with a long name, number \" i %% 12 } }' >long.csv\n"
        "awk 'BEGIN { srand(4); print \"a,b,y\"; for (i = 0; i < 200; i++) { a = rand()\n"
        "b = rand(); print a \",\" b \",\" (a + b + rand() / 4 > 1 ? \"on\" : \"off\") } }' "
        ">two.csv\n"
        "sed -i 's/, number/ number/' long.csv; unset COLUMNS\n"
        "$GLIA train long.csv --val 0.2 --epochs 2 -o long.glia --quiet\n"
        "$GLIA train two.csv --val 0.2 --epochs 9 -o two.glia --quiet");
    int status = r.status;
    if (status) print_message("# %s", r.err);
    result_free(&r);
    unsetenv("COLUMNS");
    return setlocale(LC_ALL, "C.UTF-8") ? status : 1;
}

static const char *const commands[] = {
    "$GLIA data long.csv --head 2",
    "$GLIA data two.csv --against two.csv",
    "$GLIA show long.glia",
    "$GLIA show two.glia",
    "$GLIA eval long.glia long.csv --importance=2",
    "$GLIA eval two.glia two.csv --importance=2 --top --cost 5:1 --plot",
    "$GLIA explain long.glia long.csv --row 1",
    "$GLIA explain two.glia two.csv --row 1,2,3,4,5",
    "$GLIA train two.csv --folds 3 --epochs 3 --val 0.2 --test two.csv -o new.glia",
    "$GLIA --help",
    "$GLIA train --help",
    "$GLIA help --help",
    "$GLIA course --list",
    "$GLIA course basics",
    "$GLIA demo --list",
    "$GLIA demo step",
    "$GLIA demo dead",
    "$GLIA demo batches",
    "$GLIA demo bowl",
    "$GLIA train long.csv --epochs 1 -o a_model_with_a_name_that_is_much_longer_than_others.glia",
};

enum { COMMANDS = sizeof commands / sizeof *commands };

static char *printed(const char *columns, const char *command) {
    result r = run("%s %s --quiet 2>/dev/null", columns, command);
    if (r.status != 0) fail_msg("%s: status %d", command, r.status);
    free(r.err);
    return r.out;
}

/* ----------------------------------------------------------------------------------- widths -- */

static int width_of(const char *line, size_t n) {
    int width = 0;
    mbstate_t state = {0};
    for (wchar_t c; n > 0;) {
        size_t used = mbrtowc(&c, line, n, &state);
        assert_true(used > 0 && used <= n);
        width += wcwidth(c) > 0 ? wcwidth(c) : 0;
        line += used, n -= used;
    }
    return width;
}

static int widest(const char *text) {
    int width = 0;
    for (const char *line = text; *line;) {
        size_t n = strcspn(line, "\n");
        if (width_of(line, n) > width) width = width_of(line, n);
        line += n + (line[n] == '\n');
    }
    return width;
}

static void no_line_is_wider_than_the_terminal(void **state) {
    (void)state;
    static const int columns[] = {60, 80, 100};
    for (int i = 0; i < COMMANDS; i++)
        for (int k = i % 3 * (EVERY > 1); k < 3; k += EVERY) {
            char set[32];
            snprintf(set, sizeof set, "COLUMNS=%d", columns[k]);
            char *text = printed(set, commands[i]);
            if (widest(text) > columns[k])
                fail_msg("%s %s: %d columns\n%s", set, commands[i], widest(text), text);
            free(text);
        }
}

/* Below 60 columns there is no room for a table; a file or a pipe has any. */
static void a_pipe_has_any_width_and_the_least_is_60(void **state) {
    (void)state;
    char *pipe = printed("", commands[0]), *word = printed("COLUMNS=many", commands[0]),
         *least = printed("COLUMNS=9", commands[0]), *sixty = printed("COLUMNS=60", commands[0]);
    assert_string_equal(pipe, word);
    assert_string_equal(least, sixty);
    assert_non_null(strstr(pipe, "height_of_the_3th_mast_above_the_ground_in_the_north   number"));
    assert_true(widest(pipe) > 100);
    free(pipe), free(word), free(least), free(sixty);
}

/* ------------------------------------------------------------------------------ what remains -- */

/* Numbers are never shortened, whichever way a table is cut. */
static void no_number_is_lost(void **state) {
    (void)state;
    static const int looked_at[] = {0, 4, 5, 7};
    for (int i = 0; i < 4; i++) {
        char *wide = printed("", commands[looked_at[i]]),
             *narrow = printed("COLUMNS=60", commands[looked_at[i]]);
        for (const char *s = wide; *s; s++) {
            if (!isdigit((unsigned char)*s) || (s > wide && !strchr(" +-", s[-1]))) continue;
            size_t n = strspn(s, "0123456789.e+-%");
            char number[64];
            snprintf(number, sizeof number, "%.*s", n < 63 ? (int)n : 63, s);
            if (strchr(" \n", s[n]) && !strstr(narrow, number))
                fail_msg("%s: %s is lost", commands[looked_at[i]], number);
        }
        free(wide);
        free(narrow);
    }
}

static void a_long_name_keeps_both_its_ends(void **state) {
    (void)state;
    char *utf8 = printed("COLUMNS=60", commands[0]),
         *ascii = printed("COLUMNS=60 LC_ALL=C", commands[0]);
    assert_non_null(strstr(utf8, "height_of_t\u2026_the_north"));
    assert_non_null(strstr(ascii, "height_of_.._the_north"));
    assert_non_null(strstr(utf8, "\u0627\u0644\u0645\u062f\u064a\u0646\u0629"));
    free(utf8);
    free(ascii);
}

/* A line of a shell goes on behind a backslash. */
static void a_command_stays_a_command(void **state) {
    (void)state;
    char *text = printed("COLUMNS=60", "$GLIA show long.glia"), *from = strstr(text, "glia train"),
         *to = strstr(from, "\n  seed"), line[200];
    size_t n = 0;
    for (char *s = from; s < to; s++) {
        if (strncmp(s, " \\\n", 3) == 0) s += 3 + strspn(s + 3, " ") - 1, line[n++] = ' ';
        else line[n++] = *s;
    }
    line[n] = 0;
    assert_string_equal(line, "glia train long.csv --val 0.2 --epochs 2");
    free(text);
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(no_line_is_wider_than_the_terminal),
        cmocka_unit_test(a_pipe_has_any_width_and_the_least_is_60),
        cmocka_unit_test(no_number_is_lost),
        cmocka_unit_test(a_long_name_keeps_both_its_ends),
        cmocka_unit_test(a_command_stays_a_command),
    };
    return cmocka_run_group_tests_name("width", tests, make_tables, NULL);
}
