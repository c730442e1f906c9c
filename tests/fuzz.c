/*
 * fuzz.c: bytes that no program wrote, for every reader and for schemas: a table comes of them, or
 * a message, and nothing else.
 *
 *     test-fuzz             reads seeds and mutations of them, the same at every run
 *     test-fuzz FOLDER      writes the seeds to FOLDER/READER/..., where scripts/fuzz begins
 *     fuzz                  is for libFuzzer, and for the reader that GLIA_FUZZ names
 *
 * Seeds are the rows of files.def, the files of tests/corpus/READER, and what libraries write here.
 * The reader of addresses is given what a server answers (fuzz_server.h).
 * libhdf5 and libmatio may crash on damaged files, and which ones they do differs by version: of
 * theirs the test only cuts the end off.
 */
#include <dirent.h>
#include <glia/glia.h>
#include <sys/stat.h>
#include <zlib.h>

#include "fuzz_server.h"
#include "test.h"

#include "../src/base/random.h"

enum { MOST_BYTES = 1 << 16, MOST_MEMORY = 64 << 20, MUTATIONS = 20 };

static glia_ctx *g;
static char place[64], path[80];

/* A file that claims much must be refused before memory is out. */
static void *take(void *user, size_t size) {
    (void)user;
    void *memory;
    return size > MOST_MEMORY || posix_memalign(&memory, 64, size) ? NULL : memory;
}

static void release(void *user, void *memory) {
    (void)user;
    free(memory);
}

static void leave(void) {
    remove(path);
    rmdir(place);
    glia_close(g);
}

/* In memory, where there is a folder for it. */
static bool enter(void) {
    if (g) return true;
    const char *in = access("/dev/shm", W_OK) ? "/tmp" : "/dev/shm";
    snprintf(place, sizeof place, "%s/glia-fuzz.XXXXXX", in);
    if (!mkdtemp(place)) return false;
    snprintf(path, sizeof path, "%s/file", place);
    g = glia_open(&(glia_settings){.threads = 1, .alloc = take, .release = release});
    atexit(leave);
    return g != NULL;
}

static bool write_file(const char *to, const void *bytes, size_t n) {
    FILE *f = fopen(to, "wb");
    bool ok = f && fwrite(bytes, 1, n, f) == n;
    return f && !fclose(f) && ok;
}

static void look_at(const glia_table *t) {
    char cell[64], lines[8][256];
    int64_t count, rows = glia_table_rows(t);
    for (int j = 0; j < glia_table_columns(t) && j < 50; j++) {
        glia_column c = glia_table_column(t, j);
        for (int64_t i = 0; i < rows; i += i < 5 || i >= rows - 6 ? 1 : rows - 10)
            glia_table_cell(t, i, j, cell, sizeof cell);
        if (c.type == GLIA_CATEGORY && c.missing < rows) glia_table_category(t, j, 0, &count);
    }
    glia_table_warnings(t, NULL, lines, 8);
}

/* The sums of a zip archive's members that are stored are made right, or no damage would come
 * further than to them. */
static void mend_sums(unsigned char *b, size_t n) {
    for (size_t i = 0; i + 46 <= n; i++) {
        uint32_t size, at, skip, crc;
        if (memcmp(b + i, "PK\1\2", 4)) continue;
        memcpy(&size, b + i + 24, 4), memcpy(&at, b + i + 42, 4);
        if (at > n || n - at < 30) continue;
        skip = 30u + b[at + 26] + 256u * b[at + 27] + b[at + 28] + 256u * b[at + 29];
        if (n - at < skip || n - at - skip < size) continue;
        crc = (uint32_t)crc32(0, b + at + skip, size);
        memcpy(b + i + 16, &crc, 4);
    }
}

static glia_table *read_answers(const void *bytes, size_t n, const glia_read_options *o) {
    char address[160];
    server s;
    snprintf(address, sizeof address, "postgresql:///t?user=u&host=%s", place);
    server_open(&s, place, bytes, n);
    glia_table *t = glia_table_read(g, address, o);
    server_close(&s);
    return t;
}

/* A schema is parsed, and what is one is obeyed: by the reading of a table, and by what would be
 * learned from it. */
static void obey(const glia_schema *schema) {
    static const char text[] =
        "size,kind,built,weight,PassengerId,price\n82.7,flat,1974-05-01,1,7,9\n"
        "59.1,house,1980-12-31,2,8,7.5\n-999,flat,,0.5,9,1\n";
    glia_recipe *recipe = glia_recipe_new(g);
    if (!recipe || !write_file(path, text, sizeof text - 1)) abort();
    glia_table *t =
        glia_table_read(g, path, &(glia_read_options){.format = "csv", .schema = schema});
    bool obeyed = t && glia_schema_check(schema, t) == GLIA_OK &&
                  glia_recipe_obey(recipe, schema, NULL) == GLIA_OK;
    glia_model *m = NULL;
    if (obeyed) m = glia_prepare(g, &(glia_train_job){.recipe = recipe, .train = t});
    if (!m && !*glia_message(g)) abort();
    glia_model_free(m);
    glia_table_free(t);
    glia_recipe_free(recipe);
}

static void read_schema(const void *bytes, size_t n) {
    char *text = malloc(n + 1);
    if (!text || !enter()) abort();
    memcpy(text, bytes, n);
    text[n] = 0;
    glia_schema *schema = glia_schema_parse(g, text, "schema");
    if (schema) obey(schema);
    else if (!*glia_message(g)) abort();
    glia_schema_free(schema);
    free(text);
}

static void read_as(const char *format, const void *bytes, size_t n) {
    if (!strcmp(format, "schema")) {
        read_schema(bytes, n);
        return;
    }
    bool answers = !strcmp(format, "postgresql");
    static unsigned char mended[MOST_BYTES];
    bool zipped = !strcmp(format, "xlsx") || !strcmp(format, "ods") || !strcmp(format, "npz");
    if (zipped && n <= sizeof mended) {
        mend_sums(memcpy(mended, bytes, n), n);
        bytes = mended;
    }
    glia_read_options o = {.format = format, .bad_rows = n % 2 ? "skip" : NULL};
    if (!enter() || (!answers && !write_file(path, bytes, n))) abort();
    glia_table *t = answers ? read_answers(bytes, n, &o) : glia_table_read(g, path, &o);
    if (t) look_at(t);
    else if (!*glia_message(g)) abort();
    glia_table_free(t);
}

#ifdef LIBFUZZER
int LLVMFuzzerTestOneInput(const uint8_t *bytes, size_t n);
int LLVMFuzzerTestOneInput(const uint8_t *bytes, size_t n) {
    read_as(getenv("GLIA_FUZZ"), bytes, n);
    return 0;
}
#else

/* ------------------------------------------------------------------------------------- seeds -- */

typedef void take_seed(const char *reader, const void *bytes, size_t n);

static void rows_of_files(take_seed *take_it) {
    static const struct {
        const char *bytes;
        size_t n;
    } rows[] = {
#define READ(tool, bytes, options, table, said) {bytes, sizeof bytes - 1},
#define LEARN(tool, bytes, options, columns, said) {bytes, sizeof bytes - 1},
#define LATER(tool, bytes, options, later, later_options, table, said)                             \
    {bytes, sizeof bytes - 1}, {later, sizeof later - 1},
#include "files.def"
    };
    for (size_t i = 0; i < sizeof rows / sizeof *rows; i++) {
        if (!write_file(path, rows[i].bytes, rows[i].n)) abort();
        const char *format = glia_table_format(path);
        take_it(format ? format : "csv", rows[i].bytes, rows[i].n);
    }
}

static void take_file(take_seed *take_it, const char *reader, const char *name) {
    static char bytes[MOST_BYTES];
    FILE *f = fopen(name, "rb");
    if (!f) return;
    size_t n = fread(bytes, 1, sizeof bytes, f);
    fclose(f);
    take_it(reader, bytes, n);
}

static int is_visible(const struct dirent *e) { return *e->d_name != '.'; }

/* In the order of their names, which a folder does not have. */
static void files_of(take_seed *take_it, const char *folder, const char *reader) {
    struct dirent **entry;
    char name[1024];
    int n = scandir(folder, &entry, is_visible, alphasort);
    for (int i = 0; i < n; i++) {
        snprintf(name, sizeof name, "%s/%s", folder, entry[i]->d_name);
        if (reader) take_file(take_it, reader, name);
        else files_of(take_it, name, entry[i]->d_name);
        free(entry[i]);
    }
    if (n >= 0) free(entry);
}

static void corpus(take_seed *take_it) { files_of(take_it, SOURCE_ROOT "/tests/corpus", NULL); }

/* ---------------------------------------------------------------------- seeds of libraries -- */

#ifdef HAVE_HDF5
#include <hdf5.h>
static void seed_hdf5(void) {
    hid_t f = H5Fcreate(path, H5F_ACC_TRUNC, H5P_DEFAULT, H5P_DEFAULT);
    hid_t plane = H5Screate_simple(2, (hsize_t[]){2, 2}, NULL),
          line = H5Screate_simple(1, (hsize_t[]){2}, NULL), text = H5Tcopy(H5T_C_S1);
    H5Tset_size(text, 4);
    hid_t x = H5Dcreate2(f, "x", H5T_IEEE_F64LE, plane, H5P_DEFAULT, H5P_DEFAULT, H5P_DEFAULT),
          y = H5Dcreate2(f, "y", text, line, H5P_DEFAULT, H5P_DEFAULT, H5P_DEFAULT);
    H5Dwrite(x, H5T_NATIVE_DOUBLE, H5S_ALL, H5S_ALL, H5P_DEFAULT, (double[]){1, 2, 3, 4});
    H5Dwrite(y, text, H5S_ALL, H5S_ALL, H5P_DEFAULT, "no\0\0yes");
    H5Dclose(x), H5Dclose(y), H5Tclose(text), H5Sclose(line), H5Sclose(plane), H5Fclose(f);
}
#endif

#ifdef HAVE_MATIO
#include <matio.h>
static void seed_mat(void) {
    double x[] = {1, 3, 2, 4}, y[] = {0, 1};
    mat_t *m = Mat_CreateVer(path, NULL, MAT_FT_MAT5);
    matvar_t *v[] = {
        Mat_VarCreate("x", MAT_C_DOUBLE, MAT_T_DOUBLE, 2, (size_t[]){2, 2}, x, 0),
        Mat_VarCreate("y", MAT_C_DOUBLE, MAT_T_DOUBLE, 2, (size_t[]){2, 1}, y, 0),
        Mat_VarCreate("z", MAT_C_CHAR, MAT_T_UTF8, 2, (size_t[]){1, 2}, "no", 0),
    };
    for (int i = 0; i < 3; i++) {
        Mat_VarWrite(m, v[i], i ? MAT_COMPRESSION_NONE : MAT_COMPRESSION_ZLIB);
        Mat_VarFree(v[i]);
    }
    Mat_Close(m);
}
#endif

#ifdef HAVE_SQLITE
#include <sqlite3.h>
static void seed_sqlite(void) {
    sqlite3 *db;
    remove(path);
    if (sqlite3_open(path, &db)) abort();
    sqlite3_exec(db,
                 "PRAGMA page_size = 512; CREATE TABLE t(a INTEGER, b REAL, c TEXT, d BLOB);"
                 "INSERT INTO t VALUES (1, 2.5, 'red', NULL), (-7, 1e300, 'gr\xC3\xBCn', x'00FF')",
                 NULL, NULL, NULL);
    sqlite3_close(db);
}
#endif

static void libraries(take_seed *take_it) {
    static const struct {
        const char *reader;
        void (*write)(void);
    } of[] = {
#ifdef HAVE_HDF5
        {"hdf5", seed_hdf5},
#endif
#ifdef HAVE_MATIO
        {"mat", seed_mat},
#endif
#ifdef HAVE_SQLITE
        {"sqlite", seed_sqlite},
#endif
        {NULL, NULL},
    };
    for (size_t i = 0; of[i].reader; i++) {
        of[i].write();
        take_file(take_it, of[i].reader, path);
    }
}

static void save(const char *reader, const void *bytes, size_t n) {
    static int number;
    char name[1024];
    mkdir(reader, 0777);
    snprintf(name, sizeof name, "%s/seed-%03d", reader, number++);
    if (!write_file(name, bytes, n)) abort();
}

/* --------------------------------------------------------------------------------- mutations -- */

static const char odd[] = "\0\xFF\x7F\x80\"',;|\t\n\r {}[]:%@#\\-+.e09";

/* Cuts n bytes out at `at`, or doubles them. */
static size_t resize(gl_rng *r, char *bytes, size_t n) {
    size_t at = (size_t)gl_rng_below(r, (int64_t)n), most = n - at < 40 ? n - at : 40,
           part = 1 + (size_t)gl_rng_below(r, (int64_t)most);
    bool more = gl_rng_below(r, 2) && n + part <= MOST_BYTES;
    if (more) memmove(bytes + at + part, bytes + at, n - at);
    else memmove(bytes + at, bytes + at + part, n - at - part);
    return more ? n + part : n - part;
}

static size_t mutate(gl_rng *r, char *bytes, size_t n) {
    if (!n) return bytes[0] = 'a', 1;
    size_t at = (size_t)gl_rng_below(r, (int64_t)n);
    switch (gl_rng_below(r, 4)) {
    case 0: bytes[at] ^= (char)(1 << gl_rng_below(r, 8)); return n;
    case 1: bytes[at] = odd[gl_rng_below(r, sizeof odd - 1)]; return n;
    case 2: bytes[at] = bytes[gl_rng_below(r, (int64_t)n)]; return n;
    default: return resize(r, bytes, n);
    }
}

static void read_mutations(const char *reader, const void *seed, size_t n) {
    static char bytes[MOST_BYTES];
    gl_rng r = gl_rng_new(1, GL_STREAM_TEST, n);
    read_as(reader, seed, n);
    for (int i = 0; i < MUTATIONS && n <= sizeof bytes; i++) {
        size_t size = n;
        memcpy(bytes, seed, n);
        for (int64_t k = 1 + gl_rng_below(&r, 3); k > 0; k--) size = mutate(&r, bytes, size);
        read_as(reader, bytes, size);
    }
}

static void read_cuts(const char *reader, const void *seed, size_t n) {
    char *copy = malloc(n + 1);
    memcpy(copy, seed, n);
    if (!strcmp(reader, "sqlite")) read_mutations(reader, copy, n);
    for (size_t part = n; part > 0; part -= part < n / 40 + 1 ? part : n / 40 + 1)
        read_as(reader, copy, part);
    free(copy);
}

/* ------------------------------------------------------------------------------------- cases -- */

static void damaged_texts_are_read_or_refused(void **state) {
    (void)state;
    rows_of_files(read_mutations);
}

static void damaged_arrays_are_read_or_refused(void **state) {
    (void)state;
    corpus(read_mutations);
}

static void cut_files_of_libraries_are_read_or_refused(void **state) {
    (void)state;
    libraries(read_cuts);
}

/* Else its damaged answers would be refused for what this server itself does wrong. */
static void what_a_server_answers_is_a_table(void **state) {
    (void)state;
    char cell[64], *bytes = slurp(SOURCE_ROOT "/tests/corpus/postgresql/flats");
    if (access(BUILD_ROOT "/src/read/glia-postgresql.so", R_OK)) skip();
    glia_table *t = read_answers(bytes, 433, NULL);
    if (!t) fail_msg("%s", glia_message(g));
    assert_int_equal(glia_table_rows(t), 2);
    glia_table_cell(t, 1, glia_table_locate(t, "rooms"), cell, sizeof cell);
    assert_string_equal(cell, "-3");
    glia_table_free(t);
    free(bytes);
}

int main(int argc, char **argv) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(what_a_server_answers_is_a_table),
        cmocka_unit_test(damaged_texts_are_read_or_refused),
        cmocka_unit_test(damaged_arrays_are_read_or_refused),
        cmocka_unit_test(cut_files_of_libraries_are_read_or_refused),
    };
    if (!enter()) return 1;
    if (argc < 2) return cmocka_run_group_tests(tests, NULL, NULL);
    if (chdir(argv[1])) return 1;
    rows_of_files(save);
    corpus(save);
    libraries(save);
    return 0;
}
#endif
