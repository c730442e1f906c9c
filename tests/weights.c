/*
 * weights.c: rows that count more, less or not at all. A row of weight 0 is none, and a row of
 * weight 2 is two rows, which files with and without such rows show.
 */
#include "evaluate.h"

#include "../src/score/metrics.h"
#include "context.h"

/* 120 rows of two numbers, a class, a value and a weight of 1; every ninth row has the weight 0 and
 * says something else, every fifth the weight 2. plain.csv has the former not at all, twice.csv the
 * latter twice with the weight 1. */
static int make_files(void **state) {
    result r =
        run("awk 'BEGIN { srand(5); print \"a,b,kind,y,w\"; for (i = 0; i < 240; i++) { a = "
            "rand(); b = "
            "rand(); zero = i %% 9 == 4; k = a + 0.4 * rand() > 0.7 ? \"yes\" : \"no\"; if (zero) "
            "k = i %% 2 ? "
            "\"odd\" : \"no\"; print a + 40 * zero \",\" b \",\" k \",\" (zero ? 900 : 2 * a - b) "
            "\",\" (zero ? "
            "0 : i %% 5 == 0 ? 2 : 1) } }' >zero.csv && grep -v ',0$' zero.csv >plain.csv && "
            "awk -F, 'BEGIN { OFS = \",\" } NR > 1 && $5 == 2 { $5 = 1; print; print; next } { "
            "print }' "
            "plain.csv >twice.csv");
    result_free(&r);
    return open_context(state);
}

static void rows_of_weight_0_are_as_if_absent(void **state) {
    (void)state;
    static const char *const how[] = {
        "--target y --ignore kind",
        "--target kind --ignore y --folds 3",
        "--target y --ignore kind --hidden none",
        "--target kind --ignore y --val NAME --test NAME --class-weight balanced",
    };
    static const char *const names[] = {"zero.csv", "plain.csv"};
    for (size_t i = 0; i < sizeof how / sizeof *how; i++) {
        char *out[2], line[2][300];
        for (int k = 0; k < 2; k++) {
            const char *part = strstr(how[i], "--val");
            int before = part ? (int)(part - how[i]) : (int)strlen(how[i]);
            snprintf(line[k], sizeof line[k], "%.*s", before, how[i]);
            if (part)
                snprintf(line[k] + before, sizeof line[k] - (size_t)before,
                         "--val %s --test %s --class-weight balanced", names[k], names[k]);
            result r =
                run("$GLIA train %s %s --sample-weight w --epochs 30 -q -o w%d.glia >/dev/null && "
                    "$GLIA predict w%d.glia twice.csv -q && $GLIA eval w%d.glia "
                    "%s --json 2>/dev/null",
                    names[k], line[k], k, k, k, names[k]);
            if (r.status != 0) fail_msg("%s: %s%s", line[k], r.out, r.err);
            out[k] = strdup(r.out);
            result_free(&r);
        }
        if (strcmp(out[0], out[1]) != 0) fail_msg("%s: not the same", line[0]);
        free(out[0]);
        free(out[1]);
    }
    result r = run("$GLIA train zero.csv --target y --sample-weight w -o w.glia --epochs 1");
    assert_non_null(strstr(r.err, "left out: 27 of 240 rows, whose weight 'w' is 0"));
    result_free(&r);
}

/* Intervals are of as many rows as there are, and not compared. */
static void a_row_of_weight_2_scores_as_two_rows(void **state) {
    (void)state;
    static const char *const target[] = {"kind --ignore y", "y --ignore kind",
                                         "kind --ignore y --task multiclass"};
    for (size_t i = 0; i < 3; i++) {
        result r =
            run("$GLIA train plain.csv --target %s --sample-weight w --epochs 5 -q -o two.glia",
                target[i]);
        result_free(&r);
        json_t *weighted = json_of("$GLIA eval two.glia plain.csv --json --importance=2"),
               *twice = json_of("$GLIA eval two.glia twice.csv --json --importance=2"), *value;
        const char *name;
        int compared = 0;
        json_object_foreach(weighted, name, value) {
            if (!json_is_number(value) || strcmp(name, "rows") == 0) continue;
            close_to(name, json_number_value(value), at(twice, name), 1e-12);
            compared++;
        }
        assert_true(compared >= 4);
        close_to("importance", at(json_object_get(weighted, "importance"), "value"),
                 at(json_object_get(twice, "importance"), "value"), 1e-12);
        json_decref(weighted);
        json_decref(twice);
    }
    result r = run("$GLIA eval two.glia plain.csv");
    assert_non_null(strstr(r.out, "each row counts by its 'w' in the scores"));
    result_free(&r);
    r = run("cut -d, -f1-4 plain.csv | $GLIA eval two.glia -");
    assert_non_null(strstr(r.out, "these rows have no 'w': each counts the same"));
    result_free(&r);
}

/* The course of the validation cost, and of a score that is watched, in 64 bits. */
static void the_validation_takes_the_weights(void **state) {
    (void)state;
    static const char *const how[] = {"", "--monitor auc", "--monitor f1"};
    for (size_t i = 0; i < 3; i++) {
        json_t *j[2];
        for (int k = 0; k < 2; k++) {
            char line[300];
            snprintf(
                line, sizeof line,
                "$GLIA train plain.csv --target kind --ignore y --sample-weight w --precision f64 "
                "--val %s.csv --epochs 9 --early-stop 3 %s -o v.glia -q --json",
                k ? "twice" : "plain", how[i]);
            j[k] = json_of(line);
        }
        json_t *a = json_object_get(j[0], "val_losses"), *b = json_object_get(j[1], "val_losses");
        assert_int_equal(json_array_size(a), json_array_size(b));
        for (size_t e = 0; e < json_array_size(a); e++)
            close_to("val loss", item(json_array_get(a, e), 1), item(json_array_get(b, e), 1),
                     1e-12);
        close_to("best", at(j[0], "best_epoch"), at(j[1], "best_epoch"), 0);
        json_decref(j[0]);
        json_decref(j[1]);
    }
}

/* Rows 3, 1, 2 of class 1, 1, 0: the first two are taken for 1, the third too. */
static void weighted_scores_by_hand(void **state) {
    (void)state;
    const double value[] = {0.9, 0.4, 0.6}, label[] = {1, 1, 0}, weight[] = {3, 1, 2};
    const int64_t class_index[] = {1, 0, 1};
    gl_answers a = {.rows = 3,
                    .outputs = 1,
                    .classes = 2,
                    .value = value,
                    .class_index = class_index,
                    .label = label,
                    .weight = weight};
    int64_t confusion[4];
    glia_curves curves;
    glia_metrics m;
    assert_int_equal(gl_measure(g, &a, GL_DEEP, confusion, &curves, &m), GLIA_OK);
    close_to("weight", m.weight, 6, 0);
    close_to("accuracy", gl_score_value(&m, "accuracy"), 3.0 / 6, 1e-15);
    close_to("precision", gl_score_value(&m, "precision"), 3.0 / 5, 1e-15);
    close_to("recall", gl_score_value(&m, "recall"), 3.0 / 4, 1e-15);
    close_to("f1", gl_score_value(&m, "f1"), 2.0 / 3, 1e-15);
    close_to("auc", gl_score_value(&m, "auc"), 3.0 / 4, 1e-15);
    close_to("brier", gl_score_value(&m, "brier"), (3 * 0.01 + 0.36 + 2 * 0.36) / 6, 1e-15);
    close_to("average precision", gl_score_value(&m, "average_precision"),
             (3 * 1 + 1 * 4.0 / 6) / 4, 1e-15);
    close_to("baseline", m.baseline, 4.0 / 6, 1e-15);
    assert_int_equal(confusion[3], 1); /* rows */
    const double y[] = {1, 2, 4}, said[] = {1, 3, 3};
    a = (gl_answers){.rows = 3, .outputs = 1, .value = said, .label = y, .weight = weight};
    assert_int_equal(gl_measure(g, &a, GL_SCORES, NULL, NULL, &m), GLIA_OK);
    close_to("mse", gl_score_value(&m, "mse"), 3.0 / 6, 1e-15);
    double mean = (3 + 2 + 8) / 6.0,
           around = 3 * pow(1 - mean, 2) + pow(2 - mean, 2) + 2 * pow(4 - mean, 2);
    close_to("r2", gl_score_value(&m, "r2"), 1 - 3 / around, 1e-15);
}

/* ----------------------------------------------------------------------- rows without answer -- */

static void rows_without_a_target_are_counted_in_the_whole_file(void **state) {
    (void)state;
    result r =
        run("awk -F, 'NR == 3 || NR == 50 || NR %% 40 == 7 { print $1 \",\" $2 \",,\" $4; next } { "
            "print $1 \",\" $2 \",\" $3 \",\" $4 }' plain.csv >gaps.csv && awk -F, '$3 != \"\"' "
            "gaps.csv >whole.csv; $GLIA train gaps.csv --target kind -o gaps.glia -q");
    assert_int_equal(r.status, 3);
    if (!strstr(r.err,
                "line 3, column 'kind': the target is missing in 8 of 213 rows (lines 3, 7, 47, "
                "...); give them a value, or leave them out by --bad-rows skip"))
        fail_msg("%s", r.err);
    result_free(&r);
    r = run(
        "$GLIA train gaps.csv --target kind --bad-rows skip --epochs 3 -o gaps.glia && $GLIA train "
        "whole.csv --target kind --epochs 3 -q -o whole.glia >/dev/null && $GLIA predict gaps.glia "
        "plain.csv -q >a && $GLIA predict whole.glia plain.csv -q >b && cmp a b && $GLIA eval "
        "gaps.glia gaps.csv --bad-rows skip --json | sed '/\"skipped\"/,/]/d' >c && $GLIA eval "
        "gaps.glia whole.csv --json >d "
        "&& cmp c d");
    if (r.status != 0) fail_msg("%s%s", r.out, r.err);
    assert_non_null(strstr(r.err, "line 7: skipped: column 'kind': the target is missing"));
    result_free(&r);
    r = run("$GLIA eval gaps.glia gaps.csv");
    assert_int_equal(r.status, 3);
    assert_non_null(strstr(r.err, "the target is missing in 8 of 213 rows"));
    result_free(&r);
}

/* -------------------------------------------------------------------------------- the doctor -- */

/* 2,000 rows, 2% of which are of a class that a column tells something about. Learned with balanced
 * weights the plain loss is above the entropy of the classes, and all is well. */
static void the_doctor_compares_weighted_with_weighted(void **state) {
    (void)state;
    result r =
        run("awk 'BEGIN { srand(2); print \"a,b,fraud\"; for (i = 0; i < 2000; i++) { f = i %% 50 "
            "== 3; print rand() + rand() + 0.8 * f \",\" rand() \",\" f } }' >fraud.csv");
    result_free(&r);
    static const char *const how[] = {"", "--hidden none"};
    for (int i = 0; i < 2; i++) {
        char line[200];
        snprintf(line, sizeof line,
                 "$GLIA train fraud.csv --class-weight balanced %s -o f.glia -q --json 2>/dev/null",
                 how[i]);
        json_t *j = json_of(line);
        assert_int_equal(json_array_size(json_object_get(j, "findings")), 0);
        json_decref(j);
    }
    /* and where there is nothing to learn he says so, weighted or not */
    json_t *j =
        json_of("awk -F, 'NR == 1 { print \"b,fraud\"; next } { print $2 \",\" $3 }' fraud.csv "
                ">noise.csv; $GLIA train noise.csv --class-weight balanced --hidden none -o "
                "n.glia -q --json 2>/dev/null");
    json_t *first = json_array_get(json_object_get(j, "findings"), 0);
    assert_string_equal(json_string_value(json_object_get(first, "name")), "not-learning");
    json_decref(j);
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(rows_of_weight_0_are_as_if_absent),
        cmocka_unit_test(a_row_of_weight_2_scores_as_two_rows),
        cmocka_unit_test(the_validation_takes_the_weights),
        cmocka_unit_test(weighted_scores_by_hand),
        cmocka_unit_test(rows_without_a_target_are_counted_in_the_whole_file),
        cmocka_unit_test(the_doctor_compares_weighted_with_weighted),
    };
    return cmocka_run_group_tests_name("weights", tests, make_files, close_context);
}
