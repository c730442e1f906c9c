/*
 * series.c: rows with a past: which rows a network reads with one, what is predicted, what
 * validates, and what is said of series that are none.
 */
#include "../src/base/random.h"
#include "../src/product/model.h"
#include "../src/table/series.h"
#include "context.h"
#include "test.h"

#include <math.h>

static glia_table *read_text(const char *text) {
    char path[600];
    write_file("read.csv", text);
    snprintf(path, sizeof path, "%s/read.csv", scratch());
    glia_table *t = glia_table_read(g, path, NULL);
    if (!t) fail_msg("%s", glia_message(g));
    return t;
}

static double cell(const glia_table *t, const char *column, int64_t row) {
    int j = gl_table_find(t, column);
    assert_true(j >= 0);
    return gl_number(&t->column[j], row);
}

/* ---------------------------------------------------------------------------------- the rows -- */

/* Series b stands between the rows of a, and a's rows are not in order. */
#define TWO "who,t,x\na,2,12\nb,7,70\na,1,11\na,3,13\nb,8,80\na,4,14\n"

static void rows_know_those_before_them_and_their_answers(void **state) {
    (void)state;
    glia_table *t = read_text(TWO);
    gl_series s = {.length = 2, .horizon = 1, .group = "who", .time = "t", .target = "x"};
    glia_table *rows = gl_series_rows(t, &s);
    if (!rows) fail_msg("%s", glia_message(g));
    /* a: 11 | 12, 12 | 13, 13 | 14, then b: 70 | 80 */
    static const double now[] = {12, 13, 14, 80}, before[] = {11, 12, 13, 70},
                        later[] = {13, 14, NAN, NAN};
    static const int64_t line[] = {2, 5, 7, 6};
    assert_int_equal(rows->rows, 4);
    for (int64_t i = 0; i < 4; i++) {
        const glia_table *all = rows->past->of->table;
        assert_true(cell(rows, "x", i) == now[i]);
        assert_true(cell(all, "x", rows->past->at[i]) == now[i]);
        assert_true(cell(all, "x", rows->past->at[i] - 1) == before[i]);
        double answer = cell(rows, "x in 1 row", i);
        assert_true(isnan(later[i]) ? isnan(answer) : answer == later[i]);
        assert_int_equal(glia_table_line(rows, i), line[i]);
        assert_int_equal(rows->past->series[i], i / 3);
    }
    glia_table_free(rows);
    glia_table_free(t);
}

/* Series of 20, 10 and 4 rows, each value its own number. */
static glia_table *three_series(void) {
    char text[2000] = "who,t,x\n";
    static const int rows[] = {20, 10, 4};
    for (int k = 0; k < 3; k++)
        for (int i = 0; i < rows[k]; i++)
            snprintf(text + strlen(text), sizeof text - strlen(text), "%c,%d,%d\n", 'a' + k, i,
                     100 * k + i);
    return read_text(text);
}

static glia_table *with_past(glia_table *t, int64_t horizon) {
    gl_series s = {.length = 3, .horizon = horizon, .group = "who", .time = "t", .target = "x"};
    glia_table *rows = gl_series_rows(t, &s);
    if (!rows) fail_msg("%s", glia_message(g));
    return rows;
}

static void the_last_rows_validate_and_no_answer_of_theirs_trains(void **state) {
    (void)state;
    glia_table *t = three_series(), *rows = with_past(t, 4);
    int64_t order[64], first, second;
    assert_int_equal(rows->rows, 18 + 8 + 2);
    assert_int_equal(gl_series_split(rows, 0.25, 1, order, &first, &second), GLIA_OK);
    /* a quarter of 18, 8 and 2, the nearest and at least one */
    assert_int_equal(second, 5 + 2 + 1);
    for (int64_t i = 0; i < first; i++)
        for (int64_t k = first; k < first + second; k++) {
            const gl_past *p = rows->past;
            if (p->series[order[i]] != p->series[order[k]]) continue;
            assert_true(p->at[order[i]] + 4 <= p->at[order[k]]);
        }
    /* 13 that are before the last 5 of a, without the 3 whose answers are behind the first */
    assert_int_equal(first, (13 - 3) + (6 - 3) + 0);
    glia_table_free(rows);
    glia_table_free(t);
}

static void whole_series_validate_where_rows_have_labels(void **state) {
    (void)state;
    glia_table *t = three_series(), *rows = with_past(t, 0);
    int64_t order[64], first, second;
    assert_int_equal(gl_series_split(rows, 0.25, 1, order, &first, &second), GLIA_OK);
    assert_int_equal(first + second, rows->rows);
    for (int64_t i = 0; i < first; i++)
        for (int64_t k = first; k < first + second; k++)
            assert_true(rows->past->series[order[i]] != rows->past->series[order[k]]);
    assert_true(first > 0 && second > 0);
    glia_table_free(rows);
    glia_table_free(t);
}

static void folds_come_behind_what_trains_them(void **state) {
    (void)state;
    glia_table *t = read_text("t,x\n1,1\n2,2\n3,3\n4,4\n5,5\n6,6\n7,7\n8,8\n9,9\n10,10\n");
    gl_series s = {.length = 2, .horizon = 2, .time = "t", .target = "x"};
    glia_table *rows = gl_series_rows(t, &s);
    int64_t fold[9];
    assert_int_equal(rows->rows, 9);
    assert_int_equal(gl_series_folds(rows, 2, 1, fold), GLIA_OK);
    for (int64_t i = 0; i < 9; i++) assert_int_equal(fold[i], i / 3 - 1);
    /* the answers of rows 1 and 2 are those of rows 3 and 4 two earlier: row 2's is in the fold */
    static const bool first[9] = {true, true}, second[9] = {true, true, true, true, true};
    for (int64_t i = 0; i < 9; i++) {
        assert_int_equal(gl_series_trains(rows, fold, 0, i), first[i]);
        assert_int_equal(gl_series_trains(rows, fold, 1, i), second[i]);
    }
    glia_table_free(rows);
    glia_table_free(t);
}

/* What is dealt is what has rows: of three series one is shorter than a past. */
static void series_that_are_left_out_are_in_no_fold(void **state) {
    (void)state;
    glia_table *t = three_series();
    gl_series s = {.length = 5, .group = "who", .time = "t", .target = "x"};
    glia_table *rows = gl_series_rows(t, &s);
    int64_t fold[64];
    assert_non_null(rows);
    assert_int_equal(gl_series_folds(rows, 3, 1, fold), GLIA_USAGE);
    expect_in(glia_message(g), "3 folds of 2 series");
    for (uint64_t seed = 0; seed < 8; seed++) {
        assert_int_equal(gl_series_folds(rows, 2, seed, fold), GLIA_OK);
        assert_true(fold[0] != fold[rows->rows - 1]);
    }
    glia_table_free(rows);
    glia_table_free(t);
}

/* ------------------------------------------------------------------------------- the program -- */

/* x is 1.6 of what it was, less what it was before that: a wave. Every fifth value is one of
 * another wave, which counts when a past goes over the border. */
static void write_waves(bool shuffled) {
    char text[20000] = "day,who,x\n", line[400][64];
    double x[2][200] = {{1, 1.5}, {-20, 4}};
    for (int k = 0; k < 2; k++)
        for (int i = 2; i < 200; i++) x[k][i] = 1.6 * x[k][i - 1] - x[k][i - 2];
    for (int i = 0; i < 400; i++)
        snprintf(line[i], sizeof line[i], "%d,%s,%.17g\n", i % 200, i < 200 ? "a" : "b",
                 x[i / 200][i % 200]);
    for (int i = 0; i < 400; i++) strcat(text, line[shuffled ? (i * 147 + 31) % 400 : i]);
    write_file(shuffled ? "mixed.csv" : "waves.csv", text);
}

#define WAVES                                                                                      \
    "$GLIA train %s --target x --sequence 3 --group who --time day --hidden none --l2 0 "          \
    "--scale none --precision f64 -o w.glia"

static void a_linear_recurrence_is_found_exactly(void **state) {
    (void)state;
    write_waves(false);
    write_waves(true);
    result r = run(WAVES " && $GLIA show w.glia && $GLIA predict w.glia waves.csv | tail -n 1",
                   "waves.csv");
    if (r.status) fail_msg("%s", r.err);
    expect_in(r.out,
              "of 3 rows, in the order of 'day', one for each of who; answers are for 1 row later");
    expect_in(r.err, "396 sequences of 3 rows each; answers are for 1 row later");
    expect_in(r.err, "left out who: tells the series apart");
    expect_in(r.err, "left out day: says when a row is");
    double last, x[3] = {-20, 4};
    for (int i = 2; i <= 200; i++) x[2] = 1.6 * x[1] - x[0], x[0] = x[1], x[1] = x[2];
    for (char *end = r.out + strlen(r.out); end > r.out && end[-1] == '\n';) *--end = 0;
    last = atof(strrchr(r.out, ',') + 1);
    if (!(fabs(last - x[2]) < 1e-6 * 30)) fail_msg("predicted %.12g, expected %.12g", last, x[2]);
    result_free(&r);
    /* rows in any order are the same series */
    r = run(WAVES " && $GLIA predict w.glia waves.csv >a && " WAVES
                  " && $GLIA predict w.glia mixed.csv >b && cmp a b",
            "waves.csv", "mixed.csv");
    if (r.status) fail_msg("%s%s", r.out, r.err);
    expect_in(r.err, "the file has another order");
    result_free(&r);
}

/* Of rows in stretches, with a gap of less than a past, of more, and from one series to the next:
 * each alone is what it is among others. */
static void features_of_a_row_stand_once_for_all_its_pasts(void **state) {
    (void)state;
    enum { N = 11, LENGTH = 5, COVERED = 14 + 6 + 10 + 5 };
    static const int64_t pick[N] = {0, 1, 2, 3, 8, 9, 60, 61, 195, 196, 391};
    write_waves(false);
    result r = run("$GLIA train waves.csv --target x --sequence 5 --group who --time day -q "
                   "--hidden none -o p.glia");
    assert_int_equal(r.status, 0);
    result_free(&r);
    char path[600];
    snprintf(path, sizeof path, "%s/p.glia", scratch());
    glia_model *m = glia_model_load(g, path);
    snprintf(path, sizeof path, "%s/waves.csv", scratch());
    glia_table *rows = glia_model_series(g, m, glia_table_read(g, path, NULL));
    gl_features once, all, one;
    assert_int_equal(gl_pipeline_apply(m->pipeline, rows, pick, N, GLIA_F32, true, &once), GLIA_OK);
    assert_int_equal(gl_pipeline_apply(m->pipeline, rows, pick, N, GLIA_F32, false, &all), GLIA_OK);
    assert_int_equal(once.from.step, 1);
    assert_int_equal(once.bytes, N * sizeof(int64_t) + COVERED * sizeof(float));
    assert_int_equal(all.bytes, N * LENGTH * sizeof(float));
    for (int64_t i = 0; i < N; i++) {
        gl_pipeline_apply(m->pipeline, rows, &pick[i], 1, GLIA_F32, false, &one);
        const float *base = once.from.base;
        assert_memory_equal(base + once.from.list[i], one.x.data, LENGTH * sizeof(float));
        assert_memory_equal((float *)all.x.data + LENGTH * i, one.x.data, LENGTH * sizeof(float));
        gl_free(g, one.owned);
    }
    gl_free(g, once.owned);
    gl_free(g, all.owned);
    glia_table_free(rows);
    glia_model_free(m);
}

/* Numbers that an embedding looks up are found in pasts, and one that has no row there is told. */
static void an_embedding_reads_pasts(void **state) {
    (void)state;
    char text[4000] = "code,y\n";
    for (int i = 0; i < 200; i++)
        snprintf(text + strlen(text), sizeof text - strlen(text), "%d,%s\n", 1 + i * i % 5,
                 i * i % 5 > 1 ? "up" : "down");
    write_file("codes.csv", text);
    static const char train[] =
        "$GLIA train codes.csv --target y --sequence 8 --number code --scale none --epochs 1 "
        "--net 'sequence 8 1, embedding %d 3, gru 2, dense 1 sigmoid' -q -o c.glia";
    result r = run(train, 5);
    if (r.status) fail_msg("%s", r.err);
    result_free(&r);
    r = run(train, 4);
    assert_int_equal(r.status, 3);
    /* the first 5 is that of i = 2 */
    expect_in(r.err,
              "codes.csv, line 4, column 'code': 5 is none of the 4 that 'embedding1' looks");
    result_free(&r);
}

static void threads_give_the_same_bytes(void **state) {
    (void)state;
    result r = run("for n in 1 3; do $GLIA train waves.csv --target x --sequence 5 --group who "
                   "--time day --epochs 2 --threads $n -q -o n.glia && "
                   "$GLIA predict n.glia waves.csv >a$n || exit; done; cmp a1 a3");
    if (r.status) fail_msg("%s%s", r.out, r.err);
    result_free(&r);
}

static void folds_and_importances_know_the_past(void **state) {
    (void)state;
    result r = run("$GLIA train waves.csv --target x --sequence 3 --group who --time day "
                   "--hidden none --folds 3 -o f.glia && $GLIA eval f.glia waves.csv --importance");
    if (r.status) fail_msg("%s", r.err);
    expect_in(r.out, "learned from what came before it");
    expect_in(r.out, "rmse gained");
    result_free(&r);
    r = run("$GLIA train waves.csv --target x --sequence 3 --stride 4 --group who --time day "
            "--epochs 1 -o f.glia --report f.html && grep -c 'What came, and what was said' f.html "
            "&& grep -q 'x −2' f.html");
    if (r.status) fail_msg("%s", r.err);
    /* of each series 197 rows have an answer and a past; 39 validate, and of 158 forty train */
    expect_in(r.err, "stride 4: 80 of 316 rows train");
    result_free(&r);
}

/* What a network learns anew is what it learns without validation for as many epochs: of one
 * series the rows stand in the same order, and nothing is scaled. A linear one goes to the optimum
 * of all rows, wherever it stopped before. */
static void the_last_rows_are_learned_from_in_the_end(void **state) {
    (void)state;
    static const char begin[] =
        "grep -v ,b, waves.csv >one.csv; t() { $GLIA train one.csv --target "
        "x --sequence 3 --ignore who --time day --scale none -q \"$@\"; }; "
        "p() { $GLIA predict $1.glia one.csv -q >$1.csv; }; ";
    result r = run("%s n='--hidden 4 --lr 0.01 --l2 0 --batch 16 --seed 3'; t $n --epochs 60 "
                   "--early-stop 3 --refit on --json -o on.glia && t $n --epochs 60 --early-stop 3 "
                   "-o off.glia >told && p on && p off && ! cmp -s on.csv off.csv",
                   begin);
    const char *said = strstr(r.out, "\"refit_epochs\": "),
               *best = strstr(r.out, "\"best_epoch\": ");
    if (r.status || !said || !best) fail_msg("%s%s", r.out, r.err);
    int epochs = atoi(strchr(said, ':') + 1);
    assert_int_equal(epochs, atoi(strchr(best, ':') + 1));
    result_free(&r);
    r = run(
        "%s t --hidden 4 --lr 0.01 --l2 0 --batch 16 --seed 3 --val none --epochs %d -o all.glia "
        ">told && p all && cmp on.csv all.csv",
        begin, epochs);
    if (r.status) fail_msg("%d epochs: %s%s", epochs, r.out, r.err);
    result_free(&r);
    r = run(
        "%s n='--hidden none --l2 0.1 --precision f64'; t $n --val 0.2 --refit on -o on.glia && "
        "t $n --val none -o all.glia >told && p on && p all && paste -d, on.csv all.csv | awk "
        "-F, 'NR > 1 {d = $(NF / 2) - $NF; if (d * d > 1e-10) exit 1}'",
        begin);
    if (r.status) fail_msg("%s%s", r.out, r.err);
    expect_in(r.out, "then anew from all 197 rows");
    result_free(&r);
    refuses(2, "validation rows of the training data", "%s t --refit on --val one.csv", begin);
    refuses(2, "--refit is of one training", "$GLIA tune one.csv --target x --refit on");
    r = run("$GLIA train one.csv --target x --sequence 3 --hidden none --refit on");
    expect_in(r.err, "nothing validates, so all rows train as it is");
    result_free(&r);
}

/* -------------------------------------------------------------------------------- odd inputs -- */

static const struct odd {
    const char *what, *text, *options;
    int status;
    const char *said;
} odd[] = {
    {"one row", "t,x\n1,1\n", "--sequence 2", 3,
     "a sequence of 2 rows is longer than the series, which has 1"},
    {"a series as long as the sequence", "t,x\n1,1\n2,2\n3,4\n", "--sequence 3", 3,
     "no row has an answer: it would stand 1 row behind a sequence of 3"},
    {"a horizon beyond the end", "t,x\n1,1\n2,2\n3,4\n4,5\n", "--sequence 2 --horizon 9", 3,
     "it would stand 9 rows behind a sequence of 2"},
    {"a time twice", "t,x\n1,1\n2,2\n2,3\n3,4\n", "--sequence 2 --time t", 3,
     "read.csv, line 4, column 't': '2' stands in line 3 as well"},
    {"a time twice in a group", "t,x,who\n1,1,a\n2,2,a\n2,3,a\n3,4,b\n",
     "--sequence 2 --time t --group who", 3, "leave one of them out, or name a further column"},
    {"a time that is missing", "t,x\n1,1\n,2\n3,3\n4,4\n", "--sequence 2 --time t", 3,
     "line 3, column 't': the cell is missing, and it tells when the row is"},
    {"a group that is missing", "t,x,who\n1,1,a\n2,2,\n3,3,b\n", "--sequence 2 --group who", 3,
     "line 3, column 'who': the cell is missing, and it tells which series a row is of"},
    {"a time of texts", "t,x\nlate,1\nearly,2\nnever,3\n", "--sequence 2 --time t", 3,
     "column 't': found 'late', expected numbers or dates"},
    {"an unknown time", "t,x\n1,1\n2,2\n3,3\n", "--sequence 2 --time when", 3,
     "there is no column 'when'; expected t or x"},
    {"an unknown group", "t,x\n1,1\n2,2\n3,3\n", "--sequence 2 --group w", 3,
     "there is no column 'w'"},
    {"a group without a sequence", "t,x\n1,1\n2,2\n3,3\n", "--group t", 2,
     "--group belongs to --sequence"},
    {"a horizon without a sequence", "t,x\n1,1\n2,2\n3,3\n", "--horizon 2", 2,
     "--horizon belongs to --sequence"},
    {"a sequence of none", "t,x\n1,1\n2,2\n3,3\n", "--sequence 0", 2, "--sequence"},
    {"a sequence of halves", "t,x\n1,1\n2,2\n3,3\n", "--sequence 2.5", 2, "--sequence"},
    {"a season of classes", "t,x\n1,a\n2,b\n3,a\n4,b\n5,a\n6,b\n", "--sequence 2 --season 2", 2,
     "--season measures forecasts of one value, and this is none (classes are found)"},
    {"a season of what is there", "t,x\n1,1\n2,2\n3,4\n4,3\n5,1\n6,3\n",
     "--sequence 2 --season 2 --horizon 0 --task regression", 2, "--horizon 0: nothing is to come"},
    {"a negative horizon", "t,x\n1,1\n2,2\n3,3\n", "--sequence 2 --horizon -1", 2, "--horizon"},
    {"a stride of none", "t,x\n1,1\n2,2\n3,3\n", "--sequence 2 --stride 0", 2, "--stride"},
    {"a constant series", "t,x\n1,5\n2,5\n3,5\n4,5\n5,5\n6,5\n",
     "--sequence 2 --time t --task regression", 3, "is 5 in each of the 4 training rows"},
    {"gaps", "t,x\n1,1\n2,2\n3,4\n4,3\n9,1\n10,3\n11,2\n12,5\n", "--sequence 2 --time t --epochs 1",
     0, "line 6, column 't': 5 since the row before, usually it is 1; such gaps (1 in all)"},
    {"rows in disorder", "t,x\n4,1\n2,2\n3,4\n1,3\n5,1\n6,3\n", "--sequence 2 --time t --epochs 1",
     0, "the file has another order"},
    {"series of different length", "t,x,who\n1,1,a\n2,2,a\n3,5,a\n4,1,a\n5,2,a\n1,3,b\n",
     "--sequence 2 --time t --group who --epochs 1", 0,
     "left out: 1 of 2 series, which are shorter than 2 rows"},
    {"answers that are two of many values", "t,x\n1,1\n2,2\n3,3.5\n4,5\n5,4\n6,7\n7,9\n8,2\n",
     "--sequence 3 --horizon 4", 0, "target 'x in 4 rows': numbers, so regression"},
    {"more strides than rows", "t,x\n1,1\n2,2\n3,4\n4,3\n5,1\n6,3\n", "--sequence 2 --stride 9", 3,
     "row"},
    {"months",
     "m,x\n2020-01-01,1\n2020-02-01,2\n2020-03-01,4\n2020-04-01,3\n2020-05-01,1\n2020-06-01,3\n",
     "--sequence 2 --epochs 1", 0, "in the order of 'm', a month apart"},
    {"quarters",
     "m,x\n2020-03-31,1\n2020-06-30,2\n2020-09-30,4\n2020-12-31,3\n2021-03-31,1\n2021-06-30,3\n",
     "--sequence 2 --epochs 1", 0, "in the order of 'm', a quarter apart"},
    {"years, of which one is missing",
     "m,x\n2010-05-01,1\n2011-05-01,2\n2012-05-01,4\n2014-05-01,3\n2015-05-01,1\n2016-05-01,3\n",
     "--sequence 2 --epochs 1", 0, "730 days since the row before, usually it is a year"},
    {"days of work, with Easter",
     "m,x\n2021-03-25,1\n2021-03-26,2\n2021-03-29,4\n2021-03-30,3\n2021-03-31,1\n2021-04-01,3\n"
     "2021-04-06,2\n2021-04-07,5\n2021-04-08,3\n2021-04-09,4\n2021-04-12,2\n",
     "--sequence 2 --epochs 1", 0,
     "line 8, column 'm': 5 days since the row before, usually it is a day of work; such gaps (1 "
     "in "
     "all)"},
    {"days of work",
     "m,x\n2021-03-25,1\n2021-03-26,2\n2021-03-29,4\n2021-03-30,3\n2021-03-31,1\n"
     "2021-04-01,3\n2021-04-02,2\n",
     "--sequence 2 --epochs 1", 0, "in the order of 'm', a day of work apart"},
    {"times of two years",
     "m,x\n2010-05-01,1\n2012-05-01,2\n2014-05-01,4\n2016-05-01,3\n2018-05-01,1\n2020-05-01,3\n",
     "--sequence 2 --epochs 1", 0, "in the order of 'm', 2 years apart"},
    {"four weeks",
     "m,x\n2021-01-04,1\n2021-02-01,2\n2021-03-01,4\n2021-03-29,3\n2021-04-26,1\n2021-05-24,3\n",
     "--sequence 2 --epochs 1", 0, "in the order of 'm', 28 days apart"},
    {"minutes",
     "m,x\n2020-01-01 10:00,1\n2020-01-01 10:15,2\n2020-01-01 10:30,4\n2020-01-01 "
     "10:45,3\n2020-01-01 11:00,1\n2020-01-01 11:15,3\n",
     "--sequence 2 --epochs 1", 0, "in the order of 'm', 15 minutes apart"},
    {"the order of the file", "t,x\n3,1\n1,2\n2,4\n1,3\n5,1\n6,3\n", "--sequence 2 --epochs 1", 0,
     "series: rows in the order of the file"},
    {"a column called like the answers", "t,x,x in 1 row\n1,1,2\n2,2,1\n3,4,5\n4,3,2\n",
     "--sequence 2", 3, "there is a column 'x in 1 row', and that is what the answers"},
    {"dates as numbers", "t,x\n20200127,1\n20200128,2\n20200129,4\n20200130,3\n20200131,1\n",
     "--sequence 2 --time t", 0,
     "column 't': its numbers may all be dates, and are read as numbers"},
    {"a season that no row has", "t,x\n1,1\n2,2\n3,4\n4,3\n5,1\n6,3\n", "--sequence 2 --season 50",
     0, "season 50: no training row has a value so many rows before"},
    {"too many folds", "t,x\n1,1\n2,2\n3,4\n4,3\n5,1\n6,3\n", "--sequence 2 --folds 5", 2,
     "5 folds"},
};

/* Of the recurrence the next three, and of months the calendar's. */
static void answers_are_read_again_as_the_next_rows(void **state) {
    (void)state;
    result r = run(WAVES " && $GLIA predict w.glia waves.csv --steps 3", "waves.csv");
    if (r.status) fail_msg("%s", r.err);
    double x[3] = {-20, 4}, found;
    for (int i = 2; i < 203; i++) {
        x[2] = 1.6 * x[1] - x[0], x[0] = x[1], x[1] = x[2];
        char begin[32];
        snprintf(begin, sizeof begin, "\nb,%d,", i);
        const char *line = strstr(r.out, begin);
        assert_true(!line == (i < 200));
        if (line && sscanf(line + strlen(begin), "%lf", &found) == 1 && fabs(found - x[2]) > 1e-4)
            fail_msg("step %d: %.12g, expected %.12g", i - 199, found, x[2]);
    }
    expect_in(r.out, "who,day,x\na,200,");
    result_free(&r);
    write_file("months.csv", "month,x\n2020-10,1\n2020-11,2\n2020-12,4\n2021-01,3\n2021-02,1\n"
                             "2021-03,3\n2021-04,2\n");
    r = run("$GLIA train months.csv --target x --sequence 2 --epochs 2 -q -o m.glia && "
            "$GLIA predict m.glia months.csv --steps 3 --json");
    if (r.status) fail_msg("%s", r.err);
    expect_in(r.out, "2021-05-01");
    expect_in(r.out, "2021-06-01");
    expect_in(r.out, "2021-07-01");
    result_free(&r);
}

static void classes_are_read_again_as_the_next_rows(void **state) {
    (void)state;
    static const struct {
        const char *marks, *task, *next;
    } all[] = {{"aabc", "auto", "mark\na\na\nb\nc\na\na\nb\n"},
               {"1231", "multiclass", "mark\n1\n2\n3\n1\n1\n2\n3\n"},
               {"yyny", "auto", "mark\ny\ny\nn\ny\ny\ny\nn\n"}};
    for (size_t i = 0; i < sizeof all / sizeof *all; i++) {
        char text[1000] = "mark\n";
        for (int k = 0; k < 400; k++) snprintf(text + strlen(text), 3, "%c\n", all[i].marks[k % 4]);
        write_file("marks.csv", text);
        result r = run("$GLIA train marks.csv --target mark --sequence 6 --horizon 1 --task %s -q "
                       "-o marks.glia >log 2>&1 && $GLIA predict marks.glia marks.csv --steps 7",
                       all[i].task);
        if (r.status) fail_msg("%s", r.err);
        assert_string_equal(r.out, all[i].next);
        expect_in(r.err, "the most probable class at each step");
        result_free(&r);
    }
}

/* Rows of a chain whose next class depends on the last one alone, and how often b follows a. */
enum { CHAIN = 3000, DRAWN = 20000 };

static void write_chain(void) {
    char *text = malloc(2 * CHAIN + 6), *at = text + sprintf(text, "mark\n");
    gl_rng r = gl_rng_new(3, GL_STREAM_TEST, 0);
    for (int i = 0, b = 0; i < CHAIN; i++) {
        b = gl_rng_uniform(&r) < (b ? 0.4 : 0.2);
        at += sprintf(at, "%c\n", b ? 'b' : 'a');
    }
    write_file("chain.csv", text);
    free(text);
}

static double share_of_b_behind_a(const char *drawn) {
    double a = 0, b = 0;
    for (const char *at = strchr(drawn, '\n') + 1; at[0] && at[2]; at += 2)
        if (at[0] == 'a') a++, b += at[2] == 'b';
    return b / a;
}

/* What the model says itself, P, against how often it is drawn: as P^(1/T) of both classes. */
static void classes_are_drawn_as_the_model_says(void **state) {
    (void)state;
    static const double temperature[] = {1, 0.5, 3};
    write_chain();
    result r = run("$GLIA train chain.csv --target mark --sequence 1 --horizon 1 --hidden none -q "
                   "-o chain.glia >log 2>&1 && printf 'mark\\na\\n' >a.csv && "
                   "$GLIA predict chain.glia a.csv 2>log | tail -1");
    double p = 0; /* mark, prediction, P(a), P(b) */
    if (r.status || !strrchr(r.out, ',')) fail_msg("%s%s", r.out, r.err);
    p = atof(strrchr(r.out, ',') + 1);
    result_free(&r);
    assert_true(p > 0.1 && p < 0.3);
    for (int i = 0; i < 3; i++) {
        r = run("$GLIA predict chain.glia chain.csv --steps %d --temperature %g --seed 5", DRAWN,
                temperature[i]);
        if (r.status) fail_msg("%s", r.err);
        double odds = pow(p / (1 - p), 1 / temperature[i]), expected = odds / (1 + odds);
        if (fabs(share_of_b_behind_a(r.out) - expected) > 0.015)
            fail_msg("temperature %g: %g, expected %g", temperature[i], share_of_b_behind_a(r.out),
                     expected);
        result_free(&r);
    }
}

/* The first rows of a longer forecast are those of a shorter one. */
static void a_seed_draws_the_same_rows(void **state) {
    (void)state;
    char *out[3];
    static const char *const how[] = {"300 --temperature 1", "200 --temperature 1 --seed 1",
                                      "300 --temperature 1 --seed 2"};
    for (int i = 0; i < 3; i++) {
        result r = run("$GLIA predict chain.glia chain.csv --steps %s", how[i]);
        if (r.status) fail_msg("%s", r.err);
        out[i] = strdup(r.out);
        result_free(&r);
    }
    assert_memory_equal(out[0], out[1], strlen(out[1]));
    assert_true(strlen(out[0]) > strlen(out[1]) && strcmp(out[0], out[2]) != 0);
    for (int i = 0; i < 3; i++) free(out[i]);
}

static void what_draws_nothing_is_refused(void **state) {
    (void)state;
    static const char *const said[][2] = {
        {"chain.glia chain.csv --temperature 1", "say how many with --steps N"},
        {"chain.glia chain.csv --steps 3 --seed 1", "nothing is without --temperature"},
        {"chain.glia chain.csv --steps 3 --temperature 0", "expected a number from"},
        {"w.glia waves.csv --steps 3 --temperature 1", "this model answers with values"},
    };
    for (int i = 0; i < 4; i++) {
        result r = run("$GLIA predict %s", said[i][0]);
        assert_int_equal(r.status, 2);
        expect_in(r.err, said[i][1]);
        result_free(&r);
    }
}

static void times_go_on_as_they_came(void **state) {
    (void)state;
    static const struct {
        const char *dates, *next[2];
    } all[] = {
        {"2019-08-31 2019-09-30 2019-10-31 2019-11-30 2019-12-31", {"2020-01-31", "2020-02-29"}},
        {"2018-12-31 2019-03-31 2019-06-30 2019-09-30 2019-12-31", {"2020-03-31", "2020-06-30"}},
        {"2012-07-01 2012-09-01 2012-11-01 2013-01-01 2013-03-01", {"2013-05-01", "2013-07-01"}},
        {"2020-10-30 2020-11-30 2020-12-30 2021-01-30 2021-02-28", {"2021-03-30", "2021-04-30"}},
        {"2016-02-29 2017-02-28 2018-02-28 2019-02-28 2020-02-29", {"2021-02-28", "2022-02-28"}},
        {"2021-01-04 2021-02-01 2021-03-01 2021-03-29 2021-04-26", {"2021-05-24", "2021-06-21"}},
        {"2021-01-01 2021-01-31 2021-03-02 2021-04-01 2021-05-01", {"2021-05-31", "2021-06-30"}},
        {"2021-01-01 2021-01-04 2021-01-05 2021-01-06 2021-01-07 2021-01-08",
         {"2021-01-11", "2021-01-12"}},
        {"2021-01-01T00:00 2021-01-01T00:15 2021-01-01T00:30 2021-01-01T00:45 2021-01-01T01:00",
         {"2021-01-01T01:15:00", "2021-01-01T01:30:00"}},
    };
    for (size_t i = 0; i < sizeof all / sizeof *all; i++) {
        char text[1000] = "when,x\n", dates[500];
        int k = 0;
        snprintf(dates, sizeof dates, "%s", all[i].dates);
        for (char *rest = dates, *date; (date = strsep(&rest, " ")); k++)
            snprintf(text + strlen(text), sizeof text - strlen(text), "%s,%d.5\n", date, k * k);
        write_file("when.csv", text);
        result r = run("$GLIA train when.csv --target x --sequence 2 -q -o when.glia >log 2>&1 && "
                       "$GLIA predict when.glia when.csv --steps 2");
        if (r.status) fail_msg("%s: %s", all[i].dates, r.err);
        for (int n = 0; n < 2; n++)
            if (!strstr(r.out, all[i].next[n]))
                fail_msg("%s: expected %s in:\n%s", all[i].dates, all[i].next[n], r.out);
        result_free(&r);
    }
}

/* A weekly and a daily series of one table go on as each did. */
static void each_series_has_its_own_step(void **state) {
    (void)state;
    write_file("two.csv", "who,day,x\nd,2021-01-01,1\nd,2021-01-02,2\nd,2021-01-03,4\n"
                          "d,2021-01-04,3\nw,2021-01-05,1\nw,2021-01-12,5\nw,2021-01-19,2\n");
    result r =
        run("$GLIA train two.csv --target x --sequence 2 --group who -q -o two.glia >log 2>&1 "
            "&& $GLIA predict two.glia two.csv --steps 1");
    expect_in(r.out, "d,2021-01-05,");
    expect_in(r.out, "w,2021-01-26,");
    result_free(&r);
}

/* Days up to 12 may be months; the model knows. Cells are copied as they stand. */
static void dates_are_read_as_in_training(void **state) {
    (void)state;
    write_file("dmy.csv", "when,x\n10/01/2020,1\n11/01/2020,3\n12/01/2020,2\n13/01/2020,5\n"
                          "14/01/2020,4\n15/01/2020,6\n");
    write_file("later.csv", "when,x\n01/02/2020,1\n03/02/2020,3\n02/02/2020,2\n");
    result r = run("$GLIA train dmy.csv --target x --sequence 2 -q -o dmy.glia >log 2>&1 && "
                   "$GLIA predict dmy.glia later.csv && $GLIA predict dmy.glia dmy.csv");
    if (r.status) fail_msg("%s", r.err);
    expect_in(r.out, "2020-02-03,");
    expect_in(r.out, "15/01/2020,");
    result_free(&r);
}

static void what_is_measured_leaves_out_what_is_to_come(void **state) {
    (void)state;
    result r =
        run("$GLIA train waves.csv --target x --sequence 3 --group who --time day -q -o w.glia "
            ">log 2>&1 && $GLIA predict w.glia waves.csv --losses | wc -l && "
            "$GLIA check w.glia waves.csv && $GLIA check waves.csv --target x --sequence 3 "
            "--group who --time day && $GLIA predict w.glia waves.csv --bad-rows skip | wc -l "
            "&& $GLIA eval w.glia waves.csv --bad-rows skip >log");
    if (r.status) fail_msg("%s", r.err);
    expect_in(r.out, "395\n"); /* a heading, and 197 of each series */
    expect_in(r.out, "397\n");
    expect_in(r.out, "every gradient is right");
    result_free(&r);
}

/* What only dense hidden layers have asks for them, in the place of a state or of none at all. */
static void words_about_layers_are_heeded(void **state) {
    (void)state;
    write_waves(false);
    result r = run("T='train waves.csv --target x --sequence 3 --group who --time day --epochs 1'; "
                   "for o in '--activation tanh' '--norm batch' '--dropout 0.2'; do echo of $o && "
                   "$GLIA $T $o -o n.glia >log && $GLIA show n.glia || exit 1; done");
    if (r.status) fail_msg("%s", r.err);
    const char *tanh = strstr(r.out, "of --activation"), *norm = strstr(r.out, "of --norm");
    const char *dropout = strstr(r.out, "of --dropout");
    assert_true(tanh && norm && dropout);
    expect_in(tanh, "dense 32 tanh");
    expect_in(norm, "batch_norm");
    expect_in(dropout, "dropout 0.2");
    if (strstr(r.out, "gru") && strstr(r.out, "gru") < dropout) fail_msg("a state in:\n%s", r.out);
    result_free(&r);
}

static void a_search_among_few_rows_begins_with_the_linear_model(void **state) {
    (void)state;
    result r = run("$GLIA tune waves.csv --target x --sequence 3 --group who --in-order-of day "
                   "--trials 2 --epochs 3 -o t.glia");
    if (r.status) fail_msg("%s", r.err);
    expect_in(r.out, "trial 1");
    expect_in(r.err, "warning: 78 validation rows are few"); /* of 394 with a past, not of 400 */
    result_free(&r);
}

static void what_has_no_next_row_is_refused(void **state) {
    (void)state;
    write_file("more.csv", "t,x,wind\n1,1,3\n2,2,1\n3,4,2\n4,3,9\n5,1,3\n6,3,4\n7,2,5\n");
    static const char *const said[][2] = {
        {"--sequence 2 --time t", "the model reads 'wind' as well"},
        {"--sequence 2 --time t --ignore wind --horizon 2", "the model predicts 2 rows later"},
        {"--sequence 2 --time t --ignore wind --quantiles 0.1,0.9", "has quantiles"},
        {"--ignore wind --hidden 2", "this model answers for single rows"}};
    for (int i = 0; i < 4; i++) {
        result r = run("$GLIA train more.csv --target x --epochs 1 -q %s -o m.glia ; "
                       "$GLIA predict m.glia more.csv --steps 3",
                       said[i][0]);
        if (r.status == 0) fail_msg("%s", r.out);
        expect_in(r.err, said[i][1]);
        result_free(&r);
    }
}

static void steps_go_with_nothing_that_is_of_rows(void **state) {
    (void)state;
    static const char *const others[] = {"--losses", "--layer 1", "--keep day", "--threshold 0.4"};
    for (int i = 0; i < 4; i++) {
        result r = run("$GLIA predict w.glia waves.csv --steps 2 %s", others[i]);
        assert_int_equal(r.status, 2);
        expect_in(r.err, "--steps writes the rows to come");
        result_free(&r);
    }
}

static void odd_series_are_told_or_refused(void **state) {
    (void)state;
    for (size_t i = 0; i < sizeof odd / sizeof *odd; i++) {
        write_file("read.csv", odd[i].text);
        result r = run("$GLIA train read.csv --target x %s -o odd.glia", odd[i].options);
        if (r.status != odd[i].status || !strstr(r.err, odd[i].said))
            fail_msg("%s: exit %d, expected %d and '%s':\n%s", odd[i].what, r.status, odd[i].status,
                     odd[i].said, r.err);
        result_free(&r);
    }
}

/* What a model of sequences of two rows is given: each is told, and nothing else happens. */
static void odd_tables_are_told_or_refused_by_models(void **state) {
    (void)state;
    static const struct {
        const char *text, *command;
        int status;
        const char *said;
    } all[] = {
        {"t,x,who\n1,1,a\n", "predict", 3,
         "a sequence of 2 rows is longer than the series, which has 1"},
        {"t,x,who\n1,1,a\n1,2,a\n", "predict", 3, "'1' stands in line 2 as well"},
        {"t,x\n1,1\n2,2\n", "predict", 3, "there is no column 'who'"},
        {"x,who\n1,a\n2,a\n", "predict", 3, "there is no column 't'"},
        {"t,who\n1,a\n2,a\n", "predict", 3, "column 'x' is missing"},
        {"t,who\n1,a\n2,a\n3,a\n", "eval", 3, "column 'x' is missing"},
        {"t,x,who\n1,1,a\n2,2,a\n", "eval", 3, "no row has an answer"},
        {"t,x,who\n1,1,a\n2,,a\n3,2,a\n", "predict", 0, "a missing cell where training had none"},
        {"t,x,who\n1,1,new\n2,2,new\n", "predict", 0, "1 of 2 rows have 2 rows up to them"},
        {"t,x,who\n1,1,a\n2,b,a\n3,2,a\n", "predict", 3, "found 'b', expected a number"},
    };
    result r =
        run("$GLIA train waves.csv --target x --sequence 2 --group who --time day -q -o o.glia "
            "&& sed 's/^day/t/' waves.csv >odd.csv && "
            "$GLIA train odd.csv --target x --sequence 2 --group who --time t -q -o o.glia");
    if (r.status) fail_msg("%s", r.err);
    result_free(&r);
    for (size_t i = 0; i < sizeof all / sizeof *all; i++) {
        write_file("read.csv", all[i].text);
        r = run("$GLIA %s o.glia read.csv", all[i].command);
        if (r.status != all[i].status || !strstr(r.err, all[i].said))
            fail_msg("%zu: exit %d, expected %d and '%s':\n%s", i, r.status, all[i].status,
                     all[i].said, r.err);
        result_free(&r);
    }
}

static void a_table_without_a_past_is_refused(void **state) {
    (void)state;
    result r = run("$GLIA train waves.csv --target x --sequence 3 --group who --time day -q "
                   "--hidden none -o w.glia");
    assert_int_equal(r.status, 0);
    result_free(&r);
    char path[600];
    snprintf(path, sizeof path, "%s/w.glia", scratch());
    glia_model *m = glia_model_load(g, path);
    assert_non_null(m);
    assert_int_equal(glia_model_sequence(m).length, 3);
    glia_table *t = read_text("day,who,x\n1,a,1\n2,a,2\n3,a,3\n4,a,4\n");
    assert_null(glia_model_apply(g, m, t));
    expect_in(glia_message(g), "rows of this table have no past; glia_model_series()");
    glia_table *rows = glia_model_series(g, m, t);
    assert_non_null(rows);
    glia_predictions *p = glia_model_apply(g, m, rows);
    assert_non_null(p);
    assert_int_equal(p->rows, 2);
    glia_predictions_free(g, p);
    glia_table_free(rows);
    gl_series other = {.length = 2, .horizon = 1, .time = "day", .target = "x"};
    t = read_text("day,who,x\n1,a,1\n2,a,2\n3,a,3\n4,a,4\n");
    rows = gl_series_rows(t, &other);
    assert_non_null(rows);
    assert_null(glia_model_apply(g, m, rows));
    expect_in(glia_message(g), "rows of this table have a past of 2, for another model");
    glia_table_free(rows);
    glia_table_free(t);
    glia_model_free(m);
}

static void filters_go_over_the_rows_of_a_past(void **state) {
    (void)state;
    write_file("wave.csv", "v,e\n1,5\n2,3\n3,4\n2,6\n1,5\n2,7\n3,5\n2,4\n1,3\n2,5\n");
    result r = run("$GLIA train wave.csv --target v --sequence 3 --task regression --net 'conv 4 "
                   "3, global_pool' "
                   "--epochs 1 -o w.glia");
    assert_int_equal(r.status, 0);
    expect_in(r.err, "network: sequence 3 2, conv 4 3, global_pool, dense 1 linear\n");
    result_free(&r);
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(rows_know_those_before_them_and_their_answers),
        cmocka_unit_test(the_last_rows_validate_and_no_answer_of_theirs_trains),
        cmocka_unit_test(whole_series_validate_where_rows_have_labels),
        cmocka_unit_test(folds_come_behind_what_trains_them),
        cmocka_unit_test(series_that_are_left_out_are_in_no_fold),
        cmocka_unit_test(a_linear_recurrence_is_found_exactly),
        cmocka_unit_test(features_of_a_row_stand_once_for_all_its_pasts),
        cmocka_unit_test(the_last_rows_are_learned_from_in_the_end),
        cmocka_unit_test(an_embedding_reads_pasts),
        cmocka_unit_test(threads_give_the_same_bytes),
        cmocka_unit_test(folds_and_importances_know_the_past),
        cmocka_unit_test(answers_are_read_again_as_the_next_rows),
        cmocka_unit_test(classes_are_read_again_as_the_next_rows),
        cmocka_unit_test(classes_are_drawn_as_the_model_says),
        cmocka_unit_test(a_seed_draws_the_same_rows),
        cmocka_unit_test(what_draws_nothing_is_refused),
        cmocka_unit_test(times_go_on_as_they_came),
        cmocka_unit_test(each_series_has_its_own_step),
        cmocka_unit_test(dates_are_read_as_in_training),
        cmocka_unit_test(what_is_measured_leaves_out_what_is_to_come),
        cmocka_unit_test(words_about_layers_are_heeded),
        cmocka_unit_test(a_search_among_few_rows_begins_with_the_linear_model),
        cmocka_unit_test(what_has_no_next_row_is_refused),
        cmocka_unit_test(steps_go_with_nothing_that_is_of_rows),
        cmocka_unit_test(odd_series_are_told_or_refused),
        cmocka_unit_test(odd_tables_are_told_or_refused_by_models),
        cmocka_unit_test(a_table_without_a_past_is_refused),
        cmocka_unit_test(filters_go_over_the_rows_of_a_past),
    };
    return cmocka_run_group_tests_name("series", tests, open_context, close_context);
}
