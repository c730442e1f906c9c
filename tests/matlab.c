/*
 * matlab.c: MATLAB files, written here by libmatio, and what they hold.
 */
#include "arrays.h"

#include <matio.h>
#include <sys/stat.h>

static const double x23[] = {1, 4, 2, 5, 3, 6}, y2[] = {7, 8}; /* column by column */

typedef struct shape {
    size_t dim[4];
    int rank;
} shape;

static matvar_t *var(const char *name, enum matio_classes class, enum matio_types type, shape s,
                     const void *data) {
    matvar_t *v = Mat_VarCreate(name, class, type, s.rank, s.dim, (void *)(uintptr_t)data, 0);
    assert_non_null(v);
    return v;
}

static void put(mat_t *m, matvar_t *v) {
    assert_int_equal(Mat_VarWrite(m, v, MAT_COMPRESSION_ZLIB), 0);
    Mat_VarFree(v);
}

static matvar_t *doubles(const char *name, size_t rows, size_t columns, const double *data) {
    return var(name, MAT_C_DOUBLE, MAT_T_DOUBLE, (shape){{rows, columns}, 2}, data);
}

static matvar_t *text(const char *name, const char *s) {
    return var(name, MAT_C_CHAR, MAT_T_UTF8, (shape){{1, strlen(s)}, 2}, s);
}

static void put_x(mat_t *m) { put(m, doubles("X", 2, 3, x23)); }

static void columns(mat_t *m) {
    put_x(m);
    put(m, doubles("y", 2, 1, y2));
}

static void row_of_labels(mat_t *m) {
    put_x(m);
    put(m, doubles("y", 1, 2, y2));
}

static void small_integers(mat_t *m) {
    put(m, var("X", MAT_C_INT16, MAT_T_INT16, (shape){{2, 1}, 2}, (int16_t[]){-300, 5}));
    put(m, var("y", MAT_C_INT8, MAT_T_INT8, (shape){{2, 1}, 2}, (int8_t[]){-1, 1}));
}

static void unsigned_integers(mat_t *m) {
    put(m, var("X", MAT_C_UINT32, MAT_T_UINT32, (shape){{2, 1}, 2}, (uint32_t[]){4294967295u, 5}));
    put(m, var("y", MAT_C_UINT16, MAT_T_UINT16, (shape){{2, 1}, 2}, (uint16_t[]){65535, 1}));
}

static void too_large(mat_t *m) {
    put_x(m);
    put(m, var("y", MAT_C_UINT64, MAT_T_UINT64, (shape){{2, 1}, 2}, (uint64_t[]){1, 1ULL << 63}));
}

static void three_axes(mat_t *m) {
    uint8_t values[] = {1, 5, 3, 7, 2, 6, 4, 8};
    put(m, var("X", MAT_C_UINT8, MAT_T_UINT8, (shape){{2, 2, 2}, 3}, values));
    put(m, doubles("y", 2, 1, y2));
}

static void samples_behind(mat_t *m) { /* as SVHN */
    uint8_t values[] = {1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 12};
    put(m, var("X", MAT_C_UINT8, MAT_T_UINT8, (shape){{2, 3, 2}, 3}, values));
    put(m, doubles("y", 2, 1, y2));
}

static void images_behind(mat_t *m) {
    uint8_t values[] = {1, 2, 3, 4, 5, 6};
    put(m, var("X", MAT_C_UINT8, MAT_T_UINT8, (shape){{1, 3, 2}, 3}, values));
    put(m, doubles("y", 2, 1, y2));
}

static void cell_of_texts(mat_t *m) {
    put_x(m);
    matvar_t *cells[] = {text(NULL, "no"), text(NULL, "a longer one")};
    put(m, Mat_VarCreate("y", MAT_C_CELL, MAT_T_CELL, 2, (size_t[]){2, 1}, cells, 0));
}

static void cell_of_numbers(mat_t *m) {
    put_x(m);
    matvar_t *cells[] = {doubles(NULL, 1, 1, y2), doubles(NULL, 1, 1, y2)};
    put(m, Mat_VarCreate("y", MAT_C_CELL, MAT_T_CELL, 2, (size_t[]){2, 1}, cells, 0));
}

static void rows_of_characters(mat_t *m) {
    put_x(m);
    put(m, var("y", MAT_C_CHAR, MAT_T_UINT8, (shape){{2, 3}, 2}, "ynoe s"));
}

static void structs(mat_t *m) {
    static const char *const fields[] = {"X", "y"};
    static const char *const names[] = {"test", "train"};
    for (int i = 0; i < 2; i++) {
        matvar_t *s =
            Mat_VarCreateStruct(names[i], 2, (size_t[]){1, 1}, (const char **)(uintptr_t)fields, 2);
        Mat_VarSetStructFieldByName(s, "X", 0, doubles("X", 2, 3, x23));
        Mat_VarSetStructFieldByName(s, "y", 0, doubles("y", 2, 1, i ? y2 : x23));
        put(m, s);
    }
}

static void sparse(mat_t *m) {
    mat_uint32_t ir[] = {1, 0}, jc[] = {0, 1, 1, 2};
    double values[] = {5, 6};
    mat_sparse_t s = {
        .nzmax = 2, .ir = ir, .nir = 2, .jc = jc, .njc = 4, .ndata = 2, .data = values};
    put(m, Mat_VarCreate("X", MAT_C_SPARSE, MAT_T_DOUBLE, 2, (size_t[]){2, 3}, &s,
                         MAT_F_DONT_COPY_DATA));
    put(m, doubles("y", 2, 1, y2));
}

static void complex_numbers(mat_t *m) {
    mat_complex_split_t z = {(void *)(uintptr_t)x23, (void *)(uintptr_t)x23};
    put(m, Mat_VarCreate("X", MAT_C_DOUBLE, MAT_T_DOUBLE, 2, (size_t[]){2, 3}, &z, MAT_F_COMPLEX));
    put(m, doubles("y", 2, 1, y2));
}

static void one_matrix(mat_t *m) { put(m, doubles("M", 2, 3, x23)); }

#define X23 "x (2, 3) 1 2 3 4 5 6"

static const struct {
    const char *what;
    void (*write)(mat_t *file);
    const char *expected, *note;
} mat_files[] = {
    {"x and y", columns, X23 " | y 7 8", "x is X (2, 3) f64, y is y (2, 1) f64"},
    {"labels in a row", row_of_labels, X23 " | y 7 8", NULL},
    {"small integers", small_integers, "x (2, 1) -300 5 | y -1 1", NULL},
    {"unsigned integers", unsigned_integers, "x (2, 1) 4294967295 5 | y 65535 1", NULL},
    {"unsigned and too large", too_large, "! value 2 does not fit into 63 bits", NULL},
    {"three axes", three_axes, "x (2, 2, 2) 1 2 3 4 5 6 7 8 | y 7 8", NULL},
    {"as many rows as samples behind", samples_behind,
     "x (2, 3, 2) 1 7 3 9 5 11 2 8 4 10 6 12 | y 7 8", NULL},
    {"samples are the last axis", images_behind, "x (2, 1, 3) 1 2 3 4 5 6 | y 7 8",
     "the samples of X are its last axis, so it is read as (2, 1, 3)"},
    {"a cell of texts", cell_of_texts, X23 " | y no a longer one", NULL},
    {"a cell of numbers", cell_of_numbers, "! it is a cell array of other things than texts", NULL},
    {"rows of characters", rows_of_characters, X23 " | y yo nes", NULL},
    {"structs", structs, X23 " | y 7 8",
     "x is train/X (2, 3) f64, y is train/y (2, 1) f64; test/X"},
    {"sparse", sparse, "x (2, 3) 0 0 6 5 0 0 | y 7 8", "a sparse matrix, read with its zeros"},
    {"complex numbers", complex_numbers, "! X holds complex numbers", NULL},
    {"one matrix is a table", one_matrix, "c1 1 4 | c2 2 5 | c3 3 6", "the rows are those of M"},
};

static void write_mat(const char *path, void (*write)(mat_t *), enum mat_ft version) {
    mat_t *m = Mat_CreateVer(path, NULL, version);
    assert_non_null(m);
    write(m);
    Mat_Close(m);
}

static void matlab_files_are_read(void **state) {
    (void)state;
    for (size_t i = 0; i < sizeof mat_files / sizeof *mat_files; i++) {
        remove("one.mat");
        write_mat("one.mat", mat_files[i].write, MAT_FT_MAT5);
        compare(mat_files[i].what, read_file("one.mat"), mat_files[i].expected, mat_files[i].note);
    }
}

/* Version 7.3 is HDF5, as libmatio writes it, where it was built so. */
static void matlab_files_of_version_73_are_read(void **state) {
    (void)state;
    for (size_t i = 0; i < sizeof mat_files / sizeof *mat_files; i++) {
        bool same = mat_files[i].write != one_matrix && mat_files[i].write != complex_numbers &&
                    mat_files[i].write != sparse && mat_files[i].write != rows_of_characters;
        if (!same) continue; /* other words, or zeros between entries */
        remove("one73.mat");
        write_mat("one73.mat", mat_files[i].write, MAT_FT_MAT73);
        compare(mat_files[i].what, read_file("one73.mat"), mat_files[i].expected, NULL);
    }
}

static void a_matlab_file_of_version_4_is_read(void **state) {
    (void)state;
    /* little-endian doubles (type 0), rows, columns, no imaginary part, length of the name */
    static const char bytes[] = "\0\0\0\0\2\0\0\0\1\0\0\0\0\0\0\0\2\0\0\0x\0"
                                "\0\0\0\0\0\0\xf0\x3f\0\0\0\0\0\0\0\x40"
                                "\0\0\0\0\2\0\0\0\1\0\0\0\0\0\0\0\2\0\0\0y\0"
                                "\0\0\0\0\0\0\0\0\0\0\0\0\0\0\xf0\x3f";
    FILE *f = fopen("four.mat", "wb");
    fwrite(bytes, 1, sizeof bytes - 1, f);
    fclose(f);
    compare("version 4", read_file("four.mat"), "x (2, 1) 1 2 | y 0 1", NULL);
}

/* Of each of its variables the library would give values that the file does not have. */
static void a_matlab_file_that_is_cut_short_is_refused(void **state) {
    (void)state;
    const enum mat_ft version[] = {MAT_FT_MAT5, MAT_FT_MAT4};
    for (int k = 0; k < 2; k++) {
        remove("cut.mat");
        write_mat("cut.mat", one_matrix, version[k]);
        compare("a whole file", read_file("cut.mat"), "c1 1 4 | c2 2 5 | c3 3 6", NULL);
        struct stat st;
        assert_int_equal(stat("cut.mat", &st), 0);
        assert_int_equal(truncate("cut.mat", st.st_size - 16), 0);
        compare("a file that is cut short", read_file("cut.mat"), "! cut.mat: found ", NULL);
    }
}

static void no_matlab_file_says_so(void **state) {
    (void)state;
    FILE *f = fopen("no.mat", "wb");
    fputs("hello", f);
    fclose(f);
    compare("no file of MATLAB", read_file("no.mat"), "! cannot read 'no.mat'", NULL);
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(matlab_files_are_read),
        cmocka_unit_test(matlab_files_of_version_73_are_read),
        cmocka_unit_test(a_matlab_file_of_version_4_is_read),
        cmocka_unit_test(a_matlab_file_that_is_cut_short_is_refused),
        cmocka_unit_test(no_matlab_file_says_so),
    };
    return cmocka_run_group_tests_name("matlab", tests, open_arrays, close_context);
}
