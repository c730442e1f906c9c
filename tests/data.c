/*
 * data.c: readers, tables, splits and the pipeline. A case is one line: the bytes of a file, and
 * the table or the message that they give. Tables are written "name:n 1 2 _ | name:c a b" (n
 * numbers, c categories, _ missing).
 */
#include <math.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>
#include <zlib.h>

#include <cmocka.h>

#include "../src/base/random.h"
#include "../src/prepare/pipeline.h"
#include "../src/read/readers.h"
#include "scarce.h"

static glia_ctx *g;
static char said[8192]; /* notes and warnings since the last forget() */
static char folder[] = "/tmp/glia-data-XXXXXX";

static void listen_in(void *user, glia_level level, const char *text) {
    (void)user;
    size_t n = strlen(said);
    snprintf(said + n, sizeof said - n, "%s: %s\n", level == GLIA_NOTE ? "note" : "warning", text);
}

static void forget(void) { said[0] = 0; }

static const char *path_of(const char *name) {
    static char path[8][256];
    static int turn;
    turn = (turn + 1) % 8;
    snprintf(path[turn], sizeof path[turn], "%s/%s", folder, name);
    return path[turn];
}

static const char *written(const char *name, const void *bytes, size_t n) {
    const char *path = path_of(name);
    FILE *f = fopen(path, "wb");
    assert_non_null(f);
    assert_int_equal(fwrite(bytes, 1, n, f), n);
    fclose(f);
    return path;
}

static const char *text_file(const char *name, const char *text) {
    return written(name, text, strlen(text));
}

static glia_table *parsed(const char *text, const glia_read_options *o) {
    glia_table *t = glia_table_read(g, text_file("t.csv", text), o);
    if (!t) fail_msg("%s", glia_message(g));
    return t;
}

static void describe(const glia_table *t, char *out, size_t size) {
    size_t n = 0;
    for (int j = 0; j < t->columns; j++) {
        n += (size_t)snprintf(out + n, size - n, "%s%s:%c", j ? " | " : "", t->column[j].name,
                              "nca"[t->column[j].type]);
        for (int64_t i = 0; i < t->rows && n < size; i++) {
            char cell[64];
            glia_table_cell(t, i, j, cell, sizeof cell);
            n += (size_t)snprintf(out + n, size - n, " %s", *cell ? cell : "_");
        }
    }
}

static void expect_in(const char *text, const char *part) {
    if (!strstr(text, part)) fail_msg("found: %s\n expected in it: %s", text, part);
}

/* ---------------------------------------------------------------------------- CSV, read well -- */

static const struct {
    const char *what, *text, *table;
    glia_read_options o;
} good[] = {
    {"a header and numbers", "a,b\n1,2\n3,4\n", "a:n 1 3 | b:n 2 4"},
    {"no line end at the end", "a,b\n1,2", "a:n 1 | b:n 2"},
    {"CRLF", "a,b\r\n1,x\r\n2,y\r\n", "a:n 1 2 | b:c x y"},
    {"line ends of old Macs", "a,b\r1,2\r3,4\r", "a:n 1 3 | b:n 2 4"},
    {"a byte order mark",
     "\xEF\xBB\xBF"
     "a,b\n1,2\n",
     "a:n 1 | b:n 2"},
    {"no header: all numbers", "1,2\n3,4\n", "c1:n 1 3 | c2:n 2 4"},
    {"no header: numbers and a class", "5.1,3.5,setosa\n4.9,3.0,setosa\n",
     "c1:n 5.1 4.9 | c2:n 3.5 3 | c3:c setosa setosa"},
    {"one row without a header", "5.1,3.5,setosa\n", "c1:n 5.1 | c2:n 3.5 | c3:c setosa"},
    {"column numbers as a header", "0,1,2\n1,2.5,3.5\n0,1.5,2.25\n",
     "0:n 1 0 | 1:n 2.5 1.5 | 2:n 3.5 2.25"},
    {"counting data is no header", "0,1,2\n3,4,5\n", "c1:n 0 3 | c2:n 1 4 | c3:n 2 5"},
    {"texts only, with a header", "animal,sound\ncat,meow\ndog,woof\n",
     "animal:c cat dog | sound:c meow woof"},
    {"texts only, no header: one comes again", "p,x\ne,x\np,s\n", "c1:c p e p | c2:c x x s"},
    {"a header said", "1,2\n3,4\n", "1:n 3 | 2:n 4", {.header = 1}},
    {"no header said", "a,b\n1,2\n", "c1:c a 1 | c2:c b 2", {.header = -1}},
    {"an unnamed first column", ",a\n0,1.5\n1,2.5\n", "c1:n 0 1 | a:n 1.5 2.5"},
    {"semicolons", "a;b\n1;2\n", "a:n 1 | b:n 2"},
    {"semicolons and decimal commas", "a;b\n1,5;2\n2,5;3,25\n", "a:n 1.5 2.5 | b:n 2 3.25"},
    {"semicolons and points", "a;b\n1.5;2\n", "a:n 1.5 | b:n 2"},
    {"tabs", "a\tb\n1\t2\n", "a:n 1 | b:n 2"},
    {"an empty cell at the end of a tab line", "a\tb\n1\t\n2\t3\n", "a:n 1 2 | b:n _ 3"},
    {"bars", "a|b\n1|x y\n", "a:n 1 | b:c x y"},
    {"one blank between cells", "a b\n1 2\n", "a:n 1 | b:n 2"},
    {"many blanks between cells", "  1   2\n 3  4.5 \n", "c1:n 1 3 | c2:n 2 4.5"},
    {"blanks, quoted", "a b\n1 \"x y\"\n2   z\n", "a:n 1 2 | b:c x y z"},
    {"comma and blank", "98.87, 599.0\n68.74, 450.0\n", "c1:n 98.87 68.74 | c2:n 599 450"},
    {"one column", "a\n1\n2\n", "a:n 1 2"},
    {"one column of words", "name\nNew York\nParis\n", "name:c New York Paris"},
    {"blanks around cells", " a , b \n 1 ,\t2 \n", "a:n 1 | b:n 2"},
    {"quotes", "\"a\",\"b\"\n\"1\",\"x\"\n", "a:n 1 | b:c x"},
    {"a comma in quotes", "a,b\n1,\"x, y\"\n", "a:n 1 | b:c x, y"},
    {"a quote in quotes", "a,b\n1,\"say \"\"hi\"\"\"\n", "a:n 1 | b:c say \"hi\""},
    {"a line end in quotes", "a,b\n1,\"x\ny\"\n2,z\n", "a:n 1 2 | b:c x\ny z"},
    {"missing cells", "a,b\n,x\nNA,?\nNaN,null\n1,\n", "a:n _ _ _ 1 | b:c x _ _ _"},
    {"quoted missing cells", "a,b\n\"\",x\n1,\"NA\"\n", "a:n _ 1 | b:c x NA"},
    {"one more text for missing",
     "a,b\n-999,x\n1,none\n",
     "a:n -999 1 | b:c x _",
     {.missing = "\"none\""}},
    {"a number for missing", "a,b\n-999,x\n1,y\n", "a:n _ 1 | b:c x y", {.missing = "-999"}},
    {"only missing cells", "a,b\n,1\n,2\n", "a:n _ _ | b:n 1 2"},
    {"exponents and signs", "a,b\n1e3,+2\n-.5,3.\n", "a:n 1000 -0.5 | b:n 2 3"},
    {"seventeen digits", "a\n0.1234567890123456789\n123456789012345678\n",
     "a:n 0.12345678901234568 1.2345678901234568e+17"},
    {"a text after numbers keeps their spelling", "a,b\n01,1\n1.0,2\nx,3\n",
     "a:c 01 1.0 x | b:n 1 2 3"},
    {"hexadecimal is text", "a,b\n0x10,1\n0x11,2\n", "a:c 0x10 0x11 | b:n 1 2"},
    {"a date is a date", "a,b\n2020-01-01,1\n2020-01-02,2\n",
     "a:n 2020-01-01 2020-01-02 | b:n 1 2"},
    {"inf among texts is text", "a,b\ninf,1\nx,2\n", "a:c inf x | b:n 1 2"},
    {"blank lines", "\n\na,b\n\n1,2\n  \n3,4\n\n\n", "a:n 1 3 | b:n 2 4"},
    {"a delimiter at every line's end", "a,b,\n1,2,\n3,4,\n", "a:n 1 3 | b:n 2 4"},
    {"latin-1 said",
     "name,b\nM\xFCller,1\n",
     "name:c M\xC3\xBCller | b:n 1",
     {.encoding = "latin-1"}},
    {"latin-1 found out", "name,b\nM\xFCller,1\n", "name:c M\xC3\xBCller | b:n 1"},
    {"UTF-8", "name,b\nM\xC3\xBCller,1\n", "name:c M\xC3\xBCller | b:n 1"},
    {"a name that comes twice", "a,a,b\n1,2,3\n", "a:n 1 | a_2:n 2 | b:n 3"},
    {"a delimiter said", "a;b,c\n1;2,3\n", "a;b:c 1;2 | c:n 3", {.delimiter = ","}},
    {"a format said", "a\tb,c\n1\t2\n", "a:n 1 | b,c:n 2", {.format = "tsv"}},
};

static void good_tables(void **state) {
    (void)state;
    for (size_t i = 0; i < sizeof good / sizeof *good; i++) {
        char found[1024];
        glia_table *t = glia_table_read(g, text_file("good.csv", good[i].text), &good[i].o);
        if (!t) fail_msg("%s: %s", good[i].what, glia_message(g));
        describe(t, found, sizeof found);
        if (strcmp(found, good[i].table) != 0)
            fail_msg("%s:\n found    %s\n expected %s", good[i].what, found, good[i].table);
        glia_table_free(t);
    }
}

/* ------------------------------------------------------------------------- CSV, refused well -- */

static const struct {
    const char *what, *text, *message;
    glia_read_options o;
} bad[] = {
    {"an empty file", "", "bad.csv: the file is empty"},
    {"only blank lines", "\n \n\n", "bad.csv: the file is empty"},
    {"only a header", "a,b\n", "found a header and no rows below it"},
    {"a short row", "a,b,c\n1,2,3\n4,5\n",
     "bad.csv, line 3: found 2 cells, expected 3 as in line 1"},
    {"a long row", "a,b\n1,2\n\n3,4,5\n",
     "bad.csv, line 4: found 3 cells, expected 2 as in line 1"},
    {"a ragged row after a quoted line end", "a,b\n1,\"x\ny\"\n3\n",
     "bad.csv, line 4: found 1 cell, expected 2"},
    {"a quote never closed", "a,b\n1,x\n2,\"y\n3,z\n",
     "bad.csv, line 3: a quote (\") in the row that begins here is never closed"},
    {"a quote never closed, first line", "\"a,b\n1,2\n", "line 1: a quote"},
    {"half a character of UTF-16",
     "\xFF\xFE"
     "a",
     "line 1: byte 0x61 is not UTF-16"},
    {"bad UTF-8 where UTF-8 was said",
     "a,b\n\xFF,1\n",
     "bad.csv, line 2: byte 0xff is not UTF-8; try option 'encoding' latin-1",
     {.encoding = "utf-8"}},
    {"an unknown encoding", "a\n1\n", "encoding 'ebcdic' is not known", {.encoding = "ebcdic"}},
    {"an unknown delimiter", "a\n1\n", "delimiter '::' cannot separate cells", {.delimiter = "::"}},
    {"an unknown decimal mark", "a\n1\n", "decimal mark '*' is not known", {.decimal = "*"}},
    {"a comma for two things", "a,b\n1,2\n", "the comma cannot be both", {.decimal = ","}},
    {"an unknown format", "a\n1\n", "format 'xls' is not known; expected csv", {.format = "xls"}},
};

static void bad_tables(void **state) {
    (void)state;
    for (size_t i = 0; i < sizeof bad / sizeof *bad; i++) {
        glia_table *t = glia_table_read(g, text_file("bad.csv", bad[i].text), &bad[i].o);
        if (t) fail_msg("%s: it was read", bad[i].what);
        if (!strstr(glia_message(g), bad[i].message)) {
            fail_msg("%s:\n found    %s\n expected %s", bad[i].what, glia_message(g),
                     bad[i].message);
        }
    }
}

static void files_that_are_none(void **state) {
    (void)state;
    assert_null(glia_table_read(g, path_of("nothing.csv"), NULL));
    assert_int_equal(glia_code(g), GLIA_INPUT);
    expect_in(glia_message(g), "nothing.csv");
    assert_null(glia_table_read(g, folder, NULL));
    expect_in(glia_message(g), "there are no pictures in it");
    assert_null(glia_table_read(g, written("zero.csv", "a,b\n1,\0\n", 8), NULL));
    expect_in(glia_message(g), "zero.csv, line 2: found a zero byte");
    assert_null(glia_table_read(g, text_file("x.parquet", "PAR1\1"), NULL));
    expect_in(glia_message(g), "it is Parquet, and this kind of file is not read");
}

static void a_gzipped_table_is_read_and_a_cut_one_refused(void **state) {
    (void)state;
    const char *path = path_of("t.csv.gz");
    gzFile z = gzopen(path, "wb");
    gzputs(z, "a,b\n1,2\n3,4\n");
    gzclose(z);
    glia_table *t = glia_table_read(g, path, NULL);
    assert_non_null(t);
    assert_int_equal(t->rows, 2);
    glia_table_free(t);
    z = gzopen(path, "ab"); /* a member of its own */
    gzputs(z, "5,6\n");
    gzclose(z);
    forget();
    t = glia_table_read(g, path, NULL);
    assert_non_null(t);
    assert_int_equal(t->rows, 3);
    assert_string_equal(said, "");
    glia_table_free(t);
    struct stat st;
    stat(path, &st);
    assert_int_equal(truncate(path, st.st_size - 9), 0);
    assert_null(glia_table_read(g, path, NULL));
    expect_in(glia_message(g), "the gzip data ends too early");
}

static void a_slip_among_many_numbers_is_told(void **state) {
    (void)state;
    char text[2048] = "a,b\n";
    for (int i = 0; i < 150; i++) strcat(text, i == 120 ? "oops,1\n" : "3,1\n");
    forget();
    glia_table *t = parsed(text, NULL);
    assert_int_equal(t->column[0].type, GLIA_CATEGORY);
    expect_in(said, "column 'a': 149 numbers and 1 text, the first 'oops' in line 122");
    glia_table_free(t);
}

/* ------------------------------------------------------------------------------------ tables -- */

static void a_written_table_reads_back_the_same(void **state) {
    (void)state;
    glia_table *t = parsed("a,\"b,c\",d\n0.1,\"x \"\"y\"\"\",1\n,\"p\nq\",2\n1e-300,,3\n", NULL);
    char before[512], after[512];
    describe(t, before, sizeof before);
    const char *path = path_of("copy.csv");
    assert_int_equal(glia_table_write(t, path, NULL, 0), GLIA_OK);
    glia_table *again = glia_table_read(g, path, NULL);
    assert_non_null(again);
    describe(again, after, sizeof after);
    assert_string_equal(before, after);
    glia_table_free(again);
    assert_int_equal(glia_table_write(t, path, (int64_t[]){2, 0}, 2), GLIA_OK);
    again = glia_table_read(g, path, NULL);
    describe(again, after, sizeof after);
    assert_string_equal(after, "a:n 1e-300 0.1 | b,c:c _ x \"y\" | d:n 3 1");
    glia_table_free(again);
    glia_table_free(t);
}

static void columns_know_their_values(void **state) {
    (void)state;
    glia_table *t = parsed("a,b\n1,x\n,y\n3,x\n3,\n", NULL);
    glia_column a = glia_table_column(t, 0), b = glia_table_column(t, 1);
    assert_true(a.missing == 1 && a.min == 1 && a.max == 3 && a.mean == 7.0 / 3 && a.distinct == 2);
    assert_true(b.missing == 1 && b.categories == 2 && b.type == GLIA_CATEGORY);
    int64_t count;
    assert_string_equal(glia_table_category(t, 1, 0, &count), "x");
    assert_int_equal(count, 2);
    assert_null(glia_table_category(t, 1, 2, &count));
    glia_table_free(t);
    t = parsed("a\n1\ninf\n4\n-1e999\n", NULL); /* what is finite is described */
    a = glia_table_column(t, 0);
    assert_true(a.infinite == 2 && a.missing == 0 && a.min == 1 && a.max == 4 && a.mean == 2.5);
    glia_table_free(t);
}

static void columns_are_found_by_name_and_number(void **state) {
    (void)state;
    glia_table *t = parsed("age,price,1\n1,2,3\n4,5.5,6\n", NULL);
    assert_int_equal(glia_table_locate(t, "price"), 1);
    assert_int_equal(glia_table_locate(t, "1"), 2); /* a name goes before a number */
    assert_int_equal(glia_table_locate(t, "2"), 1);
    assert_int_equal(glia_table_locate(t, "-3"), 0);
    assert_int_equal(glia_table_locate(t, "prise"), -1);
    expect_in(glia_message(g), "there is no column 'prise'; did you mean 'price'?");
    assert_int_equal(glia_table_locate(t, "7"), -1);
    expect_in(glia_message(g), "there is no column 7; it has 3");
    glia_table_free(t);
}

static void a_table_from_memory(void **state) {
    (void)state;
    float x[] = {1, 2, 3, 4};
    glia_table *t = glia_table_from(g, glia_tensor_f32(x, 2, 2), NULL);
    char found[128];
    describe(t, found, sizeof found);
    assert_string_equal(found, "c1:n 1 3 | c2:n 2 4");
    glia_table_free(t);
    assert_null(glia_table_from(g, glia_tensor_f32(x, 0, 2), NULL));
}

static void warnings_name_what_is_odd(void **state) {
    (void)state;
    char text[4096] = "id,same,gap,word,y\n";
    for (int i = 0; i < 60; i++) {
        size_t n = strlen(text);
        snprintf(text + n, sizeof text - n, "%d,7,%s,w%d,%s\n", i, i % 2 ? "" : "1.5", i,
                 i < 3 ? "rare" : "often");
    }
    glia_table *t = parsed(text, NULL);
    char lines[16][256], all[4096] = "";
    int n = glia_table_warnings(t, "y", lines, 16);
    for (int i = 0; i < n; i++) strcat(all, lines[i]);
    expect_in(all, "column 'id': a different whole number in every row");
    expect_in(all, "column 'same': constant");
    expect_in(all, "column 'gap': 50% of the cells are missing");
    expect_in(all, "column 'word': 60 different texts");
    expect_in(all, "the rarest has 3 rows, the most frequent 57");
    assert_int_equal(glia_table_warnings(t, "y", NULL, 0), n);
    glia_table_free(t);
}

/* ------------------------------------------------------------------------------------- split -- */

static void a_split_keeps_shares_order_and_every_row(void **state) {
    (void)state;
    char text[8192] = "x,y\n";
    for (int i = 0; i < 200; i++)
        snprintf(text + strlen(text), 32, "%d.5,%s\n", i, i % 10 ? "no" : "yes");
    glia_table *t = parsed(text, NULL);
    int64_t rows[200], again[200], n, m;
    assert_int_equal(glia_table_split(t, "y", 0.75, 7, rows, &n), GLIA_OK);
    assert_int_equal(n, 150);
    int yes = 0, seen[200] = {0};
    for (int i = 0; i < 200; i++) {
        seen[rows[i]]++;
        if (i && i != n) assert_true(rows[i - 1] < rows[i]);
        if (i < n) yes += rows[i] % 10 == 0;
    }
    for (int i = 0; i < 200; i++) assert_int_equal(seen[i], 1);
    assert_int_equal(yes, 15);
    glia_table_split(t, "y", 0.75, 7, again, &m);
    assert_memory_equal(rows, again, sizeof rows);
    glia_table_split(t, "y", 0.75, 8, again, &m);
    assert_memory_not_equal(rows, again, sizeof rows);
    glia_table_free(t);
}

/* The memory is the caller's, and holds anything. */
static void rows_without_classes_are_split_and_dealt_whatever_memory_held(void **state) {
    (void)state;
    glia_table *t = parsed("x,y\n1.5,2.25\n2.5,3.5\n3.5,1.5\n4.5,2\n", NULL);
    int64_t row[4], n;
    memset(row, 0x5a, sizeof row);
    assert_int_equal(glia_table_split(t, NULL, 0.5, 1, row, &n), GLIA_OK);
    assert_int_equal(n, 2);
    assert_int_equal(row[0] + row[1] + row[2] + row[3], 6);
    memset(row, 0x5a, sizeof row);
    assert_int_equal(glia_table_folds(t, "y", 2, 1, row), GLIA_OK);
    assert_int_equal(row[0] + row[1] + row[2] + row[3], 2);
    glia_table_free(t);
}

static void a_split_never_empties_a_part(void **state) {
    (void)state;
    static const double parts[] = {0.0001, 0.5, 0.9999};
    glia_table *t = parsed("x,y\n1.5,a\n2.5,b\n3.5,c\n", NULL);
    int64_t rows[3], n;
    for (int i = 0; i < 3; i++) {
        for (int target = 0; target < 2; target++) {
            assert_int_equal(glia_table_split(t, target ? "y" : NULL, parts[i], 1, rows, &n),
                             GLIA_OK);
            assert_in_range(n, 1, 2);
        }
    }
    assert_int_equal(glia_table_split(t, NULL, 1, 1, rows, &n), GLIA_USAGE);
    glia_table_free(t);
    t = parsed("x,y\n1.5,a\n", NULL);
    assert_int_equal(glia_table_split(t, NULL, 0.5, 1, rows, &n), GLIA_INPUT);
    glia_table_free(t);
}

/* ------------------------------------------------------------------------------------ arrays -- */

#define BYTES(s) s, sizeof(s) - 1
#define NPY(header, values) "\x93NUMPY\x01\x00\x76\x00" header values
/* 118 bytes of header: what numpy.save writes for these shapes. */
#define HEADER_2x2                                                                                 \
    "{'descr': '<f4', 'fortran_order': False, 'shape': (2, 2), }                                 " \
    "                         \n"
#define FORTRAN_2x2                                                                                \
    "{'descr': '<i2', 'fortran_order': True, 'shape': (2, 2), }                                  " \
    "                         \n"

static void npy_arrays_are_read(void **state) {
    (void)state;
    static const char f4[] = NPY(HEADER_2x2, "\0\0\x80\x3f\0\0\0\x40\0\0\x40\x40\0\0\x80\x40");
    gl_array a;
    assert_int_equal(gl_read_array(g, written("a.npy", BYTES(f4)), &a), GLIA_OK);
    glia_tensor t = a.values;
    assert_true(t.dtype == GLIA_F32 && t.ndim == 2 && t.dim[0] == 2 && t.dim[1] == 2);
    for (int i = 0; i < 4; i++) assert_true(glia_tensor_value(&t, i) == i + 1);
    gl_free(g, t.data);
    static const char i2[] = NPY(FORTRAN_2x2, "\1\0\3\0\2\0\xfc\xff");
    assert_int_equal(gl_read_array(g, written("f.npy", BYTES(i2)), &a), GLIA_OK);
    t = a.values;
    assert_true(glia_tensor_value(&t, 1) == 2 && glia_tensor_value(&t, 2) == 3 &&
                glia_tensor_value(&t, 3) == -4);
    gl_free(g, t.data);
}

#define IDX_2x2x1                                                                                  \
    "\0\0\x08\x03\0\0\0\2\0\0\0\2\0\0\0\1"                                                         \
    "\1\2\3\4"
#define IDX_LABELS                                                                                 \
    "\0\0\x08\x01\0\0\0\2"                                                                         \
    "\7\0"

static void idx_images_find_their_labels(void **state) {
    (void)state;
    written("t10k-labels-idx1-ubyte", BYTES(IDX_LABELS));
    glia_table *t = glia_table_read(g, written("t10k-images-idx3-ubyte", BYTES(IDX_2x2x1)), NULL);
    assert_non_null(t);
    assert_true(t->rows == 2 && t->columns == 2 && t->column[0].array.dtype == GLIA_U8 &&
                t->column[0].array.dim[1] == 2);
    assert_true(gl_number(&t->column[1], 0) == 7 && gl_number(&t->column[1], 1) == 0);
    assert_string_equal(glia_table_target_hint(t), "y");
    glia_table_free(t);
    written("train.labels.idx1.ubyte", BYTES("\0\0\x08\x01\0\0\0\3\1\2\3"));
    assert_null(glia_table_read(g, written("train.images.idx3.ubyte", BYTES(IDX_2x2x1)), NULL));
    expect_in(glia_message(g), "x has 2 rows, y has shape (3,)");
    t = glia_table_read(g, written("alone.idx", BYTES(IDX_2x2x1)), NULL);
    assert_non_null(t);
    assert_null(glia_table_target_hint(t));
    glia_table_free(t);
}

static const struct {
    const char *name, *bytes;
    size_t size;
    const char *message;
} bad_arrays[] = {
    {"a.idx", BYTES("\1\2\3\4"), "wrong magic number: found 01020304, expected 0000"},
    {"b.idx", BYTES("\0\0\x08\x03\0\0\0\2\0\0\0\2\0\0\0\1\1\2\3"),
     "found 3 bytes of values, expected 4 for shape (2, 2, 1)"},
    {"c.idx", BYTES("\0\0\x08\x01\xff\xff\xff\xff\1"),
     "found 1 bytes of values, expected 4294967295"},
    {"d.idx", BYTES("\0\0\x08\x03\xff\xff\xff\xff\xff\xff\xff\xff\xff\xff\xff\xff\1"),
     "too large for any memory"},
    {"e.idx", BYTES("\0\0\x08\x03\0\0"), "the file ends inside its header"},
    {"f.idx", BYTES("\0\0\x0a\x01\0\0\0\1\0\1"), "IDX type 0x0a is not read"},
    {"g.idx", BYTES("\0\0\x08\x01\0\0\0\0"), "the array is empty"},
    {"a.npy", BYTES("\x93NUMPX\x01\x00\x76\x00"), "wrong magic number"},
    {"b.npy", BYTES("\x93NUMPY\x09\x00\x76\x00"), "npy version 9 is not read"},
    {"c.npy", BYTES(NPY("", "")), "the file ends inside its header"},
    {"d.npy", BYTES(NPY(HEADER_2x2, "\0\0")),
     "found 2 bytes of values, expected 16 for shape (2, 2)"},
    {"e.npy", BYTES(NPY(HEADER_2x2, "\0\0\x80\x3f\0\0\x80\x7f\0\0\x40\x40\0\0\x80\x40")),
     "row 1: value 2 of x is infinite"},
    {"f.npy", BYTES("\x93NUMPY\x01\x00\x10\x00{'descr': '>f8'}"),
     "'fortran_order': found nothing, expected True or False"},
    {"g.npy", BYTES("\x93NUMPY\x01\x00\x2e\x00{'descr': '<f8','fortran_order':False,'shape'}"),
     "'shape': found nothing"},
    {"h.h5", BYTES("\x89HDF\r\n\x1a\nrubbish"), "no HDF5 file, or it is damaged"},
};

static void bad_arrays_are_refused(void **state) {
    (void)state;
    for (size_t i = 0; i < sizeof bad_arrays / sizeof *bad_arrays; i++) {
        glia_table *t =
            glia_table_read(g, written(bad_arrays[i].name, bad_arrays[i].bytes, bad_arrays[i].size),
                            NULL);
        if (t) fail_msg("%s: it was read", bad_arrays[i].name);
        if (strstr(glia_message(g), "glia-hdf5.so")) continue; /* built without HDF5 */
        expect_in(glia_message(g), bad_arrays[i].message);
    }
}

static void arrays_are_paired_when_said(void **state) {
    (void)state;
    written("y.idx", BYTES(IDX_LABELS));
    glia_table *t = glia_table_read_arrays(g, written("x.idx", BYTES(IDX_2x2x1)), path_of("y.idx"));
    assert_non_null(t);
    assert_int_equal(t->columns, 2);
    glia_table_free(t);
    t = glia_table_read_arrays(g, path_of("x.idx"), text_file("y.txt", "1\n2\n"));
    assert_non_null(t);
    assert_int_equal(gl_table_find(t, "y"), 1);
    glia_table_free(t);
    assert_null(glia_table_read_arrays(g, path_of("x.idx"), path_of("none.txt")));
    expect_in(glia_message(g), "there is no such file; expected an array file");
}

/* ---------------------------------------------------------------------------------- pipeline -- */

static gl_pipeline *fitted(const glia_table *t, const gl_pipeline_spec *spec) {
    gl_pipeline *p = gl_pipeline_fit(g, t, NULL, 0, spec);
    if (!p) fail_msg("%s", glia_message(g));
    return p;
}

static double *features(const gl_pipeline *p, const glia_table *t, const int64_t *rows, int64_t n) {
    gl_features x;
    if (gl_pipeline_apply(p, t, rows, n, GLIA_F64, false, &x)) fail_msg("%s", glia_message(g));
    return x.owned;
}

static void expect_numbers(const double *found, const double *expected, int n) {
    for (int i = 0; i < n; i++) {
        if (fabs(found[i] - expected[i]) > 1e-12)
            fail_msg("value %d: found %.17g, expected %.17g", i, found[i], expected[i]);
    }
}

static void numbers_and_texts_become_features(void **state) {
    (void)state;
    glia_table *t = parsed("a,b,y\n1,red,p\n3,blue,q\n,red,p\n5,,q\n", NULL);
    gl_pipeline *p = fitted(t, &(gl_pipeline_spec){0});
    assert_int_equal(gl_pipeline_features(p), 3);
    assert_int_equal(gl_pipeline_task(p), GL_BINARY);
    double s = sqrt(2), *x = features(p, t, NULL, 0); /* a: 1 3 3 5 */
    expect_numbers(x, (double[]){-2 / s, 0, 1, 0, 1, 0, 0, 0, 1, 2 / s, 0, 1}, 12);
    gl_free(g, x);
    double *y = gl_pipeline_labels(p, t, NULL, 0, GLIA_F64);
    expect_numbers(y, (double[]){0, 1, 0, 1}, 4);
    gl_free(g, y);
    gl_pipeline_free(p);
    glia_table_free(t);
}

static void a_pipeline_is_fitted_on_the_training_rows_only(void **state) {
    (void)state;
    glia_table *t = parsed("a,b,y\n1,u,0.5\n1000,v,77\n3,w,1.5\n2,u,3\n", NULL);
    static const int64_t train[] = {0, 2, 3};
    gl_pipeline *p = gl_pipeline_fit(g, t, train, 3, &(gl_pipeline_spec){.scale = "minmax"});
    assert_non_null(p);
    assert_int_equal(gl_pipeline_features(p), 3); /* a, and b's texts u and w */
    double *x = features(p, t, (int64_t[]){1}, 1);
    expect_numbers(x, (double[]){999.0 / 2, 0, 0}, 3);
    gl_free(g, x);
    gl_pipeline_free(p);
    glia_table_free(t);
}

static void columns_are_matched_by_name(void **state) {
    (void)state;
    glia_table *t = parsed("a,b,y\n1,u,0.5\n2,v,7\n4,u,8\n", NULL),
               *other = parsed("extra,b,a\n9,v,2\n9,u,1\n", NULL);
    gl_pipeline *p = fitted(t, &(gl_pipeline_spec){.scale = "none"});
    double *x = features(p, other, NULL, 0);
    expect_numbers(x, (double[]){2, 0, 1, 1, 1, 0}, 6);
    gl_free(g, x);
    glia_table_free(other);
    gl_pipeline_free(p);
    glia_table_free(t);
}

static const struct {
    const char *what, *train, *data, *message;
} strangers[] = {
    {"a missing column", "age,b,y\n1,2,0.5\n2,3.5,7\n", "ages,b\n1,2\n",
     "column 'age' is missing, the model was trained with it; did you rename it to 'ages'?"},
    {"text where numbers were", "a,b,y\n1,2,0.5\n2,3.5,7\n", "a,b\n1,2\ncheap,3\n",
     "t.csv, line 3, column 'a': found 'cheap', expected a number as in training"},
};

static void strange_data_is_refused(void **state) {
    (void)state;
    for (size_t i = 0; i < sizeof strangers / sizeof *strangers; i++) {
        glia_table *t = parsed(strangers[i].train, NULL),
                   *other = parsed(strangers[i].data, &(glia_read_options){.header = 1});
        gl_pipeline *p = fitted(t, &(gl_pipeline_spec){0});
        gl_features x;
        assert_int_equal(gl_pipeline_apply(p, other, NULL, 0, GLIA_F32, false, &x), GLIA_INPUT);
        expect_in(glia_message(g), strangers[i].message);
        glia_table_free(other);
        gl_pipeline_free(p);
        glia_table_free(t);
    }
}

static void surprises_are_told_once(void **state) {
    (void)state;
    glia_table *t = parsed("a,b,y\n1,u,0.5\n2,v,7\n2,v,8\n", NULL),
               *other = parsed("a,b\n1,w\n,w\n2,\n", NULL);
    gl_pipeline *p = fitted(t, &(gl_pipeline_spec){.scale = "none"});
    forget();
    double *x = features(p, other, NULL, 0);
    expect_numbers(x, (double[]){1, 0, 0, 2, 0, 0, 2, 0, 1}, 9);
    expect_in(said, "t.csv, line 2, column 'b': 'w' is a text that training did not know; such "
                    "cells count as none of the known ones (2 in all)");
    expect_in(said, "t.csv, line 3, column 'a': a missing cell where training had none");
    gl_free(g, x);
    glia_table_free(other);
    gl_pipeline_free(p);
    glia_table_free(t);
}

static void numbers_where_texts_were_are_the_same_texts(void **state) {
    (void)state;
    glia_table *t = parsed("a,y\nx,0.5\n1,7\n2,8\n1,9\n2,1\nx,3\n", NULL),
               *other = parsed("a\n2\n1\n3\n", NULL);
    gl_pipeline *p = fitted(t, &(gl_pipeline_spec){0});
    double *x = features(p, other, NULL, 0);
    expect_numbers(x, (double[]){0, 1, 0, 1, 0, 0, 0, 0, 0}, 9);
    gl_free(g, x);
    glia_table_free(other);
    gl_pipeline_free(p);
    glia_table_free(t);
}

static const struct {
    const char *what, *text;
    gl_pipeline_spec spec;
    const char *expected; /* "task classes", or the message */
} targets[] = {
    {"two texts", "a,y\n1,no\n2,yes\n3.5,no\n", {0}, "binary no yes"},
    {"three texts, sorted", "a,y\n1,c\n2,a\n3.5,b\n", {0}, "multiclass a b c"},
    {"two numbers", "a,y\n1,2\n2,1\n3.5,2\n", {0}, "binary 1 2"},
    {"whole numbers from 0", "a,y\n1,0\n2,1\n3.5,2\n1,0\n2,1\n3,2\n", {0}, "multiclass 0 1 2"},
    {"whole numbers from 3", "a,y\n1,3\n2,4\n3.5,5\n1,3\n2,4\n3,5\n", {0}, "regression"},
    {"whole numbers with a gap", "a,y\n1,0\n2,1\n3.5,3\n1,0\n2,1\n3,3\n", {0}, "regression"},
    {"whole numbers, one only once", "a,y\n1,0\n2,1\n3.5,2\n1,0\n2,1\n", {0}, "regression"},
    {"fractions", "a,y\n1,0.5\n2,1\n3.5,2\n", {0}, "regression"},
    {"two classes as many", "a,y\n1,0\n2,1\n3.5,0\n", {.task = "multiclass"}, "multiclass 0 1"},
    {"two values as numbers", "a,y\n1,0\n2,1\n3.5,0\n", {.task = "regression"}, "regression"},
    {"another column", "a,y,z\n1,no,4\n2,yes,5\n3.5,no,7\n", {.target = "y"}, "binary no yes"},
    {"another column by number",
     "a,y,z\n1,no,4\n2,yes,5\n3.5,no,7\n",
     {.target = "2"},
     "binary no yes"},
    {"an unknown target",
     "age,y\n1,0\n2,1\n",
     {.target = "agf"},
     "there is no column 'agf'; did you mean 'age'?"},
    {"a constant target",
     "a,y\n1,7\n2,7\n3.5,7\n",
     {0},
     "the target 'y' is 7 in each of the 3 training rows"},
    {"a constant target, regression",
     "a,y\n1,7\n2,7\n3.5,7\n",
     {.task = "regression"},
     "there is nothing to learn"},
    {"one class only",
     "a,y\n1,no\n2,no\n3.5,no\n",
     {0},
     "the target 'y' is 'no' in each of the 3 training rows"},
    {"a missing target",
     "a,y\n1,1\n2,\n3.5,2\n",
     {0},
     "t.csv, line 3, column 'y': the target is missing (1 such row)"},
    {"nothing but missing targets",
     "a,y\n1,\n2,\n",
     {.target = "y"},
     "the target 'y' is missing in every row"},
    {"too many classes for binary",
     "a,y\n1,p\n2,q\n3.5,r\n",
     {.task = "binary"},
     "has 3 different values, option 'task' binary expects 2"},
    {"text for regression",
     "a,y\n1,p\n2,q\n",
     {.task = "regression"},
     "line 2, column 'y': found 'p', expected a number"},
    {"an unknown task", "a,y\n1,p\n2,q\n", {.task = "guess"}, "task 'guess' is not known"},
    {"an unknown scale", "a,y\n1,p\n2,q\n", {.scale = "big"}, "scale 'big' is not known"},
    {"a divisor of 0", "a,y\n1,p\n2,q\n", {.scale = "0"}, "scale '0' is not known"},
    {"no column left",
     "a,y\n1,p\n1,q\n",
     {0},
     "no column is left to learn 'y' from (a: the same value in every row)"},
    {"an ignored target",
     "a,y\n1,p\n2,q\n",
     {.ignore = "y"},
     "column 'y' is the target and cannot be ignored"},
    {"an unknown ignored column", "abc,y\n1,p\n2,q\n", {.ignore = "abd"}, "did you mean 'abc'?"},
    {"a constant column stays when nothing is scaled",
     "a,y\n1,p\n1,q\n",
     {.scale = "none"},
     "binary p q"},
};

static void targets_are_understood(void **state) {
    (void)state;
    for (size_t i = 0; i < sizeof targets / sizeof *targets; i++) {
        glia_table *t = parsed(targets[i].text, NULL);
        char found[1024];
        gl_pipeline *p = gl_pipeline_fit(g, t, NULL, 0, &targets[i].spec);
        snprintf(found, sizeof found, "%s",
                 p ? gl_task_name(gl_pipeline_task(p)) : glia_message(g));
        for (int64_t k = 0; p && k < gl_pipeline_classes(p); k++)
            strcat(strcat(found, " "), gl_pipeline_class(p, 0, k));
        bool ok =
            p ? !strcmp(found, targets[i].expected) : strstr(found, targets[i].expected) != NULL;
        if (!ok)
            fail_msg("%s:\n found    %s\n expected %s", targets[i].what, found,
                     targets[i].expected);
        gl_pipeline_free(p);
        glia_table_free(t);
    }
}

static void columns_that_cannot_help_are_left_out(void **state) {
    (void)state;
    char text[8192] = "PassengerId,name,kind,same,empty,x,y\n";
    for (int i = 0; i < 60; i++) {
        size_t n = strlen(text);
        snprintf(text + n, sizeof text - n, "%d,name %d,%c,7,,%d.5,%d\n", i + 1, i, 'a' + i % 3,
                 i * i % 17, i % 2);
    }
    glia_table *t = parsed(text, NULL);
    forget();
    gl_pipeline *p = fitted(t, &(gl_pipeline_spec){.notes = true});
    assert_int_equal(gl_pipeline_features(p), 4);
    expect_in(said, "note: left out PassengerId: a different whole number in every row, an id");
    expect_in(said, "note: left out name: too many different texts");
    expect_in(said, "note: left out same: the same value in every row");
    expect_in(said, "note: left out empty: every cell is missing");
    expect_in(said, "note: target 'y': 2 classes, so binary (rows: 0 30, 1 30)");
    gl_pipeline_free(p);
    p = fitted(t, &(gl_pipeline_spec){.ignore = "kind, 6"});
    assert_int_equal(gl_pipeline_features(p), 1); /* an id is better than nothing */
    gl_pipeline_free(p);
    glia_table_free(t);
}

static void unscaled_numbers_are_those_of_the_file(void **state) {
    (void)state;
    glia_table *t = parsed("x1,x2,y\n1,1,0\n2,1,1\n3,1,0\n", NULL);
    gl_pipeline *p = fitted(t, &(gl_pipeline_spec){.scale = "none"});
    double *x = features(p, t, NULL, 0);
    expect_numbers(x, (double[]){1, 1, 2, 1, 3, 1}, 6);
    gl_free(g, x);
    gl_pipeline_free(p);
    p = fitted(t, &(gl_pipeline_spec){.scale = "4"});
    x = features(p, t, NULL, 0);
    expect_numbers(x, (double[]){0.25, 0.25, 0.5, 0.25, 0.75, 0.25}, 6);
    gl_free(g, x);
    gl_pipeline_free(p);
    glia_table_free(t);
}

static void a_regression_target_is_standardised_when_asked(void **state) {
    (void)state;
    glia_table *t = parsed("a,y\n1,10.5\n2,30.5\n3.5,50.5\n", NULL);
    gl_pipeline *p = fitted(t, &(gl_pipeline_spec){.scale_target = true});
    double mean = 0, deviation = 1, *y = gl_pipeline_labels(p, t, NULL, 0, GLIA_F64);
    gl_pipeline_undo(p, &mean, 1);
    gl_pipeline_undo(p, &deviation, 1);
    deviation -= mean;
    assert_true(mean == 30.5 && fabs(deviation - sqrt(800.0 / 3)) < 1e-12);
    expect_numbers(y, (double[]){-20 / deviation, 0, 20 / deviation}, 3);
    gl_free(g, y);
    gl_pipeline_free(p);
    glia_table_free(t);
}

static void labels_of_another_table(void **state) {
    (void)state;
    glia_table *t = parsed("a,y\n1,<=50K\n2,>50K\n3.5,>50K\n", NULL),
               *dots = parsed("a,y\n1,>50K.\n2,<=50K.\n", NULL);
    glia_table *strange = parsed("a,y\n1,<=50K\n2,rich\n", NULL),
               *gap = parsed("a,y\n1,<=50K\n2,\n", NULL);
    gl_pipeline *p = fitted(t, &(gl_pipeline_spec){0});
    forget();
    double *y = gl_pipeline_labels(p, dots, NULL, 0, GLIA_F64);
    assert_non_null(y);
    expect_numbers(y, (double[]){1, 0}, 2);
    expect_in(said, "texts such as '>50K.' are read as the class without the final '.'");
    gl_free(g, y);
    assert_null(gl_pipeline_labels(p, strange, NULL, 0, GLIA_F64));
    expect_in(glia_message(g),
              "line 3, column 'y': found class 'rich', the model knows <=50K, >50K");
    assert_null(gl_pipeline_labels(p, gap, NULL, 0, GLIA_F64));
    expect_in(glia_message(g), "line 3, column 'y': the target is missing");
    gl_pipeline_free(p);
    glia_table_free(gap);
    glia_table_free(strange);
    glia_table_free(dots);
    glia_table_free(t);
}

static void pixels_stay_bytes(void **state) {
    (void)state;
    written("p-labels-idx1-ubyte", BYTES(IDX_LABELS));
    glia_table *t = glia_table_read(g, written("p-images-idx3-ubyte", BYTES(IDX_2x2x1)), NULL);
    gl_pipeline *p = fitted(t, &(gl_pipeline_spec){0});
    gl_features x;
    assert_int_equal(gl_pipeline_apply(p, t, NULL, 0, GLIA_F32, false, &x), GLIA_OK);
    assert_true(x.x.dtype == GLIA_U8 && x.divisor == 255 && !x.owned && x.x.dim[1] == 2);
    assert_int_equal(gl_pipeline_apply(p, t, (int64_t[]){1}, 1, GLIA_F32, false, &x), GLIA_OK);
    assert_true(x.owned && ((uint8_t *)x.x.data)[0] == 3 && x.x.dim[0] == 1);
    gl_free(g, x.owned);
    gl_pipeline_free(p);
    p = fitted(t, &(gl_pipeline_spec){.scale = "minmax"});
    double *v = features(p, t, NULL, 0);
    expect_numbers(v, (double[]){0, 0, 1, 1}, 4);
    gl_free(g, v);
    gl_pipeline_free(p);
    glia_table_free(t);
}

static void a_long_tail_is_drawn_in(void **state) {
    (void)state;
    char text[2048] = "fare,y\n";
    for (int i = 0; i < 40; i++)
        snprintf(text + strlen(text), 32, "%d,%d\n", i == 7 ? 5000 : 10 + i % 5, i % 2);
    glia_table *t = parsed(text, NULL);
    forget();
    gl_pipeline *p = fitted(t, &(gl_pipeline_spec){.notes = true});
    expect_in(said, "draws in a long tail: fare");
    double *x = features(p, t, NULL, 0);
    double sum = 0;
    for (int i = 0; i < 40; i++) sum += x[i];
    assert_true(fabs(sum) < 1e-9);
    gl_free(g, x);
    gl_pipeline_free(p);
    p = fitted(t, &(gl_pipeline_spec){.scale = "standard"});
    char *d = gl_pipeline_describe(p);
    assert_null(strstr(d, "log"));
    gl_free(g, d);
    gl_pipeline_free(p);
    glia_table_free(t);
}

static void a_saved_pipeline_gives_the_same_bits(void **state) {
    (void)state;
    glia_table *t =
        parsed("a,b,c,y\n0.1,red,7,1.1\n3.7,blue,7,2.3\n,red,7,0.7\n5.123456789,,7,9\n", NULL);
    gl_pipeline *p = fitted(t, &(gl_pipeline_spec){.scale_target = true});
    char *text = gl_pipeline_save(g, p);
    gl_pipeline *q = gl_pipeline_load(g, text);
    assert_non_null(q);
    double *x = features(p, t, NULL, 0), *z = features(q, t, NULL, 0);
    assert_memory_equal(x, z, (size_t)(4 * gl_pipeline_features(p)) * sizeof *x);
    double *y = gl_pipeline_labels(p, t, NULL, 0, GLIA_F64),
           *v = gl_pipeline_labels(q, t, NULL, 0, GLIA_F64);
    assert_memory_equal(y, v, 4 * sizeof *y);
    char *again = gl_pipeline_save(g, q);
    assert_string_equal(text, again);
    void *memory[] = {x, z, y, v, again, text};
    for (size_t i = 0; i < sizeof memory / sizeof *memory; i++) gl_free(g, memory[i]);
    gl_pipeline_free(q);
    gl_pipeline_free(p);
    glia_table_free(t);
}

static const char *const damage[] = {
    "",
    "{}",
    "[]",
    "7",
    "{\"version\":2}",
    "{\"version\":1}",
    "{\"version\":1,\"target\":{\"name\":\"y\",\"task\":\"x\"}}",
    "{\"version\":1,\"target\":{\"name\":\"y\",\"task\":\"binary\",\"classes\":[\"a\"],\"mean\":0,"
    "\"deviation\":1},\"columns\":[]}",
    "{\"version\":1,\"target\":{\"name\":\"y\",\"task\":\"regression\",\"mean\":0,\"deviation\":0},"
    "\"columns\":[]}",
    "{\"version\":1,\"target\":{\"name\":\"y\",\"task\":\"regression\",\"mean\":0,\"deviation\":1},"
    "\"columns\":[7]}",
    "{\"version\":1,\"target\":{\"name\":\"y\",\"task\":\"regression\",\"mean\":0,\"deviation\":1},"
    "\"columns\":[{\"name\":\"a\","
    "\"type\":\"number\",\"fill\":1,\"center\":[0],\"spread\":[0]}]}",
    "{\"version\":1,\"target\":{\"name\":\"y\",\"task\":\"regression\",\"mean\":0,\"deviation\":1},"
    "\"columns\":[{\"name\":\"a\","
    "\"type\":\"category\",\"categories\":[\"b\",\"a\"],\"fill\":0}]}",
    "{\"version\":1,\"target\":{\"name\":\"y\",\"task\":\"regression\",\"mean\":0,\"deviation\":1},"
    "\"columns\":[{\"name\":\"a\","
    "\"type\":\"category\",\"categories\":[\"a\",\"b\"],\"fill\":2}]}",
    "{\"version\":1,\"target\":{\"name\":\"y\",\"task\":\"regression\",\"mean\":0,\"deviation\":1},"
    "\"columns\":[{\"name\":\"a\","
    "\"type\":\"array\",\"shape\":[4294967296,4294967296],\"dtype\":\"u8\"}]}",
    "{\"version\":1,\"target\":{\"name\":\"y\",\"task\":\"regression\",\"mean\":0,\"deviation\":1},"
    "\"columns\":[{\"name\":\"a\","
    "\"type\":\"array\",\"shape\":[2],\"dtype\":\"f32\",\"fills\":[1]}]}",
    "{\"version\":1,\"target\":{\"name\":\"y\",\"task\":\"regression\",\"mean\":0,\"deviation\":1},"
    "\"columns\":[{\"name\":\"a\","
    "\"type\":\"array\",\"shape\":[2],\"dtype\":\"f32\",\"fills\":[1,2],\"gaps\":[2]}]}",
    "{\"version\":1,\"target\":{\"name\":\"y\",\"task\":\"regression\",\"mean\":0,\"deviation\":1},"
    "\"columns\":[{\"name\":\"a\","
    "\"type\":\"array\",\"shape\":[2],\"dtype\":\"f32\",\"fills\":[1,2],\"gaps\":[1,0]}]}",
    "{\"version\":1,\"target\":{\"name\":\"y\",\"task\":\"regression\",\"mean\":0,\"deviation\":1},"
    "\"columns\":[{\"name\":\"a\","
    "\"type\":\"array\",\"shape\":[2],\"dtype\":\"f32\",\"fills\":[1,2],\"gaps\":[]}]}",
};

static void a_damaged_pipeline_is_refused(void **state) {
    (void)state;
    for (size_t i = 0; i < sizeof damage / sizeof *damage; i++) {
        gl_pipeline *p = gl_pipeline_load(g, damage[i]);
        if (p) fail_msg("it was loaded: %s", damage[i]);
        assert_int_equal(glia_code(g), GLIA_INPUT);
    }
}

/* -------------------------------------------------------------------------- exhausted memory -- */

/* Reads, fits, applies, saves, loads; true when all of it worked. */
static bool whole_life(glia_ctx *scarce_ctx, const char *path) {
    bool ok = false;
    gl_features x = {0};
    glia_table *t = glia_table_read(scarce_ctx, path, NULL);
    gl_pipeline *p = t ? gl_pipeline_fit(scarce_ctx, t, NULL, 0,
                                         &(gl_pipeline_spec){.ignore = "a,b", .notes = true})
                       : NULL;
    char *text = p ? gl_pipeline_save(g, p) : NULL;
    gl_pipeline *q = text ? gl_pipeline_load(scarce_ctx, text) : NULL;
    void *y = q ? gl_pipeline_labels(q, t, NULL, 0, GLIA_F64) : NULL;
    int64_t rows[8], n;
    if (y && !gl_pipeline_apply(q, t, NULL, 0, GLIA_F64, false, &x))
        ok = glia_table_split(t, "y", 0.5, 1, rows, &n) == GLIA_OK;
    gl_free(scarce_ctx, x.owned);
    gl_free(scarce_ctx, y);
    gl_free(scarce_ctx, text);
    gl_pipeline_free(q);
    gl_pipeline_free(p);
    glia_table_free(t);
    return ok;
}

static void any_allocation_may_fail(void **state) {
    (void)state;
    char path[256];
    strcpy(
        path,
        text_file("scarce.csv",
                  "a,b,c,d,d,y\n1,2,red,1,2,p\n3,4,\"blue\",,2,q\n4,4,red,9,3,p\n5,4,red,2,7,q\n"));
    bool done = false;
    for (int64_t n = 2; !done && n < 10000; n++) {
        allocations_left = 1000;
        glia_ctx *c = glia_open(&(glia_settings){.alloc = scarce_alloc, .release = scarce_release});
        assert_non_null(c);
        allocations_left = n;
        done = whole_life(c, path);
        if (!done && glia_code(c) != GLIA_RESOURCE)
            fail_msg("allocation %lld: %s", (long long)n, glia_message(c));
        glia_close(c);
    }
    assert_true(done);
}

/* ------------------------------------------------------------------------------- shared data -- */

static const struct {
    const char *file;
    int64_t rows;
    int columns;
    const char *target, *task;
    int64_t features;
} shared[] = {
    {"tabular/iris.csv", 150, 5, NULL, "multiclass", 4},
    {"tabular/iris_noheader.csv", 150, 5, NULL, "multiclass", 4},
    {"tabular/wisc_breast_cancer.csv", 569, 32, "diagnosis", "binary", 30},
    {"tabular/wine.csv", 178, 14, NULL, "multiclass", 13},
    {"tabular/diabetes.csv", 442, 11, NULL, "regression", 10},
    {"tabular/california_housing.csv", 20640, 10, "median_house_value", "regression", 13},
    {"tabular/adult-train.csv", 32561, 15, NULL, "binary", 105},
    {"tabular/titanic.csv", 891, 12, "Survived", "binary", 10},
    {"tabular/winequality-white.csv", 4898, 12, NULL, "regression", 11},
    {"tabular/svmguide1.csv", 3089, 5, "0", "binary", 4},
    {"tabular/house_area_price.txt", 870, 2, NULL, "regression", 1},
    {"cats/train_catvnoncat.h5", 209, 2, NULL, "binary", 12288},
    {"mnist/t10k-images-idx3-ubyte.gz", 10000, 2, NULL, "multiclass", 784},
};

static void real_files_are_understood(void **state) {
    (void)state;
    const char *root = getenv("GLIA_SHARED") ? getenv("GLIA_SHARED") : SOURCE_ROOT "/../shared";
    char path[1024];
    snprintf(path, sizeof path, "%s/data/README.md", root);
    if (access(path, R_OK)) {
        print_message("# %s is not there: skipped\n", path);
        skip();
    }
    for (size_t i = 0; i < sizeof shared / sizeof *shared; i++) {
        snprintf(path, sizeof path, "%s/data/%s", root, shared[i].file);
        glia_table *t = glia_table_read(g, path, NULL);
        if (!t && strstr(glia_message(g), "glia-hdf5.so")) {
            print_message("# %s: skipped: %s\n", shared[i].file, glia_message(g));
            continue;
        }
        if (!t) fail_msg("%s", glia_message(g));
        gl_pipeline *p = fitted(t, &(gl_pipeline_spec){.target = shared[i].target});
        if (t->rows != shared[i].rows || t->columns != shared[i].columns ||
            gl_pipeline_features(p) != shared[i].features ||
            strcmp(gl_task_name(gl_pipeline_task(p)), shared[i].task) != 0) {
            fail_msg("%s: %lld rows, %d columns, %s, %lld features", shared[i].file,
                     (long long)t->rows, t->columns, gl_task_name(gl_pipeline_task(p)),
                     (long long)gl_pipeline_features(p));
        }
        gl_pipeline_free(p);
        glia_table_free(t);
    }
}

static int open_context(void **state) {
    (void)state;
    g = glia_open(&(glia_settings){.log = listen_in});
    return g == NULL || !mkdtemp(folder);
}

static int close_context(void **state) {
    (void)state;
    glia_close(g);
    char command[64];
    snprintf(command, sizeof command, "rm -r %s", folder);
    return system(command);
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(good_tables),
        cmocka_unit_test(bad_tables),
        cmocka_unit_test(files_that_are_none),
        cmocka_unit_test(a_gzipped_table_is_read_and_a_cut_one_refused),
        cmocka_unit_test(a_slip_among_many_numbers_is_told),
        cmocka_unit_test(a_written_table_reads_back_the_same),
        cmocka_unit_test(columns_know_their_values),
        cmocka_unit_test(columns_are_found_by_name_and_number),
        cmocka_unit_test(a_table_from_memory),
        cmocka_unit_test(warnings_name_what_is_odd),
        cmocka_unit_test(a_split_keeps_shares_order_and_every_row),
        cmocka_unit_test(rows_without_classes_are_split_and_dealt_whatever_memory_held),
        cmocka_unit_test(a_split_never_empties_a_part),
        cmocka_unit_test(npy_arrays_are_read),
        cmocka_unit_test(idx_images_find_their_labels),
        cmocka_unit_test(bad_arrays_are_refused),
        cmocka_unit_test(arrays_are_paired_when_said),
        cmocka_unit_test(numbers_and_texts_become_features),
        cmocka_unit_test(a_pipeline_is_fitted_on_the_training_rows_only),
        cmocka_unit_test(columns_are_matched_by_name),
        cmocka_unit_test(strange_data_is_refused),
        cmocka_unit_test(surprises_are_told_once),
        cmocka_unit_test(numbers_where_texts_were_are_the_same_texts),
        cmocka_unit_test(targets_are_understood),
        cmocka_unit_test(columns_that_cannot_help_are_left_out),
        cmocka_unit_test(unscaled_numbers_are_those_of_the_file),
        cmocka_unit_test(a_regression_target_is_standardised_when_asked),
        cmocka_unit_test(labels_of_another_table),
        cmocka_unit_test(pixels_stay_bytes),
        cmocka_unit_test(a_long_tail_is_drawn_in),
        cmocka_unit_test(a_saved_pipeline_gives_the_same_bits),
        cmocka_unit_test(a_damaged_pipeline_is_refused),
        cmocka_unit_test(any_allocation_may_fail),
        cmocka_unit_test(real_files_are_understood),
    };
    return cmocka_run_group_tests_name("data", tests, open_context, close_context);
}
