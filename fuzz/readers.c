/*
 * readers.c: tables of bytes that no program wrote. Most readers take them from memory; the
 * libraries of HDF5, MATLAB and SQLite want a file, and libpq.c stands for that of PostgreSQL.
 */
#include "readers.h"

#ifdef HAVE_HDF5
#include <hdf5.h>
#endif
#include <stdio.h>
#include <string.h>

const uint8_t *fuzz_answers;
size_t fuzz_answers_size;

static bool is_one_of(const char *format, const char *const *list) {
    while (*list && (!format || strcmp(*list, format))) list++;
    return *list != NULL;
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

static glia_table *read_answers(const uint8_t *bytes, size_t n, const glia_read_options *o) {
    fuzz_answers = bytes, fuzz_answers_size = n;
    return glia_table_read(g, "postgresql:///t?user=u", o);
}

/* HDF5 takes half a megabyte for each file that it opens, fresh from the system unless it keeps
 * what it has released: that was nineteen twentieths of the time. */
static void keep_memory_of_hdf5(void) {
#ifdef HAVE_HDF5
    static bool kept;
    if (!kept) H5set_free_list_limits(-1, -1, -1, -1, -1, -1);
    kept = true;
#endif
}

static glia_table *read_file(const uint8_t *bytes, size_t n, const glia_read_options *o) {
    char path[80];
    snprintf(path, sizeof path, "%s/file", fuzz_folder());
    FILE *f = fopen(path, "wb");
    if (!f || fwrite(bytes, 1, n, f) != n || fclose(f)) abort();
    if (!strcmp(o->format, "hdf5")) keep_memory_of_hdf5();
    return glia_table_read(g, path, o);
}

glia_table *fuzz_file(const uint8_t *bytes, size_t n, const glia_read_options *o) {
    static const char *const of_files[] = {"hdf5", "mat", "sqlite", NULL};
    static const char *const zipped[] = {"xlsx", "ods", "npz", NULL};
    static uint8_t mended[FUZZ_MOST_BYTES];
    if (o->format && !strcmp(o->format, "postgresql")) return read_answers(bytes, n, o);
    if (is_one_of(o->format, of_files)) return read_file(bytes, n, o);
    if (is_one_of(o->format, zipped) && n <= sizeof mended) {
        fuzz_mend_zip(memcpy(mended, bytes, n), n);
        bytes = mended;
    }
    if (o->format && !strcmp(o->format, "pictures") && n <= sizeof mended) {
        fuzz_mend_png(memcpy(mended, bytes, n), n);
        bytes = mended;
    }
    fuzz_lend(bytes, n);
    return glia_table_read(g, fuzz_name, o);
}

void fuzz_read(const char *format, const uint8_t *bytes, size_t n) {
    glia_table *t = fuzz_file(bytes, n,
                              &(glia_read_options){.format = format,
                                                   .bad_rows = n % 2 ? "skip" : NULL,
                                                   .size = n % 3 ? "7x5" : NULL,
                                                   .fit = n % 4 == 1 ? "letterbox" : NULL});
    if (t) look_at(t);
    else fuzz_told("reading a table");
    glia_table_free(t);
}
