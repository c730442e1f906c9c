/*
 * mat.c: the reader of MATLAB files before version 7.3, which is HDF5 (hdf5.c). Its functions are
 * those of mat_module.c, a module that is loaded when the first such file is read.
 */
#include "../base/module.h"
#include "named/arrays.h"

#include <stdio.h>
#include <string.h>
#include <sys/stat.h>

static const gl_array_reader *mat(glia_ctx *g) {
    static const gl_module module = {.name = "glia-mat.so",
                                     .symbol = "gl_mat_arrays",
                                     .needed_by = "MATLAB files",
                                     .package = "libmatio-dev",
                                     .room = "read"};
    return gl_load_module(g, &module);
}

/* --------------------------------------------------------------------------- is it complete? -- */

/* libmatio gives the values of an array that the end of its file cuts off, zeros or what was in
 * memory, without a word (1.5.23). */

static uint32_t u32(const unsigned char *b, bool big) {
    return big ? (uint32_t)b[0] << 24 | (uint32_t)b[1] << 16 | (uint32_t)b[2] << 8 | b[3]
               : (uint32_t)b[3] << 24 | (uint32_t)b[2] << 16 | (uint32_t)b[1] << 8 | b[0];
}

/* How long a variable of version 5 to 7 is, by the 8 bytes in front of it. */
static int64_t length_5(const unsigned char *tag, bool big) {
    return 8 + (int64_t)u32(tag + 4, big);
}

/* Of version 4, by its 20 bytes: MOPT, rows, columns, is it complex, bytes of the name. The P of
 * MOPT is the type, and M says the byte order. -1: this is no such header. */
static int64_t length_4(const unsigned char *head) {
    static const int bytes[] = {8, 4, 4, 2, 2, 1};
    bool big = u32(head, false) > 9999;
    uint32_t mopt = u32(head, big), type = mopt / 10 % 10;
    int64_t cells, size, name = u32(head + 16, big), parts = u32(head + 12, big) ? 2 : 1;
    bool sane = mopt <= 4999 && type < sizeof bytes / sizeof *bytes &&
                gl_multiply(u32(head + 4, big), u32(head + 8, big), &cells) &&
                gl_multiply(cells, parts * bytes[type], &size) && size < INT64_MAX / 2;
    return sane ? 20 + name + size : -1;
}

static glia_status check_complete(glia_ctx *g, const char *path) {
    unsigned char head[128];
    struct stat st;
    FILE *f = fopen(path, "rb");
    bool fifth = f && fread(head, 1, sizeof head, f) == sizeof head && !memcmp(head, "MATLAB 5", 8);
    bool big = fifth && head[126] == 'M';
    int64_t at = fifth ? 128 : 0, size = f && !fstat(fileno(f), &st) ? st.st_size : 0;
    size_t need = fifth ? 8 : 20;
    for (int64_t n, next; at < size; at = next) {
        if (fseeko(f, at, SEEK_SET) || fread(head, 1, need, f) != need) break;
        n = fifth ? length_5(head, big) : length_4(head);
        next = at + n;
        if (n > 0 && next <= size) continue;
        fclose(f);
        if (n < 0) return GLIA_OK; /* libmatio says what it is */
        return gl_fail(g, GLIA_INPUT,
                       "%s: found %lld bytes, expected %lld for the variable that begins at byte "
                       "%lld; is the file complete?",
                       path, (long long)size, (long long)next, (long long)at);
    }
    if (f) fclose(f);
    return GLIA_OK;
}

static glia_table *read_mat(glia_ctx *g, const char *path, const glia_read_options *options) {
    const gl_array_reader *r = mat(g);
    if (!r || check_complete(g, path)) return NULL;
    return gl_read_named_pair(g, r, path, options);
}

static glia_status read_array(glia_ctx *g, const char *path, const char *array, gl_array *out) {
    const gl_array_reader *r = mat(g);
    if (!r || check_complete(g, path)) return g->code;
    return gl_read_named_array(g, r, path, array, out);
}

static bool begins_like_mat(const unsigned char *b, size_t n, bool whole) {
    (void)whole;
    return n >= 128 && !memcmp(b, "MATLAB 5.0 MAT-file", 19);
}

const gl_reader gl_reader_mat = {
    .names = {"mat"},
    .suffixes = {".mat"},
    .signature = begins_like_mat,
    .read_table = read_mat,
    .read_array = read_array,
    .named_arrays = true,
    .uses = GL_USES_TABLE,
};
