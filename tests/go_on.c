/*
 * go_on.c: `glia train --init MODEL`: a training that begins where another ended.
 */
#include "test.h"

/* 60 rows of two classes with a gap and a text, which the preparation of each model must settle in
 * the same way; later.csv has other rows and a text that was not seen. */
static const char tables[] =
    "awk 'BEGIN { srand(7); print \"u,v,colour,kind\"; for (i = 0; i < 60; i++) { u = rand(); "
    "v = rand(); print (i == 9 ? \"\" : u) \",\" v \",\" (i % 3 ? \"red\" : \"blue\") \",\" "
    "(u + v + i % 3 / 4 > 1.2 ? \"yes\" : \"no\") } }' >rows.csv && "
    "awk 'BEGIN { srand(8); print \"u,v,colour,kind\"; for (i = 0; i < 40; i++) { u = 3 * rand(); "
    "v = rand(); print u \",\" v \",\" (i == 5 ? \"green\" : \"red\") \",\" "
    "(u + v > 1.5 ? \"yes\" : \"no\") } }' >later.csv && ";

#define PLAIN "--optimizer sgd --batch full --lr 0.1 --val none --hidden 5 --activation tanh "

/* Gradient descent on all rows keeps nothing from one step to the next but the weights: so 30 and
 * 20 steps are 50. */
static void thirty_steps_and_twenty_are_fifty(void **state) {
    (void)state;
    result r = run("%s $GLIA train rows.csv " PLAIN "--epochs 50 -o fifty.glia -q >log && "
                   "$GLIA train rows.csv " PLAIN "--epochs 30 -o thirty.glia -q >log && "
                   "$GLIA train rows.csv --init thirty.glia --val none --epochs 20 -o more.glia -q "
                   ">log && $GLIA predict fifty.glia rows.csv -q >fifty.out && "
                   "$GLIA predict more.glia rows.csv -q >more.out && cmp fifty.out more.out && "
                   "$GLIA predict thirty.glia rows.csv -q >thirty.out && "
                   "! cmp -s thirty.out fifty.out",
                   tables);
    if (r.status) fail_msg("%s%s", r.out, r.err);
    result_free(&r);
}

/* In the units and with the texts of the first table, or its weights would mean something else. */
static void other_rows_are_prepared_as_the_first_were(void **state) {
    (void)state;
    result r = run("%s $GLIA train rows.csv " PLAIN "--epochs 30 -o one.glia -q >log && "
                   "$GLIA train later.csv --init one.glia --epochs 1 --lr 1e-12 --val none "
                   "-o two.glia -q >log && $GLIA predict one.glia rows.csv -q >one.out && "
                   "$GLIA predict two.glia rows.csv -q >two.out && cmp one.out two.out && "
                   "$GLIA show two.glia | grep -E ' (lr|init|batch|optimizer) '",
                   tables);
    if (r.status) fail_msg("%s%s", r.out, r.err);
    assert_non_null(strstr(r.out, "optimizer        sgd"));
    assert_non_null(strstr(r.out, "batch            full"));
    assert_non_null(strstr(r.out, "init             model"));
    result_free(&r);
}

static void it_says_what_it_goes_on_from(void **state) {
    (void)state;
    result r = run("%s $GLIA train rows.csv -q -o one.glia >log && "
                   "$GLIA train later.csv --init one.glia --epochs 2 -o two.glia",
                   tables);
    assert_int_equal(r.status, 0);
    assert_non_null(strstr(r.err, "goes on from a model of rows.csv, 60 rows, 4 columns"));
    assert_null(strstr(r.err, "plain training"));
    result_free(&r);
}

/* All rows that its weights have learned from are known, however long ago. */
static void rows_of_every_training_are_remembered(void **state) {
    (void)state;
    result r = run("%s $GLIA train rows.csv -q -o one.glia >log && $GLIA train later.csv --init "
                   "one.glia --epochs 2 -q -o two.glia >log && head -30 later.csv >last.csv && "
                   "$GLIA train last.csv --init two.glia --epochs 2 -q -o three.glia >log && for f "
                   "in rows later last; do $GLIA eval three.glia $f.csv -q 2>&1 >log | grep -c "
                   "'has learned from'; done; $GLIA show three.glia | grep -A1 'began from'",
                   tables);
    assert_non_null(strstr(r.out, "1\n1\n1\n"));
    assert_non_null(strstr(r.out, "later.csv, 40 rows"));
    assert_non_null(strstr(r.out, "rows.csv, 60 rows"));
    result_free(&r);
}

/* The batch of another optimizer is not kept: nobody typed it. */
static void another_optimizer_has_steps_of_its_own(void **state) {
    (void)state;
    result r = run("%s $GLIA train rows.csv -q -o one.glia >log && $GLIA train later.csv --init "
                   "one.glia --optimizer lbfgs --epochs 3 -o two.glia && $GLIA show two.glia",
                   tables);
    if (r.status) fail_msg("%s", r.err);
    assert_non_null(strstr(r.err, "training: lbfgs, all rows in each step"));
    result_free(&r);
}

static void what_the_model_settles_is_refused(void **state) {
    (void)state;
    result r = run("%s $GLIA train rows.csv -q -o one.glia >log", tables);
    assert_int_equal(r.status, 0);
    result_free(&r);
    refuses(2, "--hidden is settled by the model",
            "$GLIA train later.csv --init one.glia "
            "--hidden 3 -o two.glia");
    refuses(2, "--target is settled by the model",
            "$GLIA train later.csv --init one.glia "
            "--target u -o two.glia");
    refuses(2, "--folds measures", "$GLIA train later.csv --init one.glia --folds 3 -o two.glia");
    refuses(2, "only `glia train` goes on", "$GLIA tune later.csv --init one.glia");
    refuses(3, "--init 'gone.glia': there is no such file",
            "$GLIA train later.csv --init gone.glia -o two.glia");
    refuses(3, "--init 'rows.csv' is not a model file",
            "$GLIA train later.csv --init rows.csv -o two.glia");
    refuses(2, "unknown init 'hee'", "$GLIA train later.csv --init hee -o two.glia");
    refuses(3, "found class 'maybe', the model knows no, yes",
            "sed '7s/[a-z]*$/maybe/' later.csv >maybe.csv && "
            "$GLIA train maybe.csv --init one.glia -o two.glia");
    refuses(3, "column 'v' is missing, the model was trained with it",
            "sed '1s/v/w/' later.csv >renamed.csv && "
            "$GLIA train renamed.csv --init one.glia -o two.glia");
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(thirty_steps_and_twenty_are_fifty),
        cmocka_unit_test(other_rows_are_prepared_as_the_first_were),
        cmocka_unit_test(it_says_what_it_goes_on_from),
        cmocka_unit_test(rows_of_every_training_are_remembered),
        cmocka_unit_test(another_optimizer_has_steps_of_its_own),
        cmocka_unit_test(what_the_model_settles_is_refused),
    };
    return cmocka_run_group_tests_name("go_on", tests, NULL, NULL);
}
