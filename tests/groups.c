/*
 * groups.c: each group of rows as one sample, however many rows it has: which rows are read, what
 * scales are of, what is refused; and the commands that know of tables know of these.
 */
#include "../src/table/series.h"
#include "context.h"
#include "test.h"

#include "base/random.h"

#include <math.h>

/* ---------------------------------------------------------------------------------- the rows -- */

static glia_table *read_text(const char *name, const char *text) {
    char path[600];
    write_file(name, text);
    snprintf(path, sizeof path, "%s/%s", scratch(), name);
    glia_table *t = glia_table_read(g, path, NULL);
    if (!t) fail_msg("%s", glia_message(g));
    return t;
}

static void a_group_is_a_sample_of_all_its_rows(void **state) {
    (void)state;
    glia_table *t = read_text("g.csv", "who,t,x,y\na,2,12,up\nb,7,70,down\na,1,11,up\na,3,13,up\n"
                                       "c,5,50,up\nb,8,80,down\n");
    gl_series s = {.whole = true, .group = "who", .time = "t", .target = "y"};
    glia_table *rows = gl_series_rows(t, &s);
    if (!rows) fail_msg("%s", glia_message(g));
    static const int64_t line[] = {5, 7, 6}, count[] = {3, 2, 1};
    assert_int_equal(rows->rows, 3);
    assert_int_equal(rows->past->of->series.length, 3);
    for (int64_t i = 0; i < 3; i++) {
        assert_int_equal(glia_table_line(rows, i), line[i]);
        assert_int_equal(gl_past_rows(rows->past, i), count[i]);
    }
    assert_false(gl_series_overlap(rows));
    assert_int_equal(gl_series_check_answers(rows, gl_table_find(rows, "y")), GLIA_OK);
    glia_table_free(rows);
    s.length = 2; /* as a model reads */
    rows = gl_series_rows(t, &s);
    assert_int_equal(gl_past_rows(rows->past, 0), 2);
    assert_int_equal(gl_past_rows(rows->past, 2), 1);
    glia_table_free(rows);
    glia_table_free(t);
}

/* ------------------------------------------------------------------------------- the program -- */

/* 60 walks of 2 to 9 rows, from the last to the first where `turned`: x goes up or down, and begins
 * anywhere; so its last value alone tells nothing. */
static void write_walks(const char *name, bool turned, int walks) {
    char path[600];
    snprintf(path, sizeof path, "%s/%s", scratch(), name);
    FILE *f = fopen(path, "w");
    fprintf(f, "walk,t,x,way\n");
    for (int k = 0; k < walks; k++) {
        int i = turned ? walks - 1 - k : k, n = 2 + i * 5 % 8, up = i * 7 % 11 < 6;
        gl_rng r = gl_rng_new(3, GL_STREAM_TEST, (uint64_t)i);
        const double first = 10 * gl_rng_normal(&r);
        for (int j = 0; j < n; j++) {
            int row = turned ? n - 1 - j : j;
            fprintf(f, "w%d,%d,%.4f,%s\n", i, row, first + (up ? 2 : -2) * row, up ? "up" : "down");
        }
    }
    fclose(f);
}

#define TRAIN "$GLIA train walks.csv --target way --sequence all --group walk --time t "

static void each_walk_gets_an_answer(void **state) {
    (void)state;
    write_walks("walks.csv", false, 60), write_walks("turned.csv", true, 60);
    result r = run(TRAIN "--epochs 200 --val 0.2 --lr 0.02 -o w.glia && $GLIA show w.glia && "
                         "$GLIA eval w.glia walks.csv && $GLIA predict w.glia walks.csv >a.csv && "
                         "$GLIA predict w.glia turned.csv >b.csv && head -2 a.csv && "
                         "wc -l <a.csv && sort a.csv >a && sort b.csv >b && cmp a b");
    if (r.status) fail_msg("%d %s %s", r.status, r.err, r.out);
    expect_in(r.err, "60 samples, one for each 'walk', of 2 to 9 rows; what a shorter one has not "
                     "counts nowhere");
    expect_in(r.err, "validation: 12 of 60 rows (seed 1)");
    expect_in(r.err, "network: ragged 9 1, gru 32, dense 1 sigmoid");
    expect_in(r.out, "of all, at most 9 rows, in the order of 't', one for each of walk; answers "
                     "are for all of them");
    expect_in(r.out, "walk,");
    expect_in(r.out, "\nw0,");
    expect_in(r.out, "61\n");
    const char *accuracy = strstr(r.out, "accuracy");
    double found = 0;
    if (!accuracy || sscanf(accuracy, "accuracy %lf", &found) != 1 || found < 0.9)
        fail_msg("accuracy %g: %s", found, r.out);
    result_free(&r);
}

/* Means of all rows of the training groups: of x 1 2 3 and 10 20, and not of 3 and 20. */
static void scales_are_of_all_rows_of_the_groups(void **state) {
    (void)state;
    write_file("s.csv", "who,t,x,y\na,1,1,0.5\na,2,2,0.5\na,3,3,0.5\nb,1,10,1.5\nb,2,20,1.5\n");
    result r = run("$GLIA train s.csv --target y --sequence all --group who --time t --epochs 1 "
                   "--task regression -o s.glia && $GLIA show s.glia");
    if (r.status) fail_msg("%s", r.err);
    expect_in(r.out, "(x - 7.2) / ");
    result_free(&r);
}

/* Alone, beside longer ones, or with rows that nobody reads before its last nine: the same. */
static void an_answer_depends_on_no_other_group(void **state) {
    (void)state;
    write_walks("walks.csv", false, 60);
    write_file("one.csv", "walk,t,x\nz,1,3\nz,2,5\n");
    write_file("more.csv", "walk,t,x\nz,1,3\nz,2,5\nl,1,9000\nl,2,-50\nl,3,1\nl,4,2\nl,5,3\nl,6,4\n"
                           "l,7,5\nl,8,6\nl,9,7\nl,10,8\nl,11,9\n");
    write_file("last.csv", "walk,t,x\nl,3,1\nl,4,2\nl,5,3\nl,6,4\nl,7,5\nl,8,6\nl,9,7\nl,10,8\n"
                           "l,11,9\n");
    result r = run(TRAIN "--epochs 3 -q -o w.glia >log && for d in one more last; do $GLIA predict "
                         "w.glia $d.csv; done");
    if (r.status) fail_msg("%s", r.err);
    char line[5][200] = {""};
    /* heading z, heading z l, heading l */
    static const char *const format = "%*s %199s %*s %199s %199s %*s %199s";
    assert_int_equal(sscanf(r.out, format, line[0], line[1], line[2], line[3]), 4);
    assert_string_equal(line[0], line[1]);
    assert_string_equal(line[2], line[3]);
    expect_in(r.err, "1 of 2 samples have more rows than the 9 that are read at once, up to 11; "
                     "their last 9 rows are read");
    result_free(&r);
}

/* By all columns that tell groups apart; windows by their time, too. */
static void an_answer_says_whose_it_is(void **state) {
    (void)state;
    write_file("two.csv", "site,who,t,x,y\nn,a,1,5,up\nn,a,2,6,up\nn,b,1,9,down\nn,b,2,7,down\n"
                          "s,a,1,8,down\ns,a,2,7,down\n");
    result r = run("for n in all 2; do $GLIA train two.csv --target y --sequence $n --group "
                   "site,who --time t --val none --epochs 1 -q -o t.glia >log && "
                   "$GLIA predict t.glia two.csv; done");
    if (r.status) fail_msg("%s", r.err);
    expect_in(r.out, "site,who,prediction,");
    expect_in(r.out, "\ns,a,");
    expect_in(r.out, "site,who,t,prediction,");
    expect_in(r.out, "\ns,a,2,");
    result_free(&r);
}

static void what_has_no_meaning_is_refused(void **state) {
    (void)state;
    static const struct {
        const char *options, *says;
    } wrong[] = {
        {"--group walk --horizon 1", "--horizon belongs to --sequence N; with --sequence all each"},
        {"--group walk --stride 2", "--stride belongs to --sequence N"},
        {"--group walk --season 2", "--season belongs to --sequence N"},
        {"", "say the columns that tell groups apart (--group)"},
        {"--group walk --hidden 8", "--hidden is of dense layers"},
        {"--group walk --net 'dense 8 relu'", "'fc1' would count what stands behind the last step"},
        {"--group walk --net 'gru 8 steps all, batch_norm, gru 4'", "'batch_norm1' would count"},
    };
    write_walks("walks.csv", false, 20);
    for (size_t i = 0; i < sizeof wrong / sizeof *wrong; i++) {
        result r = run("$GLIA train walks.csv --target way --sequence all --time t --epochs 1 %s "
                       "-o no.glia",
                       wrong[i].options);
        if (!r.status || !strstr(r.err, wrong[i].says))
            fail_msg("%s: %d %s", wrong[i].options, r.status, r.err);
        result_free(&r);
    }
}

static void two_answers_in_one_group_are_an_error_with_both_lines(void **state) {
    (void)state;
    write_file("d.csv", "who,t,x,y\na,2,1,up\na,1,2,down\nb,1,3,up\nb,2,4,up\n");
    result r = run("$GLIA train d.csv --target y --sequence all --group who --time t -o d.glia");
    assert_int_not_equal(r.status, 0);
    expect_in(r.err,
              "d.csv, line 2, column 'y': found 'up', and line 3 of the same sample (who "
              "'a') has 'down'; with --sequence all a sample has one answer, with --sequence "
              "N each row has its own");
    result_free(&r);
}

static void the_other_commands_know_it(void **state) {
    (void)state;
    write_walks("walks.csv", false, 40);
    result r = run(
        TRAIN "--epochs 4 --folds 2 -q -o w.glia >log && "
              "$GLIA eval w.glia walks.csv --importance >log && $GLIA check w.glia walks.csv && "
              "$GLIA explain w.glia walks.csv --row 2 >log && "
              "$GLIA eval w.glia walks.csv --report e.html >log && "
              "$GLIA train walks.csv --init w.glia --epochs 1 -q -o more.glia >log && "
              "$GLIA tune walks.csv --target way --sequence all --group walk --in-order-of t "
              "--trials 2 --epochs 2 -q -o t.glia >log && "
              "$GLIA train walks.csv --target way --sequence all --group walk --time t --net "
              "'conv 4 3 pad same relu, global_pool' --epochs 1 -q -o c.glia >log && "
              "$GLIA show c.glia | grep -o 'ragged 9 1, conv 4 3 pad same relu, global_pool'");
    if (r.status) fail_msg("%d %s %s", r.status, r.err, r.out);
    expect_in(r.out, "every gradient is right");
    result_free(&r);
}

static void a_sample_that_is_not_there_is_called_one(void **state) {
    (void)state;
    write_walks("walks.csv", false, 40);
    result r = run(TRAIN "--epochs 1 -q -o w.glia >log && $GLIA explain w.glia walks.csv --row 41");
    expect_in(r.err, "there is no row 41: walks.csv has 40 samples\n");
    result_free(&r);
    write_file("two.csv", "who,t,x,y\na,1,1,up\nb,1,2,down\n");
    r = run("$GLIA train two.csv --target y --sequence all --group who --val none --epochs 1 "
            "-o two.glia");
    expect_in(r.err, "2 samples, one for each 'who', of 1 to 1 row; ");
    result_free(&r);
}

static void what_is_linear_is_warned_of(void **state) {
    (void)state;
    static const char linear[] = "every hidden layer is linear";
    static const struct {
        const char *net;
        bool linear;
    } nets[] = {
        {"conv 4 1, global_pool", true},
        {"conv 4 1, attention 2, global_pool", false},
        {"conv 4 1, layer_norm, global_pool", false},
        {"conv 4 1, pool 2 stride 1 pad same, global_pool", false},
        {"a: conv 4 1, conv 4 1, mul a, global_pool", false},
    };
    write_walks("walks.csv", false, 40);
    for (size_t i = 0; i < sizeof nets / sizeof *nets; i++) {
        result r = run(TRAIN "--net '%s' --epochs 1 -o n.glia", nets[i].net);
        if (r.status || nets[i].linear != (strstr(r.err, linear) != NULL))
            fail_msg("%s: %s", nets[i].net, r.err);
        result_free(&r);
    }
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(a_group_is_a_sample_of_all_its_rows),
        cmocka_unit_test(each_walk_gets_an_answer),
        cmocka_unit_test(scales_are_of_all_rows_of_the_groups),
        cmocka_unit_test(an_answer_depends_on_no_other_group),
        cmocka_unit_test(an_answer_says_whose_it_is),
        cmocka_unit_test(what_has_no_meaning_is_refused),
        cmocka_unit_test(two_answers_in_one_group_are_an_error_with_both_lines),
        cmocka_unit_test(the_other_commands_know_it),
        cmocka_unit_test(a_sample_that_is_not_there_is_called_one),
        cmocka_unit_test(what_is_linear_is_warned_of),
    };
    return cmocka_run_group_tests_name("groups", tests, open_context, close_context);
}
