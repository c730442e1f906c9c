/*
 * roles.c: what becomes of a column: what is said of it, what is guessed, and what is told.
 */
#include <glia/glia.h>

#include "test.h"

static void expect_in(const char *text, const char *part) {
    if (!strstr(text, part)) fail_msg("expected '%s' in:\n%s", part, text);
}

static void expect_not_in(const char *text, const char *part) {
    if (strstr(text, part)) fail_msg("did not expect '%s' in:\n%s", part, text);
}

/* ------------------------------------------------------------------------------- what is said -- */

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

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(an_id_is_used_when_it_is_named),
        cmocka_unit_test(ignored_and_used_at_once_is_a_mistake),
        cmocka_unit_test(what_cannot_be_used_is_told),
        cmocka_unit_test(a_configuration_lists_names_with_commas),
        cmocka_unit_test(a_table_in_memory_becomes_what_is_said),
    };
    return cmocka_run_group_tests_name("roles", tests, NULL, NULL);
}
