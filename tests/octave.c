/*
 * octave.c: variables in Octave's text format, as `save -text` of Octave 7.3 writes them.
 */
#include "arrays.h"

#define CREATED "# Created by Octave 7.3.0, Sat Nov 28 06:16:21 2026 UTC <me@here>\n"
#define X_TEXT "# name: X\n# type: matrix\n# rows: 2\n# columns: 2\n 1 2.5\n -3e2 4\n\n\n"
#define Y_TEXT "# name: y\n# type: int32 matrix\n# ndims: 2\n 2 1\n  -1\n  1\n\n\n"
#define X22 "x (2, 2) 1 2.5 -300 4"

static const struct {
    const char *what, *bytes, *expected, *note;
} octave_files[] = {
    {"a matrix and integers", CREATED X_TEXT Y_TEXT, X22 " | y -1 1",
     "x is X (2, 2) f64, y is y (2, 1) i32"},
    {"labels in a row",
     CREATED X_TEXT "# name: y\n# type: matrix\n# rows: 1\n# columns: 2\n 7 NA\n",
     "x (2, 2) 1 2.5 -300 4 | y 7 -", NULL},
    {"truth values", CREATED X_TEXT "# name: y\n# type: bool matrix\n# ndims: 2\n 2 1\n 1\n 0\n",
     X22 " | y 1 0", NULL},
    {"three axes, the first runs fastest",
     CREATED "# name: x\n# type: matrix\n# ndims: 3\n 2 1 2\n 1\n 3\n 2\n 4\n",
     "x (2, 1, 2) 1 2 3 4", NULL},
    {"sparse",
     CREATED "# name: x\n# type: sparse matrix\n# nnz: 2\n# rows: 2\n# columns: 3\n2 1 5\n1 3 6\n",
     "x (2, 3) 0 0 6 5 0 0", NULL},
    {"a cell of texts",
     CREATED X_TEXT
     "# name: y\n# type: cell\n# rows: 2\n# columns: 1\n"
     "# name: <cell-element>\n# type: string\n# elements: 1\n# length: 3\nyes\n\n\n"
     "# name: <cell-element>\n# type: sq_string\n# elements: 1\n# length: 2\nno\n\n\n\n",
     X22 " | y yes no", NULL},
    {"rows of characters",
     CREATED X_TEXT
     "# name: y\n# type: string\n# elements: 2\n# length: 3\nyes\n# length: 3\nno \n",
     X22 " | y yes no", NULL},
    {"structs",
     CREATED
     "# name: test\n# type: scalar struct\n# ndims: 2\n 1 1\n# length: 2\n" X_TEXT Y_TEXT
     "\n\n# name: train\n# type: scalar struct\n# ndims: 2\n 1 1\n# length: 2\n" X_TEXT Y_TEXT,
     X22 " | y -1 1", "x is train/X (2, 2) f64, y is train/y (2, 1) i32; test/X and test/y"},
    {"one matrix is a table", "# name: M\n# type: matrix\n# rows: 2\n# columns: 2\n 1 2\n 3 4\n",
     "c1 1 3 | c2 2 4", "the rows are those of M"},
    {"complex numbers",
     CREATED "# name: x\n# type: complex matrix\n# rows: 1\n# columns: 1\n (1,2)\n",
     "! x holds what Octave calls complex matrix", NULL},
    {"cut short", CREATED "# name: x\n# type: matrix\n# rows: 2\n# columns: 2\n 1 2\n 3\n",
     "! value 4 is no number; is the file complete?", NULL},
    {"absurd", CREATED "# name: x\n# type: matrix\n# rows: 99999999\n# columns: 99999999\n 1 2\n",
     "! but the file holds less", NULL},
};

static void octave_files_are_read(void **state) {
    (void)state;
    for (size_t i = 0; i < sizeof octave_files / sizeof *octave_files; i++) {
        FILE *f = fopen("one.txt", "w");
        fputs(octave_files[i].bytes, f);
        fclose(f);
        compare(octave_files[i].what, read_file("one.txt"), octave_files[i].expected,
                octave_files[i].note);
    }
}

static void an_octave_file_cut_anywhere_is_refused_or_read(void **state) {
    (void)state;
    for (size_t i = 0; i < sizeof octave_files / sizeof *octave_files; i++) {
        for (size_t n = strlen(octave_files[i].bytes); n > 20; n -= 3) {
            FILE *f = fopen("cut.txt", "w");
            fwrite(octave_files[i].bytes, 1, n, f);
            fclose(f);
            glia_table_free(read_file("cut.txt"));
        }
    }
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(octave_files_are_read),
        cmocka_unit_test(an_octave_file_cut_anywhere_is_refused_or_read),
    };
    return cmocka_run_group_tests_name("octave", tests, open_arrays, close_context);
}
