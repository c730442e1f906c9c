/*
 * hdf5.c: what the types, attributes and layouts of HDF5 files mean, and what is refused. Each file
 * is written here, by the HDF5 library, in the way that the program named does it.
 */
#include "hdf5_files.h"

static void enum_of(hid_t f, hid_t base, const char *const *names, int count) {
    hid_t type = H5Tenum_create(base);
    signed char values[] = {-1, 1, 2};
    for (int i = 0; i < count; i++) H5Tenum_insert(type, names[i], &values[i]);
    x_of(f, "x");
    signed char y[] = {1, -1};
    H5Dclose(put(f, "y", type, type, DIMS(2), y));
    H5Tclose(type);
}

static void enumeration(hid_t f) {
    enum_of(f, H5T_STD_I8LE, (const char *const[]){"NO", "YES"}, 2);
}

static void truth_with_na(hid_t f) {
    hid_t type = H5Tenum_create(H5T_STD_U8LE);
    unsigned char values[] = {0, 1, 2}, y[] = {1, 2};
    static const char *const names[] = {"FALSE", "TRUE", "NA"};
    for (int i = 0; i < 3; i++) H5Tenum_insert(type, names[i], &values[i]);
    x_of(f, "x");
    H5Dclose(put(f, "y", type, type, DIMS(2), y));
    H5Tclose(type);
}

static void bits(hid_t f) {
    x_of(f, "x");
    H5Dclose(put(f, "y", H5T_STD_B8LE, H5T_NATIVE_B8, DIMS(2), "\1\0"));
}

static void fixed_texts(hid_t f) {
    hid_t type = H5Tcopy(H5T_C_S1);
    H5Tset_size(type, 4);
    x_of(f, "x");
    H5Dclose(put(f, "y", type, type, DIMS(2), "no\0\0yes\0"));
    H5Tclose(type);
}

static void texts_of_any_length(hid_t f) {
    hid_t type = H5Tcopy(H5T_C_S1);
    H5Tset_size(type, H5T_VARIABLE);
    x_of(f, "x");
    H5Dclose(put(f, "y", type, type, DIMS(2, 1), (const char *[]){"yes", "a longer one"}));
    H5Tclose(type);
}

static void fill_value(hid_t f) {
    x_of(f, "features");
    hid_t y = put(f, "labels", INTS, DIMS(2), (int[]){-1, 1});
    attribute(y, "_FillValue", INTS, (int[]){-1});
    H5Dclose(y);
}

static void missing_sample(hid_t f) {
    hid_t x = put(f, "x", DOUBLES, DIMS(2, 2), x22);
    attribute(x, "missing_value", DOUBLES, (double[]){3});
    H5Dclose(x);
    y_of(f, "y");
}

static void packed(hid_t f) {
    hid_t x = put(f, "x", H5T_STD_I16LE, H5T_NATIVE_INT, DIMS(2, 2), (int[]){100, 200, 300, -50});
    attribute(x, "scale_factor", DOUBLES, (double[]){0.5});
    attribute(x, "add_offset", DOUBLES, (double[]){10});
    H5Dclose(x);
    y_of(f, "y");
}

static void na_of_r(hid_t f) {
    x_of(f, "x");
    hid_t y = put(f, "y", INTS, DIMS(2), (int[]){INT32_MIN, 7});
    attribute(y, "rhdf5-NA.OK", INTS, (int[]){1});
    H5Dclose(y);
}

static void matlab_marked(hid_t f, const char *name, hsize_t rows, hsize_t columns,
                          const double *data) {
    hid_t set = put(f, name, DOUBLES, DIMS(columns, rows), data);
    text_attribute(set, "MATLAB_class", "double");
    H5Dclose(set);
}

static void matlab(hid_t f) {
    matlab_marked(f, "X", 2, 3, (double[]){1, 4, 2, 5, 3, 6});
    matlab_marked(f, "y", 1, 2, (double[]){7, 8});
}

static void sparse_in(hid_t at) {
    H5Dclose(put(at, "data", DOUBLES, DIMS(2), (double[]){5, 6}));
    H5Dclose(put(at, "indices", INTS, DIMS(2), (int[]){2, 0}));
    H5Dclose(put(at, "indptr", INTS, DIMS(3), (int[]){0, 1, 2}));
}

static void sparse(hid_t f) {
    hid_t x = group(f, "x");
    sparse_in(x);
    H5Gclose(x);
    y_of(f, "y");
}

static void sparse_at_the_top(hid_t f) {
    sparse_in(f);
    H5Dclose(put(f, "shape", INTS, DIMS(2), (int[]){2, 4}));
    y_of(f, "target");
}

static void sparse_damaged(hid_t f) {
    hid_t x = group(f, "x");
    H5Dclose(put(x, "data", DOUBLES, DIMS(2), (double[]){5, 6}));
    H5Dclose(put(x, "indices", INTS, DIMS(2), (int[]){2, -1}));
    H5Dclose(put(x, "indptr", INTS, DIMS(3), (int[]){0, 1, 2}));
    H5Gclose(x);
    y_of(f, "y");
}

typedef struct flat {
    double size;
    int rooms;
    char colour[6];
} flat;

static hid_t flat_type(void) {
    hid_t text = H5Tcopy(H5T_C_S1), type = H5Tcreate(H5T_COMPOUND, sizeof(flat));
    H5Tset_size(text, 6);
    H5Tinsert(type, "size", offsetof(flat, size), H5T_NATIVE_DOUBLE);
    H5Tinsert(type, "rooms", offsetof(flat, rooms), H5T_NATIVE_INT);
    H5Tinsert(type, "colour", offsetof(flat, colour), text);
    H5Tclose(text);
    return type;
}

static void records(hid_t f) {
    static const flat flats[] = {{80.5, 3, "red"}, {40, 1, "green"}};
    hid_t type = flat_type(), index = group(f, "_i_flats");
    H5Dclose(put(f, "flats", type, type, DIMS(2), flats));
    y_of(index, "y"); /* PyTables' own */
    x_of(index, "x");
    H5Gclose(index);
    H5Tclose(type);
}

static void complex_numbers(hid_t f) {
    hid_t type = H5Tcreate(H5T_COMPOUND, 16);
    H5Tinsert(type, "r", 0, H5T_NATIVE_DOUBLE);
    H5Tinsert(type, "i", 8, H5T_NATIVE_DOUBLE);
    H5Dclose(put(f, "x", type, type, DIMS(2), x22));
    H5Tclose(type);
    y_of(f, "y");
}

static void partly_written(hid_t f) {
    hid_t list = H5Pcreate(H5P_DATASET_CREATE),
          space = H5Screate_simple(2, (hsize_t[]){2, 2}, NULL);
    double nine = 9;
    H5Pset_chunk(list, 2, (hsize_t[]){1, 2});
    H5Pset_fill_value(list, H5T_NATIVE_DOUBLE, &nine);
    hid_t set = H5Dcreate2(f, "x", H5T_IEEE_F64LE, space, H5P_DEFAULT, list, H5P_DEFAULT);
    hid_t row = H5Screate_simple(2, (hsize_t[]){1, 2}, NULL);
    H5Sselect_hyperslab(space, H5S_SELECT_SET, (hsize_t[]){0, 0}, NULL, (hsize_t[]){1, 2}, NULL);
    H5Dwrite(set, H5T_NATIVE_DOUBLE, row, space, H5P_DEFAULT, x22);
    H5Sclose(row), H5Sclose(space), H5Dclose(set), H5Pclose(list);
    y_of(f, "y");
}

static void lost_filter(hid_t f) {
    hid_t list = H5Pcreate(H5P_DATASET_CREATE),
          space = H5Screate_simple(2, (hsize_t[]){2, 2}, NULL);
    H5Pset_chunk(list, 2, (hsize_t[]){2, 2});
    H5Pset_filter(list, 32015, H5Z_FLAG_OPTIONAL, 0, NULL);
    hid_t set = H5Dcreate2(f, "x", H5T_IEEE_F64LE, space, H5P_DEFAULT, list, H5P_DEFAULT);
    H5Dwrite_chunk(set, H5P_DEFAULT, 0, (hsize_t[]){0, 0}, 4, "abcd");
    H5Sclose(space), H5Dclose(set), H5Pclose(list);
    y_of(f, "y");
}

static void never_written(hid_t f) {
    H5Dclose(put(f, "x", DOUBLES, DIMS(1000000000, 1000000), NULL));
    y_of(f, "y");
}

static void big_endian(hid_t f) {
    H5Dclose(put(f, "x", H5T_IEEE_F32BE, H5T_NATIVE_DOUBLE, DIMS(2, 2), x22));
    H5Dclose(put(f, "y", H5T_STD_I16BE, H5T_NATIVE_INT, DIMS(2), (int[]){-300, 1}));
}

static void series_and_frame(hid_t f) {
    hid_t x = group(f, "x"), y = group(f, "y"), text = H5Tcopy(H5T_C_S1);
    H5Tset_size(text, 2);
    text_attribute(x, "pandas_type", "frame");
    attribute(x, "nblocks", INTS, (int[]){1});
    H5Dclose(put(x, "axis1", INTS, DIMS(2), y2));
    H5Dclose(put(x, "block0_items", text, text, DIMS(2), "a\0b\0"));
    x_of(x, "block0_values");
    text_attribute(y, "pandas_type", "series");
    y_of(y, "index");
    y_of(y, "values");
    H5Tclose(text), H5Gclose(x), H5Gclose(y);
}

static void two_blocks(hid_t f) {
    hid_t df = group(f, "df"), text = H5Tcopy(H5T_C_S1);
    H5Tset_size(text, 5);
    text_attribute(df, "pandas_type", "frame");
    attribute(df, "nblocks", INTS, (int[]){2});
    H5Dclose(put(df, "block0_items", text, text, DIMS(2), "size\0temp\0"));
    x_of(df, "block0_values");
    H5Dclose(put(df, "block1_items", text, text, DIMS(1), "sold\0"));
    H5Dclose(put(df, "block1_values", INTS, DIMS(2, 1), y2));
    H5Tclose(text), H5Gclose(df);
}

/* to_hdf(format='table', data_columns=True) of a category and of times. */
static void hidden_values(hid_t f) {
    typedef struct row {
        double size;
        int64_t day, kind;
    } row;
    hid_t df = group(f, "df"), type = H5Tcreate(H5T_COMPOUND, sizeof(row));
    H5Tinsert(type, "size", offsetof(row, size), H5T_NATIVE_DOUBLE);
    H5Tinsert(type, "day", offsetof(row, day), H5T_NATIVE_INT64);
    H5Tinsert(type, "kind", offsetof(row, kind), H5T_NATIVE_INT64);
    text_attribute(df, "pandas_type", "frame_table");
    hid_t set = put(df, "table", type, type, DIMS(2), (row[]){{80.5, 1, 0}, {40, 2, 1}});
    text_attribute(set, "kind_meta", "category");
    text_attribute(set, "day_dtype", "datetime64");
    H5Dclose(set), H5Tclose(type), H5Gclose(df);
}

/* to_hdf(format='table'): blocks of one column, and the categories of their codes beside them. */
static void frame_categories(hid_t f) {
    typedef struct row {
        int8_t kind[1], grade[1];
    } row;
    typedef struct word {
        int64_t index;
        char values[4];
    } word;
    typedef struct number {
        int64_t index, values;
    } number;
    hid_t df = group(f, "df"), meta = group(df, "meta"), text = H5Tcopy(H5T_C_S1),
          one = H5Tarray_create2(H5T_NATIVE_INT8, 1, (hsize_t[]){1}),
          rows = H5Tcreate(H5T_COMPOUND, sizeof(row)),
          words = H5Tcreate(H5T_COMPOUND, sizeof(word)),
          numbers = H5Tcreate(H5T_COMPOUND, sizeof(number));
    H5Tset_size(text, 4);
    H5Tinsert(rows, "values_block_0", offsetof(row, kind), one);
    H5Tinsert(rows, "values_block_1", offsetof(row, grade), one);
    H5Tinsert(words, "index", offsetof(word, index), H5T_NATIVE_INT64);
    H5Tinsert(words, "values", offsetof(word, values), text);
    H5Tinsert(numbers, "index", offsetof(number, index), H5T_NATIVE_INT64);
    H5Tinsert(numbers, "values", offsetof(number, values), H5T_NATIVE_INT64);
    text_attribute(df, "pandas_type", "frame_table");
    hid_t set = put(df, "table", rows, rows, DIMS(3), (row[]){{{1}, {0}}, {{-1}, {1}}, {{0}, {1}}});
    text_attribute(set, "values_block_0_meta", "category");
    text_attribute(set, "values_block_0_kind", "(lp0\nVkind\np1\na.");
    text_attribute(set, "values_block_1_meta", "category");
    text_attribute(set, "values_block_1_kind", "(lp0\nVgrade\np1\na.");
    hid_t block = group(meta, "values_block_0"), inner = group(block, "meta");
    H5Dclose(put(inner, "table", words, words, DIMS(2), (word[]){{0, "red"}, {1, "blue"}}));
    H5Gclose(inner), H5Gclose(block);
    block = group(meta, "values_block_1"), inner = group(block, "meta");
    H5Dclose(put(inner, "table", numbers, numbers, DIMS(2), (number[]){{0, 10}, {1, 25}}));
    H5Gclose(inner), H5Gclose(block), H5Dclose(set), H5Tclose(rows), H5Tclose(words);
    H5Tclose(numbers), H5Tclose(one), H5Tclose(text), H5Gclose(meta), H5Gclose(df);
}

static void categories(hid_t f) {
    hid_t obs = group(f, "obs"), label = group(obs, "label"), text = H5Tcopy(H5T_C_S1);
    H5Tset_size(text, H5T_VARIABLE);
    x_of(f, "X");
    text_attribute(label, "encoding-type", "categorical");
    H5Dclose(put(label, "categories", text, text, DIMS(2), (const char *[]){"dog", "cat"}));
    H5Dclose(put(label, "codes", H5T_STD_I8LE, H5T_NATIVE_INT, DIMS(2), (int[]){1, 0}));
    H5Tclose(text), H5Gclose(label), H5Gclose(obs);
}

/* A chunk of four doubles as LZF packs it. */
static void lzf_of(hid_t f, const void *bytes, size_t n) {
    hid_t list = H5Pcreate(H5P_DATASET_CREATE),
          space = H5Screate_simple(2, (hsize_t[]){2, 2}, NULL);
    H5Zunregister(32000); /* of the reader, which packs nothing */
    H5Pset_chunk(list, 2, (hsize_t[]){2, 2});
    H5Pset_filter(list, 32000, H5Z_FLAG_OPTIONAL, 3, (unsigned[]){4, 0x105, 32});
    hid_t set = H5Dcreate2(f, "x", H5T_IEEE_F64LE, space, H5P_DEFAULT, list, H5P_DEFAULT);
    assert_true(H5Dwrite_chunk(set, H5P_DEFAULT, 0, (hsize_t[]){0, 0}, n, bytes) >= 0);
    H5Sclose(space), H5Dclose(set), H5Pclose(list);
    y_of(f, "y");
}

/* 00 x6 F0 3F | 00 x7 40 | 00 x6 08 40 | 00 x6 10 40 */
static void lzf(hid_t f) {
    static const char chunk[] = "\0\0"         /* one literal, 0 */
                                "\x60\0"       /* five more, from one byte before */
                                "\2\xF0\x3F\0" /* three literals */
                                "\x80\0"       /* six more zeros */
                                "\1\x40\0"     /* two literals */
                                "\x60\0"       /* five more zeros */
                                "\2\x08\x40\0" /* three literals */
                                "\x60\0"       /* five more zeros */
                                "\1\x10\x40";  /* two literals */
    lzf_of(f, chunk, sizeof chunk - 1);
}

static void lzf_damaged(hid_t f) { lzf_of(f, "\x60\7\1", 3); }

static void unsigned_64(hid_t f) {
    uint64_t y[] = {1, (uint64_t)1 << 63};
    x_of(f, "x");
    H5Dclose(put(f, "y", H5T_STD_U64LE, H5T_NATIVE_UINT64, DIMS(2), y));
}

static void large_labels(hid_t f) {
    int64_t y[] = {1, 9007199254740993};
    x_of(f, "x");
    H5Dclose(put(f, "y", H5T_STD_I64LE, H5T_NATIVE_INT64, DIMS(2), y));
}

/* Bytes of any file, by a small one. */
static void external_in(hid_t f, const char *name) {
    hid_t list = H5Pcreate(H5P_DATASET_CREATE),
          space = H5Screate_simple(2, (hsize_t[]){2, 2}, NULL);
    H5Pset_external(list, "/dev/zero", 0, 2 * 2 * 8);
    H5Dclose(H5Dcreate2(f, name, H5T_IEEE_F64LE, space, H5P_DEFAULT, list, H5P_DEFAULT));
    H5Sclose(space), H5Pclose(list);
}

static void external(hid_t f) {
    external_in(f, "x");
    y_of(f, "y");
}

static void large_external(hid_t f) {
    hid_t list = H5Pcreate(H5P_DATASET_CREATE),
          space = H5Screate_simple(2, (hsize_t[]){1 << 20, 1 << 12}, NULL);
    H5Pset_external(list, "/dev/zero", 0, H5F_UNLIMITED);
    H5Dclose(H5Dcreate2(f, "x", H5T_IEEE_F64LE, space, H5P_DEFAULT, list, H5P_DEFAULT));
    H5Sclose(space), H5Pclose(list);
    y_of(f, "y");
}

static void virtual_in(hid_t f, const char *name, const char *from) {
    hid_t list = H5Pcreate(H5P_DATASET_CREATE),
          space = H5Screate_simple(2, (hsize_t[]){2, 2}, NULL);
    H5Pset_virtual(list, space, ".", from, space);
    H5Dclose(H5Dcreate2(f, name, H5T_IEEE_F64LE, space, H5P_DEFAULT, list, H5P_DEFAULT));
    H5Sclose(space), H5Pclose(list);
}

static void virtual_external(hid_t f) {
    hid_t aside = group(f, "aside");
    external_in(aside, "values");
    H5Gclose(aside);
    virtual_in(f, "x", "/aside/values");
    y_of(f, "y");
}

static void virtual_virtual(hid_t f) {
    hid_t aside = group(f, "aside");
    x_of(aside, "values");
    H5Gclose(aside);
    virtual_in(f, "aside/more", "/aside/values");
    virtual_in(f, "x", "/aside/more");
    y_of(f, "y");
}

static const hdf5_file files[] = {
    {"an enumeration (h5py), signed", enumeration, X22 " | y YES NO", NULL},
    {"truth values with NA (hdf5r)", truth_with_na, X22 " | y 1 -", NULL},
    {"bit fields (PyTables)", bits, X22 " | y 1 0", NULL},
    {"texts of fixed length", fixed_texts, X22 " | y no yes", NULL},
    {"texts of any length", texts_of_any_length, X22 " | y yes a longer one", NULL},
    {"_FillValue among labels (netCDF)", fill_value, X22 " | y - 1", NULL},
    {"a missing sample", missing_sample, "x (2, 2) 1 2 nan 4 | y 0 1", NULL},
    {"scale and offset (netCDF)", packed, "x (2, 2) 60 110 160 -15 | y 0 1", NULL},
    {"NA of R", na_of_r, X22 " | y - 7", NULL},
    {"MATLAB 7.3", matlab, "x (2, 3) 1 2 3 4 5 6 | y 7 8", "its axes are those of MATLAB"},
    {"Octave", octave, "x (2, 3) 1 2 3 4 5 6 | y 7 8", "X: its axes are those of Octave"},
    {"sparse, one entry a row", sparse, "x (2, 3) 0 0 5 6 0 0 | y 0 1", "x is x, sparse"},
    {"sparse at the top", sparse_at_the_top, "x (2, 4) 0 0 5 0 6 0 0 0 | y 0 1", NULL},
    {"sparse and damaged", sparse_damaged, "! sparse matrix x: an index is negative", NULL},
    {"records (PyTables)", records, "size 80.5 40 | rooms 3 1 | colour red green",
     "table flats of size, rooms, colour"},
    {"complex numbers", complex_numbers, "! x holds complex numbers; expected numbers or texts",
     NULL},
    {"partly written", partly_written, "x (2, 2) 1 2 9 9 | y 0 1",
     "1 of its 2 chunks were never written and hold the file's fill value"},
    {"an unknown filter", lost_filter, "! compressed by filter 32015", NULL},
    {"a claim without values", never_written, "! but the file holds less", NULL},
    {"external storage", external, "! x holds values that lie in other files (external storage)",
     NULL},
    {"a large claim of external storage", large_external, "! values that lie in other files", NULL},
    {"virtual, of external storage", virtual_external, "! values that lie in other files", NULL},
    {"virtual, of virtual", virtual_virtual, X22 " | y 0 1", NULL},
    {"big-endian", big_endian, X22 " | y -300 1", NULL},
    {"pandas, a frame and a series", series_and_frame, XY, "x is x (2, 2) f64, y is y (2,) i32"},
    {"pandas, two blocks", two_blocks, "size 1 3 | temp 2 4 | sold 0 1", "table df of size, temp"},
    {"pandas, categories and times", hidden_values, "size 80.5 40 | day 1 2",
     "day: times as nanoseconds since 1970"},
    {"pandas, categories", hidden_values, "size 80.5 40 | day 1 2",
     "column 'kind' is left out: it holds categories by number"},
    {"pandas, categories with their texts", frame_categories, "kind blue - red | grade 10 25 25",
     NULL},
    {"AnnData", categories, X22 " | y cat dog", "y is obs/label"},
    {"unsigned numbers of 64 bits", unsigned_64, "! value 2 does not fit into 63 bits", NULL},
    {"labels that a double rounds", large_labels, X22 " | y 1 9007199254740992",
     "row 2: y is 9007199254740993, and whole numbers above 2^53 are rounded"},
#ifdef HAVE_LZF
    {"lzf (h5py)", lzf, XY, NULL},
    {"lzf, damaged", lzf_damaged, "! its values cannot be read", NULL},
#else
    {"lzf (h5py)", lzf, "! compressed by filter 32000", NULL},
    {"lzf, damaged", lzf_damaged, "! compressed by filter 32000", NULL},
#endif
};

static void files_are_what_their_writers_meant(void **state) {
    (void)state;
    READ_HDF5(files);
}

static void axes_of_julia_are_turned(void **state) {
    (void)state;
    hid_t list = H5Pcreate(H5P_FILE_CREATE);
    H5Pset_userblock(list, 512);
    hid_t f = H5Fcreate("one.jld2", H5F_ACC_TRUNC, list, H5P_DEFAULT);
    H5Dclose(put(f, "X", DOUBLES, DIMS(3, 2), (double[]){1, 4, 2, 5, 3, 6}));
    y_of(f, "y");
    H5Pclose(list);
    H5Fclose(f);
    FILE *file = fopen("one.jld2", "r+b");
    fputs("HDF5-based Julia Data Format, version 0.1.1", file);
    fclose(file);
    compare("JLD2", read_file("one.jld2"), "x (2, 3) 1 2 3 4 5 6 | y 0 1",
            "its axes are those of Julia");
}

/* HDF5 1.10 itself forgets a little memory where a file is damaged. */
__attribute__((visibility("default"))) const char *__lsan_default_suppressions(void);
const char *__lsan_default_suppressions(void) { return "leak:libhdf5"; }

/* Cut anywhere, a file is refused or read; the sanitizers look for the rest. */
static void a_damaged_hdf5_file_is_refused_or_read(void **state) {
    (void)state;
    hid_t f = H5Fcreate("whole.h5", H5F_ACC_TRUNC, H5P_DEFAULT, H5P_DEFAULT);
    records(f);
    sparse(f);
    H5Fclose(f);
    int64_t size;
    char *bytes = gl_read_file(g, "whole.h5", &size);
    assert_non_null(bytes);
    for (int64_t at = 8; at < size; at += size / 97) {
        char *copy = malloc((size_t)size);
        memcpy(copy, bytes, (size_t)size);
        memset(copy + at, at % 2 ? 0xFF : 0, (size_t)(size - at < 7 ? size - at : 7));
        gl_chunk chunk = {copy, at % 3 ? size : at};
        assert_int_equal(gl_write_file(g, "damaged.h5", &chunk, 1), GLIA_OK);
        glia_table_free(read_file("damaged.h5"));
        free(copy);
    }
    gl_free(g, bytes);
}

static int heard;

static herr_t count_error(hid_t stack, void *user) {
    (void)stack;
    heard += *(int *)user;
    return 0;
}

static herr_t count_first_kind(void *user) { return count_error(0, user); }

/* What the program itself hears of HDF5's errors, before and behind a reading as well as within. */
static void errors_of_the_program_are_its_own(void **state) {
    (void)state;
    int one = 1;
    H5E_auto2_t say;
    H5E_auto1_t say_first_kind;
    void *user;
    hid_t f = H5Fcreate("own.h5", H5F_ACC_TRUNC, H5P_DEFAULT, H5P_DEFAULT);
    records(f);
    H5Fclose(f);
    assert_int_equal(system("head -c 1000 own.h5 >cut.h5"), 0);
    for (int kind = 1; kind <= 2; kind++) {
        heard = 0;
        if (kind == 1) H5Eset_auto1(count_first_kind, &one);
        else H5Eset_auto2(H5E_DEFAULT, count_error, &one);
        glia_table_free(read_file("own.h5"));
        assert_null(read_file("cut.h5"));
        assert_int_equal(heard, 0);
        if (kind == 1) assert_true(H5Eget_auto1(&say_first_kind, &user) >= 0);
        else assert_true(H5Eget_auto2(H5E_DEFAULT, &say, &user) >= 0);
        assert_ptr_equal(user, &one);
        assert_true(kind == 1 ? say_first_kind == count_first_kind : say == count_error);
        assert_true(H5Fopen("nowhere.h5", H5F_ACC_RDONLY, H5P_DEFAULT) < 0);
        assert_int_equal(heard, 1);
    }
    H5Eset_auto2(H5E_DEFAULT, NULL, NULL);
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(files_are_what_their_writers_meant),
        cmocka_unit_test(axes_of_julia_are_turned),
        cmocka_unit_test(a_damaged_hdf5_file_is_refused_or_read),
        cmocka_unit_test(errors_of_the_program_are_its_own),
    };
    return cmocka_run_group_tests_name("hdf5", tests, open_arrays, close_context);
}
