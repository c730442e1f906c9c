/*
 * gaps.c: arrays with missing values. One table is written as CSV and as arrays of NumPy; what is
 * learned from both and predicted by both is the same.
 */
#include "test.h"

#include <math.h>

enum { ROWS = 120, WIDTH = 3 };

static double cell[ROWS][WIDTH];
static int label[ROWS];

static bool is_gap(int row, int column, bool telling) {
    if (telling && column == 2) return label[row] ? row % 3 > 0 : row % 40 == 0;
    return row % 7 == column;
}

/* Sums of thirds of a circle: no column is skewed. */
static void fill(bool telling) {
    for (int i = 0; i < ROWS; i++) {
        label[i] = sin(i) + cos(2.0 * i) > 0.1;
        for (int j = 0; j < WIDTH; j++)
            cell[i][j] = is_gap(i, j, telling) ? (double)NAN : sin(i * (j + 1.0)) + j;
    }
}

static FILE *create(const char *name) {
    char path[600];
    snprintf(path, sizeof path, "%s/%s", scratch(), name);
    FILE *f = fopen(path, "wb");
    assert_non_null(f);
    return f;
}

static void write_csv(const char *name) {
    FILE *f = create(name);
    fprintf(f, "a,b,c,y\n");
    for (int i = 0; i < ROWS; i++) {
        for (int j = 0; j < WIDTH; j++) {
            if (!isnan(cell[i][j])) fprintf(f, "%.17g", cell[i][j]);
            fputc(',', f);
        }
        fprintf(f, "%d\n", label[i]);
    }
    fclose(f);
}

static void write_npy(const char *name, const char *descr, const char *shape, const void *data,
                      size_t size) {
    char header[119];
    FILE *f = create(name);
    snprintf(header, sizeof header, "{'descr': '%s', 'fortran_order': False, 'shape': (%s), }%s",
             descr, shape, "                                                           ");
    fprintf(f, "\x93NUMPY\1%c\x76%c%-117.117s\n", 0, 0, header);
    assert_int_equal(fwrite(data, 1, size, f), size);
    fclose(f);
}

static void write_both(bool telling) {
    fill(telling);
    write_csv("t.csv");
    write_npy("x.npy", "<f8", "120, 3", cell, sizeof cell);
    write_npy("y.npy", "<i4", "120,", label, sizeof label);
}

static void expect(const char *command, int status, const char *out, const char *err) {
    result r = run("%s", command);
    if (r.status != status || !strstr(r.out, out) || !strstr(r.err, err))
        fail_msg("%s\n status %d\n%s%s", command, r.status, r.out, r.err);
    result_free(&r);
}

#define TRAIN(data, model) "$GLIA train " data " -o " model " --seed 3 --epochs 15 --val none "
#define ARRAYS "--x x.npy --y y.npy"

static void a_gap_of_an_array_is_filled_as_that_of_a_table(void **state) {
    (void)state;
    write_both(false);
    expect(TRAIN("t.csv", "t.glia"), 0, "", "missing cells become the median: a, b, c");
    expect(TRAIN(ARRAYS, "x.glia"), 0, "", "missing values become the median of their place: x");
    expect("$GLIA show x.glia", 0, "array     (3,) f64; missing -> the median of its place; each",
           "");
    expect("$GLIA predict t.glia t.csv -q >t.out && $GLIA predict x.glia x.npy -q >x.out && "
           "cmp t.out x.out && wc -l <x.out",
           0, "121", "");
    expect("$GLIA predict x.glia x.npy", 0, "", "");
}

static void a_gap_that_tells_has_a_feature_of_its_own(void **state) {
    (void)state;
    write_both(true);
    expect(TRAIN("t.csv", "t.glia"), 0, "4 features", "tell something of their own: c");
    expect(TRAIN(ARRAYS, "x.glia"), 0, "4 features", "tell something of their own: x");
    expect("$GLIA show x.glia", 0, "and a 0/1 feature of its own at 1 of them", "");
    expect("$GLIA predict t.glia t.csv -q >t.out && $GLIA predict x.glia x.npy -q >x.out && "
           "cmp t.out x.out && wc -l <x.out",
           0, "121", "");
    write_npy("image.npy", "<f8", "120, 3, 1", cell, sizeof cell);
    expect(TRAIN("--x image.npy --y y.npy", "i.glia"), 0, "3 features", "median of their place");
}

static void a_gap_that_training_never_had_is_refused_with_its_place(void **state) {
    (void)state;
    write_both(false);
    for (int i = 0; i < ROWS; i++)
        for (int j = 0; j < WIDTH; j++) cell[i][j] = isnan(cell[i][j]) ? 1 : cell[i][j];
    write_npy("whole.npy", "<f8", "120, 3", cell, sizeof cell);
    expect(TRAIN("--x whole.npy --y y.npy", "w.glia"), 0, "3 features", "");
    expect("$GLIA predict w.glia x.npy", 3, "",
           "x.npy, row 1: value 1 of 'x' is missing (NaN), and in training none was");
    expect("$GLIA predict w.glia x.npy --bad-rows skip | grep -vc ,,", 0, "69",
           "skipped: value 1 of 'x' is missing");
    expect("$GLIA predict w.glia whole.npy | wc -l", 0, "121", "");
}

/* In memory as it lies, such a row would reach the network: between -1 and 1 nothing is scaled. */
static void gaps_are_filled_where_nothing_is_scaled(void **state) {
    (void)state;
    float x[ROWS] = {0};
    for (int i = 0; i < ROWS; i++) label[i] = i % 2, x[i] = i % 10 >= 8 ? NAN : (float)(i % 2);
    write_npy("f.npy", "<f4", "120, 1", x, sizeof x);
    write_npy("y.npy", "<i4", "120,", label, sizeof label);
    expect(TRAIN("--x f.npy --y y.npy", "f.glia"), 0, "1 feature", "median of their place: x");
    expect("$GLIA eval f.glia --x f.npy --y y.npy", 0, "accuracy", "");
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(a_gap_of_an_array_is_filled_as_that_of_a_table),
        cmocka_unit_test(a_gap_that_tells_has_a_feature_of_its_own),
        cmocka_unit_test(a_gap_that_training_never_had_is_refused_with_its_place),
        cmocka_unit_test(gaps_are_filled_where_nothing_is_scaled),
    };
    return cmocka_run_group_tests_name("gaps", tests, NULL, NULL);
}
