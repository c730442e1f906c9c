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
#include "../src/read/named_arrays.h"
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
        if (!r->suffixes[0] && !r->signature && !r->looks_so)
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
    {"sparse.zip", BYTES(SPARSE), NULL},
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

static void a_folder_has_no_format_and_an_absent_file_that_of_its_name(void **state) {
    (void)state;
    assert_int_equal(mkdir("folder.npy", 0700), 0);
    assert_null(glia_table_format("folder.npy"));
    assert_null(glia_table_read(g, "folder.npy", NULL));
    assert_non_null(strstr(glia_message(g), "it is a directory, a file was expected"));
    assert_string_equal(glia_table_format("absent.npy"), "npy");
    assert_null(glia_table_format("absent"));
    assert_null(glia_table_format("-"));
}

static void kinds_that_are_not_read_have_no_reader_and_say_what_to_do(void **state) {
    (void)state;
    static const char *const names[] = {"a.npz", "a.mat", "a.ZIP", "a.parquet", "a.xlsx"};
    for (size_t i = 0; i < sizeof names / sizeof *names; i++) {
        assert_null(glia_table_format(names[i]));
        assert_null(glia_table_read(g, names[i], NULL));
        if (!strstr(glia_message(g), "this kind of file is not read; expected csv, tsv, ") ||
            (!strstr(glia_message(g), "(save ") && !strstr(glia_message(g), "(unpack ")))
            fail_msg("%s: %s", names[i], glia_message(g));
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
        int count = 0;
        gl_array_info info[4];
        char wrong[GL_WRONG] = "";
        assert_false(r->list(one, "/dev/null", info, 4, &count, wrong));
        assert_true(*wrong);
        glia_close(one);
    }
    unsetenv("GLIA_MODULE_DIR");
}

static int begin(void **state) { return chdir(scratch()) || open_context(state); }

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(every_reader_has_a_name_and_reads_something),
        cmocka_unit_test(no_two_readers_claim_a_name_or_a_suffix),
        cmocka_unit_test(every_reader_is_named_where_a_format_is_not_known),
        cmocka_unit_test(every_reader_is_named_in_the_help),
        cmocka_unit_test(the_first_bytes_decide_then_the_name_then_the_text),
        cmocka_unit_test(a_folder_has_no_format_and_an_absent_file_that_of_its_name),
        cmocka_unit_test(kinds_that_are_not_read_have_no_reader_and_say_what_to_do),
        cmocka_unit_test(an_absent_module_says_what_to_install_and_where_it_was_sought),
        cmocka_unit_test(a_module_that_does_not_load_says_why),
        cmocka_unit_test(each_context_loads_and_closes_for_itself),
    };
    return cmocka_run_group_tests_name("readers", tests, begin, close_context);
}
