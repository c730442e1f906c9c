/*
 * examples.c: the programs of examples/ run, as C and as C++, and embed.c answers with any model of
 * a table what the program predicts.
 */
#include "evaluate.h"

static char *text_of(const char *line) {
    result r = run("%s", line);
    if (r.status != 0) fail_msg("%s\n exit status %d: %s", line, r.status, r.err);
    free(r.err);
    return r.out;
}

static int make_rows(void **state) {
    (void)state;
    char text[8000];
    int n = snprintf(text, sizeof text, "size,colour,day,note,class,three,price,count\n");
    for (int i = 0; i < 90; i++)
        n +=
            snprintf(text + n, sizeof text - (size_t)n, "%.2f,%s,2024-%02d-%02d,%s,%s,%s,%.2f,%d\n",
                     sin(i) * 3, i % 3 ? "red" : "blue green", 1 + i % 12, 1 + i % 28,
                     i % 2 ? "very good indeed" : "bad and late", i % 3 ? "yes" : "no",
                     i % 5 < 2   ? "low"
                     : i % 5 < 4 ? "middle"
                                 : "high",
                     20 + sin(i) * 9 + i % 3, i % 4);
    write_file("rows.csv", text);
    n = snprintf(text, sizeof text, "day,temp\n");
    for (int i = 0; i < 90; i++)
        n += snprintf(text + n, sizeof text - (size_t)n, "2024-%02d-%02d,%.2f\n",
                      1 + (i >= 31) + (i >= 60),
                      1 + (i < 31   ? i
                           : i < 60 ? i - 31
                                    : i - 60),
                      10 + 5 * sin(i / 6.0));
    write_file("days.csv", text);
    write_file("one.csv", "size,colour,day,note\n0.5,blue green,2024-03-09,bad and late\n");
    return 0;
}

static void examples_are_short_and_run_as_c_and_as_cpp(void **state) {
    (void)state;
    static const struct {
        const char *name, *arguments, *says;
    } examples[] = {
        {"xor", "", "1 xor 1 = 0"},
        {"csv", "rows.csv class e.glia", "validation accuracy: "},
        {"embed", "e.glia size=1 colour=red", "class: "},
        {"forecast", "days.csv temp 3 2", "day,temp\n2024-03-31,"},
        {"stream", "", "mean error 0.0"},
    };
    for (size_t i = 0; i < sizeof examples / sizeof *examples; i++) {
        char *lines, line[1500];
        snprintf(line, sizeof line, "wc -l <%s/examples/%s.c", SOURCE_ROOT, examples[i].name);
        lines = text_of(line);
        if (atoi(lines) >= 70)
            fail_msg("examples/%s.c has %d lines", examples[i].name, atoi(lines));
        free(lines);
        char *said[2] = {NULL, NULL};
        for (int k = 0; k < 2; k++) {
            const char *suffix = k == 0 ? "" : "-cpp";
            snprintf(line, sizeof line, "%s/examples/example-%s%s", BUILD_ROOT, examples[i].name,
                     suffix);
            if (k == 1 && access(line, X_OK) != 0) continue; /* no C++ compiler */
            snprintf(line + strlen(line), sizeof line - strlen(line), " %s", examples[i].arguments);
            said[k] = text_of(line);
            if (!strstr(said[k], examples[i].says)) fail_msg("%s: %s", line, said[k]);
        }
        if (said[1]) assert_string_equal(said[0], said[1]);
        free(said[0]);
        free(said[1]);
    }
}

/* What stands behind ": " in its first line is the first cell that predict writes. */
static void embed_answers_as_the_program_does(void **state) {
    (void)state;
    static const struct {
        const char *options, *lines; /* beside the first */
    } models[] = {
        {"--target class --ignore three,price,count", "P(yes) = "},
        {"--target three --ignore class,price,count", "P(middle) = "},
        {"--target price --ignore three,class,count", ""},
        {"--target count --task count --ignore three,class,price", ""},
        {"--target price --quantiles 0.2,0.8 --ignore three,class,count", "with probability 0.8"},
        {"--target price,count --task regression --ignore three,class", "count: "},
        {"--target class --text note --ignore three,price,count", "P(no) = "},
    };
    for (size_t i = 0; i < sizeof models / sizeof *models; i++) {
        char line[900];
        snprintf(
            line, sizeof line,
            "$GLIA train rows.csv %s --epochs 5 -q -o m.glia >log && %s/examples/example-embed "
            "m.glia size=0.5 'colour=blue green' day=2024-03-09 'note=bad and late' 2>&1 || "
            "%s/examples/example-embed m.glia size=0.5 'colour=blue green' day=2024-03-09",
            models[i].options, BUILD_ROOT, BUILD_ROOT);
        char *said = text_of(line), *csv = text_of("$GLIA predict m.glia one.csv -q | tail -n 1");
        const char *answer =
            strstr(said, ": ") ? strstr(said, ": ") + 2 : strstr(said, "below ") + 6;
        double number = strtod(csv, NULL);
        bool same = number != 0 ? fabs(strtod(answer, NULL) / number - 1) < 1e-5
                                : strncmp(answer, csv, strcspn(csv, ",")) == 0;
        if (!same || !strstr(said, models[i].lines))
            fail_msg("%s: embed says %s, predict %s", models[i].options, said, csv);
        free(said);
        free(csv);
    }
    refuses(2, "usage: embed", "%s/examples/example-embed", BUILD_ROOT);
    refuses(2, "no column for 'smell=1'", "%s/examples/example-embed m.glia smell=1", BUILD_ROOT);
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(examples_are_short_and_run_as_c_and_as_cpp),
        cmocka_unit_test(embed_answers_as_the_program_does),
    };
    return cmocka_run_group_tests(tests, make_rows, NULL);
}
