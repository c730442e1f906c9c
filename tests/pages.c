/*
 * pages.c: what the HTML reports say: whose scores they are, which parts the dots are of, in which
 * language. report.c beside it compares their numbers and looks at their form.
 */
#include <jansson.h>
#include <math.h>

#include "test.h"

static int count(const char *h, const char *words) {
    int n = 0;
    for (const char *s = h; (s = strstr(s, words)); s += strlen(words)) n++;
    return n;
}

/* Tables, and a model of the first. */
static int make_tables(void **state) {
    (void)state;
    result r =
        run("awk 'BEGIN { srand(4); print \"a,b,y\"; for (i = 0; i < 60; i++) { a = rand()\n"
            "b = rand(); print a \",\" b \",\" (a + b > 1 ? \"on\" : \"off\") } }' >few.csv\n"
            "head -n 3 few.csv >two.csv\n"
            "awk 'BEGIN { srand(2); print \"u,v,w\"; for (i = 0; i < 120; i++) { a = rand()\n"
            "print a \",\" rand() \",\" 40000 * a * a + 9000 * rand() } }' >reg.csv\n"
            "$GLIA train few.csv -o few.glia --quiet");
    int status = r.status;
    if (status) print_message("# %s", r.err);
    result_free(&r);
    return status;
}

static void make(const char *name, const char *header, int rows, const char *row) {
    result r = run("awk 'BEGIN { srand(5); print \"%s\"; for (i = 0; i < %d; i++) { x = rand()\n"
                   "y = rand(); print %s } }' >%s",
                   header, rows, row, name);
    assert_int_equal(r.status, 0);
    result_free(&r);
}

static char *page_of(const char *command) {
    result r = run("%s --quiet --report this.html", command);
    if (r.status != 0) fail_msg("%s: %s", command, r.err);
    result_free(&r);
    char path[600];
    snprintf(path, sizeof path, "%s/this.html", scratch());
    return slurp(path);
}

static void expect(const char *h, const char *words) {
    if (!strstr(h, words)) fail_msg("the page does not have '%s'", words);
}

/* ----------------------------------------------------------------------------- what it says -- */

/* In the end the network learns from all of few rows. */
static void few_rows_say_whose_scores_they_are(void **state) {
    (void)state;
    char *alone = page_of("$GLIA train few.csv -o few.glia"),
         *tested = page_of("$GLIA train few.csv --test two.csv -o few.glia");
    expect(alone, "<strong>forerunner</strong>, a network that learned in the same way from 48 of");
    expect(alone, "validation samples, the forerunner");
    expect(alone, "of the forerunner, which learned from the 48 training rows only");
    assert_null(strstr(tested, "<strong>forerunner</strong>"));
    expect(tested, "On the 2 test samples it gets <strong>");
    expect(tested, "only test rows measure it");
    free(alone);
    free(tested);
}

/* Epochs are counted from 1, as the terminal has them. */
static void the_best_epoch_is_that_of_the_terminal(void **state) {
    (void)state;
    result r = run("$GLIA train reg.csv --val 0.3 --epochs 20 -o best.glia --quiet --report "
                   "best.html | sed -n 's/.* after epoch //p'");
    int best = atoi(r.out);
    char words[80], path[600];
    snprintf(words, sizeof words, "dashed: the best epoch, %d; its weights were kept", best);
    snprintf(path, sizeof path, "%s/best.html", scratch());
    char *h = slurp(path);
    assert_true(best > 0);
    expect(h, words);
    free(h);
    result_free(&r);
}

/* Texts on the left, numbers on the right; long numbers in smaller letters; a wide table says that
 * it scrolls. */
static void tables_and_tiles_keep_their_form(void **state) {
    (void)state;
    make("money.csv", "word,x,money", 90,
         "(i % 3 ? \"red\" : \"blue\") \",\" x \",\" 1e9 * (1 + y)");
    make("kinds.csv", "u,v,kind", 360, "i % 18 + x \",\" y \",kind \" i % 18");
    char *money = page_of("$GLIA train money.csv --val 0.3 -o money.glia"),
         *kinds = page_of("$GLIA train kinds.csv --val 0.3 --epochs 3 -o kinds.glia");
    expect(money, "<th scope=\"col\" class=\"text\">word</th><th scope=\"col\">x</th>");
    expect(money, "<td class=\"text\">blue</td><td>0.");
    expect(money, "<dd class=\"longest\">");
    expect(kinds, "<p class=\"hint w62\">Where this table does not fit, it scrolls sideways.</p>\n"
                  "<div class=\"wide\" role=\"region\" tabindex=\"0\" aria-label=\"What was taken "
                  "for what\">");
    free(money);
    free(kinds);
}

/* Parts have marks of their own. */
static void dots_tell_parts_apart(void **state) {
    (void)state;
    char *h = page_of("$GLIA train reg.csv --val 0.3 --test reg.csv --epochs 9 -o dots.glia");
    assert_int_equal(count(h, "<circle class=\"dot c0\""), 84);
    assert_int_equal(count(h, "<path class=\"dot c1\""), 36);
    assert_int_equal(count(h, "<path class=\"dot c2\""), 120);
    expect(h, "class=\"key diamond c1\"></span>validation samples");
    free(h);
}

static void names_from_the_right_are_isolated(void **state) {
    (void)state;
    make("right.csv", "\u05d0\u05d1,b,y", 80,
         "x \",\" y \",\" (x > 0.5 ? \"\u0642\u0637\" : \"no\")");
    char *h = page_of("$GLIA train right.csv --val 0.3 -o right.glia");
    expect(h, "<th scope=\"col\"><bdi>\u05d0\u05d1</bdi></th>");
    expect(h, "<th scope=\"row\"><bdi>\u0642\u0637</bdi></th>");
    free(h);
}

/* What `explain` says of all rows: the step relu1, units by samples. */
static json_t *explained(json_t **all) {
    result r = run("$GLIA explain few.glia few.csv --row $(seq -s, 60) --json");
    size_t k;
    json_t *step;
    *all = json_loads(r.out, 0, NULL);
    result_free(&r);
    json_array_foreach(json_object_get(*all, "steps"), k, step) {
        if (strcmp(json_string_value(json_object_get(step, "name")), "relu1") == 0)
            return json_object_get(step, "value");
    }
    fail_msg("explain has no step relu1");
    return NULL;
}

static double number_at(const json_t *matrix, size_t i, size_t j) {
    return json_number_value(json_array_get(json_array_get(matrix, i), j));
}

static void hidden_units_are_as_explain_has_them(void **state) {
    (void)state;
    char *h = page_of("$GLIA eval few.glia few.csv"), words[200];
    json_t *all, *a = explained(&all);
    size_t units = json_array_size(a), dead = 0, zeros = 0;
    double sum = 0, squares = 0;
    for (size_t i = 0; i < units; i++) {
        size_t of_unit = 0;
        for (size_t j = 0; j < 60; j++) {
            double v = number_at(a, i, j);
            sum += v, squares += v * v, of_unit += v == 0;
        }
        zeros += of_unit, dead += of_unit == 60;
    }
    double n = 60.0 * (double)units, mean = sum / n, sd = sqrt(squares / n - mean * mean);
    snprintf(words, sizeof words,
             "<th scope=\"row\">1 fc1, relu</th><td>%zu</td><td>%zu<small>%.1f%%</small></td>"
             "<td>%.5g</td><td>%.5g</td><td>%.1f%%</td>",
             units, dead, 100.0 * (double)dead / (double)units, round(mean * 1e4) / 1e4,
             round(sd * 1e4) / 1e4, 100 * (double)zeros / n);
    expect(h, words);
    json_decref(all);
    free(h);
}

/* The first row of the heat table is of the unit with the longest weights; the columns stand by
 * their length, too. */
static void units_listen_to_their_columns(void **state) {
    (void)state;
    char *h = page_of("$GLIA eval few.glia few.csv"), words[200];
    json_t *all, *w = NULL, *one;
    size_t k, best = 0;
    explained(&all);
    json_array_foreach(json_object_get(all, "parameters"), k, one) {
        if (strcmp(json_string_value(json_object_get(one, "name")), "fc1.w") == 0)
            w = json_object_get(one, "value");
    }
    double length = 0, column[2] = {0};
    for (size_t i = 0; i < json_array_size(w); i++) {
        double a = number_at(w, i, 0), b = number_at(w, i, 1);
        column[0] += a * a, column[1] += b * b;
        if (a * a + b * b > length) length = a * a + b * b, best = i;
    }
    size_t first = column[1] > column[0];
    double value = number_at(w, best, first);
    snprintf(words, sizeof words, "<th scope=\"col\">%s</th><th scope=\"col\">%s</th></tr>",
             first ? "b" : "a", first ? "a" : "b");
    expect(h, words);
    const char *row = strstr(h, words) + strlen(words);
    snprintf(words, sizeof words, "<th scope=\"row\">unit %zu</th><td class=\"%s\"", best + 1,
             value < 0 ? "against" : "for");
    if (!strstr(row, words)) fail_msg("the first unit is not '%s'", words);
    row = strstr(row, words);
    snprintf(words, sizeof words, ">%s%.2f</td>", value < 0 ? "\u2212" : "+", fabs(value));
    assert_true(strstr(row, words) && strstr(row, words) < strstr(row, "</tr>"));
    json_decref(all);
    free(h);
}

/* ------------------------------------------------------------------------- in two languages -- */

static void the_whole_page_is_in_chinese(void **state) {
    (void)state;
    char *h = page_of("$GLIA eval few.glia few.csv --importance=2 --lang zh");
    expect(h, "<html lang=\"zh-CN\">");
    expect(h, "<h2>每一列有多重要</h2>");
    expect(h, "<h2>真警报与假警报（ROC）</h2>");
    assert_null(strstr(h, "Scores"));
    assert_null(strstr(h, "samples"));
    free(h);
    h = page_of("$GLIA data few.csv --lang zh");
    expect(h, "<h2>前几行</h2>");
    free(h);
    refuses(2, "--lang is 'xx', expected en or zh",
            "$GLIA eval few.glia few.csv --report l.html --lang xx");
    refuses(2, "there is none", "$GLIA train few.csv -o l.glia --lang zh");
    refuses(2, "expected en or zh", "$GLIA data few.csv --report l.html --lang de");
}

/* Which places {1} to {9} a phrase has, and how many tags open and close. */
static void marks_of(const char *text, int marks[12]) {
    memset(marks, 0, 12 * sizeof *marks);
    for (const char *s = text; *s; s++) {
        if (*s == '{') marks[s[1] - '0'] = 1;
        if (*s == '<') marks[s[1] == '/' ? 10 : 11]++;
    }
}

static void both_languages_have_the_same_places(void **state) {
    (void)state;
    static const char *const phrases[][3] = {
#define PHRASE(name, english, chinese) {#name, english, chinese},
#include "../cli/phrases.def"
#undef PHRASE
    };
    for (size_t i = 0; i < sizeof phrases / sizeof *phrases; i++) {
        int english[12], chinese[12];
        marks_of(phrases[i][1], english);
        marks_of(phrases[i][2], chinese);
        if (memcmp(english, chinese, sizeof english) != 0)
            fail_msg("phrase '%s' has other places in Chinese", phrases[i][0]);
        assert_true(*phrases[i][2]);
    }
}

/* Of each piece between places three words in a row stand in the sources, if it has more. */
static bool is_said(const char *sources, const char *pattern) {
    bool all = true;
    for (const char *s = pattern; *s; s += *s ? 3 : 0) {
        size_t end = strcspn(s, "{"), found = 0, triples = 0;
        for (size_t from = strcspn(s, "abcdefghijklmnopqrstuvwxyz"); from < end;
             from += strcspn(s + from, " ") + 1) {
            size_t n = 0;
            int words = 0;
            while (from + n < end && (words += s[from + n] == ' ') < 3) n++;
            char triple[300];
            snprintf(triple, sizeof triple, "%.*s", (int)n, s + from);
            if (words + (from + n == end) >= 3) triples++, found += strstr(sources, triple) != NULL;
        }
        if (triples > 1 && found == 0) all = false;
        s += end;
    }
    return all;
}

/* Literals that follow each other are one text. */
static void what_is_translated_is_what_the_library_says(void **state) {
    (void)state;
    static const char *const lines[][2] = {
#define SAID(english, chinese) {english, chinese},
#include "../cli/said.def"
#undef SAID
    };
    result r =
        run("cd '%s' && cat $(find src cli -name '*.c' -o -name '*.def' | grep -v said.def) | "
            "tr -d '\\n' | sed 's/\" *\"//g'",
            SOURCE_ROOT);
    for (size_t i = 0; i < sizeof lines / sizeof *lines; i++) {
        int english[12], chinese[12];
        if (!is_said(r.out, lines[i][0])) fail_msg("nobody says '%s'", lines[i][0]);
        marks_of(lines[i][0], english);
        marks_of(lines[i][1], chinese);
        if (memcmp(english, chinese, sizeof english) != 0)
            fail_msg("'%s' has other places in Chinese", lines[i][0]);
    }
    result_free(&r);
}

static void decisions_are_in_chinese_where_they_are_known(void **state) {
    (void)state;
    char *h = page_of("$GLIA train few.csv --lang zh -o zh.glia");
    expect(h, "<li>验证：60 行中的 12 行（随机种子 1）决定何时停止；48 行用于训练</li>");
    expect(h, "因此任务为 binary");
    assert_null(strstr(h, "lang=\"en\""));
    free(h);
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(few_rows_say_whose_scores_they_are),
        cmocka_unit_test(the_best_epoch_is_that_of_the_terminal),
        cmocka_unit_test(tables_and_tiles_keep_their_form),
        cmocka_unit_test(dots_tell_parts_apart),
        cmocka_unit_test(names_from_the_right_are_isolated),
        cmocka_unit_test(hidden_units_are_as_explain_has_them),
        cmocka_unit_test(units_listen_to_their_columns),
        cmocka_unit_test(the_whole_page_is_in_chinese),
        cmocka_unit_test(both_languages_have_the_same_places),
        cmocka_unit_test(what_is_translated_is_what_the_library_says),
        cmocka_unit_test(decisions_are_in_chinese_where_they_are_known),
    };
    return cmocka_run_group_tests_name("pages", tests, make_tables, NULL);
}
