/*
 * arrays.c: which arrays of a file are x and y, and which are a table. The files are of HDF5, the
 * rules those of every file with named arrays.
 */
#include "hdf5_files.h"

static void train_and_test_behind(hid_t f) {
    pair_of(f, "X_test", "y_test", 10);
    pair_of(f, "X_train", "y_train", 1);
}

static void glued(hid_t f) {
    pair_of(f, "testX", "testY", 10);
    pair_of(f, "trainX", "trainY", 1);
}

static void folders(hid_t f) {
    hid_t test = group(f, "test"), train = group(f, "train"), valid = group(f, "a_valid");
    pair_of(test, "x", "y", 10);
    pair_of(train, "x", "y", 1);
    pair_of(valid, "x", "y", 20);
    H5Gclose(test), H5Gclose(train), H5Gclose(valid);
}

static void of_others(hid_t f) {
    x_of(f, "test_x");
    y_of(f, "train_y");
}

static void across(hid_t f) {
    hid_t a = group(f, "a"), b = group(f, "b");
    x_of(a, "x");
    y_of(b, "y");
    H5Gclose(a), H5Gclose(b);
}

static void beside_statistics(hid_t f) {
    pair_of(f, "a_x", "a_y", 10);
    pair_of(f, "x", "y", 1);
    H5Dclose(put(f, "max_x", DOUBLES, DIMS(2), x22));
}

static void two_equal(hid_t f) {
    pair_of(f, "a_x", "a_y", 10);
    pair_of(f, "b_x", "b_y", 1);
}

static void only_test(hid_t f) { pair_of(f, "test_set_x", "test_set_y", 1); }

static void samples_alone(hid_t f) { x_of(f, "x"); }

static void transposed(hid_t f) {
    static const double wide[12];
    H5Dclose(put(f, "x", DOUBLES, DIMS(4, 3), wide));
    H5Dclose(put(f, "y", INTS, DIMS(3), (int[]){0, 1, 1}));
}

static void coordinates(hid_t f) {
    static const char *const names[] = {"x", "y"};
    for (int i = 0; i < 2; i++) {
        hid_t set = put(f, names[i], DOUBLES, DIMS(2), x22);
        text_attribute(set, "CLASS", "DIMENSION_SCALE");
        H5Dclose(set);
    }
    x_of(f, "height");
}

static void links(hid_t f) {
    hid_t at = group(f, "store");
    pair_of(at, "one", "two", 1);
    H5Gclose(at);
    H5Lcreate_soft("/store/one", f, "x", H5P_DEFAULT, H5P_DEFAULT);
    H5Lcreate_soft("/store/two", f, "y", H5P_DEFAULT, H5P_DEFAULT);
    H5Lcreate_soft("/", f, "loop", H5P_DEFAULT, H5P_DEFAULT);
}

static void many_columns(hid_t f) {
    static const char *const names[] = {"class", "x", "y"};
    for (int i = 0; i < 3; i++)
        H5Dclose(put(f, names[i], DOUBLES, DIMS(2), (double[]){i, i + 0.5}));
}

static void two_folders(hid_t f) {
    static const char *const names[] = {"flats", "sites"};
    for (int i = 0; i < 2; i++) {
        hid_t at = group(f, names[i]);
        H5Dclose(put(at, "size", DOUBLES, DIMS(2), x22 + i));
        y_of(at, "sold");
        H5Dclose(put(at, "mean", DOUBLES, DIMS(1), x22));
        H5Gclose(at);
    }
}

static void two_lengths(hid_t f) {
    y_of(f, "a"), y_of(f, "b");
    H5Dclose(put(f, "c", DOUBLES, DIMS(3), x22));
    H5Dclose(put(f, "d", DOUBLES, DIMS(3), x22 + 1));
}

static void more_labels(hid_t f) {
    pair_of(f, "x", "y", 1);
    y_of(f, "y_old");
    y_of(f, "groups");
}

static const hdf5_file pairs[] = {
    {"test comes before train by the alphabet", test_before_train, XY,
     "x is train_x (2, 2) f64, y is train_y (2,) i32; test_x and test_y of the same file are left"},
    {"what they are for stands behind", train_and_test_behind, XY, "y is y_train"},
    {"what they are for is glued to the word", glued, XY, "x is trainX"},
    {"folders", folders, XY, "y is train/y"},
    {"x of one set and y of another", of_others, "! found no pair", NULL},
    {"x and y in different folders", across, "! its arrays are: a/x (2, 2) f64, b/y (2,) i32",
     NULL},
    {"exact names beside others", beside_statistics, XY, NULL},
    {"two pairs as good as each other", two_equal, "! x may be a_x or b_x, y may be a_y or b_y",
     NULL},
    {"test data alone", only_test, XY, "x is test_set_x"},
    {"samples alone", samples_alone, X22, "x is x (2, 2) f64"},
    {"samples that are columns", transposed,
     "! x may be transposed: its shape is (4, 3), and rows are the first axis; transpose x", NULL},
    {"coordinates are no samples", coordinates, "! its arrays are: height (2, 2) f64", NULL},
    {"links, one of them a loop", links, XY, NULL},
    {"columns, one of them called x", many_columns,
     "! x is one of more than two columns of 2 values; its arrays are: table class of class, x, y",
     NULL},
    {"two folders of columns", two_folders,
     "! its arrays are: flats/mean (1,) f64, table flats of size, sold, sites/mean (1,) f64, table",
     NULL},
    {"other arrays of as many rows", more_labels, XY,
     "y is y (2,) i32; left out: groups (2,) i32, y_old (2,) i32"},
};

static void pairs_are_found_by_their_names(void **state) {
    (void)state;
    READ_HDF5(pairs);
}

static void arrays_are_found_by_name(void **state) {
    (void)state;
    hid_t f = H5Fcreate("named.h5", H5F_ACC_TRUNC, H5P_DEFAULT, H5P_DEFAULT);
    test_before_train(f);
    octave(f);
    H5Fclose(f);
    compare("the other pair", read_arrays("named.h5:test_x", "named.h5:test_y"),
            "x (2, 2) 10 11 12 13 | y 0 1", NULL);
    compare("as Octave calls it", read_arrays("named.h5:X", "named.h5:y"),
            "x (2, 3) 1 2 3 4 5 6 | y 7 8", NULL);
    compare("as HDF5 calls it", read_arrays("named.h5:/X/value", "named.h5:y/value"),
            "x (2, 3) 1 2 3 4 5 6 | y 7 8", NULL);
    compare("none", read_arrays("named.h5:z", NULL), "! there is no array 'z'", NULL);
    compare("not said", read_arrays("named.h5", NULL), "! the file has several arrays", NULL);
}

static glia_table *read_table(const char *path, const char *table) {
    *notes = 0;
    gl_listener before = gl_listen(g, hear, NULL);
    glia_table *t = glia_table_read(g, path, &(glia_read_options){.table = table});
    gl_unlisten(g, before);
    return t;
}

static void write_hdf5(const char *path, void (*write)(hid_t)) {
    hid_t f = H5Fcreate(path, H5F_ACC_TRUNC, H5P_DEFAULT, H5P_DEFAULT);
    write(f);
    H5Fclose(f);
}

static void one_of_several_tables_is_read_by_its_name(void **state) {
    (void)state;
    write_hdf5("folders.h5", two_folders);
    compare("a folder", read_table("folders.h5", "sites"), "size 2 3 | sold 0 1",
            "table sites of size, sold, in the order of their names (option 'target' says what to "
            "learn); left out: flats/mean (1,) f64, table flats, sites/mean");
    compare("by a column", read_table("folders.h5", "/flats/size"), "size 1 2 | sold 0 1", NULL);
    compare("none", read_table("folders.h5", "site"),
            "! there is no table 'site'; say which by option 'table' NAME: table flats of", NULL);
    write_hdf5("lengths.h5", two_lengths);
    compare("by length", read_table("lengths.h5", "d"), "c 1 2 3 | d 2 3 4", "left out: table a");
    write_hdf5("columns.h5", many_columns);
    compare("columns", read_table("columns.h5", "y"), "class 0 0.5 | x 1 1.5 | y 2 2.5", NULL);
    write_hdf5("pair.h5", more_labels);
    compare("a matrix", read_table("pair.h5", "x"), "c1 1 3 | c2 2 4",
            "rows are those of x (2, 2)");
    compare("no table", read_table("pair.h5", "y"), "! there is no table 'y'; its arrays are",
            NULL);
}

/* netCDF-4 and track_order of h5py keep the order in which columns were made. */
static void columns_stand_in_the_order_of_their_writer_where_it_is_kept(void **state) {
    (void)state;
    hid_t list = H5Pcreate(H5P_FILE_CREATE);
    H5Pset_link_creation_order(list, H5P_CRT_ORDER_TRACKED | H5P_CRT_ORDER_INDEXED);
    hid_t f = H5Fcreate("order.h5", H5F_ACC_TRUNC, list, H5P_DEFAULT);
    y_of(f, "z"), y_of(f, "a");
    H5Pclose(list), H5Fclose(f);
    compare("as made", read_table("order.h5", "z"), "z 0 1 | a 0 1", "table z of z, a\n");
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(pairs_are_found_by_their_names),
        cmocka_unit_test(arrays_are_found_by_name),
        cmocka_unit_test(one_of_several_tables_is_read_by_its_name),
        cmocka_unit_test(columns_stand_in_the_order_of_their_writer_where_it_is_kept),
    };
    return cmocka_run_group_tests_name("arrays", tests, open_arrays, close_context);
}
