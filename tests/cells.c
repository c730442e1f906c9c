/*
 * cells.c: what one cell means, and that what is only copied is copied.
 */
#include <math.h>

#include "test.h"

/* The number behind `label` in a text that eval printed. */
static double number_after(const char *text, const char *label) {
    const char *at = strstr(text, label);
    if (!at) fail_msg("no '%s' in:\n%s", label, text);
    return strtod(at + strlen(label), NULL);
}

/* Rows "a,b,y": two small numbers, and a target near `center` that they decide but for a little. */
static void write_targets(const char *name, double center, int rows) {
    char path[600];
    snprintf(path, sizeof path, "%s/%s", scratch(), name);
    FILE *f = fopen(path, "w");
    assert_non_null(f);
    fputs("a,b,y\n", f);
    for (int i = 0; i < rows; i++) {
        double a = sin(i), b = cos(3 * i);
        fprintf(f, "%.6f,%.6f,%.6f\n", a, b, center + a - 2 * b + 1e-4 * sin(7 * i));
    }
    fclose(f);
}

/* The rmse of the file that predict wrote, by its texts alone. */
static double rmse_of_files(const char *truths, const char *answers) {
    char path[2][600], line[2][200];
    snprintf(path[0], sizeof path[0], "%s/%s", scratch(), truths);
    snprintf(path[1], sizeof path[1], "%s/%s", scratch(), answers);
    FILE *f[2] = {fopen(path[0], "r"), fopen(path[1], "r")};
    assert_true(f[0] && f[1]);
    double sum = 0;
    int rows = -1; /* the headings are none */
    while (fgets(line[0], sizeof line[0], f[0]) && fgets(line[1], sizeof line[1], f[1])) {
        double truth = strtod(strrchr(line[0], ',') + 1, NULL), answer = strtod(line[1], NULL);
        if (rows++ >= 0) sum += (truth - answer) * (truth - answer);
    }
    fclose(f[0]);
    fclose(f[1]);
    return sqrt(sum / rows);
}

/* Coordinates in metres, seconds of today, and a counter in small units: their neighbours among
 * floats lie 0.5, 128 and 8192 apart. */
static void the_rmse_of_eval_is_that_of_the_predictions_written(void **state) {
    (void)state;
    const double centers[] = {5.8e6, 1.7e9, 9.5e10};
    for (int i = 0; i < 3; i++) {
        write_targets("far.csv", centers[i], 80);
        result r = run("$GLIA train far.csv --hidden none --l2 0 -o m.glia -q >log && "
                       "$GLIA eval m.glia far.csv --json -q && "
                       "$GLIA predict m.glia far.csv -o p.csv -q");
        assert_int_equal(r.status, 0);
        double said = number_after(r.out, "\"rmse\":"), is = rmse_of_files("far.csv", "p.csv");
        if (!(fabs(said - is) <= 1e-3 * is + 1e-6 * centers[i] * 1e-6) || said > 0.02)
            fail_msg("around %g: eval says %.9g, the file's is %.9g", centers[i], said, is);
        result_free(&r);
    }
}

/* ------------------------------------------------------------------------------------ copies -- */

static void expect_file(const char *name, const char *text) {
    char path[600];
    snprintf(path, sizeof path, "%s/%s", scratch(), name);
    char *found = slurp(path);
    if (strcmp(found, text) != 0) fail_msg("%s: found\n%s expected\n%s", name, found, text);
    free(found);
}

#define CELLS                                                                                      \
    "id,version,n,text,gap\n1357246801122334403,1.10,1e5,\"NA\",NA\n1357246801122334410,1.20,+7,"  \
    "NA,\n"                                                                                        \
    "00017,2,0x1,\"a, b\",null\n"

static void cells_are_copied_as_they_are_spelt(void **state) {
    (void)state;
    result r = run("printf '%%s' '" CELLS "' >in.csv && $GLIA data in.csv --convert out.csv -q");
    assert_int_equal(r.status, 0);
    expect_file("out.csv", CELLS);
    result_free(&r);
}

static void a_decimal_comma_becomes_a_point_and_keeps_its_digits(void **state) {
    (void)state;
    result r = run("printf 'a;b\\n1,50;x\\n-0,5;y\\n2;z\\n' >in.csv && $GLIA data in.csv --convert "
                   "out.csv -q");
    assert_int_equal(r.status, 0);
    expect_file("out.csv", "a,b\n1.50,x\n-0.5,y\n2,z\n");
    result_free(&r);
}

static void kept_columns_are_copied_into_predictions(void **state) {
    (void)state;
    result r = run("{ echo id,x,y; for i in 0 1 2 3 4 5 6 7 8 9; do echo 1357246801122334$i,1.$i,"
                   "$((i %% 2)); done; } >in.csv && $GLIA train in.csv --epochs 1 --val none -o "
                   "m.glia -q >log && $GLIA predict m.glia in.csv --keep id,x | cut -d, -f1,2 && "
                   "$GLIA predict m.glia in.csv --keep id --json | grep '\"id\"'");
    assert_int_equal(r.status, 0);
    assert_non_null(strstr(r.out, "id,x\n13572468011223340,1.0\n13572468011223341,1.1\n"));
    assert_non_null(strstr(r.out, "\"id\": \"13572468011223349\""));
    result_free(&r);
}

static void a_long_text_is_kept_whole(void **state) {
    (void)state;
    result r = run("{ echo t,x,y; for i in 0 1 2 3; do printf '%%06000d%%s,%%s,%%s\\n' 0 z$i $i "
                   "$((i %% 2)); done; } >in.csv && $GLIA train in.csv --epochs 1 --val none -o "
                   "m.glia -q >log && $GLIA predict m.glia in.csv --keep t | sed 1d | cut -d, -f1");
    assert_int_equal(r.status, 0);
    assert_int_equal(strcspn(r.out, "z"), 6000);
    result_free(&r);
}

/* ------------------------------------------------------------------------ what a model knows -- */

/* Rows "when,size,y" of which y is what both say, written in two ways. */
#define ROWS                                                                                       \
    "for i in 1 2 3 4 5 6 7 8 9 10 11 12 13 14 15 16 17 18 19 20 21 22 23 24 25 26 27 28; do "

static void few_rows_are_read_as_in_training(void **state) {
    (void)state;
    result r = run("{ echo 'when,size,y'; " ROWS
                   "echo \"2/$i/2020,$((i * 7 %% 29)) m2,$((i + i * 7 %% 29))\"; done; } >a.csv && "
                   "$GLIA train a.csv --epochs 3 -o m.glia -q >log && "
                   "printf 'when,size\\n2/3/2020,21 m2\\n' >us.csv && "
                   "printf 'when,size\\n2020-02-03,21\\n' >iso.csv && "
                   "$GLIA predict m.glia us.csv -q 2>log2 && $GLIA predict m.glia iso.csv -q");
    assert_int_equal(r.status, 0);
    char *half = strstr(r.out + 1, "prediction");
    assert_non_null(half);
    *half = 0;
    char *second = strchr(half + 1, '\n'), *first = strchr(r.out, '\n');
    assert_string_equal(first, second);
    result_free(&r);
}

static void another_unit_is_refused(void **state) {
    (void)state;
    result r = run("printf 'when,size\\n2/13/2020,21 ft\\n2/14/2020,3 ft\\n' >ft.csv && "
                   "$GLIA predict m.glia ft.csv");
    assert_int_equal(r.status, 3);
    assert_non_null(
        strstr(r.err, "column 'size': found numbers in ft, the model was trained with m2"));
    result_free(&r);
    r = run("printf 'when,size\\nsoon,21 m2\\n' >soon.csv && $GLIA predict m.glia soon.csv");
    assert_int_equal(r.status, 3);
    assert_non_null(strstr(r.err, "found 'soon', expected a date as in training"));
    result_free(&r);
}

static void rows_in_time_are_told_where_they_are_split_at_random(void **state) {
    (void)state;
    result r =
        run("{ echo when,x,y; for m in 01 02 03 04 05 06 07 08 09 10 11 12; do for d in 01 02 "
            "03 04 05 06 07 08 09 10 11 12 13 14 15; do echo 2020-$m-$d,$d,$m.5; done; done; } "
            ">b.csv && $GLIA train b.csv --task regression --epochs 1 -o n.glia");
    assert_non_null(strstr(r.err, "the rows are in the order of 'when'"));
    result_free(&r);
    r = run("$GLIA train b.csv --task regression --epochs 1 --val none -o n.glia");
    assert_null(strstr(r.err, "the rows are in the order"));
    result_free(&r);
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(the_rmse_of_eval_is_that_of_the_predictions_written),
        cmocka_unit_test(cells_are_copied_as_they_are_spelt),
        cmocka_unit_test(a_decimal_comma_becomes_a_point_and_keeps_its_digits),
        cmocka_unit_test(kept_columns_are_copied_into_predictions),
        cmocka_unit_test(a_long_text_is_kept_whole),
        cmocka_unit_test(few_rows_are_read_as_in_training),
        cmocka_unit_test(another_unit_is_refused),
        cmocka_unit_test(rows_in_time_are_told_where_they_are_split_at_random),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
