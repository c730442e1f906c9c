/*
 * hdf5_files.h: HDF5 files as other programs write them, for the tests of what is read of them.
 */
#ifndef GLIA_HDF5_FILES_H
#define GLIA_HDF5_FILES_H

#include "arrays.h"

#include <hdf5.h>

static const double x22[] = {1, 2, 3, 4};
static const int y2[] = {0, 1};

static inline hid_t put(hid_t at, const char *name, hid_t type, hid_t memory, int rank,
                        const hsize_t *dim, const void *data) {
    hid_t space = H5Screate_simple(rank, dim, NULL);
    hid_t set = H5Dcreate2(at, name, type, space, H5P_DEFAULT, H5P_DEFAULT, H5P_DEFAULT);
    assert_true(set >= 0);
    assert_true(!data || H5Dwrite(set, memory, H5S_ALL, H5S_ALL, H5P_DEFAULT, data) >= 0);
    H5Sclose(space);
    return set;
}

#define DIMS(...)                                                                                  \
    (int)(sizeof((hsize_t[]){__VA_ARGS__}) / sizeof(hsize_t)), (hsize_t[]) { __VA_ARGS__ }
#define DOUBLES H5T_IEEE_F64LE, H5T_NATIVE_DOUBLE
#define INTS H5T_STD_I32LE, H5T_NATIVE_INT

static inline void x_of(hid_t at, const char *name) {
    H5Dclose(put(at, name, DOUBLES, DIMS(2, 2), x22));
}
static inline void y_of(hid_t at, const char *name) { H5Dclose(put(at, name, INTS, DIMS(2), y2)); }

static inline void attribute(hid_t at, const char *name, hid_t type, hid_t memory,
                             const void *data) {
    hid_t space = H5Screate(H5S_SCALAR);
    hid_t a = H5Acreate2(at, name, type, space, H5P_DEFAULT, H5P_DEFAULT);
    assert_true(H5Awrite(a, memory, data) >= 0);
    H5Aclose(a);
    H5Sclose(space);
}

static inline void text_attribute(hid_t at, const char *name, const char *text) {
    hid_t type = H5Tcopy(H5T_C_S1);
    H5Tset_size(type, strlen(text));
    attribute(at, name, type, type, text);
    H5Tclose(type);
}

static inline hid_t group(hid_t at, const char *name) {
    return H5Gcreate2(at, name, H5P_DEFAULT, H5P_DEFAULT, H5P_DEFAULT);
}

/* x and y in a group; value 10 and more marks which pair it is. */
static inline void pair_of(hid_t at, const char *x, const char *y, double first) {
    double values[] = {first, first + 1, first + 2, first + 3};
    H5Dclose(put(at, x, DOUBLES, DIMS(2, 2), values));
    y_of(at, y);
}

static inline void test_before_train(hid_t f) {
    pair_of(f, "test_x", "test_y", 10);
    pair_of(f, "train_x", "train_y", 1);
}

static inline void octave(hid_t f) {
    static const char *const names[] = {"X", "y"};
    for (int i = 0; i < 2; i++) {
        hid_t at = group(f, names[i]);
        attribute(at, "OCTAVE_NEW_FORMAT", H5T_STD_U8LE, H5T_NATIVE_INT, (int[]){1});
        H5Dclose(put(at, "type", INTS, DIMS(1), y2));
        if (i) H5Dclose(put(at, "value", DOUBLES, DIMS(1, 2), (double[]){7, 8}));
        else H5Dclose(put(at, "value", DOUBLES, DIMS(3, 2), (double[]){1, 4, 2, 5, 3, 6}));
        H5Gclose(at);
    }
}

typedef struct hdf5_file {
    const char *what;
    void (*write)(hid_t file);
    const char *expected, *note; /* note NULL: any */
} hdf5_file;

#define X22 "x (2, 2) 1 2 3 4"
#define XY X22 " | y 0 1"

/* Each with and without a block of the writer's own before it. */
static inline void read_hdf5_files(const hdf5_file *file, size_t count) {
    H5Eset_auto2(H5E_DEFAULT, NULL, NULL);
    for (; count-- > 0; file++) {
        for (hsize_t block = 0; block <= 512; block += 512) {
            hid_t list = H5Pcreate(H5P_FILE_CREATE);
            H5Pset_userblock(list, block);
            hid_t f = H5Fcreate("one.h5", H5F_ACC_TRUNC, list, H5P_DEFAULT);
            assert_true(f >= 0);
            file->write(f);
            H5Pclose(list);
            H5Fclose(f);
            rename("one.h5", block ? "one.dat" : "one.h5");
            glia_table *t = read_file(block ? "one.dat" : "one.h5");
            compare(file->what, t, file->expected, file->note);
        }
    }
}
#define READ_HDF5(files) read_hdf5_files(files, sizeof(files) / sizeof *(files))

#endif
