/*
 * numpy.c: NumPy's files: npy of every type, npz, and labels beside them.
 */
#include "arrays.h"

#include <zlib.h>

typedef struct blob {
    char bytes[8192];
    size_t n;
} blob;

static void add_bytes(blob *b, const void *bytes, size_t n) {
    assert_true(b->n + n <= sizeof b->bytes);
    memcpy(b->bytes + b->n, bytes, n);
    b->n += n;
}

static void write_blob(const char *path, const blob *b) {
    FILE *f = fopen(path, "wb");
    assert_non_null(f);
    assert_int_equal(fwrite(b->bytes, 1, b->n, f), b->n);
    fclose(f);
}

/* As numpy.save writes it: the values begin at a multiple of 64. */
static blob npy(const char *descr, bool fortran, const char *shape, const void *data, size_t n) {
    blob b = {0};
    char header[512];
    int length =
        snprintf(header, sizeof header, "{'descr': %s, 'fortran_order': %s, 'shape': (%s), }",
                 descr, fortran ? "True" : "False", shape);
    int padded = (length + 1 + 10 + 63) / 64 * 64 - 10;
    memset(header + length, ' ', (size_t)(padded - length));
    header[padded - 1] = '\n';
    add_bytes(&b, "\x93NUMPY\1\0", 8);
    add_bytes(&b, (unsigned char[]){(unsigned char)padded, (unsigned char)(padded >> 8)}, 2);
    add_bytes(&b, header, (size_t)padded);
    add_bytes(&b, data, n);
    return b;
}

#define B(text) text, sizeof(text) - 1
#define RECORDS "[('size', '<f4'), ('', '|V4'), ('colour', '<U2'), ('box', '|u1', (2,))]"

static const struct {
    const char *what, *descr;
    bool fortran;
    const char *shape, *data;
    size_t size;
    const char *expected;
} npy_files[] = {
    {"big-endian floats", "'>f4'", false, "2,", B("\x3f\x80\0\0\xc0\0\0\0"), "x (2, 1) 1 -2"},
    {"big-endian integers", "'>i2'", false, "2,", B("\xff\xfe\0\1"), "x (2, 1) -2 1"},
    {"big-endian doubles", "'>f8'", false, "1,", B("\x3f\xf0\0\0\0\0\0\0"), "x (1, 1) 1"},
    {"half", "'<f2'", false, "3,", B("\0\x3c\1\0\0\xc0"), "x (3, 1) 1 5.960464477539063e-08 -2"},
    {"signed bytes", "'|i1'", false, "2,", B("\xff\1"), "x (2, 1) -1 1"},
    {"unsigned, 32 bits", "'<u4'", false, "1,", B("\xff\xff\xff\xff"), "x (1, 1) 4294967295"},
    {"unsigned, 64 bits", "'<u8'", false, "1,", B("\1\0\0\0\0\0\0\0"), "x (1, 1) 1"},
    {"unsigned and too large", "'<u8'", false, "1,", B("\0\0\0\0\0\0\0\x80"),
     "! does not fit into 63 bits"},
    {"truth values", "'|b1'", false, "2,", B("\1\0"), "x (2, 1) 1 0"},
    {"Fortran order", "'|u1'", true, "2, 3", B("\1\4\2\5\3\6"), "x (2, 3) 1 2 3 4 5 6"},
    {"Fortran order, three axes", "'|u1'", true, "2, 1, 2", B("\1\3\2\4"), "x (2, 1, 2) 1 2 3 4"},
    {"five axes", "'|u1'", false, "1, 1, 1, 2, 2", B("\1\2\3\4"), "x (1, 1, 1, 4) 1 2 3 4"},
    {"records", RECORDS, false, "2,",
     B("\0\0\x80\x3fpad.a\0\0\0b\0\0\0\1\2"
       "\0\0\0\x40pad.c\0\0\0\0\0\0\0\3\4"),
     "size 1 2 | colour ab c | box_0 1 3 | box_1 2 4"},
    {"records in records", "[('a', [('b', '<f4')])]", false, "1,", B("\0\0\0\0"),
     "! found [('a', [('b', '<f4')], expected records whose members are numbers or texts"},
    {"texts as samples", "'|S2'", false, "2,", B("nojo"), "! x holds texts"},
    {"complex numbers", "'<c8'", false, "1,", B("\0\0\0\0\0\0\0\0"),
     "! array holds complex numbers ('<c8'); expected numbers or texts, so save a.real"},
    {"objects", "'|O'", false, "2,", B("\x80\4"),
     "! array holds Python objects ('|O'); expected numbers or texts, so save a.astype(float)"},
    {"dates", "'<M8[D]'", false, "1,", B("\0\0\0\0\0\0\0\0"), "! so save a.astype('int64')"},
    {"a single value", "'<f4'", false, "", B("\0\0\0\0"), "! this is a single value"},
    {"cut short", "'<f4'", false, "2,", B("\0\0\0\0"), "! found 4 bytes of values, expected 8"},
    {"absurd", "'<f4'", false, "99999999999, 99999999999", B("\0\0\0\0"),
     "! is too large for any memory"},
};

static void npy_files_of_every_type_are_read(void **state) {
    (void)state;
    for (size_t i = 0; i < sizeof npy_files / sizeof *npy_files; i++) {
        blob b = npy(npy_files[i].descr, npy_files[i].fortran, npy_files[i].shape,
                     npy_files[i].data, npy_files[i].size);
        write_blob("one.npy", &b);
        compare(npy_files[i].what, read_file("one.npy"), npy_files[i].expected, NULL);
    }
}

static void write_xy(void) {
    blob x = npy("'|u1'", false, "2, 2", B("\1\2\3\4")),
         y = npy("'<U3'", false, "2,", B("n\0\0\0o\0\0\0\0\0\0\0y\0\0\0e\0\0\0s\0\0\0"));
    write_blob("x.npy", &x);
    write_blob("y.npy", &y);
    y = npy("'|S3'", false, "2, 1", B("no\0yes"));
    write_blob("s.npy", &y);
    y = npy("'|u1'", false, "2, 3", B("\0\1\0\1\0\0"));
    write_blob("hot.npy", &y);
    FILE *f = fopen("labels.csv", "w");
    fputs("sold,colour\n1,red\n0,green\n", f);
    fclose(f);
    f = fopen("one.csv", "w");
    fputs("sold\nyes\nno\n", f);
    fclose(f);
}

static void labels_are_texts_or_a_column_of_a_table(void **state) {
    (void)state;
    write_xy();
#define X_BYTES "x (2, 2) 1 2 3 4"
    compare("texts", read_arrays("x.npy", "y.npy"), X_BYTES " | y no yes", NULL);
    compare("bytes", read_arrays("x.npy", "s.npy"), X_BYTES " | y no yes", NULL);
    compare("a table of one column", read_arrays("x.npy", "one.csv"), X_BYTES " | y yes no", NULL);
    compare("a column by name", read_arrays("x.npy", "labels.csv:colour"), X_BYTES " | y red green",
            NULL);
    compare("a column of numbers", read_arrays("x.npy", "labels.csv:sold"), X_BYTES " | y 1 0",
            NULL);
    compare("which column", read_arrays("x.npy", "labels.csv"), "! it is a table of 2 columns",
            NULL);
    compare("one-hot labels", read_arrays("x.npy", "hot.npy"),
            "! x has 2 rows, y has shape (2, 3); expected one label per row: (2,) or (2, 1); where "
            "one value of each row is 1, y.argmax(axis=1) in Python gives the labels",
            NULL);
    compare("a table as samples", read_arrays("one.csv", "y.npy"), "! x holds texts", NULL);
}

typedef struct member {
    const char *name;
    blob b;
} member;

static void add_little(blob *b, uint64_t v, int n) {
    for (int i = 0; i < n; i++) add_bytes(b, &(char){(char)(i < 8 ? v >> 8 * i : 0)}, 1);
}

/* What both headers of a member share. */
static void add_sizes(blob *b, int method, const char *name, uLong crc, size_t packed,
                      size_t size) {
    add_little(b, 20, 2), add_little(b, 0, 2), add_little(b, (uint64_t)method, 2);
    add_little(b, 0, 4), add_little(b, crc, 4);
    add_little(b, packed, 4), add_little(b, size, 4);
    add_little(b, strlen(name), 2), add_little(b, 0, 2);
}

static size_t pack(int method, const blob *from, char *to, size_t room) {
    if (!method) return memcpy(to, from->bytes, from->n), from->n;
    z_stream s = {.next_in = (Bytef *)(uintptr_t)from->bytes, .avail_in = (uInt)from->n};
    s.next_out = (Bytef *)to, s.avail_out = (uInt)room;
    deflateInit2(&s, 9, Z_DEFLATED, -MAX_WBITS, 8, Z_DEFAULT_STRATEGY);
    assert_int_equal(deflate(&s, Z_FINISH), Z_STREAM_END);
    deflateEnd(&s);
    return room - s.avail_out;
}

static blob zip(int method, const member *m, int count) {
    blob b = {0}, directory = {0};
    for (int i = 0; i < count; i++) {
        char packed[4096];
        size_t n = pack(method, &m[i].b, packed, sizeof packed), at = b.n;
        uLong crc = crc32(0, (const Bytef *)m[i].b.bytes, (uInt)m[i].b.n);
        add_bytes(&b, "PK\3\4", 4);
        add_sizes(&b, method, m[i].name, crc, n, m[i].b.n);
        add_bytes(&b, m[i].name, strlen(m[i].name));
        add_bytes(&b, packed, n);
        add_bytes(&directory, "PK\1\2\24\0", 6);
        add_sizes(&directory, method, m[i].name, crc, n, m[i].b.n);
        add_little(&directory, 0, 10), add_little(&directory, at, 4);
        add_bytes(&directory, m[i].name, strlen(m[i].name));
    }
    size_t at = b.n;
    add_bytes(&b, directory.bytes, directory.n);
    add_bytes(&b, "PK\5\6\0\0\0\0", 8);
    add_little(&b, (uint64_t)count, 2), add_little(&b, (uint64_t)count, 2);
    add_little(&b, directory.n, 4), add_little(&b, at, 4), add_little(&b, 0, 2);
    return b;
}

static blob keras_mnist(int method) {
    const member m[] = {
        {"x_test.npy", npy("'|u1'", false, "1, 2", B("\7\7"))},
        {"x_train.npy", npy("'|u1'", false, "2, 2", B("\1\2\3\4"))},
        {"y_train.npy", npy("'|S3'", false, "2,", B("no\0yes"))},
        {"y_test.npy", npy("'|S3'", false, "1,", B("yes"))},
        {"names.npy", npy("'|O'", false, "2,", B("\x80\4"))},
    };
    return zip(method, m, 5);
}

static void npz_files_are_pairs_by_name(void **state) {
    (void)state;
    for (int method = 0; method <= 8; method += 8) {
        blob b = keras_mnist(method);
        write_blob("mnist.npz", &b);
        compare("Keras", read_file("mnist.npz"), X_BYTES " | y no yes",
                "x is x_train (2, 2) u8, y is y_train (2,) texts; x_test and y_test of the same");
        compare("by name", read_arrays("mnist.npz:x_test", "mnist.npz:y_test"),
                "x (1, 2) 7 7 | y yes", NULL);
        compare("objects", read_arrays("mnist.npz:names", NULL), "! Python objects ('|O')", NULL);
    }
}

/* numpy.savez(a, b) */
static void arrays_without_names_are_a_pair_by_their_shapes(void **state) {
    (void)state;
    const struct {
        const char *what;
        blob a, b;
        const char *expected;
    } cases[] = {
        {"x, y", npy("'|u1'", false, "2, 2", B("\1\2\3\4")), npy("'|u1'", false, "2,", B("\7\10")),
         X_BYTES " | y 7 8"},
        {"y, x", npy("'|S1'", false, "2, 1", B("ab")), npy("'|u1'", false, "2, 2", B("\1\2\3\4")),
         X_BYTES " | y a b"},
        {"transposed", npy("'|u1'", false, "2, 3", B("\1\2\3\4\5\6")),
         npy("'|u1'", false, "3,", B("\1\2\3")),
         "! x may be transposed: its shape is (2, 3), and rows are the first axis; transpose x"},
        {"two matrices", npy("'|u1'", false, "2, 2", B("\1\2\3\4")),
         npy("'|u1'", false, "2, 2", B("\1\2\3\4")),
         "! its arrays are: arr_0 (2, 2) u8, arr_1 (2, 2) u8; in place of the file say "
         "option 'x' FILE:ARRAY option 'y'"},
        {"other lengths", npy("'|u1'", false, "2, 2", B("\1\2\3\4")),
         npy("'|u1'", false, "3,", B("\1\2\3")), "! found no pair"},
    };
    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
        const member m[] = {{"arr_0.npy", cases[i].a}, {"arr_1.npy", cases[i].b}};
        blob b = zip(8, m, 2);
        write_blob("savez.npz", &b);
        compare(cases[i].what, read_file("savez.npz"), cases[i].expected,
                *cases[i].expected == 'x' ? "by their shapes, as they have no names" : NULL);
    }
}

static void a_sparse_npz_is_a_matrix(void **state) {
    (void)state;
    for (int by_columns = 0; by_columns < 2; by_columns++) {
        const member m[] = {
            {"indices.npy", npy("'<i4'", false, "2,", B("\2\0\0\0\0\0\0\0"))},
            {"indptr.npy", by_columns ? npy("'|u1'", false, "4,", B("\0\1\1\2"))
                                      : npy("'|u1'", false, "3,", B("\0\1\2"))},
            {"format.npy", npy("'|S3'", false, "", by_columns ? "csc" : "csr", 3)},
            {"shape.npy",
             npy("'<i8'", false, "2,",
                 by_columns ? "\3\0\0\0\0\0\0\0\3\0\0\0\0\0\0" : "\2\0\0\0\0\0\0\0\3\0\0\0\0\0\0",
                 16)},
            {"data.npy", npy("'|u1'", false, "2,", B("\5\6"))},
        };
        blob b = zip(8, m, 5);
        write_blob("sparse.npz", &b);
        compare("SciPy", read_arrays("sparse.npz:data", NULL),
                by_columns ? "x (3, 3) 0 0 6 0 0 0 5 0 0" : "x (2, 3) 0 0 5 6 0 0", NULL);
    }
}

static void a_damaged_npz_is_refused_or_read(void **state) {
    (void)state;
    blob whole = keras_mnist(8);
    for (size_t at = 0; at < whole.n; at += 3) {
        blob b = whole;
        b.bytes[at] ^= (char)(1 + at % 255);
        if (at % 4 == 0) b.n = at;
        write_blob("damaged.npz", &b);
        glia_read_options options = {.format = "npz"};
        gl_listener before = gl_hush(g);
        glia_table_free(glia_table_read(g, "damaged.npz", &options));
        gl_unlisten(g, before);
    }
    whole.bytes[whole.n / 5] ^= 1;
    write_blob("damaged.npz", &whole);
    compare("a flipped bit", read_arrays("damaged.npz:x_test", NULL), "! damaged", NULL);
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(npy_files_of_every_type_are_read),
        cmocka_unit_test(labels_are_texts_or_a_column_of_a_table),
        cmocka_unit_test(npz_files_are_pairs_by_name),
        cmocka_unit_test(arrays_without_names_are_a_pair_by_their_shapes),
        cmocka_unit_test(a_sparse_npz_is_a_matrix),
        cmocka_unit_test(a_damaged_npz_is_refused_or_read),
    };
    return cmocka_run_group_tests_name("numpy", tests, open_arrays, close_context);
}
