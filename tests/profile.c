/*
 * profile.c: what columns are like and what has changed between two tables, against the textbook's
 * formulas done by hand.
 */
#include <math.h>

#include "test.h"

#include "context.h"

static glia_table *parsed(const char *text) {
    char path[600];
    write_file("t.csv", text);
    snprintf(path, sizeof path, "%s/t.csv", scratch());
    glia_table *t = glia_table_read(g, path, NULL);
    if (!t) fail_msg("%s", glia_message(g));
    return t;
}

static glia_profile profile_of(const glia_table *t, int column, int target) {
    glia_profile p;
    assert_int_equal(glia_table_profile(t, column, target, &p), GLIA_OK);
    return p;
}

static void expect_near(double found, double wanted) {
    if (!(fabs(found - wanted) < 1e-6)) fail_msg("found %.9g, expected %.9g", found, wanted);
}

/* 1 .. 10 and 100: NumPy's quartiles are 3.5, 6, 8.5, so the fences lie at -11.5 and 23.5. */
static void quartiles_and_fences_are_numpys_and_tukeys(void **state) {
    (void)state;
    glia_table *t = parsed("x,y\n1,1\n2,0\n3,1\n4,0\n5,1\n6,0\n7,1\n8,0\n9,1\n10,0\n100,1\n,1\n");
    glia_profile p = profile_of(t, 0, -1);
    assert_true(p.rows == 11 && p.outliers == 1 && !p.measure && isnan(p.relation));
    expect_near(p.q1, 3.5);
    expect_near(p.median, 6);
    expect_near(p.q3, 8.5);
    expect_near(p.low, -11.5);
    expect_near(p.high, 23.5);
    glia_table_free(t);
}

/* Squared differences of ranks: 8 in all, so 1 - 6 * 8 / (8 * 63). */
static void two_numbers_have_spearmans_correlation(void **state) {
    (void)state;
    glia_table *t = parsed("x,u,y\n1,9,20.5\n2,8,10\n3,7,40\n4,6,30\n5,5,60\n6,4,50\n7,3,800\n"
                           "8,2,70\n,,5\n");
    expect_near(profile_of(t, 0, 2).relation, 1 - 48.0 / 504);
    assert_string_equal(profile_of(t, 0, 2).measure, "rank correlation");
    expect_near(profile_of(t, 1, 2).relation, -(1 - 48.0 / 504));
    assert_null(profile_of(t, 2, 2).measure); /* the target with itself */
    glia_table_free(t);
}

/* 30 10 / 10 30: phi^2 = 0.25, less 1/79; both sides have 2 - 1/79 categories. */
static void two_categories_have_cramers_v_without_its_bias(void **state) {
    (void)state;
    char text[2000] = "c,id,y\n";
    for (int i = 0; i < 80; i++) {
        char line[32];
        snprintf(line, sizeof line, "%s,n%d,%s\n", i < 40 ? "a" : "b", i,
                 (i % 40 < 30) == (i < 40) ? "u" : "v");
        strcat(text, line);
    }
    glia_table *t = parsed(text);
    glia_profile p = profile_of(t, 0, 2);
    expect_near(p.relation, sqrt((0.25 - 1.0 / 79) / (1 - 1.0 / 79)));
    assert_string_equal(p.measure, "Cramer's V");
    expect_near(p.most, 0.5);
    expect_near(profile_of(t, 1, 2).relation, 0); /* an id says nothing */
    glia_table_free(t);
}

/* 1 .. 10 and 11 .. 20: within 2 * 82.5 of 665; epsilon^2 = 1 - (165 / 18) / (665 / 19). */
static void a_number_and_classes_have_the_correlation_ratio(void **state) {
    (void)state;
    char text[600] = "x,c,y\n";
    for (int i = 1; i <= 20; i++) {
        char line[32];
        snprintf(line, sizeof line, "%d,%s,%d.5\n", i * i, i <= 10 ? "a" : "b", i);
        strcat(text, line);
    }
    glia_table *t = parsed(text);
    double wanted = sqrt(1 - 165.0 / 18 / (665.0 / 19));
    expect_near(profile_of(t, 0, 1).relation, wanted); /* a number for classes */
    expect_near(profile_of(t, 1, 2).relation, wanted); /* a category for a number */
    assert_true(profile_of(t, 0, 1).undecided == 0);
    glia_table_free(t);
}

static void write_hundred(glia_table **t, glia_table **u) {
    static char a[4000], b[4000];
    strcpy(a, "x,c,gone\n"), strcpy(b, "x,c\n");
    for (int i = 1; i <= 100; i++)
        snprintf(a + strlen(a), 32, "%d,%s,1\n", i, i % 2 ? "red" : "blue");
    for (int i = 0; i < 50; i++) snprintf(b + strlen(b), 32, "95,%s\n", i < 10 ? "green" : "red");
    *t = parsed(a), *u = parsed(b);
}

/* Nine parts of 0.1 are empty and count as 0.005; chance gives 9 (1/100 + 1/50). */
static void a_shift_is_the_population_stability_index(void **state) {
    (void)state;
    glia_table *t, *u;
    glia_drift d;
    write_hundred(&t, &u);
    assert_int_equal(glia_table_drift(t, 0, u, &d), GLIA_OK);
    expect_near(d.shift, 9 * (0.005 - 0.1) * log(0.05) + 0.9 * log(10) - 0.27);
    expect_near(d.moved, (95 - 50.5) / sqrt(833.25));
    assert_int_equal(glia_table_drift(t, 1, u, &d), GLIA_OK);
    assert_true(d.fresh == 1 && d.fresh_rows == 10);
    assert_string_equal(d.example, "green");
    assert_int_equal(glia_table_drift(t, 2, u, &d), GLIA_OK);
    assert_int_equal(d.column, -1);
    assert_int_equal(glia_table_drift(t, 0, t, &d), GLIA_OK);
    assert_true(d.shift == 0 && d.moved == 0);
    assert_int_equal(glia_table_copies(t, u, -1), 40); /* 95 is red */
    assert_int_equal(glia_table_copies(t, NULL, -1), 0);
    assert_int_equal(glia_table_copies(t, NULL, 0), 98); /* but for x they are two rows */
    glia_table_free(t);
    glia_table_free(u);
}

/* Line 4 is line 2 but for the id, line 5 is line 3 rounded, line 6 a copy; line 7 has two cells of
 * its own. */
static void rows_are_near_but_for_one_cell_or_their_last_digits(void **state) {
    (void)state;
    glia_near n;
    glia_table *t = parsed("id,x,c,y\n1,50.12,red,9500\n2,7.004,blue,-31.49\n7,50.12,red,9500\n"
                           "2,6.996,blue,-31.51\n1,50.12,red,9500\n1,50.12,blue,9501000\n");
    assert_int_equal(glia_table_near(t, NULL, -1, &n), GLIA_OK);
    if (n.rows != 2) fail_msg("%lld rows, expected 2", (long long)n.rows);
    assert_true(n.sure == 0 && n.row == 2 && n.original == 0);
    glia_table_free(t);
    t = parsed("id,x,c,y\n1,7.004,blue,-31.52\n3,1,red,2\n");
    glia_table *u = parsed("y,id,c,x\n-31.48,1,blue,6.996\n2,9,red,1\n2,3,red,1\n5,4,red,8\n");
    assert_int_equal(glia_table_near(t, u, -1, &n), GLIA_OK);
    assert_true(n.rows == 2);
    assert_int_equal(glia_table_near(t, u, 3, &n), GLIA_OK); /* without y */
    assert_true(n.rows == 2 && n.row >= 0 && n.original == n.row);
    glia_table_free(u);
    u = parsed("x,c\n8,red\n1,green\n"); /* of two columns one tells too little */
    assert_int_equal(glia_table_near(t, u, -1, &n), GLIA_OK);
    assert_true(n.rows == 0 && n.row == -1);
    glia_table_free(u);
    glia_table_free(t);
}

static void near_rows_are_a_count_and_a_warning_where_chance_makes_none(void **state) {
    (void)state;
    result r = run(
        "awk 'BEGIN { srand(7); print \"id,a,b,c,y\"; for (i = 0; i < 300; i++) { l = sprintf("
        "\"%%.5f,%%.5f,%%.5f,%%d\", rand(), rand(), rand(), i %% 2); print i \",\" l; "
        "if (i < 10) again[i] = l } for (i = 0; i < 10; i++) print 1000 + i \",\" again[i] }' "
        ">near.csv\n(head -1 near.csv; tail -10 near.csv) >new.csv\nhead -301 near.csv >old.csv\n"
        "$GLIA data near.csv; $GLIA data near.csv --json | grep near\n"
        "$GLIA data old.csv --against new.csv | grep 'a copy'\n"
        "awk 'BEGIN { print \"a,b,c,y\"; for (i = 0; i < 64; i++) print i %% 2 \",\" int(i / 2) %% "
        "2 "
        "\",\" int(i / 4) %% 4 \",\" i %% 3 }' >few.csv; $GLIA data few.csv | grep -c 'a copy'");
    static const char *const said[] = {
        "near rows      10 rows are equal to another one but for one cell",
        "10 rows are each nearly a copy (lines 2 and 302)",
        "\"near\": 10",
        "10 rows are each nearly a copy (line 2 of new.csv, line 2 of old.csv)",
    };
    for (size_t i = 0; i < sizeof said / sizeof *said; i++)
        if (!strstr(r.out, said[i])) fail_msg("not said: %s\n%s%s", said[i], r.out, r.err);
    assert_string_equal(r.out + strlen(r.out) - 3, "\n0\n");
    result_free(&r);
}

static void the_program_tells_what_is_odd_and_what_has_changed(void **state) {
    (void)state;
    result r = run(
        "awk 'BEGIN { print \"a,flat,far,leak,y\"; for (i = 0; i < 200; i++) print i %% 17 \",\" "
        "(i == 5) \",\" (i == 7 ? 1000 : i %% 19) \",\" (i %% 2) * 5 + i %% 3 / 10 \",\" (i %% 2 "
        "? \"up\" : \"down\") }' >one.csv\n"
        "awk 'NR == 1 || NR > 150 { print } END { print \"3,0,5,,sideways\" }' one.csv | cut -d, "
        "-f1,2,4,5 >two.csv\n"
        "$GLIA data one.csv --against two.csv --target y; $GLIA data one.csv --json | grep "
        "measure | head -1");
    static const char *const said[] = {
        "column 'flat': nearly constant, '0' in 99.5% of the rows",
        "column 'far': 1 value far outside (below -26 or above 44), such as 1000",
        "column 'leak' alone tells the target; is it known when a prediction is asked for?",
        "column 'far': two.csv has no such column",
        "column 'y': 1 new text in 1 row of two.csv, such as 'sideways'",
        "51 of the 52 rows of two.csv stand in one.csv, too; scores on them are flattered",
        "against two.csv, 52 rows",
        "\"measure\": \"correlation ratio of ranks\"",
    };
    for (size_t i = 0; i < sizeof said / sizeof *said; i++)
        if (!strstr(r.out, said[i])) fail_msg("not said: %s\n%s%s", said[i], r.out, r.err);
    result_free(&r);
}

/* 60 of 300 rows come again with every number but the last a little larger. */
static void training_tells_rows_that_are_nearly_copies(void **state) {
    (void)state;
    result r =
        run("awk 'BEGIN { srand(7); print \"a,b,c,y\"; for (i = 0; i < 360; i++) { if (i < 300) { "
            "a[i] = 10 + 90 * rand(); b[i] = 10 + 90 * rand(); c[i] = 10 + 90 * rand() } k = i "
            "%% 300; e = i < 300 ? 1 : 1.000001; printf \"%%.8g,%%.8g,%%.8g,%%.8g\\n\", a[k] * e, "
            "b[k] * e, c[k] * e, a[k] + b[k] } }' >near.csv; $GLIA train near.csv --epochs 2 "
            "-q -o near.glia; head -301 near.csv >far.csv; $GLIA train far.csv --epochs 2 -q "
            "-o far.glia 2>far.txt; grep -c nearly far.txt");
    expect_in(r.err, "validation rows are nearly copies of training rows, such as near.csv, line ");
    expect_in(r.out, "\n0\n");
    result_free(&r);
}

static void data_tells_what_a_training_refuses(void **state) {
    (void)state;
    result r = run(
        "printf 'w,x,y\\n-1,2,3\\n2,3,-4\\n1,5,6\\n' >neg.csv; $GLIA data neg.csv --task count; "
        "$GLIA data neg.csv --sample-weight w; $GLIA data neg.csv --target x,y");
    assert_int_equal(r.status, 0);
    expect_in(r.out,
              "a training refuses this: neg.csv, line 3, column 'y': found '-4', expected a count");
    expect_in(
        r.out,
        "a training refuses this: neg.csv, line 2, column 'w': found '-1', expected the weight");
    expect_in(r.err, "relations are those to 'x', the first of 2 targets");
    result_free(&r);
    r = run("$GLIA data neg.csv --target x,z");
    assert_int_equal(r.status, 3);
    expect_in(r.err, "there is no column 'z'");
    result_free(&r);
}

static void the_page_is_whole_and_escaped(void **state) {
    (void)state;
    result r =
        run("printf 'a<b,t,y\n1,<i>,1\n2,&,0\n3,<i>,1\n4,&,0\n' >odd.csv; $GLIA data odd.csv "
            "--against odd.csv --report p.html >/dev/null && cat p.html");
    assert_int_equal(r.status, 0);
    assert_non_null(strstr(r.out, "a&lt;b"));
    assert_non_null(strstr(r.out, "&lt;i&gt; 2, &amp; 2"));
    assert_non_null(strstr(r.out, "<rect "));
    assert_null(strstr(r.out, "<i>"));
    assert_non_null(strstr(r.out, "</html>\n"));
    result_free(&r);
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(quartiles_and_fences_are_numpys_and_tukeys),
        cmocka_unit_test(two_numbers_have_spearmans_correlation),
        cmocka_unit_test(two_categories_have_cramers_v_without_its_bias),
        cmocka_unit_test(a_number_and_classes_have_the_correlation_ratio),
        cmocka_unit_test(a_shift_is_the_population_stability_index),
        cmocka_unit_test(rows_are_near_but_for_one_cell_or_their_last_digits),
        cmocka_unit_test(near_rows_are_a_count_and_a_warning_where_chance_makes_none),
        cmocka_unit_test(training_tells_rows_that_are_nearly_copies),
        cmocka_unit_test(data_tells_what_a_training_refuses),
        cmocka_unit_test(the_program_tells_what_is_odd_and_what_has_changed),
        cmocka_unit_test(the_page_is_whole_and_escaped),
    };
    return cmocka_run_group_tests_name("profile", tests, open_context, close_context);
}
