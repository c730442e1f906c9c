/*
 * readers.c: the list of readers: what each claims for itself, where users find its word, and which
 * of them a file gets. What each reads is in data.c and libsvm.c. Also the modules that readers
 * load.
 */
#include "test.h"

#include <strings.h>
#include <sys/stat.h>
#include <zlib.h>

#include "../src/base/module.h"
#include "../src/read/named/arrays.h"
#include "context.h"

/* The word between bars is one of "csv|tsv|npy". */
static bool is_among(const char *word, const char *words) {
    char barred[400], one[80];
    snprintf(barred, sizeof barred, "|%s|", words);
    snprintf(one, sizeof one, "|%s|", word);
    return strstr(barred, one) != NULL;
}

static const glia_option *format_option(void) {
    int count;
    const glia_option *rows = glia_table_options(&count);
    for (int i = 0; i < count; i++) {
        if (!strcmp(rows[i].name, "format")) return &rows[i];
    }
    fail_msg("there is no option 'format'");
    return NULL;
}

static const gl_reader *reader_called(const char *word) {
    for (int i = 0; i < gl_readers_count; i++) {
        for (const char *const *name = gl_readers[i]->names; *name; name++) {
            if (!strcmp(*name, word)) return gl_readers[i];
        }
    }
    return NULL;
}

static void every_reader_has_a_name_and_reads_something(void **state) {
    (void)state;
    for (int i = 0; i < gl_readers_count; i++) {
        const gl_reader *r = gl_readers[i];
        assert_non_null(r->names[0]);
        if (!r->read_table && !r->read_array) fail_msg("%s reads nothing", r->names[0]);
        if (!r->suffixes[0] && !r->signature && !r->looks_so && !r->schemes[0])
            fail_msg("%s: no file is ever found to be one", r->names[0]);
    }
}

static void no_two_share(const char *const *a, const char *const *b, bool same) {
    for (int i = 0; a[i]; i++) {
        for (int j = 0; b[j]; j++) {
            if ((!same || i != j) && !strcasecmp(a[i], b[j])) fail_msg("%s is claimed twice", a[i]);
        }
    }
}

static void no_two_readers_claim_a_name_or_a_suffix(void **state) {
    (void)state;
    for (int i = 0; i < gl_readers_count; i++) {
        for (int j = i; j < gl_readers_count; j++) {
            no_two_share(gl_readers[i]->names, gl_readers[j]->names, i == j);
            no_two_share(gl_readers[i]->suffixes, gl_readers[j]->suffixes, i == j);
        }
    }
}

static void every_reader_is_named_where_a_format_is_not_known(void **state) {
    (void)state;
    glia_read_options o = {.format = "xls"};
    assert_null(glia_table_read(g, "x.csv", &o));
    char list[1024], commas[1024];
    const char *expected = strstr(glia_message(g), "expected ");
    assert_non_null(expected);
    snprintf(list, sizeof list, "%s", expected + strlen("expected "));
    char *last = strstr(list, " or ");
    assert_non_null(last);
    snprintf(commas, sizeof commas, "%.*s|%s", (int)(last - list), list, last + strlen(" or "));
    for (char *comma; (comma = strstr(commas, ", "));) {
        *comma = '|';
        memmove(comma + 1, comma + 2, strlen(comma + 2) + 1);
    }
    for (int i = 0; i < gl_readers_count; i++) {
        const char *word = gl_readers[i]->names[0];
        if (!is_among(word, commas)) fail_msg("%s is not in '%s'", word, glia_message(g));
    }
    char *next = commas;
    for (char *word; (word = strsep(&next, "|"));) {
        if (!reader_called(word)) fail_msg("'%s' is listed, and no reader has it", word);
    }
}

static void every_reader_is_named_in_the_help(void **state) {
    (void)state;
    result help = run("$GLIA train --help");
    assert_int_equal(help.status, 0);
    char *row = strstr(help.out, "--format ");
    assert_non_null(row);
    char words[400];
    snprintf(words, sizeof words, "%.*s", (int)strcspn(row + strlen("--format "), " \n"),
             row + strlen("--format "));
    assert_string_equal(words, format_option()->argument);
    for (int i = 0; i < gl_readers_count; i++) {
        if (!is_among(gl_readers[i]->names[0], words))
            fail_msg("%s is not in '%s'", gl_readers[i]->names[0], words);
    }
    result_free(&help);
}

/* ------------------------------------------------------------------------------ which reader -- */

#define NPY_BYTES "\x93NUMPY\x01\x00"
#define HDF5_BYTES "\x89HDF\r\n\x1a\n"
#define IDX_BYTES "\0\0\x08\x01\0\0\0\1\7"
#define SPARSE "1 1:0.5 3:2\n-1 2:1\n"
#define PLAIN "a b\n1 2\n"
#define BYTES(text) text, sizeof(text) - 1

static const struct {
    const char *name, *bytes;
    size_t size;
    const char *format; /* NULL: nothing says one */
} files[] = {
    /* the first bytes, whatever the name */
    {"npy.csv", BYTES(NPY_BYTES), "npy"},
    {"npy.zip", BYTES(NPY_BYTES), "npy"},
    {"hdf5.npy", BYTES(HDF5_BYTES), "hdf5"},
    {"idx.libsvm", BYTES(IDX_BYTES), "idx"},
    {"idx3.ubyte", BYTES(IDX_BYTES), "idx"},
    {"png.csv", BYTES("\x89PNG\r\n\x1A\n\0\0\0\rIHDR"), "pictures"},
    {"jpeg.npy", BYTES("\xFF\xD8\xFF\xE0\0\x10JFIF"), "pictures"},
    {"netpbm", BYTES("P5 2 1 255\n\1\2"), "pictures"},
    {"table.txt", BYTES("P2 2 1 255\n1 2 3 4\n"), NULL},
    {"named.pgm", BYTES("P2 2 1 255\n1 2\n"), "pictures"},
    /* then the name, whatever the text looks like */
    {"sparse.csv", BYTES(SPARSE), "csv"},
    {"sparse.TSV", BYTES(SPARSE), "csv"},
    {"sparse.npy", BYTES(SPARSE), "npy"},
    {"plain.h5", BYTES(PLAIN), "hdf5"},
    {"plain.hdf5.gz", BYTES(PLAIN), "hdf5"},
    {"plain-ubyte", BYTES(PLAIN), "idx"},
    {"plain.Idx", BYTES(PLAIN), "idx"},
    {"plain.svm", BYTES(PLAIN), "libsvm"},
    {"plain.libsvm", BYTES(PLAIN), "libsvm"},
    {"sparse.zip", BYTES(SPARSE), "libsvm"},
    /* then the text */
    {"sparse", BYTES(SPARSE), "libsvm"},
    {"sparse.txt", BYTES(SPARSE), "libsvm"},
    {"plain.txt", BYTES(PLAIN), NULL},
    {"empty", BYTES(""), NULL},
};

static void the_first_bytes_decide_then_the_name_then_the_text(void **state) {
    (void)state;
    for (size_t i = 0; i < sizeof files / sizeof *files; i++) {
        for (int packed = 0; packed < 2; packed++) {
            gzFile f = gzopen(files[i].name, packed ? "wb" : "wbT");
            assert_non_null(f);
            gzwrite(f, files[i].bytes, (unsigned)files[i].size);
            gzclose(f);
            const char *found = glia_table_format(files[i].name), *expected = files[i].format;
            if (!found != !expected || (found && strcmp(found, expected)))
                fail_msg("%s%s: found %s, expected %s", files[i].name, packed ? ", packed" : "",
                         found ? found : "nothing", expected ? expected : "nothing");
        }
    }
}

static void a_folder_is_one_of_pictures_and_an_absent_file_what_its_name_says(void **state) {
    (void)state;
    assert_int_equal(mkdir("folder.npy", 0700), 0);
    assert_string_equal(glia_table_format("folder.npy"), "pictures");
    assert_null(glia_table_read(g, "folder.npy", NULL));
    assert_non_null(strstr(glia_message(g), "folder.npy: there are no pictures in it"));
    assert_null(glia_table_read(g, "folder.npy", &(glia_read_options){.format = "csv"}));
    assert_non_null(strstr(glia_message(g), "it is a directory, a file was expected"));
    assert_string_equal(glia_table_format("absent.npy"), "npy");
    assert_null(glia_table_format("absent"));
    assert_null(glia_table_format("-"));
}

/* ----------------------------------------------------------------------- kinds that are none -- */

/* First bytes as the tools write them. */
static const struct {
    const char *file, *bytes;
    size_t size;
    const char *kind, *mend;
} others[] = {
    {"d.parquet", BYTES("PAR1\x15\x04\x15\x10"), "it is Parquet",
     "duckdb -csv -c \"FROM 'd.parquet'\""},
    {"parquet.csv", BYTES("PAR1\x15\x04\x15\x10"), "it is Parquet",
     "read_parquet(\"parquet.csv\")"},
    {"two words", BYTES("PAR1\x15\x04\x15\x10"), "it is Parquet", "read_parquet(\"FILE\")"},
    {"d.feather", BYTES("ARROW1\0\0\x10\0"), "an Arrow file", "read_feather"},
    {"d.rds", BYTES("X\n\0\0\0\3\0\4\2\2"), "an R object (RDS)", "readRDS(\"d.rds\")"},
    {"d.RData", BYTES("RDX3\nX\n\0\0\0\3"), "objects of R", "load(\"d.RData\")"},
    {"d.pkl", BYTES("\x80\4\x95\x10\3\0\0"), "a pickle of Python", "read_pickle"},
    {"d.sas7bdat", BYTES("\0\0\0\0\0\0\0\0\0\0\0\0\xC2\xEA\x81\x60\xB3\x14\x11\xCF\xBD\x92"),
     "a SAS file", "read_sas"},
    {"d.sav", BYTES("$FL2@(#) IBM SPSS STATISTICS 64-bit\2\0\0\0"), "an SPSS file", "read.spss"},
    {"d.dta", BYTES("<stata_dta><header><release>118<"), "a Stata file", "read_stata"},
    {"old.dta", BYTES("\x72\2\1\0\5\0"), "a Stata file", "read_stata"},
    {"d.hdf", BYTES("\x0E\3\x13\1\0\x10"), "HDF4", "h4toh5"},
    {"d.xls", BYTES("\xD0\xCF\x11\xE0\xA1\xB1\x1A\xE1\0\0"), "an old Excel workbook",
     "ssconvert d.xls"},
    {"d.odt",
     BYTES("PK\3\4\x14\0\0\x08\0\0\0\0\0\0\0\0\0\0.\0\0\0.\0\0\0\x08\0\0\0"
           "mimetypeapplication/vnd.oasis.opendocument.text"),
     "an OpenDocument document", "save its table as .ods or .csv"},
    {"d.zip", BYTES("PK\3\4\x14\0\0\0\x08\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\5\0\0\0a.csv"),
     "a zip archive", "unzip -p d.zip"},
    {"d.pt",
     BYTES("PK\3\4\0\0\x08\x08\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\x10\0\x12\0"
           "archive/data.pkl"),
     "a file of PyTorch", "numpy.save"},
    {"d.duckdb", BYTES("\1\2\3\4\5\6\7\10DUCK@\0\0\0"), "a DuckDB database",
     "duckdb -csv d.duckdb"},
    {"d.mdb", BYTES("\0\1\0\0Standard Jet DB\0"), "an Access database", "mdb-export"},
    {"d.sql", BYTES("--\n-- PostgreSQL database dump\n--\n"), "a dump of PostgreSQL", "database"},
    {"lite.sql", BYTES("PRAGMA foreign_keys=OFF;\nBEGIN TRANSACTION;\n"), "a dump of SQLite",
     "sqlite3 table.db <lite.sql"},
    {"d.csv.bz2", BYTES("BZh91AY&SY\0\1"), "packed by bzip2", "bzcat d.csv.bz2"},
    {"d.csv.xz",
     BYTES("\xFD"
           "7zXZ\0\0\4"),
     "packed by xz", "xzcat"},
    {"d.csv.zst", BYTES("\x28\xB5\x2F\xFD\4\0"), "packed by zstd", "zstdcat"},
    {"d.pdf", BYTES("%PDF-1.7\n"), "a PDF document", "pdftotext"},
    {"d.gif", BYTES("GIF89a\1\0\1\0\x80\0\0"), "a GIF image", "convert d.gif picture.png"},
    {"d.tif", BYTES("II*\0\x08\0\0\0"), "a TIFF image", "convert d.tif picture.png"},
    {"lfs.csv", BYTES("version https://git-lfs.github.com/spec/v1\noid sha256:"),
     "a pointer of Git LFS", "git lfs pull"},
    {"page.csv", BYTES("\n<!DOCTYPE HTML>\n<head>"), "a web page", "load the data themselves"},
    {"bom.csv", BYTES("\xEF\xBB\xBF<html lang=\"en\">"), "a web page", "read_html"},
    {"d.xml", BYTES("<?xml version=\"1.0\"?><rows>"), "it is XML", "read_xml"},
    {"gone.parquet", NULL, 0, "by its name it is Parquet", "duckdb"},
    {"gone.dbf", NULL, 0, "by its name it is a dBase file", "ssconvert"},
    {"broken.parquet", BYTES("\0\0\0\0"), "by its name it is Parquet", "duckdb"},
};

static void write_bytes(const char *path, const char *bytes, size_t size) {
    FILE *f = fopen(path, "wb");
    assert_non_null(f);
    assert_int_equal(fwrite(bytes, 1, size, f), size);
    fclose(f);
}

static void expect_kind(const char *file, const char *kind, const char *mend) {
    const char *says = glia_message(g);
    if (!strstr(says, "cannot read '") || !strstr(says, "this kind of file is not read; ") ||
        !strstr(says, kind) || !strstr(says, mend))
        fail_msg("%s: found: %s\n expected: %s, %s", file, says, kind, mend);
}

static void kinds_that_are_not_read_are_named_with_what_helps(void **state) {
    (void)state;
    for (size_t i = 0; i < sizeof others / sizeof *others; i++) {
        const char *file = others[i].file;
        if (others[i].bytes) write_bytes(file, others[i].bytes, others[i].size);
        assert_null(glia_table_format(file));
        assert_null(glia_table_read(g, file, NULL));
        expect_kind(file, others[i].kind, others[i].mend);
        if (!others[i].bytes) continue;
        assert_null(glia_table_read_arrays(g, file, NULL));
        expect_kind(file, others[i].kind, others[i].mend);
    }
}

static void a_kind_is_known_behind_gzip_and_on_standard_input(void **state) {
    (void)state;
    char tar[512] = "table.csv";
    memcpy(tar + 257, "ustar", 6);
    gzFile f = gzopen("d.tar.gz", "wb");
    assert_non_null(f);
    gzwrite(f, tar, sizeof tar);
    gzclose(f);
    assert_null(glia_table_read(g, "d.tar.gz", NULL));
    expect_kind("d.tar.gz", "it is a tar archive", "tar xf d.tar.gz");
    result piped = run("$GLIA data - <page.csv");
    assert_int_equal(piped.status, 3);
    assert_non_null(strstr(piped.err, "cannot read '-': it is a web page (HTML)"));
    result_free(&piped);
}

/* "Save as" of many programs writes HTML, tabs or commas into a file that it calls .xls. */
static void a_table_of_text_is_read_whatever_it_is_called(void **state) {
    (void)state;
    static const char *const names[] = {"text.xls", "text.xlsx", "text.zip", "PAR1.parquet"};
    for (size_t i = 0; i < sizeof names / sizeof *names; i++) {
        write_bytes(names[i], BYTES("PAR1,MM\n1,2\n3,5\n"));
        glia_table *t = glia_table_read(g, names[i], NULL);
        if (!t) fail_msg("%s", glia_message(g));
        assert_int_equal(glia_table_columns(t), 2);
        assert_int_equal(glia_table_rows(t), 2);
        glia_table_free(t);
    }
}

/* ----------------------------------------------------------------------------------- modules -- */

static const gl_module absent = {.name = "glia-absent.so",
                                 .symbol = "gl_absent",
                                 .needed_by = "Absent files",
                                 .package = "libabsent-dev",
                                 .room = "read"};

static void an_absent_module_says_what_to_install_and_where_it_was_sought(void **state) {
    (void)state;
    setenv("GLIA_MODULE_DIR", "/nowhere", 1);
    assert_null(gl_load_module(g, &absent));
    unsetenv("GLIA_MODULE_DIR");
    assert_int_equal(glia_code(g), GLIA_RESOURCE);
    const char *const parts[] = {
        "Absent files need the module glia-absent.so, which was not found in /nowhere",
        "build with libabsent-dev installed, or set GLIA_MODULE_DIR to its folder"};
    for (size_t i = 0; i < sizeof parts / sizeof *parts; i++) {
        if (!strstr(glia_message(g), parts[i]))
            fail_msg("found: %s\n expected in it: %s", glia_message(g), parts[i]);
    }
}

static void a_module_that_does_not_load_says_why(void **state) {
    (void)state;
    FILE *f = fopen("glia-absent.so", "w");
    assert_non_null(f);
    fputs("no module", f);
    fclose(f);
    setenv("GLIA_MODULE_DIR", ".", 1);
    assert_null(gl_load_module(g, &absent));
    unsetenv("GLIA_MODULE_DIR");
    remove("glia-absent.so");
    if (!strstr(glia_message(g), "which did not load (./glia-absent.so: "))
        fail_msg("found: %s", glia_message(g));
}

static void each_context_loads_and_closes_for_itself(void **state) {
    (void)state;
    gl_module hdf5 = {.name = "glia-hdf5.so",
                      .symbol = "gl_hdf5_arrays",
                      .needed_by = "HDF5 files",
                      .package = "libhdf5-dev",
                      .room = "read"};
    setenv("GLIA_MODULE_DIR", BUILD_ROOT "/src/read", 1);
    for (int i = 0; i < 3; i++) {
        glia_ctx *one = glia_open(NULL), *other = glia_open(NULL);
        hdf5.symbol = "gl_hdf5_arrays";
        const gl_array_reader *r = gl_load_module(one, &hdf5);
        if (!r) {
            print_message("# skipped: %s\n", glia_message(one));
            glia_close(one);
            glia_close(other);
            skip();
        }
        assert_ptr_equal(gl_load_module(one, &hdf5), r);
        hdf5.symbol = "of_another_version";
        assert_null(gl_load_module(other, &hdf5));
        assert_non_null(strstr(glia_message(other), "of another version of glia"));
        glia_close(other);
        char wrong[GL_WRONG] = "";
        assert_null(r->open(one, "/dev/null", wrong));
        assert_true(*wrong);
        glia_close(one);
    }
    unsetenv("GLIA_MODULE_DIR");
}

static char warned[512];

static void hear_warning(void *user, glia_level level, const char *text) {
    (void)user;
    if (level == GLIA_WARNING) snprintf(warned, sizeof warned, "%s", text);
}

/* The one beside the program does the work, and whoever named a folder hears of it. */
static void a_broken_module_is_not_passed_over_in_silence(void **state) {
    (void)state;
    gl_module hdf5 = {.name = "glia-hdf5.so",
                      .symbol = "gl_hdf5_arrays",
                      .needed_by = "HDF5 files",
                      .package = "libhdf5-dev",
                      .room = "read"};
    glia_ctx *one = glia_open(&(glia_settings){.log = hear_warning});
    FILE *f = fopen("glia-hdf5.so", "w");
    assert_non_null(f);
    fputs("no module", f);
    fclose(f);
    setenv("GLIA_MODULE_DIR", ".", 1);
    const void *loaded = gl_load_module(one, &hdf5);
    unsetenv("GLIA_MODULE_DIR");
    remove("glia-hdf5.so");
    glia_close(one);
    if (!loaded) skip(); /* it is not built */
    if (!strstr(warned, "a module glia-hdf5.so did not load (./glia-hdf5.so: "))
        fail_msg("told: %s", warned);
}

static int begin(void **state) { return chdir(scratch()) || open_context(state); }

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(every_reader_has_a_name_and_reads_something),
        cmocka_unit_test(no_two_readers_claim_a_name_or_a_suffix),
        cmocka_unit_test(every_reader_is_named_where_a_format_is_not_known),
        cmocka_unit_test(every_reader_is_named_in_the_help),
        cmocka_unit_test(the_first_bytes_decide_then_the_name_then_the_text),
        cmocka_unit_test(a_folder_is_one_of_pictures_and_an_absent_file_what_its_name_says),
        cmocka_unit_test(kinds_that_are_not_read_are_named_with_what_helps),
        cmocka_unit_test(a_kind_is_known_behind_gzip_and_on_standard_input),
        cmocka_unit_test(a_table_of_text_is_read_whatever_it_is_called),
        cmocka_unit_test(an_absent_module_says_what_to_install_and_where_it_was_sought),
        cmocka_unit_test(a_module_that_does_not_load_says_why),
        cmocka_unit_test(each_context_loads_and_closes_for_itself),
        cmocka_unit_test(a_broken_module_is_not_passed_over_in_silence),
    };
    return cmocka_run_group_tests_name("readers", tests, begin, close_context);
}
