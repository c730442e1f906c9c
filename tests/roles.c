/*
 * roles.c: what becomes of a column: what is said of it, what is guessed, and what is told.
 */
#include <glia/glia.h>

#include "test.h"

/* ------------------------------------------------------------------------------ what is said -- */

static const char ids[] =
    "awk -v OFS=, 'BEGIN { print \"id,size,y\"; for (i = 0; i < 60; i++) print 1000 + "
    "i * 7 % 61, i % 9, i % 2 ? \"b\" "
    ": \"a\" }' >ids.csv";

static void an_id_is_used_when_it_is_named(void **state) {
    (void)state;
    result r = run("%s; $GLIA train ids.csv --epochs 1 -o m.glia", ids);
    expect_in(r.err, "left out id");
    result_free(&r);
    r = run("$GLIA train ids.csv --use id --epochs 1 -o m.glia");
    expect_in(r.err, "scaled id, size");
    expect_not_in(r.err, "left out");
    result_free(&r);
}

static void ignored_and_used_at_once_is_a_mistake(void **state) {
    (void)state;
    result r = run("%s; $GLIA train ids.csv --use id --ignore id --epochs 1 -o m.glia", ids);
    assert_int_equal(r.status, 2);
    expect_in(r.err, "column 'id' is named by --ignore and is to be used as well");
    result_free(&r);
}

static void what_cannot_be_used_is_told(void **state) {
    (void)state;
    result r =
        run("printf 'a,b,y\\n1,5,p\\n2,5,q\\n3,5,p\\n4,5,q\\n' >c.csv; $GLIA train c.csv --use b "
            "--epochs 1 -o m.glia");
    expect_in(r.err, "warning: c.csv: column 'b' is to be used, and it cannot: the same value");
    result_free(&r);
}

static void a_configuration_lists_names_with_commas(void **state) {
    (void)state;
    result r = run("printf '\"size, m2\",b,y\\n1,5,p\\n2,6,q\\n3,7,p\\n4,8,q\\n' >n.csv; "
                   "printf 'ignore: [\"size, m2\"]\\ncategory: [b]\\n' >n.yaml; "
                   "$GLIA train n.csv --config n.yaml --epochs 1 -o m.glia");
    expect_in(r.err, "left out size, m2: ignored as asked");
    expect_in(r.err, "one 0/1 feature per text: b (4)");
    result_free(&r);
}

static void a_table_in_memory_becomes_what_is_said(void **state) {
    (void)state;
    glia_ctx *g = glia_open(NULL);
    double x[] = {7, 0.1, 8, 0.2, 7, 0.3};
    glia_table *t = glia_table_from(g, glia_tensor_f64(x, 3, 2), NULL);
    assert_int_equal(glia_table_as(t, &(glia_read_options){.category = "c1"}), GLIA_OK);
    assert_int_equal(glia_table_column(t, 0).type, GLIA_CATEGORY);
    assert_int_equal(glia_table_column(t, 0).categories, 2);
    assert_int_equal(glia_table_column(t, 1).type, GLIA_NUMBER);
    glia_table_free(t);
    glia_close(g);
}

/* --------------------------------------------------------------------------------------- ids -- */

/* What training makes of a column of 60 different whole numbers called so: it is the second, and
 * tells nothing of the target. */
static void expect_id(const char *name, bool id) {
    result r = run("awk -v OFS=, 'BEGIN { print \"size\", \"%s\", \"y\"; for (i = 0; i < 60; i++) "
                   "print i * i %% 17, "
                   "1000 + i * 37 %% 61, i * 7 %% 10 }' >id.csv; $GLIA train id.csv --task "
                   "regression --epochs 1 -o m.glia",
                   name);
    assert_int_equal(r.status, 0);
    char line[200];
    snprintf(line, sizeof line,
             "left out %s: a different whole number in every row, an id (--use keeps it)", name);
    if (id) expect_in(r.err, line);
    else expect_not_in(r.err, "left out");
    result_free(&r);
}

static void an_id_is_called_so(void **state) {
    (void)state;
    static const char *const called[] = {"id",          "ID",       "Id",
                                         "PassengerId", "order_id", "user-ID",
                                         "Customer ID", "row2ID",   "id_order"};
    static const char *const others[] = {"PAID", "GRID",  "COVID", "VALID", "BID",
                                         "paid", "humid", "idle",  "Idaho", "amount"};
    for (size_t i = 0; i < sizeof called / sizeof *called; i++) expect_id(called[i], true);
    for (size_t i = 0; i < sizeof others / sizeof *others; i++) expect_id(others[i], false);
}

/* The first column counts the rows: `y` is the target of row i. */
static result counted(const char *y) {
    return run("awk -v OFS=, 'BEGIN { srand(3); print \"nr\", \"size\", \"y\"; for (i = 0; i < 60; "
               "i++) print i + 1, "
               "i * i %% 17, %s }' >count.csv; $GLIA train count.csv --epochs 1 -o m.glia",
               y);
}

static void a_counter_is_kept_where_it_tells_something(void **state) {
    (void)state;
    const struct {
        const char *y;
        bool kept;
    } cases[] = {
        {"100 + i + 30 * rand()", true},           /* a trend */
        {"10 * sin(i / 3) + rand()", true},        /* a season */
        {"rand()", false},                         /* nothing */
        {"rand() < 0.5 ? \"a\" : \"b\"", false},   /* nothing, of classes */
        {"rand() < i / 60 ? \"a\" : \"b\"", true}, /* more and more */
        {"i < 30 ? \"a\" : \"b\"", false},         /* the file is sorted by class */
    };
    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
        result r = counted(cases[i].y);
        if (cases[i].kept == !!strstr(r.err, "left out nr")) fail_msg("%s: %s", cases[i].y, r.err);
        result_free(&r);
    }
}

/* -------------------------------------------------------------------------------------- task -- */

static void a_first_column_of_classes_without_header_is_told(void **state) {
    (void)state;
    result r = run("awk -v OFS=, 'BEGIN { srand(1); for (i = 0; i < 60; i++) print 1 + i %% 3, "
                   "rand(), 50 * rand() }' "
                   ">wine.data; $GLIA train wine.data --epochs 1 -o m.glia");
    expect_in(r.err, "warning: wine.data: the first column looks like classes");
    expect_in(r.err, "--target 1 if it is the first");
    result_free(&r);
}

static void data_shows_classes_where_training_sees_some(void **state) {
    (void)state;
    const char *values = "awk -v OFS=, 'BEGIN { print \"x\", \"y\"; for (i = 0; i < 90; i++) print "
                         "i % 9, 3 + i % 9 }' >v.csv";
    result r = run("%s; $GLIA data v.csv", values);
    expect_not_in(r.out, "balance of");
    expect_in(r.out, "are taken for values; --task multiclass if they are classes");
    result_free(&r);
    r = run("%s; $GLIA data v.csv --task multiclass", values);
    expect_in(r.out, "balance of 'y'");
    result_free(&r);
}

/* -------------------------------------------------------------------------- texts and values -- */

static void rare_texts_count_together(void **state) {
    (void)state;
    result r = run("awk -v OFS=, 'BEGIN { print \"town\", \"rent\"; for (i = 0; i < 1200; i++) "
                   "print \"t\" (i %% 300), i %% 300; "
                   "for (i = 0; i < 40; i++) print \"rare\" i, 100 + i }' >towns.csv; "
                   "$GLIA train towns.csv --val none --epochs 1 -o towns.glia");
    expect_in(r.err, "one 0/1 feature per text: town (300)");
    expect_in(r.err, "rare texts count together, as texts that training does not know: town (300)");
    expect_not_in(r.err, "training did not know");
    result_free(&r);
    r = run("printf 'town\\nt7\\nrare3\\nnew\\n' >two.csv; $GLIA predict towns.glia two.csv && "
            "$GLIA show towns.glia");
    char first[80] = "", second[80] = "";
    sscanf(r.out, "prediction %*s %79s %79s", first, second);
    assert_string_equal(first, second);
    expect_in(r.out, "rare texts -> none of them");
    result_free(&r);
}

static void a_value_far_outside_of_training_is_told(void **state) {
    (void)state;
    result r = run("awk -v OFS=, 'BEGIN { print \"t\", \"y\"; for (i = 0; i < 60; i++) print 20 + "
                   "i %% 7, i }' >t.csv; "
                   "$GLIA train t.csv --epochs 1 --val none -o t.glia && printf "
                   "'t\\n21\\n32\\n14\\n-99999\\n33\\n' >u.csv && $GLIA predict t.glia u.csv");
    assert_int_equal(r.status, 0);
    expect_in(r.err, "warning: u.csv, line 5, column 't': -99999 is far outside of what training "
                     "had, 20 to 26 (2 such cells)");
    result_free(&r);
    r = run("printf 't,y\\n21,1\\n32,2\\n15,3\\n' >v.csv && $GLIA eval t.glia v.csv");
    assert_null(strstr(r.err, "far outside"));
    result_free(&r);
}

/* What grows by factors is learned by its logarithm: so far is it told, and nothing below 0. */
static void a_value_far_outside_of_a_logarithm_is_told(void **state) {
    (void)state;
    result r = run(
        "awk -v OFS=, 'BEGIN { print \"t\", \"y\"; for (i = 0; i < 60; i++) print 2 ^ (i %% 12), "
        "i }' >t.csv; $GLIA train t.csv --epochs 1 --val none -o t.glia && $GLIA show t.glia && "
        "printf 't\\n20000\\n-1\\n' >u.csv && $GLIA predict t.glia u.csv");
    assert_int_equal(r.status, 0);
    expect_in(r.out, "log(1 + x/");
    expect_in(
        r.err,
        "line 3, column 't': -1 is far outside of what training had, 1 to 2048 (1 such cell)");
    result_free(&r);
}

static void a_unit_that_training_did_not_have_is_told(void **state) {
    (void)state;
    result r = run("printf 't\\n21 mi\\n22 mi\\n' >u.csv && $GLIA predict t.glia u.csv");
    assert_int_equal(r.status, 0);
    expect_in(r.err,
              "warning: u.csv, column 't': found numbers in mi, and training had bare numbers");
    result_free(&r);
}

static void a_unit_that_training_had_is_missed(void **state) {
    (void)state;
    result r =
        run("awk 'BEGIN { print \"t,m,y\"; for (i = 0; i < 30; i++) printf \"%%d%%%%,$%%d,%%d "
            "kg\\n\", i + 20, i + 3, 2 * i + 50 }' >p.csv && $GLIA train p.csv --epochs 1 "
            "--val none -o p.glia && printf 't,m,y\n0.5,4,60\n' >q.csv && $GLIA predict p.glia "
            "q.csv && $GLIA eval p.glia q.csv");
    assert_int_equal(r.status, 0);
    expect_in(r.err, "warning: q.csv, column 't': found bare numbers such as 0.5, and training had "
                     "numbers in %; are they in %, too? A workbook has 0.5 for 50%");
    expect_in(r.err, "warning: q.csv, column 'y': found bare numbers such as 60, and training had "
                     "numbers in kg; are they in kg, too?\n");
    expect_not_in(r.err, "column 'm': found bare");
    result_free(&r);
    r = run("printf 't,m,y\n50%%%%,4,60 lb\n' >q.csv && $GLIA eval p.glia q.csv");
    assert_int_equal(r.status, 3);
    expect_in(r.err, "q.csv, column 'y': found numbers in lb, the model was trained with kg");
    result_free(&r);
}

/* Grams at training, then kilograms; one small number among others is none of it, nor is 0. */
static void numbers_that_are_all_far_smaller_are_told(void **state) {
    (void)state;
    static const char warning[] = "w.csv, line 2, column 'w': 5 is far outside of what training "
                                  "had, 1000 to 99000 (2 such cells)";
    result r = run("awk 'BEGIN { print \"w,k,y\"; for (i = 0; i < 50; i++) printf \"%%d,,%%d\\n\", "
                   "1000 + 2000 * i, i }' >g.csv && $GLIA train g.csv --epochs 1 --val none -o "
                   "g.glia && printf 'w\n5\n\n7\n0\n' >w.csv && $GLIA predict g.glia w.csv");
    assert_int_equal(r.status, 0);
    expect_in(r.err, warning);
    result_free(&r);
    r = run("printf 'w\n5\n7\n130\n' >w.csv && $GLIA predict g.glia w.csv");
    expect_not_in(r.err, "far outside");
    result_free(&r);
}

/* Whatever a later file would make of them by itself: times, quantities, numbers. */
static void texts_of_a_model_stay_texts(void **state) {
    (void)state;
    static const char *const lists[] = {"9:00,noon,late", "5 km,far,near", "007,none,some",
                                        "=\"12\",x,y"};
    for (size_t k = 0; k < sizeof lists / sizeof *lists; k++) {
        result r = run(
            "list='%s'; awk -v list=\"$list\" 'BEGIN { print \"t,y\"; split(list, t, \",\"); for "
            "(i "
            "= 0; i < 90; i++) print t[i %% 3 + 1] \",\" (i %% 3 ? \"b\" : \"a\") }' >k.csv; $GLIA "
            "train k.csv --epochs 30 --val none -q -o k.glia >log && printf 't\n%%s\n' "
            "\"${list%%%%,*}\" >l.csv && $GLIA predict k.glia l.csv | sed 1d",
            lists[k]);
        if (r.status != 0 || *r.out != 'a') fail_msg("%s: %s%s", lists[k], r.out, r.err);
        expect_not_in(r.err, "did not know");
        result_free(&r);
    }
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(an_id_is_used_when_it_is_named),
        cmocka_unit_test(ignored_and_used_at_once_is_a_mistake),
        cmocka_unit_test(what_cannot_be_used_is_told),
        cmocka_unit_test(a_configuration_lists_names_with_commas),
        cmocka_unit_test(a_table_in_memory_becomes_what_is_said),
        cmocka_unit_test(an_id_is_called_so),
        cmocka_unit_test(a_counter_is_kept_where_it_tells_something),
        cmocka_unit_test(a_first_column_of_classes_without_header_is_told),
        cmocka_unit_test(data_shows_classes_where_training_sees_some),
        cmocka_unit_test(rare_texts_count_together),
        cmocka_unit_test(a_value_far_outside_of_training_is_told),
        cmocka_unit_test(a_value_far_outside_of_a_logarithm_is_told),
        cmocka_unit_test(a_unit_that_training_did_not_have_is_told),
        cmocka_unit_test(a_unit_that_training_had_is_missed),
        cmocka_unit_test(numbers_that_are_all_far_smaller_are_told),
        cmocka_unit_test(texts_of_a_model_stay_texts),
    };
    return cmocka_run_group_tests_name("roles", tests, NULL, NULL);
}
