/*
 * rows.c: rows to predict as people have them: without a header, with cells that cannot be used.
 */
#include "test.h"

/* What a command prints and says. NULL: nothing is asked of it. */
typedef struct promise {
    const char *line, *out, *says;
    int status;
} promise;

static void keep_promises(const promise *p, size_t count) {
    for (; count--; p++) {
        result r = run("%s", p->line);
        if (r.status != p->status || (p->out && strcmp(r.out, p->out) != 0) ||
            (p->says ? !strstr(r.err, p->says) : *r.err != 0))
            fail_msg("%s\nstatus %d\n%s%s", p->line, r.status, r.out, r.err);
        result_free(&r);
    }
}
#define KEEP(promises) keep_promises(promises, sizeof(promises) / sizeof *(promises))

/* -------------------------------------------------------------------------- without a header -- */

/* `last.glia` learned a, b, kind; `first.glia` the same with the target in front; `bare.glia` that
 * without names; `weighted.glia` a, w, b, y with weights w. */
static int prepare(void **state) {
    (void)state;
    result r = run(
        "awk 'BEGIN { print \"a,b,kind\"; for (i = 0; i < 60; i++) print i %% 7 \",\" i %% 5 \",\" "
        "(i %% 7 > i %% 5 ? \"up\" : \"down\") }' >last.csv\n"
        "awk -F, '{ print $3 \",\" $1 \",\" $2 }' last.csv >first.csv\n"
        "sed 1d first.csv >bare.csv\n"
        "awk 'BEGIN { print \"a,w,b,y\"; for (i = 0; i < 60; i++) print i %% 7 \",\" 1 + i %% 2 "
        "\",\" i %% 5 \",\" i %% 7 - i %% 5 \".5\" }' >weighted.csv\n"
        "for m in last first; do $GLIA train $m.csv --target kind -q --epochs 20 >/dev/null || "
        "exit; done; $GLIA train bare.csv --target 1 -q --epochs 20 >/dev/null && "
        "$GLIA train weighted.csv --target y --sample-weight w -q --epochs 20 >/dev/null");
    int status = r.status;
    if (status) print_error("%s\n", r.err);
    result_free(&r);
    return status;
}

/* Whatever is left of the columns, as long as their number says what it is. */
static void rows_without_header_have_the_columns_of_training_in_their_order(void **state) {
    (void)state;
    static const struct {
        const char *model, *rows;
    } cases[] = {
        {"last", "sed 1d last.csv"},
        {"last", "sed 1d last.csv | cut -d, -f1,2"},
        {"first", "sed 1d first.csv"},
        {"first", "sed 1d first.csv | cut -d, -f2,3"},
        {"bare", "cat bare.csv"},
        {"bare", "cut -d, -f2,3 bare.csv"},
        {"weighted", "sed 1d weighted.csv"},
        {"weighted", "sed 1d weighted.csv | cut -d, -f1-3"},
        {"weighted", "sed 1d weighted.csv | cut -d, -f1,3"},
    };
    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
        result r = run("$GLIA predict %s.glia %s.csv >named && %s | $GLIA predict %s.glia - "
                       "--no-header >unnamed && cmp named unnamed",
                       cases[i].model, cases[i].model, cases[i].rows, cases[i].model);
        if (r.status) fail_msg("%s: %s%s", cases[i].rows, r.out, r.err);
        bool quiet = !strcmp(cases[i].rows, "cat bare.csv"); /* its columns have their own names */
        if (quiet ? *r.err != 0 : !strstr(r.err, "no header, so its columns are those of training"))
            fail_msg("%s: said '%s'", cases[i].rows, r.err);
        result_free(&r);
    }
}

/* As it stands in the help. */
static void the_example_of_the_help_runs(void **state) {
    (void)state;
    result r = run("cp last.csv new.csv; cp last.glia iris.glia\n"
                   "line=$($GLIA predict --help | sed -n 's/^ *\\(tail -n .*\\)/\\1/p')\n"
                   "glia() { \"$GLIA\" \"$@\"; }\n"
                   "eval \"$line\" >piped && glia predict last.glia last.csv >plain && "
                   "test -n \"$line\" && cmp piped plain");
    if (r.status) fail_msg("%s%s", r.out, r.err);
    result_free(&r);
}

static void labelled_rows_without_header_are_measured(void **state) {
    (void)state;
    result r =
        run("for m in last first; do $GLIA eval $m.glia $m.csv --importance >named; sed 1d $m.csv "
            ">$m.u; $GLIA eval $m.glia $m.u --no-header --importance >unnamed; cmp named unnamed "
            "|| exit; done; $GLIA check last.glia last.u >/dev/null || exit\n"
            "for t in last.csv last.u; do $GLIA train last.csv --test $t --val $t --target kind "
            "--epochs 2 -o t.glia --json -q | grep accuracy; done | sort -u | wc -l");
    if (r.status || strcmp(r.out, "1\n") != 0) fail_msg("%s%s", r.out, r.err);
    result_free(&r);
}

static void rows_that_cannot_be_told_apart_are_refused(void **state) {
    (void)state;
    static const promise promises[] = {
        {"sed 1d last.csv | cut -d, -f1 | $GLIA predict last.glia - --no-header", "",
         "standard input: it has no header and 1 column, so they cannot be told apart; expected "
         "the columns of training in their order (target 'kind': 3 with it or 2 without it)",
         3},
        {"sed 1d last.csv | sed 's/$/,4,5/' | $GLIA predict last.glia - --no-header", "",
         "it has no header and 5 columns", 3},
        {"printf 'x,y\\n3,4\\n' | $GLIA predict last.glia -", "",
         "columns are missing that the model was trained with: 'a', 'b'; give them the names of "
         "training: now there are 'x', 'y'",
         3},
        {"printf 'a,y\\n3,4\\n' | $GLIA predict last.glia -", "",
         "column 'b' is missing, the model was trained with it; did you rename it to 'y'?", 3},
        {"cut -d, -f2,3 bare.csv | $GLIA eval bare.glia -", "", "column 'c1' is missing", 3},
    };
    KEEP(promises);
}

/* A model of 0.1.0: its file does not say where the target stood. */
static void an_old_model_takes_rows_without_their_target(void **state) {
    (void)state;
    result r = run("cd %s/tests/golden && $GLIA predict value.glia houses.csv >%s/named && sed 1d "
                   "houses.csv | cut -d, -f1-5 | $GLIA predict value.glia - --no-header -q | cmp - "
                   "%s/named && sed 1d houses.csv | $GLIA predict value.glia - --no-header",
                   SOURCE_ROOT, scratch(), scratch());
    if (r.status != 3 || !strstr(r.err, "(target 'price': 5 without it)"))
        fail_msg("%d %s%s", r.status, r.out, r.err);
    result_free(&r);
}

/* -------------------------------------------------------------------- cells that nobody uses -- */

static void an_infinite_cell_matters_where_it_is_used(void **state) {
    (void)state;
    result r =
        run("awk 'BEGIN { print \"a,b,kind\"; for (i = 0; i < 60; i++) print i %% 7 \",\" (i == 8 "
            "? \"inf\" : i == 9 ? \"-1e999\" : i %% 5) \",\" (i %% 7 > 3 ? \"up\" : \"down\") }' "
            ">inf.csv; sed 's/,[^,]*,/,/' inf.csv >without.csv");
    result_free(&r);
    static const promise promises[] = {
        {"$GLIA train inf.csv -q -o i.glia", "",
         "inf.csv, line 10, column 'b': found an infinite number, expected a finite one (2 such "
         "cells; --missing inf,-inf reads them as missing, --bad-rows skip leaves their rows out)",
         3},
        {"$GLIA train inf.csv -q --missing inf,-inf --epochs 2 -o m.glia >/dev/null", "", "", 0},
        {"$GLIA train inf.csv -q --bad-rows skip --epochs 2 -o m.glia >/dev/null", "", "", 0},
        {"$GLIA train inf.csv -q --ignore b --epochs 40 -o i.glia >/dev/null && $GLIA train "
         "without.csv -q --epochs 40 -o w.glia >/dev/null && $GLIA predict i.glia inf.csv >i.out "
         "&& "
         "$GLIA predict w.glia without.csv >w.out && cmp i.out w.out && $GLIA eval i.glia inf.csv "
         ">/dev/null 2>&1",
         ""},
        {"$GLIA predict last.glia inf.csv", "", "inf.csv, line 10, column 'b': found an infinite",
         3},
        {"head -9 inf.csv >8.csv; $GLIA train 8.csv -q --epochs 2 --target a --val inf.csv -o "
         "i.glia",
         "", "inf.csv, line 10, column 'b': found an infinite", 3},
        {"printf 'a,y\\n1,2\\n3,inf\\n5,7\\n' >y.csv; $GLIA train y.csv --val none -o y.glia", "",
         "y.csv, line 3, column 'y': found an infinite number", 3},
        {"$GLIA data inf.csv | sed -n 's/^  2 *//p; s/^  warnings *//p'",
         "b        number           0          7     0   1.9483     4       0.00   ███▇▇\n"
         "column 'b': 2 infinite cells, first in line 10; a training that uses the column refuses "
         "them\n"},
    };
    KEEP(promises);
}

/* ---------------------------------------------------------------------------------- bad rows -- */

/* Line 3 is short, 5 long and over two lines, 8 has a text for a number, 9 an infinite one. */
static void make_bad_rows(void) {
    result r =
        run("printf 'a,b,kind\n1,2,down\n3,4\n5,1,up\n3,\"x\ny\",up,up\n6,2,up\n1,2,other\nx,1,"
            "up\ninf,1,up\n5,2,\n' >bad.csv; sed 3d last.csv >good.csv");
    result_free(&r);
}

static void a_bad_row_is_an_error_unless_it_is_skipped(void **state) {
    (void)state;
    make_bad_rows();
    static const promise promises[] = {
        {"$GLIA predict last.glia bad.csv", "",
         "bad.csv, line 3: found 2 cells, expected 3 as in line 1 (delimiter ','; --bad-rows skip "
         "leaves such rows out)",
         3},
        {"$GLIA predict last.glia bad.csv --bad-rows never", "",
         "--bad-rows is fail or skip, found 'never'", 2},
        {"$GLIA predict last.glia bad.csv --bad-rows skip --keep a,kind | cut -d, -f1-3",
         "a,kind,prediction\n1,down,down\n,,\n5,up,up\n,,\n6,up,up\n1,other,down\nx,up,\ninf,up,\n"
         "5,,up\n",
         "bad.csv, line 5: skipped: found 4 cells, expected 3"},
        {"$GLIA predict last.glia bad.csv --bad-rows skip -q | cut -d, -f1",
         "prediction\ndown\n\nup\n\nup\ndown\n\n\nup\n", "bad.csv: 2 of 9 rows skipped"},
        {"$GLIA predict last.glia bad.csv --bad-rows skip --json 2>/dev/null | grep null",
         "    {\"prediction\": null, \"line\": 3, \"why\": \"found 2 cells, expected 3\"},\n    "
         "{\"prediction\": null, \"line\": 5, \"why\": \"found 4 cells, expected 3\"},\n    "
         "{\"prediction\": null, \"line\": 9, \"why\": \"column 'a': found 'x', expected a number "
         "as "
         "in training\"},\n    {\"prediction\": null, \"line\": 10, \"why\": \"column 'a': found "
         "'inf', expected a number as in training\"},\n"},
        {"$GLIA eval last.glia bad.csv --bad-rows skip --json 2>said | grep '^  \"rows\"'; grep -c "
         "skipped: said; grep -o 'found class .other.*' said; tail -1 said",
         "  \"rows\": 3,\n6\nfound class 'other', the model knows down, up\nglia: warning: "
         "bad.csv: "
         "4 more skipped, 6 of 9 rows in all\n"},
    };
    KEEP(promises);
}

/* The rows that are left give the model that they would have given alone. */
static void a_training_skips_rows_that_teach_nothing(void **state) {
    (void)state;
    result r = run(
        "awk 'NR == 7 { print \"1,2\" } NR == 9 { print \"3,inf,up\" } NR == 11 { print \"3,2,\" } "
        "{ print }' last.csv >holes.csv\n"
        "$GLIA train holes.csv --bad-rows skip --epochs 3 --val 0.2 -o holes.glia --json 2>said "
        ">/dev/null && $GLIA train last.csv --epochs 3 --val 0.2 -o whole.glia -q >/dev/null && "
        "$GLIA predict holes.glia last.csv >a && $GLIA predict whole.glia last.csv >b && cmp a b\n"
        "grep -o 'holes.csv.*' said | grep skipped; $GLIA train holes.csv -o n.glia -q");
    assert_string_equal(r.out, "holes.csv, line 7: skipped: found 2 cells, expected 3\n"
                               "holes.csv: 1 of 63 rows skipped\n"
                               "holes.csv, line 10: skipped: column 'b': found an infinite number\n"
                               "holes.csv, line 13: skipped: column 'kind': the target is missing\n"
                               "holes.csv: 2 more skipped, 3 of 63 rows in all\n");
    assert_int_equal(r.status, 3);
    result_free(&r);
}

static void a_table_of_bad_rows_alone_is_told(void **state) {
    (void)state;
    static const promise promises[] = {
        {"printf 'a,b\\nx,1\\nx,2\\n' | $GLIA predict last.glia - --bad-rows skip",
         "prediction,P(down),P(up)\n,,\n,,\n", "standard input: 2 of 2 rows skipped"},
        {"printf 'a,b,kind\\nx,1,up\\nx,2,up\\n' | $GLIA eval last.glia - --bad-rows skip", "",
         "rows", 3},
        {"printf 'a,c\\n1,1\\n' | $GLIA predict last.glia - --bad-rows skip", "",
         "column 'b' is missing", 3},
    };
    KEEP(promises);
}

/* Left out would be the names of the columns, or most of the table, and the rest would be learned
 * as if nothing were wrong. */
static void slips_are_few_and_not_the_header(void **state) {
    (void)state;
    static const promise promises[] = {
        {"awk 'BEGIN { print \"w,kind,y\"; for (i = 1; i < 30; i++) print i \",5,a,\" i \",25\" }' "
         ">commas.csv; $GLIA train commas.csv --bad-rows skip -o c.glia",
         "", "commas.csv, line 1: found 3 cells, and 5 in most rows below", 3},
        {"awk 'BEGIN { print \"w,kind,y\"; for (i = 1; i < 30; i++) print i \",a\" (i % 3 ? "
         "\",4,5\" "
         ": \",4\") (i % 3 == 1 ? \",6\" : \"\") }' >most.csv; "
         "$GLIA train most.csv --bad-rows skip -o c.glia",
         "", "most.csv, line ", 3},
    };
    KEEP(promises);
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(rows_without_header_have_the_columns_of_training_in_their_order),
        cmocka_unit_test(the_example_of_the_help_runs),
        cmocka_unit_test(labelled_rows_without_header_are_measured),
        cmocka_unit_test(rows_that_cannot_be_told_apart_are_refused),
        cmocka_unit_test(an_old_model_takes_rows_without_their_target),
        cmocka_unit_test(an_infinite_cell_matters_where_it_is_used),
        cmocka_unit_test(a_bad_row_is_an_error_unless_it_is_skipped),
        cmocka_unit_test(slips_are_few_and_not_the_header),
        cmocka_unit_test(a_training_skips_rows_that_teach_nothing),
        cmocka_unit_test(a_table_of_bad_rows_alone_is_told),
    };
    return cmocka_run_group_tests_name("rows", tests, prepare, NULL);
}
